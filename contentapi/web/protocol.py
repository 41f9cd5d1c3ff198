"""What uvicorn's HTTP protocol leaves open, closed: bounds on what one connection may send, hold, and keep waiting.

uvicorn with httptools takes a head of any size, waits for ever for its end, and answers what it cannot read in plain text.
:class:`Guarded` is its protocol, given to it as ``http=``, with these rules added:

- A head over 16 kB is refused with 431, a target over 8 kB with 414, one that is not complete after 10 s with 408; what is
  no HTTP/1.0 or 1.1, or has no or two Hosts, with 400. The answers are problem documents like all others; then the
  connection is closed, once the answers to earlier requests on it are out.
- Nothing here takes a body. A small one is read to its end and dropped before its request is answered, so that the next
  request on the connection begins where it should; a large one is refused with 413.
- Of many requests at once, those beyond a bound are told to come again (503); health checks never are. Event streams, which
  last, are counted apart.
- Who stops taking what was asked for is hung up on.
- When the process is about to end, answers say that the connection closes, so that callers go elsewhere in time.

``RELIES_ON`` names everything used of uvicorn's classes that uvicorn does not document: ``tests/web/test_protocol.py``
fails when a release moves any of it.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from dataclasses import dataclass
from typing import Any

import httptools
from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from contentapi.web import problems
from contentapi.web.answers import Answer
from contentapi.web.finished import Finished

#: Attributes of uvicorn's classes: what they are called is all there is to keep.
RELIES_ON = {
    HttpToolsProtocol: (
        "_unset_keepalive_if_required", "connection_lost", "connection_made", "data_received", "on_body", "on_header",
        "on_headers_complete", "on_message_complete", "on_response_complete", "pause_writing",
        "resume_writing", "shutdown", "timeout_keep_alive_handler",
    ),
    RequestResponseCycle: ("send",),
}  # fmt: skip
#: Attributes that their objects have, once made.
RELIES_ON_MADE = {
    HttpToolsProtocol: (
        "app", "cycle", "expect_100_continue", "flow", "headers", "loop", "parser", "pipeline", "scope", "server_state",
        "tasks", "transport", "url",
    ),
    RequestResponseCycle: (
        "chunked_encoding", "expected_content_length", "keep_alive", "message_event", "more_body", "response_complete",
        "scope", "transport",
    ),
}  # fmt: skip

#: The name of a host and a port, or an address in brackets (RFC 3986 §3.2.2, RFC 9112 §3.2).
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Za-z:.]+\])(?::[0-9]*)?")
_CHECKED = frozenset({b"host", b"content-length", b"expect", b"transfer-encoding"})
_VERSIONS = frozenset({"1.1", "1.0"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection, and all of one process, may take. Sizes are in bytes, times in seconds."""

    head: int = 16_384
    target: int = 8_192
    body: int = 65_536
    #: For a whole head, from the connection or from its first byte; and again for the body.
    arriving: float = 10.0
    #: For an answer of which nothing more is taken.
    stalled: float = 30.0
    #: After a refusal, to read it in: closing at once would reset the connection under whoever is still sending.
    lingering: float = 1.0
    requests: int = 1_000
    streams: int = 2_000
    #: Addresses whose answers last.
    streamed: frozenset[str] = frozenset({"/v1/events"})
    #: Addresses that are answered however busy the process is.
    always: frozenset[str] = frozenset({"/livez", "/readyz"})


class Traffic:
    """What the connections of one process share."""

    __slots__ = ("leaving", "streams")

    def __init__(self) -> None:
        self.streams = 0
        #: Whether the process is about to end: answers then say that their connection closes.
        self.leaving = False


def guarded(limits: Limits, traffic: Traffic) -> type[Guarded]:
    """The protocol with these limits, as uvicorn takes it: a class."""
    streamed = tuple(path.encode() for path in limits.streamed)
    return type(
        "Guarded", (Guarded,), {"limits": limits, "traffic": traffic, "_few": limits.requests, "_streamed": streamed}
    )


