"""Nothing of any content executes in a browser, from whatever address it comes; run by ``scripts/prove-payloads`` only.

Each payload, ours and others', stands in every place of content (``tests/payloads.py``). The tables say what is opened.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from tests import payloads
from tests.browser.conftest import REPOSITORY, _address
from tests.browser.test_pages import partner, tried
from tests.web.client import write

#: Pages of the service, opened as they are; of each, how often an element may stand in it that could do harm.
PAGES: dict[str, tuple[str, dict[str, int]]] = {
    "home": ("/", {"script": 1, "style": 1}),
    "documentation": ("/docs", {"script": 1, "style": 1, "form": 1000, "select": 1000, "input": 10_000}),
}
#: Lists, whose `html` a frontend puts into a page of its own.
INJECTED = {
    "pages": "/v1/pages?include=html",
    "phases": "/v1/phases?include=html",
    "articles": "/v1/articles?include=html",
}
#: What is no HTML and must not become any, opened as it is.
OTHERS = {
    "a list": "/v1/pages?limit=100&include=html,toc,text,markdown,sections,outgoing",
    "phases": "/v1/phases?limit=100&include=statements",
    "articles": "/v1/articles?limit=100",
    "tags": "/v1/tags?limit=100",
    "menus": "/v1/navigation?depth=20",
    "redirects": "/v1/redirects?limit=100",
    "redirects as text": "/v1/redirects?format=csv",
    "diagnostics": "/v1/diagnostics?limit=100",
    "the description": "/v1/openapi.json",
    "Markdown": "/v1/pages/text/30.md",
}
#: What echoes what was asked; of each, where the payload goes.
ECHOES = ("/v1/pages/{}", "/v1/pages?{}=x", "/v1/pages?sort={}", "/v1/resolve?path=/{}", "/{}", "/v1/navigation/{}")
DRAWING = "/v1/assets/img/{}.svg"
BATCH = 100

#: Notes each attempt to say something, in every frame, and goes on.
WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print"]) {
    const original = window[name];
    window[name] = (...all) => { window.ran.push(name); return original.call(window, ...all); };
}
document.addEventListener("securitypolicyviolation", (one) => window.ran.push(one.violatedDirective));
"""
#: Every node beneath one that could do harm: by its name, its attributes, its addresses.
DANGEROUS = """(root) => {
    const names = "script,style,iframe,frame,frameset,object,embed,applet,form,base,link,meta,svg,math,template,noscript," +
        "portal,textarea,select,title,xmp,plaintext,noembed,isindex,marquee,input:not([type=checkbox])";
    const attributes = ["style", "srcdoc", "formaction", "action", "ping", "background", "is", "shadowrootmode"];
    const addresses = ["href", "src", "poster", "cite", "data", "longdesc", "xlink:href", "srcset", "manifest"];
    const schemes = ["http:", "https:", "mailto:", "tel:", "sms:"];
    const found = [...root.querySelectorAll(names)].map((one) => [one.localName, one.outerHTML.slice(0, 200)]);
    for (const one of root.querySelectorAll("*")) {
        for (const {name, value} of one.attributes) {
            let harm = name.startsWith("on") || attributes.includes(name);
            if (addresses.includes(name)) {
                try { harm ||= !schemes.includes(new URL(value, "https://example.org/").protocol); } catch { }
            }
            if (harm) found.push([name, one.outerHTML.slice(0, 200)]);
        }
    }
    return found;
}"""
INJECT = f"""async (address) => {{
    const answer = await (await fetch(address)).json();
    const scan = {DANGEROUS};
    const place = document.createElement("main");
    document.body.replaceChildren(place);
    for (const one of answer.items) {{
        const section = document.createElement("section");
        section.innerHTML = one.html;
        place.append(section);
    }}
    await new Promise((done) => setTimeout(done, 100));
    const found = scan(place);
    place.innerHTML = place.innerHTML;  // as an editor in the page would
    await new Promise((done) => setTimeout(done, 50));
    return [answer.links.next, answer.items.length, [...found, ...scan(place)]];
}}"""


@dataclass
class Tab:
    """A page in the browser, and what happened in it that no content may bring about."""

    page: Any
    dialogs: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def executed(self) -> list[str]:
        return [*self.dialogs, *self.asked, *self.page.evaluate("window.ran ?? []")]


@pytest.fixture(scope="session")
def everything() -> list[str]:
    found = list(dict.fromkeys([*payloads.OWN, *payloads.of_others()]))
    assert len(found) > 600, "the payloads of others are not there; scripts/prove-payloads fetches them"
    return found


