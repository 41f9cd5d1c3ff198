"""What a worker holds between two requests: the answers that are finished, and when they are so no more."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from contentapi import __version__
from contentapi.errors import IndexUnavailable
from contentapi.index import listing
from contentapi.index.reach import Named
from contentapi.index.reader import Index
from contentapi.settings import Settings
from contentapi.web import metrics, problems
from contentapi.web.addresses import Addresses
from contentapi.web.ahead import BUSY, LATEST, MOST, Ahead
from contentapi.web.answers import Answer, touched
from contentapi.web.finished import Finished, Head, Key, Lasting, Store, concerned, shortened
from contentapi.web.metrics import Meter
from contentapi.web.revisions import Revisions
from contentapi.web.streamed import Streams, fingerprint

_log = logging.getLogger("contentapi.web")

#: Seconds for which a worker takes the index to be as it last saw it.
_FRESH = 0.02
#: So many callers of one process are told of new revisions.
_MOST_LISTENERS = 2_000


class _Turn(NamedTuple):
    """A revision to turn to, what is finished of it, and the number of the last sync that it holds."""

    revision: str
    store: Store
    reached: int


class Desk:
    """What the layers share: the index, the settings, the answers that are finished, and the counts of what was sent."""

    def __init__(self, settings: Settings, index: Index, ready: Callable[[], bool], operations: Sequence[str]) -> None:
        self.settings = settings
        self.index = index
        self.ready = ready
        self.addresses = Addresses(settings.site)
        self.store = Store()
        self.streams = Streams()
        self.listeners = Streams(_MOST_LISTENERS, None)
        self.revisions = Revisions(self._served)
        #: What of this process shapes an answer beside the content.
        self.shaped = fingerprint(settings.site)
        self.ahead: Ahead | None = None
        #: What answers are made ahead of, and when it is turned to at the latest.
        self._next: tuple[_Turn, float] | None = None
        #: The number of the last sync of which the finished answers know what it reached.
        self._reached = 0
        self._asked = 0
        self._looked = 0.0
        self.meters = {name: Meter() for name in (*operations, "preflight", "elsewhere")}
        #: The revision last seen, when something scheduled appears (seconds since the epoch), and when to look again.
        self.revision = ""
        self.due: float | None = None
        self.look_at = 0.0
        self.preflight = self._preflight()
        self._version: tuple[int, int, int] | None = None
        #: Why the index could not be read when it was last looked at; empty when it could.
        self._unreadable = ""

    def serving(self) -> bool:
        """Whether the service is ready, and what it is to answer from can be read."""
        return self.ready() and not self._unreadable

    def _served(self) -> str | None:
        """The revision that is served now; None when the service is about to end."""
        now = time.monotonic()
        if now >= self.look_at:
            self.look(now)
        return self.revision if self.ready() else None

    def look(self, now: float) -> None:
        """Lets go, when the index has changed, the finished answers that may be other ones now."""
        self.look_at = now + _FRESH
        asked, self._asked = self._asked, 0
        looked, self._looked = self._looked, now
        version: tuple[int, int, int] | None
        reached = 0
        named: Named | None = None
        try:
            version = self.index.version()
            if version == self._version:
                return
            with self.index.reading() as reader:
                revision, due, reached = reader.revision, reader.next_due(), reader.reached()
                # Of another file the numbers mean something else.
                if self._version is not None and self._version[:2] == version[:2]:
                    named = reader.reached_since(self._reached)
        except Exception as error:  # noqa: BLE001 - an index that cannot be read is none; whoever asks it is told
            version, revision, due = None, "", None
            self._tell(str(error) or repr(error))
        else:
            self._unreadable = ""
        self._version = version
        self.due = due
        if revision == self.revision:
            self._stay(reached)
        elif revision and self.ahead is not None and (self._next is not None or asked >= BUSY * (now - looked)):
            self._go_ahead(self.ahead, _Turn(revision, self._untouched(named), reached), now)
        else:
            self._turn(_Turn(revision, self._untouched(named), reached))

    def _tell(self, why: str) -> None:
        """Says once why nothing can be answered; before the first sync that is no fault."""
        if self.ready() and why != self._unreadable:
            _log.error("The index cannot be read; answers are 503 until it can. %s", why)
        self._unreadable = why

    def _untouched(self, named: Named | None) -> Store:
        """The answers that stay what they are though these documents changed; none where more may have."""
        return self.store.untouched(touched(named)) if named is not None else Store()

    def _stay(self, reached: int) -> None:
        """The same documents are served; what is said of those that are not may be new."""
        if self.ahead is not None:
            self.ahead.cancel()
        self._next = None
        self._reached = reached
        self.store.forget("diagnostics")

    def _go_ahead(self, ahead: Ahead, turn: _Turn, now: float) -> None:
        until = now + LATEST if self._next is None else self._next[1]
        self._next = turn, until
        # The earliest first, so that what is looked up keeps its order.
        recent = [one for one in reversed(self.store.recent(MOST)) if not turn.store.holds(*one)]
        ahead.begin(recent[::-1], lambda: self._turn(turn), until)

    def _turn(self, turn: _Turn) -> None:
        """From now on the answers are those of that revision; some may be finished already."""
        if self.ahead is not None:
            self.ahead.cancel()
        self._next = None
        self.revision = turn.revision
        self.store = turn.store
        self._reached = turn.reached
        self.preflight = self._preflight()

    def get(self, key: Key, accept: bytes | None) -> Finished | None:
        """The finished answer of an address, of this revision or else of the next; None when there is none."""
        self._asked += 1
        found, revision = self.store.get(key, accept), self.revision
        if found is None and self._next is not None:
            turn, _ = self._next
            found, revision = turn.store.get(key, accept), turn.revision
        if found is not None and found.revision != revision:
            found.turn(revision)
        return found

    def keep(self, revision: str, key: Key, finished: Finished, media: str, offers: tuple[str, ...]) -> None:
        """Keeps a finished answer with the others of its revision."""
        if self._next is not None and revision == self._next[0].revision:
            self._next[0].store.put(key, finished, media, offers)
        elif revision == self.revision:
            self.store.put(key, finished, media, offers)

    def finished(self, answer: Answer, meter: Meter) -> Finished:
        """An answer that no state of the index gave, ready to send."""
        return Finished(answer, self.revision, meter)

    def timely(self, one: Lasting, head: Head) -> Head:
        """A head whose lifetime ends when something scheduled appears."""
        until = (self.due or 0.0) - time.time()
        return shortened(head, one, until) if concerned(one, until) else head

    def metrics(self) -> str:
        """What this process has answered, for a scrape."""
        try:
            with self.index.reading() as reader:
                documents = listing.counts(reader)
        except IndexUnavailable:
            documents = {}
        kept = (len(self.store), self.store.bytes)
        return metrics.render(self.meters, metrics.Facts(__version__, self.revision, self.serving(), documents, kept))

    def _preflight(self) -> Finished:
        """What a browser asks before it sends a header of its own (Fetch §4.8); the same for every address."""
        headers = {
            "Access-Control-Allow-Methods": problems.ALLOW,
            "Access-Control-Allow-Headers": "Accept, Cache-Control, Content-Type, If-Match, If-None-Match",
            "Access-Control-Max-Age": "86400",
            "Allow": problems.ALLOW,
        }
        return self.finished(Answer(b"", "", 204, headers, max_age=0), self.meters["preflight"])
