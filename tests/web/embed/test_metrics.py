from __future__ import annotations

import pytest

from contentapi.web.embed import metrics


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("", 10, [""]),
        ("one two", 10, ["one two"]),
        ("one two", 2, ["one", "two"]),
        ("well-known", 3.5, ["well-", "known"]),
        ("unbreakable", 2.5, ["unbr", "eaka", "ble"]),
        ("6\u202fà 9\u00a0mois", 3, ["6\u202fà", "9\u00a0moi", "s"]),
    ],
)
def test_lines_are_broken_as_browsers_break_them(text, room, expected):
    assert metrics.wrapped(text, room) == expected


def test_bold_is_wider_and_a_capital_w_wider_than_an_i():
    assert metrics.width("Title", bold=True) > metrics.width("Title")
    assert metrics.width("W") > 3 * metrics.width("i")


def test_a_sign_that_no_one_measured_takes_room():
    assert metrics.width("漢") == 1.0


def test_no_text_takes_for_ever():
    assert metrics.lines("x" * 20_000, 0.01) == 20_000
