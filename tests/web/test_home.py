from __future__ import annotations

import io
import re
import shlex
import string
import tomllib
import urllib.request
from collections.abc import Iterator

import orjson
import pytest

from contentapi.web.pages import home, snippets, words
from contentapi.web.pages.elements import Html, element
from contentapi.web.pages.page import packaged
from tests.web.markup import checked

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
HERE = "http://127.0.0.1:8000"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


# -- which of the two answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("TEXT/HTML", True),
        ("text/*", True),
        ("text/html;q=0.9, application/json;q=0.8", True),
        ("application/json;q=0, */*", True),
        (None, False),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/*, text/html", False),
        ("text/html, application/json", False),
        ("text/html;q=0.8, application/json;q=0.9", False),
        ("text/html;q=0, */*;q=0.1", False),
        ("*/*, text/html;q=0.9", False),
    ],
)
def test_a_page_for_who_prefers_html_else_json(shipped, accept, page):
    got = shipped.get("/", **({"Accept": accept} if accept is not None else {}))
    assert got.status == 200
    assert got.headers["content-type"].partition(";")[0] == ("text/html" if page else "application/json")
    assert "Accept" in got.headers["vary"].split(", ")


def test_each_answer_has_its_own_validator_and_both_are_kept(shipped):
    page, root = shipped.get("/", Accept=BROWSER), shipped.get("/")
    assert page.headers["etag"] != root.headers["etag"]
    for _ in range(2):
        assert shipped.get("/", Accept=BROWSER).body == page.body
        assert shipped.get("/").body == root.body
    assert shipped.get("/", Accept=BROWSER, If_None_Match=page.headers["etag"]).status == 304
    assert shipped.get("/", Accept=BROWSER, If_None_Match=root.headers["etag"]).status == 200
    assert shipped.head("/", Accept=BROWSER).headers == page.headers


def test_the_root_leads_to_description_reference_and_status(shipped):
    for got in (shipped.get("/"), shipped.get("/", Accept=BROWSER)):
        for relation, address in {
            "service-desc": "/v1/openapi.json",
            "service-doc": "/docs",
            "status": "/v1/status",
        }.items():
            assert got.link(relation) == address
    links = shipped.get("/").json()["links"]
    assert (links["openapi"], links["docs"]) == ("/v1/openapi.json", "/docs")


def test_parameters_it_does_not_know_are_ignored(shipped):
    assert shipped.get("/?utm_source=x", Accept=BROWSER).status == 200


# -- what it shows ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(shipped):
    return checked(shipped.get("/", Accept=BROWSER))


def test_it_shows_what_is_served(shipped, page):
    root = shipped.get("/").json()
    assert page.css_first("html").attributes["lang"] == "fr"
    assert page.css_first("h1").text() == root["title"]
    assert page.css_first(".lead").text() == root["description"]
    text = page.css_first(".facts").text(separator=" ")
    for said in (root["license"]["name"], root["attribution"]["name"], root["revision"][:12]):
        assert said in text
    counts = {node.css_first("span").text(): int(node.css_first("strong").text()) for node in page.css(".counts a")}
    documents = shipped.get("/v1/status").json()["documents"]
    assert sorted(counts.values()) == sorted(documents.values())
    assert counts["phases"] == documents["phases"]


def test_it_lists_the_phases_in_journey_order_with_their_duration(shipped, page):
    phases = shipped.get("/v1/phases").json()["items"]
    shown = page.css(".journey li")
    assert [node.css_first("h3").text() for node in shown] == [one["title"] for one in phases]
    assert [node.css_first(".when").text() for node in shown] == [one["duration"]["text"] for one in phases]
    assert [node.css_first("h3 a").attributes["href"] for node in shown] == [one["links"]["self"] for one in phases]


def test_it_lists_the_three_newest_articles(shipped, page):
    articles = shipped.get("/v1/articles?limit=3").json()["items"]
    shown = page.css(".articles li")
    assert [node.css_first("h3").text() for node in shown] == [one["title"] for one in articles]
    assert [node.css_first("time").attributes["datetime"] for node in shown] == [one["date"] for one in articles]


def test_the_sample_is_what_its_address_answers(shipped, page):
    address = page.css_first(".sample a").attributes["href"]
    assert orjson.loads(page.css_first(".sample pre").text()) == shipped.get(address).json()


def test_every_link_to_this_service_answers(shipped, page):
    links = {node.attributes["href"] for node in page.css("a, link:not([rel=icon])")}
    own = {link for link in links if link.startswith("/")}
    assert len(page.css(".requests a")) >= 8
    for link in own:
        assert shipped.get(link).status == 200, link


