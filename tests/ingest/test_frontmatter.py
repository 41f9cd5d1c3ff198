"""Files in, front matter expected: what is one, what only looks like one, and what keeps a document back."""

from __future__ import annotations

import unicodedata

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contentapi.ingest.frontmatter import FrontMatter, Rejected, Verdict, read, unpublished
from contentapi.model import Diagnostic, Severity, SourceFile
from contentapi.text.yaml import Problem


def found(content):
    raw = content if isinstance(content, bytes) else content.encode()
    return read(SourceFile("a.md", raw, ""))


def warning(message, line, column, hint="Remove one of the two."):
    return Diagnostic("duplicate-key", Severity.WARNING, "a.md", message, hint, line, column)


DOCUMENTS = {
    "a page": (
        "---\ntitle: A page\ntags: [a, b]\n---\n\n# Title\n",
        FrontMatter({"title": "A page", "tags": ["a", "b"]}, {"title": 2, "tags": 3}, "\n# Title\n", 5),
    ),
    "an empty block": ("---\n---\nText\n", FrontMatter({}, {}, "Text\n", 3)),
    "a blank block": ("---\n\n\n---\nText\n", FrontMatter({}, {}, "Text\n", 5)),
    "a block of comments": ("---\n# draft: true\n---\nText\n", FrontMatter({}, {}, "Text\n", 4)),
    "a block of braces": ("---\n{}\n---\nText\n", FrontMatter({}, {}, "Text\n", 4)),
    "no body": ("---\na: 1\n---\n", FrontMatter({"a": 1}, {"a": 2}, "", 4)),
    "no body and no line end": ("---\na: 1\n---", FrontMatter({"a": 1}, {"a": 2}, "", 4)),
    "blanks and no line end": ("---\na: 1\n--- \t", FrontMatter({"a": 1}, {"a": 2}, "", 4)),
    "a body of blank lines": ("---\na: 1\n---\n\n\n", FrontMatter({"a": 1}, {"a": 2}, "\n\n", 4)),
    "a body without line end": ("---\na: 1\n---\nText", FrontMatter({"a": 1}, {"a": 2}, "Text", 4)),
    "blanks after the fences": ("---  \na: 1\n---\t\nText", FrontMatter({"a": 1}, {"a": 2}, "Text", 4)),
    "dots close": ("---\na: 1\n...\nText", FrontMatter({"a": 1}, {"a": 2}, "Text", 4)),
    "dots close before a rule": ("---\na: 1\n...\n---\nText", FrontMatter({"a": 1}, {"a": 2}, "---\nText", 4)),
    "CRLF": ("---\r\na: 1\r\n---\r\nOne\r\ntwo\r\n", FrontMatter({"a": 1}, {"a": 2}, "One\ntwo\n", 4)),
    "CR only": ("---\ra: 1\r---\rOne\rtwo", FrontMatter({"a": 1}, {"a": 2}, "One\ntwo", 4)),
    "line ends of all kinds": (
        "---\na: 1\r---\r\nOne\rtwo\r\n\nthree",
        FrontMatter({"a": 1}, {"a": 2}, "One\ntwo\n\nthree", 4),
    ),
    "the first line of the body is code": (
        "---\na: 1\n---\n    code\n\nText \n",
        FrontMatter({"a": 1}, {"a": 2}, "    code\n\nText \n", 4),
    ),
    "rules in the body": (
        "---\na: 1\n---\nBefore\n\n---\n\nBetween\n\n---\nb: 2\n---\n",
        FrontMatter({"a": 1}, {"a": 2}, "Before\n\n---\n\nBetween\n\n---\nb: 2\n---\n", 4),
    ),
    "a rule at once": ("---\na: 1\n---\n---\nText\n", FrontMatter({"a": 1}, {"a": 2}, "---\nText\n", 4)),
    "hyphens in the block": (
        "---\na: x --- y\nb: |\n  ---\n---\nText",
        FrontMatter({"a": "x --- y", "b": "---\n"}, {"a": 2, "b": 3}, "Text", 6),
    ),
    "decomposed characters": (
        "---\ntitre: e\u0301te\u0301\n---\nL'e\u0301te\u0301\n",
        FrontMatter({"titre": "été"}, {"titre": 2}, "L'été\n", 4),
    ),
    "a separator of Unicode ends no line": (
        "---\na: b\u2028c\nd: 1\n---\nOne\u2028two\x0bthree\n",
        FrontMatter({"a": "b\u2028c", "d": 1}, {"a": 2, "d": 3}, "One\u2028two\x0bthree\n", 5),
    ),
    "blanks around keys": (
        "---\ntitle : a\n\u00a0excerpt\u00a0: b\n'tags ': c\n\u200bDraft: true\n---\n",
        FrontMatter(
            {"title": "a", "excerpt": "b", "tags": "c", "Draft": True},
            {"title": 2, "excerpt": 3, "tags": 4, "Draft": 5},
            "",
            7,
        ),
    ),
    "keys that python-frontmatter refuses": (
        "---\ncontent: a\nhandler: b\non: c\n2024: d\nmetadata: e\n---\nText",
        FrontMatter(
            {"content": "a", "handler": "b", "on": "c", "2024": "d", "metadata": "e"},
            {"content": 2, "handler": 3, "on": 4, "2024": 5, "metadata": 6},
            "Text",
            8,
        ),
    ),
    "values that YAML 1.1 changes": (
        "---\ndate: 2020-11-18\ntime: 12:30:45\nversion: 1.10\ncountry: NO\ncode: 01000\n---\n",
        FrontMatter(
            {"date": "2020-11-18", "time": "12:30:45", "version": "1.10", "country": "NO", "code": "01000"},
            {"date": 2, "time": 3, "version": 4, "country": 5, "code": 6},
            "",
            8,
        ),
    ),
    "outer blanks, null lists and strings for lists": (
        "---\ntitle: '  a '\ntags:\ncategories: articles\n---\n{% include x.html %}\n",
        FrontMatter(
            {"title": "  a ", "tags": None, "categories": "articles"},
            {"title": 2, "tags": 3, "categories": 4},
            "{% include x.html %}\n",
            6,
        ),
    ),
    "a key twice": (
        "---\nlayout: a\ntitle: b\nlayout: c\n---\n",
        FrontMatter(
            {"layout": "c", "title": "b"},
            {"layout": 4, "title": 3},
            "",
            6,
            (warning("The key 'layout' already stands on line 2; this one replaces it.", 4, 1),),
            {"layout": ["a"]},
        ),
    ),
    "a key twice but for a blank": (
        "---\ndraft: true\ndraft: 1\ndraft\u00a0: false\n---\n",
        FrontMatter(
            {"draft": False},
            {"draft": 4},
            "",
            6,
            (
                warning("The key 'draft' already stands on line 2; this one replaces it.", 3, 1),
                warning("The same key, but for invisible characters, stands on line 3; this one replaces it.", 4, None),
            ),
            {"draft": [True, 1]},
        ),
    ),
    "a merged key": (
        "---\nbase: &b {a: 1}\n<<: *b\n---\n",
        FrontMatter({"a": 1, "base": {"a": 1}}, {"a": 3, "base": 2}, "", 5),
    ),
    "a tag": (
        "---\na: !ruby/object:Gem b\n---\n",
        FrontMatter(
            {"a": "b"},
            {"a": 2},
            "",
            4,
            (
                Diagnostic(
                    "yaml-tag",
                    Severity.WARNING,
                    "a.md",
                    "The tag '!ruby/object:Gem' is ignored; the value is taken as it is written.",
                    "Remove the tag, or put quotes around the value if '!' is part of it.",
                    2,
                    4,
                ),
            ),
        ),
    ),
}


