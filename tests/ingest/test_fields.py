"""Front matter values in, normalised values out; every rule is a row."""

from __future__ import annotations

import pytest

from contentapi.ingest import fields
from contentapi.model import Crumb, Decision, Duration, Image, Json, Labels, License, PhaseFields, PhaseKind, Site, Term
from contentapi.text import vocabulary

WORDS = vocabulary.default()
SITE = Site(WORDS, license=License("etalab-2.0", "Licence Ouverte 2.0"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        (" \n a b \u00a0", "a b"),
        ("a\u00a0: b", "a\u00a0: b"),
        ("", None),
        (" \u00a0", None),
        (None, None),
        (3, "3"),
        (1.5, "1.5"),
        (0, "0"),
        (True, "true"),
        (False, None),
        ([], None),
        (["a"], None),
        ({"a": "b"}, None),
    ],
)
def test_text(value: Json, expected: str | None) -> None:
    assert fields.text(value) == expected


def test_the_first_text_is_the_first_key_that_says_something() -> None:
    values: dict[str, Json] = {"a": None, "b": " ", "c": ["x"], "d": False, "e": " y ", "f": "z"}
    assert fields.first_text(values, "a", "b", "c", "d", "missing", "e", "f") == "y"
    assert fields.first_text(values, "a", "b") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ("a", ("a",)),
        ("a, b", ("a, b",)),
        ([" a ", None, "", 2, "b"], ("a", "2", "b")),
        ([["a"], {"b": "c"}, "d"], ("d",)),
        ({"a": "b"}, ()),
    ],
)
def test_texts(value: Json, expected: tuple[str, ...]) -> None:
    assert fields.texts(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True), ("true", True), (" Yes ", True), ("oui", True), ("VRAI", True), ("on", True), (1, True), ("1", True),
        (False, False), (None, False), ("", False), ("no", False), ("non", False), (0, False), (2, False), ("a", False),
        ([True], False), ({}, False),
    ],
)  # fmt: skip
def test_truth(value: Json, expected: bool) -> None:
    assert fields.truth(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0), (-1.5, -1.5), (" 2 ", 2.0), ("1e3", 1000.0), (0, 0.0), (True, None), (False, None), (None, None),
        ("", None), ("a", None), ("nan", None), ("inf", None), ("1e999", None), (float("nan"), None), (float("inf"), None),
        (10**400, None), (10**15, None), ([1], None), ({"a": 1}, None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_number(value: Json, expected: float | None) -> None:
    assert fields.number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" a ", "a"),
        ([" a ", [" b"], None], ["a", ["b"], None]),
        ({"a": " b ", "c": [{"d": "e\n"}]}, {"a": "b", "c": [{"d": "e"}]}),
        (None, None),
        (False, False),
        (1.10, 1.1),
        ("", ""),
    ],
)
def test_every_other_value_keeps_its_shape(value: Json, expected: Json) -> None:
    assert fields.normalise(value) == expected


TERMS = {
    "categories in a text are words": ("category", {"categories": "a b"}, [("a", "a"), ("b", "b")]),
    "words between commas": ("category", {"categories": "a, b;c"}, [("a", "a"), ("b-c", "b;c")]),
    "tags in a text are words": ("tag", {"tags": " a  b "}, [("a", "a"), ("b", "b")]),
    "a category is one": ("category", {"category": "a b"}, [("a-b", "a b")]),
    "several after all": ("category", {"category": "a b, c"}, [("a-b", "a b"), ("c", "c")]),
    "an item of a list is one": ("tag", {"tags": ["a b", " C "]}, [("a-b", "a b"), ("c", "C")]),
    "lists in lists": ("tag", {"tags": ["a", ["b", ["c d"]]]}, [("a", "a"), ("b", "b"), ("c-d", "c d")]),
    "singular first": ("tag", {"tags": ["a"], "tag": "b"}, [("b", "b"), ("a", "a")]),
    "each once, as first written": ("tag", {"tags": ["A", "a", "Á"]}, [("a", "A"), ("á", "Á")]),
    "what is empty is none": ("tag", {"tags": [None, "", " ", "-", False, {}, "a"]}, [("a", "a")]),
    "null": ("tag", {"tags": None, "tag": None}, []),
    "false": ("author", {"author": False}, []),
    "numbers": ("category", {"categories": [2020, 1.5]}, [("2020", "2020"), ("1.5", "1.5")]),
    "names are not words": ("author", {"authors": "Inès Le Goff"}, [("inès-le-goff", "Inès Le Goff")]),
    "names between commas": ("author", {"author": "A B, c.d"}, [("a-b", "A B"), ("c.d", "c.d")]),
    "people": (
        "author",
        {
            "authors": [
                "jean.dupont",
                {"name": "Inès", "slug": "ines"},
                {"login": "zoe"},
                {"title": "X Y"},
                {"role": "z"},
            ]
        },
        [("jean.dupont", "jean.dupont"), ("ines", "Inès"), ("zoe", "zoe"), ("x-y", "X Y")],
    ),
    "a person": ("author", {"author": {"name": "Inès", "slug": "Ines.L"}}, [("ines.l", "Inès")]),
    "accents and capitals": ("tag", {"tags": ["ÉTÉ à Brest"]}, [("été-à-brest", "ÉTÉ à Brest")]),
}


