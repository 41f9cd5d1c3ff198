"""What to read next: the documents that share the most telling words of one, from the full-text index."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from contentapi.index import links, postings, search
from contentapi.index.reader import Reader, Row
from contentapi.text import analysis

#: So many documents are given.
MOST: Final = 6
#: So many words of a document are looked up, and so many of them asked for.
_LOOKED_UP, _ASKED_FOR = 60, 12
#: So many documents may hold the words asked for, in all: rarer words first.
_HOLDERS: Final = 20_000
#: How much a word counts where it stands.
_TITLE, _HEADING, _TEXT = 5, 3, 1
#: A word that is said over and over says no more.
_OFTEN: Final = 8


def of(reader: Reader, row: Row) -> list[Row]:
    """The listed documents nearest to one, in its language, nearest first; none where it shares no telling word."""
    terms = _telling(reader, row)
    if not terms:
        return []
    sets = postings.of(reader)
    expression = " OR ".join(f'"{term}"' for term in terms)
    found = [(rowid, search.significant(score)) for rowid, score in reader.select(search.SCORED, (expression,))]
    others = [one for one in found if one[0] != row.rowid and sets.lists(one[0])]
    others.sort(key=lambda one: (-one[1], sets.path(one[0])))
    near = [rowid for rowid, _ in others[: 4 * MOST]]
    known, language = search.rows(reader, near), analysis.language(row.lang)
    return [known[rowid] for rowid in near if analysis.language(known[rowid].lang) == language][:MOST]


def _telling(reader: Reader, row: Row) -> list[str]:
    """The stems that tell a document from others: often in it, and in few others."""
    counts = _counts(reader, row)
    listed = len(postings.of(reader).rowids)
    weighed: list[tuple[float, str, int]] = []
    for stem, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_LOOKED_UP]:
        holders = _holders(reader, stem)
        # Nobody shares what stands here alone; what stands in every other document brings nobody near.
        if 1 < holders <= listed // 2 + 1:
            weighed.append((min(count, _OFTEN) * math.log(1 + listed / holders), stem, holders))
    weighed.sort(key=lambda one: (-one[0], one[1]))
    terms: list[str] = []
    left = _HOLDERS
    for _, stem, holders in weighed:
        if holders <= left and len(terms) < _ASKED_FOR:
            terms.append(stem)
            left -= holders
    return terms


def _holders(reader: Reader, stem: str) -> int:
    """How many documents hold a stem: looked up once for a state of the index, as the same stems are asked for again."""
    known: dict[str, int] = reader.once("holders of stems", lambda _: {})
    if stem not in known:
        known[stem] = reader.select("SELECT doc FROM stem WHERE term = ?", (stem,)).get or 0
    return known[stem]


def _counts(reader: Reader, row: Row) -> Counter[str]:
    language = analysis.language(row.lang)
    body = links.body(reader, row)
    headings = " ".join([row.description or "", *(heading.text for heading in body.headings)])
    counts: Counter[str] = Counter()
    for text, weight in ((row.title, _TITLE), (headings, _HEADING), (body.text, _TEXT)):
        for word in analysis.folded(text):
            if len(word) > 2 and not analysis.common(word) and not word.isdigit():
                counts[analysis.stem(word, language)] += weight
    return counts
