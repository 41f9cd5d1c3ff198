"""The answers of the next revision, made between requests while those of the last one are still sent.

When the content changes, every answer has to be made anew. A worker that many ask would make them all at once, and who
asks meanwhile would wait for all of them. So it makes those most asked for one after the other, pausing as long as each
took, and turns to the new revision when it has them, 0.3 seconds later at the latest. Each answer is of one revision.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from contentapi.web.finished import Key

#: Seconds for which the answers of a revision may still be sent after another one was seen.
LATEST = 0.3
#: So many answers at most are made ahead, and so many requests a second make it worth while.
MOST, BUSY = 200, 100.0
#: The least pause, in seconds, between two of them.
_PAUSE = 0.001

Make = Callable[[Key, bytes | None], Awaitable[object]]


class Ahead:
    """Makes answers with ``make``, which keeps them, and then has someone turn to them."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._task: asyncio.Task[None] | None = None

    def begin(self, wanted: Sequence[tuple[Key, bytes | None]], turn: Callable[[], None], until: float) -> None:
        """Makes these answers until that time of the monotonic clock; then, or when all are made, calls ``turn``."""
        self.cancel()
        self._task = asyncio.get_running_loop().create_task(self._run(wanted, turn, until))

    def cancel(self) -> None:
        """Forgets what was begun; nobody turns to it."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, wanted: Sequence[tuple[Key, bytes | None]], turn: Callable[[], None], until: float) -> None:
        try:
            for key, accept in wanted:
                begun = time.monotonic()
                if begun >= until:
                    break
                await self._make(key, accept)
                await asyncio.sleep(max(_PAUSE, time.monotonic() - begun))
        finally:
            if self._task is asyncio.current_task():
                self._task = None
                turn()
