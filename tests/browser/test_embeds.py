"""Embeds in pages of other sites, in a real browser: framed, sized, refused, enlarged, read aloud, at every width."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from tests.browser.conftest import NODE, REPOSITORY
from tests.browser.test_pages import STANDARDS, enlarge, kept

SHOTS = REPOSITORY / ".tools/screenshots"
WIDTHS = (200, 320, 768, 1280)
SCHEMES = ("light", "dark")
PIECES = [
    "phases",
    "phases/construction",
    "phases/construction?show=timeline",
    "articles/mesurer-l-impact",
    "pages/approche",
]
#: The strictest policy under which each way in works: nothing inline, nothing evaluated, no HTML from strings.
STRICT = (
    "default-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def read(address: str, accept: str = "*/*") -> str:
    with urlopen(Request(address, headers={"Accept": accept}), timeout=30) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def snippets(chromium, base):
    """What the page for partners hands out for a phase, by the name of its way."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{base}/embed?item=phases/construction&width=640")
    found = dict(page.locator(".way").evaluate_all(
        "all => all.map((one) => [one.querySelector('h3').innerText, one.querySelector('pre').innerText])"
    ))  # fmt: skip
    context.close()
    return found


@dataclass
class Partner:
    """A page of another site, and what was said and asked while it was open."""

    page: Any
    console: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


