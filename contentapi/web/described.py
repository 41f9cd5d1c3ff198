"""Types as JSON Schema. The only module that imports pydantic, and imported when a schema is first asked for: few ask."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField


class _Generator(GenerateJsonSchema):
    """What is served has every key that its type has, defaults included."""

    def field_is_required(self, field: ModelField | DataclassField | TypedDictField, total: bool) -> bool:  # noqa: FBT001 - as inherited
        return super().field_is_required(field, total) if field["type"] == "typed-dict-field" else True

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - as inherited
        return False


def schema(described: Any) -> dict[str, Any]:
    """The schema of what is served under a type; what several of its parts refer to stands under ``$defs``."""
    adapter = TypeAdapter(described)
    return adapter.json_schema(
        ref_template="#/components/schemas/{model}", schema_generator=_Generator, mode="serialization"
    )
