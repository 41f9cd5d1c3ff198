"""What a file became, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

import apsw

from contentapi.index import database, owners, rules, store
from contentapi.index.owners import Touched
from contentapi.model import Document, Ingested, Json, Redirect, Searchable
from contentapi.text import collation, paths

#: Front matter says the same few things over and over; its collation key is made once.
_sort_key = lru_cache(maxsize=65_536)(collation.sort_key)
#: So many characters decide an order.
_SORTED = 60
#: What stands for a missing number, so that everything has a place in an order.
_NO_DATE, _NO_ORDER = -1e18, 1e18


Values = tuple[object, ...]


class DocumentRow(NamedTuple):
    """The row of one document, by column, without the number that it gets."""

    source: str
    digest: str
    collection: str
    type: str
    id: str
    path: str | None
    key: str | None
    slug: str
    title: str
    description: str | None
    excerpt: str | None
    lang: str
    updated: str | None
    updated_epoch: float
    date: str | None
    epoch: float
    position: float
    tie: str
    title_key: str
    describes: str | None
    hidden: int
    redirected: int
    data: str


class DocumentRows(NamedTuple):
    """The row of one document, and those that hang on it."""

    row: DocumentRow
    body: Values
    references: list[Values]
    terms: list[Values]
    values: list[Values]
    statements: list[Values]
    crumbs: list[Values]
    #: What it is found by: the stems of title, headings and text, and its words; None when it is not to be found.
    found_by: tuple[str, ...] | None


class FoundBy(NamedTuple):
    """What a document, by its number, is found by: the stems of title, headings and text, and its words."""

    document: int
    stems: tuple[str, ...]
    words: str

    @property
    def size(self) -> int:
        """How many characters it holds."""
        return len(self.words) + sum(map(len, self.stems))


class Rows(NamedTuple):
    """The rows of one file: the document in it, the redirects, the menus."""

    document: DocumentRows | None
    redirects: list[Values]
    menus: list[Values]


def of(result: Ingested, search: Searchable | None = None) -> Rows:
    """What one file became, as rows, and what its document is found by."""
    redirects = [*result.redirects, *(result.document.redirects if result.document else ())]
    return Rows(
        document=_of_document(result.document, search) if result.document is not None else None,
        redirects=[
            (one.source, ordinal, one.line, one.origin, _key_of(one), one.target, *_end_of(one), one.status)
            for ordinal, one in enumerate(redirects)
        ],
        menus=[(menu.source, menu.name, store.json(menu.entries)) for menu in result.menus],
    )


def put(connection: apsw.Connection, files: Sequence[Rows], touched: Touched) -> list[FoundBy]:
    """Writes the rows of what each of these files became. Those of what it was before are gone already.

    Gives what the documents are to be found by, for :func:`put_found_by`.
    """
    documents = [one.document for one in files if one.document is not None]
    owners.touch(connection, touched, [(one.row.key, one.row.collection, one.row.slug) for one in documents])
    found_by = _put_documents(connection, documents)
    connection.executemany(
        "INSERT INTO redirect (source, ordinal, line, origin, key, target, host, leads_to, status)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        chain.from_iterable(one.redirects for one in files),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO menu (source, name, entries) VALUES (?, ?, ?)",
        chain.from_iterable(one.menus for one in files),
    )
    return found_by


def put_found_by(connection: apsw.Connection, every: Sequence[FoundBy]) -> None:
    """Writes what documents are found by: of many at once, as each savepoint would make a part of an index of its own."""
    _insert(connection, "search", _SEARCH, ((one.document, *one.stems) for one in every))
    _insert(connection, "spelling", "rowid, words", ((one.document, one.words) for one in every))


def _key_of(one: Redirect) -> str | None:
    return None if rules.is_pattern(one.origin) else paths.key(paths.encode(one.origin))


def _end_of(one: Redirect) -> tuple[str | None, str | None]:
    """The host and the address key that a redirect leads to, before any other is followed."""
    url = paths.split_url(one.target or "")
    return url.host, paths.key(url.path) if one.target is not None and url.path is not None else None


def put_asset(connection: apsw.Connection, path: str, media: str, size: tuple[int, int] | None) -> None:
    """Writes the row of a file that is served as it is, with the size of a picture."""
    width, height = size or (None, None)
    connection.execute(
        "INSERT INTO asset (path, key, media, width, height) VALUES (?, ?, ?, ?, ?)",
        (path, paths.key(paths.encode(f"/{path}")), media, width, height),
    )


def _of_document(document: Document, search: Searchable | None) -> DocumentRows:
    key = paths.key(paths.encode(document.path)) if document.path is not None else None
    row = DocumentRow(
        source=document.source,
        digest=document.digest,
        collection=document.collection,
        type=document.type,
        id=document.id,
        path=document.path,
        key=key,
        slug=document.slug,
        title=document.title,
        description=document.description,
        excerpt=document.excerpt,
        lang=document.lang,
        updated=document.updated,
        updated_epoch=_NO_DATE if document.updated_epoch is None else document.updated_epoch,
        date=document.date,
        epoch=_NO_DATE if document.epoch is None else document.epoch,
        position=_NO_ORDER if document.order is None else document.order,
        tie=f"{document.path or ''}\0{document.source}",
        title_key=collation.sort_key(document.title),
        describes=described(document),
        hidden=int(document.hidden),
        redirected=int(document.gone or _leads_on(document, key)),
        data=store.json(_data(document)),
    )
    body, json = document.body, store.json
    return DocumentRows(
        row=row,
        body=(body.markdown, body.html, json(body.sections), json(body.anchors)),
        references=[
            (ordinal, one.kind, one.url, one.host, one.key, one.source, one.suffix, one.text, one.line)
            for ordinal, one in enumerate(body.references)
        ],
        terms=[(term.kind, ordinal, term.slug, term.label) for ordinal, term in enumerate(document.terms)],
        values=[(name, text, number, _sort_key(text[:_SORTED])) for name, text, number in leaves(document.fields)],
        statements=[
            (ordinal, one.phase, one.overview, one.items, one.link.host if one.link else None, json(one))
            for ordinal, one in enumerate(document.statements)
        ],
        crumbs=[(key,) for key in dict.fromkeys(_crumb_keys(document))],
        found_by=(search.title, search.heading, search.body, search.words) if search is not None else None,
    )


def _crumb_keys(document: Document) -> Iterator[str]:
    for crumb in document.breadcrumbs or ():
        path = paths.split_url(crumb.link).path if crumb.link is not None else None
        if path is not None:
            yield paths.key(path if path.startswith("/") else f"/{path}")


def _put_documents(connection: apsw.Connection, documents: Sequence[DocumentRows]) -> list[FoundBy]:
    first = int(database.select(connection, "SELECT max(rowid) FROM document").get or 0) + 1
    numbered = list(enumerate(documents, first))
    _insert(connection, "document", _DOCUMENT, ((number, *one.row) for number, one in numbered))
    _insert(connection, "body", _BODY, ((number, *one.body) for number, one in numbered))
    for table, columns, parts in (
        ("reference", _REFERENCE, attrgetter("references")),
        ("term", _TERM, attrgetter("terms")),
        ("value", _VALUE, attrgetter("values")),
        ("statement", _STATEMENT, attrgetter("statements")),
        ("crumb", "document, key", attrgetter("crumbs")),
    ):
        _insert(connection, table, columns, ((number, *part) for number, one in numbered for part in parts(one)))
    return [
        FoundBy(number, one.found_by[:-1], one.found_by[-1]) for number, one in numbered if one.found_by is not None
    ]


def _insert(connection: apsw.Connection, table: str, columns: str, rows: Iterable[Values]) -> None:
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({_marks(columns)})", rows)


_DOCUMENT = f"rowid, {', '.join(DocumentRow._fields)}"
_BODY = "document, markdown, html, sections, anchors"
_REFERENCE = "document, ordinal, kind, url, host, key, source, suffix, text, line"
_TERM = "document, kind, ordinal, slug, label"
_VALUE = "document, name, text, number, sort"
_SEARCH = "rowid, title, heading, body"
_STATEMENT = "document, ordinal, phase, overview, items, host, data"


def _marks(columns: str) -> str:
    return ", ".join("?" for _ in columns.split(", "))


def _leads_on(document: Document, key: str | None) -> bool:
    """Whether the document's own address answers with a redirect. One that leads to itself leads nowhere."""
    return any(_key_of(one) == key and _end_of(one) != (None, key) for one in document.redirects)


