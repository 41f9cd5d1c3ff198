"""Blocks that kramdown knows and CommonMark does not, as sites made for Jekyll write them."""

from __future__ import annotations

import re
import time

import pytest

from contentapi.ingest import markdown
from contentapi.ingest.kramdown import Dialect


def html(text: str, dialect: Dialect = Dialect.COMMONMARK) -> str:
    """The HTML without the lines, of which one test asks."""
    return re.sub(r' data-line="\d+"', "", markdown.render(text, dialect=dialect).html).strip()


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


WITHIN = {
    "blocks": (
        '<div markdown="1" class="note">\n**a**\n\n- b\n</div>\nc',
        '<div class="note">\n<p><strong>a</strong></p>\n<ul>\n<li>b</li>\n</ul>\n</div>\n<p>c</p>',
    ),
    "said otherwise": ("<section markdown=block>\n*a*\n</section>", "<section>\n<p><em>a</em></p>\n</section>"),
    "on one line": (
        "<div class='a' markdown='1'><b>Note:</b> *b*</div>",
        "<div class='a'>\n<p><b>Note:</b> <em>b</em></p>\n</div>",
    ),
    "a line of text": ('<p class="a" markdown="1">\n*b*\n</p>', '<p class="a">\n<em>b</em></p>'),
    "a block read as a line": ('<div markdown="span">*a*</div>', "<div>\n<em>a</em></div>"),
    "a picture begins a paragraph": (
        '<aside markdown="1">\n  <img src="a" alt="">\n  *b*\n</aside>',
        '<aside>\n<p><img src="a" alt="">\n<em>b</em></p>\n</aside>',
    ),
    "in HTML that is none": (
        '<div>\n  <div>\n    <div markdown="1">\n    ## a\n    </div>\n  </div>\n</div>',
        "<div>\n  <div>\n<div>\n<h2>a</h2>\n</div>\n  </div>\n</div>",
    ),
    "within each other": (
        '<div markdown="1">\n*a*\n\n<div markdown="1">\n*b*\n</div>\n</div>',
        "<div>\n<p><em>a</em></p>\n<div>\n<p><em>b</em></p>\n</div>\n</div>",
    ),
    "within a list": (
        '- <div markdown="1">\n  *a*\n  </div>\n- b',
        "<ul>\n<li>\n<div>\n<em>a</em></div>\n</li>\n<li>b</li>\n</ul>",
    ),
    "empty": ('<div markdown="1"></div>', "<div>\n</div>"),
    "not, and said so": ('<div markdown="0">\n*a*\n</div>', '<div markdown="0">\n*a*\n</div>'),
    "never closed": ('<div markdown="1">\n*a*', '<div markdown="1">\n*a*'),
    "as an example": ('    <div markdown="1">', "<pre><code>&lt;div markdown=&quot;1&quot;&gt;\n</code></pre>"),
}


@pytest.mark.parametrize(("text", "expected"), WITHIN.values(), ids=WITHIN)
def test_markdown_within_html(text: str, expected: str) -> None:
    assert html(text) == expected


