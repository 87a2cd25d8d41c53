"""Training in several processes; the words are those of `mulco train`.

torchrun --nproc_per_node 8 -m mulco.training --config collama_full_7b_8gpu data.path=out/mulco

torchrun's own parser takes every flag that looks like one of its own, so settings are `key=value` words.
"""

from __future__ import annotations

import contextlib
import os
import sys

from mulco.errors import MulcoError, UsageError


def main(words: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 the work failed, 2 wrong use, 143 stopped by SIGTERM after a checkpoint."""
    words = list(sys.argv[1:] if words is None else words)
    try:
        if len(words) < 2 or words[0] not in ("--config", "-c"):
            raise UsageError("python -m mulco.training --config RECIPE [key=value ...]")
        from mulco.training.commands import run

        return int(run(words[1], words[2:]))
    except MulcoError as err:
        if os.environ.get("MULCO_DEBUG"):
            raise
        if os.environ.get("RANK", "0") == "0":
            print(f"Error: {err}", file=sys.stderr)
        return 2 if isinstance(err, UsageError) else 1
    finally:
        _leave()


def _leave() -> None:
    """Leave the process group together: a rank that ends first can take another down after its work is done."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.distributed.is_available() and torch.distributed.is_initialized():
        if sys.exc_info()[0] is None:
            with contextlib.suppress(RuntimeError):
                torch.distributed.barrier()
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main())