def described(document: Document) -> str | None:
    """The author, tag or category that a document describes, as ``kind/slug``; None when it describes none.

    A document of the authors does, one of a collection of that name, and a page with the layout ``tag`` or ``category``:
    by its ``alias``, else by its slug.
    """
    kind = _KINDS.get(document.type) or (_KINDS.get(document.layout or "") if document.type == "page" else None)
    if kind is None:
        return None
    alias = document.fields.get("alias") if document.type == "page" else None
    slug = paths.term_slug(alias if isinstance(alias, str) and alias.strip() else document.slug)
    return f"{kind}/{slug}" if slug else None


_KINDS = {
    "author": "author", "tag": "tag", "tags": "tag", "category": "category", "categories": "category",
}  # fmt: skip


def _data(document: Document) -> dict[str, object]:
    return {
        "layout": document.layout,
        "subtitle": document.subtitle,
        "sidebar": document.sidebar,
        "breadcrumbs": document.breadcrumbs,
        "image": document.image,
        "license": document.license,
        "phase": document.phase,
        "fields": document.fields,
        "lines": document.lines,
    }


def leaves(value: Json | Mapping[str, Json], name: str = "") -> Iterator[tuple[str, str, float | None]]:
    """The scalars of a front-matter value with their dotted names, as texts, and as numbers where they are."""
    if isinstance(value, str):
        yield name, value, None
    elif isinstance(value, bool):
        yield name, "true" if value else "false", None
    elif isinstance(value, int | float):
        yield name, str(value), float(value)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, name)
    elif value is not None:
        for key, below in value.items():
            yield from leaves(below, f"{name}.{key}" if name else key)
