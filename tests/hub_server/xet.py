"""Xet storage: blocks of chunks, shards that say how a file is put together from them, and the way back.

A block holds chunks one after another, each behind eight bytes: version, packed length (3), scheme, length (3).
Scheme 0 is plain, 1 an LZ4 frame, 2 an LZ4 frame of the bytes sorted by their place modulo 4. A shard is 48-byte
records: a head; for each file its hash and the ranges of chunks in blocks, with its sha256; then the blocks with their
chunks.
"""

from __future__ import annotations

import hashlib
import re
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from .store import File, Repo
from .web import Answer, Request, ranged, refuse, reply

if TYPE_CHECKING:
    from . import Hub

RECORD = 48
END = b"\xff" * 32
VERIFIED, DESCRIBED = 1 << 31, 1 << 30  # flags of a file: each range has a hash, the file has a sha256


@dataclass(frozen=True)
class Term:
    """A run of chunks in one block, `end` not included."""

    block: str
    start: int
    end: int
    bytes: int


@dataclass
class Block:
    """What was sent, and where each chunk stands in it."""

    packed: bytes
    places: list[tuple[int, int]]  # offset and end of each chunk with its head

    def chunks(self, start: int, end: int) -> bytes:
        return b"".join(_unpacked(self.packed[a:b]) for a, b in self.places[start:end])


class Storage:
    """The blocks and files of every repository, and the parts of large files that wait for the rest."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, int], bytes] = {}
        self.blocks: dict[str, Block] = {}
        self.files: dict[str, list[Term]] = {}
        self.granted: dict[str, Repo] = {}
        self.bytes_new = 0  # of blocks that were not there before

    def grant(self, request: Request, repo: Repo) -> Answer:
        """A key for the storage, good for an hour, and good for this repository."""
        kind = request.path[4].split("-")[1]
        key = f"xet-{kind}-{len(self.granted)}"
        self.granted[key] = repo
        place, ends = f"{request.endpoint}/cas", int(time.time()) + 3600
        headers = {"X-Xet-Cas-Url": place, "X-Xet-Access-Token": key, "X-Xet-Token-Expiration": str(ends)}
        answer = reply({"casUrl": place, "exp": ends, "accessToken": key})
        answer.headers |= headers
        return answer

    def answer(self, hub: Hub, request: Request, place: list[str]) -> Answer:
        match place:
            case ["v1", "xorbs", "default", name] if request.method == "GET":  # an address out of a reconstruction
                return ranged(self.blocks[name].packed, request.headers.get("Range"), {})
        repo = self.granted.get(request.token or "")
        if repo is None:
            return refuse(401, "Unauthorized")
        match place:
            case ["v1", "xorbs", "default", name]:
                return self._block(name, request.body)
            case ["v1", "shards"] if "write" in (request.token or ""):
                with hub.lock:
                    return self._shard(repo, request.body)
            case ["v1", "reconstructions", name]:
                return self._reconstruction(request, name)
        return refuse(404, "Not Found")

    def _block(self, name: str, body: bytes) -> Answer:
        known = name in self.blocks
        if not known:
            self.blocks[name] = Block(body, list(_places(body)))
            self.bytes_new += len(body)
        return reply({"was_inserted": not known})

    def _shard(self, repo: Repo, body: bytes) -> Answer:
        for name, sha256, terms in _files(body):
            lacking = [term.block for term in terms if term.block not in self.blocks]
            if lacking:
                return refuse(400, f"block {lacking[0]} is not there")
            data = b"".join(self.blocks[term.block].chunks(term.start, term.end) for term in terms)
            found = hashlib.sha256(data).hexdigest()
            if sha256 is not None and found != sha256:
                return refuse(400, f"the file has the sha256 {found}, not {sha256}")
            self.files[name] = terms
            repo.objects[found] = File(data, lfs=True, xet=name)
        return reply({"result": 1})

    def _reconstruction(self, request: Request, name: str) -> Answer:
        if name not in self.files:
            return refuse(404, "file not found")
        terms, total = self.files[name], sum(term.bytes for term in self.files[name])
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        first, last = (int(asked[1]), int(asked[2] or total - 1)) if asked else (0, total - 1)
        if first >= total:
            return Answer(416)
        wanted, at, offset = [], 0, None
        for term in terms:
            if at + term.bytes > first and at <= last:
                offset = first - at if offset is None else offset
                wanted.append(term)
            at += term.bytes
        fetch: dict[str, list[dict[str, object]]] = {}
        for term in wanted:
            places = self.blocks[term.block].places
            start, end = places[term.start][0], places[term.end - 1][1] - 1  # the last byte is included
            entry = {"range": {"start": term.start, "end": term.end}, "url_range": {"start": start, "end": end},
                     "url": f"{request.endpoint}/cas/v1/xorbs/default/{term.block}"}  # fmt: skip
            if entry not in fetch.setdefault(term.block, []):
                fetch[term.block].append(entry)
        listed = [{"hash": term.block, "unpacked_length": term.bytes, "range": {"start": term.start, "end": term.end}}
                  for term in wanted]  # fmt: skip
        return reply({"offset_into_first_range": offset or 0, "terms": listed, "fetch_info": fetch})


def _places(body: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(body) and body[at] == 0:  # what follows the chunks begins with another byte
        end = at + 8 + int.from_bytes(body[at + 1 : at + 4], "little")
        yield at, end
        at = end


def _unpacked(chunk: bytes) -> bytes:
    scheme, size, packed = chunk[4], int.from_bytes(chunk[5:8], "little"), chunk[8:]
    if scheme == 0:
        return packed
    data: bytes = pa.Codec("lz4").decompress(packed, decompressed_size=size, asbytes=True)
    if scheme == 1:
        return data
    sorted_, out, at = data, bytearray(size), 0
    for place in range(4):
        count = len(range(place, size, 4))
        out[place::4] = sorted_[at : at + count]
        at += count
    return bytes(out)


def _files(shard: bytes) -> Iterator[tuple[str, str | None, list[Term]]]:
    """(hash, sha256, terms) of each file in a shard."""
    at = RECORD  # behind the head
    while shard[at : at + 32] != END:
        name, (flags, entries) = _hex(shard[at : at + 32]), struct.unpack_from("<II", shard, at + 32)
        at += RECORD
        terms = []
        for _ in range(entries):
            _, size, start, end = struct.unpack_from("<IIII", shard, at + 32)
            terms.append(Term(_hex(shard[at : at + 32]), start, end, size))
            at += RECORD
        at += RECORD * entries if flags & VERIFIED else 0
        sha256 = None
        if flags & DESCRIBED:
            sha256 = _hex(shard[at : at + 32])
            at += RECORD
        yield name, sha256, terms


def _hex(name: bytes) -> str:
    """A hash as Xet writes it: four numbers of eight bytes, each from its last byte to its first."""
    return "".join(f"{number:016x}" for number in struct.unpack("<4Q", name))
