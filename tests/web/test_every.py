"""Every address that can be asked without a query."""

from __future__ import annotations

from contentapi.web import every
from contentapi.web.app import OPERATIONS
from tests.web.client import Site, addresses

FILES = {
    "contentapi.toml": '[site]\norigin = "https://site.example"\n',
    "index.md": "---\ntitle: Home\n---\n",
    "hidden.md": "---\ntitle: Hidden\nhidden: true\n---\n",
    "moved.md": "---\ntitle: Moved\npermalink: /new\nredirect_from: [/old]\n---\n",
    "gone.md": "---\ntitle: Gone\ngone: true\n---\n",
    "draft.md": "---\ntitle: Draft\ndraft: true\n---\n",
    "accents.md": "---\ntitle: Accents\npermalink: /lauréats\n---\n",
    "phases/one.md": "---\ntitle: One\nlayout: phase\naliases: [first]\n---\n",
    "img/a b.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    **{f"many/{number}.md": f"---\ntitle: {number}\n---\n" for number in range(120)},
    **{f"posts/2024-01-01-p{number}.md": f"---\ntitle: {number}\ntags: [t{number}]\n---\n" for number in range(120)},
}


def found(site: Site) -> list[every.Address]:
    with site.index.reading() as reader:
        return list(every.addresses(OPERATIONS, reader))


def test_each_is_named_once_and_answers_unless_it_has_an_ending(site):
    there = site(FILES)
    every_one = found(there)
    assert len({one.path for one in every_one}) == len(every_one)
    wrong = [one.path for one in every_one if one.main and there.get(one.path).status not in {200, 308, 410}]
    # An embed shows documents: what is withdrawn or leads elsewhere has none.
    assert [one for one in wrong if not one.startswith("/embed/pages/")] == []


def test_what_lists_do_not_show_is_named_too_and_drafts_are_not(site):
    named = {one.path for one in found(site(FILES))}
    assert {
        "/", "/docs", "/v1/openapi.json", "/embed.js", "/v1/pages/index", "/v1/pages/index.md", "/v1/pages/hidden",
        "/v1/pages/old", "/v1/pages/gone", "/v1/pages/laur%C3%A9ats", "/v1/assets/img/a%20b.svg", "/v1/articles/p0",
        "/embed/pages/hidden.html", "/embed/articles/p0.html",
    } <= named  # fmt: skip
    assert not any("draft" in one for one in named)
    assert not named & {"/v1/search", "/v1/search/suggest", "/v1/resolve", "/oembed"}


def test_there_are_more_than_a_list_shows_at_a_time(site):
    named = [one.path for one in found(site(FILES))]
    for begin in ("/v1/pages/many/", "/v1/articles/p", "/v1/tags/t", "/embed/pages/many/"):
        assert len([one for one in named if one.startswith(begin) and not one.endswith((".md", ".html"))]) == 120


def test_whatever_a_list_leads_to_is_named(shipped):
    named = {one.path for one in found(shipped)}
    for operation in OPERATIONS:
        if operation.path in named and "/v1/" in operation.path:
            got = shipped.get(operation.path)
            linked = set(addresses(got.json())) if got.headers["content-type"] == "application/json" else set()
            assert {one for one in linked if "?" not in one} <= named, operation.path
