"""HTML: where it ends, and what of it holds Markdown (``<div markdown="1">``)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from markdown_it.rules_block import StateBlock, code, html_block

from contentapi.ingest.kramdown.dialect import Dialect
from contentapi.ingest.kramdown.lines import begin

#: The elements that hold blocks of Markdown where their tag says so, and those that hold a line of it.
_OF_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "fieldset", "figcaption", "figure",
    "footer", "form", "header", "li", "main", "nav", "section", "td",
})  # fmt: skip
_OF_LINES: Final = frozenset({"dt", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "p", "summary", "th"})
_ATTRIBUTES: Final = r"""(?:[^<>"']|"[^"]*"|'[^']*')*+"""
_SAYS_SO: Final = re.compile(
    r"""<(?P<name>[A-Za-z][A-Za-z1-6]*+)(?=\s)(?P<before>(?:[^<>"']|"[^"]*"|'[^']*')*?)"""
    r"""\smarkdown\s*=\s*(?:"(?P<double>\w+)"|'(?P<single>\w+)'|(?P<bare>\w+))"""
    rf"""(?P<after>(?=[\s/>]){_ATTRIBUTES})>"""
)
#: Any tag of an element that may hold Markdown, for sites where each does.
_ANY: Final = re.compile(
    rf"<(?P<name>(?:{'|'.join(sorted(_OF_BLOCKS | _OF_LINES))}))(?=[\s>])(?P<before>{_ATTRIBUTES})(?P<after>)>",
    re.IGNORECASE,
)
_FIRST_TAG: Final = re.compile(rf"<(?P<end>/?)(?P<name>[A-Za-z][\w-]*+)(?=[\s/>]){_ATTRIBUTES}>")
_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
#: What is rarely left open by mistake; an element of these goes on over empty lines.
_CONTAINER: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<end>/?)(?:article|aside|details|div|figure|footer|form|header|main|nav|ol|section|table|ul)"
    rf"(?=[\s/>]){_ATTRIBUTES}>",
    re.DOTALL | re.IGNORECASE,
)
_TAG_OR_COMMENT: Final = re.compile(r"</?[A-Za-z]|<!--")
#: What stands in a line of text: where Markdown is read within HTML, a line that begins with one is a paragraph.
_IN_A_LINE: Final = re.compile(
    r"</?(?:a|abbr|b|big|br|button|cite|code|del|em|i|img|ins|kbd|mark|q|s|small|span|strong|sub|sup|time|u|var)(?=[\s/>])",
    re.IGNORECASE,
)
#: How many such elements may lie within each other.
_MAX_WITHIN: Final = 20


@dataclass(frozen=True, slots=True)
class _Element:
    """An element whose tag says that it holds Markdown: its tag without saying so, and where its content lies."""

    tag: str
    of_blocks: bool
    content: int
    closing: int


def raw_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """HTML as CommonMark has it, up to the first element within whose tag says ``markdown="1"``: that is read as such."""
    if state.env.get("html_depth") and _IN_A_LINE.match(state.src, begin(state, start)):
        return False
    if silent or state.is_code_block(start) or not state.src.startswith("<", begin(state, start)):
        return html_block(state, start, end, silent)
    if not state.env.get("markdown_within"):
        return html_block(state, start, _end_of_first(state, start, end), silent)
    element = _element(state, start, end)
    if element is not None:
        _take_element(state, element, start)
        return True
    last = _next_element(state, start, end)
    return html_block(state, start, min(last, _end_of_first(state, start, last)), silent)


def indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """Code, unless it is a tag within an element that is still open: there it stands further in for its looks only."""
    if silent or not state.is_code_block(start) or not _TAG_OR_COMMENT.match(state.src, begin(state, start)):
        return code(state, start, end, silent)
    if not _is_within_element(state):
        return code(state, start, end, silent)
    element = _element(state, start, end) if state.env.get("markdown_within") else None
    if element is not None:
        _take_element(state, element, start)
        return True
    last = _next_element(state, start, end) if state.env.get("markdown_within") else end
    line = start
    while line < last and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        line += 1
    _push(state, state.getLines(start, line, state.blkIndent, keepLastLF=True), start, line)
    return True


def has_markdown_within(text: str, dialect: Dialect) -> bool:
    """Whether the HTML of a text may hold an element that holds Markdown."""
    if dialect is Dialect.MARKDOWN_IN_HTML:
        return "<" in text
    return "markdown=" in text and _SAYS_SO.search(text) is not None


def _push(state: StateBlock, content: str, start: int, end: int) -> None:
    token = state.push("html_block", "", 0)
    token.map, token.content = [start, end], content
    state.line = end


def _is_within_element(state: StateBlock) -> bool:
    """Whether the HTML so far has an element open. It is read once, however often this is asked."""
    seen, depth = state.env.get("html_seen", (0, 0))
    for token in state.tokens[seen:]:
        if token.type == "html_block":
            for tag in _CONTAINER.finditer(token.content):
                if tag["end"] is not None:
                    depth = max(0, depth - 1) if tag["end"] else depth + 1
    state.env["html_seen"] = (len(state.tokens), depth)
    return bool(depth)


