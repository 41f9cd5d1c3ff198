"""``/docs``: the OpenAPI document as a page to read and try."""

from __future__ import annotations

from collections.abc import Callable

from contentapi.web.answers import REVISION, Answer
from contentapi.web.call import Call, Operation
from contentapi.web.pages import docs
from contentapi.web.pages.page import MEDIA_TYPE
from contentapi.web.present import Object


def reference(document: Callable[[Call], Object]) -> Operation:
    """The operation that shows what ``document`` describes, itself included."""

    def get_docs(call: Call) -> Answer:
        """The reference of this API as a page to read; with JavaScript, every request in it can be tried."""
        origin = call.reader.site.api or call.settings.listening
        made = docs.render(document(call), api=call.addresses.api(""), origin=origin)
        return Answer(
            made.body, MEDIA_TYPE, headers={"Content-Security-Policy": made.policy}, keys=("openapi", REVISION)
        )

    return Operation(
        "/docs",
        "getDocs",
        "The reference, to read and try",
        get_docs,
        "Service",
        media={"text/html": str},
        lenient=True,
    )
