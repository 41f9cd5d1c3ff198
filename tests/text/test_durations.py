"""Durations as people write them: what is one, what only looks like one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contentapi.model import Duration, Vocabulary
from contentapi.text import durations, vocabulary

WORDS = vocabulary.default()

WHOLE = [
    # written, min, max
    ("6 à 9 semaines", "P6W", "P9W"),
    ("12 mois", "P12M", "P12M"),
    ("six mois à un an", "P6M", "P1Y"),
    ("1 à 2 mois", "P1M", "P2M"),
    ("entre 6 et 9 semaines", "P6W", "P9W"),
    ("Entre deux semaines et trois mois", "P2W", "P3M"),
    ("between two and three weeks", "P2W", "P3W"),
    ("6-13 weeks", "P6W", "P13W"),
    ("6–13 weeks", "P6W", "P13W"),
    ("18 à 32 mois", "P18M", "P32M"),
    ("un ou deux ans", "P1Y", "P2Y"),
    ("one to two years", "P1Y", "P2Y"),
    ("Une semaine", "P1W", "P1W"),
    ("un an", "P1Y", "P1Y"),
    ("3 années", "P3Y", "P3Y"),
    ("dix-huit mois", "P18M", "P18M"),
    ("vingt-deux jours", "P22D", "P22D"),
    ("vingt et un jours", "P21D", "P21D"),
    ("six (6) mois", "P6M", "P6M"),
    ("6 (six) à 9 (neuf) semaines", "P6W", "P9W"),
    ("6\u00a0à\u00a09\u202fsemaines", "P6W", "P9W"),
    ("  6  mois\n", "P6M", "P6M"),
    ("SIX MOIS", "P6M", "P6M"),
    ("P6W", "P6W", "P6W"),
    ("P6W/P9W", "P6W", "P9W"),
    ("P1Y6M", "P1Y6M", "P1Y6M"),
]

NONE = [
    "",
    "mois",
    "24h",
    "6 heures",
    "12",
    # dates
    "en 2020",
    "le 12 mai 2020",
    "12/2020",
    "2020 semaines",
    # parts of another number
    "2,5 ans",
    "2.5 years",
    "1 000 jours",
    "1\u00a0000 jours",
    "12/24 mois",
    "quatre-vingt-dix jours",
    "cent deux jours",
    "2 mois et demi",
    "un an et demi",
    "six months and a half",
    # rhythms and rates
    "tous les six mois",
    "Toutes les 2 semaines",
    "chaque année",
    "every six months",
    "deux jours par semaine",
    "3 jours/semaine",
    "2 days a week",
    "six mois-homme",
    # bounds and moments
    "jusqu’à 12 mois",
    "plus d’un an",
    "moins de 6 mois",
    "au moins deux jours",
    "6 mois maximum",
    "2 ans ou plus",
    "> 6 mois",
    "+ 12 mois",
    "up to 6 months",
    "depuis 6 mois",
    "il y a dix ans",
    "d’ici 6 mois",
    "au bout de 3 mois",
    "6 mois plus tard",
    "six months ago",
    # sums, contradictions, and ranges that go down
    "un an et deux mois",
    "9 à 6 semaines",
    "six (7) mois",
    # ISO 8601 that is no length in days
    "P",
    "PT24H",
    "P0D",
    "P9W/P6W",
    "P6W/",
    "p6w",
]


@pytest.mark.parametrize(("written", "low", "high"), WHOLE)
def test_a_duration(written: str, low: str, high: str) -> None:
    assert durations.parse(written, WORDS) == Duration(low, high, " ".join(written.split()))


@pytest.mark.parametrize("written", NONE)
def test_no_duration(written: str) -> None:
    assert durations.parse(written, WORDS) is None
    assert durations.find(written, WORDS) == []


@pytest.mark.parametrize("written", ["6 mois de travail", "environ 6 mois", "3 mois, 6 mois", "phase 2 – 6 mois"])
def test_the_whole_of_a_text_or_nothing(written: str) -> None:
    assert durations.parse(written, WORDS) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Au début 6 à 9 semaines, puis douze mois.", ["6 à 9 semaines", "douze mois"]),
        ("une durée d’un an", ["un an"]),
        ("entre 6 mois", ["6 mois"]),
        ("(2-3 semaines)", ["2-3 semaines"]),
        ("Phase 2 – 6 mois", ["6 mois"]),
        ("Étape 1 et 2 mois de pause", ["2 mois"]),
        ("3 semaines puis tous les 2 mois", ["3 semaines"]),
        ("6 mois 9 mois", ["6 mois", "9 mois"]),
        ("6 mois à 9 mois à 12 mois", ["6 mois à 9 mois"]),
        ("İ six mois", ["six mois"]),
        ("dure six\nmois", ["six mois"]),
    ],
)
def test_durations_within_a_text(text: str, found: list[str]) -> None:
    assert [one.duration.text for one in durations.find(text, WORDS)] == found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("P6W/P9W", (42.0, 63.0)),
        ("P12M", (365.25, 365.25)),
        ("P1Y6M", (547.875, 547.875)),
        ("P10D", (10.0, 10.0)),
    ],
)
def test_days_compare(written: str, expected: tuple[float, float]) -> None:
    duration = durations.parse(written, WORDS)
    assert duration is not None
    assert durations.days(duration) == expected


def test_an_unknown_end_has_no_days() -> None:
    assert durations.days(Duration(None, None, "le temps qu’il faut")) is None
    assert durations.days(Duration("P6M", None, "six mois et plus")) is None
    assert durations.days(Duration("six mois", "P6M", "six mois")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 mois", "un an", True),
        ("52 semaines", "1 an", True),
        ("6 à 9 semaines", "6-9 weeks", True),
        ("6 à 9 semaines", "6 à 13 semaines", False),
        ("6 à 9 semaines", "9 semaines", False),
        ("1 mois", "4 semaines", False),
        ("9 semaines", "2 mois", False),
    ],
)
def test_what_says_the_same(one: str, other: str, same: bool) -> None:
    a, b = durations.parse(one, WORDS), durations.parse(other, WORDS)
    assert a is not None
    assert b is not None
    assert durations.same(a, b) is same
    assert durations.same(b, a) is same


def test_what_is_unknown_says_nothing() -> None:
    unknown = Duration(None, None, "?")
    assert not durations.same(unknown, unknown)


def test_the_words_are_the_vocabulary_s() -> None:
    """Another language needs other words, not other code."""
    german = vocabulary.parse(
        {
            "durations": {
                "units": {"Wochen": "W", "Monate": "M"},
                "numbers": {"sechs": 6},
                "ranges": ["bis"],
                "frequency": ["alle"],
            }
        }
    )
    assert durations.parse("sechs bis 9 Wochen", german) == Duration("P6W", "P9W", "sechs bis 9 Wochen")
    assert durations.parse("alle sechs Wochen", german) is None
    assert durations.parse("6 semaines", german) is None


def test_a_plain_vocabulary_is_enough() -> None:
    plain = Vocabulary((), {"mois": "M"}, {}, (), (), ())
    assert durations.parse("6 mois", plain) == Duration("P6M", "P6M", "6 mois")
    assert durations.find("aucun", Vocabulary((), {}, {}, (), (), ())) == []


@pytest.mark.parametrize(
    ("text", "holds"), [("<b>6</b>&nbsp;mois", True), ("Roman, années-lumière", True), ("moisson", False)]
)
def test_a_quick_look(text: str, holds: bool) -> None:
    assert durations.may_hold(text, WORDS) is holds


PIECES = [
    "6",
    "12",
    "six",
    "un",
    "mois",
    "an",
    "semaines",
    "à",
    "et",
    "-",
    "(",
    ")",
    " ",
    "\u00a0",
    "\n",
    "entre",
    "plus de",
]


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.text())
def test_what_is_found_stands_in_the_text(text: str) -> None:
    """Places are those of the text given, in order, apart, and each duration's ends are in order."""
    end = 0
    for one in durations.find(text, WORDS):
        assert end <= one.start < one.end
        end = one.end
        assert " ".join(text[one.start : one.end].split()) == one.duration.text
        days = durations.days(one.duration)
        assert days is not None
        assert days[0] <= days[1]


@pytest.mark.parametrize(
    "piece", ["6 mois ", "6 ", "6 (", "six à ", "entre ", " ", "6" + " " * 50, "mois ", "1", "tous les "]
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    started = time.process_time()
    durations.find(piece * (60_000 // len(piece)), WORDS)
    assert time.process_time() - started < 2
