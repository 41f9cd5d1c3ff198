"""The folders that costs are measured over: the same from the same seed, and such as the service takes without an error."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from contentapi.index import diagnostics
from tests.benchmarks import corpora
from tests.web.client import Site


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        corpora.write(tmp_path / name, 120, seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")
    # The sequence that Python draws from a seed is the same in all its releases, and so is what is drawn by it.
    assert digest(tmp_path / "a") == "a1facd042993bd26ca8df2d34ecc330baed6863c61dcc34472a0700dfc859376"


@pytest.mark.parametrize("count", [70, 700])
def test_what_is_drawn_is_served_whole(tmp_path, count):
    places = corpora.write(tmp_path / "content", count)
    assert len({one.file for one in places}) == len(places) == count
    with Site(tmp_path / "content", tmp_path / "index.db") as site:
        assert site.get("/v1/status").json()["documents"] == {
            name: sum(one.kind == kind for one in places)
            for name, kind in (("pages", "pages"), ("articles", "_posts"), ("authors", "_authors"), ("ports", "ports"))
        }
        with site.index.reading() as reader:
            assert diagnostics.counts(reader)["error"] == 0
