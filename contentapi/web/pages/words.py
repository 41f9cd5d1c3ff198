"""The wording of the page at ``/``, from ``words.toml``: data, in each language it can speak."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from contentapi.web.pages.page import packaged

_ISO_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; a key may name a table and a word in it (``phases.heading``)."""

    lang: str
    table: Mapping[str, object]

    def say(self, key: str, **values: object) -> str:
        """The word for a key, filled in."""
        return str(self._find(key)).format(**values)

    def count(self, collection: str, number: int) -> str:
        """What so many documents of a collection are called; a collection the site declares bears its own name."""
        forms = cast("Mapping[str, list[str]]", self._find("collections")).get(collection)
        return collection if forms is None else forms[number > 1 or (number == 0 and self.lang == "en")]

    def date(self, iso: str) -> str:
        """A date in words; what is none stays as it is."""
        found = _ISO_DATE.match(iso)
        if found is None:
            return iso
        year, month, day = (int(part) for part in found.groups())
        months = cast("list[str]", self._find("months"))
        written = self.say("first_day") if day == 1 else str(day)
        return self.say("date", day=written, month=months[month - 1], year=year)

    def _find(self, key: str) -> object:
        found: object = self.table
        for part in key.split("."):
            found = cast("Mapping[str, object]", found)[part]
        return found


@cache
def _tables() -> dict[str, dict[str, object]]:
    return tomllib.loads(packaged("words.toml"))


def of(lang: str) -> Words:
    """The words for a site's language: its own when they exist, else English."""
    main = re.split(r"[-_]", lang.lower())[0]
    known = main if main in _tables() else "en"
    return Words(known, _tables()[known])
