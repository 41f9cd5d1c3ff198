"""OpenAPI 3.1 of everything that can be asked, made of what reads parameters and of what presents answers.

Nothing is described here that is declared elsewhere: parameters come from the operations and from the fields of their lists,
schemas from the types of the keys, words that have to be known (phases, menus, collections) and examples from the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

import orjson
from typing_extensions import TypedDict

from contentapi import __version__
from contentapi.errors import ContentApiError, Gone, NotFound
from contentapi.index import filters
from contentapi.index.filters import Field
from contentapi.index.reader import Reader
from contentapi.text import paths
from contentapi.web import call as calls
from contentapi.web import grammar, params, present, problems
from contentapi.web.addresses import component
from contentapi.web.answers import JSON, PROBLEM
from contentapi.web.call import All, Call, Many, One, Operation, Segment, Segments
from contentapi.web.params import Param, Text, Words
from contentapi.web.present import Object, Resource
from contentapi.web.schemas import ListLinks, Moved, Problem, either, list_of

_ABOUT = """\
Content kept as Markdown, as JSON. Read-only: every address answers `GET` and `HEAD`, without key and from any origin.

- `fields=title,date` gives only these keys, `include=html` adds keys; both work on lists and on single resources, together
  and apart. What is not asked for is not computed.
- Filters are named after the fields (`category=presse&date__gte=2024-01-01`). A filter that stands several times takes any
  of its values; different filters must all fit. A day is one of the site's time zone. An address has at most 8000
  characters and 30 different filters.
- `sort=-date,title` orders, `limit` sizes the result page, and `links.next` leads on from there.
- A value that is missing is null, never absent; only what has to be asked for is absent until then. Keys may be added.
- Errors are `application/problem+json`. An unknown parameter, field or value is an error that names what is allowed.
- Every answer has an `ETag`: send it back in `If-None-Match`, and 304 says that nothing changed."""

_TAGS: Mapping[str, str] = {
    "Service": "What is here, and how it is.",
    "Pages": "The pages of the site, found by their public path.",
    "Phases": "The phases of the programme, in journey order.",
    "Articles": "What is published with a date, newest first.",
    "Authors": "The people whom articles name.",
    "Tags": "The tags that articles bear.",
    "Categories": "The categories that articles stand in.",
    "Navigation": "The tree of pages, and the menus that the editors wrote.",
    "Search": "Full text over everything that lists show.",
    "Collections": "Every collection that the site has.",
    "Changes": "What changed since some moment, and an event for each new revision.",
    "Export": "Everything at once, streamed.",
    "Addresses": "What a public path is, and where old ones lead.",
    "Diagnostics": "The problems of the content.",
    "Assets": "Pictures and files.",
    "Embeds": "Content for the pages of other sites.",
    "Syndication": "Content for feed readers, crawlers and language models.",
}


def document(call: Call, operations: Sequence[Operation]) -> Object:
    """The description of these operations, for the state of the index that the call reads."""
    entries = [entry for one in operations for entry in _entries(call.reader, one)]
    types = {entry.name: kind for entry in entries if (kind := _type(call.reader, entry)) is not None}
    schemas, components = _schemas(tuple(types.items()))
    paths_: dict[str, object] = {}
    for entry in entries:
        paths_[entry.path] = {"get": _operation(call, entry, schemas.get(entry.name))}
    site = call.reader.site
    return {
        "openapi": "3.1.0",
        "info": _info(call),
        "servers": [{"url": site.api or "/"}],
        "security": [],
        "tags": [{"name": tag, "description": _TAGS[tag]} for tag in dict.fromkeys(one.tag for one in operations)],
        "paths": paths_,
        "components": {"schemas": components, "responses": _PROBLEMS, "headers": _HEADERS},
    }


def _info(call: Call) -> Object:
    site = call.reader.site
    found: Object = {
        "title": f"{site.title} – content API" if site.title else "Content API",
        "version": __version__,
        "description": _ABOUT,
    }
    if site.attribution is not None:
        contact = {"name": site.attribution.name, "url": site.attribution.url}
        found["contact"] = {name: value for name, value in contact.items() if value}
    if site.license is not None:
        license_ = {"name": site.license.name, "url": site.license.url}
        found["license"] = {name: value for name, value in license_.items() if value}
    return found


# -- which operations there are ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as the document has it: some segments of its path may be bound, as ``startups`` in a collection's."""

    operation: Operation
    path: str
    name: str
    summary: str
    bound: Segments

    @property
    def free(self) -> tuple[Segment, ...]:
        """The segments that the caller chooses."""
        return tuple(one for one in self.operation.segments if one.name not in self.bound)


