"""What each list can be filtered and sorted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from contentapi.index import filters
from contentapi.index.filters import Field
from contentapi.index.reader import Reader
from contentapi.model import PhaseKind, Severity

Segments = Mapping[str, str]
Reads = Mapping[str, Callable[[Any], object]]


def pages(reader: Reader, _: Segments) -> Sequence[Field]:
    """Of pages: what they have, and their front matter."""
    return (*filters.PAGE, *_front_matter(reader, "pages"))


def articles(reader: Reader, _: Segments) -> Sequence[Field]:
    """Of articles: what they have, whom and what they name, and their front matter."""
    names = [one.name for one in reader.site.collections if one.type == "article"]
    return tuple(dict.fromkeys((*filters.ARTICLE, *(one for name in names for one in _front_matter(reader, name)))))


def documents(reader: Reader, segments: Segments) -> Sequence[Field]:
    """Of a collection: what its documents have, and their front matter."""
    collection = reader.site.collection(segments["name"])
    if collection is None:
        return ()
    own = {"page": filters.PAGE, "article": filters.ARTICLE}.get(collection.type, filters.DOCUMENT)
    return (*own, *_front_matter(reader, collection.name))


def found(reader: Reader, _: Segments) -> Sequence[Field]:
    """Of the search: what documents of any collection have."""
    types = sorted({one.type for one in reader.site.collections})
    return filters.found(types, sorted(one.name for one in reader.site.collections))


def _front_matter(reader: Reader, collection: str) -> list[Field]:
    return reader.once(f"front matter of {collection}", lambda known: _fields_of(known, collection))


def _fields_of(reader: Reader, collection: str) -> list[Field]:
    return [filters.front_matter(name) for name in reader.front_matter_names(collection)]


_TEXTS = ("id", "path", "slug", "title", "description", "lang")


def phases(_reader: Reader, _: Segments) -> Sequence[Field]:
    """Of phases."""
    return (
        *(Field(name, "text", name, name) for name in _TEXTS),
        Field("kind", "text", "kind", "kind", tuple(PhaseKind)),
        Field("position", "number", "position", "position"),
        Field("derived", "flag", "derived", None, ("true", "false")),
    )


def terms(_reader: Reader, _: Segments) -> Sequence[Field]:
    """Of authors, tags and categories."""
    return (
        *(Field(name, "text", name, name) for name in ("id", "path", "slug", "title", "description")),
        Field("count", "number", "count", "count"),
    )


def collections(_reader: Reader, _: Segments) -> Sequence[Field]:
    """Of the list of collections."""
    return (
        Field("name", "text", "name", "name"),
        Field("type", "text", "type", "type"),
        Field("count", "number", "count", "count"),
    )


def redirects(_reader: Reader, _: Segments) -> Sequence[Field]:
    """Of the list of redirects."""
    return (
        Field("from", "text", "from", "from"),
        Field("to", "text", "to", "to"),
        Field("status", "number", "status", "status"),
    )


def diagnostics(_reader: Reader, _: Segments) -> Sequence[Field]:
    """Of the list of diagnostics."""
    return (
        Field("code", "text", "code", "code"),
        Field("severity", "text", "severity", "severity", tuple(Severity)),
        Field("path", "text", "path", "path"),
        Field("line", "number", "line", "line"),
    )


READ_COLLECTIONS: Reads = {name: itemgetter(name) for name in ("name", "type", "count")}
READ_REDIRECTS: Reads = {name: itemgetter(name) for name in ("from", "to", "status")}
READ_DIAGNOSTICS: Reads = {name: attrgetter(name) for name in ("code", "severity", "path", "line")}
