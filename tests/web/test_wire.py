"""The short way and the long one, over real sockets: whatever is sent, both answer the same bytes in the same order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Self

import pytest
import uvloop
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from contentapi.web import server, wire
from contentapi.web.answers import Answer
from contentapi.web.app import create_app
from contentapi.web.finished import Finished, Message, Wanted
from contentapi.web.protocol import Guarded, Limits, Traffic, guarded
from tests.web.client import Site

PATIENCE = 20
LIMITS = Limits(arriving=2, stalled=2, lingering=2)
CLOSE = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
PAGE = "/v1/pages/approche/construction"
#: How many exchanges are tried: FUZZ says so when there is time for more.
EXCHANGES = int(os.environ.get("FUZZ", "150"))


class Exchange:
    """One protocol over an application, and what it says to whom."""

    def __init__(self, made: type[Guarded], app: object, idle: float = 60) -> None:
        self.made, self.state = made, ServerState()
        self.config = Config(
            app, http=made, ws="none", lifespan="off", interface="asgi3", log_config=None, access_log=False,
            timeout_keep_alive=idle
        )  # fmt: skip
        self.config.load()
        self.connections: list[Guarded] = []

    async def __aenter__(self) -> Self:
        def connection() -> Guarded:
            self.connections.append(self.made(self.config, self.state, {}))
            return self.connections[-1]

        self.server = await asyncio.get_running_loop().create_server(connection, host="127.0.0.1", port=0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        for one in list(self.state.connections):
            one.transport.abort()
        await until(lambda: not self.state.connections and not self.state.tasks)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self.server.sockets[0].getsockname())

    async def say(self, *pieces: bytes) -> bytes:
        """Everything that is answered to some bytes, sent in these pieces, until the connection ends."""
        loop, said = asyncio.get_running_loop(), b""
        with socket.socket() as caller:
            caller.setblocking(False)
            await loop.sock_connect(caller, self.server.sockets[0].getsockname())
            # Who is refused may find the door closed while it still speaks; what was said to it then is there all the same.
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    await loop.sock_sendall(caller, piece)
                    await asyncio.sleep(0.002 if len(pieces) > 1 else 0)
            # Nor is what was said lost, up to there, when the door is closed on what is still being said.
            with contextlib.suppress(ConnectionError):
                while more := await loop.sock_recv(caller, 1_000_000):
                    said += more
        return undated(said)


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - the server tells no one of what is waited for
        await asyncio.sleep(0.001)


def undated(said: bytes) -> bytes:
    return re.sub(rb"\r\ndate: [^\r]*", b"", said)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE + EXCHANGES / 5):
            await test()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(bounded())


@pytest.fixture
def both(shipped: Site):
    """The long way and the short one, each over an application of its own; and how often the short one was taken."""
    taken: list[bytes] = []

    def make(limits: Limits = LIMITS, idle: float = 60) -> tuple[Exchange, Exchange]:
        long, short = (create_app(shipped.settings, index=shipped.index, ready=lambda: True) for _ in range(2))
        told = short.ready

        def ready(wanted, now):
            found = told(wanted, now)
            if found is not None:
                taken.append(wanted.key[0])
            return found

        short.ready = ready  # type: ignore[method-assign]
        return (
            Exchange(guarded(limits, Traffic()), long, idle),
            Exchange(wire.direct(limits, Traffic(), short), short, idle),
        )

    return make, taken


# -- the same bytes ---------------------------------------------------------------------------------------------------

TARGETS = [
    PAGE, "/v1/pages/approche", "/v1/pages/index.md", "/v1/phases", "/v1/phases/construction", "/v1/phases/transfer",
    "/v1/articles?limit=2", "/v1/articles?limit=2&fields=title", "/v1/articles?limit=0", "/v1/nope", "/v1/navigation",
    "/v1/pages/approche/", "/v1/assets/img/cycle.svg", "/", "/docs", "/livez", "/readyz", "/v1/status", "/v1/diagnostics",
    "/v1/resolve?path=/approche", f"http://a{PAGE}", f"//a{PAGE}", f"{PAGE}#x", f"{PAGE}?#x", f"{PAGE}?", "*", "",
    "/v1/pages/%2F", "/v1/pages/é", f"{PAGE}?fields=title", "/v1/pages/" + "x" * 9000,
]  # fmt: skip
FIELDS = [
    "Accept-Encoding: br, gzip", "Accept-Encoding: gzip;q=0.5, br;q=0", "accept-encoding:br", "Accept-Encoding: *;q=0",
    "Accept: text/markdown", "Accept: text/html", "Accept: image/png", "Accept: */*", "If-None-Match: *",
    'If-None-Match: "x"', 'If-None-Match: W/{etag}, "y"', "If-None-Match: {etag}", "If-Match: {etag}", 'If-Match: "x"',
    "Connection: close", "Connection: keep-alive", "Connection: Upgrade\r\nUpgrade: h2c", "Expect: 100-continue",
    "Content-Length: 0", "Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0\r\n", "Content-Length: 5, 5", "Range: bytes=0-9", "Origin: https://b.example",
    "X-Forwarded-Host: evil", "X: " + "y" * 17_000, " folded: x", "no colon", "Host: b", "HOST: a",
]  # fmt: skip
METHODS = ["GET"] * 12 + ["HEAD"] * 3 + ["OPTIONS", "POST", "get", "BREW"]
VERSIONS = ["HTTP/1.1"] * 12 + ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", ""]


def request(dice: random.Random, etag: str) -> bytes:
    fields = dice.sample(FIELDS, k=dice.choice([0, 0, 0, 1, 1, 2, 3]))
    host = ["Host: a"] if dice.random() < 0.97 else []
    line = f"{dice.choice(METHODS)} {dice.choice(TARGETS[:20] if dice.random() < 0.7 else TARGETS)} {dice.choice(VERSIONS)}"
    return "\r\n".join([line, *host, *fields, "", ""]).replace("{etag}", etag).encode()


def spoiled(dice: random.Random, data: bytes) -> bytes:
    at = dice.randrange(len(data))
    return dice.choice([data[:at] + data[at + 1 :], data[:at] + bytes([dice.randrange(256)]) + data[at:], data[:at]])


def closes_early(data: bytes) -> bool:
    """Whether a connection may be closed while more is being sent on it."""
    return any(word in data.lower() for word in (b"connection: close", b"http/1.0", b"upgrade"))


def pieces(dice: random.Random, data: bytes) -> list[bytes]:
    if dice.random() < 0.6:
        return [data]
    cuts = sorted(dice.randrange(len(data)) for _ in range(dice.randrange(1, 5)))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if a < b]


def test_whatever_is_sent_both_ways_answer_the_same(both, shipped):
    make, taken = both
    dice = random.Random(20_261_126)
    etag = shipped.get(PAGE).headers["etag"]

    async def test() -> None:
        long, short = make()
        async with long, short:
            for number in range(EXCHANGES):
                asked = [request(dice, etag) for _ in range(dice.choice([1, 1, 2, 3, 5]))]
                data = b"".join(asked)
                sent = pieces(dice, (spoiled(dice, data) if dice.random() < 0.15 else data) + CLOSE)
                said = await asyncio.gather(long.say(*sent), short.say(*sent))
                # Once more, as what was asked for is finished now, and its head is known.
                again = await asyncio.gather(long.say(*sent), short.say(*sent))
                # A connection that is closed on who still speaks may lose the end of what it said.
                whole = max((*said, *again), key=len)
                cut = closes_early(data)
                told = [one for one in (*said, *again) if whole != one and not (cut and whole.startswith(one))]
                assert told == [], (number, sent, whole)

    run(test)
    assert len(taken) > EXCHANGES / 4


def test_what_is_asked_again_on_one_connection_is_answered_again_and_counted(both):
    make, taken = both
    asked = f"GET {PAGE} HTTP/1.1\r\nHost: a\r\n\r\n".encode()

    async def test() -> None:
        long, short = make()
        async with long, short:
            for sent in ([asked, CLOSE], [*[asked] * 5, CLOSE], [asked * 5, CLOSE]):
                assert await long.say(*sent) == await short.say(*sent)
            assert len(taken) == 10  # all but the first one
            assert long.state.total_requests == short.state.total_requests == 14

    run(test)


# -- order, and bounds ------------------------------------------------------------------------------------------------


class Front:
    """An application that has finished `/quick`, and holds other answers, but for `/livez`, until they are released."""

    def __init__(self, body: bytes = b"quick") -> None:
        self.release = asyncio.Event()
        self.quick = Finished(Answer(body, "image/png"), "")
        self.sent = 0

    def ready(self, wanted: Wanted, _now: float) -> tuple[Finished, Message] | None:
        if wanted.key[0] != b"/quick":
            return None
        self.sent += 1
        return self.quick, self.quick.form(None).whole

    async def __call__(self, scope, _receive, send):
        message = self.quick.form(None).whole
        if scope["path"] != "/quick":
            await (asyncio.sleep(0) if scope["path"] == "/livez" else self.release.wait())
            message = Finished(Answer(scope["path"].encode(), "image/png"), "").form(None).whole
        await send({"type": "http.response.start", "status": 200, "headers": message.head})
        await send({"type": "http.response.body", "body": message.body})


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def test_no_answer_overtakes_another():
    async def test() -> None:
        front = Front()
        async with Exchange(wire.direct(LIMITS, Traffic(), front), front) as short:
            said = asyncio.ensure_future(short.say(get("/quick") + get("/slow") + get("/quick") + get("/later"), CLOSE))
            await until(lambda: short.state.tasks)
            assert front.sent == 1
            front.release.set()
            bodies = re.findall(rb"\r\n\r\n(/?[a-z]+)", await said)
            assert bodies == [b"quick", b"/slow", b"quick", b"/later", b"/livez"]

    run(test)


def test_who_asks_and_never_reads_gets_no_more_than_fits():
    async def test() -> None:
        front = Front(b"x" * 100_000)
        async with Exchange(wire.direct(replace(LIMITS, stalled=60), Traffic(), front), front) as short:
            reader, writer = await short.connect()
            for _ in range(200):
                writer.write(get("/quick") * 20)
                await asyncio.sleep(0)
            await until(lambda: short.connections and short.connections[0].flow.write_paused)
            assert short.connections[0].transport.get_write_buffer_size() < 5_000_000
            assert not reader.at_eof()
            writer.transport.abort()

    run(test)


def test_so_many_heads_are_remembered_and_no_long_ones(monkeypatch):
    monkeypatch.setattr(wire, "_MOST", 3)

    async def test() -> None:
        front = Front()
        made = wire.direct(LIMITS, Traffic(), front)
        async with Exchange(made, front) as short:
            fields = [f"X: {number}" for number in range(7)] + ["X: " + "y" * 3000]
            asked = [get("/quick").replace(b"Host: a", f"Host: a\r\n{field}".encode()) for field in fields]
            await short.say(get("/quick"), *asked, CLOSE)
            assert front.sent == 9
            assert all(head in asked[4:7] for head in made.known)
            assert len(made.known) == 1

    run(test)


def test_a_connection_is_closed_when_it_was_of_no_use_for_long():
    async def test() -> None:
        front = Front()
        async with Exchange(wire.direct(LIMITS, Traffic(), front), front) as short:
            reader, writer = await short.connect()
            writer.write(get("/quick"))
            await reader.readuntil(b"quick")
            (connection,) = short.connections
            connection.timeout_keep_alive_handler()  # as the timer of an earlier answer does
            assert not connection.transport.is_closing()
            assert connection.timeout_keep_alive_task is not None
            connection._used -= connection.timeout_keep_alive
            connection.timeout_keep_alive_handler()
            assert await reader.read() == b""
            writer.close()

    run(test)


def test_who_is_about_to_end_says_so():
    async def test() -> None:
        front, traffic = Front(), Traffic()
        async with Exchange(wire.direct(LIMITS, traffic, front), front) as short:
            traffic.leaving = True
            assert b"\r\nconnection: close\r\n" in await short.say(get("/quick"))
            assert front.sent == 0

    run(test)


# -- the switch, and what it relies on ----------------------------------------------------------------------------------


def test_this_release_of_uvicorn_is_known():
    assert wire.supported(), "read what changed in uvicorn's protocol, then write its digest into web/wire.py"


@pytest.mark.parametrize("name", ["on_message_begin", "on_response_complete"])
def test_where_uvicorn_has_changed_the_long_way_is_taken_by_itself(shipped, monkeypatch, caplog, name):
    monkeypatch.setattr(HttpToolsProtocol, name, lambda self: None)
    assert not wire.supported()
    with caplog.at_level(logging.WARNING):
        assert not issubclass(protocol_of(shipped), wire.Direct)
    assert "This release of uvicorn is not known" in caplog.text


@pytest.mark.parametrize("direct", [True, False])
def test_one_switch_turns_it_off(shipped, direct):
    assert issubclass(protocol_of(shipped, direct=direct), wire.Direct) is direct


def protocol_of(shipped: Site, **settings: bool) -> type[Guarded]:
    return server._protocol(replace(shipped.settings, **settings), Traffic(), shipped.app)
