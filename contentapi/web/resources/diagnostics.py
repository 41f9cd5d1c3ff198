"""``/v1/diagnostics``: every problem of the published content, for editors and for those who build on it."""

from __future__ import annotations

from contentapi.index import diagnostics
from contentapi.model import Diagnostic
from contentapi.web import call as calls
from contentapi.web.answers import REVISION, Answer
from contentapi.web.call import Call, Many, Operation
from contentapi.web.resources import fields
from contentapi.web.schemas import DiagnosticEntry


def list_diagnostics(call: Call) -> Answer:
    """The problems by file and line."""
    kept = calls.arranged(call, diagnostics.every(call.reader), fields.READ_DIAGNOSTICS)
    found = calls.paged(call, kept, [_name(one) for one in kept])
    return calls.listing(call, found.of(_presented(one) for one in found.items), keys=("diagnostics", REVISION))


def _name(one: Diagnostic) -> str:
    return "\0".join((one.path, str(one.line), str(one.column), one.code, one.message))


def _presented(one: Diagnostic) -> DiagnosticEntry:
    return {
        "code": one.code,
        "severity": one.severity,
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "message": one.message,
        "hint": one.hint,
        "related": list(one.related),
    }


OPERATIONS = (
    Operation(
        "/v1/diagnostics",
        "listDiagnostics",
        "Every problem of the content",
        list_diagnostics,
        "Diagnostics",
        answer=Many(DiagnosticEntry),
        fields=fields.diagnostics,
    ),
)
