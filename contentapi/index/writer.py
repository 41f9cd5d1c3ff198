"""The one writer of an index: it takes the lock, makes the index equal to the folder, and follows the folder's changes."""

from __future__ import annotations

import fcntl
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from contentapi.errors import ContentApiError, IndexLocked, IndexUnavailable, SyncHeld
from contentapi.index import database, holding, outcome, store
from contentapi.index.sync import Report, sync
from contentapi.model import Site
from contentapi.settings import Settings
from contentapi.source.folder import Folder
from contentapi.source.rules import SETTINGS
from contentapi.source.watch import changes

_log = logging.getLogger("contentapi.writer")

#: Seconds between two looks at the whole folder, for what no event told of.
PERIOD = 10.0
#: Seconds after which what failed is tried again; when it fails again and again, twice as many each time, so often at most.
_RETRY, _DOUBLED = 1.0, 3
#: What stands in the file of the lock once the index was made equal to the folder, whose path follows.
_SYNCED = b"synced\n"

#: Where to look, as :func:`contentapi.source.watch.changes` has it: paths, or None for everything.
Hints = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of an index, held."""

    path: Path
    held: database.Identity | None

    def lost(self) -> bool:
        """Whether someone removed its file: another writer may then hold a lock of the same name."""
        return database.identity(self.path) != self.held


@contextmanager
def locked(index: Path) -> Iterator[Lock]:
    """Holds the index's lock: one writer, however many servers run.

    Raises :class:`IndexLocked` when another holds it, :class:`IndexUnavailable` when there can be none.
    """
    path = Path(f"{index}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        message = f"The index {index} cannot be written: {error}"
        raise IndexUnavailable(message) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another process is writing the index {index}."
            raise IndexLocked(message) from error
        os.ftruncate(descriptor, 0)  # what the last holder told is no longer so
        status = os.fstat(descriptor)
        yield Lock(path, (status.st_dev, status.st_ino))
    finally:
        os.close(descriptor)


def probe(index: Path) -> None:
    """Raises :class:`IndexLocked` when another process writes the index, :class:`IndexUnavailable` when none can."""
    with locked(index):
        database.open_for_writing(index).close()


def tell_synced(index: Path, folder: Path) -> None:
    """Tells those who wait for the lock of an index that its first sync is complete, and of which folder.

    For who holds it.
    """
    with suppress(OSError):
        Path(f"{index}.lock").write_bytes(_SYNCED + os.fsencode(folder.absolute()))


def synced_by_another(index: Path) -> bool:
    """Whether the holder of the lock has told so. What one that died has told stays there until the next one comes."""
    return _told_by_another(index).startswith(_SYNCED)


def other_folder(index: Path, folder: Path) -> Path | None:
    """The folder that the holder of the lock has told of, when it is another one than this."""
    told = Path(os.fsdecode(_told_by_another(index).removeprefix(_SYNCED)) or folder)
    try:
        same = told == folder.absolute() or told.samefile(folder)
    except OSError:  # of another container, maybe
        same = False
    return None if same else told


def _told_by_another(index: Path) -> bytes:
    try:
        return Path(f"{index}.lock").read_bytes()
    except OSError:
        return b""


def write_once(
    folder: Path, index: Path, site: Site, *, progress: store.Progress | None = None, careful: bool = True
) -> Report:
    """Makes the index equal to the folder, once, and leaves one file that can be shipped.

    Raises :class:`SyncHeld` when more than half of the documents have vanished, unless it need not be ``careful``.
    """
    with locked(index):
        try:
            return _written(folder, index, site, progress, careful=careful)
        except database.DAMAGED:
            _log.warning("The index %s is damaged; it is made anew.", index)
            database.remove(index)
            return _written(folder, index, site, progress, careful=careful)
        except apsw.Error as error:
            message = f"The index {index} cannot be written: {error}"
            raise IndexUnavailable(message) from error


def _written(folder: Path, index: Path, site: Site, progress: store.Progress | None, *, careful: bool) -> Report:
    with database.shipped(index) as connection, closing(outcome.elsewhere(site)) as pool:
        return sync(connection, Folder(folder, site), site, progress=progress, outcomes=pool.map, careful=careful)


class Follower:
    """Keeps an index equal to a folder until it is told to stop; ``synced`` is called after each sync.

    With ``settings``, it also notices when the files they were read from change. Settings that cannot be read are told as
    the last error, and the old ones stay in force. When others come out, ``renewed`` is called with them, once: whoever
    runs the follower is then to start it anew with these, and everyone else who holds the old ones. Until it is stopped
    the follower goes on with the old ones. Both callbacks come from the thread that runs :meth:`run`.
    """

    def __init__(
        self,
        folder: Path,
        index: Path,
        site: Site,
        synced: Callable[[Report], None],
        *,
        settings: Settings | None = None,
        renewed: Callable[[Settings], None] | None = None,
    ) -> None:
        self._folder = Folder(folder, site)
        self._pool = outcome.elsewhere(site)
        self._index = index
        self._site = site
        self._synced = synced
        self._settings = settings
        self._renewed = renewed
        self._fault: str | None = None
        #: What the last sync failed of, and how often in a row one failed.
        self._failure, self._failures = "", 0
        #: Why the last look at everything was not believed, until one is.
        self._held: str | None = None
        self._looked = 0.0
        self._stop = threading.Event()
        # Simple, as only that one may be told to stop from a signal handler.
        self._hints: queue.SimpleQueue[Hints] = queue.SimpleQueue()
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._connection: apsw.Connection | None = None
        self._file: database.Identity | None = None

    def stop(self) -> None:
        """Ends :meth:`run` after the sync under way."""
        self._stop.set()
        self._hints.put(frozenset())

    def run(self) -> None:
        """Looks at everything, then wherever something changes. Returns after :meth:`stop`."""
        told = ""
        while not self._stop.is_set():
            try:
                with locked(self._index) as lock:
                    self._follow(lock)
            except IndexLocked:
                # That writer does the work; should it die, this one takes over.
                self._stop.wait(_RETRY)
            except IndexUnavailable as error:
                if str(error) != told:
                    told = str(error)
                    _log.error("%s Trying again.", told)
                self._stop.wait(_RETRY)

    def _watch(self) -> None:
        poll = True if self._settings is not None and self._settings.poll else None
        while not self._stop.is_set():
            try:
                for hints in changes(self._folder.root, stop=self._stop, period=PERIOD, force_polling=poll):
                    self._hints.put(hints)
            except Exception:  # noqa: BLE001 - whatever it was, changes must not go unseen for good
                _log.exception("Watching the folder failed; it begins again.")
                self._hints.put(None)
                self._stop.wait(_RETRY)

    def _follow(self, lock: Lock) -> None:
        if not self._watcher.is_alive():
            self._watcher.start()
        hints: Hints = None
        try:
            while not self._stop.is_set() and not lock.lost():
                self._sync(hints)
                hints = self._next()
        finally:
            self._pool.close()
            self._close()

    # -- when to look, and where

    def _next(self) -> Hints:
        """Where to look next: everything told of since the last sync; nowhere when a scheduled document is due."""
        try:
            hints = self._hints.get(timeout=self._until_due())
            with suppress(queue.Empty):
                while True:
                    hints = _both(hints, self._hints.get_nowait())
        except queue.Empty:
            self._pool.close()  # nothing is being written: its processes are not needed for now
            return frozenset() if self._held is None else None
        return hints

    def _until_due(self) -> float:
        """Seconds until a scheduled document appears, or until a look whether someone took the index away."""
        if self._held is not None:
            return holding.REPEATED
        due = store.next_due(self._connection) if self._connection is not None else None
        # What was due already at the last look, and is still there, cannot be read; looking at once would be no better.
        return PERIOD if due is None or due <= self._looked else min(PERIOD, max(0.0, due - time.time()))

    # -- one look

    def _sync(self, hints: Hints) -> None:
        try:
            connection = self._opened()
            self._look_at_settings(hints)
            where = None if hints is None or self._folder.moved() else self._folder.narrow(hints)
            where = where - SETTINGS if where is not None else None
            if where is not None and not where and not self._overdue(connection):
                return
            self._looked = time.time()
            done = sync(
                connection, self._folder, self._site, now=self._looked, hints=where,
                fault=self._fault or (self._held if where is not None else None), outcomes=self._pool.map, careful=True,
            )  # fmt: skip
            self._held = self._held if where is not None else None
            self._recovered()
            self._synced(done)
            database.tidy(connection)
        except SyncHeld as error:
            self._hold(str(error))
        except database.DAMAGED:
            _log.warning("The index %s is damaged; it is made anew.", self._index)
            self._close()
            database.remove(self._index)
            self._hints.put(None)
        except (apsw.Error, ContentApiError, OSError) as error:
            self._failed(error)

    def _hold(self, message: str) -> None:
        if message != self._held:
            _log.warning("%s", message)
        self._held = message
        if self._connection is not None:  # what is served is what was served
            self._synced(Report(revision=store.meta(self._connection, "revision") or ""))

    def _overdue(self, connection: apsw.Connection) -> bool:
        """Whether there is something to do even where nothing changed."""
        incomplete = store.meta(connection, "revision") is None
        return (
            incomplete
            or store.meta(connection, "last_error") != (self._fault or self._held)
            or bool(store.due(connection, time.time()))
        )

    def _look_at_settings(self, hints: Hints) -> None:
        """Reads the settings again when something at the top of the folder changed, where their files are."""
        if self._settings is None or self._renewed is None or (hints is not None and all("/" in one for one in hints)):
            return
        if not self._settings.stale():
            self._fault = None
            return
        try:
            fresh = self._settings.renewed()
        except (ContentApiError, OSError) as error:
            fault = self._public(error)
            if fault != self._fault:
                _log.error("The settings cannot be read, the old ones stay: %s", error)
            self._fault = fault
            return
        self._fault = None
        if fresh != self._settings:
            self._renewed(fresh)
        self._settings = fresh

    def _recovered(self) -> None:
        if self._failures:
            _log.info("The folder could be indexed again.")
        self._failure, self._failures = "", 0

    def _failed(self, error: Exception) -> None:
        if str(error) != self._failure:
            _log.error("The folder could not be indexed: %s. Trying again.", error)
        self._failure = str(error)
        if self._connection is not None:
            with suppress(apsw.Error):
                store.put_fault(self._connection, self._public(error))
        self._close()
        # A full disk stays full for a while, and each look may read and parse all that could not be written.
        self._stop.wait(_RETRY * 2 ** min(self._failures, _DOUBLED))
        self._failures += 1
        self._hints.put(None)

    def _public(self, error: Exception) -> str:
        """What went wrong, without telling the public where on this machine things lie."""
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return told.replace(str(self._folder.root), "the content folder").replace(str(self._index), "the index")

    def _opened(self) -> apsw.Connection:
        if self._connection is not None and database.identity(self._index) != self._file:
            _log.warning("The index %s was taken away; it is made anew.", self._index)
            self._close()
        if self._connection is None:
            self._connection = database.open_for_writing(self._index)
            self._file = database.identity(self._index)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _both(first: Hints, second: Hints) -> Hints:
    return None if first is None or second is None else first | second
