"""An answer that is made while it is sent: what happens meanwhile, how much of it is held, how it looks on a socket."""

from __future__ import annotations

import asyncio
import itertools
import logging
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest

from contentapi.index import database
from contentapi.web import present, streamed, wire
from contentapi.web.app import create_app
from contentapi.web.protocol import Guarded, Limits, Traffic, guarded
from contentapi.web.resources import export
from contentapi.web.streamed import Streams
from tests.benchmarks import corpora
from tests.web.client import Site
from tests.web.exports import EVERYTHING, FORMS, SMALL
from tests.web.test_wire import Exchange
from tests.web.test_wire import run as on_sockets


class Sending:
    """One request on its way: what happens when a part of its answer was sent is told by ``meanwhile``."""

    def __init__(self, site: Site, target: str, meanwhile: Callable[[int], Any], method: str = "GET") -> None:
        self.sent: list[Any] = []
        self._site, self._target, self._method, self._meanwhile = site, target, method, meanwhile
        self.gone = asyncio.Event()

    async def run(self) -> Sending:
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                await self.gone.wait()
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            self.sent.append(message)
            told = self._meanwhile(len(self.sent))
            if told is not None:
                await told

        path, _, query = self._target.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "method": self._method, "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": [],
        }  # fmt: skip
        await self._site.app(scope, receive, send)
        return self

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def body(self) -> bytes:
        return b"".join(one["body"] for one in self.sent[1:])

    @property
    def complete(self) -> bool:
        return self.sent[-1].get("more_body") is None and self.sent[-1]["type"] == "http.response.body"


def sending(site: Site, target: str, meanwhile: Callable[[int], Any]) -> Sending:
    return asyncio.run(Sending(site, target, meanwhile).run())


@pytest.fixture
def bit_by_bit(monkeypatch):
    """Each item is sent by itself."""
    monkeypatch.setattr(streamed, "BLOCK", 1)


def held(site: Site) -> bool:
    """Whether someone keeps the writer from shortening the WAL."""
    connection = apsw.Connection(str(site.settings.index))
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return bool(busy)
    finally:
        connection.close()


@pytest.mark.parametrize("target", [*FORMS, f"/v1/export.ndjson?{EVERYTHING}"])
def test_a_sync_in_the_middle_of_it_neither_mixes_nor_fails(site: Callable[..., Site], bit_by_bit, target):
    here = site(SMALL)
    before = here.get(target)

    def change(count: int) -> None:
        if count == 4:
            here.sync()  # nothing to do
            here.change({"_phases/construction.md": None, "index.md": "---\ntitle: Autre\n---\n", "z.md": "---\n---\n"})
            assert held(here)

    got = sending(here, target, change)
    assert got.complete
    assert len(got.sent) > 8
    assert got.body == before.body
    after = here.get(target)
    assert after.body != before.body
    assert after.headers["x-content-revision"] != before.headers["x-content-revision"]
    assert not held(here)


def test_an_index_that_is_replaced_in_the_middle_of_it_is_sent_to_its_end(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)
    before = here.get("/v1/export.ndjson")

    def replace(count: int) -> None:
        if count == 4:
            database.remove(here.settings.index)
            here.change({"index.md": "---\ntitle: Autre\n---\n"})

    got = sending(here, "/v1/export.ndjson", replace)
    assert got.complete
    assert got.body == before.body
    assert here.get("/v1/export.ndjson").body != before.body


