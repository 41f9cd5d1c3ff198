"""Opening what lies beneath a folder, so that nothing outside it is reached, whatever is swapped meanwhile.

Each component is opened from the descriptor of the one before, and none may be a symlink; a path with symlinks is first
turned into the real one. So a folder that becomes a symlink between the look and the opening leads nowhere, and a pipe
or a device that takes the place of a file is refused by its kind, not by its name.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from contentapi.errors import FolderError
from contentapi.source import rules

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: O_NONBLOCK, as the opening of a pipe would wait for its writer; O_NOCTTY, as that of a terminal would take it over.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC
#: What the system says of a symlink that it was told not to follow (ENOTDIR where a folder was wanted).
_IS_SYMLINK = frozenset({errno.ELOOP, errno.ENOTDIR})
#: As many symlinks does Linux follow in one path.
_MAX_PASSED = 40
#: How often symlinks may be swapped while they are resolved.
_ATTEMPTS = 4


class Outside(OSError):
    """A symlink leads out of the folder, or to what no symlink may show."""


class NotAFile(OSError):
    """It is there, and it is neither a file nor a folder."""


class Base:
    """The content folder as it is now: its real path, and a descriptor from which everything else is opened."""

    def __init__(self, root: Path) -> None:
        self.real = os.path.realpath(root)
        try:
            self.fd = os.open(self.real, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise FolderError(error.errno, f"{root} cannot be read as a folder: {error.strerror}") from error
        self._prefix = self.real.rstrip("/") + "/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self.fd)

    def identity(self) -> tuple[int, int]:
        """What tells this folder from another that takes its place."""
        return identity(os.fstat(self.fd))

    def resolve(self, path: str) -> str:
        """The same path without symlinks. It may name nothing. Raises :class:`Outside` when it leads out."""
        real = os.path.realpath(self._prefix + path)
        if real == self.real:
            return ""
        below = real.removeprefix(self._prefix)
        if below == real or rules.secret(below) or any(map(rules.never, self.passed(path))):
            raise Outside(errno.EXDEV, "leads out of the content folder", path)
        return below

    def passed(self, path: str) -> list[str]:
        """The symlinks of the folder that :meth:`resolve` passes: each of them decides where the path leads."""
        here, parts = self.real, path.split("/")[::-1]
        found: list[str] = []
        while parts and len(found) < _MAX_PASSED:
            place = os.path.normpath(f"{here}/{parts.pop()}")
            try:
                text = str(Path(place).readlink())
            except OSError:  # it is none
                here = place
                continue
            found.append(place)
            here = "/" if text.startswith("/") else here
            parts += text.split("/")[::-1]
        return [place.removeprefix(self._prefix) for place in found if place.startswith(self._prefix)]

    def stat(self, path: str) -> os.stat_result:
        """What is at a path that :meth:`resolve` returned."""
        return Path(self._prefix + path).lstat()

    def open_folder(self, path: str) -> int:
        """A descriptor of the folder at ``path``."""
        return self._open(path, enter)

    def open_file(self, path: str) -> int:
        """A descriptor of the regular file at ``path``; anything else raises :class:`NotAFile`, unopened."""
        return self._open(path, _regular)

    def _open(self, path: str, last: _Opener) -> int:
        for _ in range(_ATTEMPTS):
            try:
                return self._open_plain(path, last)
            except OSError as error:
                if error.errno not in _IS_SYMLINK:
                    raise
                real = self.resolve(path)
                if real == path:
                    raise
                path = real
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)

    def _open_plain(self, path: str, last: _Opener) -> int:
        """Opens a path of which no component may be a symlink."""
        *folders, name = path.split("/") if path else ["."]
        fd = self.fd
        try:
            for folder in folders:
                above, fd = fd, enter(folder, fd)
                self._close(above)
            return last(name, fd)
        finally:
            self._close(fd)

    def _close(self, fd: int) -> None:
        if fd != self.fd:
            os.close(fd)


_Opener = Callable[[str, int], int]


def identity(status: os.stat_result) -> tuple[int, int]:
    """What tells one folder from another: device and inode."""
    return status.st_dev, status.st_ino


def enter(name: str, parent: int) -> int:
    """Opens the folder ``name`` of an open folder, when it is one and no symlink."""
    return os.open(name, _DIRECTORY, dir_fd=parent)


def _regular(name: str, parent: int) -> int:
    """Opens a regular file. It is looked at before, as opening a device acts on it, and after, as it may be another."""
    _refuse_other(os.stat(name, dir_fd=parent, follow_symlinks=False), name)
    fd = os.open(name, _FILE, dir_fd=parent)
    try:
        _refuse_other(os.fstat(fd), name)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _refuse_other(status: os.stat_result, name: str) -> None:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    raise NotAFile(errno.EINVAL, "neither a file nor a folder", name)
