"""An embed as a fragment of HTML, for a partner's server to put into a page: no style, no script, only text and tags."""

from __future__ import annotations

from contentapi.text import edits
from contentapi.text.edits import Edit
from contentapi.web.embed import markup, timeline
from contentapi.web.embed.options import Options
from contentapi.web.embed.piece import Piece
from contentapi.web.pages.elements import Html, element
from contentapi.web.pages.words import Words

#: The width of the timeline's picture, in pixels.
WIDTH = 640


def render(piece: Piece, options: Options, words: Words, *, api: str) -> bytes:
    """The fragment. ``api`` is what full addresses of this service begin with."""
    site = piece.subject.reader.site.origin if piece.subject is not None else None
    edit = Edit(
        level=min(options.heading_level + 1, 6),
        prefix=options.id_prefix,
        classes=markup.body_classes(options.classes),
        own_classes=options.classes == "dsfr",
        links=options.links != "none",
        images=options.images != "none",
        page=piece.web.partition("#")[0],
        site=site,
        api=api,
    )
    made = markup.article(piece, options, words, edit, _picture(piece, options, words, api))
    return f"{edits.rewritten(made)}\n".encode()


def _picture(piece: Piece, options: Options, words: Words, api: str) -> Html | None:
    """The timeline as a picture of this service: SVG inside a page is what sanitisers take out."""
    if not piece.steps or not (piece.kind == "phases" or options.show == "timeline") or options.images == "none":
        return None
    picture = element(
        "img",
        src=f"{api}/embed/phases.svg?lang={words.lang}&width={WIDTH}",
        alt=timeline.describe(piece.steps, words),
        width=WIDTH,
        height=round(timeline.height(piece.steps, words) * 14),
        loading="lazy",
    )
    return element("figure", picture, class_=markup.class_names(options.classes).get("figure"))
