"""``/v1/changes``: what was added, changed, moved and removed since some moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from contentapi.errors import BadParameter, HistoryLost
from contentapi.index import changes
from contentapi.index.changes import Change
from contentapi.index.reader import Reader
from contentapi.web import call as calls
from contentapi.web import params, present, problems
from contentapi.web.answers import REVISION, Answer, json
from contentapi.web.call import LIMIT, Call, Operation
from contentapi.web.params import Param, Words
from contentapi.web.present import Object
from contentapi.web.resources import export
from contentapi.web.schemas import ChangeEntry, Changes, ListLinks

#: What ``include`` adds to each change, and what of the body it adds to the resource there: what can be followed of it.
_RESOURCE, _BODY = "resource", ("html", "toc", "markdown", "text", "sections")
_EXPORT = "/v1/export.ndjson"


def list_changes(call: Call) -> Answer:
    """What was added, changed, moved and removed since a revision, a token or a date: the earliest first, each once.

    A document has changed when its file has, and when what its list item or its HTML shows of others has: the address of a
    link, the title of a breadcrumb, the card of an author, a step beside it. Nothing is lost by asking twice: each change
    says what is so now. Give `meta.token` as `since` next time. Without `since`: all that this index remembers.

    A moment that is not remembered is answered with 410; `links` then says how to start again (`export`), or how to compare
    (`compare`).
    """
    try:
        written = call.text("since")
        start = changes.beginning(call.reader) if written is None else changes.place(call.reader, written)
    except HistoryLost as error:
        return _lost(call, error)
    told = changes.since(call.reader, start, params.texts(call.values, "collection"), call.limit())
    token = told.place.encode(call.reader)
    links: ListLinks = {
        "self": calls.at(call, "since", written),
        "next": None if told.complete else calls.at(call, "since", token),
        "prev": None,
    }
    body: Changes = {
        "items": [_entry(call, one) for one in told.changes],
        "meta": {
            "total": None,
            "limit": call.limit(),
            "revision": call.reader.revision,
            "token": token,
            "complete": told.complete,
        },
        "links": links,
    }
    headers = {"Link": calls.link_header({"self": links["self"], "next": links["next"]})}
    return json(body, headers=headers, keys=("changes", REVISION), max_age=0)


def _lost(call: Call, error: HistoryLost) -> Answer:
    """What to do instead. It is hardly kept: a revision that is not known here yet may be in a moment."""
    start, compare = (call.addresses.api(_EXPORT + query) for query in ("", "?fields=id,digest"))
    detail = (
        f"This is longer ago than the index remembers: start again from {start}."
        if error.known
        else f"This index knows no such moment; it may be another one than you followed. Compare with {compare}, "
        f"or start again from {start}."
    )
    named = problems.of_parameter(BadParameter("since", detail))
    answer = problems.problem(410, detail, call.path, errors=[named], links={"export": start, "compare": compare})
    return replace(answer, max_age=1, store=False)


# -- one change -------------------------------------------------------------------------------------------------------


def _entry(call: Call, one: Change) -> ChangeEntry:
    row, before = one.row, one.previous
    found: ChangeEntry = {
        "change": one.kind,
        "seen": dt.datetime.fromtimestamp(one.seen, dt.UTC).isoformat(timespec="milliseconds"),
        "type": one.type,
        "id": one.id,
        "path": one.path,
        "slug": row.slug if row is not None else None,
        "title": row.title if row is not None else None,
        "digest": row.digest if row is not None else None,
        "source": one.source,
        "previous": {"id": before.id, "path": before.path, "source": before.source} if before is not None else None,
        "links": present.card(call.addresses, row)["links"] if row is not None else None,
    }
    if "include" in call.asked.given or "fields" in call.asked.given:
        found["resource"] = _resource(call, one)
    return found


def _resource(call: Call, one: Change) -> Object | None:
    """The document as an export gives it."""
    if one.row is None:
        return None
    return present.present(
        present.of_row(call.reader, call.addresses, one.row),
        present.of_kind(one.row.type),
        listed=True,
        include=params.texts(call.values, "include"),
        fields=params.texts(call.values, "fields"),
    )


def _chosen(reader: Reader) -> tuple[Param, ...]:
    collection, _, fields = export.chosen(reader)
    include = Words(
        "include",
        "`resource`: gives with each change the document, as an export gives it; the others add keys to that.",
        (_RESOURCE, *_BODY),
    )
    return collection, include, replace(fields, description=f"{fields.description} It asks for `resource`.")


_SINCE = params.Text(
    "since", "A revision, a token (`meta.token`), or a date or time, which means when this index saw it.", longest=2000
)

OPERATIONS = (
    Operation(
        "/v1/changes",
        "listChanges",
        "What changed since some moment",
        list_changes,
        "Changes",
        (_SINCE, LIMIT),
        answer=Changes,
        also=(410,),
        chosen=_chosen,
    ),
)
