"""What one connection may do, over real sockets: each limit with its own small bound, and nothing waits for luck."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import uvloop
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import Server, ServerState

from contentapi.web import protocol, wire
from contentapi.web.protocol import Guarded, Limits, Traffic, guarded

#: Seconds that no test comes near: what takes longer has failed.
PATIENCE = 10
SHORT = 0.2
QUICK = Limits(arriving=SHORT, stalled=SHORT, lingering=SHORT)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class App:
    """Answers with what it was asked; waits, streams, or sends a lot where the path says so."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.held = 0
        self.release = asyncio.Event()

    async def __call__(self, scope, receive, send):
        path = scope["path"]
        self.asked.append(f"{scope['method']} {path}")
        if path.startswith("/hold") or path == "/v1/events":
            self.held += 1
            await self._hold(receive)
        if path == "/broken":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"one", "more_body": True})
            return
        if path == "/stream":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for part in (b"one", b"", b"two"):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            return
        body = b"x" * 20_000_000 if path == "/big" else json.dumps({"path": path}).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _hold(self, receive):
        async def gone():
            while (await receive())["type"] != "http.disconnect":
                pass

        waits = [asyncio.ensure_future(gone()), asyncio.ensure_future(self.release.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


class Service:
    """The protocol on a socket of its own, in the test's loop."""

    def __init__(self, limits: Limits, app: App, server: asyncio.Server, state: ServerState, traffic: Traffic) -> None:
        self.limits, self.app, self.server, self.state, self.traffic = limits, app, server, state, traffic
        self.callers: list[Caller] = []

    async def connect(self, sent: bytes = b"") -> Caller:
        reader, writer = await asyncio.open_connection(*self.server.sockets[0].getsockname())
        writer.write(sent)
        self.callers.append(Caller(reader, writer))
        return self.callers[-1]

    async def close(self) -> None:
        self.server.close()
        for caller in self.callers:
            caller.writer.transport.abort()
            with contextlib.suppress(OSError):
                await caller.writer.wait_closed()
        for connection in list(self.state.connections):
            connection.transport.abort()
        await until(lambda: not self.state.connections and not self.state.tasks)

    async def ask(self, sent: bytes) -> Reply:
        caller = await self.connect(sent)
        return await caller.reply()


class Reply:
    def __init__(self, head: bytes, body: bytes) -> None:
        first, *fields = head.decode().split("\r\n")
        self.status = int(first.split(" ")[1])
        self.headers = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
        self.body = body

    @property
    def path(self) -> str:
        return json.loads(self.body)["path"]


class Caller:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def reply(self, *, head_only: bool = False) -> Reply:
        head = (await self.reader.readuntil(b"\r\n\r\n"))[:-4]
        reply = Reply(head, b"")
        if not head_only:
            reply.body = await self.reader.readexactly(int(reply.headers["content-length"]))
        return reply

    async def end(self) -> bytes:
        """What comes until the connection is closed; a reset is no clean end."""
        return await self.reader.read()


def on_sockets(test: Callable[[Service], Awaitable[None]], limits: Limits = QUICK) -> None:
    """Runs a test with each protocol on a real socket, on the loop that production has."""

    async def run(protocol: Callable[[Limits, Traffic], type[Guarded]]) -> None:
        app, traffic, state = App(), Traffic(), ServerState()
        made = protocol(limits, traffic)
        config = Config(
            app, http=made, ws="none", lifespan="off", interface="asgi3", log_config=None, timeout_keep_alive=60
        )
        config.load()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: made(config=config, server_state=state, app_state={}), host="127.0.0.1", port=0
        )
        service = Service(limits, app, server, state, traffic)
        try:
            async with asyncio.timeout(PATIENCE):
                await test(service)
        finally:
            await service.close()

    for made in (guarded, direct):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(made))


def direct(limits: Limits, traffic: Traffic) -> type[Guarded]:
    """The protocol that sends finished answers by itself, with none of them finished: all that is said here holds there."""
    return wire.direct(limits, traffic, Nothing())


class Nothing:
    """What has finished no answer."""

    def ready(self, *_: object) -> None:
        return None


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - the server tells no one of what is waited for
        await asyncio.sleep(0.001)


def is_problem(reply: Reply, status: int) -> None:
    """As every other answer of the service: typed, readable from any origin; and the last one of its connection."""
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
    assert reply.headers["x-content-type-options"] == "nosniff"
    body = json.loads(reply.body)
    assert body["status"] == status
    assert body["detail"]


