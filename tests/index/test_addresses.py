"""What a public address is: one decision table, and where the references of a document lead."""

from __future__ import annotations

import unicodedata

import pytest

from contentapi.index import addresses
from tests.index.shelf import page

PNG = bytes.fromhex("89504e470d0a1a0a0000000d494844520000002000000010080600000000000000")
NFD = unicodedata.normalize("NFD", "é")

SITE = {
    "_config.yml": "url: https://site.example\nbaseurl: /base\ninclude: [_redirects]\nplugins: [jekyll-feed]\n",
    "index.md": page("title: Home"),
    "a.md": page("title: A\npermalink: /a"),
    "dir/index.md": page("title: Dir\npermalink: /dir/"),
    "page.md": page("title: Page"),  # published at /page.html
    "été.md": page("title: Été\npermalink: /été"),
    "moved.md": page("title: Moved\npermalink: /new\nredirect_from: [/old, /older.html]"),
    "away.md": page("title: Away\npermalink: /away\nredirect_to: https://other.example/x?y#z"),
    "inside.md": page("title: Inside\npermalink: /inside\nredirect_to: /a"),
    "own.md": page("title: Own\npermalink: /own\nredirect_to: https://site.example/base/a"),
    "gone.md": page("title: Gone\npermalink: /gone\ngone: true"),
    "hidden.md": page("title: Hidden\npermalink: /hidden\nhidden: true"),
    "draft.md": page("title: Draft\npermalink: /draft\ndraft: true"),
    "img/i.png": PNG,
    "_redirects": """\
# origin        target            status
/one            /two
/two            /three
/three          /a
/temporary      /a                302
/mixed          /temporary        301
/withdrawn      /                 410
/to-withdrawn   /withdrawn
/to-gone        /gone
/first          /a
/first          /dir/
/a              /dir/
/loop           /pool
/pool           /loop
/self           /self
/dead           /nowhere/
/abroad         https://other.example/
/fragment       /a#part
/fragments      /fragment
/file           /img/i.png
/exact/kept     /a
/exact/*        /dir/
/late/*         /dir/
/late/exact     /a
/blog/:year/:slug.html  /:year-:slug
/2020-x         /a
/splat/*        /:splat
/out/*          https://other.example/:splat
/spread/*       /spread/more/:splat
/spaces%20here  /a
""",
}  # fmt: skip

