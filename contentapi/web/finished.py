"""Answers ready to send: bytes, compressed forms and heads, kept until what they depend on changes.

GET, HEAD and 304 of one address are one entry. A head is everything but the Date, which the server adds.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

import brotli

from contentapi.text import paths
from contentapi.web import conditional, negotiation
from contentapi.web.answers import PRINTABLE, Answer
from contentapi.web.metrics import UNCOUNTED, Meter

Head = list[tuple[bytes, bytes]]
#: Under what a finished answer is kept: the path and the query, as they were sent.
Key = tuple[bytes, bytes]

_COMPRESSIBLE = ("text/", "application/json", "application/problem+json", "application/feed+json", "application/xml",
                 "application/atom+xml", "application/ld+json", "application/x-ndjson", "image/svg+xml",
                 "application/javascript", "application/openapi+json", "application/vnd.oai.openapi+json")  # fmt: skip
#: Below this a coding saves less than its own header costs.
_WORTH = 256
#: Above this it would hold up everyone else: only files of the folder are as large.
_TOO_MUCH = 5_000_000
#: Of brotli and of gzip. 11 would cost thirty times as long for 3 % less.
QUALITY = 5
LEVEL = 6
#: What a 304 repeats of the 200 (RFC 9110 §15.4.5), and what browsers and purges need to know of it.
_ON_304 = frozenset({b"etag", b"cache-control", b"content-location", b"vary", b"link", b"x-content-revision",
                     b"surrogate-key", b"access-control-allow-origin", b"access-control-expose-headers",
                     b"cross-origin-resource-policy", b"x-content-type-options"})  # fmt: skip

POLICY = "default-src 'none'; frame-ancestors 'none'"
#: What stands on every answer of any kind.
EVERY: Head = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, X-Content-Revision"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
]
#: Seconds for which a cache may answer with what is old while it fetches anew, and while nobody answers it.
_STALE, _STALE_IF_ERROR = 600, 86_400
#: What is scheduled appears within so many seconds; when it does not, nobody is there to make it appear.
_OVERDUE = 10.0


def conditions(
    headers: Iterable[tuple[bytes, bytes]],
) -> tuple[bytes | None, bytes | None, bytes | None, bytes | None]:
    """Accept, Accept-Encoding, If-Match and If-None-Match, each as one field however many lines it was sent in."""
    accept = encoding = match = none_match = None
    for name, value in headers:
        if name not in _READ:
            continue
        if name == b"accept-encoding":
            encoding = value if encoding is None else encoding + b"," + value
        elif name == b"accept":
            accept = value if accept is None else accept + b"," + value
        elif name == b"if-none-match":
            none_match = value if none_match is None else none_match + b"," + value
        else:
            match = value if match is None else match + b"," + value
    return accept, encoding, match, none_match


_READ = frozenset({b"accept", b"accept-encoding", b"if-match", b"if-none-match"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for, as far as a finished answer can depend on it. ``whole``: with its body, which HEAD is not."""

    key: Key
    accept: bytes | None
    encoding: bytes | None
    none_match: bytes | None
    whole: bool

    @classmethod
    def of(cls, method: bytes, url: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Wanted | None:
        """What a head asks for; None when it is no GET or HEAD, or may be refused by If-Match."""
        accept, encoding, match, none_match = conditions(headers)
        if method not in _SENT or match is not None:
            return None
        path, _, query = url.partition(b"?")
        return cls((path, query), accept, encoding, none_match, method == b"GET")


_SENT = frozenset({b"GET", b"HEAD"})


class Message:
    """What is sent: a status, a head, a body; the head also as the lines of HTTP/1.1 that it is written as."""

    __slots__ = ("body", "head", "lines", "status")

    def __init__(self, status: int, head: Head, body: bytes) -> None:
        self.status = status
        self.head = head
        self.body = body
        self.lines = b"".join(b"%s: %s\r\n" % field for field in head) + b"\r\n"

    def of_revision(self, revision: bytes) -> Message:
        """The same, under another revision."""
        return Message(self.status, _under(self.head, revision), self.body)


class Form:
    """An answer in one coding: the whole, what says that it is ``unchanged``, and its tag.

    The body is None when it is made while it is sent: nobody knows its length yet.
    """

    __slots__ = ("tag", "unchanged", "whole")

    def __init__(self, head: Head, body: bytes | None, tag: bytes | None, status: int) -> None:
        self.tag = tag
        if tag is not None:
            head = [*head, (b"etag", tag)]
        not_modified = [field for field in head if field[0] in _ON_304]
        self.unchanged = Message(conditional.NOT_MODIFIED, not_modified, b"") if tag is not None else None
        # A 204 has no length at all (RFC 9110 §8.6).
        whole = head if status == 204 or body is None else [*head, (b"content-length", str(len(body)).encode())]
        self.whole = Message(status, whole, body or b"")

    def of_revision(self, revision: bytes) -> Form:
        """The same, under another revision."""
        other = Form.__new__(Form)
        other.tag = self.tag
        other.whole = self.whole.of_revision(revision)
        other.unchanged = self.unchanged.of_revision(revision) if self.unchanged is not None else None
        return other

    def under(self, match: bytes | None, none_match: bytes | None) -> Message | None:
        """What is sent under the conditions of a request; None when they fail."""
        if self.tag is None or (none_match is None and match is None):
            return self.whole
        outcome = conditional.outcome(match, none_match, self.tag)
        if outcome is None:
            return self.whole
        return self.unchanged if outcome == conditional.NOT_MODIFIED else None


class Finished:
    """One answer, ready in each coding that was asked for so far. ``meter`` counts how often it is sent."""

    __slots__ = ("_digest", "_head", "body", "compressible", "forms", "keys", "max_age", "meter", "revision", "status")

    def __init__(self, answer: Answer, revision: str, meter: Meter = UNCOUNTED) -> None:
        # The encoder's own buffer is several times as large as what stands in it; what comes with its digest is a file.
        self.body = bytes(memoryview(answer.body)) if answer.digest is None else answer.body
        self._digest = answer.digest
        self.status = answer.status
        self.keys = answer.keys
        self.max_age = answer.max_age
        self.meter = meter
        self.revision = revision
        self.compressible = _WORTH <= len(answer.body) <= _TOO_MUCH and answer.media_type.startswith(_COMPRESSIBLE)
        self.forms: dict[str, Form] = {}
        self._head = head_of(answer, revision, compressible=self.compressible)

    def form(self, accept_encoding: bytes | None) -> Form:
        """The answer in the coding the caller likes best."""
        name = negotiation.coding(accept_encoding) if self.compressible else negotiation.IDENTITY
        return self.forms.get(name) or self._made(name)

    def _made(self, coding: str) -> Form:
        body, head = self.body, self._head
        if coding != negotiation.IDENTITY:
            body = _coded(body, coding)
            head = [*head, (b"content-encoding", coding.encode())]
        tag = conditional.etag(self.body, coding, self._digest) if self.status == 200 else None
        made = self.forms[coding] = Form(head, body, tag, self.status)
        return made

    def turn(self, revision: str) -> None:
        """Says from now on that it is of that revision, which it is as much as of its own: nothing it shows has changed."""
        value = _sendable(revision)
        self._head = _under(self._head, value)
        self.forms = {name: form.of_revision(value) for name, form in self.forms.items()}
        self.revision = revision

    def concerned(self, until: float) -> bool:
        """Whether a cache could keep this answer past a time that is ``until`` seconds away."""
        return concerned(self, until)

    @property
    def weight(self) -> int:
        """The bytes it takes, its compressed forms and heads to come included, as measured."""
        return len(self.body) * 3 // 2 + 6000


class Negotiated:
    """The forms of one address among which the Accept header chooses."""

    __slots__ = ("finished", "offers", "weight")

    def __init__(self, offers: tuple[str, ...]) -> None:
        self.offers = offers
        self.finished: dict[str, Finished] = {}
        self.weight = 0

    def pick(self, accept: bytes | None) -> Finished | None:
        """The form the caller likes best, when it is finished."""
        media = negotiation.media_type(accept, self.offers)
        return self.finished.get(media) if media is not None else None


class Lasting(Protocol):
    """What may be kept for a while: an answer, finished or not."""

    @property
    def status(self) -> int: ...

    @property
    def max_age(self) -> int: ...


def concerned(one: Lasting, until: float) -> bool:
    """Whether a cache could keep an answer past a time that is ``until`` seconds away."""
    return one.max_age > 0 and -_OVERDUE < until < one.max_age + _STALE


def shortened(head: Head, one: Lasting, until: float) -> Head:
    """A head whose lifetimes end when what is scheduled appears, ``until`` seconds from now."""
    control = cache_control(one.status, one.max_age, until).encode()
    return [(name, control if name == b"cache-control" else value) for name, value in head]


def _coded(body: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, quality=QUALITY))
    # No time in the header: equal content gives equal bytes.
    return gzip.compress(body, compresslevel=LEVEL, mtime=0)


