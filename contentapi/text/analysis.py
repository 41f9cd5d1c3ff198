"""What a text is found by: its words, folded and stemmed. One analyser for index, query and snippets.

A word is a run of letters and digits. Capitals, accents and ligatures are folded, French elisions (*l'*, *d'*, *qu'*, with
either apostrophe) are let go, *aujourd'hui* is one word. What is folded is stemmed by Snowball (https://snowballstem.org):
in English where the text is English, else in French.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, Literal, NamedTuple, TypeVar

import Stemmer

from contentapi.text import folding

T = TypeVar("T")
Language = Literal["en", "fr"]

#: Letters and digits, and the marks that stand on them in a decomposed spelling; apostrophes hold them together.
_LETTERS: Final = r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*"
_RUN: Final = re.compile(rf"{_LETTERS}(?:['’ʼ]{_LETTERS})*")
#: The words in such a run. Apart, the halves of *aujourd'hui* would be something else.
_PART: Final = re.compile(rf"(?i:aujourd['’ʼ]hui(?![^\W_]))|{_LETTERS}")
_APOSTROPHE: Final = re.compile("['’ʼ]")
_ELIDED: Final = frozenset({
    "c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu",
})  # fmt: skip
#: What words that stand nearly everywhere say of a question: nothing. Folded.
_COMMON: Final = frozenset({
    "a", "ai", "ainsi", "alors", "as", "au", "aucun", "aussi", "autre", "aux", "avec", "avez", "avoir", "avons",
    "bien", "c", "ca", "car", "ce", "ceci", "cela", "celle", "celles", "celui", "ces", "cet", "cette", "ceux", "chez",
    "ci", "combien", "comme", "comment", "d", "dans", "de", "des", "devez", "devons", "dois", "doit", "doivent",
    "donc", "dont", "du", "elle", "elles", "en", "encore", "est", "et", "etait", "etes", "etre", "eu", "eux", "faire",
    "fait", "faut", "il", "ils", "j", "je", "l", "la", "laquelle", "le", "lequel", "les", "lesquelles", "lesquels",
    "leur", "leurs", "lui", "m", "ma", "mais", "me", "meme", "mes", "moi", "mon", "n", "ne", "ni", "nos", "notre",
    "nous", "on", "ont", "ou", "par", "pas", "peu", "peut", "peuvent", "peux", "plus", "pour", "pourquoi", "pouvez",
    "pouvons", "puis", "qu", "quand", "que", "quel", "quelle", "quelles", "quelqu", "quels", "qui", "quoi", "s", "sa",
    "sans", "se", "ses", "si", "soi", "sommes", "son", "sont", "sous", "suis", "sur", "t", "ta", "te", "tes", "toi",
    "ton", "tous", "tout", "toute", "toutes", "tres", "tu", "un", "une", "va", "vers", "veut", "veux", "vos", "votre",
    "vous", "y", "about", "an", "and", "are", "at", "be", "been", "but", "by", "can", "did", "do", "does", "for",
    "from", "had", "has", "have", "how", "i", "in", "is", "it", "its", "of", "or", "our", "that", "the", "their",
    "they", "this", "to", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "you",
    "your",
})  # fmt: skip
#: Longer words are cut, as nobody looks for them, and what is longer is not kept.
_LONGEST: Final = 64


class Word(NamedTuple):
    """One word of a text: where it stands, and what it is when folded."""

    start: int
    end: int
    folded: str


def language(lang: str) -> Language:
    """The language whose rules are used for a BCP 47 tag: English for English, French for everything else."""
    return "en" if lang[:2].lower() == "en" and lang[2:3] in {"", "-", "_"} else "fr"


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    for run in _RUN.finditer(text):
        for start, end, folded in _parts(run[0]):
            yield Word(run.start() + start, run.start() + end, folded)


def folded(text: str) -> list[str]:
    """The words of a text, folded."""
    return list(chain.from_iterable(map(_FOLDED.__getitem__, pieces(text))))


def pieces(text: str) -> list[str]:
    """What stands between the blanks of a text. No word goes beyond one, and the same ones come again and again."""
    return text.split()


@lru_cache(maxsize=65_536)
def _parts(run: str) -> tuple[Word, ...]:
    """The words in a run of letters and apostrophes."""
    if len(run) > _LONGEST and "'" not in run and "’" not in run:
        return (Word(0, len(run), folding.fold(run[:_LONGEST])),)
    found = [
        Word(one.start(), one.end(), _APOSTROPHE.sub("", folding.fold(one[0][:_LONGEST])))
        for one in _PART.finditer(run)
    ]
    last = len(found) - 1
    return tuple(one for place, one in enumerate(found) if one.folded and (place == last or one.folded not in _ELIDED))


def stem(word: str, language: Language) -> str:
    """What a folded word has in common with its other forms."""
    return _STEMS[language][word]


def stems(pieces: Iterable[str], language: Language) -> str:
    """The words of such pieces as the index keeps them: their stems, with a space between two."""
    return " ".join(filter(None, map(_STEMS_OF_PIECES[language].__getitem__, pieces)))


def spelled(pieces: Iterable[str]) -> str:
    """The words of such pieces that others may be corrected to, folded, with a space between two."""
    return " ".join(filter(None, map(_SPELLED.__getitem__, pieces)))


def _is_spelled(word: str) -> bool:
    """A number is what it is, and what is shorter than three letters is near too many others."""
    return len(word) > 2 and (word.isalpha() or not any(character.isdigit() for character in word))


def _stemmed(name: str) -> Callable[[str], str]:
    stemmer = Stemmer.Stemmer(name, 0)
    # What is folded has lost the accents that French rules look at: only the second round takes `equipees` to `equip`.
    return lambda word: str(stemmer.stemWord(stemmer.stemWord(word)))


class _Kept(dict[str, T]):
    """What is made of a word, once, as long as there are not too many: a text asks for the same ones again and again."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, written: str) -> T:
        made = self._make(written)
        if len(written) <= _LONGEST:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[written] = made
        return made


_MOST_KEPT: Final = 65_536


def _words_of(piece: str) -> tuple[str, ...]:
    """The words in a piece of text, folded: nearly always one."""
    if piece.isascii() and piece.isalnum():
        return (piece[:_LONGEST].lower(),)
    return tuple(word for run in _RUN.findall(piece) for _, _, word in _parts(run))


_FOLDED: Final = _Kept(_words_of)
_STEMS: Final[dict[Language, _Kept[str]]] = {"en": _Kept(_stemmed("english")), "fr": _Kept(_stemmed("french"))}
_SPELLED: Final = _Kept(lambda piece: " ".join(filter(_is_spelled, _FOLDED[piece])))


def _of_pieces(stems: Mapping[str, str]) -> _Kept[str]:
    return _Kept(lambda piece: " ".join(map(stems.__getitem__, _FOLDED[piece])))


_STEMS_OF_PIECES: Final = {language: _of_pieces(stems) for language, stems in _STEMS.items()}


def common(word: str) -> bool:
    """Whether a folded word is one that says nothing of what is looked for."""
    return word in _COMMON
