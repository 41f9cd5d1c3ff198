"""What kramdown knows and CommonMark does not: definition lists, abbreviations, Markdown within HTML, HTML with gaps in it.

Sites made for Jekyll are written for kramdown (https://kramdown.gettalong.org/syntax.html), and would show its marks as
text. The rules are markdown-it's: each is asked at the start of a block, says whether it is one of its kind, and takes it.
How far HTML goes, and why: docs/adr/0026.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from markdown_it.rules_block import StateBlock, code, html_block
from markdown_it.token import Token

from contentapi.ingest import heading_ids


class Dialect(Enum):
    """How far HTML goes: up to an empty line, to the end of its element, or no further than its tags."""

    COMMONMARK = auto()
    KRAMDOWN = auto()
    #: kramdown with the option `parse_block_html`
    MARKDOWN_IN_HTML = auto()


# ---------------------------------------------------------------------------------------------------------------------
# Definition lists
# ---------------------------------------------------------------------------------------------------------------------

#: A definition: without one a text holds no list of them, and nobody needs to look.
_DEFINITION: Final = re.compile(r"^[ \t>]*:[ \t]+\S", re.MULTILINE)
#: The first signs of lines that begin another block and so are no terms.
_NO_TERM: Final = frozenset("#>|-+~<")


def has_definitions(text: str) -> bool:
    """Whether a text may hold a definition list."""
    return _DEFINITION.search(text) is not None


def definition_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """``Term`` on a line, or several terms, each on its own; below them ``: definition``, or several."""
    if not state.env.get("has_definitions"):
        return False
    if silent:  # what ends a paragraph: in a definition, the next one
        return state.ddIndent >= 0 and _text_of_definition(state, start) is not None
    group = _group(state, start, end)
    if group is None:
        return False
    opening = state.push("dl_open", "dl", 1)
    line = start
    while group is not None:
        line = _take_group(state, *group, end)
        group = _group(state, _after_gap(state, line, end), end)
    opening.map = [start, line]
    state.push("dl_close", "dl", -1)
    state.line = line
    return True


def _group(state: StateBlock, start: int, end: int) -> tuple[range, int] | None:
    """The lines of the terms that begin here, and the line of their first definition."""
    line = start
    while line < end and _is_term(state, line):
        line += 1
    terms = range(start, line)
    if line < end and state.isEmpty(line):
        line += 1
    return (terms, line) if terms and _begins_definition(state, line, end) else None


def _is_term(state: StateBlock, line: int) -> bool:
    position = state.bMarks[line] + state.tShift[line]
    if state.isEmpty(line) or state.is_code_block(line) or state.sCount[line] < state.blkIndent:
        return False
    bullet = state.src.startswith(("* ", "```"), position)
    return state.src[position] not in _NO_TERM and not bullet and _text_of_definition(state, line) is None


def _begins_definition(state: StateBlock, line: int, end: int) -> bool:
    if line >= end or state.sCount[line] < state.blkIndent or state.is_code_block(line):
        return False
    return _text_of_definition(state, line) is not None


def _text_of_definition(state: StateBlock, line: int) -> int | None:
    """Where the text begins that a line defines something by; None when it does not."""
    colon, last = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if not state.src.startswith((": ", ":\t"), colon):
        return None
    text = state.skipSpaces(colon + 1)
    return text if text < last else None


def _take_group(state: StateBlock, terms: range, line: int, end: int) -> int:
    for term in terms:
        state.push("dt_open", "dt", 1).map = [term, term + 1]
        inline = state.push("inline", "", 0)
        inline.content = state.src[state.bMarks[term] + state.tShift[term] : state.eMarks[term]].strip()
        inline.map, inline.children = [term, term + 1], []
        state.push("dt_close", "dt", -1)
    while True:
        after = _take_definition(state, line, end)
        line = _after_gap(state, after, end)
        if not _begins_definition(state, line, end):
            return after


def _take_definition(state: StateBlock, line: int, end: int) -> int:
    opening = state.push("dd_open", "dd", 1)
    first = len(state.tokens)
    shift, count = state.tShift[line], state.sCount[line]
    indents, tight = (state.blkIndent, state.ddIndent), state.tight
    text = _text_of_definition(state, line) or 0
    # Whatever stands further in than the colon is part of it; the text beside the colon is never code.
    state.blkIndent = state.ddIndent = state.sCount[line] = count + 2
    state.tShift[line] = text - state.bMarks[line]
    state.md.block.tokenize(state, line, end)
    state.tShift[line], state.sCount[line] = shift, count
    (state.blkIndent, state.ddIndent), state.tight = indents, tight
    if not state.isEmpty(line - 1) and state.tokens[first].type == "paragraph_open":
        state.tokens[first].hidden = state.tokens[first + 2].hidden = True
    after = state.line
    while after > line + 1 and state.isEmpty(after - 1):
        after -= 1  # a gap below it belongs to nobody
    opening.map = [line, after]
    state.push("dd_close", "dd", -1)
    return after


def name_terms(tokens: Sequence[Token]) -> None:
    """Gives the terms of lists with ``{:auto_ids}`` the ids that headings of their text would have."""
    named = False
    for index, token in enumerate(tokens):
        if token.type == "dl_open":
            named = bool(token.meta.get("auto_ids"))
        elif token.type == "dt_open" and named and token.attrGet("id") is None:
            token.attrSet("id", heading_ids.heading_id(_MARKS.sub("", tokens[index + 1].content)))


#: What stands around code, bold and italic text.
_MARKS: Final = re.compile(r"[`*_]")


def _after_gap(state: StateBlock, line: int, end: int) -> int:
    while line < end and state.isEmpty(line):
        line += 1
    return line


# ---------------------------------------------------------------------------------------------------------------------
# Abbreviations
# ---------------------------------------------------------------------------------------------------------------------

_WORD: Final = re.compile(r"\w+")
_MOST_LONGER: Final = 50
_ABBREVIATION: Final = re.compile(r"\*\[([^\]\n]{1,100})\]:[ \t]*(.*)")


def abbreviation(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001, FBT001 - markdown-it's
    """``*[HTML]: Hyper Text Markup Language`` prints nothing, and tells what the word means wherever it stands."""
    if silent or not state.src.startswith("*[", _text(state, start)) or state.is_code_block(start):
        return False
    match = _ABBREVIATION.fullmatch(state.src, _text(state, start), state.eMarks[start])
    if match is None:
        return False
    state.env.setdefault("abbreviations", {}).setdefault(match[1].strip(), match[2].strip())
    state.line = start + 1
    return True


def tell_abbreviations(tokens: Sequence[Token], meanings: Mapping[str, str]) -> None:
    """Puts ``<abbr title="…">`` around each word of which the text says what it means."""
    # Words are looked up; what is more than a word is tried at every place, and so there may not be many.
    longer = [word for word in meanings if word and not _WORD.fullmatch(word)][:_MOST_LONGER]
    tried = [*map(re.escape, sorted(longer, key=len, reverse=True)), _WORD.pattern]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(tried)})(?!\w)")
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = [part for child in token.children for part in _told(child, pattern, meanings)]


def _told(child: Token, pattern: re.Pattern[str], meanings: Mapping[str, str]) -> Iterator[Token]:
    done = 0
    for match in pattern.finditer(child.content) if child.type == "text" else ():
        if match[0] not in meanings:
            continue
        yield Token("text", "", 0, content=child.content[done : match.start()])
        yield Token("abbr_open", "abbr", 1, attrs={"title": meanings[match[0]]} if meanings[match[0]] else {})
        yield Token("text", "", 0, content=match[0])
        yield Token("abbr_close", "abbr", -1)
        done = match.end()
    if done:
        child.content = child.content[done:]
    yield child


# ---------------------------------------------------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------------------------------------------------

_RULE_OF_TABLE: Final = re.compile(r"\|[-=:+| \t]*")
_RULE_OF_CELL: Final = re.compile(r"[-=:+\s]*")
#: What parts two cells: a bar that is neither escaped nor in code.
_PARTS: Final = re.compile(r"\\.|(`++)(?:(?!\1).)*+\1(?!`)|`++|\|")


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """Rows of a table that has no head, and the rule above one that has; every row has a bar at both ends."""
    if silent or not state.src.startswith("|", _text(state, start)) or state.env["dialect"] is Dialect.COMMONMARK:
        return False
    if state.is_code_block(start):
        return False
    if _is_rule(_line(state, start)) and start + 1 < end and _line(state, start + 1).startswith("|"):
        state.line = start + 1
        return True
    rows = _rows(state, start, end)
    if not rows or len(rows[0]) < 2:
        return False
    state.push("table_open", "table", 1).map = [start, start + len(rows)]
    state.push("tbody_open", "tbody", 1)
    for number, row in enumerate(rows, start):
        state.push("tr_open", "tr", 1).map = [number, number + 1]
        for cell in row:
            state.push("td_open", "td", 1)
            inline = state.push("inline", "", 0)
            inline.content, inline.map, inline.children = cell, [number, number + 1], []
            state.push("td_close", "td", -1)
        state.push("tr_close", "tr", -1)
    state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)
    state.line = start + len(rows)
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[_text(state, line) : state.eMarks[line]].rstrip()


def _is_rule(line: str) -> bool:
    return ("--" in line or "==" in line) and _RULE_OF_TABLE.fullmatch(line) is not None


def _rows(state: StateBlock, start: int, end: int) -> list[list[str]]:
    found: list[list[str]] = []
    for number in range(start, end):
        line = _line(state, number)
        if state.sCount[number] < state.blkIndent or len(line) < 2 or line[0] != "|" or line[-1] != "|":
            break
        found.append(_cells(line[1:-1]))
    return found


def _cells(row: str) -> list[str]:
    cells, done = [], 0
    for match in _PARTS.finditer(row):
        if match[0] == "|":
            cells.append(row[done : match.start()])
            done = match.end()
    return [cell.strip().replace("\\|", "|") for cell in (*cells, row[done:])]


def without_rules(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the rows of a table that are nothing but rules between its parts."""
    kept: list[Token] = []
    row = 0
    for token in tokens:
        kept.append(token)
        if token.type == "tr_open":
            row = len(kept) - 1
        elif token.type == "tr_close":
            cells = [one.content for one in kept[row:] if one.type == "inline"]
            if any("--" in cell or "==" in cell for cell in cells) and all(map(_RULE_OF_CELL.fullmatch, cells)):
                del kept[row:]
    return kept


