"""The addresses of the Hub: who am I, repositories, trees, commits, large files, downloads."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

from . import metadata
from .store import Account, Commit, File, Repo, large
from .web import Answer, Request, ranged, refuse, reply

if TYPE_CHECKING:
    from . import Hub

DATE = "2026-11-29T00:00:00.000Z"
FULL = "Private repository storage limit reached, please upgrade your plan to increase your private storage limit."
MOVED = "A commit has happened since. Please refresh and try again."


def answer(hub: Hub, request: Request, account: Account | None) -> Answer:
    """What the Hub says to a request of this account, None being nobody."""
    outside = request.path[0] in ("storage", "cas")  # signed addresses and Xet storage have keys of their own
    if request.token and account is None and not outside:
        return refuse(401, "Invalid credentials in Authorization header")
    match request.path:
        case ["api", "whoami-v2"]:
            return _whoami(account)
        case ["api", "repos", "create"]:
            return _create(hub, request, account)
        case ["api", "validate-yaml"]:
            return _validate(request.json["content"], request.json.get("repoType") or "model")
        case ["api", ("models" | "datasets") as kind, space, name, *rest]:
            return _in_repo(hub, request, account, kind, f"{space}/{name}", rest)
        case ["storage", *place]:
            return _store(hub, request, place)
        case ["cas", *place]:
            return hub.storage.answer(hub, request, place)
        case ["datasets", space, name, *rest] if rest:
            return _in_git(hub, request, account, "datasets", f"{space}/{name}", rest)
        case [space, name, *rest] if rest:
            return _in_git(hub, request, account, "models", f"{space}/{name}", rest)
    return refuse(404, "Not Found")


def _whoami(account: Account | None) -> Answer:
    if account is None:
        return refuse(401, "Invalid username or password.")
    orgs = [{"type": "org", "name": name, "roleInOrg": role} for name, role in account.orgs.items()]
    token = {"displayName": "tests", "role": account.role}
    return reply({"type": "user", "name": account.name, "orgs": orgs,
                  "auth": {"type": "access_token", "accessToken": token}})  # fmt: skip


def _create(hub: Hub, request: Request, account: Account | None) -> Answer:
    if account is None:
        return refuse(401, "Invalid username or password.")
    asked = request.json
    kind = f"{asked.get('type') or 'model'}s"
    name = f"{asked.get('organization') or account.name}/{asked['name']}"
    address = f"{request.endpoint}/{'datasets/' if kind == 'datasets' else ''}{name}"
    with hub.lock:
        if not account.may_write(name.split("/")[0]):
            space = name.split("/")[0]
            return refuse(403, f'You don\'t have the rights to create a {kind[:-1]} under the namespace "{space}"')
        if (kind, name) in hub.repos:
            message = f"You already created this {kind[:-1]} repo"
            return reply({"error": message, "url": address}, 409, X_Error_Message=message)
        hub.repos[kind, name] = Repo(kind, name, asked.get("visibility") == "private")
    return reply({"url": address, "name": name, "id": name})


def _validate(content: str, kind: str) -> Answer:
    errors = metadata.problems(content, kind)
    return reply({"errors": [{"message": text} for text in errors], "warnings": []}, 400 if errors else 200)


def _found(hub: Hub, account: Account | None, kind: str, name: str) -> Repo | Answer:
    repo = hub.repos.get((kind, name))
    if repo is None or not repo.seen_by(account):
        if account is None:
            return refuse(401, "Invalid username or password.", "RepoNotFound")
        return refuse(404, "Repository not found", "RepoNotFound")
    return repo


def _refused(request: Request, repo: Repo, account: Account | None) -> Answer | None:
    """Why this account may not write here, if it may not."""
    if account is None:
        return refuse(401, "Invalid username or password.")
    if account.role != "write":
        return refuse(403, "Forbidden: you must use a write token to upload to a repository.")
    if not account.may_write(repo.namespace):
        return refuse(403, "Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request")
    return None


def _in_repo(hub: Hub, request: Request, account: Account | None, kind: str, name: str, rest: list[str]) -> Answer:
    repo = _found(hub, account, kind, name)
    if isinstance(repo, Answer):
        return repo
    action, revision, path = (rest[0] if rest else "revision"), (rest[1] if rest[1:] else "main"), rest[2:]
    if action in ("preupload", "commit", "tag", "branch", "settings", "xet-write-token"):
        refused = _refused(request, repo, account)
        if refused:
            return refused
    if action == "branch":
        return _branch(hub, request, repo, revision)
    if action == "tag" and request.method == "DELETE":
        return reply({}) if repo.tags.pop(revision, None) else refuse(404, "Tag not found", "RevisionNotFound")
    commit = repo.at(revision)
    if action == "xet-write-token" and _full(hub, repo):
        return refuse(403, FULL)
    if action in ("xet-write-token", "xet-read-token"):
        return hub.storage.grant(request, repo)
    if commit is None:
        return refuse(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    match action:
        case "revision":
            return reply(_info(repo, commit, blobs="blobs" in request.query))
        case "refs":
            return reply({"branches": _refs("heads", repo.branches), "tags": _refs("tags", repo.tags), "converts": []})
        case "commits":
            listed = [{"id": one.oid, "title": one.title, "message": "", "date": DATE, "authors": []}
                      for one in repo.history]  # fmt: skip
            return reply(listed)
        case "tree":
            return _tree(hub, request, commit, "/".join(path))
        case "paths-info":
            return _paths(request, commit)
        case "preupload":
            return reply({"files": [_mode(commit, file) for file in request.json["files"]]})
        case "commit":
            with hub.lock:
                return _commit(hub, request, repo, revision)
        case "tag":
            named = request.json["tag"]
            with hub.lock:
                if named in repo.tags:
                    return refuse(409, f"Tag {named} already exists")
                repo.tags[named] = commit.oid
            return reply({})
        case "settings":
            repo.private = request.json.get("visibility") == "private" or request.json.get("private") is True
            return reply({"private": repo.private})
    return refuse(404, "Not Found")


def _info(repo: Repo, commit: Commit, blobs: bool) -> dict[str, Any]:
    siblings = [
        {"rfilename": path} | ({"size": len(file.data), "blobId": file.oid} if blobs else {})
        for path, file in sorted(commit.files.items())
    ]
    card = metadata.header(commit.files["README.md"].data.decode()) if "README.md" in commit.files else None
    return {"_id": "0", "id": repo.name, "author": repo.namespace, "sha": commit.oid, "private": repo.private,
            "gated": False, "disabled": False, "tags": [], "downloads": 0, "likes": 0, "lastModified": DATE,
            "createdAt": DATE, "siblings": siblings, "cardData": card or {}}  # fmt: skip


def _refs(kind: str, named: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": oid} for name, oid in named.items()]


def _branch(hub: Hub, request: Request, repo: Repo, name: str) -> Answer:
    with hub.lock:
        if request.method == "DELETE":
            return reply({}) if repo.branches.pop(name, None) else refuse(404, "Branch not found", "RevisionNotFound")
        if name in repo.branches:
            return refuse(409, f"Reference already exists: refs/heads/{name}")
        start = repo.at(request.json.get("startingPoint") or "main")
        if start is None:
            return refuse(404, "Invalid rev id", "RevisionNotFound")
        repo.branches[name] = start.oid
    return reply({})


def _tree(hub: Hub, request: Request, commit: Commit, below: str) -> Answer:
    """Files, and folders where not everything below is asked for; long lists in pages."""
    recursive = request.query.get("recursive", "").lower() in ("1", "true")
    lead = f"{below}/" if below else ""
    inside = {path: file for path, file in sorted(commit.files.items()) if path.startswith(lead)}
    if below and not inside:
        return refuse(404, f"{below} does not exist", "EntryNotFound")
    folders = {}
    for path in inside:
        parents = path.removeprefix(lead).split("/")[:-1]
        for depth in range(1, len(parents) + 1):
            folder = lead + "/".join(parents[:depth])
            if recursive or depth == 1:
                folders[folder] = {"type": "directory", "path": folder, "oid": "0" * 40, "size": 0}
    files = [file.facts(path) for path, file in inside.items() if recursive or "/" not in path.removeprefix(lead)]
    entries = [*folders.values(), *files]
    start = int(request.query.get("cursor", 0))
    page = entries[start : start + hub.page]
    if start + hub.page >= len(entries):
        return reply(page)
    address = f"{request.endpoint}/{'/'.join(request.path)}?recursive={recursive}&cursor={start + hub.page}"
    return reply(page, Link=f'<{address}>; rel="next"')


def _paths(request: Request, commit: Commit) -> Answer:
    from urllib.parse import parse_qs

    is_json = "json" in request.headers.get("Content-Type", "")
    asked = request.json["paths"] if is_json else parse_qs(request.body.decode()).get("paths", [])
    found: list[dict[str, object]] = []
    for path in asked:
        if path in commit.files:
            found.append(commit.files[path].facts(path))
        elif any(name.startswith(f"{path}/") for name in commit.files):
            found.append({"type": "directory", "path": path, "oid": "0" * 40, "size": 0})
    return reply(found)


def _mode(commit: Commit, file: dict[str, Any]) -> dict[str, Any]:
    mode = "lfs" if large(file["path"], file["size"]) else "regular"
    there = commit.files.get(file["path"])
    return {"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": there.etag if there else None}


def _commit(hub: Hub, request: Request, repo: Repo, branch: str) -> Answer:
    """Take a whole commit, or nothing of it."""
    if branch not in repo.branches:
        return refuse(404, f"Invalid rev id: {branch}", "RevisionNotFound")
    head = repo.commits[repo.branches[branch]]
    files, title = dict(head.files), ""
    for line in request.body.splitlines():
        entry = json.loads(line)
        value = entry["value"]
        match entry["key"]:
            case "header":
                title = value["summary"]
                if value.get("parentCommit", head.oid) != head.oid:
                    return refuse(412, MOVED)
            case "file":
                files[value["path"]] = File(base64.b64decode(value["content"]))
            case "lfsFile":
                if value["oid"] not in repo.objects:
                    return refuse(400, f"LFS pointer pointed to a file that does not exist: {value['path']}")
                files[value["path"]] = repo.objects[value["oid"]]
            case "deletedFile":
                if files.pop(value["path"], None) is None:
                    return refuse(404, f"A file with this name doesn't exist: {value['path']}", "EntryNotFound")
            case "deletedFolder":
                files = {path: file for path, file in files.items() if not path.startswith(f"{value['path']}/")}
    if "README.md" in files and files["README.md"] != head.files.get("README.md"):
        errors = metadata.problems(files["README.md"].data.decode(), repo.kind[:-1])
        if errors:
            return reply({"errors": [{"message": text} for text in errors]}, 400)
    commit = Commit(head.oid, title, files)
    repo.add(commit, branch)
    return reply({"commitUrl": f"{request.endpoint}/{repo.name}/commit/{commit.oid}", "commitOid": commit.oid,
                  "success": True})  # fmt: skip


def _in_git(hub: Hub, request: Request, account: Account | None, kind: str, name: str, rest: list[str]) -> Answer:
    """What stands outside `/api`: downloads, and large files for git."""
    repo = _found(hub, account, kind, name.removesuffix(".git"))
    if isinstance(repo, Answer):
        return repo
    match rest:
        case ["resolve", revision, *path] if request.method in ("GET", "HEAD"):
            return _resolve(request, repo, revision, "/".join(path))
        case ["info", "lfs", "objects", "batch"]:
            return _refused(request, repo, account) or _batch(hub, request, repo)
        case ["info", "lfs", "verify"]:
            stored = repo.objects.get(request.json["oid"])
            right = stored is not None and len(stored.data) == request.json["size"]
            return reply({}) if right else refuse(422, "The file did not arrive as it was sent")
    return refuse(404, "Not Found")


def _resolve(request: Request, repo: Repo, revision: str, path: str) -> Answer:
    commit = repo.at(revision)
    if commit is None:
        return refuse(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    headers = {"X-Repo-Commit": commit.oid}
    file = commit.files.get(path)
    if file is None:
        missing = refuse(404, "Entry not found", "EntryNotFound")
        missing.headers |= headers
        return missing
    headers |= {"ETag": f'"{file.etag}"'}
    if file.lfs:
        headers |= {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(len(file.data))}
    if file.xet:
        token = f"{request.endpoint}/api/{repo.kind}/{repo.name}/xet-read-token/{commit.oid}"
        headers |= {"X-Xet-Hash": file.xet, "Link": f'<{token}>; rel="xet-auth"'}
    found = ranged(file.data, request.headers.get("Range"), headers)
    if request.method == "HEAD":
        found.headers["Content-Length"] = str(len(found.body))
    return found


def _full(hub: Hub, repo: Repo, more: int = 1) -> bool:
    held = sum(one.bytes for one in hub.repos.values() if one.namespace == repo.namespace)
    return held + more > hub.quota.get(repo.namespace, held + more)


def _batch(hub: Hub, request: Request, repo: Repo) -> Answer:
    """Where each large file is to be sent; one that is there has no actions."""
    wanted = [one for one in request.json["objects"] if one["oid"] not in repo.objects]
    if wanted and _full(hub, repo, sum(one["size"] for one in wanted)):
        return refuse(403, FULL)
    base = f"{request.endpoint}/storage/{repo.kind}/{repo.name}"
    lead = "datasets/" if repo.kind == "datasets" else ""
    verify = {"href": f"{request.endpoint}/{lead}{repo.name}.git/info/lfs/verify", "header": {}}
    objects = []
    for one in request.json["objects"]:
        entry: dict[str, Any] = {"oid": one["oid"], "size": one["size"]}
        if one in wanted:
            upload: dict[str, Any] = {"href": f"{base}/{one['oid']}", "header": {}}
            if one["size"] > hub.multipart:
                parts = -(-one["size"] // hub.multipart)
                signed = {str(part): f"{base}/{one['oid']}/{part}" for part in range(1, parts + 1)}
                upload["header"] = {"chunk_size": str(hub.multipart), **signed}
            entry["actions"] = {"upload": upload, "verify": verify}
        objects.append(entry)
    return reply({"transfer": "basic", "objects": objects})


def _store(hub: Hub, request: Request, place: list[str]) -> Answer:
    """A large file, a part of one, or the word that all parts have been sent."""
    kind, space, name, oid, *part = place
    repo = hub.repos[kind, f"{space}/{name}"]
    with hub.lock:
        if part:
            hub.storage.parts[oid, int(part[0])] = request.body
            return Answer(200, b"", {"ETag": f'"{oid[:8]}-{part[0]}"'})
        if request.method == "POST":
            numbers = [one["partNumber"] for one in request.json["parts"]]
            file = File(b"".join(hub.storage.parts.pop((oid, number)) for number in numbers), lfs=True)
        else:
            file = File(request.body, lfs=True)
        # A file that arrived torn is kept under the name it was promised by; asking for verification finds it out.
        if file.sha256 == oid:
            repo.objects[oid] = file
    return Answer(200, b"", {"ETag": f'"{file.sha256}"', "Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT")})
