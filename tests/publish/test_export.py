"""What is exported is what the service answers: read back, address by address, and through the configuration for nginx."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from contentapi.publish.export import Summary, export
from contentapi.web import every
from contentapi.web.app import OPERATIONS
from tests.publish.nginx import Configuration
from tests.web.client import SHIPPED, Got, Site, addresses, write

#: Many articles, for a list of several result pages; what is hidden, withdrawn, moved; names that files cannot have.
FILES: dict[str, str | bytes | None] = {
    "contentapi.toml": '[site]\norigin = "https://site.example"\n',
    "index.md": "---\ntitle: Home\n---\nText of [about](/About).\n",
    "a.md": "---\ntitle: A\npermalink: /about\nredirect_from: [/old]\n---\nText.\n",
    "b.md": "---\ntitle: B\npermalink: /About\n---\nAnother of that name.\n",
    "hidden.md": "---\ntitle: Hidden\npermalink: /hidden/laureats-$1\nhidden: true\n---\nText.\n",
    "accents.md": "---\ntitle: Accents\npermalink: /fast/lauréats\n---\n" + "Été. " * 100 + "\n",
    "below.md": "---\ntitle: Below\npermalink: /about/index.json/more\n---\nText.\n",
    "gone.md": "---\ntitle: Gone\npermalink: /gone\ngone: true\n---\n",
    "dots.md": "---\ntitle: Dots\npermalink: /data.gouv.fr\n---\nText.\n",
    "long.md": f"---\ntitle: Long\npermalink: /{'é' * 150}\n---\nText.\n",
    "draft.md": "---\ntitle: Secret\npermalink: /secret\ndraft: true\n---\nSecret.\n",
    "img/pixel.gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "img/a b$.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><!-- ' + "x" * 300 + " --></svg>",
    "_redirects": "/blog/* /about 301\n/two/:a/:b /about/:a 301\n/away/* https://elsewhere.example/:splat 301\n"
    "/lost/* / 410\n/money/* https://elsewhere.example/a$1 301\n",
    **{
        f"posts/2024-01-{day:02}-post-{day}.md": f"---\ntitle: Post {day}\ntags: [a/b, été, T{day % 3}]\n---\nText.\n"
        for day in range(1, 29)
    },
}


class Exported:
    """A site, its export, and what the export says of itself."""

    def __init__(self, site: Site, root: Path) -> None:
        self.site = site
        self.root = root
        self.summary: Summary = export(site.settings, root)
        self.answers: dict[str, list[dict[str, Any]]] = orjson.loads((root / "headers.json").read_bytes())["answers"]
        self.nginx = Configuration(root)

    def told(self, answer: dict[str, Any], coding: str) -> Got:
        """An answer as ``headers.json`` describes it."""
        one = answer["codings"].get(coding) or answer["codings"].get("identity")
        body = (self.root / "public" / one["file"]).read_bytes() if one else b""
        marked = {"content-encoding": coding} if coding in answer["codings"] and coding != "identity" else {}
        tag = {"etag": one["etag"]} if one and one["etag"] else {}
        return Got(answer["status"], {**answer["headers"], **tag, **marked}, body)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Iterator[Exported]:
    place = tmp_path_factory.mktemp("shipped")
    with Site(SHIPPED, place / "index.db") as site:
        yield Exported(site, place / "out")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory) -> Iterator[Exported]:
    place = tmp_path_factory.mktemp("made-up")
    folder = place / "content"
    folder.mkdir()
    write(folder, FILES)
    with Site(folder, place / "index.db") as site:
        yield Exported(site, place / "out")


@pytest.fixture(params=["shipped", "made_up"])
def exported(request) -> Exported:
    found: Exported = request.getfixturevalue(request.param)
    return found


def test_nothing_failed(exported: Exported):
    assert exported.summary.failed == ()
    assert exported.summary.addresses == len(exported.answers)


def test_every_answer_is_read_back_as_the_service_gives_it(exported: Exported):
    for target, forms in exported.answers.items():
        # What leads on is a line that no file holds, and so in no coding.
        codings = ("identity", "gzip", "br") if forms[0]["status"] != 308 else ("identity",)
        for form, coding in itertools.product(forms, codings):
            accept = {"accept": form["accept"]} if form["accept"] else {}
            live = exported.site.get(target, accept_encoding=coding, **accept)
            told = exported.told(form, coding)
            assert told.status == live.status, target
            # What the service streams has no length until it is sent.
            length = {name: value for name, value in live.headers.items() if name == "content-length"}
            assert {**told.headers, **length} == live.headers, (target, form["accept"], coding)
            if live.status != 308:
                assert told.body == live.body, (target, form["accept"], coding)


def test_every_address_that_answers_without_a_query_is_there(exported: Exported):
    with exported.site.index.reading() as reader:
        asked = [one.path for one in every.addresses(OPERATIONS, reader)]
    left = {address for address, _ in exported.summary.left}
    lacking = {one for one in asked if one not in exported.answers} - left
    assert [one for one in sorted(lacking) if exported.site.get(one).status in {200, 308, 410}] == []


def test_what_links_lead_to_is_there(exported: Exported):
    for target, forms in exported.answers.items():
        for form in forms:
            following = Got(form["status"], form["headers"], b"").link("next")
            assert following is None or following in exported.answers, target
            if form["headers"]["content-type"] == "application/json" and form["status"] == 200:
                linked = set(addresses(orjson.loads(exported.told(form, "identity").body)))
                assert {one for one in linked if "?" not in one} <= exported.answers.keys(), target


def test_what_is_left_out_is_told(exported: Exported):
    told = dict(exported.summary.left)
    assert {"/v1/search", "/oembed", "/v1/resolve"} <= told.keys()
    assert {"/livez", "/readyz", "/metrics", "/v1/status"} <= told.keys()
    assert told.keys().isdisjoint(exported.answers)


# -- as nginx answers -------------------------------------------------------------------------------------------------

CODINGS = ("", "gzip", "br", "gzip, br;q=0.9", "br;q=0, *;q=0.1")
ACCEPTED = (None, "text/markdown", "text/html, */*;q=0.8", "image/x-none")


def same(exported: Exported, target: str, method: str = "GET", *, words: bool = True, **headers: str) -> Got:
    """Asks both. ``words``: whether the body is the same too, and how long it is."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    live = exported.site.request(method, target, **headers)
    static = exported.nginx.ask(method, target, sent)
    apart = {"content-length"} | (set() if words else {"vary"})
    assert static.status == live.status, (target, headers)
    heads = [{name: value for name, value in one.headers.items() if name not in apart} for one in (static, live)]
    assert heads[0] == heads[1], (target, headers)
    if words:
        assert static.body == live.body, (target, headers)
    return live


