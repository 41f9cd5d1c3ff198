"""Which documents hold a word, as sets of bits: one bit for each listed document, in one number for each word.

A set is read from the full-text table once for a state of the index; what is asked of several words, filters and facets is
then arithmetic (docs/adr/0016). The bits stand in an order of their own, shorter titles first and then by path, which is the
order of what nothing else tells apart.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final

import orjson

from contentapi.index import filters
from contentapi.index.filters import Clause, Filter
from contentapi.index.reader import Reader

#: So many bytes of sets are kept for a state of the index.
_MOST_BYTES: Final = 32_000_000
_ONE: Final = ord("1")
_SOME: Final = re.compile(rb"[^\x00]")
_BITS: Final = tuple(tuple(bit for bit in range(8) if value >> bit & 1) for value in range(256))
#: What is counted of everything found: the SQL that gives a value and the document that has it.
FACETS: Final[Mapping[str, str]] = {
    "type": "SELECT type AS value, rowid AS row FROM document WHERE served AND NOT hidden",
    "collection": "SELECT collection AS value, rowid AS row FROM document WHERE served AND NOT hidden",
    "category": "SELECT slug AS value, document AS row FROM term WHERE kind = 'category'",
    "year": "SELECT substr(date, 1, 4) AS value, rowid AS row FROM document WHERE substr(date, 1, 4) IS NOT NULL",
}
_LISTED: Final = "document WHERE served AND NOT hidden"
#: Shorter titles first, from the index that holds them alone. A collation key begins with what is read of the title.
_BY_TITLE: Final = (
    "SELECT rowid FROM document INDEXED BY listed_by_title WHERE served AND NOT hidden"
    " ORDER BY instr(title_key || char(1), char(1)), tie"
)


class Postings:
    """The sets of one state of the index."""

    def __init__(self, reader: Reader) -> None:
        #: The listed documents, by their rows, in the order of the bits.
        self.rowids = array("q", _numbers(reader, _BY_TITLE))
        by_path = _numbers(reader, f"SELECT rowid FROM {_LISTED} ORDER BY tie")
        count, most = len(self.rowids), max(self.rowids, default=0)
        #: By row: the place of a document's bit in a number written with one digit a bit, from 1; 0 when it is not listed.
        self._digit = array("q", bytes(8 * (most + 1)))
        for place, rowid in enumerate(self.rowids):
            self._digit[rowid] = count - place
        self._path = array("q", bytes(8 * (most + 1)))
        for rank, rowid in enumerate(by_path):
            self._path[rowid] = rank
        self.every = (1 << count) - 1
        self._kept: dict[object, int] = {}
        self._facets: dict[str, dict[str, int]] = {}

    def matching(self, reader: Reader, expression: str) -> int:
        """The documents that an expression of FTS5 finds."""
        if expression not in self._kept:
            found = _numbers(reader, "SELECT rowid FROM search WHERE search MATCH ?", (expression,))
            self._keep(expression, self._bits(found))
        return self._kept[expression]

    def fitting(self, reader: Reader, condition: Filter) -> int:
        """The documents that fulfil a filter."""
        if condition not in self._kept:
            clause: Clause = filters.clause(condition, reader.site.timezone)
            found = _numbers(reader, f"SELECT rowid FROM {_LISTED} AND {clause.sql}", clause.values)
            self._keep(condition, self._bits(found))
        return self._kept[condition]

    def facet(self, reader: Reader, name: str) -> dict[str, int]:
        """The documents that have each value of a facet."""
        if name not in self._facets:
            rows = reader.select(f"SELECT value, json_group_array(row) FROM ({FACETS[name]}) GROUP BY value")
            self._facets[name] = {value: self._bits(orjson.loads(rowids)) for value, rowids in rows}
        return self._facets[name]

    def path(self, rowid: int) -> int:
        """The place of a listed document in the order of paths."""
        return self._path[rowid]

    def lists(self, rowid: int) -> bool:
        """Whether a document is listed."""
        return rowid < len(self._digit) and self._digit[rowid] > 0

    def members(self, bits: int) -> Iterator[int]:
        """The documents of a set, by their row, in the order of the bits."""
        data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
        for found in _SOME.finditer(data):
            base = 8 * found.start()
            for bit in _BITS[data[found.start()]]:
                yield self.rowids[base + bit]

    def _bits(self, rowids: Sequence[int]) -> int:
        digits = bytearray(b"0") * (len(self.rowids) + 1)
        within = [rowid for rowid in rowids if rowid < len(self._digit)] if rowids and self._beyond(rowids) else rowids
        if len(within) == 1:
            digits[self._digit[within[0]]] = _ONE
        elif within:
            for place in itemgetter(*within)(self._digit):
                digits[place] = _ONE
        return int(digits[1:] or b"0", 2)

    def _beyond(self, rowids: Sequence[int]) -> bool:
        """Whether some are newer than every listed document."""
        return max(rowids) >= len(self._digit)

    def _keep(self, name: object, bits: int) -> None:
        if len(self._kept) * (len(self.rowids) // 8 + 100) > _MOST_BYTES:
            self._kept.clear()
        self._kept[name] = bits


def _numbers(reader: Reader, query: str, values: Sequence[object] = ()) -> list[int]:
    """The numbers that a query selects, at once: a row for each would cost several times as much."""
    found: list[int] = orjson.loads(reader.select(f"SELECT json_group_array(rowid) FROM ({query})", values).get)
    return found


def of(reader: Reader) -> Postings:
    """The sets of the state that a reader reads."""
    return reader.once("postings", Postings)
