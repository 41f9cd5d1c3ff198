"""One resource, as JSON or as Markdown: what the addresses of all kinds of resources have in common."""

from __future__ import annotations

from urllib.parse import quote

from contentapi.errors import BadParameter, NotFound
from contentapi.web import call as calls
from contentapi.web.answers import JSON, MARKDOWN, Answer, depends, encode, json
from contentapi.web.call import Call
from contentapi.web.embed import linked_data, piece
from contentapi.web.embed.piece import Piece
from contentapi.web.present import Resource, Subject
from contentapi.web.problems import NotAcceptable

#: What a page, a phase or an article is given as.
OFFERS = (JSON, MARKDOWN, linked_data.MEDIA_TYPE)
#: What anything else is given as.
TEXTS = (JSON, MARKDOWN)
#: The end of an address that asks for Markdown, whatever the Accept header says.
SUFFIX = ".md"


def negotiated(
    call: Call, one: Subject, resource: Resource, *, suffix: str = "", offers: tuple[str, ...] = OFFERS
) -> Answer:
    """A resource as the address asks for it, by its ``suffix``, else as the Accept header does among ``offers``."""
    if suffix:
        return _markdown(call, one, negotiated=False)
    if not call.accept:
        raise NotAcceptable(offers)
    if call.accept == MARKDOWN:
        return _markdown(call, one, negotiated=True)
    if call.accept == linked_data.MEDIA_TYPE:
        return _linked(call, one)
    shown = calls.shown(call, one, resource)
    found = json(shown, keys=depends(one.kind, one.slug, shown))
    headers = _discovery(call, one) if linked_data.MEDIA_TYPE in offers else {}
    return Answer(found.body, found.media_type, headers=headers, keys=found.keys, negotiated=True)


def _linked(call: Call, one: Subject) -> Answer:
    """A resource in the vocabulary of schema.org."""
    _refuse_selection(call, "JSON-LD")
    told = linked_data.of(_piece(call, one), piece.origin(call))
    keys = (*depends(one.kind, one.slug, None), "phases")
    return Answer(encode(told), linked_data.MEDIA_TYPE, headers=_discovery(call, one), keys=keys, negotiated=True)


def _piece(call: Call, one: Subject) -> Piece:
    if one.phase is not None:
        return piece.of_phase(call, one.phase)
    if one.row is None:  # pages and articles are documents
        raise NotFound(one.kind, one.slug)
    return piece.of_row(call, one.row)


def _discovery(call: Call, one: Subject) -> dict[str, str]:
    """Where oEmbed answers for it (https://oembed.com, section 4)."""
    api = piece.origin(call)
    url = quote(api + one.address.removeprefix(call.addresses.api("")), safe="")
    found = (("json", "application/json+oembed"), ("xml", "text/xml+oembed"))
    links = (f'<{api}/oembed?url={url}&format={name}>; rel="alternate"; type="{media}"' for name, media in found)
    return {"Link": ", ".join(links)}


def _markdown(call: Call, one: Subject, *, negotiated: bool) -> Answer:
    _refuse_selection(call, "Markdown")
    keys = depends(one.kind, one.slug, None)
    web = call.addresses.web(one.row.path) if one.row is not None else None
    # For whoever comes by a link from elsewhere: this is the text of that page (RFC 6596).
    headers = {"Link": f'<{web}>; rel="canonical"'} if web is not None else {}
    return Answer(markdown(one).encode(), MARKDOWN, headers=headers, keys=keys, negotiated=negotiated)


def _refuse_selection(call: Call, form: str) -> None:
    for name in ("fields", "include"):
        if name in call.asked.given:
            raise BadParameter(name, f"{name} chooses among the keys of the JSON form; {form} is given whole.")


def markdown(one: Subject) -> str:
    """The text as the author wrote it, without front matter, under its title when it has no heading of the first level.

    What has no text of its own, as a phase that is read from the overview, is its title and description.
    """
    body = one.body
    text = body.markdown.strip("\r\n") if body is not None else ""
    if not text.strip():
        text = str(one.row.description or "") if one.row is not None else ""
    if body is None and one.phase is not None:
        text = one.phase.description or ""
    has_title = body is not None and any(heading.level == 1 for heading in body.headings)
    parts = [text] if has_title else [f"# {' '.join(one.title.split())}", text]
    return "\n\n".join(part for part in parts if part) + "\n"


def unsuffixed(name: str) -> str | None:
    """A name without ``.md``; None when it does not end so, or is nothing else."""
    return name.removesuffix(SUFFIX) if name.endswith(SUFFIX) and name != SUFFIX else None
