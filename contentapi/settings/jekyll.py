"""Jekyll's ``_config.yml``: what of it shapes the answers. What it has beside is for another program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from contentapi.errors import SettingsError
from contentapi.model import Collection, FrontMatterDefault, Json, Site
from contentapi.settings import sites
from contentapi.text import dates, paths, vocabulary, yaml

#: The addresses that jekyll-archives publishes unless ``permalinks`` says otherwise: what is enabled, its key, its pattern.
_ARCHIVES = (
    ("year", "year", "/:year/"),
    ("month", "month", "/:year/:month/"),
    ("day", "day", "/:year/:month/:day/"),
    ("tags", "tag", "/tag/:name/"),
    ("categories", "category", "/category/:name/"),
)


def read(path: Path) -> dict[str, Json] | None:
    """What the file holds; None when there is none. Raises :class:`SettingsError`."""
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


def site(config: Mapping[str, Json]) -> Site:
    """The site that it describes. Raises :class:`SettingsError` for a time zone that is none."""
    collections_dir = (_text(config.get("collections_dir")) or "").strip("/")
    origin, base = _address(_text(config.get("url")), _text(config.get("baseurl")))
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
        collections=_collections(config.get("collections"), collections_dir),
        defaults=_defaults(config.get("defaults")),
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


def _address(url: str | None, base: str | None) -> tuple[str | None, str]:
    """The site's origin and the path below it; no origin when ``url`` is no full address, as many sites leave it."""
    try:
        address = sites.address("url", url) if url else None
    except SettingsError:
        address = None
    if address is None:
        return None, sites.base(base or "")
    above = (paths.split_url(address).path or "").rstrip("/")
    return address.removesuffix(above), above + sites.base(base or "")


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


def _collections(value: Json, collections_dir: str) -> tuple[Collection, ...]:
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
        role = sites.ROLES.get(name, name)
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


def _defaults(value: Json) -> tuple[FrontMatterDefault, ...]:
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