def head_of(answer: Answer, revision: str, *, compressible: bool) -> Head:
    """The head of an answer, but for what depends on the coding; ``compressible`` says that it is sent in several."""
    fields = {
        **({"content-type": answer.media_type} if answer.media_type else {}),
        "cache-control": cache_control(answer.status, answer.max_age),
        "content-security-policy": POLICY,
    }
    vary = [name for name, holds in (("Accept", answer.negotiated), ("Accept-Encoding", compressible)) if holds]
    if vary:
        fields["vary"] = ", ".join(vary)
    if answer.keys:
        fields["surrogate-key"] = surrogate_key(answer.keys)
    if revision:
        fields["x-content-revision"] = revision
    fields.update((name.lower(), value) for name, value in answer.headers.items())
    return [*((name.encode(), _sendable(value)) for name, value in fields.items()), *EVERY]


def _under(head: Head, revision: bytes) -> Head:
    return [(name, revision if name == b"x-content-revision" else value) for name, value in head]


def _sendable(value: str) -> bytes:
    """A value as it may stand in a header: whatever could end or break the line is escaped."""
    return quote(value, safe=PRINTABLE, errors="surrogatepass").encode()


def surrogate_key(keys: Iterable[str]) -> str:
    """What an answer depends on, as caches take it: words between blanks, ASCII."""
    return " ".join(paths.encode(key).replace(",", "%2C") for key in keys)


