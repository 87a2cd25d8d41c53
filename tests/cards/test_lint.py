"""The linter: placeholders, empty sections, links to nothing and figures from nowhere are named with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mulco.cards.lint import anchors, links, lint, split_card

GOOD = """---
license: mit
---

# Title

A line with 12 rows and [a link](#how), [a file](more.md), https://example.org/a_b and `code 99 [None]`.

## How

```sh
TODO 77 [x](nowhere)
```

<details><summary>More</summary>

| a | b |
| --- | --- |
| [x](https://example.org/wiki/A_(b)) | 12 |

</details>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "more.md").write_text("", "utf-8")
    return tmp_path


def test_a_good_card_passes(folder: Path) -> None:
    assert list(lint("README.md", GOOD, folder, {"12"})) == []


@pytest.mark.parametrize(
    "word",
    [
        "[More Information Needed]", "TODO", "TBD", "FIXME", "[None]", "None", "{model_name}", "lorem ipsum", "待补充",
        "your-username", "nan", "fine-tuned version of []",
    ],
)  # fmt: skip
def test_a_placeholder_is_named_with_its_line(folder: Path, word: str) -> None:
    [problem] = lint("README.md", GOOD.replace("A line", f"A {word} line"), folder, {"12"})
    assert problem.startswith("README.md, line 7: the placeholder ")


@pytest.mark.parametrize("words", ["None of the rows", "nothing nano", "a list [of things](more.md)", "Anonymous"])
def test_words_that_only_look_like_one_pass(folder: Path, words: str) -> None:
    assert list(lint("README.md", GOOD.replace("A line", words), folder, {"12"})) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("(#how)", "(#why)", "the link '#why' names no heading of the page"),
        ("(more.md)", "(less.md)", "the link 'less.md' leads to no file of the folder"),
        ("(more.md)", "()", "the link '' is empty"),
        ("(more.md)", "(ftp://example.org)", "the link 'ftp://example.org' is no address"),
        ("https://example.org/a_b", "https://nowhere", "the link 'https://nowhere' is no address"),
    ],
)
def test_a_link_to_nothing_is_named(folder: Path, old: str, new: str, problem: str) -> None:
    assert list(lint("README.md", GOOD.replace(old, new), folder, {"12"})) == [f"README.md, line 7: {problem}"]


@pytest.mark.parametrize("figure", ["13", "1,200", "12.5%", "3rd", "GPT-4"])
def test_a_figure_from_nowhere_is_named(folder: Path, figure: str) -> None:
    [problem] = lint("README.md", GOOD.replace("A line", f"A {figure} line"), folder, {"12"})
    assert problem == f"README.md, line 7: the figure {figure!r} comes from no fact"


def test_figures_are_left_alone_where_no_facts_are_given(folder: Path) -> None:
    assert list(lint("README.md", GOOD.replace("A line", "13 lines"), folder)) == []


@pytest.mark.parametrize("section", ["## Empty\n\n## Next\n\ntext\n", "## Empty\n\n\n"])
def test_an_empty_section_is_named(folder: Path, section: str) -> None:
    assert list(lint("README.md", GOOD + "\n" + section, folder, {"12"})) == [
        "README.md, line 23: the section 'Empty' is empty"
    ]


def test_a_section_of_smaller_ones_is_not_empty(folder: Path) -> None:
    assert list(lint("README.md", GOOD + "\n## Whole\n\n### Part\n\ntext\n", folder, {"12"})) == []


def test_a_heading_in_code_is_none(folder: Path) -> None:
    assert list(lint("README.md", GOOD + "\n## Code\n\n```sh\n# no heading\n```\n", folder, {"12"})) == []


def test_anchors_are_those_of_the_hub() -> None:
    page = "# A title, with: marks\n\n## 怎样 加载\n\n## Same\n\n## Same\n\n```\n# none\n```\n"
    assert anchors(page) == {"a-title-with-marks", "怎样-加载", "same", "same-1"}


def test_links_are_those_outside_code() -> None:
    text = "[a](b) `[c](d)` ![e](f) https://g.example, <https://h.example>"
    assert links(text) == ["b", "f", "https://g.example", "https://h.example"]


def test_a_header_is_read_or_said_to_be_none() -> None:
    assert split_card(GOOD)[0] == {"license": "mit"}
    assert split_card("---\n: [\n---\ntext")[0] is None
    assert split_card("no header")[0::2] == (None, 0)
