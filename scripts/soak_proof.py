"""A million requests and a thousand syncs, mixed: memory, descriptors and watches are looked at, and must be flat.

Each sync changes the title of one page, adds one and removes another, so that the folder stays as large as it is. What is
asked for is drawn from thousands of addresses: documents, lists, searches, exports of a collection, conditional requests,
and what leads nowhere. After a fifth of the way every process has what it will ever have: a tenth beyond it is a leak.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import corpora
import uvloop

ROOT = Path(__file__).parents[1]
REQUESTS = int(os.environ.get("REQUESTS", "1000000"))
SYNCS = int(os.environ.get("SYNCS", "1000"))
DOCUMENTS = 1_000
CONNECTIONS = 16
LOOKS = 20
PATIENCE = 60.0
#: What may come on top of a tenth, in megabytes, descriptors and watches.
SLACK = (8.0, 4, 2)


@dataclass(frozen=True)
class Look:
    """What one process has: private memory in megabytes, open files, watches of the system."""

    memory: float
    files: int
    watches: int


def look(pid: int) -> Look:
    """What a process has now."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    memory = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) / 1024
    descriptors = list(Path(f"/proc/{pid}/fdinfo").iterdir())
    watches = 0
    for one in descriptors:
        with contextlib.suppress(OSError):
            watches += one.read_text().count("inotify wd:")
    return Look(memory, len(descriptors), watches)


def processes(parent: int) -> dict[int, str]:
    """The processes of the service that stay: the parent, the writer, the workers."""
    below = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {parent: "parent", **{int(pid): f"child {number}" for number, pid in enumerate(below, 1)}}


# -- the load ---------------------------------------------------------------------------------------------------------


def targets(places: list[corpora.Place]) -> list[str]:
    """Thousands of addresses."""
    ports = [one.path.rpartition("/")[2] for one in places if one.kind == "ports"]
    single = [f"/v1/collections/ports/{name}" for name in ports]
    return [
        *single,
        *(f"{one}?include=html" for one in single),
        *(f"/v1/collections/ports?fields.size={number}" for number in range(500)),
        *(f"/v1/search?q={name.replace('-', '%20')}" for name in ports[:200]),
        *(f"/v1/collections/nowhere/{number}" for number in range(200)),
        "/v1/navigation", "/v1/articles", "/v1/changes", "/v1/export.ndjson?collection=authors", "/feed.json",
    ]  # fmt: skip


