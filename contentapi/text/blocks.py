"""HTML as the blocks that a reader sees one below the other, with what each takes to be laid out: text, depth, picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLANKS = re.compile(r"[ \t\n\r\f]+")
#: What begins a line of its own.
_BLOCK = frozenset({
    "p", "li", "dt", "dd", "pre", "blockquote", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section",
    "article", "header", "footer", "ul", "ol", "dl", "figure", "table", "caption", "details", "summary", "address",
    "aside", "main", "nav", "hgroup", "center", "hr",
})  # fmt: skip
_BOLD = frozenset({"strong", "b"})
#: What is as wide as the box of a task.
_BOX = "\N{BALLOT BOX}"
#: What its blocks stand further in for.
_INDENTS = frozenset({"ul", "ol", "dd", "blockquote"})


@dataclass(frozen=True, slots=True)
class Block:
    """One block: what it is (the tag that holds its text), its lines of text, how many times it stands further in.

    ``size`` is that of a picture, in pixels as written; ``cells`` the texts of the row of a table; ``bold`` how much of the
    text is bold, from 0 to 1.
    """

    tag: str
    lines: tuple[str, ...] = ()
    depth: int = 0
    size: tuple[int, int] | None = None
    cells: tuple[str, ...] = ()
    bold: float = 0.0


def blocks(html: str) -> list[Block]:
    """The blocks of an HTML fragment, in the order in which they are read."""
    if not html.strip():
        return []
    tree = LexborHTMLParser(f"<div>{html}</div>", is_fragment=True)
    top = tree.css_first("div")
    return list(_walk(top, "p", 0)) if top is not None else []


def _walk(node: LexborNode, tag: str, depth: int) -> Iterator[Block]:
    run: list[str] = []
    bold = 0
    for child in node.iter(include_text=True):
        name = child.tag or ""
        if name == "-text":
            run.append(child.text_content or "")
        elif name == "br":
            run.append("\v")
        elif name in _BLOCK or name == "img" or (child.css_first("img") is not None):
            yield from _text(run, tag, depth, bold)
            run, bold = [], 0
            yield from _block(child, name, depth)
        elif name == "input":
            run.append(_BOX)
        else:
            run.append((child.text(deep=True) or "").replace("\v", " "))
            bold += len(run[-1]) if name in _BOLD or child.css_first(":is(strong, b)") is not None else 0
    yield from _text(run, tag, depth, bold)


def _block(node: LexborNode, name: str, depth: int) -> Iterator[Block]:
    if name == "img":
        yield Block("img", size=_size(node), depth=depth)
    elif name == "pre":
        yield Block("pre", tuple((node.text(deep=True) or "").rstrip("\n").split("\n")), depth)
    elif name == "hr":
        yield Block("hr", depth=depth)
    elif name == "table":
        for row in node.css("tr"):
            yield Block("tr", depth=depth, cells=tuple(_flat(cell.text(deep=True)) for cell in row.css(":is(td, th)")))
    else:
        yield from _walk(node, name if name in _BLOCK else "p", depth + (name in _INDENTS))


def _size(node: LexborNode) -> tuple[int, int] | None:
    written = [node.attributes.get(name) or "" for name in ("width", "height")]
    if not all(one.isdecimal() and 0 < len(one) < 6 and int(one) for one in written):
        return None
    return int(written[0]), int(written[1])


def _text(run: list[str], tag: str, depth: int, bold: int) -> Iterator[Block]:
    text = "".join(run)
    lines = tuple(_flat(line) for line in text.split("\v"))
    if any(lines):
        yield Block(tag, lines, depth, bold=round(min(bold / len(text), 1.0), 3))


def _flat(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")
