"""A piece as HTML: one article for a frame, a fragment and the element, in the class names that are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contentapi.index.phases import Phase
from contentapi.model import PhaseKind
from contentapi.text import edits, paths
from contentapi.text.edits import Edit
from contentapi.web.embed import timeline
from contentapi.web.embed.options import Options
from contentapi.web.embed.piece import Piece, length
from contentapi.web.pages.elements import Html, element, join
from contentapi.web.pages.words import Words

#: Our own names, for partners' style sheets and as `part` of the element. They are promised: see docs/embeds.md.
_OWN = {
    name: f"ce-{name}" for name in ("eyebrow", "title", "lead", "facts", "body", "figure", "steps", "credit", "back")
} | {"root": "ce"}  # fmt: skip
#: https://www.systeme-de-design.gouv.fr
_DSFR = {
    "eyebrow": "fr-badge fr-badge--info fr-badge--no-icon",
    "lead": "fr-text--lead",
    "credit": "fr-mt-3w",
    "line": "fr-text--sm",
    "back": "fr-link",
}
_DSFR_TAGS = {"img": "fr-responsive-img", **{f"h{level}": f"fr-h{level}" for level in range(1, 7)}}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known of a phase: its name, its value, and what stands smaller below or as a list."""

    label: str
    text: str | None = None
    more: str | None = None
    items: tuple[str, ...] = ()


def facts(one: Phase, words: Words) -> list[Fact]:
    """What is known of a phase, in the order in which it is told."""
    known = length(one)
    found = [
        Fact(words.say("duration"), known.text) if known is not None else None,
        Fact(words.say("team"), one.team) if one.team else None,
        Fact(words.say("objectives"), items=one.objectives) if _worth_listing(one) else None,
        _decision(one, words),
    ]
    return [fact for fact in found if fact is not None]


def _worth_listing(one: Phase) -> bool:
    """Whether the objectives say more than the description does."""
    return bool(one.objectives) and one.objectives != (one.description,)


def _decision(one: Phase, words: Words) -> Fact | None:
    if one.decision is None or not (one.decision.what or one.decision.who):
        return None
    who = words.say("decides", who=one.decision.who) if one.decision.who else None
    return Fact(words.say("decision"), one.decision.what or who, who if one.decision.what else None)


def eyebrow(piece: Piece, words: Words) -> str | None:
    """The small line above the title: where the piece belongs."""
    if piece.part_of:
        return words.say("part_of", title=piece.part_of)
    if piece.phase is not None:
        return place_of(piece.phase, piece, words)
    if piece.kind == "article":
        published = words.say("published", date=words.date(piece.date)) if piece.date else ""
        by = words.say("by", names=", ".join(piece.names)) if piece.names else ""
        line = " ".join(part for part in (published, by) if part)
        return line[:1].upper() + line[1:] or None
    return None


def place_of(one: Phase, piece: Piece, words: Words) -> str | None:
    """Where in the programme a phase is."""
    if one.kind is not PhaseKind.JOURNEY:
        return words.say(str(one.kind))
    steps = [step.slug for step in piece.journey]
    if one.slug not in steps:
        return None
    return words.say("step", position=steps.index(one.slug) + 1, count=len(steps))


def title(piece: Piece, words: Words) -> str:
    """The title to show: of all phases together, that of the timeline."""
    if piece.kind != "phases":
        return piece.title
    return words.say("timeline_of", name=piece.site) if piece.site else words.say("timeline")


def lead(piece: Piece, options: Options) -> str | None:
    """What is told below the title, unless the text that is shown tells it."""
    return None if piece.repeated and options.show == "full" else piece.lead


def article(piece: Piece, options: Options, words: Words, edit: Edit, picture: Html | None = None) -> Html:
    """The whole article. ``edit`` says how the body is to be, ``picture`` is what stands below the title."""
    names = class_names(options.classes)
    lang = piece.lang.replace("_", "-")
    other = lang if lang.lower().partition("-")[0] != words.lang else None
    own = None if piece.kind == "phases" else other
    heading = f"h{options.heading_level}"
    title_class = names.get("title") or (f"fr-{heading}" if options.classes == "dsfr" else None)
    small, above = eyebrow(piece, words), lead(piece, options)
    everything = options.show == "full"
    body = edits.edited(piece.html, edit) if everything else ""
    return element(
        "article",
        element(
            "header",
            element("p", small, class_=names.get("eyebrow")) if small else None,
            element(heading, title(piece, words), class_=title_class, lang=own),
            element("p", above, class_=names.get("lead"), lang=own) if above else None,
        ),
        picture,
        _facts(piece.phase, words, names, own) if _has_facts(piece, options) else None,
        _steps(piece, words, names) if piece.kind == "phases" else None,
        element("div", Html(body), class_=names.get("body"), lang=own) if body else None,
        _credit(piece, options, words, names),
        class_=names.get("root"),
        lang=words.lang,
    )


