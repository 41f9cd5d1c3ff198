"""What the index knows of the folder's files, and of itself: the rows that tell what need not be read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Literal, NamedTuple, Protocol

import apsw
import orjson

from contentapi.index import database
from contentapi.model import Diagnostic

Signature = tuple[int, int, int, int]
#: Where a diagnostic comes from: the walk over the names of the folder, or the text of the file.
Scope = Literal["name", "text"]


class Progress(Protocol):
    """Whoever wants to show how far a long sync is."""

    def start(self, total: int) -> None: ...

    def step(self) -> None: ...


class SourceRow(NamedTuple):
    """A row of ``source_file``."""

    path: str
    size: int
    mtime: int
    ctime: int
    inode: int
    digest: str
    state: str
    served: str | None
    due: float | None

    def is_due(self, now: float) -> bool:
        return self.due is not None and self.due <= now


def json(value: object) -> str:
    """A value as the JSON text of a column."""
    return orjson.dumps(value, default=dict).decode()


# -- the index about itself -------------------------------------------------------------------------------------------


def meta(connection: apsw.Connection, key: str) -> str | None:
    """One value of the index about itself."""
    found: str | None = database.select(connection, "SELECT value FROM meta WHERE key = ?", (key,)).get
    return found


def set_meta(connection: apsw.Connection, key: str, value: str) -> None:
    """Writes one value of the index about itself, if it is another one."""
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value != excluded.value",
        (key, value),
    )


def put_fault(connection: apsw.Connection, fault: str | None) -> None:
    """Writes why the last sync, or reading the settings, failed; None when nothing did."""
    if fault is None:
        connection.execute("DELETE FROM meta WHERE key = 'last_error'")
    else:
        set_meta(connection, "last_error", fault)


def clear(connection: apsw.Connection) -> None:
    """Removes every row: the settings or the pipeline changed, and no row can be trusted to be what it would be now."""
    for table in (
        "diagnostic", "asset", "menu", "redirect", "statement", "value", "term", "reference", "body", "document",
        "source_file",
    ):  # fmt: skip
        connection.execute(f"DELETE FROM {table}")
    # What has vanished is no matter of settings, nor is what was served before.
    connection.execute("DELETE FROM meta WHERE key NOT IN ('held', 'missed', 'vanishing', 'history')")


# -- source files -----------------------------------------------------------------------------------------------------

_SOURCE_COLUMNS = ", ".join(SourceRow._fields)


def signatures(connection: apsw.Connection, only: list[str] | None) -> dict[str, Signature]:
    """Path → what told, at the last look, that the file needs no reading."""
    query = "SELECT path, size, mtime, ctime, inode FROM source_file"
    if only is None:
        rows = database.select(connection, query)
    else:
        rows = database.select(connection, f"{query} WHERE path IN (SELECT value FROM json_each(?))", (json(only),))
    return {path: (size, mtime, ctime, inode) for path, size, mtime, ctime, inode in rows}


def state(connection: apsw.Connection, path: str) -> SourceRow | None:
    """What is known of a file."""
    row = database.select(connection, f"SELECT {_SOURCE_COLUMNS} FROM source_file WHERE path = ?", (path,)).fetchone()
    return SourceRow(*row) if row else None


def put_states(connection: apsw.Connection, rows: Iterable[SourceRow]) -> None:
    """Writes what is known of files."""
    connection.executemany(_PUT_STATE, rows)


# An update in place, since replacing the row would take the menus and redirects of the file with it.
_PUT_STATE = (
    f"INSERT INTO source_file ({_SOURCE_COLUMNS}) VALUES ({', '.join('?' * len(SourceRow._fields))}) ON CONFLICT (path)"
    f" DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in SourceRow._fields if name != 'path')}"
)


def forget(connection: apsw.Connection, path: str) -> str | None:
    """Removes a file and all its rows. Returns the digest of the version that was served, if one was."""
    row = state(connection, path)
    connection.execute("DELETE FROM document WHERE source = ?", (path,))
    connection.execute("DELETE FROM diagnostic WHERE source = ? AND scope = 'text'", (path,))
    connection.execute("DELETE FROM source_file WHERE path = ?", (path,))
    return row.served if row else None


def due(connection: apsw.Connection, now: float) -> set[str]:
    """The scheduled files whose time has come."""
    return {path for (path,) in database.select(connection, "SELECT path FROM source_file WHERE due <= ?", (now,))}


def next_due(connection: apsw.Connection) -> float | None:
    """When the next scheduled document is to appear, in seconds since the epoch."""
    found: float | None = database.select(connection, "SELECT min(due) FROM source_file WHERE due IS NOT NULL").get
    return found


def paths_below(connection: apsw.Connection, under: str) -> list[str]:
    """The known files at a path or below it; all of them for the root."""
    rows = database.select(connection, f"SELECT path FROM source_file WHERE {_below('path', under)}", (under,))
    return [path for (path,) in rows]


def _below(column: str, under: str) -> str:
    return f"({column} = ?1 OR ({column} >= ?1 || '/' AND {column} < ?1 || '0'))" if under else "?1 = ''"


# -- what is wrong with them ------------------------------------------------------------------------------------------

_TOLD = "code, severity, line, column, message, hint, related, private"


def tell(connection: apsw.Connection, scope: Scope, source: str, diagnostics: Sequence[Diagnostic]) -> None:
    """Replaces what is said of a file."""
    connection.execute("DELETE FROM diagnostic WHERE source = ? AND scope = ?", (source, scope))
    tell_first(connection, scope, [(source, diagnostics)])


def tell_first(connection: apsw.Connection, scope: Scope, every: Iterable[tuple[str, Sequence[Diagnostic]]]) -> None:
    """Says something of files, each by its path, of which nothing is said yet."""
    connection.executemany(
        f"INSERT INTO diagnostic (source, scope, ordinal, {_TOLD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        chain.from_iterable(
            [(source, scope, ordinal, *_columns(one)) for ordinal, one in enumerate(told)] for source, told in every
        ),
    )


def _columns(one: Diagnostic) -> tuple[object, ...]:
    # What is told may quote what no row can hold (half of a surrogate pair); it must not fail for that.
    message, hint = (text.encode(errors="backslashreplace").decode() for text in (one.message, one.hint))
    return (one.code, one.severity, one.line, one.column, message, hint, json(one.related), int(one.private))


def tell_names(connection: apsw.Connection, under: str, told: Iterable[Diagnostic]) -> None:
    """Replaces what is said of the names at ``under`` and below; what has not changed is not written again."""
    found: dict[str, list[Diagnostic]] = {}
    for one in told:
        found.setdefault(one.path, []).append(one)
    rows = database.select(
        connection,
        f"SELECT source, {_TOLD} FROM diagnostic WHERE scope = 'name'"
        f" AND ({_below('source', under)} OR source IN (SELECT value FROM json_each(?2))) ORDER BY source, ordinal",
        (under, json(list(found))),
    )
    known: dict[str, list[tuple[object, ...]]] = {}
    for source, *columns in rows:
        known.setdefault(source, []).append(tuple(columns))
    for source in {*known, *found}:
        if known.get(source, []) != [_columns(one) for one in found.get(source, [])]:
            tell(connection, "name", source, found.get(source, []))
