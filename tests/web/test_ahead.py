"""While the answers of a new revision are made, those of the last one are sent; then all of them are new."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator

import pytest

from contentapi.index.reader import Index
from contentapi.web import desk
from contentapi.web.app import create_app
from tests.web.client import Client, Got, Site

PAGE = "---\ntitle: {}\npermalink: /{}\n---\nText.\n"
TARGETS = ("/v1/pages/a", "/v1/pages/b", "/v1/pages?fields=title", "/v1/pages/none")


class Busy(Client):
    """A caller among so many that answers are made ahead."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.index = Index(site.settings.index, site.settings.site)
        super().__init__(create_app(site.settings, index=self.index, ready=lambda: True, ahead=True))

    def passes(self, seconds: float = 0.0) -> None:
        """Lets the worker do what it does between requests."""
        self._loop.run_until_complete(asyncio.sleep(seconds))

    def until_turned(self, revision: str) -> None:
        deadline = time.monotonic() + 10
        while self.get("/livez").headers["x-content-revision"] != revision:
            assert time.monotonic() < deadline
            self.passes(0.005)


def revision(got: Got) -> str:
    return got.headers["x-content-revision"]


def kept(busy: Busy) -> int:
    """How many answers are finished, as the worker tells it."""
    found = re.search(r"contentapi_finished_answers (\d+)", busy.get("/metrics").text)
    assert found is not None
    return int(found[1])


@pytest.fixture
def busy(site, monkeypatch) -> Iterator[Busy]:
    monkeypatch.setattr(desk, "BUSY", 0.0)
    monkeypatch.setattr(desk, "LATEST", 3600.0)
    found = Busy(site({"a.md": PAGE.format("One", "a"), "b.md": PAGE.format("One", "b")}))
    yield found
    found.index.close()
    found.close()


def test_the_last_answers_are_sent_until_the_next_are_made(busy: Busy) -> None:
    before = [busy.get(target) for target in 2 * TARGETS][: len(TARGETS)]
    first = revision(before[0])
    second = busy.site.change({name: PAGE.format("Two", name[0]) for name in ("a.md", "b.md")})
    assert [busy.get(target) for target in TARGETS[:3]] == before[:3]
    fresh = busy.get("/v1/pages/a?fields=title")  # which nobody asked for before
    assert (revision(fresh), fresh.json()["title"]) == (second, "Two")
    busy.until_turned(second)
    after = [busy.get(target) for target in TARGETS]
    assert first != second
    assert {revision(one) for one in after} == {second}
    assert [one.json()["title"] for one in after[:2]] == ["Two", "Two"]
    assert [item["title"] for item in after[2].json()["items"]] == ["Two", "Two"]
    with Site(busy.site.settings.folder, busy.site.settings.index, sync=False) as idle:
        assert after == [idle.get(target) for target in TARGETS]


def test_they_are_made_before_anyone_asks(busy: Busy) -> None:
    for target in 2 * TARGETS:
        busy.get(target)
    before = kept(busy)
    second = busy.site.change({"a.md": PAGE.format("Two", "a")})
    busy.until_turned(second)
    assert kept(busy) == before >= 3


def test_what_was_asked_for_once_is_made_for_nobody(busy: Busy) -> None:
    for target in ("/v1/openapi.json", "/v1/pages/a", "/v1/pages/a"):
        busy.get(target)
    second = busy.site.change({"a.md": PAGE.format("Two", "a"), "b.md": PAGE.format("Two", "b")})
    busy.until_turned(second)
    assert kept(busy) == 1


def test_they_are_sent_no_longer_than_allowed(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "LATEST", 0.0)
    busy.get("/v1/pages/a")
    second = busy.site.change({"a.md": PAGE.format("Two", "a")})
    busy.get("/livez")
    busy.passes()
    busy.passes()
    assert revision(busy.get("/v1/pages/a")) == second


def test_a_further_change_begins_anew_and_one_that_is_taken_back_ends_it(busy: Busy) -> None:
    first = revision(busy.get("/v1/pages/a"))
    assert revision(busy.get("/v1/pages/a")) == first
    busy.site.change({"a.md": PAGE.format("Two", "a")})
    assert revision(busy.get("/v1/pages/a")) == first
    third = busy.site.change({"a.md": PAGE.format("Three", "a")})
    assert revision(busy.get("/v1/pages/a")) == first
    busy.until_turned(third)
    assert busy.get("/v1/pages/a").json()["title"] == "Three"
    busy.site.change({"a.md": PAGE.format("Four", "a")})
    busy.get("/v1/pages/a")
    busy.site.change({"a.md": PAGE.format("Three", "a")})
    busy.get("/v1/pages/a")
    busy.passes(0.05)
    assert revision(busy.get("/v1/pages/a")) == third


def test_a_worker_that_few_ask_turns_at_once(site) -> None:
    one = Busy(site({"a.md": PAGE.format("One", "a")}))
    one.get("/v1/pages/a")
    second = one.site.change({"a.md": PAGE.format("Two", "a")})
    assert revision(one.get("/v1/pages/a")) == second
    one.index.close()
    one.close()
