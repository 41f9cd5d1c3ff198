"""Every resource, on the content that is shipped and on small folders."""

from __future__ import annotations

import re

import pytest

from contentapi.web.app import OPERATIONS
from tests.web.client import Site, addresses

SEVERITIES = {"error", "warning", "info"}


def get(site: Site, target: str):
    got = site.get(target)
    assert got.status == 200, (target, got.text)
    return got.json()


# -- the shipped content ----------------------------------------------------------------------------------------------


def test_every_address_in_every_answer_is_answered_there(shipped: Site):
    seen: set[str] = set()
    todo = {"/", "/v1/navigation?depth=20"}
    while todo:
        target = todo.pop()
        seen.add(target)
        got = get(shipped, target)
        found = set(addresses(got))
        if target == "/":
            left_out = {
                "web",
                "resolve",
                "search",
                "suggest",
                "docs",
                "embed",
                "events",
                "export",
                "atom",
                "sitemap",
                "robots",
                "llms",
                "llms_full",
            }
            found |= {link for name, link in got["links"].items() if name not in left_out}
        if "items" in got and "meta" in got:
            found |= {link for link in got["links"].values() if link}
        todo |= found - seen
    assert len(seen) > 60
    assert all("%2F" not in one for one in seen)


def test_links_self_is_the_very_address_of_a_resource(shipped: Site):
    for plural in ("pages", "phases", "articles", "authors", "tags", "categories"):
        for item in shipped.walk(f"/v1/{plural}"):
            assert get(shipped, item["links"]["self"])["links"] == item["links"]
            assert item["type"] == {"categories": "category"}.get(plural, plural[:-1])


def test_the_root_tells_programs_where_everything_is(shipped: Site):
    root = get(shipped, "/")
    assert list(root) == ["title", "description", "lang", "revision", "license", "attribution", "version", "links"]
    assert root["license"]["id"] == "etalab-2.0"
    assert root["links"]["self"] == "/"
    for name, link in root["links"].items():
        if name not in {"web", "resolve"}:
            assert shipped.get(link).status == 200, name


#: What is for operators, another form of what is told, or told by the page of embeds.
NOT_TOLD = {
    "/livez", "/readyz", "/metrics", "/v1/export.json", "/v1/export.csv", "/embed.js", "/embed/phases",
    "/embed/phases.html", "/embed/phases.svg",
}  # fmt: skip


def test_the_root_leaves_out_nothing_that_stands_at_one_address(shipped: Site):
    told = {link.partition("?")[0] for link in get(shipped, "/")["links"].values()}
    assert {one.path for one in OPERATIONS if "{" not in one.path} - NOT_TOLD <= told


