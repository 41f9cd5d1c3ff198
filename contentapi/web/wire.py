"""Finished answers at the speed of the wire: written by the protocol itself, before there is a request, a scope or a task.

Most requests ask for what was just answered. :class:`Direct` recognises them when their head is complete, has coding and
304 chosen by the same code as everyone else, and writes head and body at once. What a whole head asks for is remembered:
the same bytes, on whichever connection, are not read twice. Whatever is not plainly such a request (another method, a body,
a condition that may fail, a connection that closes, an answer still being written) goes the long way through uvicorn and
the application, which gives the same bytes; ``serve --no-direct`` sends every request that way.

It takes the place of two of uvicorn's methods. :func:`supported` looks whether they still are what they were: where a
release has changed them, the long way is the only one, and a test says so.
"""

from __future__ import annotations

import hashlib
import inspect
import time
from collections.abc import Callable
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from contentapi.web.finished import Finished, Message, Wanted
from contentapi.web.protocol import Guarded, Limits, Traffic, guarded

#: What :class:`Direct` does in the place of uvicorn, as digests of its source, in all releases that were tried.
_REPLACED = {
    "on_message_begin": {"96d377fdc7c2baef"},
    "on_response_complete": {"64e254f28e389e76"},
}
#: The longest head that is remembered, in bytes, and how many are.
_LONGEST, _MOST = 2_048, 4_096


class Front(Protocol):
    """What knows the finished answers: the application."""

    def ready(self, wanted: Wanted, now: float) -> tuple[Finished, Message] | None:
        """What a request is answered with when that is finished; None when the long way must find out."""


def supported() -> bool:
    """Whether this release of uvicorn has the two methods as they are known here."""
    return all(_digest(getattr(HttpToolsProtocol, name, None)) in known for name, known in _REPLACED.items())


def _digest(method: Callable[..., object] | None) -> str:
    try:
        source = inspect.getsource(method) if method is not None else ""
    except OSError:
        return ""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def direct(limits: Limits, traffic: Traffic, front: Front) -> type[Guarded]:
    """The guarded protocol that sends what ``front`` has finished by itself, as uvicorn takes it: a class."""
    return type("Direct", (Direct, guarded(limits, traffic)), {"front": front, "known": {}})


class Direct(Guarded):
    """One connection. Each method that bears a name of its parents' does what they do, and what is said in it."""

    front: Front
    #: What each head asks for that came whole and alone, on any connection.
    known: dict[bytes, Wanted]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        #: How many requests began in the bytes at hand, and what the last one that began wants if it was answered from here.
        self._begun = 0
        self._wanted: Wanted | None = None
        #: When this connection was last of use, in seconds of the monotonic clock.
        self._used = 0.0
        #: The fields that stand on every answer (the date), and their lines: made once for each second.
        self._fields: object = None
        self._lines = b""

    # -- a request arrives

    def data_received(self, data: bytes) -> None:
        between = self._is_between()
        wanted = self.known.get(data) if between and not self._busy() else None
        if wanted is not None and self._is_free() and self._answered(wanted):
            return
        self._begun = 0
        super().data_received(data)
        if between:
            self._remember(data)

    def _remember(self, data: bytes) -> None:
        """Keeps what a head asks for that was whole, alone, and answered from here."""
        wanted = self._wanted
        if wanted is not None and self._begun == 1 and self._completed and len(data) <= _LONGEST:
            if len(self.known) >= _MOST:
                self.known.clear()
            self.known[data] = wanted

    def _is_between(self) -> bool:
        """Whether the last byte so far was the last one of a request, so that the next one begins another."""
        return self._timer is None and self._refusal is None and self.scope is self._known and not self._bodied

    def on_message_begin(self) -> None:
        # uvicorn makes a scope here. It is made when someone needs one; until then this is what tells two requests apart.
        self._begun += 1
        self._wanted = None
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.scope = object()  # type: ignore[assignment]

    def _take(self, version: str) -> None:
        if self._is_plain(version) and self._is_free() and not self._busy():
            wanted = Wanted.of(self.parser.get_method(), self.url, self.headers)
            if wanted is not None and self._answered(wanted):
                self._wanted = wanted
                return
        self._start()

    def _is_plain(self, version: str) -> bool:
        """Whether the head by itself decides what happens: nothing follows it, and the connection stays."""
        parser = self.parser
        return (
            version == "1.1" and not self._bodied and not self.expect_100_continue
            and parser.should_keep_alive() and not parser.should_upgrade()
        )  # fmt: skip

    def _is_free(self) -> bool:
        """Whether an answer may be written now."""
        return (
            not self.flow.write_paused and not self.traffic.leaving and len(self.tasks) < self._few
            and not self.access_log and not self.transport.is_closing()
        )  # fmt: skip

    def _start(self) -> None:
        url, headers, expecting = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expecting
        self.headers.extend(headers)
        self._known = self.scope
        super()._start()

    def on_message_complete(self) -> None:
        if self._wanted is not None:
            self._completed = True
        else:
            super().on_message_complete()

    # -- it is answered

    def _answered(self, wanted: Wanted) -> bool:
        started = time.monotonic()
        ready = self.front.ready(wanted, started)
        if ready is None:
            return False
        found, message = ready
        state = self.server_state
        if state.default_headers is not self._fields:
            self._fields = state.default_headers
            self._lines = b"".join(b"%s: %s\r\n" % field for field in state.default_headers)
        body = message.body if wanted.whole else b""
        self.transport.write(b"".join((STATUS_LINE[message.status], self._lines, message.lines, body)))
        state.total_requests += 1
        self._used = time.monotonic()
        found.meter.note(message.status, self._used - started)
        if self.timeout_keep_alive_task is None:
            self._look_again_in(self.timeout_keep_alive)
        return True

    # -- nothing arrives: one timer looks how long nothing has, instead of one for each request

    def _wake(self) -> None:
        pass

    def _look_again_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        left = self._used + self.timeout_keep_alive - time.monotonic()
        if self._busy() or self._timer is not None:
            return  # the end of what is under way sets the timer anew
        if left > 0:
            self._look_again_in(left)
        else:
            super().timeout_keep_alive_handler()
