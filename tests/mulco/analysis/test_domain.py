"""What a row is about: code, mathematics or anything else."""

from __future__ import annotations

import pytest

from mulco.analysis.domain import code_share, domain, holds_code


@pytest.mark.parametrize(
    ("instruction", "output", "language", "found"),
    [
        ("Reverse a list.", "xs[::-1]", "python", "code"),
        ("Show me a loop.", "```\nfor x in xs: pass\n```", "text", "code"),
        ("What is a deadlock?", "Two threads wait for each other.", "text", "code"),
        ("什么是死锁？", "两个线程互相等待对方释放的锁。", "text", "code"),
        ("Print it.", "let x = 1;\nconsole.log(x);", "text", "code"),
        ("A train goes 60 miles in 1.5 hours. How far does it go in 4 hours?", "160 miles.", "text", "mathematics"),
        ("Solve x^2 - 5x + 6 = 0.", "x = 2 or x = 3", "text", "mathematics"),
        ("Evaluate $\\int_0^1 x^2 dx$.", "$\\frac{1}{3}$", "text", "mathematics"),
        ("小明有 3 个苹果，又买了 5 个，一共有多少个？", "8 个", "text", "mathematics"),
        ("证明三角形的内角和等于 180 度。", "过顶点作平行线。", "text", "mathematics"),
        ("Write a Python program that adds 3 and 4.", "print(3 + 4)", "python", "code"),
        ("Write a poem about the sea.", "The sea is wide.", "text", "general"),
        ("List three planets.", "Mars, Venus, Earth", "text", "general"),
        ("给我推荐三本小说。", "《边城》《围城》《活着》", "text", "general"),
        ("In 1998 and 1999 two films were made. Who made them?", "I do not know.", "text", "general"),
    ],
)
def test_domains(instruction: str, output: str, language: str, found: str) -> None:
    assert domain(instruction, "", output, language) == found


@pytest.mark.parametrize(
    "code",
    [
        "def add(a, b):\n    return a + b\n",
        "SELECT name FROM people WHERE age > 30;",
        "CREATE TABLE t (\n  id INT PRIMARY KEY,\n  name VARCHAR(20)\n);",
        "<ul>\n  <li>one</li>\n</ul>",
        "#include <stdio.h>\nint main(void) { return 0; }",
        "for f in *.txt; do\n  wc -l $f\ndone",
        'fmt.Println("hi")',
        ".card {\n  color: red;\n}",
        '{\n  "name": "x",\n  "age": 3\n}',
        "total = price * 2",
        "puts [1, 2].sum",
    ],
)
def test_what_looks_like_code(code: str) -> None:
    assert holds_code(code)


@pytest.mark.parametrize(
    "prose",
    [
        "A stack gives back first what came last.",
        "First sort the list, then take its middle; it is the median.\nThat is all.",
        "栈是后进先出的结构。\n队列是先进先出的结构。",
        "You can use the == operator to compare the two strings.",
        "1. Mix flour and water.\n2. Wait.\n3. Bake it for an hour.",
        "",
    ],
)
def test_what_does_not(prose: str) -> None:
    assert not holds_code(prose)
    assert code_share(prose) < 0.4
