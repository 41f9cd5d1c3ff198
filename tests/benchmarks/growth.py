"""What things cost as a folder grows: a table, and a plot of it (SVG), over folders drawn by ``corpora.py``.

``python tests/benchmarks/growth.py 1000 4432 20000 --plot docs/growth.svg``. Measured from outside, as a caller sees it:
a first index from nothing (one process and its workers); ``serve`` over an unchanged folder until it has answered, and
what of that are the interpreter and imports; one changed title until an answer shows it; a page, a filtered list and a
search that nobody asked for before; the private memory of the answering process after many mixed requests.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import math
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import corpora

#: Name, unit, and whether it is said in seconds.
MEASURES = (
    ("cold index", "s"), ("unchanged start", "s"), ("one change", "ms"), ("one page", "ms"), ("one filtered list", "ms"),
    ("one search", "ms"), ("memory", "MB"),
)  # fmt: skip
_IMPORTS = (
    "import contentapi.cli, contentapi.web.app, contentapi.web.server, contentapi.serve.parent, contentapi.index.sync"
)
_PATIENCE = 600.0


class Caller:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, target: str) -> bytes:
        self._connection.request("GET", target)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            message = f"{target}: {answer.status}"
            raise RuntimeError(message)
        return body

    def took(self, targets: Sequence[str]) -> float:
        """Milliseconds for one of these answers: the median."""
        times = []
        for target in targets:
            started = time.perf_counter()
            self.get(target)
            times.append(time.perf_counter() - started)
        return 1000 * statistics.median(times)


def main() -> int:
    """Prints the table, and writes the plot when one is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="*", default=[1_000, 4_432])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--plot", type=pathlib.Path)
    options = parser.parse_args()
    imports = statistics.median(_seconds([sys.executable, "-c", _IMPORTS]) for _ in range(5))
    print(f"interpreter and imports: {imports:.2f} s (part of every start)")
    print(f"{'documents':>10}" + "".join(f"{f'{name} ({unit})':>24}" for name, unit in MEASURES), flush=True)
    table: dict[int, list[float]] = {}
    for count in options.counts:
        with tempfile.TemporaryDirectory() as scratch:
            table[count] = measure(pathlib.Path(scratch), count, options.requests)
        print(f"{count:>10,}" + "".join(f"{value:>24.2f}" for value in table[count]), flush=True)
    if options.plot is not None:
        options.plot.write_text(drawn(table))
    return 0


