"""The addresses of this API: where each resource is answered, and its public address on the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contentapi.index.reader import Row
from contentapi.model import Site
from contentapi.text import paths

VERSION = "/v1"
#: The collections that have an endpoint of their own, by the type of their documents.
PLURALS = {"phase": "phases", "article": "articles", "author": "authors", "tag": "tags", "category": "categories"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Spells addresses for one site. They come from the settings alone, never from a request's headers."""

    site: Site

    def api(self, path: str) -> str:
        """An address of this API: full when the site configures its public one, else an absolute path."""
        return (self.site.api or "") + path

    def page(self, key: str) -> str:
        """The canonical address of a page, by its address key: no final slash, ``.html`` or ``index``; encoded."""
        return self.api(f"{VERSION}/pages/{page_segment(key)}")

    def named(self, kind: str, slug: str) -> str:
        """The address of a phase, article, author, tag or category."""
        return self.api(f"{VERSION}/{PLURALS[kind]}/{_segment(slug)}")

    def in_collection(self, collection: str, slug: str) -> str:
        """The address of a declared collection's document."""
        return self.api(f"{VERSION}/collections/{_segment(collection)}/{_segment(slug)}")

    def collection(self, name: str) -> str:
        """The list of a collection's documents."""
        return self.api(f"{VERSION}/collections/{_segment(name)}")

    def menu(self, name: str) -> str:
        """The address of a menu."""
        return self.api(f"{VERSION}/navigation/{_segment(name)}")

    def below(self, key: str) -> str:
        """The list of the pages right below a page."""
        return self.api(f"{VERSION}/pages?parent={component(key)}")

    def naming(self, kind: str, slug: str) -> str:
        """The list of the articles that name an author, tag or category."""
        return self.api(f"{VERSION}/articles?{kind}={component(slug)}")

    def of(self, row: Row) -> str:
        """The canonical address of any document. An article whose slug a newer one has is found by its path."""
        if row.type == "page" or (not row.named and row.key is not None):
            return self.page(row.key or f"/{row.slug}")
        if row.type in PLURALS:
            return self.named(row.type, row.slug)
        return self.in_collection(row.collection, row.slug)

    def web(self, path: str | None) -> str | None:
        """The public address of a path of the site; None without a configured origin."""
        if path is None or self.site.origin is None:
            return None
        return self.site.origin + self.site.base + paths.encode(path)


def spelled(pattern: str, segments: Mapping[str, str]) -> str:
    """The canonical path of an operation, whose pattern names its variable parts: ``/v1/tags/{slug}``."""
    for name, text in segments.items():
        whole = f"{{{name}:path}}"
        encoded = paths.encode(text)
        pattern = (
            pattern.replace(whole, encoded)
            if whole in pattern
            else pattern.replace(f"{{{name}}}", encoded.replace("/", "%2F"))
        )
    return pattern


def page_segment(key: str) -> str:
    """The part of a page's address after ``/v1/pages/``."""
    return paths.encode(key)[1:] or "index"


def _segment(slug: str) -> str:
    return paths.encode(slug).replace("/", "%2F")


def component(text: str) -> str:
    """A name or a value as a query spells it."""
    return paths.encode(text).replace("&", "%26").replace("+", "%2B").replace("=", "%3D")
