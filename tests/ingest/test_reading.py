"""Front matter with the site's defaults, and the dates it names."""

from __future__ import annotations

import pytest

from contentapi.ingest import frontmatter, reading
from contentapi.ingest.frontmatter import FrontMatter
from contentapi.model import Collection, FrontMatterDefault, Json, Site, SourceFile
from contentapi.text import vocabulary

COLLECTIONS = (
    Collection("pages", "page", None, output=True),
    Collection("articles", "article", "c/_posts", output=True),
    Collection("tools", "tools", "c/_tools", output=True),
)


def site(*defaults: tuple[str, str | None, dict[str, Json]], jekyll: bool = True) -> Site:
    entries = tuple(FrontMatterDefault(*one) for one in defaults)
    return Site(
        vocabulary.default(),
        jekyll=jekyll,
        collections=COLLECTIONS,
        defaults=entries,
        collections_dir="c",
        timezone="Europe/Paris",
    )


def read(path: str, block: str = "", where: Site | None = None) -> reading.Reading:
    file = SourceFile(path, f"---\n{block}\n---\n".encode(), "digest")
    found = frontmatter.read(file)
    assert isinstance(found, FrontMatter)
    return reading.read(file, found, where or site())


DEFAULTS = {
    "for all": ("a.md", "", [("", None, {"x": 1})], {"x": 1}),
    "for a type": ("a.md", "", [("", "pages", {"x": 1}), ("", "posts", {"x": 2})], {"x": 1}),
    "for posts": ("c/_posts/2020-01-01-a.md", "", [("", "pages", {"x": 1}), ("", "posts", {"x": 2})], {"x": 2}),
    "for a collection": ("c/_tools/a.md", "", [("", "tools", {"x": 1}), ("", "pages", {"x": 2})], {"x": 1}),
    "an empty type": ("a.md", "", [("", "", {"x": 1})], {"x": 1}),
    "for a folder": ("b/a.md", "", [("b", None, {"x": 1}), ("b/", None, {"y": 2}), ("/b", None, {"z": 3})],
                     {"x": 1, "y": 2, "z": 3}),
    "for no other folder": ("bc/a.md", "", [("b", None, {"x": 1})], {}),
    "for a file": ("b/a.md", "", [("b/a.md", None, {"x": 1}), ("b/c.md", None, {"x": 2})], {"x": 1}),
    "without the folder of collections": ("c/_tools/a.md", "", [("_tools", None, {"x": 1})], {"x": 1}),
    "with it": ("c/_tools/a.md", "", [("c/_tools", None, {"x": 1})], {"x": 1}),
    "a star is one folder": ("b/c/a.md", "", [("b/*/a.md", None, {"x": 1}), ("*/a.md", None, {"y": 1})], {"x": 1}),
    "two stars are any": ("b/c/a.md", "", [("**/a.md", None, {"x": 1}), ("b/**", None, {"y": 1})], {"x": 1, "y": 1}),
    "two stars are none": ("a.md", "", [("**/a.md", None, {"x": 1})], {"x": 1}),
    "a star within a name": ("b1/a.md", "", [("b*", None, {"x": 1}), ("b?", None, {"y": 1})], {"x": 1}),
    "a dot is a dot": ("axmd", "", [("a.*", None, {"x": 1})], {}),
    "the longer path wins": ("b/a.md", "", [("b", None, {"x": 1}), ("", None, {"x": 2})], {"x": 1}),
    "a type wins": ("a.md", "", [("", "pages", {"x": 1}), ("", None, {"x": 2})], {"x": 1}),
    "among equals the later": ("a.md", "", [("", None, {"x": 1}), ("", None, {"x": 2})], {"x": 2}),
    "the file wins": ("a.md", "x: 3", [("", None, {"x": 1, "y": 2})], {"x": 3, "y": 2}),
    "null says nothing": ("a.md", "x:\nz:", [("", None, {"x": 1})], {"x": 1, "z": None}),
    "mappings are merged": ("a.md", "x: {b: 3, d: }", [("", None, {"x": {"a": 1, "b": 2, "d": 4}})],
                            {"x": {"a": 1, "b": 3, "d": 4}}),
    "lists are not": ("a.md", "x: [3]", [("", None, {"x": [1, 2]})], {"x": [3]}),
}  # fmt: skip


