"""Every problem that only the whole folder shows: where it is told, how gravely, and when it is not."""

from __future__ import annotations

import pytest

from contentapi.index import diagnostics
from tests.index.shelf import page

HOME = {"index.md": page("title: Home"), "a.md": page("title: A", "# Part\n\nText.\n")}

CASES = [
    # code, severity, the files, and where it is told: file, line, related
    (
        "path-conflict",
        "error",
        {"b.md": page("title: B\npermalink: /a")},
        ("a.md", 1, ("b.md",)),
    ),
    (
        "slug-conflict",
        "warning",
        {
            "_posts/2020-01-01-x.md": page("title: Old\npermalink: /1/x"),
            "_posts/2021-01-01-x.md": page("title: New\npermalink: /2/x"),
        },
        ("_posts/2020-01-01-x.md", 1, ("_posts/2021-01-01-x.md",)),
    ),
    (
        "slug-conflict",
        "info",
        {
            "_posts/2020-01-01-x.md": page("title: Old\npermalink: /en/x"),
            "_posts/2021-01-01-x.md": page("title: New\npermalink: /x"),
        },
        ("_posts/2020-01-01-x.md", 1, ("_posts/2021-01-01-x.md",)),
    ),
    (
        "id-conflict",
        "error",
        {"b.md": page("title: B\nid: same"), "c.md": page("title: C\nid: same")},
        ("c.md", 3, ("b.md",)),
    ),
    ("link-dead", "warning", {"b.md": page("title: B", "Text.\n\n[x](/nowhere)")}, ("b.md", 6, ())),
    ("link-dead", "warning", {"b.md": page("title: B", "[x](nowhere.md)")}, ("b.md", 4, ())),
    ("asset-missing", "info", {"b.md": page("title: B", "![x](i.png)")}, ("b.md", 4, ())),
    ("asset-missing", "info", {"b.md": page("title: B", "[x](/paper.pdf)")}, ("b.md", 4, ())),
    ("anchor-missing", "warning", {"b.md": page("title: B", "[x](/a#other)")}, ("b.md", 4, ())),
    (
        "breadcrumb-dead",
        "warning",
        {"b.md": page("title: B\nbreadcrumbs: [{title: X, link: /nowhere}]")},
        ("b.md", 3, ()),
    ),
    (
        "menu-target-missing",
        "warning",
        {"_data/menu.yml": "nav:\n- {label: A, url: /a}\n- {label: G, children: [{label: X, url: /nowhere}]}\n"},
        ("_data/menu.yml", 3, ()),
    ),
    ("menu-target-missing", "warning", {"_data/menu.yml": "nav:\n- {target: nope.md}\n"}, ("_data/menu.yml", 2, ())),
    (
        "menu-conflict",
        "warning",
        {"_data/menu.yml": "nav:\n- {label: A, url: /a}\n", "_data/menu.yaml": "nav:\n- {label: A, url: /a}\n"},
        ("_data/menu.yaml", None, ("_data/menu.yml",)),
    ),
    (
        "sidebar-unknown",
        "info",
        {"b.md": page("title: B\nsidebar: side"), "c.md": page("title: C\nsidebar: side")},
        ("b.md", 3, ("c.md",)),
    ),
    ("redirect-shadowed", "info", {"_redirects": "\n/a /\n"}, ("_redirects", 2, ())),
    ("redirect-loop", "error", {"_redirects": "/x /x\n"}, ("_redirects", 1, ())),
    ("redirect-dead", "warning", {"_redirects": "/x /nowhere\n"}, ("_redirects", 1, ())),
    ("redirect-dead", "warning", {"b.md": page("title: B\nredirect_to: /nowhere")}, ("b.md", 3, ())),
    (
        "author-missing",
        "info",
        {"_posts/2020-01-01-x.md": page("title: X\nauthors: ada")},
        ("_posts/2020-01-01-x.md", 3, ()),
    ),
    (
        "author-missing",
        "warning",
        {"_posts/2020-01-01-x.md": page("title: X\nauthors: ada"), "_authors/grace.md": page("title: Grace")},
        ("_posts/2020-01-01-x.md", 3, ()),
    ),
    (
        "term-conflict",
        "warning",
        {
            "_posts/2020-01-01-x.md": page("title: X\ntags: [C]"),
            "_posts/2020-01-02-y.md": page("title: Y\ntags: [C++]"),
            "_posts/2020-01-03-z.md": page("title: Z\ntags: [C#]\nhidden: true"),
        },
        ("_posts/2020-01-02-y.md", 3, ("_posts/2020-01-01-x.md",)),
    ),
    (
        "term-conflict",
        "warning",
        {"_posts/2020-01-01-x.md": page("title: X\ncategory: a/b\ncategories: [A+B]")},
        ("_posts/2020-01-01-x.md", 4, ()),
    ),
    (
        "phase-duration-disagrees",
        "warning",
        {
            "_phases/construction.md": page("title: C\nduration: 6 mois"),
            "b.md": page("title: B", "La phase de construction dure un an.\n"),
        },
        ("_phases/construction.md", 3, ("b.md",)),
    ),
]


