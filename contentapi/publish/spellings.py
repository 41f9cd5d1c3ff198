"""Other spellings of an address: what they have in common, as nginx finds it, and as it is found here for the same table."""

from __future__ import annotations

import re
from urllib.parse import unquote

from contentapi.publish.conf import pattern

PAGES = "/v1/pages/"
#: What is looked for in a decoded path, and what it becomes; the first that matches counts. Pages are found by the path that
#: they have on the site, however it ends.
_RULES = (
    (r"^(/v1/assets/.*)$", "$1", r"\1"),  # the name of a file has one spelling
    (rf"^{PAGES}(?:index(?:\.html?)*)?/*$", f"{PAGES}index", f"{PAGES}index"),
    (rf"^({PAGES}.+?)(?:\.html?|/index|/)+$", "$1", r"\1"),
    (r"^(/.+?)/+$", "$1", r"\1"),
)
#: The mark of an address that only its own spelling leads to.
ALONE = "//"


def key(path: str) -> str:
    """The key of an address, which all its spellings have that nginx can tell."""
    decoded = unquote(path)
    for regex, _, template in _RULES:
        found = re.match(regex, decoded, re.DOTALL)
        if found is not None:
            return found.expand(template)
    return decoded


def told(path: str) -> str:
    """What a row says of its key: nothing where it is the address itself, or that no other spelling leads to it."""
    found = key(path)
    if "%2F" in path or not found.isprintable():
        return ALONE
    return "" if found == path else found


def is_reachable(path: str) -> bool:
    """Whether a server can be asked for it at all: dots between slashes are resolved before anyone looks, escaped or not."""
    decoded = unquote(path)
    return "\0" not in decoded and all(segment not in {".", ".."} for segment in decoded.split("/"))


def below(prefix: str) -> str:
    """The beginning of a pattern for what is asked below the path of the API itself, or without it."""
    return rf"^(?>(?:{re.escape(prefix)}(?=/))?)" if prefix else "^"


def pairs(prefix: str) -> list[tuple[str, str]]:
    """The map from nginx's ``$uri`` to the key; the path of the API itself, if any, may stand before it."""
    begin = below(prefix)
    found = [(pattern("(?s)" + begin + regex.removeprefix("^")), f'"{value}"') for regex, value, _ in _RULES]
    return [("default", '""'), *found, (pattern(f"(?s){begin}(/.*)$"), '"$1"')]
