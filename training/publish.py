"""The end of a run that is to be published: the card beside the weights, then one commit on the Hub.

    check("ORG/name")                          # before training: refuses what could not be published afterwards
    card(folder, "ORG/name")                   # README.md and README_zh.md, from run.json alone
    publish(folder, "ORG/name")                # weights, tokenizer, adapter and generation config, card: one commit

`mulco push FOLDER ORG/name` does the last step alone, at any later time.
"""

from __future__ import annotations

from pathlib import Path


def check(repo_id: str) -> None:
    """Refuse what is no name, and a token that may not write there, before hours of training."""
    from huggingface_hub import HfApi

    from mulco.hub.plan import check_name
    from mulco.hub.push import allowed

    check_name(repo_id)
    allowed(HfApi(), repo_id)


def card(folder: Path, repo_id: str | None = None) -> None:
    """Write the cards of a model folder; a run that is not published gets them as well."""
    from mulco.cards.model import write_card

    write_card(folder, repo_id)


def publish(folder: Path, repo_id: str) -> str:
    """Push a folder of weights in one commit; the address of the commit."""
    from mulco.hub.folder import read_folder
    from mulco.hub.plan import plan_push
    from mulco.hub.push import push

    return push(plan_push(read_folder(folder), repo_id)).address