@contextmanager
def served(html: str, policy: str | None) -> Iterator[str]:
    """A site at another host that shows a page of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy is not None:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.2", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.2:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def partner(chromium, base):
    """Opens a page of another site that holds some HTML; it may ask nobody but itself and this service."""
    made = []

    @contextmanager
    def go(body: str, *, policy: str | None = None, width: int = 800, scheme: str = "light", head: str = "", **options):
        html = (
            '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Partenaire</title>'
            f'<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">{head}</head>'
            f"<body><main><h1>Chez le partenaire</h1>{body}<p id=after>Et la suite de la page.</p></main></body></html>"
        )
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        with served(html, policy) as address:
            opened = Partner(context.new_page())
            opened.page.on("console", lambda message: opened.console.append(message.text))
            opened.page.on("pageerror", lambda error: opened.console.append(str(error)))
            opened.page.on("request", lambda one: opened.hosts.add(re.match(r"\w+://[^/]*|\w+:", one.url)[0]))
            opened.page.goto(address)
            made.append(opened)
            yield opened
            assert opened.console == []
            assert opened.hosts <= {base, address.rstrip("/"), "data:"}
            assert context.cookies() == []
        context.close()

    yield go
    assert made


def framed(page):
    frame = page.frames[1]
    frame.wait_for_load_state("load")
    return frame


def settled(page):
    """Waits until the frame is as high as its content, told by the frame itself."""
    page.wait_for_function(
        "() => { const one = document.querySelector('iframe'); return one.height !== one.dataset.first; }",
        timeout=10_000,
    )


INNER = "document.documentElement.getBoundingClientRect().height"


# -- a frame ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_frame_shows_all_of_it_at_any_width(partner, base, piece, width, scheme):
    asked = quote(f"{base}/embed/{piece}{'' if '?' in piece else '?show=full'}", safe="")
    told = json.loads(read(f"{base}/oembed?url={asked}&maxwidth={width - 16}"))
    policy = f"default-src 'none'; frame-src {base}; img-src data:"
    with partner(told["html"], width=width, scheme=scheme, policy=policy) as opened:
        frame = framed(opened.page)
        inside = frame.evaluate(f"[{INNER}, document.documentElement.scrollWidth, innerWidth]")
        assert inside[1] <= inside[2]
        # The estimate of oEmbed against what is laid out: hardly ever too little, and never far off.
        assert -0.03 * inside[0] <= told["height"] - inside[0] <= 0.11 * inside[0] + 24
        if scheme == "light" or width == 320:
            name = re.sub(r"\W+", "-", piece)
            opened.page.locator("iframe").screenshot(path=SHOTS / f"embed-{name}-{width}-{scheme}.png")


@pytest.mark.parametrize("sandbox", ["", "allow-popups"])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_frame_needs_no_script_and_no_right(partner, base, sandbox, scripts):
    html = f'<iframe sandbox="{sandbox}" src="{base}/embed/phases/construction" title="Phase" height="900"></iframe>'
    with partner(
        html, java_script_enabled=scripts, policy=f"default-src 'none'; frame-src {base}; img-src data:"
    ) as opened:
        assert framed(opened.page).locator("h2").inner_text() == "Construction"


@pytest.mark.parametrize("way", ["/", "/docs", "/embed", "/v1/phases/construction", "/embed/phases.svg"])
def test_nothing_else_can_be_framed(chromium, base, way):
    context = chromium.new_context()
    page = context.new_page()
    with served(f'<iframe src="{base}{way}"></iframe>', None) as address, page.expect_console_message() as said:
        page.goto(address)
    assert "frame-ancestors 'none'" in said.value.text
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark", "none"])
def test_a_theme_is_what_is_asked_for_whatever_the_reader_has(partner, base, theme):
    html = (
        f'<iframe src="{base}/embed/phases/construction?theme={theme}" title="Phase" width="600" height="900"></iframe>'
    )
    with partner(html, scheme="light" if theme == "dark" else "dark") as opened:
        colours = framed(opened.page).evaluate("getComputedStyle(document.body).backgroundColor")
        assert colours == {"light": "rgb(255, 255, 255)", "dark": "rgb(27, 26, 34)", "none": "rgba(0, 0, 0, 0)"}[theme]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("width", [320, 768])
def test_a_frame_fits_with_text_at_twice_its_size(visit, piece, width):
    page = visit(f"/embed/{piece}", width=width).page
    enlarge(page)
    page.screenshot(path=SHOTS / f"embed-{re.sub(r'[^a-z-]+', '-', piece)}-{width}-200-percent.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    outside = page.evaluate(
        """[...document.querySelectorAll("svg text")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert outside == 0


@pytest.mark.parametrize("piece", PIECES)
def test_a_frame_prints_dark_on_light(visit, piece):
    page = visit(f"/embed/{piece}", scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate("(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


# -- a frame that tells its height ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [240, 480, 900])
def test_a_frame_is_as_high_as_its_content_after_fonts_and_resizing(partner, base, snippets, width):
    policy = f"default-src 'none'; script-src {base}; frame-src {base}; img-src data:"
    html = snippets["Cadre à hauteur juste"].replace('height="', 'height="77" data-first="77" data-was="')
    with partner(html, policy=policy, width=width) as opened:
        page = opened.page
        frame = framed(page)
        frame.evaluate("document.fonts.ready.then(() => 0)")
        settled(page)
        for size in (width, width + 120, max(width - 60, 200)):
            page.set_viewport_size({"width": size, "height": 900})
            page.wait_for_timeout(200)
            high = float(page.evaluate("document.querySelector('iframe').clientHeight"))
            assert abs(high - frame.evaluate(INNER)) <= 1
        assert not frame.evaluate("document.documentElement.scrollHeight > innerHeight")


def test_only_our_own_frame_sets_a_height_and_only_within_reason(partner, base, snippets):
    policy = f"script-src {base} 'unsafe-inline'"
    other = "<script>parent.postMessage({contentEmbed: 5000}, '*')</script>"
    html = (
        f'<content-embed><iframe id="other" height="50" title="x" srcdoc="{other}"></iframe></content-embed>'
        f'<iframe id="outside" src="{base}/embed/phases?resize=true" height="50" title="y"></iframe>'
        + snippets["Cadre à hauteur juste"].replace("<iframe", '<iframe id="ours"')
    )
    with partner(html, policy=policy) as opened:
        page = opened.page
        page.wait_for_load_state("load")
        page.evaluate(
            """() => {
                for (const value of [1, -5, 1e9, "500", NaN]) postMessage({contentEmbed: value}, "*");
                postMessage(null, "*");
            }"""
        )
        page.wait_for_timeout(300)
        assert page.locator("#other").get_attribute("height") == "50"
        assert page.locator("#outside").get_attribute("height") == "50"
        assert 500 < int(page.locator("#ours").get_attribute("height")) < 2000


# -- the element ------------------------------------------------------------------------------------------------------


def of_element(base):
    return f"{STRICT}; script-src {base}; connect-src {base}; img-src data: {base}"


@pytest.mark.parametrize("width", [200, 320, 768, 1280])
def test_the_element_shows_the_text_under_the_strictest_policy(partner, base, snippets, width):
    with partner(snippets["Élément"], policy=of_element(base), width=width) as opened:
        page = opened.page
        page.wait_for_function("document.querySelector('content-embed').shadowRoot")
        assert page.locator("content-embed h2").inner_text() == "Construction"
        assert page.locator("content-embed a[rel=license]").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=SHOTS / f"embed-element-{width}.png", full_page=True)


def test_its_parts_take_the_partners_style(partner, base, snippets):
    style = (
        "<style>content-embed::part(title) { color: rgb(1, 2, 3) } content-embed::part(root) { padding: 7px }</style>"
    )
    with partner(snippets["Élément"], head=style) as opened:
        page = opened.page
        page.wait_for_function("document.querySelector('content-embed').shadowRoot")
        assert page.locator("content-embed h2").evaluate("one => getComputedStyle(one).color") == "rgb(1, 2, 3)"
        assert page.locator("content-embed article").evaluate("one => getComputedStyle(one).padding") == "7px"


@pytest.mark.parametrize("refused", ["scripts off", "script-src", "connect-src", "wrong bytes"])
def test_what_stands_inside_stays_when_it_cannot_work(chromium, base, snippets, refused):
    policy = {"script-src": "script-src 'none'", "connect-src": f"script-src {base}; connect-src 'none'"}.get(refused)
    html = snippets["Élément"]
    if refused == "wrong bytes":
        html = re.sub(r'integrity="sha384-....', 'integrity="sha384-AAAA', html)
    context = chromium.new_context(java_script_enabled=refused != "scripts off")
    page = context.new_page()
    with served(f"<!doctype html><title>x</title><link rel=icon href=data:,>{html}", policy) as address:
        page.goto(address)
        page.wait_for_timeout(300)
        link = page.locator("content-embed a")
        assert link.get_attribute("href") == "https://beta.gouv.fr/approche/construction"
        assert link.is_visible()
        assert page.locator("content-embed").bounding_box()["height"] < 100
    context.close()


def test_an_anchor_of_its_text_is_followed_inside_it(partner, base, snippets):
    tall = "<style>content-embed { margin-top: 3000px }</style>"
    with partner(snippets["Élément"], head=tall) as opened:
        page = opened.page
        page.wait_for_function("document.querySelector('content-embed').shadowRoot")
        page.evaluate(
            """() => {
                const article = document.querySelector("content-embed").shadowRoot.querySelector("article");
                article.prepend(Object.assign(document.createElement("a"), {href: "#content-ce-qui-la-rend-possible"}));
                article.querySelector("a").click();
            }"""
        )
        assert page.evaluate("scrollY") > 2000
        assert page.evaluate("location.hash") == ""


def test_several_on_one_page_come_go_and_change(partner, base, snippets):
    script = snippets["Élément"].splitlines()[0]
    html = script + "".join(
        f"<content-embed {one}><a href='https://beta.gouv.fr'>x</a></content-embed>"
        for one in (
            'phase="construction"',
            'phase="transfert" show="summary"',
            "phases",
            'page="/approche/"',
            'article="mesurer-l-impact"',
        )
    )
    with partner(html) as opened:
        page = opened.page
        page.wait_for_function("[...document.querySelectorAll('content-embed')].every((one) => one.shadowRoot)")
        titles = page.locator("content-embed h2").all_inner_texts()
        assert titles[:3] == ["Construction", "Transfert ou consolidation", "Les phases de beta.gouv.fr"]
        first = page.locator("content-embed").first
        # Away and back at once, before and after it has loaded; and elsewhere.
        first.evaluate(
            """one => {
                const next = one.nextSibling;
                one.remove();
                next.before(one);
                one.remove();
                document.body.append(one);
            }"""
        )
        page.wait_for_timeout(200)
        last = page.locator("content-embed").last
        assert last.locator("h2").inner_text() == "Construction"
        last.evaluate("one => { one.setAttribute('phase', 'investigation'); one.setAttribute('lang', 'en'); }")
        page.wait_for_function(
            """[...document.querySelectorAll("content-embed")].at(-1)
                .shadowRoot.querySelector("h2").textContent.startsWith("Investigation")"""
        )
        assert last.locator(".ce-eyebrow").inner_text() == "Phase 1 of 4"


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_below_it_moves(partner, base, snippets, width):
    watch = """() => { window.moved = []; new PerformanceObserver((list) => moved.push(...list.getEntries()
        .filter((one) => one.value > 0).map((one) => one.value))).observe({type: "layout-shift", buffered: true}); }"""
    with partner(snippets["Élément"], width=width, policy=of_element(base)) as opened:
        page = opened.page
        page.evaluate(watch)
        page.wait_for_function("document.querySelector('content-embed').shadowRoot")
        page.wait_for_timeout(300)
        assert sum(page.evaluate("moved")) < 0.01


# -- a fragment, put in by the partner's server -----------------------------------------------------------------------


@pytest.mark.parametrize("width", [200, 768])
def test_a_fragment_stands_in_the_page_under_a_policy_that_allows_nothing(partner, base, width):
    first = read(f"{base}/embed/phases/construction.html?fragment&heading_level=2&id_prefix=un-")
    second = read(f"{base}/embed/pages/approche.html?fragment&heading_level=2&id_prefix=deux-")
    policy = f"default-src 'none'; img-src data: {base}"
    with partner(first + second, width=width, policy=policy, java_script_enabled=True) as opened:
        ids = opened.page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(ids) == len(set(ids))
        assert opened.page.locator("h2").count() == 2
        opened.page.screenshot(path=SHOTS / f"embed-fragment-{width}.png", full_page=True)


# -- for everyone -----------------------------------------------------------------------------------------------------


def violations(page, axe):
    for frame in page.frames:
        frame.evaluate(axe)
    found = page.evaluate("only => axe.run({runOnly: only}).then((one) => one.violations)", STANDARDS)
    return [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("width", [200, 768])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_a_page_that_frames_it(partner, base, axe, piece, width, scheme):
    html = f'<iframe src="{base}/embed/{piece}" title="Intégration" width="{width - 16}" height="700"></iframe>'
    with partner(html, width=width, scheme=scheme) as opened:
        framed(opened.page)
        assert violations(opened.page, axe) == []


@pytest.mark.parametrize("way", ["element", "fragment"])
def test_axe_finds_nothing_in_a_page_that_holds_it(partner, base, axe, snippets, way):
    html = snippets["Élément"] if way == "element" else read(f"{base}/embed/phases/construction.html?fragment")
    with partner(html) as opened:
        if way == "element":
            opened.page.wait_for_function("document.querySelector('content-embed').shadowRoot")
        assert violations(opened.page, axe) == []


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_page_for_partners(visit, axe, width, scheme):
    page = visit("/embed", width=width, scheme=scheme).page
    page.frames[1].wait_for_load_state("load")
    page.screenshot(path=SHOTS / f"partners-{width}-{scheme}.png", full_page=True)
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_reaches_every_link_of_a_frame_and_leaves_it(partner, base):
    frame = f'<iframe src="{base}/embed/phases/construction" title="Phase" width="600" height="1100"></iframe>'
    html = f'<a href="#after">avant</a>{frame}'
    with partner(html + '<a id="end" href="#">après</a>') as opened:
        page = opened.page
        frame = framed(page)
        links = frame.locator("a").count()
        page.keyboard.press("Tab")
        for place in range(links):
            page.keyboard.press("Tab")
            seen = frame.evaluate(
                """() => {
                    const one = document.activeElement;
                    return [[...document.links].indexOf(one), getComputedStyle(one).outlineStyle];
                }"""
            )
            assert seen == [place, "solid"]
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "end"


@pytest.mark.parametrize(
    "target",
    [
        "/embed",
        *(f"/embed/{one}" for one in PIECES),
        "/embed/phases/construction?resize&theme=none",
        "/embed/pages/approche/transfert",
    ],
)
def test_the_nu_checker_finds_nothing(base, tmp_path, target):
    jar = NODE / "vnu-jar/build/dist/vnu.jar"
    if shutil.which("java") is None or not jar.is_file():
        pytest.skip("the Nu HTML checker needs java and vnu-jar; scripts/install-chromium says why they are missing")
    file = tmp_path / "page.html"
    file.write_text(read(base + target))
    run = subprocess.run(
        ["java", "-jar", jar, "--format", "json", "--stdout", file],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # It also warns of what is so on purpose: no `h1`, since the page around the frame has one.
    assert [one for one in json.loads(run.stdout)["messages"] if one["type"] == "error"] == []


# -- the page for partners --------------------------------------------------------------------------------------------


def test_the_preview_follows_every_choice(visit, base):
    page = visit("/embed").page
    page.select_option("#item", "phases")
    page.wait_for_selector('iframe[src="/embed/phases?lang=fr"], iframe[src="/embed/phases"]')
    page.select_option("#theme", "dark")
    page.wait_for_selector('iframe[src*="theme=dark"]')
    page.fill("#width", "400")
    page.locator("#width").dispatch_event("change")
    page.wait_for_selector('iframe[width="400"]')
    assert "item=phases" in page.url
    assert "theme=dark" in page.locator(".way pre").first.inner_text()
    height = page.evaluate("document.querySelector('iframe').clientHeight")
    page.frames[1].wait_for_load_state("load")
    assert 0 <= height - page.frames[1].evaluate(INNER) < 60


def test_a_snippet_is_copied(visit, base):
    page = visit("/embed", permissions=["clipboard-read", "clipboard-write"]).page
    button = page.locator(".way button").first
    button.click()
    page.locator(".way button", has_text="Copié").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".way pre").first.inner_text()


def test_without_a_script_the_form_does_the_same(visit, base):
    page = visit("/embed", java_script_enabled=False).page
    assert not page.locator(".way button").filter(visible=True).count()
    page.select_option("#item", "phases/transfert")
    page.locator("form button").click()
    page.wait_for_url("**/embed?item=*")
    assert page.locator("iframe").get_attribute("src").startswith("/embed/phases/transfert")


# -- pictures for the documentation -----------------------------------------------------------------------------------


@pytest.mark.skipif("CONTENTAPI_SCREENSHOTS" not in os.environ, reason="CONTENTAPI_SCREENSHOTS names no folder")
def test_pictures_for_the_documentation(visit):
    for name, path, width, scheme, height in (
        ("embed-phase-light", "/embed/phases/construction", 640, "light", 1030),
        ("embed-phase-narrow-dark", "/embed/phases/construction?show=summary", 240, "dark", 1040),
        ("embed-timeline-light", "/embed/phases", 640, "light", 830),
        ("embed-timeline-narrow-dark", "/embed/phases/construction?show=timeline", 240, "dark", 760),
        ("embed-partners-light", "/embed", 1280, "light", 900),
    ):
        page = visit(path, width=width, scheme=scheme).page
        page.set_viewport_size({"width": width, "height": height})
        kept(page, name)
