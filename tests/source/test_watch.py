"""Hints of changes. The tests wait for hints, not for time to pass; after what gives no hint comes what gives one."""

import logging
import os
import queue
import random
import shutil
import subprocess
import threading
import time
import unicodedata
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from watchfiles._rust_notify import WatchfilesRustInternalError

from contentapi.model import Site, Vocabulary
from contentapi.source import git as git_of
from contentapi.source import watch
from contentapi.source.folder import Folder, Found

NFC, NFD = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
SITE = Site(Vocabulary((), {}, {}, (), (), ()))
LONG = 3600.0
PATIENCE = 10.0


@pytest.fixture(autouse=True)
def brisk(monkeypatch):
    monkeypatch.setattr(watch, "_REST", 0.05)


class Hints:
    """The hints of a folder, as they come."""

    def __init__(self, root: Path, **options):
        self.stop = threading.Event()
        self._queue = queue.Queue()
        options.setdefault("period", LONG)
        options.setdefault("force_polling", False)
        self._thread = threading.Thread(target=self._follow, args=(root, options))
        self._thread.start()

    def _follow(self, root, options):
        for hint in watch.changes(root, stop=self.stop, **options):
            self._queue.put(hint)

    def next(self, timeout: float = PATIENCE):
        return self._queue.get(timeout=timeout)

    def until(self, wanted: set[str] | None) -> list:
        """All hints up to the one that covers what is wanted."""
        seen, missing = [], wanted
        while True:
            seen.append(self.next())
            if wanted is None and seen[-1] is None:
                return seen
            if wanted is not None and seen[-1] is not None:
                missing = missing - seen[-1]
                if not missing:
                    return seen

    def end(self):
        self.stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@contextmanager
def following(root: Path, **options):
    """Hints of a folder that is watched; the first one, which means everything, is taken."""
    hints = Hints(root, **options)
    try:
        assert hints.next() is None
        yield hints
    finally:
        hints.end()


@pytest.fixture
def root(tmp_path) -> Path:
    root = tmp_path / "root"
    for path in ("a.md", "sub/b.md", "sub/deep/c.md", "other/d.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("text")
    return root


def swap(path: Path, target: str) -> None:
    """Points a symlink elsewhere in one step, as Kubernetes does."""
    new = path.with_name("..new")
    new.symlink_to(target)
    new.rename(path)


# -- changes ----------------------------------------------------------------------------------------------------------


def edit_with_old_times(root: Path) -> None:
    status = (root / "a.md").stat()
    (root / "a.md").write_text("TEXT")
    os.utime(root / "a.md", ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_by_rename(root: Path) -> None:
    (root / "a.md~").write_text("more")
    (root / "a.md~").rename(root / "a.md")


def make_folder_with_files(root: Path) -> None:
    (root / "new/deep").mkdir(parents=True)
    (root / "new/deep/x.md").write_text("text")
    (root / "new/y.md").write_text("text")


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda root: (root / "a.md").write_text("more"), {"a.md"}),
        (lambda root: (root / "sub/deep/c.md").write_text("more"), {"sub/deep/c.md"}),
        (lambda root: (root / "sub/new.md").write_text("more"), {"sub/new.md"}),
        (lambda root: (root / "sub/b.md").unlink(), {"sub/b.md"}),
        (lambda root: (root / "sub/b.md").rename(root / "moved.md"), {"sub/b.md", "moved.md"}),
        (lambda root: (root / "sub/deep").rename(root / "moved"), {"sub/deep", "moved"}),
        (lambda root: shutil.rmtree(root / "sub"), {"sub"}),
        (lambda root: (root / "a.md").chmod(0o600), {"a.md"}),
        (lambda root: (root / "link.md").symlink_to("a.md"), {"link.md"}),
        (lambda root: (root / "4913").mkdir(), {"4913"}),
        (lambda root: (root / f"{NFD}.md").write_text("text"), {f"{NFC}.md"}),
        (lambda root: (root / "_config.yml").write_text("text"), {"_config.yml"}),
        (edit_with_old_times, {"a.md"}),
        (replace_by_rename, {"a.md"}),
        (make_folder_with_files, {"new"}),
    ],
)
def test_a_change_is_hinted_at_by_its_path(root, change, hint):
    with following(root) as hints:
        change(root)
        assert hints.next() == hint


