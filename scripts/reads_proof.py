"""Reads while syncing: a steady 1,000 requests a second, however long answers take, while the folder changes.

The content has two generations; each title and each body names its own, with the number of its document. They alternate, in
each of the ways in which a folder changes; list, search, navigation and detail are asked for meanwhile. What must hold:

- no request fails;
- the 99th of 100 answers comes within 25 ms, from the moment when the request was due;
- what two answers of one revision say of a document is the same, in title and body; and where the folder changes in one
  step, no answer holds both generations.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

ROOT = Path(__file__).parents[1]
GIT = shutil.which("git") or "git"
RATE = int(os.environ.get("RATE", "1000"))
SYNCS = int(os.environ.get("SYNCS", "100"))
WORKERS = os.environ.get("WORKERS", "1")
P99 = float(os.environ.get("P99_MS", "25")) / 1000
DOCUMENTS = 200
GENERATIONS = (b"alpha", b"omega")
NAMED = re.compile(rb"(alpha|omega)-(\d+)")
#: Seconds after which what has not come does not come.
PATIENCE = 30.0
#: Seconds for which the same is asked before anything changes, to know what the machine is worth.
CALM = 5.0
#: A few addresses that all ask for: each revision makes every answer anew, once for each worker.
TARGETS = (
    "/v1/pages?limit=20&include=html", "/v1/pages?limit=100&fields=title", "/v1/navigation", "/v1/articles",
    "/v1/search?q={generation}", *(f"/v1/pages/{number // 20}/{number}" for number in range(0, DOCUMENTS, 20)),
)  # fmt: skip


# -- the content ------------------------------------------------------------------------------------------------------


def documents(generation: str) -> dict[str, str]:
    """A site of one generation: files by their paths."""
    found = {"index.md": f"---\ntitle: {generation}-100000\n---\nText of {generation}-100000.\n"}
    for number in range(DOCUMENTS):
        name = f"{generation}-{number}"
        text = "\n\n".join(f"## Part {part}\n\nWords of {name} in [another](/0/0)." for part in range(5))
        found[f"{number // 20}/{number}.md"] = f"---\ntitle: {name}\n---\n{text}\n"
        if number % 10 == 0:
            title = f"{generation}-{DOCUMENTS + number}"
            found[f"_posts/2020-01-{number // 10 + 1:02}-{number}.md"] = (
                f"---\ntitle: {title}\n---\nWords of {title}.\n"
            )
    return found


def lay(folder: Path, generation: str) -> Path:
    """Writes a generation into a folder, file by file, in place."""
    for name, text in documents(generation).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


# -- the ways in which it changes -------------------------------------------------------------------------------------

Change = Callable[[str], object]


def by_checkout(place: Path) -> tuple[Path, Change]:
    """A checkout changes the files, while git holds its lock."""
    root = place / "site"
    root.mkdir()
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(place)}

    def git(*arguments: str) -> None:
        subprocess.run((GIT, *settings, *arguments), cwd=root, env=environment, check=True, capture_output=True)

    git("init", "--quiet", "--initial-branch=main")
    for generation in ("omega", "alpha"):
        lay(root, generation)
        git("add", ".")
        git("commit", "--quiet", "--message", generation)
        git("branch", "--force", generation)
    git("checkout", "--quiet", "alpha")
    return root, lambda generation: git("checkout", "--quiet", generation)


def by_rewriting(place: Path) -> tuple[Path, Change]:
    """Each file is written anew where it is."""
    root = lay(place / "site", "alpha")
    return root, lambda generation: lay(root, generation)


def by_renaming(place: Path) -> tuple[Path, Change]:
    """The folder is put aside, and another takes its name."""
    root = lay(place / "site", "alpha")

    def swap(generation: str) -> None:
        new = lay(place / "new", generation)
        root.rename(place / "old")
        new.rename(root)
        shutil.rmtree(place / "old")

    return root, swap


def by_symlink(place: Path) -> tuple[Path, Change]:
    """The folder is a symlink, which leads elsewhere in one step."""
    for generation in ("alpha", "omega"):
        lay(place / generation, generation)
    root = place / "site"
    root.symlink_to("alpha")

    def swap(generation: str) -> None:
        (place / "next").symlink_to(generation)
        (place / "next").replace(root)

    return root, swap


WAYS = {"checkout": by_checkout, "rewriting": by_rewriting, "renaming": by_renaming, "symlink": by_symlink}
#: In this one files change one after the other, and a sync may fall between two of them.
IN_STEPS = {"rewriting"}


# -- the load ---------------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What the answers said."""

    times: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    mixed: Counter[str] = field(default_factory=Counter)
    revisions: set[bytes] = field(default_factory=set)
    known: dict[tuple[bytes, bytes], bytes] = field(default_factory=dict)
    looked_at: set[tuple[str, bytes, bytes]] = field(default_factory=set)

    def note(self, target: str, head: bytes, body: bytes, seconds: float, *, in_steps: bool) -> None:
        self.times.append(seconds)
        if not head.startswith(b"HTTP/1.1 200"):
            self.failures[f"{head[9:12].decode()} {target} {body[:300].decode(errors='replace')}"] += 1
            return
        revision, tag = _value(head, b"x-content-revision"), _value(head, b"etag")
        if (target, revision, tag) in self.looked_at:
            return
        self.looked_at.add((target, revision, tag))
        self.revisions.add(revision)
        found = NAMED.findall(body)
        if not in_steps and len({generation for generation, _ in found}) > 1:
            self.mixed[f"two generations in {target}"] += 1
        for generation, number in found:
            if self.known.setdefault((revision, number), generation) != generation:
                self.mixed[f"two generations of one document in one revision, {target}"] += 1


