"""Conditional requests (RFC 9110 §13): whether to send what was asked for, to say that the caller holds it, or to refuse.

A tag names the bytes that would be sent: the content in one coding. What a caller holds in another coding of the same
content is another representation, with another tag, and matches nothing (§8.8.3.3). There are no modification dates here,
so conditions on dates are ignored, as §13.1.3 and §13.1.4 ask; ranges are not served, so If-Range decides nothing (§13.1.5).
"""

from __future__ import annotations

import base64
import hashlib
import re

NOT_MODIFIED = 304
PRECONDITION_FAILED = 412

#: An element of a list of tags. Empty elements are allowed between commas (RFC 9110 §5.6.1).
_TAG = re.compile(rb'[ \t,]*(W/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)')


def etag(body: bytes, coding: str = "identity", digest: bytes | None = None) -> bytes:
    """A strong validator of the bytes sent: of the content, and of the coding it is sent in.

    ``digest`` is the SHA-256 of the body where it is known: of a large file it takes longer than all the rest.
    """
    digest = (digest or hashlib.sha256(body).digest())[:15]
    mark = "" if coding == "identity" else f"-{coding}"
    return f'"{base64.urlsafe_b64encode(digest).decode()}{mark}"'.encode()


def outcome(if_match: bytes | None, if_none_match: bytes | None, tag: bytes) -> int | None:
    """What the conditions of a GET or HEAD make of an answer that would be 200: 412, 304, or None to send it (§13.2.2)."""
    if if_match is not None and not _holds(if_match, tag, strong=True):
        return PRECONDITION_FAILED
    if if_none_match is not None and _holds(if_none_match, tag, strong=False):
        return NOT_MODIFIED
    return None


def _holds(field: bytes, tag: bytes, *, strong: bool) -> bool:
    """Whether a field names a tag. A weak tag is equal to no other by strong comparison; ``*`` is whatever exists."""
    if field == tag or field.strip() == b"*":
        return True
    return any(found == tag and not (strong and weak) for weak, found in _listed(field))


def _listed(field: bytes) -> list[tuple[bool, bytes]]:
    found: list[tuple[bool, bytes]] = []
    at = 0
    while at < len(field):
        match = _TAG.match(field, at)
        if match is None:
            # What is no list of tags names nothing; what stood before it still counts.
            return found
        found.append((match[1] is not None, match[2]))
        at = match.end()
    return found
