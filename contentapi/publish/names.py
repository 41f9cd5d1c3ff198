"""Where answers lie: the file of each address, such that no two meet on any file system or object store.

``/v1/pages/approche`` lies in ``v1/pages/approche/index.json``, its other forms beside it, ``/feed.atom`` in ``feed.atom``.
What cannot have such a name lies in ``_also/``, named by a digest of its address.
"""

from __future__ import annotations

import hashlib
import unicodedata

from contentapi.text import media, paths

#: The extension of each media type that is not one of the content folder's own files.
_EXTENSIONS = {
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
    "application/ld+json": "jsonld",
    "application/problem+json": "json",
    "application/rss+xml": "rss",
    "application/x-ndjson": "ndjson",
    "application/xml": "xml",
    "image/svg+xml": "svg",
    "text/css": "css",
    "text/csv": "csv",
    "text/html": "html",
    "text/javascript": "js",
    "text/markdown": "md",
    "text/plain": "txt",
    "text/xml": "xml",
}
_ALSO = "_also"
#: Bytes of one name, and of a whole path, that every file system and object store takes, endings of ours included.
_LONGEST_NAME, _LONGEST = 200, 900
#: What is beside a file when it has other codings, and so is taken with it.
CODED = {"gzip": ".gz", "br": ".br"}


class Names:
    """The files that are taken. The same addresses in the same order get the same files."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def take(self, target: str, media_type: str, *, own: bool = True, number: int = 1) -> str:
        """The file for an answer, below the folder of all of them.

        ``own``: whether the address alone may name the file, where its ending fits the media type (``/feed.atom``). Of the
        result pages of one list, ``number`` tells them apart.
        """
        wanted = _regular(target.partition("?")[0], media_type, own=own, number=number)
        if wanted is not None and self._free(wanted):
            return self._taken(wanted)
        digest = hashlib.sha256(f"{target} {media_type}".encode(errors="surrogatepass")).hexdigest()[:32]
        return self._taken(f"{_ALSO}/{digest}.{_extension(media_type)}")

    def _free(self, name: str) -> bool:
        folders = _folders(name)
        return self._files.isdisjoint(folders) and not any(
            one in self._files or one in self._folders for one in map(_met, _with_codings(name))
        )

    def _taken(self, name: str) -> str:
        self._files.update(map(_met, _with_codings(name)))
        self._folders.update(_folders(name))
        return name


def is_regular(name: str) -> bool:
    """Whether a file can be told from its address."""
    return not name.startswith(f"{_ALSO}/")


def _with_codings(name: str) -> tuple[str, ...]:
    return (name, *(name + ending for ending in CODED.values()))


def _folders(name: str) -> list[str]:
    parts = _met(name).split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _met(name: str) -> str:
    """What two names have in common that are one on some file system: capitals and the spelling of accents do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _regular(path: str, media_type: str, *, own: bool, number: int) -> str | None:
    """The file that an address names; None when no file can be called so."""
    segments = [paths.decode(one) for one in path.strip("/").split("/")] if path != "/" else []
    if not all(map(_is_name, segments)):
        return None
    part = f".{number}" if number > 1 else ""
    if own and segments and _fits(segments[-1], media_type):
        stem, _, ending = segments[-1].rpartition(".")
        segments[-1] = f"{stem}{part}.{ending}"
    else:
        segments.append(f"index{part}.{_extension(media_type)}")
    name = "/".join(segments)
    return name if len(name.encode()) <= _LONGEST else None


def _is_name(segment: str) -> bool:
    """Whether a decoded segment may be the name of a file or folder."""
    try:
        length = len(segment.encode())
    except UnicodeEncodeError:
        return False
    return segment not in {"", ".", ".."} and "/" not in segment and segment.isprintable() and length <= _LONGEST_NAME


def _fits(segment: str, media_type: str) -> bool:
    ending = media.extension(segment)
    base = _base(media_type)
    return bool(ending) and (_EXTENSIONS.get(base) == ending or _base(media.TYPES.get(ending, "")) == base)


def _extension(media_type: str) -> str:
    base = _base(media_type)
    known = (ending for ending, one in media.TYPES.items() if _base(one) == base)
    return _EXTENSIONS.get(base) or next(known, "bin")


def _base(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
