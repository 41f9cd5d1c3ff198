"""Edits of sanitised HTML for another place: heading levels, ids, classes, links, pictures; one pass over the tree.

Nothing is added but what a sanitiser lets stand, so that sanitising the result again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from contentapi.text import paths

_LEVELS = {f"h{level}": level for level in range(1, 7)}
#: The attributes whose values are ids of the same document, some of them several.
_REFER = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details")
#: What shows something of another place by itself.
_MEDIA = ":is(video, audio, iframe)"
#: One selector each: with several, a node that matches two is found twice.
_NAMED = f":is([id], [class], [name], {', '.join(f'[{name}]' for name in _REFER)})"
_HEADINGS = ":is(h1, h2, h3, h4, h5, h6)"
_ADDRESSED = ":is([href], [src], [poster])"
_ASSETS = "/v1/assets/"


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be edited.

    ``level`` is that of the outermost headings; the others follow without a gap, down to 6. ``prefix`` begins every id.
    ``classes`` are given by tag, and are the only ones left unless ``own_classes`` keeps those that the author wrote.
    ``page`` is the full address of the page that the HTML is from, ``site`` the origin of its paths, ``api`` what the
    addresses of files begin with; None where there is none. ``target`` is where links open. Without ``links`` or ``images``
    these leave their text.
    """

    level: int | None = None
    prefix: str = ""
    classes: Mapping[str, str] = field(default_factory=dict)
    own_classes: bool = False
    links: bool = True
    images: bool = True
    page: str | None = None
    site: str | None = None
    api: str = ""
    target: str | None = None


def edited(html: str, edit: Edit) -> str:
    """The HTML as another place needs it. Linear in its length, but for headings that hold headings, which none does."""
    if not html.strip():
        return ""
    tree = LexborHTMLParser(f"<div>{html}</div>", is_fragment=True)
    top = _top(tree)
    ids = {node.attributes.get("id") or "" for node in top.css("[id]")} - {""}
    _media(tree, top)
    for node in top.css("img"):
        _picture(node, edit)
    for node in top.css("a"):
        _link(node, ids, edit)
    for node in top.css(_NAMED):
        _ids(node, ids, edit.prefix)
        if not edit.own_classes:
            _unclass(node)
    if edit.level is not None:
        _relevel(tree, top, edit.level)
    for tag, name in edit.classes.items():
        for node in top.css(tag):
            written = node.attributes.get("class")
            node.attrs["class"] = f"{written} {name}" if written else name
    return (top.inner_html or "").strip()


def readdressed(html: str, address: Callable[[str], str | None]) -> str:
    """The HTML with every address as ``address`` spells it; where that gives None, the element stays without one."""
    if not html.strip():
        return ""
    top = _top(LexborHTMLParser(f"<div>{html}</div>", is_fragment=True))
    for node in top.css(_ADDRESSED):
        for name in ("href", "src", "poster"):
            written = (node.attributes.get(name) or "").strip()
            found = address(written) if written else None
            if found is not None:
                node.attrs[name] = found
            elif name in node.attributes:
                del node.attrs[name]
    return (top.inner_html or "").strip()


def rewritten(html: str) -> str:
    """The same HTML as a parser writes it, so that whoever reads it and writes it again changes no byte."""
    return _top(LexborHTMLParser(f"<div>{html}</div>", is_fragment=True)).inner_html or ""


def section(html: str, anchor: str) -> tuple[str, str] | None:
    """The text of the heading of that id, and what stands under it, down to the next one of its level or above."""
    tree = LexborHTMLParser(f"<div>{html}</div>", is_fragment=True)
    for node in _top(tree).css(_HEADINGS):
        if node.attributes.get("id") == anchor:
            return " ".join(node.text(deep=True).split()), "".join(_under(node)).strip()
    return None


def headings(html: str) -> list[tuple[str, str]]:
    """The id and the text of each heading that has an id."""
    if not html.strip():
        return []
    nodes = _top(LexborHTMLParser(f"<div>{html}</div>", is_fragment=True)).css(_HEADINGS)
    found = [(node.attributes.get("id") or "", " ".join(node.text(deep=True).split())) for node in nodes]
    return [one for one in found if all(one)]


def _top(tree: LexborHTMLParser) -> LexborNode:
    top = tree.css_first("div")
    if top is None:  # it was put there
        raise AssertionError
    return top


def _under(heading: LexborNode) -> Iterator[str]:
    level = _LEVELS[heading.tag or "h1"]
    node = heading.next
    while node is not None and _LEVELS.get(node.tag or "", 7) > level:
        yield node.html or ""
        node = node.next


