"""The one writer: its lock, what it follows, what it tells. The tests wait for that, and not for time to pass."""

from __future__ import annotations

import logging
import queue
import threading
import time
from datetime import UTC, datetime

import apsw
import pytest

from contentapi import settings
from contentapi.errors import IndexLocked, IndexUnavailable
from contentapi.index import database, writer
from contentapi.index.reader import Index
from contentapi.index.writer import Follower
from tests.index.shelf import page
from tests.processes import until

PATIENCE = 20.0


class Following:
    """A follower at work in a thread of its own, and what it tells."""

    def __init__(self, shelf, **options):
        self.shelf = shelf
        self.reports = queue.Queue()
        self.fresh = queue.Queue()
        read = options.pop("settings", None) or shelf.settings
        self.site = read.site
        self.follower = Follower(
            shelf.root, shelf.index, read.site, self.reports.put, settings=read, renewed=self.fresh.put, **options
        )
        self.thread = threading.Thread(target=self.follower.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.follower.stop()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()

    def until(self, wanted):
        """Waits until what a reader sees after a sync fulfils the condition."""
        end = time.monotonic() + PATIENCE
        while not self._sees(wanted):
            self.reports.get(timeout=max(0.01, end - time.monotonic()))

    def _sees(self, wanted):
        held = Index(self.shelf.index, self.site)
        try:
            with held.reading() as reader:
                return wanted(reader)
        except IndexUnavailable:
            return False
        finally:
            held.close()


def titled(path, title):
    return lambda reader: (row := reader.by_key(path)) is not None and row.title == title


def told(text):
    return lambda reader: text in reader.meta("last_error")


def nothing_told(reader):
    return reader.meta("last_error") == ""


@pytest.fixture
def quick(monkeypatch):
    """What events do not tell of is looked at soon."""
    monkeypatch.setattr(writer, "PERIOD", 0.1)
    monkeypatch.setattr(writer, "_RETRY", 0.02)


# -- the lock ---------------------------------------------------------------------------------------------------------


def is_locked(index):
    try:
        with writer.locked(index):
            return False
    except IndexLocked:
        return True


def wait_for(ask):
    deadline = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return answer


def test_there_is_one_writer(shelf):
    shelf.write({"a.md": page()})
    with writer.locked(shelf.index):
        with pytest.raises(IndexLocked):
            writer.write_once(shelf.root, shelf.index, shelf.settings.site)
        with pytest.raises(IndexLocked), writer.locked(shelf.index):
            pass
    writer.write_once(shelf.root, shelf.index, shelf.settings.site)


def test_a_lock_that_cannot_be_had_is_told(shelf):
    (shelf.place / "file").write_text("")
    with pytest.raises(IndexUnavailable), writer.locked(shelf.place / "file" / "index.db"):
        pass


def test_a_second_writer_takes_over_when_the_first_ends(shelf, quick):
    shelf.write({"a.md": page("title: One")})
    with Following(shelf) as second_to_be:
        second_to_be.until(titled("/a", "One"))
        with Following(shelf) as second:
            second_to_be.follower.stop()
            second_to_be.thread.join(PATIENCE)
            shelf.write({"a.md": page("title: Two")})
            second.until(titled("/a", "Two"))


def test_a_writer_whose_lock_was_taken_away_takes_it_again(shelf, quick):
    shelf.write({"a.md": page("title: One")})
    lock = shelf.index.with_name("index.db.lock")
    with Following(shelf) as following:
        following.until(titled("/a", "One"))
        lock.unlink()
        wait_for(lambda: lock.exists() and is_locked(shelf.index))
        shelf.write({"a.md": page("title: Two")})
        following.until(titled("/a", "Two"))


# -- following --------------------------------------------------------------------------------------------------------


def test_a_change_is_followed(shelf):
    shelf.write({"a.md": page("title: One")})
    with Following(shelf) as following:
        following.until(titled("/a", "One"))
        shelf.write({"a.md": page("title: Two"), "b.md": page("title: B")})
        following.until(titled("/a", "Two"))
        following.until(titled("/b", "B"))
        shelf.write({"b.md": None})
        following.until(lambda reader: reader.by_key("/b") is None)


def test_a_scheduled_document_appears_by_itself(shelf):
    soon = datetime.fromtimestamp(time.time() + 1.5, UTC).strftime("%Y-%m-%d %H:%M:%S +00:00")
    shelf.write({"a.md": page("title: Now"), "b.md": page(f"title: Soon\ndate: {soon}")})
    with Following(shelf) as following:
        following.until(titled("/a", "Now"))
        following.until(titled("/b", "Soon"))


def test_a_document_scheduled_for_the_end_of_days_stops_nothing(shelf):
    """More seconds than a lock can wait."""
    shelf.write({"a.md": page("title: One"), "z.md": page("title: Z\ndate: 9999-12-31")})
    with Following(shelf) as following:
        following.until(titled("/a", "One"))
        shelf.write({"a.md": page("title: Two")})
        following.until(titled("/a", "Two"))


def test_a_scheduled_document_that_cannot_be_read_is_not_asked_for_without_end(shelf, monkeypatch):
    from contentapi.source.folder import Folder
    from contentapi.source.problems import unreadable

    shelf.write({"x/a.md": page("date: 2026-01-01")}).sync(now=1.7e9)
    shelf.close()
    closed = unreadable("x", PermissionError(13, "Permission denied"))
    monkeypatch.setattr(Folder, "scan", lambda self, under="": iter([closed]))
    monkeypatch.setattr(writer.time, "time", lambda: 1.8e9)
    follower = Follower(shelf.root, shelf.index, shelf.settings.site, lambda _: None)
    follower._sync(frozenset())
    assert follower._until_due() == writer.PERIOD
    follower._close()


def test_hints_that_come_while_it_works_are_one_look(shelf):
    follower = Follower(shelf.root, shelf.index, shelf.settings.site, lambda _: None)
    for hints in ({"a"}, {"b"}, {"a", "c"}):
        follower._hints.put(frozenset(hints))
    assert follower._next() == {"a", "b", "c"}
    for hints in (frozenset("a"), None, frozenset("b")):
        follower._hints.put(hints)
    assert follower._next() is None


def test_it_may_be_stopped_before_it_has_begun(shelf):
    with Following(shelf) as following:
        following.follower.stop()


def test_a_watch_that_fails_begins_again(shelf, quick, monkeypatch, caplog):
    real, failures = writer.changes, iter([RuntimeError("boom"), RuntimeError("boom")])

    def failing(*arguments, **options):
        for error in failures:
            raise error
        yield from real(*arguments, **options)

    monkeypatch.setattr(writer, "changes", failing)
    shelf.write({"a.md": page("title: One")})
    with Following(shelf) as following:
        following.until(titled("/a", "One"))
        shelf.write({"a.md": page("title: Two")})
        following.until(titled("/a", "Two"))
        # The first look at everything may have shown the change already; the watch has its own pace.
        until(lambda: caplog.text.count("Watching the folder failed") == 2)


# -- what happens to the index ----------------------------------------------------------------------------------------


def test_an_index_taken_away_is_made_anew_and_whole(shelf, quick):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")})
    with Following(shelf) as following:
        following.until(titled("/a", "A"))
        database.remove(shelf.index)
        shelf.write({"b.md": page("title: C")})
        following.until(titled("/b", "C"))
        following.until(titled("/a", "A"))


def test_a_damaged_index_is_made_anew(shelf, quick):
    shelf.write({f"{number}.md": page(f"title: T{number}", "text " * 500) for number in range(20)})
    writer.write_once(shelf.root, shelf.index, shelf.settings.site)
    size = shelf.index.stat().st_size
    with shelf.index.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (size - 100))
    with Following(shelf) as following:
        following.until(titled("/7", "T7"))


