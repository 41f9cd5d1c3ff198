"""Texts of headings and the ids that kramdown's GFM parser (2.4) gives them; each row was compared with it."""

from __future__ import annotations

import re

import pytest

from contentapi.ingest import html, markdown
from contentapi.ingest.heading_ids import heading_id, unique
from contentapi.ingest.html import Place

PLACE = Place("a.md", "/", "/a")


def ids(text: str) -> list[str]:
    return re.findall(r'<h[1-6][^>]* id="([^"]*)"', html.clean(markdown.render(text).html, PLACE).html)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Simple", "simple"),
        ("Été à Brest", "été-à-brest"),
        ("ÇA, Œuvre & œil", "ça-œuvre--œil"),
        ("L’été", "lété"),
        ("L'été", "lété"),
        ('L\'été «à» "Paris"', "lété-à-paris"),
        ("Qui ?", "qui-"),
        ("Qui\u00a0?", "qui"),
        ("Qui\u202f?", "qui"),
        ("A&nbsp;b c", "ab-c"),
        ("A\u00a0b", "ab"),
        ("a\tb", "a-b"),
        ("a  b   c", "a--b---c"),
        ("1. One", "1-one"),
        ("1.2 Two", "12-two"),
        ("2.0 -- x", "20--x"),
        ("A -- b", "a--b"),
        ("A --- b", "a--b"),
        ("A ---- b", "a---b"),
        ("a--b", "ab"),
        ("a – b — c", "a--b--c"),
        ("A_b-c", "a_b-c"),
        ("-a-", "-a-"),
        ("**Bold** and *em* `code --x`", "bold-and-em-code---x"),
        ("`--flag`", "--flag"),
        ("*a*--*b*", "ab"),
        ("[Link](u) text", "link-text"),
        ("![alt](u.png) text", "-text"),
        ("a<br>b", "ab"),
        ("a <br/> b", "a--b"),
        ("<span>a</span>--b", "ab"),
        ("&amp; and &lt;", "-and-"),
        ("&copy; x", "-x"),
        ("a&ndash;b", "ab"),
        ("a/b\\c", "abc"),
        ("a {b}", "a-b"),
        ("a {: .b}", "a--b"),
        ("~~del~~", "del"),
        ("a_b_ c", "a_b_-c"),
        ("3 + 4 = 7", "3--4--7"),
        ("日本語 テスト", "日本語-テスト"),
        ("e\u0301te\u0301", "e\u0301te\u0301"),
        ("İstanbul", "i\u0307stanbul"),
        ("ẞ ß", "ß-ß"),
        ("Ⅷ", "ⅷ"),
        ("x\u00b2", "x"),
        ("🚀 rocket", "-rocket"),
        ("A\u200bB", "ab"),
        ("a\u00adb", "ab"),
        ("http://example.org/a--b", "httpexampleorgab"),
        ("Title {#mine}", "mine"),
        ("Title {#Été}", "Été"),
        ("a[^1]\n\n[^1]: b", "a"),
    ],
)
def test_a_heading_has_the_id_that_kramdown_gives_it(heading: str, expected: str) -> None:
    assert ids(f"# {heading}") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # kramdown gives these none, or one twice; an anchor must be there, and only once.
        ("# !?", ["section"]),
        ("# ½\n\n# …", ["section", "section-1"]),
        ("# A\n\n# A 1\n\n# A", ["a", "a-1", "a-2"]),
        ("# A-1\n\n# A\n\n# A", ["a-1", "a", "a-2"]),
        ("# A\n\n# A\n\n# A\n\n# A", ["a", "a-1", "a-2", "a-3"]),
        ("# ![Un plan](u.png)", ["un-plan"]),
        ("<h1>Raw</h1>\n\n# Raw\n\n<h2 class=x>Raw\n  again</h2>", ["raw", "raw-1", "raw-again"]),
        # What an author wrote is kept, wherever it stands.
        ("# B\n\n# C {#b}", ["b-1", "b"]),
        ('# B\n\n<p id="b">c</p>', ["b-1"]),
        ('# B\n\n<h2 id="b">c</h2>', ["b-1", "b"]),
        ("# B {#x}\n\n# C {#x}", ["x", "c"]),
        ('<h2 id=" x ">a</h2>\n\n# x', [" x ", "x-1"]),
        ("# fn1[^a]\n\n[^a]: b", ["fn1-1"]),
        ("#\n\n# a", ["a"]),
    ],
)
def test_an_id_stands_for_one_heading(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_a_text_of_several_lines_is_one() -> None:
    assert heading_id("a\n   b") == "a-b"


def test_the_next_number_is_found_without_trying_all() -> None:
    used: dict[str, int] = {}
    names = [unique("a", used) for _ in range(20_000)]
    assert names[:3] == ["a", "a-1", "a-2"]
    assert len(set(names)) == len(names)
    assert unique("a-5", used) == "a-5-1"
