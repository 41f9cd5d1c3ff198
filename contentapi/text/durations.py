"""Durations as people write them, and as ISO 8601 spells them: "6 à 9 semaines" is ``P6W`` to ``P9W``.

The words are the vocabulary's. What is doubtful is no duration: a bound ("plus de 6 mois"), a rhythm ("tous les six
mois"), a moment ("il y a 6 mois"), a part ("2 mois et demi", "1,5 an"), a range that goes down ("un an et deux mois").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from contentapi.model import Duration, Vocabulary
from contentapi.text.vocabulary import alternatives, fold

_DAYS = {"Y": 365.25, "M": 365.25 / 12, "W": 7.0, "D": 1.0}
_PERIOD = re.compile(r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?")
# A month is not four weeks, and nobody who writes "12 mois" means anything but a year.
_TOLERANCE = 0.03
# As far as the words before a unit or a number are looked at.
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A duration of a text, and where it stands: ``text[start:end]``."""

    start: int
    end: int
    duration: Duration


def find(text: str, vocabulary: Vocabulary) -> list[Found]:
    """The durations of a text, in order. Linear, and quick where a text names no unit of time, as most do."""
    grammar = _grammar_of(vocabulary)
    folded = fold(text)
    found = (grammar.read(text, folded, match) for match in grammar.matches(folded))
    return [one for one in found if one]


