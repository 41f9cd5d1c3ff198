"""What one file became, ready to be written: ingest and its rows in one step, which any process can take.

An outcome is made of plain values, so that it costs little to send from the process that made it to the one that writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from contentapi.index import rows
from contentapi.index.rows import Rows
from contentapi.ingest import document, pool, searchable
from contentapi.ingest.pool import Limits, Pool, Stopped
from contentapi.ingest.steps import Steps
from contentapi.model import Diagnostic, Site, SourceFile


class Outcome(NamedTuple):
    """What became of a file: nothing that can be trusted (``quarantined``), a draft, a document, or other rows.

    ``due`` is when a scheduled document appears, in seconds since the epoch.
    """

    quarantined: bool
    draft: bool
    document: bool
    due: float | None
    diagnostics: tuple[Diagnostic, ...]
    rows: Rows


#: Gives for each file what became of it, in order; the number is the time in seconds since the epoch.
Outcomes = Callable[[Iterable[SourceFile], float], Iterator[Outcome | Stopped]]


def steps(site: Site, file: SourceFile, now: float) -> Steps[Outcome]:
    """How a file becomes an :class:`Outcome`; ``now`` in seconds since the epoch."""
    found = yield from document.steps(site, file, now)
    yield
    words = searchable.of(found.document) if found.document is not None else None
    yield
    return Outcome(
        quarantined=found.quarantined,
        draft=found.draft is not None,
        document=found.document is not None,
        due=found.draft.due if found.draft is not None else None,
        diagnostics=found.diagnostics,
        rows=rows.of(found, words),
    )


def here(site: Site) -> Outcomes:
    """Ingest in this process, unsupervised: for files that one has written oneself."""
    return partial(pool.work, partial(steps, site))


def elsewhere(site: Site) -> Pool[Outcome]:
    """Ingest in processes of their own, bounded as the site says."""
    return Pool(partial(steps, site), Limits(site.max_seconds))
