"""Descriptions as HTML: paragraphs between blank lines, lists of `- ` lines, code between backticks; no more of Markdown."""

from __future__ import annotations

import re

from contentapi.web.pages.elements import Html, element, join

_CODE = re.compile(r"`([^`]+)`")


def line(text: str) -> Html:
    """A text within a paragraph."""
    parts = _CODE.split(text)
    return join(element("code", part) if place % 2 else part for place, part in enumerate(parts))


def paragraphs(text: str | None) -> Html:
    """A text of paragraphs and lists; nothing when there is none."""
    found = [part.strip() for part in re.split(r"\n\s*\n", text or "")]
    return join(_block(part) for part in found if part)


def _block(part: str) -> Html:
    if not part.startswith("- "):
        return element("p", line(part))
    return element("ul", *(element("li", line(item)) for item in re.split(r"(?:^|\n)- ", part)[1:]))
