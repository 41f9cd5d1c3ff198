"""The shapes inside answers, each declared once: what presents a value is checked against it, and OpenAPI describes it.

The line under a key is its description for those who call. A key is always there; what has no value is null.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from types import GenericAlias
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from typing_extensions import TypedDict  # pydantic describes the one of `typing` only from Python 3.12 on

from contentapi.model import Attribution, Duration, License, Severity

_T = TypeVar("_T")


def _shape(declared: type[_T]) -> type[_T]:
    """Has pydantic take the line under a key for its description (as ``pydantic.with_config``, which is slow to import)."""
    declared.__pydantic_config__ = {"use_attribute_docstrings": True}  # type: ignore[attr-defined]
    return declared


@dataclass(frozen=True, slots=True)
class Said:
    """The description of a key that has no line of its own (as ``pydantic.Field``, which is slow to import)."""

    description: str

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Called by pydantic when the description of everything is made."""
        return {**handler(core), "description": self.description}


# -- what stands inside resources -------------------------------------------------------------------------------------


@_shape
class Links(TypedDict):
    """Where a resource is."""

    self: str
    """Its canonical address in this API."""
    web: str | None
    """Its public address on the site."""


@_shape
class TermLinks(Links):
    """Where someone or something that articles name is."""

    articles: str
    """The list of the articles that name it."""


@_shape
class Card(TypedDict):
    """How a resource appears inside another."""

    type: str
    """What it is: `page`, `phase`, `article`, `author`, `tag`, `category`, or the name of its collection."""
    id: str
    """What stays the same when the document moves."""
    path: str | None
    """The address the site publishes, decoded."""
    slug: str
    """Its name in addresses."""
    title: str
    """Its title."""
    description: str | None
    """The editor's summary."""
    links: Links


@_shape
class DeadCard(TypedDict):
    """A reference that leads nowhere: the keys of a card, each null, and the slug it names."""

    # Always null; but openapi-fetch drops keys that can be nothing else, and then neither `card.title` can be read.
    type: str | None
    id: str | None
    path: str | None
    slug: str
    """What the reference names."""
    title: str | None
    description: str | None
    links: Links | None
    resolved: Literal[False]
    """Tells it from a card."""


@_shape
class OutgoingCard(Card):
    """A document that this one links to."""

    href: str
    """The link as it stands in `html`."""
    text: str
    """The words of the link."""


@_shape
class OutgoingDeadCard(DeadCard):
    """An internal link that leads to no document."""

    href: str
    """The link as it stands in `html`."""
    text: str
    """The words of the link."""


@_shape
class Source(TypedDict):
    """The file a resource is written in."""

    path: str
    """Its path in the content folder."""
    edit: str | None
    """Where to edit it, when the site says so."""


@_shape
class Crumb(TypedDict):
    """One breadcrumb."""

    title: str
    """Its label."""
    path: str | None
    """The path it leads to."""
    resource: Card | None
    """The document there."""


@_shape
class Item(TypedDict):
    """One entry of a menu or of the tree of pages."""

    label: str | None
    """The words to show."""
    path: str | None
    """The public path it leads to, when that is one of the site."""
    url: str | None
    """What to link to; null for a heading without link, and for a target that leads nowhere."""
    external: bool
    """Whether it leads to another site."""
    children: list[Item]
    """The entries below it, as deep as was asked for."""
    children_count: int
    """How many entries are below it, shown or not."""
    active: bool
    """Whether it is the current page."""
    in_trail: bool
    """Whether the current page is below it."""
    resource: Card | None
    """The document it leads to."""


@_shape
class Sidebar(TypedDict):
    """The menu that a page names."""

    name: str
    """The menu's name."""
    items: list[Item] | None
    """Its entries; null when no menu has that name."""


@_shape
class Surround(TypedDict):
    """The neighbours of a document."""

    previous: Card | None
    """The one before it."""
    next: Card | None
    """The one after it."""


@_shape
class ChildrenLinks(TypedDict):
    """Where all children are."""

    all: str | None
    """The list of all of them, in result pages."""


