"""RFC 9110 §12.4–12.5, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contentapi.web import negotiation

JSON, MARKDOWN = "application/json", "text/markdown; charset=utf-8"


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        (None, "identity"),
        (b"", "identity"),
        (b"gzip", "gzip"),
        (b"br", "br"),
        (b"gzip, deflate, br, zstd", "br"),
        (b"gzip,deflate", "gzip"),
        (b"BR", "br"),
        (b"x-gzip", "gzip"),
        (b"deflate, zstd", "identity"),
        # weights
        (b"gzip;q=1.0, br;q=0.5", "gzip"),
        (b"gzip;q=0.5, br;q=0.5", "br"),
        (b"gzip;q=0.001", "gzip"),
        (b"gzip ; q=0.8 , br ; Q=0.9", "br"),
        (b"br;q=0, gzip", "gzip"),
        (b"br;q=0.000, gzip;q=0.0", "identity"),
        (b"gzip;q=0", "identity"),
        (b"identity, gzip;q=0.5", "identity"),
        (b"identity;q=0.5, gzip;q=0.5", "gzip"),
        (b"identity;q=0.6, gzip;q=0.5", "identity"),
        # anything
        (b"*", "br"),
        (b"*;q=0", "identity"),
        (b"br;q=0, *", "gzip"),
        (b"br;q=0.1, *;q=0.5", "gzip"),
        (b"gzip, *;q=0", "gzip"),
        (b"identity;q=0", "identity"),
        (b"identity;q=0, *;q=0", "identity"),
        # what is no weight is a refusal
        (b"gzip;q=2, br", "br"),
        (b"gzip;q=abc", "identity"),
        (b"gzip;q=0.1234", "identity"),
        (b"gzip;q=-1", "identity"),
        (b"gzip;q=1.001", "identity"),
        (b"gzip;q=", "identity"),
        # odd, and harmless
        (b",,gzip,,", "gzip"),
        (b"gzip;foo=bar", "gzip"),
        (b'gzip;foo="a,b;c";q=0, br', "br"),
        (b"x" * 5000 + b", br", "identity"),
        (b"gzip, " + b"x" * 5000, "gzip"),
        (b"\xff\xfe", "identity"),
    ],
)
def test_the_coding_is_the_one_liked_best(accept_encoding, expected):
    assert negotiation.coding(accept_encoding) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        (b"", JSON),
        (b"*/*", JSON),
        (b"application/json", JSON),
        (b"text/markdown", MARKDOWN),
        (b"TEXT/Markdown", MARKDOWN),
        (b"text/*", MARKDOWN),
        (b"application/*", JSON),
        (b"text/markdown, application/json", JSON),
        (b"text/markdown, application/json;q=0.9", MARKDOWN),
        (b"text/markdown;q=0.5, */*;q=0.1", MARKDOWN),
        (b"text/markdown, */*", JSON),
        (b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        (b"application/json;q=0, */*", MARKDOWN),
        (b"text/markdown;q=0, text/*", None),
        (b"text/markdown;charset=utf-8", MARKDOWN),
        (b"text/markdown;variant=CommonMark;q=0.3, application/json;q=0.2", MARKDOWN),
        (b'application/json;profile="a,b"', JSON),
        (b"image/png", None),
        (b"text/html", None),
        (b"*/*;q=0", None),
        (b"application/json;q=nonsense", None),
        (b"nonsense", JSON),
        (b";;,,", JSON),
    ],
)
def test_the_media_type_is_the_one_liked_best(accept, expected):
    assert negotiation.media_type(accept, (JSON, MARKDOWN)) == expected


def test_a_browser_prefers_html_where_there_is_some():
    browser = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    assert negotiation.media_type(browser, (JSON, "text/html; charset=utf-8")) == "text/html; charset=utf-8"


@given(st.binary(max_size=2000))
def test_any_field_is_read(field):
    assert negotiation.coding(field) in {"br", "gzip", "identity"}
    assert negotiation.media_type(field, (JSON, MARKDOWN)) in {JSON, MARKDOWN, None}
