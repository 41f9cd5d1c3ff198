"""YAML that does not lie: the scalars of YAML 1.2's core schema, kept as written where a number would lose something.

PyYAML's C parser reads the text as a stream of events, and this module builds JSON values from them. It does not use
PyYAML's composer and constructors: they read YAML 1.1 (``no`` is False, ``12:30:45`` is 45045, ``1.10`` is 1.1), put
no bound on aliases (271 bytes become 206 MB of JSON) and recurse in C, so that 100,000 ``- `` in a row end the process.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

import yaml
from yaml.error import Mark
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from contentapi.model import Json, Severity

#: How deep collections may nest.
MAX_DEPTH: Final = 64
#: How many values a text may hold, with all that its aliases stand for (where 100 characters count as a value).
MAX_VALUES: Final = 100_000
#: How many problems are told of one text: whoever has more has one cause for them all.
MAX_PROBLEMS: Final = 100

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in a text that can be read but is probably not meant; ``line`` and ``column`` count from 1.

    Codes: ``duplicate-key``, ``yaml-tag``. None for ``line`` or ``column``: it is not known.
    """

    code: str
    severity: Severity
    line: int | None
    column: int | None
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A text as read: its ``value`` (None when it is empty), what is odd in it, and where its top-level keys stand.

    ``lines`` has the line of each top-level key, ``overridden`` what a top-level key that stands twice held before,
    ``starts`` the line of each mapping, by its identity in ``value``.
    """

    value: Json
    problems: tuple[Problem, ...]
    lines: dict[str, int]
    overridden: dict[str, list[Json]]
    starts: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    def line_of(self, mapping: Mapping[str, Json]) -> int | None:
        """The line where a mapping of the value begins; None for what an alias repeats."""
        return self.starts.get(id(mapping))


class YamlError(ValueError):
    """The text cannot be read as YAML. ``message`` says what is wrong, ``hint`` what to do, in words for an editor."""

    def __init__(self, message: str, hint: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column


def load(text: str, *, first_line: int = 1) -> Loaded:
    """Read one YAML document, whose first line is line ``first_line`` of its file.

    The value can always be written as JSON: scalars follow YAML 1.2 §10.3, except that a number which JSON would write
    otherwise (``1.10``, ``007``, ``1e3``, more than 64 bit, ``.inf``) stays the string it is. Dates stay strings too.
    Keys are strings as written, ``<<`` merges as in YAML 1.1, a tag never makes anything but a string, list or mapping,
    and strings are NFC. Raises :class:`YamlError` when the text is no YAML, is several documents, nests deeper than
    ``MAX_DEPTH`` or holds more than ``MAX_VALUES`` values.
    """
    try:
        _check_directives(text, first_line)
        builder = _Builder(text, first_line)
        value = builder.document()
    except yaml.MarkedYAMLError as error:
        raise _explain(error, text, first_line) from error
    except YamlError:
        raise
    except (ReaderError, ValueError, OverflowError) as error:  # Python's own, for characters that are none
        raise _unreadable(text, first_line) from error
    return Loaded(value, tuple(builder.problems), builder.lines, builder.overridden, builder.starts)


# ---------------------------------------------------------------------------------------------------------------------
# Scalars
# ---------------------------------------------------------------------------------------------------------------------

_LONG_RUN: Final = re.compile("[^\x00-\x7f]{64,}")


def nfc(text: str) -> str:
    """The text in Unicode's form NFC, in time that grows with its length only.

    Python's ``unicodedata`` takes 4 s for 64,000 combining marks in a row, and squares that. So a run of more than 30
    marks is cut by U+034F, as UAX #15 §13 (Stream-Safe Text Process) prescribes; no language has such runs.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", _LONG_RUN.sub(_stream_safe, text))


def _stream_safe(run: re.Match[str]) -> str:
    safe: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > 30:
            safe.append("\u034f")
            marks = 1
        safe.append(character)
    return "".join(safe)


