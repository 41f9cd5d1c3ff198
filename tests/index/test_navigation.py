"""Where a page stands. Trees and menus are shown as outlines: a title, its children below it, marks after it."""

from __future__ import annotations

import pytest

from contentapi.index import navigation
from tests.index.shelf import page

PNG = bytes.fromhex("89504e470d0a1a0a0000000d494844520000002000000010080600000000000000")


def outline(items, indent=""):
    """One line an item: its label, ``(n)`` children that are not shown, ``*`` active, ``>`` in the trail, ``†`` dead."""
    lines = []
    for one in items:
        shown = len(one.children)
        marks = "*" * one.active + ">" * one.in_trail + "†" * one.dead
        more = f" ({one.children_count})" if one.children_count != shown else ""
        lines.append(f"{indent}{one.label}{more}{' ' if marks else ''}{marks}")
        lines.extend(outline(one.children, indent + "  "))
    return lines


def tree(shelf, **options):
    with shelf.reading() as reader:
        return outline(navigation.tree(reader, **{"depth": 9, **options}))


def menu(shelf, name="nav", **options):
    with shelf.reading() as reader:
        return navigation.menu(reader, name, **options)


# -- the tree ---------------------------------------------------------------------------------------------------------


def test_pages_hang_below_the_pages_above_them(shelf):
    shelf.write({
        "index.md": page("title: Accueil"),
        "a.md": page("title: A"),
        "a/b.md": page("title: B"),
        "a/b/c.md": page("title: C"),
        "a/x/y.md": page("title: Y"),
        "_posts/2020-01-01-news.md": page("title: News"),
        "hidden.md": page("title: Hidden\nhidden: true"),
    }).sync()  # fmt: skip
    assert tree(shelf) == ["Accueil", "A", "  B", "    C", "  Y"]


@pytest.mark.parametrize(
    "home", [{}, {"index.md": page("title: H\nhidden: true")}, {"_posts/2020-01-01-x.md": page("permalink: /")}]
)
def test_a_tree_needs_no_home_page(shelf, home):
    shelf.write({**home, "a.md": page("title: A"), "a/b.md": page("title: B")}).sync()
    assert tree(shelf) == ["A", "  B"]


def test_the_editors_order_comes_first_then_french_titles(shelf):
    titles = ["zoo", "Été", "étage", "Œuvre", "page 10", "page 9", "Eté", "Zébu"]
    shelf.write({f"{number}.md": page(f"title: {title}") for number, title in enumerate(titles)})
    shelf.write({"y.md": page("title: Y first\nnav_order: 1"), "w.md": page("title: W second\norder: 2")})
    shelf.write({"z.md": page("title: Z between\norder: 1.5")})
    shelf.sync()
    first = ["Y first", "Z between", "W second"]
    assert tree(shelf) == [*first, "étage", "Eté", "Été", "Œuvre", "page 9", "page 10", "Zébu", "zoo"]


def test_pages_of_one_title_are_in_the_order_of_their_paths(shelf):
    shelf.write({f"{name}.md": page("title: Same") for name in "cab"}).sync()
    with shelf.reading() as reader:
        assert [one.path for one in navigation.tree(reader, depth=1)] == ["/a", "/b", "/c"]


def test_what_lies_deeper_than_asked_is_counted(shelf):
    shelf.write({name: page(f"title: {name[-4]}") for name in ("a.md", "a/b.md", "a/c.md", "a/b/d.md")}).sync()
    assert tree(shelf, depth=1) == ["a (2)"]
    assert tree(shelf, depth=2) == ["a", "  b (1)", "  c"]
    assert tree(shelf, depth=3) == ["a", "  b", "    d", "  c"]


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (None, ["H", "A", "  B", "    C"]),
        ("/a/b", ["H", "A >", "  B *", "    C"]),
        ("/a/b/c.html", ["H", "A >", "  B >", "    C *"]),
        ("/", ["H *", "A", "  B", "    C"]),
        ("/old", ["H", "A >", "  B *", "    C"]),  # an old address marks the page it became
        ("/a/news/1", ["H", "A >", "  B", "    C"]),  # a document that is in no tree marks what lies above it
        ("/a/nothing", ["H", "A >", "  B", "    C"]),
        ("/nothing", ["H", "A", "  B", "    C"]),
        ("/a/b?page=2#top", ["H", "A >", "  B *", "    C"]),  # what the address bar of a browser holds
        ("https://site.example/a/b/", ["H", "A >", "  B *", "    C"]),
        ("https://elsewhere.example/a/b", ["H", "A", "  B", "    C"]),
    ],
)
def test_the_current_page_and_what_lies_above_it_are_marked(shelf, current, expected):
    shelf.write({
        "contentapi.toml": 'site.origin = "https://site.example"',
        "index.md": page("title: H"),
        "a.md": page("title: A"),
        "a/b.md": page("title: B\nredirect_from: /old"),
        "a/b/c.md": page("title: C"),
        "_posts/2020-01-01-x.md": page("title: X\npermalink: /a/news/1"),
    }).sync()  # fmt: skip
    assert tree(shelf, current=current) == expected


