"""One request as a handler sees it, and the declaration of what can be asked: the same for the route and for OpenAPI."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeVar, cast
from urllib.parse import parse_qsl

from contentapi.index import listing as lists
from contentapi.index.filters import Field, Plain
from contentapi.index.listing import Order, ResultPage
from contentapi.index.reader import Reader, Row
from contentapi.settings import Settings
from contentapi.web import params, present
from contentapi.web.addresses import Addresses, component
from contentapi.web.answers import Answer, json, of_list
from contentapi.web.grammar import Asked
from contentapi.web.params import Param
from contentapi.web.present import Key, Object, Resource, Subject
from contentapi.web.schemas import Meta

T = TypeVar("T")
Segments = Mapping[str, str]


async def _never(_known: str, _seconds: float) -> None:
    """Nothing is served, so that nothing else will be."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read: the state of the index it is answered from, its path parameters, its query as typed values."""

    reader: Reader
    settings: Settings
    addresses: Addresses
    path: str
    raw_path: str
    query: str
    segments: Mapping[str, str]
    asked: Asked
    ready: bool
    #: The media type to answer with, of those the operation offers.
    accept: str
    #: The counters of this process, in the format of Prometheus.
    metrics: Callable[[], str] = str
    #: Waits for another revision than that to be served, so many seconds at most; gives it, or None when the service ends.
    revision_after: Callable[[str, float], Awaitable[str | None]] = _never
    #: The last event that the caller has of a stream of them.
    last_event: str | None = None

    @property
    def values(self) -> Mapping[str, object]:
        """The typed values of the query."""
        return self.asked.values

    def limit(self) -> int:
        value = self.values.get("limit")
        return value if isinstance(value, int) else LIMIT.default or 20

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def flag(self, name: str) -> bool | None:
        value = self.values.get(name)
        return value if isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class One:
    """An answer that is one resource, of which ``include`` and ``fields`` choose the keys.

    ``beside`` gives what else may be found there, if the index holds any such.
    """

    of: Resource | Callable[[Reader, Segments], Resource]
    beside: Callable[[Reader], Sequence[Resource]] | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """An answer that is a list: of resources, of which ``include`` and ``fields`` choose the keys, or of a plain shape.

    ``meta`` is the shape of what is said of the list.
    """

    of: Resource | Callable[[Reader, Segments], Resource] | type
    meta: type = Meta


@dataclass(frozen=True, slots=True)
class All:
    """An answer that is one long list of the documents of all collections, whatever resources they are.

    ``meta`` is the shape of what is said of them.
    """

    of: Callable[[Reader], Sequence[Resource]]
    meta: type


@dataclass(frozen=True, slots=True)
class Segment:
    """A variable part of a path: its name, what it is, and the values that lead somewhere.

    ``values`` may give some of many; ``closed`` says that it gives all, so that no other leads anywhere. ``every`` gives all
    of those, and what only leads on; without it, ``values`` does. ``beside`` gives a few that are like one that leads
    nowhere.
    """

    name: str
    description: str
    values: Callable[[Reader, Segments], Sequence[str]]
    closed: bool = False
    every: Callable[[Reader, Segments], Iterable[str]] | None = None
    beside: Callable[[Reader, Segments], Sequence[str]] | None = None

    def all(self, reader: Reader, segments: Segments) -> Iterable[str]:
        """Every value that is answered with more than 404, in an order that depends on the content alone."""
        return (self.every or self.values)(reader, segments)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked: where, how it is answered, with which parameters. The route table is a list of these.

    ``answer`` is what a 200 holds as JSON: :class:`One`, :class:`Many`, :class:`All`, or a type of
    :mod:`contentapi.web.schemas`; ``media`` what else it may hold, by media type (``str``, ``bytes``, or for JSON another
    type). ``also`` are the statuses that it alone may send. ``each`` gives the segments for which OpenAPI has an operation
    apart; ``chosen`` the parameters whose words the index knows. A ``streamed`` one may answer with
    :class:`contentapi.web.streamed.Streamed`.
    """

    path: str
    name: str
    summary: str
    handler: Callable[[Call], Answer]
    tag: str
    params: tuple[Param, ...] = ()
    answer: object = None
    media: Mapping[str, object] = field(default_factory=dict)
    also: tuple[int, ...] = ()
    segments: tuple[Segment, ...] = ()
    each: Callable[[Reader], Sequence[Segments]] | None = None
    fields: Callable[[Reader, Segments], Sequence[Field]] | None = None
    chosen: Callable[[Reader], Sequence[Param]] | None = None
    streamed: bool = False
    needs_index: bool = True
    lenient: bool = False
    #: The media types among which the Accept header chooses, the first unless it says otherwise. Fewer than two: no choice.
    offers: tuple[str, ...] = ()
    #: What may stand after an address of it, to ask for another form.
    endings: tuple[str, ...] = ()
    #: Addresses that lead on to one of its own and hold no value of a segment.
    onward: tuple[str, ...] = ()

    def shows(self, reader: Reader, segments: Segments) -> Resource | None:
        """The resource that it answers with, one or many; None when it answers with something else."""
        of = self.answer.of if isinstance(self.answer, One | Many) else None
        if of is None or isinstance(of, Resource | type):
            return of if isinstance(of, Resource) else None
        return of(reader, segments)

    def declared(self, reader: Reader, segments: Segments) -> tuple[Param, ...]:
        """Every parameter that it takes, filters apart: what its answer can be asked for, then its own."""
        resource = self.shows(reader, segments)
        chosen = selection(resource) if resource is not None else self.chosen(reader) if self.chosen is not None else ()
        return (*chosen, *self.params, *(PAGING if isinstance(self.answer, Many) else ()))


LIMIT = params.Integer("limit", "How many items a result page holds.", 1, 100, 20)
SORT = params.Words("sort", "What to sort by, `-` before a field for the other way round; ties by path.", None)
TOTAL = params.Flag("total", "Whether to count all items; without the count a list of many is faster.", default=True)
CURSOR = params.Text("cursor", "Where the result page starts: opaque, from `links.next` or `links.prev`.")


#: What every list takes.
PAGING: tuple[Param, ...] = (SORT, LIMIT, CURSOR, TOTAL)


@cache
def selection(resource: Resource) -> tuple[Param, ...]:
    """``include`` and ``fields`` for a resource."""
    return (
        params.Words(
            "include",
            "Keys to add; one that is given unasked changes nothing. To be asked for: "
            f"{', '.join(f'`{name}`' for name in present.includable(resource))}.",
            present.names(resource),
        ),
        params.Words("fields", "The only keys to give; `type` and `links` always stay.", present.names(resource)),
    )


def shown(call: Call, one: Subject, resource: Resource, *, listed: bool = False) -> Object:
    """A subject as the call's ``include`` and ``fields`` ask for it."""
    return present.present(
        one,
        resource,
        listed=listed,
        include=params.texts(call.values, "include"),
        fields=params.texts(call.values, "fields"),
    )


