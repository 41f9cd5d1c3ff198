"""Documents that vanish: a few are gone at once, most of them only when they are missed twice, or when someone says so."""

from __future__ import annotations

import pytest

from contentapi.errors import SyncHeld
from contentapi.index import holding, writer
from contentapi.model import Diagnostic, Severity
from tests.index.shelf import NOW, page

LATER = NOW + holding.REPEATED
TEN = {f"{number}.md": page(f"title: T{number}") for number in range(10)}


def gone(*numbers: int) -> dict[str, None]:
    return dict.fromkeys(f"{number}.md" for number in numbers)


@pytest.fixture
def ten(shelf):
    shelf.write(TEN).sync()
    return shelf


@pytest.mark.parametrize(
    ("files", "removed", "hints"),
    [
        (TEN, gone(1, 2, 3, 4, 5), ()),
        (TEN, gone(1, 2, 3, 4, 5, 6) | {"new.md": page("title: New")}, ()),
        ({"1.md": page(), "2.md": page()}, gone(1, 2), ()),
        (TEN | {"a.png": b"x", "b.png": b"y"}, {"a.png": None, "b.png": None}, ()),
        (TEN, gone(3), ("3.md",)),
    ],
    ids=["half of them", "most, and one is new", "all of two", "pictures", "one that was told of"],
)
def test_what_is_gone_at_once(shelf, files, removed, hints):
    shelf.write(files).sync()
    assert shelf.write(removed).sync(*hints, careful=True).removed == sum(one is None for one in removed.values())


def test_a_folder_that_moves_is_not_gone(shelf):
    shelf.write({f"old/{number}.md": page(f"title: T{number}") for number in range(10)}).sync()
    shelf.root.joinpath("old").rename(shelf.root / "new")
    shelf.sync(careful=True)
    assert len(shelf.served()) == 10
    assert all(one.startswith("new/") for one in shelf.served())


TOLD_OF = pytest.mark.parametrize("hints", [(), tuple(f"{number}.md" for number in range(6))], ids=["all", "told of"])


@TOLD_OF
def test_most_of_them_are_missed_first_and_gone_when_they_are_missed_again(ten, hints):
    served, revision = ten.served(), ten.meta("revision")
    ten.write(gone(0, 1, 2, 3, 4, 5))
    for now in (NOW, NOW + 1, LATER - 0.1):
        with pytest.raises(SyncHeld, match="6 of 10 documents have vanished from the folder"):
            ten.sync(*hints, now=now, careful=True)
        assert ten.served() == served
        assert ten.meta("revision") == revision
        assert "6 of 10 documents" in (ten.meta("last_error") or "")
    assert ten.sync(*hints, now=LATER, careful=True).removed == 6
    assert len(ten.served()) == 4
    assert ten.meta("last_error") is None


@TOLD_OF
def test_what_is_missed_is_a_diagnostic_until_it_is_gone_or_back(ten, hints):
    ten.write(gone(0, 1, 2, 3, 4, 5))
    with pytest.raises(SyncHeld, match="until `contentapi index --confirm` says that they are gone"):
        ten.sync(*hints, careful=True)
    assert ten.diagnostics() == [
        Diagnostic(
            code="documents-missing",
            severity=Severity.ERROR,
            path="0.md",
            message="6 of 10 documents have vanished from the folder. They go on being served until another look, 5 seconds "
            "later, misses them too.",
            hint="Put them back; or, when they are meant to be gone, wait for that look, "
            "or run `contentapi index --confirm`.",
            related=("1.md", "2.md", "3.md", "4.md", "5.md"),
        )
    ]
    ten.sync(*hints, now=LATER, careful=True)
    assert ten.diagnostics() == []


def test_of_many_that_are_missed_some_are_named(shelf):
    shelf.write({f"{number:03}.md": page(f"title: T{number}") for number in range(100)}).sync()
    shelf.write({f"{number:03}.md": None for number in range(100)})
    with pytest.raises(SyncHeld):
        shelf.sync(careful=True)
    (told,) = shelf.diagnostics()
    assert (told.path, told.related) == ("000.md", tuple(f"{number:03}.md" for number in range(1, 10)))


def test_what_comes_back_was_never_gone(ten):
    revision = ten.meta("revision")
    ten.write(gone(*range(10)))
    with pytest.raises(SyncHeld):
        ten.sync(careful=True)
    assert ten.write(TEN).sync(now=LATER, careful=True).revision == revision
    assert (ten.meta("held"), ten.diagnostics()) == (None, [])
    # Missing them once more begins anew.
    ten.write(gone(*range(10)))
    with pytest.raises(SyncHeld):
        ten.sync(now=LATER + 1, careful=True)


def test_missing_others_begins_anew(ten):
    ten.write(gone(*range(6)))
    with pytest.raises(SyncHeld):
        ten.sync(careful=True)
    ten.write(gone(6))
    with pytest.raises(SyncHeld):
        ten.sync(now=LATER, careful=True)


def test_a_change_elsewhere_is_seen_meanwhile(ten):
    ten.write(gone(*range(6)))
    with pytest.raises(SyncHeld):
        ten.sync(careful=True)
    ten.write({"9.md": page("title: New")}).sync("9.md", now=NOW + 1, careful=True)
    assert ("New",) in ten.rows("SELECT title FROM document")
    assert ten.sync(now=LATER, careful=True).removed == 6


def test_what_vanishes_one_after_the_other_is_one_removal(ten):
    for number in range(5):
        ten.write(gone(number)).sync(f"{number}.md", now=NOW + number, careful=True)
    ten.write(gone(5))
    with pytest.raises(SyncHeld, match="6 of 10 documents"):
        ten.sync("5.md", now=NOW + 5, careful=True)
    assert len(ten.served()) == 5
    assert ten.sync(now=NOW + 5 + holding.REPEATED, careful=True).removed == 1


def test_what_vanishes_now_and_then_is_gone_each_time(ten):
    for number in range(9):
        now = NOW + number * (holding.WINDOW + 1)
        assert ten.write(gone(number)).sync(f"{number}.md", now=now, careful=True).removed == 1


def test_other_settings_make_nothing_vanish(ten):
    served = ten.served()
    ten.write(gone(*range(10)) | {"contentapi.toml": "[content]\nmax_seconds = 3\n"})
    with pytest.raises(SyncHeld, match="10 of 10 documents"):
        ten.sync(careful=True)
    assert ten.served() == served
    ten.sync(now=LATER, careful=True)
    assert ten.served() == {}


def test_other_settings_alone_hold_nothing_back(ten):
    served = ten.served()
    ten.write({"contentapi.toml": "[content]\nmax_seconds = 3\n"}).sync(careful=True)
    assert ten.served() == served


def test_one_run_is_held_back_and_one_that_is_confirmed_is_not(ten):
    ten.write(gone(*range(6)))
    ten.close()
    settings = ten.settings
    with pytest.raises(SyncHeld):
        writer.write_once(settings.folder, settings.index, settings.site)
    assert len(ten.served()) == 10
    ten.close()
    writer.write_once(settings.folder, settings.index, settings.site, careful=False)
    assert (len(ten.served()), ten.diagnostics()) == (4, [])
