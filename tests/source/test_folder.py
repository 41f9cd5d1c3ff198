"""A content folder on disk: what is found, what is refused, and how files are read."""

import os
import socket
import unicodedata
from pathlib import Path

import pytest

from contentapi.errors import FolderError, NotFound
from contentapi.model import Collection, Diagnostic, Severity, Site, SourceFile, Vocabulary
from contentapi.source import beneath, walk
from contentapi.source.folder import Folder, Found
from contentapi.source.rules import Rules

NO_WORDS = Vocabulary((), {}, {}, (), (), ())
NFC, NFD = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
BUT_AS_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


def site(**declared) -> Site:
    return Site(NO_WORDS, **declared)


def startups(directory="content/_startups"):
    return (Collection("startups", "startups", directory, output=True),)


def write(root: Path, *paths: str, text: str = "text") -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def found(root: Path, under: str = "", **declared) -> list[str]:
    """The paths found; fails when anything is wrong with one."""
    items = list(Folder(root, site(**declared)).scan(under))
    assert [item for item in items if isinstance(item, Diagnostic)] == []
    return [item.path for item in items if isinstance(item, Found)]


def problems(root: Path, under: str = "", **declared) -> list[tuple[str, str]]:
    """Code and path of each diagnostic."""
    items = Folder(root, site(**declared)).scan(under)
    return [(item.code, item.path) for item in items if isinstance(item, Diagnostic)]


def read(here, file, limit=None):
    with here.reader() as reader:
        return reader.read(file, limit)


def only(root: Path, path: str, **declared) -> tuple[Folder, Found]:
    """The folder, looked at, and one file of it."""
    here = Folder(root, site(**declared))
    return here, next(item for item in here.scan() if isinstance(item, Found) and item.path == path)


# -- what is looked at ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "looked_at"),
    [
        ("index.md", True),
        ("a/b/c.md", True),
        ("sans-extension", True),
        ("_hidden.md", False),
        (".hidden.md", False),
        ("#draft.md", False),
        ("~$letter.docx", False),
        ("backup.md~", False),
        ("a/_b/c.md", False),
        ("a/.b/c.md", False),
        ("#emacs.md#", False),
        ("a/.#emacs.md", False),
        ("a/.index.md.swp", False),
        ("index.md.tmp", False),
        ("4913", False),
        ("4914", True),
        ("README", False),
        ("readme.md", False),
        ("a/ReadMe.fr.md", False),
        ("CONTRIBUTING.rst", False),
        ("contributing-to-the-programme.md", True),
        ("readme/index.md", True),
        ("Gemfile.lock", False),
        (".git/config", False),
        ("a/.git", False),
        ("node_modules/a/index.md", False),
        ("_site/index.html", False),
        ("vendor/bundle/a.md", False),
        ("a/vendor/cache/b.md", False),
        ("vendor/index.md", True),
        ("vendor/bundled.md", True),
        (".jekyll-cache/a", False),
        (".sass-cache/a", False),
        ("index.db", False),
        ("index.db-wal", False),
        ("a/content.sqlite3-journal", False),
        ("a.dbx.md", True),
        ("_config.yml", False),
        ("contentapi.toml", False),
        ("a/_config.yml", False),
        ("a/contentapi.toml", True),
        ("_posts/2024-01-01-a.md", True),
        ("a/b/_posts/2024-01-01-a.md", True),
        ("a/_drafts/b.md", True),
        ("_posts/_b.md", False),
        ("_data/menu.yml", True),
        ("_data/authors/a.yml", True),
        ("a/_data/menu.yml", False),
        ("_pages/index.md", True),
        ("_redirects", True),
        ("a/_redirects", False),
        ("_pages/_b.md", False),
    ],
)
def test_a_folder_without_configuration_is_read_by_jekylls_rules(path, looked_at):
    assert Rules(site()).looks(path) is looked_at


