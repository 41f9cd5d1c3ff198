"""The command line, as a shell sees it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contentapi.cli import main
from contentapi.index import writer
from tests.web.client import SHIPPED, write

GOOD = "---\ntitle: Good\npermalink: /good\n---\nText.\n"
WARNING = "---\ntitle: Warning\npermalink: /warning\n---\n\n[x](/nowhere)\n"
ERROR = "---\ntitle: Error\npermalink: /good\n---\n"
ODD = "---\ntitle: Odd\npermalink: /odd\n---\n[x](/no%0Awhere)\n"


def run(*arguments: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end. Whatever is wrong, it is said without a trace."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "contentapi", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "XDG_CACHE_HOME": str(cwd / "cache"), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr  # colour is for terminals
    return done


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """A folder named ``content`` in the current one."""
    write(tmp_path / "content", {"good.md": GOOD, "warning.md": WARNING})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "content"


def call(*arguments: str) -> Result:
    """The command in this process, which is quicker than a shell's."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


# -- check ------------------------------------------------------------------------------------------------------------


def test_content_without_a_problem_is_said_to_have_none(tmp_path):
    done = run("check", SHIPPED, "--strict", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No problem found.\n", "")
    assert not (tmp_path / "cache").exists()


def test_an_error_fails_a_warning_only_when_strict(folder, tmp_path):
    lenient, strict = run("check", cwd=tmp_path), run("check", folder, "--strict", cwd=tmp_path)
    assert (lenient.returncode, strict.returncode) == (0, 1)
    assert lenient.stdout == strict.stdout
    first, summary = lenient.stdout.splitlines()
    assert re.fullmatch(r"warning\.md:6:1: link-dead .+\. \(.+\.\)", first)
    assert summary == "0 errors, 1 warning, 0 info"
    write(folder, {"a error.md": ERROR})
    assert call("check").exit_code == 1


def test_problems_for_github_are_workflow_commands(folder):
    write(folder, {"a,b:c%.md": ERROR, "odd.md": ODD})
    done = call("check", "--format", "github")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert all(
        re.fullmatch(r"::(error|warning|notice) file=[^:,]+,line=\d+,col=\d+,title=[a-z-]+::.+", one) for one in lines
    )
    assert any(one.startswith("::error file=a%2Cb%3Ac%25.md,") for one in lines)
    assert len(lines) == 3


def test_problems_as_json_are_those_of_the_api(folder):
    done = call("check", "--format", "json")
    (told,) = json.loads(done.stdout)
    assert list(told) == ["code", "severity", "path", "line", "column", "message", "hint", "related"]
    assert (told["code"], told["severity"], told["path"], told["line"]) == ("link-dead", "warning", "warning.md", 6)


def test_problems_as_sarif_are_what_scanners_read(folder):
    write(folder, {"é f.md": ERROR})
    whole = json.loads(call("check", "--format", "sarif").stdout)
    assert whole["version"] == "2.1.0"
    (ran,) = whole["runs"]
    assert ran["tool"]["driver"]["name"] == "contentapi"
    rules = {one["id"] for one in ran["tool"]["driver"]["rules"]}
    for result in ran["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        place: dict[str, Any] = location["physicalLocation"]
        assert place["artifactLocation"]["uri"].isascii()
        assert " " not in place["artifactLocation"]["uri"]
        assert place["region"]["startLine"] >= 1
        assert place["region"]["startColumn"] >= 1
    assert {one["level"] for one in ran["results"]} == {"error", "warning"}


def test_what_is_private_is_shown_to_the_author(folder):
    write(folder, {"_drafts/x.md": "---\ntitle: [\n---\n", "d.md": "---\ndraft: true\ntitle: a\ntitle: b\n---\n"})
    assert "d.md" in call("check").stdout


# -- wrong use --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "nowhere"], "nowhere"),
        (["index", "nowhere"], "nowhere"),
        (["serve", "nowhere"], "nowhere"),
        (["check", "content", "--format", "xml"], "xml"),
        (["check", "content", "--config", "none.toml"], "none.toml"),
        (["check", "content", "--config", "bad.toml"], "site.titel"),
        (["serve", "content", "--port", "70000"], "70000"),
        (["serve", "content", "--port", "x"], "x"),
        (["serve", "content", "--workers", "0"], "workers"),
        (["serve", "content", "--host", "256.1.1.1", "--port", "0"], "256.1.1.1"),
        (["index", "content", "--index", "content/index.db"], "outside"),
        (["chek"], "chek"),
        (["check", "--nothing"], "--nothing"),
    ],
)
def test_wrong_use_is_said_on_standard_error(folder, tmp_path, arguments, told):
    (tmp_path / "bad.toml").write_text('[site]\ntitel = "x"\n')
    done = call(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert told in done.stderr


def test_a_shell_is_told_the_same(folder, tmp_path):
    done = run("check", "nowhere", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"contentapi: .*nowhere.*\n", done.stderr)


def test_help_is_quick_and_loads_no_server(tmp_path):
    loaded = "import sys; from contentapi.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    *_, modules = done.stdout.splitlines()
    assert not {"starlette", "uvicorn", "apsw", "pydantic", "markdown_it", "orjson", "rich"} & set(modules.split())
    assert {"check", "export", "index", "serve"} <= set(done.stdout.split())


@pytest.mark.parametrize("command", ["check", "export", "index", "serve"])
def test_every_command_has_help(command):
    done = call(command, "--help")
    assert done.exit_code == 0
    assert "--config" in done.stdout


# -- index ------------------------------------------------------------------------------------------------------------


def test_an_unchanged_folder_is_parsed_once(folder):
    first, second = (call("index", str(folder), "--index", "i.db") for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert re.match(r"2 files seen, 2 parsed, 0 removed in [\d.]+ s; revision [0-9a-f]{32}; index ", first.stdout)
    assert "2 files seen, 0 parsed, 0 removed" in second.stdout
    assert re.findall("revision [0-9a-f]+", first.stdout) == re.findall("revision [0-9a-f]+", second.stdout)
    assert [one.name for one in folder.iterdir()].count("i.db") == 0


def test_the_index_is_kept_in_the_cache_unless_told_otherwise(folder, tmp_path):
    done = call("index")
    assert done.exit_code == 0
    assert len(list((tmp_path / "cache" / "contentapi").glob("content-*.db"))) == 1


# -- export -----------------------------------------------------------------------------------------------------------


def test_an_export_makes_the_index_and_tells_what_it_holds_and_leaves_out(folder, tmp_path):
    done = run("export", "--to", "out", "--public-url", "https://api.example", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, *left = done.stdout.splitlines()
    assert re.fullmatch(
        r"\d+ addresses in (\d+) files \([\d.]+ MB\), \1 written, 0 removed; revision [0-9a-f]{32}; out", first
    )
    assert [line.partition(":")[0] for line in left] == [
        "Left out, as it says nothing without a query",
        "Left out, as what it says is of the instant it is asked at",
        "Left out, as there is nothing to say under these settings",
    ]
    body = json.loads((tmp_path / "out/public/v1/pages/good/index.json").read_bytes())
    assert body["links"]["self"] == "https://api.example/v1/pages/good"
    assert not (tmp_path / "cache/contentapi").exists()  # another address is no reason to change what others serve from


def test_an_export_without_a_public_address_says_what_stands_in_its_place(folder, tmp_path):
    done = call("export", str(folder), "--to", "out", "--index", "i.db")
    assert done.exit_code == 0
    assert "No public address is configured: embeds and oEmbed say http://127.0.0.1:8000 (--public-url)." in done.stdout
    assert ", 0 written, 0 removed" in call("export", str(folder), "--to", "out", "--index", "i.db").stdout


def test_an_export_tells_when_something_scheduled_appears(folder, tmp_path):
    write(folder, {"posts/2999-01-01-later.md": "---\ntitle: Later\n---\n"})
    done = call("export", str(folder), "--to", "out")
    assert "Something scheduled appears at 2999-01-01T00:00:00+00:00: export again then." in done.stdout
    assert not list((tmp_path / "out/public").rglob("*later*"))


def test_an_export_beside_a_service_takes_the_index_as_it_is(folder, tmp_path):
    assert call("index", "--index", "i.db").exit_code == 0
    with writer.locked(tmp_path / "i.db"):
        write(folder, {"new.md": GOOD})
        done = call("export", "--to", "out", "--index", "i.db")
    assert done.exit_code == 0
    assert "Its last state is exported." in done.stderr
    assert not (tmp_path / "out/public/v1/pages/new").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "content"], "lies in the content folder"),
        (["--to", "content/below"], "lies in the content folder"),
        (["--to", "."], "is not empty, and holds no export"),
        (["--to", "out", "--public-url", "api.example"], "--public-url is 'api.example'; write an address such as"),
        ([], "Missing option '--to'"),
    ],
)
def test_an_export_that_cannot_be_is_told_and_writes_nothing(folder, tmp_path, arguments, told):
    before = sorted(folder.iterdir())
    done = call("export", *arguments)
    assert done.exit_code == 2
    assert told in done.stderr
    assert sorted(folder.iterdir()) == before
    assert not (tmp_path / "out").exists()


# -- serve ------------------------------------------------------------------------------------------------------------


def test_it_serves_until_it_is_told_to_end(folder, tmp_path):
    command = [
        sys.executable,
        "-m",
        "contentapi",
        "serve",
        str(folder),
        "--port",
        "0",
        "--index",
        str(tmp_path / "i.db"),
    ]
    log = (tmp_path / "log").open("w")
    with log, subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found is not None, line
            address = found[0]

            def title() -> str:
                with urllib.request.urlopen(f"{address}/v1/pages/good", timeout=10) as answer:
                    return str(json.load(answer)["title"])

            assert title() == "Good"
            write(folder, {"good.md": GOOD.replace("Good", "Better")})
            saved = time.monotonic()
            while title() != "Better":
                assert time.monotonic() - saved < 10
                time.sleep(0.05)
            with urllib.request.urlopen(f"{address}/readyz", timeout=10) as answer:
                assert answer.headers["X-Content-Revision"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
    assert "Traceback" not in (tmp_path / "log").read_text()
