"""Texts for language models: what is linked to, how much one answer holds, and where it goes on."""

from __future__ import annotations

import pytest

from contentapi.web.resources import llms
from tests.web.client import Site
from tests.web.syndication import valid


def document(front: str, body: str = "Text.") -> str:
    return f"---\n{front}\n---\n{body}\n"


FILES = {
    "contentapi.toml": '[site]\ntitle = "S"\nlang = "en"\n[collections.boats]\ndirectory = "boats"\noutput = true\n'
    '[collections.crews]\ndirectory = "crews"\n',
    "index.md": document("title: Home", "Of the home page."),
    "a.md": document("title: A", "Of the page A."),
    "_posts/2020-01-01-one.md": document("title: One", "Of the first."),
    "_posts/2021-01-01-two.md": document("title: Two", "Of the second."),
    "boats/b1.md": document("title: B1", "Of the boat."),
    "crews/c1.md": document("title: C1", "Of the crew."),
    "hidden.md": document("title: H\nhidden: true", "SECRET"),
}
BODIES = [
    "Of the page A.", "Of the home page.", "Of the second.", "Of the first.", "Of the boat.", "Of the crew.",
]  # fmt: skip


def walk(site: Site) -> list[str]:
    """The answers, one after the other, as each leads to the next."""
    found, target = [], "/llms-full.txt"
    while target:
        got = site.get(target)
        assert got.status == 200
        assert got.headers["content-type"] == "text/plain; charset=utf-8"
        found.append(got.text)
        following = got.link("next")
        assert (f"This goes on at {following}" in got.text) == (following is not None)
        target = valid.path(following) if following else ""
    return found


def bodies(text: str) -> list[str]:
    return sorted((one for one in BODIES if one in text), key=text.index)


def test_all_texts_stand_in_one_answer_when_they_fit(site):
    (text,) = walk(site(FILES))
    assert bodies(text) == ["Of the home page.", "Of the page A.", *BODIES[2:]]
    assert "SECRET" not in text


@pytest.mark.parametrize("largest", [1, 60, 120, 150, 300, 1000])
def test_what_does_not_fit_stands_in_the_next_answer(site, monkeypatch, largest):
    made: Site = site(FILES)
    whole = bodies(walk(made)[0])
    monkeypatch.setattr(llms, "LARGEST", largest)
    monkeypatch.setattr(llms, "_STEP", 2)
    made.app._desk.store.clear()
    texts = walk(made)
    assert [one for text in texts for one in bodies(text)] == whole
    assert len(texts) == 6 if largest == 1 else len(texts) <= 6


@pytest.mark.parametrize("cursor", ["nowhere", "articles", "articles:nowhere", ":", "nothing:x", "%00"])
def test_a_place_that_there_is_not_is_the_beginning(site, cursor):
    made: Site = site(FILES)
    assert made.get(f"/llms-full.txt?cursor={cursor}").text == made.get("/llms-full.txt").text


def test_what_can_be_left_out_stands_apart(site):
    sections = site(FILES).get("/llms.txt").text.split("\n\n## ")
    assert [one.partition("\n")[0] for one in sections[1:]] == ["Pages", "Articles", "Boats", "Optional"]
    assert "/v1/collections/boats/b1.md" in sections[3]
    assert "[Crews (1)](http://127.0.0.1:8000/v1/collections/crews)" in sections[4]
    assert "/llms-full.txt" in sections[4]


def test_of_many_documents_some_are_linked_to_and_the_list_of_all(site, monkeypatch):
    monkeypatch.setattr(llms, "_MOST", 1)
    text = site(FILES).get("/llms.txt").text
    assert "[Two](" in text
    assert "[One](" not in text
    assert "- [All (2)](http://127.0.0.1:8000/v1/articles): the list, page by page, as JSON" in text
    assert "[All (1)]" not in text


def test_a_change_of_any_document_reaches_both(site):
    made: Site = site(FILES)
    for name in ("a.md", "_posts/2020-01-01-one.md", "boats/b1.md", "crews/c1.md"):
        before = made.get("/llms-full.txt").text
        made.change({name: document("title: Another title", f"Of another {name}.")})
        assert f"Of another {name}." in made.get("/llms-full.txt").text
        assert before != made.get("/llms-full.txt").text
    assert made.get("/llms.txt").text.count("Another title") == 3
