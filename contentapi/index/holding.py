"""A look after which more than half of the documents would be gone is not believed at once.

A folder that is not mounted, a checkout that failed half-way, a wrong `rm`: for a moment everything seems to have vanished.
Such a sync is held back until another look, some seconds later, misses the same documents, or until someone confirms it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import apsw
import orjson

from contentapi.errors import SyncHeld
from contentapi.index import store
from contentapi.index.reader import Reader
from contentapi.model import Diagnostic, Severity

#: Seconds after which what is missed still is taken for gone.
REPEATED = 5.0
#: Seconds within which documents that vanish one after the other are one removal.
WINDOW = 10.0
#: Of fewer documents than this, nobody would be surprised.
_FEW = 3
#: So many of the files that are missed are named.
_NAMED = 10
#: How someone says that they are gone, whatever another look sees.
_CONFIRM = "`contentapi index --confirm`"


class Missed(Exception):
    """More than half of the documents would be gone: ``gone`` of ``most``, and of those ``files`` at this look.

    ``held`` is to be kept, so that another look knows whether it misses the same.
    """

    def __init__(self, held: str, gone: int, most: int, files: Sequence[str]) -> None:
        super().__init__(
            f"{_counted(gone, most)} What is served now goes on being served until another look, {REPEATED:g} seconds "
            f"later, misses them too, or until {_CONFIRM} says that they are gone."
        )
        self.held = held
        self.told = store.json([gone, most, files[:_NAMED]])


def _counted(gone: int, most: int) -> str:
    return f"{gone} of {most} documents have vanished from the folder."


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
    files = sorted(vanished)
    missed = hashlib.sha256("\0".join(files).encode()).hexdigest()[:32]
    earlier, _, since = (store.meta(connection, "held") or "").partition(" ")
    if earlier != missed:
        since = repr(now)
    elif now - float(since) >= REPEATED:
        connection.execute("DELETE FROM meta WHERE key = 'vanishing'")
        believe(connection)
        return
    raise Missed(f"{missed} {since}", most - after, most, files)


def _most(connection: apsw.Connection, before: int, now: float) -> int:
    """How many documents there were before the first of those that vanished one shortly after the other."""
    most, _, last = (store.meta(connection, "vanishing") or "").partition(" ")
    return max(before, int(most)) if last and 0 <= now - float(last) < WINDOW else before


def hold(connection: apsw.Connection, missed: Missed) -> SyncHeld:
    """Keeps what was missed, for the next look, and gives the error to raise."""
    with connection:
        store.set_meta(connection, "held", missed.held)
        store.set_meta(connection, "missed", missed.told)
        store.put_fault(connection, str(missed))
    return SyncHeld(str(missed))


def believe(connection: apsw.Connection) -> None:
    """What is missed is there again, or taken for gone: nothing is held back any more."""
    connection.execute("DELETE FROM meta WHERE key IN ('held', 'missed')")


def told(reader: Reader) -> Iterator[Diagnostic]:
    """What is missed, while a sync is held back."""
    missed = reader.meta("missed")
    if not missed:
        return
    gone, most, (first, *others) = orjson.loads(missed)
    yield Diagnostic(
        "documents-missing",
        Severity.ERROR,
        first,
        f"{_counted(gone, most)} They go on being served until another look, {REPEATED:g} seconds later, misses them too.",
        f"Put them back; or, when they are meant to be gone, wait for that look, or run {_CONFIRM}.",
        related=tuple(others),
    )