@pytest.mark.parametrize(
    ("path", "looked_at"),
    [
        ("_pages/a.md", True),
        ("_pages/_a.md", False),
        ("_redirects", True),
        ("_headers", False),
        ("content/_startups/a.md", True),
        ("content/_startups/b/a.md", True),
        ("content/_incubators/a.md", False),
        ("_startups/a.md", False),
        ("content/_posts/2024-01-01-a.md", True),
        ("content/b/_drafts/a.md", True),
        ("_posts/2024-01-01-a.md", False),
        ("content/templates/a.md", False),
        ("content/templates", False),
        ("content/a.md", True),
        ("ci/a.md", False),
        ("a/ci/b.md", True),
        ("cities.md", False),
        ("docs/a.bak", False),
        ("a/b/c.bak", False),
        ("README.md", True),
        (".well-known/security.txt", True),
        ("a/_once/page.md", True),
        ("a/_once/other.md", False),
        ("kept/a.md", True),
        ("private/a.md", False),
        ("_data/a.yml", True),
    ],
)
def test_include_and_exclude_are_matched_as_jekyll_matches_them(path, looked_at):
    rules = Rules(
        site(
            jekyll=True,
            collections=startups(),
            collections_dir="content",
            include=("_pages", "_redirects", "README.md", ".well-known", "a/_once/page.md", "kept"),
            exclude=("content/templates", "ci", "*.bak", "private/", "kept", "/README.md"),
        )
    )
    assert rules.looks(path) is looked_at


@pytest.mark.parametrize(("path", "looked_at"), [("ci/a.md", False), ("ci", False), ("cities.md", True)])
def test_without_jekyll_exclude_means_whole_names(path, looked_at):
    assert Rules(site(exclude=("ci",))).looks(path) is looked_at


def test_jekyll_sites_name_the_pages_they_include():
    assert not Rules(site(jekyll=True)).looks("_pages/index.md")


@pytest.mark.parametrize("jekyll", [True, False])
def test_the_file_of_redirects_at_the_top_is_read_unless_it_is_excluded(jekyll):
    rules = Rules(site(jekyll=jekyll))
    assert rules.looks("_redirects")
    assert rules.concerns("_redirects")
    assert not rules.looks("_redirects", directory=True)
    assert not rules.looks("a/_redirects")
    assert not Rules(site(jekyll=jekyll, exclude=("_redirects",))).looks("_redirects")
    assert Rules(site(jekyll=jekyll, include=("_redirects",), exclude=("_redirects",))).looks("_redirects")


def test_a_hidden_folder_is_only_passed_through_on_the_way_to_a_collection(tmp_path):
    write(tmp_path, "_content/_startups/a.md", "_content/b.md", "_content/c/d.md")
    assert found(tmp_path, collections=startups("_content/_startups")) == ["_content/_startups/a.md"]


@pytest.mark.parametrize(
    ("path", "concerns"),
    [
        ("index.md", True),
        ("_config.yml", True),
        ("contentapi.toml", True),
        ("_content", True),
        ("_posts", True),
        ("README.md", False),
        ("_layouts/page.html", False),
        (".git/index", False),
    ],
)
def test_a_change_concerns_what_is_looked_at_and_the_settings(path, concerns):
    assert Rules(site(collections=startups("_content/_startups"))).concerns(path) is concerns


# -- the walk ---------------------------------------------------------------------------------------------------------


def test_files_come_in_byte_order_of_their_whole_paths(tmp_path):
    paths = ["a-b.md", "a.md", "a/b.md", "a/c/d.md", "a0.md", "b.md", "z.md", f"{NFC}.md", "œ/a.md"]
    write(tmp_path, *reversed(paths))
    assert found(tmp_path) == sorted(paths, key=str.encode) == paths


