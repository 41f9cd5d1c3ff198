"""YAML text in, JSON value expected: every scalar, trap and mistake has its row."""

from __future__ import annotations

import json
import unicodedata

import orjson
import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from contentapi.model import Severity
from contentapi.text import yaml
from contentapi.text.yaml import MAX_DEPTH, MAX_VALUES, Loaded, Problem, YamlError, load


@pytest.fixture(params=["C", "Python"], autouse=True)
def parser(request, monkeypatch):
    """Every test runs with libyaml, and as on a machine where PyYAML was built without it."""
    if request.param == "Python":
        monkeypatch.setattr(yaml, "_Loader", pyyaml.SafeLoader)
    return request.param


SCALARS = {
    # null and booleans (YAML 1.2 §10.3.2)
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "nil": "nil",
    "none": "none",
    "true": True,
    "True": True,
    "TRUE": True,
    "tRUE": "tRUE",
    "false": False,
    "False": False,
    "FALSE": False,
    # booleans of YAML 1.1 only
    "yes": "yes",
    "no": "no",
    "No": "No",
    "on": "on",
    "off": "off",
    "y": "y",
    "n": "n",
    # integers
    "0": 0,
    "42": 42,
    "-7": -7,
    "0o17": 15,
    "0x1F": 31,
    "017": "017",
    "007": "007",
    "01000": "01000",
    "+33612345678": "+33612345678",
    "-0": "-0",
    "1_000": "1_000",
    "0b101": "0b101",
    "1 000": "1 000",
    "9223372036854775807": 2**63 - 1,
    "-9223372036854775808": -(2**63),
    "9223372036854775808": "9223372036854775808",
    "-9223372036854775809": "-9223372036854775809",
    "0x7fffffffffffffff": 2**63 - 1,
    "0x8000000000000000": "0x8000000000000000",
    "1" * 5000: "1" * 5000,
    # floats: a number only when JSON writes it as the author did
    "1.5": 1.5,
    "-0.25": -0.25,
    "1.0": 1.0,
    "1.10": "1.10",
    "1.": "1.",
    ".5": ".5",
    "1e3": "1e3",
    "1e+16": 1e16,
    "1.5e-07": 1.5e-07,
    "0.0001234567890123456": 0.0001234567890123456,
    "0.1000000000000000055": "0.1000000000000000055",
    "1e999": "1e999",
    "1.2.3": "1.2.3",
    ".inf": ".inf",
    "-.INF": "-.INF",
    ".nan": ".nan",
    "nan": "nan",
    # base 60 and dates of YAML 1.1
    "12:30:45": "12:30:45",
    "1:30": "1:30",
    "2020-11-18": "2020-11-18",
    "2020-11-18 09:30:00 +0100": "2020-11-18 09:30:00 +0100",
    "2020-11-18T09:30:00Z": "2020-11-18T09:30:00Z",
    # quotes and blocks make strings
    "'true'": "true",
    '"42"': "42",
    "''": "",
    "'l''été'": "l'été",
    '"a\\tb\\u00e9\\n"': "a\tbé\n",
    '"\\u2028\\N"': "\u2028\x85",
    "|\n  12\n  no\n": "12\nno\n",
    ">-\n  a\n  b\n": "a b",
    # tags that say what is so anyway
    "!!str 12": "12",
    "! 12": "12",
    "!!int '12'": 12,
    "!!bool true": True,
    "!!null ''": None,
    "!!timestamp 2020-11-18": "2020-11-18",
    # characters
    "e\u0301te\u0301": "été",
    '"e\\u0301"': "é",
    "a\u2028b": "a\u2028b",
    "a\x85b\u2029c": "a\x85b\u2029c",
    "a\u00a0b": "a\u00a0b",
    "🎯 but": "🎯 but",
    "https://beta.gouv.fr/a#b": "https://beta.gouv.fr/a#b",
    "a # comment": "a",
}


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=[repr(text)[:40] for text in SCALARS])
def test_a_scalar_is_what_its_author_wrote(text, value):
    loaded = load(f"key: {text}")
    assert loaded == Loaded({"key": value}, (), {"key": 1}, {})
    assert type(loaded.value["key"]) is type(value)


