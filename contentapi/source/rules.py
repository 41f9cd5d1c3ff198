"""Which paths of a content folder are looked at: Jekyll's rules, and what is never content anywhere."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from enum import Enum, auto

from contentapi.model import Site
from contentapi.source import names

#: Never looked at, in any folder, whatever ``include`` says: they hold secrets, other people's files or built ones.
NEVER = frozenset({".git", ".hg", ".svn", ".jekyll-cache", ".sass-cache", "_site", "node_modules"})
#: Where Bundler puts Ruby libraries (Jekyll excludes the same four by default).
_BUNDLED = tuple(f"vendor/{name}" for name in ("bundle", "cache", "gems", "ruby"))
#: Read when a process starts, by :mod:`contentapi.settings`; a change of one matters, but neither is content.
SETTINGS = frozenset({"_config.yml", "contentapi.toml"})
#: What editors, databases and copying programs leave beside a file while they work.
_LEFTOVERS = ("~", ".swp", ".swo", ".swx", ".tmp", ".part", ".crdownload", "___jb_tmp___", "___jb_old___", ".kate-swp")
_DATABASE = re.compile(r".+\.(?:db|sqlite3?)(?:-(?:wal|shm|journal))?", re.DOTALL)
_LEFTOVER_STARTS = (".#", "~$", ".goutputstream-", ".nfs", ".fuse_hidden", ".DS_Store")
#: Vim tries with a file of this name whether it may write into a folder.
PROBE = "4913"
#: Files for those who work on the folder, not for its readers; by name without extension, in lower case.
_FOR_DEVELOPERS = frozenset({"contributing", "gemfile", "readme"})
#: The names of most files, about which none of these rules has anything to say.
_ORDINARY = re.compile(
    r"(?!readme|contributing|gemfile)[a-z0-9][-\w]*\.(?:md|html|png|jpe?g|svg|ya?ml)\Z", re.ASCII | re.IGNORECASE
)
_HIDDEN = (".", "_", "#", "~")
#: The file of redirects, read at the top of every folder: Jekyll has no use for it, so that its sites need not include it.
_REDIRECTS = "_redirects"
_GLOB = re.compile(r"[*?\[]")


class Look(Enum):
    """What is done with an entry: left alone, looked at, or only passed through on the way to a deeper folder."""

    NO = auto()
    THROUGH = auto()
    YES = auto()


class Rules:
    """Answers for each entry whether it is looked at, from what the site declares.

    Components that start with ``.``, ``_``, ``#`` or ``~``, or end with ``~``, are left alone unless ``include`` names
    them or they are folders of collections, of data, of posts or of drafts, or the file of redirects. ``exclude`` removes,
    ``include`` wins.
    """

    def __init__(self, site: Site) -> None:
        named = _cleaned(site.include)
        # Without `_config.yml` nobody can have included the folder that Jekyll sites always include.
        named += () if site.jekyll else ("_pages",)
        folders = {one.directory for one in site.collections if one.directory} | {site.data_dir}
        self._special = frozenset(folders | {path.rstrip("/") for path in named if "/" in path.rstrip("/")})
        self._ways = frozenset(way for path in self._special for way in _above(path))
        self._posts_under = f"{site.collections_dir}/" if site.collections_dir else ""
        self._data = f"{site.data_dir}/"
        self._include = _pattern((path for path in named if "/" not in path.rstrip("/")), exact=not site.jekyll)
        excluded = (path for path in _cleaned(site.exclude) if path not in named)
        self._exclude = _pattern(excluded, exact=not site.jekyll)

    def look(self, path: str, name: str, *, directory: bool, through: bool = False) -> Look:
        """What to do with the entry ``name`` at ``path``, in a folder that is looked at (or passed ``through``)."""
        if name in NEVER or noise(name) or (directory and path.endswith(_BUNDLED) and _is_bundled(path)):
            return Look.NO
        slashed = f"{path}/" if directory else path
        if not through and self._include is not None and self._include.match(f"{name}/" if directory else name):
            return Look.YES
        if self._exclude is not None and self._exclude.match(slashed):
            return Look.NO
        if self._is_special(path, name, directory=directory, through=through):
            return Look.YES
        if through or name.startswith(_HIDDEN):
            return Look.THROUGH if directory and path in self._ways else Look.NO
        return Look.YES if directory or not _unserved(path, name) else Look.NO

    def ordinary(self, path: str, name: str) -> bool:
        """Whether a file is looked at for sure, told quickly; it is so for nearly every file of a large folder."""
        return _ORDINARY.match(name) is not None and (self._exclude is None or not self._exclude.match(path))

    def looks(self, path: str, *, directory: bool = False) -> bool:
        """Whether the entry at ``path`` is looked at, all the folders above it taken into account."""
        look = Look.YES
        for above in _above(path):
            look = self.look(above, above.rpartition("/")[2], directory=True, through=look is Look.THROUGH)
            if look is Look.NO:
                return False
        look = self.look(path, path.rpartition("/")[2], directory=directory, through=look is Look.THROUGH)
        return look is not Look.NO

    def concerns(self, path: str) -> bool:
        """Whether a change at ``path`` matters, be it a file, a folder or gone."""
        if path in SETTINGS or self.looks(path):
            return True
        # A folder may be named `readme`, but what is named `README.md` is a file.
        name = path.rpartition("/")[2]
        return self.looks(path, directory=True) and not ("." in name and _unserved(path, name))

    def servable(self, path: str) -> bool:
        """Whether a file may be served as it is: looked at, and neither among drafts nor among data."""
        return self.looks(path) and not path.startswith(self._data) and "_drafts" not in path.split("/")

    def _is_special(self, path: str, name: str, *, directory: bool, through: bool) -> bool:
        if directory:
            return path in self._special or (not through and self._holds_posts(path, name))
        return path in self._special or path == _REDIRECTS

    def _holds_posts(self, path: str, name: str) -> bool:
        """With a ``collections_dir`` Jekyll reads posts and drafts only under it; without one, in any folder."""
        return name in {"_posts", "_drafts"} and path.startswith(self._posts_under)


def noise(name: str) -> bool:
    """Whether a name is that of a leftover, which no reader and no editor cares about."""
    return (
        name.endswith(_LEFTOVERS)
        or name.startswith(_LEFTOVER_STARTS)
        or (name.startswith("#") and name.endswith("#"))
        or ((".db" in name or ".sqlite" in name) and _DATABASE.fullmatch(name) is not None)
    )


def never(path: str) -> bool:
    """Whether any part of a path is one that is never looked at."""
    return any(part in NEVER or noise(part) for part in path.split("/")) or _is_bundled(path)


def secret(path: str) -> bool:
    """Whether a symlink must not show what lies at ``path``: repositories, leftovers, drafts, what a dot hides (``.env``).

    Names that start with two dots are no secrets: Kubernetes mounts volumes through ``..data``.
    """
    parts = path.split("/")
    return never(path) or "_drafts" in parts or any(one.startswith(".") and not one.startswith("..") for one in parts)


def _unserved(path: str, name: str) -> bool:
    return path in SETTINGS or name == PROBE or name.partition(".")[0].lower() in _FOR_DEVELOPERS


def _is_bundled(path: str) -> bool:
    slashed = f"/{path}/"
    return any(f"/{bundled}/" in slashed for bundled in _BUNDLED)


def _above(path: str) -> list[str]:
    """The folders above a path, from the outermost."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _cleaned(patterns: Iterable[str]) -> tuple[str, ...]:
    """Patterns as paths below the folder: no slash or ``./`` before them, NFC."""
    stripped = (names.composed(pattern).strip().removeprefix("./").lstrip("/") for pattern in patterns)
    return tuple(pattern for pattern in stripped if pattern.strip("/"))


def _pattern(patterns: Iterable[str], *, exact: bool) -> re.Pattern[str] | None:
    """One expression for all the patterns, to be matched with paths of files, and of folders with a slash after them.

    A pattern is a glob whose ``*`` crosses slashes, or a prefix. Jekyll means a prefix of the text, so that ``ci`` also
    excludes ``cities.md``, which its site then does not publish; where Jekyll publishes nothing it is one of whole
    names (``exact``).
    """
    expressions = []
    for pattern in patterns:
        if not exact or pattern.endswith("/"):
            expressions.append(re.escape(pattern))
        else:
            expressions.append(rf"{re.escape(pattern)}(?:/|\Z)")
        if _GLOB.search(pattern):
            glob = fnmatch.translate(pattern.rstrip("/").replace("[^", "[!"))
            # `translate` ends with an anchor of two characters; folders have a slash before it.
            expressions.append(rf"{glob[:-2]}/?\Z")
    return re.compile("|".join(expressions)) if expressions else None
