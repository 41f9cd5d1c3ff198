"""Definition lists, as kramdown reads them."""

from __future__ import annotations

import pytest

from tests.ingest.kramdown.rendered import html

DEFINITIONS = {
    "one": ("Term\n: What it *means*.", "<dl>\n<dt>Term</dt>\n<dd>What it <em>means</em>.</dd>\n</dl>"),
    "several of one term": ("Term\n: a\n: b", "<dl>\n<dt>Term</dt>\n<dd>a</dd>\n<dd>b</dd>\n</dl>"),
    "one of several terms": (
        "`a`\n**B**\n: c",
        "<dl>\n<dt><code>a</code></dt>\n<dt><strong>B</strong></dt>\n<dd>c</dd>\n</dl>",
    ),
    "several terms, a gap between": (
        "A\n: b\n\nC\n: d\n\nText.",
        "<dl>\n<dt>A</dt>\n<dd>b</dd>\n<dt>C</dt>\n<dd>d</dd>\n</dl>\n<p>Text.</p>",
    ),
    "a gap above the definition makes it a paragraph": ("A\n\n: b", "<dl>\n<dt>A</dt>\n<dd>\n<p>b</p>\n</dd>\n</dl>"),
    "a definition of several lines": ("A\n:   b\n    c\nd", "<dl>\n<dt>A</dt>\n<dd>b\nc\nd</dd>\n</dl>"),
    "a definition of several paragraphs": (
        "A\n:   b\n\n    c\n\nd",
        "<dl>\n<dt>A</dt>\n<dd>b\n<p>c</p>\n</dd>\n</dl>\n<p>d</p>",
    ),
    "a definition that is a list": (
        "A\n: - b\n  - c",
        "<dl>\n<dt>A</dt>\n<dd>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n</dd>\n</dl>",
    ),
    "text far from its colon is no code": ("A\n:        b", "<dl>\n<dt>A</dt>\n<dd>b</dd>\n</dl>"),
    "within a quotation": ("> A\n> : b", "<blockquote>\n<dl>\n<dt>A</dt>\n<dd>b</dd>\n</dl>\n</blockquote>"),
    "within a list": ("- A\n  : b\n- c", "<ul>\n<li>\n<dl>\n<dt>A</dt>\n<dd>b</dd>\n</dl>\n</li>\n<li>c</li>\n</ul>"),
    "with attributes": ("A\n: b\n{: .glossary}", '<dl class="glossary">\n<dt>A</dt>\n<dd>b</dd>\n</dl>'),
    "with ids": (
        "{:auto_ids}\nA *b* `c`\n: d\n\nÉté\n: e",
        (
            '<dl>\n<dt id="a-b-c">A <em>b</em> <code>c</code></dt>\n<dd>d</dd>\n<dt id="été">Été</dt>\n<dd>e</dd>\n</dl>'
        ),
    ),
    "a colon in a line": ("A : b\nc :d", "<p>A : b\nc :d</p>"),
    "a colon alone": ("A\n:\n:b", "<p>A\n:\n:b</p>"),
    "a colon below nothing": (": a", "<p>: a</p>"),
    "a colon below a heading": ("# A\n: b", "<h1>A</h1>\n<p>: b</p>"),
    "a colon below a list": ("- a\n- b\n\n: c", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>: c</p>"),
    "within code": ("    A\n    : b", "<pre><code>A\n: b\n</code></pre>"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DEFINITIONS.values(), ids=DEFINITIONS)
def test_definition_lists(text: str, expected: str) -> None:
    assert html(text) == expected
