"""All phases as a picture: SVG drawn from their durations, to scale, decisions marked.

Across, places are per cent of the width there is; down, they are em of the text. So it fits any width and any size of text
without becoming smaller, and a reader's own font size counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contentapi.index.phases import Phase
from contentapi.model import PhaseKind
from contentapi.text import durations
from contentapi.web.embed.metrics import width, wrapped
from contentapi.web.embed.piece import length
from contentapi.web.embed.words import packaged
from contentapi.web.pages.elements import Html, element, join
from contentapi.web.pages.page import digest
from contentapi.web.pages.words import Words

#: Em: the narrowest room for a line of a label, the height of a line, of a bar, of what stands between two rows.
_ROOM, _LINE, _BAR, _GAP = 11.5, 1.35, 0.75, 1.15
#: Per cent of the narrowest picture (that of a frame of 200 pixels) that an em takes.
_EM = 8.4
#: Per cent: where the scale begins and ends, and how much of it the time after the journey takes.
_START, _END, _AFTER = 1.0, 97.0, 14.0
#: What a phase of no known length is drawn as long as, among the others.
_UNKNOWN = 0.5
_YEAR, _MONTH = 365.25, 365.25 / 12
_MOST_TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One phase as it is drawn: its lines, and from where to where, in per cent. Nothing is certain beyond ``sure``."""

    phase: Phase
    lines: tuple[str, ...]
    told: str
    start: float
    sure: float
    end: float
    current: bool

    @property
    def height(self) -> float:
        """Em, the label included."""
        return (len(self.lines) + len(wrapped(self.told, _ROOM))) * _LINE + _BAR + _GAP


def bars(steps: Sequence[Phase], words: Words, current: str | None = None) -> list[Bar]:
    """The phases with their places on the scale."""
    lengths = _lengths(steps)
    total = sum(end for _, end in lengths.values()) or 1.0
    after = any(one.kind is not PhaseKind.JOURNEY for one in steps)
    scale = (_END - _START - (_AFTER if after else 0)) / total
    found, at = [], _START
    for one in steps:
        low, high = lengths.get(one.slug, (0.0, 0.0))
        journey = one.kind is PhaseKind.JOURNEY
        start = at if journey else _END - _AFTER + 1.5
        end = at + high * scale if journey else _END
        found.append(
            Bar(
                one,
                _title(one),
                _told(one, words, current),
                start,
                at + low * scale if journey else start,
                end,
                one.slug == current,
            )
        )
        at = end if journey else at
    return found


def _lengths(steps: Sequence[Phase]) -> dict[str, tuple[float, float]]:
    """The least and the most days of each step of the journey."""
    journey = [one for one in steps if one.kind is PhaseKind.JOURNEY]
    known = {one.slug: days for one in journey if (told := length(one)) and (days := durations.days(told)) is not None}
    usual = max((high for _, high in known.values()), default=1.0) * _UNKNOWN
    return {one.slug: known.get(one.slug, (0.0, usual)) for one in journey}


def _title(one: Phase) -> tuple[str, ...]:
    return tuple(wrapped(one.title, _ROOM, bold=True))


def _told(one: Phase, words: Words, current: str | None) -> str:
    told = said_length(one, words)
    return f"{told} · {words.say('here')}" if one.slug == current else told


def said_length(one: Phase, words: Words) -> str:
    """How long a phase lasts, in words."""
    known = length(one)
    return known.text if known is not None else words.say("open_ended")


def height(steps: Sequence[Phase], words: Words, current: str | None = None) -> float:
    """The height of the picture in em."""
    return round(sum(one.height for one in bars(steps, words, current)) + 1.9, 3)


def describe(steps: Sequence[Phase], words: Words) -> str:
    """What the picture shows, in words."""
    told = []
    for place, one in enumerate(steps, 1):
        decision = f", {words.say('decision_at_end')}" if one.decision is not None else ""
        told.append(f"{place}. {one.title}{words.say('colon')}{said_length(one, words)}{decision}.")
    return " ".join(told)


def picture(steps: Sequence[Phase], words: Words, title: str, current: str | None = None) -> Html:
    """The picture as it stands in a page: as wide as there is room."""
    return _svg(
        steps, words, title, current, width="100%", height=f"{height(steps, words, current)}em", class_="ce-timeline"
    )


def file(steps: Sequence[Phase], words: Words, title: str, wide: int) -> str:
    """The picture as a file of its own, with its style, so many pixels wide."""
    high = round(height(steps, words) * 14)
    style = element("style", Html(style_of_file()))
    drawn = _svg(
        steps, words, title, None, style,
        xmlns="http://www.w3.org/2000/svg", width=wide, height=high, viewBox=f"0 0 {wide} {high}", class_="ce-timeline",
    )  # fmt: skip
    return f"{drawn}\n"


def style_of_file() -> str:
    """The style of the picture as a file."""
    return packaged("timeline.css") + packaged("timeline-file.css")


