"""What the site publishes: each listed document that has an address, and nothing else."""

from __future__ import annotations

from contentapi.index import published
from contentapi.index.published import Extent
from tests.index.shelf import page

FILES = {
    "_config.yml": "collections:\n  boats:\n    output: true\n  crews:\n",
    "index.md": page("title: Home\nupdated: 2024-05-01"),
    "a.md": page("title: A\npermalink: /a"),
    "twin.md": page("title: Twin\npermalink: /twin"),
    "twin2.md": page("title: The other twin\npermalink: /twin"),
    "hidden.md": page("title: Hidden\npermalink: /hidden\nhidden: true"),
    "gone.md": page("title: Gone\npermalink: /gone\ngone: true"),
    "moved.md": page("title: Moved\npermalink: /moved\nredirect_to: /a"),
    "draft.md": page("title: Draft\npermalink: /draft\npublished: false"),
    "left-out.md": page("title: Left out\npermalink: /left-out\nsitemap: false"),
    "kept.md": page("title: Kept\npermalink: /kept\nsitemap: true"),
    "_posts/2024-01-02-post.md": page("title: Post\npermalink: /post"),
    "_posts/2999-01-02-later.md": page("title: Later\npermalink: /later"),
    "_boats/alizee.md": page("title: Alizée\nupdated: 2024-02-03T10:00:00+01:00"),
    "_crews/ada.md": page("title: Ada"),
}
PUBLISHED = [
    ("/post", None),
    ("/boats/alizee.html", "2024-02-03T10:00:00+01:00"),
    ("/", "2024-05-01"),
    ("/a", None),
    ("/kept", None),
    ("/twin", None),
]


def test_what_is_published_stands_by_collection_and_path(shelf):
    shelf.write(FILES).sync()
    with shelf.reading() as reader:
        assert list(published.addresses(reader, start=0, limit=100)) == PUBLISHED
        assert published.extent(reader) == Extent(6, len("/boats/alizee.html"))


def test_it_is_given_in_parts(shelf):
    shelf.write(FILES).sync()
    with shelf.reading() as reader:
        parts = [list(published.addresses(reader, start=start, limit=4)) for start in (0, 4, 8)]
    assert parts == [PUBLISHED[:4], PUBLISHED[4:], []]


def test_the_longest_path_is_measured_in_bytes(shelf):
    shelf.write({"a.md": page("title: A\npermalink: /été")}).sync()
    with shelf.reading() as reader:
        assert published.extent(reader) == Extent(1, len("/été".encode()))


def test_nothing_is_published_where_nothing_is(shelf):
    shelf.sync()
    with shelf.reading() as reader:
        assert published.extent(reader) == Extent(0, 0)
        assert list(published.addresses(reader, start=0, limit=4)) == []
