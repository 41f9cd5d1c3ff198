from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from contentapi.web.pages import docs, prose, schema, trial
from contentapi.web.pages.trial import Parameter
from tests.web.client import Got
from tests.web.markup import checked

HERE = "http://127.0.0.1:8000"
HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def document(shipped):
    return shipped.get("/v1/openapi.json").json()


@pytest.fixture(scope="module")
def page(shipped):
    return checked(shipped.get("/docs"))


def operations(document):
    return {item["get"]["operationId"]: (path, item["get"]) for path, item in document["paths"].items()}


# -- everything of the document can be read ---------------------------------------------------------------------------


def test_every_operation_is_told_with_its_address(document, page):
    shown = {node.attributes["id"]: node for node in page.css("article:not(.shape)")}
    assert list(shown) == [one for tag in document["tags"] for one in _of_tag(document, tag["name"])]
    for name, (path, operation) in operations(document).items():
        assert shown[name].css_first("h3").text() == operation["summary"]
        assert shown[name].css_first(".target").text() == f"GET {path}"


def _of_tag(document, tag):
    return [name for name, (_, one) in operations(document).items() if one["tags"] == [tag]]


def test_every_operation_is_in_the_contents(document, page):
    linked = {node.attributes["href"] for node in page.css("nav a")}
    assert {f"#{name}" for name in operations(document)} <= linked


def test_every_parameter_and_every_status_is_told(document, page):
    for name, (_, operation) in operations(document).items():
        node = page.css_first(f"#{name}")
        text = node.css_first("article").text(separator=" ") if node.css("article") else node.text(separator=" ")
        for parameter in operation["parameters"]:
            field, mark, suffix = parameter["name"].rpartition("__")
            assert (f"{mark}{suffix}" if mark else parameter["name"]) in text, (name, parameter["name"])
            assert not mark or field in text
        codes = {code.text() for code in node.css(".answer > p > code, .otherwise code")}
        assert set(operation["responses"]) <= codes, name


def test_every_word_of_an_enumeration_is_told(document, page):
    for name, (_, operation) in operations(document).items():
        codes = {code.text() for code in page.css(f"#{name} dl code")}
        for parameter in operation["parameters"]:
            if "__" not in parameter["name"] and "enum" in parameter["schema"].get("items", {}):
                assert set(parameter["schema"]["items"]["enum"]) <= codes, (name, parameter["name"])


def test_every_shape_is_told_with_its_keys(document, page):
    for name, shape in document["components"]["schemas"].items():
        node = page.css_first(f"#{schema.anchor(name)}")
        assert node is not None, name
        while "shape" not in (node.attributes.get("class") or ""):
            node = node.parent
        keys = {code.text() for code in node.css("dt > code")}
        assert set(shape.get("properties", {})) <= keys, name


def test_every_address_in_it_answers(shipped, page):
    links = {node.attributes["href"] for node in page.css('a[href^="/"], link[href^="/"]')}
    assert "/v1/phases" in links
    assert len(links) > 20
    for link in links:
        # A document of a collection with an endpoint of its own has its address there.
        assert shipped.get(link).status in ({200, 308} if link.startswith("/v1/collections/") else {200}), link


def test_it_is_found_and_described(shipped, document):
    assert shipped.get("/").json()["links"]["docs"] == "/docs"
    assert set(document["paths"]["/docs"]["get"]["responses"]["200"]["content"]) == {"text/html"}
    assert shipped.get("/docs?unknown=1").status == 200
    assert shipped.head("/docs").headers["etag"] == shipped.get("/docs").headers["etag"]


# -- everything in it can be tried ------------------------------------------------------------------------------------


def test_every_operation_has_a_form_that_stays_hidden_without_a_script(document, page):
    for name, (path, operation) in operations(document).items():
        (form,) = page.css(f"#{name} form")
        assert "hidden" in form.attributes
        assert form.attributes["data-path"] == path
        plain, filters = trial.parted([Parameter.read(one) for one in operation["parameters"]])
        assert [node.attributes["name"] for node in form.css("[data-place]")] == [one.name for one in plain]
        offered = [node.attributes["value"] for node in form.css("[data-filter] option")][1:]
        assert offered == [one.name for each in filters.values() for one in each]
        for node in form.css("[required]"):
            assert node.attributes["value"], node.html


def test_the_script_is_the_packaged_one_and_asks_only_this_service(shipped, page):
    script = page.css_first("script").text()
    assert not re.search(r"https?:|eval|innerHTML|document\.write|import", script)
    policy = shipped.get("/docs").headers["content-security-policy"]
    assert f"connect-src 'self' {HERE};" in policy
    main = page.css_first("main").attributes
    assert (main["data-origin"], main["data-api"]) == (HERE, "")


def test_a_configured_address_is_where_requests_go(site):
    api = "https://api.example.org/contenu"
    shelf = site({"contentapi.toml": f'[site]\napi = "{api}"\n', "index.md": "# A"})
    got = shelf.get("/docs")
    page = checked(got)
    assert "connect-src 'self' https://api.example.org;" in got.headers["content-security-policy"]
    assert page.css_first("main").attributes["data-api"] == api
    assert all(node.attributes["href"].startswith(("#", api)) for node in page.css("a"))
    assert urlsplit(page.css_first("article a").attributes["href"]).netloc in {"", "api.example.org"}


