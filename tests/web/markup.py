"""What is asked of every page of HTML, whatever it shows."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

from selectolax.lexbor import LexborHTMLParser

from contentapi.web.pages.page import digest
from tests.web.client import Got

VOID = {"br", "hr", "input", "link", "meta"}


class Balance(HTMLParser):
    """Notes every element that is not closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.started = 0
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.started += 1
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}> has an attribute twice: {names}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")


def checked(got: Got) -> LexborHTMLParser:
    """The tree of a page, once it is known to be well-formed, accessible as far as a tree shows it, and shut."""
    assert got.status == 200, got.text
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    tree = LexborHTMLParser(got.text)
    _well_formed(got.text, tree)
    _accessible(tree)
    _shut(got, tree)
    return tree


def _well_formed(text: str, tree: LexborHTMLParser) -> None:
    assert text.startswith("<!doctype html>\n<html ")
    balance = Balance()
    balance.feed(text)
    balance.close()
    assert not balance.wrong
    assert not balance.open
    # An HTML5 parser moves, adds or drops what stands where it may not; here it has nothing to do.
    assert len(tree.css("*")) == balance.started


def _accessible(tree: LexborHTMLParser) -> None:
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    assert tree.css_first("html").attributes["lang"]
    assert len(tree.css("h1")) == len(tree.css("main")) == 1
    levels = [int(node.tag[1]) for node in tree.css("h1, h2, h3, h4")]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    for attribute in ("for", "aria-labelledby"):
        for node in tree.css(f"[{attribute}]"):
            assert node.attributes[attribute] in ids, node.html
    for node in tree.css("a"):
        assert node.text().strip(), node.html
        href = node.attributes["href"]
        assert href
        if href.startswith("#"):
            assert href[1:] in ids, href


def _shut(got: Got, tree: LexborHTMLParser) -> None:
    """Nothing from elsewhere, nothing inline but what the policy names."""
    policy = dict(one.split(" ", 1) for one in got.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in got.headers["content-security-policy"]
    assert policy["style-src"] == f"'{digest(_raw(got.text, 'style'))}'"
    assert len(tree.css("style")) == 1
    assert policy.get("script-src") == (f"'{digest(_raw(got.text, 'script'))}'" if tree.css("script") else None)
    assert len(tree.css("script")) <= 1
    assert not tree.css("[src], [style], img, iframe, object, embed, base")
    for node in tree.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")], node.html
    for node in tree.css("link"):
        assert node.attributes["rel"] in {"icon", "alternate", "service-desc", "service-doc"}
    assert "url(" not in _raw(got.text, "style")
    assert "@import" not in _raw(got.text, "style")


def _raw(text: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    assert found is not None
    return found[1]
