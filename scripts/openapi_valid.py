"""Checks the OpenAPI document of the shipped content with openapi-spec-validator. Exits with 1 when something is wrong."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from contentapi import settings
from contentapi.index import writer
from contentapi.index.reader import Index
from contentapi.web.app import create_app

CONTENT = Path(__file__).parents[1] / "content"


def document(folder: Path) -> dict[str, Any]:
    """What ``/v1/openapi.json`` answers for a content folder, without a server."""
    with tempfile.TemporaryDirectory(prefix="contentapi-") as scratch:
        read = settings.load(folder, environ={"HOME": scratch}, flags={"index": f"{scratch}/index.db"})
        writer.write_once(read.folder, read.index, read.site)
        index = Index(read.index, read.site)
        try:
            return asyncio.run(_get(create_app(read, index=index, ready=lambda: True), "/v1/openapi.json"))
        finally:
            index.close()


async def _get(app: Any, path: str) -> dict[str, Any]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
    }
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    if sent[0]["status"] != 200:
        sys.exit(f"{path} answers {sent[0]['status']}: {body.decode()}")
    found: dict[str, Any] = json.loads(body)
    return found


def main() -> int:
    """Prints what is wrong, or how much is right."""
    described = document(CONTENT)
    errors = list(OpenAPIV31SpecValidator(described).iter_errors())
    for error in errors:
        print(f"{'/'.join(map(str, error.absolute_path))}: {error.message}", file=sys.stderr)
    if errors:
        print(f"The OpenAPI document has {len(errors)} errors.", file=sys.stderr)
        return 1
    schemas = described["components"]["schemas"]
    print(f"The OpenAPI document is valid: {len(described['paths'])} operations, {len(schemas)} schemas.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
