"""A service in processes of its own, as an operator starts it: what it says, who its children are, and how it ends."""

from __future__ import annotations

import ctypes
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
#: Compiled once for all tests, wherever the code may not be written to: starting is what these tests do all the time.
COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "contentapi-tests")}
#: Seconds that nothing here comes near on a machine that works: what takes longer has failed.
PATIENCE = 30.0


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(entry.name))
    return sorted(found)


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / f"{pid}" / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def holds(pid: int, path: Path) -> bool:
    """Whether a process has a file open."""
    try:
        return path in [one.readlink() for one in (Path("/proc") / f"{pid}" / "fd").iterdir()]
    except OSError:
        return False


def bound_by_permissions() -> None:
    """In a child before it becomes another program: root, too, may then write only where permissions say so."""
    libc = ctypes.CDLL(None, use_errno=True)
    dropping, override, search, owner = 24, 1, 2, 3
    for capability in (override, search, owner):
        if os.geteuid() == 0 and libc.prctl(dropping, capability, 0, 0, 0) != 0:
            os._exit(99)


def _as_on_a_terminal(before: Callable[[], None] | None) -> None:
    # Tests that were started in the background ignore Ctrl-C, and whom they start would too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if before is not None:
        before()


class Service:
    """One command that serves, in a session of its own, with its standard error in a file."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        *,
        environ: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        before: Callable[[], None] | None = None,
        **user: Any,
    ) -> None:
        self._log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **COMPILED, **(environ or {})},
                cwd=cwd,
                start_new_session=True,
                preexec_fn=partial(_as_on_a_terminal, before),  # noqa: PLW1509 - this test has no thread when it starts one
                **user,
            )
        self.port = 0
        self.said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        family = [self.process.pid, *children(self.process.pid)]
        for pid in family:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        until(lambda: not any(alive(pid) for pid in family))
        if error is not None:
            sys.stdout.write(self.log)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def announced(self) -> Self:
        """Waits until it says where it answers."""
        stdout = self.process.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], PATIENCE)
        assert ready, self.log
        self.said = stdout.readline().decode()
        assert "://" in self.said, self.log
        self.port = int(self.said.rpartition(":")[2])
        return self

    def get(self, path: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, headers, answer.read())
        finally:
            connection.close()

    def status(self, path: str) -> int:
        """The status at an address; 0 when there is no answer."""
        try:
            return self.get(path).status
        except (OSError, http.client.HTTPException):
            return 0

    def children(self) -> list[int]:
        return children(self.process.pid)

    def writer(self, index: Path) -> int:
        """The child that holds the lock of the index."""
        found: list[int] = []
        # One look settles it: a writer that has just started lets the lock go once before it keeps it.
        until(lambda: found.extend(pid for pid in self.children() if holds(pid, Path(f"{index}.lock"))) or found)
        return found[0]

    def end(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal, and returns the exit code; nothing is left behind."""
        family = self.children()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        assert not any(alive(pid) for pid in family)
        return code


def serve(folder: Path, index: Path, *flags: str, **options: object) -> Service:
    """``contentapi serve`` on a free port."""
    command = [
        sys.executable,
        "-m",
        "contentapi",
        "serve",
        str(folder),
        "--port",
        "0",
        "--index",
        str(index),
        "--drain",
        "0",
    ]
    command += flags  # of a flag that is given twice, the last one holds
    return Service(command, index.parent / "log", **options)  # type: ignore[arg-type]
