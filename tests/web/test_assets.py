"""Files of the content folder: those that may be served, and no other."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable

import pytest

from contentapi.source import walk
from contentapi.web import conditional
from contentapi.web.resources import assets
from tests.web.client import Site, write

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
FILES = {
    "_config.yml": "title: x\n",
    "a.md": "---\ntitle: A\npermalink: /a\n---\n![x](img/é%20b.png) ![y](/img/p.svg)\n",
    "img/p.svg": SVG,
    "img/é b.png": PNG,
    "img/empty.txt": b"",
    "img/page.html": "<p>no</p>",
    "img/run.sh": "#!/bin/sh",
    "img/.hidden.png": PNG,
    "docs/paper.pdf": b"%PDF-1.7",
    "_data/menu.yml": "main: []\n",
    "_drafts/secret.png": PNG,
    "README.md": "# no",
}


@pytest.fixture
def made(site) -> Site:
    return site(FILES)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The same, for tests that change nothing."""
    place = tmp_path_factory.mktemp("assets")
    write(place / "content", FILES)
    with Site(place / "content", place / "index.db") as one:
        yield one


@pytest.mark.parametrize(
    ("path", "media", "content"),
    [
        ("img/p.svg", "image/svg+xml", SVG),
        ("img/%C3%A9%20b.png", "image/png", PNG),
        ("img/empty.txt", "text/plain; charset=utf-8", b""),
        ("docs/paper.pdf", "application/pdf", b"%PDF-1.7"),
    ],
)
def test_a_file_is_served_as_it_lies_there(kept: Site, path, media, content):
    got = kept.get(f"/v1/assets/{path}")
    assert (got.status, got.body) == (200, content)
    assert got.headers["content-type"] == media
    assert got.headers["cache-control"].startswith("public, max-age=86400")
    assert kept.get(f"/v1/assets/{path}", if_none_match=got.headers["etag"]).status == 304
    assert kept.head(f"/v1/assets/{path}").headers == got.headers


def test_a_picture_that_is_a_document_can_do_nothing(made: Site):
    policy = made.get("/v1/assets/img/p.svg").headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} <= set(policy)
    assert not any(one.startswith("script-src") for one in policy)


def test_nothing_else_runs_a_script_either(made: Site):
    policy = made.get("/v1/assets/docs/paper.pdf").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy
    assert "sandbox" not in policy  # a browser shows no PDF in one


@pytest.mark.parametrize(
    "path",
    [
        "_config.yml",
        "_data/menu.yml",
        "a.md",
        "README.md",
        "img/page.html",
        "img/run.sh",
        "img/.hidden.png",
        "_drafts/secret.png",
        "img",
        "img/",
        "/",
        "nothing.png",
        "IMG/P.SVG",
        "img/p.svg/",
        "img/p.svg%00",
        "img/p.svg%00.png",
        "../content/img/p.svg",
        "%2e%2e/content/img/p.svg",
        "img/../img/p.svg",
        "..%2fcontent%2fimg%2fp.svg",
        "./img/p.svg",
        "img//p.svg",
        "img%5Cp.svg",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "....//....//etc/passwd",
        "%252e%252e/index.db",
        "..%c0%af..%c0%afetc/passwd",
        "file:///etc/passwd",
        "img/p.svg?x",
        "C:%5Cwindows%5Cwin.ini",
        "~root/.bashrc",
    ],
)
def test_no_other_file_is_served(kept: Site, path):
    assert kept.get(f"/v1/assets/{path}").status in ({400} if "?" in path else {404})


def test_a_link_out_of_the_folder_leads_nowhere(site, tmp_path):
    made = site(FILES)
    (tmp_path / "outside.png").write_bytes(PNG)
    (made.settings.folder / "img" / "link.png").symlink_to(tmp_path / "outside.png")
    made.change({})
    assert made.get("/v1/assets/img/link.png").status == 404
    # Not even when it takes the place of a file that the index knows.
    (made.settings.folder / "img" / "p.svg").unlink()
    (made.settings.folder / "img" / "p.svg").symlink_to(tmp_path / "outside.png")
    assert made.get("/v1/assets/img/p.svg").status == 404


def test_a_removed_file_is_gone_before_and_after_the_index_knows(made: Site):
    (made.settings.folder / "img" / "p.svg").unlink()
    assert made.get("/v1/assets/img/p.svg").status == 404
    made.change({})
    assert made.get("/v1/assets/img/p.svg").status == 404


