"""How an endpoint is held to the shape of a reply: asked once, noted in the ledger.

    format = await settle_format(client, ledger, "NAME", "HOST")      # json_schema, json_object or none

Servers accept `response_format` and ignore it. So a format is trusted only where a question whose honest answer would
break it is answered in it. What is settled is part of every request, so it is asked for once and then stays.
"""

from __future__ import annotations

import orjson

from mulco.errors import MulcoError
from mulco.synthesis.client import Client
from mulco.synthesis.ledger import Ledger
from mulco.synthesis.prompts import FORMATS, canonical

_SCHEMA = {
    "type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"],
    "additionalProperties": False,
}  # fmt: skip
_WIRE = {
    "json_schema": {"type": "json_schema", "json_schema": {"name": "probe", "schema": _SCHEMA, "strict": True}},
    "json_object": {"type": "json_object"},
}


def noted_format(ledger: Ledger, model: str, endpoint: str) -> str | None:
    """The format that was settled for a model of an endpoint, None before it was asked."""
    return ledger.note(f"format {endpoint} {model}")


async def settle_format(client: Client, ledger: Ledger, model: str, endpoint: str) -> str:
    """The strictest format that the endpoint really keeps to; raises MulcoError where it answers nothing at all."""
    noted = noted_format(ledger, model, endpoint)
    if noted is not None:
        return noted
    found = "none"
    for format_ in FORMATS[:-1]:
        question = "Name a colour in one plain word." + (" Reply in JSON." if format_ == "json_object" else "")
        body = {
            "model": model, "messages": [{"role": "user", "content": question}], "max_tokens": 30, "temperature": 0,
            "response_format": _WIRE[format_],
        }  # fmt: skip
        reply = await client.complete(canonical(body))
        if reply.outcome == "fatal" or reply.outcome == "unreachable":
            raise MulcoError(f"{endpoint}: {reply.problem}. Check --base-url, --model and the key in the environment")
        if reply.outcome == "ok" and _keeps(format_, reply.content):
            found = format_
            break
        if reply.outcome not in ("ok", "refused"):
            return "none"  # a bad moment settles nothing: not noted
    ledger.write_now(("insert or replace into note values(?, ?)", (f"format {endpoint} {model}", found)))
    return found


def _keeps(format_: str, content: bytes) -> bool:
    """Whether an answer is in the format that was asked for."""
    try:
        value = orjson.loads(orjson.loads(content)["choices"][0]["message"]["content"])
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return False
    if format_ == "json_schema":
        return isinstance(value, dict) and set(value) == {"count"} and isinstance(value["count"], int)
    return isinstance(value, dict)
