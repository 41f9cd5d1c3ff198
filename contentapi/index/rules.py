"""The rules by which old addresses lead on: each from one address, or from all that fit a pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass

import apsw

from contentapi.index import database
from contentapi.text import paths

_PERMANENT = frozenset({301, 308})
_OPEN_END = re.compile(r"(?:\*|(?:^|/):[A-Za-z_]\w*)$")
#: What stands in a target for a part of the address that was matched.
_PLACEHOLDER = re.compile(r":([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One redirect as the index keeps it. ``pattern`` is set when its origin holds ``*`` or ``:names``."""

    source: str
    line: int | None
    origin: str
    target: str | None
    status: int
    pattern: re.Pattern[str] | None = None

    @property
    def permanent(self) -> bool:
        """Whether it leads on for good (RFC 9110, sections 15.4.2 and 15.4.9)."""
        return self.status in _PERMANENT

    @property
    def open_ended(self) -> bool:
        """Whether it names no end of the addresses that it matches: ``/old/*``, but not ``/old/*.md``."""
        return self.pattern is not None and _OPEN_END.search(_bare(self.origin)) is not None

    @property
    def fixed(self) -> str | None:
        """The target, when it holds nothing of what was matched; None when that is many, or gone."""
        return self.target if self.target is not None and not _PLACEHOLDER.search(self.target) else None

    def rewrite(self, key: str) -> str | None:
        """The target for an address that the rule matches; None when that is gone."""
        match = self.pattern.fullmatch(key) if self.pattern is not None else None
        if match is None or self.target is None:
            return self.target
        # A question mark in what was matched is one of the path: in the target it must not begin a query.
        values = {name: paths.encode(value or "") for name, value in match.groupdict().items()}
        target = _PLACEHOLDER.sub(lambda one: values.get(one[1], one[0]), self.target)
        return re.sub(r"(?<!:)//+", "/", target)


class Rules:
    """The redirects that are patterns, in the order of their file."""

    def __init__(self, connection: apsw.Connection) -> None:
        rows = database.select(
            connection,
            "SELECT source, line, origin, target, status FROM redirect WHERE key IS NULL ORDER BY source, ordinal",
        )
        self._rules = [
            Rule(source, line, origin, target, status, _compiled(origin))
            for source, line, origin, target, status in rows
        ]

    def __bool__(self) -> bool:
        return bool(self._rules)

    @property
    def origins(self) -> list[str]:
        """The patterns, in the order in which they are tried."""
        return [rule.origin for rule in self._rules]

    def match(self, key: str) -> Rule | None:
        """The first pattern that matches an address key."""
        return next((rule for rule in self._rules if rule.pattern and rule.pattern.fullmatch(key)), None)


def is_pattern(origin: str) -> bool:
    """Whether a redirect's origin is a pattern (``/old/*``, ``/old/:slug``) and not one address."""
    return "*" in origin or "/:" in origin


def _bare(origin: str) -> str:
    """A pattern without what keys do not have: no slash around it, no final ``.html`` or ``index``."""
    return re.sub(r"(?:/index)?\.html?$|/index$", "", origin).strip("/")


def _compiled(origin: str) -> re.Pattern[str]:
    # `/old/*` also matches `/old`, as Netlify has it; `:name` is one segment.
    parts = []
    for segment in _bare(origin).split("/"):
        if segment == "*":
            parts.append("(?:/(?P<splat>.*))?")
        elif re.fullmatch(r":[A-Za-z_]\w*", segment):
            parts.append(f"/(?P<{segment[1:]}>[^/]+)")
        else:
            parts.append("/" + re.escape(segment).replace(r"\*", ".*"))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:  # a placeholder named twice: the rule can match nothing
        return re.compile(r"(?!)")
