"""Settings: flags, then CONTENTAPI_* variables, then contentapi.toml, then Jekyll's _config.yml, then defaults.

They are read once, when a process starts, and passed down. They remember what they were read from, so that whoever follows
the folder can tell when they may have changed (:meth:`Settings.stale`) and read them again (:meth:`Settings.renewed`).
``docs/settings.md`` describes every key for the person who writes one. A key that is not known, or that has the wrong type,
raises :class:`SettingsError` naming file, key and remedy.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from contentapi.errors import FolderError, SettingsError
from contentapi.model import Attribution, Collection, FrontMatterDefault, Json, License, Site
from contentapi.text import dates, paths, vocabulary, yaml

_T = TypeVar("_T")

#: The collections every site has, by the names Jekyll gives their folders.
ROLES = {"pages": "page", "posts": "article", "phases": "phase", "authors": "author"}
_TYPES = ("page", "phase", "article", "author")
#: A source of a policy: anything, itself, or a host, with or without scheme, port and a first label of any name.
_ANCESTOR = re.compile(
    r"\*|'self'|https?:|(?:https?://)?(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::(?:[0-9]{1,5}|\*))?"
)
_TAG = re.compile(
    r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*,[0-9]{4}(?:-[01][0-9](?:-[0-3][0-9])?)?"
)
#: The addresses that jekyll-archives publishes unless ``permalinks`` says otherwise: what is enabled, its key, its pattern.
_ARCHIVES = (
    ("year", "year", "/:year/"),
    ("month", "month", "/:year/:month/"),
    ("day", "day", "/:year/:month/:day/"),
    ("tags", "tag", "/tag/:name/"),
    ("categories", "category", "/category/:name/"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What settings were read from: the folder, the file of ``--config``, the flags, and a digest of what was found."""

    folder: Path
    config: Path | None
    flags: Mapping[str, object]
    digest: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How one process is to run. ``site`` shapes the answers, the rest does not."""

    folder: Path
    index: Path
    site: Site
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    watch: bool = True
    #: Whether changes are looked for again and again: where the system tells of none, and that cannot be known.
    poll: bool = False
    #: Whether finished answers are written by the protocol itself (:mod:`contentapi.web.wire`).
    direct: bool = True
    #: Seconds: how long /readyz says that the end is near before anyone is turned away, and until everything has ended.
    drain: int = 1
    grace: int = 10
    #: Who may frame what is below /embed (the words of CSP's frame-ancestors).
    frame_ancestors: tuple[str, ...] = ("*",)
    reading: Reading | None = field(default=None, compare=False)

    def stale(self) -> bool:
        """Whether the files they were read from have changed since, so that :meth:`renewed` may give others."""
        return self.reading is not None and self.reading.digest != _digest(self.reading.folder, self.reading.config)

    def renewed(self) -> Settings:
        """The same settings, read again. Raises what :func:`load` raises."""
        if self.reading is None:
            return self
        return load(self.reading.folder, config=self.reading.config, flags=self.reading.flags)

    @property
    def listening(self) -> str:
        """The address this server can be reached at from this machine, without final slash."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def load(
    folder: Path | str | None = None,
    *,
    config: Path | str | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Settings:
    """Reads the settings for a content folder.

    ``flags`` holds what the command line said (``host, port, workers, index, watch, poll, public_url``; None where it said
    nothing).
    Raises :class:`FolderError` when the folder is none, :class:`SettingsError` when a setting is wrong.
    """
    environ = os.environ if environ is None else environ
    flags = flags or {}
    root = Path(folder or environ.get("CONTENTAPI_FOLDER") or "content")
    if not root.is_dir():
        message = f"{root} is no folder. Name the content folder: contentapi serve FOLDER"
        raise FolderError(message)
    root = root.absolute()
    written = config or environ.get("CONTENTAPI_CONFIG")
    named = Path(written).absolute() if written else None
    if named is not None and not named.is_file():
        message = f"{named} is no file; --config names a contentapi.toml"
        raise SettingsError(message)
    # Taken before they are read: what changes in between is then taken for new, never for known.
    reading = Reading(root, named, dict(flags), _digest(root, named))
    toml_path = named or root / "contentapi.toml"
    toml = _read_toml(toml_path)
    site = _from_flags(_from_environ(_site(root, toml, toml_path), environ), flags)
    made = Settings(root, Path(), site, reading=reading, frame_ancestors=_ancestors(toml, toml_path))
    return _running(made, toml, toml_path, environ, flags)


