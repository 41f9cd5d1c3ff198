"""A copy of an index, for who reads all of it."""

from __future__ import annotations

import datetime as dt

import pytest

from contentapi.errors import IndexUnavailable
from contentapi.index import frozen, writer
from contentapi.index.reader import Index
from contentapi.settings import load
from tests.web.client import write


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "content").mkdir()
    write(tmp_path / "content", {"a.md": "---\ntitle: A\n---\n", "posts/2999-01-01-b.md": "---\ntitle: B\n---\n"})
    return load(tmp_path / "content", environ={"HOME": str(tmp_path)}, flags={"index": tmp_path / "i.db"})


def test_a_copy_stays_as_it_is_while_the_index_goes_on(settings, tmp_path):
    writer.write_once(settings.folder, settings.index, settings.site)
    due = frozen.copy(settings.index, tmp_path / "copy.db")
    assert due == dt.datetime(2999, 1, 1, tzinfo=dt.UTC).timestamp()
    write(settings.folder, {"c.md": "---\ntitle: C\n---\n"})
    writer.write_once(settings.folder, settings.index, settings.site)
    held, copied = (Index(path, settings.site) for path in (settings.index, tmp_path / "copy.db"))
    with held.reading() as now, copied.reading() as then:
        assert (list(now.keys()), list(then.keys())) == (["/a", "/c"], ["/a"])
        assert now.revision != then.revision
        assert (now.next_due(), then.next_due()) == (due, None)
    held.close()
    copied.close()


def test_where_there_is_no_index_there_is_no_copy(settings, tmp_path):
    with pytest.raises(IndexUnavailable, match="There is no index"):
        frozen.copy(settings.index, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_place_that_cannot_be_written_is_told(settings, tmp_path):
    writer.write_once(settings.folder, settings.index, settings.site)
    with pytest.raises(IndexUnavailable, match="cannot be copied"):
        frozen.copy(settings.index, tmp_path / "nowhere" / "copy.db")
