"""A model behind an OpenAI-compatible endpoint on the loopback: the other side of a comparison.

It answers one request at a time by the plainest call of transformers there is, without batches or padding, and shares
no code with mulco. `/v1` works, `/html`, `/error`, `/key`, `/broken` fail as real servers do.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: Any
    tokenizer: Any
    name: str
    lock = threading.Lock()
    seen: list[dict[str, Any]] = []  # noqa: RUF012  # every body, for tests to look at

    def do_GET(self) -> None:
        self._send(
            200, {"object": "list", "data": [{"id": self.name, "object": "model", "created": 0, "owned_by": "x"}]}
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append(body)
        fault, _, path = self.path.lstrip("/").partition("/")
        if fault == "html":
            return self._send(200, "<html>Welcome</html>", "text/html")
        if fault == "error":
            return self._send(200, {"error": {"message": "the engine is on fire"}})
        if fault == "key":
            return self._send(401, {"error": {"message": "Incorrect API key provided"}})
        if fault == "broken":
            return self._send(200, '{"choices": [{"mess', "application/json")
        if body["model"] != self.name:
            return self._send(404, {"error": {"message": f"The model {body['model']} does not exist"}})
        chat = path == "chat/completions"
        text, finish, tokens = self._answer(body, chat)
        if text is None:
            return self._send(400, {"error": {"message": "This model's maximum context length is exceeded"}})
        if body.get("stream"):
            return self._stream(text, finish, chat)
        said = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        usage = {"prompt_tokens": 1, "completion_tokens": tokens, "total_tokens": 1 + tokens}
        choice = {"index": 0, "finish_reason": finish, "logprobs": None, **said}
        self._send(
            200, {"id": "1", "object": "x", "created": 0, "model": self.name, "choices": [choice], "usage": usage}
        )

    def _answer(self, body: dict[str, Any], chat: bool) -> tuple[str | None, str, int]:
        import torch

        prompt = body["messages"] if chat else body["prompt"]
        if chat:
            prompt = self.tokenizer.apply_chat_template(prompt, add_generation_prompt=True, tokenize=False)
        ids = self.tokenizer(prompt, add_special_tokens=not chat, return_tensors="pt")["input_ids"]
        if ids.shape[1] + body["max_tokens"] > self.model.config.max_position_embeddings:
            return None, "", 0
        with self.lock, torch.no_grad():
            made = self.model.generate(ids, do_sample=False, max_new_tokens=body["max_tokens"])[0, ids.shape[1] :]
        finish = "stop" if made[-1] == self.tokenizer.eos_token_id else "length"
        text = self.tokenizer.decode(made, skip_special_tokens=True)
        for mark in body.get("stop") or ():
            text = text.split(mark)[0]
        return text, finish, len(made)

    def _stream(self, text: str, finish: str, chat: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in [text[i : i + 3] for i in range(0, len(text), 3)]:
            said = {"delta": {"content": piece}} if chat else {"text": piece}
            event = {"id": "1", "object": "x", "created": 0, "model": self.name,
                     "choices": [{"index": 0, "finish_reason": None, **said}]}  # fmt: skip
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _send(self, status: int, body: Any, kind: str = "application/json") -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[SimpleNamespace]:
    """Serve the model of a folder under its name; gives `url`, `base` (without /v1) and `seen`, the bodies."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    handler = type("Served", (Handler,), {
        "model": AutoModelForCausalLM.from_pretrained(folder).eval(),
        "tokenizer": AutoTokenizer.from_pretrained(folder), "name": folder.name, "seen": [],
    })  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield SimpleNamespace(url=f"{base}/v1", base=base, seen=handler.seen, name=folder.name)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
