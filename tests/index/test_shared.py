"""Real content, read whole: what is found in it, and every fault of it that is told. It is no part of this repository."""

from __future__ import annotations

from collections import Counter

import pytest

from contentapi import settings
from contentapi.index import diagnostics, links, listing, navigation, phases, terms, writer
from contentapi.index.reader import COLUMNS, Index, Row


def indexed(folder, place):
    read = settings.load(folder, environ={"HOME": str(place)})
    writer.write_once(folder, read.index, read.site)
    return Index(read.index, read.site)


@pytest.fixture(scope="module")
def seeds(shared, tmp_path_factory):
    index = indexed(shared / "seeds", tmp_path_factory.mktemp("seeds"))
    with index.reading() as reader:
        yield reader
    index.close()


def source(reader, start):
    """The document of the file whose name starts so, served or not."""
    return Row(*reader.select(f"SELECT {COLUMNS} FROM document WHERE source GLOB ?", (f"{start}*",)).fetchone())


# -- the seeds --------------------------------------------------------------------------------------------------------


def test_four_of_five_documents_are_served(seeds):
    assert listing.counts(seeds) == {"pages": 3, "articles": 1}
    assert [row.source[:3] for row in seeds.rows("1", order="source")] == ["000", "002", "003", "004"]


def test_the_unserved_twin_is_told_with_both_files(seeds):
    (told,) = (one for one in diagnostics.every(seeds) if one.code == "path-conflict")
    assert (told.path[:3], [one[:3] for one in told.related]) == ("001", ["002"])
    assert seeds.by_key("/approche").source.startswith("002")


def test_two_spellings_of_one_path_are_one_page(seeds):
    row = seeds.by_key("/approche/construction")
    crumbs = navigation.breadcrumbs(seeds, row, row.more()["breadcrumbs"])
    assert [(one.path, one.row.path if one.row else None) for one in crumbs] == [
        ("/", None),
        ("/approche/", "/approche/"),
        ("/approche/construction", "/approche/construction"),
    ]


def test_the_site_s_own_host_is_inferred(seeds):
    assert seeds.site.origin is None
    assert seeds.host == "beta.gouv.fr"
    twin = source(seeds, "001")
    own = [link for link in links.of(seeds, twin) if link.internal and link.url.startswith("http")]
    assert len(own) == 17


def test_the_phases_are_read_from_the_overview(seeds):
    found = phases.phases(seeds)
    assert [(one.slug, one.position, one.kind.value, one.duration.min, one.duration.max) for one in found] == [
        ("investigation", 1, "journey", "P6W", "P9W"),
        ("construction", 2, "journey", "P12M", "P12M"),
        ("acceleration", 3, "journey", "P12M", "P12M"),
        ("transfert", 4, "journey", "P6M", "P6M"),
    ]
    assert all(one.derived and one.description and one.overview.source.startswith("003") for one in found)
    assert [one.page.path if one.page else None for one in found] == [None, "/approche/construction", None, None]
    assert [one.address for one in found if one.page is None] == [
        "/approche/investigation", "/approche/acceleration", "/approche/transfert",
    ]  # fmt: skip


def test_what_every_document_says_of_a_phase(seeds):
    said = {
        one.slug: [(each.source[:3], each.duration.min, each.duration.max, each.served) for each in one.statements]
        for one in phases.phases(seeds)
    }
    assert said["investigation"] == [
        ("001", "P6W", "P9W", False),
        ("002", "P1M", "P2M", True),
        ("003", "P6W", "P9W", True),
        ("004", "P6W", "P13W", True),
    ]
    assert {slug: [each[0] for each in every] for slug, every in said.items()} == {
        "investigation": ["001", "002", "003", "004"],
        "construction": ["000", "001", "002", "003", "004"],
        "acceleration": ["001", "003"],
        "transfert": ["001", "003"],
    }
    assert [slug for slug, _ in phases.disagreements(seeds)] == ["investigation", "construction"]


def test_the_title_of_the_article_keeps_its_no_break_space(seeds):
    (row,) = seeds.rows("type = 'article'")
    assert row.title.endswith("\N{NO-BREAK SPACE}?")
    assert row.date == "2020-11-18"
    assert [one.slug for one in terms.of(seeds, row, "author")] == ["mauko.quiroga"]


def test_every_fault_of_the_seeds(seeds):
    assert Counter(one.code for one in diagnostics.every(seeds)) == {
        "asset-missing": 5,
        "author-missing": 1,
        "breadcrumb-dead": 1,
        "duplicate-key": 1,
        "link-dead": 17,
        "path-conflict": 1,
        "phase-duration-disagrees": 2,
        "sidebar-unknown": 1,
    }


# -- whole sites ------------------------------------------------------------------------------------------------------

CORPORA = {
    "site-2023": {
        "documents": {
            "fasts": 12, "incubators": 20, "mooc": 7, "organisations": 84, "pages": 43, "phases": 6, "startups": 422,
            "teams": 16,
        },
        "diagnostics": {
            "asset-missing": 51,
            "duplicate-key": 2,
            "front-matter-missing": 1,
            "heading-empty": 2,
            "html-removed": 2,
            "iframe-removed": 35,
            "link-dead": 2,
            "menu-target-missing": 1,
            "phase-duration-disagrees": 2,
            "redirect-invalid": 2,
            "sidebar-unknown": 2,
            "title-missing": 2,
        },
        "phases": ["investigation", "construction", "acceleration", "transfer", "success", "alumni"],
        "menus": ["fast", "footer.links", "footer.mandatorylinks", "footer.social", "nav", "shortcuts"],
        "host": "beta.gouv.fr",
    },
    "blog-2018": {
        "documents": {"articles": 34, "pages": 10},
        "diagnostics": {
            "asset-missing": 70,
            "author-missing": 12,
            "link-dead": 1,
            "menu-target-missing": 6,
            "title-missing": 10,
        },
        "phases": [],
        "menus": ["footer.links", "footer.social", "nav"],
        "host": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CORPORA)
def test_what_is_found_in_a_whole_site(shared, tmp_path, name):
    if not (shared / "corpus" / name).is_dir():
        pytest.skip(f"the corpus {name} is not there")
    index = indexed(shared / "corpus" / name, tmp_path)
    with index.reading() as reader:
        found = {
            "documents": listing.counts(reader),
            "diagnostics": dict(sorted(Counter(one.code for one in diagnostics.every(reader)).items())),
            "phases": [one.slug for one in phases.phases(reader)],
            "menus": navigation.menu_names(reader),
            "host": reader.host,
        }
        described = {one.slug: one.row.path for one in terms.every(reader, "category") if one.row is not None}
    index.close()
    assert found == CORPORA[name]
    if name == "blog-2018":
        # Each category has a page, known by its alias; one of them is published under another name.
        assert len(described) == 10
        assert described["sgmas"] == "/categorie/incubateur-des-affaires-sociales/"
