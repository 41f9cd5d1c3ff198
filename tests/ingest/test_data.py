"""Data files in, menus out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contentapi.ingest import data
from contentapi.model import MenuEntry, Site, SourceFile
from contentapi.text import vocabulary

SITE = Site(vocabulary.default())


def read(text: str | bytes, path: str = "_data/menu.yml", site: Site = SITE) -> dict[str, tuple[MenuEntry, ...]]:
    content = text if isinstance(text, bytes) else text.encode()
    found = data.read(SourceFile(path, content, "digest"), site)
    assert not found.quarantined
    assert all(one.source == path for one in found.menus)
    return {one.name: one.entries for one in found.menus}


ENTRIES = {
    "label and url": ("{label: A, url: /a}", MenuEntry("A", "/a")),
    "title and link": ("{title: A, link: /a}", MenuEntry("A", "/a")),
    "text and href": ("{text: A, href: /a}", MenuEntry("A", "/a")),
    "name and target": ("{name: A, target: _pages/a.md}", MenuEntry("A", "_pages/a.md")),
    "path": ("{label: A, path: /a}", MenuEntry("A", "/a")),
    "page": ("{label: A, page: a}", MenuEntry("A", "a")),
    "a link that is shown, and where it leads": ("{link: A, url: /a}", MenuEntry("A", "/a")),
    "permalink": ("{text: A, permalink: /a}", MenuEntry("A", "/a")),
    "external_url": ("{title: A, external_url: 'https://a.example'}", MenuEntry("A", "https://a.example")),
    "blanks": ("{label: ' A ', url: ' /a '}", MenuEntry("A", "/a")),
    "a number": ("{label: 2020, url: /2020}", MenuEntry("2020", "/2020")),
    "a target alone": ("{url: /a}", MenuEntry(None, "/a")),
    "a picture for a label": ("{icon: star, url: /a}", MenuEntry("star", "/a")),
    "a label with an empty target": ("{label: A, url: }", MenuEntry("A", None)),
    "a label with empty children": ("{label: A, children: }", MenuEntry("A", None)),
    "children": ("{label: A, children: [{label: B, url: /b}]}", MenuEntry("A", None, (MenuEntry("B", "/b"),))),
    "items": ("{label: A, items: [{label: B, url: /b}]}", MenuEntry("A", None, (MenuEntry("B", "/b"),))),
    "links, and a target": ("{label: A, url: /a, links: [{url: /b}]}", MenuEntry("A", "/a", (MenuEntry(None, "/b"),))),
    "sub": ("{label: A, sub: [{label: B, url: /b}]}", MenuEntry("A", None, (MenuEntry("B", "/b"),))),
    "pages": ("{label: A, pages: [{label: B, page: b}]}", MenuEntry("A", None, (MenuEntry("B", "b"),))),
    "docs": ("{title: A, docs: [{link: /b}]}", MenuEntry("A", None, (MenuEntry(None, "/b"),))),
    "folders of a theme": (
        "{title: A, folders: [{title: B, folderitems: [{title: C, url: /c, subfolders: [{subfolderitems: [{url: /d}]}]}]}]}",
        MenuEntry(
            "A",
            None,
            (MenuEntry("B", None, (MenuEntry("C", "/c", (MenuEntry(None, None, (MenuEntry(None, "/d"),)),)),)),),
        ),
    ),
    "children without parent": ("{children: [{label: B, url: /b}]}", MenuEntry(None, None, (MenuEntry("B", "/b"),))),
    "children that are empty": ("{label: A, url: /a, children: [{}, null]}", MenuEntry("A", "/a")),
}


@pytest.mark.parametrize(("written", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_an_entry_is_read_in_every_shape(written: str, expected: MenuEntry) -> None:
    assert read(f"nav:\n- {written}") == {"nav": (expected,)}


@pytest.mark.parametrize(
    "written",
    ["{}", "null", "", "{label: A}", "{icon: star}", "{label: ' ', url: ''}", "{children: []}", "text", "[{url: /a}]"],
)
def test_what_is_empty_is_no_entry(written: str) -> None:
    assert read(f"nav:\n- {written}") == {}
    assert read(f"nav:\n- {{url: /a}}\n- {written}") == {"nav": (MenuEntry(None, "/a"),)}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("_data/menu.yml", "a: [{url: /a}]\nb: [{url: /b}]\nc: []\nd: text\ne: {url: /e}", ["a", "b"]),
        ("_data/footer.yml", "links: [{url: /a}]", ["footer.links"]),
        ("_data/nav/main.yaml", "- url: /a", ["nav.main"]),
        ("_data/nav/main.yaml", "top: [{url: /a}]", ["nav.main.top"]),
        ("_data/a.json", '{"b": [{"url": "/a"}]}', ["a.b"]),
        ("_data/a.json", '{\n\t"b":\t[\n\t\t{"url":"\\/a"}\n\t]\n}\n', ["a.b"]),
        ("_data/menu.yml", "- url: /a", ["menu"]),
        ("_data/menu.yml", "", []),
        ("_data/menu.yml", "text", []),
        ("_data/menu.yml", "[1, [2], {a: 3}]", []),
    ],
)
def test_a_menu_is_named_after_its_key_and_file(path: str, text: str, expected: list[str]) -> None:
    assert list(read(text, path)) == expected


def test_the_site_may_name_its_menus() -> None:
    text = "nav: [{url: /a}]\nother: [{url: /b}]"
    assert list(read(text, site=replace(SITE, menus=("nav",)))) == ["nav"]
    assert list(read(text, site=replace(SITE, menus=()))) == []


def test_data_may_lie_elsewhere() -> None:
    assert list(read("- url: /a", "donnees/nav.yml", replace(SITE, data_dir="donnees"))) == ["nav"]


def test_depth_is_bounded() -> None:
    text = "nav:\n- " + "{label: A, children: [" * 20 + "{url: /a}" + "]}" * 20
    deepest = read(text)["nav"]
    depth = 0
    while deepest:
        depth, deepest = depth + 1, deepest[0].children
    assert depth == 13


def test_a_byte_order_mark_harms_no_menu() -> None:
    assert list(read(b"\xef\xbb\xbfnav: [{url: /a}]")) == ["nav"]


@pytest.mark.parametrize(
    ("path", "content", "code", "line"),
    [
        ("_data/a.yml", b"a: [", "yaml-error", 2),
        ("_data/a.yml", b"a: b\n c: d", "yaml-error", 2),
        ("_data/a.json", b'{"a": [}', "yaml-error", 1),
        ("_data/a.yml", b"a: \xe9", "not-utf-8", 1),
    ],
)
def test_what_cannot_be_read_is_told_and_the_last_version_kept(path: str, content: bytes, code: str, line: int) -> None:
    found = data.read(SourceFile(path, content, "digest"), SITE)
    assert found.quarantined
    assert found.menus == ()
    assert [(one.code, one.path, one.line, one.severity.value) for one in found.diagnostics] == [
        (code, path, line, "error")
    ]


def test_oddities_are_told() -> None:
    found = data.read(SourceFile("_data/menu.yml", b"a: [{url: /a}]\na: [{url: /b}]", "digest"), SITE)
    assert [(one.code, one.line) for one in found.diagnostics] == [("duplicate-key", 2)]
    assert [one.entries for one in found.menus] == [(MenuEntry(None, "/b"),)]


def test_each_entry_knows_its_line() -> None:
    (first, second) = read("nav:\n- {label: A, url: /a}\n-\n  label: B\n  children:\n  - url: /b\n")["nav"]
    assert [first.line, second.line, second.children[0].line] == [2, 4, 6]
