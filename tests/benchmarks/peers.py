"""This service beside others of its kind, on one folder drawn by ``corpora.py``, in one run: ``scripts/bench-peers``.

Indexing: the whole process, from nothing, of this service, of Hugo and of Eleventy, which write a page for each document
by a template of one line. Serving: one document as JSON, the same keys and the same HTML, by this service, by Datasette
from SQLite, by json-server from one JSON file, and as a file by nginx, which is the limit. Rounds are interleaved; medians
count.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import corpora
import serving

PEERS = Path(".tools/peers").absolute()
PATIENCE = 900
#: What is served of each document.
KEYS = ("id", "slug", "path", "title", "description", "excerpt", "html")


# -- indexing ---------------------------------------------------------------------------------------------------------


def indexers(content: Path, scratch: Path) -> dict[str, Callable[[], list[str]]]:
    """Of each that is installed, what makes the command of a first run."""
    found: dict[str, Callable[[], list[str]]] = {"contentapi": lambda: _ours(content, scratch)}
    if shutil.which("hugo"):
        _lay_hugo(content, scratch / "hugo")
        found["Hugo"] = lambda: [
            "hugo", "--source", str(scratch / "hugo"), "--destination", str(_empty(scratch / "hugo-out")), "--quiet",
        ]  # fmt: skip
    eleventy = PEERS / "node_modules/@11ty/eleventy/cmd.cjs"
    if eleventy.exists():
        _lay_eleventy(content, scratch / "eleventy")
        output = scratch / "eleventy-out"
        found["Eleventy"] = lambda: ["node", str(eleventy), "--quiet", f"--output={_empty(output)}"]
    return found


def _ours(content: Path, scratch: Path) -> list[str]:
    for one in scratch.glob("index.db*"):
        one.unlink()
    return [sys.executable, "-m", "contentapi", "index", str(content), "--index", str(scratch / "index.db")]


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _documents(content: Path) -> list[Path]:
    return sorted(one for one in content.rglob("*.md"))


def _lay_hugo(content: Path, place: Path) -> None:
    template = "<title>{{ .Title }}</title>{{ .Content }}"
    for name in ("single", "list"):
        _write(place / f"layouts/_default/{name}.html", template)
    kinds = '["taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404"]'
    _write(place / "config.toml", f'baseURL = "/"\ndisableKinds = {kinds}\n[markup.goldmark.renderer]\nunsafe = true\n')
    for one in _documents(content):
        # Names that begin with an underscore are not read there.
        _write(place / "content" / str(one.relative_to(content)).lstrip("_"), one.read_text())


def _lay_eleventy(content: Path, place: Path) -> None:
    _write(place / "_includes/page.liquid", "<title>{{ title }}</title>{{ content }}")
    _write(place / "src/src.json", '{"layout": "page.liquid", "eleventyAllowMissingExtension": true}')
    directory = '{"input": "src", "includes": "../_includes"}'
    _write(
        place / "eleventy.config.cjs",
        f"module.exports = () => ({{ dir: {directory}, markdownTemplateEngine: false, templateFormats: ['md'] }});\n",
    )
    for one in _documents(content):
        _write(place / "src" / str(one.relative_to(content)).lstrip("_"), one.read_text())


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def indexing(content: Path, scratch: Path, rounds: int) -> None:
    """Prints the seconds that each takes."""
    commands = indexers(content, scratch)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            arguments = command()
            started = time.perf_counter()
            place = scratch / "eleventy" if name == "Eleventy" else Path.cwd()
            subprocess.run(arguments, check=True, capture_output=True, timeout=PATIENCE, cwd=place)
            times[name].append(time.perf_counter() - started)
    ours = statistics.median(times["contentapi"])
    print("\n| first run | seconds | of contentapi's time |\n|---|---|---|")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"| {name} | {median:.2f} | {median / ours:.2f} |")


# -- serving ----------------------------------------------------------------------------------------------------------


def _exported(base: str) -> list[dict[str, object]]:
    target = f"{base}/v1/export.ndjson?include=html&fields={','.join(KEYS)}&collection=ports"
    with urllib.request.urlopen(target, timeout=PATIENCE) as answer:
        return [json.loads(line) for line in answer]


@contextlib.contextmanager
def _datasette(documents: list[dict[str, object]], scratch: Path) -> Iterator[str | None]:
    program = PEERS / "venv/bin/datasette"
    if not program.exists():
        yield None
        return
    file = scratch / "documents.db"
    with contextlib.closing(sqlite3.connect(file)) as made, made:
        made.execute(f"CREATE TABLE ports ({', '.join(f'{key} TEXT' for key in KEYS)}, PRIMARY KEY (slug))")
        marks = ", ".join("?" for _ in KEYS)
        made.executemany(f"INSERT INTO ports VALUES ({marks})", [[one[key] for key in KEYS] for one in documents])
    port = serving._free_port()
    command = [str(program), "serve", "--immutable", str(file), "--port", str(port)]
    probe = f"/documents/ports/{documents[0]['slug']}.json"
    with serving._running(["taskset", "-c", "0", *command], port, probe) as base:
        yield f"{base}/documents/ports/{{slug}}.json?_shape=objects"


@contextlib.contextmanager
def _json_server(documents: list[dict[str, object]], scratch: Path) -> Iterator[str | None]:
    program = PEERS / "node_modules/json-server/lib/cli/bin.js"
    if not program.exists():
        yield None
        return
    file = scratch / "documents.json"
    file.write_text(json.dumps({"ports": [{**one, "id": one["slug"]} for one in documents]}))
    port = serving._free_port()
    command = ["node", str(program), "--quiet", "--port", str(port), str(file)]
    with serving._running(["taskset", "-c", "0", *command], port, f"/ports/{documents[0]['slug']}") as base:
        yield f"{base}/ports/{{slug}}"


def answering(content: Path, scratch: Path, rounds: int) -> None:
    """Prints the answers a second that each gives of one document."""
    if shutil.which("wrk") is None:
        print("skipped: serving, as wrk is not installed")
        return
    with serving._ours(str(content), str(scratch)) as ours:
        documents = _exported(ours)
        documents.sort(key=lambda one: abs(len(str(one["html"])) - 5_000))
        target = f"/v1/collections/ports/{documents[0]['slug']}?include=html&fields={','.join(KEYS)}"
        recorded = serving._record(ours, target, [])
        with (
            serving._static(scratch, recorded) as nginx,
            _datasette(documents, scratch) as datasette,
            _json_server(documents, scratch) as json_server,
        ):
            peers: Mapping[str, str | None] = {
                "contentapi": ours + target, "nginx, a file": nginx, "Datasette": datasette, "json-server": json_server,
            }  # fmt: skip
            urls = {name: url.replace("{slug}", str(documents[0]["slug"])) for name, url in peers.items() if url}
            for url in urls.values():
                serving._wrk(url, [], 1)
            measured = [{name: serving._wrk(url, [], 2) for name, url in urls.items()} for _ in range(rounds)]
    print(f"\n| one document, {len(str(recorded['body'])):,} bytes | answers a second | of nginx |\n|---|---|---|")
    for name in urls:
        speed = statistics.median(one[name] for one in measured)
        ratio = statistics.median(one[name] / one["nginx, a file"] for one in measured) if nginx else float("nan")
        print(f"| {name} | {speed:,.0f} | {ratio:.3f} |")


def main() -> int:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=4_432)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        content = scratch / "content"
        corpora.write(content, options.count)
        size = sum(one.stat().st_size for one in _documents(content)) / 1e6
        print(f"{options.count:,} documents, {size:.1f} MB; {os.cpu_count()} processors, {options.rounds} rounds")
        indexing(content, scratch, options.rounds)
        answering(content, scratch, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
