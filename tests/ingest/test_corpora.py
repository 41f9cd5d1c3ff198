"""Every file of the real folders that lie beside the repository; without them these tests are skipped."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from contentapi import settings
from contentapi.ingest import classify, html
from contentapi.ingest.classify import Kind
from contentapi.ingest.document import ingest
from contentapi.model import Diagnostic, Ingested, Site, SourceFile
from contentapi.source.folder import Folder

ROOT = Path(__file__).parents[2]
PLACE = re.compile("\x1f([0-9]+)\x1f")


@cache
def read(folder: Path) -> tuple[Site, list[Ingested]]:
    given = settings.load(folder, environ={"HOME": "/"})
    walk = Folder(given.folder, given.site)
    found = []
    with walk.reader() as reader:
        for one in walk.scan(""):
            content = reader.read(one) if not isinstance(one, Diagnostic) else None
            if isinstance(content, SourceFile) and classify.kind(content.path, given.site) not in {
                Kind.ASSET,
                Kind.OTHER,
            }:
                found.append(ingest(content, given.site, 4_000_000_000.0))
    return given.site, found


@pytest.fixture(params=["seeds", "corpus/blog-2018", "corpus/site-2023", "content"])
def folder(request: pytest.FixtureRequest) -> Path:
    if request.param == "content":
        return ROOT / "content"
    shared: Path = request.getfixturevalue("shared")
    return shared / str(request.param)


def test_every_document_is_sound(folder: Path) -> None:
    site, files = read(folder)
    assert files
    assert not [one.source for one in files if one.quarantined]
    for document in filter(None, (one.document for one in files)):
        body = document.body
        assert html.sanitise(body.html, iframe_hosts=site.iframe_hosts) == body.html
        assert {int(one) for one in PLACE.findall(body.html)} <= set(range(len(body.references)))
        assert not re.search(r"\\{%|\\{\\{|<script|<style", body.html)
        assert len({one.id for one in body.headings}) == len(body.headings)
        assert all(one.line for one in body.references)
        assert document.title


def test_the_shipped_content_has_no_problem() -> None:
    _, files = read(ROOT / "content")
    assert [problem for one in files for problem in one.diagnostics] == []


def test_the_real_sites_have_the_faults_they_have_and_no_others(shared: Path) -> None:
    codes = {
        name: Counter(problem.code for one in read(shared / name)[1] for problem in one.diagnostics)
        for name in ("seeds", "corpus/blog-2018", "corpus/site-2023")
    }
    assert codes == {
        "seeds": {"duplicate-key": 1},
        "corpus/blog-2018": {"title-missing": 10},
        "corpus/site-2023": {
            "iframe-removed": 35,
            "title-missing": 2,
            "duplicate-key": 2,
            "redirect-invalid": 2,
            "html-removed": 2,
            "heading-empty": 2,
            "front-matter-missing": 1,
        },
    }


def test_the_seeds_are_what_they_are(shared: Path) -> None:
    documents = {one.source[:3]: one.document for one in read(shared / "seeds")[1]}
    assert {source: (one.type, one.path) for source, one in documents.items() if one} == {
        "000": ("page", "/approche/construction"),
        "001": ("page", "/approche/"),
        "002": ("page", "/approche/"),
        "003": ("page", "/devenir-intrapreneur/decouvrir-le-role-d-intrapreneur"),
        "004": ("article", "/004_3d0b41ec14410054"),
    }
    approach, article = documents["001"], documents["004"]
    assert approach is not None
    assert article is not None
    assert sum(one.host == "beta.gouv.fr" and one.kind == "link" for one in approach.body.references) == 17
    assert "\u00a0" in article.title
