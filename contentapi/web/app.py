"""The application: the route table, and how each route is answered. Dependencies are arguments.

Three layers, each a plain ASGI callable: :class:`Front` sends what is finished, Starlette finds the route of what is not,
and an endpoint has it answered from one state of the index.
"""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from contentapi.errors import BadParameter, NotFound
from contentapi.index.reader import Index, Reader
from contentapi.settings import Settings
from contentapi.text import paths
from contentapi.web import grammar, negotiation, params, problems, streamed
from contentapi.web.addresses import spelled
from contentapi.web.ahead import Ahead
from contentapi.web.answers import ADDRESS, Answer, Later, moved
from contentapi.web.call import Call, Operation, Segment, Segments
from contentapi.web.desk import Desk
from contentapi.web.finished import Finished, Key, Message, Wanted, conditions
from contentapi.web.grammar import Asked
from contentapi.web.resources import (
    articles,
    assets,
    changes,
    collections,
    crawlers,
    diagnostics,
    embed,
    events,
    export,
    feeds,
    llms,
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
from contentapi.web.streamed import Streamed

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
    *changes.OPERATIONS,
    *events.OPERATIONS,
    *export.OPERATIONS,
    *diagnostics.OPERATIONS,
    *assets.OPERATIONS,
    *embed.OPERATIONS,
    *oembed.OPERATIONS,
    *feeds.OPERATIONS,
    *crawlers.OPERATIONS,
    *llms.OPERATIONS,
)
#: The longest address, query included, that is answered by more than 414.
_LONGEST_TARGET = 8000
_SENT = frozenset({"GET", "HEAD"})
#: So many names an error lists at most.
_MOST_NAMED = 100
#: So much a name must be like one that there is not, of many, to be what was meant.
_LIKE = 0.8


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
    desk = Desk(settings, index, ready, [one.name for one in OPERATIONS])
    routes = [Route(one.path, (Streaming if one.streamed else Endpoint)(one, desk)) for one in OPERATIONS]
    router = Router(routes, redirect_slashes=False, default=Elsewhere(routes, desk), lifespan=lifespan)
    front = Front(router, desk)
    desk.ahead = Ahead(front.make) if ahead else None
    return front


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


Reading = Callable[[], AbstractContextManager[Reader]]


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
        answer, revision = self._answer(scope, request, media, self._desk.index.reading)
        if isinstance(answer, Later):
            answer, finished = await asyncio.to_thread(self._made, scope, answer, revision)
        else:
            finished = Finished(answer, revision or self._desk.revision, self._meter)
        request.finished = finished
        if answer.store and answer.max_age and revision:
            key = (request.path, request.query)
            self._desk.keep(revision, key, finished, media, offers if answer.negotiated else ())

    def _made(self, scope: Scope, later: Later, revision: str) -> tuple[Answer, Finished]:
        """An answer that takes long, whole and in the coding that the caller likes best: to be called in a thread."""
        try:
            answer = later.make()
        except Exception as error:  # noqa: BLE001 - as below
            answer = problems.of(error, scope["path"])
        finished = Finished(answer, revision, self._meter)
        finished.form(conditions(scope["headers"])[1])
        return answer, finished

    def _answer(self, scope: Scope, request: Request, media: str, reading: Reading) -> tuple[Answer, str]:
        """The answer, and the revision it is of; no failure leaves here but as a problem document."""
        revision = ""
        try:
            if not self._operation.needs_index:
                return self._operation.handler(self._call(scope, request, None, media)), ""
            with reading() as reader:
                revision = reader.revision
                try:
                    return self._once_spelled(scope, self._call(scope, request, reader, media)), revision
                except BadParameter as error:
                    return self._led_on(scope, request, reader, media, error), revision
                except NotFound as error:
                    return problems.of(error, scope["path"], self._unknown(reader, scope, error)), revision
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

    def _unknown(self, reader: Reader, scope: Scope, error: NotFound) -> Iterator[BadParameter]:
        """What names something that there is not: each segment that is none of a few, else the last one."""
        if error.named is not None:
            yield error.named
            return
        segments = _segments(scope)
        closed = [one for one in self._operation.segments if one.closed]
        allowed = {one.name: tuple(one.values(reader, segments)) for one in closed}
        found = [
            params.unknown(name, segments[name], few)
            for name, few in allowed.items()
            if len(few) <= _MOST_NAMED and segments[name] not in few
        ]
        yield from found or (_like(one, reader, segments) for one in self._operation.segments[-1:])

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
            path=spelled(operation.path, segments),
            raw_path=scope["path"],
            query=query,
            segments=segments,
            asked=_asked(operation, query, reader, segments) if asked is None else asked,
            ready=self._desk.serving(),
            accept=media,
            metrics=self._desk.metrics,
            revision_after=self._desk.revisions.other,
            last_event=_last_event(scope) if operation.streamed else None,
        )


