"""Who waits for another revision to be served: all of one process together, with one look at the index for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

#: Seconds between two looks while anyone waits.
_EVERY = 0.1


class Revisions:
    """Tells when another revision is served. ``look`` gives the one that is; None when the service is about to end."""

    def __init__(self, look: Callable[[], str | None]) -> None:
        self._look = look
        self._waiting: set[asyncio.Future[None]] = set()
        self._task: asyncio.Task[None] | None = None

    async def other(self, known: str, seconds: float) -> str | None:
        """The revision that is served when it is no longer this one, or after so many seconds; None at the end."""
        until = asyncio.get_running_loop().time() + seconds
        while (now := self._look()) == known and (left := until - asyncio.get_running_loop().time()) > 0:
            await self._news(left)
        return now

    async def _news(self, seconds: float) -> None:
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(told)
        if self._task is None or self._task.done() or self._task.cancelling():
            self._task = asyncio.create_task(self._watch())
        try:
            await asyncio.wait({told}, timeout=seconds)
        finally:
            told.cancel()
            self._waiting.discard(told)
            if not self._waiting:
                self._task.cancel()

    async def _watch(self) -> None:
        known = self._look()
        while self._waiting:
            await asyncio.sleep(_EVERY)
            now = self._look()
            if now != known:
                known = now
                for told in self._waiting:
                    if not told.done():
                        told.set_result(None)
