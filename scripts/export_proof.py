"""Serves an export with nginx, asks it and the live service the same, and prints how often they said the same.

Compared are status, body and every header field but those of the connection (Date, Server, Connection, Keep-Alive). Exit
code 1 when anything differs that is not named in docs/static-export.md as different.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CONTENTAPI_SHARED", ROOT.parent / "shared"))
PATIENCE = 60.0
#: Of the connection, or of the server's own.
APART = frozenset({"date", "server", "connection", "keep-alive", "transfer-encoding"})
ENCODINGS = (
    None, "identity", "gzip", "br", "gzip, deflate, br, zstd", "br;q=0.5, gzip;q=0.9", "gzip;q=0, *;q=0.2", "x-gzip",
)  # fmt: skip
ACCEPTED = (
    "*/*", "application/json", "text/html", "text/markdown", "application/ld+json",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/markdown;q=0.4, application/json;q=0.3", "image/x-none",
)  # fmt: skip
#: How many header fields made up at random each negotiated address of a few is asked with.
RANDOM = int(os.environ.get("RANDOM_FIELDS", "500"))

#: Names that servers, shells and file systems read in ways of their own; a list of many pages; heads that are long.
_TITLES = (
    "$uri", "${x}", "a;b", "a{b}", "a b", 'a"b', "a'b", "a\\b", "a#b", "a%2Fb", "a+b", "~a", "été", "ÉTÉ", "About", "about",
    "ABOUT", "index", "index.json", "default", "data.gouv.fr", "x" * 200, "é" * 120, "日本", "a,b=c&d", "*", "(a|b)", "\t",
)  # fmt: skip
HOSTILE = {
    "contentapi.toml": '[site]\norigin = "https://site.example"\n',
    "index.md": "---\ntitle: Home\n---\n" + "".join(f"[{one}](/many/{one})\n" for one in range(90)),
    **{
        f"titles/{number}.md": f"---\ntitle: {json.dumps(title)}\npermalink: {json.dumps(f'/titles/{title}')}\n"
        f"redirect_from: [{json.dumps(f'/old/{title}')}]\ntags: [{json.dumps(title)}]\n---\n{title} "
        + "text " * 100
        + "\n"
        for number, title in enumerate(_TITLES)
    },
    **{
        f"posts/2024-01-01-{number}.md": f"---\ntitle: {number}\ncategories: [{json.dumps(title)}]\n---\n"
        for number, title in enumerate(_TITLES * 3)
    },
    **{f"many/{number}.md": f"---\ntitle: {number}\n---\n[home](/)\n" for number in range(90)},
    "img/a $1 é.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "_redirects": "/blog/* /about 301\n/gone 410\n/lost/* / 410\n/out/* https://elsewhere.example/:splat 301\n",
}

NGINX = """
daemon off;
pid {root}/nginx.pid;
error_log {root}/nginx.log warn;
worker_processes 1;
{user}
events {{ worker_connections 256; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {root}/body;
  proxy_temp_path {root}/proxy;
  fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi;
  scgi_temp_path {root}/scgi;
  include {export}/nginx/http.conf;
  server {{
    listen 127.0.0.1:{port};
    root {export}/public;
    include {export}/nginx/server.conf;
  }}
}}
"""


@dataclass(frozen=True)
class Reply:
    """An answer, without what is of its connection."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """A server on a port of this machine, asked over one connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, target: str, method: str = "GET", **fields: str | None) -> Reply:
        headers = {name.replace("_", "-"): value for name, value in fields.items() if value is not None}
        for patience in (1, 0):
            try:
                self._connection.putrequest(method, target, skip_accept_encoding=True)
                for name, value in headers.items():
                    self._connection.putheader(name, value)
                self._connection.endheaders()
                answer = self._connection.getresponse()
                body = answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                self._connection.close()
                if not patience:
                    raise
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, {name: value for name, value in told.items() if name not in APART}, body)


