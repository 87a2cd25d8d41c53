"""A card pulled from the Hub is checked like a local one: a whole release passes, one altered figure is named."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

OnHub = Callable[..., subprocess.CompletedProcess[str]]


def test_a_release_on_the_hub_passes_and_an_altered_one_does_not(folder: Path, on_hub: OnHub) -> None:
    for arguments in (("card", folder, "--name", "ORG/mulco"), ("push", folder, "ORG/mulco", "--yes")):
        done = on_hub(*arguments)
        assert done.returncode == 0, done.stderr
    good = on_hub("check", "--card", "ORG/mulco")
    assert (good.returncode, good.stdout) == (0, "")
    assert good.stderr.endswith("ORG/mulco: the cards agree with the facts, and the facts with the files.\n")
    card = folder / "README_zh.md"
    card.write_text(card.read_text("utf-8").replace("539 行", "593 行"), "utf-8")
    assert on_hub("push", folder, "ORG/mulco", "--yes").returncode == 0
    bad = on_hub("check", "--card", "ORG/mulco")
    assert bad.returncode == 1
    assert "README_zh.md, line 5: a count differs: the card has '593', the facts give '539'\n" in bad.stdout


def test_a_name_that_is_nowhere_is_one_sentence(on_hub: OnHub) -> None:
    done = on_hub("check", "--card", "ORG/nothing")
    assert done.returncode == 1
    assert "ORG/nothing: no such folder, and no such dataset or model on the Hub." in done.stderr
    assert "Traceback" not in done.stderr
