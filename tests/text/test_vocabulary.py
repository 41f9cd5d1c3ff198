"""The words of a programme are data: the packaged default is complete, and a site's own are checked."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from contentapi.model import PhaseKind
from contentapi.text import vocabulary

STEP = {"slug": "essai", "position": 1, "label": "Essai"}


def test_the_default_has_the_four_steps_then_what_follows() -> None:
    phases = vocabulary.default().phases
    assert [(one.slug, one.position) for one in phases if one.kind is PhaseKind.JOURNEY] == [
        ("investigation", 1),
        ("construction", 2),
        ("acceleration", 3),
        ("transfert", 4),
    ]
    assert [(one.slug, one.kind) for one in phases[4:]] == [("perennise", "status"), ("alumni", "exit")]


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("transfer", "transfert"),
        ("transfere", "transfert"),
        ("transféré", "transfert"),
        ("consolidation", "transfert"),
        ("transfert-ou-consolidation", "transfert"),
        ("success", "perennise"),
        ("opere", "perennise"),
        ("pérennisé", "perennise"),
        ("abandon-investigation", "alumni"),
        ("termine", "alumni"),
    ],
)
def test_an_alias_is_the_phase(written: str, slug: str) -> None:
    found = vocabulary.default().find(written)
    assert found is not None
    assert found.slug == slug


def test_the_default_speaks_french_and_english() -> None:
    words = vocabulary.default()
    assert {words.units[one] for one in ("jour", "semaines", "mois", "années", "day", "weeks", "month", "years")} == {
        "D",
        "W",
        "M",
        "Y",
    }
    assert [words.numbers[one] for one in ("un", "une", "douze", "quinze", "dix-huit", "one", "twelve")] == [
        1,
        1,
        12,
        15,
        18,
        1,
        12,
    ]
    assert {"à", "to", "–"} <= set(words.ranges)
    assert {"dure", "lasts", "pendant"} <= set(words.lasting)
    assert {"phase", "étape", "step", "stage"} <= set(words.phase)


def test_the_default_is_read_once() -> None:
    assert vocabulary.default() is vocabulary.default()


def test_what_a_site_leaves_out_is_the_default() -> None:
    own = vocabulary.parse({"phases": [STEP]})
    assert [one.slug for one in own.phases] == ["essai"]
    assert own.units == vocabulary.default().units
    assert vocabulary.parse({}) == vocabulary.default()


def test_a_site_replaces_one_list() -> None:
    own = vocabulary.parse({"durations": {"frequency": ["alle"], "units": {"Woche": "W"}}})
    assert own.frequency == ("alle",)
    assert own.units == {"woche": "W"}
    assert own.phases == vocabulary.default().phases


def test_a_site_may_have_no_phases() -> None:
    assert vocabulary.parse({"phases": []}).phases == ()


def test_phases_come_in_the_order_of_their_positions_and_their_slugs_in_lower_case() -> None:
    later = {"slug": "Mûr", "position": 2, "label": "Mûr", "aliases": ["MATURE"], "kind": "status"}
    own = vocabulary.parse({"phases": [later, STEP]})
    assert [one.slug for one in own.phases] == ["essai", "mûr"]
    assert own.phases[1].aliases == ("mature",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"phase": []}, "phase: unknown key; allowed: phases, durations"),
        ({"phases": {}}, "phases: expected a list of tables"),
        ({"phases": ["essai"]}, r"phases\[1\]: expected a table, not 'essai'"),
        ({"phases": [STEP | {"name": "x"}]}, r"phases\[1\].name: unknown key; allowed: slug, position, kind"),
        ({"phases": [{"slug": "essai", "label": "Essai"}]}, r"phases\[1\].position: missing"),
        ({"phases": [STEP | {"position": "1"}]}, r"phases\[1\].position: expected a whole number from 1, not '1'"),
        ({"phases": [STEP | {"position": True}]}, r"phases\[1\].position: expected a whole number"),
        ({"phases": [STEP | {"position": 0}]}, r"phases\[1\].position: expected a whole number"),
        (
            {"phases": [STEP | {"kind": "stage"}]},
            r"phases\[1\].kind: 'stage' is no kind; allowed: journey, status, exit",
        ),
        ({"phases": [STEP | {"kind": []}]}, r"phases\[1\].kind: \[\] is no kind"),
        ({"phases": [STEP | {"label": " "}]}, r"phases\[1\].label: expected a word, not ' '"),
        ({"phases": [STEP | {"slug": "a/b"}]}, r"phases\[1\].slug: 'a/b' is no slug"),
        ({"phases": [STEP | {"aliases": "a"}]}, r"phases\[1\].aliases: expected a list of words, not 'a'"),
        ({"phases": [STEP | {"names": [1]}]}, r"phases\[1\].names: expected a word, not 1"),
        ({"phases": [STEP, STEP | {"position": 2}]}, "slug or alias 'essai' is given to two phases"),
        ({"phases": [STEP, STEP | {"slug": "b"}]}, "position '1' is given to two phases"),
        (
            {"phases": [STEP | {"names": ["a"]}, {"slug": "b", "position": 2, "label": "B", "names": ["A"]}]},
            "name 'a' is given to two phases",
        ),
        ({"durations": []}, r"durations: expected a table, not \[\]"),
        ({"durations": {"lasts": []}}, "durations.lasts: unknown key; allowed: lasting, during"),
        ({"durations": {"lasting": "dure"}}, "durations.lasting: expected a list of words, not 'dure'"),
        ({"durations": {"units": {"heure": "H"}}}, "durations.units.heure: 'H' is no unit; allowed: D, W, M, Y"),
        ({"durations": {"numbers": {"zéro": 0}}}, "durations.numbers.zéro: expected a whole number from 1, not 0"),
        ({"durations": {"numbers": "un" * 50}}, "durations.numbers: expected a table, not '(un)+u…"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(data: Mapping[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        vocabulary.parse(data)
