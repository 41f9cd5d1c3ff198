"""The walk through everything: what is followed, what is left out, what is told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from contentapi.publish.answers import Published
from contentapi.publish.walk import Walk
from contentapi.web.answers import Answer
from contentapi.web.call import Operation
from contentapi.web.every import Address

KEPT = {"cache-control": "public, max-age=60", "content-type": "application/json"}


def application(answers: Mapping[str, tuple[int, Mapping[str, str]]]) -> Any:
    """A service that answers 404, but where ``answers`` has a status and a head for an address and its coding."""

    async def app(scope, _receive, send):
        headers = dict(scope["headers"])
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        target = scope["raw_path"].decode() + query
        coded = f"{headers[b'accept-encoding'].decode()} {target}" if b"accept-encoding" in headers else target
        status, head = answers.get(coded) or answers.get(target) or (404, KEPT)
        fields = [(name.encode(), value.encode()) for name, value in head.items()]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": coded.encode()})

    return app


def walked(
    answers: Mapping[str, tuple[int, Mapping[str, str]]], api: str = "https://api.example"
) -> tuple[Walk, list[Published], dict[str, bytes]]:
    """A walk from ``/a`` on, what it published, and its files."""
    files: dict[str, bytes] = {}
    walk = Walk(application(answers), api, lambda name, body: files.update({name: body.read()}))
    operation = Operation("/a", "a", "A", lambda _: Answer(b""), "Test")

    async def through() -> list[Published]:
        return [one async for one in walk.through([Address("/a", operation)], lambda: None)]

    return walk, asyncio.run(through()), files


@pytest.mark.parametrize(
    ("api", "base"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example/b", "https://api.example/b"),
        ("https://api.example/b", "/b"),
        ("", "http://127.0.0.1:8000"),
        ("", ""),
    ],
)
def test_result_pages_are_followed_to_the_last(api, base):
    def leads_to(following: str) -> tuple[int, dict[str, str]]:
        return 200, {**KEPT, "link": f'<{base}/a>; rel="self", <{base}{following}>; rel="next"'}

    pages = {"/a": leads_to("/a?cursor=1"), "/a?cursor=1": leads_to("/a?cursor=2"), "/a?cursor=2": (200, KEPT)}
    walk, found, files = walked(pages, api)
    assert [one.target for one in found] == ["/a", "/a?cursor=1", "/a?cursor=2"]
    assert list(files) == ["public/a/index.json", "public/a/index.2.json", "public/a/index.3.json"]
    assert (walk.left, walk.failed) == ([], [])


VARIES = {**KEPT, "vary": "Accept-Encoding", "etag": '"x"'}


def test_each_coding_is_a_file():
    coded = {
        f"{name} /a": (200, {**VARIES, "etag": f'"x-{name}"', "content-encoding": name}) for name in ("gzip", "br")
    }
    _, found, files = walked({"/a": (200, VARIES), **coded})
    assert files == {
        "public/a/index.json": b"/a",
        "public/a/index.json.gz": b"gzip /a",
        "public/a/index.json.br": b"br /a",
    }
    ((form,),) = (one.forms for one in found)
    assert [(one.coding, one.etag) for one in form.codings] == [
        ("identity", '"x"'),
        ("gzip", '"x-gzip"'),
        ("br", '"x-br"'),
    ]


@pytest.mark.parametrize(
    ("answers", "left", "failed"),
    [
        ({}, [], ["/a"]),
        ({"/a": (200, {**KEPT, "link": '</a?cursor=1>; rel="next"'})}, [], ["/a?cursor=1"]),
        ({"/a": (200, {"cache-control": "no-store"})}, ["/a"], []),
        ({"/a": (200, {"cache-control": "no-cache"})}, ["/a"], []),
        ({"/a": (500, {"cache-control": "no-store"})}, [], ["/a"]),
        ({"/a": (400, KEPT)}, [], ["/a"]),
        ({"/a": (200, {**KEPT, "link": '</b?cursor=1>; rel="next"'})}, [], ["/b?cursor=1"]),
        ({"/a": (200, {**KEPT, "link": '</a>; rel="next"'})}, [], ["/a"]),
        ({"/a": (200, VARIES), "br /a": (200, {**VARIES, "content-encoding": "br"})}, [], ["/a in gzip", "/a in br"]),
    ],
)
def test_what_is_not_as_it_should_be_is_told(answers, left, failed):
    walk, _, _ = walked(answers)
    assert [address for address, _ in walk.left] == left
    assert [address for address, _ in walk.failed] == failed