async def refused(service: Service, sent: bytes, status: int) -> Reply:
    caller = await service.connect(sent)
    reply = await caller.reply()
    is_problem(reply, status)
    assert reply.headers["connection"] == "close"
    assert await caller.end() == b""
    return reply


# -- heads ------------------------------------------------------------------------------------------------------------


def test_a_request_is_answered_and_the_connection_kept():
    async def test(service):
        caller = await service.connect(GET)
        assert (await caller.reply()).status == 200
        caller.send(GET.replace(b"/ ", b"/again "))
        assert (await caller.reply()).path == "/again"

    on_sockets(test)


def padded(size: int) -> bytes:
    """A request whose head has so many bytes."""
    start = b"GET / HTTP/1.1\r\nHost: a\r\n"
    fields = b""
    while size - len(start) - len(fields) > 4000:
        fields += b"X-Padding: " + b"x" * 1000 + b"\r\n"
    left = size - len(start) - len(fields) - len(b"X: \r\n\r\n")
    return start + fields + b"X: " + b"x" * left + b"\r\n\r\n"


def test_a_head_of_16_kb_is_read():
    async def test(service):
        assert (await service.ask(padded(16_000))).status == 200

    on_sockets(test)


@pytest.mark.parametrize("size", [16_500, 40_000, 300_000])
def test_a_larger_head_is_refused(size):
    async def test(service):
        await refused(service, padded(size), 431)
        assert service.app.asked == []

    on_sockets(test)


