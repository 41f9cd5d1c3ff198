"""The page for partners, and the script whose address it hands out."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from html import unescape

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.web.client import Site

HERE = "http://127.0.0.1:8000"


def page(site: Site, query: str = "") -> LexborHTMLParser:
    return LexborHTMLParser(site.get(f"/embed{query}").text)


def snippets(made: LexborHTMLParser) -> dict[str, str]:
    return {node.css_first("h3").text(): node.css_first("pre").text() for node in made.css("figure.way")}


def test_it_offers_everything_there_is(shipped: Site):
    offered = [node.attributes["value"] for node in page(shipped).css("#item option")]
    assert offered[:5] == [
        "phases",
        *(f"phases/{one}" for one in ("investigation", "construction", "acceleration", "transfert")),
    ]
    assert "pages/approche/construction" in offered
    assert "articles/mesurer-l-impact" in offered
    for item in offered:
        assert shipped.get(f"/embed/{item}").status == 200


def test_the_first_step_is_shown_until_another_piece_is_chosen(shipped: Site):
    assert page(shipped).css_first("iframe").attributes["src"] == "/embed/phases/investigation"
    assert page(shipped, "?item=nowhere").css_first("iframe").attributes["src"] == "/embed/phases/investigation"
    made = page(shipped, "?item=pages/approche&theme=dark&show=summary&lang=en&heading_level=3&width=320")
    assert made.css_first("iframe").attributes["src"] == (
        "/embed/pages/approche?show=summary&theme=dark&lang=en&heading_level=3"
    )
    chosen = {node.attributes["value"] for node in made.css("option[selected]")}
    assert chosen == {"pages/approche", "", "dark", "summary", "en", "3"}
    assert made.css_first("input").attributes["value"] == "320"


def test_a_part_of_it_may_be_chosen(shipped: Site):
    made = page(shipped, "?item=pages/approche/construction&section=la-d%C3%A9cision")
    assert made.css_first("#section option").attributes["value"] == ""
    assert made.css_first("#section option[selected]").text() == "La décision"
    assert made.css_first("iframe").attributes["src"] == "/embed/pages/approche/construction?section=la-d%C3%A9cision"
    assert page(shipped, "?item=phases/construction&section=nowhere").css_first("iframe").attributes["src"] == (
        "/embed/phases/construction"
    )


def test_each_snippet_is_complete_and_has_the_way_back(shipped: Site):
    made = snippets(page(shipped, "?item=phases/construction&show=summary"))
    assert list(made) == ["Cadre", "Élément", "Cadre à hauteur juste", "Fragment", "oEmbed", "Données"]
    for name in ("Cadre", "Élément", "Cadre à hauteur juste"):
        assert '<a href="https://beta.gouv.fr/approche/construction">Construction</a>' in made[name]
        assert "Licence Ouverte 2.0" in made[name]
        assert len(made[name].splitlines()) <= 4
        for address in re.findall(r'src="([^"]*)"', made[name]):
            assert shipped.get(unescape(address).removeprefix(HERE)).status == 200
    for name in ("Fragment", "oEmbed", "Données"):
        assert shipped.get(re.search(rf"{HERE}([^']*)", made[name])[1]).status == 200
    assert "resize=true" in made["Cadre à hauteur juste"]
    assert "allow-scripts" not in made["Cadre"]
    assert 'phase="construction" show="summary"' in made["Élément"]


def test_the_page_itself_may_not_be_framed_and_asks_nobody_else(shipped: Site):
    policy = shipped.get("/embed").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'none'")
    assert "unsafe" not in policy


# -- the script -------------------------------------------------------------------------------------------------------


def test_the_script_is_small_and_checked(shipped: Site):
    got = shipped.get("/embed.js")
    assert got.headers["content-type"] == "text/javascript; charset=utf-8"
    assert len(gzip.compress(got.body, 6, mtime=0)) < 2000
    assert len(shipped.get("/embed.js", accept_encoding="br").body) < 2000
    made = snippets(page(shipped))["Élément"]
    digest = re.search(r'integrity="sha384-([^"]*)"', made)[1]
    assert base64.b64decode(digest) == hashlib.sha384(got.body).digest()


def test_its_address_names_its_bytes_and_never_changes(shipped: Site):
    address = re.search(rf'src="{HERE}(/embed\.[0-9a-f]{{16}}\.js)"', snippets(page(shipped))["Élément"])[1]
    got = shipped.get(address)
    assert got.body == shipped.get("/embed.js").body
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert address == f"/embed.{hashlib.sha256(got.body).hexdigest()[:16]}.js"


@pytest.mark.parametrize(
    "forbidden", ["eval(", "Function(", "innerHTML", "document.write", "cookie", "localStorage", "http:"]
)
def test_it_does_nothing_that_a_strict_policy_forbids(shipped: Site, forbidden):
    code = re.sub(r"/\*.*?\*/", "", shipped.get("/embed.js").text)
    assert forbidden not in code
