"""Markdown to HTML: CommonMark, plus tables, strikethrough, footnotes, task lists and kramdown's attribute lists.

The only place that knows markdown-it-py, with its rules for what else kramdown has (:mod:`contentapi.ingest.kramdown`). Each
link, picture, heading and raw tag carries the line of the file on which it stands in the attribute ``data-line``;
:mod:`contentapi.ingest.html` reads it, and the sanitiser takes it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_block.table import escapedSplit, getLine
from markdown_it.rules_core import StateCore, normalize
from markdown_it.rules_inline import StateInline, backtick, image, link
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from contentapi.ingest.kramdown import abbreviations, definition_lists, elements, tables
from contentapi.ingest.kramdown.dialect import Dialect
from contentapi.ingest.steps import Steps, made

#: Blocks nested deeper than this are dropped by the parser; :func:`render` tells when it happened.
MAX_NESTING: Final = 90
_MAX_BRACKETS: Final = 20

_CONTAINERS = frozenset({"blockquote_open", "list_item_open", "footnote_open"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML, not yet sanitised; what is known of it: was something nested too deep to be kept, is some of it ``raw``.

    ``definitions`` are those of links. ``long_rows`` are the lines on which rows stand with more cells than their table has
    columns, the first of each table: what stands in the others is not in the HTML.
    """

    html: str
    too_deep: bool
    raw: bool
    definitions: Mapping[str, Any] = field(default_factory=dict)
    long_rows: Sequence[int] = ()


def render(
    markdown: str,
    *,
    first_line: int = 1,
    definitions: Mapping[str, Any] | None = None,
    dialect: Dialect = Dialect.COMMONMARK,
) -> Rendered:
    """Renders Markdown to HTML.

    ``first_line`` is the line of the file on which the text starts, from 1. ``definitions`` are links that the text may
    name and that another one defines: where the text is a part of that one. ``dialect`` says where HTML ends in it.
    """
    return made(steps(markdown, first_line=first_line, definitions=definitions, dialect=dialect))


def steps(
    markdown: str,
    *,
    first_line: int = 1,
    definitions: Mapping[str, Any] | None = None,
    dialect: Dialect = Dialect.COMMONMARK,
) -> Steps[Rendered]:
    """The same, in steps: blocks, what their lines hold, HTML."""
    if not markdown.strip(" \t\n"):
        return Rendered("", too_deep=False, raw=False)
    parser = _parser()
    env: MutableMapping[str, Any] = {
        "first_line": first_line,
        "references": dict(definitions or {}),
        "has_definitions": definition_lists.has_definitions(markdown),
        "markdown_within": elements.has_markdown_within(markdown, dialect),
        "dialect": dialect,
    }
    state = StateCore(markdown, parser, env)
    for rule in parser.core.ruler.getRules(""):
        rule(state)
        yield
    html: str = parser.renderer.render(state.tokens, parser.options, env)
    # What a container at the last level holds has been dropped.
    too_deep = any(token.level >= MAX_NESTING - 1 and token.type in _CONTAINERS for token in state.tokens)
    return Rendered(html, too_deep, bool(env.get("raw")), env["references"], env.get("long_rows", ()))


@cache
def _parser() -> MarkdownIt:
    parser = _syntax(MAX_NESTING)
    parser.core.ruler.at("normalize", _normalize)
    parser.core.ruler.at("inline", _parse_inline)
    parser.core.ruler.before("inline", "table_rules", _take_out_rules)
    parser.core.ruler.before("inline", "attribute_lists", _give_to_blocks)
    parser.core.ruler.after("inline", "attribute_spans", _give_to_spans)
    parser.core.ruler.after("inline", "task_lists", _make_task_lists)
    parser.core.ruler.push("alignment", _align_cells)
    parser.core.ruler.push("abbreviations", _tell_abbreviations)
    parser.core.ruler.push("lines", _mark_lines)
    return parser