def _entries(reader: Reader, one: Operation) -> Iterator[Entry]:
    template = re.sub(r"{(\w+):\w+}", r"{\1}", one.path)
    yield Entry(one, template, one.name, one.summary, {})
    for bound in one.each(reader) if one.each is not None else ():
        path, words = template, " ".join(bound.values())
        for name, value in bound.items():
            path = path.replace(f"{{{name}}}", paths.encode(value).replace("/", "%2F"))
        yield Entry(one, path, one.name + present.camel(words), f"{one.summary}: {words}", bound)


def _fields(reader: Reader, entry: Entry) -> Sequence[Field]:
    """What the list can be filtered and sorted by: of a list for any collection, what all of them can."""
    one = entry.operation
    if one.fields is None:
        return ()
    if one.each is None or entry.bound:
        return one.fields(reader, entry.bound)
    first = one.segments[0]
    of_each = [one.fields(reader, {first.name: value}) for value in first.values(reader, {})]
    common = [{(field.name, field.kind) for field in fields} for fields in of_each]
    return [field for field in of_each[0] if all((field.name, field.kind) in names for names in common)]


# -- schemas ----------------------------------------------------------------------------------------------------------


def _type(reader: Reader, entry: Entry) -> Any:
    """The type of what a 200 holds as JSON; None when it never is JSON."""
    other = entry.operation.media.get(JSON)
    usual = _usual_type(reader, entry)
    return either(usual, other) if other is not None else usual


def _usual_type(reader: Reader, entry: Entry) -> Any:
    answer = entry.operation.answer
    resource = entry.operation.shows(reader, entry.bound)
    if isinstance(answer, One) and resource is not None:
        found = (resource, *(answer.beside(reader) if answer.beside is not None else ()))
        return either(*(form for one in found for form in (one.single, one.partial)))
    if isinstance(answer, All):
        return _everything(tuple(answer.of(reader)), answer.meta)
    if isinstance(answer, Many) and resource is not None:
        return _list(resource.name, either(resource.listed, resource.partial), answer.meta)
    if isinstance(answer, Many):
        plain = cast("type", answer.of)
        return _list(plain.__name__.removesuffix("Entry"), plain, answer.meta)
    return answer


@cache
def _list(name: str, item: Any, meta: type) -> Any:
    members = {"items": list_of(item), "meta": meta, "links": ListLinks}
    made = cast("Any", TypedDict)(f"{name}List", members)
    made.__doc__ = "One result page of a list."
    return made


@cache
def _everything(resources: tuple[Resource, ...], meta: type) -> Any:
    """The type of the documents of all collections: each is what its resource is in a list."""
    item = either(*(form for one in resources for form in (one.listed, one.partial)))
    made = cast("Any", TypedDict)("Everything", {"meta": meta, "items": list_of(item)})
    made.__doc__ = "Everything at once."
    return made


@cache
def _schemas(types: tuple[tuple[str, Any], ...]) -> tuple[Mapping[str, Object], Object]:
    """The schema of each type, and the components that they refer to. The same types have the same schemas."""
    from contentapi.web import described  # noqa: PLC0415 - slow to import, and asked for by few

    # As members of one type they are looked at together: what several refer to is described once.
    every = cast("Any", TypedDict)("Every", {**dict(types), "Problem": Problem, "Moved": Moved})
    found = described.schema(every)
    components = {name: _tidy(schema) for name, schema in sorted(found["$defs"].items())}
    return _tidy(found)["properties"], components  # type: ignore[return-value]  # it is an object's schema


def _tidy(schema: Object) -> Object:
    """The schema without the titles that repeat a name; descriptions as Markdown, on one line."""
    found: Object = {}
    for name, value in schema.items():
        if name in {"title", "default"}:
            continue
        if name == "description":
            found[name] = " ".join(str(value).replace("``", "`").split())
        elif name == "properties":
            found[name] = {key: _tidy(below) for key, below in cast("Mapping[str, Object]", value).items()}
        elif isinstance(value, dict):
            found[name] = _tidy(value)
        elif isinstance(value, list):
            found[name] = [_tidy(below) if isinstance(below, dict) else below for below in value]
        else:
            found[name] = value
    return found


# -- one operation ----------------------------------------------------------------------------------------------------


