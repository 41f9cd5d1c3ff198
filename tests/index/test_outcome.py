"""A sync whose documents are read in processes of their own: the same rows, and what stalls or breaks costs itself alone."""

from __future__ import annotations

import os
import random
from contextlib import closing
from functools import partial

import pytest

from contentapi.index import outcome
from contentapi.ingest import frontmatter
from contentapi.ingest.pool import Limits, Pool
from contentapi.model import Site, SourceFile
from contentapi.text import vocabulary
from tests.index.shelf import NOW, Shelf, page


@pytest.fixture
def pool(shelf: Shelf):
    with closing(Pool(partial(outcome.steps, shelf.settings.site), Limits(0.3), processes=2)) as made:
        yield made


@pytest.fixture
def hostile(monkeypatch):
    """Documents that hold `spin` are worked on without end, those with `die` end their process."""
    real = frontmatter.read

    def read(file):
        while b"spin" in file.content:
            pass
        if b"die" in file.content:
            os._exit(9)
        return real(file)

    monkeypatch.setattr(frontmatter, "read", read)


def many(count: int) -> dict[str, str]:
    dice = random.Random(1)
    kinds = ("a/{}.md", "_posts/2020-01-01-{}.md", "_authors/{}.md", "img/{}.svg", "_data/{}.yml")
    return {
        dice.choice(kinds).format(number): page(
            f"title: T{number}\ntags: [x{number % 7}]", f"Text {number}. [a](/a/1)\n"
        )
        for number in range(count)
    }


def test_the_rows_are_the_same_wherever_they_are_made(shelf, pool, tmp_path):
    shelf.write(many(200)).sync(outcomes=pool.map)
    other = Shelf(tmp_path / "other")
    other.write(many(200)).sync()
    assert other.contents() == shelf.contents()
    assert shelf.meta("revision") == other.meta("revision")
    other.close()


@pytest.mark.parametrize(("word", "code"), [("spin", "too-slow"), ("die", "ingest-failed")])
def test_a_document_that_stalls_or_breaks_its_process_is_kept_back(shelf, pool, hostile, word, code):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B"), "c.md": page("title: C")})
    good = shelf.sync(outcomes=pool.map)
    shelf.write({"a.md": page("title: A2"), "b.md": page(f"title: {word}"), "c.md": page("title: C2")})
    shelf.sync(outcomes=pool.map)
    assert shelf.rows("SELECT title FROM document ORDER BY source") == [("A2",), ("B",), ("C2",)]
    assert [(one.code, one.path) for one in shelf.diagnostics()] == [(code, "b.md")]
    # It is not tried again: neither at the next look, nor when it is saved as it was.
    assert shelf.age().sync(outcomes=failing).parsed == 0
    shelf.write({"b.md": page(f"title: {word}")})
    assert shelf.sync("b.md", outcomes=failing).parsed == 0
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B"), "c.md": page("title: C")})
    assert shelf.sync(outcomes=pool.map).revision == good.revision
    assert shelf.codes() == []


def failing(files, now):
    return (pytest.fail("it was tried again") for _ in files)


def test_other_limits_are_another_try(shelf, pool, hostile):
    shelf.write({"a.md": page("title: spin")}).sync(outcomes=pool.map)
    assert shelf.codes() == ["too-slow"]
    shelf.write({"contentapi.toml": "[content]\nmax_seconds = 3\n", "a.md": page("title: A")})
    assert shelf.settings.site.max_seconds == 3
    assert shelf.sync(outcomes=pool.map).parsed >= 1
    assert shelf.codes() == []


def test_a_draft_that_breaks_its_process_stays_private(shelf, pool, hostile):
    shelf.write({"_drafts/a.md": page("title: die"), "b.md": page("draft: true")}).sync(outcomes=pool.map)
    shelf.write({"b.md": page("draft: true\ntitle: die")}).sync(outcomes=pool.map)
    assert [(one.path, one.private) for one in shelf.diagnostics()] == [("_drafts/a.md", True), ("b.md", True)]


def test_an_outcome_is_made_of_plain_values():
    """So that it costs little to send: no row holds an object that must be taken apart."""
    file = SourceFile("a.md", page("title: A\ntags: [x]", "## B\n\n[c](/d) ![e](f.png)\n").encode(), "digest")
    (found,) = outcome.here(Site(vocabulary.default()))([file], NOW)
    assert isinstance(found, outcome.Outcome)

    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(plain(one) for one in value.values())
        if isinstance(value, list | tuple):
            return all(plain(one) for one in value)
        return value is None or type(value) in {str, int, float, bool}

    assert plain(found.rows)