@cache
def _inline_parser() -> MarkdownIt:
    # Every `[` costs as much as brackets may be nested, and nobody nests links as deep as lists.
    return _syntax(_MAX_BRACKETS)


def _syntax(nesting: int) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": nesting, "html": True})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("table", "attribute_list", _attribute_line, {"alt": interrupted})
    parser.block.ruler.before("attribute_list", "extension", _extension_line, {"alt": interrupted})
    parser.block.ruler.before("extension", "single_line", _single_line)
    parser.block.ruler.before("paragraph", "definition_list", definition_lists.rule, {"alt": interrupted[:3]})
    parser.block.ruler.at("table", _table, {"alt": interrupted[:2]})
    parser.block.ruler.after("table", "kramdown_table", tables.rule)
    parser.block.ruler.before("lheading", "abbreviation", abbreviations.rule)
    parser.block.ruler.at("html_block", elements.raw_html, {"alt": interrupted[:3]})
    parser.block.ruler.at("code", elements.indented)
    parser.inline.ruler.before("text", "attribute_list", _attribute_span)
    for name, rule in (("backticks", backtick), ("link", link), ("image", image)):
        parser.inline.ruler.at(name, _counting_breaks(rule))
    # Every address becomes a link here, so that an unsafe one is told and taken out like one of raw HTML.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """A table as GitHub has it, which shows no more cells of a row than its head has: where there are more is remembered."""
    before = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    if not silent:
        columns = sum(token.type == "th_open" for token in state.tokens[before:])
        long = (line for line in range(start + 2, state.line) if any(_said(state, line)[columns:]))
        state.env.setdefault("long_rows", []).extend(state.env["first_line"] + line for line in islice(long, 1))
    return True


def _said(state: StateBlock, line: int) -> list[str]:
    """What the cells of a row say; those that are rules between two parts of a table say nothing."""
    cells = [cell.strip(" \t:-=+") for cell in escapedSplit(getLine(state, line).strip())]
    return cells[1:] if not cells[0] else cells


def _tell_abbreviations(state: StateCore) -> None:
    if "abbreviations" in state.env:
        abbreviations.tell(state.tokens, state.env["abbreviations"])


def _take_out_rules(state: StateCore) -> None:
    if state.env["dialect"] is not Dialect.COMMONMARK and "|" in state.src:
        state.tokens = tables.without_rules(state.tokens)


def _normalize(state: StateCore) -> None:
    """What the library does to every text, done to the few that need it."""
    if "\r" in state.src or "\0" in state.src:
        normalize(state)


def _single_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """A paragraph of one line that begins with a letter, as most are: no other rule begins so, and none needs be asked."""
    following = start + 1
    position = state.bMarks[start] + state.tShift[start]
    if not state.src[position : position + 1].isalpha() or state.is_code_block(start):
        return False
    if following < state.lineMax and not state.isEmpty(following):
        return False
    if state.env.get("has_definitions") and definition_lists.rule(state, start, end, silent):
        return True
    state.line = following
    state.push("paragraph_open", "p", 1).map = [start, following]
    inline = state.push("inline", "", 0)
    inline.content = mdTrim(state.src[position : state.eMarks[start]])
    inline.map, inline.children = [start, following], []
    state.push("paragraph_close", "p", -1)
    return True


def _parse_inline(state: StateCore) -> None:
    parser = _inline_parser()
    for token in state.tokens:
        if token.type == "inline" and _UNMARKED.fullmatch(token.content):
            token.children = [Token("text", "", 0, content=token.content)]
        elif token.type == "inline":
            token.children = []
            parser.inline.parse(token.content, parser, state.env, token.children)


#: A line without any sign that a rule for parts of lines looks at; most paragraphs are one.
_UNMARKED: Final = re.compile(r"[^\\`*_~\[\]!<&{^\n]+")


# ---------------------------------------------------------------------------------------------------------------------
# Attribute lists
# ---------------------------------------------------------------------------------------------------------------------

