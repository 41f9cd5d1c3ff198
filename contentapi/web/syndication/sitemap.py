"""The addresses of the site for crawlers, as https://www.sitemaps.org/protocol.html has them.

It allows 50,000 addresses and 50 MB a file. Whoever asks the process that makes a file of 50,000 would wait 0.3 seconds: so
there are fewer in one.
"""

from __future__ import annotations

from contentapi.index import published
from contentapi.index.reader import Reader
from contentapi.text import paths, xml
from contentapi.text.xml import Xml, block, element

MEDIA_TYPE = "application/xml; charset=utf-8"
#: So many addresses stand in one file, and so many bytes at most.
MOST, LARGEST = 10_000, 50_000_000
#: An address is shorter than this.
_LONGEST = 2048
#: The bytes that stand around an address, and how many of them a byte of a path can become.
_AROUND, _GROWTH = 80, 5
_NAMESPACE = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def parts(reader: Reader) -> int:
    """How many files the addresses take; none where the site has no public address, or publishes nothing."""
    count = published.extent(reader).count if reader.site.origin is not None else 0
    return -(-count // _size(reader))


def part(reader: Reader, number: int) -> bytes:
    """One of these files, from 1 on: each address, with the day on which it changed where the editors say one."""
    size, before = _size(reader), _before(reader)
    found = published.addresses(reader, start=(number - 1) * size, limit=size)
    urls = (_url(before + paths.encode(path), updated) for path, updated in found)
    return xml.document(block("urlset", *urls, attributes=_NAMESPACE))


def index(addresses: list[str]) -> bytes:
    """The file that leads to the others."""
    return xml.document(
        block("sitemapindex", *(element("sitemap", element("loc", one)) for one in addresses), attributes=_NAMESPACE)
    )


def _size(reader: Reader) -> int:
    """How many addresses fit into a file, whatever they are."""
    longest = min(len(_before(reader)) + published.extent(reader).longest, _LONGEST)
    return max(1, min(MOST, LARGEST // (_GROWTH * longest + _AROUND)))


def _before(reader: Reader) -> str:
    """What every public address begins with."""
    return (reader.site.origin or "") + reader.site.base


def _url(address: str, updated: str | None) -> Xml | None:
    if len(address) >= _LONGEST:
        return None
    return element("url", element("loc", address), element("lastmod", updated) if updated is not None else None)
