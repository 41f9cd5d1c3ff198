"""``/oembed``: from the address of a page of the site, of this API or of an embed, to a frame that shows it."""

from __future__ import annotations

from contentapi.web import params, problems
from contentapi.web.answers import STRUCTURE, Answer, json
from contentapi.web.call import Call, Operation
from contentapi.web.embed import oembed
from contentapi.web.schemas import OEmbed

XML = "text/xml; charset=utf-8"
URL = params.Text(
    "url", "The address of what to show: public, of this API, or of an embed.", example="/embed/phases", required=True
)
MAXWIDTH = params.Integer("maxwidth", "The greatest width of the frame, in pixels.", 1, 100_000)
MAXHEIGHT = params.Integer("maxheight", "The greatest height of the frame, in pixels.", 1, 100_000)
FORMAT = params.Text("format", "`json` or `xml`; any other is answered with 501.", "json", longest=20)


def get_oembed(call: Call) -> Answer:
    """What shows a page elsewhere, for tools that know nothing but its address (oEmbed 1.0, rich)."""
    style = call.text("format") or "json"
    if style not in {"json", "xml"}:
        named = problems.of_parameter(params.unknown("format", style, ("json", "xml")))
        detail = f"The format {params.shown(style)} is not provided; use json or xml."
        return problems.problem(501, detail, call.path, errors=[named])
    told = oembed.answer(call, call.text("url") or "", call.number("maxwidth"), call.number("maxheight"))
    keys = ("oembed", "phases", "pages", "articles", "redirects", STRUCTURE)
    if style == "xml":
        return Answer(oembed.xml(told), XML, keys=keys)
    return json(told, keys=keys)


OPERATIONS = (
    Operation(
        "/oembed",
        "getOEmbed",
        "The frame for an address",
        get_oembed,
        "Embeds",
        (URL, MAXWIDTH, MAXHEIGHT, FORMAT),
        answer=OEmbed,
        media={"text/xml": str},
        also=(404, 501),
        lenient=True,
    ),
)
