"""JSON-LD, by the Accept header: exactly what each kind of resource says of itself."""

from __future__ import annotations

from tests.web.client import Site

LD = "application/ld+json"
HERE = "http://127.0.0.1:8000"
FILES = {
    "contentapi.toml": '[site]\norigin = "https://a.org"\ntitle = "Programme"\nlang = "en"\n'
    'license = { id = "CC-BY-4.0", name = "CC BY 4.0", url = "https://creativecommons.org/licenses/by/4.0/" }\n'
    'attribution = { name = "A", url = "https://a.org" }\n',
    "_phases/first.md": "---\ntitle: First\nposition: 1\nduration: 2 months\nupdated: 2024-05-01\ndescription: Begin.\n"
    "objectives: [Look, Listen]\ndecision: {who: Us, what: Go on}\n---\n",
    "_phases/second.md": "---\ntitle: Second\nposition: 2\nduration: 1 to 2 years\n---\nText\n",
    "_phases/done.md": "---\ntitle: Done\nkind: exit\n---\n",
    "_posts/2024-01-02-news.md": "---\ntitle: News\ndescription: What is new.\nauthors: [Zoé]\n---\nText\n",
    "guide/index.md": "---\ntitle: Guide\n---\n",
    "guide/page.md": "---\ntitle: Page\nlicense: {id: X, name: Mine}\n---\n\n## Part\n\nText\n",
}
COMMON = {
    "inLanguage": "en",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "publisher": {"@type": "Organization", "name": "A", "url": "https://a.org"},
    "creditText": "A",
}


def test_a_phase_is_a_step_of_the_programme(site):
    got = site(FILES).get("/v1/phases/first", accept=LD)
    assert got.headers["content-type"] == LD
    assert "Accept" in got.headers["vary"]
    assert got.json() == {
        "@context": "https://schema.org",
        "@type": "HowToStep",
        "@id": f"{HERE}/v1/phases/first",
        "position": 1,
        "name": "First",
        "text": "Begin. – 2 months",
        "timeRequired": "P2M",
        "itemListElement": [
            {"@type": "HowToDirection", "text": "Look"},
            {"@type": "HowToDirection", "text": "Listen"},
            {"@type": "HowToTip", "text": "Go on"},
        ],
        "isPartOf": {"@type": "HowTo", "@id": f"{HERE}/v1/phases", "name": "Programme", "url": f"{HERE}/embed/phases"},
        "url": "https://a.org",
        "dateModified": "2024-05-01",
        **COMMON,
    }


def test_of_a_range_no_time_is_claimed(site):
    data = site(FILES).get("/v1/phases/second", accept=LD).json()
    assert "timeRequired" not in data
    assert data["text"] == "1 to 2 years"


def test_what_comes_after_the_journey_is_no_step_of_it(site):
    data = site(FILES).get("/v1/phases/done", accept=LD).json()
    assert (data["@type"], "position" in data) == ("HowToSection", False)


def test_an_article(site):
    data = site(FILES).get("/v1/articles/news", accept=LD).json()
    assert data == {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": f"{HERE}/v1/articles/news",
        "headline": "News",
        "description": "What is new.",
        "datePublished": "2024-01-02",
        "author": [{"@type": "Person", "name": "Zoé"}],
        "url": "https://a.org/news",
        **COMMON,
    }


def test_a_page_has_its_way_and_its_own_licence(site):
    data = site(FILES).get("/v1/pages/guide/page", accept=LD).json()
    assert data["@type"] == "WebPage"
    assert data["license"] == {"@type": "CreativeWork", "name": "Mine", "identifier": "X"}
    crumbs = data["breadcrumb"]["itemListElement"]
    assert [(one["@type"], one["position"], one["name"], one["item"]) for one in crumbs] == [
        ("ListItem", 1, "Guide", "https://a.org/guide/"),
        ("ListItem", 2, "Page", "https://a.org/guide/page"),
    ]


def test_other_forms_are_not_touched(shipped: Site):
    plain = shipped.get("/v1/phases/construction").json()
    for accept in ("*/*", "application/json", "application/json, application/ld+json;q=0.9", "text/html, */*;q=0.1"):
        assert shipped.get("/v1/phases/construction", accept=accept).json() == plain


def test_it_is_given_whole(shipped: Site):
    got = shipped.get("/v1/phases/construction?fields=title", accept=LD)
    assert got.status == 400
    assert "JSON-LD is given whole" in got.json()["detail"]
