"""What an embed shows of a phase: how long it lasts, where the documents do not agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contentapi.index import phases
from contentapi.web.embed import piece
from tests.web.client import Site


@pytest.mark.parametrize(
    ("front", "said", "expected"),
    [
        ("", [], None),
        ("", ["six mois"], "six mois"),
        ("", ["six mois", "6 mois"], "six mois"),
        ("", ["six mois", "un an"], None),
        ("", ["six mois", "un an", "12 mois"], "un an"),
        ("", ["six mois", "un an", "2 ans"], None),
        ("duration: 3 mois", ["six mois"], "3 mois"),
    ],
)
def test_a_phase_lasts_what_most_say(site: Callable[..., Site], front: str, said: list[str], expected: str | None):
    files = {f"{n}.md": f"---\ntitle: T\n---\nLa phase de construction dure {one}.\n" for n, one in enumerate(said)}
    made = site({**files, "_phases/construction.md": f"---\ntitle: C\n{front}\n---\n"})
    with made.index.reading() as reader:
        (one,) = phases.phases(reader)
        found = piece.length(one)
    assert (found.text if found is not None else None) == expected