def _value(head: bytes, name: bytes) -> bytes:
    found = re.search(rb"(?i)\r\n" + name + rb": ([^\r]*)", head)
    return found[1] if found else b""


class Load:
    """Requests that are sent when they are due, whether or not those before are answered (an open loop)."""

    def __init__(self, port: int, targets: list[str], *, in_steps: bool) -> None:
        self.port, self.targets, self.in_steps = port, targets, in_steps
        self.seen = Seen()
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def run(self, done: Callable[[], bool]) -> None:
        tasks: set[asyncio.Task[None]] = set()
        begun, sent = time.monotonic(), 0
        while not done():
            due = begun + sent / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self._ask(self.targets[sent % len(self.targets)], due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            sent += 1
        await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
        self.seconds = time.monotonic() - begun
        for _, writer in self._idle:
            writer.close()

    async def _ask(self, target: str, due: float) -> None:
        try:
            reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(_value(head, b"content-length")))
        except (OSError, asyncio.IncompleteReadError) as error:
            self.seen.failures[f"{type(error).__name__} {target}"] += 1
            return
        seconds = time.monotonic() - due
        self._idle.append((reader, writer))
        self.seen.note(target, head, body, seconds, in_steps=self.in_steps)


# -- one way after the other ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(root: Path, place: Path) -> Iterator[int]:
    """A service over a folder; its port."""
    command = [
        sys.executable,
        "-m",
        "contentapi",
        "serve",
        str(root),
        "--port",
        "0",
        "--index",
        str(place / "index.db"),
    ]
    command += ["--workers", WORKERS, "--drain", "0"]
    with (place / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT, text=True)
    try:
        said = server.stdout.readline() if server.stdout else ""
        if "://" not in said:
            raise SystemExit((place / "log").read_text())
        yield int(said.rpartition(":")[2])
    finally:
        server.terminate()
        server.wait(PATIENCE)


def get(port: int, target: str) -> bytes:
    """The body of an answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{target}", timeout=PATIENCE) as answer:
        return bytes(answer.read())


def targets_of(port: int) -> list[str]:
    """What is asked of this service: the search too, once there is one."""
    has_search = b'"/v1/search"' in get(port, "/v1/openapi.json")
    both = [one.format(generation=name.decode()) for one in TARGETS for name in GENERATIONS]
    return [one for one in dict.fromkeys(both) if has_search or "search" not in one]


def alternate(change: Change, port: int, syncs: int) -> list[float]:
    """Changes the folder so many times, each when the one before is served; seconds until each was."""
    took = []
    for number in range(syncs):
        generation = ("omega", "alpha")[number % 2]
        change(generation)
        begun = time.monotonic()
        while any(
            generation.encode() not in get(port, f"/v1/pages/{n // 20}/{n}?fields=title") for n in (0, DOCUMENTS - 1)
        ):
            if time.monotonic() - begun > PATIENCE:
                raise SystemExit(f"{generation} was not served within {PATIENCE} s")
            time.sleep(0.01)
        took.append(time.monotonic() - begun)
    return took


def prove(way: str, place: Path) -> bool:
    """Whether one way is proven."""
    root, change = WAYS[way](place)
    with serving(root, place) as port:
        targets = targets_of(port)
        calm = Load(port, targets, in_steps=False)
        until = time.monotonic() + CALM
        uvloop.run(calm.run(lambda: time.monotonic() > until))
        load = Load(port, targets, in_steps=way in IN_STEPS)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:  # the changes are made by a process of their own, so that they delay no request
            took = alternate(change, port, SYNCS // len(WAYS))
            os.write(writing, f"{max(took):.3f}".encode())
            os._exit(0)
        status = 0

        def ended() -> bool:
            nonlocal child, status
            if child:
                pid, status = os.waitpid(child, os.WNOHANG)
                child = 0 if pid else child
            return not child

        uvloop.run(load.run(ended))
        slowest = float(os.read(reading, 100) or b"nan") if status == 0 else float("nan")
    return told(way, calm, load, slowest) and status == 0


def told(way: str, calm: Load, load: Load, slowest: float) -> bool:
    """Prints what was seen; whether all of it is as it must be."""
    seen = load.seen
    times = sorted(seen.times)
    p50, p99, last = (_after(times, part) for part in (0.5, 0.99, 1))
    before = _after(sorted(calm.seen.times), 0.99)
    print(
        f"{way:10} {len(times):6} requests, {len(times) / load.seconds:5.0f}/s, {sum(seen.failures.values())} failures, "
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms (without a change {before:.1f}), max {last:.1f} ms; "
        f"{SYNCS // len(WAYS)} syncs, the slowest served after {slowest:.2f} s; "
        f"{len(seen.revisions)} revisions, {sum(seen.mixed.values())} mixed answers",
        flush=True,
    )
    for name, number in [*seen.failures.most_common(5), *seen.mixed.most_common(5)]:
        print(f"           {number} × {name}")
    return not seen.failures and not seen.mixed and p99 <= P99 * 1000 and len(seen.revisions) >= len(GENERATIONS)


def _after(times: list[float], part: float) -> float:
    """The milliseconds within which that part of the answers came."""
    return times[max(0, int(len(times) * part) - 1)] * 1000


def main() -> None:
    """Every way, or those that are named."""
    proven = True
    for way in sys.argv[1:] or WAYS:
        with tempfile.TemporaryDirectory() as place:
            proven &= prove(way, Path(place).resolve())
    sys.exit(not proven)


if __name__ == "__main__":
    main()
