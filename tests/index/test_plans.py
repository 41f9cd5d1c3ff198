"""How SQLite answers what is asked most: by an index, in its order. Asked of five thousand documents, as callers ask it."""

from __future__ import annotations

import pytest

from contentapi.index import beside, database, links, listing, navigation, phases, terms
from contentapi.index.reader import Index
from contentapi.model import Collection, Site
from contentapi.text import vocabulary
from tests.index.library import documents, fill

SITE = Site(
    vocabulary.default(),
    origin="https://site.example",
    collections=(
        Collection("pages", "page", None, output=True),
        Collection("articles", "article", "_posts", output=True),
        Collection("jobs", "jobs", "_jobs", output=True),
    ),
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    path = tmp_path_factory.mktemp("plans") / "index.db"
    connection = database.open_for_writing(path)
    fill(connection, documents(5000))
    connection.close()
    index = Index(path, SITE)
    with index.reading() as one:
        yield one
    index.close()


@pytest.fixture(scope="module")
def some(reader):
    """One document of each kind, somewhere in the middle."""
    return {kind: reader.rows("type = ?", (kind,))[100] for kind in ("page", "article", "jobs")}


def plans(reader, ask):
    """The plan of every query that is made while something is asked."""
    queries = []

    def note(_, query, values):
        queries.append((query, values))
        return True

    reader.connection.set_exec_trace(note)
    try:
        ask()
    finally:
        reader.connection.set_exec_trace(None)
    return [
        [row[3] for row in reader.connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
        for query, values in queries
        if query.startswith("SELECT")
    ]


def third(where, values, order):
    """The third page of a list, so that a cursor is part of what is asked."""

    def ask(reader, _):
        cursor = None
        for _ in range(3):
            found = listing.documents(reader, where, values, order=order, limit=20, cursor=cursor)
            cursor = found.next
        assert len(found.items) == 20

    return ask


NEWEST, PATH = listing.NEWEST_FIRST, listing.BY_PATH
TITLE = (listing.Order("document.title_key"), listing.Order("document.tie"))
LISTS = {
    "pages by path": (third("collection = 'pages'", (), PATH), "listed_by_path"),
    "articles newest first": (third("type = 'article'", (), NEWEST), "listed_by_type"),
    "a collection by path": (third("collection = ?", ("jobs",), PATH), "listed_by_path"),
    "a collection newest first": (third("collection = ?", ("articles",), NEWEST), "listed_by_date"),
    "a collection by title": (third("collection = ?", ("articles",), TITLE), "listed_by_title"),
    "children": (lambda reader, _: navigation.children(reader, reader.by_key("/s1")), "listed_in_tree"),
    "the neighbours of a page": (lambda reader, some: navigation.surround(reader, some["page"]), "listed_in_tree"),
    "the neighbours of an article": (
        lambda reader, some: navigation.surround(reader, some["article"]),
        "listed_by_type",
    ),
    "the neighbours of another": (lambda reader, some: navigation.surround(reader, some["jobs"]), "listed_by_path"),
}
ASKED = {
    **LISTS,
    "by address": (lambda reader, _: reader.by_key("/blog/a777"), "document_key"),
    "by slug": (lambda reader, _: reader.by_slug("articles", "a777"), "document_slug"),
    "slugs beside one": (lambda reader, _: beside.slugs(reader, ("articles",), "A777x"), "document_slug"),
    "addresses beside one": (lambda reader, _: beside.keys(reader, "/blog/A777x"), "document_key"),
    "by source file": (lambda reader, _: reader.by_source("_posts/777.md"), "sqlite_autoindex_document_1"),
    "the tree": (lambda reader, _: navigation.tree(reader, depth=3), "listed_in_tree"),
    "a body": (lambda reader, some: links.body(reader, some["article"]), "PRIMARY KEY"),
    "links": (lambda reader, some: links.of(reader, some["article"]), "asset_key"),
    "incoming": (lambda reader, some: links.incoming(reader, some["article"]), "reference_key"),
    "the terms of an article": (lambda reader, some: terms.of(reader, some["article"], "tag"), "term_slug"),
    "what describes a term": (lambda reader, _: terms.describing(reader, "author", "ada"), "document_describes"),
    "everything": (lambda reader, _: list(listing.everything(reader, ("articles", "jobs"))), "listed_by_source"),
    "how much that is": (lambda reader, _: listing.count(reader, ("articles", "jobs")), "listed_by_"),
    "front matter of a name": (lambda reader, _: reader.has_front_matter("size", ("jobs",)), "value_text"),
    "phases": (lambda reader, _: phases._phases(reader), "listed_by_type"),
}


@pytest.mark.parametrize("name", ASKED)
def test_no_question_looks_at_everything(reader, some, name):
    ask, index = ASKED[name]
    found = plans(reader, lambda: ask(reader, some))
    assert any(index in step for plan in found for step in plan), found
    tables = ("document", "reference", "body", "source_file", "asset", "redirect", "term")
    assert not [plan for plan in found for step in plan if step.startswith(tuple(f"SCAN {table}" for table in tables))]


@pytest.mark.parametrize("name", [*LISTS, "everything"])
def test_no_list_is_sorted(reader, some, name):
    found = plans(reader, lambda: ASKED[name][0](reader, some))
    assert not [plan for plan in found for step in plan if "TEMP B-TREE" in step]


@pytest.mark.parametrize("name", [name for name in LISTS if "neighbours" not in name and name != "children"])
def test_a_list_is_counted_without_a_look_at_its_documents(reader, some, name):
    found = plans(reader, lambda: LISTS[name][0](reader, some))
    assert sum("COVERING INDEX" in step for plan in found for step in plan) == 3


def test_the_tree_is_read_level_by_level(reader):
    assert len(plans(reader, lambda: navigation.tree(reader, depth=3))) <= 6
