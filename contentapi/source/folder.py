"""A content folder on disk: what is in it, and the bytes of its files."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from contentapi.errors import FolderError, NotFound
from contentapi.model import Diagnostic, Site, SourceFile
from contentapi.source import names, pictures
from contentapi.source.beneath import Base, NotAFile, Outside, identity
from contentapi.source.git import Git, State
from contentapi.source.problems import not_a_file, problem, too_large, unreadable
from contentapi.source.rules import Rules
from contentapi.source.walk import Found, Link, Walk, is_at, stamp

__all__ = ["Folder", "Found", "Reader", "stamp"]

#: How often a file that changes while it is read is read again, and the pause before.
_ATTEMPTS = 3
_PAUSE = 0.01
_VANISHED = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ESTALE})


class Folder:
    """The only reader of content on disk.

    ``root`` may be a symlink: each :meth:`scan` asks anew where it leads, and :meth:`read` reads from that same place
    until the next scan, so that no two generations of a folder are mixed; :meth:`moved` tells when it leads elsewhere. For
    the same reason a scan waits for the end of a git command that is changing the folder.
    Methods may be called from several threads, but for :meth:`scan`.
    """

    def __init__(self, root: Path, site: Site) -> None:
        self.root = root
        self._rules = Rules(site)
        self._limit = site.max_file_size
        self._place: tuple[str, tuple[int, int]] | None = None
        #: The repository around the folder, and its state at the first scan since :meth:`moved` was last asked.
        self._git: tuple[Git, State] | None = None
        self._links: dict[str, Link] = {}

    # -- looking ------------------------------------------------------------------------------------------------------

    def scan(self, under: str = "") -> Iterator[Found | Diagnostic]:
        """Every file at or below ``under``, in byte order of paths, and a diagnostic for each that cannot be served.

        ``under`` is a path as the index spells it; a path that names nothing gives nothing. Raises
        :class:`FolderError` when the root cannot be read.
        """
        with Base(self.root) as base:
            self._place = base.real, base.identity()
            self._settle(base)
            walk = Walk(base, self._rules, time.time_ns())
            yield from walk.run(under)
        kept = {} if not under else {name: link for name, link in self._links.items() if not is_at(name, under)}
        self._links = kept | walk.links

    def moved(self) -> bool:
        """Whether what was read is of the past, or of two generations; then begin again.

        So it is when the root is another folder than at the last scan, and when git has begun or ended to change the folder
        since the first scan after the last time that this was asked.
        """
        seen, self._git = self._git, None
        try:
            replaced = self._place is not None and self._place[1] != identity(self.root.stat())
        except OSError:
            return True
        return replaced or (seen is not None and seen[0].state() != seen[1])

    def _settle(self, base: Base) -> None:
        if self._git is None:
            git = Git.around(Path(base.real))
            git.wait()
            self._git = git, git.state()

    def narrow(self, paths: Iterable[str]) -> frozenset[str] | None:
        """Where to look after changes at these paths: only what is looked at, and what symlinks show of them.

        None means everything. The result is empty when no change concerns the content. The settings files are kept,
        though no scan finds them: whoever follows the folder must know of their changes.
        """
        places = set(paths)
        if "" in places:
            return None
        shown = {
            name + below
            for name, link in self._links.items()
            for path in places
            if (below := link.shows(path)) is not None
        }
        return frozenset(path for path in places | shown if self._rules.concerns(path))

    # -- reading ------------------------------------------------------------------------------------------------------

    def reader(self) -> Reader:
        """What reads the files that were found, from the place of the last scan, or the root when there was none."""
        return Reader(self._base, self._limit)

    def open_asset(self, path: str) -> tuple[BinaryIO, os.stat_result]:
        """A file that is served as it is, open, and what the system knows of it. The caller closes it.

        Raises :class:`NotFound` for everything else: drafts and data files, what is not looked at, what lies outside.
        """
        path = names.composed(path)
        if not self._rules.servable(path):
            raise NotFound("asset", path)
        try:
            with Base(self.root) as base, closing(Walk(base, self._rules, 0).run(path)) as walk:
                found = next(walk, None)
                if isinstance(found, Found) and found.path == path:
                    file = os.fdopen(base.open_file(found.name), "rb")
                    return file, os.fstat(file.fileno())
        except FolderError:
            raise
        except OSError as error:
            raise NotFound("asset", path) from error
        raise NotFound("asset", path)

    def measure(self, path: str) -> tuple[int, int] | None:
        """Width and height of the picture at that path; None when it is none, or cannot be read."""
        try:
            file, _ = self.open_asset(path)
        except NotFound:
            return None
        with file:
            return pictures.measure(file, path)

    def _base(self) -> Base:
        if self._place is None:
            return Base(self.root)
        real, known = self._place
        base = Base(Path(real))
        if base.identity() != known:
            base.__exit__(None, None, None)
            raise FileNotFoundError(errno.ENOENT, "another folder has taken its place", real)
        return base


class Reader:
    """Reads files of one folder, which is opened with the first of them and stays open until the end of the block."""

    def __init__(self, opened: Callable[[], Base], limit: int) -> None:
        self._opened = opened
        self._limit = limit
        self._base: Base | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._base is not None:
            self._base.__exit__(kind, error, traceback)

    def read(self, found: Found, limit: int | None = None) -> SourceFile | Diagnostic | None:
        """The whole file, or why it cannot be had; None when it has vanished since it was found.

        ``limit`` is the largest size in bytes (``max_file_size`` of the site unless given).
        """
        try:
            if self._base is None:
                self._base = self._opened()
            for attempt in range(_ATTEMPTS):
                if attempt:
                    time.sleep(_PAUSE)
                fd = self._base.open_file(found.name)
                try:
                    answer = _read(fd, found.path, self._limit if limit is None else limit)
                finally:
                    os.close(fd)
                if answer is not None:
                    return answer
        except OSError as error:
            return _refusal(found.path, error)
        return problem("unsettled", found.path, "This file changed each time while it was read.")


def _read(fd: int, path: str, limit: int) -> SourceFile | Diagnostic | None:
    """The bytes of an open file; None when it changed meanwhile, so that they may be of two versions."""
    before = os.fstat(fd)
    if before.st_size > limit:
        return too_large(path, before.st_size, limit)
    content = b""
    while len(content) <= before.st_size and (piece := os.read(fd, before.st_size + 1 - len(content))):
        content += piece
    after = os.fstat(fd)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        return None
    return SourceFile(path, content, hashlib.sha256(content).hexdigest())


def _refusal(path: str, error: OSError) -> Diagnostic | None:
    """What an error of opening or reading means."""
    if error.errno in _VANISHED:
        return None
    if isinstance(error, Outside):
        return problem("symlink-outside", path, "This symlink leads to what is not content of this folder.")
    if isinstance(error, NotAFile):
        return not_a_file(path)
    if error.errno == errno.ELOOP:
        return problem("symlink-loop", path, "This symlink leads to itself.")
    return unreadable(path, error)
