"""Feeds and sitemaps as others read them: each by a schema, and by what its standard says in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
from lxml import etree

from contentapi.text import edits
from tests.web.client import Got, Site

SCHEMAS = Path(__file__).parent / "schemas"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
#: A URI of RFC 3986, as far as its signs go.
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
#: https://www.rfc-editor.org/rfc/rfc4151#section-2.1
TAG = re.compile(
    r"tag:[a-z0-9.-]+,[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-F]{2})*"
)
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

_RELAX_NG = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
_XML_SCHEMA = etree.XMLSchema(etree.parse(SCHEMAS / "sitemap.xsd"))
_JSON_FEED = jsonschema.Draft202012Validator(json.loads((SCHEMAS / "json-feed.json").read_text()))


# -- Atom -------------------------------------------------------------------------------------------------------------


def atom(got: Got) -> Any:
    """The feed of an answer: valid by its grammar and by RFC 4287's and RFC 5005's words, and the same to feedparser."""
    assert got.status == 200, got.text
    assert got.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(got.body)
    assert _RELAX_NG.validate(feed), _RELAX_NG.error_log
    entries = feed.findall(f"{ATOM}entry")
    assert feed.find(f"{ATOM}author") is not None or all(one.find(f"{ATOM}author") is not None for one in entries)
    _links(feed, {"self": 1, "alternate": 1, "first": 1, "next": (0, 1), "previous": (0, 1)})
    for one in feed.iter(f"{ATOM}id"):
        assert TAG.fullmatch(one.text) or UUID.fullmatch(one.text), one.text
    ids = [one.findtext(f"{ATOM}id") for one in entries]
    assert len(ids) == len(set(ids))
    for one in entries:
        _links(one, {"alternate": 1, "enclosure": (0, 1)})
        content = one.find(f"{ATOM}content")
        if content is not None:
            html(content.text or "")
    parsed = feedparser.parse(got.body)
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == "atom10"
    assert [one.id for one in parsed.entries] == ids
    assert all(one.updated_parsed for one in parsed.entries)
    return feed


def _links(element: Any, expected: dict[str, int | tuple[int, int]]) -> None:
    found = element.findall(f"{ATOM}link")
    for one in found:
        assert URI.fullmatch(one.get("href")), one.get("href")
    for relation, many in expected.items():
        least, most = many if isinstance(many, tuple) else (many, many)
        assert least <= sum(one.get("rel") == relation for one in found) <= most, relation


# -- JSON Feed --------------------------------------------------------------------------------------------------------


def json_feed(got: Got) -> Any:
    """The feed of an answer: valid by its schema and by the words of JSON Feed 1.1."""
    assert got.status == 200, got.text
    assert got.headers["content-type"] == "application/feed+json"
    feed = got.json()
    _JSON_FEED.validate(feed)
    assert feed.get("next_url") != feed["feed_url"]
    ids = [one["id"] for one in feed["items"]]
    assert len(ids) == len(set(ids))
    for one in feed["items"]:
        assert TAG.fullmatch(one["id"]) or UUID.fullmatch(one["id"]), one["id"]
        html(one.get("content_html", ""))
    return feed


def html(text: str) -> None:
    """Whether every address in a text is a full one, and nothing in it runs."""
    edits.readdressed(text, _full)
    assert "<script" not in text
    assert "\x1f" not in text


def _full(address: str) -> str:
    assert re.match(r"(?:https?://[^/]|mailto:|tel:|sms:)", address), address
    return address


# -- sitemaps ---------------------------------------------------------------------------------------------------------


def sitemap(got: Got) -> dict[str, str | None]:
    """The addresses of a sitemap or of an index, each with its time; valid by the schema."""
    assert got.status == 200, got.text
    assert got.headers["content-type"] == "application/xml; charset=utf-8"
    assert len(got.body) <= 52_428_800
    root = etree.fromstring(got.body)
    assert _XML_SCHEMA.validate(root), _XML_SCHEMA.error_log
    found = {one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod") for one in root}
    assert all(URI.fullmatch(one) for one in found)
    return found


# -- walks ------------------------------------------------------------------------------------------------------------


def atom_pages(site: Site, target: str) -> Iterator[Any]:
    """Every page of a feed, each leading to the next and back to the one before."""
    following: str | None = target
    before: str | None = None
    while following is not None:
        feed = atom(site.get(following))
        links = {one.get("rel"): path(one.get("href")) for one in feed.findall(f"{ATOM}link")}
        assert before is None or links.get("previous") is not None
        if links.get("previous") is not None and before is not None:
            back = atom(site.get(links["previous"]))
            assert [one.findtext(f"{ATOM}id") for one in back.findall(f"{ATOM}entry")] == before
        yield feed
        before = [one.findtext(f"{ATOM}id") for one in feed.findall(f"{ATOM}entry")]
        following = links.get("next")


def json_pages(site: Site, target: str) -> Iterator[Any]:
    """Every page of a feed."""
    following: str | None = target
    while following is not None:
        feed = json_feed(site.get(following))
        yield feed
        following = path(feed["next_url"]) if "next_url" in feed else None


def path(address: str) -> str:
    """An address of the service as its client asks for it."""
    return re.sub(r"^https?://[^/]+", "", address)
