"""The phases of the programme: from their documents, or from the overview that the site itself writes."""

from __future__ import annotations

import pytest

from contentapi.index import phases
from contentapi.model import Decision, Duration, Labels
from tests.index.shelf import page


def every(shelf):
    with shelf.reading() as reader:
        return phases.phases(reader)


def one(shelf, name):
    with shelf.reading() as reader:
        return phases.phase(reader, name)


def disagreements(shelf):
    with shelf.reading() as reader:
        return phases.disagreements(reader)


# -- from documents ---------------------------------------------------------------------------------------------------


def test_a_phase_is_what_its_document_says(shelf):
    shelf.write({
        "_phases/construction.md": page(
            """
            title: On construit
            description: Une première version.
            position: 7
            duration: 6 à 9 semaines
            team: [une intrapreneuse, deux développeurs]
            objectives: [livrer, apprendre]
            decision: {who: le comité, what: de continuer ou d’arrêter}
            aliases: [batir]
            labels: {singular: une construction, plural: des constructions, badge: vert}
            """
        ),
    }).sync()  # fmt: skip
    (found,) = every(shelf)
    assert (found.slug, found.title, found.position, found.kind, found.derived) == (
        "construction", "On construit", 7, "journey", False,
    )  # fmt: skip
    assert found.duration == Duration("P6W", "P9W", "6 à 9 semaines")
    assert found.team == "une intrapreneuse, deux développeurs"
    assert found.objectives == ("livrer", "apprendre")
    assert found.decision == Decision("le comité", "de continuer ou d’arrêter")
    assert found.labels == Labels("On construit", "une construction", "des constructions", "vert")
    assert found.aliases == ("batir",)
    assert found.description == "Une première version."


def test_what_a_document_leaves_out_the_vocabulary_knows(shelf):
    shelf.write({"_phases/transfer.md": page("title: T")}).sync()
    (found,) = every(shelf)
    assert (found.slug, found.position, found.kind) == ("transfer", 4, "journey")
    assert "consolidation" in found.aliases
    assert "transfert" in found.aliases
    assert "transfer" not in found.aliases


def test_the_journey_comes_first_then_statuses_then_exits(shelf):
    names = ("alumni", "success", "acceleration", "transfer", "construction", "investigation")
    shelf.write({f"_phases/{name}.md": page(f"title: {name}\norder: {place}") for place, name in enumerate(names)})
    shelf.write({"_phases/unheard.md": page("title: Unheard of")}).sync()
    assert [(found.slug, found.kind.value) for found in every(shelf)] == [
        ("investigation", "journey"),
        ("construction", "journey"),
        ("acceleration", "journey"),
        ("transfer", "journey"),
        ("unheard", "journey"),
        ("success", "status"),
        ("alumni", "exit"),
    ]


def test_a_phase_is_found_by_its_aliases(shelf):
    shelf.write(
        {"_phases/transfer.md": page("title: T\naliases: passage"), "_phases/construction.md": page("title: C")}
    ).sync()
    for name in ("transfer", "passage", "transfert", "consolidation"):
        assert one(shelf, name).slug == "transfer"
    assert one(shelf, "construction").slug == "construction"
    assert one(shelf, "nothing") is None


def test_an_alias_that_has_a_document_of_its_own_is_no_alias(shelf):
    shelf.write({f"_phases/{name}.md": page(f"title: {name}") for name in ("transfert", "consolidation")}).sync()
    assert one(shelf, "consolidation").title == "consolidation"
    assert "consolidation" not in one(shelf, "transfert").aliases


def test_hidden_phases_and_drafts_are_none(shelf):
    shelf.write({
        "_phases/construction.md": page("title: C\nhidden: true"),
        "_phases/acceleration.md": page("title: A\ndraft: true"),
        "_phases/investigation.md": page("title: I"),
    }).sync()  # fmt: skip
    assert [found.slug for found in every(shelf)] == ["investigation"]


