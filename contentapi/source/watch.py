"""Hints of where a content folder may have changed, as soon as the system tells of it.

A hint only says where to look first; what has changed, :meth:`Folder.scan` finds out. So a hint too many costs a look,
and what a hint too few would cost is bounded by ``period``, after which everything is looked at.

Every folder is watched by itself, and no symlink is followed: a recursive watch of the library would follow a symlink
to ``/``. The price is that folders which appear have to be added, for which the watch is set anew.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from contentapi.source import git, names, rules
from contentapi.source.beneath import identity
from contentapi.source.git import Git

Hint = frozenset[str] | None
Narrow = Callable[[Iterable[str]], Hint]

_LOG = logging.getLogger(__name__)

#: Milliseconds: how often the library looks whether the system told of something, and how long it gathers then.
_STEP_MS, _DEBOUNCE_MS = 5, 20
#: Seconds without a change after which a burst has ended, and the longest that a burst is waited for.
_QUIET, _LONGEST = 0.03, 0.5
#: Seconds between looks whether the root is still the same folder, and whether one that was missing is back.
_CHECK = 0.2
#: The least time between two settings of the watch, and between two whole looks where nothing can be watched.
_REST, _POLL = 0.5, 0.5
#: A whole look may take this part of the time where nothing can be watched.
_SHARE = 4
#: Seconds after which a watch that could not be set is tried again.
_RETRY = 60.0
#: From this many places on, one look at everything is cheaper, and the system may have lost some (a full queue).
_MANY = 2_000
#: From this many folders on, setting the watch takes so long that the hint is given before, and again after.
_LARGE = 1_000
#: File systems whose changes may be made on another machine, of which this one is told nothing.
_REMOTE = re.compile(
    r"9p|afs|ceph|cifs|drvfs|fakeowner|fuse.*|glusterfs|lustre|nfs4?|osxfs|prl_fs|smb.*|vboxsf|virtiofs|vmhgfs"
)
#: The longest path, in bytes, that Linux takes. A folder beneath it is looked at, though not watched.
_MAX_PATH = 4_095
#: As :class:`watchfiles.Change` numbers them.
_ADDED, _DELETED = 1, 3


class _Unwatchable(Exception):
    """The system refuses to watch the folder."""


class _Due(Exception):
    """Time is up. See :class:`_Clock`."""


def changes(
    root: Path,
    *,
    stop: threading.Event,
    period: float,
    force_polling: bool | None = None,
    narrow: Narrow | None = None,
) -> Iterator[Hint]:
    """Yields hints until ``stop`` is set: paths below ``root`` (NFC) where to look first, each meant with its subtree.

    None means everything: first, as soon as the folder is watched, so that nothing falls between; then whenever
    ``period`` seconds have passed since the last one, when the root has become another folder, and when the system may
    have lost something. A burst of changes gives one hint, leftovers of editors give none.

    ``narrow`` (:meth:`Folder.narrow`) leaves of the paths what concerns the content. Without inotify, or where it is
    silent (``force_polling``, network file systems), None comes every half second, less often when looking takes long.
    """
    if force_polling or (force_polling is None and _is_remote(root)):
        yield from _poll(stop, period)
        return
    told = False
    while not stop.is_set():
        begun = time.monotonic()
        try:
            yield from _follow(root, stop, period, narrow)
        except OSError as error:
            _LOG.warning("The content folder %s is missing (%s); waiting for it.", root, error.strerror)
            yield None
            _await_folder(root, stop)
        except _Unwatchable as reason:
            message = "%s cannot be watched (%s): looking at everything every %s s instead."
            _LOG.log(logging.DEBUG if told else logging.WARNING, message, root, reason, _POLL)
            told = True
            yield from _poll(stop, period, seconds=_RETRY)
        stop.wait(max(0.0, begun + _REST - time.monotonic()))


def _await_folder(root: Path, stop: threading.Event) -> None:
    while not stop.wait(_CHECK):
        with suppress(OSError):
            root.stat()
            return


# -- looking at everything --------------------------------------------------------------------------------------------


def _is_remote(root: Path) -> bool:
    kind = _file_system(os.path.realpath(root))
    if _REMOTE.fullmatch(kind) is None:
        return False
    _LOG.info("%s is on %s, which tells of no changes: looking at everything every %s s.", root, kind, _POLL)
    return True


def _file_system(real: str, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of file system a folder is on; empty where the system does not say."""
    try:
        lines = os.fsdecode(mounts.read_bytes()).splitlines()
    except OSError:
        return ""
    found: dict[str, str] = {}
    for line in lines:
        left, _, right = line.partition(" - ")
        found[left.split(" ")[4].replace("\\040", " ")] = right.split(" ")[0]
    above = [real, *(str(parent) for parent in Path(real).parents)]
    return next((found[place] for place in above if place in found), "")


