"""``/llms.txt``, ``/llms-full.txt``: what there is, and all of it, as text for language models (https://llmstxt.org)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contentapi.errors import BadParameter
from contentapi.index import listing, phases
from contentapi.index.listing import ResultPage
from contentapi.index.reader import Reader, Row
from contentapi.model import Collection
from contentapi.web import call as calls
from contentapi.web import params, present
from contentapi.web.addresses import PLURALS
from contentapi.web.answers import STRUCTURE, Answer, plural
from contentapi.web.call import Call, Operation
from contentapi.web.pages import words
from contentapi.web.pages.words import Words
from contentapi.web.resources import single
from contentapi.web.syndication import llms
from contentapi.web.syndication.llms import Entry, Head, Section
from contentapi.web.syndication.places import Places

#: So many documents of one collection are linked to; the rest is behind the link to their list.
_MOST = 50
#: So many characters one answer of all texts has, unless its first document alone has more.
LARGEST = 1_000_000
#: So many documents are looked up at once.
_STEP = 20
#: What comes first, by type.
_FIRST = ("phase", "page", "article")
CURSOR = params.Text("cursor", "Where the texts begin: opaque, from the address that the text before names.")


def get_llms(call: Call) -> Answer:
    """What there is, with a link to the Markdown of each document; `Optional` is what a reader short of room leaves out."""
    said, places = words.of(call.reader.site.lang), Places(call)
    collections = _collections(call.reader)
    counts = listing.counts(call.reader)
    sections = [_section(call, places, said, one, counts.get(one.name, 0)) for one in collections if _is_told(one)]
    optional = Section("Optional", [*_apart(places, said, collections, counts), *_beside(places, said)])
    written = llms.write(_head(call, places, said), [*sections, optional])
    return Answer(written.encode(), llms.MEDIA_TYPE, keys=_keys(call.reader))


def get_llms_full(call: Call) -> Answer:
    """The Markdown of every document, one after the other, about a million characters at a time.

    Where there is more, the text itself and the `Link` header say at which address it goes on.
    """
    said, places = words.of(call.reader.site.lang), Places(call)
    texts, cursor = _texts(call, places)
    following = places.own(f"{call.path}?{calls.written([(CURSOR.name, cursor)])}") if cursor is not None else None
    more = (said.say("llms.more", address=following),) if following is not None else ()
    written = llms.full(_head(call, places, said, *more), [*texts, *(f"---\n\n{one}" for one in more)])
    headers = {"Link": f'<{following}>; rel="next"'} if following is not None else {}
    # Who reads everything asks for each part once: kept, they would push out what others ask for.
    first = CURSOR.name not in call.asked.given
    return Answer(written.encode(), llms.MEDIA_TYPE, headers=headers, keys=_keys(call.reader), store=first)


def _keys(reader: Reader) -> tuple[str, ...]:
    return ("llms", STRUCTURE, *dict.fromkeys(plural(one.type) for one in reader.site.collections))


def _collections(reader: Reader) -> list[Collection]:
    """The collections: phases, pages and articles first."""
    return sorted(reader.site.collections, key=lambda one: (_rank(one.type), one.name))


def _rank(kind: str) -> int:
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def _is_told(one: Collection) -> bool:
    """Whether each document is worth a line: where the site itself shows it, or where it is a phase."""
    return one.output or one.type in _FIRST


def _head(call: Call, places: Places, said: Words, *more: str) -> Head:
    site = call.reader.site
    home = call.addresses.web("/") or said.say("llms.site")
    but = said.say("llms.but", base=site.base) if site.base else ""
    notes = [said.say("llms.links", site=home, pages=places.own("/v1/pages"), but=but)]
    if site.license is not None or site.attribution is not None:
        named = [one.name for one in (site.license, site.attribution) if one is not None]
        notes.append(said.say("llms.terms", names=", ".join(named)))
    return Head(places.name, site.description, [*more, *notes])


# -- what there is ----------------------------------------------------------------------------------------------------


def _section(call: Call, places: Places, said: Words, one: Collection, count: int) -> Section:
    if one.type == "phase":
        entries = [_phase(call, places, phase) for phase in phases.phases(call.reader)]
        return Section(_name(said, one), entries)
    found = _page(call.reader, one, _MOST, None)
    rest = [Entry(said.say("llms.all", number=count), _list(places, one), said.say("llms.list"))] if found.next else []
    return Section(_name(said, one), [*(_entry(places, row) for row in found.items), *rest])


def _phase(call: Call, places: Places, one: phases.Phase) -> Entry:
    subject = present.of_phase(call.reader, call.addresses, one)
    return Entry(subject.title, places.own(f"{subject.address}{single.SUFFIX}"), one.description)


def _entry(places: Places, row: Row) -> Entry:
    about = row.description or row.excerpt
    dated = [part for part in ((row.date or "")[:10] if row.type == "article" else None, about) if part]
    return Entry(row.title, places.markdown(row), ", ".join(dated) or None)


def _name(said: Words, one: Collection) -> str:
    name = said.count(one.name, 2).replace("_", " ")
    return name[:1].upper() + name[1:]


def _list(places: Places, one: Collection) -> str:
    known = one.name in {"pages", *PLURALS.values()}
    return places.own(f"/v1/{one.name}") if known else places.own(places.call.addresses.collection(one.name))


def _apart(places: Places, said: Words, collections: Sequence[Collection], counts: dict[str, int]) -> Iterator[Entry]:
    """The collections whose documents have no page of their own on the site, each as a whole."""
    for one in collections:
        count = counts.get(one.name, 0)
        if count and not _is_told(one):
            yield Entry(f"{_name(said, one)} ({count})", _list(places, one), said.say("llms.list"))


def _beside(places: Places, said: Words) -> Iterator[Entry]:
    for name, address in (
        ("full", "/llms-full.txt"),
        ("feed", "/feed.atom"),
        ("openapi", "/v1/openapi.json"),
    ):
        yield Entry(said.say(f"llms.{name}"), places.own(address), said.say(f"llms.{name}_about"))


# -- all of it --------------------------------------------------------------------------------------------------------


def _texts(call: Call, places: Places) -> tuple[list[str], str | None]:
    """As many texts as one answer holds, from the place on that the call names, and the place of the first one after."""
    collections, cursor = _place(call)
    try:
        return _texts_from(call, places, collections, cursor)
    except BadParameter:  # the place is none that an answer named
        return _texts_from(call, places, _collections(call.reader), None)


def _texts_from(
    call: Call, places: Places, collections: Sequence[Collection], cursor: str | None
) -> tuple[list[str], str | None]:
    found: list[str] = []
    left = LARGEST
    for one in collections:
        while True:
            page = _page(call.reader, one, _STEP, cursor)
            for number, row in enumerate(page.items):
                written = _text(call, places, row)
                left -= len(written)
                if left < 0 and found:
                    before = _page(call.reader, one, number, cursor).next if number else cursor
                    return found, f"{one.name}:{before or ''}"
                found.append(written)
            cursor = page.next
            if cursor is None:
                break
    return found, None


def _place(call: Call) -> tuple[list[Collection], str | None]:
    """The collections from the place on that the call names, and the cursor in the first of them; all, for no such place."""
    every = _collections(call.reader)
    name, _, inner = (call.text(CURSOR.name) or "").rpartition(":")
    at = next((number for number, one in enumerate(every) if one.name == name), None)
    if at is None:
        return every, None
    return every[at:], inner or None


def _page(reader: Reader, one: Collection, limit: int, cursor: str | None) -> ResultPage[Row]:
    order = listing.NEWEST_FIRST if one.type == "article" else listing.BY_PATH
    return listing.documents(
        reader, "collection = ?", (one.name,), order=order, limit=limit, cursor=cursor, total=False
    )


def _text(call: Call, places: Places, row: Row) -> str:
    subject = present.of_row(call.reader, call.addresses, row)
    date = row.updated or (row.date if row.type == "article" else None)
    return llms.text(llms.Text(places.reading(row), date, single.markdown(subject)))


OPERATIONS = (
    Operation(
        "/llms.txt",
        "getLlms",
        "What there is, for language models",
        get_llms,
        "Syndication",
        media={"text/plain": str},
        lenient=True,
    ),
    Operation(
        "/llms-full.txt",
        "getLlmsFull",
        "All texts, for language models",
        get_llms_full,
        "Syndication",
        (CURSOR,),
        media={"text/plain": str},
        lenient=True,
    ),
)
