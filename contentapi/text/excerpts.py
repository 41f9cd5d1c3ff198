"""Pieces of a text that show where the words of a question stand: cut from the original, escaped, with ``<mark>``."""

from __future__ import annotations

import html
import itertools
from collections.abc import Sequence

from contentapi.text.marks import Mark, Marker

#: How many characters an excerpt has, about.
LENGTH = 240
#: So many characters are kept before the first mark, for its context.
_BEFORE = 40
#: In so many characters of a text a place is looked for.
LOOKED_AT = 100_000
#: So many marks are weighed against each other.
_MOST_MARKS = 200


def marked(text: str, marker: Marker) -> str:
    """The whole text, escaped, with its wanted words marked."""
    return _marked(text, list(marker.find(text)), 0, len(text))


def answers(text: str, marker: Marker) -> frozenset[int]:
    """The units of the question that a text answers."""
    return frozenset(mark.unit for mark in itertools.islice(marker.find(text[:LOOKED_AT]), _MOST_MARKS))


def excerpt(text: str, marker: Marker, length: int = LENGTH) -> str:
    """About ``length`` characters of a text, where most of what is wanted stands; its start, where nothing of it does."""
    text = text[:LOOKED_AT]
    found = list(itertools.islice(marker.find(text), _MOST_MARKS))
    start, end = _window(text, found, length)
    cut = _marked(text, found, start, end)
    return f"{'…' if start else ''}{' '.join(cut.split())}{'…' if end < len(text.rstrip()) else ''}"


def _window(text: str, found: Sequence[Mark], length: int) -> tuple[int, int]:
    """Where the excerpt begins and ends: at the edges of words."""
    if len(text) <= length:
        return 0, len(text)
    most, place, last = 0, 0, 0
    for first, mark in enumerate(found):
        while last < len(found) and found[last].end <= mark.start + length - _BEFORE:
            last += 1
        units = len({one.unit for one in found[first:last]})
        if units > most:
            most, place = units, mark.start
    start = max(0, min(place - _BEFORE, len(text) - length))
    if start:
        # A line is a block: what begins one needs nothing before it.
        line = text.rfind("\n", start, place)
        space = text.find(" ", start, place)
        start = line + 1 if line >= 0 else space + 1 if space >= 0 else place
    end = min(len(text), start + length)
    space = text.rfind(" ", start + length // 2, end)
    return start, end if end == len(text) or space < 0 else space


def _marked(text: str, found: Sequence[Mark], start: int, end: int) -> str:
    parts, at = [], start
    for mark in found:
        if mark.start >= start and mark.end <= end:
            parts += [html.escape(text[at : mark.start], quote=False), "<mark>", text[mark.start : mark.end], "</mark>"]
            at = mark.end
    return "".join([*parts, html.escape(text[at:end], quote=False)])
