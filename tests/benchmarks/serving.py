"""Answers a second, against a bare uvicorn application and nginx, which send the same bytes: ratios, in one run.

All servers get one processor, the load generator (wrk) the other. Rounds are interleaved, so that a machine whose speed
drifts slows all of them; the median of the ratios counts. ``long`` is the same service with ``--no-direct``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

CONNECTIONS = 32


@dataclass(frozen=True)
class Case:
    """One kind of answer: its address, and the request headers that ask for it."""

    name: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()


CASES = (
    Case("page, identity", "/v1/pages/approche/construction"),
    Case("page, br", "/v1/pages/approche/construction", (("Accept-Encoding", "gzip, deflate, br"),)),
    Case("page, 304", "/v1/pages/approche/construction", (("If-None-Match", "{etag}"),)),
    Case("phases, gzip", "/v1/phases", (("Accept-Encoding", "gzip"),)),
    Case("navigation, identity", "/v1/navigation"),
    Case("list with fields, identity", "/v1/articles?fields=title,date&limit=5"),
    Case("1 kB, identity", "/v1/phases?fields=slug,title,description&limit=3"),
    Case("15 kB, identity", "/v1/pages/approche"),
)
_BROWSER = (
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "fr,fr-FR;q=0.8,en-US;q=0.5,en;q=0.3"),
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("Referer", "https://beta.gouv.fr/approche/"),
    ("Sec-Fetch-Dest", "empty"),
    ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Origin", "https://beta.gouv.fr"),
    ("DNT", "1"),
    ("Cache-Control", "no-cache"),
    ("Pragma", "no-cache"),
)
BROWSERS = (
    Case("page, br, a browser's headers", "/v1/pages/approche/construction", _BROWSER),
    Case("1 kB, a browser's headers", "/v1/phases?fields=slug,title,description&limit=3", _BROWSER),
)


def main() -> int:
    """Prints one row for each case: answers a second of each server, and the median ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default="content")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=1)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed (Debian: apt-get install wrk)")
        return 0
    if _nginx() is None:
        print("nginx is not installed (Debian: apt-get install nginx): its column stays empty")
    head = "".join(f"{name + '/s':>9}" for name in ("ours", "long", "bare", "nginx"))
    ratios = "".join(f"{name:>11}" for name in ("ours/bare", "long/bare", "ours/nginx"))
    print(f"{'answer':36} {'bytes':>7}{head}{ratios}   (medians of {options.rounds} rounds)")
    with (
        tempfile.TemporaryDirectory() as scratch,
        _ours(options.folder, scratch) as ours,
        _ours(options.folder, scratch, "--no-direct") as long,
    ):
        for case in (*CASES, *BROWSERS):
            _compare(case, (ours, long), pathlib.Path(scratch), options.rounds, options.seconds)
    return 0


def _compare(case: Case, services: tuple[str, str], scratch: pathlib.Path, rounds: int, seconds: int) -> None:
    headers = [(name, value.replace("{etag}", _etag(services[0] + case.path))) for name, value in case.headers]
    recorded = _record(services[0], case.path, headers)
    file = scratch / "answers.json"
    file.write_text(json.dumps([recorded]))
    with _bare(file) as bare, _static(scratch, recorded) as static:
        urls = [one + case.path for one in (*services, bare)] + ([static] if static else [])
        for url in urls:
            _wrk(url, headers, 1)
        measured = [[_wrk(url, headers, seconds) for url in urls] for _ in range(rounds)]
    speeds = "".join(f"{statistics.median(one):>9.0f}" for one in zip(*measured, strict=True)).ljust(36)
    pairs = ((0, 2), (1, 2), (0, 3)) if static else ((0, 2), (1, 2))
    ratios = "".join(f"{statistics.median(one[a] / one[b] for one in measured):>11.2f}" for a, b in pairs)
    print(f"{case.name:36} {len(str(recorded['body'])):>7}{speeds}{ratios}", flush=True)


def _etag(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.headers["ETag"])


def _record(base: str, path: str, headers: list[tuple[str, str]]) -> dict[str, object]:
    request = urllib.request.Request(base + path, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status, kept, body = answer.status, answer.headers.items(), answer.read()
    except urllib.error.HTTPError as error:
        status, kept, body = error.code, error.headers.items(), error.read()
    fields = [(name.lower(), value) for name, value in kept if name.lower() not in {"date", "server", "connection"}]
    return {"path": path.partition("?")[0], "status": status, "headers": fields, "body": body.decode("latin-1")}


def _wrk(url: str, headers: list[tuple[str, str]], seconds: int) -> float:
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, value in headers:
        command += ["-H", f"{name}: {value}"]
    out = subprocess.run([*command, url], capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    found = re.search(r"Requests/sec:\s+([0-9.]+)", out)
    if found is None:
        message = f"wrk failed on {url}:\n{out}"
        raise RuntimeError(message)
    return float(found[1])


@contextlib.contextmanager
def _ours(folder: str, scratch: str, *flags: str) -> Iterator[str]:
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "contentapi",
        "serve",
        folder,
        "--port",
        str(port),
        "--index",
        f"{scratch}/index.db",
        *flags,
    ]
    with _running(["taskset", "-c", "0", *command], port, "/readyz") as base:
        yield base


@contextlib.contextmanager
def _bare(answers: pathlib.Path) -> Iterator[str]:
    port = _free_port()
    command = [
        sys.executable, "-m", "uvicorn", "bare:app", "--app-dir", str(pathlib.Path(__file__).parent), "--port", str(port),
        "--http", "httptools", "--loop", "uvloop", "--no-access-log", "--log-level", "warning", "--no-server-header",
        "--lifespan", "off",
    ]  # fmt: skip
    environment = {**os.environ, "BARE_ANSWERS": str(answers)}
    path = json.loads(answers.read_text())[0]["path"]
    with _running(["taskset", "-c", "0", *command], port, path, environment) as base:
        yield base


def _nginx() -> str | None:
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextlib.contextmanager
def _static(scratch: pathlib.Path, recorded: dict[str, object]) -> Iterator[str | None]:
    """The same bytes as a file, served by nginx; None where there is none, or what was recorded is no file's answer."""
    nginx = _nginx()
    if nginx is None or recorded["status"] != 200:
        yield None
        return
    port, name = _free_port(), "answer.json"
    (scratch / name).write_bytes(str(recorded["body"]).encode("latin-1"))
    scratch.chmod(0o755)
    configuration = scratch / "nginx.conf"
    configuration.write_text(
        f"daemon off; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/nginx.log;\n"
        "events { worker_connections 512; }\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10;\n"
        f"types {{ application/json json; }} server {{ listen 127.0.0.1:{port}; root {scratch}; }} }}\n"
    )
    with _running(["taskset", "-c", "0", nginx, "-c", str(configuration)], port, f"/{name}") as base:
        yield f"{base}/{name}"


@contextlib.contextmanager
def _running(command: list[str], port: int, probe: str, environment: dict[str, str] | None = None) -> Iterator[str]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base + probe)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.HTTPError as error:
            if error.code != 503:
                return
            time.sleep(0.05)
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"{url} did not answer"
    raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
