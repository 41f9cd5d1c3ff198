"""What of Markdown is understood beyond CommonMark, what is kept of nesting, and on which line everything stands."""

from __future__ import annotations

import random
import re

import pytest
from markdown_it import MarkdownIt

from contentapi.ingest import markdown


def html(text: str) -> str:
    """The HTML without the lines, which have tests of their own."""
    return re.sub(r' data-line="\d+"', "", markdown.render(text).html).strip()


BOX = '<input class="task-list-item-checkbox" disabled="disabled" type="checkbox">'
TICKED = '<input class="task-list-item-checkbox" checked="checked" disabled="disabled" type="checkbox">'

EXTENSIONS = {
    "strikethrough": ("~~old~~ new", "<p><s>old</s> new</p>"),
    "a table": (
        "| a | b | c |\n|:-|:-:|-:|\n| 1 | 2 \\| 3 | `4` |",
        (
            '<table>\n<thead>\n<tr>\n<th align="left">a</th>\n<th align="center">b</th>\n<th align="right">c</th>\n</tr>\n'
            '</thead>\n<tbody>\n<tr>\n<td align="left">1</td>\n<td align="center">2 | 3</td>\n'
            '<td align="right"><code>4</code></td>\n</tr>\n</tbody>\n</table>'
        ),
    ),
    "tasks": (
        "- [ ] one\n- [X] two\n- three",
        (
            f'<ul class="contains-task-list">\n<li class="task-list-item">{BOX} one</li>\n'
            f'<li class="task-list-item">{TICKED} two</li>\n<li>three</li>\n</ul>'
        ),
    ),
    "tasks in a list of tasks": (
        "1. [x] one\n   - [ ] *two*",
        (
            f'<ol class="contains-task-list">\n<li class="task-list-item">{TICKED} one\n<ul class="contains-task-list">\n'
            f'<li class="task-list-item">{BOX} <em>two</em></li>\n</ul>\n</li>\n</ol>'
        ),
    ),
    "no task": (
        "- [ ]\n- [x](y)\n- [ ]z\n- a [ ] b\n\n[ ] c",
        '<ul>\n<li>[ ]</li>\n<li><a href="y">x</a></li>\n<li>[ ]z</li>\n<li>a [ ] b</li>\n</ul>\n<p>[ ] c</p>',
    ),
    "a list interrupts a paragraph": ("Text:\n- a\n- b", "<p>Text:</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    "a footnote": (
        "a[^n]\n\n[^n]: b",
        (
            '<p>a<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup></p>\n<hr class="footnotes-sep" />\n'
            '<section class="footnotes">\n<ol class="footnotes-list">\n<li id="fn1" class="footnote-item">'
            '<p>b <a href="#fnref1" class="footnote-backref">↩︎</a></p>\n</li>\n</ol>\n</section>'
        ),
    ),
    "no footnote": ("x^[2] and [^y]", "<p>x^[2] and [^y]</p>"),
    "addresses in text are text": ("see http://a.example", "<p>see http://a.example</p>"),
    "every address is a link, for the next step to judge": (
        "[a](javascript:b) ![c](data:d)",
        '<p><a href="javascript:b">a</a> <img src="data:d" alt="c" /></p>',
    ),
}


@pytest.mark.parametrize(("text", "expected"), EXTENSIONS.values(), ids=EXTENSIONS)
def test_extensions(text: str, expected: str) -> None:
    assert html(text) == expected


