"""Whole folders in, whole feeds, sitemaps and texts out: ``cases/`` holds both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.client import Site
from tests.web.syndication import valid

CASES = Path(__file__).parent / "cases"
#: What is asked of which folder, and the file that holds the answer.
ASKED = (
    ("journal", "/feed.json", "feed.json"),
    ("journal", "/feed.json?tag=Sea&limit=1&content=excerpt", "feed-of-a-tag.json"),
    ("journal", "/feed.atom", "feed.atom"),
    ("journal", "/feed.atom?tag=Sea&limit=1&content=excerpt", "feed-of-a-tag.atom"),
    ("journal", "/sitemap.xml", "sitemap.xml"),
    ("journal", "/robots.txt", "robots.txt"),
    ("journal", "/llms.txt", "llms.txt"),
    ("journal", "/llms-full.txt", "llms-full.txt"),
    ("folder", "/feed.json", "feed.json"),
    ("folder", "/feed.atom", "feed.atom"),
    ("folder", "/robots.txt", "robots.txt"),
    ("folder", "/llms.txt", "llms.txt"),
    ("folder", "/llms-full.txt", "llms-full.txt"),
)


@pytest.fixture(scope="module", params=["journal", "folder"])
def case(request, tmp_path_factory):
    with Site(CASES / request.param / "content", tmp_path_factory.mktemp(request.param) / "index.db") as site:
        yield request.param, site


def test_the_answers_are_those_of_the_files(case):
    name, site = case
    for folder, target, file in ASKED:
        if folder != name:
            continue
        got = site.get(target)
        expected = (CASES / folder / file).read_text(encoding="utf-8")
        if file.endswith(".json"):
            # Laid out for reading; the order of the keys counts.
            assert json.dumps(got.json(), indent=2, ensure_ascii=False) + "\n" == expected, target
            valid.json_feed(got)
        else:
            assert got.text == expected, target
        if file.endswith(".atom"):
            valid.atom(got)
        if file == "sitemap.xml":
            valid.sitemap(got)


def test_every_file_is_an_answer():
    files = {(path.parent.name, path.name) for path in CASES.glob("*/*.*")}
    assert files == {(folder, file) for folder, _, file in ASKED}
