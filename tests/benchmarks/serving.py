"""Answers a second, against a bare uvicorn application that sends the same bytes: ratios, in one run.

Both servers get one processor, the load generator (wrk) the other. Rounds are interleaved, so that a machine whose speed
drifts slows both; the median of the ratios counts.
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
    Case("1 kB answer (one field), identity", "/v1/phases/construction?fields=title,duration,objectives"),
)
BROWSER = Case(
    "page, br, a browser's headers",
    "/v1/pages/approche/construction",
    (
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
    ),
)


def main() -> int:
    """Prints one row for each case: answers a second of both, and the median ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default="content")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed (Debian: apt-get install wrk)")
        return 0
    with tempfile.TemporaryDirectory() as scratch, _ours(options.folder, scratch) as ours:
        print(
            f"{'answer':36} {'bytes':>7} {'ours/s':>9} {'bare/s':>9} {'ratio':>6}   (medians of {options.rounds} rounds)"
        )
        for case in (*CASES, BROWSER):
            _compare(case, ours, scratch, options.rounds, options.seconds)
    return 0


def _compare(case: Case, ours: str, scratch: str, rounds: int, seconds: int) -> None:
    headers = [(name, value.replace("{etag}", _etag(ours + case.path))) for name, value in case.headers]
    recorded = _record(ours, case.path, headers)
    file = pathlib.Path(scratch) / "answers.json"
    file.write_text(json.dumps([recorded]))
    with _bare(file) as bare:
        _wrk(ours + case.path, headers, 1), _wrk(bare + case.path, headers, 1)
        pairs = [
            (_wrk(ours + case.path, headers, seconds), _wrk(bare + case.path, headers, seconds)) for _ in range(rounds)
        ]
    mine, theirs = (statistics.median(one) for one in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{case.name:36} {len(recorded['body']):>7} {mine:>9.0f} {theirs:>9.0f} {ratio:>6.2f}", flush=True)


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
def _ours(folder: str, scratch: str) -> Iterator[str]:
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
