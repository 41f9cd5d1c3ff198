"""What someone asks a search: words, phrases between quotation marks, and what is not wanted.

Any text is a question. ``"…"`` and ``« … »`` hold a phrase, ``-`` before a word or a phrase excludes it; nothing else is a
sign. Common words (*le*, *comment*, *the*) count only in phrases, or alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from contentapi.text import analysis

_TOKEN: Final = re.compile(r'(?<!\S)(-?)(?:"([^"]*)"?|«([^»]*)»?)|(?<!\S)(-?)(\S+)|(\S+)')
_HYPHENED: Final = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)+")
#: What asks how long something takes: the *temps* in it is none that a document has to speak of.
_ASKING: Final = re.compile(r"\bcombien\s+de\s+temps\b|\bhow\s+(?:long|much\s+time)\b", re.IGNORECASE)
#: The pronouns that hang by a hyphen on the verb of a French question, and on no noun as *rendez-vous* is.
_HUNG: Final = frozenset({"il", "elle", "ils", "elles", "je"})
_HUNG_BY_T: Final = frozenset({*_HUNG, "on"})


@dataclass(frozen=True, slots=True)
class Unit:
    """What a document must hold: one word, or several in this order, folded.

    ``joined`` is another spelling that does as well (*startup* for *start-up*). A ``prefix`` may go on; what is
    ``quoted`` is meant as it is written. ``start`` and ``end`` are its place in the question.
    """

    words: tuple[str, ...]
    start: int
    end: int
    joined: str | None = None
    prefix: bool = False
    quoted: bool = False

    @property
    def word(self) -> str | None:
        """The word, where it is one."""
        return self.words[0] if len(self.words) == 1 else None


@dataclass(frozen=True, slots=True)
class Question:
    """What is wanted, each once, and what is not."""

    units: tuple[Unit, ...]
    without: tuple[Unit, ...] = ()


def read(text: str) -> Question:
    """What a text asks for. The last word, where nothing stands after it, may be the beginning of one."""
    wanted: list[Unit] = []
    without: list[Unit] = []
    for unit, excluded in _units(text):
        (without if excluded else wanted).append(unit)
    if wanted and not without and wanted[-1].word is not None and not wanted[-1].quoted:
        wanted[-1] = replace(wanted[-1], prefix=True)
    asking = [match.span() for match in _ASKING.finditer(text)]
    telling = [one for one in wanted if one.quoted or not _only_asks(one, asking)]
    once = {(one.words, one.prefix): one for one in reversed(telling or wanted)}
    return Question(tuple(reversed(once.values())), tuple(without))


def _only_asks(unit: Unit, asking: list[tuple[int, int]]) -> bool:
    return all(map(analysis.common, unit.words)) or any(first <= unit.start < last for first, last in asking)


def _units(text: str) -> Iterator[tuple[Unit, bool]]:
    for token in _TOKEN.finditer(text):
        quoted = token[2] if token[2] is not None else token[3]
        if quoted is not None:
            words = tuple(analysis.folded(quoted))
            if words:
                yield Unit(words, token.start(), token.end(), quoted=True), token[1] == "-"
        elif token[4]:
            words = tuple(analysis.folded(token[5]))
            if words:
                yield Unit(words, token.start(), token.end()), True
        else:
            yield from ((unit, False) for unit in _plain(token[0], token.start()))


def _plain(token: str, start: int) -> Iterator[Unit]:
    """The words of a token: with hyphens they are one thing, else each stands for itself."""
    match = _HYPHENED.fullmatch(token.strip("?!.,;:()"))
    if match is not None:
        words = _uninverted(analysis.folded(match[0]))
        yield Unit(words, start, start + len(token), joined="".join(words) if len(words) > 1 else None)
        return
    for word in analysis.words(token):
        yield Unit((word.folded,), start + word.start, start + word.end)


def _uninverted(words: list[str]) -> tuple[str, ...]:
    """What is one thing without the pronoun of a question: *mesure* of *mesure-t-on*."""
    if len(words) > 2 and words[-2] == "t" and words[-1] in _HUNG_BY_T:
        return tuple(words[:-2])
    return tuple(words[:-1] if words[-1] in _HUNG else words)
