"""Child processes as their parent has them: how one starts, tells, dies, and is followed by the next; what all read."""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

_fork = multiprocessing.get_context("fork")

#: The signals that end the service. Its parent takes them; to a child it sends SIGTERM.
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
#: Seconds: a child that lives longer has not died of how it starts; how long the next one waits at first, and at most.
_STEADY, _PAUSE, _LONGEST_PAUSE = 10.0, 0.2, 30.0

Tell = Callable[[object], None]


class Board:
    """What the parent writes and all its children read. Plain bytes: a process that dies holds no lock on them."""

    _SYNCED, _DRAINING, _HURRYING = range(3)

    def __init__(self) -> None:
        self._bytes = mmap.mmap(-1, 3)

    @property
    def synced(self) -> bool:
        return self._bytes[self._SYNCED] == 1

    @property
    def draining(self) -> bool:
        return self._bytes[self._DRAINING] == 1

    @property
    def hurrying(self) -> bool:
        return self._bytes[self._HURRYING] == 1

    def ready(self) -> bool:
        """Whether the first sync is complete, and the end not near."""
        return self.synced and not self.draining

    def set_synced(self) -> None:
        self._bytes[self._SYNCED] = 1

    def drain(self, *, hurry: bool) -> None:
        """Says that the service is about to end; in a hurry, without waiting for anyone to notice."""
        self._bytes[self._HURRYING] = hurry or self.hurrying
        self._bytes[self._DRAINING] = 1


class Life:
    """A pipe that ends when the parent does, however it ends: nobody else holds the other end."""

    def __init__(self) -> None:
        self._seen, self._held = os.pipe()

    def follow(self, grace: float) -> None:
        """In a child: ends this process when the parent has died, so that nothing is left to hold the port or the lock."""
        os.close(self._held)
        follow_pipe(self._seen, grace)


def follow_pipe(descriptor: int, grace: float) -> None:
    """Ends this process at the end of a pipe: with SIGTERM, and when that does not help within the grace time, at once."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(descriptor, 1024):
                pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=wait, name="life", daemon=True).start()


@dataclass(slots=True, eq=False)
class Child:
    """One process, a fork of this one, and the pipe it tells through. Its death is the end of that pipe."""

    process: ForkProcess
    told: Connection
    born: float
    started: bool = False
    #: When it is to have gone, if it was sent away.
    leaves_by: float = float("inf")

    @classmethod
    def fork(cls, work: Callable[[Tell], None], life: Life, grace: float) -> Child:
        """Starts a child that does some work, telling of it, and ends when its parent dies."""
        told, telling = _fork.Pipe(duplex=False)

        def child() -> None:
            _forget_handlers()
            life.follow(grace)
            work(telling.send)

        process = _fork.Process(target=child)
        # A signal that comes before the child has its own handlers would run a copy of the parent's there, and be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        telling.close()
        return cls(process, told, time.monotonic())

    def messages(self) -> Iterator[object]:
        """What it has told since the last look."""
        try:
            while not self.told.closed and self.told.poll():
                yield self.told.recv()
        except (EOFError, OSError):
            self.told.close()

    def send_away(self, seconds: float) -> None:
        """Asks it to end, and remembers until when."""
        self.process.terminate()
        self.leaves_by = time.monotonic() + seconds

    def gone(self) -> bool:
        """Whether it has ended. One that should have by now is ended."""
        if time.monotonic() >= self.leaves_by:
            self.process.kill()
        return not self.process.is_alive()

    def forget(self) -> int:
        """Lets go of what is left of it; returns its exit code."""
        self.process.join()
        code = self.process.exitcode or 0
        self.told.close()
        self.process.close()
        return code


@dataclass(slots=True, eq=False)
class Place:
    """Where one child lives, and after its death the next one: at once, and later each time one dies young."""

    name: str
    start: Callable[[], Child]
    #: Whoever must have gone before anyone comes here.
    after: Child | None = None
    child: Child | None = None
    deaths: int = 0
    due: float = 0.0
    #: Nobody is to come here any more.
    done: bool = False

    def awaited(self) -> bool:
        """Whether a child is to be started here when its time has come."""
        return self.child is None and not self.done and self.after is None

    def fill(self) -> None:
        """Starts a child if it is time."""
        if self.awaited() and time.monotonic() >= self.due:
            self.child = self.start()

    def bury(self) -> int:
        """Forgets the child, which died, and says when the next one comes; returns its exit code."""
        (child,) = self.vacate()
        now = time.monotonic()
        if now - child.born > _STEADY:
            self.deaths = 0
        self.due = now + (min(_PAUSE * 2 ** (self.deaths - 1), _LONGEST_PAUSE) if self.deaths else 0.0)
        self.deaths += 1
        return child.forget()

    def settled(self) -> bool:
        """Whether who is here has started, or nobody needs to be."""
        return self.done or (self.child is not None and self.child.started)

    def vacate(self) -> list[Child]:
        """The child, if there is one, who has no place here any more."""
        child, self.child = self.child, None
        return [child] if child is not None else []


def _forget_handlers() -> None:
    """In a child: ends by SIGTERM alone. What a terminal sends, it sends to the whole group; the parent decides."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
