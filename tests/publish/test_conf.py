"""The language of nginx, written and read back."""

from __future__ import annotations

import io

import pytest

from contentapi.publish.conf import LONGEST, Shelves, literal
from tests.publish.nginx import Request, maps


@pytest.mark.parametrize(
    "text", ["", "plain", "two words", 'a "quoted" one', "back\\slash\\", "$money ${x} $1", "tab\tand\nline", "é{;}#~*"]
)
def test_a_text_is_read_back_as_it_was(text):
    request = Request(maps(f"map $uri $x {{\n  default {literal(text)};\n}}\n"), "GET", "/", {})
    assert request.value("x") == text


def test_keys_that_differ_by_capitals_stand_on_shelves_of_their_own():
    shelves, out = Shelves(io.StringIO()), io.StringIO()
    rows = {"/about": "first", "/About": "second", "/other": "third", "/ABOUT": "fourth"}
    assert all(shelves.add(key, row) for key, row in rows.items())
    shelves.write(out, "uri", "row")
    request = Request(maps(out.getvalue()), "GET", "/aBout", {})
    assert [request.value(f"row_{shelf}") for shelf in (1, 2, 3)] == ["first", "second", "fourth"]
    assert (shelves.rows, shelves.count) == (4, 3)


@pytest.mark.parametrize(
    ("key", "row", "fits"),
    [
        ("k" * LONGEST, "r", True),
        ("k" * (LONGEST + 1), "r", False),
        ("k", "r" * (LONGEST - 2), True),
        ("k", "é" * (LONGEST // 2), False),
        ("k", "$" * (LONGEST // 10), False),
    ],
)
def test_a_word_that_nginx_cannot_read_is_refused(key, row, fits):
    assert Shelves(io.StringIO()).add(key, row) is fits