def test_addresses_of_the_tree_bear_the_base_and_are_encoded(shelf):
    shelf.write({"contentapi.toml": "[site]\nbase = '/base'\n", "a.md": page("title: A\npermalink: /été/")}).sync()
    with shelf.reading() as reader:
        (item,) = navigation.tree(reader, depth=1)
    assert (item.path, item.url, item.external) == ("/été/", "/base/%C3%A9t%C3%A9/", False)


def test_a_page_without_an_address_stands_nowhere(shelf):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B\npermalink: //host/b")}).sync()
    assert tree(shelf) == ["A"]
    with shelf.reading() as reader:
        assert navigation.surround(reader, reader.by_source("b.md")) == (None, None)


# -- children and neighbours ------------------------------------------------------------------------------------------


def test_the_children_of_a_page_and_how_many_there_are(shelf):
    shelf.write({"a.md": page(), **{f"a/{number}.md": page(f"title: page {number}") for number in range(12)}}).sync()
    with shelf.reading() as reader:
        rows, total = navigation.children(reader, reader.by_key("/a"), limit=10)
        assert ([row.title for row in rows], total) == ([f"page {number}" for number in range(10)], 12)
        rows, total = navigation.children(reader, reader.by_key("/a"), limit=12)
        assert (len(rows), total) == (12, 12)
        assert navigation.children(reader, reader.by_key("/a/1")) == ([], 0)


def around(shelf, path):
    with shelf.reading() as reader:
        return tuple(row.title if row is not None else None for row in navigation.surround(reader, reader.by_key(path)))


def test_the_pages_before_and_after_are_those_of_the_same_parent(shelf):
    shelf.write({
        "index.md": page("title: H"),
        "a.md": page("title: A"),
        "a/2.md": page("title: Deux\norder: 2"),
        "a/1.md": page("title: Un\norder: 1"),
        "a/3.md": page("title: Caché\norder: 3\nhidden: true"),
        "a/4.md": page("title: Quatre\norder: 4"),
        "b.md": page("title: B"),
    }).sync()  # fmt: skip
    assert around(shelf, "/a/1") == (None, "Deux")
    assert around(shelf, "/a/2") == ("Un", "Quatre")
    assert around(shelf, "/a/4") == ("Deux", None)
    assert around(shelf, "/a/3") == ("Deux", "Quatre")  # a hidden page is among those it would stand among
    assert around(shelf, "/a") == (None, "B")
    assert around(shelf, "/") == (None, None)


def test_walking_from_article_to_article_is_walking_the_list(shelf):
    from contentapi.index import listing

    days = ("2020-01-01", "2020-01-01", "2020-01-02", "2020-01-02", "2019-05-05", "2021-01-01")
    shelf.write({f"_posts/{day}-{name}.md": page(f"title: {name}") for day, name in zip(days, "abcdef", strict=True)})
    shelf.sync()
    with shelf.reading() as reader:
        found = listing.documents(
            reader, "type = 'article'", (), order=listing.NEWEST_FIRST, limit=9, cursor=None
        ).items
        walked = [found[0]]
        while (before := navigation.surround(reader, walked[-1])[0]) is not None:
            assert navigation.surround(reader, before)[1] == walked[-1]
            walked.append(before)
        assert navigation.surround(reader, found[0])[1] is None
    assert [row.title for row in walked] == [row.title for row in found] == ["f", "c", "d", "a", "b", "e"]


def test_other_documents_have_their_neighbours_by_path(shelf):
    shelf.write({"contentapi.toml": "[collections.jobs]\noutput = true\n"})
    shelf.write({f"_jobs/{name}.md": page(f"title: {name}") for name in "bca"}).sync()
    with shelf.reading() as reader:
        row = reader.by_slug("jobs", "b")
        assert [one.title for one in navigation.surround(reader, row)] == ["a", "c"]


