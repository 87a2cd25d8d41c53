"""The errors of the Hub in our words: what was refused, why, and what to do. No token is ever part of them.

with spoken("ORG/mulco", "push"):
    api.create_commit(...)          # HfHubHTTPError -> HubError: "ORG/mulco: the token of alice may only read. ..."
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mulco.errors import HubError, MulcoError

NOTHING = "Nothing was published"


@contextmanager
def spoken(repo_id: str, doing: str = "pull") -> Iterator[None]:
    """Whatever the Hub's client raises inside becomes a HubError of one sentence."""
    from httpx2 import HTTPError, InvalidURL

    try:
        yield
    except MulcoError:
        raise
    except (HTTPError, InvalidURL, OSError, ValueError, RuntimeError) as err:
        raise HubError(without_token(explain(err, repo_id, doing))) from err
    except Exception as err:  # the classes of hf_xet are its own
        if type(err).__module__.split(".")[0] not in ("hf_xet", "huggingface_hub", "builtins"):
            raise
        raise HubError(without_token(explain(err, repo_id, doing))) from err


def explain(err: BaseException, repo_id: str, doing: str) -> str:
    """One sentence about an exception of the client, and what to do."""
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled

    status, said = _status(err), _said(err)
    after = f"{NOTHING}; the same command sends only what is missing" if doing == "push" else "Try again later"
    if isinstance(err, FileNotFoundError | PermissionError) and err.filename and status is None:
        return f"{err.filename}: {err.strerror}. {after}"
    if isinstance(err, HFValidationError):
        return f"{repo_id!r} is no name of a repository: {said}. Expected is NAMESPACE/NAME, such as ORG/mulco"
    if "Invalid metadata in README.md" in said:
        why = _lines(said.partition("README.md.")[2])
        return f"{repo_id}: the Hub refuses the head of README.md: {why}. {NOTHING}; correct the card"
    if isinstance(err, OfflineModeIsEnabled) or (isinstance(err, OSError) and "HF_HUB_OFFLINE" in said):
        return f"{repo_id}: the Hub is not asked while HF_HUB_OFFLINE is set. Unset it, or work with what is here"
    if "storage limit" in said or "quota" in said.lower() or status in (402, 413):
        space = repo_id.split("/")[0]
        return f"{repo_id}: the storage of {space} is full ({_first(said)}). {NOTHING}; free some, or publish elsewhere"
    if status == 401 and "Invalid credentials" in said:
        return f"the Hub does not accept the token of {token_place()}. Make a new one and log in: hf auth login"
    if status == 401:
        return (
            f"{repo_id}: not there for somebody without a token. If it is private, log in with `hf auth login` or set "
            f"HF_TOKEN; else see whether the name is right"
        )
    if status == 403:
        return f"{repo_id}: the token of {token_place()} is not enough ({_first(said)}). Use one with write access"
    if _named(err, "RevisionNotFoundError"):
        return f"{repo_id}: no such branch, tag or commit. See what there is on the page of the repository"
    if status == 404:
        return f"{repo_id}: no such repository, or a private one this token may not see. See whether the name is right"
    if status == 409:
        return f"{repo_id}: {_first(said)}. {NOTHING}; choose another name"
    if status == 412:
        return f"{repo_id}: others published at the same time, again and again. {NOTHING}; run the same command again"
    if status == 429:
        return f"{repo_id}: the Hub wants fewer requests (429). {after}"
    if status is not None and status >= 500:
        return f"{repo_id}: the Hub fails ({status}). {after}"
    if status is not None:
        return f"{repo_id}: the Hub refuses ({status}: {_first(said)}). {after}"
    if "Connect" in type(_root(err)).__name__ or "LocalEntryNotFound" in type(err).__name__:
        return f"the Hub at {endpoint()} cannot be reached ({_first(str(_root(err)))}). {after}"
    what = f"{type(_root(err)).__name__}: {_first(str(_root(err)))}"
    return f"{repo_id}: the exchange with the Hub broke off ({what}). {after}"


def complaints(err: ValueError) -> str:
    """What the Hub says about the head of a card, which comes as JSON or as lines."""
    text = str(err)
    try:
        return "; ".join(_first(one["message"]) for one in json.loads(text)["errors"])
    except (ValueError, KeyError, TypeError):
        return _lines(text)


def token_place() -> str:
    """Where the token in use comes from."""
    return "HF_TOKEN" if os.environ.get("HF_TOKEN") or os.environ.get("HUGGING_FACE_HUB_TOKEN") else "the login"


def without_token(text: str) -> str:
    """The text with every token hidden, should one have got into it."""
    from huggingface_hub import get_token

    token = get_token()
    if token:
        text = text.replace(token, "<token>")
    return re.sub(r"\bhf_[A-Za-z0-9]{8,}", "<token>", text)


def endpoint() -> str:
    from huggingface_hub import constants

    return str(constants.ENDPOINT)


def quiet(note: Callable[[str], None]) -> None:
    """Let the client's own warnings, which carry addresses, go unsaid; that it waits and tries again is said by us.

    Its bars of bytes sent and fetched are shown on a terminal.
    """
    importlib.import_module("huggingface_hub.utils.logging")  # adds a handler of its own when it is imported
    if not sys.stderr.isatty():
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()
    logger = logging.getLogger("huggingface_hub")
    logger.setLevel(logging.WARNING)
    logger.handlers = [_Waiting(note)]
    logger.propagate = False


class _Waiting(logging.Handler):
    """Passes on only that the client waits, and how long."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__()
        self.note = note

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text.startswith(("Retrying in", "Rate limited")):
            self.note(f"The Hub did not answer as it should. {text}")


def _status(err: BaseException) -> int | None:
    for one in _chain(err):
        status = getattr(getattr(one, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
        found = re.search(r"\b(?:status|HTTP)\D{0,20}([45]\d\d)\b", str(one))
        if found and type(one).__module__.split(".")[0] in ("hf_xet", "builtins"):
            return int(found[1])
    return None


def _said(err: BaseException) -> str:
    """What the server said, else what the exception says."""
    for one in _chain(err):
        said = getattr(one, "server_message", None)
        if said:
            return str(said)
    return " ".join(str(one) for one in _chain(err))


def _chain(err: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = err
    while at is not None:
        yield at
        at = at.__cause__


def _root(err: BaseException) -> BaseException:
    return list(_chain(err))[-1]


def _named(err: BaseException, name: str) -> bool:
    return any(type(one).__name__ == name for one in _chain(err))


def _first(text: str) -> str:
    """The first line of a longer message, without addresses."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")
    return re.sub(r"https?://\S+", "...", line).rstrip(".")[:200]


def _lines(text: str) -> str:
    found = [line.strip("- ").rstrip(".") for line in text.splitlines() if line.strip().startswith("-")]
    return "; ".join(_first(line) for line in found) or _first(text)
