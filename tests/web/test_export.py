"""``/v1/export.*``: everything at once, in three forms, from one state of the index."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest

from contentapi.index import listing
from contentapi.web import present, streamed, table
from contentapi.web.protocol import Limits
from contentapi.web.resources import export
from tests.web import real
from tests.web.client import REPOSITORY, Site
from tests.web.exports import EVERYTHING, FORMS, SMALL, cells, lines, rows

CASES = Path(__file__).with_name("export")


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
        "cross-origin-resource-policy": "cross-origin",
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
