"""Finished answers: what they are sent with, and how many are kept."""

from __future__ import annotations

import gzip

import brotli
import pytest

from contentapi.web import finished
from contentapi.web.answers import Answer, depends, encode, json, moved
from contentapi.web.finished import Finished, Store

LONG = b'{"words":"' + b"again and again " * 100 + b'"}'


def made(body: bytes = LONG, media: str = "application/json", **more: object) -> Finished:
    return Finished(Answer(body, media, **more), "rev")  # type: ignore[arg-type]


def head(form: finished.Form) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in form.whole.head}


@pytest.mark.parametrize(
    ("status", "max_age", "until", "expected"),
    [
        (200, 60, None, "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"),
        (308, 300, None, "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"),
        (404, 30, None, "public, max-age=30"),
        (410, 60, None, "public, max-age=60"),
        (200, 0, None, "no-cache"),
        (500, 0, None, "no-store"),
        (503, 0, None, "no-store"),
        # nothing scheduled appears late, not even while a cache fetches anew
        (200, 60, 1000.0, "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"),
        (200, 60, 100.9, "public, max-age=60, stale-while-revalidate=40, stale-if-error=86400"),
        (200, 60, 60.0, "public, max-age=60, stale-if-error=86400"),
        (200, 60, 12.7, "public, max-age=12, stale-if-error=86400"),
        (200, 60, 0.4, "public, max-age=0, stale-if-error=86400"),
        (200, 60, -3.0, "public, max-age=0, stale-if-error=86400"),
        (404, 30, 12.0, "public, max-age=12"),
    ],
)
def test_how_long_a_cache_may_keep_it(status, max_age, until, expected):
    assert finished.cache_control(status, max_age, until) == expected


@pytest.mark.parametrize(
    ("until", "expected"), [(1e9, False), (661, False), (659, True), (5, True), (0, True), (-9, True), (-11, False)]
)
def test_what_is_scheduled_concerns_what_a_cache_could_keep_till_then(until, expected):
    # What is long overdue waits for somebody to index the folder; until then there is nothing to wait for.
    assert made(max_age=60).concerned(until) is expected
    assert made(max_age=0).concerned(until) is False


def test_a_shortened_head_differs_in_nothing_else():
    one = made()
    whole, short = one.form(None).whole.head, finished.shortened(one.form(None).whole.head, one, 5.0)
    assert [name for name, _ in whole] == [name for name, _ in short]
    assert {name for (name, a), (_, b) in zip(whole, short, strict=True) if a != b} == {b"cache-control"}


@pytest.mark.parametrize(("asked", "coding"), [(None, None), (b"br", "br"), (b"gzip", "gzip"), (b"br, gzip", "br")])
def test_each_coding_is_the_same_content_under_its_own_tag(asked, coding):
    form = made().form(asked)
    fields = head(form)
    assert fields.get("content-encoding") == coding
    undo = {None: bytes, "br": brotli.decompress, "gzip": gzip.decompress}[coding]
    assert undo(form.whole.body) == LONG
    assert fields["content-length"] == str(len(form.whole.body))
    assert fields["vary"] == "Accept-Encoding"
    assert fields["etag"].endswith(f'-{coding}"' if coding else '"')


def test_tags_differ_by_coding_and_by_content_only():
    one, same, other = made(), made(), made(LONG.replace(b"again", b"twice"))
    tags = [one.form(coding).tag for coding in (None, b"br", b"gzip")]
    assert len(set(tags)) == 3
    assert tags == [same.form(coding).tag for coding in (None, b"br", b"gzip")]
    assert not set(tags) & {other.form(coding).tag for coding in (None, b"br", b"gzip")}
    assert Finished(Answer(LONG), "another revision").form(None).tag == one.form(None).tag


def test_compressed_bytes_depend_on_nothing_but_the_content():
    assert made().form(b"gzip").whole.body == made().form(b"gzip").whole.body
    assert made().form(b"gzip").whole.body[4:8] == b"\0\0\0\0"  # no time


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 255])
def test_what_is_short_is_sent_as_it_is_and_varies_by_nothing(body):
    fields = head(made(body).form(b"br, gzip"))
    assert "content-encoding" not in fields
    assert "vary" not in fields
    assert fields["content-length"] == str(len(body))


def test_a_picture_is_sent_as_it_is():
    fields = head(made(b"\x89PNG" * 1000, "image/png").form(b"br"))
    assert "content-encoding" not in fields
    assert "vary" not in fields


def test_a_304_has_the_fields_that_a_cache_updates():
    answer = made(headers={"Link": "<x>"}, keys=("a",), negotiated=True)
    names = {name.decode() for name, _ in answer.form(b"br").unchanged.head}
    assert names == {
        "etag", "cache-control", "vary", "link", "surrogate-key", "x-content-revision", "access-control-allow-origin",
        "access-control-expose-headers", "cross-origin-resource-policy", "x-content-type-options",
    }  # fmt: skip


