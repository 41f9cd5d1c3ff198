"""An OpenAPI document, read: its operations with their references resolved, by tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from contentapi.web.pages.trial import Parameter

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document, its references resolved."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str | None
    parameters: tuple[Parameter, ...]
    responses: tuple[tuple[str, Document], ...]

    @property
    def media(self) -> tuple[str, ...]:
        """The media types of the answer that was asked for, the usual one first."""
        found = [one for status, one in self.responses if status.startswith("2")]
        return tuple(found[0].get("content") or ()) if found else ()

    def example(self) -> str | None:
        """A path that answers, made from the parameters' examples; None when one that is needed has none."""
        path = self.path
        query = []
        for one in self.parameters:
            value = one.example
            if one.place == "path":
                if value is None:
                    return None
                path = path.replace(f"{{{one.name}}}", quote(value, safe="/" if one.whole else ""))
            elif one.required and one.place == "query":
                if value is None:
                    return None
                query.append(f"{quote(one.name)}={quote(value)}")
        return path + (f"?{'&'.join(query)}" if query else "")


@dataclass(frozen=True, slots=True)
class Tag:
    """The operations on one subject."""

    name: str
    description: str | None
    operations: tuple[Operation, ...]


def tags(document: Document) -> list[Tag]:
    """Every operation by tag: tags in the order the document declares, then as they come."""
    operations = list(_operations(document))
    told = {one["name"]: one.get("description") for one in document.get("tags") or ()}
    names = dict.fromkeys([*told, *(one.tag for one in operations)])
    found = [Tag(name, told.get(name), tuple(one for one in operations if one.tag == name)) for name in names]
    return [one for one in found if one.operations]


def _operations(document: Document) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in ("get", "post"):
            if method not in item:
                continue
            one = item[method]
            written = [*item.get("parameters", ()), *one.get("parameters", ())]
            yield Operation(
                id=one["operationId"],
                method=method.upper(),
                path=path,
                tag=next(iter(one.get("tags") or ()), "Other"),
                summary=one.get("summary") or one["operationId"],
                description=one.get("description"),
                parameters=tuple(Parameter.read(_resolved(document, each)) for each in written),
                responses=tuple((status, _resolved(document, each)) for status, each in one["responses"].items()),
            )


def _resolved(document: Document, value: Document) -> Document:
    """A value, or what its ``$ref`` within this document points to."""
    if "$ref" not in value:
        return value
    found: Any = document
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found  # type: ignore[no-any-return]
