"""The script of the element, under the address that names its bytes: what a page has taken once it need never ask again.

``embed.js`` is sent as it is written, so what is to be said of it stands here. Until the text comes, ``#reserve`` keeps the
room that it will take: its height is a + b / width, through the two sizes of ``room``. The text comes as a parsed document,
so that no HTML is made of a string, which Trusted Types would refuse. No address leads into a shadow tree: anchors of the
text are followed by the script. A frame sets its height only when it is one of ours, of our origin, and within reason.
"""

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
