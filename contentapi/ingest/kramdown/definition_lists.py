"""Definition lists: a term on its line, or several; below them what they mean, after a colon and a blank.

The rule is ours as ``mdit-py-plugins`` knows one term for a definition only, and takes text far from its colon for code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from contentapi.ingest import heading_ids
from contentapi.ingest.kramdown.lines import begin

#: A definition: without one a text holds no list of them, and nobody needs to look.
_DEFINITION: Final = re.compile(r"^[ \t>]*:[ \t]+\S", re.MULTILINE)
#: The first signs of lines that begin another block and so are no terms.
_NO_TERM: Final = frozenset("#>|-+~<")


def has_definitions(text: str) -> bool:
    """Whether a text may hold a definition list."""
    return _DEFINITION.search(text) is not None


def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
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
    position = begin(state, line)
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
    colon, last = begin(state, line), state.eMarks[line]
    if not state.src.startswith((": ", ":\t"), colon):
        return None
    text = state.skipSpaces(colon + 1)
    return text if text < last else None


def _take_group(state: StateBlock, terms: range, line: int, end: int) -> int:
    for term in terms:
        state.push("dt_open", "dt", 1).map = [term, term + 1]
        inline = state.push("inline", "", 0)
        inline.content = state.src[begin(state, term) : state.eMarks[term]].strip()
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
