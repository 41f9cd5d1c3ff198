"""Which documents hold a word, as sets of bits: one bit for each listed document, in one number for each word.

A set is read from the full-text table once for a state of the index; what is asked of several words, filters and facets is
then arithmetic (docs/adr/0016). The bits stand in an order of their own, shorter titles first and then by path, which is the
order of what nothing else tells apart.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from contentapi.index import filters
from contentapi.index.filters import Clause, Filter
from contentapi.index.reader import Reader

#: So many bytes of sets are kept for a state of the index.
_MOST_BYTES: Final = 32_000_000
_SOME: Final = re.compile(rb"[^\x00]")
_BITS: Final = tuple(tuple(bit for bit in range(8) if value >> bit & 1) for value in range(256))
#: What is counted of everything found: the SQL that gives a value and the document that has it.
FACETS: Final[Mapping[str, str]] = {
    "type": "SELECT type, rowid FROM document WHERE served AND NOT hidden",
    "collection": "SELECT collection, rowid FROM document WHERE served AND NOT hidden",
    "category": "SELECT slug, document FROM term WHERE kind = 'category'",
    "year": "SELECT substr(date, 1, 4), rowid FROM document WHERE substr(date, 1, 4) IS NOT NULL",
}


class Postings:
    """The sets of one state of the index."""

    def __init__(self, reader: Reader) -> None:
        # A collation key begins with what is read of the title.
        listed = reader.select(
            "SELECT instr(title_key || char(1), char(1)), tie, rowid FROM document WHERE served AND NOT hidden"
        ).fetchall()
        listed.sort()
        self.rowids = array("q", [rowid for _, _, rowid in listed])
        self._place = {rowid: place for place, rowid in enumerate(self.rowids)}
        by_path = sorted(range(len(listed)), key=lambda place: listed[place][1])
        self._path = array("q", bytes(8 * len(listed)))
        for rank, place in enumerate(by_path):
            self._path[place] = rank
        self.every = (1 << len(listed)) - 1
        self._kept: dict[object, int] = {}
        self._facets: dict[str, dict[str, int]] = {}

    def matching(self, reader: Reader, expression: str) -> int:
        """The documents that an expression of FTS5 finds."""
        if expression not in self._kept:
            rows = reader.select("SELECT rowid FROM search WHERE search MATCH ?", (expression,))
            self._keep(expression, self._bits(rowid for (rowid,) in rows))
        return self._kept[expression]

    def fitting(self, reader: Reader, condition: Filter) -> int:
        """The documents that fulfil a filter."""
        if condition not in self._kept:
            clause: Clause = filters.clause(condition, reader.site.timezone)
            query = f"SELECT rowid FROM document WHERE served AND NOT hidden AND {clause.sql}"
            self._keep(condition, self._bits(rowid for (rowid,) in reader.select(query, clause.values)))
        return self._kept[condition]

    def facet(self, reader: Reader, name: str) -> dict[str, int]:
        """The documents that have each value of a facet."""
        if name not in self._facets:
            rows: dict[str, list[int]] = {}
            for value, rowid in reader.select(FACETS[name]):
                rows.setdefault(value, []).append(rowid)
            self._facets[name] = {value: self._bits(rowids) for value, rowids in rows.items()}
        return self._facets[name]

    def path(self, rowid: int) -> int:
        """The place of a listed document in the order of paths."""
        return self._path[self._place[rowid]]

    def place(self, rowid: int) -> int | None:
        """The bit of a document; None when it is not listed."""
        return self._place.get(rowid)

    def members(self, bits: int) -> Iterator[int]:
        """The documents of a set, by their row, in the order of the bits."""
        data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
        for found in _SOME.finditer(data):
            base = 8 * found.start()
            for bit in _BITS[data[found.start()]]:
                yield self.rowids[base + bit]

    def _bits(self, rowids: Iterable[int]) -> int:
        data = bytearray(len(self.rowids) // 8 + 1)
        place_of = self._place.get
        for rowid in rowids:
            place = place_of(rowid)
            if place is not None:
                data[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(data, "little")

    def _keep(self, name: object, bits: int) -> None:
        if len(self._kept) * (len(self.rowids) // 8 + 100) > _MOST_BYTES:
            self._kept.clear()
        self._kept[name] = bits


def of(reader: Reader) -> Postings:
    """The sets of the state that a reader reads."""
    return reader.once("postings", Postings)