@pytest.mark.parametrize(("code", "severity", "files", "place"), CASES)
def test_what_is_told(shelf, code, severity, files, place):
    shelf.write({**HOME, **files}).sync()
    (told,) = shelf.diagnostics()
    assert (told.code, told.severity, told.path, told.line, told.related) == (code, severity, *place)
    assert told.message.endswith(".")
    assert told.hint.endswith(".")


@pytest.mark.parametrize(("code", "severity", "files", "place"), CASES)
def test_what_was_put_right_is_told_no_more(shelf, code, severity, files, place):
    shelf.write({**HOME, **files}).sync()
    shelf.write(dict.fromkeys(files)).sync(*files)
    assert shelf.diagnostics() == []


NO_FAULT = {
    "a clean folder": {
        "_config.yml": "url: https://site.example\nbaseurl: /base\nplugins: [jekyll-feed]\ninclude: [_redirects]\n",
        "b.md": page(
            """
            title: B
            permalink: /b
            sidebar: nav
            breadcrumbs: [{title: Home, link: /}, {title: A, link: /a}, {title: Elsewhere, link: 'https://x.example/'}]
            redirect_from: /old
            """,
            """
            # Été

            [self](#été) [top](#top) [home](/) [a](/a#part) [file](a.md) [old](/old) [rule](/one) [away](/away)
            [encoded](/b#%C3%A9t%C3%A9) [words](/a#:~:text=Text) [feed](/feed.xml) [full](https://site.example/base/b)
            [other](https://other.example/nowhere) [mail](mailto:a@site.example) [tool](/tool.rb) [tel](tel:+33)

            ![picture](i.svg)
            """,
        ),
        "i.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
        "tool.rb": "puts",
        "_data/menu.yml": "nav: [{label: A, url: a.md}, {label: X, url: 'https://x.example'}, {label: M, url: 'tel:1'}]\n",
        "_redirects": "/one /a\n/two /one\n/away https://x.example/\n/gone / 410\n/docs/* /b\n/pdf /paper.pdf\n",
    },
    "an address that a plugin publishes without a file": {
        "_config.yml": """
            plugins: [jekyll-archives, jekyll-paginate, jekyll-feed]
            jekyll-archives: {enabled: [tags, year], permalinks: {tag: '/tags/:name/'}}
            paginate: 5
            paginate_path: /blog/page/:num/
            feed: {path: atom.xml}
        """,
        "b.md": page("title: B", "[a](/tags/a-b/) [b](/2024/) [c](/blog/page/2) [d](/atom.xml)"),
    },
    "the same slug in two folders of pages": {"x/a.md": page("title: X"), "y/a.md": page("title: Y")},
    "one tag in several spellings": {
        f"_posts/2020-01-0{day}-{day}.md": page(f"title: X\ntags: [{tag!r}]")
        for day, tag in enumerate(("Open data", "open-data", "OPEN  DATA", "open_data", "L’open data"), start=1)
    },
    "the same title twice": {"b.md": page("title: A")},
    "an anchor in a page whose layout makes its content": {
        "list.md": page("title: List\nlayout: list", "# Head\n"),
        "b.md": page("title: B", "[x](/list#generated)"),
    },
    "an anchor in a page that has none of its own": {
        "list.md": page("title: List\nlayout: page"),
        "other.md": page("title: Other\nlayout: page"),
        "b.md": page("title: B", "[x](/list#generated)"),
    },
    "a scheduled author's document is no author": {"_posts/2030-01-01-x.md": page("title: X\nauthors: ada")},
    "a hidden page may be linked to": {"h.md": page("title: H\nhidden: true"), "b.md": page("title: B", "[h](/h)")},
}


@pytest.mark.parametrize("files", NO_FAULT.values(), ids=NO_FAULT)
def test_what_is_not_told(shelf, files):
    shelf.write({**HOME, **files}).sync()
    assert shelf.diagnostics() == []


def test_a_list_of_which_nothing_leads_anywhere_is_told_once(shelf):
    shelf.write(
        {**HOME, "_data/scripts.yml": "- {name: a, link: a.js}\n- {name: b, link: b.js}\n- {name: c, link: c.js}\n"}
    ).sync()
    (told,) = shelf.diagnostics()
    assert (told.code, told.severity, told.path, told.line) == ("menu-target-missing", "info", "_data/scripts.yml", 1)


