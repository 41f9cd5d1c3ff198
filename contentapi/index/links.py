"""The links and pictures of a document, each with where it leads; its body with them in their places; who links to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson

from contentapi.index import addresses, posts
from contentapi.index.addresses import Resolution
from contentapi.index.reader import Reader, Row
from contentapi.model import Heading, Reference, Section
from contentapi.text import paths, places

#: The columns of :class:`contentapi.model.Reference`, in its order.
REFERENCE = "reference.kind, url, host, reference.key, suffix, reference.text, line, reference.source"


@dataclass(frozen=True, slots=True)
class BodyRow:
    """The body of a document, with every address in its place."""

    markdown: str
    html: str
    sections: tuple[Section, ...]

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(Heading(one.level, one.id or "", one.title) for one in self.sections if one.level)

    @property
    def text(self) -> str:
        """All of it as text, with a line for each block."""
        return "\n".join(part for one in self.sections for part in (one.title, one.text) if part)


@dataclass(frozen=True, slots=True)
class Link:
    """One reference of a document and what it leads to: a document, an address elsewhere, or nothing."""

    kind: str
    url: str
    text: str
    line: int | None
    internal: bool
    target: Row | None
    address: places.Address
    dead: bool
    key: str | None
    suffix: str


def body(reader: Reader, row: Row) -> BodyRow:
    """The body of a document, its links and pictures resolved."""
    markdown, html, sections = reader.select(
        "SELECT markdown, html, sections FROM body WHERE document = ?", (row.rowid,)
    ).get
    return BodyRow(
        markdown,
        places.fill(html, [link.address for link in of(reader, row)]) if "\x1f" in html else html,
        tuple(Section(**one) for one in orjson.loads(sections)),
    )


def of(reader: Reader, row: Row) -> list[Link]:
    """The references of a document in their order, each with what it leads to."""
    found = reader.select(f"SELECT {REFERENCE} FROM reference WHERE document = ? ORDER BY ordinal", (row.rowid,))
    return [_link(reader, Reference(*one)) for one in found]


def _link(reader: Reader, one: Reference) -> Link:
    internal = one.host is None or one.host == reader.host
    leads = lead(reader, one) if internal else Lead(places.Address(one.url))
    return Link(
        kind=one.kind,
        url=one.url,
        text=one.text,
        line=one.line,
        internal=internal,
        target=leads.row,
        address=leads.address,
        dead=leads.dead,
        key=one.key,
        suffix=one.suffix,
    )


# -- where one leads --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a reference leads: to a document, to a file, to an address elsewhere, or nowhere (``dead``)."""

    address: places.Address
    row: Row | None = None
    dead: bool = False


def lead(reader: Reader, one: Reference) -> Lead:
    """Follows an internal reference, by its address or by the source file it names."""
    key = one.key or "/"
    row = reader.by_key(key) or (_by_source(reader, one.source) if one.source else None)
    if row is not None and row.path is not None:
        return Lead(_on_site(reader, row.path, one.suffix), row)
    file = addresses.file(reader, key, one.source)
    if file is not None:
        return Lead(replace(file, url=file.url + _fragment(one.suffix)))
    # What is written relative to its own page means another place wherever else it is shown.
    written = _on_site(reader, key, one.suffix) if _is_relative(one.url) else places.Address(one.url)
    if row is not None:
        return Lead(written, row)
    found = addresses.resolve(reader, paths.encode(_redirected(reader, one.source) or key))
    if found.target is not None:
        return Lead(_at_end(reader, found, one.suffix), found.row)
    known = key == "/" or addresses.is_generated(reader, key) or _is_other_file(reader, key, one.source)
    return Lead(written, None, dead=not known)


def _by_source(reader: Reader, source: str) -> Row | None:
    """The document of a file, or of the post that is named by it."""
    found = reader.by_source(source)
    others = iter(posts.files(source) if found is None else ())
    return found or next(filter(None, map(reader.by_source, others)), None)


def _redirected(reader: Reader, source: str | None) -> str | None:
    """The address key of a source file that is not served, because its address leads elsewhere or is gone."""
    row = reader.select("SELECT key FROM document WHERE source = ? AND redirected", (source,)).fetchone()
    return row[0] if row is not None else None


def _at_end(reader: Reader, found: Resolution, suffix: str) -> places.Address:
    target = found.target or "/"
    if not addresses.is_path(target):
        return places.Address(target if "#" in target else target + _fragment(suffix))
    file = addresses.file(reader, paths.key(paths.encode(target))) if found.row is None else None
    return file or _on_site(reader, target, found.suffix or suffix)


def _on_site(reader: Reader, path: str, suffix: str) -> places.Address:
    return places.Address(paths.encode(reader.site.base + path) + suffix)


def _is_relative(url: str) -> bool:
    return paths.split_url(url).host is None and not url.lstrip().startswith("/")


def _fragment(suffix: str) -> str:
    """The fragment alone: the files of this service take no query."""
    return "#" + suffix.partition("#")[2] if "#" in suffix else ""


def _is_other_file(reader: Reader, key: str, source: str | None) -> bool:
    """Whether a file lies there that is neither a document nor served: the site may publish it all the same."""
    return bool(
        reader.select(
            "SELECT 1 FROM source_file WHERE state = 'other' AND path IN (?, ?)", (key.lstrip("/"), source)
        ).fetchone()
    )


# -- the other way round ----------------------------------------------------------------------------------------------


def incoming(reader: Reader, row: Row) -> list[Row]:
    """The served, listed documents that link to a document, by path: also under its old addresses."""
    return reader.rows(
        "rowid != ?1 AND rowid IN (SELECT document FROM reference"
        f" WHERE kind = 'link' AND (host IS NULL OR host = ?2) AND (key IN ({_LEADING_HERE}) OR source = ?4 OR source IN"
        f" (SELECT document.source FROM document WHERE redirected AND document.key IN ({_LEADING_HERE}))))",
        (row.rowid, reader.host or "", row.key, row.source, reader.site.base),
    )


#: The address keys that lead to the key ?3, redirects followed; what these lead to may be written with the base ?5.
_LEADING_HERE = (
    "WITH RECURSIVE leading(here) AS (SELECT ?3 UNION SELECT redirect.key FROM redirect JOIN leading"
    " ON leads_to IN (here, ?5 || here) WHERE (redirect.host IS NULL OR redirect.host = ?2)"
    " AND NOT EXISTS (SELECT 1 FROM document WHERE document.key = redirect.key AND served)) SELECT here FROM leading"
)
