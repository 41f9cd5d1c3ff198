"""The processes of a running service: they start, answer, are replaced, and end, as an operator sees it from outside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contentapi.errors import SettingsError
from contentapi.serve import children as family
from contentapi.serve.children import Place
from contentapi.serve.parent import bind
from tests.processes import PATIENCE, Service, alive, bound_by_permissions, free_port, serve, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at the processes in /proc")

#: Seconds within which a worker is replaced: one, where the machine has nothing else to do (`make prove`).
WITHIN = float(os.environ.get("CONTENTAPI_WITHIN", PATIENCE))
PAGE = "---\ntitle: {}\n---\n\nText.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "index.md").write_text(PAGE.format("Home"), encoding="utf-8")
    (folder / "contentapi.toml").write_text('[site]\ntitle = "First"\n', encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index" / "content.db"


@pytest.fixture(autouse=True)
def _place(index: Path) -> None:
    index.parent.mkdir()


def title(service: Service, path: str = "/v1/pages/index") -> str:
    return str(json.loads(service.get(path).body).get("title"))


def put(folder: Path, name: str, text: str) -> None:
    """Saves a file as editors do: all at once."""
    (folder / f".{name}.tmp").write_text(text, encoding="utf-8")
    (folder / f".{name}.tmp").replace(folder / name)


# -- how it starts ----------------------------------------------------------------------------------------------------


def test_it_says_where_it_answers_once_it_does(folder, index):
    with serve(folder, index) as service:
        service.announced()
        assert service.said == f"contentapi serves {folder} at http://127.0.0.1:{service.port}\n"
        assert service.get("/readyz").status == 200
        assert title(service) == "Home"
        assert len(service.children()) == 2
        assert service.end() == 0
        assert "Traceback" not in service.log


def test_a_port_in_use_is_told_in_one_sentence(folder, index):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serve(folder, index, "--port", str(port)) as service:
            assert service.process.wait(PATIENCE) == 2
            assert service.log.count("\n") == 1
            assert f"port {port} of 127.0.0.1 is in use" in service.log
            assert "--port" in service.log


def test_a_host_that_is_none_is_told():
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1:8000 is no address to listen on here"):
        bind("192.0.2.1", 8000)


def test_an_index_that_cannot_be_is_told_in_one_sentence(folder, index):
    index.write_text("my diary", encoding="utf-8")
    with serve(folder, index) as service:
        assert service.process.wait(PATIENCE) == 2
        assert "is no index of contentapi" in service.log
        assert "Traceback" not in service.log
    assert index.read_text(encoding="utf-8") == "my diary"


@contextmanager
def asking(service: Service, path: str) -> Iterator[list[int]]:
    """Asks again and again, from two threads, until the end; gives the statuses, 0 for no answer."""
    statuses: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            statuses.append(service.status(path))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        stop.set()
        for thread in threads:
            thread.join()


# -- who dies is replaced ---------------------------------------------------------------------------------------------


def test_a_worker_that_dies_is_replaced_within_a_second(folder, index):
    with serve(folder, index, "--workers", "2") as service:
        service.announced()
        writer = service.writer(index)
        workers = set(service.children()) - {writer}
        victim = min(workers)
        os.kill(victim, signal.SIGKILL)
        begun = time.monotonic()
        until(lambda: len(set(service.children()) - {victim}) == 3)
        assert time.monotonic() - begun < WITHIN
        until(lambda: "a worker ended (killed by SIGKILL); it is replaced." in service.log)
        for _ in range(20):
            assert service.get("/readyz").status == 200
        assert service.end() == 0


def test_a_writer_that_dies_is_replaced_and_follows_the_folder(folder, index):
    with serve(folder, index) as service:
        service.announced()
        for number in (signal.SIGKILL, signal.SIGTERM):
            writer = service.writer(index)
            os.kill(writer, number)
            until(lambda writer=writer: not alive(writer))
            assert title(service).startswith("Home")
            assert service.writer(index) != writer
            put(folder, "index.md", PAGE.format(f"Home {number}"))
            until(lambda number=number: title(service) == f"Home {number}")
        assert service.end() == 0
        assert "Traceback" not in service.log


def test_a_worker_that_dies_loses_what_it_held_and_no_more(folder, index):
    with serve(folder, index, "--workers", "2") as service:
        service.announced()
        writer = service.writer(index)
        with asking(service, "/v1/pages") as statuses:
            for _ in range(3):
                before = len(statuses)
                victim = min(set(service.children()) - {writer})
                os.kill(victim, signal.SIGKILL)
                until(lambda victim=victim: len(set(service.children()) - {victim}) == 3)
                until(lambda before=before: len(statuses) > before + 20)
        # Two threads ask: each kill finds at most the two requests that they have under way.
        assert statuses.count(0) <= 6
        assert set(statuses) <= {0, 200}
        assert service.end() == 0


def test_a_writer_that_is_killed_in_the_middle_of_a_transaction_loses_nothing(folder, index):
    def write(generation: int) -> None:
        for number in range(400):
            (folder / f"{number}.md").write_text(PAGE.format(f"T{generation}"), encoding="utf-8")

    write(0)
    log = Path(f"{index}-wal")
    with serve(folder, index) as service:
        service.announced()
        with asking(service, "/v1/pages?fields=title&limit=100") as statuses:
            for generation in range(1, 4):
                writer = service.writer(index)
                before = log.stat() if log.exists() else None
                write(generation)
                until(lambda before=before: log.exists() and (before is None or log.stat() != before))
                os.kill(writer, signal.SIGKILL)
                until(lambda writer=writer: not alive(writer))
            until(lambda: titles(service) == {"T3"})
        assert set(statuses) == {200}
        assert service.end() == 0
        assert "Traceback" not in service.log


def titles(service: Service) -> set[str]:
    items = json.loads(service.get("/v1/pages?fields=title&limit=100&sort=path").body)["items"]
    return {str(item["title"]) for item in items} - {"Home"}


class _Stillborn:
    """A child that has died when it is first looked at."""

    def __init__(self, lived: float) -> None:
        self.born = time.monotonic() - lived

    def forget(self) -> int:
        return 1


def test_children_that_die_young_again_and_again_are_started_less_and_less_often():
    place = Place("worker", lambda: _Stillborn(0))
    pauses = []
    for _ in range(12):
        place.due = 0.0
        place.fill()
        place.bury()
        pauses.append(max(0.0, round(place.due - time.monotonic(), 1)))
    assert pauses == [0, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30]
    assert not place.fill()
    assert place.child is None


def test_a_child_that_lived_long_is_replaced_at_once():
    place = Place("worker", lambda: _Stillborn(family._STEADY + 1))
    place.deaths = 7
    place.fill()
    place.bury()
    assert place.due <= time.monotonic()


# -- how it ends ------------------------------------------------------------------------------------------------------


def test_told_to_end_it_says_so_first_and_answers_meanwhile(folder, index):
    with serve(folder, index, "--workers", "2", "--drain", "2") as service:
        service.announced()
        begun = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        until(lambda: service.status("/readyz") == 503)
        answers = 0
        while time.monotonic() - begun < 1.5:
            assert service.get("/readyz").status == 503
            reply = service.get("/v1/pages")
            assert reply.status == 200
            assert reply.headers["connection"] == "close"
            answers += 1
        assert answers > 5
        assert service.process.wait(PATIENCE) == 0
        assert "Traceback" not in service.log


def large(folder: Path) -> bytes:
    """A picture that fills every buffer between the service and who asks for it."""
    picture = b"\x89PNG\r\n\x1a\n" + os.urandom(1000) * 19_000
    (folder / "large.png").write_bytes(picture)
    return picture


def slow(port: int) -> socket.socket:
    """A connection on which the picture is being sent, and stands still."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.sendall(b"GET /v1/assets/large.png HTTP/1.1\r\nHost: a\r\n\r\n")
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def test_requests_in_flight_are_answered_to_their_end(folder, index):
    picture = large(folder)
    with serve(folder, index, "--drain", "0") as service:
        service.announced()
        with slow(service.port) as connection:
            service.process.send_signal(signal.SIGTERM)
            until(lambda: service.status("/livez") == 0)
            assert service.process.poll() is None
            got = b""
            while more := connection.recv(1_000_000):
                got += more
        assert got.endswith(picture)
        assert service.process.wait(PATIENCE) == 0


