"""Which files ``post_url`` may mean, and by which names a post is found: each is the other way round."""

from __future__ import annotations

import pytest

from contentapi.index import links, posts
from tests.index.shelf import page


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("_posts/2024-01-02-a.md", ["_posts/2024-01-02-a.markdown", "_posts/2024-01-02-a.html"]),
        ("_posts/fr/2024-01-02-a.md", ["_posts/fr/2024-01-02-a.markdown", "fr/_posts/2024-01-02-a.md"]),
        ("c/_posts/fr/2024-01-02-a.md", ["c/fr/_posts/2024-01-02-a.md"]),
        ("_posts/2024-01-02-a.markdown", []),
        ("_posts/about.md", []),
        ("about.md", []),
    ],
)
def test_the_files_that_a_name_may_mean(named, meant):
    found = posts.files(named)
    assert set(meant) <= set(found)
    assert bool(found) is bool(meant)
    assert named not in found


@pytest.mark.parametrize(
    ("file", "folder", "names"),
    [
        ("_posts/2024-01-02-a.md", "", []),
        ("_posts/2024-01-02-a.markdown", "", ["_posts/2024-01-02-a.md"]),
        ("fr/_posts/2024-01-02-a.md", "", ["_posts/fr/2024-01-02-a.md"]),
        ("c/fr/_posts/2024-01-02-a.html", "c", ["c/fr/_posts/2024-01-02-a.md", "c/_posts/fr/2024-01-02-a.md"]),
        ("about.md", "", []),
    ],
)
def test_the_names_by_which_a_file_is_found(file, folder, names):
    assert posts.names(file, folder) == names
    assert all(file in posts.files(name) for name in names)


def test_a_post_that_comes_later_is_found_by_the_links_that_wait_for_it(shelf):
    shelf.write({"_config.yml": "title: A\n", "a.md": page("title: A", "[x]({% post_url fr/2024-01-02-b %})")}).sync()
    assert shelf.codes() == ["link-dead"]
    shelf.write({"fr/_posts/2024-01-02-b.markdown": page("title: B")}).sync()
    assert shelf.codes() == []
    with shelf.reading() as reader:
        (link,) = links.of(reader, reader.by_source("a.md"))
    assert link.address.url == "/fr/2024/01/02/b.html"
