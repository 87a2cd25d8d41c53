"""The loss on label positions alone, in chunks, with its gradients made on the way forward.

    head = label_head(model)                      # the model's LM head, prepared once
    with head.learning(labels):
        total = model(**inputs).logits            # the sum of the cross-entropies, a scalar; no logits are ever whole
    (total / labels_of_the_whole_step).backward()

About half of the tokens of an instruction row are its prompt: their logits are never computed. The rest go through the
head `chunk` positions at a time; each chunk leaves only its gradients, not its logits, so the memory does not grow with
vocabulary times length. The head stays the module it was, called as ever, so DDP, ZeRO and autocast see what they know.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F

from mulco.training.encode import IGNORED


class ChunkedCrossEntropy(torch.autograd.Function):
    """Sum of cross-entropies of `hidden @ weight.T + bias` against `targets`; gradients are formed in the forward.

    hidden (positions, width), weight (vocabulary, width), bias (vocabulary,) or None, targets (positions,).
    """

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, targets: torch.Tensor,
                chunk: int) -> torch.Tensor:  # fmt: skip
        learned = ctx.needs_input_grad
        exact = torch.float32  # sums over many positions: half precision would lose them
        grad_hidden = torch.empty_like(hidden, dtype=exact) if learned[0] else None
        grad_weight = torch.zeros_like(weight, dtype=exact) if learned[1] else None
        grad_bias = torch.zeros_like(bias, dtype=exact) if bias is not None and learned[2] else None
        total = hidden.new_zeros((), dtype=exact)
        for start in range(0, len(targets), chunk):
            part, wanted = hidden[start : start + chunk], targets[start : start + chunk]
            logits = F.linear(part, weight, bias).float()  # (chunk, vocabulary)
            log_sum = logits.logsumexp(-1)
            picked = logits.gather(1, wanted[:, None]).squeeze(1)
            total += (log_sum - picked).sum()
            if not any(learned):
                continue
            grad = logits.sub_(log_sum[:, None]).exp_()  # softmax, in the memory of the logits
            grad.scatter_add_(1, wanted[:, None], torch.full_like(picked, -1.0)[:, None])
            grad = grad.to(part.dtype)
            if grad_hidden is not None:
                grad_hidden[start : start + chunk] = grad @ weight.to(grad.dtype)
            if grad_weight is not None:
                grad_weight += grad.t() @ part
            if grad_bias is not None:
                grad_bias += grad.sum(0)
        ctx.grads = [grad_hidden, grad_weight, grad_bias]
        ctx.dtypes = [hidden.dtype, weight.dtype, bias.dtype if bias is not None else None]
        return total

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[Any, ...]:
        """Scale what the forward left; the loss is a scalar, so one factor serves all."""
        [factor] = grads
        made = [
            None if grad is None else grad.mul_(factor).to(dtype)
            for grad, dtype in zip(ctx.grads, ctx.dtypes, strict=True)
        ]
        ctx.grads = None
        return (*made, None, None)


class LabelHead(torch.nn.Linear):
    """An LM head that, while labels are set, gives the summed loss over them in place of logits.

    Never built: `label_head` makes the model's own head one, so parameters, names and hooks stay as they are.
    """

    labels: torch.Tensor | None
    chunk: int

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """(batch, tokens, width) -> logits, or the loss summed over all label positions."""
        if self.labels is None:
            logits: torch.Tensor = super().forward(input)
            return logits
        places, targets = label_places(self.labels)
        hidden = input[:, :-1].reshape(-1, input.shape[-1])[places]  # (positions, width)
        total: torch.Tensor = ChunkedCrossEntropy.apply(hidden, self.weight, self.bias, targets, self.chunk)
        return total

    @contextlib.contextmanager
    def learning(self, labels: torch.Tensor) -> Iterator[None]:
        """While this lasts, a forward pass of the model gives the loss against `labels` (batch, tokens)."""
        self.labels = labels
        try:
            yield
        finally:
            self.labels = None


def label_places(labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(places in the flattened (batch, tokens - 1), their targets): a token is learned from what stands before it."""
    shifted = labels[:, 1:].reshape(-1)
    places = (shifted != IGNORED).nonzero().squeeze(1)
    return places, shifted[places]


def label_head(model: Any, chunk: int = 256) -> LabelHead | None:
    """The model's LM head, ready to give losses; None where the model does more with its logits than compute them."""
    config = getattr(model, "config", None)
    changed = [getattr(config, name, None) for name in ("final_logit_softcapping", "logit_scale", "logits_scaling")]
    head = model.get_output_embeddings()
    if type(head) not in (torch.nn.Linear, LabelHead) or any(value not in (None, 1, 1.0) for value in changed):
        return None
    head.__class__ = LabelHead
    head.labels, head.chunk = None, chunk
    found: LabelHead = head
    return found


def summed_loss(
    model: Any, inputs: dict[str, torch.Tensor], labels: torch.Tensor, head: LabelHead | None
) -> torch.Tensor:
    """The cross-entropy summed over all label positions. `model` may be wrapped, `head` is that of the model inside."""
    if head is not None:
        with head.learning(labels):
            total: torch.Tensor = model(**inputs, use_cache=False).logits
        return total
    logits = model(**inputs, use_cache=False).logits
    places, targets = label_places(labels)
    picked = logits[:, :-1].reshape(-1, logits.shape[-1])[places].float()
    return F.cross_entropy(picked, targets, reduction="sum")
