"""``contentapi.asgi:app`` under plain uvicorn, configured by the environment alone."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.processes import BIN, PATIENCE, Service, alive, children, free_port, holds, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at the processes in /proc")

PAGE = "---\ntitle: {}\n---\n\nText.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "index.md").write_text(PAGE.format("Home"), encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index" / "content.db"


def under_uvicorn(folder: Path, index: Path, *flags: str, **environ: str) -> Service:
    port = free_port()
    command = [str(BIN / "uvicorn"), "contentapi.asgi:app", "--host", "127.0.0.1", "--port", str(port), *flags]
    named = {"CONTENTAPI_FOLDER": str(folder), "CONTENTAPI_INDEX": str(index), **environ}
    service = Service(command, folder.parent / "log", environ=named)
    service.port = port
    until(lambda: service.status("/readyz") == 200)
    return service


def title(service: Service) -> str:
    return str(json.loads(service.get("/v1/pages/index").body)["title"])


def family(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    return [one for child in children(pid) for one in (child, *family(child))]


def test_several_workers_answer_from_one_index_that_one_of_their_writers_keeps(folder, index):
    with under_uvicorn(folder, index, "--workers", "2") as service:
        # Every worker has a writer; the one that holds the lock writes, the other one stands by.
        until(lambda: sum(holds(pid, Path(f"{index}.lock")) for pid in family(service.process.pid)) == 1)
        until(lambda: all(service.status("/readyz") == 200 for _ in range(20)))
        assert title(service) == "Home"
        (folder / "index.md").write_text(PAGE.format("Changed"), encoding="utf-8")
        until(lambda: all(title(service) == "Changed" for _ in range(10)))
        writer = next(pid for pid in family(service.process.pid) if holds(pid, Path(f"{index}.lock")))
        os.kill(writer, signal.SIGKILL)
        until(lambda: not alive(writer))
        (folder / "index.md").write_text(PAGE.format("Taken over"), encoding="utf-8")
        until(lambda: all(title(service) == "Taken over" for _ in range(10)))
        left = family(service.process.pid)
        service.process.terminate()
        assert service.process.wait(PATIENCE) == 0
        # uvicorn's own parent does not wait for what its workers started.
        until(lambda: not any(alive(pid) for pid in left))
        assert "Traceback" not in service.log


def test_a_writer_does_not_outlive_its_server(folder, index):
    with under_uvicorn(folder, index) as service:
        (writer,) = children(service.process.pid)
        service.process.kill()
        service.process.wait(PATIENCE)
        until(lambda: not alive(writer))


def test_the_environment_says_how_it_runs(folder, index):
    with under_uvicorn(folder, index, CONTENTAPI_WATCH="false", CONTENTAPI_API="https://api.example.org") as service:
        until(lambda: not children(service.process.pid))
        reply = json.loads(service.get("/v1/pages/index").body)
        assert reply["links"]["self"] == "https://api.example.org/v1/pages/index"
        (folder / "index.md").write_text(PAGE.format("Not seen"), encoding="utf-8")
        assert title(service) == "Home"
        assert service.end() in {0, -signal.SIGTERM}  # uvicorn alone raises it once more, when all is done
        assert "Traceback" not in service.log
