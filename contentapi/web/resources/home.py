"""``/`` for a browser: what the index holds, gathered for the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import orjson

from contentapi import __version__
from contentapi.index import listing, phases, terms
from contentapi.index.phases import Phase
from contentapi.index.reader import Row
from contentapi.model import Collection, PhaseKind
from contentapi.text import paths
from contentapi.web import present
from contentapi.web.answers import STRUCTURE, Answer, plural
from contentapi.web.call import Call
from contentapi.web.pages import home, words
from contentapi.web.pages.home import Count, Embed, Entry, Home
from contentapi.web.pages.page import MEDIA_TYPE

_NEWEST = 3
_OF_PHASE = ("title", "duration", "objectives")
_OF_ARTICLE = ("title", "date", "description")


def answer(call: Call) -> Answer:
    """The page, in the language of the site when it has words for it."""
    made = home.render(_gathered(call), words.of(call.reader.site.lang))
    kinds = dict.fromkeys(one.type for one in call.reader.site.collections)
    keys = ("root", STRUCTURE, *(plural(kind) for kind in kinds))
    return Answer(made.body, MEDIA_TYPE, headers={"Content-Security-Policy": made.policy}, keys=keys)


def _gathered(call: Call) -> Home:
    site = call.reader.site
    steps = phases.phases(call.reader)
    newest = listing.documents(
        call.reader, "type = 'article'", (), order=listing.NEWEST_FIRST, limit=_NEWEST, cursor=None, total=False
    ).items
    counts = tuple(_counts(call, steps))
    origin = site.api or call.settings.listening
    return Home(
        title=site.title,
        description=site.description,
        lang=site.lang,
        web=site.origin,
        revision=call.reader.revision,
        version=__version__,
        license=site.license,
        attribution=site.attribution,
        counts=counts,
        phases=[_phase(call, one) for one in steps],
        articles=[_article(call, row) for row in newest],
        requests=[(call.addresses.api(path), key) for path, key in _requests(call, steps, newest)],
        embed=_embed(call, steps, origin),
        sample=_sample(call, steps, newest),
        example=f"{origin}/v1/{_example(counts)}?fields=title",
        api=call.addresses.api(""),
        origin=origin,
    )


def _counts(call: Call, steps: list[Phase]) -> Iterator[Count]:
    counts = listing.counts(call.reader)
    for one in sorted(call.reader.site.collections, key=_pages_first):
        # Phases may be read from the site's overview: then no document of theirs is there to count.
        number = len(steps) if one.type == "phase" else counts.get(one.name, 0)
        if number:
            own = one.name in {"pages", "phases", "articles"}
            path = f"/v1/{one.name}" if own else f"/v1/collections/{paths.encode(one.name)}"
            yield Count(one.name, number, call.addresses.api(path))


def _pages_first(one: Collection) -> tuple[int, str]:
    known = ["page", "phase", "article", "author"]
    return (known.index(one.type) if one.type in known else len(known), one.name)


def _example(counts: tuple[Count, ...]) -> str:
    """The list to read in the pieces of code: phases when there are any."""
    found = {one.collection for one in counts}
    return next((name for name in ("phases", "articles") if name in found), "pages")


def _phase(call: Call, one: Phase) -> Entry:
    return Entry(
        title=one.title,
        lang=one.row.lang if one.row is not None else call.reader.site.lang,
        description=one.description,
        address=call.addresses.named("phase", one.slug),
        web=call.addresses.web(one.page.path) if one.page is not None else None,
        kind=one.kind,
        position=one.position,
        duration=one.duration.text if one.duration is not None else None,
    )


def _article(call: Call, row: Row) -> Entry:
    return Entry(
        title=row.title,
        lang=row.lang,
        description=row.description or row.excerpt,
        address=call.addresses.of(row),
        web=call.addresses.web(row.path),
        date=row.date,
    )


def _embed(call: Call, steps: list[Phase], origin: str) -> Embed | None:
    """The first step of the journey that has a text of its own."""
    one = next((one for one in steps if one.row is not None and one.kind is PhaseKind.JOURNEY), None)
    if one is None:
        return None
    address = origin + _phase_path(one)
    web = call.addresses.web(one.page.path) if one.page is not None else None
    return Embed(one.title, f"phase-{one.slug}", f"{address}?fields=html", web or call.reader.site.origin or address)


def _sample(call: Call, steps: list[Phase], newest: tuple[Row, ...]) -> tuple[str, str] | None:
    """One resource with a few of its fields: the address that asks for it, and the answer, laid out for reading."""
    if steps:
        subject, keys, fields = present.of_phase(call.reader, call.addresses, steps[0]), present.PHASE, _OF_PHASE
    elif newest:
        subject, keys, fields = present.of_row(call.reader, call.addresses, newest[0]), present.ARTICLE, _OF_ARTICLE
    else:
        return None
    answer = orjson.dumps(present.present(subject, keys, fields=fields), option=orjson.OPT_INDENT_2).decode()
    return f"{subject.address}?fields={','.join(fields)}", answer


def _requests(call: Call, steps: list[Phase], newest: tuple[Row, ...]) -> Iterator[tuple[str, str]]:
    """Requests on what is here, each with the key of the words that say what comes back."""
    if steps:
        yield "/v1/phases", "phases"
        yield f"{_phase_path(steps[0])}?fields={','.join(_OF_PHASE)}", "phase"
    page = _page(call, steps)
    if page is not None:
        yield call.addresses.of(page).removeprefix(call.addresses.api("")), "page"
    if newest:
        yield "/v1/articles?limit=3&fields=title,date", "articles"
        tag = next(iter(terms.of(call.reader, newest[0], "tag")), None)
        if tag is not None:
            yield f"/v1/articles?tag={quote(tag.slug)}&fields=title", "tag"
        yield "/feed.json?limit=5", "feed"
    yield "/v1/navigation?depth=1", "navigation"
    if page is not None and page.path:
        yield f"/v1/resolve?path={quote(page.path)}", "resolve"
    yield "/v1/status", "status"


def _phase_path(one: Phase) -> str:
    return f"/v1/phases/{paths.encode(one.slug).replace('/', '%2F')}"


def _page(call: Call, steps: list[Phase]) -> Row | None:
    """A page worth showing: that of a phase, else the first one below the home page."""
    described = next((one.page for one in steps if one.page is not None), None)
    if described is not None:
        return described
    found = listing.documents(
        call.reader, "collection = 'pages'", (), order=listing.BY_PATH, limit=2, cursor=None, total=False
    ).items
    return found[-1] if found else None
