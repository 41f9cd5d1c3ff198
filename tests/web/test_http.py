"""What HTTP promises of every address and every kind of answer, on the content that is shipped."""

from __future__ import annotations

import gzip
import itertools
import logging
import re

import brotli
import pytest

from contentapi.errors import IndexUnavailable
from contentapi.index import database
from contentapi.web.app import OPERATIONS
from contentapi.web.embed import script
from tests.web.client import Client, Got, Site

ANSWERED = (
    "/",
    "/docs",
    "/livez",
    "/readyz",
    "/metrics",
    "/v1/openapi.json",
    "/v1/status",
    "/v1/pages",
    "/v1/pages?limit=2&sort=-title",
    "/v1/pages?title__contains=phase&fields=title",
    "/v1/pages/index",
    "/v1/pages/approche",
    "/v1/pages/approche?fields=title&include=text",
    "/v1/pages/approche.md",
    "/v1/phases",
    "/v1/phases/construction",
    "/v1/phases/construction.md",
    "/v1/articles",
    "/v1/articles/mesurer-l-impact",
    "/v1/articles/mesurer-l-impact.md",
    "/v1/authors",
    "/v1/authors/groupe-impact",
    "/v1/authors/groupe-impact.md",
    "/v1/tags",
    "/v1/tags/impact",
    "/v1/categories",
    "/v1/categories/methode",
    "/v1/navigation",
    "/v1/navigation?current=/approche/&depth=1",
    "/v1/navigation/nav",
    "/v1/navigation/footer.links",
    "/v1/collections",
    "/v1/collections/articles",
    "/v1/search?q=mesurer%20l%27impact",
    "/v1/search/suggest?q=comi",
    "/v1/resolve?path=/approche/",
    "/v1/resolve?path=/programme",
    "/v1/redirects",
    "/v1/redirects?format=netlify",
    "/v1/redirects?format=nginx",
    "/v1/redirects?format=next",
    "/v1/redirects?format=csv",
    "/v1/changes",
    "/v1/changes?include=html&collection=phases",
    "/v1/export.ndjson",
    "/v1/export.ndjson?collection=phases&fields=id,digest",
    "/v1/export.json?include=html",
    "/v1/export.csv",
    "/v1/diagnostics",
    "/v1/assets/img/cycle.svg",
    "/embed",
    "/embed?item=pages/approche&theme=dark&width=320",
    "/embed.js",
    f"/embed.{script.name()}.js",
    "/embed/phases",
    "/embed/phases.html?fragment",
    "/embed/phases.svg",
    "/embed/phases/construction",
    "/embed/phases/construction.html?fragment&classes=dsfr",
    "/embed/articles/mesurer-l-impact?show=summary",
    "/embed/pages/approche?resize=true",
    "/oembed?url=/embed/phases/construction",
    "/oembed?url=https://beta.gouv.fr/approche&format=xml",
    "/feed.json",
    "/feed.json?limit=2&tag=impact&content=excerpt",
    "/feed.atom",
    "/feed.atom?limit=1&nothing=1&limit=0&date__gte=never",
    "/sitemap.xml",
    "/sitemaps/1.xml",
    "/robots.txt",
    "/llms.txt",
    "/llms-full.txt",
)
#: What goes on for as long as anyone listens (test_events.py).
LASTING = ("/v1/events",)
#: What is about this very instant: two requests may well get two answers.
CHANGING = {"/metrics"}
MOVED = (
    "/v1/pages/approche/",
    "/v1/pages/programme",
    "/v1/pages/",
    "/v1/phases/realisation",
    "/v1/articles/",
    "/v1/collections/pages/approche",
    "/v1/%61rticles",
    "/embed/phases/realisation",
    "/embed/pages/approche/",
)
FAILED = {
    "/v1/nothing": 404,
    "/nothing": 404,
    "/v1/pages/nothing": 404,
    "/v1/phases/nothing": 404,
    "/v1/articles/nothing": 404,
    "/v1/authors/nothing": 404,
    "/v1/navigation/nothing": 404,
    "/v1/collections/nothing": 404,
    "/v1/collections/articles/nothing": 404,
    "/v1/assets/img/nothing.png": 404,
    "/v1/pages/concours-2019": 410,
    "/v1/pages?limit=0": 400,
    "/v1/pages?nothing=1": 400,
    "/v1/status?nothing=1": 400,
    "/v1/resolve": 400,
    "/embed/phases/nothing": 404,
    "/embed/phases/construction?section=nothing": 404,
    "/embed/articles/nothing": 404,
    "/embed/pages/nothing": 404,
    "/embed/pages/concours-2019": 410,
    "/embed.0123456789abcdef.js": 404,
    "/v1/changes?since=yesterday": 400,
    "/v1/changes?since=1999-12-31": 410,
    "/v1/changes?since=0123456789abcdef0123456789abcdef": 410,
    "/v1/export.ndjson?collection=page": 400,
    "/v1/export.csv?fields=fields.nothing": 400,
    "/sitemaps/2.xml": 404,
    "/sitemaps/01.xml": 404,
    "/oembed": 400,
    "/oembed?url=https://elsewhere.example/": 404,
    "/oembed?url=/embed/phases&format=yaml": 501,
    "/v1/pages?" + "x" * 9000: 414,
}


