"""``/v1/assets/{path}``: pictures and files of the content folder, of allow-listed types."""

from __future__ import annotations

import hashlib
import os
from functools import partial

from contentapi.errors import NotFound
from contentapi.index.reader import Asset
from contentapi.source.folder import Folder, stamp
from contentapi.text import media
from contentapi.web.answers import Answer, Later, key
from contentapi.web.call import Call, Operation, Segment

_A_DAY = 86_400
_SVG = "image/svg+xml"
#: An SVG opened by itself is a document; this one may neither run a script nor ask anyone for anything.
_SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox; frame-ancestors 'none'"
)
#: What browsers open in a viewer of their own (a PDF, a film) shows itself in it, which a sandbox would forbid.
_VIEWER = (
    "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'"
)


def get_asset(call: Call) -> Answer:
    """One file, as it lies in the folder. It is read in a thread: it may be large, and its disk slow."""
    path = call.segments["path"]
    known = call.reader.asset(path)
    if known is None:
        raise NotFound("asset", path)
    return Later(b"", make=partial(_answer, Folder(call.settings.folder, call.settings.site), known))


def _answer(folder: Folder, known: Asset) -> Answer:
    name = known.path
    body, digest = _read(folder, known)
    # A file that is newer than the index is known for what it is at the next sync, a moment from now.
    indexed = digest == bytes.fromhex(known.digest)
    if not indexed and media.may_be_draft(name, body):
        raise NotFound("asset", name)  # until it is known that it is none
    headers = {"Content-Security-Policy": _SANDBOX if known.media == _SVG else _VIEWER}
    age = _A_DAY if indexed else 1
    return Answer(
        body, known.media, headers=headers, keys=(key("asset", name),), max_age=age, store=indexed, digest=digest
    )


def _read(folder: Folder, known: Asset) -> tuple[bytes, bytes]:
    """The bytes of a file and their digest, which the index knows of a file that is still the one it has seen."""
    try:
        file, status = folder.open_asset(known.path)
        with file:
            body = file.read(media.LARGEST + 1)
            same = known.stamp == stamp(status) == stamp(os.fstat(file.fileno()))
    except OSError as error:  # an index may travel without its folder
        raise NotFound("asset", known.path) from error
    if len(body) > media.LARGEST:
        raise NotFound("asset", known.path)
    return body, bytes.fromhex(known.digest) if same else hashlib.sha256(body).digest()


PATH = Segment(
    "path",
    "The file's path in the content folder.",
    lambda reader, _: reader.asset_paths(100),
    every=lambda reader, _: reader.asset_paths(),
)

OPERATIONS = (
    Operation(
        "/v1/assets/{path:path}",
        "getAsset",
        "One file of the content folder",
        get_asset,
        "Assets",
        media=dict.fromkeys((one.partition(";")[0] for one in media.TYPES.values()), bytes),
        segments=(PATH,),
    ),
)
