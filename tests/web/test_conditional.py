"""RFC 9110 §13, case by case."""

from __future__ import annotations

import pytest

from contentapi.web import conditional
from contentapi.web.conditional import NOT_MODIFIED, PRECONDITION_FAILED

TAG = b'"abc"'


@pytest.mark.parametrize(
    ("if_none_match", "expected"),
    [
        # one tag
        (b'"abc"', NOT_MODIFIED),
        (b'W/"abc"', NOT_MODIFIED),
        (b'"abd"', None),
        (b'  "abc"\t', NOT_MODIFIED),
        (b"*", NOT_MODIFIED),
        (b" * ", NOT_MODIFIED),
        # lists
        (b'"x", "abc"', NOT_MODIFIED),
        (b'"x","y" , W/"abc"', NOT_MODIFIED),
        (b'"x", "y"', None),
        (b'W/"x", W/"abc"', NOT_MODIFIED),
        (b', ,"abc",', NOT_MODIFIED),
        (b'"a,b", "abc"', NOT_MODIFIED),
        (b'"x, \\"abc"', None),
        # what is no tag matches nothing, and spoils nothing that stood before it
        (b"abc", None),
        (b'"abc', None),
        (b'abc"', None),
        (b'w/"abc"', None),
        (b'W/ "abc"', None),
        (b'"x" "abc"', None),
        (b'"abc", nonsense', NOT_MODIFIED),
        (b'nonsense, "abc"', None),
        (b'*, "x"', None),
        (b"", None),
        (b'"abc"' * 2, None),
        # the same content in another coding is another representation
        (b'"abc-gzip"', None),
        (b'"abc-br", "abc-gzip"', None),
        (b'"' + b"x" * 100_000 + b'", "abc"', NOT_MODIFIED),
        (b'"x",' * 20_000 + b'"abc"', NOT_MODIFIED),
    ],
)
def test_if_none_match_compares_weakly(if_none_match, expected):
    assert conditional.outcome(None, if_none_match, TAG) == expected


@pytest.mark.parametrize(
    ("if_match", "expected"),
    [
        (b'"abc"', None),
        (b'"x", "abc"', None),
        (b"*", None),
        (b'W/"abc"', PRECONDITION_FAILED),
        (b'"x"', PRECONDITION_FAILED),
        (b"", PRECONDITION_FAILED),
        (b"abc", PRECONDITION_FAILED),
    ],
)
def test_if_match_compares_strongly(if_match, expected):
    assert conditional.outcome(if_match, None, TAG) == expected


def test_if_match_comes_first():
    assert conditional.outcome(b'"x"', TAG, TAG) == PRECONDITION_FAILED
    assert conditional.outcome(TAG, TAG, TAG) == NOT_MODIFIED
    assert conditional.outcome(TAG, b'"x"', TAG) is None


def test_no_condition_sends_the_answer():
    assert conditional.outcome(None, None, TAG) is None


def test_a_tag_names_content_and_coding():
    tags = {conditional.etag(body, coding) for body in (b"a", b"b", b"") for coding in ("identity", "br", "gzip")}
    assert len(tags) == 9
    assert all(tag.startswith(b'"') and tag.endswith(b'"') and tag.isascii() for tag in tags)
