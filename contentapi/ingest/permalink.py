"""How a file gets its public path: the author's permalink, else Jekyll's rules, or plainer ones without Jekyll.

Jekyll has three kinds of files. A *page* lies anywhere and keeps its place; a *post* lies in a folder ``_posts`` and is
named after its day; any other *document* lies in the folder of its collection. A template such as
``/:categories/:year/:title:output_ext`` says where each is published, and a permalink in front matter may be one too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as day_of
from datetime import datetime
from enum import Enum, auto
from functools import partial
from posixpath import splitext

from contentapi.model import Collection, Site
from contentapi.text import dates, media, paths


@dataclass(frozen=True, slots=True)
class PostName:
    """What a file name says: its ``date`` (``2018-03-05``, None when it names none), ``slug`` and ``extension``."""

    date: str | None
    slug: str
    extension: str


@dataclass(frozen=True, slots=True)
class Derived:
    """The public path of a document, None when it has none, and what is wrong with how it came about, if anything."""

    path: str | None
    problem: str | None = None


def post_name(path: str) -> PostName | None:
    """The parts of ``YYYY-MM-DD-slug.ext``, or of the ``slug.ext`` of a draft; None when the day does not exist.

    A year of two digits is of 1969 to 2068, as Ruby reads it. What follows the last dot of an undated name is an
    extension only when it is one of a document: ``jean.dupont`` is a slug.
    """
    name = path.rpartition("/")[2]
    dated = _DATED.fullmatch(name)
    if dated is not None:
        day = _day(dated["year"], dated["month"], dated["day"])
        return PostName(day, dated["slug"].rstrip("."), dated["extension"]) if day else None
    is_document = media.extension(name) in media.MARKDOWN | media.HTML
    stem, extension = splitext(name) if is_document else (name, "")
    slug = stem.rstrip(".")
    return PostName(None, slug, extension) if slug else None


def day_of_name(path: str) -> str | None:
    """The day with which a file's name begins (ISO 8601); as it is written there when the calendar has no such day."""
    dated = _DATED.fullmatch(path.rpartition("/")[2])
    if dated is None:
        return None
    written = (dated["year"], dated["month"], dated["day"])
    return _day(*written) or "-".join(written)


def folder_categories(source: str, collections_dir: str) -> tuple[str, ...]:
    """The categories that a post has from the folders above ``_posts``: ``fr/presse/_posts/…`` is in two."""
    folders = _below(source, collections_dir).split("/")[:-1]
    special = next((index for index, folder in enumerate(folders) if folder in _POST_FOLDERS), 0)
    return tuple(folders[:special])


def derive(  # noqa: PLR0913 - what a path is made of, each by its name
    *,
    site: Site,
    collection: Collection,
    source: str,
    relative: str,
    front_permalink: str | None = None,
    slug: str | None = None,
    date: str | None = None,
    categories: Sequence[str] = (),
) -> Derived:
    """The public path of the file at ``source``, decoded and NFC, or None with the reason.

    ``relative`` is its path below the folder of its collection. ``slug``, ``date`` (ISO 8601) and ``categories`` are
    those of front matter; what is not given there is taken from the file's name and folders. Nothing else is looked at:
    where Jekyll would take a day from the clock or the file's time, there is no path and a problem. A document of a
    collection without output has no path, whatever its front matter says.
    """
    if not collection.output:
        return Derived(None)
    kind = _kind(site, collection, source)
    file = _File(
        source=_below(source, site.collections_dir) if kind is _Kind.POST else source,
        relative=relative,
        label=_label(collection),
        slug=slug or _slug(source, jekyll=site.jekyll),
        moment=_moment(date or _written_day(source), site.timezone),
        categories=(*folder_categories(source, site.collections_dir), *categories),
        kind=kind,
    )
    if front_permalink is not None and front_permalink.strip():
        return _publish(front_permalink.strip(), file, site, of_one=True)
    return _publish(_template(site, collection, file), file, site, of_one=False)


# ---------------------------------------------------------------------------------------------------------------------
# The file
# ---------------------------------------------------------------------------------------------------------------------

