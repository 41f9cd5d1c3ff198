"""The sentences in front matter: what in it is written for readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contentapi.model import Json


def sentences(value: Json | Mapping[str, Json]) -> Iterator[str]:
    """The texts that are words for readers: not addresses, not single words that a program reads."""
    if isinstance(value, str):
        if " " in value.strip() and not value.startswith(("/", "http:", "https:")):
            yield value
    elif isinstance(value, list):
        for below in value:
            yield from sentences(below)
    elif isinstance(value, Mapping):
        for below in value.values():
            yield from sentences(below)
