"""The authors, tags and categories that articles name."""

from __future__ import annotations

import pytest

from contentapi.index import terms
from tests.index.shelf import page


def every(shelf, kind):
    with shelf.reading() as reader:
        return [(one.slug, terms.title(one), one.count) for one in terms.every(reader, kind)]


def find(shelf, kind, slug):
    with shelf.reading() as reader:
        return terms.find(reader, kind, slug)


def test_terms_are_counted_over_what_is_listed(shelf):
    shelf.write({
        "_posts/2020-01-01-a.md": page("tags: [Santé, école]"),
        "_posts/2020-01-02-b.md": page("tags: [santé, Zoo]"),
        "_posts/2020-01-03-c.md": page("tags: [zoo]\nhidden: true"),
        "_posts/2020-01-04-d.md": page("tags: [zoo]\ndraft: true"),
        "_posts/2020-01-05-a.md": page("tags: [zoo]\npermalink: /b"),  # has the path of b, which comes first
    }).sync()  # fmt: skip
    assert every(shelf, "tag") == [("école", "école", 1), ("santé", "Santé", 1), ("zoo", "zoo", 1)]


def test_the_label_of_a_term_is_the_same_whatever_the_order(shelf, shelves):
    files = {"_posts/2020-01-01-a.md": page("tags: santé"), "_posts/2020-01-02-b.md": page("tags: Santé")}
    shelf.write(files).sync()
    other = shelves()
    for path in reversed(files):
        other.write({path: files[path]}).sync(path)
    assert every(shelf, "tag") == every(other, "tag") == [("santé", "Santé", 2)]


def test_terms_are_in_french_order(shelf):
    shelf.write({"_posts/2020-01-01-a.md": page("tags: [zone, Été, étage, œuvre, page 10, page 9, Eté]")}).sync()
    found = [title for _, title, _ in every(shelf, "tag")]
    assert found == ["étage", "Eté", "Été", "œuvre", "page 9", "page 10", "zone"]


def test_an_author_has_the_name_of_their_document(shelf):
    shelf.write({
        "_posts/2020-01-01-a.md": page("authors: [ada.lovelace, nobody]"),
        "_authors/ada.lovelace.md": page("fullname: Ada Lovelace"),
        "_authors/Grace.md": page("fullname: Grace Hopper"),
        "_authors/hidden.md": page("fullname: Hidden\nhidden: true"),
    }).sync()  # fmt: skip
    assert every(shelf, "author") == [
        ("ada.lovelace", "Ada Lovelace", 1),
        ("grace", "Grace Hopper", 0),
        ("nobody", "nobody", 1),
    ]
    assert find(shelf, "author", "ada.lovelace").row.source == "_authors/ada.lovelace.md"
    assert find(shelf, "author", "grace").row.source == "_authors/Grace.md"
    assert find(shelf, "author", "nobody").row is None
    assert find(shelf, "author", "hidden") is None
    assert find(shelf, "author", "nothing") is None


DESCRIBING = [
    # the file of a page, its front matter, and whether it describes the category `presse`
    ("_pages/x.md", "layout: category\nalias: presse", True),
    ("_pages/x.md", "layout: category\nalias: ' Presse '", True),
    ("presse.md", "layout: category", True),
    ("_pages/x.md", "layout: category\npermalink: /categorie/presse/", True),
    ("_pages/x.md", "layout: category", False),
    ("presse.md", "layout: category\nalias: other", False),
    ("presse.md", "layout: page", False),
    ("presse.md", "layout: tag", False),
    ("presse.md", "layout: category\nhidden: true", False),
    ("presse.md", "layout: category\ndraft: true", False),
    ("_categories/presse.md", "description: D", True),
]


@pytest.mark.parametrize(("path", "front", "described"), DESCRIBING)
def test_a_category_has_the_name_of_the_page_that_describes_it(shelf, path, front, described):
    shelf.write({
        "contentapi.toml": "[collections.categories]\noutput = true\n",
        "_posts/2020-01-01-a.md": page("category: presse"),
        path: page(f"title: La presse\n{front}"),
    }).sync()  # fmt: skip
    found = find(shelf, "category", "presse")
    assert (terms.title(found), found.row is not None) == (("La presse", True) if described else ("presse", False))
    assert ("presse", terms.title(found), 1) in every(shelf, "category")


def test_a_tag_has_the_name_of_the_page_that_describes_it(shelf):
    shelf.write({"_posts/2020-01-01-a.md": page("tags: x"), "tags/x.md": page("title: Le X\nlayout: tag")}).sync()
    assert every(shelf, "tag") == [("x", "Le X", 1)]
    assert every(shelf, "category") == []


def test_of_two_pages_that_describe_a_term_one_does_on_every_machine(shelf, shelves):
    files = {
        "b.md": page("title: B\nlayout: tag\nalias: x"),
        "a.md": page("title: A\nlayout: tag\nalias: x"),
    }
    shelf.write(files).sync()
    other = shelves()
    for path, text in files.items():
        other.write({path: text}).sync(path)
    assert every(shelf, "tag") == every(other, "tag") == [("x", "A", 0)]
    assert find(shelf, "tag", "x").row.source == find(other, "tag", "x").row.source == "a.md"


def test_a_document_names_its_terms_in_its_order_with_its_words(shelf):
    shelf.write({
        "_posts/2020-01-01-a.md": page("authors: [zoe, ada]\ntags: [Un mot]"),
        "_posts/2020-01-02-b.md": page("tags: [Caché]\nhidden: true"),
        "_authors/ada.md": page("title: Ada"),
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        row, hidden = reader.by_key("/a"), reader.by_key("/b")
        assert [terms.title(one) for one in terms.of(reader, row, "author")] == ["zoe", "Ada"]
        assert [terms.title(one) for one in terms.of(reader, row, "tag")] == ["Un mot"]
        # Nobody but the hidden article names it, so it is counted nowhere.
        assert [(terms.title(one), one.count) for one in terms.of(reader, hidden, "tag")] == [("Caché", 0)]
