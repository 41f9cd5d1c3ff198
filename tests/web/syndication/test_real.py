"""Feeds and sitemaps of real content, as independent readers take them."""

from __future__ import annotations

import re

import pytest

from tests.web import real
from tests.web.client import SHIPPED, Site
from tests.web.syndication import valid
from tests.web.syndication.valid import ATOM

FOLDERS = ("content", "seeds", "corpus/blog-2018", "corpus/site-2023")


@pytest.fixture(scope="module", params=FOLDERS)
def any_site(request, tmp_path_factory):
    folder = SHIPPED if request.param == "content" else request.getfixturevalue("shared") / request.param
    if not folder.is_dir():
        pytest.skip(f"there is no {folder}")
    with real.served(folder, tmp_path_factory) as site:
        yield site


def articles(site: Site) -> list[dict[str, object]]:
    return site.walk("/v1/articles?limit=100&fields=id,path,title,date,updated")


@pytest.mark.parametrize("content", ["full", "excerpt"])
def test_every_article_stands_once_in_the_pages_of_the_atom_feed(any_site: Site, content):
    pages = list(valid.atom_pages(any_site, f"/feed.atom?limit=7&content={content}"))
    entries = [one for feed in pages for one in feed.findall(f"{ATOM}entry")]
    expected = articles(any_site)
    assert [one.findtext(f"{ATOM}title") for one in entries] == [one["title"] for one in expected]
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == len(expected)
    assert len({feed.findtext(f"{ATOM}id") for feed in pages}) == 1


@pytest.mark.parametrize("content", ["full", "excerpt"])
def test_every_article_stands_once_in_the_pages_of_the_json_feed(any_site: Site, content):
    pages = list(valid.json_pages(any_site, f"/feed.json?limit=7&content={content}"))
    items = [one for feed in pages for one in feed["items"]]
    expected = articles(any_site)
    assert [one["title"] for one in items] == [one["title"] for one in expected]
    assert len({one["id"] for one in items}) == len(expected)
    assert len({feed["feed_url"] for feed in pages}) == 1
    for item, article in zip(items, expected, strict=True):
        assert ("date_published" in item) == (article["date"] is not None)
        assert ("date_modified" in item) == (article["updated"] is not None)


def test_both_feeds_call_an_article_the_same(any_site: Site):
    entries = [one for feed in valid.atom_pages(any_site, "/feed.atom") for one in feed.findall(f"{ATOM}entry")]
    items = [one for feed in valid.json_pages(any_site, "/feed.json") for one in feed["items"]]
    assert [one.findtext(f"{ATOM}id") for one in entries] == [one["id"] for one in items]


def test_what_an_item_shows_of_this_service_is_there(any_site: Site):
    for feed in valid.json_pages(any_site, "/feed.json?limit=50"):
        for item in feed["items"]:
            shown = [
                *re.findall(r'(?:src|href|poster)="([^"]+)"', item["content_html"]),
                item.get("image", ""),
                item["url"],
            ]
            for address in {one for one in shown if one.startswith(any_site.settings.listening)}:
                got = any_site.get(valid.path(address.replace("&amp;", "&")).partition("#")[0])
                assert got.status == 200, (item["title"], address)


def test_the_sitemap_has_every_public_address_once(any_site: Site):
    got = any_site.get("/sitemap.xml")
    robots = any_site.get("/robots.txt").text
    if any_site.settings.site.origin is None:
        assert got.status == 404
        assert "site.origin" in got.json()["detail"]
        assert "Sitemap" not in robots
        return
    found = valid.sitemap(got)
    expected = {}
    for collection in any_site.walk("/v1/collections"):
        for one in any_site.walk(f"{collection['links']['self']}?limit=100&fields=updated,fields"):
            if one["links"]["web"] is not None and one["fields"].get("sitemap") is not False:
                expected[one["links"]["web"]] = one["updated"]
    assert found == expected
    assert f"Sitemap: {any_site.settings.listening}/sitemap.xml\n" in robots


def test_every_link_of_llms_txt_leads_somewhere(any_site: Site):
    text = any_site.get("/llms.txt").text
    title, *lines = text.splitlines()
    assert title.startswith("# ")
    links = [re.fullmatch(r"- \[([^\]]+)\]\(([^)\s]+)\)(?:: (.+))?", one) for one in lines if one.startswith("- ")]
    assert all(links)
    assert len(links) > 3
    for one in links:
        assert one is not None
        got = any_site.get(valid.path(one[2]))
        assert got.status == 200, one[0]
        if one[2].endswith(".md"):
            assert got.headers["content-type"] == "text/markdown; charset=utf-8"


def test_all_texts_are_in_llms_full_txt(any_site: Site):
    texts, target = "", "/llms-full.txt"
    while target:
        got = any_site.get(target)
        assert got.status == 200
        assert len(got.text) < 1_200_000
        texts += got.text
        following = got.link("next")
        target = valid.path(following) if following else ""
        assert (f"at {following}" in got.text or f"à {following}" in got.text) == bool(following)
    for collection in any_site.walk("/v1/collections"):
        for one in any_site.walk(f"{collection['links']['self']}?limit=100&fields=source&include=markdown"):
            written = (one["markdown"] or "").strip("\r\n")
            assert written in texts, one["source"]


def test_every_document_is_given_as_markdown(any_site: Site):
    for collection in any_site.walk("/v1/collections"):
        for one in any_site.walk(f"{collection['links']['self']}?limit=100&fields=title"):
            address = one["links"]["self"]
            by_name, by_header = any_site.get(f"{address}.md"), any_site.get(address, accept="text/markdown")
            assert by_name.status == by_header.status == 200, address
            assert by_name.body == by_header.body
            assert by_name.headers["content-type"] == "text/markdown; charset=utf-8"
