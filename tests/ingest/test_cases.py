"""Whole files in, everything that becomes of them out: ``cases/NAME.*`` is a file as an author writes it.

``NAME.json`` says where it lies (``path``), what of the site matters (``site``) and all that is expected (``ingested``);
``NAME.out.html`` is the HTML of its body, where ``{n}`` stands for the n-th reference. A case without them fails.
``WRITE_EXPECTATIONS=1 pytest tests/ingest/test_cases.py`` writes both anew, to be read before they are committed.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from contentapi.ingest.document import ingest
from contentapi.model import Collection, FrontMatterDefault, Ingested, License, Site, SourceFile
from contentapi.text import vocabulary

CASES = Path(__file__).parent / "cases"
NAMES = sorted({one.name.split(".")[0] for one in CASES.iterdir()})
NOW = 1_700_000_000.0
SITE = Site(
    vocabulary.default(),
    title="L’atelier",
    origin="https://site.example",
    jekyll=True,
    license=License("etalab-2.0", "Licence Ouverte 2.0"),
    collections=(
        Collection("pages", "page", None, output=True),
        Collection("articles", "article", "_posts", output=True),
        Collection("phases", "phase", "_phases", output=False),
        Collection("authors", "author", "_authors", output=False),
        Collection("products", "products", "_products", output=True, permalink="/produits/:name"),
    ),
    iframe_hosts=("video.example",),
)


def site_of(written: dict[str, object]) -> Site:
    defaults = tuple(FrontMatterDefault(**one) for one in written.pop("defaults", ()))  # type: ignore[attr-defined]
    return replace(SITE, defaults=defaults, **written)  # type: ignore[arg-type]


def shown(found: Ingested) -> tuple[dict[str, object], str | None]:
    """All of it as JSON, but for the HTML, which is easier to read by itself, and the Markdown."""
    everything = orjson.loads(orjson.dumps(found, default=dict))
    html = None
    if found.document is not None:
        del everything["document"]["body"]["markdown"]
        html = re.sub("\x1f(\\d+)\x1f", r"{\1}", everything["document"]["body"].pop("html")) + "\n"
    return everything, html


@pytest.mark.parametrize("name", NAMES)
def test_a_file_becomes_what_is_expected_and_nothing_else(name: str) -> None:
    source = next(one for one in CASES.glob(f"{name}.*") if one.suffix != ".json" and ".out." not in one.name)
    expectation, page = CASES / f"{name}.json", CASES / f"{name}.out.html"
    case = orjson.loads(expectation.read_bytes())
    content = source.read_bytes()
    everything, html = shown(ingest(SourceFile(case["path"], content, "digest"), site_of(dict(case["site"])), NOW))
    if os.environ.get("WRITE_EXPECTATIONS"):
        case["ingested"] = everything
        expectation.write_bytes(orjson.dumps(case, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        if html is not None:
            page.write_text(html)
    assert html == (page.read_text() if html is not None or page.exists() else None)
    assert everything == case["ingested"]


def test_each_case_is_complete() -> None:
    found = {name: sorted(one.name for one in CASES.glob(f"{name}.*")) for name in NAMES}
    assert {name: files for name, files in found.items() if f"{name}.json" not in files or len(files) < 2} == {}
    assert len(NAMES) >= 16


@pytest.mark.parametrize("name", ["draft", "scheduled", "rejected"])
def test_no_word_of_what_is_not_published_goes_any_further(name: str) -> None:
    case = orjson.loads((CASES / f"{name}.json").read_bytes())
    content = (CASES / f"{name}.md").read_bytes()
    found = ingest(SourceFile(case["path"], content, "digest"), site_of(dict(case["site"])), NOW)
    assert b"canari" in content
    assert "canari" not in repr(found)
    assert all(problem.private for problem in found.diagnostics) or found.quarantined


def test_the_same_file_always_becomes_the_same() -> None:
    for name in NAMES:
        case = orjson.loads((CASES / f"{name}.json").read_bytes())
        source = next(one for one in CASES.glob(f"{name}.*") if one.suffix != ".json" and ".out." not in one.name)
        file, site = SourceFile(case["path"], source.read_bytes(), "digest"), site_of(dict(case["site"]))
        assert ingest(file, site, NOW) == ingest(file, site, NOW)