def _operation(call: Call, entry: Entry, schema: Object | None) -> Object:
    one = entry.operation
    fields = _fields(call.reader, entry)
    known = _known(call.reader, entry)
    described = " ".join((one.handler.__doc__ or "").split())
    return {
        "operationId": entry.name,
        "summary": entry.summary,
        **({"description": described} if described else {}),
        "tags": [one.tag],
        "parameters": [
            *(_path_parameter(call.reader, segment, known) for segment in entry.free),
            *(_parameter(param, fields) for param in one.declared(call.reader, entry.bound)),
            *(parameter for field in fields for parameter in _filters(field)),
        ],
        "responses": _responses(call, entry, schema, known),
    }


def _known(reader: Reader, entry: Entry) -> Segments | None:
    """Segments that lead somewhere; None when nothing is there."""
    found = dict(entry.bound)
    for segment in entry.free:
        values = segment.values(reader, found)
        if not values:
            return None
        found[segment.name] = values[0]
    return found


def _path_parameter(reader: Reader, segment: Segment, known: Segments | None) -> Object:
    schema: Object = {"type": "string", "minLength": 1}
    values = segment.values(reader, {}) if segment.closed else ()
    if values:
        schema = {"type": "string", "enum": list(values)}
    found: Object = {
        "name": segment.name, "in": "path", "required": True, "description": segment.description, "schema": schema,
    }  # fmt: skip
    return {**found, "example": known[segment.name]} if known is not None else found


def _parameter(param: Param, fields: Sequence[Field]) -> Object:
    found: Object = {"name": param.name, "in": "query", "description": param.description}
    if isinstance(param, Text) and param.required:
        found["required"] = True
    schema = param.schema()
    if isinstance(param, Words):
        found |= {"style": "form", "explode": False}
        schema = {**schema, "minItems": 1}
        if param.name == calls.SORT.name:
            names = [sign + name for name in grammar.sortable(fields) for sign in ("", "-")]
            schema |= {"items": {"type": "string", "enum": names}}
    found["schema"] = schema
    return {**found, "example": param.example} if isinstance(param, Text) and param.example is not None else found


#: What each operator asks, after the name of the field.
_OPERATORS: Mapping[str, str] = {
    "is": "is one of these",
    "not": "is none of these",
    "gte": "is this or more",
    "gt": "is more than this",
    "lte": "is this or less",
    "lt": "is less than this",
    "contains": "holds these words, capitals and accents ignored",
    "missing": "has no value (`true`), or has one (`false`)",
}
_TEXT: Object = {"type": "string", "maxLength": grammar.LONGEST_VALUE, "pattern": params.WITHOUT_NUL}
_VALUES: Mapping[filters.Kind, Object] = {
    "text": _TEXT,
    "path": _TEXT,
    "date": {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]},
    "year": {"type": "string", "pattern": "^[0-9]{4}$"},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "term": _TEXT,
    "value": _TEXT,
}


def _filters(field: Field) -> Iterator[Object]:
    """The parameters that filter by a field: one for each operator of its kind."""
    for operator in ("is", *filters.OPERATORS[field.kind]):
        value: Object = {"type": "string", "enum": list(field.allowed)} if field.allowed else _VALUES[field.kind]
        schema: Object = value
        if operator == "missing":
            schema = {"type": "boolean"}
        elif operator == "contains" and not field.allowed:
            schema = _TEXT
        elif operator in {"is", "not"} and field.kind != "flag":
            schema = {"type": "array", "items": value, "minItems": 1, "maxItems": grammar.MOST_VALUES}
        yield {
            "name": field.name if operator == "is" else f"{field.name}__{operator}",
            "in": "query",
            "description": f"Only items whose `{field.name}` {_OPERATORS[operator]}.",
            "schema": schema,
        }


# -- what it answers --------------------------------------------------------------------------------------------------


def _header(about: str, example: str) -> Object:
    return {"description": about, "schema": {"type": "string"}, "example": example}


_HEADERS: Object = {
    "ETag": _header("Names these bytes, for `If-None-Match`.", '"pVyhQ3zZr0mP8yXv4cBn"'),
    "X-Content-Revision": _header("The revision of the content answered from.", "25f55de6453bc3c31710c11d2effa266"),
    "Cache-Control": _header("How long the answer may be kept.", "public, max-age=60"),
    "Link": _header("The neighbours of a result page (RFC 8288).", '</v1/articles>; rel="self"'),
    "Location": _header("Where to go.", "/v1/pages/approche"),
    "Retry-After": _header("After how many seconds to ask again.", "1"),
}
_OWN_HEADERS: Mapping[int, tuple[str, ...]] = {503: ("Retry-After",)}
#: What only some operations answer, and what only methods are told that no operation has.
_SOME = (400, 404, 406, 410, 501)
_METHOD = 405


