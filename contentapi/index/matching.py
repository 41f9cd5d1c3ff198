"""What a question means to the index: each unit as an expression of FTS5, and as a test of the words of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from contentapi.index import postings, spelling
from contentapi.index.reader import Reader
from contentapi.text import analysis, marks, question
from contentapi.text.analysis import Language
from contentapi.text.marks import Marker
from contentapi.text.question import Question, Unit

#: A beginning of fewer letters says too little to go on from.
_SHORTEST_PREFIX: Final = 2
#: So many words that begin as the last one does are looked up, for stems that are shorter than what is typed.
_MOST_CONTINUED: Final = 30


@dataclass(frozen=True, slots=True)
class Term:
    """One unit as the index can be asked for it: its ``choices``, any of which will do; by language, what answers it."""

    choices: tuple[str, ...]
    stems: tuple[tuple[Language, frozenset[str]], ...]
    prefix: str | None = None

    @property
    def expression(self) -> str:
        """Any of the choices, each a phrase of FTS5."""
        return " OR ".join(self.choices)

    def within(self, columns: str) -> str:
        """The expression, in some columns only."""
        return f"{{{columns}}} : ({self.expression})"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put to the index; ``corrected`` is its text, where a word had to be put right."""

    terms: tuple[Term, ...]
    without: tuple[Term, ...]
    corrected: str | None = None


def languages(reader: Reader) -> tuple[Language, ...]:
    """The languages whose rules the listed documents were read by."""
    return reader.once("languages of the search", _languages)


def _languages(reader: Reader) -> tuple[Language, ...]:
    rows = reader.select("SELECT DISTINCT lang FROM document WHERE served AND NOT hidden")
    found: set[Language] = {analysis.language(lang) for (lang,) in rows}
    return tuple(sorted(found))


def ask(reader: Reader, text: str, *, correct: bool = True) -> Asked:
    """What a text asks of the index. A word that nothing holds is put right, if it can be."""
    read = question.read(text)
    right = text
    if correct:
        read, right = _corrected(reader, read, text)
    return Asked(
        tuple(term(reader, unit) for unit in read.units),
        tuple(term(reader, unit) for unit in read.without),
        right if right != text else None,
    )


def _corrected(reader: Reader, read: Question, text: str) -> tuple[Question, str]:
    sets = postings.of(reader)
    units = list(read.units)
    for place, unit in sorted(enumerate(read.units), key=lambda one: -one[1].start):
        if unit.word is None or unit.quoted or sets.matching(reader, term(reader, unit).expression):
            continue
        meant = spelling.corrected(reader, unit.word, lambda word: bool(_holders(reader, word)))
        if meant is not None:
            units[place] = replace(unit, words=(meant,), prefix=False)
            text = text[: unit.start] + meant + text[unit.end :]
    return Question(tuple(units), read.without), text


def _holders(reader: Reader, word: str) -> int:
    return postings.of(reader).matching(reader, term(reader, Unit((word,), 0, 0)).expression)


def term(reader: Reader, unit: Unit) -> Term:
    """A unit as the index can be asked for it."""
    found: dict[Language, set[str]] = {one: set() for one in languages(reader)}
    choices: dict[str, None] = {}
    for language, stems in found.items():
        stemmed = [analysis.stem(word, language) for word in unit.words]
        choices[_phrase(" ".join(stemmed))] = None
        stems.update(stemmed)
        if unit.joined is not None:
            stems.add(analysis.stem(unit.joined, language))
            choices[_phrase(analysis.stem(unit.joined, language))] = None
    prefix = unit.word if unit.prefix and unit.word and len(unit.word) >= _SHORTEST_PREFIX else None
    if prefix is not None:
        choices[f"{_phrase(prefix)} *"] = None
        for stem in _continued(reader, prefix):
            choices[_phrase(stem)] = None
    return Term(tuple(choices) or ('""',), tuple((one, frozenset(stems)) for one, stems in found.items()), prefix)


def entitled(reader: Reader, text: str, *, whole: bool) -> str:
    """The expression of titles that begin with all the words of a text, common ones too.

    The last word may go on, unless the text is the ``whole`` of it.
    """
    words = analysis.folded(text)
    if not words:
        return '""'
    choices: dict[str, None] = {}
    for language in languages(reader):
        stems = [analysis.stem(word, language) for word in words]
        choices[_phrase(" ".join(stems))] = None
        if not whole:
            choices[f"{_phrase(' '.join([*stems[:-1], words[-1]]))} *"] = None
    return " OR ".join(f"({{title}} : ^ {one})" for one in choices) or '""'


def _phrase(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'


def _continued(reader: Reader, prefix: str) -> list[str]:
    """The stems of words that begin so, where the stem is cut before the beginning ends (*constructio*)."""
    after = prefix[:-1] + chr(min(ord(prefix[-1]) + 1, 0x10FFFF))
    rows = reader.select("SELECT term FROM word WHERE term >= ? AND term < ? LIMIT ?", (prefix, after, _MOST_CONTINUED))
    words = [word for (word,) in rows]
    stems = {analysis.stem(word, language) for word in words for language in languages(reader)}
    return sorted(stem for stem in stems if not stem.startswith(prefix))


def marker(terms: Sequence[Term], lang: str) -> Marker:
    """Finds what answers the terms, in texts of a language."""
    language = analysis.language(lang)
    units = [marks.Unit(dict(one.stems).get(language, frozenset()), one.prefix) for one in terms]
    return Marker(language, units)
