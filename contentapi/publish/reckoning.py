"""What nginx reckons from a request and the row of its address: which form, in which coding, with which status and head.

Each step is a small map, looked up when it is needed. A value with captures names no other variable: looking that up would
lose them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from contentapi.publish import preferences, spellings, statuses
from contentapi.publish.conf import PREFIX, SAFE, literal, named_map, pattern, quoted
from contentapi.publish.heads import NUMBER, WHOLE
from contentapi.publish.names import CODED
from contentapi.publish.patterns import BELOW, Rule
from contentapi.publish.rows import BEFORE, NONE, TAB, Ids, Rows
from contentapi.publish.statuses import Told
from contentapi.text import paths
from contentapi.web.problems import TITLES

#: What no file holds, by its status or a name that begins with it: the answer, and the number of its head.
Answers = Mapping[str, tuple[Told, int]]
#: The addresses, as sent, of what is found by a path of the site.
_BY_PATH = pattern(f"^(?:{'|'.join(map(re.escape, BELOW))})")
_GONE = "gone"


def request(api: str) -> Iterator[str]:
    """What was asked, as it was sent and as it is looked up."""
    prefix = paths.split_url(api).path or "" if api else ""
    begin = spellings.below(prefix)
    yield named_map("$request_uri", "path", [("default", '""'), (pattern(rf"{begin}(/[^?#]*)"), '"$1"')])
    yield named_map(
        "$request_uri", "instance", [("default", '""'), (pattern(rf"{begin}(/(?:(?!\?){SAFE})*)(?:\?|$)"), '"$1"')]
    )
    yield named_map("$uri", "key", spellings.pairs(prefix))
    yield named_map("$args", "query", [("default", '""'), (pattern(rf"^({SAFE}+)$"), '"?$1"')])
    yield named_map("$args", "asked", [("default", quoted(f"${PREFIX}path?$args")), ('""', '""')])


def chosen(rows: Rows) -> Iterator[str]:
    """Which row answers, and which form of it."""
    yield named_map(f"${PREFIX}path", "led", [("default", '""'), (_BY_PATH, f"${PREFIX}by_key")])
    yield named_map(f"${PREFIX}found", "row", [("default", f"${PREFIX}found"), ('""', f"${PREFIX}led")])
    yield named_map(f"${PREFIX}row", "policy", [("default", '""'), (pattern(r"^[^\t]*\t([^\t]*)\t"), '"$1"')])
    yield rows.left()
    yield named_map(f"${PREFIX}asked_found", "record", [("default", f"${PREFIX}asked_found"), ('""', f"${PREFIX}left")])
    yield named_map(f"${PREFIX}record", "offers", [("default", '""'), (pattern(r"^(?:[^\t]*\t){2}([^\t]*)\t"), '"$1"')])
    for offers, name in rows.offers.items():
        yield preferences.media_type(f"{PREFIX}choice_{name}", offers)
    yield named_map(
        f"${PREFIX}offers",
        "choice",
        [("default", "1"), *((name, f"${PREFIX}choice_{name}") for name in rows.offers.values())],
    )
    most = max((len(offers) for offers in rows.offers), default=1)
    forms = [(pattern(rf"^{number + 1}\t(?:[^\t]*\t){{{BEFORE + number}}}([^\t]*)"), '"$1"') for number in range(most)]
    yield named_map(f"${PREFIX}choice{TAB}${PREFIX}record", "form", [("default", '""'), *forms])
    for name, regex in (("number", r"^(\d+) "), ("base", r"^\d+ (\S+) "), ("codings", r"^\d+ \S+ (\S+) ")):
        yield named_map(f"${PREFIX}form", f"form_{name}", [("default", '""'), (pattern(regex), '"$1"')])
    yield named_map(f"${PREFIX}form", "form_file", [("default", '""'), (pattern(r"^\d+ \S+ \S+ (.*)$"), '"$1"')])


def told(answers: Answers, known: Mapping[int, int]) -> Iterator[str]:
    """Status and head of what is sent, and the body of what no file holds; ``known``: the statuses of heads, 200 apart."""
    number = {name: str(found) for name, (_, found) in answers.items()}
    yield named_map(
        "$request_method", "method", [("default", "405"), ("GET", '""'), ("HEAD", '""'), ("OPTIONS", "204")]
    )
    for name in ("record", "row", "onward"):
        yield named_map(f"${PREFIX}{name}", f"has_{name}", [("default", "1"), ('""', "0")])
    yield named_map(
        f"${PREFIX}method:${PREFIX}has_record:${PREFIX}has_row:${PREFIX}has_onward:${PREFIX}is_gone:${PREFIX}choice",
        "outcome",
        [
            ("default", "404"),
            (pattern("^204:"), "204"),
            (pattern("^405:"), "405"),
            (pattern("^:1:.:.:.:0$"), "406"),
            (pattern("^:1:"), '""'),
            (pattern("^:0:1:"), "501"),
            (pattern("^:0:0:.:1:"), "410"),
            (pattern("^:0:0:1:"), "308"),
        ],
    )
    yield named_map(f"${PREFIX}offers", "head_406", [("default", "0"), *_by_offers(number)])
    by_path = [("default", number["308"]), (_BY_PATH, number["308_pages"])]
    yield named_map(f"${PREFIX}path", "head_308", by_path)
    plain = [(name, number[name]) for name in ("204", "404", "405", "410", "501")]
    computed = [(name, f"${PREFIX}head_{name}") for name in ("308", "406")]
    yield named_map(f"${PREFIX}outcome", "head", [("default", "0"), ('""', f"${PREFIX}form_number"), *plain, *computed])
    told = [(str(one), str(status)) for one, status in sorted(known.items())]
    yield named_map(f"${NUMBER}", "head_status", [("default", "200"), *told])
    yield named_map(f"${PREFIX}outcome", "status", [("default", f"${PREFIX}outcome"), ('""', f"${PREFIX}head_status")])
    yield named_map(f"${PREFIX}policy", "kept", [("default", '""'), (pattern("kept$"), f"${PREFIX}query")])
    yield named_map(
        f"${PREFIX}outcome",
        "location",
        [
            ("default", quoted(f"${PREFIX}h_location${PREFIX}kept")),
            ("308", f"${PREFIX}onward"),
        ],
    )
    bodies = {name: body(one.body) for name, (one, _) in answers.items()}
    yield named_map(f"${PREFIX}offers", "text_406", [("default", '""'), *_by_offers(bodies)])
    texts = [(name, bodies[name]) for name in ("308", "404", "405", "410", "501")]
    yield named_map(f"${PREFIX}status", "text", [("default", '""'), *texts, ("406", f"${PREFIX}text_406")])
    yield named_map("$status", "title", [("default", "Error"), *((str(k), quoted(v)) for k, v in TITLES.items())])


def onward(api: str, rules: Sequence[Rule]) -> Iterator[str]:
    """Where an address leads that has no row: to that whose other spelling it is, or where the first pattern says."""
    ruled = [(pattern(one.regex), _location(one)) for one in rules]
    yield named_map(f"${PREFIX}path", "ruled", [("default", '""'), *ruled])
    meant = quoted(f"{literal(api)[1:-1]}${PREFIX}meant${PREFIX}query")
    yield named_map(f"${PREFIX}meant", "onward", [("default", meant), ('""', f"${PREFIX}ruled")])
    yield named_map(f"${PREFIX}onward", "is_gone", [("default", "0"), (_GONE, "1")])


def _location(rule: Rule) -> str:
    if rule.location is None:
        return _GONE
    found = literal(rule.location)[1:-1]
    for number, word in enumerate(rule.words, start=1):
        found = found.replace(word, f"${number}")
    # nginx reads it as a string in which variables stand; it is escaped already.
    return f'"{found}${PREFIX}query"' if rule.keeps else f'"{found}"'


def coded(codings: Ids) -> Iterator[str]:
    """The coding that is sent, its file and its tag, and whether the caller holds it already."""
    for offered, name in codings.items():
        yield preferences.coding(f"{PREFIX}coding_{name}", offered)
    known = [(name, f"${PREFIX}coding_{name}") for name in codings.values()]
    yield named_map(f"${PREFIX}form_codings", "coding", [("default", preferences.IDENTITY), *known])
    yield named_map(f"${PREFIX}coding", "ending", [("default", '""'), *CODED.items()])
    yield named_map(f"${PREFIX}coding", "mark", [("default", '""'), *((name, f'"-{name}"') for name in CODED)])
    yield named_map(
        f"${PREFIX}status:${PREFIX}form_base",
        "etag",
        # No capture here: looking `mark` up would lose it.
        [
            ("default", '""'),
            (pattern(f"^200:{NONE}$"), '""'),
            (pattern("^200:."), quoted(f'"${PREFIX}form_base${PREFIX}mark"')),
        ],
    )
    holds = [(pattern(r"^\S+ [ \t]*\*[ \t]*$"), "1"), (pattern(r"^(\S+) (?:.*[, \t])?(?:W/)?\1[ \t]*(?:,|$)"), "1")]
    yield named_map(f"${PREFIX}etag $http_if_none_match", "unchanged", [("default", '""'), *holds])
    yield named_map(f"${PREFIX}unchanged", WHOLE.removeprefix(PREFIX), [("default", f"${NUMBER}"), ("1", '""')])
    sent = [("default", '""'), *((f'":{name}"', name) for name in CODED)]
    yield named_map(f"${PREFIX}outcome${PREFIX}unchanged:${PREFIX}coding", "content_encoding", sent)


def _by_offers(values: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name.removeprefix("406_"), value) for name, value in values.items() if name.startswith("406_")]


def body(text: str) -> str:
    """A body in which what stands for parts of the request is a variable."""
    address = f"${{{PREFIX}location}}" if '"type":"moved"' in text else f"${{{PREFIX}instance}}"
    return literal(text).replace(statuses.ADDRESS, address).replace(statuses.METHOD, "$request_method")
