"""A document's front matter as it is meant: with the site's defaults, the collection it falls into and its date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contentapi.ingest import classify, fields, permalink
from contentapi.ingest.classify import Membership
from contentapi.ingest.frontmatter import FrontMatter
from contentapi.model import Collection, Diagnostic, FrontMatterDefault, Json, Severity, Site, SourceFile
from contentapi.text import dates


@dataclass(frozen=True, slots=True)
class Reading:
    """A document's front matter merged with the site's defaults, and what follows from it at once.

    ``moment`` is its date, None when it names none or ``date_unreadable``; ``post`` is what its file name says.
    """

    file: SourceFile
    found: FrontMatter
    site: Site
    values: Mapping[str, Json]
    membership: Membership
    moment: dates.Moment | None
    date_unreadable: bool
    post: permalink.PostName | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def type(self) -> str:
        return self.membership.collection.type

    @property
    def is_article(self) -> bool:
        return self.type == "article"

    def line(self, *keys: str) -> int | None:
        """The line of the first of these keys that the file itself has."""
        return next((self.found.lines[key] for key in keys if key in self.found.lines), None)


def read(file: SourceFile, found: FrontMatter, site: Site) -> Reading:
    """What the front matter of a file says, together with its path and the site."""
    membership = classify.membership(file.path, site)
    values = merge(_defaults(file.path, membership.collection, site), found.values)
    if membership.collection.type == "page" and classify.reads_as_article(
        file.path, fields.text(values.get("layout")), site
    ):
        articles = next((one for one in site.collections if one.type == "article"), membership.collection)
        membership = Membership(articles, membership.relative)
    post = permalink.post_name(file.path)
    # The name of a page is its address and no more; those of all other documents begin with their day.
    day = post.date if post is not None and membership.collection.type != "page" else None
    if membership.collection.type == "article":
        # A day that does not exist was meant as one: until it is known, nobody knows when the article is to appear.
        day = permalink.day_of_name(file.path)
    written = _written(values.get("date")) or day
    moment = dates.parse(written, dates.zone(site.timezone)) if written is not None else None
    unreadable = written is not None and moment is None
    told = (date_diagnostic(file.path, written or "", found.lines.get("date")),) if unreadable else ()
    return Reading(file, found, site, values, membership, moment, unreadable, post, told)


def _written(value: Json) -> str | None:
    """A date as written. What is no text (a list, ``false``) was meant as something, too: it is shown as it is."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return fields.text(value) or str(value)[:60]


def date_diagnostic(path: str, written: str, line: int | None) -> Diagnostic:
    """Told of a date that is none."""
    return Diagnostic(
        "date-invalid",
        Severity.ERROR,
        path,
        f"The date {written!r} is no date; when it is to appear cannot be known.",
        "Write it as 2024-03-15 or 2024-03-15 09:00.",
        line=line,
    )


# ---------------------------------------------------------------------------------------------------------------------
# Defaults
# ---------------------------------------------------------------------------------------------------------------------


def merge(below: Mapping[str, Json], above: Mapping[str, Json]) -> dict[str, Json]:
    """Front matter over defaults, as Jekyll merges them: mappings key by key, and a null leaves what is below it."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = merge(old, value)
        elif value is not None or key not in merged:
            merged[key] = value
    return merged


def _defaults(path: str, collection: Collection, site: Site) -> dict[str, Json]:
    # A site may have a collection of its own that is named as its posts are here.
    label = "posts" if (collection.name, collection.type) == ("articles", "article") else collection.name
    # Jekyll knows the documents of collections without the folder that holds them all.
    places = {path, path.removeprefix(f"{site.collections_dir}/")}
    matching = [
        entry
        for entry in site.defaults
        if entry.type in {None, "", label} and any(_is_in_scope(place, entry.path) for place in places)
    ]
    merged: dict[str, Json] = {}
    for entry in sorted(matching, key=_precedence):
        merged = merge(merged, entry.values)
    return merged


def _precedence(entry: FrontMatterDefault) -> tuple[int, bool]:
    """Jekyll's: the longer path wins, then the one that names a type; among equals the later."""
    return len(entry.path.strip("/")), bool(entry.type)


_STARS: Final = re.compile(r"\*\*/|\*\*|\*")
_MEANINGS: Final = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}


def _is_in_scope(path: str, scope: str) -> bool:
    scope = scope.strip("/")
    if "*" not in scope:
        return not scope or path == scope or path.startswith(f"{scope}/")
    literal = iter(_STARS.split(scope))
    pattern = re.escape(next(literal))
    for stars, text in zip(_STARS.findall(scope), literal, strict=True):
        pattern += _MEANINGS[stars] + re.escape(text)
    return re.match(f"{pattern}(?:/|$)", path) is not None
