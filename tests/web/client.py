"""A caller of the service inside the process: it sends exactly the bytes a test wants, and looks at every answer it gets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

import orjson

from contentapi import settings as settings_of
from contentapi.index import writer
from contentapi.index.reader import Index
from contentapi.settings import Settings
from contentapi.web.app import create_app

REPOSITORY = Path(__file__).parents[2]
EVENTS = b"text/event-stream"
SHIPPED = REPOSITORY / "content"


@dataclass(frozen=True)
class Got:
    """An answer as it arrived."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)

    def values(self) -> list[Any]:
        """The JSON values in it: one, or one a line."""
        lines = self.body.splitlines() if "ndjson" in self.headers["content-type"] else [self.body]
        return [orjson.loads(one) for one in lines]

    @property
    def text(self) -> str:
        return self.body.decode()

    def link(self, relation: str) -> str | None:
        """The address of that relation in the Link header."""
        for one in self.headers.get("link", "").split(", "):
            address, _, rel = one.partition("; ")
            if rel == f'rel="{relation}"':
                return address[1:-1]
        return None


class Client:
    """Sends requests to an ASGI application. What is true of every answer is checked on every answer."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

    def get(self, target: str, **headers: str) -> Got:
        return self.request("GET", target, **headers)

    def head(self, target: str, **headers: str) -> Got:
        return self.request("HEAD", target, **headers)

    def request(self, method: str, target: str, **headers: str) -> Got:
        """The answer to a request; in the names of headers, ``_`` stands for ``-``."""
        fields = [(name.replace("_", "-").lower(), value) for name, value in headers.items()]
        got = self.send(method, target.encode(), [(name.encode(), value.encode()) for name, value in fields])
        check(method, target, got)
        return got

    def send(self, method: str, target: bytes, fields: list[tuple[bytes, bytes]], **scope: Any) -> Got:
        """The answer to a request, byte by byte, unchecked."""
        raw_path, _, query = target.partition(b"?")
        whole = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw_path.decode("latin-1"), errors="replace"),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": [(b"host", b"api.test"), *fields],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            **scope,
        }
        return self._loop.run_until_complete(self._exchange({k: v for k, v in whole.items() if v is not ...}))

    async def _exchange(self, scope: dict[str, Any]) -> Got:
        sent: list[Any] = []
        told = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"", "more_body": False}]
        enough = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if len(told) == 1:  # the caller stays until all is sent; of what never ends, until it began
                await enough.wait()
            return told.pop()

        async def send(message: Any) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and (b"content-type", EVENTS) in sent[0]["headers"]:
                enough.set()

        await self.app(scope, receive, send)
        start, *rest = sent
        assert start["type"] == "http.response.start"
        names = [name for name, _ in start["headers"]]
        assert len(names) == len(set(names)), f"a header stands twice: {names}"
        headers = {name.decode("ascii"): value.decode("ascii") for name, value in start["headers"]}
        return Got(start["status"], headers, b"".join(one.get("body", b"") for one in rest))

    def walk(self, target: str) -> list[Any]:
        """All items of a list, page by page."""
        found: list[Any] = []
        following: str | None = target
        while following is not None:
            got = self.get(following)
            assert got.status == 200, (following, got.text)
            found += got.json()["items"]
            following = got.json()["links"]["next"]
            assert len(found) < 100_000
        return found


def check(method: str, target: str, got: Got) -> None:
    """What is promised of every answer, whatever was asked."""
    told = f"{method} {target} → {got.status} {dict(got.headers)}"
    headers = got.headers
    for name, value in headers.items():
        assert name == name.lower(), told
        assert value.isprintable(), told
    assert headers["access-control-allow-origin"] == "*", told
    assert headers["access-control-expose-headers"] == "ETag, Link, X-Content-Revision", told
    assert headers["cross-origin-resource-policy"] == "cross-origin", told
    assert headers["x-content-type-options"] == "nosniff", told
    assert "set-cookie" not in headers, told
    assert "last-modified" not in headers, told
    assert "Origin" not in headers.get("vary", ""), told
    assert "cache-control" in headers, told
    if got.status == 304:
        assert got.body == b"", told
        assert "etag" in headers, told
        return
    media = headers.get("content-type", "")
    # What a partner may frame tells where oEmbed answers for it.
    framed = got.status == 200 and "+oembed" in headers.get("link", "") and media == "text/html; charset=utf-8"
    assert headers["content-security-policy"].endswith("frame-ancestors " + ("*" if framed else "'none'")), told
    assert ("etag" in headers) == (got.status == 200 and media != EVENTS.decode()), told
    if got.status == 204:
        assert "content-length" not in headers, told
    elif method == "HEAD":
        assert got.body == b"", told
    elif got.status == 200 and any(one in target for one in ("/v1/export.", "/v1/events")):
        assert "content-length" not in headers, told  # it is not known when the head is sent
    else:
        assert int(headers["content-length"]) == len(got.body), told
    if "json" in media and method != "HEAD" and "content-encoding" not in headers:
        assert b"<" not in got.body, told
        got.values()
    if got.status >= 400:
        assert media == "application/problem+json", told
    if got.status >= 400 and got.body and "content-encoding" not in headers:
        _check_problem(got)


def _check_problem(got: Got) -> None:
    body = got.json()
    assert [key for key in body if key != "links"] == ["type", "title", "status", "detail", "instance", "errors"]
    assert body["status"] == got.status
    assert all(list(one) == ["parameter", "detail", "allowed", "did_you_mean"] for one in body["errors"])
    assert "Traceback" not in got.text


class Site(Client):
    """A content folder, its index, and the service over it."""

    def __init__(
        self, folder: Path, index: Path, *, ready: Callable[[], bool] = lambda: True, sync: bool = True
    ) -> None:
        self.settings: Settings = settings_of.load(folder, environ={"HOME": str(index.parent)}, flags={"index": index})
        if sync:
            self.sync()
        self.index = Index(self.settings.index, self.settings.site)
        super().__init__(create_app(self.settings, index=self.index, ready=ready))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.index.close()
        self.close()

    def sync(self) -> str:
        """Makes the index equal to the folder; the revision."""
        return writer.write_once(self.settings.folder, self.settings.index, self.settings.site, careful=False).revision

    def change(self, files: Mapping[str, str | bytes | None]) -> str:
        """Writes or removes (None) files, then syncs; the service knows of it when this returns."""
        write(self.settings.folder, files)
        revision = self.sync()
        time.sleep(0.021)
        return revision


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Writes files below a folder; None removes one."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)


def addresses(value: Any) -> Iterator[str]:
    """Every ``links.self`` in a JSON value."""
    if isinstance(value, dict):
        links = value.get("links")
        if isinstance(links, dict) and isinstance(links.get("self"), str):
            yield links["self"]
        for below in value.values():
            yield from addresses(below)
    elif isinstance(value, list):
        for below in value:
            yield from addresses(below)