def test_every_operation_is_among_the_addresses_tested_here():
    paths = [re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+\}", "[^/]+", one.path)) for one in OPERATIONS]
    missing = [
        path
        for path in paths
        if not any(re.fullmatch(path, one.partition("?")[0]) for one in (*ANSWERED, *MOVED, *LASTING))
    ]
    assert missing == []


@pytest.mark.parametrize("target", ANSWERED)
def test_it_answers_with_a_revision(shipped: Site, target):
    got = shipped.get(target)
    assert got.status == 200
    assert got.headers["x-content-revision"] == shipped.get("/v1/status").json()["revision"]


@pytest.mark.parametrize("target", [*ANSWERED, *MOVED, *FAILED])
def test_head_is_get_without_its_body(shipped: Site, target):
    if target in CHANGING:
        pytest.skip("it counts the requests")
    for coding in ("identity", "gzip", "br"):
        get, head = shipped.get(target, accept_encoding=coding), shipped.head(target, accept_encoding=coding)
        assert head.status == get.status
        assert head.headers == get.headers
        assert head.body == b""


@pytest.mark.parametrize("target", ANSWERED)
def test_what_the_caller_holds_is_not_sent_again(shipped: Site, target):
    if target in CHANGING:
        pytest.skip("it counts the requests")
    for coding, method in itertools.product(("identity", "gzip", "br"), ("GET", "HEAD")):
        get = shipped.get(target, accept_encoding=coding)
        tag = get.headers["etag"]
        for held in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            got = shipped.request(method, target, accept_encoding=coding, if_none_match=held)
            assert got.status == 304, held
            same = {"etag", "cache-control", "vary", "link", "surrogate-key", "x-content-revision"} & set(get.headers)
            assert all(got.headers[name] == get.headers[name] for name in same)
            assert "content-length" not in got.headers
            assert "content-type" not in got.headers
        for held in ('"x"', "x", '"x", "y"', ""):
            assert shipped.request(method, target, accept_encoding=coding, if_none_match=held).status == 200


@pytest.mark.parametrize("target", ANSWERED)
def test_one_tag_never_names_two_sequences_of_bytes(shipped: Site, target):
    seen: dict[str, bytes] = {}
    for coding in ("identity", "gzip", "br"):
        for accept in ("application/json", "text/markdown", "text/html", "*/*"):
            got = shipped.get(target, accept_encoding=coding, accept=accept)
            if got.status == 200:
                assert seen.setdefault(got.headers["etag"], got.body) == got.body
    assert seen


def test_the_tag_of_another_coding_is_that_of_another_representation(shipped: Site):
    held = shipped.get("/v1/pages", accept_encoding="br").headers["etag"]
    assert shipped.get("/v1/pages", accept_encoding="gzip", if_none_match=held).status == 200
    assert shipped.get("/v1/pages", accept_encoding="br", if_none_match=held).status == 304


def test_a_tag_that_was_sent_on_several_lines_is_found(shipped: Site):
    tag = shipped.get("/v1/pages").headers["etag"].encode()
    got = shipped.send("GET", b"/v1/pages", [(b"if-none-match", b'"x"'), (b"if-none-match", tag)])
    assert got.status == 304


