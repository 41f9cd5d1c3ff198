"""What there is, as one text for language models: https://llmstxt.org."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MEDIA_TYPE = "text/plain; charset=utf-8"
#: So long is what is said of a document, in characters.
_LONGEST = 200
#: What would end the text or the address of a link before its end.
_TITLE = str.maketrans({"[": "(", "]": ")"})
_ADDRESS = str.maketrans({"(": "%28", ")": "%29"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: its words, its full address, what is said of it."""

    title: str
    address: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Links under a heading."""

    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above everything: the name of the site, what it is, and what a reader should know of the text."""

    title: str
    description: str | None
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Text:
    """One document in full: where it is read, its date, and its Markdown."""

    address: str
    date: str | None
    markdown: str


def write(head: Head, sections: Sequence[Section]) -> str:
    """The file: a title, a summary, notes, and a list of links for each section that has any."""
    return "\n\n".join((_head(head), *(_section(one) for one in sections if one.entries))) + "\n"


def full(head: Head, texts: Sequence[str]) -> str:
    """All texts, one after the other."""
    return "\n\n".join((_head(head), *texts)) + "\n"


def text(one: Text) -> str:
    """One document, under a rule and what tells where it is from."""
    about = [f"Source: {one.address}", *([f"Date: {one.date}"] if one.date is not None else [])]
    return "\n\n".join(("---", "\n".join(about), one.markdown.strip("\n")))


def _head(head: Head) -> str:
    summary = [f"> {_line(head.description)}"] if head.description else []
    return "\n\n".join((f"# {_line(head.title)}", *summary, *head.notes))


def _section(one: Section) -> str:
    return "\n".join((f"## {one.title}", "", *(_entry(entry) for entry in one.entries)))


def _entry(one: Entry) -> str:
    title = _line(one.title).translate(_TITLE)
    about = f": {_cut(_line(one.about))}" if one.about else ""
    return f"- [{title or '…'}]({one.address.translate(_ADDRESS)}){about}"


def _line(written: str) -> str:
    return " ".join(written.splitlines()).strip()


def _cut(written: str) -> str:
    if len(written) <= _LONGEST:
        return written
    return f"{written[:_LONGEST].rpartition(' ')[0] or written[:_LONGEST]} …"
