"""Answers that are made while they are sent: from one state of the index, in constant memory, by the event loop.

A handler returns :class:`Streamed` where the whole would be too much to hold. Its pieces are made a moment at a time, so
that who asks for something else meanwhile is answered in between; a caller who takes them slowly slows them down; whoever
is gone ends them. What cannot be sent to its end is broken off: the connection closes without the mark of the end, so that
the caller sees an incomplete answer and not a short one.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
import traceback
import zlib
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

import brotli
import orjson
from starlette.types import Receive, Send

from contentapi import __version__
from contentapi.model import Site
from contentapi.web import conditional, negotiation
from contentapi.web.answers import Answer
from contentapi.web.finished import LEVEL, QUALITY, Form, head_of

_log = logging.getLogger("contentapi.web")

Pieces = AsyncGenerator[bytes, None]
#: So many answers of one process are streamed at once, and each for so many seconds: a state of the index is kept for it.
MOST, LONGEST = 4, 600.0
#: Seconds after which whoever came when there were too many may come again.
RETRY = 10
#: Seconds for which pieces are made before everyone else has a turn.
_MOMENT = 0.001
#: Bytes that are sent at once, or compressed at once; a piece that is larger is not cut.
BLOCK = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed(Answer):
    """What a handler returns whose answer is made while it is sent. ``body`` stays empty; ``pieces`` begins it.

    ``names`` tells its bytes from those of all other answers of the same revision; empty: nothing does, and it has no tag.
    One that is ``lasting`` goes on until the caller or the service ends it; it is sent as it is made, uncompressed.
    """

    pieces: Callable[[], Pieces]
    names: str = ""
    lasting: bool = False


def fingerprint(site: Site) -> str:
    """Names what shapes answers beside the content: the release, and the settings of the process that answers."""
    return hashlib.sha256(orjson.dumps([__version__, site], default=dict)).hexdigest()


def form(answer: Streamed, revision: str, shaped: str, coding: str) -> Form:
    """The head of a streamed answer in one coding, and what says that it is unchanged; without any body.

    Its tag is strong though no byte is made yet: the same revision under the same settings gives the same bytes.
    """
    head = head_of(answer, revision, compressible=not answer.lasting)
    if coding != negotiation.IDENTITY:
        head = [*head, (b"content-encoding", coding.encode())]
    named = f"{revision} {shaped} {answer.names}".encode()
    tag = conditional.etag(named, coding) if answer.names and answer.status == 200 else None
    return Form(head, None, tag, answer.status)


# -- making it --------------------------------------------------------------------------------------------------------


async def paced(pieces: Iterator[bytes]) -> Pieces:
    """Pieces, none of which is empty, made a moment at a time; between two moments everyone else has a turn."""
    while made := _for_a_moment(pieces):
        yield made
        await asyncio.sleep(0)


def _for_a_moment(pieces: Iterator[bytes]) -> bytes:
    until = time.monotonic() + _MOMENT
    made = bytearray()
    for piece in pieces:
        made += piece
        if len(made) >= BLOCK or time.monotonic() >= until:
            break
    return bytes(made)


async def coded(pieces: Pieces, coding: str) -> Pieces:
    """The pieces in a coding. Compressed are blocks of one size, so that the bytes depend on nothing but the content."""
    if coding == negotiation.IDENTITY:
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
        return
    coder = _CODERS[coding]()
    left = bytearray()
    async with aclosing(pieces):
        async for piece in pieces:
            left += piece
            while len(left) >= BLOCK:
                yield coder.block(bytes(left[:BLOCK]))
                del left[:BLOCK]
                await asyncio.sleep(0)
    yield coder.end(bytes(left))


class _Coder(Protocol):
    """Compresses block by block. What it gives for a block lets the caller read all of it."""

    def block(self, data: bytes) -> bytes: ...

    def end(self, data: bytes) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._made = brotli.Compressor(quality=QUALITY)

    def block(self, data: bytes) -> bytes:
        return bytes(self._made.process(data) + self._made.flush())

    def end(self, data: bytes) -> bytes:
        return bytes(self._made.process(data) + self._made.finish())


class _Gzip:
    def __init__(self) -> None:
        # A window of 15 bits, in the format of gzip; zlib writes no time into its head.
        self._made = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)

    def block(self, data: bytes) -> bytes:
        return self._made.compress(data) + self._made.flush(zlib.Z_SYNC_FLUSH)

    def end(self, data: bytes) -> bytes:
        return self._made.compress(data) + self._made.flush()


_CODERS: dict[str, Callable[[], _Coder]] = {"br": _Brotli, "gzip": _Gzip}


# -- sending it -------------------------------------------------------------------------------------------------------


class Streams:
    """The streamed answers of one process that are under way: ``most`` at once, each for ``longest`` seconds if at all."""

    def __init__(self, most: int = MOST, longest: float | None = LONGEST) -> None:
        self._most = most
        self._longest = longest
        self._under_way = 0

    @property
    def full(self) -> bool:
        """Whether another one has to wait."""
        return self._under_way >= self._most

    async def send(self, pieces: Pieces, receive: Receive, send: Send) -> None:
        """Sends pieces, and the mark of the end when all are sent. They are closed when this returns, whatever happened."""
        self._under_way += 1
        sending = asyncio.ensure_future(_send(pieces, send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            done, _ = await asyncio.wait({sending, gone}, timeout=self._longest, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                _log.warning("An answer was broken off: it was not taken within %s seconds.", self._longest)
        finally:
            sending.cancel()
            gone.cancel()
            failed, _ = await asyncio.gather(sending, gone, return_exceptions=True)
            self._under_way -= 1
            # Some servers say so by an OSError that the caller is gone.
            if isinstance(failed, Exception) and not isinstance(failed, OSError):
                trace = "".join(traceback.format_tb(failed.__traceback__))
                _log.error("An answer was broken off: %r\n%s", failed, trace)


async def _send(pieces: Pieces, send: Send) -> None:
    async with aclosing(pieces):
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    """Returns when the caller is gone."""
    while (message := await receive()).get("more_body"):
        pass  # a body says nothing here
    if message["type"] != "http.disconnect" and (await receive())["type"] != "http.disconnect":
        await asyncio.Event().wait()  # a server that tells of nothing more
