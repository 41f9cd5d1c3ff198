"""Query parameters, declared once: the same declaration reads them strictly and describes them in OpenAPI."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from contentapi.errors import BadParameter

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,9})")
#: No text that a query holds may hold NUL.
WITHOUT_NUL = r"^[^\u0000]*$"


class Param(Protocol):
    """One parameter: its name, how its text is read, and its JSON Schema."""

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def default(self) -> object: ...

    def read(self, written: Sequence[str]) -> object:
        """The value of what was written, one text for each time the parameter stands in the query."""
        ...

    def schema(self) -> dict[str, object]:
        """Its JSON Schema (draft 2020-12)."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text, once."""

    name: str
    description: str
    default: str | None = None
    example: str | None = None
    longest: int = 2000
    required: bool = False
    #: What its handler takes, as a regular expression of JSON Schema.
    pattern: str = WITHOUT_NUL

    def read(self, written: Sequence[str]) -> str:
        value = once(self.name, written)
        if len(value) > self.longest:
            raise BadParameter(self.name, f"{self.name} is longer than {self.longest} characters.")
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "string", "maxLength": self.longest, "pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number between two bounds, in ASCII digits, once."""

    name: str
    description: str
    least: int
    most: int
    default: int | None = None

    def read(self, written: Sequence[str]) -> int:
        value = once(self.name, written)
        if not _INTEGER.fullmatch(value) or not self.least <= int(value) <= self.most:
            allowed = f"{self.least} to {self.most}"
            message = f"{self.name} is {shown(value)}; use a whole number from {allowed}."
            raise BadParameter(self.name, message, allowed=(allowed,))
        return int(value)

    def schema(self) -> dict[str, object]:
        found: dict[str, object] = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return found if self.default is None else {**found, "default": self.default}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words, once."""

    name: str
    description: str
    allowed: tuple[str, ...]
    default: str | None = None

    def read(self, written: Sequence[str]) -> str:
        value = once(self.name, written)
        if value not in self.allowed:
            raise unknown(self.name, value, self.allowed)
        return value

    def schema(self) -> dict[str, object]:
        found: dict[str, object] = {"type": "string", "enum": list(self.allowed)}
        return found if self.default is None else {**found, "default": self.default}


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``, once."""

    name: str
    description: str
    default: bool | None = None

    def read(self, written: Sequence[str]) -> bool:
        value = once(self.name, written)
        if value not in {"true", "false"}:
            raise unknown(self.name, value, ("true", "false"))
        return value == "true"

    def schema(self) -> dict[str, object]:
        found: dict[str, object] = {"type": "boolean"}
        return found if self.default is None else {**found, "default": self.default}


@dataclass(frozen=True, slots=True)
class Words:
    """Words separated by commas, each of a known set (None: whoever uses them knows it). It may stand several times."""

    name: str
    description: str
    allowed: tuple[str, ...] | None
    default: tuple[str, ...] | None = None

    def read(self, written: Sequence[str]) -> tuple[str, ...]:
        words = [word.strip() for text in written for word in text.split(",")]
        for word in words:
            if self.allowed is not None and word not in self.allowed:
                raise unknown(self.name, word, self.allowed)
        return tuple(dict.fromkeys(words))

    def schema(self) -> dict[str, object]:
        items: dict[str, object] = {"type": "string"}
        return {"type": "array", "items": items if self.allowed is None else {**items, "enum": list(self.allowed)}}


def read(declared: Sequence[Param], written: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """The values of all declared parameters. Raises :class:`BadParameter` for one that has no valid value."""
    return {one.name: one.read(written[one.name]) if one.name in written else _unwritten(one) for one in declared}


def _unwritten(one: Param) -> object:
    if isinstance(one, Text) and one.required:
        raise BadParameter(one.name, f"{one.name} is missing; give it a value such as {one.example}.")
    return one.default


def once(name: str, written: Sequence[str]) -> str:
    """The text of a parameter that may stand once."""
    if len(written) > 1:
        raise BadParameter(name, f"{name} stands {len(written)} times; give it once.")
    return written[0]


def unknown(
    name: str, value: str, allowed: tuple[str, ...] | None, *, what: str | None = None, near: str | None = None
) -> BadParameter:
    """The error for a word that is not among the allowed ones, None when they are too many to say: it names the nearest."""
    near = near or nearest(value, allowed or ())
    meant = f" Did you mean {near!r}?" if near else ""
    listed = f" Allowed: {', '.join(allowed)}." if allowed else " None is allowed here." if allowed is not None else ""
    subject = f"There is no {what} {shown(value)}" if what else f"{name[:100]} is {shown(value)}, which is not known"
    return BadParameter(name[:100], f"{subject}.{meant}{listed}", allowed=allowed, did_you_mean=near)


def nearest(value: str, allowed: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The allowed word that was probably meant; capitals, and ``-`` for ``_``, count for nothing."""
    folded = {_folded(one): one for one in allowed}
    near = difflib.get_close_matches(_folded(value[:100]), folded, n=1, cutoff=likeness)
    return str(folded[near[0]]) if near else None


def _folded(word: str) -> str:
    return word.lower().replace("-", "_")


def shown(value: str) -> str:
    """A caller's text, quoted and shortened, for an error message."""
    return repr(value if len(value) <= 100 else value[:100] + "…")


def texts(values: Mapping[str, object], name: str) -> tuple[str, ...]:
    """The words of a :class:`Words` parameter; none when it was not given."""
    value = values.get(name)
    return value if isinstance(value, tuple) else ()
