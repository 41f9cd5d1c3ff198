"""Lists, page by page: walks forwards and backwards, while the folder changes, and whose cursors are taken."""

from __future__ import annotations

import base64
import random

import orjson
import pytest

from contentapi.errors import BadParameter
from contentapi.index import listing
from contentapi.index.listing import BY_PATH, NEWEST_FIRST, Order
from contentapi.index.reader import Index
from tests.index.shelf import page

ORDERS = {
    "by path": BY_PATH,
    "newest first": NEWEST_FIRST,
    "oldest first": (Order("document.epoch"), Order("document.tie")),
    "title, then newest": (
        Order("document.title_key"),
        Order("document.epoch", descending=True),
        Order("document.tie"),
    ),
    "backwards": (Order("document.title_key", descending=True), Order("document.tie", descending=True)),
}


def documents(reader, order=BY_PATH, *, where="collection = 'articles'", values=(), limit=3, cursor=None, **options):
    return listing.documents(reader, where, values, order=order, limit=limit, cursor=cursor, **options)


def slugs(found):
    return [row.slug for row in found.items]


@pytest.fixture
def articles(shelf):
    """Eleven articles on few days with few titles, so that every order has ties; what is not listed is among them."""
    chance = random.Random(1)
    shelf.write({
        f"_posts/2020-01-0{chance.randint(1, 3)}-{name}.md": page(f"title: {chance.choice('xyz')}") for name in "kbfahcgjdie"
    })  # fmt: skip
    shelf.write({
        "_posts/2020-01-01-hidden.md": page("hidden: true"),
        "_posts/2020-01-01-draft.md": page("draft: true"),
        "page.md": page(),
    }).sync()  # fmt: skip
    return shelf


# -- walks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("limit", [1, 2, 3, 10, 11, 12])
def test_a_walk_gives_every_document_once_in_order_both_ways(articles, order, limit):
    with articles.reading() as reader:
        whole = slugs(documents(reader, order, limit=100))
        assert len(whole) == 11
        found = documents(reader, order, limit=limit)
        pages = [found]
        while found.next is not None:
            found = documents(reader, order, limit=limit, cursor=found.next)
            pages.append(found)
        assert [slug for one in pages for slug in slugs(one)] == whole
        assert (pages[0].prev, pages[-1].next) == (None, None)
        assert {one.total for one in pages} == {11}
        back = [pages[-1]]
        while back[-1].prev is not None:
            back.append(documents(reader, order, limit=limit, cursor=back[-1].prev))
        walked = [slug for one in reversed(back) for slug in slugs(one)]
        assert walked == whole


def test_a_page_leads_to_the_same_neighbours_whichever_way_it_was_reached(articles):
    with articles.reading() as reader:
        second = documents(reader, cursor=documents(reader).next)
        third = documents(reader, cursor=second.next)
        again = documents(reader, cursor=third.prev)
    assert again.items == second.items
    assert (again.next, again.prev) == (second.next, second.prev)


def test_without_a_total_nothing_is_counted(articles):
    with articles.reading() as reader:
        assert documents(reader, total=False).total is None


def test_a_list_of_nothing_has_no_neighbours(articles):
    with articles.reading() as reader:
        found = documents(reader, where="collection = ?", values=("nothing",))
    assert (found.items, found.total, found.next, found.prev) == ((), 0, None, None)


def test_documents_per_collection_are_counted_as_they_are_listed(articles):
    with articles.reading() as reader:
        assert listing.counts(reader) == {"articles": 11, "pages": 1}


# -- walks while the folder changes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("seed", range(3))
def test_a_walk_neither_repeats_nor_skips_what_does_not_change(articles, order, seed):
    chance = random.Random(seed)
    with articles.reading() as reader:
        stays = [row.source for row in documents(reader, order, limit=100).items if chance.random() < 0.6]
        files = {row.source for row in documents(reader, order, limit=100).items}
    moving = sorted(files - set(stays))
    walked, cursor = [], None
    for step in range(40):
        with articles.reading() as reader:
            found = documents(reader, order, limit=2, cursor=cursor)
        walked += [row.source for row in found.items]
        if (cursor := found.next) is None:
            break
        for path in chance.sample(moving, min(2, len(moving))):
            exists = (articles.root / path).exists()
            articles.write({path: None if exists else page(f"title: {chance.choice('xyz')}")})
        articles.write({f"_posts/2020-01-0{chance.randint(1, 3)}-new{step}.md": page(f"title: {chance.choice('xyz')}")})
        articles.sync()
    assert [path for path in walked if path in stays] == stays


def test_a_cursor_stays_good_when_its_document_goes(articles):
    with articles.reading() as reader:
        whole, first = documents(reader, limit=100), documents(reader)
    articles.write({first.items[-1].source: None}).sync()
    with articles.reading() as reader:
        assert slugs(documents(reader, cursor=first.next)) == slugs(whole)[3:6]


def test_when_all_that_was_to_follow_is_gone_the_way_back_is_complete(articles):
    with articles.reading() as reader:
        whole, found = documents(reader, limit=100), documents(reader, limit=8)
    articles.write({row.source: None for row in whole.items[8:]}).sync()
    with articles.reading() as reader:
        empty = documents(reader, limit=8, cursor=found.next)
        assert (empty.items, empty.next) == ((), None)
        assert documents(reader, limit=8, cursor=empty.prev).items == found.items


def test_when_all_that_came_before_is_gone_the_way_on_is_complete(articles):
    with articles.reading() as reader:
        whole = documents(reader, limit=100)
        second = documents(reader, limit=8, cursor=documents(reader, limit=3).next)
    articles.write({row.source: None for row in whole.items[:3]}).sync()
    with articles.reading() as reader:
        empty = documents(reader, limit=8, cursor=second.prev)
        assert (empty.items, empty.prev) == ((), None)
        assert documents(reader, limit=8, cursor=empty.next).items == second.items


