"""Lists of documents, page by page, by keyset: a cursor holds the place of the last item, not a count of items.

So a walk of a list while content changes neither repeats nor skips what did not change.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import itemgetter
from typing import Any, Generic, TypeVar

import orjson

from contentapi.errors import BadParameter
from contentapi.index import filters
from contentapi.index.filters import Field, Filter
from contentapi.index.reader import COLUMNS, Reader, Row

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class ResultPage(Generic[T]):
    """One page of a list: its items, how many there are in all, and the cursors of its neighbours."""

    items: tuple[T, ...]
    total: int | None
    limit: int
    next: str | None
    prev: str | None

    def of(self, items: Iterable[U]) -> ResultPage[U]:
        """The same page of other items: what each of its items became."""
        return ResultPage(tuple(items), self.total, self.limit, self.next, self.prev)


@dataclass(frozen=True, slots=True)
class Order:
    """One column of an order. The last is always ``tie``, which no two documents share."""

    column: str
    descending: bool = False


BY_PATH = (Order("document.tie"),)
NEWEST_FIRST = (Order("document.epoch", descending=True), Order("document.tie"))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: the values of the order's columns there, and on which side of it the page lies.

    What stands at the place itself is part of the page only when it is ``inclusive``.
    """

    values: tuple[object, ...]
    backwards: bool = False
    inclusive: bool = False

    def encode(self, asked: str = "") -> str:
        """The cursor as callers see it: opaque. ``asked`` names the list, so that no other list takes it."""
        packed = orjson.dumps([asked, 2 * self.inclusive + self.backwards, *self.values])
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def decode(cls, written: str, width: int, asked: str = "") -> Cursor:
        """Reads a cursor of so many values back. Raises :class:`BadParameter` when it is none of this list."""
        try:
            padded = written.encode("ascii") + b"=" * (-len(written) % 4)
            name, side, *values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (UnicodeEncodeError, binascii.Error, ValueError, TypeError) as error:
            raise _foreign() from error
        scalar = all(isinstance(value, str | int | float) for value in values)
        if name != asked or side not in {0, 1, 2, 3} or len(values) != width or not scalar:
            raise _foreign()
        return cls(tuple(values), bool(side & 1), bool(side & 2))


def _foreign() -> BadParameter:
    return BadParameter("cursor", "The cursor is not one that this list gave; start again without it.")


def documents(  # noqa: PLR0913 - what is listed, how, and from where
    reader: Reader,
    where: str,
    values: Sequence[object],
    *,
    order: Sequence[Order],
    limit: int,
    cursor: str | None,
    total: bool = True,
    conditions: Sequence[Filter] = (),
) -> ResultPage[Row]:
    """One page of the served, listed documents that match. ``where`` is SQL of this room, its values are bound."""
    clauses = [filters.clause(one, reader.site.timezone) for one in conditions]
    where = " AND ".join([where, *(one.sql for one in clauses)])
    values = [*values, *(value for one in clauses for value in one.values)]
    asked = _name(where, values, order)
    place = Cursor.decode(cursor, len(order), asked) if cursor is not None else None
    found = _beyond(reader, where, values, order, place, limit + 1)
    rows, more = found[:limit], len(found) > limit
    if place is not None and place.backwards:
        rows.reverse()
    following, preceding = _neighbours([row[: len(order)] for row in rows], place, more=more)
    return ResultPage(
        items=tuple(Row(*row[len(order) :]) for row in rows),
        total=_count(reader, where, values) if total else None,
        limit=limit,
        next=following.encode(asked) if following is not None else None,
        prev=preceding.encode(asked) if preceding is not None else None,
    )


def _neighbours(
    rows: Sequence[tuple[object, ...]], place: Cursor | None, *, more: bool
) -> tuple[Cursor | None, Cursor | None]:
    """The cursors of the pages after and before one that has these rows; ``more`` says that its side has others."""
    backwards = place is not None and place.backwards
    if not rows:
        # What the page was to hold is gone; the way back begins with what stood at the place.
        turned = Cursor(place.values, not backwards, inclusive=True) if place is not None else None
        return (turned, None) if backwards else (None, turned)
    has_next, has_prev = (True, more) if backwards else (more, place is not None)
    return Cursor(rows[-1]) if has_next else None, Cursor(rows[0], backwards=True) if has_prev else None


def neighbours(
    reader: Reader, where: str, values: Sequence[object], *, order: Sequence[Order], row: Row
) -> tuple[Row | None, Row | None]:
    """The listed documents right before and right after one, in an order."""
    columns = ", ".join(one.column for one in order)
    place = reader.select(f"SELECT {columns} FROM document WHERE rowid = ?", (row.rowid,)).fetchone()
    sides = (_beyond(reader, where, values, order, Cursor(place, back), 1) for back in (True, False))
    before, after = (Row(*found[0][len(order) :]) if found else None for found in sides)
    return before, after


def _name(where: str, values: Sequence[object], order: Sequence[Order]) -> str:
    """Names what is asked: the same filters and order, whatever the limit or the revision."""
    asked = orjson.dumps([where, values, [(one.column, one.descending) for one in order]])
    return hashlib.sha256(asked).hexdigest()[:8]


