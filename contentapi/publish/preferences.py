"""What a caller likes best, reckoned by nginx: Accept and Accept-Encoding with their weights (RFC 9110 §12.4–12.5).

nginx knows no numbers, but maps whose patterns refer back. A weight becomes five digits, to be compared as text; what is
chosen is the first of those on offer that no other exceeds: just what :mod:`contentapi.web.negotiation` chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from contentapi.publish.conf import pattern, quoted, written_map

_QUOTED = r'"(?:[^"\\]++|\\.)*+"?+'
#: An element of a field up to the next comma, and a part of one up to the next semicolon, that stand outside quotes.
_ELEMENT = rf'(?:[^,"]++|{_QUOTED})*+'
_PART = rf'(?:[^,;"]++|{_QUOTED})*+'
_BLANK = r"[ \t]*"
_ABSENT = "-"
_NOTHING, _UNASKED, _ALL = "00000", "00001", "10000"
#: The codings there are, as a field may name them, the best first.
_CODINGS = {"br": "br", "gzip": "(?:x-)?gzip"}
IDENTITY = "identity"


def coding(variable: str, offered: Sequence[str]) -> str:
    """Maps that give the coding to send, of those offered besides identity."""
    anything, source = f"{variable}_any", "http_accept_encoding"
    names = {name: regex for name, regex in _CODINGS.items() if name in offered}
    maps = [
        _weighed(source, anything, r"\*", _ABSENT),
        written_map(f"${anything}", f"{anything}_coded", [("default", f"${anything}"), (_ABSENT, _NOTHING)]),
        written_map(f"${anything}", f"{anything}_plain", [("default", f"${anything}"), (_ABSENT, _UNASKED)]),
        *(_weighed(source, f"{variable}_{name}", regex, f"${anything}_coded") for name, regex in names.items()),
        _weighed(source, f"{variable}_{IDENTITY}", IDENTITY, f"${anything}_plain"),
    ]
    every = [*names, IDENTITY]
    chosen = _chosen(variable, [f"{variable}_{name}" for name in every], every, nothing=IDENTITY)
    return "".join((*maps, chosen))


def media_type(variable: str, offered: Sequence[str]) -> str:
    """Maps that give the number of the media type to send, from 1, of those offered; 0 when none of them is accepted."""
    source = "http_accept"
    maps: dict[str, str] = {f"{variable}_any": _weighed(source, f"{variable}_any", r"\*/\*", _NOTHING)}
    weights = []
    for number, one in enumerate(offered, start=1):
        name = one.partition(";")[0]
        kind = name.partition("/")[0]
        of_kind = f"{variable}_{re.sub('[^a-z]', '_', kind)}"
        maps[of_kind] = _weighed(source, of_kind, rf"{re.escape(kind)}/\*", f"${variable}_any")
        weights.append(f"{variable}_{number}")
        maps[weights[-1]] = _weighed(source, weights[-1], re.escape(name), f"${of_kind}")
    every = [str(number + 1) for number in range(len(offered))]
    maps[variable] = _chosen(f"{variable}_asked", weights, every, nothing="0")
    # A field that names no media type at all says nothing.
    names_one = pattern(rf'^(?:{_ELEMENT},)*?{_BLANK}[^,;"/]*/')
    told = written_map(f"${source}", variable, [("default", "1"), (names_one, f"${variable}_asked")])
    return "".join((*maps.values(), told))


def _weighed(source: str, variable: str, name: str, otherwise: str) -> str:
    """Maps that give the weight of the first element of that name; ``otherwise`` where there is none."""
    first = pattern(rf"^(?>(?:{_ELEMENT},)*?{_BLANK}{name}{_BLANK}(?=[;,]|$))((?:;{_PART})*+)", cased=False)
    found = written_map(f"${source}", f"{variable}_told", [("default", _ABSENT), (first, quoted("+$1"))])
    weight = rf"^\+(?:;(?!{_BLANK}q{_BLANK}=){_PART})*+;{_BLANK}q{_BLANK}={_BLANK}"
    end = rf"{_BLANK}(?:;|$)"
    written = (
        (rf"1(?:\.0{{0,3}})?{end}", _ALL),
        (rf"0\.?{end}", _NOTHING),
        (rf"0\.(\d){end}", "0$1000"),
        (rf"0\.(\d\d){end}", "0$100"),
        (rf"0\.(\d\d\d){end}", "0$10"),
        ("", _NOTHING),  # a weight that is none is read as refusal
    )
    pairs = [("default", _ALL), (_ABSENT, quoted(otherwise))]
    pairs += ((pattern(weight + regex, cased=False), quoted(value)) for regex, value in written)
    return found + written_map(f"${variable}_told", variable, pairs)


def _chosen(variable: str, weights: Sequence[str], values: Sequence[str], *, nothing: str) -> str:
    """A map that gives the first of the values whose weight no later one exceeds; ``nothing`` when all weigh nothing."""
    source = ":".join(f"${one}" for one in weights)
    pairs = [("default", values[-1]), (pattern(r"^[0:]+$"), nothing)]
    for at, value in enumerate(values[:-1]):
        exceeded = "".join(_exceeded(gap) for gap in range(len(values) - at - 1))
        pairs.append((pattern(rf"^(?:\d+:){{{at}}}{exceeded}"), value))
    return written_map(source, variable, pairs)


def _exceeded(gap: int) -> str:
    """Looks ahead, and fails where the weight that stands here is less than the one so many weights behind the next."""
    return f"(?!{''.join(_less(gap))})"


def _less(gap: int) -> Iterator[str]:
    # Both have a beginning in common, then a digit that is less than the other's. `\g{-1}` is the group just before.
    yield r"(\d*)(?:"
    yield "|".join(rf"{digit}\d*:(?:\d+:){{{gap}}}\g{{-1}}[{digit + 1}-9]" for digit in range(9))
    yield ")"