def test_a_found_file_carries_what_tells_a_change(tmp_path):
    write(tmp_path, "a.md")
    _, before = only(tmp_path, "a.md")
    times = (before.mtime_ns, before.mtime_ns)
    (tmp_path / "a.md").write_text("TEXT")
    os.utime(tmp_path / "a.md", ns=times)
    _, after = only(tmp_path, "a.md")
    assert (before.size, before.mtime_ns) == (after.size, after.mtime_ns) == (4, times[0])
    assert before.stamp != after.stamp or before.racy


def test_a_file_that_changed_just_now_is_racy(tmp_path):
    status = (write(tmp_path, "a.md") / "a.md").stat()
    rules = Rules(site())
    with beneath.Base(tmp_path) as base:
        racy = [
            next(walk.Walk(base, rules, status.st_ctime_ns + after).run()).racy
            for after in (-1_000_000_000, 0, 40_000_000, 60_000_000_000)
        ]
    assert racy == [True, True, True, False]


@pytest.mark.parametrize(
    ("under", "expected"),
    [
        ("", ["a/b.md", "a/c/d.md", "f.md", f"{NFC}/e.md"]),
        ("a", ["a/b.md", "a/c/d.md"]),
        ("a/c", ["a/c/d.md"]),
        ("a/b.md", ["a/b.md"]),
        (NFC, [f"{NFC}/e.md"]),
        (f"{NFC}/e.md", [f"{NFC}/e.md"]),
        ("a/none.md", []),
        ("a/b.md/c", []),
        ("none/at/all", []),
        ("_hidden", []),
        ("_hidden/a.md", []),
        ("..", []),
        ("a/../f.md", []),
        (".", []),
        ("/a", []),
        ("a//b.md", []),
        ("a/", []),
        ("a\0b", []),
    ],
)
def test_a_part_of_the_folder_is_looked_at_alone(tmp_path, under, expected):
    write(tmp_path, "a/b.md", "a/c/d.md", f"{NFD}/e.md", "f.md", "_hidden/a.md")
    assert found(tmp_path, under) == expected


def test_a_part_is_found_as_in_a_look_at_everything(tmp_path):
    write(tmp_path, "a/b.md", f"a/{NFC}.md", f"a/{NFD}.md", "a/c/d.md", "e/f.md")
    (tmp_path / "a/link").symlink_to("../e")
    (tmp_path / "a/out").symlink_to("/")
    (tmp_path / "e/loop").symlink_to("../e")
    whole = [item for item in Folder(tmp_path, site()).scan() if item.path == "a" or item.path.startswith("a/")]
    assert list(Folder(tmp_path, site()).scan("a")) == whole
    assert len([item for item in whole if isinstance(item, Diagnostic)]) == 3


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FolderError, match="none cannot be read as a folder"):
        list(Folder(tmp_path / "none", site()).scan())


def test_no_descriptor_stays_open(tmp_path):
    write(tmp_path, "a/b/c.md", "d.md")
    here, file = only(tmp_path, "d.md")
    before = len(list(Path("/dev/fd").iterdir()))
    half = here.scan()
    next(half)
    half.close()
    read(here, file)
    here.open_asset("d.md")[0].close()
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_folders_without_end_are_told_and_not_entered(tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    for _ in range(walk.MAX_DEPTH + 5):
        os.mkdir("d", dir_fd=fd)
        above, fd = fd, os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(above)
    os.close(fd)
    assert problems(tmp_path) == [("too-deep", "/".join("d" * (walk.MAX_DEPTH + 1)))]


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "spelled", "reason"),
    [
        (b"caf\xe9.md", r"a/caf\xe9.md", "not UTF-8"),
        (b"\xed\xa0\x80.md", r"a/\xed\xa0\x80.md", "not UTF-8"),
        (b"two\nlines.md", r"a/two\nlines.md", "control character"),
        (b"a\x1b[31m.md", r"a/a\x1b[31m.md", "control character"),
        ("a\u2028b.md".encode(), r"a/a\u2028b.md", "line break"),
        ("a\x85b.md".encode(), r"a/a\x85b.md", "control character"),
    ],
)
def test_a_name_that_cannot_be_spelled_is_told_with_escapes_and_not_served(tmp_path, name, spelled, reason):
    write(tmp_path, "a/b.md")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/a/" + name)).write_text("text")
    *others, last = Folder(tmp_path, site()).scan()
    assert isinstance(last, Found)
    assert last.path == "a/b.md"
    [diagnostic] = others
    assert (diagnostic.code, diagnostic.path, diagnostic.severity) == ("file-name", spelled, Severity.ERROR)
    assert reason in diagnostic.message
    diagnostic.message.encode()


