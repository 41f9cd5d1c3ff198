"""The named shapes of an OpenAPI document (its component schemas) as a section of the page."""

from __future__ import annotations

from contentapi.web.pages import prose, schema
from contentapi.web.pages.document import Document
from contentapi.web.pages.elements import Html, element


def section(shapes: Document) -> Html | None:
    """Every shape; one that differs from another only in what may be absent is told of there."""
    if not shapes:
        return None
    whole = {name: one for name, one in shapes.items() if _base(name, shapes) is None}
    variants = {name: [other for other in shapes if _base(other, shapes) == name] for name in whole}
    return element(
        "section",
        element("h2", "Shapes", id="shapes"),
        element("p", "What stands in answers, by name. A key is always there unless it says otherwise."),
        *(_shape(name, one, {each: shapes[each] for each in variants[name]}) for name, one in sorted(whole.items())),
        aria_labelledby="shapes",
    )


def _base(name: str, shapes: Document) -> str | None:
    """The shape with the same keys whose name this one's name begins with."""
    keys = shapes[name].get("properties")
    found = (one for one in shapes if one != name and name.startswith(one) and shapes[one].get("properties") == keys)
    return max(found, key=len, default=None) if keys else None


def _shape(name: str, one: Document, variants: Document) -> Html:
    anchor = schema.anchor(name)
    keys = schema.properties(one)
    return element(
        "article",
        element("h3", name, id=f"{anchor}-title"),
        prose.paragraphs(one.get("description")),
        *(_variant(other, each) for other, each in variants.items()),
        keys if keys is not None else element("p", schema.kind(one), class_="kind"),
        id=anchor,
        class_="shape",
        aria_labelledby=f"{anchor}-title",
    )


def _variant(name: str, one: Document) -> Html:
    always = list(one.get("required") or ())
    absent = [key for key in one["properties"] if key not in always]
    few, said = (
        (always, "only these are always there") if len(always) < len(absent) else (absent, "these may be absent")
    )
    words = schema.words(few) if few else "none"
    return element(
        "p", element("code", name), f": the same keys; {said}: ", words, id=schema.anchor(name), class_="variant"
    )