ATTRIBUTES = {
    "after a paragraph": ("a\n{: .b #c}", '<p class="b" id="c">a</p>'),
    "between two": ("a\n{: .b}\nc", '<p class="b">a</p>\n<p>c</p>'),
    "before a paragraph": ("{: .b}\na", '<p class="b">a</p>'),
    "before the next, further up": ("a\n\n{: .b}\n\nc", '<p>a</p>\n<p class="b">c</p>'),
    "two for one": ('a\n{: .b}\n{: .c d="e f"}', '<p class="b c" d="e f">a</p>'),
    "one before and one after": ("{: .b}\na\n{: .c}", '<p class="b c">a</p>'),
    "alone": ("{: .b}", ""),
    "of a heading": ("# a\n{: .b}", '<h1 class="b">a</h1>'),
    "of an underlined heading": ("a\n===\n{: .b}", '<h1 class="b">a</h1>'),
    "of a list": ("- a\n- b\n{: .c}", '<ul class="c">\n<li>a</li>\n<li>b</li>\n</ul>'),
    "of an item": (
        "- {: .b} a\n- {: .c}d",
        '<ul>\n<li class="b">a</li>\n<li>{: .c}d</li>\n</ul>',
    ),
    "of a list in a list": (
        "- a\n  - b\n  {: .c}\n- d",
        '<ul>\n<li>a\n<ul class="c">\n<li>b</li>\n</ul>\n</li>\n<li>d</li>\n</ul>',
    ),
    "between two lists": (
        "- a\n{: .b}\n- c",
        '<ul class="b">\n<li>a</li>\n</ul>\n<ul>\n<li>c</li>\n</ul>',
    ),
    "of a quotation": ("> a\n{: .b}", '<blockquote class="b">\n<p>a</p>\n</blockquote>'),
    "within a quotation": ("> {: .b}\n> a", '<blockquote>\n<p class="b">a</p>\n</blockquote>'),
    "of a table": (
        "|a|\n|-|\n{: .b}",
        '<table class="b">\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n</table>',
    ),
    "of code": ("```\na\n```\n{: .b}", '<pre><code class="b">a\n</code></pre>'),
    "of a rule": ("---\n{: .b}", '<hr class="b" />'),
    "one after the other": ("{:.a.b#c.d}\ne", '<p class="a b d" id="c">e</p>'),
    "classes of utilities": (
        "a\n{: .tablet:grid-col-4 .w-1/2 .mt-1@m}",
        '<p class="tablet:grid-col-4 w-1/2 mt-1@m">a</p>',
    ),
    "with commas": ('a\n{: .b, c="d", e=f}', '<p class="b" c="d" e="f">a</p>'),
    "defined": ("{:b: .c #d}\n\na\n{: b e=f}", '<p class="c" id="d" e="f">a</p>'),
    "a definition that names itself": ("{:b: .c b}\n\na\n{: b}", '<p class="c">a</p>'),
    "an id of its own": ("# a {#b-c}", '<h1 id="b-c">a</h1>'),
    "an id with accents": ("a {#été}\n---", '<h2 id="été">a</h2>'),
    "an id and nothing else": ("# {#b}", '<h1 id="b"></h1>'),
    "not at the end": ("# a {#b} c", "<h1>a {#b} c</h1>"),
    "escaped": ("# a \\{#b}", "<h1>a {#b}</h1>"),
    "joined": ("# a{#b}", "<h1>a{#b}</h1>"),
    "more than an id": ("# a {#b .c}", "<h1>a {#b .c}</h1>"),
    "toc": ("* TOC\n{:toc}\n\n# a", "<h1>a</h1>"),
    "toc of a numbered list": ("1. TOC\n{:toc}", ""),
    "toc of what is no list": ("a\n{:toc}", "<p>a</p>"),
    "spans": (
        "[a](b){: .c} **d**{:.e}{:#f} `g`{:.h} ![i](j){:.k} ~~l~~{:.m}",
        (
            '<p><a href="b" class="c">a</a> <strong class="e" id="f">d</strong> <code class="h">g</code> '
            '<img src="j" alt="i" class="k" /> <s class="m">l</s></p>'
        ),
    ),
    "spans within each other": ("**a *b*{:.c}**{:.d}", '<p><strong class="d">a <em class="c">b</em></strong></p>'),
    "a span with a blank before": ("[a](b) {: .c}", '<p><a href="b">a</a> {: .c}</p>'),
    "a span after text": ("a{: .b} c", "<p>a{: .b} c</p>"),
    "a span after raw HTML": ("<b>a</b>{: .c} d", "<p><b>a</b> d</p>"),
    "within code": ("`{: .a}`\n\n    {: .b}", "<p><code>{: .a}</code></p>\n<pre><code>{: .b}\n</code></pre>"),
    "something else in braces": ("{: *a*}\n{ .b}", "<p>{: <em>a</em>}\n{ .b}</p>"),
    "a line of its own": ('a\n{: data-line="77"}\n\n[b](c){: data-line="78"}', '<p>a</p>\n<p><a href="c">b</a></p>'),
    "a comment": ("a\n{::comment}\nb\n\nc\n{:/comment}\nd", "<p>a</p>\n<p>d</p>"),
    "a comment with the short end": ("{::comment}\na\n{:/}", ""),
    "a comment without end": ("{::comment}\na\n\n{::comment}\nb", "<p>{::comment}\na</p>\n<p>{::comment}\nb</p>"),
    "a comment in a line": ("a {::comment}b{:/comment} c{::comment}d{:/}", "<p>a  c</p>"),
    "an option": ("{::options toc_levels='1' /}\na", "<p>a</p>"),
}


