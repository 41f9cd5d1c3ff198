"""``/v1/events``: an event for each new revision, as a browser's EventSource reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from contentapi.web import desk
from contentapi.web.resources import events
from tests.web.client import Site

PAGE = "---\ntitle: {}\n---\n"


@dataclass
class Listener:
    """A caller who stays: what was sent to it, message by message."""

    start: dict[str, Any] = field(default_factory=dict)
    messages: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.messages.get(), 10)

    async def event(self) -> tuple[str, dict[str, Any]]:
        """The id and the data of the next event; comments are passed over, as a browser does."""
        while (message := await self.next()).startswith(b":"):
            pass
        lines = dict(line.split(b": ", 1) for line in message.strip().split(b"\n"))
        return lines[b"id"].decode(), orjson.loads(lines[b"data"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.start["headers"]}


@asynccontextmanager
async def listening(site: Site, query: str = "", *fields: tuple[bytes, bytes]) -> AsyncIterator[Listener]:
    one = Listener()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await one.gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            one.start = message
        elif message.get("body"):
            await one.messages.put(message["body"])
        if message["type"] == "http.response.body" and not message.get("more_body"):
            one.ended.set()

    scope = {"type": "http", "method": "GET", "headers": list(fields), "path": "/v1/events", "raw_path": b"/v1/events"}
    answering = asyncio.create_task(site.app({**scope, "query_string": query.encode()}, receive, send))
    try:
        yield one
    finally:
        one.gone.set()
        await asyncio.wait_for(answering, 10)


def now(site: Site) -> str:
    return site.get("/v1/status").json()["revision"]


async def changed(site: Site, title: str) -> str:
    """Changes a page, and gives the new revision."""
    return await asyncio.to_thread(site.change, {"a.md": PAGE.format(title)})


@pytest.fixture
def one(site) -> Site:
    return site({"a.md": PAGE.format("One"), "b.md": PAGE.format("B")})


def test_each_new_revision_is_an_event(one: Site) -> None:
    async def told() -> None:
        async with listening(one) as caller:
            assert await caller.next() == f"retry: 2000\nid: {first}\n\n".encode()
            assert (caller.start["status"], caller.headers["content-type"]) == (200, "text/event-stream")
            assert (caller.headers["cache-control"], caller.headers["x-accel-buffering"]) == ("no-cache", "no")
            assert not {"content-length", "etag", "vary", "content-encoding"} & {*caller.headers}
            second = await changed(one, "Two")
            links = {"changes": f"/v1/changes?since={first}"}
            assert await caller.event() == (second, {"revision": second, "previous": first, "links": links})
            third = await changed(one, "Three")
            assert (await caller.event())[0] == third

    first = now(one)
    asyncio.run(told())


@pytest.mark.parametrize("way", ["since", "last-event-id"])
def test_who_comes_again_is_told_at_once_what_was_missed(one: Site, way: str) -> None:
    async def told() -> None:
        second = await changed(one, "Two")
        query, fields = (f"since={first}", ()) if way == "since" else ("", ((b"last-event-id", first.encode()),))
        async with listening(one, query, *fields) as caller:
            assert await caller.next() == f"retry: 2000\nid: {first}\n\n".encode()
            assert (await caller.event())[1]["previous"] == first
        async with listening(one, f"since={second}") as caller:
            assert await caller.next() == f"retry: 2000\nid: {second}\n\n".encode()
            third = await changed(one, "Three")
            assert (await caller.event())[0] == third

    first = now(one)
    asyncio.run(told())


@pytest.mark.parametrize("written", [b"nonsense", b"a\nid: b", b"\xff", b""])
def test_what_is_no_revision_is_taken_for_none(one: Site, written: bytes) -> None:
    async def told() -> None:
        async with listening(one, "", (b"last-event-id", written)) as caller:
            assert await caller.next() == f"retry: 2000\nid: {first}\n\n".encode()

    first = now(one)
    asyncio.run(told())


@pytest.mark.parametrize("written", ["nonsense", "", "WyIwMzQ1YmFmMWQ2ZjE0MDNlIiwxLDEs", "2026-11-27"])
def test_a_moment_that_is_no_revision_is_refused(one: Site, written: str) -> None:
    got = one.get(f"/v1/events?since={written}")
    assert (got.status, got.json()["errors"][0]["parameter"]) == (400, "since")


def test_what_follows_too_fast_is_one_event(one: Site) -> None:
    async def told() -> None:
        async with listening(one) as caller:
            await caller.next()
            revisions = [one.change({"a.md": PAGE.format(title)}) for title in ("Two", "Three", "Four")]
            assert (await caller.event())[0] == revisions[-1]

    asyncio.run(told())


def test_a_comment_is_sent_when_nothing_happens(one: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told() -> None:
        async with listening(one) as caller:
            await caller.next()
            assert [await caller.next(), await caller.next()] == [b":\n\n", b":\n\n"]

    monkeypatch.setattr(events, "HEARTBEAT", 0.01)
    asyncio.run(told())


def test_the_end_of_the_service_is_the_end_of_the_stream(one: Site) -> None:
    async def told() -> None:
        async with listening(one) as caller:
            await caller.next()
            one.app._desk.ready = lambda: False
            await asyncio.wait_for(caller.ended.wait(), 10)

    asyncio.run(told())


def test_before_the_first_sync_who_asks_is_told_to_come_again(one: Site) -> None:
    one.app._desk.ready = lambda: False
    got = one.get("/v1/events")
    assert (got.status, got.headers["retry-after"]) == (503, "1")


def test_there_is_a_limit_to_those_who_listen(one: Site) -> None:
    async def told() -> None:
        one.app._desk.listeners = desk.Streams(1, None)
        async with listening(one) as first:
            await first.next()
            async with listening(one) as second:
                await asyncio.wait_for(second.ended.wait(), 10)
                assert second.start["status"] == 503
        async with listening(one) as third:
            assert (await third.next()).startswith(b"retry")

    asyncio.run(told())
