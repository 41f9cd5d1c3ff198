"""A piece as JSON-LD in the vocabulary of https://schema.org, for those who render it themselves and for search engines.

All phases are a ``HowTo`` whose steps they are, one phase is such a step, an article an ``Article``, anything else a
``WebPage``; each with its licence, its publisher and its date.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from contentapi.index.phases import Phase
from contentapi.model import License, PhaseKind
from contentapi.web import present
from contentapi.web.embed.piece import Piece, length
from contentapi.web.present import Object

MEDIA_TYPE = "application/ld+json"
_CONTEXT = "https://schema.org"


def of(piece: Piece, api: str) -> Object:
    """The document. ``api`` is what full addresses of this service begin with."""
    own = {"phases": _how_to, "phase": _step_piece, "article": _article}.get(piece.kind, _page)(piece, api)
    return {"@context": _CONTEXT, **_without_none({**own, **_common(piece)})}


def _without_none(value: Mapping[str, object]) -> Object:
    return {name: one for name, one in value.items() if one is not None and one != []}


def _common(piece: Piece) -> Object:
    """What every kind of work has."""
    publisher = None
    if piece.attribution is not None:
        publisher = _without_none(
            {"@type": "Organization", "name": piece.attribution.name, "url": piece.attribution.url}
        )
    return {
        "url": piece.web,
        "inLanguage": piece.lang.replace("_", "-"),
        "dateModified": piece.updated,
        "license": _license(piece.license),
        "publisher": publisher,
        "creditText": piece.attribution.name if piece.attribution is not None else None,
    }


def _license(one: License | None) -> object:
    if one is None:
        return None
    return one.url or {"@type": "CreativeWork", "name": one.name, "identifier": one.id}


def _how_to(piece: Piece, api: str) -> Object:
    steps = [_step(one, place, api) for place, one in enumerate(piece.journey, 1)]
    return {
        "@type": "HowTo",
        "@id": f"{api}/v1/phases",
        "name": piece.site or "Phases",
        "step": steps,
    }


def _step_piece(piece: Piece, api: str) -> Object:
    one = piece.phase
    if one is None or piece.section is not None:
        return _page(piece, api)
    slugs = [step.slug for step in piece.journey]
    place = slugs.index(one.slug) + 1 if one.slug in slugs else None
    whole = {"@type": "HowTo", "@id": f"{api}/v1/phases", "name": piece.site or "Phases", "url": f"{api}/embed/phases"}
    return {**_step(one, place, api), "isPartOf": whole}


def _step(one: Phase, place: int | None, api: str) -> Object:
    """One phase. Of a range of durations schema.org knows no word; then the text alone tells it."""
    known = length(one)
    told = [part for part in (one.description, known.text if known is not None else None) if part]
    directions = [{"@type": "HowToDirection", "text": text} for text in one.objectives]
    if one.decision is not None and one.decision.what:
        directions.append({"@type": "HowToTip", "text": one.decision.what})
    return _without_none(
        {
            "@type": "HowToStep" if one.kind is PhaseKind.JOURNEY else "HowToSection",
            "@id": f"{api}/v1/phases/{quote(one.slug, safe='')}",
            "position": place,
            "name": one.title,
            "text": " – ".join(told) or None,
            "timeRequired": known.min if known is not None and known.min == known.max else None,
            "itemListElement": directions,
        }
    )


def _article(piece: Piece, api: str) -> Object:
    authors = [{"@type": "Person", "name": name} for name in piece.names]
    return {
        "@type": "Article",
        "@id": _address(piece, api),
        "headline": piece.title,
        "description": piece.lead,
        "datePublished": piece.date,
        "author": authors,
        "isPartOf": {"@type": "WebPage", "name": piece.part_of} if piece.part_of else None,
    }


def _page(piece: Piece, api: str) -> Object:
    crumbs = _breadcrumbs(piece)
    return {
        "@type": "WebPage",
        "@id": _address(piece, api),
        "name": piece.title,
        "description": piece.lead,
        "breadcrumb": {"@type": "BreadcrumbList", "itemListElement": crumbs} if crumbs else None,
        "isPartOf": {"@type": "WebPage", "name": piece.part_of} if piece.part_of else None,
    }


def _address(piece: Piece, api: str) -> str:
    address = piece.subject.address if piece.subject is not None else "/v1/phases"
    full = address if address.startswith("http") else api + address
    return f"{full}#{piece.section}" if piece.section else full


def _breadcrumbs(piece: Piece) -> list[Object]:
    subject = piece.subject
    if subject is None or subject.kind != "page":
        return []
    shown = present.present(subject, present.PAGE, fields=("breadcrumbs",))["breadcrumbs"]
    found: list[Object] = []
    for one in shown if isinstance(shown, list) else []:
        item = subject.addresses.web(one["path"])
        found.append(
            _without_none({"@type": "ListItem", "position": len(found) + 1, "name": one["title"], "item": item})
        )
    return found
