"""Whatever is asked, the answer is one of five, and it comes soon."""

from __future__ import annotations

import time
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contentapi.web.app import OPERATIONS
from tests.web.client import Site, check

ANSWERS = {200, 308, 400, 404, 410, 501}
SLOW = 2.0

known = [one.path for one in OPERATIONS]
words = st.sampled_from(
    [
        "index",
        "approche",
        "construction",
        "mesurer-l-impact",
        "impact",
        "nav",
        "footer.links",
        "pages",
        "articles",
        "startups",
        "programme",
        "blog",
        "concours-2019",
        "img",
        "cycle.svg",
        "..",
        ".",
        "html",
        ".md",
        "x.md",
        "a.html",
        "index.html",
        "%2F",
        "%00",
        "%ff",
        "%C3%A9",
        "é",
        "%25",
        "*",
        ":splat",
        "'",
        '"',
        "<",
        "\\",
        "~",
        "+",
        "&",
        ";",
        "́",
        "\u202e",
        "𝔸",
    ]
)
text = st.text(max_size=12).map(lambda value: quote(value.encode(errors="surrogatepass")))
segments = st.one_of(words, text, st.binary(max_size=6).map(quote))
paths = st.one_of(
    st.lists(segments, max_size=5).map(lambda parts: "/" + "/".join(parts)),
    st.tuples(st.sampled_from(known), st.lists(segments, min_size=3, max_size=3)).map(
        lambda one: (
            one[0]
            .replace(":path", "")
            .format(**dict.fromkeys(("slug", "name", "menu", "path", "digest", "number"), "/".join(one[1])))
        )
    ),
    st.tuples(st.sampled_from(known), segments).map(
        lambda one: (
            one[0]
            .replace(":path", "")
            .format(**dict.fromkeys(("slug", "name", "menu", "path", "digest", "number"), one[1]))
        )
    ),
)
names = st.one_of(
    st.sampled_from(
        [
            "include",
            "fields",
            "sort",
            "limit",
            "cursor",
            "total",
            "depth",
            "current",
            "path",
            "format",
            "category",
            "tag",
            "title",
            "date",
            "date__gte",
            "title__contains",
            "category__not",
            "tag__missing",
            "fields.x",
            "count__lt",
            "kind",
            "parent",
        ]
    ),
    text,
)
values = st.one_of(
    st.sampled_from(
        [
            "1",
            "100",
            "0",
            "-1",
            "html,text",
            "title",
            "-date,title",
            "true",
            "false",
            "2024-01-01",
            "2024-02-30T00:00Z",
            "/approche/",
            "csv",
            "nginx",
            "https://beta.gouv.fr/approche",
            "//",
            "http://[",
            "%00",
            "%ff",
            "1_0",
            "nan",
        ]
    ),
    st.sampled_from(["", "9" * 400]),
    text,
    st.binary(max_size=30).map(quote),
)
queries = st.lists(st.tuples(names, values), max_size=6).map(lambda pairs: "&".join(f"{a}={b}" for a, b in pairs))
fields = st.lists(
    st.tuples(
        st.sampled_from(
            [b"accept", b"accept-encoding", b"if-none-match", b"if-match", b"range", b"host", b"x-forwarded-host"]
        ),
        st.one_of(
            st.sampled_from(
                [b"*", b"*/*", b"text/markdown", b"gzip", b"br;q=0", b'W/"x"', b'"', b"image/png", b",", b"q=1"]
            ),
            st.binary(max_size=40),
        ),
    ),
    max_size=4,
)
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def ask(site: Site, method: str, target: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    started = time.process_time()
    got = site.send(method, target, headers)
    assert time.process_time() - started < SLOW
    check(method, repr(target), got)
    return got.status


@FEW
@given(path=paths, query=queries)
def test_any_path_and_query_is_answered(shipped: Site, path, query):
    target = (f"{path}?{query}" if query else path).encode(errors="surrogatepass")
    status = ask(shipped, "GET", target, [])
    assert status in ANSWERS
    assert ask(shipped, "HEAD", target, []) == status


@FEW
@given(target=st.binary(max_size=60).map(lambda one: b"/" + one))
def test_any_bytes_are_answered(shipped: Site, target):
    assert ask(shipped, "GET", target, []) in ANSWERS


@FEW
@given(path=st.sampled_from(known[:8]), query=queries, headers=fields)
def test_any_header_is_read(shipped: Site, path, query, headers):
    target = f"{path.replace(':path', '').format(slug='construction', path='approche')}?{query}".encode()
    assert ask(shipped, "GET", target, headers) in ANSWERS | {304, 406, 412}


@FEW
@given(path=paths)
def test_a_redirect_leads_to_an_answer(shipped: Site, path):
    got = shipped.send("GET", path.encode(errors="surrogatepass"), [])
    for _ in range(2):
        if got.status != 308 or not got.headers["location"].startswith("/v1/"):
            break
        got = shipped.send("GET", got.headers["location"].encode(), [])
    else:
        raise AssertionError(f"{path} leads on and on")
    assert got.status in ANSWERS


@FEW
@given(query=st.lists(st.tuples(names, values), min_size=2, max_size=5), data=st.data())
def test_the_order_of_parameters_changes_no_byte(shipped: Site, query, data):
    shuffled = data.draw(st.permutations(query))
    answers = [
        shipped.send("GET", ("/v1/articles?" + "&".join(f"{a}={b}" for a, b in pairs)).encode(), [])
        for pairs in (query, shuffled)
    ]
    assert answers[0] == answers[1]