def test_nothing_is_told_of_odd_names_that_are_not_looked_at(tmp_path):
    (tmp_path / "_a\nb").write_text("text")
    (tmp_path / ".\udce9").write_text("text")
    assert found(tmp_path) == []


@pytest.mark.parametrize("name", [f"{NFD}.md", "a b.md", "«à».md", "👩‍💻.md", "a\u00a0b.md", "a'b&c.md", "-a.md"])
def test_odd_but_honest_names_are_found_under_their_nfc_spelling(tmp_path, name):
    write(tmp_path, f"a/{name}", text=name)
    path = unicodedata.normalize("NFC", f"a/{name}")
    here, file = only(tmp_path, path)
    assert read(here, file).content.decode() == name
    assert file.name == f"a/{name}"


@pytest.mark.parametrize("under", ["", f"{NFC}.md"])
def test_of_two_spellings_of_a_name_the_first_in_byte_order_is_served(tmp_path, under):
    write(tmp_path, f"{NFC}.md", text="composed")
    write(tmp_path, f"{NFD}.md", text="decomposed")
    here = Folder(tmp_path, site())
    diagnostic, file = here.scan(under)
    assert (diagnostic.code, diagnostic.path) == ("file-name", f"{NFC}.md")
    assert "'e\\u0301.md' is served, '\\xe9.md' is not" in diagnostic.message
    assert read(here, file).content == b"decomposed"


def test_a_name_in_plain_letters_may_have_another_spelling_too(tmp_path):
    write(tmp_path, "\N{KELVIN SIGN}.md", "K.md")
    assert problems(tmp_path) == problems(tmp_path, "K.md") == [("file-name", "K.md")]


def test_a_folder_and_a_file_of_one_name_collide(tmp_path):
    write(tmp_path, f"{NFC}/a.md", NFD)
    items = list(Folder(tmp_path, site()).scan())
    assert [item.path for item in items] == [NFC, NFC]
    assert isinstance(items[1], Found)
    assert items[1].name == NFD


# -- symlinks ---------------------------------------------------------------------------------------------------------


def test_symlinks_inside_the_folder_are_followed(tmp_path):
    write(tmp_path, "_common/a.md", "_common/b/c.md", "d.md")
    (tmp_path / "file.md").symlink_to("_common/a.md")
    (tmp_path / "folder").symlink_to(tmp_path / "_common")
    (tmp_path / "chain").symlink_to("folder/b")
    expected = ["chain/c.md", "d.md", "file.md", "folder/a.md", "folder/b/c.md"]
    assert found(tmp_path) == expected
    here = Folder(tmp_path, site())
    assert [read(here, item).path for item in here.scan()] == expected
    assert found(tmp_path, "folder/b/c.md") == ["folder/b/c.md"]


def test_a_linked_file_changes_with_its_target(tmp_path):
    write(tmp_path, "_a.md", "_b.md")
    (tmp_path / "a.md").symlink_to("_a.md")
    _, before = only(tmp_path, "a.md")
    (tmp_path / "new").symlink_to("_b.md")
    (tmp_path / "new").rename(tmp_path / "a.md")
    _, after = only(tmp_path, "a.md")
    assert before.stamp != after.stamp


def make_outside(root: Path) -> None:
    (root / "x").symlink_to(root.parent / "outside.md")


