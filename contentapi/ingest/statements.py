"""What a document says of the programme's phases: how long each lasts, what it is for.

A statement that the document does not make would end as a false diagnostic, so every rule here asks for more than a
reader would, and where two readings are possible there is no statement. The rules, each starting from a duration:

a. *overview*: a list whose every item links to another phase and holds a duration;
b. *bracket*: a mention, and right after it a duration in brackets; a heading that holds nothing but a phase and one;
c. *sentence*: a mention, a word for lasting, a duration ("cette phase dure …");
d. *card*: a line of a box that is nothing but a word for lasting and a duration, in a box that knows one phase.

What is denied ("ne dure plus …") is no statement.

A *mention* is a link to a phase, or the generic word with a phase's name ("phase de …"); a heading or bold text *names*
a phase when it holds nothing else. Which words these are is the vocabulary's; here are only distances and marks.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Generic, TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from contentapi.model import Reference, Statement, Vocabulary
from contentapi.text import durations
from contentapi.text.durations import Found
from contentapi.text.vocabulary import alternatives, fold

# Ends a block; unlike a line break it is no blank, so that no pattern reaches across.
_BLOCK = "\0"
_LINE = "\n"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BOXES = frozenset({"article", "aside", "blockquote", "dd", "details", "div", "figure", "li", "section", "td"})
_BLOCKS = frozenset(
    {"address", "dl", "dt", "figcaption", "footer", "form", "header", "hr", "main", "nav", "ol", "p", "pre"}
)
_BLOCKS |= {"summary", "table", "tbody", "tfoot", "th", "thead", "tr", "ul", *_BOXES, *_HEADINGS}
_BOLD = frozenset({"b", "strong"})

_PLACEHOLDER = re.compile("\x1f([0-9]{1,9})\x1f")
_BLANKS = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?…;][»”\")]*\s|[\n\0]")
# The phase of a heading such as "Étape 2 : recruter": none of the programme's.
_ANOTHER = ""
_SEPARATORS = " ,;:.–—-"
_CLOSING = " »”\"'’"
_WORD = re.compile(r"\w+")
_COMMA = re.compile(r"\s*,\s*")
# What may stand between a mention and its verb, between a verb and its duration, and within a bracket around one.
_CLAUSE = re.compile(r"[\w\s'’»”\"-]*")
_CAPTION = re.compile(r"[»”\"]?\s*[:–—-]\s*")
_PLAIN_WORDS = re.compile(r"(?:[\s:~≈'-]*+[^\W\d_]++){0,3}[\s:~≈'-]*+")
_OPENS_BRACKET = re.compile(r"[^\w\0]*(?:\w{1,2}[^\w\0]+)?")
_ENDS_BRACKET = re.compile(r"[^\w(\0]*|\s*[,;][^(\0]*")

# How far a bracket may open before its duration and close after it, and how far a sentence is looked at.
_BRACKET = 40
_SENTENCE = 400
# A larger box is no card but the page, and what its only link leads to says nothing of what stands in it.
_CARD = 2000
_CARD_DEPTH = 12
# How far before a word for lasting it may be denied.
_NEAR = 60
# A longer heading, or bold text, does more than name.
_NAME = 80


def extract(
    html: str, references: Sequence[Reference], vocabulary: Vocabulary, *, own: str | None = None
) -> tuple[Statement, ...]:
    """What the sanitised HTML of a document says of phases, in the order of the document.

    In the HTML each reference stands as its placeholder. ``own`` is the slug of the phase whose page this is.
    Most documents say nothing: they are let go before their HTML is parsed.
    """
    grammar = _grammar_of(vocabulary)
    if not durations.may_hold(html, vocabulary):
        return ()
    if own is None and not grammar.is_about_phases(html, references):
        return ()
    text = _read(html, references)
    found = durations.find(text.content, vocabulary)
    return tuple(_Page(text, found, grammar, own).statements()) if found else ()


# ---------------------------------------------------------------------------------------------------------------------
# The words
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The patterns of one vocabulary, for folded texts."""

    slugs: dict[str, str]
    names: dict[str, str]
    name: re.Pattern[str]
    prose: re.Pattern[str]
    naming: re.Pattern[str]
    this: re.Pattern[str]
    phase: re.Pattern[str]
    verb: re.Pattern[str]
    alone: re.Pattern[str]
    clause: re.Pattern[str]
    denied: re.Pattern[str]
    affirming: re.Pattern[str]
    denying: re.Pattern[str]

    def is_about_phases(self, html: str, references: Sequence[Reference]) -> bool:
        return any(self.linked(one) for one in references) or self.name.search(fold(html)) is not None

    def linked(self, reference: Reference) -> str | None:
        """The phase that a link leads to: the last segment of its path says so."""
        if reference.kind != "link" or not reference.key:
            return None
        return self.slugs.get(reference.key.rstrip("/").rpartition("/")[2].lower())

    def named(self, folded: str) -> str | None:
        """The phase that a heading or bold text names: nothing else may stand in it but an article and a number."""
        match = self.naming.fullmatch(folded) if len(folded) <= _NAME else None
        return self.only(match["names"]) if match else None

    def is_subject(self, gap: str) -> bool:
        """Whether so little stands between a mention and a verb that the verb is the mention's.

        Two words at most ("qui", "a une"); after a comma only a linking one, for others begin a clause of their own;
        after a colon or a dash none (" : durée").
        """
        if _CLAUSE.fullmatch(gap):
            return len(_WORD.findall(gap)) <= 2
        return (self.clause.fullmatch(gap) or _CAPTION.fullmatch(gap)) is not None

    def denies(self, before: str, after: str) -> bool:
        """Whether a word for lasting is denied by what stands right before it, or between it and its duration.

        One word at most may come between ("doesn't usually last"): what is further off denies something else.
        """
        near = self.affirming.sub(_BLOCK, before[-_NEAR:])
        return bool(self.denied.search(near) or self.denying.search(self.affirming.sub(_BLOCK, after)))

    def only(self, folded: str) -> str | None:
        """The phase whose names these are, None when they are several phases'."""
        slugs = {self.names[one] for one in self.name.findall(folded)}
        return slugs.pop() if len(slugs) == 1 else None


