"""Rendered HTML to the HTML that is served: sanitised, with heading ids, and its references taken out by number.

One pass over the tree (lexbor) takes out what is told, names headings and numbers references; nh3 sanitises last. What is
read back afterwards (:mod:`contentapi.ingest.outline`) is read from the sanitised HTML.
"""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from contentapi.ingest import heading_ids, outline, precautions
from contentapi.ingest.steps import Steps, made
from contentapi.model import Diagnostic, Heading, Reference, Section, Severity
from contentapi.text import paths, places

_DROPPED_WITH_CONTENT = {
    "script", "style", "svg", "math", "noscript", "template", "title", "object", "embed", "applet", "frameset", "frame",
    "noframes", "noembed", "textarea", "select", "xmp", "plaintext", "iframe",
}  # fmt: skip
_TAGS = (nh3.ALLOWED_TAGS - {"style", "title"}) | {
    "section", "main", "button", "input", "picture", "source", "video", "audio", "track", "iframe", "label",
}  # fmt: skip
_EVERYWHERE = {"class", "id", "title", "lang", "dir", "role", "hidden", "tabindex"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href", "target", "rel", "hreflang", "download", "name"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "input": {"type", "checked", "disabled"},
    "button": {"type", "disabled"},
    "label": {"for"},
    "iframe": {"src", "width", "height", "allowfullscreen", "loading", "allow"},
    "video": {"src", "poster", "controls", "width", "height", "loop", "muted", "preload", "playsinline"},
    "audio": {"src", "controls", "loop", "muted", "preload"},
    "source": {"src", "type", "media"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "td": {"align", "colspan", "rowspan", "headers"},
    "th": {"align", "colspan", "rowspan", "headers", "scope", "abbr"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "time": {"datetime"},
    "data": {"value"},
    "del": {"datetime"},
    "ins": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "sms"}
#: The attributes of each element that are addresses.
_REFERENCES: Final = {
    "a": ("href",),
    "img": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "source": ("src",),
    "track": ("src",),
}
#: The elements that name a picture in several sizes.
_PICTURES: Final = frozenset({"img", "source"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNWANTED: Final = frozenset(_DROPPED_WITH_CONTENT | {"form", "input"})
_NOTED: Final = ", ".join(sorted(_HEADINGS | _UNWANTED | _REFERENCES.keys()))
#: Where an author gave ids. One selector, as of several a node that matches two is found twice; it takes seven times longer.
_NOTED_WITH_IDS: Final = f":is({_NOTED}, [id])"
#: Whether any tag may have one; a text that looks like it costs no more than time.
_WITH_ID: Final = re.compile(r"id\s*=")
#: What there is to name or to number in HTML that no author wrote.
_NAMED: Final = re.compile(r"<(?:a|h[1-6]|img)\b")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands: the file, the folder of its file, the folder of its public path, the site's base path."""

    source: str
    folder: str
    path: str | None
    base: str = ""
    iframe_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The sanitised HTML of a body, with what was read from it."""

    html: str
    text: str
    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    anchors: tuple[str, ...]
    first_paragraph: str
    diagnostics: tuple[Diagnostic, ...]


_NOTHING: Final = Cleaned("", "", (), (), (), (), "", ())


@dataclass(slots=True)
class _Pass:
    """One reading of one body: its references, the anchors of its own that it links to, and what is to be told."""

    place: Place
    references: list[Reference] = field(default_factory=list)
    local: dict[str, int | None] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    #: Whether a ``srcset`` was told: a page that has one has many.
    srcset: bool = False

    def tell(self, code: str, severity: Severity, line: int | None, message: str, hint: str) -> None:
        self.diagnostics.append(Diagnostic(code, severity, self.place.source, message, hint, line))


def clean(rendered: str, place: Place, *, raw: bool = True) -> Cleaned:
    """Sanitises rendered HTML and reads headings, sections, text and references from it.

    ``raw`` says that some of it was written as HTML by an author, so that it may be of any shape.
    """
    return made(steps(rendered, place, raw=raw))


def steps(rendered: str, place: Place, *, raw: bool = True) -> Steps[Cleaned]:
    """The same, in steps: name and number, sanitise, read."""
    if not rendered:
        return _NOTHING
    run = _Pass(place)
    numbered = _numbered_throughout(rendered, run, raw=raw)
    yield
    html = sanitise(numbered, iframe_hosts=place.iframe_hosts, raw=raw)
    yield
    read = outline.read(html)
    _tell_missing_anchors(run, read.anchors)
    return Cleaned(
        html=html,
        text=read.text,
        headings=read.headings,
        sections=read.sections,
        references=tuple(run.references),
        anchors=read.anchors,
        first_paragraph=read.first_paragraph,
        diagnostics=tuple(run.diagnostics),
    )


def _numbered_throughout(rendered: str, run: _Pass, *, raw: bool) -> str:
    """The HTML without what is told, its headings named and its references numbered."""
    prepared, too_deep = precautions.take(rendered)
    if too_deep:
        _tell_too_deep(run)
    if not raw and not _NAMED.search(prepared):
        return prepared
    tree = LexborHTMLParser(prepared, is_fragment=True)
    noted = _NOTED_WITH_IDS if _WITH_ID.search(prepared.lower()) else _NOTED
    nodes = tree.css(noted)
    if any(node.tag in _UNWANTED for node in nodes):
        _remove_unwanted(nodes, run)
        nodes = tree.css(noted)
    _name_headings(nodes, run)
    for node in nodes:
        if node.tag in _REFERENCES:
            _number(node, run)
    return tree.html or ""


def sanitise(html: str, *, iframe_hosts: tuple[str, ...] = (), raw: bool = True) -> str:
    """The allow-list of the service: structure, text, ``class``, ``id`` and ``aria-*`` stay; what executes or styles goes.

    Sanitising the result again changes nothing. To take a tag out may leave what stands around it in a place where no
    parser would put it, so this is done until it changes nothing; that is at once for HTML that no author wrote (``raw``).
    """
    # The filter is a call from Rust for each attribute; few documents hold what it is for.
    filtered = "<iframe" in html or "<input" in html or "<button" in html
    cleaner = _cleaner(iframe_hosts, filtered=filtered)
    cleaned: str = cleaner.clean(html).strip()
    for _ in range(_MAX_ROUNDS if raw else 0):
        before, cleaned = cleaned, cleaner.clean(cleaned).strip()
        if cleaned == before:
            return cleaned
    return entities.escape(outline.read(cleaned).text) if raw else cleaned


_MAX_ROUNDS: Final = 10


@cache
def _cleaner(iframe_hosts: tuple[str, ...], *, filtered: bool) -> nh3.Cleaner:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if tag == "iframe" and attribute == "src":
            return value if _framed(value, iframe_hosts) else None
        if tag == "input" and attribute == "type":
            return "checkbox" if value.lower() == "checkbox" else None
        if tag == "button" and attribute == "type":
            return "button"
        return value

    dropped = _DROPPED_WITH_CONTENT - ({"iframe"} if iframe_hosts else set())
    return nh3.Cleaner(
        tags=_TAGS - dropped,
        clean_content_tags=dropped,
        attributes={tag: names for tag, names in _ATTRIBUTES.items() if tag not in dropped},
        generic_attribute_prefixes={"aria-"},
        attribute_filter=keep if filtered else None,
        url_schemes=_SCHEMES,
        link_rel=None,
        strip_comments=True,
    )


# -- what is taken out ------------------------------------------------------------------------------------------------


def _remove_unwanted(nodes: list[LexborNode], run: _Pass) -> None:
    removed: set[int] = set()
    told: set[str] = set()
    for node in nodes:
        tag = node.tag or ""
        if tag not in _UNWANTED or any(one.mem_id in removed for one in _around(node)):
            continue
        if _is_kept(node, tag, run.place):
            # What a frame holds is shown instead of it where there are no frames, which is nowhere.
            node.inner_html = ""
            continue
        if tag == "iframe":
            _tell_iframe(node, run)
        elif tag not in told:
            _tell_removed(node, tag, run)
        told.add(tag)
        if tag != "form":
            removed.add(node.mem_id)
            # Its children stay in memory: some may be among the nodes still to come.
            node.decompose(recursive=False)


def _tell_too_deep(run: _Pass) -> None:
    run.tell(
        "nesting-too-deep",
        Severity.ERROR,
        None,
        f"Elements are nested deeper than {precautions.MAX_DEPTH} levels; the innermost were taken out, not their text.",
        "Flatten the HTML.",
    )


def _is_kept(node: LexborNode, tag: str, place: Place) -> bool:
    if tag == "iframe":
        return _framed(node.attributes.get("src") or "", place.iframe_hosts)
    return tag == "input" and (node.attributes.get("type") or "").lower() == "checkbox"


def _around(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _framed(src: str, hosts: tuple[str, ...]) -> bool:
    url = paths.split_url(src)
    return url.scheme in {None, "https"} and url.host is not None and url.host in hosts


def _tell_iframe(node: LexborNode, run: _Pass) -> None:
    host = paths.split_url(node.attributes.get("src") or "").host or "an unnamed host"
    run.tell(
        "iframe-removed",
        Severity.WARNING,
        _line(node),
        f"A frame of {host} was taken out: the site does not allow that host.",
        "Link to the page instead, or allow the host by `iframe_hosts` in contentapi.toml.",
    )


def _tell_removed(node: LexborNode, tag: str, run: _Pass) -> None:
    content = "; what it holds was kept" if tag == "form" else "" if tag == "input" else " with its content"
    run.tell(
        "html-removed",
        Severity.WARNING,
        _line(node),
        f"<{tag}> was taken out{content}: it is not allowed in content.",
        "Describe what it shows in Markdown, or link to the page that holds it.",
    )


def _line(node: LexborNode) -> int | None:
    written = node.attributes.get("data-line") or ""
    return int(written) if written.isdecimal() and len(written) < 9 else None


# -- headings ---------------------------------------------------------------------------------------------------------


def _name_headings(nodes: list[LexborNode], run: _Pass) -> None:
    """Gives each heading its id: the one it has, when no other element has it, else the one that kramdown would."""
    used: dict[str, int] = {}
    headings: list[tuple[LexborNode, str]] = []
    for node in nodes:
        written = (node.attributes.get("id") or "").strip()
        if node.tag in _HEADINGS:
            headings.append((node, written))
        elif written:
            used[written] = 0
    pending = []
    for node, written in headings:
        if written and written not in used:
            used[written] = 0
        else:
            pending.append((node, written))
    for node, written in pending:
        text = _text_of_heading(node)
        if written:
            _tell_duplicate(node, written, run)
        if text.strip():
            node.attrs["id"] = heading_ids.unique(heading_ids.heading_id(text), used)
        else:
            _tell_empty(node, run)


def _text_of_heading(node: LexborNode) -> str:
    """The text that the id is made of. A picture holds its place, the hyphens of code are no dashes, a footnote is none."""
    if node.child is None or (node.child.tag == "-text" and node.child.next is None):
        return node.text(deep=True).strip()
    parts = []
    for one in node.traverse(include_text=True):
        if one.tag == "img":
            parts.append(heading_ids.PICTURE)
        elif one.tag == "-text":
            around = {f"{above.tag}.{above.attributes.get('class')}" for above in _below(one, node)}
            text = one.text_content or ""
            if not any(above.startswith("sup.footnote-ref") for above in around):
                parts.append(
                    text.replace("-", heading_ids.HYPHEN) if any(a.startswith("code.") for a in around) else text
                )
    text = "".join(parts).strip()
    return text if text.strip(heading_ids.PICTURE) else _spoken(node)


def _below(node: LexborNode, top: LexborNode) -> Iterator[LexborNode]:
    """The elements around a node that are within ``top``."""
    for above in _around(node):
        if above.mem_id == top.mem_id:
            return
        yield above


def _tell_duplicate(node: LexborNode, written: str, run: _Pass) -> None:
    run.tell(
        "duplicate-id",
        Severity.WARNING,
        _line(node),
        f"The id {written!r} is already used in this document; the heading got another.",
        "Give each heading its own id.",
    )


def _tell_empty(node: LexborNode, run: _Pass) -> None:
    run.tell(
        "heading-empty",
        Severity.WARNING,
        _line(node),
        "The heading is empty: it is in no table of contents, and screen readers stop at it.",
        "Write its text, or remove it.",
    )


# -- references -------------------------------------------------------------------------------------------------------


def _number(node: LexborNode, run: _Pass) -> None:
    attributes = node.attributes
    tag = node.tag or ""
    for name in _REFERENCES[tag]:
        if attributes.get(name) is not None:
            address = _numbered((attributes[name] or "").strip(), node, run)
            if address is None:
                del node.attrs[name]
            else:
                node.attrs[name] = address
    if tag == "img" and "alt" not in attributes:
        _tell_alt(node, attributes.get("src") or "", run)
    if tag in _PICTURES and attributes.get("srcset"):
        _tell_srcset(node, tag, run)
    if attributes.get("target") is not None:
        _settle_target(node, attributes["target"] or "")


def _numbered(written: str, node: LexborNode, run: _Pass) -> str | None:
    """What stands in the HTML for an address: its place, or itself where it leads to no path; None when it is unsafe."""
    if not is_safe(written):
        run.diagnostics.append(unsafe(run.place.source, written, _line(node)))
        return None
    if node.tag == "a" and written.startswith("#"):
        run.local.setdefault(paths.decode(written[1:]), _line(node))
    kind: Literal["link", "image"] = "link" if node.tag == "a" else "image"
    found = reference(written, run.place, kind=kind, text=_spoken(node), line=_line(node))
    if found is None:
        return written
    run.references.append(found)
    return places.place(len(run.references) - 1)


def is_safe(url: str) -> bool:
    """Whether an address may stand in an answer: it leads somewhere, and is of a kind that executes nothing."""
    parts = paths.split_url(url)
    if parts.path is None or (parts.scheme in {"http", "https"} and parts.host is None):
        return False
    return parts.scheme is None or parts.scheme in _SCHEMES


def unsafe(source: str, url: str, line: int | None) -> Diagnostic:
    """Told of an address that is not safe."""
    return Diagnostic(
        "link-unsafe",
        Severity.WARNING,
        source,
        f"The address {_short(url)!r} was taken out: addresses of that kind are not allowed.",
        "Use an https:// address or a path of the site.",
        line,
    )


def _settle_target(node: LexborNode, written: str) -> None:
    """A link opens where it stands or in a new tab: a frame or window by another name may be somebody else's."""
    target = written.strip().strip("\\").lower()
    if target in {"_blank", "_self", "_parent", "_top"}:
        node.attrs["target"] = target
    else:
        del node.attrs["target"]


def _tell_alt(node: LexborNode, written: str, run: _Pass) -> None:
    run.tell(
        "image-alt-missing",
        Severity.WARNING,
        _line(node),
        f"The picture {_short(written)!r} has no alternative text.",
        'Describe it in alt="…", or write alt="" when it is only decoration.',
    )


def _tell_srcset(node: LexborNode, tag: str, run: _Pass) -> None:
    """Other sizes of a picture are not kept: of each, where it is the only address there is; else of the first."""
    if tag == "img" and not node.attributes.get("src"):
        run.tell(
            "html-removed",
            Severity.WARNING,
            _line(node),
            "The picture is not shown: its `srcset` was taken out, and it has no `src`.",
            "Name the picture in `src`.",
        )
    elif not run.srcset:
        run.srcset = True
        run.tell(
            "html-removed",
            Severity.INFO,
            _line(node),
            "The `srcset` of a picture was taken out: the picture in `src` is shown at every size.",
            "Leave it out, and name in `src` a picture that fits every screen.",
        )


def _short(written: str) -> str:
    return written if len(written) <= 80 else written[:79] + "…"


def _spoken(node: LexborNode) -> str:
    """What a reader hears: the text of a link, else what its picture shows."""
    text = node.text(deep=True) if node.tag == "a" else ""
    if not text.strip():
        picture = node if node.tag == "img" else node.css_first("img")
        text = (picture.attributes.get("alt") or "") if picture is not None else ""
    return _BLANKS.sub(" ", text).strip()


def reference(
    written: str, place: Place, *, kind: Literal["link", "image"], text: str = "", line: int | None = None
) -> Reference | None:
    """What an address written in a document means, or None when it names nothing to look for (``#id``, ``mailto:``)."""
    url = paths.split_url(written)
    if url.path is None or url.scheme not in {None, "http", "https"} or written.startswith(("#", "?")) or not written:
        return None
    if url.host is not None:
        key = paths.key(paths.without_base(url.path, place.base))
        return Reference(kind, written, url.host, key, url.suffix, text, line)
    if url.path.startswith("/"):
        public = source = paths.without_base(url.path, place.base)
    else:
        public = paths.relative(_public_folder(place), url.path)
        source = paths.relative(place.folder, url.path)
    named = unicodedata.normalize("NFC", paths.decode(source)).lstrip("/")
    return Reference(kind, written, None, paths.key(public), url.suffix, text, line, named)


def _public_folder(place: Place) -> str:
    public = place.path if place.path is not None else f"/{place.source}"
    return public.rpartition("/")[0] + "/"


def _tell_missing_anchors(run: _Pass, anchors: tuple[str, ...]) -> None:
    known = {*anchors, "", "top"}
    for anchor, line in run.local.items():
        # `#:~:text=…` marks words, not an anchor (WICG scroll-to-text-fragment).
        if anchor not in known and not anchor.startswith(":~:"):
            run.tell(
                "anchor-missing",
                Severity.WARNING,
                line,
                f"The link to #{_short(anchor)} leads to no heading or id of this document.",
                "Correct the anchor, or give the heading this id.",
            )