def cache_control(status: int, max_age: int, until: float | None = None) -> str:
    """How long a cache may keep an answer: errors shortly, what is about this instant not at all, and nothing late.

    ``until`` is the number of seconds until something scheduled appears.
    """
    if max_age == 0:
        return "no-store" if status >= 500 else "no-cache"
    stale = 0 if status >= 400 else min(_STALE, 10 * max_age)
    if until is not None:
        left = max(0, int(until))
        max_age, stale = min(max_age, left), min(stale, max(0, left - max_age))
    parts = ["public", f"max-age={max_age}"]
    if stale:
        parts.append(f"stale-while-revalidate={stale}")
    if status < 400:
        parts.append(f"stale-if-error={_STALE_IF_ERROR}")
    return ", ".join(parts)


class Store:
    """Finished answers, all of one revision or untouched since their own.

    The least recently used are let go first when they grow over ``limit`` bytes.
    """

    def __init__(self, limit: int = 40_000_000) -> None:
        self._limit = limit
        self._answers: OrderedDict[Key, Finished | Negotiated] = OrderedDict()
        #: What was sent from here at least once.
        self._sent: set[Key] = set()
        self.bytes = 0

    def get(self, key: Key, accept: bytes | None = None) -> Finished | None:
        """The finished answer of an address, in the form that Accept chooses where it does; or None."""
        found = self._answers.get(key)
        if found is None:
            return None
        self._answers.move_to_end(key)
        self._sent.add(key)
        return found.pick(accept) if isinstance(found, Negotiated) else found

    def holds(self, key: Key, accept: bytes | None) -> bool:
        """Whether an answer is here, without taking it to be asked for."""
        found = self._answers.get(key)
        return (found.pick(accept) if isinstance(found, Negotiated) else found) is not None

    def recent(self, most: int) -> list[tuple[Key, bytes | None]]:
        """What was asked for again after it was made, the latest first: each address, with the Accept header for each form.

        What nobody has asked for since would be made anew at each change, for nobody.
        """
        found: list[tuple[Key, bytes | None]] = []
        for key, one in reversed(self._answers.items()):
            if key not in self._sent:
                continue
            forms = [media.encode() for media in one.finished] if isinstance(one, Negotiated) else [None]
            found += ((key, accept) for accept in forms)
            if len(found) >= most:
                break
        return found[:most]

    def put(self, key: Key, finished: Finished, media: str = "", offers: tuple[str, ...] = ()) -> None:
        """Keeps an answer, if it is not large for the store; with ``offers``, as the form ``media`` of its address."""
        weight = finished.weight + len(key[0]) + len(key[1])
        if weight * 8 > self._limit:
            return
        known = self._answers.get(key)
        if offers:
            if not isinstance(known, Negotiated):
                self._drop(key)
                known = self._answers[key] = Negotiated(offers)
            if media in known.finished:
                return
            known.finished[media] = finished
            known.weight += weight
        elif known is None:
            self._answers[key] = finished
        else:
            return
        self.bytes += weight
        while self.bytes > self._limit:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Key) -> None:
        found = self._answers.pop(key, None)
        self._sent.discard(key)
        if isinstance(found, Negotiated):
            self.bytes -= found.weight
        elif found is not None:
            self.bytes -= found.weight + len(key[0]) + len(key[1])

    def clear(self) -> None:
        """Lets everything go."""
        self._answers.clear()
        self._sent.clear()
        self.bytes = 0

    def untouched(self, touched: Callable[[tuple[str, ...]], bool]) -> Store:
        """The answers whose keys are not touched, in a store of their own, the least recently used still first."""
        kept = Store(self._limit)
        for key, one in self._answers.items():
            every = one.finished.values() if isinstance(one, Negotiated) else (one,)
            if not any(touched(each.keys) for each in every):
                kept._answers[key] = one
                kept.bytes += one.weight + (0 if isinstance(one, Negotiated) else len(key[0]) + len(key[1]))
        return kept

    def forget(self, surrogate: str) -> None:
        """Lets go what depends on one thing."""
        for key in [key for key, one in self._answers.items() if isinstance(one, Finished) and surrogate in one.keys]:
            self._drop(key)

    def __len__(self) -> int:
        return len(self._answers)