# ---------------------------------------------------------------------------------------------------------------------
# HTML
# ---------------------------------------------------------------------------------------------------------------------

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
    if state.env.get("html_depth") and _IN_A_LINE.match(state.src, _text(state, start)):
        return False
    if silent or state.is_code_block(start) or not state.src.startswith("<", _text(state, start)):
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
    if silent or not state.is_code_block(start) or not _TAG_OR_COMMENT.match(state.src, _text(state, start)):
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


def _text(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


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
    match = _SAYS_SO.match(state.src, _text(state, line), last)
    if match is None and state.env["dialect"] is Dialect.MARKDOWN_IN_HTML:
        return _ANY.match(state.src, _text(state, line), last)
    return match


def _said(match: re.Match[str]) -> str:
    written = match.groupdict()
    return str(written.get("double") or written.get("single") or written.get("bare") or "1").lower()


def _end_of_first(state: StateBlock, start: int, end: int) -> int:
    """The line after that on which the first element of this HTML ends, where HTML goes no further than that."""
    if state.env["dialect"] is Dialect.COMMONMARK and not state.env.get("html_depth"):
        return end
    match = _FIRST_TAG.match(state.src, _text(state, start), state.eMarks[end - 1])
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
        found = (state.src.startswith("<", _text(state, line)) for line in range(state.lineMax))
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
