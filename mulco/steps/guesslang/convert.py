"""Make `weights.npz` from the wheel of guesslang 2.2.1: done once, and again only to check it.

    pip download --no-deps guesslang==2.2.1
    python -m mulco.steps.guesslang.convert guesslang-2.2.1-py3-none-any.whl

The wheel holds the variables of a TensorFlow checkpoint as raw little-endian float32, in the order of their names,
without padding. The wide weights are stored as they are, since thousands of them are summed and the rounding of that
sum depends on their last bits; all others as multiples of a power of two. Byte by byte and deflated they take 1.7 MB
instead of 2.7 (2.3 if all were exact; 1.4 as float16, which moves probabilities by up to 4e-3). What this rounding does
was measured on 3,400 texts against float64 arithmetic on the original weights: no probability moves by more than 4e-7.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import numpy as np

from mulco.steps.guesslang.guess import EXACT, SHAPES, WEIGHTS, Floats, pack

WHEEL_SHA256 = "36bd12130515ee0e637f7255340ba92ea919d53423743f4c1b0c73727a5499cb"
VARIABLES = "guesslang/data/model/variables/variables.data-00000-of-00001"
PLACES = {  # name -> (offset in bytes, bits after the point that are kept)
    "bias0": (0, 20), "kernel0": (2048, 18), "bias1": (145_408, 20), "kernel1": (145_536, 18),
    "embedding": (211_072, 16), "bias2": (1_611_072, 20), "kernel2": (1_611_288, 18),
    "wide_bias": (1_618_208, 20), "wide": (1_618_424, EXACT),
}  # fmt: skip


def originals(wheel: Path) -> dict[str, Floats]:
    """The weights of the wheel as they are, by the names of `SHAPES`; raises ValueError for another wheel."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        raise ValueError(f"{wheel}: expected the wheel of guesslang 2.2.1 with sha256 {WHEEL_SHA256}")
    raw = zipfile.ZipFile(wheel).read(VARIABLES)
    return {
        name: np.frombuffer(raw, "<f4", int(np.prod(shape)), PLACES[name][0]).reshape(shape)
        for name, shape in SHAPES.items()
    }


def convert(wheel: Path, target: Path) -> str:
    """Write the weights of the wheel to a file; returns its sha256, which `guess.SHA256` must name."""
    packed: dict[str, object] = {name: pack(values, PLACES[name][1]) for name, values in originals(wheel).items()}
    steps = {f"{name}_bits": np.uint8(bits) for name, (_, bits) in PLACES.items()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in {**packed, **steps}.items():
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))  # no clock: the same bytes each time
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as stream:
                np.lib.format.write_array(stream, np.asanyarray(array))
    return hashlib.sha256(target.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(f"{convert(Path(sys.argv[1]), WEIGHTS)}  {WEIGHTS}")
