"""The process that writes: it makes the index equal to the folder, keeps it so, and tells whoever started it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from contentapi import settings as settings_of
from contentapi.errors import ContentApiError, IndexLocked, IndexUnavailable, SyncHeld
from contentapi.serve import children
from contentapi.serve.children import Tell
from contentapi.settings import Settings

_log = logging.getLogger("contentapi.serve")

#: What is told: that the index is equal to the folder; that this was all there is to do. Other :class:`Settings` are told of
#: as they are, and so is the error because of which there is nothing to serve.
SYNCED, DONE = "synced", "done"
#: Seconds between two looks whether another server's writer is done, and whether the settings are still the same.
_SOON, _OFTEN = 0.2, 1.0
#: How much less the writer is heard than who answers requests (nice(2)), once there is something to answer from.
_NICE = 5


def write(settings: Settings, tell: Tell) -> None:
    """Makes the index equal to the folder, and keeps it so until SIGTERM when the settings say to watch."""
    from contentapi.index import writer  # noqa: PLC0415 - the parent and the workers never need it

    if not settings.watch:
        _write_once(settings, tell)
        return
    try:
        writer.probe(settings.index)
    except IndexLocked:
        _log.info("Another server writes the index %s; this one stands by.", settings.index)
    except IndexUnavailable as error:
        if _serves_as_it_is(settings, error, tell):
            return
        tell(error)
    _follow(settings, tell)


def _write_once(settings: Settings, tell: Tell) -> None:
    from contentapi.index import writer  # noqa: PLC0415 - as above

    try:
        while not _written(settings):
            if writer.synced_by_another(settings.index):
                _warn_of_another(settings)
                break
            time.sleep(_SOON)
    except SyncHeld as error:
        _log.warning("%s Start again to have the folder looked at again.", _sentence(error))
    except (ContentApiError, OSError) as error:
        if not _serves_as_it_is(settings, error, tell):
            tell(IndexUnavailable(str(error)))
        return
    tell(SYNCED)
    tell(DONE)


def _warn_of_another(settings: Settings) -> None:
    from contentapi.index.writer import other_folder  # noqa: PLC0415 - as above

    other = other_folder(settings.index, settings.folder)
    if other is not None:
        _log.warning(
            "The index %s is that of %s: it is served here too, and not %s. Name another index with --index.",
            settings.index,
            other,
            settings.folder,
        )


def _written(settings: Settings) -> bool:
    """Whether it was this process that made the index equal to the folder; no other one may be at it meanwhile."""
    from contentapi.index import writer  # noqa: PLC0415 - as above

    try:
        done = writer.write_once(settings.folder, settings.index, settings.site)
    except IndexLocked:
        return False
    _log.info("Indexed %d changed, %d removed in %.3f s.", done.changed, done.removed, done.seconds)
    return True


def _serves_as_it_is(settings: Settings, error: Exception, tell: Tell) -> bool:
    """An index that cannot be written, as on a read-only file system, but can be read, is served without looking further."""
    from contentapi.index import sync  # noqa: PLC0415 - as above
    from contentapi.index.reader import Index  # noqa: PLC0415 - as above

    if _writable(settings.index):
        return False
    held = Index(settings.index, settings.site)
    try:
        with held.reading() as reader:
            same = reader.meta("fingerprint") == sync.fingerprint(settings.site)
    except IndexUnavailable:
        return False
    finally:
        held.close()
    _log.info("%s It is served as it is, whatever becomes of the folder.", _sentence(error))
    if not same:
        _log.warning("It was made with other settings, or by another version: make it anew with `contentapi index`.")
    tell(SYNCED)
    tell(DONE)
    return True


def _writable(index: Path) -> bool:
    return os.access(index.parent, os.W_OK) and (not index.exists() or os.access(index, os.W_OK))


def _sentence(error: Exception) -> str:
    return f"{str(error).rstrip('.')}."


def _follow(settings: Settings, tell: Tell) -> None:
    from contentapi.index.sync import Report  # noqa: PLC0415 - as above
    from contentapi.index.writer import Follower, tell_synced  # noqa: PLC0415 - as above

    one_at_a_time = threading.Lock()
    ours = threading.Event()

    def safely(message: object) -> None:
        with one_at_a_time:
            tell(message)

    def synced(done: Report) -> None:
        tell_synced(settings.index, settings.folder)
        if not ours.is_set():
            ours.set()
            safely(SYNCED)
            os.nice(_NICE)
        if done.changed or done.removed:
            _log.info("Indexed %d changed, %d removed in %.3f s.", done.changed, done.removed, done.seconds)

    follower = Follower(settings.folder, settings.index, settings.site, synced, settings=settings, renewed=safely)
    signal.signal(signal.SIGTERM, lambda *_: follower.stop())
    threading.Thread(target=_stand_by, args=(settings, ours, safely), name="standby", daemon=True).start()
    follower.run()


def _stand_by(settings: Settings, ours: threading.Event, tell: Tell) -> None:
    """While another server writes: its first sync is as good as ours, and it is here that other settings are noticed."""
    from contentapi.index.writer import synced_by_another  # noqa: PLC0415 - as above

    while not synced_by_another(settings.index):
        if ours.wait(_SOON):
            return
    _warn_of_another(settings)
    tell(SYNCED)
    wrong = ""
    while not ours.wait(_OFTEN):
        try:
            fresh = settings.renewed() if settings.stale() else settings
        except (ContentApiError, OSError) as error:
            if str(error) != wrong:
                wrong = str(error)
                _log.error("The settings cannot be read, the old ones stay: %s", error)
            continue
        if fresh != settings:
            tell(fresh)
            return
        settings = fresh


def follow_from_environment() -> None:
    """The writer of a server that is not ours: lives as long as its standard input, and tells on its standard output."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    read = settings_of.load()
    children.follow_pipe(sys.stdin.fileno(), read.grace)

    def tell(message: object) -> None:
        if isinstance(message, str):
            print(message, flush=True)  # noqa: T201 - to the server that reads it
        elif isinstance(message, Settings):
            _log.warning("The settings have changed; start the server again to use them.")
        else:
            _log.error("%s", message)

    write(read, tell)