def test_a_damaged_index_is_made_anew_by_the_command_too(shelf):
    shelf.write({"a.md": page("title: A", "text " * 5000)})
    writer.write_once(shelf.root, shelf.index, shelf.settings.site)
    with shelf.index.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 50_000)
    assert writer.write_once(shelf.root, shelf.index, shelf.settings.site).parsed == 1
    with shelf.reading() as reader:
        assert reader.by_key("/a").title == "A"


def test_what_is_no_index_stays_and_is_told_once(shelf, quick, caplog):
    shelf.index.write_bytes(b"precious" * 100)
    shelf.write({"a.md": page("title: A")})
    with Following(shelf) as following:
        wait_for(lambda: "no index of contentapi" in caplog.text)
        assert shelf.index.read_bytes() == b"precious" * 100
        shelf.index.unlink()
        following.until(titled("/a", "A"))


def test_a_full_disk_is_told_and_overcome(shelf, quick, monkeypatch, caplog):
    real, failures = (
        writer.sync,
        iter([apsw.FullError("database or disk is full"), OSError(28, "No space left on device")]),
    )

    def failing(*arguments, **options):
        for error in failures:
            raise error
        return real(*arguments, **options)

    caplog.set_level(logging.INFO)
    shelf.write({"a.md": page("title: One")}).sync()
    shelf.write({"a.md": page("title: Two")})
    monkeypatch.setattr(writer, "sync", failing)
    with Following(shelf) as following:
        following.until(titled("/a", "Two"))
        following.until(nothing_told)
    assert told_of(caplog) == [
        "The folder could not be indexed: database or disk is full. Trying again.",
        "The folder could not be indexed: [Errno 28] No space left on device. Trying again.",
        "The folder could be indexed again.",
    ]


def told_of(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "contentapi.writer"]


def test_what_fails_again_and_again_is_told_once_and_tried_less_and_less_often(shelf, monkeypatch, caplog):
    pauses = []

    def failing(*_, **__):
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(writer, "sync", failing)
    follower = Follower(shelf.root, shelf.index, shelf.settings.site, lambda _: None)
    monkeypatch.setattr(follower._stop, "wait", pauses.append)
    for _ in range(8):
        follower._sync(None)
    assert pauses == [1, 2, 4, 8, 8, 8, 8, 8]
    assert told_of(caplog) == ["The folder could not be indexed: database or disk is full. Trying again."]


