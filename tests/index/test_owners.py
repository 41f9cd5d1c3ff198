"""Who is served under a path or a slug when several want it, and which page each page hangs below."""

from __future__ import annotations

import pytest

from tests.index.shelf import page


def owner(shelf, path):
    with shelf.reading() as reader:
        row = reader.by_key(path)
    return row.source if row is not None else None


def named(shelf, collection, slug):
    with shelf.reading() as reader:
        row = reader.by_slug(collection, slug)
    return row.source if row is not None else None


# -- one path ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("a.md", "b.md"), ("b.md", "a.md")])
def test_of_two_with_one_path_the_last_in_byte_order_is_served(shelf, order):
    for source in order:
        shelf.write({source: page("permalink: /same")}).sync(source)
    assert owner(shelf, "/same") == "b.md"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("B.md", "a.md"),  # capitals come first
        ("a-b.md", "a/b.md"),  # a hyphen comes before a slash
        ("z.md", "é.md"),  # and ASCII before everything else
        ("a.md", "aa.md"),
    ],
)
def test_byte_order_is_that_of_utf_8(shelf, first, last):
    shelf.write({first: page("permalink: /same"), last: page("permalink: /same/")}).sync()
    assert owner(shelf, "/same") == last


def test_the_twin_comes_back_when_the_winner_goes(shelf):
    shelf.write({"a.md": page("permalink: /same"), "b.md": page("permalink: /same")}).sync()
    shelf.write({"b.md": None}).sync("b.md")
    assert owner(shelf, "/same") == "a.md"
    shelf.write({"b.md": page("permalink: /same")}).sync("b.md")
    assert owner(shelf, "/same") == "b.md"
    shelf.write({"b.md": page("permalink: /other")}).sync("b.md")
    assert owner(shelf, "/same") == "a.md"
    shelf.write({"b.md": page("permalink: /same\ndraft: true")}).sync("b.md")
    assert owner(shelf, "/same") == "a.md"


def test_a_twin_of_another_collection_gets_its_slug_back_with_its_path(shelf):
    shelf.write({"_posts/2020-01-01-news.md": page("permalink: /news"), "z.md": page("permalink: /news")}).sync()
    assert owner(shelf, "/news") == "z.md"
    assert named(shelf, "articles", "news") is None
    shelf.write({"z.md": None}).sync("z.md")
    assert owner(shelf, "/news") == named(shelf, "articles", "news") == "_posts/2020-01-01-news.md"
    shelf.write({"z.md": page("permalink: /news")}).sync("z.md")
    assert named(shelf, "articles", "news") is None


# -- one slug ---------------------------------------------------------------------------------------------------------


def test_of_several_articles_with_one_slug_the_newest_has_it(shelf):
    shelf.write(
        {f"_posts/{day}-a.md": page(f"permalink: /{day}/a") for day in ("2020-01-01", "2022-01-01", "2021-01-01")}
    )
    shelf.sync()
    assert named(shelf, "articles", "a") == "_posts/2022-01-01-a.md"
    shelf.write({"_posts/2022-01-01-a.md": None}).sync("_posts")
    assert named(shelf, "articles", "a") == "_posts/2021-01-01-a.md"
    assert owner(shelf, "/2020-01-01/a") == "_posts/2020-01-01-a.md"


def test_of_several_of_one_day_the_last_file_has_the_slug(shelf):
    shelf.write({
        "_posts/2020-01-01-a.md": page("permalink: /1/a"),
        "x/_posts/2020-01-01-a.md": page("permalink: /2/a"),
    }).sync()  # fmt: skip
    assert named(shelf, "articles", "a") == "x/_posts/2020-01-01-a.md"


def test_a_document_without_address_is_known_by_its_slug(shelf):
    shelf.write({"_authors/ada.md": page("title: Ada")}).sync()
    assert named(shelf, "authors", "ada") == "_authors/ada.md"
    assert shelf.served() == {"_authors/ada.md": None}


# -- who is not served ------------------------------------------------------------------------------------------------


def test_what_is_hidden_is_answered_and_not_listed(shelf):
    shelf.write({"a.md": page("hidden: true"), "b.md": page("title: B")}).sync()
    assert owner(shelf, "/a") == "a.md"
    with shelf.reading() as reader:
        assert [row.source for row in reader.rows("1")] == ["b.md"]


@pytest.mark.parametrize("front", ["gone: true", "redirect_to: /b", "redirect_to: https://example.org/a"])
def test_what_is_gone_or_leads_elsewhere_is_not_served(shelf, front):
    shelf.write({"a.md": page(front), "b.md": page("title: B")}).sync()
    assert shelf.served() == {"b.md": "/b"}


def test_what_is_gone_is_not_served_without_an_address_either(shelf):
    shelf.write({"_authors/ada.md": page("gone: true")}).sync()
    assert named(shelf, "authors", "ada") is None


