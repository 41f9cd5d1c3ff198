"""Reads of documents: by address, by name, in lists. Everything read through one :class:`Reader` is of one revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import apsw
import orjson

from contentapi.errors import IndexUnavailable
from contentapi.index import database, reach
from contentapi.index.rules import Rules
from contentapi.model import Json, Site
from contentapi.text import paths

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One served document without its body, as the index keeps it. ``data`` is what is never asked for by value."""

    rowid: int
    source: str
    digest: str
    collection: str
    type: str
    id: str
    path: str | None
    key: str | None
    slug: str
    title: str
    description: str | None
    excerpt: str | None
    lang: str
    updated: str | None
    date: str | None
    epoch: float
    tie: str
    hidden: int
    named: int
    parent: str | None
    data: str

    def more(self) -> dict[str, Json]:
        """Layout, subtitle, sidebar, breadcrumbs, image, license, phase, fields and lines."""
        return cast("dict[str, Json]", orjson.loads(self.data))

    def line(self, *keys: str) -> int | None:
        """The line of the first of these keys that the front matter has, of those that are kept."""
        return line_of(self.data, *keys)


def line_of(data: str, *keys: str) -> int | None:
    """The same, of a row's ``data``."""
    lines = orjson.loads(data)["lines"]
    return next((lines[key] for key in keys if key in lines), None)


COLUMNS = ", ".join(f"document.{one.name}" for one in fields(Row))
_PAGES_WITHOUT_PATH = "type = 'page' AND key IS NULL AND named AND served"


class Asset(NamedTuple):
    """A file that may be served as it is: its path, its media type, the digest of its bytes.

    ``stamp`` is what the system says of the file that has these bytes (:attr:`contentapi.source.folder.Found.stamp`); None
    when it was seen otherwise since.
    """

    path: str
    media: str
    digest: str
    stamp: tuple[int, ...] | None


class Reader:
    """One consistent state of the index. Made by :meth:`Index.reading`, used inside its ``with``, then let go."""

    def __init__(self, connection: apsw.Connection, site: Site, memo: dict[str, object]) -> None:
        self.connection = connection
        self.site = site
        #: What was computed once for this state, by the modules beside this one; every reader of the state shares it.
        self.memo = memo

    def once(self, name: str, compute: Callable[[Reader], T]) -> T:
        """What ``compute`` gives for this state, computed when it is first asked for."""
        if name not in self.memo:
            self.memo[name] = compute(self)
        return cast("T", self.memo[name])

    def select(self, query: str, values: Sequence[object] = ()) -> Any:
        """A cursor over the rows of a query of this room."""
        return database.select(self.connection, query, values)

    # -- the index about itself

    def meta(self, key: str) -> str:
        """A value of the index about itself; empty when it has none."""
        return str(self.select("SELECT value FROM meta WHERE key = ?", (key,)).get or "")

    def next_due(self) -> float | None:
        """When something scheduled appears, in seconds since the epoch; None when nothing is scheduled."""
        due: float | None = self.select("SELECT min(due) FROM source_file WHERE due IS NOT NULL").get
        return due

    def reached(self) -> int:
        """The number of the last sync that reached anything that is served."""
        return reach.last(self.connection)

    def reached_since(self, number: int) -> reach.Named | None:
        """The kind and slug of the documents that changed after it, and nothing beside them; None when more may have."""
        return reach.since(self.connection, number)

    @cached_property
    def revision(self) -> str:
        """The id of the content served; empty before the first complete sync."""
        return self.meta("revision")

    @cached_property
    def host(self) -> str | None:
        """The host of the site's own absolute links: of the configured origin, else the one inferred from the content."""
        if self.site.origin:
            return paths.split_url(self.site.origin).host
        return self.meta("inferred_host") or None

    @cached_property
    def rules(self) -> Rules:
        """The redirects that are patterns."""
        return self.once("rules", lambda reader: Rules(reader.connection))

    # -- one document

    def by_key(self, key: str) -> Row | None:
        """The served document at an address key, of any collection."""
        return self._one("key = ? AND served", (key,))

    def by_slug(self, collection: str, slug: str) -> Row | None:
        """The served document that has a slug in its collection."""
        return self._one("collection = ? AND slug = ? AND named AND served", (collection, slug))

    def by_source(self, source: str) -> Row | None:
        """The served document of a source file."""
        return self._one("source = ? AND served", (source,))

    def page_without_path(self, slug: str) -> Row | None:
        """The served page that no path leads to: its permalink is none, or its collection has no output."""
        return self._one(f"{_PAGES_WITHOUT_PATH} AND slug = ?", (slug,))

    def slugs_of_pages_without_path(self) -> Iterator[str]:
        """The slug of every such page, hidden ones too, in byte order."""
        query = f"SELECT DISTINCT slug FROM document WHERE {_PAGES_WITHOUT_PATH} ORDER BY slug"
        return (slug for (slug,) in self.select(query))

    def first_of_id(self, identifier: str) -> str | None:
        """The source file to which an id belongs: of several served documents that claim it, the first."""
        source: str | None = self.select("SELECT min(source) FROM document WHERE id = ? AND served", (identifier,)).get
        return source

    def _one(self, where: str, values: Sequence[object]) -> Row | None:
        row = self.select(f"SELECT {COLUMNS} FROM document WHERE {where}", tuple(values)).fetchone()
        return Row(*row) if row else None

    def keys(self) -> Iterator[str]:
        """Every address key that leads somewhere, in byte order: of served documents, hidden ones too, and of redirects."""
        query = (
            "SELECT key FROM document WHERE served AND key IS NOT NULL"
            " UNION SELECT key FROM redirect WHERE key IS NOT NULL ORDER BY key"
        )
        return (key for (key,) in self.select(query))

    def slugs(self, collections: Sequence[str]) -> Iterator[str]:
        """The slug of every document that is found by it in one of these collections, hidden ones too, in byte order."""
        places = ", ".join("?" * len(collections))
        query = f"SELECT DISTINCT slug FROM document WHERE collection IN ({places}) AND named AND served ORDER BY slug"
        return (slug for (slug,) in self.select(query, collections))

    def rows(self, where: str, values: Sequence[object] = (), *, order: str = "tie") -> list[Row]:
        """The served, listed documents that match. ``where`` and ``order`` are SQL of this room, never a caller's words."""
        query = f"SELECT {COLUMNS} FROM document WHERE served AND NOT hidden AND {where} ORDER BY {order}"
        return [Row(*row) for row in self.select(query, tuple(values))]

    # -- what they have

    def front_matter_names(self, collection: str) -> list[str]:
        """The dotted names of the front matter that documents of a collection have."""
        rows = self.select(
            "SELECT DISTINCT name FROM value JOIN document ON document.rowid = value.document"
            " WHERE collection = ? AND served AND NOT hidden ORDER BY name",
            (collection,),
        )
        return [name for (name,) in rows]

    def has_front_matter(self, name: str, collections: Sequence[str]) -> bool:
        """Whether a document of these collections has front matter of that dotted name."""
        return bool(
            self.select(
                "SELECT 1 FROM value JOIN document ON document.rowid = value.document WHERE value.name = ?"
                " AND collection IN (SELECT value FROM json_each(?)) AND served AND NOT hidden LIMIT 1",
                (name, orjson.dumps(collections).decode()),
            ).fetchone()
        )

    def asset_paths(self, limit: int | None = None) -> list[str]:
        """The first files that may be served, by path; without ``limit``, all of them."""
        query = "SELECT path FROM asset ORDER BY path LIMIT ?"
        return [path for (path,) in self.select(query, (-1 if limit is None else limit,))]

    def asset(self, path: str) -> Asset | None:
        """A file that may be served, or None."""
        row = self.select(
            "SELECT asset.path, media, served, digest, size, mtime, ctime, inode FROM asset JOIN source_file USING (path)"
            " WHERE path = ?",
            (path,),
        ).fetchone()
        if row is None:
            return None
        name, media, served, read, *stamp = row
        return Asset(name, media, served, tuple(stamp) if read == served else None)


