"""``/v1/export.ndjson``, ``.json``, ``.csv``: every listed document at once, streamed from one state of the index.

Items are those of the lists, in byte order of the source paths. What may be asked of them is what each document says
itself; what depends on its neighbours and is no part of a list's item stays with the single resources.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from contentapi.index import listing
from contentapi.index.reader import Reader
from contentapi.web import params, present, table
from contentapi.web.answers import JSON, REVISION, Answer, encode
from contentapi.web.call import All, Call, Operation
from contentapi.web.params import Flag, Words
from contentapi.web.present import Object, Resource
from contentapi.web.schemas import ExportMeta
from contentapi.web.streamed import Streamed, paced
from contentapi.web.table import CSV

NDJSON = "application/x-ndjson"
#: What ``include`` adds to an item of an export: what a document says itself.
INCLUDABLE = ("html", "toc", "markdown", "text", "sections", "outgoing", "authors")
#: Raised by one whenever the same items are written in another way.
_FORM = 1
_BOM = Flag("bom", "Whether to begin with a byte order mark, by which spreadsheets know UTF-8.", default=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an export is to hold: of which collections, of which resources these are, and which keys."""

    collections: tuple[str, ...]
    resources: tuple[Resource, ...]
    include: tuple[str, ...]
    fields: tuple[str, ...]


def ndjson(call: Call) -> Answer:
    """Every document that lists show, one JSON object a line, in the order of their files.

    An item is that of the collection's list. It is streamed from one revision, which the header `X-Content-Revision` names.
    An answer that could not be sent to its end lacks the mark of the end that HTTP/1.1 has: clients report it as incomplete.
    """
    wish = _wish(call)
    return _streamed(call, NDJSON, wish, (encode(item) + b"\n" for item in items(call, wish)))


def json(call: Call) -> Answer:
    """Every document that lists show, as one JSON object: `meta` first, then `items` in the order of their files.

    It is streamed from one revision, which `meta.revision` names too.
    """
    wish = _wish(call)
    return _streamed(call, JSON, wish, _whole(call, wish))


def csv(call: Call) -> Answer:
    """Every document that lists show as a table (RFC 4180), one row each, in the order of their files.

    Objects become dotted columns (`links.self`), lists of words one cell (`a|b`). A text that a spreadsheet would take for
    a formula has a `'` before the sign that would begin it. Front matter is given by name: `fields=title,fields.size`.
    """
    wish = _wish(call)
    _check_names(call, wish)
    columns = table.columns(wish.resources, wish.include, wish.fields, unasked=_unasked(wish))
    rows = (table.row(column.read(item) for column in columns) for item in items(call, _plain(wish)))
    mark = () if call.flag("bom") is False else ("\ufeff".encode(),)
    head = table.row(column.name for column in columns)
    named = {"Content-Disposition": 'attachment; filename="export.csv"'}
    return _streamed(call, CSV, wish, itertools.chain(mark, (head,), rows), headers=named, also=f"{len(mark)}")


# -- what is asked ----------------------------------------------------------------------------------------------------


def resources(reader: Reader, collections: Sequence[str] = ()) -> tuple[Resource, ...]:
    """What the documents of these collections are, or of all: each resource once, in one order."""
    kinds = {one.type for one in reader.site.collections if not collections or one.name in collections}
    known = [kind for kind in present.BY_KIND if kind in kinds]
    return tuple(present.of_kind(kind) for kind in (*known, *sorted(kinds.difference(known))))


def _given(of: Sequence[Resource]) -> tuple[str, ...]:
    """The keys that an export of these resources can give."""
    every = (key for one in of for key in one.keys if key.listed or key.name in INCLUDABLE)
    return tuple(dict.fromkeys(key.name for key in every))


def _includable(of: Sequence[Resource]) -> tuple[str, ...]:
    return tuple(name for name in INCLUDABLE if name in _given(of))


