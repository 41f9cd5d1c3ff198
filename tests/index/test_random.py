"""After any sequence of changes the index is the one that a fresh look at the folder gives, row by row."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.index.editor import Editor
from tests.index.shelf import NOW, Shelf
from tests.web.client import Site
from tests.web.everywhere import Walk

DAY = 86_400.0


def same(shelf: Shelf, fresh: Shelf, now: float) -> None:
    shutil.copytree(shelf.root, fresh.root, dirs_exist_ok=True)
    report = fresh.sync(now=now)
    assert shelf.contents() == fresh.contents()
    assert shelf.meta("revision") == report.revision


#: Whether the sync is told where something happened, or is told nothing and looks everywhere.
@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_the_index_equals_a_fresh_one(shelf, shelves, seed):
    editor = Editor(shelf, seed)
    now = NOW
    shelf.sync(now=now)
    for step in range(1, 61):
        places: set[str] = set()
        for _ in range(editor.random.choice((1, 1, 1, 2, 5))):
            places |= editor.act()
        now += editor.random.choice((0.0, 0.0, 60.0, DAY))
        shelf.sync(*(places if editor.random.random() < 0.7 else ()), now=now)
        if step % 15 == 0:
            same(shelf, shelves(), now)


#: How many changes the long proof makes; ``scripts/prove-folder`` says 10,000.
OPERATIONS = int(os.environ.get("CONTENTAPI_OPERATIONS", "0"))


@pytest.mark.skipif(OPERATIONS == 0, reason="CONTENTAPI_OPERATIONS says how many changes; scripts/prove-folder does")
def test_after_very_many_changes_every_answer_is_that_of_a_fresh_index(shelf, shelves):
    editor, now, done = Editor(shelf, OPERATIONS), NOW, 0
    shelf.sync(now=now)
    while done < OPERATIONS:
        places: set[str] = set()
        for _ in range(editor.random.choice((1, 1, 1, 2, 5, 20))):
            places |= editor.act()
            done += 1
        now += editor.random.choice((0.0, 0.0, 60.0, DAY))
        shelf.sync(*(places if editor.random.random() < 0.7 else ()), now=now)
        if editor.random.random() < 0.01:
            same(shelf, shelves(), now)
    fresh = shelves()
    same(shelf, fresh, now)
    assert answers(shelf) == answers(fresh)


def answers(shelf: Shelf) -> dict[str, tuple[int, bytes, str]]:
    """Every answer there is, byte for byte, but for those that tell of this instant, or of what was before it."""
    with Site(shelf.root, shelf.index, sync=False) as site:
        return {
            target: (got.status, got.body, repr(sorted(got.headers.items())))
            for target, got in Walk(site).answers()
            if not target.startswith(("/v1/status", "/metrics", "/v1/changes"))
        }


def test_after_some_changes_every_answer_is_that_of_a_fresh_index(shelf, shelves):
    editor = Editor(shelf, 7)
    shelf.sync()
    for _ in range(60):
        shelf.sync(*editor.act())
    fresh = shelves()
    same(shelf, fresh, NOW)
    found = answers(shelf)
    assert found == answers(fresh)
    assert len(found) > 500
