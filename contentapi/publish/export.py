"""The export of a content folder: the answers of one state of its index as files, and what servers need to know of them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from contentapi.errors import ExportError
from contentapi.index import frozen
from contentapi.index.reader import Index
from contentapi.publish import folder, patterns
from contentapi.publish.answers import Published, head
from contentapi.publish.asking import ask
from contentapi.publish.folder import Changes, Folder
from contentapi.publish.names import is_regular
from contentapi.publish.nginx import Nginx
from contentapi.publish.record import Record
from contentapi.publish.walk import Progress, Walk
from contentapi.settings import Settings
from contentapi.web import every
from contentapi.web.app import OPERATIONS, create_app
from contentapi.web.every import Address

RECORD = "headers.json"
HTTP = "nginx/http.conf"
SERVER = "nginx/server.conf"
#: In the order in which they are put in place: a server is told of what is there already.
_LAST = (RECORD, SERVER, HTTP)
_QUERY = "it says nothing without a query"


@dataclass(frozen=True, slots=True)
class Summary:
    """What an export holds and what it leaves out: addresses or patterns of them, each with the reason.

    ``left`` is no file by its nature; ``failed`` should have been one. ``renamed`` are the addresses whose files only
    ``headers.json`` names. ``due`` is when something scheduled appears, in seconds since the epoch.
    """

    revision: str
    addresses: int
    changes: Changes
    left: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...]
    renamed: tuple[str, ...]
    due: float | None


def export(settings: Settings, to: Path, *, progress: Progress | None = None) -> Summary:
    """Makes a folder equal to what the service over these settings answers without a query.

    Raises :class:`ExportError` when that folder cannot be written or holds what is no export, and
    :class:`IndexUnavailable` when there is no index.
    """
    _apart(settings.folder, to)
    with folder.opened(to) as target, tempfile.TemporaryDirectory(prefix="contentapi-") as scratch:
        path = Path(scratch) / "index.db"
        due = frozen.copy(settings.index, path)
        index = Index(path, settings.site)
        try:
            return asyncio.run(_Export(settings, index, target, due).run(progress))
        finally:
            index.close()


def _apart(content: Path, to: Path) -> None:
    """Raises :class:`ExportError` when an export would become content."""
    if to.resolve().is_relative_to(content.resolve()):
        message = f"{to} lies in the content folder; choose a place outside it."
        raise ExportError(message)


class _Export:
    """One export on its way."""

    def __init__(self, settings: Settings, index: Index, target: Folder, due: float | None) -> None:
        self._app = create_app(settings, index=index, ready=lambda: True)
        self._index = index
        self._target = target
        self._due = due
        self._site = settings.site
        self._api = settings.site.api or ""
        self._walk = Walk(self._app, self._api, target.put)
        self._renamed: list[str] = []
        self._unknown: list[tuple[str, str]] = []

    async def run(self, progress: Progress | None) -> Summary:
        with self._index.reading() as reader:
            revision = reader.revision
            origins = reader.rules.origins
            asked = list(every.addresses(OPERATIONS, reader))
        if progress is not None:
            progress.start(len(asked))
        with ExitStack() as stack:
            preflight = await ask(self._app, "/", method="OPTIONS")
            preflight.body.close()
            nginx = Nginx(lambda: _scratch(stack), self._api, revision, head(preflight.fields))
            record = stack.enter_context(tempfile.TemporaryFile())
            count = await self._all(asked, progress, nginx, Record(record, revision))
            async for rule in patterns.rules(self._app, self._site, origins):
                nginx.add_rule(rule)
            self._put(RECORD, record)
            for name, write in ((HTTP, nginx.write_http), (SERVER, nginx.write_server)):
                with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as made:
                    write(made)
                    made.flush()
                    self._put(name, cast("IO[bytes]", made.buffer))
        self._target.publish(_LAST, revision)
        return Summary(
            revision,
            count,
            self._target.changes,
            (*_queries(), *self._walk.left),
            (*self._walk.failed, *self._unknown),
            tuple(self._renamed),
            self._due,
        )

    async def _all(self, asked: Iterable[Address], progress: Progress | None, nginx: Nginx, record: Record) -> int:
        count = 0
        step = progress.step if progress is not None else lambda: None
        async for one in self._walk.through(asked, step):
            count += 1
            record.add(one)
            self._note(one)
            if not nginx.add(one):
                self._unknown.append((one.target, "nginx cannot be told of it; its files are there"))
        record.end()
        return count

    def _note(self, one: Published) -> None:
        if not all(is_regular(coded.file) for form in one.forms for coded in form.codings):
            self._renamed.append(one.target)

    def _put(self, name: str, file: IO[bytes]) -> None:
        file.seek(0)
        self._target.put(name, file)


def _scratch(stack: ExitStack) -> IO[str]:
    return stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))


def _queries() -> list[tuple[str, str]]:
    return [(one.path, _QUERY) for one in OPERATIONS if every.needs_query(one)]