_POST_FOLDERS = frozenset({"_posts", "_drafts"})
_DATED = re.compile(
    r"(?P<year>\d{2,4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})-(?P<slug>.*)(?P<extension>\.[^.]+)", re.ASCII | re.DOTALL
)
#: Ruby's pivot: a year of two digits below it is of this century.
_PIVOT = 69


class _Kind(Enum):
    PAGE = auto()
    POST = auto()
    DOCUMENT = auto()


@dataclass(frozen=True, slots=True)
class _File:
    """What the placeholders of a template are filled with."""

    source: str
    relative: str
    label: str
    slug: str
    moment: datetime | None
    categories: tuple[str, ...]
    kind: _Kind

    @property
    def stem(self) -> str:
        """The file's name without extension."""
        return splitext(self.source.rpartition("/")[2])[0]

    @property
    def extension(self) -> str:
        return splitext(self.source)[1]

    @property
    def output_extension(self) -> str:
        """The extension of what Jekyll writes: ``.html`` for Markdown, any other as it is."""
        return ".html" if media.extension(self.source) in media.MARKDOWN else self.extension

    @property
    def basename(self) -> str:
        return self.stem.rstrip(".")

    @property
    def folder(self) -> str:
        return self.source.rpartition("/")[0]

    @property
    def path(self) -> str:
        """What Jekyll calls ``:path``: below the collection's folder, or around ``_posts``; without extension."""
        path = self.source if self.kind is _Kind.POST else self.relative
        segments = splitext(path)[0].rstrip(".").split("/")
        if self.kind is _Kind.POST and "_posts" in segments:
            segments.remove("_posts")
        return "/".join(segments)


def _kind(site: Site, collection: Collection, source: str) -> _Kind:
    """What the file is for Jekyll, which goes by folders and not by the roles that collections have here."""
    if not site.jekyll:
        return {"article": _Kind.POST, "page": _Kind.PAGE}.get(collection.type, _Kind.DOCUMENT)
    if collection.type == "article" and not _POST_FOLDERS.isdisjoint(source.split("/")[:-1]):
        return _Kind.POST
    directory = collection.directory or ""
    name = directory.rpartition("/")[2]
    if name.startswith("_") and name not in site.include:
        return _Kind.DOCUMENT if source.startswith(f"{directory}/") else _Kind.PAGE
    # A collection that Jekyll does not know: a pattern for it was written for its documents, all alike.
    return _Kind.DOCUMENT if collection.permalink else _Kind.PAGE


def _label(collection: Collection) -> str:
    """The collection's name in Jekyll, which is that of its folder: articles are ``posts``."""
    folder = (collection.directory or "").rpartition("/")[2]
    return folder[1:] if folder.startswith("_") and collection.name == "articles" else collection.name


def _slug(source: str, *, jekyll: bool) -> str:
    """The slug that the file's name gives. Jekyll takes any extension for one, so that ``jean.dupont`` is ``jean``."""
    name = source.rpartition("/")[2]
    dated = _DATED.fullmatch(name)
    if dated is not None:
        return dated["slug"].rstrip(".")
    if jekyll:
        return splitext(name)[0].rstrip(".")
    named = post_name(name)
    return named.slug if named else ""


def _written_day(source: str) -> str | None:
    named = post_name(source)
    return named.date if named else None


def _moment(date: str | None, timezone: str) -> datetime | None:
    """The time that a date means on the site's clock, or None when it means none."""
    try:
        moment = datetime.fromisoformat(date or "")
        return moment.astimezone(dates.zone(timezone)) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def _day(year: str, month: str, day: str) -> str | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _PIVOT else 1900
    try:
        return day_of(number, int(month), int(day)).isoformat()
    except ValueError:
        return None


def _below(source: str, folder: str) -> str:
    return source.removeprefix(f"{folder}/") if folder else source


# ---------------------------------------------------------------------------------------------------------------------
# Templates
# ---------------------------------------------------------------------------------------------------------------------

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_HTML = frozenset({".html", ".xhtml", ".htm"})


