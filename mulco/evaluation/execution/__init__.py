"""Functional correctness: programs that a model wrote, judged by their benchmark's tests in a sandbox.

    problems = [item for item in SUITES["humaneval"].read(folder) if isinstance(item, Problem)]
    judged = judge_samples(problems, read_samples(Path("samples.jsonl"), problems), ks=(1,))

Read on in `sandbox` (what is kept out, and what is not), `toolchains` (how a language is run), `judging` and `passes`.
"""

from __future__ import annotations

from mulco.evaluation.execution.functional import Judged, judge_samples
from mulco.evaluation.execution.job import Limits
from mulco.evaluation.execution.judging import Verdict, judge
from mulco.evaluation.execution.passes import pass_at_k, passes
from mulco.evaluation.execution.program import Program, program_of
from mulco.evaluation.execution.samples import FORMATS, Sample, Samples, read_samples, texts, write_samples
from mulco.evaluation.execution.sandbox import Sandbox, SandboxError, find_sandbox
from mulco.evaluation.execution.toolchains import TOOLCHAINS, lacking

__all__ = [
    "FORMATS", "TOOLCHAINS", "Judged", "Limits", "Program", "Sample", "Samples", "Sandbox", "SandboxError", "Verdict",
    "find_sandbox", "judge", "judge_samples", "lacking", "pass_at_k", "passes", "program_of", "read_samples", "texts",
    "write_samples",
]  # fmt: skip
