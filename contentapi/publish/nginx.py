"""The configuration with which nginx answers from the files as the service does: ``http.conf`` and ``server.conf``.

One large map finds the row of an address. All else is reckoned from that row and the request by small maps, each looked up
when it is needed: which form is asked for, in which coding, whether the caller holds it, and under which head it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from contentapi.publish import preferences, spellings, statuses
from contentapi.publish.answers import Form, Published
from contentapi.publish.conf import DOLLAR, SAFE, Shelves, literal, pattern, quoted, written_map
from contentapi.publish.heads import LOCATION, NUMBER, WHOLE, Heads
from contentapi.publish.names import CODED
from contentapi.publish.patterns import BELOW, Rule
from contentapi.publish.statuses import Told
from contentapi.text import paths
from contentapi.web.problems import TITLES

_V = "contentapi_"
#: Between the fields of a row; no address and no file of ours holds it.
_TAB = "\t"
#: The fields of a row before its forms: address, what becomes of a query, among what is chosen, its other spelling.
_BEFORE = 4
_NONE = "-"
#: Before what becomes of a query, when any spelling of the address is led on at once.
_LED = "led_"
#: The addresses, as sent, of what is found by a path of the site.
_BY_PATH = pattern(f"^(?:{'|'.join(map(re.escape, BELOW))})")
#: More than this, and nginx begins its search for the size of a map where it ends (``ngx_hash_init``).
_LEAST_SIZE = 16_384
_BUCKET = 8192
#: What nginx may answer with by itself once it knows the address; before, it has words of its own.
_FAILURES = (403, 412, 413, 429, 500, 502, 503, 504)


class Ids(dict[tuple[str, ...], str]):
    """Short names for what there are few of, given in the order in which it comes."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self._letter = letter

    def __missing__(self, one: tuple[str, ...]) -> str:
        self[one] = f"{self._letter}{len(self) + 1}"
        return self[one]


