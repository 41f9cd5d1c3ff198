"""The walk over a folder: every file that is looked at, in byte order of its path, and what is wrong with its name.

The walk holds one open descriptor for each folder on its way and never follows a symlink by name, so that nothing
outside the folder is listed. Under which path a file is found depends on the folder alone: a walk of a part finds what
a walk of the whole finds there.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple, Protocol

from contentapi.model import Diagnostic
from contentapi.source import names
from contentapi.source.beneath import Base, Outside, enter, identity
from contentapi.source.problems import not_a_file, problem, unreadable
from contentapi.source.rules import Look, Rules

#: Folders within folders. Each costs an open descriptor while the walk is in it.
MAX_DEPTH = 64
#: Symlinked folders within symlinked folders: without a limit, few links make a tree without end.
MAX_LINKS = 2
#: File systems stamp times with the clock's last tick (up to 10 ms ago), some only with whole seconds.
_TICK_NS = 50_000_000
_COARSE_TICK_NS = 2_000_000_000
_SECOND_NS = 1_000_000_000
#: What the system says of something that was there when its folder was listed, and is no more, or is something else.
GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


class Found(NamedTuple):
    """One file as the walk saw it, unopened. ``path`` is NFC; ``name`` is the same path as the disk spells it.

    A tuple, as a look at a large folder makes a hundred thousand: a frozen dataclass takes twice as long.
    ``racy`` says that the file changed so lately that a further change may leave the same times: whoever remembers
    :attr:`stamp` to recognise an unchanged file must not do so for a racy one.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    name: str
    racy: bool = False

    @property
    def stamp(self) -> tuple[int, int, int, int]:
        """Equal stamps mean an unchanged file: a change that keeps size and mtime still shows in ctime or inode."""
        return self.size, self.mtime_ns, self.ctime_ns, self.inode


