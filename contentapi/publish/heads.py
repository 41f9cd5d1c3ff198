"""The header map for nginx: each different head once, under a number, in one map for each header field."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import IO

import orjson

from contentapi.publish.conf import LONGEST, literal, quoted, written_map

#: What a 304 does not repeat: it is of the body, which is not sent (RFC 9110 §15.4.5).
_OF_BODY = frozenset({"content-type", "content-security-policy", "content-disposition"})
#: Its own directive sends it.
LOCATION = "location"
NUMBER = "contentapi_head"
WHOLE = "contentapi_head_of_body"


class Heads:
    """The heads of an export, written to one file a header field as they come. ``opened`` makes such a file."""

    def __init__(self, opened: Callable[[], IO[str]]) -> None:
        self._opened = opened
        self._numbers: dict[bytes, int] = {}
        self._files: dict[str, IO[str]] = {}
        self._first: dict[str, str] = {}
        #: The status of each head that is not 200.
        self.statuses: dict[int, int] = {}

    def number(self, status: int, head: Mapping[str, str]) -> int:
        """The number of a head, from 1; the same for the same."""
        met = hashlib.blake2b(orjson.dumps([status, list(head.items())]), digest_size=16).digest()
        known = self._numbers.get(met)
        if known is not None:
            return known
        number = self._numbers[met] = len(self._numbers) + 1
        if status != 200:
            self.statuses[number] = status
        for name in head.keys() - self._files.keys():
            self._files[name] = self._opened()
            # What stands on most answers is said once. Heads before this one have no such field.
            self._first[name] = head[name] if number == 1 and _fits(head[name]) else ""
        for name, file in self._files.items():
            value = head.get(name, "")
            if value != self._first[name]:
                self._write(name, file, number, value)
        return number

    def _write(self, name: str, file: IO[str], number: int, value: str, part: int = 0) -> None:
        if _fits(value):
            file.write(f"{part} {number} {literal(value)};\n")
            return
        # What is longer than a word of nginx goes on in another map.
        cut = LONGEST
        while not _fits(value[:cut]):
            cut //= 2
        more = f"${{{_variable(name)}_{part + 1}}}"
        file.write(f'{part} {number} {literal(value[:cut])[:-1]}{more}";\n')
        self._write(name, file, number, value[cut:], part + 1)

    def __len__(self) -> int:
        return len(self._numbers)

    def fields(self) -> dict[str, str]:
        """Each header field, and the variable that has its value; Location apart."""
        return {name: _variable(name) for name in sorted(self._files) if name != LOCATION}

    def write(self, out: IO[str]) -> None:
        """Writes the maps."""
        for name, file in sorted(self._files.items()):
            source = WHOLE if name in _OF_BODY else NUMBER
            for part in range(self._parts(file)):
                out.write(f"map ${source} ${_variable(name)}{f'_{part}' if part else ''} {{\n")
                default = self._first[name] if part == 0 else ""
                out.write(f"  default {literal(default)};\n")
                if source == WHOLE and part == 0:
                    out.write('  "" "";\n')
                file.seek(0)
                mark = f"{part} "
                out.writelines(f"  {line.removeprefix(mark)}" for line in file if line.startswith(mark))
                out.write("}\n")
        if LOCATION not in self._files:
            out.write(written_map(f"${NUMBER}", _variable(LOCATION), [("default", quoted(""))]))

    @staticmethod
    def _parts(file: IO[str]) -> int:
        file.seek(0)
        return 1 + max((int(line.partition(" ")[0]) for line in file), default=0)


def _fits(value: str) -> bool:
    """Whether it is a word of nginx, with a variable after it."""
    return len(literal(value).encode()) <= LONGEST - 100


def _variable(name: str) -> str:
    return f"contentapi_h_{name.replace('-', '_')}"
