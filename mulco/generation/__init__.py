"""Text from a model: a folder or Hub id through transformers, or any OpenAI-compatible endpoint.

    engine = open_engine(model="out/tiny")                       # or base_url="http://127.0.0.1:8000/v1"
    for one in engine.generate([Request("a", "def add(a, b):")], Settings(max_new_tokens=32)):
        print(one.id, one.text)

Both engines give the same text for the same model and greedy settings; a test compares them.
"""

from __future__ import annotations

from mulco.errors import UsageError
from mulco.generation.base import STYLES, Engine, Generation, Message, Prompt, Request, Settings

__all__ = ["STYLES", "Engine", "Generation", "Message", "Prompt", "Request", "Settings", "open_engine"]


def open_engine(
    model: str | None = None,
    base_url: str | None = None,
    *,
    revision: str | None = None,
    device: str = "auto",
    dtype: str = "auto",
    batch_size: int = 16,
    concurrency: int = 8,
) -> Engine:
    """The engine for what is named: `base_url` means an endpoint (`model` names one it serves), else transformers.

    Raises UsageError where neither is named, MulcoError where the model or the endpoint cannot be had.
    """
    if base_url:
        from mulco.generation.remote import Endpoint

        return Endpoint(base_url, model, concurrency)
    if not model:
        raise UsageError("no model named. Give --model a folder or a Hub id, or --base-url an endpoint")
    from mulco.generation.local import Local

    return Local.load(model, revision, device, dtype, batch_size)
