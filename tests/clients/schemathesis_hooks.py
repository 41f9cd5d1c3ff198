"""What OpenAPI cannot say of this API, told to schemathesis, so that it calls valid only what is.

- A cursor is taken by the list that gave it: the walks of lists are tests of their own.
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
    """Takes cursors out."""
    for item in raw_schema["paths"].values():
        item["get"]["parameters"] = [one for one in item["get"]["parameters"] if one["name"] != "cursor"]


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
        and (query.get("format", "json") == "json" or query.keys() == {"format"})
    )
