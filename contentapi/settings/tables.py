"""``contentapi.toml``: its tables, and what they change of a site."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from contentapi.errors import SettingsError
from contentapi.model import Attribution, Collection, License, Site
from contentapi.settings import sites
from contentapi.text import dates, paths, vocabulary

_T = TypeVar("_T")

_TYPES = ("page", "phase", "article", "author")
_TAG = re.compile(
    r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*,[0-9]{4}(?:-[01][0-9](?:-[0-3][0-9])?)?"
)


def read(path: Path) -> dict[str, object]:
    """What the file holds; nothing when there is none. Raises :class:`SettingsError`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise SettingsError(message) from error


def mapping(path: Path, name: str, value: object) -> dict[str, object]:
    """A value that must be a table. Raises :class:`SettingsError`."""
    if not isinstance(value, dict):
        message = f"{path}: {name} must be a table, written [{name}]"
        raise SettingsError(message)
    return value


@dataclass(frozen=True, slots=True)
class Table:
    """One table of contentapi.toml, whose readers refuse what has the wrong type."""

    path: Path
    name: str
    values: Mapping[str, object]

    def known(self, *keys: str) -> None:
        for key in self.values:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                meant = f"; did you mean {near[0]}?" if near else "."
                message = f"{self._at(key)} is not known{meant} Allowed: {', '.join(keys)}"
                raise SettingsError(message)

    def text(self, key: str) -> str | None:
        value: str | None = self._typed(key, str, "a text")
        return value.strip() if value is not None else None

    def integer(self, key: str) -> int | None:
        return self._typed(key, int, "a whole number")

    def boolean(self, key: str) -> bool | None:
        return self._typed(key, bool, "true or false")

    def texts(self, key: str) -> tuple[str, ...] | None:
        value: list[object] | None = self._typed(key, list, "a list of texts")
        if value is None:
            return None
        if not all(isinstance(item, str) for item in value):
            message = f"{self._at(key)} must be a list of texts"
            raise SettingsError(message)
        return tuple(str(item) for item in value)

    def table(self, key: str) -> Table | None:
        value: dict[str, object] | None = self._typed(key, dict, "a table")
        return Table(self.path, f"{self.name}.{key}", value) if value is not None else None

    def address(self, key: str) -> str | None:
        """An absolute http(s) address, without final slash."""
        value = self.text(key)
        return sites.address(self._at(key), value) if value else None

    def page(self, key: str) -> str | None:
        """The address of a page, as it is written: it may have a query and a fragment."""
        value = self.text(key)
        if value:
            sites.address(self._at(key), value.partition("#")[0].partition("?")[0])
        return value or None

    def _at(self, key: str) -> str:
        return f"{self.path}: {self.name}.{key}" if self.name else f"{self.path}: {key}"

    def _typed(self, key: str, kind: type[_T], words: str) -> _T | None:
        value = self.values.get(key)
        if value is None:
            return None
        # In Python True is an int; in a settings file it is not a number.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            message = f"{self._at(key)} is {value!r}; write {words}"
            raise SettingsError(message)
        return value


def applied(site: Site, toml: Mapping[str, object], path: Path) -> Site:
    """The site with what the file says of it. Raises :class:`SettingsError`."""
    top = Table(path, "", toml)
    top.known("site", "content", "collections", "phases", "durations", "serve", "embed")
    site = _site_table(site, Table(path, "site", mapping(path, "site", toml.get("site", {}))))
    site = _content_table(site, Table(path, "content", mapping(path, "content", toml.get("content", {}))))
    collections = mapping(path, "collections", toml.get("collections", {}))
    for name, value in collections.items():
        site = _collection_table(site, name, Table(path, f"collections.{name}", mapping(path, name, value)))
    return _vocabulary_tables(site, toml, path)


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _site_table(site: Site, table: Table) -> Site:
    table.known(
        "title", "description", "lang", "timezone", "origin", "base", "api", "license", "attribution", "edit", "future",
        "iframe_hosts", "tag",
    )  # fmt: skip
    timezone = table.text("timezone")
    if timezone is not None:
        try:
            dates.zone(timezone)
        except ValueError as error:
            message = f"{table.path}: site.timezone: {error}"
            raise SettingsError(message) from error
    return replace(
        site,
        **_given(  # type: ignore[arg-type]
            title=table.text("title"),
            description=table.text("description"),
            lang=table.text("lang"),
            timezone=timezone,
            origin=table.address("origin"),
            base=_base_path(table),
            api=table.address("api"),
            license=_license(table.table("license")),
            attribution=_attribution(table.table("attribution")),
            edit=_edit(table),
            future=table.boolean("future"),
            iframe_hosts=_hosts(table),
            tag=_tag(table),
        ),
    )