class Load:
    """Requests over some connections, one after the other on each, until all are answered."""

    def __init__(self, port: int, every: list[str]) -> None:
        self.port, self.every = port, every
        self.done = 0
        self.statuses: Counter[str] = Counter()
        self.tags: dict[str, str] = {}
        self._awaited: list[tuple[int, int, asyncio.Event]] = []

    async def run(self) -> None:
        await asyncio.gather(*(self._caller(number) for number in range(CONNECTIONS)))

    async def reached(self, part: float) -> None:
        """Returns when this part of all requests is under way."""
        told = asyncio.Event()
        heapq.heappush(self._awaited, (int(REQUESTS * part), id(told), told))
        await told.wait()

    def _count(self) -> None:
        self.done += 1
        while self._awaited and self._awaited[0][0] <= self.done:
            heapq.heappop(self._awaited)[2].set()

    async def _caller(self, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while self.done < REQUESTS:
            self._count()
            # The primes spread the callers over all addresses; every third request is conditional.
            target = self.every[(self.done * 7919 + number) % len(self.every)]
            tag = self.tags.get(target) if self.done % 3 == 0 else None
            condition = f"If-None-Match: {tag}\r\n" if tag else ""
            writer.write(f"GET {target} HTTP/1.1\r\nHost: a\r\n{condition}\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            # Of exports only a few are made at once; who comes on top is told to come again.
            again = head[9:12] == "503" and target.startswith("/v1/export") and "\nretry-after:" in head
            self.statuses["told to come again" if again else head[9:12]] += 1
            if found := re.search(r'\netag: ("[^"]*")', head):
                self.tags[target] = found[1]
            await self._rest(reader, head)
        writer.close()

    async def _rest(self, reader: asyncio.StreamReader, head: str) -> None:
        if length := re.search(r"\ncontent-length: (\d+)", head):
            if head[9:12] != "304":
                await reader.readexactly(int(length[1]))
        elif "\ntransfer-encoding: chunked" in head:
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()


# -- the syncs --------------------------------------------------------------------------------------------------------


async def change(folder: Path, load: Load) -> int:
    """Changes the folder so many times, spread over all requests; how many syncs that were."""
    for number in range(SYNCS):
        await load.reached(number / SYNCS)
        (folder / "pages/changing.md").write_text(f"---\ntitle: Changed {number}\n---\nText {number}.\n")
        (folder / f"pages/coming-{number}.md").write_text(f"---\ntitle: Coming {number}\n---\n")
        (folder / f"pages/coming-{number - 3}.md").unlink(missing_ok=True)
        await asyncio.sleep(0.02)
    return SYNCS


async def watch(parent: int, load: Load, looks: list[dict[str, Look]]) -> None:
    """Looks at every process at even distances."""
    for number in range(1, LOOKS + 1):
        await load.reached(number / LOOKS)
        looks.append({name: look(pid) for pid, name in processes(parent).items()})


async def soak(port: int, parent: int, folder: Path, places: list[corpora.Place]) -> tuple[Load, list[dict[str, Look]]]:
    """The load, and what every process had at each look."""
    load = Load(port, targets(places))
    looks: list[dict[str, Look]] = []
    await asyncio.gather(load.run(), change(folder, load), watch(parent, load, looks))
    return load, looks


# -- what is told -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(folder: Path, place: Path) -> Iterator[tuple[int, int]]:
    """A service over a folder: its port and its process."""
    command = [sys.executable, "-m", "contentapi", "serve", str(folder), "--port", "0", "--index", str(place / "i.db")]
    with (place / "log").open("w") as log:
        server = subprocess.Popen([*command, "--drain", "0"], stdout=subprocess.PIPE, stderr=log, cwd=ROOT, text=True)
    try:
        said = server.stdout.readline() if server.stdout else ""
        if "://" not in said:
            raise SystemExit((place / "log").read_text())
        yield int(said.rpartition(":")[2]), server.pid
    finally:
        server.terminate()
        server.wait(PATIENCE)


def flat(looks: list[dict[str, Look]]) -> bool:
    """Prints what each process had after a fifth and at the end; whether nothing grew."""
    first, last = looks[LOOKS // 5 - 1], looks[-1]
    proven = True
    for name in last:
        pairs = [(getattr(first[name], one), getattr(last[name], one)) for one in ("memory", "files", "watches")]
        grew = [after > 1.1 * before + slack for (before, after), slack in zip(pairs, SLACK, strict=True)]
        proven &= not any(grew)
        (m1, m2), (f1, f2), (w1, w2) = pairs
        print(
            f"{name:8} {m1:6.1f} → {m2:6.1f} MB, {f1:3} → {f2:3} files, {w1:3} → {w2:3} watches{'  GREW' * any(grew)}"
        )
    return proven


def main() -> int:
    """Soaks the service, and says what became of it."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        places = corpora.write(place / "content", DOCUMENTS)
        with serving(place / "content", place) as (port, parent):
            begun = time.monotonic()
            load, looks = uvloop.run(soak(port, parent, place / "content", places))
            seconds = time.monotonic() - begun
            synced = len(re.findall("Indexed", (place / "log").read_text()))
    print(
        f"{load.done:,} requests, {synced:,} syncs in {seconds:.0f} s; by status: {dict(load.statuses.most_common())}"
    )
    proven = flat(looks) and not any(status.startswith("5") for status in load.statuses) and synced >= SYNCS * 0.9
    print("flat" if proven else "not flat, or something failed")
    return 0 if proven else 1


if __name__ == "__main__":
    sys.exit(main())
