"""Standard error is for our own words; the libraries' notes come with `mulco --debug`."""

from __future__ import annotations

import logging
import os
import warnings


def quiet() -> None:
    """Silence what torch, transformers, peft, accelerate and DeepSpeed say on the way."""
    import datasets
    import torch
    import transformers

    if not torch.cuda.is_available():
        os.environ.setdefault("DS_ACCELERATOR", "cpu")  # or DeepSpeed warns that it found none, also when unused
    if os.environ.get("MULCO_DEBUG"):
        return
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    for name in ("DeepSpeed", "bitsandbytes", "accelerate", "torch.distributed"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(torch|transformers|peft|deepspeed|bitsandbytes)\.")