def _grammar_of(vocabulary: Vocabulary) -> _Grammar:
    # A vocabulary holds mappings, so it has no hash: what the patterns are made of has one.
    return _grammar(
        tuple((slug, one.slug) for one in vocabulary.phases for slug in (one.slug, *one.aliases)),
        tuple((fold(name), one.slug) for one in vocabulary.phases for name in one.names),
        (vocabulary.phase, vocabulary.this, vocabulary.lasting, vocabulary.during, vocabulary.linking),
        (vocabulary.denying, vocabulary.affirming),
    )


@lru_cache(maxsize=8)
def _grammar(
    slugs: tuple[tuple[str, str], ...],
    names: tuple[tuple[str, str], ...],
    lists: tuple[tuple[str, ...], ...],
    denials: tuple[tuple[str, ...], ...],
) -> _Grammar:
    phase_words, this_words, lasting, during, linking = lists
    denying, affirming = map(alternatives, denials)
    name, phase, this = (alternatives(one) for one in ([word for word, _ in names], phase_words, this_words))
    # "de", "d'", "of the", "1": words so short that they can only join.
    joint = r"(?:\w{1,3}(?:\s++|'\s*+))"
    several = rf"{name}(?:(?:\s*+[,/&]\s*+{joint}{{0,2}}|\s++{joint}{{1,3}}){name}){{0,3}}"
    return _Grammar(
        slugs=dict(slugs),
        names=dict(names),
        name=re.compile(name),
        prose=re.compile(rf"{phase}\s++{joint}{{0,2}}[«“\"]?\s*+(?P<of>{several})|(?P<before>{several})\s++{phase}"),
        naming=re.compile(
            rf"\W*+(?:\w{{1,3}}\W++)?(?:{phase}\W++(?:\w{{1,3}}\W++){{0,3}})?(?P<names>{several})(?:\s++{phase})?\W*+"
        ),
        this=re.compile(rf"{this}\s++{phase}"),
        phase=re.compile(phase),
        verb=re.compile(alternatives(set(lasting) - set(during))),
        alone=re.compile(rf"\W*+{alternatives(lasting)}\W*"),
        clause=re.compile(rf"[»”\"]?\s*,\s*{alternatives(linking)}\s*"),
        denied=re.compile(rf"{denying}(?:\s++[\w']++)?\s*+\Z"),
        affirming=re.compile(affirming),
        denying=re.compile(denying),
    )


