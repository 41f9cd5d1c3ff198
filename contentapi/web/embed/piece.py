"""One piece of content that can stand in another page: gathered from the index, before anything is written as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from contentapi.errors import NotFound
from contentapi.index import links, phases
from contentapi.index.links import BodyRow
from contentapi.index.phases import Phase
from contentapi.index.reader import Row
from contentapi.model import Attribution, Duration, License, PhaseKind
from contentapi.text import durations, edits
from contentapi.web import params, present
from contentapi.web.addresses import page_segment
from contentapi.web.call import Call
from contentapi.web.present import Subject

#: The body of what has no text.
_NOTHING = BodyRow("", "", ())


@dataclass(frozen=True, slots=True)
class Piece:
    """What is embedded.

    ``path`` is its place below ``/embed``, ``web`` the full address to link to, ``html`` its body as the index keeps it,
    ``part_of`` the title of the document when it is a section of one. ``repeated`` says that the body holds the lead.
    ``subject`` is None for all phases together.
    """

    path: str
    kind: str
    slug: str
    title: str
    lang: str
    web: str
    html: str
    lead: str | None = None
    repeated: bool = False
    section: str | None = None
    part_of: str | None = None
    date: str | None = None
    updated: str | None = None
    names: tuple[str, ...] = ()
    phase: Phase | None = None
    steps: tuple[Phase, ...] = ()
    license: License | None = None
    attribution: Attribution | None = None
    site: str | None = None
    subject: Subject | None = None

    @property
    def journey(self) -> tuple[Phase, ...]:
        """The steps of the journey, without what comes after it."""
        return tuple(one for one in self.steps if one.kind is PhaseKind.JOURNEY)


def length(one: Phase) -> Duration | None:
    """How long a phase lasts: what its document says, else what more than half of those say that tell of it."""
    if one.duration is not None:
        return one.duration
    told = [said.duration for said in one.statements if durations.days(said.duration) is not None]
    return next((own for own in told if 2 * sum(durations.same(own, other) for other in told) > len(told)), None)


def origin(call: Call) -> str:
    """What every full address of this API begins with."""
    return call.reader.site.api or call.settings.listening


def of_phase(call: Call, one: Phase, section: str | None = None) -> Piece:
    """A phase: with the text of its document, else that of the page that describes it."""
    subject = present.of_phase(call.reader, call.addresses, one)
    row, body = _told_in(call, one)
    web = call.addresses.web(one.page.path if one.page is not None else row.path if row is not None else one.address)
    made = _piece(call, subject, f"/phases/{_segment(subject.address)}", row, body.html, web)
    return _cut(replace(_led(made, body, one.description), phase=one), section)


def _told_in(call: Call, one: Phase) -> tuple[Row | None, BodyRow]:
    own = phases.own_page(call.reader, one)
    for row in (one.row, own):
        body = links.body(call.reader, row) if row is not None else _NOTHING
        if body.html.strip():
            return row, body
    return one.row or own, _NOTHING


def of_row(call: Call, row: Row, section: str | None = None) -> Piece:
    """Any other document."""
    subject = present.of_row(call.reader, call.addresses, row)
    body = links.body(call.reader, row)
    made = _piece(call, subject, path_of(call, row), row, body.html, call.addresses.web(row.path))
    return _cut(_led(made, body, row.description or row.excerpt), section)


def _led(made: Piece, body: BodyRow, lead: str | None) -> Piece:
    """The piece with what stands above its text, which may be the beginning of that text."""
    return replace(made, lead=lead, repeated=lead is not None and _holds(body.text, lead))


def _holds(text: str, lead: str) -> bool:
    """Whether a block of a text, or several, begin with a lead. One that was cut short may end within a word."""
    whole = lead.removesuffix("…")
    words = r"\s+".join(map(re.escape, whole.split()))
    end = r"(?!\w)" if whole == lead else ""
    return bool(words) and re.search(rf"^{words}{end}", text, re.MULTILINE) is not None


def of_article(call: Call, slug: str, section: str | None = None) -> Piece:
    """The article that has a slug, whatever its collection is called. Raises :class:`NotFound`."""
    names = [one.name for one in call.reader.site.collections if one.type == "article"]
    row = next((row for row in (call.reader.by_slug(name, slug) for name in names) if row is not None), None)
    if row is None:
        raise NotFound("article", slug)
    return of_row(call, row, section)


def of_document(call: Call, row: Row, section: str | None = None) -> Piece:
    """The piece that a document is: a phase's own document is the phase."""
    one = next((one for one in phases.phases(call.reader) if one.row is not None and one.row.rowid == row.rowid), None)
    return of_phase(call, one, section) if one is not None else of_row(call, row, section)


def of_all_phases(call: Call) -> Piece:
    """All phases together."""
    site = call.reader.site
    every = tuple(phases.phases(call.reader))
    overview = next((one.overview for one in every if one.overview is not None), None)
    web = call.addresses.web(overview.path) if overview is not None else site.origin
    return Piece(
        "/phases", "phases", "", "", site.lang, web or f"{origin(call)}/v1/phases", "", steps=every, site=site.title,
        license=site.license, attribution=site.attribution,
        updated=max((one.row.updated for one in every if one.row is not None and one.row.updated), default=None),
    )  # fmt: skip


def _piece(call: Call, subject: Subject, path: str, row: Row | None, html: str, web: str | None) -> Piece:
    site, told = call.reader.site, subject.origin or row
    license_ = subject.more.get("license") if subject.row is not None else None
    return Piece(
        path=path,
        kind=subject.kind,
        slug=subject.slug,
        title=subject.title,
        lang=told.lang if told is not None else site.lang,
        web=web or site.origin or origin(call) + subject.address.removeprefix(site.api or ""),
        html=html,
        date=row.date if row is not None and row.type == "article" else None,
        updated=next((one.updated for one in (subject.origin, row) if one is not None and one.updated), None),
        names=_names(subject),
        steps=tuple(phases.phases(call.reader)),
        license=License(**license_) if isinstance(license_, dict) else site.license,  # type: ignore[arg-type]
        attribution=site.attribution,
        site=site.title,
        subject=subject,
    )


def path_of(call: Call, row: Row) -> str:
    """Where below ``/embed`` a document that is no phase is shown."""
    if row.type == "article" and row.named:
        return f"/articles/{_segment(call.addresses.of(row))}"
    return f"/pages/{page_segment(row.key or '/')}"


def _names(subject: Subject) -> tuple[str, ...]:
    if subject.kind != "article":
        return ()
    shown = present.present(subject, present.ARTICLE, fields=("authors",))
    authors = shown["authors"]
    return tuple(str(one["title"] or one["slug"]) for one in authors) if isinstance(authors, Sequence) else ()


def _segment(address: str) -> str:
    return address.rpartition("/")[2]


def _cut(made: Piece, section: str | None) -> Piece:
    """The piece, or the section of it that is asked for."""
    if not section:
        return made
    found = edits.section(made.html, section)
    if found is None:
        anchors = tuple(anchor for anchor, _ in edits.headings(made.html))
        raise NotFound("section", section, named=params.unknown("section", section, anchors))
    title, html = found
    return replace(
        made,
        html=html,
        title=title or section,
        part_of=made.title,
        section=section,
        lead=None,
        web=f"{made.web}#{section}",
    )
