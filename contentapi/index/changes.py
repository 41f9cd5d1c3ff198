"""What changed since some moment: each document once, by its last change, with what it was called before if it moved.

A place in the history is two numbers: how far the caller had followed it when it began to ask, and how far the answers have
led since. What moved or came is told against the first, so that it is told right however many pages the answer has.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import orjson

from contentapi.errors import BadParameter, HistoryLost
from contentapi.index.reader import COLUMNS, Reader, Row
from contentapi.text import dates

#: How a revision is spelled.
REVISION_ID = re.compile(r"[0-9a-f]{32}")
_WHAT = "Give a revision, a token (`meta.token`), or a date such as 2026-11-27 or 2026-11-27T09:30:00Z."


class Previous(NamedTuple):
    """What a document was called before it moved."""

    source: str
    id: str
    path: str | None
    collection: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one document: ``row`` is it now, None when it is listed no more. ``seen``: seconds since the epoch."""

    kind: Literal["added", "changed", "moved", "removed"]
    seen: float
    source: str
    id: str
    collection: str
    type: str
    path: str | None
    row: Row | None
    previous: Previous | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the history of an index: the sync that the caller began at, and the last change that was told since."""

    base: int
    sequence: int
    source: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """What every later change is greater than; a place without a source is after all that came with its sync."""
        return (self.sequence, self.source) if self.source else (self.sequence + 1, "")

    def encode(self, reader: Reader) -> str:
        """The place as callers see it: opaque, and worth nothing but to be given back."""
        revision = reader.revision if self == end(reader) else ""
        packed = orjson.dumps([reader.meta("history"), self.base, self.sequence, self.source, revision])
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Told:
    """Some changes, the earliest first; ``place`` is where the next begin, ``complete`` that there are none now."""

    changes: tuple[Change, ...]
    place: Place
    complete: bool


def end(reader: Reader) -> Place:
    """The place after everything that has changed."""
    last = int(reader.select("SELECT max(sequence) FROM sync").get or 0)
    return Place(last, last)


def beginning(reader: Reader) -> Place:
    """The earliest place that is remembered."""
    first = int(reader.select("SELECT min(sequence) FROM sync").get or 0)
    return Place(first, first)


def place(reader: Reader, written: str) -> Place:
    """The place that a caller names: a revision, a token, or a date, which means when this index saw it.

    Raises :class:`BadParameter` when it is none of these, :class:`HistoryLost` when it is not remembered here.
    """
    if REVISION_ID.fullmatch(written):
        return _of_revision(reader, written)
    moment = dates.parse(written, dates.zone(reader.site.timezone))
    if moment is not None:
        return _of_moment(reader, moment.epoch)
    history, found, revision = _decoded(written)
    if history != reader.meta("history"):
        return _of_revision(reader, revision)
    if found.base < beginning(reader).base:
        raise HistoryLost(known=True)
    return found


def _decoded(written: str) -> tuple[str, Place, str]:
    try:
        padded = written.encode("ascii") + b"=" * (-len(written) % 4)
        history, base, sequence, source, revision = orjson.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
    except (UnicodeEncodeError, binascii.Error, ValueError, TypeError) as error:
        raise BadParameter("since", f"This is no place in the history. {_WHAT}") from error
    numbers, texts = (base, sequence), (history, source, revision)
    if not all(isinstance(one, str) for one in texts) or not all(
        type(one) is int and 0 <= one < 1 << 62 for one in numbers
    ):
        raise BadParameter("since", f"This is no place in the history. {_WHAT}")
    return history, Place(base, sequence, source), revision


def _of_revision(reader: Reader, revision: str) -> Place:
    found = reader.select("SELECT max(sequence) FROM sync WHERE revision = ?", (revision,)).get
    if found is None:
        raise HistoryLost(known=False)
    return Place(int(found), int(found))


def _of_moment(reader: Reader, epoch: float) -> Place:
    found = reader.select("SELECT max(sequence) FROM sync WHERE seen <= ?", (epoch,)).get
    if found is None:
        raise HistoryLost(known=True)
    return Place(int(found), int(found))


# -- from there on ----------------------------------------------------------------------------------------------------


def since(reader: Reader, start: Place, collections: Sequence[str], limit: int) -> Told:
    """What changed after a place, at most so many documents; of these collections only, when any are named."""
    found: list[Change] = []
    here = start
    while True:
        rows = _rows(reader, here, collections, limit + 1)
        for row in rows:
            if len(found) == limit:
                return Told(tuple(found), here, complete=False)
            here = replace(here, sequence=row.sequence, source=row.source)
            change = _change(reader, row, start.base, collections)
            if change is not None:
                found.append(change)
        if len(rows) <= limit:
            return Told(tuple(found), end(reader), complete=True)


class _Written(NamedTuple):
    source: str
    sequence: int
    added: int
    gone: int
    id: str
    collection: str
    type: str
    path: str | None
    seen: float
    row: Row | None


def _rows(reader: Reader, here: Place, collections: Sequence[str], limit: int) -> list[_Written]:
    named = orjson.dumps(list(collections)).decode()
    within = (
        " AND (coalesce(document.collection, change.collection) IN (SELECT value FROM json_each(?3)) OR change.source IN"
        " (SELECT moved.source FROM moved WHERE moved.collection IN (SELECT value FROM json_each(?3))))"
        if collections
        else ""
    )
    rows = reader.select(
        "SELECT change.source, change.sequence, added, gone, change.id, change.collection, change.type, change.path,"
        f" seen, {COLUMNS} FROM change JOIN sync ON sync.sequence = change.sequence"
        " LEFT JOIN document ON document.source = change.source AND served AND NOT document.hidden"
        f" WHERE (change.sequence, change.source) > (?1, ?2){within} ORDER BY change.sequence, change.source LIMIT {limit}",
        (*here.key, named) if collections else here.key,
    )
    return [_Written._make((*one[:9], Row(*one[9:]) if one[9] is not None else None)) for one in rows]


def _change(reader: Reader, one: _Written, base: int, collections: Sequence[str]) -> Change | None:
    """What became of a document since a sync; None when another entry tells of it, or no named collection is concerned."""
    former = _former(reader, one.source, base)
    if one.row is None:
        if one.gone <= base or _moved_on(reader, one.source, base):
            return None
        return _told(one, "removed", None) if not collections or one.collection in collections else None
    added = one.added > base
    if not collections:
        return _told(one, "moved" if former else "added" if added else "changed", former)
    if one.row.collection not in collections:
        # It went over to a collection that was not asked for.
        return _told(one._replace(row=None), "removed", former) if former and former.collection in collections else None
    if former is not None and former.collection not in collections:
        return _told(one, "added", None)
    return _told(one, "moved" if former else "added" if added else "changed", former)


def _told(one: _Written, kind: Literal["added", "changed", "moved", "removed"], former: Previous | None) -> Change:
    row = one.row
    if row is not None:
        return Change(kind, one.seen, one.source, row.id, row.collection, row.type, row.path, row, former)
    gone = former or Previous(one.source, one.id, one.path, one.collection)
    return Change(kind, one.seen, gone.source, gone.id, gone.collection, one.type, gone.path, None, None)


def _former(reader: Reader, source: str, base: int) -> Previous | None:
    """What a document was called at a sync, if it has moved since."""
    found: Previous | None = None
    limit = 1 << 62
    while True:
        row = reader.select(
            "SELECT origin, id, path, collection, sequence FROM moved WHERE source = ? AND sequence > ? AND sequence < ?"
            " ORDER BY sequence LIMIT 1",
            (source, base, limit),
        ).fetchone()
        if row is None:
            return found
        *named, limit = row
        found = Previous(*named)
        if found.source == source:
            return found
        source = found.source


def _moved_on(reader: Reader, source: str, base: int) -> bool:
    """Whether a document that is listed no more is listed elsewhere, and what is told there says that it was here.

    Where it was between two moves must be told by itself: who asked in between has it from there.
    """
    elsewhere = (one for one in _followed(reader, source, base) if _is_listed(reader, one))
    formers = (_former(reader, one, base) for one in elsewhere)
    return any(former is not None and former.source == source for former in formers)


def _followed(reader: Reader, source: str, base: int) -> Iterator[str]:
    while True:
        row = reader.select(
            "SELECT source, sequence FROM moved WHERE origin = ?1 AND source != ?1 AND sequence > ?2"
            " ORDER BY sequence DESC LIMIT 1",
            (source, base),
        ).fetchone()
        if row is None:
            return
        source, base = row
        yield source


def _is_listed(reader: Reader, source: str) -> bool:
    row = reader.by_source(source)
    return row is not None and not row.hidden
