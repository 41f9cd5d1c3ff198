"""The parent of a running service: binds the port, starts one writer and the workers, replaces who dies, and ends them all.

It answers nothing and never opens the index. It has no thread and no event loop either, so that its children can be forks
of it, which start at once and share its memory.
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from errno import EACCES, EADDRINUSE
from multiprocessing import connection

from contentapi.errors import ContentApiError, IndexUnavailable, SettingsError
from contentapi.serve.children import SIGNALS, Board, Child, Life, Place, Tell
from contentapi.serve.writing import DONE, SYNCED, write
from contentapi.settings import Settings

_log = logging.getLogger("contentapi.serve")

#: What a worker tells once it answers.
STARTED = "started"
#: So many deaths in a row, before anything was ever answered, mean that nothing ever will be.
_HOPELESS = 5
#: Connections that may wait to be let in.
_BACKLOG = 2048
#: Seconds between two looks at what no pipe tells of.
_TICK = 1.0


def bind(host: str, port: int) -> socket.socket:
    """A socket of that address, which does not listen yet. Raises :class:`SettingsError` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with _told(host, port, listener):
        listener.bind((host, port))
    return listener


@contextmanager
def _told(host: str, port: int, listener: socket.socket) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        listener.close()
        message = f"{host}:{port} is no address to listen on here: {error}; choose another one with --host and --port"
        if error.errno == EADDRINUSE:
            message = f"port {port} of {host} is in use; choose another one with --port (0 takes a free one)"
        elif error.errno == EACCES:
            message = f"port {port} is not for this user; choose one over 1023 with --port"
        raise SettingsError(message) from error


