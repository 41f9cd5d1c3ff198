"""The page at ``/`` for people: what is served, with requests to click and code to copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contentapi.model import Attribution, License, PhaseKind
from contentapi.web.pages import snippets
from contentapi.web.pages.elements import Html, element, join
from contentapi.web.pages.page import Head, Page, page
from contentapi.web.pages.words import Words


@dataclass(frozen=True, slots=True)
class Count:
    """How many documents a collection holds, and where they are listed."""

    collection: str
    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A phase or an article as the page lists it: where the API answers it, and where the site publishes it."""

    title: str
    lang: str
    description: str | None
    address: str
    web: str | None
    kind: PhaseKind | None = None
    position: int | None = None
    duration: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Embed:
    """One phase to show elsewhere: the address of its text, the name of its place, the page to link to."""

    title: str
    name: str
    address: str
    public: str


@dataclass(frozen=True, slots=True)
class Home:
    """All that the page shows. ``requests`` are (address, key of the words that say what comes back).

    ``sample`` is one request and its real answer, ``example`` the full address of a list, ``api`` what API addresses start
    with, ``origin`` the same as a full address.
    """

    title: str | None
    description: str | None
    lang: str
    web: str | None
    revision: str
    version: str
    license: License | None
    attribution: Attribution | None
    counts: Sequence[Count]
    phases: Sequence[Entry]
    articles: Sequence[Entry]
    requests: Sequence[tuple[str, str]]
    embed: Embed | None
    sample: tuple[str, str] | None
    example: str
    api: str
    origin: str


def render(home: Home, words: Words) -> Page:
    """The page, in the language of ``words``."""
    title = home.title or words.say("untitled")
    sections = [
        ("phases", _phases(home, words)),
        ("articles", _articles(home, words)),
        ("requests", _requests(home, words)),
        ("embed", _embed(home, words)),
        ("call", _call(home, words)),
    ]
    shown = [(name, content) for name, content in sections if content is not None]
    head = Head(
        lang=words.lang,
        title=words.say("title", title=title),
        description=home.description,
        links=(
            ("alternate", f"{home.api}/", "application/json"),
            ("alternate", f"{home.api}/feed.json", "application/feed+json"),
            ("alternate", f"{home.api}/feed.atom", "application/atom+xml"),
            ("service-desc", f"{home.api}/v1/openapi.json", "application/json"),
            ("service-doc", f"{home.api}/docs", "text/html"),
        ),
        styles=("page.css", "home.css"),
        reaches=(home.origin,),
    )
    return page(
        head,
        element("a", words.say("skip"), class_="skip", href="#main"),
        _banner(home, words, title, [name for name, _ in shown]),
        element("main", *(_section(words, name, content) for name, content in shown), id="main", tabindex=-1),
        _end(home, words),
    )


def _banner(home: Home, words: Words, title: str, sections: Sequence[str]) -> Html:
    links = (element("li", element("a", words.say(f"{name}.heading"), href=f"#{name}")) for name in sections)
    return element(
        "header",
        element("div", _title(home, words, title), _sample(home, words), class_="opening"),
        _facts(home, words),
        element("nav", element("ul", *links), aria_label=words.say("contents")),
        class_="banner",
    )


def _title(home: Home, words: Words, title: str) -> Html:
    return element(
        "div",
        element("p", words.say("eyebrow"), class_="eyebrow"),
        element("h1", title, lang=_other(home.lang, words)),
        element("p", home.description, class_="lead", lang=_other(home.lang, words)) if home.description else None,
        element(
            "p",
            element("a", words.say("reference"), class_="button", href=f"{home.api}/docs"),
            " ",
            element("a", words.say("openapi"), class_="button quiet", href=f"{home.api}/v1/openapi.json"),
            class_="actions",
        ),
    )


def _sample(home: Home, words: Words) -> Html | None:
    """One request beside its answer, so that the first sight tells what an answer looks like."""
    if home.sample is None:
        return None
    address, answer = home.sample
    link = element("a", element("code", address.removeprefix(home.api)), href=address)
    caption = element("figcaption", element("span", words.say("sample"), class_="hidden"), "GET ", link)
    return element("figure", caption, element("pre", element("code", answer, translate="no")), class_="sample")


def _facts(home: Home, words: Words) -> Html:
    counts = (
        element(
            "li",
            element(
                "a",
                element("strong", str(one.number)),
                " ",
                element("span", words.count(one.collection, one.number)),
                href=one.address,
            ),
        )
        for one in home.counts
    )
    about = [
        ("license", _named(home.license)),
        ("attribution", _named(home.attribution)),
        ("website", element("a", _bare(home.web), href=home.web) if home.web else None),
        ("revision", _revision(home, words)),
    ]
    return element(
        "section",
        element("h2", words.say("served"), class_="hidden", id="served"),
        element("ul", *counts, class_="counts") if home.counts else None,
        element(
            "dl",
            *(
                element("div", element("dt", words.say(f"facts.{name}")), element("dd", value))
                for name, value in about
                if value is not None
            ),
            class_="about",
        ),
        aria_labelledby="served",
        class_="facts",
    )


