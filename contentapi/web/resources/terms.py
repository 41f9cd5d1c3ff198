"""``/v1/authors``, ``/v1/tags``, ``/v1/categories``: the people and terms that articles name, with counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contentapi.errors import NotFound
from contentapi.index import terms
from contentapi.index.reader import Reader
from contentapi.web import call as calls
from contentapi.web import present
from contentapi.web.answers import Answer
from contentapi.web.call import Call, Many, One, Operation, Segment, Segments
from contentapi.web.resources import fields, single


def _list(kind: terms.Kind, plural: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        every = [present.of_term(call.reader, call.addresses, one) for one in terms.every(call.reader, kind)]
        return calls.subjects(call, every, present.BY_KIND[kind], depends=plural)

    return handler


def _get(kind: terms.Kind) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        slug, suffix = call.segments["slug"], ""
        found = terms.find(call.reader, kind, slug)
        stem = single.unsuffixed(slug)
        if found is None and stem is not None:
            found, suffix = terms.find(call.reader, kind, stem), single.SUFFIX
        if found is None:
            raise NotFound(kind, slug)
        subject = present.of_term(call.reader, call.addresses, found)
        return single.negotiated(call, subject, present.BY_KIND[kind], suffix=suffix, offers=single.TEXTS)

    return handler


def _operations() -> Iterator[Operation]:
    for plural, kind in terms.COLLECTIONS.items():
        title = plural.capitalize()
        yield Operation(
            f"/v1/{plural}",
            f"list{title}",
            f"{title} that articles name, with counts",
            _list(kind, plural),
            title,
            answer=Many(present.BY_KIND[kind]),
            fields=fields.terms,
        )
        yield Operation(
            f"/v1/{plural}/{{slug}}",
            f"get{kind.capitalize()}",
            f"One {kind}",
            _get(kind),
            title,
            answer=One(present.BY_KIND[kind]),
            segments=(Segment("slug", f"The slug of the {kind}.", _slugs(kind)),),
            offers=single.TEXTS,
        )


def _slugs(kind: terms.Kind) -> Callable[[Reader, Segments], list[str]]:
    return lambda reader, _: [one.slug for one in terms.every(reader, kind)]


OPERATIONS = tuple(_operations())
