"""Liquid tags left in a body. A site generator would run them; here the few that only spell an address are understood.

Everything else is taken out and told: a tag must never reach a reader, and what it would have printed is not known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from contentapi.model import Diagnostic, Json, Severity, Site

_OPENING: Final = re.compile(r"\{[{%]")
_CLOSINGS: Final = {"{%": "%}", "{{": "}}"}
_STRING: Final = re.compile(r"""(?:"([^"]*)"|'([^']*)')\s*(?P<filters>(?:\|.*)?)""", re.DOTALL)
_VARIABLE: Final = re.compile(r"(site|page)\.([\w-]+(?:\.[\w-]+)*)\s*(?P<filters>(?:\|.*)?)", re.DOTALL)
_NOT_PLAIN: Final = re.compile(r"\{[{%]|\n\s*\n")
_BREAK: Final = re.compile(r"[ \t]*\n[ \t]*")
#: The front matter that Jekyll prints otherwise than it is written.
_OF_JEKYLL: Final = frozenset({"date", "excerpt", "content", "url", "path", "id", "name", "next", "previous"})
_ADDRESS_FILTERS: Final = re.compile(
    r"(?:\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:baseurl|url)|escape|uri_escape|strip)\s*)*"
)
_BASE_FILTERS: Final = re.compile(r"relative_url|absolute_url|prepend:\s*site\.baseurl")
_FULL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_LINK: Final = re.compile(r"(?P<tag>link|post_url)\s+(?P<named>\S+)")
#: What stands before an address, and the beginning of that: in a link, in the definition of one, in an attribute.
_BEFORE_AN_ADDRESS: Final = re.compile(r"""(?:\]\(\s*|["'=<]|^ {0,3}\[[^\]\n]+\]:[ \t]*)\S*\Z""", re.MULTILINE)
#: So many signs before a tag say where it stands, and so many pieces of what is kept hold them.
_BEFORE, _PIECES = 300, 8
_HIGHLIGHT: Final = re.compile(r"highlight\s+(\S+).*", re.DOTALL)
#: The blocks whose content is no Liquid: one is printed as it is, the other never.
_ENDS: Final = {
    "raw": re.compile(r"\{%-?\s*endraw\s*-?%\}"),
    "comment": re.compile(r"\{%-?\s*endcomment\s*-?%\}"),
}
_FENCE: Final = "````"
#: What a loop would print for each of what it goes through is not known, nor how often.
_LOOP: Final = re.compile(r"(?:for|tablerow)\s.*", re.DOTALL)
_OF_LOOPS: Final = re.compile(r"\{%-?\s*(end)?(?:for|tablerow)(?=[\s%-])")
_NAME: Final = re.compile(r"\w+")
#: What stands between the start of a block and its end, and is told with it.
_BETWEEN: Final = frozenset({"else", "elsif", "when", "break", "continue"})
_BRANCHING: Final = ("if", "unless", "case", "for")


@dataclass(frozen=True, slots=True)
class _Tag:
    """One tag of a text: where it stands, whether it is an ``{{ output }}``, and what is in it."""

    start: int
    end: int
    output: bool
    inner: str


@dataclass(slots=True)
class _Pass:
    """One reading of one body: what it becomes, and what was taken out. ``line`` is that of ``done``, in the file.

    ``never_closed`` has what opens and never closes again, so that nobody looks for its end again.
    """

    text: str
    site: Site
    path: str
    title: str
    values: Mapping[str, Json]
    line: int
    line_start: int = 0
    done: int = 0
    kept: list[str] = field(default_factory=list)
    removed: list[Diagnostic] = field(default_factory=list)
    never_closed: set[str] = field(default_factory=set)
    open: Counter[str] = field(default_factory=Counter)

    def keep_to(self, place: int) -> None:
        self.kept.append(self.text[self.done : place])
        self.skip_to(place)

    def skip_to(self, place: int) -> None:
        breaks = self.text.count("\n", self.done, place)
        if breaks:
            self.line += breaks
            self.line_start = self.text.rfind("\n", self.done, place) + 1
        self.done = place

    def replace(self, end: int, by: str) -> None:
        """Writes ``by`` for what stands up to ``end``, and as many line ends: what follows keeps its line."""
        self.kept.append(by + "\n" * self.text.count("\n", self.done, end))
        self.skip_to(end)


