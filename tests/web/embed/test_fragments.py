"""Fragments for a partner's server: nothing that a sanitiser would take out, and no link or id that belongs elsewhere."""

from __future__ import annotations

from itertools import product

import pytest
from selectolax.lexbor import LexborHTMLParser

from contentapi.ingest.html import sanitise
from tests.web.client import Site

PATHS = ["phases", "phases/construction", "articles/mesurer-l-impact", "pages/approche", "pages/approche/transfert"]
CHOICES = list(
    product(
        ("own", "dsfr", "none"), ("absolute", "none"), ("absolute", "none"), ("full", "short"), ("full", "timeline")
    )
)


def fragment(site: Site, path: str, query: str = "") -> str:
    got = site.get(f"/embed/{path}.html?fragment&{query}")
    assert got.status == 200
    return got.text


@pytest.mark.parametrize("path", PATHS)
def test_sanitising_it_again_changes_nothing(shipped: Site, path):
    for classes, links, images, attribution, show in CHOICES:
        query = f"classes={classes}&links={links}&images={images}&attribution={attribution}&show={show}"
        text = fragment(shipped, path, query).strip()
        assert sanitise(text) == text, query


def tree(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(text, is_fragment=True)


@pytest.mark.parametrize("path", PATHS)
def test_addresses_are_full_and_ids_bear_the_prefix(shipped: Site, path):
    made = tree(fragment(shipped, path, "id_prefix=beta-"))
    ids = {node.attributes["id"] for node in made.css("[id]")}
    assert all(one.startswith("beta-") for one in ids)
    for node in made.css("a[href]"):
        href = node.attributes["href"]
        assert href.startswith(("https://", "http://")) or href[1:] in ids
    for node in made.css("img"):
        assert node.attributes["src"].startswith("http://127.0.0.1:8000/")
        assert node.attributes["alt"]


def test_links_and_pictures_may_be_left_out_but_not_the_way_back(shipped: Site):
    made = tree(fragment(shipped, "pages/approche", "links=none&images=none"))
    assert [node.attributes["href"] for node in made.css("a")] == [
        "https://beta.gouv.fr/approche/",
        "https://beta.gouv.fr",
        "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    ]
    assert made.css("img") == []


def test_classes_are_ours_those_of_the_dsfr_or_none(shipped: Site):
    def classes(profile: str) -> set[str]:
        made = tree(fragment(shipped, "phases/construction", f"classes={profile}"))
        return {name for node in made.css("[class]") for name in node.attributes["class"].split()}

    assert classes("none") == set()
    assert classes("own") == {
        "ce",
        *(f"ce-{one}" for one in ("eyebrow", "title", "lead", "facts", "body", "credit", "back")),
    }
    assert {"fr-h2", "fr-h3", "fr-text--lead", "fr-link"} <= classes("dsfr")
    assert all(one.startswith("fr-") for one in classes("dsfr"))


def test_a_short_attribution_is_one_line(shipped: Site):
    footer = tree(fragment(shipped, "phases/construction", "attribution=short")).css_first("footer")
    assert footer.text() == "Source\u00a0: beta.gouv.fr · Licence Ouverte 2.0 (Etalab)"
    assert footer.css_first("a").attributes["href"] == "https://beta.gouv.fr/approche/construction"


def test_the_date_is_that_of_the_editors(site):
    files = {"a.md": "---\ntitle: A\nupdated: 2024-03-01\n---\n", "_posts/2023-05-02-b.md": "---\ntitle: B\n---\n"}
    here = site(files)
    assert '<time datetime="2024-03-01">1er mars 2024</time>' in fragment(here, "pages/a")
    assert '<time datetime="2023-05-02">May 2, 2023' not in fragment(here, "articles/b", "lang=en")
    assert "of <time" in fragment(here, "articles/b", "lang=en")


LONG = "Un mot long. " * 40
REPEATED = [
    ("", "Le début.\n\nLa suite.", None),
    ("", "## Titre\n\nLe *début*\nde la page.[^1]\n\nLa suite.\n\n[^1]: Note.", None),
    ("", LONG, None),
    ("", "Le début.\n\nEncore.\n\n<!--more-->\n\nLa suite.", None),
    ("excerpt: Autre chose.", "Le début.", "Autre chose."),
    ("description: Le début.", "Le début. La suite.", None),
    ("description: De quoi il s’agit.", "Le début.", "De quoi il s’agit."),
    ("description: Le début", "Le débutant.", "Le début"),
    ("description: Le début.", "", "Le début."),
]


@pytest.mark.parametrize(("front", "body", "lead"), REPEATED)
def test_nothing_stands_above_the_text_that_the_text_says_itself(site, front, body, lead):
    here = site({"a.md": f"---\ntitle: A\n{front}\n---\n{body}\n"})
    shown = tree(fragment(here, "pages/a")).css_first(".ce-lead")
    assert (shown.text() if shown is not None else None) == lead


def test_a_phase_does_not_say_its_purpose_twice_either(site):
    front = "---\ntitle: A\nposition: 1\ndescription: Chercher.\n---\n"
    here = site({"_phases/a.md": f"{front}Chercher.\n\nPuis trouver.\n"})
    assert fragment(here, "phases/a").count("Chercher.") == 1


@pytest.mark.parametrize("show", ["summary", "timeline"])
def test_in_short_the_beginning_of_the_text_stands_for_it(site, show):
    here = site({"a.md": "---\ntitle: A\n---\nLe début.\n\nLa suite.\n"})
    assert tree(fragment(here, "pages/a", f"show={show}")).css_first(".ce-lead").text() == "Le début."


def test_it_is_for_any_origin(shipped: Site):
    got = shipped.get("/embed/phases/construction.html?fragment", origin="https://partner.example")
    assert got.headers["access-control-allow-origin"] == "*"