def _poll(stop: threading.Event, period: float, seconds: float | None = None) -> Iterator[None]:
    """None at once and again and again, for so many ``seconds`` or for ever."""
    end = None if seconds is None else time.monotonic() + seconds
    while not stop.is_set() and (end is None or time.monotonic() < end):
        begun = time.monotonic()
        yield None
        took = time.monotonic() - begun
        stop.wait(min(period, max(_POLL, _SHARE * took)))


# -- being told -------------------------------------------------------------------------------------------------------


def _follow(root: Path, stop: threading.Event, period: float, narrow: Narrow | None) -> Iterator[Hint]:
    """Hints from the system, until the root is another folder or the watch breaks."""
    watch = _Watch(root, stop)
    try:
        looked = time.monotonic()
        yield None
        while not stop.is_set():
            left = looked + period - time.monotonic()
            hint = watch.hint(min(_CHECK, left)) if left > 0 else None
            if watch.broken():
                return
            if hint and narrow is not None:
                hint = narrow(hint)
            if hint is None:
                looked = time.monotonic()
            if hint is None or hint:
                yield hint
            watch.renew()
    finally:
        watch.close()


class _Clock:
    """Ends a wait of the library when time is up, by raising from the question whether to stop.

    Its own timeout, and an answer of yes, forget what the system has told since its last look. An exception does not.
    """

    def __init__(self, stop: threading.Event, end: float) -> None:
        self._stop = stop
        self._end = end

    def is_set(self) -> bool:
        """Asked by the library at each of its steps."""
        if self._stop.is_set():
            return True
        if time.monotonic() >= self._end:
            raise _Due
        return False


class _Watch:
    """The watch of one folder: what the root is at the moment, and each folder beneath it."""

    def __init__(self, root: Path, stop: threading.Event) -> None:
        self._root = root
        self._stop = stop
        self._real = os.path.realpath(root)
        self._identity = identity(root.stat())
        self._git = Git.around(Path(self._real))
        self._appeared: set[str] = set()
        self._lost = False
        self._pending: set[str] = set()
        self._before: list[RustNotify] = []
        self._notify, self._folders = self._arm()

    def close(self) -> None:
        """Ends the watch."""
        for notify in (self._notify, *self._before):
            notify.close()

    def broken(self) -> bool:
        """Whether the watch no longer tells of the root: it is another folder, or the library gave up."""
        try:
            return self._lost or identity(self._root.stat()) != self._identity
        except OSError:
            return True

    def hint(self, seconds: float) -> Hint:
        """What has changed, waiting for so many seconds; empty when nothing has."""
        paths = self._pending or self._burst(min(seconds, _QUIET) if self._before else seconds)
        self._pending = set()
        paths |= self._drain()
        if self._appeared and len(self._folders) < _LARGE:
            paths |= self._rearm()
        hints = {_hint(path) for path in paths}
        return None if "" in hints or len(hints) > _MANY else _outermost(hints)

    def renew(self) -> None:
        """Sets the watch anew when folders have appeared and the hint of them was not to wait for that.

        They are hinted at once more, as something may have come into them before they were watched.
        """
        if self._appeared:
            self._pending = self._rearm()

    # -- what the system tells ----------------------------------------------------------------------------------------

    def _burst(self, seconds: float) -> set[str]:
        """The paths of one burst: from the first change until it is quiet and no git command is under way."""
        paths = self._take(seconds)
        begun = time.monotonic()
        while paths and not self._stop.is_set():
            git_ran = self._git.runs()  # asked before it is listened: git's last changes come before its lock goes
            more = self._take(_QUIET)
            paths |= more
            passed = time.monotonic() - begun
            if passed > git.LONGEST or ((not more or passed > _LONGEST) and not git_ran):
                break
        return paths

    def _take(self, seconds: float) -> set[str]:
        """The paths of changes that may matter, as soon as there are any; empty when time is up."""
        clock = _Clock(self._stop, time.monotonic() + seconds)
        return self._told(partial(self._notify.watch, _DEBOUNCE_MS, _STEP_MS, 0, clock))

    def _told(self, ask: Callable[[], set[tuple[int, str]] | str]) -> set[str]:
        """The paths in an answer of the library, but for leftovers."""
        try:
            told = ask()
        except _Due:
            return set()
        except WatchfilesRustInternalError as error:
            # A name that is not UTF-8, or no more watches to be had: setting the watch anew will tell which.
            _LOG.debug("The watch of %s is set anew: %s", self._root, error)
            self._lost = True
            return set()
        if told == "signal":
            raise KeyboardInterrupt
        if isinstance(told, str):
            return set()
        return {path for kind, name in told if (path := self._path(kind, name)) is not None}

    def _path(self, kind: int, name: str) -> str | None:
        """The path below the root of something that changed; None when it is a leftover."""
        path = self._below(name)
        if not path and kind == _DELETED:
            # The watch has ended with it; the folder that comes in its place may be given the same inode.
            self._lost = True
        if path and rules.never(path):
            return None
        is_folder = kind != _DELETED and _is_folder(name)
        # Also one that is watched already, when it is told of as new: it may be another folder of that name.
        if is_folder and (kind == _ADDED or name not in self._folders):
            self._appeared.add(path)
        return path if is_folder or path.rpartition("/")[2] != rules.PROBE else None

    def _below(self, name: str) -> str:
        return name[len(self._real) :].lstrip("/")

    # -- which folders are watched ------------------------------------------------------------------------------------

    def _arm(self) -> tuple[RustNotify, frozenset[str]]:
        """Watches each folder there is."""
        for strict in (True, True, True, False):
            folders = _folders(self._real)
            try:
                notify = _notify(list(folders), strict=strict)
            except (OSError, WatchfilesRustInternalError) as error:
                self._root.stat()  # raises when it is the root that is gone
                if strict and isinstance(error, OSError) and folders != _folders(self._real):
                    continue  # folders come and go
                raise _Unwatchable(str(error).partition(" about ")[0]) from error
            # What has come since the list was made is not watched. What has gone may have been followed, if a symlink
            # took its place; and when that leads to a watched folder, the library calls the latter by the wrong name.
            changed = folders.items() ^ _folders(self._real).items()
            self._appeared |= {self._below(name) for name, _ in changed}
            return notify, frozenset(folders)
        raise _Unwatchable("its folders come and go")

    def _rearm(self) -> set[str]:
        """Adds the folders that have appeared to the watch, and returns them.

        What the system told before is taken from the watch of before, later, when it has surely told everything.
        """
        appeared, self._appeared = self._appeared, set()
        known = self._folders
        notify, self._folders = self._arm()
        self._before.append(self._notify)
        self._notify = notify
        return appeared | {self._below(name) for name in self._folders - known}

    def _drain(self) -> set[str]:
        """What the watches of before still have to tell. They are no more needed then."""
        paths: set[str] = set()
        while self._before:
            with self._before.pop() as before:
                paths |= self._told(partial(before.watch, _DEBOUNCE_MS, _STEP_MS, 1, None))
        return paths