# -- what is told of a failure ----------------------------------------------------------------------------------------


def test_a_missing_folder_is_told_and_nothing_is_removed(shelf, quick):
    shelf.write({"a.md": page("title: One")})
    away = shelf.place / "away"
    with Following(shelf) as following:
        following.until(titled("/a", "One"))
        shelf.root.rename(away)
        error = wait_for(lambda: shelf_meta(shelf, "last_error"))
        assert "the content folder cannot be read" in error
        assert str(shelf.place) not in error  # where things lie on this machine is nobody's business
        with database_reader(shelf) as connection:
            assert connection.execute("SELECT title FROM document").fetchall() == [("One",)]
        away.rename(shelf.root)
        shelf.write({"a.md": page("title: Two")})
        following.until(titled("/a", "Two"))
        following.until(nothing_told)


def database_reader(shelf):
    from contextlib import closing

    return closing(database.open_for_reading(shelf.index))


def shelf_meta(shelf, key):
    with database_reader(shelf) as connection:
        return connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).get


# -- settings ---------------------------------------------------------------------------------------------------------


def test_other_settings_are_told_with_what_they_are(shelf):
    shelf.write({"a.md": page("title: A"), "contentapi.toml": "[site]\ntitle = 'Old'\n"})
    with Following(shelf) as following:
        following.until(titled("/a", "A"))
        shelf.write({"contentapi.toml": "[site]\ntitle = 'New'\n"})
        fresh = following.fresh.get(timeout=PATIENCE)
        assert fresh.site.title == "New"
        assert fresh.index == shelf.index  # the flags are those it was started with
        # Until it is started anew it goes on with the old ones.
        shelf.write({"a.md": page("title: B")})
        following.until(titled("/a", "B"))
        assert following.fresh.empty()
        shelf.write({"_config.yml": "title: Jekyll\n", "contentapi.toml": None})
        last = "New"
        while last != "Jekyll":
            last = following.fresh.get(timeout=PATIENCE).site.title


def test_settings_that_say_the_same_in_other_words_are_not_told(shelf):
    shelf.write({"a.md": page("title: A"), "contentapi.toml": "[site]\ntitle = 'T'\n"})
    with Following(shelf) as following:
        following.until(titled("/a", "A"))
        shelf.write({"contentapi.toml": "# a comment\n[site]\ntitle = 'T'\n", "a.md": page("title: B")})
        following.until(titled("/a", "B"))
        shelf.write({"contentapi.toml": "[site]\ntitle = 'U'\n"})
        assert following.fresh.get(timeout=PATIENCE).site.title == "U"
        assert following.fresh.empty()


def test_settings_that_cannot_be_read_are_told_and_the_old_ones_stay(shelf, quick):
    shelf.write({"a.md": page("title: A"), "contentapi.toml": "[site]\ntitle = 'T'\n"})
    with Following(shelf) as following:
        following.until(titled("/a", "A"))
        shelf.write({"contentapi.toml": "[site]\ntilte = 'T'\n"})
        following.until(told("did you mean title?"))
        shelf.write({"a.md": page("title: B")})
        following.until(titled("/a", "B"))
        following.until(told("did you mean title?"))  # a good sync does not make the settings good
        shelf.write({"contentapi.toml": "[site]\ntitle = 'T'\n"})
        following.until(nothing_told)
        assert following.fresh.empty()


def test_a_settings_file_outside_the_folder_is_looked_at_too(shelf, quick):
    config = shelf.place / "elsewhere.toml"
    config.write_text("[site]\ntitle = 'Old'\n")
    shelf.write({"a.md": page("title: A")})
    read = settings.load(
        shelf.root, config=config, environ={"HOME": str(shelf.place)}, flags={"index": str(shelf.index)}
    )
    with Following(shelf, settings=read) as following:
        config.write_text("[site]\ntitle = 'New'\n")
        assert following.fresh.get(timeout=PATIENCE).site.title == "New"


def test_a_folder_that_becomes_a_collection_is_a_change_of_settings(shelf):
    """Without `_config.yml` the collections are the folders that bear their names."""
    shelf.write({"a.md": page("title: A")})
    with Following(shelf) as following:
        following.until(titled("/a", "A"))
        shelf.write({"phases/construction.md": page("title: C")})
        fresh = following.fresh.get(timeout=PATIENCE)
    assert fresh.site.collection("phases").directory == "phases"


def test_without_anyone_to_tell_the_settings_are_not_looked_at(shelf, caplog):
    caplog.set_level(logging.ERROR)
    shelf.write({"a.md": page("title: A")})
    reports = queue.Queue()
    follower = Follower(shelf.root, shelf.index, shelf.settings.site, reports.put)
    thread = threading.Thread(target=follower.run)
    thread.start()
    reports.get(timeout=PATIENCE)
    shelf.write({"contentapi.toml": "[site", "a.md": page("title: B")})
    while reports.get(timeout=PATIENCE).changed == 0:
        pass
    follower.stop()
    thread.join(PATIENCE)
    assert caplog.text == ""
