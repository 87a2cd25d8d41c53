"""python -m mulco.evaluation.score: every file that CodeXGLUE's evaluators take, and a sentence for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mulco.evaluation.score import main


@pytest.fixture
def score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """`score("code_repair", "a\\n", "b\\n")` -> (exit status, metrics by name or what was said on standard error)."""

    def run(
        task: str, predictions: Any, references: Any, *more: str, names: tuple[str, str] = ("p.txt", "r.txt")
    ) -> Any:
        for name, content in zip(names, (predictions, references), strict=True):
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (tmp_path / name).write_bytes(data)
        files = ["--predictions", str(tmp_path / names[0]), "--references", str(tmp_path / names[1])]
        status = main(["--task", task, *files, "--json", *more])
        said = capsys.readouterr()
        if status:
            assert said.err.startswith("Error: ")
            assert said.err.count("\n") == 1
            return status, said.err.removeprefix("Error: ").replace(f"{tmp_path}/", "").strip()
        return status, json.loads(said.out)

    return run


def values(result: dict[str, Any]) -> dict[str, float]:
    return {metric["name"]: round(metric["value"], 4) for metric in result["metrics"]}


def test_lines_of_code_one_a_line(score: Any) -> None:
    status, made = score("code_repair", "return  x ;\nint y ;\n", "return x ;\nint y ;\n")
    assert status == 0
    assert values(made) == {"em_strict": 50.0, "bleu": 100.0, "em_nospace": 100.0}
    assert (made["n"], made["missing"], made["empty"], made["unparsed_rate"]) == (2, 0, 0, 0.0)
    assert set(made["files"]) == {"predictions", "references"}
    assert len(made["files"]["references"]["sha256"]) == 64
    assert {"mulco", "python", "numpy", "sacrebleu"} <= set(made["versions"])


def test_a_form_feed_ends_no_line(score: Any) -> None:
    _, made = score("code_translation", "a\fb\u2028c\u0085d\ne\n", "a\fb\u2028c\u0085d\ne\n")
    assert made["n"] == 2


def test_lines_may_end_as_on_windows_and_the_file_with_a_mark(score: Any) -> None:
    _, made = score("code_repair", b"\xef\xbb\xbfint x ;\r\nint y ;\r\n", "int x ;\nint y ;")
    assert values(made)["em_strict"] == 100


def test_summaries_go_by_their_number_in_any_order(score: Any) -> None:
    _, made = score(
        "code_summarization", "1\tadds two numbers\n0\tsort a list\n", "0\tsort a list\n1\tadds two numbers\n"
    )
    assert values(made)["smoothed_bleu4"] == 100


def test_a_summary_without_a_tab_is_empty(score: Any) -> None:
    _, made = score("code_summarization", "0\n1\tb\n", "0\ta\n1\tb\n")
    # exp(1 - 2/1) of the empty one, as the original has it, and one token right: both mean 68.39
    assert (values(made)["smoothed_bleu4"], made["empty"]) == (68.394, 1)


def test_references_that_share_a_number_are_all_right(score: Any) -> None:
    _, made = score("code_summarization", "7\tsort the list\n", "7\torder a list\n7\tsort the list\n")
    assert values(made)["smoothed_bleu4"] == 100


def test_chinese_summaries(score: Any) -> None:
    _, made = score("code_summarization", "打开文件\n", "打开文件\n", "--language", "zh")
    assert values(made) == {"bleu_zh": 100.0, "chrf": 100.0, "rouge_l": 100.0}


def test_labels_go_by_their_number(score: Any) -> None:
    _, made = score("defect_detection", "2\t1\n1\t0\n3\t0\n", "1\t0\n2\t1\n3\t1\n")
    assert values(made) == {"accuracy": 0.6667, "f1": 0.6667, "precision": 1.0, "recall": 0.5, "macro_f1": 0.6667}


def test_defect_detection_takes_upstream_s_own_rows_as_references(score: Any) -> None:
    rows = "".join(json.dumps({"idx": n, "target": n % 2, "func": "int f ( ) ;"}) + "\n" for n in range(4))
    _, made = score("defect_detection", "0\t0\n1\t1\n2\t0\n3\t1\n", rows, names=("p.txt", "test.jsonl"))
    assert values(made)["accuracy"] == 1


def test_clones_go_by_both_numbers(score: Any) -> None:
    _, made = score("clone_detection", "3\t4\t0\n1\t2\t1\n", "1\t2\t1\n3\t4\t1\n")
    assert values(made)["recall"] == 0.5


def test_clones_may_be_retrieved(score: Any) -> None:
    right = '{"index": "0", "answers": ["1", "2", "3"]}\n'
    _, made = score(
        "clone_detection", '{"index": "0", "answers": ["1", "9", "3"]}\n', right, names=("p.jsonl", "r.jsonl")
    )
    assert values(made) == {"map_at_r": 0.5556}
    assert made["form"] == "retrieval"


def test_search_is_a_label_a_pair_by_default(score: Any) -> None:
    _, made = score("code_search", "q-2\t1\nq-1\t0\n", "q-1\t0\nq-2\t0\n")
    assert (made["form"], values(made)["accuracy"]) == ("pairs", 0.5)


def test_search_may_be_a_ranking_or_a_choice(score: Any) -> None:
    ranked = '{"url": "u1", "answers": [5, 4]}\n{"url": "u2", "answers": [1]}\n'
    _, made = score(
        "code_search", ranked, '{"url": "u1", "idx": 4}\n{"url": "u2", "idx": 3}\n', names=("p.jsonl", "r.jsonl")
    )
    assert (made["form"], values(made)) == ("ranking", {"mrr": 0.25})
    _, made = score("code_search", "1\t4\n2\tnone\n", "1\t4\n2\t3\n")
    assert (made["form"], values(made), made["unparsed_rate"]) == ("choice", {"accuracy": 0.5}, 0.5)


def test_cloze_words_stand_behind_their_mark(score: Any) -> None:
    _, made = score(
        "cloze_test", "all-1<CODESPLIT>max\nall-2<CODESPLIT>x\n", "all-1<CODESPLIT>max\nall-2<CODESPLIT>y\n"
    )
    assert values(made) == {"accuracy": 0.5}


def test_the_cloze_test_takes_upstream_s_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, word in (("go", "max"), ("php", "min")):
        for folder, file, said in (("answers", "answers.txt", word), ("predictions", "predictions.txt", "max")):
            path = tmp_path / "评测 1" / folder / name / file
            path.parent.mkdir(parents=True)
            path.write_text(f"maxmin-1<CODESPLIT>{said}\n", "utf-8")
    files = [str(tmp_path / "评测 1" / name) for name in ("predictions", "answers")]
    assert main(["--task", "cloze_test", "--predictions", files[0], "--references", files[1], "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert values(made) == {"accuracy": 0.5, "accuracy_macro": 0.5, "accuracy:go": 1.0, "accuracy:php": 0.0}


def test_completed_lines_stand_beside_json_references(score: Any) -> None:
    _, made = score(
        "code_completion", "return 0\n", '{"input": "", "gt": "return <NUM_LIT>"}\n', names=("p.txt", "r.json")
    )
    assert values(made) == {"edit_sim": 100.0, "edit_sim_rounded": 100.0, "em_token": 100.0}


def test_generated_code_stands_beside_json_references_and_gets_codebleu(score: Any) -> None:
    code = "int add ( int a , int b ) { return a + b ; }"
    right = json.dumps({"nl": "add", "code": code}) + "\n"
    _, made = score("code_generation", f"{code}\n", right, "--programming-language",
                    "java", names=("p.txt", "answers.json"))  # fmt: skip
    assert values(made) == {"bleu": 100.0, "em_token": 100.0, "edit_sim": 100.0, "codebleu": 1.0, "codebleu_ngram": 1.0,
                            "codebleu_weighted_ngram": 1.0, "codebleu_syntax": 1.0,
                            "codebleu_dataflow": 1.0}  # fmt: skip


def test_rows_of_mulco_are_references(score: Any) -> None:
    row = {"id": "code_repair_en/x/1", "instruction": "Fix.", "input": "a", "output": "b", "task": "code_repair"}
    said = {"id": "code_repair_en/x/1", "prediction": "b"}
    _, made = score("code_repair", json.dumps(said) + "\n", json.dumps(row) + "\n", names=("p.jsonl", "r.jsonl"))
    assert values(made)["em_strict"] == 100


def test_a_table_is_printed_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("x y\n", "utf-8")
    file = str(tmp_path / "a.txt")
    assert main(["--task", "code_translation", "--predictions", file, "--references", file]) == 0
    said = capsys.readouterr().out
    assert "95 % interval" in said
    assert "1 items, 0 without a prediction, 0 empty, 0.00% not readable" in said


REPAIR, SUMMARY, CLONES, DEFECT = "code_repair", "code_summarization", "clone_detection", "defect_detection"


@pytest.mark.parametrize(
    ("task", "predictions", "references", "message"),
    [
        (REPAIR, "a\nb\n", "a\nb\nc\n", "p.txt has 2 lines and r.txt 3. Line n of one answers line n of the other"),
        (REPAIR, "", "a\n", "p.txt: the file with predictions is empty. Give one item a line"),
        (REPAIR, "\n\n", "a\nb\n", "p.txt: the file with predictions is empty. Give one item a line"),
        (REPAIR, "a\n", "", "r.txt: the file with references is empty. Give one item a line"),
        (REPAIR, "修复\n".encode("gbk"), "a\n", "p.txt, line 1: byte 0xd0 is not UTF-8. Convert the file to "
         "UTF-8, from "
         "GB18030 if it is Chinese: iconv -f GB18030 -t UTF-8"),
        (REPAIR, "a\n".encode("utf-16"), "a\n", "p.txt: it is UTF-16, expected UTF-8. Convert it: iconv -f "
         "UTF-16 -t UTF-8"),
        (REPAIR, b"a\nb \xff\n", "a\nb\n", "p.txt, line 2: byte 0xff is not UTF-8. Convert the file to UTF-8, "
         "from GB18030 "
         "if it is Chinese: iconv -f GB18030 -t UTF-8"),
        (SUMMARY, "0\ta\n", "0\ta\n1\tb\n2\tc\n", "p.txt: no prediction for 2 ids, such as '1', '2',. Add them, "
         "or count them "
         "as wrong with --allow-missing"),
        (SUMMARY, "0\ta\n9\tb\n", "0\ta\n", "p.txt: id '9' not in r.txt. Predict the items of the references, "
         "and no others"),
        (SUMMARY, "0\ta\n0\tb\n", "0\ta\n", "p.txt, line 2: id '0' stands in line 1 too. Keep one of them"),
        (DEFECT, "0\t1\n0\t1\n", "0\t1\n", "p.txt, line 2: id '0' stands in line 1 too. Keep one of them"),
        (DEFECT, "0\t1\n", "0\t1\n0\t0\n", "r.txt, line 2: id '0' stands in line 1 too. Keep one of them"),
        (DEFECT, "1\n0\n", "0\t1\n1\t0\n", "r.txt names its items and p.txt does not. Both need the ids, or neither"),
        (DEFECT, "0\t1\n", "0\tyes\n", "r.txt, item 1: 'yes' is no label, expected a whole number"),
        (DEFECT, "0 1 1\n", "0\t1\n", "p.txt, line 1: 3 fields, expected idx<TAB>label"),
        (DEFECT, "0\t3\n", "0\t1\n", "prediction 1 is 3, expected the label 0 or 1"),
        (CLONES, "1\t2\t1\n", "1\t2\t1\n2\t1\t0\n", "p.txt: no prediction for id '2\\t1'. Add them, or count "
         "them as wrong with "
         "--allow-missing"),
        ("cloze_test", "1<CODESPLIT>max\n", "1 max\n", "r.txt, line 1: no <CODESPLIT> in it, expected "
         "idx<CODESPLIT>word"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_in_one_sentence(
    score: Any, task: str, predictions: Any, references: Any, message: str
) -> None:
    assert score(task, predictions, references) == (2, message)


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ("not json\n", "p.jsonl, line 1: not JSON (Expecting value: line 1 column 1 (char 0)). Each line of a "
         ".json or .jsonl "
         "file is one object"),
        ('["a"]\n', "p.jsonl, line 1: a list. Each line is one JSON object; write a JSON array as JSON Lines first"),
        ('{"idx": 1}\n', "p.jsonl, line 1: none of the fields prediction, output, code, gt, target, label, "
         "docstring, text, "
         "nl. One of them holds the prediction"),
        ('{"idx": 1, "code": 5}\n', "p.jsonl: 5 is int, expected a text"),
    ],
)  # fmt: skip
def test_bad_json_lines_are_refused_in_one_sentence(score: Any, predictions: str, message: str) -> None:
    right = '{"idx": 1, "code": "x"}\n'
    assert score("code_repair", predictions, right, names=("p.jsonl", "r.jsonl")) == (2, message)


def test_missing_predictions_can_count_as_wrong(score: Any) -> None:
    _, made = score("code_summarization", "0\ta\n", "0\ta\n1\tb\n", "--allow-missing")
    assert (values(made)["smoothed_bleu4"], made["missing"], made["n"]) == (50.0, 1, 2)
    _, made = score("defect_detection", "0\t1\n", "0\t1\n1\t0\n", "--allow-missing")
    assert (values(made)["accuracy"], made["missing"]) == (0.5, 1)


def test_predictions_that_are_all_empty_score_nothing(score: Any) -> None:
    rows = '{"idx": 0, "prediction": ""}\n{"idx": 1, "prediction": " "}\n'
    right = '{"idx": 0, "code": "x"}\n{"idx": 1, "code": "y"}\n'
    _, made = score("code_translation", rows, right, names=("p.jsonl", "r.jsonl"))
    assert values(made) == {"bleu": 0.0, "em_strict": 0.0, "em_nospace": 0.0}
    assert made["empty"] == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.txt").write_text("a\n", "utf-8")
    files = ["--predictions", str(tmp_path / "none.txt"), "--references", str(tmp_path / "r.txt")]
    assert main(["--task", "code_repair", *files]) == 2
    assert capsys.readouterr().err == f"Error: {tmp_path}/none.txt: no such file. Give the file with predictions\n"


def test_an_unknown_programming_language_or_form_is_refused(score: Any) -> None:
    assert score("code_repair", "a\n", "a\n", "--programming-language", "klingon") == (
        2, "no programming language 'klingon'. Name it as in: python, java, c#",
    )  # fmt: skip
    assert score("code_repair", "a\n", "a\n", "--programming-language", "sql")[1].startswith(
        "CodeBLEU knows no grammar for 'sql'. It takes: python, java, c#"
    )
    assert score("code_search", "a\n", "a\n", "--form", "retrieval") == (
        2, "code_search has no form 'retrieval'. It is judged as: choice, pairs, ranking",
    )  # fmt: skip


@pytest.mark.upstream
def test_real_labels_agree_with_themselves(upstream: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for task, file in (
        ("clone_detection", "bigclonebench/dataset/test.txt"),
        ("defect_detection", "devign/dataset/test.jsonl"),
        ("code_search", "cosqa/evaluator-example/webquery_answers.txt"),
        ("cloze_test", "clozetest/evaluator-example-maxmin/answers/go/answers.txt"),
    ):
        path = str(upstream / file)
        assert main(["--task", task, "--predictions", path, "--references", path, "--json"]) == 0
        assert values(json.loads(capsys.readouterr().out))["accuracy"] == 1
