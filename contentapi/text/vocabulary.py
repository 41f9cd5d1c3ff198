"""The words of a programme, read from TOML: the packaged default, and what a site says in place of it.

``vocabulary.toml`` explains every key. Errors name the key as an author would write it, and what is allowed there.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from contentapi.model import PhaseKind, PhaseWord, Vocabulary

_DESIGNATORS = ("D", "W", "M", "Y")
_PHASE_KEYS = ("slug", "position", "kind", "label", "aliases", "names")
_TABLES = ("phases", "durations")
_SPELLINGS = (("’", "'"), ("\u00a0", " "), ("\u202f", " "), ("\u2009", " "), ("\n", " "))


_LISTS = (
    "lasting",
    "during",
    "phase",
    "this",
    "linking",
    "denying",
    "affirming",
    "ranges",
    "opening",
    "frequency",
    "misleading_before",
    "misleading_after",
)
_DURATION_KEYS = (*_LISTS, "units", "numbers")


@lru_cache(maxsize=1)
def default() -> Vocabulary:
    """The packaged vocabulary."""
    return _read({})


def parse(data: Mapping[str, object]) -> Vocabulary:
    """The vocabulary that a site's tables ``phases`` and ``durations`` describe; what they leave out is the default's.

    Raises ValueError: it names the key, and what is allowed.
    """
    _check_keys(data, _TABLES, "")
    return _read(data)


def fold(text: str) -> str:
    """The text as vocabularies are matched, character for character: small letters, one apostrophe, one blank."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = "".join(small if len(small := one.lower()) == 1 else one for one in text)
    for written, plain in _SPELLINGS:
        folded = folded.replace(written, plain)
    return folded


def alternatives(phrases: Iterable[str]) -> str:
    """A pattern that matches, in a folded text, any of these words as a whole, the longest first."""
    longest_first = sorted({fold(one) for one in phrases}, key=lambda one: (-len(one), one))
    # Signs ("+", "d'") need no edge. What all have in common stands outside: it makes the search much quicker.
    words_only = [re.escape(one) for one in longest_first if one[0].isalnum() and one[-1].isalnum()]
    others = [_whole(one) for one in longest_first if not (one[0].isalnum() and one[-1].isalnum())]
    patterns = ([rf"(?<!\w)(?:{'|'.join(words_only)})(?!\w)"] if words_only else []) + others
    return f"(?:{'|'.join(patterns)})" if patterns else "(?!)"


def _whole(phrase: str) -> str:
    before = r"(?<!\w)" if phrase[0].isalnum() else ""
    after = r"(?!\w)" if phrase[-1].isalnum() else ""
    return f"{before}{re.escape(phrase)}{after}"


@lru_cache(maxsize=1)
def _packaged() -> Mapping[str, object]:
    return tomllib.loads(files("contentapi").joinpath("vocabulary.toml").read_text(encoding="utf-8"))


def _read(data: Mapping[str, object]) -> Vocabulary:
    phases = data.get("phases", _packaged()["phases"])
    durations = _table(_packaged()["durations"], "durations") | _table(data.get("durations", {}), "durations")
    _check_keys(durations, _DURATION_KEYS, "durations.")
    lists = {name: _strings(durations[name], f"durations.{name}") for name in _LISTS}
    return Vocabulary(
        phases=_phases(phases), units=_units(durations["units"]), numbers=_numbers(durations["numbers"]), **lists
    )


# ---------------------------------------------------------------------------------------------------------------------
# Phases
# ---------------------------------------------------------------------------------------------------------------------


def _phases(value: object) -> tuple[PhaseWord, ...]:
    if not isinstance(value, list):
        raise _expected("a list of tables [[phases]]", value, "phases")
    phases = [_phase(one, f"phases[{place}]") for place, one in enumerate(value, 1)]
    _check_distinct([{one.slug, *one.aliases} for one in phases], "slug or alias")
    _check_distinct([set(one.names) for one in phases], "name")
    _check_distinct([{str(one.position)} for one in phases if one.kind is PhaseKind.JOURNEY], "position")
    return tuple(sorted(phases, key=lambda one: one.position))


def _phase(value: object, where: str) -> PhaseWord:
    table = _table(value, where)
    _check_keys(table, _PHASE_KEYS, f"{where}.")
    for name in ("slug", "position", "label"):
        if name not in table:
            raise ValueError(f"{where}.{name}: missing; a phase has a slug, a position and a label")
    return PhaseWord(
        slug=_slug(table["slug"], f"{where}.slug"),
        position=_positive(table["position"], f"{where}.position"),
        kind=_kind(table.get("kind", PhaseKind.JOURNEY.value), f"{where}.kind"),
        label=_string(table["label"], f"{where}.label"),
        aliases=tuple(_slug(one, f"{where}.aliases") for one in _strings(table.get("aliases", []), f"{where}.aliases")),
        names=tuple(one.lower() for one in _strings(table.get("names", []), f"{where}.names")),
    )


def _slug(value: object, where: str) -> str:
    slug = _string(value, where).lower()
    if "/" in slug or " " in slug:
        raise ValueError(f"{where}: {value!r} is no slug; write one segment of a path, without slashes and blanks")
    return slug


def _kind(value: object, where: str) -> PhaseKind:
    if value not in tuple(PhaseKind):
        raise ValueError(f"{where}: {_shown(value)} is no kind; allowed: {', '.join(PhaseKind)}")
    return PhaseKind(str(value))


# ---------------------------------------------------------------------------------------------------------------------
# Durations
# ---------------------------------------------------------------------------------------------------------------------


def _units(value: object) -> dict[str, str]:
    units: dict[str, str] = {}
    for word, designator in _table(value, "durations.units").items():
        where = f"durations.units.{word}"
        if designator not in _DESIGNATORS:
            raise ValueError(f"{where}: {_shown(designator)} is no unit; allowed: {', '.join(_DESIGNATORS)}")
        units[_string(word, where).lower()] = str(designator)
    return units


def _numbers(value: object) -> dict[str, int]:
    table = _table(value, "durations.numbers")
    return {
        _string(word, f"durations.numbers.{word}").lower(): _positive(number, f"durations.numbers.{word}")
        for word, number in table.items()
    }


# ---------------------------------------------------------------------------------------------------------------------
# Values
# ---------------------------------------------------------------------------------------------------------------------


def _table(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise _expected("a table", value, where)
    return {str(key): one for key, one in value.items()}


def _strings(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _expected("a list of words", value, where)
    return tuple(_string(one, where) for one in value)


def _string(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _expected("a word", value, where)
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _positive(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _expected("a whole number from 1", value, where)
    return value


def _expected(what: str, value: object, where: str) -> ValueError:
    return ValueError(f"{where}: expected {what}, not {_shown(value)}")


def _shown(value: object) -> str:
    """A value of a message: as written, and not the whole of a long one."""
    written = repr(value)
    return written if len(written) <= 40 else f"{written[:40]}…"


def _check_keys(table: Mapping[str, object], allowed: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise ValueError(f"{where}{key}: unknown key; allowed: {', '.join(allowed)}")


def _check_distinct(phases: Iterable[set[str]], what: str) -> None:
    """No two phases may share a word: whoever reads it would not know which one is meant."""
    known: set[str] = set()
    for owned in phases:
        if owned & known:
            raise ValueError(f"phases: {what} {min(owned & known)!r} is given to two phases")
        known |= owned
