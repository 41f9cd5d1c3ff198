"""What documents say of phases: small documents and the statements they make, then real ones when they are at hand."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from contentapi.ingest import statements
from contentapi.model import Reference, Statement, Vocabulary
from contentapi.text import vocabulary
from contentapi.text.paths import key

WORDS = vocabulary.default()
_HREF = re.compile(r'href="([^"]*)"')


def extract(markdown: str, own: str | None = None, words: Vocabulary = WORDS) -> tuple[Statement, ...]:
    """The statements of a small document, whose links all stand on line 7."""
    references: list[Reference] = []

    def placeholder(match: re.Match[str]) -> str:
        references.append(Reference("link", match[1], None, key(re.sub(r"^https://[^/]+|#.*", "", match[1])), line=7))
        return f'href="\x1f{len(references) - 1}\x1f"'

    html = _HREF.sub(placeholder, MarkdownIt("commonmark").enable("table").render(markdown))
    return statements.extract(html, references, words, own=own)


def said(markdown: str, own: str | None = None) -> list[tuple[str, str]]:
    """The phase and the duration of each statement."""
    return [(one.phase, one.duration.text) for one in extract(markdown, own)]


# ---------------------------------------------------------------------------------------------------------------------
# Overviews
# ---------------------------------------------------------------------------------------------------------------------

OVERVIEW = """
Quatre temps :