class Parent:
    """What the parent knows and does, as one loop: wait, hear, replace who died, take over other settings."""

    def __init__(self, settings: Settings, announce: Callable[[str], None]) -> None:
        self._listener = bind(settings.host, settings.port)
        self._asked = settings.host, settings.port
        self._settings = replace(settings, port=int(self._listener.getsockname()[1]))
        self._announce = announce
        self._announced = False
        self._board = Board()
        self._life = Life()
        self._writer = self._place_for_writer()
        self._workers = self._places_for_workers()
        #: Settings told of and not yet taken; whether workers with those that were taken are still to be started; they.
        self._fresh: Settings | None = None
        self._renewing = False
        self._next: list[Place] = []
        #: Those sent away.
        self._leaving: list[Child] = []
        self._stops: list[int] = []
        self._failure: str | None = None

    def run(self) -> int:
        with _waking(self._stops) as wake:
            try:
                self._start()
                while not self._stops and self._failure is None:
                    self._wait(wake)
                    self._look_after_everyone()
                    self._renew()
                    self._tell_where()
            finally:
                self._end(wake)
        if self._failure is not None:
            raise IndexUnavailable(self._failure)
        return 0

    # -- starting

    def _start(self) -> None:
        self._writer.fill()
        # While the writer does its first look, this one imports what all workers need, once for all of them.
        from contentapi.web import server  # noqa: F401, PLC0415

        gc.collect()
        gc.freeze()  # so that the children's collectors leave the shared pages alone
        # Not before: whoever came earlier would wait for all of this, when another server may answer at once.
        with _told(self._settings.host, self._settings.port, self._listener):
            self._listener.listen(_BACKLOG)
        for place in self._workers:
            place.fill()

    def _place_for_writer(self, after: Child | None = None) -> Place:
        settings, listener, life, grace = self._settings, self._listener, self._life, self._settings.grace

        def work(tell: Tell) -> None:
            listener.close()  # or the port would be taken as long as a writer lives
            write(settings, tell)

        return Place("writer", lambda: Child.fork(work, life, grace), after)

    def _places_for_workers(self) -> list[Place]:
        settings, listener, board = self._settings, self._listener, self._board
        life, grace = self._life, self._settings.grace

        def drain() -> float | None:
            return (0.0 if board.hurrying else float(settings.drain)) if board.draining else None

        def work(tell: Tell) -> None:
            from contentapi.web import server  # noqa: PLC0415 - imported already, by the parent

            ending = server.Ending(drain, grace)
            server.serve(settings, listener, ready=board.ready, started=lambda: tell(STARTED), ending=ending)

        return [Place("worker", lambda: Child.fork(work, life, grace)) for _ in range(settings.workers)]

    # -- while it runs

    def _places(self) -> list[Place]:
        return [self._writer, *self._workers, *self._next]

    def _children(self) -> list[Child]:
        return [*(place.child for place in self._places() if place.child is not None), *self._leaving]

    def _wait(self, wake: socket.socket) -> None:
        """Until a child tells something or dies, a signal comes, or someone is due."""
        now = time.monotonic()
        timeout = min([_TICK, *(max(0.0, place.due - now) for place in self._places() if place.awaited())])
        children = self._children()
        pipes = [child.told for child in children if not child.told.closed]
        connection.wait([wake, *pipes, *(child.process.sentinel for child in children)], timeout)
        with suppress(BlockingIOError):
            wake.recv(1024)

    def _look_after_everyone(self) -> None:
        children = self._children()
        gone = [child for child in children if child.gone()]  # before they are heard: whoever is dead has told all
        for child in children:
            self._hear(child)
        for place in self._places():
            place.after = None if place.after in gone else place.after
            if place.child in gone:
                self._bury(place)
            if not self._stops and self._failure is None:
                place.fill()
        for child in [one for one in self._leaving if one in gone]:
            self._leaving.remove(child)
            child.forget()

    def _hear(self, child: Child) -> None:
        for message in child.messages():
            if message == DONE:
                self._writer.done = self._writer.done or child is self._writer.child
            elif isinstance(message, Settings):
                self._fresh = message
            elif isinstance(message, ContentApiError):
                self._failure = self._failure if self._announced else str(message)
            else:
                child.started = True
            if message == SYNCED:
                self._board.set_synced()

    def _bury(self, place: Place) -> None:
        code = place.bury()
        if place.done:
            return
        pause = place.due - time.monotonic()
        again = f"it is replaced in {pause:.1f} s" if pause > 0 else "it is replaced"
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        _log.error("The process of a %s ended (%s); %s.", place.name, how, again)
        if place.deaths >= _HOPELESS and not self._announced:
            self._failure = f"the {place.name} ends as soon as it starts; what it said stands above"

    def _tell_where(self) -> None:
        if not self._announced and self._board.synced and all(place.settled() for place in self._workers):
            self._announced = True
            self._announce(self._settings.listening)

    # -- other settings

    def _renew(self) -> None:
        """Takes other settings over, in steps: another writer; when it has synced, other workers; then the old ones go."""
        if self._fresh is not None:
            self._take(self._fresh)
        elif self._renewing and self._writer.settled():
            self._renewing = False
            self._next = self._places_for_workers()
            for place in self._next:
                place.fill()
        elif self._next and all(place.settled() for place in self._next):
            self._send_away(self._workers)
            self._workers, self._next = self._next, []
            _log.info("The new settings are in force.")

    def _take(self, fresh: Settings) -> None:
        if (fresh.host, fresh.port) != self._asked:
            _log.warning("Another host or port takes effect at the next start.")
        self._settings = replace(fresh, host=self._settings.host, port=self._settings.port)
        self._fresh, self._renewing = None, True
        self._send_away(self._next)
        self._next = []
        before = self._writer.child
        self._send_away([self._writer])
        self._writer = self._place_for_writer(after=before)
        self._writer.fill()

    def _send_away(self, places: list[Place]) -> None:
        for place in places:
            for child in place.vacate():
                child.send_away(self._settings.grace)
                self._leaving.append(child)

    # -- the end

    def _end(self, wake: socket.socket) -> None:
        hurry = not self._announced or self._failure is not None or signal.SIGINT in self._stops
        self._board.drain(hurry=hurry)
        self._listener.close()  # the workers hold it as long as they let anyone in
        self._send_away(self._places())
        while self._leaving:
            left = min(child.leaves_by for child in self._leaving) - time.monotonic()
            connection.wait([wake, *(child.process.sentinel for child in self._leaving)], max(0.0, left))
            with suppress(BlockingIOError):
                wake.recv(1024)
            if len(self._stops) > 1:  # told twice: whoever did is not going to wait
                self._board.drain(hurry=True)
            for child in [one for one in self._leaving if one.gone()]:
                self._leaving.remove(child)
                child.forget()


@contextmanager
def _waking(stops: list[int]) -> Iterator[socket.socket]:
    """Adds the signals that end the service to a list, and to a socket that can be waited for."""
    wake, woken = socket.socketpair()
    wake.setblocking(False)  # noqa: FBT003 - the name says it
    woken.setblocking(False)  # noqa: FBT003
    numbers = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    handlers = {one: signal.signal(one, lambda number, _: stops.append(number)) for one in numbers}
    before = signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    try:
        yield wake
    finally:
        signal.set_wakeup_fd(before)
        for one, handler in handlers.items():
            signal.signal(one, handler)
        wake.close()
        woken.close()
