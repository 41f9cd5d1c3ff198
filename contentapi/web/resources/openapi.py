"""``/v1/openapi.json``: the description of everything that can be asked, this address and its page included."""

from __future__ import annotations

from contentapi.web import openapi
from contentapi.web.answers import STRUCTURE, Answer, json, plural
from contentapi.web.call import Call, Operation
from contentapi.web.resources import docs
from contentapi.web.schemas import AnyObject


def with_document(*operations: Operation) -> tuple[Operation, ...]:
    """The operations, and two more that describe them all: for machines, and for people."""

    def get_document(call: Call) -> Answer:
        """This description, with the words and the examples of the content served."""
        kinds = dict.fromkeys(one.type for one in call.reader.site.collections)
        keys = ("openapi", STRUCTURE, *(plural(kind) for kind in (*kinds, "tag", "category")))
        return json(openapi.document(call, every), keys=keys)

    own = Operation(
        "/v1/openapi.json",
        "getOpenApi",
        "The description of this API (OpenAPI 3.1)",
        get_document,
        "Service",
        answer=AnyObject,
    )
    every = (*operations, own, docs.reference(lambda call: openapi.document(call, every)))
    return every