@_shape
class Children(TypedDict):
    """The pages right below a page."""

    items: list[Card]
    """The first 100."""
    total: int
    """How many there are."""
    links: ChildrenLinks


@_shape
class StatementSource(TypedDict):
    """Where a statement stands."""

    path: str
    """The file."""
    line: int | None
    """The line in it, from 1."""
    served: bool
    """Whether that document is the one its path answers with."""


@_shape
class Statement(TypedDict):
    """What one document of the site says of a phase."""

    duration: Duration
    purpose: str | None
    """What the phase is for, in its words."""
    quote: str
    """The words themselves."""
    source: StatementSource
    resource: Card | None
    """The document that says it."""


@_shape
class TocEntry(TypedDict):
    """One heading in the table of contents."""

    level: int
    """Its level, from 1 to 6."""
    id: str
    """Its anchor."""
    text: str
    """Its words."""
    children: list[TocEntry]
    """The deeper headings that follow it."""


@_shape
class Image(TypedDict):
    """The picture of an article."""

    url: str
    """Its address."""
    alt: str | None
    """The text that stands for it."""
    width: int | None
    """In pixels, when the folder holds the file."""
    height: int | None
    """In pixels, when the folder holds the file."""


# -- lists ------------------------------------------------------------------------------------------------------------


@_shape
class Meta(TypedDict):
    """What is said of a list."""

    total: int | None
    """How many items fit what was asked, on all result pages; null with `total=false`."""
    limit: int
    """How many items a result page holds at most."""


@_shape
class ExportMeta(TypedDict):
    """What is said of everything at once."""

    revision: str
    """The id of the content that is given."""
    total: int
    """How many items follow."""


@_shape
class Previous(TypedDict):
    """What a document was called before it moved."""

    id: str
    """Its id until then: what is held under another id than the present one is to be dropped."""
    path: str | None
    """Its path until then."""
    source: str
    """Its file until then."""


@_shape
class ChangeEntry(TypedDict):
    """What became of one document."""

    change: Literal["added", "changed", "moved", "removed"]
    """`moved`: it is the same document, and has another path, file or id. `removed`: no list shows it any more."""
    seen: str
    """When this index saw it: an ISO 8601 time."""
    type: str
    """What it is."""
    id: str
    """Its id; of one that was removed, the last one."""
    path: str | None
    """Its path; of one that was removed, the last one."""
    slug: str | None
    """Its name in addresses; null when it was removed, as are all keys below but `source`."""
    title: str | None
    """Its title."""
    digest: str | None
    """The SHA-256 of its file."""
    source: str
    """Its file."""
    previous: Previous | None
    """Of one that moved, what it was called before."""
    links: Links | None
    """Where it is."""
    resource: NotRequired[AnyObject | None]
    """On request: the document as an export gives it; null when it was removed."""


@_shape
class ChangesMeta(TypedDict):
    """What is said of some changes."""

    total: int | None
    """Null: that they are complete is said instead."""
    limit: int
    """How many items a result page holds at most."""
    revision: str
    """The revision to which they lead, when they are complete."""
    token: str
    """What to give as `since` next time."""
    complete: bool
    """Whether these are all; if not, `links.next` leads on."""


@_shape
class Changes(TypedDict):
    """What changed since some moment, the earliest first; each document once."""

    items: list[ChangeEntry]
    """The changes."""
    meta: ChangesMeta
    """What is said of them."""
    links: ListLinks
    """The neighbours of this result page."""


@_shape
class EventLinks(TypedDict):
    """Where an event leads."""

    changes: str
    """What changed between the two revisions."""


@_shape
class RevisionEvent(TypedDict):
    """The data of an event."""

    revision: str
    """The revision that is served now."""
    previous: str | None
    """The one before, as far as this caller knows."""
    links: EventLinks
    """Where to go on."""


@_shape
class FacetEntry(TypedDict):
    """One value of a facet."""

    value: str
    """The value, as the filter of that name takes it."""
    count: int
    """How many of the documents found have it."""


