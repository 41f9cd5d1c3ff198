"""The limit to compare with: a bare ASGI application that sends given bytes, under the same uvicorn."""

from __future__ import annotations

import json
import os
import pathlib

ANSWERS = {
    entry["path"]: (
        entry["status"],
        [(a.encode(), b.encode()) for a, b in entry["headers"]],
        entry["body"].encode("latin-1"),
    )
    for entry in json.loads(pathlib.Path(os.environ["BARE_ANSWERS"]).read_text())
}


async def app(scope, receive, send):  # type: ignore[no-untyped-def]
    """Sends what was recorded for the path of the request."""
    if scope["type"] != "http":
        return
    status, headers, body = ANSWERS[scope["path"]]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
