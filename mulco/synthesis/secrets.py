"""Whether a text holds what must not leave the machine: keys, tokens, passwords, addresses of people.

    secret_in(text)      # 'github_token', or None

Asked before anything is sent to an endpoint that is not on this machine; what counts as one is the business of the
quality step `mulco.steps.secrets`. Addresses of machines are no secret here.
"""

from __future__ import annotations

from mulco.steps.secrets import redact

_HARMLESS = frozenset({"ipv4"})


def secret_in(text: str) -> str | None:
    """The kind of the first secret that a text seems to hold, or None."""
    kinds: dict[str, None] = {}
    redact(text, kinds, _HARMLESS)
    return next(iter(kinds), None)
