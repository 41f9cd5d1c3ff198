"""The file of each address."""

from __future__ import annotations

import pytest

from contentapi.publish.names import Names, is_regular

JSON = "application/json"
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("address", "media_type", "file"),
    [
        ("/", JSON, "index.json"),
        ("/", HTML, "index.html"),
        ("/v1/pages", JSON, "v1/pages/index.json"),
        ("/v1/pages/fast/laur%C3%A9ats", JSON, "v1/pages/fast/lauréats/index.json"),
        ("/v1/pages/approche", "text/markdown; charset=utf-8", "v1/pages/approche/index.md"),
        ("/v1/pages/approche.md", "text/markdown; charset=utf-8", "v1/pages/approche.md"),
        ("/v1/tags/data.gouv.fr", JSON, "v1/tags/data.gouv.fr/index.json"),
        ("/v1/openapi.json", JSON, "v1/openapi.json"),
        ("/embed.js", "text/javascript; charset=utf-8", "embed.js"),
        ("/feed.atom", "application/atom+xml; charset=utf-8", "feed.atom"),
        ("/feed.json", "application/feed+json", "feed.json"),
        ("/sitemap.xml", "application/xml", "sitemap.xml"),
        ("/llms.txt", "text/plain; charset=utf-8", "llms.txt"),
        ("/v1/export.ndjson", "application/x-ndjson", "v1/export.ndjson"),
        ("/v1/assets/img/A%20b.JPG", "image/jpeg", "v1/assets/img/A b.JPG"),
        ("/v1/assets/a.svg", "image/svg+xml", "v1/assets/a.svg"),
        ("/v1/pages/x.json", HTML, "v1/pages/x.json/index.html"),
        ("/unknown", "application/x-unheard-of", "unknown/index.bin"),
    ],
)
def test_the_file_of_an_address(address, media_type, file):
    assert Names().take(address, media_type) == file


def test_the_result_pages_of_a_list_are_numbered():
    names = Names()
    assert [names.take(f"/v1/pages?cursor={one}", JSON, number=one) for one in (1, 2, 3)] == [
        "v1/pages/index.json",
        "v1/pages/index.2.json",
        "v1/pages/index.3.json",
    ]


def test_so_are_those_of_a_file():
    names = Names()
    media_type = "application/feed+json"
    assert [names.take(f"/feed.json?cursor={one}", media_type, number=one) for one in (1, 2)] == [
        "feed.json",
        "feed.2.json",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/v1/tags/a%2Fb",
        "/v1/tags/..",
        "/v1/tags/%2E",
        "/v1/tags/a%00b",
        "/v1/tags/a%0Ab",
        f"/v1/tags/{'x' * 201}",
        f"/v1/pages/{'/'.join(['x' * 100] * 10)}",
    ],
)
def test_what_can_be_no_name_is_named_by_a_digest(address):
    found = Names().take(address, JSON)
    assert not is_regular(found)
    assert found.startswith("_also/")
    assert found.endswith(".json")
    assert Names().take(address, JSON) == found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/v1/pages/About", "/v1/pages/about"),
        ("/v1/pages/a", "/v1/pages/a/index.json"),
        ("/v1/pages/a/index.json/b", "/v1/pages/a"),
        ("/v1/openapi.json", "/v1/openapi.json/below"),
        ("/v1/openapi.json.br/below", "/v1/openapi.json"),
        ("/v1/pages/%C3%A9", "/v1/pages/e%CC%81"),
    ],
)
def test_what_would_meet_another_file_is_named_by_a_digest(first, second):
    names = Names()
    assert is_regular(names.take(first, JSON))
    assert not is_regular(names.take(second, JSON))
