"""What a first index costs beside its parts: each library does its share of the same files alone, in the same run.

``python tests/benchmarks/indexing.py [FOLDER | COUNT]``: a folder, or so many documents drawn by ``corpora.py`` (4,432
unless given). The parts are reading, YAML (the C loader of PyYAML), markdown-it-py, nh3, a parse and a rewrite of the HTML
by lexbor, the analysis of words, and FTS5; their sum is what no index of this kind made in one process goes below. The
whole is a sync from nothing: in one process, and with those that the service starts. Seconds; rounds are interleaved, and
medians count.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw
import nh3
import yaml
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

sys.path.insert(0, str(Path(__file__).parent))

import corpora

from contentapi import settings
from contentapi.index import database, outcome
from contentapi.index.sync import sync
from contentapi.ingest import classify
from contentapi.ingest.classify import Kind
from contentapi.source.folder import Folder
from contentapi.text import analysis

ROUNDS = 3
_FENCED = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)", re.DOTALL | re.MULTILINE)
_TAGS = re.compile(r"<[^>]*>")


class Parts:
    """The shares of the libraries, one after the other: each is given what the one before made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[str] = []
        self.fronts: list[str] = []
        self.bodies: list[str] = []
        self.pages: list[str] = []
        self.texts: list[str] = []
        self.words: list[str] = []

    def reading(self) -> None:
        read = settings.load(self.folder, environ={})
        found = (one for one in Folder(self.folder, read.site).scan() if hasattr(one, "stamp"))
        named = [one.path for one in found if classify.kind(one.path, read.site) is Kind.DOCUMENT]
        self.files = [(self.folder / name).read_text(encoding="utf-8", errors="replace") for name in named]

    def splitting(self) -> None:
        """No part: it only makes ready what the next ones are given."""
        matches = [_FENCED.match(text) for text in self.files]
        self.fronts = [match[1] for match in matches if match]
        self.bodies = [match[2] if match else text for match, text in zip(matches, self.files, strict=True)]

    def front_matter(self) -> None:
        for text in self.fronts:
            try:
                yaml.load(text, yaml.CSafeLoader)
            except yaml.YAMLError:
                continue

    def markdown(self) -> None:
        parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        self.pages = [parser.render(body) for body in self.bodies]

    def sanitising(self) -> None:
        self.pages = [nh3.clean(page) for page in self.pages]

    def trees(self) -> None:
        for page in self.pages:
            tree = LexborHTMLParser(page, is_fragment=True)
            for node in tree.css("a, img, h1, h2, h3, h4, h5, h6"):
                node.attrs["id"] = "x"  # type: ignore[index]
            self.texts.append(_TAGS.sub("", tree.html or ""))

    def words_(self) -> None:
        for text in self.texts:
            self.words.append(analysis.stems(analysis.pieces(text), "fr"))

    def full_text(self) -> None:
        with closing(apsw.Connection(":memory:")) as connection:
            connection.execute(
                "CREATE VIRTUAL TABLE search USING fts5 (body, content = '', tokenize = 'unicode61 remove_diacritics 0')"
            )
            with connection:
                connection.executemany("INSERT INTO search (body) VALUES (?)", [(text,) for text in self.words])

    def timed(self) -> dict[str, float]:
        steps: dict[str, Callable[[], None]] = {
            "reading": self.reading, "": self.splitting, "YAML": self.front_matter, "markdown-it-py": self.markdown,
            "nh3": self.sanitising, "lexbor": self.trees, "analysis": self.words_, "FTS5": self.full_text,
        }  # fmt: skip
        found = {name: _seconds(step) for name, step in steps.items()}
        del found[""]
        return found


def _seconds(step: Callable[[], Any]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def whole(folder: Path, *, processes: bool) -> float:
    """A first sync of a folder, with or without processes of its own for documents."""
    read = settings.load(folder, environ={})
    with tempfile.TemporaryDirectory() as scratch, closing(database.open_for_writing(Path(scratch) / "i.db")) as made:
        started = time.perf_counter()
        if processes:
            with closing(outcome.elsewhere(read.site)) as pool:
                sync(made, Folder(folder, read.site), read.site, outcomes=pool.map)
        else:
            sync(made, Folder(folder, read.site), read.site)
        return time.perf_counter() - started


@contextmanager
def folder_of(argument: str) -> Iterator[Path]:
    """The folder that is named, or one of so many documents."""
    if not argument.isdigit():
        yield Path(argument)
        return
    with tempfile.TemporaryDirectory() as scratch:
        corpora.write(Path(scratch) / "content", int(argument))
        yield Path(scratch) / "content"


def main() -> None:
    """Prints the table."""
    with folder_of(sys.argv[1] if len(sys.argv) > 1 else "4432") as folder:
        rounds = [
            {**Parts(folder).timed(), "one": whole(folder, processes=False), "two": whole(folder, processes=True)}
            for _ in range(ROUNDS)
        ]
    found = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    one, two = found.pop("one"), found.pop("two")
    total = sum(found.values())
    print("| part | seconds | share |\n|---|---|---|")
    for name, seconds in found.items():
        print(f"| {name} | {seconds:.2f} | {seconds / total:.0%} |")
    print(f"| **their sum** | {total:.2f} | |")
    print(f"| a first index, one process | {one:.2f} | {one / total:.2f} of the sum |")
    print(f"| a first index, as the service does it | {two:.2f} | {two / total:.2f} of the sum |")


if __name__ == "__main__":
    main()
