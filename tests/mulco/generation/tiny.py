"""A tiny random model with a byte-level tokenizer and a chat template, made on the spot: a second, a few hundred kB.

save(tmp_path / "tiny")        # a folder that from_pretrained reads
"""

from __future__ import annotations

from pathlib import Path

CHAT = (
    "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
TEXTS = [
    "def add(a, b):\n    return a + b\n", "class Stack:\n    def push(self, item):\n        self.items.append(item)\n",
    "把两个数相加并返回结果。", "写一个函数，判断字符串是否为空。", "int main() { return 0; }",
    "Snippet 1:\nprint('hello')\n",
    "Is this code defective? Yes or No.", "这段代码有没有缺陷？回答“是”或“否”。", "for i in range(10):\n    print(i)\n",
]  # fmt: skip


def tokenizer(bos: bool = True):  # type: ignore[no-untyped-def]
    """Byte-level BPE of 600 tokens with <s>, </s>, <pad> and chat marks; every text survives it unchanged."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(TEXTS * 20, trainer)
    if bos:
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", made.token_to_id("<s>"))]
        )
    fast = PreTrainedTokenizerFast(tokenizer_object=made, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    fast.chat_template = CHAT
    return fast


def model(vocabulary: int, seed: int = 0, layers: int = 2, window: int = 1024):  # type: ignore[no-untyped-def]
    """A random Llama; `seed` decides its weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=64, intermediate_size=128, num_hidden_layers=layers, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=window, bos_token_id=1, eos_token_id=2, pad_token_id=0,
        initializer_range=0.4,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def save(folder: Path, **options: int) -> Path:
    """Write model and tokenizer to a folder."""
    words = tokenizer()
    model(len(words), **options).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
