"""Documents as Markdown: pages, phases, articles, and those of every other collection."""

from __future__ import annotations

import pytest

from tests.web.client import Site

RESOURCES = ("/v1/pages/index", "/v1/pages/approche", "/v1/phases/construction", "/v1/articles/mesurer-l-impact")


@pytest.mark.parametrize("target", RESOURCES)
def test_markdown_comes_by_its_ending_or_by_the_accept_header(shipped: Site, target):
    by_ending = shipped.get(f"{target}.md")
    by_header = shipped.get(target, accept="text/markdown")
    assert by_ending.status == by_header.status == 200
    assert by_ending.body == by_header.body
    assert by_ending.headers["content-type"] == by_header.headers["content-type"] == "text/markdown; charset=utf-8"
    assert by_ending.headers["vary"] == "Accept-Encoding"
    assert by_header.headers["vary"] == "Accept, Accept-Encoding"
    assert shipped.get(f"{target}.md", accept="application/json").body == by_ending.body
    assert shipped.get(target).headers["content-type"] == "application/json"
    assert shipped.get(target).headers["etag"] != by_header.headers["etag"]
    title = shipped.get(target).json()["title"]
    markdown = shipped.get(f"{target}?fields=markdown").json()["markdown"]
    assert by_ending.text == f"# {title}\n\n{markdown.strip()}\n"


@pytest.mark.parametrize("target", RESOURCES)
def test_each_form_is_kept_apart(shipped: Site, target):
    for _ in range(2):
        for accept, start in (("text/markdown", b"# "), ("application/json", b"{"), ("*/*", b"{")):
            assert shipped.get(target, accept=accept).body.startswith(start)
            assert shipped.head(target, accept=accept).headers == shipped.get(target, accept=accept).headers


def test_markdown_is_given_whole(shipped: Site):
    for target, headers in (
        ("/v1/pages/approche.md?fields=title", {}),
        ("/v1/pages/approche.md?include=text", {}),
        ("/v1/phases/construction?fields=title", {"accept": "text/markdown"}),
    ):
        got = shipped.get(target, **headers)
        assert got.status == 400
        assert got.json()["errors"][0]["parameter"] in {"fields", "include"}
    assert shipped.get("/v1/pages/approche.md?x=1").status == 400


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/v1/pages/approche/.md", None),
        ("/v1/pages/approche.html.md", "/v1/pages/approche.md"),
        ("/v1/pages/%61pproche.md", "/v1/pages/approche.md"),
        ("/v1/pages/programme.md", "/v1/pages/approche.md"),
        ("/v1/pages/index.html.md", "/v1/pages/index.md"),
        ("/v1/pages/.md", "/v1/pages/index.md"),
        ("/v1/pages/actualites/2022/11/22/mesurer-l-impact.md", "/v1/articles/mesurer-l-impact.md"),
        ("/v1/articles/mesurer%2Dl-impact.md", "/v1/articles/mesurer-l-impact.md"),
        ("/v1/articles/mesurer-l-impact.md/", "/v1/articles/mesurer-l-impact.md"),
        ("/v1/phases/realisation.md", "/v1/phases/construction.md"),
    ],
)
def test_every_spelling_leads_to_the_one(shipped: Site, target, location):
    got = shipped.get(target)
    if location is None:
        assert got.status in {308, 404}
        return
    assert (got.status, got.headers["location"]) == (308, location)
    assert shipped.get(location).text.startswith("# ")


@pytest.mark.parametrize(
    "target",
    ["/v1/pages/nothing.md", "/v1/articles/nothing.md", "/v1/phases/nothing.md", "/v1/phases/.md", "/v1/tags/nothing.md",
     "/v1/articles/mesurer-l-impact.markdown"],
)  # fmt: skip
def test_what_has_no_markdown_is_not_there(shipped: Site, target):
    assert shipped.get(target).status == 404


