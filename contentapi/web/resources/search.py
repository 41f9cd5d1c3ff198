"""``/v1/search``: full text over everything that lists show; ``/v1/search/suggest``: titles as someone types."""

from __future__ import annotations

from contentapi.errors import BadParameter
from contentapi.index import search as searches
from contentapi.index.search import Found, Wish
from contentapi.web import call as calls
from contentapi.web import hits, params
from contentapi.web.answers import REVISION, Answer
from contentapi.web.call import Call, Many, Operation
from contentapi.web.hits import FoundSubject
from contentapi.web.present import Object
from contentapi.web.resources import fields
from contentapi.web.schemas import SearchMeta, SuggestMeta

#: A question is a sentence or two.
_LONGEST = 400
_MOST_WORDS = 40


def search(call: Call) -> Answer:
    """Documents by how well they answer, each with the section that does.

    A document is found when it holds every word of `q`, in any of their forms, accents and capitals ignored; the last
    word may be the beginning of one. `"…"` or `« … »` is a phrase, `-` before a word excludes it. Title counts more than
    headings, headings more than text. When nothing holds every word, `meta.all_words` is false, and what holds most of
    them is given.
    """
    found = searches.search(call.reader, _question(call), _wish(call))
    subjects = (FoundSubject(call.reader, call.addresses, hit) for hit in found.page.items)
    items = (calls.shown(call, one, hits.HIT, listed=True) for one in subjects)
    return calls.listing(call, found.page.of(items), keys=("search", REVISION), extra=_meta(found))


def suggest(call: Call) -> Answer:
    """Titles that hold what is typed: those that begin so first, shorter ones before longer.

    Where there is none, a word that nothing holds is put right, and told by `meta.corrected`.
    """
    found = searches.suggest(call.reader, _question(call), _wish(call))
    subjects = (FoundSubject(call.reader, call.addresses, hit) for hit in found.page.items)
    items = (calls.shown(call, one, hits.SUGGESTION, listed=True) for one in subjects)
    extra: Object = {"corrected": found.corrected}
    return calls.listing(call, found.page.of(items), keys=("search", REVISION), extra=extra)


def _question(call: Call) -> str:
    text = call.text("q") or ""
    if len(text.split()) > _MOST_WORDS:
        raise BadParameter("q", f"q has more than {_MOST_WORDS} words.")
    return text


def _wish(call: Call) -> Wish:
    asked = call.asked
    return Wish(asked.conditions, asked.sort, call.limit(), call.text("cursor"), call.flag("total") is not False)


def _meta(found: Found) -> Object:
    return {
        "corrected": found.corrected,
        "all_words": found.complete,
        "facets": {
            name: [{"value": one.value, "count": one.count} for one in facet] for name, facet in found.facets.items()
        },
    }


_Q = params.Text("q", "What to look for.", example="impact", longest=_LONGEST, required=True)
_TYPED = params.Text("q", "What is typed so far.", example="comi", longest=_LONGEST, required=True)

OPERATIONS = (
    Operation(
        "/v1/search",
        "search",
        "What answers a question, over all collections",
        search,
        "Search",
        (_Q,),
        answer=Many(hits.HIT, SearchMeta),
        fields=fields.found,
    ),
    Operation(
        "/v1/search/suggest",
        "suggest",
        "Titles, as someone types",
        suggest,
        "Search",
        (_TYPED,),
        answer=Many(hits.SUGGESTION, SuggestMeta),
        fields=fields.found,
    ),
)
