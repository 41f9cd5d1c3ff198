from __future__ import annotations

import pytest

from contentapi.ingest.html import sanitise
from contentapi.text import edits
from contentapi.text.edits import Edit

THERE = Edit(page="https://site.org/here", site="https://site.org", api="https://api.org")

CASES = {
    "a path of the site is a full address": (
        '<a href="/a?b=1&amp;c#d">x</a>',
        THERE,
        '<a href="https://site.org/a?b=1&amp;c#d">x</a>',
    ),
    "a file is at this service": (
        '<a href="/v1/assets/a.pdf">x</a>',
        THERE,
        '<a href="https://api.org/v1/assets/a.pdf">x</a>',
    ),
    "an address elsewhere stays": ('<a href="mailto:a@b.org">x</a>', THERE, '<a href="mailto:a@b.org">x</a>'),
    "an address without a scheme gets one": ('<a href="//b.org/x">x</a>', THERE, '<a href="https://b.org/x">x</a>'),
    "a path of a site without origin is text": ('a <a href="/b">x <b>y</b></a>', Edit(), "a x <b>y</b>"),
    "an anchor of the text bears its prefix": (
        '<h2 id="a">A</h2><a href="#a">x</a>',
        Edit(prefix="p-"),
        '<h2 id="p-a">A</h2><a href="#p-a">x</a>',
    ),
    "an anchor of the rest of the page leads there": (
        '<a href="#b">x</a>',
        THERE,
        '<a href="https://site.org/here#b">x</a>',
    ),
    "links open where they are told": (
        '<h2 id="a">A</h2><a href="#a">x</a><a href="/b">y</a>',
        Edit(site="https://site.org", target="_blank"),
        '<h2 id="a">A</h2><a href="#a">x</a><a href="https://site.org/b" target="_blank">y</a>',
    ),
    "without links their text stays": ('<a href="/a">x</a> <a href="#b">y</a>', Edit(links=False), "x y"),
    "a picture of this service is at its full address": (
        '<img src="/v1/assets/a.png" alt="A">',
        THERE,
        '<img src="https://api.org/v1/assets/a.png" alt="A" loading="lazy">',
    ),
    "a picture from elsewhere is its words": (
        '<p><img src="https://b.org/a.png" alt="A &lt;b&gt;"></p>',
        THERE,
        "<p>A &lt;b&gt;</p>",
    ),
    "an address that only looks like ours is elsewhere": ('<img src="https://b.org/v1/assets/a.png" alt="A">', THERE, "A"),
    "a picture that says nothing goes": ('<p>a<img src="https://b.org/a.png" alt="">b</p>', THERE, "<p>ab</p>"),
    "without pictures their words stay": ('<img src="/v1/assets/a.png" alt="A">', Edit(images=False), "A"),
    "a frame is a link to itself": (
        '<iframe src="https://video.org/1" title="A film"></iframe>',
        THERE,
        '<a href="https://video.org/1">A film</a>',
    ),
    "a film is a link to its file": (
        '<video controls=""><source src="/v1/assets/a.mp4"></video>',
        THERE,
        '<a href="https://api.org/v1/assets/a.mp4">a.mp4</a>',
    ),
    "what refers to ids follows them": (
        '<table><tr><th id="h">A</th><td headers="h x">1</td></tr></table>',
        Edit(prefix="p-"),
        '<table><tbody><tr><th id="p-h">A</th><td headers="p-h x">1</td></tr></tbody></table>',
    ),
    "classes go, but that of a language": (
        '<p class="fr-a">x</p><pre><code class="b language-py">y</code></pre>',
        Edit(),
        '<p>x</p><pre><code class="language-py">y</code></pre>',
    ),
    "classes are kept and added": (
        '<h2 class="a">x</h2><h3>y</h3>',
        Edit(own_classes=True, classes={"h2": "fr-h2", "h3": "fr-h3"}),
        '<h2 class="a fr-h2">x</h2><h3 class="fr-h3">y</h3>',
    ),
    "headings are as deep as they are nested": (
        '<h1 id="a">A</h1><h4>B</h4><h6>C <i>c</i></h6><h2>D</h2>',
        Edit(level=4),
        '<h4 id="a">A</h4><h5>B</h5><h6>C <i>c</i></h6><h5>D</h5>',
    ),
    "code is code": ("<pre><code>&lt;h2&gt;\n  a</code></pre>", Edit(level=4), "<pre><code>&lt;h2&gt;\n  a</code></pre>"),
    "nothing is nothing": (" \n", THERE, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_edited(case):
    html, edit, expected = CASES[case]
    assert edits.edited(html, edit) == expected


@pytest.mark.parametrize("case", CASES)
def test_sanitising_it_again_changes_nothing(case):
    html, edit, _ = CASES[case]
    made = edits.edited(sanitise(html, iframe_hosts=("video.org",)), edit)
    assert sanitise(made) == made


@pytest.mark.parametrize(
    ("levels", "outermost", "expected"),
    [
        ([2, 3, 3, 2], 2, [2, 3, 3, 2]),
        ([3, 2, 4], 2, [2, 2, 3]),
        ([1, 2, 3, 4, 5, 6], 4, [4, 5, 6, 6, 6, 6]),
        ([6, 5, 4], 1, [1, 1, 1]),
        ([], 1, []),
    ],
)
def test_levels_are_nested_without_gaps(levels, outermost, expected):
    assert edits.nested(levels, outermost) == expected


TEXT = (
    '<p>0</p><h2 id="a">A <b>a</b></h2><p>1</p>t<h3 id="b">B</h3><p>2</p>'
    '<h2 id="c">C</h2><div><h4 id="d">D</h4><p>4</p></div>'
)


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ("a", ("A a", '<p>1</p>t<h3 id="b">B</h3><p>2</p>')),
        ("b", ("B", "<p>2</p>")),
        ("c", ("C", '<div><h4 id="d">D</h4><p>4</p></div>')),
        ("d", ("D", "<p>4</p>")),
        ("e", None),
        ('"] *', None),
    ],
)
def test_a_section_ends_at_the_next_heading_of_its_level(anchor, expected):
    assert edits.section(TEXT, anchor) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p><a href="/a" id="b">A</a></p>', '<p><a href="!/a" id="b">A</a></p>'),
        ('<a href="#b">B</a><a name="c">C</a><a href="">D</a>', '<a href="!#b">B</a><a name="c">C</a><a>D</a>'),
        ('<img src=" /a.png " alt="A">', '<img src="!/a.png" alt="A">'),
        ('<video src="/a" poster="/b"><track src="/c"></video>',
         '<video src="!/a" poster="!/b"><track src="!/c"></video>'),
        ('<a href="/gone">A</a><img src="/gone" alt="B">', '<a>A</a><img alt="B">'),
        ('<a href="/a?b=1&amp;c=%22">A</a>', '<a href="!/a?b=1&amp;c=%22">A</a>'),
        ("<p>a &lt; b</p>\n", "<p>a &lt; b</p>"),
        (" \n", ""),
    ],
)  # fmt: skip
def test_every_address_is_spelled_anew(html, expected):
    assert edits.readdressed(html, lambda address: None if address == "/gone" else f"!{address}") == expected


@pytest.mark.parametrize("case", CASES)
def test_what_is_spelled_anew_is_as_clean_as_before(case):
    made = edits.readdressed(sanitise(CASES[case][0]), lambda address: f"https://site.example/{address.lstrip('/')}")
    assert sanitise(made) == made
