"""CodeBLEU: n-gram and syntax parts against codebleu 0.7.0 (it agrees with CodeXGLUE), data flow by hand."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mulco.errors import UsageError
from mulco.evaluation.metrics.codebleu import code_bleu
from mulco.evaluation.metrics.codebleu.dataflow import flows
from mulco.evaluation.metrics.codebleu.keywords import KEYWORDS
from mulco.evaluation.metrics.codebleu.syntax import GRAMMARS, parse

REFERENCES = ["int add ( int a , int b ) { return a + b ; }", "return x ;", "void f ( ) { g ( ) ; }"]
PREDICTIONS = ["int add ( int a , int c ) { return a + c ; }", "return  x ;", "f ( ) ; }"]
PYTHON = [
    ("def add ( a , b ) :\n    total = a + b\n    return total", "def add ( x , y ) :\n    s = x + y\n    return s"),
    ("for i in range ( 3 ) :\n    print ( i )", "for i in range ( 3 ) :\n    print ( i + 1 )"),
]
C_SHARP = [
    ("public int Sum ( int [ ] xs ) { int s = 0 ; foreach ( var x in xs ) { s += x ; } return s ; }",
     "public int Sum ( int [ ] ys ) { int t = 0 ; foreach ( int y in ys ) { t = t + y ; } return t ; }"),
]  # fmt: skip
JAVA = [
    ("int f ( int n ) { int r = 1 ; while ( n > 1 ) { r *= n ; n -- ; } return r ; }",
     "int f ( int n ) { int r = 1 ; for ( int i = 2 ; i <= n ; i ++ ) { r *= i ; } return r ; }"),
    ("x = 1", "x = 1"),
]  # fmt: skip


def values(pairs: list[tuple[str, str]], language: str) -> dict[str, float]:
    made = code_bleu([prediction for _, prediction in pairs], [reference for reference, _ in pairs], language)
    return {metric.name.removeprefix("codebleu_"): metric.value for metric in made}


@pytest.mark.parametrize(
    ("language", "pairs", "ngram", "weighted", "syntax"),
    [
        # codebleu 0.7.0 with tree-sitter 0.22.3, tree-sitter-python and -java 0.21.0, tree-sitter-c-sharp 0.21.3
        ("python", PYTHON, 0.469306, 0.521759, 0.625),
        ("c#", C_SHARP, 0.375296, 0.410388, 0.5),
        ("java", JAVA, 0.530628, 0.608629, 0.636364),
        ("java", list(zip(REFERENCES, PREDICTIONS, strict=True)), 0.553801, 0.547892, 0.8),
    ],
)  # fmt: skip
def test_three_parts_are_those_of_codebleu(
    language: str, pairs: list[tuple[str, str]], ngram: float, weighted: float, syntax: float
) -> None:
    made = values(pairs, language)
    assert made["ngram"] == pytest.approx(ngram, abs=1e-6)
    assert made["weighted_ngram"] == pytest.approx(weighted, abs=1e-6)
    assert made["syntax"] == pytest.approx(syntax, abs=1e-6)


def test_the_total_is_the_mean_of_its_four_parts() -> None:
    made = values(JAVA, "java")
    parts = [made[name] for name in ("ngram", "weighted_ngram", "syntax", "dataflow")]
    assert made["codebleu"] == pytest.approx(sum(parts) / 4)


def test_a_short_text_is_not_one_with_itself() -> None:
    made = values([("x = 1", "x = 1")], "java")
    assert (round(made["ngram"], 6), round(made["weighted_ngram"], 6)) == (0.562341, 0.494923)


def test_no_common_token_is_zero() -> None:
    assert values([("a b", "c d")], "java")["ngram"] == 0.0


def test_a_missing_prediction_matches_nothing() -> None:
    made = {metric.name: metric.value for metric in code_bleu([None], ["int a = f(b);"], "java")}
    assert (made["codebleu_ngram"], made["codebleu_syntax"], made["codebleu_dataflow"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("language", "code", "found"),
    [
        ("python", "b = a + 1\nprint(b)", [("v0", "computed from", ("v1",)), ("v0", "comes from", ("v0",))]),
        # n is a parameter; the loop's second reading sees what its first left
        ("python", "def f(n):\n    while n:\n        n -= k\n        k = n", [
            ("v0", "computed from", ()), ("v0", "comes from", ("v0",)), ("v0", "computed from", ("v0", "v1")),
            ("v1", "comes from", ("v1",)), ("v1", "computed from", ("v0",)), ("v0", "comes from", ("v0",)),
        ]),
        ("java", "int f(int n) { int r = 1; r *= n; n--; return r; }", [
            ("v0", "computed from", ()), ("v1", "computed from", ()), ("v1", "computed from", ("v1", "v0")),
            ("v0", "comes from", ("v0",)), ("v0", "computed from", ("v0",)), ("v1", "comes from", ("v1",)),
        ]),
        ("c#", "int Sum(int[] xs) { foreach (var x in xs) { y = x; } return xs.Length; }", [
            ("v0", "computed from", ()), ("v1", "computed from", ("v0",)), ("v0", "comes from", ("v0",)),
            ("v2", "computed from", ("v1",)), ("v1", "comes from", ("v1",)), ("v0", "comes from", ("v0",)),
        ]),
    ],
)  # fmt: skip
def test_flows_stand_in_the_order_of_the_source(
    language: str, code: str, found: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert flows(parse(code, language), language) == found


def test_another_name_for_a_variable_changes_no_flow() -> None:
    assert values(PYTHON[:1], "python")["dataflow"] == 1.0


def test_a_flow_is_matched_once() -> None:
    made = values([("a = b\na = b\na = b", "a = b")], "python")
    assert made["dataflow"] == pytest.approx(1 / 3)


def test_comments_are_cut_by_the_grammar_of_their_language() -> None:
    # Java's rules would cut `// b` out of Python, and leave `# note` in
    assert str(parse("x = a // b  # note\n", "python")) == str(parse("x = a // b\n", "python"))
    assert str(parse("int a = 1; // note\n/* b */", "java")) == str(parse("int a = 1; ", "java"))
    assert "binary_operator" in str(parse("x = a // b", "python"))


@pytest.mark.parametrize("language", [name for name in KEYWORDS if name not in ("python", "java", "c#")])
def test_other_languages_have_three_parts_and_no_total(language: str) -> None:
    made = code_bleu(["x"], ["x"], language)
    assert [m.name for m in made] == ["codebleu_ngram", "codebleu_weighted_ngram", "codebleu_syntax"]
    assert f"lang:{language}|tree-sitter:" in made[0].signature


def test_every_language_with_keywords_has_a_grammar() -> None:
    assert set(KEYWORDS) == set(GRAMMARS)


def test_a_language_without_a_grammar_is_refused() -> None:
    with pytest.raises(UsageError, match="CodeBLEU knows no grammar for 'cobol'"):
        code_bleu(["x"], ["x"], "cobol")


def test_the_value_is_the_same_whatever_the_hash_seed() -> None:
    code = (
        "from mulco.evaluation.metrics.codebleu import code_bleu;"
        "print(code_bleu(['def f(a, b, c):\\n    d = a + b * c\\n    return d + a'],"
        "['def f(x, y, z):\\n    w = z + y * x\\n    return w + x'], 'python'))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(said) == 1