@_shape
class Facets(TypedDict):
    """How the documents found are distributed: each facet under the filters of the others, most frequent first."""

    type: list[FacetEntry]
    """By what they are."""
    collection: list[FacetEntry]
    """By collection."""
    category: list[FacetEntry]
    """By the categories they stand in."""
    year: list[FacetEntry]
    """By the year of their date."""


@_shape
class SuggestMeta(Meta):
    """What is said of titles as one types."""

    corrected: str | None
    """What was typed as it was gone on from, where no title holds it and a word that nothing holds was put right."""


@_shape
class SearchMeta(Meta):
    """What is said of what was found."""

    corrected: str | None
    """The question that was answered, where a word that nothing holds was put right."""
    all_words: bool
    """Whether each hit holds all the words; when no document does, those are given that hold most of them."""
    facets: Facets


@_shape
class Anchor(TypedDict):
    """The section that shows a hit."""

    id: str | None
    """Its anchor; null for the text before the first heading."""
    level: int
    """The level of its heading, from 1 to 6; 0 before the first one."""
    title: str
    """The words of its heading."""
    path: str | None
    """The public path with the anchor."""
    web: str | None
    """The public address with the anchor."""


@_shape
class ListLinks(TypedDict):
    """The addresses of this result page and its neighbours, also sent as `Link` headers."""

    self: str
    """This result page."""
    next: str | None
    """The next one."""
    prev: str | None
    """The one before."""


@_shape
class SelfLink(TypedDict):
    """The address of an answer."""

    self: str
    """Its canonical address in this API."""


@_shape
class CollectionEntry(TypedDict):
    """One collection of the site."""

    name: str
    """Its name."""
    type: str
    """The `type` of its documents."""
    count: int
    """How many documents it lists."""
    output: bool
    """Whether the site publishes an address for each of them."""
    links: SelfLink


@_shape
class DiagnosticEntry(TypedDict):
    """One problem of the content."""

    code: str
    """What kind of problem it is."""
    severity: Severity
    path: str
    """The file."""
    line: int | None
    """The line in it, from 1; null where the whole file is meant."""
    column: int | None
    """The column in it, from 1."""
    message: str
    """What is wrong."""
    hint: str
    """What to do."""
    related: list[str]
    """Other files it involves."""


@_shape
class Written(TypedDict):
    """Where a redirect is written."""

    path: str
    """The file."""
    line: int | None
    """The line in it, from 1."""


RedirectEntry = TypedDict(
    "RedirectEntry",
    {
        "from": Annotated[str, Said("The old path; it may hold `*` and `:names`.")],
        "to": Annotated[str | None, Said("Where it leads in the end; null when it was withdrawn.")],
        "status": Annotated[Literal[307, 308, 410], Said("The status to answer with.")],
        "permanent": Annotated[bool, Said("Whether it moved for good.")],
        "pattern": Annotated[bool, Said("Whether `from` stands for many paths.")],
        "chain": Annotated[list[str], Said("The addresses passed on the way.")],
        "source": Written,
    },
)


@_shape
class NextRule(TypedDict):
    """One redirect as `redirects()` of next.config.js returns it."""

    source: str
    destination: str
    permanent: bool


# -- other answers ----------------------------------------------------------------------------------------------------


@_shape
class Navigation(TypedDict):
    """The tree of pages and every menu."""

    tree: list[Item]
    """The pages by path."""
    menus: dict[str, list[Item]]
    """The menus that the editors wrote, by name."""
    depth: int
    """How many levels are shown."""
    current: str | None
    """The current page, as it was asked for."""
    links: SelfLink


@_shape
class Menu(TypedDict):
    """One menu that the editors wrote."""

    name: str
    """Its name."""
    items: list[Item]
    """Its entries."""
    depth: int
    """How many levels are shown."""
    current: str | None
    """The current page, as it was asked for."""
    links: SelfLink


