"""What a text asks of the search. Any text is a question."""

from __future__ import annotations

import pytest

from contentapi.text import question

CASES = [
    # what is typed, what is wanted (a phrase as several words, a beginning with a star), what is not
    ("comité", ["comite*"], []),
    ("Le comité d'investissement", ["comite", "investissement*"], []),
    ("comment devenir intrapreneur ?", ["devenir", "intrapreneur*"], []),
    ('"comité d’investissement"', ["comite investissement"], []),
    ("« mesurer l'impact » équipe", ["mesurer impact", "equipe*"], []),
    ('équipe "mesurer l', ["equipe", "mesurer l"], []),
    ("impact -phase", ["impact"], ["phase"]),
    ('impact -"phase de construction"', ["impact"], ["phase de construction"]),
    ("start-up d'État", ["start up", "etat*"], []),
    ("porte-monnaie", ["porte monnaie"], []),
    ("un rendez-vous", ["rendez vous"], []),
    # how French asks: the verb first, its pronoun behind a hyphen
    ("Y a-t-il un budget ?", ["budget*"], []),
    ("est-ce que le sponsor décide", ["sponsor", "decide*"], []),
    ("qu'est-ce qu'un sponsor", ["sponsor*"], []),
    ("peut-on arrêter", ["arreter*"], []),
    ("doit-on mesurer", ["mesurer*"], []),
    ("puis-je candidater", ["candidater*"], []),
    ("avons-nous besoin d’un coach", ["besoin", "coach*"], []),
    ("comment mesure-t-on l'impact", ["mesure", "impact*"], []),
    ("dure-t-elle", ["dure*"], []),
    ("combien coûte une startup", ["coute", "startup*"], []),
    ("laquelle dure le plus", ["dure"], []),
    # what asks how long speaks of no time
    ("combien de temps dure la construction", ["dure", "construction*"], []),
    ("How long does the construction take", ["construction", "take*"], []),
    ("le temps de la construction", ["temps", "construction*"], []),
    ("combien de temps", ["combien", "de", "temps*"], []),
    ('"combien de temps" dure', ["combien de temps", "dure*"], []),
    ('"peut-on"', ["peut on"], []),
    ("est-ce", ["est ce"], []),
    ("un add-on", ["add on"], []),
    ("beta.gouv.fr", ["beta", "gouv", "fr*"], []),
    ("impact impact", ["impact", "impact*"], []),
    ("le la les", ["le", "la", "les*"], []),
    ('"à propos"', ["a propos"], []),
    ("-rien", [], ["rien"]),
    ("", [], []),
    ('"', [], []),
    ('- -- "" «» -«»', [], []),
    ("a AND b OR NOT c NEAR(d) title:x ^y z*", ["b", "not", "near", "title", "x", "z*"], []),
]  # fmt: skip


def spelled(unit: question.Unit) -> str:
    return " ".join(unit.words) + ("*" if unit.prefix else "")


@pytest.mark.parametrize(("text", "wanted", "without"), CASES)
def test_what_a_text_asks(text, wanted, without):
    found = question.read(text)
    assert ([spelled(one) for one in found.units], [spelled(one) for one in found.without]) == (wanted, without)


def test_a_unit_knows_its_place_and_its_other_spelling():
    text = "pour une start-up, l’impakt"
    first, last = question.read(text).units
    assert text[first.start : first.end] == "start-up,"
    assert first.joined == "startup"
    assert text[last.start : last.end] == "impakt"
