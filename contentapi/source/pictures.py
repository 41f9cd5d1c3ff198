"""Width and height of pictures, read from their first bytes and without decoding them."""

from __future__ import annotations

import io
import math
import re
import struct
from typing import BinaryIO
from xml.parsers import expat

import imagesize

#: How much of a picture is read, and in how many steps, before it counts as one that cannot be measured.
_MAX_BYTES = 1_000_000
_MAX_READS = 20_000
#: The start tag of an SVG stands at its top; what stands before it (comments, entities of drawing programs) is short.
_MAX_SVG = 64_000
#: Names for namespaces are all that drawing programs declare. Longer values are there to be multiplied.
_MAX_ENTITY = 200
#: No browser shows more, and a layout that reserves more space than this is of no use.
_MAX_SIDE = 100_000

_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF", b"BM")
_EXTENSIONS = frozenset({"avif", "bmp", "gif", "ico", "jpeg", "jpg", "png", "svg", "webp"})
_LENGTH = re.compile(r"\s*\+?(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})(?:px)?\s*", re.ASCII)
_NUMBERS = re.compile(r"[\s,]+")

Size = tuple[int, int]


def measure(picture: bytes | BinaryIO, name: str) -> Size | None:
    """The size in CSS pixels at which a browser shows the picture; None when that cannot be told.

    The extension of ``name`` says whether it is a picture at all, and whether it is an SVG. A photograph is measured as
    it is shown, after the turn that its EXIF data ask for.
    """
    extension = name.rpartition(".")[2].lower()
    if extension not in _EXTENSIONS:
        return None
    file = _Bounded(io.BytesIO(picture) if isinstance(picture, bytes) else picture)
    try:
        if extension == "svg":
            return _svg(file.read(_MAX_SVG))
        return _icon(file.read(22)) if extension == "ico" else _raster(file)
    except Exception:  # noqa: BLE001 - the parser of others meets hostile bytes: whatever it raises, there is no size
        return None


def _raster(file: _Bounded) -> Size | None:
    head = file.read(12)
    iso = head[4:8] == b"ftyp"
    if not (iso or head.startswith(_STARTS)):
        return None  # imagesize also knows formats that no browser shows
    # Turns are not asked for in AVIF: imagesize then reads tables whose declared lengths nothing bounds.
    width, height = imagesize.get(file, exif_rotation=not iso)
    return _whole(width, height)


def _icon(head: bytes) -> Size | None:
    """The first picture of an ``.ico``; a byte of 0 means 256."""
    reserved, kind, count, width, height = struct.unpack_from("<HHHBB", head)
    return (width or 256, height or 256) if (reserved, kind) == (0, 1) and count else None


def _whole(width: float, height: float) -> Size | None:
    if not (math.isfinite(width) and math.isfinite(height) and 0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        return None
    return max(1, round(width)), max(1, round(height))


class _Bounded:
    """A file that gives no more than so many bytes in so many reads: then it is as if it ended there."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes = _MAX_BYTES
        self._reads = _MAX_READS

    def read(self, size: int = -1) -> bytes:
        """As of a file, within the bounds."""
        self._reads -= 1
        if self._reads < 0:
            return b""
        given = self._file.read(self._bytes if size < 0 else min(size, self._bytes))
        self._bytes -= len(given)
        return given

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of a file."""
        return self._file.seek(offset, whence)


# -- SVG --------------------------------------------------------------------------------------------------------------


class _Start(Exception):
    """No error: it stops the parser at the first tag."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        super().__init__(name)
        self.name = name
        self.attributes = attributes


def _svg(text: bytes) -> Size | None:
    start = _first_tag(text)
    if start is None or start.name.rpartition(":")[2] != "svg":
        return None
    width, height = _length(start.attributes.get("width")), _length(start.attributes.get("height"))
    if width and height:
        return _whole(width, height)
    box = _box(start.attributes.get("viewBox"))
    if box is None:
        return None
    ratio = box[0] / box[1]
    if width:
        return _whole(width, width / ratio)
    return _whole(height * ratio, height) if height else _whole(*box)


def _first_tag(text: bytes) -> _Start | None:
    """The first start tag. Nothing external is ever loaded, and no entity is longer than a namespace's name."""
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = _stop
    parser.EntityDeclHandler = _refuse_long
    try:
        parser.Parse(text, False)  # noqa: FBT003 - expat takes no keywords
    except _Start as start:
        return start
    return None


def _stop(name: str, attributes: dict[str, str]) -> None:
    raise _Start(name, attributes)


def _refuse_long(*declaration: object) -> None:
    """A handler of expat's: the third argument is the value of an internal entity."""
    value = declaration[2]
    if isinstance(value, str) and (len(value) > _MAX_ENTITY or "&" in value):
        raise ValueError(value)


def _length(value: str | None) -> float | None:
    """A length in pixels; None for one in other units or per cent, whose size the page decides."""
    found = _LENGTH.fullmatch(value or "")
    return float(found[1]) if found else None


def _box(value: str | None) -> tuple[float, float] | None:
    """Width and height of a ``viewBox``."""
    parts = _NUMBERS.split((value or "").strip())
    if len(parts) != 4:
        return None
    width, height = float(parts[2]), float(parts[3])
    return (width, height) if width > 0 and height > 0 else None
