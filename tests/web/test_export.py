"""``/v1/export.*``: everything at once, in three forms, from one state of the index, while it is sent."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import itertools
import logging
import re
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import brotli
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contentapi.index import database, listing
from contentapi.web import present, streamed, table, wire
from contentapi.web.app import create_app
from contentapi.web.protocol import Guarded, Limits, Traffic, guarded
from contentapi.web.resources import export
from contentapi.web.streamed import Streams
from tests.benchmarks import corpora
from tests.web import real
from tests.web.client import REPOSITORY, Got, Site
from tests.web.test_wire import Exchange
from tests.web.test_wire import run as on_sockets

CASES = Path(__file__).with_name("export")
FORMS = ("/v1/export.ndjson", "/v1/export.json", "/v1/export.csv")
EVERYTHING = "include=html,toc,markdown,text,sections,outgoing,authors"

#: A site of everything there is, with what no list shows.
SMALL: dict[str, str] = {
    "contentapi.toml": 'site.origin = "https://example.org"\n'
    '[site.license]\nid = "etalab-2.0"\nname = "Licence Ouverte 2.0"\n'
    '[collections.ports]\ndirectory = "ports"\npermalink = "/ports/:slug"\noutput = true\n',
    "index.md": "---\ntitle: Accueil\n---\nVers [la côte](/cote).\n",
    "cote.md": "---\ntitle: =1+1\npermalink: /cote\ndescription: '<b> & \"x\", y'\n---\n## Un\n\n- a\n- b\n",
    "cote/sud.md": "---\ntitle: Sud\npermalink: /cote/sud\nsubtitle: '-3'\n---\nTexte.\n",
    "_posts/2020-01-02-marees.md": "---\ntitle: Marées\nauthors: [ada, bob]\ntags: ['mer|lac', vent]\n---\nLe flot.\n",
    "_authors/ada.md": "---\ntitle: Ada\n---\nElle écrit.\n",
    "_phases/construction.md": "---\ntitle: Construction\nposition: 2\nduration: 6 mois\nobjectives: [a|b, c]\n---\nOui.\n",
    "ports/brest.md": "---\ntitle: Brest\nsize: -3\nopen: true\nevents: [{name: a}, {name: b}]\n---\n",
    "hidden.md": "---\ntitle: Caché\nhidden: true\n---\n",
    "draft.md": "---\ntitle: Brouillon\ndraft: true\n---\n",
    "twin.md": "---\ntitle: Deux\npermalink: /cote/sud\n---\n",
}


def lines(got: Got) -> list[Any]:
    assert got.status == 200, got.text
    assert got.body.endswith(b"\n") or not got.body
    return got.values()


def rows(got: Got) -> list[list[str]]:
    assert got.status == 200, got.text
    assert got.text.endswith("\r\n")
    return list(csv.reader(io.StringIO(got.text.removeprefix("\ufeff"), newline="")))


def cells(got: Got) -> list[dict[str, str]]:
    head, *others = rows(got)
    return [dict(zip(head, one, strict=True)) for one in others]


# -- the whole of it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "case"),
    [
        ("/v1/export.ndjson", "small.ndjson"),
        ("/v1/export.json", "small.json"),
        ("/v1/export.csv", "small.csv"),
        (f"/v1/export.ndjson?{EVERYTHING}&fields=id", "bodies.ndjson"),
        (f"/v1/export.csv?bom=false&{EVERYTHING}&fields=title,fields.size,fields.events.name,fields", "bodies.csv"),
    ],
)
def test_a_small_site_is_exported_as_the_file_shows(site: Callable[..., Site], target, case):
    got = site(SMALL).get(target)
    assert got.status == 200
    # The revision depends on the release too.
    assert got.body.replace(got.headers["x-content-revision"].encode(), b"...") == (CASES / case).read_bytes()


@pytest.mark.parametrize(
    ("target", "media", "more"),
    [
        ("/v1/export.ndjson", "application/x-ndjson", {}),
        ("/v1/export.json", "application/json", {}),
        (
            "/v1/export.csv",
            "text/csv; charset=utf-8; header=present",
            {"content-disposition": 'attachment; filename="export.csv"'},
        ),
    ],
)
def test_the_head_says_what_it_is_and_of_which_revision(shipped: Site, target, media, more):
    got = shipped.get(target)
    headers = dict(got.headers)
    assert headers.pop("etag").startswith('"')
    assert headers == {
        "content-type": media,
        "cache-control": "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "vary": "Accept-Encoding",
        "surrogate-key": "export revision",
        "x-content-revision": shipped.get("/v1/status").json()["revision"],
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Link, X-Content-Revision",
        "x-content-type-options": "nosniff",
        **more,
    }


def test_the_object_says_first_what_it_holds(shipped: Site):
    got = shipped.get("/v1/export.json?collection=phases")
    told = got.json()
    assert list(told) == ["meta", "items"]
    assert told["meta"] == {"revision": got.headers["x-content-revision"], "total": len(told["items"])}
    assert got.body.startswith(b'{"meta":{"revision":"')


def test_a_site_without_documents_has_an_empty_export(site: Callable[..., Site]):
    empty = site({"contentapi.toml": ""})
    assert empty.get("/v1/export.ndjson").body == b""
    assert empty.get("/v1/export.json").json()["items"] == []
    assert len(rows(empty.get("/v1/export.csv"))) == 1
    assert gzip.decompress(empty.get("/v1/export.ndjson", accept_encoding="gzip").body) == b""


# -- it is what the lists are -----------------------------------------------------------------------------------------


def walked(site: Site, query: str = "", *, only: tuple[str, ...] = ()) -> list[Any]:
    """The items of the lists of all collections, in byte order of their files."""
    found = []
    for one in site.get("/v1/collections").json()["items"]:
        if not only or one["name"] in only:
            asked = "&".join(("limit=100", *([_for(query, one["type"])] if query else [])))
            found += site.walk(f"{one['links']['self']}?{asked}")
    return sorted(found, key=lambda one: one["source"]["path"].encode())


def _for(query: str, kind: str) -> str:
    """Of what is asked, what the documents of that type have."""
    name, _, words = query.partition("=")
    known = present.names(present.of_kind(kind))
    return f"{name}={','.join(word for word in words.split(',') if word in known)}"


def is_what_the_lists_are(site: Site) -> None:
    items = walked(site)
    assert lines(site.get("/v1/export.ndjson")) == items
    whole = site.get("/v1/export.json").json()
    assert whole["items"] == items
    assert whole["meta"]["total"] == len(items)
    assert [one["id"] for one in cells(site.get("/v1/export.csv"))] == [
        table._DANGEROUS.sub("'", one["id"]) for one in items
    ]
    assert lines(site.get(f"/v1/export.ndjson?{EVERYTHING}")) == walked(site, EVERYTHING)
    alone = [site.get(one["links"]["self"]).json() for one in items]
    assert [{name: single[name] for name in one} for one, single in zip(items, alone, strict=True)] == items


def test_it_is_what_the_lists_are(shipped: Site, site: Callable[..., Site]):
    is_what_the_lists_are(shipped)
    is_what_the_lists_are(site(SMALL))


@pytest.mark.parametrize("name", ["seeds", "corpus/blog-2018", "corpus/site-2023"])
def test_of_real_content_it_is_what_the_lists_are(shared, tmp_path_factory, name):
    if not (shared / name).is_dir():
        pytest.skip(f"there is no {shared / name}")
    with real.served(shared / name, tmp_path_factory) as served:
        is_what_the_lists_are(served)


# -- what can be asked ------------------------------------------------------------------------------------------------


def test_collections_restrict_it_named_once_or_several_times(site: Callable[..., Site]):
    here = site(SMALL)
    both = walked(here, only=("ports", "articles"))
    assert lines(here.get("/v1/export.ndjson?collection=ports&collection=articles")) == both
    assert lines(here.get("/v1/export.ndjson?collection=articles,ports")) == both
    assert {one["type"] for one in both} == {"article", "ports"}


def test_a_key_that_some_resource_has_is_given_where_it_is(site: Callable[..., Site]):
    found = lines(site(SMALL).get("/v1/export.ndjson?fields=date,position"))
    assert {one["type"]: sorted(one) for one in found} == {
        "author": ["links", "type"],
        "page": ["links", "type"],
        "phase": ["links", "position", "type"],
        "article": ["date", "links", "type"],
        "ports": ["date", "links", "type"],
    }


def test_every_key_of_an_item_can_be_asked_for_alone(site: Callable[..., Site]):
    here = site(SMALL)
    whole = lines(here.get(f"/v1/export.ndjson?{EVERYTHING}"))
    for name in dict.fromkeys(name for one in whole for name in one):
        alone = lines(here.get(f"/v1/export.ndjson?fields={name}&include=authors"))
        assert alone == [
            {key: value for key, value in one.items() if key in {"type", "links", name, "authors"}} for one in whole
        ]


def error(site: Site, target: str) -> tuple[str, str | None]:
    """Which parameter is wrong, and what was probably meant."""
    got = site.get(target)
    assert got.status == 400, target
    (told,) = got.json()["errors"]
    return told["parameter"], told["did_you_mean"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("query", "parameter", "near"),
    [
        ("collection=article", "collection", "articles"),
        ("collection=", "collection", None),
        ("collection=pages,nowhere", "collection", None),
        ("include=htm", "include", "html"),
        ("include=title", "include", None),
        *(
            (f"include={name}", "include", None)
            for name in ("sidebar", "incoming", "children", "related", "statements")
        ),
        ("include=authors&collection=pages", "include", None),
        ("include=surround", "include", None),
        ("fields=titel", "fields", "title"),
        ("fields=children", "fields", None),
        ("fields=date&collection=pages", "fields", None),
        ("limit=10", "limit", None),
        ("sort=title", "sort", None),
        ("cursor=x", "cursor", None),
        ("title=x", "title", None),
        ("colection=pages", "colection", "collection"),
        ("format=csv", "format", None),
    ],
)
def test_what_is_not_known_is_told(shipped: Site, form, query, parameter, near):
    found = error(shipped, f"{form}?{query}")
    assert found[0] == parameter
    assert near is None or found[1] == near


def test_front_matter_by_name_is_of_the_table_and_must_be_that_of_a_document(site: Callable[..., Site]):
    here = site(SMALL)
    assert error(here, "/v1/export.csv?fields=fields.sise") == ("fields", "fields.size")
    assert error(here, "/v1/export.csv?fields=fields.size&collection=pages") == ("fields", None)
    assert error(here, "/v1/export.csv?fields=fields.") == ("fields", "fields")
    assert error(here, "/v1/export.ndjson?fields=fields.size") == ("fields", "fields")
    assert error(here, "/v1/export.ndjson?bom=false")[0] == "bom"
    assert error(here, "/v1/export.csv?bom=no")[0] == "bom"


def test_the_description_tells_what_can_be_asked(site: Callable[..., Site]):
    paths = site(SMALL).get("/v1/openapi.json").json()["paths"]
    for form, media in zip(FORMS, ("application/x-ndjson", "application/json", "text/csv"), strict=True):
        told = paths[form]["get"]
        assert list(told["responses"]["200"]["content"]) == [media]
        named = {one["name"]: one["schema"].get("items", {}) for one in told["parameters"]}
        assert named["collection"]["enum"] == ["articles", "authors", "pages", "phases", "ports"]
        assert named["include"]["enum"] == list(export.INCLUDABLE)
        assert "503" in told["responses"]
    assert {"position", "date", "html"} <= set(named["fields"]["anyOf"][0]["enum"])


# -- the table --------------------------------------------------------------------------------------------------------

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


# -- conditions, HEAD, codings ----------------------------------------------------------------------------------------


@pytest.fixture
def unread(monkeypatch):
    """Nobody may read any document."""

    def fail(*_: object) -> Iterator[Any]:
        raise AssertionError("a document was read")

    monkeypatch.setattr(listing, "everything", fail)
    monkeypatch.setattr(listing, "count", fail)


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_head_and_304_read_no_document(shipped: Site, unread, target, coding):
    head = shipped.head(target, accept_encoding=coding)
    assert (head.status, head.body) == (200, b"")
    assert "content-length" not in head.headers
    for method in ("GET", "HEAD"):
        got = shipped.request(method, target, accept_encoding=coding, if_none_match=head.headers["etag"])
        assert (got.status, got.body) == (304, b"")
    assert shipped.get(target, if_match='"x"').status == 412


@pytest.mark.parametrize("target", FORMS)
def test_each_coding_is_the_same_content_under_its_own_tag(shipped: Site, target):
    plain = shipped.get(target)
    undo = {"br": brotli.decompress, "gzip": gzip.decompress}
    got = {coding: shipped.get(target, accept_encoding=coding) for coding in undo}
    for coding, one in got.items():
        assert one.headers["content-encoding"] == coding
        assert undo[coding](one.body) == plain.body
        assert len(one.body) < len(plain.body) / 2
    assert len({plain.headers["etag"], *(one.headers["etag"] for one in got.values())}) == 3


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_the_bytes_depend_on_no_clock(shipped: Site, monkeypatch, coding):
    target = f"/v1/export.ndjson?{EVERYTHING}"
    usual = shipped.get(target, accept_encoding=coding).body
    for moment in (0.0, 3600.0):
        monkeypatch.setattr(streamed, "_MOMENT", moment)
        assert shipped.get(target, accept_encoding=coding).body == usual


def test_the_tag_names_the_revision_the_wish_and_the_settings(site: Callable[..., Site]):
    here = site(SMALL)
    other = site({**SMALL, "contentapi.toml": SMALL["contentapi.toml"].replace("example.org", "example.net")})

    def tag(target: str, site: Site = here) -> str:
        return site.get(target).headers["etag"]

    tags = [tag(one) for one in (*FORMS, "/v1/export.ndjson?include=html", "/v1/export.ndjson?fields=html")]
    tags += [tag("/v1/export.ndjson?collection=ports"), tag("/v1/export.ndjson", other)]
    assert len(set(tags)) == len(tags)
    same = "/v1/export.ndjson?fields=id,title", "/v1/export.ndjson?fields=title&fields=id,id"
    assert tag(same[0]) == tag(same[1])
    here.change({"ports/calais.md": "---\ntitle: Calais\n---\n"})
    assert tag("/v1/export.ndjson") != tags[0]
    here.change({"ports/calais.md": None})
    assert tag("/v1/export.ndjson") == tags[0]


def test_what_bears_one_revision_is_the_same_whatever_happened_before(site: Callable[..., Site]):
    """The tag is of the revision: nothing that items show may change under it."""
    here = site(SMALL)
    broken = "---\ntitle: [\n---\n"
    for files in (
        {"ports/brest.md": broken},  # its last good version is served
        {"other.bin": "a file that is neither a document nor served", "drafts.md": "---\ndraft: true\n---\n"},
        {"index.md": SMALL["index.md"] + "[a](/other.bin)\n"},
        {"cote/sud.md": None, "_posts/2021-01-01-marees.md": "---\ntitle: Deux\n---\n"},
        {"_redirects": "/vieux /cote 301\n"},
        {"_redirects": None, "_posts/2021-01-01-marees.md": None, "index.md": SMALL["index.md"]},
        {"twin.md": None},
        {"twin.md": SMALL["twin.md"], "cote/sud.md": SMALL["cote/sud.md"]},
    ):
        here.change(files)
    again = site(SMALL)
    for target in (*FORMS, f"/v1/export.ndjson?{EVERYTHING}"):
        one, other = here.get(target), again.get(target)
        assert one.headers["x-content-revision"] == other.headers["x-content-revision"]
        assert (one.body, one.headers) == (other.body, other.headers)


def test_it_is_kept_no_longer_than_until_something_appears(site: Callable[..., Site]):
    here = site(SMALL)
    usual = here.get("/v1/export.ndjson").headers["cache-control"]
    here.app._desk.due = time.time() + 20
    for got in (here.get("/v1/export.ndjson"), here.head("/v1/export.csv")):
        age = re.match(r"public, max-age=(\d+), stale-if-error=86400$", got.headers["cache-control"])
        assert age is not None
        assert 10 < int(age[1]) <= 20
    here.app._desk.due = time.time() + 100_000
    assert here.get("/v1/export.ndjson").headers["cache-control"] == usual


def test_the_bounds_are_those_that_are_documented():
    told = " ".join((REPOSITORY / "docs/export.md").read_text().split())
    assert f"after {streamed.LONGEST:g} seconds at the latest" in told
    assert f"for {Limits().stalled:g} seconds is hung up on" in told
    assert streamed.MOST == 4
    assert "A worker sends four at once" in told
    for name in export.INCLUDABLE:
        assert f"`{name}`" in told


# -- while it is sent -------------------------------------------------------------------------------------------------


class Sending:
    """One request on its way: what happens when a part of its answer was sent is told by ``meanwhile``."""

    def __init__(self, site: Site, target: str, meanwhile: Callable[[int], Any], method: str = "GET") -> None:
        self.sent: list[Any] = []
        self._site, self._target, self._method, self._meanwhile = site, target, method, meanwhile
        self.gone = asyncio.Event()

    async def run(self) -> Sending:
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                await self.gone.wait()
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            self.sent.append(message)
            told = self._meanwhile(len(self.sent))
            if told is not None:
                await told

        path, _, query = self._target.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "method": self._method, "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": [],
        }  # fmt: skip
        await self._site.app(scope, receive, send)
        return self

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def body(self) -> bytes:
        return b"".join(one["body"] for one in self.sent[1:])

    @property
    def complete(self) -> bool:
        return self.sent[-1].get("more_body") is None and self.sent[-1]["type"] == "http.response.body"


def sending(site: Site, target: str, meanwhile: Callable[[int], Any]) -> Sending:
    return asyncio.run(Sending(site, target, meanwhile).run())


@pytest.fixture
def bit_by_bit(monkeypatch):
    """Each item is sent by itself."""
    monkeypatch.setattr(streamed, "BLOCK", 1)


def held(site: Site) -> bool:
    """Whether someone keeps the writer from shortening the WAL."""
    connection = apsw.Connection(str(site.settings.index))
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return bool(busy)
    finally:
        connection.close()


@pytest.mark.parametrize("target", [*FORMS, f"/v1/export.ndjson?{EVERYTHING}"])
def test_a_sync_in_the_middle_of_it_neither_mixes_nor_fails(site: Callable[..., Site], bit_by_bit, target):
    here = site(SMALL)
    before = here.get(target)

    def change(count: int) -> None:
        if count == 4:
            here.sync()  # nothing to do
            here.change({"_phases/construction.md": None, "index.md": "---\ntitle: Autre\n---\n", "z.md": "---\n---\n"})
            assert held(here)

    got = sending(here, target, change)
    assert got.complete
    assert len(got.sent) > 8
    assert got.body == before.body
    after = here.get(target)
    assert after.body != before.body
    assert after.headers["x-content-revision"] != before.headers["x-content-revision"]
    assert not held(here)


def test_an_index_that_is_replaced_in_the_middle_of_it_is_sent_to_its_end(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)
    before = here.get("/v1/export.ndjson")

    def replace(count: int) -> None:
        if count == 4:
            database.remove(here.settings.index)
            here.change({"index.md": "---\ntitle: Autre\n---\n"})

    got = sending(here, "/v1/export.ndjson", replace)
    assert got.complete
    assert got.body == before.body
    assert here.get("/v1/export.ndjson").body != before.body


def test_who_goes_away_lets_go_what_was_held_for_them(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> Sending:
        def leave(count: int) -> None:
            if count == 3:
                here.change({"z.md": "---\n---\n"})
                assert held(here)
                caller.gone.set()

        caller = Sending(here, "/v1/export.ndjson", leave)
        return await caller.run()

    got = asyncio.run(go())
    assert not got.complete
    assert 3 <= len(got.sent) < 8
    assert not held(here)
    assert not here.app._desk.streams._under_way


def test_who_goes_away_while_nothing_can_be_sent_lets_go_too(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> None:
        def stand_still(count: int) -> Any:
            if count == 3:
                caller.gone.set()
                return asyncio.Event().wait()
            return None

        caller = Sending(here, "/v1/export.ndjson", stand_still)
        assert not (await caller.run()).complete

    asyncio.run(go())
    assert not held(here)


def test_who_takes_too_long_is_not_waited_for(site: Callable[..., Site], bit_by_bit, caplog):
    here = site(SMALL)
    here.app._desk.streams = Streams(longest=0.02)
    got = sending(here, "/v1/export.ndjson", lambda count: asyncio.Event().wait() if count == 3 else None)
    assert not got.complete
    assert not held(here)
    assert [one.getMessage() for one in caplog.records] == [
        "An answer was broken off: it was not taken within 0.02 seconds."
    ]


def test_a_worker_that_ends_lets_go_what_it_held(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> None:
        standing = asyncio.Event()

        def stand_still(count: int) -> Any:
            if count == 3:
                standing.set()
                return asyncio.Event().wait()
            return None

        task = asyncio.ensure_future(Sending(here, "/v1/export.ndjson", stand_still).run())
        await standing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(go())
    assert not held(here)
    assert not here.app._desk.streams._under_way


@pytest.mark.parametrize("target", FORMS)
def test_what_fails_in_the_middle_is_broken_off_and_logged_without_what_it_says(
    site: Callable[..., Site], bit_by_bit, monkeypatch, caplog, target
):
    here = site(SMALL)
    usual = present.of_row

    def fail(reader, addresses, row):
        if row.type == "page":
            raise RuntimeError("secret\nERROR forged line")
        return usual(reader, addresses, row)

    monkeypatch.setattr(present, "of_row", fail)
    with caplog.at_level(logging.ERROR):
        got = sending(here, target, lambda _: None)
    assert got.status == 200
    assert not got.complete
    assert not any(line.startswith("ERROR forged") for line in caplog.text.splitlines())
    assert "RuntimeError" in caplog.text
    assert not held(here)


def test_of_too_many_at_once_the_last_are_told_to_come_again(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)
    here.app._desk.streams = Streams(most=2)

    async def go() -> None:
        full, free = asyncio.Event(), asyncio.Event()
        standing = 0

        def stand(count: int) -> Any:
            nonlocal standing
            if count == 3:
                standing += 1
                if standing == 2:
                    full.set()
                return free.wait()
            return None

        under_way = [asyncio.ensure_future(Sending(here, "/v1/export.ndjson", stand).run()) for _ in range(2)]
        await full.wait()
        refused = await Sending(here, "/v1/export.csv", lambda _: None).run()
        head = await Sending(here, "/v1/export.csv", lambda _: None, "HEAD").run()
        page = await Sending(here, "/v1/pages", lambda _: None).run()
        free.set()
        assert [one.complete for one in await asyncio.gather(*under_way)] == [True, True]
        assert [one.status for one in (refused, head, page)] == [503, 200, 200]
        told = dict(refused.sent[0]["headers"])
        assert told[b"retry-after"] == b"10"
        assert told[b"cache-control"] == b"no-store"
        assert orjson.loads(refused.body)["status"] == 503
        assert (await Sending(here, "/v1/export.csv", lambda _: None).run()).status == 200

    asyncio.run(go())


def test_others_are_answered_between_two_moments(site: Callable[..., Site], bit_by_bit):
    here = site(SMALL)

    async def go() -> None:
        done: list[str] = []

        async def ask(target: str) -> None:
            await Sending(here, target, lambda _: None).run()
            done.append(target)

        await asyncio.gather(ask("/v1/export.ndjson"), *(ask(f"/v1/pages?limit={number}") for number in range(1, 5)))
        assert done[-1] == "/v1/export.ndjson"

    asyncio.run(go())


def test_without_an_index_it_is_told_so(tmp_path: Path):
    (tmp_path / "content").mkdir()
    with Site(tmp_path / "content", tmp_path / "index.db", sync=False) as here:
        got = here.get("/v1/export.ndjson")
        assert got.status == 503
        assert got.headers["retry-after"] == "1"


# -- of much, little is held ------------------------------------------------------------------------------------------

MANY = 9_000
#: What is held while much is sent, and what an answer that was made whole would have taken.
LITTLE, MUCH = 3_000_000, 30_000_000


def test_of_many_documents_few_are_held(tmp_path: Path):
    corpora.write(tmp_path / "content", MANY)
    with Site(tmp_path / "content", tmp_path / "index.db") as here:
        query = "include=html,sections"
        whole = here.get(f"/v1/export.ndjson?{query}").body.splitlines(keepends=True)
        paths = [orjson.loads(line)["source"]["path"] for line in whole]
        assert len(paths) == MANY
        assert paths == sorted(paths, key=str.encode)
        assert sum(map(len, whole)) > MUCH
        longest = streamed.BLOCK + max(map(len, whole))
        for coding in ("identity", "br"):
            largest, peak = held_while_sent(here, "/v1/export.ndjson", query, coding)
            assert largest <= longest, coding
            assert peak < LITTLE, coding


def held_while_sent(site: Site, path: str, query: str, coding: str) -> tuple[int, int]:
    """The largest part that was sent, and the most memory that Python's objects took meanwhile."""
    largest = 0

    async def send(message: Any) -> None:
        nonlocal largest
        largest = max(largest, len(message.get("body", b"")))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"accept-encoding", coding.encode())],
    }  # fmt: skip
    tracemalloc.start()
    try:
        asyncio.run(site.app(scope, receive, send))
        return largest, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# -- over sockets -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["guarded", "direct"])
