"""What OpenAPI cannot say of this API, told to schemathesis, so that it calls valid only what is.

- A cursor is taken by the list that gave it, a token by the index that gave it: walks and histories are tests of their own.
- An export has the keys of the collections it is of, and a table names the front matter that they have.
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
    """Takes out cursors, tokens and names of front matter."""
    for path, item in raw_schema["paths"].items():
        item["get"]["parameters"] = [one for one in item["get"]["parameters"] if one["name"] != "cursor"]
        for one in item["get"]["parameters"]:
            if path == "/v1/changes" and one["name"] == "since":
                one["schema"] = {"type": "string", "format": "date"}
            if one["name"] == "fields" and "anyOf" in one["schema"]["items"]:
                one["schema"]["items"] = one["schema"]["items"]["anyOf"][0]


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
        and not ("/export." in case.path and "collection" in query and {"fields", "include"} & query.keys())
    )
