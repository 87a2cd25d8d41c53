"""Recognition: does a text hold code, and in which language."""

from __future__ import annotations

import time

import pytest

from mulco.builders.sources.recognition import MOST, asked_about, named, recognised
from mulco.builders.sources.signs import DIALECTS, MARKUP, NAMES, NO_CODE_TAGS, OPENINGS, SIGNS
from mulco.languages import DISPLAY, TEXT

CODE = {
    "bash": 'for file in *.txt; do\n    wc -l "$file"\ndone',
    "c": '#include <stdio.h>\n\nint main() {\n    printf("%d", 3);\n    return 0;\n}',
    "c#": 'using System;\n\nclass Owl\n{\n    static void Main()\n    {\n        Console.WriteLine("owl");\n    }\n}',
    "c++": '#include <iostream>\nusing namespace std;\n\nint main() {\n    cout << "owl" << endl;\n}',
    "css": ".owl {\n    color: brown;\n    width: 20px;\n}",
    "go": 'package main\n\nimport "fmt"\n\nfunc main() {\n    owls := 3\n    fmt.Println(owls)\n}',
    "html": '<ul>\n    <li>owl</li>\n    <li><a href="/crow">crow</a></li>\n</ul>',
    "java": 'class Owl {\n    public static void main(String[] args) {\n        System.out.println("owl");\n    }\n}',
    "javascript": "const owls = birds.filter(bird => bird.night);\nconsole.log(owls.length);",
    "kotlin": 'fun main() {\n    val owls = listOf("barn", "snowy")\n    println(owls.size)\n}',
    "latex": "\\begin{tabular}{ll}\n    owl & night \\\\\n\\end{tabular}",
    "php": "$owls = array('barn', 'snowy');\nforeach ($owls as $owl) {\n    echo $owl;\n}",
    "python": "class Owl:\n    def __init__(self, name):\n        self.name = name",
    "r": "owls <- c(3, 4, 5)\nprint(mean(owls))",
    "ruby": "class Owl\n  attr_reader :name\n\n  def greet\n    puts name\n  end\nend",
    "rust": 'fn main() {\n    let mut owls = vec!["barn"];\n    owls.push("snowy");\n}',
    "sql": "SELECT name\nFROM owls\nWHERE age > 3\nORDER BY name;",
    "swift": "func greet(owl: String) -> String {\n    return owl\n}\nlet owls: [String] = []",
    "typescript": "interface Owl {\n    name: string;\n}\nconst owl: Owl = { name: 'barn' };",
    "xml": '<?xml version="1.0"?>\n<owls>\n    <owl>barn</owl>\n</owls>',
}


def test_every_language_of_the_tables_is_canonical() -> None:
    assert {*SIGNS, *NAMES, *MARKUP, *OPENINGS, *DIALECTS, *DIALECTS.values()} <= DISPLAY.keys() - {TEXT}


@pytest.mark.parametrize("language", CODE)
def test_code_is_known_by_its_signs_and_with_sentences_around_it(language: str) -> None:
    assert recognised(CODE[language], "Show me some.") == language
    sentences = f"Here is how you can do that with a few lines.\n\n{CODE[language]}\n\nIt does all that you asked for."
    assert recognised(sentences, "Show me some.") == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "[1, 2, 3]",
        "{'owl': 3, 'crow': 4}",
        '{"owl": 3}',
        "1\n8\n27",
        "owl",
        "Owls hunt at night.",
        "To print the list, write print(owls) and run the program.",
        "You can append with `owls.append(owl)`; it changes the list.",
        "The class is `Owl`:\n\n1. It has a name, which is a string.\n2. It has an age, which is a number.",
        "The output is:\n\n```\n3\n4\n```",
        "It prints two lines:\n\n```text\nowl = 3\ncrow = 4\n```",
        "The time is O(n log n), since the list is sorted once.",
        "# nothing but a comment",
        r"^[a-z]+\d*$",
    ],
)
def test_prose_results_and_regular_expressions_are_no_code(text: str) -> None:
    assert recognised(text, "What does this Python program print?") == TEXT