@pytest.mark.parametrize(
    "front", ["redirect_from: /a", "redirect_from: /a/", "redirect_from: [/a.html]", "redirect_to: /a"]
)
def test_a_document_that_redirects_to_itself_is_served(shelf, front):
    """It is an editor's slip; to hide the page for it would be a worse one."""
    shelf.write({"a.md": page(f"{front}\npermalink: /a")}).sync()
    assert owner(shelf, "/a") == "a.md"
    assert shelf.codes() == ["redirect-shadowed", "title-missing"]


def test_a_twin_that_leads_elsewhere_wins_like_any_other(shelf):
    shelf.write({"a.md": page("permalink: /same"), "b.md": page("permalink: /same\nredirect_to: /c")}).sync()
    assert owner(shelf, "/same") is None
    shelf.write({"b.md": page("permalink: /same"), "a.md": page("permalink: /same\nredirect_to: /c")}).sync()
    assert owner(shelf, "/same") == "b.md"


# -- parents ----------------------------------------------------------------------------------------------------------


def parents(shelf):
    return dict(shelf.rows("SELECT path, parent FROM document WHERE type = 'page' AND served ORDER BY path"))


def test_a_page_hangs_below_the_nearest_page_above(shelf):
    shelf.write({"index.md": page(), "a.md": page(), "a/b/c.md": page(), "a-b.md": page(), "z/z.md": page()}).sync()
    assert parents(shelf) == {"/": None, "/a": "/", "/a/b/c": "/a", "/a-b": "/", "/z/z": "/"}


APPEARING = [
    # what changes, and the parent of /a/b/c after it
    ({"a/b.md": page()}, "/a/b"),
    ({"a/b.md": page("hidden: true")}, "/a"),
    ({"a/b.md": page("draft: true")}, "/a"),
    ({"a/b.md": page("redirect_to: /a")}, "/a"),
    ({"a.md": None}, "/"),
    ({"a.md": page("hidden: true")}, "/"),
    ({"a.md": None, "index.md": None}, None),
    ({"index.md": page("hidden: true"), "a.md": page("hidden: true")}, None),
    ({"_posts/2020-01-01-x.md": page("permalink: /a/b")}, "/a"),  # an article is no page
    ({"zz.md": page("permalink: /a\nhidden: true")}, "/"),  # the twin of the page above is hidden, and wins
    ({"zz.md": page("permalink: /a/")}, "/a"),
]


@pytest.mark.parametrize(("change", "parent"), APPEARING)
def test_when_a_page_between_appears_or_goes_those_below_move(shelf, change, parent):
    before = {"index.md": page(), "a.md": page(), "a/b/c.md": page()}
    shelf.write(before).sync()
    start = shelf.contents()
    shelf.write(change).sync(*change)
    assert parents(shelf)["/a/b/c"] == parent
    shelf.write({**dict.fromkeys(change), **before} if not change.keys() <= before.keys() else before)
    shelf.sync(*change)
    assert shelf.contents() == start


def test_a_page_that_changes_and_stays_where_it_is_moves_nobody(shelf):
    """A change of the home page must not cost a look at every page."""
    shelf.write({"index.md": page(), **{f"a/{number}.md": page() for number in range(20)}}).sync()
    changes = []
    shelf.writing.set_update_hook(lambda kind, database, table, rowid: changes.append(table))
    shelf.write({"index.md": page("title: Other")}).sync("index.md")
    assert changes.count("document") < 10


# -- the site's own host ----------------------------------------------------------------------------------------------

LINKS = [
    ("[a](https://one.example/a)", "one.example"),
    ("[a](https://ONE.example/a.html) [x](https://other.example/elsewhere)", "one.example"),
    ("[a](https://one.example/a) [b](https://two.example/b)", ""),
    ("[home](https://one.example/)", ""),
    ("[a](/a)", ""),
    ("[x](https://one.example/nothing)", ""),
    ("[a](//one.example/a)", "one.example"),
]


@pytest.mark.parametrize(("body", "host"), LINKS)
def test_the_only_host_whose_links_lead_here_is_the_site_s_own(shelf, body, host):
    shelf.write({"index.md": page("", body), "a.md": page(), "b.md": page()}).sync()
    assert shelf.meta("inferred_host") == host


def test_a_configured_origin_is_not_guessed_at(shelf):
    shelf.write(
        {"contentapi.toml": "[site]\norigin = 'https://site.example'\n", "a.md": page("", "[a](https://x.example/a)")}
    )
    shelf.sync()
    with shelf.reading() as reader:
        assert reader.host == "site.example"


def test_the_host_is_found_and_lost_as_links_come_and_go(shelf):
    shelf.write({"a.md": page("", "[b](https://one.example/b)"), "b.md": page()}).sync()
    assert shelf.meta("inferred_host") == "one.example"
    shelf.write({"b.md": None}).sync("b.md")
    assert shelf.meta("inferred_host") == ""
