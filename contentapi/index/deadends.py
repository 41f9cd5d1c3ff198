"""What leads nowhere: links, anchors, breadcrumbs, menus, sidebars and redirects. Only the whole folder shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from contentapi.index import addresses, links, navigation
from contentapi.index.reader import COLUMNS, Reader, Row
from contentapi.model import Diagnostic, MenuEntry, Reference, Severity
from contentapi.text import media, paths


def every(reader: Reader) -> Iterator[Diagnostic]:
    """All of them."""
    yield from _links(reader)
    yield from _anchors(reader)
    yield from _breadcrumbs(reader)
    yield from _menus(reader)
    yield from _sidebars(reader)
    yield from _redirects(reader)


# -- links and anchors ------------------------------------------------------------------------------------------------


def _links(reader: Reader) -> Iterator[Diagnostic]:
    """References that no document answers at once; only these are followed further."""
    unanswered = reader.select(
        f"SELECT document.source, {links.REFERENCE}"
        " FROM reference JOIN document ON document.rowid = reference.document AND document.served"
        " LEFT JOIN document AS target ON target.key = reference.key AND target.served"
        " WHERE target.rowid IS NULL AND (host IS NULL OR host = ?)",
        (reader.host or "",),
    ).fetchall()
    for source, *columns in unanswered:
        one = Reference(*columns)
        found = links.lead(reader, one)
        if found.dead:
            yield _dead(source, one)
        elif found.row is not None:
            yield from _anchor(reader, source, found.row, one.suffix, one.line)


def _dead(source: str, one: Reference) -> Diagnostic:
    if one.kind == "image" or media.extension(one.key or "/") in media.TYPES:
        return Diagnostic(
            "asset-missing",
            Severity.INFO,
            source,
            f"The file {one.url} is not in the folder.",
            "Add the file, or correct its address.",
            line=one.line,
        )
    return Diagnostic(
        "link-dead",
        Severity.WARNING,
        source,
        f"The link {one.url} leads to no document of the site.",
        "Correct the address, add a redirect from it, or remove the link.",
        line=one.line,
    )


def _anchors(reader: Reader) -> Iterator[Diagnostic]:
    rows = reader.select(
        f"SELECT origin.source, suffix, reference.line, {COLUMNS} FROM reference"
        " JOIN document AS origin ON origin.rowid = reference.document AND origin.served"
        " JOIN document ON document.key = reference.key AND document.served"
        " WHERE suffix LIKE '%#%' AND (host IS NULL OR host = ?)",
        (reader.host or "",),
    ).fetchall()
    for source, suffix, line, *target in rows:
        yield from _anchor(reader, source, Row(*target), suffix, line)


def _anchor(reader: Reader, source: str, target: Row, suffix: str, line: int | None) -> Iterator[Diagnostic]:
    anchor = paths.decode(suffix.partition("#")[2])
    # `#:~:text=…` marks words, not an anchor (WICG scroll-to-text-fragment).
    if not anchor or anchor == "top" or anchor.startswith(":~:"):
        return
    known = orjson.loads(reader.select("SELECT anchors FROM body WHERE document = ?", (target.rowid,)).get)
    if anchor not in known and _shows_its_body(reader, source, target, anchors=bool(known)):
        yield Diagnostic(
            "anchor-missing",
            Severity.WARNING,
            source,
            f"The link leads to {target.path}#{anchor}, but {target.source} has no such anchor.",
            "Correct the anchor, or give the heading this id.",
            line=line,
        )


def _shows_its_body(reader: Reader, source: str, target: Row, *, anchors: bool) -> bool:
    """Whether what a page shows is what its file holds, so that an anchor it lacks is missing.

    A layout that one page alone has makes the page's content, be it a list of documents; so does any where there is little
    else. Who links within a page knows it.
    """
    layout = target.more().get("layout")
    if layout is None:
        return True
    return anchors and (source == target.source or _is_shared(reader, str(layout), target))


def _is_shared(reader: Reader, layout: str, row: Row) -> bool:
    query = "SELECT 1 FROM document WHERE json_extract(data, '$.layout') = ? AND served AND rowid != ? LIMIT 1"
    return reader.select(query, (layout, row.rowid)).fetchone() is not None


# -- what editors wrote by hand ---------------------------------------------------------------------------------------


def _breadcrumbs(reader: Reader) -> Iterator[Diagnostic]:
    for row in reader.rows("data LIKE '%\"breadcrumbs\":[%'"):
        for crumb in navigation.breadcrumbs(reader, row, row.more().get("breadcrumbs")):
            if crumb.path is not None and crumb.row is None and crumb.path != "/":
                yield Diagnostic(
                    "breadcrumb-dead",
                    Severity.WARNING,
                    row.source,
                    f"The breadcrumb {crumb.title!r} leads to {crumb.path}, where there is no document.",
                    "Correct its `link`.",
                    line=row.line("breadcrumbs") or 1,
                )


def _menus(reader: Reader) -> Iterator[Diagnostic]:
    for name in navigation.menu_names(reader):
        source, entries = navigation.written(reader, name) or ("", [])
        targets = list(_targets(entries))
        dead = [(entry, target) for entry, target in targets if navigation.follow(reader, target).dead]
        if len(dead) == len(targets) >= _ALL_DEAD:
            yield Diagnostic(
                "menu-target-missing",
                Severity.INFO,
                source,
                f"None of the {len(dead)} entries of {name!r} leads anywhere: is it a menu?",
                "Correct the targets, or name the menus of the site by `menus` in contentapi.toml.",
                line=dead[0][0].line,
            )
            continue
        for entry, target in dead:
            yield Diagnostic(
                "menu-target-missing",
                Severity.WARNING,
                source,
                f"The entry {entry.label or target!r} of the menu {name!r} leads nowhere.",
                "Correct its target: a source path (_pages/contact.md), a public path or a full address.",
                line=entry.line,
            )


#: So many entries that all lead nowhere are a list of something else: of scripts, of people, of versions.
_ALL_DEAD: Final = 3


def _targets(entries: Iterable[MenuEntry]) -> Iterator[tuple[MenuEntry, str]]:
    """All entries that have a target, with it: also those that no menu shows."""
    for entry in entries:
        if entry.target is not None:
            yield entry, entry.target
        yield from _targets(entry.children)


def _sidebars(reader: Reader) -> Iterator[Diagnostic]:
    pages: dict[str, list[Row]] = {}
    for row in reader.rows("type = 'page' AND data LIKE '%\"sidebar\":\"%'"):
        pages.setdefault(str(row.more()["sidebar"]), []).append(row)
    for name, (first, *others) in pages.items():
        if navigation.named(reader, name) is not None:
            continue
        yield Diagnostic(
            "sidebar-unknown",
            Severity.INFO,
            first.source,
            f"The sidebar {name!r} is no menu; {len(others) + 1} document(s) name it.",
            "Write a menu of that name in the data files, so that the sidebar can be answered.",
            line=first.line("sidebar") or 1,
            related=tuple(row.source for row in others),
        )


# -- redirects --------------------------------------------------------------------------------------------------------


def _redirects(reader: Reader) -> Iterator[Diagnostic]:
    rows = reader.select("SELECT source, line, origin, key, target FROM redirect WHERE key IS NOT NULL").fetchall()
    for source, line, origin, key, target in rows:
        if reader.by_key(key) is not None:
            yield Diagnostic(
                "redirect-shadowed",
                Severity.INFO,
                source,
                f"The redirect from {origin} is never used: a document has that path.",
                "Remove the redirect, or the document.",
                line=line,
            )
        elif target is not None:
            yield from _redirect_end(reader, source, line, origin, key)


def _redirect_end(reader: Reader, source: str, line: int | None, origin: str, key: str) -> Iterator[Diagnostic]:
    found = addresses.resolve(reader, paths.encode(key))
    if found.loop:
        yield Diagnostic(
            "redirect-loop",
            Severity.ERROR,
            source,
            f"The redirect from {origin} leads back to itself.",
            "Send it to the address where the content is.",
            line=line,
        )
    elif found.status == "unknown" or (found.status == "moved" and found.row is None and _is_dead(reader, found)):
        yield Diagnostic(
            "redirect-dead",
            Severity.WARNING,
            source,
            f"The redirect from {origin} leads to {found.target or 'no address of the web'}, where there is no document.",
            "Send it to an address that exists, or write 410 when the content is gone.",
            line=line,
        )


def _is_dead(reader: Reader, found: addresses.Resolution) -> bool:
    target = found.target or ""
    if not target.startswith("/") or target.startswith("//") or media.extension(target) in media.TYPES:
        return False
    url = paths.encode(target)
    return links.lead(reader, Reference("link", url, None, paths.key(url), source=target.lstrip("/"))).dead