@_shape
class Resolution(TypedDict):
    """What a public path is."""

    status: Literal["found", "moved", "gone", "unknown"]
    """What became of it."""
    path: str | None
    """The path, as published when it is found, else as asked."""
    target: str | None
    """Where it moved."""
    chain: list[str]
    """The addresses passed on the way, the asked one first."""
    permanent: bool
    """Whether it moved for good."""
    resource: Card | None
    """The document there."""


@_shape
class RootLinks(TypedDict):
    """The addresses of everything."""

    self: str
    web: str | None
    pages: str
    phases: str
    articles: str
    authors: str
    tags: str
    categories: str
    navigation: str
    collections: str
    search: str
    suggest: str
    """Titles as one types."""
    resolve: str
    redirects: str
    changes: str
    events: str
    export: str
    diagnostics: str
    status: str
    openapi: str
    docs: str
    embed: str
    oembed: str
    feed: str
    """The articles as JSON Feed."""
    atom: str
    """The articles as Atom."""
    sitemap: str | None
    """Every public address of the site; null when the site's own is not known."""
    robots: str
    """What crawlers may read."""
    llms: str
    """What there is, as text for language models."""
    llms_full: str
    """All texts, one after the other."""


@_shape
class OEmbed(TypedDict):
    """How to show a page elsewhere (oEmbed 1.0)."""

    type: Literal["rich"]
    version: Literal["1.0"]
    title: str
    """The title of what is shown."""
    author_name: NotRequired[str]
    """Who wrote it."""
    provider_name: str
    """Whom it is from."""
    provider_url: str
    cache_age: int
    """How many seconds this may be kept."""
    html: str
    """The frame."""
    width: int
    """The width of the frame in pixels."""
    height: int
    """The height of the frame in pixels: that of its content at this width, unless `maxheight` is less."""


@_shape
class Root(TypedDict):
    """What is served here."""

    title: str | None
    """The site's title."""
    description: str | None
    """What the site says of itself."""
    lang: str
    """The language of the content (BCP 47)."""
    revision: str
    """The id of the content served."""
    license: License | None
    """The licence of the content."""
    attribution: Attribution | None
    """Whom to name when the content is shown elsewhere."""
    version: str
    """The version of the service."""
    links: RootLinks


@_shape
class Origin(TypedDict):
    """The public address of the site."""

    configured: str | None
    """As the settings say."""
    inferred: str | None
    """As the content's own links say, when the settings do not."""


@_shape
class Status(TypedDict):
    """How the service is."""

    revision: str
    """The id of the content served."""
    ready: bool
    """Whether the first sync is complete."""
    version: str
    """The version of the service."""
    documents: dict[str, int]
    """How many documents each collection lists."""
    diagnostics: dict[str, int]
    """How many problems of each severity the content has."""
    origin: Origin
    last_sync: str | None
    """When the index was last made equal to the content folder."""
    last_error: str | None
    """Why that failed the last time, if it did."""


@_shape
class Health(TypedDict):
    """A sign of life."""

    status: str


@_shape
class Moved(TypedDict):
    """Where a resource moved: the body of a redirect."""

    type: Literal["moved"]
    location: str
    """The address to go to, as in the `Location` header."""


@_shape
class ParameterError(TypedDict):
    """One parameter that has no valid value."""

    parameter: str
    """Its name."""
    detail: str
    """What is wrong with it."""
    allowed: list[str] | None
    """What is allowed, when that can be listed."""
    did_you_mean: str | None
    """The nearest allowed word."""


@_shape
class Problem(TypedDict):
    """An error (RFC 9457)."""

    type: str
    """What kind of problem it is: `about:blank`, so the status says it all."""
    title: str
    """The status in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong with this request."""
    instance: str
    """The path that was asked for."""
    errors: list[ParameterError]
    """The parameters that are wrong."""
    links: NotRequired[dict[str, str]]
    """Where to go on from here, by name; only where there is a way."""


#: A JSON object of any keys.
AnyObject = dict[str, Any]


def either(*types: Any) -> Any:
    """The type of what is one of these."""
    return functools.reduce(operator.or_, types)


def list_of(item: Any) -> Any:
    """The type of a list of these."""
    return GenericAlias(list, (item,))
