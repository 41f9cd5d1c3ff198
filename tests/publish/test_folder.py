"""The folder of an export: what is ours in it, and what is not."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from contentapi.errors import ExportError
from contentapi.publish.folder import Changes, opened


def exported(root: Path, files: Mapping[str, str], last: tuple[str, ...] = ()) -> Changes:
    with opened(root) as folder:
        for name, text in files.items():
            folder.put(name, io.BytesIO(text.encode()))
        folder.publish(last, "revision")
        return folder.changes


def held(root: Path) -> dict[str, str]:
    return {
        str(one.relative_to(root)): one.read_text()
        for one in sorted(root.rglob("*"))
        if one.is_file() and one.name != "manifest.json"
    }


TURNS = [
    {"a": "1", "b/c": "2"},
    {"a": "1", "b/c": "3"},
    {"a/b": "a file became a folder", "b": "and a folder a file"},
    {"a": "back", "b/c/d/e": "again"},
    {},
    {"A": "1", "a b/é": "2"},
]


def test_a_folder_becomes_equal_to_each_export(tmp_path):
    for files in TURNS:
        exported(tmp_path / "out", files)
        assert held(tmp_path / "out") == dict(sorted(files.items()))
        assert not (tmp_path / "out/.staging").exists()


def test_the_manifest_names_every_file_and_says_nothing_of_the_way_there(tmp_path):
    for files in TURNS[:2]:
        exported(tmp_path / "long way", files)
    exported(tmp_path / "short way", TURNS[1])
    manifests = [(tmp_path / name / "manifest.json").read_bytes() for name in ("long way", "short way")]
    assert manifests[0] == manifests[1]
    assert list(json.loads(manifests[0])["files"]) == ["a", "b/c"]


def test_what_is_unchanged_is_not_written(tmp_path):
    exported(tmp_path, {"a": "1", "b": "2"})
    before = (tmp_path / "a").stat()
    done = exported(tmp_path, {"a": "1", "b": "3"})
    assert (tmp_path / "a").stat() == before
    assert (done.files, done.bytes, done.written, done.removed) == (2, 2, 1, 0)


def test_what_was_changed_by_hand_is_written_again(tmp_path):
    exported(tmp_path, {"a": "1"})
    (tmp_path / "a").write_text("2")
    exported(tmp_path, {"a": "1"})
    assert held(tmp_path) == {"a": "1"}


def test_other_files_stay(tmp_path):
    exported(tmp_path, {"public/a": "1"})
    (tmp_path / "public/mine").write_text("mine")
    exported(tmp_path, {"b": "1"})
    assert held(tmp_path) == {"b": "1", "public/mine": "mine"}


@pytest.mark.parametrize("name", ["public/mine", "public/mine/below", "public"])
def test_a_file_in_the_way_is_told_and_nothing_is_changed(tmp_path, name):
    exported(tmp_path, {"public/a": "1"})
    (tmp_path / "public/mine").write_text("mine")
    with pytest.raises(ExportError, match="no file of an export"):
        exported(tmp_path, {name: "theirs"})
    assert held(tmp_path) == {"public/a": "1", "public/mine": "mine"}


def test_a_link_that_leads_out_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("outside")
    exported(tmp_path / "out", {"a": "1"})
    (tmp_path / "out/a").unlink()
    (tmp_path / "out/a").symlink_to(outside)
    exported(tmp_path / "out", {"a": "outside"})
    assert not (tmp_path / "out/a").is_symlink()
    exported(tmp_path / "out", {})
    assert outside.read_text() == "outside"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("precious", "text"),
        ("manifest.json", "{}"),
        ("manifest.json", "[]"),
        ("manifest.json", "not JSON"),
        ("manifest.json", '{"kind": "other", "files": {}}'),
        ("manifest.json", '{"kind": "contentapi export", "files": {"../precious": "x"}}'),
        ("manifest.json", '{"kind": "contentapi export", "files": {"/precious": "x"}}'),
    ],
)
def test_a_folder_that_is_no_export_is_refused(tmp_path, name, text):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text(text)
    with pytest.raises(ExportError, match="choose another folder"):
        exported(tmp_path / "out", {"a": "1"})
    assert (tmp_path / "out" / name).read_text() == text
    assert not (tmp_path / "out/a").exists()


def test_a_place_that_can_be_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be exported to"):
        exported(tmp_path / "file", {})


def test_two_at_a_time_are_one_too_many(tmp_path):
    with opened(tmp_path / "out"), pytest.raises(ExportError, match="Another process"), opened(tmp_path / "out"):
        pass


def test_what_was_begun_and_not_ended_changes_nothing(tmp_path):
    exported(tmp_path, {"a": "1"})
    with opened(tmp_path) as folder:
        folder.put("a", io.BytesIO(b"2"))
        folder.put("b", io.BytesIO(b"2"))
    assert held(tmp_path) == {"a": "1"}
    assert exported(tmp_path, {"a": "3"}).removed == 0


def test_what_ended_while_files_were_put_in_place_is_ended_by_the_next(tmp_path, monkeypatch):
    exported(tmp_path, {"a": "1", "old": "1"})
    rename = Path.replace

    def fails(self: Path, target: Path) -> Path:
        if target.name == "b":
            raise OSError
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(ExportError):
        exported(tmp_path, {"a": "2", "b": "2"})
    monkeypatch.undo()
    exported(tmp_path, {"c": "3"})
    assert held(tmp_path) == {"c": "3"}
