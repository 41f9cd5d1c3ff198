"""The ids of headings, as kramdown's GFM parser makes them: the anchors that links on a Jekyll site already use."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Two of the code points that are no characters (Unicode 16, 23.7).
PICTURE: Final = "\ufdd0"
HYPHEN: Final = "\ufdd1"
_DASHES: Final = re.compile("-{2,3}")


def heading_id(text: str) -> str:
    """The id kramdown's GFM parser gives a heading of that text (before it is made unique): letters keep their accents.

    Lower case; all but letters, marks, digits, ``_``, ``-`` and blanks goes; each blank becomes ``-``. kramdown sets
    ``--`` and ``---`` as dashes first, which then go too.
    """
    # In raw HTML a heading may take several lines.
    one_line = " ".join(line.strip() for line in text.split("\n")) if "\n" in text else text
    return _DASHES.sub("", one_line.lower()).translate(_KEPT) or "section"


class _Kept(dict[int, str | None]):
    """A table for ``str.translate``: what of a heading stays in its id. Each character is looked up once."""

    def __missing__(self, point: int) -> str | None:
        category = unicodedata.category(chr(point))
        self[point] = chr(point) if category[0] in "LM" or category in {"Nd", "Nl", "Pc"} else None
        return self[point]


_KEPT: Final = _Kept({ord(blank): "-" for blank in (" ", "\t", "-", HYPHEN)})


def unique(base: str, used: dict[str, int]) -> str:
    """A name that none has: the base, else with the next number; ``used`` has the last number of each base."""
    name = base
    while name in used:
        used[base] += 1
        name = f"{base}-{used[base]}"
    used[name] = 0
    return name
