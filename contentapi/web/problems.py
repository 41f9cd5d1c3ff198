"""Errors as ``application/problem+json`` (RFC 9457), for every status that the service sends. Mapped here, nowhere else."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote

from contentapi.errors import BadParameter, ContentApiError, Gone, IndexUnavailable, NotFound
from contentapi.web.answers import ADDRESS, PROBLEM, Answer, encode
from contentapi.web.schemas import ParameterError, Problem

_log = logging.getLogger("contentapi.web")

#: What each status is called (RFC 9110 §15): a problem without a type of its own bears the name of its status.
TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    410: "Gone",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
#: What a caller can do on every address there is.
ALLOW = "GET, HEAD, OPTIONS"
#: Seconds for which a cache may repeat an error. What is wrong with an address may be right after the next change.
_MAX_AGE = {400: 30, 404: 30, 405: 300, 406: 30, 410: 60, 414: 300, 501: 300}


class NotAcceptable(ContentApiError, ValueError):
    """The caller accepts none of the media types there are."""

    def __init__(self, offered: tuple[str, ...]) -> None:
        names = [one.partition(";")[0] for one in offered]
        super().__init__(f"This is given as {' or '.join(names)}, which the Accept header does not allow.")
        self.offered = names


def problem(
    status: int,
    detail: str,
    instance: str,
    *,
    errors: list[ParameterError] | None = None,
    headers: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> Answer:
    """One problem: ``detail`` says what is wrong with this request, ``errors`` name each parameter."""
    body: Problem = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        # It is a reference (RFC 9457 §3.1.5): what no address can hold is escaped.
        "instance": quote(instance, safe=ADDRESS),
        "errors": errors or [],
    }
    if links:
        body["links"] = dict(links)
    return Answer(
        encode(body),
        PROBLEM,
        status,
        headers or {},
        max_age=_MAX_AGE.get(status, 0),
        # Any number of addresses hold nothing; those must not push out what is asked for.
        store=status == 410,
    )


def of(error: Exception, instance: str, unknown: Iterable[BadParameter] = ()) -> Answer:
    """The problem that a raised error is; of what was not found, ``unknown`` are the parts of the address that name it."""
    if isinstance(error, BadParameter):
        return problem(400, str(error), instance, errors=[of_parameter(error)])
    if isinstance(error, Gone):
        return problem(410, str(error), instance)
    if isinstance(error, NotFound):
        return problem(404, str(error), instance, errors=[of_parameter(one) for one in unknown])
    if isinstance(error, NotAcceptable):
        told: ParameterError = {
            "parameter": "Accept", "detail": str(error), "allowed": error.offered, "did_you_mean": None,
        }  # fmt: skip
        return replace(problem(406, str(error), instance, errors=[told]), negotiated=True)
    if isinstance(error, IndexUnavailable):
        return unavailable("The content is not indexed yet.", instance)
    # What was raised may hold anything a caller sent: it is logged as literals, so that it cannot forge a line.
    _log.error("Failed to answer %r: %r\n%s", instance, error, "".join(traceback.format_tb(error.__traceback__)))
    return problem(500, "Something went wrong here; the request is not to blame.", instance)


def not_allowed(method: str, instance: str) -> Answer:
    """The problem of a method that no address here knows."""
    detail = f"{method[:20]!r} is not allowed here; use GET or HEAD."
    return problem(405, detail, instance, headers={"Allow": ALLOW})


def nowhere(instance: str, near: str | None) -> Answer:
    """The problem of an address that there is not; ``near`` is one like it."""
    detail = "There is nothing at this address." + (f" Did you mean {near!r}?" if near else "")
    told: ParameterError = {"parameter": "path", "detail": detail, "allowed": None, "did_you_mean": near}
    return problem(404, detail, instance, errors=[told] if near else [])


def precondition_failed(instance: str) -> Answer:
    """The problem of an If-Match that names no tag of what would be sent."""
    return problem(412, "What is here bears none of the tags that If-Match names.", instance)


def too_long(longest: int) -> Answer:
    """The problem of an address that is longer than any that means something; it is not repeated."""
    return problem(414, f"The address is longer than {longest} characters, its query included.", "")


def unavailable(detail: str, instance: str, *, seconds: int = 1) -> Answer:
    """The problem of a service that does not answer yet, or no longer: worth asking again after so many seconds."""
    return problem(503, detail, instance, headers={"Retry-After": str(seconds)})


def of_parameter(error: BadParameter) -> ParameterError:
    """What a problem says of one parameter."""
    return {
        "parameter": error.parameter,
        "detail": str(error),
        "allowed": list(error.allowed) if error.allowed is not None else None,
        "did_you_mean": error.did_you_mean,
    }
