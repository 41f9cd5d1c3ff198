"""How good the search is: MRR and success@3 over the questions of ``questions.txt``, asked of the two real sites.

``python -m tests.quality.measure SHARED`` prints them, and every question whose answer is not among the first three.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contentapi import settings
from contentapi.index import database
from contentapi.index.reader import Index, Reader
from contentapi.index.search import Wish, search
from contentapi.index.sync import sync
from contentapi.source.folder import Folder

QUESTIONS = Path(__file__).with_name("questions.txt")


@dataclass(frozen=True)
class Case:
    """One question, and the files any of which answers it."""

    half: str
    site: str
    question: str
    files: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """At which place the first right answer stands, from 1; None when it is not among the first ten."""

    case: Case
    place: int | None
    first: tuple[str, ...]


def cases() -> list[Case]:
    """The questions in their order."""
    lines = [line for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = []
    for line in lines:
        half, site, question, files = (part.strip() for part in line.split("|"))
        found.append(Case(half, site, question, frozenset(one.strip() for one in files.split(","))))
    return found


@contextmanager
def indexed(folder: Path, place: Path) -> Iterator[Reader]:
    """A reader of a fresh index of a folder."""
    site = settings.load(folder, environ={"HOME": str(place)}, flags={"index": str(place / "index.db")}).site
    writing = database.open_for_writing(place / "index.db")
    sync(writing, Folder(folder, site), site)
    writing.close()
    index = Index(place / "index.db", site)
    try:
        with index.reading() as reader:
            yield reader
    finally:
        index.close()


def outcomes(reader: Reader, site: str) -> list[Outcome]:
    """What became of each question to a site."""
    return [_outcome(reader, case) for case in cases() if case.site == site]


def _outcome(reader: Reader, case: Case) -> Outcome:
    hits = search(reader, case.question, Wish(limit=10)).page.items
    sources = [hit.row.source for hit in hits]
    place = next((place for place, source in enumerate(sources, 1) if source in case.files), None)
    return Outcome(case, place, tuple(sources[:3]))


def mrr(found: list[Outcome]) -> float:
    """The mean of one over the place of the first right answer; 0 where there is none."""
    return sum(1 / one.place if one.place else 0.0 for one in found) / len(found)


def success(found: list[Outcome]) -> float:
    """The share of questions with a right answer among the first three."""
    return sum(one.place is not None and one.place <= 3 for one in found) / len(found)


def main(shared: Path) -> None:
    found: list[Outcome] = []
    for site in sorted({case.site for case in cases()}):
        with tempfile.TemporaryDirectory() as place, indexed(shared / "corpus" / site, Path(place)) as reader:
            found += outcomes(reader, site)
    for half in ("tune", "report"):
        some = [one for one in found if one.case.half == half]
        print(f"{half}: {len(some)} questions, MRR {mrr(some):.3f}, success@3 {success(some):.3f}")
    for one in found:
        if one.place is None or one.place > 3:
            print(f"  {one.case.half} {one.place} {one.case.site}: {one.case.question} → {', '.join(one.first)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