def test_a_large_head_in_small_pieces_is_refused_before_it_ends():
    async def test(service):
        caller = await service.connect(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        for _ in range(20):
            caller.send(b"x" * 1000)
            await caller.writer.drain()
            await asyncio.sleep(0)
        is_problem(await caller.reply(), 431)

    on_sockets(test, replace(QUICK, arriving=PATIENCE))


def test_many_small_fields_are_a_large_head_too():
    async def test(service):
        await refused(service, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a:\r\n" * 5000 + b"\r\n", 431)

    on_sockets(test)


def test_a_large_head_is_refused_behind_other_requests_in_the_same_packet():
    async def test(service):
        caller = await service.connect(GET * 3 + padded(40_000))
        for _ in range(3):
            assert (await caller.reply()).status == 200
        is_problem(await caller.reply(), 431)

    on_sockets(test)


def test_many_requests_in_one_packet_are_no_large_head():
    async def test(service):
        caller = await service.connect(GET * 2000 + GET[:10])
        for _ in range(2000):
            assert (await caller.reply()).status == 200
        caller.send(GET[10:])
        assert (await caller.reply()).status == 200

    on_sockets(test, replace(QUICK, arriving=PATIENCE))


@pytest.mark.parametrize(("length", "status"), [(8192, 200), (8193, 414), (12_000, 414), (100_000, 414)])
def test_a_long_target_is_refused(length, status):
    async def test(service):
        target = b"/?" + b"q" * (length - 2)
        reply = await service.ask(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        if status == 200:
            assert reply.status == 200
        else:
            is_problem(reply, status)

    on_sockets(test)


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b"Host: a\r\nHost: a\r\n",
        b"Host: a\r\nhost: b\r\n",
        b"Host: a b\r\n",
        b"Host: a/b\r\n",
        b"Host: user@a\r\n",
        b"Host: [::1\r\n",
        b"Host: a:80:80\r\n",
        b"Host: \xc3\xa9\r\n",
    ],
)
def test_a_request_has_one_host(host):
    async def test(service):
        await refused(service, b"GET / HTTP/1.1\r\n" + host + b"\r\n", 400)
        assert service.app.asked == []

    on_sockets(test)


@pytest.mark.parametrize("host", [b"", b"a", b"a.b:8000", b"[::1]:8000", b"127.0.0.1", b"xn--e1a", b"a_b", b"%C3%A9"])
def test_a_host_that_rfc_9112_allows_is_taken(host):
    async def test(service):
        assert (await service.ask(b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")).status == 200

    on_sockets(test)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the hello of TLS
        b"FROBNICATE / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.7\r\nHost: a\r\n\r\n",
        b"GET ?q HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1_0\r\n\r\n0123456789",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_json(sent):
    async def test(service):
        await refused(service, sent, 400)
        assert service.app.asked == []

    on_sockets(test)


def test_a_refusal_leaves_nothing_of_the_request_in_the_answer():
    async def test(service):
        reply = await refused(service, b"GET /<script> HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)
        assert b"script" not in reply.body

    on_sockets(test)


# -- time -------------------------------------------------------------------------------------------------------------


def test_a_silent_connection_is_closed_without_a_word():
    async def test(service):
        caller = await service.connect()
        assert await caller.end() == b""

    on_sockets(test)


@pytest.mark.parametrize("sent", [b"G", b"GET / HTTP/1.1\r\nHost: a\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: y"])
def test_a_head_that_does_not_end_is_cut_off(sent):
    async def test(service):
        await refused(service, sent, 408)

    on_sockets(test)


def test_a_head_that_drips_is_cut_off_at_the_same_time():
    async def test(service):
        caller = await service.connect(b"GET / HTTP/1.1\r\nHost: a\r\n")

        async def drip():
            while True:
                caller.send(b"X: y\r\n")
                await asyncio.sleep(SHORT / 10)

        dripping = asyncio.ensure_future(drip())
        begun = asyncio.get_running_loop().time()
        is_problem(await caller.reply(), 408)
        assert asyncio.get_running_loop().time() - begun < SHORT * 3
        dripping.cancel()

    on_sockets(test)


def test_empty_lines_do_not_keep_a_connection_open():
    async def test(service):
        caller = await service.connect(GET)
        assert (await caller.reply()).status == 200
        caller.send(b"\r\n")
        assert await caller.end() == b""

    on_sockets(test)


def test_the_second_head_of_a_connection_is_cut_off_too():
    async def test(service):
        caller = await service.connect(GET + GET[:20])
        assert (await caller.reply()).status == 200
        is_problem(await caller.reply(), 408)
        assert await caller.end() == b""

    on_sockets(test)


def test_a_head_in_pieces_that_comes_in_time_is_answered():
    async def test(service):
        caller = await service.connect()
        for byte in GET * 2:
            caller.send(bytes([byte]))
            await asyncio.sleep(0)
        assert (await caller.reply()).status == 200
        assert (await caller.reply()).status == 200

    on_sockets(test, replace(QUICK, arriving=PATIENCE))


def test_an_idle_connection_is_left_to_uvicorns_own_timeout():
    async def test(service):
        caller = await service.connect(GET)
        await caller.reply()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(caller.reader.read(1), SHORT * 2)

    on_sockets(test)


def test_who_does_not_take_the_answer_is_hung_up_on():
    async def test(service):
        caller = await service.connect(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        caller.writer.transport.pause_reading()
        await until(lambda: service.state.total_requests or service.app.asked)
        await until(lambda: not service.state.connections)

    on_sockets(test)


def test_who_takes_the_answer_slowly_gets_all_of_it():
    async def test(service):
        caller = await service.connect(b"GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        got, begun = 0, asyncio.get_running_loop().time()
        while more := await caller.reader.read(2_000_000):
            got += len(more)
            await asyncio.sleep(SHORT / 8)
        assert got > 20_000_000
        assert asyncio.get_running_loop().time() - begun > service.limits.stalled

    on_sockets(test, replace(QUICK, stalled=1.0))


# -- bodies -----------------------------------------------------------------------------------------------------------

ONCE_MORE = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"POST", b"DELETE"])
@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 5\r\n\r\nhello",
        b"Content-Length: 0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nHost: b\r\n\r\n",
        b"Content-Length: %d\r\n\r\n%s" % (len(GET), GET),
    ],
)
def test_a_small_body_is_dropped_and_the_next_request_is_read_where_it_begins(method, body):
    async def test(service):
        caller = await service.connect(method + b" / HTTP/1.1\r\nHost: a\r\n" + body + ONCE_MORE)
        assert (await caller.reply(head_only=method == b"HEAD")).status == 200
        assert (await caller.reply()).path == "/next"
        assert service.app.asked == [f"{method.decode()} /", "GET /next"]

    on_sockets(test)


def test_a_body_in_pieces_is_awaited_before_the_answer():
    async def test(service):
        caller = await service.connect(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
        await until(lambda: service.state.connections)
        assert service.app.asked == []
        caller.send(b"llo")
        assert (await caller.reply()).status == 200

    on_sockets(test, replace(QUICK, arriving=PATIENCE))


@pytest.mark.parametrize(
    "sent",
    [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"3e8\r\n%s\r\n" % (b"x" * 1000) * 1000,
    ],
)
def test_a_large_body_is_refused(sent):
    async def test(service):
        await refused(service, sent, 413)
        assert service.app.asked == []

    on_sockets(test, replace(QUICK, lingering=PATIENCE))


def test_a_body_that_is_told_to_be_large_is_refused_before_it_comes():
    async def test(service):
        await refused(service, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", 413)

    on_sockets(test, replace(QUICK, arriving=PATIENCE))


def test_a_body_that_does_not_come_is_not_awaited_for_ever():
    async def test(service):
        await refused(service, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell", 408)

    on_sockets(test)


def test_who_asks_before_sending_a_body_is_answered_without_it():
    async def test(service):
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
        caller = await service.connect(head)
        reply = await caller.reply()
        assert reply.status == 200
        assert reply.headers["connection"] == "close"
        assert await caller.end() == b""

    on_sockets(test)


# -- order, versions --------------------------------------------------------------------------------------------------


def test_answers_come_in_the_order_of_the_requests():
    async def test(service):
        paths = [b"/hold", *(b"/%d" % number for number in range(50))]
        caller = await service.connect(b"".join(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path for path in paths))
        await until(lambda: service.app.held)
        service.app.release.set()
        assert [(await caller.reply()).path.encode() for _ in paths] == paths

    on_sockets(test)


def test_a_refusal_waits_for_the_answers_before_it():
    async def test(service):
        caller = await service.connect(b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n" + GET + b"nonsense\r\n\r\n")
        await until(lambda: service.app.held)
        service.app.release.set()
        assert (await caller.reply()).path == "/hold"
        assert (await caller.reply()).path == "/"
        is_problem(await caller.reply(), 400)
        assert await caller.end() == b""

    on_sockets(test)


def test_who_never_stops_asking_is_read_no_further_than_is_answered():
    async def test(service):
        caller = await service.connect(b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
        await until(lambda: service.app.held)
        (connection,) = service.state.connections
        flood = asyncio.ensure_future(_flood(caller))
        await until(lambda: connection.pipeline and connection.flow.read_paused)
        service.app.release.set()
        most = 0
        for _ in range(3000):
            await caller.reply()
            most = max(most, len(connection.pipeline))
            assert connection.flow.read_paused or not connection.pipeline
        # No more than what one read of the socket brought.
        assert most <= 262_144 // len(GET) + 1
        flood.cancel()

    async def _flood(caller):
        while True:
            caller.send(GET * 1000)
            await caller.writer.drain()

    on_sockets(test)


def test_nothing_is_answered_after_a_request_that_closes():
    async def test(service):
        caller = await service.connect(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + ONCE_MORE)
        reply = await caller.reply()
        assert reply.headers["connection"] == "close"
        assert await caller.end() == b""
        assert service.app.asked == ["GET /"]

    on_sockets(test)


@pytest.mark.parametrize("host", [b"", b"Host: a\r\n"])
def test_http_1_0_is_answered_and_closed(host):
    async def test(service):
        caller = await service.connect(b"GET / HTTP/1.0\r\n" + host + b"\r\n")
        reply = await caller.reply()
        assert reply.status == 200
        assert reply.headers["connection"] == "close"
        assert await caller.end() == b""

    on_sockets(test)


def test_http_1_0_may_not_have_two_hosts_either():
    async def test(service):
        await refused(service, b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400)

    on_sockets(test)


def test_an_answer_of_unknown_length_has_chunks_in_http_1_1():
    async def test(service):
        caller = await service.connect(b"GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        reply = await caller.reply(head_only=True)
        assert reply.headers["transfer-encoding"] == "chunked"
        assert await caller.end() == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"

    on_sockets(test)


def test_an_answer_of_unknown_length_ends_with_the_connection_in_http_1_0():
    async def test(service):
        caller = await service.connect(b"GET /stream HTTP/1.0\r\n\r\n")
        reply = await caller.reply(head_only=True)
        assert "transfer-encoding" not in reply.headers
        assert reply.headers["connection"] == "close"
        assert await caller.end() == b"onetwo"

    on_sockets(test)


def test_an_answer_that_is_broken_off_has_no_last_chunk():
    async def test(service):
        caller = await service.connect(b"GET /broken HTTP/1.1\r\nHost: a\r\n\r\n")
        await caller.reply(head_only=True)
        assert await caller.end() == b"3\r\none\r\n"

    on_sockets(test)


def test_an_answer_that_is_broken_off_ends_with_a_reset_in_http_1_0():
    async def test(service):
        caller = await service.connect(b"GET /broken HTTP/1.0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await caller.end()

    on_sockets(test)


@pytest.mark.parametrize("path", [b"/", b"/stream"])
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_head_has_no_body(path, version):
    async def test(service):
        caller = await service.connect(b"HEAD %s HTTP/%s\r\nHost: a\r\nConnection: close\r\n\r\n" % (path, version))
        assert (await caller.reply(head_only=True)).status == 200
        assert await caller.end() == b""

    on_sockets(test)


def test_an_upgrade_is_not_taken_and_the_connection_closes():
    async def test(service):
        upgrade = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        caller = await service.connect(upgrade + b"\x81\x05hello")
        reply = await caller.reply()
        assert reply.status == 200
        assert reply.headers["connection"] == "close"
        assert await caller.end() == b""

    on_sockets(test)


# -- many at once -----------------------------------------------------------------------------------------------------


def test_of_many_requests_those_beyond_the_bound_are_told_to_come_again():
    async def test(service):
        held = [await service.connect(b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n") for _ in range(3)]
        await until(lambda: service.app.held == 3)
        caller = await service.connect(GET)
        reply = await caller.reply()
        is_problem(reply, 503)
        assert reply.headers["retry-after"] == "1"
        for path in (b"/livez", b"/readyz"):
            assert (await service.ask(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")).status == 200
        service.app.release.set()
        for one in held:
            assert (await one.reply()).status == 200
        caller.send(GET)
        assert (await caller.reply()).status == 200

    on_sockets(test, replace(QUICK, requests=3))


def test_idle_connections_are_no_requests():
    async def test(service):
        idle = [await service.connect(GET) for _ in range(10)]
        for one in idle:
            await one.reply()
        assert (await service.ask(GET)).status == 200

    on_sockets(test, replace(QUICK, requests=2))


EVENTS = b"GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n"


def test_event_streams_are_counted_apart():
    async def test(service):
        streams = [await service.connect(EVENTS) for _ in range(3)]
        await until(lambda: service.app.held == 3)
        assert service.traffic.streams == 3
        is_problem(await service.ask(EVENTS), 503)
        assert (await service.ask(GET)).status == 200
        streams[0].writer.close()
        await until(lambda: service.traffic.streams == 2)

    on_sockets(test, replace(QUICK, requests=1, streams=3))


# -- the end ----------------------------------------------------------------------------------------------------------


def test_while_the_process_is_leaving_answers_close_their_connection():
    async def test(service):
        caller = await service.connect(GET)
        assert "connection" not in (await caller.reply()).headers
        service.traffic.leaving = True
        caller.send(GET)
        assert (await caller.reply()).headers["connection"] == "close"
        assert await caller.end() == b""

    on_sockets(test)


def test_at_the_end_event_streams_are_closed_and_answers_are_not():
    async def test(service):
        stream = await service.connect(EVENTS)
        held = await service.connect(b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
        await until(lambda: service.app.held == 2)
        for connection in list(service.state.connections):
            connection.shutdown()
        assert await stream.end() == b""
        service.app.release.set()
        assert (await held.reply()).status == 200
        assert await held.end() == b""

    on_sockets(test)


def test_nothing_is_left_behind_by_connections_that_go():
    async def test(service):
        for sent in (
            b"",
            b"G",
            GET,
            GET + b"G",
            EVENTS,
            b"nonsense\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
        ):
            caller = await service.connect(sent)
            await asyncio.sleep(0)
            caller.writer.transport.abort()
        await until(lambda: not service.state.connections and not service.state.tasks)
        assert service.traffic.streams == 0

    on_sockets(test)


# -- uvicorn ----------------------------------------------------------------------------------------------------------


def test_uvicorn_still_has_what_the_protocol_relies_on():
    """When this fails, a release of uvicorn has moved something: look at each name here in its protocol, and adapt ours."""
    for owner, names in protocol.RELIES_ON.items():
        assert [name for name in names if not callable(getattr(owner, name, None))] == []

    async def made() -> None:
        config = Config(App(), ws="none", lifespan="off", log_config=None)
        config.load()
        connection = HttpToolsProtocol(config, ServerState(), {}, asyncio.get_running_loop())
        connection.on_message_begin()
        assert [name for name in protocol.RELIES_ON_MADE[HttpToolsProtocol] if not hasattr(connection, name)] == []

    asyncio.run(made())
    parameters = inspect.signature(RequestResponseCycle.__init__).parameters
    source = inspect.getsource(RequestResponseCycle.__init__)
    for name in protocol.RELIES_ON_MADE[RequestResponseCycle]:
        assert name in parameters or f"self.{name}" in source


def test_uvicorn_takes_the_protocol_as_a_class_and_makes_it_as_before():
    made = list(inspect.signature(Guarded.__init__).parameters)
    assert made == list(inspect.signature(HttpToolsProtocol.__init__).parameters)
    config = Config(App(), http=guarded(Limits(), Traffic()), log_config=None)
    config.load()
    assert issubclass(config.http_protocol_class, Guarded)
    assert "create_protocol" in inspect.getsource(Server.startup)
