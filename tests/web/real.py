"""The service over real content that is no part of this repository, indexed once for all test processes."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.web.client import Site

ASSET = re.compile(r'(?:src|href|poster)="(/v1/assets/[^"#?]+)')


@contextmanager
def served(folder: Path, factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service over a folder. Whichever test process comes first indexes it, the others wait."""
    # Under xdist each process has a folder of its own below the one they share.
    base = factory.getbasetemp()
    place = (base.parent if base.name.startswith("popen-") else base) / f"index-of-{folder.name}"
    place.mkdir(exist_ok=True)
    with (place / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        done = place / "done"
        with Site(folder, place / "index.db", sync=not done.exists()) as site:
            done.touch()
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield site


def read_through(site: Site, target: str) -> None:
    """Reads a list and all it leads to, as someone would who mistrusts it."""
    whole = site.get(f"{target}?limit=100&fields=id").json()["meta"]["total"]
    items = site.walk(f"{target}?limit=37")
    assert len(items) == whole
    assert len({item["links"]["self"] for item in items}) == whole
    for item in items:
        resource(site, item["links"]["self"], item)


def resource(site: Site, address: str, item: dict[str, object]) -> None:
    """Reads one resource with everything that can be asked for."""
    got = site.get(f"{address}?include=markdown,text,sections,outgoing,incoming")
    assert got.status == 200, address
    told = got.json()
    assert {name: told[name] for name in item} == item, address
    html = told["html"] or ""
    for form in ("html", "text", "markdown", "title", "excerpt", "description"):
        assert "\x1f" not in (told.get(form) or ""), (address, form)
    for mark in ("{%", "{{", "%}", "<script", "javascript:", " onclick", " onerror"):
        assert mark not in html, (address, mark)
    for asset in set(ASSET.findall(html)):
        assert site.get(asset).status == 200, (address, asset)
    for link in told["outgoing"] or ():
        if link["links"] is not None:
            assert site.get(link["links"]["self"]).status == 200, (address, link)
    if told["type"] in {"page", "phase", "article"}:
        assert site.get(f"{address}.md").headers["content-type"] == "text/markdown; charset=utf-8", address
    if told["path"] is not None and told["type"] not in {"author", "tag", "category"}:
        found = site.get(f"/v1/pages{_encoded(told['path'])}")
        assert found.status in {200, 308}, address
        if found.status == 308:
            assert found.headers["location"] == address


def _encoded(path: str) -> str:
    from contentapi.text import paths

    return paths.encode(path)
