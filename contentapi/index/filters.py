"""Filters and orders of lists: what may be asked of each field, as SQL for documents and as Python for short lists.

A field is declared once, with its kind; the kind says which operators there are and how a value is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Literal, TypeVar

import orjson

from contentapi.errors import BadParameter
from contentapi.text import collation, dates, folding, paths

T = TypeVar("T")
Kind = Literal["text", "path", "date", "year", "number", "flag", "term", "value"]

#: Operators by kind; a filter without operator means equality.
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "text": ("not", "contains", "missing"),
    "path": ("not", "contains", "missing"),
    "date": ("not", "gte", "gt", "lte", "lt", "missing"),
    "year": ("not", "contains", "missing"),
    "number": ("not", "gte", "gt", "lte", "lt", "missing"),
    "flag": (),
    "term": ("not", "missing"),
    "value": ("not", "gte", "gt", "lte", "lt", "contains", "missing"),
}
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_DAY = 86_400.0
_NO_DATE = -1e18


@dataclass(frozen=True, slots=True)
class Field:
    """Something a list can be filtered or sorted by.

    ``column`` is its SQL expression over ``document`` (for a ``term`` its kind, for a ``value`` its name in front matter);
    ``order`` the expression that sorts it, None when it sorts by nothing.
    """

    name: str
    kind: Kind
    column: str
    order: str | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: a field, an operator (``is`` for equality), and its values, of which one must fit."""

    field: Field
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition in SQL, and the values bound in it."""

    sql: str
    values: tuple[object, ...] = ()


_COMMON = (
    Field("id", "text", "document.id", "document.id"),
    Field("path", "path", "document.path", "document.tie"),
    Field("slug", "text", "document.slug", "document.slug"),
    Field("title", "text", "document.title", "document.title_key"),
    Field("description", "text", "document.description"),
    Field("excerpt", "text", "document.excerpt"),
    Field("lang", "text", "document.lang", "document.lang"),
    Field("updated", "date", "document.updated_epoch", "document.updated_epoch"),
)
_DATE = Field("date", "date", "document.epoch", "document.epoch")
PAGE = (
    *_COMMON,
    Field("parent", "path", "document.parent"),
    Field("layout", "text", "json_extract(document.data, '$.layout')"),
    Field("subtitle", "text", "json_extract(document.data, '$.subtitle')"),
)
ARTICLE = (
    *_COMMON,
    _DATE,
    Field("author", "term", "author"),
    Field("category", "term", "category"),
    Field("tag", "term", "tag"),
)
DOCUMENT = (*_COMMON, _DATE)


def found(types: Sequence[str], collections: Sequence[str]) -> tuple[Field, ...]:
    """What hits of the search can be filtered by: whatever documents have, and what they are."""
    return (
        *ARTICLE,
        Field("type", "text", "document.type", "document.type", tuple(types)),
        Field("collection", "text", "document.collection", "document.collection", tuple(collections)),
        Field("year", "year", "substr(document.date, 1, 4)"),
    )


def front_matter(name: str) -> Field:
    """The field of a front-matter value, by its dotted name."""
    # The name becomes part of the SQL: it is one that the index holds, and it is quoted all the same.
    quoted = name.replace("'", "''")
    order = (
        f"coalesce((SELECT min(value.sort) FROM value WHERE value.document = document.rowid AND value.name = '{quoted}'),"
        " char(1114111))"
    )
    return Field(f"fields.{name}", "value", name, order)


# -- reading a condition ----------------------------------------------------------------------------------------------


def condition(one: Field, operator: str, written: Sequence[str]) -> Filter:
    """A filter as a caller wrote it. Raises :class:`BadParameter` for a value that the field cannot have."""
    name = one.name if operator == "is" else f"{one.name}__{operator}"
    if operator not in {"is", "not"} and len(written) > 1:
        raise BadParameter(name, f"{name} stands {len(written)} times; give it once.")
    for value in written:
        _check(one, operator, name, value)
    return Filter(one, operator, tuple(written))


def _check(one: Field, operator: str, name: str, value: str) -> None:
    if operator == "missing":
        if value not in {"true", "false"}:
            raise BadParameter(name, f"{name} is {value[:100]!r}; use true or false.", allowed=("true", "false"))
        return
    if one.kind == "date" and dates.parse(value, UTC) is None:
        raise BadParameter(name, f"{name} is {value[:100]!r}; use a date such as 2024-03-15 or 2024-03-15T09:00:00Z.")
    if one.kind == "year" and operator != "contains" and not _YEAR.fullmatch(value):
        raise BadParameter(name, f"{name} is {value[:100]!r}; use a year of four digits such as 2024.")
    if one.kind == "number" and not _INTEGER.fullmatch(value):
        raise BadParameter(name, f"{name} is {value[:100]!r}; use a whole number.")
    if one.allowed and value not in one.allowed:
        message = f"{name} is {value[:100]!r}, which is not known. Allowed: {', '.join(one.allowed)}."
        raise BadParameter(name, message, allowed=one.allowed)


# -- as SQL -----------------------------------------------------------------------------------------------------------


def clause(one: Filter, zone: str) -> Clause:
    """The SQL of a filter over ``document``. Days are those of the site's time zone."""
    return _BY_KIND[one.field.kind](one, zone)


def _text(one: Filter, _: str) -> Clause:
    column, values = one.field.column, one.values
    if one.operator == "missing":
        return Clause(f"{column} IS {'' if values[0] == 'true' else 'NOT '}NULL")
    if one.operator == "contains":
        return Clause(f"contains({column}, ?)", (folding.fold(values[0]),))
    inside = f"{column} IN (SELECT value FROM json_each(?))"
    return _maybe_not(one, Clause(inside, (_json(values),)), column)