# -- whose cursors are taken ------------------------------------------------------------------------------------------


def spell(*values):
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


FOREIGN = ["", "x", "é", "====", "AAAA", "bnVsbA", spell(), spell(1), spell("", False), spell("", 0, None),
           spell("", 0, [1]), spell("", 9, "x"), spell("00000000", 0, "x"), "a" * 5000]  # fmt: skip


@pytest.mark.parametrize("cursor", FOREIGN)
def test_what_no_list_gave_is_refused(articles, cursor):
    with articles.reading() as reader:
        with pytest.raises(BadParameter) as told:
            documents(reader, cursor=cursor)
        assert told.value.parameter == "cursor"
        with pytest.raises(BadParameter):
            listing.slices([1, 2, 3], limit=1, cursor=cursor, key=["a", "b", "c"])


def test_a_cursor_of_another_list_is_refused(articles):
    with articles.reading() as reader:
        cursor = documents(reader).next
        for other in (
            {"where": "type = 'article'"},
            {"where": "collection = ?", "values": ("articles",)},
            {"order": NEWEST_FIRST},
        ):
            with pytest.raises(BadParameter):
                documents(reader, cursor=cursor, **other)
        with pytest.raises(BadParameter):
            listing.slices("abc", limit=1, cursor=cursor, key="abc")


def test_a_cursor_is_good_for_another_limit(articles):
    with articles.reading() as reader:
        cursor = documents(reader, limit=3).next
        assert len(documents(reader, limit=5, cursor=cursor).items) == 5


# -- short lists ------------------------------------------------------------------------------------------------------


def sliced(items, *, limit=3, cursor=None, asked=""):
    return listing.slices(items, limit=limit, cursor=cursor, key=list(items), asked=asked)


@pytest.mark.parametrize("limit", [1, 2, 3, 9, 10, 11])
def test_a_walk_of_a_short_list(limit):
    whole = "jihgfedcba"
    found = sliced(whole, limit=limit)
    pages = [found]
    while found.next is not None:
        found = sliced(whole, limit=limit, cursor=found.next)
        pages.append(found)
    assert "".join("".join(one.items) for one in pages) == whole
    assert (pages[0].prev, pages[-1].next) == (None, None)
    assert {one.total for one in pages} == {10}
    back = [pages[-1]]
    while back[-1].prev is not None:
        back.append(sliced(whole, limit=limit, cursor=back[-1].prev))
    assert "".join("".join(one.items) for one in reversed(back)) == whole


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ("abcdefgh", "def"),  # after abc, nothing changed
        ("abdefgh", "def"),  # the item of the cursor is gone
        ("defgh", "def"),  # all that was seen is gone
        ("abefgh", "efg"),  # and what was to come next
        ("efgh", "efg"),
        ("xaxbxcxd", "xd"),  # others came in between
        ("abxd", "d"),
        ("abc", ""),
    ],
)
def test_a_walk_of_a_short_list_goes_on_while_something_near_is_left(now, following):
    cursor = sliced("abcdefgh").next
    assert "".join(sliced(now, cursor=cursor).items) == following


@pytest.mark.parametrize(
    ("now", "preceding"), [("abcdefgh", "abc"), ("abcefgh", "abc"), ("abcghi", "abc"), ("abgh", "ab")]
)
def test_a_walk_back_goes_on_too(now, preceding):
    cursor = sliced("abcdefgh", cursor=sliced("abcdefgh").next).prev
    assert "".join(sliced(now, cursor=cursor).items) == preceding


def test_a_walk_of_a_short_list_ends_when_nothing_it_knew_is_left():
    with pytest.raises(BadParameter, match="start again"):
        sliced("xyz", cursor=sliced("abcdefgh").next)


def test_short_lists_may_have_names_of_their_own():
    with pytest.raises(BadParameter):
        sliced("abcd", cursor=sliced("abcd", asked="tags").next, asked="categories")


# -- everything -------------------------------------------------------------------------------------------------------

NAMES = [
    "Z.md",
    "a b.md",
    "a.md",
    "a/b.md",
    "a/\U0001f600.md",
    "a/\uffee.md",
    "a0.md",
    "z.md",
    "\u00e9.md",
    "_posts/2020-01-01-x.md",
]


def sources(reader, *collections):
    return [row.source for row in listing.everything(reader, collections)]


def test_everything_is_in_byte_order_of_the_files_whatever_the_collection(shelf):
    shelf.write({name: page(f"title: {number}") for number, name in enumerate(NAMES)})
    shelf.write({"hidden.md": page("hidden: true"), "draft.md": page("draft: true")}).sync()
    with shelf.reading() as reader:
        names = [one.name for one in reader.site.collections]
        assert sources(reader, *names) == sorted(NAMES, key=str.encode)
        assert listing.count(reader, names) == len(NAMES)
        assert sources(reader, "articles") == ["_posts/2020-01-01-x.md"]
        assert sources(reader) == []


def test_a_state_that_is_kept_apart_stays_whatever_is_committed(shelf):
    shelf.write({f"{name}.md": page() for name in "abc"}).sync()
    index = Index(shelf.index, shelf.settings.site)
    with index.apart() as reader:
        found = listing.everything(reader, ("pages",))
        assert next(found).source == "a.md"
        shelf.write({"b.md": None, "d.md": page()}).sync()
        with index.reading() as other:
            assert sources(other, "pages") == ["a.md", "c.md", "d.md"]
            assert other.revision != reader.revision
        assert [row.source for row in found] == ["b.md", "c.md"]
    index.close()
