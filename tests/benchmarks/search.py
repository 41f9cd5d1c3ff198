"""What a search costs: over a folder of content, and over documents by the hundred thousand.

``python -m tests.benchmarks.search FOLDER`` and ``python -m tests.benchmarks.search --documents 100000``. The words of
made-up documents are as frequent as those of a language are (Zipf), so that the first are in most of them. Prints the
time of what is found, ten hits with snippets and all facets, not yet written as JSON: of the processor, in milliseconds.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import apsw

from contentapi import settings
from contentapi.index import database, postings
from contentapi.index.reader import Index, Reader
from contentapi.index.search import Wish, search, suggest
from contentapi.index.sync import sync
from contentapi.ingest import searchable
from contentapi.model import Collection, Document, Section, Site
from contentapi.source.folder import Folder
from contentapi.text import analysis
from contentapi.text import vocabulary as words
from tests.index.library import documents, fill

_VOCABULARY = 30_000
_WORDS = 220
_SYLLABLES = ("ba", "co", "di", "fu", "ga", "lo", "mi", "nu", "pra", "re", "son", "ta", "ve", "zo")


def vocabulary() -> list[str]:
    """Words that nobody says, each once; the same ones every time."""
    chance = random.Random(1)
    found = dict.fromkeys("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(3 * _VOCABULARY))
    return list(found)[:_VOCABULARY]


def library(count: int) -> Iterator[Document]:
    """So many documents of about so many words."""
    known, chance = vocabulary(), random.Random(2)
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(known))))
    for document in documents(count, words=1):
        some = chance.choices(known, cum_weights=weights, k=_WORDS)
        text = " ".join(some[10:])
        section = (Section(0, None, "", text), Section(2, "a", " ".join(some[6:9]), text[:200]))
        body = replace(document.body, text=text, sections=section, headings=())
        yield replace(document, title=" ".join(some[:5]).capitalize(), description=None, excerpt=None, body=body)


def questions(reader: Reader, count: int = 60) -> dict[str, list[str]]:
    """Questions of one, two and three words of the index: common ones (of the first hundred), and any."""
    rows = reader.select("SELECT term FROM word ORDER BY doc DESC, term LIMIT 3000").fetchall()
    some = [word for (word,) in rows if not analysis.common(word)]
    chance, common = random.Random(3), some[:100]
    return {
        "one common word": chance.choices(common, k=count),
        "two common words": [" ".join(chance.sample(common, 2)) for _ in range(count)],
        "one word": chance.choices(some, k=count),
        "two words": [" ".join(chance.sample(some, 2)) for _ in range(count)],
        "three words": [" ".join(chance.sample(some, 3)) for _ in range(count)],
        "a misspelt word": [word[:2] + word[3:] for word in chance.choices(some, k=count)],
        "the beginning of a word": [word[:4] for word in chance.choices(some, k=count)],
    }


def measure(reader: Reader) -> None:
    """Prints one row for each kind of question: of the first time it is asked, and of the second."""
    started = time.process_time()
    postings.of(reader)
    for name in postings.FACETS:
        postings.of(reader).facet(reader, name)
    print(f"first search of a state of the index: {1000 * (time.process_time() - started):.1f} ms more")
    print(f"{'ms of the processor':28} {'p50':>8} {'p95':>8} {'most':>8} {'again p50':>10}")
    every: list[float] = []
    for name, asked in questions(reader).items():
        first = [_timed(reader, text) for text in asked]
        again = [_timed(reader, text) for text in asked]
        every += first
        print(f"{name:28} {_row(first)} {statistics.median(again):10.2f}")
    print(f"{'all of them':28} {_row(every)}")
    for name, kind in {"a suggestion": "the beginning of a word", "one put right": "a misspelt word"}.items():
        print(f"{name:28} {_row([_timed_suggestion(reader, text) for text in questions(reader)[kind]])}")


def _row(times: Sequence[float]) -> str:
    return f"{statistics.median(times):8.2f} {sorted(times)[int(0.95 * len(times))]:8.2f} {max(times):8.2f}"


def _timed(reader: Reader, text: str) -> float:
    started = time.process_time()
    search(reader, text, Wish(limit=10))
    return 1000 * (time.process_time() - started)


def _timed_suggestion(reader: Reader, text: str) -> float:
    started = time.process_time()
    suggest(reader, text, Wish(limit=10))
    return 1000 * (time.process_time() - started)


def _of_folder(folder: Path, index: Path) -> Site:
    site = settings.load(folder, environ={"HOME": str(index.parent)}, flags={"index": str(index)}).site
    writing = database.open_for_writing(index)
    sync(writing, Folder(folder, site), site)
    _share(writing, index)
    return site


def _made_up(count: int, index: Path) -> Site:
    if not index.exists():
        writing = database.open_for_writing(index)
        fill(writing, library(count), searchable.of)
        _share(writing, index)
    collections = (
        Collection("pages", "page", None, output=True),
        Collection("articles", "article", "_posts", output=True),
        Collection("jobs", "jobs", "_jobs", output=True),
    )
    return Site(words.default(), collections=collections)


def _share(writing: apsw.Connection, index: Path) -> None:
    writing.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    size = index.stat().st_size
    pages = "SELECT sum(pgsize) FROM dbstat WHERE name GLOB 'search*' OR name GLOB 'spelling*'"
    try:
        own = database.select(writing, pages).get
        print(f"index: {size / 1e6:.1f} MB, of which the search is {own / 1e6:.1f} MB")
    except Exception as error:  # noqa: BLE001 - not every SQLite tells
        print(f"index: {size / 1e6:.1f} MB ({error})")
    writing.close()


def _cost_of_analysis(count: int = 300) -> None:
    made = list(library(count))
    started = time.process_time()
    for one in made:
        searchable.of(one)
    print(f"words of a document of {_WORDS} words: {1000 * (time.process_time() - started) / count:.3f} ms")


def main() -> None:
    """Makes an index beside nothing of value, and asks it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--index", type=Path, help="where to keep the index of made-up documents, to be asked again")
    options = parser.parse_args()
    _cost_of_analysis()
    with tempfile.TemporaryDirectory() as scratch:
        path = options.index or Path(scratch) / "index.db"
        started = time.process_time()
        site = _of_folder(options.folder, path) if options.folder else _made_up(options.documents, path)
        print(f"indexed in {time.process_time() - started:.1f} s of the processor")
        index = Index(path, site)
        with index.reading() as reader:
            measure(reader)
        index.close()


if __name__ == "__main__":
    main()
