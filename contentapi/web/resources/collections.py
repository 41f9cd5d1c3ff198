"""``/v1/collections``: every collection the site has; the documents of one; one document."""

from __future__ import annotations

from operator import itemgetter

from contentapi.errors import NotFound
from contentapi.index import beside, listing
from contentapi.index.reader import Reader
from contentapi.model import Collection
from contentapi.web import call as calls
from contentapi.web import present
from contentapi.web.addresses import PLURALS
from contentapi.web.answers import STRUCTURE, Answer, moved, plural
from contentapi.web.call import Call, Many, One, Operation, Segment, Segments
from contentapi.web.present import Resource
from contentapi.web.resources import fields, single
from contentapi.web.schemas import CollectionEntry


def list_collections(call: Call) -> Answer:
    """The collections of the site by name, each with how many documents are listed."""
    counts = listing.counts(call.reader)
    every = [_presented(call, one, counts.get(one.name, 0)) for one in call.reader.site.collections]
    kept = calls.arranged(call, sorted(every, key=itemgetter("name")), fields.READ_COLLECTIONS)
    return calls.listing(call, calls.paged(call, kept, [one["name"] for one in kept]), keys=("collections", STRUCTURE))


def _presented(call: Call, one: Collection, count: int) -> CollectionEntry:
    return {
        "name": one.name,
        "type": one.type,
        "count": count,
        "output": one.output,
        "links": {"self": call.addresses.collection(one.name)},
    }


def list_documents(call: Call) -> Answer:
    """The documents of one collection: articles newest first, all others by path."""
    collection = _collection(call)
    return calls.documents(
        call,
        "collection = ?",
        (collection.name,),
        present.of_kind(collection.type),
        order=listing.NEWEST_FIRST if collection.type == "article" else listing.BY_PATH,
        depends=plural(collection.type),
    )


def get_document(call: Call) -> Answer:
    """One document of a collection; a page, phase, article or author answers 308 to its own address."""
    collection, slug, suffix = _collection(call), call.segments["slug"], ""
    row = call.reader.by_slug(collection.name, slug)
    stem = single.unsuffixed(slug)
    if row is None and stem is not None:
        row, suffix = call.reader.by_slug(collection.name, stem), single.SUFFIX
    if row is None:
        raise NotFound(f"document of {collection.name}", slug)
    subject = present.of_row(call.reader, call.addresses, row)
    if row.type in present.BY_KIND:
        return moved(subject.address + suffix + (f"?{call.query}" if call.query else ""))
    return single.negotiated(call, subject, present.of_kind(row.type), suffix=suffix, offers=single.TEXTS)


def _collection(call: Call) -> Collection:
    name = call.segments["name"]
    found = call.reader.site.collection(name)
    if found is None:
        raise NotFound("collection", name)
    return found


def _resource(reader: Reader, segments: Segments) -> Resource:
    """What the documents of a collection are."""
    collection = reader.site.collection(segments["name"]) if "name" in segments else None
    return present.of_kind(collection.type) if collection is not None else present.DOCUMENT


def _names(reader: Reader, _: Segments) -> list[str]:
    return sorted(one.name for one in reader.site.collections)


def _declared(reader: Reader) -> list[Segments]:
    """The collections that have no endpoint of their own."""
    return [{"name": name} for name in _names(reader, {}) if name not in PLURALS.values() and name != "pages"]


def _slugs(reader: Reader, segments: Segments) -> list[str]:
    found = listing.documents(
        reader,
        "collection = ? AND named",
        (segments["name"],),
        order=listing.BY_PATH,
        limit=100,
        cursor=None,
        total=False,
    )
    return [row.slug for row in found.items]


NAME = Segment("name", "The collection's name.", _names, closed=True)
SLUG = Segment(
    "slug",
    "The document's slug.",
    _slugs,
    every=lambda reader, segments: list(reader.slugs((segments["name"],))),
    beside=lambda reader, segments: beside.slugs(reader, (segments["name"],), segments["slug"]),
)

OPERATIONS = (
    Operation(
        "/v1/collections",
        "listCollections",
        "The collections of the site",
        list_collections,
        "Collections",
        answer=Many(CollectionEntry),
        fields=fields.collections,
    ),
    Operation(
        "/v1/collections/{name}",
        "listCollection",
        "The documents of one collection",
        list_documents,
        "Collections",
        answer=Many(_resource),
        segments=(NAME,),
        each=_declared,
        fields=fields.documents,
    ),
    Operation(
        "/v1/collections/{name}/{slug}",
        "getCollectionDocument",
        "One document of a collection",
        get_document,
        "Collections",
        answer=One(_resource),
        segments=(NAME, SLUG),
        each=_declared,
        offers=single.TEXTS,
    ),
)
