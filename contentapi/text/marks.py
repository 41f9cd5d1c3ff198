"""Where the words of a question stand in a text, whatever their form, capitals and accents.

A text is not analysed whole: a pattern finds the words that begin as a stem does, and only of those it is asked whether they
have it. That is many times as fast, and as exact, since Snowball does not change how a word begins.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from contentapi.text import analysis, folding
from contentapi.text.analysis import Language

_MARKS: Final = "[\u0300-\u036f]*"
_FIRST_FURTHER: Final = "\u0100"
_FURTHER: Final = re.compile("[\u0100-\u017f]")
#: So many letters of a stem its words have in common, if it has one more.
_SHARED: Final = 3


class Mark(NamedTuple):
    """A word of a text that answers a unit of the question."""

    start: int
    end: int
    unit: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What answers one unit: a word with one of these stems, or one that begins so."""

    stems: frozenset[str]
    prefix: str | None = None


class Marker:
    """Finds the words that answer a question, in texts of one language."""

    def __init__(self, language: Language, units: Sequence[Unit]) -> None:
        self._language = language
        self._units = units
        beginnings = {stem[: max(1, min(_SHARED, len(stem) - 1))] for one in units for stem in one.stems if stem}
        beginnings |= {one.prefix[:_SHARED] for one in units if one.prefix}
        self._beginnings = tuple(sorted(beginnings))
        self._known: dict[str, int | None] = {}

    def find(self, text: str) -> Iterator[Mark]:
        """The words of a text that answer, in order."""
        if not self._beginnings:
            return
        # One for one, so that places stay what they are: `ø` is in the first 256 letters, and folded to the same first one.
        searched = text.replace("œ", "ø").replace("Œ", "Ø")
        for match in _compiled(self._beginnings, wide=_FURTHER.search(searched) is not None).finditer(searched):
            written = text[match.start() : match.end()]
            if written not in self._known:
                self._known[written] = self._answered(written)
            unit = self._known[written]
            if unit is not None:
                yield Mark(match.start(), match.end(), unit)

    def _answered(self, written: str) -> int | None:
        word = "".join(analysis.folded(written))
        stem = analysis.stem(word, self._language)
        for place, one in enumerate(self._units):
            if stem in one.stems or (one.prefix is not None and word.startswith(one.prefix)):
                return place
        return None


@lru_cache(maxsize=512)
def _compiled(beginnings: tuple[str, ...], *, wide: bool) -> re.Pattern[str]:
    """Matches the words that are folded to one of these beginnings; ``wide``: in letters beyond the first 256, too.

    A pattern with those costs twice as much to make, and hardly a text has any.

    It starts with a set of letters, which is looked for much faster than anything else; what stands before the letter and
    which of the set it is, is looked at behind it.
    """
    letters = "".join(sorted({letter for one in beginnings for letter in _letters(one[0], wide)}))
    choices = [f"(?<=[{re.escape(_letters(one[0], wide))}]){_MARKS}{_rest(one, wide)}" for one in beginnings]
    if any("aujourdhui".startswith(one) for one in beginnings):
        choices.insert(0, "(?<=[aA])(?i:ujourd['’ʼ]hui)")
    return re.compile(
        rf"[{re.escape(letters)}](?<![^\W_].)(?<![\u0300-\u036f].)(?:{'|'.join(choices)})(?:[^\W_]|{_MARKS[:-1]})*"
    )


def _rest(beginning: str, wide: bool) -> str:  # noqa: FBT001 - it is passed on
    """Matches what follows the first letter. Of a ligature the second letter is not there to be matched."""
    found = ""
    for before, letter in itertools.pairwise(beginning):
        ligature = letter == "e" and before in "oa"
        found += f"[{re.escape(_letters(letter, wide))}]{'?' if ligature else ''}{_MARKS}"
    return found


@cache
def _variants() -> dict[str, str]:
    """The letters of Latin scripts by the first letter that each is folded to."""
    found: dict[str, str] = {}
    for letter in map(chr, range(0xC0, 0x180)):
        folded = folding.fold(letter)
        if folded[:1].isascii() and folded[:1].isalpha():
            found[folded[0]] = found.get(folded[0], "") + letter
    return found


@cache
def _letters(letter: str, wide: bool) -> str:  # noqa: FBT001 - it is passed on
    """Whatever is folded to a letter."""
    # Snowball makes `die` of *dying*, `pai` of *pays*: which of the two it was, the stem no longer says.
    every = "".join(one + one.upper() + _variants().get(one, "") for one in ("iy" if letter == "i" else letter))
    return every if wide or not letter.isascii() else "".join(one for one in every if one < _FIRST_FURTHER)