def test_who_goes_away_lets_go_what_was_held_for_them(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> Sending:
        def leave(count: int) -> None:
            if count == 3:
                here.change({"z.md": "---\n---\n"})
                assert held(here)
                caller.gone.set()

        caller = Sending(here, "/v1/export.ndjson", leave)
        return await caller.run()

    got = asyncio.run(go())
    assert not got.complete
    assert 3 <= len(got.sent) < 8
    assert not held(here)
    assert not here.app._desk.streams._under_way


def test_who_goes_away_while_nothing_can_be_sent_lets_go_too(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> None:
        def stand_still(count: int) -> Any:
            if count == 3:
                caller.gone.set()
                return asyncio.Event().wait()
            return None

        caller = Sending(here, "/v1/export.ndjson", stand_still)
        assert not (await caller.run()).complete

    asyncio.run(go())
    assert not held(here)


def test_who_takes_too_long_is_not_waited_for(site: Callable[..., Site], bit_by_bit, caplog):
    here = site(SMALL)
    here.app._desk.streams = Streams(longest=0.02)
    got = sending(here, "/v1/export.ndjson", lambda count: asyncio.Event().wait() if count == 3 else None)
    assert not got.complete
    assert not held(here)
    assert [one.getMessage() for one in caplog.records] == [
        "An answer was broken off: it was not taken within 0.02 seconds."
    ]


def test_a_worker_that_ends_lets_go_what_it_held(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> None:
        standing = asyncio.Event()

        def stand_still(count: int) -> Any:
            if count == 3:
                standing.set()
                return asyncio.Event().wait()
            return None

        task = asyncio.ensure_future(Sending(here, "/v1/export.ndjson", stand_still).run())
        await standing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(go())
    assert not held(here)
    assert not here.app._desk.streams._under_way


@pytest.mark.parametrize("target", FORMS)
def test_what_fails_in_the_middle_is_broken_off_and_logged_without_what_it_says(
    site: Callable[..., Site], bit_by_bit, monkeypatch, caplog, target
):
    here = site(SMALL)
    usual = present.of_row

    def fail(reader, addresses, row):
        if row.type == "page":
            raise RuntimeError("secret\nERROR forged line")
        return usual(reader, addresses, row)

    monkeypatch.setattr(present, "of_row", fail)
    with caplog.at_level(logging.ERROR):
        got = sending(here, target, lambda _: None)
    assert got.status == 200
    assert not got.complete
    assert not any(line.startswith("ERROR forged") for line in caplog.text.splitlines())
    assert "RuntimeError" in caplog.text
    assert not held(here)


def test_of_too_many_at_once_the_last_are_told_to_come_again(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)
    here.app._desk.streams = Streams(most=2)

    async def go() -> None:
        full, free = asyncio.Event(), asyncio.Event()
        standing = 0

        def stand(count: int) -> Any:
            nonlocal standing
            if count == 3:
                standing += 1
                if standing == 2:
                    full.set()
                return free.wait()
            return None

        under_way = [asyncio.ensure_future(Sending(here, "/v1/export.ndjson", stand).run()) for _ in range(2)]
        await full.wait()
        refused = await Sending(here, "/v1/export.csv", lambda _: None).run()
        head = await Sending(here, "/v1/export.csv", lambda _: None, "HEAD").run()
        page = await Sending(here, "/v1/pages", lambda _: None).run()
        free.set()
        assert [one.complete for one in await asyncio.gather(*under_way)] == [True, True]
        assert [one.status for one in (refused, head, page)] == [503, 200, 200]
        told = dict(refused.sent[0]["headers"])
        assert told[b"retry-after"] == b"10"
        assert told[b"cache-control"] == b"no-store"
        assert orjson.loads(refused.body)["status"] == 503
        assert (await Sending(here, "/v1/export.csv", lambda _: None).run()).status == 200

    asyncio.run(go())


def test_others_are_answered_between_two_moments(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> None:
        done: list[str] = []

        async def ask(target: str) -> None:
            await Sending(here, target, lambda _: None).run()
            done.append(target)

        await asyncio.gather(ask("/v1/export.ndjson"), *(ask(f"/v1/pages?limit={number}") for number in range(1, 5)))
        assert done[-1] == "/v1/export.ndjson"

    asyncio.run(go())


def test_without_an_index_it_is_told_so(tmp_path: Path):
    (tmp_path / "content").mkdir()
    with Site(tmp_path / "content", tmp_path / "index.db", sync=False) as here:
        got = here.get("/v1/export.ndjson")
        assert got.status == 503
        assert got.headers["retry-after"] == "1"


# -- of much, little is held ------------------------------------------------------------------------------------------

MANY = 9_000
#: What is held while much is sent, and what an answer that was made whole would have taken.
LITTLE, MUCH = 3_000_000, 20_000_000


def test_of_many_documents_few_are_held(tmp_path: Path):
    corpora.write(tmp_path / "content", MANY)
    with Site(tmp_path / "content", tmp_path / "index.db") as here:
        query = "include=html,sections"
        whole = here.get(f"/v1/export.ndjson?{query}").body.splitlines(keepends=True)
        paths = [orjson.loads(line)["source"]["path"] for line in whole]
        assert len(paths) == MANY
        assert paths == sorted(paths, key=str.encode)
        assert sum(map(len, whole)) > MUCH
        longest = streamed.BLOCK + max(map(len, whole))
        for coding in ("identity", "br"):
            largest, peak = held_while_sent(here, "/v1/export.ndjson", query, coding)
            assert largest <= longest, coding
            assert peak < LITTLE, coding


def held_while_sent(site: Site, path: str, query: str, coding: str) -> tuple[int, int]:
    """The largest part that was sent, and the most memory that Python's objects took meanwhile."""
    largest = 0

    async def send(message: Any) -> None:
        nonlocal largest
        largest = max(largest, len(message.get("body", b"")))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"accept-encoding", coding.encode())],
    }  # fmt: skip
    tracemalloc.start()
    try:
        asyncio.run(site.app(scope, receive, send))
        return largest, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# -- over sockets -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["guarded", "direct"])
def served(request, shipped: Site) -> Exchange:
    app = create_app(shipped.settings, index=shipped.index, ready=lambda: True)
    made: type[Guarded] = (
        guarded(Limits(), Traffic()) if request.param == "guarded" else wire.direct(Limits(), Traffic(), app)
    )
    return Exchange(made, app)


def asked(target: str, version: str = "1.1", *fields: str) -> bytes:
    return "\r\n".join((f"GET {target} HTTP/{version}", "Host: a", *fields, "", "")).encode()


def unchunked(said: bytes) -> tuple[bytes, bytes]:
    """The body of an answer in chunks, and what comes after it."""
    head, _, left = said.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    body = b""
    while True:
        size, _, left = left.partition(b"\r\n")
        length = int(size, 16)
        body, left = body + left[:length], left[length:].removeprefix(b"\r\n")
        if not length:
            return body, left


def test_a_connection_can_be_used_again_after_it(served: Exchange, shipped: Site):
    expected = {target: shipped.get(target).body for target in FORMS}

    async def test() -> None:
        async with served as exchange:
            asking = b"".join(asked(target) for target in FORMS)
            said = await exchange.say(asking + asked("/livez", "1.1", "Connection: close"))
            for target in FORMS:
                body, said = unchunked(said)
                assert body == expected[target]
            assert said.startswith(b"HTTP/1.1 200 OK\r\n")
            assert said.endswith(b'{"status":"ok"}')

    on_sockets(test)


def test_a_caller_of_http_1_0_gets_it_without_chunks(served: Exchange, shipped: Site):
    expected = shipped.get("/v1/export.json").body

    async def test() -> None:
        async with served as exchange:
            head, _, body = (await exchange.say(asked("/v1/export.json", "1.0"))).partition(b"\r\n\r\n")
            assert b"transfer-encoding" not in head
            assert b"connection: close" in head
            assert body == expected

    on_sockets(test)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_what_has_no_body_is_followed_by_the_next_answer(served: Exchange, shipped: Site, method):
    tag = shipped.get("/v1/export.json").headers["etag"]
    fields = () if method == "HEAD" else (f"If-None-Match: {tag}",)

    async def test() -> None:
        async with served as exchange:
            first = asked("/v1/export.json", "1.1", *fields).replace(b"GET", method.encode())
            said = await exchange.say(first + asked("/livez", "1.1", "Connection: close"))
            head, _, left = said.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200" if method == "HEAD" else b"HTTP/1.1 304")
            assert left.startswith(b"HTTP/1.1 200 OK\r\n")

    on_sockets(test)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_is_broken_off_is_seen_to_be_incomplete(served: Exchange, bit_by_bit, monkeypatch, version):
    def fail(*_: object) -> Iterator[Any]:
        yield from ()
        raise RuntimeError

    async def test() -> None:
        async with served as exchange:
            reader, writer = await exchange.connect()
            writer.write(asked("/v1/export.json", version))
            if version == "1.0":
                with pytest.raises(ConnectionResetError):
                    await reader.read()
            else:
                said = await reader.read()
                assert b"transfer-encoding: chunked" in said
                assert not said.endswith(b"0\r\n\r\n")
            writer.close()

    monkeypatch.setattr(export, "items", fail)
    on_sockets(test)


def test_who_hangs_up_in_the_middle_ends_it(served: Exchange, shipped: Site, monkeypatch):
    app = served.config.app

    async def test() -> None:
        async with served as exchange:
            reader, writer = await exchange.connect()
            writer.write(asked("/v1/export.ndjson"))
            await reader.readuntil(b"\r\n\r\n")
            assert app._desk.streams._under_way == 1
            writer.transport.abort()
            while app._desk.streams._under_way:  # noqa: ASYNC110 - nobody tells when it is over
                await asyncio.sleep(0.001)
        assert not held(shipped)

    monkeypatch.setattr(export, "items", lambda *_: itertools.repeat({"without": "end"}))
    on_sockets(test)
