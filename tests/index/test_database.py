"""The file behind the index: made, shared, taken away, replaced, damaged, read-only."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from contentapi.errors import IndexUnavailable
from contentapi.index import database, store, writer
from contentapi.index.reader import Index
from tests.index.shelf import page


@pytest.fixture
def held(shelf):
    """An index of one page, and a reader's hold of it."""
    shelf.write({"a.md": page("title: One")}).sync()
    index = Index(shelf.index, shelf.settings.site)
    yield index
    index.close()


def title(index):
    with index.reading() as reader:
        return reader.by_key("/a").title


# -- made and opened --------------------------------------------------------------------------------------------------


def test_without_a_file_there_is_no_index(shelf):
    index = Index(shelf.index, shelf.settings.site)
    with pytest.raises(IndexUnavailable, match="no index"), index.reading():
        pass
    with pytest.raises(IndexUnavailable):
        index.version()


def test_before_the_first_sync_there_is_nothing_to_read(shelf):
    database.open_for_writing(shelf.index).close()
    with pytest.raises(IndexUnavailable, match="not complete"), shelf.reading():
        pass


def test_an_index_of_another_version_is_not_read_and_is_made_anew(shelf, monkeypatch):
    shelf.write({"a.md": page("title: A")}).sync()
    shelf.close()
    monkeypatch.setattr(database, "SCHEMA", database.SCHEMA + 1)
    with pytest.raises(IndexUnavailable, match="another version"), shelf.reading():
        pass
    assert shelf.sync().parsed == 1
    with shelf.reading() as reader:
        assert reader.by_key("/a").title == "A"


@pytest.mark.parametrize("content", [b"precious", b"\0" * 5000, b"SQLite format 3\0 but not really" * 100])
def test_a_file_that_is_no_index_is_never_replaced(shelf, content):
    shelf.index.write_bytes(content)
    with pytest.raises(IndexUnavailable, match="no index of contentapi"):
        shelf.sync()
    assert shelf.index.read_bytes() == content


def test_a_database_of_someone_else_is_never_replaced(shelf):
    with sqlite3.connect(shelf.index) as other:
        other.execute("CREATE TABLE precious (thing)")
        other.execute("INSERT INTO precious VALUES ('ring')")
    other.close()
    before = shelf.index.read_bytes()
    with pytest.raises(IndexUnavailable, match="no index of contentapi"):
        shelf.sync()
    assert shelf.index.read_bytes() == before


def test_an_empty_file_becomes_an_index(shelf):
    shelf.index.touch()
    shelf.write({"a.md": page()}).sync()
    assert shelf.served() == {"a.md": "/a"}


def test_a_place_that_cannot_be_written_is_told(shelf):
    shelf.index.mkdir()
    with pytest.raises(IndexUnavailable):
        shelf.sync()


def test_what_was_left_beside_a_removed_index_is_no_part_of_the_next(shelf):
    shelf.write({"a.md": page("title: A")}).sync()
    left = shelf.index.with_name("index.db-wal").read_bytes()
    shelf.close()
    shelf.index.unlink()
    shelf.index.with_name("index.db-wal").write_bytes(left)
    shelf.write({"a.md": None, "b.md": page("title: B")}).sync()
    assert shelf.served() == {"b.md": "/b"}


# -- one state --------------------------------------------------------------------------------------------------------


def test_a_reader_sees_one_state_while_others_are_committed(shelf, held):
    with held.reading() as reader:
        revision = reader.revision
        shelf.write({"a.md": page("title: Two")}).sync()
        assert reader.by_key("/a").title == "One"
        assert reader.revision == revision
    assert title(held) == "Two"


def test_the_version_tells_of_every_commit_and_of_nothing_else(shelf, held):
    version = held.version()
    assert held.version() == version
    shelf.age().sync()
    version = held.version()
    shelf.sync()
    assert held.version() == version  # nothing had changed, so nothing was committed
    shelf.write({"a.md": page("title: Two")}).sync()
    assert held.version() != version


def test_a_failing_reader_leaves_no_transaction_behind(held):
    with pytest.raises(ZeroDivisionError), held.reading():
        1 / 0  # noqa: B018
    assert title(held) == "One"


# -- taken away and replaced ------------------------------------------------------------------------------------------


def test_an_index_taken_away_goes_on_answering(shelf, held):
    assert title(held) == "One"
    shelf.close()
    database.remove(shelf.index)
    assert title(held) == "One"


