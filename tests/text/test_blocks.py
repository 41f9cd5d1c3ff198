from __future__ import annotations

import pytest

from contentapi.text.blocks import Block, blocks


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", []),
        ("<p>a\n <i>b</i></p>", [Block("p", ("a b",))]),
        ("<p>ab <b>c</b></p>", [Block("p", ("ab c",), bold=0.25)]),
        ('<ul><li><input type="checkbox"> a</li></ul>', [Block("li", ("☐ a",), 1)]),
        ("a<br>b", [Block("p", ("a", "b"))]),
        ("<h2>A</h2><p>b</p>", [Block("h2", ("A",)), Block("p", ("b",))]),
        (
            "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
            [Block("li", ("a",), 1), Block("li", ("b",), 2), Block("li", ("c",), 1)],
        ),
        ("<blockquote><p>a</p></blockquote>", [Block("p", ("a",), 1)]),
        ("<pre><code>a\n  b\n</code></pre>", [Block("pre", ("a", "  b"))]),
        (
            '<p>a <img src="x" width="4" height="2"> b</p>',
            [Block("p", ("a",)), Block("img", size=(4, 2)), Block("p", ("b",))],
        ),
        ('<img src="x" width="100%" height="2">', [Block("img")]),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2 3</td></tr></table>",
            [Block("tr", cells=("a", "b")), Block("tr", cells=("1", "2 3"))],
        ),
        ("<hr>", [Block("hr")]),
    ],
)
def test_the_blocks_of(html, expected):
    assert blocks(html) == expected
