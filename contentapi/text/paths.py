"""The spelling of public paths: keys under which spellings meet, permalinks, links, slugs. Pure, and it never raises.

A *path* is decoded and NFC, as the site publishes it (``/fast/lauréats``, ``/approche/``, ``/home.html``). A *key* is
what all spellings of one path have in common: :func:`key` makes it, and the index finds documents by it.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote_to_bytes

# ---------------------------------------------------------------------------------------------------------------------
# Paths
# ---------------------------------------------------------------------------------------------------------------------


def key(path: str) -> str:
    """The key of an address: what ``path`` has in common with every other spelling of itself (no query, no fragment).

    Percent-decoded, NFC, one slash between segments and none at the end, without a final ``.html``, ``.htm`` or
    ``index``; ``.`` and ``..`` are resolved below the root. Case counts. The root is ``/``. A key is its own key, and
    a path and its encoded spelling have one key: so what decoding uncovers is decoded too (``%2541`` is ``A``), and
    bytes that are no UTF-8 stay as they are (``%FF``).
    """
    segments = _resolve(unicodedata.normalize("NFC", _decode_all(path)).split("/"))
    return _joined(segments)


def publish(permalink: str) -> str | None:
    """The public path that an author's permalink stands for, or None when it is no path of a site.

    A final slash and ``.html`` stay as written; ``/a/index.html`` is published at ``/a/``. It is no path when it has a
    scheme, a host, a query or a fragment, a backslash, a control character or a ``..`` segment.
    """
    written = permalink.strip()
    if not written or _ELSEWHERE.match(written) or "?" in written or "#" in written:
        return None
    path = unicodedata.normalize("NFC", decode(written))
    if "\\" in path or _UNPRINTABLE.search(path) or ".." in path.split("/"):
        return None
    path = relative("/", path)
    return path.removesuffix("index.html") if path.endswith("/index.html") else path


def without_base(path: str, base: str) -> str:
    """A path of the site's host as one of the site, which lives below ``base``; any other path as it is."""
    if base and (path == base or path.startswith(base + "/")):
        return path[len(base) :] or "/"
    return path


def last_segment(path: str) -> str:
    """The slug of a path: its last segment, without final slash and ``.html``; ``index`` for the root."""
    return _without_suffix(path.rstrip("/").rpartition("/")[2]) or "index"


def decode(text: str) -> str:
    """The text percent-decoded, once; what is no escape stays as it is, and so do bytes that are no UTF-8 (``%FF``)."""
    if "%" not in text:
        return text
    return unquote_to_bytes(text.encode(errors="surrogatepass")).decode(errors=_AS_ESCAPES)


def encode(path: str) -> str:
    """The path as a URL spells it (RFC 3986), safe between quotes in HTML: ``/fast/laur%C3%A9ats``."""
    return quote(path, safe=_UNENCODED, errors="surrogatepass")


def parents(path: str) -> list[str]:
    """The keys of the ancestors of a path, from the nearest to the root; the root has none."""
    found: list[str] = []
    segments = key(path).split("/")[1:]
    while any(segments):
        segments.pop()
        found.append(_joined(segments))
    return found


def relative(base_dir: str, target: str) -> str:
    """The address of ``target`` as a link in the directory ``base_dir`` means it; ``..`` never leaves the root.

    The result starts with a slash, and ends with one where it names a directory. Both are paths without query.
    """
    segments = (target if target.startswith("/") else f"{base_dir}/{target}").split("/")
    resolved = "/" + "/".join(_resolve(segments))
    is_directory = segments[-1] in {"", ".", ".."}
    return resolved + "/" if is_directory and resolved != "/" else resolved


#: What a permalink starts with when it leads to another place: a scheme, or two slashes and a host.
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//+[^/]")
#: Control characters, line and paragraph separators, lone surrogates: nobody can type them, some parsers cut at them.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
#: What RFC 3986 lets stand in a path beside letters, digits and `-._~`, less the `'` that would close an attribute.
_UNENCODED = "/!$&()*+,;=:@"


def _resolve(segments: list[str]) -> list[str]:
    """The segments without empty ones and ``.``, each ``..`` taking back the one before it, if any."""
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return kept


def _joined(segments: list[str]) -> str:
    """The key of these segments, which become those of the key: the end that a key leaves out goes."""
    while segments:
        segments[-1] = _without_suffix(segments[-1])
        if segments[-1] != "index":
            break
        segments.pop()
    return "/" + "/".join(segments)


def _without_suffix(segment: str) -> str:
    """The segment without final ``.html`` or ``.htm``, repeated or not; a name that is nothing else stays."""
    stem = segment
    while stem.endswith((".html", ".htm")):
        stem = stem.removesuffix(".html") if stem.endswith(".html") else stem.removesuffix(".htm")
        # `.html` and `..html` would leave an empty segment or a dot, which mean something else in a path.
        if not stem.strip("."):
            return segment
        segment = stem
    return segment


def _decode_all(path: str) -> str:
    """The path percent-decoded until no escape is left."""
    data = unquote_to_bytes(path.encode(errors="surrogatepass"))
    return (_unescape(data) if b"%" in data else data).decode(errors=_AS_ESCAPES)


def _unescape(data: bytes) -> bytes:
    """The bytes with every escape replaced, those that a replacement completes included, in one pass.

    To decode again and again until nothing changes would cost the square of the length of ``%25252525…``.
    """
    done = bytearray()
    for byte in data:
        done.append(byte)
        while _ESCAPE.match(done, len(done) - 3):
            done[-3:] = bytes.fromhex(done[-2:].decode("ascii"))
    return bytes(done)