# -- whatever the document is -----------------------------------------------------------------------------------------


def minimal(**operation):
    told = {"operationId": "getIt", "summary": HOSTILE, "responses": {"200": {"description": HOSTILE}}, **operation}
    return {"openapi": "3.1.0", "info": {"title": HOSTILE, "version": HOSTILE}, "paths": {"/x": {"get": told}}}


def rendered(document):
    made = docs.render(document, api="", origin=HERE)
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": made.policy}
    return checked(Got(200, headers, made.body))


def test_everything_of_the_document_is_escaped():
    parameter = {
        "name": HOSTILE,
        "in": "query",
        "description": HOSTILE,
        "schema": {"enum": [HOSTILE]},
        "example": HOSTILE,
    }
    shape = {
        "type": "object",
        "description": HOSTILE,
        "properties": {HOSTILE: {"type": HOSTILE, "description": HOSTILE}},
    }
    content = {"text/html": {"schema": shape, "example": HOSTILE}}
    document = minimal(
        parameters=[parameter], responses={"200": {"description": HOSTILE, "content": content}}, tags=[HOSTILE]
    )
    document["components"] = {"schemas": {HOSTILE: shape}}
    page = rendered(document)
    assert not page.css("img")
    assert page.css_first("h1").text() == HOSTILE
    assert page.css_first("h3").text() == HOSTILE
    assert page.css_first(".answer pre").text() == HOSTILE


def test_references_are_followed_wherever_openapi_allows_them():
    document = minimal(
        parameters=[{"$ref": "#/components/parameters/limit"}],
        responses={"404": {"$ref": "#/components/responses/NotFound"}},
    )
    document["components"] = {
        "parameters": {"limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
        "responses": {"NotFound": {"description": "Nothing is there."}},
    }
    page = rendered(document)
    assert page.css_first("dl.keys dt code").text() == "limit"
    assert page.css_first(".otherwise li").text() == "404 Nothing is there."


def test_an_operation_without_an_example_for_its_path_has_no_link():
    document = minimal(parameters=[{"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}])
    assert "Real answer" not in rendered(document).css_first("article").text()


def test_an_example_too_long_to_read_is_left_to_the_real_answer():
    content = {"application/json": {"example": ["x" * 100] * 1000}}
    page = rendered(minimal(responses={"200": {"description": "OK", "content": content}}))
    assert not page.css(".answer details")


# -- the pieces -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date"}, "text (date)"),
        ({"type": ["string", "null"]}, "text or null"),
        ({"anyOf": [{"$ref": "#/components/schemas/Card"}, {"type": "null"}]}, "Card or null"),
        ({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}, "text (date) or text (date-time)"),
        ({"allOf": [{"$ref": "#/components/schemas/Card"}]}, "Card"),
        ({"type": "array", "items": {"type": "integer"}}, "list of whole number"),
        ({"type": "array"}, "list"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "map of whole number"),
        ({"type": "object", "properties": {"a": {}}}, "object"),
        ({"type": "object", "additionalProperties": True}, "map"),
        ({"type": "string", "enum": ["a", "b"]}, "a b"),
        ({"type": "string", "enum": [str(number) for number in range(40)]}, "one of these words"),
        ({"const": "page"}, "page"),
        ({"type": "boolean"}, "true or false"),
        ({}, "anything"),
    ],
)
def test_schemas_in_words(given, said):
    assert re.sub(r"<[^>]+>", "", schema.kind(given)) == said


def test_limits_in_words():
    given = {"type": "integer", "default": 20, "minimum": 1, "maximum": 100}
    assert re.sub(r"<[^>]+>", "", schema.limits(given) or "") == "default 20 · from 1 · up to 100"
    assert schema.limits({"type": "string", "default": None}) is None


def test_objects_inside_objects_are_shown_in_place():
    inner = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    given = {
        "type": "object",
        "properties": {"list": {"type": "array", "items": inner}, "one": {"anyOf": [inner, {"type": "null"}]}},
    }
    made = schema.properties(given) or ""
    assert made.count("<dl") == 3
    assert made.count("may be absent") == 4


def test_filters_are_told_from_parameters_by_their_suffixes():
    names = [
        "fields",
        "limit",
        "title",
        "title__not",
        "date",
        "date__gte",
        "hidden",
        "fields.a.b",
        "fields.a.b__missing",
    ]
    read = [Parameter.read({"name": name, "in": "query"}) for name in names]
    plain, filters = trial.parted(read)
    assert [one.name for one in plain] == ["fields", "limit"]
    assert {field: [one.name for one in each] for field, each in filters.items()} == {
        "title": ["title", "title__not"],
        "date": ["date", "date__gte"],
        "hidden": ["hidden"],
        "fields.a.b": ["fields.a.b", "fields.a.b__missing"],
    }


def test_descriptions_are_paragraphs_lists_and_code():
    assert prose.paragraphs("Un `<b>`.\n\n- one\n- two\n  lines\n\nEnd") == (
        "<p>Un <code>&lt;b&gt;</code>.</p><ul><li>one</li><li>two\n  lines</li></ul><p>End</p>"
    )
    assert prose.paragraphs(None) == ""
