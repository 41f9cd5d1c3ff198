"""The documentation says what is so: each code, setting, flag, command, address and answer it shows is looked up here.

A page that has become false fails by the name of what is false in it, so that whoever changes what readers were told tells
them so in the same commit.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import json
import os
import re
import shlex
import tomllib
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner

from contentapi import settings
from contentapi.cli import main
from contentapi.errors import SettingsError
from contentapi.index import writer
from contentapi.index.reader import Index
from contentapi.settings import jekyll
from contentapi.web.app import OPERATIONS, create_app

ROOT = Path(__file__).parents[1]
DOCS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{one.name}" for one in (ROOT / "docs").glob("*.md"))]
ADRS = [f"docs/adr/{one.name}" for one in (ROOT / "docs/adr").glob("*.md")]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Fence:
    """One fenced block: its language, its text, and the last line of prose before it."""

    language: str
    text: str
    before: str


def fences(text: str) -> list[Fence]:
    parts = re.split(r"^```([\w-]*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    before, languages, texts = parts[::3], parts[1::3], parts[2::3]
    last_lines = [(prose.strip().splitlines() or [""])[-1] for prose in before]
    return [Fence(*one) for one in zip(languages, texts, last_lines, strict=False)]


def prose(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def inline_code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(text))


def section(text: str, title: str) -> str:
    """What stands under a heading, down to the next of its level or above."""
    level, _, _ = title.partition(" ")
    after = text.split(f"\n{title}\n", 1)[1]
    return re.split(rf"^#{{1,{len(level)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[str]:
    """The first cells of the tables in a text, where they are code."""
    return re.findall(r"^\| `([^`]+)`", text, flags=re.MULTILINE)


# -- diagnostics ------------------------------------------------------------------------------------------------------


def codes_of_source() -> set[str]:
    """Every code that the source can tell: what classes with a field ``code`` are given, directly or through a function."""
    nodes = [
        node
        for path in (ROOT / "contentapi").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    tellers = {node.name for node in nodes if isinstance(node, ast.ClassDef) and _has_code(node)}
    while found := {one.name for one in functions if one.name not in tellers and _passes_on(one, tellers)}:
        tellers |= found
    told = [_first(call) for call in nodes if isinstance(call, ast.Call) and _name(call) in tellers]
    tables = [node.value for node in nodes if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_KNOWN"]
    keys = [key for table in tables if isinstance(table, ast.Dict) for key in table.keys]
    constants = [one.value for one in (*told, *keys) if isinstance(one, ast.Constant)]
    return {one for one in constants if isinstance(one, str)}


def _has_code(node: ast.ClassDef) -> bool:
    return any(isinstance(one, ast.AnnAssign) and ast.unparse(one.target) == "code" for one in node.body)


def _passes_on(function: ast.FunctionDef, tellers: set[str]) -> bool:
    parameters = {one.arg for one in function.args.args}
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _name(node) in tellers]
    return any(isinstance(code := _first(call), ast.Name) and code.id in parameters for call in calls)


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _first(call: ast.Call) -> ast.expr | None:
    named = next((one.value for one in call.keywords if one.arg == "code"), None)
    return named or (call.args[0] if call.args else None)


def documented_codes() -> dict[str, str]:
    """Code → what docs/diagnostics.md says of it, under a heading that is nothing but the code."""
    told: dict[str, str] = {}
    code, fenced = None, False
    for line in page("docs/diagnostics.md").splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            named = re.fullmatch(r"### `(.*)`\n", line)
            code = named[1] if named else None
        elif code is not None:
            told[code] = told.get(code, "") + line
    return told


def test_every_code_of_the_source_is_documented_and_no_other():
    assert set(documented_codes()) == codes_of_source()


def test_the_table_of_contents_names_every_code():
    contents = page("docs/diagnostics.md").split("\n## ", 1)[0]
    listed = re.findall(r"`([a-z0-9-]+)`", contents[contents.index("- [Files and folders]") :])
    assert sorted(listed) == sorted(documented_codes())


def test_each_code_has_a_severity_an_example_and_a_remedy():
    for code, text in documented_codes().items():
        assert re.match(r"\s*\*\*(error|warning|info)\*\*", text), code
        assert files_of(text) or "\n*Example:* " in text, code
        assert "\n*Remedy:* " in text, code


def files_of(text: str) -> dict[str, bytes]:
    """The files that a text shows: each a fence after a line that is nothing but its name."""
    return {one.before[1:-2]: one.text.encode() for one in fences(text) if re.fullmatch(r"`[^`]+`:", one.before)}


def _many(folder: Path) -> None:
    folder.joinpath(*["deep"] * 70).mkdir(parents=True)


#: What no fence can show, made by hand.
BY_HAND = {
    "byte-order-mark": lambda folder: (folder / "a.md").write_bytes(b"\xef\xbb\xbf---\ntitle: A\n---\n"),
    "file-name": lambda folder: (folder / "a\n.md").write_text("---\ntitle: A\n---\n"),
    "nesting-too-deep": lambda folder: (folder / "a.md").write_text(f"---\ntitle: A\n---\n{'>' * 100} a\n"),
    "not-a-file": lambda folder: os.mkfifo(folder / "a.md"),
    "not-utf-8": lambda folder: (folder / "a.md").write_bytes(b"---\ntitle: caf\xe9\n---\n"),
    "nul-byte": lambda folder: (folder / "a.md").write_bytes("---\ntitle: A\n---\n".encode("utf-16-le")),
    "symlink-broken": lambda folder: (folder / "latest.md").symlink_to("2023.md"),
    "symlink-loop": lambda folder: (folder / "all").symlink_to("."),
    "symlink-outside": lambda folder: (folder / "terms.md").symlink_to("/etc/hostname"),
    "too-deep": _many,
}
#: What happens only where a file cannot be read, changes while it is, is there no more, or meets a fault of ours.
NOT_SHOWN = {"documents-missing", "ingest-failed", "too-slow", "unreadable", "unsettled"}


@pytest.mark.parametrize("code", sorted(set(documented_codes()) - NOT_SHOWN))
def test_the_example_of_a_code_has_that_diagnostic(code, tmp_path):
    text = documented_codes()[code]
    for name, content in files_of(text).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    if code in BY_HAND:
        BY_HAND[code](tmp_path)
    printed = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"]).stdout
    found = {one["severity"] for one in json.loads(printed) if one["code"] == code}
    assert found, f"{code} is not among {[one['code'] for one in json.loads(printed)]}"
    assert found <= set(re.findall(r"\*\*(\w+)\*\*", text.strip().partition("·")[0]))


# -- settings ---------------------------------------------------------------------------------------------------------

_TABLES = {
    "site": "[site]\n{}",
    "site.license": "[site.license]\n{}",
    "site.attribution": "[site.attribution]\n{}",
    "content": "[content]\n{}",
    "collections.NAME": "[collections.NAME]\n{}",
    "phases": "[[phases]]\n{}",
    "durations": "[durations]\n{}",
    "embed": "[embed]\n{}",
    "serve": "[serve]\n{}",
}


def keys_of_settings(folder: Path) -> set[str]:
    """Every key of contentapi.toml, as it says itself when it is given one that it does not know."""

    def allowed(toml: str) -> list[str]:
        (folder / "contentapi.toml").write_text(toml.format("unheard_of = 1"))
        with pytest.raises(SettingsError) as refused:
            settings.load(folder, environ={"HOME": "/"})
        return re.search(r"[Aa]llowed: (.*)$", str(refused.value))[1].split(", ")

    assert {one.partition(".")[0] for one in _TABLES} == set(allowed("{}"))
    return {f"{table}.{key}" for table, toml in _TABLES.items() for key in allowed(toml)}


def test_every_key_of_contentapi_toml_is_documented_and_no_other(tmp_path):
    documented = rows(section(page("docs/settings.md"), "## Keys of contentapi.toml"))
    assert sorted(documented) == sorted(keys_of_settings(tmp_path))


class Asked(dict[str, object]):
    """A mapping that remembers what it was asked for."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, key, default=None):
        self.names.add(key)
        return super().get(key, default)

    def __getitem__(self, key):
        self.names.add(key)
        return super().__getitem__(key)


