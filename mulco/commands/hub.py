"""Commands around the Hub: push, pull and withdraw."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mulco.commands import AsJson, app
from mulco.console import note, print_json, table
from mulco.errors import HubError, UsageError

if TYPE_CHECKING:
    from mulco.hub.plan import Plan

Repository = Annotated[str, typer.Argument(help="NAMESPACE/NAME, such as ORG/mulco.")]


@app.command()
def push(
    folder: Annotated[Path, typer.Argument(help="A built dataset folder, or a model folder.")],
    repo_id: Repository,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Make a new repository private.")] = False,
    tag: Annotated[str | None, typer.Option("--tag", help="Name the release, such as v1.")] = None,
    revision: Annotated[str, typer.Option("--revision", help="The branch to publish on.")] = "main",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    redistributable_only: Annotated[
        bool, typer.Option("--redistributable-only", help="Leave out rows whose licence forbids copies, or is unknown.")
    ] = False,
    i_have_the_rights: Annotated[
        bool, typer.Option("--i-have-the-rights", help="You claim the right to pass on such rows; the card says so.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Publish a folder on the Hub: say what would change, then do it in one commit, check it and tag it."""
    import functools

    from mulco.cards.check import name_in
    from mulco.cards.dataset import write_card
    from mulco.hub.plan import check_name, plan_push, refuse
    from mulco.hub.push import push as run_push
    from mulco.hub.stage import staged
    from mulco.hub.words import quiet

    if redistributable_only and i_have_the_rights:
        raise UsageError("--redistributable-only leaves out what --i-have-the-rights publishes. Name one of them")
    if as_json and not (yes or dry_run):
        raise UsageError("--json asks no questions. Add --yes, or --dry-run")
    check_name(repo_id)
    quiet(note)
    with staged(folder, redistributable_only, i_have_the_rights, functools.partial(write_card, name=repo_id)) as ready:
        plan = plan_push(ready, repo_id, revision, tag, private, i_have_the_rights)
        if not as_json:
            _show(plan)
        if dry_run:
            if as_json:
                print_json(plan.facts)
            for problem in plan.problems if not as_json else ():
                note(f"Would be refused: {problem}")
            raise typer.Exit(1 if plan.problems else 0)
        refuse(plan)
        if not plan.remote.asked:
            raise HubError("nothing is published while HF_HUB_OFFLINE is set. Unset it, or plan with --dry-run")
        if not yes and not plan.nothing:
            _ask(plan)
        done = run_push(plan)
    if as_json:
        print_json({"plan": plan.facts, "result": done.facts})
        return
    tagged = f", tagged {done.tag}" if done.tag else ""
    if done.tries:
        print(f"Published as commit {done.commit}{tagged}: {done.address}")
    else:
        print(f"Nothing to change: commit {done.commit} holds this release{tagged}: {done.address}")
    if plan.folder.root == folder and plan.folder.manifest is not None and name_in(folder / "README.md") != repo_id:
        note(f"Its card does not load it by this name. Run, and push again: mulco card {folder} --name {repo_id}")