def measure(scratch: pathlib.Path, count: int, requests: int) -> list[float]:
    """All measures of one folder, in the order of ``MEASURES``."""
    folder, index = scratch / "content", scratch / "index.db"
    places = corpora.write(folder, count)
    time.sleep(2.1)  # a file that has just changed is read once more at the next look
    command = [sys.executable, "-m", "contentapi"]
    cold = _seconds([*command, "index", str(folder), "--index", str(index)])
    starts = []
    for _ in range(3):
        with _serving(folder, index) as (_, _, start):
            starts.append(start)
    with _serving(folder, index) as (process, port, _):
        caller = Caller(port)
        ports = [one.path.rpartition("/")[2] for one in places if one.kind == "ports"]
        some = ports[:: max(1, len(ports) // 100)]
        page = caller.took([f"/v1/collections/ports/{name}" for name in some])
        listed = caller.took(
            [
                f"/v1/collections/ports?fields.status=open&fields.size__gte={n}&sort=-fields.size"
                for n in range(0, 900, 45)
            ]
        )
        words = {word for name in some[:40] for word in _title(folder, name).split()}
        searched = caller.took([f"/v1/search?q={quote(word.lower())}" for word in sorted(words)])
        change = statistics.median(_changed(folder, caller, name) for name in some[:7])
        memory = _memory(process.pid, caller, ports, requests)
    return [cold, statistics.median(starts), change, page, listed, searched, memory]


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)
    return time.perf_counter() - started


@contextlib.contextmanager
def _serving(folder: pathlib.Path, index: pathlib.Path) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """The service over a folder: its process, its port, and the seconds until it had answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    flags = ["--port", str(port), "--index", str(index), "--drain", "0"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "contentapi", "serve", str(folder), *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_answers(port)
        yield process, port, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            Caller(port).get("/v1/collections/ports?limit=1")
        except (OSError, RuntimeError, http.client.HTTPException):
            time.sleep(0.005)
        else:
            return
    message = "the service did not answer"
    raise RuntimeError(message)


def _title(folder: pathlib.Path, name: str) -> str:
    return (folder / f"ports/{name}.md").read_text().splitlines()[1].removeprefix("title: ")


def _changed(folder: pathlib.Path, caller: Caller, name: str) -> float:
    """Milliseconds from writing another title until an answer has it."""
    file = folder / f"ports/{name}.md"
    title = f"Changed at {time.monotonic_ns()}"
    text = file.read_text().replace(f"title: {_title(folder, name)}", f"title: {title}", 1)
    file.write_text(text)
    started = time.perf_counter()
    while title.encode() not in caller.get(f"/v1/collections/ports/{name}?fields=title"):
        if time.perf_counter() - started > 60:
            message = f"the change of {name} was not seen"
            raise RuntimeError(message)
        time.sleep(0.001)
    found = 1000 * (time.perf_counter() - started)
    time.sleep(0.2)
    return found


def _memory(parent: int, caller: Caller, ports: Sequence[str], requests: int) -> float:
    """Megabytes of its own that the process which answers has, after so many mixed requests."""
    before = {pid: _worked(pid) for pid in _below(parent)}
    for number in range(requests):
        name = ports[number * 7919 % len(ports)]
        caller.get((
            f"/v1/collections/ports/{name}", f"/v1/collections/ports/{name}?include=html",
            f"/v1/collections/ports?fields.size={number % 1000}", f"/v1/collections/ports/{name}?fields=title,fields",
        )[number % 4])  # fmt: skip
    answering = max(before, key=lambda pid: _worked(pid) - before[pid])
    rollup = pathlib.Path(f"/proc/{answering}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) / 1024


def _below(parent: int) -> list[int]:
    found = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in found]


def _worked(pid: int) -> int:
    return sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


# -- the plot ---------------------------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _LEFT, _TOP = 760, 420, 60, 20
_COLOURS = ("#000091", "#c9191e", "#18753c", "#b34000", "#6e445a", "#0063cb", "#716043")


def drawn(table: dict[int, list[float]]) -> str:
    """The measures over the number of documents, both axes logarithmic, each relative to that of the smallest folder."""
    counts = sorted(table)
    first = table[counts[0]]
    highest = max(2.0, *(value / first[row] for values in table.values() for row, value in enumerate(values)))
    lowest = min(0.5, *(value / first[row] for values in table.values() for row, value in enumerate(values)))

    def place(count: int, ratio: float) -> tuple[float, float]:
        across = math.log(count / counts[0]) / max(math.log(counts[-1] / counts[0]), 1e-9)
        down = math.log(highest / ratio) / math.log(highest / lowest)
        return _LEFT + across * (_WIDTH - 260), _TOP + down * (_HEIGHT - 70)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        '<title>Cost over the number of documents</title><rect width="100%" height="100%" fill="#fff"/>',
        '<g font-size="12">',
    ]
    for power in range(math.ceil(math.log10(lowest)), math.floor(math.log10(highest)) + 1):
        _, down = place(counts[0], 10.0**power)
        parts.append(f'<path d="M{_LEFT} {down:.0f}H{_WIDTH - 200}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{down + 4:.0f}" text-anchor="end">×{10.0**power:g}</text>')
    for count in counts:
        across, _ = place(count, 1.0)
        parts.append(f'<text x="{across:.0f}" y="{_HEIGHT - 28}" text-anchor="middle">{count:,}</text>')
    for row, (name, unit) in enumerate(MEASURES):
        line = " ".join("{:.1f},{:.1f}".format(*place(count, table[count][row] / first[row])) for count in counts)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{_COLOURS[row]}" stroke-width="2"/>')
        said = f"{name}: {first[row]:.3g} → {table[counts[-1]][row]:.3g} {unit}"
        parts.append(f'<text x="{_WIDTH - 190}" y="{_TOP + 20 + 22 * row}" fill="{_COLOURS[row]}">{said}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 8}">documents; each line relative to the smallest folder</text>')
    return "\n".join([*parts, "</g></svg>\n"])


if __name__ == "__main__":
    sys.exit(main())
