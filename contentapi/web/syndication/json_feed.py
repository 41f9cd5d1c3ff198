"""A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). What has no value is left out, as it asks."""

from __future__ import annotations

from collections.abc import Mapping

from contentapi.web.answers import encode
from contentapi.web.present import Object
from contentapi.web.syndication.feed import Author, Feed, Item

MEDIA_TYPE = "application/feed+json"


def write(feed: Feed) -> bytes:
    """The document. Its ``feed_url``, which identifies the feed, is that of its first page on every page."""
    return encode(
        _given(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": feed.title,
                "home_page_url": feed.home,
                "feed_url": feed.first,
                "description": feed.description,
                "next_url": feed.next,
                "authors": [_author(feed.author)],
                "language": feed.lang,
            }
        )
        | {"items": [_item(one) for one in feed.items]}
    )


def _given(value: Mapping[str, object]) -> Object:
    return {name: one for name, one in value.items() if one is not None and one != []}


def _author(one: Author) -> Object:
    return _given({"name": one.name, "url": one.url})


def _item(one: Item) -> Object:
    content = {"content_html": one.html} if one.html is not None else {"content_text": one.summary or ""}
    return _given(
        {
            "id": one.id,
            "url": one.url,
            "title": one.title,
            **content,
            "summary": one.summary,
            "image": one.image,
            "date_published": one.published,
            "date_modified": one.modified,
            "authors": [_author(author) for author in one.authors],
            "tags": list(dict.fromkeys(label.title for label in one.labels)),
            "language": one.lang,
        }
    )
