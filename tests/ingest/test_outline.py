"""Sanitised HTML in; text, headings, sections, anchors and first paragraph out."""

from __future__ import annotations

import pytest

from contentapi.ingest import html, outline
from contentapi.model import Heading, Section


def read(raw: str) -> outline.Outline:
    return outline.read(html.sanitise(raw))


TEXTS = {
    "blocks are lines": ("<h1>a</h1><p>b</p><div>c<section>d</section>e</div>", "a\nb\nc\nd\ne"),
    "inlines are not": ("<p>a<b>b</b><i>c</i> <code>d</code>e</p>", "abc de"),
    "blanks are one": ("<p>a\n  b\t c</p>\n\n<p> d </p>", "a b c\nd"),
    "a no-break space is a space": ("a\u00a0b\u202fc&nbsp;d\u2007e\u2009f", "a b c d e f"),
    "also within code": ("<pre>a\u00a0b\u202fc</pre>", "a b c"),
    "what has no width is nothing": ("a\u00adb\u200bc\u2060d\ufeffe&shy;f", "abcdef"),
    "an emoji keeps its parts": ("👩\u200d🌾", "👩\u200d🌾"),
    "line breaks": ("<p>a<br>b<br>\nc</p>", "a\nb\nc"),
    "code keeps its lines": ("<pre><code>a\n  b\n\nc\n</code></pre>", "a\n  b\n\nc"),
    "lists": ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>", "a\nb\nc"),
    "tables": (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td></tr></tbody></table>",
        "a\nb\nc",
    ),
    "definitions": ("<dl><dt>a</dt><dd>b</dd></dl>", "a\nb"),
    "disclosure": ("<details><summary>a</summary>b</details>", "a\nb"),
    "figures": ("<figure><img alt='a'><figcaption>b</figcaption></figure>", "b"),
    "characters": ("&lt;p&gt; &amp;amp; é &#233; \"'", "<p> &amp; é é \"'"),
    "footnotes": (
        (
            '<p>a<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup> m<sup>2</sup></p><ol><li id="fn1">'
            '<p>b <a href="#fnref1" class="footnote-backref">↩︎</a></p></li></ol>'
        ),
        "a m2\nb",
    ),
    "nothing": ("<p></p><div> </div>\n", ""),
    "a tag that begins like a block": ("a<kbd>b</kbd><strong>c</strong><ins>d</ins><q>e</q>", "abcde"),
}


@pytest.mark.parametrize(("raw", "expected"), TEXTS.values(), ids=TEXTS)
def test_text(raw: str, expected: str) -> None:
    assert read(raw).text == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<h2 id='a'>b <em>c</em></h2>", [Heading(2, "a", "b c")]),
        ("<h2 class='x' id='a&amp;b'>c</h2>", [Heading(2, "a&b", "c")]),
        ("<h2>a</h2>", [Heading(2, "", "a")]),
        ("<h1 id=a>b<br>c</h1>", [Heading(1, "a", "b c")]),
        ("<h1 id=a><div>b</div><p>c</p></h1>", [Heading(1, "a", "b c")]),
        ("<h1 id=a>b<div>c<h2 id=d>e</h2>f</div>g</h1>", [Heading(1, "a", "b c e f g")]),
        ("<h1 id=a> </h1><h2 id=b>c</h2>", [Heading(2, "b", "c")]),
        ("<h1 id=a><img alt=' b  c '></h1>", [Heading(1, "a", "b c")]),
        ("<h1 id=a><img alt='b'> c</h1>", [Heading(1, "a", "c")]),
        ("<h1 id=a>b<sup class='footnote-ref'><a href='#c'>[1]</a></sup></h1>", [Heading(1, "a", "b")]),
        ("<blockquote><h3 id=a>b</h3></blockquote>", [Heading(3, "a", "b")]),
        ("<table><tr><td><h6 id=a>b</h6></td></tr></table>", [Heading(6, "a", "b")]),
        ("<hr><header>a</header>", []),
    ],
)
def test_headings(raw: str, expected: list[Heading]) -> None:
    assert list(read(raw).headings) == expected


def test_a_section_is_the_text_up_to_the_next_heading() -> None:
    raw = "<p>a</p><h1 id=b>c</h1><p>d</p><ul><li>e</li></ul><h2 id=f>g</h2><h2 id=h></h2>i<h1 id=j>k</h1>"
    assert list(read(raw).sections) == [
        Section(0, None, "", "a"),
        Section(1, "b", "c", "d\ne"),
        Section(2, "f", "g", "i"),
        Section(1, "j", "k", ""),
    ]
    assert read("").sections == ()
    assert list(read("a").sections) == [Section(0, None, "", "a")]


def test_anchors_are_ids_and_names_in_their_order() -> None:
    raw = '<h2 id="b">c</h2><p class="x" id="d">&lt;i id="no"&gt; id="nor"</p><a name="e&amp;f">g</a><img title=\' id="h"\'>'
    assert read(raw).anchors == ("b", "d", "e&f")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<h1>a</h1><p>b</p><p>c</p>", "b"),
        ("<h1>a</h1><ul><li>b</li></ul><p>c</p>", "c"),
        ("<p> </p><p><img alt=a></p><p>b</p>", "b"),
        ("<p>a<br>b<br>c</p><p>d</p>", "a b c"),
        ("<blockquote><p>a</p></blockquote>", "a"),
        ("<h1>a</h1><ul><li>b</li><li>c</li></ul>", "b"),
        ("<h1>a</h1>", ""),
        ("a<div>b</div>", "a"),
        ("", ""),
    ],
)
def test_the_first_paragraph_is_else_the_first_line_that_is_no_heading(raw: str, expected: str) -> None:
    assert read(raw).first_paragraph == expected
