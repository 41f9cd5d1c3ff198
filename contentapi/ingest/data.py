"""Data files (``_data/*.yml``): the menus that the editors wrote in them."""

from __future__ import annotations

from collections.abc import Iterator

from contentapi.ingest import fields
from contentapi.model import Diagnostic, Ingested, Json, MenuEntry, MenuSource, Severity, Site, SourceFile
from contentapi.text import media, yaml

_LABELS = ("label", "title", "text", "name")
_TARGETS = ("target", "url", "link", "href", "path", "page", "permalink", "external_url")
#: The last ones are those of themes for documentation.
_CHILDREN = (
    "children", "items", "links", "sub", "pages", "subitems", "sublinks", "subnav", "subpages", "submenu", "dropdown",
    "docs", "folders", "folderitems", "subfolders", "subfolderitems",
)  # fmt: skip
_DEPTH = 12


def read(file: SourceFile, site: Site) -> Ingested:
    """The menus of one data file: each key that holds a list of entries with a label or a target."""
    try:
        loaded = _load(file)
    except (UnicodeDecodeError, yaml.YamlError) as error:
        return Ingested(file.path, file.digest, quarantined=True, diagnostics=(_unreadable(file.path, error),))
    told = tuple(
        Diagnostic(
            problem.code, problem.severity, file.path, problem.message, problem.hint, problem.line, problem.column
        )
        for problem in loaded.problems
    )
    found = tuple(
        MenuSource(name, file.path, entries)
        for name, entries in _menus(_stem(file.path, site), loaded)
        if site.menus is None or name in site.menus
    )
    return Ingested(file.path, file.digest, menus=found, diagnostics=told)


def _load(file: SourceFile) -> yaml.Loaded:
    text = file.content.decode("utf-8-sig")
    # JSON is YAML, but for the tabs that may indent it; within its texts there are none.
    return yaml.load(text.replace("\t", " ") if media.extension(file.path) == "json" else text)


def _unreadable(path: str, error: UnicodeDecodeError | yaml.YamlError) -> Diagnostic:
    if isinstance(error, yaml.YamlError):
        return Diagnostic("yaml-error", Severity.ERROR, path, error.message, error.hint, error.line, error.column)
    return Diagnostic("not-utf-8", Severity.ERROR, path, "The file is not UTF-8.", "Save it as UTF-8.", line=1)


def _stem(path: str, site: Site) -> str:
    below = path[len(site.data_dir) + 1 :]
    return below.rpartition(".")[0].replace("/", ".")


def _menus(stem: str, loaded: yaml.Loaded) -> Iterator[tuple[str, tuple[MenuEntry, ...]]]:
    value = loaded.value
    if isinstance(value, list):
        entries = _entries(value, loaded)
        if entries:
            yield stem, entries
    if isinstance(value, dict):
        for key, below in value.items():
            entries = _entries(below, loaded) if isinstance(below, list) else ()
            if entries:
                # The keys of menu.yml are the site's menus; those of another file bear its name.
                yield (key if stem == "menu" else f"{stem}.{key}"), entries


def _entries(items: list[Json], loaded: yaml.Loaded, depth: int = 0) -> tuple[MenuEntry, ...]:
    if depth > _DEPTH:
        return ()
    found = (_entry(item, loaded, depth) for item in items if isinstance(item, dict))
    return tuple(entry for entry in found if entry is not None)


def _entry(item: dict[str, Json], loaded: yaml.Loaded, depth: int) -> MenuEntry | None:
    target = fields.first_text(item, *_TARGETS)
    below = next((value for value in (item.get(key) for key in _CHILDREN) if isinstance(value, list)), [])
    children = _entries(below, loaded, depth + 1)
    label = fields.first_text(item, *_LABELS)
    if label is None and target is not None:
        # Where both `link` and `url` are written, the first is what is shown of it.
        link = fields.first_text(item, "link")
        label = link if link and link != target else fields.first_text(item, "icon")
    if label is None and target is None and not children:
        return None
    if target is None and not children and not any(key in item for key in (*_TARGETS, *_CHILDREN)):
        return None
    return MenuEntry(label, target, children, loaded.line_of(item))