def test_entries_of_a_menu_that_lead_nowhere_are_told_also_where_they_are_not_shown(shelf):
    shelf.write({
        **HOME,
        "_data/menu.yml": """
nav:
- {target: nope.md}
- {target: /nowhere/}
- target: /none
  children:
  - {target: a.md}
  - {target: /deeper}
- {label: Group, children: [{url: /deepest}, {label: Contact, url: /contact}]}
-
""",
    }).sync()  # fmt: skip
    told = [(one.line, one.message.split("'")[1]) for one in shelf.diagnostics()]
    assert told == [(3, "nope.md"), (4, "/nowhere/"), (5, "/none"), (8, "/deeper"), (9, "/deepest"), (9, "Contact")]


def test_an_anchor_is_missing_where_several_pages_have_the_layout(shelf):
    shelf.write({
        "one.md": page("title: One\nlayout: page", "# Head\n"),
        "two.md": page("title: Two\nlayout: page", "# Head\n"),
        "b.md": page("title: B", "[x](/one#other)"),
    }).sync()  # fmt: skip
    assert shelf.codes() == ["anchor-missing"]
    shelf.write({"two.md": page("title: Two\nlayout: page\ndraft: true")}).sync()
    assert shelf.codes() == []


def test_within_a_page_an_anchor_is_missing_whatever_its_layout(shelf):
    shelf.write({"b.md": page("title: B\nlayout: only", "# Head\n\n[x](/b#other)")}).sync()
    assert shelf.codes() == ["anchor-missing"]


def test_an_anchor_behind_a_redirect_is_looked_for_at_its_end(shelf):
    shelf.write({**HOME, "_redirects": "/old /a\n", "b.md": page("title: B", "[x](/old#part) [y](/old#other)")}).sync()
    (told,) = shelf.diagnostics()
    assert (told.code, "/a#other" in told.message) == ("anchor-missing", True)


def test_the_links_of_what_is_not_served_are_not_told(shelf):
    shelf.write({
        **HOME,
        "b.md": page("title: B\npermalink: /same", "[x](/nowhere)"),
        "c.md": page("title: C\npermalink: /same"),
        "d.md": page("title: D\ndraft: true", "[x](/nowhere)"),
        "e.md": page("title: E\nredirect_to: /a", "[x](/nowhere)"),
    }).sync()  # fmt: skip
    assert shelf.codes() == ["path-conflict"]


def test_one_problem_is_told_once(shelf):
    shelf.write({"b.md": page("title: B", "[x](/nowhere) and [y](/nowhere)\n\n[z](/nowhere)\n")}).sync()
    assert [one.line for one in shelf.diagnostics()] == [4, 6]


def test_diagnostics_are_in_the_order_of_files_and_lines(shelf):
    shelf.write({
        "b.md": page("title: B\ntitle: C", "[x](/nowhere)\n\n[y](/nothing)\n"),
        "a.md": page("title: B\npermalink: /b"),
    }).sync()  # fmt: skip
    found = [(one.path, one.line, one.code) for one in shelf.diagnostics()]
    assert found == [
        ("a.md", 3, "path-conflict"),
        ("b.md", 3, "duplicate-key"),
        ("b.md", 5, "link-dead"),
        ("b.md", 7, "link-dead"),
    ]


def test_public_diagnostics_tell_nothing_of_drafts(shelf):
    canary = "canari"
    shelf.write({
        f"{canary}.md": page(f"title: {canary}\ntitle: {canary}\ndraft: true\npermalink: /a", f"[x](/{canary})"),
        f"_drafts/{canary}.md": "---\ntitle: [\n---\n",
        f"_posts/2030-01-01-{canary}.md": page(f"tags: {canary}\ntags: {canary}"),
        "a.md": page("title: A"),
    }).sync()  # fmt: skip
    assert canary not in repr(shelf.diagnostics(private=False))
    assert repr(shelf.diagnostics(private=True)).count("private=True") == 3


def test_diagnostics_are_counted_by_severity(shelf):
    shelf.write({"b.md": page("title: B", "[x](/nowhere) ![y](y.png)"), "d.md": page("title: [\n")}).sync()
    with shelf.reading() as reader:
        assert diagnostics.counts(reader) == {"error": 1, "warning": 1, "info": 1}


def test_files_and_names_have_their_places_side_by_side(shelf):
    shelf.write({"a.md": page("title: A\ntitle: B")})
    (shelf.root / "b.md").symlink_to("/etc/hostname")
    shelf.sync()
    assert [(one.path, one.code) for one in shelf.diagnostics()] == [
        ("a.md", "duplicate-key"),
        ("b.md", "symlink-outside"),
    ]