def _element(state: StateBlock, line: int, end: int) -> _Element | None:
    """The element whose tag begins a line and says that it holds Markdown, if that ends within these lines."""
    last = state.eMarks[end - 1]
    match = _tag(state, line, last)
    if match is None or state.env.get("html_depth", 0) >= _MAX_WITHIN:
        return None
    name = match["name"].lower()
    said = _said(match)
    if said not in {"1", "block", "span"} or name not in _OF_BLOCKS | _OF_LINES:
        return None
    closing = _closing(state, name, match.end(), last)
    if closing is None:
        return None
    of_blocks = said == "block" or (said == "1" and name in _OF_BLOCKS)
    return _Element(f"<{match['name']}{match['before']}{match['after']}>", of_blocks, match.end(), closing)


def _tag(state: StateBlock, line: int, last: int) -> re.Match[str] | None:
    match = _SAYS_SO.match(state.src, begin(state, line), last)
    if match is None and state.env["dialect"] is Dialect.MARKDOWN_IN_HTML:
        return _ANY.match(state.src, begin(state, line), last)
    return match


def _said(match: re.Match[str]) -> str:
    written = match.groupdict()
    return str(written.get("double") or written.get("single") or written.get("bare") or "1").lower()


def _end_of_first(state: StateBlock, start: int, end: int) -> int:
    """The line after that on which the first element of this HTML ends, where HTML goes no further than that."""
    if state.env["dialect"] is Dialect.COMMONMARK and not state.env.get("html_depth"):
        return end
    match = _FIRST_TAG.match(state.src, begin(state, start), state.eMarks[end - 1])
    if match is None:
        return end
    name = match["name"].lower()
    if match["end"] or name in _VOID:
        return _line_of(state, match.end(), start) + 1
    closing = _closing(state, name, match.end(), state.eMarks[end - 1])
    return _line_of(state, closing, start) + 1 if closing is not None else end


def _next_element(state: StateBlock, start: int, end: int) -> int:
    """The line below on which such an element begins, and the HTML above it ends; else the end of the lines."""
    lines: list[int] | None = state.env.get("markdown_lines")
    if lines is None:
        found = (state.src.startswith("<", begin(state, line)) for line in range(state.lineMax))
        lines = [line for line, begins in enumerate(found) if begins and _tag(state, line, len(state.src)) is not None]
        state.env["markdown_lines"] = lines
    place = bisect_right(lines, start)
    while place < len(lines) and lines[place] < end:
        if _element(state, lines[place], end) is not None:
            return lines[place]
        del lines[place]
    return end


def _closing(state: StateBlock, name: str, position: int, last: int) -> int | None:
    """Where the element ends that begins before ``position``; what is never closed is not looked for again."""
    unclosed: set[str] = state.env.setdefault("html_unclosed", set())
    if name in unclosed:
        return None
    depth = 1
    for tag in re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE).finditer(state.src, position, last):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start()
    unclosed.add(name)
    return None


def _take_element(state: StateBlock, element: _Element, start: int) -> None:
    first, last = _line_of(state, element.content, start), _line_of(state, element.closing, start)
    _push(state, f"{element.tag}\n", start, first + 1)
    if element.of_blocks:
        with _between(state, element, first, last):
            state.md.block.tokenize(state, first, last + 1)
    else:
        inline = state.push("inline", "", 0)
        inline.content = " ".join(state.src[element.content : element.closing].split())
        inline.map, inline.children = [first, last + 1], []
    _push(state, f"{state.src[element.closing : state.eMarks[last]]}\n", last, last + 1)


def _line_of(state: StateBlock, position: int, line: int) -> int:
    while state.eMarks[line] < position:
        line += 1
    return line


@contextmanager
def _between(state: StateBlock, element: _Element, first: int, last: int) -> Iterator[None]:
    """The lines of an element without its tags, as far in as the least of them, as if they began at the margin."""
    marks = state.bMarks[first], state.tShift[first], state.sCount[first], state.eMarks[last]
    kept = state.blkIndent, state.lineMax, state.tight, state.ddIndent
    before = state.tShift[last], state.sCount[last]
    state.eMarks[last] = element.closing
    state.bMarks[first], state.tShift[first] = element.content, 0
    rest = state.src[element.content : state.eMarks[first]]
    state.tShift[first] = len(rest) - len(rest.lstrip(" \t"))
    state.sCount[first] = kept[0] if rest.strip() else state.sCount[first]
    if last != first and not state.src[state.bMarks[last] : element.closing].strip():
        state.tShift[last] = element.closing - state.bMarks[last]
    depths = [state.sCount[line] for line in range(first, last + 1) if not state.isEmpty(line)]
    state.blkIndent, state.lineMax, state.ddIndent = min(depths, default=kept[0]), last + 1, -1
    state.env["html_depth"] = state.env.get("html_depth", 0) + 1
    try:
        yield
    finally:
        state.env["html_depth"] -= 1
        state.tShift[last], state.sCount[last] = before
        state.bMarks[first], state.tShift[first], state.sCount[first], state.eMarks[last] = marks
        state.blkIndent, state.lineMax, state.tight, state.ddIndent = kept
