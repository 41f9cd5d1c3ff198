"""Pieces of a text that show where the words of a question stand: cut from the original, escaped, with ``<mark>``."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from contentapi.text import analysis
from contentapi.text.analysis import Word

#: Of a folded word: which unit of the question it answers; None when it answers none.
Wanted = Callable[[str], int | None]

#: How many characters an excerpt has, about.
LENGTH = 240
#: So many characters are kept before the first mark, for its context.
_BEFORE = 40
#: In so many characters of a text a place is looked for.
_LOOKED_AT = 100_000


def marked(text: str, wanted: Wanted) -> str:
    """The whole text, escaped, with its wanted words marked."""
    return _marked(text, _found(text, wanted), 0, len(text))


def answers(text: str, wanted: Wanted) -> frozenset[int]:
    """The units of the question that a text answers."""
    found = {wanted(word) for word in set(analysis.folded(text[:_LOOKED_AT]))}
    return frozenset(one for one in found if one is not None)


def excerpt(text: str, wanted: Wanted, length: int = LENGTH) -> str:
    """About ``length`` characters of a text, where most of what is wanted stands; its start, where nothing of it does."""
    text = text[:_LOOKED_AT]
    found = _found(text, wanted)
    start, end = _window(text, found, wanted, length)
    cut = _marked(text, found, start, end)
    return f"{'…' if start else ''}{' '.join(cut.split())}{'…' if end < len(text.rstrip()) else ''}"


def _found(text: str, wanted: Wanted) -> list[Word]:
    return [word for word in analysis.words(text) if wanted(word.folded) is not None]


def _window(text: str, found: Sequence[Word], wanted: Wanted, length: int) -> tuple[int, int]:
    """Where the excerpt begins and ends: at the edges of words."""
    if len(text) <= length:
        return 0, len(text)
    most, place, last = 0, 0, 0
    for first, word in enumerate(found):
        while last < len(found) and found[last].end <= word.start + length - _BEFORE:
            last += 1
        units = {wanted(one.folded) for one in found[first:last][:50]}
        if len(units) > most:
            most, place = len(units), word.start
    start = max(0, min(place - _BEFORE, len(text) - length))
    if start:
        # A line is a block: what begins one needs nothing before it.
        line = text.rfind("\n", start, place)
        space = text.find(" ", start, place)
        start = line + 1 if line >= 0 else space + 1 if space >= 0 else place
    end = min(len(text), start + length)
    space = text.rfind(" ", start + length // 2, end)
    return start, end if end == len(text) or space < 0 else space


def _marked(text: str, found: Sequence[Word], start: int, end: int) -> str:
    parts, at = [], start
    for word in found:
        if word.start >= start and word.end <= end:
            parts += [html.escape(text[at : word.start], quote=False), "<mark>", text[word.start : word.end], "</mark>"]
            at = word.end
    return "".join([*parts, html.escape(text[at:end], quote=False)])