def test_the_old_index_answers_until_the_new_one_is_complete(shelf, held):
    assert title(held) == "One"
    shelf.close()
    database.remove(shelf.index)
    shelf.write({"a.md": page("title: Two")})
    assert shelf.writing  # the new file is there, with tables and nothing in them
    assert title(held) == "One"
    shelf.sync()
    assert title(held) == "Two"


def test_what_is_no_index_does_not_replace_one_in_use(shelf, held):
    assert title(held) == "One"
    shelf.close()
    database.remove(shelf.index)
    shelf.index.write_bytes(b"rubbish" * 1000)
    assert title(held) == "One"


def test_an_index_replaced_by_another_is_read_at_once(shelf, shelves, held):
    assert title(held) == "One"
    other = shelves().write({"a.md": page("title: Other")})
    other.sync()
    other.writing.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    other.close()
    shelf.close()
    database.remove(shelf.index)
    shutil.move(other.index, shelf.index)
    assert title(held) == "Other"


def test_a_damaged_index_is_unavailable_and_comes_back(shelf, held):
    shelf.write({"a.md": page("title: One", "text " * 5000)}).sync()
    shelf.writing.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    shelf.close()
    head, size = 100, shelf.index.stat().st_size
    with shelf.index.open("r+b") as file:  # its pages are rubbish, its head says that it is ours
        file.seek(head)
        file.write(b"\xff" * (size - head))
    with pytest.raises(IndexUnavailable):
        title(held)
    writer.write_once(shelf.root, shelf.index, shelf.settings.site)
    assert title(held) == "One"


# -- read-only --------------------------------------------------------------------------------------------------------


def test_a_written_index_is_one_file(shelf):
    shelf.write({"a.md": page()})
    writer.write_once(shelf.root, shelf.index, shelf.settings.site)
    beside = {file.name for file in shelf.place.iterdir()}
    assert beside == {"content", "index.db", "index.db.lock"}


def test_where_nothing_can_be_written_the_file_is_read_as_it_is(shelf):
    """As from an image on a read-only file system: SQLite can make no WAL index, and needs none."""
    shelf.write({"a.md": page("title: A")})
    writer.write_once(shelf.root, shelf.index, shelf.settings.site)
    for suffix in ("-wal", "-shm"):
        shelf.index.with_name(f"index.db{suffix}").mkdir()  # so that no file of that name can be made, by root either
    with pytest.raises(apsw.CantOpenError):
        apsw.Connection(f"{shelf.index.as_uri()}?mode=ro", apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI).execute(
            "SELECT 1 FROM meta"
        )
    with shelf.reading() as reader:
        assert reader.by_key("/a").title == "A"


def test_a_reader_cannot_write(held):
    with held.reading() as reader, pytest.raises(apsw.ReadOnlyError):
        reader.select("DELETE FROM meta")


# -- an index to be shipped -------------------------------------------------------------------------------------------


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_new_index_is_in_its_place_when_it_is_whole_and_alone(tmp_path):
    path = tmp_path / "new" / "i.db"
    with database.shipped(path) as connection:
        assert not path.exists()
        store.set_meta(connection, "revision", "r")
    assert files(path.parent) == ["i.db"]
    with database.shipped(path) as connection:
        assert Path(connection.filename) == path
        assert store.meta(connection, "revision") == "r"
        store.set_meta(connection, "revision", "s")
    assert files(path.parent) == ["i.db"]


def test_an_index_that_is_not_made_leaves_what_was_there(tmp_path):
    path = tmp_path / "i.db"
    with pytest.raises(ZeroDivisionError), database.shipped(path) as connection:
        store.set_meta(connection, "revision", str(1 // 0))
    assert files(tmp_path) == []
    path.write_bytes(b"not ours")
    with pytest.raises(IndexUnavailable, match=r"i\.db is no index of contentapi"), database.shipped(path):
        pass
    assert files(tmp_path) == ["i.db"]


def test_a_wal_that_has_become_long_is_copied_into_the_file(tmp_path):
    path = tmp_path / "i.db"
    with closing(database.open_for_writing(path)) as connection:
        size = path.stat().st_size
        database.tidy(connection)
        assert path.stat().st_size == size
        with connection:
            connection.executemany(
                "INSERT INTO meta (key, value) VALUES (?, ?)", ((str(number), "x" * 50_000) for number in range(100))
            )
        database.tidy(connection)
        assert path.stat().st_size > size + 4_000_000
