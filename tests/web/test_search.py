"""``/v1/search`` and its suggestions as callers see them: hits, facets, the grammar of lists, and whatever people type."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.web.client import Site

FILES = {
    "_config.yml": "url: https://site.example\ncollections:\n  startups:\n    output: true\n",
    "impact.md": "---\ntitle: Mesurer l’impact\npermalink: /impact/\n---\nAvant.\n\n## Début\n\nUne mesure.\n",
    "about.md": "---\ntitle: Measure\nlang: en\n---\nMeasuring things.\n",
    "_startups/pix.md": "---\ntitle: Pix\nmission: Mesurer ses compétences\n---\n",
    "_posts/2024-03-01-lancer.md": "---\ntitle: Lancer\ncategories: [methode]\ntags: [x]\n---\nMesurer & décider.\n",
    "_posts/2023-03-01-bilan.md": "---\ntitle: Bilan\ncategories: [vie]\n---\nMesurer.\n",
    "_drafts/draft.md": "---\ntitle: Brouillonnage\n---\nMesurer.\n",
    "hidden.md": "---\ntitle: Cachotterie\nhidden: true\n---\nMesurer.\n",
}
HIT = [
    "type", "id", "path", "slug", "title", "description", "links", "marked", "snippet", "section", "score",
]  # fmt: skip


@pytest.fixture
def here(site: Callable[..., Site]) -> Site:
    return site(FILES)


def found(here: Site, query: str) -> Any:
    got = here.get(f"/v1/search?{query}")
    assert got.status == 200, got.text
    return got.json()


def test_a_hit_is_a_card_with_the_section_that_answers(here: Site) -> None:
    answer = found(here, "q=mesures%20impact")
    score = answer["items"][0]["score"]
    assert answer["items"] == [
        {
            "type": "page",
            "id": "impact.md",
            "path": "/impact/",
            "slug": "impact",
            "title": "Mesurer l’impact",
            "description": None,
            "links": {"self": "/v1/pages/impact", "web": "https://site.example/impact/"},
            "marked": "<mark>Mesurer</mark> l’<mark>impact</mark>",
            "snippet": "Une <mark>mesure</mark>.",
            "section": {
                "id": "début",
                "level": 2,
                "title": "Début",
                "path": "/impact/#d%C3%A9but",
                "web": "https://site.example/impact/#d%C3%A9but",
            },
            "score": score,
        }
    ]
    assert list(answer["items"][0]) == HIT
    assert score > 0


def test_what_is_said_of_what_was_found(here: Site) -> None:
    meta = found(here, "q=mesurer&limit=1")["meta"]
    assert meta == {
        "total": 4,
        "limit": 1,
        "corrected": None,
        "all_words": True,
        "facets": {
            "type": [
                {"value": "article", "count": 2},
                {"value": "page", "count": 1},
                {"value": "startups", "count": 1},
            ],
            "collection": [
                {"value": "articles", "count": 2},
                {"value": "pages", "count": 1},
                {"value": "startups", "count": 1},
            ],
            "category": [{"value": "methode", "count": 1}, {"value": "vie", "count": 1}],
            "year": [{"value": "2023", "count": 1}, {"value": "2024", "count": 1}],
        },
    }


FILTERED = [
    ("type=article", {"lancer", "bilan"}),
    ("type=article&type=page", {"lancer", "bilan", "impact"}),
    ("type__not=article", {"impact", "pix"}),
    ("collection=startups", {"pix"}),
    ("category=vie", {"bilan"}),
    ("tag=x", {"lancer"}),
    ("year=2024", {"lancer"}),
    ("year=1999", set()),
    ("year__not=2024", {"bilan", "impact", "pix"}),
    ("year__contains=202&year__not=2023", {"lancer"}),
    ("year__missing=true", {"impact", "pix"}),
    ("lang=en", set()),
    ("date__gte=2024-01-01", {"lancer"}),
    ("date__lt=2024-01-01&type=article", {"bilan"}),
    ("title__contains=PIX", {"pix"}),
]


@pytest.mark.parametrize(("query", "expected"), FILTERED)
def test_filters_narrow_what_is_found(here: Site, query: str, expected: set[str]) -> None:
    answer = found(here, f"q=mesurer&{query}")
    assert {item["slug"] for item in answer["items"]} == expected
    assert answer["meta"]["total"] == len(expected)


def test_a_facet_counts_without_its_own_filter(here: Site) -> None:
    facets = found(here, "q=mesurer&type=article&year=2024")["meta"]["facets"]
    assert facets["type"] == [{"value": "article", "count": 1}]
    assert facets["year"] == [{"value": "2023", "count": 1}, {"value": "2024", "count": 1}]
    assert facets["category"] == [{"value": "methode", "count": 1}]


WRONG = [
    ("", "q", None),
    ("q=a&q=b", "q", None),
    ("q=" + "a" * 401, "q", None),
    ("q=" + "a+" * 41, "q", None),
    ("q=x&type=articel", "type", "article"),
    ("q=x&collection=startup", "collection", "startups"),
    ("q=x&categry=vie", "categry", "category"),
    ("q=x&fields=snipet", "fields", "snippet"),
    ("q=x&sort=-dat", "sort", "-date"),
    ("q=x&sort=year", "sort", None),
    ("q=x&year=20x4", "year", None),
    ("q=x&year=", "year", None),
    ("q=x&year=24", "year", None),
    ("q=x&year=2024&year=2024-01", "year", None),
    ("q=x&year=%D9%A2%D9%A0%D9%A2%D9%A4", "year", None),
    ("q=x&year__not=MMXXIV", "year__not", None),
    ("q=x&limit=101", "limit", None),
    ("q=x&cursor=abc", "cursor", None),
    ("q=%00", "q", None),
    ("q=%ED%A0%80", "query", None),
    ("q=%FF", "query", None),
]


@pytest.mark.parametrize(("query", "parameter", "meant"), WRONG)
@pytest.mark.parametrize("path", ["/v1/search", "/v1/search/suggest"])
def test_a_mistake_is_named(here: Site, path: str, query: str, parameter: str, meant: str | None) -> None:
    got = here.get(f"{path}?{query}")
    assert got.status == 400
    (error,) = got.json()["errors"]
    assert error["parameter"] == parameter
    assert error["did_you_mean"] == (meant if "suggest" not in path or parameter != "fields" else error["did_you_mean"])


NASTY = [
    '"', '""', '"""', 'a"b', "(", ")", "((((", "*", "a*", "*a", "^a", "a OR", "OR", "AND AND", "NOT", "NOT a", "a NOT b",
    "NEAR(a b, 2)", "title:a", "{title}: a", "-", "--", "- a", "-a", '-"a b"', "«", "»", "« »", "' OR 1=1 --", ";DROP",
    "\\", "%", "_", "\n", "\t a", "\x1f", "\x7f", "\u2028", "\u200b", "\ufeff", "\ud7ff", "\uffff", "\U0010ffff", "😀",
    "e\u0301" * 50, "\u0301" * 100, "ﷺ" * 50, "½", "ſ", "ß", "İ", "l'" * 150, "a-" * 150, "a.b" * 100, "<script>", "&amp;",
    "日本語", "עברית", "a" * 400, "é" * 400, '"a" ' * 30, "-a " * 40, "a-b " * 40,
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("path", ["/v1/search", "/v1/search/suggest"])
def test_whatever_is_typed_is_answered(here: Site, path: str, text: str) -> None:
    started = time.monotonic()
    got = here.get(f"{path}?q={quote(text)}")
    assert got.status == 200, got.text
    assert time.monotonic() - started < 5  # a bound, not a measure: what is quadratic takes minutes


def test_a_question_of_eight_thousand_characters_is_refused(here: Site) -> None:
    assert here.get("/v1/search?q=" + "a" * 7900).status == 400
    assert here.get("/v1/search?q=" + "a" * 8000).status == 414


def test_nothing_unpublished_or_hidden_is_found_or_corrected_to(here: Site) -> None:
    for word in ("brouillonnage", "brouillonage", "cachotterie", "cachoterie"):
        answer = found(here, f"q={word}")
        assert (answer["items"], answer["meta"]["corrected"]) == ([], None)
        assert here.get(f"/v1/search/suggest?q={word}").json()["items"] == []


def test_a_misspelt_word_is_put_right_and_said_so(here: Site) -> None:
    answer = found(here, "q=compétances")
    assert [item["slug"] for item in answer["items"]] == ["pix"]
    assert answer["meta"]["corrected"] == "competences"
    assert answer["items"][0]["snippet"] == "Mesurer ses <mark>compétences</mark>"
    assert answer["items"][0]["section"] is None


def test_markup_in_content_is_escaped(here: Site) -> None:
    got = here.get("/v1/search?q=decider")
    assert got.json()["items"][0]["snippet"] == "Mesurer &amp; <mark>décider</mark>."
    assert b"<" not in got.body


def test_fields_and_include_choose_the_keys_of_a_hit(here: Site) -> None:
    (item,) = found(here, "q=pix&fields=title&include=text,source")["items"]
    assert list(item) == ["type", "title", "links", "source", "text"]


@pytest.mark.parametrize("path", ["/v1/search", "/v1/search/suggest"])
def test_readers_are_led_from_a_phase_to_the_page_that_describes_it(shipped: Site, path: str) -> None:
    items = shipped.get(f"{path}?q=construction&limit=4&include=page&fields=page").json()["items"]
    assert {item["links"]["self"]: item["page"] and item["page"]["path"] for item in items}.items() >= {
        "/v1/phases/construction": "/approche/construction",
        "/v1/pages/approche/construction": None,
    }.items()


def test_hits_can_be_sorted_and_walked(here: Site) -> None:
    assert [item["slug"] for item in here.walk("/v1/search?q=mesurer&sort=-date&limit=1")][:2] == ["lancer", "bilan"]
    whole = found(here, "q=mesurer")["items"]
    assert here.walk("/v1/search?q=mesurer&limit=1") == whole
    assert found(here, "q=mesurer&total=false")["meta"]["total"] is None


def test_suggestions_go_on_from_what_is_typed(here: Site) -> None:
    got = here.get("/v1/search/suggest?q=mes").json()
    assert [item["marked"] for item in got["items"]] == ["<mark>Mesurer</mark> l’impact"]
    assert list(got["items"][0]) == ["type", "id", "path", "slug", "title", "description", "links", "marked"]
    assert [item["slug"] for item in here.get("/v1/search/suggest?q=m&type=page").json()["items"]] == []
    assert here.walk("/v1/search/suggest?q=bi&limit=1")[0]["title"] == "Bilan"
    assert got["meta"] == {"total": 1, "limit": 20, "corrected": None}
    put_right = here.get("/v1/search/suggest?q=mezurer").json()
    assert (put_right["meta"]["corrected"], put_right["items"]) == ("mesurer", got["items"])


def test_an_answer_is_cached_and_purged_as_any_other(here: Site) -> None:
    got = here.get("/v1/search?q=mesurer")
    assert got.headers["surrogate-key"].split() == ["search", "revision"]
    assert got.headers["cache-control"].startswith("public, max-age=60")
    assert here.get("/v1/search?q=mesurer", If_None_Match=got.headers["etag"]).status == 304
    assert got.link("self") == "/v1/search?q=mesurer"


def test_related_documents_come_when_asked_for(shipped: Site) -> None:
    page = shipped.get("/v1/pages/approche/comite-d-investissement?fields=title&include=related").json()
    assert list(page) == ["type", "title", "links", "related"]
    assert "ce-que-le-comite-regarde" in [card["slug"] for card in page["related"]]
    assert page["links"]["self"] not in [card["links"]["self"] for card in page["related"]]
    articles = shipped.get("/v1/articles?include=related").json()["items"]
    assert all(1 <= len(article["related"]) <= 6 for article in articles)
    assert "related" not in shipped.get("/v1/articles/mesurer-l-impact").json()
