"""A small Llama with random weights and a byte BPE made of the rows: the whole path of training without a download.

    tokenizer = train_tokenizer((row["output"] for row in rows), vocabulary=2048)
    model = build(recipe, tokenizer)          # 128 wide, 2 layers: under a million weights

It shows that the path works and what it costs. It learns a little and knows nothing: it is no model for use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mulco.training.config import Recipe

BOS, EOS, PAD = "<s>", "</s>", "<pad>"


def train_tokenizer(texts: Iterable[str], vocabulary: int = 2048) -> Any:
    """A byte-level BPE tokenizer: any text comes back from its tokens unchanged. BOS stands first, as for Llama."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[BOS, EOS, PAD], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", pair=f"{BOS} $A $B", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=BOS, eos_token=EOS, pad_token=PAD, clean_up_tokenization_spaces=False
    )


def config(recipe: Recipe, tokenizer: Any) -> Any:
    """The shape of the model; its parts stand to each other as in Llama (feed-forward 8/3 of the width, in 64s)."""
    from transformers import LlamaConfig

    model = recipe.model
    return LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=model.hidden, intermediate_size=-(-model.hidden * 8 // 192) * 64,
        num_hidden_layers=model.layers, num_attention_heads=model.heads, num_key_value_heads=model.heads,
        max_position_embeddings=max(2048, recipe.data.max_tokens), bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, tie_word_embeddings=False,
        initializer_range=model.hidden**-0.5,  # Llama's 0.02 is for 4096 wide; so narrow, it learns to look back late
    )  # fmt: skip


def build(recipe: Recipe, tokenizer: Any) -> Any:
    """The model with random weights in fp32; the same weights for the same seed."""
    from transformers import LlamaForCausalLM, set_seed

    set_seed(recipe.train.seed)
    return LlamaForCausalLM(config(recipe, tokenizer))
