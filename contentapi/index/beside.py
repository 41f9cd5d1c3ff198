"""What stands beside a name that there is not, in byte order: the listed names that begin most like it.

However many there are, a few are looked at. What lists do not show is not told of.
"""

from __future__ import annotations

from collections.abc import Sequence

from contentapi.index.reader import Reader

_ON_EACH_SIDE = 10
_LISTED = "served AND NOT hidden"


def slugs(reader: Reader, collections: Sequence[str], asked: str) -> list[str]:
    """Slugs of these collections."""
    found = (_around(reader, "slug", f"collection = ? AND named AND {_LISTED}", (one,), asked) for one in collections)
    return [slug for some in found for slug in some]


def keys(reader: Reader, asked: str) -> list[str]:
    """Address keys of documents."""
    return _around(reader, "key", _LISTED, (), asked)


def _around(reader: Reader, column: str, where: str, values: tuple[str, ...], asked: str) -> list[str]:
    """Capitals come before all small letters: what was asked for is looked up in small ones too."""
    return [
        name
        for spelling in dict.fromkeys((asked, asked.lower()))
        for sign, direction in (("<", "DESC"), (">", "ASC"))
        for (name,) in reader.select(
            f"SELECT {column} FROM document WHERE {where} AND {column} {sign} ?"
            f" ORDER BY {column} {direction} LIMIT {_ON_EACH_SIDE}",
            (*values, spelling),
        )
    ]