def test_who_never_takes_the_answer_does_not_keep_it_from_ending(folder, index):
    large(folder)
    with serve(folder, index, "--drain", "0", "--grace", "3") as service:
        service.announced()
        with slow(service.port):
            begun = time.monotonic()
            assert service.end() == 0
            assert time.monotonic() - begun < 4
        assert "Traceback" not in service.log


def test_an_export_that_nobody_takes_does_not_keep_it_from_ending(folder, index):
    for number in range(12):
        put(folder, f"long-{number}.md", f"---\ntitle: Long\n---\n{'mot ' * 100_000}\n")
    with serve(folder, index, "--drain", "0", "--grace", "3") as service:
        service.announced()
        with socket.create_connection(("127.0.0.1", service.port), PATIENCE) as connection:
            asked = b"GET /v1/export.ndjson?include=html,markdown,text,sections HTTP/1.1\r\nHost: a\r\n\r\n"
            connection.sendall(asked)
            got = connection.recv(12)
            assert got == b"HTTP/1.1 200"
            begun = time.monotonic()
            assert service.end() == 0
            assert time.monotonic() - begun < 4
            with contextlib.suppress(ConnectionResetError):
                while more := connection.recv(1_000_000):
                    got += more
        assert b"\r\ntransfer-encoding: chunked\r\n" in got
        assert not got.endswith(b"0\r\n\r\n")
        assert "Traceback" not in service.log