@pytest.mark.parametrize(("kind", "values", "expected"), TERMS.values(), ids=TERMS)
def test_terms(kind: str, values: dict[str, Json], expected: list[tuple[str, str]]) -> None:
    found = fields.terms(values, kind)  # type: ignore[arg-type]
    assert list(found) == [Term(kind, slug, label) for slug, label in expected]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ([], None),
        ("a", None),
        ({"title": "a"}, None),
        ([None, {}, {"link": "/a"}, " "], None),
        ([" a "], (Crumb("a", None),)),
        ([{"title": "a", "link": "/b"}, {"label": "c", "url": "/d"}], (Crumb("a", "/b"), Crumb("c", "/d"))),
        ([{"text": "a", "href": "/b"}, {"name": "c", "path": "d.md"}], (Crumb("a", "/b"), Crumb("c", "d.md"))),
        ([{"title": "a", "link": " "}], (Crumb("a", None),)),
    ],
)
def test_breadcrumbs(value: Json, expected: tuple[Crumb, ...] | None) -> None:
    assert fields.crumbs(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), (False, None), ("", None), ([], None), ({}, None), ({"alt": "a"}, None),
        (" a.jpg ", Image("a.jpg")),
        ({"path": "a.jpg", "alt": " b "}, Image("a.jpg", "b")),
        ({"url": "a.jpg"}, Image("a.jpg")),
        ({"src": "a.jpg", "alt": None}, Image("a.jpg")),
        ({"path": None, "src": "a.jpg"}, Image("a.jpg")),
        ({"feature": "a.jpg", "credit": "b"}, Image("a.jpg")),
    ],
)  # fmt: skip
def test_the_picture(value: Json, expected: Image | None) -> None:
    assert fields.image(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, SITE.license),
        (False, SITE.license),
        ({}, SITE.license),
        ("CC0-1.0", License("CC0-1.0", "CC0-1.0")),
        ({"id": "CC0-1.0"}, License("CC0-1.0", "CC0-1.0")),
        ({"name": "Zéro", "url": "https://a.example"}, License("Zéro", "Zéro", "https://a.example")),
        ({"id": "CC0-1.0", "name": "Zéro", "url": None}, License("CC0-1.0", "Zéro")),
    ],
)
def test_a_document_may_have_its_own_licence(value: Json, expected: License) -> None:
    assert fields.license_of(value, SITE) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (False, None),
        ("6 à 9 semaines", Duration("P6W", "P9W", "6 à 9 semaines")),
        ("P6M", Duration("P6M", "P6M", "P6M")),
        ("aussi longtemps qu’il faut", Duration(None, None, "aussi longtemps qu’il faut")),
        ({"min": "P6W", "max": "P9W"}, Duration("P6W", "P9W", "P6W/P9W")),
        ({"min": "P6W", "max": "P9W", "text": "peu"}, Duration("P6W", "P9W", "peu")),
        ({"min": "P1Y"}, Duration("P1Y", "P1Y", "P1Y")),
        ({"text": "un an"}, Duration("P1Y", "P1Y", "un an")),
        ({"min": "peu", "text": "un an"}, Duration("P1Y", "P1Y", "un an")),
        ({"min": "6"}, None),
        ([], None),
    ],
)
def test_durations(value: Json, expected: Duration | None) -> None:
    assert fields.duration(value, WORDS) == expected


PHASES = {
    "nothing": ({}, PhaseFields()),
    "all of it": (
        {
            "position": "2",
            "kind": " Journey ",
            "aliases": ["a", " b "],
            "labels": {"short": "c", "singular": "d", "plural": "e", "badge": "f"},
            "duration": "P6M",
            "team": "g",
            "objectives": ["h", None, "i"],
            "decision": {"who": "j", "what": "k"},
            "page": "/l",
            "documentation_url": "/m",
        },
        PhaseFields(
            2, PhaseKind.JOURNEY, ("a", "b"), Labels("c", "d", "e", "f"), Duration("P6M", "P6M", "P6M"), "g", ("h", "i"),
            Decision("j", "k"), "/l", "/m",
        ),
    ),
    "labels of their own": (
        {"label": "a", "singular": "b", "plural": "c", "badge": "d"}, PhaseFields(labels=Labels("a", "b", "c", "d"))
    ),
    "labels win": ({"label": "a", "labels": {"short": "b"}}, PhaseFields(labels=Labels("b"))),
    "a team of several": ({"team": ["a", "b"]}, PhaseFields(team="a, b")),
    "one objective": ({"objectives": "a"}, PhaseFields(objectives=("a",))),
    "a decision in words": ({"decision": "a"}, PhaseFields(decision=Decision(None, "a"))),
    "a decision by somebody": ({"decision": {"by": "a", "text": "b"}}, PhaseFields(decision=Decision("a", "b"))),
    "no decision": ({"decision": {"when": "a"}}, PhaseFields()),
    "a kind that is none": ({"kind": "sideways"}, PhaseFields()),
    "a position that is none": ({"position": float("nan"), "kind": None}, PhaseFields()),
    "null lists": ({"objectives": None, "aliases": None, "team": None, "labels": None}, PhaseFields()),
}  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), PHASES.values(), ids=PHASES)
def test_what_a_phase_says_of_itself(values: dict[str, Json], expected: PhaseFields) -> None:
    assert fields.phase(values, WORDS) == expected