def make_outside_folder(root: Path) -> None:
    (root / "x").symlink_to("..")


def make_outside_sibling(root: Path) -> None:
    """A folder whose name starts as that of the content folder."""
    write(root.parent / f"{root.name}-more", "a.md")
    (root / "x").symlink_to(root.parent / f"{root.name}-more")


def make_outside_missing(root: Path) -> None:
    (root / "x").symlink_to("/nowhere/at/all")


def make_repository(root: Path) -> None:
    write(root, ".git/config")
    (root / "x").symlink_to(".git/config")


def make_draft(root: Path) -> None:
    (root / "_drafts").mkdir()
    (root / "x").symlink_to("_drafts")


def make_secret(root: Path) -> None:
    write(root, "a/.env")
    (root / "x").symlink_to("a/.env")


def make_leftover(root: Path) -> None:
    """Of changes of leftovers nobody is told."""
    write(root, "a.md~")
    (root / "x").symlink_to("a.md~")


def make_passing_leftover(root: Path) -> None:
    (root / "a.md~").symlink_to("a.md")
    (root / "x").symlink_to("a.md~")


def make_self(root: Path) -> None:
    (root / "x").symlink_to("x")


def make_cycle(root: Path) -> None:
    (root / "x").symlink_to("_y")
    (root / "_y").symlink_to("x")


def make_parent(root: Path) -> None:
    write(root, "_a/b.md")
    (root / "x").symlink_to(".")


def make_broken(root: Path) -> None:
    (root / "x").symlink_to("none.md")


def make_pipe(root: Path) -> None:
    os.mkfifo(root / "x")


def make_linked_pipe(root: Path) -> None:
    os.mkfifo(root / "_pipe")
    (root / "x").symlink_to("_pipe")


def make_socket(root: Path) -> None:
    # The address of a socket must be short, and that of a temporary folder may not be.
    fd = os.open(root, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"/proc/self/fd/{fd}/x")
    os.close(fd)


