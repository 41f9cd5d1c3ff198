"""How far HTML goes in a text, and why: docs/adr/0026."""

from __future__ import annotations

from enum import Enum, auto


class Dialect(Enum):
    """How far HTML goes: up to an empty line, to the end of its element, or no further than its tags."""

    COMMONMARK = auto()
    KRAMDOWN = auto()
    #: kramdown with the option `parse_block_html`
    MARKDOWN_IN_HTML = auto()