@pytest.mark.parametrize(("text", "expected"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attribute_lists_of_kramdown(text: str, expected: str) -> None:
    assert html(text) == expected


def test_every_reference_heading_and_tag_knows_its_line() -> None:
    text = """\
# One

A [two](a)
and ![three](b)
  and <i
title="four">four</i> and [five](c).

- a
  > [six](d)

| t |
|---|
| [seven](e) |
| [eight](f) |

<div title="<a href='no'>">
  <!-- <a> -->
  <a class='x'
     href="g">nine</a>
  <a href=h>ten</a>
</div>

[^n]: [eleven](i)

Twelve
======

[by name] [^n]

[by name]: /j
"""
    found = re.findall(r'<(h1|a|img|i|div)\b[^>]* data-line="(\d+)"', markdown.render(text, first_line=11).html)
    assert [(tag, int(line)) for tag, line in found] == [
        ("h1", 11), ("a", 13), ("img", 14), ("i", 15), ("a", 16), ("a", 19), ("a", 23), ("a", 24), ("div", 26), ("a", 28),
        ("a", 30), ("h1", 35), ("a", 38), ("a", 33),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "before",
    [
        "`a\nb`",
        "``a\n`\nb``",
        "![a\nb](/c)",
        "[![a\nb](/c)\nd](/e 'f\ng')",
        "[a](/b 'c\nd')",
        "[a](\n/b\n'c')",
        "[a\n*b*](/c)",
        "[a `b\nc`\nd](/e)",
        "[a][by\nname]",
        "![a][by\nname]",
        "[by\nname]",
        "<http://a.test>\n<http://b.test>",
        "[a <i\n>](/b)</i>",
        "`a\nb",
        "![a\nb](",
    ],
)
def test_a_line_break_within_an_element_counts(before: str) -> None:
    html = markdown.render(f"x {before} [c](/last)\n\n[by name]: /n").html
    assert f'<a href="/last" data-line="{before.count(chr(10)) + 1}"' in html


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a < b\n<p>", 'a < b\n<p data-line="2">'),
        ("<br/><IMG\nsrc=x>\n<hr>", '<br data-line="1"/><IMG data-line="1"\nsrc=x>\n<hr data-line="3">'),
        ("<!-- <p>\n --><p>", '<!-- <p>\n --><p data-line="2">'),
        ("<!-- <p>\n<p>", "<!-- <p>\n<p>"),
        ("<p title='>\n<b>'><i>", '<p data-line="1" title=\'>\n<b>\'><i data-line="2">'),
        ('<p title="', '<p title="'),
        ("</p></a x>", "</p></a x>"),
        ("no tag", "no tag"),
    ],
)
def test_raw_html_is_marked_tag_by_tag(raw: str, expected: str) -> None:
    assert markdown.mark(raw, 1) == expected


def nested(mark: str, depth: int) -> str:
    return "\n".join("  " * level + f"{mark} {level}" for level in range(depth))


@pytest.mark.parametrize("depth", [21, 44])
def test_lists_may_be_nested(depth: int) -> None:
    output = markdown.render(nested("-", depth))
    assert not output.too_deep
    assert output.html.count("<li>") == depth
    assert f"<li>{depth - 1}</li>" in output.html


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("| a | b |\n|---|---|\n| c | d |\n| e |", []),
        ("a | b\n--|--\nc | d |\n e | f | |", []),
        ("| a |\n|---|\n| `b|c` |\n| d | e |", [9]),
        ("| a |\n|---|\n| `b\\|c` |", []),
        ("> | a |\n> |---|\n> | b |\n> | c | d |\n\n- a | b\n  --|--\n  c | d | e", [10, 14]),
        ("| a |\n|---|\n| b |\n|---|---|", []),
    ],
)
def test_the_first_row_of_a_table_of_which_something_is_lost_is_known(text: str, lines: list[int]) -> None:
    assert list(markdown.render(text, first_line=7).long_rows) == lines


@pytest.mark.parametrize(
    ("text", "too_deep"),
    [
        (nested("-", 45), True),
        (nested("-", 60), True),
        ("> " * 89 + "a", False),
        ("> " * 90 + "a", True),
        ("[^1]: " + "> " * 89 + "a\n\nb[^1]", True),
        ("*" * 200 + "a" + "*" * 200, False),
        ("[" * 200 + "a" + "](b)" * 200, False),
    ],
)
def test_what_is_nested_too_deep_to_be_kept_is_told(text: str, too_deep: bool) -> None:
    output = markdown.render(text)
    assert output.too_deep is too_deep
    assert ("a" in re.sub("<[^>]*>", "", output.html)) is not too_deep or "-" in text


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("a *b* [c](d) ![e](f)\n\n- [x] g\n\n[^1]\n\n[^1]: h", False),
        ("a <b>", True),
        ("<div>\n", True),
        ("`<b>`", False),
    ],
)
def test_it_is_known_whether_an_author_wrote_html(text: str, raw: bool) -> None:
    assert markdown.render(text).raw is raw


def test_a_part_may_name_the_links_that_the_whole_defines() -> None:
    whole = markdown.render("a [b]\n\n[b]: /c")
    assert html("a [b]") == "<p>a [b]</p>"
    assert 'href="/c"' in markdown.render("a [b]", definitions=whole.definitions).html
    assert html("a [b]") == "<p>a [b]</p>"


#: What paragraphs and the blocks around them are made of, in any order.
PIECES = (
    "a", "Été b", " ", "   ", "    ", "\t", "\n", "\n", "\n\n", "> ", "- ", "1. ", "# ", "===", "---", "|", "a|b", "-|-",
    "*", "`", "```", "\u00a0", "\u2028", "\x85", "\r\n", "\r", "\0",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_sooner_here_is_what_the_library_does(seed: int) -> None:
    library = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    draw = random.Random(seed)
    for _ in range(500):
        text = "".join(draw.choices(PIECES, k=draw.randint(1, 25)))
        assert html(text) == library.render(text).replace('style="text-align:', 'align="').strip(), repr(text)
