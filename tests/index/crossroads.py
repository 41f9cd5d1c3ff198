"""A site on which addresses of every kind meet: documents, files, old addresses, patterns, loops and dead ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.index.shelf import Shelf, page

PNG = bytes.fromhex("89504e470d0a1a0a0000000d494844520000002000000010080600000000000000")

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


@contextmanager
def opened(place: Path, more: dict[str, str] | None = None) -> Iterator[Shelf]:
    """The site, indexed, with what else it is to hold."""
    with closing(Shelf(place).write({**SITE, **(more or {})})) as shelf:
        shelf.sync()
        yield shelf