def _wish(call: Call) -> Wish:
    """What the call asks for. Raises :class:`BadParameter` for a key that no resource in the export has."""
    named = params.texts(call.values, "collection")
    of = resources(call.reader, named)
    asked = {"include": _includable(of), "fields": _given(of)}
    for name, allowed in asked.items():
        for word in params.texts(call.values, name):
            if word not in allowed and not word.startswith(table.FRONT_MATTER):
                raise params.unknown(name, word, allowed)
    include, fields = (tuple(sorted(params.texts(call.values, name))) for name in asked)
    every = sorted(one.name for one in call.reader.site.collections)
    return Wish(tuple(one for one in every if not named or one in named), of, include, fields)


def _check_names(call: Call, wish: Wish) -> None:
    """Raises :class:`BadParameter` for front matter that no document in the export has."""
    for word in wish.fields:
        name = word.removeprefix(table.FRONT_MATTER)
        if name != word and not call.reader.has_front_matter(name, wish.collections):
            known = {one for of in wish.collections for one in call.reader.front_matter_names(of)}
            raise params.unknown("fields", word, tuple(table.FRONT_MATTER + one for one in sorted(known)))


def _unasked(wish: Wish) -> tuple[str, ...]:
    """The keys of a row when ``fields`` names none; front matter, which differs from one document to the next, is none."""
    listed = {key.name for one in wish.resources for key in one.keys if key.listed}
    return tuple(name for name in _given(wish.resources) if name in listed and name != "fields")


def _plain(wish: Wish) -> Wish:
    """The same, with the whole front matter in the place of single values of it."""
    fields = dict.fromkeys(name.partition(".")[0] for name in wish.fields)
    return Wish(wish.collections, wish.resources, wish.include, tuple(fields))


# -- what is given ----------------------------------------------------------------------------------------------------


def items(call: Call, wish: Wish) -> Iterator[Object]:
    """The items of an export, each read when it is taken."""
    for row in listing.everything(call.reader, wish.collections):
        one = present.of_row(call.reader, call.addresses, row)
        yield present.present(one, present.of_kind(row.type), listed=True, include=wish.include, fields=wish.fields)


def _whole(call: Call, wish: Wish) -> Iterator[bytes]:
    meta: ExportMeta = {
        "revision": call.reader.revision,
        "total": listing.count(call.reader, wish.collections),
    }
    yield b'{"meta":' + encode(meta) + b',"items":['
    for number, item in enumerate(items(call, wish)):
        yield (b"," if number else b"") + encode(item)
    yield b"]}"


def _streamed(
    call: Call,
    media: str,
    wish: Wish,
    pieces: Iterator[bytes],
    *,
    headers: dict[str, str] | None = None,
    also: str = "",
) -> Streamed:
    names = repr((_FORM, call.path, wish.collections, wish.include, wish.fields, also))
    return Streamed(
        b"", media, headers=headers or {}, keys=("export", REVISION), pieces=partial(paced, pieces), names=names
    )


def chosen(reader: Reader, fields: type[Words] = Words) -> tuple[Words, Words, Words]:
    """What an export of this index can be asked for: which collections, what to add, what to give only."""
    of = resources(reader)
    return (
        Words(
            "collection",
            "Only the documents of these collections.",
            tuple(sorted(one.name for one in reader.site.collections)),
        ),
        Words("include", "Keys to add to the items that can have them.", _includable(of)),
        fields(
            "fields",
            "The only keys to give; `type` and `links` always stay. An item that cannot have a key is given without it.",
            _given(of),
        ),
    )


OPERATIONS = (
    Operation(
        "/v1/export.ndjson",
        "exportLines",
        "Every document, one JSON object a line",
        ndjson,
        "Export",
        media={NDJSON: str},
        chosen=chosen,
        streamed=True,
    ),
    Operation(
        "/v1/export.json",
        "exportJson",
        "Every document, as one JSON object",
        json,
        "Export",
        answer=All(resources, ExportMeta),
        chosen=chosen,
        streamed=True,
    ),
    Operation(
        "/v1/export.csv",
        "exportTable",
        "Every document, as a table for spreadsheets",
        csv,
        "Export",
        (_BOM,),
        media={"text/csv": str},
        chosen=partial(chosen, fields=table.Columns),
        streamed=True,
    ),
)
