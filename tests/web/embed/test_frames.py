"""Pages to frame: complete, silent, and framed by whom the settings say."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from contentapi.errors import SettingsError
from tests.web.client import Site

EVERY = [
    "/embed/phases",
    "/embed/phases/construction",
    "/embed/articles/mesurer-l-impact",
    "/embed/pages/approche",
    "/embed/pages/index",
    "/embed/pages/approche/construction?section=la-d%C3%A9cision",
]


def parsed(got) -> LexborHTMLParser:
    return LexborHTMLParser(got.text)


@pytest.mark.parametrize("target", EVERY)
@pytest.mark.parametrize(
    "options", ["", "theme=dark&lang=en&heading_level=4", "resize", "show=timeline", "show=summary"]
)
def test_nothing_is_run_or_asked_for_but_what_the_policy_names(shipped: Site, target, options):
    got = shipped.get(target + ("&" if "?" in target else "?") + options)
    assert got.status == 200
    page, policy = parsed(got), got.headers["content-security-policy"]
    styles = [node.text() for node in page.css("style")]
    scripts = [node.text() for node in page.css("script:not([type])")]
    assert len(styles) == 1
    assert bool(scripts) is ("resize" in options)
    for text in (*styles, *scripts):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors *")
    assert "x-frame-options" not in got.headers
    assert not page.css("[style], [onload], [onclick], iframe, object, link[rel=stylesheet]")
    sources = [node.attributes["src"] for node in page.css("[src]")]
    assert all(one.startswith("http://127.0.0.1:8000/v1/assets/") for one in sources)


@pytest.mark.parametrize("target", EVERY)
def test_every_frame_says_whom_it_is_from_and_leads_back(shipped: Site, target):
    footer = parsed(shipped.get(target)).css_first("footer")
    assert "beta.gouv.fr" in footer.text()
    assert footer.css_first("a[rel=license]").text() == "Licence Ouverte 2.0 (Etalab)"
    assert footer.css_first("a").attributes["href"].startswith("https://beta.gouv.fr")


def test_links_leave_the_frame_and_anchors_stay_in_it(shipped: Site):
    for target in EVERY:
        for link in parsed(shipped.get(target)).css("body a[href]"):
            inside = link.attributes["href"].startswith("#")
            assert (link.attributes.get("target") == "_blank") is not inside, link.html


def test_headings_follow_the_level_that_is_asked_for(shipped: Site):
    page = parsed(shipped.get("/embed/phases/construction?heading_level=4"))
    assert [(node.tag, node.text()) for node in page.css(":is(h1, h2, h3, h4, h5, h6)")] == [
        ("h4", "Construction"),
        ("h5", "De quoi s’agit-il\u00a0?"),
        ("h5", "Ce qui la rend possible"),
    ]


def test_a_section_is_what_stands_under_its_heading(shipped: Site):
    page = parsed(shipped.get("/embed/pages/approche/construction?section=la-d%C3%A9cision&lang=en"))
    assert page.css_first("h2").text() == "La décision"
    assert page.css_first(".ce-eyebrow").text() == "From: Construction"
    assert page.css_first(".ce-credit a").attributes["href"].endswith("/approche/construction#la-décision")
    assert page.css_first("html").attributes["lang"] == "en"
    assert page.css_first("h2").attributes["lang"] == "fr"


def test_a_section_that_is_not_there_is_told_with_those_that_are(shipped: Site):
    got = shipped.get("/embed/phases/construction?section=ce-qui-la-rend-posible")
    (error,) = got.json()["errors"]
    assert (got.status, error["parameter"], error["did_you_mean"]) == (404, "section", "ce-qui-la-rend-possible")
    assert error["allowed"] == ["de-quoi-sagit-il", "ce-qui-la-rend-possible"]


def test_a_value_that_is_not_known_counts_as_none(shipped: Site):
    usual = shipped.get("/embed/phases/construction")
    asked = "?theme=pink&show=a&show=b&lang=xx&heading_level=9&utm_source=x&resize=maybe"
    assert shipped.get("/embed/phases/construction" + asked).body == usual.body


def test_other_spellings_lead_on_and_keep_what_is_asked(shipped: Site):
    for target, location in {
        "/embed/phases/realisation?theme=dark": "/embed/phases/construction?theme=dark",
        "/embed/pages/approche/": "/embed/pages/approche",
        "/embed/pages/actualites/2022/11/22/mesurer-l-impact/": "/embed/articles/mesurer-l-impact",
        "/embed/pages/programme?lang=en": "/embed/pages/approche?lang=en",
    }.items():
        got = shipped.get(target)
        assert (got.status, got.headers["location"]) == (308, location)


def test_who_may_frame_is_a_setting(site):
    files = {
        "a.md": "---\ntitle: A\n---\n",
        "contentapi.toml": '[embed]\nframe_ancestors = ["https://*.gouv.fr", "\'self\'"]',
    }
    got = site(files).send("GET", b"/embed/pages/a", [])
    assert got.headers["content-security-policy"].endswith("; frame-ancestors https://*.gouv.fr 'self'")


@pytest.mark.parametrize("wrong", ["https://a.org; script-src *", "javascript:", "https://a.org/path", "a b", ""])
def test_what_is_no_word_of_a_policy_is_no_setting(site, wrong):
    toml = f"[embed]\nframe_ancestors = [{json.dumps(wrong)}]"
    with pytest.raises(SettingsError, match="frame_ancestors"):
        site({"a.md": "---\ntitle: A\n---\n", "contentapi.toml": toml})


def test_nobody_may_frame_when_the_list_is_empty(site):
    got = site({"a.md": "---\ntitle: A\n---\n", "contentapi.toml": "embed.frame_ancestors = []"}).send(
        "GET", b"/embed/pages/a", []
    )
    assert got.headers["content-security-policy"].endswith("; frame-ancestors 'none'")


def test_what_content_holds_is_escaped_everywhere(site):
    hostile = "</title></script><script>alert(1)</script>\"'&amp;"
    told = f"title: |\n  {hostile}\ndescription: |\n  {hostile}\nduration: 6 mois\nposition: 1\n"
    here = site(
        {
            "_phases/a.md": f"---\n{told}---\n\n## <b>x\n",
            "_phases/b.md": "---\ntitle: B\nposition: 2\nduration: 1 an\n---\n",
        }
    )
    for target in (
        "/embed/phases/a",
        "/embed/phases",
        "/embed/phases/a?show=timeline",
        "/embed/phases/a?resize",
        "/embed",
    ):
        got = here.get(target)
        page = parsed(got)
        assert "<script>alert" not in got.text
        assert not [node for node in page.css("script") if node.text().startswith("alert")]
    assert b"<script>alert" not in here.get("/embed/phases.svg").body
    told = here.get("/oembed?url=/embed/phases/a").json()
    assert "<script" not in told["html"]
    assert told["title"].startswith("</title>")
    assert "<script" not in here.get("/oembed?url=/embed/phases/a&format=xml").text


def test_a_site_without_phases_origin_or_licence_has_embeds_too(site):
    here = site(
        {"a.md": "---\ntitle: A\n---\n\n[b](/b) ![c](/c.png)\n", "b.md": "---\ntitle: B\nlang: de\n---\nText\n"}
    )
    page = parsed(here.get("/embed/pages/a"))
    assert page.css_first(".ce-body").inner_html == "<p>b c</p>"
    assert page.css_first(".ce-credit a").attributes["href"] == "http://127.0.0.1:8000/v1/pages/a"
    assert parsed(here.get("/embed/pages/b")).css_first("h2").attributes["lang"] == "de"
    assert here.get("/embed/phases").status == 200
    assert here.get("/embed").status == 200
    assert here.get("/embed/phases.svg").status == 200


def test_a_draft_is_in_no_embed(site):
    here = site({"a.md": "---\ntitle: A\ndraft: true\n---\n", "b.md": "---\ntitle: B\n---\n"})
    for target in ("/embed/pages/a", "/oembed?url=/embed/pages/a", "/oembed?url=/v1/pages/a"):
        assert here.get(target).status == 404
    assert ">A<" not in here.get("/embed").text


# -- the timeline -----------------------------------------------------------------------------------------------------


def drawn(text: str, names: str) -> list[dict[str, str]]:
    return [node.attributes for node in LexborHTMLParser(text).css(names)]


def test_the_timeline_is_to_scale_and_marks_decisions(site):
    here = site({
        "_phases/a.md": "---\ntitle: A\nposition: 1\nduration: 1 à 2 ans\ndecision: {who: X, what: Y}\n---\n",
        "_phases/b.md": "---\ntitle: B\nposition: 2\nduration: 2 ans\n---\n",
        "_phases/c.md": "---\ntitle: C\nposition: 3\nkind: exit\n---\n",
    })  # fmt: skip
    text = here.get("/embed/phases").text
    sure, may = drawn(text, "rect.ce-sure"), drawn(text, "rect.ce-may")
    widths = [float(one["width"][:-1]) for one in (*sure, *may)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.02)
    assert widths[2] == pytest.approx(2 * widths[0], abs=0.02)
    assert float(sure[1]["x"][:-1]) == pytest.approx(float(may[0]["x"][:-1]) + widths[2], abs=0.02)
    assert len(drawn(text, ".ce-decision")) == 1
    assert len(drawn(text, "rect.ce-open")) == 1
    picture = LexborHTMLParser(text).css_first("svg[role=img]")
    assert picture.css_first("desc").text() == (
        "1. A\u00a0: 1 à 2 ans, à la fin, une décision. 2. B\u00a0: 2 ans. 3. C\u00a0: sans durée fixe."
    )
    named = [picture.css_first(f"#{one}").tag for one in picture.attributes["aria-labelledby"].split()]
    assert named == ["title", "desc"]


def test_a_phase_without_a_duration_is_as_long_as_the_site_says(site):
    here = site(
        {
            "_phases/construction.md": "---\ntitle: Construction\n---\n",
            "_phases/investigation.md": "---\ntitle: Investigation\nduration: 1 an\n---\n",
            "a.md": "---\ntitle: A\n---\n\nLa phase de construction dure 6 mois.\n",
            "b.md": "---\ntitle: B\n---\n\nLa phase de construction dure deux ans.\n",
            "c.md": "---\ntitle: C\n---\n\nLa phase de construction dure 24 mois.\n",
        }
    )
    text = here.get("/embed/phases").text
    first, second = (float(one["width"][:-1]) for one in drawn(text, "rect.ce-sure"))
    assert second == pytest.approx(2 * first, abs=0.02)
    assert "deux ans" in LexborHTMLParser(text).css_first("desc").text()
    assert "deux ans" in parsed(here.get("/embed/phases/construction")).css_first(".ce-facts").text()


def test_the_phase_itself_is_marked_in_its_timeline(shipped: Site):
    text = shipped.get("/embed/phases/construction?show=timeline").text
    assert len(drawn(text, "rect.ce-now")) == 1
    assert "12 mois · phase" in text


def test_the_picture_is_a_document_that_can_do_nothing(shipped: Site):
    got = shipped.get("/embed/phases.svg?width=400&lang=en")
    assert got.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in got.headers["content-security-policy"]
    assert re.match(r'<svg [^>]*width="400"', got.text)
    assert "The phases of the programme" in got.text


# -- linked data inside -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", EVERY)
def test_a_frame_holds_the_same_as_data(shipped: Site, target):
    data = json.loads(parsed(shipped.get(target)).css_first('script[type="application/ld+json"]').text())
    assert data["@context"] == "https://schema.org"
    assert data["license"].startswith("https://www.etalab.gouv.fr/")
    assert data["url"].startswith("https://beta.gouv.fr")
