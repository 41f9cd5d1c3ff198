"""The examples of the CommonMark specification, rendered and sanitised as bodies are; each deviation has its reason.

``commonmark.json`` holds the 652 examples of version 0.31.2 (https://spec.commonmark.org/0.31.2/), by John MacFarlane,
under CC BY-SA 4.0.
"""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from selectolax.lexbor import LexborHTMLParser

from contentapi.ingest import html, markdown
from contentapi.ingest.html import Place
from contentapi.text import places

EXAMPLES = orjson.loads((Path(__file__).parent / "commonmark.json").read_bytes())

#: What content may not hold, so that it is not as the specification prints it.
DEVIATIONS = {
    "scripts, styles and fields of forms go with what they hold": {170, 171, 172, 173, 176, 178},
    "elements that HTML does not know go, and what they hold stays": {
        150, 163, 201, 491, 524, 536, 613, 614, 615, 616, 617,
    },
    "attributes that are not on the list go": {169},
    "instructions to processors go, as comments do": {180, 627},
    "addresses of unknown kinds, or of no host, go": {346, 596, 598, 599, 601},
}  # fmt: skip


def shown(text: str) -> str:
    """The HTML as a reader is given it, without the ids of headings, of which the specification knows nothing."""
    rendered = markdown.render(text)
    cleaned = html.clean(rendered.html, Place("a.md", "/", "/a"), raw=rendered.raw)
    filled = places.fill(cleaned.html, [places.Address(one.url) for one in cleaned.references])
    return re.sub(r'(<h[1-6]) id="[^"]*"', r"\1", filled)


BLOCKS = "address|blockquote|body|br|dd|del|details|div|dl|dt|h[1-6]|hr|ins|li|ol|p|pre|table|tbody|td|th|thead|tr|ul"


def normal(written: str) -> str:
    """The HTML as a parser understands it, without the blanks that mean nothing."""
    tree = LexborHTMLParser(written, is_fragment=True)
    parts = re.split(r"(<pre.*?</pre>)", re.sub("<!--.*?-->", "", tree.html or "", flags=re.DOTALL), flags=re.DOTALL)
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(rf"\s*(</?(?:{BLOCKS})(?:\s[^>]*)?>)\s*", r"\1", re.sub(r"[ \t\r\n]+", " ", parts[index]))
    return "".join(parts).strip()


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(one["example"]) for one in EXAMPLES])
def test_an_example_is_rendered_as_the_specification_says(example: dict[str, object]) -> None:
    expected, found = normal(str(example["html"])), normal(shown(str(example["markdown"])))
    reason = next((reason for reason, numbers in DEVIATIONS.items() if example["example"] in numbers), None)
    if reason is None:
        assert found == expected
    else:
        assert found != expected, f"{reason}: this one is no deviation any more"


def test_all_examples_are_there() -> None:
    assert [one["example"] for one in EXAMPLES] == list(range(1, 653))
    assert sum(map(len, DEVIATIONS.values())) == 25
