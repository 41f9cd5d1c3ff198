"""The language of nginx's configuration: strings, and maps that are as large as the content and still tell capitals apart.

nginx looks a key up in a hash without regard to capitals. So each value holds its own exact key for another map to compare,
and keys that differ by capitals only stand on several shelves: maps that are looked up one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import IO

#: Bytes that nginx reads as one word at most, less what quoting adds (NGX_CONF_BUFFER).
LONGEST = 3900
#: What the names of our variables begin with.
PREFIX = "contentapi_"
#: What may stand in an address as it is, in a pattern.
SAFE = r"[A-Za-z0-9._~%/:?#\[\]@!$&'()*+,;=-]"
#: A variable that holds a dollar sign, which no string can.
DOLLAR = "contentapi_dollar"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(text: str) -> str:
    """A string of nginx that means the text, without variables."""
    return quoted("".join(f"${{{DOLLAR}}}" if char == "$" else char for char in text))


def quoted(text: str) -> str:
    """A string of nginx in which variables and captures stand for their values: also a key, or a pattern."""
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'


def pattern(regex: str, *, cased: bool = True) -> str:
    """A key of a map that is a regular expression."""
    return quoted(("~" if cased else "~*") + regex)


def written_map(source: str, variable: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A map; ``source`` is a string with variables, keys and values are words of nginx already."""
    lines = "".join(f"  {key} {value};\n" for key, value in pairs)
    return f"map {quoted(source)} ${variable} {{\n{lines}}}\n"


def named_map(source: str, name: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A map of ours by the rest of its name."""
    return written_map(source, PREFIX + name, pairs)


class Shelves:
    """Rows of a large map, written to a file as they come, so that they take no memory."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._known: dict[bytes, int] = {}
        self.rows = 0
        self.count = 1

    def add(self, key: str, row: str) -> bool:
        """Adds a row; False when nginx can read no row as long."""
        if max(len(key.encode()), len(literal(row).encode())) > LONGEST:
            return False
        met = hashlib.blake2b(key.encode().lower(), digest_size=16).digest()
        shelf = self._known[met] = self._known.get(met, 0) + 1
        self.count = max(self.count, shelf)
        self.rows += 1
        self._file.write(f"{shelf} {quoted(key)} {literal(row)};\n")
        return True

    def write(self, out: IO[str], source: str, variable: str) -> None:
        """Writes one map for each shelf: ``$variable_1`` and so on."""
        for shelf in range(1, self.count + 1):
            out.write(f"map ${source} ${variable}_{shelf} {{\n")
            self._file.seek(0)
            mark = f"{shelf} "
            out.writelines(f"  {line.removeprefix(mark)}" for line in self._file if line.startswith(mark))
            out.write("}\n")
