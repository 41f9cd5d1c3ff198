"""What only a browser can tell of the two pages: how they look, sound and work."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.browser.conftest import NODE, REPOSITORY

PAGES = {"home": "/", "docs": "/docs"}
WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
SHOTS = REPOSITORY / ".tools/screenshots"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

every_page = pytest.mark.parametrize("name", PAGES)
every_width = pytest.mark.parametrize("width", WIDTHS)
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)


def enlarge(page):
    """Text at twice its size, as a reader's settings have it."""
    page.add_init_script("document.documentElement.style.fontSize = '200%'")
    page.evaluate("document.documentElement.style.fontSize = '200%'")


def fits(page):
    """Nothing needs scrolling sideways, nothing stands out of the window, no text is squeezed to a few letters a line."""
    outside = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((one) => {
            const box = one.getBoundingClientRect();
            const outside = box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
            return outside && one.checkVisibility() && !one.closest(".skip");
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert outside == []
    squeezed = page.evaluate(
        """() => [...document.querySelectorAll("p, li, dd, dt, pre, h1, h2, h3, h4")].filter((one) => {
            const size = parseFloat(getComputedStyle(one).fontSize);
            return one.checkVisibility() && one.innerText.length > 12 && !one.matches(".hidden") &&
                one.getBoundingClientRect().width < 3.5 * size;
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert squeezed == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def tried(page, operation, fill=None):
    """Sends the form of an operation; its place for the answer, once it stands there."""
    form = page.locator(f"#{operation} form")
    for name, value in (fill or {}).items():
        field = form.locator(f'[name="{name}"], {name}').first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button").click()
    form.locator(".status").wait_for()
    return form.locator(".result")


# -- how they look ----------------------------------------------------------------------------------------------------


@every_page
@every_width
@every_scheme
def test_it_fits_at_any_width(visit, name, width, scheme):
    page = visit(PAGES[name], width=width, scheme=scheme).page
    page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", full_page=name == "home")
    fits(page)


@every_page
@every_width
def test_it_fits_with_text_at_twice_its_size(visit, name, width):
    page = visit(PAGES[name], width=width).page
    enlarge(page)
    page.screenshot(path=SHOTS / f"{name}-{width}-200-percent.png", full_page=name == "home")
    fits(page)


@every_page
def test_it_prints_dark_on_light(visit, name):
    page = visit(PAGES[name], scheme="dark", width=768).page
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate("(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert not page.locator("nav, form, .skip").filter(visible=True).count()
    page.screenshot(path=SHOTS / f"{name}-print.png", full_page=name == "home")


# -- who they are for -------------------------------------------------------------------------------------------------


def violations(page, axe):
    page.evaluate(axe)
    found = page.evaluate("only => axe.run({runOnly: only}).then((one) => one.violations)", STANDARDS)
    return [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found]


@every_page
@every_width
@every_scheme
def test_axe_finds_nothing(visit, axe, name, width, scheme):
    assert violations(visit(PAGES[name], width=width, scheme=scheme).page, axe) == []


@every_scheme
def test_axe_finds_nothing_in_what_unfolds_and_in_answers(visit, axe, scheme):
    opened = visit("/docs", scheme=scheme)
    page = opened.page
    tried(page, "listPhases")
    tried(page, "getArticle", {"slug": "nowhere"})
    opened.console.clear()  # of the browser's own note on a 404
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    assert violations(page, axe) == []
    fits(page)


@every_page
@every_width
def test_the_keyboard_reaches_everything_in_the_order_it_is_read(visit, name, width):
    page = visit(PAGES[name], width=width).page
    expected = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll("a[href], button, input, select, summary")];
            const folded = "details:not([open]) > :not(summary)";
            const seen = all.filter((one) => one.checkVisibility() && one.closest(folded) === null);
            seen.forEach((one, place) => one.dataset.place = place);
            return seen.length;
        }"""
    )
    assert expected > 20
    for place in range(min(expected, 120)):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
                const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
                return [Number(one.dataset.place), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                        box.bottom > 0 && box.top < innerHeight];
            }"""
        )
        assert told == [place, True, True], page.evaluate("document.activeElement.outerHTML")


@every_page
def test_the_first_key_leads_past_what_stands_before_the_content(visit, name):
    page = visit(PAGES[name]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@every_page
def test_the_nu_checker_finds_nothing(base, tmp_path, name):
    jar = NODE / "vnu-jar/build/dist/vnu.jar"
    if shutil.which("java") is None:
        pytest.skip("the Nu HTML checker needs java")
    if not jar.is_file():
        pytest.skip("the Nu HTML checker is not installed; scripts/install-chromium says why")
    file = tmp_path / f"{name}.html"
    with urlopen(Request(base + PAGES[name], headers={"Accept": "text/html"}), timeout=30) as answer:
        file.write_bytes(answer.read())
    run = subprocess.run(
        ["java", "-jar", jar, "--format", "json", "--stdout", file],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert json.loads(run.stdout)["messages"] == []


# -- code that is pasted ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pasted(chromium, base):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(base)
    found = page.locator("#embed figure, #call figure").evaluate_all(
        """all => all.map((one) => [one.querySelector("figcaption").innerText.split(/\\W/)[0],
                                    one.querySelector("pre").innerText])"""
    )
    context.close()
    return dict(found)


@pytest.fixture(scope="module")
def titles(base):
    with urlopen(f"{base}/v1/phases?fields=title", timeout=30) as answer:
        return [one["title"] for one in json.load(answer)["items"]]


def ran(*command, cwd=None):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=cwd).stdout


def test_python(pasted, titles):
    assert ran(sys.executable, "-W", "error", "-c", pasted["Python"]).splitlines() == titles


def test_curl_asks_twice_and_gets_one_body(pasted, titles, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    first, second = pasted["curl"].splitlines()
    assert [one["title"] for one in json.loads(ran("sh", "-c", first, cwd=tmp_path))["items"]] == titles
    assert ran("sh", "-c", second, cwd=tmp_path) == ""


def test_javascript_in_node(pasted, titles):
    if shutil.which("node") is None:
        pytest.skip("there is no node")
    assert ran("node", "--input-type=module", "--eval", pasted["JavaScript"]).splitlines() == titles


def test_javascript_in_the_console_of_the_page(visit, pasted, titles):
    opened = visit("/")
    opened.page.evaluate(f"(async () => {{ {pasted['JavaScript']} }})()")
    assert opened.console == titles
    opened.console.clear()


@contextmanager
def partner(html):
    """A site elsewhere that shows a page of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_embedded_block_in_a_page_of_another_site(chromium, base, pasted, scripts):
    html = f"<!doctype html><title>Partenaire</title><link rel=icon href=data:,><h1>Ici</h1>{pasted['HTML']}"
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    with partner(html) as address:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.locator("p a").last.get_attribute("href").startswith("https://beta.gouv.fr/")
        shown = page.locator("div").first.inner_text()
    with urlopen(f"{base}/v1/phases/investigation?fields=text&include=text", timeout=30) as answer:
        first_words = json.load(answer)["text"].split()[:20]
    assert (first_words == shown.split()[:20]) is scripts
    assert said == []
    context.close()


# -- requests that are tried ------------------------------------------------------------------------------------------


def test_a_request_shows_status_headers_body_and_the_same_for_curl(visit, base):
    page = visit("/docs").page
    result = tried(page, "listArticles", {"fields": "title,date", "limit": "2", "total": "false"})
    assert result.locator(".status").inner_text().startswith("200 OK in ")
    command, body, headers = (one.inner_text() for one in result.locator("pre").all())
    address = f"{base}/v1/articles?fields=title,date&limit=2&total=false"
    assert address in command
    assert "content-type: application/json" in headers
    assert "x-content-revision: " in headers
    with urlopen(address, timeout=30) as answer:
        assert json.loads(body) == json.load(answer)
    if shutil.which("curl") is not None:
        assert json.loads(ran("sh", "-c", f"{command} --silent")) == json.loads(body)


def test_an_error_is_shown_as_it_is(visit):
    opened = visit("/docs")
    result = tried(opened.page, "listArticles", {"fields": "titel"})
    assert result.locator(".status").inner_text().startswith("400 ")
    assert json.loads(result.locator(".long pre").inner_text())["errors"][0]["did_you_mean"] == "title"
    # The browser itself notes a failed request in the console.
    assert all("400" in one for one in opened.console)
    opened.console.clear()


def test_a_filter_and_a_path_with_slashes(visit, base):
    page = visit("/docs").page
    form = page.locator("#listArticles form")
    form.locator("[data-filter]").select_option("title__contains")
    form.locator(".filter input").fill("comité & œuvre")
    command = tried(page, "listArticles").locator("pre").first.inner_text()
    assert "title__contains=comit%C3%A9+%26+%C5%93uvre" in command
    result = tried(page, "getPage", {"path": "approche/construction"})
    assert f"{base}/v1/pages/approche/construction" in result.locator("pre").first.inner_text()
    assert json.loads(result.locator(".long pre").inner_text())["slug"] == "construction"


def test_the_media_type_can_be_chosen(visit):
    page = visit("/docs").page
    result = tried(page, "getRoot", {"[data-accept]": "text/html"})
    assert result.locator(".long pre").inner_text().startswith("<!doctype html>")


def test_a_required_field_left_empty_is_not_sent(visit):
    page = visit("/docs").page
    form = page.locator("#getAsset form")
    form.locator('[name="path"]').fill("")
    form.locator("button").click()
    assert form.locator(".result").inner_text() == ""


def test_without_a_script_everything_is_read_and_nothing_is_offered_that_does_not_work(visit):
    page = visit("/docs", java_script_enabled=False).page
    assert not page.locator("form").filter(visible=True).count()
    assert page.locator("article").count() > 30
    assert page.locator("#listPhases dl").first.is_visible()


# -- pictures for the documentation -----------------------------------------------------------------------------------


def kept(page, name):
    page.bring_to_front()  # what stands behind is not drawn
    page.screenshot()  # returns once everything is drawn; it knows no WebP
    shot = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": 82})
    picture = base64.b64decode(shot["data"])
    assert len(picture) < 150_000
    folder = Path(os.environ["CONTENTAPI_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.webp").write_bytes(picture)


@pytest.mark.skipif(
    "CONTENTAPI_SCREENSHOTS" not in os.environ, reason="CONTENTAPI_SCREENSHOTS names no folder to keep them in"
)
def test_pictures_for_the_documentation(visit):
    home = partial(visit, "/")
    kept(home().page, "home-light")
    kept(home(scheme="dark").page, "home-dark")
    narrow = home(width=320).page
    kept(narrow, "home-narrow")
    page = visit("/docs").page
    tried(page, "listArticles", {"fields": "title,date", "limit": "2"})
    page.locator("#listArticles form").evaluate("one => one.scrollIntoView()")
    kept(page, "docs-light")
    kept(visit("/docs", scheme="dark").page, "docs-dark")
