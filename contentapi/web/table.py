"""Resources as rows of a table (RFC 4180), safe to open in a spreadsheet.

A text is always quoted; numbers, ``true`` and ``false`` stand bare; what is null is an empty cell. A text in which a
spreadsheet would see a formula gets a ``'`` before the sign that begins it (OWASP, CSV Injection): at the beginning of the
cell, and after whatever some spreadsheet takes for the end of one. A text that has the ``'`` already gets one more, so that
taking one away gives every text back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from contentapi.errors import BadParameter
from contentapi.web import params
from contentapi.web.params import Words
from contentapi.web.present import Object, Resource

CSV = "text/csv; charset=utf-8; header=present"
#: What the names of single values of the front matter begin with.
FRONT_MATTER = "fields."
#: The keys that are objects, and what of them has a column each. Of another resource it is the slug.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "source": ("path", "edit"),
    "license": ("id", "name", "url"),
    "links": ("self", "web"),
    "labels": ("short", "singular", "plural", "badge"),
    "duration": ("min", "max", "text"),
    "decision": ("who", "what"),
    "image": ("url", "alt", "width", "height"),
    "phase": ("slug",),
    "previous": ("slug",),
    "next": ("slug",),
    "page": ("slug",),
}
#: The keys that are lists of objects, and what of each stands in the cell. Other objects are written as JSON.
_ENTRIES: Mapping[str, str] = {
    "breadcrumbs": "title", "authors": "slug", "categories": "slug", "tags": "slug", "outgoing": "href",
}  # fmt: skip
#: The forms of the body: they come last.
_BODY = ("html", "toc", "markdown", "text", "sections", "outgoing")
_SEPARATOR = "|"
#: What begins a formula; in spreadsheets of East Asia, signs of full width do too.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
#: Where one would: in the cell, where a blank of these kinds may be trimmed; after what some take for the end of a cell.
_DANGEROUS = re.compile(rf"^(?='*[{_SIGNS}\t\r\n])|(?<=[,;|\t\r\n])(?='*[{_SIGNS}])")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, and what an item has there."""

    name: str
    read: Callable[[Object], object]


@dataclass(frozen=True, slots=True)
class Columns(Words):
    """``fields`` of a table: keys, and values of the front matter by their dotted names."""

    def read(self, written: Sequence[str]) -> tuple[str, ...]:
        words = Words(self.name, self.description, None).read(written)
        allowed = self.allowed or ()
        for word in words:
            if word not in allowed and not (word.startswith(FRONT_MATTER) and word != FRONT_MATTER):
                raise self._unknown(word, allowed)
        return words

    def _unknown(self, word: str, allowed: tuple[str, ...]) -> BadParameter:
        return params.unknown(self.name, word, (*allowed, f"{FRONT_MATTER}NAME"))

    def schema(self) -> dict[str, object]:
        name = {"type": "string", "pattern": rf"^{re.escape(FRONT_MATTER)}[^,\u0000]+$"}
        return {"type": "array", "items": {"anyOf": [{"type": "string", "enum": list(self.allowed or ())}, name]}}


# -- columns ----------------------------------------------------------------------------------------------------------


def columns(
    resources: Sequence[Resource], include: Sequence[str], fields: Sequence[str], *, unasked: Sequence[str]
) -> list[Column]:
    """The columns for these resources: of what ``fields`` names, else of ``unasked``, and of what ``include`` adds.

    Their order is that of the resources' keys, whatever the order in which they were asked for.
    """
    wanted = {*(fields or unasked), *include, "type", "links"}
    every = dict.fromkeys(key.name for one in resources for key in one.keys)
    found: list[Column] = []
    for name in (*(one for one in every if one not in _BODY), *_BODY):
        if name in wanted:
            found += _of_key(name)
        if name == "fields":
            found += (_of_front_matter(one) for one in sorted(wanted) if one.startswith(FRONT_MATTER))
    return found


def _of_key(name: str) -> list[Column]:
    if name in _PARTS:
        return [Column(f"{name}.{part}", _reads_part(name, part)) for part in _PARTS[name]]
    if name in _ENTRIES:
        return [Column(name, _reads_entries(name, _ENTRIES[name]))]
    return [Column(name, lambda item: item.get(name))]


def _reads_part(name: str, part: str) -> Callable[[Object], object]:
    return lambda item: _part(item.get(name), part)


def _reads_entries(name: str, part: str) -> Callable[[Object], object]:
    return lambda item: [_part(one, part) for one in _listed(item.get(name))]


def _of_front_matter(word: str) -> Column:
    steps = word.removeprefix(FRONT_MATTER)
    return Column(word, lambda item: _leaves(item.get("fields"), steps))


def _part(value: object, name: str) -> object:
    """A part of an object, which is a mapping or a dataclass of the model."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _leaves(value: object, name: str) -> object:
    """The scalar that bears a dotted name, or the list of those that do: names may hold dots themselves.

    Of a list of mappings each has a place, null where it lacks the name: so several columns of one list stay in step.
    """
    found = [*_below(value, name)]
    if all(one is None for one in found):
        return None
    return found if len(found) > 1 else found[0]


def _below(value: object, name: str) -> Iterable[object]:
    if isinstance(value, list):
        for one in value:
            yield from [*_below(one, name)] or [None]
    elif isinstance(value, Mapping):
        for key, below in value.items():
            if key == name or name.startswith(f"{key}."):
                yield from _below(below, name[len(key) + 1 :])
    elif not name and value is not None:
        yield value


# -- rows -------------------------------------------------------------------------------------------------------------


def row(values: Iterable[object]) -> bytes:
    """One line of the table."""
    return (",".join(map(_cell, values)) + "\r\n").encode()


def _cell(value: object) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    text = guarded(_text(value))
    return '"' + text.replace('"', '""') + '"'


def _text(value: object) -> str:
    """A value as one text: words in a list are parted by ``|``; before a ``|`` in a word stands a backslash."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(one is None or isinstance(one, str | int | float) for one in value):
        return _SEPARATOR.join(re.sub(r"[\\|]", r"\\\g<0>", _word(one)) for one in value)
    return orjson.dumps(value).decode()


def _word(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()


def guarded(text: str) -> str:
    """A text in which no spreadsheet finds a formula."""
    return _DANGEROUS.sub("'", text)