# -- breadcrumbs ------------------------------------------------------------------------------------------------------


def crumbs(shelf, path):
    with shelf.reading() as reader:
        row = reader.by_key(path)
        found = navigation.breadcrumbs(reader, row, row.more()["breadcrumbs"])
    return [(one.title, one.path, one.row.source if one.row is not None else None) for one in found]


def test_breadcrumbs_are_the_pages_above_and_the_page_itself(shelf):
    shelf.write({
        "index.md": page("title: H"),
        "a.md": page("title: A"),
        "a/b.md": page("title: B\nhidden: true"),
        "a/b/c/d.md": page("title: D"),
    }).sync()  # fmt: skip
    above = [("H", "/", "index.md"), ("A", "/a", "a.md")]
    assert crumbs(shelf, "/a/b/c/d") == [*above, ("D", "/a/b/c/d", "a/b/c/d.md")]
    # What is hidden is named by nobody but itself.
    assert crumbs(shelf, "/a/b") == [*above, ("B", "/a/b", "a/b.md")]
    assert crumbs(shelf, "/") == [("H", "/", "index.md")]


def test_breadcrumbs_that_the_author_wrote_stay_as_they_are(shelf):
    shelf.write({
        "contentapi.toml": "[site]\norigin = 'https://site.example'\n",
        "a.md": page("title: A\nredirect_from: /old"),
        "b.md": page(
            """
            breadcrumbs:
            - {title: Home, link: /}
            - {title: Spelled, link: /a.html}
            - {title: Full, link: 'https://site.example/a/'}
            - {title: Old, link: /old}
            - {title: Dead, link: /nowhere/}
            - {title: Away, link: 'https://other.example/'}
            - {title: No link}
            - Only text
            """
        ),
    }).sync()  # fmt: skip
    assert crumbs(shelf, "/b") == [
        ("Home", "/", None),
        ("Spelled", "/a", "a.md"),
        ("Full", "/a", "a.md"),
        ("Old", "/a", "a.md"),
        ("Dead", "/nowhere/", None),
        ("Away", None, None),
        ("No link", None, None),
        ("Only text", None, None),
    ]


# -- menus ------------------------------------------------------------------------------------------------------------

TARGETS = [
    # as the editors wrote it        path            url                               external  dead
    ("_pages/a.md", "/a", "/base/a", False, False),
    ("/_pages/a.md", "/a", "/base/a", False, False),
    ("_pages/a.md#part", "/a", "/base/a#part", False, False),
    ("/a", "/a", "/base/a", False, False),
    ("/a/#part", "/a", "/base/a#part", False, False),
    ("a.html", "/a", "/base/a", False, False),
    ("/base/a", "/a", "/base/a", False, False),
    ("https://site.example/base/a", "/a", "/base/a", False, False),
    ("/old", "/a", "/base/a", False, False),
    ("/hidden", "/hidden", "/base/hidden", False, False),
    ("/i.png", "/i.png", "/v1/assets/i.png", False, False),
    ("abroad.md", None, "https://other.example/", True, False),
    ("/abroad", None, "https://other.example/", True, False),
    ("https://other.example/x", None, "https://other.example/x", True, False),
    ("//other.example/x", None, "//other.example/x", True, False),
    ("mailto:a@other.example", None, "mailto:a@other.example", True, False),
    ("tel:+33100000000", None, "tel:+33100000000", True, False),
    ("/nothing", None, None, False, True),
    ("_pages/draft.md", None, None, False, True),
    ("_authors/ada.md", None, None, False, True),  # a document without an address
    ("javascript:alert(1)", None, None, False, True),
    ("JaVaScRiPt\t:alert(1)", None, None, False, True),
    ("data:text/html,x", None, None, False, True),
]


@pytest.mark.parametrize(("written", "path", "url", "external", "dead"), TARGETS)
def test_where_an_entry_of_a_menu_leads(shelf, written, path, url, external, dead):
    import json

    shelf.write({
        "contentapi.toml": "[site]\norigin = 'https://site.example'\nbase = '/base'\n",
        "_pages/a.md": page("title: A\npermalink: /a\nredirect_from: /old"),
        "_pages/draft.md": page("title: Draft\ndraft: true"),
        "hidden.md": page("title: Hidden\nhidden: true"),
        "abroad.md": page("redirect_to: https://other.example/"),
        "_authors/ada.md": page("title: Ada"),
        "i.png": PNG,
        "_data/menu.json": json.dumps({"nav": [{"label": "L", "url": written}]}),
    }).sync()  # fmt: skip
    (item,) = menu(shelf).items
    assert (item.label, item.path, item.url, item.external, item.dead) == ("L", path, url, external, dead)


