"""``/v1/events``: a Server-Sent Event for each new revision (https://html.spec.whatwg.org/multipage/server-sent-events.html).

Of revisions that follow each other faster than a caller takes them, the caller gets the last one: nothing is queued.
"""

from __future__ import annotations

from functools import partial

from contentapi.errors import BadParameter
from contentapi.index.changes import REVISION_ID
from contentapi.web import problems
from contentapi.web.answers import Answer, encode
from contentapi.web.call import Call, Operation
from contentapi.web.params import Text, shown
from contentapi.web.schemas import RevisionEvent
from contentapi.web.streamed import Pieces, Streamed

STREAM = "text/event-stream"
#: Seconds after which something is sent, if only a comment: proxies close a connection on which nothing comes for long.
HEARTBEAT = 15.0
#: Milliseconds after which a browser comes again when the connection ends.
_RETRY = 2000


def events(call: Call) -> Answer:
    """One event for each new revision, as long as the caller stays.

    Its `id` is the revision, its `data` JSON: `revision`, `previous` (null when none was known), and `links.changes`, where
    the changes between the two are. Whoever comes again with `Last-Event-ID` (browsers do), or with `since`, is told at once
    if another revision is served by now; anyone else of the next one.
    """
    if not call.ready:
        return problems.unavailable("The content is not indexed yet.", call.path)
    # A proxy that buffers would keep back the event that everyone waits for.
    headers = {"X-Accel-Buffering": "no"}
    asked, last = call.text("since"), call.last_event or ""
    if asked is not None and not REVISION_ID.fullmatch(asked):
        message = (
            f"since is {shown(asked)}; give a revision: the `X-Content-Revision` of an answer, or the id of an event."
        )
        raise BadParameter("since", message)
    since = last if REVISION_ID.fullmatch(last) else asked or ""
    return Streamed(b"", STREAM, headers=headers, max_age=0, pieces=partial(_events, call, since), lasting=True)


async def _events(call: Call, since: str) -> Pieces:
    known = since or await call.revision_after("", 0.0) or ""
    yield f"retry: {_RETRY}\nid: {known}\n\n".encode()
    while (revision := await call.revision_after(known, HEARTBEAT)) is not None:
        yield _event(call, revision, known) if revision not in {known, ""} else b":\n\n"
        known = revision or known


def _event(call: Call, revision: str, known: str) -> bytes:
    changes = f"/v1/changes?since={known}" if known else "/v1/changes"
    data: RevisionEvent = {
        "revision": revision,
        "previous": known or None,
        "links": {"changes": call.addresses.api(changes)},
    }
    return b"id: %s\ndata: %s\n\n" % (revision.encode(), encode(data))


_SINCE = Text(
    "since",
    "The revision that the caller knows: if another one is served, it is told at once.",
    longest=32,
    pattern=f"^{REVISION_ID.pattern}$",
)

OPERATIONS = (
    Operation(
        "/v1/events",
        "streamEvents",
        "An event for each new revision",
        events,
        "Changes",
        (_SINCE,),
        media={STREAM: str},
        needs_index=False,
        streamed=True,
    ),
)