def policy() -> str:
    """What the picture may do as a document of its own: show itself."""
    return f"default-src 'none'; style-src '{digest(style_of_file())}'; sandbox; frame-ancestors 'none'"


def _svg(
    steps: Sequence[Phase],
    words: Words,
    title: str,
    current: str | None,
    style: Html | None = None,
    **attributes: str | int,
) -> Html:
    drawn = bars(steps, words, current)
    high = height(steps, words, current)
    return element(
        "svg",
        style,
        element("title", title, id="ce-timeline-title"),
        element("desc", describe(steps, words), id="ce-timeline-text"),
        *_ticks(steps, words, high),
        *_rows(drawn),
        role="img",
        aria_labelledby="ce-timeline-title ce-timeline-text",
        **attributes,
    )


def _rows(drawn: Sequence[Bar]) -> Iterator[Html]:
    top = 0.0
    for one in drawn:
        y = top
        told = wrapped(one.told, _ROOM)
        x, anchor = _beside(one, [width(line, bold=True) for line in one.lines] + [width(line) for line in told])
        for line, name in (*((line, "ce-name") for line in one.lines), *((line, "ce-told") for line in told)):
            y += _LINE
            for drawn_as in (f"{name} ce-halo", name):
                yield element("text", line, x=_at(x), y=_em(y - 0.3), text_anchor=anchor, class_=drawn_as)
        yield from _bar(one, y + 0.05)
        top += one.height


def _beside(one: Bar, widths: Sequence[float]) -> tuple[float, str | None]:
    """Where the label of a bar stands: at its beginning or at its end, where there is room even in the narrowest picture."""
    room = max(widths) * _EM
    if one.start + room <= 100:
        return one.start, None
    return (one.end, "end") if one.end - room >= 0 else (_START, None)


def _bar(one: Bar, y: float) -> Iterator[Html]:
    state = "ce-now" if one.current else "ce-other"
    box = {"y": _em(y), "height": _em(_BAR), "rx": "0.2em"}
    known = length(one.phase) is not None and one.phase.kind is PhaseKind.JOURNEY
    kind = "ce-may" if known else "ce-open"
    if not known or one.sure < one.end:
        yield element("rect", x=_at(one.start), width=_at(one.end - one.start), class_=f"{kind} {state}", **box)
    if known:
        yield element("rect", x=_at(one.start), width=_at(one.sure - one.start), class_=f"ce-sure {state}", **box)
    if one.phase.decision is not None:
        diamond = element("path", d="M0-9L9 0 0 9-9 0z", class_="ce-decision")
        place = {"x": _at(one.end), "y": _em(y + _BAR / 2), "width": "1em", "height": "1em"}
        yield element("svg", diamond, viewBox="0 0 16 16", overflow="visible", **place)


def _ticks(steps: Sequence[Phase], words: Words, high: float) -> Iterator[Html]:
    """The scale: a line for each year or month, as many as are readable."""
    total = sum(end for _, end in _lengths(steps).values())
    if not total:
        return
    after = any(one.kind is not PhaseKind.JOURNEY for one in steps)
    scale = (_END - _START - (_AFTER if after else 0)) / total
    unit, step, word = (_YEAR, 1, "year") if total >= 1.5 * _YEAR else (_MONTH, 3 if total > 6 * _MONTH else 1, "month")
    while total / (unit * step) > _MOST_TICKS:
        step *= 2
    for number in range(0, int(total / unit + 0.01) + 1, step):
        x = _at(_START + number * unit * scale)
        key = f"{word}_tick" if number == 1 or word == "month" else f"{word}s_tick"
        yield element("line", x1=x, x2=x, y1="0", y2=_em(high - 1.5), class_="ce-grid")
        if number:
            said = words.say(key, number=number)
            yield element("text", said, x=x, y=_em(high - 0.4), text_anchor="middle", class_="ce-tick")


def strip(steps: Sequence[Phase], words: Words, current: str) -> Html | None:
    """The journey as one thin line, the current phase marked: decoration, for the words beside it say the same."""
    drawn = [one for one in bars(steps, words, current) if one.phase.kind is PhaseKind.JOURNEY]
    if len(drawn) < 2 or not any(one.current for one in drawn):
        return None
    last = drawn[-1].end
    made = []
    for one in drawn:
        start, end = ((place - _START) / (last - _START) * 100 for place in (one.start, one.end))
        gap = 0.6 if one is not drawn[-1] else 0
        state = "ce-now" if one.current else "ce-other"
        made.append(
            element(
                "rect",
                x=_at(start),
                width=_at(max(end - start - gap, 0.5)),
                height="100%",
                rx="0.2em",
                class_=f"ce-sure {state}",
            )
        )
    return element("svg", join(made), width="100%", height="0.5em", aria_hidden="true", class_="ce-strip")


def _at(percent: float) -> str:
    return f"{percent:.2f}".rstrip("0").rstrip(".") + "%"


def _em(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "em"