def resolve(
    text: str, *, site: Site, path: str, title: str, first_line: int, values: Mapping[str, Json] | None = None
) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text without Liquid, and a ``liquid-removed`` warning for each tag whose meaning is not known here.

    Understood: ``site.url``, ``site.baseurl``, ``site.title``, ``page.title``, any other text of ``_config.yml`` or of the
    front matter (``values``), a quoted address, each also with ``relative_url`` or ``absolute_url``, ``link`` and
    ``post_url`` where an address is meant (they become the source path), ``raw``, ``comment`` and ``highlight``.
    """
    if "{%" not in text and "{{" not in text:
        return text, ()
    run = _Pass(text, site, path, title, values or {}, first_line)
    while tag := _next_tag(run):
        run.keep_to(tag.start)
        if not tag.output and (_take_block(run, tag) or _take_loop(run, tag)):
            continue
        known = _output(run, tag.inner) if tag.output else _statement(run, tag)
        if known is None and not (not tag.output and _is_told_with_its_start(run, tag.inner)):
            run.removed.append(_told(run, tag))
        run.replace(tag.end, known or "")
    run.keep_to(len(text))
    return "".join(run.kept), tuple(run.removed)


def _next_tag(run: _Pass) -> _Tag | None:
    position = run.done
    while match := _OPENING.search(run.text, position):
        opening = match[0]
        position = match.end()
        end = run.text.find(_CLOSINGS[opening], position) if opening not in run.never_closed else -1
        if end >= 0:
            inner = run.text[position:end].removeprefix("-").removesuffix("-").strip()
            return _Tag(match.start(), end + 2, opening == "{{", inner)
        run.never_closed.add(opening)
    return None


def _take_block(run: _Pass, tag: _Tag) -> bool:
    """Takes a whole ``raw`` or ``comment``; False when it is none, or never closed."""
    if tag.inner not in _ENDS:
        return False
    end = _ENDS[tag.inner].search(run.text, tag.end) if tag.inner not in run.never_closed else None
    if end is None:
        run.never_closed.add(tag.inner)
        return False
    run.replace(tag.end, "")
    if tag.inner == "raw":
        run.keep_to(end.start())
    run.replace(end.end(), "")
    return True


def _take_loop(run: _Pass, tag: _Tag) -> bool:
    """Takes a whole loop with what it holds, which is a pattern for what is not known; False when it is never closed."""
    if "for" in run.never_closed or not _LOOP.fullmatch(tag.inner):
        return False
    depth = 1
    for one in _OF_LOOPS.finditer(run.text, tag.end):
        depth += -1 if one[1] else 1
        closing = run.text.find("%}", one.end()) if depth == 0 else -1
        if closing >= 0:
            run.removed.append(_told(run, tag, " with what it holds"))
            run.replace(closing + 2, "")
            return True
    run.never_closed.add("for")
    return False


def _is_told_with_its_start(run: _Pass, inner: str) -> bool:
    """Whether a tag belongs to a block whose start was told; what starts is remembered."""
    match = _NAME.match(inner)
    name = match[0] if match else ""
    if name in _BETWEEN:
        return any(run.open[one] for one in _BRANCHING)
    if not name.startswith("end"):
        run.open[name] += 1
        return False
    begun = name.removeprefix("end")
    known = run.open[begun] > 0
    run.open[begun] -= known
    return known


def _output(run: _Pass, expression: str) -> str | None:
    named = _VARIABLE.fullmatch(expression)
    if named is not None and _ADDRESS_FILTERS.fullmatch(named["filters"].strip()):
        written = _of_site(run, named[2]) if named[1] == "site" else _of_page(run, named[2].split("."))
        # What would be Liquid again, or several paragraphs, is not what it looks like.
        plain = written is not None and not _NOT_PLAIN.search(written)
        return _filtered(run, _BREAK.sub(" ", written or ""), named["filters"]) if plain else None
    match = _STRING.fullmatch(expression)
    if match is not None and _ADDRESS_FILTERS.fullmatch(match["filters"].strip()):
        return _filtered(run, match[1] if match[1] is not None else match[2], match["filters"])
    return None


def _filtered(run: _Pass, written: str, filters: str) -> str:
    """An address with the site's base path where a filter puts it before; ``https://…`` stays as it is."""
    if not run.site.base or not _BASE_FILTERS.search(filters) or _FULL.match(written):
        return written
    return run.site.base + (written if written.startswith("/") else f"/{written}")


