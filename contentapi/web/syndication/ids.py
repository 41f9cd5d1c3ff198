"""What an item of a feed is called for ever, as a URI: docs/adr/0021.

A reader shows an item anew when its id changes, so nothing of it may move with the document: it is made of the site and of
the document's own id.
"""

from __future__ import annotations

import re
import uuid
from urllib.parse import quote

from contentapi.index.reader import Reader, Row

#: The year in which the first of these ids was made. RFC 4151 §2.1 wants a day on which the site had its name, and none to
#: come: this one has passed for whoever reads such an id, and it is the same for all, whatever the clock says.
_MINTED = "2026"
#: DNSname of RFC 4151 §2.1.
_AUTHORITY = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
#: What stands in the last part of a tag as it is (pchar and `/` of RFC 3986, less what needs care elsewhere).
_PLAIN = "/!$()*+,;=:@"


def of_row(reader: Reader, row: Row) -> str:
    """The id of a document: a ``tag:`` URI (RFC 4151), or a ``urn:uuid:`` (RFC 9562) where the site has no host to name."""
    own = row.id if reader.first_of_id(row.id) == row.source else row.source
    return _minted(reader, f"{reader.site.base}/{_spelled(own)}")


def of_feed(reader: Reader, asked: str) -> str:
    """The id of a feed; ``asked`` is the part of its address that chooses among the articles."""
    return _minted(reader, f"feed:{reader.site.base}/{'?' if asked else ''}{asked}")


def _minted(reader: Reader, name: str) -> str:
    authority = _authority(reader.host)
    entity = reader.site.tag or (f"{authority},{_MINTED}" if authority is not None else None)
    if entity is not None:
        return f"tag:{entity}:{name}"
    # Of two services without a host for their site, those with addresses of their own stay apart.
    space = uuid.uuid5(uuid.NAMESPACE_URL, reader.site.api or reader.host or "")
    return uuid.uuid5(space, name).urn


def _authority(host: str | None) -> str | None:
    """The host as a tag may name it: ASCII, without its port. None when it is no name of the DNS."""
    if host is None:
        return None
    name = host.partition(":")[0]
    try:
        name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return name if _AUTHORITY.fullmatch(name) else None


def _spelled(own: str) -> str:
    return quote(own, safe=_PLAIN, errors="surrogatepass")
