"""Checks in a real browser, run by ``scripts/prove-pages`` only: they need what `make` does not install."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
NODE = REPOSITORY / ".tools/node/pages/node_modules"

if "CONTENTAPI_BROWSER" not in os.environ:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own, over the content that is shipped."""
    scratch = tmp_path_factory.mktemp("served")
    log = scratch / "log"
    command = [
        sys.executable,
        "-m",
        "contentapi",
        "serve",
        "content",
        "--port",
        "0",
        "--index",
        str(scratch / "index.db"),
    ]
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=REPOSITORY, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield _address(server, log)
    finally:
        server.terminate()
        server.wait(15)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(300):
        found = re.search(r"http://[0-9.:]+", log.read_text())
        if found:
            return found[0]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("there is no chromium; scripts/install-chromium says why")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        # The sandbox needs a user who is not root; what is opened here is our own.
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"] if os.getuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, as text to run in a page."""
    script = NODE / "axe-core/axe.min.js"
    if not script.is_file():
        pytest.skip("axe-core is not installed; scripts/install-chromium says why")
    return script.read_text()


@dataclass
class Opened:
    """A page in the browser, and what it said and asked while it was open."""

    page: Any
    console: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


@pytest.fixture
def visit(chromium: Any, base: str) -> Iterator[Callable[..., Opened]]:
    """Opens a page of the service. Nothing may be said in its console, and no other host be asked."""
    with ExitStack() as stack:

        def go(path: str, *, width: int = 1280, scheme: str = "light", **options: Any) -> Opened:
            return stack.enter_context(_visit(chromium, base, path, width, scheme, options))

        yield go


@contextmanager
def _visit(chromium: Any, base: str, path: str, width: int, scheme: str, options: dict[str, Any]) -> Iterator[Opened]:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
    opened = Opened(context.new_page())
    opened.page.on("console", lambda message: opened.console.append(message.text))
    opened.page.on("pageerror", lambda error: opened.console.append(str(error)))
    opened.page.on("request", lambda request: opened.hosts.add(re.match(r"(?:\w+://[^/]*|\w+:)", request.url)[0]))
    answer = opened.page.goto(base + path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    try:
        yield opened
        assert opened.console == []
        assert opened.hosts <= {base, "data:"}
    finally:
        context.close()
