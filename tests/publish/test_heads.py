"""Heads as nginx gives them back by their number."""

from __future__ import annotations

import io

import pytest

from contentapi.publish.heads import NUMBER, WHOLE, Heads
from tests.publish.nginx import Request, maps

HEADS = [
    (200, {"content-type": "application/json", "vary": "Accept-Encoding"}),
    (200, {"content-type": "text/html", "link": '<$1 "\\">; rel="x"', "vary": "Accept-Encoding"}),
    (308, {"content-type": "application/json", "location": "/a$b"}),
    (200, {"content-type": "application/json", "surrogate-key": " ".join(f"page:é{one}$" for one in range(2000))}),
    (200, {"surrogate-key": "x" * 3900}),
    (410, {"surrogate-key": "x" * 3901, "x-new": "0"}),
]


def made() -> tuple[Heads, dict[str, str], str]:
    heads = Heads(io.StringIO)
    for status, head in HEADS:
        heads.number(status, head)
    out = io.StringIO()
    heads.write(out)
    return heads, heads.fields(), out.getvalue()


def told(text: str, fields: dict[str, str], number: int, whole: str) -> dict[str, str]:
    request = Request(maps(text), "GET", "/", {})
    request.known.update({NUMBER: str(number), WHOLE: whole})
    found = {
        name: request.value(variable) for name, variable in {**fields, "location": "contentapi_h_location"}.items()
    }
    return {name: value for name, value in found.items() if value}


@pytest.mark.parametrize(("number", "head"), list(enumerate((one for _, one in HEADS), start=1)))
def test_each_head_is_given_back_by_its_number(number, head):
    _, fields, text = made()
    assert told(text, fields, number, str(number)) == head


def test_what_is_of_the_body_is_left_out_with_it():
    _, fields, text = made()
    assert told(text, fields, 1, "") == {"vary": "Accept-Encoding"}


def test_the_same_head_has_one_number():
    heads = Heads(io.StringIO)
    assert [heads.number(200, one) for one in ({"a": "1"}, {"a": "2"}, {"a": "1"})] == [1, 2, 1]
    assert heads.number(410, {"a": "1"}) == 3
    assert (len(heads), heads.statuses) == (3, {3: 410})


def test_where_nothing_leads_on_there_is_no_location():
    heads, out = Heads(io.StringIO), io.StringIO()
    heads.number(200, {"a": "1"})
    heads.write(out)
    assert told(out.getvalue(), heads.fields(), 1, "1") == {"a": "1"}
