"""nginx in small: what the maps of an export's configuration come to for a request, and what is then sent.

It knows what is used of nginx: maps with strings and regular expressions, variables looked up when they are needed, captures
that the next match overwrites. `make prove ARGS=export` has nginx itself say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from tests.web.client import Got

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s;]+)', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\trn])')
_PLAIN = {"t": "\t", "r": "\r", "n": "\n"}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|([1-9])|(\w+))")


def words(line: str) -> list[str]:
    """The words of a directive, unquoted."""
    found = (one[1] if one[1] is not None else one[2] for one in _WORD.finditer(line))
    return [_ESCAPED.sub(lambda one: _PLAIN.get(one[1], one[1]), word) for word in found]


@dataclass
class Map:
    source: str
    default: str = ""
    strings: dict[str, str] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    def add(self, key: str, value: str) -> None:
        if key == "default":
            self.default = value
        elif key.startswith("~*"):
            self.patterns.append((_compiled(key[2:], re.IGNORECASE), value))
        elif key.startswith("~"):
            self.patterns.append((_compiled(key[1:], 0), value))
        else:
            # nginx ends with `conflicting parameter` at a key that it knows, and capitals do not count.
            assert key.lower() not in self.strings, key
            self.strings[key.lower()] = value


def _compiled(regex: str, flags: int) -> re.Pattern[str]:
    r"""A pattern of PCRE as Python has it, which knows no ``\g{-1}``, the group before."""
    out, count = "", 0
    for part in re.split(r"(\\g\{-1\}|\\.|\((?!\?)|\[(?:\\.|[^\]\\])+\])", regex):
        count += part == "("
        out += f"(?:\\{count})" if part == r"\g{-1}" else part
    return re.compile(out, flags)


class Configuration:
    """The maps of ``http.conf``, and the header fields of ``server.conf``."""

    def __init__(self, root: Path) -> None:
        self.maps = maps((root / "nginx/http.conf").read_text())
        self.root = root / "public"
        lines = (root / "nginx/server.conf").read_text().splitlines()
        self.fields = {
            name: value for _, name, value, *_ in (words(one) for one in lines if one.startswith("add_header"))
        }

    def ask(self, method: str, target: str, headers: Mapping[str, str]) -> Got:
        """What nginx sends."""
        return Request(self.maps, method, target, headers).answer(self)


def maps(text: str) -> dict[str, Map]:
    """The maps of a configuration, by the variables they give."""
    found: dict[str, Map] = {}
    current = Map("")
    for line in text.splitlines():
        if line.startswith("map "):
            _, source, variable, _ = words(line)
            current = found[variable[1:]] = Map(source)
        elif line.startswith("  "):
            assert max(len(word.encode()) for word in re.findall(r'"(?:[^"\\]|\\.)*"', line) or [""]) < 4096, line
            key, value = words(line)
            current.add(key, value)
    return found


class Request:
    """A request, and the variables that are looked up for it."""

    def __init__(self, maps: Mapping[str, Map], method: str, target: str, headers: Mapping[str, str]) -> None:
        path, _, args = target.partition("?")
        self._maps = maps
        self._captures: tuple[str | None, ...] = ()
        self.known = {
            "request_uri": target,
            "uri": _resolved(path),
            "args": args,
            "request_method": method,
            "contentapi_dollar": "$",
            **{f"http_{name.lower().replace('-', '_')}": value for name, value in headers.items()},
        }

    def value(self, name: str) -> str:
        if name not in self.known:
            one = self._maps.get(name)
            self.known[name] = self._looked_up(one) if one is not None else ""
        return self.known[name]

    def _looked_up(self, one: Map) -> str:
        source = self.text(one.source)
        if source.lower() in one.strings:
            return self.text(one.strings[source.lower()])
        for regex, value in one.patterns:
            found = regex.search(source)
            if found is not None:
                self._captures = found.groups()
                return self.text(value)
        return self.text(one.default)

    def text(self, written: str) -> str:
        return _VARIABLE.sub(self._part, written)

    def _part(self, found: re.Match[str]) -> str:
        if found[2]:
            return self._captures[int(found[2]) - 1] or ""
        return self.value(found[1] or found[3])

    def answer(self, conf: Configuration) -> Got:
        status = int(self.value("contentapi_status"))
        if self.value("contentapi_unchanged"):
            return Got(304, self._head(conf), b"")
        if status in {200, 410} and self.value("contentapi_outcome") != "410":
            body = (conf.root / self.text("$contentapi_form_file$contentapi_ending")).read_bytes()
        else:
            body = self.value("contentapi_text").encode()
        head = self._head(conf)
        if status == 308:
            head["location"] = self.value("contentapi_location")
        if status != 204:
            head["content-length"] = str(len(body))
        return Got(status, head, b"" if self.value("request_method") == "HEAD" or status == 204 else body)

    def _head(self, conf: Configuration) -> dict[str, str]:
        found = {name: self.text(value) for name, value in conf.fields.items()}
        return {name: value for name, value in found.items() if value}


def _resolved(path: str) -> str:
    """What nginx takes a path for: decoded, dots resolved, slashes merged."""
    kept: list[str] = []
    decoded = unquote_to_bytes(path).decode()
    for segment in decoded.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and decoded.endswith("/") else "")
