"""A problem of an evaluation set, put to a model, and the program that its answer makes.

    prompt_of(problem, "chat")            # [{"role": "user", "content": "Complete the Python function below. ..."}]
    sample_of(problem, answer, "chat")    # Sample(text="def add(a, b): ...", whole=True)

In the style `plain` a model continues the prompt, as base models are measured: the answer ends at the set's
stop tokens, or where the braces balance. In `chat` and `alpaca` it is asked in words, and the code is read out of
its answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mulco import prompts
from mulco.evaluation.answers import read_code
from mulco.evaluation.execution import Sample
from mulco.evaluation.sets import Problem
from mulco.generation import Prompt
from mulco.generation.base import cut
from mulco.languages import display

# MBPP names no stop tokens. These end what follows a whole program: its tests, or another exercise in quotes.
PROGRAM_STOPS = ("\nassert", '\n"""', "\nclass", "\nprint", "\nif ")
_COMMENT_OR_STRING = r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`|"
# ' is about a single character, or marks a lifetime; in some languages it is about a string.
LITERAL = re.compile(_COMMENT_OR_STRING + r"'(?:\\.|[^'\\\n])'", re.S)
LITERAL_QUOTED = re.compile(_COMMENT_OR_STRING + r"'(?:\\.|[^'\\\n])*'", re.S)
IMPORT = re.compile(r"^\s*(?:#include|using|import|use|package|const \w+ = require)\b.*$", re.M)


def prompt_of(problem: Problem, style: str) -> Prompt:
    """What the model sees."""
    language = display(problem.programming_language)
    if style == "plain":
        if problem.prompt:
            return problem.prompt
        asserts = "\n".join(problem.tests)
        return f'"""\n{problem.text}\n{asserts}\n"""\n'
    fence = problem.programming_language.replace("c++", "cpp").replace("c#", "csharp")
    if problem.prompt:
        words = f"Complete the {language} code below. Answer with the complete code in one code block."
        shown = f"```{fence}\n{problem.prompt.rstrip()}\n```"
    else:
        words = f"{problem.text}\n\nAnswer with the complete {language} code in one code block."
        shown = "Your code should pass these tests:\n\n```{}\n{}\n```".format(fence, "\n".join(problem.tests))
    row = {"instruction": words, "input": shown, "language": "en"}
    return prompts.messages(row) if style == "chat" else prompts.prompt(row)


def stops_of(problems: Sequence[Problem], style: str) -> tuple[str, ...]:
    """Stop strings that are right for every one of the problems: a model may end there early."""
    if style != "plain":
        return ()
    shared = set(_stops(problems[0])).intersection(*(_stops(problem) for problem in problems))
    return tuple(mark for mark in _stops(problems[0]) if mark in shared)


def sample_of(problem: Problem, answer: str, style: str) -> Sample | None:
    """The answer as a sample: what continues the prompt, or a whole program. None where it holds no code."""
    if style == "plain":
        text = cut(answer, _stops(problem))
        if problem.prompt and not problem.stop_tokens and problem.programming_language != "python":
            text = balanced(problem, text)
        return Sample(text, whole=not problem.prompt) if text.strip() else None
    code = read_code(answer, problem.programming_language, problem.entry_point or None)
    if code is None or not code.strip():
        return None
    if not problem.prompt:
        return Sample(code, whole=True)
    if problem.programming_language == "python":
        # the prompt stays: it is sound Python that the answer redefines, and its imports and helpers are needed
        return Sample(f"\n{code}\n" if not code.startswith((" ", "\t")) else code, whole=False)
    if not restates(problem, code):
        return Sample(code, whole=False)
    missing = [line for line in IMPORT.findall(problem.prompt) if line.strip() not in code]
    return Sample("\n".join([*missing, code]) + "\n", whole=True)


def restates(problem: Problem, code: str) -> bool:
    """Whether code says again what its prompt opens: the last line of the prompt, but for blanks, stands in it."""
    lines = [line for line in problem.prompt.split("\n") if line.strip()]
    opening = re.sub(r"\s", "", lines[-1]).rstrip("{:")
    return opening in re.sub(r"\s", "", code)


def balanced(problem: Problem, text: str) -> str:
    """A completion up to the brace that closes what the prompt opened; all of it where none does."""
    quoted = problem.programming_language in ("javascript", "typescript", "php")
    depth = _depth(_blank(problem.prompt, quoted))
    if depth < 1:
        return text
    plain = _blank(text, quoted)
    for place, sign in enumerate(plain):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return text[: place + 1] + "\n"
    return text


def _depth(plain: str) -> int:
    return plain.count("{") - plain.count("}")


def _blank(text: str, quoted: bool) -> str:
    """The text with comments and strings blanked out, as long as before."""
    return (LITERAL_QUOTED if quoted else LITERAL).sub(lambda match: " " * len(match[0]), text)


def _stops(problem: Problem) -> tuple[str, ...]:
    return problem.stop_tokens or (() if problem.prompt else PROGRAM_STOPS)