def stamp(status: os.stat_result) -> tuple[int, int, int, int]:
    """The :attr:`Found.stamp` of an open file."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


class Link(NamedTuple):
    """Where a symlink leads, when inside the folder, and which symlinks it passes on its way, itself included."""

    target: str | None
    passed: tuple[str, ...]

    def shows(self, path: str) -> str | None:
        """What of the link shows a change at ``path``: a path below it, empty for the link itself; None if nothing."""
        if self.target is not None and is_at(path, self.target):
            return path[len(self.target) :]
        places = self.passed if self.target is None else (*self.passed, self.target)
        return "" if any(is_at(place, path) for place in places) else None


def is_at(path: str, place: str) -> bool:
    """Whether a path is that of a place, or lies beneath it."""
    return path == place or path.startswith(f"{place}/")


class _Entry(Protocol):
    """What the walk needs of an ``os.DirEntry``."""

    @property
    def name(self) -> str: ...
    def is_dir(self, *, follow_symlinks: bool = True) -> bool: ...
    def is_file(self, *, follow_symlinks: bool = True) -> bool: ...
    def is_symlink(self) -> bool: ...
    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result: ...


class _Item(NamedTuple):
    """One entry that is looked at.

    ``key`` gives byte order of whole paths (``a-b``, ``a.md``, ``a/b``), as code points sort as their UTF-8 does; each
    item of a folder has its own. ``target`` is where a symlink leads; ``status`` is set when it had to be asked.
    """

    key: str
    entry: _Entry
    path: str
    name: str
    directory: bool = False
    through: bool = False
    target: str | None = None
    status: os.stat_result | None = None


class _Frame(NamedTuple):
    """One folder that the walk is in."""

    fd: int
    path: str
    name: str
    identity: tuple[int, int]
    links: int
    items: Iterator[Found | Diagnostic | _Item | None]


class Walk:
    """One walk. ``links`` gathers the symlinks that it met, by their paths."""

    def __init__(self, base: Base, rules: Rules, now_ns: int) -> None:
        self._base = base
        self._rules = rules
        self._now_ns = now_ns
        self._only: list[str] = []
        self._stack: list[_Frame] = []
        self.links: dict[str, Link] = {}

    def run(self, under: str = "") -> Generator[Found | Diagnostic, None, None]:
        """Everything at and below ``under`` (NFC), and what is wrong with a folder on the way to it."""
        self._only = under.split("/") if under else []
        if any(part in {"", ".", ".."} or "\0" in part for part in self._only):
            return
        try:
            self._push(self._base.open_folder(""), None)
            while self._stack:
                on_the_way = len(self._stack) < len(self._only)
                for found in self._stack[-1].items:
                    if isinstance(found, _Item):
                        refusal = self._enter(found)
                        if refusal is None:
                            break
                        yield refusal
                    elif found is not None and not (on_the_way and isinstance(found, Found)):
                        yield found
                else:
                    os.close(self._stack.pop().fd)
        finally:
            for frame in self._stack:
                os.close(frame.fd)
            self._stack.clear()

    # -- folders ------------------------------------------------------------------------------------------------------

    def _push(self, fd: int, item: _Item | None) -> None:
        path, name = (item.path, item.name) if item else ("", "")
        links = (self._stack[-1].links if self._stack else 0) + (item is not None and item.target is not None)
        depth = len(self._stack)
        only = self._only[depth] if depth < len(self._only) else None
        items = self._items(fd, path, name, through=item is not None and item.through, only=only)
        self._stack.append(_Frame(fd, path, name, identity(os.fstat(fd)), links, items))

    def _enter(self, item: _Item) -> Diagnostic | None:
        """Goes into a folder, or says why not. One that has vanished is passed over."""
        if len(self._stack) > MAX_DEPTH:
            return problem("too-deep", item.path, f"This folder lies more than {MAX_DEPTH} folders deep.")
        if item.target is not None and self._stack[-1].links >= MAX_LINKS:
            return problem("symlink-loop", item.path, f"This is reached through more than {MAX_LINKS} linked folders.")
        try:
            fd = self._open(item)
        except OSError as error:
            # Only what is gone may be passed over: were a folder that cannot be read, its files would seem deleted.
            return None if error.errno in GONE else unreadable(item.path, error)
        if identity(os.fstat(fd)) in {frame.identity for frame in self._stack}:
            os.close(fd)
            return problem("symlink-loop", item.path, "This leads back to a folder that holds it.")
        self._push(fd, item)
        return None

    def _open(self, item: _Item) -> int:
        if item.target is not None:
            return self._base.open_folder(item.target)
        return enter(item.entry.name, self._stack[-1].fd)

    # -- entries ------------------------------------------------------------------------------------------------------

    def _items(
        self, fd: int, path: str, name: str, *, through: bool, only: str | None
    ) -> Iterator[Found | Diagnostic | _Item | None]:
        """The entries of one folder in order: files as found, folders as items to enter."""
        try:
            entries = _entries(fd, only)
        except OSError as error:
            yield unreadable(path, error)
            return
        above = f"{path}/" if path else ""
        disk = f"{name}/" if name else ""
        kept: dict[str, _Item] = {}
        odd: list[_Entry] = []
        ordinary = self._rules.ordinary
        for entry in entries:
            own = entry.name
            if not through and ordinary(above + own, own) and entry.is_file(follow_symlinks=False):
                kept[own] = _Item(own, entry, above + own, disk + own)
            elif names.plain(own) and not entry.is_symlink():
                item = self._item(entry, above + own, disk + own, through=through)
                if item is not None:
                    kept[own] = item
            else:
                odd.append(entry)
        for entry in sorted(odd, key=lambda one: os.fsencode(one.name)):
            yield from self._odd(entry, above, disk, through=through, kept=kept)
        for item in sorted(kept.values()):
            yield item if item.directory else self._file(item)

    def _item(self, entry: _Entry, path: str, name: str, *, through: bool) -> _Item | None:
        """The entry when it is looked at."""
        directory = entry.is_dir(follow_symlinks=False)
        look = self._rules.look(path, entry.name, directory=directory, through=through)
        if look is Look.NO:
            return None
        own = names.composed(entry.name)
        return _Item(f"{own}/" if directory else own, entry, path, name, directory, look is Look.THROUGH)

    def _odd(
        self, entry: _Entry, above: str, disk: str, *, through: bool, kept: dict[str, _Item]
    ) -> Iterator[Diagnostic]:
        """Keeps an entry that is a symlink or whose name is not plain, unless something is wrong with it."""
        name = names.composed(entry.name)
        path = above + name
        looks = [self._rules.look(path, name, directory=one, through=through) for one in (False, True)]
        if looks == [Look.NO, Look.NO]:
            return
        defect = names.defect(entry.name)
        if defect is not None:
            yield problem("file-name", above + names.escaped(entry.name), f"{defect}; it is not served.")
        elif entry.is_symlink():
            link = _Item(name, entry, path, disk + entry.name, through=through)
            yield from self._link(link, kept)
        else:
            item = self._item(entry, path, disk + entry.name, through=through)
            if item is not None:
                yield from _keep(kept, name, item)

    def _link(self, item: _Item, kept: dict[str, _Item]) -> Iterator[Diagnostic]:
        """Keeps a symlink as what it leads to, when that lies inside the folder."""
        passed = tuple(names.composed(place) for place in self._base.passed(item.name))
        self.links[item.path] = Link(None, passed)
        try:
            target = self._base.resolve(item.name)
            self.links[item.path] = Link(names.composed(target), passed)
            status = self._base.stat(target)
        except Outside:
            yield problem("symlink-outside", item.path, "This symlink leads to what is not content of this folder.")
        except OSError as error:
            broken = problem("symlink-broken", item.path, "This symlink leads to nothing.")
            yield broken if error.errno in GONE else unreadable(item.path, error)
        else:
            if stat.S_ISLNK(status.st_mode):
                yield problem("symlink-loop", item.path, "This symlink leads to itself.")
                return
            directory = stat.S_ISDIR(status.st_mode)
            look = self._rules.look(item.path, item.key, directory=directory, through=item.through)
            if look is not Look.NO:
                key, through = (f"{item.key}/" if directory else item.key), look is Look.THROUGH
                found = item._replace(key=key, directory=directory, through=through, target=target, status=status)
                yield from _keep(kept, item.key, found)

    def _file(self, item: _Item) -> Found | Diagnostic | None:
        """What is found at an item that is no folder; None when it has vanished since its folder was listed."""
        try:
            status = item.status or item.entry.stat(follow_symlinks=False)
        except OSError as error:
            return None if error.errno in GONE else unreadable(item.path, error)
        if not stat.S_ISREG(status.st_mode):
            return None if stat.S_ISDIR(status.st_mode) else not_a_file(item.path)
        mtime, ctime = status.st_mtime_ns, status.st_ctime_ns
        tick = _COARSE_TICK_NS if ctime % _SECOND_NS == 0 and mtime % _SECOND_NS == 0 else _TICK_NS
        return Found(item.path, status.st_size, mtime, ctime, status.st_ino, item.name, self._now_ns - ctime < tick)


def _keep(kept: dict[str, _Item], name: str, item: _Item) -> Iterator[Diagnostic]:
    """Keeps an item by its NFC name. Of several the first in byte order of the names on disk has it."""
    other = kept.get(name)
    if other is None:
        kept[name] = item
        return
    first, second = sorted((other, item), key=lambda one: os.fsencode(one.entry.name))
    kept[name] = first
    yield problem(
        "file-name",
        item.path,
        f"Two names here are equal but for the encoding of their letters: {first.entry.name!a} is served, "
        f"{second.entry.name!a} is not.",
    )


# -- listing ----------------------------------------------------------------------------------------------------------


class _Single:
    """One entry by its name, without listing its folder."""

    def __init__(self, name: str, status: os.stat_result) -> None:
        self.name = name
        self._status = status

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return stat.S_ISDIR(self.stat(follow_symlinks=follow_symlinks).st_mode)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return stat.S_ISREG(self.stat(follow_symlinks=follow_symlinks).st_mode)

    def is_symlink(self) -> bool:
        return stat.S_ISLNK(self._status.st_mode)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        if follow_symlinks:
            raise NotImplementedError
        return self._status


def _entries(fd: int, only: str | None) -> Iterable[_Entry]:
    """The entries of a folder, or those whose NFC name is ``only``."""
    if only is not None and names.alone(only):
        try:
            return [_Single(only, os.stat(only, dir_fd=fd, follow_symlinks=False))]
        except FileNotFoundError:
            return []
    with os.scandir(fd) as listing:
        return [entry for entry in listing if only is None or names.composed(entry.name) == only]
