"""The height of a frame for a width, counted before any browser lays it out. The lengths are those of ``frame.css``.

Widths of characters are those of a wide font, so that the estimate is rather too high than too low: a little room below the
content is nothing, a line cut off is. What a browser then finds is measured in ``tests/browser``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from contentapi.text import edits
from contentapi.text.blocks import Block, blocks
from contentapi.text.edits import Edit
from contentapi.web.embed import markup, timeline
from contentapi.web.embed.markup import Fact
from contentapi.web.embed.metrics import lines
from contentapi.web.embed.options import Options
from contentapi.web.embed.piece import Piece
from contentapi.web.pages.words import Words

#: Pixels of one rem, when the reader has not chosen another.
REM = 16
_WIDEST = 48 * REM
_TINY, _PADDED, _ABREAST = 15 * REM, 30 * REM, 34 * REM
_LINE = 1.5
_MONO = 0.61


def estimate(piece: Piece, options: Options, words: Words, wide: int) -> int:
    """The height in pixels of the frame of a piece that is so many pixels wide."""
    padding = (1.5 if wide >= _PADDED else 1) * REM
    room = max(min(wide, _WIDEST) - 2 * padding - 2, 40)
    parts = [
        2 * padding + 2,
        _header(piece, options, words, room, 1.125 if wide < _TINY else 1.375),
        _picture(piece, options, words, room),
        _facts(piece, options, words, room, abreast=wide >= _ABREAST),
        _steps(piece, words, room),
        _body(piece, options, room),
        _credit(piece, options, words, room),
    ]
    return math.ceil(sum(parts))


def _text(text: str | None, room: float, size: float, line: float = _LINE, *, bold: bool = False) -> float:
    """The height of a text in a font of so many rem."""
    return lines(text or "", room / (size * REM), bold=bold) * size * line * REM


def _header(piece: Piece, options: Options, words: Words, room: float, size: float) -> float:
    small, lead = markup.eyebrow(piece, words), markup.lead(piece, options)
    # Letters of the small line stand a little apart.
    found = _text(small, room / 1.06, 0.8125, bold=True) + (0.25 * REM if small else 0)
    found += _text(markup.title(piece, words), room, size, 1.25, bold=True)
    return found + (_text(lead, room, 1.0625) + 0.5 * REM if lead else 0)


def _picture(piece: Piece, options: Options, words: Words, room: float) -> float:
    current = piece.slug if piece.phase is not None else None
    if piece.kind == "phases" or options.show == "timeline":
        caption = _text(words.say("timeline_lead"), room, 0.875)
        return (
            1.25 * REM + caption + REM + timeline.height(piece.steps, words, current) * 0.875 * REM
            if piece.steps
            else 0
        )
    if piece.phase is None or piece.section or timeline.strip(piece.steps, words, piece.slug) is None:
        return 0
    return 1.5 * REM


def _facts(piece: Piece, options: Options, words: Words, room: float, *, abreast: bool) -> float:
    if piece.phase is None or piece.section or options.show == "timeline":
        return 0
    found = markup.facts(piece.phase, words)
    each = partial(_abreast if abreast else _stacked, room=room)
    height = sum(each(one) + 1.25 * REM + 1 for one in found)
    return height + REM - 0.625 * REM if found else 0


def _stacked(one: Fact, room: float) -> float:
    return _text(one.label, room, 0.875) + _value(one, room)


def _abreast(one: Fact, room: float) -> float:
    label = _text(one.label, 7.5 * REM, 0.875)
    return max(label + 0.125 * REM, _value(one, room - 8.5 * REM))


def _value(one: Fact, room: float) -> float:
    listed = sum(_text(item, room - 1.125 * REM, 1) for item in one.items) + 0.25 * REM * max(len(one.items) - 1, 0)
    # The smaller text stands on lines of the usual height.
    more = lines(one.more or "", room / (0.875 * REM)) * _LINE * REM
    return listed + _text(one.text, room, 1) + more


def _steps(piece: Piece, words: Words, room: float) -> float:
    if piece.kind != "phases" or not piece.steps:
        return 0
    height = 1.25 * REM + 0.5 * REM * (len(piece.steps) - 1)
    inner = room - 1.5 * REM
    for one in piece.steps:
        told = timeline.said_length(one, words)
        height += _text(f"{one.title}{words.say('colon')}{told}", inner * 0.97, 1)
        if one.decision is not None and one.decision.what:
            height += _text(f"{words.say('decision')}{words.say('colon')}{one.decision.what}", inner, 0.875) + 5
    return height


def _credit(piece: Piece, options: Options, words: Words, room: float) -> float:
    found = markup.credit_lines(piece, options, words)
    return 2 * REM + 1 + sum(_text(line, room, 0.875) for line in found) + 0.25 * REM * (len(found) - 1)


# -- the body ---------------------------------------------------------------------------------------------------------


def _body(piece: Piece, options: Options, room: float) -> float:
    if options.show != "full" or not piece.html.strip():
        return 0
    edit = Edit(images=options.images != "none", page=piece.web, site="https://site.invalid")
    found = blocks(edits.edited(piece.html, edit))
    # In a long text some line breaks where another font would not: a hundredth more has room for it.
    return sum(_block(one, room) for one in found) * 1.01 + 0.5 * REM if found else 0


def _block(one: Block, room: float) -> float:
    # Bold letters are about a tenth wider.
    inner = max((room - 1.5 * REM * one.depth) / (1 + 0.11 * one.bold), 40)
    if one.tag == "img":
        return _image(one, inner) + 0.75 * REM
    if one.tag == "hr":
        return 0.75 * REM + 1
    if one.tag == "tr":
        return _row(one.cells, inner)
    if one.tag == "pre":
        return _code(one.lines, inner)
    if one.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        return 1.25 * REM + sum(_text(line, inner, 1.125, 1.3, bold=True) for line in one.lines)
    # The first item of a list stands further from what is above it than the others from each other.
    margin = 0.375 if one.tag == "li" else 0.75
    return margin * REM + sum(_text(line, inner, 1) or _LINE * REM for line in one.lines)


def _image(one: Block, room: float) -> float:
    if one.size is None:
        return 0.6 * room
    wide, high = one.size
    return high * min(1.0, room / wide)


def _row(cells: Sequence[str], room: float) -> float:
    """A row of a table: its columns share the width; in a narrow frame its cells stand one below the other."""
    if not cells:
        return 0
    if room < _PADDED - 2 * REM - 2:
        return 0.75 * REM + 1 + sum(_text(cell, room, 0.9375) + 0.25 * REM for cell in cells)
    column = room / len(cells) - REM - 1
    # A heading is bold, and any cell may hold words that are.
    return max(_text(cell, column, 0.9375, bold=True) for cell in cells) + 0.75 * REM + 1


def _code(written: Sequence[str], room: float) -> float:
    fitting = max((room - 1.5 * REM) / (0.875 * REM * _MONO), 8)
    count = sum(max(1, math.ceil(len(line) / fitting)) for line in written)
    return count * 0.875 * _LINE * REM + 1.5 * REM + 0.75 * REM