@dataclass
class Report:
    """What was compared, by kind, and the first differences of each."""

    same: Counter[str] = field(default_factory=Counter)
    different: dict[str, list[str]] = field(default_factory=dict)

    def compare(self, kind: str, asked: str, live: Reply, static: Reply) -> None:
        if live.status == 304 or "content-length" not in live.headers:
            # Without a body, whether its length is told is for each server to say (RFC 9110 §8.6); a stream has none.
            live, static = (Reply(one.status, _without_length(one.headers), one.body) for one in (live, static))
        if live.status >= 300 and live.status != 410 and "Accept-Encoding" in live.headers.get("vary", ""):
            # What no file holds has one coding.
            live, static = _in_any_coding(live, static)
        if live == static:
            self.same[kind] += 1
            return
        told = [f"{live.status} and {static.status}"] if live.status != static.status else []
        names = sorted(live.headers.keys() | static.headers.keys())
        told += (
            f"{name}: {live.headers.get(name)!r} and {static.headers.get(name)!r}"
            for name in names
            if live.headers.get(name) != static.headers.get(name)
        )
        told += [f"bodies: {live.body[:80]!r} and {static.body[:80]!r}"] if live.body != static.body else []
        self.different.setdefault(kind, []).append(f"{asked}: {'; '.join(told)}")

    def printed(self) -> bool:
        for kind in dict.fromkeys((*self.same, *self.different)):
            wrong = self.different.get(kind, [])
            print(f"  {self.same[kind]:>8} equal  {len(wrong):>4} not  {kind}")
            for one in wrong[:4]:
                print(f"           {one[:400]}")
        return not self.different


def _in_any_coding(live: Reply, static: Reply) -> tuple[Reply, Reply]:
    """Both without what depends on the coding: body and its length too where the first has one."""
    coded = "content-encoding" in live.headers
    apart = {"vary", "content-encoding", *(("content-length",) if coded else ())}
    first, second = (
        Reply(one.status, {k: v for k, v in one.headers.items() if k not in apart}, b"" if coded else one.body)
        for one in (live, static)
    )
    return first, second


