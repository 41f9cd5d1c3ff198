"""How much room a text takes, without a browser: widths of characters, and lines broken as browsers break them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache

from contentapi.web.embed.words import packaged

#: After these, a line may end.
_BREAKS = re.compile(r"(?<=[ \u2013\u2014-])(?=[^ ])")


@cache
def _widths() -> Mapping[str, Mapping[str, int]]:
    read = tomllib.loads(packaged("metrics.toml"))
    return {
        weight: {sign: int(width) for width, signs in table.items() if width != "other" for sign in signs}
        for weight, table in read.items()
    }


def width(text: str, *, bold: bool = False) -> float:
    """The width of a text on one line, in em."""
    table = _widths()["bold" if bold else "regular"]
    return sum(table.get(sign, 100) for sign in text) / 100


def wrapped(text: str, room: float, *, bold: bool = False) -> list[str]:
    """The lines of a text in so many em; a word that is wider than a line goes on in the next ones."""
    found = [""]
    for word in _BREAKS.split(text):
        if found[-1] and width((found[-1] + word).rstrip(" "), bold=bold) > room:
            found.append("")
        found[-1] += word
        while width(found[-1].rstrip(" "), bold=bold) > room and len(found[-1]) > 1:
            kept = _fitting(found[-1], room, bold=bold)
            found[-1:] = [found[-1][:kept], found[-1][kept:]]
    return [line.strip(" ") for line in found]


def _fitting(text: str, room: float, *, bold: bool) -> int:
    """How many characters of a word fit; one at least."""
    taken = 0.0
    table = _widths()["bold" if bold else "regular"]
    for place, sign in enumerate(text):
        taken += table.get(sign, 100) / 100
        if taken > room:
            return max(place, 1)
    return max(len(text) - 1, 1)


def lines(text: str, room: float, *, bold: bool = False) -> int:
    """How many lines a text takes in so many em."""
    return len(wrapped(text, room, bold=bold)) if text else 0