PAGES = [
    # front matter of the phase, other files, and the page that describes it
    ("page: /dire", {"dire.md": page()}, "dire.md"),
    ("page: /dire/", {"dire.md": page()}, "dire.md"),
    ("page: https://site.example/dire", {"dire.md": page()}, "dire.md"),
    ("page: dire.md", {"dire.md": page()}, "dire.md"),
    ("page: /avant", {"dire.md": page("redirect_from: /avant")}, "dire.md"),
    ("page: /nulle-part", {"approche/construction.md": page()}, "approche/construction.md"),
    ("", {"approche/construction.md": page()}, "approche/construction.md"),
    ("", {"a/construction.md": page(), "a/b/construction.md": page()}, "a/construction.md"),
    ("", {"a/construction.md": page("hidden: true")}, None),
    ("documentation_url: /doc", {"doc.md": page(), "a/construction.md": page()}, "a/construction.md"),
    ("documentation_url: /doc", {"doc.md": page()}, "doc.md"),
    ("documentation_url: https://other.example/doc", {"doc.md": page()}, None),
    ("", {}, None),
]


@pytest.mark.parametrize(("front", "files", "source"), PAGES)
def test_the_page_of_a_phase(shelf, front, files, source):
    shelf.write({"contentapi.toml": "[site]\norigin = 'https://site.example'\n"})
    shelf.write({"_phases/construction.md": page(f"title: C\n{front}"), **files}).sync()
    (found,) = every(shelf)
    assert (found.page.source if found.page is not None else None) == source


def test_a_page_knows_its_phase(shelf):
    shelf.write({
        "_phases/construction.md": page("title: C"),
        "a/construction.md": page("title: Page"),
        "equipe.md": page("title: Équipe\nphase: construction"),
        "contact.md": page("title: Contact"),
        "odd.md": page("title: Odd\nphase: [1, 2]"),
    }).sync()  # fmt: skip
    found = {}
    with shelf.reading() as reader:
        for row in reader.rows("type = 'page'"):
            phase = phases.of_page(reader, row, row.more())
            found[row.source] = phase.slug if phase is not None else None
    assert found == {
        "a/construction.md": "construction",
        "equipe.md": "construction",
        "contact.md": None,
        "odd.md": None,
    }


