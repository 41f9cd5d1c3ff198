"""The lines of a text that is being read."""

from __future__ import annotations

from markdown_it.rules_block import StateBlock


def begin(state: StateBlock, line: int) -> int:
    """Where a line begins, after what it is indented by."""
    return state.bMarks[line] + state.tShift[line]
