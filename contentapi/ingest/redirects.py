"""The ``_redirects`` file: one rule a line, as Netlify reads it (``from to [status]``, ``*`` and ``:splat``, ``#``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contentapi.model import Diagnostic, Ingested, Redirect, Severity, Site, SourceFile
from contentapi.text import paths

_STATUS = re.compile(r"([1-5]\d\d)!?")
_MOVED = {301, 302, 303, 307, 308}


def read(file: SourceFile, site: Site) -> Ingested:
    """The rules of a ``_redirects`` file; a line that is none is a diagnostic."""
    found = list(_rules(file, site))
    return Ingested(
        file.path,
        file.digest,
        redirects=tuple(one for one in found if isinstance(one, Redirect)),
        diagnostics=tuple(one for one in found if isinstance(one, Diagnostic)),
    )


def _rules(file: SourceFile, site: Site) -> Iterator[Redirect | Diagnostic]:
    for number, line in enumerate(re.split(b"\r\n|\n|\r", file.content), start=1):
        try:
            words = _words(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError:
            yield _told(file.path, number, "The line is not UTF-8.")
            continue
        if words:
            yield _rule(file.path, number, words, site)


def _words(line: str) -> list[str]:
    """What a line says before its comment, which begins with the first word that begins with ``#`` (``/a#b`` is none)."""
    words = line.split()
    comment = next((index for index, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:comment]


def _rule(source: str, number: int, words: list[str], site: Site) -> Redirect | Diagnostic:
    origin = _origin(words[0], site)
    if origin is None:
        return _told(source, number, f"The rule starts with {words[0]!r}, which is no path of the site.")
    target, status, unknown = _rest(words[1:])
    if unknown is not None:
        # To leave a condition out would send everybody where the rule sends a few.
        return _told(source, number, f"The rule for {words[0]!r} says {unknown!r}, which is not understood here.")
    if status == 410:
        return Redirect(origin, None, 410, source, number)
    if target is None:
        return _told(source, number, f"The rule for {words[0]!r} names no target.")
    if status not in _MOVED:
        return _told(source, number, f"A rule with status {status} is not served here; only moved and gone are.")
    return Redirect(origin, target, status, source, number)


def _origin(word: str, site: Site) -> str | None:
    """The old path, written with the base of the site or without.

    Of an address of another host, or one that depends on a query, nothing is answered here.
    """
    url = paths.split_url(word)
    if url.path is None or url.suffix or (url.host is None and not word.startswith("/")):
        return None
    if url.host is not None and url.host != paths.split_url(site.origin or "").host:
        return None
    return paths.publish(paths.without_base(url.path or "/", site.base))


def _rest(words: list[str]) -> tuple[str | None, int, str | None]:
    """The target, the status, and the first word that is neither (Netlify's ``Country=fr`` and ``id=:id``)."""
    target: str | None = None
    status = 301
    for word in words:
        match = _STATUS.fullmatch(word)
        if match is not None:
            status = int(match[1])
        elif target is None and word.startswith(("/", "http://", "https://")):
            target = word
        else:
            return target, status, word
    return target, status, None


def _told(source: str, number: int, message: str) -> Diagnostic:
    return Diagnostic(
        "redirect-invalid",
        Severity.WARNING,
        source,
        message,
        "Write `/old /new`, `/old/* /new/:splat` or `/old 410`.",
        line=number,
    )
