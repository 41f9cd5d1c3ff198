"""The application: the route table, and how each route is answered. Dependencies are arguments.

Three layers, each a plain ASGI callable: :class:`Front` sends what is finished, Starlette finds the route of what is not,
and an endpoint has it answered from one state of the index.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from urllib.parse import quote

from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from contentapi import __version__
from contentapi.errors import BadParameter, IndexUnavailable, NotFound
from contentapi.index import listing
from contentapi.index.reach import Named
from contentapi.index.reader import Index, Reader
from contentapi.settings import Settings
from contentapi.text import paths
from contentapi.web import grammar, metrics, negotiation, params, problems
from contentapi.web.addresses import Addresses
from contentapi.web.ahead import BUSY, LATEST, MOST, Ahead
from contentapi.web.answers import ADDRESS, Answer, moved, touched
from contentapi.web.call import Call, Operation
from contentapi.web.finished import Finished, Head, Key, Message, Store, Wanted, conditions, shortened
from contentapi.web.grammar import Asked
from contentapi.web.metrics import Meter
from contentapi.web.resources import (
    articles,
    assets,
    collections,
    diagnostics,
    embed,
    navigation,
    oembed,
    openapi,
    pages,
    phases,
    resolve,
    search,
    status,
    terms,
)

#: Everything that can be asked, in the order in which it is looked for.
OPERATIONS: tuple[Operation, ...] = openapi.with_document(
    *status.OPERATIONS,
    *pages.OPERATIONS,
    *phases.OPERATIONS,
    *articles.OPERATIONS,
    *terms.OPERATIONS,
    *navigation.OPERATIONS,
    *collections.OPERATIONS,
    *search.OPERATIONS,
    *resolve.OPERATIONS,
    *diagnostics.OPERATIONS,
    *assets.OPERATIONS,
    *embed.OPERATIONS,
    *oembed.OPERATIONS,
)
#: The longest address, query included, that is answered by more than 414.
_LONGEST_TARGET = 8000
#: Seconds for which a worker takes the index to be as it last saw it.
_FRESH = 0.02
_SENT = frozenset({"GET", "HEAD"})
#: So many names an error lists at most.
_MOST_NAMED = 100


def create_app(
    settings: Settings,
    *,
    index: Index,
    ready: Callable[[], bool],
    lifespan: Lifespan[Any] | None = None,
    ahead: bool = False,
) -> Front:
    """The service over one index. ``ready`` says whether the first sync is complete, and the service not about to end.

    ``ahead`` makes the answers of a new revision before it turns to it when many ask (:mod:`contentapi.web.ahead`).
    """
    desk = Desk(settings, index, ready)
    routes = [Route(one.path, Endpoint(one, desk)) for one in OPERATIONS]
    router = Router(routes, redirect_slashes=False, default=Elsewhere(routes, desk), lifespan=lifespan)
    front = Front(router, desk)
    desk.ahead = Ahead(front.make) if ahead else None
    return front


class _Turn(NamedTuple):
    """A revision to turn to, what is finished of it, and the number of the last sync that it holds."""

    revision: str
    store: Store
    reached: int


class Desk:
    """What the layers share: the index, the settings, the answers that are finished, and the counts of what was sent."""

    def __init__(self, settings: Settings, index: Index, ready: Callable[[], bool]) -> None:
        self.settings = settings
        self.index = index
        self.ready = ready
        self.addresses = Addresses(settings.site)
        self.store = Store()
        self.ahead: Ahead | None = None
        #: What answers are made ahead of, and when it is turned to at the latest.
        self._next: tuple[_Turn, float] | None = None
        #: The number of the last sync of which the finished answers know what it reached.
        self._reached = 0
        self._asked = 0
        self._looked = 0.0
        self.meters = {name: Meter() for name in (*(one.name for one in OPERATIONS), "preflight", "elsewhere")}
        #: The revision last seen, when something scheduled appears (seconds since the epoch), and when to look again.
        self.revision = ""
        self.due: float | None = None
        self.look_at = 0.0
        self.preflight = self._preflight()
        self._version: tuple[int, int, int] | None = None

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
        except Exception:  # noqa: BLE001 - an index that cannot be read is none; whoever asks it is told why
            version, revision, due = None, "", None
        self._version = version
        self.due = due
        if revision == self.revision:
            self._stay(reached)
        elif revision and self.ahead is not None and (self._next is not None or asked >= BUSY * (now - looked)):
            self._go_ahead(self.ahead, _Turn(revision, self._untouched(named), reached), now)
        else:
            self._turn(_Turn(revision, self._untouched(named), reached))

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
        recent = [one for one in reversed(self.store.recent(MOST)) if turn.store.get(*one) is None]
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

    def timely(self, finished: Finished, head: Head) -> Head:
        """A head whose lifetime ends when something scheduled appears."""
        until = (self.due or 0.0) - time.time()
        return shortened(head, finished, until) if finished.concerned(until) else head

    def metrics(self) -> str:
        """What this process has answered, for a scrape."""
        try:
            with self.index.reading() as reader:
                documents = listing.counts(reader)
        except IndexUnavailable:
            documents = {}
        kept = (len(self.store), self.store.bytes)
        return metrics.render(self.meters, metrics.Facts(__version__, self.revision, self.ready(), documents, kept))

    def _preflight(self) -> Finished:
        """What a browser asks before it sends a header of its own (Fetch §4.8); the same for every address."""
        headers = {
            "Access-Control-Allow-Methods": problems.ALLOW,
            "Access-Control-Allow-Headers": "Accept, Cache-Control, Content-Type, If-Match, If-None-Match",
            "Access-Control-Max-Age": "86400",
            "Allow": problems.ALLOW,
        }
        return self.finished(Answer(b"", "", 204, headers, max_age=0), self.meters["preflight"])


@dataclass(slots=True)
class Request:
    """What the route of a request must know of it, and the answer that the route leaves here."""

    path: bytes
    query: bytes
    accept: bytes | None
    finished: Finished | None = None


class Front:
    """Sends what is finished; what is not, the router has answered first."""

    def __init__(self, router: ASGIApp, desk: Desk) -> None:
        self._router = router
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        started = time.monotonic()
        desk = self._desk
        if started >= desk.look_at:
            desk.look(started)
        accept, encoding, match, none_match = conditions(scope["headers"])
        found: Finished | None = None
        if scope["method"] in _SENT:
            found = desk.get((scope.get("raw_path") or b"", scope["query_string"]), accept)
        if found is None:
            found = await self._answered(scope, receive, send, accept)
            if found is None:
                return
        message = found.form(encoding).under(match, none_match)
        if message is None:
            found = desk.finished(problems.precondition_failed(_sent_path(scope)), found.meter)
            message = found.form(encoding).whole
        head = message.head if desk.due is None else desk.timely(found, message.head)
        await send({"type": "http.response.start", "status": message.status, "headers": head})
        await send({"type": "http.response.body", "body": message.body if scope["method"] != "HEAD" else b""})
        found.meter.note(message.status, time.monotonic() - started)

    def ready(self, wanted: Wanted, now: float) -> tuple[Finished, Message] | None:
        """What a request is answered with when that is finished and nothing else is to be considered; None when it is not.

        ``now`` is a time of the monotonic clock.
        """
        desk = self._desk
        if now >= desk.look_at:
            desk.look(now)
        found = desk.get(wanted.key, wanted.accept)
        # What is about to change is for the long way.
        if found is None or desk.due is not None:
            return None
        message = found.form(wanted.encoding).under(None, wanted.none_match)
        return (found, message) if message is not None else None

    async def make(self, key: Key, accept: bytes | None) -> None:
        """Finishes the answer of an address, so that it is kept."""
        path, query = key
        scope: dict[str, Any] = {"type": "http", "method": "GET", "headers": []}
        scope.update(path=path.decode("latin-1"), raw_path=path, query_string=query)
        await self._answered(scope, _nothing, _nothing, accept)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, accept: bytes | None) -> Finished | None:
        """The answer of the route; None when the route has sent it by itself."""
        if scope["method"] == "OPTIONS":
            return self._desk.preflight
        # Routes are found by the path as it was sent: in it, `%2F` is no slash.
        path, query = _sent_path(scope), scope["query_string"]
        if len(path) + len(query) > _LONGEST_TARGET:
            return self._desk.finished(problems.too_long(_LONGEST_TARGET), self._desk.meters["elsewhere"])
        request = Request(scope.get("raw_path") or path.encode(), query, accept)
        try:
            await self._router({**scope, "path": path, "root_path": "", "contentapi": request}, receive, send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem document
            return self._desk.finished(problems.of(error, path), self._desk.meters["elsewhere"])
        return request.finished

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
        else:
            await self._router(scope, receive, send)


async def _nothing(*_: object) -> Any:
    """Neither receives nor sends: the routes leave their answers to :class:`Front`."""


def _sent_path(scope: Scope) -> str:
    """The path as it was sent, below the one under which the application is mounted; ASCII."""
    raw = scope.get("raw_path")
    path = quote(raw, safe=ADDRESS) if raw is not None else paths.encode(scope["path"])
    root = scope.get("root_path", "")
    return path.removeprefix(paths.encode(root)) if root else path


class Endpoint:
    """Answers one operation from one state of the index."""

    def __init__(self, operation: Operation, desk: Desk) -> None:
        self._operation = operation
        self._desk = desk
        self._meter = desk.meters[operation.name]

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        request: Request = scope["contentapi"]
        if scope["method"] not in _SENT:
            request.finished = self._desk.finished(problems.not_allowed(scope["method"], scope["path"]), self._meter)
            return
        offers = self._operation.offers
        media = (negotiation.media_type(request.accept, offers) or "") if offers else ""
        answer, revision = self._answer(scope, request, media)
        request.finished = Finished(answer, revision or self._desk.revision, self._meter)
        if answer.store and answer.max_age and revision:
            key = (request.path, request.query)
            self._desk.keep(revision, key, request.finished, media, offers if answer.negotiated else ())

    def _answer(self, scope: Scope, request: Request, media: str) -> tuple[Answer, str]:
        """The answer, and the revision it is of; no failure leaves here but as a problem document."""
        revision = ""
        try:
            if not self._operation.needs_index:
                return self._operation.handler(self._call(scope, request, None, media)), ""
            with self._desk.index.reading() as reader:
                revision = reader.revision
                try:
                    return self._once_spelled(scope, self._call(scope, request, reader, media)), revision
                except BadParameter as error:
                    return self._led_on(scope, request, reader, media, error), revision
                except NotFound as error:
                    return problems.of(error, scope["path"], self._allowed(reader, scope)), revision
        except Exception as error:  # noqa: BLE001 - every failure is a problem document, mapped in one place
            return problems.of(error, scope["path"]), revision

    def _once_spelled(self, scope: Scope, call: Call) -> Answer:
        """The answer under the one spelling of its address; under any other, the way there."""
        answer = self._operation.handler(call)
        if answer.status == 200 and call.path != scope["path"]:
            return moved(call.addresses.api(call.path) + (f"?{call.query}" if call.query else ""))
        return answer

    def _led_on(self, scope: Scope, request: Request, reader: Reader, media: str, error: BadParameter) -> Answer:
        """The way on from an address that only leads on: what a query means there is for the other address to say."""
        try:
            found = self._once_spelled(scope, self._call(scope, request, reader, media, asked=Asked({})))
        except Exception:  # noqa: BLE001 - then the query is what is wrong
            raise error from None
        if found.status != 308:
            raise error
        return found

    def _allowed(self, reader: Reader, scope: Scope) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Of each segment that must be one of a few: its name, what was asked, and what there is."""
        segments = _segments(scope)
        for one in self._operation.segments:
            allowed = tuple(one.values(reader, segments)) if one.closed else ()
            if 0 < len(allowed) <= _MOST_NAMED and segments[one.name] not in allowed:
                yield one.name, segments[one.name], allowed

    def _call(
        self, scope: Scope, request: Request, reader: Reader | None, media: str, *, asked: Asked | None = None
    ) -> Call:
        query = quote(request.query, safe=ADDRESS)
        operation = self._operation
        segments = _segments(scope)
        return Call(
            reader=cast("Reader", reader),  # an operation that needs no index never looks at it
            settings=self._desk.settings,
            addresses=self._desk.addresses,
            path=_spelled(operation.path, segments),
            raw_path=scope["path"],
            query=query,
            segments=segments,
            asked=_asked(operation, query, reader, segments) if asked is None else asked,
            ready=self._desk.ready(),
            accept=media,
            metrics=self._desk.metrics,
        )


