"""``/``, ``/v1/status``, ``/livez``, ``/readyz``: what is here, and how it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from contentapi import __version__
from contentapi.index import diagnostics, listing
from contentapi.web.answers import HTML, JSON, REVISION, Answer, json
from contentapi.web.call import Call, Operation
from contentapi.web.metrics import MEDIA_TYPE
from contentapi.web.problems import NotAcceptable, unavailable
from contentapi.web.resources import home
from contentapi.web.schemas import Health, Root, Status
from contentapi.web.syndication import sitemap

#: What `/` is given as: a browser prefers the second.
OFFERS = (JSON, HTML)
_OF_THIS_INSTANT = {"Cache-Control": "no-store"}


def root(call: Call) -> Answer:
    """What this API serves, and the addresses of everything; a page that shows it, for who prefers HTML."""
    api = call.addresses.api
    link = f"""<{api("/v1/openapi.json")}>; rel="service-desc", <{api("/docs")}>; rel="service-doc", \
<{api("/v1/status")}>; rel="status\""""
    if not call.accept:
        raise NotAcceptable(OFFERS)
    made = home.answer(call) if call.accept == HTML else _root(call)
    return replace(made, headers={**made.headers, "Link": link}, keys=("root", REVISION), negotiated=True)


def _root(call: Call) -> Answer:
    site, api = call.reader.site, call.addresses.api
    body: Root = {
        "title": site.title,
        "description": site.description,
        "lang": site.lang,
        "revision": call.reader.revision,
        "license": site.license,
        "attribution": site.attribution,
        "version": __version__,
        "links": {
            "self": api("/"),
            "web": site.origin,
            "pages": api("/v1/pages"),
            "phases": api("/v1/phases"),
            "articles": api("/v1/articles"),
            "authors": api("/v1/authors"),
            "tags": api("/v1/tags"),
            "categories": api("/v1/categories"),
            "navigation": api("/v1/navigation"),
            "collections": api("/v1/collections"),
            "search": api("/v1/search?q="),
            "suggest": api("/v1/search/suggest?q="),
            "resolve": api("/v1/resolve?path=/"),
            "redirects": api("/v1/redirects"),
            "changes": api("/v1/changes"),
            "events": api("/v1/events"),
            "export": api("/v1/export.ndjson"),
            "diagnostics": api("/v1/diagnostics"),
            "status": api("/v1/status"),
            "openapi": api("/v1/openapi.json"),
            "docs": api("/docs"),
            "embed": api("/embed"),
            "oembed": api("/oembed?url=/embed/phases"),
            "feed": api("/feed.json"),
            "atom": api("/feed.atom"),
            "sitemap": api("/sitemap.xml") if sitemap.parts(call.reader) else None,
            "robots": api("/robots.txt"),
            "llms": api("/llms.txt"),
            "llms_full": api("/llms-full.txt"),
        },
    }  # fmt: skip
    return json(body, keys=("root",))


def status(call: Call) -> Answer:
    """The revision, what it holds, when it was last made equal to the folder."""
    reader = call.reader
    synced = reader.meta("synced")
    body: Status = {
        "revision": reader.revision,
        "ready": call.ready,
        "version": __version__,
        "documents": listing.counts(reader),
        "diagnostics": diagnostics.counts(reader),
        "origin": {
            "configured": reader.site.origin,
            "inferred": f"https://{reader.host}" if reader.site.origin is None and reader.host else None,
        },
        "last_sync": _instant(float(synced)) if synced else None,
        "last_error": reader.meta("last_error") or None,
    }
    return json(body, keys=("status", REVISION), max_age=0)


def _instant(epoch: float) -> str:
    return dt.datetime.fromtimestamp(epoch, dt.UTC).isoformat(timespec="milliseconds")


def livez(_: Call) -> Answer:
    """The process answers."""
    return json({"status": "ok"}, headers=_OF_THIS_INSTANT, max_age=0)


def readyz(call: Call) -> Answer:
    """The content was indexed completely and can be read, and the service is not about to end."""
    if not call.ready:
        return unavailable("The content is not indexed yet, cannot be read, or the service is about to end.", call.path)
    return json({"status": "ready"}, headers=_OF_THIS_INSTANT, max_age=0)


def metrics(call: Call) -> Answer:
    """What the answering worker process counted, for Prometheus."""
    return Answer(call.metrics().encode(), MEDIA_TYPE, headers=_OF_THIS_INSTANT, max_age=0)


OPERATIONS = (
    Operation("/", "getRoot", "What is served here", root, "Service", answer=Root, lenient=True, offers=OFFERS),
    Operation("/v1/status", "getStatus", "Revision, counts, last sync", status, "Service", answer=Status),
    Operation(
        "/livez",
        "livez",
        "Whether the process answers",
        livez,
        "Service",
        answer=Health,
        needs_index=False,
        lenient=True,
    ),
    Operation(
        "/readyz",
        "readyz",
        "Whether the content is served",
        readyz,
        "Service",
        answer=Health,
        needs_index=False,
        lenient=True,
    ),
    Operation(
        "/metrics",
        "getMetrics",
        "What a worker counted, for Prometheus",
        metrics,
        "Service",
        media={"text/plain": str},
        needs_index=False,
        lenient=True,
    ),
)
