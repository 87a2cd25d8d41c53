"""What tests of pages share: a page taken apart, and a page as a browser shows it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
# Read in the page itself: does anything reach beyond the screen, is every text inside its drawing, is all in place?
MEASURE = """<script>addEventListener("load", () => {
  const out = [];
  for (const svg of document.querySelectorAll("figure svg")) {
    const box = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll("text")) {
      const t = text.getBoundingClientRect();
      if (t.left < box.left - 1 || t.right > box.right + 1 || t.top < box.top - 1 || t.bottom > box.bottom + 1)
        out.push(text.textContent);
    }
  }
  const heights = [...document.querySelectorAll("figure svg")].map((svg) => svg.getBoundingClientRect().height);
  parent.postMessage(JSON.stringify({
    width: document.documentElement.scrollWidth, screen: innerWidth, out, heights,
    requests: performance.getEntriesByType("resource").map((one) => one.name)}), "*");
})</script>"""
# Headless Chromium has no window narrower than 500 pixels, so a phone is a frame in it.
FRAME = """<body style="margin:0"><script>
addEventListener("message", (event) => { document.body.dataset.measured = event.data; });
</script><iframe src="copy.html" width="WIDTH" height="1600" style="border:0"></iframe>"""


class Page(HTMLParser):
    """What a page has: addresses it names, tags, the cells of each table by its label."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.images: list[dict[str, str | None]] = []
        self._cell: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.tags.append(tag)
        self.ids += [facts["id"]] if facts.get("id") else []
        self.addresses += [
            (tag, str(value)) for name, value in attrs if name in ("src", "href", "xlink:href", "srcset", "action")
        ]
        if tag == "svg":
            self.images.append(facts)
        if facts.get("role") == "region":
            self._rows = self.tables.setdefault(str(facts["aria-label"]), [])
        if tag == "tr":
            self._rows.append([])
        if tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self._rows[-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


@pytest.fixture
def browser(tmp_path: Path) -> Callable[..., bytes]:
    """`browser(*options)` runs a headless Chromium with a profile of its own, and gives what it prints."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")

    def run(*options: str) -> bytes:
        line = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                "--disable-dev-shm-usage", f"--user-data-dir={tmp_path / 'profile'}", *options]  # fmt: skip
        return subprocess.run(line, capture_output=True, check=True, timeout=120).stdout

    return run


@pytest.fixture
def shown(tmp_path: Path, browser: Callable[..., bytes]) -> Callable[[str, int], tuple[dict[str, Any], Path]]:
    """`shown(text, width)`: what a browser of that width measures of a page, and a picture of it."""

    def show(text: str, width: int) -> tuple[dict[str, Any], Path]:
        frame, picture = tmp_path / "frame.html", tmp_path / "seen.png"
        (tmp_path / "copy.html").write_text(text.replace("</body>", f"{MEASURE}</body>"), "utf-8")
        frame.write_text(FRAME.replace("WIDTH", str(width)), "utf-8")
        window = f"--window-size={max(500, width)},1600"
        dom = browser("--dump-dom", "--virtual-time-budget=5000", window, frame.as_uri()).decode("utf-8")
        found = re.search(r'data-measured="([^"]*)"', dom)
        assert found is not None
        browser(f"--screenshot={picture}", window, frame.as_uri())
        return json.loads(html.unescape(found[1])), picture

    return show
