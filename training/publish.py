"""The end of a run that is to be published: the card beside the weights, then one commit on the Hub.

    check("ORG/name")                          # before training: refuses what could not be published afterwards
    card(folder, "ORG/name")                   # README.md, from run.json alone
    publish(folder, "ORG/name")                # weights, tokenizer, adapter and generation config, card: one commit

`mulco push FOLDER ORG/name` does the last step alone, at any later time.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

from mulco.errors import UsageError

HUB, CARD = "mulco.hub", "mulco.cards.model"  # by name: a run without `push` needs neither


def check(repo_id: str) -> None:
    """Refuse a name that is none, or an installation that cannot push, before hours of training."""
    if importlib.util.find_spec(HUB) is None:
        raise UsageError(f"push={repo_id}: this version of mulco cannot publish. Train without push")
    importlib.import_module(f"{HUB}.plan").check_name(repo_id)


def card(folder: Path, repo_id: str | None = None) -> None:
    """Write the model card, where this version of mulco has one for models."""
    if importlib.util.find_spec(CARD) is not None:
        importlib.import_module(CARD).write_card(folder, repo_id)


def publish(folder: Path, repo_id: str) -> str:
    """Push a folder of weights in one commit; the address of the commit."""
    hub = {name: importlib.import_module(f"{HUB}.{name}") for name in ("folder", "plan", "push")}
    done = hub["push"].push(hub["plan"].plan_push(hub["folder"].read_folder(folder), repo_id))
    return str(done.address)