def test_a_new_folder_is_watched_from_then_on(root):
    with following(root) as hints:
        make_folder_with_files(root)
        assert hints.next() == {"new"}
        (root / "new/deep/x.md").write_text("more")
        assert hints.next() == {"new/deep/x.md"}
        (root / "new").rename(root / "renamed")
        assert hints.next() == {"new", "renamed"}
        (root / "renamed/deep/x.md").write_text("again")
        assert hints.next() == {"renamed/deep/x.md"}
        shutil.rmtree(root / "renamed")
        make_folder_with_files(root)
        assert set().union(*hints.until({"renamed", "new"})) == {"renamed", "new"}
        (root / "new/deep/x.md").write_text("more")
        assert hints.next() == {"new/deep/x.md"}


def test_in_a_large_folder_the_hint_of_a_new_one_comes_before_and_after_it_is_watched(root, monkeypatch):
    monkeypatch.setattr(watch, "_LARGE", 1)
    with following(root) as hints:
        make_folder_with_files(root)
        assert hints.next() == {"new"}
        assert "new" in hints.next()
        (root / "new/deep/x.md").write_text("more")
        hints.until({"new/deep/x.md"})


def test_a_burst_gives_one_hint_or_two(root, monkeypatch):
    monkeypatch.setattr(watch, "_QUIET", 0.2)  # a machine that is busy may pause as long while it writes
    monkeypatch.setattr(watch, "_LONGEST", PATIENCE)
    with following(root) as hints:
        paths = {f"sub/{number}.md" for number in range(500)}
        for path in paths:
            (root / path).write_text("text")
        assert len(hints.until(paths)) <= 2


def test_too_many_places_are_everything(root, monkeypatch):
    monkeypatch.setattr(watch, "_MANY", 10)
    with following(root) as hints:
        for number in range(11):
            (root / f"sub/{number}.md").write_text("text")
        assert hints.next() is None


def test_nothing_that_changes_while_a_hint_is_handled_is_lost(root):
    stop = threading.Event()
    hints = watch.changes(root, stop=stop, period=LONG, force_polling=False)
    assert next(hints) is None
    (root / "a.md").write_text("more")
    (root / "sub/b.md").write_text("more")
    assert next(hints) == {"a.md", "sub/b.md"}
    (root / "a.md").unlink()
    assert next(hints) == {"a.md"}
    stop.set()
    assert list(hints) == []


class Mirror:
    """What a folder holds, as far as hints have led there."""

    def __init__(self, root: Path):
        self.folder = Folder(root, SITE)
        self.files = {}

    def look(self, hint):
        for place in {""} if hint is None else hint:
            kept = {path: file for path, file in self.files.items() if place and not f"{path}/".startswith(f"{place}/")}
            self.files = kept | {item.path: item for item in self.folder.scan(place)}

    def complete(self) -> bool:
        def told(items):
            return {item.path: item.stamp if isinstance(item, Found) else item.code for item in items}

        return told(self.files.values()) == told(Folder(self.folder.root, SITE).scan())


