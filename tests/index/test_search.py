"""The search over a folder: what is found, in which order, how it is shown, and that it goes with its document."""

from __future__ import annotations

from itertools import chain

import pytest

from contentapi.errors import BadParameter
from contentapi.index import matching, postings, related, search, spelling
from contentapi.index.filters import ARTICLE, Filter
from contentapi.index.search import Wish, suggest
from tests.index.shelf import Shelf, page

FILES = {
    "_config.yml": "url: https://site.example\n",
    "impact.md": page("title: Mesurer l’impact\ndescription: Choisir un indicateur", "Une mesure.\n\n## Début\n\nTexte.\n"),
    "equipe.md": page("title: L’équipe", "Avant.\n\n## Les rôles\n\nChacun mesure. L’intrapreneur décide.\n"),
    "comite.md": page("title: Comité d'investissement", "## Mesurer\n\nLe comité se réunit aujourd’hui.\n"),
    "about.md": page("title: Our teams\nlang: en", "Teams are working together.\n"),
    "_posts/2024-03-01-lancer.md": page("title: Lancer tôt\ncategories: [Méthode]", "Mesurer, puis décider.\n"),
    "_posts/2023-03-01-bilan.md": page("title: Bilan\ncategories: [Vie]", "Une start-up décide.\n"),
    "hidden.md": page("title: Mesure cachée\nhidden: true", "Mesurer un zygomatique.\n"),
    "_drafts/draft.md": page("title: Mesure en brouillon", "Mesurer un brouillonnage.\n"),
    "_posts/2099-01-01-later.md": page("title: Mesure future", "Mesurer.\n"),
    "gone.md": page("title: Mesure retirée\ngone: true", "Mesurer.\n"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    shelf = Shelf(tmp_path_factory.mktemp("search"))
    shelf.write(FILES).sync()
    with shelf.reading() as one:
        yield one
    shelf.close()


def sources(reader, text, **wish):
    return [hit.row.source for hit in search.search(reader, text, Wish(**wish)).page.items]


FOUND = [
    ("mesurer", {"impact.md", "equipe.md", "comite.md", "_posts/2024-03-01-lancer.md"}),
    ("MESURÉES", {"impact.md", "equipe.md", "comite.md", "_posts/2024-03-01-lancer.md"}),
    ("l’impact", {"impact.md"}),
    ("équipes", {"equipe.md"}),
    ("equipe", {"equipe.md"}),
    ("team", {"about.md"}),
    ("worked", {"about.md"}),
    ("aujourd'hui", {"comite.md"}),
    ("intra", {"equipe.md"}),
    ("mesure comité", {"comite.md"}),
    ("mesurer -comité", {"impact.md", "equipe.md", "_posts/2024-03-01-lancer.md"}),
    ('"mesurer puis"', {"_posts/2024-03-01-lancer.md"}),
    ("« puis mesurer »", set()),
    ("start-up", {"_posts/2023-03-01-bilan.md"}),
    ("indicateur", {"impact.md"}),
    ("Méthode", {"_posts/2024-03-01-lancer.md"}),
    ("zygomatique", set()),
    ("brouillonnage", set()),
    ("future", set()),
    ("", set()),
    ("?!", set()),
    ("-mesurer", set()),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_is_found(reader, text, expected):
    found = search.search(reader, text, Wish())
    assert ({hit.row.source for hit in found.page.items}, found.complete) == (expected, True)
    assert found.page.total == len(expected)


def test_title_comes_before_heading_and_heading_before_text(reader):
    assert sources(reader, "mesurer") == ["impact.md", "comite.md", "_posts/2024-03-01-lancer.md", "equipe.md"]
    scores = [hit.score for hit in search.search(reader, "mesurer", Wish()).page.items]
    assert scores == sorted(scores, reverse=True)


def test_when_nothing_holds_all_words_what_holds_the_most_is_given_and_said_so(reader):
    found = search.search(reader, "comité investissement rôles", Wish())
    assert [hit.row.source for hit in found.page.items] == ["comite.md"]
    assert not found.complete
    assert not search.search(reader, '"rien de tel" "ni de cela" comité', Wish()).page.items


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mesurer l'impct", "mesurer l'impact"),
        ("intraprenneur", "intrapreneur"),
        ("xmpact", "impact"),
        ("comtié", "comite"),
        ("inbestissement", "investissement"),
        ("startup", "start"),
        ("mesurer", None),
        ("mesu", None),
        ("xyz", None),
        ("zygomatikue", None),
        ("1impact", None),
        ('"impct"', None),
    ],
)
def test_a_misspelt_word_is_put_right_and_said_so(reader, text, meant):
    found = search.search(reader, text, Wish())
    assert found.corrected == meant
    assert bool(found.page.items) == (meant is not None or text.startswith("mesu"))


def test_a_hit_shows_the_section_that_answers(reader):
    (hit,) = search.search(reader, "intrapreneur décider", Wish()).page.items
    assert hit.place == search.Place(2, "les-rôles", "Les rôles")
    assert hit.snippet == "Chacun mesure. L’<mark>intrapreneur</mark> <mark>décide</mark>."
    assert hit.title == "L’équipe"
    first = search.search(reader, "mesurer impact", Wish()).page.items[0]
    assert (first.title, first.place.level) == ("<mark>Mesurer</mark> l’<mark>impact</mark>", 0)
    (told,) = search.search(reader, "indicateur", Wish()).page.items
    assert (told.place, told.snippet) == (None, "Choisir un <mark>indicateur</mark>")


def test_facets_count_under_the_filters_of_the_others(reader):
    category = next(one for one in ARTICLE if one.name == "category")
    found = search.search(reader, "décider", Wish(conditions=(Filter(category, "is", ("vie",)),)))
    assert [hit.row.source for hit in found.page.items] == ["_posts/2023-03-01-bilan.md"]
    facets = {name: [(one.value, one.count) for one in values] for name, values in found.facets.items()}
    assert facets == {
        "type": [("article", 1)],
        "collection": [("articles", 1)],
        "category": [("méthode", 1), ("vie", 1)],
        "year": [("2023", 1)],
    }


def test_suggestions_are_titles_that_begin_so_then_those_that_hold_it(reader):
    def titles(text):
        return [hit.title for hit in suggest(reader, text, Wish()).page.items]

    assert titles("mes") == ["<mark>Mesurer</mark> l’impact"]
    assert titles("impa") == ["Mesurer l’<mark>impact</mark>"]
    assert titles("comité inv") == ["<mark>Comité</mark> d'<mark>investissement</mark>"]
    assert titles("l") == []
    assert titles("") == []


@pytest.mark.parametrize(
    ("typed", "titles", "corrected"),
    [
        ("mesurre", ["<mark>Mesurer</mark> l’impact"], "mesurer"),
        ("mesurer impakt", ["<mark>Mesurer</mark> l’<mark>impact</mark>"], "mesurer impact"),
        ("commité d'inv", ["<mark>Comité</mark> d'<mark>investissement</mark>"], "comite d'inv"),
        ("mesur", ["<mark>Mesurer</mark> l’impact"], None),  # nothing to put right
        ("indicateur", [], None),  # a word of a text, and of no title
        ("indicateurz", [], None),  # what is put right must lead to a title
        ("xylophone", [], None),
    ],
)
def test_where_no_title_goes_on_from_what_is_typed_a_word_is_put_right(reader, typed, titles, corrected):
    found = suggest(reader, typed, Wish())
    assert ([hit.title for hit in found.page.items], found.corrected) == (titles, corrected)


NAMED = {
    "aide.md": page("title: Aide", "Aides."),
    "aidess.md": page("title: AidESS", "Nos aides."),
    "aides.md": page("title: Toutes les aides", "Mes aides, nos aides, vos aides."),
    "mes.md": page("title: Mes aides", "Un simulateur, qui ne s'appelle pas comme les autres."),
    "plus.md": page("title: Mes aides à l’embauche", "Autre chose."),
}


def test_who_types_a_whole_title_finds_it_first(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.write(NAMED).sync()
    with shelf.reading() as reader:
        found = search.search(reader, "Mes aides", Wish(limit=10)).page.items
        suggested = [
            [hit.row.source for hit in suggest(reader, text, Wish(limit=10)).page.items][:2]
            for text in ("mes ai", "mes aides", "MES AIDES À", "aide")
        ]
    shelf.close()
    assert found[0].row.source == "mes.md"
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.row.source for one in found} == set(NAMED)
    assert suggested == [["mes.md", "plus.md"], ["mes.md", "plus.md"], ["plus.md", "aide.md"], ["aide.md", "aidess.md"]]


def test_a_page_is_related_to_what_shares_its_words(tmp_path):
    shelf = Shelf(tmp_path).write({
        "a.md": page("title: Covoiturage domicile travail", "Trajet partagé en voiture.\n"),
        "b.md": page("title: Preuve de covoiturage", "Un trajet en voiture.\n"),
        "c.md": page("title: Cantine", "Un repas.\n"),
        "d.md": page("title: Sharing a voiture\nlang: en", "covoiturage trajet\n"),
        "e.md": page("title: Autre\nhidden: true", "covoiturage trajet\n"),
    })  # fmt: skip
    shelf.sync()
    with shelf.reading() as reader:
        near = [one.source for one in related.of(reader, reader.by_source("a.md"))]
        assert near == ["b.md"]
        assert related.of(reader, reader.by_source("c.md")) == []
    shelf.close()


# -- lists ------------------------------------------------------------------------------------------------------------


def many(tmp_path, count=30):
    shelf = Shelf(tmp_path)
    shelf.write({f"{n:03}.md": page(f"title: Mesure {n}", "Mesure.\n" * (n % 4)) for n in range(count)}).sync()
    return shelf


def walk(reader, text, **wish):
    found, cursor = [], None
    while True:
        one = search.search(reader, text, Wish(cursor=cursor, **wish)).page
        found.append([hit.row.source for hit in one.items])
        cursor = one.next
        if cursor is None:
            return found, one.prev


@pytest.mark.parametrize("ranked", [2000, 0])
def test_a_walk_sees_each_once_and_leads_back(tmp_path, monkeypatch, ranked):
    monkeypatch.setattr(search, "RANKED", ranked)
    shelf = many(tmp_path)
    with shelf.reading() as reader:
        pages, back = walk(reader, "mesure", limit=7)
        assert [len(one) for one in pages] == [7, 7, 7, 7, 2]
        assert list(chain(*pages)) == sources(reader, "mesure", limit=100)
        assert len(set(chain(*pages))) == 30
        for expected in (pages[3], pages[2], pages[1], pages[0]):
            before = search.search(reader, "mesure", Wish(limit=7, cursor=back)).page
            assert [hit.row.source for hit in before.items] == expected
            back = before.prev
        assert back is None
    shelf.close()


def test_a_walk_goes_on_behind_its_item_when_content_changes(tmp_path):
    shelf = many(tmp_path)
    with shelf.reading() as reader:
        first = search.search(reader, "mesure", Wish(limit=5)).page
        following = sources(reader, "mesure", limit=100)[5:10]
    shelf.write({"new.md": page("title: Mesure mesure mesure", "")}).sync()
    with shelf.reading() as reader:
        found = sources(reader, "mesure", limit=5, cursor=first.next)
    assert found == following
    shelf.close()


@pytest.mark.parametrize("cursor", ["x", "", "WyJ4IiwwLDEsImEiXQ", "é"])
def test_a_cursor_of_another_list_is_refused(reader, cursor):
    with pytest.raises(BadParameter):
        search.search(reader, "mesurer", Wish(cursor=cursor))


def test_fields_order_what_is_found(reader):
    title = next(one for one in ARTICLE if one.name == "title")
    found = search.search(reader, "mesurer", Wish(sort=((title, True),), limit=2))
    assert [hit.row.title for hit in found.page.items] == ["Mesurer l’impact", "L’équipe"]
    assert found.page.total == 4
    second = search.search(reader, "mesurer", Wish(sort=((title, True),), limit=2, cursor=found.page.next))
    assert [hit.row.title for hit in second.page.items] == ["Lancer tôt", "Comité d'investissement"]


def test_of_very_many_those_with_the_word_in_the_title_come_first(reader, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 0)
    found = search.search(reader, "mesurer", Wish()).page
    assert [hit.row.source for hit in found.items] == [
        "impact.md",
        "comite.md",
        "equipe.md",
        "_posts/2024-03-01-lancer.md",
    ]
    assert [hit.score for hit in found.items] == [5.0, 3.0, 1.0, 1.0]


# -- what the index keeps ---------------------------------------------------------------------------------------------


def test_a_document_takes_its_words_with_it(shelf):
    shelf.write({"a.md": page("title: Alambic", "x"), "b.md": page("title: Baobab", "x")}).sync()
    shelf.write({"a.md": page("title: Cabriole", "x"), "b.md": None}).sync()
    with shelf.reading() as reader:
        assert [sources(reader, word) for word in ("alambic", "baobab", "cabriole")] == [[], [], ["a.md"]]
        assert [word for (word,) in reader.select("SELECT term FROM word")] == ["cabriole"]
        assert reader.select("SELECT count(*) FROM stem").get == 3  # cabriol, a, x


def test_a_document_that_loses_its_path_is_not_found(shelf):
    shelf.write({"a.md": page("title: Alambic\npermalink: /x", ""), "b.md": page("title: Baobab\npermalink: /x", "")})
    shelf.sync()
    with shelf.reading() as reader:
        assert [sources(reader, word) for word in ("alambic", "baobab")] == [[], ["b.md"]]
        assert search.search(reader, "alambik", Wish()).corrected is None


def test_the_same_content_has_the_same_answers_however_it_came_about(shelves):
    fresh = shelves().write(FILES)
    fresh.sync()
    grown = shelves().write({name: page("title: Autre", "mesurer " * 50) for name in FILES if name.endswith(".md")})
    grown.sync()
    for name, content in reversed(FILES.items()):
        grown.write({name: content}).sync()

    def everything(shelf):
        with shelf.reading() as reader:
            texts = [text for text, _ in FOUND] + ["inbestissement", "comité rôles"]
            found = [search.search(reader, text, Wish(limit=3)) for text in texts]
            told = [[(hit.row.source, hit.score, hit.snippet) for hit in one.page.items] for one in found]
            near = [row.source for row in related.of(reader, reader.by_source("impact.md"))]
            return told, [one.facets for one in found], [one.page.next for one in found], near

    assert everything(fresh) == everything(grown)


# -- sets -------------------------------------------------------------------------------------------------------------


def test_a_set_lists_its_members_shorter_titles_first(reader):
    sets = postings.of(reader)
    rowids = list(sets.members(sets.every))
    assert len(rowids) == 6
    titles = [search.rows(reader, [rowid])[rowid].title for rowid in rowids]
    assert titles[0] == "Bilan"
    assert titles[-1] == "Comité d'investissement"
    assert list(sets.members(0)) == []


def test_sets_are_let_go_when_there_are_too_many(reader, monkeypatch):
    monkeypatch.setattr(postings, "_MOST_BYTES", 1000)
    sets = postings.Postings(reader)
    for number in range(100):
        sets.matching(reader, f'"x{number}"')
    assert len(sets._kept) < 20


@pytest.mark.parametrize(
    ("one", "other", "faults"),
    [("impact", "impact", 0), ("impct", "impact", 1), ("ipmact", "impact", 1), ("imact", "impacts", 2), ("", "ab", 2)],
)
def test_faults_between_two_words(one, other, faults):
    assert spelling._distance(one, other) == spelling._distance(other, one) == faults


def test_nothing_typed_can_break_out_of_an_expression(reader):
    for text in (
        'a"b',
        "a* OR b",
        "{title}: x",
        "NEAR(a b, 1)",
        "^",
        '""""',
        "a" * 400,
        "ﷺ ½ ² ﬁ",
        "\ud800",
        "x\u0000y",
    ):
        asked = matching.ask(reader, text)
        for one in asked.terms:
            reader.select("SELECT count(*) FROM search WHERE search MATCH ?", (one.within("title"),)).fetchall()
