"""Settings: flags, then CONTENTAPI_* variables, then contentapi.toml, then Jekyll's _config.yml, then defaults.

They are read once, when a process starts, and passed down. They remember what they were read from, so that whoever follows
the folder can tell when they may have changed (:meth:`Settings.stale`) and read them again (:meth:`Settings.renewed`).
``docs/settings.md`` describes every key for the person who writes one. A key that is not known, or that has the wrong type,
raises :class:`SettingsError` naming file, key and remedy.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from contentapi.errors import FolderError, SettingsError
from contentapi.model import Collection, Site
from contentapi.settings import jekyll, sites, tables
from contentapi.text import vocabulary

#: A source of a policy: anything, itself, or a host, with or without scheme, port and a first label of any name.
_ANCESTOR = re.compile(
    r"\*|'self'|https?:|(?:https?://)?(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::(?:[0-9]{1,5}|\*))?"
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
    toml = tables.read(toml_path)
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
    digest.update(bytes((root / name).is_dir() for role in sites.ROLES for name in (f"_{role}", role)))
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
    table = tables.Table(path, "serve", tables.mapping(path, "serve", toml.get("serve", {})))
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
    table = tables.Table(path, "embed", tables.mapping(path, "embed", toml.get("embed", {})))
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
    given = {
        name: sites.address(f"CONTENTAPI_{name.upper()}", value) for name, value in written.items() if value.strip()
    }
    return replace(site, **given) if given else site  # type: ignore[arg-type]


def _from_flags(site: Site, flags: Mapping[str, object]) -> Site:
    """The public address of the API that the command line gives."""
    given = flags.get("public_url")
    return replace(site, api=sites.address("--public-url", given)) if isinstance(given, str) else site


def _site(root: Path, toml: Mapping[str, object], toml_path: Path) -> Site:
    config = jekyll.read(root / "_config.yml")
    site = jekyll.site(config) if config is not None else _without_configuration(root)
    return tables.applied(site, toml, toml_path)


def _without_configuration(root: Path) -> Site:
    """A folder without ``_config.yml``: the collections are the folders that bear their names."""
    collections = [Collection("pages", "page", None, output=True)]
    for name, role in sites.ROLES.items():
        if name == "pages":
            continue
        directory = next((option for option in (f"_{name}", name) if (root / option).is_dir()), f"_{name}")
        public = "articles" if name == "posts" else name
        collections.append(Collection(public, role, directory, output=role == "article"))
    return Site(vocabulary=vocabulary.default(), collections=tuple(collections))
