"""The configuration with which nginx answers from the files as the service does: ``http.conf`` and ``server.conf``.

One large map finds the row of an address (:mod:`contentapi.publish.rows`). All else is reckoned from that row and the
request (:mod:`contentapi.publish.reckoning`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO

from contentapi.publish import reckoning, server, statuses
from contentapi.publish.answers import Published
from contentapi.publish.conf import DOLLAR
from contentapi.publish.heads import LOCATION, Heads
from contentapi.publish.patterns import Rule
from contentapi.publish.reckoning import Answers
from contentapi.publish.rows import Rows
from contentapi.publish.statuses import Told

#: More than this, and nginx begins its search for the size of a map where it ends (``ngx_hash_init``).
_LEAST_SIZE = 16_384
_BUCKET = 8192
_ABOUT_HTTP = "# Written by `contentapi export`, to be included in http { } of nginx, once.\n"


class Nginx:
    """The configuration of one export, in the making.

    ``opened`` makes a file for what is too large for memory; ``preflight`` is what is sent beside the answer to OPTIONS.
    """

    def __init__(self, opened: Callable[[], IO[str]], api: str, revision: str, preflight: Mapping[str, str]) -> None:
        self._api = api
        self._revision = revision
        self._preflight = preflight
        self._heads = Heads(opened)
        self._rows = Rows(opened, self._heads, api)
        self._rules: list[Rule] = []

    def add(self, one: Published) -> bool:
        """Takes an address up; False when nginx cannot be told of it."""
        return self._rows.add(one)

    def add_rule(self, rule: Rule) -> None:
        """Takes a pattern up, behind those that came before."""
        self._rules.append(rule)

    def write_http(self, out: IO[str]) -> None:
        """Writes the maps, which belong into ``http { }``."""
        answers = self._answers()
        size = max(_LEAST_SIZE, 1 << (2 * max(len(self._rows), len(self._heads))).bit_length())
        out.write(_ABOUT_HTTP)
        out.write(f"map_hash_max_size {size};\nmap_hash_bucket_size {_BUCKET};\nvariables_hash_max_size 4096;\n")
        out.write(f'geo ${DOLLAR} {{ default "$"; }}\n')
        out.writelines(reckoning.request(self._api))
        self._rows.write(out)
        out.writelines(reckoning.chosen(self._rows))
        out.writelines(reckoning.onward(self._api, self._rules))
        out.writelines(reckoning.told(answers, self._heads.statuses))
        out.writelines(reckoning.coded(self._rows.codings))
        self._heads.write(out)

    def write_server(self, out: IO[str]) -> None:
        """Writes what is done with the maps, which belongs into ``server { }``; after :meth:`write_http`."""
        server.write(out, self._heads.fields(), self._revision)

    def _answers(self) -> Answers:
        """What no file holds, each with the number of its head."""
        made = {
            "404": statuses.nowhere(self._revision),
            "405": statuses.not_allowed(self._revision),
            "501": statuses.no_query(self._revision),
            "308": statuses.elsewhere(self._revision, by_path=False),
            "308_pages": statuses.elsewhere(self._revision, by_path=True),
            "410": statuses.gone(self._revision),
            "204": Told(204, self._preflight, ""),
            **{
                f"406_{name}": statuses.not_acceptable(self._revision, offers)
                for offers, name in self._rows.offers.items()
            },
        }
        return {name: (one, self._heads.number(one.status, _without_location(one.head))) for name, one in made.items()}


def _without_location(head: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in head.items() if name != LOCATION}
