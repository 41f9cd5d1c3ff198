"""That people find what they ask for, on two real sites: of the questions that nothing was tuned on, nine in ten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality import measure


def test_the_case_file_has_two_halves_of_thirty() -> None:
    every = measure.cases()
    assert [sum(case.half == half for case in every) for half in ("tune", "report")] == [30, 30]
    assert len({(case.site, case.question) for case in every}) == 60


@pytest.mark.parametrize("half", ["tune", "report"])
def test_nine_questions_in_ten_are_answered_among_the_first_three(found: list[measure.Outcome], half: str) -> None:
    some = [one for one in found if one.case.half == half]
    told = f"MRR {measure.mrr(some):.3f}, success@3 {measure.success(some):.3f}"
    missed = [(one.case.question, one.first) for one in some if one.place is None or one.place > 3]
    assert measure.success(some) >= 0.9, (told, missed)
    assert measure.mrr(some) >= 0.85, (told, missed)


@pytest.fixture(scope="module")
def found(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[measure.Outcome]:
    outcomes: list[measure.Outcome] = []
    for site in ("site-2023", "blog-2018"):
        with measure.indexed(shared / "corpus" / site, tmp_path_factory.mktemp(site)) as reader:
            outcomes += measure.outcomes(reader, site)
    return outcomes
