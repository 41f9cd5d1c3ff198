"""The phases of the programme, in journey order: from their documents, else read from the site's own overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import orjson

from contentapi.index import navigation
from contentapi.index.reader import COLUMNS, Reader, Row
from contentapi.model import Decision, Duration, Json, Labels, PhaseKind, PhaseWord
from contentapi.text import durations

_LAST = 1_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """What one document says of a phase; ``row`` is it, also when another document has its path (``served`` False)."""

    phase: str
    duration: Duration
    purpose: str | None
    quote: str
    line: int | None
    source: str
    row: Row
    served: bool
    path: str | None


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of the programme, completed from its document, the vocabulary and the overview.

    ``row`` is its own document (None when ``derived``), ``page`` the page that describes it, ``address`` where its
    document or the overview says that this page is.
    """

    slug: str
    title: str
    position: int | None
    kind: PhaseKind
    aliases: tuple[str, ...]
    labels: Labels
    duration: Duration | None
    team: str | None
    objectives: tuple[str, ...]
    decision: Decision | None
    description: str | None
    row: Row | None
    page: Row | None
    address: str | None
    overview: Row | None
    statements: tuple[Said, ...]

    @property
    def derived(self) -> bool:
        """Whether the phase was read from the overview, since no document of its own describes it."""
        return self.row is None


def phases(reader: Reader) -> list[Phase]:
    """All phases in journey order: the steps of the journey, then lasting statuses, then exits."""
    return reader.once("phases", _phases)


def _phases(reader: Reader) -> list[Phase]:
    said = statements(reader)
    rows = reader.rows("type = 'phase'")
    found = [_from_document(reader, row, rows, said) for row in rows] if rows else _derived(reader, said)
    return sorted(found, key=_journey_order)


def phase(reader: Reader, name: str) -> Phase | None:
    """The phase whose slug or alias is ``name``."""
    every = phases(reader)
    own = next((one for one in every if one.slug == name and (one.row is None or one.row.named)), None)
    return own or next((one for one in every if name in one.aliases), None)


def of_page(reader: Reader, row: Row, more: dict[str, Json]) -> Phase | None:
    """The phase that a page describes: whose page it is, or which its front matter names by ``phase``."""
    found = _with_page(reader, row)
    if len(found) == 1:
        return found[0]
    fields = more.get("fields")
    named = fields.get("phase") if isinstance(fields, dict) else None
    return phase(reader, named.strip()) if isinstance(named, str) else None


def own_page(reader: Reader, one: Phase) -> Row | None:
    """The page that describes a phase. One to which several phases lead is of all of them and describes none."""
    return one.page if one.page is not None and len(_with_page(reader, one.page)) == 1 else None


def _with_page(reader: Reader, row: Row) -> list[Phase]:
    return [one for one in phases(reader) if one.page is not None and one.page.rowid == row.rowid]


def _journey_order(one: Phase) -> tuple[int, int, str]:
    return (list(PhaseKind).index(one.kind), _LAST if one.position is None else one.position, one.slug)


# -- from documents ---------------------------------------------------------------------------------------------------


def _from_document(reader: Reader, row: Row, rows: Sequence[Row], said: Sequence[Said]) -> Phase:
    written = cast("dict[str, Json]", row.more()["phase"])
    word = _word(reader, row, written)
    taken = {other.slug.lower() for other in rows if other.rowid != row.rowid}
    aliases = _aliases(row, written, word, taken)
    position = written.get("position")
    kind = written.get("kind")
    labels = Labels(**cast("dict[str, str | None]", written["labels"]))
    page = _page(reader, row, aliases, written)
    # A step that two documents share (a transfer and a consolidation) is told of in both.
    about = tuple(one for one in said if (word is not None and one.phase == word.slug) or one.phase == row.slug)
    return Phase(
        slug=row.slug,
        title=row.title,
        position=int(cast("int", position)) if position is not None else word.position if word is not None else None,
        kind=PhaseKind(cast("str", kind)) if kind else word.kind if word is not None else PhaseKind.JOURNEY,
        aliases=aliases,
        labels=_labels(labels, row.title),
        duration=_duration(written.get("duration")),
        team=cast("str | None", written.get("team")),
        objectives=tuple(cast("list[str]", written.get("objectives") or [])),
        decision=_decision(written.get("decision")),
        description=row.description,
        row=row,
        page=page,
        address=page.path if page is not None else cast("str | None", written.get("page")),
        overview=None,
        statements=about,
    )


def _word(reader: Reader, row: Row, written: dict[str, Json]) -> PhaseWord | None:
    names = [row.slug.lower(), *(str(alias).lower() for alias in cast("list[str]", written.get("aliases") or []))]
    return next((word for word in map(reader.site.vocabulary.find, names) if word is not None), None)


def _aliases(row: Row, written: dict[str, Json], word: PhaseWord | None, taken: set[str]) -> tuple[str, ...]:
    own = [str(alias) for alias in cast("list[str]", written.get("aliases") or [])]
    known = [word.slug, *word.aliases] if word is not None else []
    return tuple(dict.fromkeys(alias for alias in (*own, *known) if alias != row.slug and alias.lower() not in taken))


