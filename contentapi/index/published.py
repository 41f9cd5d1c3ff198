"""Every address that the site publishes: of each listed document that has one, for crawlers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contentapi.index.reader import Reader

#: `sitemap: false` is how authors keep a document out, as those of Jekyll know it; nobody looks for what says "not found".
_PUBLISHED = (
    "served AND NOT hidden AND path IS NOT NULL AND path NOT IN ('/404.html', '/404', '/404/')"
    " AND rowid NOT IN (SELECT document FROM value WHERE name = 'sitemap' AND text = 'false')"
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How many addresses there are, and how many bytes the longest path has."""

    count: int
    longest: int


def extent(reader: Reader) -> Extent:
    """How many addresses the site publishes."""
    return reader.once("extent of what is published", _extent)


def _extent(reader: Reader) -> Extent:
    query = f"SELECT count(*), coalesce(max(length(CAST(path AS BLOB))), 0) FROM document WHERE {_PUBLISHED}"
    return Extent(*reader.select(query).fetchone())


def addresses(reader: Reader, *, start: int, limit: int) -> Iterator[tuple[str, str | None]]:
    """So many published paths from the one of that number on, by collection and path, each with its ``updated``."""
    query = f"SELECT path, updated FROM document WHERE {_PUBLISHED} ORDER BY collection, tie LIMIT ? OFFSET ?"
    yield from reader.select(query, (limit, start))
