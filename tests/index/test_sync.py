"""The index becomes equal to the folder, and no more is done for it than what changed asks for."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest

from contentapi.errors import FolderError
from contentapi.index import sync as module
from contentapi.index.sync import fingerprint
from contentapi.ingest import document
from contentapi.model import Diagnostic, Severity
from contentapi.source.folder import Folder, Reader
from contentapi.text import media
from tests.index.shelf import NOW, page

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000200000001008060000001f15c489"
)  # 32 × 16, no more than a head


def work(report):
    """What a sync did: files looked at, read, ingested; documents changed and removed."""
    return report.seen, report.read, report.parsed, report.changed, report.removed


# -- what is read, and what is not ------------------------------------------------------------------------------------


def test_a_cold_index_reads_and_ingests_everything(shelf):
    shelf.write({"a.md": page("title: A"), "b/c.md": page("title: C"), "x.png": PNG})
    assert work(shelf.sync()) == (3, 3, 2, 3, 0)
    assert shelf.served() == {"a.md": "/a", "b/c.md": "/b/c"}


def test_an_unchanged_folder_is_neither_read_nor_parsed(shelf):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")}).age()
    cold = shelf.sync()
    warm = shelf.sync()
    assert work(warm) == (2, 0, 0, 0, 0)
    assert warm.revision == cold.revision


def test_nothing_is_written_when_nothing_changed(shelf):
    """So that no reader lets go of what it has in hand."""
    shelf.write({"a.md": page("title: A"), "pipe.md": page("title: P")}).age()
    (shelf.root / "lost.md").symlink_to("nowhere.md")  # a diagnostic that is told at each look
    shelf.sync()
    before = shelf.writing.total_changes()
    shelf.sync()
    shelf.sync("a.md")
    assert shelf.writing.total_changes() == before


def test_a_touched_file_is_read_and_not_parsed(shelf):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")}).age()
    revision = shelf.sync().revision
    os.utime(shelf.root / "a.md", ns=(1, 1_700_000_000_000_000_000))
    touched = shelf.sync()
    assert work(touched) == (2, 1, 0, 0, 0)
    assert touched.revision == revision
    assert work(shelf.sync()) == (2, 0, 0, 0, 0)


def test_an_edit_of_the_same_size_is_seen(shelf):
    shelf.write({"a.md": page("title: Un")})
    shelf.sync()
    (shelf.root / "a.md").write_text(page("title: Du"))  # in place, and within the same tick of the clock
    assert shelf.sync().changed == 1
    assert shelf.rows("SELECT title FROM document") == [("Du",)]


def test_an_edit_of_the_same_size_with_the_same_old_time_is_seen(shelf):
    shelf.write({"a.md": page("title: Un")}).age()
    shelf.sync()
    shelf.write({"a.md": page("title: Du")}).age()
    assert shelf.sync().changed == 1


def test_what_changed_a_moment_ago_is_read_again(shelf, monkeypatch):
    """Within one tick of the clock a file may change once more and keep its times: they are not remembered."""
    scan = Folder.scan
    monkeypatch.setattr(Folder, "scan", lambda self, under="": (one._replace(racy=True) for one in scan(self, under)))
    shelf.write({"a.md": page("title: A")})
    shelf.sync()
    assert work(shelf.sync()) == (1, 1, 0, 0, 0)


def test_a_rename_is_one_removal_and_one_addition(shelf):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")}).age()
    shelf.sync()
    (shelf.root / "a.md").rename(shelf.root / "z.md")
    assert work(shelf.sync()) == (2, 1, 1, 1, 1)
    assert shelf.served() == {"b.md": "/b", "z.md": "/z"}


def test_a_removed_file_takes_all_its_rows_along(shelf):
    shelf.write({"b.md": page("title: B")})
    shelf.sync()
    clean = shelf.contents()
    shelf.write({
        "_posts/2020-01-02-a.md": page(
            """
            title: A
            authors: [ada]
            redirect_from: /old
            tags: x
            extra: {deep: [1, two]}
            """,
            "# A\n\n[b](/b) lasts\n\n![i](i.png)\n\nLa phase de construction dure six mois.\n",
        )
    })  # fmt: skip
    shelf.sync()
    assert shelf.contents() != clean
    shelf.write({"_posts/2020-01-02-a.md": None})
    assert shelf.sync().removed == 1
    assert shelf.contents() == clean


def test_files_that_are_never_served_are_not_even_read(shelf):
    shelf.write({"tool.rb": "puts 1", "huge.psd": b"\0" * 3_000_000, "a.md": page("title: A")})
    assert work(shelf.sync())[:3] == (3, 1, 1)
    assert shelf.codes() == []


# -- hints ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(shelf):
    shelf.write({name: page(f"title: {name[0]}") for name in ("a.md", "b/c.md", "b/d/e.md", "bb.md")}).age()
    shelf.sync()
    return shelf


def test_a_hint_of_a_file_looks_at_that_file(tree):
    tree.write({"a.md": page("title: new"), "bb.md": page("title: new")})
    assert work(tree.sync("a.md")) == (1, 1, 1, 1, 0)
    assert tree.rows("SELECT source FROM document WHERE title = 'new'") == [("a.md",)]


def test_a_hint_of_a_folder_looks_at_all_below(tree):
    tree.write({"b/d/e.md": page("title: new"), "b/f.md": page("title: new"), "b/c.md": None})
    assert work(tree.sync("b")) == (2, 2, 2, 2, 1)
    assert set(tree.served()) == {"a.md", "bb.md", "b/d/e.md", "b/f.md"}


def test_a_hint_of_a_vanished_folder_removes_what_was_below(tree):
    shutil.rmtree(tree.root / "b")
    assert work(tree.sync("b")) == (0, 0, 0, 0, 2)
    assert set(tree.served()) == {"a.md", "bb.md"}


def test_a_hint_of_what_never_was_changes_nothing(tree):
    before = tree.contents()
    assert work(tree.sync("nothing/here.md", "..", "/", "a.md/x")) == (0, 0, 0, 0, 0)
    assert tree.contents() == before


def test_a_hint_is_not_enough_for_an_index_that_holds_nothing_yet(shelf):
    """Of an index that was removed and made anew, a hint says nothing: it would be taken for complete."""
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")})
    shelf.sync("a.md")
    assert set(shelf.served()) == {"a.md", "b.md"}


def test_a_hint_is_not_enough_when_the_settings_changed(shelf):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")})
    shelf.sync()
    shelf.write({"contentapi.toml": "[site]\nlang = 'en'\n"})
    assert shelf.sync("a.md").parsed == 2


# -- what makes every row another ------------------------------------------------------------------------------------


def test_other_settings_ingest_everything_anew(shelf):
    shelf.write({"a.md": page("title: A")}).age()
    first = shelf.sync()
    shelf.write({"contentapi.toml": "[site]\nlang = 'en'\n"})
    second = shelf.sync()
    assert second.parsed == 1
    assert second.revision != first.revision
    assert shelf.rows("SELECT lang FROM document") == [("en",)]


def test_settings_that_shape_no_answer_change_nothing(shelf):
    shelf.write({"a.md": page("title: A")}).age()
    shelf.sync()
    shelf.write({"contentapi.toml": "[serve]\nport = 9000\n"})
    assert shelf.sync().parsed == 0


def test_another_pipeline_ingests_everything_anew(shelf, monkeypatch):
    shelf.write({"a.md": page("title: A")}).age()
    shelf.sync()
    monkeypatch.setattr(module, "PIPELINE", module.PIPELINE + 1)
    assert shelf.sync().parsed == 1


def test_the_fingerprint_names_settings_whatever_their_order(shelf):
    shelf.write({"contentapi.toml": "[site]\nlang = 'en'\ntitle = 'T'\n"})
    one = fingerprint(shelf.settings.site)
    shelf.write({"contentapi.toml": "[site]\ntitle = 'T'\nlang = 'en'\n"})
    assert fingerprint(shelf.settings.site) == one


# -- quarantine -------------------------------------------------------------------------------------------------------

BROKEN = "---\ntitle: [A\n---\n"


def test_a_broken_file_keeps_its_last_good_version(shelf):
    shelf.write({"a.md": page("title: A")})
    good = shelf.sync()
    shelf.write({"a.md": BROKEN})
    broken = shelf.sync()
    assert broken.revision == good.revision
    assert shelf.rows("SELECT title FROM document WHERE served") == [("A",)]
    assert shelf.codes() == ["yaml-error"]


def test_a_broken_file_that_was_never_good_is_not_served(shelf):
    shelf.write({"a.md": BROKEN})
    shelf.sync()
    assert shelf.served() == {}
    assert shelf.codes() == ["yaml-error"]


@pytest.mark.parametrize("repaired", [page("title: A"), page("title: B"), page("title: A\ndraft: true"), None])
def test_a_repaired_file_leaves_no_trace_of_its_fault(shelf, shelves, repaired):
    shelf.write({"a.md": page("title: A")})
    shelf.sync()
    shelf.write({"a.md": BROKEN})
    shelf.sync()
    shelf.write({"a.md": repaired})
    shelf.sync()
    fresh = shelves().write({"a.md": repaired} if repaired else {})
    fresh.sync()
    assert shelf.contents() == fresh.contents()


def test_a_broken_data_file_keeps_its_menus(shelf):
    shelf.write({"_data/menu.yml": "nav:\n- {label: A, url: /a}\n"})
    shelf.sync()
    shelf.write({"_data/menu.yml": "nav: [\n"})
    shelf.sync()
    assert shelf.rows("SELECT name FROM menu") == [("nav",)]
    assert "yaml-error" in shelf.codes()


@pytest.fixture
def and_then(monkeypatch):
    """Has something more done with what every file becomes."""
    steps = document.steps

    def with_step(step):
        def longer(site, file, now):
            return step((yield from steps(site, file, now)))

        monkeypatch.setattr(document, "steps", longer)

    return with_step


def test_a_failure_of_ours_costs_one_document_and_not_the_sync(shelf, and_then, caplog):
    def fail(found):
        if found.document.title == "boom":
            raise RuntimeError("boom")
        return found

    and_then(fail)
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")})
    shelf.sync()
    shelf.write({"a.md": page("title: boom"), "b.md": page("title: C")})
    shelf.sync()
    assert shelf.rows("SELECT title FROM document ORDER BY source") == [("A",), ("C",)]
    assert shelf.codes() == ["ingest-failed"]
    assert "a.md" in caplog.text


def test_a_document_that_no_row_can_hold_costs_itself_only(shelf, and_then):
    """What fails while rows are written leaves none of them, and counts in no revision."""

    def spoil(found):
        if found.document.title != "unfit":
            return found
        return replace(found, document=replace(found.document, fields={"half": "\ud800"}))

    and_then(spoil)
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")})
    good = shelf.sync()
    shelf.write({"a.md": page("title: unfit\nredirect_from: /x")})
    bad = shelf.sync()
    assert bad.revision == good.revision
    assert shelf.served() == {"a.md": "/a", "b.md": "/b"}
    assert shelf.rows("SELECT * FROM redirect") == []
    assert shelf.codes() == ["ingest-failed"]
    # Others that are written with it, new or changed, are written all the same.
    shelf.write({"a.md": page("title: unfit\nx: 1"), "b.md": page("title: C"), "c.md": page("title: D")}).sync()
    assert shelf.rows("SELECT title FROM document ORDER BY source") == [("A",), ("C",), ("D",)]
    assert shelf.codes() == ["ingest-failed"]


def test_what_is_told_may_quote_what_no_row_can_hold(shelf, and_then):
    told = Diagnostic("x", Severity.ERROR, "a.md", "half \ud800 a pair", "\udcff")
    and_then(lambda found: replace(found, quarantined=True, diagnostics=(told,)))
    shelf.write({"a.md": page()}).sync()
    assert [one.message for one in shelf.diagnostics()] == ["half \\ud800 a pair"]


@pytest.mark.parametrize(
    "front", [r'title: "\ud800"', r'x: "\udfff"', "tags: ['\u2028']", "title: '\ufffe'", r'id: "\0"']
)
def test_odd_characters_in_front_matter_are_one_document_s_affair(shelf, front, caplog):
    shelf.write({"a.md": page(front), "b.md": page("title: B")}).sync()
    assert "b.md" in shelf.served()
    shelf.write({"a.md": page("title: A")}).sync()
    assert shelf.codes() == []


def test_a_huge_number_in_front_matter_is_one_document_s_affair(shelf):
    shelf.write({"a.md": page(f"title: A\nn: {'9' * 60}"), "b.md": page("title: B")})
    shelf.sync()
    assert "b.md" in shelf.served()


# -- drafts, and what is to come --------------------------------------------------------------------------------------


def test_a_draft_leaves_no_trace(shelf):
    shelf.write({"b.md": page("title: B", "[a](/a)")})
    shelf.sync()
    clean = shelf.contents()
    public = page("title: Canari\ntags: canari\nredirect_from: /canari", "canari")
    shelf.write({"a.md": public})
    shelf.sync()
    assert "canari" in repr(shelf.contents()).casefold()
    shelf.write({"a.md": public.replace("title", "draft: true\ntitle", 1)})
    shelf.sync()
    assert "canari" not in repr(shelf.contents()).casefold()
    shelf.write({"a.md": None})
    shelf.sync()
    assert shelf.contents() == clean


def test_what_is_wrong_with_a_draft_is_private(shelf):
    shelf.write({"a.md": page("title: A\ntitle: B\ndraft: true"), "_drafts/b.md": "---\ntitle: [\n---\n"})
    shelf.sync()
    assert sorted(one.code for one in shelf.diagnostics()) == ["duplicate-key", "yaml-error"]
    assert shelf.diagnostics(private=False) == []


def test_a_draft_that_breaks_stays_a_draft(shelf):
    shelf.write({"a.md": page("title: A\ndraft: true")})
    shelf.sync()
    shelf.write({"a.md": "---\ntitle: [secret\ndraft: true\n---\n"})
    shelf.sync()
    assert shelf.diagnostics(private=False) == []
    assert shelf.codes() == ["yaml-error"]


def test_a_scheduled_document_appears_when_it_is_due(shelf):
    shelf.write({"_posts/2030-06-01-soon.md": page("title: Soon")}).age()
    shelf.sync()
    assert shelf.served() == {}
    due = 1_906_502_400.0  # 2030-06-01T00:00:00Z
    assert shelf.rows("SELECT due FROM source_file") == [(due,)]
    assert shelf.sync(now=due - 1).changed == 0
    appeared = shelf.sync(now=due)
    assert appeared.changed == 1
    assert shelf.served() == {"_posts/2030-06-01-soon.md": "/soon"}
    assert shelf.rows("SELECT due FROM source_file") == [(None,)]


def test_a_scheduled_document_appears_whatever_the_hint_is_about(shelf):
    shelf.write({"_posts/2030-06-01-soon.md": page("title: Soon"), "a.md": page("title: A")}).age()
    shelf.sync()
    shelf.sync("a.md", now=2_000_000_000)
    assert set(shelf.served()) == {"a.md", "_posts/2030-06-01-soon.md"}


def test_a_scheduled_document_that_vanished_does_not_appear(shelf):
    shelf.write({"_posts/2030-06-01-soon.md": page("title: Soon")})
    shelf.sync()
    shelf.write({"_posts/2030-06-01-soon.md": None})
    shelf.sync("elsewhere.md", now=2_000_000_000)
    assert shelf.served() == {}
    assert shelf.rows("SELECT * FROM source_file") == []


# -- files that are no documents --------------------------------------------------------------------------------------


def test_menus_come_from_data_files_and_go_with_them(shelf):
    shelf.write({"_data/menu.yml": "nav:\n- {label: A, url: /a}\nside:\n- {label: B, url: /b}\n"})
    shelf.sync()
    assert shelf.rows("SELECT name FROM menu ORDER BY name") == [("nav",), ("side",)]
    shelf.write({"_data/menu.yml": "nav:\n- {label: A, url: /a}\n"})
    shelf.sync()
    assert shelf.rows("SELECT name FROM menu ORDER BY name") == [("nav",)]
    shelf.write({"_data/menu.yml": None})
    shelf.sync()
    assert shelf.rows("SELECT name FROM menu") == []


def test_redirects_come_from_their_file_and_go_with_it(shelf):
    shelf.write({"_redirects": "/a /b\n/c/* /d/:splat 302\n"})
    shelf.sync()
    assert shelf.rows("SELECT origin, key, target, status FROM redirect ORDER BY ordinal") == [
        ("/a", "/a", "/b", 301),
        ("/c/*", None, "/d/:splat", 302),
    ]
    shelf.write({"_redirects": None})
    shelf.sync()
    assert shelf.rows("SELECT * FROM redirect") == []


def test_a_picture_is_known_with_its_size(shelf):
    shelf.write({"img/é.png": PNG, "paper.pdf": b"%PDF-", "img/broken.png": b"no picture"})
    shelf.sync()
    assert shelf.rows("SELECT path, media, width, height FROM asset ORDER BY path") == [
        ("img/broken.png", "image/png", None, None),
        ("img/é.png", "image/png", 32, 16),
        ("paper.pdf", "application/pdf", None, None),
    ]


def test_a_changed_picture_is_measured_again(shelf):
    shelf.write({"i.png": PNG})
    shelf.sync()
    shelf.write({"i.png": PNG.replace(b"\x20\x00\x00\x00\x10", b"\x40\x00\x00\x00\x30")})
    shelf.sync()
    assert shelf.rows("SELECT width, height FROM asset") == [(64, 48)]


def test_a_file_larger_than_a_document_may_be_is_served_all_the_same(shelf):
    shelf.write({"contentapi.toml": "[content]\nmax_file_size = 1000\n", "paper.pdf": b"%PDF-" + b"\0" * 5000})
    shelf.sync()
    with shelf.reading() as reader:
        found = reader.asset("paper.pdf")
    assert found is not None
    assert found[:2] == ("paper.pdf", "application/pdf")
    assert shelf.codes() == []


def test_there_is_a_limit_for_files_too(shelf, monkeypatch):
    monkeypatch.setattr(media, "LARGEST", 1000)
    shelf.write({"paper.pdf": b"%PDF-" + b"\0" * 5000})
    shelf.sync()
    (told,) = shelf.diagnostics()
    assert (told.code, told.path) == ("too-large", "paper.pdf")
    assert "max_file_size" not in told.message + told.hint


def test_a_document_larger_than_allowed_is_told_and_its_last_version_stays(shelf):
    shelf.write({"contentapi.toml": "[content]\nmax_file_size = 1000\n", "a.md": page("title: A")})
    shelf.sync()
    shelf.write({"a.md": page("title: B", "b" * 2000)})
    shelf.sync()
    assert shelf.rows("SELECT title FROM document") == [("A",)]
    assert shelf.codes() == ["too-large"]


# -- what the walk tells ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hint", [(), ("lost.md",)])
def test_what_is_wrong_with_a_name_is_told_and_forgotten(shelf, hint):
    shelf.write({"a.md": page("title: A")})
    link = shelf.root / "lost.md"
    link.symlink_to("nowhere.md")
    shelf.sync()
    assert shelf.codes() == ["symlink-broken"]
    link.unlink()
    shelf.sync(*hint)
    assert shelf.codes() == []


def test_what_a_link_leads_to_no_more_is_gone(shelf):
    """It may be a draft now, so that no last version of it is kept."""
    shelf.write({"guides/a.md": page("title: A"), "docs/b.md": page("title: B")})
    (shelf.root / "latest.md").symlink_to("guides/a.md")
    (shelf.root / "all").symlink_to("docs")
    shelf.sync()
    assert set(shelf.served()) == {"guides/a.md", "latest.md", "docs/b.md", "all/b.md"}
    (shelf.root / "_drafts").mkdir()
    (shelf.root / "guides/a.md").rename(shelf.root / "_drafts/a.md")
    (shelf.root / "docs").rename(shelf.root / "_drafts/docs")
    shelf.sync()
    assert shelf.served() == {}


def test_a_hint_elsewhere_forgets_no_diagnostic(shelf):
    shelf.write({"a.md": page("title: A")})
    (shelf.root / "lost.md").symlink_to("nowhere.md")
    shelf.sync()
    shelf.sync("a.md")
    assert shelf.codes() == ["symlink-broken"]


def test_a_file_that_becomes_something_else_keeps_its_last_version_and_is_told_at_once(shelf):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")})
    good = shelf.sync()
    (shelf.root / "a.md").unlink()
    os.mkfifo(shelf.root / "a.md")
    assert shelf.sync().revision == good.revision
    assert shelf.codes() == ["not-a-file"]
    assert set(shelf.served()) == {"a.md", "b.md"}
    (shelf.root / "a.md").unlink()
    shelf.sync()
    assert shelf.codes() == []
    assert set(shelf.served()) == {"b.md"}


def test_a_folder_that_cannot_be_looked_at_has_not_vanished(shelf, monkeypatch):
    """As long as nobody can say what is in it, what was in it goes on being served."""
    from contentapi.source.problems import unreadable

    shelf.write({"b/c.md": page("title: C"), "b/d/e.md": page("title: E"), "bb.md": page("title: B")})
    shelf.sync()
    scan = Folder.scan

    def closed(self, under=""):
        for one in scan(self, under):
            if not one.path.startswith("b/"):
                yield one
        yield unreadable("b", PermissionError(13, "Permission denied"))

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "scan", closed)
        shelf.sync()
        assert set(shelf.served()) == {"b/c.md", "b/d/e.md", "bb.md"}
        assert shelf.codes() == ["unreadable"]
        shelf.sync("b/c.md")
        assert set(shelf.served()) == {"b/c.md", "b/d/e.md", "bb.md"}
    shelf.sync()
    assert shelf.codes() == []


def test_a_name_may_have_a_fault_and_its_file_another(shelf):
    """Of two names that differ in the encoding of their letters one is served; what is wrong with its text is kept."""
    shelf.write({"e\u0301.md": page("title: A\ntitle: B"), "é.md": page("title: A\ntitle: B")})
    shelf.sync()
    assert shelf.codes() == ["duplicate-key", "file-name"]
    shelf.sync()
    assert shelf.codes() == ["duplicate-key", "file-name"]


# -- a folder that is taken away --------------------------------------------------------------------------------------


def test_a_missing_folder_removes_nothing(shelf):
    shelf.write({"a.md": page("title: A")})
    shelf.sync()
    before = shelf.contents()
    folder = Folder(shelf.root, shelf.settings.site)
    site = shelf.settings.site
    shelf.root.rename(shelf.place / "away")
    with pytest.raises(FolderError):
        module.sync(shelf.writing, folder, site, now=NOW)
    assert shelf.contents() == before


def test_a_folder_replaced_under_way_is_looked_at_anew(shelf, monkeypatch):
    """Nothing of two generations is ever committed: what was read of the first is dropped."""
    shelf.write({"a.md": page("title: one"), "b.md": page("title: one")})
    shelf.sync()
    other = shelf.place / "other"
    shutil.copytree(shelf.root, other)
    for name in ("a.md", "b.md"):
        (other / name).write_text(page("title: two"))
    read, seen = Reader.read, []

    def swapping(self, found, limit=None):
        if not seen:
            shelf.root.rename(shelf.place / "old")
            other.rename(shelf.root)
            shutil.rmtree(shelf.place / "old")
        seen.append(found.path)
        return read(self, found, limit)

    shelf.write({"a.md": page("title: 1½"), "b.md": page("title: 1½")})
    monkeypatch.setattr(Reader, "read", swapping)
    shelf.sync("a.md")
    assert shelf.rows("SELECT source, title FROM document ORDER BY source") == [("a.md", "two"), ("b.md", "two")]


def test_a_folder_that_is_never_the_same_is_given_up(shelf, monkeypatch):
    shelf.write({"a.md": page("title: A")})
    monkeypatch.setattr(Folder, "moved", lambda self: True)
    with pytest.raises(FolderError, match="again and again"):
        shelf.sync()
    assert shelf.meta("revision") is None


def test_a_file_that_vanishes_between_look_and_read_is_gone(shelf, monkeypatch):
    shelf.write({"a.md": page("title: A"), "b.md": page("title: B")})
    read = Reader.read

    def vanishing(self, found, limit=None):
        if found.path == "a.md":
            (shelf.root / "a.md").unlink(missing_ok=True)
        return read(self, found, limit)

    monkeypatch.setattr(Reader, "read", vanishing)
    shelf.sync()
    assert set(shelf.served()) == {"b.md"}
    assert shelf.codes() == []


# -- the revision -----------------------------------------------------------------------------------------------------

FILES = {
    "a.md": page("title: A"),
    "b/c.md": page("title: C", "[a](/a)"),
    "_posts/2020-01-02-d.md": page("title: D"),
    "_data/menu.yml": "nav:\n- {label: A, url: /a}\n",
    "_redirects": "/x /a\n",
    "i.png": PNG,
}


def test_the_revision_does_not_depend_on_the_order_or_the_times(shelf, shelves):
    shelf.write(FILES).age()
    revision = shelf.sync().revision
    for order in (sorted(FILES), sorted(FILES, reverse=True)):
        other = shelves()
        for path in order:
            other.write({path: FILES[path]})
            last = other.sync(path).revision
        assert last == revision
        assert other.contents() == shelf.contents()


@pytest.mark.parametrize("path", FILES)
def test_the_revision_tells_every_served_file_apart(shelf, path):
    shelf.write(FILES)
    revision = shelf.sync().revision
    shelf.write({path: None})
    without = shelf.sync().revision
    assert without != revision
    shelf.write({path: FILES[path]})
    assert shelf.sync().revision == revision


@pytest.mark.parametrize(
    ("path", "content"),
    [("draft.md", page("draft: true")), ("notes.rb", "1"), ("plain.md", "no front matter"), ("bad.md", BROKEN)],
)
def test_what_is_not_served_has_no_part_in_the_revision(shelf, path, content):
    shelf.write(FILES)
    revision = shelf.sync().revision
    shelf.write({path: content})
    assert shelf.sync().revision == revision


# -- what is told of a failure ----------------------------------------------------------------------------------------


def test_the_last_error_is_cleared_by_the_next_good_sync(shelf):
    from contentapi.index import store

    shelf.write({"a.md": page("title: A")}).age()
    shelf.sync()
    store.put_fault(shelf.writing, "the disk is full")
    with shelf.reading() as reader:
        assert reader.meta("last_error") == "the disk is full"
    shelf.sync()
    assert shelf.meta("last_error") is None
    shelf.sync(fault="the settings are wrong")
    assert shelf.meta("last_error") == "the settings are wrong"
    before = shelf.writing.total_changes()
    shelf.sync(fault="the settings are wrong")  # which is known already
    assert shelf.writing.total_changes() == before