def test_ctrl_c_ends_all_of_it_at_once_and_in_silence(folder, index):
    with serve(folder, index, "--workers", "2", "--drain", "9") as service:
        service.announced()
        begun = time.monotonic()
        os.killpg(service.process.pid, signal.SIGINT)
        assert service.process.wait(PATIENCE) == 0
        assert time.monotonic() - begun < 3
        # What was indexed may still be told; nothing else may.
        assert not [line for line in service.log.splitlines() if "Indexed" not in line]
        assert not service.children()


def test_nothing_is_left_behind_by_a_parent_that_was_killed(folder, index):
    with serve(folder, index, "--workers", "2") as service:
        service.announced()
        left = service.children()
        assert len(left) == 3
        service.process.kill()
        service.process.wait(PATIENCE)
        until(lambda: not any(alive(pid) for pid in left), 5)
        with serve(folder, index, "--port", str(service.port)) as again:
            assert again.announced().get("/readyz").status == 200


# -- two servers, one index -------------------------------------------------------------------------------------------


def test_a_second_server_serves_what_the_first_one_writes_and_takes_over_when_it_dies(folder, index):
    with serve(folder, index) as first, serve(folder, index) as second:
        first.announced()
        second.announced()
        until(lambda: "stands by" in second.log or "stands by" in first.log)
        writing, waiting = (first, second) if "stands by" in second.log else (second, first)
        put(folder, "index.md", PAGE.format("Seen by both"))
        until(lambda: title(first) == title(second) == "Seen by both")
        writing.process.kill()
        until(lambda: not writing.children())
        put(folder, "index.md", PAGE.format("Taken over"))
        until(lambda: title(waiting) == "Taken over")
        assert waiting.end() == 0


@pytest.mark.parametrize("watch", ["--watch", "--no-watch"])
def test_a_second_server_of_another_folder_says_that_it_serves_the_first_ones(folder, index, tmp_path, watch):
    other = tmp_path / "other"
    other.mkdir()
    put(other, "index.md", PAGE.format("Other"))
    same = tmp_path / "same"
    same.symlink_to(folder)
    with serve(folder, index) as first:
        first.announced()
        command = [sys.executable, "-m", "contentapi", "serve", "--port", "0", "--index", str(index), watch]
        for number, (given, told) in enumerate([(other, True), (same, False)]):
            with Service([*command, str(given)], tmp_path / f"log{number}") as second:
                second.announced()
                assert title(second) == "Home"
                warning = f"The index {index} is that of {folder}: it is served here too, and not {given}."
                assert (warning in second.log) is told