def _labels(written: Labels, title: str) -> Labels:
    return Labels(
        short=written.short or title,
        singular=written.singular,
        plural=written.plural,
        badge=written.badge,
    )


def _duration(value: Json) -> Duration | None:
    return Duration(**cast("dict[str, str]", value)) if isinstance(value, dict) else None


def _decision(value: Json) -> Decision | None:
    return Decision(**cast("dict[str, str | None]", value)) if isinstance(value, dict) else None


def _page(reader: Reader, row: Row, aliases: Sequence[str], written: dict[str, Json]) -> Row | None:
    """The page of a phase: the one its front matter names, else one that bears its name, else its documentation."""
    named = _at(reader, written.get("page"))
    return named or _pages_named(reader, (row.slug, *aliases)) or _at(reader, written.get("documentation"))


def _at(reader: Reader, address: Json) -> Row | None:
    return navigation.follow(reader, address).row if isinstance(address, str) else None


def _pages_named(reader: Reader, names: Sequence[str]) -> Row | None:
    pages = orjson.dumps([one.name for one in reader.site.collections if one.type == "page"]).decode()
    for name in names:
        found = reader.rows(
            "collection IN (SELECT value FROM json_each(?)) AND slug = ?", (pages, name), order="length(key), tie"
        )
        if found:
            return found[0]
    return None


# -- from the overview ------------------------------------------------------------------------------------------------


def _derived(reader: Reader, said: Sequence[Said]) -> list[Phase]:
    chosen = _overview(reader)
    if chosen is None:
        return []
    rowid, number = chosen
    overview = next(one.row for one in said if one.row.rowid == rowid)
    items = reader.select(
        "SELECT data FROM statement WHERE document = ? AND overview = ? ORDER BY ordinal", (rowid, number)
    )
    found: dict[str, Phase] = {}
    for (data,) in items:
        item = orjson.loads(data)
        word = reader.site.vocabulary.find(item["phase"])
        if word is not None and word.slug not in found:
            found[word.slug] = _from_item(reader, word, item, overview, said)
    return list(found.values())


def _overview(reader: Reader) -> tuple[int, int] | None:
    """Of the served documents, the one with the longest list whose items each name a phase by an internal link."""
    row = reader.select(
        "SELECT statement.document, statement.overview FROM statement JOIN document ON document.rowid = statement.document"
        " WHERE overview IS NOT NULL AND served AND NOT hidden"
        " GROUP BY statement.document, statement.overview"
        " HAVING sum(host IS NULL OR host = ?) = count(*)"
        " ORDER BY count(DISTINCT phase) DESC, tie LIMIT 1",
        (reader.host or "",),
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def _from_item(reader: Reader, word: PhaseWord, item: dict[str, Json], overview: Row, said: Sequence[Said]) -> Phase:
    link = item.get("link")
    key = str(link["key"]) if isinstance(link, dict) and link.get("key") else None
    page = reader.by_key(key) if key is not None else None
    purpose = cast("str | None", item.get("purpose"))
    return Phase(
        slug=word.slug,
        title=word.label,
        position=word.position,
        kind=word.kind,
        aliases=word.aliases,
        labels=Labels(short=word.label),
        duration=_duration(item["duration"]),
        team=None,
        objectives=(purpose,) if purpose else (),
        decision=None,
        description=purpose,
        row=None,
        page=page,
        address=page.path if page is not None else key,
        overview=overview,
        statements=tuple(one for one in said if one.phase == word.slug),
    )


# -- what the documents say -------------------------------------------------------------------------------------------


def statements(reader: Reader) -> list[Said]:
    """Everything the documents say of phases, an unserved twin's included, in the order of their files.

    What is gone, or leads on, says nothing any more.
    """
    rows = reader.select(
        f"SELECT {COLUMNS}, document.served, statement.data FROM statement"
        " JOIN document ON document.rowid = statement.document WHERE NOT redirected"
        " ORDER BY document.source, statement.ordinal"
    )
    found: list[Said] = []
    for *columns, served, data in rows:
        row = Row(*columns)
        if found and found[-1].row == row:
            row = found[-1].row
        found.append(_said(row, orjson.loads(data), served=bool(served)))
    return found


def _said(row: Row, data: dict[str, Json], *, served: bool) -> Said:
    return Said(
        phase=str(data["phase"]),
        duration=Duration(**cast("dict[str, str]", data["duration"])),
        purpose=cast("str | None", data.get("purpose")),
        quote=str(data["quote"]),
        line=cast("int | None", data.get("line")),
        source=row.source,
        row=row,
        served=served,
        path=row.path,
    )


def disagreements(reader: Reader) -> list[tuple[str, list[tuple[str, int | None, str]]]]:
    """The phases of whose length the documents disagree: slug, and for each document its source, line and words."""
    found = []
    for one in phases(reader):
        told = [(said.source, said.line, said.duration) for said in one.statements]
        if one.row is not None and one.duration is not None:
            told.insert(0, (one.row.source, one.row.line("duration"), one.duration))
        lengths = [entry for entry in told if durations.days(entry[2]) is not None]
        first = lengths[0][2] if lengths else None
        if first is not None and any(not durations.same(first, entry[2]) for entry in lengths):
            found.append((one.slug, [(source, line, duration.text) for source, line, duration in lengths]))
    return found
