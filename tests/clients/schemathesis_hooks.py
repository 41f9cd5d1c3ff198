"""What OpenAPI cannot say of this API, told to schemathesis, so that it calls valid only what is.

- A cursor is taken by the list that gave it: the walks of lists are tests of their own.
- So is a moment of the history, whose tests are those of changes.
- What an export can give depends on the collections that it is of, and on the front matter that there is.
- A stream of events is a text; it has no word for the schema of one.
- `sort` names a field once, whichever way round.
- An address has at most 8000 characters, 100 parameters and 30 conditions, whatever each parameter allows by itself.
- The redirects in another format than JSON are all of them: there is nothing to choose among.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import schemathesis

_LONGEST = 7800
_MOST_PARAMETERS = 100
_MOST_CONDITIONS = 30
#: What asks for something else than a condition.
_OTHERS = {"fields", "include", "sort", "limit", "total", "format", "content"}


@schemathesis.hook
def before_load_schema(_: Any, raw_schema: dict[str, Any]) -> None:
    """Takes out cursors, moments, and what would be the schema of one event."""
    for path, item in raw_schema["paths"].items():
        taken = {"cursor", "since"} if path == "/v1/changes" else {"cursor"}
        item["get"]["parameters"] = [one for one in item["get"]["parameters"] if one["name"] not in taken]
        item["get"]["responses"]["200"]["content"].get("text/event-stream", {}).pop("schema", None)


@schemathesis.hook
def filter_case(_: Any, case: Any) -> bool:
    """Leaves out what only as a whole is too long, too much, or at odds with itself."""
    query = case.query if isinstance(case.query, dict) else {}
    sort = query.get("sort", [])
    names = sort.split(",") if isinstance(sort, str) else [str(name) for name in sort] if isinstance(sort, list) else []
    written = urlencode(query, doseq=True)
    return (
        len(written) < _LONGEST
        and written.count("&") < _MOST_PARAMETERS
        and len(query.keys() - _OTHERS) <= _MOST_CONDITIONS
        and len({name.removeprefix("-") for name in names}) == len(set(names))
        and not (case.operation.path.startswith("/v1/export") and _of_the_content(query))
        and (query.get("format", "json") == "json" or query.keys() == {"format"})
    )


def _of_the_content(query: dict[str, Any]) -> bool:
    """Whether only the content tells which keys there are: those of some collections, or front matter by name."""
    keys = query.keys() & {"include", "fields"}
    return bool(keys) and (
        "collection" in query or "fields." in urlencode({name: query[name] for name in keys}, doseq=True)
    )
