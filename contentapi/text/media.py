"""The kinds of file that may be served as they are, by extension (RFC 6838 media types)."""

from __future__ import annotations

import re
from typing import Final

#: Extension (lower case, no dot) → media type. What is not here is never served from the content folder.
TYPES = {
    "avif": "image/avif",
    "bmp": "image/bmp",
    "csv": "text/csv; charset=utf-8",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gif": "image/gif",
    "ico": "image/vnd.microsoft.icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ogg": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}

#: The largest file, in bytes, that is served as it is: it is held in memory once for each that is under way.
LARGEST: Final = 20_000_000

#: Extensions whose width and height are read.
PICTURES = frozenset({"avif", "bmp", "gif", "ico", "jpeg", "jpg", "png", "svg", "webp"})

#: Extensions of text: such a file may begin with front matter, and Jekyll then takes it for a page.
_TEXTS = frozenset({"csv", "svg", "txt", "vtt"})
_SAYS: Final = re.compile(rb"draft|published", re.IGNORECASE)

MARKDOWN = frozenset({"md", "markdown", "mdown", "mkdn", "mkd", "mkdown"})
HTML = frozenset({"html", "htm"})


def extension(path: str) -> str:
    """The extension of the last segment in lower case, without its dot; empty when there is none."""
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def may_be_draft(path: str, content: bytes) -> bool:
    """Whether a file that is served as it is must be looked at first: a text that speaks of drafts, in any encoding."""
    return extension(path) in _TEXTS and _SAYS.search(content.replace(b"\0", b"")) is not None