@pytest.mark.parametrize(("path", "block", "defaults", "expected"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults(
    path: str, block: str, defaults: list[tuple[str, str | None, dict[str, Json]]], expected: object
) -> None:
    assert read(path, block, site(*defaults)).values == expected


def test_a_collection_that_is_named_articles_is_not_that_of_the_posts() -> None:
    own = (
        Collection("articles", "articles", "_articles", output=True),
        Collection("posts", "article", "_posts", output=True),
    )
    defaults = (FrontMatterDefault("", "articles", {"x": 1}), FrontMatterDefault("", "posts", {"x": 2}))
    where = Site(vocabulary.default(), jekyll=True, collections=own, defaults=defaults)
    assert read("_articles/a.md", where=where).values == {"x": 1}
    assert read("_posts/2020-01-01-a.md", where=where).values == {"x": 2}


def test_defaults_are_not_changed_by_a_document() -> None:
    where = site(("", None, {"x": {"a": 1}}))
    read("a.md", "x: {b: 2}", where)
    assert read("b.md", "", where).values == {"x": {"a": 1}}


DATES = {
    "a day": ("a.md", "date: 2020-11-18", "2020-11-18"),
    "a time": ("a.md", "date: 2020-11-18 10:30", "2020-11-18T10:30:00+01:00"),
    "a zone": ("a.md", "date: 2020-11-18T10:30:05Z", "2020-11-18T10:30:05+00:00"),
    "in quotes": ("a.md", "date: '2020-1-8'", "2020-01-08"),
    "of the file's name": ("c/_posts/2020-11-18-a.md", "", "2020-11-18"),
    "of a document of a collection": ("c/_tools/2020-11-18-a.md", "", "2020-11-18"),
    "front matter wins": ("c/_posts/2020-11-18-a.md", "date: 2021-01-01", "2021-01-01"),
    "null says nothing": ("c/_posts/2020-11-18-a.md", "date:", "2020-11-18"),
    "blanks say nothing": ("c/_posts/2020-11-18-a.md", "date: ' '", "2020-11-18"),
    "the name of a page is no date": ("2020-11-18-a.md", "", None),
    "none": ("a.md", "", None),
}


@pytest.mark.parametrize(("path", "block", "expected"), DATES.values(), ids=DATES)
def test_dates(path: str, block: str, expected: str | None) -> None:
    found = read(path, block)
    assert (found.moment.iso if found.moment else None) == expected
    assert not found.date_unreadable
    assert found.diagnostics == ()


@pytest.mark.parametrize(
    "written",
    [
        "demain",
        "18/11/2020",
        "2020-13-01",
        "2020-02-30",
        "2020",
        "[2020-01-01]",
        "{a: b}",
        "false",
        "0",
        "2020-01-01 25:00",
    ],
)
def test_a_date_that_is_none_is_told(written: str) -> None:
    found = read("c/_posts/2020-11-18-a.md", f"title: a\ndate: {written}")
    assert found.date_unreadable
    assert found.moment is None
    assert [(one.code, one.severity.value, one.line) for one in found.diagnostics] == [("date-invalid", "error", 3)]


@pytest.mark.parametrize("name", ["2027-02-29-a.md", "2024-13-02-a.md", "24-2-31-a.md"])
def test_a_day_that_does_not_exist_is_told_of_a_name_too(name: str) -> None:
    found = read(f"c/_posts/{name}")
    assert found.date_unreadable
    (told,) = found.diagnostics
    assert told.message == f"The date '{name.removesuffix('-a.md')}' is no date; when it is to appear cannot be known."
    assert not read(f"c/_posts/{name}", "date: 2020-01-02").date_unreadable
    assert not read(f"c/_tools/{name}").date_unreadable


def test_without_jekyll_a_page_may_be_an_article() -> None:
    plain = site(jekyll=False)
    assert read("x/2020-11-18-a.md", "", plain).is_article
    assert read("a.md", "layout: post", plain).is_article
    assert read("a.md", "", site(("", None, {"layout": "post"}), jekyll=False)).is_article
    assert not read("a.md", "layout: page", plain).is_article
    assert not read("a.md", "layout: post").is_article
    found = read("2020-11-18-a.md", "", plain)
    assert (found.membership.collection.name, found.moment.iso if found.moment else None) == ("articles", "2020-11-18")
