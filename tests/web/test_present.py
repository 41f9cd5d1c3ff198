"""The public keys of each resource, and when each is given. These lists are the promise: adding a key is adding it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contentapi.web import present
from tests.web.client import Site

HEAD = [
    "type", "id", "path", "slug", "title", "description", "excerpt", "lang", "updated", "digest", "source", "license",
    "fields", "links",
]  # fmt: skip
BODY = ["html", "toc"]
ASKED = ["markdown", "text", "sections", "reading_time", "outgoing", "incoming"]
LAST = {"page": ["related"], "article": ["related"]}
KEYS = {
    "page": [*HEAD, "layout", "subtitle", "breadcrumbs", "sidebar", "surround", "children", "phase", *BODY],
    "phase": [
        *HEAD, "position", "kind", "aliases", "labels", "duration", "team", "objectives", "decision", "previous", "next",
        "page", "derived", "statements", *BODY,
    ],
    "article": [*HEAD, "date", "authors", "categories", "tags", "image", "surround", *BODY],
    "author": [*HEAD, "count", *BODY],
    "tag": [*HEAD, "count", *BODY],
    "category": [*HEAD, "count", *BODY],
    "startups": [*HEAD, "date", *BODY],
}  # fmt: skip
NOT_LISTED = {"html", "toc", "sidebar", "surround", "children", "statements"}
CARD = ["type", "id", "path", "slug", "title", "description", "links"]

FILES = {
    "_config.yml": "url: https://example.org\ncollections:\n  phases:\n  startups:\n  authors:\n",
    "_data/menu.yml": "side:\n  - title: Dead\n    url: /nowhere\n  - title: Home\n    url: /\n",
    "_posts/2024-01-01-news.md": (
        "---\ntitle: News\nauthors: [ana, bo]\ntags: [x]\ncategories: [y]\nimage: /img/a.svg\n---\n"
        "See [home](/), [home again](/) and [nothing](/nothing/here).\n"
    ),
    "_authors/ana.md": "---\nname: Ana\nrole: Coach\n---\nAna writes.\n",
    "_phases/build.md": "---\ntitle: Build\nposition: 1\npage: /nowhere/\n---\n",
    "_phases/grow.md": "---\ntitle: Grow\nposition: 2\n---\n",
    "_startups/one.md": "---\ntitle: One\nphase: build\n---\n# One\n\n## Two\n\nText [news](/2024/01/01/news.html).\n",
    "index.md": "---\ntitle: Home\nsidebar: side\n---\n" + "word " * 250,
    "a/index.md": "---\ntitle: A\npermalink: /a/\nbreadcrumbs:\n  - title: Start\n    link: /\n  - title: Lost\n---\n",
    "a/b.md": "---\ntitle: B\npermalink: /a/b\nsidebar: gone\n---\n",
    "img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>',
}


@pytest.fixture
def here(site: Callable[..., Site]) -> Site:
    return site(FILES)


ADDRESSES = {
    "page": "/v1/pages/a",
    "phase": "/v1/phases/build",
    "article": "/v1/articles/news",
    "author": "/v1/authors/ana",
    "tag": "/v1/tags/x",
    "category": "/v1/categories/y",
    "startups": "/v1/collections/startups/one",
}
LISTS = {kind: address.rpartition("/")[0] for kind, address in ADDRESSES.items()}


@pytest.mark.parametrize("kind", KEYS)
def test_the_keys_of_a_resource_are_these_in_this_order(kind: str) -> None:
    found = present.of_kind(kind)
    assert [key.name for key in found.keys] == [*KEYS[kind], *ASKED, *LAST.get(kind, ())]
    assert [key.name for key in found.keys if key.single] == KEYS[kind]
    assert [key.name for key in found.keys if key.listed] == [name for name in KEYS[kind] if name not in NOT_LISTED]


@pytest.mark.parametrize("kind", KEYS)
def test_answers_have_these_keys_in_this_order(here: Site, kind: str) -> None:
    single = here.get(ADDRESSES[kind]).json()
    assert list(single) == KEYS[kind]
    assert single["type"] == kind
    for item in here.get(LISTS[kind]).json()["items"]:
        assert list(item) == [name for name in KEYS[kind] if name not in NOT_LISTED]
    everything = here.get(f"{ADDRESSES[kind]}?include={','.join(ASKED)}").json()
    assert list(everything) == [*KEYS[kind], *ASKED]


def test_every_collection_lists_resources_of_its_type(here: Site) -> None:
    for kind, name in (("page", "pages"), ("phase", "phases"), ("article", "articles"), ("author", "authors")):
        items = here.get(f"/v1/collections/{name}").json()["items"]
        assert items == here.get(f"/v1/{name}?sort=path").json()["items"][: len(items)] or kind == "author"
        assert {item["type"] for item in items} == {kind}
        assert all(list(item) == [name for name in KEYS[kind] if name not in NOT_LISTED] for item in items)


def cards(value: Any) -> list[dict[str, Any]]:
    """Every card in a value."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [card for one in below for card in cards(one)]
    return [value, *found] if isinstance(value, dict) and list(value)[: len(CARD)] == CARD else found


