"""One document, one address: every other spelling leads to it, and so does what moved."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest

from tests.web.client import Site


def page(title: str = "T", **front: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in front.items())
    return f"---\ntitle: {title}\n{lines}---\nText.\n"


FOLDER = {
    "_config.yml": "url: https://site.example\ninclude: [_redirects]\ncollections:\n  startups:\n    output: true\n"
    "    permalink: /startups/:title.html\n  authors:\n",
    "index.md": page("Home", permalink="/"),
    "guide.md": page("Guide", permalink="/guide/"),
    "deep.md": page("Deep", permalink="/guide/deep/down.html"),
    "case.md": page("Case", permalink="/Guide/Upper"),
    "accents.md": page("Accents", permalink="/équipe/café crème"),
    "signs.md": page("Signs", permalink="/a'b(c)&d=e,f;g:h@i$j*k+l!m~n"),
    "percent.md": page("Percent", permalink="/100%25"),
    "dotted.md": page("Dotted", permalink="/notes.v1.2"),
    "markdown.md": page("Markdown", permalink="/readme.md"),
    "hidden.md": page("Hidden", permalink="/hidden", hidden="true"),
    "gone.md": page("Gone", permalink="/gone", gone="true"),
    "draft.md": page("Draft", permalink="/draft", published="false"),
    "moved.md": page("New", permalink="/new", redirect_from="[/old/, /older.html]"),
    "away.md": page("Away", permalink="/away", redirect_to="https://elsewhere.example/x?y=1#z"),
    "_posts/2024-01-02-same.md": page("Older"),
    "_posts/2024-03-04-same.md": page("Newer"),
    "_posts/2024-05-06-été.md": page("Summer"),
    "_startups/pix.md": page("Pix"),
    "_startups/a.b.gouv.fr.md": page("Dots"),
    "_authors/jo.md": page("Jo"),
    "_redirects": "/r1 /r2\n/r2 /guide/ 302\n/out https://elsewhere.example/à\n/nowhere /not-here?x=1#y\n/lost /x 410\n"
    "/loop1 /loop2\n/loop2 /loop1\n/all/* /guide/deep/:splat\n/to-pix /startups/pix.html\n/pic /img/p.svg\n",
    "img/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    from tests.web.client import write

    place = tmp_path_factory.mktemp("paths")
    write(place / "content", FOLDER)
    with Site(place / "content", place / "index.db") as site:
        yield site


NFD = quote(unicodedata.normalize("NFD", "équipe/café crème"))
NFC = "%C3%A9quipe/caf%C3%A9%20cr%C3%A8me"


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        # the home page
        ("index", None),
        ("", "index"),
        ("index/", "index"),
        ("index.html", "index"),
        ("index/index.html", "index"),
        ("%69ndex", "index"),
        # a final slash, .html, index
        ("guide", None),
        ("guide/", "guide"),
        ("guide//", "guide"),
        ("guide.html", "guide"),
        ("guide/index.html", "guide"),
        ("guide/index", "guide"),
        ("guide/index/", "guide"),
        ("guide/deep/down", None),
        ("guide/deep/down.html", "guide/deep/down"),
        ("guide//deep/./down", "guide/deep/down"),
        ("guide/x/../deep/down", "guide/deep/down"),
        # case counts
        ("Guide/Upper", None),
        # percent-encoding: lower-case digits, what needs none, what needs some
        (NFC, None),
        (NFC.lower(), NFC),
        ("%c3%a9quipe/caf%C3%A9%20cr%C3%A8me", NFC),
        ("équipe/café%20crème", None),  # no address at all, strictly; nobody can mean anything else by it
        ("%67uide", "guide"),
        ("guide%2Fdeep%2Fdown", "guide/deep/down"),
        ("notes%2Ev1.2", "notes.v1.2"),
        ("a%27b(c)&d=e,f;g:h@i$j*k+l!m~n", None),
        ("a'b(c)&d=e,f;g:h@i$j*k+l!m~n", "a%27b(c)&d=e,f;g:h@i$j*k+l!m~n"),
        ("a%27b%28c%29%26d%3De%2Cf%3Bg%3Ah%40i%24j%2Ak%2Bl%21m%7En", "a%27b(c)&d=e,f;g:h@i$j*k+l!m~n"),
        ("100%25", None),
        ("100%2525", "100%25"),
        ("100%", "100%25"),
        # both forms of an accent
        (NFD, NFC),
        (NFD.lower() + "/", NFC),
        # what looks like the end of a name is part of it
        ("notes.v1.2", None),
        ("notes.v1.2/", "notes.v1.2"),
        ("readme.md", None),
        ("readme.md/", "readme.md"),
        # hidden is answered by path
        ("hidden", None),
        ("hidden/", "hidden"),
        # moved: the API address of the target
        ("old", "new"),
        ("old/", "new"),
        ("older.html", "new"),
        ("older", "new"),
        ("r1", "guide"),
        ("r2/", "guide"),
        ("all/down", "guide/deep/down"),
        # of two articles with one slug the older is found by its path
        ("2024/01/02/same", None),
        ("2024/01/02/same.html", "2024/01/02/same"),
    ],
)
def test_every_spelling_of_a_page_leads_to_the_one(one: Site, asked, canonical):
    for query in ("", "?include=text&fields=slug"):
        got = one.get(f"/v1/pages/{asked}{query}")
        if canonical is None:
            assert got.status == 200
            continue
        assert got.status == 308
        assert got.headers["location"] == f"/v1/pages/{canonical}{query}"
        end = one.get(got.headers["location"])
        assert end.status == 200
        assert end.json()["links"]["self"] == f"/v1/pages/{canonical}"


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        # a document of another collection
        ("2024/03/04/same.html", "/v1/articles/same"),
        ("2024/05/06/%C3%A9t%C3%A9.html", "/v1/articles/%C3%A9t%C3%A9"),
        ("startups/pix.html", "/v1/collections/startups/pix"),
        ("startups/pix", "/v1/collections/startups/pix"),
        ("startups/a.b.gouv.fr", "/v1/collections/startups/a.b.gouv.fr"),
        ("to-pix", "/v1/collections/startups/pix"),
        # what is no document: its public address
        ("out", "https://elsewhere.example/%C3%A0"),
        ("away", "https://elsewhere.example/x?y=1#z"),
        ("nowhere", "https://site.example/not-here?x=1#y"),
        ("pic", "https://site.example/img/p.svg"),
    ],
)
def test_a_path_leads_to_where_it_is_answered(one: Site, asked, location):
    got = one.get(f"/v1/pages/{asked}")
    assert (got.status, got.headers["location"]) == (308, location)
    if location.startswith("/"):
        assert one.get(location).status == 200
        assert one.get(f"/v1/pages/{asked}?fields=title").headers["location"] == f"{location}?fields=title"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("gone", 410),
        ("gone/", 410),
        ("lost", 410),
        ("draft", 404),
        ("GUIDE", 404),
        ("guide/upper", 404),
        ("loop1", 404),
        ("img/p.svg", 404),
        ("nothing", 404),
        ("%00", 404),
        ("%FF", 404),
        ("%", 404),
        ("..", 308),
        ("guide%0A", 404),
        ("guide%E2%80%A8", 404),
        ("x" * 4000, 404),
        ("%25" * 1000, 404),
        ("a/" * 2000, 404),
    ],
)
def test_what_is_no_page_says_so(one: Site, asked, status):
    assert one.get(f"/v1/pages/{asked}").status == status


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/v1/pages/", "/v1/pages/index"),
        ("/v1/articles/", "/v1/articles"),
        ("/v1/articles//", "/v1/articles"),
        ("/v1/%61rticles", "/v1/articles"),
        ("/v1/articles/?limit=1&sort=title", "/v1/articles?limit=1&sort=title"),
        ("/v1/articles/same/", "/v1/articles/same"),
        ("/v1/articles/s%61me", "/v1/articles/same"),
        ("/v1/articles/%c3%a9t%c3%a9", "/v1/articles/%C3%A9t%C3%A9"),
        ("/v1/articles/" + quote(unicodedata.normalize("NFD", "été")), "/v1/articles/%C3%A9t%C3%A9"),
        ("/v1/articles/s%61me.md", "/v1/articles/same.md"),
        ("/v1/collections/st%61rtups", "/v1/collections/startups"),
        ("/v1/collections/startups/", "/v1/collections/startups"),
        ("/v1/collections/startups/p%69x?fields=title", "/v1/collections/startups/pix?fields=title"),
        ("/v1/collections/authors/jo", "/v1/authors/jo"),
        ("/v1/collections/articles/same?fields=title", "/v1/articles/same?fields=title"),
        ("/v1/collections/pages/guide", "/v1/pages/guide"),
        ("/v1/assets/img%2Fp.svg", "/v1/assets/img/p.svg"),
        ("/v1/assets/img/p%2Esvg", "/v1/assets/img/p.svg"),
        ("/v1/status/", "/v1/status"),
        ("/livez/", "/livez"),
        ("/v1%2Farticles", "/v1/articles"),
        ("/v1/navigation/", "/v1/navigation"),
    ],
)
def test_every_resource_has_one_address(one: Site, asked, location):
    got = one.get(asked)
    assert (got.status, got.headers["location"]) == (308, location)
    assert one.get(location).status == 200
    assert one.request("POST", asked).status in {404, 405}


@pytest.mark.parametrize(
    "asked",
    ["/v1", "/v1/", "//", "//v1/articles", "/v1//articles", "/V1/articles", "/v1/articles/same/x", "/v1/articles/SAME",
     "/v1/articles/same%2Fx", "/v1/articles/%00", "/v1/nothing/", "/v1/collections/startups/pix/x", "/v1/tags/%2F",
     "/v1/collections/posts", "/v1/phases/%FF", "/v1/assets/", "/v1/assets", "/v1/assets/_config.yml", "/", "/index.html"],
)  # fmt: skip
def test_no_address_is_guessed(one: Site, asked):
    assert one.get(asked).status == (200 if asked == "/" else 404)


def test_hidden_is_absent_elsewhere(one: Site):
    everything = one.walk("/v1/pages?limit=3") + one.walk("/v1/collections/pages")
    assert "/hidden" not in {item["path"] for item in everything}
    assert "Hidden" not in one.get("/v1/navigation?depth=20").text
    assert "/hidden" not in one.get("/v1/pages/index").text
    counted = {one["name"]: one["count"] for one in one.get("/v1/collections").json()["items"]}
    assert counted["pages"] == one.get("/v1/pages").json()["meta"]["total"] == len(one.walk("/v1/pages"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/guide/", {"status": "found", "path": "/guide/", "target": None, "chain": [], "permanent": True}),
        ("/guide", {"status": "found", "path": "/guide/"}),
        ("guide", {"status": "found", "path": "/guide/"}),
        ("/guide/index.html?x=1#y", {"status": "found", "path": "/guide/"}),
        ("https://site.example/guide/", {"status": "found", "path": "/guide/"}),
        ("https://elsewhere.example/guide/", {"status": "unknown", "target": None, "resource": None}),
        ("/hidden", {"status": "found"}),
        ("/startups/pix.html", {"status": "found", "path": "/startups/pix.html"}),
        ("/old/", {"status": "moved", "target": "/new", "permanent": True}),
        ("/r1", {"status": "moved", "target": "/guide/", "chain": ["/r1", "/r2"], "permanent": False}),
        ("/out", {"status": "moved", "target": "https://elsewhere.example/à", "resource": None}),
        ("/nowhere", {"status": "moved", "target": "/not-here?x=1#y", "resource": None}),
        ("/gone", {"status": "gone", "target": None, "resource": None}),
        ("/lost", {"status": "gone", "chain": ["/lost"]}),
        ("/img/p.svg", {"status": "found", "path": "/img/p.svg", "resource": None}),
        ("/loop1", {"status": "unknown", "target": None}),
        ("/draft", {"status": "unknown", "path": "/draft"}),
        ("/nothing", {"status": "unknown", "path": "/nothing", "target": None, "chain": [], "permanent": False}),
        ("", {"status": "found", "path": "/"}),
        ("/%00", {"status": "unknown"}),
        ("javascript:alert(1)", {"status": "unknown", "target": None}),
        ("//site.example/guide", {"status": "found", "path": "/guide/"}),
        ("http://[", {"status": "unknown"}),
    ],
)
def test_resolve_says_what_a_path_is(one: Site, path, expected):
    if path == "/%00":
        path = "/%2500"
    got = one.get(f"/v1/resolve?path={quote(path, safe='/:%')}")
    assert got.status == 200
    told = got.json()
    assert list(told) == ["status", "path", "target", "chain", "permanent", "resource"]
    assert {name: told[name] for name in expected} == expected
    if told["resource"] is not None:
        assert list(told["resource"]) == ["type", "id", "path", "slug", "title", "description", "links"]
        assert one.get(told["resource"]["links"]["self"]).status == 200


def test_addresses_come_from_the_settings_never_from_the_request(site):
    files = dict(FOLDER)
    files["contentapi.toml"] = '[site]\norigin = "https://www.example"\napi = "https://api.example/content"\n'
    made = site(files)
    headers = {"host": "evil.example", "x_forwarded_host": "evil.example", "forwarded": "host=evil.example"}
    for target in ("/v1/pages", "/v1/pages/guide", "/v1/pages/guide/", "/v1/articles/", "/", "/v1/nothing", "/v1/old/"):
        got = made.get(target, **headers)
        assert "evil" not in got.text + str(got.headers)
        assert got == made.get(target)
    assert made.get("/v1/pages/guide/?fields=title").headers["location"] == (
        "https://api.example/content/v1/pages/guide?fields=title"
    )
    assert made.get("/v1/articles/").headers["location"] == "https://api.example/content/v1/articles"
    guide = made.get("/v1/pages/guide").json()
    assert guide["links"] == {"self": "https://api.example/content/v1/pages/guide", "web": "https://www.example/guide/"}
    first = made.get("/v1/pages?limit=1")
    assert first.json()["links"]["self"] == "https://api.example/content/v1/pages?limit=1"
    assert first.link("next") == first.json()["links"]["next"]
    assert first.json()["links"]["next"].startswith("https://api.example/content/v1/pages?limit=1&cursor=")


def test_without_a_configured_origin_there_is_no_public_address(site):
    made = site({"a.md": page(permalink="/a"), "_redirects": "/b /nowhere#x\n"})
    assert made.get("/v1/pages/a").json()["links"] == {"self": "/v1/pages/a", "web": None}
    assert made.get("/v1/pages/b").headers["location"] == "/nowhere#x"


def test_a_page_without_a_path_is_answered_by_its_slug(site):
    elsewhere = page("Elsewhere", permalink="https://other.example/x")
    made = site({"a.md": elsewhere, "été.md": elsewhere, "index.md": elsewhere, "b.md": page("B", permalink="/b/")})
    links = [one["links"]["self"] for one in made.get("/v1/pages?sort=path").json()["items"]]
    assert links == ["/v1/pages/a", "/v1/pages/index", "/v1/pages/%C3%A9t%C3%A9", "/v1/pages/b"]
    answers = [made.get(link) for link in links]
    assert [(one.status, one.json()["links"]["self"]) for one in answers] == [(200, link) for link in links]
    assert answers[0].json()["path"] is None
    assert made.get("/v1/pages/a.md").text.startswith("# Elsewhere")
    assert made.get("/v1/pages/A").status == 404


def test_of_two_documents_with_one_path_the_last_file_wins(site):
    made = site(
        {"b.md": page("B", permalink="/x/"), "a.md": page("A", permalink="/x.html"), "é.md": page("É", permalink="/x")}
    )
    assert made.get("/v1/pages/x").json()["title"] == "É"
    assert made.get("/v1/pages").json()["meta"]["total"] == 1
    told = made.get("/v1/diagnostics?code=path-conflict").json()["items"]
    assert {one["path"] for one in told} == {"a.md", "b.md"}
    assert all(one["related"] == ["é.md"] for one in told)


def test_names_that_are_no_utf8_break_nothing(site, tmp_path):
    made = site({"a.md": page(permalink="/a")})
    try:
        (made.settings.folder / b"caf\xe9.md".decode(errors="surrogateescape")).write_text(page("Odd"))
    except OSError:
        pytest.skip("this file system takes no such name")
    made.change({})
    for target in ("/v1/pages", "/v1/diagnostics", "/v1/navigation", "/v1/status", "/", "/docs"):
        assert made.get(target).status == 200


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/v1/pages/2024/03/04/same.html?fields=date,authors", "/v1/articles/same?fields=date,authors"),
        ("/v1/pages/guide/?what=ever&x", "/v1/pages/guide?what=ever&x"),
        ("/v1/pages/out?what=ever", "https://elsewhere.example/%C3%A0"),
        ("/v1/articles/s%61me?x=%FF", "/v1/articles/same?x=%FF"),
        ("/v1/articles/?x", "/v1/articles?x"),
        ('/v1/pages/guide/?x=é"<>', "/v1/pages/guide?x=%C3%A9%22%3C%3E"),
    ],
)
def test_what_leads_on_leaves_the_query_to_where_it_leads(one: Site, asked, location):
    got = one.get(asked)
    assert (got.status, got.headers["location"]) == (308, location)


@pytest.mark.parametrize(
    ("asked", "parameter", "meant", "allowed"),
    [
        # one of a few: they are told
        ("/v1/phases/constrution", "slug", None, 0),
        ("/v1/navigation/nav", "menu", None, 0),
        ("/v1/collections/startup", "name", "startups", 4),
        ("/v1/collections/startup/pix", "name", "startups", 4),
        # one of many: what is most like it is told, whatever is written in capitals
        ("/v1/articles/sam", "slug", "same", None),
        ("/v1/articles/Same", "slug", "same", None),
        ("/v1/articles/ete", "slug", None, None),
        ("/v1/collections/startups/pixx", "slug", "pix", None),
        ("/v1/pages/Guide/Deep/Down/", "path", "guide/deep/down", None),
        ("/v1/pages/equipe/caf%C3%A9%20cr%C3%A8me", "path", "équipe/café crème", None),
        ("/v1/pages/%C3%A9quipe/caf%C3%A9-cr%C3%A8me", "path", "équipe/café crème", None),
        ("/v1/pages/nothing-like-it", "path", None, None),
        ("/embed/pages/guide/dep/down", "path", "guide/deep/down", None),
        ("/embed/articles/samee", "slug", "same", None),
        ("/v1/assets/img/q.svg", "path", None, None),
        ("/v1/tags/nowhere", "slug", None, None),
        # what lists do not show is not told of
        ("/v1/pages/hiden", "path", None, None),
        ("/v1/pages/drafts", "path", None, None),
        ("/v1/pages/gon", "path", None, None),
    ],
)
def test_what_is_not_there_is_named_with_what_was_meant(one: Site, asked, parameter, meant, allowed):
    got = one.get(asked)
    assert got.status == 404
    (told,) = got.json()["errors"]
    assert (told["parameter"], told["did_you_mean"]) == (parameter, meant)
    assert told["allowed"] is None if allowed is None else len(told["allowed"]) == allowed


def test_the_phase_that_was_meant_is_named(shipped: Site):
    (error,) = shipped.get("/v1/phases/constrution").json()["errors"]
    assert error["did_you_mean"] == "construction"
    assert error["allowed"] == ["investigation", "construction", "acceleration", "transfert"]
