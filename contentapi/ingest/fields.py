"""Front matter values normalised: outer blanks gone, null lists empty, a text where a list is meant made a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from contentapi.model import (
    Crumb,
    Decision,
    Duration,
    Image,
    Json,
    Labels,
    License,
    PhaseFields,
    PhaseKind,
    Site,
    Term,
    Vocabulary,
)
from contentapi.text import durations, paths

_PERIOD = re.compile(r"P(?=\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?")
_TRUE = {"true", "yes", "on", "1", "oui", "vrai"}


def text(value: Json) -> str | None:
    """A scalar as text without outer blanks; None for null, false, an empty text, a list or a mapping.

    ``image: false`` says that there is none.
    """
    if isinstance(value, bool):
        return "true" if value else None
    if isinstance(value, str | int | float):
        return str(value).strip() or None
    return None


def first_text(values: Mapping[str, Json], *keys: str) -> str | None:
    """The first of the keys that holds a text."""
    return next(filter(None, map(text, map(values.get, keys))), None)


def texts(value: Json) -> tuple[str, ...]:
    """A list of texts; one text is a list of one, null is empty."""
    items = value if isinstance(value, list) else [value]
    return tuple(found for found in map(text, items) if found)


def truth(value: Json) -> bool:
    """Whether a flag is set: true, or a word that means it."""
    return value is True or (text(value) or "").casefold() in _TRUE


def number(value: Json) -> float | None:
    """A number, also when it was written in quotes; None for what no order can be made of (``nan``, ``1e99``)."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e15 else None


def normalise(value: Json) -> Json:
    """Any value with the outer blanks of its texts removed."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [normalise(item) for item in value]
    if isinstance(value, dict):
        return {key: normalise(item) for key, item in value.items()}
    return value


Kind = Literal["author", "tag", "category"]
#: The key that holds several of a kind; the kind itself is the key of one.
PLURALS: Mapping[Kind, str] = {"author": "authors", "tag": "tags", "category": "categories"}


def terms(values: Mapping[str, Json], kind: Kind) -> tuple[Term, ...]:
    """The authors, tags or categories of a document, each once, in their order.

    As Jekyll reads them: ``categories: a b`` are two, ``category: a b`` is one; a list holds one in each item.
    """
    found: dict[str, Term] = {}
    for term in _every_term(values, kind):
        found.setdefault(term.slug, term)
    return tuple(found.values())


def clashing(values: Mapping[str, Json], kind: Kind) -> Iterator[tuple[Term, Term]]:
    """Each of a document's terms that is left out, as another one has its slug before it: that one first."""
    found: dict[str, Term] = {}
    for term in _every_term(values, kind):
        first = found.setdefault(term.slug, term)
        if paths.two_terms(first.label, term.label):
            yield first, term


def _every_term(values: Mapping[str, Json], kind: Kind) -> Iterator[Term]:
    named = [*_named(values.get(kind), split=False), *_named(values.get(PLURALS[kind]), split=kind != "author")]
    for name, label in named:
        slug = paths.term_slug(name)
        if slug:
            yield Term(kind, slug, label)


def _named(value: Json, *, split: bool) -> list[tuple[str, str]]:
    """The names that a value holds, each with its label; they differ where a mapping has a ``slug`` and a ``name``."""
    if isinstance(value, list):
        return [one for item in value for one in (_named(item, split=False) if isinstance(item, list) else _one(item))]
    if isinstance(value, str):
        words = value.split() if split else value.split(",")
        return [(word, word) for word in (word.strip(",; \t\r\n\xa0") for word in words) if word]
    return _one(value)


def _one(item: Json) -> list[tuple[str, str]]:
    if isinstance(item, dict):
        label = first_text(item, "name", "title", "label", "slug", "login")
        return [(first_text(item, "slug", "login") or label, label)] if label else []
    found = text(item)
    return [(found, found)] if found else []


def crumbs(value: Json) -> tuple[Crumb, ...] | None:
    """The breadcrumbs that the author wrote, or None when there are none."""
    if not isinstance(value, list) or not value:
        return None
    found = []
    for item in value:
        if isinstance(item, dict):
            label = first_text(item, "title", "label", "text", "name")
            if label:
                found.append(Crumb(label, first_text(item, "link", "url", "href", "path")))
        elif (label := text(item)) is not None:
            found.append(Crumb(label, None))
    return tuple(found) or None


def image(value: Json) -> Image | None:
    """The picture that front matter names: an address, or a mapping with ``path`` (or another of its names) and ``alt``."""
    if isinstance(value, dict):
        url = first_text(value, "path", "url", "src", "file", "feature", "teaser", "thumb")
        return Image(url, first_text(value, "alt")) if url else None
    url = text(value)
    return Image(url) if url else None


def license_of(value: Json, site: Site) -> License | None:
    """The document's own licence when it names one, else the site's."""
    if isinstance(value, dict):
        identifier, name = first_text(value, "id", "name"), first_text(value, "name", "id")
        if identifier and name:
            return License(identifier, name, first_text(value, "url"))
    named = text(value)
    return License(named, named) if named else site.license


def phase(values: Mapping[str, Json], vocabulary: Vocabulary) -> PhaseFields:
    """What the front matter of a phase's document says of it."""
    position = number(values.get("position"))
    return PhaseFields(
        position=int(position) if position is not None else None,
        kind=_phase_kind(values.get("kind")),
        aliases=texts(values.get("aliases")),
        labels=_phase_labels(values),
        duration=duration(values.get("duration"), vocabulary),
        team=", ".join(texts(values.get("team"))) or None,
        objectives=texts(values.get("objectives")),
        decision=_decision(values.get("decision")),
        page=first_text(values, "page"),
        documentation=first_text(values, "documentation_url"),
    )


def _phase_kind(value: Json) -> PhaseKind | None:
    written = (text(value) or "").casefold()
    return PhaseKind(written) if written in set(PhaseKind) else None


def _phase_labels(values: Mapping[str, Json]) -> Labels:
    given = values.get("labels")
    written = given if isinstance(given, dict) else {}
    return Labels(
        short=first_text(written, "short") or first_text(values, "label"),
        singular=first_text(written, "singular") or first_text(values, "singular"),
        plural=first_text(written, "plural") or first_text(values, "plural"),
        badge=first_text(written, "badge") or first_text(values, "badge"),
    )


def duration(value: Json, vocabulary: Vocabulary) -> Duration | None:
    """A duration in words (``6 à 9 semaines``), as a period (``P6W``), or a mapping of ``min``, ``max`` and ``text``."""
    if isinstance(value, dict):
        low, high = first_text(value, "min", "max"), first_text(value, "max", "min")
        if low and high and _PERIOD.fullmatch(low) and _PERIOD.fullmatch(high):
            return Duration(low, high, first_text(value, "text") or (low if low == high else f"{low}/{high}"))
        value = value.get("text")
    written = text(value)
    if written is None:
        return None
    return durations.parse(written, vocabulary) or Duration(None, None, written)


def _decision(value: Json) -> Decision | None:
    if isinstance(value, dict):
        who, what = first_text(value, "who", "by"), first_text(value, "what", "text")
        return Decision(who, what) if who or what else None
    written = text(value)
    return Decision(None, written) if written else None
