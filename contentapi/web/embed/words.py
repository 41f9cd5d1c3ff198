"""The wording around embedded content, from ``words.toml``: data, in each language it can speak."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from contentapi.web.pages.words import Words


@cache
def packaged(name: str) -> str:
    """The text of a file that stands beside this module."""
    return (resources.files("contentapi.web.embed") / name).read_text(encoding="utf-8")


@cache
def _tables() -> dict[str, dict[str, object]]:
    return tomllib.loads(packaged("words.toml"))


def of(lang: str) -> Words:
    """The words for a language: its own when they exist, else English."""
    main = lang.lower().replace("_", "-").partition("-")[0]
    known = main if main in _tables() else "en"
    return Words(known, _tables()[known])
