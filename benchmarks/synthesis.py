"""What a request costs: CPU time per answered request of mulco synth, beside the openai package and distilabel.

    python benchmarks/synthesis.py --distilabel PEER/bin/python --json synthesis.json
    python benchmarks/synthesis.py --requests 500 --rounds 1       # a quick look, without distilabel
    python benchmarks/synthesis.py --distilabel ... --check        # exit status 1 when a target is missed

One server on the loopback interface, a process of its own, answers every request after `--latency` seconds with the
same completion. Each engine sends the same number of requests, as many in flight, in a process of its own, in turns:

- mulco      `Engine`, as `mulco synth run` uses it: masks the text, builds and hashes the request, commits the intent,
             sends, checks the answer (JSON Schema, placeholders, Chinese), commits it (SQLite, synchronous=full)
- create     `AsyncOpenAI().chat.completions.create` as the package comes (httpx2, two retries), 256 at a time; only
             the time-out of connecting is longer, so that a busy machine is no failure
- create+aiohttp   the same over the package's aiohttp transport
- distilabel `OpenAILLM.generate_outputs`, batches as large as what is in flight; needs an environment of its own
- transport  mulco's client alone: bytes out, bytes in, nothing kept
- aiohttp    the floor: one `ClientSession.post` and `json`

CPU seconds are user + system of the engine's process from its first request to its last, after one to warm up; imports
and the making of inputs are left out. Wall time depends on who else uses the machine, and is printed only to tell what
was measured. The targets: mulco at most 0.65 of create, and at most half of distilabel.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ANSWER = '{"text": "返回两个日期之间的所有日程，按开始时间排序；没有日程时返回空列表，参数 ⟦0⟧ 决定是否包含 ⟦1⟧。"}'
TARGETS = {"create": 0.65, "distilabel": 0.5}
WORDS = re.findall(
    r"\w+",
    "return every entry of calendar between two dates sorted by its begin or an empty list where there is none whether "
    "cancelled ones are part that depends on option user file record value time zone name",
)


def texts(count: int) -> list[str]:
    """Documentation of functions, about 240 characters each, no two alike; each has two things to mask."""
    chosen = random.Random(11)

    def some(number: int) -> str:
        return " ".join(chosen.choices(WORDS, k=number))

    return [f"Return {some(34)}; with `include_all` {some(4)} time_zone." for _ in range(count)]


def mulco(url: str, count: int, in_flight: int, folder: Path) -> None:
    from mulco.synthesis.client import Client
    from mulco.synthesis.engine import Engine, Limits
    from mulco.synthesis.items import Item
    from mulco.synthesis.jobs import Job
    from mulco.synthesis.ledger import Ledger
    from mulco.synthesis.prompts import Model, canonical

    job = Job("bench", "Benchmark", "translate", ("code_summarization",), "en", "zh")
    items = [
        Item("translate", "code_summarization", "bench", str(n), "summary", "en", "zh", str(n), {"text": text})
        for n, text in enumerate(texts(count))
    ]

    async def run() -> None:
        async with Client(url, "EMPTY", in_flight) as client:
            with Ledger(folder / "bench.sqlite") as ledger:
                engine = Engine(job, items, Model("bench"), ledger, client, "bench", Limits(concurrency=in_flight))
                await client.complete(canonical(requests(1)[0]))  # what loads at first use is no cost of a request
                with measured(count):
                    await engine.run()
                counts = engine.counts
                if counts.accepted != count or counts.sent != count:
                    raise SystemExit(f"mulco: {counts}")
                if ledger.rows("select count(*) from response where status = 'ok'")[0][0] != count:
                    raise SystemExit("mulco: answers are missing in the ledger")

    asyncio.run(run())


def requests(count: int) -> list[dict[str, Any]]:
    """The bodies that mulco would send, for whoever sends only."""
    from mulco.synthesis.items import Item
    from mulco.synthesis.jobs import Job
    from mulco.synthesis.prompts import Model, body_of

    job = Job("bench", "Benchmark", "translate", ("code_summarization",), "en", "zh")
    return [
        body_of(Item("translate", "t", "bench", "0", "summary", "en", "zh", "", {"text": text}), Model("bench"), job)
        for text in texts(count)
    ]


def create(url: str, count: int, in_flight: int, folder: Path, aiohttp: bool = False) -> None:
    import openai

    bodies = requests(count)

    async def run() -> None:
        more = {"http_client": openai.DefaultAioHttpClient()} if aiohttp else {}
        places = asyncio.Semaphore(in_flight)
        async with openai.AsyncOpenAI(base_url=url, api_key="EMPTY", timeout=600, **more) as client:

            async def one(body: dict[str, Any]) -> str:
                async with places:
                    completion = await client.chat.completions.create(**body)
                    return completion.choices[0].message.content or ""

            await one(bodies[0])
            with measured(count):
                answers = await asyncio.gather(*map(one, bodies))
            if answers != [ANSWER] * count:
                raise SystemExit("create: wrong answers")

    asyncio.run(run())


def transport(url: str, count: int, in_flight: int, folder: Path) -> None:
    from mulco.synthesis.client import Client
    from mulco.synthesis.prompts import canonical

    contents = [canonical(body) for body in requests(count)]

    async def run() -> None:
        places = asyncio.Semaphore(in_flight)
        async with Client(url, "EMPTY", in_flight) as client:

            async def one(content: bytes) -> str:
                async with places:
                    return (await client.complete(content)).outcome

            await one(contents[0])
            with measured(count):
                answers = await asyncio.gather(*map(one, contents))
            if answers != ["ok"] * count:
                raise SystemExit("transport: wrong answers")

    asyncio.run(run())


def floor(url: str, count: int, in_flight: int, folder: Path) -> None:
    import aiohttp

    contents = [json.dumps(body).encode() for body in requests(count)]

    async def run() -> None:
        places = asyncio.Semaphore(in_flight)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:

            async def one(content: bytes) -> int:
                headers = {"Content-Type": "application/json"}
                async with places, session.post(f"{url}/chat/completions", data=content, headers=headers) as response:
                    return len((await response.json())["choices"])

            await one(contents[0])
            with measured(count):
                answers = await asyncio.gather(*map(one, contents))
            if answers != [1] * count:
                raise SystemExit("aiohttp: wrong answers")

    asyncio.run(run())


def distilabel(url: str, count: int, in_flight: int, folder: Path) -> None:
    """Runs in the peer's own environment: nothing of mulco is imported; the bodies come from a file."""
    from distilabel.models import OpenAILLM

    bodies = json.loads((folder / "bodies.json").read_text("utf-8"))
    llm = OpenAILLM(model="bench", base_url=url, api_key="EMPTY", generation_kwargs={"max_new_tokens": 400})
    llm.load()
    inputs = [body["messages"] for body in bodies]
    llm.generate_outputs(inputs[:1])
    answers = []
    with measured(count):
        for first in range(0, count, in_flight):
            answers += llm.generate_outputs(inputs[first : first + in_flight])
    if [answer["generations"][0] for answer in answers] != [ANSWER] * count:
        raise SystemExit("distilabel: wrong answers")


