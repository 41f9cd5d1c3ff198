"""French order as a string: keys whose plain code-point order is the order in which a reader expects to find titles.

The key is stored beside the row, so that any SQLite (``BINARY`` collation) sorts as this module does, without a locale
and without ICU. It has levels, each asked only when those before it are equal:

1. what is read: letters without accents and case, numbers by their value, blanks;
2. accents, compared from the end of the word, as French dictionaries do (*cote, côte, coté, côté*);
3. case, small letters first;
4. what the first level passes over: punctuation, leading zeros, extra blanks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

# Most of a text is plain small letters: they are taken a run at a time.
_PARTS = re.compile(r"[a-z]+|\d+|.", re.DOTALL)

# What needs no closer look, as much of front matter does: words of plain letters.
_PLAIN_WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")

# Below every character of a level, so that the shorter of two strings comes first.
_LEVEL = "\x01"
_SPACE = " "
# Puts signs (emoji, currencies, whatever Unicode has not named yet) after the letters of every script.
_AFTER_LETTERS = "\U0010fffd"

_PLAIN = "!"
_CAPITAL = '"'
_CASES = str.maketrans({" ": None} | dict.fromkeys(ascii_lowercase, _PLAIN) | dict.fromkeys(ascii_uppercase, _CAPITAL))
# Letters that Unicode does not take apart, and that French readers look for under these.
_SPELLED_OUT = {"œ": "oe", "æ": "ae", "ø": "o"}
_LIGATURE = "#"

# Two digits of length are enough for any number that a person wrote; longer ones are compared as text.
_LONGEST = 99


@lru_cache(maxsize=16_384)
def sort_key(text: str) -> str:
    """The key of ``text``: that of ``a`` is below that of ``b`` when a French reader looks for ``a`` before ``b``."""
    if _PLAIN_WORDS.fullmatch(text):
        return f"{text.lower()}{_LEVEL}{_LEVEL}{text.translate(_CASES).rstrip(_PLAIN)}".rstrip(_LEVEL)
    levels = _Levels()
    for part in _PARTS.findall(unicodedata.normalize("NFKD", text)):
        levels.add(part)
    rest = _storable(text) if levels.skipped or levels.blank else ""
    return _LEVEL.join(("".join(levels.read), levels.accents(), levels.case(), rest)).rstrip(_LEVEL)


@dataclass(slots=True)
class _Levels:
    """The levels of one key while it is built: one mark of accent and one of case for each unit of what is read."""

    read: list[str] = field(default_factory=list)
    accent_marks: list[str] = field(default_factory=list)
    case_marks: list[str] = field(default_factory=list)
    skipped: bool = False
    blank: bool = False

    def add(self, part: str) -> None:
        """Add a run of plain letters, a run of digits, or one other character, decomposed."""
        kind = unicodedata.category(part[0])
        if "a" <= part[0] <= "z":
            self._add_units(part, len(part))
        elif kind == "Nd":
            self._add_number(part)
        elif kind.startswith("M"):
            self._add_accent(part)
        elif kind.startswith("Z") or part in "\t\n\v\f\r":
            self.skipped |= self.blank or not self.read or part != _SPACE
            self.blank = True
        elif kind.startswith("P") or kind in {"Cc", "Cf", "Cs"}:
            self.skipped = True
        elif kind.startswith(("L", "N")):
            self._add_letter(part)
        else:
            self._add_units(_AFTER_LETTERS + part)

    def accents(self) -> str:
        """The second level: from the end, because French gives way to the last accent."""
        return "".join(reversed(self.accent_marks)).rstrip(_PLAIN)

    def case(self) -> str:
        """The third level."""
        return "".join(self.case_marks).rstrip(_PLAIN)

    def _add_number(self, digits: str) -> None:
        """Add a run of digits: its length, then its digits, so that 9 comes before 10."""
        value = "".join(str(unicodedata.decimal(digit)) for digit in digits)
        significant = value.lstrip("0") or "0"
        self.skipped |= significant != digits
        self._add_units(f"{min(len(significant), _LONGEST):02}{significant}")

    def _add_letter(self, character: str) -> None:
        small = character.lower()
        letters = _SPELLED_OUT.get(small) or character.casefold()
        accent = _PLAIN if letters == small else _LIGATURE
        self._add_units(letters, len(letters), accent, _PLAIN if character == small else _CAPITAL)

    def _add_units(self, read: str, count: int = 1, accent: str = _PLAIN, case: str = _PLAIN) -> None:
        if self.blank and self.read:
            self.read.append(_SPACE)
        self.blank = False
        self.read.append(read)
        self.accent_marks.extend([accent] * count)
        self.case_marks.extend([case] * count)

    def _add_accent(self, mark: str) -> None:
        if self.accent_marks:
            self.accent_marks[-1] = self.accent_marks[-1].lstrip(_PLAIN) + mark
        else:
            self.skipped = True


def _storable(text: str) -> str:
    """The text as the last tie-break: one spelling, and nothing that a database cannot hold or that ends a level."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(one) in {"Cc", "Cs"} else one for one in composed)
