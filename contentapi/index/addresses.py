"""What a public address is: a document, a file, an old address that leads on, one that was withdrawn, or nothing known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from contentapi.index.reader import Reader, Row
from contentapi.index.rules import Rule
from contentapi.text import paths, places

#: A chain longer than this is refused like a loop.
_LONGEST_CHAIN = 20
_ASSETS = "/v1/assets/"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of an address.

    ``path`` is the address asked, ``target`` where it leads when it moved (decoded, when it is one of the site), and
    ``suffix`` the query and fragment that the redirect adds. ``chain`` holds the addresses passed on the way, the asked
    one first; ``loop`` says that they lead back to one of them, and ``open_ended`` that the first redirect is a pattern
    which takes whatever ending the address has.
    """

    status: Literal["found", "moved", "gone", "unknown"]
    path: str
    target: str | None = None
    chain: tuple[str, ...] = ()
    permanent: bool = True
    row: Row | None = None
    loop: bool = False
    suffix: str = ""
    open_ended: bool = False


def resolve(reader: Reader, path: str) -> Resolution:
    """Follows an address (decoded or not) to what it is now. Chains are collapsed; a loop is unknown."""
    key = paths.key(path)
    asked = paths.publish(path) or key
    so_far = Resolution("unknown", asked)
    seen: set[str] = set()
    while True:
        row = reader.by_key(key)
        if row is not None:
            return replace(so_far, status="moved" if seen else "found", target=row.path, row=row)
        if key in seen or len(seen) > _LONGEST_CHAIN:
            return replace(so_far, target=None, loop=True, permanent=False, suffix="")
        rule = rule_for(reader, key)
        if rule is None:
            return _end(reader, so_far, key, first=not seen)
        seen.add(key)
        so_far = replace(
            so_far,
            chain=(*so_far.chain, key if so_far.chain else asked),
            permanent=so_far.permanent and rule.permanent,
            open_ended=so_far.open_ended if so_far.chain else rule.open_ended,
        )
        target = rule.rewrite(key)
        if target is None:
            return replace(so_far, status="gone", target=None, permanent=True, suffix="")
        internal = site_path(reader, target)
        if internal is None:
            return _elsewhere(so_far, target)
        key = paths.key(internal)
        # A fragment stays through what follows, as it does in a browser.
        suffix = paths.split_url(target).suffix or so_far.suffix
        so_far = replace(so_far, target=paths.publish(internal) or key, suffix=suffix)


def _end(reader: Reader, so_far: Resolution, key: str, *, first: bool) -> Resolution:
    """What an address is that no document and no redirect knows: a file, a generated address, or nothing."""
    if not first:
        return replace(so_far, status="moved")
    if file(reader, key) is not None or is_generated(reader, key):
        return replace(so_far, status="found")
    return replace(so_far, permanent=False)


def _elsewhere(so_far: Resolution, target: str) -> Resolution:
    # `javascript:` and its like are no place to go; whoever asks may put the target into a link.
    if paths.split_url(target).scheme not in {None, "http", "https"}:
        return replace(so_far, target=None, permanent=False, suffix="")
    return replace(so_far, status="moved", target=target, suffix="")


def rule_for(reader: Reader, key: str) -> Rule | None:
    """The redirect that an address key falls under: what a document says of itself, else the first rule of the file."""
    rows = reader.select(
        "SELECT source, line, origin, target, status FROM redirect WHERE key = ?"
        " ORDER BY source = '_redirects', CASE source WHEN '_redirects' THEN '' ELSE source END DESC, ordinal LIMIT 1",
        (key,),
    ).fetchone()
    exact = Rule(*rows) if rows else None
    if exact is not None and exact.source != "_redirects":
        return exact
    pattern = reader.rules.match(key)
    if exact is None or pattern is None:
        return exact or pattern
    return min(exact, pattern, key=lambda rule: rule.line or 0)


def site_path(reader: Reader, address: str) -> str | None:
    """The path below the site that an address names, or None when it leads elsewhere."""
    url = paths.split_url(address)
    if url.path is None or url.scheme not in {None, "http", "https"}:
        return None
    if url.host is not None and url.host != reader.host:
        return None
    path = paths.without_base(url.path or "/", reader.site.base)
    return path if path.startswith("/") else f"/{path}"


def is_path(target: str) -> bool:
    """Whether where an address leads is a path of the site, and no address elsewhere."""
    return target.startswith("/") and not target.startswith("//")


def is_generated(reader: Reader, key: str) -> bool:
    """Whether a plugin of the site publishes something at an address key."""
    return reader.once("generated", _generated).fullmatch(key) is not None


def _generated(reader: Reader) -> re.Pattern[str]:
    return re.compile("|".join(_pattern(paths.key(one)) for one in reader.site.generated) or r"(?!)")


def _pattern(key: str) -> str:
    written = re.escape(key).replace(r"/\*\*/", "/(?:.*/)?")
    return _PART.sub(lambda match: r"\d+" if match[1] in _NUMBERS else "[^/]+", written)


_PART: Final = re.compile(r":([a-z]+)")
_NUMBERS: Final = frozenset({"num", "year", "month", "day"})


def file(reader: Reader, key: str, source: str | None = None) -> places.Address | None:
    """Where this service answers the file at an address key, or at a path of the folder; None when there is none."""
    row = reader.select(
        "SELECT path, width, height FROM asset WHERE key = ?1 OR path = ?2 LIMIT 1", (key, source)
    ).fetchone()
    if row is None:
        return None
    path, width, height = row
    size = (int(width), int(height)) if width and height else None
    return places.Address((reader.site.api or "") + _ASSETS + paths.encode(str(path)), size)
