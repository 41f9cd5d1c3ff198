"""Diagnostics as they are printed: for people, for GitHub, for programs, for code scanners."""

from __future__ import annotations

import json

import pytest

from contentapi import report
from contentapi.model import Diagnostic, Severity

ERROR = Diagnostic(
    "yaml-error", Severity.ERROR, "_posts/é a.md", "The value ends nowhere.", "Close it.", 3, 7, ("b.md",)
)
WARNING = Diagnostic("link-dead", Severity.WARNING, "a.md", "100% of it, dead: yes.", "Mend it.", 2)
INFO = Diagnostic("asset-missing", Severity.INFO, "a.md", "No file.", "Add it.")
ALL = [ERROR, WARNING, INFO]


@pytest.mark.parametrize(
    ("found", "strict", "fails"),
    [
        ([], False, False),
        ([], True, False),
        ([INFO], True, False),
        ([WARNING], False, False),
        ([WARNING], True, True),
        ([INFO, ERROR], False, True),
    ],
)
def test_what_fails_a_check(found, strict, fails):
    assert report.fails(found, strict=strict) is fails


def test_for_people_each_has_a_line_that_editors_can_open(capsys):
    assert report.render(ALL, "text").splitlines() == [
        "_posts/é a.md:3:7: yaml-error The value ends nowhere. (Close it.)",
        "a.md:2:1: link-dead 100% of it, dead: yes. (Mend it.)",
        "a.md:1:1: asset-missing No file. (Add it.)",
        "1 error, 1 warning, 1 info",
    ]
    assert report.render([], "text") == "No problem found.\n"


def test_colours_mark_the_code_only():
    plain, coloured = report.render(ALL, "text"), report.render(ALL, "text", color=True)
    assert "\x1b[31m\x1b[1myaml-error\x1b[0m" in coloured
    assert coloured.replace("\x1b[31m", "").replace("\x1b[33m", "").replace("\x1b[34m", "").replace("\x1b[1m", "").replace(
        "\x1b[0m", "") == plain  # fmt: skip


HOSTILE = Diagnostic(
    "file-name", Severity.ERROR, "a\n::error::b\x1b[2J\u202e.md", "m\r\nx\x00 \u2028 %0A", "h\x1b]0;t\x07", 1, 1
)


def test_a_name_tells_a_terminal_nothing():
    text = report.render([HOSTILE], "text")
    assert len(text.splitlines()) == 2
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "a\\n::error::b\\x1b[2J\\u202e.md:1:1: file-name" in text


def test_for_github_each_is_one_command():
    assert report.render(ALL, "github").splitlines() == [
        "::error file=_posts/é a.md,line=3,col=7,title=yaml-error::The value ends nowhere. (Close it.)",
        "::warning file=a.md,line=2,col=1,title=link-dead::100%25 of it, dead: yes. (Mend it.)",
        "::notice file=a.md,line=1,col=1,title=asset-missing::No file. (Add it.)",
    ]
    commands = report.render([HOSTILE], "github")
    assert commands.count("\n") == 1
    assert "\r" not in commands
    assert "file=a%0A%3A%3Aerror%3A%3Ab" in commands
    assert "%250A" in commands


def test_for_programs_all_of_it_is_there():
    found = json.loads(report.render(ALL, "json"))
    assert found[0] == {
        "code": "yaml-error",
        "severity": "error",
        "path": "_posts/é a.md",
        "line": 3,
        "column": 7,
        "message": "The value ends nowhere.",
        "hint": "Close it.",
        "related": ["b.md"],
    }
    assert [one["line"] for one in found] == [3, 2, None]
    assert json.loads(report.render([], "json")) == []


def test_for_code_scanners_it_is_sarif():
    found = json.loads(report.render(ALL, "sarif"))
    (run,) = found["runs"]
    assert found["version"] == "2.1.0"
    assert [one["id"] for one in run["tool"]["driver"]["rules"]] == ["asset-missing", "link-dead", "yaml-error"]
    first, second, third = run["results"]
    assert (first["ruleId"], first["level"]) == ("yaml-error", "error")
    assert (second["level"], third["level"]) == ("warning", "note")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "_posts/%C3%A9%20a.md"
    assert place["region"] == {"startLine": 3, "startColumn": 7}
    assert "Close it." in first["message"]["text"]


@pytest.mark.parametrize("style", ["text", "github", "json", "sarif"])
def test_no_diagnostic_is_beyond_a_style(style):
    odd = Diagnostic("x", Severity.INFO, "half\udcff.md", "half \ud800 a pair", "", related=("\udcff",))
    printed = report.render([odd, HOSTILE], style)
    assert printed.encode()
