"""The page for partners at ``/embed``: a form, a live preview, and each way in to copy. It works without a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contentapi.errors import NotFound
from contentapi.index import listing, phases
from contentapi.text import edits
from contentapi.web import params
from contentapi.web.call import Call
from contentapi.web.embed import oembed, options, piece, snippets, words
from contentapi.web.embed.piece import Piece
from contentapi.web.embed.snippets import Chosen
from contentapi.web.embed.words import packaged
from contentapi.web.pages import page as pages
from contentapi.web.pages.elements import Html, element, join
from contentapi.web.pages.page import Head, Page
from contentapi.web.pages.words import Words

ITEM = params.Text("item", "What to show: a path below `/embed`, such as `phases/construction`.", longest=500)
WIDTH = params.Integer("width", "How wide the preview is, in pixels.", 200, 1280, 640)
PARAMS = (ITEM, options.SECTION, options.SHOW, options.THEME, options.LANG, options.LEVEL, WIDTH)
_SOME = 100


def answer(call: Call) -> Page:
    """The page, in the language of the site when it has words for it."""
    said = words.of(call.reader.site.lang)
    chosen = _chosen(call)
    head = Head(
        lang=said.lang,
        title=said.say("partners.title"),
        description=said.say("partners.lead"),
        links=(("service-doc", call.addresses.api("/docs"), "text/html"),),
        styles=("page.css",),
        script=None,
        reaches=(chosen.api,),
        also=(f"form-action 'self' {chosen.api}", f"frame-src 'self' {chosen.api}"),
    )
    extra = (packaged("partners.css"), packaged("partners.js"))
    return pages.page(
        head,
        element("a", said.say("partners.skip"), class_="skip", href="#main"),
        element(
            "header",
            element("p", call.reader.site.title or said.say("untitled"), class_="eyebrow"),
            element("h1", said.say("partners.title")),
            element("p", said.say("partners.lead"), class_="lead"),
        ),
        element("main", _form(call, chosen, said), _result(chosen, said), id="main", tabindex=-1),
        _end(call, said),
        extra=extra,
    )


def _chosen(call: Call) -> Chosen:
    found = _piece(call, call.text("item") or "", call.text("section") or "")
    asked = replace(options.of(call), section=found.section)
    api = piece.origin(call)
    width = call.number("width") or oembed.USUAL
    return Chosen(found, asked, words.of(asked.lang or found.lang), width, api)


def _piece(call: Call, item: str, section: str) -> Piece:
    """What was chosen; else the first step of the journey, which is what most come for."""
    try:
        return oembed.locate(call, f"/embed/{item.strip('/')}#{section}")[0]
    except NotFound:
        steps = phases.phases(call.reader)
        return piece.of_phase(call, steps[0]) if steps else piece.of_all_phases(call)


# -- the form ---------------------------------------------------------------------------------------------------------


def _form(call: Call, chosen: Chosen, said: Words) -> Html:
    asked, own = chosen.options, chosen.piece.path.strip("/")
    return element(
        "form",
        element("h2", said.say("partners.choose")),
        _field(said, "item", _items(call, own, said)),
        _field(said, "section", _sections(call, chosen, said)),
        _field(said, "show", _choices(said, "show", options.SHOWS, asked.show)),
        _field(said, "theme", _choices(said, "theme", options.THEMES, asked.theme)),
        _field(said, "lang", _choices(said, "lang", options.LANGS, asked.lang or chosen.words.lang)),
        _field(
            said, "heading_level", _options(((str(one), str(one)) for one in range(1, 7)), str(asked.heading_level))
        ),
        element(
            "p",
            element("label", said.say("partners.width"), for_="width"),
            element("input", type="number", id="width", name="width", min=200, max=1280, step=1, value=chosen.width),
        ),
        element("p", element("button", said.say("partners.update"), class_="button", type="submit")),
        action=call.addresses.api("/embed"),
        method="get",
    )


def _field(said: Words, name: str, choices: Html) -> Html:
    label = element("label", said.say(f"partners.{name}"), for_=name)
    return element("p", label, element("select", choices, id=name, name=name))


def _options(pairs: Iterable[tuple[str, str]], chosen: str | None = None) -> Html:
    return join(element("option", label, value=value, selected=value == chosen) for value, label in pairs)


def _choices(said: Words, name: str, values: Sequence[str], chosen: str) -> Html:
    return _options(((value, said.say(f"partners.{name}_{value}")) for value in values), chosen)


def _items(call: Call, own: str, said: Words) -> Html:
    """Everything there is to choose from, and what was chosen although it is not among it."""
    steps = [(f"phases/{_last(piece.of_phase(call, one).path)}", one.title) for one in phases.phases(call.reader)]
    groups = {
        "phases": [*([("phases", said.say("partners.all_phases"))] if steps else []), *steps],
        "pages": _listed(call, "type = 'page'", listing.BY_PATH),
        "articles": _listed(call, "type = 'article' AND named", listing.NEWEST_FIRST),
    }
    known = {value for pairs in groups.values() for value, _ in pairs}
    other = _options([(own, own)], own) if own not in known else None
    made = (
        element("optgroup", _options(pairs, own), label=said.say(f"partners.{name}"))
        for name, pairs in groups.items()
        if pairs
    )
    return join((other, *made))


def _sections(call: Call, chosen: Chosen, said: Words) -> Html:
    """The whole, or what stands under one of its headings."""
    own = chosen.piece.section
    whole = chosen.piece if own is None else _piece(call, chosen.piece.path, "")
    return _options([("", said.say("partners.whole")), *edits.headings(whole.html)], own or "")


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _listed(call: Call, where: str, order: Sequence[listing.Order]) -> list[tuple[str, str]]:
    found = listing.documents(call.reader, where, (), order=order, limit=_SOME, cursor=None, total=False).items
    return [(piece.path_of(call, row).strip("/"), row.title) for row in found]


# -- what it gives ----------------------------------------------------------------------------------------------------


def _result(chosen: Chosen, said: Words) -> Html:
    one, tall = chosen, chosen.height
    title = said.say("partners.preview_of", title=one.title, width=one.width, height=tall)
    shown = element(
        "iframe",
        src=_local(one),
        width=one.width,
        height=tall,
        title=title,
        sandbox="allow-popups allow-popups-to-escape-sandbox",
    )
    ways = (_way(name, write(chosen), said) for name, write in snippets.WAYS.items())
    return element(
        "div",
        element(
            "section",
            element("h2", said.say("partners.preview"), id="preview"),
            element("p", title, class_="soft"),
            element("div", shown, class_="preview"),
            element("p", element("a", said.say("partners.open"), href=_local(one))),
            aria_labelledby="preview",
        ),
        element("section", element("h2", said.say("partners.ways"), id="ways"), *ways, aria_labelledby="ways"),
        _told("privacy", said),
        _told("terms", said),
        id="result",
    )


def _told(name: str, said: Words) -> Html:
    heading = element("h2", said.say(f"partners.{name}"), id=name)
    return element("section", heading, element("p", said.say(f"partners.{name}_text")), aria_labelledby=name)


def _local(one: Chosen) -> str:
    """The frame's address as this page reaches it, under whatever name it was itself reached."""
    api = one.piece.subject.addresses.api("") if one.piece.subject is not None else ""
    return api + one.source.removeprefix(one.api)


def _way(name: str, text: str, said: Words) -> Html:
    title = said.say(f"partners.way_{name}")
    button = element(
        "button",
        said.say("partners.copy"),
        type="button",
        class_="button quiet",
        hidden=True,
        data_copied=said.say("partners.copied"),
        aria_label=said.say("partners.copy_of", name=title),
    )
    return element(
        "figure",
        element("figcaption", element("h3", title), button),
        element("p", said.say(f"partners.about_{name}"), class_="soft"),
        element("pre", element("code", text, translate="no")),
        class_="way",
    )


def _end(call: Call, said: Words) -> Html:
    links = (("home", "/"), ("reference", "/docs"))
    return element(
        "footer",
        element(
            "ul",
            *(
                element("li", element("a", said.say(f"partners.{name}"), href=call.addresses.api(path)))
                for name, path in links
            ),
        ),
    )
