"""``/v1/changes``: what became of each document since some moment; whoever follows it holds what an export holds."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from contentapi.index import history
from contentapi.web.answers import encode
from tests.index.editor import Editor
from tests.index.shelf import Shelf
from tests.web.client import Site

SITE = {
    "index.md": "---\ntitle: Home\n---\n[To a](/a)\n",
    "a.md": "---\ntitle: A\n---\nText of a.\n",
    "a/deep.md": "---\ntitle: Deep\n---\nText below a.\n",
    "plain.md": "---\ntitle: Plain\n---\nText that nobody links to.\n",
    "_posts/2020-01-02-news.md": "---\ntitle: News\nauthor: ada\ntags: [sea]\n---\nNews, [with a](/a).\n",
    "_posts/2020-01-03-more.md": "---\ntitle: More\nauthor: bob\n---\nMore news.\n",
    "_authors/ada.md": "---\ntitle: Ada\n---\nShe writes.\n",
    "_phases/one.md": "---\ntitle: One\nposition: 1\n---\nThe first.\n",
    "_phases/two.md": "---\ntitle: Two\nposition: 2\n---\nThe second.\n",
}
Files = Mapping[str, str | bytes | None]
SMALL, LARGE = (
    bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes([0, 0, 0, side] * 2) + b"\x08\x06\0\0\0"
    for side in (1, 2)
)


def since(site: Site, moment: str, query: str = "") -> dict[str, Any]:
    got = site.get(f"/v1/changes?since={moment}{query}")
    assert got.status == 200, got.text
    return got.json()


def told(body: dict[str, Any]) -> list[str]:
    """Each change as a line."""
    return [
        " ".join([one["change"], one["source"], *([f"from {one['previous']['source']}"] if one["previous"] else [])])
        for one in sorted(body["items"], key=lambda one: one["source"])
    ]


def now(site: Site) -> str:
    return site.get("/v1/status").headers["x-content-revision"]


# -- what is told ------------------------------------------------------------------------------------------------------

#: What is done, and what is told of it: documents that changed themselves, and those that show something of them.
TOLD: dict[str, tuple[Files, list[str]]] = {
    "a text": ({"plain.md": "---\ntitle: Plain\n---\nOther text.\n"}, ["changed plain.md"]),
    "a title that stands in a breadcrumb": (
        {"a.md": "---\ntitle: B\n---\nText of a.\n"},
        ["changed a.md", "changed a/deep.md"],
    ),
    "an address to which others link": (
        {"a.md": "---\ntitle: A\npermalink: /b\n---\nText of a.\n"},
        ["changed _posts/2020-01-02-news.md", "moved a.md from a.md", "changed a/deep.md", "changed index.md"],
    ),
    "a new page": ({"new.md": "---\ntitle: New\n---\n"}, ["added new.md"]),
    "a page that goes": ({"plain.md": None}, ["removed plain.md"]),
    "a page that becomes a draft": ({"plain.md": "---\ntitle: Plain\ndraft: true\n---\n"}, ["removed plain.md"]),
    "a page that hides": ({"plain.md": "---\ntitle: Plain\nhidden: true\n---\n"}, ["removed plain.md"]),
    "a file with another name": (
        {"plain.md": None, "other.md": SITE["plain.md"]},
        ["moved other.md from plain.md"],
    ),
    "a page that says where it was": (
        {"plain.md": None, "other.md": "---\ntitle: New\nredirect_from: /plain\n---\nQuite other.\n"},
        ["moved other.md from plain.md"],
    ),
    "an id that stays": (
        {
            "_posts/2020-01-03-more.md": None,
            "late.md": "---\nid: _posts/2020-01-03-more.md\ntitle: Late\n---\nOther.\n",
        },
        ["moved late.md from _posts/2020-01-03-more.md"],
    ),
    "an author with another name": (
        {"_authors/ada.md": "---\ntitle: Ada L.\n---\nShe writes.\n"},
        ["changed _authors/ada.md", "changed _posts/2020-01-02-news.md"],
    ),
    "an author with another life": (
        {"_authors/ada.md": "---\ntitle: Ada\n---\nShe reads.\n"},
        ["changed _authors/ada.md"],
    ),
    "one article more by an author": (
        {"_posts/2020-01-04-third.md": "---\ntitle: Third\nauthor: ada\n---\n"},
        ["changed _authors/ada.md", "added _posts/2020-01-04-third.md"],
    ),
    "a phase with another name": (
        {"_phases/two.md": "---\ntitle: Second\nposition: 2\n---\nThe second.\n"},
        ["changed _phases/one.md", "changed _phases/two.md"],
    ),
    "a redirect that takes an address": (
        {"_redirects": "/gone /plain\n", "index.md": "---\ntitle: Home\n---\n[To a](/a) [gone](/gone)\n"},
        ["changed index.md"],
    ),
    "a menu, which no export shows": ({"_data/menu.yml": "nav:\n- {label: A, url: /a}\n"}, []),
    "nothing": ({"plain.md": SITE["plain.md"]}, []),
}


@pytest.mark.parametrize("what", TOLD)
def test_each_change_is_told_with_what_shows_it(site, what: str) -> None:
    files, expected = TOLD[what]
    one = site(SITE)
    before = now(one)
    one.change(files)
    assert told(since(one, before)) == expected


#: `by.md` links to `old.md`, which leads on to `/step`, and that to `/a`: what is done, and what is told of it.
LEADING_ON = {
    "another end of the file": ({"old.md": "---\nredirect_to: /plain\n---\n"}, ["changed by.md"]),
    "another end of a step": ({"_redirects": "/step /plain\n"}, ["changed by.md"]),
    "another address at the end": (
        {"a.md": "---\ntitle: A\npermalink: /b\nredirect_from: /a\n---\n"},
        ["moved a.md from a.md", "changed by.md"],
    ),
    "the file is withdrawn": ({"old.md": "---\ngone: true\n---\n"}, ["changed by.md"]),
    "the file goes": ({"old.md": None}, ["changed by.md"]),
    "the file is a page again": ({"old.md": "---\ntitle: Old\n---\n"}, ["changed by.md", "added old.md"]),
}


@pytest.mark.parametrize("what", LEADING_ON)
def test_who_links_to_a_file_that_leads_on_changes_with_where_it_leads(site, what: str) -> None:
    files, expected = LEADING_ON[what]
    one = site({
        "by.md": "---\ntitle: By\n---\n[old](old.md)\n",
        "old.md": "---\nredirect_to: /step\n---\n",
        "a.md": "---\ntitle: A\n---\n",
        "plain.md": "---\ntitle: Plain\n---\n",
        "_redirects": "/step /a\n",
    })  # fmt: skip
    before, html = now(one), one.get("/v1/pages/by").json()["html"]
    assert 'href="/a"' in html
    one.change(files)
    assert told(since(one, before)) == expected
    assert one.get("/v1/pages/by").json()["html"] != html


#: `exact.md` links to `/x`, which leads to `/old/y`, and that by a pattern to `/new/y`; `more.md` to `/w`, which leads to
#: `/x`; `file.md` to a file, `crumbs.md` has `/x` among its breadcrumbs. What is done, and what is told of it.
THROUGH_A_PATTERN = {
    "another address at the end": (
        {"y.md": "---\ntitle: Y\npermalink: /new/y/\n---\n"},
        ["changed crumbs.md", "changed exact.md", "changed more.md", "moved y.md from y.md"],
    ),
    "the end goes": (
        {"y.md": None, "plain.md": "---\ntitle: Plain\npermalink: /z\nredirect_from: /new/y\n---\n"},
        ["changed crumbs.md", "changed exact.md", "changed more.md", "changed plain.md", "removed y.md"],
    ),
    "another step after the pattern": (
        {"plain.md": "---\ntitle: Plain\npermalink: /z\nredirect_from: /new/y\n---\n", "y.md": "---\ntitle: Y\n---\n"},
        ["changed crumbs.md", "changed exact.md", "changed more.md", "changed plain.md", "moved y.md from y.md"],
    ),
    "a file of another size at the end": ({"new/p.png": LARGE}, ["changed file.md"]),
    "no file at the end": ({"new/p.png": None}, ["changed file.md"]),
}


@pytest.mark.parametrize("what", THROUGH_A_PATTERN)
def test_who_links_through_a_redirect_to_a_pattern_changes_with_where_that_leads(site, what: str) -> None:
    files, expected = THROUGH_A_PATTERN[what]
    one = site({
        "exact.md": "---\ntitle: Exact\n---\n[x](/x)\n",
        "more.md": "---\ntitle: More\n---\n[w](/w)\n",
        "file.md": "---\ntitle: File\n---\n![p](/q)\n",
        "crumbs.md": "---\ntitle: Crumbs\nbreadcrumbs: [{title: X, link: /x}]\n---\n",
        "y.md": "---\ntitle: Y\npermalink: /new/y\n---\n",
        "plain.md": "---\ntitle: Plain\npermalink: /z\n---\n",
        "new/p.png": SMALL,
        "_redirects": "/w /x\n/x /old/y\n/q /old/p.png\n/old/* /new/:splat\n",
    })  # fmt: skip
    before = now(one)
    one.change(files)
    assert told(since(one, before)) == expected


def test_a_change_says_what_became_of_a_document(site) -> None:
    one = site(SITE)
    before = now(one)
    one.change({"plain.md": None, "other.md": SITE["plain.md"], "a/deep.md": None})
    body = since(one, before)
    for item in body["items"]:
        assert item.pop("seen").endswith("+00:00")
    assert body["items"] == [
        {
            "change": "removed",
            "type": "page",
            "id": "a/deep.md",
            "path": "/a/deep",
            "slug": None,
            "title": None,
            "digest": None,
            "source": "a/deep.md",
            "previous": None,
            "links": None,
        },
        {
            "change": "moved",
            "type": "page",
            "id": "other.md",
            "path": "/other",
            "slug": "other",
            "title": "Plain",
            "digest": one.get("/v1/pages/other").json()["digest"],
            "source": "other.md",
            "previous": {"id": "plain.md", "path": "/plain", "source": "plain.md"},
            "links": {"self": "/v1/pages/other", "web": None},
        },
    ]
    token = body["meta"].pop("token")
    assert body["meta"] == {"total": None, "limit": 20, "revision": now(one), "complete": True}
    assert body["links"] == {"self": f"/v1/changes?since={before}", "next": None, "prev": None}
    assert told(since(one, token)) == []


def test_a_document_is_told_once_by_its_last_change(site) -> None:
    one = site(SITE)
    start = now(one)
    one.change({"new.md": "---\ntitle: New\n---\n"})
    middle = now(one)
    one.change({"new.md": "---\ntitle: Newer\n---\n"})
    assert told(since(one, start)) == ["added new.md"]
    assert told(since(one, middle)) == ["changed new.md"]
    one.change({"new.md": None})
    assert told(since(one, middle)) == ["removed new.md"]


def test_what_moved_twice_is_told_by_what_the_caller_knows(site) -> None:
    one = site(SITE)
    start = now(one)
    one.change({"plain.md": None, "second.md": SITE["plain.md"]})
    middle = now(one)
    one.change({"second.md": None, "third.md": SITE["plain.md"]})
    # Where it was in between is told to be gone: who asked in between may hold it from there.
    assert told(since(one, start)) == ["removed second.md", "moved third.md from plain.md"]
    assert told(since(one, middle)) == ["moved third.md from second.md"]
    one.change({"plain.md": "---\ntitle: Another\n---\nQuite another.\n"})
    assert told(since(one, start)) == ["added plain.md", "moved third.md from second.md"]


def test_the_resource_is_given_as_an_export_gives_it(site) -> None:
    one = site(SITE)
    before = now(one)
    one.change({"plain.md": "---\ntitle: Plain\n---\nOther text.\n", "a/deep.md": None})
    for query in ("include=resource", "include=html,text", "fields=title,digest", "fields=title&include=toc"):
        exported = "&".join(part for part in query.split("&") if part != "include=resource")
        lines = one.get(f"/v1/export.ndjson?{exported}").body.splitlines()
        found = {item["source"]: item["resource"] for item in since(one, before, f"&{query}")["items"]}
        assert found["a/deep.md"] is None
        assert encode(found["plain.md"]) in lines, query


def test_collections_are_followed_apart(site) -> None:
    one = site(SITE)
    before = now(one)
    post = "_posts/2020-01-03-more.md"
    one.change({"plain.md": None, "_posts/2020-01-05-plain.md": SITE["plain.md"], post: None, "more.md": SITE[post]})
    every = ["moved _posts/2020-01-05-plain.md from plain.md", f"moved more.md from {post}"]
    assert told(since(one, before)) == every
    assert told(since(one, before, "&collection=pages")) == ["added more.md", "removed plain.md"]
    assert told(since(one, before, "&collection=articles")) == [
        f"removed {post}",
        "added _posts/2020-01-05-plain.md",
    ]
    assert told(since(one, before, "&collection=pages&collection=articles")) == every
    assert told(since(one, before, "&collection=phases")) == []


# -- since when --------------------------------------------------------------------------------------------------------


def test_a_moment_is_a_revision_a_token_or_a_time(site) -> None:
    one = site(SITE)
    revision, token = now(one), since(one, now(one))["meta"]["token"]
    seen = time.time()
    one.change({"plain.md": None})
    for moment in (revision, token):
        assert told(since(one, moment)) == ["removed plain.md"]
    later = since(one, time.strftime("%Y-%m-%d", time.gmtime(seen + 86_400)))
    assert told(later) == []
    assert told(one.get("/v1/changes").json()) == ["removed plain.md"]  # all that is remembered
    assert told(since(one, "2200-01-01T09:30:00%2B01:00")) == []


def test_of_a_revision_that_came_twice_the_last_time_counts(site) -> None:
    one = site(SITE)
    first = now(one)
    one.change({"plain.md": None})
    one.change({"plain.md": SITE["plain.md"], "a/deep.md": None})
    one.change({"a/deep.md": SITE["a/deep.md"]})
    assert now(one) == first
    assert told(since(one, first)) == []


def test_pages_lead_on_and_each_has_a_token(site) -> None:
    one = site(SITE)
    before = now(one)
    one.change({f"n{number}.md": f"---\ntitle: N {number}\n---\n" for number in range(7)})
    found: list[str] = []
    target: str | None = f"/v1/changes?since={before}&limit=3"
    while target is not None:
        got = one.get(target)
        body = got.json()
        found += told(body)
        assert (body["links"]["next"] is None) == body["meta"]["complete"]
        assert got.link("next") == body["links"]["next"]
        target = body["links"]["next"]
        if target is not None:
            assert f"since={body['meta']['token']}" in target
    assert found == [f"added n{number}.md" for number in range(7)]


LOST = {
    "an old day": "1999-12-31",
    "a revision of another index": "0123456789abcdef0123456789abcdef",
}


@pytest.mark.parametrize("moment", LOST.values(), ids=LOST)
def test_what_is_not_remembered_is_gone_and_the_way_to_start_again_is_told(site, moment: str) -> None:
    got = site(SITE).get(f"/v1/changes?since={moment}")
    assert got.status == 410
    assert got.headers["cache-control"] == "public, max-age=1"
    assert got.json()["links"] == {"export": "/v1/export.ndjson", "compare": "/v1/export.ndjson?fields=id,digest"}


def test_a_token_of_another_index_is_good_where_its_revision_is_known(site) -> None:
    one, other = site(SITE), site(SITE)
    token = since(one, now(one))["meta"]["token"]
    other.change({"plain.md": None})
    assert told(since(other, token)) == ["removed plain.md"]
    one.change({"a/deep.md": None})
    newer = since(one, token)["meta"]["token"]
    assert other.get(f"/v1/changes?since={newer}").status == 410


def test_what_is_too_old_is_forgotten(site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 3)
    one = site(SITE)
    first, token = now(one), since(one, now(one))["meta"]["token"]
    for number in range(4):
        one.change({"plain.md": f"---\ntitle: Plain {number}\n---\n"})
    for moment in (first, token):
        got = one.get(f"/v1/changes?since={moment}")
        assert (got.status, got.json()["links"]["export"]) == (410, "/v1/export.ndjson")
        assert [error["parameter"] for error in got.json()["errors"]] == ["since"]


@pytest.mark.parametrize("written", ["yesterday", "WzFd", "%00", "2026-13-01", "x" * 2001, "WyIiLC0xLDAsIiIsIiJd"])
def test_what_is_no_moment_is_refused(site, written: str) -> None:
    got = site(SITE).get(f"/v1/changes?since={written}")
    assert (got.status, got.json()["errors"][0]["parameter"]) == (400, "since")


def test_the_history_survives_a_restart(site) -> None:
    one = site(SITE)
    token = since(one, now(one))["meta"]["token"]
    one.change({"plain.md": None})
    with Site(one.settings.folder, one.settings.index) as again:
        assert told(since(again, token)) == ["removed plain.md"]


def test_other_settings_change_everything_and_the_history_goes_on(site) -> None:
    one = site({**SITE, "contentapi.toml": '[site]\nlang = "fr"\n'})
    before = now(one)
    one.change({"contentapi.toml": '[site]\nlang = "en"\n', "plain.md": None})
    with Site(one.settings.folder, one.settings.index) as again:
        found = told(since(again, before))
    assert found == sorted(
        (f"{'removed' if name == 'plain.md' else 'changed'} {name}" for name in SITE), key=lambda line: line.split()[1]
    )


# -- whoever follows holds what an export holds ------------------------------------------------------------------------

_KEYS = "include=html,toc,markdown,text,sections"


@dataclass
class Mirror:
    """A copy of everything, by source file, kept by following."""

    site: Site
    random: random.Random
    held: dict[str, Any]
    since: str

    @classmethod
    def of(cls, site: Site, seed: int) -> Mirror:
        got = site.get(f"/v1/export.ndjson?{_KEYS}")
        return cls(site, random.Random(seed), _by_source(got.body), got.headers["x-content-revision"])

    def pages(self) -> Iterator[dict[str, Any]]:
        """What is told since the last time, page by page; all of it is taken over."""
        target = f"/v1/changes?since={self.since}&{_KEYS}&limit={self.random.choice((1, 3, 100))}"
        while True:
            body = self.site.get(target).json()
            for one in body["items"]:
                if one["previous"] is not None:
                    self.held.pop(one["previous"]["source"], None)
                self.held.pop(one["source"], None)
                if one["resource"] is not None:
                    self.held[one["source"]] = one["resource"]
            self.since = body["meta"]["token"]
            yield body
            if body["meta"]["complete"]:
                return
            target = body["links"]["next"]


def _by_source(lines: bytes) -> dict[str, Any]:
    return {one["source"]["path"]: one for one in map(orjson.loads, lines.splitlines())}


@pytest.mark.parametrize("seed", range(8))
def test_whoever_follows_all_changes_holds_what_a_fresh_export_holds(shelf: Shelf, seed: int) -> None:
    """In all more than 1,000 edits, renames and removals, some of them between two pages of an answer."""
    editor = Editor(shelf, seed)
    for _ in range(15):
        editor.act()
    shelf.sync()
    with Site(shelf.root, shelf.index, sync=False) as site:
        mirror = Mirror.of(site, seed)
        for _ in range(60):
            for _ in range(editor.random.choice((1, 1, 1, 2, 3, 8))):
                editor.act()
            shelf.sync()
            if editor.random.random() < 0.4:
                continue
            for page in mirror.pages():
                if not page["meta"]["complete"] and editor.random.random() < 0.3:
                    editor.act()
                    shelf.sync()
            assert mirror.held == _by_source(site.get(f"/v1/export.ndjson?{_KEYS}").body)


def test_an_index_made_anew_has_another_history(shelf: Shelf) -> None:
    shelf.write({"a.md": "---\ntitle: A\n---\n"}).sync()
    with Site(shelf.root, shelf.index, sync=False) as site:
        token = since(site, now(site))["meta"]["token"]
    shelf.write({"b.md": "---\ntitle: B\n---\n"}).sync()
    other = replace_index(shelf)
    with Site(shelf.root, other.index, sync=False) as site:
        assert site.get(f"/v1/changes?since={token}").status == 410


def replace_index(shelf: Shelf) -> Shelf:
    other = Shelf(shelf.place / "other")
    other.root.rmdir()
    other.root.symlink_to(shelf.root)
    other.sync()
    return other
