"""The rows of the map that finds an address: one for each, whatever forms its answer has.

The fields of a row stand between tabs: the address, what becomes of a query, among what the Accept header chooses, the other
spelling that all its spellings come to, then the forms: number of the head, ETag, codings, file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import IO

from contentapi.publish import spellings
from contentapi.publish.answers import Form, Published
from contentapi.publish.conf import PREFIX, Shelves, named_map, pattern
from contentapi.publish.heads import LOCATION, Heads

#: Between the fields of a row; no address and no file of ours holds it.
TAB = "\t"
#: So many fields stand before the forms.
BEFORE = 4
NONE = "-"
#: Before what becomes of a query, when any spelling of the address is led on at once.
LED = "led_"


class Ids(dict[tuple[str, ...], str]):
    """Short names for what there are few of, given in the order in which it comes."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self._letter = letter

    def __missing__(self, one: tuple[str, ...]) -> str:
        self[one] = f"{self._letter}{len(self) + 1}"
        return self[one]


class Rows:
    """The rows of an export. ``opened`` makes a file for them; ``heads`` numbers what stands beside each form."""

    def __init__(self, opened: Callable[[], IO[str]], heads: Heads, api: str) -> None:
        self._heads = heads
        self._api = api
        self._plain = Shelves(opened())
        self._queried = Shelves(opened())
        #: What the Accept header chooses among, codings besides identity, and parameters that matter: each by a short name.
        self.offers = Ids("o")
        self.codings = Ids("c")
        self.ignored = Ids("i")

    def __len__(self) -> int:
        return max(self._plain.rows, self._queried.rows)

    def add(self, one: Published) -> bool:
        """Takes an address up; False when nginx cannot be told of it."""
        path, mark, _ = one.target.partition("?")
        if not spellings.is_reachable(path):
            return False
        offers = tuple(form.accept for form in one.forms)
        row = TAB.join((
            one.target,
            self._policy(one),
            self.offers[offers] if len(offers) > 1 else NONE,
            spellings.ALONE if one.by_path and not one.main else spellings.told(path),
            *map(self._form, one.forms),
        ))  # fmt: skip
        shelves, key = (self._queried, one.target) if mark else (self._plain, spellings.key(path))
        return shelves.add(key, row)

    def _form(self, form: Form) -> str:
        number = self._heads.number(form.status, form.head)
        if not form.codings:
            return f"{number} {NONE} {NONE} {NONE}"
        plain, *others = form.codings
        codings = self.codings[tuple(one.coding for one in others)] if others else NONE
        return f"{number} {plain.etag.strip(chr(34)) or NONE} {codings} {plain.file}"

    def _policy(self, one: Published) -> str:
        """What becomes of a query: it is refused, ignored, ignored but for some parameters, or kept by a redirect."""
        if one.status == 308:
            location = one.forms[0].head[LOCATION]
            kept = "kept" if location.startswith((f"{self._api}/v1/", f"{self._api}/embed/")) else "any"
            return f"{LED}{kept}" if one.by_path and one.main else kept
        if one.status == 410 and one.by_path and one.main:
            return f"{LED}none"
        if one.strict:
            return "none"
        return self.ignored[one.ignores] if one.ignores else "any"

    def write(self, out: IO[str]) -> None:
        """Writes the maps that find a row: by the path as sent, by what that is another spelling of, by path and query."""
        for shelves, name, source in ((self._plain, "row", "key"), (self._queried, "asked_row", "asked")):
            shelves.write(out, PREFIX + source, PREFIX + name)
            out.writelines(_lookup(shelves.count, name, "path" if name == "row" else "asked"))

    def left(self) -> str:
        """The map that gives the row which answers though there is a query that is not its own."""
        row = f"${PREFIX}row"
        ignored = [(pattern(rf"^{name}\t{_without(known)}"), row) for known, name in self.ignored.items()]
        kept = (pattern(rf"^(?:{LED})?(?:any|kept)\t"), row)
        return named_map(
            f"${PREFIX}policy{TAB}$args", "left", [("default", '""'), (pattern(r"^\w+\t$"), row), kept, *ignored]
        )


def _lookup(count: int, name: str, asked: str) -> Iterator[str]:
    """Of the rows of a key on all shelves, that of the address as it was sent; and the one whose other spelling it is."""
    found, meant = name.replace("row", "found"), name.replace("row", "meant")
    for shelf in range(count, 0, -1):
        row = f"${PREFIX}{name}_{shelf}"
        end = f"_{shelf}" if shelf > 1 else ""
        next_found, next_meant = (f"${PREFIX}{one}_{shelf + 1}" if shelf < count else '""' for one in (found, meant))
        same = (pattern(r"^([^\t]+)\t\1\t"), row)
        yield named_map(f"${PREFIX}{asked}{TAB}{row}", found + end, [("default", next_found), same])
        if asked == "asked":
            continue
        source = f"${PREFIX}key{TAB}{row}"
        its_key, another = r"^([^\t]+)\t\1\t{}[^\t]*\t[^\t]*\t\t", r"^([^\t]+)\t([^\t]*)\t{}[^\t]*\t[^\t]*\t\1\t"
        led_on = [(pattern(one.format(LED)), row) for one in (its_key, another)]
        yield named_map(
            source, f"by_key{end}", [("default", f"${PREFIX}by_key_{shelf + 1}" if shelf < count else '""'), *led_on]
        )
        spelled = [(pattern(its_key.format("")), '"$1"'), (pattern(another.format("")), '"$2"')]
        yield named_map(source, meant + end, [("default", next_meant), *spelled])


def _without(known: tuple[str, ...]) -> str:
    """A pattern for a query that holds none of these parameters, nor anything that may be one in disguise."""
    names = "|".join(map(re.escape, known))
    return rf"(?:(?!(?:{names})(?:[=&]|$))[^&=%+]*(?:=[^&]*)?(?:&|$))*$"
