"""What words a text is found by: the same for the index, for a question, and for the marks in a snippet."""

from __future__ import annotations

import pytest

from contentapi.text import analysis

WORDS = [
    ("L’équipe d'aujourd’hui", ["equipe", "aujourdhui"]),
    ("AUJOURD'HUI", ["aujourdhui"]),
    ("aujourd'huile", ["aujourd", "huile"]),
    ("qu'elle lorsqu’il jusqu'à", ["elle", "il", "a"]),
    ("l'", ["l"]),
    ("cœur, Œuvre, ex æquo", ["coeur", "oeuvre", "ex", "aequo"]),
    ("Côte côte COTE", ["cote", "cote", "cote"]),
    ("e\u0301tat et l’e\u0301tat", ["etat", "et", "etat"]),
    ("the user's guide", ["the", "user", "s", "guide"]),
    ("beta.gouv.fr, start-up", ["beta", "gouv", "fr", "start", "up"]),
    ("a_b 3,5 %", ["a", "b", "3", "5"]),
    ("Ελλάδα Москва 東京", ["ελλαδα", "москва", "東京"]),
    ("", []),
    ("« … » – ' ’ \u0301", []),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_the_words_of_a_text(text, expected):
    assert analysis.folded(text) == expected


@pytest.mark.parametrize(("text", "_"), WORDS)
def test_a_word_stands_where_it_is_written(text, _):
    for word in analysis.words(text):
        assert analysis.folded(text[word.start : word.end]) == [word.folded]


SAME = [
    ("fr", "équipe équipes Équipée équipées"),
    ("fr", "usager usagers"),
    ("fr", "national nationaux nationale"),
    ("fr", "développement développements"),
    ("fr", "démarche demarches"),
    ("en", "team teams"),
    ("en", "working works worked"),
]


@pytest.mark.parametrize(("language", "forms"), SAME)
def test_the_forms_of_a_word_have_one_stem(language, forms):
    assert len({analysis.stem(word, language) for word in analysis.folded(forms)}) == 1


def test_what_is_stemmed_once_more_stays_as_it_is():
    for word in analysis.folded("usagers équipées nationaux chevaux finances développeuses constructions actives"):
        stem = analysis.stem(word, "fr")
        assert analysis.stem(stem, "fr") == stem


@pytest.mark.parametrize(
    ("lang", "expected"), [("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("fr", "fr"), ("enm", "fr"), ("", "fr")]
)
def test_english_is_read_as_english_and_all_else_as_french(lang, expected):
    assert analysis.language(lang) == expected


def test_a_word_without_end_is_cut():
    assert [len(word) for word in analysis.folded("z" * 1_000_000)] == [64]
    assert set(analysis.folded("l'" * 10_000)) == {"l"}
