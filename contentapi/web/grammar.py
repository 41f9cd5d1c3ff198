"""The grammar of requests: which parameters an operation takes, and what a query means by it.

Filters are flat (``category=presse&date__gte=2024-01-01``): a field, and for anything but equality a suffix. Parameters have
no order: two spellings of one query that differ only in it mean the same, down to the first thing that is wrong with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl

from contentapi.errors import BadParameter
from contentapi.index import filters
from contentapi.index.filters import Field, Filter
from contentapi.web import params
from contentapi.web.params import Param

#: Each of these is more than a person writes, and fewer than would hurt.
MOST_PARAMETERS = 100
_MOST_CONDITIONS = 30
MOST_VALUES = 50
LONGEST_VALUE = 1000

#: RFC 3339's full-date, or its date-time, whose seconds and offset may be left out. Front matter is read more leniently.
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
_ANY = frozenset({"is", "not"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, read: typed values, the conditions a list must fulfil, the fields it is sorted by (and whether backwards).

    ``given`` names the parameters that the query holds, of a lenient operation those that it understood; the values of all
    others are their defaults.
    """

    values: Mapping[str, object]
    conditions: tuple[Filter, ...] = ()
    sort: tuple[tuple[Field, bool], ...] = ()
    given: frozenset[str] = frozenset()


def pairs(query: str, *, lenient: bool = False) -> list[tuple[str, str]]:
    """The parameters of a query, in the order of their names. Raises :class:`BadParameter` when it cannot be read.

    A ``lenient`` operation ignores what it does not understand.
    """
    try:
        written = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        if lenient:
            return []
        message = f"The query cannot be read: use UTF-8, and at most {MOST_PARAMETERS} parameters."
        raise BadParameter("query", message) from error
    return sorted(written)


def read(
    declared: Sequence[Param], fields: Sequence[Field], query: Iterable[tuple[str, str]], *, lenient: bool = False
) -> Asked:
    """What a query asks. Raises :class:`BadParameter` for a parameter, field or value that is not known.

    A ``lenient`` operation ignores parameters and values that it does not know.
    """
    written: dict[str, list[str]] = {}
    for name, value in query:
        if "\0" in value:
            if lenient:
                continue
            raise BadParameter(name[:100], f"{params.shown(name)} holds a NUL character.")
        written.setdefault(name, []).append(value)
    if lenient:
        written = _readable(declared, fields, written)
    known = {one.name for one in declared}
    conditions = tuple(_condition(name, written[name], fields, known) for name in written if name not in known)
    if len(conditions) > _MOST_CONDITIONS:
        raise BadParameter("query", f"There are {len(conditions)} conditions; at most {_MOST_CONDITIONS} are taken.")
    if "sort" in written:
        params.once("sort", written["sort"])  # the order of what it names matters
    values = params.read(declared, written)
    return Asked(values, conditions, _sort(params.texts(values, "sort"), fields), frozenset(written))


def _readable(
    declared: Sequence[Param], fields: Sequence[Field], written: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """What was written, without the names and values that are not known: a lenient operation takes them for none."""
    known = {one.name: one for one in declared}
    filterable = {*parameters(fields)} if written.keys() - known.keys() else ()
    found = {}
    for name, values in written.items():
        with suppress(BadParameter):
            if name in known:
                known[name].read(values)
            elif name in filterable:
                _condition(name, values, fields, {*known})
            else:
                continue
            found[name] = values
    return found


def parameters(fields: Sequence[Field]) -> list[str]:
    """The names of every filter over these fields."""
    return [name for one in fields for name in (one.name, *_suffixed(one))]


def sortable(fields: Sequence[Field]) -> tuple[str, ...]:
    """What ``sort`` may name."""
    return tuple(one.name for one in fields if one.order is not None)


def _suffixed(one: Field) -> list[str]:
    return [f"{one.name}__{operator}" for operator in filters.OPERATORS[one.kind]]


def _condition(name: str, written: Sequence[str], fields: Sequence[Field], known: set[str]) -> Filter:
    one, operator = _field(name, fields, known)
    if len(written) > MOST_VALUES:
        raise BadParameter(name, f"{name} stands {len(written)} times; at most {MOST_VALUES} are taken.")
    for value in written:
        _check(one, operator, name, value)
    # Of several values one must fit: their order says nothing, nor does one that stands twice.
    return filters.condition(one, operator, sorted(set(written)) if operator in _ANY else written)


def _field(name: str, fields: Sequence[Field], known: set[str]) -> tuple[Field, str]:
    """The field and the operator that a parameter names."""
    by_name = {one.name: one for one in fields}
    if name in by_name:
        return by_name[name], "is"
    field_name, _, operator = name.rpartition("__")
    one = by_name.get(field_name)
    if one is not None and operator in filters.OPERATORS[one.kind]:
        return one, operator
    if one is not None:
        raise params.unknown(name, name, (one.name, *_suffixed(one)), what="parameter")
    meant = by_name.get(params.nearest(field_name, by_name) or "")
    near = f"{meant.name}__{operator}" if meant is not None and operator in filters.OPERATORS[meant.kind] else None
    raise params.unknown(name, name, (*sorted(known), *by_name), what="parameter", near=near)


def _check(one: Field, operator: str, name: str, value: str) -> None:
    if len(value) > LONGEST_VALUE:
        raise BadParameter(name, f"{name} is longer than {LONGEST_VALUE} characters.")
    if operator == "missing":
        if value not in {"true", "false"}:
            raise params.unknown(name, value, ("true", "false"))
    elif one.allowed and value not in one.allowed:
        raise params.unknown(name, value, one.allowed)
    elif one.kind == "date" and not _DATE.fullmatch(value):
        message = (
            f"{name} is {params.shown(value)}; use a date such as 2024-03-15 or 2024-03-15T09:00:00Z (a + is %2B)."
        )
        raise BadParameter(name, message)


def _sort(written: Sequence[str], fields: Sequence[Field]) -> tuple[tuple[Field, bool], ...]:
    by_name = {one.name: one for one in fields if one.order is not None}
    found: dict[str, tuple[Field, bool]] = {}
    for word in written:
        name = word.removeprefix("-")
        if name not in by_name:
            near = params.nearest(name, by_name)
            sign = word[: len(word) - len(name)]
            raise params.unknown("sort", word, sortable(fields), near=f"{sign}{near}" if near else None)
        if name in found:
            raise BadParameter("sort", f"sort names {name} twice.")
        found[name] = (by_name[name], word.startswith("-"))
    return tuple(found.values())
