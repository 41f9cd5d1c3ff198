"""What a site is made of, whatever file says it: its collections, its addresses."""

from __future__ import annotations

from contentapi.errors import SettingsError
from contentapi.text import paths

#: The collections every site has, by the names Jekyll gives their folders.
ROLES = {"pages": "page", "posts": "article", "phases": "phase", "authors": "author"}


def address(name: str, value: str) -> str:
    """An absolute http(s) address, without final slash."""
    url = paths.split_url(value)
    if url.scheme not in {"http", "https"} or not url.host or url.suffix or any(mark in value for mark in ' <>"\\@'):
        message = f"{name} is {value!r}; write an address such as https://example.org"
        raise SettingsError(message)
    if name.lower().endswith("origin") and (url.path or "").strip("/"):
        message = f"{name} is {value!r}; write it without a path, which goes into site.base"
        raise SettingsError(message)
    return value.strip().rstrip("/")


def base(written: str) -> str:
    """The path below which a site lives: empty, or with a slash before it and none behind."""
    path = written.strip().strip("/")
    return f"/{path}" if path else ""
