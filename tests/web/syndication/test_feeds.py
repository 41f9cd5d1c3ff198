"""Feeds: what they hold, how they are asked for, and that nothing an author writes breaks them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.client import Site
from tests.web.syndication import valid
from tests.web.syndication.valid import ATOM

FEEDS = ("/feed.json", "/feed.atom")


def article(front: str, body: str = "Text.") -> str:
    return f"---\n{front}\n---\n{body}\n"


FILES = {
    "contentapi.toml": '[site]\ntitle = "S"\norigin = "https://site.example"\ntimezone = "Europe/Paris"\n',
    **{
        f"_posts/202{number}-01-01-p{number}.md": article(
            f"title: P{number}\ntags: [{'odd' if number % 2 else 'even'}]\ncategories: [news]\nsize: {number}"
        )
        for number in range(6)
    },
    "_posts/2019-01-01-old.md": article("title: Old\nupdated: 2026-02-03\ntags: ['Two words']"),
    "page.md": article("title: A page"),
}


@pytest.fixture(scope="module")
def seven(tmp_path_factory):
    from tests.web.client import write

    folder = tmp_path_factory.mktemp("seven") / "content"
    folder.mkdir()
    write(folder, FILES)
    with Site(folder, folder.parent / "index.db") as site:
        yield site


def titles(site: Site, query: str) -> list[str]:
    """The titles of a feed, the same in both formats."""
    told = [one["title"] for one in valid.json_feed(site.get(f"/feed.json{query}"))["items"]]
    feed = valid.atom(site.get(f"/feed.atom{query}"))
    assert [one.findtext(f"{ATOM}title") for one in feed.findall(f"{ATOM}entry")] == told
    return told


ALL = ["P5", "P4", "P3", "P2", "P1", "P0", "Old"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("?tag=odd", ["P5", "P3", "P1"]),
        ("?tag=odd&tag=even&date__lt=2022-01-01", ["P1", "P0"]),
        ("?tag__not=odd&limit=2", ["P4", "P2"]),
        ("?category=news&date__gte=2024-01-01", ["P5", "P4"]),
        ("?updated__missing=false", ["Old"]),
        ("?fields.size__gte=4", ["P5", "P4"]),
        ("?title__contains=p3", ["P3"]),
        ("?tag=none", []),
        # What is not known, or is no value, is left aside.
        ("?nothing=1&utm_source=x", ALL),
        ("?limit=0", ALL),
        ("?limit=1&limit=2", ALL),
        ("?date__gte=never", ALL),
        ("?tag=odd&updated__missing=perhaps", ["P5", "P3", "P1"]),
        ("?content=half&sort=title", ALL),
        ("?cursor=nowhere&limit=2", ["P5", "P4"]),
        ("?tag=odd&x=%00", ["P5", "P3", "P1"]),
    ],
)
def test_a_feed_is_filtered_as_the_list_of_articles(seven, query, expected):
    assert titles(seven, query) == expected


def test_the_addresses_of_a_feed_hold_what_counts_once(seven):
    feed = valid.atom(seven.get("/feed.atom?tag=odd&utm_source=x&limit=1&date__gte=never&cursor=nowhere"))
    links = {one.get("rel"): valid.path(one.get("href")) for one in feed.findall(f"{ATOM}link")}
    assert links["self"] == links["first"] == "/feed.atom?limit=1&tag=odd"
    assert links["next"].startswith("/feed.atom?limit=1&tag=odd&cursor=")
    second = valid.atom(seven.get(links["next"]))
    back = {one.get("rel"): valid.path(one.get("href")) for one in second.findall(f"{ATOM}link")}
    assert back["self"] == links["next"]
    assert back["first"] == links["first"]


def test_a_cursor_of_another_feed_begins_at_the_beginning(seven):
    feed = valid.json_feed(seven.get("/feed.json?tag=odd&limit=1"))
    cursor = feed["next_url"].rpartition("=")[2]
    assert titles(seven, f"?tag=even&limit=1&cursor={cursor}") == ["P4"]


def test_the_pages_of_both_formats_are_walked_to_their_ends(seven):
    for limit in (1, 2, 3, 7, 8):
        pages = list(valid.atom_pages(seven, f"/feed.atom?limit={limit}"))
        found = [one.findtext(f"{ATOM}title") for feed in pages for one in feed.findall(f"{ATOM}entry")]
        assert found == ALL
        told = [one["title"] for feed in valid.json_pages(seven, f"/feed.json?limit={limit}") for one in feed["items"]]
        assert told == ALL


def test_a_feed_says_when_its_newest_item_changed(seven):
    def updated(query: str) -> str | None:
        return valid.atom(seven.get(f"/feed.atom{query}")).findtext(f"{ATOM}updated")

    assert updated("") == "2026-02-03T00:00:00+01:00"
    assert updated("?limit=3") == "2025-01-01T00:00:00+01:00"
    assert updated("?tag=none") == "1970-01-01T00:00:00+00:00"


def test_a_feed_bears_the_names_of_what_it_is_chosen_by(seven):
    assert seven.get("/feed.json").json()["title"] == "S"
    assert seven.get("/feed.json?tag=two-words&category=news").json()["title"] == "S – news, Two words"
    assert seven.get("/feed.json?tag__not=odd").json()["title"] == "S"


@pytest.mark.parametrize("target", FEEDS)
def test_a_feed_is_sent_once_and_then_not_again(seven, target):
    first = seven.get(target)
    again = seven.get(target, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert "last-modified" not in first.headers


def test_a_change_of_an_article_is_a_change_of_its_feeds(site):
    made: Site = site(FILES)
    before = [made.get(one).headers["etag"] for one in FEEDS]
    made.change({"page.md": article("title: Another page")})
    assert [made.get(one).headers["etag"] for one in FEEDS] == before
    made.change({"_posts/2020-01-01-p0.md": article("title: P0\ntags: [even]\ncategories: [news]", "Another text.")})
    assert all(made.get(one).headers["etag"] != tag for one, tag in zip(FEEDS, before, strict=True))


def test_what_is_not_listed_is_in_no_feed(site):
    kept_back = {
        "_posts/2020-01-01-a.md": article("title: SECRET\ndraft: true"),
        "_posts/2020-01-02-b.md": article("title: SECRET\nhidden: true"),
        "_posts/2999-01-03-c.md": article("title: SECRET"),
        "_posts/2020-01-04-d.md": article("title: SECRET\ngone: true"),
    }
    made: Site = site({**FILES, **kept_back})
    for target in (*FEEDS, "/sitemap.xml", "/llms.txt", "/llms-full.txt"):
        assert "SECRET" not in made.get(target).text, target


# -- whatever an author writes ----------------------------------------------------------------------------------------

#: Front matter with control characters is refused before it gets anywhere near a feed.
ODD = "\x85\u2028\ufeff\ufffd\ufffe\uffff]]><b>&amp;\"'"


def quoted(text: str) -> str:
    """A text as YAML's double quotes spell it."""
    return '"' + "".join(f"\\U{ord(sign):08X}" for sign in text) + '"'