# -- other settings ---------------------------------------------------------------------------------------------------


def test_changed_settings_are_taken_over_without_a_failed_request(folder, index):
    with serve(folder, index, "--workers", "2") as service:
        service.announced()
        before = set(service.children())
        with asking(service, "/v1/pages") as statuses:
            put(folder, "contentapi.toml", '[site]\ntitle = "Second"\n')
            until(lambda: title(service, "/") == "Second")
            until(lambda: not before & set(service.children()))
        assert len(statuses) > 10
        assert set(statuses) == {200}
        assert "The new settings are in force." in service.log
        assert len(service.children()) == 3
        assert service.end() == 0
        assert "ended" not in service.log


def test_settings_that_cannot_be_read_change_nothing_and_are_told(folder, index):
    with serve(folder, index) as service:
        service.announced()
        before = service.children()
        put(folder, "contentapi.toml", '[site]\ntittle = "Wrong"\n')
        until(lambda: "The settings cannot be read, the old ones stay:" in service.log)
        assert "did you mean title?" in service.log
        assert title(service, "/") == "First"
        assert service.children() == before
        put(folder, "contentapi.toml", '[site]\ntitle = "Third"\n')
        until(lambda: title(service, "/") == "Third")
        assert service.end() == 0


def test_a_server_that_stands_by_takes_changed_settings_over_too(folder, index):
    with serve(folder, index) as first:
        first.announced()
        with serve(folder, index) as second:
            second.announced()
            put(folder, "contentapi.toml", '[site]\ntitle = "Second"\n')
            until(lambda: title(first, "/") == title(second, "/") == "Second")
            assert second.end() == 0
        assert first.end() == 0


# -- without watching -------------------------------------------------------------------------------------------------


def test_without_watching_the_folder_is_looked_at_once(folder, index):
    with serve(folder, index, "--no-watch") as service:
        service.announced()
        until(lambda: len(service.children()) == 1)
        put(folder, "index.md", PAGE.format("Not seen"))
        assert title(service) == "Home"
        assert service.end() == 0
        assert "ended" not in service.log
    with serve(folder, index, "--no-watch") as service:
        service.announced()
        assert title(service) == "Not seen"


@pytest.mark.parametrize("watch", ["--watch", "--no-watch"])
def test_an_index_that_cannot_be_written_is_served_as_it_is(folder, index, watch):
    with serve(folder, index, "--no-watch") as service:
        service.announced()
        assert service.end() == 0
    for path in index.parent.iterdir():
        path.chmod(0o444)
    index.parent.chmod(0o555)
    listing = sorted((path.name, path.stat().st_mtime_ns) for path in index.parent.iterdir() if path.name != "log")
    put(folder, "index.md", PAGE.format("Not seen"))
    log = folder.parent / "log"
    command = [sys.executable, "-m", "contentapi", "serve", str(folder), "--port", "0", "--index", str(index), watch]
    try:
        with Service(command, log, before=bound_by_permissions) as service:
            service.announced()
            assert title(service) == "Home"
            assert service.get("/readyz").status == 200
            assert "It is served as it is" in service.log
            assert len(service.children()) == 1
            assert service.end() == 0
            assert "Traceback" not in service.log
    finally:
        index.parent.chmod(0o755)
    assert listing == sorted(
        (path.name, path.stat().st_mtime_ns) for path in index.parent.iterdir() if path.name != "log"
    )


def test_a_place_where_no_index_can_be_made_is_told_in_one_sentence(folder, tmp_path):
    place = tmp_path / "readonly"
    place.mkdir(mode=0o555)
    command = [sys.executable, "-m", "contentapi", "serve", str(folder), "--port", "0", "--index", str(place / "x.db")]
    with Service(command, tmp_path / "log", before=bound_by_permissions) as service:
        assert service.process.wait(PATIENCE) == 2
        assert "cannot be written" in service.log
        assert "Traceback" not in service.log


def test_free_ports_differ_from_those_in_use():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert free_port() != taken.getsockname()[1]
