"""Abbreviations: ``*[HTML]: Hyper Text Markup Language`` says what a word means wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from contentapi.ingest.kramdown.lines import begin

_WORD: Final = re.compile(r"\w+")
_MOST_LONGER: Final = 50
_ABBREVIATION: Final = re.compile(r"\*\[([^\]\n]{1,100})\]:[ \t]*(.*)")


def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001, FBT001 - markdown-it's
    """``*[HTML]: Hyper Text Markup Language`` prints nothing, and tells what the word means wherever it stands."""
    if silent or not state.src.startswith("*[", begin(state, start)) or state.is_code_block(start):
        return False
    match = _ABBREVIATION.fullmatch(state.src, begin(state, start), state.eMarks[start])
    if match is None:
        return False
    state.env.setdefault("abbreviations", {}).setdefault(match[1].strip(), match[2].strip())
    state.line = start + 1
    return True


def tell(tokens: Sequence[Token], meanings: Mapping[str, str]) -> None:
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