class Index:
    """The index as a web process holds it: one connection, opened when the first reader comes and again when replaced."""

    def __init__(self, path: Path, site: Site) -> None:
        self.path = path
        self.site = site
        self._connection: apsw.Connection | None = None
        self._file: database.Identity | None = None
        self._memo: dict[str, object] = {}
        self._memo_of: object = None

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One state of the index. Raises :class:`IndexUnavailable` when there is none."""
        try:
            with database.snapshot(self._opened()) as connection:
                reader = Reader(connection, self.site, self._shared(connection))
                if not reader.revision:
                    message = "The first sync of the index is not complete."
                    raise IndexUnavailable(message)
                yield reader
        except database.DAMAGED as error:
            self.close()
            message = f"The index at {self.path} is damaged."
            raise IndexUnavailable(message) from error

    @contextmanager
    def apart(self) -> Iterator[Reader]:
        """The same through a connection of its own: the state it shows stays, however long it is read, until it is let go.

        As long as it is held, the writer can shorten no WAL.
        """
        own = Index(self.path, self.site)
        try:
            with own.reading() as reader:
                yield reader
        finally:
            own.close()

    def _shared(self, connection: apsw.Connection) -> dict[str, object]:
        state = self._file, connection.pragma("data_version")
        if state != self._memo_of:
            self._memo, self._memo_of = {}, state
        return self._memo

    def _opened(self) -> apsw.Connection:
        # A removed or replaced file is another index: what is open would go on answering from the old one for ever.
        file = database.identity(self.path)
        if self._connection is not None and file in {None, self._file}:
            return self._connection
        try:
            fresh = database.open_for_reading(self.path)
        except IndexUnavailable:
            if self._connection is None:
                raise
            return self._connection
        if self._connection is not None and not _complete(fresh):
            # Until the new one is made, the old one answers.
            fresh.close()
            return self._connection
        self.close()
        self._connection, self._file = fresh, file
        return fresh

    def version(self) -> tuple[int, int, int]:
        """Names what is in the file: another answer means that a sync was committed, or that the file was replaced.

        Raises :class:`IndexUnavailable` when there is none.
        """
        connection = self._opened()
        device, inode = self._file or (0, 0)
        return device, inode, int(str(connection.pragma("data_version")))

    def close(self) -> None:
        """Lets the file go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _complete(connection: apsw.Connection) -> bool:
    return bool(database.select(connection, "SELECT 1 FROM meta WHERE key = 'revision'").fetchone())