def _base_path(table: Table) -> str | None:
    written = table.text("base")
    if written is None:
        return None
    url = paths.split_url(written)
    if url.scheme is not None or url.host is not None or url.suffix:
        message = f"{table.path}: site.base is {written!r}; write the path alone, such as /blog"
        raise SettingsError(message)
    return sites.base(written)


def _hosts(table: Table) -> tuple[str, ...] | None:
    written = tuple(host.lower() for host in table.texts("iframe_hosts") or ())
    wrong = next((host for host in written if not host or paths.split_url(f"//{host}").host != host), None)
    if wrong is not None:
        message = f"{table.path}: site.iframe_hosts holds {wrong!r}; write a host alone, such as video.example.org"
        raise SettingsError(message)
    return written or None


def _edit(table: Table) -> str | None:
    written = table.text("edit")
    if written is not None and "{path}" not in written:
        message = f"{table.path}: site.edit is {written!r}; write an address that holds {{path}}"
        raise SettingsError(message)
    return written


def _tag(table: Table) -> str | None:
    """The taggingEntity of RFC 4151: a name of the DNS, and a day on which it was the site's."""
    written = table.text("tag")
    if written is not None and not _TAG.fullmatch(written):
        message = f"{table.path}: site.tag is {written!r}; write a host and a year, such as example.org,2019"
        raise SettingsError(message)
    return written


def _license(table: Table | None) -> License | None:
    if table is None:
        return None
    table.known("id", "name", "url")
    identifier, name = table.text("id"), table.text("name")
    if not identifier or not name:
        message = f"{table.path}: {table.name} needs an id and a name"
        raise SettingsError(message)
    return License(identifier, name, table.page("url"))


def _attribution(table: Table | None) -> Attribution | None:
    if table is None:
        return None
    table.known("name", "url")
    name = table.text("name")
    if not name:
        message = f"{table.path}: {table.name} needs a name"
        raise SettingsError(message)
    return Attribution(name, table.page("url"))


def _content_table(site: Site, table: Table) -> Site:
    table.known(
        "include", "exclude", "data_dir", "menus", "permalink", "excerpt_separator", "max_file_size", "max_seconds"
    )
    size, seconds, data = table.integer("max_file_size"), table.integer("max_seconds"), table.text("data_dir")
    if size is not None and size < 1:
        message = f"{table.path}: content.max_file_size is {size}; write a number of bytes"
        raise SettingsError(message)
    if seconds is not None and not 1 <= seconds <= 600:
        message = f"{table.path}: content.max_seconds is {seconds}; write a number of seconds from 1 to 600"
        raise SettingsError(message)
    if data is not None and not data.strip("/"):
        message = f"{table.path}: content.data_dir is {data!r}; write the name of a folder"
        raise SettingsError(message)
    return replace(
        site,
        **_given(  # type: ignore[arg-type]
            include=table.texts("include"),
            exclude=table.texts("exclude"),
            data_dir=data.strip("/") if data is not None else None,
            menus=table.texts("menus"),
            permalink=table.text("permalink"),
            excerpt_separator=table.text("excerpt_separator"),
            max_file_size=size,
            max_seconds=seconds,
        ),
    )


def _collection_table(site: Site, name: str, table: Table) -> Site:
    table.known("type", "directory", "output", "permalink")
    # The posts of Jekyll are the articles of this service; either name means them.
    articles = next((one for one in site.collections if one.name == "articles"), None)
    before = site.collection(name) or (articles if name == "posts" else None)
    before = before or Collection(name, sites.ROLES.get(name, name), f"_{name}", output=False)
    role = table.text("type") or before.type
    if role not in (*_TYPES, name):
        message = f"{table.path}: {table.name}.type is {role!r}; allowed: {', '.join((*_TYPES, name))}"
        raise SettingsError(message)
    changed = replace(
        before,
        type=role,
        **_given(  # type: ignore[arg-type]
            directory=_directory(table),
            output=table.boolean("output"),
            permalink=table.text("permalink"),
        ),
    )
    kept = tuple(changed if one.name == changed.name else one for one in site.collections)
    return replace(site, collections=kept if changed in kept else (*kept, changed))


def _directory(table: Table) -> str | None:
    value = table.text("directory")
    return value.strip("/") if value is not None else None


def _vocabulary_tables(site: Site, toml: Mapping[str, object], path: Path) -> Site:
    written = {name: toml[name] for name in ("phases", "durations") if name in toml}
    if not written:
        return site
    try:
        return replace(site, vocabulary=vocabulary.parse(written))
    except ValueError as error:
        message = f"{path}: {error}"
        raise SettingsError(message) from error
