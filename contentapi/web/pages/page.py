"""One complete page: a head, a body, styles and script inside it, and the policy that allows exactly these."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import quote

from contentapi.web.pages.elements import Html, element, join

MEDIA_TYPE = "text/html; charset=utf-8"

#: Scheme, host and port of an address: what a policy can name without ambiguity.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-_\[\]:]+")

#: A sheet with lines, in two tones that show on light and on dark.
_ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="1" width="12" height="14" rx="2" '
    'fill="#5146c8"/><path d="M5 5h6M5 8h6M5 11h3" stroke="#fff" stroke-width="1.4" stroke-linecap="round"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and the Content-Security-Policy to send with it."""

    body: bytes
    policy: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself.

    ``links`` are (relation, address, media type); ``reaches`` are addresses at whose origins it may ask.
    """

    lang: str
    title: str
    description: str | None
    links: tuple[tuple[str, str, str], ...]
    styles: tuple[str, ...]
    script: str | None = None
    reaches: tuple[str, ...] = ()
    #: What it shows in frames, and where its forms lead, as words of a policy.
    also: tuple[str, ...] = ("form-action 'none'",)


def page(head: Head, *body: Html, extra: tuple[str, str] = ("", "")) -> Page:
    """The page. No asset comes from elsewhere: the policy names its style and its script by their hashes.

    ``extra`` is style and script that stand elsewhere than beside this module.
    """
    style = "".join(packaged(name) for name in head.styles) + extra[0]
    script = ((packaged(head.script) if head.script else "") + extra[1]) or None
    whole = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", head.title),
            element("meta", name="description", content=head.description) if head.description else None,
            element("meta", name="color-scheme", content="light dark"),
            element("link", rel="icon", href=_ICON),
            *(element("link", rel=rel, href=href, type=media) for rel, href, media in head.links),
            element("style", Html(style)),
        ),
        element("body", *body, element("script", Html(script)) if script else None),
        lang=head.lang,
    )
    return Page(join((Html("<!doctype html>\n"), whole, "\n")).encode(), _policy(style, script, head))


@cache
def packaged(name: str) -> str:
    """The text of a file that stands beside this module."""
    return (resources.files("contentapi.web.pages") / name).read_text(encoding="utf-8")


def _policy(style: str, script: str | None, head: Head) -> str:
    allowed = [
        "default-src 'none'",
        f"style-src '{digest(style)}'",
        f"script-src '{digest(script)}'" if script else None,
        "img-src data:",
        # What a reader pastes into the console of the page may call this API, and nothing else.
        " ".join(["connect-src 'self'", *(found[0] for found in map(_ORIGIN.match, head.reaches) if found)]),
        "base-uri 'none'",
        *head.also,
        "frame-ancestors 'none'",
    ]
    return "; ".join(one for one in allowed if one)


def digest(text: str) -> str:
    """The hash of an inline style or script, as a policy spells it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
