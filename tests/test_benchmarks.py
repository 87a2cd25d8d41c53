"""Benchmarks compare like with like: what they measure beside mulco still does the same work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAME = """
import sys
from pathlib import Path
from benchmarks import build

work = Path(sys.argv[1])
folder = build.inputs(work, 80)
build.run_mulco(folder, work / "mulco", 1)
build.run_plain(folder, work / "plain", 1)
print(build.facts_of(work / "mulco") == build.facts_of(work / "plain"), build.facts_of(work / "plain")[0])
"""


def test_the_plain_loop_of_the_build_benchmark_makes_the_rows_that_mulco_makes(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SAME, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True 80"