def served(request, shipped: Site) -> Exchange:
    app = create_app(shipped.settings, index=shipped.index, ready=lambda: True)
    made: type[Guarded] = (
        guarded(Limits(), Traffic()) if request.param == "guarded" else wire.direct(Limits(), Traffic(), app)
    )
    return Exchange(made, app)


def asked(target: str, version: str = "1.1", *fields: str) -> bytes:
    return "\r\n".join((f"GET {target} HTTP/{version}", "Host: a", *fields, "", "")).encode()


def unchunked(said: bytes) -> tuple[bytes, bytes]:
    """The body of an answer in chunks, and what comes after it."""
    head, _, left = said.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    body = b""
    while True:
        size, _, left = left.partition(b"\r\n")
        length = int(size, 16)
        body, left = body + left[:length], left[length:].removeprefix(b"\r\n")
        if not length:
            return body, left


def test_a_connection_can_be_used_again_after_it(served: Exchange, shipped: Site):
    expected = {target: shipped.get(target).body for target in FORMS}

    async def test() -> None:
        async with served as exchange:
            asking = b"".join(asked(target) for target in FORMS)
            said = await exchange.say(asking + asked("/livez", "1.1", "Connection: close"))
            for target in FORMS:
                body, said = unchunked(said)
                assert body == expected[target]
            assert said.startswith(b"HTTP/1.1 200 OK\r\n")
            assert said.endswith(b'{"status":"ok"}')

    on_sockets(test)