ENGINES = {
    "mulco": mulco,
    "create": create,
    "create+aiohttp": lambda *given: create(*given, aiohttp=True),
    "distilabel": distilabel,
    "transport": transport,
    "aiohttp": floor,
}


class measured:
    """Print CPU and wall seconds of what stands inside, as the last line."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __enter__(self) -> None:
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            facts = {"cpu": time.process_time() - self.cpu, "wall": time.perf_counter() - self.wall}
            print(json.dumps({**facts, "count": self.count}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", nargs="*", default=[name for name in ENGINES if name != "distilabel"])
    parser.add_argument("--distilabel", help="the Python of an environment with distilabel[openai]")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        ENGINES[options.one](options.url, options.requests, options.in_flight, options.folder)
        return
    engines = [*options.engines, *(["distilabel"] if options.distilabel else [])]
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/llm_server.py"), "--latency", str(options.latency), "--answer", ANSWER],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        found: dict[str, list[dict[str, float]]] = {name: [] for name in engines}
        with tempfile.TemporaryDirectory(prefix="mulco-bench-") as folder:
            (Path(folder) / "bodies.json").write_text(json.dumps(requests(options.requests)), "utf-8")
            for round_ in range(options.rounds):
                for name in engines[round_ % len(engines) :] + engines[: round_ % len(engines)]:
                    found[name].append(run_one(name, url, Path(folder), options))
                    spent = 1000 * found[name][-1]["cpu"] / options.requests
                    print(f"round {round_ + 1}, {name}: {spent:.2f} ms of CPU", file=sys.stderr)
    finally:
        server.terminate()
        server.wait()
    sys.exit(report(found, options))


def run_one(name: str, url: str, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """One engine in a process of its own, with a folder of its own."""
    work = folder / f"{name}-{time.monotonic_ns()}"
    work.mkdir()
    os.link(folder / "bodies.json", work / "bodies.json")
    python = options.distilabel if name == "distilabel" else sys.executable
    call = [
        python, __file__, "--one", name, "--url", url, "--folder", str(work), "--requests", str(options.requests),
        "--in-flight", str(options.in_flight),
    ]  # fmt: skip
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
    facts: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return facts


def report(found: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> int:
    """Print the table and, where asked, say whether a target is missed."""
    cpu = {
        name: 1000 * statistics.median(run["cpu"] for run in runs) / options.requests for name, runs in found.items()
    }
    print(f"{options.requests:,} requests, {options.in_flight} in flight, {options.latency:g} s an answer, "
          f"median of {options.rounds}")  # fmt: skip
    for name, milliseconds in cpu.items():
        rate = options.requests / statistics.median(run["wall"] for run in found[name])
        ratio = f", mulco is {cpu['mulco'] / milliseconds:.2f} of it" if "mulco" in cpu and name != "mulco" else ""
        print(f"  {name:15} {milliseconds:5.2f} ms of CPU a request, {rate:5,.0f} a second{ratio}")
    missed = [name for name, most in TARGETS.items() if name in cpu and cpu["mulco"] > most * cpu[name]]
    if options.json:
        facts = {"cpu_ms": cpu, "runs": found, "requests": options.requests, "in_flight": options.in_flight,
                 "latency": options.latency, "missed": missed}  # fmt: skip
        options.json.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    for name in missed:
        print(f"missed: mulco is to be at most {TARGETS[name]} of {name}")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    main()