def test_readers_find_the_feeds(shipped, page):
    found = {node.attributes["type"]: node.attributes["href"] for node in page.css('link[rel="alternate"]')}
    for media in ("application/feed+json", "application/atom+xml"):
        assert shipped.get(found[media]).headers["content-type"].startswith(media)
    assert page.css_first('.requests a[href^="/feed.json"]') is not None


def test_links_elsewhere_lead_to_the_site_and_to_the_licence(shipped, page):
    root = shipped.get("/").json()
    allowed = (root["links"]["web"], root["attribution"]["url"], root["license"]["url"])
    for node in page.css('a[href^="http"]'):
        assert node.attributes["href"].startswith(allowed)


def test_the_host_header_changes_nothing(shipped):
    fields = [(b"host", b"evil.example"), (b"x-forwarded-host", b"evil.example"), (b"accept", BROWSER.encode())]
    got = shipped.send("GET", b"/", [], headers=fields)
    assert got.body == shipped.get("/", Accept=BROWSER).body
    assert b"evil" not in got.body


# -- code to copy -----------------------------------------------------------------------------------------------------


def codes(page) -> dict[str, str]:
    found = {}
    for node in page.css("#embed figure, #call figure"):
        found[re.split(r"\W", node.css_first("figcaption").text())[0]] = node.css_first("pre").text()
    return found


def test_the_addresses_in_the_code_answer(shipped, page):
    found = codes(page)
    assert set(found) == {"HTML", "JavaScript", "Python", "curl"}
    for text in found.values():
        addresses = re.findall(rf"{re.escape(HERE)}[^\"'\s]*", text)
        assert addresses
        for address in addresses:
            assert shipped.get(address.removeprefix(HERE)).status == 200, address


def test_the_python_code_prints_the_titles(shipped, page, monkeypatch, capsys):
    def urlopen(address: str) -> io.BytesIO:
        return io.BytesIO(shipped.get(address.removeprefix(HERE)).body)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    exec(compile(codes(page)["Python"], "pasted", "exec"), {})
    titles = [one["title"] for one in shipped.get("/v1/phases").json()["items"]]
    assert capsys.readouterr().out.splitlines() == titles


def test_the_shell_reads_each_command_as_it_was_meant(page):
    for line in codes(page)["curl"].splitlines():
        command, address, *_ = shlex.split(line)
        assert (command, address) == ("curl", f"{HERE}/v1/phases?fields=title")


def test_the_embedded_block_credits_its_source_and_links_to_the_published_page(shipped, page):
    text = codes(page)["HTML"]
    root = shipped.get("/").json()
    assert root["attribution"]["name"] in text
    assert root["license"]["name"] in text
    assert '<a href="https://beta.gouv.fr/approche/' in text


@pytest.mark.parametrize("text", ["a'b", 'a"b', "a</script>b", "a&b", "a`$(b)`", "é\u2028"])
def test_code_survives_any_address(text):
    python = snippets.python(text)
    assert compile(python, "pasted", "exec")
    assert f"urlopen({orjson.dumps(text).decode()})".replace("<", "\\u003c") in python
    assert shlex.split(snippets.curl(text))[1] == text
    embedded = snippets.embed(text, text, text, text, text)
    assert embedded.count("</script>") == 1
    assert embedded.endswith("</script>")


# -- whatever the content is ------------------------------------------------------------------------------------------


def settings(**values: str) -> str:
    return "[site]\n" + "".join(f"{name} = {orjson.dumps(value).decode()}\n" for name, value in values.items())


def hostile() -> dict[str, str]:
    title = orjson.dumps(HOSTILE).decode()
    front = f"---\ntitle: {title}\ndescription: {title}\n"
    return {
        "contentapi.toml": settings(title=HOSTILE, description=HOSTILE, lang='fr"><script>')
        + f"license = {{ id = 'x', name = {title} }}\nattribution = {{ name = {title} }}\n",
        "_phases/a'b <c>.md": f"{front}position: 1\nkind: journey\nteam: x\n---\nTexte",
        "_posts/2024-01-02-un.md": f"{front}tags: [{title}]\nauthors: [{title}]\n---\nTexte",
        "a&b <c>.md": f"{front}---\nTexte",
        "index.md": f"{front}---\nTexte",
    }