def change_something(root: Path, chance: random.Random) -> None:
    """One change as a person, a program or git makes it; often none, as its file is not there."""

    def place() -> Path:
        return root.joinpath(
            *chance.choices(["a", "b", "_c", NFC, NFD, "d.md", "e.md", "f.md~"], k=chance.randint(1, 4))
        )

    one, other = place(), place()
    with suppress(OSError, shutil.Error):
        kind = chance.randrange(8)
        if kind < 3:
            one.parent.mkdir(parents=True, exist_ok=True)
            one.write_text(str(chance.random()))
        elif kind == 3:
            one.unlink()
        elif kind == 4:
            shutil.rmtree(one)
        elif kind == 5:
            other.parent.mkdir(parents=True, exist_ok=True)
            one.rename(other)
        elif kind == 6:
            one.parent.mkdir(parents=True, exist_ok=True)
            one.symlink_to(os.path.relpath(other, one.parent))
        elif not other.is_relative_to(one):
            shutil.copytree(one, other, symlinks=True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_many_changes_the_hints_have_led_everywhere(tmp_path, seed):
    """No periodic look helps here: what no hint names stays unseen, and the test fails when no more hints come."""
    chance, mirror = random.Random(seed), Mirror(tmp_path)
    with following(tmp_path, narrow=mirror.folder.narrow) as hints:
        for _ in range(4):
            for _ in range(150):
                change_something(tmp_path, chance)
            while not mirror.complete():
                mirror.look(hints.next())


# -- what is no change ------------------------------------------------------------------------------------------------


def test_the_noise_of_editors_gives_no_hint(root):
    leftovers = ("4913", "a.md~", ".a.md.swp", ".a.md.swo", ".#a.md", "#a.md#", "a.md.tmp", "a.md___jb_tmp___")
    others = (".goutputstream-AB12C3", ".DS_Store", "~$letter.docx", "index.db", "index.db-wal")
    with following(root) as hints:
        for name in (*leftovers, *others):
            (root / "sub" / name).write_text("text")
            (root / "sub" / name).unlink()
        (root / "other/d.md").write_text("more")
        assert hints.next() == {"other/d.md"}


def test_folders_that_never_hold_content_give_no_hint(root):
    with following(root) as hints:
        for name in (".git", "_site", "node_modules", "vendor/bundle", ".jekyll-cache"):
            (root / "other" / name).mkdir(parents=True)
            (root / "other" / name / "index").write_text("text")
        hints.until({"other/vendor"})
        (root / "other/.git/index").write_text("more")
        (root / "other/vendor/bundle/index").write_text("more")
        (root / "other/d.md").write_text("more")
        assert hints.next() == {"other/d.md"}


def test_what_has_been_there_as_noise_stays_unwatched(root):
    (root / ".git/objects").mkdir(parents=True)
    with following(root) as hints:
        (root / ".git/objects/x").write_text("text")
        (root / "a.md").write_text("more")
        assert hints.next() == {"a.md"}


def test_narrow_leaves_what_concerns_the_content(root):
    answers = {"sub/b.md": frozenset(), "other/d.md": frozenset({"link/d.md"}), "a.md": None}
    with following(root, narrow=lambda paths: answers[next(iter(paths))]) as hints:
        (root / "sub/b.md").write_text("more")
        with pytest.raises(queue.Empty):
            hints.next(timeout=0.3)
        (root / "other/d.md").write_text("more")
        assert hints.next() == {"link/d.md"}
        (root / "a.md").write_text("more")
        assert hints.next() is None


# -- everything -------------------------------------------------------------------------------------------------------


def test_everything_is_looked_at_when_the_period_has_passed(root):
    with following(root, period=0.05) as hints:
        assert [hints.next() for _ in range(3)] == [None] * 3
        (root / "a.md").write_text("more")
        hints.until({"a.md"})


def test_everything_is_looked_at_when_the_root_is_replaced(root):
    with following(root) as hints:
        root.rename(root.with_name("old"))
        (root / "sub").mkdir(parents=True)
        assert hints.until(None)[-1] is None
        (root / "sub/b.md").write_text("text")
        hints.until({"sub/b.md"})
        (root.with_name("old") / "a.md").write_text("more")
        (root / "x.md").write_text("text")
        hints.until({"x.md"})


def test_a_root_that_is_removed_and_made_again_is_watched_although_it_is_given_the_same_inode(root, monkeypatch):
    monkeypatch.setattr(watch, "identity", lambda _: (1, 1))
    with following(root) as hints:
        shutil.rmtree(root)
        root.mkdir()
        hints.until(None)
        for number in range(1000):  # until it is watched
            (root / "a.md").write_text(str(number))
            if hints.next() is not None:
                break
        (root / "b.md").write_text("text")
        hints.until({"b.md"})


def test_a_root_that_is_missing_is_waited_for(root, caplog):
    with following(root) as hints:
        shutil.rmtree(root)
        hints.until(None)
        root.mkdir()
        hints.until(None)
        (root / "a.md").write_text("text")
        hints.until({"a.md"})
    assert "is missing" in caplog.text


def test_a_folder_that_is_missing_from_the_start_is_waited_for(tmp_path):
    with following(tmp_path / "root") as hints:
        (tmp_path / "root").mkdir()
        assert hints.next() is None


def test_everything_is_looked_at_when_a_symlinked_root_leads_elsewhere(root):
    shutil.copytree(root, root.with_name("two"))
    current = root.with_name("current")
    current.symlink_to("root")
    with following(current) as hints:
        (root / "a.md").write_text("more")
        assert hints.next() == {"a.md"}
        swap(current, "two")
        assert hints.next() is None
        (root.with_name("two") / "a.md").write_text("more")
        assert hints.next() == {"a.md"}


def test_everything_is_looked_at_when_a_symlink_above_the_root_leads_elsewhere(root):
    shutil.copytree(root, root.parent / "v2/root")
    (root.parent / "v1").mkdir()
    root.rename(root.parent / "v1/root")
    (root.parent / "..data").symlink_to("v1")
    with following(root.parent / "..data/root") as hints:
        swap(root.parent / "..data", "v2")
        assert hints.next() is None


def test_everything_is_looked_at_when_a_volume_of_kubernetes_is_swapped(root):
    (root / "..2024_01").mkdir()
    (root / "..data").symlink_to("..2024_01")
    with following(root) as hints:
        (root / "..2024_02").mkdir()
        hints.until(None)
        swap(root / "..data", "..2024_02")
        hints.until(None)


def test_a_volume_of_kubernetes_beneath_the_root_is_a_place(root):
    with following(root) as hints:
        (root / "sub/..data").symlink_to("deep")
        assert hints.next() == {"sub"}


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"caf\xe9"])
def test_a_name_that_cannot_be_told_is_looked_for_everywhere(root, name):
    path = Path(os.fsdecode(os.fsencode(root) + b"/sub/" + name))
    with following(root) as hints:
        if name.endswith(b".md"):
            path.write_text("text")
        else:
            path.mkdir()
        hints.until(None)
        (root / "a.md").write_text("more")
        hints.until({"a.md"})