def test_a_site_without_a_home_page_has_no_markdown_of_it(site):
    assert site({"a.md": "---\ntitle: A\npermalink: /a\n---\n"}).get("/v1/pages/.md").status == 404


def test_withdrawn_is_withdrawn_in_every_form(shipped: Site):
    assert shipped.get("/v1/pages/concours-2019.md").status == 410


@pytest.mark.parametrize(
    ("front", "body", "expected"),
    [
        ("title: T", "Text.", "# T\n\nText.\n"),
        ("title: T", "\n\n\n  Text.  \n\n\n", "# T\n\n  Text.  \n"),
        ("title: T", "# Own\n\nText.", "# Own\n\nText.\n"),
        ("title: T", "Text.\n\n# Late\n", "Text.\n\n# Late\n"),
        ("title: T", "Setext\n======\n\nText.", "Setext\n======\n\nText.\n"),
        ("title: T", "## Two\n\nText.", "# T\n\n## Two\n\nText.\n"),
        ("title: T", "```\n# no heading\n```", "# T\n\n```\n# no heading\n```\n"),
        ("title: T", "", "# T\n"),
        ("title: T\ndescription: D", "", "# T\n\nD\n"),
        ('title: "Two\\nlines"', "Text.", "# Two lines\n\nText.\n"),
        ("title: T", "a\n---\nb", "# T\n\na\n---\nb\n"),
        ("title: T", "<b>raw</b> [x](y.md)", "# T\n\n<b>raw</b> [x](y.md)\n"),
    ],
)
def test_it_has_a_title_and_no_front_matter(site, front, body, expected):
    made = site({"a.md": f"---\npermalink: /a\n{front}\n---\n{body}"})
    assert made.get("/v1/pages/a.md").text == expected


def test_a_phase_that_is_derived_has_a_title_and_a_purpose(site):
    made = site({
        "a.md": "---\ntitle: A\npermalink: /a\n---\n- [Investigation](/investigation) (6 à 9 semaines) : chercher\n"
        "- [Construction](/construction) (12 mois) : construire\n- [Accélération](/acceleration) (12 mois) : croître\n",
    })  # fmt: skip
    phases = made.walk("/v1/phases")
    assert phases
    for phase in phases:
        assert phase["derived"]
        text = made.get(f"{phase['links']['self']}.md").text
        assert text == "\n\n".join(part for part in (f"# {phase['title']}", phase["description"]) if part) + "\n"


def test_a_document_whose_name_ends_so_comes_first(site):
    made = site({
        "a.md": "---\ntitle: Named\npermalink: /notes.md\n---\nA",
        "b.md": "---\ntitle: Plain\npermalink: /notes\n---\nB",
    })  # fmt: skip
    assert made.get("/v1/pages/notes.md").json()["title"] == "Named"
    assert made.get("/v1/pages/notes.md.md").text == "# Named\n\nA\n"
    assert made.get("/v1/pages/notes", accept="text/markdown").text == "# Plain\n\nB\n"


PATTERNS = {
    "contentapi.toml": '[site]\norigin = "https://site.example"\n',
    "news.md": "---\ntitle: News\npermalink: /news\n---\nAll.\n",
    "tides.md": "---\ntitle: Tides\npermalink: /news/tides\n---\nHigh.\n",
    "kept.md": "---\ntitle: Kept\npermalink: /blog/kept\n---\nStill here.\n",
    "named.md": "---\ntitle: Named\npermalink: /blog/named.md\n---\nIts path ends so.\n",
    "_redirects": "/blog/exact.md /news/tides\n/blog/* /news\n/old/:slug /news/:slug\n/moved/*.html /news/:splat\n"
    "/notes/*.md /news/tides\n/notes/* /news\n/away/* https://elsewhere.example/:splat\n/lost/* / 410\n",
}


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/v1/pages/blog/quatre-risques.md", "/v1/pages/news.md"),
        ("/v1/pages/blog/2020/quatre-risques.html.md", "/v1/pages/news.md"),
        ("/v1/pages/blog.md", "/v1/pages/news.md"),
        ("/v1/pages/old/tides.md", "/v1/pages/news/tides.md"),
        ("/v1/pages/moved/tides.md", "/v1/pages/news/tides.md"),
        ("/v1/pages/old/storms.md", "https://site.example/news/storms"),
        ("/v1/pages/away/quatre-risques.md", "https://elsewhere.example/quatre-risques"),
        ("/v1/pages/blog/exact.md", "/v1/pages/news/tides"),
        ("/v1/pages/notes/any.md", "/v1/pages/news/tides"),
    ],
)
def test_a_redirect_by_pattern_leads_to_the_markdown_of_its_target(site, target, location):
    got = site(PATTERNS).get(target)
    assert (got.status, got.headers["location"]) == (308, location)


