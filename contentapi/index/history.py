"""What was served, and what changed with each sync, as far back as the index remembers: written here, read by ``changes``.

A document that moves stays the same one: its file has another path, or it is found at another address. It is the same when
its ``id`` is, or its bytes are, or when it says itself (``redirect_from``) that it was there.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import apsw
import orjson

from contentapi.index import database, store
from contentapi.index.affected import Affected
from contentapi.index.owners import Touched
from contentapi.index.reader import Reader
from contentapi.model import Site

#: So many syncs are remembered, and what vanished with them.
KEPT = 10_000


class Brief(NamedTuple):
    """A listed document, as far as it must be known to tell that it is gone."""

    source: str
    digest: str
    id: str
    collection: str
    type: str
    path: str | None
    key: str | None


_BRIEF = ", ".join(Brief._fields)
_ID, _DIGEST, _KEY = attrgetter("id"), attrgetter("digest"), attrgetter("key")


def _the(name: Callable[[Brief], str]) -> Callable[[Brief], list[str]]:
    return lambda one: [name(one)]


class Scope(NamedTuple):
    """What a sync touched: the addresses and slugs, the files; or, that all may be others."""

    touched: Touched
    files: frozenset[str]
    everything: bool


def record(connection: apsw.Connection, site: Site, scope: Scope, revision: str, now: float) -> None:
    """Writes down what this sync changes, before it is committed. The first one of an index changes nothing."""
    last = database.select(connection, "SELECT revision FROM sync ORDER BY sequence DESC LIMIT 1").get
    if last is None:
        store.set_meta(connection, "history", secrets.token_hex(8))
        _begin(connection, revision, now)
        return
    with closing(database.open_for_reading(Path(connection.filename))) as other:
        before, after = Reader(other, site, {}), Reader(connection, site, {})
        affected = Affected(before, after, scope.touched, scope.files, everything=scope.everything)
        sources = set() if scope.everything else affected.look()
        only = None if affected.everything else sources
        was, now_is = _listed(before, only), _listed(after, only)
    if was or now_is or revision != last:
        _Entry(connection, _begin(connection, revision, now)).write(was, now_is)


def _begin(connection: apsw.Connection, revision: str, now: float) -> int:
    """Gives this sync its number, and forgets what is too long ago."""
    connection.execute("INSERT INTO sync (revision, seen) VALUES (?, ?)", (revision, now))
    number = connection.last_insert_rowid()
    oldest = number - KEPT
    if database.select(connection, "SELECT 1 FROM sync WHERE sequence <= ?", (oldest,)).fetchone():
        connection.execute("DELETE FROM sync WHERE sequence <= ?", (oldest,))
        connection.execute("DELETE FROM moved WHERE sequence <= ?", (oldest,))
        connection.execute("DELETE FROM change WHERE sequence <= ?", (oldest,))
    return number


def _listed(reader: Reader, only: Iterable[str] | None) -> dict[str, Brief]:
    """The listed documents by source file: of these files, or all."""
    query = f"SELECT {_BRIEF} FROM document WHERE served AND NOT hidden"
    if only is None:
        rows = reader.select(query)
    else:
        wanted = orjson.dumps(sorted(only)).decode()
        rows = reader.select(f"{query} AND source IN (SELECT value FROM json_each(?))", (wanted,))
    return {one.source: one for one in (Brief(*row) for row in rows)}


class _Entry:
    """The rows of one sync."""

    def __init__(self, connection: apsw.Connection, sequence: int) -> None:
        self._connection = connection
        self._sequence = sequence

    def write(self, before: dict[str, Brief], after: dict[str, Brief]) -> None:
        """Writes what became of these documents."""
        came = [one for source, one in sorted(after.items()) if source not in before]
        left = [one for source, one in sorted(before.items()) if source not in after]
        for one in came:
            self._begin_anew(one.source)
        origins = {source: before[source] for source in after if source in before} | self._moves(came, left)
        for source, origin in origins.items():
            one = after[source]
            if (origin.source, origin.id, origin.path) != (source, one.id, one.path):
                self._move(one, origin)
        for source, one in after.items():
            self._change(one, added=source not in before, gone=False)
        for one in left:
            self._tell_again(one.source)
            self._change(one, added=False, gone=True)

    def _moves(self, came: list[Brief], left: list[Brief]) -> dict[str, Brief]:
        """Of the documents that came, those that are one that left: source file, and what it was."""
        found: dict[str, Brief] = {}
        taken: set[str] = set()
        for past, now in ((_ID, _the(_ID)), (_DIGEST, _the(_DIGEST)), (_KEY, self._former)):
            known = {past(one): one for one in reversed(left) if one.source not in taken}
            for one in came:
                names = () if one.source in found else now(one)
                origin = next((known.pop(name) for name in names if name in known), None)
                if origin is not None:
                    found[one.source] = origin
                    taken.add(origin.source)
        return found

    def _former(self, one: Brief) -> list[str]:
        """The addresses where a document says that it was."""
        query = "SELECT key FROM redirect WHERE source = ? AND key IS NOT NULL ORDER BY ordinal"
        return [key for (key,) in database.select(self._connection, query, (one.source,))]

    def _begin_anew(self, source: str) -> None:
        """What is there now is another document than the one that moved away from there, or the one that was there."""
        self._tell_again(source)
        self._connection.execute("DELETE FROM moved WHERE source = ?1 OR origin = ?1", (source,))

    def _tell_again(self, source: str) -> None:
        """What a document was called before is gone now by itself: who had been led past that must be told of it."""
        self._connection.execute(
            "UPDATE change SET sequence = ?2 WHERE source IN (WITH RECURSIVE former(source) AS ("
            "SELECT origin FROM moved WHERE source = ?1 UNION"
            " SELECT origin FROM moved JOIN former ON moved.source = former.source) SELECT source FROM former)"
            " AND source NOT IN (SELECT source FROM document WHERE served AND NOT hidden)",
            (source, self._sequence),
        )

    def _move(self, one: Brief, origin: Brief) -> None:
        self._connection.execute(
            "INSERT INTO moved (source, sequence, origin, id, path, collection) VALUES (?, ?, ?, ?, ?, ?)",
            (one.source, self._sequence, origin.source, origin.id, origin.path, origin.collection),
        )

    def _change(self, one: Brief, *, added: bool, gone: bool) -> None:
        came, went = (self._sequence if so else 0 for so in (added, gone))
        told = (one.id, one.collection, one.type, one.path)
        self._connection.execute(
            "INSERT INTO change (source, sequence, added, gone, id, collection, type, path)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (source) DO UPDATE SET sequence = ?2,"
            " added = CASE WHEN ?3 THEN ?3 ELSE added END, gone = ?4, id = ?5, collection = ?6, type = ?7, path = ?8",
            (one.source, self._sequence, came, went, *told),
        )
