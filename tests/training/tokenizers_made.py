"""Three families of tokenizers, built on the spot: byte BPE, a SentencePiece-like unigram, one with a chat template."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from mulco.training.tiny import train_tokenizer

# In the manner of ChatML: a turn ends with <|im_end|>, which is EOS, and a line break that is not learned.
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_bpe(texts: Iterable[str]) -> Any:
    """As GPT-2 and Llama 3 have it; BOS stands first."""
    return train_tokenizer(texts, 600)


def unigram(texts: Iterable[str]) -> Any:
    """As SentencePiece writes it for Llama 1: spaces are U+2581, one stands before the text; bytes for the rest."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.UnigramTrainer(
        vocab_size=900, special_tokens=special[:3], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    pieces = [(piece, score) for piece, score in _pieces(tokenizer) if piece not in special]
    vocabulary = [*((piece, 0.0) for piece in special[:3]), *((piece, -20.0) for piece in special[3:]), *pieces]
    tokenizer.model = models.Unigram(vocabulary, unk_id=0, byte_fallback=True)
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in special[:3]])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>",
        clean_up_tokenization_spaces=False,
    )  # fmt: skip


def chat(texts: Iterable[str]) -> Any:
    """Byte BPE without BOS, with a chat template and an EOS that ends a turn, as Qwen has it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>"], clean_up_tokenization_spaces=False,
    )  # fmt: skip
    made.chat_template = CHATML
    return made


def _pieces(tokenizer: Any) -> list[tuple[str, float]]:
    import json

    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]


FAMILIES: dict[str, tuple[Callable[[Iterable[str]], Any], str]] = {
    "byte BPE": (byte_bpe, "alpaca"),
    "unigram": (unigram, "alpaca"),
    "chat template": (chat, "chat"),
}