def _notify(folders: list[str], *, strict: bool) -> RustNotify:
    """A watch of these folders; one that is not strict passes over those that cannot be watched, or are no more."""
    return RustNotify(
        folders, debug=False, force_polling=False, poll_delay_ms=0, recursive=False, ignore_permission_denied=not strict
    )


def _folders(real: str) -> dict[str, int]:
    """The folder and all beneath it that can be read, no symlink followed, with their inodes."""
    found = {real: Path(real).stat().st_ino}
    waiting = [real]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listing:
                below = {entry.path: entry.inode() for entry in listing if _watchable(entry)}
        except OSError:  # it is gone
            continue
        found |= below
        waiting += below
    return found


def _watchable(entry: os.DirEntry[str]) -> bool:
    if not entry.is_dir(follow_symlinks=False) or rules.never(entry.name):
        return False
    # The library knows no names that are not UTF-8, and the system no longer paths.
    if names.defect(entry.name) is not None or len(os.fsencode(entry.path)) > _MAX_PATH:
        return False
    return os.access(entry.path, os.R_OK | os.X_OK)


def _is_folder(name: str) -> bool:
    try:
        return stat.S_ISDIR(Path(name).lstat().st_mode)
    except OSError:
        return False


# -- paths ------------------------------------------------------------------------------------------------------------


def _hint(path: str) -> str:
    """The path as the index spells it, or the folder above what has no such spelling.

    So it is with names that start with two dots: Kubernetes swaps the symlink ``..data``, and everything else in its
    folder shows what lies behind it.
    """
    parts = path.split("/")
    for count, part in enumerate(parts):
        if part.startswith("..") or names.defect(part):
            return names.composed("/".join(parts[:count]))
    return names.composed(path)


def _outermost(paths: set[str]) -> frozenset[str]:
    """The paths that lie beneath no other one."""
    return frozenset(path for path in paths if not any(str(above) in paths for above in PurePosixPath(path).parents))