class Streaming(Endpoint):
    """Answers one operation while it reads, from a state of the index that is kept for it until all is sent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in _SENT:
            await super().__call__(scope, receive, send)
            return
        request: Request = scope["contentapi"]
        with ExitStack() as kept:

            def reading() -> AbstractContextManager[Reader]:
                return nullcontext(kept.enter_context(self._desk.index.apart()))

            answer, revision = self._answer(scope, request, "", reading)
            if isinstance(answer, Streamed):
                refused = await self._stream(scope, receive, send, answer, revision)
                answer = refused if refused is not None else answer
            if not isinstance(answer, Streamed):
                request.finished = Finished(answer, revision or self._desk.revision, self._meter)

    async def _stream(
        self, scope: Scope, receive: Receive, send: Send, answer: Streamed, revision: str
    ) -> Answer | None:
        """Sends a streamed answer; gives what is to be sent in its place when it cannot be."""
        started = time.monotonic()
        desk = self._desk
        _, encoding, match, none_match = conditions(scope["headers"])
        coding = negotiation.IDENTITY if answer.lasting else negotiation.coding(encoding)
        form = streamed.form(answer, revision or desk.revision, desk.shaped, coding)
        message = form.under(match, none_match)
        if message is None:
            return problems.precondition_failed(scope["path"])
        whole = message is form.whole and scope["method"] == "GET"
        streams = desk.listeners if answer.lasting else desk.streams
        if whole and streams.full:
            detail = "Too many answers of this length are under way."
            return problems.unavailable(detail, scope["path"], seconds=streamed.RETRY)
        head = message.head if desk.due is None else desk.timely(answer, message.head)
        await send({"type": "http.response.start", "status": message.status, "headers": head})
        if whole:
            await streams.send(streamed.coded(answer.pieces(), coding), receive, send)
        else:
            await send({"type": "http.response.body", "body": b""})
        self._meter.note(message.status, time.monotonic() - started)
        return None


def _segments(scope: Scope) -> dict[str, str]:
    """The variable parts of a path as the index spells them: NFC, but for files, whose names are those of their folder."""
    decoded = {name: paths.decode(raw) for name, raw in scope["path_params"].items()}
    return {name: text if name == "path" else unicodedata.normalize("NFC", text) for name, text in decoded.items()}


def _like(one: Segment, reader: Reader, segments: Segments) -> BadParameter:
    """That a segment is none of many, and which of them it is most like."""
    asked = segments[one.name]
    beside = one.beside(reader, segments) if one.beside is not None else ()
    return params.unknown(one.name, asked, None, near=params.nearest(asked, beside, likeness=_LIKE))


def _last_event(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), None)


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
        answer = problems.nowhere(scope["path"], self._near(scope["path"]))
        meant = paths.encode(paths.decode(scope["path"])).rstrip("/")
        if scope["method"] in _SENT and meant != scope["path"] and self._known(scope, meant):
            query = quote(request.query, safe=ADDRESS)
            answer = moved(self._desk.addresses.api(meant) + (f"?{query}" if query else ""))
        request.finished = self._desk.finished(answer, self._desk.meters["elsewhere"])

    def _near(self, path: str) -> str | None:
        """An address like that one; above them all, as ``/v1`` is, the one that leads to every other."""
        if any(one.startswith(f"{path.rstrip('/')}/") for one in self._paths):
            return "/"
        return params.nearest(path, self._paths)

    def _known(self, scope: Scope, path: str) -> bool:
        return any(route.matches({**scope, "path": path})[0] is Match.FULL for route in self._routes)
