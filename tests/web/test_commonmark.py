"""The examples of the CommonMark specification as documents of one folder, fetched from the service as HTML.

``commonmark.json`` holds the 652 examples of version 0.31.2 (https://spec.commonmark.org/0.31.2/), by John MacFarlane,
under CC BY-SA 4.0; ``commonmark-deviations.json`` those that are answered otherwise: by the reason why, each with what
is answered instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.web.client import Site, write

HERE = Path(__file__).parent
EXAMPLES = {one["example"]: one for one in orjson.loads((HERE / "commonmark.json").read_bytes())}
DEVIATIONS: dict[str, dict[str, str]] = orjson.loads((HERE / "commonmark-deviations.json").read_bytes())
INSTEAD = {int(number): answer for answers in DEVIATIONS.values() for number, answer in answers.items()}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, str]]:
    """The HTML of every example, as the service answers it."""
    folder = tmp_path_factory.mktemp("commonmark") / "content"
    documents = {f"{number}.md": f"---\ntitle: Example\n---\n{one['markdown']}" for number, one in EXAMPLES.items()}
    write(folder, documents)  # type: ignore[arg-type]
    with Site(folder, folder.parent / "index.db") as site:
        yield {number: site.get(f"/v1/pages/{number}?fields=html").json()["html"] for number in EXAMPLES}


BLOCKS = "address|blockquote|body|br|dd|del|details|div|dl|dt|h[1-6]|hr|ins|li|ol|p|pre|table|tbody|td|th|thead|tr|ul"


def normal(written: str) -> str:
    """The HTML as a parser understands it, without the blanks that mean nothing."""
    tree = LexborHTMLParser(written, is_fragment=True)
    parts = re.split(r"(<pre.*?</pre>)", re.sub("<!--.*?-->", "", tree.html or "", flags=re.DOTALL), flags=re.DOTALL)
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(rf"\s*(</?(?:{BLOCKS})(?:\s[^>]*)?>)\s*", r"\1", re.sub(r"[ \t\r\n]+", " ", parts[index]))
    return "".join(parts).strip()


def shown(answer: str) -> str:
    """An answer without the ids of headings, of which the specification knows nothing."""
    return normal(re.sub(r'(<h[1-6]) id="[^"]*"', r"\1", answer))


@pytest.mark.parametrize("number", EXAMPLES)
def test_an_example_is_answered_as_the_specification_says(answers: dict[int, str], number: int) -> None:
    specified, found = normal(str(EXAMPLES[number]["html"])), shown(answers[number])
    assert found == INSTEAD.get(number, specified)
    assert (found != specified) is (number in INSTEAD), "this one is no deviation any more"


def test_all_examples_are_there_and_each_deviation_has_one_reason() -> None:
    assert list(EXAMPLES) == list(range(1, 653))
    assert set(INSTEAD) <= set(EXAMPLES)
    assert sum(map(len, DEVIATIONS.values())) == len(INSTEAD) == 62
