"""Every problem of the content: those of one file, as ingest told them, and those that only the whole folder shows.

The second kind is computed when it is asked for: whether a link is dead depends on every other file.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from contentapi.index import conflicts, deadends, holding
from contentapi.index.reader import Reader
from contentapi.model import Diagnostic, Severity


def every(reader: Reader, *, private: bool = False) -> list[Diagnostic]:
    """All diagnostics by file, line and code. ``private`` adds those of what is not published, never for the API."""
    return [one for one in reader.once("diagnostics", _every) if private or not one.private]


def counts(reader: Reader) -> dict[str, int]:
    """How many public diagnostics of each severity there are."""
    found = dict.fromkeys((severity.value for severity in Severity), 0)
    for one in every(reader):
        found[one.severity] += 1
    return found


def _every(reader: Reader) -> list[Diagnostic]:
    # The same link twice in one paragraph is one problem.
    every_one = (*_of_files(reader), *conflicts.every(reader), *deadends.every(reader), *holding.told(reader))
    found = dict.fromkeys(every_one)
    return sorted(found, key=lambda one: (one.path, one.line or 0, one.column or 0, one.code, one.message))


def _of_files(reader: Reader) -> Iterator[Diagnostic]:
    rows = reader.select("SELECT source, code, severity, message, hint, line, column, related, private FROM diagnostic")
    for source, code, severity, message, hint, line, column, related, private in rows:
        yield Diagnostic(
            code,
            Severity(severity),
            source,
            message,
            hint,
            line,
            column,
            tuple(orjson.loads(related)),
            bool(private),
        )
