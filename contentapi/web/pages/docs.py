"""The page at ``/docs``: the OpenAPI document as a reference that can be read without a script, and tried with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from contentapi.web.pages import prose, schema, shapes, trial
from contentapi.web.pages.document import Document, Operation, Tag, tags
from contentapi.web.pages.elements import Html, element, join
from contentapi.web.pages.page import Head, Page, page
from contentapi.web.pages.trial import Parameter

#: An example shows a shape; a longer one is left to the real answer, which is one click away.
_LONGEST_EXAMPLE = 12_000


def render(document: Document, *, api: str, origin: str) -> Page:
    """The page. ``api`` is what its addresses start with, ``origin`` the full address of the service."""
    found = tags(document)
    info = document["info"]
    head = Head(
        lang="en",
        title=f"Reference · {info['title']}",
        description=info.get("summary") or None,
        links=(("service-desc", f"{api}/v1/openapi.json", "application/json"),),
        styles=("page.css", "docs.css"),
        script="docs.js",
        reaches=(origin,),
    )
    named = (document.get("components") or {}).get("schemas") or {}
    return page(
        head,
        element("a", "Skip to content", class_="skip", href="#main"),
        element(
            "div",
            _contents(found, api, has_shapes=bool(named)),
            element(
                "main",
                _opening(info, api, origin),
                *(_tag(one, api) for one in found),
                shapes.section(named),
                id="main",
                tabindex=-1,
                data_origin=origin,
                data_api=api,
            ),
            class_="frame",
        ),
    )


def _contents(tags: Sequence[Tag], api: str, *, has_shapes: bool) -> Html:
    groups = [
        element(
            "li",
            element("a", tag.name, href=f"#{_anchor(tag.name)}"),
            element("ul", *(element("li", element("a", one.summary, href=f"#{one.id}")) for one in tag.operations)),
        )
        for tag in tags
    ]
    if has_shapes:
        groups.append(element("li", element("a", "Shapes", href="#shapes")))
    return element(
        "nav",
        element("p", element("a", "← What is served here", href=f"{api}/")),
        element("ul", *groups),
        aria_label="Operations",
    )


def _opening(info: Document, api: str, origin: str) -> Html:
    return element(
        "header",
        element("p", "API reference", class_="eyebrow"),
        element("h1", info["title"]),
        prose.paragraphs(info.get("description")),
        element(
            "dl",
            element("div", element("dt", "Address"), element("dd", element("code", origin))),
            element("div", element("dt", "Version"), element("dd", str(info["version"]))),
            element(
                "div",
                element("dt", "For machines"),
                element("dd", element("a", "OpenAPI 3.1", href=f"{api}/v1/openapi.json")),
            ),
            class_="about",
        ),
    )


def _tag(tag: Tag, api: str) -> Html:
    anchor = _anchor(tag.name)
    return element(
        "section",
        element("h2", tag.name, id=anchor),
        prose.paragraphs(tag.description),
        *(_operation(one, api) for one in tag.operations),
        aria_labelledby=anchor,
    )


def _operation(one: Operation, api: str) -> Html:
    example = one.example()
    return element(
        "article",
        element("h3", one.summary, id=f"{one.id}-title"),
        element("p", element("strong", one.method), " ", element("code", one.path), class_="target"),
        prose.paragraphs(one.description if one.description != f"{one.summary}." else None),
        _parameters(one),
        _answers(one),
        element("p", "Real answer: ", element("a", element("code", example), href=api + example)) if example else None,
        trial.form(one.id, one.summary, one.path, one.parameters, one.media),
        id=one.id,
        aria_labelledby=f"{one.id}-title",
    )


def _parameters(one: Operation) -> Html | None:
    plain, filters = trial.parted(one.parameters)
    if not one.parameters:
        return None
    return join(
        (
            element("h4", "Parameters"),
            element("dl", *(_parameter(each) for each in plain), class_="keys") if plain else None,
            _filters(filters) if filters else None,
        )
    )


def _parameter(one: Parameter) -> Html:
    place = "in the path" if one.place == "path" else "required" if one.required else None
    if one.place == "header":
        place = "header"
    return element(
        "div",
        element(
            "dt",
            element("code", one.name),
            " ",
            element("span", schema.kind(one.schema), f" · {place}" if place else None, class_="kind"),
        ),
        element(
            "dd",
            prose.paragraphs(one.description),
            schema.limits(one.schema),
            element("p", "for example ", element("code", one.example), class_="limit") if one.example else None,
        ),
    )


def _filters(filters: Mapping[str, Sequence[Parameter]]) -> Html:
    """Filters by field: one line each, with the suffixes that it takes."""
    rows = (
        element(
            "div",
            element(
                "dt",
                element("code", name),
                " ",
                element("span", schema.kind(each[0].schema), class_="kind"),
            ),
            element(
                "dd",
                prose.paragraphs(each[0].description),
                element("p", schema.words(_suffixes(name, each)), class_="limit") if len(each) > 1 else None,
            ),
        )
        for name, each in filters.items()
    )
    return element(
        "details",
        element("summary", f"Filters on {len(filters)} field{'s' if len(filters) > 1 else ''}"),
        element("dl", *rows, class_="keys"),
    )


def _suffixes(name: str, parameters: Sequence[Parameter]) -> list[str]:
    return [one.name.removeprefix(name) for one in parameters if one.name != name]


def _answers(one: Operation) -> Html:
    good = [(status, each) for status, each in one.responses if status.startswith("2")]
    others = (
        element("li", element("code", status), " ", prose.line(each.get("description") or ""))
        for status, each in one.responses
        if not status.startswith("2")
    )
    return join(
        (
            element("h4", "Answers"),
            *(_answer(status, each) for status, each in good),
            element("ul", *others, class_="otherwise"),
        )
    )


def _answer(status: str, response: Document) -> Html:
    """The answer that was asked for: its media types and shapes, and an example."""
    content = response.get("content") or {}
    first: Document = next(iter(content.values()), {})
    example, keys = _example(first), schema.properties(first.get("schema") or {})
    return element(
        "div",
        element("p", element("code", status, class_="good"), " ", prose.line(response.get("description") or "")),
        *(_media(name, each) for name, each in content.items()),
        element("details", element("summary", "Keys"), keys) if keys else None,
        element("details", element("summary", "Example"), _code(example)) if example else None,
        class_="answer",
    )


def _media(name: str, content: Document) -> Html:
    shape = schema.kind(content["schema"]) if content.get("schema") else None
    return element("p", element("code", name), " ", shape, class_="kind")


def _code(text: str) -> Html:
    return element("pre", element("code", text, translate="no"))


def _example(content: Document) -> str | None:
    values = [each["value"] for each in (content.get("examples") or {}).values() if "value" in each]
    value = content.get("example", values[0] if values else None)
    if value is None:
        return None
    text = value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    return text if len(text) <= _LONGEST_EXAMPLE else None


def _anchor(name: str) -> str:
    return "tag-" + "".join(one if one.isalnum() else "-" for one in name.lower())
