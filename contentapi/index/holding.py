"""A look after which more than half of the documents would be gone is not believed at once.

A folder that is not mounted, a checkout that failed half-way, a wrong `rm`: for a moment everything seems to have vanished.
Such a sync is held back until another look, some seconds later, misses the same documents, or until someone confirms it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import apsw

from contentapi.errors import SyncHeld
from contentapi.index import database, store

#: Seconds after which what is missed still is taken for gone.
REPEATED = 5.0
#: Of fewer documents than this, nobody would be surprised.
_FEW = 3


class Missed(Exception):
    """More than half of the documents would be gone: ``held`` is to be kept, and ``message`` to be told."""

    def __init__(self, held: str, message: str) -> None:
        super().__init__(message)
        self.held = held
        self.message = message


def weigh(connection: apsw.Connection, vanished: Sequence[str], new: int, now: float) -> None:
    """Raises :class:`Missed` when too many documents have vanished (their rows are gone already) and few are new.

    Not when the last look that was held back missed the same ones, long enough ago.
    """
    if len(vanished) < _FEW:
        return
    left = int(database.select(connection, "SELECT count(*) FROM document").get)
    total = left + len(vanished)
    if 2 * (left + new) >= total:
        return
    missed = hashlib.sha256("\0".join(sorted(vanished)).encode()).hexdigest()[:32]
    before, _, since = (store.meta(connection, "held") or "").partition(" ")
    if before != missed:
        since = repr(now)
    elif now - float(since) >= REPEATED:
        return
    raise Missed(
        f"{missed} {since}",
        f"{len(vanished)} of {total} documents have vanished from the folder. They go on being served until another look, "
        f"{REPEATED:g} seconds later, misses them too.",
    )


def hold(connection: apsw.Connection, missed: Missed) -> SyncHeld:
    """Keeps what was missed, for the next look, and gives the error to raise."""
    with connection:
        store.set_meta(connection, "held", missed.held)
        store.put_fault(connection, missed.message)
    return SyncHeld(missed.message)


def believe(connection: apsw.Connection) -> None:
    """After a look at everything: nothing is missed any more."""
    connection.execute("DELETE FROM meta WHERE key = 'held'")