def _path(one: Filter, zone: str) -> Clause:
    if one.operator in {"missing", "contains"}:
        return _text(one, zone)
    # A document's own path is kept beside the key under which its spellings meet; any other path is kept as its key.
    column = "document.key" if one.field.column == "document.path" else one.field.column
    keys = _json([paths.key(value) for value in one.values])
    return _maybe_not(one, Clause(f"{column} IN (SELECT value FROM json_each(?))", (keys,)), column)


def _maybe_not(one: Filter, inside: Clause, column: str) -> Clause:
    if one.operator != "not":
        return inside
    # What has no value is not that value either.
    return Clause(f"({column} IS NULL OR NOT {inside.sql})", inside.values)


def _date(one: Filter, zone: str) -> Clause:
    column = one.field.column
    if one.operator == "missing":
        return Clause(f"{column} {'=' if one.values[0] == 'true' else '!='} {_NO_DATE}")
    spans = [_span(value, zone) for value in one.values]
    first, after = spans[0]
    bounds = {"gte": (">=", first), "gt": (">=", after), "lte": ("<", after), "lt": ("<", first)}
    if one.operator in bounds:
        sign, bound = bounds[one.operator]
        return Clause(f"({column} {sign} ? AND {column} != {_NO_DATE})", (bound,))
    within = " OR ".join(f"({column} >= ? AND {column} < ?)" for _ in spans)
    values = tuple(edge for span in spans for edge in span)
    return Clause(f"NOT ({within})" if one.operator == "not" else f"({within})", values)


def _span(value: str, zone: str) -> tuple[float, float]:
    """The first instant a written date means, and the first one after it: a day is a day long, a time a second."""
    moment = dates.parse(value, dates.zone(zone))
    if moment is None:  # checked when it was read
        raise BadParameter("date", f"{value!r} is no date.")
    if len(moment.iso) != len("2020-11-18"):
        return moment.epoch, moment.epoch + 1.0
    # Not every day has 24 hours; the last of the calendar has no next one.
    day = date.fromisoformat(moment.iso)
    following = dates.parse((day + timedelta(days=1)).isoformat(), dates.zone(zone)) if day < date.max else None
    return moment.epoch, following.epoch if following is not None else moment.epoch + _DAY


def _term(one: Filter, _: str) -> Clause:
    named = "SELECT document FROM term WHERE kind = ?"
    if one.operator == "missing":
        return Clause(f"document.rowid {'NOT ' if one.values[0] == 'true' else ''}IN ({named})", (one.field.column,))
    slugs = [paths.term_slug(value) for value in one.values]
    inside = f"document.rowid IN ({named} AND slug IN (SELECT value FROM json_each(?)))"
    return Clause(f"NOT {inside}" if one.operator == "not" else inside, (one.field.column, _json(slugs)))


def _value(one: Filter, _: str) -> Clause:
    has = "document.rowid IN (SELECT value.document FROM value WHERE value.name = ?"
    name = one.field.column
    if one.operator == "missing":
        return Clause(f"{'NOT ' if one.values[0] == 'true' else ''}{has})", (name,))
    if one.operator == "contains":
        return Clause(f"{has} AND contains(value.text, ?))", (name, folding.fold(one.values[0])))
    signs = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
    if one.operator in signs:
        written = one.values[0]
        number = _NUMBER.fullmatch(written) is not None
        column, bound = ("value.number", float(written)) if number else ("value.text", written)
        return Clause(f"{has} AND {column} {signs[one.operator]} ?)", (name, bound))
    inside = f"{has} AND value.text IN (SELECT json_each.value FROM json_each(?)))"
    return Clause(f"NOT {inside}" if one.operator == "not" else inside, (name, _json(one.values)))


_BY_KIND: Mapping[Kind, Callable[[Filter, str], Clause]] = {
    "text": _text, "path": _path, "date": _date, "year": _text, "term": _term, "value": _value,
}  # fmt: skip


def _json(values: Sequence[str]) -> str:
    return orjson.dumps(list(values)).decode()


# -- as Python, for lists that are short by nature --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plain:
    """The fields of a short list's items, read from the items themselves."""

    read: Mapping[str, Callable[[object], object]] = field(default_factory=dict)

    def fits(self, item: object, one: Filter) -> bool:
        """Whether an item fulfils a filter."""
        value = self.read[one.field.name](item)
        if one.operator == "missing":
            return (value is None) == (one.values[0] == "true")
        if one.operator == "not":
            return all(not _same(value, written) for written in one.values)
        if one.operator == "is":
            return any(_same(value, written) for written in one.values)
        if value is None:
            return False
        if one.operator == "contains":
            return folding.fold(one.values[0]) in folding.fold(str(value))
        return _compared(one.operator, float(str(value)), float(one.values[0]))

    def sorted(self, items: Sequence[T], name: str, *, backwards: bool) -> list[T]:
        """The items in the order of a field; equal ones keep the order they had."""
        return sorted(items, key=lambda item: self._key(item, name), reverse=backwards)

    def _key(self, item: object, name: str) -> tuple[int, float, str]:
        # Nothing comes last, numbers go by size, texts in French order.
        value = self.read[name](item)
        if value is None:
            return (1, 0.0, "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (0, float(value), "")
        return (0, 0.0, collation.sort_key(str(value)))


def _same(value: object, written: str) -> bool:
    if isinstance(value, bool):
        return written == ("true" if value else "false")
    if isinstance(value, int | float):
        return float(value) == float(written)
    if isinstance(value, tuple | list):
        return any(_same(one, written) for one in value)
    return value is not None and str(value) == written


def _compared(operator: str, value: float, bound: float) -> bool:
    return {"gte": value >= bound, "gt": value > bound, "lte": value <= bound, "lt": value < bound}[operator]