def test_every_variable_is_documented_and_no_other(tmp_path):
    environ = Asked({"HOME": "/"})
    settings.load(tmp_path, environ=environ)
    environ.get("CONTENTAPI_FOLDER")  # not asked for when the folder is given
    documented = rows(section(page("docs/settings.md"), "## Variables"))
    assert {one for one in documented if one.startswith("CONTENTAPI_")} == {
        one for one in environ.names if one.startswith("CONTENTAPI_")
    }


def test_every_flag_is_documented_and_no_other():
    table = section(page("docs/settings.md"), "## Flags")
    documented = set(re.findall(r"^\| (.*?) \|", table, flags=re.MULTILINE))
    flags = {flag for cell in documented for flag in re.findall(r"--[a-z-]+", cell)}
    assert flags == {flag for command in (main, *main.commands.values()) for flag in _flags(command)} - {"--help"}


def _flags(command) -> set[str]:
    spelled = {one for param in command.params for one in (*param.opts, *param.secondary_opts)}
    return {one for one in spelled if one.startswith("--")} | {"--help"}


def test_every_key_read_from_jekyll_is_documented_and_no_other():
    config = Asked({"baseurl": "/a", "url": "https://example.org"})
    jekyll.site(config)
    documented = rows(section(page("docs/settings.md"), "## What is read from `_config.yml`"))
    assert {one.partition(".")[0] for one in documented} == config.names