def test_if_match_holds_or_fails(shipped: Site):
    tag = shipped.get("/v1/pages").headers["etag"]
    assert shipped.get("/v1/pages", if_match=tag).status == 200
    assert shipped.get("/v1/pages", if_match="*").status == 200
    for target in ("/v1/pages", "/v1/pages?limit=3"):
        for method in ("GET", "HEAD"):
            assert shipped.request(method, target, if_match='"x"').status == 412
    assert shipped.get("/v1/pages", if_match=f"W/{tag}").status == 412
    assert shipped.get("/v1/pages", if_match=tag, if_none_match=tag).status == 304
    # A condition is about what is there.
    assert shipped.get("/v1/pages/nothing", if_match='"x"').status == 404
    assert shipped.get("/v1/pages/nothing", if_none_match="*").status == 404


def test_dates_and_ranges_change_nothing(shipped: Site):
    whole = shipped.get("/v1/assets/img/cycle.svg")
    for headers in (
        {"range": "bytes=0-9"},
        {"range": "bytes=0-9", "if_range": whole.headers["etag"]},
        {"if_modified_since": "Sun, 06 Nov 2050 08:49:37 GMT"},
        {"if_unmodified_since": "Sun, 06 Nov 1994 08:49:37 GMT"},
    ):
        assert shipped.get("/v1/assets/img/cycle.svg", **headers) == whole
    tag = whole.headers["etag"]
    got = shipped.get("/v1/assets/img/cycle.svg", if_none_match=tag, if_modified_since="Sun, 06 Nov 1994 08:49:37 GMT")
    assert got.status == 304
    got = shipped.get(
        "/v1/assets/img/cycle.svg", if_none_match='"x"', if_modified_since="Sun, 06 Nov 2050 08:49:37 GMT"
    )
    assert got.status == 200


# -- methods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [one.partition("?")[0] for one in ANSWERED])
def test_no_other_method_is_allowed(shipped: Site, target):
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 50):
        got = shipped.request(method, target)
        assert got.status == 405, method
        assert got.headers["allow"] == "GET, HEAD, OPTIONS"
        assert "x-content-revision" in got.headers
        assert len(got.body) < 500


def test_nothing_is_there_for_any_method(shipped: Site):
    assert shipped.request("POST", "/nothing").status == 404
    assert shipped.request("POST", "/v1/articles/").status == 404


@pytest.mark.parametrize("target", ["/", "/v1/pages/approche", "/v1/pages/nothing", "/nothing", "*", "/metrics"])
def test_a_preflight_allows_conditions_and_is_the_same_for_every_origin(shipped: Site, target):
    got = shipped.request(
        "OPTIONS",
        target,
        origin="https://partner.example",
        access_control_request_method="GET",
        access_control_request_headers="if-none-match",
    )
    assert got.status == 204
    assert got.body == b""
    assert "If-None-Match" in got.headers["access-control-allow-headers"]
    assert got.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert got.headers["allow"] == "GET, HEAD, OPTIONS"
    assert int(got.headers["access-control-max-age"]) > 3600
    assert "x-content-revision" in got.headers
    assert "vary" not in got.headers
    assert got == shipped.request("OPTIONS", target)


# -- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "status"), FAILED.items())
def test_an_error_is_a_problem_document_kept_for_a_short_while(shipped: Site, target, status):
    got = shipped.get(target, origin="https://partner.example")
    assert got.status == status
    assert got.json()["status"] == status
    assert "x-content-revision" in got.headers
    age = re.search(r"max-age=(\d+)", got.headers["cache-control"])
    assert age is not None
    assert 0 < int(age[1]) <= 300
    assert "stale" not in got.headers["cache-control"]


def test_the_instance_of_a_problem_is_an_address(shipped: Site):
    got = shipped.send("GET", "/v1/pages/é <x>".encode(), [])
    assert got.json()["instance"] == "/v1/pages/%C3%A9%20%3Cx%3E"


@pytest.mark.parametrize(
    ("target", "near"),
    [
        ("/v1/article", "/v1/articles"),
        ("/v1/Pages", "/v1/pages"),
        ("/metric", "/metrics"),
        ("/v1", "/"),  # where every other address is told
        ("/v1/", "/"),
        ("/x" * 2000, None),
    ],
)
def test_the_address_that_was_meant_is_named(shipped: Site, target, near):
    errors = shipped.get(target).json()["errors"]
    assert [one["did_you_mean"] for one in errors] == ([near] if near else [])


