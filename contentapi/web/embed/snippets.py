"""What a partner copies: each is complete, holds real addresses, and works when pasted. Plain text, not HTML."""

from __future__ import annotations

import html
import shlex
from dataclasses import dataclass, replace
from urllib.parse import quote

from contentapi.web.embed import height, markup, oembed, script
from contentapi.web.embed.options import Options
from contentapi.web.embed.piece import Piece
from contentapi.web.pages.words import Words

#: The widths between which the element reckons its height.
_NARROW, _WIDE = 320, 960


@dataclass(frozen=True, slots=True)
class Chosen:
    """A piece, how it is to be shown, in which words, how wide; ``api`` is what full addresses begin with."""

    piece: Piece
    options: Options
    words: Words
    width: int
    api: str

    @property
    def source(self) -> str:
        """The full address of the frame."""
        return f"{self.api}/embed{self.piece.path}{self.options.query()}"

    @property
    def height(self) -> int:
        """The height of the frame at this width."""
        return height.estimate(self.piece, self.options, self.words, self.width)

    @property
    def title(self) -> str:
        """What the frame is called."""
        return markup.title(self.piece, self.words)


def credit(one: Chosen) -> str:
    """The line that stays where nothing else is shown: the way to the page, and whom it is from."""
    told = html.escape(" · ".join(markup.credit_lines(one.piece, Options(attribution="short"), one.words)))
    return f'<p><a href="{html.escape(one.piece.web)}">{html.escape(one.title)}</a> · {told}</p>'


def frame(one: Chosen) -> str:
    """A frame without any script."""
    return f"{oembed.frame(one.source, one.title, '100%', one.height)}\n{credit(one)}"


def _script(one: Chosen) -> str:
    address = html.escape(f"{one.api}/embed.{script.name()}.js")
    return f'<script src="{address}" integrity="{script.integrity()}" crossorigin="anonymous"></script>'


def sized(one: Chosen) -> str:
    """A frame that tells its height."""
    told = replace(one, options=replace(one.options, resize=True))
    inside = oembed.frame(told.source, one.title, "100%", one.height, scripts=True)
    return f"{_script(one)}\n<content-embed>{inside}</content-embed>\n{credit(one)}"


def element(one: Chosen) -> str:
    """The element of the script, around what stays when scripts are refused."""
    kind, _, name = one.piece.path.strip("/").partition("/")
    what = f'{kind.removesuffix("s")}="{html.escape(name)}"' if name else "phases"
    sizes = (f"{wide}x{height.estimate(one.piece, one.options, one.words, wide)}" for wide in (_NARROW, _WIDE))
    given = "".join(
        f' {key.replace("_", "-")}="{html.escape(str(value))}"' for key, value in _given(one.options) if key != "theme"
    )
    return f'{_script(one)}\n<content-embed {what}{given} room="{" ".join(sizes)}">\n  {credit(one)}\n</content-embed>'


def _given(options: Options) -> list[tuple[str, object]]:
    usual = Options()
    names = ("section", "show", "theme", "lang", "heading_level")
    return [(name, getattr(options, name)) for name in names if getattr(options, name) != getattr(usual, name)]


def fragment(one: Chosen) -> str:
    """A request that gives HTML to put into a page."""
    plain = replace(one.options, theme="auto", resize=False)
    query = plain.query().removeprefix("?")
    return f"curl {shlex.quote(f'{one.api}/embed{one.piece.path}.html?fragment' + (f'&{query}' if query else ''))}"


def asked_by_address(one: Chosen) -> str:
    """A request of oEmbed."""
    url = quote(one.source, safe="")
    return f"curl {shlex.quote(f'{one.api}/oembed?url={url}&maxwidth={one.width}')}"


def data(one: Chosen) -> str:
    """A request of JSON-LD."""
    subject = one.piece.subject
    path = subject.address.removeprefix(subject.addresses.api("")) if subject is not None else "/v1/phases"
    return f"curl -H 'Accept: application/ld+json' {shlex.quote(one.api + path)}"


#: Each way in, by the name of its words.
WAYS = {
    "frame": frame,
    "element": element,
    "sized": sized,
    "fragment": fragment,
    "oembed": asked_by_address,
    "data": data,
}
