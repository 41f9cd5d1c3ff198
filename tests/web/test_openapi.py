"""What ``/v1/openapi.json`` says of every operation is what the operation does, on the content that is shipped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from contentapi.index import filters
from contentapi.web import openapi, present, problems
from contentapi.web.app import OPERATIONS
from contentapi.web.call import Many, One
from tests.web.client import SHIPPED, Got, Site

JSON = "application/json"
DECLARED = {
    "_config.yml": "url: https://example.org\ncollections:\n  startups:\n    output: true\n  été 2020:\n",
    "_startups/a.md": "---\ntitle: A\nincubator: justice\nphases:\n  - name: construction\n---\nText\n",
    "_startups/b.md": "---\ntitle: B\n---\n",
    "_posts/2024-01-01-same.md": "---\ntitle: Old\n---\n",
    "_posts/2025-01-01-same.md": "---\ntitle: New\n---\n",
    "index.md": "---\ntitle: Home\n---\n",
}


class Spec:
    """The document, and checks of values against the schemas in it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.schemas = document["components"]["schemas"]
        whole = Resource(contents=document, specification=DRAFT202012)
        self._registry = Registry().with_resource("urn:openapi", whole)
        self._validators: dict[str, Draft202012Validator] = {}

    def __getitem__(self, path: str) -> dict[str, Any]:
        """The operation of a path."""
        return self.document["paths"][path]["get"]

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for path, item in self.document["paths"].items():
            assert list(item) == ["get"]
            yield path, item["get"]

    def schema(self, path: str) -> dict[str, Any] | None:
        """What an operation answers with as JSON, as far as it does."""
        return self[path]["responses"]["200"]["content"].get(JSON, {}).get("schema")

    def parameter(self, path: str, name: str) -> Any:
        return next(one for one in self[path]["parameters"] if one["name"] == name)

    def check(self, path: str, value: Any, told: object = None, *, full: bool = False) -> None:
        """That a value is what an operation answers with; in ``full``: with every key that is given unasked."""
        place = path.replace("/", "~1").replace("%", "%25")
        self._check(f"/paths/{place}/get/responses/200/content/application~1json/schema", value, told or path)
        schema = self.schema(path)
        if full and schema is not None:
            self._full(schema, value, told or path)

    def _full(self, schema: dict[str, Any], value: Any, told: object) -> None:
        """Of each choice the first is the whole, also inside a list."""
        schema = schema["anyOf"][0] if "anyOf" in schema else schema
        name = schema.get("$ref", "").rpartition("/")[2]
        if name.endswith("List"):
            for item in value["items"]:
                self._full(self.schemas[name]["properties"]["items"]["items"], item, told)
        elif name:
            self.component(name, value, told)

    def component(self, name: str, value: Any, told: object = None) -> None:
        self._check(f"/components/schemas/{name}", value, told)

    def _check(self, place: str, value: Any, told: object) -> None:
        if place not in self._validators:
            self._validators[place] = Draft202012Validator({"$ref": f"urn:openapi#{place}"}, registry=self._registry)
        error = next(self._validators[place].iter_errors(value), None)
        assert error is None, (told, error.json_path, error.message[:300])


@pytest.fixture(scope="module")
def spec(shipped: Site) -> Spec:
    return Spec(shipped.get("/v1/openapi.json").json())


def spec_of(site: Site) -> Spec:
    return Spec(site.get("/v1/openapi.json").json())


