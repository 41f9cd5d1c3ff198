"""Five real documents in one flat folder, without any configuration, over HTTP."""

from __future__ import annotations

import pytest

from tests.web import real
from tests.web.client import Site


@pytest.fixture(scope="module")
def seeds(shared, tmp_path_factory):
    with real.served(shared / "seeds", tmp_path_factory) as site:
        yield site


def named(site: Site, number: str) -> str:
    """The file of that number."""
    return next(path.name for path in site.settings.folder.iterdir() if path.name.startswith(number))


def test_four_of_five_documents_are_served(seeds: Site):
    assert seeds.get("/v1/status").json()["documents"] == {"pages": 3, "articles": 1}
    assert {one["path"] for one in seeds.walk("/v1/pages")} == {
        "/approche/", "/approche/construction", "/devenir-intrapreneur/decouvrir-le-role-d-intrapreneur",
    }  # fmt: skip


def test_the_twin_is_told_with_both_sources(seeds: Site):
    (told,) = seeds.walk("/v1/diagnostics?code=path-conflict")
    assert {told["path"], *told["related"]} == {named(seeds, "001"), named(seeds, "002")}
    assert told["severity"] == "error"
    served = seeds.get("/v1/pages/approche").json()["source"]["path"]
    assert served == max(named(seeds, "001"), named(seeds, "002"))


def test_two_spellings_of_a_path_are_one_page(seeds: Site):
    crumbs = seeds.get("/v1/pages/approche/construction").json()["breadcrumbs"]
    approach = next(one for one in crumbs if one["path"] and one["path"].strip("/") == "approche")
    assert approach["resource"]["path"] == "/approche/"
    assert seeds.get(approach["resource"]["links"]["self"]).status == 200


def test_absolute_links_to_the_site_are_internal(seeds: Site):
    page = seeds.get("/v1/pages/approche?include=outgoing").json()
    assert page["outgoing"]
    assert seeds.get("/v1/status").json()["origin"] == {"configured": None, "inferred": "https://beta.gouv.fr"}
    assert any(one["path"] == "/approche/construction" for one in page["outgoing"])
    assert page["links"]["web"] is None


def test_a_key_that_stands_twice_is_told_and_the_last_wins(seeds: Site):
    (told,) = seeds.walk("/v1/diagnostics?code=duplicate-key")
    assert told["path"] == named(seeds, "003")
    page = seeds.get("/v1/pages/devenir-intrapreneur/decouvrir-le-role-d-intrapreneur").json()
    assert page["layout"] == "intrapreneur-role"


def test_the_title_of_the_article_keeps_its_no_break_space(seeds: Site):
    (article,) = seeds.walk("/v1/articles")
    assert "\u00a0" in article["title"]
    assert seeds.get(f"{article['links']['self']}?fields=text").json()["text"].count("\u00a0") == 0


def test_the_phases_are_read_from_the_overview_in_journey_order(seeds: Site):
    phases = seeds.walk("/v1/phases?include=statements")
    assert [one["slug"] for one in phases] == ["investigation", "construction", "acceleration", "transfert"]
    assert [(one["duration"]["min"], one["duration"]["max"]) for one in phases] == [
        ("P6W", "P9W"), ("P12M", "P12M"), ("P12M", "P12M"), ("P6M", "P6M"),
    ]  # fmt: skip
    assert all(one["derived"] and one["description"] for one in phases)


def test_what_every_document_says_of_a_phase_is_gathered(seeds: Site):
    said = seeds.get("/v1/phases/investigation").json()["statements"]
    told = {one["source"]["path"][:3]: (one["duration"]["min"], one["duration"]["max"]) for one in said}
    assert told == {"001": ("P6W", "P9W"), "002": ("P1M", "P2M"), "003": ("P6W", "P9W"), "004": ("P6W", "P13W")}
    unserved = next(one for one in said if one["source"]["path"].startswith("001"))
    assert (unserved["source"]["served"], unserved["resource"]) == (False, None)


def test_a_disagreement_is_told(seeds: Site):
    told = seeds.walk("/v1/diagnostics?code=phase-duration-disagrees")
    assert any("investigation" in one["message"] for one in told)


@pytest.mark.parametrize("plural", ["pages", "phases", "articles", "authors", "tags", "categories"])
def test_everything_is_read_through(seeds: Site, plural):
    real.read_through(seeds, f"/v1/{plural}")


def test_a_dead_sidebar_and_missing_pictures_are_notes(seeds: Site):
    for code in ("asset-missing", "author-missing", "sidebar-unknown"):
        assert all(one["severity"] == "info" for one in seeds.walk(f"/v1/diagnostics?code={code}"))
