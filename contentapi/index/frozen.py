"""A copy of an index that stays as it is, for who reads all of it while its folder may change."""

from __future__ import annotations

from pathlib import Path

import apsw

from contentapi.errors import IndexUnavailable
from contentapi.index import database


def copy(index: Path, to: Path) -> float | None:
    """Copies the last complete state of an index into a new file, in which nothing scheduled appears any more.

    Returns when something would have appeared next, in seconds since the epoch. Raises :class:`IndexUnavailable` when there
    is nothing to copy.
    """
    source = database.open_for_reading(index)
    try:
        made = apsw.Connection(str(to))
        try:
            with made.backup("main", source, "main") as backup:
                backup.step()
            due: float | None = database.select(made, "SELECT min(due) FROM source_file WHERE due IS NOT NULL").get
            made.execute("UPDATE source_file SET due = NULL WHERE due IS NOT NULL")
        finally:
            made.close()
    except apsw.Error as error:
        message = f"The index at {index} cannot be copied: {error}"
        raise IndexUnavailable(message) from error
    finally:
        source.close()
    return due