@pytest.fixture
def broken(shipped: Site, monkeypatch) -> Site:
    def fail(*_: object) -> None:
        raise RuntimeError("secret\nERROR forged line")

    monkeypatch.setattr("contentapi.index.terms.every", fail)
    return shipped


def test_a_fault_of_ours_is_told_without_a_trace_and_logged_without_a_forged_line(broken: Site, caplog):
    with caplog.at_level(logging.ERROR):
        got = broken.get("/v1/tags?limit=7", accept_encoding="identity")
    assert got.status == 500
    assert got.headers["cache-control"] == "no-store"
    assert "secret" not in got.text
    assert "secret" in caplog.text
    assert not any(line.startswith("ERROR forged") for line in caplog.text.splitlines())


def test_nothing_that_a_caller_sends_ends_a_line_of_the_log(broken: Site, caplog):
    with caplog.at_level(logging.DEBUG):
        broken.send("GET", b"/v1/tags/%0AERROR%20forged\r\nERROR forged", [])
        broken.send("GET", b"/v1/tags%0aERROR?limit=%0AERROR", [(b"accept", b"\nERROR")])
        broken.send("GET", b"/v1/tags", [(b"user-agent", b"\nERROR forged")])
    assert not any(line.startswith("ERROR forged") for line in caplog.text.splitlines())


# -- what an answer varies by -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [*ANSWERED, *MOVED, *FAILED])
def test_vary_is_exactly_true(shipped: Site, target):
    if target in CHANGING:
        pytest.skip("it counts the requests")

    def form(**headers: str) -> tuple[int, bytes]:
        got = shipped.get(target, **headers)
        return got.status, got.body

    named = {one for one in shipped.get(target).headers.get("vary", "").split(", ") if one}
    differing = set()
    if len({form(accept_encoding=one) for one in ("identity", "gzip", "br")}) > 1:
        differing.add("Accept-Encoding")
    if len({form(accept=one) for one in ("application/json", "text/markdown", "text/html", "image/png")}) > 1:
        differing.add("Accept")
    others = (
        "accept_language",
        "origin",
        "user_agent",
        "cookie",
        "host",
        "authorization",
        "x_forwarded_host",
        "referer",
    )
    for name in others:
        assert form(**{name: "fr.example"}) == form(), name
    assert named == differing


@pytest.mark.parametrize(
    "target", ["/", "/v1/pages/approche", "/v1/phases/construction", "/v1/articles/mesurer-l-impact"]
)
def test_nothing_acceptable_is_406(shipped: Site, target):
    got = shipped.get(target, accept="image/png, application/json;q=0")
    assert got.status == 406
    assert got.headers["vary"].split(", ")[0] == "Accept"
    assert got.json()["errors"][0]["parameter"] == "Accept"
    assert "application/json" in got.json()["errors"][0]["allowed"]
    assert shipped.get(target, accept="image/png, */*;q=0.1").status == 200
    assert shipped.get(target).status == 200


def test_what_has_one_form_is_sent_to_everyone(shipped: Site):
    for target in ("/v1/pages", "/v1/tags", "/v1/assets/img/cycle.svg", "/v1/status"):
        assert shipped.get(target, accept="application/x-nothing").status == 200


@pytest.mark.parametrize("target", ["/v1/pages", "/v1/pages/approche", "/v1/assets/img/cycle.svg", "/v1/nothing?x"])
def test_codings_hold_the_same_bytes(shipped: Site, target):
    plain = shipped.get(target).body
    zipped, brotlied = shipped.get(target, accept_encoding="gzip"), shipped.get(target, accept_encoding="br")
    if "content-encoding" in zipped.headers:
        assert gzip.decompress(zipped.body) == plain
        assert brotli.decompress(brotlied.body) == plain
        assert len(brotlied.body) < len(zipped.body) < len(plain)


def test_a_long_error_is_compressed_too(shipped: Site):
    got = shipped.get("/v1/articles?nothing=1", accept_encoding="gzip")
    assert got.status == 400
    assert got.headers["content-encoding"] == "gzip"
    assert gzip.decompress(got.body) == shipped.get("/v1/articles?nothing=1").body


