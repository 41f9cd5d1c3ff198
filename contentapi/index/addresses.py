"""What a public address is: a document, a file, an old address that leads on, one that was withdrawn, or nothing known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import apsw

from contentapi.index import database
from contentapi.model import Reference
from contentapi.text import paths, places

if TYPE_CHECKING:
    from contentapi.index.reader import Reader, Row

#: A chain longer than this is refused like a loop.
_LONGEST_CHAIN = 20
_PERMANENT = frozenset({301, 308})
_ASSETS = "/v1/assets/"
_OPEN_END = re.compile(r"(?:\*|(?:^|/):[A-Za-z_]\w*)$")
#: What stands in a target for a part of the address that was matched.
_PLACEHOLDER = re.compile(r":([A-Za-z_]\w*)")
#: The columns of :class:`contentapi.model.Reference`, in its order.
REFERENCE = "reference.kind, url, host, reference.key, suffix, reference.text, line, reference.source"


@dataclass(frozen=True, slots=True)
class Rule:
    """One redirect as the index keeps it. ``pattern`` is set when its origin holds ``*`` or ``:names``."""

    source: str
    line: int | None
    origin: str
    target: str | None
    status: int
    pattern: re.Pattern[str] | None = None

    @property
    def open_ended(self) -> bool:
        """Whether it names no end of the addresses that it matches: ``/old/*``, but not ``/old/*.md``."""
        return self.pattern is not None and _OPEN_END.search(_bare(self.origin)) is not None

    def rewrite(self, key: str) -> str | None:
        """The target for an address that the rule matches; None when that is gone."""
        match = self.pattern.fullmatch(key) if self.pattern is not None else None
        if match is None or self.target is None:
            return self.target
        # A question mark in what was matched is one of the path: in the target it must not begin a query.
        values = {name: paths.encode(value or "") for name, value in match.groupdict().items()}
        target = _PLACEHOLDER.sub(lambda one: values.get(one[1], one[0]), self.target)
        return re.sub(r"(?<!:)//+", "/", target)


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


class Rules:
    """The redirects that are patterns, in the order of their file."""

    def __init__(self, connection: apsw.Connection) -> None:
        rows = database.select(
            connection,
            "SELECT source, line, origin, target, status FROM redirect WHERE key IS NULL ORDER BY source, ordinal",
        )
        self._rules = [
            Rule(source, line, origin, target, status, _compiled(origin))
            for source, line, origin, target, status in rows
        ]

    def __bool__(self) -> bool:
        return bool(self._rules)

    @property
    def origins(self) -> list[str]:
        """The patterns, in the order in which they are tried."""
        return [rule.origin for rule in self._rules]

    def match(self, key: str) -> Rule | None:
        """The first pattern that matches an address key."""
        return next((rule for rule in self._rules if rule.pattern and rule.pattern.fullmatch(key)), None)


def _bare(origin: str) -> str:
    """A pattern without what keys do not have: no slash around it, no final ``.html`` or ``index``."""
    return re.sub(r"(?:/index)?\.html?$|/index$", "", origin).strip("/")


def _compiled(origin: str) -> re.Pattern[str]:
    # `/old/*` also matches `/old`, as Netlify has it; `:name` is one segment.
    parts = []
    for segment in _bare(origin).split("/"):
        if segment == "*":
            parts.append("(?:/(?P<splat>.*))?")
        elif re.fullmatch(r":[A-Za-z_]\w*", segment):
            parts.append(f"/(?P<{segment[1:]}>[^/]+)")
        else:
            parts.append("/" + re.escape(segment).replace(r"\*", ".*"))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:  # a placeholder named twice: the rule can match nothing
        return re.compile(r"(?!)")


# -- following an address ---------------------------------------------------------------------------------------------


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
            permanent=so_far.permanent and rule.status in _PERMANENT,
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
    if _file(reader, key, None) is not None or key in _generated(reader):
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
    path, base = url.path or "/", reader.site.base
    if base and (path == base or path.startswith(base + "/")):
        path = path[len(base) :] or "/"
    return path if path.startswith("/") else f"/{path}"


# -- all redirects ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """One redirect as callers are told of it: where it leads in the end (None: withdrawn), and what it passes on the way."""

    origin: str
    target: str | None
    permanent: bool
    pattern: bool
    chain: tuple[str, ...]
    source: str
    line: int | None


def redirects(reader: Reader) -> list[Followed]:
    """Every redirect by its origin, chains collapsed. Those that loop or that a document shadows are left out."""
    rows = reader.select(
        "SELECT source, line, origin, key, target, status FROM redirect ORDER BY origin, source = '_redirects', ordinal"
    ).fetchall()
    found: dict[str, Followed] = {}
    for source, line, origin, key, target, status in rows:
        one = _followed(reader, Rule(source, line, origin, target, status), key)
        if one is not None:
            found.setdefault(origin, one)
    return list(found.values())


def _followed(reader: Reader, rule: Rule, key: str | None) -> Followed | None:
    told = Followed(
        origin=rule.origin,
        target=rule.target,
        permanent=rule.status in _PERMANENT,
        pattern=key is None,
        chain=(),
        source=rule.source,
        line=rule.line,
    )
    if key is None:
        return _pattern_followed(reader, told)
    found = resolve(reader, paths.encode(key))
    if found.status in {"found", "unknown"}:
        return None
    # Of several rules for one address, the one that is followed is the one to name.
    used = rule_for(reader, key) or rule
    return replace(
        told,
        target=_end_of(found),
        permanent=found.permanent,
        chain=found.chain[1:],
        source=used.source,
        line=used.line,
    )


def _pattern_followed(reader: Reader, told: Followed) -> Followed | None:
    """A pattern with where its target leads, which is one address only when it holds nothing of what was matched."""
    fixed = told.target if told.target is not None and not _PLACEHOLDER.search(told.target) else None
    internal = site_path(reader, fixed) if fixed is not None else None
    if fixed is None or internal is None:
        return told
    found = resolve(reader, internal)
    if found.status == "unknown" and found.chain:  # a loop, or no address of the web
        return None
    if found.status in {"found", "unknown"}:
        return told
    target, suffix = _end_of(found), paths.split_url(fixed).suffix
    if target is not None and _is_path(target) and not found.suffix:
        target += suffix
    return replace(told, target=target, permanent=told.permanent and found.permanent, chain=found.chain)


def _end_of(found: Resolution) -> str | None:
    return found.target + found.suffix if found.status == "moved" and found.target is not None else None


def _is_path(target: str) -> bool:
    """Whether where an address leads is a path of the site, and no address elsewhere."""
    return target.startswith("/") and not target.startswith("//")


# -- where a reference of a document leads ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a reference leads: to a document, to a file, to an address elsewhere, or nowhere (``dead``)."""

    address: places.Address
    row: Row | None = None
    dead: bool = False


def lead(reader: Reader, one: Reference) -> Lead:
    """Follows an internal reference, by its address or by the source file it names."""
    key = one.key or "/"
    row = reader.by_key(key) or (reader.by_source(one.source) if one.source else None)
    if row is not None and row.path is not None:
        return Lead(_on_site(reader, row.path, one.suffix), row)
    file = _file(reader, key, one.source)
    if file is not None:
        return Lead(replace(file, url=file.url + _fragment(one.suffix)))
    # What is written relative to its own page means another place wherever else it is shown.
    written = _on_site(reader, key, one.suffix) if _is_relative(one.url) else places.Address(one.url)
    if row is not None:
        return Lead(written, row)
    found = resolve(reader, paths.encode(_redirected(reader, one.source) or key))
    if found.target is not None:
        return Lead(_at_end(reader, found, one.suffix), found.row)
    known = key == "/" or key in _generated(reader) or _is_other_file(reader, key, one.source)
    return Lead(written, None, dead=not known)


def _redirected(reader: Reader, source: str | None) -> str | None:
    """The address key of a source file that is not served, because its address leads elsewhere or is gone."""
    row = reader.select("SELECT key FROM document WHERE source = ? AND redirected", (source,)).fetchone()
    return row[0] if row is not None else None


def _at_end(reader: Reader, found: Resolution, suffix: str) -> places.Address:
    target = found.target or "/"
    if not _is_path(target):
        return places.Address(target if "#" in target else target + _fragment(suffix))
    file = _file(reader, paths.key(paths.encode(target)), None) if found.row is None else None
    return file or _on_site(reader, target, found.suffix or suffix)


def _on_site(reader: Reader, path: str, suffix: str) -> places.Address:
    return places.Address(paths.encode(reader.site.base + path) + suffix)


def _is_relative(url: str) -> bool:
    return paths.split_url(url).host is None and not url.lstrip().startswith("/")


def _generated(reader: Reader) -> frozenset[str]:
    return reader.once("generated", lambda known: frozenset(map(paths.key, known.site.generated)))


def _fragment(suffix: str) -> str:
    """The fragment alone: the files of this service take no query."""
    return "#" + suffix.partition("#")[2] if "#" in suffix else ""


def _file(reader: Reader, key: str, source: str | None) -> places.Address | None:
    row = reader.select(
        "SELECT path, width, height FROM asset WHERE key = ?1 OR path = ?2 LIMIT 1", (key, source)
    ).fetchone()
    if row is None:
        return None
    path, width, height = row
    size = (int(width), int(height)) if width and height else None
    return places.Address((reader.site.api or "") + _ASSETS + paths.encode(str(path)), size)


def _is_other_file(reader: Reader, key: str, source: str | None) -> bool:
    """Whether a file lies there that is neither a document nor served: the site may publish it all the same."""
    return bool(
        reader.select(
            "SELECT 1 FROM source_file WHERE state = 'other' AND path IN (?, ?)", (key.lstrip("/"), source)
        ).fetchone()
    )
