"""``/v1/resolve`` and ``/v1/redirects``: what a public path is, and every address that moved or went."""

from __future__ import annotations

import re
from typing import Literal

from contentapi.errors import BadParameter
from contentapi.index import addresses, redirects
from contentapi.web import call as calls
from contentapi.web import params, present, redirections
from contentapi.web.answers import JSON, STRUCTURE, Answer, json, key
from contentapi.web.call import Call, Many, Operation
from contentapi.web.resources import fields
from contentapi.web.schemas import Card, NextRule, RedirectEntry, Resolution

PATH = params.Text("path", "A public path of the site, or a full address of it.", example="/approche/", required=True)
FORMAT = params.Choice("format", "How to write the redirects.", ("json", *redirections.FORMATS), "json")


def resolve(call: Call) -> Answer:
    """What a public path is: found, moved, gone or unknown. Always 200."""
    asked = call.text("path") or ""
    internal = addresses.site_path(call.reader, asked.strip())
    if internal is None:
        body = _resolved("unknown", asked, None, (), permanent=False, resource=None)
        return json(body, keys=("redirects", STRUCTURE))
    found = addresses.resolve(call.reader, re.split(r"[?#]", internal, maxsplit=1)[0])
    resource = present.maybe_card(call.addresses, found.row)
    path = found.row.path if found.status == "found" and found.row is not None else found.path
    target = found.target + found.suffix if found.status == "moved" and found.target is not None else None
    body = _resolved(found.status, path, target, found.chain, permanent=found.permanent, resource=resource)
    return json(body, keys=("redirects", STRUCTURE, *((key(found.row.type, found.row.slug),) if found.row else ())))


def _resolved(
    status: Literal["found", "moved", "gone", "unknown"],
    path: str | None,
    target: str | None,
    chain: tuple[str, ...],
    *,
    permanent: bool,
    resource: Card | None,
) -> Resolution:
    return {
        "status": status,
        "path": path,
        "target": target,
        "chain": list(chain),
        "permanent": permanent,
        "resource": resource,
    }


def list_redirects(call: Call) -> Answer:
    """Every old address with where it leads now: chains collapsed, loops left out (diagnostics tell of them)."""
    kept = calls.arranged(call, _every(call), fields.READ_REDIRECTS)
    style = call.text("format") or "json"
    if style == "json":
        found = calls.paged(call, kept, [one["from"] for one in kept])
        return calls.listing(call, found, keys=("redirects", STRUCTURE))
    for name in ("sort", "limit", "cursor", "total"):
        if name in call.asked.given:
            raise BadParameter(
                name, f"{name} is of the JSON list; format={style} gives all rules, in the order they need."
            )
    media, written = redirections.FORMATS[style]
    rules = redirections.of_host(kept, call.reader.site.base) if style in redirections.OF_HOST else kept
    return Answer(written(redirections.ordered(rules)).encode(), media, keys=("redirects", STRUCTURE))


def _every(call: Call) -> list[RedirectEntry]:
    return [
        {
            "from": one.origin,
            "to": one.target,
            "status": 410 if one.target is None else 308 if one.permanent else 307,
            "permanent": one.permanent,
            "pattern": one.pattern,
            "chain": list(one.chain),
            "source": {"path": one.source, "line": one.line},
        }
        for one in redirects.every(call.reader)
    ]


OPERATIONS = (
    Operation("/v1/resolve", "resolve", "What a public path is", resolve, "Addresses", (PATH,), answer=Resolution),
    Operation(
        "/v1/redirects",
        "listRedirects",
        "The redirects",
        list_redirects,
        "Addresses",
        (FORMAT,),
        answer=Many(RedirectEntry),
        media={JSON: list[NextRule], "text/plain": str, "text/csv": str},
        fields=fields.redirects,
    ),
)
