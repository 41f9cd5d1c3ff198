"""What would run a script is taken out of every text, and a second look finds nothing more to take."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from contentapi.ingest import html
from contentapi.ingest.document import ingest
from contentapi.model import SourceFile
from contentapi.text import paths
from tests import payloads
from tests.ingest.test_cases import SITE

HARMFUL = (
    "script, style, iframe, frame, object, embed, applet, form, base, link, meta, svg, math, template, noscript, textarea,"
    " select, title, xmp, plaintext, marquee, input:not([type=checkbox]), [style], [srcdoc], [formaction], [action], [ping]"
)
ADDRESSES = {"href", "src", "poster", "cite", "data", "background", "xlink:href"}
SCHEMES = {None, "http", "https", "mailto", "tel", "sms"}
PLACE = re.compile("\x1f[0-9]+\x1f")
FORMS = {"text.md": payloads.as_markdown, "text.html": payloads.as_html}


def body(path: str, text: str) -> tuple[str, list[str]]:
    """The HTML of a text, and the addresses that will stand in it."""
    found = ingest(
        SourceFile(path, text.replace("\0", "").encode("utf-8", "replace"), "digest"), SITE, 1_700_000_000.0
    ).document
    assert found is not None
    return found.body.html, [one.url for one in found.body.references]


def harm(written: str) -> list[str]:
    """Every node that could do harm."""
    tree = LexborHTMLParser(written, is_fragment=True)
    found = [node.html or "" for node in tree.css(HARMFUL)]
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on") or (name in ADDRESSES and not is_harmless(value or "")):
                found.append(node.html or "")
    return found


def is_harmless(address: str) -> bool:
    return PLACE.fullmatch(address) is not None or paths.split_url(address).scheme in SCHEMES


def check(path: str, text: str) -> None:
    written, addresses = body(path, text)
    assert harm(written) == []
    assert all(is_harmless(one) for one in addresses)
    assert html.sanitise(written) == written


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("payload", payloads.OWN)
def test_nothing_that_executes_is_left_in_a_text(path: str, payload: str) -> None:
    check(path, FORMS[path](payload))


def test_it_is_found_where_it_is_left() -> None:
    assert sum(bool(harm(payload)) for payload in payloads.OWN) > 70


@pytest.mark.parametrize("path", FORMS)
def test_nor_of_the_payloads_of_others(path: str) -> None:
    found = payloads.of_others()
    if not found:
        pytest.skip("the payloads of others are not there; scripts/prove-payloads fetches them")
    assert len(found) > 1000
    for payload in found:
        check(path, FORMS[path](payload))
