"""What a caller accepts: Accept-Encoding and Accept with their weights (RFC 9110 §12.4–12.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

#: The codings on offer, the best first.
CODINGS = ("br", "gzip")
IDENTITY = "identity"

_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
#: A part of a field up to the next comma or semicolon that stands outside quotes.
_PART = re.compile(r'(?:[^,;"]|"(?:[^"\\]|\\.)*"?)*')
#: What a coding is called besides its name (RFC 9110 §8.4.1.3).
_ALIASES = {"x-gzip": "gzip"}
_LONGEST = 1000
#: Identity is acceptable unless it is refused, but anything that is asked for is liked better.
_UNASKED = 0.0001


@lru_cache(maxsize=128)
def coding(accept_encoding: bytes | None) -> str:
    """The coding to send: the one the caller likes best, of equals the first of :data:`CODINGS`, else ``identity``.

    Identity also goes to a caller who refuses every coding there is: §12.5.3 allows it, and it is of more use than an error.
    """
    if accept_encoding is None:
        return IDENTITY
    weights: dict[str, float] = {}
    for name, weight in _weighted(accept_encoding):
        weights.setdefault(_ALIASES.get(name, name), weight)
    anything = weights.get("*")
    unasked = _UNASKED if anything is None else anything
    ranked = [(weights.get(name, anything or 0.0), name) for name in CODINGS]
    ranked.append((weights.get(IDENTITY, unasked), IDENTITY))
    weight, best = max(ranked, key=lambda one: one[0])
    return best if weight > 0 else IDENTITY


@lru_cache(maxsize=128)
def media_type(accept: bytes | None, offered: tuple[str, ...]) -> str | None:
    """The media type to send, of those offered in order of preference; None when the caller accepts none of them."""
    ranges = [(name, weight) for name, weight in _weighted(accept or b"") if "/" in name]
    if not ranges:
        return offered[0]
    weight, best = max(((_weight_of(one, ranges), one) for one in offered), key=lambda one: one[0])
    return best if weight > 0 else None


def _weight_of(offered: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of the most specific range that holds a media type; its parameters (``charset``) are of no account."""
    name = offered.partition(";")[0]
    for wanted in (name, f"{name.partition('/')[0]}/*", "*/*"):
        for written, weight in ranges:
            if written == wanted:
                return weight
    return 0.0


def _weighted(field: bytes) -> Iterator[tuple[str, float]]:
    """The elements of a field, each with its weight."""
    for name, *parameters in _elements(_bounded(field).decode("latin-1").lower()):
        if name:
            yield name, _weight(parameters)


def _bounded(field: bytes) -> bytes:
    """The field, without the elements beyond what any browser sends; none is cut in two."""
    return field if len(field) <= _LONGEST else field[:_LONGEST].rpartition(b",")[0]


def _elements(field: str) -> Iterator[list[str]]:
    parts: list[str] = []
    at = 0
    while True:
        match = _PART.match(field, at)
        end = match.end() if match is not None else len(field)
        parts.append(field[at:end].strip())
        if end >= len(field) or field[end] == ",":
            yield parts
            parts = []
        if end >= len(field):
            return
        at = end + 1


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, sign, value = parameter.partition("=")
        if sign and key.strip() == "q":
            # A weight that is none is read as refusal: sending what may not be wanted is the worse mistake.
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0