TABLE = [
    # address asked              status     target             chain                                permanent
    # -- every spelling of a path is that path
    ("/a", "found", "/a", (), True),
    ("/a/", "found", "/a", (), True),
    ("/a.html", "found", "/a", (), True),
    ("/a/index.html", "found", "/a", (), True),
    ("//a", "found", "/a", (), True),
    ("a", "found", "/a", (), True),
    ("/dir", "found", "/dir/", (), True),
    ("/dir/index", "found", "/dir/", (), True),
    ("/page", "found", "/page.html", (), True),
    ("/page.html", "found", "/page.html", (), True),
    ("/", "found", "/", (), True),
    ("", "found", "/", (), True),
    ("/index.html", "found", "/", (), True),
    ("/été", "found", "/été", (), True),
    (f"/{NFD}t{NFD}", "found", "/été", (), True),
    ("/%C3%A9t%C3%A9", "found", "/été", (), True),
    ("/e%CC%81t%C3%A9/", "found", "/été", (), True),
    ("/b/../a", "found", "/a", (), True),
    ("/hidden", "found", "/hidden", (), True),
    # -- but case counts, and what is not published is not known
    ("/A", "unknown", None, (), False),
    ("/nothing", "unknown", None, (), False),
    ("/draft", "unknown", None, (), False),
    ("/../../etc/passwd", "unknown", None, (), False),
    ("/%FF", "unknown", None, (), False),
    # -- files, and what the site's own tools publish
    ("/img/i.png", "found", None, (), True),
    ("/feed.xml", "found", None, (), True),
    # -- what a document says of itself
    ("/old", "moved", "/new", ("/old",), True),
    ("/old/", "moved", "/new", ("/old/",), True),
    ("/older", "moved", "/new", ("/older",), True),
    ("/away", "moved", "https://other.example/x?y#z", ("/away",), True),
    ("/inside", "moved", "/a", ("/inside",), True),
    ("/own", "moved", "/a", ("/own",), True),
    ("/gone", "gone", None, ("/gone",), True),
    # -- what the file of redirects says
    ("/one", "moved", "/a", ("/one", "/two", "/three"), True),
    ("/two.html", "moved", "/a", ("/two.html", "/three"), True),
    ("/temporary", "moved", "/a", ("/temporary",), False),
    ("/mixed", "moved", "/a", ("/mixed", "/temporary"), False),
    ("/withdrawn", "gone", None, ("/withdrawn",), True),
    ("/to-withdrawn", "gone", None, ("/to-withdrawn", "/withdrawn"), True),
    ("/to-gone", "gone", None, ("/to-gone", "/gone"), True),
    ("/first", "moved", "/a", ("/first",), True),
    ("/loop", "unknown", None, ("/loop", "/pool"), False),
    ("/self", "unknown", None, ("/self",), False),
    ("/dead", "moved", "/nowhere/", ("/dead",), True),
    ("/abroad", "moved", "https://other.example/", ("/abroad",), True),
    ("/fragment", "moved", "/a", ("/fragment",), True),
    ("/file", "moved", "/img/i.png", ("/file",), True),
    ("/spaces here", "moved", "/a", ("/spaces here",), True),
    # -- patterns, in the order of the file
    ("/exact/kept", "moved", "/a", ("/exact/kept",), True),
    ("/exact/other", "moved", "/dir/", ("/exact/other",), True),
    ("/exact", "moved", "/dir/", ("/exact",), True),
    ("/late/exact", "moved", "/dir/", ("/late/exact",), True),
    ("/blog/2020/x.html", "moved", "/a", ("/blog/2020/x.html", "/2020-x"), True),
    ("/blog/2020/x", "moved", "/a", ("/blog/2020/x", "/2020-x"), True),
    ("/blog/2020/x/y", "unknown", None, (), False),
    ("/splat/a", "moved", "/a", ("/splat/a",), True),
    ("/splat/%C3%A9t%C3%A9", "moved", "/été", ("/splat/été",), True),
    ("/splat", "moved", "/", ("/splat",), True),
    ("/splat/who%3F", "moved", "/who?", ("/splat/who?",), True),
    ("/out/x/y", "moved", "https://other.example/x/y", ("/out/x/y",), True),
    ("/out/a%20b", "moved", "https://other.example/a%20b", ("/out/a b",), True),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    from tests.index.shelf import Shelf

    shelf = Shelf(tmp_path_factory.mktemp("site")).write(SITE)
    shelf.sync()
    yield shelf
    shelf.close()


@pytest.mark.parametrize(("asked", "status", "target", "chain", "permanent"), TABLE)
def test_what_an_address_is(site, asked, status, target, chain, permanent):
    with site.reading() as reader:
        found = addresses.resolve(reader, asked)
    assert (found.status, found.target, found.chain, found.permanent) == (status, target, chain, permanent)


def test_a_chain_without_end_is_refused(site):
    with site.reading() as reader:
        found = addresses.resolve(reader, "/spread/x")
    assert (found.status, found.loop, found.target) == ("unknown", True, None)
    assert len(found.chain) > 10


@pytest.mark.parametrize(
    ("asked", "suffix"), [("/fragment", "#part"), ("/fragments", "#part"), ("/one", ""), ("/self", "")]
)
def test_the_fragment_of_a_redirect_stays(site, asked, suffix):
    with site.reading() as reader:
        assert addresses.resolve(reader, asked).suffix == suffix


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/a?b#c", "/a"),
        ("https://site.example/base/a", "/a"),
        ("http://SITE.example:80/base", "/"),
        ("//site.example/base/a/", "/a/"),
        ("/base/a", "/a"),
        ("/based/a", "/based/a"),
        ("https://other.example/a", None),
        ("mailto:a@site.example", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("", "/"),
    ],
)
def test_which_addresses_are_paths_of_the_site(site, address, path):
    with site.reading() as reader:
        assert addresses.site_path(reader, address) == path


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\tscript:alert(1)", "data:text/html,x"]
)
def test_no_redirect_leads_where_a_script_could_run(shelf, target):
    """Whatever the index holds: whoever asks may put the target into a link."""
    shelf.write({"_redirects": "/evil /b\n", "a.md": page("", "[x](/evil)")}).sync()
    shelf.writing.execute("UPDATE redirect SET target = ?", (target,))
    with shelf.reading() as reader:
        found = addresses.resolve(reader, "/evil")
        assert (found.status, found.target) == ("unknown", None)
        (link,) = reader.links(reader.by_key("/a"))
        assert (link.address.url, link.dead) == ("/evil", True)
        assert addresses.redirects(reader) == []
    assert "redirect-dead" in shelf.codes()


