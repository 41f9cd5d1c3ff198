"""Whatever stands in any field of the content, no answer of any operation holds a node that could do harm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from tests import payloads
from tests.ingest.test_payloads import harm
from tests.web.client import Got, Site
from tests.web.everywhere import Walk

#: What the pages of the service themselves are made of, and no content may add to: at most so many of each.
OF_PAGES = {
    "script": 1,
    "style": 1,
    "base": 0,
    "iframe": 0,
    "svg": 0,
    "math": 0,
    "object": 0,
    "embed": 0,
    "template": 0,
}
#: What answers with a frame of ours, as HTML in JSON, or shows one as an example.
FRAMES = ("/oembed", "/v1/openapi.json")
#: What the page for partners shows in a frame is ours, and the pictures of embeds are drawn from phases.
ALSO = {"/embed": {"iframe": 1}, "/embed/": {"svg": 1000}}


def test_no_answer_holds_what_could_do_harm(site: Callable[..., Site]) -> None:
    walk, kinds = Walk(site(payloads.content(payloads.OWN)), brief=True), Counter()
    for target, got in walk.answers():
        kind = got.headers["content-type"].partition(";")[0]
        kinds[kind] += 1
        if kind == "text/html":
            assert _unfit(got, target) == [], target
        elif kind == "image/svg+xml":
            assert "sandbox" in got.headers["content-security-policy"], target
            assert "script-src" not in got.headers["content-security-policy"], target
        elif kind.endswith("json") and not target.startswith(FRAMES):
            for html in _bodies(got.values()):
                assert harm(html) == [], target
    assert kinds["text/html"] >= 2
    assert kinds["image/svg+xml"] >= 100
    assert kinds["text/markdown"] >= 100
    assert kinds["application/json"] > 1000


def _unfit(got: Got, target: str) -> list[str]:
    """What a page of the service holds that it does not bring itself."""
    tree = LexborHTMLParser(got.text)
    path = re.split(r"[? ]", target)[0]
    allowed = OF_PAGES | ALSO.get(path if path == "/embed" else path[: len("/embed/")], {})
    found = [f"{len(tree.css(name))} {name}" for name, most in allowed.items() if len(tree.css(name)) > most]
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            scheme = (value or "").strip().lower().partition(":")[0]
            unsafe = name in {"href", "src", "action"} and scheme in {"javascript", "vbscript"}
            if unsafe or name.startswith("on") or name in {"style", "srcdoc", "formaction", "ping"}:
                found.append(node.html or "")
    if "unsafe" in got.headers["content-security-policy"]:
        found.append(got.headers["content-security-policy"])
    return found


def _bodies(value: Any) -> Iterator[str]:
    """Every text under the name of ``html`` in a JSON value."""
    if isinstance(value, dict):
        for key, below in value.items():
            if key == "html" and isinstance(below, str):
                yield below
            else:
                yield from _bodies(below)
    elif isinstance(value, list):
        for below in value:
            yield from _bodies(below)
