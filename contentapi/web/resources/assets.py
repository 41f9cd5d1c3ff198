"""``/v1/assets/{path}``: pictures and files of the content folder, of allow-listed types."""

from __future__ import annotations

import hashlib

from contentapi.errors import NotFound
from contentapi.source.folder import Folder
from contentapi.text import media
from contentapi.web.answers import Answer, key
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
    """One file, as it lies in the folder."""
    path = call.segments["path"]
    known = call.reader.asset(path)
    if known is None:
        raise NotFound("asset", path)
    name, type_, digest = known
    body = _read(call, name)
    # A file that is newer than the index is known for what it is at the next sync, a moment from now.
    indexed = hashlib.sha256(body).hexdigest() == digest
    if not indexed and media.may_be_draft(name, body):
        raise NotFound("asset", path)  # until it is known that it is none
    headers = {"Content-Security-Policy": _SANDBOX if type_ == _SVG else _VIEWER}
    age = _A_DAY if indexed else 1
    return Answer(body, type_, headers=headers, keys=(key("asset", name),), max_age=age, store=indexed)


def _read(call: Call, name: str) -> bytes:
    try:
        file, _ = Folder(call.settings.folder, call.settings.site).open_asset(name)
        with file:
            body = file.read(media.LARGEST + 1)
    except OSError as error:  # an index may travel without its folder
        raise NotFound("asset", name) from error
    if len(body) > media.LARGEST:
        raise NotFound("asset", name)
    return body


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
