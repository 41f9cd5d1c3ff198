"""What changes in the folder is answered at once, and nothing of it late."""

from __future__ import annotations

import os
import re
import time

import pytest

from tests.web.client import Site

#: Seconds within which a new revision is served: one, where the machine has nothing else to do (`make prove`).
WITHIN = float(os.environ.get("CONTENTAPI_WITHIN", "10"))
PAGE = "---\ntitle: {}\npermalink: /{}\n---\nText.\n"


def test_no_answer_of_an_old_revision_is_sent_a_second_after_the_commit(site):
    made: Site = site({"a.md": PAGE.format("One", "a")})
    for number in range(5):
        for _ in range(3):
            made.get("/v1/pages/a")
        (made.settings.folder / "a.md").write_text(PAGE.format(f"Title {number}", "a"))
        revision = made.sync()
        committed = time.monotonic()
        got = made.get("/v1/pages/a")
        while got.json()["title"] != f"Title {number}":
            assert time.monotonic() - committed < WITHIN
            got = made.get("/v1/pages/a")
        assert got.headers["x-content-revision"] == revision
        assert time.monotonic() - committed < WITHIN


def test_what_a_change_does_not_touch_keeps_its_tag_and_bears_the_new_revision(site):
    made: Site = site({"a.md": PAGE.format("A", "a"), "b.md": "---\ntitle: B\npermalink: /x/b\n---\n"})
    before = made.get("/v1/pages/a?fields=html,title")
    revision = made.change({"b.md": "---\ntitle: Other\npermalink: /x/b\n---\n"})
    after = made.get("/v1/pages/a?fields=html,title")
    assert after.headers["etag"] == before.headers["etag"]
    assert after.headers["x-content-revision"] == revision != before.headers["x-content-revision"]
    assert (
        made.get("/v1/pages/a?fields=html,title", if_none_match=before.headers["etag"]).headers["x-content-revision"]
        == revision
    )
    for kind in ("/v1/pages/none", "/nothing", "/livez", "/metrics"):
        assert made.get(kind).headers["x-content-revision"] == revision
    assert made.request("OPTIONS", "/v1/pages/a").headers["x-content-revision"] == revision


def test_finished_answers_are_kept_while_nothing_changes(site):
    made: Site = site({"a.md": PAGE.format("A", "a")})
    first = made.get("/v1/pages/a")
    made.sync()  # looks at everything and commits, and finds nothing new
    time.sleep(0.03)
    kept = re.search(r"contentapi_finished_answers (\d+)", made.get("/metrics").text)
    assert kept is not None
    assert int(kept[1]) == 1
    assert made.get("/v1/pages/a") == first


def test_a_draft_that_goes_wrong_changes_the_diagnostics_and_no_revision(site):
    made: Site = site({"a.md": PAGE.format("A", "a")})
    assert made.get("/v1/diagnostics").json()["items"] == []
    before = made.get("/v1/pages/a")
    revision = made.change({"a.md": "---\ntitle: [\n---\n"})
    assert made.get("/v1/pages/a") == before  # its last good version goes on being served
    assert before.headers["x-content-revision"] == revision
    assert made.get("/v1/diagnostics").json()["meta"]["total"] == 1


def test_errors_and_redirects_follow_the_content(site):
    made: Site = site({"a.md": PAGE.format("A", "a")})
    assert made.get("/v1/pages/b").status == 404
    made.change({"b.md": "---\ntitle: B\npermalink: /b\nredirect_from: /c\n---\n"})
    assert made.get("/v1/pages/b").status == 200
    assert made.get("/v1/pages/c").headers["location"] == "/v1/pages/b"
    made.change({"b.md": "---\ntitle: B\npermalink: /b\ngone: true\n---\n"})
    assert made.get("/v1/pages/b").status == 410
    assert made.get("/v1/pages/c").status in {404, 410}
    made.change({"b.md": None})
    assert made.get("/v1/pages/b").status == 404


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (5, r"public, max-age=[345], stale-if-error=86400"),
        (120, r"public, max-age=60, stale-while-revalidate=(59|5\d), stale-if-error=86400"),
        (100_000, r"public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"),
    ],
)
def test_nothing_scheduled_appears_late(site, ahead, expected):
    due = time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime(time.time() + ahead))
    made: Site = site({
        "a.md": PAGE.format("A", "a"),
        "b.md": f"---\ntitle: Later\nlayout: post\ndate: {due}\n---\n",
    })  # fmt: skip
    for _ in range(2):  # as it is made, and as it is kept
        for target in ("/v1/articles", "/v1/pages/a", "/v1/pages"):
            assert re.fullmatch(expected, made.get(target).headers["cache-control"])
        tag = made.get("/v1/articles").headers["etag"]
        assert re.fullmatch(expected, made.get("/v1/articles", if_none_match=tag).headers["cache-control"])
    assert made.get("/v1/articles").json()["items"] == []


def test_what_is_scheduled_appears_when_it_is_due(site):
    due = time.time() + 2
    made: Site = site({
        "b.md": f"---\ntitle: Later\nlayout: post\ndate: {time.strftime('%Y-%m-%d %H:%M:%S +0000', time.gmtime(due))}\n---\n"
    })  # fmt: skip
    while time.time() < int(due):
        asked = time.time()
        got = made.get("/v1/articles")
        assert got.json()["items"] == []
        age = re.search(r"max-age=(\d+)", got.headers["cache-control"])
        assert age is not None
        assert asked + int(age[1]) <= int(due) + 0.1
        time.sleep(0.2)
    made.change({})
    assert made.get("/v1/articles").json()["meta"]["total"] == 1
    assert "max-age=60" in made.get("/v1/articles").headers["cache-control"]


def test_an_index_that_is_replaced_is_read_anew(site, tmp_path):
    made: Site = site({"a.md": PAGE.format("A", "a")})
    other: Site = site({"a.md": PAGE.format("Other", "a")})
    assert made.get("/v1/pages/a").json()["title"] == "A"
    other.index.close()
    other.settings.index.replace(made.settings.index)
    time.sleep(0.03)
    assert made.get("/v1/pages/a").json()["title"] == "Other"
