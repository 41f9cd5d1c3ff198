"""Work in processes of their own: what is done comes back in order, and whatever a document does to its process, it costs
that document alone."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contentapi.ingest import pool as module
from contentapi.ingest.pool import Limits, Pool, Stopped
from contentapi.ingest.steps import Steps
from contentapi.model import SourceFile
from tests.processes import alive, until

QUICK = Limits(seconds=0.2, memory=300_000_000)


def files(*texts: str) -> list[SourceFile]:
    return [SourceFile(f"{number}.md", text.encode(), "digest") for number, text in enumerate(texts)]


def act(file: SourceFile, now: float) -> Steps[str]:
    """Does what the file says, in its second step."""
    yield
    word, _, rest = file.content.decode().partition(" ")
    return ACTS[word](rest) or f"{file.path} {word} at {now:g}"


def spin(_: str) -> str:
    while True:
        pass


def spin_in_c(_: str) -> str:
    return str(re.match("(a*)*b", "a" * 60))


ACTS: dict[str, Callable[[str], str | None]] = {
    "good": lambda _: None,
    "who": lambda _: str(os.getpid()),
    "long": lambda rest: "x" * int(rest),
    "spin": spin,
    "spin-in-c": spin_in_c,
    "grow": lambda _: str(len(bytearray(2_000_000_000))),
    "raise": lambda rest: [][int(rest)],
    "exit": lambda rest: os._exit(int(rest)),  # type: ignore[func-returns-value]
    "crash": lambda _: os.kill(os.getpid(), signal.SIGSEGV),  # type: ignore[func-returns-value]
}


def done(*texts: str, **options: int) -> list[str | Stopped]:
    with closing(Pool(act, QUICK, **options)) as pool:
        return list(pool.map(files(*texts), 7.0))


def test_nothing_is_nothing():
    assert done() == []


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_what_is_done_comes_back_in_order_however_many_do_it(processes):
    texts = [f"good {number}" for number in range(1000)]
    assert done(*texts, processes=processes) == [f"{number}.md good at 7" for number in range(1000)]


def test_a_few_files_start_one_process_and_many_start_more():
    assert len(set(done(*["who"] * 100, processes=2))) == 1
    assert len(set(done(*["who"] * 1000, processes=2))) == 2


def test_large_files_and_large_results_pass():
    assert [len(str(one)) for one in done(*["long 3000000" + " " * 300_000] * 5, processes=2)] == [3_000_000] * 5


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ("spin", Stopped(slow=True, why="")),
        ("spin-in-c", Stopped(slow=True, why="")),
        ("grow", Stopped(slow=False, why="it takes more memory than one document may have")),
        ("exit 3", Stopped(slow=False, why="the process that read it ended (exit code 3)")),
        ("exit 0", Stopped(slow=False, why="the process that read it ended (exit code 0)")),
        ("crash", Stopped(slow=False, why="the process that read it ended (killed by SIGSEGV)")),
    ],
)
def test_a_document_costs_itself_only(bad, expected, processes):
    texts = ["good"] * 40
    for place in (0, 17, 39):
        texts[place] = bad
    assert done(*texts, processes=processes) == [
        expected if place in {0, 17, 39} else f"{place}.md good at 7" for place in range(40)
    ]


def test_an_error_is_told_with_its_trace():
    (stopped, good) = done("raise 5", "good")
    assert isinstance(stopped, Stopped)
    assert not stopped.slow
    assert stopped.why.startswith("Traceback")
    assert stopped.why.endswith("IndexError: list index out of range")
    assert good == "1.md good at 7"


def test_a_process_that_sleeps_for_ever_is_stuck(monkeypatch):
    monkeypatch.setattr(module, "_STUCK", 2)
    monkeypatch.setattr(module, "_LEAVING", 0.05)
    monkeypatch.setitem(ACTS, "sleep", lambda _: time.sleep(3600))
    assert done("sleep", "good") == [Stopped(slow=True, why=""), "1.md good at 7"]


def test_a_process_is_kept_for_the_next_files_and_replaced_when_it_died():
    with closing(Pool(act, QUICK)) as pool:
        (first,) = pool.map(files("who"), 0.0)
        assert list(pool.map(files("who"), 0.0)) == [first]
        os.kill(int(str(first)), signal.SIGKILL)
        until(lambda: not alive(int(str(first))))
        (second,) = pool.map(files("who"), 0.0)
        assert second != first
        pool.close()
        assert not alive(int(str(second)))
        (third,) = pool.map(files("who"), 0.0)
        assert third not in {first, second}


def test_who_is_killed_with_work_in_hand_is_replaced_and_nothing_is_lost():
    with closing(Pool(act, QUICK, processes=1)) as pool:
        begun = pool.map(files(*["who"] * 1000), 0.0)
        first = str(next(begun))
        os.kill(int(first), signal.SIGKILL)
        others = [str(one) for one in begun]
    assert len(others) == 999
    assert all(one.isdecimal() for one in others)
    assert others[-1] != first


def test_who_stops_asking_gets_no_results_of_before():
    def failing() -> Iterator[SourceFile]:
        yield from files(*["good"] * 40)
        raise FileNotFoundError("gone")

    with closing(Pool(act, QUICK, processes=1)) as pool:
        with pytest.raises(FileNotFoundError, match="gone"):
            list(pool.map(failing(), 1.0))
        begun = pool.map(files(*["good"] * 1000), 1.0)
        next(begun)
        begun.close()
        assert list(pool.map(files("good"), 2.0)) == ["0.md good at 2"]


def test_files_are_asked_for_as_they_are_needed():
    asked: list[str] = []

    def asking(count: int) -> Iterable[SourceFile]:
        for file in files(*["good"] * count):
            asked.append(file.path)
            yield file

    with closing(Pool(act, QUICK, processes=1)) as pool:
        begun = pool.map(asking(5000), 0.0)
        next(begun)
        assert len(asked) < 1000
        begun.close()


def test_nothing_that_this_process_has_open_is_open_in_another(tmp_path):
    with (tmp_path / "held").open("w"), closing(Pool(act, QUICK)) as pool:
        (pid,) = pool.map(files("who"), 0.0)
        opened = [one.readlink().name for one in Path(f"/proc/{pid}/fd").iterdir() if int(one.name) > 2]
        assert [one.partition(":")[0] for one in opened] == ["pipe", "pipe"]
