"""What git has half checked out is not looked at."""

from __future__ import annotations

import os

import pytest

from contentapi.model import Site, Vocabulary
from contentapi.source import git
from contentapi.source.folder import Folder
from contentapi.source.git import Git

SITE = Site(Vocabulary((), {}, {}, (), (), ()))


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root/sub").mkdir(parents=True)
    (tmp_path / "root/.git").mkdir()
    (tmp_path / "root/.git/index").write_bytes(b"1")
    (tmp_path / "root/sub/a.md").write_text("text")
    return tmp_path / "root"


def begin(root):
    (root / ".git/index.lock").write_bytes(b"2")


def end(root):
    (root / ".git/index.lock").replace(root / ".git/index")


def found(folder):
    return [one.path for one in folder.scan()]


@pytest.mark.parametrize("beneath", ["", "sub"])
def test_a_scan_waits_for_the_end_of_a_git_command(root, monkeypatch, beneath):
    begin(root)
    paused = []

    def pause(seconds):
        paused.append(seconds)
        (root / "sub/b.md").write_text("text")
        end(root)

    monkeypatch.setattr(git.time, "sleep", pause)
    folder = Folder(root / beneath, SITE)
    assert found(folder) == (["a.md", "b.md"] if beneath else ["sub/a.md", "sub/b.md"])
    assert len(paused) == 1
    assert not folder.moved()


def test_a_lock_that_a_dead_command_left_is_not_waited_for(root, monkeypatch):
    begin(root)
    os.utime(root / ".git/index.lock", (1, 1))
    monkeypatch.setattr(git.time, "sleep", lambda _: pytest.fail("it is waited for"))
    folder = Folder(root, SITE)
    assert found(folder) == ["sub/a.md"]
    assert not folder.moved()


def test_a_command_is_not_waited_for_without_end(root, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(git.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(git.time, "time", lambda: (root / ".git/index.lock").stat().st_mtime)
    monkeypatch.setattr(git.time, "sleep", lambda _: clock.__setitem__(0, clock[0] + 1))
    begin(root)
    Git.around(root).wait()
    assert clock[0] == git.LONGEST


@pytest.mark.parametrize(
    "happens", [[begin], [begin, end], [begin, end, begin]], ids=["one begins", "one begins and ends", "two begin"]
)
def test_what_is_read_while_git_changes_the_folder_is_of_two_generations(root, happens):
    folder = Folder(root, SITE)
    found(folder)
    for one in happens:
        one(root)
    next(iter(folder.scan("sub")), None)  # a further look at a part forgets nothing of it
    assert folder.moved()
    assert not folder.moved()


def test_a_folder_that_is_in_no_repository_has_no_state(tmp_path):
    assert Git.around(tmp_path).state() == (None, None)
    assert not Git(None).runs()


def test_a_worktree_has_its_own_lock(root, tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work/.git").write_text(f"gitdir: {root / '.git'}\n")
    assert Git.around(tmp_path / "work") == Git(root / ".git")
