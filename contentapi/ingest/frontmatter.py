"""Front matter: which files have it, where it ends, whether it can be trusted, and whether it publishes its document.

python-frontmatter splits and reads, but only what this module has looked at first. By itself it takes a page without
front matter for one with (and drops what stands before the second ``---``), and takes front matter that it cannot read
for none, so that ``draft: true`` would be ignored and the draft published. Whatever looks as if it was meant as front
matter, and is not exactly that, is therefore :class:`Rejected` and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from frontmatter.default_handlers import YAMLHandler

from contentapi.model import Diagnostic, Json, Severity, SourceFile
from contentapi.text import yaml


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file with front matter: its ``values``, and its ``body`` with line ends as LF and characters as NFC.

    Keys have lost the blanks and invisible characters at their ends, and keep their case. ``lines`` has the line of the
    file where each key stands, ``body_line`` the one where the body begins. ``overridden`` has what a key held before
    the same key came again.
    """

    values: dict[str, Json]
    lines: dict[str, int]
    body: str
    body_line: int
    diagnostics: tuple[Diagnostic, ...] = ()
    overridden: dict[str, list[Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was meant to have front matter, which cannot be trusted; the ``diagnostics`` (errors) say why."""

    diagnostics: tuple[Diagnostic, ...]


def read(file: SourceFile) -> FrontMatter | Rejected | None:
    """The front matter and body of a file; None when it has no front matter and so is no document.

    The rule is Jekyll's: the first line is ``---``, the block ends at the next line that is ``---`` or ``...``; blanks
    may follow either. The block is YAML (see :func:`contentapi.text.yaml.load`), an empty one is ``{}``. Never raises.
    """
    text = _decode(file.content)
    if isinstance(text, _Fault):
        return text.rejects(file) if _means_front_matter(file.content) else None
    if not _HANDLER.detect(text):
        fault = _suspicion(text)
        return fault.rejects(file) if fault else None
    try:
        block, body = _HANDLER.split(text)
    except ValueError:
        return _unclosed(text).rejects(file)
    return _front_matter(file, block, body)


class _Handler(YAMLHandler):
    """python-frontmatter's reader of YAML, with Jekyll's fences and a loader that does not lie."""

    FM_BOUNDARY = re.compile(r"^(?:---|(?!\A)\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)

    def load(self, fm: str, **_: object) -> Any:  # `yaml.Loaded`, where the base says what it is not: a dict
        return yaml.load(fm, first_line=2)


_HANDLER: Final = _Handler()


def _front_matter(file: SourceFile, block: str, body: str) -> FrontMatter | Rejected:
    try:
        loaded: yaml.Loaded = _HANDLER.load(block)
    except yaml.YamlError as error:
        return _Fault("yaml-error", error.message, error.hint, error.line, error.column).rejects(file)
    values = {} if loaded.value is None else loaded.value
    if not isinstance(values, dict):
        return _NOT_MAPPING.rejects(file)
    names, problems = _names(values, loaded.lines)
    return FrontMatter(
        {name: values[keys[-1]] for name, keys in names.items()},
        {name: loaded.lines[keys[-1]] for name, keys in names.items()},
        yaml.nfc(body),
        block.count("\n") + 3,
        tuple(_diagnostic(problem, file.path) for problem in (*loaded.problems, *problems)),
        {name: earlier for name, keys in names.items() if (earlier := _earlier(keys, values, loaded.overridden))},
    )


def _names(values: Mapping[str, Json], lines: Mapping[str, int]) -> tuple[dict[str, list[str]], list[yaml.Problem]]:
    """The keys as they are meant, each with its spellings: ``draft`` and ``draft␣`` (a no-break space) are one key."""
    names: dict[str, list[str]] = {}
    problems = []
    for key in values:
        name = _seen(key)
        if name in names:
            earlier = lines[names[name][-1]]
            message = f"The same key, but for invisible characters, stands on line {earlier}; this one replaces it."
            hint = "Remove one of the two."
            problems.append(yaml.Problem("duplicate-key", Severity.WARNING, lines[key], None, message, hint))
        names.setdefault(name, []).append(key)
    return names, problems


def _earlier(keys: list[str], values: Mapping[str, Json], overridden: Mapping[str, list[Json]]) -> list[Json]:
    """What stood under a key before its last value, in any of its spellings."""
    return [value for key in keys for value in overridden.get(key, [])] + [values[key] for key in keys[:-1]]


def _diagnostic(problem: yaml.Problem, path: str) -> Diagnostic:
    return Diagnostic(problem.code, problem.severity, path, problem.message, problem.hint, problem.line, problem.column)


# ---------------------------------------------------------------------------------------------------------------------
# Drafts
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document is a ``draft``, and the ``problems`` of values that say neither yes nor no."""

    draft: bool
    problems: tuple[yaml.Problem, ...] = ()

    def diagnostics(self, path: str) -> tuple[Diagnostic, ...]:
        """The problems as diagnostics of the file at ``path``."""
        return tuple(_diagnostic(problem, path) for problem in self.problems)


#: The keys that say whether a document is public, and the answer that keeps it back.
_KEEPS_BACK: Final = {"draft": True, "unpublished": True, "published": False}
_WORDS: Final = dict.fromkeys(("true", "yes", "on", "1", "y", "oui", "vrai", "o"), True) | dict.fromkeys(
    ("false", "no", "off", "0", "n", "non", "faux", ""), False
)


def is_of_drafts(key: str) -> bool:
    """Whether a key, in any letter case, says whether a document is public."""
    return _seen(key).casefold() in _KEEPS_BACK


def unpublished(values: Mapping[str, Json], found: FrontMatter | None = None) -> Verdict:
    """Whether ``draft``, ``unpublished`` or ``published``, in any letter case, keeps a document from the public.

    ``values`` is its front matter, with the site's defaults where it says nothing; ``found`` is the front matter as
    read, for the lines and for the earlier values of keys that stand twice. In doubt a document is a draft: one key or
    one of its values is enough, and so is a value that is neither yes nor no (warning ``draft-unclear``). A key without
    a value says nothing.
    """
    draft = False
    problems: dict[str, yaml.Problem] = {}
    for key, value in _claims(values, found):
        answer = _answer(value)
        draft |= answer is None or answer == _KEEPS_BACK[key.casefold()]
        if answer is None:
            problems[key] = _unclear(key, found)
    return Verdict(draft, tuple(problems.values()))


def _claims(values: Mapping[str, Json], found: FrontMatter | None) -> Iterator[tuple[str, Json]]:
    """Each key that says whether a document is public, with each value that it has or had, but for nulls."""
    overridden = found.overridden if found is not None else {}
    for spelling, last in values.items():
        key = _seen(spelling)
        if is_of_drafts(key):
            yield from ((key, value) for value in (*overridden.get(key, ()), last) if value is not None)


def _answer(value: Json) -> bool | None:
    if isinstance(value, str):
        return _WORDS.get(_seen(value).casefold())
    return bool(value) if isinstance(value, (bool, int, float)) else None


def _unclear(key: str, found: FrontMatter | None) -> yaml.Problem:
    line = found.lines.get(key) if found is not None else None
    message = f"The value of '{key}' is neither true nor false, so the document is not published."
    return yaml.Problem(
        "draft-unclear", Severity.WARNING, line, None, message, f"Write '{key}: true' or '{key}: false'."
    )


# ---------------------------------------------------------------------------------------------------------------------
# Bytes → text
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why front matter cannot be trusted."""

    code: str
    message: str
    hint: str
    line: int = 1
    column: int = 1

    def rejects(self, file: SourceFile) -> Rejected:
        """The file, rejected for this."""
        diagnostic = Diagnostic(self.code, Severity.ERROR, file.path, self.message, self.hint, self.line, self.column)
        return Rejected((diagnostic,))


_NOT_MAPPING: Final = _Fault(
    "front-matter-not-mapping",
    "The front matter is not made of 'key: value' lines.",
    "Write one 'key: value' a line, with a space after the colon.",
    line=2,
)
_LINE_END: Final = re.compile(b"\r\n|\r|\n")


def _decode(content: bytes) -> str | _Fault:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(content, error.start)
    if text.startswith("\ufeff"):
        message = "The file begins with an invisible byte order mark."
        return _Fault("byte-order-mark", message, "Save it as UTF-8 without BOM.")
    if "\0" in text:
        return _Fault(
            "nul-byte",
            "The file holds a NUL byte: it is no text, or is not UTF-8 (perhaps UTF-16).",
            "Save it as UTF-8.",
            *_place(content, content.index(b"\0")),
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(content: bytes, position: int) -> _Fault:
    message = f"The file is not UTF-8: the byte 0x{content[position]:02X} here begins no character."
    hint = "Open it in the encoding it has (perhaps Windows-1252 or UTF-16) and save it as UTF-8."
    return _Fault("not-utf-8", message, hint, *_place(content, position))


def _place(content: bytes, position: int) -> tuple[int, int]:
    """The line and column of a byte, in characters, all before it being UTF-8."""
    lines = _LINE_END.split(content[:position])
    return len(lines), len(lines[-1].decode()) + 1


def _means_front_matter(content: bytes) -> bool:
    """Whether bytes that are not sound UTF-8 look like a file with front matter, in whatever encoding."""
    # Without its NULs even UTF-16 shows its fences.
    text = _decode(content.decode(errors="replace").replace("\0", "").lstrip("\ufeff\ufffd").encode())
    return isinstance(text, str) and (_HANDLER.detect(text) or _suspicion(text) is not None)


# ---------------------------------------------------------------------------------------------------------------------
# What was meant as front matter
# ---------------------------------------------------------------------------------------------------------------------

#: What no one sees around a key, a word or a fence: blanks of all kinds, zero-width characters, soft hyphens.
_UNSEEN: Final = "\t\n\v\f\r \x85\xa0\xad\u1680\u180e\u3000\ufeff" + "".join(
    chr(code) for code in (*range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x205F, 0x2065))
)

#: Hyphens and all that editors and phones make of them.
_DASH: Final = "\\-\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
_DASHES: Final = re.compile(f"[{_DASH}](?:[{_UNSEEN}]*[{_DASH}])*")
_FENCE_AND_TEXT: Final = re.compile(r"---[^|]*")
_KEY: Final = re.compile(r"""["']?\w[\w.-]*["']?\s?:(?:\s|$)""")
_YAML_LINE: Final = re.compile(rf"\s|$|\#|-(?:\s|$)|[\]}}]|{_KEY.pattern}")
_JSON: Final = re.compile(r"\{\s*\"")
#: What may stand before front matter when its author took it for a comment.
_COMMENTS: Final = re.compile(f"(?:[{_UNSEEN}]*(?:<!--.*?-->|#[^\n]*|```[^\n]*))+", re.DOTALL)


def _seen(text: str) -> str:
    """The text without what no one sees at its ends."""
    return text.strip(_UNSEEN)


def _suspicion(text: str) -> _Fault | None:
    """Why a text that has no front matter by Jekyll's rule looks as if it was to have it; None for ordinary text.

    Only its head is asked: what begins with prose is prose, whatever rules it has further down.
    """
    lines = text.split("\n")
    first = _visible(lines, 0)
    if first is None:
        return None
    checks = (_other_format, _loose_fence, _fence_and_text, _lost_fence)
    faults = (check(lines, first) for check in checks)
    return next((fault for fault in faults if fault), None) or _fence_after_comment(text, lines)


def _visible(lines: list[str], start: int) -> int | None:
    """The index of the first line, from ``start``, on which something can be seen."""
    return next((number for number in range(start, len(lines)) if _seen(lines[number])), None)


def _is_fence(line: str) -> bool:
    """Whether a line is ``---`` or could be meant as it: three hyphens or more, or any other dashes."""
    seen = _seen(line)
    return _DASHES.fullmatch(seen) is not None and (not seen.isascii() or seen.count("-") >= 3)


def _block_end(lines: list[str], start: int) -> int | None:
    """The index of the next line that could be a fence, if all lines from ``start`` to there could be YAML."""
    for number in range(start, len(lines)):
        if _is_fence(lines[number]):
            return number
        if not _YAML_LINE.match(lines[number]):
            return None
    return None


def _other_format(lines: list[str], first: int) -> _Fault | None:
    line = _seen(lines[first])
    if re.fullmatch(r"\+{3,}|---\s*toml", line):
        name = "TOML"
    elif re.fullmatch(r";{3,}|---\s*json", line) or _JSON.match("\n".join([line, *lines[first + 1 : first + 9]])):
        name = "JSON"
    else:
        return None
    message = f"The front matter is {name}; only YAML is read."
    hint = "Convert it: a line '---', one 'key: value' a line, a line '---'."
    return _Fault("front-matter-format", message, hint, first + 1)


def _loose_fence(lines: list[str], first: int) -> _Fault | None:
    line = _seen(lines[first])
    if not _is_fence(line) and not (line == "--" and _block_end(lines, first + 1)):
        return None
    if line == "---":
        message = "The line '---' that begins front matter has blanks or invisible characters around it or above it."
    else:
        message = "This line looks like the '---' that begins front matter, and is not."
    return _Fault("front-matter-fence", message, "Begin the file with exactly three hyphens, '---'.", first + 1)


def _fence_and_text(lines: list[str], first: int) -> _Fault | None:
    if not _FENCE_AND_TEXT.fullmatch(_seen(lines[first])) or not _block_end(lines, first + 1):
        return None
    message = "Something follows the '---' that begins front matter."
    return _Fault("front-matter-fence", message, "Put '---' on a line of its own.", first + 1)


def _lost_fence(lines: list[str], first: int) -> _Fault | None:
    if not _KEY.match(_seen(lines[first])):
        return None
    end = _block_end(lines, first)
    if end is None or _seen(lines[end]) != "---":  # more hyphens would underline a heading
        return None
    message = "Front matter begins here without the line '---' above it."
    return _Fault("front-matter-fence", message, "Begin the file with a line '---'.", first + 1)


def _fence_after_comment(text: str, lines: list[str]) -> _Fault | None:
    comments = _COMMENTS.match(text)
    if comments is None:
        return None
    fence = _visible(lines, text.count("\n", 0, comments.end()) + 1)
    if fence is None or not _is_fence(lines[fence]):
        return None
    key = _visible(lines, fence + 1)
    # A rule below a heading is common in prose; with keys and another fence after it, it is front matter.
    if key is None or not _KEY.match(_seen(lines[key])) or not _block_end(lines, key):
        return None
    message = "Something stands above the '---' that begins front matter."
    return _Fault("front-matter-fence", message, "Move it below the front matter, or into it.", fence + 1)


def _unclosed(text: str) -> _Fault:
    end = _block_end(text.split("\n"), 1)
    if end is None:
        message = "The front matter that begins here is never closed."
        return _Fault("front-matter-unclosed", message, "Write a line '---' after its last key.")
    message = "The front matter is not closed: this line looks like its end, and is not exactly '---'."
    hint = "Write exactly three hyphens at the start of the line, and nothing else."
    return _Fault("front-matter-unclosed", message, hint, end + 1)