- [Enquêter](/approche/investigation) (6 à 9 semaines) pour savoir si le souci existe\u00a0;
- [Bâtir](/approche/construction/), un an\u00a0: ouvrir le service à quelques-uns ;
- [Étendre](https://site.test/approche/acceleration.html) — 12 mois
- [Confier](/approche/transfere#suite) (environ 6 mois, parfois davantage). Trouver un toit.
"""


def test_an_overview_names_each_phase_its_duration_and_its_purpose() -> None:
    made = extract(OVERVIEW)
    assert [(one.phase, one.duration.min, one.duration.max, one.purpose) for one in made] == [
        ("investigation", "P6W", "P9W", "pour savoir si le souci existe"),
        ("construction", "P1Y", "P1Y", "ouvrir le service à quelques-uns"),
        ("acceleration", "P12M", "P12M", None),
        ("transfert", "P6M", "P6M", "Trouver un toit"),
    ]
    assert {(one.overview, one.items, one.line) for one in made} == {(1, 4, 7)}
    assert made[0].quote == "Enquêter (6 à 9 semaines) pour savoir si le souci existe ;"
    assert made[3].link is not None
    assert made[3].link.url == "/approche/transfere#suite"


def test_overviews_are_numbered_in_the_order_of_the_document() -> None:
    second = "\n1. Une [phase](/investigation) de 3 mois\n2. Une [autre](/construction) de 4 mois\n"
    made = extract(OVERVIEW + "\nou bien\n" + second)
    assert [(one.overview, one.items) for one in made] == [(1, 4)] * 4 + [(2, 2)] * 2


def test_an_item_s_own_text_ends_where_a_list_within_it_begins() -> None:
    made = extract(
        "- [A](/investigation) (2 mois) voir\n  - puis 3 mois\n- [B](/construction) (4 mois) faire\n  - ou 5 mois\n"
    )
    assert [(one.phase, one.duration.text, one.purpose) for one in made] == [
        ("investigation", "2 mois", "voir"),
        ("construction", "4 mois", "faire"),
    ]


@pytest.mark.parametrize(
    "markdown",
    [
        "- [A](/investigation) dès 2 mois\n",  # one item
        "- [A](/investigation) dès 2 mois\n- [B](/construction) ensuite\n",  # one without a duration
        "- [A](/investigation) dès 2 mois\n- B, 4 mois\n",  # one without a link
        "- [A](/investigation) dès 2 mois\n- [B](/contact) dès 4 mois\n",  # a link elsewhere
        "- [A](/investigation) dès 2 mois\n- [B](/investigation) dès 4 mois\n",  # one phase twice
        "- [A](/transfert) dès 2 mois\n- [B](/transfere) dès 4 mois\n",  # by two of its names
        "- [A](/investigation) tous les 2 mois\n- [B](/construction) tous les ans\n",  # rhythms
    ],
)
def test_a_list_that_is_no_overview(markdown: str) -> None:
    assert extract(markdown) == ()


# ---------------------------------------------------------------------------------------------------------------------
# Brackets, headings, sentences, cards
# ---------------------------------------------------------------------------------------------------------------------

SAID = {
    # a bracket right after a mention
    "a link, then a bracket": ("Vient [le test](/approche/construction) (3 mois).", [("construction", "3 mois")]),
    "an alias": ("Puis [la suite](/consolidation) (3 mois).", [("transfert", "3 mois")]),
    "words, then a bracket": ("Notre phase d’investigation (4 semaines) suffit.", [("investigation", "4 semaines")]),
    "another generic word": ("L’étape de la construction (4 semaines).", [("construction", "4 semaines")]),
    "English": ("Then the construction phase (10 to 12 months) starts.", [("construction", "10 to 12 months")]),
    "English, after": ("The step of acceleration (10 months).", [("acceleration", "10 months")]),
    "two names of one phase": ("La phase de transfert ou de consolidation (5 mois).", [("transfert", "5 mois")]),
    "a word for lasting": ("La phase de transfert (durée\u00a0: 5 mois) clôt.", [("transfert", "5 mois")]),
    "a short word": ("La phase de transfert (de 5 à 6 mois) clôt.", [("transfert", "5 à 6 mois")]),
    "more after a comma": ("La phase de transfert (5 mois, renouvelable).", [("transfert", "5 mois")]),
    "quotes around": ("La « phase de transfert » (5 mois).", [("transfert", "5 mois")]),
    "two in one sentence": (
        "Une phase de construction (1 an), une phase d'accélération (2 ans).",
        [("construction", "1 an"), ("acceleration", "2 ans")],
    ),
    # headings
    "a heading": ("### Construction (7 mois)\n\nOn bâtit.", [("construction", "7 mois")]),
    "a heading with an article": ("## L’accélération : 7 mois", [("acceleration", "7 mois")]),
    "a numbered heading": ("## 2. Phase de construction – durée : 7 mois", [("construction", "7 mois")]),
    "a phase with its number": ("## Phase 1 : investigation (7 semaines)", [("investigation", "7 semaines")]),
    # sentences
    "a verb": ("La phase de construction dure 5 mois.", [("construction", "5 mois")]),
    "a verb and an adverb": ("La phase de construction dure en général 5 mois.", [("construction", "5 mois")]),
    "a clause": ("La phase de construction, qui prend 5 mois, coûte.", [("construction", "5 mois")]),
    "a noun": ("Une phase de construction d’une durée de 5 mois.", [("construction", "5 mois")]),
    "a linked subject": (
        "La [mise en place](/construction) dure entre 5 et 6 mois.",
        [("construction", "entre 5 et 6 mois")],
    ),
    "English verb": ("The construction phase usually lasts 5 months.", [("construction", "5 months")]),
    "the nearest of two": (
        "Après la phase d’investigation, la phase de construction dure 5 mois.",
        [("construction", "5 mois")],
    ),
    "this one, after": (
        "Suit la [phase de test](/construction). D’une durée de 5 mois, cette phase compte.",
        [("construction", "5 mois")],
    ),
    "this one, under its heading": ("## La construction\n\nCette phase dure 5 mois.", [("construction", "5 mois")]),
    "this one, below its heading": (
        "## Construction\n\n### Combien de temps ?\n\nCette étape prend 5 mois.",
        [("construction", "5 mois")],
    ),
    # what is denied is something else
    "only": ("La phase de construction ne dure que 5 mois.", [("construction", "5 mois")]),
    "only, now": ("La phase de construction ne dure plus que 5 mois.", [("construction", "5 mois")]),
    "more or less": ("La phase de construction dure plus ou moins 5 mois.", [("construction", "5 mois")]),
    "another denied": (
        "Ce n'est pas une option : la phase de construction dure 5 mois.",
        [("construction", "5 mois")],
    ),
    "another denied, English": (
        "We do not skip it: the construction phase lasts 5 months.",
        [("construction", "5 months")],
    ),
    "another denied, after": (
        "La phase de construction dure 5 mois, et ne dure jamais trop.",
        [("construction", "5 mois")],
    ),
    # cards
    "a card": (
        "<div><h3>La construction</h3><div>⏳ Durée : <b>5 mois</b><br>👥 trois personnes</div></div>",
        [("construction", "5 mois")],
    ),
    "a card with a link": (
        '<section><p>Pendant 5 mois</p><p><a href="/approche/construction">Bâtir</a></p></section>',
        [("construction", "5 mois")],
    ),
    "two cards": (
        "<div><div><b>Investigation</b><p>Pendant 5 jours</p></div><div><b>Construction</b><p>Durée 5 mois</p></div>",
        [("investigation", "5 jours"), ("construction", "5 mois")],
    ),
}


@pytest.mark.parametrize(("markdown", "expected"), SAID.values(), ids=SAID.keys())
def test_what_is_said(markdown: str, expected: list[tuple[str, str]]) -> None:
    assert said(markdown) == expected


UNSAID = {
    # not of the programme, or not a duration
    "no phase": "Le chantier dure 5 mois (5 mois).",
    "no duration": "La phase de construction (voir plus bas) dure longtemps.",
    "a bare name": "La construction dure 5 mois, l’accélération (6 mois) aussi.",
    "another phase": "La phase de rédaction (5 mois) dure 5 mois.",
    "a rhythm": "La phase de construction dure, avec un point tous les 5 mois (chaque mois).",
    "a bound": "La phase de construction dure moins de 5 mois (jusqu’à 5 mois).",
    "a rate": "La phase de construction prend deux jours par semaine.",
    "an image": "![phase de construction](/construction) (5 mois)",
    # brackets that are elsewhere, or say something else
    "words between": "La phase de construction menée ici (5 mois).",
    "another phase between": "La phase de construction et celle d’après (5 mois).",
    "several phases": "La phase d’investigation et de construction (5 mois).",
    "several phases, English": "The investigation and construction phase (5 months).",
    "across blocks": "La phase de construction\n\n(5 mois)",
    "across cells": "| phase de construction | (5 mois) |\n|---|---|\n| a | b |",
    "more in the bracket": "La phase de construction (prolongée de 5 mois), la phase de transfert (5 mois de retard).",
    "a moment in the bracket": "La phase de construction (depuis 5 mois).",
    "two brackets": "La phase de construction (a) 5 mois (b).",
    "a link that disagrees with its text": "La [phase de construction](/investigation) (5 mois).",
    # headings
    "a heading about something else": "## Organiser la construction (5 mois)",
    "a heading with two phases": "## Construction et accélération (5 mois)",
    "a heading with two durations": "## Construction (5 mois) (6 mois)",
    # sentences
    "another subject": "Dans la phase de construction, le recrutement prend 5 mois.",
    "a far subject": "La phase de construction confiée à une équipe dure 5 mois.",
    "what someone did": "Ils ont mené une phase d’investigation pendant 5 mois.",
    "another sentence": "Voici la phase de construction. Cela dure 5 mois.",
    "a clause of its own": "La phase de construction : l’équipe prend 5 semaines de congés.",
    "a comma, then what someone did": "Après la phase de construction, on prend 5 jours.",
    "far from the verb": "La phase de construction dure le temps que prévoit le contrat, soit 5 mois.",
    "this one, of no phase": "Cette phase dure 5 mois.",
    "this one, of two": "De la phase d’investigation à la phase de construction : cette phase dure 5 mois.",
    "this one, under another heading": "## Étape 2 : recruter\n\nCette étape dure 5 mois.",
    "after the section": "## Construction\n\nOn bâtit.\n\n## Questions\n\nCette phase dure 5 mois.",
    # cards
    "a card of two phases": "<div><b>Construction</b><b>Investigation</b><p>Pendant 5 mois</p></div>",
    "a card of two durations": "<div><b>Construction</b><p>Pendant 5 mois</p><p>Durée : 6 mois</p></div>",
    "more than the duration": "<div><b>Construction</b><p>Pendant 5 mois, on bâtit.</p></div>",
    "no box": "**Construction**\n\nPendant 5 mois",
    "a page is no card": f'<div><p>Pendant 5 mois</p>{"<p>blabla</p>" * 500}<a href="/construction">Bâtir</a></div>',
}


DENIED = (
    "La phase de construction ne dure plus 5 mois.",
    "La phase de construction ne dure pas 5 mois.",
    "La phase de construction ne dure pas en général 5 mois.",
    "La phase de construction ne dure pas que 5 mois.",
    "La phase de construction ne dure jamais 5 mois.",
    "The construction phase doesn't last 5 months.",
    "The construction phase doesn’t last 5 months.",
    "The construction phase does not last 5 months.",
    "The construction phase never lasts 5 months.",
    "The construction phase no longer lasts 5 months.",
    "The construction phase used to last 5 months.",
    "## Construction\n\nThis phase no longer lasts 5 months.",
    "D’une durée non pas de 5 mois, cette phase ([construction](/construction)) compte.",
    "La phase de construction (ne dure plus 5 mois).",
    "The construction phase (no longer lasts 5 months).",
    "- [A](/investigation) ne dure plus 2 mois\n- [B](/construction) ne dure plus 4 mois\n",
)


@pytest.mark.parametrize("markdown", DENIED)
def test_what_is_denied_is_not_said(markdown: str) -> None:
    assert said(markdown) == []


@pytest.mark.parametrize("markdown", UNSAID.values(), ids=UNSAID.keys())
def test_what_is_not_said(markdown: str) -> None:
    assert said(markdown) == []


OWN = {
    "this phase": ("Cette phase dure 5 mois.", [("construction", "5 mois")]),
    "this phase that": ("À l’issue de cette étape qui prend 5 mois, on décide.", [("construction", "5 mois")]),
    "English": ("This stage takes about 5 months.", [("construction", "5 months")]),
    "its own name first": ("La phase de construction suit. Cette phase dure 5 mois.", [("construction", "5 mois")]),
    "before another one": (
        "Cette phase dure 5 mois : ensuite la [phase d’accélération](/acceleration).",
        [("construction", "5 mois")],
    ),
    "after another one": ("Elle suit la [phase d’investigation](/investigation). Cette phase dure 5 mois.", []),
    "under the heading of another one": ("## L’accélération\n\nCette phase dure 5 mois.", [("acceleration", "5 mois")]),
    "a step of another kind": ("L’étape du recrutement compte. Cette étape dure 5 mois.", []),
    "under a step of another kind": ("### Étape 3 : recruter\n\nCette étape dure 5 mois.", []),
    "under a question": ("### Que faire de cette étape ?\n\nCette étape dure 5 mois.", [("construction", "5 mois")]),
    "someone else's": ("Le comité se réunit pendant 5 jours.", []),
}


@pytest.mark.parametrize(("markdown", "expected"), OWN.values(), ids=OWN.keys())
def test_on_a_phase_s_own_page(markdown: str, expected: list[tuple[str, str]]) -> None:
    assert said(markdown, own="construction") == expected


@pytest.mark.parametrize(
    ("markdown", "quote", "line"),
    [
        ("Avant. La phase de\nconstruction\u00a0(5 mois) ! Après [ici](/x).", "La phase de construction (5 mois) !", 7),
        ("## Construction (5 mois)\n\n[ici](/x)", "Construction (5 mois)", None),
        ("<div>🎯 <b>Construction</b><br>📅 Pendant <b>5\n mois</b><br>✋ seul</div>", "📅 Pendant 5 mois", None),
        ('<div>Pendant 5 mois<p><a href="/construction">Bâtir</a></p></div>', "Pendant 5 mois", 7),
    ],
)
def test_a_statement_quotes_what_was_written_and_tells_where(markdown: str, quote: str, line: int | None) -> None:
    (made,) = extract(markdown)
    assert (made.quote, made.line, made.overview, made.items, made.link) == (quote, line, None, 0, None)


def test_statements_come_in_the_order_of_the_document() -> None:
    made = said("La phase de transfert (2 mois).\n" + OVERVIEW + "\nLa phase de construction dure 3 mois.")
    assert [phase for phase, _ in made] == [
        "transfert",
        "investigation",
        "construction",
        "acceleration",
        "transfert",
        "construction",
    ]


def test_the_words_are_the_vocabulary_s() -> None:
    own = vocabulary.parse({"phases": [{"slug": "essai", "position": 1, "label": "Essai", "names": ["essai"]}]})
    markdown = "La phase d’essai dure 3 mois, la phase de construction (5 mois) aussi."
    assert [(one.phase, one.duration.text) for one in extract(markdown, words=own)] == [("essai", "3 mois")]


def test_a_site_without_phases_makes_no_statement() -> None:
    assert extract(OVERVIEW, words=vocabulary.parse({"phases": []})) == ()


def test_a_placeholder_without_its_reference_is_no_link() -> None:
    html = (
        '<p>phase de construction, <a href="\x1f9\x1f">ici</a> <a href="/construction">là</a> <a>rien</a> (5 mois)</p>'
    )
    assert statements.extract(html, (), WORDS) == ()


@dataclass(frozen=True, slots=True)
class Trap:
    """HTML that would be slow to read for code that looks at everything again and again."""

    piece: str
    before: str = "<p>"


@pytest.mark.parametrize(
    "trap",
    [
        Trap("phase de construction dure 6 mois. "),
        Trap("cette phase dure 6 mois "),
        Trap("phase de construction (6 mois) "),
        Trap("Pendant 6 mois<br>", "<div>" * 50),
        Trap("<ul><li>phase de construction (6 mois)<li>6 mois"),
        Trap("<h2>Construction (6 mois)</h2>"),
        Trap("construction et ", "<p>6 mois phase de "),
        Trap("phase de ", "<p>6 mois "),
        Trap("((((( 6 mois ))))"),
        Trap(" ! " * 50 + "<b>x</b>", "<h2>6 mois "),
    ],
    ids=lambda trap: trap.piece[:24],
)
def test_time_grows_with_the_document_and_no_faster(trap: Trap) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        statements.extract(trap.before + trap.piece * count, (), WORDS, own="construction")
        return time.process_time() - started

    seconds(10)
    assert seconds(20_000 // len(trap.piece)) < 2


TAGS = ["<div>", "</div>", "<ul>", "<li>", "</ul>", "<b>", "</b>", "<h2>", "</h2>", "<br>", "<p>", "</a>"]
PROSE = [
    "phase de construction",
    "cette phase",
    "construction",
    " dure ",
    " pendant ",
    "6 mois",
    "(6 mois)",
    ". ",
    "\0",
]
PIECES = [*TAGS, *PROSE, '<a href="\x1f0\x1f">', " "]


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_html_is_read_without_an_error(html: str) -> None:
    link = Reference("link", "/investigation", None, "/investigation")
    for one in statements.extract(html, [link], WORDS, own="construction"):
        assert one.phase in {"construction", "investigation"}
        assert one.duration.text in one.quote


# ---------------------------------------------------------------------------------------------------------------------
# Real documents
# ---------------------------------------------------------------------------------------------------------------------

SHARED = Path(os.environ.get("CONTENTAPI_SHARED") or Path(__file__).parents[2].parent / "shared")

SEEDS = {
    "000": [("construction", "P6M", "P1Y")],
    "001": [
        ("investigation", "P6W", "P9W"),
        ("construction", "P12M", "P12M"),
        ("acceleration", "P12M", "P12M"),
        ("transfert", "P6M", "P6M"),
    ],
    "002": [("investigation", "P1M", "P2M"), ("construction", "P18M", "P32M")],
    "003": [
        ("investigation", "P6W", "P9W"),
        ("construction", "P12M", "P12M"),
        ("acceleration", "P12M", "P12M"),
        ("transfert", "P6M", "P6M"),
    ],
    "004": [("investigation", "P6W", "P13W"), ("construction", "P6M", "P12M")],
}

SITE = {
    "_pages/approche.md": ["investigation 1 à 2 mois"],
    "_pages/contact.md": ["investigation 6 à 9 semaines"],
    "_pages/intrapreneur.md": [
        "investigation 6 à 9 semaines",
        "construction 12 mois",
        "acceleration 12 mois",
        "transfert 6 mois",
    ],
    "_pages/programme/construction.md": ["construction six mois à un an"],
}


def _of_file(file: Path) -> tuple[Statement, ...]:
    front, body = re.split(r"^---\s*$", file.read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE)[1:]
    permalink = re.search(r"^permalink: *(\S+)", front, re.MULTILINE)
    word = WORDS.find(permalink[1].rstrip("/").rpartition("/")[2]) if permalink else None
    return extract(body, own=word.slug if word else None)


def _folder(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; CONTENTAPI_SHARED names the folder that holds it")
    return folder


@pytest.mark.parametrize(("start", "expected"), SEEDS.items(), ids=SEEDS.keys())
def test_the_seeds(start: str, expected: list[tuple[str, str, str]]) -> None:
    (file,) = _folder("seeds").glob(f"{start}*.md")
    assert [(one.phase, one.duration.min, one.duration.max) for one in _of_file(file)] == expected


def test_a_real_site_says_this_and_nothing_else() -> None:
    """Among hundreds of pages about phases of projects, only those that speak of the programme make a statement."""
    folder = _folder("corpus/site-2023")
    made = {
        str(file.relative_to(folder)): [f"{one.phase} {one.duration.text}" for one in found]
        for file in folder.rglob("*.md")
        if file.read_bytes().startswith(b"---") and (found := _of_file(file))
    }
    assert made == SITE
