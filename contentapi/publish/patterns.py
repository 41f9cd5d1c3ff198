"""Redirects that are patterns (``/old/*``): as many addresses as anyone makes up, so a rule for the server each.

Where such a rule leads is asked of the service, with made-up words in the place of what the pattern leaves open.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import product

from contentapi.model import Site
from contentapi.publish.asking import App, ask
from contentapi.publish.conf import SAFE
from contentapi.publish.spellings import PAGES
from contentapi.text import paths
from contentapi.web.resources.single import SUFFIX

#: What stands before a path of the site.
BELOW = (PAGES, "/embed/pages/")
#: Where a pattern counts, and what may stand after an address there. With an ending first: without, it would be a name.
_ASKED = ((PAGES, SUFFIX), *((below, "") for below in BELOW))
_WORD = "contentapi-made-up-{}"
_NAME = re.compile(r":[A-Za-z_]\w*")
#: Captures that nginx can name.
_MOST = 9


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of addresses as they are sent, and where it leads; None: gone.

    In the location, ``words`` stand for what each group of the pattern holds. ``keeps`` says that the query goes along.
    """

    regex: str
    location: str | None
    keeps: bool = False
    words: tuple[str, ...] = ()


async def rules(app: App, site: Site, origins: Sequence[str]) -> AsyncIterator[Rule]:
    """The rules for these patterns, below each address at which documents are found by their path on the site."""
    for origin, (below, ending) in product(origins, _ASKED):
        regex, sample, count = _compiled(origin, below, ending)
        reply = await ask(app, sample)
        reply.body.close()
        location = reply.field("location")
        if reply.status == 410:
            yield Rule(regex, None)
        elif reply.status == 308 and not any(word in location for word in _words(count)):
            yield Rule(regex, location, keeps=location.startswith(f"{site.api or ''}{below}"))
        elif reply.status == 308 and count <= _MOST and below == PAGES:
            yield Rule(regex, _on_api(location, site, ending), words=_words(count))


def _words(count: int) -> tuple[str, ...]:
    return tuple(_WORD.format(number + 1) for number in range(count))


def _on_api(location: str, site: Site, ending: str) -> str:
    """Where a location of the site is found here, if there is a document; any other location as it is."""
    above = f"{site.origin or ''}{site.base}/"
    if not location.startswith(above):
        return location
    return (site.api or "") + PAGES + re.split("[?#]", location.removeprefix(above), maxsplit=1)[0] + ending


def _compiled(origin: str, below: str, ending: str) -> tuple[str, str, int]:
    """The regular expression for a pattern, an address that it matches, and how much it leaves open."""
    regex, sample, count = f"^{re.escape(below.rstrip('/'))}", below.rstrip("/"), 0
    for segment in re.sub(r"(?:/index)?\.html?$|/index$", "", origin).strip("/").split("/"):
        count += 1
        if segment == "*":
            regex, made_up = f"{regex}(?:/({SAFE}*?))?", _WORD.format(count)
        elif _NAME.fullmatch(segment):
            regex, made_up = f"{regex}/((?:(?!/){SAFE})+?)", _WORD.format(count)
        else:
            count -= 1
            encoded = paths.encode(segment)
            regex += "/" + re.escape(encoded).replace(r"\*", f"{SAFE}*")
            made_up = encoded.replace("*", "x")
        sample = f"{sample}/{made_up}"
    return rf"{regex}(?:\.html?|/index|/)*{re.escape(ending)}$", sample + ending, count