def make_device(root: Path) -> None:
    try:
        os.mknod(root / "x", 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")


HOSTILE = [
    (make_outside, "symlink-outside"),
    (make_outside_folder, "symlink-outside"),
    (make_outside_sibling, "symlink-outside"),
    (make_outside_missing, "symlink-outside"),
    (make_repository, "symlink-outside"),
    (make_secret, "symlink-outside"),
    (make_leftover, "symlink-outside"),
    (make_draft, "symlink-outside"),
    (make_passing_leftover, "symlink-outside"),
    (make_self, "symlink-loop"),
    (make_cycle, "symlink-loop"),
    (make_parent, "symlink-loop"),
    (make_broken, "symlink-broken"),
    (make_pipe, "not-a-file"),
    (make_linked_pipe, "not-a-file"),
    (make_socket, "not-a-file"),
    (make_device, "not-a-file"),
]


@pytest.mark.parametrize(("make", "code"), HOSTILE)
def test_what_is_no_content_is_told_and_the_rest_is_found(tmp_path, make, code):
    root = write(tmp_path, "outside.md", "root/a.md", "root/z.md") / "root"
    make(root)
    items = list(Folder(root, site()).scan())
    assert [(item.code, item.path) for item in items if isinstance(item, Diagnostic)] == [(code, "x")]
    assert [item.path for item in items if isinstance(item, Found)] == ["a.md", "z.md"]
    assert problems(root, "x") == [(code, "x")]
    assert not any(str(tmp_path) in item.message for item in items if isinstance(item, Diagnostic))


@pytest.mark.parametrize("make", [make for make, _ in HOSTILE])
def test_what_takes_the_place_of_a_file_after_the_look_is_not_read(tmp_path, make):
    root = write(tmp_path, "outside.md", "root/x") / "root"
    here, file = only(root, "x")
    (root / "x").unlink()
    make(root)
    answer = read(here, file)
    assert answer is None or (isinstance(answer, Diagnostic) and answer.code != "unreadable")
    with pytest.raises(NotFound):
        here.open_asset("x")


def test_a_folder_that_becomes_a_symlink_after_the_look_leads_nowhere(tmp_path):
    root = write(tmp_path, "outside/a.md", "root/x/a.md") / "root"
    here, file = only(root, "x/a.md")
    (root / "x").rename(root / "y")
    (root / "x").symlink_to(tmp_path / "outside")
    assert read(here, file).code == "symlink-outside"


def test_a_folder_that_becomes_a_symlink_during_the_look_is_not_entered(tmp_path):
    root = write(tmp_path, "outside/secret.md", "root/a.md", "root/x/b.md") / "root"
    scan = Folder(root, site()).scan()
    assert next(scan).path == "a.md"
    (root / "x").rename(root / "_y")
    (root / "x").symlink_to(tmp_path / "outside")
    assert list(scan) == []


def test_links_to_links_do_not_multiply_without_end(tmp_path):
    """Twenty folders that each link twice to the next one are a million paths."""
    for number in range(20):
        write(tmp_path, f"_{number}/a.md")
        for link in "xy":
            (tmp_path / f"_{number}/{link}").symlink_to(f"../_{number + 1}")
    (tmp_path / "start").symlink_to("_0")
    (tmp_path / "_20").mkdir()
    items = list(Folder(tmp_path, site()).scan())
    assert [item.path for item in items if isinstance(item, Found)] == ["start/a.md", "start/x/a.md", "start/y/a.md"]
    assert {item.code for item in items if isinstance(item, Diagnostic)} == {"symlink-loop"}


def test_a_volume_of_kubernetes_is_read_through_its_links(tmp_path):
    write(tmp_path, "..2024_01/a.md", text="old")
    (tmp_path / "..data").symlink_to("..2024_01")
    (tmp_path / "a.md").symlink_to("..data/a.md")
    here, before = only(tmp_path, "a.md")
    assert read(here, before).content == b"old"
    write(tmp_path, "..2024_02/a.md", text="new")
    (tmp_path / "..data_tmp").symlink_to("..2024_02")
    (tmp_path / "..data_tmp").rename(tmp_path / "..data")
    [after] = here.scan()
    assert (read(here, after).content, before.stamp != after.stamp) == (b"new", True)


# -- the root ---------------------------------------------------------------------------------------------------------


def test_a_symlinked_root_is_resolved_at_each_look_and_read_from_one_place(tmp_path):
    write(tmp_path, "one/a.md", text="one")
    write(tmp_path, "two/a.md", text="two")
    (tmp_path / "current").symlink_to("one")
    here, file = only(tmp_path / "current", "a.md")
    assert not here.moved()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").rename(tmp_path / "current")
    assert here.moved()
    assert read(here, file).content == b"one"
    [file] = here.scan()
    assert read(here, file).content == b"two"
    assert not here.moved()


def test_files_of_a_root_that_was_replaced_have_vanished(tmp_path):
    root = write(tmp_path / "root", "a.md")
    here, file = only(root, "a.md")
    root.rename(tmp_path / "gone")
    assert here.moved()
    assert read(here, file) is None
    write(root, "a.md")
    assert here.moved()
    assert read(here, file) is None


# -- reading ----------------------------------------------------------------------------------------------------------


def test_a_file_is_read_with_its_digest(tmp_path):
    here, file = only(write(tmp_path, "a/b.md", text="abc"), "a/b.md")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert read(here, file) == SourceFile("a/b.md", b"abc", digest)


def test_a_file_that_vanishes_between_look_and_read_is_none(tmp_path):
    here, file = only(write(tmp_path, "a/b.md"), "a/b.md")
    (tmp_path / "a/b.md").unlink()
    assert read(here, file) is None
    (tmp_path / "a").rmdir()
    assert read(here, file) is None
    write(tmp_path, "a")
    assert read(here, file) is None


@pytest.mark.parametrize(("size", "limit", "fits"), [(10, 10, True), (11, 10, False), (0, 0, True)])
def test_a_file_larger_than_the_limit_is_told_with_limit_and_setting(tmp_path, size, limit, fits):
    here, file = only(write(tmp_path, "a.md", text="x" * size), "a.md", max_file_size=limit)
    answer = read(here, file)
    assert read(here, file, limit) == answer
    assert read(here, file, 100).content == b"x" * size
    if fits:
        assert answer.content == b"x" * size
    else:
        assert (answer.code, answer.message) == ("too-large", "This file has 11 bytes; max_file_size allows 10.")
        assert "contentapi.toml" in answer.hint


def test_a_huge_file_is_refused_without_being_read(tmp_path):
    write(tmp_path, "a.md")
    os.truncate(tmp_path / "a.md", 1 << 40)
    here, file = only(tmp_path, "a.md")
    assert read(here, file).code == "too-large"


def writing(monkeypatch, path: Path, times: int):
    """Has another program append to the file, so many times, while it is read."""
    read, left = os.read, [times]

    def read_and_write(fd, size):
        if left[0]:
            left[0] -= 1
            with path.open("a") as file:
                file.write("more")
        return read(fd, size)

    monkeypatch.setattr(os, "read", read_and_write)


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    here, file = only(write(tmp_path, "a.md", text="text"), "a.md")
    writing(monkeypatch, tmp_path / "a.md", 2)
    assert read(here, file).content == b"textmoremore"


def test_a_file_that_never_settles_is_told(tmp_path, monkeypatch):
    here, file = only(write(tmp_path, "a.md", text="text"), "a.md")
    writing(monkeypatch, tmp_path / "a.md", 1_000)
    assert read(here, file).code == "unsettled"


@BUT_AS_ROOT
def test_a_file_without_permission_is_told(tmp_path):
    here, file = only(write(tmp_path, "a.md"), "a.md")
    (tmp_path / "a.md").chmod(0)
    answer = read(here, file)
    assert (answer.code, answer.severity, answer.path) == ("unreadable", Severity.ERROR, "a.md")


@BUT_AS_ROOT
def test_a_folder_without_permission_is_told_and_the_rest_is_found(tmp_path):
    write(tmp_path, "a/b.md", "c.md")
    (tmp_path / "a").chmod(0)
    try:
        items = list(Folder(tmp_path, site()).scan())
    finally:
        (tmp_path / "a").chmod(0o700)
    assert [(type(item), item.path) for item in items] == [(Diagnostic, "a"), (Found, "c.md")]


def refuse(monkeypatch, name: str, refused: str, error: OSError):
    """Has the system refuse one name, as it does for lack of rights or descriptors; root is refused nothing."""
    real = getattr(os, name)

    def call(path, *args, **options):
        if path == refused:
            raise error
        return real(path, *args, **options)

    monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(24, "Too many open files")])