def test_a_name_with_a_line_break_is_looked_for_in_its_folder(root):
    with following(root) as hints:
        (root / "sub/two\nlines.md").write_text("text")
        assert hints.next() == {"sub"}


def test_symlinks_are_not_followed(root):
    """A recursive watch would watch the whole machine."""
    (root / "everything").symlink_to("/")
    (root / "back").symlink_to(".")
    begun = time.monotonic()
    with following(root) as hints:
        (root / "link").symlink_to("/")
        assert hints.next() == {"link"}
        (root / "a.md").write_text("more")
        assert hints.next() == {"a.md"}
    assert time.monotonic() - begun < PATIENCE


def test_folders_too_deep_to_be_named_keep_nothing_else_from_being_watched(root):
    fd = os.open(root, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=fd)
        above, fd = fd, os.open("d" * 250, os.O_RDONLY, dir_fd=fd)
        os.close(above)
    os.close(fd)
    with following(root) as hints:
        (root / "a.md").write_text("more")
        assert hints.next() == {"a.md"}
    shutil.rmtree(root)


# -- git --------------------------------------------------------------------------------------------------------------


def git(root: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(root.parent)}
    subprocess.run(("git", *settings, *arguments), cwd=root, env=environment, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
@pytest.mark.parametrize("beneath", ["", "sub"])
def test_a_checkout_gives_one_hint_or_two(root, beneath):
    git(root, "init", "--quiet", "--initial-branch=one")
    paths = {f"sub/{number // 50}/{number}.md" for number in range(500)}
    for generation in ("one", "two"):
        for path in paths:
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(generation)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message", generation)
        git(root, "branch", "--force", f"as-{generation}")
    with following(root / beneath) as hints:
        git(root, "checkout", "--quiet", "as-one")
        below = {path.removeprefix("sub/") for path in paths} if beneath else paths
        assert len(hints.until(below)) <= 2


@pytest.mark.parametrize("worktree", [False, True])
def test_the_end_of_a_git_command_is_waited_for(root, worktree):
    lock = root / ".git/index.lock"
    if worktree:
        lock = root.parent / "repository/worktrees/site/index.lock"
        (root / ".git").write_text(f"gitdir: {lock.parent}\n")
    lock.parent.mkdir(parents=True)
    with following(root) as hints:
        lock.touch()
        (root / "a.md").write_text("more")
        with pytest.raises(queue.Empty):
            hints.next(timeout=watch._LONGEST + 0.2)
        (root / "sub/b.md").write_text("more")
        lock.unlink()
        assert hints.next() == {"a.md", "sub/b.md"}


def test_a_lock_that_a_dead_command_left_delays_nothing(root):
    (root / ".git").mkdir()
    (root / ".git/index.lock").touch()
    os.utime(root / ".git/index.lock", (1, 1))
    with following(root) as hints:
        begun = time.monotonic()
        (root / "a.md").write_text("more")
        assert hints.next() == {"a.md"}
        assert time.monotonic() - begun < git_of.LONGEST / 2


# -- where nothing can be watched -------------------------------------------------------------------------------------


def test_with_polling_everything_is_looked_at_again_and_again(root, monkeypatch):
    monkeypatch.setattr(watch, "_POLL", 0.01)
    with following(root, force_polling=True) as hints:
        assert [hints.next() for _ in range(5)] == [None] * 5


class Waits:
    """A stop event that notes how long it was waited for."""

    def __init__(self):
        self.seconds = []

    def is_set(self):
        return False

    def wait(self, seconds):
        self.seconds.append(seconds)


def test_polling_takes_a_share_of_the_time_and_no_more(monkeypatch):
    waits, clock = Waits(), [0.0]
    monkeypatch.setattr(watch.time, "monotonic", lambda: clock[0])
    looks = watch._poll(waits, period=10)
    for took in (0.0, 0.1, 1.0, 60.0):
        next(looks)
        clock[0] += took
    next(looks)
    assert waits.seconds == [0.5, 0.5, 4.0, 10]


@pytest.mark.parametrize(
    "error",
    [
        OSError('OS file watch limit reached. about ["/srv/content"]'),
        PermissionError("Permission denied"),
        WatchfilesRustInternalError("Error creating recommended watcher: Too many open files (os error 24)"),
    ],
)
def test_when_the_system_refuses_to_watch_everything_is_looked_at_until_it_no_longer_does(
    root, monkeypatch, caplog, error
):
    refusing = threading.Event()
    refusing.set()
    watching = watch.RustNotify

    def notify(*args, **options):
        if refusing.is_set():
            raise error
        return watching(*args, **options)

    monkeypatch.setattr(watch, "RustNotify", notify)
    monkeypatch.setattr(watch, "_POLL", 0.01)
    monkeypatch.setattr(watch, "_RETRY", 0.05)
    with caplog.at_level(logging.WARNING), following(root) as hints:
        assert [hints.next() for _ in range(20)] == [None] * 20
        refusing.clear()
        hint = None
        for number in range(1000):
            (root / "a.md").write_text(str(number))
            hint = hints.next()
            if hint is not None:
                break
        assert hint == {"a.md"}
    [record] = caplog.records
    assert "cannot be watched" in record.getMessage()
    assert str(error).partition(" about ")[0] in record.getMessage()


def test_a_folder_that_vanishes_while_the_watch_is_set_is_no_error(root, monkeypatch):
    lists, listed = iter([{str(root): 1, str(root / "none"): 2}]), watch._folders
    monkeypatch.setattr(watch, "_folders", lambda real: next(lists, None) or listed(real))
    with following(root) as hints:
        (root / "a.md").write_text("more")
        assert hints.next() == {"a.md"}


def test_a_folder_that_appears_while_the_watch_is_set_is_watched_too(root, monkeypatch):
    listed, late = watch._folders, root / "late"

    def list_and_make(real):
        folders = listed(real)
        late.mkdir(exist_ok=True)
        return folders

    monkeypatch.setattr(watch, "_folders", list_and_make)
    with following(root) as hints:
        assert hints.next() == {"late"}
        (late / "a.md").write_text("text")
        assert hints.next() == {"late/a.md"}


MOUNTS = """\
22 1 252:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:25 / /srv rw - nfs4 server:/ rw
31 22 0:26 / /srv/local rw - ext4 /dev/vdb rw
32 22 0:27 / /mnt/two\\040words rw - fuse.sshfs host: rw
33 22 0:28 / /old rw - ext4 /dev/vdc rw
34 22 0:29 / /old rw - 9p share rw
"""


@pytest.mark.parametrize(
    ("folder", "kind", "remote"),
    [
        ("/srv/content", "nfs4", True),
        ("/srv", "nfs4", True),
        ("/srv/local/content", "ext4", False),
        ("/srv2", "ext4", False),
        ("/mnt/two words/a", "fuse.sshfs", True),
        ("/old", "9p", True),
    ],
)
def test_folders_of_other_machines_are_polled(tmp_path, monkeypatch, folder, kind, remote):
    (tmp_path / "mountinfo").write_text(MOUNTS)
    assert watch._file_system(folder, tmp_path / "mountinfo") == kind
    monkeypatch.setattr(watch, "_file_system", lambda _: kind)
    assert watch._is_remote(tmp_path) is remote


def test_where_mounts_are_not_told_the_system_is_trusted(tmp_path):
    assert watch._file_system("/", tmp_path / "none") == ""


def test_stopping_ends_the_hints_at_once(root):
    for options in ({}, {"force_polling": True}, {"root": root / "none"}):
        hints = Hints(options.pop("root", root), **options)
        assert hints.next() is None
        begun = time.monotonic()
        hints.end()
        assert time.monotonic() - begun < 2
