"""Lines of ``_redirects`` in, rules or diagnostics out. (A whole file: ``cases/redirects.txt``.)"""

from __future__ import annotations

from dataclasses import replace

import pytest

from contentapi.ingest import redirects
from contentapi.model import Redirect, Site, SourceFile
from contentapi.text import vocabulary

SITE = Site(vocabulary.default(), origin="https://site.example")


def rules(text: str | bytes, site: Site = SITE) -> list[tuple[str, str | None, int, int | None]]:
    found = redirects.read(SourceFile("_redirects", text if isinstance(text, bytes) else text.encode(), "digest"), site)
    assert found.diagnostics == ()
    return [(one.origin, one.target, one.status, one.line) for one in found.redirects]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/a /b", ("/a", "/b", 301)),
        ("  /a\t \t/b  ", ("/a", "/b", 301)),
        ("/a /b 302", ("/a", "/b", 302)),
        ("/a /b 308!", ("/a", "/b", 308)),
        ("/a /b # c", ("/a", "/b", 301)),
        ("/a /b#c", ("/a", "/b#c", 301)),
        ("/a /b?c=d#e", ("/a", "/b?c=d#e", 301)),
        ("/a https://b.example/c?d#e", ("/a", "https://b.example/c?d#e", 301)),
        ("/a/* /b/:splat", ("/a/*", "/b/:splat", 301)),
        ("/:a/:b /c/:b/:a", ("/:a/:b", "/c/:b/:a", 301)),
        ("/* /b", ("/*", "/b", 301)),
        ("/ /b", ("/", "/b", 301)),
        ("/a 410", ("/a", None, 410)),
        ("/a /b 410", ("/a", None, 410)),
        ("/a/ /b/", ("/a/", "/b/", 301)),
        ("/a/index.html /b", ("/a/", "/b", 301)),
        ("/%C3%A9t%C3%A9 /b", ("/été", "/b", 301)),
        ("/e\u0301 /b", ("/é", "/b", 301)),
        ("https://site.example/a /b", ("/a", "/b", 301)),
        ("https://SITE.example /b", ("/", "/b", 301)),
    ],
)
def test_a_rule(line: str, expected: tuple[str, str | None, int]) -> None:
    assert rules(line) == [(*expected, 1)]


@pytest.mark.parametrize(
    ("line", "origin"),
    [("/base/a /b", "/a"), ("/base/a/* /b", "/a/*"), ("/base /b", "/"), ("/a /b", "/a"), ("/based/a /b", "/based/a")],
)
def test_the_old_path_may_be_written_as_the_host_sees_it(line: str, origin: str) -> None:
    assert rules(line, replace(SITE, base="/base")) == [(origin, "/b", 301, 1)]


@pytest.mark.parametrize("line", ["", "   ", "# a", "  # /a /b", "#/a /b", "\ufeff"])
def test_a_line_that_says_nothing(line: str) -> None:
    assert rules(line) == []


def test_lines_are_counted_as_editors_count_them() -> None:
    assert rules(b"\xef\xbb\xbf/a /b\r\n\r\n# c\r/d /e\n/f\x0b/g\n/h /i") == [
        ("/a", "/b", 301, 1),
        ("/d", "/e", 301, 4),
        ("/f", "/g", 301, 5),
        ("/h", "/i", 301, 6),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/a", "The rule for '/a' names no target."),
        ("/a 301", "The rule for '/a' names no target."),
        ("a /b", "The rule starts with 'a', which is no path of the site."),
        ("/a?b=c /d", "The rule starts with '/a?b=c', which is no path of the site."),
        ("/a#b /d", "The rule starts with '/a#b', which is no path of the site."),
        ("/a/../../b /d", "The rule starts with '/a/../../b', which is no path of the site."),
        ("//other.example/a /b", "The rule starts with '//other.example/a', which is no path of the site."),
        ("https://other.example/* /b", "The rule starts with 'https://other.example/*', which is no path of the site."),
        ("javascript:a /b", "The rule starts with 'javascript:a', which is no path of the site."),
        ("/a javascript:b", "The rule for '/a' says 'javascript:b', which is not understood here."),
        ("/a b", "The rule for '/a' says 'b', which is not understood here."),
        ("/a id=:id /b/:id", "The rule for '/a' says 'id=:id', which is not understood here."),
        ("/a /b 302 Country=fr,be", "The rule for '/a' says 'Country=fr,be', which is not understood here."),
        ("/a /b 302 Cookie=c", "The rule for '/a' says 'Cookie=c', which is not understood here."),
        ("/a /b /c", "The rule for '/a' says '/c', which is not understood here."),
        ("/a /b 200", "A rule with status 200 is not served here; only moved and gone are."),
        ("/a /b 404", "A rule with status 404 is not served here; only moved and gone are."),
        ("/a /b 999", "The rule for '/a' says '999', which is not understood here."),
    ],
)
def test_a_line_that_is_no_rule_is_told_and_the_others_kept(line: str, words: str) -> None:
    found = redirects.read(SourceFile("_redirects", f"/x /y\n{line}\n/z /y".encode(), "digest"), SITE)
    assert [one.line for one in found.redirects] == [1, 3]
    problem = found.diagnostics[0]
    assert (problem.code, problem.severity.value, problem.path, problem.line) == (
        "redirect-invalid",
        "warning",
        "_redirects",
        2,
    )
    assert problem.message == words
    assert problem.hint


def test_a_line_that_is_no_utf_8_is_told() -> None:
    found = redirects.read(SourceFile("_redirects", b"/a /b\n/\xe9 /c\n", "digest"), SITE)
    assert found.redirects == (Redirect("/a", "/b", 301, "_redirects", 1),)
    assert [(one.line, one.message) for one in found.diagnostics] == [(2, "The line is not UTF-8.")]


def test_without_an_origin_no_host_is_the_sites() -> None:
    found = redirects.read(SourceFile("_redirects", b"https://site.example/a /b", "digest"), replace(SITE, origin=None))
    assert found.redirects == ()
    assert len(found.diagnostics) == 1
