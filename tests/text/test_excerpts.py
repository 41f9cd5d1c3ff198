"""How a text shows where the words of a question stand: cut, escaped, marked."""

from __future__ import annotations

import pytest

from contentapi.text import analysis, excerpts
from contentapi.text.marks import Marker, Unit


def marker(words: str, language: analysis.Language = "fr", prefix: str | None = None) -> Marker:
    units = [Unit(frozenset({analysis.stem(word, language)})) for word in analysis.folded(words)]
    return Marker(language, [*units, *([Unit(frozenset(), prefix)] if prefix else [])])


MARKED = [
    ("impact", "L’Impact, les impacts", "L’<mark>Impact</mark>, les <mark>impacts</mark>"),
    ("equipe", "Une Équipée d'ÉQUIPES", "Une <mark>Équipée</mark> d'<mark>ÉQUIPES</mark>"),
    ("equipe", "une e\u0301quipe", "une <mark>e\u0301quipe</mark>"),
    ("coeur", "le cœur du chœur", "le <mark>cœur</mark> du chœur"),
    ("oeuvre", "Œuvres et ŒUVRE", "<mark>Œuvres</mark> et <mark>ŒUVRE</mark>"),
    ("aujourd'hui", "dès aujourd’hui", "dès <mark>aujourd’hui</mark>"),
    ("mesure", "<b>mesurer</b> & démesure", "&lt;b&gt;<mark>mesurer</mark>&lt;/b&gt; &amp; démesure"),
    ("phase", "paraphrase", "paraphrase"),
    ("Москва", "в МОСКВА", "в <mark>МОСКВА</mark>"),
    ("", "rien", "rien"),
]


@pytest.mark.parametrize(("words", "text", "expected"), MARKED)
def test_the_words_are_marked_whatever_their_form(words, text, expected):
    assert excerpts.marked(text, marker(words)) == expected


def test_a_beginning_marks_whole_words():
    assert excerpts.marked("construire, constat", marker("", prefix="constr")) == "<mark>construire</mark>, constat"


def test_an_english_text_is_marked_by_english_rules():
    assert excerpts.marked("our teams", marker("team", "en")) == "our <mark>teams</mark>"


def test_an_excerpt_is_where_most_of_the_question_stands():
    text = "impact " + "mot " * 200 + "la mesure de l’impact " + "mot " * 200
    found = excerpts.excerpt(text, marker("mesure impact"))
    assert "<mark>mesure</mark> de l’<mark>impact</mark>" in found
    assert found.startswith("…mot ")
    assert found.endswith("mot…")
    assert len(found) < 300


def test_an_excerpt_begins_where_its_block_does():
    text = "mot " * 100 + "\nL’impact " + "mot " * 100
    assert excerpts.excerpt(text, marker("impact")).startswith("…L’<mark>impact</mark> mot")


def test_a_short_text_is_given_whole_and_one_without_the_words_from_its_start():
    assert excerpts.excerpt("un  texte\ncourt", marker("rien")) == "un texte court"
    assert excerpts.excerpt("mot " * 100, marker("rien")).startswith("mot mot")


@pytest.mark.parametrize("text", ["a" * 300_000, "é" * 300_000, "impact " * 50_000, "'" * 300_000, "e\u0301" * 100_000])
def test_no_text_is_too_much(text):
    found = excerpts.excerpt(text, marker("impact", prefix="a"))
    assert len(found.replace("<mark>", "").replace("</mark>", "")) <= 260


def test_whatever_the_pattern_finds_the_analyser_finds_and_the_other_way_round():
    text = (
        "Cœurs, œuvres, bœuf, nœuds, vœu, élève, ÉLÈVES, naïf, naïveté, Noël, façade, façades, payer, paie, paies, yeux, "
        "essai, essais, essayer, boire, bois, journaux, travaux, travail, d’œil, œil, ærien, Łódź, straße, skis, dying, news"
    )
    for language in ("fr", "en"):
        for word in analysis.words(text):
            stem = analysis.stem(word.folded, language)
            found = {(one.start, one.end) for one in Marker(language, [Unit(frozenset({stem}))]).find(text)}
            same = {(one.start, one.end) for one in analysis.words(text) if analysis.stem(one.folded, language) == stem}
            assert found == same, word
