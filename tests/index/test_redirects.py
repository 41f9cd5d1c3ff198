"""Every redirect of a site, each with where it leads in the end."""

from __future__ import annotations

import pytest

from contentapi.index import redirects
from tests.index.crossroads import opened
from tests.index.shelf import page


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("site")) as shelf:
        yield shelf


def test_every_redirect_that_is_of_use_is_listed_with_its_end(site):
    with site.reading() as reader:
        found = {one.origin: (one.target, one.chain) for one in redirects.every(reader)}
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
        found = {one.origin: (one.target, one.source, one.line) for one in redirects.every(reader)}
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
        found = [(one.target, one.permanent, one.chain) for one in redirects.every(reader) if one.pattern]
    assert found == ([end] if end is not None else [])
