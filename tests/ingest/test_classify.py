"""Paths in; what their files are read as, and the collection they fall into, out."""

from __future__ import annotations

import pytest

from contentapi.ingest import classify
from contentapi.ingest.classify import Kind
from contentapi.model import Collection, Site
from contentapi.text import vocabulary

COLLECTIONS = (
    Collection("pages", "page", None, output=True),
    Collection("articles", "article", "contenu/_posts", output=True),
    Collection("authors", "author", "contenu/_authors", output=False),
    Collection("alumni", "alumni", "contenu/_authors/_alumni", output=False),
)
JEKYLL = Site(vocabulary.default(), jekyll=True, collections_dir="contenu", collections=COLLECTIONS)
PLAIN = Site(vocabulary.default(), collections=COLLECTIONS, data_dir="donnees")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.md", Kind.DOCUMENT),
        ("a/b.MARKDOWN", Kind.DOCUMENT),
        ("a.html", Kind.DOCUMENT),
        ("contenu/_authors/jean.dupont", Kind.DOCUMENT),
        ("contenu/_authors/jean", Kind.DOCUMENT),
        ("contenu/_authors/jean.txt", Kind.DOCUMENT),
        ("contenu/_authors/jean.jpg", Kind.ASSET),
        ("_redirects", Kind.REDIRECTS),
        ("a/_redirects", Kind.OTHER),
        ("_data/menu.yml", Kind.DATA),
        ("_data/a/b.YAML", Kind.DATA),
        ("_data/a.json", Kind.DATA),
        ("_data/a.csv", Kind.OTHER),
        ("_data/a.md", Kind.OTHER),
        ("_config.yml", Kind.OTHER),
        ("contentapi.toml", Kind.OTHER),
        ("a/contentapi.toml", Kind.OTHER),
        ("img/a.PNG", Kind.ASSET),
        ("robots.txt", Kind.ASSET),
        ("a.pdf", Kind.ASSET),
        ("_drafts/a.pdf", Kind.OTHER),
        ("_drafts/a.md", Kind.DOCUMENT),
        ("a.exe", Kind.OTHER),
        ("a", Kind.OTHER),
        (".md", Kind.OTHER),
    ],
)
def test_kind(path: str, expected: Kind) -> None:
    assert classify.kind(path, JEKYLL) is expected


def test_data_lies_where_the_site_says() -> None:
    assert classify.kind("donnees/menu.yml", PLAIN) is Kind.DATA
    assert classify.kind("_data/menu.yml", PLAIN) is Kind.OTHER


@pytest.mark.parametrize(
    ("path", "collection", "relative"),
    [
        ("a.md", "pages", "a.md"),
        ("_pages/a/b.md", "pages", "_pages/a/b.md"),
        ("contenu/_posts/2020-01-02-a.md", "articles", "2020-01-02-a.md"),
        ("contenu/_authors/a", "authors", "a"),
        ("contenu/_authors/_alumni/b/a", "alumni", "b/a"),
        ("contenu/_authorship/a.md", "pages", "contenu/_authorship/a.md"),
        ("fr/presse/_posts/2020-01-02-a.md", "articles", "2020-01-02-a.md"),
        ("contenu/_drafts/a.md", "articles", "a.md"),
        ("a/_posts/b/_drafts/c.md", "articles", "c.md"),
        ("my_posts/a.md", "pages", "my_posts/a.md"),
    ],
)
def test_membership(path: str, collection: str, relative: str) -> None:
    for site in (JEKYLL, PLAIN):
        found = classify.membership(path, site)
        assert (found.collection.name, found.relative) == (collection, relative)


def test_a_plain_folder_of_posts_is_one_where_jekyll_is_not() -> None:
    assert classify.membership("fr/posts/a.md", PLAIN).collection.name == "articles"
    assert classify.membership("fr/posts/a.md", JEKYLL).collection.name == "pages"


def test_without_any_collection_everything_is_a_page() -> None:
    bare = Site(vocabulary.default())
    assert classify.membership("_posts/a.md", bare).collection == Collection("pages", "page", None, output=True)


@pytest.mark.parametrize(
    ("path", "layout", "expected"),
    [
        ("a.md", "post", True),
        ("a.md", "page", False),
        ("a.md", None, False),
        ("x/2020-11-18-a.md", None, True),
        ("2020-1-8-a.md", "page", True),
        ("2020-11-18.md", None, False),
        ("2020-11-18-x/a.md", None, False),
    ],
)
def test_an_article_is_told_by_layout_or_date_only_without_jekyll(
    path: str, layout: str | None, expected: bool
) -> None:
    assert classify.reads_as_article(path, layout, PLAIN) is expected
    assert classify.reads_as_article(path, layout, JEKYLL) is False


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("_drafts/a.md", True),
        ("x/_drafts/y/a.md", True),
        ("_drafts.md", False),
        ("drafts/a.md", False),
        ("a.md", False),
    ],
)
def test_the_folder_of_drafts(path: str, expected: bool) -> None:
    assert classify.is_draft_folder(path) is expected
