"""XML as values: a text loses what XML 1.0 cannot hold when it enters an element; only what was built here stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
#: All that is no Char of XML 1.0 (§2.2): most control characters, surrogates, U+FFFE and U+FFFF.
_FOREIGN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile("\r\n?")
#: What a parser would make blanks of in the value of an attribute (§3.3.3).
_IN_ATTRIBUTES = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;"}


class Xml(str):
    """Markup that is complete and well-formed: made by :func:`element`, never by gluing texts together."""

    __slots__ = ()


def text(value: str) -> str:
    """The text as far as XML 1.0 can hold it, lines ended as XML ends them (§2.11)."""
    return _LINE_ENDS.sub("\n", _FOREIGN.sub("", value))


def element(name: str, *children: str | None, attributes: Mapping[str, str | None] | None = None) -> Xml:
    """One element. None leaves a child or an attribute out; a text among the children is escaped."""
    written = "".join(
        f' {key}="{escape(text(value), _IN_ATTRIBUTES)}"'
        for key, value in (attributes or {}).items()
        if value is not None
    )
    inside = join(children)
    return Xml(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def block(name: str, *children: Xml | None, attributes: Mapping[str, str | None] | None = None) -> Xml:
    """One element that holds nothing but elements, each on a line of its own."""
    return element(name, Xml("\n"), *(Xml(f"{one}\n") for one in children if one is not None), attributes=attributes)


def join(children: Iterable[str | None]) -> Xml:
    """Children side by side."""
    return Xml("".join(one if isinstance(one, Xml) else escape(text(one)) for one in children if one is not None))


def document(root: Xml) -> bytes:
    """A whole document in UTF-8."""
    return f"{DECLARATION}{root}\n".encode()
