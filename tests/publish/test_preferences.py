"""nginx chooses among codings and media types as the service does, whatever is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contentapi.publish import preferences
from contentapi.web import negotiation
from tests.publish.nginx import Request, maps

OFFERS = ("application/json", "text/markdown; charset=utf-8", "application/ld+json")
CODING = maps(preferences.coding("chosen", ("br", "gzip")))
MEDIA = maps(preferences.media_type("chosen", OFFERS))

WEIGHTS = ("", ";q=0", ";q=0.", ";q=1", ";q=1.000", ";q=1.0000", ";q=0.5", ";q=0.50", ";q=0.05", ";q=0.123", ";q=.5",
           ";q=2", ";q=", ";q", " ; Q = 0.7", ";v=1;q=0.2", ';a="b,c;q=0"', ';a="\\",;q=1"', ';x="')  # fmt: skip
SEPARATORS = (",", ", ", " ,, ", "\t,")


def fields(*names: str) -> st.SearchStrategy[str]:
    """Fields of these names, well written or not."""
    element = st.tuples(st.sampled_from(names), st.sampled_from(WEIGHTS), st.sampled_from(WEIGHTS)).map("".join)
    return st.tuples(st.sampled_from(SEPARATORS), st.lists(element, max_size=5)).map(lambda one: one[0].join(one[1]))


def coding(field: str) -> str:
    return Request(CODING, "GET", "/", {"accept-encoding": field}).value("chosen")


def media(field: str) -> str:
    return Request(MEDIA, "GET", "/", {"accept": field}).value("chosen")


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.8, gzip;q=0.81", "gzip"),
        ("gzip;q=0, br;q=0", "identity"),
        ("*", "br"),
        ("*;q=0.5, identity", "identity"),
        ("X-GZIP", "gzip"),
    ],
)
def test_the_coding_that_is_liked_best(field, chosen):
    assert coding(field) == chosen == negotiation.coding(field.encode())


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        ("", "1"),
        ("*/*", "1"),
        ("nonsense", "1"),
        ("text/markdown", "2"),
        ("text/html, */*;q=0.1", "1"),
        ("text/*, application/json;q=0.9", "2"),
        ("application/ld+json", "3"),
        ("image/png", "0"),
        ("text/markdown;q=0", "0"),
    ],
)
def test_the_media_type_that_is_liked_best(field, chosen):
    assert media(field) == chosen


@given(fields("br", "gzip", "x-gzip", "GZIP", "identity", "*", "deflate", ""))
def test_any_field_of_codings(field):
    assert coding(field) == negotiation.coding(field.encode())


@given(
    fields(
        "application/json", "text/markdown", "application/ld+json", "text/*", "APPLICATION/*", "*/*", "json", "a/b", ""
    )
)
def test_any_field_of_media_types(field):
    wanted = negotiation.media_type(field.encode(), OFFERS)
    assert media(field) == (str(OFFERS.index(wanted) + 1) if wanted else "0")