def may_hold(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a text, or HTML, names a unit of time at all: where it does not, there is no need to look closer."""
    return _grammar_of(vocabulary).unit.search(fold(text)) is not None


def parse(text: str, vocabulary: Vocabulary) -> Duration | None:
    """The duration that the whole text is, in words or as ISO 8601 (``P6W``, ``P6W/P9W``); None when it is none."""
    written = " ".join(text.split())
    if written.startswith("P"):
        return _period(written)
    found = find(written, vocabulary)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(written)):
        return None
    return found[0].duration


def days(duration: Duration) -> tuple[float, float] | None:
    """The two ends in days, to compare and not to show: a month is a twelfth of a year. None if one is unvocabulary."""
    low, high = _days(duration.min), _days(duration.max)
    return None if low is None or high is None else (low, high)


def same(one: Duration, other: Duration) -> bool:
    """Whether two durations say the same: each end within 3 % ("12 mois", "un an")."""
    a, b = days(one), days(other)
    if a is None or b is None:
        return False
    return all(abs(x - y) <= _TOLERANCE * max(x, y) for x, y in zip(a, b, strict=True))


# ---------------------------------------------------------------------------------------------------------------------
# ISO 8601
# ---------------------------------------------------------------------------------------------------------------------


def _period(written: str) -> Duration | None:
    low, slash, high = written.partition("/")
    return _ordered(Duration(low, high if slash else low, written))


def _ordered(duration: Duration) -> Duration | None:
    """The duration, unless it has no length or goes down."""
    ends = days(duration)
    return duration if ends and 0 < ends[0] <= ends[1] else None


def _days(period: str | None) -> float | None:
    match = _PERIOD.fullmatch(period or "")
    if match is None:
        return None
    return sum(int(number or 0) * length for number, length in zip(match.groups(), _DAYS.values(), strict=True))


# ---------------------------------------------------------------------------------------------------------------------
# Vocabulary
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The patterns of one vocabulary, for folded texts, and what its words mean."""

    unit: re.Pattern[str]
    duration: re.Pattern[str]
    phase: tuple[str, ...]
    before: tuple[str, ...]
    after: re.Pattern[str]
    units: Mapping[str, str]
    numbers: Mapping[str, int]

    def matches(self, text: str) -> list[re.Match[str]]:
        """What looks like a duration: for each unit, what leads to it. A range takes in what its first end passed for.

        It starts from the units because they are rare. Nothing is looked at further back than the match before, so
        that a text of nothing but durations costs no more than its length.
        """
        matches: list[re.Match[str]] = []
        for unit in self.unit.finditer(text):
            last = matches[-1] if matches else None
            start = max(unit.start() - _BEFORE, last.start() if last else 0)
            match = self._match(text, start, unit.end())
            if match and last and match.start() <= last.start():
                matches[-1] = match
            elif match and (last is None or last.end() <= match.start()):
                matches.append(match)
        return matches

    def _match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        match = self.duration.search(text, start, end)
        if match and match["second"] and _ends_with(text, match.start(), self.phase):
            # The first number counts phases ("phase 2 – 6 mois"): it is no end of a range.
            match = self.duration.search(text, match.start("second"), end)
        return match

    def read(self, text: str, folded: str, match: re.Match[str]) -> Found | None:
        """What a match says, or None when its neighbours make it something else."""
        start = match.start("first") if match["opening"] and not match["second"] else match.start()
        end = match.end()
        if self._is_part(folded, start) or self.after.match(folded, end):
            return None
        duration = self._duration(match, " ".join(text[start:end].split()))
        return Found(start, end, duration) if duration else None

    def _is_part(self, text: str, start: int) -> bool:
        """Whether what stands before is a word that misleads, or another number ("1 000", "cent deux")."""
        return text[max(0, start - 4) : start].rstrip()[-1:].isdecimal() or _ends_with(text, start, self.before)

    def _duration(self, match: re.Match[str], written: str) -> Duration | None:
        first = self._number(match["first"], match["first_again"])
        second = self._number(match["second"], match["second_again"]) if match["second"] else first
        if first is None or second is None:
            return None
        unit = self.units[match["unit"]]
        first_unit = self.units[match["first_unit"]] if match["first_unit"] else unit
        return _ordered(Duration(f"P{first}{first_unit}", f"P{second}{unit}", written))

    def _number(self, written: str, again: str | None) -> int | None:
        """The value of a number; None when it is written twice ("six (6) mois") and the two disagree."""
        value = self._value(written)
        return value if again is None or self._value(again) == value else None

    def _value(self, written: str) -> int:
        return int(written) if written.isdecimal() else self.numbers[written]


def _ends_with(text: str, end: int, phrases: tuple[str, ...]) -> bool:
    """Whether one of these phrases stands, whole, right before a place."""
    before = text[max(0, end - _BEFORE) : end].rstrip()
    if not before.endswith(phrases):
        return False
    return any(
        before.endswith(one) and not (one[0].isalnum() and before[: -len(one)][-1:].isalnum()) for one in phrases
    )


def _grammar_of(vocabulary: Vocabulary) -> _Grammar:
    # A vocabulary holds mappings, so it has no hash: what the patterns are made of has one.
    return _grammar(
        tuple(vocabulary.units.items()),
        tuple(vocabulary.numbers.items()),
        (vocabulary.ranges, vocabulary.opening, vocabulary.phase),
        (vocabulary.frequency, vocabulary.misleading_before, vocabulary.misleading_after),
    )


@lru_cache(maxsize=8)
def _grammar(
    units: tuple[tuple[str, str], ...],
    numbers: tuple[tuple[str, int], ...],
    joining: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    excluding: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> _Grammar:
    ranges, opening, phase = joining
    frequency, before, after = excluding
    values = {fold(word): value for word, value in numbers}
    return _Grammar(
        unit=re.compile(alternatives(word for word, _ in units)),
        duration=_duration_pattern([word for word, _ in units], list(values), ranges, opening),
        phase=tuple(map(fold, phase)),
        before=tuple(map(fold, (*frequency, *before, *values))),
        after=re.compile(rf"-\w|\s*+{alternatives((*frequency, *after))}"),
        units={fold(word): designator for word, designator in units},
        numbers=values,
    )


def _duration_pattern(
    units: list[str], numbers: list[str], ranges: tuple[str, ...], opening: tuple[str, ...]
) -> re.Pattern[str]:
    """One number or a range of two, and a unit, up to the end of what is searched."""
    unit = alternatives(units)
    # At most three digits: four are a year, more are a count of something else.
    number = rf"(?:[0-9]{{1,3}}(?![0-9]|[.,][0-9])|{alternatives(numbers)})"
    # No part of a larger thing: 2,5 · 12/24 · vingt-deux.
    whole = r"(?<!\w)(?<!\w[-–—.,:/+])"
    return re.compile(
        rf"(?:(?P<opening>{alternatives(opening)})\s++)?"
        rf"{whole}(?P<first>{number})(?:\s*+\(\s*+(?P<first_again>{number})\s*+\))?"
        rf"(?:(?:\s*+(?P<first_unit>{unit}))?\s*+{alternatives(ranges)}\s*+"
        rf"(?P<second>{number})(?:\s*+\(\s*+(?P<second_again>{number})\s*+\))?)?"
        rf"\s*+(?P<unit>{unit})\Z"
    )
