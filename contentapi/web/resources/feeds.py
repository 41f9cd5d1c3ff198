"""``/feed.json``, ``/feed.atom``: the articles for feed readers, newest first, page by page."""

from __future__ import annotations

from contentapi.web import params
from contentapi.web.answers import Answer, of_list
from contentapi.web.call import CURSOR, LIMIT, Call, Operation
from contentapi.web.resources import fields
from contentapi.web.syndication import atom, feed, json_feed

CONTENT = params.Choice(
    "content", "Whether each item holds its whole text, or only what it is about.", ("full", "excerpt"), "full"
)
_PARAMS = (LIMIT, CURSOR, CONTENT)


def get_json_feed(call: Call) -> Answer:
    """The articles as JSON Feed 1.1, newest first; the filters are those of the list of articles."""
    return Answer(json_feed.write(feed.gather(call)), json_feed.MEDIA_TYPE, keys=of_list("articles"))


def get_atom_feed(call: Call) -> Answer:
    """The articles as Atom (RFC 4287), paged (RFC 5005), newest first; the filters are those of the list of articles."""
    return Answer(atom.write(feed.gather(call)), atom.MEDIA_TYPE, keys=of_list("articles"))


OPERATIONS = (
    Operation(
        "/feed.json",
        "getJsonFeed",
        "The articles as JSON Feed",
        get_json_feed,
        "Syndication",
        _PARAMS,
        media={json_feed.MEDIA_TYPE: str},
        fields=fields.articles,
        lenient=True,
    ),
    Operation(
        "/feed.atom",
        "getAtomFeed",
        "The articles as Atom",
        get_atom_feed,
        "Syndication",
        _PARAMS,
        media={"application/atom+xml": str},
        fields=fields.articles,
        lenient=True,
    ),
)
