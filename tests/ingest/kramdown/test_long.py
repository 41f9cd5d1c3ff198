"""Long texts in every dialect: each rule is linear."""

from __future__ import annotations

import time

import pytest

from contentapi.ingest import markdown
from contentapi.ingest.kramdown.dialect import Dialect


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "text",
    [
        "a\n" * 5000 + "\n: b",
        "a\n: b\n" * 5000,
        "a\n" + ": " * 5000 + "b",
        '<div markdown="1">\n' * 5000 + "</div>\n" * 5000,
        '<div markdown="1">\n' * 5000,
        "<section>\n" + '<hr>\n<div markdown="1">x\n' * 5000,
        "<section>\n" + '<hr>\n<div markdown="1">x</div>\n' * 5000,
        "<div>\n\n" + "      <b>\n\n" * 5000,
        '<div "' * 5000 + ' markdown="1">',
        "".join(f"*[w{number}]: m\n" for number in range(2000)) + "\nw1 w2 w" * 2000,
        "|---\n" * 5000,
        "| a | b |\n" * 5000,
        "|" + "`" * 5000 + "|" + "\\|" * 5000 + "|",
        "|" + "".join("`" * count + "|" for count in range(1, 200)),
        "<p>a</p>\n" * 5000,
        "<p>a\n" * 5000 + "</p>\n" * 2500,
        "<div>\n" * 5000 + "</div>\n" * 5000,
        "<hr>\n" * 5000,
        "<table>\n" + "<td>*a*\n" * 5000,
    ],
)
def test_no_text_takes_long(text: str, dialect: Dialect) -> None:
    before = time.process_time()
    markdown.render(text, dialect=dialect)
    assert time.process_time() - before < 5