def targets(path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of an operation: that of its example, and one for each word that is known."""
    found = [path]
    segments = [one for one in operation["parameters"] if one["in"] == "path"]
    for one in segments:
        values = one["schema"].get("enum", []) if len(segments) == 1 else []
        found = [
            target.replace(f"{{{one['name']}}}", quote(value))
            for target in found
            for value in values or [one["example"]]
        ]
    required = {
        one["name"]: one["example"] for one in operation["parameters"] if one["in"] == "query" and one.get("required")
    }
    return (one + (f"?{urlencode(required)}" if required else "") for one in found)


def answered(site: Site, spec: Spec, operation: Mapping[str, Any], target: str) -> Got:
    """The answer of an operation, redirects followed; every status and media type on the way is one that it declares."""
    got = site.get(target)
    while got.status == 308:
        assert "308" in operation["responses"], target
        spec.component("Moved", got.json(), target)
        target = got.headers["location"]
        got = site.get(target)
    response = operation["responses"][str(got.status)]
    if got.status == 200:
        assert got.headers["content-type"].partition(";")[0] in response["content"], target
    return got


def add(target: str, **query: object) -> str:
    return (
        target + ("&" if "?" in target else "?") + urlencode({name.rstrip("_"): value for name, value in query.items()})
    )


# -- the document and the routes --------------------------------------------------------------------------------------


def spelled(path: str) -> str:
    return re.sub(r"{(\w+):path}", r"{\1}", path)


PATHS = [spelled(one.path) for one in OPERATIONS]
LISTS = [spelled(one.path) for one in OPERATIONS if isinstance(one.answer, Many)]
RESOURCES = [
    spelled(one.path)
    for one in OPERATIONS
    if isinstance(one.answer, One | Many) and not isinstance(one.answer.of, type)
]


def test_the_routes_and_the_document_are_the_same_set(spec: Spec) -> None:
    assert [path for path, _ in spec] == PATHS


def test_a_declared_collection_has_operations_of_its_own_that_its_routes_answer(site: Callable[..., Site]) -> None:
    here = site(DECLARED)
    spec = spec_of(here)
    own = {path: operation for path, operation in spec if path not in PATHS}
    assert {path: operation["operationId"] for path, operation in own.items()} == {
        "/v1/collections/startups": "listCollectionStartups",
        "/v1/collections/startups/{slug}": "getCollectionDocumentStartups",
        "/v1/collections/%C3%A9t%C3%A9%202020": "listCollectionEte2020",
        "/v1/collections/%C3%A9t%C3%A9%202020/{slug}": "getCollectionDocumentEte2020",
    }
    for path, operation in own.items():
        if "example" in operation["responses"]["200"]["content"][JSON]:
            got = here.get(next(targets(path, operation)))
            assert got.status == 200
            spec.check(path, got.json(), full=True)


def test_a_declared_collection_is_filtered_by_its_front_matter(site: Callable[..., Site]) -> None:
    spec = spec_of(site(DECLARED))
    names = {one["name"] for one in spec["/v1/collections/startups"]["parameters"]}
    assert {"fields.incubator", "fields.incubator__contains", "fields.phases.name__missing", "date__gte"} <= names
    common = {one["name"] for one in spec["/v1/collections/{name}"]["parameters"]}
    assert "title" in common
    assert not {name for name in common if name.startswith(("fields.", "date", "layout"))}


def test_the_documents_of_a_declared_collection_bear_its_name_as_their_type(site: Callable[..., Site]) -> None:
    schemas = spec_of(site(DECLARED)).schemas
    assert schemas["StartupsDocument"]["properties"]["type"]["const"] == "startups"
    assert schemas["Document"]["properties"]["type"] == {
        "description": "What it is: the type of its collection's documents.",
        "type": "string",
    }


def test_an_article_that_only_its_path_leads_to_is_described_where_it_is_found(site: Callable[..., Site]) -> None:
    here = site(DECLARED)
    spec = spec_of(here)
    got = here.get("/v1/pages/2024/01/01/same")
    assert got.json()["type"] == "article"
    spec.check("/v1/pages/{path}", got.json())
    spec.component("Article", got.json())


def test_operation_ids_are_unique_and_every_operation_is_told_of(spec: Spec) -> None:
    names = [operation["operationId"] for _, operation in spec]
    assert len(names) == len(set(names))
    tags = {one["name"]: one["description"] for one in spec.document["tags"]}
    for _, one in spec:
        assert one["summary"]
        assert all(tags[tag] for tag in one["tags"])
        told = [(parameter["in"], parameter["name"]) for parameter in one["parameters"]]
        assert len(told) == len(set(told))
        assert all(parameter["description"] for parameter in one["parameters"])


def test_every_operation_says_what_its_answer_is() -> None:
    assert [one.name for one in OPERATIONS if one.answer is None and not one.media and not one.offers] == []
    for one in OPERATIONS:
        assert {segment.name for segment in one.segments} == set(re.findall(r"{(\w+)", one.path)), one.name


def test_the_same_content_has_the_same_document(site: Callable[..., Site], shipped: Site) -> None:
    files = {path.relative_to(SHIPPED).as_posix(): path.read_bytes() for path in SHIPPED.rglob("*") if path.is_file()}
    assert site(files).get("/v1/openapi.json").body == shipped.get("/v1/openapi.json").body


@pytest.mark.parametrize("target", ["/v1/openapi.json", "/docs"])
def test_it_is_the_same_while_the_service_gets_ready(shipped: Site, tmp_path: Path, target: str) -> None:
    with Site(SHIPPED, tmp_path / "index.db", ready=lambda: False) as early:
        assert early.get(target).body == shipped.get(target).body


def test_the_root_leads_to_the_document(shipped: Site) -> None:
    root = shipped.get("/")
    assert root.json()["links"]["openapi"] == "/v1/openapi.json"
    assert root.link("service-desc") == "/v1/openapi.json"


def test_the_document_is_sent_as_any_answer_is(shipped: Site) -> None:
    tag = shipped.get("/v1/openapi.json").headers["etag"]
    assert shipped.get("/v1/openapi.json", If_None_Match=tag).status == 304
    assert shipped.get("/v1/openapi.json?x=1").status == 400


def test_its_addresses_are_those_of_the_settings(site: Callable[..., Site]) -> None:
    here = site({**DECLARED, "contentapi.toml": 'site.api = "https://api.example.org"'})
    assert spec_of(here).document["servers"] == [{"url": "https://api.example.org"}]


# -- its words --------------------------------------------------------------------------------------------------------


def test_the_words_of_the_content_are_enumerated(spec: Spec, shipped: Site) -> None:
    phases = [one["slug"] for one in shipped.get("/v1/phases").json()["items"]]
    assert spec.parameter("/v1/phases/{slug}", "slug")["schema"]["enum"] == phases
    menus = list(shipped.get("/v1/navigation").json()["menus"])
    assert spec.parameter("/v1/navigation/{menu}", "menu")["schema"]["enum"] == menus
    names = [one["name"] for one in shipped.get("/v1/collections").json()["items"]]
    assert spec.parameter("/v1/collections/{name}", "name")["schema"]["enum"] == names


def test_the_keys_that_may_be_asked_for_are_those_of_the_resource(spec: Spec) -> None:
    for name in ("fields", "include"):
        allowed = spec.parameter("/v1/articles", name)["schema"]["items"]["enum"]
        assert allowed == list(present.names(present.ARTICLE))


def test_every_filter_stands_in_the_document(spec: Spec) -> None:
    names = {one["name"] for one in spec["/v1/articles"]["parameters"]}
    for field in filters.ARTICLE:
        assert {field.name, *(f"{field.name}__{operator}" for operator in filters.OPERATORS[field.kind])} <= names


def test_every_kind_of_field_and_every_operator_has_words() -> None:
    assert set(openapi._VALUES) == set(filters.OPERATORS)
    assert set(openapi._OPERATORS) == {"is"}.union(*filters.OPERATORS.values())


def test_a_full_answer_has_every_key_and_a_partial_one_what_was_asked_for(spec: Spec) -> None:
    for resource in (*present.BY_KIND.values(), present.DOCUMENT):
        for form, suffix in (("single", ""), ("listed", "Item"), ("partial", "Partial")):
            schema = spec.schemas[resource.name + suffix]
            assert list(schema["properties"]) == list(present.names(resource))
            given = [key.name for key in resource.keys if getattr(key, form, key.name in {"type", "links"})]
            assert schema["required"] == given


def test_what_may_be_null_says_so(spec: Spec) -> None:
    page = spec.schemas["Page"]["properties"]
    assert page["type"]["const"] == "page"
    assert page["path"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert page["phase"]["anyOf"] == [{"$ref": "#/components/schemas/Card"}, {"type": "null"}]


def test_every_status_that_is_sent_has_its_problem(spec: Spec) -> None:
    for path, operation in spec:
        told = set(operation["responses"])
        assert {"200", "304", "412", "414", "431", "500", "503"} <= told
        assert ("308" in told) == ("{" in path)
        assert ("404" in told) == ("{" in path or path in {"/oembed", "/sitemap.xml"})
        for status in told - {"200", "304", "308"}:
            name = operation["responses"][status]["$ref"].rpartition("/")[2]
            assert spec.document["components"]["responses"][name]["description"] == problems.TITLES[int(status)]


def test_every_component_is_referred_to(spec: Spec) -> None:
    text = json.dumps(spec.document)
    for kind, components in spec.document["components"].items():
        for name in components:
            assert f'"#/components/{kind}/{name}"' in text


# -- its examples -----------------------------------------------------------------------------------------------------


#: What is about this instant, the document itself, what is never held as a whole, and an address that leads elsewhere in the
#: shipped content.
WITHOUT_EXAMPLE = {"/v1/status", "/v1/changes", "/v1/openapi.json", "/v1/export.json", "/v1/collections/{name}/{slug}"}


def test_the_examples_of_what_is_refused_name_what_a_real_answer_names(shipped: Site, spec: Spec) -> None:
    for target, name in {"/v1/pages/nowhere": "NotFound", "/v1/pages?fields=titel": "BadRequest"}.items():
        shown = spec.document["components"]["responses"][name]["content"]["application/problem+json"]["example"][
            "errors"
        ]
        told = shipped.get(target).json()["errors"]
        assert [list(one) for one in shown] == [list(one) for one in told]
        assert [one["parameter"] for one in shown] == [one["parameter"] for one in told]


def test_examples_are_what_the_content_answers_and_have_the_schema(spec: Spec) -> None:
    for path, operation in spec:
        content = operation["responses"]["200"]["content"].get(JSON)
        if content is None:
            continue
        assert ("example" in content) == (path not in WITHOUT_EXAMPLE), path
        if "example" in content:
            spec.check(path, content["example"])
            assert len(json.dumps(content["example"])) < 12_000, path
    page = spec["/v1/pages/{path}"]["responses"]["200"]["content"][JSON]["example"]
    assert page["path"].startswith("/approche/")
    for response in spec.document["components"]["responses"].values():
        content = response["content"]["application/problem+json"]
        if "example" in content:
            spec.component("Problem", content["example"])


# -- its schemas, against what is answered ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_the_answer_has_the_schema_in_full(shipped: Site, spec: Spec, path: str) -> None:
    operation = spec[path]
    for target in targets(path, operation):
        got = answered(shipped, spec, operation, target)
        assert got.status == 200, target
        if got.headers["content-type"] == JSON:
            spec.check(path, got.json(), target, full=True)


def few(path: str, operation: Mapping[str, Any]) -> str:
    """An address of an operation; of a list, with few items."""
    target = next(targets(path, operation))
    return add(target, limit=2) if path in LISTS else target


@pytest.mark.parametrize("path", PATHS)
def test_each_value_of_a_choice_is_answered_as_declared(shipped: Site, spec: Spec, path: str) -> None:
    operation = spec[path]
    target = few(path, operation)
    for one in operation["parameters"]:
        schema = one["schema"]
        values = schema.get("enum") or schema.get("items", {}).get("enum", [])
        if schema.get("type") == "boolean":
            values = ["true", "false"]
        if one["in"] != "query" or one["name"] in {"fields", "include"}:
            continue
        for value in values:
            # The redirects in another format than JSON are given whole.
            asked = next(targets(path, operation)) if one["name"] == "format" else target
            got = answered(shipped, spec, operation, add(asked, **{one["name"]: value}))
            assert got.status == 200, (asked, one["name"], value)
            if got.headers["content-type"] == JSON:
                spec.check(path, got.json(), (target, one["name"], value))


@pytest.mark.parametrize("path", RESOURCES)
def test_fields_and_include_give_what_they_name(shipped: Site, spec: Spec, path: str) -> None:
    operation = spec[path]
    target = few(path, operation)

    def items(**query: str) -> list[dict[str, Any]]:
        got = answered(shipped, spec, operation, add(target, **query))
        assert got.status == 200, (target, query)
        if list(query) != ["include"]:
            spec.check(path, got.json(), (target, query))
        return got.json()["items"] if path in LISTS else [got.json()]

    usual = items()
    names = spec.parameter(path, "fields")["schema"]["items"]["enum"]
    for name in names:
        for one, before in zip(items(fields=name), usual, strict=True):
            assert set(one) == {"type", "links", name}
            assert name not in before or one[name] == before[name]
        for one, before in zip(items(include=name), usual, strict=True):
            assert set(one) == {*before, name}
    for one in items(fields="slug", include="excerpt,text"):
        assert set(one) == {"type", "links", "slug", "excerpt", "text"}
    everything = answered(shipped, spec, operation, add(target, include=",".join(names)))
    spec.check(path, everything.json(), target, full=True)


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_walked_page_by_page(shipped: Site, spec: Spec, path: str) -> None:
    operation = spec[path]
    target = next(targets(path, operation))
    whole = shipped.get(target).json()
    following, found = add(target, limit=2, total="false"), []
    while following is not None:
        got = answered(shipped, spec, operation, following)
        spec.check(path, got.json(), following, full=True)
        assert {name: got.json()["meta"][name] for name in ("total", "limit")} == {"total": None, "limit": 2}
        found += got.json()["items"]
        following = got.json()["links"]["next"]
    assert found[:20] == whole["items"]


def test_every_resource_has_the_schema_of_its_address(shipped: Site, spec: Spec) -> None:
    templates = {path: re.compile(re.sub(r"{\w+}", "[^/]+", path.replace("{path}", ".+"))) for path in PATHS}
    seen = set()
    for path in LISTS:
        for target in targets(path, spec[path]):
            for item in shipped.walk(target):
                address = item.get("links", {}).get("self")
                if address is not None and address not in seen:
                    seen.add(address)
                    own = next(path for path, pattern in templates.items() if pattern.fullmatch(address))
                    spec.check(own, shipped.get(address).json(), address, full=True)
    assert len(seen) > 45


def test_problems_have_the_schema(shipped: Site, spec: Spec) -> None:
    asked = {
        "/v1/pages?nope=1": 400,
        "/v1/pages?fields=titel": 400,
        "/v1/resolve": 400,
        "/v1/pages/nowhere": 404,
        "/nowhere": 404,
        "/v1/pages/concours-2019": 410,
    }
    for target, status in asked.items():
        got = shipped.get(target)
        assert got.status == status
        spec.component("Problem", got.json(), target)