def test_a_card_has_these_keys_in_this_order(here: Site) -> None:
    found = cards(here.get("/v1/articles/news").json())
    found += cards(here.get("/v1/navigation").json())
    found += [one for kind in ("page", "phase") for one in cards(here.get(ADDRESSES[kind]).json())]
    assert len(found) > 10
    assert all(list(one) == CARD for one in found if one["type"] is not None)
    assert all(list(one["links"]) == ["self", "web"] for one in found if one["type"] is not None)


def test_a_reference_that_leads_nowhere_is_a_card_without_values(here: Site) -> None:
    dead = {
        "type": None, "id": None, "path": None, "slug": "nowhere", "title": None, "description": None, "links": None,
        "resolved": False,
    }  # fmt: skip
    page = here.get("/v1/phases/build").json()["page"]
    assert page == dead
    assert list(page) == list(dead)


# -- what is asked for ------------------------------------------------------------------------------------------------


def test_include_gives_the_authors_in_full_instead_of_cards(here: Site) -> None:
    ana = here.get("/v1/authors/ana").json()
    cards = here.get("/v1/articles/news").json()["authors"]
    assert [list(one) for one in cards] == [CARD, CARD]
    for target in ("/v1/articles/news?include=authors", "/v1/articles/news?fields=title&include=authors"):
        full = here.get(target).json()["authors"]
        assert full[0] == ana
        assert [list(one) for one in full] == [KEYS["author"]] * 2
    assert here.get("/v1/articles?include=authors").json()["items"][0]["authors"][0] == ana
    assert here.get("/v1/articles/news?fields=authors").json()["authors"] == cards


@pytest.mark.parametrize("kind", KEYS)
def test_naming_what_is_there_already_is_no_error(here: Site, kind: str) -> None:
    asked = ",".join(name for name in KEYS[kind] if name != "authors")
    assert here.get(f"{ADDRESSES[kind]}?include={asked}").json() == here.get(ADDRESSES[kind]).json()
    assert here.get(f"{LISTS[kind]}?include=title").json()["items"] == here.get(LISTS[kind]).json()["items"]


@pytest.mark.parametrize("kind", KEYS)
def test_fields_and_include_compose_in_any_order_on_lists_and_on_single_resources(here: Site, kind: str) -> None:
    for target, listed in ((ADDRESSES[kind], False), (LISTS[kind], True)):
        one = here.get(f"{target}?fields=html,slug&include=text").json()
        other = here.get(f"{target}?include=text&fields=slug,html").json()
        assert one == other or listed
        for value in one["items"] if listed else [one]:
            assert list(value) == ["type", "slug", "links", "html", "text"]


def test_what_another_resource_has_is_an_error_that_names_what_is_allowed(here: Site) -> None:
    got = here.get("/v1/articles?include=statements")
    assert got.status == 400
    assert got.json()["errors"][0]["allowed"] == [*KEYS["article"], *ASKED, *LAST["article"]]
    assert here.get("/v1/pages?fields=titel").json()["errors"][0]["did_you_mean"] == "title"


