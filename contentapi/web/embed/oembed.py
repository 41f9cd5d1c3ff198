"""oEmbed 1.0 (https://oembed.com): from the address of a page to a frame that shows it, with its true size."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.sax.saxutils import escape

from contentapi.errors import BadParameter, NotFound
from contentapi.index import addresses, phases
from contentapi.text import paths
from contentapi.web import params
from contentapi.web.call import Call
from contentapi.web.embed import height, markup, options, piece, words
from contentapi.web.embed.options import Options
from contentapi.web.embed.piece import Piece
from contentapi.web.grammar import pairs
from contentapi.web.params import Param

#: The width of a frame for which nothing else is asked, and the largest that is of use.
USUAL, WIDEST = 640, 1280
#: How many seconds consumers may keep an answer.
CACHE_AGE = 3600
_SUFFIXES = (".html", ".md")


def answer(call: Call, url: str, wide: int | None, high: int | None) -> dict[str, object]:
    """What is answered for an address, in the order of the specification. Raises :class:`NotFound`."""
    found, asked = locate(call, url)
    width = min(wide or USUAL, WIDEST)
    asked, tall = fitted(found, asked, width, high)
    said = words.of(asked.lang or found.lang)
    title = markup.title(found, said)
    origin = piece.origin(call)
    source = f"{origin}/embed{found.path}{asked.query()}"
    site = call.reader.site
    told = {
        "type": "rich",
        "version": "1.0",
        "title": title,
        "author_name": ", ".join(found.names) or None,
        "provider_name": (site.attribution.name if site.attribution else None) or site.title or "contentapi",
        "provider_url": (site.attribution.url if site.attribution else None) or site.origin or origin,
        "cache_age": CACHE_AGE,
        "html": frame(source, title, width, tall),
        "width": width,
        "height": tall,
    }
    return {name: value for name, value in told.items() if value is not None}


def frame(source: str, title: str, width: int | str, high: int, *, scripts: bool = False) -> str:
    """The element that shows an embed. Its sandbox lets readers open links, and nothing else."""
    rights = "allow-popups allow-popups-to-escape-sandbox" + (" allow-scripts" if scripts else "")
    return (
        f'<iframe src="{html.escape(source)}" width="{width}" height="{high}" title="{html.escape(title)}"'
        f' sandbox="{rights}" loading="lazy" frameborder="0"></iframe>'
    )


def fitted(found: Piece, asked: Options, width: int, high: int | None) -> tuple[Options, int]:
    """The options and the height under a greatest height: less is shown before the frame has to scroll."""
    said = words.of(asked.lang or found.lang)
    tall = height.estimate(found, asked, said, width)
    if high is not None and tall > high and asked.show == "full" and found.kind != "phases" and not found.section:
        short = replace(asked, show="summary")
        return short, min(height.estimate(found, short, said, width), high)
    return asked, tall if high is None else min(tall, high)


# -- from an address to a piece ---------------------------------------------------------------------------------------


def locate(call: Call, url: str) -> tuple[Piece, Options]:
    """The piece that an address means, and how it is to be shown. Raises :class:`NotFound`, which names ``url``."""
    try:
        return _located(call, url)
    except NotFound as error:
        raise NotFound(error.what, error.name, named=params.unknown("url", url, None)) from None


def _located(call: Call, url: str) -> tuple[Piece, Options]:
    written = url.strip()
    if not written:
        raise NotFound("embed", url)
    address, _, fragment = written.partition("#")
    own = _below_api(call, address)
    path = (own or "").partition("?")[0]
    if path.startswith(("/v1/", "/embed/")):
        asked = _options(own or "", options.OF_FRAMES)
        found = _named(call, path, asked.section or _anchor(fragment), url)
        explicit = "show=" in (own or "")
    else:
        asked, explicit = Options(), False
        found = _public(call, address, _anchor(fragment), url)
    if not explicit and found.section is None and found.kind not in {"phase", "phases"}:
        asked = replace(asked, show="summary")
    return found, replace(asked, section=found.section)


def _anchor(fragment: str) -> str | None:
    return paths.decode(fragment) or None


def _below_api(call: Call, address: str) -> str | None:
    """The path of an address of this API, query included; None when it is another's."""
    url = paths.split_url(address)
    for own in (call.reader.site.api, call.settings.listening):
        base = paths.split_url(own) if own else None
        if base is not None and url.host == base.host and url.host is not None and url.path is not None:
            above = base.path or ""
            if url.path.startswith(above + "/"):
                return url.path.removeprefix(above) + url.suffix
    if url.host is None and url.path is not None and url.path.startswith(("/v1/", "/embed/")):
        return url.path + url.suffix
    return None


def _named(call: Call, path: str, section: str | None, url: str) -> Piece:
    """The piece at an address of the API, or of an embed."""
    kind, _, name = path.removeprefix("/v1/").removeprefix("/embed/").rstrip("/").partition("/")
    for suffix in _SUFFIXES:
        kind, name = kind.removesuffix(suffix), name.removesuffix(suffix)
    if kind == "phases" and not name:
        return piece.of_all_phases(call)
    if kind == "phases":
        phase = phases.phase(call.reader, paths.decode(name))
        if phase is not None:
            return _at(section, lambda anchor: piece.of_phase(call, phase, anchor))
    if kind == "articles":
        return _at(section, lambda anchor: piece.of_article(call, paths.decode(name), anchor))
    if kind == "pages" and name:
        return _public(call, f"/{name}", section, url)
    raise NotFound("embed", url)


def _public(call: Call, address: str, section: str | None, url: str) -> Piece:
    """The piece at a public address of the site, redirects followed."""
    path = addresses.site_path(call.reader, address)
    if path is None:
        raise NotFound("embed", url)
    found = addresses.resolve(call.reader, path.partition("?")[0])
    row = found.row
    if row is None:
        raise NotFound("embed", url)
    anchor = section or _anchor(paths.split_url(found.suffix).suffix.partition("#")[2])
    return _at(anchor, lambda one: piece.of_document(call, row, one))


def _at(section: str | None, made: Callable[[str | None], Piece]) -> Piece:
    """The section of a piece; the whole when the address ends in an anchor that is no heading."""
    try:
        return made(section)
    except NotFound:
        return made(None)


def _options(address: str, declared: tuple[Param, ...]) -> Options:
    """The options in the query of an address; a value that is not known counts as none."""
    written: dict[str, list[str]] = {}
    for name, value in pairs(address.partition("?")[2], lenient=True):
        written.setdefault(name, []).append(value)
    return options.read(known(declared, written))


def known(declared: tuple[Param, ...], written: Mapping[str, list[str]]) -> dict[str, object]:
    """The values that can be read."""
    found: dict[str, object] = {}
    for one in declared:
        try:
            found |= params.read((one,), {one.name: written[one.name]}) if one.name in written else {}
        except BadParameter:
            continue
    return found


# -- XML --------------------------------------------------------------------------------------------------------------


def xml(told: Mapping[str, object]) -> bytes:
    """The answer as XML: one element for each key, in the same order."""
    inside = "".join(f"\n  <{name}>{_text(value)}</{name}>" for name, value in told.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{inside}\n</oembed>\n'.encode()


def _text(value: object) -> str:
    """A text without what XML 1.0 cannot hold."""
    return escape("".join(sign for sign in str(value) if sign >= " " or sign in "\t\n\r"))
