"""Documents of one shape, four times as long: they may take about four times as long, never sixteen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest

from contentapi.ingest.document import ingest
from contentapi.model import SourceFile
from tests.ingest.test_cases import SITE

SHAPES: dict[str, Callable[[int], str]] = {
    "plain text": lambda n: "mot " * (n // 4),
    "one word": lambda n: "m" * n,
    "paragraphs": lambda n: "un mot.\n\n" * (n // 9),
    "empty lines": lambda n: "\n" * n,
    "no-break spaces": lambda n: "\u00a0" * (n // 2),
    "links": lambda n: "[a](b.md) " * (n // 10),
    "links with attributes": lambda n: "[a](b){: .c} " * (n // 13),
    "pictures": lambda n: "![a](b.png) " * (n // 12),
    "addresses": lambda n: "<http://a.b> http://c " * (n // 22),
    "links to anchors": lambda n: "[a](#b) " * (n // 8),
    "headings of one text": lambda n: "# a\n\n" * (n // 5),
    "headings": lambda n: "".join(f"# a{number}\n\n" for number in range(n // 8)),
    "headings with an id": lambda n: "# a {#b}\n\n" * (n // 10),
    "a long heading": lambda n: "# a" + " " * n + "{#",
    "a heading that never ends": lambda n: "# " + "a {#" * (n // 4),
    "empty headings": lambda n: "#\n" * (n // 2),
    "lists": lambda n: "- a\n" * (n // 4),
    "deep lists": lambda n: "".join("  " * (number % 40) + "- a\n" for number in range(n // 44)),
    "tasks": lambda n: "- [ ] a\n" * (n // 8),
    "quotations": lambda n: "> " * (n // 2) + "a",
    "tables": lambda n: "|a|b|\n|-|-|\n" + "|a|b|\n" * (n // 6),
    "footnotes": lambda n: "".join(f"a[^{number}]\n\n[^{number}]: b\n\n" for number in range(n // 22)),
    "attribute lists": lambda n: "- a\n" * (n // 8) + "\n" + "{: .a}\n\n" * (n // 16),
    "braces": lambda n: "{:" * (n // 2),
    "a long attribute list": lambda n: "a\n{:" + " .b" * (n // 3) + "}",
    "unclosed comments of kramdown": lambda n: "{::comment}\n" * (n // 12),
    "emphasis": lambda n: "*a **b " * (n // 7),
    "nested emphasis": lambda n: "*a " * (n // 6) + "b*" * (n // 6),
    "backslashes": lambda n: "\\*" * (n // 2),
    "entities": lambda n: "&amp;&#31;" * (n // 10),
    "unclosed tags": lambda n: "<a " * (n // 3),
    "unclosed quotes": lambda n: "<div>\n" + "<a b=\"c <d e='" * (n // 14),
    "unclosed HTML comments": lambda n: "<!--" * (n // 4),
    "HTML comments": lambda n: "<!-- a -->" * (n // 10),
    "raw links": lambda n: "<div>\n" + '<a href="x">y</a>\n' * (n // 18) + "</div>",
    "raw headings": lambda n: "<div>\n" + "<h2 id='a'>y</h2>\n" * (n // 18) + "</div>",
    "raw breaks": lambda n: "<p>" + "a<br>" * (n // 5) + "</p>",
    "raw code": lambda n: "<pre>" + "a\n" * (n // 2) + "</pre>",
    "deep elements": lambda n: "<div>" * (n // 5),
    "deep words": lambda n: "a <b>" * (n // 5),
    "elements of many names": lambda n: "".join(f"<b id={number}>" for number in range(n // 12)) + "<p>a" * (n // 40),
    "scripts": lambda n: "<script>a</script>\n" * (n // 19),
    "frames": lambda n: "<iframe src=//a.b>" * (n // 18),
    "nested objects": lambda n: "<object>" * (n // 8),
    "Liquid never closed": lambda n: "{% " * (n // 3),
    "Liquid raw never closed": lambda n: "{% raw %}" * (n // 9),
    "Liquid comments never closed": lambda n: "{% comment %}{{" * (n // 15),
    "Liquid taken out": lambda n: "{{ a }} " * (n // 8),
    "Liquid of many filters": lambda n: "{{ 'a' " + "| relative_url " * (n // 15) + "| x }}",
    "code in Liquid": lambda n: "{% highlight a %}b{% endhighlight %}" * (n // 35),
    "durations": lambda n: "la phase de construction dure 6 mois. " * (n // 38),
}
SMALL = 4_000


def seconds(body: str, path: str) -> float:
    file = SourceFile(path, f"---\ntitle: a\n---\n{body}".encode(), "digest")
    started = time.process_time()
    ingest(file, SITE, 1_700_000_000.0)
    return time.process_time() - started


@pytest.mark.parametrize("shape", SHAPES)
def test_the_cost_of_a_document_is_that_of_its_length(shape: str) -> None:
    short, long = (SHAPES[shape](size) for size in (SMALL, 4 * SMALL))
    # The best of some measures counts, for each length by itself: what else a machine does only adds to them.
    quickest = [math.inf, math.inf]
    for _ in range(5):
        quickest = [
            min(known, seconds(text, "_pages/a.md")) for known, text in zip(quickest, (short, long), strict=True)
        ]
        if max(quickest[1], 0.02) < 8 * max(quickest[0], 0.005):
            return
    pytest.fail(f"four times the text takes {quickest[1] / quickest[0]:.1f} times as long")


@pytest.mark.parametrize("shape", ["plain text", "links", "headings", "deep lists"])
def test_a_hundred_kilobytes_are_a_matter_of_a_second(shape: str) -> None:
    assert seconds(SHAPES[shape](100_000), "_pages/a.md") < 5