class _Refused(Exception):
    """A head or a body that is not taken."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Guarded(HttpToolsProtocol):
    """One connection. Each method that bears a name of uvicorn's does what uvicorn does, and what is said in it."""

    limits = Limits()
    traffic = Traffic()
    #: With fewer tasks than this, and another address than these, nothing needs to be counted.
    _few = 0
    _streamed: tuple[bytes, ...] = ()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._application: Any = self.app
        #: The scope of the head that came last; uvicorn makes the next one at the first byte of the next.
        self._known: object = self.scope
        #: The fields of the head that is arriving which are looked at here.
        self._noted: list[tuple[bytes, bytes]] = []
        #: Bytes of the head that is arriving: those of earlier calls, and with those of this one.
        self._arrived = 0
        self._arriving = 0
        #: Whether a message ended in this call.
        self._completed = False
        #: The bytes of a body so far; whether one is still to come, and whether its request waits for its end.
        self._body = 0
        self._bodied = False
        self._waiting = False
        #: The Host field that was found to be right last: on one connection it is always the same.
        self._host: tuple[bytes, bytes] | None = None
        self._refusal: bytes | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None

    # -- a connection comes and goes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type] # as uvicorn has it
        self._expect_the_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._rest()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        if self._busy() and self.cycle.scope["path"] in self.limits.streamed:
            self._hang_up()

    def timeout_keep_alive_handler(self) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        if self.transport.is_closing():
            return
        self.transport.close()  # what is written already is sent first
        if self.transport.get_write_buffer_size():
            self._watch_progress()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_progress()

    def resume_writing(self) -> None:
        self._rest()
        super().resume_writing()

    def _watch_progress(self) -> None:
        self._rest()
        left = self.transport.get_write_buffer_size()
        self._stall = self.loop.call_later(self.limits.stalled, self._look_at_progress, left)

    def _look_at_progress(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._watch_progress()
        else:
            self.transport.abort()

    def _rest(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    # -- bytes arrive

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return
        self._wake()
        self._completed = False
        self._arriving = self._arrived + len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.cycle.keep_alive = False  # it is answered as if it had not asked; nothing after it can be read
        except httptools.HttpParserError as error:
            self._refuse(*_reason(error))
            return
        if self.scope is not self._known or (not self._completed and not self._bodied and not self._busy()):
            self._weigh_unfinished_head()

    def _wake(self) -> None:
        """Something arrives: the connection is of use."""
        self._unset_keepalive_if_required()

    def _weigh_unfinished_head(self) -> None:
        # After the end of another message, how much of the data was of this head is known only as far as it is parsed.
        self._arrived = self._size_of_head() if self._completed else self._arriving
        if self._arrived > self.limits.head:
            self._refuse(414, _LONG_TARGET) if len(self.url) > self.limits.target else self._refuse(431, _LARGE_HEAD)
        elif self._timer is None:
            self._expect_the_rest()

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    # -- a request arrives: what follows is done for each of them, and written to cost little

    def on_header(self, name: bytes, value: bytes) -> None:
        field = name.lower(), value
        if self.scope is self._known:
            return  # what comes after a body is no part of the head
        if field[0] in _CHECKED:
            self._noted.append(field)
            if field[0] == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
        self.headers.append(field)

    def on_headers_complete(self) -> None:
        if self._timer is not None:
            self._disarm()
        limits = self.limits
        self._known = self.scope
        if len(self.url) > limits.target:
            raise _Refused(414, _LONG_TARGET)
        if self._arriving > limits.head and self._size_of_head() > limits.head:
            raise _Refused(431, _LARGE_HEAD)
        self._arrived = 0
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            raise _Refused(400, "This server speaks HTTP/1.1 and HTTP/1.0.")
        noted, self._noted = self._noted, []
        if len(noted) != 1 or noted[0] != self._host:
            self._check(noted, version)
        if not self._waiting:
            self._take(version)

    def _take(self, _version: str) -> None:
        """The head of a request is complete."""
        self._start()

    def _check(self, noted: list[tuple[bytes, bytes]], version: str) -> None:
        """Refuses what HTTP does not allow, and finds out whether a body follows."""
        hosts = [field for field in noted if field[0] == b"host"]
        if len(hosts) > 1 or (not hosts and version == "1.1"):
            raise _Refused(400, "A request needs one Host header, and not more than one.")
        self._host = hosts[0] if hosts else None
        if hosts and _HOST.fullmatch(hosts[0][1]) is None:
            raise _Refused(400, "The Host header names no host.")
        lengths = [int(value) for name, value in noted if name == b"content-length"]
        coded = any(name == b"transfer-encoding" for name, _ in noted)
        self._body = 0
        self._bodied = any(lengths) or coded
        if self._bodied:
            self._check_body(max(lengths, default=0))
            # Who awaits `100 Continue` sends no body before an answer; the final one is that there is no need for it.
            self._waiting = not self.expect_100_continue
            self._expect_the_rest()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        self._check_body(self._body)

    def _check_body(self, size: int) -> None:
        if size > self.limits.body:
            raise _Refused(413, f"Nothing here takes a body; one over {self.limits.body} bytes is not read.")

    def on_message_complete(self) -> None:
        self._completed = True
        if self._bodied:
            self._bodied = False
            self._disarm()
        if self._waiting:
            self._waiting = False
            self._start()
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def _start(self) -> None:
        """Has the request answered, or queued behind those before it."""
        if len(self.tasks) >= self._few or self.url.startswith(self._streamed):
            self.app = self._application_for(self.url.partition(b"?")[0].decode("latin-1"))
        super().on_headers_complete()
        self.app = self._application
        if self._bodied or self.traffic.leaving:
            self.cycle.keep_alive = False
        if self.scope["http_version"] == "1.0":
            self.cycle.send = _Unframed(self.cycle)  # type: ignore[method-assign,assignment]

    # -- a request is answered

    def _application_for(self, path: str) -> Any:
        limits, streams = self.limits, self.traffic.streams
        if path in limits.streamed:
            return self._streaming if streams < limits.streams else _overloaded
        if len(self.tasks) - streams >= limits.requests and path not in limits.always:
            return _overloaded
        return self._application

    async def _streaming(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.traffic.streams += 1
        try:
            await self._application(scope, receive, send)
        finally:
            self.traffic.streams -= 1

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self.pipeline:
            self.flow.pause_reading()  # or whoever never stops sending could queue without end
        elif self._refusal is not None and not self._busy():
            self._send_refusal()

    def _busy(self) -> bool:
        """Whether something that was asked for on this connection is still to be answered."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first
        return cycle is not None and not cycle.response_complete

    # -- what is refused

    def _expect_the_rest(self) -> None:
        self._disarm()
        self._timer = self.loop.call_later(self.limits.arriving, self._too_slow)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self.scope is self._known and not self._bodied:
            self._hang_up()
        else:
            self._refuse(408, f"The request did not arrive within {self.limits.arriving:g} seconds.")

    def _refuse(self, status: int, detail: str) -> None:
        self._disarm()
        self._refusal = self._written(problems.problem(status, detail, ""))
        if not self._busy():
            self._send_refusal()

    def _written(self, answer: Answer) -> bytes:
        message = Finished(answer, "").form(None).whole
        fields = [*self.server_state.default_headers, (b"connection", b"close")]
        lines = b"".join(b"%s: %s\r\n" % field for field in fields)
        return STATUS_LINE[answer.status] + lines + message.lines + message.body

    def _send_refusal(self) -> None:
        if self.transport.is_closing() or self._refusal is None:
            return
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        self.transport.write(self._refusal)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._disarm()
        self._timer = self.loop.call_later(self.limits.lingering, self.transport.abort)


_LONG_TARGET = "The address is longer than this server reads."
_LARGE_HEAD = "The header fields are larger than this server reads."


def _reason(error: httptools.HttpParserError) -> tuple[int, str]:
    """Status and detail for what the parser, or one of the methods that it calls, refused."""
    cause = error.__context__
    if isinstance(cause, _Refused):
        return cause.status, str(cause)
    if isinstance(error, httptools.HttpParserCallbackError):
        return 400, "The address of the request cannot be read."
    return 400, f"This is no valid HTTP/1.1 request: {error}."


class _Unframed:
    """Sends an answer of unknown length to an HTTP/1.0 caller, who knows no chunks: its end is that of the connection.

    Until all of it is sent, the end of the connection is a reset, whatever ends it: nobody takes a part for the whole.
    """

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._send = cycle.send
        self._endless = False

    async def __call__(self, message: Message) -> None:
        cycle = self._cycle
        if message["type"] == "http.response.start":
            self._endless = all(name.lower() != b"content-length" for name, _ in message.get("headers", ()))
            if self._endless:
                cycle.chunked_encoding = True  # so that uvicorn adds no header that says so
                self._end_by_reset(1)
        elif self._endless:
            cycle.chunked_encoding = False
            cycle.expected_content_length = len(message.get("body", b""))
            if not message.get("more_body"):
                self._end_by_reset(0)
        await self._send(message)  # type: ignore[arg-type] # uvicorn's own type of the same thing

    def _end_by_reset(self, on: int) -> None:
        connection = self._cycle.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", on, 0))


async def _overloaded(scope: Scope, _receive: Receive, send: Send) -> None:
    answer = problems.unavailable("There are too many requests at once.", scope["path"])
    message = Finished(answer, "").form(None).whole
    await send({"type": "http.response.start", "status": message.status, "headers": message.head})
    await send({"type": "http.response.body", "body": message.body})
