"""The search: which documents answer a question, in which order, and which section of each shows it.

A document is found when it holds every word; when none does, those that hold the most of them. A few thousand are ranked by
BM25 over title, headings and text; of more than that, in which every word is common, those come first that hold the words in
their titles, then in their headings (docs/adr/0016), so that the work stays bounded.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any, Final

import orjson

from contentapi.errors import BadParameter
from contentapi.index import listing, matching, postings
from contentapi.index.filters import Field, Filter
from contentapi.index.listing import Cursor, ResultPage
from contentapi.index.matching import Asked, Term
from contentapi.index.reader import COLUMNS, Reader, Row
from contentapi.text import analysis, excerpts, prose
from contentapi.text.marks import Marker

#: How much a word counts in the title, in headings and labels, and in the text.
WEIGHTS: Final = (10.0, 4.0, 1.0)
#: The documents that an expression finds, with their scores.
SCORED: Final = f"SELECT rowid, -bm25(search, {', '.join(map(str, WEIGHTS))}) FROM search WHERE search MATCH ?"
_ANY: Final = "SELECT value FROM json_each(?)"
#: So many documents are ranked by BM25; more are ordered by where the words stand.
RANKED: Final = 2000
#: So many documents of one title are put before all others.
_NAMESAKES: Final = 20
#: Behind its place, a cursor looks for its item among so many.
_LOOKED_FOR: Final = 200

Ordered = Iterable[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Place:
    """The section that shows a hit: the level and title of its heading, and its anchor; None before the first heading."""

    level: int
    id: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. ``title`` and ``snippet`` are HTML: escaped text with ``<mark>``; higher scores come first."""

    row: Row
    score: float
    title: str
    snippet: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the documents found have a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One result page. ``complete``: each hit holds all the words; ``corrected``: the question as it was answered."""

    page: ResultPage[Hit]
    facets: Mapping[str, tuple[Facet, ...]]
    corrected: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Suggested:
    """One result page of titles; ``corrected``: what was typed, as it was gone on from."""

    page: ResultPage[Hit]
    corrected: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """The documents that answer a question, filters apart, and the expression that finds them."""

    bits: int
    expression: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """How a list of hits is to be: its filters, its order (relevance, unless fields are named), its size and its place."""

    conditions: Sequence[Filter] = ()
    sort: Sequence[tuple[Field, bool]] = ()
    limit: int = 20
    cursor: str | None = None
    total: bool = True


def search(reader: Reader, text: str, wish: Wish) -> Found:
    """One result page of what answers a text. Raises :class:`BadParameter` for a cursor of another list."""
    asked = matching.ask(reader, text)
    found = match(reader, asked)
    fitting = [(one.field.name, postings.of(reader).fitting(reader, one)) for one in wish.conditions]
    bits = reduce(and_, (fits for _, fits in fitting), found.bits)
    ordered = _named_first(reader, text, bits, rank(reader, asked, found, bits))
    page = _page(reader, asked, (found, bits), ordered, (text, wish))
    return Found(page, _facets(reader, found.bits, fitting), asked.corrected, found.complete)


def suggest(reader: Reader, text: str, wish: Wish) -> Suggested:
    """One result page of the titles that go on from what is typed: those that begin so first, shorter ones before longer.

    Where there is none, a word that nothing holds is put right.
    """
    asked = matching.ask(reader, text, correct=False)
    found = _titles(reader, asked)
    if not found.bits:
        right = matching.ask(reader, text)
        found = _titles(reader, right)
        asked = right if found.bits else asked
    sets = postings.of(reader)
    bits = reduce(and_, (sets.fitting(reader, one) for one in wish.conditions), found.bits)
    ordered = _by_beginning(reader, asked, asked.corrected or text, bits)
    return Suggested(_page(reader, asked, (found, bits), ordered, (text, wish)), asked.corrected)


def _titles(reader: Reader, asked: Asked) -> Matched:
    """The listed documents whose titles hold every term."""
    sets = postings.of(reader)
    expression = " AND ".join(f"({one.within('title')})" for one in asked.terms) or '""'
    return Matched(sets.matching(reader, expression) & sets.every, expression, complete=True)


# -- what is found ----------------------------------------------------------------------------------------------------


def match(reader: Reader, asked: Asked) -> Matched:
    """The listed documents that hold every term; when there are none, those that hold the most, half of them at least."""
    sets = postings.of(reader)
    if not asked.terms:
        return Matched(0, '""', complete=True)
    each = [sets.matching(reader, one.expression) for one in asked.terms]
    unwanted = reduce(or_, (sets.matching(reader, one.expression) for one in asked.without), 0)
    kept = sets.every & ~unwanted
    refused = f" NOT ({' OR '.join(f'({one.expression})' for one in asked.without)})" if asked.without else ""
    bits, complete = reduce(and_, each, kept), True
    if not bits and len(each) > 1:
        bits, complete = _most(each, kept), False
    joint = " AND " if complete else " OR "
    return Matched(bits, f"({joint.join(f'({one.expression})' for one in asked.terms)}){refused}", complete)


def _most(each: Sequence[int], kept: int) -> int:
    """The documents in the most of these sets, if that is at least half of them."""
    at_least = [kept] + [0] * len(each)
    for one in each:
        for count in range(len(each), 0, -1):
            at_least[count] |= at_least[count - 1] & one
    half = (len(each) + 1) // 2
    return next((bits for bits in reversed(at_least[half:]) if bits), 0)


# -- in which order ---------------------------------------------------------------------------------------------------


def rank(reader: Reader, asked: Asked, found: Matched, bits: int) -> Ordered:
    """The documents of a set with their scores, best first, ties by path."""
    if bits.bit_count() > RANKED:
        return _by_place(reader, asked.terms, bits)
    sets = postings.of(reader)
    scored = reader.select(
        f"{SCORED} AND +rowid IN ({_ANY})", (found.expression, orjson.dumps(list(sets.members(bits))).decode())
    )
    return sorted(
        ((rowid, significant(score)) for rowid, score in scored), key=lambda one: (-one[1], sets.path(one[0]))
    )


def _named_first(reader: Reader, text: str, bits: int, ordered: Ordered) -> Iterator[tuple[int, float]]:
    """The same with those first whose whole title is the question, however common its words are elsewhere."""
    ranked = iter(ordered)
    best = next(ranked, None)
    if best is None:
        return
    named = _named(reader, text, bits)
    yield from ((rowid, significant(2 * best[1])) for rowid in named)
    yield from (one for one in itertools.chain((best,), ranked) if one[0] not in named)


def _named(reader: Reader, text: str, bits: int) -> list[int]:
    """The documents of a set whose whole title a text is: they are among the first of those whose title begins with it."""
    sets = postings.of(reader)
    begin = bits & sets.matching(reader, matching.entitled(reader, text, whole=True))
    shortest = list(itertools.islice(sets.members(begin), _NAMESAKES))
    known, words = rows(reader, shortest), analysis.folded(text)
    return [rowid for rowid in shortest if analysis.folded(known[rowid].title) == words]


def significant(score: float) -> float:
    """A score without the digits in which machines may differ. A word of most documents adds a millionth, no less."""
    return float(f"{score:.6g}")


def _by_place(reader: Reader, terms: Sequence[Term], bits: int) -> Iterator[tuple[int, float]]:
    """By where the words stand: all in the title, one in it, all in headings too, one, none; shorter titles first."""
    sets = postings.of(reader)

    def classes() -> Iterator[int]:
        # What a page does not reach is not looked up.
        for columns in ("title", "title heading"):
            within = [sets.matching(reader, one.within(columns)) for one in terms]
            yield reduce(and_, within)
            yield reduce(or_, within)
        yield bits

    return _in_classes(sets, bits, classes(), 5)


def _by_beginning(reader: Reader, asked: Asked, text: str, bits: int) -> Ordered:
    if not bits:
        return ()
    sets = postings.of(reader)
    begins = " OR ".join(f"{{title}} : ^ {one}" for one in asked.terms[0].choices)
    expressions = (matching.entitled(reader, text, whole=False), begins)
    return _in_classes(sets, bits, (*(sets.matching(reader, one) for one in expressions), bits), 3)


def _in_classes(sets: postings.Postings, bits: int, classes: Iterable[int], count: int) -> Iterator[tuple[int, float]]:
    """The documents of a set, those of the first class first, with the number of classes from its own on as the score."""
    for place, one in enumerate(classes):
        for rowid in sets.members(bits & one):
            yield rowid, float(count - place)
        bits &= ~one


def _page(
    reader: Reader, asked: Asked, found: tuple[Matched, int], ordered: Ordered, what: tuple[str, Wish]
) -> ResultPage[Hit]:
    """One result page: by relevance, or in the order of fields."""
    text, wish = what
    matched, bits = found
    if wish.sort:
        listed = _sorted(reader, matched, wish)
        page = listed.of(_hits(reader, asked, [(row, 0.0) for row in listed.items]))
    else:
        name = hashlib.sha256(repr((text, wish.conditions)).encode()).hexdigest()[:8]
        page = _by_relevance(reader, asked, ordered, wish, name)
    return replace(page, total=bits.bit_count() if wish.total else None)


def _sorted(reader: Reader, found: Matched, wish: Wish) -> ResultPage[Row]:
    if found.complete:
        where, value = "document.rowid IN (SELECT rowid FROM search WHERE search MATCH ?)", found.expression
    else:
        where = "document.rowid IN (SELECT value FROM json_each(?))"
        value = orjson.dumps(list(postings.of(reader).members(found.bits))).decode()
    return listing.documents(
        reader,
        where,
        (value,),
        order=listing.sorted_by(wish.sort, ()),
        limit=wish.limit,
        cursor=wish.cursor,
        total=False,
        conditions=wish.conditions,
    )


def _by_relevance(reader: Reader, asked: Asked, ordered: Ordered, wish: Wish, name: str) -> ResultPage[Hit]:
    """A cursor holds its place in the order, and the file of the item before it, which may stand elsewhere by now."""
    limit = wish.limit
    start, anchor = _start(wish.cursor, name)
    taken = list(itertools.islice(ordered, start + limit + 1 + (_LOOKED_FOR if anchor else 0)))
    start = _moved(reader, taken, start, anchor)
    some = taken[start : start + limit]
    known = rows(reader, [rowid for rowid, _ in some])
    shown = [(known[rowid], score) for rowid, score in some]
    following = Cursor((start + limit, shown[-1][0].source)).encode(name) if len(taken) > start + limit else None
    hits = _hits(reader, asked, shown)
    return ResultPage(tuple(hits), None, limit, following, _before(reader, taken, start, limit, name))


def _before(reader: Reader, taken: Sequence[tuple[int, float]], start: int, limit: int, name: str) -> str | None:
    if not start:
        return None
    first = max(0, min(start, len(taken)) - limit)
    behind = taken[first - 1][0] if first else 0
    anchor = rows(reader, [behind])[behind].source if first else ""
    return Cursor((first, anchor)).encode(name)


def _start(cursor: str | None, name: str) -> tuple[int, str]:
    if cursor is None:
        return 0, ""
    start, anchor = Cursor.decode(cursor, 2, name).values
    if not isinstance(start, int) or isinstance(start, bool) or start < 0 or not isinstance(anchor, str):
        raise BadParameter("cursor", "The cursor is not one that this list gave; start again without it.")
    return min(start, 10_000_000), anchor


def _moved(reader: Reader, taken: Sequence[tuple[int, float]], start: int, anchor: str) -> int:
    """Where a page begins: behind the item that its cursor names, if that is still about there."""
    named = reader.by_source(anchor) if anchor else None
    if named is None:
        return start
    places = range(max(0, start - _LOOKED_FOR), len(taken))
    return next((place + 1 for place in places if taken[place][0] == named.rowid), start)


# -- how it is shown --------------------------------------------------------------------------------------------------


def rows(reader: Reader, rowids: Sequence[int]) -> dict[int, Row]:
    """Documents by their rows."""
    found = reader.select(f"SELECT {COLUMNS} FROM document WHERE rowid IN ({_ANY})", (orjson.dumps(rowids).decode(),))
    return {one.rowid: one for one in (Row(*columns) for columns in found)}


def _hits(reader: Reader, asked: Asked, found: Sequence[tuple[Row, float]]) -> list[Hit]:
    markers = {lang: matching.marker(asked.terms, lang) for lang in {row.lang for row, _ in found}}
    rowids = orjson.dumps([row.rowid for row, _ in found]).decode()
    bodies = dict(reader.select(f"SELECT document, sections FROM body WHERE document IN ({_ANY})", (rowids,)))
    return [_hit(orjson.loads(bodies[row.rowid]), markers[row.lang], row, score) for row, score in found]


def _hit(sections: Sequence[Mapping[str, Any]], marker: Marker, row: Row, score: float) -> Hit:
    best, shows = _best(sections, marker)
    told = [text for text in (row.description, row.excerpt) if text]
    if best is not None and shows:
        place: Place | None = Place(best["level"], best["id"], best["title"])
        text = best["text"] or best["title"]
    else:
        # What is found by its title or its labels alone is shown by how it describes itself.
        place = None
        text = next((one for one in told if excerpts.answers(one, marker)), None)
        text = text or _in_front_matter(row, marker) or next(iter(told), "")
    return Hit(row, score, excerpts.marked(row.title, marker), excerpts.excerpt(text, marker), place)


def _best(sections: Sequence[Mapping[str, Any]], marker: Marker) -> tuple[Mapping[str, Any] | None, int]:
    """The section that answers most of the question, in its heading before its text; the first of several."""
    best, most = None, (0, 0)
    for one in sections:
        heading = excerpts.answers(one["title"], marker)
        answered = (len(heading | excerpts.answers(one["text"], marker)), len(heading))
        if answered > most:
            best, most = one, answered
    return best, most[0]


def _in_front_matter(row: Row, marker: Marker) -> str | None:
    fields = row.more().get("fields")
    return next((one for one in prose.sentences(fields) if excerpts.answers(one, marker)), None)


# -- what is counted of it --------------------------------------------------------------------------------------------


def _facets(reader: Reader, bits: int, fitting: Sequence[tuple[str, int]]) -> dict[str, tuple[Facet, ...]]:
    """Of everything found, how much has each value; each facet counts under the filters of the others, not its own."""
    sets = postings.of(reader)
    found = {}
    for name in postings.FACETS:
        within = reduce(and_, (fits for field, fits in fitting if field != name), bits)
        counts = [Facet(value, (within & one).bit_count()) for value, one in sets.facet(reader, name).items()]
        kept = sorted((one for one in counts if one.count), key=lambda one: (-one.count, one.value))
        found[name] = tuple(kept)
    return found
