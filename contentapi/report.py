"""Diagnostics printed for whoever reads them: a person, GitHub's annotations, a program, or a code scanner (SARIF)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import click
import orjson

from contentapi import __version__
from contentapi.model import Diagnostic, Severity

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_SARIF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def fails(found: Iterable[Diagnostic], *, strict: bool) -> bool:
    """Whether a check fails: on an error, and on a warning too when it is strict."""
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(one.severity in grave for one in found)


def render(found: Sequence[Diagnostic], style: str, *, color: bool = False) -> str:
    """All diagnostics in one of the styles ``text``, ``github``, ``json`` (a list) and ``sarif`` (2.1.0)."""
    found = [_whole(one) for one in found]
    if style == "json":
        return orjson.dumps([_mapping(one) for one in found], option=orjson.OPT_INDENT_2).decode() + "\n"
    if style == "sarif":
        return orjson.dumps(_sarif(found), option=orjson.OPT_INDENT_2).decode() + "\n"
    if style == "github":
        return "".join(f"{_github(one)}\n" for one in found)
    return "".join(f"{_text(one, color=color)}\n" for one in found) + _summary(found)


def _whole(one: Diagnostic) -> Diagnostic:
    """The same without halves of surrogate pairs, which no output can hold; a name or a value may bring one along."""
    texts = (one.path, one.message, one.hint, *one.related)
    if all(text.isascii() for text in texts):
        return one
    path, message, hint, *related = (text.encode(errors="backslashreplace").decode() for text in texts)
    return replace(one, path=path, message=message, hint=hint, related=tuple(related))


def _text(one: Diagnostic, *, color: bool) -> str:
    place = f"{_printable(one.path)}:{one.line or 1}:{one.column or 1}"
    code = click.style(one.code, fg=_COLORS[one.severity], bold=True) if color else one.code
    return f"{place}: {code} {_printable(one.message)} ({_printable(one.hint)})"


def _printable(text: str) -> str:
    # A file name or a value of the content may hold anything; a terminal must not be told what to do by it.
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _summary(found: Sequence[Diagnostic]) -> str:
    if not found:
        return "No problem found.\n"
    counts = {severity: sum(one.severity is severity for one in found) for severity in Severity}
    return ", ".join(_counted(count, severity) for severity, count in counts.items()) + "\n"


def _counted(count: int, severity: Severity) -> str:
    return f"{count} {severity}" if count == 1 or severity is Severity.INFO else f"{count} {severity}s"


def _github(one: Diagnostic) -> str:
    """A workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    place = f"file={_property(one.path)},line={one.line or 1},col={one.column or 1},title={_property(one.code)}"
    return f"::{_GITHUB[one.severity]} {place}::{_data(f'{one.message} ({one.hint})')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _mapping(one: Diagnostic) -> dict[str, object]:
    return {
        "code": one.code,
        "severity": one.severity,
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "message": one.message,
        "hint": one.hint,
        "related": one.related,
    }


def _sarif(found: Sequence[Diagnostic]) -> dict[str, object]:
    """SARIF 2.1.0 (OASIS), as code hosts read it."""
    rules = [{"id": code} for code in sorted({one.code for one in found})]
    driver = {"name": "contentapi", "version": __version__, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(one) for one in found]}
        ],
    }


def _result(one: Diagnostic) -> dict[str, object]:
    from contentapi.text.paths import encode  # noqa: PLC0415 - only this style spells addresses

    region = {"startLine": one.line or 1, "startColumn": one.column or 1}
    location = {"physicalLocation": {"artifactLocation": {"uri": encode(one.path)}, "region": region}}
    return {
        "ruleId": one.code,
        "level": _SARIF[one.severity],
        "message": {"text": f"{one.message} {one.hint}"},
        "locations": [location],
    }
