"""Every address that can be asked without a query: each operation with all the values that its variable parts may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contentapi.index.reader import Reader
from contentapi.web.addresses import spelled
from contentapi.web.call import Operation, Segments


@dataclass(frozen=True, slots=True)
class Address:
    """One address as it is spelled, below that of the API, and the operation that answers it.

    ``main`` is False for one that may be nothing: with an ending, which asks for another form, or only leading onward.
    """

    path: str
    operation: Operation
    main: bool = True


def addresses(operations: Iterable[Operation], reader: Reader) -> Iterator[Address]:
    """The addresses of operations that ask for no query, in their order; each is named once.

    Some may answer 404: an ending where there is no such form, a redirect that leads in a circle.
    """
    seen: set[str] = set()
    for operation in operations:
        if needs_query(operation):
            continue
        for segments in combinations(operation, reader):
            path = spelled(operation.path, segments)
            for ending in ("", *operation.endings):
                if path + ending not in seen:
                    seen.add(path + ending)
                    yield Address(path + ending, operation, main=not ending)
        yield from (Address(path, operation, main=False) for path in operation.onward if path not in seen)


def needs_query(operation: Operation) -> bool:
    """Whether it says nothing to who asks without a query."""
    return any(getattr(one, "required", False) for one in operation.params)


def combinations(operation: Operation, reader: Reader) -> Iterator[Segments]:
    """Every combination of values that the variable parts of its path may have."""
    yield from _combined(operation, reader, {}, 0)


def _combined(operation: Operation, reader: Reader, known: dict[str, str], at: int) -> Iterator[Segments]:
    if at == len(operation.segments):
        yield known
        return
    one = operation.segments[at]
    for value in one.all(reader, known):
        yield from _combined(operation, reader, {**known, one.name: value}, at + 1)
