"""What stands beside a name that there is not."""

from __future__ import annotations

import pytest

from contentapi.index import beside
from tests.index.shelf import page

FOLDER = {
    **{f"{name}.md": page(f"title: {name}") for name in ("alpha", "beta", "Beta", "delta")},
    "betb.md": page("title: B\nhidden: true"),
    "betc.md": page("title: C\npublished: false"),
    "betd.md": page("title: D\ngone: true"),
    "_posts/2020-01-01-beto.md": page("title: P"),
}


@pytest.mark.parametrize(
    ("asked", "slugs", "keys"),
    [
        # before it, from the nearest on; then behind it
        ("bets", ["beta", "alpha", "Beta", "delta"], ["/beto", "/beta", "/alpha", "/Beta", "/delta"]),
        ("0", ["Beta", "alpha", "beta", "delta"], ["/Beta", "/alpha", "/beta", "/beto", "/delta"]),
        # in small letters once more
        (
            "C",
            ["Beta", "alpha", "beta", "delta", "beta", "alpha", "Beta", "delta"],
            ["/Beta", "/alpha", "/beta", "/beto", "/delta", "/beto", "/beta", "/alpha", "/Beta", "/delta"],
        ),
    ],
)
def test_what_is_listed_stands_beside_a_name_in_byte_order(shelf, asked, slugs, keys):
    shelf.write(FOLDER).sync()
    with shelf.reading() as reader:
        assert beside.slugs(reader, ("pages",), asked) == slugs
        assert beside.keys(reader, f"/{asked}") == keys


def test_of_many_names_a_few_are_looked_at(shelf):
    shelf.write({f"p{number:02}.md": page("title: P") for number in range(40)}).sync()
    with shelf.reading() as reader:
        found = beside.keys(reader, "/p19x")
    assert found == [f"/p{number:02}" for number in (*range(19, 9, -1), *range(20, 30))]
