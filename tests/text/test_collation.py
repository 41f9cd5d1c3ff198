"""French order as code-point order: every table below is written in the order a reader expects."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contentapi.text.collation import sort_key

IN_ORDER = {
    "accents break ties only, from the end": ["cote", "côte", "coté", "côté", "coter"],
    "an accent stands beside its letter": ["eau", "école", "Écran", "effort", "été", "étendue", "fin"],
    "small letters before capitals, and only to break a tie": ["air", "Air", "AIR", "aire", "Zone", "zoo"],
    "an accent counts more than a capital": ["Eleve", "élève", "Élève"],
    "ligatures are their letters": ["coder", "coeur", "cœur", "Cœur", "coffre", "ex aequo", "ex æquo", "exil"],
    "a word before its longer neighbours": ["la", "la zone", "lac", "lacet"],
    "numbers by value": ["étape 2", "étape 9", "étape 10", "étape 100", "étape 1000", "étape suivante"],
    "numbers before letters": ["2 roues", "10 mots", "a", "dix"],
    "numbers of twenty digits": ["9" * 19, "1" + "0" * 19, "1" + "0" * 18 + "1"],
    "leading zeros break ties": ["7", "007", "8", "08"],
    "versions": ["v1.2", "v1.9", "v1.10", "v2.0"],
    "punctuation breaks ties": ["coop", "co-op", "coopter"],
    "elision is one word": ["l'eau", "l’eau", "leurre"],
    "hyphens are passed over": ["Saint-Denis", "Saintes", "Saint-Étienne", "saisie"],
    "quotes are passed over": ["avant", "« bis »", "court"],
    "blanks": ["a b", "a  b", "a\u00a0c", "ab"],
    "signs after letters": ["zèbre", "élan".replace("é", "я"), "漢", "€", "🎯", "🎯 but"],
    "superscripts and full-width letters are themselves": ["m", "m²", "m3", "n"],
    "nothing": ["", "…", "0", "a"],
    "controls are nothing": ["a", "a\x00", "ab"],
}


@pytest.mark.parametrize("expected", IN_ORDER.values(), ids=IN_ORDER.keys())
def test_the_order_of_a_french_reader(expected: list[str]) -> None:
    """Each list is in order, strictly: no two of its strings tie."""
    shuffled = expected[::-1]
    assert sorted(shuffled, key=sort_key) == expected
    assert all(sort_key(before) < sort_key(after) for before, after in pairwise(expected))


def test_two_spellings_of_one_string_have_one_key() -> None:
    """A title is found at one place whether its accents are composed or not."""
    assert sort_key("e\u0301te\u0301") == sort_key("été")


def test_a_plain_string_is_its_own_key() -> None:
    """Levels that say nothing cost nothing."""
    assert sort_key("la zone") == "la zone"


def test_the_order_of_the_database_is_this_order() -> None:
    """SQLite's BINARY collation compares UTF-8 bytes: the same order as Python's."""
    words = [word for group in IN_ORDER.values() for word in group]
    with sqlite3.connect(":memory:") as database:
        database.execute("create table t (word, key)")
        database.executemany("insert into t values (?, ?)", [(word, sort_key(word)) for word in words])
        rows = database.execute("select key from t order by key").fetchall()
    database.close()
    assert [key for (key,) in rows] == sorted(map(sort_key, words))


@settings(deadline=None)  # a busy machine is no failure
@given(st.text())
def test_any_text_has_a_key_that_can_be_stored(text: str) -> None:
    """A key never raises, is UTF-8, and holds no NUL."""
    key = sort_key(text)
    assert key.encode().decode() == key
    assert "\0" not in key


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\0", "\x01\x02"])
def test_what_a_database_cannot_hold_is_left_out(text: str) -> None:
    """Odd file names bring lone surrogates: they must not break a row."""
    assert "\0" not in sort_key(text).encode().decode()


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(), st.from_regex(r"[a-zA-Z0-9 éà'’–🎯œ]+", fullmatch=True))
def test_a_string_comes_before_what_it_begins(start: str, more: str) -> None:
    """The shorter of two strings that begin alike sorts first."""
    assert sort_key(start) <= sort_key(start + more)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.text(alphabet="aàâbcéèEÉœŒæ019 -'’.!🎯", max_size=8), max_size=8))
def test_the_order_does_not_depend_on_the_order_of_arrival(words: list[str]) -> None:
    """Distinct strings have distinct keys, so sorting is deterministic."""
    arrived_otherwise = words[::-1]
    assert sorted(words, key=sort_key) == sorted(arrived_otherwise, key=sort_key)


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(0, 10**20 - 1), st.integers(0, 10**20 - 1))
def test_numbers_sort_by_value(one: int, other: int) -> None:
    """Runs of digits compare as numbers, up to twenty digits and beyond."""
    assert (sort_key(f"n{one}") < sort_key(f"n{other}")) == (one < other)


@pytest.mark.parametrize("text", ["a", "Z", "le chat", "Le Chat", "LE CHAT NOIR", "mots De toutes Sortes"])
def test_plain_words_have_the_key_that_a_closer_look_gives(text):
    """A sign more is passed over by all levels but the last, and has the text looked at character by character."""
    assert sort_key(f"{text}!").startswith(sort_key(text))
    assert sort_key(f"{text}!").rpartition("\x01")[0].rstrip("\x01") == sort_key(text)