_CONSTANTS: Final[dict[str, bool | None]] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"), None)
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
)
_NUMBER: Final = re.compile(
    r"(?P<int> 0 | -?[1-9][0-9]{0,18} | 0o[0-7]+ | 0x[0-9a-fA-F]+ )"
    r"| -? [0-9]{1,17} (?: \.[0-9]{1,22} )? (?: e[-+][0-9]{2,3} )?",  # longer ones are never what repr() writes
    re.VERBOSE,
)
#: What a plain scalar begins with when it may be anything but a string: most are strings, and are told apart by this.
_STARTS: Final = frozenset("-0123456789~nNtTfF") | {""}
_INT64: Final = range(-(2**63), 2**63)


def _plain(text: str) -> Json:
    """What an unquoted scalar means."""
    if text[:1] not in _STARTS:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if number := _NUMBER.fullmatch(text):
        return _int(text) if number["int"] else _float(text)
    return text


def _int(text: str) -> int | str:
    number = int(text, 0)
    return number if number in _INT64 else text


def _float(text: str) -> float | str:
    number = float(text)
    return number if repr(number) == text else text


# ---------------------------------------------------------------------------------------------------------------------
# Events → values
# ---------------------------------------------------------------------------------------------------------------------

_YAML: Final = "tag:yaml.org,2002:"
_TEXT_TAGS: Final = frozenset({"!", _YAML + "str", _YAML + "timestamp"})
_CORE_TAGS: Final = frozenset(_YAML + name for name in ("null", "bool", "int", "float"))
_COLLECTION_TAGS: Final = frozenset({None, "!", _YAML + "map", _YAML + "seq"})

#: What no string may hold: the C0 controls but tab and line ends, DEL, and surrogates.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: The same for a text as it stands: YAML forbids a few more characters that are not written as an escape.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# NEL, LS and PS end a line in YAML 1.1 and in PyYAML, but not in YAML 1.2 §5.4 nor in any editor: pasted from elsewhere
# they would begin a key in the middle of a title. Characters for private use stand in for them while PyYAML reads.
_BREAKS: Final = "\x85\u2028\u2029"
_STAND_INS: Final = "\U0010fffb\U0010fffc\U0010fffd"
_HIDE: Final = str.maketrans(_BREAKS, _STAND_INS)
_SHOW: Final = str.maketrans(_STAND_INS, _BREAKS)


