"""``contentapi.asgi:app``: the same service under any ASGI server, configured by CONTENTAPI_* variables.

The folder is CONTENTAPI_FOLDER (``content`` unless given). Each server process starts another one that writes; the lock of
the index lets one of these write at a time, and the next one when it ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp

from contentapi import settings
from contentapi.index.reader import Index
from contentapi.serve.writing import DONE, SYNCED
from contentapi.web.app import create_app

#: Seconds after which a writer that ended is started again, and to which that grows when it ends again and again.
_PAUSE, _LONGEST_PAUSE = 0.2, 30.0
_COMMAND = "from contentapi.serve.writing import follow_from_environment; follow_from_environment()"


class _Writer:
    """The writing process of this server process. It lives as long as its standard input: until we end, however we do."""

    def __init__(self) -> None:
        self.synced = threading.Event()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._keeper = threading.Thread(target=self._keep, name="writer", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
        self._keeper.join()

    def _keep(self) -> None:
        pause = _PAUSE
        while not self._stopping.is_set():
            if self._lived():
                return
            self._stopping.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _lived(self) -> bool:
        """Runs a writer to its end; returns whether all is done."""
        paths = os.pathsep.join(path for path in sys.path if path)
        with subprocess.Popen(  # noqa: S603 - our own interpreter, and a constant
            [sys.executable, "-c", _COMMAND],
            env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # what a terminal sends is the server's to handle
        ) as process:
            self._process = process
            if self._stopping.is_set():
                process.terminate()
            told = set()
            for line in process.stdout or ():
                told.add(line.strip())
                if SYNCED in told:
                    self.synced.set()
        return DONE in told


def _create() -> ASGIApp:
    read = settings.load()
    writer = _Writer()
    index = Index(read.index, read.site)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        writer.start()
        try:
            yield
        finally:
            writer.stop()
            index.close()

    return create_app(read, index=index, ready=writer.synced.is_set, lifespan=lifespan)


app = _create()
