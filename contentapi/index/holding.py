"""A look after which more than half of the documents would be gone is not believed at once.

A folder that is not mounted, a checkout that failed half-way, a wrong `rm`: for a moment everything seems to have vanished.
Such a sync is held back until another look, some seconds later, misses the same documents, or until someone confirms it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import apsw

from contentapi.errors import SyncHeld
from contentapi.index import store

#: Seconds after which what is missed still is taken for gone.
REPEATED = 5.0
#: Seconds within which documents that vanish one after the other are one removal.
WINDOW = 10.0
#: Of fewer documents than this, nobody would be surprised.
_FEW = 3


class Missed(Exception):
    """More than half of the documents would be gone: ``held`` is to be kept, and ``message`` to be told."""

    def __init__(self, held: str, message: str) -> None:
        super().__init__(message)
        self.held = held
        self.message = message


def weigh(connection: apsw.Connection, vanished: Sequence[str], before: int, after: int, now: float) -> None:
    """Raises :class:`Missed` when documents have vanished, and less than half is left of what there was.

    ``before`` and ``after`` are how many documents there were and will be. What counts is how many there were when they
    began to vanish, up to :data:`WINDOW` ago: a removal that takes a while is one. Not raised when the last look that was
    held back missed the same ones, long enough ago.
    """
    if not vanished:
        return
    most = _most(connection, before, now)
    if most - after < _FEW or 2 * after >= most:
        store.set_meta(connection, "vanishing", f"{most} {now!r}")
        return
    missed = hashlib.sha256("\0".join(sorted(vanished)).encode()).hexdigest()[:32]
    earlier, _, since = (store.meta(connection, "held") or "").partition(" ")
    if earlier != missed:
        since = repr(now)
    elif now - float(since) >= REPEATED:
        connection.execute("DELETE FROM meta WHERE key = 'vanishing'")
        return
    raise Missed(
        f"{missed} {since}",
        f"{most - after} of {most} documents have vanished from the folder. What is served now goes on being served until "
        f"another look, {REPEATED:g} seconds later, misses them too.",
    )


def _most(connection: apsw.Connection, before: int, now: float) -> int:
    """How many documents there were before the first of those that vanished one shortly after the other."""
    most, _, last = (store.meta(connection, "vanishing") or "").partition(" ")
    return max(before, int(most)) if last and 0 <= now - float(last) < WINDOW else before


def hold(connection: apsw.Connection, missed: Missed) -> SyncHeld:
    """Keeps what was missed, for the next look, and gives the error to raise."""
    with connection:
        store.set_meta(connection, "held", missed.held)
        store.put_fault(connection, missed.message)
    return SyncHeld(missed.message)


def believe(connection: apsw.Connection) -> None:
    """After a look at everything: nothing is missed any more."""
    connection.execute("DELETE FROM meta WHERE key = 'held'")
