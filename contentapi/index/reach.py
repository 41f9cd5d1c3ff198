"""What a sync reaches beyond the rows it writes: which documents an answer must name to be another one after it.

A document of which only its own text, title or front matter became another is told by kind and slug: an answer that shows
it says so. Whatever else happens (something came, went or moved, a link, a term or a date changed, a menu, a file) may be
seen anywhere, and is told as everything. So is what is not known for certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import apsw
import orjson

from contentapi.index import database

#: The kind and slug of documents; the slug None stands for all of the kind.
Named = frozenset[tuple[str, str | None]]
#: A sync of more files than this is told as everything, and so many syncs are remembered.
_MOST, _REMEMBERED = 64, 128
#: What of a document is seen elsewhere than where its kind and slug are named.
_STRUCTURE = (
    "collection", "type", "id", "path", "key", "slug", "lang", "date", "epoch", "position", "tie", "describes", "hidden",
    "redirected", "served", "named", "parent", "json_extract(data, '$.phase')",
)  # fmt: skip
#: What hangs on a document and is seen elsewhere, in its order.
_PARTS = (
    "SELECT kind, url, host, key, source, suffix FROM reference WHERE document = ? ORDER BY ordinal",
    "SELECT kind, slug, label FROM term WHERE document = ? ORDER BY kind, ordinal",
    "SELECT phase, overview, items, host, data FROM statement WHERE document = ? ORDER BY ordinal",
    "SELECT DISTINCT name FROM value WHERE document = ? ORDER BY name",
)


class _Shape(NamedTuple):
    """What of a document may be seen anywhere, and what only where it is named."""

    kind: str
    slug: str
    parent: str | None
    position: float
    title_key: str
    tie: str
    describes: str | None
    tells: bool
    structure: tuple[object, ...]


@dataclass(slots=True)
class Reach:
    """What the files of one sync were before it. ``everything`` says that it is no use to look further."""

    before: dict[str, _Shape | None] = field(default_factory=dict)
    everything: bool = False

    def note(self, connection: apsw.Connection, path: str) -> None:
        """Remembers what a file is, before its rows go."""
        if self.everything or path in self.before:
            return
        shape = _shape(connection, path)
        if len(self.before) >= _MOST or (shape is None and _is_served(connection, path)):
            self.everything = True
        else:
            self.before[path] = shape

    def tell(self, connection: apsw.Connection) -> None:
        """Writes down what the sync reached; nothing when it touched nothing that is served."""
        found = None if self.everything else self._named(connection)
        if found is not None and not found:
            return
        what = None if found is None else orjson.dumps(sorted(found, key=repr)).decode()
        connection.execute("INSERT INTO reached (what) VALUES (?)", (what,))
        number = connection.last_insert_rowid()
        connection.execute("DELETE FROM reached WHERE sequence <= ?", (number - _REMEMBERED,))

    def _named(self, connection: apsw.Connection) -> Named | None:
        found: set[tuple[str, str | None]] = set()
        turned: list[tuple[_Shape, _Shape]] = []
        for path, before in self.before.items():
            after = _shape(connection, path)
            if before is None and after is None:
                if _is_served(connection, path):
                    return None
                continue
            if before is None or after is None or before.structure != after.structure or after.describes is not None:
                return None
            found.add((after.kind, after.slug))
            if after.tells:
                found.add(("phase", None))
            if before.title_key != after.title_key and after.kind == "page":
                turned.append((before, after))
        # Where two move at once, who passes whom would have to be known.
        if len(turned) > 1 or (turned and _passes(connection, *turned[0])):
            return None
        return frozenset(found)


def _shape(connection: apsw.Connection, path: str) -> _Shape | None:
    row = database.select(
        connection,
        "SELECT rowid, type, slug, parent, position, title_key, tie, describes,"
        f" {', '.join(_STRUCTURE)} FROM document WHERE source = ?",
        (path,),
    ).fetchone()
    if row is None:
        return None
    number, kind, slug, parent, position, title_key, tie, describes, *structure = row
    parts = [tuple(database.select(connection, query, (number,))) for query in _PARTS]
    redirects = database.select(
        connection, "SELECT origin, target, status FROM redirect WHERE source = ? ORDER BY ordinal", (path,)
    )
    tells = kind == "phase" or bool(parts[2])
    return _Shape(
        kind, slug, parent, position, title_key, tie, describes, tells, (*structure, *parts, tuple(redirects))
    )


def _is_served(connection: apsw.Connection, path: str) -> bool:
    """Whether anything of a file without a document is served: a menu, redirects, the file itself."""
    query = "SELECT 1 FROM source_file WHERE path = ? AND (served IS NOT NULL OR state = 'other')"
    return database.select(connection, query, (path,)).fetchone() is not None


def _passes(connection: apsw.Connection, before: _Shape, after: _Shape) -> bool:
    """Whether a page with another title stands elsewhere among the pages of its parent."""
    low, high = sorted([(before.title_key, before.tie), (after.title_key, after.tie)])
    rows = database.select(
        connection,
        "SELECT 1 FROM document WHERE type = 'page' AND served AND NOT hidden AND parent IS ? AND position = ?"
        " AND tie != ? AND (title_key, tie) >= (?, ?) AND (title_key, tie) <= (?, ?) LIMIT 1",
        (after.parent, after.position, after.tie, *low, *high),
    )
    return rows.fetchone() is not None


# -- what readers take from it ----------------------------------------------------------------------------------------


def last(connection: apsw.Connection) -> int:
    """The number of the last sync that reached anything; 0 before the first."""
    return int(database.select(connection, "SELECT max(sequence) FROM reached").get or 0)


def since(connection: apsw.Connection, number: int) -> Named | None:
    """What the syncs after that number reached; None when that is everything, or not known any more."""
    rows = database.select(connection, "SELECT what FROM reached WHERE sequence > ?", (number,)).fetchall()
    if len(rows) != last(connection) - number or any(what is None for (what,) in rows):
        return None
    return frozenset(_pairs(what for (what,) in rows))


def _pairs(rows: Iterable[str]) -> Iterable[tuple[str, str | None]]:
    for what in rows:
        yield from ((kind, slug) for kind, slug in orjson.loads(what))
