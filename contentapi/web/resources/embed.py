"""``/embed`` and what is below it: content as pages to frame, as fragments, as a picture, and the script of the element."""

from __future__ import annotations

from collections.abc import Sequence

from contentapi.errors import Gone, NotFound
from contentapi.index import addresses, phases
from contentapi.index.reader import Reader
from contentapi.text import paths
from contentapi.web import params
from contentapi.web.answers import HTML, STRUCTURE, Answer, depends, moved
from contentapi.web.call import Call, Operation, Segment, Segments
from contentapi.web.embed import fragment, frame, options, partners, piece, script, timeline, words
from contentapi.web.embed.piece import Piece
from contentapi.web.resources import articles, pages
from contentapi.web.resources.phases import names, slugs

_PAGE = ".html"
WIDTH = params.Integer("width", "How many pixels wide the picture is.", 200, 2000, fragment.WIDTH)


def embed_phases(call: Call) -> Answer:
    """All phases at a glance: their timeline as a page to frame or, with `fragment`, as HTML to put into a page."""
    return _shown(call, piece.of_all_phases(call))


def embed_phase(call: Call) -> Answer:
    """One phase as a page to frame or, with `fragment`, as HTML to put into a page."""
    name, suffix = call.segments["slug"], ""
    found = phases.phase(call.reader, name)
    if found is None and name.endswith(_PAGE):
        suffix = _PAGE
        found = phases.phase(call.reader, name.removesuffix(_PAGE))
    if found is None:
        raise NotFound("phase", name)
    one = piece.of_phase(call, found, _section(call))
    if found.slug + suffix != name:
        return moved(_address(call, one, suffix), keys=("phases",))
    return _shown(call, one)


def embed_article(call: Call) -> Answer:
    """One article as a page to frame or, with `fragment`, as HTML to put into a page."""
    slug = call.segments["slug"]
    try:
        return _shown(call, piece.of_article(call, slug, _section(call)))
    except NotFound as error:
        if not slug.endswith(_PAGE) or error.what != "article":
            raise
        return _shown(call, piece.of_article(call, slug.removesuffix(_PAGE), _section(call)))


def embed_page(call: Call) -> Answer:
    """Any document by its public path, as a page to frame or, with `fragment`, as HTML to put into a page."""
    asked = call.raw_path.removeprefix("/embed/pages/")
    found = addresses.resolve(call.reader, f"/{asked}")
    if found.status == "gone":
        raise Gone("page", found.path)
    if found.row is None:
        raise NotFound("page", found.path)
    one = piece.of_document(call, found.row, _section(call))
    suffix = _PAGE if asked.endswith(_PAGE) else ""
    if f"/embed{one.path}{suffix}" != call.raw_path:
        return moved(_address(call, one, suffix), keys=(STRUCTURE, "redirects"))
    return _shown(call, one)


def timeline_picture(call: Call) -> Answer:
    """The timeline of all phases as a picture (SVG): durations to scale, decisions marked."""
    steps = phases.phases(call.reader)
    said = words.of(call.text("lang") or call.reader.site.lang)
    drawn = timeline.file(steps, said, said.say("timeline"), call.number("width") or fragment.WIDTH)
    headers = {"Content-Security-Policy": timeline.policy()}
    return Answer(drawn.encode(), "image/svg+xml", headers=headers, keys=("phases", STRUCTURE))


def get_script(_: Call) -> Answer:
    """The script of the element `content-embed`: this address always has the newest."""
    return Answer(script.source().encode(), script.MEDIA_TYPE, keys=("embed",), max_age=300)


def get_script_forever(call: Call) -> Answer:
    """The script of the element `content-embed`, named by its bytes: what it answers never changes."""
    if call.segments["digest"] != script.name():
        raise NotFound("script", call.segments["digest"])
    # Nothing that is scheduled changes it, so it has no lifetime to shorten.
    headers = {"Cache-Control": script.FOREVER}
    return Answer(script.source().encode(), script.MEDIA_TYPE, headers=headers, keys=("embed",), max_age=0)


def get_partners(call: Call) -> Answer:
    """A page for partners: choose what to show and how, see it, copy it."""
    made = partners.answer(call)
    headers = {"Content-Security-Policy": made.policy}
    return Answer(made.body, HTML, headers=headers, keys=("embed", "phases", "pages", "articles", STRUCTURE))


