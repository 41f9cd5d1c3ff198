"""Someone who does anything to a folder: for tests of what holds whatever was done."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable

from tests.index.shelf import Shelf, page

NAMES = ("a", "b", "c", "index", "é", "a-b", "a.b")
FOLDERS = ("", "x/", "x/y/", "x-y/", "_posts/", "_authors/", "_phases/", "_drafts/", "x/_posts/")
PATHS = ("/", "/a", "/a/", "/a.html", "/x", "/x/y", "/x/y/a", "/b", "/été")
WORDS = ("title: T", "hidden: true", "draft: true", "gone: true", "order: 3", "nav_order: 1", "layout: post", "id: same",
         "layout: category", "authors: [a, b]", "tags: [a]", "categories: b c", "sidebar: nav", "slug: b",
         "date: 2020-01-02", "date: 2027-01-20", "date: 2027-02-01 08:00", "phase: construction",
         "breadcrumbs: [{title: X, link: /x}]", "extra: {deep: [1, two, 3.5]}")  # fmt: skip
BODIES = ("", "# T\n\n[a](/a) [rel](b.md) [out](https://example.org/x/y) ![i](i.png)\n", "La phase dure six mois.\n",
          "- [A](/x/investigation) : 2 mois\n- [B](/x/construction) : 6 mois\n- [C](/acceleration) : un an\n")  # fmt: skip
DATA = (
    "nav:\n- {label: A, url: /a}\n",
    "nav:\n- {label: B, url: x/b.md}\nside:\n- {label: C, url: /c}\n",
    "other: 1\n",
)
RULES = ("/old /a\n", "/old /b\n/w/* /x/:splat\n", "/old / 410\n", "")


class Editor:
    """Someone who does anything to a folder, and says where."""

    def __init__(self, shelf: Shelf, seed: int) -> None:
        self.shelf = shelf
        self.random = random.Random(seed)
        self.doings: tuple[tuple[int, Callable[[], set[str]]], ...] = (
            (10, self.write), (6, self.edit), (4, self.remove), (3, self.rename), (2, self.rename_folder),
            (1, self.remove_folder), (2, self.write_data), (2, self.write_rules), (2, self.write_picture), (1, self.touch),
        )  # fmt: skip

    def act(self) -> set[str]:
        """One doing; returns where it was done."""
        weights = [weight for weight, _ in self.doings]
        return self.random.choices([doing for _, doing in self.doings], weights)[0]()

    def write(self) -> set[str]:
        folder, name = self.random.choice(FOLDERS), self.random.choice(NAMES)
        dated = folder.endswith("_posts/") and self.random.random() < 0.8
        day = f"2020-0{self.random.randint(1, 9)}-02-" if dated else ""
        path = f"{folder}{day}{name}.md"
        self.shelf.write({path: self.text()})
        return {path}

    def text(self) -> str:
        words = dict.fromkeys(one.partition(":")[0] for one in WORDS)
        chosen = {one.partition(":")[0]: one for one in self.random.sample(WORDS, self.random.randint(0, 4))}
        front = [line for word in words if (line := chosen.get(word))]
        if self.random.random() < 0.4:
            front.append(f"permalink: {self.random.choice(PATHS)}")
        if self.random.random() < 0.2:
            front.append(f"redirect_from: {self.random.choice(PATHS)}")
        if self.random.random() < 0.1:
            front.append(f"redirect_to: {self.random.choice(PATHS)}")
        return page("\n".join(front), self.random.choice(BODIES))

    def files(self) -> list[str]:
        found = (path for path in self.shelf.root.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.shelf.root).as_posix() for path in found)

    def some(self) -> str | None:
        files = self.files()
        return self.random.choice(files) if files else None

    def edit(self) -> set[str]:
        path = self.some()
        if path is None:
            return set()
        file = self.shelf.root / path
        content = file.read_bytes()
        # In place and of the same size where it can be: `title: T` becomes `title: U`.
        file.write_bytes(content.replace(b"title: T", b"title: U") if b"title: T" in content else content + b"\n")
        return {path}

    def remove(self) -> set[str]:
        path = self.some()
        if path is None:
            return set()
        self.shelf.write({path: None})
        return {path}

    def rename(self) -> set[str]:
        path = self.some()
        if path is None or not path.endswith(".md"):
            return set()
        target = f"{path.rpartition('/')[0]}/{self.random.choice(NAMES)}.md".lstrip("/")
        (self.shelf.root / path).rename(self.shelf.root / target)
        return {path, target}

    def folders(self) -> list[str]:
        found = (path for path in self.shelf.root.rglob("*") if path.is_dir())
        return sorted(path.relative_to(self.shelf.root).as_posix() for path in found)

    def rename_folder(self) -> set[str]:
        folders = self.folders()
        if not folders:
            return set()
        path, target = self.random.choice(folders), self.random.choice(FOLDERS[1:]).rstrip("/")
        if (self.shelf.root / target).exists() or target.startswith(path):
            return set()
        (self.shelf.root / target).parent.mkdir(parents=True, exist_ok=True)
        (self.shelf.root / path).rename(self.shelf.root / target)
        return {path, target}

    def remove_folder(self) -> set[str]:
        folders = self.folders()
        if not folders:
            return set()
        path = self.random.choice(folders)
        shutil.rmtree(self.shelf.root / path)
        return {path}

    def write_data(self) -> set[str]:
        path = self.random.choice(("_data/menu.yml", "_data/menu.yaml", "_data/foot.yml"))
        self.shelf.write({path: self.random.choice(DATA)})
        return {path}

    def write_rules(self) -> set[str]:
        self.shelf.write({"_redirects": self.random.choice(RULES)})
        return {"_redirects"}

    def write_picture(self) -> set[str]:
        path = self.random.choice(("i.png", "x/i.png", "notes.rb"))
        head = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
        self.shelf.write({path: head + bytes([0, 0, 0, self.random.randint(1, 9)]) * 2})
        return {path}

    def touch(self) -> set[str]:
        path = self.some()
        if path is None:
            return set()
        os.utime(self.shelf.root / path)
        return {path}
