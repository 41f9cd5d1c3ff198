"""Requests to the service inside this process: what is published are its own bytes and headers, sent whole or in parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote

App = Callable[[Any, Any, Any], Awaitable[None]]

#: Bytes of an answer that are kept in memory; what is larger goes through a file.
_IN_MEMORY = 4_000_000
#: What is about the instant it is asked at, or about the process that answers, tells caches not to keep it.
_OF_THIS_INSTANT = ("no-store", "no-cache")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it would be sent. ``body`` is open, at its beginning; ``fields`` is its head, in order."""

    status: int
    fields: Mapping[str, str]
    body: SpooledTemporaryFile[bytes]

    def field(self, name: str) -> str:
        """A header field by its name in lower case; empty when there is none."""
        return self.fields.get(name, "")

    @property
    def lasting(self) -> bool:
        """Whether it may be kept; its body is complete only then."""
        return not self.field("cache-control").startswith(_OF_THIS_INSTANT)

    def varies(self, on: str) -> bool:
        """Whether another header of the request chooses among forms of it."""
        return on.lower() in (one.strip().lower() for one in self.field("vary").split(","))


class _EnoughError(BaseException):
    """Ends an answer whose head says that it is not wanted; no error, so that nobody answers it."""


async def ask(app: App, target: str, *, method: str = "GET", **headers: str) -> Reply:
    """Asks for an address, its query included; in the names of ``headers``, ``_`` stands for ``-``.

    What is about this instant ends with its head, for it may never end by itself.
    """
    body: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by who reads it
    replies: list[Reply] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            fields = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            replies.append(Reply(message["status"], fields, body))
            if not replies[0].lasting:
                raise _EnoughError
        elif message["type"] == "http.response.body":
            body.write(message.get("body", b""))

    with suppress(_EnoughError):
        await app(_scope(target, method, headers), receive, send)
    body.seek(0)
    return replies[0]


def _scope(target: str, method: str, headers: Mapping[str, str]) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "client": None,
        "server": None,
    }