def sorted_by(fields: Sequence[tuple[Field, bool]], default: Sequence[Order]) -> tuple[Order, ...]:
    """The order a caller asked for, ties settled by path."""
    if not fields:
        return tuple(default)
    found = [Order(one.order, descending) for one, descending in fields if one.order is not None]
    ends = next((place for place, one in enumerate(found) if one.column == "document.tie"), None)
    # Nothing can follow the tie: no two documents share it.
    return (*found, Order("document.tie")) if ends is None else tuple(found[: ends + 1])


_LISTED = "served AND NOT hidden"


def _count(reader: Reader, where: str, values: Sequence[object]) -> int:
    return int(reader.select(f"SELECT count(*) FROM document WHERE {_LISTED} AND {where}", tuple(values)).get)


def _beyond(
    reader: Reader,
    where: str,
    values: Sequence[object],
    order: Sequence[Order],
    place: Cursor | None,
    limit: int,
) -> list[Any]:
    """The documents beyond a place, from the nearest on: the values of the order's columns, then those of the row."""
    backwards = place is not None and place.backwards
    bounds, bound = _bounds(order, place) if place is not None else ("1", [])
    columns = ", ".join(one.column for one in order)
    directions = ", ".join(f"{one.column} {'DESC' if one.descending != backwards else 'ASC'}" for one in order)
    rows: list[Any] = reader.select(
        f"SELECT {columns}, {COLUMNS} FROM document WHERE {_LISTED} AND {where} AND {bounds} ORDER BY {directions} LIMIT ?",
        (*values, *bound, limit),
    ).fetchall()
    return rows


def _bounds(order: Sequence[Order], place: Cursor) -> tuple[str, list[object]]:
    """What lies beyond a place: ``a > x OR (a = x AND b > y) …``, led by ``a >= x`` so that an index can be used."""
    clauses, values = [], []
    for depth, one in enumerate(order):
        same = [f"{before.column} = ?" for before in order[:depth]]
        sign = "<" if one.descending != place.backwards else ">"
        also = "=" if place.inclusive and depth == len(order) - 1 else ""
        clauses.append("(" + " AND ".join([*same, f"{one.column} {sign}{also} ?"]) + ")")
        values.extend([*place.values[:depth], place.values[depth]])
    first = "<=" if order[0].descending != place.backwards else ">="
    return f"({order[0].column} {first} ? AND ({' OR '.join(clauses)}))", [place.values[0], *values]


def counts(reader: Reader) -> dict[str, int]:
    """How many documents each collection lists."""
    rows = reader.select("SELECT collection, count(*) FROM document WHERE served AND NOT hidden GROUP BY collection")
    return dict(rows.fetchall())


# -- everything -------------------------------------------------------------------------------------------------------


def everything(reader: Reader, collections: Sequence[str]) -> Iterator[Row]:
    """Every listed document of these collections, in byte order of the source paths. Each is read when it is taken."""
    query = f"SELECT {COLUMNS} FROM document WHERE {_LISTED} AND collection = ? ORDER BY source"
    # Names are compared as SQLite does: in UTF-8, the order of bytes is that of characters.
    found = heapq.merge(*(reader.select(query, (name,)) for name in collections), key=itemgetter(_SOURCE))
    return (Row(*row) for row in found)


_SOURCE = [one.name for one in fields(Row)].index("source")


def count(reader: Reader, collections: Sequence[str]) -> int:
    """How many documents :func:`everything` gives."""
    return sum(_count(reader, "collection = ?", (name,)) for name in collections)


# -- lists that are short by nature -----------------------------------------------------------------------------------

#: So many items beyond its own a cursor remembers: while one of them is left, the walk goes on.
_REMEMBERED = 3


def kinds_without_name(reader: Reader) -> list[str]:
    """The types of the documents that only their path leads to, since a newer one has their slug; pages apart."""
    rows = reader.select(
        "SELECT DISTINCT type FROM document WHERE served AND NOT named AND key IS NOT NULL AND type != 'page' ORDER BY type"
    )
    return [kind for (kind,) in rows]


def slices(items: Sequence[T], *, limit: int, cursor: str | None, key: Sequence[str], asked: str = "") -> ResultPage[T]:
    """One page of a list held in memory (menus, phases, diagnostics), each item known by its key; ``asked`` names it."""
    names = [_short(one) for one in key]
    start, end = 0, min(limit, len(items))
    if cursor is not None:
        place = Cursor.decode(cursor, 1, asked)
        at = _found(names, str(place.values[0]).split("."), backwards=place.backwards)
        start, end = (max(0, at - limit), at) if place.backwards else (at, min(at + limit, len(items)))
    after = names[max(0, end - 1) : end + _REMEMBERED]
    # Behind the last item there is none to stand before: then the way back begins with the last one left.
    before = [*(names[start : start + 1] or [""]), *names[max(0, start - _REMEMBERED) : start][::-1]]
    return ResultPage(
        items=tuple(items[start:end]),
        total=len(items),
        limit=limit,
        next=Cursor((".".join(after),)).encode(asked) if end < len(items) else None,
        prev=Cursor((".".join(before),), backwards=True).encode(asked) if start > 0 else None,
    )


def _found(names: Sequence[str], remembered: Sequence[str], *, backwards: bool) -> int:
    """Where a page begins (or ends, walking backwards): beside the cursor's own item, else at the nearest one left."""
    places = {name: place for place, name in enumerate(names)}
    for count, name in enumerate(remembered):
        if name in places:
            return places[name] + (bool(count) if backwards else not count)
    raise BadParameter("cursor", "What this cursor points at is no longer in the list; start again without it.")


def _short(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:12]
