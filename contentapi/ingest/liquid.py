"""Liquid tags left in a body. A site generator would run them; here the few that only spell an address are understood.

Everything else is taken out and told: a tag must never reach a reader, and what it would have printed is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from contentapi.model import Diagnostic, Severity, Site

_OPENING: Final = re.compile(r"\{[{%]")
_CLOSINGS: Final = {"{%": "%}", "{{": "}}"}
_STRING: Final = re.compile(r"""(?:"([^"]*)"|'([^']*)')\s*(?P<filters>(?:\|.*)?)""", re.DOTALL)
_ADDRESS_FILTERS: Final = re.compile(
    r"(?:\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:baseurl|url)|escape|uri_escape)\s*)*"
)
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
    line: int
    line_start: int = 0
    done: int = 0
    kept: list[str] = field(default_factory=list)
    removed: list[Diagnostic] = field(default_factory=list)
    never_closed: set[str] = field(default_factory=set)

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


def resolve(text: str, *, site: Site, path: str, title: str, first_line: int) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text without Liquid, and a ``liquid-removed`` warning for each tag whose meaning is not known here.

    Understood: ``site.url``, ``site.baseurl``, ``site.title``, ``page.title``, a quoted address with ``relative_url`` or
    ``absolute_url``, ``link`` and ``post_url`` where an address is meant (they become the source path), ``raw``, ``comment``
    and ``highlight``.
    """
    if "{%" not in text and "{{" not in text:
        return text, ()
    run = _Pass(text, site, path, title, first_line)
    while tag := _next_tag(run):
        run.keep_to(tag.start)
        if tag.inner in _ENDS and not tag.output and _take_block(run, tag):
            continue
        known = _output(run, tag.inner) if tag.output else _statement(run, tag)
        if known is None:
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
    """Takes a whole ``raw`` or ``comment``; False when it is never closed."""
    end = _ENDS[tag.inner].search(run.text, tag.end) if tag.inner not in run.never_closed else None
    if end is None:
        run.never_closed.add(tag.inner)
        return False
    run.replace(tag.end, "")
    if tag.inner == "raw":
        run.keep_to(end.start())
    run.replace(end.end(), "")
    return True


def _output(run: _Pass, expression: str) -> str | None:
    variables = {
        "site.url": run.site.origin or "",
        "site.baseurl": "",
        "site.title": run.site.title or "",
        "page.title": run.title,
    }
    if expression in variables:
        return variables[expression]
    match = _STRING.fullmatch(expression)
    if match is not None and _ADDRESS_FILTERS.fullmatch(match["filters"].strip()):
        return match[1] if match[1] is not None else match[2]
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


def _told(run: _Pass, tag: _Tag) -> Diagnostic:
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
        message=f"The Liquid tag {shown[:80]} was taken out: it is not run here.",
        hint=hint,
    )