def test_the_examples_of_settings_are_valid_and_the_first_is_complete(tmp_path):
    examples = [one.text for one in fences(page("docs/settings.md")) if one.language == "toml"]
    for example in examples:
        (tmp_path / "contentapi.toml").write_text(example, encoding="utf-8")
        settings.load(tmp_path, environ={"HOME": "/"})
    keys = {key.rpartition(".")[2] for key in keys_of_settings(tmp_path)}
    vocabulary = {key for key in keys if key in {*tomllib.loads(page("contentapi/vocabulary.toml"))["durations"]}}
    assert {key for key in keys - vocabulary if not re.search(rf"\b{key}\b", examples[0])} == set()


# -- commands, files, addresses ---------------------------------------------------------------------------------------


def code_of(text: str) -> list[str]:
    """Each line of code that is meant to be run or asked for: those of fences, but for output, and inline code."""
    shown = [one for one in fences(text) if one.language not in {"text", "json", "http", "markdown"}]
    return [line for one in shown for line in one.text.splitlines()] + inline_code(text)


@pytest.mark.parametrize("name", DOCS)
def test_every_command_exists_with_its_flags(name):
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), flags=re.MULTILINE))
    for line in code_of(page(name)):
        for target in re.findall(r"(?:^|[^\w.-])make ([a-z][a-z-]*)", line):
            assert target in targets, line
        command, words = _command(line)
        if command is not None:
            assert command in main.commands, line
            given = {word.partition("=")[0] for word in words if word.startswith("-")}
            assert given <= _flags(main.commands[command]), line


def _command(line: str) -> tuple[str | None, list[str]]:
    """The last command of contentapi on a line, and its words."""
    _, named, rest = line.rpartition("contentapi ")
    words = re.split(r"\s*(?:#|\||&|>|;|$)", rest)[0].split() if named else []
    command = words[0] if words and words[0].isalpha() and words[0].islower() else None
    return command, words[1:]


@pytest.mark.parametrize("name", [*DOCS, *ADRS])
def test_every_link_leads_to_a_file_and_a_heading(name):
    here = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(page(name)))):
        path, _, anchor = target.partition("#")
        if urlsplit(target).scheme:
            continue
        file = (here / path).resolve() if path else ROOT / name
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", prose(file.read_text(encoding="utf-8")), flags=re.MULTILINE)
            assert anchor in {_anchor(one) for one in headings}, target


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def routes() -> list[re.Pattern[str]]:
    spelled = [re.sub(r"\{\w+:path\}", ".+", one.path) for one in OPERATIONS]
    return [re.compile(re.sub(r"\{\w+\}", "[^/]+", one)) for one in spelled]


@pytest.mark.parametrize("name", DOCS)
def test_every_address_has_a_route(name):
    for code in inline_code(page(name)):
        address = re.split(r"[?#]", code)[0]
        if address.startswith("/v1/") or address in {"/livez", "/readyz", "/metrics", "/docs"}:
            assert any(route.fullmatch(address) for route in routes()), code


def test_the_readme_names_every_operation():
    named = {re.sub(r"\{\w+\}", "{}", one.partition("?")[0]) for one in inline_code(page("README.md"))}
    assert {re.sub(r"\{\w+(:path)?\}", "{}", one.path) for one in OPERATIONS} <= named


# -- the requests of the README, and their answers --------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Service:
    """The application over the shipped content, asked without a network."""

    def __init__(self, app) -> None:
        self._app = app

    def ask(self, url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Reply:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path) or "/",
            "raw_path": parts.path.encode() or b"/",
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
            "server": ("localhost", 8000),
            "client": ("127.0.0.1", 1),
        }
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        asyncio.run(self._app(scope, receive, send))
        head = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], head, b"".join(one.get("body", b"") for one in sent[1:]))


@contextlib.contextmanager
def served(folder: Path, index: Path):
    read = settings.load(folder, environ={"HOME": "/"}, flags={"index": index})
    writer.write_once(read.folder, read.index, read.site)
    held = Index(read.index, read.site)
    yield Service(create_app(read, index=held, ready=lambda: True))
    held.close()


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    with served(ROOT / "content", tmp_path_factory.mktemp("index") / "content.db") as service:
        yield service


