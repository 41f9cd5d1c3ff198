"""What the spellings of an address have in common, here and in nginx."""

from __future__ import annotations

import pytest

from contentapi.publish import spellings
from contentapi.publish.conf import written_map
from tests.publish.nginx import Request, maps

CASES = [
    ("/", "/"),
    ("/v1/pages", "/v1/pages"),
    ("/v1/pages/", "/v1/pages/index"),
    ("/v1/pages/index", "/v1/pages/index"),
    ("/v1/pages/index.html", "/v1/pages/index"),
    ("/v1/pages/a", "/v1/pages/a"),
    ("/v1/pages/a/", "/v1/pages/a"),
    ("/v1/pages/a.html", "/v1/pages/a"),
    ("/v1/pages/a.htm/", "/v1/pages/a"),
    ("/v1/pages/a/index.html", "/v1/pages/a"),
    ("/v1/pages/a.html/index", "/v1/pages/a"),
    ("/v1/pages/index/a", "/v1/pages/index/a"),
    ("/v1/pages/laur%C3%A9ats/", "/v1/pages/lauréats"),
    ("/v1/pages/a%0Ab", "/v1/pages/a\nb"),
    ("/v1/phases/a.html", "/v1/phases/a.html"),
    ("/v1/phases/a/", "/v1/phases/a"),
    ("/v1/assets/a.html", "/v1/assets/a.html"),
    ("/v1/assets/a/", "/v1/assets/a/"),
    ("/embed/phases/a.html", "/embed/phases/a.html"),
]


@pytest.mark.parametrize(("path", "key"), CASES)
@pytest.mark.parametrize("prefix", ["", "/api.d"])
def test_the_key_of_an_address(path, key, prefix):
    assert spellings.key(path) == key
    text = written_map("$uri", "key", spellings.pairs(prefix))
    for begin in {"", prefix}:
        assert Request(maps(text), "GET", begin + path, {}).value("key") == key


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/pages/a", ""),
        ("/v1/pages/%C3%A9", "/v1/pages/é"),
        ("/v1/tags/a%2Fb", spellings.ALONE),
        ("/v1/tags/a%0Ab", spellings.ALONE),
    ],
)
def test_what_a_row_says_of_its_key(path, told):
    assert spellings.told(path) == told


@pytest.mark.parametrize(
    ("path", "reachable"),
    [
        ("/v1/tags/a.b", True),
        ("/v1/tags/..", False),
        ("/v1/tags/%2e", False),
        ("/v1/a/%2E%2e/b", False),
        ("/a%00", False),
    ],
)
def test_what_no_server_can_be_asked_for(path, reachable):
    assert spellings.is_reachable(path) is reachable