def test_a_folder_that_cannot_be_opened_is_told_lest_its_files_seem_deleted(tmp_path, monkeypatch, error):
    write(tmp_path, "a/b.md", "c.md")
    refuse(monkeypatch, "open", "a", error)
    diagnostic, file = Folder(tmp_path, site()).scan()
    assert (diagnostic.code, diagnostic.path, file.path) == ("unreadable", "a", "c.md")
    assert diagnostic.message == f"This cannot be read: {error.strerror}."


def test_a_file_that_cannot_be_opened_is_told(tmp_path, monkeypatch):
    here, file = only(write(tmp_path, "a.md"), "a.md")
    refuse(monkeypatch, "open", "a.md", PermissionError(13, "Permission denied"))
    assert read(here, file).code == "unreadable"


@pytest.mark.parametrize(("path", "private"), [("_drafts", True), ("a/_drafts/b", True), ("_posts", False)])
def test_what_concerns_drafts_is_private(tmp_path, path, private):
    write(tmp_path, f"{path}/c.md")
    os.mkfifo(tmp_path / path / "d")
    here = Folder(tmp_path, site(max_file_size=1))
    file, pipe = here.scan()
    assert (pipe.private, read(here, file).private) == (private, private)


# -- assets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["img/a.png", f"img/{NFC}.png", f"img/{NFD}.png"])
def test_an_asset_is_opened_by_its_path(tmp_path, path):
    write(tmp_path, "img/a.png", f"img/{NFD}.png", text="picture")
    file, status = Folder(tmp_path, site()).open_asset(path)
    with file:
        assert (file.read(), status.st_size) == (b"picture", 7)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "img",
        "img/",
        "/img/a.png",
        "img/../img/a.png",
        "../site/img/a.png",
        "img/a.png/",
        "img/none.png",
        "img/a.png\0",
        "img/\udce9.png",
        ".env",
        ".git/config",
        "_hidden/a.png",
        "_drafts/a.png",
        "_data/a.csv",
        "README.md",
        "contentapi.toml",
        "out.png",
    ],
)
def test_what_is_no_asset_is_not_found(tmp_path, path):
    root = tmp_path / "site"
    write(root, "img/a.png", ".env", ".git/config", "_hidden/a.png", "_drafts/a.png", "_data/a.csv", "README.md")
    write(root, "contentapi.toml")
    (root / "out.png").symlink_to("/etc/passwd")
    with pytest.raises(NotFound):
        Folder(root, site()).open_asset(path)