def _headers(*names: str) -> Object:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem(status: int, title: str) -> Object:
    content: Object = {"schema": {"$ref": "#/components/schemas/Problem"}}
    example = _problem_examples().get(status)
    if example is not None:
        content["example"] = example
    return {
        "description": title,
        "headers": _headers("X-Content-Revision", "Cache-Control", *_OWN_HEADERS.get(status, ())),
        "content": {PROBLEM: content},
    }


def _problem_examples() -> Mapping[int, object]:
    told: Mapping[int, Exception] = {
        400: params.unknown("fields", "titel", ("title", "subtitle")),
        404: NotFound("page", "/nowhere"),
        410: Gone("page", "/concours-2019"),
    }
    named = {404: (params.unknown("path", "nowhere", None),)}
    return {
        status: orjson.loads(problems.of(error, "/v1/pages", named.get(status, ())).body)
        for status, error in told.items()
    }


def _component(status: int) -> str:
    return problems.TITLES[status].replace(" ", "")


_PROBLEMS: Object = {
    _component(status): _problem(status, title) for status, title in problems.TITLES.items() if status != _METHOD
}


def _responses(call: Call, entry: Entry, schema: Object | None, known: Segments | None) -> Object:
    one = entry.operation
    found: Object = {"200": _found(call, entry, schema, known)}
    found["304"] = {"description": "Not Modified", "headers": _headers("ETag", "X-Content-Revision", "Cache-Control")}
    if one.segments or 308 in one.also:
        found["308"] = {
            "description": "Permanent Redirect",
            "headers": _headers("Location", "X-Content-Revision", "Cache-Control"),
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Moved"}}},
        }
    own = (
        *(() if one.lenient and not one.params else (400,)),
        *((404,) if one.segments else ()),
        *((406,) if len(one.offers) > 1 else ()),
        *(status for status in one.also if status != 308),
    )
    for status in sorted({*own, *problems.TITLES} - ({*_SOME, _METHOD} - {*own})):
        found[str(status)] = {"$ref": f"#/components/responses/{_component(status)}"}
    return found


def _found(call: Call, entry: Entry, schema: Object | None, known: Segments | None) -> Object:
    one = entry.operation
    content: dict[str, object] = {}
    if schema is not None:
        example = _example(call, entry, known) if known is not None else None
        content[JSON] = {"schema": schema, **({"example": example} if example is not None else {})}
    media = {**{name.partition(";")[0]: str for name in one.offers}, **one.media}
    for name, kind in media.items():
        # JSON of another vocabulary is an object all the same, so that clients do not take it for a text.
        plain = {"type": "object", "additionalProperties": True} if name.endswith("+json") else {"type": "string"}
        content.setdefault(name, {"schema": plain} if kind is str else {})
    linked = ("Link",) if isinstance(one.answer, Many) else ()
    return {
        "description": "OK",
        "headers": _headers("ETag", "X-Content-Revision", "Cache-Control", *linked),
        "content": content,
    }


# -- examples ---------------------------------------------------------------------------------------------------------

_LONGEST_EXAMPLE = 200
_MOST_EXAMPLES = 2


def _example(call: Call, entry: Entry, known: Segments) -> object:
    """What the operation answers now, shortened; None when that is about this instant, or made while it is sent."""
    one = entry.operation
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda name: paths.encode(known[name[1]]), one.path)
    if path == call.path:  # this document, which is an example of itself
        return None
    declared = one.declared(call.reader, known)
    given = [(param.name, param.example) for param in declared if isinstance(param, Text) and param.example is not None]
    if one.each is not None and not entry.bound:  # whatever the collection: what all of them have
        given.append(("fields", "title,description"))
    here = replace(
        call,
        path=path,
        raw_path=path,
        query="&".join(f"{name}={component(value)}" for name, value in given),
        segments=known,
        asked=grammar.read(declared, (), given),
        accept=one.offers[0] if one.offers else "",
        ready=True,  # whatever instant this is described at
    )
    try:
        answer = one.handler(here)
    except ContentApiError:
        return None
    without = one.streamed or (answer.max_age == 0 and one.needs_index)
    return None if answer.status != 200 or without else _short(orjson.loads(answer.body))


def _short(value: object) -> object:
    if isinstance(value, str):
        cut = len(value) > _LONGEST_EXAMPLE and not value.startswith(("/", "http"))
        return f"{value[:_LONGEST_EXAMPLE]}…" if cut else value
    if isinstance(value, list):
        return [_short(one) for one in value[:_MOST_EXAMPLES]]
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    return value