def documents(
    call: Call, where: str, values: Sequence[object], resource: Resource, *, order: Sequence[Order], depends: str
) -> Answer:
    """A list of documents, filtered and sorted as the call asks."""
    found = rows(call, where, values, order=order, total=call.flag("total") is not False)
    subjects = (present.of_row(call.reader, call.addresses, row) for row in found.items)
    page = found.of(shown(call, one, resource, listed=True) for one in subjects)
    return listing(call, page, keys=of_list(depends, page.items))


def rows(
    call: Call, where: str, values: Sequence[object], *, order: Sequence[Order], total: bool = False
) -> ResultPage[Row]:
    """The documents of the result page that the call asks for."""
    return lists.documents(
        call.reader,
        where,
        values,
        order=lists.sorted_by(call.asked.sort, order),
        limit=call.limit(),
        cursor=call.text("cursor"),
        total=total,
        conditions=call.asked.conditions,
    )


def subjects(call: Call, every: Sequence[Subject], resource: Resource, *, depends: str) -> Answer:
    """A list that is short by nature, filtered and sorted as the call asks."""
    kept = arranged(call, every, {key.name: _reads(key) for key in resource.keys})
    found = paged(call, kept, [one.slug for one in kept])
    page = found.of(shown(call, one, resource, listed=True) for one in found.items)
    return listing(call, page, keys=of_list(depends, page.items))


def _reads(key: Key) -> Callable[[object], object]:
    return lambda item: key.get(cast("Subject", item))


def arranged(call: Call, every: Sequence[T], read: Mapping[str, Callable[[object], object]]) -> list[T]:
    """The items that fulfil the call's conditions, in the order it asks for."""
    plain = Plain(read)
    kept = [item for item in every if all(plain.fits(item, one) for one in call.asked.conditions)]
    for one, backwards in reversed(call.asked.sort):
        kept = plain.sorted(kept, one.name, backwards=backwards)
    return kept


def paged(call: Call, items: Sequence[T], key: Sequence[str]) -> ResultPage[T]:
    """The result page of a short list that the call asks for."""
    found = lists.slices(items, limit=call.limit(), cursor=call.text("cursor"), key=key, asked=_list_asked(call))
    return found if call.flag("total") is not False else replace(found, total=None)


def _list_asked(call: Call) -> str:
    """Names the list, its conditions and its order, so that no other list takes its cursors."""
    asked = repr((call.path, call.asked.conditions, call.asked.sort))
    return hashlib.sha256(asked.encode()).hexdigest()[:8]


def listing(call: Call, found: ResultPage[T], *, keys: tuple[str, ...] = (), extra: Object | None = None) -> Answer:
    """A list answer: its items, how many there are, the addresses of its neighbours, in the body and as Link headers."""
    links = {
        "self": at(call, "cursor", call.values.get("cursor")),
        "next": at(call, "cursor", found.next) if found.next else None,
        "prev": at(call, "cursor", found.prev) if found.prev else None,
    }
    body = {
        "items": list(found.items),
        "meta": {"total": found.total, "limit": found.limit, **(extra or {})},
        "links": links,
    }
    return json(body, headers={"Link": link_header(links)}, keys=keys)


def link_header(links: Mapping[str, str | None]) -> str:
    """Addresses by their relation, as the Link header has them (RFC 8288)."""
    return ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items() if address)


def at(call: Call, parameter: str, place: object) -> str:
    """The address of this list at another place: its parameters in the order of their names, so that it has one spelling."""
    query = asked_for(call, but=(parameter,))
    if isinstance(place, str):
        query.append((parameter, place))
    return call.addresses.api(call.path + (f"?{written(query)}" if query else ""))


def asked_for(call: Call, *, but: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The names and values of the query that count, ``but`` these, in the order of names."""
    every = parse_qsl(call.query, keep_blank_values=True)
    return sorted((name, value) for name, value in every if name in call.asked.given and name not in but)


def written(query: Sequence[tuple[str, str]]) -> str:
    """Names and values as a query spells them."""
    return "&".join(f"{component(name)}={component(value)}" for name, value in query)
