"""How the names of files are spelled: NFC in the index, with escapes where they cannot be spelled at all."""

from __future__ import annotations

import os
import unicodedata

#: Categories no name may hold: control characters, line and paragraph separators, halves of surrogate pairs.
_UNFIT = frozenset({"Cc", "Zl", "Zp", "Cs"})
#: The ASCII characters that another character becomes under NFC (KELVIN SIGN, GREEK QUESTION MARK, GREEK VARIA).
_REACHABLE = frozenset("K;`")


def plain(name: str) -> bool:
    """Whether a name is so plain that nothing else needs to be asked: printable ASCII."""
    return name.isascii() and name.isprintable()


def alone(name: str) -> bool:
    """Whether no other spelling of this name exists, so that finding it needs no look at its neighbours."""
    return plain(name) and _REACHABLE.isdisjoint(name)


def composed(name: str) -> str:
    """The name as the index spells it (NFC)."""
    return unicodedata.normalize("NFC", name)


def defect(name: str) -> str | None:
    """Why a name cannot be served, as the start of a sentence; None when it can."""
    if plain(name):
        return None
    found = {unicodedata.category(character) for character in name} & _UNFIT
    if "Cs" in found:
        return "This name is not UTF-8"
    return "This name holds a control character or a line break" if found else None


def escaped(name: str) -> str:
    r"""The name in characters that anything can show: ``caf\xe9.md`` for bytes, ``a\nb.md`` for control characters."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    unfit = {character for character in text if unicodedata.category(character) in _UNFIT}
    return "".join(ascii(character)[1:-1] if character in unfit else character for character in text)
