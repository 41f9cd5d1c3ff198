"""What a file of the folder is, from its path alone, and which collection it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from contentapi.model import Collection, Site
from contentapi.text import media

#: Where articles lie: everything before the last of the folders that Jekyll knows, else of those with a plain name.
_POSTS = re.compile(r"(?:.*/)?(?:_posts|_drafts)/", re.DOTALL)
_PLAIN_POSTS = re.compile(r"(?:.*/)?posts/", re.DOTALL)
_DATED = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-[^/]+")


class Kind(StrEnum):
    """A file is read for what it may be; front matter then decides whether it is a document."""

    DOCUMENT = "document"
    DATA = "data"
    REDIRECTS = "redirects"
    ASSET = "asset"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Membership:
    """The collection a document belongs to, and its path below that collection's folder."""

    collection: Collection
    relative: str


def kind(path: str, site: Site) -> Kind:
    """What the file at that path is read as."""
    if path == "_redirects":
        return Kind.REDIRECTS
    if path in {"_config.yml", "contentapi.toml"}:
        return Kind.OTHER
    ending = media.extension(path)
    if path.startswith(f"{site.data_dir}/"):
        return Kind.DATA if ending in {"yml", "yaml", "json"} else Kind.OTHER
    if ending in media.MARKDOWN | media.HTML or (
        # A file of a collection may bear any name; `jean.dupont` has no extension.
        (ending not in media.TYPES or ending == "txt") and membership(path, site).collection.type != "page"
    ):
        return Kind.DOCUMENT
    return Kind.ASSET if ending in media.TYPES and not is_draft_folder(path) else Kind.OTHER


def membership(path: str, site: Site) -> Membership:
    """The collection of the document at that path: the deepest declared folder that holds it, else posts, else pages."""
    holding = [one for one in site.collections if one.directory and path.startswith(f"{one.directory}/")]
    if holding:
        found = max(holding, key=lambda one: len(one.directory or ""))
        return Membership(found, path[len(found.directory or "") + 1 :])
    articles = next((one for one in site.collections if one.type == "article"), None)
    if articles is not None and (among := _POSTS.match(path) or (not site.jekyll and _PLAIN_POSTS.match(path))):
        return Membership(articles, path[among.end() :])
    pages = next((one for one in site.collections if one.type == "page"), None)
    return Membership(pages or Collection("pages", "page", None, output=True), path)


def reads_as_article(path: str, layout: str | None, site: Site) -> bool:
    """Whether a page of a folder without ``_config.yml`` is an article: by its layout, or a date in its name."""
    return not site.jekyll and (layout == "post" or _DATED.fullmatch(path.rpartition("/")[2]) is not None)


def is_draft_folder(path: str) -> bool:
    """Whether the file lies in a ``_drafts`` folder, which Jekyll does not publish."""
    return "_drafts" in path.split("/")[:-1]
