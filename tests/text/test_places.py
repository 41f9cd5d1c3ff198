"""Stored HTML and addresses in; HTML with every address in its place out."""

from __future__ import annotations

import pytest

from contentapi.text.places import Address, fill, place

LINK, PICTURE, SIZED = Address("/a"), Address("/b.png"), Address("/c.png", (20, 10))


@pytest.mark.parametrize(
    ("stored", "addresses", "expected"),
    [
        ("<p>a</p>", [], "<p>a</p>"),
        (f'<a href="{place(0)}">a</a>', [LINK], '<a href="/a">a</a>'),
        (f'<a href="{place(1)}">a</a><a href="{place(0)}">b</a>', [LINK, PICTURE],
         '<a href="/b.png">a</a><a href="/a">b</a>'),
        (f'<a href="{place(0)}"></a><a href="{place(0)}"></a>', [LINK], '<a href="/a"></a><a href="/a"></a>'),
        (f'<a href="{place(12)}">a</a>', [LINK] * 12 + [PICTURE], '<a href="/b.png">a</a>'),
        (f'<a href="{place(0)}">a</a>', [Address("/?a=b&c=\"><script>'")],
         '<a href="/?a=b&amp;c=&quot;&gt;&lt;script&gt;&#x27;">a</a>'),
        (f'<a href="{place(0)}">a</a>', [Address(r"/\1\g<0>")], r'<a href="/\1\g&lt;0&gt;">a</a>'),
        (f'<img src="{place(0)}" alt="">', [PICTURE], '<img src="/b.png" alt="">'),
        (f'<img src="{place(0)}" alt="">', [SIZED], '<img src="/c.png" alt="" width="20" height="10">'),
        (f'<img alt="a > b" src="{place(0)}">', [SIZED], '<img alt="a > b" src="/c.png">'),
        (f'<img width="5" src="{place(0)}">', [SIZED], '<img width="5" src="/c.png">'),
        (f'<img src="{place(0)}" height="5">', [SIZED], '<img src="/c.png" height="5">'),
        (f'<img data-width="5" src="{place(0)}">', [SIZED], '<img data-width="5" src="/c.png" width="20" height="10">'),
        (f'<video src="{place(0)}"></video>', [SIZED], '<video src="/c.png"></video>'),
        (
            f'<a href="{place(0)}"><img src="{place(1)}"></a><img src="{place(2)}">',
            [LINK, SIZED, PICTURE],
            '<a href="/a"><img src="/c.png" width="20" height="10"></a><img src="/b.png">',
        ),
    ],
)  # fmt: skip
def test_every_address_is_put_in_its_place(stored: str, addresses: list[Address], expected: str) -> None:
    assert fill(stored, addresses) == expected


def test_a_picture_without_address_takes_no_size() -> None:
    assert fill(f'<img alt="a"><a href="{place(0)}">b</a>', [SIZED]) == '<img alt="a"><a href="/c.png">b</a>'