GAPS = {
    "a tag further in is HTML": (
        "<ul>\n  <li>\n\n      <b>a</b>\n\n  </li>\n</ul>",
        "<ul>\n  <li>\n      <b>a</b>\n  </li>\n</ul>",
    ),
    "a comment is": ("<div>\n\n    <!-- a -->\n</div>", "<div>\n    <!-- a -->\n</div>"),
    "text further in is code": ("<div>\n\n    a\n\n</div>", "<div>\n<pre><code>a\n</code></pre>\n</div>"),
    "after its end it is code": ("<div>\n</div>\n\n    <b>", "<div>\n</div>\n<pre><code>&lt;b&gt;\n</code></pre>"),
    "one in a comment is not open": ("<!-- <div> -->\n\n    <b>", "<!-- <div> -->\n<pre><code>&lt;b&gt;\n</code></pre>"),
    "a paragraph that nobody closed is not": ("<p>a\n\n    <b>", "<p>a\n<pre><code>&lt;b&gt;\n</code></pre>"),
    "Markdown goes on as before": ("<div>\n\n*a*\n\n</div>", "<div>\n<p><em>a</em></p>\n</div>"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GAPS.values(), ids=GAPS)
def test_an_element_goes_on_over_empty_lines(text: str, expected: str) -> None:
    assert html(text) == expected


ENDS = {
    "the line after an element is Markdown": (
        "<div>\n*a*\n</div>\n*b*\n- c",
        "<div>\n*a*\n</div>\n<p><em>b</em></p>\n<ul>\n<li>c</li>\n</ul>",
    ),
    "so is that after one of several lines within others": (
        "<div>\n<div>\n</div>\n</div>\n*b*",
        "<div>\n<div>\n</div>\n</div>\n<p><em>b</em></p>",
    ),
    "after its end alone": ("<div>\n\na\n</div>\n*b*", "<div>\n<p>a</p>\n</div>\n<p><em>b</em></p>"),
    "after a rule": ("<hr>\n*a*", "<hr>\n<p><em>a</em></p>"),
    "after one that holds text as it is": ("<pre>\n*a*\n\n*b*\n</pre>\n*c*", "<pre>\n*a*\n\n*b*\n</pre>\n<p><em>c</em></p>"),
    "not after one that is never closed": ("<p>a\n*b*", "<p>a\n*b*"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ENDS.values(), ids=ENDS)
def test_on_a_jekyll_site_html_goes_no_further_than_its_element(text: str, expected: str) -> None:
    assert html(text, Dialect.KRAMDOWN) == expected


def test_elsewhere_it_goes_on_to_an_empty_line_but_not_where_an_element_holds_markdown() -> None:
    assert html("<div>\n</div>\n*a*") == "<div>\n</div>\n*a*"
    contents = (
        '<details markdown="block">\n  <summary>\n    Contents\n  </summary>\n  {: .small }\n1. TOC\n{:toc}\n</details>'
    )
    assert html(contents) == "<details>\n  <summary>\n    Contents\n  </summary>\n</details>"


TABLES = {
    "without a head": (
        "| a | *b* |\n| `c|d` | e \\| f |\ng",
        (
            "<table>\n<tbody>\n<tr>\n<td>a</td>\n<td><em>b</em></td>\n</tr>\n<tr>\n<td><code>c|d</code></td>\n"
            "<td>e | f</td>\n</tr>\n</tbody>\n</table>\n<p>g</p>"
        ),
    ),
    "with rules above, between and below": (
        "|-----\n| a | b\n|---|---\n| c | d\n|===\n| e | f\n|----|----|",
        (
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n"
            "</tr>\n<tr>\n<td>e</td>\n<td>f</td>\n</tr>\n</tbody>\n</table>"
        ),
    ),
    "a cell that says nothing is no rule": (
        "| a |\n|---|\n| - |",
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>-</td>\n</tr>\n</tbody>\n</table>",
    ),
    "one cell is no table": ("| a |", "<p>| a |</p>"),
    "nor is a line without a bar at both ends": ("| a | b", "<p>| a | b</p>"),
}


@pytest.mark.parametrize(("text", "expected"), TABLES.values(), ids=TABLES)
def test_tables_on_a_jekyll_site(text: str, expected: str) -> None:
    assert html(text, Dialect.KRAMDOWN) == expected


def test_elsewhere_tables_are_those_of_github() -> None:
    assert html("| a | b |\n| c | d |") == "<p>| a | b |\n| c | d |</p>"


EVERYWHERE = {
    "blocks": ("<div>\n*a*\n</div>", "<div>\n<p><em>a</em></p>\n</div>"),
    "lines": ('<p class="b">*a*</p>', '<p class="b">\n<em>a</em></p>'),
    "the cells of a table": (
        "<table>\n<tr>\n<td>*a*</td>\n</tr>\n</table>",
        "<table>\n<tr>\n<td>\n<p><em>a</em></p>\n</td>\n</tr>\n</table>",
    ),
    "not what says it holds none": ('<div markdown="0">\n*a*\n</div>', '<div markdown="0">\n*a*\n</div>'),
}


@pytest.mark.parametrize(("text", "expected"), EVERYWHERE.values(), ids=EVERYWHERE)
def test_a_site_may_say_that_all_html_holds_markdown(text: str, expected: str) -> None:
    assert html(text, Dialect.MARKDOWN_IN_HTML) == expected


def test_what_stands_in_definitions_and_elements_knows_its_line() -> None:
    text = """\
Term [one](a)
: Text

  [two](b)

<div>
  <div
    markdown="1">

  [three](c)

  - [four](d)</div>
  <a href="e">five</a>
</div>
"""
    found = re.findall(r'<a href="(\w)" data-line="(\d+)"', markdown.render(text).html)
    assert found == [("a", "1"), ("b", "4"), ("c", "10"), ("d", "12")]
    assert '<a data-line="13" href="e">' in markdown.render(text).html


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
