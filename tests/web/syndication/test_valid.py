"""The schemas that feeds and sitemaps are held against refuse what is none."""

from __future__ import annotations

import re

import jsonschema
import pytest

from tests.web.client import Got
from tests.web.syndication import valid
from tests.web.syndication.test_cases import CASES


def answer(file: str, media_type: str, *change: str) -> Got:
    """The answer that a file holds, with one text in it replaced by another."""
    text = (CASES / file).read_text(encoding="utf-8")
    if change:
        assert re.search(change[0], text), change
        text = re.sub(change[0], change[1], text, count=1)
    return Got(200, {"content-type": media_type}, text.encode())


ATOM, JSON, XML = "application/atom+xml; charset=utf-8", "application/feed+json", "application/xml; charset=utf-8"


@pytest.mark.parametrize(
    "change",
    [
        ("<id>[^<]*</id>", ""),
        ("<title>[^<]*</title>", ""),
        ("<updated>[^<]*</updated>", ""),
        ("<updated>[^<]*</updated>", "<updated>2024-03-01</updated>"),
        ("<entry>", "<entry><updated>2024-03-01T00:00:00Z</updated>"),
        ("(<summary>.*?</summary>)", r"\1\1"),
        ("<author><name>[^<]*</name>.*?</author>", ""),
        ('type="html"', 'type="htm"'),
        ('xml:lang="fr"', 'xml:lang="no language"'),
        ('(<link rel="self")', r"\1 size='1'"),
        ('<link rel="alternate"[^>]*>\n<published>2023', "<published>2023"),
        ('href="https://port.example/journal/calm"', 'href="/journal/calm"'),
        ("(<id>tag:port.example,2026:/journal/_posts/)2024-03-01-calm", r"\1undated"),
        ("<id>tag:[^<]*", "<id>a b"),
        ('href="https://elsewhere.example', 'href="/elsewhere.example'),
        ("<generator>contentapi</generator>", "<generator>&#7;</generator>"),
        ("<generator>contentapi</generator>", "<made>contentapi</made>"),
    ],
)  # fmt: skip
def test_a_broken_atom_feed_is_found(change):
    valid.atom(answer("journal/feed.atom", ATOM))
    with pytest.raises((AssertionError, valid.etree.XMLSyntaxError)):
        valid.atom(answer("journal/feed.atom", ATOM, *change))


@pytest.mark.parametrize(
    "change",
    [
        ('"version": "[^"]*",', ""),
        ("version/1.1", "version/1"),
        ('"title": "The journal of the port",', ""),
        ('"id": "[^"]*",', ""),
        ('"id": "[^"]*"', '"id": 1'),
        ('"content_html"', '"content_htm"'),
        ('"date_published": "[^"]*"', '"date_published": "2024-03-01"'),
        ('"url": "https://port.example/journal/calm"', '"url": "/journal/calm"'),
        ('"tags": \\[[^\\]]*\\]', '"tags": []'),
        ('"home_page_url": "[^"]*"', '"home_page_url": null'),
        ("tag:port.example,2026:/journal/_posts/2024-03-01-calm", "tag:port.example,2026:/journal/_posts/undated"),
    ],
)
def test_a_broken_json_feed_is_found(change):
    valid.json_feed(answer("journal/feed.json", JSON))
    with pytest.raises((AssertionError, jsonschema.ValidationError)):
        valid.json_feed(answer("journal/feed.json", JSON, *change))


@pytest.mark.parametrize(
    "change",
    [
        ("(?s)<url>.*</url>", ""),
        ("<loc>https://port.example", "<loc>"),
        ("<loc>https://port.example/journal/calm", "<loc>https://port.example/journal/storm"),
        ("<lastmod>2023-02-01", "<lastmod>1 Feb 2023"),
        ("(<loc>[^<]*</loc>)(<lastmod>[^<]*</lastmod>)", r"\2\1"),
        ("journal/calm", "journal/" + "a" * 2100),
        ("sitemap/0.9", "sitemap/0.8"),
        ("journal/calm", "journal/c a lm"),
    ],
)
def test_a_broken_sitemap_is_found(change):
    valid.sitemap(answer("journal/sitemap.xml", XML))
    with pytest.raises(AssertionError):
        valid.sitemap(answer("journal/sitemap.xml", XML, *change))
