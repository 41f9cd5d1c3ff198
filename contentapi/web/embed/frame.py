"""An embed as a complete page: nothing in it is asked for elsewhere, and no script runs unless its height is to be told."""

from __future__ import annotations

import re
from urllib.parse import quote

from contentapi.text.edits import Edit
from contentapi.web.answers import encode
from contentapi.web.embed import linked_data, markup, timeline
from contentapi.web.embed.options import Options
from contentapi.web.embed.piece import Piece
from contentapi.web.embed.words import packaged
from contentapi.web.pages.elements import Html, element, join
from contentapi.web.pages.page import Page, digest
from contentapi.web.pages.words import Words

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-_\[\]:]+")


def render(piece: Piece, options: Options, words: Words, *, api: str, ancestors: tuple[str, ...]) -> Page:
    """The page. ``api`` is what full addresses of this service begin with, ``ancestors`` who may frame it."""
    style = _style(options)
    script = packaged("height.js") if options.resize else None
    title = markup.title(piece, words)
    whole = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", f"{title} – {piece.site}" if piece.site and piece.site != title else title),
            element("meta", name="robots", content="noindex"),
            element("link", rel="icon", href="data:,"),
            element("link", rel="canonical", href=piece.web),
            *(
                element("link", rel="alternate", type=media, href=href, title=title)
                for media, href in discovery(piece, options, api)
            ),
            element("style", Html(style)),
            _data(piece, api),
        ),
        element("body", element("main", _article(piece, options, words, api)), _script(script)),
        lang=words.lang,
        class_=options.theme,
    )
    body = join((Html("<!doctype html>\n"), whole, "\n")).encode()
    return Page(body, _policy(style, script, api, ancestors))


def discovery(piece: Piece, options: Options, api: str) -> list[tuple[str, str]]:
    """Where oEmbed answers for this page, as media type and address."""
    url = quote(f"{api}/embed{piece.path}{options.query()}", safe="")
    return [
        (f"{'application/json' if name == 'json' else 'text/xml'}+oembed", f"{api}/oembed?url={url}&format={name}")
        for name in ("json", "xml")
    ]


def _article(piece: Piece, options: Options, words: Words, api: str) -> Html:
    edit = Edit(
        level=min(options.heading_level + 1, 6),
        links=options.links != "none",
        images=options.images != "none",
        page=piece.web.partition("#")[0],
        site=_site(piece.web, piece),
        api=api,
        target="_blank",
    )
    made = markup.article(piece, options, words, edit, _picture(piece, options, words))
    # Followed inside the frame, a link would show a page that may not be framed.
    return Html(re.sub(r'<a (?![^>]*target=)(?=[^>]*href="(?!#))', '<a target="_blank" ', made))


def _site(web: str, piece: Piece) -> str | None:
    """What the paths of the site begin with."""
    if piece.subject is not None:
        return piece.subject.reader.site.origin
    found = _ORIGIN.match(web)
    return found[0] if found else None


def _picture(piece: Piece, options: Options, words: Words) -> Html | None:
    current = piece.slug if piece.phase is not None else None
    if piece.steps and (piece.kind == "phases" or options.show == "timeline"):
        caption = element("figcaption", words.say("timeline_lead"))
        drawn = timeline.picture(piece.steps, words, words.say("timeline"), current)
        return element("figure", caption, drawn, class_="ce-figure")
    if piece.phase is None or piece.section:
        return None
    return timeline.strip(piece.steps, words, piece.slug)


def _style(options: Options) -> str:
    names = ("frame.css", "timeline.css") if options.theme == "none" else ("frame.css", "theme.css", "timeline.css")
    return "".join(packaged(name) for name in names)


def _data(piece: Piece, api: str) -> Html:
    """The same as data. It is not run: policies and sandboxes let it be."""
    return element("script", Html(encode(linked_data.of(piece, api)).decode()), type="application/ld+json")


def _script(script: str | None) -> Html | None:
    return element("script", Html(script)) if script is not None else None


def _policy(style: str, script: str | None, api: str, ancestors: tuple[str, ...]) -> str:
    found = _ORIGIN.match(api)
    allowed = [
        "default-src 'none'",
        f"style-src '{digest(style)}'",
        f"script-src '{digest(script)}'" if script is not None else None,
        f"img-src 'self' {found[0] if found else ''} data:",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors {' '.join(ancestors)}",
    ]
    return "; ".join(one for one in allowed if one)