# -- what is shown of other places ------------------------------------------------------------------------------------


def _media(tree: LexborHTMLParser, top: LexborNode) -> None:
    """A film, a sound or a frame becomes a link to itself: nothing is fetched unless a reader asks for it."""
    for node in top.css("picture source"):
        node.decompose()
    for node in top.css("picture"):
        node.unwrap()
    for node in top.css(_MEDIA):
        inside = node.css_first("source")
        written = node.attributes.get("src") or (inside.attributes.get("src") if inside is not None else None) or ""
        said = node.attributes.get("title") or node.attributes.get("aria-label") or _file_name(written)
        link = tree.create_node("a")
        if written and said:
            link.attrs["href"] = written
            link.insert_child(said)
            node.replace_with(link)
        else:
            node.decompose()


def _file_name(address: str) -> str:
    url = paths.split_url(address)
    return paths.last_segment(url.path or "") if url.host is None else url.host


def _picture(node: LexborNode, edit: Edit) -> None:
    """A picture of this service stays, under its full address; of any other, what it says in words."""
    written = node.attributes.get("src") or ""
    mark = written.find(_ASSETS)
    own = mark == 0 or (mark > 0 and edit.api and written.startswith(edit.api + _ASSETS))
    if edit.images and own:
        node.attrs["src"] = edit.api + written[mark:]
        node.attrs["loading"] = "lazy"
        return
    alt = (node.attributes.get("alt") or "").strip()
    if alt:
        node.replace_with(alt)
    else:
        node.decompose()


# -- links ------------------------------------------------------------------------------------------------------------


def _link(node: LexborNode, ids: set[str], edit: Edit) -> None:
    written = (node.attributes.get("href") or "").strip()
    if not written:
        return
    if written.startswith("#") and (paths.decode(written[1:]) in ids or written in {"#", "#top"}):
        if edit.links:
            node.attrs["href"] = f"#{edit.prefix}{written[1:]}" if written not in {"#", "#top"} else written
        else:
            node.unwrap()
        return
    address = absolute(written, edit)
    if address is None or not edit.links:
        node.unwrap()
        return
    node.attrs["href"] = address
    if edit.target is not None:
        node.attrs["target"] = edit.target


def absolute(written: str, edit: Edit) -> str | None:
    """The full address that a link of the HTML means; None when it has none outside its site."""
    if written.startswith("#"):
        return edit.page + written if edit.page is not None else None
    url = paths.split_url(written)
    if url.scheme is not None:
        return written
    if url.host is not None:
        return f"https:{written}"
    if written.startswith(_ASSETS):
        return edit.api + written
    return edit.site + written if edit.site is not None and written.startswith("/") else None


# -- names ------------------------------------------------------------------------------------------------------------


def _ids(node: LexborNode, ids: set[str], prefix: str) -> None:
    attributes = node.attributes
    if attributes.get("name") is not None and node.tag == "a":
        del node.attrs["name"]
    if not prefix:
        return
    if attributes.get("id"):
        node.attrs["id"] = f"{prefix}{attributes['id']}"
    for name in _REFER:
        value = attributes.get(name)
        if value:
            node.attrs[name] = " ".join(f"{prefix}{one}" if one in ids else one for one in value.split())


def _unclass(node: LexborNode) -> None:
    """No class but that which tells the language of code."""
    written = node.attributes.get("class")
    if written is None:
        return
    kept = [name for name in written.split() if name.startswith("language-")]
    if kept:
        node.attrs["class"] = " ".join(kept)
    else:
        del node.attrs["class"]


def _relevel(tree: LexborHTMLParser, top: LexborNode, outermost: int) -> None:
    headings = top.css(_HEADINGS)
    levels = nested([_LEVELS[node.tag or "h1"] for node in headings], outermost)
    for node, level in zip(headings, levels, strict=True):
        if node.tag == f"h{level}":
            continue
        made = tree.create_node(f"h{level}")
        for name, value in node.attributes.items():
            made.attrs[name] = value
        made.inner_html = node.inner_html or ""
        node.replace_with(made)


def nested(levels: Sequence[int], outermost: int) -> list[int]:
    """The levels of headings as deep as they are nested, from ``outermost`` on: none is skipped, and none is below 6."""
    found: list[int] = []
    above: list[int] = []
    for level in levels:
        while above and above[-1] >= level:
            above.pop()
        found.append(min(outermost + len(above), 6))
        above.append(level)
    return found
