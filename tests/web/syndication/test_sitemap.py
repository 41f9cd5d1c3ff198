"""The sitemap: every public address once, in as many files as it takes; and what robots.txt says of it."""

from __future__ import annotations

import pytest

from contentapi.web.syndication import sitemap
from tests.web.client import Site
from tests.web.syndication import valid

ORIGIN = '[site]\norigin = "https://site.example"\n'


def page(front: str) -> str:
    return f"---\n{front}\n---\nText.\n"


def pages(count: int) -> dict[str, str]:
    return {f"p{number:02}.md": page(f"title: P{number}") for number in range(count)}


EVERY = {f"https://site.example/p{number:02}": None for number in range(25)}


@pytest.fixture
def few(monkeypatch):
    """So many addresses in one file that a test can fill several."""
    monkeypatch.setattr(sitemap, "MOST", 10)


def parts(site: Site) -> list[dict[str, str | None]]:
    """What each file holds to which the sitemap leads."""
    index = valid.sitemap(site.get("/sitemap.xml"))
    assert set(index.values()) == {None}
    return [valid.sitemap(site.get(valid.path(one))) for one in index]


def test_few_addresses_stand_in_one_file(site, few):
    made: Site = site({"contentapi.toml": ORIGIN, **pages(10)})
    found = valid.sitemap(made.get("/sitemap.xml"))
    assert list(found) == list(EVERY)[:10]
    assert made.get("/sitemaps/1.xml").body == made.get("/sitemap.xml").body
    assert made.get("/sitemaps/2.xml").status == 404


def test_many_addresses_stand_in_several_files(site, few):
    made: Site = site({"contentapi.toml": ORIGIN, **pages(25)})
    found = parts(made)
    assert [len(one) for one in found] == [10, 10, 5]
    assert {address: None for one in found for address in one} == EVERY
    for name in ("0", "4", "01", "x", "1.0", "-1", "%31%2F"):
        got = made.get(f"/sitemaps/{name}.xml")
        assert got.status == 404
    assert made.get("/sitemaps/4.xml").json()["errors"][0]["allowed"] == ["1", "2", "3"]


def test_one_address_more_is_another_file(site, few):
    made: Site = site({"contentapi.toml": ORIGIN, **pages(10)})
    assert len(valid.sitemap(made.get("/sitemap.xml"))) == 10
    made.change({"p10.md": page("title: P10")})
    assert [len(one) for one in parts(made)] == [10, 1]
    made.change({"p10.md": page("title: P10\nsitemap: false")})
    assert len(valid.sitemap(made.get("/sitemap.xml"))) == 10


def test_a_file_is_never_larger_than_the_protocol_allows(site, monkeypatch):
    monkeypatch.setattr(sitemap, "LARGEST", 5000)
    long = "é&" * 100
    made: Site = site({"contentapi.toml": ORIGIN, "a.md": page(f"title: A\npermalink: /{long}"), **pages(9)})
    found = parts(made)
    assert sum(len(one) for one in found) == 10
    for number in range(1, len(found) + 1):
        assert len(made.get(f"/sitemaps/{number}.xml").body) <= 5000


def test_what_the_protocol_allows_is_not_passed_by_default():
    assert sitemap.MOST <= 50_000
    assert sitemap.LARGEST <= 52_428_800


def test_an_address_that_is_too_long_is_left_out(site):
    long, longer = "a" * 2026, "a" * 2027
    files = {"a.md": page(f"title: A\npermalink: /{long}"), "b.md": page(f"title: B\npermalink: /{longer}")}
    made: Site = site({"contentapi.toml": ORIGIN, **files})
    assert list(valid.sitemap(made.get("/sitemap.xml"))) == [f"https://site.example/{long}"]


@pytest.mark.parametrize(
    ("front", "lastmod"),
    [
        ("updated: 2024-05-01", "2024-05-01"),
        ("updated: 2024-05-01 10:00", "2024-05-01T10:00:00+00:00"),
        ("date: 2024-05-01", None),
        ("updated: some day", None),
        ("layout: post\ndate: 2024-05-01", None),
        ("layout: post\ndate: 2024-05-01\nupdated: 2024-06-01", "2024-06-01"),
    ],
)
def test_an_address_bears_a_time_where_the_editors_say_one(site, front, lastmod):
    made: Site = site({"contentapi.toml": ORIGIN, "a.md": page(f"title: A\npermalink: /a\n{front}")})
    assert valid.sitemap(made.get("/sitemap.xml")) == {"https://site.example/a": lastmod}


@pytest.mark.parametrize("permalink", ["/404.html", "/404"])
def test_nobody_is_led_to_the_page_that_says_that_nothing_was_found(site, permalink):
    made: Site = site(
        {"contentapi.toml": ORIGIN, "a.md": page("title: A"), "b.md": page(f"title: B\npermalink: {permalink}")}
    )
    assert list(valid.sitemap(made.get("/sitemap.xml"))) == ["https://site.example/a"]


def test_odd_addresses_are_spelled_as_addresses(site):
    made: Site = site({"contentapi.toml": ORIGIN, "a.md": page('title: A\npermalink: "/l\'été & <co>/"')})
    assert list(valid.sitemap(made.get("/sitemap.xml"))) == ["https://site.example/l%27%C3%A9t%C3%A9%20&%20%3Cco%3E/"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a.md": page("title: A")}, "site.origin"),
        ({"contentapi.toml": ORIGIN}, "publishes no address"),
        ({"contentapi.toml": ORIGIN, "a.md": page("title: A\nhidden: true")}, "publishes no address"),
    ],
)
def test_where_there_is_nothing_to_list_there_is_no_sitemap(site, files, words):
    made: Site = site(files)
    got = made.get("/sitemap.xml")
    assert got.status == 404
    assert words in got.json()["detail"]
    assert made.get("/sitemaps/1.xml").status == 404
    assert "Sitemap" not in made.get("/robots.txt").text
    assert made.get("/").json()["links"]["sitemap"] is None


def test_robots_may_read_everything_but_what_has_no_end(site):
    made: Site = site({"contentapi.toml": f'{ORIGIN}api = "https://api.example/content"\n', "a.md": page("title: A")})
    got = made.get("/robots.txt")
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.text.splitlines()[1:] == [
        "User-agent: *",
        "Disallow: /v1/search",
        "Allow: /",
        "",
        "Sitemap: https://api.example/content/sitemap.xml",
    ]


def test_an_independent_reader_of_robots_understands_it(site):
    from urllib.robotparser import RobotFileParser

    made: Site = site({"contentapi.toml": ORIGIN, "a.md": page("title: A")})
    parser = RobotFileParser()
    parser.parse(made.get("/robots.txt").text.splitlines())
    assert parser.site_maps() == [f"{made.settings.listening}/sitemap.xml"]
    for path, allowed in (("/", True), ("/v1/pages/a.md", True), ("/v1/assets/a.png", True), ("/v1/search?q=a", False)):
        assert parser.can_fetch("AnyBot", f"{made.settings.listening}{path}") == allowed
