"""Makes the index equal to the folder, in one transaction.

What is looked at is what a hint names (a file, or a folder's subtree), or everything. What is read is what looks changed;
what is ingested is what has another digest; what is written is the rows of those, and of what depends on them. When nothing
has changed nothing is written, so that no reader lets go of what it has in hand.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import apsw
import orjson

from contentapi import __version__
from contentapi.errors import FolderError
from contentapi.index import database, history, holding, outcome, owners, rows, store
from contentapi.index.outcome import Outcome, Outcomes
from contentapi.index.owners import Touched
from contentapi.index.reach import Reach
from contentapi.ingest import classify
from contentapi.ingest.classify import Kind
from contentapi.ingest.document import is_withheld
from contentapi.ingest.pool import Stopped
from contentapi.model import Diagnostic, Severity, Site, SourceFile
from contentapi.source import pictures
from contentapi.source.folder import Folder, Found, Reader
from contentapi.text import media

_log = logging.getLogger("contentapi.sync")

#: Raised by one whenever the same bytes would become other rows: everything is then ingested again.
PIPELINE = 12
#: What became of so many files, or of files of so many bytes, is written at once.
_BLOCK, _BLOCK_SIZE = 128, 1_000_000
#: So many characters of what documents are found by are written at once.
_FOUND_BY = 1_000_000
#: What is told of a symlink that leads to no content: what it led to is gone, and may be a draft elsewhere.
_LEADS_NOWHERE = frozenset({"symlink-broken", "symlink-loop", "symlink-outside"})
#: How often a sync begins again when the folder becomes another one under way.
_ATTEMPTS = 5
_MASK = (1 << 128) - 1
#: What the database raises for a value that no row can hold. What else it raises is no fault of a document.
_UNFIT = (apsw.TooBigError, apsw.ConstraintError, apsw.MismatchError)


@dataclass(slots=True)
class Report:
    """What one sync did. ``seconds`` is its whole time, ``seen`` the files looked at, ``parsed`` those ingested."""

    revision: str = ""
    seen: int = 0
    read: int = 0
    parsed: int = 0
    changed: int = 0
    removed: int = 0
    seconds: float = 0.0


def fingerprint(site: Site) -> str:
    """Names the settings that shape the answers, and the version of the pipeline: rows of another one are not reused."""
    shaped = orjson.dumps([__version__, PIPELINE, site], default=dict)
    return hashlib.sha256(shaped).hexdigest()[:32]


def sync(  # noqa: PLR0913 - what a sync is of, each by its name
    connection: apsw.Connection,
    folder: Folder,
    site: Site,
    *,
    now: float | None = None,
    hints: Iterable[str] | None = None,
    progress: store.Progress | None = None,
    fault: str | None = None,
    outcomes: Outcomes | None = None,
    careful: bool = False,
) -> Report:
    """Looks at the folder (below ``hints`` only, when given) and commits what changed. Returns what was done.

    ``fault`` is what stays to be told as the last error though this sync is a good one; without it, there is none.
    ``outcomes`` says where files are ingested, this process unless it is given. Raises :class:`FolderError` when the folder
    cannot be read, and, if it is to be ``careful``, :class:`SyncHeld` when more than half of the documents have vanished;
    then the index is as it was.
    """
    started = time.perf_counter()
    clock = time.time() if now is None else now
    for _ in range(_ATTEMPTS):
        run = _Run(connection, folder, site, clock)
        try:
            with connection:
                run.start()
                run.look(None if run.incomplete else hints, careful=careful)
                run.ingest(outcomes or outcome.here(site), progress)
                run.finish(fault)
        except _Moved:
            hints = None
            continue
        except holding.Missed as missed:
            raise holding.hold(connection, missed) from None
        run.report.seconds = time.perf_counter() - started
        return run.report
    message = f"{folder.root} was replaced again and again while it was read"
    raise FolderError(message)


class _Changed(NamedTuple):
    """A file whose content is another one than at the last look."""

    found: Found
    content: SourceFile
    kind: Kind


class _Made(NamedTuple):
    """What became of such a file."""

    changed: _Changed
    result: Outcome

    @property
    def path(self) -> str:
        return self.changed.found.path


class _Moved(Exception):
    """The folder became another one under way: what was read of it is of two generations, and none of it is kept."""


@dataclass(slots=True)
class _Run:
    connection: apsw.Connection
    folder: Folder
    site: Site
    now: float
    report: Report = field(default_factory=Report)
    changed: list[Found] = field(default_factory=list)
    #: The documents that were served and are there no more.
    vanished: list[str] = field(default_factory=list)
    #: The documents of other settings, whose rows are gone.
    replaced: list[str] = field(default_factory=list)
    revision: int = 0
    touched: Touched = field(default_factory=Touched)
    reach: Reach = field(default_factory=Reach)
    #: The files whose rows were written anew, or removed.
    files: set[str] = field(default_factory=set)
    #: The files that were not there at the last look: nothing is known of them.
    new: set[str] = field(default_factory=set)
    #: What is made and not written yet, and how many bytes it was made of.
    block: list[_Made] = field(default_factory=list)
    block_size: int = 0
    #: What documents are found by, and is not written yet; in characters.
    found_by: list[rows.FoundBy] = field(default_factory=list)
    found_by_size: int = 0
    incomplete: bool = False
    #: Whether any document may be another one, whatever became of its file: other settings, another host.
    everything: bool = False
    changes_before: int = 0

    # -- where we are

    def start(self) -> None:
        self.changes_before = self.connection.total_changes()
        print_now = fingerprint(self.site)
        if store.meta(self.connection, "fingerprint") != print_now:
            self.replaced = [source for (source,) in database.select(self.connection, "SELECT source FROM document")]
            store.clear(self.connection)
            self.reach.everything = self.everything = True
            store.set_meta(self.connection, "fingerprint", print_now)
        self.revision = int(store.meta(self.connection, "sum") or "0", 16)
        # A hint says where something changed; of an index that holds nothing yet, everything has.
        self.incomplete = store.meta(self.connection, "revision") is None

    # -- what looks changed

    def look(self, hints: Iterable[str] | None, *, careful: bool = False) -> None:
        due = store.due(self.connection, self.now)
        found: dict[str, Found] = {}
        for under in ("",) if hints is None else sorted({*hints, *due}):
            self._look_at(under, found)
        self.report.seen = len(found)
        known = store.signatures(self.connection, None if hints is None else list(found))
        self.new = found.keys() - known.keys()
        self.changed += [one for path, one in found.items() if known.get(path) != one.stamp or path in due]
        if careful:
            self._weigh(found)
        if hints is None:
            holding.believe(self.connection)

    def _weigh(self, found: dict[str, Found]) -> None:
        """Raises :class:`holding.Missed` when this look misses more than half of the documents."""
        left = int(database.select(self.connection, "SELECT count(*) FROM document").get)
        after = left + sum(classify.kind(path, self.site) is Kind.DOCUMENT for path in self.new)
        # Where other settings made every row anew, the documents are those that the old ones made.
        self.vanished += [path for path in self.replaced if path not in found]
        before = len(self.replaced) or left + len(self.vanished)
        holding.weigh(self.connection, self.vanished, before, after, self.now)

    def _look_at(self, under: str, found: dict[str, Found]) -> None:
        told: list[Diagnostic] = []
        for one in self.folder.scan(under):
            if isinstance(one, Diagnostic):
                told.append(one)
            else:
                found[one.path] = one
        # What cannot be looked at has not vanished: its last good version goes on being served.
        unseen = {one.path for one in told if one.code not in _LEADS_NOWHERE}
        for path in store.paths_below(self.connection, under):
            if path not in found and unseen.isdisjoint(_at_and_above(path)):
                if self._forget(path) and classify.kind(path, self.site) is Kind.DOCUMENT:
                    self.vanished.append(path)
                self.report.removed += 1
        store.tell_names(self.connection, under, told)

    def _forget(self, path: str) -> bool:
        """Removes the rows of a file, if it has any; says whether any version of it was served."""
        self.reach.note(self.connection, path)
        self.files.add(path)
        if path in self.new:
            return False
        owners.touch_source(self.connection, self.touched, path)
        before = store.forget(self.connection, path)
        if before is not None:
            self.revision -= _weight(path, before)
        return before is not None

    # -- what has another digest

    def ingest(self, outcomes: Outcomes, progress: store.Progress | None) -> None:
        if progress is not None:
            progress.start(len(self.changed))
        waiting: deque[_Changed] = deque()
        with _without_collector():
            for result in outcomes(self._changed(waiting, progress), self.now):
                self._take(waiting.popleft(), result)
            self._write()
            self._write_found_by()

    def _changed(self, waiting: deque[_Changed], progress: store.Progress | None) -> Iterator[SourceFile]:
        """The files with another content, as they are asked for; what needs no ingest is done on the way."""
        with self.folder.reader() as reader:
            for found in self.changed:
                one = self._look_into(found, reader)
                if one is not None:
                    self.report.parsed += 1
                    waiting.append(one)
                    yield one.content
                if progress is not None:
                    progress.step()

    def _look_into(self, found: Found, reader: Reader) -> _Changed | None:
        """A file that is to be ingested; None when that is not needed, and all is done."""
        kind = classify.kind(found.path, self.site)
        if kind is Kind.OTHER:
            self.reach.note(self.connection, found.path)
            self._note(found, "", kind.value)
            return None
        before = None if found.path in self.new else store.state(self.connection, found.path)
        content = reader.read(found, media.LARGEST if kind is Kind.ASSET else self.site.max_file_size)
        if content is None:
            self._forget(found.path)
            self.report.removed += before is not None
        elif isinstance(content, Diagnostic):
            self._keep_last(found, "", (_of_asset(content) if kind is Kind.ASSET else content,))
        else:
            self.report.read += 1
            if before is not None and before.digest == content.digest and not before.is_due(self.now):
                store.put_states(self.connection, [_stamped(before, found)])
                return None
            self.report.changed += 1
            if kind is Kind.ASSET and not is_withheld(content):
                self._put_asset(found, content)
                return None
            if kind is Kind.ASSET:
                self._withdraw(found.path)
            return _Changed(found, content, kind)
        return None

    def _take(self, changed: _Changed, result: Outcome | Stopped) -> None:
        if isinstance(result, Stopped):
            self._keep_last(changed.found, changed.content.digest, (_stopped(changed.content, result, self.site),))
        elif result.quarantined:
            self._keep_last(changed.found, changed.content.digest, result.diagnostics)
        else:
            self.block.append(_Made(changed, result))
            self.block_size += len(changed.content.content)
            if len(self.block) >= _BLOCK or self.block_size >= _BLOCK_SIZE:
                self._write()

    def _write(self) -> None:
        """Writes what is made; if something of it cannot be written, one by one, so that the others are."""
        block, self.block, self.block_size = self.block, [], 0
        if self._written(block) is None:
            return
        for one in block:
            error = self._written([one])
            if error is not None:
                # A fault of ours, not the editor's; it must cost this one document, never the service.
                content = one.changed.content
                why = Stopped(slow=False, why=type(error).__name__)
                self._keep_last(one.changed.found, content.digest, (_stopped(content, why, self.site),))

    def _written(self, block: Sequence[_Made]) -> Exception | None:
        """Writes all of it, or gives the reason why nothing of it is written."""
        revision = self.revision
        try:
            with self.connection:
                found_by = self._put(block)
        except Exception as error:
            if isinstance(error, apsw.Error) and not isinstance(error, _UNFIT):
                raise
            self.revision = revision
            return error
        self.found_by += found_by
        self.found_by_size += sum(one.size for one in found_by)
        if self.found_by_size > _FOUND_BY:
            self._write_found_by()
        return None

    def _put(self, block: Sequence[_Made]) -> list[rows.FoundBy]:
        for one in block:
            self._forget(one.path)
        store.put_states(self.connection, map(self._row, block))
        found_by = rows.put(self.connection, [one.result.rows for one in block], self.touched)
        store.tell_first(self.connection, "text", [(one.path, one.result.diagnostics) for one in block])
        return found_by

    def _row(self, one: _Made) -> store.SourceRow:
        changed, result = one
        plain = changed.kind is Kind.DOCUMENT and not result.document
        state = "draft" if result.draft else "other" if plain else changed.kind.value
        return self._noted(
            changed.found, changed.content.digest, state, serves=state not in {"draft", "other"}, due=result.due
        )

    def _write_found_by(self) -> None:
        rows.put_found_by(self.connection, self.found_by)
        self.found_by.clear()
        self.found_by_size = 0

    def _withdraw(self, path: str) -> None:
        """Of what is served as it lies in the folder there is no last good version."""
        before = store.state(self.connection, path)
        if before is not None and before.served is not None:
            self._forget(path)

    def _put_asset(self, found: Found, content: SourceFile) -> None:
        self._forget(found.path)
        self._note(found, content.digest, "asset", serves=True)
        ending = media.extension(found.path)
        size = pictures.measure(content.content, found.path) if ending in media.PICTURES else None
        rows.put_asset(self.connection, found.path, media.TYPES[ending], size)

    def _note(self, found: Found, digest: str, state: str, *, serves: bool = False) -> None:
        store.put_states(self.connection, [self._noted(found, digest, state, serves=serves)])

    def _noted(
        self, found: Found, digest: str, state: str, *, serves: bool, due: float | None = None
    ) -> store.SourceRow:
        """The row of a file, whose weight is in the revision from now on."""
        if serves:
            self.revision += _weight(found.path, digest)
        return store.SourceRow(found.path, *_stamp(found), digest, state, digest if serves else None, due)

    def _keep_last(self, found: Found, digest: str, why: tuple[Diagnostic, ...]) -> None:
        """The file cannot be used as it is: its last good version goes on being served, and the reason is told."""
        self.reach.note(self.connection, found.path)
        before = store.state(self.connection, found.path)
        served = before.served if before is not None else None
        row = store.SourceRow(found.path, *_stamp(found), digest, "quarantined", served, None)
        if any(one.code == "unsettled" for one in why):
            row = row._replace(mtime=_UNKNOWN)
        if classify.is_draft_folder(found.path) or (before is not None and before.state == "draft"):
            # Nothing of a draft is public, and one that cannot be read is still one.
            row, why = row._replace(state="draft"), tuple(replace(one, private=True) for one in why)
        store.put_states(self.connection, [row])
        store.tell(self.connection, "text", found.path, why)

    # -- what depends on it

    def finish(self, fault: str | None) -> None:
        if self.folder.moved():
            raise _Moved
        store.put_fault(self.connection, fault)
        if self.connection.total_changes() == self.changes_before:
            self.report.revision = store.meta(self.connection, "revision") or ""
            return
        owners.settle(self.connection, self.touched)
        self.revision &= _MASK
        self.report.revision = _named(self.revision, fingerprint(self.site))
        host = owners.infer_host(self.connection, self.site)
        if host != store.meta(self.connection, "inferred_host"):
            self.reach.everything = True
            self.everything = True
        self.reach.tell(self.connection)
        scope = history.Scope(self.touched, frozenset(self.files), self.everything)
        history.record(self.connection, self.site, scope, self.report.revision, self.now)
        for key, value in {
            "inferred_host": host,
            "sum": f"{self.revision:032x}",
            "revision": self.report.revision,
            "synced": f"{self.now:.3f}",
        }.items():
            store.set_meta(self.connection, key, value)


@contextmanager
def _without_collector() -> Iterator[None]:
    """What becomes of a document goes as soon as it is written; to look for more would take a sixth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


