"""What is done to rendered HTML before a parser sees it, so that no document can forge, swallow or stall anything."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final


def take(html: str) -> tuple[str, bool]:
    """HTML that is safe to parse: without control characters, its frames closed, its elements not nested too deep.

    Also whether some were, and are gone; what they held stays.
    """
    return _flatten(_close_frames(_without_controls(html)))


#: Nobody can type them; U+001F is also the mark of references, which no text may forge.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NUMBER: Final = re.compile(
    r"&#(?:[xX](?=[0-9a-fA-F])0*+([0-9a-fA-F]{0,6})(?![0-9a-fA-F])|(?=[0-9])0*+([0-9]{0,7})(?![0-9]));?"
)
#: To HTML the numbers 128 to 159 are characters of Windows-1252, of which five are none.
_NO_CHARACTERS: Final = frozenset({*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D})


def _without_controls(html: str) -> str:
    """The HTML without control characters, those that stand in it by number included."""
    if "&#" in html:
        html = _NUMBER.sub(_as_character, html)
    return _CONTROLS.sub("", html)


def _as_character(match: re.Match[str]) -> str:
    number = int(match[1] or "0", 16) if match[1] is not None else int(match[2] or "0")
    return "\ufffd" if number in _NO_CHARACTERS else match[0]


_FRAME: Final = re.compile(r"<(/?)iframe(?=[\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>", re.IGNORECASE)


def _close_frames(html: str) -> str:
    """The HTML with each frame closed: one that is not (``<iframe … />`` is none) would hold the rest of the document."""
    frames = list(_FRAME.finditer(html))
    parts: list[str] = []
    done = 0
    for frame, following in zip(frames, [*frames[1:], None], strict=False):
        if not frame[1] and not (following is not None and following[1]):
            parts += [html[done : frame.end()], "</iframe>"]
            done = frame.end()
    return "".join([*parts, html[done:]]) if parts else html


#: How many elements may be open at once, and how many of those that the parser opens again in every block after them.
#: Parsers, the sanitiser and browsers are slow beyond, and no page is built like that.
MAX_DEPTH: Final = 200
_MAX_FORMATTING: Final = 30
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_UNCOUNTED = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup",
})  # fmt: skip
_ANY_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>?")


def _flatten(html: str) -> tuple[str, bool]:
    """The HTML without the tags that stand too deep, and whether there were any; their text stays."""
    if html.count("<") <= 2 * MAX_DEPTH:
        return html, False
    opened: Counter[str] = Counter()
    depth = formatting = 0
    found_deep = False

    def keep(match: re.Match[str]) -> str:
        nonlocal depth, formatting, found_deep
        name = match[2].lower()
        if name in _UNCOUNTED:
            return match[0]
        step = 1
        if match[1]:
            if not opened[name]:
                return match[0]
            step = -1
        elif depth >= MAX_DEPTH or (name in _FORMATTING and formatting >= _MAX_FORMATTING):
            found_deep = True
            return ""
        opened[name] += step
        depth += step
        formatting += step * (name in _FORMATTING)
        return match[0]

    flat = _ANY_TAG.sub(keep, html)
    return flat, found_deep
