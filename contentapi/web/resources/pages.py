"""``/v1/pages``: pages by path; one page by any spelling of its path."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from contentapi.errors import Gone, NotFound
from contentapi.index import addresses as index_addresses
from contentapi.index import beside, listing
from contentapi.index.addresses import Resolution
from contentapi.index.reader import Reader, Row
from contentapi.text import paths
from contentapi.web import call as calls
from contentapi.web import present
from contentapi.web.addresses import page_segment
from contentapi.web.answers import STRUCTURE, Answer, moved
from contentapi.web.call import Call, Many, One, Operation, Segment, Segments
from contentapi.web.present import Resource
from contentapi.web.resources import fields, single


def list_pages(call: Call) -> Answer:
    """Pages, by path."""
    where, values = of_pages(call.reader)
    return calls.documents(call, where, values, present.PAGE, order=listing.BY_PATH, depends="pages")


def of_pages(reader: Reader) -> tuple[str, tuple[str, ...]]:
    """The condition for pages: of the one collection of pages that most sites have, or of any that is declared to be."""
    names = [one.name for one in reader.site.collections if one.type == "page"]
    return ("collection = ?", (names[0],)) if len(names) == 1 else ("type = 'page'", ())


def get_page(call: Call) -> Answer:
    """One page by its public path; any other spelling, and any other document's path, answers 308 to where it is.

    A page that has no path is answered by its slug.
    """
    found, suffix = _resolved(call)
    if found.status == "gone":
        raise Gone("page", found.path)
    row = call.reader.page_without_path(found.path[1:] or "index") if found.status == "unknown" else found.row
    if row is None and found.target is None:
        raise NotFound("page", found.path)
    if row is None:
        return moved(_public(call, found), keys=(STRUCTURE, "redirects"))
    canonical = call.addresses.of(row) + suffix
    if canonical != call.addresses.api(call.raw_path):
        return moved(_with_query(call, canonical), keys=(STRUCTURE, "redirects"))
    return _answer(call, row, suffix)


def _answer(call: Call, row: Row, suffix: str) -> Answer:
    """A document found by its path: a page, or an article whose slug a newer one has."""
    subject = present.of_row(call.reader, call.addresses, row)
    return single.negotiated(call, subject, present.of_kind(row.type), suffix=suffix)


def _resolved(call: Call) -> tuple[Resolution, str]:
    """What the path is, and whether its Markdown is asked for.

    What the site itself knows by a path that ends in ``.md`` comes first; a pattern such as ``/old/*`` knows no ending.
    """
    # The path as it was sent, still encoded: a decoded `%2F` would be a slash like any other.
    asked = call.raw_path.removeprefix("/v1/pages/")
    found = index_addresses.resolve(call.reader, f"/{asked}")
    stem = "" if asked == single.SUFFIX else single.unsuffixed(asked)  # the home page has no other name on the site
    if stem is None or not (found.status == "unknown" or found.open_ended):
        return found, ""
    bare = index_addresses.resolve(call.reader, f"/{stem}")
    if bare.status == "unknown" and found.status != "unknown":
        return found, ""
    return bare, single.SUFFIX


def _with_query(call: Call, address: str) -> str:
    return f"{address}?{call.query}" if call.query else address


def _public(call: Call, found: Resolution) -> str:
    """Where a redirect leads that ends at no document: its public address."""
    target = found.target or "/"
    if not target.startswith("/") or target.startswith("//"):
        return target
    return (call.addresses.web(target) or paths.encode(target)) + found.suffix


def _paths(reader: Reader, _: Segments) -> list[str]:
    """Some pages, those deep in the tree first: they show the most."""
    where, values = of_pages(reader)
    found = listing.documents(reader, where, values, order=listing.BY_PATH, limit=100, cursor=None, total=False).items
    segments = [page_segment(row.key or "/") for row in found]
    return sorted(segments, key=lambda one: one.count("/"), reverse=True)


def _every(reader: Reader, _: Segments) -> Iterator[str]:
    """All that lead to a page, to another document, or on; decoded."""
    by_path = (key[1:] or "index" for key in reader.keys())  # noqa: SIM118 - it is no dictionary
    return itertools.chain(by_path, reader.slugs_of_pages_without_path())


def _twins(reader: Reader) -> list[Resource]:
    return [present.of_kind(kind) for kind in listing.kinds_without_name(reader)]


def _beside(reader: Reader, segments: Segments) -> list[str]:
    return [key[1:] or "index" for key in beside.keys(reader, paths.key(f"/{segments['path']}"))]


PATH = Segment(
    "path",
    "The public path without its first slash; the home page is `index`.",
    _paths,
    every=_every,
    beside=_beside,
)

OPERATIONS = (
    Operation(
        "/v1/pages",
        "listPages",
        "Pages, by path",
        list_pages,
        "Pages",
        answer=Many(present.PAGE),
        fields=fields.pages,
    ),
    Operation(
        "/v1/pages/{path:path}",
        "getPage",
        "One page, by its public path",
        get_page,
        "Pages",
        answer=One(present.PAGE, _twins),
        also=(410,),
        offers=single.OFFERS,
        endings=(single.SUFFIX,),
        onward=(f"/v1/pages/{single.SUFFIX}",),
        segments=(PATH,),
    ),
)
