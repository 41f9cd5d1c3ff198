"""A running service sees every kind of change, told of it or looking for it, and its workers say the same.

In ``make test`` it may take as long as a busy machine needs; ``scripts/prove-folder`` sets ``CONTENTAPI_WITHIN=1``, seconds.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import PATIENCE, Service, serve, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at the processes in /proc")

WITHIN = float(os.environ.get("CONTENTAPI_WITHIN", PATIENCE))
MODES = {"told": "--no-poll", "looking": "--poll"}
every_mode = pytest.mark.parametrize("mode", MODES.values(), ids=MODES)


def page(title: str, path: str = "/a") -> str:
    return f"---\ntitle: {title}\npermalink: {path}\n---\n\n{title}.\n"


class Worker:
    """A connection that stays with one worker, and the worker's process."""

    def __init__(self, service: Service) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
        self._connection.connect()
        self.pid = _answering(service, self._connection.sock.getsockname()[1])

    def get(self, target: str) -> tuple[int, dict]:
        self._connection.request("GET", target)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def title(self, path: str = "a") -> str | None:
        """The title at a path, None when there is nothing."""
        return self.get(f"/v1/pages/{path}")[1].get("title") if path else None

    def close(self) -> None:
        self._connection.close()


def _answering(service: Service, port: int) -> int:
    """The child that holds the other end of a connection from a local port."""
    ends = re.compile(rf": 0100007F:{service.port:04X} 0100007F:{port:04X} .*")
    found: list[int] = []

    def look() -> bool:
        line = ends.search(Path("/proc/net/tcp").read_text())
        inode = line[0].split()[9] if line else "0"
        for pid in service.children():
            held = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink()]
            if inode != "0" and f"socket:[{inode}]" in held:
                found.append(pid)
        return bool(found)

    until(look)
    return found[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "site/content"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.md").write_text(page("First"))
    (folder / "sub/b.md").write_text(page("Second", "/sub/b"))
    (tmp_path / "index").mkdir()
    return folder


@pytest.fixture
def following(folder: Path, tmp_path: Path) -> Iterator[Callable[..., tuple[Service, list[Worker]]]]:
    """A service over a folder with two workers, and a connection to each."""
    running: list[Service] = []
    opened: list[Worker] = []

    def start(mode: str, root: Path = folder) -> tuple[Service, list[Worker]]:
        service = serve(root, tmp_path / "index/content.db", "--workers", "2", mode)
        running.append(service)
        service.announced()
        while len({one.pid for one in opened}) < 2:
            opened.append(Worker(service))
        return service, list({one.pid: one for one in opened}.values())

    yield start
    for one in opened:
        one.close()
    for service in running:
        service.__exit__(None, None, None)


def syncs(service: Service) -> int:
    """How many syncs found something, as the service tells them."""
    return len(re.findall(r"Indexed \d+ changed", service.log))


def seen(workers: list[Worker], path: str, title: str | None) -> tuple[float, float]:
    """Waits until each worker answers with that title; seconds until the last did, and between the first and the last."""
    begun, when = time.monotonic(), {}
    while len(when) < len(workers):
        for one in workers:
            if one.pid not in when and one.title(path) == title:
                when[one.pid] = time.monotonic()
        assert time.monotonic() - begun < PATIENCE, (path, title)
    return max(when.values()) - begun, max(when.values()) - min(when.values())


# -- one change -------------------------------------------------------------------------------------------------------


def swap(link: Path, target: str) -> None:
    new = link.with_name("..new")
    new.symlink_to(target)
    new.replace(link)


def edit(root: Path, title: str) -> None:
    (root / "a.md").write_text(page(title))


def edit_with_old_times(root: Path, title: str) -> None:
    """Of the same size, with the times of before, in place."""
    status = (root / "a.md").stat()
    (root / "a.md").write_text(page(title[:5].ljust(5)))
    os.utime(root / "a.md", ns=(status.st_atime_ns, status.st_mtime_ns))


def swap_by_rename(root: Path, title: str) -> None:
    (root / ".a.md.tmp").write_text(page(title))
    (root / ".a.md.tmp").replace(root / "a.md")


def make_folder(root: Path, title: str) -> None:
    (root / "new/deep").mkdir(parents=True)
    (root / "new/deep/x.md").write_text(page(title, "/new/x"))


def rename_folder(root: Path, title: str) -> None:
    (root / "sub/b.md").write_text("---\ntitle: Moved\n---\n")
    (root / "sub").rename(root / "moved")


def delete(root: Path, title: str) -> None:
    (root / "a.md").unlink()


def delete_folder(root: Path, title: str) -> None:
    shutil.rmtree(root / "sub")


def move_in(root: Path, title: str) -> None:
    """A folder made elsewhere comes in one step."""
    make_folder(root.parent, title)
    (root.parent / "new").rename(root / "new")


def replace_root(root: Path, title: str) -> None:
    shutil.copytree(root, root.with_name("fresh"))
    (root.with_name("fresh") / "a.md").write_text(page(title))
    root.rename(root.with_name("old"))
    root.with_name("fresh").rename(root)


CHANGES: dict[str, tuple[Callable[[Path, str], None], str, str | None]] = {
    "an edit": (edit, "a", "Other"),
    "an edit of the same size with old times": (edit_with_old_times, "a", "Other"),
    "a swap by renaming": (swap_by_rename, "a", "Other"),
    "a new folder with a file in it": (make_folder, "new/x", "Other"),
    "a folder that is moved in": (move_in, "new/x", "Other"),
    "a folder that is renamed": (rename_folder, "moved/b", "Moved"),
    "a file that is deleted": (delete, "a", "Not Found"),
    "a folder that is deleted": (delete_folder, "sub/b", "Not Found"),
    "a root that is replaced": (replace_root, "a", "Other"),
}


@every_mode
def test_every_change_is_seen_by_every_worker(folder: Path, following: Callable, mode: str) -> None:
    service, workers = following(mode)
    fresh = folder.with_name("as-it-was")
    shutil.copytree(folder, fresh)
    for name, (change, path, title) in CHANGES.items():
        change(folder, "Other")
        took, apart = seen(workers, path, title)
        print(f"{name}: seen after {took * 1000:.0f} ms, the workers {apart * 1000:.0f} ms apart")  # noqa: T201
        assert took < WITHIN, name
        assert apart < WITHIN, name
        shutil.rmtree(folder)
        shutil.rmtree(folder.with_name("old"), ignore_errors=True)
        shutil.copytree(fresh, folder)
        seen(workers, "a", "First")
        seen(workers, "sub/b", "Second")
        seen(workers, "new/x", "Not Found")
    assert service.end() == 0


@every_mode
def test_a_volume_of_kubernetes_is_swapped_as_one(folder: Path, following: Callable, mode: str) -> None:
    mount = folder.with_name("mount")
    mount.mkdir()
    for number in (1, 2):
        (mount / f"..v{number}").mkdir()
        for name in ("a", "b"):
            (mount / f"..v{number}" / f"{name}.md").write_text(page(f"Volume {number}", f"/{name}"))
    (mount / "..data").symlink_to("..v1")
    for name in ("a", "b"):
        (mount / f"{name}.md").symlink_to(f"..data/{name}.md")
    _, workers = following(mode, mount)
    for number in (2, 1, 2):
        swap(mount / "..data", f"..v{number}")
        took, _ = seen(workers, "a", f"Volume {number}")
        assert took < WITHIN
        assert [one.title("b") for one in workers] == [f"Volume {number}"] * 2


# -- many changes at once ---------------------------------------------------------------------------------------------


def git(root: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(root.parent)}
    subprocess.run(("git", *settings, *arguments), cwd=root, env=environment, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
@every_mode
def test_a_checkout_of_500_files_is_one_state_after_the_other(folder: Path, following: Callable, mode: str) -> None:
    shutil.rmtree(folder)
    (folder / "sub").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    for generation in ("one", "two"):
        for number in range(500):
            place = folder / f"sub/{number // 50}/{number}.md"
            place.parent.mkdir(exist_ok=True)
            place.write_text(page(f"{generation} {number:03}", f"/{number:03}"))
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", generation)
        git(folder, "branch", "--force", f"as-{generation}")
    service, workers = following(mode)
    for generation in ("one", "two"):
        before = syncs(service)
        git(folder, "checkout", "--quiet", f"as-{generation}")
        found: set[str] = set()
        while found != {generation}:
            for one in workers:
                items = one.get("/v1/pages?path__contains=9&limit=100&fields=title")[1]["items"]
                found = {item["title"].split()[0] for item in items}
                assert len(items) == 95
                assert len(found) == 1, "one answer is of two states"
        until(lambda: all(one.title("499") == f"{generation} 499" for one in workers))  # noqa: B023 - at once
        until(lambda: syncs(service) > before)  # noqa: B023 - at once
        assert syncs(service) - before <= 2


# -- what is no change ------------------------------------------------------------------------------------------------


@every_mode
def test_the_noise_of_editors_is_no_sync(folder: Path, following: Callable, mode: str) -> None:
    service, workers = following(mode)
    revision = workers[0].get("/v1/status")[1]["last_sync"]
    before = syncs(service)
    for _ in range(20):
        for name in (
            ".a.md.swp",
            "4913",
            "a.md~",
            "#a.md#",
            ".#a.md",
            "a.md.tmp",
            ".goutputstream-X",
            "a.md___jb_tmp___",
        ):
            (folder / name).write_text("noise")
            (folder / name).unlink()
    assert workers[0].get("/v1/status")[1]["last_sync"] == revision
    edit(folder, "Other")  # what comes after the noise is the first that is seen
    seen(workers, "a", "Other")
    until(lambda: syncs(service) > before)  # it is told a moment after it is served
    assert syncs(service) - before == 1
