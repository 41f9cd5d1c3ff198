"""A feed as Atom (RFC 4287), paged as RFC 5005 §3 has it, with its licence as RFC 4946 has it."""

from __future__ import annotations

from contentapi.model import License
from contentapi.text import media, paths, xml
from contentapi.text.xml import Xml, block, element
from contentapi.web.syndication.feed import Author, Feed, Item

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_ATOM, _HTML = "application/atom+xml", "text/html"


def write(feed: Feed) -> bytes:
    """The document."""
    return xml.document(
        block(
            "feed",
            element("id", feed.id),
            element("title", feed.title),
            element("subtitle", feed.description) if feed.description else None,
            element("updated", feed.updated),
            _author(feed.author),
            _link("self", feed.self, _ATOM),
            _link("alternate", feed.home, _HTML),
            _link("first", feed.first, _ATOM),
            _link("previous", feed.previous, _ATOM),
            _link("next", feed.next, _ATOM),
            *_rights(feed.license),
            element("generator", "contentapi"),
            *(_entry(one, feed) for one in feed.items),
            attributes={"xmlns": _NAMESPACE, "xml:lang": feed.lang},
        )
    )


def _entry(one: Item, feed: Feed) -> Xml:
    return block(
        "entry",
        element("id", one.id),
        element("title", one.title),
        _link("alternate", one.url, _HTML),
        element("published", one.published) if one.published else None,
        element("updated", one.updated),
        *(_author(author) for author in one.authors),
        *(
            element("category", attributes={"term": label.slug, "scheme": label.scheme, "label": label.title})
            for label in one.labels
        ),
        _picture(one.image),
        *(_rights(one.license) if one.license != feed.license else ()),
        element("summary", one.summary) if one.summary else None,
        element("content", one.html, attributes={"type": "html"}) if one.html is not None else None,
        attributes={"xml:lang": one.lang if one.lang != feed.lang else None},
    )


def _author(one: Author) -> Xml:
    return element("author", element("name", one.name), element("uri", one.url) if one.url else None)


def _link(relation: str, address: str | None, kind: str | None = None) -> Xml | None:
    if address is None:
        return None
    return element("link", attributes={"rel": relation, "href": address, "type": kind})


def _picture(address: str | None) -> Xml | None:
    """The picture of an article: readers show what is enclosed."""
    if address is None:
        return None
    kind = media.TYPES.get(media.extension(paths.split_url(address).path or ""))
    return _link("enclosure", address, kind)


def _rights(one: License | None) -> tuple[Xml | None, ...]:
    if one is None:
        return ()
    return (_link("license", one.url), element("rights", one.name))