def test_a_changed_file_has_another_tag(made: Site):
    before = made.get("/v1/assets/docs/paper.pdf")
    (made.settings.folder / "docs" / "paper.pdf").write_bytes(b"%PDF-2.0 longer")
    made.change({})
    after = made.get("/v1/assets/docs/paper.pdf")
    assert after.body == b"%PDF-2.0 longer"
    assert after.headers["etag"] != before.headers["etag"]
    assert after.headers["x-content-revision"] != before.headers["x-content-revision"]


def test_a_file_newer_than_the_index_is_not_kept_for_long(made: Site):
    (made.settings.folder / "docs" / "paper.pdf").write_bytes(b"%PDF-2.0")
    got = made.get("/v1/assets/docs/paper.pdf")
    assert got.headers["cache-control"] == "public, max-age=1, stale-while-revalidate=10, stale-if-error=86400"
    (made.settings.folder / "docs" / "paper.pdf").write_bytes(b"%PDF-3.0")
    assert made.get("/v1/assets/docs/paper.pdf").body == b"%PDF-3.0"


@pytest.mark.parametrize(("name", "coding"), [("film.webm", None), ("table.csv", None), ("short.csv", "br")])
def test_a_file_may_be_larger_than_a_document(site: Callable[..., Site], name: str, coding: str | None):
    content = b"a,b\n" * (1_500_000 if name != "short.csv" else 500)
    made = site({"contentapi.toml": "content.max_file_size = 1000\n", name: content})
    got = made.get(f"/v1/assets/{name}", Accept_Encoding="br")
    assert (got.status, got.headers.get("content-encoding")) == (200, coding)
    assert made.get(f"/v1/assets/{name}").body == content
    assert made.get(f"/v1/resolve?path=/{name}").json()["status"] == "found"


def test_nobody_waits_while_a_file_is_read(made: Site, monkeypatch):
    read, turned = assets._read, threading.Event()

    def slowly(*of: object):
        made._loop.call_soon_threadsafe(turned.set)
        assert turned.wait(10), "the event loop waits as well"
        return read(*of)

    monkeypatch.setattr(assets, "_read", slowly)
    assert made.get("/v1/assets/docs/paper.pdf").body == b"%PDF-1.7"


def test_a_file_that_the_index_has_seen_is_not_hashed_again(site: Callable[..., Site], monkeypatch):
    for name in ("_TICK_NS", "_COARSE_TICK_NS"):
        monkeypatch.setattr(walk, name, 0)  # what is written just now is trusted like what is old
    made, content = site({"film.mp4": b"film" * 2_000_000}), b"film" * 2_000_000
    tag = conditional.etag(content).decode()
    with monkeypatch.context() as during:
        during.setattr(hashlib, "sha256", None)
        got = made.get("/v1/assets/film.mp4")
    assert (got.body == content, got.headers["etag"], got.headers["cache-control"][:20]) == (
        True,
        tag,
        "public, max-age=8640",
    )
    # Another content in a file that looks the same but for the time of its last change is another file.
    film = made.settings.folder / "film.mp4"
    before = film.stat()
    film.write_bytes(b"FILM" * 2_000_000)
    os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))
    got = made.get("/v1/assets/film.mp4")
    assert (got.body[:4], got.headers["etag"] == tag, got.headers["cache-control"][:18]) == (
        b"FILM",
        False,
        "public, max-age=1,",
    )


def test_a_file_that_grew_beyond_the_limit_is_not_read(made: Site):
    with (made.settings.folder / "docs" / "paper.pdf").open("wb") as file:
        os.ftruncate(file.fileno(), 50_000_000)
    assert made.get("/v1/assets/docs/paper.pdf").status == 404


def test_an_index_without_its_folder_has_no_files(made: Site):
    made.settings.folder.rename(made.settings.folder.with_name("elsewhere"))
    assert made.get("/v1/assets/img/p.svg").status == 404
    assert made.get("/v1/pages/a").status == 200


def test_the_pictures_of_a_page_are_served(made: Site):
    html = made.get("/v1/pages/a").json()["html"]
    assert 'src="/v1/assets/img/%C3%A9%20b.png"' in html
    assert 'src="/v1/assets/img/p.svg"' in html
