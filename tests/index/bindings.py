"""Measures apsw against the standard library's sqlite3, on the very statements of this index (docs/adr/0003).

Run it as ``python -m tests.index.bindings``. Each figure is the best of three, in seconds of processor time.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from contentapi.index import database
from contentapi.index.reader import COLUMNS
from tests.index.library import documents, fill

DOCUMENTS, READS, PAGES = 5_000, 20_000, 2_000
ROUNDS = 3
ONE = f"SELECT {COLUMNS} FROM document WHERE key = ? AND served"
PAGE = (
    f"SELECT document.epoch, document.tie, {COLUMNS} FROM document WHERE served AND NOT hidden AND type = 'article'"
    " AND document.epoch <= ? ORDER BY document.epoch DESC, document.tie LIMIT 21"
)


def recorded(place: Path) -> list[tuple[str, tuple[Any, ...]]]:
    """Every statement of a first sync, with its values."""
    statements: list[tuple[str, tuple[Any, ...]]] = []
    connection = database.open_for_writing(place / "recorded.db")

    def note(_: object, query: str, values: Any) -> bool:
        statements.append((query, tuple(values or ())))
        return True

    connection.set_exec_trace(note)
    fill(connection, documents(DOCUMENTS, words=120))
    connection.close()
    return [one for one in statements if not one[0].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


def prepared(path: Path) -> Path:
    database.open_for_writing(path).close()
    return path


def with_apsw(path: Path) -> Any:
    connection = apsw.Connection(str(path))
    connection.pragma("synchronous", "normal")
    return connection


def with_sqlite3(path: Path) -> Any:
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    connection.execute("PRAGMA synchronous = normal")
    return connection


def write(connection: Any, statements: list[tuple[str, tuple[Any, ...]]]) -> None:
    connection.execute("BEGIN")
    for query, values in statements:
        connection.execute(query, values).fetchall()
    connection.execute("COMMIT")


def read(connection: Any, keys: list[str]) -> None:
    for number in range(READS):
        connection.execute(ONE, (keys[number % len(keys)],)).fetchone()


def pages(connection: Any, epochs: list[float]) -> None:
    for number in range(PAGES):
        connection.execute(PAGE, (epochs[number % len(epochs)],)).fetchall()


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def measure(place: Path) -> dict[str, dict[str, float]]:
    statements = recorded(place)
    found: dict[str, dict[str, float]] = {}
    for turn in range(ROUNDS):
        for name, opened in (("apsw", with_apsw), ("sqlite3", with_sqlite3)):
            connection = opened(prepared(place / f"{name}{turn}.db"))
            times = {"write": timed(lambda: write(connection, statements))}  # noqa: B023 - called at once
            keys = [key for (key,) in connection.execute("SELECT key FROM document WHERE served").fetchall()]
            epochs = [epoch for (epoch,) in connection.execute("SELECT epoch FROM document WHERE epoch > 0").fetchall()]
            times["read"] = timed(lambda: read(connection, keys))  # noqa: B023
            times["pages"] = timed(lambda: pages(connection, epochs))  # noqa: B023
            connection.close()
            best = found.setdefault(name, times)
            found[name] = {what: min(best[what], seconds) for what, seconds in times.items()}
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        found = measure(Path(place))
    print(f"apsw {apsw.apsw_version()} (SQLite {apsw.sqlite_lib_version()}), sqlite3 (SQLite {sqlite3.sqlite_version})")  # noqa: T201
    for what in ("write", "read", "pages"):
        ours, theirs = found["apsw"][what], found["sqlite3"][what]
        print(f"{what:6} apsw {ours:.3f} s   sqlite3 {theirs:.3f} s   ratio {ours / theirs:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