def _without_length(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-length"}


# -- what is asked ----------------------------------------------------------------------------------------------------


def crawled(live: Server, api: str, first: Iterable[str], left: set[str]) -> set[str]:
    """Every address of the API that answers of the service lead to, without a query of its own making; ``left`` apart."""
    found = set(left)
    waiting = list(first)
    while waiting:
        target = waiting.pop()
        if target in found:
            continue
        found.add(target)
        reply = live.ask(target)
        if reply.headers.get("content-type") == "application/json":
            waiting += (one for one in links(json.loads(reply.body), api) if one not in found)
    return found - left


def links(value: Any, api: str) -> Iterator[str]:
    """The addresses in ``links`` that lead on without a query, and to the next result page."""
    if isinstance(value, dict):
        for name, below in (value.get("links") or {}).items() if isinstance(value.get("links"), dict) else ():
            if not isinstance(below, str) or name == "web" or not below.startswith(api + "/"):
                continue
            target = below.removeprefix(api)
            if "?" not in target or (name == "next" and target.count("=") == 1):
                yield target
        for below in value.values():
            yield from links(below, api)
    elif isinstance(value, list):
        for below in value:
            yield from links(below, api)


def field_at_random(chance: random.Random, names: tuple[str, ...]) -> str:
    """A field of names with weights, well written or not."""
    weights = (
        "",
        "",
        ";q=0",
        ";q=1",
        ";q=0.5",
        ";q=0.50",
        ";q=0.123",
        ";q=.5",
        ";q=2",
        ";q=0.9999",
        " ; Q = 0.7",
        ";q=",
    )
    extra = ("", "", "", ';a="b,c;q=0"', ";v=1", ';x="')
    parts = [chance.choice(names) + chance.choice(extra) + chance.choice(weights) for _ in range(chance.randint(0, 5))]
    return chance.choice((", ", ",", " ,, ")).join(parts)


CODINGS = ("br", "gzip", "x-gzip", "identity", "*", "deflate", "BR", "brotli", "")
MEDIA = ("text/html", "application/json", "text/markdown", "application/ld+json", "text/*", "application/*", "*/*",
         "image/png", "json", "TEXT/HTML", "")  # fmt: skip


# -- the proof --------------------------------------------------------------------------------------------------------


@dataclass
class Proof:
    """One export and the live service, side by side."""

    live: Server
    static: Server
    answers: dict[str, list[dict[str, Any]]]
    left: set[str]
    api: str
    report: Report = field(default_factory=Report)

    def both(self, kind: str, target: str, method: str = "GET", **fields: str | None) -> Reply:
        live, static = (one.ask(target, method, **fields) for one in (self.live, self.static))
        self.report.compare(kind, f"{method} {target} {fields}", live, static)
        return live

    def run(self) -> None:
        found = crawled(self.live, self.api, ["/", *self.answers], self.left)
        lost = {one for one in found if one not in self.answers and self.live.ask(one).status in {200, 308, 410}}
        for one in sorted(lost):
            self.report.different.setdefault("addresses that the export lacks", []).append(one)
        nowhere = found - self.answers.keys() - lost
        print(f"  {len(self.answers)} addresses; through links, {len(found)} are reached, {len(nowhere)} of them 404")
        for target, forms in self.answers.items():
            self.address(target, forms)
        self.below()
        self.spellings()
        self.nothing()
        self.random()

    def address(self, target: str, forms: list[dict[str, Any]]) -> None:
        for encoding in ENCODINGS:
            live = self.both("answers, each coding", target, accept_encoding=encoding)
            if live.status == 200 and encoding in {None, "br"}:
                tag = live.headers["etag"]
                for held in (tag, f'W/{tag}, "x"', '"y",' + tag, "*", '"other"'):
                    self.both("If-None-Match", target, accept_encoding=encoding, if_none_match=held)
        self.both("HEAD", target, "HEAD", accept_encoding="gzip")
        if len(forms) > 1:
            for accept in ACCEPTED:
                live = self.both("negotiated", target, accept=accept)
                if live.status == 200:
                    self.both("negotiated", target, accept=accept, accept_encoding="br")

    def below(self) -> None:
        """The path of the public address may stand before what nginx is asked for."""
        path = urlsplit(self.api).path
        for target in self.answers if path else ():
            self.report.compare("below the path", target, self.live.ask(target), self.static.ask(path + target))

    def spellings(self) -> None:
        """Other spellings of addresses lead to the same place."""
        for target, forms in self.answers.items():
            # What is no spelling of a path but one of its forms is found as it is, or not at all.
            if "?" in target or target == "/" or ("/pages/" in target and target.endswith((".md", ".html"))):
                continue
            spelled = [f"{target}/", target.replace("/v1/", "/v%31/", 1)]
            if target.startswith("/v1/pages/"):
                spelled += [
                    f"{target}.html",
                    f"{target}.htm",
                    f"{target}/index",
                    f"{target}/index.html",
                    f"{target}/?a=b",
                ]
            for one in spelled:
                # Words that name the address that was asked are of the service alone.
                if forms[0]["status"] == 410 or self.live.ask(one).status == 404:
                    self.head_of("other spellings", one.partition("?")[0])
                else:
                    self.both("other spellings", one)

    def nothing(self) -> None:
        """What is told of what is not there: status and head; the words may differ."""
        self.head_of("nowhere", "/nowhere")
        for target in list(self.answers)[1:2000]:
            path = target.partition("?")[0]
            for method, asked in (("POST", path), ("OPTIONS", path), ("DELETE", path)):
                self.both("other methods", asked, method)
            self.head_of("nowhere", f"{path}-x")
            if any(char.isalpha() and char.islower() for char in path):
                self.head_of("nowhere", path.swapcase())

    def head_of(self, kind: str, target: str) -> None:
        live, static = (one.ask(target) for one in (self.live, self.static))
        # A word that is not the service's own may be longer, and so be compressed.
        short = [Reply(one.status, {k: v for k, v in one.headers.items() if k not in {"content-length", "vary"}}, b"")
                 for one in (live, static)]  # fmt: skip
        self.report.compare(kind, target, *short)

    def random(self) -> None:
        """Accept and Accept-Encoding of any kind: nginx chooses as the service does."""
        chance = random.Random(1)  # noqa: S311 - it keeps no secret
        negotiated = [target for target, forms in self.answers.items() if len(forms) > 1][:3]
        plain = [target for target, forms in self.answers.items() if len(forms) == 1][:3]
        for _ in range(RANDOM):
            for target in negotiated:
                self.both("Accept at random", target, accept=field_at_random(chance, MEDIA))
            for target in plain:
                self.both("Accept-Encoding at random", target, accept_encoding=field_at_random(chance, CODINGS))


# -- what runs --------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_listening(port: int, log: Path) -> float:
    """Waits for a server; returns the seconds that it took. The proof ends where it does not come."""
    begun = time.monotonic()
    while time.monotonic() < begun + PATIENCE:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return time.monotonic() - begun
        time.sleep(0.02)
    sys.exit(f"nothing listens: {log.read_text(encoding='utf-8')}")


@contextmanager
def running(command: list[str], log: Path, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process for as long as it is needed."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **environ}
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)


def proven(folder: Path, api: str) -> bool:
    """One folder, with a public address or, where ``api`` is empty, without."""
    print(f"{folder.name}, {f'at {api}' if api else 'without a public address'}")
    with tempfile.TemporaryDirectory(prefix="contentapi-export-") as scratch:
        root = Path(scratch)
        index, export = root / "index.db", root / "export"
        environ = {"CONTENTAPI_PORT": str(free_port()), **({"CONTENTAPI_API": api} if api else {})}
        command = [sys.executable, "-m", "contentapi"]
        begun = time.monotonic()
        done = subprocess.run(
            [*command, "export", str(folder), "--to", str(export), "--index", str(index)],
            env={**os.environ, **environ}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(f"  {done.stdout.splitlines()[0] if done.stdout else ''}, in {time.monotonic() - begun:.1f} s")
        if done.returncode:
            print(f"  the export ends with {done.returncode}: {done.stderr}")
            return False
        left = {
            one
            for line in done.stdout.splitlines()
            if line.startswith("Left out")
            for one in line.split(": ")[-1].split(", ")
        }
        answers = json.loads((export / "headers.json").read_bytes())["answers"]
        port, conf, log = free_port(), root / "nginx.conf", root / "nginx.log"
        user = "user root;" if os.geteuid() == 0 else ""
        conf.write_text(NGINX.format(root=root, export=export, port=port, user=user), encoding="utf-8")
        serve = [*command, "serve", str(folder), "--index", str(index), "--no-watch"]
        with (
            running(serve, root / "serve.log", environ),
            running(["nginx", "-p", str(root), "-c", str(conf), "-e", str(log)], log, {}),
        ):
            took = until_listening(port, log)
            size = (export / "nginx/http.conf").stat().st_size
            print(f"  nginx listens after {took:.2f} s, with {size / 1e6:.2f} MB of configuration")
            live_port = int(environ["CONTENTAPI_PORT"])
            until_listening(live_port, root / "serve.log")
            proof = Proof(Server(live_port), Server(port), answers, left, api)
            proof.run()
            if log.read_text(encoding="utf-8"):
                proof.report.different["what nginx complained of"] = log.read_text(encoding="utf-8").splitlines()
        return proof.report.printed()


def main(names: list[str]) -> int:
    """Proves the export of these folders, or of all there are."""
    if not shutil.which("nginx"):
        print("skipped: nginx is not installed")
        return 0
    folders = [Path(name) for name in names] or [ROOT / "content"]
    if not names:
        for corpus in (SHARED / "corpus/site-2023", SHARED / "corpus/blog-2018"):
            folders += [corpus] if corpus.is_dir() else []
            if not corpus.is_dir():
                print(f"skipped: {corpus.name}, which is no part of this repository")
    with tempfile.TemporaryDirectory(prefix="contentapi-hostile-") as scratch:
        if not names:
            folders.append(written(Path(scratch) / "hostile names"))
        good = [proven(folder.absolute(), api) for folder in folders for api in ("", "https://api.example/content")]
    return 0 if all(good) else 1


def written(folder: Path) -> Path:
    """A folder of names that are read in ways of their own."""
    for name, text in HOSTILE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