def requests() -> list[tuple[str, Fence | None]]:
    """Each fence of these pages that calls curl, and the fence with its answer, if one follows."""
    found = []
    for name in ("README.md", "docs/feeds.md"):
        shown = fences(page(name))
        following = [*shown[1:], None][: len(shown)]
        found += [
            (one.text, after if after is not None and after.language in {"json", "http", "xml", "text"} else None)
            for one, after in zip(shown, following, strict=True)
            if one.language == "sh" and "curl " in one.text
        ]
    return found


@pytest.mark.parametrize(("script", "answer"), requests(), ids=lambda one: one if isinstance(one, str) else "")
def test_a_request_has_the_answer_shown(script, answer, shipped):
    replies = list(_run(script, shipped))
    assert replies
    if answer is None:
        assert [reply.status for reply in replies] == [200] * len(replies)
        return
    last = replies[-1]
    if answer.language in {"xml", "text"}:
        fits(answer.text, last.body.decode(), "answer")
        return
    head, body = _shown(answer)
    assert last.status == int(head.pop("status", "200"))
    for name, value in head.items():
        fits(value, last.headers[name], name)
    if body:
        fits(json.loads(filled(body)), json.loads(last.body), "answer")


def _run(script: str, service: Service):
    """The replies to the calls of curl in a script; ``$etag`` is what a line ``etag=$(curl …)`` fetched."""
    known = {}
    for line in script.replace("\\\n", " ").splitlines():
        if assigned := re.match(r"(\w+)=\$\((curl [^|]+)\|", line):
            known[assigned[1]] = _curl(assigned[2], known, service).headers["etag"]
        elif line.startswith("curl "):
            yield _curl(line, known, service)


def _curl(line: str, known: Mapping[str, str], service: Service) -> Reply:
    words = shlex.split(line)[1:]
    method, headers, url = "GET", {}, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = re.sub(r"\$(\w+)", lambda one: known[one[1]], value)
        elif word.startswith("-"):
            assert set(word[1:]) <= set("siI"), word
            method = "HEAD" if "I" in word else method
        else:
            url = word
    return service.ask(url, method, headers)


def _shown(answer: Fence) -> tuple[dict[str, str], str]:
    """The head (with ``status``) and the body that a fence shows."""
    if answer.language == "json":
        told = json.loads(filled(answer.text))
        failed = isinstance(told, dict) and isinstance(told.get("status"), int)
        return ({"status": str(told["status"])} if failed else {}), answer.text
    head, _, body = answer.text.partition("\n\n")
    first, *lines = head.strip().splitlines()
    fields = (line.partition(": ") for line in lines if line != "…")
    return {"status": first.split()[1], **{name.lower(): value for name, _, value in fields}}, body


def filled(text: str) -> str:
    """JSON in which each ``…`` outside a string is made something that JSON can hold."""
    done, stack, in_string, last = [], [], False, ""
    for place, char in enumerate(text):
        if char == '"' and text[place - 1] != "\\":
            in_string = not in_string
        if not in_string and char == "…":
            done.append('"…": "…"' if stack[-1:] == ["{"] and last in "{," else '"…"')
        else:
            done.append(char)
        if not in_string and char in "{[":
            stack.append(char)
        elif not in_string and char in "}]":
            stack.pop()
        last = char if char.strip() else last
    return "".join(done)


def fits(shown: object, real: object, where: str) -> None:
    """Whether what is shown is what there is, but for what ``…`` leaves out."""
    if shown == "…":
        return
    if isinstance(shown, dict):
        assert isinstance(real, dict), where
        keys = [key for key in shown if key != "…"]
        assert set(keys) <= set(real), f"{where}: there is no {set(keys) - set(real)}"
        assert "…" in shown or len(keys) == len(real), f"{where}: it has also {set(real) - set(keys)}"
        for key in keys:
            fits(shown[key], real[key], f"{where}.{key}")
    elif isinstance(shown, list):
        assert isinstance(real, list), where
        cut = shown.index("…") if "…" in shown else len(shown)
        after = shown[cut + 1 :]
        assert len(real) == len(shown) if cut == len(shown) else len(real) >= len(shown) - 1, where
        pairs = [*zip(shown[:cut], real, strict=False), *zip(after, real[len(real) - len(after) :], strict=False)]
        for place, (one, other) in enumerate(pairs):
            fits(one, other, f"{where}[{place}]")
    elif isinstance(shown, str) and isinstance(real, str):
        pattern = ".*".join(map(re.escape, shown.split("…")))
        assert re.fullmatch(pattern, real.replace("\xa0", " ").replace("\u202f", " "), flags=re.DOTALL), where
    else:
        assert shown == real, where