# ---------------------------------------------------------------------------------------------------------------------
# The text and the places in it
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Link:
    start: int
    end: int
    reference: Reference


@dataclass(slots=True)
class _Box:
    """An element that holds blocks, and the place among all boxes of the one around it: -1 when there is none."""

    start: int
    around: int
    end: int = 0


@dataclass(slots=True)
class _Item:
    """An item of a list: its own text ends where a list within it begins."""

    start: int
    end: int = -1


@dataclass(slots=True)
class _Text:
    """A document as one text, with the places of what matters here. Blanks are one space; ``br`` is a line break."""

    content: str = ""
    links: list[_Link] = field(default_factory=list)
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    bold: list[tuple[int, int]] = field(default_factory=list)
    lists: list[list[_Item]] = field(default_factory=list)
    boxes: list[_Box] = field(default_factory=list)


def _read(html: str, references: Sequence[Reference]) -> _Text:
    reader = _Reader(references)
    root = LexborHTMLParser(html).body
    if root is not None:
        for node, is_open in _walk(root):
            if is_open:
                reader.open(node)
            else:
                reader.close(node)
    reader.text.content = "".join(reader.parts)
    return reader.text


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below ``root``, when it opens and when it closes; without recursion, however deep it is."""
    opened: list[LexborNode] = []
    node = root.child
    while node is not None or opened:
        if node is None:
            node = opened.pop()
            yield node, False
            node = node.next
        else:
            yield node, True
            opened.append(node)
            node = node.child


@dataclass(slots=True)
class _Reader:
    """Writes the text down, node by node, and notes where each thing stands."""

    references: Sequence[Reference]
    text: _Text = field(default_factory=_Text)
    parts: list[str] = field(default_factory=list)
    position: int = 0
    starts: list[int] = field(default_factory=list)
    open_boxes: list[int] = field(default_factory=lambda: [-1])
    open_lists: list[list[_Item]] = field(default_factory=list)
    open_items: list[_Item] = field(default_factory=list)

    def open(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._write_text(node.text_content or "")
        elif tag == "br":
            self._write(_LINE)
        elif tag in _BLOCKS:
            self._write(_BLOCK)
        self.starts.append(self.position)
        if tag in _BOXES:
            self.text.boxes.append(_Box(self.position, self.open_boxes[-1]))
            self.open_boxes.append(len(self.text.boxes) - 1)
        if tag in {"ul", "ol"}:
            self._open_list()
        elif tag == "li" and self.open_lists:
            item = _Item(self.position)
            self.open_lists[-1].append(item)
            self.open_items.append(item)

    def close(self, node: LexborNode) -> None:
        tag = node.tag or ""
        start = self.starts.pop()
        if tag in _BOXES:
            self.text.boxes[self.open_boxes.pop()].end = self.position
        if tag == "a":
            self._close_link(node, start)
        elif tag in _HEADINGS:
            self.text.headings.append((start, self.position, _HEADINGS[tag]))
        elif tag in _BOLD:
            self.text.bold.append((start, self.position))
        elif tag in {"ul", "ol"}:
            self.open_lists.pop()
        elif tag == "li" and self.open_lists:
            item = self.open_items.pop()
            item.end = self.position if item.end < 0 else item.end
        if tag in _BLOCKS:
            self._write(_BLOCK)

    def _open_list(self) -> None:
        if self.open_items and self.open_items[-1].end < 0:
            self.open_items[-1].end = self.position
        self.open_lists.append([])
        self.text.lists.append(self.open_lists[-1])

    def _close_link(self, node: LexborNode, start: int) -> None:
        match = _PLACEHOLDER.fullmatch(node.attributes.get("href") or "")
        if match and int(match[1]) < len(self.references):
            self.text.links.append(_Link(start, self.position, self.references[int(match[1])]))

    def _write_text(self, content: str) -> None:
        # The two marks of this module mean something only where it has set them.
        written = _BLANKS.sub(" ", content.replace(_BLOCK, " "))
        at_blank = not self.parts or self.parts[-1][-1] in f" {_LINE}{_BLOCK}"
        self._write(written[1:] if at_blank and written.startswith(" ") else written)

    def _write(self, written: str) -> None:
        if written and not (written == _BLOCK and self.parts and self.parts[-1] == _BLOCK):
            self.parts.append(written)
            self.position += len(written)


# ---------------------------------------------------------------------------------------------------------------------
# The rules
# ---------------------------------------------------------------------------------------------------------------------

T = TypeVar("T")


class _Row(Generic[T]):
    """Things in the order of their places, found by place without looking at all of them."""

    def __init__(self, things: Iterable[T], place: Callable[[T], int]) -> None:
        self.things = sorted(things, key=place)
        self.places = [place(one) for one in self.things]

    def within(self, start: int, end: int) -> list[T]:
        """Those whose place is from ``start`` to before ``end``."""
        return self.things[bisect_left(self.places, start) : bisect_left(self.places, end)]

    def last(self, place: int) -> T | None:
        """The last one at or before a place."""
        after = bisect_right(self.places, place)
        return self.things[after - 1] if after else None


@dataclass(frozen=True, slots=True)
class _Mention:
    """Where a phase is spoken of; ``phase`` is None where several are, at once."""

    start: int
    end: int
    phase: str | None


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading, the phase that it names, and the one that the text under it is about: its own, or of one above it."""

    start: int
    end: int
    phase: str | None
    about: str | None