def _template(site: Site, collection: Collection, file: _File) -> str:
    if collection.permalink:
        return collection.permalink
    if not site.jekyll:
        return _plain_template(file)
    if file.kind is _Kind.POST:
        return _STYLES.get(site.permalink, site.permalink)
    if file.kind is _Kind.DOCUMENT:
        return "/:collection/:path" + _ending(site.permalink)
    if file.output_extension not in _HTML:
        return "/:path/:basename:output_ext"
    return "/:path/" if file.basename == "index" else "/:path/:basename" + _ending(site.permalink)


def _ending(style: str) -> str:
    """How addresses end in a style, for what is no post; Jekyll forgets ``weekdate``, which leaves them bare."""
    if style == "pretty" or style.endswith("/"):
        return "/"
    return ":output_ext" if style in {"date", "ordinal", "none"} or style.endswith(":output_ext") else ""


def _plain_template(file: _File) -> str:
    """Addresses without ``.html``, below the folders whose names do not begin with an underscore."""
    base = "/:collection" if file.kind is _Kind.DOCUMENT else "/:folder"
    if file.kind is _Kind.PAGE:
        return f"{base}/" if file.basename == "index" else f"{base}/:basename"
    return f"{base}/" if file.slug == "index" else f"{base}/:title"


# ---------------------------------------------------------------------------------------------------------------------
# Placeholders
# ---------------------------------------------------------------------------------------------------------------------

_Vocabulary = Mapping[str, Callable[[_File], str | None]]


def _title(file: _File) -> str:
    return paths.slugify(file.slug, "pretty", cased=True)


def _categories(file: _File, spell: Callable[[str], str]) -> str:
    return "/".join(dict.fromkeys(map(spell, file.categories)))


def _public_folder(file: _File) -> str:
    return "/".join(folder for folder in file.folder.split("/") if not folder.startswith("_"))


def _dated(spell: Callable[[datetime], str]) -> Callable[[_File], str | None]:
    return lambda file: spell(file.moment) if file.moment is not None else None


#: English, whatever the locale: an address is the same on every machine.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DATE: Mapping[str, Callable[[datetime], str]] = {
    "year": lambda time: f"{time.year:04}",
    "short_year": lambda time: f"{time.year % 100:02}",
    "month": lambda time: f"{time.month:02}",
    "i_month": lambda time: f"{time.month}",
    "short_month": lambda time: _MONTHS[time.month - 1][:3],
    "long_month": lambda time: _MONTHS[time.month - 1],
    "day": lambda time: f"{time.day:02}",
    "i_day": lambda time: f"{time.day}",
    "y_day": lambda time: f"{time.timetuple().tm_yday:03}",
    "w_year": lambda time: f"{time.isocalendar().year:04}",
    "week": lambda time: f"{time.isocalendar().week:02}",
    "w_day": lambda time: f"{time.isoweekday()}",
    "short_day": lambda time: _DAYS[time.weekday()][:3],
    "long_day": lambda time: _DAYS[time.weekday()],
    "hour": lambda time: f"{time.hour:02}",
    "minute": lambda time: f"{time.minute:02}",
    "second": lambda time: f"{time.second:02}",
}
#: What Jekyll knows of a page.
_OF_PAGES: _Vocabulary = {
    "path": lambda file: file.folder,
    "basename": lambda file: file.basename,
    "output_ext": lambda file: file.output_extension,
}
#: What Jekyll knows of posts and other documents.
_OF_DOCUMENTS: _Vocabulary = {
    "collection": lambda file: file.label,
    "path": lambda file: file.path,
    "output_ext": lambda file: file.output_extension,
    "name": lambda file: paths.slugify(file.stem),
    "title": _title,
    "slug": lambda file: paths.slugify(file.slug),
    "categories": partial(_categories, spell=str.lower),
    "slugified_categories": partial(_categories, spell=paths.slugify),
    **{name: _dated(spell) for name, spell in _DATE.items()},
}
#: Without Jekyll there is one vocabulary for all, and the folders without those that begin with an underscore.
_OF_ALL: _Vocabulary = {
    **_OF_DOCUMENTS,
    "basename": lambda file: file.basename,
    "folder": _public_folder,
}
#: What tells one document from another: where it is missing or empty, the address would be that of many.
_NEVER_EMPTY = frozenset({"title", "slug", "name", "basename"})
_TELLING = _NEVER_EMPTY | {"path"}


