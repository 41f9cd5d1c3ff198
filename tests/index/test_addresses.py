"""What a public address is: one decision table."""

from __future__ import annotations

import unicodedata

import pytest

from contentapi.index import addresses, links, redirects
from tests.index.crossroads import opened
from tests.index.shelf import page

NFD = unicodedata.normalize("NFD", "é")

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
    with opened(tmp_path_factory.mktemp("site")) as shelf:
        yield shelf


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
        (link,) = links.of(reader, reader.by_key("/a"))
        assert (link.address.url, link.dead) == ("/evil", True)
        assert redirects.every(reader) == []
    assert "redirect-dead" in shelf.codes()
