"""The form that tries an operation: written here, made to work by ``docs.js``, hidden until that has run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from contentapi.web.pages.elements import Attribute, Html, element

#: More words than this are told in the reference; typing them is quicker than a list.
_MOST_CHOICES = 40


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation. ``whole`` says that it is the rest of the path, slashes included."""

    name: str
    place: str
    description: str | None
    required: bool
    schema: Mapping[str, Any]
    example: str | None
    whole: bool

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Parameter:
        """A parameter as OpenAPI writes it."""
        schema = written.get("schema") or {}
        values = [one["value"] for one in (written.get("examples") or {}).values() if "value" in one]
        values += [written[key] for key in ("example",) if key in written]
        values += [*schema.get("examples", ())]
        path = written["in"] == "path"
        values += schema.get("enum", ())[:1] if path else ()
        return cls(
            name=written["name"],
            place=written["in"],
            description=written.get("description"),
            required=bool(written.get("required")),
            schema=schema,
            example=_text(values[0]) if values else None,
            whole=path and written["name"] == "path",
        )


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(_text(one) for one in value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def parted(parameters: Sequence[Parameter]) -> tuple[list[Parameter], dict[str, list[Parameter]]]:
    """The parameters proper, and the filters by field: a field, and its forms with a suffix (``date``, ``date__gte``).

    Filters come last: the first that has forms with a suffix starts them.
    """
    fields = {one.name.rpartition("__")[0] for one in parameters if "__" in one.name and one.place == "query"}
    start = next((place for place, one in enumerate(parameters) if one.name in fields), len(parameters))
    filters: dict[str, list[Parameter]] = {}
    for one in parameters[start:]:
        filters.setdefault(one.name.rpartition("__")[0] or one.name, []).append(one)
    return list(parameters[:start]), filters


def form(operation: str, summary: str, path: str, parameters: Sequence[Parameter], media: Sequence[str]) -> Html:
    """Fields for the parameters, and a place for the answer."""
    plain, filters = parted(parameters)
    names = [one.name for each in filters.values() for one in each]
    return element(
        "form",
        element("h4", "Try it", element("span", f": {summary}", class_="hidden")),
        element(
            "div",
            *(_field(operation, one) for one in plain if one.place in {"path", "query"}),
            _filter(operation, names) if names else None,
            _media(operation, media) if len(media) > 1 else None,
            class_="fields",
        ),
        element("p", element("button", "Send", class_="button", type="submit")),
        element("div", class_="result", aria_live="polite"),
        hidden=True,
        data_path=path,
        data_summary=summary,
        aria_label=f"Try: {summary}",
        novalidate=True,
        autocomplete="off",
    )


def _field(operation: str, one: Parameter) -> Html:
    name = f"{operation}-{one.name}"
    label = element("label", element("code", one.name), " (required)" if one.required else None, for_=name)
    given = one.example if one.required else None
    choices = _choices(one.schema)
    common: dict[str, Attribute] = {
        "id": name,
        "name": one.name,
        "data_place": one.place,
        "data_whole": one.whole,
    }
    if choices:
        options = [] if one.required else [element("option", "as usual", value="")]
        options += [element("option", each, value=each, selected=each == given) for each in choices]
        return element("div", label, element("select", *options, **common))
    number = one.schema.get("type") in {"integer", "number"}
    common |= {"type": "number" if number else "text", "value": given, "spellcheck": "false", "required": one.required}
    common |= {"min": one.schema.get("minimum"), "max": one.schema.get("maximum")} if number else {}
    return element("div", label, element("input", **common))


def _choices(schema: Mapping[str, Any]) -> list[str]:
    if schema.get("type") == "boolean":
        return ["true", "false"]
    values = [str(one) for one in schema.get("enum") or () if one is not None]
    return values if len(values) <= _MOST_CHOICES else []


def _filter(operation: str, names: Sequence[str]) -> Html:
    field, value = f"{operation}--filter", f"{operation}--value"
    options = [element("option", "no filter", value=""), *(element("option", one, value=one) for one in names)]
    return element(
        "div",
        element(
            "div", element("label", "Filter by", for_=field), element("select", *options, id=field, data_filter=True)
        ),
        element(
            "div", element("label", "Value", for_=value), element("input", id=value, type="text", spellcheck="false")
        ),
        class_="filter",
    )


def _media(operation: str, media: Sequence[str]) -> Html:
    name = f"{operation}--accept"
    options = (element("option", one, value=one) for one in media)
    return element(
        "div", element("label", "Answer as", for_=name), element("select", *options, id=name, data_accept=True)
    )
