"""A release in one commit: send what is missing, commit it on top of the head that was seen, check it, tag it.

    done = push(plan_push(folder, "ORG/mulco", tag="v1"))
    done.commit, done.sent

Large files go first, some at a time, and belong to nothing until the one commit names them: a push that is killed
leaves the repository as it was, and the next one sends only the rest. If somebody else publishes meanwhile, the Hub
refuses the commit; then the folder is compared anew with what is there now, and committed on top of that. A release
takes its place whole: files of an earlier one that it does not have are deleted in the same commit.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mulco.errors import HubError
from mulco.hub.folder import Local
from mulco.hub.plan import Plan, contents, look, refuse
from mulco.hub.words import complaints, endpoint, explain, spoken, token_place, without_token

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TRIES = 12  # commits that somebody else may come before; four pushes at once need four at most
AT_ONCE = 64 * 2**20  # bytes sent together; what an interruption can cost
FILES_AT_ONCE = 20


@dataclass(frozen=True)
class Done:
    """What a push did. `commit` holds the release; `tries` is 0 where nothing had to change."""

    commit: str
    address: str
    tries: int
    sent: int  # bytes of the files that are new or changed
    tag: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        return vars(self) | {"changed": self.tries > 0}


def push(plan: Plan, message: str | None = None) -> Done:
    """Publish what is planned. Raises HubError where the Hub or the plan itself refuses; then nothing is published."""
    from huggingface_hub import HfApi

    refuse(plan)
    api, kind = HfApi(), plan.folder.kind
    allowed(api, plan.repo_id)
    if not plan.remote.exists:
        with spoken(plan.repo_id, "push"):
            api.create_repo(plan.repo_id, repo_type=kind, private=plan.private, exist_ok=True)
        plan = replace(plan, remote=look(plan.repo_id, kind, plan.branch, api))
        if not plan.remote.exists:
            raise HubError(
                f"the name {plan.repo_id} is taken by a repository that this token may not see. Nothing was published; "
                f"choose another name"
            )
        refuse(plan)  # it may have come into being a moment ago, and not by us
    if plan.branch not in plan.remote.branches:
        with spoken(plan.repo_id, "push"):
            api.create_branch(plan.repo_id, branch=plan.branch, repo_type=kind, exist_ok=True)
        plan = replace(plan, remote=look(plan.repo_id, kind, plan.branch, api))
    commit, tries, sent = _commit(api, plan, message or _message(plan))
    _verify(api, plan, commit)
    if plan.tag:
        _tag(api, plan, commit)
    lead = "datasets/" if kind == "dataset" else ""
    return Done(commit, f"{endpoint()}/{lead}{plan.repo_id}/tree/{commit}", tries, sent, plan.tag)


def allowed(api: HfApi, repo_id: str) -> None:
    """Refuse a token that is missing, wrong or may only read, before anything is sent."""
    from huggingface_hub import get_token

    if not get_token():
        raise HubError("publishing needs a token. Log in with `hf auth login`, or set HF_TOKEN")
    with spoken(repo_id, "push"):
        who = api.whoami()
    role = who.get("auth", {}).get("accessToken", {}).get("role")
    if role == "read":
        raise HubError(
            f"{repo_id}: the token of {who['name']} (from {token_place()}) may only read. Nothing was published; make "
            f"one with write access and log in: hf auth login"
        )


def _commit(api: HfApi, plan: Plan, message: str) -> tuple[str, int, int]:
    """(commit that holds the release, commits tried, bytes of what was new or changed)."""
    problem: BaseException | None = None
    sent = 0
    for tries in range(TRIES):
        if tries:
            time.sleep(random.uniform(0.1, 0.3) * min(2**tries, 16))  # not all who were refused at the same moment
            plan = replace(plan, remote=look(plan.repo_id, plan.folder.kind, plan.branch, api))
        if plan.nothing and plan.remote.head:
            return plan.remote.head, tries, sent
        sent = max(sent, sum(file.bytes for file in (*plan.add, *plan.change)))
        try:
            return _one_commit(api, plan, message), tries + 1, sent
        except Exception as err:
            if not _again(err):
                with spoken(plan.repo_id, "push"):
                    _ask_why(plan, err)
                    raise
            problem = err
    assert problem is not None
    raise HubError(without_token(explain(problem, plan.repo_id, "push"))) from problem


def _one_commit(api: HfApi, plan: Plan, message: str) -> str:
    from huggingface_hub import CommitOperationDelete

    _validate_card(plan)
    operations: list[Any] = []
    for group in _groups([*plan.add, *plan.change]):
        additions = [_addition(file) for file in group]
        api.preupload_lfs_files(
            plan.repo_id, additions, repo_type=plan.folder.kind, revision=plan.branch, free_memory=False
        )
        operations += additions
    operations += [CommitOperationDelete(path) for path in plan.delete]
    done = api.create_commit(
        plan.repo_id, operations, commit_message=message, repo_type=plan.folder.kind, revision=plan.branch,
        parent_commit=plan.remote.head,
    )  # fmt: skip
    return str(done.oid)


def _validate_card(plan: Plan) -> None:
    """Let the Hub look at the head of the card before anything is sent."""
    from huggingface_hub import RepoCard

    card = next((file for file in (*plan.add, *plan.change) if file.path == "README.md"), None)
    if card is not None:
        text = card.file.read_text("utf-8")
        try:
            RepoCard(text, ignore_metadata_errors=True).validate(repo_type=plan.folder.kind)
        except ValueError as err:
            raise HubError(
                f"{plan.repo_id}: the Hub refuses the head of README.md: {complaints(err)}. Nothing was published; "
                f"correct the card"
            ) from err


def _addition(file: Local) -> Any:
    from huggingface_hub import CommitOperationAdd

    addition = CommitOperationAdd(file.path, str(file.file))
    addition.upload_info.sha256 = bytes.fromhex(file.sha256)  # it is known: the client need not read the file for it
    return addition


def _groups(files: list[Local]) -> Iterator[list[Local]]:
    """Files to be sent together: each group is whole on the Hub before the next begins."""
    group: list[Local] = []
    for file in files:
        if group and (len(group) == FILES_AT_ONCE or sum(one.bytes for one in group) + file.bytes > AT_ONCE):
            yield group
            group = []
        group.append(file)
    if group:
        yield group


def _ask_why(plan: Plan, err: Exception) -> None:
    """Xet storage says that it refuses, but not why: ask the Hub for the same key, and let its words be the error."""
    from huggingface_hub import get_session
    from huggingface_hub.utils._headers import build_hf_headers
    from huggingface_hub.utils._http import hf_raise_for_status

    if type(err).__module__.split(".")[0] in ("hf_xet", "builtins"):
        address = f"{endpoint()}/api/{plan.folder.kind}s/{plan.repo_id}/xet-write-token/{quote(plan.branch, safe='')}"
        hf_raise_for_status(get_session().get(address, headers=build_hf_headers()))


def _again(err: BaseException) -> bool:
    """Whether to look again and try once more: the head has moved, or the answer to the commit was lost."""
    from httpx2 import TransportError

    status = getattr(getattr(err, "response", None), "status_code", None)
    return status in (409, 412) or isinstance(err, TransportError)


def _verify(api: HfApi, plan: Plan, commit: str) -> None:
    """Compare what the commit holds with what was to be published, checksum by checksum."""
    with spoken(plan.repo_id, "push"):
        there = contents(api, plan.repo_id, plan.folder.kind, commit)
    found = replace(plan, remote=replace(plan.remote, head=commit, files=there))
    wrong = [file.path for file in (*found.add, *found.change)] + found.delete
    if wrong:
        more = f" and {len(wrong) - 1} more" if wrong[1:] else ""
        raise HubError(
            f"{plan.repo_id}: commit {commit[:12]} does not hold what was sent: {wrong[0]}{more}. Run the same command "
            f"once more, and tell nobody of this commit"
        )


def _tag(api: HfApi, plan: Plan, commit: str) -> None:
    from huggingface_hub.errors import HfHubHTTPError

    assert plan.tag is not None
    try:
        with spoken(plan.repo_id, "push"):
            api.create_tag(plan.repo_id, tag=plan.tag, revision=commit, repo_type=plan.folder.kind)
    except HubError as err:
        cause = err.__cause__
        if not (isinstance(cause, HfHubHTTPError) and cause.response.status_code == 409):
            raise HubError(f"the release is published as {commit}, but not tagged: {err}") from err
        tagged = look(plan.repo_id, plan.folder.kind, plan.branch, api).tags.get(plan.tag)
        if tagged != commit:
            raise HubError(
                f"the release is published as {commit}, but the tag {plan.tag} meanwhile names another "
                f"({str(tagged)[:12]}). Choose another tag"
            ) from err


def _message(plan: Plan) -> str:
    manifest = plan.folder.manifest
    if manifest is None:
        return "Publish the model"
    return f"Release {manifest.dataset_version}: {manifest.rows():,} rows in {len(manifest.configs)} configs"