class _NoValueError(LookupError):
    """A placeholder that the file has nothing for."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A template with its placeholders filled, the names of those, and the names that nobody knows."""

    path: str
    names: frozenset[str]
    unknown: tuple[str, ...]


def _publish(template: str, file: _File, site: Site, *, of_one: bool) -> Derived:
    """The path that a template gives; ``of_one`` says that it is the document's own and not shared with others."""
    try:
        filled = _fill(template, file, site)
    except _NoValueError as error:
        return Derived(None, f"The address pattern {template!r} {error}.")
    if filled.unknown and not of_one and _TELLING.isdisjoint(filled.names):
        return Derived(None, _unknown_problem(template, filled))
    path = paths.publish(filled.path)
    if path is not None and site.jekyll:
        path = paths.publish(_as_jekyll(filled.path))
    if path is None:
        return Derived(None, f"{template!r} is no path of a site.")
    return Derived(path, _unknown_problem(template, filled) or _page_problem(template, file, site))


def _fill(template: str, file: _File, site: Site) -> _Filled:
    """Fills what is known; a segment that names anything else is left out."""
    placeholder, vocabulary = _language(file, site)
    kept: list[str] = []
    names: set[str] = set()
    unknown: list[str] = []
    for segment in template.split("/"):
        found = {name: _known(name, vocabulary) for name in placeholder.findall(segment)}
        if None in found.values():
            unknown += [name for name, known in found.items() if known is None]
        else:
            names.update(known for known in found.values() if known)
            kept.append(placeholder.sub(partial(_value, file, vocabulary), segment))
    filled = "/".join(kept)
    # Two slashes that the author wrote at the start mean a host; those that an empty value leaves there do not.
    path = filled if template.startswith("//") else _SLASHES.sub("/", filled)
    return _Filled(path, frozenset(names), tuple(unknown))


def _language(file: _File, site: Site) -> tuple[re.Pattern[str], _Vocabulary]:
    """What is a placeholder, and what it means. In a page, Jekyll leaves any colon but those of three names alone."""
    if not site.jekyll:
        return _PLACEHOLDER, _OF_ALL
    return (_OF_A_PAGE, _OF_PAGES) if file.kind is _Kind.PAGE else (_PLACEHOLDER, _OF_DOCUMENTS)


_SLASHES = re.compile("//+")
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_OF_A_PAGE = re.compile(f":({'|'.join(_OF_PAGES)})")


def _known(name: str, vocabulary: _Vocabulary) -> str | None:
    """The placeholder that a name means: in ``:month_:day`` the underscore is not part of it."""
    return next((one for one in (name, name.removesuffix("_")) if one in vocabulary), None)


def _value(file: _File, vocabulary: _Vocabulary, match: re.Match[str]) -> str:
    """What a placeholder stands for, encoded so that nothing in it is taken for a part of the pattern."""
    name = _known(match[1], vocabulary) or ""
    value = vocabulary[name](file)
    if value is None:
        raise _NoValueError(f"asks for :{name}, and the document has no date")
    if not value and name in _NEVER_EMPTY:
        raise _NoValueError(f"asks for :{name}, and the file's name and slug have no letter or digit")
    return paths.encode(value).replace(":", "%3A") + match[1][len(name) :]


def _as_jekyll(filled: str) -> str:
    """The address as Jekyll cleans it, on the encoded text: two dots in a name are a slash to it."""
    return _SLASHES.sub("/", f"/{filled}".replace("..", "/").replace("./", ""))


def _unknown_problem(template: str, filled: _Filled) -> str | None:
    names = ", ".join(f":{name}" for name in filled.unknown)
    return f"The address pattern {template!r} names what nobody knows: {names}." if names else None


def _page_problem(template: str, file: _File, site: Site) -> str | None:
    """What a page's permalink says that Jekyll reads in documents only, and publishes as it is written."""
    if not site.jekyll or file.kind is not _Kind.PAGE:
        return None
    literal = [name for name in _PLACEHOLDER.findall(template) if name in _OF_DOCUMENTS and name not in _OF_PAGES]
    names = ", ".join(f":{name}" for name in literal)
    return f"The permalink {template!r} of a page is published with {names} as written." if names else None