# -- all of them ------------------------------------------------------------------------------------------------------


def test_every_redirect_that_is_of_use_is_listed_with_its_end(site):
    with site.reading() as reader:
        found = {one.origin: (one.target, one.chain) for one in addresses.redirects(reader)}
    assert found["/one"] == ("/a", ("/two", "/three"))
    assert found["/old"] == ("/new", ())
    assert found["/gone"] == (None, ())
    assert found["/fragment"] == ("/a#part", ())
    assert found["/splat/*"] == ("/:splat", ())
    assert found["/abroad"] == ("https://other.example/", ())
    # What loops, and what a document shadows.
    assert found.keys().isdisjoint({"/loop", "/pool", "/self", "/a"})
    assert list(found) == sorted(found)


def test_of_several_redirects_from_one_address_the_one_that_is_followed_is_named(shelf):
    shelf.write({
        "b.md": page("title: B\nredirect_from: [/x, /y/]"),
        "c.md": page("title: C\nredirect_from: /x"),
        "d.md": page("title: D\nredirect_from: /y"),
        "_redirects": "/x /d\n/late/* /b\n/late/z /c\n/twice /b\n/twice /c\n",
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        found = {one.origin: (one.target, one.source, one.line) for one in addresses.redirects(reader)}
    assert found == {
        "/x": ("/c", "c.md", 3),
        "/y": ("/d", "d.md", 3),
        "/y/": ("/d", "d.md", 3),
        "/late/*": ("/b", "_redirects", 2),
        "/late/z": ("/b", "_redirects", 2),
        "/twice": ("/b", "_redirects", 4),
    }


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ("/p/* /blog/", ("https://elsewhere.example/", True, ("/blog/",))),
        ("/p/* /blog?q#part", ("https://elsewhere.example/", True, ("/blog",))),
        ("/p/:name /two", ("/a", False, ("/two", "/one"))),
        ("/p/* /two?q#part 302", ("/a?q#part", False, ("/two", "/one"))),
        ("/p/* /part#other", ("/a#part", True, ("/part",))),
        ("/p/* https://site.example/blog", ("https://elsewhere.example/", True, ("/blog",))),
        ("/p/* /withdrawn", (None, True, ("/withdrawn",))),
        # what leads on from nowhere, or to one address for each that is matched, stays as it is written
        ("/p/* /a/#part", ("/a/#part", True, ())),
        ("/p/* /nowhere", ("/nowhere", True, ())),
        ("/p/* /blog/:splat", ("/blog/:splat", True, ())),
        ("/p/* https://elsewhere.example/x", ("https://elsewhere.example/x", True, ())),
        ("/p/* / 410", (None, False, ())),
        # a loop leads nowhere
        ("/p/* /loop", None),
        ("/p/* /p/more", None),
    ],
)
def test_a_pattern_is_listed_with_the_end_of_its_target(shelf, rule, end):
    shelf.write({
        "contentapi.toml": "[site]\norigin = 'https://site.example'\n",
        "a.md": page("title: A"),
        "_redirects": "/blog https://elsewhere.example/\n/two /one\n/one /a 302\n/part /a#part\n/withdrawn / 410\n"
        f"/loop /loop\n{rule}\n",
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        found = [(one.target, one.permanent, one.chain) for one in addresses.redirects(reader) if one.pattern]
    assert found == ([end] if end is not None else [])


# -- references -------------------------------------------------------------------------------------------------------

REFERENCES = [
    # written                          leads to                             document     dead
    ("[x](/a)", "/base/a", "/a", False),
    ("[x](/a#part)", "/base/a#part", "/a", False),
    ("[x](/a?q=1#part)", "/base/a?q=1#part", "/a", False),
    ("[x](/base/a)", "/base/a", "/a", False),
    ("[x](https://site.example/base/a)", "/base/a", "/a", False),
    ("[x](page.html)", "/base/page.html", "/page.html", False),
    ("[x](page.md)", "/base/page.html", "/page.html", False),
    ("[x](dir/)", "/base/dir/", "/dir/", False),
    ("[x](/%C3%A9t%C3%A9)", "/base/%C3%A9t%C3%A9", "/été", False),
    ("[x](/old)", "/base/new", "/new", False),
    ("[x](/old#part)", "/base/new#part", "/new", False),
    ("[x](/one)", "/base/a", "/a", False),
    ("[x](/fragment)", "/base/a#part", "/a", False),
    ("[x](/fragment#other)", "/base/a#part", "/a", False),
    ("[x](/away#part)", "https://other.example/x?y#z", None, False),
    ("[x](/abroad#part)", "https://other.example/#part", None, False),
    # a file that is redirected leads where its address leads
    ("[x](inside.md)", "/base/a", "/a", False),
    ("[x](inside.md#part)", "/base/a#part", "/a", False),
    ("[x](own.md)", "/base/a", "/a", False),
    ("[x](away.md)", "https://other.example/x?y#z", None, False),
    ("[x](gone.md)", "/base/gone.md", None, True),
    ("[x](/loop)", "/loop", None, True),
    ("[x](/gone)", "/gone", None, True),
    ("[x](/nothing)", "/nothing", None, True),
    ("[x](nothing.html#part)", "/base/nothing#part", None, True),
    ("[x](/draft)", "/draft", None, True),
    ("[x](/feed.xml)", "/feed.xml", None, False),
    ("[x](/)", "/base/", "/", False),
    ("![x](/img/i.png)", "/v1/assets/img/i.png", None, False),
    ("![x](img/i.png?v=2)", "/v1/assets/img/i.png", None, False),
    ("[x](/img/i.png#top)", "/v1/assets/img/i.png#top", None, False),
    ("[x](/file)", "/v1/assets/img/i.png", None, False),
    ("![x](/img/none.png)", "/img/none.png", None, True),
    ("[x](https://other.example/a)", "https://other.example/a", None, False),
]


@pytest.fixture(scope="module")
def linking(tmp_path_factory):
    from tests.index.shelf import Shelf

    body = "\n\n".join(written for written, *_ in REFERENCES)
    shelf = Shelf(tmp_path_factory.mktemp("linking")).write({**SITE, "links.md": page("title: Links", body)})
    shelf.sync()
    yield shelf
    shelf.close()


@pytest.mark.parametrize(("place", "case"), list(enumerate(REFERENCES)), ids=[one[0] for one in REFERENCES])
def test_where_a_reference_leads(linking, place, case):
    _, address, document, dead = case
    with linking.reading() as reader:
        link = reader.links(reader.by_source("links.md"))[place]
    target = link.target.path if link.target is not None else None
    assert (link.address.url, target, link.dead) == (address, document, dead)


POSTS = {
    "_posts/2024-01-01-a.md": "{% post_url 2024-01-01-a %}",
    "_posts/fr/2024-01-02-b.md": "{% post_url fr/2024-01-02-b %}",
    "_posts/2024-01-03-c.markdown": "{% link _posts/2024-01-03-c.markdown %}",
    "_posts/2024-01-04-d.html": "{% link _posts/2024-01-04-d.html %}",
    "fr/_posts/2024-01-05-e.md": "{% link fr/_posts/2024-01-05-e.md %}",
}
NO_POSTS = ("{% post_url 2024-01-03-c %}", "{% post_url 2024-01-04-d %}", "{% post_url fr/2024-01-05-e %}")


def test_a_post_is_named_by_its_date_and_slug_or_by_its_path(tmp_path):
    from tests.index.shelf import Shelf

    body = "\n\n".join(f"[x]({tag})" for tag in (*POSTS.values(), *NO_POSTS))
    shelf = Shelf(tmp_path).write({
        "_config.yml": "title: A\n", **dict.fromkeys(POSTS, page("title: P")), "links.md": page("title: Links", body),
    })  # fmt: skip
    shelf.sync()
    with shelf.reading() as reader:
        links = reader.links(reader.by_source("links.md"))
    shelf.close()
    assert [link.target.source if link.target else None for link in links] == [*POSTS, *[None] * len(NO_POSTS)]


def test_the_body_has_every_address_in_its_place(linking):
    with linking.reading() as reader:
        html = reader.body(reader.by_source("links.md")).html
    assert "\x1f" not in html
    assert "javascript" not in html
    assert '<a href="/base/a#part"' in html
    assert 'src="/v1/assets/img/i.png" alt="x" width="32" height="16"' in html


def test_a_configured_address_of_the_api_leads_to_files(shelf):
    shelf.write(
        {"contentapi.toml": "[site]\napi = 'https://api.example/'\n", "a.md": page("", "![](i.png)"), "i.png": PNG}
    )
    shelf.sync()
    with shelf.reading() as reader:
        (link,) = reader.links(reader.by_key("/a"))
    assert link.address.url == "https://api.example/v1/assets/i.png"
    assert link.address.size == (32, 16)


def test_a_link_to_a_document_without_address_stays_and_is_not_dead(shelf):
    shelf.write({"_authors/ada.md": page("title: Ada"), "x/a.md": page("", "[ada](../_authors/ada.md)")}).sync()
    with shelf.reading() as reader:
        (link,) = reader.links(reader.by_key("/x/a"))
    assert (link.target.source, link.dead) == ("_authors/ada.md", False)


# -- the other way round ----------------------------------------------------------------------------------------------


def test_who_links_to_a_document(shelf):
    shelf.write({
        "contentapi.toml": "[site]\norigin = 'https://site.example'\n",
        "a.md": page("title: A\nredirect_from: /old", "[self](/a)"),
        "by-path.md": page("", "[x](/a) [again](/a#x)"),
        "by-file.md": page("", "[x](a.md)"),
        "by-origin.md": page("", "[x](https://site.example/a)"),
        "by-old.md": page("", "[x](/old)"),
        "by-rule.md": page("", "[x](/one)"),
        "by-moved.md": page("", "[x](moved.md)"),
        "by-two.md": page("", "[x](two-steps.md)"),
        "elsewhere.md": page("", "[x](https://other.example/a)"),
        "hidden.md": page("hidden: true", "[x](/a)"),
        "moved.md": page("redirect_to: /a"),
        "two-steps.md": page("redirect_to: /moved"),
        "picture.md": page("", "![x](/a)"),
        "_redirects": "/one /two\n/two /a\n",
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        row = reader.by_key("/a")
        found = [one.slug for one in reader.incoming(row)]
        outgoing = [one.slug for one in reader.rows("1") if any(
            link.kind == "link" and link.target == row for link in reader.links(one)) and one != row]  # fmt: skip
    assert found == outgoing == ["by-file", "by-moved", "by-old", "by-origin", "by-path", "by-rule", "by-two"]


def test_an_old_address_that_another_document_has_leads_to_that_one(shelf):
    shelf.write({"a.md": page("redirect_from: /b"), "b.md": page(), "c.md": page("", "[b](/b)")}).sync()
    with shelf.reading() as reader:
        assert reader.incoming(reader.by_key("/a")) == []
        assert [one.slug for one in reader.incoming(reader.by_key("/b"))] == ["c"]
