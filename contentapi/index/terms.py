"""The people and terms that articles name: authors, tags, categories, with how many articles name each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contentapi.index.reader import COLUMNS, Reader, Row
from contentapi.text import collation

Kind = Literal["author", "tag", "category"]
#: Where each kind is listed, and the collection whose documents describe it.
COLLECTIONS: dict[str, Kind] = {"authors": "author", "tags": "tag", "categories": "category"}
#: The key of front matter that names several of a kind.
PLURALS: dict[Kind, str] = {kind: name for name, kind in COLLECTIONS.items()}


@dataclass(frozen=True, slots=True)
class Named:
    """One author, tag or category: its slug, its label, how many articles name it, the document that describes it."""

    kind: Kind
    slug: str
    label: str
    count: int
    row: Row | None


def every(reader: Reader, kind: Kind) -> list[Named]:
    """All terms of a kind by label, in French order: those that articles name, and those that have a document."""
    described: dict[str, Row] = {}
    for name, *columns in reader.select(
        f"SELECT describes, {COLUMNS} FROM document WHERE describes >= ? AND describes < ? AND {_LISTED} ORDER BY {_ORDER}",
        (f"{kind}/", f"{kind}0"),
    ):
        described.setdefault(name.partition("/")[2], Row(*columns))
    found = {
        slug: Named(kind, slug, label, count, described.get(slug))
        for slug, label, count in reader.select(
            "SELECT term.slug, min(label), count(*) FROM term JOIN document ON document.rowid = term.document"
            f" WHERE kind = ? AND {_LISTED} GROUP BY term.slug",
            (kind,),
        )
    }
    for slug, row in described.items():
        found.setdefault(slug, Named(kind, slug, row.title, 0, row))
    return sorted(found.values(), key=lambda one: (collation.sort_key(title(one)), one.slug))


_LISTED = "served AND NOT hidden"
#: Of several documents that describe one term, the one that has its slug does.
_ORDER = "named DESC, tie"


def title(one: Named) -> str:
    """The name to show: of the document that describes the term, else as articles write it."""
    return one.row.title if one.row is not None else one.label


def find(reader: Reader, kind: Kind, slug: str) -> Named | None:
    """One term by its slug, None when no article names it and no document describes it."""
    row = describing(reader, kind, slug)
    label, count = reader.select(
        "SELECT min(label), count(*) FROM term JOIN document ON document.rowid = term.document"
        f" WHERE kind = ? AND term.slug = ? AND {_LISTED}",
        (kind, slug),
    ).get
    if row is None and not count:
        return None
    return Named(kind, slug, label or (row.title if row is not None else slug), int(count), row)


def describing(reader: Reader, kind: Kind, slug: str) -> Row | None:
    """The listed document that describes a term."""
    return next(iter(reader.rows("describes = ?", (f"{kind}/{slug}",), order=_ORDER)), None)


def of(reader: Reader, row: Row, kind: Kind) -> list[Named]:
    """The terms of one kind that a document names, in its order."""
    written = reader.select(
        "SELECT slug, label FROM term WHERE document = ? AND kind = ? ORDER BY ordinal", (row.rowid, kind)
    ).fetchall()
    return [find(reader, kind, slug) or Named(kind, slug, label, 0, None) for slug, label in written]
