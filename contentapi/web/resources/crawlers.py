"""``/sitemap.xml``, ``/sitemaps/{number}.xml``, ``/robots.txt``: what crawlers ask for."""

from __future__ import annotations

from contentapi.errors import NotFound
from contentapi.index.reader import Reader
from contentapi.web.answers import STRUCTURE, Answer, plural
from contentapi.web.call import Call, Operation, Segment, Segments
from contentapi.web.problems import problem
from contentapi.web.syndication import robots, sitemap
from contentapi.web.syndication.places import Places

_NONE = (
    "There is no sitemap: a sitemap holds full public addresses, and the site's is not known. Whoever runs this service"
    " can name it: site.origin in contentapi.toml, or CONTENTAPI_ORIGIN."
)
_EMPTY = "There is no sitemap: the site publishes no address."


def get_sitemap(call: Call) -> Answer:
    """Every public address of the site (sitemaps.org); of many, the addresses of the files that hold them.

    404 when the site's own address is not configured, since a sitemap holds nothing but full addresses.
    """
    count = sitemap.parts(call.reader)
    if count == 0:
        return problem(404, _NONE if call.reader.site.origin is None else _EMPTY, call.path)
    if count == 1:
        return _part(call, 1)
    places = Places(call)
    addresses = [places.own(f"/sitemaps/{number}.xml") for number in range(1, count + 1)]
    return Answer(sitemap.index(addresses), sitemap.MEDIA_TYPE, keys=_keys("sitemap", call.reader))


def get_sitemap_part(call: Call) -> Answer:
    """One of the files that a sitemap of many addresses leads to."""
    number = call.segments["number"]
    if number not in _numbers(call.reader, call.segments):
        raise NotFound("part of the sitemap", number)
    return _part(call, int(number))


def _part(call: Call, number: int) -> Answer:
    return Answer(sitemap.part(call.reader, number), sitemap.MEDIA_TYPE, keys=_keys("sitemap", call.reader))


def _keys(own: str, reader: Reader) -> tuple[str, ...]:
    # Any document may say of itself that it is to be left out.
    return (own, STRUCTURE, *dict.fromkeys(plural(one.type) for one in reader.site.collections))


def _numbers(reader: Reader, _: Segments) -> list[str]:
    return [str(number) for number in range(1, sitemap.parts(reader) + 1)]


def get_robots(call: Call) -> Answer:
    """What crawlers may read here (RFC 9309): everything but results of the search; and where the sitemap is."""
    address = Places(call).own("/sitemap.xml") if sitemap.parts(call.reader) else None
    written = robots.write(call.reader.site, address)
    return Answer(written.encode(), robots.MEDIA_TYPE, keys=_keys("robots", call.reader))


NUMBER = Segment("number", "The number of the file, from 1.", _numbers, closed=True)

OPERATIONS = (
    Operation(
        "/sitemap.xml",
        "getSitemap",
        "The public addresses of the site",
        get_sitemap,
        "Syndication",
        media={"application/xml": str},
        also=(404,),
        lenient=True,
    ),
    Operation(
        "/sitemaps/{number}.xml",
        "getSitemapPart",
        "Some of the public addresses of the site",
        get_sitemap_part,
        "Syndication",
        media={"application/xml": str},
        segments=(NUMBER,),
        lenient=True,
    ),
    Operation(
        "/robots.txt",
        "getRobots",
        "What crawlers may read",
        get_robots,
        "Syndication",
        media={"text/plain": str},
        lenient=True,
    ),
)
