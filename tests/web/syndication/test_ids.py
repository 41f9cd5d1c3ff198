"""What an article is called in a feed: the same wherever it stands, and whoever serves it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web.client import Site
from tests.web.syndication import valid

ORIGIN = '[site]\norigin = "https://site.example"\n'


def article(front: str = "", body: str = "Text.") -> str:
    return f"---\ntitle: A\nlayout: post\n{front}\n---\n{body}\n"


def ids(site: Site) -> list[str]:
    return [one["id"] for one in valid.json_feed(site.get("/feed.json"))["items"]]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('origin = "https://site.example"', "tag:site.example,2026:/a.md"),
        ('origin = "http://site.example:8080"', "tag:site.example,2026:/a.md"),
        ('origin = "https://SITE.example"', "tag:site.example,2026:/a.md"),
        ('origin = "https://été.example"', "tag:xn--t-9fab.example,2026:/a.md"),
        ('origin = "https://site.example"\nbase = "/blog"', "tag:site.example,2026:/blog/a.md"),
        ('origin = "https://new.example"\ntag = "old.example,2019-05"', "tag:old.example,2019-05:/a.md"),
        ('tag = "old.example,2019"', "tag:old.example,2019:/a.md"),
        ("", "urn:uuid:f582e1de-bf60-5774-88ce-cbde72230ead"),
        ('api = "https://api.example"', "urn:uuid:"),
        ('origin = "http://[::1]"', "urn:uuid:"),
        ('origin = "http://a_b.example"', "urn:uuid:"),
    ],
)
def test_an_id_begins_with_what_names_the_site(site, settings, expected):
    made: Site = site({"contentapi.toml": f"[site]\n{settings}\n", "a.md": article()})
    (found,) = ids(made)
    assert found == expected or (expected == "urn:uuid:" and valid.UUID.fullmatch(found))


def test_the_host_that_the_links_of_a_folder_lead_to_names_its_site(site):
    body = "[a](https://site.example/b) [b](https://site.example/b)"
    made: Site = site({"a.md": article(body=body), "b.md": "---\ntitle: B\n---\n"})
    assert made.get("/v1/status").json()["origin"]["inferred"] == "https://site.example"
    assert ids(made) == ["tag:site.example,2026:/a.md"]


def test_two_services_without_a_site_call_their_articles_differently(site):
    alone = [site({"a.md": article()}), site({"a.md": article()})]
    apart = [
        site({"contentapi.toml": f'[site]\napi = "https://{name}.example"\n', "a.md": article()}) for name in ("x", "y")
    ]
    assert ids(alone[0]) == ids(alone[1])
    assert len({ids(one)[0] for one in (*alone, *apart)}) == 3


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("42", "42"),
        ("a b", "a%20b"),
        ("été", "%C3%A9t%C3%A9"),
        ("a/b:c@d", "a/b:c@d"),
        ("50% <b> \\\"q\\\" #x ?y 'z'", "50%25%20%3Cb%3E%20%22q%22%20%23x%20%3Fy%20%27z%27"),
        ("one\\ntwo\\tthree", "one%0Atwo%09three"),
        ("\\u202e\\U0001F600", "%E2%80%AE%F0%9F%98%80"),
    ],
)
def test_whatever_an_author_calls_it_the_id_is_a_uri(site, own, expected):
    made: Site = site({"contentapi.toml": ORIGIN, "a.md": article(f'id: "{own}"')})
    assert ids(made) == [f"tag:site.example,2026:/{expected}"]
    assert [one.text for one in valid.atom(made.get("/feed.atom")).iter(f"{valid.ATOM}id")][1:] == ids(made)


def test_an_id_stays_when_the_article_moves(site):
    made: Site = site({"contentapi.toml": ORIGIN, "a.md": article("id: kept"), "b.md": article("date: 2020-01-01")})
    before = ids(made)
    made.change(
        {"a.md": article("id: kept\npermalink: /elsewhere"), "b.md": article("date: 2020-01-01\npermalink: /b2")}
    )
    moved = ids(made)
    made.change({"a.md": None, "renamed/c.md": article("id: kept")})
    assert before == moved == ids(made) == ["tag:site.example,2026:/b.md", "tag:site.example,2026:/kept"]


def test_of_two_articles_with_one_id_the_first_has_it(site):
    made: Site = site({"contentapi.toml": ORIGIN, "a.md": article("id: same"), "b.md": article("id: same")})
    assert sorted(ids(made)) == ["tag:site.example,2026:/b.md", "tag:site.example,2026:/same"]


def test_pages_and_forms_of_a_feed_are_one_feed_and_other_articles_another(site):
    files = {f"{name}.md": article(f"tags: [{name}, x]") for name in "abc"}
    made: Site = site({"contentapi.toml": ORIGIN, **files})

    def feed_id(query: str) -> str:
        return str(valid.atom(made.get(f"/feed.atom{query}")).findtext(f"{valid.ATOM}id"))

    same = {feed_id(one) for one in ("", "?limit=1", "?content=excerpt", "?nothing=1", "?limit=0&date__gte=x")}
    assert same == {"tag:site.example,2026:feed:/"}
    assert feed_id("?tag=a&limit=1") == feed_id("?tag=a") == "tag:site.example,2026:feed:/?tag=a"
    assert feed_id("?tag=b&tag=a") == feed_id("?tag=a&tag=b") == "tag:site.example,2026:feed:/?tag=a&tag=b"


def test_the_settings_are_all_that_an_id_depends_on(site):
    files = {"contentapi.toml": ORIGIN, "a.md": article("date: 2020-01-01"), "b.md": article()}
    one, other = site(files), site(dict(reversed(files.items())))
    assert one.get("/feed.atom").body == other.get("/feed.atom").body
    assert replace(one.settings.site, tag="x.example,2020") != other.settings.site
