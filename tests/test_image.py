"""The image, proved without an engine: the Dockerfile's own steps, run on a copy of what the builder is given.

What the network would bring (the locked dependencies) is taken from the environment that runs the tests; everything else,
from the wheel to the health check, is done as the Dockerfile says.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.processes import PATIENCE, ROOT, Service, bound_by_permissions, free_port, until

#: Steps that only fetch what is locked; in a test, it is there.
FETCHES = re.compile(r"pip (--python \S+ )?install --require-hashes --requirement \S+")


@dataclass
class Stage:
    """One FROM and what follows it, up to the next one."""

    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [value for instruction, value in self.instructions if instruction == name]

    def one(self, name: str) -> str:
        (value,) = self.all(name)
        return value


def stages(text: str) -> list[Stage]:
    """The instructions of a Dockerfile, lines joined and comments left out."""
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\\n\s*", "", text)
    found: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, value = line.partition(" ")
        if name == "FROM":
            found.append(Stage())
        found[-1].instructions.append((name, value.strip()))
    return found


BUILD, FINAL = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))


def assignments(value: str) -> dict[str, str]:
    return dict(one.partition("=")[::2] for one in shlex.split(value))


def sent_to_the_builder(path: Path) -> bool:
    """Whether .dockerignore lets a file through: the last line that matches it decides."""
    relative = path.relative_to(ROOT)
    names = [str(relative), *(str(parent) for parent in relative.parents if parent.name)]
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if not line or line.startswith("#"):
            continue
        anywhere = "**/" in line
        if any(fnmatch(Path(name).name if anywhere else name, pattern) for name in names):
            sent = line.startswith("!")
    return sent


def copied(source: str) -> list[Path]:
    """The files that a COPY of something gives."""
    given = ROOT / source
    files = sorted(given.rglob("*")) if given.is_dir() else [given]
    return [file for file in files if file.is_file() and sent_to_the_builder(file)]


class Image:
    """A folder that stands for the root of the image: its paths, its environment, its steps."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ: dict[str, str] = {}
        self.directory = "/"

    def real(self, text: str) -> str:
        """A text in which the paths of the image are those of the folder."""
        return re.sub(r"(?<![\w/.:*])/(opt|src|app|tmp)\b", lambda found: f"{self.root}/{found[1]}", text)

    def build(self, stage: Stage) -> None:
        for name, value in stage.instructions:
            if name == "ENV":
                self.environ.update(assignments(value))
            elif name == "WORKDIR":
                self.directory = value
                Path(self.real(value)).mkdir(parents=True, exist_ok=True)
            elif name == "COPY" and not value.startswith("--from"):
                self.copy(*shlex.split(value))
            elif name == "RUN" and not FETCHES.search(value):
                self.run(value)

    def copy(self, *arguments: str) -> None:
        *sources, target = arguments
        for source in sources:
            files = copied(source)
            assert files, f"{source} is not sent to the builder: .dockerignore"
            for file in files:
                inside = Path(target) / (file.name if (ROOT / source).is_file() else file.relative_to(ROOT / source))
                place = Path(self.real(self.directory)) / inside
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment inside: the image's own, and the programs of this one."""
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        named = {name: self.real(value).replace("$PATH", path) for name, value in self.environ.items()}
        return {"PATH": path, "HOME": "/nonexistent", "LANG": "C.UTF-8", **named, **(more or {})}

    def run(self, command: str) -> None:
        shell = ["/bin/sh", "-euc", self.real(command)]
        done = subprocess.run(
            shell, cwd=self.real(self.directory), env=self.env(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        self.lend()

    def lend(self) -> None:
        """Gives the environment in the image, once it is made, the dependencies that it would have fetched."""
        for place in self.root.glob("opt/venv/lib/python*/site-packages"):
            (place / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    def listing(self) -> list[tuple[str, int, int]]:
        return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_mode) for path in self.root.rglob("*"))


def test_the_dockerfile_is_read_as_it_is_meant():
    assert [name for name, _ in BUILD.instructions][:2] == ["FROM", "ENV"]
    assert FINAL.all("COPY") == ["--from=build /opt/venv /opt/venv", "content content"]
    assert json.loads(FINAL.one("CMD"))[:2] == ["contentapi", "serve"]
    assert sum(bool(FETCHES.search(step)) for step in BUILD.all("RUN")) == 2


def test_it_is_not_run_by_root():
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", FINAL.one("USER"))
    # The user is set after everything is made, and nothing is given to it.
    names = [name for name, _ in FINAL.instructions]
    assert names.index("USER") > max(index for index, name in enumerate(names) if name in {"COPY", "RUN"})
    assert "--chown" not in "".join(FINAL.all("COPY"))


def test_only_what_is_needed_is_sent_to_the_builder():
    assert sent_to_the_builder(ROOT / "contentapi" / "index" / "schema.sql")
    assert sent_to_the_builder(ROOT / "content" / "_config.yml")
    for path in (
        ".git/HEAD",
        "tests/test_image.py",
        "content/x.db",
        "content/x.db-wal",
        "contentapi/__pycache__/x.pyc",
    ):
        assert not sent_to_the_builder(ROOT / path)


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image, built. Not in pytest's own folder, which is its user's alone."""
    with tempfile.TemporaryDirectory(prefix="contentapi-image-") as folder:
        Path(folder).chmod(0o755)
        made = Image(Path(folder))
        (made.root / "tmp").mkdir()
        made.build(BUILD)
        made.environ.clear()
        made.build(FINAL)
        for path in [*made.root.rglob("*"), made.root]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        yield made
        for path in [made.root, *made.root.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)


def test_the_package_in_the_image_is_the_built_one_with_all_its_files(image):
    (module,) = image.root.glob("opt/venv/lib/python*/site-packages/contentapi")
    built = {str(path.relative_to(module)) for path in module.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    here = {str(path.relative_to(ROOT / "contentapi")) for path in copied("contentapi")}
    assert built == here


def test_the_index_in_the_image_is_one_file(image):
    left = {path.name for path in (image.root / "app" / "index").iterdir()}
    assert left <= {"content.db", "content.db.lock"}
    assert "content.db" in left


def as_the_user_of_the_image(image: Image) -> dict[str, int | list[int]]:
    """The user of the image, where the tests may become another user and that one may run this Python."""
    if os.geteuid() != 0:
        return {}
    user, group = map(int, FINAL.one("USER").split(":"))
    given: dict[str, int | list[int]] = {"user": user, "group": group, "extra_groups": []}
    try:
        tried = subprocess.run([shutil.which("contentapi", path=image.env()["PATH"]) or "", "--help"], capture_output=True,
                               env=image.env(), cwd="/", check=False, **given)  # type: ignore[call-overload]  # fmt: skip
    except PermissionError:
        return {}
    return given if tried.returncode == 0 else {}


def test_it_serves_and_is_healthy_and_writes_nothing(image, tmp_path):
    before = image.listing()
    port = str(free_port())
    # As the Dockerfile says, but for the address: tests listen on this machine alone.
    environ = image.env({"CONTENTAPI_HOST": "127.0.0.1", "CONTENTAPI_PORT": port})
    command = [image.real(word) for word in json.loads(FINAL.one("CMD"))]
    program = shutil.which(command[0], path=environ["PATH"])
    assert program is not None
    assert program.startswith(str(image.root))
    user = as_the_user_of_the_image(image)
    service = Service(
        [program, *command[1:]], tmp_path / "log", environ=environ, cwd=Path(image.real(FINAL.one("WORKDIR"))),
        before=None if user else bound_by_permissions, **user,
    )  # fmt: skip
    with service:
        service.announced()
        assert service.port == int(port)
        assert "It is served as it is" in service.log
        assert service.get("/readyz").status == 200
        phases = json.loads(service.get("/v1/phases").body)
        assert phases["meta"]["total"] == 4
        until(lambda: len(service.children()) == 1)
        check = json.loads(FINAL.one("HEALTHCHECK").partition("CMD ")[2])
        healthy = subprocess.run(check, env=environ, cwd=image.root, capture_output=True, timeout=PATIENCE, check=False)
        assert healthy.returncode == 0, healthy.stderr
        assert service.end() == 0
        assert "Traceback" not in service.log
    gone = subprocess.run(check, env=environ, cwd=image.root, capture_output=True, timeout=PATIENCE, check=False)
    assert gone.returncode != 0
    assert image.listing() == before
