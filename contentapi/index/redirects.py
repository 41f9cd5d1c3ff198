"""Every redirect of the site, each with where it leads in the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contentapi.index import addresses
from contentapi.index.addresses import Resolution
from contentapi.index.reader import Reader
from contentapi.index.rules import Rule
from contentapi.text import paths


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


def every(reader: Reader) -> list[Followed]:
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
        permanent=rule.permanent,
        pattern=key is None,
        chain=(),
        source=rule.source,
        line=rule.line,
    )
    if key is None:
        if told.target is not None and addresses.is_path(told.target):
            told = replace(told, target=paths.without_base(told.target, reader.site.base))
        return _pattern_followed(reader, told, rule.fixed)
    found = addresses.resolve(reader, paths.encode(key))
    if found.status in {"found", "unknown"}:
        return None
    # Of several rules for one address, the one that is followed is the one to name.
    used = addresses.rule_for(reader, key) or rule
    return replace(
        told,
        target=_end_of(found),
        permanent=found.permanent,
        chain=found.chain[1:],
        source=used.source,
        line=used.line,
    )


def _pattern_followed(reader: Reader, told: Followed, fixed: str | None) -> Followed | None:
    """A pattern with where its target leads, when it is ``fixed``: one address for all that are matched."""
    internal = addresses.site_path(reader, fixed) if fixed is not None else None
    if fixed is None or internal is None:
        return told
    found = addresses.resolve(reader, internal)
    if found.status == "unknown" and found.chain:  # a loop, or no address of the web
        return None
    if found.status in {"found", "unknown"}:
        return told
    target, suffix = _end_of(found), paths.split_url(fixed).suffix
    if target is not None and addresses.is_path(target) and not found.suffix:
        target += suffix
    return replace(told, target=target, permanent=told.permanent and found.permanent, chain=found.chain)


def _end_of(found: Resolution) -> str | None:
    return found.target + found.suffix if found.status == "moved" and found.target is not None else None
