"""What a document is found by: everything that a reader is given, and nothing else."""

from __future__ import annotations

from textwrap import dedent

import pytest

from contentapi.ingest import searchable
from contentapi.ingest.document import ingest
from contentapi.model import Collection, Searchable, Site, SourceFile
from contentapi.text import vocabulary

SITE = Site(
    vocabulary.default(),
    collections=(
        Collection("pages", "page", None, output=True),
        Collection("articles", "article", "_posts", output=True),
    ),
)


def found(text: str, path: str = "a.md") -> Searchable | None:
    content = dedent(text).encode()
    document = ingest(SourceFile(path, content, "digest"), SITE, 1e9 * 2).document
    assert document is not None
    return searchable.of(document)


def test_title_headings_and_text_are_kept_apart_as_stems():
    one = found("""\
        ---
        title: Les équipes
        description: L’essentiel
        subtitle: Sous-titre
        ---
        Avant tout.

        ## Mesurer l’impact

        Des usagers.
        """)
    assert one == Searchable(
        title="le equip",
        heading="sous titr essentiel mesur impact a",
        body="avant tout de usag",
        words="les equipes sous titre essentiel mesurer impact avant tout des usagers",
    )


def test_the_labels_of_an_article_say_what_it_is_about():
    one = found("---\ntitle: T\ntags: [Méthodes agiles]\n---\n", "_posts/2024-01-02-mrs.md")
    assert one.heading == "method agil mr"


def test_sentences_in_front_matter_count_and_addresses_do_not():
    one = found(
        "---\ntitle: T\nmission: Aider les gens\nlink: https://example.org/a b\nkind: slug\nlist: [{say: deux mots}]\n---\n"
    )
    assert one.body == "aid le gen deux mot"


def test_english_is_stemmed_as_english():
    assert found("---\ntitle: Working teams\nlang: en\n---\n").title == "work team"


@pytest.mark.parametrize("front", ["hidden: true", "gone: true"])
def test_what_no_list_shows_is_not_found(front):
    assert found(f"---\ntitle: Secret\n{front}\n---\nSecret.\n") is None


def test_numbers_correct_no_other_word():
    assert found("---\ntitle: Le 14 juillet à 10h30\n---\n").words == "juillet"