def test_a_pattern_hides_no_markdown_of_a_document(site):
    made: Site = site(PATTERNS)
    assert made.get("/v1/pages/blog/kept.md").text == "# Kept\n\nStill here.\n"
    assert made.get("/v1/pages/blog/named.md").json()["title"] == "Named"
    assert made.get("/v1/pages/lost/any.md").status == 410


COLLECTIONS = {
    "contentapi.toml": '[site]\norigin = "https://site.example"\n'
    '[collections.ports]\ndirectory = "ports"\noutput = true\n[collections.tag]\ndirectory = "_tag"\n',
    "ports/brest.md": "---\ntitle: Brest\n---\nUne rade.\n",
    "ports/x.md": "---\ntitle: X\n---\n",
    "ports/x.md.md": "---\ntitle: Its name ends so\n---\n",
    "_authors/ada.md": "---\ntitle: Ada\n---\nElle écrit.\n",
    "_posts/2020-01-02-a.md": "---\ntitle: A\nauthors: [ada, bob]\ntags: [mer]\n---\n",
}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v1/collections/ports/brest", "# Brest\n\nUne rade.\n"),
        ("/v1/collections/ports/x", "# X\n"),
        ("/v1/authors/ada", "# Ada\n\nElle écrit.\n"),
        ("/v1/authors/bob", "# bob\n"),
        ("/v1/tags/mer", "# mer\n"),
    ],
)
def test_what_else_the_site_has_is_markdown_too(site, target, expected):
    made: Site = site(COLLECTIONS)
    by_header = made.get(target, accept="text/markdown")
    assert by_header.text == expected
    assert by_header.headers["vary"].startswith("Accept")
    if target != "/v1/collections/ports/x":
        assert made.get(f"{target}.md").text == expected
    assert made.get(target).headers["content-type"] == "application/json"
    assert made.get(target, accept="image/png").status == 406


def test_a_name_that_ends_like_markdown_comes_first(site):
    made: Site = site(COLLECTIONS)
    slugs = {one["slug"]: one["title"] for one in made.get("/v1/collections/ports").json()["items"]}
    assert slugs["x.md"] == "Its name ends so"
    assert made.get("/v1/collections/ports/x.md").json()["title"] == "Its name ends so"
    assert made.get("/v1/collections/ports/x.md.md").text == "# Its name ends so\n"


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/v1/pages/ports/brest.md", "/v1/collections/ports/brest.md"),
        ("/v1/collections/authors/ada.md", "/v1/authors/ada.md"),
        ("/v1/collections/articles/a.md", "/v1/articles/a.md"),
    ],
)
def test_other_ways_to_it_lead_to_it(site, target, location):
    got = site(COLLECTIONS).get(target)
    assert (got.status, got.headers["location"]) == (308, location)


def test_markdown_names_the_page_that_it_is_the_text_of(site):
    made: Site = site(COLLECTIONS)
    assert made.get("/v1/collections/ports/brest.md").headers["link"] == (
        '<https://site.example/ports/brest>; rel="canonical"'
    )
    assert "link" not in made.get("/v1/authors/ada.md").headers
    assert "link" not in made.get("/v1/tags/mer.md").headers
