"""The nouns of contentapi: frozen values that every room passes on and none changes.

Read in this order: :class:`Site` (what a folder says of itself), :class:`SourceFile` (bytes as found), :class:`Document`
(one file after ingest), then the values that the index answers with (:class:`Card`, :class:`Menu`, :class:`Phase` …).
Each word is defined in ``docs/glossary.md``. Dates and times are ISO 8601 strings, durations are ISO 8601 periods
(``P6W``), addresses of the site are decoded and NFC (``/approche/``) unless a docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

#: A JSON value (RFC 8259) as Python holds it.
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


# ---------------------------------------------------------------------------------------------------------------------
# What a folder says of itself
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class License:
    """The licence under which content is given: an SPDX-like ``id``, its ``name`` and the ``url`` of its text."""

    id: str
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom to name when the content is shown elsewhere, and the address to link to."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of documents with one shape, as Jekyll's ``collections`` or ``contentapi.toml`` declare it.

    ``type`` is ``page``, ``phase``, ``article``, ``author`` or, for any other collection, its name.
    ``directory`` is the folder that holds its files (``content/_startups``), without slashes at its ends.
    ``output`` says whether the site publishes an address for each document; ``permalink`` is Jekyll's pattern for it.
    """

    name: str
    type: str
    directory: str | None
    output: bool
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class FrontMatterDefault:
    """One entry of Jekyll's ``defaults``: ``values`` for documents under ``path`` (a glob or a prefix) of ``type``."""

    path: str
    type: str | None
    values: Mapping[str, Json]