class _Page:
    """One document: its text, the durations in it, and the mentions around them."""

    def __init__(self, text: _Text, found: list[Found], grammar: _Grammar, own: str | None) -> None:
        self.content = text.content
        self.folded = fold(text.content)
        self.grammar = grammar
        self.own = own
        self.lists = text.lists
        self.boxes = text.boxes
        self.found = _Row(found, lambda one: one.start)
        self.lines = _Row(filter(self._is_alone, found), lambda one: one.start)
        self.links = _Row(text.links, lambda one: one.start)
        mentions = [*self._linked(), *self._spoken()]
        self.mentions = _Row(mentions, lambda one: one.end)
        self.headings = _Row(self._headings(text), lambda one: one.start)
        self.names = _Row([*mentions, *self._named(text)], lambda one: one.start)

    def statements(self) -> list[Statement]:
        """Every statement, in order; a duration makes one at most, by the first rule that takes it."""
        made = dict(self._overviews())
        for one in self.found.things:
            if one.start not in made and (statement := self._single(one)):
                made[one.start] = statement
        return [made[start] for start in sorted(made)]

    def _single(self, found: Found) -> Statement | None:
        rules = (self._by_heading, self._by_bracket, self._by_sentence, self._by_card)
        return next((statement for rule in rules if (statement := rule(found))), None)

    def _statement(self, phase: str | None, found: Found, quoted: tuple[int, int]) -> Statement | None:
        if not phase:
            return None
        block = (_before(_BLOCK, self.content, found.start, _CARD), _after(_BLOCK, self.content, found.end, _CARD))
        return Statement(phase, found.duration, self._quote(*quoted), line=self._line(*block))

    # -- a. overviews -------------------------------------------------------------------------------------------------

    def _overviews(self) -> Iterator[tuple[int, Statement]]:
        number = 0
        for items in self.lists:
            entries = [entry for one in items if (entry := self._entry(one))]
            phases = {self.grammar.linked(link.reference) for link, _ in entries}
            # Every item is an entry, and no two lead to one phase.
            if not 2 <= len(items) == len(entries) == len(phases):
                continue
            number += 1
            for item, (link, found) in zip(items, entries, strict=True):
                yield found.start, self._overview_statement(item, link, found, (number, len(items)))

    def _entry(self, item: _Item) -> tuple[_Link, Found] | None:
        """The first link of an item that leads to a phase, and its first duration."""
        links = (one for one in self.links.within(item.start, item.end) if self.grammar.linked(one.reference))
        link, found = next(links, None), next(iter(self.found.within(item.start, item.end)), None)
        return (link, found) if link and found and not self._is_denied(item.start, found.start) else None

    def _overview_statement(self, item: _Item, link: _Link, found: Found, overview: tuple[int, int]) -> Statement:
        return Statement(
            phase=self.grammar.linked(link.reference) or "",
            duration=found.duration,
            quote=self._quote(item.start, item.end),
            purpose=self._purpose(item, found),
            line=self._line(item.start, item.end),
            overview=overview[0],
            items=overview[1],
            link=link.reference,
        )

    def _purpose(self, item: _Item, found: Found) -> str | None:
        """What an item says after its duration and the bracket around it."""
        before, start = self.content[item.start : found.start], found.end
        if before.rfind("(") > before.rfind(")"):
            start = self.content.find(")", start, min(start + _BRACKET, item.end)) + 1 or start
        return self._quote(start, item.end).lstrip(_SEPARATORS).rstrip(" ;.") or None

    # -- b. brackets and headings -------------------------------------------------------------------------------------

    def _by_heading(self, found: Found) -> Statement | None:
        heading = self.headings.last(found.start)
        if heading is None or found.end > heading.end or len(self.found.within(heading.start, heading.end)) > 1:
            return None
        return self._statement(heading.phase, found, (heading.start, heading.end))

    def _by_bracket(self, found: Found) -> Statement | None:
        bracket = self._bracket(found)
        if bracket is None:
            return None
        # Only blanks and closing quotes may stand between the mention and the bracket.
        left = self.content[max(0, bracket[0] - 8) : bracket[0]]
        end = bracket[0] - len(left) + len(left.rstrip(_CLOSING))
        phase, _ = self._last_mention(end, bracket[0])
        return self._statement(phase, found, self._sentence(found))

    def _bracket(self, found: Found) -> tuple[int, int] | None:
        """The places of the brackets around a duration that stands alone in them, or with a word for lasting.

        "(prolongée de 6 mois)" and "(6 mois de retard)" say something else; after a comma anything may follow.
        """
        opening = self.content.rfind("(", max(0, found.start - _BRACKET), found.start)
        closing = self.content.find(")", found.end, found.end + _BRACKET)
        if opening < 0 or closing < 0:
            return None
        before, after = self.folded[opening + 1 : found.start], self.folded[found.end : closing]
        if ")" in before or not _ENDS_BRACKET.fullmatch(after):
            return None
        opens = _OPENS_BRACKET.fullmatch(before) or self.grammar.alone.fullmatch(before)
        return (opening, closing) if opens or self._announcement(opening + 1, found.start) is not None else None

    # -- c. sentences -------------------------------------------------------------------------------------------------

    def _by_sentence(self, found: Found) -> Statement | None:
        sentence = self._sentence(found)
        verb = self._announcement(sentence[0], found.start)
        if verb is None:
            return None
        phase, end = self._last_mention(sentence[0], verb)
        if not (phase and self.grammar.is_subject(self.folded[end:verb])):
            phase = self._this_before(sentence[0], verb) or self._this_after(found)
        return self._statement(phase, found, sentence)

    def _announcement(self, start: int, end: int) -> int | None:
        """Where the word for lasting begins that announces what follows: at most three plain words later."""
        verb = _last(self.grammar.verb, self.folded, start, end)
        if verb is None:
            return None
        gap = self.folded[verb.end() : end]
        if not _PLAIN_WORDS.fullmatch(gap) or self.grammar.phase.search(gap) or self._is_denied(start, end):
            return None
        return verb.start()

    def _is_denied(self, start: int, end: int) -> bool:
        """Whether the last word for lasting between two places is denied."""
        verb = _last(self.grammar.verb, self.folded, start, end)
        return verb is not None and self.grammar.denies(
            self.folded[start : verb.start()], self.folded[verb.end() : end]
        )

    def _last_mention(self, start: int, end: int) -> tuple[str | None, int]:
        """The phase of the last mention that ends between two places, and where it ends.

        A link and its text, a phase in bold and the link in it are one mention: no phase when they do not agree.
        """
        near = self.mentions.within(start, end + 1)
        phases = {one.phase for one in near if one.end > near[-1].start}
        return (phases.pop() if len(phases) == 1 else None, near[-1].end if near else start)

    def _this_before(self, start: int, verb: int) -> str | None:
        this = _last(self.grammar.this, self.folded, start, verb)
        return (
            self._this_phase(this.start()) if this and self.grammar.is_subject(self.folded[this.end() : verb]) else None
        )

    def _this_after(self, found: Found) -> str | None:
        """The phase of "D'une durée de …, cette phase …"."""
        comma = _COMMA.match(self.folded, found.end)
        this = self.grammar.this.match(self.folded, comma.end()) if comma else None
        return self._this_phase(this.start()) if this else None

    def _this_phase(self, place: int) -> str | None:
        """The phase that "cette phase" means: that of the heading above, else the page's own.

        Where the block has spoken of phases before, it means the one it spoke of, and that must not be another one.
        """
        start = _before(_BLOCK, self.content, place, _CARD)
        if self._speaks_of_another(start, place):
            return None
        heading = self.headings.last(place)
        about = self.own if heading is None or heading.about is None else heading.about
        phases = {one.phase for one in self.mentions.within(start, place + 1)} or {about}
        return phases.pop() if len(phases) == 1 and (about is None or about in phases) else None

    # -- d. cards -----------------------------------------------------------------------------------------------------

    def _by_card(self, found: Found) -> Statement | None:
        if not self.lines.within(found.start, found.end):
            return None
        card = next((box for box in self._around(found) if self.names.within(box.start, box.end)), None)
        if card is None or len(self.lines.within(card.start, card.end)) > 1:
            return None
        phases = {one.phase for one in self.names.within(card.start, card.end)}
        statement = self._statement(phases.pop() if len(phases) == 1 else None, found, self._line_around(found))
        return replace(statement, line=self._line(card.start, card.end)) if statement else None

    def _around(self, found: Found) -> Iterator[_Box]:
        """The boxes around a duration, from the smallest, as long as they may be a card."""
        place = bisect_right(self.boxes, found.start, key=lambda one: one.start) - 1
        for _ in range(_CARD_DEPTH):
            box = self.boxes[place] if place >= 0 else None
            if box is None or box.end - box.start > _CARD:
                return
            if box.end >= found.end:
                yield box
            place = box.around

    def _is_alone(self, found: Found) -> bool:
        """Whether a line holds nothing but a word for lasting and this duration ("📅 Pendant …")."""
        start, end = self._line_around(found)
        before, after = self.folded[start : found.start], self.folded[found.end : end]
        return self.grammar.alone.fullmatch(before) is not None and not any(map(str.isalnum, after))

    def _line_around(self, found: Found) -> tuple[int, int]:
        return (
            max(_before(mark, self.content, found.start, _BRACKET) for mark in (_LINE, _BLOCK)),
            min(_after(mark, self.content, found.end, _BRACKET) for mark in (_LINE, _BLOCK)),
        )

    # -- what stands where --------------------------------------------------------------------------------------------

    def _linked(self) -> Iterator[_Mention]:
        for one in self.links.things:
            if phase := self.grammar.linked(one.reference):
                yield _Mention(one.start, one.end, phase)

    def _spoken(self) -> Iterator[_Mention]:
        for match in self.grammar.prose.finditer(self.folded):
            yield _Mention(match.start(), match.end(), self.grammar.only(match["of"] or match["before"]))

    def _named(self, text: _Text) -> Iterator[_Mention]:
        for heading in self.headings.things:
            if heading.phase:
                yield _Mention(heading.start, heading.end, heading.phase)
        for start, end in text.bold:
            if phase := self.grammar.named(self.folded[start:end]):
                yield _Mention(start, end, phase)

    def _headings(self, text: _Text) -> Iterator[_Heading]:
        above: list[tuple[int, str | None]] = []
        for start, end, level in text.headings:
            phase = self._heading_phase(start, end)
            above = [one for one in above if one[0] < level]
            above.append((level, above[-1][1] if phase is None and above else phase))
            yield _Heading(start, end, phase, above[-1][1])

    def _heading_phase(self, start: int, end: int) -> str | None:
        """The phase that a heading names, or that it begins a step of another kind.

        The durations in it, with their brackets, are no part of its name.
        """
        name, position = "", start
        for one in self.found.within(start, end):
            opening, closing = self._bracket(one) or (one.start, one.end - 1)
            name, position = name + self.folded[position:opening], closing + 1
        name += self.folded[position:end]
        return self.grammar.named(name) or (_ANOTHER if self._speaks_of_another(start, end) else None)

    def _speaks_of_another(self, start: int, end: int) -> bool:
        """Whether a generic word stands there that belongs to no mention and no "cette": some other step is meant."""
        rest, position = "", start
        for one in self.mentions.within(start, end + 1):
            rest += self.folded[position : one.start] + _BLOCK
            position = max(position, one.end)
        rest += self.folded[position:end]
        return self.grammar.phase.search(self.grammar.this.sub("", rest)) is not None

    def _sentence(self, found: Found) -> tuple[int, int]:
        start = max(0, found.start - _SENTENCE)
        before = _last(_SENTENCE_END, self.content, start, found.start)
        after = _SENTENCE_END.search(self.content, found.end, found.end + _SENTENCE)
        return before.end() if before else start, after.end() if after else found.end + _SENTENCE

    def _quote(self, start: int, end: int) -> str:
        return _BLANKS.sub(" ", self.content[start:end].replace(_BLOCK, " ")).strip()

    def _line(self, start: int, end: int) -> int | None:
        """The line of the first link between two places that knows its own."""
        lines = (one.reference.line for one in self.links.within(start, end))
        return next((line for line in lines if line is not None), None)


def _before(mark: str, text: str, place: int, reach: int) -> int:
    """What comes right after the last mark before a place, looking no further than ``reach``."""
    start = max(0, place - reach)
    found = text.rfind(mark, start, place)
    return found + 1 if found >= 0 else start


def _after(mark: str, text: str, place: int, reach: int) -> int:
    """Where the first mark after a place stands, looking no further than ``reach``."""
    found = text.find(mark, place, place + reach)
    return found if found >= 0 else min(len(text), place + reach)


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """The last match between two places."""
    last = deque(pattern.finditer(text, start, end), maxlen=1)
    return last[0] if last else None
