"""The SQLite file behind the index: how it is opened, for its one writer and for its many readers.

apsw brings one current SQLite to every machine (docs/adr/0003). The writer commits one transaction a sync; WAL gives each
reader one consistent state while it reads.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any

import apsw

from contentapi.errors import IndexUnavailable
from contentapi.text import folding

_SCHEMA_SQL = resources.files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
#: Names the shape of the tables: an index of another number is made anew.
SCHEMA = zlib.crc32(_SCHEMA_SQL.encode()) & 0x7FFFFFFF
#: What marks a file as an index of ours (SQLite's ``application_id``): no other database is ever replaced.
_OURS = 0x63417069
_BUSY = 10_000
#: A WAL of more bytes is copied into the file.
_LONG = 4_000_000

#: What reading and writing end with when the file is no longer what SQLite wrote.
DAMAGED = (apsw.CorruptError, apsw.NotADBError)

Identity = tuple[int, int]


def identity(path: Path) -> Identity | None:
    """What tells the file at a path from another that takes its place; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def open_for_writing(path: Path) -> apsw.Connection:
    """Opens the index for its writer, making it when there is none or when it was made by another version.

    Raises :class:`IndexUnavailable` when that cannot be, or when what lies there is no index; one of ``DAMAGED`` when it is
    one and must be made anew.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or not _is_current(path):
            remove(path)
            return _create(path)
        return _writable(path)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGED:
        raise
    except (apsw.Error, OSError) as error:
        message = f"The index {path} cannot be written: {error}"
        raise IndexUnavailable(message) from error


def _is_current(path: Path) -> bool:
    """Whether an index of this version lies there. Raises :class:`IndexUnavailable` when it is none of ours."""
    connection = apsw.Connection(str(path), apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_timeout(_BUSY)
        ours = connection.pragma("application_id") == _OURS
        empty = not select(connection, "SELECT count(*) FROM sqlite_master").get
    except DAMAGED:
        ours = empty = False
        if _marked(path):
            return False
    else:
        if ours:
            return _version(connection) == SCHEMA
    finally:
        connection.close()
    if not empty:
        message = f"{path} is no index of contentapi; remove it, or name another place for the index."
        raise IndexUnavailable(message)
    return False


def _marked(path: Path) -> bool:
    """Whether the head of a damaged file says that it was an index of ours (https://www.sqlite.org/fileformat.html)."""
    with path.open("rb") as file:
        head = file.read(100)
    return head.startswith(b"SQLite format 3\0") and head[68:72] == _OURS.to_bytes(4, "big")


def _create(path: Path, journal: str = "wal") -> apsw.Connection:
    connection = _writable(path, journal)
    with connection:
        connection.execute(_SCHEMA_SQL)
        connection.pragma("user_version", SCHEMA)
        connection.pragma("application_id", _OURS)
    return connection


def _writable(path: Path, journal: str = "wal") -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(_BUSY)
    connection.pragma("journal_mode", journal)
    # Copying the WAL waits for the disk: nobody else should, see `tidy`.
    connection.pragma("wal_autocheckpoint", 0)
    connection.pragma("journal_size_limit", _LONG)
    # A power cut may lose the last sync, never the file; the folder is there to sync from.
    connection.pragma("synchronous", "normal")
    connection.pragma("foreign_keys", 1)
    connection.pragma("cache_size", -64_000)
    return connection


def open_for_reading(path: Path) -> apsw.Connection:
    """Opens the index for a reader. Raises :class:`IndexUnavailable` when there is none that this version can read."""
    if not path.is_file():
        message = f"There is no index at {path} yet."
        raise IndexUnavailable(message)
    try:
        connection = _readable(path)
        version = _version(connection)
    except apsw.Error as error:
        message = f"The index at {path} cannot be read: {error}"
        raise IndexUnavailable(message) from error
    if version != SCHEMA:
        connection.close()
        message = f"The index at {path} was made by another version."
        raise IndexUnavailable(message)
    return connection


def _readable(path: Path) -> apsw.Connection:
    # On a read-only file system SQLite can make no WAL index; such a file cannot change either, so it is immutable.
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    name = path.absolute().as_uri()
    try:
        connection = apsw.Connection(f"{name}?mode=ro", flags)
        connection.set_busy_timeout(_BUSY)
        _version(connection)
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        connection = apsw.Connection(f"{name}?immutable=1", flags)
    # The file is not mapped: each page that a process has looked at would be its own, as many as the folder has. The longest
    # lists take a fifth longer for it; one document is read as fast.
    connection.pragma("cache_size", -16_000)
    connection.pragma("mmap_size", 0)
    connection.pragma("query_only", 1)
    connection.create_scalar_function("contains", _contains, 2, deterministic=True)
    return connection


def _contains(*values: object) -> bool:
    """SQL's ``contains(text, folded)``: whether a text holds another, capitals and accents ignored."""
    text, needle = values
    return text is not None and str(needle) in folding.fold(str(text))


def _version(connection: apsw.Connection) -> int:
    return int(str(connection.pragma("user_version")))


def remove(path: Path) -> None:
    """Removes the index file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def tidy(connection: apsw.Connection) -> None:
    """Copies a WAL that has become long into the file; readers go on meanwhile. For when nobody waits for a sync."""
    wal = Path(f"{connection.filename}-wal")
    if wal.exists() and wal.stat().st_size > _LONG:
        with suppress(apsw.BusyError):  # someone else does it
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)


@contextmanager
def shipped(path: Path) -> Iterator[apsw.Connection]:
    """Opens the index for one sync, which leaves one file to be shipped: unless someone reads it, nothing stays in a WAL.

    A new one takes its place when it is whole; until then nobody reads it, so that it is written once and not to a WAL
    first. Raises as :func:`open_for_writing` does.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        known = _writable(path) if path.exists() and _is_current(path) else None
    if known is not None:
        with closing(known):
            yield known  # whoever closes it last writes the WAL back
        return
    new = path.with_name(f"{path.name}.new")
    try:
        with _explained(path):
            remove(new)
            made = _create(new, "delete")
        with closing(made) as connection:
            yield connection
            connection.pragma("journal_mode", "wal")
        remove(path)
        new.rename(path)
    finally:
        remove(new)


def select(connection: apsw.Connection, query: str, values: Sequence[object] = ()) -> Any:
    """A cursor over the rows of a query. The types of its columns stand in ``schema.sql``, which no type checker reads."""
    return connection.execute(query, tuple(values))


@contextmanager
def snapshot(connection: apsw.Connection) -> Iterator[apsw.Connection]:
    """Everything read inside sees one state of the index."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        if connection.in_transaction:  # SQLite ends it by itself when reading fails badly
            connection.execute("ROLLBACK")
