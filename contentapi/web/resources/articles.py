"""``/v1/articles``: articles, newest first; one article by its slug."""

from __future__ import annotations

from contentapi.errors import NotFound
from contentapi.index import beside, listing
from contentapi.index.reader import Reader, Row
from contentapi.web import call as calls
from contentapi.web import present
from contentapi.web.answers import Answer
from contentapi.web.call import Call, Many, One, Operation, Segment, Segments
from contentapi.web.resources import fields, single


def list_articles(call: Call) -> Answer:
    """Articles, newest first."""
    return calls.documents(
        call, "type = 'article'", (), present.ARTICLE, order=listing.NEWEST_FIRST, depends="articles"
    )


def get_article(call: Call) -> Answer:
    """One article by its slug; of several with one slug, the newest."""
    slug, suffix = call.segments["slug"], ""
    row = by_slug(call.reader, slug)
    stem = single.unsuffixed(slug)
    if row is None and stem is not None:
        row, suffix = by_slug(call.reader, stem), single.SUFFIX
    if row is None:
        raise NotFound("article", slug)
    subject = present.of_row(call.reader, call.addresses, row)
    return single.negotiated(call, subject, present.ARTICLE, suffix=suffix)


def by_slug(reader: Reader, slug: str) -> Row | None:
    """The article that has a slug, whatever its collection is called."""
    found = (reader.by_slug(name, slug) for name in _collections(reader))
    return next((row for row in found if row is not None), None)


def _collections(reader: Reader) -> list[str]:
    return [one.name for one in reader.site.collections if one.type == "article"]


def _slugs(reader: Reader, _: Segments) -> list[str]:
    found = listing.documents(
        reader, "type = 'article' AND named", (), order=listing.NEWEST_FIRST, limit=100, cursor=None, total=False
    )
    return [row.slug for row in found.items]


SLUG = Segment(
    "slug",
    "The article's slug.",
    _slugs,
    every=lambda reader, _: list(reader.slugs(_collections(reader))),
    beside=lambda reader, segments: beside.slugs(reader, _collections(reader), segments["slug"]),
)

OPERATIONS = (
    Operation(
        "/v1/articles",
        "listArticles",
        "Articles, newest first",
        list_articles,
        "Articles",
        answer=Many(present.ARTICLE),
        fields=fields.articles,
    ),
    Operation(
        "/v1/articles/{slug}",
        "getArticle",
        "One article",
        get_article,
        "Articles",
        answer=One(present.ARTICLE),
        segments=(SLUG,),
        offers=single.OFFERS,
        endings=(single.SUFFIX,),
    ),
)