def test_a_caller_of_http_1_0_gets_it_without_chunks(served: Exchange, shipped: Site):
    expected = shipped.get("/v1/export.json").body

    async def test() -> None:
        async with served as exchange:
            head, _, body = (await exchange.say(asked("/v1/export.json", "1.0"))).partition(b"\r\n\r\n")
            assert b"transfer-encoding" not in head
            assert b"connection: close" in head
            assert body == expected

    on_sockets(test)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_what_has_no_body_is_followed_by_the_next_answer(served: Exchange, shipped: Site, method):
    tag = shipped.get("/v1/export.json").headers["etag"]
    fields = () if method == "HEAD" else (f"If-None-Match: {tag}",)

    async def test() -> None:
        async with served as exchange:
            first = asked("/v1/export.json", "1.1", *fields).replace(b"GET", method.encode())
            said = await exchange.say(first + asked("/livez", "1.1", "Connection: close"))
            head, _, left = said.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200" if method == "HEAD" else b"HTTP/1.1 304")
            assert left.startswith(b"HTTP/1.1 200 OK\r\n")

    on_sockets(test)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_is_broken_off_is_seen_to_be_incomplete(served: Exchange, bit_by_bit, monkeypatch, version):
    def fail(*_: object) -> Iterator[Any]:
        yield from ()
        raise RuntimeError

    async def test() -> None:
        async with served as exchange:
            reader, writer = await exchange.connect()
            writer.write(asked("/v1/export.json", version))
            if version == "1.0":
                with pytest.raises(ConnectionResetError):
                    await reader.read()
            else:
                said = await reader.read()
                assert b"transfer-encoding: chunked" in said
                assert not said.endswith(b"0\r\n\r\n")
            writer.close()

    monkeypatch.setattr(export, "items", fail)
    on_sockets(test)


def test_who_hangs_up_in_the_middle_ends_it(served: Exchange, shipped: Site, monkeypatch):
    app = served.config.app

    async def test() -> None:
        async with served as exchange:
            reader, writer = await exchange.connect()
            writer.write(asked("/v1/export.ndjson"))
            await reader.readuntil(b"\r\n\r\n")
            assert app._desk.streams._under_way == 1
            writer.transport.abort()
            while app._desk.streams._under_way:  # noqa: ASYNC110 - nobody tells when it is over
                await asyncio.sleep(0.001)
        assert not held(shipped)

    monkeypatch.setattr(export, "items", lambda *_: itertools.repeat({"without": "end"}))
    on_sockets(test)