class _Builder:
    """Builds the value of one document from its events, and notes what is odd on the way."""

    def __init__(self, text: str, first_line: int) -> None:
        self._hidden = not text.isascii() and any(one in text for one in _BREAKS)
        self._escapes = "\\" in text
        loader = _Loader(text.translate(_HIDE) if self._hidden else text)
        self._next = cast("Callable[[], Event]", loader.get_event)
        self._first_line = first_line
        self._anchors: dict[str, Json] = {}
        self._open: list[Json] = []
        self._values = 0
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        self.starts: dict[int, int] = {}
        self.overridden: dict[str, list[Json]] = {}

    def document(self) -> Json:
        """The value of the only document, None when there is none."""
        self._next()  # the start of the stream
        if isinstance(self._next(), StreamEndEvent):
            return None
        value = self._value(self._next())
        self._next()  # the end of the document
        if isinstance(event := self._next(), DocumentStartEvent):
            raise self._error(
                event, "A second YAML document begins here.", "Remove the '---', or put the text after it in quotes."
            )
        return value

    def _value(self, event: Event) -> Json:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        self._count(event, 1)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event)
        return self._sequence(cast("SequenceStartEvent", event))

    def _scalar(self, event: ScalarEvent) -> Json:
        text = self._text(event)
        value = text if event.style else _plain(text)  # quotes or a block make a string of anything
        if event.tag is not None:
            value = self._tagged(event, text)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _text(self, event: ScalarEvent) -> str:
        text = event.value
        if self._escapes and event.style == '"' and _CONTROL.search(text):
            raise self._error(event, "This value holds an escape for a control character.", "Remove the escape.")
        if text.isascii():
            return text
        return nfc(text.translate(_SHOW) if self._hidden else text)

    def _tagged(self, event: ScalarEvent, text: str) -> Json:
        value = _plain(text) if event.tag in _CORE_TAGS else text
        if isinstance(value, str) and event.tag not in _TEXT_TAGS:
            self._ignored_tag(event)
        return value

    def _sequence(self, start: SequenceStartEvent) -> list[Json]:
        items: list[Json] = []
        self._enter(start, items)
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._value(event))
        self._open.pop()
        return items

    def _mapping(self, start: MappingStartEvent) -> dict[str, Json]:
        own: dict[str, Json] = {}
        merged: dict[str, Json] | None = None
        lines: dict[str, int] = {}
        self._enter(start, own)
        self.starts[id(own)] = self._place(start)[0]
        while not isinstance(event := self._next(), MappingEndEvent):
            if _is_merge(event):
                merged = self._merge(event, merged)
                lines = dict.fromkeys(merged, self._place(event)[0]) | lines
                continue
            key = self._key(event)
            value = self._value(self._next())
            if key in own:
                self._duplicate(event, key, own[key], lines[key])
            own[key] = value
            lines[key] = self._place(event)[0]
        self._open.pop()
        if merged:
            _put_under(own, merged)
        if not self._open:
            self.lines = lines
        return own

    def _enter(self, start: CollectionStartEvent, collection: Json) -> None:
        if start.tag not in _COLLECTION_TAGS:
            self._ignored_tag(start)
        if start.anchor is not None:
            self._anchors[start.anchor] = collection
        self._open.append(collection)
        self._check_depth(start, len(self._open))

    def _key(self, event: Event) -> str:
        if isinstance(event, ScalarEvent):
            if event.anchor is not None or event.tag is not None:
                self._scalar(event)
            return self._text(event)
        if isinstance(event, AliasEvent):
            value = self._alias(event)
            if not isinstance(value, (list, dict)):
                return value if isinstance(value, str) else json.dumps(value)
        raise self._error(
            event,
            "A key cannot be a list or a mapping.",
            "A value that begins with '{' or '[' as text, such as {{ page.title }}, needs quotes around it.",
        )

    def _merge(self, key: Event, earlier: dict[str, Json] | None) -> dict[str, Json]:
        """What ``<<`` brings in: of several mappings the earlier wins (https://yaml.org/type/merge.html)."""
        if earlier is not None:
            raise self._error(key, "'<<' stands twice in one mapping.", "Write '<<: [*one, *other]'.")
        value = self._value(self._next())
        merged: dict[str, Json] = {}
        for source in reversed(value if isinstance(value, list) else [value]):
            if not isinstance(source, dict):
                raise self._error(key, "'<<' needs a mapping to merge.", "Write '<<: *name', after '&name'.")
            merged |= source
        return merged

    def _alias(self, event: AliasEvent) -> Json:
        name = event.anchor or ""
        if name not in self._anchors:
            raise self._error(
                event,
                f"'*{_short(name)}' refers to nothing.",
                "A value that begins with '*' as text needs quotes around it.",
            )
        value = self._anchors[name]
        if any(value is one for one in self._open):
            raise self._error(event, f"'*{_short(name)}' stands inside what it refers to.", "Write the value out.")
        return self._copy(event, value, len(self._open))

    def _copy(self, event: Event, value: Json, depth: int) -> Json:
        """An independent copy, counted: what a few aliases of aliases stand for may not fit into any memory."""
        self._count(event, 1 + (len(value) // 100 if isinstance(value, str) else 0))
        if isinstance(value, list):
            self._check_depth(event, depth + 1)
            return [self._copy(event, one, depth + 1) for one in value]
        if isinstance(value, dict):
            self._check_depth(event, depth + 1)
            self._count(event, sum(map(len, value)) // 100)
            return {key: self._copy(event, one, depth + 1) for key, one in value.items()}
        return value

    def _count(self, event: Event, values: int) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            message = f"The text holds more than {MAX_VALUES} values, with all that its aliases ('*name') stand for."
            raise self._error(event, message, "Use fewer aliases, or split the file.")

    def _check_depth(self, event: Event, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self._error(event, f"Values are nested deeper than {MAX_DEPTH} levels.", "Flatten them.")

    def _duplicate(self, event: Event, key: str, earlier: Json, line: int) -> None:
        if len(self._open) == 1:
            self.overridden.setdefault(key, []).append(earlier)
        message = f"The key '{_short(key)}' already stands on line {line}; this one replaces it."
        self._note("duplicate-key", event, message, "Remove one of the two.")

    def _ignored_tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        message = f"The tag '{_short(event.tag or '')}' is ignored; the value is taken as it is written."
        self._note("yaml-tag", event, message, "Remove the tag, or put quotes around the value if '!' is part of it.")

    def _note(self, code: str, event: Event, message: str, hint: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            line, column = self._place(event)
            self.problems.append(Problem(code, Severity.WARNING, line, column, message, hint))

    def _error(self, event: Event, message: str, hint: str) -> YamlError:
        return YamlError(message, hint, *self._place(event))

    def _place(self, event: Event) -> tuple[int, int]:
        mark = cast("Mark", event.start_mark)
        return mark.line + self._first_line, mark.column + 1


def _is_merge(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and event.value == "<<" and not event.style and event.tag is None


def _put_under(own: dict[str, Json], merged: dict[str, Json]) -> None:
    """Add what was merged before a mapping's own keys, which win; in place, because an anchor may name the mapping."""
    both = merged | own
    own.clear()
    own.update(both)


def _short(name: str) -> str:
    """A name as an editor wrote it, short enough for a message."""
    name = name.replace(_YAML, "!!")
    return name if len(name) <= 60 else name[:59] + "…"


# ---------------------------------------------------------------------------------------------------------------------
# Errors in words for an editor
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Explanation:
    """Words for the reports that ``pattern`` finds; ``at_start`` points to where the broken thing opens."""

    pattern: str
    message: str
    hint: str
    at_start: bool = False


_TAB: Final = _Explanation(
    r"tab character|'\\t'",
    "A tab stands where YAML wants spaces.",
    "Replace the tab at the start of the line by spaces.",
)
_COLON: Final = _Explanation(
    "mapping values",
    "The value holds ': ', which begins another value.",
    "Put quotes around the whole value.",
)
_STRAY_COLON: Final = _Explanation(
    "",
    "No value can begin here: this line is indented too far, or the line above lacks ': ' or quotes.",
    "Start the keys of one level in the same column, and write 'key: value' with a space after the colon.",
)
_ALIGNMENT: Final = _Explanation(
    "block (mapping|collection)",
    "This line does not line up with the lines above.",
    "Start the keys of one level, and the '-' of one list, in the same column.",
)
_TEXT_AFTER: Final = _Explanation(
    "",
    "Text stands after the end of a value in quotes or brackets.",
    "Put quotes around the whole value; inside 'single quotes' write an apostrophe twice ('').",
)
_NO_BREAK: Final = _Explanation(
    "",
    "The blank after a colon, here or on the line above, is a no-break space.",
    "Type an ordinary space after the colon.",
)

#: The first whose pattern is found explains the error.
_EXPLANATIONS: Final = (
    _TAB,
    _COLON,
    _Explanation(
        "cannot start any token|mapping keys|block node",
        "An unquoted value cannot begin with this character.",
        "Put quotes around the whole value.",
    ),
    _Explanation(
        "quoted scalar: found unexpected",
        "A quote opens here and is never closed.",
        "Add the closing quote at the end of the value.",
        at_start=True,
    ),
    _Explanation(
        "simple key: could not find",
        "This line is no 'key: value'.",
        "Write a colon and a space after the key, or indent the line if it continues the value above.",
        at_start=True,
    ),
    _Explanation(
        "sequence entries are not allowed",
        "A list cannot begin on the line of its key.",
        "Put each '- item' on a line of its own, or quotes around the value if '-' is part of it.",
    ),
    _Explanation(
        "flow (sequence|mapping|node)",
        "A '[' or '{' opens here, or above, and is not closed as it should be.",
        "Close it and separate its items by commas, or put quotes around it if it is plain text.",
        at_start=True,
    ),
    _Explanation(
        "scanning an (alias|anchor)",
        "An unquoted value that begins with '*' or '&' is a reference in YAML.",
        "Put quotes around the whole value.",
        at_start=True,
    ),
    _Explanation(
        "unknown escape|escape (code|sequence)|hexdecimal",
        "A backslash in double quotes begins an escape, and YAML does not know this one.",
        "Use single quotes, or write the backslash twice.",
    ),
    _Explanation(
        "block scalar",
        "Nothing may follow '|' or '>' on its line.",
        "Begin the text on the next line, indented, or put quotes around the value.",
    ),
    _ALIGNMENT,
    _Explanation(
        "(a|the) tag|tag handle",
        "An unquoted value that begins with '!' is a tag in YAML.",
        "Put quotes around the whole value.",
        at_start=True,
    ),
    _Explanation(
        "directive|incompatible",
        "A line that begins with '%' is an instruction to YAML.",
        "Remove the line, or put quotes around the value.",
    ),
)
_LINE_END: Final = re.compile("\r\n|\r|\n")
_UNEXPLAINED: Final = _Explanation(
    "", "This is no valid YAML.", "Look for a missing quote, colon or space here and on the line above."
)


def _explain(error: yaml.MarkedYAMLError, text: str, first_line: int) -> YamlError:
    """The error of PyYAML's parsers, which speak of tokens, in words for someone who writes pages."""
    report = f"{error.context}: {error.problem}"
    explanation = next((one for one in _EXPLANATIONS if re.search(one.pattern, report)), _UNEXPLAINED)
    mark = (error.context_mark if explanation.at_start else None) or error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    explanation = _look_again(explanation, _LINE_END.split(text)[: line + 1], line, column)
    return YamlError(explanation.message, explanation.hint, line + first_line, column + 1)


def _look_again(explanation: _Explanation, lines: list[str], number: int, column: int) -> _Explanation:
    """A better explanation from the line itself: one report of the parser may have several causes."""
    line = lines[number] if number < len(lines) else ""
    before = line[:column]
    if line[column : column + 1] == "\t":
        return _TAB
    if any(re.match("[^:]*:[\xa0\u202f]", one) for one in lines[max(number - 1, 0) : number + 1]):
        return _NO_BREAK
    if explanation is _COLON and ": " not in before:
        return _STRAY_COLON
    if explanation is _ALIGNMENT and before.strip(" -"):
        return _TEXT_AFTER
    return explanation


def _check_directives(text: str, first_line: int) -> None:
    """Refuse more ``%`` lines than anyone writes: libyaml compares each with all before it, which takes minutes."""
    if text.count("\n%") + text.count("\r%") > 10:
        raise YamlError(
            "Too many lines begin with '%'.", "Remove them, or put quotes around the values.", first_line, 1
        )


def _unreadable(text: str, first_line: int) -> YamlError:
    """Where the first character stands that YAML 1.2 §5.1 does not allow."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return YamlError(_UNEXPLAINED.message, _UNEXPLAINED.hint, first_line, 1)
    lines = _LINE_END.split(text[: found.start()])
    message = f"An invisible control character (U+{ord(found[0]):04X}) stands here."
    return YamlError(message, "Delete it, or type the text again.", first_line + len(lines) - 1, len(lines[-1]) + 1)
