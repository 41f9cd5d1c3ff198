"""The folder of an export: written beside and renamed, what is unchanged left alone, what is no longer there removed.

``manifest.json`` names every file that is ours, with its SHA-256. No other file is ever written over or removed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import orjson

from contentapi.errors import ExportError

MANIFEST = "manifest.json"
_STAGING = ".staging"
_CHUNK = 1 << 20
#: What the manifest says of itself, so that no other file of that name is taken for one.
_KIND = "contentapi export"


@dataclass(slots=True)
class Changes:
    """How many files an export holds, their bytes, and how many of them were written and removed."""

    files: int = 0
    bytes: int = 0
    written: int = 0
    removed: int = 0


class Folder:
    """A folder that is being made equal to an export. Nothing in it changes before :meth:`publish`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._old = _manifest(root)
        self._new: dict[str, str] = {}
        self._staged: set[str] = set()
        #: Folders in whose way nothing stands.
        self._free: set[str] = set()
        self.changes = Changes()
        self._staging = root / _STAGING
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir()

    def put(self, name: str, body: IO[bytes]) -> None:
        """A file of the export, read to its end. Raises :class:`ExportError` where one not ours stands in its way."""
        place = self._root / name
        self._look_for_others(name)
        digest, size = hashlib.sha256(), 0
        while chunk := body.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
        self._new[name] = digest.hexdigest()
        self.changes.files += 1
        self.changes.bytes += size
        if not _is_equal(place, size, digest.digest()):
            body.seek(0)
            self._stage(name, body)

    def _look_for_others(self, name: str) -> None:
        """Raises :class:`ExportError` when a file that is not ours stands where a file or a folder will be."""
        if name in self._old:
            return
        above = [str(one) for one in PurePosixPath(name).parents if str(one) not in self._free]
        self._free.update(above)
        for one in (name, *above):
            place = self._root / one
            if one != name and place.is_dir():
                continue
            if one not in self._old and os.path.lexists(place) and not self._holds_ours(one):
                message = f"{place} is no file of an export; move it away, or export to another folder."
                raise ExportError(message)

    def _holds_ours(self, name: str) -> bool:
        """Whether it is a folder of files that are all of the last export, of which it will be emptied."""
        place = self._root / name
        return place.is_dir() and all(
            str(one.relative_to(self._root)) in self._old for one in place.rglob("*") if not one.is_dir()
        )

    def _stage(self, name: str, body: IO[bytes]) -> None:
        staged = self._staging / name
        staged.parent.mkdir(parents=True, exist_ok=True)
        with staged.open("xb") as file:
            shutil.copyfileobj(body, file, _CHUNK)
        self._staged.add(name)

    def publish(self, last: tuple[str, ...], revision: str) -> None:
        """Puts everything in its place: files, then those named ``last``, which tell of the others. What is old goes."""
        # Whatever happens from here on, the next export knows what is ours.
        self._tell(sorted({*self._old, *self._new}), revision)
        stale = self._old.keys() - self._new.keys()
        self._make_room(stale)
        for name in (*sorted(self._staged - set(last)), *(one for one in last if one in self._staged)):
            self._rename(name)
        for name in sorted(stale):
            self._remove(name)
        self._tell(sorted(self._new), revision)
        self.changes.written, self.changes.removed = len(self._staged), len(stale)

    def _make_room(self, stale: set[str]) -> None:
        """Removes old files where a folder will be, and old folders where a file will be."""
        above = {str(one) for name in self._staged for one in PurePosixPath(name).parents}
        for name in sorted(stale):
            below = any(str(one) in self._staged for one in PurePosixPath(name).parents)
            if name in above or below:
                self._remove(name)

    def _rename(self, name: str) -> None:
        place = self._root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (self._staging / name).replace(place)

    def _remove(self, name: str) -> None:
        place = self._root / name
        # Where a folder of new files stands by now, the old file is gone.
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            place.unlink()
        with suppress(OSError):  # a folder that holds anything else stays
            for folder in place.parents:
                if folder == self._root:
                    break
                folder.rmdir()

    def _tell(self, names: list[str], revision: str) -> None:
        staged = self._staging / MANIFEST
        with staged.open("wb") as file:
            head = {"kind": _KIND, "revision": revision}
            file.write(orjson.dumps(head, option=orjson.OPT_INDENT_2)[:-2] + b',\n  "files": {')
            for count, name in enumerate(names):
                digest = self._new.get(name) or self._old[name]
                file.write((b",\n" if count else b"\n") + orjson.dumps(name) + b": " + orjson.dumps(digest))
            file.write(b"\n  }\n}\n")
        staged.replace(self._root / MANIFEST)

    def close(self) -> None:
        """Removes what was made and not published."""
        shutil.rmtree(self._staging, ignore_errors=True)


@contextmanager
def opened(root: Path) -> Iterator[Folder]:
    """A folder to export to, made when there is none, held until the end: one export at a time.

    Raises :class:`ExportError` when it cannot be written, holds what is no export, or is being exported to by another.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        held = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        message = f"{root} cannot be exported to: {error.strerror}"
        raise ExportError(message) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another process is exporting to {root}."
            raise ExportError(message) from error
        try:
            folder = Folder(root)
            try:
                yield folder
            finally:
                folder.close()
        except OSError as error:
            message = f"{root} cannot be exported to: {error}"
            raise ExportError(message) from error
    finally:
        os.close(held)


def _manifest(root: Path) -> dict[str, str]:
    """The files of the last export there; none in an empty folder. Raises :class:`ExportError` when it holds others."""
    try:
        read = orjson.loads((root / MANIFEST).read_bytes())
        files = read["files"] if read["kind"] == _KIND else None
    except FileNotFoundError:
        if any(one.name != _STAGING for one in root.iterdir()):
            message = f"{root} is not empty, and holds no export; choose another folder."
            raise ExportError(message) from None
        return {}
    except (orjson.JSONDecodeError, TypeError, KeyError):
        files = None
    if not isinstance(files, dict) or not all(map(_is_below, files)):
        message = f"{root / MANIFEST} is not what an export wrote; choose another folder."
        raise ExportError(message)
    return {str(name): str(digest) for name, digest in files.items()}


def _is_below(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.name not in {"", MANIFEST}


def _is_equal(place: Path, size: int, digest: bytes) -> bool:
    """Whether a file holds just these bytes."""
    try:
        if place.is_symlink() or not place.is_file() or place.stat().st_size != size:
            return False
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == digest
    except OSError:
        return False