# kramdown's (https://kramdown.gettalong.org/syntax.html#attribute-list-definitions), which sites made for Jekyll use and
# CommonMark would print as text. One on a line of its own belongs to the block right above it, else to the next one; one
# right after an element of a line belongs to that element.

# Names of classes may hold what utilities of style have in them (`tablet:grid-col`, `w-1/2`), and stand one after the other.
_CLASS, _ID = r"""\.[^\s.#{}"'=,]+""", r"\#[\w:-]+"
_PART = rf"""(?:{_CLASS}|{_ID})++|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{{}},]+)|[\w-]+"""
_LIST = re.compile(rf"\{{:[ ]*+((?:(?:{_PART})(?:[ ,]++|(?=\}})))*+)\}}")
_ON_A_LINE = re.compile(rf"{_LIST.pattern}[ \t]*")
_DEFINITION = re.compile(rf"\{{:([\w][\w:-]*):[ ]++((?:(?:{_PART})(?:[ ,]++|(?=\}})))*+)\}}[ \t]*")
_ATTRIBUTE = re.compile(r"""\.([^\s.#{}"'=,]+)|\#([\w:-]+)|([\w-]+)=(?:"([^"]*)"|'([^']*)'|([^\s,]+))|([\w-]+)""")
_HEADING_ID = re.compile(r"(\w[\w:.-]*)\}")
_COMMENT = re.compile(r"\{::comment\}(?:(?!\{:)[^\n])*+\{:/(?:comment)?\}")
_EXTENSION = re.compile(r"\{(?:::[a-z]+[^{}]*|:/[a-z]*)\}")
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})