def test_the_root_shows_people_what_is_here(shipped: Site):
    got = shipped.get("/", accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert got.headers["content-type"].startswith("text/html")
    assert "Construction" in got.text
    assert shipped.get("/", accept="*/*").headers["content-type"] == "application/json"


def test_pages_come_by_path(shipped: Site):
    paths = [item["path"] for item in shipped.walk("/v1/pages?limit=4")]
    assert paths == sorted(paths)
    assert {"/", "/approche/", "/approche/construction", "/manifeste"} <= set(paths)
    assert get(shipped, "/v1/pages")["meta"] == {"total": len(paths), "limit": 20}


def test_a_page_knows_its_place(shipped: Site):
    page = get(shipped, "/v1/pages/approche/construction")
    assert page["path"] == "/approche/construction"
    assert page["breadcrumbs"][0]["resource"]["path"] == "/"
    assert page["breadcrumbs"][-1]["path"] == "/approche/construction"
    assert page["sidebar"]["name"] == "programme"
    trail = [item for item in page["sidebar"]["items"] if item["in_trail"]]
    assert [item["path"] for item in trail] == ["/approche/"]
    assert [item["path"] for item in trail[0]["children"] if item["active"]] == ["/approche/construction"]
    assert page["phase"]["links"]["self"] == "/v1/phases/construction"
    assert page["surround"]["previous"] or page["surround"]["next"]
    assert page["links"] == {
        "self": "/v1/pages/approche/construction",
        "web": "https://beta.gouv.fr/approche/construction",
    }
    home = get(shipped, "/v1/pages/index")
    assert home["path"] == "/"
    assert {item["path"] for item in home["children"]["items"]} >= {"/approche/", "/manifeste"}
    assert home["children"]["total"] == len(home["children"]["items"])


def test_bodies_come_in_every_form(shipped: Site):
    page = get(shipped, "/v1/pages/approche?include=markdown,text,sections,reading_time,outgoing,incoming")
    ids = [heading["id"] for heading in page["toc"]]
    assert ids == re.findall(r'<h2 id="([^"]+)"', page["html"])
    assert page["html"].count("<h2") == len([one for one in page["sections"] if one["level"] == 2])
    assert "---" not in page["markdown"][:3]
    assert "<" not in page["text"]
    assert page["reading_time"] == 2
    hrefs = {link["href"] for link in page["outgoing"]}
    assert all(f'href="{href}"' in page["html"] for href in hrefs)
    assert {"/approche/investigation", "/devenir-intrapreneur"} <= {link["path"] for link in page["outgoing"]}
    assert "/" in {card["path"] for card in page["incoming"]}
    (picture,) = re.findall(r"<img [^>]+>", page["html"])
    assert 'src="/v1/assets/img/cycle.svg"' in picture
    assert 'width="960" height="560"' in picture


def test_phases_come_in_journey_order(shipped: Site):
    phases = get(shipped, "/v1/phases?include=statements")["items"]
    assert [one["slug"] for one in phases] == ["investigation", "construction", "acceleration", "transfert"]
    assert [one["position"] for one in phases] == [1, 2, 3, 4]
    assert [(one["duration"]["min"], one["duration"]["max"]) for one in phases] == [
        ("P6W", "P9W"), ("P12M", "P12M"), ("P12M", "P12M"), ("P6M", "P6M"),
    ]  # fmt: skip
    for one in phases:
        assert one["derived"] is False
        assert one["decision"]["who"]
        assert one["decision"]["what"]
        assert one["objectives"]
        assert one["page"]["path"].startswith("/approche/")
        assert one["statements"]
    neighbours = [(one["previous"] and one["previous"]["slug"], one["next"] and one["next"]["slug"]) for one in phases]
    assert neighbours == [
        (None, "construction"), ("investigation", "acceleration"), ("construction", "transfert"), ("acceleration", None),
    ]  # fmt: skip


def test_an_alias_leads_to_its_phase(shipped: Site):
    for target, expected in [
        ("/v1/phases/realisation?fields=title", "/v1/phases/construction?fields=title"),
        ("/v1/phases/realisation.md", "/v1/phases/construction.md"),
    ]:
        got = shipped.get(target)
        assert (got.status, got.headers["location"]) == (308, expected)


def test_articles_come_newest_first(shipped: Site):
    articles = shipped.walk("/v1/articles?limit=2")
    dates = [one["date"] for one in articles]
    assert dates == sorted(dates, reverse=True)
    assert len(articles) >= 4
    newest = get(shipped, articles[0]["links"]["self"])
    assert newest["surround"]["next"] is None
    assert newest["surround"]["previous"]["slug"] == articles[1]["slug"]
    for one in articles:
        assert one["authors"]
        assert all(card["type"] == "author" for card in one["authors"])
        assert all(card["type"] == "tag" for card in one["tags"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", one["date"])


def test_terms_count_the_articles_that_name_them(shipped: Site):
    for plural, singular in (("authors", "author"), ("tags", "tag"), ("categories", "category")):
        terms = shipped.walk(f"/v1/{plural}?limit=2")
        assert terms
        for term in terms:
            assert term["links"]["articles"] == f"/v1/articles?{singular}={term['slug']}"
            named = shipped.walk(term["links"]["articles"])
            assert len(named) == term["count"]
            assert get(shipped, term["links"]["self"])["count"] == term["count"]


def test_navigation_is_the_tree_and_every_menu(shipped: Site):
    found = get(shipped, "/v1/navigation")
    assert list(found) == ["tree", "menus", "depth", "current", "links"]
    assert found["depth"] == 2
    assert set(found["menus"]) == {"nav", "programme", "footer.links", "footer.legal"}
    programme = next(item for item in found["tree"] if item["path"] == "/approche/")
    assert programme["children_count"] == len(programme["children"]) > 3
    assert found["menus"]["nav"][0]["label"] == "Le programme"
    shallow = get(shipped, "/v1/navigation?depth=1")
    cut = next(item for item in shallow["tree"] if item["path"] == "/approche/")
    assert (cut["children"], cut["children_count"]) == ([], programme["children_count"])


@pytest.mark.parametrize(
    "current",
    [
        "/approche/construction",
        "/approche/construction/",
        "approche/construction.html",
        "/phases/construction",
        "https://beta.gouv.fr/approche/construction?page=2",
    ],
)
def test_navigation_marks_the_current_page_and_the_trail_to_it(shipped: Site, current):
    def marked(items, mark):
        for item in items:
            if item[mark]:
                yield item["path"]
            yield from marked(item["children"], mark)

    found = get(shipped, f"/v1/navigation?current={current}")
    assert found["current"] == current
    for items in (found["tree"], found["menus"]["programme"]):
        assert list(marked(items, "active")) == ["/approche/construction"]
        assert list(marked(items, "in_trail")) == ["/approche/"]
    menu = get(shipped, f"/v1/navigation/programme?current={current}&depth=1")
    assert list(marked(menu["items"], "in_trail")) == ["/approche/"]
    assert list(menu) == ["name", "items", "depth", "current", "links"]


def test_collections_are_listed_with_their_counts(shipped: Site):
    found = get(shipped, "/v1/collections")["items"]
    assert [one["name"] for one in found] == ["articles", "authors", "pages", "phases"]
    for one in found:
        assert get(shipped, one["links"]["self"])["meta"]["total"] == one["count"]
        assert [item["links"]["self"] for item in shipped.walk(one["links"]["self"])] == [
            item["links"]["self"] for item in shipped.walk(f"/v1/{one['name']}?sort=path")
        ] or one["name"] in {"articles", "phases", "authors"}


def test_the_shipped_content_has_no_problem(shipped: Site):
    assert get(shipped, "/v1/diagnostics") == {
        "items": [],
        "meta": {"total": 0, "limit": 20},
        "links": {"self": "/v1/diagnostics", "next": None, "prev": None},
    }


def test_status_tells_how_it_is(shipped: Site):
    found = get(shipped, "/v1/status")
    assert found["ready"] is True
    assert found["documents"] == {"articles": 5, "authors": 3, "pages": 15, "phases": 4}
    assert found["diagnostics"] == dict.fromkeys(("error", "warning", "info"), 0)
    assert found["origin"] == {"configured": "https://beta.gouv.fr", "inferred": None}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", found["last_sync"])
    assert found["last_error"] is None
    assert get(shipped, "/livez") == {"status": "ok"}
    assert get(shipped, "/readyz") == {"status": "ready"}


# -- redirects, in every format ---------------------------------------------------------------------------------------

MOVING = {
    "_config.yml": "include: [_redirects]\nurl: https://site.example\n",
    "a.md": "---\ntitle: A\npermalink: /à propos/\nredirect_from: /old a\n---\n",
    "b.md": "---\ntitle: B\npermalink: /b\nredirect_from: [/b1, /b2]\n---\n",
    "_redirects": (
        "# a comment\n"
        "/zz/exact /b#part\n"
        "/zz/* /y/:splat\n"
        "/aa/* https://elsewhere.example/:splat?q=1 302\n"
        "/y/b /b\n"
        "/news/:year/:title /blog/:title\n"
        "/gone / 410\n"
        "/gone-too/* / 410\n"
        "/chain /b1\n"
        '/quote"d /b?x="1"&y=$uri\n'
        "/price$ /b\n"
        "/brace(s):x+y /b\n"
        "/loop /loop\n"
        "/b /shadowed\n"
    ),
}


@pytest.fixture
def moving(site) -> Site:
    return site(MOVING)


def test_redirects_are_told_with_chains_collapsed_and_loops_left_out(moving: Site):
    found = {one["from"]: one for one in moving.walk("/v1/redirects?limit=3")}
    assert "/loop" not in found
    assert "/b" not in found
    assert found["/chain"]["to"] == "/b"
    assert found["/chain"]["chain"] == ["/b1"]
    assert found["/old a"]["to"] == "/à propos/"
    assert found["/zz/exact"]["to"] == "/b#part"
    assert (found["/aa/*"]["status"], found["/aa/*"]["permanent"]) == (307, False)
    assert (found["/gone"]["status"], found["/gone"]["to"]) == (410, None)
    assert found["/aa/*"]["pattern"] is True
    assert found["/zz/exact"]["source"] == {"path": "_redirects", "line": 2}
    assert list(found["/gone"]) == ["from", "to", "status", "permanent", "pattern", "chain", "source"]


def test_redirects_for_netlify(moving: Site):
    got = moving.get("/v1/redirects?format=netlify")
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    lines = got.text.splitlines()
    assert all(len(line.split(" ")) == 3 for line in lines)
    assert "/old%20a /%C3%A0%20propos/ 308" in lines
    assert "/gone / 410" in lines
    # The first rule that fits is taken: single addresses stand before patterns, those in the order of the file.
    exact = [line for line in lines if "*" not in line and "/:" not in line.split(" ")[0]]
    assert lines[: len(exact)] == exact
    assert lines[-4:] == [
        "/zz/* /y/:splat 308",
        "/aa/* https://elsewhere.example/:splat?q=1 307",
        "/news/:year/:title /blog/:title 308",
        "/gone-too/* / 410",
    ]


def test_redirects_for_nginx(moving: Site):
    lines = moving.get("/v1/redirects?format=nginx").text.splitlines()
    assert 'location = "/old a" { return 308 "/%C3%A0%20propos/"; }' in lines
    assert 'location = "/gone" { return 410; }' in lines
    assert 'location = "/quote\\"d" { return 308 "/b?x=%221%22&y=%24uri"; }' in lines
    assert 'location = "/price$" { return 308 "/b"; }' in lines
    assert r'location ~ "^/zz(?:/(?<splat>[^\\x00-\\x1f]*))?$" { return 308 "/y/${splat}"; }' in lines
    assert (
        r'location ~ "^/news/(?<year>[^/\\x00-\\x1f]+)/(?<title>[^/\\x00-\\x1f]+)$" { return 308 "/blog/${title}"; }'
        in lines
    )
    # Outside quotes there is nothing that anybody wrote.
    for line in lines:
        assert re.fullmatch(
            r'location (=|~) "" \{ return (410|30[78] ""); \}', re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
        )


def test_redirects_for_next_js(moving: Site):
    got = moving.get("/v1/redirects?format=next")
    assert got.headers["content-type"] == "application/json"
    rules = {one["source"]: one for one in got.json()}
    assert rules["/old%20a"] == {"source": "/old%20a", "destination": "/%C3%A0%20propos/", "permanent": True}
    assert rules["/zz/:splat*"]["destination"] == "/y/:splat*"
    assert rules["/aa/:splat*"] == {
        "source": "/aa/:splat*",
        "destination": "https://elsewhere.example/:splat*?q=1",
        "permanent": False,
    }
    assert rules["/news/:year/:title"]["destination"] == "/blog/:title"
    assert rules[r"/brace\(s\)\:x\+y"]["destination"] == "/b"
    assert not any("gone" in source for source in rules)


def test_redirects_for_a_spreadsheet(moving: Site):
    got = moving.get("/v1/redirects?format=csv&from=/gone&from=/chain")
    assert got.headers["content-type"].startswith("text/csv")
    assert got.text == "from,to,status\r\n/chain,/b,308\r\n/gone,,410\r\n"


BASED = {
    "_config.yml": "url: https://site.example\nbaseurl: /base\n",
    "new.md": "---\ntitle: New\npermalink: /new\nredirect_from: /old\n---\n",
    "_redirects": (
        "/base/one /base/new\n"
        "/two https://site.example/base/new\n"
        "/three https://elsewhere.example/\n"
        "/gone 410\n"
        "/base/a/* /base/b/:splat\n"
        "/c/* /d/:splat\n"
        "/e/* //elsewhere.example/:splat\n"
    ),
}


@pytest.mark.parametrize(
    ("style", "rules"),
    [
        (
            # Whoever serves the host of a site is asked for paths with its base,
            "netlify",
            """\
/base/gone / 410
/base/old /base/new 308
/base/one /base/new 308
/base/three https://elsewhere.example/ 308
/base/two /base/new 308
/base/a/* /base/b/:splat 308
/base/c/* /base/d/:splat 308
/base/e/* //elsewhere.example/:splat 308
""",
        ),
        (
            "nginx",
            r"""
location = "/base/gone" { return 410; }
location = "/base/old" { return 308 "/base/new"; }
location = "/base/one" { return 308 "/base/new"; }
location = "/base/three" { return 308 "https://elsewhere.example/"; }
location = "/base/two" { return 308 "/base/new"; }
location ~ "^/base/a(?:/(?<splat>[^\\x00-\\x1f]*))?$" { return 308 "/base/b/${splat}"; }
location ~ "^/base/c(?:/(?<splat>[^\\x00-\\x1f]*))?$" { return 308 "/base/d/${splat}"; }
location ~ "^/base/e(?:/(?<splat>[^\\x00-\\x1f]*))?$" { return 308 "//elsewhere.example/${splat}"; }
""".lstrip(),
        ),
        (
            # and everyone else, as everywhere in the API, names those of the site.
            "csv",
            """\
from,to,status
/gone,,410
/old,/new,308
/one,/new,308
/three,https://elsewhere.example/,308
/two,/new,308
/a/*,/b/:splat,308
/c/*,/d/:splat,308
/e/*,//elsewhere.example/:splat,308
""",
        ),
    ],
)
def test_the_redirects_of_a_site_below_a_path_of_its_host(site, style: str, rules: str):
    assert site(BASED).get(f"/v1/redirects?format={style}").text.replace("\r\n", "\n") == rules


def test_next_js_puts_the_path_below_which_it_lives_before_its_rules_by_itself(site):
    rules = [(one["source"], one["destination"]) for one in site(BASED).get("/v1/redirects?format=next").json()]
    assert rules[:1] + rules[4:6] == [("/old", "/new"), ("/a/:splat*", "/b/:splat*"), ("/c/:splat*", "/d/:splat*")]


# -- small folders ----------------------------------------------------------------------------------------------------


def test_an_empty_folder_answers_everything_with_nothing(site):
    made = site({"README.md": "# not content"})
    for plural in ("pages", "phases", "articles", "authors", "tags", "categories", "redirects", "diagnostics"):
        assert get(made, f"/v1/{plural}")["items"] == []
    assert get(made, "/v1/navigation") == {
        "tree": [], "menus": {}, "depth": 2, "current": None, "links": {"self": "/v1/navigation"},
    }  # fmt: skip
    for target in ("/", "/docs", "/v1/openapi.json", "/v1/status", "/v1/collections", "/metrics"):
        assert made.get(target).status == 200
    assert made.get("/", accept="text/html").status == 200
    assert made.get("/v1/pages/index").status == 404


def test_what_is_not_published_is_nowhere(site):
    secret = "zanzibar"
    front = {
        "draft": "draft: true", "unpublished": "published: false", "future": "date: 2999-01-01\nlayout: post",
    }  # fmt: skip
    files = {
        f"{name}.md": f"---\ntitle: {secret} {name}\npermalink: /{secret}-{name}\ntags: [{secret}]\n{lines}\n---\n{secret}\n"
        for name, lines in front.items()
    }
    files["bom.md"] = "\ufeff---\ndraft: true\ntitle: zanzibar\n---\nzanzibar\n"
    files["open.md"] = "---\ndraft: true\ntitle: zanzibar\nzanzibar\n"
    files[f"_posts/2999-01-01-{secret}.md"] = f"---\ntitle: {secret}\n---\n{secret}\n"
    files["shown.md"] = "---\ntitle: Shown\npermalink: /shown\n---\n[link](/not-there)\n"
    made = site(files)
    targets = [
        "/v1/pages?include=html,text,markdown", "/v1/articles", "/v1/tags", "/v1/navigation?depth=20",
        "/v1/collections/pages", "/v1/collections/articles", "/v1/status", "/", "/docs", "/v1/openapi.json",
        "/v1/redirects", "/metrics",
    ]  # fmt: skip
    for target in targets:
        assert secret not in made.get(target).text, target
    told = made.walk("/v1/diagnostics")
    assert not any(one["path"] in {"draft.md", "unpublished.md", "future.md"} for one in told)
    assert all(secret not in one["message"] or secret in one["path"] for one in told)
    for name in (*front, "bom", "open"):
        assert made.get(f"/v1/pages/{secret}-{name}").status == 404
        assert made.get(f"/v1/pages/{name}").status == 404
    assert made.get(f"/v1/articles/{secret}").status == 404


def test_scripts_of_content_are_gone_in_every_form(site):
    evil = (
        "---\ntitle: <script>alert(1)</script>\npermalink: /x\ndescription: '</script><img onerror=alert(1) src=x>'\n---\n"
        "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1))\n\n"
        "<iframe src=https://evil.example></iframe>\n\n<svg onload=alert(1)></svg>\n"
    )
    made = site({"x.md": evil})
    html = get(made, "/v1/pages/x")["html"]
    for word in ("script", "onerror", "javascript:", "iframe", "onload"):
        assert word not in html
    shown = made.get("/", accept="text/html").text
    assert "<script>alert" not in shown
    assert "<img onerror" not in shown


def test_a_menu_keeps_the_label_of_a_dead_target(site):
    made = site({
        "_data/menu.yml": "main:\n- label: Dead\n  target: _pages/none.md\n- label: Out\n  url: https://x.example/\n-\n",
        "a.md": "---\ntitle: A\npermalink: /a\n---\n",
    })  # fmt: skip
    dead, out = get(made, "/v1/navigation/main")["items"]
    assert (dead["label"], dead["url"], dead["resource"]) == ("Dead", None, None)
    assert (out["url"], out["external"]) == ("https://x.example/", True)
    assert get(made, "/v1/diagnostics")["items"][0]["code"] == "menu-target-missing"


def test_diagnostics_tell_where_and_what_to_do(site):
    made = site({"a.md": "---\ntitle: A\ntitle: B\n---\n\n[x](/nowhere)\n", "b.md": "---\ntitle: [\n---\n"})
    found = made.walk("/v1/diagnostics?limit=1")
    assert {one["code"] for one in found} >= {"duplicate-key", "link-dead"}
    for one in found:
        assert list(one) == ["code", "severity", "path", "line", "column", "message", "hint", "related"]
        assert one["severity"] in SEVERITIES
        assert one["message"].endswith(".")
        assert one["hint"]
    status = get(made, "/v1/status")["diagnostics"]
    assert sum(status.values()) == len(found)
    assert [one["path"] for one in found] == sorted(one["path"] for one in found)


def test_of_several_articles_with_one_slug_the_newest_has_it(site):
    made = site({
        "_config.yml": "title: x\n",
        "_posts/2020-01-01-x.md": "---\ntitle: Old\n---\n",
        "_posts/2024-01-01-x.md": "---\ntitle: New\n---\n",
    })  # fmt: skip
    assert get(made, "/v1/articles/x")["title"] == "New"
    old = next(one for one in made.walk("/v1/articles") if one["title"] == "Old")
    assert old["links"]["self"].startswith("/v1/pages/2020/01/01/x")
    assert get(made, old["links"]["self"])["type"] == "article"
    assert get(made, "/v1/articles")["meta"]["total"] == 2
