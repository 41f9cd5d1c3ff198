"""oEmbed 1.0, as https://oembed.com has it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.web.client import Site

HERE = "http://127.0.0.1:8000"


def asked(site: Site, url: str, query: str = "", status: int = 200):
    got = site.get(f"/oembed?url={quote(url, safe='')}{query}")
    assert got.status == status, got.text
    return got.json()


def source(told) -> str:
    return unescape(re.search(r'src="([^"]*)"', told["html"])[1])


DECISION = "/embed/pages/approche/construction?section=la-d%C3%A9cision"
SPELLINGS = {
    # the public address of the site, of an API, of an embed, in any spelling
    "https://beta.gouv.fr/approche/construction": "/embed/pages/approche/construction?show=summary",
    "http://beta.gouv.fr/approche/construction/": "/embed/pages/approche/construction?show=summary",
    "https://BETA.gouv.fr/approche/construction.html?utm_source=x": "/embed/pages/approche/construction?show=summary",
    "https://beta.gouv.fr/approche/construction#la-décision": DECISION,
    "https://beta.gouv.fr/approche/construction#la-d%C3%A9cision": DECISION,
    "https://beta.gouv.fr/approche/construction#nowhere": "/embed/pages/approche/construction?show=summary",
    "https://beta.gouv.fr/programme": "/embed/pages/approche?show=summary",
    "https://beta.gouv.fr/": "/embed/pages/index?show=summary",
    "https://beta.gouv.fr/actualites/2022/11/22/mesurer-l-impact/": "/embed/articles/mesurer-l-impact?show=summary",
    f"{HERE}/v1/phases/construction": "/embed/phases/construction",
    f"{HERE}/v1/phases/realisation.md": "/embed/phases/construction",
    f"{HERE}/v1/phases": "/embed/phases",
    f"{HERE}/v1/pages/approche/construction/": "/embed/pages/approche/construction?show=summary",
    f"{HERE}/v1/articles/mesurer-l-impact?fields=title": "/embed/articles/mesurer-l-impact?show=summary",
    f"{HERE}/v1/articles/mesurer-l-impact#nowhere": "/embed/articles/mesurer-l-impact?show=summary",
    f"{HERE}/embed/phases": "/embed/phases",
    f"{HERE}/embed/phases/construction.html?theme=dark&lang=en": "/embed/phases/construction?theme=dark&lang=en",
    f"{HERE}/embed/phases/construction?theme=pink&show=summary": "/embed/phases/construction?show=summary",
    f"{HERE}/embed/pages/approche?show=full": "/embed/pages/approche",
    "/embed/phases/construction": "/embed/phases/construction",
    "  https://beta.gouv.fr/approche  ": "/embed/pages/approche?show=summary",
}  # fmt: skip


@pytest.mark.parametrize("url", SPELLINGS)
def test_an_address_in_any_spelling_gives_its_frame(shipped: Site, url):
    told = asked(shipped, url)
    assert source(told) == HERE + SPELLINGS[url]
    assert shipped.get(SPELLINGS[url]).status == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/approche/construction",
        "https://beta.gouv.fr/nowhere",
        "https://beta.gouv.fr/concours-2019",
        "https://beta.gouv.fr/v1/phases/construction",
        f"{HERE}/v1/phases/nowhere",
        f"{HERE}/v1/status",
        f"{HERE}/embed/phases/construction/more",
        "http://127.0.0.1:8001/v1/phases/construction",
        "javascript:alert(1)",
        "http://[",
        "",
    ],
)
def test_what_is_not_here_is_not_found(shipped: Site, url):
    (error,) = asked(shipped, url, status=404)["errors"]
    assert (error["parameter"], error["allowed"]) == ("url", None)


def test_the_answer_has_what_the_specification_asks_of_rich(shipped: Site):
    told = asked(shipped, f"{HERE}/v1/phases/construction")
    assert told["type"] == "rich"
    assert told["version"] == "1.0"
    assert told["title"] == "Construction"
    assert told["provider_name"] == "beta.gouv.fr"
    assert told["provider_url"] == "https://beta.gouv.fr"
    assert told["cache_age"] == 3600
    frame = LexborHTMLParser(told["html"], is_fragment=True).css_first("iframe").attributes
    assert (frame["width"], frame["height"]) == (str(told["width"]), str(told["height"]))
    assert frame["title"] == "Construction"
    assert frame["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"


def test_who_wrote_an_article_is_named(shipped: Site):
    authors = shipped.get("/v1/articles/mesurer-l-impact").json()["authors"]
    told = asked(shipped, f"{HERE}/v1/articles/mesurer-l-impact")
    assert told["author_name"] == ", ".join(one["title"] for one in authors)


@pytest.mark.parametrize("wide", [1, 150, 200, 320, 640, 1280, 5000])
def test_the_width_is_never_more_than_asked_and_the_height_fits_it(shipped: Site, wide):
    told = asked(shipped, "/embed/phases/construction", f"&maxwidth={wide}")
    assert told["width"] == min(wide, 1280)
    narrower = asked(shipped, "/embed/phases/construction", f"&maxwidth={max(told['width'] // 2, 1)}")
    assert narrower["height"] >= told["height"]


@pytest.mark.parametrize("high", [1, 120, 300, 600, 900, 4000])
def test_the_height_is_never_more_than_asked(shipped: Site, high):
    told = asked(shipped, "/embed/phases/construction", f"&maxheight={high}&maxwidth=500")
    assert told["height"] <= high


def test_less_is_shown_before_a_frame_has_to_scroll(shipped: Site):
    whole = asked(shipped, "/embed/phases/construction")
    short = asked(shipped, "/embed/phases/construction", f"&maxheight={whole['height'] - 1}")
    assert source(short).endswith("?show=summary")
    assert short["height"] < whole["height"] - 100


def test_no_room_is_kept_for_what_the_text_says_itself(site):
    here = site({
        "said.md": "---\ntitle: A\n---\nThe beginning.\n",
        "apart.md": "---\ntitle: A\nexcerpt: Something else.\n---\nThe beginning.\n",
    })  # fmt: skip
    said, apart = (asked(here, f"/embed/pages/{name}")["height"] for name in ("said?show=full", "apart?show=full"))
    assert apart - said > 20
    assert asked(here, "/embed/pages/said")["height"] == asked(here, "/embed/pages/apart")["height"]


@pytest.mark.parametrize("query", ["&maxwidth=wide&maxheight=-1", "&utm_source=x", "&maxwidth=", "&callback=x"])
def test_what_it_does_not_know_it_ignores(shipped: Site, query):
    assert asked(shipped, "/embed/phases", query) == asked(shipped, "/embed/phases")


def test_xml_says_the_same(shipped: Site):
    url = "https://beta.gouv.fr/approche/construction"
    told = asked(shipped, url)
    got = shipped.get(f"/oembed?url={quote(url, safe='')}&format=xml")
    assert got.headers["content-type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(got.body)
    assert root.tag == "oembed"
    assert {one.tag: one.text for one in root} == {name: str(value) for name, value in told.items()}


def test_any_other_format_is_not_implemented(shipped: Site):
    told = asked(shipped, "/embed/phases", "&format=yaml", status=501)
    assert "json or xml" in told["detail"]
    assert [(one["parameter"], one["allowed"]) for one in told["errors"]] == [("format", ["json", "xml"])]


def test_without_an_address_it_says_what_is_missing(shipped: Site):
    got = shipped.get("/oembed")
    assert got.status == 400
    assert got.json()["errors"][0]["parameter"] == "url"


RESOURCES = [
    "/v1/phases/construction",
    "/v1/pages/approche",
    "/v1/articles/mesurer-l-impact",
    "/embed/phases",
    "/embed/phases/construction?lang=en",
]


@pytest.mark.parametrize("target", RESOURCES)
def test_it_is_discovered_by_link_headers(shipped: Site, target):
    links = shipped.get(target).headers["link"]
    found = dict(re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', links))
    assert set(found.values()) == {"application/json+oembed", "text/xml+oembed"}
    for address in found:
        got = shipped.get(address.removeprefix(HERE))
        assert got.status == 200
        assert got.headers["content-type"].startswith("text/xml" if address.endswith("xml") else "application/json")


def test_it_is_discovered_in_the_page_as_wordpress_does(shipped: Site):
    page = LexborHTMLParser(shipped.get("/embed/phases/construction?theme=dark").text)
    found = page.css_first('link[rel="alternate"][type="application/json+oembed"]').attributes["href"]
    told = shipped.get(f"{found.removeprefix(HERE)}&maxwidth=500&maxheight=750&dnt=1").json()
    assert source(told).startswith(f"{HERE}/embed/phases/construction?")
    assert "theme=dark" in source(told)
    assert (told["width"], told["height"] <= 750) == (500, True)


def test_addresses_are_those_of_the_settings(site):
    here = site({"a.md": "---\ntitle: A\n---\n", "contentapi.toml": 'site.api = "https://api.example.org/content"'})
    for url in ("https://api.example.org/content/v1/pages/a", f"{HERE}/v1/pages/a"):
        assert source(asked(here, url)) == "https://api.example.org/content/embed/pages/a?show=summary"
    asked(here, "https://api.example.org/v1/pages/a", status=404)
