"""What an embed may be asked for, as values and as parameters. A value that is not known counts as none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import cast

from contentapi.errors import BadParameter
from contentapi.web import params
from contentapi.web.addresses import component
from contentapi.web.call import Call

THEMES = ("auto", "light", "dark", "none")
SHOWS = ("full", "summary", "timeline")
LANGS = ("fr", "en")
CLASSES = ("own", "dsfr", "none")
LINKS = ("absolute", "none")
IMAGES = ("absolute", "none")
ATTRIBUTIONS = ("full", "short")
#: What begins the ids of a fragment, unless the partner says otherwise: a page has ids of its own.
PREFIX = "content-"
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,40}")


@dataclass(frozen=True, slots=True)
class Options:
    """One way to show a piece of content. ``lang`` None is the content's own; ``level`` that of the title."""

    show: str = "full"
    theme: str = "auto"
    lang: str | None = None
    heading_level: int = 2
    section: str | None = None
    resize: bool = False
    id_prefix: str = PREFIX
    classes: str = "own"
    links: str = "absolute"
    images: str = "absolute"
    attribution: str = "full"

    def query(self) -> str:
        """The options that differ from the usual ones, as the query of an address (with its ``?``)."""
        usual = Options()
        given = [(one.name, getattr(self, one.name)) for one in fields(self)]
        written = [(name, _spelled(value)) for name, value in given if value != getattr(usual, name)]
        return "?" + "&".join(f"{name}={component(value)}" for name, value in written) if written else ""


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Switch:
    """A flag that also stands alone: ``?fragment`` is ``?fragment=true``."""

    name: str
    description: str
    default: bool = False

    def read(self, written: Sequence[str]) -> bool:
        value = params.once(self.name, written)
        if value not in {"", "true", "1", "false", "0"}:
            raise params.unknown(self.name, value, ("true", "false"))
        return value in {"", "true", "1"}

    def schema(self) -> dict[str, object]:
        return {"type": "boolean", "default": self.default}


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of an id: a letter, then letters, digits, ``_``, ``.`` and ``-``."""

    name: str
    description: str
    default: str = PREFIX

    def read(self, written: Sequence[str]) -> str:
        value = params.once(self.name, written)
        if not _PREFIX.fullmatch(value):
            raise BadParameter(self.name, f"{self.name} is {params.shown(value)}; begin with a letter.")
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^{_PREFIX.pattern}$", "default": self.default}


SHOW = params.Choice(
    "show", "How much: everything, what matters in short, or the timeline of all phases with this one marked.", SHOWS, "full"
)  # fmt: skip
THEME = params.Choice(
    "theme", "Colours: of the reader's system, light, dark, or none but the browser's own.", THEMES, "auto"
)
LANG = params.Choice("lang", "The language of the words around the content; the content's own unless given.", LANGS)
LEVEL = params.Integer("heading_level", "The level of the title; the headings in the text follow.", 1, 6, 2)
SECTION = params.Text("section", "The id of a heading: only what stands under it.", longest=200)
RESIZE = Switch("resize", "Whether the page tells its height to the page around it, by a small script.")
FRAGMENT = Switch("fragment", "Whether to give a fragment to put into a page, instead of a page.")
ID_PREFIX = Prefix("id_prefix", "What begins every id of the fragment.")
CLASS = params.Choice("classes", "Class names: our own (`ce-…`), those of the DSFR, or none.", CLASSES, "own")
LINK = params.Choice("links", "Links in the text as full addresses, or as plain text.", LINKS, "absolute")
IMAGE = params.Choice("images", "Pictures under their full address, or their alternative text.", IMAGES, "absolute")
ATTRIBUTION = params.Choice(
    "attribution", "The source with licence, date and link, or in one short line.", ATTRIBUTIONS, "full"
)

OF_FRAMES = (SHOW, THEME, LANG, LEVEL, SECTION, RESIZE)
OF_FRAGMENTS = (FRAGMENT, ID_PREFIX, CLASS, LINK, IMAGE, ATTRIBUTION)
OF_ALL_PHASES = (THEME, LANG, LEVEL, RESIZE, *OF_FRAGMENTS)


def of(call: Call) -> Options:
    """The options of a call."""
    return read(call.values)


def read(values: object) -> Options:
    """The options among typed values."""
    known = cast("dict[str, object]", values)
    given = {one.name: known[one.name] for one in fields(Options) if known.get(one.name) is not None}
    return Options(**given)  # type: ignore[arg-type]
