"""The one builder class that carries all configs: `datasets` asks for it before it knows the config."""

from __future__ import annotations

from typing import ClassVar

import datasets

from mulco.builder import InstructionBuilder, all_configs


class Mulco(InstructionBuilder):
    """Every config of every task, and the joined ones."""

    BUILDER_CONFIGS: ClassVar[list[datasets.BuilderConfig]] = all_configs()
