"""A content folder beside its index: written as a mapping of paths to texts, synced, read, compared."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Self

import apsw

from contentapi import settings
from contentapi.index import database
from contentapi.index.outcome import Outcomes
from contentapi.index.reader import Index, Reader
from contentapi.index.sync import Report, sync
from contentapi.model import Diagnostic, Site
from contentapi.source.folder import Folder, Found

#: The clock of the tests: 15 January 2027, at eight in the morning (UTC).
NOW = 1_800_000_000.0
#: Long enough ago that no file system could mistake a later change for it.
LONG_AGO = 1_600_000_000_000_000_000
#: What says how a file was looked at, not what is in it.
_HISTORY = ("reached", "sync", "change", "moved")
_LOOKS = {"rowid", "size", "mtime", "ctime", "inode"}


def page(front: str = "", body: str = "") -> str:
    """A document: its front matter, and its body."""
    return f"---\n{dedent(front).strip()}\n---\n{dedent(body)}"


class AgedFolder(Folder):
    """A folder in which nothing changed a moment ago, so that no file must be read again for that."""

    def scan(self, under: str = "") -> Iterator[Found | Diagnostic]:
        for one in super().scan(under):
            yield one._replace(racy=False) if isinstance(one, Found) else one


class Shelf:
    """One folder and one index. Files are written with :meth:`write`; nothing is looked at before :meth:`sync`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.root = place / "content"
        self.index = place / "index.db"
        self.root.mkdir(parents=True)
        self._writing: apsw.Connection | None = None
        self._reading: dict[Site, Index] = {}
        self._folder: tuple[Site, Folder] | None = None
        self._kind: type[Folder] = Folder

    # -- the folder

    def write(self, files: Mapping[str, str | bytes | None]) -> Self:
        """Writes files, and removes those that are None."""
        for path, content in files.items():
            file = self.root / path
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            # As editors do, so that each version has an inode of its own, however fast they follow each other.
            new = file.with_name(f"{file.name}~")
            new.write_bytes(content.encode() if isinstance(content, str) else content)
            new.replace(file)
        return self

    def age(self) -> Self:
        """Makes every file look as if it had been written long ago, as after a restart the next day."""
        for file in self.root.rglob("*"):
            if file.is_file():
                os.utime(file, ns=(LONG_AGO, LONG_AGO))
        self._kind, self._folder = AgedFolder, None
        return self

    @property
    def settings(self) -> settings.Settings:
        return settings.load(self.root, environ={"HOME": str(self.place)}, flags={"index": str(self.index)})

    # -- the index

    def sync(
        self,
        *hints: str,
        now: float = NOW,
        fault: str | None = None,
        outcomes: Outcomes | None = None,
        careful: bool = False,
    ) -> Report:
        """Makes the index equal to the folder: where it is told that something changed, or everywhere."""
        site = self.settings.site
        if self._folder is None or self._folder[0] != site:
            self._folder = (site, self._kind(self.root, site))
        return sync(
            self.writing,
            self._folder[1],
            site,
            now=now,
            hints=hints or None,
            fault=fault,
            outcomes=outcomes,
            careful=careful,
        )

    @property
    def writing(self) -> apsw.Connection:
        if self._writing is None:
            self._writing = database.open_for_writing(self.index)
        return self._writing

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        held = Index(self.index, self.settings.site)
        try:
            with held.reading() as reader:
                yield reader
        finally:
            held.close()

    def close(self) -> None:
        if self._writing is not None:
            self._writing.close()
            self._writing = None

    # -- what is in it

    def served(self) -> dict[str, str | None]:
        """Source file → path of each document that is served."""
        return dict(self.rows("SELECT source, path FROM document WHERE served"))

    def diagnostics(self, *, private: bool = True) -> list[Diagnostic]:
        from contentapi.index import diagnostics

        with self.reading() as reader:
            return diagnostics.every(reader, private=private)

    def codes(self) -> list[str]:
        """The codes of all diagnostics, in order."""
        return sorted(one.code for one in self.diagnostics())

    def meta(self, key: str) -> str | None:
        return self.writing.execute("SELECT value FROM meta WHERE key = ?", (key,)).get

    def rows(self, query: str, *values: object) -> list[tuple]:
        return self.writing.execute(query, values).fetchall()

    def contents(self) -> dict[str, list[tuple]]:
        """Every row of every table, in an order of its own, without what says how and when a file was looked at.

        What each sync reached and changed is history, and left out too.
        """
        return contents(self.writing)


def contents(connection: apsw.Connection) -> dict[str, list[tuple]]:
    tables = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    virtual = tuple(f"{name}_" for name, made in tables.items() if made.upper().startswith("CREATE VIRTUAL"))
    found = {}
    for table in sorted(name for name in tables if not name.startswith(("sqlite_", *_HISTORY, *virtual))):
        columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        shown = [_shown(table, name) for name in columns if name not in _LOOKS]
        rows = connection.execute(f"SELECT {', '.join(shown)} FROM {table}").fetchall()
        found[table] = sorted((row for row in rows if row[0] not in {"synced", "history"}), key=repr)
    return found


def _shown(table: str, column: str) -> str:
    if column == "document":  # rows are numbered as they come; what they belong to is the file
        return f"(SELECT source FROM document WHERE document.rowid = {table}.document)"
    return column
