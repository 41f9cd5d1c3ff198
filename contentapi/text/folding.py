"""Folding of text for comparisons that ignore capitals, accents and ligatures (Unicode NFKD, case folding)."""

from __future__ import annotations

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'"})


def fold(text: str) -> str:
    """The text in lower case without accents; ``œ`` is ``oe``, a no-break space is a space."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LIGATURES)