@pytest.mark.parametrize(
    ("text", "request_", "language"),
    [
        ("owls = 3", "Store a number.", "python"),  # the usual language, where nothing tells
        ("owls.count(2)", "Count the twos.", "python"),
        ("owls = [3, 4];", "Store a list in JavaScript.", "javascript"),
        ("if (owls > 3) {\n    hoot();\n}", "Write a condition in Java.", "java"),
        ("int owls[] = {3, 4};", "Create an array in C.", "c"),
        ("int owls[] = {3, 4};", "Create an array in C++.", "c++"),
        ('{"owl": 3}', "Write the bird as JSON.", "json"),
        ("main = print 3;", "Write a Haskell program.", "haskell"),  # believed: it has no signs
        ("def f(x):\n    return x", "Translate the JavaScript function into Python.", "python"),
        ("def f(x):\n    return '<p>' + x + '</p>'", "Write the text as HTML.", "python"),
        ("<!-- owls -->\n<!DOCTYPE html>\n<script>\nconst owls = 3;\n</script>", "Write it in JavaScript.", "html"),
        ("<?php\n$page = '<html></html>';", "Print an HTML page.", "php"),
        ("#!/bin/bash\npython -c 'import os'", "Run it.", "bash"),
        ('char name[3];\nprintf("%s", name);\nstd::cout << name;', "Print it.", "c++"),
    ],
)
def test_the_request_and_how_code_opens_help(text: str, request_: str, language: str) -> None:
    assert recognised(text, request_) == language


def test_tags_win_over_signs_and_the_longest_code_over_the_first() -> None:
    answer = (
        "Install it:\n\n```bash\npip install owl\n```\n\nThen:\n\n```cpp title=a\nimport owl\nprint(owl.hoot())\n```"
    )
    assert recognised(answer, "Do it in Python.") == "c++"
    assert recognised("```\nconst owl = 3;\n```", "Do it.") == "javascript"
    assert recognised("```owlish\nconst owl = 3;\n```", "Do it.") == "javascript"
    assert recognised("```python\nowl = 3", "Do it.") == "python"  # cut off before the fence closes


def test_code_beside_a_fence_with_nothing_but_a_result() -> None:
    assert recognised("owls = 3\nprint(owls)\n\nOutput:\n```\n3\n```", "Do it.") == "python"


def test_a_language_is_named_as_people_write_it() -> None:
    assert named("Translate this Node.js code to TypeScript, C# and C++.") == ["javascript", "typescript", "c++", "c#"]
    assert named("Write a C program, then the same in Go and R scripts.") == ["c", "go", "r"]
    assert named("Go home, Julia: vitamin C and a shell sort of a list, elements A, B and C, in data.json") == []


@pytest.mark.parametrize(
    ("instruction", "input_", "language"),
    [
        ("What does this print?", "console.log(3 === 4);", "javascript"),
        ("What does the following code print?", "x = 3\ny = x", "python"),
        ("Find the longest of the words.", "x = ['owl', 'crow']", TEXT),
        ("What does it print?\n\n```java\nSystem.out.println(3);\n```", "", "java"),
        ("What is the output of this C++ code: std::cout << 3 + 4;", "", "c++"),
        ("What is a pointer in C++?", "", TEXT),
    ],
)
def test_a_question_shows_code_or_none(instruction: str, input_: str, language: str) -> None:
    assert asked_about(instruction, input_) == language


@pytest.mark.parametrize(
    "unit", ["a, ", "SELECT a\n", " ", "<a ", "public <a, ", "for x in y ", "```\n", "- a b c d.\n"]
)
def test_long_texts_take_no_long_time(unit: str) -> None:
    started = time.perf_counter()
    recognised(unit * MOST, "Do it.")
    assert time.perf_counter() - started < 5


def test_tags_of_results_are_no_languages() -> None:
    assert not set(NO_CODE_TAGS) & (DISPLAY.keys() - {TEXT})
