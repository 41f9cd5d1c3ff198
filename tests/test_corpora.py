"""Two real sites, read through over HTTP."""

from __future__ import annotations

import pytest

from contentapi.text import paths
from tests.web import real
from tests.web.client import Site, addresses

CORPORA = ("blog-2018", "site-2023")


@pytest.fixture(scope="module", params=CORPORA)
def corpus(request, shared, tmp_path_factory):
    folder = shared / "corpus" / request.param
    if not folder.is_dir():
        pytest.skip(f"there is no {folder}")
    with real.served(folder, tmp_path_factory) as site:
        yield site


def test_every_collection_is_read_through(corpus: Site):
    found = corpus.get("/v1/collections").json()["items"]
    for one in found:
        items = corpus.walk(f"{one['links']['self']}?limit=100&fields=id,slug")
        assert len(items) == one["count"]
    own = {"pages", "articles", "phases", "authors"}
    for one in found:
        if one["name"] not in own:
            real.read_through(corpus, one["links"]["self"])


@pytest.mark.parametrize("plural", ["pages", "phases", "articles", "authors", "tags", "categories"])
def test_every_resource_is_read_through(corpus: Site, plural):
    real.read_through(corpus, f"/v1/{plural}")


def test_every_address_of_the_navigation_is_answered(corpus: Site):
    found = corpus.get("/v1/navigation?depth=20").json()
    assert found["tree"]
    for address in set(addresses(found)):
        assert corpus.get(address).status == 200, address
    for name in found["menus"]:
        assert corpus.get(f"/v1/navigation/{paths.encode(name)}").json()["items"] is not None


def test_every_redirect_leads_where_it_says(corpus: Site):
    for one in corpus.walk("/v1/redirects?limit=100"):
        if one["pattern"]:
            continue
        got = corpus.get(f"/v1/pages{paths.encode(one['from'])}")
        told = corpus.get(
            f"/v1/resolve?path={paths.encode(one['from']).replace('&', '%26').replace('+', '%2B')}"
        ).json()
        assert got.status == (410 if one["status"] == 410 else 308), one
        assert told["status"] == ("gone" if one["status"] == 410 else "moved"), one
        assert told["target"] == one["to"], one
        if told["resource"] is not None:
            assert got.headers["location"] == told["resource"]["links"]["self"]
            assert corpus.get(got.headers["location"]).status == 200
    for style in ("netlify", "nginx", "next", "csv"):
        assert corpus.get(f"/v1/redirects?format={style}").status == 200


def test_every_problem_is_told_with_its_place(corpus: Site):
    told = corpus.walk("/v1/diagnostics?limit=100")
    assert sum(corpus.get("/v1/status").json()["diagnostics"].values()) == len(told)
    for one in told:
        assert (corpus.settings.folder / one["path"]).exists()
        assert one["hint"]
    assert [one["path"] for one in told] == sorted(one["path"] for one in told)


@pytest.mark.parametrize("target", ["/", "/v1/openapi.json", "/docs", "/v1/status", "/metrics"])
def test_what_is_about_the_whole_is_answered(corpus: Site, target):
    assert corpus.get(target).status == 200
    assert corpus.get(target, accept="text/html").status == 200


def test_every_filter_and_every_order_is_taken(corpus: Site):
    own = {"cursor", "fields", "include", "limit", "sort", "total"}
    for one in corpus.get("/v1/collections").json()["items"]:
        address = one["links"]["self"]
        for name in corpus.get(f"{address}?x").json()["errors"][0]["allowed"]:
            if name not in own:
                filtered = f"{address}?{paths.encode(name)}__missing=false&limit=1&fields=id"
                assert corpus.get(filtered).status == 200, filtered
        for name in corpus.get(f"{address}?sort=x").json()["errors"][0]["allowed"]:
            got = corpus.get(f"{address}?sort=-{paths.encode(name)}&limit=2&fields=id&total=false")
            assert got.status == 200, name
            if got.json()["links"]["next"]:
                assert corpus.get(got.json()["links"]["next"]).status == 200, name


def test_phases_stand_in_journey_order_with_their_aliases(shared, tmp_path_factory):
    with real.served(shared / "corpus" / "site-2023", tmp_path_factory) as site:
        phases = site.walk("/v1/phases")
        kinds = [one["kind"] for one in phases]
        assert kinds == sorted(kinds, key=["journey", "status", "exit"].index)
        journey = [one["slug"] for one in phases if one["kind"] == "journey"]
        assert journey[:3] == ["investigation", "construction", "acceleration"]
        assert not any(one["derived"] for one in phases)
        for one in phases:
            for alias in one["aliases"]:
                got = site.get(f"/v1/phases/{paths.encode(alias)}")
                assert (got.status, got.headers["location"]) == (308, one["links"]["self"])