@pytest.mark.parametrize(("content", "expected"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document(content, expected):
    assert found(content) == expected


PLAIN = {
    "nothing": "",
    "a blank line": "\n",
    "only blanks": " \n\t\n\u200b",
    "prose": "Just text.\n",
    "prose with rules": "Before\n\n---\n\nBetween\n\n---\n\nAfter\n",
    "a title with rules": "# Title\n\n---\n\nText\n\n---\n\nMore\n",
    "a title, a rule and a note": "# Title\n\n---\nNote: this is prose.\n\nMore\n",
    "a title underlined": "Title\n-----\n\nText\n",
    "a title with a colon, underlined": "Note: the rules\n---------------\n\nText\n\n---\n",
    "a sentence with a colon": "Note: this is prose,\nand more of it.\n\n---\n\nText\n",
    "an address": "https://beta.gouv.fr/\n---\n",
    "a rule of stars": "***\n\nText\n\n---\n",
    "a list": "- a\n- b\n\n---\n",
    "an item of a list": "-\n",
    "two hyphens": "--\nText\n",
    "a table": "--- | ---\na: | b\n---\n",
    "a dash before text": "— Bonjour, dit-elle.\n\n---\n",
    "a comment": "<!-- a licence -->\n\nText\n\n---\n",
    "a comment and a rule": "<!-- a licence -->\n---\n\nText\n",
    "code": "```\na: 1\n```\n---\n",
    "Liquid": "{% include a.html %}\n---\n",
    "more Liquid": '{{ "a" | upcase }}\n---\n',
    "attributes": "{: .note}\nText\n",
    "three dots": "...\na: 1\n---\n",
    "keys without any fence": "name: Animation\nincubator: dinum\n",
    "keys and prose without any fence": "name: Animation\n\nText\n",
    "a byte order mark": b"\xef\xbb\xbfText\n\n---\n",
    "another encoding": "Été\n".encode("latin-1"),
    "UTF-16": "Text\n".encode("utf-16"),
    "bytes": bytes(range(256)),
    "NUL": "a\0b\n---\n",
}


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN.keys())
def test_a_plain_file_is_no_document(content):
    assert found(content) is None


FENCE = "front-matter-fence"
SPACED = (
    "The line '---' that begins front matter has blanks or invisible characters around it or above it.",
    "Begin the file with exactly three hyphens, '---'.",
)
ALIKE = ("This line looks like the '---' that begins front matter, and is not.", SPACED[1])
FOLLOWED = ("Something follows the '---' that begins front matter.", "Put '---' on a line of its own.")
ABOVE = ("Something stands above the '---' that begins front matter.", "Move it below the front matter, or into it.")
LOST = ("Front matter begins here without the line '---' above it.", "Begin the file with a line '---'.")
OPEN = ("The front matter that begins here is never closed.", "Write a line '---' after its last key.")
NEARLY_CLOSED = (
    "The front matter is not closed: this line looks like its end, and is not exactly '---'.",
    "Write exactly three hyphens at the start of the line, and nothing else.",
)
CONVERT = "Convert it: a line '---', one 'key: value' a line, a line '---'."
TOML = ("The front matter is TOML; only YAML is read.", CONVERT)
JSON = ("The front matter is JSON; only YAML is read.", CONVERT)
NOT_MAPPING = (
    "The front matter is not made of 'key: value' lines.",
    "Write one 'key: value' a line, with a space after the colon.",
)
BOM = ("The file begins with an invisible byte order mark.", "Save it as UTF-8 without BOM.")
NUL = ("The file holds a NUL byte: it is no text, or is not UTF-8 (perhaps UTF-16).", "Save it as UTF-8.")
BAD_BYTE = "The file is not UTF-8: the byte 0x{} here begins no character."
REOPEN = "Open it in the encoding it has (perhaps Windows-1252 or UTF-16) and save it as UTF-8."
DRAFT = "---\ndraft: true\n---\nText\n"

REJECTED = {
    # bytes
    "a byte order mark": (b"\xef\xbb\xbf" + DRAFT.encode(), "byte-order-mark", BOM, 1, 1),
    "a byte order mark and a loose fence": (b"\xef\xbb\xbf\n" + DRAFT.encode(), "byte-order-mark", BOM, 1, 1),
    "Windows-1252 in the block": (
        "---\r\ntitle: caf\u00e9\r\n---\r\n".encode("cp1252"),
        "not-utf-8",
        (BAD_BYTE.format("E9"), REOPEN),
        2,
        11,
    ),
    "Windows-1252 in the body": (
        b"---\na: 1\n---\nOne\n" + "é ".encode() + b"\xe9\n",
        "not-utf-8",
        (BAD_BYTE.format("E9"), REOPEN),
        5,
        3,
    ),
    "Windows-1252 and a loose fence": (
        b"\n---\na: \xe9\n---\n",
        "not-utf-8",
        (BAD_BYTE.format("E9"), REOPEN),
        3,
        4,
    ),
    "UTF-16 with its mark": (DRAFT.encode("utf-16"), "not-utf-8", (BAD_BYTE.format("FF"), REOPEN), 1, 1),
    "UTF-16 big-endian with its mark": (
        b"\xfe\xff" + DRAFT.encode("utf-16-be"),
        "not-utf-8",
        (BAD_BYTE.format("FE"), REOPEN),
        1,
        1,
    ),
    "UTF-16 without": (DRAFT.encode("utf-16-le"), "nul-byte", NUL, 1, 2),
    "UTF-32": (DRAFT.encode("utf-32"), "not-utf-8", (BAD_BYTE.format("FF"), REOPEN), 1, 1),
    "NUL in the body": ("---\na: 1\n---\né\0\n", "nul-byte", NUL, 4, 2),
    "NUL in the fence": ("--\0-\na: 1\n---\n", "nul-byte", NUL, 1, 3),
    # the first fence
    "a blank line above": ("\n" + DRAFT, FENCE, SPACED, 2, 1),
    "blank lines above": (" \n\t\r\n\n" + DRAFT, FENCE, SPACED, 4, 1),
    "a blank before": (" " + DRAFT, FENCE, SPACED, 1, 1),
    "a tab before": ("\t" + DRAFT, FENCE, SPACED, 1, 1),
    "a zero-width space before": ("\u200b" + DRAFT, FENCE, SPACED, 1, 1),
    "a word joiner before": ("\u2060" + DRAFT, FENCE, SPACED, 1, 1),
    "a line of zero-width spaces above": ("\u200b\n" + DRAFT, FENCE, SPACED, 2, 1),
    "a no-break space after": (DRAFT.replace("---", "---\u00a0", 1), FENCE, SPACED, 1, 1),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + DRAFT.encode(), "byte-order-mark", BOM, 1, 1),
    "a rule above, unclosed": ("\n---\n\nText\n", FENCE, SPACED, 2, 1),
    "four hyphens": ("----\ndraft: true\n----\n", FENCE, ALIKE, 1, 1),
    "two hyphens, closed by three": ("--\ndraft: true\n---\n", FENCE, ALIKE, 1, 1),
    "many hyphens": ("-" * 40 + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "hyphens and blanks": ("- - -" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a blank between": ("-- -" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a dash and hyphens": ("\u2014--" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a dash alone": ("\u2014" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "en dashes": ("\u2013\u2013\u2013" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "minus signs": ("\u2212\u2212\u2212" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a full-width hyphen": ("--\uff0d" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a no-break hyphen": ("--\u2011" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a soft hyphen between": ("--\u00ad-" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a zero-width space between": ("-\u200b--" + DRAFT[3:], FENCE, ALIKE, 1, 1),
    "a comment after": ("--- # page" + DRAFT[3:], FENCE, FOLLOWED, 1, 1),
    "a key after": ("---title: a" + DRAFT[3:], FENCE, FOLLOWED, 1, 1),
    "a language after": ("---yaml" + DRAFT[3:], FENCE, FOLLOWED, 1, 1),
    "a comment of HTML above": ("<!-- page -->\n" + DRAFT, FENCE, ABOVE, 2, 1),
    "a comment of HTML above, on lines": ("<!--\npage\n-->\n\n" + DRAFT, FENCE, ABOVE, 5, 1),
    "a comment of YAML above": ("# page\n" + DRAFT, FENCE, ABOVE, 2, 1),
    "comments above": ("# page\n\n<!-- x --> <!-- y -->\n# more\n" + DRAFT, FENCE, ABOVE, 5, 1),
    "in a block of code": ("```yaml\n" + DRAFT + "```\n", FENCE, ABOVE, 2, 1),
    "lost": ("draft: true\n---\nText\n", FENCE, LOST, 1, 1),
    "lost, below a blank line": ("\ntitle: x\n\n# note\ntags:\n  - a\n- b\n---\nText\n", FENCE, LOST, 2, 1),
    "lost, French": ("titre : x\n---\nText\n", FENCE, LOST, 1, 1),
    # the last fence
    "only a fence": ("---", "front-matter-unclosed", OPEN, 1, 1),
    "only a fence and a line end": ("---\n", "front-matter-unclosed", OPEN, 1, 1),
    "not closed": ("---\ndraft: true\n\nText\n", "front-matter-unclosed", OPEN, 1, 1),
    "closed by a rule that has a blank": (
        "---\ndraft: true\n ---\nText\n",
        "front-matter-unclosed",
        NEARLY_CLOSED,
        3,
        1,
    ),
    "closed by four hyphens": ("---\r\ndraft: true\r\n----\r\nText\r\n", "front-matter-unclosed", NEARLY_CLOSED, 3, 1),
    "closed by dashes": ("---\ntags:\n  - a\n\n\u2014\nText\n", "front-matter-unclosed", NEARLY_CLOSED, 5, 1),
    "closed with a no-break space": ("---\ndraft: true\n---\u00a0\n", "front-matter-unclosed", NEARLY_CLOSED, 3, 1),
    "closed with text": ("---\ndraft: true\n--- Text\n", "front-matter-unclosed", OPEN, 1, 1),
    # other formats
    "TOML": ("+++\ndraft = true\n+++\nText\n", "front-matter-format", TOML, 1, 1),
    "TOML, said": ("---toml\ndraft = true\n---\nText\n", "front-matter-format", TOML, 1, 1),
    "JSON": ('{\n  "draft": true\n}\nText\n', "front-matter-format", JSON, 1, 1),
    "JSON, below a blank line": ('\n{ "draft": true }\nText\n', "front-matter-format", JSON, 2, 1),
    "JSON, fenced": (';;;\n"draft": true\n;;;\nText\n', "front-matter-format", JSON, 1, 1),
    "JSON, said": ('---json\n{"draft": true}\n---\nText\n', "front-matter-format", JSON, 1, 1),
    # YAML that is no mapping
    "a list": ("---\n- draft: true\n---\n", "front-matter-not-mapping", NOT_MAPPING, 2, 1),
    "words": ("---\ndraft\n---\n", "front-matter-not-mapping", NOT_MAPPING, 2, 1),
    "no space after the colon": ("---\ndraft:true\n---\n", "front-matter-not-mapping", NOT_MAPPING, 2, 1),
    "a number": ("---\n42\n---\n", "front-matter-not-mapping", NOT_MAPPING, 2, 1),
    "prose between rules": ("---\n\nText\n\n---\n\nMore\n", "front-matter-not-mapping", NOT_MAPPING, 2, 1),
    # YAML that is none
    "a quote not closed": (
        '---\ntitle: a\nsubtitle: "b\ndraft: true\n---\n',
        "yaml-error",
        ("A quote opens here and is never closed.", "Add the closing quote at the end of the value."),
        3,
        11,
    ),
    "a colon in a value, CRLF": (
        "---\r\ndraft: true\r\ntitle: a: b\r\n---\r\n",
        "yaml-error",
        ("The value holds ': ', which begins another value.", "Put quotes around the whole value."),
        3,
        9,
    ),
    "four hyphens, then a rule": (
        "---\ndraft: true\n----\nText\n\n---\n",
        "yaml-error",
        (
            "This line is no 'key: value'.",
            "Write a colon and a space after the key, or indent the line if it continues the value above.",
        ),
        3,
        1,
    ),
    "a control character": (
        "---\ndraft: true\ntitle: a\x07\n---\n",
        "yaml-error",
        ("An invisible control character (U+0007) stands here.", "Delete it, or type the text again."),
        3,
        9,
    ),
    "a key on the line of a separator": (
        "---\ntitle: a\u2028draft: true\n---\n",
        "yaml-error",
        ("The value holds ': ', which begins another value.", "Put quotes around the whole value."),
        2,
        15,
    ),
}


@pytest.mark.parametrize(("content", "code", "words", "line", "column"), REJECTED.values(), ids=REJECTED.keys())
def test_what_was_meant_as_front_matter_is_never_guessed(content, code, words, line, column):
    expected = Rejected((Diagnostic(code, Severity.ERROR, "a.md", *words, line, column),))
    assert found(content) == expected


PUBLIC = [
    {},
    {"title": "a"},
    {"draft": False},
    {"draft": None},
    {"draft": ""},
    {"draft": 0},
    {"draft": 0.0},
    {"Draft": "No"},
    {"draft": " non "},
    {"draft": "FAUX"},
    {"draft": "off"},
    {"draft": "0"},
    {"draft": "n"},
    {"published": True},
    {"published": None},
    {"published": "oui"},
    {"published": 1},
    {"unpublished": False},
    {"unpublished": None},
    {"draft": False, "published": True, "unpublished": "no"},
    {"drafts": True, "status": "draft", "brouillon": True, "fields": {"draft": True}},
]
KEPT_BACK = [
    {"draft": True},
    {"draft": 1},
    {"draft": -1},
    {"draft": 0.5},
    {"DRAFT": "true"},
    {" Draft\u00a0": "true"},
    {"draft": "\u200bTrue\u00a0"},
    {"draft": "yes"},
    {"draft": "ON"},
    {"draft": "1"},
    {"draft": "y"},
    {"draft": "oui"},
    {"draft": "Vrai"},
    {"draft": "o"},
    {"published": False},
    {"Published": "no"},
    {"published": ""},
    {"published": 0},
    {"published": "non"},
    {"unpublished": True},
    {"unpublished": "yes"},
    {"draft": False, "published": False},
    {"draft": False, "Draft": True},
    {"Draft": True, "draft": False},
    {"published": True, "draft": True},
    {"published": True, "unpublished": True},
]
UNCLEAR = [
    {"draft": "maybe"},
    {"draft": "2024-01-01"},
    {"draft": "1.10"},
    {"draft": []},
    {"draft": [False]},
    {"draft": {"a": 1}},
    {"Published": "later"},
    {"unpublished": "null"},
]


@pytest.mark.parametrize("values", PUBLIC, ids=str)
def test_what_is_public(values):
    assert unpublished(values) == Verdict(draft=False)


@pytest.mark.parametrize("values", KEPT_BACK, ids=str)
def test_what_is_kept_back(values):
    assert unpublished(values) == Verdict(draft=True)


@pytest.mark.parametrize("values", UNCLEAR, ids=str)
def test_what_is_unclear_is_kept_back_and_told(values):
    (key,) = values
    message = f"The value of '{key}' is neither true nor false, so the document is not published."
    hint = f"Write '{key}: true' or '{key}: false'."
    problem = Problem("draft-unclear", Severity.WARNING, None, None, message, hint)
    verdict = unpublished(values)
    assert verdict == Verdict(draft=True, problems=(problem,))
    assert verdict.diagnostics("a.md") == (Diagnostic("draft-unclear", Severity.WARNING, "a.md", message, hint),)


BLOCKS = {
    "draft: true": True,
    "draft: false": False,
    "draft:": False,
    "draft: yes": True,
    "draft: no": False,
    "draft: 0x1": True,
    "draft: !!bool yes": True,
    "draft: |\n  true": True,
    '"dr\\u0061ft": true': True,
    "'draft ': true": True,
    "draft\u00a0: true": True,
    "draft: true # until May": True,
    "draft: true\ndraft: false": True,
    "draft: false\ndraft: true": True,
    "draft: maybe\ndraft: false": True,
    "published: false\npublished: true": True,
    "draft: true\n'draft ': false": True,
    "draft: true\n'draft ': false\ndraft: false": True,
    "draft: true\nDraft: false": True,
    "draft:\ndraft: false": False,
    "base: &b {draft: true}\n<<: *b": True,
    "base: &b {draft: true}\n<<: *b\ndraft: false": False,
    "other: {draft: true}": False,
}


@pytest.mark.parametrize(("block", "draft"), BLOCKS.items(), ids=BLOCKS.keys())
def test_a_block_that_says_it(block, draft):
    document = found(f"---\n{block}\n---\n")
    assert unpublished(document.values, document).draft is draft


def test_defaults_of_the_site_count_and_lines_are_told():
    document = found("---\ntitle: a\ndraft: perhaps\n---\n")
    assert unpublished({"published": False, **found("---\na: 1\n---\n").values}).draft
    assert unpublished({"published": False, "draft": False}, found("---\ndraft: false\n---\n")).draft
    assert [problem.line for problem in unpublished(document.values, document).problems] == [3]


@given(st.binary() | st.text("-.+\n\r\t \u00a0\u200b\ufeff\u2014#:{}\"'ab0\0\x85\u2028").map(str.encode))
def test_nothing_raises_and_all_is_json(content):
    result = found(content)
    if isinstance(result, FrontMatter):
        orjson.dumps(result)
        assert unicodedata.is_normalized("NFC", result.body)
        assert "\r" not in result.body
        assert result.lines.keys() == result.values.keys()


@given(
    st.sampled_from([0, 1, 2, 3, 16, 17, 18, 19, 20]),
    st.text(max_size=3),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_no_slip_at_a_fence_publishes_a_draft(position, slip, encoding):
    """Whatever is typed into a fence, the draft stays one, or the file is no document at all."""
    text = "---\ndraft: true\n---\nText: a\n\n---\n"
    result = found((text[:position] + slip + text[position:]).encode(encoding, "surrogatepass"))
    assert not isinstance(result, FrontMatter) or unpublished(result.values, result).draft
