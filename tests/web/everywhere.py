"""Everything that can be asked of a service: each operation, with every value that the index holds, in every form.

What a new endpoint needs to be walked is its :class:`Operation`; nothing is named here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from contentapi.index import terms
from contentapi.index.reader import Reader
from contentapi.web import every, grammar, params, present
from contentapi.web.addresses import spelled
from contentapi.web.app import OPERATIONS
from contentapi.web.call import Operation, Segments
from tests.web.client import Got, Site

#: What asks for an answer of another form, beside the one that is given unasked.
ANY = "*/*"
ACCEPTED = ("application/json", "text/html", "text/markdown", "image/x-none")
#: Queries that are refused, and told why.
REFUSED = ("?unknown=1", "?include=unknown", "?fields=unknown", "?sort=unknown", "?limit=0", "?cursor=unknown")


@dataclass
class Walk:
    """One walk through everything; a ``brief`` one leaves out queries, but for one that asks for all there is.

    ``asked`` has each target once, with the Accept header it was asked with.
    """

    site: Site
    brief: bool = False
    asked: set[tuple[str, str]] = field(default_factory=set)

    def answers(self) -> Iterator[tuple[str, Got]]:
        """Each answer once, as text: its target, its status, its headers and body."""
        for target, accept in dict.fromkeys((*self.targets(), *_nowhere(brief=self.brief))):
            self.asked.add((target, accept))
            yield f"{target} ({accept})", self.site.get(target, accept=accept)

    # -- what there is to ask

    def targets(self) -> list[tuple[str, str]]:
        """The address of every operation with every value, alone and with each of its parameters, in every form."""
        with self.site.index.reading() as reader:
            return [
                asked
                for operation in OPERATIONS
                for segments in every.combinations(operation, reader)
                for asked in _of(operation, reader, segments, brief=self.brief)
            ]

    def methods(self) -> Iterator[tuple[str, Got]]:
        """What a method that is not served is told, and what a browser asks before it asks."""
        for operation in OPERATIONS:
            address = spelled(operation.path, {one.name: "nowhere" for one in operation.segments})
            for method in ("POST", "OPTIONS", "HEAD", "TRACE"):
                yield f"{method} {address}", self.site.request(method, address)


def _nowhere(*, brief: bool) -> Iterator[tuple[str, str]]:
    """What leads nowhere: the errors that name what there is instead."""
    for operation in OPERATIONS:
        address = spelled(operation.path, {one.name: "nowhere" for one in operation.segments})
        yield from ((address + refused, ANY) for refused in ("", *(() if brief else REFUSED)))
    yield from ((address, ANY) for address in ("/nowhere", "/v1/nowhere", "/v1/page", f"/v1/pages/{'x' * 8100}"))


def _of(operation: Operation, reader: Reader, segments: Segments, *, brief: bool) -> Iterator[tuple[str, str]]:
    address = spelled(operation.path, segments)
    yield from ((address, accept) for accept in (ANY, *(ACCEPTED if operation.offers else ())))
    yield from ((f"{address}{ending}", ANY) for ending in dict.fromkeys((".md", *operation.endings)))
    yield from (
        (address + query, ANY) for query in itertools.islice(_queries(operation, reader, segments), brief or None)
    )


def _queries(operation: Operation, reader: Reader, segments: Segments) -> Iterator[str]:
    resource = operation.shows(reader, segments)
    if resource is not None:
        yield f"?include={','.join(present.names(resource))}"
        yield from (f"?fields={name}" for name in present.names(resource))
    for one in operation.declared(reader, segments):
        yield from (f"?{urlencode({one.name: value})}" for value in _values(one, reader))
    fields = operation.fields(reader, segments) if operation.fields else ()
    yield from (f"?sort={sign}{name}" for name in grammar.sortable(fields) for sign in ("", "-"))
    for one in fields:
        values = (*one.allowed, *_known(reader, one.column)) if one.kind == "term" else one.allowed
        yield from (f"?{urlencode({one.name: value})}" for value in values)
        if one.kind != "flag":
            yield from (f"?{one.name}__missing={flag}" for flag in ("true", "false"))


def _values(one: params.Param, reader: Reader) -> Iterator[str]:
    if isinstance(one, params.Choice):
        yield from one.allowed
    elif isinstance(one, params.Flag):
        yield from ("true", "false")
    elif isinstance(one, params.Integer):
        yield from (str(one.least), str(one.most))
    elif isinstance(one, params.Text):
        yield from (value for value in _texts(reader) if value)
    elif isinstance(one, params.Words) and one.allowed:
        yield from one.allowed


def _known(reader: Reader, kind: str) -> list[str]:
    return [one.slug for one in terms.every(reader, kind)]  # type: ignore[arg-type]


def _texts(reader: Reader) -> list[str]:
    """What a free text may be about: the public paths, and the words that stand in titles."""
    rows = reader.rows("true")
    words = itertools.chain.from_iterable(row.title.split() for row in rows)
    return list(dict.fromkeys([*(row.path for row in rows if row.path), *words]))[:60]
