"""What files may be served as, by their names."""

from __future__ import annotations

import pytest

from contentapi.text import media


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.md", "md"),
        ("a/b.c/D.JPG", "jpg"),
        ("a.tar.gz", "gz"),
        ("a/b.c/d", ""),
        (".htaccess", ""),
        ("a.", ""),
        ("", ""),
        ("a/.md", ""),
        ("jean.dupont", "dupont"),
    ],
)
def test_an_extension_is_what_follows_the_last_dot_of_the_name(path: str, expected: str) -> None:
    assert media.extension(path) == expected


def test_nothing_that_executes_is_served_as_it_is() -> None:
    assert media.TYPES.keys().isdisjoint(
        {"html", "htm", "xhtml", "js", "mjs", "css", "xml", "xsl", "swf", "json", "md", ""}
    )
    assert all(
        one.partition("/")[0] in {"image", "audio", "video", "font", "text", "application"}
        for one in media.TYPES.values()
    )
    assert {one for one in media.TYPES.values() if one.startswith("text/")} == {
        "text/plain; charset=utf-8",
        "text/csv; charset=utf-8",
        "text/vtt; charset=utf-8",
    }


def test_the_names_are_told_apart() -> None:
    assert media.TYPES.keys() >= media.PICTURES
    assert not media.MARKDOWN & media.HTML
    assert (media.MARKDOWN | media.HTML).isdisjoint(media.TYPES)
    assert all(one == one.lower() and "." not in one for one in (*media.TYPES, *media.MARKDOWN, *media.HTML))


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("a.txt", b"---\ndraft: true\n---\n", True),
        ("a.SVG", b"---\nPublished: false\n---\n<svg/>", True),
        ("a.csv", "---\ndraft: true\n".encode("utf-16"), True),
        ("a.vtt", b"WEBVTT\n", False),
        ("a.png", b"draft", False),
        ("a.txt", b"", False),
    ],
)
def test_a_text_that_speaks_of_drafts_is_looked_at(path, content, expected):
    assert media.may_be_draft(path, content) is expected
