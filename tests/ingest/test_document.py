"""One file in, one document out: what decides whether it is published, and what is made of its front matter."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from contentapi.ingest.document import ingest
from contentapi.model import (
    Collection,
    Diagnostic,
    Document,
    FrontMatterDefault,
    Image,
    Ingested,
    Json,
    Redirect,
    Severity,
    Site,
    SourceFile,
)
from contentapi.text import vocabulary
from tests.ingest.test_cases import SITE

NOW = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
POST = "_posts/2020-11-18-a.md"


def take(block: str, body: str = "", path: str = "_pages/a.md", site: Site = SITE) -> Ingested:
    return ingest(SourceFile(path, f"---\n{block}\n---\n{body}".encode(), "digest"), site, NOW)


def document(block: str, body: str = "", path: str = "_pages/a.md", site: Site = SITE) -> Document:
    found = take(block, body, path, site).document
    assert found is not None
    return found


def problems(found: Ingested) -> list[tuple[str, int | None]]:
    return [(one.code, one.line) for one in found.diagnostics]


# -- what is published ------------------------------------------------------------------------------------------------

DRAFTS = {
    "draft": ("draft: true", "_pages/a.md"),
    "in words": ("draft: oui", "_pages/a.md"),
    "in quotes": ("draft: 'True'", "_pages/a.md"),
    "in capitals": ("DRAFT: yes", "_pages/a.md"),
    "with blanks no one sees": ("draft\u00a0: true", "_pages/a.md"),
    "unpublished": ("unpublished: 1", "_pages/a.md"),
    "not published": ("published: false", "_pages/a.md"),
    "not published, in words": ("published: no", "_pages/a.md"),
    "one of two": ("draft: true\ndraft: false", "_pages/a.md"),
    "two that disagree": ("published: true\ndraft: true", "_pages/a.md"),
    "what is neither yes nor no": ("draft: peut-être", "_pages/a.md"),
    "a list": ("draft: [false]", "_pages/a.md"),
    "a draft among articles": ("draft: true", POST),
    "a draft among phases": ("draft: true", "_phases/a.md"),
    "a draft without extension": ("draft: true", "_products/a.b"),
    "a page in HTML": ("draft: true", "a.html"),
    "the folder of drafts": ("title: canary", "_drafts/a.md"),
    "a folder of drafts within": ("published: true", "x/_drafts/canary/y/a.md"),
    "a day to come": ("date: 2023-11-15", POST),
    "a time to come": ("date: 2023-11-14 22:13:21", POST),
    "a time to come in another zone": ("date: 2023-11-14 23:13:21 +0100", POST),
    "a day to come in the name": ("", "_posts/2023-11-15-canary.md"),
    "a page to come": ("date: 2099-01-01", "_pages/a.md"),
    "a product to come": ("date: 2099-01-01", "_products/a.md"),
    "with dots for a fence": ("draft: true\n...", "_pages/a.md"),
}


@pytest.mark.parametrize(("block", "path"), DRAFTS.values(), ids=DRAFTS)
def test_nothing_of_a_draft_goes_any_further(block: str, path: str) -> None:
    written = f"{block}\ncanary: canary\ncanary: &canary !canary [canary]\nredirect_from: /canary"
    found = take(written, "# canary\n\n{{ canary }} [canary](/canary.md) <iframe src=//canary.example>", path)
    assert found.document is None
    assert found.draft is not None
    assert (found.draft.source, found.draft.digest) == (path, "digest")
    assert found.redirects == found.menus == ()
    assert not found.quarantined
    assert all(one.private for one in found.diagnostics)
    assert "canary" not in repr(found).replace(path, "")


@pytest.mark.parametrize(
    ("values", "block"),
    [
        ({"draft": True}, ""),
        ({"draft": True}, "draft:"),
        ({"draft": True}, "title: a"),
        ({"published": False}, ""),
        ({"Draft": "yes"}, ""),
        ({"date": "2099-01-01"}, ""),
    ],
)
def test_the_defaults_of_the_site_may_make_a_draft(values: dict[str, object], block: str) -> None:
    site = replace(SITE, defaults=(FrontMatterDefault("_pages", None, values),))  # type: ignore[arg-type]
    assert take(block, "canary", site=site).draft is not None
    assert take(block, "a", "b.md", site).document is not None


def test_a_document_may_say_that_it_is_none() -> None:
    site = replace(SITE, defaults=(FrontMatterDefault("", None, {"draft": True}),))
    assert take("draft: false", site=site).document is not None


@pytest.mark.parametrize(
    "block", ["draft: false", "published: true", "draft:", "unpublished: 'no'", "draft: ''", "a: {draft: true}"]
)
def test_a_document_that_is_no_draft_is_published(block: str) -> None:
    found = take(block)
    assert found.document is not None
    assert found.draft is None


def test_what_is_to_come_says_when() -> None:
    found = take("date: 2023-11-14 23:13:21 +0100", path=POST).draft
    assert found is not None
    assert found.due == NOW + 1
    assert take("date: 2023-11-14 23:13:20 +0100", path=POST).document is not None


def test_a_site_may_publish_what_is_to_come() -> None:
    assert take("date: 2099-01-01", path=POST, site=replace(SITE, future=True)).document is not None


def test_the_day_in_the_name_of_a_page_holds_nothing_back() -> None:
    assert take("", path="_pages/2099-01-01-a.md").document is not None


def test_an_article_whose_day_is_not_known_is_held_back() -> None:
    found = take("date: bientôt", path=POST)
    assert found.quarantined
    assert (found.document, found.draft) == (None, None)
    assert problems(found) == [("date-invalid", 2)]


def test_a_page_whose_day_is_not_known_is_published_with_what_it_says() -> None:
    found = take("date: bientôt")
    assert found.document is not None
    assert (found.document.date, found.document.fields) == (None, {"date": "bientôt"})
    assert ("date-invalid", 2) in problems(found)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"---\ntitle: a\nbody", "front-matter-unclosed"),
        (b"\xef\xbb\xbf---\ntitle: a\n---\nbody", "byte-order-mark"),
        (b"---\ntitle: \xe9\n---\nbody", "not-utf-8"),
        (b"---\ntitle: [\n---\nbody", "yaml-error"),
        (b"+++\ntitle = 'a'\n+++\nbody", "front-matter-format"),
    ],
)
def test_a_file_that_cannot_be_trusted_keeps_its_last_good_version(content: bytes, code: str) -> None:
    found = ingest(SourceFile("a.md", content, "digest"), SITE, NOW)
    assert found.quarantined
    assert (found.document, found.draft) == (None, None)
    assert [(one.code, one.severity) for one in found.diagnostics] == [(code, Severity.ERROR)]


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("x/a.md", ["front-matter-missing"]),
        ("a.md", ["front-matter-missing"]),
        ("x/a.html", []),
        ("_products/a", []),
        ("LICENSE.txt", []),
    ],
)
def test_a_file_without_front_matter_is_no_document(path: str, codes: list[str]) -> None:
    found = ingest(SourceFile(path, b"# Just text\n", "digest"), SITE, NOW)
    assert (found.document, found.draft, found.quarantined) == (None, None, False)
    assert [one.code for one in found.diagnostics] == codes


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "../../x",
        "/a/../../x",
        "//host",
        "//host/a",
        "https://host/a",
        "javascript:a",
        "/a?b",
        "/a#b",
        "a\\b",
        '"/a\\u2028b"',
        "'%2e%2e/x'",
    ],
)
def test_a_permalink_that_leads_elsewhere_is_no_address(written: str) -> None:
    found = take(f"title: a\npermalink: {written}")
    assert found.document is not None
    assert (found.document.path, found.document.slug) == (None, "a")
    assert ("permalink-invalid", 3) in problems(found)


@pytest.mark.parametrize(
    ("block", "path", "expected"),
    [
        ("permalink: /healthz", "_pages/a.md", ("/healthz", "healthz")),
        ("permalink: /a/b.html", "_pages/a.md", ("/a/b.html", "b")),
        ("permalink: ' /été/ '", "_pages/a.md", ("/été/", "été")),
        ("permalink: a b", "_pages/a.md", ("/a b", "a b")),
        ("permalink: /", "_pages/a.md", ("/", "index")),
        ("permalink:", "b/a.md", ("/b/a.html", "a")),
        ("permalink: false", "b/a.md", ("/b/a.html", "a")),
        ("slug: Autre nom", POST, ("/2020/11/18/Autre-nom.html", "Autre-nom")),
        ("slug: Autre nom", "_phases/a.md", (None, "Autre-nom")),
        ("", "_phases/a.b.md", (None, "a.b")),
        ("", "_phases/2018-02-30-a.md", (None, "2018-02-30-a")),
        ("", "_phases/2018-02-28-a.md", (None, "a")),
        ("", "_authors/jean.dupont", (None, "jean.dupont")),
    ],
)
def test_path_and_slug(block: str, path: str, expected: tuple[str | None, str]) -> None:
    found = document(block, path=path)
    assert (found.path, found.slug) == expected


@pytest.mark.parametrize(
    ("block", "redirects", "told"),
    [
        ("redirect_from: /b", [("/b", "/a", 301)], []),
        ("redirect_from: [/b/, c.html, null]", [("/b/", "/a", 301), ("/c.html", "/a", 301)], []),
        ("redirect_from: [../b, 'https://b.example/', '']", [], ["redirect-invalid"] * 2),
        ("redirect_to: /b#c", [("/a", "/b#c", 301)], []),
        ("redirect_to: b", [("/a", "/b", 301)], []),
        ("redirect_to: [https://b.example/c?d, /e]", [("/a", "https://b.example/c?d", 301)], []),
        ("redirect_to: javascript:alert(1)", [], ["redirect-invalid"]),
        ("redirect_to: data:text/html,b", [], ["redirect-invalid"]),
        ("redirect_to: 'http://['", [], ["redirect-invalid"]),
        ("redirect_to: '#b'", [], ["redirect-invalid"]),
        ("redirect_to: ", [], []),
        ("gone: true", [("/a", None, 410)], []),
        ("gone: no", [], []),
    ],
)
def test_redirects(block: str, redirects: list[tuple[str, str | None, int]], told: list[str]) -> None:
    found = take(f"title: a\npermalink: /a\n{block}")
    assert found.document is not None
    assert list(found.document.redirects) == [Redirect(*one, "_pages/a.md", 4) for one in redirects]
    assert problems(found) == [(code, 4) for code in told]
    assert found.document.gone is (block == "gone: true")


def test_a_document_without_address_has_nothing_to_redirect() -> None:
    found = take("title: a\nredirect_from: /b\nredirect_to: /c\ngone: true", path="_phases/a.md")
    assert found.document is not None
    assert found.document.redirects == ()
    assert problems(found) == [("redirect-invalid", 3), ("redirect-invalid", 4)]


# -- what front matter says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "body", "expected", "told"),
    [
        ("title: ' A '", "# B", "A", []),
        ("title: 'A\u00a0: b'", "", "A\u00a0: b", []),
        ("title: |\n  A\n  b\n", "", "A b", []),
        ("title: 2020", "", "2020", []),
        ("title: true", "", "true", []),
        ("title: ''\nname: N", "", "N", []),
        ("fullname: F\nlabel: L", "", "F", []),
        ("title:", "## C\n\n# B *b*", "B b", []),
        ("title: [a]", "<h1>B</h1>", "B", []),
        ("", "#\n\n## C", "Un nom", ["title-missing"]),
    ],
)
def test_the_title_is_front_matters_else_the_first_heading_else_the_address(
    block: str, body: str, expected: str, told: list[str]
) -> None:
    found = take(block, body, "_pages/un-nom.md")
    assert found.document is not None
    assert found.document.title == expected
    assert [one.code for one in found.diagnostics if one.code != "heading-empty"] == told


def test_without_a_title_the_last_part_of_the_address_stands_in() -> None:
    found = take("permalink: /a/autre-nom/", "b", "_pages/un-nom.md")
    assert found.document is not None
    assert found.document.title == "Autre nom"
    assert found.diagnostics[0].message == "The document has no title; the last part of its address stands in."


@pytest.mark.parametrize(
    ("block", "title", "others"),
    [
        ("name: ada\nfull_name: Ada Lovelace", "Ada Lovelace", {"name": "ada"}),
        ("name: ada\nfullname: Ada Lovelace\nfull_name: A. L.", "Ada Lovelace", {"name": "ada", "full_name": "A. L."}),
        ("name: Ada Lovelace\ndisplay_name:", "Ada Lovelace", {"display_name": None}),
        ("name: ada\ntitle: Countess", "Countess", {"name": "ada"}),
    ],
)
def test_an_author_bears_the_full_name(block: str, title: str, others: dict[str, Json]) -> None:
    found = document(block, path="_authors/ada.md")
    assert (found.title, found.fields) == (title, others)


def test_a_home_page_without_a_title_bears_that_of_the_site() -> None:
    file = SourceFile("index.md", b"---\nlayout: home\n---\nWelcome.\n", "digest")
    found = ingest(file, replace(SITE, title="Our site"), NOW)
    assert found.document is not None
    assert (found.document.title, found.diagnostics) == ("Our site", ())


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("summary: ' A '", "A"),
        ("description: A\nchapo: B", "A"),
        ("chapeau-text: |-\n  A\n  b", "A\nb"),
        ("chapeau: Voir <a href='/a'>la loi</a>. <br><b>B</b>", "Voir la loi. B"),
        ("lead: A", "A"),
        ("lead: true\ndescription:", None),
        ("abstract: if a < b", "if a < b"),
    ],
)
def test_the_description_has_many_names_and_no_tags(block: str, expected: str | None) -> None:
    assert document(block).description == expected


EXCERPTS = {
    "front matter's": ("excerpt: ' A '", "B", "A"),
    "front matter's, in HTML": ("excerpt: '<p>A <em>b</em> &amp; c.</p> <p>D</p>'", "B", "A b & c. D"),
    "front matter's, with a break": ("excerpt: A<br />b", "B", "A b"),
    "front matter's, with what only looks like HTML": ("excerpt: if a < b & c > d", "B", "if a < b & c > d"),
    "the first paragraph": ("", "# A\n\n- b\n\nC *c*\nd[^1]\n\n[^1]: e", "C c d"),
    "else the first line": ("", "# A\n\n- b\n- c", "b"),
    "none": ("", "# A", None),
    "nothing": ("excerpt: false", "", None),
    "above the separator": ("", "A **a**\n\nB\n<!--more-->\n\nC", "A a B"),
    "above the site's separator": ("", "A\n<!-- suite -->\nB", "A"),
    "above the document's own": ("excerpt_separator: '---8<---'", "A\n---8<---\nB <!-- suite --> C", "A"),
    "links defined below": ("", "A [b][c][^1] <!-- suite -->\n\n[c]: /d\n[^1]: e", "A b"),
    "no separator at the start": ("", "<!-- suite -->\n\nA\n\nB", "A"),
    "short enough": ("", "a " * 250, ("a " * 250).strip()),
    "cut between words": ("", "mot " * 200, ("mot " * 125).strip() + "…"),
    "cut before a sign": ("", "mot, " * 200, ("mot, " * 100).rstrip(", ") + "…"),
    "cut within a word": ("", "m" * 600, "m" * 499 + "…"),
    "a long one above the separator is whole": ("", "mot " * 200 + "<!-- suite -->", ("mot " * 200).strip()),
    "without tags": ("", "<p>a &lt;b&gt; <em>c</em></p>", "a <b> c"),
}


@pytest.mark.parametrize(("block", "body", "expected"), EXCERPTS.values(), ids=EXCERPTS)
def test_the_excerpt(block: str, body: str, expected: str | None) -> None:
    site = replace(SITE, excerpt_separator="<!-- suite -->") if "suite" in body else SITE
    assert document(block, body, site=site).excerpt == expected
    assert expected is None or len(expected) <= 500 or "suite" in body


def test_the_excerpt_of_a_page_in_html_is_read_from_html() -> None:
    assert document("", "<p>*a*</p>\n<!--more-->\n<p>b</p>", "a.html").excerpt == "*a*"


@pytest.mark.parametrize(
    ("block", "path", "expected"),
    [
        ("lang: fr_FR", "a.md", "fr-FR"), ("locale: en", "a.md", "en"), ("lang: de\nlocale: en", "a.md", "de"),
        ("", "en/a.md", "en"), ("", "xx/a.md", "nl"), ("", "a.md", "nl"), ("lang:", "en/a.md", "en"),
    ],
)  # fmt: skip
def test_the_language(block: str, path: str, expected: str) -> None:
    assert document(block, path=path, site=replace(SITE, lang="nl")).lang == expected


@pytest.mark.parametrize(
    ("block", "expected", "told"),
    [
        ("updated: 2020-01-02", "2020-01-02", []),
        ("last_modified_at: 2020-01-02 10:00Z", "2020-01-02T10:00:00+00:00", []),
        ("lastmod: 2020-01-02\nupdated: 2021-01-02", "2021-01-02", []),
        ("title: a\nupdated: hier", None, [("date-invalid", 3)]),
        ("updated:", None, []),
    ],
)
def test_the_last_update(block: str, expected: str | None, told: list[tuple[str, int]]) -> None:
    found = take(f"{block}\nname: a")
    assert found.document is not None
    assert found.document.updated == expected
    assert (found.document.updated_epoch is None) is (expected is None)
    assert problems(found) == told
    assert all(one.severity is Severity.WARNING for one in found.diagnostics)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("order: 3", 3.0), ("nav_order: '2'\norder: 3", 2.0), ("weight: 1.5", 1.5), ("position: 4", 4.0),
        ("order: a\nweight: 2", 2.0),
        ("order: nan", None), ("order: " + "9" * 400, None), ("", None),
    ],
)  # fmt: skip
def test_the_editors_order(block: str, expected: float | None) -> None:
    assert document(block).order == expected


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("sidebar: a", "a"),
        ("sidebar: a.html", "a"),
        ("sidebar: false", None),
        ("sidebar: true", None),
        ("sidebar: {a: b}", None),
        ("sidebar: {nav: a}", "a"),
        ("sidebar: [{title: a}]", None),
    ],
)
def test_the_sidebar(block: str, expected: str | None) -> None:
    assert document(block).sidebar == expected


def test_a_sidebar_that_names_no_menu_stays_among_the_fields() -> None:
    assert document("sidebar: [{title: Role, text: Design}]").fields == {
        "sidebar": [{"title": "Role", "text": "Design"}]
    }
    assert document("sidebar: a").fields == {}


def test_the_picture_of_an_article_is_one_of_its_references() -> None:
    found = document("title: a\nimage: {path: ../img/a.jpg, alt: b}", "[c](d)", POST)
    assert found.image == Image("../img/a.jpg", "b", 1)
    assert [(one.kind, one.url, one.text, one.line) for one in found.body.references] == [
        ("link", "d", "c", 5),
        ("image", "../img/a.jpg", "b", 3),
    ]


@pytest.mark.parametrize(
    ("written", "expected", "told"),
    [
        ("https://a.example/b.jpg", Image("https://a.example/b.jpg", None, 0), []),
        ("javascript:alert(1)", None, [("link-unsafe", 3)]),
        ("data:image/png;base64,AA", None, [("link-unsafe", 3)]),
        ("'#a'", Image("#a"), []),
        ("false", None, []),
        ("{alt: a}", None, []),
    ],
)
def test_a_picture_has_an_address_that_may_be_shown(
    written: str, expected: Image | None, told: list[tuple[str, int]]
) -> None:
    found = take(f"title: a\nimage: {written}", path=POST)
    assert found.document is not None
    assert found.document.image == expected
    assert problems(found) == told


def test_only_an_article_has_terms_and_a_picture() -> None:
    block = "author: a\ncategory: b\ntags: [c]\nimage: d.jpg"
    found = document(block)
    assert (found.terms, found.image, found.body.references) == ((), None, ())
    assert found.fields == {"author": "a", "category": "b", "tags": ["c"], "image": "d.jpg"}


def test_folders_above_posts_are_categories() -> None:
    found = document("category: presse\ntags: x y", path="fr/Presse/_posts/2020-11-18-a.md")
    assert [(one.kind, one.slug, one.label) for one in found.terms] == [
        ("category", "fr", "fr"),
        ("category", "presse", "presse"),
        ("tag", "x", "x"),
        ("tag", "y", "y"),
    ]


EVERYTHING = """\
id: an-id
title: A title
name: A name
fullname: A full name
label: A label
slug: a-slug
permalink: /a-permalink
description: A description
summary: A summary
excerpt: An excerpt
lang: fr
locale: fr_FR
updated: 2020-01-02
lastmod: 2020-01-03
license: CC0-1.0
published: true
draft: false
Draft: false
unpublished: false
hidden: true
gone: false
redirect_from: /b
redirect_to:
layout: a-layout
subtitle: A subtitle
breadcrumbs: [A]
sidebar: a-sidebar
date: 2020-01-01
authors: [a]
author: b
categories: c
category: d
tags: [e]
tag: f
image: g.jpg
position: 1
kind: journey
aliases: [h]
labels: {short: i}
singular: j
plural: k
badge: l
duration: P6M
team: m
objectives: [n]
decision: o
page: /p
documentation_url: /q
order: 2
other: " r "
"""


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("_pages/a.md", {"layout", "subtitle", "breadcrumbs", "sidebar"}),
        (POST, {"date", "authors", "author", "categories", "category", "tags", "tag", "image"}),
        (
            "_phases/a.md",
            {
                "date", "position", "kind", "aliases", "labels", "label", "singular", "plural", "badge", "duration", "team",
                "objectives",
                "decision", "page", "documentation_url",
            },
        ),
        ("_authors/a.md", {"date"}),
        ("_products/a.md", {"date"}),
    ],
)  # fmt: skip
def test_fields_are_all_that_the_resource_does_not_show(path: str, missing: set[str]) -> None:
    every = {line.partition(":")[0] for line in EVERYTHING.splitlines()}
    common = {
        "id", "title", "slug", "permalink", "description", "excerpt", "lang", "updated", "license", "published", "draft",
        "Draft", "unpublished", "hidden", "gone", "redirect_from", "redirect_to",
    }  # fmt: skip
    found = document(EVERYTHING, path=path).fields
    assert set(found) == every - common - missing
    assert found["other"] == "r"


def test_a_key_with_a_capital_is_another_key_and_kept_unless_it_speaks_of_drafts() -> None:
    block = "ID: 42\nHidden: true\nSlug: s\nLicense: l\nExcerpt: e\nPermalink: /p\nDraft: false\nPUBLISHED: true"
    found = document(block)
    assert (found.id, found.hidden, found.license) == (found.source, False, document("title: a").license)
    assert found.fields == {
        "ID": 42, "Hidden": True, "Slug": "s", "License": "l", "Excerpt": "e", "Permalink": "/p",
    }  # fmt: skip


def test_fields_are_json() -> None:
    block = "a: [1, 1.5, null, true, {b: ' c '}]\nd: 2020-01-01\ne: 12:30:45\nf: 99999999999999999999\ng: .nan"
    assert orjson.loads(orjson.dumps(document(block).fields)) == {
        "a": [1, 1.5, None, True, {"b": "c"}],
        "d": "2020-01-01",
        "e": "12:30:45",
        "f": "99999999999999999999",
        "g": ".nan",
    }


def test_what_is_nested_too_deep_is_told_and_the_rest_published() -> None:
    found = take("title: a", "> " * 120 + "b\n\nc")
    assert found.document is not None
    assert found.document.body.text == "c"
    assert [(one.code, one.severity) for one in found.diagnostics] == [("nesting-too-deep", Severity.ERROR)]


def test_what_a_table_does_not_show_is_told_where_it_stands() -> None:
    found = take("title: a", "| a |\n|---|\n| b | c |")
    assert [(one.code, one.severity, one.line) for one in found.diagnostics] == [("row-too-long", Severity.WARNING, 6)]


def test_statements_are_found_where_a_duration_is() -> None:
    assert document("title: a", "La phase de construction dure 6 mois.").statements[0].phase == "construction"
    assert document("title: a", "La phase de construction dure longtemps.").statements == ()


def test_a_phase_speaks_of_itself() -> None:
    site = replace(SITE, collections=(*SITE.collections, Collection("steps", "phase", "_steps", output=True)))
    found = document("title: a", "Cette phase dure 6 mois.", "_steps/construction.md", site)
    assert [(one.phase, one.duration.min) for one in found.statements] == [("construction", "P6M")]


def test_every_diagnostic_says_where_and_what_to_do() -> None:
    found = take(
        "title: a\ntitle: b\npermalink: ../x\nredirect_from: ../y\nupdated: z",
        "{{ a }} <script>b</script>\n#\n\n[c](d:e)",
    )
    told = found.diagnostics
    assert {one.code for one in told} == {
        "duplicate-key", "permalink-invalid", "redirect-invalid", "date-invalid", "liquid-removed", "html-removed",
        "heading-empty", "link-unsafe",
    }  # fmt: skip
    assert all(one.message and one.hint and one.path == "_pages/a.md" and one.line for one in told)
    assert all(isinstance(one, Diagnostic) and not one.private for one in told)


def test_without_a_vocabulary_of_phases_nothing_is_said_of_them() -> None:
    words = vocabulary.default()
    bare = replace(SITE, vocabulary=replace(words, phases=()))
    assert document("title: a", "La phase de construction dure 6 mois.", site=bare).statements == ()


def test_nothing_of_a_drafts_folder_is_told_in_public() -> None:
    (told,) = ingest(SourceFile("_drafts/plan.md", b"No front matter.", "x"), SITE, NOW).diagnostics
    assert (told.code, told.private) == ("front-matter-missing", True)