@pytest.mark.parametrize("content", ["full", "excerpt"])
def test_what_xml_cannot_hold_is_left_out(site, content):
    made: Site = site({
        "contentapi.toml": '[site]\ntitle = "S\\u0007&\\u001b"\ndescription = "<\\u0001>"\norigin = "https://site.example"\n',
        "_posts/2020-01-01-a.md": article(
            f"title: {quoted('T' + ODD)}\ndescription: {quoted('D' + ODD)}\nauthor: {quoted('A' + ODD)}\n"
            f"tags: [{quoted('G' + ODD)}]\nid: {quoted('I' + ODD)}\nimage: {quoted('/i' + ODD)}",
            "A body \x07\x0b\ufffe with `\x1b` & <b>bold</b> ]]> &#7; &#xFFFE;",
        ),
    })  # fmt: skip
    feed = valid.atom(made.get(f"/feed.atom?content={content}"))
    (entry,) = feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}title") == "S&"
    assert entry.findtext(f"{ATOM}title").startswith("T")
    assert "]]><b>&amp;\"'" in entry.findtext(f"{ATOM}title")
    valid.json_feed(made.get(f"/feed.json?content={content}"))


@settings(max_examples=25)
@given(
    title=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
    | st.lists(
        st.sampled_from(
            ["<b>", "</p>", "[a](", "/a b)", "&#1;", "<!--", "]]>", "<a href='", "//x", "?>", "`", "\x1f0\x1f"]
        ),
        max_size=8,
    ).map("".join),
)
def test_any_text_gives_a_feed_that_parses(tmp_path_factory, title, body):
    folder = tmp_path_factory.mktemp("any") / "content"
    folder.mkdir()
    (folder / "a.md").write_text(article(f"title: {quoted(title)}\nlayout: post", body), encoding="utf-8")
    with Site(folder, folder.parent / "index.db") as site:
        assert len(valid.atom(site.get("/feed.atom")).findall(f"{ATOM}entry")) == 1
        assert len(valid.json_feed(site.get("/feed.json"))["items"]) == 1


def test_nothing_that_runs_is_in_a_feed(site):
    body = '<script>alert(1)</script><img src=x onerror="alert(1)"><a href="javascript:alert(1)">x</a><iframe src="/x">'
    made: Site = site({"a.md": article("title: A\nlayout: post", body)})
    for text in (made.get("/feed.json").json()["items"][0]["content_html"], made.get("/feed.atom").text):
        for sign in ("script", "onerror", "alert", "iframe"):
            assert sign not in text
