"""Where the references of a document lead, and who links to it."""

from __future__ import annotations

import pytest

from contentapi.index import links
from tests.index.crossroads import PNG, opened
from tests.index.shelf import page

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
    body = "\n\n".join(written for written, *_ in REFERENCES)
    with opened(tmp_path_factory.mktemp("linking"), {"links.md": page("title: Links", body)}) as shelf:
        yield shelf


@pytest.mark.parametrize(("place", "case"), list(enumerate(REFERENCES)), ids=[one[0] for one in REFERENCES])
def test_where_a_reference_leads(linking, place, case):
    _, address, document, dead = case
    with linking.reading() as reader:
        link = links.of(reader, reader.by_source("links.md"))[place]
    target = link.target.path if link.target is not None else None
    assert (link.address.url, target, link.dead) == (address, document, dead)


POSTS = {
    "_posts/2024-01-01-a.md": "{% post_url 2024-01-01-a %}",
    "_posts/fr/2024-01-02-b.md": "{% post_url fr/2024-01-02-b %}",
    "_posts/2024-01-03-c.markdown": "{% link _posts/2024-01-03-c.markdown %}",
    "_posts/2024-01-04-d.html": "{% link _posts/2024-01-04-d.html %}",
    "fr/_posts/2024-01-05-e.md": "{% link fr/_posts/2024-01-05-e.md %}",
}
BY_URL = {
    "_posts/2024-01-03-c.markdown": "{% post_url 2024-01-03-c %}",
    "_posts/2024-01-04-d.html": "{% post_url 2024-01-04-d %}",
    "fr/_posts/2024-01-05-e.md": "{% post_url fr/2024-01-05-e %}",
}
NO_POSTS = ("{% post_url 2024-01-05-e %}", "{% post_url en/2024-01-05-e %}", "{% link _posts/2024-01-09-c.md %}")


def test_a_post_is_named_by_its_date_and_slug_or_by_its_path(tmp_path):
    from tests.index.shelf import Shelf

    body = "\n\n".join(f"[x]({tag})" for tag in (*POSTS.values(), *BY_URL.values(), *NO_POSTS))
    shelf = Shelf(tmp_path).write({
        "_config.yml": "title: A\n", **dict.fromkeys(POSTS, page("title: P")), "links.md": page("title: Links", body),
    })  # fmt: skip
    shelf.sync()
    with shelf.reading() as reader:
        found = links.of(reader, reader.by_source("links.md"))
    shelf.close()
    assert [link.target.source if link.target else None for link in found] == [*POSTS, *BY_URL, *[None] * len(NO_POSTS)]


def test_the_body_has_every_address_in_its_place(linking):
    with linking.reading() as reader:
        html = links.body(reader, reader.by_source("links.md")).html
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
        (link,) = links.of(reader, reader.by_key("/a"))
    assert link.address.url == "https://api.example/v1/assets/i.png"
    assert link.address.size == (32, 16)


def test_a_link_to_a_document_without_address_stays_and_is_not_dead(shelf):
    shelf.write({"_authors/ada.md": page("title: Ada"), "x/a.md": page("", "[ada](../_authors/ada.md)")}).sync()
    with shelf.reading() as reader:
        (link,) = links.of(reader, reader.by_key("/x/a"))
    assert (link.target.source, link.dead) == ("_authors/ada.md", False)


# -- the other way round ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["", "/base"])
def test_who_links_to_a_document(shelf, base):
    shelf.write({
        "contentapi.toml": f"[site]\norigin = 'https://site.example'\nbase = '{base}'\n",
        "a.md": page("title: A\nredirect_from: /old", "[self](/a)"),
        "by-path.md": page("", "[x](/a) [again](/a#x)"),
        "by-file.md": page("", "[x](a.md)"),
        "by-origin.md": page("", "[x](https://site.example/a)"),
        "by-old.md": page("", "[x](/old)"),
        "by-rule.md": page("", "[x](/one)"),
        "by-moved.md": page("", "[x](moved.md)"),
        "by-two.md": page("", "[x](two-steps.md)"),
        "by-whole.md": page("", "[x](/whole)"),
        "elsewhere.md": page("", "[x](https://other.example/a)"),
        "hidden.md": page("hidden: true", "[x](/a)"),
        "moved.md": page("redirect_to: /a"),
        "two-steps.md": page("redirect_to: /moved"),
        "picture.md": page("", "![x](/a)"),
        "_redirects": f"/one {base}/two\n{base}/two {base}/a\n/whole https://site.example{base}/a\n",
    }).sync()  # fmt: skip
    with shelf.reading() as reader:
        row = reader.by_key("/a")
        found = [one.slug for one in links.incoming(reader, row)]
        outgoing = [one.slug for one in reader.rows("1") if any(
            link.kind == "link" and link.target == row for link in links.of(reader, one)) and one != row]  # fmt: skip
    assert (
        found == outgoing == ["by-file", "by-moved", "by-old", "by-origin", "by-path", "by-rule", "by-two", "by-whole"]
    )


def test_an_old_address_that_another_document_has_leads_to_that_one(shelf):
    shelf.write({"a.md": page("redirect_from: /b"), "b.md": page(), "c.md": page("", "[b](/b)")}).sync()
    with shelf.reading() as reader:
        assert links.incoming(reader, reader.by_key("/a")) == []
        assert [one.slug for one in links.incoming(reader, reader.by_key("/b"))] == ["c"]
