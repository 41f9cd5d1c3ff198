"""The shapes that cmark is tried with, at full size, and those of other parsers here: each is read in time, or given up.

How long each takes depends on the machine; that none takes longer than it may is the kernel's doing. What a parser would
drop without a word is told. A twentieth of each is tried unless CONTENTAPI_FULL_SIZE is set, as `make prove` does.
"""

from __future__ import annotations

import os
from contextlib import closing
from functools import partial

import pytest

from contentapi.index.outcome import Outcome, steps
from contentapi.ingest.pool import Limits, Pool, Stopped
from contentapi.model import SourceFile
from tests.ingest.test_cases import SITE

FULL = bool(os.environ.get("CONTENTAPI_FULL_SIZE"))
BODIES = {
    "strong emphasis within emphasis": "*a **a " * 65_000 + "b" + " a** a*" * 65_000,
    "emphasis that is closed and never opened": "a_ " * 65_000,
    "emphasis that is opened and never closed": "_a " * 65_000,
    "links that are closed and never opened": "a]" * 65_000,
    "links that are opened and never closed": "[a" * 65_000,
    "openers and closers that do not match": "*a_ " * 50_000,
    "lengths that are multiples of three": "a**b" + "c* " * 50_000,
    "links opened, emphasis closed": "[ a_" * 50_000,
    "a bracket, a parenthesis": "[ (](" * 80_000,
    "pictures in links": "![[]()" * 160_000,
    "brackets in brackets": "[" * 50_000 + "a" + "]" * 50_000,
    "quotations in quotations": "> " * 50_000 + "a",
    "lists in lists": "".join("  " * depth + "* a\n" for depth in range(800)),
    "backticks of every length": "".join("e" + "`" * length for length in range(1, 1900)),
    "links to an address in brackets that never ends": "[a](<b" * 30_000,
    "links to an address that never ends": "[a](b" * 30_000,
    "comments that never end": "</" + "<!--" * 300_000,
    "instructions that never end": "<?" * 300_000,
    "declarations that never end": "<!A " * 300_000,
    "sections of characters that never end": "a <![CDATA[" * 100_000,
    "empty lines in deep lists": "- " * 30_000 + "x" + "\n" * 30_000,
    "empty lines in deep lists in a quotation": "> " + "- " * 30_000 + "x\n" + ">\n" * 30_000,
    "emphasis in deep quotations": ">" * 100_000 + "a*" * 100_000,
    "definitions, and one that is used": "".join(f"[{number}]: u\n" for number in range(50_000)) + "[0] " * 50_000,
    "definitions that never end": "[a]: " + "(" * 200_000,
    "titles that never end": '[a](b "' * 60_000,
    "addresses that are no links": "http://a" * 10_000,
    "addresses with many dots": "http://a." + "a." * 100_000,
    "mail addresses": "a@" * 100_000,
    "entities that are none": "&a" * 200_000,
    "a wide table": "|a" * 20_000 + "|\n" + "|-" * 20_000 + "|\n" + "|b" * 20_000 + "|\n",
    "a table of many rows": "|a|b|\n|-|-|\n" + "|c|d|\n" * 60_000,
    "a row that is longer than its table": "|a|\n|-|\n" + ("|" * 1000 + "\n") * 300,
    "400 kB of lists in lists": "".join("  " * (number % 100) + "- a\n" for number in range(4_000)),
    "footnotes in footnotes": "".join(f"[^{number}]: a[^{number + 1}]\n\n" for number in range(20_000)) + "[^0]",
    "tasks": "- [ ] a\n" * 50_000,
    "elements in elements": "<div>" * 50_000,
    "attributes": "<a " + "b=c " * 100_000 + ">",
    "strikethrough": "~~a " * 60_000,
    "one line": "a" * 1_900_000,
    "one word a line": "a\n" * 900_000,
}
#: Nested deeper than is kept: what is lost is told.
DEEP = {
    "quotations in quotations", "lists in lists", "empty lines in deep lists", "empty lines in deep lists in a quotation",
    "emphasis in deep quotations", "elements in elements", "400 kB of lists in lists",
}  # fmt: skip
FRONT = {
    "anchors that multiply": "a0: &a0 [x, x]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)),
    "brackets": "a: " + "[" * 100_000,
    "many keys": "".join(f"k{number}: {number}\n" for number in range(60_000)),
    "a long text": "a: " + "b" * 1_900_000,
    "many tags": "tags: [" + ", ".join(f"t{number}" for number in range(60_000)) + "]",
}


def cut(text: str) -> str:
    return text if FULL else text[: len(text) // 20]


@pytest.fixture(scope="module")
def pool():
    with closing(Pool(partial(steps, SITE), Limits(2), processes=1)) as made:
        yield made


def read(pool: Pool[Outcome], text: str) -> Outcome | Stopped:
    bad = SourceFile("_pages/a.md", text.encode(), "digest")
    good = SourceFile("_pages/b.md", b"---\ntitle: B\n---\n", "digest")
    found, after = pool.map([bad, good], 1_700_000_000.0)
    assert isinstance(after, Outcome)
    assert after.document
    return found


@pytest.mark.parametrize("shape", BODIES)
def test_a_body_is_read_in_time_or_given_up(pool, shape):
    found = read(pool, f"---\ntitle: a\n---\n{cut(BODIES[shape])}")
    if isinstance(found, Stopped):
        assert found == Stopped(slow=True, why="")
        return
    assert found.document
    if FULL:
        assert ("nesting-too-deep" in {one.code for one in found.diagnostics}) is (shape in DEEP)


@pytest.mark.parametrize("shape", FRONT)
def test_front_matter_is_read_in_time_or_given_up(pool, shape):
    found = read(pool, f"---\ntitle: a\n{cut(FRONT[shape])}\n---\n")
    if isinstance(found, Stopped):
        assert found == Stopped(slow=True, why="")
        return
    assert found.document is not found.quarantined
    assert found.diagnostics or found.document