@pytest.mark.parametrize(("text", "value"), [("b\t", "b"), ("a\tb", "a\tb")])
def test_libyaml_accepts_tabs_that_the_python_parser_refuses(text, value, monkeypatch):
    monkeypatch.setattr(yaml, "_Loader", pyyaml.CSafeLoader)
    assert load(f"key: {text}").value == {"key": value}


TEXTS = {
    "nothing": ("", None, {}),
    "a comment": ("# no key yet\n", None, {}),
    "a blank line": ("\n\n", None, {}),
    "a string": ("just words", "just words", {}),
    "a list": ("- a\n- b: 1", ["a", {"b": 1}], {}),
    "a document with its marks": ("---\na: 1\n...\n", {"a": 1}, {"a": 2}),
    "a version of YAML": ("%YAML 1.1\n---\na: no\n", {"a": "no"}, {"a": 3}),
    "order is kept": ("z: 1\na: 2\nm: 3\n", {"z": 1, "a": 2, "m": 3}, {"z": 1, "a": 2, "m": 3}),
    "CRLF": ("a: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}, {"a": 1, "b": 2}),
    "CR only": ("a: 1\rb: 2\r", {"a": 1, "b": 2}, {"a": 1, "b": 2}),
    "nested": ("a:\n  b:\n    - c: 1\n      d: [2, {e: 3}]\n", {"a": {"b": [{"c": 1, "d": [2, {"e": 3}]}]}}, {"a": 1}),
    "lists at the column of their key": ("a:\n- b\n- c\n", {"a": ["b", "c"]}, {"a": 1}),
    "null lists": ("a:\nb: []\nc:\n  -\n", {"a": None, "b": [], "c": [None]}, {"a": 1, "b": 2, "c": 3}),
    "numbers as keys": ("2024: a\n1.10: b\n0x1: c\n", {"2024": "a", "1.10": "b", "0x1": "c"}, None),
    "words as keys": ("true: a\nnull: b\non: c\n~: d\n", {"true": "a", "null": "b", "on": "c", "~": "d"}, None),
    "dates as keys": ("2020-01-01: a\n12:30: b\n", {"2020-01-01": "a", "12:30": "b"}, None),
    "words of python-frontmatter as keys": ("content: a\nhandler: b\n", {"content": "a", "handler": "b"}, None),
    "quoted keys": ("'a b': 1\n\"c\\td\": 2\n", {"a b": 1, "c\td": 2}, None),
    "an empty key": ("'': 1\n", {"": 1}, None),
    "a decomposed key": ("e\u0301tape: 1\n", {"étape": 1}, None),
    "keys without value in braces": ("{a, b: 1}", {"a": None, "b": 1}, None),
    "a line separator ends no line": ("a: b\u2028c\nd: 1\n", {"a": "b\u2028c", "d": 1}, {"a": 1, "d": 2}),
    "aliases": ("a: &x [1, {b: 2}]\nc: *x\n", {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}, {"a": 1, "c": 2}),
    "an anchor may be set anew": ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}, None),
    "aliases as keys": (
        "a: &x 1.10\nb: &y true\nc: &z 7\n*x : d\n*y : e\n*z : f\n",
        {"a": "1.10", "b": True, "c": 7, "1.10": "d", "true": "e", "7": "f"},
        None,
    ),
    "anchors on keys": ("&x a: 1\nb: *x\n", {"a": 1, "b": "a"}, None),
    "merge": ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}, None),
    "merge below own keys": ("a: &x {b: 1}\nd:\n  b: 2\n  <<: *x\n", {"a": {"b": 1}, "d": {"b": 2}}, None),
    "merge of several": ("<<: [{a: 1}, {a: 2, b: 2}]\nc: 3\n", {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 1, "c": 2}),
    "a merged mapping with an anchor": (
        "a: &x\n  <<: {b: 1}\n  c: 2\nd: *x\n",
        {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 2}},
        None,
    ),
    "a quoted << merges nothing": ("'<<': a\n", {"<<": "a"}, None),
    "Liquid in quotes": ("a: '{{ page.title }}'\n", {"a": "{{ page.title }}"}, None),
}