def _digest(root: Path, config: Path | None) -> str:
    """A digest of what the settings of a folder are made from: its two files, and the folders that mean a collection."""
    digest = hashlib.sha256()
    for file in (root / "_config.yml", config or root / "contentapi.toml"):
        try:
            content = file.read_bytes()
        except OSError as error:
            content = type(error).__name__.encode()
        digest.update(hashlib.sha256(content).digest())
    digest.update(bytes((root / name).is_dir() for role in ROLES for name in (f"_{role}", role)))
    return digest.hexdigest()


def _default_index(root: Path, environ: Mapping[str, str]) -> Path:
    try:
        home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    except RuntimeError as error:
        message = "there is no home folder to keep the index in; name a place with --index"
        raise SettingsError(message) from error
    cache = environ.get("XDG_CACHE_HOME") or home / ".cache"
    name = f"{root.name}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:12]}.db"
    return Path(cache) / "contentapi" / name


# -- how to run -------------------------------------------------------------------------------------------------------


def _running(
    settings: Settings, toml: Mapping[str, object], path: Path, environ: Mapping[str, str], flags: Mapping[str, object]
) -> Settings:
    table = _Table(path, "serve", _mapping(path, "serve", toml.get("serve", {})))
    table.known("host", "port", "workers", "index", "watch", "poll", "direct", "drain", "grace")
    values: dict[str, object] = {
        "host": table.text("host"),
        "port": table.integer("port"),
        "workers": table.integer("workers"),
        "index": table.text("index"),
        "watch": table.boolean("watch"),
        "poll": table.boolean("poll"),
        "direct": table.boolean("direct"),
        "drain": table.integer("drain"),
        "grace": table.integer("grace"),
    }
    readers: dict[str, Callable[[str, str], object]] = {
        "host": lambda _, value: value,
        "port": _integer,
        "workers": _integer,
        "index": lambda _, value: value,
        "watch": _boolean,
        "poll": _boolean,
        "direct": _boolean,
        "drain": _integer,
        "grace": _integer,
    }
    for name, reader in readers.items():
        variable = f"CONTENTAPI_{name.upper()}"
        if environ.get(variable):
            values[name] = reader(variable, environ[variable])
    values.update({name: value for name, value in flags.items() if value is not None and name in values})
    given = {name: value for name, value in values.items() if value is not None}
    index = given.pop("index", None)
    given["index"] = Path(str(index)).absolute() if index else _default_index(settings.folder, environ)
    return _checked(replace(settings, **given))  # type: ignore[arg-type]


def _ancestors(toml: Mapping[str, object], path: Path) -> tuple[str, ...]:
    """Who may frame an embed: hosts and origins, as ``frame-ancestors`` takes them; anyone unless it is said."""
    table = _Table(path, "embed", _mapping(path, "embed", toml.get("embed", {})))
    table.known("frame_ancestors")
    found = table.texts("frame_ancestors")
    if found is None:
        return ("*",)
    for one in found:
        if not _ANCESTOR.fullmatch(one):
            message = f"{path}: embed.frame_ancestors holds {one!r}; write origins such as https://example.org, or *"
            raise SettingsError(message)
    return found or ("'none'",)


def _checked(settings: Settings) -> Settings:
    if not 0 <= settings.port <= 65535:
        message = f"port is {settings.port}; use a number from 0 to 65535"
        raise SettingsError(message)
    if not 1 <= settings.workers <= 64:
        message = f"workers is {settings.workers}; use a number from 1 to 64"
        raise SettingsError(message)
    if not 0 <= settings.drain < settings.grace <= 3600:
        message = (
            f"drain is {settings.drain} and grace {settings.grace}; grace is the longer one, and at most 3600 seconds"
        )
        raise SettingsError(message)
    if settings.index.resolve().is_relative_to(settings.folder.resolve()):
        message = f"the index {settings.index} lies in the content folder; choose a place outside it"
        raise SettingsError(message)
    return settings


