"""The redirects in the words of those who serve them: a CDN, a web server, a framework, a spreadsheet.

All of them take the first rule that fits: single addresses come before patterns, and patterns in the order of their file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import orjson

from contentapi.text import paths
from contentapi.web.answers import JSON
from contentapi.web.schemas import NextRule, RedirectEntry

_TEXT = "text/plain; charset=utf-8"
_PLACEHOLDER = re.compile(r":([A-Za-z_]\w*)")
#: What a target may hold as it is: all that has a meaning in an address, less what would have one in a file of rules.
_IN_A_TARGET = "/:?#[]@!&'()*+,;=~%-._"


def ordered(every: Sequence[RedirectEntry]) -> list[RedirectEntry]:
    """The rules so that the first that fits is the right one."""
    return sorted(every, key=lambda one: (one["pattern"], *_place(one), one["from"]))


def of_host(every: Sequence[RedirectEntry], base: str) -> list[RedirectEntry]:
    """The rules as the host of a site that lives below ``base`` sees them: paths of the site have it before them."""
    if not base:
        return list(every)
    return [
        {**one, "from": base + one["from"], "to": base + one["to"] if one["to"] and _is_path(one["to"]) else one["to"]}
        for one in every
    ]


def _is_path(to: str) -> bool:
    return to.startswith("/") and not to.startswith("//")


def _place(one: RedirectEntry) -> tuple[str, int]:
    return (one["source"]["path"], one["source"]["line"] or 0) if one["pattern"] else ("", 0)


def _target(one: RedirectEntry) -> str:
    """Where a rule leads, as an address spells it."""
    to = one["to"] or "/"
    if one["pattern"] or not _is_path(to):
        return quote(to, safe=_IN_A_TARGET)
    # A path is decoded here, the query and the fragment behind it are as they were written.
    mark = re.search(r"[?#]", to)
    end = mark.start() if mark else len(to)
    return paths.encode(to[:end]) + quote(to[end:], safe=_IN_A_TARGET)


def _parts(origin: str) -> list[str]:
    return origin.strip("/").split("/")


# -- Netlify ----------------------------------------------------------------------------------------------------------


def netlify(every: Sequence[RedirectEntry]) -> str:
    """https://docs.netlify.com/manage/routing/redirects/overview/: from, to, status."""
    return "".join(f"{paths.encode(one['from'])} {_target(one)} {one['status']}\n" for one in every)


# -- nginx ------------------------------------------------------------------------------------------------------------


def nginx(every: Sequence[RedirectEntry]) -> str:
    """Locations for a server block: https://nginx.org/en/docs/http/ngx_http_core_module.html#location.

    nginx compares decoded addresses, and expands ``$`` in what it returns; nothing else of it is written here.
    """
    return "".join(f"location {_location(one)} {{ return {_return(one)}; }}\n" for one in every)


def _location(one: RedirectEntry) -> str:
    if not one["pattern"]:
        return f"= {_quoted(one['from'])}"
    return f"~ {_quoted('^' + ''.join(map(_nginx_part, _parts(one['from']))) + '$')}"


def _nginx_part(segment: str) -> str:
    # What a capture takes goes into a header: it must not hold the end of a line.
    if segment == "*":
        return r"(?:/(?<splat>[^\x00-\x1f]*))?"
    if _PLACEHOLDER.fullmatch(segment):
        return rf"/(?<{segment[1:]}>[^/\x00-\x1f]+)"
    return "/" + re.escape(segment).replace(r"\*", r"[^\x00-\x1f]*")


def _return(one: RedirectEntry) -> str:
    if one["to"] is None:
        return "410"
    target = _target(one).replace("$", "%24")
    if one["pattern"]:
        target = _PLACEHOLDER.sub(r"${\1}", target)
    return f"{one['status']} {_quoted(target)}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# -- Next.js ----------------------------------------------------------------------------------------------------------


def next_js(every: Sequence[RedirectEntry]) -> str:
    """What ``redirects()`` of next.config.js returns: https://nextjs.org/docs/app/api-reference/config/next-config-js/redirects.

    It has no word for what is gone.
    """
    rules: list[NextRule] = [
        {"source": _next_source(one), "destination": _next_destination(one), "permanent": one["permanent"]}
        for one in every
        if one["to"] is not None
    ]
    return orjson.dumps(rules, option=orjson.OPT_INDENT_2).decode().replace("<", "\\u003c") + "\n"


def _next_source(one: RedirectEntry) -> str:
    if not one["pattern"]:
        return _literal(paths.encode(one["from"]))
    return "".join("/" + _next_part(segment) for segment in _parts(one["from"]))


def _next_part(segment: str) -> str:
    if segment == "*":
        return ":splat*"
    if _PLACEHOLDER.fullmatch(segment):
        return segment
    return "(.*)".join(_literal(paths.encode(part)) for part in segment.split("*"))


def _next_destination(one: RedirectEntry) -> str:
    target = _target(one)
    if not one["pattern"]:
        scheme = re.match(r"https?://", target)
        start = scheme.end() if scheme else 0
        return target[:start] + _literal(target[start:].partition("?")[0]) + "".join(target[start:].partition("?")[1:])
    return target.replace(":splat", ":splat*") if "*" in one["from"] else target


def _literal(text: str) -> str:
    """The text with everything escaped that path-to-regexp takes for a sign."""
    return re.sub(r"([(){}:*+?\\])", r"\\\1", text)


# -- a spreadsheet ----------------------------------------------------------------------------------------------------


def table(every: Sequence[RedirectEntry]) -> str:
    """Comma-separated values (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("from", "to", "status"))
    for one in every:
        target = _target(one) if one["to"] is not None else ""
        writer.writerow((paths.encode(one["from"]), target, one["status"]))
    return out.getvalue()


#: The formats of those who serve a whole host. Next.js puts its ``basePath`` before each rule by itself.
OF_HOST = frozenset({"netlify", "nginx"})
#: Each format with its media type.
FORMATS: Mapping[str, tuple[str, Callable[[Sequence[RedirectEntry]], str]]] = {
    "netlify": (_TEXT, netlify),
    "nginx": (_TEXT, nginx),
    "next": (JSON, next_js),
    "csv": ("text/csv; charset=utf-8; header=present", table),
}
