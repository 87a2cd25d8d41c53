"""Whether a text holds what must not leave the machine: keys, tokens, passwords.

    secret_in("key = AKIAIOSFODNN7EXAMPLE")      # 'an access key'

Asked before anything is sent to an endpoint that is not on this machine.
"""

from __future__ import annotations

import re

_SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY",
    "an access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}"
    r"|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_-]{20,}|AIza[0-9A-Za-z_-]{35}|ya29\.[\w-]{20,})",
    "a signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+]*://[^\s/:@\"'<>{}$]+:(?!\*|x+@|password@|pass@)[^\s/@\"'<>{}$]{4,}@",
    "a password": r"(?i)\b(?:password|passwd|secret|api_?key|access_?token|auth_?token)\s*[:=]\s*"
    r"[\"'](?!\W*(?:x+|\*+|your|my|some|example|test|changeme|password|secret|none|null)\b)[^\s\"'{}$<>]{12,}[\"']",
}
_ANY = {what: re.compile(pattern) for what, pattern in _SECRETS.items()}


def secret_in(text: str) -> str | None:
    """What secret a text seems to hold, or None."""
    return next((what for what, pattern in _ANY.items() if pattern.search(text)), None)