_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")


def _as_escapes(error: UnicodeError) -> tuple[str, int]:
    """An error handler for decoding: bytes that are no UTF-8 are spelled ``%FF``."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"%{byte:02X}" for byte in error.object[error.start : error.end]), error.end


_AS_ESCAPES = "contentapi.paths.as_escapes"
codecs.register_error(_AS_ESCAPES, _as_escapes)


# ---------------------------------------------------------------------------------------------------------------------
# URLs
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of a URL as a browser tells them apart; ``path`` and ``suffix`` (query and fragment) raw.

    ``scheme`` and ``host`` are in lower case. The host bears a port that is not the usual one, for that is another
    place. ``path`` is None when no browser could follow the URL (``http://[``).
    """

    scheme: str | None
    host: str | None
    path: str | None
    suffix: str = ""


def split_url(url: str) -> Url:
    """The parts of ``url``, whatever it is; like browsers, it ignores outer blanks and takes a backslash for ``/``."""
    written = url.strip().translate(_IGNORED)
    scheme, rest, suffix = _cut(written)
    if scheme in _WEB:
        rest = rest.replace("\\", "/")
    if not rest.startswith("//"):
        return Url(scheme, None, rest, suffix)
    # `///host` is a host too for a browser, where the scheme is one of the web.
    authority, slash, path = (rest.lstrip("/") if scheme in _WEB else rest[2:]).partition("/")
    if not authority:
        return Url(scheme, None, slash + path, suffix)
    host = _host(scheme, authority)
    return Url(scheme, host, slash + path if host else None, suffix)


def _cut(written: str) -> tuple[str | None, str, str]:
    """The scheme, what stands between it and the first ``?`` or ``#``, and what begins there."""
    mark = _SUFFIX.search(written)
    rest, suffix = (written[: mark.start()], written[mark.start() :]) if mark else (written, "")
    scheme = _SCHEME.match(rest)
    return (scheme[1].lower(), rest[scheme.end() :], suffix) if scheme else (None, rest, suffix)


def _host(scheme: str | None, authority: str) -> str | None:
    """The host of ``user@Host:443``, or None when there is none to go to."""
    found = _AUTHORITY.fullmatch(authority.rpartition("@")[2].lower())
    if found is None:
        return None
    port = found["port"]
    return found["host"] if not port or port == _USUAL_PORTS.get(scheme) else f"{found['host']}:{port}"


#: The schemes whose addresses browsers read leniently; no scheme means that of the page.
_WEB = frozenset({None, "http", "https"})
_USUAL_PORTS: dict[str | None, str] = {"http": "80", "https": "443"}
#: Browsers drop these wherever they stand: `java\nscript:` has a scheme.
_IGNORED = dict.fromkeys(map(ord, "\t\n\r"))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SUFFIX = re.compile(r"[?#]")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^\[\]:\s<>^|%\x00-\x1f]+)(?::(?P<port>[0-9]*))?")


# ---------------------------------------------------------------------------------------------------------------------
# Slugs
# ---------------------------------------------------------------------------------------------------------------------


def slugify(text: str, mode: Literal["default", "pretty"] = "default", *, cased: bool = False) -> str:
    """The text as Jekyll makes slugs: letters, marks and digits, every run of anything else becoming one ``-``.

    Mode ``pretty`` also keeps ``._~!$&'()+,;=@``. Lower case unless ``cased``. Without ``-`` at the ends, NFC.
    """
    slug = _RUNS.sub("-", text.translate(_KEPT[mode])).strip("-")
    return unicodedata.normalize("NFC", slug if cased else slug.lower())


def term_slug(label: str) -> str:
    """The slug of an author, tag or category: ``Matti Schneider`` → ``matti-schneider``, ``data.gouv.fr`` as it is.

    Lower case, NFC, accents kept, ``.`` and ``_`` kept inside; empty only when the label has no letter or digit.
    """
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).lower())
    slug = _RUNS.sub("-", lower.translate(_KEPT["term"]))
    return _TERM_START.sub("", slug).rstrip("-._")


def two_terms(label: str, other: str) -> bool:
    """Whether two labels would have one slug though they name two things (``C`` and ``C++``), not one in two spellings.

    What people write now this way and now that is of no account: case, blanks, hyphens, underscores, apostrophes.
    """
    return label != other and term_slug(label) == term_slug(other) and _told_apart(label) != _told_apart(other)


def _told_apart(label: str) -> str:
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).lower())
    return "".join(sign for sign in lower if sign not in _BY_HABIT and unicodedata.category(sign)[0] not in "ZC")


class _Kept(dict[int, int]):
    """A table for ``str.translate``: a character stays, or becomes ``-``. Each character is looked up once."""

    def __init__(self, categories: tuple[str, ...], signs: str) -> None:
        super().__init__((ord(sign), ord(sign)) for sign in signs)
        self.categories = categories

    def __missing__(self, point: int) -> int:
        is_kept = unicodedata.category(chr(point)).startswith(self.categories)
        self[point] = point if is_kept else ord("-")
        return self[point]


_KEPT = {
    "default": _Kept(("L", "M", "Nd"), ""),
    "pretty": _Kept(("L", "M", "Nd"), "._~!$&'()+,;=@"),
    "term": _Kept(("L", "M", "N"), "._"),
}
_RUNS = re.compile("--+")
_BY_HABIT = frozenset("-‐‑‒–—_'’‘ʼ`´")
#: What a term cannot start with: marks have nothing to stand on there. `\w` is letters, digits and `_`.
_TERM_START = re.compile(r"\A(?:\W|_)+")