@pytest.fixture(scope="session")
def hostile(everything: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service whose content holds every payload in every place."""
    place = tmp_path_factory.mktemp("hostile")
    write(place / "content", payloads.content(everything))
    serving = [sys.executable, "-m", "contentapi"]
    where = [str(place / "content"), "--index", str(place / "index.db")]
    with (place / "log").open("w") as log:
        subprocess.run([*serving, "index", *where], cwd=REPOSITORY, check=True, timeout=900, stdout=log, stderr=log)
        command = [*serving, "serve", *where, "--port", "0", "--no-watch"]
        server = subprocess.Popen(command, cwd=REPOSITORY, stdout=log, stderr=log)
    try:
        yield _address(server, place / "log")
    finally:
        server.terminate()
        server.wait(15)


@pytest.fixture
def tab(chromium: Any, hostile: str) -> Iterator[Callable[[], Tab]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_opened(chromium, hostile))


@contextmanager
def _opened(chromium: Any, base: str) -> Iterator[Tab]:
    context = chromium.new_context()
    context.add_init_script(WATCH)
    tab = Tab(context.new_page())

    def dialog(one: Any) -> None:
        tab.dialogs.append(one.message)
        one.dismiss()

    def route(one: Any) -> None:
        if one.request.url.startswith((base, "http://127.0.0.1:")):
            one.continue_()
            return
        # A picture or a film of elsewhere may stand in a text; nothing else of elsewhere is asked for.
        if one.request.resource_type not in {"image", "media"}:
            tab.asked.append(f"{one.request.resource_type} {one.request.url}")
        one.abort()

    context.on("dialog", dialog)
    context.route("**/*", route)
    try:
        yield tab
    finally:
        context.close()


# -- that these tests can fail ----------------------------------------------------------------------------------------


def test_left_as_they_are_they_would_execute(tab):
    one = tab()
    with partner("<!doctype html><title>x</title>") as address:
        one.page.goto(address)
        found = one.page.evaluate(
            f"""async (all) => {{
                const place = document.createElement("main");
                document.body.append(place);
                place.innerHTML = all.join("<hr>");
                await new Promise((done) => setTimeout(done, 300));
                return ({DANGEROUS})(place).length;
            }}""",
            [text for text in payloads.OWN if text.startswith(("<img", "<svg", "<iframe", "<details", "<form", "<a "))],
        )
    assert found >= 30
    assert len(one.dialogs) > 3


# -- what is opened ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "allowed"), PAGES.values(), ids=PAGES)
def test_a_page_of_the_service(tab, hostile, path, allowed):
    one = tab()
    one.page.goto(hostile + path, timeout=120_000)
    one.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    harm = one.page.evaluate(f"() => ({DANGEROUS})(document.body)")
    counted = {name: sum(kind == name for kind, _ in harm) for name in allowed}
    assert [pair for pair in harm if pair[0] not in allowed] == []
    assert all(counted[name] <= most for name, most in allowed.items())
    assert one.executed() == []


def test_the_answer_that_the_documentation_shows(tab, hostile):
    one = tab()
    one.page.goto(f"{hostile}/docs", timeout=120_000)
    for operation in ("listPages", "listArticles", "listDiagnostics", "getNavigation"):
        result = tried(one.page, operation)
        assert result.evaluate(DANGEROUS) == []
    assert one.executed() == []


@pytest.mark.parametrize("path", INJECTED.values(), ids=INJECTED)
def test_html_that_a_frontend_injects(tab, hostile, everything, path):
    one, seen, following = tab(), 0, f"{path}&limit={BATCH}"
    with partner("<!doctype html><meta charset=utf-8><title>x</title>") as address:
        one.page.goto(address)
        while following is not None:
            following, number, harm = one.page.evaluate(INJECT, hostile + following)
            assert harm == []
            assert one.executed() == []
            seen += number
    assert seen >= 0.99 * len(everything)  # some hold what no front matter may


@pytest.mark.parametrize("path", OTHERS.values(), ids=OTHERS)
def test_what_is_no_page_is_none(tab, hostile, path):
    one = tab()
    _open(one, hostile + path)
    assert one.executed() == []
    assert one.page.evaluate("document.contentType") != "text/html" or one.page.url == "about:blank"


@pytest.mark.parametrize("echo", ECHOES)
def test_what_echoes_a_request(tab, hostile, echo):
    one = tab()
    for payload in payloads.OWN:
        _open(one, hostile + echo.format(quote(payload, safe="")))
        assert one.executed() == [], payload


def test_drawings(tab, hostile, everything):
    one, opened = tab(), 0
    for number, payload in enumerate(everything):
        if _well_formed(payloads.as_drawing(payload)):
            _open(one, hostile + DRAWING.format(number))
            assert one.page.evaluate("document.documentElement.localName") == "svg"
            assert one.executed() == [], payload
            opened += 1
    assert opened > 500


def _open(one: Tab, address: str) -> None:
    """What the browser would save instead of showing is as good as closed."""
    try:
        one.page.goto(address)
    except Exception as error:
        if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
            raise


def _well_formed(drawing: str) -> bool:
    """Whether a browser shows it at all."""
    try:
        ET.fromstring(drawing)
    except ET.ParseError:
        return False
    return True
