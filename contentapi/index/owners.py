"""Who owns an address: of the documents that want one path or one slug, the one that is served under it.

A sync notes what it touches, and settles it at its end; nothing else is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import apsw
import orjson

from contentapi.index import database
from contentapi.model import Site
from contentapi.text import paths

#: A page that others hang below: it has its path, and it is listed.
_HOLDS = "type = 'page' AND served AND NOT hidden"


@dataclass(slots=True)
class Touched:
    """The address keys and slugs whose owner must be settled anew; of each key, whether a listed page had it before."""

    keys: dict[str, bool] = field(default_factory=dict)
    slugs: set[tuple[str, str]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.slugs)


def touch_source(connection: apsw.Connection, touched: Touched, source: str) -> None:
    """Notes what a file's document has, before it goes."""
    rows = database.select(connection, "SELECT key, collection, slug FROM document WHERE source = ?", (source,))
    for key, collection, slug in rows.fetchall():
        touch(connection, touched, key, collection, slug)


def touch(connection: apsw.Connection, touched: Touched, key: str | None, collection: str, slug: str) -> None:
    """Notes what a document is about to have."""
    touched.slugs.add((collection, slug))
    if key is not None and key not in touched.keys:
        touched.keys[key] = _holds(connection, key)


def settle(connection: apsw.Connection, touched: Touched) -> None:
    """Gives each touched path and slug to its owner, and each page its parent where that may have changed.

    The slugs that are touched by this are noted with the others.
    """
    for key in touched.keys:
        _settle_key(connection, key)
        # Who gets or loses a path gets or loses a slug by it, also when its own file is untouched.
        touched.slugs.update(database.select(connection, "SELECT collection, slug FROM document WHERE key = ?", (key,)))
    for collection, slug in touched.slugs:
        _settle_slug(connection, collection, slug)
    turned = [key for key, held in touched.keys.items() if _holds(connection, key) != held]
    for key in {*touched.keys, *_pages_below(connection, turned)}:
        _settle_parent(connection, key)


def _holds(connection: apsw.Connection, key: str) -> bool:
    query = f"SELECT 1 FROM document WHERE key = ? AND {_HOLDS}"
    return database.select(connection, query, (key,)).fetchone() is not None


def _settle_key(connection: apsw.Connection, key: str) -> None:
    # Of two documents with one path the last in byte order of their files has it, as Jekyll publishes.
    connection.execute(
        "UPDATE document SET served = (NOT redirected AND source ="
        " (SELECT max(source) FROM document WHERE key = ?1)) WHERE key = ?1",
        (key,),
    )


def _settle_slug(connection: apsw.Connection, collection: str, slug: str) -> None:
    connection.execute(
        "UPDATE document SET served = NOT redirected WHERE collection = ? AND slug = ? AND key IS NULL",
        (collection, slug),
    )
    connection.execute(
        "UPDATE document SET named = (rowid IS (SELECT rowid FROM document WHERE collection = ?1 AND slug = ?2 AND served"
        " ORDER BY epoch DESC, source DESC LIMIT 1)) WHERE collection = ?1 AND slug = ?2",
        (collection, slug),
    )


def _pages_below(connection: apsw.Connection, keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for key in keys:
        above = key.rstrip("/")
        rows = database.select(
            connection, "SELECT key FROM document WHERE key > ?1 || '/' AND key < ?1 || '0' AND type = 'page'", (above,)
        )
        found.update(below for (below,) in rows)
    return found


def _settle_parent(connection: apsw.Connection, key: str) -> None:
    parent = database.select(
        connection,
        f"SELECT key FROM document WHERE key IN (SELECT value FROM json_each(?)) AND {_HOLDS}"
        " ORDER BY length(key) DESC LIMIT 1",
        (orjson.dumps(paths.parents(key)).decode(),),
    ).get
    connection.execute(
        "UPDATE document SET parent = ?1 WHERE key = ?2 AND type = 'page' AND parent IS NOT ?1", (parent, key)
    )


def infer_host(connection: apsw.Connection, site: Site) -> str:
    """Without a configured origin, the only host whose absolute links lead to paths of the folder is the site's own.

    The home page is no evidence: every site has one. Empty when there is no such host, or more than one.
    """
    if site.origin is not None:
        return ""
    hosts = database.select(
        connection,
        "SELECT DISTINCT reference.host FROM reference JOIN document ON document.key = reference.key"
        " WHERE reference.host IS NOT NULL AND reference.key != '/' AND document.served LIMIT 2",
    ).fetchall()
    return str(hosts[0][0]) if len(hosts) == 1 else ""
