"""JSON Schema (2020-12, as OpenAPI 3.1 uses it) in words and lists that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from contentapi.web.pages import prose
from contentapi.web.pages.elements import Html, element, join

Schema = Mapping[str, Any]

#: A shape inside a shape inside … is read better under its own name.
_DEEPEST = 4
_MOST_WORDS = 12
_BOUNDS = {
    "minimum": "from {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "up to {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "maxItems": "at most {} of them",
    "pattern": "matches {}",
}


def kind(schema: Schema) -> Html:
    """What values fit: ``text``, ``list of Card``, ``number or null``; a named shape is a link to it."""
    if "$ref" in schema:
        name = reference(schema["$ref"])
        return element("a", name, href=f"#{anchor(name)}")
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        # Options may only add to what stands beside them: a text, either a date or a time.
        beside = {"type": schema["type"]} if "type" in schema else {}
        return _joined([kind(one if "$ref" in one else {**beside, **one}) for one in options], " or ")
    if schema.get("allOf"):
        return _joined([kind(one) for one in schema["allOf"]], " and ")
    if "const" in schema:
        return element("code", _written(schema["const"]))
    names = schema.get("type")
    if isinstance(names, list):
        return _joined([kind({**schema, "type": name}) for name in names], " or ")
    return _plain(str(names) if names else "", schema)


def _plain(name: str, schema: Schema) -> Html:
    if name == "array":
        items = schema.get("items") or {}
        if len(items.get("enum") or ()) > _MOST_WORDS:
            return join(("list of these words",))
        return join(("list of ", kind(items))) if items else join(("list",))
    if name == "object" and not schema.get("properties"):
        values = schema.get("additionalProperties")
        return join(("map of ", kind(values))) if isinstance(values, dict) and values else join(("map",))
    if schema.get("enum") and name != "null":
        return words(schema["enum"]) if len(schema["enum"]) <= _MOST_WORDS else join(("one of these words",))
    said = {"string": "text", "integer": "whole number", "boolean": "true or false", "": "anything"}.get(name, name)
    return join((f"{said} ({schema['format']})" if "format" in schema and name != "null" else said,))


def words(values: Sequence[object]) -> Html:
    """The values of an enumeration."""
    return element("span", _joined([element("code", _written(one)) for one in values], " "), class_="words")


def limits(schema: Schema) -> Html | None:
    """Default, bounds and the words allowed, where :func:`kind` does not say them."""
    found = list(_limits(schema))
    return element("p", _joined(found, " · "), class_="limit") if found else None


def _limits(schema: Schema) -> Iterator[Html]:
    if "default" in schema and schema["default"] is not None:
        yield join(("default ", element("code", _written(schema["default"]))))
    for key, said in _BOUNDS.items():
        if key in schema:
            yield join((said.format(_written(schema[key])),))
    for one in (schema, schema.get("items")):
        if isinstance(one, Mapping) and len(one.get("enum") or ()) > _MOST_WORDS:
            yield words(one["enum"])


def properties(schema: Schema, depth: int = 0) -> Html | None:
    """The keys of an object, each with what it holds; those of objects inside it below it."""
    found = inside(schema)
    if not found.get("properties") or depth > _DEEPEST:
        return None
    required = set(found.get("required") or ())
    return element(
        "dl",
        *(_property(name, one, name in required, depth) for name, one in found["properties"].items()),
        class_="keys",
    )


def _property(name: str, schema: Schema, required: bool, depth: int) -> Html:  # noqa: FBT001 - one place, one meaning
    return element(
        "div",
        element(
            "dt",
            element("code", name),
            " ",
            element("span", kind(schema), class_="kind"),
            None if required else element("span", " · may be absent", class_="kind"),
        ),
        element(
            "dd",
            prose.paragraphs(schema.get("description")),
            limits(schema),
            properties(schema, depth + 1),
        ),
    )


def inside(schema: Schema) -> Schema:
    """The object that a schema is about: itself, the items of a list, or the one option that is not null."""
    for key in ("anyOf", "oneOf", "allOf"):
        options = [one for one in schema.get(key) or () if one.get("type") != "null"]
        if len(options) == 1:
            return inside(options[0])
    items = schema.get("items")
    return inside(items) if isinstance(items, Mapping) else schema


def reference(pointer: str) -> str:
    """The name at the end of a ``$ref``."""
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def anchor(name: str) -> str:
    """The id of a named shape's place in the page."""
    return "schema-" + "".join(one if one.isalnum() else "-" for one in name)


def _joined(parts: list[Html], mark: str) -> Html:
    seen = list(dict.fromkeys(parts))
    return join(item for place, part in enumerate(seen) for item in ((mark, part) if place else (part,)))


def _written(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
