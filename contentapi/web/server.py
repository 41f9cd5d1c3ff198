"""Runs the application under uvicorn, in one worker process, and ends it so that nobody notices."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import uvicorn

from contentapi.index.reader import Index
from contentapi.settings import Settings
from contentapi.web import wire
from contentapi.web.app import Front, create_app
from contentapi.web.protocol import Guarded, Limits, Traffic, guarded

_log = logging.getLogger("contentapi.serve")

#: Seconds for which a connection may wait for its next request: longer than the proxies in front keep theirs (60 mostly),
#: so that it is they who close it, and none of their requests meets a closed one.
_IDLE = 75
#: Seconds that connections get to be used once more, and told to close, when another process has taken this one's place.
_HANDOVER = 1.0
#: Of the grace time, what is left to the parent to put things away.
_RESERVE = 1.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How the whole service ends, as its parent says: None while it does not, else the seconds until nobody is let in."""

    drain: Callable[[], float | None]
    grace: float


def serve(
    settings: Settings,
    listener: socket.socket,
    *,
    ready: Callable[[], bool],
    started: Callable[[], None],
    ending: Ending,
) -> None:
    """Answers on a listening socket until SIGTERM, then lets requests in flight finish. ``started`` is told at the start."""
    logging.getLogger("uvicorn.error").addFilter(_not_cancelled)
    index = Index(settings.index, settings.site)
    traffic = Traffic()
    front = create_app(settings, index=index, ready=ready, ahead=True)
    config = uvicorn.Config(
        front,
        http=_protocol(settings, traffic, front),
        ws="none",
        loop="uvloop",
        interface="asgi3",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=max(1, int(ending.grace - _RESERVE)),
    )
    try:
        _Server(config, traffic, started, ending).run(sockets=[listener])
    finally:
        index.close()


def _protocol(settings: Settings, traffic: Traffic, front: Front) -> type[Guarded]:
    if not settings.direct:
        return guarded(Limits(), traffic)
    if not wire.supported():
        _log.warning("This release of uvicorn is not known: finished answers go the long way, which is slower.")
        return guarded(Limits(), traffic)
    return wire.direct(Limits(), traffic, front)


class _Server(uvicorn.Server):
    """uvicorn's server, ended in two steps: callers are sent elsewhere first, the doors are closed then."""

    def __init__(self, config: uvicorn.Config, traffic: Traffic, started: Callable[[], None], ending: Ending) -> None:
        super().__init__(config)
        self._traffic = traffic
        self._tell_started = started
        self._ending = ending
        self._leaving_since: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._tell_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's
        # Ctrl-C reaches every process of a terminal; the parent alone decides who ends when.
        if sig != signal.SIGINT and self._leaving_since is None:
            self._leaving_since = time.monotonic()
            self._traffic.leaving = True

    async def on_tick(self, counter: int) -> bool:
        if self._leaving_since is not None:
            drain = self._ending.drain()
            if drain is None:  # this worker was replaced: the others let in who comes
                for server in self.servers:
                    server.close()
            passed = time.monotonic() - self._leaving_since
            self.should_exit = passed >= (_HANDOVER if drain is None else drain)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        passed = time.monotonic() - (self._leaving_since or time.monotonic())
        left = max(0.0, self._ending.grace - _RESERVE - passed)
        # Whoever is still being answered then is told by the end of the connection.
        asyncio.get_running_loop().call_later(left, self._hang_up)
        await super().shutdown(sockets=sockets)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _not_cancelled(record: logging.LogRecord) -> bool:
    """Leaves out the trace of a request that was cut off at the end of the grace time."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
