r"""The places of references in stored HTML: ``\x1f{n}\x1f`` stands where the n-th reference's address goes.

What an address leads to may change without its document changing, so it is put in when the document is read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLACE = re.compile("\x1f(\\d+)\x1f")
_PICTURE = re.compile("<img ([^>]*?\x1f(\\d+)\x1f[^>]*)>")
_SIZED = re.compile(r'(?:^|\s)(?:width|height)="')


@dataclass(frozen=True, slots=True)
class Address:
    """What a reference leads to: a URL, and for a picture of the folder its size in pixels."""

    url: str
    size: tuple[int, int] | None = None


def place(number: int) -> str:
    """What stands for the address of the reference of that number."""
    return f"\x1f{number}\x1f"


def fill(stored: str, addresses: Sequence[Address]) -> str:
    """The HTML with every address in its place, and its true size on each picture that has none written."""
    if "\x1f" not in stored:
        return stored
    if any(address.size for address in addresses):
        stored = _PICTURE.sub(lambda match: _sized(match, addresses), stored)
    return _PLACE.sub(lambda match: html.escape(addresses[int(match[1])].url, quote=True), stored)


def _sized(match: re.Match[str], addresses: Sequence[Address]) -> str:
    size = addresses[int(match[2])].size
    if size is None or _SIZED.search(match[1]):
        return match[0]
    return f'<img {match[1]} width="{size[0]}" height="{size[1]}">'