def test_nginx_answers_every_address_in_every_form(exported: Exported):
    for target, forms in exported.answers.items():
        codings = CODINGS if forms[0]["status"] != 308 else ("",)
        for coding, accept in itertools.product(codings, ACCEPTED if len(forms) > 1 else (None,)):
            asked = {"accept": accept} if accept else {}
            # Nor does a file hold what is said to who accepts none of the forms.
            if not coding or exported.site.get(target, **asked).status != 406:
                same(exported, target, accept_encoding=coding, **asked)
        same(exported, target, "HEAD")


def test_nginx_says_304_to_who_holds_the_answer(exported: Exported):
    for target in list(exported.answers)[::7]:
        live = exported.site.get(target, accept_encoding="br")
        tag = live.headers.get("etag", '"none"')
        for held in (tag, f"W/{tag}", f'"x", {tag}', "*", '"x"'):
            same(exported, target, accept_encoding="br", if_none_match=held)


@pytest.mark.parametrize(
    "target",
    [
        "/v1/pages/", "/v1/pages/.md", "/v1/pages/.md?a=b",
        "/v1/pages/index.html", "/v1/pages/about/", "/v1/pages/about.html", "/v1/pages/About/index",
        "/v1/pages/about.html?a=b", "/v1/pages/old", "/v1/pages/old/", "/v1/pages/old?fields=title", "/v1/phases/",
        "/v1/pages/fast/laur%c3%a9ats", "/v1/pages/%61bout", "/v1/%70ages",
        "/v1/pages/blog/what/ever", "/v1/pages/blog", "/v1/pages/blog/what/ever.md", "/v1/pages/blog.md",
        "/v1/pages/blog/what.html.md?a=b", "/v1/pages/away/a%20b/c.md", "/v1/pages/money/x.md",
        "/embed/pages/blog/x", "/v1/pages/away/a%20b/c",
        "/v1/articles/post-1/", "/v1/tags/%C3%A9t%C3%A9/", "/v1/pages/money/x",
    ],
)  # fmt: skip
def test_other_spellings_and_patterns_lead_on(made_up: Exported, target):
    same(made_up, target)


@pytest.mark.parametrize(
    "target",
    [
        "/nowhere", "/v1/nowhere", "/v1/pages/nowhere", "/v1/pages/ABOUT", "/V1/pages", "/v1/pages/secret",
        "/v1/tags/a/b", "/v1/pages/gone", "/v1/pages/gone.html", "/v1/pages/lost/x", "/v1/assets/draft.md",
        "/v1/assets/img/pixel.gif/",
    ],
)  # fmt: skip
def test_what_is_not_there_has_the_status_and_head_of_the_service(made_up: Exported, target):
    assert same(made_up, target, words=False).status in {404, 410}