def class_names(profile: str) -> Mapping[str, str]:
    """The class of each part of the article."""
    return {"own": _OWN, "dsfr": _DSFR}.get(profile, {})


def body_classes(profile: str) -> Mapping[str, str]:
    """The class of each tag in the body."""
    return _DSFR_TAGS if profile == "dsfr" else {}


def _has_facts(piece: Piece, options: Options) -> bool:
    return piece.phase is not None and piece.section is None and options.show != "timeline"


def _facts(one: Phase | None, words: Words, names: Mapping[str, str], lang: str | None) -> Html | None:
    found = facts(one, words) if one is not None else []
    if not found:
        return None
    return element("dl", *(_fact(fact, lang) for fact in found), class_=names.get("facts"))


def _fact(one: Fact, lang: str | None) -> Html:
    if one.items:
        value: Html | str | None = element("ul", *(element("li", item) for item in one.items))
    elif one.more:
        value = join((element("p", one.text), element("p", element("small", one.more))))
    else:
        value = one.text
    return element("div", element("dt", one.label), element("dd", value, lang=lang))


def _steps(piece: Piece, words: Words, names: Mapping[str, str]) -> Html | None:
    """The timeline in words, for whoever does not see it."""
    if not piece.steps:
        return None
    items = []
    lang = piece.lang if piece.lang.partition("-")[0] != words.lang else None
    for one in piece.steps:
        told = timeline.said_length(one, words)
        what = one.decision.what if one.decision is not None else None
        items.append(
            element(
                "li",
                element("strong", one.title, lang=lang),
                words.say("colon") + told,
                join((element("br"), element("small", words.say("decision") + words.say("colon") + what)))
                if what
                else None,
            )
        )
    return element("ol", *items, class_=names.get("steps"))


def _credit(piece: Piece, options: Options, words: Words, names: Mapping[str, str]) -> Html:
    """Whom the content is from, under which licence, of when, and the way back. No embed is without it."""
    back = element("a", words.say("read_more"), href=piece.web, class_=names.get("back"))
    line = element("p", *_between(" · ", _sources(piece, words)), class_=names.get("line"))
    if options.attribution == "short":
        parts = [element("a", _name(piece, words), href=piece.web), *_sources(piece, words)[1:]]
        return element(
            "footer", element("p", *_between(" · ", parts), class_=names.get("line")), class_=names.get("credit")
        )
    return element("footer", element("p", back), line, class_=names.get("credit"))


def _name(piece: Piece, words: Words) -> str:
    attribution = piece.attribution.name if piece.attribution is not None else None
    return words.say("source", name=attribution or piece.site or paths.split_url(piece.web).host)


def _sources(piece: Piece, words: Words) -> list[Html]:
    attribution = piece.attribution
    source = element("span", _name(piece, words))
    if attribution is not None and _is_web(attribution.url):
        label, _, _ = words.say("source", name="\0").partition("\0")
        source = join((label, element("a", attribution.name, href=attribution.url)))
    found = [source]
    if piece.license is not None:
        name = piece.license.name
        url = piece.license.url
        found.append(element("a", name, href=url, rel="license") if _is_web(url) else element("span", name))
    day = piece.updated or piece.date
    if day is not None:
        key = "updated" if piece.updated else "dated"
        before, _, after = words.say(key, date="\0").partition("\0")
        found.append(join((before, element("time", words.date(day), datetime=day), after)))
    return found


def credit_lines(piece: Piece, options: Options, words: Words) -> list[str]:
    """The credit as plain lines, to measure them."""
    day = piece.updated or piece.date
    parts = [_name(piece, words)]
    if piece.license is not None:
        parts.append(piece.license.name)
    if day is not None:
        parts.append(words.say("updated" if piece.updated else "dated", date=words.date(day)))
    line = " · ".join(parts)
    return [line] if options.attribution == "short" else [words.say("read_more"), line]


def _is_web(url: str | None) -> bool:
    return url is not None and url.startswith(("https://", "http://"))


def _between(mark: str, parts: list[Html]) -> list[Html | str]:
    found: list[Html | str] = []
    for part in parts:
        found += [part] if not found else [mark, part]
    return found