def test_the_python_example_of_the_readme_runs(shipped, monkeypatch):
    def urlopen(request):
        url = request if isinstance(request, str) else request.full_url
        reply = shipped.ask(url)
        assert reply.status == 200, url
        return contextlib.closing(io.BytesIO(reply.body))

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    example, printed = next(
        (one, after)
        for one, after in zip(fences(page("README.md")), fences(page("README.md"))[1:], strict=False)
        if one.language == "python"
    )
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(example.text, "README.md", "exec"), {})
    assert out.getvalue() == printed.text


def test_the_addresses_of_the_typescript_example_answer(shipped):
    example = next(one.text for one in fences(page("README.md")) if one.language == "ts")
    addresses = re.findall(r"/v1/[\w/?=&,.]+", example)
    assert addresses
    assert {address: shipped.ask(f"localhost{address}").status for address in addresses} == dict.fromkeys(
        addresses, 200
    )


def test_what_the_python_generator_is_told_is_what_is_proven():
    told = next(one.text for one in fences(page("docs/clients.md")) if one.language == "yaml")
    assert told in (ROOT / "tests/clients/openapi-python-client.yml").read_text()


# -- the tables of docs/paths.md --------------------------------------------------------------------------------------


def cells(text: str) -> list[list[str]]:
    """The rows of the table in a text, its head first."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line] for line in lines]


def coded(cell: str) -> str:
    return re.match(r"`([^`]+)`", cell)[1]


def paths_of(folder: Path, names: list[str], config: str | None) -> list[str | None]:
    for name in names:
        (folder / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "site" / name).write_text("---\ntitle: A\n---\n")
    if config is not None:
        (folder / "site" / "_config.yml").write_text(config)
    with served(folder / "site", folder / "index.db") as service:
        collections = json.loads(service.ask("localhost/v1/collections").body)["items"]
        lists = [service.ask(f"localhost{one['links']['self']}?fields=path,source&limit=100") for one in collections]
    found = {one["source"]["path"]: one["path"] for reply in lists for one in json.loads(reply.body)["items"]}
    return [found[name] for name in names]


def test_the_paths_of_a_flat_folder_are_those_of_the_table(tmp_path):
    table = cells(section(page("docs/paths.md"), "### A flat folder"))[1:]
    names = [coded(row[0]) for row in table]
    assert dict(zip(names, paths_of(tmp_path, names, None), strict=True)) == {
        coded(name): coded(path) for name, path in table
    }


@pytest.mark.parametrize("row", cells(section(page("docs/paths.md"), "### A Jekyll site"))[1:], ids=lambda row: row[0])
def test_the_paths_of_a_jekyll_site_are_those_of_the_table(row, tmp_path):
    head = cells(section(page("docs/paths.md"), "### A Jekyll site"))[0]
    config = f"permalink: {coded(row[0])}\ncollections:\n  startups:\n    output: true\n"
    assert paths_of(tmp_path, [coded(name) for name in head[1:]], config) == [coded(path) for path in row[1:]]


@pytest.mark.parametrize(
    "row", cells(section(page("docs/paths.md"), "## From a path to an answer"))[1:], ids=lambda row: row[0]
)
def test_the_answers_to_spellings_are_those_of_the_table(row, shipped):
    address, shown = coded(row[0]), row[1]
    reply = shipped.ask(f"localhost{address}")
    assert str(reply.status) == shown.split()[0].rstrip(":")
    if "→" in shown:
        assert reply.headers["location"] == coded(shown.partition("→ ")[2])


def test_the_vocabulary_of_another_programme_gives_its_phases(tmp_path):
    text = section(page("docs/settings.md"), "## Vocabulary")
    toml, overview = (one.text for one in fences(text))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "contentapi.toml").write_text(toml)
    (tmp_path / "site" / "index.md").write_text(f"---\ntitle: The journey\n---\n{overview}")
    with served(tmp_path / "site", tmp_path / "index.db") as service:
        phases = json.loads(service.ask("localhost/v1/phases").body)["items"]
        alias = service.ask("localhost/v1/phases/prototype")
    told = re.findall(r"`(\w+)`\s+\(`(\w+)`\s+to\s+`(\w+)`\)", text)
    assert told == [(one["slug"], one["duration"]["min"], one["duration"]["max"]) for one in phases]
    assert alias.headers["location"] == "/v1/phases/alpha"
