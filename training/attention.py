"""Attention that keeps the documents of a packed row apart, on any device.

    register()
    model.set_attn_implementation("mulco_documents")
    model(input_ids, position_ids=..., cu_seq_lens_q=ends, use_cache=False)     # ids (1, tokens), no attention_mask

A packed row is one flat row of documents whose position_ids start again at 0; `cu_seq_lens_q` holds where each begins
and ends, (0, 5, 12, ...). Passed to transformers with an all-ones mask, or with a cache, such a row leaks: every
document sees those before it, and nothing warns (measured: logits off by 2 to 4). Here a mask is never built for a
packed row, and a packed row without its boundaries is refused.

    mulco_documents   torch's scaled_dot_product_attention, one document at a time: any device
    mulco_varlen      torch.nn.attention.varlen: CUDA, no loop
    flash_attention_2 the flash-attn package, where it is installed; reads the same cu_seq_lens_q
    sdpa, eager       transformers' own dense mask over the whole row: exact, quadratic in its length
"""

from __future__ import annotations

import importlib.util
import inspect
import itertools
from typing import Any

import torch
import torch.nn.functional as F
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from mulco.errors import MulcoError, UsageError

DOCUMENTS, VARLEN, FLASH = "mulco_documents", "mulco_varlen", "flash_attention_2"


def register() -> None:
    """Make both implementations known to transformers; each with its mask builder, or none is built for padding."""
    AttentionInterface.register(DOCUMENTS, document_attention)
    AttentionMaskInterface.register(DOCUMENTS, document_mask)
    AttentionInterface.register(VARLEN, varlen_attention)
    AttentionMaskInterface.register(VARLEN, document_mask)


def document_mask(*args: Any, attention_mask: torch.Tensor | None = None, **kwargs: Any) -> torch.Tensor | None:
    """No mask for a packed row; for a padded batch an SDPA mask that is never left out."""
    if attention_mask is None:
        return None
    kwargs["allow_is_causal_skip"] = False
    mask: torch.Tensor = sdpa_mask(*args, attention_mask=attention_mask, **kwargs)
    return mask


def document_attention(module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
                       attention_mask: torch.Tensor | None, scaling: float | None = None, dropout: float = 0.0,
                       cu_seq_lens_q: torch.Tensor | None = None,
                       **kwargs: Any) -> tuple[torch.Tensor, None]:  # fmt: skip
    """Causal attention inside each document. query (1, heads, tokens, head_dim) -> (1, tokens, heads, head_dim)."""
    if attention_mask is not None or query.shape[2] == 1:
        output, _ = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **kwargs
        )
        return output, None
    cu_seq_lens_q = _boundaries(query, key, cu_seq_lens_q)
    ends = cu_seq_lens_q.tolist()
    _check_window(kwargs.get("sliding_window"), max(b - a for a, b in itertools.pairwise(ends)))
    parts = [
        F.scaled_dot_product_attention(
            query[:, :, a:b], key[:, :, a:b], value[:, :, a:b], dropout_p=dropout, is_causal=True, scale=scaling,
            enable_gqa=key.shape[1] != query.shape[1],
        )
        for a, b in itertools.pairwise(ends)
    ]  # fmt: skip
    return torch.cat(parts, dim=2).transpose(1, 2).contiguous(), None


def varlen_attention(module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
                     attention_mask: torch.Tensor | None, scaling: float | None = None, dropout: float = 0.0,
                     cu_seq_lens_q: torch.Tensor | None = None, max_length_q: int | None = None,
                     **kwargs: Any) -> tuple[torch.Tensor, None]:  # fmt: skip
    """As `document_attention`, in one kernel and without a look at the boundaries on the CPU. No dropout."""
    if attention_mask is not None or query.shape[2] == 1:
        return document_attention(module, query, key, value, attention_mask, scaling, dropout, **kwargs)
    from torch.nn.attention.varlen import varlen_attn

    cu_seq_lens_q = _boundaries(query, key, cu_seq_lens_q)
    longest = max_length_q or int(cu_seq_lens_q.diff().max())
    _check_window(kwargs.get("sliding_window"), longest)
    if dropout:
        raise UsageError(
            "varlen attention has no dropout. Set the model's attention_dropout to 0, or model.attention=documents"
        )
    flat = [tensor[0].transpose(0, 1) for tensor in (query, key, value)]  # each (tokens, heads, head_dim)
    grouped = key.shape[1] != query.shape[1]
    options = {"enable_gqa": True} if grouped and "enable_gqa" in inspect.signature(varlen_attn).parameters else {}
    if grouped and not options:
        flat[1:] = [tensor.repeat_interleave(query.shape[1] // key.shape[1], dim=1) for tensor in flat[1:]]
    output = varlen_attn(
        *flat, cu_seq_lens_q, cu_seq_lens_q, longest, longest, scale=scaling, window_size=(-1, 0), **options
    )
    return output.unsqueeze(0), None


def implementation(wanted: str, model: Any, device: str, packed: bool) -> str:
    """The attention a run uses, by transformers' name; raises UsageError for one that cannot run here."""
    flash = importlib.util.find_spec("flash_attn") is not None
    varlen = importlib.util.find_spec("torch.nn.attention.varlen") is not None
    if wanted == FLASH and not (device == "cuda" and flash):
        raise UsageError(
            "model.attention=flash_attention_2 needs a CUDA device and the package flash-attn; auto works without"
        )
    if wanted == "varlen" and not (device == "cuda" and varlen):
        raise UsageError("model.attention=varlen needs a CUDA device; documents works on any")
    if wanted in ("sdpa", "eager", FLASH):
        return wanted
    if wanted != "auto":
        return {"documents": DOCUMENTS, "varlen": VARLEN}[wanted]
    if not packed:
        return "sdpa"
    special = [name for name in ("attn_logit_softcapping", "sinks") if getattr(model.config, name, None)]
    if special:  # what our kernels do not compute is left to transformers
        return "eager"
    dropout = getattr(model.config, "attention_dropout", 0.0)
    return VARLEN if device == "cuda" and varlen and not dropout else DOCUMENTS


def _boundaries(query: torch.Tensor, key: torch.Tensor, ends: torch.Tensor | None) -> torch.Tensor:
    if ends is None or query.shape[0] != 1 or query.shape[2] != key.shape[2]:
        raise MulcoError(
            "attention over packed documents needs an attention_mask (a padded batch) or cu_seq_lens_q (one flat "
            'packed row without a cache). To generate text, load the model anew with attn_implementation="sdpa"'
        )
    return ends


def _check_window(window: int | None, longest: int) -> None:
    if window is not None and longest > window:
        raise UsageError(
            f"a row has {longest} tokens, and the model attends over a sliding window of {window}. "
            "Lower data.max_tokens to the window, or set model.attention=sdpa"
        )
