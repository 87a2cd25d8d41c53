"""Near duplicates: rows per CPU-second from text to verdict, memory at a million rows, and what is missed.

    python -m benchmarks.dedup --rows 1000000                  # made-up rows, half of them copies with changed words
    python -m benchmarks.dedup --upstream UPSTREAM             # real rows of every config, as the build compares them
    python -m benchmarks.dedup --upstream UPSTREAM --truth 6000  # and beside comparing every pair of so many of them

One process. Signatures are made in shards of 10,000 rows and written to Parquet, as a build does; then they are joined.
CPU seconds are those of this process, memory its peak resident set.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mulco.catalog import catalog
from mulco.pipeline import BATCH, Outcome, parquet_writer, tables
from mulco.plan import Settings, make_plan
from mulco.steps.duplicates import candidates, join_near, sign_near
from mulco.steps.shingles import PERMUTATIONS

SETTINGS = {"threshold": 0.8, "across_splits": True}


def made_up(count: int) -> Iterator[pa.Table]:
    """Tables of rows of 60 to 140 tokens; every second one is an earlier one with up to a twentieth of it changed."""
    chance = random.Random(1)
    earlier: list[list[str]] = []
    for start in range(0, count, BATCH):
        texts = []
        for _ in range(min(BATCH, count - start)):
            if earlier and chance.random() < 0.5:
                words = list(chance.choice(earlier))
                for _ in range(chance.randrange(max(1, len(words) // 20))):
                    words[chance.randrange(len(words))] = f"n{chance.randrange(10**6)}"
            else:
                words = [f"w{chance.randrange(50_000)}" for _ in range(chance.randrange(60, 140))]
                earlier.append(words)
            texts.append(" ".join(words))
        if len(earlier) > 50_000:
            earlier = earlier[-50_000:]
        size = len(texts)
        yield pa.table(
            {
                "id": [f"made/up/{start + n}" for n in range(size)],
                "payload": pa.array([[text] for text in texts], pa.list_(pa.string())),
                **{
                    name: [value] * size
                    for name, value in (
                        ("config", "made"), ("source", "up"), ("task", "code_generation"), ("output", ""),
                        ("programming_language", "python"), ("split", "train"),
                    )
                },
                "source_id": [str(start + n) for n in range(size)],
            }
        )  # fmt: skip


def real(upstream: Path) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    """The rows of each config, tables of a shard at a time."""
    plan = make_plan([], Settings(upstream))
    for config in plan.configs.values():
        yield config.name, (table for job in config.jobs for table in tables(job, Outcome(job.identity)))


def measured(shards: Iterable[pa.Table], folder: Path) -> tuple[int, float, float, int]:
    """(rows, CPU seconds of signing and writing, of reading and joining, rows dropped) of one config."""
    rows, signing, files = 0, 0.0, []
    for number, table in enumerate(shards):
        started = time.process_time()
        signed = sign_near(table, SETTINGS)
        files.append(folder / f"{number}.parquet")
        with parquet_writer(files[-1], signed.schema) as writer:
            writer.write_table(signed)
        signing += time.process_time() - started
        rows += len(table)
    started = time.process_time()
    dropped = len(join_near(pa.concat_tables([pq.read_table(file) for file in files]), SETTINGS)) if files else 0
    for file in files:
        file.unlink()
    return rows, signing, time.process_time() - started, dropped


def truth(signed: pa.Table, threshold: float) -> set[tuple[int, int]]:
    """Every pair of rows of one group whose shingles have at least this Jaccard index, by comparing all."""
    from scipy.sparse import csr_matrix

    lists = signed.column("shingles").combine_chunks()
    offsets, values = lists.offsets.to_numpy(), lists.values.to_numpy()
    names, columns = np.unique(values, return_inverse=True)
    matrix = csr_matrix((np.ones(len(columns), np.int32), columns, offsets), (len(signed), len(names)))
    sizes, groups = np.diff(offsets), signed.column("group").to_numpy()
    found = set()
    for start in range(0, len(signed), 500):
        common = (matrix[start : start + 500] @ matrix.T).tocoo()
        a, b = common.row + start, common.col
        index = common.data / (sizes[a] + sizes[b] - common.data)
        good = (a < b) & (groups[a] == groups[b]) & (index >= threshold)
        found |= set(zip(a[good].tolist(), b[good].tolist(), strict=True))
    return found


def seen(signed: pa.Table) -> set[tuple[int, int]]:
    """Every pair of rows that share a bucket in a band: what the exact index is computed for."""
    digest = signed.column("digest").combine_chunks().flatten().to_numpy().reshape(-1, PERMUTATIONS)
    pairs = set()
    for buckets in candidates(digest, signed.column("group").to_numpy()):
        order = np.argsort(buckets, kind="stable")
        order = order[buckets[order] >= 0]
        starts = np.flatnonzero(np.diff(buckets[order], prepend=-1))
        for members in np.split(order, starts[1:]):
            pairs |= {(int(a), int(b)) for n, a in enumerate(members) for b in members[n + 1 :]}
    return pairs


def sample(upstream: Path, count: int) -> Iterator[tuple[str, pa.Table]]:
    """Signatures of about so many rows of each of the larger configs, evenly spaced."""
    for name, shards in real(upstream):
        if name.endswith("_zh") and not catalog().tasks[name.removesuffix("_zh")].text_bound:
            continue  # the same items as in English
        table = pa.concat_tables(shards, promote_options="default")
        if len(table) >= count:
            yield name, sign_near(table.take(np.linspace(0, len(table) - 1, count, dtype=np.int64)), SETTINGS)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, help="made-up rows")
    parser.add_argument("--upstream", type=Path, help="folder with real rows")
    parser.add_argument("--truth", type=int, help="compare every pair of so many rows of each larger config")
    args = parser.parse_args()
    facts: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        if args.rows:
            parts = [measured(made_up(args.rows), Path(folder))]
        elif args.upstream and not args.truth:
            parts = [measured(shards, Path(folder)) for _, shards in real(args.upstream)]
        else:
            parts = []
    if parts:
        rows, signing, joining, dropped = (sum(part[n] for part in parts) for n in range(4))
        facts = {
            "rows": rows, "dropped": dropped, "signing_cpu_seconds": round(signing, 2),
            "joining_cpu_seconds": round(joining, 2), "rows_per_cpu_second": round(rows / (signing + joining)),
        }  # fmt: skip
    for name, signed in sample(args.upstream, args.truth) if args.truth else ():
        pairs, reached = truth(signed, 0.8), seen(signed)
        facts[name] = {
            "rows": len(signed),
            "pairs": len(pairs),
            "recall": len(pairs & reached) / len(pairs) if pairs else None,
        }
    facts["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(facts, indent=1))


if __name__ == "__main__":
    main()
