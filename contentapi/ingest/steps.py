"""Work in steps: a generator that yields wherever others of its kind may catch up, and returns what it made.

Many documents are made sooner when all of them take one step before any takes the next (docs/adr/0024).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")

Steps = Generator[None, None, T]


def made(steps: Steps[T]) -> T:
    """What is made in these steps, one right after the other."""
    (result,) = together([steps])
    return result


def together(every: Iterable[Steps[T]]) -> list[T]:
    """What each of them makes: all take one step before any takes the next. Raises what the first raises that fails."""
    under_way = dict(enumerate(every))
    results: dict[int, T] = {}
    while under_way:
        for place, steps in list(under_way.items()):
            try:
                next(steps)
            except StopIteration as end:
                results[place] = end.value
                del under_way[place]
    return [results[place] for place in range(len(results))]
