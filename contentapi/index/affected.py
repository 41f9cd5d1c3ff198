"""Which documents a sync changed, as an export shows them: their own files, and those that show something of these.

Two states of the index are compared, the one before the sync and the one after it, but only where the sync touched them:
its documents, and what those documents are to others (an address, a card, a term, a phase). Who shows what has changed
there has changed too. What an export never holds is not looked at: neighbours, children, menus, incoming links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field, fields
from typing import Any, cast

import orjson

from contentapi.index import addresses, phases, posts, terms
from contentapi.index.owners import Touched
from contentapi.index.reader import COLUMNS, Reader, Row
from contentapi.text import paths

#: What of a document is shown where it is a card or a breadcrumb, and what of it where it is only linked to.
_CARD = ("type", "id", "path", "key", "slug", "title", "description", "named", "collection", "hidden")
_ADDRESS = ("path", "key")
#: And what of a file.
_FILE = "key, width, height"
#: What no export shows.
_UNSEEN = frozenset({"rowid", "parent", "hidden", "tie", "epoch"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A document before a sync and after it; None where it was not served."""

    before: Row | None
    after: Row | None

    def differs(self, *names: str) -> bool:
        """Whether any of these columns became another one, or the document came or went."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return any(getattr(self.before, name) != getattr(self.after, name) for name in names)

    @property
    def rows(self) -> Iterator[Row]:
        """What there is of the two."""
        return (one for one in (self.before, self.after) if one is not None)


@dataclass(slots=True)
class Affected:
    """Compares two states. ``everything`` says that any document may have changed."""

    before: Reader
    after: Reader
    touched: Touched
    files: frozenset[str]
    everything: bool = False
    #: The source files of the documents that changed.
    sources: set[str] = field(default_factory=set)

    def look(self) -> set[str]:
        """The source files of all documents that were or are listed, and changed."""
        pairs = self._pairs()
        for source, pair in pairs.items():
            if pair.differs(*(one.name for one in fields(Row) if one.name not in _UNSEEN)) or pair.differs("hidden"):
                self.sources.add(source)
        self._addresses(pairs)
        self._files()
        self._terms(pairs)
        self._phases(pairs)
        return self.sources

    # -- what was touched

    def _pairs(self) -> dict[str, Pair]:
        before, after = self._rows(self.before), self._rows(self.after)
        return {source: Pair(before.get(source), after.get(source)) for source in {*before, *after}}

    def _rows(self, reader: Reader) -> dict[str, Row]:
        """The served documents that have an address or a slug which the sync touched."""
        found = reader.select(
            f"SELECT {COLUMNS} FROM document WHERE served AND (key IN (SELECT value FROM json_each(?1)) OR"
            " (collection, slug) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2)))",
            (_json(self.touched.keys), _json(self.touched.slugs)),
        )
        return {row.source: row for row in (Row(*one) for one in found)}

    # -- by address

    def _addresses(self, pairs: dict[str, Pair]) -> None:
        """Those that link to what has another address now, and those that have another card among their breadcrumbs."""
        redirected = set(self._redirected())
        shown, linked = self._keys(pairs, _CARD) | redirected, self._keys(pairs, _ADDRESS) | redirected
        for key in shown:
            self._below(key)
        self._at("crumb", self._leading(shown) | self._matched("crumb", shown))
        self._linking(self._leading(linked) | self._matched("reference", linked))
        moved = {row.source for pair in pairs.values() if pair.differs(*_ADDRESS) for row in pair.rows}
        self._add("SELECT document FROM reference WHERE source = ?", *self._spellings(moved))

    @staticmethod
    def _keys(pairs: dict[str, Pair], names: tuple[str, ...]) -> set[str]:
        """The addresses of the documents of which one of these columns became another."""
        found = (row.key for pair in pairs.values() if pair.differs(*names) for row in pair.rows)
        return {key for key in found if key is not None}

    def _below(self, key: str) -> None:
        """The pages below an address have it among their breadcrumbs."""
        above = key.rstrip("/")
        self._select("type = 'page' AND (key = ?1 OR key > ?2 || '/' AND key < ?2 || '0')", (key, above))

    def _redirected(self) -> Iterator[str]:
        """The addresses of which these files said or say that they lead elsewhere."""
        before, after = (self._redirects(one) for one in (self.before, self.after))
        for key, *_ in before ^ after:
            self.everything |= key is None
            if key is not None:
                yield cast("str", key)

    def _redirects(self, reader: Reader) -> set[tuple[object, ...]]:
        return set(
            reader.select(
                "SELECT key, origin, target, status, line, source FROM redirect"
                " WHERE source IN (SELECT value FROM json_each(?))",
                (_json(self.files),),
            )
        )

    def _leading(self, keys: set[str]) -> set[str]:
        """These addresses, and those that redirects lead to them, before or after."""
        found: set[str] = set()
        for reader in (self.before, self.after):
            found.update(
                key
                for (key,) in reader.select(
                    "WITH RECURSIVE leading(here) AS (SELECT value FROM json_each(?) UNION"
                    " SELECT redirect.key FROM redirect JOIN leading ON leads_to = here WHERE redirect.key IS NOT NULL)"
                    " SELECT here FROM leading",
                    (_json(self._spelled(keys)),),
                )
            )
        return found

    def _matched(self, table: str, keys: set[str]) -> set[str]:
        """The addresses that a pattern leads elsewhere than before, and those that redirects lead to these.

        A pattern takes what a table names, or what the redirect of a single address leads to.
        """
        if not keys or (not self.before.rules and not self.after.rules):
            return set()
        base = self.after.site.base
        named = self.after.select(
            f"SELECT key FROM {table} WHERE key IS NOT NULL"
            " UNION SELECT leads_to FROM redirect WHERE leads_to IS NOT NULL AND key IS NOT NULL"
        )
        every = {paths.without_base(key, base) for (key,) in named}
        matched = (key for key in every if self.after.rules.match(key) or self.before.rules.match(key))
        return self._leading({key for key in matched if _end(self.before, key) != _end(self.after, key)})

    def _at(self, table: str, keys: set[str]) -> None:
        """Those whose links, or whose breadcrumbs, name these addresses."""
        if keys:
            self._add(
                f"SELECT document FROM {table} WHERE key IN (SELECT value FROM json_each(?))", self._spelled(keys)
            )

    def _linking(self, keys: set[str]) -> None:
        """Those that link to these addresses, or to the files of documents that lead on from one of them."""
        self._at("reference", keys)
        for reader in (self.before, self.after):
            redirected = reader.select(
                "SELECT source FROM document WHERE redirected AND key IN (SELECT value FROM json_each(?))",
                (_json(keys),),
            )
            named = self._spellings(source for (source,) in redirected)
            self._add("SELECT document FROM reference WHERE source = ?", *named)

    def _spellings(self, sources: Iterable[str]) -> set[str]:
        """Files, and those by which links name them that are posts."""
        folder = self.after.site.collections_dir
        return {name for source in sources for name in (source, *posts.names(source, folder))}

    def _spelled(self, keys: Iterable[str]) -> list[str]:
        """Address keys, and the same with the base path of the site, as crumbs may be written."""
        base = self.after.site.base
        return sorted({*keys, *(base + key for key in keys if base)})

    def _files(self) -> None:
        """Those that show or link to a picture or a file which has another address or size now."""
        for source in self.files:
            before, after = (_asset(reader, source) for reader in (self.before, self.after))
            if before != after:
                keys = {str(one[0]) for one in (before, after) if one is not None}
                self._linking(self._leading(keys) | self._matched("reference", keys))
                self._add("SELECT document FROM reference WHERE source = ?", source)

    # -- by name

    def _terms(self, pairs: dict[str, Pair]) -> None:
        """Those that name an author, tag or category of another card, and those that describe one of another count."""
        for kind, slug in self._named(pairs):
            before, after = (_term(reader, kind, slug) for reader in (self.before, self.after))
            if before != after:
                self._select("describes = ?", (f"{kind}/{slug}",))
            if before[1:] != after[1:]:
                self._add(f"SELECT document FROM term WHERE kind = '{kind}' AND slug = ?", slug)

    def _named(self, pairs: dict[str, Pair]) -> set[tuple[terms.Kind, str]]:
        found: set[tuple[terms.Kind, str]] = set()
        for reader in (self.before, self.after):
            values = (_json(pairs),)
            found.update(
                reader.select(
                    "SELECT kind, term.slug FROM term JOIN document ON document.rowid = term.document"
                    " WHERE source IN (SELECT value FROM json_each(?))",
                    values,
                )
            )
            described = reader.select(
                "SELECT describes FROM document WHERE describes IS NOT NULL"
                " AND source IN (SELECT value FROM json_each(?))",
                values,
            )
            found.update(
                (cast("terms.Kind", kind), slug) for kind, _, slug in (one.partition("/") for (one,) in described)
            )
        return found

    def _phases(self, pairs: dict[str, Pair]) -> None:
        """The phases, and the pages that name one, when any phase is another one now."""
        if not any(self._tells(reader, pairs) for reader in (self.before, self.after)):
            return
        before, after = (phases.phases(reader) for reader in (self.before, self.after))
        if [_phase(one) for one in before] == [_phase(one) for one in after]:
            return
        self._select("type = 'phase'", ())
        self._add("SELECT document FROM value WHERE name = 'phase'", None)
        self.sources.update(one.page.source for one in (*before, *after) if one.page is not None)

    def _tells(self, reader: Reader, pairs: dict[str, Pair]) -> bool:
        """Whether the phases may be others by what was touched: a phase, what is said of one, or the page of one."""
        if any(pair.differs(*_CARD) or any(row.type == "phase" for row in pair.rows) for pair in pairs.values()):
            return True
        said = reader.select(
            "SELECT 1 FROM statement JOIN document ON document.rowid = statement.document"
            " WHERE source IN (SELECT value FROM json_each(?)) LIMIT 1",
            (_json({*pairs, *self.files}),),
        )
        return said.fetchone() is not None

    # -- who shows it

    def _add(self, numbers: str, *values: object) -> None:
        """The documents of these numbers, as they are after the sync."""
        for value in values:
            bound = _json(value) if isinstance(value, list) else value
            self._select(f"document.rowid IN ({numbers})", () if value is None else (bound,))

    def _select(self, where: str, values: tuple[object, ...]) -> None:
        found = self.after.select(f"SELECT source FROM document WHERE served AND NOT hidden AND {where}", values)
        self.sources.update(source for (source,) in found)


def _json(value: Iterable[object]) -> str:
    return orjson.dumps(list(value)).decode()


def _end(reader: Reader, key: str) -> tuple[object, ...]:
    found = addresses.resolve(reader, key)
    file = None
    if found.row is None and found.target is not None:
        file = reader.select(
            f"SELECT {_FILE} FROM asset WHERE key = ?", (paths.key(paths.encode(found.target)),)
        ).fetchone()
    return (found.status, found.target, found.suffix, _card(found.row), file)


def _card(row: Row | None) -> tuple[object, ...] | None:
    return tuple(getattr(row, name) for name in _CARD) if row is not None else None


def _asset(reader: Reader, source: str) -> tuple[object, ...] | None:
    found: Any = reader.select(f"SELECT {_FILE} FROM asset WHERE path = ?", (source,)).fetchone()
    return tuple(found) if found else None


def _term(reader: Reader, kind: terms.Kind, slug: str) -> tuple[object, ...]:
    """How often a term is named, and its card."""
    found = terms.find(reader, kind, slug)
    return (found.count, terms.title(found), _card(found.row)) if found is not None else (0, None, None)


def _phase(one: phases.Phase) -> tuple[object, ...]:
    rows = {name: _card(getattr(one, name)) for name in ("row", "page", "overview")}
    plain = (getattr(one, each.name) for each in fields(one) if each.name not in {*rows, "statements"})
    return (*rows.values(), *(astuple(value) if hasattr(value, "__dataclass_fields__") else value for value in plain))
