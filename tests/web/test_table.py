"""The export as a table: each kind of value in one form, which is read back, and never a formula."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contentapi.web import present, table
from contentapi.web.resources import export
from tests.web.client import Site
from tests.web.exports import SMALL, cells, lines, rows

#: A text, and what stands in the cell.
GUARDED = [
    ("=1+1", "'=1+1"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("- a", "'- a"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t'=1"),
    ("\r=1", "'\r'=1"),
    ("\n=1", "'\n'=1"),
    ("＝1", "'＝1"),
    ("＋1", "'＋1"),
    ("－1", "'－1"),
    ("＠x", "'＠x"),
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ('=HYPERLINK("http://evil.example")', '\'=HYPERLINK("http://evil.example")'),
    ("a;=1", "a;'=1"),
    ("a,=1", "a,'=1"),
    ("a\t-1", "a\t'-1"),
    ("a\n- b\n+ c", "a\n'- b\n'+ c"),
    ("a\r\n@b", "a\r\n'@b"),
    ("a|=1|'=2", "a|'=1|''=2"),
    ('",=1,"', '",\'=1,"'),
    ("'=1", "''=1"),
    ("''-1;'+1", "'''-1;''+1"),
    ("1-1", "1-1"),
    ("a=b", "a=b"),
    ("a; -b", "a; -b"),
    ("l'été", "l'été"),
    ("'tis", "'tis"),
    ("me@example.org", "me@example.org"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "cell"), GUARDED)
def test_a_text_is_no_formula(text, cell):
    ((read,),) = csv.reader(io.StringIO(table.row([text]).decode(), newline=""))
    assert read == cell
    assert unguarded(read) == text


def unguarded(text: str) -> str:
    """What the documentation says how to get back what was guarded."""
    signs = "=+\\-@\uff1d\uff0b\uff0d\uff20"
    return re.sub(f"^'(?='*[{signs}\t\r\n])|(?<=[,;|\t\r\n])'(?='*[{signs}])", "", text)


#: A value, and what stands in the line.
WRITTEN = [
    (None, ""),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-1, "-1"),
    (-1.5, "-1.5"),
    ("-1", '"\'-1"'),
    ("1", '"1"'),
    ("", '""'),
    ('a "b", c', '"a ""b"", c"'),
    ("a\r\nb", '"a\r\nb"'),
    ([], ""),
    (["a", "b"], '"a|b"'),
    (["a|b", "c\\d"], '"a\\|b|c\\\\d"'),
    (["=1"], '"\'=1"'),
    ([-1, 2], '"\'-1|2"'),
    ([True, None, "a"], '"true||a"'),
    ({"a": [1]}, '"{""a"":[1]}"'),
    ([{"a": "=1"}], '"[{""a"":""=1""}]"'),
]


@pytest.mark.parametrize(("value", "written"), WRITTEN)
def test_each_kind_of_value_has_one_form(value, written):
    assert table.row([value]) == f"{written}\r\n".encode()


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(st.text(st.sampled_from("=+-@'\"\t\r\n,;| a＝")), min_size=1, max_size=3))
def test_whatever_a_text_holds_it_is_read_back_and_no_formula(texts):
    (read,) = csv.reader(io.StringIO(table.row(texts).decode(), newline=""))
    assert [unguarded(one) for one in read] == texts
    for cell in read:
        assert cell[:1] not in {*"=+-@\t\r\n＝＋－＠"} - {""}
        for before, sign in itertools.pairwise(cell):
            assert not (before in ",;|\t\r\n" and sign in "=+-@＝＋－＠")


def test_the_table_is_read_back_as_what_the_lines_hold(shipped: Site, site: Callable[..., Site]):
    for here in (shipped, site(SMALL)):
        found, items = cells(here.get("/v1/export.csv")), lines(here.get("/v1/export.ndjson"))
        assert len(found) == len(items)
        for one, item in zip(found, items, strict=True):
            for name, cell in one.items():
                assert unguarded(cell) == text_of(item, name), (item["id"], name)


def text_of(item: dict[str, Any], column: str) -> str:
    """What the table should say of an item."""
    value: Any = item
    for step in column.split("."):
        value = value.get(step) if value is not None else None
    if isinstance(value, list):
        words = [
            one.get("title" if column == "breadcrumbs" else "slug") if isinstance(one, dict) else one for one in value
        ]
        return "|".join(one.replace("\\", "\\\\").replace("|", "\\|") for one in words)
    return "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()


def test_the_mark_by_which_spreadsheets_know_utf_8_can_be_left_out(shipped: Site):
    with_mark, without = shipped.get("/v1/export.csv"), shipped.get("/v1/export.csv?bom=false")
    assert with_mark.body == b"\xef\xbb\xbf" + without.body
    assert with_mark.headers["etag"] != without.headers["etag"]


def test_no_cell_is_an_object_but_those_that_say_so():
    """A key that is new, and an object, needs columns."""
    for resource in (*present.BY_KIND.values(), present.of_kind("ports")):
        for key in resource.keys:
            if (key.listed or key.name in export.INCLUDABLE) and key.name not in {"fields", "toc", "sections"}:
                plain = str(key.type).replace("typing.", "")
                known = key.name in {*table._PARTS, *table._ENTRIES}
                assert known or plain in PLAIN or "Literal" in plain or "PhaseKind" in plain, (key.name, plain)


PLAIN = {"<class 'str'>", "<class 'int'>", "<class 'bool'>", "str | None", "int | None", "list[str]"}


#: Front matter, a name, and what stands in the cell.
NAMED = [
    ("size: -3", "size", "-3"),
    ("size: '-3'", "size", "'-3"),
    ("a: {b: {c: x}}", "a.b.c", "x"),
    ("a.b: {c: x}", "a.b.c", "x"),
    ("a: [x, y]", "a", "x|y"),
    ("a: [x]", "a", "x"),
    ("a: [{b: x}, {c: y}, {b: z}]", "a.b", "x||z"),
    ("a: [{b: x}, {c: y}, {b: z}]", "a.c", "|y|"),
    ("a: [{b: [x, y]}, {b: z}]", "a.b", "x|y|z"),
    ("a: [1, 2.5]", "a", "1|2.5"),
    ("a: true", "a", "true"),
]


@pytest.mark.parametrize(("front", "name", "cell"), NAMED)
def test_front_matter_is_given_by_name(site: Callable[..., Site], front, name, cell):
    here = site({"a.md": f"---\ntitle: A\n{front}\n---\n", "b.md": "---\ntitle: B\n---\n"})
    found = cells(here.get(f"/v1/export.csv?fields=id,fields.{name}"))
    assert [one[f"fields.{name}"] for one in found] == [cell, ""]


def test_the_order_in_which_columns_are_asked_for_is_not_theirs(site: Callable[..., Site]):
    here = site(SMALL)
    one = here.get("/v1/export.csv?fields=fields.size,title,fields.open&include=text,html")
    other = here.get("/v1/export.csv?include=html&fields=fields.open,title&fields=fields.size&include=text")
    assert rows(one)[0] == [
        "type", "title", "fields.open", "fields.size", "links.self", "links.web", "html", "text",
    ]  # fmt: skip
    assert (one.body, one.headers["etag"]) == (other.body, other.headers["etag"])
