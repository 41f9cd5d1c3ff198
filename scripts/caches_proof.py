"""Puts the service behind nginx and Varnish, asks, and prints what came of it. Exit code 1 when a promise is not kept."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
#: Seconds after which what does not come will not.
PATIENCE = 60.0
ORIGINS = [f"https://partner-{number}.example" for number in range(100)]
#: The host whose answers the caches here take to be old after a second, to see them asked for again.
SHORT = "short.example"
RESTARTS, RATE = 20, 200

NGINX = """
daemon off;
pid {root}/nginx.pid;
error_log {root}/nginx.log warn;
worker_processes 1;
{user}
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {root}/body;
  proxy_temp_path {root}/proxy;
  fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi;
  scgi_temp_path {root}/scgi;
  proxy_cache_path {root}/cache keys_zone=content:10m;
  upstream origin {{
    # Health is seen by each request, not remembered: of two origins, the one that does not restart is always tried.
    server 127.0.0.1:{first} max_fails=0;
    server 127.0.0.1:{second} max_fails=0;
    keepalive 16;
  }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_connect_timeout 1s;
  proxy_next_upstream error timeout http_503;
  proxy_cache_key $host$request_uri;
  proxy_cache_lock on;
  proxy_cache_revalidate on;
  proxy_cache_background_update on;
  add_header X-Cache $upstream_cache_status always;
  server {{
    listen 127.0.0.1:{cached};
    location / {{ proxy_pass http://origin; proxy_cache content; }}
  }}
  server {{
    listen 127.0.0.1:{cached};
    server_name {short};
    location / {{
      proxy_pass http://origin;
      proxy_cache content;
      proxy_ignore_headers Cache-Control;
      proxy_cache_valid 200 1s;
    }}
  }}
  server {{
    listen 127.0.0.1:{passed};
    location / {{ proxy_pass http://origin; }}
  }}
}}
"""

VARNISH = """
vcl 4.1;
import std;
backend first {{ .host = "127.0.0.1"; .port = "{first}"; }}
acl here {{ "127.0.0.1"; }}
sub vcl_recv {{
  if (req.method == "BAN") {{
    if (client.ip !~ here) {{ return (synth(403)); }}
    ban("obj.http.Surrogate-Key ~ (^|\\s)" + req.http.Surrogate-Key + "(\\s|$)");
    return (synth(200));
  }}
}}
sub vcl_backend_response {{
  set beresp.keep = 1h;
  if (bereq.http.Host == "{short}") {{ set beresp.ttl = 1s; set beresp.grace = 0s; }}
  if (beresp.was_304) {{ set beresp.http.X-Revalidated = "yes"; }}
}}
sub vcl_deliver {{
  if (resp.http.X-Revalidated) {{ set resp.http.X-Cache = "REVALIDATED"; }}
  elsif (obj.hits > 0) {{ set resp.http.X-Cache = "HIT"; }}
  else {{ set resp.http.X-Cache = "MISS"; }}
  if (obj.hits > 0 && obj.ttl < 0s) {{ set resp.http.X-Cache = "STALE"; }}
}}
"""


@dataclass
class Report:
    """The figures, each beside what was promised of it."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def note(self, what: str, figure: object, promise: str, *, kept: bool) -> None:
        self.rows.append((what, str(figure), promise, kept))

    def printed(self) -> bool:
        """Prints the table; returns whether every promise is kept."""
        widths = [max(len(row[column]) for row in self.rows) for column in range(3)]
        for what, figure, promise, kept in self.rows:
            cells = [cell.ljust(width) for cell, width in zip((what, figure, promise), widths, strict=True)]
            print("  ".join([*cells, "kept" if kept else "NOT KEPT"]))
        return all(kept for *_, kept in self.rows)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Reply:
    """An answer, and what the cache in front said of it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cache(self) -> str:
        return self.headers.get("x-cache", "")


def ask(port: int, path: str, *, method: str = "GET", **fields: str) -> Reply:
    """One request; a field's name has `_` for `-`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Accept-Encoding": "gzip", **{name.replace("_", "-"): value for name, value in fields.items()}}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def until(condition: Callable[[], bool], what: str) -> None:
    """Waits until something is so; the proof ends where it does not come to that."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"it did not come to that: {what}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether somebody listens on a port."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def ended(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
    """Ends a process that was started here; returns its exit code."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process for as long as it is needed."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield process
    finally:
        ended(process)


class Origins:
    """Two services over one copy of the shipped content, and one index."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "content"
        shutil.copytree(ROOT / "content", self.folder)
        self._root = root
        self.ports = (free_port(), free_port())
        self._processes: list[subprocess.Popen[bytes] | None] = [None, None]

    def start(self, place: int) -> None:
        port = str(self.ports[place])
        command = [sys.executable, "-m", "contentapi", "serve", str(self.folder), "--port", port]
        command += ["--index", str(self._root / "index.db")]
        with (self._root / f"origin-{place}.log").open("ab") as log:
            self._processes[place] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        process = self._processes[place]
        if process is None or process.stdout is None or not process.stdout.readline():
            sys.exit(f"the service does not start: {(self._root / f'origin-{place}.log').read_text()}")

    def stop(self, place: int, number: int = signal.SIGTERM) -> int:
        process, self._processes[place] = self._processes[place], None
        if process is None:
            return 0
        code = ended(process, number)
        if process.stdout is not None:
            process.stdout.close()
        return code

    def __enter__(self) -> Self:
        self.start(0)
        self.start(1)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(0)
        self.stop(1)


@dataclass(frozen=True)
class Setting:
    """What stands where. A cache that is not installed has no port."""

    origins: Origins
    passed: int
    caches: dict[str, int]

    def addresses(self) -> list[str]:
        """What a site asks for: lists, every page and phase, the navigation."""
        port = self.origins.ports[0]
        found = ["/v1/navigation", "/v1/articles", "/v1/redirects", "/v1/resolve?path=/"]
        for name in ("pages", "phases"):
            reply = json.loads(ask(port, f"/v1/{name}?limit=100", Accept_Encoding="identity").body)
            found += [f"/v1/{name}", *(item["links"]["self"] for item in reply["items"])]
        return found


# -- the proofs -------------------------------------------------------------------------------------------------------


def hits(setting: Setting, report: Report) -> None:
    """Pages of a hundred sites ask for the same things."""
    addresses = setting.addresses()
    for name, port in setting.caches.items():
        seen: Counter[str] = Counter()
        allowed = 0
        for _ in range(2):
            for origin in ORIGINS:
                for path in addresses:
                    reply = ask(port, path, Origin=origin)
                    seen["HIT" if reply.cache == "HIT" else "other"] += 1
                    allowed += reply.status == 200 and reply.headers.get("access-control-allow-origin") == "*"
        total = sum(seen.values())
        ratio = seen["HIT"] / total
        what = f"{name}: hit ratio, {len(addresses)} addresses from {len(ORIGINS)} origins, twice"
        report.note(what, f"{ratio:.4f} of {total}", ">= 0.99", kept=ratio >= 0.99)
        report.note(f"{name}: answers that every origin may read", allowed, str(total), kept=allowed == total)


def unchanged(setting: Setting, report: Report) -> None:
    """304 from the cache to the caller, and from the origin to the cache."""
    addresses = setting.addresses()
    for name, port in setting.caches.items():
        short = 0
        again = 0
        for path in addresses:
            tag = ask(port, path).headers["etag"]
            short += ask(port, path, If_None_Match=tag).status == 304
            ask(port, path, Host=SHORT)
        time.sleep(2.2)  # nginx counts whole seconds
        for path in addresses:
            with_body = ask(port, path, Host=SHORT)
            again += with_body.cache == "REVALIDATED" and with_body.status == 200 and bool(with_body.body)
        report.note(f"{name}: 304 to who has the answer", short, str(len(addresses)), kept=short == len(addresses))
        report.note(f"{name}: 304 from the origin, when old", again, str(len(addresses)), kept=again == len(addresses))


def purge(setting: Setting, report: Report) -> None:
    """A page changes; Varnish is told its key, and forgets what depends on it, and nothing else."""
    port = setting.caches.get("Varnish")
    if port is None:
        return
    origin = setting.origins.ports[0]
    addresses = setting.addresses()
    for path in addresses:
        ask(port, path)
    file = setting.origins.folder / "_pages" / "contact.md"
    before = {path: ask(origin, path).headers["etag"] for path in addresses}
    file.write_text(file.read_text(encoding="utf-8").replace("title:", "title: Nouveau", 1), encoding="utf-8")
    until(lambda: ask(origin, "/v1/pages/contact").headers["etag"] != before["/v1/pages/contact"], "a changed page")
    changed = [path for path in addresses if ask(origin, path).headers["etag"] != before[path]]
    old = sum(ask(port, path).headers["etag"] == before[path] for path in changed)
    report.note(
        "Varnish: changed answers, before the purge still old", old, str(len(changed)), kept=old == len(changed)
    )
    for key in ("page:contact", "pages"):
        ask(port, "/", method="BAN", Surrogate_Key=key)
    replies = {path: ask(port, path) for path in addresses}
    fresh = sum(replies[path].headers["etag"] != before[path] for path in changed)
    kept = sum(reply.cache == "HIT" for reply in replies.values())
    report.note("Varnish: changed answers, after it new", fresh, str(len(changed)), kept=fresh == len(changed))
    report.note("Varnish: answers that stayed in the cache", f"{kept} of {len(addresses)}", "> 0", kept=kept > 0)


def stale(setting: Setting, report: Report) -> None:
    """The origins die; what the caches hold has grown old; it is answered all the same, as the origin's headers allow."""
    addresses = setting.addresses()
    for port in setting.caches.values():
        for path in addresses:
            ask(port, path)
    ages = [ask(setting.origins.ports[0], path).headers["cache-control"] for path in addresses]
    longest = max(int(one.partition("max-age=")[2].partition(",")[0]) for one in ages)
    for place in (0, 1):
        setting.origins.stop(place, signal.SIGKILL)
    time.sleep(longest + 2 if longest <= 300 else 62)
    for name, port in setting.caches.items():
        replies = [ask(port, path) for path in addresses]
        answered = sum(reply.status == 200 for reply in replies)
        old = sum(reply.cache in {"STALE", "UPDATING"} for reply in replies)
        what = f"{name}: answers while the origins are dead ({old} of them old)"
        report.note(what, answered, str(len(addresses)), kept=answered == len(addresses) and old > 0)
    for place in (0, 1):
        setting.origins.start(place)


class Load:
    """A steady number of requests a second, over connections that are kept; each one's outcome is counted."""

    def __init__(self, port: int, rate: int, connections: int = 10) -> None:
        self._port, self._pause, self._connections = port, connections / rate, connections
        self.outcomes: Counter[str] = Counter()
        self.slowest = 0.0
        self._stop = asyncio.Event()

    async def run(self, work: Callable[[], None]) -> None:
        """Keeps asking while some work is done in a thread."""
        callers = [asyncio.create_task(self._call(number)) for number in range(self._connections)]
        await asyncio.to_thread(work)
        self._stop.set()
        await asyncio.gather(*callers)

    async def _call(self, number: int) -> None:
        await asyncio.sleep(self._pause * number / self._connections)
        writer: asyncio.StreamWriter | None = None
        reader: asyncio.StreamReader | None = None
        due = time.monotonic()
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                async with asyncio.timeout(10):
                    if writer is None or reader is None:
                        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                    status, more = await self._ask(reader, writer)
                self.outcomes[status] += 1
                if not more:
                    writer.close()
                    writer = None
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                self.outcomes[type(error).__name__] += 1
                writer = None
            self.slowest = max(self.slowest, time.monotonic() - begun)
            due = max(due + self._pause, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
        if writer is not None:
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, bool]:
        """The status, and whether the connection can be used once more."""
        writer.write(b"GET /v1/pages HTTP/1.1\r\nHost: a.example\r\n\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length: ")[2].partition("\r")[0])
        await reader.readexactly(length)
        return head.split(" ")[1], "connection: close" not in head


def restarts(setting: Setting, report: Report) -> None:
    """One origin after the other is restarted, again and again, behind nginx and under load."""
    if not setting.passed:
        return
    load = Load(setting.passed, RATE)
    codes: Counter[int] = Counter()

    def roll() -> None:
        for number in range(RESTARTS):
            codes[setting.origins.stop(number % 2)] += 1
            setting.origins.start(number % 2)

    begun = time.monotonic()
    asyncio.run(load.run(roll))
    took = time.monotonic() - begun
    total = sum(load.outcomes.values())
    failed = total - load.outcomes["200"]
    what = f"nginx: failed requests in {RESTARTS} restarts, {total} requests, {total / took:.0f} a second"
    report.note(what, f"{failed} {dict(load.outcomes) if failed else ''}".strip(), "0", kept=failed == 0)
    report.note("nginx: the slowest of them, in seconds", f"{load.slowest:.3f}", "< 5", kept=load.slowest < 5)
    report.note(
        "the service: exit codes of the restarts", dict(codes), f"{{0: {RESTARTS}}}", kept=codes == {0: RESTARTS}
    )


PROOFS = {"hits": hits, "unchanged": unchanged, "purge": purge, "restarts": restarts, "stale": stale}


def main(names: list[str]) -> int:
    """Runs the proofs of these names, or all of them."""
    unknown = sorted(set(names) - set(PROOFS))
    if unknown:
        sys.exit(f"there is no proof {', '.join(unknown)}; there are: {', '.join(PROOFS)}")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="contentapi-caches-") as scratch, ExitStack() as stack:
        root = Path(scratch)
        origins = stack.enter_context(Origins(root))
        caches: dict[str, int] = {}
        passed = 0
        ports = {"first": origins.ports[0], "second": origins.ports[1], "short": SHORT, "root": root}
        if shutil.which("nginx"):
            cached, passed = free_port(), free_port()
            user = "user root;" if os.geteuid() == 0 else ""
            conf = root / "nginx.conf"
            conf.write_text(NGINX.format(cached=cached, passed=passed, user=user, **ports), encoding="utf-8")
            stack.enter_context(
                running(["nginx", "-p", str(root), "-c", str(conf), "-e", str(root / "nginx.log")], root / "log")
            )
            until(lambda: listens(cached), "nginx listens")
            caches["nginx"] = cached
        if shutil.which("varnishd"):
            port = free_port()
            vcl = root / "default.vcl"
            vcl.write_text(VARNISH.format(**ports), encoding="utf-8")
            command = ["varnishd", "-F", "-j", "none", "-n", str(root / "varnish"), "-f", str(vcl), "-s", "default,64m"]
            stack.enter_context(running([*command, "-a", f"127.0.0.1:{port}"], root / "log"))
            until(lambda: listens(port), "Varnish listens")
            caches["Varnish"] = port
        if not caches:
            print("skipped: neither nginx nor Varnish is installed")
            return 0
        setting = Setting(origins, passed, caches)
        for name in names or PROOFS:
            PROOFS[name](setting, report)
    return 0 if report.printed() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