# -- how a piece is given ---------------------------------------------------------------------------------------------


def _section(call: Call) -> str | None:
    return call.text("section")


def _address(call: Call, one: Piece, suffix: str) -> str:
    return call.addresses.api(f"/embed{one.path}{suffix}") + (f"?{call.query}" if call.query else "")


def _shown(call: Call, one: Piece) -> Answer:
    asked = options.of(call)
    said = words.of(asked.lang or one.lang)
    api = piece.origin(call)
    own = depends(one.kind, one.slug, None) if one.subject is not None else ("phases", STRUCTURE)
    keys = tuple(dict.fromkeys((*own, "phases", "pages", "articles")))
    if call.flag("fragment"):
        return Answer(fragment.render(one, asked, said, api=api), HTML, keys=keys)
    made = frame.render(one, asked, said, api=api, ancestors=call.settings.frame_ancestors)
    link = ", ".join(f'<{href}>; rel="alternate"; type="{media}"' for media, href in frame.discovery(one, asked, api))
    headers = {"Content-Security-Policy": made.policy, "Link": f'<{one.web}>; rel="canonical", {link}'}
    return Answer(made.body, HTML, headers=headers, keys=keys)


def _paths(reader: Reader, segments: Segments) -> Sequence[str]:
    """Some pages: those of phases have an embed of their own, which this address leads to."""
    return [found for found in pages.PATH.values(reader, segments) if _is_page(reader, found)] or ["index"]


def _is_page(reader: Reader, path: str) -> bool:
    row = reader.by_key(paths.key(f"/{path}"))
    return row is not None and row.type == "page"


PATH = Segment("path", pages.PATH.description, _paths, every=pages.PATH.all, beside=pages.PATH.beside)

_PARAMS = (*options.OF_FRAMES, *options.OF_FRAGMENTS)
_MEDIA = {"text/html": str}
OPERATIONS = (
    Operation(
        "/embed",
        "getPartnersPage",
        "The page for partners",
        get_partners,
        "Embeds",
        partners.PARAMS,
        media=_MEDIA,
        lenient=True,
    ),
    Operation(
        "/embed.js",
        "getEmbedScript",
        "The script of the element",
        get_script,
        "Embeds",
        media={"text/javascript": str},
        needs_index=False,
        lenient=True,
    ),
    Operation(
        "/embed.{digest}.js",
        "getEmbedScriptByDigest",
        "The script of the element, for ever",
        get_script_forever,
        "Embeds",
        media={"text/javascript": str},
        segments=(Segment("digest", "What names its bytes.", lambda _, __: [script.name()]),),
        needs_index=False,
        lenient=True,
    ),
    Operation(
        "/embed/phases",
        "embedPhases",
        "All phases to frame or include",
        embed_phases,
        "Embeds",
        options.OF_ALL_PHASES,
        media=_MEDIA,
        lenient=True,
    ),
    Operation(
        "/embed/phases.html",
        "embedPhasesPage",
        "All phases, by the name of a file",
        embed_phases,
        "Embeds",
        options.OF_ALL_PHASES,
        media=_MEDIA,
        lenient=True,
    ),
    Operation(
        "/embed/phases.svg",
        "getTimeline",
        "The timeline as a picture",
        timeline_picture,
        "Embeds",
        (options.LANG, WIDTH),
        media={"image/svg+xml": str},
        lenient=True,
    ),
    Operation(
        "/embed/phases/{slug}",
        "embedPhase",
        "One phase to frame or include",
        embed_phase,
        "Embeds",
        _PARAMS,
        media=_MEDIA,
        endings=(_PAGE,),
        segments=(Segment("slug", "The phase's slug.", slugs, every=names, beside=slugs),),
        lenient=True,
    ),
    Operation(
        "/embed/articles/{slug}",
        "embedArticle",
        "One article to frame or include",
        embed_article,
        "Embeds",
        _PARAMS,
        media=_MEDIA,
        endings=(_PAGE,),
        segments=(articles.SLUG,),
        lenient=True,
    ),
    Operation(
        "/embed/pages/{path:path}",
        "embedPage",
        "One page to frame or include",
        embed_page,
        "Embeds",
        _PARAMS,
        media=_MEDIA,
        also=(410,),
        endings=(_PAGE,),
        segments=(PATH,),
        lenient=True,
    ),
)
