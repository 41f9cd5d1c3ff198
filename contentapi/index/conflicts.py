"""Where documents contradict each other, or name what nobody describes: diagnostics that only the whole folder shows."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from contentapi.index import phases, terms
from contentapi.index.reader import Reader, line_of
from contentapi.model import Diagnostic, Severity
from contentapi.text import paths


def every(reader: Reader) -> Iterator[Diagnostic]:
    """All of them."""
    yield from _paths(reader)
    yield from _slugs(reader)
    yield from _ids(reader)
    yield from _terms(reader)
    yield from _menus(reader)
    yield from _authors(reader)
    yield from _phases(reader)


# -- two that want the same -------------------------------------------------------------------------------------------


def _paths(reader: Reader) -> Iterator[Diagnostic]:
    rows = reader.select(
        "SELECT key, json_group_array(json_array(source, data) ORDER BY source) FROM document WHERE key IS NOT NULL"
        " GROUP BY key HAVING count(*) > 1"
    )
    for key, wanting in rows:
        *others, (winner, _) = orjson.loads(wanting)
        for loser, data in others:
            yield Diagnostic(
                "path-conflict",
                Severity.ERROR,
                loser,
                f"{loser} and {winner} have the same path {key}; {winner} is served, {loser} is not.",
                "Give one of them another permalink, or remove it.",
                line=line_of(data, "permalink") or 1,
                related=(winner,),
            )


def _slugs(reader: Reader) -> Iterator[Diagnostic]:
    # Pages are known by their paths; that many are called `index` is no conflict.
    rows = reader.select(
        "SELECT loser.source, loser.data, loser.slug, loser.collection, loser.path, owner.source,"
        " loser.path IS NOT NULL AND loser.lang != owner.lang FROM document AS loser"
        " JOIN document AS owner ON owner.collection = loser.collection AND owner.slug = loser.slug AND owner.named"
        " WHERE loser.served AND NOT loser.named AND loser.type != 'page'"
    )
    for source, data, slug, collection, path, owner, translated in rows:
        reach = f"it is found by its path {path} only" if path else "it cannot be asked for"
        yield Diagnostic(
            "slug-conflict",
            # Translations have the name of what they translate on purpose, and are told apart by their paths.
            Severity.INFO if translated else Severity.WARNING,
            source,
            f"{source} and {owner} of {collection} have the same slug {slug!r}; {owner} has it, {reach}.",
            "Rename one of the files, or give it a `slug`.",
            line=line_of(data, "slug") or 1,
            related=(owner,),
        )


def _ids(reader: Reader) -> Iterator[Diagnostic]:
    rows = reader.select(
        "SELECT id, json_group_array(json_array(source, data) ORDER BY source) FROM document WHERE served"
        " GROUP BY id HAVING count(*) > 1"
    )
    for identifier, wanting in rows:
        (first, _), *others = orjson.loads(wanting)
        for other, data in others:
            yield Diagnostic(
                "id-conflict",
                Severity.ERROR,
                other,
                f"{other} and {first} have the same id {identifier!r}.",
                "Give each document its own `id`, or none.",
                line=line_of(data, "id") or 1,
                related=(first,),
            )


def _terms(reader: Reader) -> Iterator[Diagnostic]:
    """Of the labels of one slug, each that names another thing than the one that is shown, where it is first used."""
    rows = reader.select(
        "SELECT kind, term.slug, label, min(source), data FROM term JOIN document ON document.rowid = term.document"
        " WHERE served AND NOT hidden AND (kind, term.slug) IN"
        " (SELECT kind, slug FROM term GROUP BY kind, slug HAVING min(label) != max(label))"
        " GROUP BY kind, term.slug, label ORDER BY kind, term.slug, label"
    )  # of the columns beside min(), SQLite gives those of its row
    shown: dict[tuple[terms.Kind, str], tuple[str, str]] = {}
    for kind, slug, label, source, data in rows:
        first, at = shown.setdefault((kind, slug), (label, source))
        if paths.two_terms(first, label):
            yield Diagnostic(
                "term-conflict",
                Severity.WARNING,
                source,
                f"The {kind} {label!r} has the slug {slug!r}, and so has {first!r} of {at}; they are answered as one.",
                "Give one of them a name with another letter or digit (`cpp`), or write both in one way.",
                line=line_of(data, terms.PLURALS[kind], kind) or 1,
                related=(at,),
            )


def _menus(reader: Reader) -> Iterator[Diagnostic]:
    rows = reader.select(
        "SELECT name, json_group_array(source ORDER BY source) FROM menu GROUP BY name HAVING count(*) > 1"
    )
    for name, sources in rows:
        *others, winner = orjson.loads(sources)
        for loser in others:
            yield Diagnostic(
                "menu-conflict",
                Severity.WARNING,
                loser,
                f"{loser} and {winner} both have a menu {name!r}; the one of {winner} is served.",
                "Rename one of them, or remove it.",
                related=(winner,),
            )


# -- people and phases ------------------------------------------------------------------------------------------------


def _authors(reader: Reader) -> Iterator[Diagnostic]:
    rows = reader.select(
        "SELECT term.slug, min(document.source), data, count(*) FROM term JOIN document ON document.rowid = term.document"
        " WHERE kind = 'author' AND served AND NOT hidden AND NOT EXISTS"
        " (SELECT 1 FROM document AS person WHERE person.describes = 'author/' || term.slug AND person.served)"
        " GROUP BY term.slug"
    )
    described = _has_authors(reader)
    for slug, source, data, count in rows:  # of the columns beside min(), SQLite gives those of its row
        yield Diagnostic(
            "author-missing",
            Severity.WARNING if described else Severity.INFO,
            source,
            f"The author {slug!r} has no document; {count} article(s) name them.",
            "Add a document of that name to the authors' folder, or correct the name.",
            line=line_of(data, "authors", "author") or 1,
        )


def _has_authors(reader: Reader) -> bool:
    return bool(reader.select("SELECT 1 FROM document WHERE type = 'author' AND served LIMIT 1").fetchone())


def _phases(reader: Reader) -> Iterator[Diagnostic]:
    for slug, told in phases.disagreements(reader):
        where = "; ".join(f"{text} ({source}{f':{line}' if line else ''})" for source, line, text in told)
        source, line, _ = told[0]
        yield Diagnostic(
            "phase-duration-disagrees",
            Severity.WARNING,
            source,
            f"The documents disagree on how long the phase {slug!r} lasts: {where}.",
            "Settle on one duration and correct the others.",
            line=line,
            related=tuple(dict.fromkeys(other for other, _, _ in told if other != source)),
        )
