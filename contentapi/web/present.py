"""Model to public JSON: an explicit list of keys for each resource, each key computed only when it is asked for.

The order of the keys here is their order in every answer. Adding one is a visible act: a test guards each list.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Annotated, Any, Literal, NotRequired, cast

from typing_extensions import TypedDict

from contentapi.index import links, navigation, phases, related, terms
from contentapi.index.links import BodyRow, Link
from contentapi.index.reader import Reader, Row
from contentapi.model import Decision, Duration, Heading, Json, Labels, License, PhaseKind, Section
from contentapi.text import folding, paths
from contentapi.web.addresses import Addresses
from contentapi.web.schemas import (
    AnyObject,
    Card,
    Children,
    Crumb,
    DeadCard,
    Image,
    Item,
    Links,
    OutgoingCard,
    OutgoingDeadCard,
    Said,
    Sidebar,
    Source,
    Statement,
    Surround,
    TermLinks,
    TocEntry,
    either,
    list_of,
)

Object = dict[str, object]
_WORDS_A_MINUTE = 200


class Subject:
    """One resource about to be presented, whatever it was made from. What costs something is read once, when needed."""

    def __init__(  # noqa: PLR0913 - what a subject is made of, each by its name
        self,
        reader: Reader,
        addresses: Addresses,
        *,
        kind: str,
        slug: str,
        title: str,
        address: str,
        row: Row | None = None,
        phase: phases.Phase | None = None,
        named: terms.Named | None = None,
    ) -> None:
        self.reader = reader
        self.addresses = addresses
        self.kind = kind
        self.slug = slug
        self.title = title
        self.address = address
        self.row = row
        self.phase = phase
        self.named = named

    @cached_property
    def more(self) -> dict[str, Json]:
        return self.row.more() if self.row is not None else {}

    @cached_property
    def body(self) -> BodyRow | None:
        return links.body(self.reader, self.row) if self.row is not None else None

    @cached_property
    def links(self) -> list[Link]:
        return links.of(self.reader, self.row) if self.row is not None else []

    @property
    def origin(self) -> Row | None:
        """The document this is told in: its own, or the overview a derived phase was read from."""
        return self.row or (self.phase.overview if self.phase is not None else None)


def of_row(reader: Reader, addresses: Addresses, row: Row) -> Subject:
    """Any document: a phase and an author come with what the index knows of them beside it."""
    phase = phase_of(reader, row)
    named = _named(reader, row) if row.type in terms.COLLECTIONS.values() else None
    return Subject(
        reader,
        addresses,
        kind=row.type,
        slug=row.slug,
        title=row.title,
        address=addresses.of(row),
        row=row,
        phase=phase,
        named=named,
    )


def phase_of(reader: Reader, row: Row) -> phases.Phase | None:
    """The phase that a document describes; None when it is of another kind."""
    return next((one for one in phases.phases(reader) if _is(one.row, row)), None) if row.type == "phase" else None


def _is(one: Row | None, other: Row) -> bool:
    return one is not None and one.rowid == other.rowid


def _named(reader: Reader, row: Row) -> terms.Named | None:
    found = terms.find(reader, cast("terms.Kind", row.type), row.slug)
    return replace(found, row=row) if found is not None else None


def of_phase(reader: Reader, addresses: Addresses, one: phases.Phase) -> Subject:
    """A phase, from its document or derived from the overview."""
    address = addresses.of(one.row) if one.row is not None else addresses.named("phase", one.slug)
    return Subject(
        reader, addresses, kind="phase", slug=one.slug, title=one.title, address=address, row=one.row, phase=one
    )


def of_term(reader: Reader, addresses: Addresses, one: terms.Named) -> Subject:
    """An author, a tag or a category."""
    return Subject(
        reader,
        addresses,
        kind=one.kind,
        slug=one.slug,
        title=terms.title(one),
        address=addresses.named(one.kind, one.slug),
        row=one.row,
        named=one,
    )


# -- cards ------------------------------------------------------------------------------------------------------------


def card(addresses: Addresses, row: Row) -> Card:
    """How a document appears inside another."""
    return {
        "type": row.type,
        "id": row.id,
        "path": row.path,
        "slug": row.slug,
        "title": row.title,
        "description": row.description,
        "links": {"self": addresses.of(row), "web": addresses.web(row.path)},
    }


def subject_card(one: Subject) -> Card:
    """The card of any subject: a derived phase and a term without a document have one too."""
    return {
        "type": one.kind,
        "id": _id(one),
        "path": _path(one),
        "slug": one.slug,
        "title": one.title,
        "description": _description(one),
        "links": _links(one),
    }


def dead_card(slug: str) -> DeadCard:
    """A reference that leads nowhere: the keys of a card without values, the slug it names, ``resolved`` false."""
    return {
        "type": None, "id": None, "path": None, "slug": slug, "title": None, "description": None, "links": None,
        "resolved": False,
    }  # fmt: skip


def maybe_card(addresses: Addresses, row: Row | None) -> Card | None:
    """The card of a document, if there is one."""
    return card(addresses, row) if row is not None else None


# -- the keys every resource has --------------------------------------------------------------------------------------


def _id(one: Subject) -> str:
    if one.row is not None:
        return one.row.id
    if one.phase is not None and one.phase.overview is not None:
        return f"{one.phase.overview.source}#{one.slug}"
    return f"{one.kind}:{one.slug}"


def _path(one: Subject) -> str | None:
    return one.row.path if one.row is not None else None


def _description(one: Subject) -> str | None:
    if one.phase is not None:
        return one.phase.description
    return one.row.description if one.row is not None else None


def _source(one: Subject) -> Source | None:
    if one.origin is None:
        return None
    template = one.reader.site.edit
    edit = template.replace("{path}", paths.encode(one.origin.source)) if template else None
    return {"path": one.origin.source, "edit": edit}


def _license(one: Subject) -> object:
    return one.more.get("license") if one.row is not None else one.reader.site.license


def _links(one: Subject) -> Links:
    return {"self": one.address, "web": one.addresses.web(_path(one))}


def _toc(one: Subject) -> list[TocEntry] | None:
    return toc(one.body.headings) if one.body is not None else None


def toc(headings: Sequence[Heading]) -> list[TocEntry]:
    """The headings as a tree: each holds the deeper ones that follow it."""
    top: list[TocEntry] = []
    open_: list[tuple[int, list[TocEntry]]] = [(0, top)]
    for heading in headings:
        below: list[TocEntry] = []
        while open_[-1][0] >= heading.level:
            open_.pop()
        open_[-1][1].append({"level": heading.level, "id": heading.id, "text": heading.text, "children": below})
        open_.append((heading.level, below))
    return top


def _reading_time(one: Subject) -> int | None:
    if one.body is None:
        return None
    return math.ceil(len(one.body.text.split()) / _WORDS_A_MINUTE)


def _outgoing(one: Subject) -> list[OutgoingCard | OutgoingDeadCard]:
    found: dict[str, OutgoingCard | OutgoingDeadCard] = {}
    for link in one.links:
        if link.kind == "link" and link.internal:
            found.setdefault(f"{link.key}{link.suffix}", _outgoing_card(one.addresses, link))
    return list(found.values())


def _outgoing_card(addresses: Addresses, link: Link) -> OutgoingCard | OutgoingDeadCard:
    if link.target is not None:
        return {**card(addresses, link.target), "href": link.address.url, "text": link.text}
    return {**dead_card(paths.last_segment(link.key or "/")), "href": link.address.url, "text": link.text}


def _incoming(one: Subject) -> list[Card]:
    return [card(one.addresses, row) for row in links.incoming(one.reader, one.row)] if one.row is not None else []


@dataclass(frozen=True, slots=True)
class Key:
    """One public key: its name, its type, what it says, how it is computed, and where it is given without being asked for.

    ``fuller`` computes what stands there instead when ``include`` names the key.
    """

    name: str
    type: Any
    description: str
    get: Callable[[Subject], object]
    single: bool = True
    listed: bool = True
    fuller: Callable[[Subject], object] | None = None


@dataclass(frozen=True, eq=False)
class Resource:
    """One kind of resource: the name of its schema, what it is, and its keys in the order in which they are given.

    Its three types are what callers may get: one by itself, one in a list, and what ``fields`` leaves of either.
    """

    name: str
    about: str
    keys: tuple[Key, ...]

    @cached_property
    def single(self) -> Any:
        """One by itself, without ``fields``."""
        return self._type("", f"{self.about}.", lambda key: key.single)

    @cached_property
    def listed(self) -> Any:
        """One in a list, without ``fields``."""
        return self._type("Item", f"{self.about}, as lists give it.", lambda key: key.listed)

    @cached_property
    def partial(self) -> Any:
        """What ``fields`` asked for."""
        return self._type(
            "Partial", f"{self.about}: the keys that `fields` and `include` name.", lambda key: key.name in _ALWAYS
        )

    def _type(self, suffix: str, about: str, given: Callable[[Key], bool]) -> Any:
        # Python takes these as calls like any other; type checkers do not, as they cannot know the keys.
        typed, annotated, optional = cast("Any", (TypedDict, Annotated, NotRequired))
        told = {key: annotated[key.type, Said(key.description)] for key in self.keys}
        made = typed(self.name + suffix, {key.name: told[key] if given(key) else optional[told[key]] for key in told})
        made.__doc__ = about
        return made


_ALWAYS = ("type", "links")


def _of_row(name: str) -> Callable[[Subject], object]:
    return lambda one: getattr(one.origin, name) if one.origin is not None else None


def _own(name: str) -> Callable[[Subject], object]:
    return lambda one: getattr(one.row, name) if one.row is not None else None


def _more(name: str) -> Callable[[Subject], object]:
    return lambda one: one.more.get(name)


def _body(name: str) -> Callable[[Subject], object]:
    return lambda one: getattr(one.body, name) if one.body is not None else None


def _resource(
    name: str, about: str, kind: str | None, *own: Key, links: Key | None = None, last: tuple[Key, ...] = ()
) -> Resource:
    """A resource: the keys that every one has, those of its own, the forms of its body, and what came last."""
    type_ = Key(
        "type",
        Literal[kind] if kind is not None else str,
        "What it is." if kind is not None else "What it is: the type of its collection's documents.",
        lambda one: one.kind,
    )
    return Resource(name, about, (type_, *_HEAD, links or _LINKS, *own, *_BODY, *last))


_HEAD = (
    Key("id", str, "What stays the same when the document moves: front matter's `id`, else its file.", _id),
    Key("path", str | None, "The address the site publishes, decoded; null when it has none.", _path),
    Key("slug", str, "Its name in addresses.", lambda one: one.slug),
    Key("title", str, "Its title.", lambda one: one.title),
    Key("description", str | None, "The editor's summary.", _description),
    Key("excerpt", str | None, "The start of its text.", _own("excerpt")),
    Key(
        "lang",
        str,
        "Its language (BCP 47).",
        lambda one: one.origin.lang if one.origin is not None else one.reader.site.lang,
    ),
    Key("updated", str | None, "When the editors last updated it: an ISO 8601 day or time.", _of_row("updated")),
    Key("digest", str | None, "The SHA-256 of its file.", _of_row("digest")),
    Key("source", Source | None, "The file it is written in.", _source),
    Key("license", License | None, "The licence it is given under.", _license),
    Key("fields", AnyObject, "All other front matter, normalised.", lambda one: one.more.get("fields") or {}),
)
_LINKS = Key("links", Links, "Where it is.", _links)
_BODY = (
    Key(
        "html",
        str | None,
        "The body: sanitised, links resolved, with an id on each heading.",
        _body("html"),
        listed=False,
    ),
    Key("toc", list[TocEntry] | None, "The headings of `html` as a tree.", _toc, listed=False),
    Key("markdown", str | None, "The body as it was written.", _body("markdown"), single=False, listed=False),
    Key("text", str | None, "The body as plain text.", _body("text"), single=False, listed=False),
    Key(
        "sections",
        list[Section] | None,
        "Each heading with the plain text under it.",
        _body("sections"),
        single=False,
        listed=False,
    ),
    Key("reading_time", int | None, "How many minutes it takes to read.", _reading_time, single=False, listed=False),
    Key(
        "outgoing",
        list[OutgoingCard | OutgoingDeadCard],
        "What it links to on the site.",
        _outgoing,
        single=False,
        listed=False,
    ),
    Key("incoming", list[Card], "What links to it on the site.", _incoming, single=False, listed=False),
)


# -- pages ------------------------------------------------------------------------------------------------------------


def _breadcrumbs(one: Subject) -> list[Crumb]:
    if one.row is None:
        return []
    found = navigation.breadcrumbs(one.reader, one.row, one.more.get("breadcrumbs"))
    return [
        {"title": crumb.title, "path": crumb.path, "resource": maybe_card(one.addresses, crumb.row)} for crumb in found
    ]


def _sidebar(one: Subject) -> Sidebar | None:
    name = one.more.get("sidebar")
    if not isinstance(name, str):
        return None
    current = paths.encode(one.row.path or "") if one.row is not None else None
    menu = navigation.menu(one.reader, navigation.named(one.reader, name) or name, current=current)
    if menu is None:
        return {"name": name, "items": None}
    return {"name": menu.name, "items": items(one.addresses, menu.items)}


def items(addresses: Addresses, found: Iterable[navigation.Item]) -> list[Item]:
    """The entries of a menu or of the tree."""
    return [
        {
            "label": item.label,
            "path": item.path,
            "url": item.url,
            "external": item.external,
            "children": items(addresses, item.children),
            "children_count": item.children_count,
            "active": item.active,
            "in_trail": item.in_trail,
            "resource": maybe_card(addresses, item.row),
        }
        for item in found
    ]


def _surround(one: Subject) -> Surround:
    before, after = navigation.surround(one.reader, one.row) if one.row is not None else (None, None)
    return {"previous": maybe_card(one.addresses, before), "next": maybe_card(one.addresses, after)}


def _children(one: Subject) -> Children:
    rows, total = navigation.children(one.reader, one.row) if one.row is not None else ([], 0)
    key = one.row.key if one.row is not None else None
    return {
        "items": [card(one.addresses, row) for row in rows],
        "total": total,
        "links": {"all": one.addresses.below(key) if key is not None else None},
    }


def _phase_of_page(one: Subject) -> Card | None:
    if one.row is None:
        return None
    found = phases.of_page(one.reader, one.row, one.more)
    return subject_card(of_phase(one.reader, one.addresses, found)) if found is not None else None


def _related(one: Subject) -> list[Card]:
    return [card(one.addresses, row) for row in related.of(one.reader, one.row)] if one.row is not None else []


_RELATED = Key(
    "related",
    list[Card],
    "The documents nearest to it by their words, nearest first.",
    _related,
    single=False,
    listed=False,
)
_SURROUND = "The documents before and after it."

PAGE = _resource(
    "Page",
    "A page of the site",
    "page",
    Key("layout", str | None, "The layout that the site shows it in.", _more("layout")),
    Key("subtitle", str | None, "Its subtitle.", _more("subtitle")),
    Key("breadcrumbs", list[Crumb], "The way to it: front matter's, else by path.", _breadcrumbs),
    Key("sidebar", Sidebar | None, "The menu shown beside it.", _sidebar, listed=False),
    Key("surround", Surround, _SURROUND, _surround, listed=False),
    Key("children", Children, "The pages right below it.", _children, listed=False),
    Key("phase", Card | None, "The phase it describes.", _phase_of_page),
    last=(_RELATED,),
)


# -- phases -----------------------------------------------------------------------------------------------------------


def _of_phase(name: str) -> Callable[[Subject], object]:
    return lambda one: getattr(one.phase, name)


def _neighbour_phase(step: int) -> Callable[[Subject], Card | None]:
    def get(one: Subject) -> Card | None:
        every = [found for found in phases.phases(one.reader) if found.kind == PhaseKind.JOURNEY]
        place = next((index for index, found in enumerate(every) if found.slug == one.slug), None)
        if place is None or not 0 <= place + step < len(every):
            return None
        return subject_card(of_phase(one.reader, one.addresses, every[place + step]))

    return get


def _phase_page(one: Subject) -> Card | DeadCard | None:
    phase = one.phase
    if phase is None or phase.page is not None:
        return maybe_card(one.addresses, phase.page if phase is not None else None)
    return dead_card(paths.last_segment(phase.address)) if phase.address else None


def _statements(one: Subject) -> list[Statement]:
    return [
        {
            "duration": said.duration,
            "purpose": said.purpose,
            "quote": said.quote,
            "source": {"path": said.source, "line": said.line, "served": said.served},
            "resource": card(one.addresses, said.row) if said.served else None,
        }
        for said in (one.phase.statements if one.phase is not None else ())
    ]


def _labels(one: Subject) -> Labels:
    return one.phase.labels if one.phase is not None else Labels()


PHASE = _resource(
    "Phase",
    "A phase of the programme",
    "phase",
    Key("position", int | None, "Its place in the journey, from 1.", _of_phase("position")),
    Key("kind", PhaseKind, "What kind of phase it is.", _of_phase("kind")),
    Key("aliases", list[str], "Other slugs of the same phase: each leads to it.", _of_phase("aliases")),
    Key("labels", Labels, "The forms of its name.", _labels),
    Key("duration", Duration | None, "How long it lasts.", _of_phase("duration")),
    Key("team", str | None, "Who takes part.", _of_phase("team")),
    Key("objectives", list[str], "What it is for.", _of_phase("objectives")),
    Key("decision", Decision | None, "Who decides what at its end.", _of_phase("decision")),
    Key("previous", Card | None, "The step of the journey before it.", _neighbour_phase(-1)),
    Key("next", Card | None, "The step of the journey after it.", _neighbour_phase(1)),
    Key("page", Card | DeadCard | None, "The page that describes it.", _phase_page),
    Key("derived", bool, "Whether it was read from the site's overview, for want of a document.", _of_phase("derived")),
    Key("statements", list[Statement], "What each document of the site says of it.", _statements, listed=False),
)


# -- articles, people and terms ---------------------------------------------------------------------------------------


_COUNT = Key("count", int, "How many articles name it.", lambda one: one.named.count if one.named is not None else 0)
_DATE = Key("date", str | None, "Its date: an ISO 8601 day or time.", _own("date"))


def _links_of_term(one: Subject) -> TermLinks:
    return {**_links(one), "articles": one.addresses.naming(one.kind, one.slug)}


_OF_TERM = Key("links", TermLinks, "Where it is, and the articles that name it.", _links_of_term)

AUTHOR = _resource("Author", "Someone whom articles name as their author", "author", _COUNT, links=_OF_TERM)
TAG = _resource("Tag", "A tag that articles bear", "tag", _COUNT, links=_OF_TERM)
CATEGORY = _resource("Category", "A category that articles stand in", "category", _COUNT, links=_OF_TERM)


def _terms(kind: terms.Kind) -> Callable[[Subject], list[Card]]:
    return lambda one: [subject_card(term) for term in _named_by(one, kind)]


def _named_by(one: Subject, kind: terms.Kind) -> list[Subject]:
    found = terms.of(one.reader, one.row, kind) if one.row is not None else []
    return [of_term(one.reader, one.addresses, term) for term in found]


def _full_authors(one: Subject) -> list[Object]:
    return [present(author, AUTHOR) for author in _named_by(one, "author")]


def _image(one: Subject) -> Image | None:
    image = cast("Mapping[str, Json] | None", one.more.get("image"))
    if image is None:
        return None
    reference = image.get("reference")
    address = one.links[int(cast("int", reference))].address if reference is not None else None
    width, height = (address.size if address is not None else None) or (None, None)
    return {
        "url": address.url if address is not None else str(image["url"]),
        "alt": cast("str | None", image["alt"]),
        "width": width,
        "height": height,
    }


ARTICLE = _resource(
    "Article",
    "An article",
    "article",
    _DATE,
    Key(
        "authors",
        list_of(either(AUTHOR.single, Card)),
        "Who wrote it: cards, or with `include=authors` the authors in full.",
        _terms("author"),
        fuller=_full_authors,
    ),
    Key("categories", list[Card], "The categories it stands in.", _terms("category")),
    Key("tags", list[Card], "The tags it bears.", _terms("tag")),
    Key("image", Image | None, "Its picture.", _image),
    Key("surround", Surround, _SURROUND, _surround, listed=False),
    last=(_RELATED,),
)

#: What the documents of any collection have in common.
DOCUMENT = _resource("Document", "A document of any collection", None)

BY_KIND: Mapping[str, Resource] = {
    "page": PAGE, "phase": PHASE, "article": ARTICLE, "author": AUTHOR, "tag": TAG, "category": CATEGORY,
}  # fmt: skip


@cache
def of_kind(kind: str) -> Resource:
    """The resource that documents of a type are: for a collection that the site declares, one of its own."""
    known = BY_KIND.get(kind)
    return known or _resource(f"{camel(kind)}Document", f"A document of the collection {kind}", kind, _DATE)


def camel(name: str) -> str:
    """A name as schemas and operations bear it: `incubators-2020` is ``Incubators2020``."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[a-z0-9]+", folding.fold(name))) or "Other"


def names(resource: Resource) -> tuple[str, ...]:
    """The names of all keys of a resource, those that must be asked for included."""
    return tuple(key.name for key in resource.keys)


def includable(resource: Resource) -> tuple[str, ...]:
    """What ``include`` can add, somewhere."""
    return tuple(key.name for key in resource.keys if not (key.single and key.listed) or key.fuller is not None)


def present(
    one: Subject,
    resource: Resource,
    *,
    listed: bool = False,
    include: Sequence[str] = (),
    fields: Sequence[str] = (),
) -> Object:
    """The public object: what is given unasked, or what ``fields`` names, and in either case what ``include`` adds."""
    return {
        key.name: key.fuller(one) if key.fuller is not None and key.name in include else key.get(one)
        for key in resource.keys
        if _wanted(key, listed=listed, include=include, fields=fields)
    }


def _wanted(key: Key, *, listed: bool, include: Sequence[str], fields: Sequence[str]) -> bool:
    if key.name in include:
        return True
    if fields:
        return key.name in fields or key.name in _ALWAYS
    return key.listed if listed else key.single
