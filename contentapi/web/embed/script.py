"""The script of the element, under the address that names its bytes: what a page has taken once it need never ask again."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from contentapi.web.embed.words import packaged

MEDIA_TYPE = "text/javascript; charset=utf-8"
#: What the address without a name answers with may change; the other never does.
FOREVER = "public, max-age=31536000, immutable"


@cache
def source() -> str:
    """The script."""
    return packaged("embed.js")


@cache
def name() -> str:
    """What names these bytes in their address."""
    return hashlib.sha256(source().encode()).hexdigest()[:16]


@cache
def integrity() -> str:
    """What a browser checks them against (https://www.w3.org/TR/SRI/)."""
    return f"sha384-{base64.b64encode(hashlib.sha384(source().encode()).digest()).decode()}"
