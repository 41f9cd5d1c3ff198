"""Makes a content folder of any size whose documents are drawn like those of two real sites. Same seed, same bytes.

What was measured there and is drawn here, as quantiles between which lengths are interpolated: characters of front matter,
of bodies, of a paragraph, of an item; headings and links of a body; items of a list. As shares: what is a list, what is bold
or slanted, where a line ends within a paragraph, which bodies hold HTML. One document in seven is a work of the site: seven
in ten of those are of a declared collection, two are pages in a tree, one is a post, and one in ten has no body. The others
are people, nearly half of them with a few paragraphs. So 4,432 documents have 2,274 bodies and 4.6 MB; such a real site has
2,207 and 4.4. Words are made of syllables and drawn by Zipf's law: half of a text are the hundred commonest, three quarters
the thousand. Links lead to documents of the folder, one in twenty to nothing, one in five to other sites.
"""

from __future__ import annotations

import argparse
import pathlib
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random

#: At which shares of all documents the lengths below were measured.
_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
_FRONT_MATTER = (40, 99, 182, 375, 518, 693, 1068, 2447)
_BODY = {
    "ports": (0, 0, 200, 1854, 3424, 4988, 8834, 14016),
    "_posts": (0, 0, 775, 2760, 7374, 9842, 12899, 12899),
    "_authors": (20, 200, 450, 900, 1500, 2100, 3200, 4000),
}
_HEADINGS = {"ports": (0, 0, 0, 3, 4, 6, 10, 17), "_posts": (0, 0, 0, 0, 4, 9, 12, 12), "_authors": (0,) * 8}
_LINKS = {
    "ports": (0, 0, 0, 0, 1, 3, 10, 26),
    "_posts": (0, 0, 0, 5, 8, 13, 23, 23),
    "_authors": (0, 0, 0, 0, 1, 1, 3, 4),
}
_PARAGRAPH = (3, 48, 102, 193, 318, 461, 837, 1917)
_ITEM = (3, 32, 55, 89, 148, 233, 514, 1201)
_ITEMS = (1, 2, 2, 3, 4, 5, 8, 10)
#: The share of blocks that are lists, and of lists that are numbered; of paragraphs and items with bold or slanted words,
#: with a line that ends as it was written, or that ends for readers; of bodies with HTML, and of the blocks of those.
_LISTS, _NUMBERED, _BOLD, _SLANTED, _SOFT, _HARD, _RAW, _RAW_BLOCKS = 0.18, 0.09, 0.19, 0.025, 0.13, 0.025, 0.09, 0.3
#: How many pictures, quotations and rules a body has.
_PICTURES, _QUOTATIONS, _RULES = 0.05, 0.06, 0.03
_ELIDED = 0.05
#: One document in so many is no person; the share of people of whom there is more than front matter.
_WORKS, _TOLD = 7, 0.45
_SYLLABLES = ("ba", "cri", "do", "fé", "gal", "hou", "ju", "li", "mer", "no", "pha", "qui", "ra", "sé", "ta", "vi")
_WORDS, _TAGS, _WRITERS = 20_000, 60, 40
_SETTINGS = '[collections.ports]\ndirectory = "ports"\npermalink = "/ports/:slug"\noutput = true\n'


@dataclass(frozen=True)
class Place:
    """One document to be: its file, its public path."""

    file: str
    path: str

    @property
    def kind(self) -> str:
        return self.file.partition("/")[0]


