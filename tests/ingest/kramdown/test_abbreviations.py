"""Words of which a text says what they mean."""

from __future__ import annotations

import pytest

from tests.ingest.kramdown.rendered import html

ABBREVIATIONS = {
    "one": ('The HTML.\n\n*[HTML]: Hyper "Text"', '<p>The <abbr title="Hyper &quot;Text&quot;">HTML</abbr>.</p>'),
    "several, the longer first": (
        "*[DSFR]: système\n*[DS]: Démarches\n\n**DSFR** [DS](a), DSI",
        '<p><strong><abbr title="système">DSFR</abbr></strong> <a href="a"><abbr title="Démarches">DS</abbr></a>, DSI</p>',
    ),
    "of several words": (
        "A B-C, B.\n\n*[A B-C]: d\n*[B]: e",
        '<p><abbr title="d">A B-C</abbr>, <abbr title="e">B</abbr>.</p>',
    ),
    "without a meaning": ("A.\n\n*[A]:", "<p><abbr>A</abbr>.</p>"),
    "not in code": ("`A` A\n\n*[A]: b", '<p><code>A</code> <abbr title="b">A</abbr></p>'),
    "no abbreviation": ("*[a] b*\n\n* [c]: d", "<p><em>[a] b</em></p>\n<ul>\n<li></li>\n</ul>"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ABBREVIATIONS.values(), ids=ABBREVIATIONS)
def test_abbreviations(text: str, expected: str) -> None:
    assert html(text) == expected
