"""Who owns an address: of the documents that want one path or one slug, the one that is served under it.

A sync notes what it touches, and settles it at its end; nothing else is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import apsw

from contentapi.index import database, store
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
    touch(connection, touched, rows.fetchall())


def touch(connection: apsw.Connection, touched: Touched, names: Iterable[tuple[str | None, str, str]]) -> None:
    """Notes what documents have or are about to have: key, collection and slug."""
    keys: dict[str, bool] = {}
    for key, collection, slug in names:
        touched.slugs.add((collection, slug))
        if key is not None and key not in touched.keys:
            keys[key] = False
    touched.keys |= keys | dict.fromkeys(_held(connection, keys), True)


def settle(connection: apsw.Connection, touched: Touched) -> None:
    """Gives each touched path and slug to its owner, and each page its parent where that may have changed.

    The slugs that are touched by this are noted with the others.
    """
    keys = store.json(list(touched.keys))
    _settle_keys(connection, keys)
    # Who gets or loses a path gets or loses a slug by it, also when its own file is untouched.
    touched.slugs.update(
        database.select(connection, f"SELECT collection, slug FROM document WHERE key IN {_ANY}", (keys,))
    )
    _settle_slugs(connection, store.json(list(touched.slugs)))
    held = _held(connection, touched.keys)
    below = _pages_below(connection, [key for key, before in touched.keys.items() if before != (key in held)])
    pages = database.select(
        connection, f"SELECT DISTINCT key FROM document WHERE type = 'page' AND key IN {_ANY}", (keys,)
    )
    for key in below.union(key for (key,) in pages):
        _settle_parent(connection, key)


_ANY = "(SELECT value FROM json_each(?1))"


def _held(connection: apsw.Connection, keys: Iterable[str]) -> set[str]:
    """Which of these addresses are pages that others hang below."""
    query = f"SELECT key FROM document WHERE key IN {_ANY} AND {_HOLDS}"
    return {key for (key,) in database.select(connection, query, (store.json(list(keys)),))}


def _settle_keys(connection: apsw.Connection, keys: str) -> None:
    # Of several documents with one path the last in byte order of their files has it, as Jekyll publishes.
    connection.execute(
        "UPDATE document SET served = (NOT redirected AND (key, source) IN"
        f" (SELECT key, max(source) FROM document WHERE key IN {_ANY} GROUP BY key)) WHERE key IN {_ANY}",
        (keys,),
    )


def _settle_slugs(connection: apsw.Connection, slugs: str) -> None:
    named = "(collection, slug) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))"
    connection.execute(f"UPDATE document SET served = NOT redirected WHERE {named} AND key IS NULL", (slugs,))
    connection.execute(
        "UPDATE document SET named = rowid IN (SELECT rowid FROM (SELECT rowid, row_number() OVER"
        f" (PARTITION BY collection, slug ORDER BY epoch DESC, source DESC) AS place FROM document WHERE {named} AND served)"
        f" WHERE place = 1) WHERE {named}",
        (slugs,),
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
        f"SELECT key FROM document WHERE key IN {_ANY} AND {_HOLDS} ORDER BY length(key) DESC LIMIT 1",
        (store.json(paths.parents(key)),),
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
