"""An answer before it is sent: bytes, their media type, and what a cache needs to know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import orjson

JSON = "application/json"
PROBLEM = "application/problem+json"
MARKDOWN = "text/markdown; charset=utf-8"
HTML = "text/html; charset=utf-8"

#: Everything printable of ASCII: what may stand in a header as it is.
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
#: What may stand in an address as it is, escapes included (RFC 3986).
ADDRESS = "%/:?#[]@!$&'()*+,;=~"
#: So many single keys fit into a header that every proxy takes; what depends on more is told by collections.
_MOST_KEYS = 40
_PLURALS = {"page": "pages", "phase": "phases", "article": "articles", "author": "authors", "tag": "tags",
            "category": "categories"}  # fmt: skip
#: Whose titles and counts stand in the items of a list.
_BESIDE = {"pages": ("phases",), "phases": ("pages",), "articles": ("authors", "tags", "categories"),
           "authors": ("articles",), "tags": ("articles",), "categories": ("articles",)}  # fmt: skip
#: Which documents, files and redirects there are, at which addresses, in which order.
STRUCTURE = "structure"
#: Everything that is served: what bears this key changes with every revision.
REVISION = "revision"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler returns.

    ``keys`` name what the answer depends on (Surrogate-Key); ``max_age`` is in seconds; ``store`` says whether the answer
    may be kept and sent again; ``negotiated``, that the Accept header chose this form of it; ``digest`` is the SHA-256 of
    the body where it is known already.
    """

    body: bytes
    media_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    max_age: int = 60
    store: bool = True
    negotiated: bool = False
    digest: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later(Answer):
    """What a handler returns whose answer would hold up the event loop: ``make`` gives it, in a thread.

    The state of the index is let go by then: ``make`` knows what it needs of it.
    """

    make: Callable[[], Answer]


def encode(value: object) -> bytes:
    """JSON bytes in which ``<`` is escaped, so that they may stand in a page's script element."""
    return orjson.dumps(value).replace(b"<", b"\\u003c")


def json(
    value: object,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    keys: tuple[str, ...] = (),
    max_age: int = 60,
) -> Answer:
    """A JSON answer."""
    return Answer(encode(value), JSON, status, headers or {}, keys, max_age)


def moved(location: str, *, keys: tuple[str, ...] = (STRUCTURE,)) -> Answer:
    """A redirect that keeps the method (RFC 9110 §15.4.9). Editors write its target: what no address can hold is encoded."""
    location = quote(location, safe=ADDRESS)
    return Answer(encode({"type": "moved", "location": location}), JSON, 308, {"Location": location}, keys, 300)


# -- what an answer depends on ----------------------------------------------------------------------------------------


def depends(kind: str, slug: str, value: object) -> tuple[str, ...]:
    """The keys of one resource: its own, those of every card in it, and ``structure``, which its links depend on.

    Whoever purges a cache after a change names the changed document (``page:approche``), its collection (``pages``), and
    ``structure`` when a document, a file or a redirect came, went, moved, or stands elsewhere in an order.
    """
    own = key(kind, slug)
    others = dict.fromkeys(found for found in _cards(value) if found[1] != slug or found[0] != kind)
    named: Iterable[str] = (key(*one) for one in others)
    if len(others) > _MOST_KEYS:
        named = sorted({plural(kind) for kind, _ in others})
    return (own, STRUCTURE, *named, *_of_words((value,)))


def of_list(name: str, items: Iterable[object] = ()) -> tuple[str, ...]:
    """The keys of a list: its own, those of what stands in its items, and ``structure``."""
    every = list(items)
    return tuple(dict.fromkeys((name, *_BESIDE.get(name, ()), STRUCTURE, *of_cards(every), *_of_words(every))))


def of_cards(value: object) -> tuple[str, ...]:
    """The collections of every card in a value."""
    return tuple(sorted({plural(kind) for kind, _ in _cards(value)}))


def _of_words(shown: Iterable[object]) -> tuple[str, ...]:
    """What is near by its words may be so no more after a change of any text."""
    return (REVISION,) if any(isinstance(one, dict) and "related" in one for one in shown) else ()


def touched(reached: Iterable[tuple[str, str | None]]) -> Callable[[tuple[str, ...]], bool]:
    """Whether an answer with these keys may be another one after documents of that kind and slug changed.

    An answer without keys may always be; of a slug that is None, all that bear the kind are meant.
    """
    exact, kinds = {REVISION, "diagnostics"}, []
    for kind, slug in reached:
        exact.add(plural(kind))
        if slug is None:
            kinds.append(key(kind, ""))
        else:
            exact.add(key(kind, slug))
    begins = tuple(kinds)

    def may_differ(keys: tuple[str, ...]) -> bool:
        return not keys or not exact.isdisjoint(keys) or (bool(begins) and any(one.startswith(begins) for one in keys))

    return may_differ


def key(kind: str, slug: str) -> str:
    """The key of one document or term."""
    return f"{kind}:{slug}"


def plural(kind: str) -> str:
    """The key of all documents of a kind: that of its lists."""
    return _PLURALS.get(kind) or f"collection:{kind}"


def _cards(value: object) -> Iterator[tuple[str, str]]:
    """The kind and slug of every resource that stands in a value."""
    if isinstance(value, dict):
        kind, slug = value.get("type"), value.get("slug")
        if isinstance(kind, str) and isinstance(slug, str) and "links" in value:
            yield kind, slug
        # Front matter may hold anything; nothing of it is a card.
        for name, below in value.items():
            if name != "fields" and isinstance(below, dict | list):
                yield from _cards(below)
    elif isinstance(value, list):
        for below in value:
            yield from _cards(below)