@dataclass(slots=True)
class Nginx:
    """The configuration of one export, in the making. ``opened`` makes a file for what is too large for memory."""

    opened: Callable[[], IO[str]]
    api: str
    revision: str
    preflight: Mapping[str, str]
    heads: Heads = field(init=False)
    _plain: Shelves = field(init=False)
    _queried: Shelves = field(init=False)
    _offers: Ids = field(default_factory=lambda: Ids("o"))
    _codings: Ids = field(default_factory=lambda: Ids("c"))
    _rules: list[Rule] = field(default_factory=list)
    _ignored: Ids = field(default_factory=lambda: Ids("i"))

    def __post_init__(self) -> None:
        self.heads = Heads(self.opened)
        self._plain = Shelves(self.opened())
        self._queried = Shelves(self.opened())

    def add(self, one: Published) -> bool:
        """Takes an address up; False when nginx cannot be told of it."""
        path, mark, _ = one.target.partition("?")
        if not spellings.is_reachable(path):
            return False
        offers = tuple(form.accept for form in one.forms)
        row = _TAB.join((
            one.target,
            self._policy(one),
            self._offers[offers] if len(offers) > 1 else _NONE,
            spellings.ALONE if one.by_path and not one.main else spellings.told(path),
            *map(self._form, one.forms),
        ))  # fmt: skip
        shelves, key = (self._queried, one.target) if mark else (self._plain, spellings.key(path))
        return shelves.add(key, row)

    def add_rule(self, rule: Rule) -> None:
        """Takes a pattern up, behind those that came before."""
        self._rules.append(rule)

    def _form(self, form: Form) -> str:
        number = self.heads.number(form.status, form.head)
        if not form.codings:
            return f"{number} {_NONE} {_NONE} {_NONE}"
        plain, *others = form.codings
        codings = self._codings[tuple(one.coding for one in others)] if others else _NONE
        return f"{number} {plain.etag.strip(chr(34)) or _NONE} {codings} {plain.file}"

    def _policy(self, one: Published) -> str:
        """What becomes of a query: it is refused, ignored, ignored but for some parameters, or kept by a redirect."""
        if one.status == 308:
            location = one.forms[0].head[LOCATION]
            kept = "kept" if location.startswith((f"{self.api}/v1/", f"{self.api}/embed/")) else "any"
            return f"{_LED}{kept}" if one.by_path and one.main else kept
        if one.strict:
            return "none"
        return self._ignored[one.ignores] if one.ignores else "any"

    # -- what belongs into `http { }`

    def write_http(self, out: IO[str]) -> None:
        """Writes the maps."""
        answers = self._answers()
        rows = max(self._plain.rows, self._queried.rows, len(self.heads))
        size = max(_LEAST_SIZE, 1 << (2 * rows).bit_length())
        out.write(_ABOUT_HTTP)
        out.write(f"map_hash_max_size {size};\nmap_hash_bucket_size {_BUCKET};\nvariables_hash_max_size 4096;\n")
        out.write(f'geo ${DOLLAR} {{ default "$"; }}\n')
        out.writelines(self._request())
        for shelves, name, source in ((self._plain, "row", "key"), (self._queried, "asked_row", "asked")):
            shelves.write(out, _V + source, _V + name)
            out.writelines(_lookup(shelves.count, name, "path" if name == "row" else "asked"))
        out.writelines(self._chosen())
        out.writelines(self._told(answers))
        self.heads.write(out)

    def _request(self) -> Iterator[str]:
        """What was asked, as it was sent and as it is looked up."""
        prefix = paths.split_url(self.api).path or "" if self.api else ""
        begin = rf"^(?:{re.escape(prefix)})?" if prefix else "^"
        yield _map("$request_uri", "path", [("default", '""'), (pattern(rf"{begin}(/[^?#]*)"), '"$1"')])
        yield _map(
            "$request_uri", "instance", [("default", '""'), (pattern(rf"{begin}(/(?:(?!\?){SAFE})*)(?:\?|$)"), '"$1"')]
        )
        yield _map("$uri", "key", spellings.pairs(prefix))
        yield _map("$args", "query", [("default", '""'), (pattern(rf"^({SAFE}+)$"), '"?$1"')])
        yield _map("$args", "asked", [("default", quoted(f"${_V}path?$args")), ('""', '""')])

    def _chosen(self) -> Iterator[str]:
        """Which row answers, and which form of it."""
        yield _map(f"${_V}path", "led", [("default", '""'), (_BY_PATH, f"${_V}by_key")])
        yield _map(f"${_V}found", "row", [("default", f"${_V}found"), ('""', f"${_V}led")])
        yield _map(f"${_V}row", "policy", [("default", '""'), (pattern(r"^[^\t]*\t([^\t]*)\t"), '"$1"')])
        kept = f"${_V}row"
        ignored = [(pattern(rf"^{name}\t{_without(known)}"), kept) for known, name in self._ignored.items()]
        yield _map(
            f"${_V}policy{_TAB}$args",
            "left",
            [("default", '""'), (pattern(r"^\w+\t$"), kept), (pattern(rf"^(?:{_LED})?(?:any|kept)\t"), kept), *ignored],
        )
        yield _map(f"${_V}asked_found", "record", [("default", f"${_V}asked_found"), ('""', f"${_V}left")])
        yield _map(f"${_V}record", "offers", [("default", '""'), (pattern(r"^(?:[^\t]*\t){2}([^\t]*)\t"), '"$1"')])
        for offers, name in self._offers.items():
            yield preferences.media_type(f"{_V}choice_{name}", offers)
        yield _map(
            f"${_V}offers",
            "choice",
            [("default", "1"), *((name, f"${_V}choice_{name}") for name in self._offers.values())],
        )
        most = max((len(offers) for offers in self._offers), default=1)
        forms = [
            (pattern(rf"^{number + 1}\t(?:[^\t]*\t){{{_BEFORE + number}}}([^\t]*)"), '"$1"') for number in range(most)
        ]
        yield _map(f"${_V}choice{_TAB}${_V}record", "form", [("default", '""'), *forms])
        for name, regex in (("number", r"^(\d+) "), ("base", r"^\d+ (\S+) "), ("codings", r"^\d+ \S+ (\S+) ")):
            yield _map(f"${_V}form", f"form_{name}", [("default", '""'), (pattern(regex), '"$1"')])
        yield _map(f"${_V}form", "form_file", [("default", '""'), (pattern(r"^\d+ \S+ \S+ (.*)$"), '"$1"')])

    def _answers(self) -> dict[str, tuple[Told, int]]:
        """What no file holds, each with the number of its head."""
        made = {
            "404": statuses.nowhere(self.revision),
            "405": statuses.not_allowed(self.revision),
            "501": statuses.no_query(self.revision),
            "308": statuses.elsewhere(self.revision, by_path=False),
            "308_pages": statuses.elsewhere(self.revision, by_path=True),
            "410": statuses.gone(self.revision),
            "204": Told(204, self.preflight, ""),
            **{f"406_{name}": statuses.not_acceptable(self.revision, offers) for offers, name in self._offers.items()},
        }
        return {name: (one, self.heads.number(one.status, _without_location(one.head))) for name, one in made.items()}

    def _told(self, answers: Mapping[str, tuple[Told, int]]) -> Iterator[str]:
        """Status, head and coding of what is sent, and the body of what no file holds."""
        number = {name: str(found) for name, (_, found) in answers.items()}
        yield _map("$request_method", "method", [("default", "405"), ("GET", '""'), ("HEAD", '""'), ("OPTIONS", "204")])
        yield from self._onward()
        for name in ("record", "row", "onward"):
            yield _map(f"${_V}{name}", f"has_{name}", [("default", "1"), ('""', "0")])
        yield _map(
            f"${_V}method:${_V}has_record:${_V}has_row:${_V}has_onward:${_V}is_gone:${_V}choice",
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
        yield _map(f"${_V}offers", "head_406", [("default", "0"), *_by_offers(number)])
        by_path = [("default", number["308"]), (_BY_PATH, number["308_pages"])]
        yield _map(f"${_V}path", "head_308", by_path)
        plain = [(name, number[name]) for name in ("204", "404", "405", "410", "501")]
        computed = [(name, f"${_V}head_{name}") for name in ("308", "406")]
        yield _map(f"${_V}outcome", "head", [("default", "0"), ('""', f"${_V}form_number"), *plain, *computed])
        told = [(str(one), str(status)) for one, status in sorted(self.heads.statuses.items())]
        yield _map(f"${NUMBER}", "head_status", [("default", "200"), *told])
        yield _map(f"${_V}outcome", "status", [("default", f"${_V}outcome"), ('""', f"${_V}head_status")])
        yield from self._coded()
        yield _map(f"${_V}policy", "kept", [("default", '""'), (pattern("kept$"), f"${_V}query")])
        yield _map(
            f"${_V}outcome",
            "location",
            [
                ("default", quoted(f"${_V}h_location${_V}kept")),
                ("308", f"${_V}onward"),
            ],
        )
        bodies = {name: _body(one.body) for name, (one, _) in answers.items()}
        yield _map(f"${_V}offers", "text_406", [("default", '""'), *_by_offers(bodies)])
        texts = [(name, bodies[name]) for name in ("308", "404", "405", "410", "501")]
        yield _map(f"${_V}status", "text", [("default", '""'), *texts, ("406", f"${_V}text_406")])
        yield _map("$status", "title", [("default", "Error"), *((str(k), quoted(v)) for k, v in TITLES.items())])

    def _onward(self) -> Iterator[str]:
        """Where an address leads that has no row: to that whose other spelling it is, or where a pattern says."""
        left = [(pattern(one.regex), quoted(one.location)) for one in self._rules if one.location and not one.keeps]
        kept = [
            (pattern(one.regex), quoted(f"{literal(one.location)[1:-1]}${_V}query"))
            for one in self._rules
            if one.location and one.keeps
        ]
        yield _map(f"${_V}path", "ruled", [("default", '""'), *left, *kept])
        gone = [(pattern(one.regex), "1") for one in self._rules if one.location is None]
        yield _map(f"${_V}path", "ruled_gone", [("default", "0"), *gone])
        yield _map(f"${_V}meant", "is_gone", [("default", "0"), ('""', f"${_V}ruled_gone")])
        meant = quoted(f"{literal(self.api)[1:-1]}${_V}meant${_V}query")
        yield _map(f"${_V}meant", "onward", [("default", meant), ('""', f"${_V}ruled")])

    def _coded(self) -> Iterator[str]:
        """The coding that is sent, its file and its tag, and whether the caller holds it already."""
        for codings, name in self._codings.items():
            yield preferences.coding(f"{_V}coding_{name}", codings)
        known = [(name, f"${_V}coding_{name}") for name in self._codings.values()]
        yield _map(f"${_V}form_codings", "coding", [("default", preferences.IDENTITY), *known])
        yield _map(f"${_V}coding", "ending", [("default", '""'), *CODED.items()])
        yield _map(f"${_V}coding", "mark", [("default", '""'), *((name, f'"-{name}"') for name in CODED)])
        yield _map(
            f"${_V}status:${_V}form_base",
            "etag",
            # No capture here: looking `mark` up would lose it.
            [
                ("default", '""'),
                (pattern(f"^200:{_NONE}$"), '""'),
                (pattern("^200:."), quoted(f'"${_V}form_base${_V}mark"')),
            ],
        )
        holds = [(pattern(r"^\S+ [ \t]*\*[ \t]*$"), "1"), (pattern(r"^(\S+) (?:.*[, \t])?(?:W/)?\1[ \t]*(?:,|$)"), "1")]
        yield _map(f"${_V}etag $http_if_none_match", "unchanged", [("default", '""'), *holds])
        yield _map(f"${_V}unchanged", WHOLE.removeprefix(_V), [("default", f"${NUMBER}"), ("1", '""')])
        sent = [("default", '""'), *((f'":{name}"', name) for name in CODED)]
        yield _map(f"${_V}outcome${_V}unchanged:${_V}coding", "content_encoding", sent)

    # -- what belongs into `server { }`

    def write_server(self, out: IO[str]) -> None:
        """Writes what is done with the maps. The header fields are those that were met until then."""
        broken = statuses.broken(self.revision)
        failed = _body(broken.body).replace(TITLES[500], f"${{{_V}title}}").replace(":500,", ":$status,")
        out.write(_ABOUT_SERVER)
        fields = {**self.heads.fields(), "etag": f"{_V}etag", "content-encoding": f"{_V}content_encoding"}
        out.writelines(f"add_header {name} ${variable} always;\n" for name, variable in fields.items())
        out.write('add_header last-modified "" always;\n')
        out.write(f"error_page 308 404 405 406 501 @{_V}told;\nerror_page 410 @{_V}file;\n")
        # A 304 has the length of what it is of, which `return 304` would say is 0.
        out.write(f"error_page 419 =410 @{_V}told;\n")
        out.write(f"error_page 418 =304 @{_V}file;\n")
        out.write(f"error_page {' '.join(map(str, _FAILURES))} @{_V}failed;\n")
        out.write(_LOCATIONS)
        out.write(f"location @{_V}failed {{\n")
        out.writelines(f"  add_header {name} {literal(value)} always;\n" for name, value in broken.head.items())
        out.write(f"  return 200 {failed};\n}}\n")


_ABOUT_HTTP = "# Written by `contentapi export`, to be included in http { } of nginx, once.\n"
_ABOUT_SERVER = """\
# Written by `contentapi export`, to be included in a server { } of nginx, whose root is the folder `public` beside this one.
etag off;
if_modified_since off;
max_ranges 0;
gzip off;
charset off;
absolute_redirect off;
server_tokens off;
types { }
default_type "";
"""
_LOCATIONS = """\
location / {
  if ($contentapi_unchanged) { return 418; }
  if ($contentapi_status = 204) { return 204; }
  if ($contentapi_status = 308) { return 308 $contentapi_location; }
  if ($contentapi_status = 404) { return 404; }
  if ($contentapi_status = 405) { return 405; }
  if ($contentapi_status = 406) { return 406; }
  if ($contentapi_outcome = 410) { return 419; }
  if ($contentapi_status = 410) { return 410; }
  if ($contentapi_status = 501) { return 501; }
  try_files "/$contentapi_form_file$contentapi_ending" =500;
}
location @contentapi_file {
  try_files "/$contentapi_form_file$contentapi_ending" =500;
}
location @contentapi_told {
  return 200 $contentapi_text;
}
"""


def _map(source: str, name: str, pairs: list[tuple[str, str]]) -> str:
    return written_map(source, _V + name, pairs)


def _lookup(count: int, name: str, asked: str) -> Iterator[str]:
    """Of the rows of a key on all shelves, that of the address as it was sent; and the one whose other spelling it is."""
    found, meant = name.replace("row", "found"), name.replace("row", "meant")
    for shelf in range(count, 0, -1):
        row = f"${_V}{name}_{shelf}"
        end = f"_{shelf}" if shelf > 1 else ""
        next_found, next_meant = (f"${_V}{one}_{shelf + 1}" if shelf < count else '""' for one in (found, meant))
        same = (pattern(r"^([^\t]+)\t\1\t"), row)
        yield _map(f"${_V}{asked}{_TAB}{row}", found + end, [("default", next_found), same])
        if asked == "asked":
            continue
        source = f"${_V}key{_TAB}{row}"
        its_key, another = r"^([^\t]+)\t\1\t{}[^\t]*\t[^\t]*\t\t", r"^([^\t]+)\t([^\t]*)\t{}[^\t]*\t[^\t]*\t\1\t"
        led_on = [(pattern(one.format(_LED)), row) for one in (its_key, another)]
        yield _map(
            source, f"by_key{end}", [("default", f"${_V}by_key_{shelf + 1}" if shelf < count else '""'), *led_on]
        )
        spelled = [(pattern(its_key.format("")), '"$1"'), (pattern(another.format("")), '"$2"')]
        yield _map(source, meant + end, [("default", next_meant), *spelled])


def _without(known: tuple[str, ...]) -> str:
    """A pattern for a query that holds none of these parameters, nor anything that may be one in disguise."""
    names = "|".join(map(re.escape, known))
    return rf"(?:(?!(?:{names})(?:[=&]|$))[^&=%+]*(?:=[^&]*)?(?:&|$))*$"


def _without_location(head: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in head.items() if name != LOCATION}


def _by_offers(values: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name.removeprefix("406_"), value) for name, value in values.items() if name.startswith("406_")]


def _body(text: str) -> str:
    """A body in which what stands for parts of the request is a variable."""
    address = f"${{{_V}location}}" if '"type":"moved"' in text else f"${{{_V}instance}}"
    return literal(text).replace(statuses.ADDRESS, address).replace(statuses.METHOD, "$request_method")
