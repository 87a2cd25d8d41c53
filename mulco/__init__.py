"""mulco: instruction datasets for code models, in English and Chinese, built from real upstream data.

import mulco                                   # makes the name "mulco" known to datasets
from datasets import load_dataset
rows = load_dataset("mulco", "code_search_zh", split="train")

mulco.load_dataset("mulco", "code_search_zh")  # the same, through a stable name; says what it resolved to
"""

from __future__ import annotations

from pathlib import Path

from mulco.load import load_dataset, register
from mulco.version import VERSION

_parent = Path(__file__).parent.parent
if (_parent / "builders" / "facade.py").is_file():  # a clone, where the sibling folders stand beside this one
    __path__.append(str(_parent))

__version__ = VERSION
__all__ = ["__version__", "load_dataset", "register"]

register()