# -- what caches are told ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v1/pages", "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"),
        ("/v1/pages/approche", "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"),
        ("/v1/pages/approche/", "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"),
        ("/v1/assets/img/cycle.svg", "public, max-age=86400, stale-while-revalidate=600, stale-if-error=86400"),
        ("/v1/status", "no-cache"),
        ("/livez", "no-store"),
        ("/readyz", "no-store"),
        ("/metrics", "no-store"),
        ("/v1/pages/nothing", "public, max-age=30"),
        ("/v1/pages?nothing=1", "public, max-age=30"),
        ("/v1/pages/concours-2019", "public, max-age=60"),
    ],
)
def test_how_long_an_answer_may_be_kept(shipped: Site, target, expected):
    assert shipped.get(target).headers["cache-control"] == expected


@pytest.mark.parametrize(
    ("target", "keys"),
    [
        ("/v1/pages", {"pages"}),
        ("/v1/pages/approche/construction", {"page:construction", "page:index", "phase:construction", "structure"}),
        ("/v1/pages/approche/construction.md", {"page:construction", "structure"}),
        (
            "/v1/articles/mesurer-l-impact",
            {"article:mesurer-l-impact", "author:groupe-impact", "tag:impact", "structure"},
        ),
        ("/v1/phases/construction", {"phase:construction", "phase:acceleration", "page:construction"}),
        ("/v1/tags/impact", {"tag:impact"}),
        ("/v1/navigation", {"navigation"}),
        ("/v1/redirects", {"redirects", "structure"}),
        ("/v1/pages/programme", {"redirects", "structure"}),
        ("/v1/assets/img/cycle.svg", {"asset:img/cycle.svg"}),
        ("/v1/status", {"revision"}),
        ("/", {"revision"}),
    ],
)
def test_an_answer_names_what_it_depends_on(shipped: Site, target, keys):
    assert keys <= set(shipped.get(target).headers["surrogate-key"].split(" "))


def test_no_head_is_too_large_for_a_proxy(shipped: Site):
    for target in ANSWERED:
        assert sum(len(name) + len(value) + 4 for name, value in shipped.get(target).headers.items()) < 4096


@pytest.mark.parametrize(
    "target", ["/v1/pages?limit=4", "/v1/tags?limit=2", "/v1/diagnostics", "/v1/redirects?limit=3"]
)
def test_the_links_of_a_list_stand_in_its_head_too(shipped: Site, target):
    def linked(got: Got) -> dict[str, str | None]:
        return {name: got.link(name) for name in ("self", "next", "prev")}

    first = shipped.get(target)
    assert linked(first) == first.json()["links"]
    if first.json()["links"]["next"]:
        second = shipped.get(first.json()["links"]["next"])
        assert linked(second) == second.json()["links"]
        assert second.json()["links"]["prev"] is not None
        tag = second.headers["etag"]
        assert shipped.get(first.json()["links"]["next"], if_none_match=tag).headers["link"] == second.headers["link"]


@pytest.mark.parametrize(
    ("target", "policy"),
    [
        ("/v1/pages", "default-src 'none'; frame-ancestors 'none'"),
        ("/v1/pages/approche.md", "default-src 'none'; frame-ancestors 'none'"),
        ("/v1/redirects?format=nginx", "default-src 'none'; frame-ancestors 'none'"),
        ("/v1/pages/nothing", "default-src 'none'; frame-ancestors 'none'"),
    ],
)
def test_data_may_do_nothing_when_it_is_opened(shipped: Site, target, policy):
    assert shipped.get(target).headers["content-security-policy"] == policy


@pytest.mark.parametrize("target", ["/", "/docs"])
def test_a_page_runs_no_script_but_its_own(shipped: Site, target):
    policy = shipped.get(target, accept="text/html").headers["content-security-policy"]
    scripts = next((one for one in policy.split("; ") if one.startswith("script-src")), "script-src")
    assert all(one.startswith("'sha256-") for one in scripts.split(" ")[1:])
    assert "default-src 'none'" in policy


# -- the service before and after -------------------------------------------------------------------------------------