def test_a_missing_folder_has_no_assets_but_an_error(tmp_path):
    with pytest.raises(FolderError):
        Folder(tmp_path / "none", site()).open_asset("a.png")


def test_pictures_are_measured_by_their_path(tmp_path):
    write(tmp_path, "a.svg", text='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>')
    here = Folder(tmp_path, site())
    assert (here.measure("a.svg"), here.measure("none.svg")) == ((30, 20), None)


# -- where to look ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "places"),
    [
        (["a.md"], {"a.md"}),
        (["_layouts/page.html", "README.md"], set()),
        (["_config.yml"], {"_config.yml"}),
        ([""], None),
        (["a.md", ""], None),
        (["_common/a.md"], {"link/a.md", "far/a.md"}),
        (["_common/b"], {"link/b", "far/b"}),
        (["_common"], {"link", "far", "file.md"}),
        (["_common/one.md"], {"file.md", "link/one.md", "far/one.md"}),
        (["_other/a.md"], set()),
        (["_late"], {"late"}),
        (["_step"], {"far"}),
        (["_common/a.md", "_step"], {"link/a.md", "far/a.md", "far"}),
        (["link"], {"link"}),
    ],
)
def test_changes_are_narrowed_to_what_is_looked_at_and_what_links_show_of_it(tmp_path, paths, places):
    write(tmp_path, "_common/a.md", "_common/one.md", "_other/a.md")
    (tmp_path / "link").symlink_to("_common")
    (tmp_path / "file.md").symlink_to("_common/one.md")
    (tmp_path / "late").symlink_to("_late")
    (tmp_path / "_step").symlink_to("_common")
    (tmp_path / "far").symlink_to(tmp_path / "_step")
    here = Folder(tmp_path, site())
    list(here.scan())
    assert here.narrow(paths) == places


def test_links_are_known_after_a_look_at_a_part(tmp_path):
    write(tmp_path, "_common/a.md", "b/c.md")
    (tmp_path / "one").symlink_to("_common")
    here = Folder(tmp_path, site())
    list(here.scan())
    (tmp_path / "b/two").symlink_to("../_common")
    list(here.scan("b"))
    assert here.narrow(["_common/a.md"]) == {"one/a.md", "b/two/a.md"}
    (tmp_path / "b/two").unlink()
    list(here.scan("b/two"))
    assert here.narrow(["_common/a.md"]) == {"one/a.md"}
