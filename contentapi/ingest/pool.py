"""Work on source files in processes of their own, so that no document can stall or break whoever asks for it.

A :class:`Pool` hands batches of files to a few child processes and gives back what becomes of each, in order. The kernel
stops a child whose batch takes more time on the processor than one document may; one that wants more memory than it may
have fails; one that dies of whatever else is replaced. The files of that batch are then taken one by one, so that it costs
the one document, whose place in the order holds a :class:`Stopped`. A few files start one child, many start more; none is
kept when nothing is to be done.
"""

from __future__ import annotations

import fcntl
import gc
import multiprocessing
import os
import pickle
import resource
import signal
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from contentapi.ingest.steps import Steps, made, together
from contentapi.model import SourceFile

T = TypeVar("T")

#: What a batch holds at most: as many files, or files of so many bytes together.
_FILES, _BYTES = 128, 200_000
#: So many batches does a child have at most, so that it goes on while its parent is busy with the results of another.
_AHEAD = 2
#: So many bytes wait in a pipe, if the system allows it.
_PIPE = 1 << 20
#: A child that takes so many times its time on the clock is not working but stuck.
_STUCK = 30
#: How much less the children are heard than who answers requests (nice(2)).
_NICE = 10
#: Seconds within which a child that has nothing more to do ends.
_LEAVING = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: ``seconds`` on the processor, ``memory`` in bytes beyond what the child starts with."""

    seconds: float = 2.0
    memory: int = 1_000_000_000


class Stopped(NamedTuple):
    """A document that no result came of. ``slow`` says that its time was up; else ``why`` says what happened."""

    slow: bool
    why: str


#: What is done with a file, told the time.
Work = Callable[[SourceFile, float], Steps[Any]]
Batch = list[SourceFile]


def work(each: Work, files: Iterable[SourceFile], now: float) -> Iterator[Any]:
    """What becomes of each file in this process, in order: its result, or why nothing came of it.

    ``now`` is the time (seconds since the epoch) that the work is told.
    """
    for batch in _batches(files):
        yield from _results(each, batch, now)


def _results(each: Work, batch: Batch, now: float) -> list[Any]:
    with suppress(Exception):
        return together(each(file, now) for file in batch)
    return [_alone(each, file, now) for file in batch]


def _alone(each: Work, file: SourceFile, now: float) -> Any:
    """The result of one file; whatever fails in it costs this one and no other."""
    try:
        return made(each(file, now))
    except MemoryError:
        return Stopped(slow=False, why="it takes more memory than one document may have")
    except Exception:  # noqa: BLE001 - whatever it was
        return Stopped(slow=False, why=traceback.format_exc().strip())


class Pool(Generic[T]):
    """Child processes that do with files what :func:`work` does.

    The children are forks: the work may be any function, and they start at once. They use nothing that the threads of this
    process may hold, and leave every file that it has open.
    """

    def __init__(self, each: Work, limits: Limits | None = None, *, processes: int | None = None) -> None:
        self._each = each
        self._limits = limits or Limits()
        self._most = processes or len(os.sched_getaffinity(0))
        self._children: list[_Child[T]] = []

    def map(self, files: Iterable[SourceFile], now: float) -> Iterator[T | Stopped]:
        """What becomes of each file, in order. ``now`` is the time (seconds since the epoch) that the work is told."""
        messages = (_Message(batch, now) for batch in _batches(files))
        under_way: deque[_Child[T]] = deque()
        try:
            following = self._give(next(messages, None), messages, under_way)
            while under_way:
                results = under_way.popleft().take()
                # Whoever had it is given another before anyone looks at them.
                following = self._give(following, messages, under_way)
                yield from results
        finally:
            if under_way:  # what they still work on is nobody's
                self.close()

    def _give(
        self, message: _Message | None, following: Iterator[_Message], under_way: deque[_Child[T]]
    ) -> _Message | None:
        """Gives messages to those who have the least, and returns the first that nobody has room for."""
        while message is not None:
            child = self._idlest()
            if not child.has_room(message):
                break
            child.give(message)
            under_way.append(child)
            message = next(following, None)
        return message

    def _idlest(self) -> _Child[T]:
        least = min(self._children, key=lambda one: len(one.given), default=None)
        if least is None or (least.given and len(self._children) < self._most):
            least = _Child(self._each, self._limits)
            self._children.append(least)
        return least

    def close(self) -> None:
        """Ends the children. The next :meth:`map` starts others."""
        for child in self._children:
            child.end()
        self._children.clear()


def _batches(files: Iterable[SourceFile]) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for file in files:
        batch.append(file)
        size += len(file.content)
        if len(batch) >= _FILES or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Message:
    """A batch, and the bytes that tell a child of it."""

    def __init__(self, batch: Batch, now: float) -> None:
        self.batch = batch
        self.now = now
        self.content = pickle.dumps((batch, now), pickle.HIGHEST_PROTOCOL)

    def apart(self) -> Iterator[_Message]:
        """Each of its files by itself."""
        return (_Message([file], self.now) for file in self.batch)


class _Child(Generic[T]):
    """One child process, replaced by another whenever it dies."""

    def __init__(self, each: Work, limits: Limits) -> None:
        self._each = each
        self._limits = limits
        #: What it has not given back yet.
        self.given: deque[_Message] = deque()
        self._start()

    def _start(self) -> None:
        asked, self._asks = multiprocessing.Pipe(duplex=False)
        self._results, told = multiprocessing.Pipe(duplex=False)
        _widen(told)
        self._room = _widen(self._asks)
        with warnings.catch_warnings():
            # Python warns of forks beside threads, since a child could wait for ever for what a thread of its parent held.
            # This one takes no lock but those that Python itself makes new in a child.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            _live(asked, told, self._each, self._limits)
        self._process = os.pidfd_open(self._pid)
        asked.close()
        told.close()

    def has_room(self, message: _Message) -> bool:
        """Whether it can be given without waiting for the child, which may be waiting for its parent."""
        waiting = sum(len(one.content) for one in self.given)
        return not self.given or (len(self.given) < _AHEAD and waiting + len(message.content) < self._room)

    def give(self, message: _Message) -> None:
        self.given.append(message)
        self._send([message], self.given)

    def take(self) -> list[T | Stopped]:
        """The results of the message that was given first."""
        message = self.given.popleft()
        results = self._receive()
        if results is not None:
            return results
        cause = _cause(self._replace())
        # Of several files nobody knows which one it was: each gets its own time.
        results = [cause] if len(message.batch) == 1 else [one for file in message.apart() for one in self._taken(file)]
        self._send(self.given, self.given)
        return results

    def _taken(self, message: _Message) -> list[T | Stopped]:
        self._send([message], [message])
        results = self._receive()
        return [_cause(self._replace())] if results is None else results

    def _send(self, new: Iterable[_Message], outstanding: Iterable[_Message]) -> None:
        """Sends what is new; if this child has died while nobody looked, all that is outstanding to another one."""
        try:
            self._write(new)
        except OSError:
            self._replace()
            self._write(outstanding)

    def _write(self, messages: Iterable[_Message]) -> None:
        for message in messages:
            self._asks.send_bytes(message.content)

    def _receive(self) -> list[T | Stopped] | None:
        """The results of a batch; None when there will be none from this process."""
        try:
            if self._results.poll(self._limits.seconds * _STUCK):
                results: list[T | Stopped] = self._results.recv()
                return results
        except (EOFError, OSError):
            pass
        return None

    def _replace(self) -> int | None:
        code = self.end()
        self._start()
        return code

    def end(self) -> int | None:
        """Ends it; returns its exit code (below 0 the number of a signal), None when it does not end by itself."""
        self._asks.close()
        self._results.close()
        leaves = bool(connection.wait([self._process], _LEAVING))
        if not leaves:
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        os.close(self._process)
        return os.waitstatus_to_exitcode(status) if leaves else None


def _widen(pipe: Connection) -> int:
    """Lets more wait in a pipe than usual; says how much, as the system may allow less."""
    with suppress(OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    return fcntl.fcntl(pipe.fileno(), fcntl.F_GETPIPE_SZ)


def _cause(code: int | None) -> Stopped:
    if code is None or code == -signal.SIGPROF:
        return Stopped(slow=True, why="")
    how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return Stopped(slow=False, why=f"the process that read it ended ({how})")


# -- in a child -------------------------------------------------------------------------------------------------------


def _live(asked: Connection, told: Connection, each: Work, limits: Limits) -> NoReturn:
    """Works on batches until the parent has closed its ends, or has died. Nothing of the parent runs after it."""
    try:
        _become_another((asked.fileno(), told.fileno()), limits.memory)
        while True:
            batch, now = asked.recv()
            # The time on the processor; when it is up, the kernel ends this process, wherever it is (setitimer(2)).
            signal.setitimer(signal.ITIMER_PROF, limits.seconds)
            results = _results(each, batch, now)
            signal.setitimer(signal.ITIMER_PROF, 0)
            told.send(results)
            del results
            gc.collect(0)  # what the batch left, looked through once and not a dozen times
    except (EOFError, OSError):
        os._exit(0)
    except BaseException:  # noqa: BLE001 - it must not go on as its parent
        traceback.print_exc()
    os._exit(1)


def _become_another(pipes: tuple[int, int], memory: int) -> None:
    """Lets go of what the parent has: its handlers of signals, its open files; and takes no more memory than it may."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first, second = sorted(pipes)
    os.closerange(3, first)
    os.closerange(first + 1, second)
    os.closerange(second + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.nice(_NICE)
    gc.disable()
    gc.freeze()  # what the parent holds is not looked through, so that its memory stays shared
    _bound_memory(memory)


def _bound_memory(more: int) -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    soft = pages * resource.getpagesize() + more
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
