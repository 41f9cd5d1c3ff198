"""Where HTML ends, and what of it holds Markdown."""

from __future__ import annotations

import re

import pytest

from contentapi.ingest import markdown
from contentapi.ingest.kramdown.dialect import Dialect
from tests.ingest.kramdown.rendered import html

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
