"""What a server of files says by itself: the problems of addresses and methods that nothing was published for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contentapi.errors import Gone
from contentapi.publish.answers import head
from contentapi.web import problems
from contentapi.web.answers import STRUCTURE, Answer, moved
from contentapi.web.finished import Finished
from contentapi.web.problems import NotAcceptable

#: What stands for the address, the method and the target until a request has them: nothing that is ever sent.
ADDRESS = "/CONTENTAPI-ADDRESS"
METHOD = "CONTENTAPI-METHOD"
_NO_QUERY = (
    "These are files: no query is answered here but those of links.next. Ask for the address without it, or the service "
    "that wrote them."
)
_BROKEN = "The server of these files failed to give this one; the request is not to blame."


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that no file holds: its head, and its body with what stands for parts of the request."""

    status: int
    head: Mapping[str, str]
    body: str


def nowhere(revision: str) -> Told:
    """404."""
    return _told(problems.nowhere(ADDRESS, None), revision)


def not_allowed(revision: str) -> Told:
    """405. Its method stands between quotes."""
    return _told(problems.not_allowed(METHOD, ADDRESS), revision)


def not_acceptable(revision: str, offers: tuple[str, ...]) -> Told:
    """406."""
    return _told(problems.of(NotAcceptable(offers), ADDRESS), revision)


def no_query(revision: str) -> Told:
    """501: a query that only the service can answer."""
    return _told(problems.problem(501, _NO_QUERY, ADDRESS), revision)


def gone(revision: str) -> Told:
    """410 by a pattern."""
    return _told(problems.of(Gone("page", ADDRESS), ADDRESS), revision)


def elsewhere(revision: str, *, by_path: bool) -> Told:
    """308 from another spelling; ``by_path``: of an address that is the path of a page."""
    keys = (STRUCTURE, "redirects") if by_path else (STRUCTURE,)
    return _told(moved(ADDRESS, keys=keys), revision)


def broken(revision: str) -> Told:
    """What the server of the files answers when it fails itself."""
    return _told(problems.problem(500, _BROKEN, ""), revision)


def _told(answer: Answer, revision: str) -> Told:
    message = Finished(answer, revision).form(None).whole
    fields = {name.decode(): value.decode() for name, value in message.head}
    return Told(message.status, head(fields), message.body.decode())