def _attribute_line(state: StateBlock, start: int, _: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    position = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("{:", position) or state.is_code_block(start):
        return False
    line = state.src[position : state.eMarks[start]]
    definition = _DEFINITION.fullmatch(line)
    match = definition or _ON_A_LINE.fullmatch(line)
    if match is None:
        return False
    if silent:
        return True
    state.line = start + 1
    if definition is not None:
        state.env.setdefault("attribute_lists", {})[definition[1]] = definition[2]
        return True
    token = state.push("attribute_list", "", 0)
    token.content = match[1]
    token.map = [start, start + 1]
    token.meta = {"follows": start > 0 and not state.isEmpty(start - 1)}
    return True


def _attribute_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    if not state.src.startswith("{:", state.pos):
        return False
    comment = _COMMENT.match(state.src, state.pos, state.posMax)
    if comment is not None:
        state.pos = comment.end()
        return True
    match = _LIST.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("attribute_list", "", 0).content = match[0]
    state.pos = match.end()
    return True


def _extension_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """Lines such as ``{::options … /}`` print nothing, nor does what stands between the two of a comment."""
    position = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(("{::", "{:/"), position) or state.is_code_block(start):
        return False
    line = state.src[position : state.eMarks[start]].rstrip()
    last = _end_of_comment(state, start, end) if line == "{::comment}" else start
    if last is None or not _EXTENSION.fullmatch(line):
        return False
    if not silent:
        state.line = last + 1
    return True


def _end_of_comment(state: StateBlock, start: int, end: int) -> int | None:
    if state.env.get("comment_unclosed"):
        return None
    for line in range(start + 1, end):
        position = state.bMarks[line] + state.tShift[line]
        if state.src[position : state.eMarks[line]].rstrip() in {"{:/comment}", "{:/}"}:
            return line
    # Nobody needs to look again, however many there are.
    state.env["comment_unclosed"] = True
    return None


def _give_to_blocks(state: StateCore) -> None:
    if "{" in state.src:
        blocks = _Blocks(state.env.get("attribute_lists", {}))
        for token in state.tokens:
            blocks.take(token)
        state.tokens = blocks.kept
        definition_lists.name_terms(state.tokens)


@dataclass(slots=True)
class _Blocks:
    """The blocks of a text, each attribute list given to the one it belongs to."""

    definitions: Mapping[str, str]
    kept: list[Token] = field(default_factory=list)
    #: Where the blocks begin that are open, and where the one does that ended last in the same container.
    openings: list[int] = field(default_factory=list)
    previous: int | None = None
    waiting: list[str] = field(default_factory=list)

    def take(self, token: Token) -> None:
        if token.type == "attribute_list":
            self._give(token)
            return
        if token.type == "inline":
            _take_own(self.kept, token, self.definitions)
        elif token.nesting == -1:
            self.previous = self.openings.pop()
            self.waiting.clear()
        else:
            self._begin(token)
        self.kept.append(token)

    def _begin(self, token: Token) -> None:
        for written in self.waiting:
            _set_attributes(token, written, self.definitions)
        self.waiting.clear()
        self.previous = len(self.kept)
        if token.nesting == 1:
            self.openings.append(len(self.kept))
            self.previous = None

    def _give(self, token: Token) -> None:
        if self.previous is None or not token.meta["follows"]:
            self.waiting.append(token.content)
        elif token.content == "toc" and self.kept[self.previous].type in _LISTS:
            # kramdown puts the table of contents in the place of the list.
            del self.kept[self.previous :]
            self.previous = None
        else:
            _set_attributes(self.kept[self.previous], token.content, self.definitions)


def _take_own(kept: Sequence[Token], inline: Token, definitions: Mapping[str, str]) -> None:
    """The id at the end of a heading, and the list at the start of an item of a list."""
    opening = kept[-1]
    if opening.type == "heading_open" and inline.content.endswith("}"):
        before, brace, name = inline.content.rpartition("{#")
        match = _HEADING_ID.fullmatch(name)
        if brace and match is not None and (not before or before[-1] in " \t"):
            opening.attrSet("id", match[1])
            inline.content = before.rstrip()
    elif len(kept) > 1 and kept[-2].type == "list_item_open":
        match = _LIST.match(inline.content)
        if match is not None and inline.content.startswith(" ", match.end()):
            _set_attributes(kept[-2], match[1], definitions)
            inline.content = inline.content[match.end() :].lstrip()


def _give_to_spans(state: StateCore) -> None:
    definitions = state.env.get("attribute_lists", {})
    for token in state.tokens if "{:" in state.src else ():
        if token.children and any(child.type == "attribute_list" for child in token.children):
            token.children = _given_to_spans(token.children, definitions)


def _given_to_spans(children: Sequence[Token], definitions: Mapping[str, str]) -> list[Token]:
    kept: list[Token] = []
    openings: list[Token] = []
    element: Token | None = None
    for child in children:
        if child.type == "attribute_list" and element is not None:
            if element.type != "html_inline":
                _set_attributes(element, child.content[2:-1], definitions)
            continue
        if child.type == "attribute_list":
            child.type = "text"
        elif child.type == "text" and not child.content:
            continue  # what is left of the second `*` of `**`
        if child.nesting == 1:
            openings.append(child)
        ends = openings.pop() if child.nesting == -1 and openings else None
        element = child if child.type in {"image", "code_inline", "html_inline"} else ends
        kept.append(child)
    return kept


def _set_attributes(token: Token, written: str, definitions: Mapping[str, str], depth: int = 0) -> None:
    for name, identifier, key, double, single, bare, reference in _ATTRIBUTE.findall(written):
        if name:
            token.attrJoin("class", name)
        elif identifier:
            token.attrSet("id", identifier)
        elif key:
            token.attrSet(key, double or single or bare)
        elif reference == "auto_ids":
            token.meta["auto_ids"] = True
        elif reference in definitions and depth == 0:
            _set_attributes(token, definitions[reference], definitions, depth=1)


# ---------------------------------------------------------------------------------------------------------------------
# Task lists and tables
# ---------------------------------------------------------------------------------------------------------------------

# GitHub's (https://github.github.com/gfm/#task-list-items-extension-). The plugin for them looks back over the whole list
# for each item, which is quadratic.

_TASK = re.compile(r"\[([ xX])\](?=\s)")


def _make_task_lists(state: StateCore) -> None:
    lists: list[Token] = []
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type in _LISTS:
            lists.append(token)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "inline" and index > 1 and tokens[index - 2].type == "list_item_open":
            match = _TASK.match(token.content) if tokens[index - 1].type == "paragraph_open" else None
            first = token.children[0] if token.children else None
            if match is not None and first is not None and first.content.startswith(match[0]):
                _make_task(first, token, checked=match[1] != " ")
                tokens[index - 2].attrJoin("class", "task-list-item")
                lists[-1].attrSet("class", _with_class(lists[-1], "contains-task-list"))


def _make_task(first: Token, inline: Token, *, checked: bool) -> None:
    first.content = first.content[3:]
    box = Token("html_inline", "", 0, meta={"own": True})
    mark = 'checked="checked" ' if checked else ""
    box.content = f'<input class="task-list-item-checkbox" {mark}disabled="disabled" type="checkbox">'
    inline.children = [box, *(inline.children or [])]


def _with_class(token: Token, name: str) -> str:
    written = str(token.attrGet("class") or "")
    return written if name in written.split() else f"{written} {name}".strip()


def _align_cells(state: StateCore) -> None:
    """``align`` instead of ``style``, which is no attribute of content."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            style = str(token.attrs.pop("style"))
            token.attrSet("align", style.removeprefix("text-align:"))


# ---------------------------------------------------------------------------------------------------------------------
# Lines
# ---------------------------------------------------------------------------------------------------------------------

# A whole tag, quoted values with what they hold; the `<` that is excluded outside of them keeps it linear.
_TAG = re.compile(r"""<!--.*?(?:-->|\Z)|<([A-Za-z][^\s/><]*+)((?:[^<>"']|"[^"]*"|'[^']*')*+>)""", re.DOTALL)


def mark(html: str, line: int) -> str:
    """Raw HTML whose every start tag carries its line in ``data-line``; the text begins on ``line``."""
    if "<" not in html:
        return html
    parts: list[str] = []
    done = 0
    for match in _TAG.finditer(html):
        line += html.count("\n", done, match.start())
        parts.append(html[done : match.start()])
        parts.append(f'<{match[1]} data-line="{line}"{match[2]}' if match[1] else match[0])
        line += match[0].count("\n")
        done = match.end()
    parts.append(html[done:])
    return "".join(parts)


_InlineRule = Callable[[StateInline, bool], bool]


def _counting_breaks(rule: _InlineRule) -> _InlineRule:
    """The rule, which notes at the end of what it reads how many lines that goes on for: the tokens do not tell."""

    def counting(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
        start, before = state.pos, len(state.tokens)
        found = rule(state, silent)
        breaks = state.src.count("\n", start, state.pos) if found and not silent else 0
        if breaks and len(state.tokens) > before:
            state.tokens[-1].meta["breaks"] = breaks
        return found

    return counting


def _mark_lines(state: StateCore) -> None:
    offset = int(state.env["first_line"])
    line = offset
    for token in state.tokens:
        if token.map:
            line = token.map[0] + offset
        if token.type == "heading_open":
            token.attrSet("data-line", str(line))
        elif token.type == "html_block":
            state.env["raw"] = True
            token.content = mark(token.content, line)
        elif token.type == "inline":
            _mark_inline(token.children or [], line, state.env)


def _mark_inline(children: Sequence[Token], line: int, env: MutableMapping[str, Any]) -> None:
    opened = line
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
        elif child.type == "code_inline":
            line += child.meta.get("breaks", 0)
        elif child.type == "link_close":
            line = opened + child.meta.get("breaks", 0)
        elif child.type == "html_inline" and not child.meta:
            env["raw"] = True
            breaks = child.content.count("\n")
            child.content = mark(child.content, line)
            line += breaks
        elif child.type in {"link_open", "image"}:
            child.attrSet("data-line", str(line))
            opened = line if child.type == "link_open" else opened
            line += child.meta.get("breaks", 0)
