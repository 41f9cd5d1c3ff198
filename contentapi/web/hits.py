"""A hit of the search as JSON: the card of a document, the section that answers, and where its words stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from contentapi.index.reader import Reader
from contentapi.index.search import Hit
from contentapi.text import paths
from contentapi.web import present
from contentapi.web.addresses import Addresses
from contentapi.web.present import Key, Resource, Subject
from contentapi.web.schemas import Anchor, Card


class FoundSubject(Subject):
    """A document with what of it answers a question."""

    def __init__(self, reader: Reader, addresses: Addresses, hit: Hit) -> None:
        row = hit.row
        super().__init__(
            reader, addresses, kind=row.type, slug=row.slug, title=row.title, address=addresses.of(row), row=row
        )
        self.hit = hit


def _of(get: Callable[[FoundSubject], object]) -> Callable[[Subject], object]:
    return lambda one: get(cast("FoundSubject", one))


def _section(one: FoundSubject) -> Anchor | None:
    place = one.hit.place
    if place is None:
        return None
    anchor = f"#{paths.encode(place.id)}" if place.id else ""
    path, web = one.hit.row.path, one.addresses.web(one.hit.row.path)
    return {
        "id": place.id,
        "level": place.level,
        "title": place.title,
        "path": f"{path}{anchor}" if path is not None else None,
        "web": f"{web}{anchor}" if web is not None else None,
    }


def _page(one: FoundSubject) -> Card | None:
    phase = present.phase_of(one.reader, one.hit.row)
    return present.maybe_card(one.addresses, phase.page if phase is not None else None)


_OWN = (
    Key("marked", str, "The title as HTML: escaped, its words in `<mark>`.", _of(lambda one: one.hit.title)),
    Key("snippet", str, "Where the words stand, as HTML: cut, escaped, in `<mark>`.", _of(lambda one: one.hit.snippet)),
)
_PLACE = (
    Key("section", Anchor | None, "The section it is cut from; null where none holds the words.", _of(_section)),
    Key("score", float, "How well it answers, for comparison within one answer.", _of(lambda one: one.hit.score)),
)
_PAGE = Key("page", Card | None, "Of a phase: the page that describes it, for readers to go to.", _of(_page))
_CARD = ("type", "id", "path", "slug", "title", "description", "links")


def _resource(name: str, about: str, *own: Key) -> Resource:
    known = {key.name: key for key in present.DOCUMENT.keys}
    date = next(key for key in present.ARTICLE.keys if key.name == "date")
    more = [*(key for key in present.DOCUMENT.keys if key.name not in _CARD), date, _PAGE]
    on_request = [Key(key.name, key.type, key.description, key.get, single=False, listed=False) for key in more]
    return Resource(name, about, (*(known[name] for name in _CARD), *own, *on_request))


HIT = _resource("Hit", "A document that answers a question", *_OWN, *_PLACE)
SUGGESTION = _resource("Suggestion", "A document whose title goes on from what is typed", _OWN[0])