def test_a_pattern_that_opens_a_place_leads_to_where_its_document_would_be(made_up: Exported):
    for ending in ("", ".md"):
        got = made_up.nginx.ask("GET", f"/v1/pages/two/x/y{ending}", {})
        assert (got.status, got.headers["location"]) == (308, f"/v1/pages/about/x{ending}")


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_other_methods_are_told_what_is_allowed(exported: Exported, method):
    same(exported, "/v1/pages", method)
    same(exported, "/v1/pages/index", method)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/v1/pages?fields=title", 501),
        ("/v1/pages?", 200),
        ("/v1/pages/index?include=text", 501),
        ("/?utm_source=x", 200),
        ("/docs?x=1&y", 200),
        ("/embed/phases?utm_source=x", 200),
        ("/embed/phases?fragment", 501),
        ("/embed/phases?%66ragment=1", 501),
        ("/embed/phases?x=1&fragment=1", 501),
        ("/v1/articles?cursor=made-up", 501),
        ("/v1/nowhere?x=1", 404),
    ],
)
def test_a_query_is_answered_ignored_or_refused_never_half(made_up: Exported, target, status):
    got = made_up.nginx.ask("GET", target, {})
    assert got.status == status
    if status == 200:
        assert got.body == made_up.site.get(target).body
    if status == 501:
        assert orjson.loads(got.body)["instance"] == target.partition("?")[0]


# -- what stays the same ----------------------------------------------------------------------------------------------


def files(root: Path) -> dict[str, bytes]:
    return {str(one.relative_to(root)): one.read_bytes() for one in sorted(root.rglob("*")) if one.is_file()}


def test_two_exports_of_one_content_are_equal_byte_by_byte(made_up: Exported, tmp_path):
    export(made_up.site.settings, tmp_path / "again")
    assert files(made_up.root) == files(tmp_path / "again")


def test_an_export_over_itself_writes_nothing(made_up: Exported):
    before = {name: (made_up.root / name).stat().st_ino for name in files(made_up.root) if name != "manifest.json"}
    again = export(made_up.site.settings, made_up.root)
    assert (again.changes.written, again.changes.removed) == (0, 0)
    assert before == {name: (made_up.root / name).stat().st_ino for name in before}


def test_a_change_writes_what_it_touches_and_removes_what_is_gone(site, tmp_path):
    few = {name: text for name, text in FILES.items() if not name.startswith("posts/")}
    there = site({**few, "old.md": "---\ntitle: Old\npermalink: /a.md\n---\n"})
    export(there.settings, tmp_path / "out")
    there.change({"b.md": None, "old.md": None, "new.md": "---\ntitle: New\npermalink: /a.md/new\n---\n"})
    done = export(there.settings, tmp_path / "out")
    assert 0 < done.changes.written < done.changes.files
    assert done.changes.removed > 0
    assert not (tmp_path / "out/public/v1/pages/a.md/index.json").exists()
    export(there.settings, tmp_path / "fresh")
    assert files(tmp_path / "out") == files(tmp_path / "fresh")


def test_no_draft_is_in_any_file(made_up: Exported):
    assert all(b"Secret" not in body and "secret" not in name for name, body in files(made_up.root).items())


def test_names_that_files_cannot_have_are_told_and_still_there(made_up: Exported):
    assert "/v1/pages/About" in made_up.summary.renamed or "/v1/pages/about" in made_up.summary.renamed
    assert "/v1/tags/a%2Fb" in made_up.summary.renamed or "/v1/tags/a-b" in made_up.answers
    for target in made_up.summary.renamed:
        for form in made_up.answers[target]:
            assert (made_up.root / "public" / form["codings"]["identity"]["file"]).is_file()


def test_full_addresses_are_those_of_the_public_url(site, tmp_path):
    from contentapi import settings

    there = site(FILES)
    flags = {"index": there.settings.index, "public_url": "https://cdn.example/api/"}
    read = settings.load(there.settings.folder, environ={"HOME": str(tmp_path)}, flags=flags)
    done = export(read, tmp_path / "out")
    assert done.failed == ()
    body = orjson.loads((tmp_path / "out/public/v1/articles/index.json").read_bytes())
    assert body["links"]["self"] == "https://cdn.example/api/v1/articles"
    nginx = Configuration(tmp_path / "out")
    following = body["links"]["next"].removeprefix("https://cdn.example")
    assert [nginx.ask("GET", one, {}).status for one in (following, following.removeprefix("/api"))] == [200, 200]
    assert (
        nginx.ask("GET", "/api/v1/pages/about.html", {}).headers["location"] == "https://cdn.example/api/v1/pages/about"
    )


def test_what_is_sent_in_parts_and_without_end_is_told_apart():
    from contentapi.publish.asking import ask

    async def application(scope, _receive, send):
        kept = "no-cache" if scope["path"] == "/events" else "public, max-age=60"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", kept.encode())]})
        for number in range(3):
            assert scope["path"] != "/events"
            await send({"type": "http.response.body", "body": b"%d\n" % number, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    whole = asyncio.run(ask(application, "/export.ndjson"))
    with whole.body as body:
        assert (whole.lasting, body.read()) == (True, b"0\n1\n2\n")
    endless = asyncio.run(ask(application, "/events"))
    endless.body.close()
    assert not endless.lasting