@app.command()
def pull(
    repo_id: Repository,
    revision: Annotated[str | None, typer.Option("--revision", help="A branch, tag or commit. Default: main.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A new folder. Default: the cache of the Hub.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="dataset or model. Default: what there is.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a dataset or a model from the Hub, check it, and say where it is."""
    from mulco.hub.pull import pull as run_pull
    from mulco.hub.words import quiet

    if kind not in (None, "dataset", "model"):
        raise UsageError(f"--type is dataset or model, not {kind!r}")
    quiet(note)
    pulled = run_pull(repo_id, revision, out, kind)
    if as_json:
        print_json(pulled.facts)
        return
    rows = f", {pulled.rows:,} rows" if pulled.rows is not None else ""
    note(f"{pulled.kind} {repo_id} at {pulled.commit[:12]}: {pulled.files} files, {pulled.bytes:,} bytes{rows}.")
    note(f"Checked against {pulled.checked}.")
    print(pulled.folder)


def _show(plan: Plan) -> None:
    """The plan for people: each file and what becomes of it, then who will see it."""
    kinds = [("new", plan.add), ("changed", plan.change)]
    same = [file for file in plan.folder.files if file not in plan.add and file not in plan.change]
    state = {file.path: word for word, files in (*kinds, ("same", same)) for file in files}
    if not plan.remote.asked:
        state = dict.fromkeys(state, "not compared")
    rows = [(file.path, f"{file.bytes:,}", state[file.path]) for file in plan.folder.files]
    table(["file", "bytes", "state"], [*rows, *((path, "", "deleted") for path in plan.delete)], right=(1,))
    seen = "everybody can see it" if plan.public else "private"
    there = "" if not plan.remote.asked else ", is there" if plan.remote.exists else ", will be made"
    tagged = f", tag {plan.tag}" if plan.tag else ""
    print(f"{plan.folder.kind} {plan.repo_id} ({seen}{there}), branch {plan.branch}{tagged}")
    sent = sum(file.bytes for file in (*plan.add, *plan.change))
    print(
        f"{len(plan.folder.files)} files, {plan.folder.bytes:,} bytes: {len(plan.add)} new, {len(plan.change)} changed "
        f"({sent:,} bytes), {len(plan.delete)} deleted"
    )
    licenses = "  ".join(f"{name} {rows:,}" for name, rows in plan.folder.licenses.most_common())
    print(f"Rows by licence: {licenses}" if licenses else "Licences of the rows: not recorded")
    if plan.folder.left_out:
        note(f"Not part of a release, stays here: {', '.join(plan.folder.left_out)}")
    for text in plan.folder.notes:
        note(f"Note: {text}")


def _ask(plan: Plan) -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody is here to say yes. Add --yes to publish, or --dry-run to look only")
    question = f"Publish {'for everybody to see' if plan.public else 'privately'}?"
    if not typer.confirm(question, err=True):
        note("Nothing was published.")
        raise typer.Exit(1)


@app.command()
def withdraw(
    folder: Annotated[Path, typer.Argument(help="A built dataset folder.")],
    source_id: Annotated[
        list[str] | None, typer.Option("--source-id", help="Upstream's identity of an item; may be repeated.")
    ] = None,
    repository: Annotated[
        list[str] | None, typer.Option("--repository", help="OWNER/NAME the items come from; may be repeated.")
    ] = None,
    pattern: Annotated[
        list[str] | None, typer.Option("--pattern", help="A regular expression in the text; may be repeated.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only rows of this source; alone: all of it.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for card and changelog.")] = None,
    models: Annotated[
        list[Path] | None, typer.Option("--models", help="Look here for models trained on the rows; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take rows out of a built folder by item, repository or pattern, and keep them out of later builds there."""
    from mulco.cards.dataset import write_card
    from mulco.withdraw import Rule
    from mulco.withdraw import withdraw as run_withdraw

    rule = Rule(tuple(source_id or ()), tuple(repository or ()), tuple(pattern or ()), source, reason)
    done = run_withdraw(folder, rule, write_card, models or (), dry_run)
    if as_json:
        rows = {config: {split: dict(why) for split, why in splits.items()} for config, splits in done.gone.items()}
        print_json({"folder": str(folder), "dataset_version": done.version, "rows": rows, "total": done.rows,
                    "models": list(done.models), "done": not dry_run})  # fmt: skip
        return
    why = ("source_id", "repository", "pattern", "source", "quotes")
    listed = []
    for config, splits in done.gone.items():
        for split, count in splits.items():
            listed.append((config, split, *(f"{count[name]:,}" if count[name] else "" for name in why)))
    table(["config", "split", *why], listed, right=(2, 3, 4, 5, 6))
    print(
        f"{done.rows:,} rows {'would go' if dry_run else 'are gone'} from {len(done.gone)} configs of {folder}, "
        f"dataset version {done.version}"
    )
    for model in done.models:
        note(f"Trained on rows that {'would go' if dry_run else 'are gone'}: {model}")
    if not dry_run:
        note(
            "Publish the change with mulco push. Older commits and tags on the Hub, copies others made, and upstream's "
            "own files keep the rows."
        )
