"""Tables without a head, and the rules between the parts of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from contentapi.ingest.kramdown.dialect import Dialect
from contentapi.ingest.kramdown.lines import begin

_RULE_OF_TABLE: Final = re.compile(r"\|[-=:+| \t]*")
_RULE_OF_CELL: Final = re.compile(r"[-=:+\s]*")
#: What parts two cells: a bar that is neither escaped nor in code.
_PARTS: Final = re.compile(r"\\.|(`++)(?:(?!\1).)*+\1(?!`)|`++|\|")


def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's
    """Rows of a table that has no head, and the rule above one that has; every row has a bar at both ends."""
    if silent or not state.src.startswith("|", begin(state, start)) or state.env["dialect"] is Dialect.COMMONMARK:
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
    return state.src[begin(state, line) : state.eMarks[line]].rstrip()


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