def _segments(scope: Scope) -> dict[str, str]:
    """The variable parts of a path as the index spells them: NFC, but for files, whose names are those of their folder."""
    decoded = {name: paths.decode(raw) for name, raw in scope["path_params"].items()}
    return {name: text if name == "path" else unicodedata.normalize("NFC", text) for name, text in decoded.items()}


def _spelled(pattern: str, segments: Mapping[str, str]) -> str:
    """The canonical path of an operation."""
    for name, text in segments.items():
        whole = f"{{{name}:path}}"
        encoded = paths.encode(text)
        pattern = (
            pattern.replace(whole, encoded)
            if whole in pattern
            else pattern.replace(f"{{{name}}}", encoded.replace("/", "%2F"))
        )
    return pattern


def _asked(operation: Operation, query: str, reader: Reader | None, segments: Mapping[str, str]) -> Asked:
    declared = operation.declared(cast("Reader", reader), segments)
    known = {one.name for one in declared}
    written = grammar.pairs(query, lenient=operation.lenient)
    # The fields of a list stand in the index; they are looked up when something may be meant by one.
    needed = any(name not in known or name == "sort" for name, _ in written)
    fields = operation.fields(reader, segments) if needed and operation.fields and reader is not None else ()
    return grammar.read(declared, fields, written, lenient=operation.lenient)


class Elsewhere:
    """Answers where there is no route: with the way to the address that was meant, else with 404."""

    def __init__(self, routes: Sequence[Route], desk: Desk) -> None:
        self._routes = routes
        self._desk = desk
        self._paths = [route.path for route in routes if "{" not in route.path]

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        request: Request = scope["contentapi"]
        answer = problems.nowhere(scope["path"], params.nearest(scope["path"], self._paths))
        meant = paths.encode(paths.decode(scope["path"])).rstrip("/")
        if scope["method"] in _SENT and meant != scope["path"] and self._known(scope, meant):
            query = quote(request.query, safe=ADDRESS)
            answer = moved(self._desk.addresses.api(meant) + (f"?{query}" if query else ""))
        request.finished = self._desk.finished(answer, self._desk.meters["elsewhere"])

    def _known(self, scope: Scope, path: str) -> bool:
        return any(route.matches({**scope, "path": path})[0] is Match.FULL for route in self._routes)
