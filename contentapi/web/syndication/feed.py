"""A feed of articles before it is written in a format: gathered from the index, every address in it full."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from urllib.parse import quote

from contentapi.errors import BadParameter
from contentapi.index import links, listing, terms
from contentapi.index.listing import ResultPage
from contentapi.index.reader import Row
from contentapi.model import License
from contentapi.text import dates, edits, paths
from contentapi.web import call as calls
from contentapi.web import present
from contentapi.web.answers import ADDRESS
from contentapi.web.call import Call
from contentapi.web.syndication import ids
from contentapi.web.syndication.places import Places

#: Atom wants a time for everything (RFC 4287 §4.2.15). What has none gets this one, which nobody takes for true.
NEVER = "1970-01-01T00:00:00+00:00"
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_KEYS = ("authors", "categories", "tags", "image")
#: What of a query only says how much is given, and how.
_OF_FORM = ("limit", "cursor", "content")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something; ``url`` is their public page."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A category or a tag: its slug, its title, and the address of the list it is in."""

    slug: str
    title: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Item:
    """One article. ``published`` and ``modified`` are date-times of RFC 3339, ``html`` its body when that is asked for."""

    id: str
    title: str
    url: str
    lang: str | None
    summary: str | None
    html: str | None
    published: str | None
    modified: str | None
    authors: tuple[Author, ...]
    labels: tuple[Label, ...]
    image: str | None
    license: License | None

    @property
    def updated(self) -> str:
        """When the editors last said that it changed, else when it was published, else :data:`NEVER`."""
        return self.modified or self.published or NEVER


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed: what it is of, where it and its neighbours are, its items, newest first."""

    id: str
    title: str
    description: str | None
    lang: str | None
    home: str
    self: str
    first: str
    next: str | None
    previous: str | None
    author: Author
    license: License | None
    items: tuple[Item, ...]

    @property
    def updated(self) -> str:
        """The latest of the times of its items."""
        return max((one.updated for one in self.items), key=datetime.fromisoformat, default=NEVER)


def gather(call: Call) -> Feed:
    """The page of the feed that a call asks for."""
    site, places = call.reader.site, Places(call)
    call, found = _found(call)
    return Feed(
        id=ids.of_feed(call.reader, calls.written(calls.asked_for(call, but=_OF_FORM))),
        title=_title(call, places.name),
        description=site.description,
        lang=_lang(site.lang),
        home=places.home,
        self=places.own(calls.at(call, "cursor", call.values.get("cursor"))),
        first=places.own(calls.at(call, "cursor", None)),
        next=places.own(calls.at(call, "cursor", found.next)) if found.next else None,
        previous=places.own(calls.at(call, "cursor", found.prev)) if found.prev else None,
        author=Author(places.name, call.addresses.web("/")),
        license=site.license,
        items=tuple(_item(call, places, row) for row in found.items),
    )


def _found(call: Call) -> tuple[Call, ResultPage[Row]]:
    """The articles, and the call as it is understood: with a cursor that no such list gave, it begins at the beginning."""
    try:
        return call, calls.rows(call, "type = 'article'", (), order=listing.NEWEST_FIRST)
    except BadParameter as error:
        if error.parameter != calls.CURSOR.name:
            raise
    values = {**call.values, calls.CURSOR.name: None}
    return _found(replace(call, asked=replace(call.asked, values=values)))


def _title(call: Call, name: str) -> str:
    """The name of the site, and of the terms by which its articles are chosen."""
    chosen = [one for one in call.asked.conditions if one.field.kind == "term" and one.operator == "is"]
    named = [_term(call, cast("terms.Kind", one.field.column), value) for one in chosen for value in one.values]
    return f"{name} – {', '.join(named)}" if named else name


def _term(call: Call, kind: terms.Kind, value: str) -> str:
    found = terms.find(call.reader, kind, paths.term_slug(value))
    return terms.title(found) if found is not None else value


# -- one article ------------------------------------------------------------------------------------------------------


def _item(call: Call, places: Places, row: Row) -> Item:
    subject = present.of_row(call.reader, call.addresses, row)
    shown = present.present(subject, present.ARTICLE, fields=_KEYS)
    url = places.reading(row)
    own = cast("Mapping[str, str | None] | None", subject.more.get("license"))
    return Item(
        id=ids.of_row(call.reader, row),
        title=row.title,
        url=url,
        lang=_lang(row.lang),
        summary=row.description or row.excerpt or None,
        html=_html(call, row, lambda address: places.written(address, url)),
        published=_instant(call, row.date),
        modified=_instant(call, row.updated),
        authors=tuple(_author(one) for one in _cards(shown["authors"])),
        labels=tuple(
            Label(str(one["slug"]), str(one["title"] or one["slug"]), places.own(f"/v1/{plural}"))
            for plural in ("categories", "tags")
            for one in _cards(shown[plural])
        ),
        image=_image(places, shown["image"], url),
        license=License(**own) if own else None,  # type: ignore[arg-type]
    )


def _lang(written: str) -> str | None:
    """A language as feeds name it (the outer form of BCP 47); None when it is spelled like none."""
    tag = written.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _html(call: Call, row: Row, address: Callable[[str], str | None]) -> str | None:
    if call.values.get("content") == "excerpt":
        return None
    return edits.readdressed(links.body(call.reader, row).html, address)


def _instant(call: Call, iso: str | None) -> str | None:
    return dates.instant(iso, dates.zone(call.reader.site.timezone)) if iso is not None else None


def _cards(value: object) -> Sequence[present.Object]:
    return cast("Sequence[present.Object]", value)


def _author(card: present.Object) -> Author:
    links = cast("Mapping[str, str | None]", card["links"])
    return Author(str(card["title"] or card["slug"]), links["web"])


def _image(places: Places, value: object, page: str) -> str | None:
    if value is None:
        return None
    found = places.written(str(cast("Mapping[str, object]", value)["url"]), page)
    return quote(found, safe=ADDRESS, errors="surrogatepass") if found is not None else None
