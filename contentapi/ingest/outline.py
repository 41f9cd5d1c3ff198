"""What sanitised HTML says, read back from it: its text, headings, sections, anchors and first paragraph.

Nothing unsafe reaches any form of a body, as all of them come from the sanitised one. Of that HTML it is known how it is
written (tags in lower case, every value between double quotes, no ``<`` in text or values), so that no parser is needed.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from contentapi.model import Heading, Section

_LEVELS: Final = {f"h{level}": level for level in range(1, 7)}
#: The blocks that only end a line, and those that also mean something here.
_BREAKS: Final = (
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "header", "hr", "li", "main", "nav", "ol", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
)  # fmt: skip
_BREAK: Final = re.compile(rf"</?(?:{'|'.join(_BREAKS)})(?:\s[^>]*)?>")
_BLOCK: Final = re.compile(r"<(/?)(h[1-6]|p|pre)((?:\s[^>]*)?)>")
#: Stands for a block that only ends a line: no sanitised HTML holds it.
_END: Final = "\0"
_TAG: Final = re.compile(r"<[^>]*>")
_ANCHOR: Final = re.compile(r'<[^>]*?\s(?:id|name)="([^"]*)"')
_ID: Final = re.compile(r'\sid="([^"]*)"')
_PICTURE: Final = re.compile(r'<img\s[^>]*?alt="([^"]*)"[^>]*>')
#: The mark of a footnote and the way back to it: they lead somewhere and say nothing.
_SIGNPOST: Final = re.compile(
    r'<sup class="footnote-ref">.*?</sup>|<a href="[^"]*" class="footnote-backref">.*?</a>', re.DOTALL
)
#: Soft hyphens and what has no width: nobody sees them, and a word is found without them.
_UNSEEN: Final = "\u00ad\u200b\u2060\ufeff"
_WIDE: Final = str.maketrans(dict.fromkeys("\u00a0\u202f\u2007", " "))


@dataclass(frozen=True, slots=True)
class Outline:
    """``text`` has a line for each block, in which every blank is a space; ``anchors`` are the ids and names of it."""

    text: str
    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]
    anchors: tuple[str, ...]
    first_paragraph: str


def read(html: str) -> Outline:
    """The outline of HTML as :func:`contentapi.ingest.html.sanitise` writes it."""
    anchors = tuple(entities.unescape(name) for name in _ANCHOR.findall(html))
    if "footnote-" in html:
        html = _SIGNPOST.sub("", html)
    pieces = _BLOCK.split(_BREAK.sub(_END, _without_unseen(html)))
    reader = _Reader(pieces[0])
    for closing, name, attributes, text in zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True):
        if reader.depth:
            reader.within_heading(closing, name)
        else:
            reader.end_lines()
            if closing:
                reader.close(name)
            else:
                reader.open(name, attributes)
        reader.current += text
    reader.end_lines()
    return Outline(
        text="\n".join(reader.lines),
        headings=tuple(reader.headings),
        sections=tuple(reader.sections()),
        anchors=anchors,
        first_paragraph=reader.paragraph or reader.first_line,
    )


@dataclass(slots=True)
class _Reader:
    """Takes the HTML block by block. ``starts`` are the lines that are headings; no line is empty.

    ``current`` is what stands since the last block, as HTML.
    """

    current: str
    lines: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    paragraph: str = ""
    first_line: str = ""
    paragraph_start: int = 0
    preformatted: bool = False
    #: Of the heading that is open: its level and id, and how many headings are open within each other.
    level: int = 0
    identifier: str = ""
    depth: int = 0

    def open(self, name: str, attributes: str) -> None:
        if name in _LEVELS:
            match = _ID.search(attributes)
            self.level, self.identifier = _LEVELS[name], entities.unescape(match[1]) if match else ""
            self.depth = 1
        elif name == "p":
            self.paragraph_start = len(self.lines)
        elif name == "pre":
            self.preformatted = True

    def close(self, name: str) -> None:
        if name == "p":
            self.paragraph = self.paragraph or " ".join(self.lines[self.paragraph_start :])
        elif name == "pre":
            self.preformatted = False

    def within_heading(self, closing: str, name: str) -> None:
        """Whatever blocks a heading holds, it is one line."""
        if name in _LEVELS:
            self.depth += -1 if closing else 1
        if self.depth:
            self.current += _END
        else:
            self._end_heading()

    def end_lines(self) -> None:
        html, self.current = self.current, ""
        for written in html.split(_END):
            if not written or written.isspace():
                continue
            plain = _plain(written)
            line = plain.translate(_WIDE).strip("\n") if self.preformatted else " ".join(plain.split())
            if line:
                self.lines.append(line)
                self.first_line = self.first_line or line

    def sections(self) -> Iterator[Section]:
        lead = "\n".join(self.lines[: self.starts[0]] if self.starts else self.lines)
        if lead:
            yield Section(0, None, "", lead)
        for heading, start, end in zip(self.headings, self.starts, [*self.starts[1:], len(self.lines)], strict=False):
            # The first line of a section is the heading itself.
            yield Section(heading.level, heading.id, heading.text, "\n".join(self.lines[start + 1 : end]))

    def _end_heading(self) -> None:
        html, self.current = self.current.replace(_END, " "), ""
        # One that holds only a picture says what the picture shows; one that says nothing is none.
        title = " ".join(_plain(html).split()) or " ".join(_plain(_PICTURE.sub(r" \1 ", html)).split())
        if title:
            self.starts.append(len(self.lines))
            self.headings.append(Heading(self.level, self.identifier, title))
            self.lines.append(title)


def _without_unseen(html: str) -> str:
    for character in _UNSEEN:
        html = html.replace(character, "")
    return html


def _plain(html: str) -> str:
    text = _TAG.sub("", html) if "<" in html else html
    return entities.unescape(text) if "&" in text else text