def test_everything_of_the_content_is_escaped(site):
    shelf = site(hostile())
    page = checked(shelf.get("/", Accept=BROWSER))
    assert not page.css("script, img")
    assert page.css_first("h1").text() == HOSTILE
    assert HOSTILE in page.css_first(".journey h3").text()
    assert HOSTILE in page.css_first(".articles h3").text()
    for node in page.css('a[href^="/"]'):
        assert shelf.get(node.attributes["href"]).status == 200, node.html


def test_an_english_site_gets_an_english_page(site):
    shelf = site({"contentapi.toml": settings(title="Pages", lang="en-GB"), "index.md": "# Home"})
    page = checked(shelf.get("/", Accept=BROWSER))
    assert page.css_first("html").attributes["lang"] == "en"
    assert "lang" not in page.css_first("h1").attributes
    assert page.css_first(".eyebrow").text() == "Content API"


def test_a_language_without_words_gets_english_around_its_own(site):
    shelf = site({"contentapi.toml": settings(title="Seiten", lang="de_DE"), "index.md": "# Heim"})
    page = checked(shelf.get("/", Accept=BROWSER))
    assert page.css_first("html").attributes["lang"] == "en"
    assert page.css_first("h1").attributes["lang"] == "de-DE"


def test_a_folder_without_content_has_a_page_all_the_same(site):
    shelf = site({"contentapi.toml": ""})
    page = checked(shelf.get("/", Accept=BROWSER))
    assert not page.css("#phases, #articles, #embed, .sample, .counts")
    for node in page.css('a[href^="/"]'):
        assert shelf.get(node.attributes["href"]).status == 200, node.html


def test_a_configured_address_is_in_every_link_and_in_the_policy(site):
    api = "https://api.example.org/contenu"
    shelf = site({"contentapi.toml": settings(title="T", api=api), "index.md": "# A", "b.md": "# B"})
    got = shelf.get("/", Accept=BROWSER)
    page = checked(got)
    links = [node.attributes["href"] for node in page.css("a, link:not([rel=icon])")]
    assert all(link.startswith(("#", api)) for link in links)
    assert "connect-src 'self' https://api.example.org;" in got.headers["content-security-policy"]
    for text in codes(page).values():
        assert f"{api}/v1/pages?fields=title" in text
        assert HERE not in text


def test_a_change_is_seen_at_once(site):
    shelf = site({"contentapi.toml": settings(title="T"), "index.md": "# A"})
    assert "#articles" not in shelf.get("/", Accept=BROWSER).text
    shelf.change({"_posts/2024-01-02-un.md": "---\ntitle: Neuf\n---\nTexte"})
    assert "Neuf" in checked(shelf.get("/", Accept=BROWSER)).css_first(".articles").text()


# -- the pieces -------------------------------------------------------------------------------------------------------


def test_elements_escape_what_enters_them():
    assert element("p", "<b>", Html("<i></i>"), None, title='"<', hidden=True, lang=None) == (
        '<p title="&quot;&lt;" hidden>&lt;b&gt;<i></i></p>'
    )
    assert element("input", type="text", aria_label="a") == '<input type="text" aria-label="a">'


def leaves(table: dict[str, object], where: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{where}{name}.")
        else:
            yield f"{where}{name}", value


def test_every_language_has_the_same_words_with_the_same_places():
    tables = tomllib.loads(packaged("words.toml"))
    places = {
        lang: {
            key: sorted({name for _, name, _, _ in string.Formatter().parse(value) if name})
            if isinstance(value, str)
            else len(value)
            for key, value in leaves(table)
        }
        for lang, table in tables.items()
    }
    assert set(places) == {"fr", "en"}
    assert places["fr"] == places["en"]


@pytest.mark.parametrize(
    ("lang", "iso", "said"),
    [
        ("fr", "2025-05-20", "20 mai 2025"),
        ("fr", "2025-08-01T10:00:00+02:00", "1er août 2025"),
        ("en", "2025-08-01", "1 August 2025"),
        ("fr", "2025", "2025"),
        ("fr", "2025-13-01", "2025-13-01"),
    ],
)
def test_dates_in_words(lang, iso, said):
    assert words.of(lang).date(iso) == said


@pytest.mark.parametrize(
    ("lang", "collection", "number", "said"),
    [
        ("fr", "pages", 0, "page"),
        ("fr", "pages", 2, "pages"),
        ("en", "pages", 0, "pages"),
        ("en", "startups", 1, "startups"),
    ],
)
def test_collections_in_words(lang, collection, number, said):
    assert words.of(lang).count(collection, number) == said


def test_only_addresses_of_the_web_become_links():
    made = home._named(home.License("x", "X", "javascript:alert(1)"))
    assert made == "<span>X</span>"
