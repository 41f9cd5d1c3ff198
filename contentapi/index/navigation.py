"""Where a page stands: the tree of pages, the menus the editors wrote, breadcrumbs, sidebar, neighbours, children."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import orjson

from contentapi.index import addresses, links, listing
from contentapi.index.reader import COLUMNS, Reader, Row
from contentapi.model import Json, MenuEntry, Reference
from contentapi.text import paths

#: The most children that a page shows at once; the rest is behind a link.
CHILDREN = 100


@dataclass(frozen=True, slots=True)
class Crumb:
    """One breadcrumb, resolved: ``path`` is the address it leads to, ``row`` the document there."""

    title: str
    path: str | None
    row: Row | None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a menu or of the tree, resolved.

    ``url`` is what to link to, None when the target is dead; ``active`` marks the current page, ``in_trail`` what lies above
    it. ``children_count`` is how many there are, also below the depth that was asked for.
    """

    label: str | None
    path: str | None
    url: str | None
    external: bool
    children: tuple[Item, ...]
    children_count: int
    active: bool
    in_trail: bool
    row: Row | None
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A named list that the editors wrote, resolved."""

    name: str
    source: str
    items: tuple[Item, ...]


# -- breadcrumbs, neighbours, children --------------------------------------------------------------------------------


def breadcrumbs(reader: Reader, row: Row, written: Json) -> list[Crumb]:
    """The breadcrumbs that front matter has, else the pages above by path, ending with the page itself."""
    if isinstance(written, list) and written:
        return [_written_crumb(reader, one) for one in written if isinstance(one, dict)]
    if row.key is None:
        return []
    found = (reader.by_key(key) for key in reversed(paths.parents(row.key)))
    above = [one for one in found if one is not None and not one.hidden]
    return [Crumb(one.title, one.path, one) for one in (*above, row)]


def _written_crumb(reader: Reader, one: dict[str, Json]) -> Crumb:
    title, link = str(one["title"]), one.get("link")
    internal = addresses.site_path(reader, link) if isinstance(link, str) else None
    if internal is None:
        return Crumb(title, None, None)
    found = addresses.resolve(reader, internal)
    if found.row is not None:
        return Crumb(title, found.row.path, found.row)
    return Crumb(title, paths.publish(internal), None)


def surround(reader: Reader, row: Row) -> tuple[Row | None, Row | None]:
    """The documents before and after a document.

    Of a page: among the pages of the same parent, in the order of the tree. Of an article: the one published before it, the
    one published after it, as the list of articles has them. Of any other document: its neighbours by path.
    """
    if row.type == "page":
        if row.key in {None, "/"}:
            return None, None
        where, values, order = "type = 'page' AND parent IS ? AND key != '/'", (row.parent,), _IN_TREE
    elif row.type == "article":
        where, values, order = "type = ?", ("article",), listing.NEWEST_FIRST
    else:
        where, values, order = "collection = ?", (row.collection,), listing.BY_PATH
    before, after = listing.neighbours(reader, where, values, order=order, row=row)
    return (after, before) if row.type == "article" else (before, after)


_IN_TREE = tuple(listing.Order(f"document.{column}") for column in ("position", "title_key", "tie"))
_TREE_ORDER = ", ".join(one.column for one in _IN_TREE)


def _below(reader: Reader, parent: str | None) -> list[Row]:
    """The pages right below a page; a page without an address stands nowhere, and the home page above them all."""
    return reader.rows("type = 'page' AND parent IS ? AND key != '/'", (parent,), order=_TREE_ORDER)


def children(reader: Reader, row: Row, limit: int = CHILDREN) -> tuple[list[Row], int]:
    """The first pages right below a page, and how many there are."""
    if row.key is None or row.type != "page":
        return [], 0
    found = reader.select(
        f"SELECT {COLUMNS} FROM document WHERE served AND NOT hidden AND type = 'page' AND parent = ?"
        f" ORDER BY {_TREE_ORDER} LIMIT ?",
        (row.key, limit),
    )
    rows = [Row(*one) for one in found]
    return rows, len(rows) if len(rows) < limit else _count_children(reader, row.key)


def _count_children(reader: Reader, key: str) -> int:
    return int(
        reader.select(
            "SELECT count(*) FROM document WHERE type = 'page' AND parent = ? AND served AND NOT hidden", (key,)
        ).get
    )


# -- the tree ---------------------------------------------------------------------------------------------------------


def tree(reader: Reader, *, depth: int, current: str | None = None) -> list[Item]:
    """The pages by path, ``depth`` levels deep: the home page first, then the pages right below it."""
    trail = Trail.of(reader, current)
    home = reader.by_key("/")
    shown = home is not None and home.type == "page" and not home.hidden
    top = _below(reader, "/" if shown else None)
    levels = [top]
    while len(levels) < depth and levels[-1]:
        levels.append(_below_any(reader, levels[-1]))
    # The whole tree hangs below the home page by path; shown there it would leave one root and nothing else.
    items = [_leaf(reader, home, trail)] if home is not None and shown else []
    return items + _grown(reader, levels, trail)


def _grown(reader: Reader, levels: Sequence[Sequence[Row]], trail: Trail) -> list[Item]:
    """The items of the first level, from the deepest one up."""
    counts = _counts_below(reader, levels[-1])
    below: dict[str, list[Item]] = {}
    for level in reversed(levels):
        above: dict[str, list[Item]] = {}
        for row in level:
            children = tuple(below.get(row.key or "", ()))
            item = replace(
                _leaf(reader, row, trail),
                children=children,
                children_count=len(children) or counts.get(row.key or "", 0),
                in_trail=trail.above(row.key),
            )
            above.setdefault(row.parent or "", []).append(item)
        below = above
    return [item for items in below.values() for item in items]


def _leaf(reader: Reader, row: Row, trail: Trail) -> Item:
    return Item(
        label=row.title,
        path=row.path,
        url=_url(reader, row.path),
        external=False,
        children=(),
        children_count=0,
        active=trail.active(row.key),
        in_trail=False,
        row=row,
    )


def _below_any(reader: Reader, parents: Sequence[Row]) -> list[Row]:
    return reader.rows(
        "type = 'page' AND parent IN (SELECT value FROM json_each(?))", (_keys(parents),), order=_TREE_ORDER
    )


def _counts_below(reader: Reader, parents: Sequence[Row]) -> dict[str, int]:
    rows = reader.select(
        "SELECT parent, count(*) FROM document WHERE type = 'page' AND parent IN (SELECT value FROM json_each(?))"
        " AND served AND NOT hidden GROUP BY parent",
        (_keys(parents),),
    )
    return dict(rows.fetchall())


def _keys(rows: Sequence[Row]) -> str:
    return orjson.dumps([row.key for row in rows]).decode()


def _url(reader: Reader, path: str | None) -> str | None:
    return paths.encode(reader.site.base + path) if path is not None else None


@dataclass(frozen=True, slots=True)
class Trail:
    """The current page and what lies above it, as address keys."""

    key: str | None
    parents: frozenset[str]

    @classmethod
    def of(cls, reader: Reader, current: str | None) -> Trail:
        """The trail of a public path, or of a full address of the site, whatever stands after it.

        Redirects are followed, so that an old address marks the page it became. An address elsewhere marks nothing.
        """
        internal = addresses.site_path(reader, current) if current is not None else None
        if internal is None:
            return cls(None, frozenset())
        found = addresses.resolve(reader, internal)
        key = found.row.key if found.row is not None and found.row.key else paths.key(internal)
        return cls(key, frozenset(above for above in paths.parents(key) if above != "/"))

    def active(self, key: str | None) -> bool:
        return key is not None and key == self.key

    def above(self, key: str | None) -> bool:
        return key is not None and key in self.parents


# -- menus ------------------------------------------------------------------------------------------------------------


def menu_names(reader: Reader) -> list[str]:
    """The names of all menus."""
    return [name for (name,) in reader.select("SELECT DISTINCT name FROM menu ORDER BY name")]


def menu(reader: Reader, name: str, *, depth: int | None = None, current: str | None = None) -> Menu | None:
    """One menu, resolved; None when nobody wrote one of that name. Of two files the last in byte order has the name."""
    found = written(reader, name)
    if found is None:
        return None
    source, entries = found
    return Menu(name, source, tuple(_items(reader, entries, Trail.of(reader, current), depth)))


def named(reader: Reader, name: str) -> str | None:
    """The name of the menu that a page means by its ``sidebar``, None when it is none.

    Themes for Jekyll call ``docs`` what is ``navigation.docs`` here, or ``guide`` a file whose one list is
    ``sidebars.guide.entries``: such a part of a name means the menu when no other has it.
    """
    names = menu_names(reader)
    if name in names:
        return name
    found = [one for one in names if f".{name}." in f".{one}."]
    return found[0] if len(found) == 1 else None


def written(reader: Reader, name: str) -> tuple[str, list[MenuEntry]] | None:
    """The entries of a menu as the editors wrote them, also those that are not shown, and the file they stand in."""
    row = reader.select(
        "SELECT source, entries FROM menu WHERE name = ? ORDER BY source DESC LIMIT 1", (name,)
    ).fetchone()
    return (row[0], [_entry(one) for one in orjson.loads(row[1])]) if row is not None else None


def _entry(one: dict[str, Json]) -> MenuEntry:
    below = one.get("children")
    children = tuple(_entry(child) for child in below if isinstance(child, dict)) if isinstance(below, list) else ()
    label, target, line = one.get("label"), one.get("target"), one.get("line")
    return MenuEntry(
        label if isinstance(label, str) else None,
        target if isinstance(target, str) else None,
        children,
        line if isinstance(line, int) else None,
    )


def _items(reader: Reader, entries: Sequence[MenuEntry], trail: Trail, depth: int | None) -> Iterable[Item]:
    for entry in entries:
        below = tuple(_items(reader, entry.children, trail, None if depth is None else depth - 1))
        item = _item(reader, entry, below, trail, cut=depth is not None and depth <= 1)
        if item.label or item.url or below:
            yield item


def _item(reader: Reader, entry: MenuEntry, below: tuple[Item, ...], trail: Trail, *, cut: bool) -> Item:
    target = follow(reader, entry.target) if entry.target is not None else Target(None, None)
    key = paths.key(target.path) if target.path is not None else None
    holds_current = any(one.active or one.in_trail for one in below)
    return Item(
        label=entry.label or (target.row.title if target.row is not None else None),
        path=target.path,
        url=target.url,
        external=target.external,
        children=() if cut else below,
        children_count=len(below),
        active=trail.active(key),
        in_trail=holds_current or trail.above(key),
        row=target.row,
        dead=target.dead,
    )


@dataclass(frozen=True, slots=True)
class Target:
    """What the target of a menu's entry is: a document, an address elsewhere, or nothing (``dead``)."""

    path: str | None
    url: str | None
    external: bool = False
    row: Row | None = None
    dead: bool = False


def follow(reader: Reader, written: str) -> Target:
    """Follows a target as editors write it: a source path, a public path, or a full address."""
    row = reader.by_source(written.lstrip("/"))
    if row is not None:
        return Target(row.path, _url(reader, row.path), row=row, dead=row.path is None)
    url = paths.split_url(written)
    internal = addresses.site_path(reader, written)
    if internal is None:
        return Target(None, written, external=True) if url.scheme in _SCHEMES else Target(None, None, dead=True)
    source = paths.decode(internal).lstrip("/")
    found = links.lead(reader, Reference("link", written, None, paths.key(internal), url.suffix, source=source))
    if found.row is not None:
        return Target(found.row.path, found.address.url, row=found.row)
    if found.dead:
        return Target(None, None, dead=True)
    external = addresses.site_path(reader, found.address.url) is None
    address = found.address.url
    if address == written and written.startswith("/") and paths.split_url(written).path == internal:
        address = reader.site.base + written  # menus are written without the base, also what plugins publish
    return Target(None if external else paths.publish(internal), address, external=external)


#: What a menu may lead to: it is not sanitised as texts are, and whoever shows it makes links of it.
_SCHEMES = frozenset({None, "http", "https", "mailto", "tel", "sms"})