@pytest.mark.parametrize("written", ["/feed.xml", "/base/feed.xml", "feed.xml"])
def test_what_a_plugin_publishes_lies_below_the_base_as_well(shelf, written):
    shelf.write({
        "_config.yml": "url: https://site.example\nbaseurl: /base\nplugins: [jekyll-feed]\n",
        "_data/menu.yml": f"nav: [{{label: Feed, url: {written}}}]",
    }).sync()  # fmt: skip
    (item,) = menu(shelf).items
    assert (item.path, item.url, item.external, item.dead) == ("/feed.xml", "/base/feed.xml", False, False)


def test_an_entry_without_label_has_the_title_of_its_target(shelf):
    shelf.write({
        "a.md": page("title: Titre"),
        "_data/menu.yml": "nav:\n- url: /a\n- url: /nothing\n- label:\n  children:\n  - {url: a.md}\n",
    }).sync()  # fmt: skip
    found = menu(shelf)
    # What has neither a label nor a target is no entry; what has children is kept for them.
    assert outline(found.items) == ["Titre", "None", "  Titre"]


def test_a_menu_marks_the_current_page_also_below_the_depth_asked_for(shelf):
    shelf.write({
        "a.md": page("title: A"),
        "a/b.md": page("title: B\nredirect_from: /old"),
        "c.md": page("title: C"),
        "_data/menu.yml": """
nav:
- label: Group
  children:
  - {label: A, url: /a}
  - label: Deep
    children:
    - {label: B, url: /a/b}
- {label: C, url: /c}
""",
    }).sync()  # fmt: skip
    full = ["Group >", "  A >", "  Deep >", "    B *", "C"]
    assert outline(menu(shelf, current="/a/b").items) == full
    assert outline(menu(shelf, current="/old").items) == full
    assert outline(menu(shelf, current="/a/b", depth=3).items) == full
    assert outline(menu(shelf, current="/a/b", depth=2).items) == ["Group >", "  A >", "  Deep (1) >", "C"]
    assert outline(menu(shelf, current="/a/b", depth=1).items) == ["Group (2) >", "C"]
    assert outline(menu(shelf).items) == ["Group", "  A", "  Deep", "    B", "C"]


def test_menus_are_known_by_the_key_or_by_file_and_key(shelf):
    entry = "- {label: A, url: /a}\n"
    shelf.write({
        "_data/menu.yml": f"nav:\n{entry}",
        "_data/footer.yml": f"links:\n{entry}",
        "_data/deep/side.yml": entry,
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        assert navigation.menu_names(reader) == ["deep.side", "footer.links", "nav"]
    assert menu(shelf, "nothing") is None


def test_of_two_files_with_one_menu_the_last_has_it_and_the_other_is_told(shelf):
    shelf.write({
        "_data/menu.yml": "nav:\n- {label: yml, url: /}\n",
        "_data/menu.json": '{"nav": [{"label": "json", "url": "/"}]}',
    }).sync()  # fmt: skip
    assert (menu(shelf).source, menu(shelf).items[0].label) == ("_data/menu.yml", "yml")
    with shelf.reading() as reader:
        assert navigation.menu_names(reader) == ["nav"]
    (told,) = (one for one in shelf.diagnostics() if one.code == "menu-conflict")
    assert (told.path, told.related) == ("_data/menu.json", ("_data/menu.yml",))
    shelf.write({"_data/menu.yml": None}).sync("_data/menu.yml")
    assert menu(shelf).items[0].label == "json"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("nav", "nav"),
        ("navigation.docs", "navigation.docs"),
        ("docs", "navigation.docs"),
        ("guide", "sidebars.guide.entries"),
        ("sidebars", "sidebars.guide.entries"),
        ("entries", None),
        ("guid", None),
        ("", None),
    ],
)
def test_a_sidebar_may_be_a_part_of_the_name_of_one_menu(shelf, written, meant):
    """As themes for Jekyll name them: the list ``docs`` of `navigation.yml`, the file `sidebars/guide.yml`."""
    shelf.write({
        "_data/menu.yml": "nav: [{url: /a}]",
        "_data/navigation.yml": "docs: [{url: /a}]\nentries: [{url: /a}]",
        "_data/sidebars/guide.yml": "entries: [{url: /a}]",
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        assert navigation.named(reader, written) == meant
