"""The walk through everything that can be published: each address is asked for in every form and coding, and written."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import IO, Protocol
from urllib.parse import urlsplit

from contentapi.publish.answers import Coded, Form, Published, head
from contentapi.publish.asking import App, Reply, ask
from contentapi.publish.names import CODED, Names
from contentapi.web.call import Many, One, Operation
from contentapi.web.every import Address

_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')
_PUBLISHED = frozenset({200, 308, 410})
IDENTITY = "identity"
#: Where all answers lie, below the folder of the export.
PUBLIC = "public"


class Progress(Protocol):
    """Whoever wants to see how far it is."""

    def start(self, total: int) -> None:
        """So many addresses will be asked for, list pages that follow apart."""

    def step(self) -> None:
        """One more was."""


@dataclass(slots=True)
class Walk:
    """One walk. ``put`` takes a file by its name; what cannot be published is told in ``left``: address, and why."""

    app: App
    api: str
    put: Callable[[str, IO[bytes]], None]
    names: Names = field(default_factory=Names)
    left: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    async def through(self, addresses: Iterable[Address], step: Callable[[], None]) -> AsyncIterator[Published]:
        """Everything that is published, in the order of the addresses; after the first result page of a list, the others."""
        for one in addresses:
            target: str | None = one.path
            asked: set[str] = set()
            while target is not None:
                if target in asked:
                    self.failed.append((target, "it follows itself"))
                    break
                asked.add(target)
                found, target = await self._published(one, target, len(asked))
                if found is not None:
                    yield found
            step()

    async def _published(self, one: Address, target: str, number: int) -> tuple[Published | None, str | None]:
        """What is published of an address, and the next result page, if there is one."""
        reply = await ask(self.app, target)
        with reply.body:
            if not reply.lasting:
                self._leave(one, reply)
                return None, None
            if reply.status not in _PUBLISHED:
                if reply.status == 404 and 404 in one.operation.also and not one.operation.segments:
                    self.left.append((one.path, "there is nothing to say under these settings"))
                elif not _may_be_nothing(one, reply.status):
                    self.failed.append((target, f"it answers {reply.status}"))
                return None, None
            forms = (
                await self._negotiated(one.operation, target)
                if reply.varies("Accept") and one.operation.offers
                else (await self._form(target, reply, own=True, number=number),)
            )
        if any(form.status != reply.status for form in forms):
            self.failed.append((target, f"it answers {', '.join(str(form.status) for form in forms)} in its forms"))
            return None, None
        return _published(one, target, forms), self._following(reply, target)

    def _leave(self, one: Address, reply: Reply) -> None:
        if reply.status < 500:
            self.left.append((one.path, "what it says is of the instant it is asked at"))
        else:
            self.failed.append((one.path, f"it answers {reply.status}"))

    def _following(self, reply: Reply, target: str) -> str | None:
        found = _NEXT.search(reply.field("link"))
        if found is None or reply.status != 200:
            return None
        following = self._target(found[1])
        if following.partition("?")[0] != target.partition("?")[0]:
            self.failed.append((following, f"{target} says that it follows"))
            return None
        return following

    def _target(self, address: str) -> str:
        """What is asked for at an address of this service, whatever host it says it has."""
        url = urlsplit(address)
        asked = url._replace(scheme="", netloc="", path=url.path.removeprefix(urlsplit(self.api).path))
        return asked.geturl()

    async def _negotiated(self, operation: Operation, target: str) -> tuple[Form, ...]:
        forms = []
        for offer in operation.offers:
            media = offer.partition(";")[0]
            reply = await ask(self.app, target, accept=media)
            with reply.body:
                forms.append(await self._form(target, reply, accept=media, own=False))
        return tuple(forms)

    async def _form(self, target: str, reply: Reply, *, own: bool, accept: str = "", number: int = 1) -> Form:
        """One form of an answer, its files written. ``reply`` is it in no coding, and still open."""
        told = head(reply.fields)
        if reply.status == 308:
            return Form(reply.status, told, (), accept)
        file = self.names.take(target, reply.field("content-type"), own=own, number=number)
        self.put(f"{PUBLIC}/{file}", reply.body)
        codings = [Coded(IDENTITY, file, reply.field("etag"))]
        for coding, ending in CODED.items() if reply.varies("Accept-Encoding") else ():
            headers = {"accept": accept} if accept else {}
            coded = await ask(self.app, target, accept_encoding=coding, **headers)
            with coded.body:
                if coded.field("etag") != _tag_in(coding, reply.field("etag")):
                    self.failed.append((f"{target} in {coding}", f"its ETag is {coded.field('etag')}"))
                elif coded.field("content-encoding") == coding:
                    self.put(f"{PUBLIC}/{file}{ending}", coded.body)
                    codings.append(Coded(coding, file + ending, coded.field("etag")))
        return Form(reply.status, told, tuple(codings), accept)


def _may_be_nothing(one: Address, status: int) -> bool:
    """Whether there need be nothing: a form that is asked for by an ending; where a redirect leads that goes in a circle."""
    return status == 404 and (not one.main or 410 in one.operation.also)


def _tag_in(coding: str, etag: str) -> str:
    """The ETag in a coding of what has this one in none: a server of files makes the one of the other."""
    return f'{etag.removesuffix(chr(34))}-{coding}"' if etag else ""


def _published(one: Address, target: str, forms: tuple[Form, ...]) -> Published:
    operation = one.operation
    # A list can be filtered by whatever its documents have, so that no query is without effect.
    chooses = isinstance(operation.answer, One | Many) or operation.fields is not None
    names = tuple(sorted(one.name for one in operation.params))
    by_path = operation.path.endswith(":path}")
    strict = not operation.lenient or chooses
    return Published(target, forms, by_path=by_path, main=one.main, strict=strict, ignores=names or None)