def test_what_is_not_asked_for_is_not_computed(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        pytest.fail("computed without being asked for")

    for name in ("body", "links"):
        monkeypatch.setattr(present.Subject, name, property(fail))
    for name in ("breadcrumbs", "surround", "children", "menu"):
        monkeypatch.setattr(present.navigation, name, fail)
    assert here.get("/v1/pages/a?fields=title,description").status == 200
    assert here.get("/v1/pages?fields=title").status == 200


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_the_reading_time_is_in_minutes_and_asked_for(here: Site) -> None:
    assert here.get("/v1/pages/index?fields=reading_time").json()["reading_time"] == 2
    assert here.get("/v1/pages/index?include=reading_time").json()["reading_time"] == 2
    assert here.get("/v1/tags/x?include=reading_time").json()["reading_time"] is None


def test_breadcrumbs_are_front_matters_else_by_path(here: Site) -> None:
    written = here.get("/v1/pages/a").json()["breadcrumbs"]
    assert [list(one) for one in written] == [["title", "path", "resource"]] * 2
    assert [(one["title"], one["path"]) for one in written] == [("Start", "/"), ("Lost", None)]
    assert [one["resource"] and one["resource"]["slug"] for one in written] == ["index", None]
    derived = here.get("/v1/pages/a/b").json()["breadcrumbs"]
    assert [(one["title"], one["path"]) for one in derived] == [("Home", "/"), ("A", "/a/"), ("B", "/a/b")]


def test_children_are_the_first_100_and_a_link_to_all(site: Callable[..., Site]) -> None:
    pages = {f"a/{n:03}.md": f"---\ntitle: Page {n:03}\npermalink: /a&b/{n:03}\n---\n" for n in range(103)}
    here = site({"a.md": "---\ntitle: A\npermalink: /a&b/\n---\n", **pages})
    children = here.get("/v1/pages/a&b").json()["children"]
    assert list(children) == ["items", "total", "links"]
    assert children["total"] == 103
    assert [one["slug"] for one in children["items"]] == [f"{n:03}" for n in range(100)]
    assert children["links"] == {"all": "/v1/pages?parent=/a%26b"}
    assert [one["slug"] for one in here.walk(children["links"]["all"])] == [f"{n:03}" for n in range(103)]
    assert here.get("/v1/pages/a&b/007").json()["children"]["total"] == 0


def test_a_sidebar_without_menu_keeps_its_name(here: Site) -> None:
    assert here.get("/v1/pages/a/b").json()["sidebar"] == {"name": "gone", "items": None}
    assert here.get("/v1/pages/a").json()["sidebar"] is None
    items = here.get("/v1/pages/index").json()["sidebar"]["items"]
    keys = ["label", "path", "url", "external", "children", "children_count", "active", "in_trail", "resource"]
    assert [list(one) for one in items] == [keys, keys]
    assert [(one["label"], one["url"], one["active"]) for one in items] == [("Dead", None, False), ("Home", "/", True)]


def test_outgoing_links_are_cards_that_tell_the_dead(here: Site) -> None:
    found = here.get("/v1/articles/news?include=outgoing").json()["outgoing"]
    assert [(one["slug"], one["text"], one.get("resolved")) for one in found] == [
        ("index", "home", None),
        ("here", "nothing", False),
    ]
    assert [list(one) for one in found] == [[*CARD, "href", "text"], [*CARD, "resolved", "href", "text"]]
    incoming = here.get("/v1/pages/index?include=incoming").json()["incoming"]
    assert [one["slug"] for one in incoming] == ["news"]


def test_the_image_of_an_article_has_its_size(here: Site) -> None:
    image = here.get("/v1/articles/news").json()["image"]
    assert image == {"url": "/v1/assets/img/a.svg", "alt": None, "width": 4, "height": 3}
    assert list(image) == ["url", "alt", "width", "height"]


def test_a_phase_is_told_with_its_parts(shipped: Site) -> None:
    phase = shipped.get("/v1/phases/construction").json()
    assert list(phase["labels"]) == ["short", "singular", "plural", "badge"]
    assert list(phase["duration"]) == ["min", "max", "text"]
    assert list(phase["decision"]) == ["who", "what"]
    assert [list(one) for one in phase["statements"]] == [["duration", "purpose", "quote", "source", "resource"]]
    assert list(phase["source"]) == ["path", "edit"]
    assert list(phase["license"]) == ["id", "name", "url"]


def test_two_documents_of_one_slug_are_both_presented_by_their_type(site: Callable[..., Site]) -> None:
    twins = {
        "_config.yml": "collections:\n  phases:\n    output: true\n  authors:\n    output: true\n",
        "_phases/a/x.md": "---\ntitle: First\n---\n",
        "_phases/b/x.md": "---\ntitle: Second\n---\n",
        "_authors/a/x.md": "---\nname: First\n---\n",
        "_authors/b/x.md": "---\nname: Second\n---\n",
    }
    here = site(twins)
    for name, kind in (("phases", "phase"), ("authors", "author")):
        for item in here.get(f"/v1/collections/{name}").json()["items"]:
            single = here.get(item["links"]["self"])
            assert single.status == 200
            assert list(single.json()) == KEYS[kind]
            assert single.json()["title"] == item["title"]