@pytest.mark.parametrize(("text", "value", "lines"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_and_its_value(text, value, lines):
    loaded = load(text)
    assert loaded.value == value
    assert loaded.problems == ()
    assert loaded.overridden == {}
    if isinstance(value, dict):
        assert list(loaded.value) == list(value)
    if lines is not None:
        assert loaded.lines == lines


def test_lines_are_those_of_the_file():
    assert load("a: 1\n\nb:\n  - c\nd: 2", first_line=2).lines == {"a": 2, "b": 4, "d": 6}


def test_an_alias_is_a_copy_of_its_own():
    value = load("a: &x {b: [1]}\nc: *x\n<<: *x\n").value
    value["a"]["b"].append(2)
    assert value == {"b": [1], "a": {"b": [1, 2]}, "c": {"b": [1]}}


DUPLICATE = "Remove one of the two."
TAG = "Remove the tag, or put quotes around the value if '!' is part of it."


def duplicate(key, earlier, line, column):
    message = f"The key '{key}' already stands on line {earlier}; this one replaces it."
    return Problem("duplicate-key", Severity.WARNING, line, column, message, DUPLICATE)


def tag(name, line, column):
    message = f"The tag '{name}' is ignored; the value is taken as it is written."
    return Problem("yaml-tag", Severity.WARNING, line, column, message, TAG)


PROBLEMS = {
    "a key twice": (
        "a: 1\nb: 2\na: 3\n",
        Loaded({"a": 3, "b": 2}, (duplicate("a", 1, 3, 1),), {"a": 3, "b": 2}, {"a": [1]}),
    ),
    "a key three times": (
        "a: 1\na: 2\na: 3\n",
        Loaded({"a": 3}, (duplicate("a", 1, 2, 1), duplicate("a", 2, 3, 1)), {"a": 3}, {"a": [1, 2]}),
    ),
    "a key twice, deeper": (
        "a:\n  - b: 1\n    b: 2\n",
        Loaded({"a": [{"b": 2}]}, (duplicate("b", 2, 3, 5),), {"a": 1}, {}),
    ),
    "a key twice, in braces": ("a: {b: 1, b: 2}", Loaded({"a": {"b": 2}}, (duplicate("b", 1, 1, 11),), {"a": 1}, {})),
    "a number and the same in quotes": (
        "1: a\n'1': b\n",
        Loaded({"1": "b"}, (duplicate("1", 1, 2, 1),), {"1": 2}, {"1": ["a"]}),
    ),
    "composed and decomposed": (
        "é: a\ne\u0301: b\n",
        Loaded({"é": "b"}, (duplicate("é", 1, 2, 1),), {"é": 2}, {"é": ["a"]}),
    ),
    "a long key": (
        f"{'k' * 99}: 1\n{'k' * 99}: 2\n",
        Loaded({"k" * 99: 2}, (duplicate("k" * 59 + "…", 1, 2, 1),), {"k" * 99: 2}, {"k" * 99: [1]}),
    ),
    "a Ruby object": (
        "a: !ruby/object:Gem\n  b: 1\n",
        Loaded({"a": {"b": 1}}, (tag("!ruby/object:Gem", 1, 4),), {"a": 1}, {}),
    ),
    "a Python call": (
        "a: !!python/object/apply:os.system ['true']\n",
        Loaded({"a": ["true"]}, (tag("!!python/object/apply:os.system", 1, 4),), {"a": 1}, {}),
    ),
    "binary": ("a: !!binary aGVsbG8=\n", Loaded({"a": "aGVsbG8="}, (tag("!!binary", 1, 4),), {"a": 1}, {})),
    "a set": ("a: !!set {b, c}\n", Loaded({"a": {"b": None, "c": None}}, (tag("!!set", 1, 4),), {"a": 1}, {})),
    "an unknown tag on a number": ("a: !note 12\n", Loaded({"a": "12"}, (tag("!note", 1, 4),), {"a": 1}, {})),
    "an unknown tag on a key": ("!note a: 12\n", Loaded({"a": 12}, (tag("!note", 1, 1),), {"a": 1}, {})),
    "a tag that the value belies": ("a: !!int twelve\n", Loaded({"a": "twelve"}, (tag("!!int", 1, 4),), {"a": 1}, {})),
    "a number that would lose a nought": (
        "a: !!float 1.10\n",
        Loaded({"a": "1.10"}, (tag("!!float", 1, 4),), {"a": 1}, {}),
    ),
}


@pytest.mark.parametrize(("text", "loaded"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_is_odd_is_told_and_read_all_the_same(text, loaded):
    assert load(text) == loaded


def test_a_hundred_problems_are_enough():
    assert len(load("a:\n" * 500).problems) == 100


TAB = "A tab stands where YAML wants spaces. | Replace the tab at the start of the line by spaces."
COLON = "The value holds ': ', which begins another value. | Put quotes around the whole value."
STRAY = (
    "No value can begin here: this line is indented too far, or the line above lacks ': ' or quotes. | "
    "Start the keys of one level in the same column, and write 'key: value' with a space after the colon."
)
ALIGNMENT = (
    "This line does not line up with the lines above. | "
    "Start the keys of one level, and the '-' of one list, in the same column."
)
AFTER = (
    "Text stands after the end of a value in quotes or brackets. | "
    "Put quotes around the whole value; inside 'single quotes' write an apostrophe twice ('')."
)
QUOTE = "A quote opens here and is never closed. | Add the closing quote at the end of the value."
NO_KEY = (
    "This line is no 'key: value'. | "
    "Write a colon and a space after the key, or indent the line if it continues the value above."
)
FIRST = "An unquoted value cannot begin with this character. | Put quotes around the whole value."
BRACKET = (
    "A '[' or '{' opens here, or above, and is not closed as it should be. | "
    "Close it and separate its items by commas, or put quotes around it if it is plain text."
)
REFERENCE = "An unquoted value that begins with '*' or '&' is a reference in YAML. | Put quotes around the whole value."
ESCAPE = (
    "A backslash in double quotes begins an escape, and YAML does not know this one. | "
    "Use single quotes, or write the backslash twice."
)
BLOCK = (
    "Nothing may follow '|' or '>' on its line. | "
    "Begin the text on the next line, indented, or put quotes around the value."
)
LIST = (
    "A list cannot begin on the line of its key. | "
    "Put each '- item' on a line of its own, or quotes around the value if '-' is part of it."
)
IS_TAG = "An unquoted value that begins with '!' is a tag in YAML. | Put quotes around the whole value."
NO_BREAK = (
    "The blank after a colon, here or on the line above, is a no-break space. | Type an ordinary space after the colon."
)
KEY = (
    "A key cannot be a list or a mapping. | "
    "A value that begins with '{' or '[' as text, such as {{ page.title }}, needs quotes around it."
)
SECOND = "A second YAML document begins here. | Remove the '---', or put the text after it in quotes."
CONTROL = "An invisible control character ({}) stands here. | Delete it, or type the text again."
CONTROL_ESCAPE = "This value holds an escape for a control character. | Remove the escape."
NOTHING = "'*b' refers to nothing. | A value that begins with '*' as text needs quotes around it."
INSIDE = "'*x' stands inside what it refers to. | Write the value out."
MERGE = "'<<' needs a mapping to merge. | Write '<<: *name', after '&name'."
MERGE_TWICE = "'<<' stands twice in one mapping. | Write '<<: [*one, *other]'."
DIRECTIVE = "A line that begins with '%' is an instruction to YAML. | Remove the line, or put quotes around the value."
DIRECTIVES = "Too many lines begin with '%'. | Remove them, or put quotes around the values."
UNKNOWN = "This is no valid YAML. | Look for a missing quote, colon or space here and on the line above."
DEEP = f"Values are nested deeper than {MAX_DEPTH} levels. | Flatten them."
MANY = (
    f"The text holds more than {MAX_VALUES} values, with all that its aliases ('*name') stand for. | "
    "Use fewer aliases, or split the file."
)
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)

ERRORS = {
    "a colon in the value": ("a: 1\ntitle: one: two\n", (2, 11, COLON)),
    "a colon in an item": ("a:\n  - b: c: d\n", (2, 9, COLON)),
    "a tab before a key": ("\ttitle: x\n", (1, 1, TAB)),
    "a tab below a value": ("a: x\n\tb: y\n", (2, 1, TAB)),
    "a tab before an item": ("a:\n\t- b\n", (2, 1, TAB)),
    "a tab in a block": ("a: |\n\tb\n", (2, 1, TAB)),
    "a single quote not closed": ("a: 'b\nc: 1\n", (1, 4, QUOTE)),
    "a double quote not closed": ('a: 1\nb: "c\n', (2, 4, QUOTE)),
    "a quote not closed before a document": ("a: 'b\n---\nc'\n", (1, 4, QUOTE)),
    "an apostrophe in single quotes": ("a: 'l'été'\n", (1, 7, AFTER)),
    "text after quotes": ('a: "b" c\n', (1, 8, AFTER)),
    "no colon": ("a: 1\nbrouillon\nb: 2\n", (2, 1, NO_KEY)),
    "no space after the colon": ("a: 1\ndraft:true\n", (2, 1, NO_KEY)),
    "no space after the first colon": ("draft:true\na: 1\n", (2, 2, STRAY)),
    "a no-break space after the colon": ("a: 1\ndraft:\u00a0true\n", (2, 1, NO_BREAK)),
    "a no-break space after the first colon": ("draft:\u202ftrue\na: 1\n", (2, 2, NO_BREAK)),
    "indented too far": ("a: x\n  b: 1\n", (2, 4, STRAY)),
    "indented too little": ("a:\n    b: 1\n  c: 2\n", (3, 3, ALIGNMENT)),
    "an item out of line": ("a:\n  - b\n - c\n", (3, 2, ALIGNMENT)),
    "a key after a list": ("- a\nb: 1\n", (2, 1, ALIGNMENT)),
    "a list on the line of its key": ("a: - b\n", (1, 4, LIST)),
    "a bracket not closed": ("a: [b, c\nd: 1\n", (1, 4, BRACKET)),
    "a brace not closed": ("a: {b: 1\n", (1, 4, BRACKET)),
    "an empty item": ("a: [, b]\n", (1, 5, BRACKET)),
    "the wrong bracket": ("a: [b}\n", (1, 4, BRACKET)),
    "an at sign": ("a: @b\n", (1, 4, FIRST)),
    "a backquote": ("a: `b`\n", (1, 4, FIRST)),
    "a percent sign": ("a: %b\n", (1, 4, FIRST)),
    "a closing bracket": ("a: ]\n", (1, 4, FIRST)),
    "a question": ("a: ? b\n", (1, 4, FIRST)),
    "Liquid, a value": ("a: {{ b.c }}\n", (1, 5, KEY)),
    "Liquid, a tag": ("a: {% b %}\n", (1, 5, FIRST)),
    "a list as key": ("? [a]\n: b\n", (1, 3, KEY)),
    "an alias to a list as key": ("a: &x [1]\n*x : b\n", (2, 1, KEY)),
    "Markdown emphasis": ("a: *b*\n", (1, 4, REFERENCE)),
    "an alias to nothing": ("a: *b\n", (1, 4, NOTHING)),
    "a star and a blank": ("a: * b\n", (1, 4, REFERENCE)),
    "an ampersand": ("a: & b\n", (1, 4, REFERENCE)),
    "an unknown tag handle": ("a: !e!x b\n", (1, 4, IS_TAG)),
    "a tag not closed": ("a: !<x\n", (1, 4, IS_TAG)),
    "a backslash in double quotes": ('a: "C:\\dir"\n', (1, 7, ESCAPE)),
    "an escape of a surrogate": ('a: "\\ud800"\n', (1, 7, ESCAPE)),
    "an escape beyond Unicode": ('a: "\\U00110000"\n', (1, 7, ESCAPE)),
    "an escape of a control character": ('a: "\\x1f"\n', (1, 4, CONTROL_ESCAPE)),
    "an escape of NUL": ('a: 1\nb: "c\\0"\n', (2, 4, CONTROL_ESCAPE)),
    "text after a block sign": ("a: |b\n", (1, 5, BLOCK)),
    "two documents": ("a: 1\n---\nb: 2\n", (2, 1, SECOND)),
    "a document in a value": ("a: 1\n--- b\n", (2, 1, SECOND)),
    "text after the end": ("a: 1\n...\nb: 2\n", (3, 1, UNKNOWN)),
    "a directive": ("%YAML 3.0\n---\na: 1\n", (1, 1, DIRECTIVE)),
    "directives that take minutes": ("".join(f"%TAG !{n}! x\n" for n in range(99_999)), (1, 1, DIRECTIVES)),
    "a control character": ("a: 1\nb: c\x07\n", (2, 5, CONTROL.format("U+0007"))),
    "NUL": ("a: \0\n", (1, 4, CONTROL.format("U+0000"))),
    "a form feed": ("a: 1\r\n\fb: 2\n", (2, 1, CONTROL.format("U+000C"))),
    "DEL": ("a: b\x7f\n", (1, 5, CONTROL.format("U+007F"))),
    "a lone surrogate": ("é: \ud800\n", (1, 4, CONTROL.format("U+D800"))),
    "a non-character": ("a: \uffff\n", (1, 4, CONTROL.format("U+FFFF"))),
    "merging a scalar": ("a: 1\n<<: 1\n", (2, 1, MERGE)),
    "merging a list of scalars": ("<<: [{a: 1}, b]\n", (1, 1, MERGE)),
    "merging twice": ("<<: {draft: true}\n<<: {draft: false}\n", (2, 1, MERGE_TWICE)),
    "an alias inside its list": ("a: &x [1, *x]\n", (1, 11, INSIDE)),
    "an alias inside its mapping": ("&x\na:\n  b: *x\n", (3, 6, INSIDE)),
    "a merge inside its mapping": ("a: &x\n  <<: *x\n", (2, 7, INSIDE)),
    "a billion laughs": (LAUGHS, (5, 45, MANY)),
    "long strings, a hundred thousand times": (
        "a: &x " + "x" * 10_000 + "\nb:\n" + "- *x\n" * 1000,
        (993, 3, MANY),
    ),
    "long keys, a thousand times": ("a: &x {" + "x" * 1000 + ": 1}\nb:\n" + "- *x\n" * 9999, (8336, 3, MANY)),
    "more values than a page has": ("- a\n" * (MAX_VALUES + 1), (MAX_VALUES, 3, MANY)),
    "brackets": ("[" * 100_000, (1, MAX_DEPTH + 1, DEEP)),
    "hyphens": ("- " * 100_000, (1, 2 * MAX_DEPTH + 1, DEEP)),
    "aliases that nest": (
        "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 99)),
        (64, 12, DEEP),
    ),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.values(), ids=ERRORS.keys())
def test_what_cannot_be_read_is_explained_to_an_editor(text, expected, parser):
    if parser == "Python" and len(text) > 5000:
        pytest.skip("the bounds are the same, and this parser is slow")
    with pytest.raises(YamlError) as caught:
        load(text)
    error = caught.value
    if parser == "C":  # the other parser has its own places, and fewer words
        assert (error.line, error.column, f"{error.message} | {error.hint}") == expected
    assert str(error) == f"line {error.line}, column {error.column}: {error.message}"


def test_an_error_has_the_line_of_the_file():
    with pytest.raises(YamlError) as caught:
        load("a: 1\nb: 'c\n", first_line=10)
    assert (caught.value.line, caught.value.column) == (11, 4)


def test_as_deep_as_allowed():
    assert load("[" * MAX_DEPTH + "]" * MAX_DEPTH).value is not None


def test_a_wall_of_combining_marks_takes_no_time():
    marks = "\u0301\u0327" * 100_000  # minutes for unicodedata
    value = load(f"a: e{marks}").value["a"]
    assert unicodedata.is_normalized("NFC", value)
    assert value.startswith("ȩ\u0327")
    assert value.count("\u0301") == 100_000


def outcome(text):
    try:
        return load(text)
    except YamlError as error:
        return error


@given(st.text() | st.text("\t\n\r -?:,[]{}#&*!|>'\"%@`~<01.enotrua\\x\u2028\u0301é"))
def test_any_text_is_json_or_an_error(text):
    match outcome(text):
        case Loaded(value):
            assert json.loads(orjson.dumps(value)) == value
        case YamlError(line=line, column=column):
            assert line >= 1
            assert column >= 1


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé", max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_json_is_yaml(value):
    """YAML 1.2 §1.3: every JSON text is YAML, with the same meaning."""
    text = json.dumps(value, ensure_ascii=False)
    expected = json.loads(unicodedata.normalize("NFC", text))
    assert load(text).value == expected


# In YAML 1.1, which PyYAML writes, U+2028 ends a line and 0o7 is a word.
WRITTEN = PLAIN.filter(lambda text: not text.startswith("0o") and not {"\u2028", "\u2029"} & set(text))


@given(st.dictionaries(st.text("abcdé_-", min_size=1, max_size=8), WRITTEN, max_size=5))
def test_what_pyyaml_writes_is_read(values):
    text = pyyaml.safe_dump(values, allow_unicode=True)
    assert load(text).value == {
        unicodedata.normalize("NFC", key): unicodedata.normalize("NFC", value) for key, value in values.items()
    }