def test_before_the_first_sync_it_says_when_to_ask_again(site):
    with site({"a.md": "a"}, ready=lambda: False, sync=False) as early:
        for target in ("/v1/pages", "/readyz", "/", "/v1/openapi.json", "/v1/assets/x.png"):
            got = early.get(target)
            assert got.status == 503, target
            assert int(got.headers["retry-after"]) >= 1
            assert got.headers["cache-control"] == "no-store"
            assert "x-content-revision" not in got.headers
        assert early.get("/livez").status == 200
        assert "contentapi_ready 0" in early.get("/metrics").text
        early.sync()
        assert early.get("/v1/pages").status == 200
        assert early.get("/readyz").status == 503


def test_an_index_that_cannot_be_read_is_told_once_and_is_not_ready(site, caplog):
    with site({"a.md": "---\ntitle: A\n---\n"}) as one:
        database.remove(one.settings.index)  # before anyone has opened it: who has goes on answering from it
        for _ in range(3):
            assert [one.get(target).status for target in ("/v1/pages/a", "/readyz", "/livez")] == [503, 503, 200]
            one.app._desk.look_at = 0.0
        assert "contentapi_ready 0" in one.get("/metrics").text
        assert [record.getMessage() for record in caplog.records] == [
            f"The index cannot be read; answers are 503 until it can. There is no index at {one.settings.index} yet."
        ]
        one.sync()
        one.app._desk.look_at = 0.0
        assert [one.get(target).status for target in ("/v1/pages/a", "/readyz")] == [200, 200]


def test_an_index_that_is_removed_goes_on_being_served_by_who_has_it_open(site, caplog):
    with site({"a.md": "---\ntitle: A\n---\n"}) as one:
        assert one.get("/v1/pages/a").status == 200
        database.remove(one.settings.index)
        one.app._desk.look_at = 0.0
        assert [one.get(target).status for target in ("/v1/pages/a?fields=id", "/readyz")] == [200, 200]
        assert caplog.records == []


def test_readiness_fails_while_the_service_drains(site):
    ready = [True]
    with site({"a.md": "---\ntitle: A\n---\n"}, ready=lambda: ready[0]) as one:
        assert one.get("/readyz").status == 200
        assert one.get("/v1/status").json()["ready"] is True
        ready[0] = False
        got = one.get("/readyz")
        assert (got.status, got.headers["retry-after"]) == (503, "1")
        assert one.get("/livez").status == 200
        assert one.get("/v1/pages/a").status == 200


def test_an_index_that_cannot_be_read_is_no_fault_of_the_request(shipped: Site, monkeypatch):
    def gone() -> None:
        raise IndexUnavailable("no index")

    monkeypatch.setattr(shipped.index, "reading", gone)
    assert shipped.get("/v1/pages?limit=13").status == 503


# -- under any server -------------------------------------------------------------------------------------------------


def test_a_server_may_leave_out_the_raw_path(shipped: Site):
    for _ in range(2):
        got = shipped.send("GET", b"/v1/pages/approche/construction", [], raw_path=...)
        assert got == shipped.get("/v1/pages/approche/construction")
    assert shipped.send("GET", b"/v1/pages/nothing", [], raw_path=None).status == 404


def test_the_service_may_be_mounted_below_another(shipped: Site):
    got = shipped.send("GET", b"/content/v1/pages/approche", [], root_path="/content")
    assert got.body == shipped.get("/v1/pages/approche").body
    moved = shipped.send("GET", b"/content/v1/pages/approche/", [], root_path="/content")
    assert moved.headers["location"] == "/v1/pages/approche"


def test_no_socket_is_opened(shipped: Site):
    sent = []

    async def send(message: object) -> None:
        sent.append(message)

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/v1/pages", "raw_path": b"/v1/pages", "query_string": b"", "headers": []}
    shipped._loop.run_until_complete(shipped.app(scope, receive, send))
    assert [one["type"] for one in sent] == ["websocket.close"]


def test_a_lifespan_begins_and_ends(shipped: Site):
    sent, asked = [], iter(["lifespan.startup", "lifespan.shutdown"])

    async def send(message: object) -> None:
        sent.append(message)

    async def receive() -> dict[str, str]:
        return {"type": next(asked)}

    client = Client(shipped.app)
    client._loop.run_until_complete(client.app({"type": "lifespan", "asgi": {}, "state": {}}, receive, send))
    client.close()
    assert [one["type"] for one in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
