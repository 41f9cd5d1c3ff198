"""HTML as values: a text is escaped when it enters an element, and only what was built here is taken as it is."""

from __future__ import annotations

import html
from collections.abc import Iterable

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Markup that is complete and safe: made by :func:`element`, never by gluing texts together."""

    __slots__ = ()


Child = str | None
Attribute = str | int | bool | None


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """One element. ``class_`` and ``aria_label`` spell ``class`` and ``aria-label``; None and False leave one out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[Child]) -> Html:
    """Children side by side, None left out."""
    return Html("".join(escape(child) for child in children if child is not None))


def escape(text: str) -> Html:
    """A text as HTML shows it; what is HTML already stays as it is."""
    return text if isinstance(text, Html) else Html(html.escape(text))


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