def _integer(name: str, value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        message = f"{name} is {value!r}; use a whole number"
        raise SettingsError(message)
    return int(value)


def _boolean(name: str, value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in known:
        message = f"{name} is {value!r}; use true or false"
        raise SettingsError(message)
    return known[value.lower()]


# -- what shapes the answers ------------------------------------------------------------------------------------------


def _from_environ(site: Site, environ: Mapping[str, str]) -> Site:
    """The addresses that differ from one place of deployment to the other, and so come from the environment."""
    written = {name: environ.get(f"CONTENTAPI_{name.upper()}", "") for name in ("origin", "api")}
    given = {name: _address(f"CONTENTAPI_{name.upper()}", value) for name, value in written.items() if value.strip()}
    return replace(site, **given) if given else site  # type: ignore[arg-type]


def _from_flags(site: Site, flags: Mapping[str, object]) -> Site:
    """The public address of the API that the command line gives."""
    given = flags.get("public_url")
    return replace(site, api=_address("--public-url", given)) if isinstance(given, str) else site


def _address(name: str, value: str) -> str:
    """An absolute http(s) address, without final slash."""
    url = paths.split_url(value)
    if url.scheme not in {"http", "https"} or not url.host or url.suffix or any(mark in value for mark in ' <>"\\@'):
        message = f"{name} is {value!r}; write an address such as https://example.org"
        raise SettingsError(message)
    if name.lower().endswith("origin") and (url.path or "").strip("/"):
        message = f"{name} is {value!r}; write it without a path, which goes into site.base"
        raise SettingsError(message)
    return value.strip().rstrip("/")


def _site(root: Path, toml: Mapping[str, object], toml_path: Path) -> Site:
    jekyll = _read_jekyll(root / "_config.yml")
    site = _from_jekyll(jekyll) if jekyll is not None else _without_configuration(root)
    return _from_toml(site, toml, toml_path)


def _read_jekyll(path: Path) -> dict[str, Json] | None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise SettingsError(message) from error
    try:
        value = yaml.load(text).value
    except yaml.YamlError as error:
        message = f"{path}:{error.line}:{error.column}: {error.message} ({error.hint})"
        raise SettingsError(message) from error
    if value is not None and not isinstance(value, dict):
        message = f"{path} must hold `key: value` lines"
        raise SettingsError(message)
    return value or {}


def _from_jekyll(config: Mapping[str, Json]) -> Site:
    collections_dir = (_text(config.get("collections_dir")) or "").strip("/")
    origin, base = _jekyll_address(_text(config.get("url")), _text(config.get("baseurl")))
    plugins = _strings(config.get("plugins")) + _strings(config.get("gems"))
    return Site(
        vocabulary=vocabulary.default(),
        title=_text(config.get("title")) or _text(config.get("name")),
        description=_text(config.get("description")),
        lang=_text(config.get("lang")) or _text(config.get("locale")) or _text(config.get("language")) or "fr",
        timezone=_zone(_text(config.get("timezone"))),
        origin=origin,
        base=base,
        jekyll=True,
        future=config.get("future") is True,
        permalink=_text(config.get("permalink")) or "date",
        collections=_jekyll_collections(config.get("collections"), collections_dir),
        defaults=_jekyll_defaults(config.get("defaults")),
        collections_dir=collections_dir,
        data_dir=(_text(config.get("data_dir")) or "").strip("/") or "_data",
        include=_strings(config.get("include")),
        exclude=_strings(config.get("exclude")),
        excerpt_separator=_text(config.get("excerpt_separator")),
        generated=tuple(_generated(config, frozenset(plugins))),
        variables=dict(_variables(config)),
        markdown_in_html=_below(config, "kramdown").get("parse_block_html") is True,
    )


def _generated(config: Mapping[str, Json], plugins: frozenset[str]) -> Iterator[str]:
    """The addresses that plugins publish without a file, as patterns: ``:name`` is a segment, ``**`` any number of them."""
    feed, archives, pagination = (_below(config, key) for key in ("feed", "jekyll-archives", "pagination"))
    if "jekyll-feed" in plugins:
        yield "/" + (_text(feed.get("path")) or "feed.xml").lstrip("/")
        if feed.get("categories") or feed.get("collections") or feed.get("tags"):
            yield from ("/feed/:name.xml", "/feed/**/:name.xml")
    if "jekyll-sitemap" in plugins:
        yield "/sitemap.xml"
    if "jekyll-archives" in plugins:
        enabled, written = _strings(archives.get("enabled")), _below(archives, "permalinks")
        for one, key, pattern in _ARCHIVES:
            if one in enabled or "all" in enabled:
                yield "/" + (_text(written.get(key)) or pattern).lstrip("/").replace(":type", key)
    paginated = _text(config.get("paginate_path")) or "page:num"
    if config.get("paginate") and not plugins.isdisjoint({"jekyll-paginate", "jekyll-paginate-v2"}):
        yield "/" + paginated.lstrip("/")
    if pagination.get("enabled") is True and "jekyll-paginate-v2" in plugins:
        yield "/**/" + (_text(pagination.get("permalink")) or "page/:num/").lstrip("/")


def _variables(config: Mapping[str, Json], above: str = "", depth: int = 4) -> Iterator[tuple[str, str]]:
    """What ``{{ site.key }}`` prints: every scalar, also those in mappings."""
    for key, value in config.items():
        if isinstance(value, dict) and depth:
            yield from _variables(value, f"{above}{key}.", depth - 1)
        elif value is None or isinstance(value, str | int | float):
            yield above + key, str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _below(config: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    value = config.get(key)
    return value if isinstance(value, dict) else {}


def _jekyll_address(url: str | None, base: str | None) -> tuple[str | None, str]:
    """The site's origin and the path below it; no origin when ``url`` is no full address, as many sites leave it."""
    try:
        address = _address("url", url) if url else None
    except SettingsError:
        address = None
    if address is None:
        return None, _base(base or "")
    above = (paths.split_url(address).path or "").rstrip("/")
    return address.removesuffix(above), above + _base(base or "")


def _base(written: str) -> str:
    path = written.strip().strip("/")
    return f"/{path}" if path else ""


def _zone(name: str | None) -> str:
    if name is None:
        return "UTC"
    try:
        dates.zone(name)
    except ValueError as error:
        message = f"_config.yml: timezone: {error}"
        raise SettingsError(message) from error
    return name


def _text(value: object) -> str | None:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip() or None
    return None


def _strings(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(text for text in (_text(item) for item in items) if text)


def _jekyll_collections(value: Json, collections_dir: str) -> tuple[Collection, ...]:
    declared: dict[str, Json] = {}
    if isinstance(value, dict):
        declared = dict(value)
    elif isinstance(value, list):
        declared = dict.fromkeys(_strings(value))
    declared.setdefault("posts", None)
    posts = "posts" if "articles" in declared else "articles"
    found = [] if "pages" in declared else [Collection("pages", "page", None, output=True)]
    for name, entry in declared.items():
        options = entry if isinstance(entry, dict) else {}
        role = ROLES.get(name, name)
        found.append(
            Collection(
                name=posts if name == "posts" else name,
                type=role,
                directory=f"{collections_dir}/_{name}".strip("/"),
                output=name in {"posts", "pages"} or options.get("output") is True,
                permalink=_text(options.get("permalink")),
            )
        )
    return tuple(found)


def _jekyll_defaults(value: Json) -> tuple[FrontMatterDefault, ...]:
    found = []
    for entry in value if isinstance(value, list) else []:
        scope = entry.get("scope") if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        if isinstance(values, dict):
            scope = scope if isinstance(scope, dict) else {}
            named = _text(scope.get("type"))
            found.append(FrontMatterDefault(_text(scope.get("path")) or "", _OLD_TYPES.get(named or "", named), values))
    return tuple(found)


#: Types as Jekyll called them first, which it still understands.
_OLD_TYPES = {"page": "pages", "post": "posts", "draft": "drafts"}


def _without_configuration(root: Path) -> Site:
    """A folder without ``_config.yml``: the collections are the folders that bear their names."""
    collections = [Collection("pages", "page", None, output=True)]
    for name, role in ROLES.items():
        if name == "pages":
            continue
        directory = next((option for option in (f"_{name}", name) if (root / option).is_dir()), f"_{name}")
        public = "articles" if name == "posts" else name
        collections.append(Collection(public, role, directory, output=role == "article"))
    return Site(vocabulary=vocabulary.default(), collections=tuple(collections))


# -- contentapi.toml --------------------------------------------------------------------------------------------------


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise SettingsError(message) from error


def _mapping(path: Path, name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        message = f"{path}: {name} must be a table, written [{name}]"
        raise SettingsError(message)
    return value


@dataclass(frozen=True, slots=True)
class _Table:
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

    def table(self, key: str) -> _Table | None:
        value: dict[str, object] | None = self._typed(key, dict, "a table")
        return _Table(self.path, f"{self.name}.{key}", value) if value is not None else None

    def address(self, key: str) -> str | None:
        """An absolute http(s) address, without final slash."""
        value = self.text(key)
        return _address(self._at(key), value) if value else None

    def page(self, key: str) -> str | None:
        """The address of a page, as it is written: it may have a query and a fragment."""
        value = self.text(key)
        if value:
            _address(self._at(key), value.partition("#")[0].partition("?")[0])
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


def _from_toml(site: Site, toml: Mapping[str, object], path: Path) -> Site:
    top = _Table(path, "", toml)
    top.known("site", "content", "collections", "phases", "durations", "serve", "embed")
    site = _site_table(site, _Table(path, "site", _mapping(path, "site", toml.get("site", {}))))
    site = _content_table(site, _Table(path, "content", _mapping(path, "content", toml.get("content", {}))))
    collections = _mapping(path, "collections", toml.get("collections", {}))
    for name, value in collections.items():
        site = _collection_table(site, name, _Table(path, f"collections.{name}", _mapping(path, name, value)))
    return _vocabulary_tables(site, toml, path)


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _site_table(site: Site, table: _Table) -> Site:
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


def _base_path(table: _Table) -> str | None:
    written = table.text("base")
    if written is None:
        return None
    url = paths.split_url(written)
    if url.scheme is not None or url.host is not None or url.suffix:
        message = f"{table.path}: site.base is {written!r}; write the path alone, such as /blog"
        raise SettingsError(message)
    return _base(written)


def _hosts(table: _Table) -> tuple[str, ...] | None:
    written = tuple(host.lower() for host in table.texts("iframe_hosts") or ())
    wrong = next((host for host in written if not host or paths.split_url(f"//{host}").host != host), None)
    if wrong is not None:
        message = f"{table.path}: site.iframe_hosts holds {wrong!r}; write a host alone, such as video.example.org"
        raise SettingsError(message)
    return written or None


def _edit(table: _Table) -> str | None:
    written = table.text("edit")
    if written is not None and "{path}" not in written:
        message = f"{table.path}: site.edit is {written!r}; write an address that holds {{path}}"
        raise SettingsError(message)
    return written


def _tag(table: _Table) -> str | None:
    """The taggingEntity of RFC 4151: a name of the DNS, and a day on which it was the site's."""
    written = table.text("tag")
    if written is not None and not _TAG.fullmatch(written):
        message = f"{table.path}: site.tag is {written!r}; write a host and a year, such as example.org,2019"
        raise SettingsError(message)
    return written


def _license(table: _Table | None) -> License | None:
    if table is None:
        return None
    table.known("id", "name", "url")
    identifier, name = table.text("id"), table.text("name")
    if not identifier or not name:
        message = f"{table.path}: {table.name} needs an id and a name"
        raise SettingsError(message)
    return License(identifier, name, table.page("url"))


def _attribution(table: _Table | None) -> Attribution | None:
    if table is None:
        return None
    table.known("name", "url")
    name = table.text("name")
    if not name:
        message = f"{table.path}: {table.name} needs a name"
        raise SettingsError(message)
    return Attribution(name, table.page("url"))


def _content_table(site: Site, table: _Table) -> Site:
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


def _collection_table(site: Site, name: str, table: _Table) -> Site:
    table.known("type", "directory", "output", "permalink")
    # The posts of Jekyll are the articles of this service; either name means them.
    articles = next((one for one in site.collections if one.name == "articles"), None)
    before = site.collection(name) or (articles if name == "posts" else None)
    before = before or Collection(name, ROLES.get(name, name), f"_{name}", output=False)
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


def _directory(table: _Table) -> str | None:
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