class PhaseKind(StrEnum):
    """What a phase is: a step of the ``journey``, a lasting ``status`` reached after it, or an ``exit`` from it."""

    JOURNEY = "journey"
    STATUS = "status"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class PhaseWord:
    """One phase as the vocabulary knows it, before any document speaks of it.

    ``slug`` is its usual address, ``aliases`` other slugs for the same step, ``names`` the words prose uses
    (``phase de construction``), ``position`` its place in the journey, from 1.
    """

    slug: str
    position: int
    kind: PhaseKind
    label: str
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a programme, as data: its phases, and how its languages speak of time.

    ``units`` maps a word to an ISO 8601 designator (``semaines`` → ``W``), ``numbers`` a word to its value,
    ``ranges`` are the words between two numbers (``à``, ``to``), ``lasting`` the words that announce a duration
    (``dure``, ``pendant``), ``phase`` the generic word for a phase (``phase``, ``étape``).

    The others keep a reader from taking one thing for another: ``during`` are those of ``lasting`` that count only alone on
    a line (``pendant``), ``this`` what points at the phase that a text is about (``cette phase``), ``linking`` what ties a
    word for lasting to a phase after a comma (``qui``), ``denying`` what makes it its opposite (``pas``), ``affirming`` what
    only looks like that (``plus que``), ``opening`` what may open a range (``entre``), ``frequency`` what makes a duration a
    rhythm (``tous les``), ``misleading_before`` and ``misleading_after`` a bound or a moment.
    """

    phases: tuple[PhaseWord, ...]
    units: Mapping[str, str]
    numbers: Mapping[str, int]
    ranges: tuple[str, ...]
    lasting: tuple[str, ...]
    phase: tuple[str, ...]
    during: tuple[str, ...] = ()
    this: tuple[str, ...] = ()
    linking: tuple[str, ...] = ()
    denying: tuple[str, ...] = ()
    affirming: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    frequency: tuple[str, ...] = ()
    misleading_before: tuple[str, ...] = ()
    misleading_after: tuple[str, ...] = ()

    def find(self, slug: str) -> PhaseWord | None:
        """The phase whose slug or alias is ``slug`` (lower case), or None."""
        return next((word for word in self.phases if slug == word.slug or slug in word.aliases), None)


@dataclass(frozen=True, slots=True)
class Site:
    """What shapes the answers: read once from ``contentapi.toml`` and ``_config.yml``, kept in the index with the rows.

    ``origin`` is the public address of the site (``https://beta.gouv.fr``, no final slash), ``base`` the path under
    which it lives (Jekyll's ``baseurl``), ``api`` the public address of this API. ``jekyll`` says that a
    ``_config.yml`` was found, so that derived paths follow Jekyll (``/a.html``) and not the plain style (``/a``).
    ``generated`` are the addresses that its plugins publish without a file, as patterns (``/tag/:name/``); ``variables``
    the texts of ``_config.yml`` by their names, dotted where they lie deeper, which its pages may print;
    ``markdown_in_html`` says that what HTML holds is Markdown without saying so (kramdown's ``parse_block_html``).
    """

    vocabulary: Vocabulary
    title: str | None = None
    description: str | None = None
    lang: str = "fr"
    timezone: str = "UTC"
    origin: str | None = None
    base: str = ""
    api: str | None = None
    license: License | None = None
    attribution: Attribution | None = None
    edit: str | None = None
    jekyll: bool = False
    future: bool = False
    permalink: str = "date"
    collections: tuple[Collection, ...] = ()
    defaults: tuple[FrontMatterDefault, ...] = ()
    collections_dir: str = ""
    data_dir: str = "_data"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    excerpt_separator: str | None = None
    menus: tuple[str, ...] | None = None
    generated: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    markdown_in_html: bool = False
    iframe_hosts: tuple[str, ...] = ()
    #: What begins the ids of feeds, when it is not to be made of the host: a name of the DNS, a comma, a year (RFC 4151).
    tag: str | None = None
    max_file_size: int = 2_000_000
    max_seconds: int = 2

    def collection(self, name: str) -> Collection | None:
        """The collection of that name, or None."""
        return next((one for one in self.collections if one.name == name), None)


# ---------------------------------------------------------------------------------------------------------------------
# What is found, and what is wrong with it
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One content file as found: its path below the folder (``/`` between segments), its bytes and their SHA-256."""

    path: str
    content: bytes
    digest: str


class Severity(StrEnum):
    """How much a diagnostic matters: an ``error`` costs readers something, a ``warning`` may, an ``info`` is a note."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of the content: where it is, what it is, and what to do.

    ``line`` and ``column`` count from 1; None where the whole file is meant. ``related`` are other files it involves.
    A ``private`` one speaks of something unpublished: ``contentapi check`` shows it, the API never does.
    """

    code: str
    severity: Severity
    path: str
    message: str
    hint: str
    line: int | None = None
    column: int | None = None
    related: tuple[str, ...] = ()
    private: bool = False


# ---------------------------------------------------------------------------------------------------------------------
# One content file after ingest
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a document: its ``level`` (1–6), the ``id`` of its anchor, its text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the plain text under it, up to the next heading. The text before the first heading has level 0."""

    level: int
    id: str | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One ``href`` or ``src`` of a document's HTML, as the author meant it, before anyone looked whether it leads anywhere.

    ``kind`` is ``link`` or ``image``. ``url`` is what stands in the HTML until it is resolved; ``host`` is its host in
    lower case, None when the address is relative to the site; ``key`` is the path as :func:`contentapi.text.paths.key`
    spells it; ``source`` the file it names when it names a source file; ``suffix`` the query and fragment.
    ``line`` is the line of the file where its block starts.
    """

    kind: Literal["link", "image"]
    url: str
    host: str | None
    key: str | None
    suffix: str = ""
    text: str = ""
    line: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    r"""The body of a document in the forms it is asked for.

    ``html`` is sanitised; each reference stands in it as ``\x1f{n}\x1f``, the place of the n-th of ``references``.
    ``text`` is plain text, where a no-break space is a space and blocks are lines.
    """

    markdown: str
    html: str
    text: str
    headings: tuple[Heading, ...] = ()
    sections: tuple[Section, ...] = ()
    references: tuple[Reference, ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One name that a document gives to itself: an author, a tag or a category, with the label as written."""

    kind: Literal["author", "tag", "category"]
    slug: str
    label: str


@dataclass(frozen=True, slots=True)
class Crumb:
    """One breadcrumb as the author wrote it: its label and its link, raw."""

    title: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Image:
    """The picture of an article as front matter names it; ``reference`` is its place among the body's references."""

    url: str
    alt: str | None = None
    reference: int | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something lasts: ISO 8601 periods ``min`` and ``max`` (equal when it is one), and the words for it."""

    min: str | None
    max: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision at the end of a phase: ``who`` takes it, and ``what`` they decide."""

    who: str | None
    what: str | None


@dataclass(frozen=True, slots=True)
class Labels:
    """The forms of a phase's name: ``short`` for a menu, ``singular`` and ``plural`` for prose, ``badge`` for a tag."""

    short: str | None = None
    singular: str | None = None
    plural: str | None = None
    badge: str | None = None


@dataclass(frozen=True, slots=True)
class PhaseFields:
    """What the front matter of a phase's document says, before the vocabulary completes it.

    ``page`` is the address of its page; ``documentation`` (Jekyll's ``documentation_url``) an address that may also be the
    overview's.
    """

    position: int | None = None
    kind: PhaseKind | None = None
    aliases: tuple[str, ...] = ()
    labels: Labels = field(default_factory=Labels)
    duration: Duration | None = None
    team: str | None = None
    objectives: tuple[str, ...] = ()
    decision: Decision | None = None
    page: str | None = None
    documentation: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What one document says of a phase: how long it lasts, what it is for, in which words.

    ``phase`` is the slug of the vocabulary. ``overview`` numbers the list it is an item of, when every item of that list
    names a phase by a link and a duration; ``items`` is the length of that list and ``link`` the address its item leads to.
    """

    phase: str
    duration: Duration
    quote: str
    purpose: str | None = None
    line: int | None = None
    overview: int | None = None
    items: int = 0
    link: Reference | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """One rule that sends an old address elsewhere, as written in ``redirect_from``, ``redirect_to`` or ``_redirects``.

    ``origin`` is the old path (it may hold ``*`` and ``:placeholders`` as Netlify writes them), ``target`` the new
    address or None when it is gone, ``status`` the HTTP status asked for (301, 302, 308, 410 …).
    """

    origin: str
    target: str | None
    status: int
    source: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Searchable:
    """What a document is found by: the stems of its words, in their order, and ``words``, each as it is spelled.

    ``heading`` is all that says in few words what the document is about: headings, description, labels.
    """

    title: str
    heading: str
    body: str
    words: str


@dataclass(frozen=True, slots=True)
class Document:
    """One content file after ingest: everything the index needs to know of it, and nothing of any other file.

    ``epoch`` and ``updated_epoch`` are ``date`` and ``updated`` in seconds since 1970, which orders days and times alike.
    ``lines`` has the line of each key of front matter that only the whole folder can show to be wrong.
    """

    source: str
    digest: str
    collection: str
    type: str
    id: str
    path: str | None
    slug: str
    title: str
    description: str | None
    excerpt: str | None
    lang: str
    updated: str | None
    updated_epoch: float | None
    date: str | None
    epoch: float | None
    order: float | None
    hidden: bool
    gone: bool
    layout: str | None
    subtitle: str | None
    sidebar: str | None
    breadcrumbs: tuple[Crumb, ...] | None
    image: Image | None
    license: License | None
    terms: tuple[Term, ...]
    fields: Mapping[str, Json]
    phase: PhaseFields | None
    body: Body
    redirects: tuple[Redirect, ...]
    statements: tuple[Statement, ...]
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is not published: nothing of it but its path and digest goes any further.

    ``due`` is the time (seconds since the epoch) at which a scheduled document is to appear, None for a draft.
    """

    source: str
    digest: str
    due: float | None = None


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of a menu as the editors wrote it: a label, a target (source path or address) and what hangs below."""

    label: str | None
    target: str | None
    children: tuple[MenuEntry, ...] = ()
    #: Where it stands in its file; no part of what it is.
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class MenuSource:
    """A named list that the editors wrote in a data file."""

    name: str
    source: str
    entries: tuple[MenuEntry, ...]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one file became: a document, a draft, menus or redirects; or nothing, and its diagnostics say why.

    ``quarantined`` says that the file is a document that cannot be trusted as it is: its last good version stays.
    """

    source: str
    digest: str
    document: Document | None = None
    draft: Draft | None = None
    menus: tuple[MenuSource, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    quarantined: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