def _of_site(run: _Pass, name: str) -> str | None:
    own = {"url": run.site.origin or "", "baseurl": run.site.base, "title": run.site.title or ""}
    return own.get(name, run.site.variables.get(name, "").strip() if name in run.site.variables else None)


def _of_page(run: _Pass, names: list[str]) -> str | None:
    if names == ["title"]:
        return run.title
    value: Json = None if names[0] in _OF_JEKYLL else dict(run.values)
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value).strip()
    return None


def _statement(run: _Pass, tag: _Tag) -> str | None:
    if tag.inner.startswith("#"):
        return ""
    match = _LINK.fullmatch(tag.inner)
    if match is not None:
        # Where the other document lies on the site is looked up when the link is read; a text is not.
        return _source_address(run.site, match["tag"], match["named"].strip("/")) if _is_address(run) else None
    match = _HIGHLIGHT.fullmatch(tag.inner)
    if match is not None:
        return _on_its_line(run, tag, f"{_FENCE}{match[1]}")
    return _on_its_line(run, tag, _FENCE) if tag.inner == "endhighlight" else None


def _is_address(run: _Pass) -> bool:
    """Whether the address of a link is to be written here."""
    before = "".join(piece[-_BEFORE:] for piece in run.kept[-_PIECES:])[-_BEFORE:]
    return _BEFORE_AN_ADDRESS.search(before) is not None


def _source_address(site: Site, tag: str, named: str) -> str:
    """An address with the extension of a source file, which is looked up among them.

    Jekyll names a document without the folder that ``collections_dir`` is, and a post without extension too.
    """
    named = f"_posts/{named}.md" if tag == "post_url" else named
    folders = {one.directory for one in site.collections if one.directory}
    below = f"{site.collections_dir}/{named}"
    return f"/{below}" if any(below.startswith(f"{folder}/") for folder in folders) else f"/{named}"


def _on_its_line(run: _Pass, tag: _Tag, fence: str) -> str:
    """A fence, which must have a line of its own; as a rule the tag has one, and then the lines stay as they are."""
    before = "\n" if run.text[run.line_start : tag.start].strip() else ""
    after = "" if run.text.startswith(("\n", "\r"), tag.end) or tag.end == len(run.text) else "\n"
    return f"{before}{fence}{after}"


def _told(run: _Pass, tag: _Tag, more: str = "") -> Diagnostic:
    shown = " ".join(run.text[tag.start : min(tag.end, tag.start + 400)].split())
    hint = "Write what it prints, or wrap an example in {% raw %} … {% endraw %}."
    if not tag.output and _LINK.fullmatch(tag.inner):
        hint = f"Make it the address of a link: [text]({shown[:80]})."
    return Diagnostic(
        code="liquid-removed",
        severity=Severity.WARNING,
        path=run.path,
        line=run.line,
        column=tag.start - run.line_start + 1,
        message=f"The Liquid tag {shown[:80]} was taken out{more}: it is not run here.",
        hint=hint,
    )
