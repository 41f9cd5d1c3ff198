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
#: So many words with the same first letters are looked at.
_MOST: Final = 4000
#: A fault further in leaves the first two letters as they are.
_FIRST: Final = 2


def corrected(reader: Reader, word: str, found: Callable[[str], bool]) -> str | None:
    """What a folded word that is in no document was meant to be; None when nothing is near. ``found``: is it listed?"""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return None
    letters = set(word)
    near = [
        (_distance(word, one), -count, one)
        for one, count in _beside(reader, word[:_FIRST])
        if abs(len(one) - len(word)) <= 2 and len(letters.symmetric_difference(one)) <= 4
    ]
    if all(distance > 1 for distance, _, _ in near):
        near += [(1, -count, one) for one, count in _known(reader, _faulty_start(word))]
    most = 2 if len(word) >= _TWO_FAULTS else 1
    ranked = sorted(one for one in near if one[0] <= most)
    return next((one for _, _, one in ranked[:5] if found(one)), None)


def _known(reader: Reader, words: Iterator[str]) -> list[tuple[str, int]]:
    found = ((word, reader.select("SELECT doc FROM word WHERE term = ?", (word,)).get) for word in sorted(set(words)))
    return [(word, count) for word, count in found if count]


def _beside(reader: Reader, first: str) -> list[tuple[str, int]]:
    """The words with the same first letters, each with the number of documents that hold it."""
    return reader.once(f"words in {first}", lambda reader: _words_in(reader, first))


def _words_in(reader: Reader, first: str) -> list[tuple[str, int]]:
    after = first[:-1] + chr(min(ord(first[-1]) + 1, 0x10FFFF))
    rows = reader.select("SELECT term, doc FROM word WHERE term >= ? AND term < ? LIMIT ?", (first, after, _MOST))
    return [(term, count) for term, count in rows if _SHORTEST - 1 <= len(term) <= _LONGEST + 2]


def _faulty_start(word: str) -> Iterator[str]:
    """What one fault in the first letters makes of a word: a letter less, more, another, or two that changed places."""
    for place in range(_FIRST + 1):
        left, right = word[:place], word[place:]
        for letter in string.ascii_lowercase:
            yield left + letter + right
            if place < _FIRST:
                yield left + letter + right[1:]
        if place < _FIRST:
            yield left + right[1:]
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
