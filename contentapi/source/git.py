"""Whether git is changing a folder: what is half checked out must not be looked at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

#: The longest, in seconds, that a git command is waited for. A lock that is older was left behind by one that died.
LONGEST = 10.0
#: Seconds between two looks whether it has ended.
_PAUSE = 0.02

#: What tells one state of a working tree from the next: inode and time of change of the lock and of git's own index.
State = tuple[tuple[int, int] | None, tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Git:
    """The git repository that a folder belongs to: ``folder`` is where git keeps its index; None when there is none."""

    folder: Path | None

    @classmethod
    def around(cls, real: Path) -> Self:
        """That of a folder, or of one above it."""
        for place in (real, *real.parents):
            git = place / ".git"
            try:
                if git.is_file():  # a worktree or a submodule: the file says where the rest is
                    git = place / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
                if git.is_dir():
                    return cls(git)
            except (OSError, UnicodeDecodeError):
                break
        return cls(None)

    def runs(self) -> bool:
        """Whether a command is changing the folder now: git then holds a lock."""
        try:
            return self.folder is not None and time.time() - (self.folder / "index.lock").stat().st_mtime < LONGEST
        except OSError:
            return False

    def state(self) -> State:
        """Another state means that a command has begun or ended meanwhile."""
        if self.folder is None:
            return None, None
        return _identity(self.folder / "index.lock"), _identity(self.folder / "index")

    def wait(self) -> None:
        """Returns when no command runs, or none that ends."""
        until = time.monotonic() + LONGEST
        while self.runs() and time.monotonic() < until:
            time.sleep(_PAUSE)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_ctime_ns
