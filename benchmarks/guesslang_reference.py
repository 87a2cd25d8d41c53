"""mulco's guesslang beside the original model under TensorFlow: the same probabilities, and how much faster.

    pip download --no-deps guesslang==2.2.1
    python benchmarks/guesslang_reference.py guesslang-2.2.1-py3-none-any.whl --upstream DIR          # compare
    python benchmarks/guesslang_reference.py guesslang-2.2.1-py3-none-any.whl --upstream DIR --write  # and renew

Run it in an environment of its own, with `pip install tensorflow-cpu==2.21.0` and then `pip install -e .`: the package
guesslang itself cannot be installed (it wants TensorFlow 2.5, which no supported Python has), so the SavedModel is
taken out of its wheel and called as guesslang's `model.predict` calls it.

Both sides get the same snippets, every tenth or so of each source in `--upstream`, some of them longer than the model
reads. They take turns in one process, `--rounds` times; reported is the median of wall and of CPU seconds. In batches,
the original gets the size that suits it best of 16, 64 and 256.

Both run on one thread: with more, each waits for the other's on a machine with few cores.

`--write` puts `tests/fixtures/guesslang/reference.npz` together: for each snippet where it stands, a digest of its
text, the original's top class and its probabilities in steps of 2^-20. It holds no text.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[_name] = "1"  # read when NumPy and TensorFlow are imported

import numpy as np  # noqa: E402
from snippets import Snippet, snippets  # noqa: E402

from mulco.steps.guesslang import Guess  # noqa: E402
from mulco.steps.guesslang.convert import WHEEL_SHA256  # noqa: E402
from mulco.steps.guesslang.guess import LANGUAGES, MOST_BYTES, pack  # noqa: E402

FIXTURE = Path(__file__).parent.parent / "tests" / "fixtures" / "guesslang" / "reference.npz"
STEP_BITS = 20  # of the probabilities in the fixture
TOLERANCE = 1e-5
WANTED = 2_400  # snippets
BATCHES = (16, 64, 256)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--upstream", type=Path, default=os.environ.get("MULCO_UPSTREAM"), required=False)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write the fixture")
    options = parser.parse_args()
    if options.upstream is None:
        parser.error("name a folder of upstream excerpts with --upstream")

    chosen = sample(Path(options.upstream))
    texts = [snippet.text for snippet in chosen]
    with tempfile.TemporaryDirectory() as folder:
        predict = original(options.wheel, Path(folder))
        theirs = np.concatenate([predict(texts[i : i + 64]) for i in range(0, len(texts), 64)])
        ours = Guess().probabilities_batch(texts)
        worst = float(np.abs(ours - theirs).max())
        same = int((ours.argmax(axis=1) == theirs.argmax(axis=1)).sum())
        longer = sum(len(text.encode()) > MOST_BYTES for text in texts)
        sources = len({snippet.source for snippet in chosen})
        print(f"{len(texts):,} snippets of {sources} sources, {longer} longer than the model reads")
        print(f"same top class: {same:,} of {len(texts):,}; largest difference of a probability: {worst:.1e}")
        if options.write:
            write(chosen, theirs)
        measure(texts, predict, options.rounds)
    return 0 if same == len(texts) and worst <= TOLERANCE else 1


def sample(upstream: Path) -> list[Snippet]:
    """Snippets spread evenly over all, and of each source at least forty where it has them."""
    by_source: dict[str, list[Snippet]] = {}
    for snippet in snippets(upstream):
        by_source.setdefault(snippet.source, []).append(snippet)
    total = sum(map(len, by_source.values()))
    chosen = []
    for found in by_source.values():
        count = min(len(found), max(40, WANTED * len(found) // total))
        chosen += [found[i * len(found) // count] for i in range(count)]
        chosen += [max(found, key=lambda snippet: len(snippet.text))]
    return list(dict.fromkeys(chosen))


def original(wheel: Path, folder: Path) -> Callable[[list[str]], Any]:
    """The original's probabilities of some texts, (texts, 54)."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        sys.exit(f"{wheel}: expected the wheel of guesslang 2.2.1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    zipfile.ZipFile(wheel).extractall(folder)
    loaded = tf.saved_model.load(str(folder / "guesslang" / "data" / "model"))
    serve = loaded.signatures["serving_default"]

    def predict(texts: list[str]) -> Any:
        found = serve(tf.constant(texts))
        found["classes"].numpy()  # guesslang reads them as well
        return found["scores"].numpy()

    predict.loaded = loaded  # type: ignore[attr-defined]  # the signature holds it by a weak reference only
    return predict


def write(chosen: list[Snippet], probabilities: Any) -> None:
    """The fixture: deflated arrays, the texts only as digests."""
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    digests = b"".join(hashlib.blake2b(s.text.encode("utf-8"), digest_size=8).digest() for s in chosen)
    np.savez_compressed(
        FIXTURE,
        places=np.frombuffer("\n".join(f"{s.source}\t{s.place}" for s in chosen).encode("utf-8"), np.uint8),
        digests=np.frombuffer(digests, np.uint8).reshape(len(chosen), 8),
        top=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=pack(probabilities, STEP_BITS),
    )
    print(f"wrote {FIXTURE.name}, {FIXTURE.stat().st_size:,} bytes")


def measure(texts: list[str], predict: Callable[[list[str]], Any], rounds: int) -> None:
    """Print snippets a second of both sides, in batches and one by one."""
    guess = Guess()
    some = texts[:: max(1, len(texts) // 600)]

    def theirs_batched(size: int) -> Callable[[], object]:
        return lambda: [predict(texts[i : i + size]) for i in range(0, len(texts), size)]

    best = min(BATCHES, key=lambda size: timed(theirs_batched(size))[0])
    sides = {
        "in batches": (len(texts), theirs_batched(best), lambda: guess.probabilities_batch(texts)),
        "one by one": (
            len(some),
            lambda: [in_order(predict([text])[0]) for text in some],
            lambda: [guess.probabilities(text) for text in some],
        ),
    }
    print(f"snippets a second, median of {rounds} rounds (batches of {best} for the original)")
    for name, (count, *both) in sides.items():
        seconds = [[timed(side) for side in both] for _ in range(rounds)]
        for clock, what in enumerate(("wall", "CPU")):
            theirs, ours = (median(turn[side][clock] for turn in seconds) for side in (0, 1))
            print(
                f"  {name}, {what:4}: original {count / theirs:8,.0f}   mulco {count / ours:8,.0f}"
                f"   {theirs / ours:5.1f} times as fast"
            )


def in_order(values: Any) -> list[tuple[str, float]]:
    """Names and probabilities as guesslang returns them."""
    return sorted(zip(LANGUAGES, values.tolist(), strict=True), key=lambda pair: pair[1], reverse=True)


def timed(function: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    sys.exit(main())
