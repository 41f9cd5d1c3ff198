"""Words that are in no document, put right by words that are: the nearest, and of equally near ones the most frequent."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from typing import Final

from contentapi.index.reader import Reader

#: A shorter word is near too many others, a longer one is no word.
_SHORTEST, _LONGEST = 4, 24
#: Words of at least so many letters may have two faults.
_TWO_FAULTS: Final = 6
#: So many words with the same first letters are looked at for two faults.
_MOST: Final = 4000


def corrected(reader: Reader, word: str, found: Callable[[str], bool]) -> str | None:
    """What a folded word that is in no document was meant to be; None when nothing is. ``found`` tells what is listed."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return None
    near = _known(reader, _one_fault(word))
    if not near and len(word) >= _TWO_FAULTS:
        near = [one for one in _beside(reader, word) if _distance(word, one[0]) <= 2]
    ranked = sorted(near, key=lambda one: (one[0][0] != word[0], -one[1], one[0]))
    return next((name for name, _ in ranked[:5] if found(name)), None)


def known(reader: Reader, word: str) -> bool:
    """Whether some document holds a folded word as it is spelled."""
    return bool(reader.select("SELECT 1 FROM word WHERE term = ?", (word,)).fetchone())


def _known(reader: Reader, words: Iterator[str]) -> list[tuple[str, int]]:
    found = ((word, reader.select("SELECT doc FROM word WHERE term = ?", (word,)).get) for word in sorted(set(words)))
    return [(word, count) for word, count in found if count]


def _beside(reader: Reader, word: str) -> list[tuple[str, int]]:
    """The words with the same two first letters, and about as many in all."""
    rows = reader.select("SELECT term, doc FROM word WHERE term >= ? AND term < ? LIMIT ?", (*_span(word[:2]), _MOST))
    return [(term, count) for term, count in rows if abs(len(term) - len(word)) <= 2]


def _span(prefix: str) -> tuple[str, str]:
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _one_fault(word: str) -> Iterator[str]:
    """Every word that one letter left out, put in, changed, or two that changed places, make of it."""
    for place in range(len(word) + 1):
        left, right = word[:place], word[place:]
        for letter in string.ascii_lowercase:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]


def _distance(one: str, other: str) -> int:
    """How many faults lie between two words (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, beside in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != beside))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