@pytest.mark.parametrize("status", [308, 400, 404, 410, 500])
def test_only_a_200_has_a_tag(status):
    assert made(status=status).form(None).tag is None


@pytest.mark.parametrize("evil", ["a\r\nSet-Cookie: b=c", "a\nb", "a\0b", "a\x7fb", "a\u2028b", "é", "\ud800"])
def test_nothing_ends_a_header_line(evil):
    for value in head(made(headers={"X-Any": evil}, keys=(evil,)).form(None)).values():
        assert value.isascii()
        assert value.isprintable()


def test_a_redirect_leads_to_an_address_whatever_an_editor_wrote():
    got = moved("https://example.org/à propos\r\nX: y?q=<b>#é")
    assert got.headers["Location"] == "https://example.org/%C3%A0%20propos%0D%0AX:%20y?q=%3Cb%3E#%C3%A9"
    assert moved("/v1/pages/a%20b?c=d%26e").headers["Location"] == "/v1/pages/a%20b?c=d%26e"


# -- the store --------------------------------------------------------------------------------------------------------


def test_the_store_keeps_what_is_used_within_its_bounds():
    store = Store(limit=100_000)
    one = Finished(Answer(b"x" * 1000), "")
    for number in range(100):
        store.put((b"/%d" % number, b""), one)
        store.get((b"/0", b""))
        assert store.bytes <= 100_000
    assert 10 <= len(store) < 15
    assert store.get((b"/0", b"")) is one
    assert store.get((b"/1", b"")) is None
    assert store.get((b"/99", b"")) is one
    store.clear()
    assert (len(store), store.bytes) == (0, 0)


def test_the_store_counts_what_it_holds():
    store = Store()
    one = Finished(
        Answer(b"x" * 1000),
        "",
    )
    for _ in range(3):
        store.put((b"/a", b""), one)
        store.put((b"/b", b"q"), one, "a", ("a", "b"))
        store.put((b"/b", b"q"), one, "b", ("a", "b"))
    assert len(store) == 2
    assert store.bytes == 2 + 2 * 3 + 3 * one.weight
    store._drop((b"/b", b"q"))
    assert store.bytes == 2 + one.weight


def test_what_is_large_for_the_store_is_not_kept():
    store = Store(limit=10_000)
    store.put((b"/a", b""), Finished(Answer(b"x" * 5000), ""))
    assert len(store) == 0


def test_one_form_of_an_address_does_not_stand_for_another():
    store = Store()
    left, right = (Finished(Answer(body, negotiated=True), "") for body in (b"left", b"right"))
    offers = ("application/json", "text/markdown")
    store.put((b"/a", b""), left, "application/json", offers)
    assert store.get((b"/a", b""), None) is left
    assert store.get((b"/a", b""), b"text/markdown") is None
    store.put((b"/a", b""), right, "text/markdown", offers)
    assert store.get((b"/a", b""), b"text/markdown") is right
    assert store.get((b"/a", b""), b"application/json") is left
    assert store.get((b"/a", b""), b"image/png") is None


def test_what_depends_on_one_thing_is_let_go_alone():
    store = Store()
    store.put((b"/a", b""), Finished(Answer(b"a", keys=("diagnostics",)), ""))
    store.put((b"/b", b""), Finished(Answer(b"b", keys=("pages",)), ""))
    store.forget("diagnostics")
    assert store.get((b"/a", b"")) is None
    assert store.get((b"/b", b"")) is not None
    assert store.bytes == store.get((b"/b", b"")).weight + 2  # type: ignore[union-attr]


# -- what an answer depends on ----------------------------------------------------------------------------------------


def card(kind: str, slug: str, **more: object) -> dict[str, object]:
    return {"type": kind, "slug": slug, "links": {"self": "/"}, **more}


def test_a_resource_depends_on_itself_on_its_cards_and_on_the_structure():
    value = card("page", "a", next=card("page", "b"), tags=[card("tag", "t")], dead=card(None, "x"))  # type: ignore[arg-type]
    assert depends("page", "a", value) == ("page:a", "structure", "page:b", "tag:t")


def test_front_matter_is_no_card():
    assert depends("page", "a", card("page", "a", fields=card("page", "evil key"))) == ("page:a", "structure")


def test_many_cards_are_told_by_their_collections():
    value = card("page", "a", below=[card("page", str(n)) for n in range(60)] + [card("startups", "x")])
    assert depends("page", "a", value) == ("page:a", "structure", "collection:startups", "pages")


def test_keys_are_words_between_blanks():
    assert finished.surrogate_key(("tag:à, b", "page:c d")) == "tag:%C3%A0%2C%20b page:c%20d"


def test_no_json_can_close_a_script_element():
    assert encode({"a": "</script><!--"}) == b'{"a":"\\u003c/script>\\u003c!--"}'
    assert json({"a": "<"}).body == b'{"a":"\\u003c"}'