#: A time that no file has: the file is then read at the next look, whatever that look sees.
_UNKNOWN = -1


def _stamp(found: Found) -> store.Signature:
    size, mtime, ctime, inode = found.stamp
    # A file that changed a moment ago may change once more and keep all its times.
    return (size, _UNKNOWN, ctime, inode) if found.racy else (size, mtime, ctime, inode)


def _stamped(before: store.SourceRow, found: Found) -> store.SourceRow:
    size, mtime, ctime, inode = _stamp(found)
    return before._replace(size=size, mtime=mtime, ctime=ctime, inode=inode)


def _at_and_above(path: str) -> Iterable[str]:
    yield ""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])


def _of_asset(told: Diagnostic) -> Diagnostic:
    if told.code != "too-large":
        return told
    message = f"This file is larger than the {media.LARGEST:,} bytes that are served as they are."
    return replace(told, message=message, hint="Publish it elsewhere and link to it.")


def _stopped(content: SourceFile, stopped: Stopped, site: Site) -> Diagnostic:
    if stopped.slow:
        return Diagnostic(
            "too-slow",
            Severity.ERROR,
            content.path,
            f"The file took more than the {site.max_seconds:g} seconds that one file may take, and was given up.",
            "Look for very long lines, tables or runs of one sign; split the file, or raise content.max_seconds.",
        )
    _log.error("Failed to read %r: %s", content.path, stopped.why)
    return Diagnostic(
        "ingest-failed",
        Severity.ERROR,
        content.path,
        f"The file could not be read: {_last_line(stopped.why)}.",
        "This is a fault of contentapi; please report it with the file.",
    )


def _last_line(why: str) -> str:
    """Of a trace, the name of the error alone: what it says may quote a draft."""
    last = why.rpartition("\n")[2]
    return last.partition(":")[0] if "\n" in why else last


def _weight(path: str, digest: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{path}\0{digest}".encode()).digest()[:16], "big")


def _named(total: int, shaped: str) -> str:
    return hashlib.sha256(f"{total:032x}{shaped}".encode()).hexdigest()[:32]