def _named(one: License | Attribution | None) -> Html | None:
    if one is None:
        return None
    name = element("span", one.name)
    return element("a", name, href=one.url) if one.url and one.url.startswith(("https://", "http://")) else name


def _revision(home: Home, words: Words) -> Html:
    short = element("code", home.revision[:12], title=home.revision)
    return join((short, " ", element("span", words.say("facts.revision_is"), class_="soft")))


def _section(words: Words, name: str, content: Html) -> Html:
    heading = element("h2", words.say(f"{name}.heading"), id=f"{name}-heading")
    return element("section", heading, element("div", content), id=name, aria_labelledby=f"{name}-heading")


# -- what is here -----------------------------------------------------------------------------------------------------


def _phases(home: Home, words: Words) -> Html | None:
    if not home.phases:
        return None
    journey = [one for one in home.phases if one.kind is PhaseKind.JOURNEY]
    after = [one for one in home.phases if one.kind is not PhaseKind.JOURNEY]
    return join(
        (
            element("p", words.say("phases.intro")),
            element("ol", *(_phase(one, words) for one in journey), class_="journey") if journey else None,
            element("h3", words.say("phases.after")) if journey and after else None,
            element("ul", *(_phase(one, words) for one in after), class_="after") if after else None,
        )
    )


def _phase(one: Entry, words: Words) -> Html:
    kind = words.say(f"phases.{one.kind}") if one.kind is not PhaseKind.JOURNEY else None
    aside = " · ".join(part for part in (kind, one.duration) if part)
    return element(
        "li",
        element("h3", element("a", one.title, href=one.address), lang=_other(one.lang, words)),
        element("p", aside, class_="when") if aside else None,
        element("p", one.description, lang=_other(one.lang, words)) if one.description else None,
        _public(one, words.say("phases.page")),
    )


def _articles(home: Home, words: Words) -> Html | None:
    if not home.articles:
        return None
    return join(
        (
            element("p", words.say("articles.intro")),
            element("ul", *(_article(one, words) for one in home.articles), class_="articles"),
            element("p", element("a", words.say("articles.all"), href=f"{home.api}/v1/articles")),
        )
    )


def _article(one: Entry, words: Words) -> Html:
    return element(
        "li",
        element("p", element("time", words.date(one.date), datetime=one.date), class_="when") if one.date else None,
        element("h3", element("a", one.title, href=one.address), lang=_other(one.lang, words)),
        element("p", one.description, lang=_other(one.lang, words)) if one.description else None,
        _public(one, words.say("articles.page")),
    )


def _public(one: Entry, label: str) -> Html | None:
    """A link to the published page, whose name says which one."""
    if one.web is None:
        return None
    name = element("span", f" : {one.title}", class_="hidden")
    return element("p", element("a", label, name, href=one.web), class_="public")


# -- how to ask for it ------------------------------------------------------------------------------------------------


def _requests(home: Home, words: Words) -> Html:
    rows = (
        element(
            "li",
            element("a", element("code", address.removeprefix(home.api)), href=address),
            element("p", words.say(f"requests.{key}")),
        )
        for address, key in home.requests
    )
    return join(
        (element("p", words.say("requests.intro")), element("ul", *rows, class_="requests")),
    )


def _embed(home: Home, words: Words) -> Html | None:
    one = home.embed
    if one is None:
        return None
    source = home.attribution.name if home.attribution else home.title or words.say("untitled")
    credit = ", ".join([words.say("embed.source", name=source), *([home.license.name] if home.license else [])])
    return join(
        (
            element("p", words.say("embed.intro", title=one.title)),
            _code(words.say("embed.caption"), snippets.embed(one.address, one.name, one.title, one.public, credit)),
            element("p", words.say("embed.note"), class_="soft"),
            element("p", element("a", words.say("embed.more"), href=f"{home.api}/embed")),
        )
    )


def _call(home: Home, words: Words) -> Html:
    return join(
        (
            element("p", words.say("call.intro")),
            _code(words.say("call.javascript"), snippets.javascript(home.example)),
            _code(words.say("call.python"), snippets.python(home.example)),
            _code(words.say("call.curl"), snippets.curl(home.example)),
            element("p", words.say("call.curl_note"), class_="soft"),
        )
    )


def _code(caption: str, text: str) -> Html:
    return element("figure", element("figcaption", caption), element("pre", element("code", text, translate="no")))


def _end(home: Home, words: Words) -> Html:
    links = [
        ("reference", f"{home.api}/docs"),
        ("openapi", f"{home.api}/v1/openapi.json"),
        ("status", f"{home.api}/v1/status"),
        ("feed", f"{home.api}/feed.atom"),
        ("llms", f"{home.api}/llms.txt"),
    ]
    command = f"curl {home.origin}/"
    return element(
        "footer",
        element("ul", *(element("li", element("a", words.say(f"end.{name}"), href=href)) for name, href in links)),
        element("p", words.say("end.json", command=command)),
        element("p", words.say("end.made", version=home.version)),
    )


def _other(lang: str, words: Words) -> str | None:
    """The language to mark a text of the content with: None when it is the page's own."""
    tag = lang.replace("_", "-")
    return None if tag.lower().partition("-")[0] == words.lang else tag


def _bare(address: str) -> str:
    return address.partition("://")[2]