def test_a_page_to_which_several_phases_lead_describes_none_of_them(shelf):
    shelf.write({
        "approche.md": page("title: Approche"),
        "_phases/success.md": page("title: A\ndocumentation_url: /approche"),
        "_phases/alumni.md": page("title: B\ndocumentation_url: /approche"),
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        (row,) = reader.rows("type = 'page'")
        assert phases.of_page(reader, row, row.more()) is None
        assert [(one.page, phases.own_page(reader, one)) for one in phases.phases(reader)] == [(row, None)] * 2
    shelf.write({"_phases/alumni.md": page("title: B")}).sync()
    with shelf.reading() as reader:
        (row,) = reader.rows("type = 'page'")
        found = phases.of_page(reader, row, row.more())
        assert found is not None
        assert (found.slug, phases.own_page(reader, found)) == ("success", row)


# -- from the overview ------------------------------------------------------------------------------------------------

OVERVIEW = """
Notre parcours :

- [Accélération](/parcours/acceleration) (un an) : grandir avec méthode ;
- [Investigation](/parcours/investigation) (2 mois) : comprendre un problème ;
- [Construction](/parcours/construction) (6 à 9 mois) : livrer un premier service.
"""


def test_without_documents_the_overview_tells_the_phases(shelf):
    shelf.write(
        {"parcours.md": page("title: Parcours", OVERVIEW), "parcours/investigation.md": page("title: Enquêter")}
    ).sync()
    found = every(shelf)
    assert [(phase.slug, phase.title, phase.position, phase.duration.text) for phase in found] == [
        ("investigation", "Investigation", 1, "2 mois"),
        ("construction", "Construction", 2, "6 à 9 mois"),
        ("acceleration", "Accélération", 3, "un an"),
    ]
    assert all(phase.derived and phase.overview.source == "parcours.md" for phase in found)
    assert [phase.description for phase in found] == [
        "comprendre un problème",
        "livrer un premier service",
        "grandir avec méthode",
    ]
    # A phase leads to the page that its item links to, also when nobody wrote that page.
    assert [(phase.address, phase.page.title if phase.page else None) for phase in found] == [
        ("/parcours/investigation", "Enquêter"),
        ("/parcours/construction", None),
        ("/parcours/acceleration", None),
    ]


def test_the_longest_list_is_the_overview(shelf):
    short = "- [Investigation](/investigation) : 3 mois\n- [Construction](/construction) : 5 mois\n"
    shelf.write({"a.md": page("title: A", short), "z.md": page("title: Z", OVERVIEW)}).sync()
    assert {phase.overview.source for phase in every(shelf)} == {"z.md"}


def test_of_two_equal_lists_the_first_by_path_is_the_overview(shelf):
    shelf.write({"b.md": page("title: B", OVERVIEW), "a.md": page("title: A", OVERVIEW)}).sync()
    assert {phase.overview.source for phase in every(shelf)} == {"a.md"}


@pytest.mark.parametrize(
    "change",
    [
        {
            "contentapi.toml": "[site]\norigin = 'https://site.example'\n",
            "p.md": OVERVIEW.replace("(/", "(https://other.example/"),
        },
        {"p.md": OVERVIEW.replace("(un an)", "(longtemps)")},
        {"p.md": OVERVIEW.replace("[Accélération](/parcours/acceleration)", "Accélération")},
        {"p.md": OVERVIEW.replace("Accélération](/parcours/acceleration)", "Autre chose](/autre)")},
    ],
    ids=["links elsewhere", "an item without duration", "an item without link", "an item without phase"],
)
def test_what_is_no_overview(shelf, change):
    shelf.write(
        {path: page("title: P", text) if path.endswith(".md") else text for path, text in change.items()}
    ).sync()
    assert every(shelf) == []


@pytest.mark.parametrize("front", ["hidden: true", "draft: true", "redirect_to: /x"])
def test_an_overview_that_is_not_listed_is_none(shelf, front):
    shelf.write({"p.md": page(f"title: P\n{front}", OVERVIEW)}).sync()
    assert every(shelf) == []


def test_documents_of_phases_win_over_the_overview(shelf):
    shelf.write({"p.md": page("title: P", OVERVIEW), "_phases/construction.md": page("title: C")}).sync()
    assert [(phase.slug, phase.derived) for phase in every(shelf)] == [("construction", False)]


# -- what the documents say -------------------------------------------------------------------------------------------


def test_every_document_is_heard_an_unserved_twin_too(shelf):
    shelf.write({
        "a.md": page("title: A\npermalink: /p", "La phase de construction dure six mois.\n"),
        "b.md": page("title: B\npermalink: /p", "La [phase de construction](/c) dure un an.\n"),
        "c.md": page("title: C\nhidden: true", "La phase de construction dure 6 mois.\n"),
        "d.md": page("title: D\ndraft: true", "La phase de construction dure 9 ans.\n"),
        "e.md": page("title: E\ngone: true", "La phase de construction dure 8 ans.\n"),
        "f.md": page("title: F\nredirect_to: /p", "La phase de construction dure 7 ans.\n"),
        "_phases/construction.md": page("title: C"),
    }).sync()  # fmt: skip
    (found,) = every(shelf)
    assert [(said.source, said.duration.text, said.served, said.line) for said in found.statements] == [
        ("a.md", "six mois", False, 5),
        ("b.md", "un an", True, 5),
        ("c.md", "6 mois", True, 5),
    ]


def test_documents_that_agree_are_not_told(shelf):
    shelf.write({
        "a.md": page("title: A", "La phase de construction dure douze mois.\n"),
        "b.md": page("title: B", "La phase de construction dure 12 mois.\n"),
        "_phases/construction.md": page("title: C\nduration: 1 an"),
    }).sync()  # fmt: skip
    assert disagreements(shelf) == []


def test_documents_that_disagree_are_told_with_their_words(shelf):
    shelf.write({
        "a.md": page("title: A", "La phase de construction dure six mois.\n"),
        "b.md": page("title: B", "Texte.\n\nLa [phase de construction](/c) dure un an.\n"),
        "_phases/construction.md": page("title: C\nduration: 6 mois"),
    }).sync()  # fmt: skip
    assert disagreements(shelf) == [
        (
            "construction",
            [("_phases/construction.md", 3, "6 mois"), ("a.md", 4, "six mois"), ("b.md", 6, "un an")],
        )
    ]


def test_what_was_computed_for_one_state_is_not_taken_for_another(shelf):
    from contentapi.index.reader import Index

    shelf.write({"_phases/construction.md": page("title: C")}).sync()
    held = Index(shelf.index, shelf.settings.site)
    with held.reading() as reader:
        first = phases.phases(reader)
    with held.reading() as reader:
        assert phases.phases(reader) is first
    shelf.write({"_phases/construction.md": page("title: D")}).sync()
    with held.reading() as reader:
        assert [phase.title for phase in phases.phases(reader)] == ["D"]
    held.close()