class Drawing:
    """Draws from one seed; only :meth:`Random.random` is used, whose sequence Python keeps over its releases."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._words = list(dict.fromkeys(map(_word, range(_WORDS))))
        self._weights = list(accumulate(1 / (rank + 4) ** 1.1 for rank in range(len(self._words))))

    def number(self, below: int) -> int:
        return int(self._random.random() * below)

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def length(self, quantiles: tuple[int, ...]) -> int:
        """A length between two quantiles of those measured."""
        share = self._random.random()
        above = min(bisect(_SHARES, share), len(_SHARES) - 1)
        part = (share - _SHARES[above - 1]) / (_SHARES[above] - _SHARES[above - 1])
        return round(quantiles[above - 1] + part * (quantiles[above] - quantiles[above - 1]))

    def word(self) -> str:
        return self._words[bisect(self._weights, self._random.random() * self._weights[-1])]

    def words(self, count: int) -> str:
        return " ".join(self.word() for _ in range(count))

    def sentence(self, length: int) -> str:
        """Words of about so many characters, some of them elided, and a full stop."""
        words: list[str] = []
        while length > 0:
            words.append("l’" * self.chance(_ELIDED) + self.word())
            length -= len(words[-1]) + 1
        return " ".join(words).capitalize() + "."

    def prose(self, quantiles: tuple[int, ...]) -> str:
        """A paragraph or an item, in Markdown."""
        text = self.sentence(self.length(quantiles))
        for share, before, after in (
            (_BOLD, " **", "** "), (_SLANTED, " *", "* "), (_SOFT, "", "\n"), (_HARD, "", "  \n"),
        ):  # fmt: skip
            if self.chance(share):
                start, _, rest = text.partition(" ")
                text = f"{start}{before}{self.words(3)}{after}{rest}".rstrip()
        return text


def _word(number: int) -> str:
    found = ""
    while number or not found:
        number, syllable = divmod(number, len(_SYLLABLES))
        found += _SYLLABLES[syllable]
    return found if len(found) > 3 else found + "e"


def write(folder: pathlib.Path, count: int, seed: int = 1) -> list[Place]:
    """Writes a folder of ``count`` documents, with its settings, a menu and redirects; gives their places."""
    places = list(_places(count))
    drawing = Drawing(seed)
    for place in places:
        _put(folder / place.file, document(drawing, place, places))
    _put(folder / "contentapi.toml", _SETTINGS)
    pages = [one for one in places if one.kind == "pages"]
    _put(folder / "_data/main.yml", "".join(f"- label: {one.path}\n  target: {one.path}\n" for one in pages[:30]))
    _put(folder / "_redirects", "".join(f"/old{one.path} {one.path} 301\n" for one in places[:: max(12, count // 500)]))
    return places


def _places(count: int) -> Iterator[Place]:
    for number in range(count):
        turn, person = divmod(number, _WORKS)
        yield Place(f"_authors/author-{turn * (_WORKS - 1) + person - 1}.md", "") if person else _work(turn)


def _work(number: int) -> Place:
    if number % 10 == 0:
        day = f"{2000 + number // 336 % 25}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        return Place(f"_posts/{day}-post-{number}.md", f"/{day.replace('-', '/')}/post-{number}")
    if number % 10 in {1, 2}:
        above = f"part-{number // 400}/chapter-{number // 40}/" if number >= 40 else ""
        return Place(f"pages/{above}page-{number}.md", f"/{above}page-{number}")
    return Place(f"ports/port-{number}.md", f"/ports/port-{number}")


def document(drawing: Drawing, place: Place, places: list[Place]) -> str:
    """The text of one document."""
    front_matter = _front_matter(drawing, place)
    told = place.kind != "_authors" or drawing.chance(_TOLD)
    return f"---\n{front_matter}---\n" + (_body(drawing, place, places) if told else "")


def _front_matter(drawing: Drawing, place: Place) -> str:
    lines = [f"title: {drawing.words(2 + drawing.number(5)).capitalize()}"]
    if place.kind == "pages":
        lines.append(f"permalink: {place.path}")
        lines += ["sidebar: main"] * drawing.chance(0.25)
    elif place.kind == "_posts":
        lines.append(f"author: author-{drawing.number(_WRITERS)}")
        tags = sorted({drawing.number(_TAGS) for _ in range(1 + drawing.number(4))})
        lines.append(f"tags: [{', '.join(f'tag-{one}' for one in tags)}]")
    elif place.kind == "ports":
        lines += [f"size: {drawing.number(1000)}", f"status: {('open', 'closed', 'planned')[drawing.number(3)]}"]
        lines.append(_events(drawing, "events"))
    elif place.kind == "_authors":
        return "\n".join([*lines, f"role: {drawing.words(2)}", _events(drawing, "missions")]) + "\n"
    wanted = drawing.length(_FRONT_MATTER)
    number = 0
    while sum(map(len, lines)) < wanted:
        lines.append(f"field_{number}: {drawing.words(1 + drawing.number(12))}")
        number += 1
    return "\n".join(lines) + "\n"


def _events(drawing: Drawing, name: str) -> str:
    events = (
        f"  - name: {drawing.word()}\n    date: 20{10 + drawing.number(15)}-0{1 + drawing.number(9)}-11"
        for _ in range(1 + drawing.number(3))
    )
    return "\n".join([f"{name}:", *events])


def _body(drawing: Drawing, place: Place, places: list[Place]) -> str:
    kind = place.kind if place.kind in _BODY else "ports"
    length = drawing.length(_BODY[kind])
    if length < 10:
        return ""
    blocks = [f"## {drawing.words(3).capitalize()}" for _ in range(drawing.length(_HEADINGS[kind]))]
    links = [f" [{drawing.words(2)}]({_target(drawing, places)})" for _ in range(drawing.length(_LINKS[kind]))]
    blocks += [f"![{drawing.words(3)}](/img/{drawing.word()}.jpg)"] * drawing.chance(_PICTURES)
    blocks += [f"> {drawing.prose(_PARAGRAPH)}"] * drawing.chance(_QUOTATIONS)
    blocks += ["---"] * drawing.chance(_RULES)
    raw = _RAW_BLOCKS if drawing.chance(_RAW) else 0.0
    text: list[str] = []
    left = length - sum(map(len, blocks)) - sum(map(len, links))
    while left > _PARAGRAPH[3] // 2 or not text:
        text.append(_block(drawing, raw))
        left -= len(text[-1]) + 2
    for link in links:
        text[drawing.number(len(text))] += link
    for block in blocks:
        text.insert(drawing.number(len(text) + 1), block)
    return "\n\n".join(text) + "\n"


def _block(drawing: Drawing, raw: float) -> str:
    if drawing.chance(_LISTS):
        mark = "1." if drawing.chance(_NUMBERED) else "-"
        items = (drawing.prose(_ITEM).replace("\n", "\n   ") for _ in range(drawing.length(_ITEMS)))
        return "\n".join(f"{mark} {item}" for item in items)
    text = drawing.prose(_PARAGRAPH)
    if drawing.chance(raw):
        return f'<div class="notice"><p>{text}</p></div>' if drawing.chance(0.5) else f"{text}<br>{drawing.word()}"
    return text


def _target(drawing: Drawing, places: list[Place]) -> str:
    if drawing.chance(0.2):
        return f"https://{drawing.word()}.example/{drawing.word()}"
    if drawing.chance(0.05):
        return f"/nowhere/{drawing.word()}"
    return places[drawing.number((len(places) - 1) // _WORKS + 1) * _WORKS].path  # a person has none


def _put(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{len(write(options.folder, options.count, options.seed))} documents in {options.folder}")
