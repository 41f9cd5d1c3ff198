"""What is not published is in no byte of any answer, however it is disguised, whoever names it, and whatever it was before.

Every draft is full of a canary, a word of its own. Everything that can be asked is asked, and no answer may hold it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson
import pytest

from tests.web.client import Got, Site
from tests.web.everywhere import Walk

Files = Mapping[str, str | bytes | None]

CANARY = "quaxolotl"


class Written(NamedTuple):
    """A text in an encoding that is not UTF-8."""

    text: str
    encoding: str


#: Everything that a document says of itself, in words of its own.
FRONT = f"""\
title: {CANARY} title
permalink: /{CANARY}/path
id: {CANARY}-id
description: {CANARY} description
subtitle: {CANARY} subtitle
excerpt: {CANARY} excerpt
tags: [{CANARY}-tag]
categories: [{CANARY}-category]
authors: [{CANARY}-author]
redirect_from: [/{CANARY}/old]
image: {{path: /img/{CANARY}.png, alt: {CANARY} alt}}
sidebar: {CANARY}-sidebar
layout: {CANARY}-layout
breadcrumbs: [{{title: {CANARY} crumb, link: /{CANARY}/crumb}}]
objectives: [{CANARY} objective]
decision: {CANARY} decides
{CANARY}: {{{CANARY}: {CANARY}}}
date: 2020-01-01
"""
BODY = f"""
# {CANARY} heading

{CANARY} [{CANARY}](/{CANARY}/link) ![{CANARY}](/{CANARY}.png) <iframe src=https://{CANARY}.example></iframe>
<script>{CANARY}</script> [{CANARY}](javascript:{CANARY}) {{% include {CANARY} %}} [anchor](#{CANARY})

La construction de {CANARY} dure six mois.
"""


def draft(said: str, *, front: str = FRONT) -> str:
    return f"---\n{front}{said}\n---\n{BODY}"


#: What says that a document is not published, as a line of its front matter.
SAID = {
    "true": "draft: true",
    "yes": "draft: yes",
    "on": "draft: on",
    "one": "draft: 1",
    "in quotes": 'draft: "true"',
    "in capitals": "DRAFT: TRUE",
    "in French": "draft: oui",
    "the key in quotes": '"draft": true',
    "the key of many words": "? draft\n: true",
    "the key with a blank no one sees": "draft\u00a0: true",
    "with a comment": "draft: true # for now",
    "with a tag": "draft: !!str true",
    "with an anchor": "draft: &now true",
    "in a block": "draft: >-\n  true",
    "in a list": "draft: [true]",
    "unclear": f"draft: {CANARY}",
    "twice": "draft: true\ndraft: false",
    "twice, the other way": "draft: false\ndraft: true",
    "merged": "<<: {draft: true}",
    "not published": "published: false",
    "published: no": "published: no",
    "published: off": "Published: 'off'",
    "unpublished": "unpublished: true",
    "both": "published: true\ndraft: true",
    "dots for a fence": "draft: true\n...",
}

#: Files of which none may be published, by what is odd about them. A name that a public diagnostic has to tell has no
#: canary in it: of a file that cannot be read nobody knows that it is a draft.
DISGUISED: dict[str, dict[str, str | Written]] = {
    **{name: {f"{CANARY}.md": draft(said)} for name, said in SAID.items()},
    "one of many mappings": {f"{CANARY}.md": f"---\n{{draft: true, title: {CANARY}, permalink: /{CANARY}}}\n---\n{BODY}"},
    "no words at all": {f"{CANARY}.md": "---\ndraft: true\n---\n"},
    "the folder of drafts": {f"_drafts/{CANARY}.md": draft("")},
    "a folder of drafts beneath": {f"{CANARY}/_drafts/{CANARY}/a.md": draft("published: true")},
    "a picture among drafts": {f"_drafts/{CANARY}.png": Written(f"\x89PNG {CANARY}", "latin-1")},
    "a link to a draft": {f"_drafts/{CANARY}.md": draft(""), "shown.md -> ": f"_drafts/{CANARY}.md"},
    "a link to the folder of drafts": {f"_drafts/{CANARY}.md": draft(""), "shown -> ": "_drafts"},
    "a link to a picture among drafts": {f"_drafts/{CANARY}.png": f"{CANARY}", "a.png -> ": f"_drafts/{CANARY}.png"},
    "an article": {f"_posts/2020-01-01-{CANARY}.md": draft("draft: true")},
    "an article to come": {f"_posts/2020-01-01-{CANARY}.md": draft("date: 2999-01-01")},
    "an article whose name is to come": {f"_posts/2999-01-01-{CANARY}.md": draft("", front=FRONT.replace("date:", "d:"))},
    "a page to come": {f"{CANARY}.md": draft("date: 2999-01-01 10:00:00 +0100")},
    "a phase": {f"_phases/{CANARY}.md": draft("draft: true")},
    "an author": {f"_authors/{CANARY}.md": draft("published: false")},
    "a page in HTML": {f"{CANARY}.html": draft("draft: true")},
    "another spelling of Markdown": {f"{CANARY}.markdown": draft("draft: true")},
    "carriage returns": {f"{CANARY}.md": draft("draft: true").replace("\n", "\r\n")},
    "nothing but carriage returns": {f"{CANARY}.md": draft("draft: true").replace("\n", "\r")},
    "an empty line above": {"a.md": "\n" + draft("draft: true")},
    "blanks above": {"a.md": " \t\n" + draft("draft: true")},
    "a byte order mark": {"a.md": "\ufeff" + draft("draft: true")},
    "a byte order mark and carriage returns": {"a.md": "\ufeff" + draft("draft: true").replace("\n", "\r\n")},
    "UTF-16": {"a.md": Written(draft("draft: true"), "utf-16")},
    "UTF-16, big end first": {"a.md": Written(draft("draft: true"), "utf-16-be")},
    "UTF-16, small end first": {"a.md": Written(draft("draft: true"), "utf-16-le")},
    "UTF-32": {"a.md": Written(draft("draft: true"), "utf-32")},
    "Windows-1252": {"a.md": Written(draft("draft: true\nété: à"), "cp1252")},
    "a NUL": {"a.md": draft("draft: true\n\0")},
    "a fence that is never closed": {"a.md": draft("draft: true").replace("\n---\n", "\n")},
    "a fence with blanks before it": {"a.md": " " + draft("draft: true")},
    "a fence of four": {"a.md": "-" + draft("draft: true")},
    "a fence of dashes": {"a.md": draft("draft: true").replace("---", "\u2014")},
    "a closing fence of four": {"a.md": draft("draft: true").replace("\n---\n", "\n----\n")},
    "text beside the fence": {"a.md": draft("draft: true").replace("---\n", "--- draft\n", 1)},
    "no fence above": {"a.md": draft("draft: true").removeprefix("---\n")},
    "a comment above": {"a.md": f"<!-- {CANARY} -->\n" + draft("draft: true")},
    "fenced as code": {"a.md": f"```yaml\n{draft('draft: true')}"},
    "TOML": {"a.md": f'+++\ndraft = true\ntitle = "{CANARY}"\n+++\n{BODY}'},
    "JSON": {"a.md": f'{{\n"draft": true,\n"title": "{CANARY}"\n}}\n{BODY}'},
    "JSON between semicolons": {"a.md": f';;;\n{{"draft": true, "title": "{CANARY}"}}\n;;;\n{BODY}'},
    "YAML that is none": {"a.md": draft(f"draft: true\n{CANARY}: [{CANARY}")},
    "YAML with a quote too many": {"a.md": draft(f'draft: true\n{CANARY}: "{CANARY}" {CANARY}')},
    "a key without a value's blank": {"a.md": draft(f"draft:true\n{CANARY}:{CANARY}")},
    "a tab": {"a.md": draft(f"draft: true\n\t{CANARY}: {CANARY}")},
    "an alias of nothing": {"a.md": draft(f"draft: true\na: *{CANARY}")},
    "an unknown tag": {"a.md": draft(f"draft: true\na: !{CANARY} {CANARY}")},
    "a key that is a list": {"a.md": draft(f"draft: true\n? [{CANARY}]\n: {CANARY}")},
    "a directive": {"a.md": draft(f"draft: true\n%{CANARY} {CANARY}")},
    "a date that is none": {"_posts/a.md": draft(f"draft: true\ndate: {CANARY}")},
    "a list of one mapping": {"a.md": f"---\n- draft: true\n  title: {CANARY}\n---\n{BODY}"},
    "too large": {"a.md": draft("draft: true") + "x" * 3_000_000},
    "a text that is served as it is": {f"{CANARY}.txt": draft("draft: true")},
    "a text with an ending more": {f"{CANARY}.md.txt": draft("published: false")},
    "a text in UTF-16": {"a.txt": Written(draft("draft: true"), "utf-16")},
    "a text in TOML": {"a.txt": f"+++\ndraft = true\ntitle = '{CANARY}'\n+++\n"},
    "a drawing": {f"{CANARY}.svg": draft("draft: true") + f"<svg><text>{CANARY}</text></svg>"},
    "a table": {f"{CANARY}.csv": draft("draft: true") + f"{CANARY};1\n"},
    "subtitles": {f"{CANARY}.vtt": draft("draft: true") + f"WEBVTT\n\n{CANARY}\n"},
    "leftovers": dict.fromkeys(
        (f"{CANARY}.md~", f".{CANARY}.md.swp", f"#{CANARY}.md#", f"{CANARY}.md.bak", f"{CANARY}.md.orig"),
        draft("title: Not yet"),
    ),
}  # fmt: skip

#: What depends on the settings of the site.
BY_SETTINGS: dict[str, dict[str, str]] = {
    "an excluded file": {f"notes/{CANARY}.md": draft("title: Not yet"), "contentapi.toml": 'content.exclude = ["notes"]'},
    "the defaults of the site": {
        "_config.yml": "defaults: [{scope: {path: soon}, values: {published: false}}]",
        f"soon/{CANARY}.md": draft(""),
    },
}  # fmt: skip

#: A site that is published, of everything there is.
PUBLIC: dict[str, str | bytes] = {
    "index.md": "---\ntitle: Home\n---\n[A](/docs/a)\n",
    "docs/a.md": "---\ntitle: A\npermalink: /docs/a\nsidebar: nav\n---\n## One\n\nText.\n",
    "_posts/2024-01-01-one.md": "---\ntitle: One\ntags: [t]\nauthors: [who]\ncategories: [c]\n---\nText.\n",
    "_data/menu.yml": "nav:\n- {label: A, url: /docs/a}\n",
    "_redirects": "/old /docs/a\n",
    "img/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


#: The canary of one disguise: the canary and its number.
NUMBERED = re.compile(rb"quaxolotl([0-9]*)", re.IGNORECASE)
#: What has a meaning at the top of the folder only.
AT_THE_TOP = ("_phases/", "_authors/", "_config.yml", "contentapi.toml")


def canaries(got: Got) -> set[int]:
    """The numbers of the canaries that an answer holds, in its headers or its body, in whatever letters or encoding."""
    head = repr(sorted(got.headers.items())).encode()
    body = _without_names(got) if b'"change":"removed"' in got.body else got.body
    return {int(number or 0) for number in NUMBERED.findall(head + body.replace(b"\0", b""))}


def _without_names(got: Got) -> bytes:
    """An answer without the ids and paths of what was removed: whoever holds it must be told what to drop, and no more."""
    body = got.json()
    for one in body["items"]:
        if one["change"] == "removed":
            one |= {"id": None, "path": None}
            assert {one[name] for name in ("slug", "title", "digest", "links", "previous")} == {None}
    return orjson.dumps(body)


def leaks(site: Site, *, brief: bool = False) -> dict[int, list[str]]:
    """Every request whose answer holds a canary, by its number."""
    walk, found = Walk(site, brief), {}
    for target, got in (*walk.answers(), *walk.methods()):
        for number in canaries(got):
            found.setdefault(number, []).append(target)
    assert len(walk.asked) > (100 if brief else 1000)
    return found


def numbered(number: int, files: Mapping[str, str | Written]) -> dict[str, str | bytes]:
    """The files of one disguise with a canary and, as far as it may be, a folder of their own."""
    found: dict[str, str | bytes] = {}
    for name, written in files.items():
        text, encoding = written if isinstance(written, Written) else (written, "utf-8")
        place = name if name.startswith(AT_THE_TOP) else f"d{number}/{name}"
        found[place.replace(CANARY, f"{CANARY}{number}")] = text.replace(CANARY, f"{CANARY}{number}").encode(encoding)
    return found


def made(site: Callable[..., Site], files: Files) -> Site:
    """A site of these files; ``NAME -> `` names a symlink."""
    links = {name.removesuffix(" -> "): target for name, target in files.items() if name.endswith(" -> ")}
    here: Site = site({name: text for name, text in files.items() if not name.endswith(" -> ")})
    for name, target in links.items():
        (here.settings.folder / name).symlink_to(os.fsdecode(target))
    if links:
        here.change({})
    return here


# -- disguises --------------------------------------------------------------------------------------------------------


def test_nothing_of_a_draft_is_served_however_it_is_disguised(site: Callable[..., Site]) -> None:
    files: dict[str, str | bytes] = dict(PUBLIC)
    for number, disguise in enumerate(DISGUISED.values(), 1):
        files |= numbered(number, disguise)
    names = dict(enumerate(DISGUISED, 1))
    assert {names[number]: targets for number, targets in leaks(made(site, files)).items()} == {}


@pytest.mark.parametrize("files", BY_SETTINGS.values(), ids=BY_SETTINGS)
def test_nothing_is_served_of_what_the_settings_keep_back(site: Callable[..., Site], files: Files) -> None:
    assert leaks(made(site, {**PUBLIC, **files})) == {}


def test_what_is_published_is_found_by_the_same_walk(site: Callable[..., Site]) -> None:
    """So that the others can fail."""
    texts = {
        f"{ending}.{ending}": f"{CANARY}{number}\n" for number, ending in enumerate(("txt", "svg", "csv", "vtt"), 1)
    }
    found = leaks(made(site, {**PUBLIC, **texts, f"{CANARY}.md": draft("draft: false")}))
    assert set(found) == {0, 1, 2, 3, 4}
    assert len(found[0]) > 100
    assert {one.partition("?")[0].partition(" ")[0] for one in found[0]} >= {
        "/docs", "/v1/openapi.json", "/v1/pages", "/v1/diagnostics", "/v1/redirects", "/v1/navigation", "/v1/resolve",
        f"/v1/pages/{CANARY}/path", f"/v1/pages/{CANARY}/path.md", "/v1/collections/pages",
    }  # fmt: skip


# -- whoever names it -------------------------------------------------------------------------------------------------

#: A draft whose address says nothing, and everything that may name one.
NAMED = f"""title: {CANARY} title
permalink: /soon
description: {CANARY}
image: /{CANARY}.png
tags: [{CANARY}-tag]
redirect_from: [/soon-before]
"""
NAMING: dict[str, str | bytes] = {
    "_pages/links.md": (
        "---\ntitle: Links\npermalink: /links\nbreadcrumbs:\n- {title: Above, link: /soon}\nsidebar: soon\n"
        "redirect_from: /soon-moved\n---\n[a](/soon) [b](soon.md) [c](/_pages/soon.md) [d](/soon#one) "
        "![e](/soon.png) [f](/soon-before) {% link _pages/soon.md %} {% post_url 2020-01-01-soon %}\n"
    ),
    "_pages/below.md": "---\ntitle: Below\npermalink: /soon/below\n---\nText.\n",
    "_pages/moved.md": "---\ntitle: Moved\npermalink: /moved\nredirect_to: /soon\n---\n",
    "_data/menu.yml": "nav:\n- {label: Soon, url: /soon}\n- {label: File, url: _pages/soon.md}\nsoon:\n- /soon\n",
    "_redirects": "/a /soon\n/b /soon-before\n/c/* /soon/:splat\n",
    "_posts/2020-01-02-two.md": "---\ntitle: Two\nauthors: [soon]\ntags: [soon]\ncategories: [soon]\nphase: soon\n---\n",
    "_posts/2020-01-03-three.md": "---\ntitle: Three\ntags: [soon]\n---\n[a](/2020/01/01/soon.html)\n",
}
BEHIND = {
    "_pages/soon.md": draft("draft: true", front=NAMED),
    "_posts/2020-01-01-soon.md": draft("draft: true", front=f"title: {CANARY}\ntags: [soon]\n"),
    "_authors/soon.md": draft("draft: true", front=f"title: {CANARY}\n"),
    "_phases/soon.md": draft("draft: true", front=f"title: {CANARY}\n"),
    "_pages/tag-soon.md": draft("draft: true", front=f"title: {CANARY}\nlayout: tag\nalias: soon\n"),
}
#: What a caller may try, who guesses how a draft is called.
GUESSES = (
    "/v1/pages/soon", "/v1/pages/soon.md", "/v1/pages/soon/", "/v1/pages/_pages/soon.md", "/v1/pages/soon-before",
    "/v1/pages/2020/01/01/soon", "/v1/articles/soon", "/v1/articles/soon.md", "/v1/authors/soon",
    "/v1/phases/soon", "/v1/tags/soon", "/v1/categories/soon", "/v1/collections/pages/soon", "/v1/collections/articles/soon",
    "/v1/collections/phases/soon", "/v1/collections/authors/soon", "/v1/resolve?path=/soon",
    "/v1/resolve?path=/_pages/soon.md", "/v1/navigation?current=/soon", "/v1/assets/_pages/soon.md", "/v1/assets/soon.png",
    "/v1/assets/_drafts/soon.md", "/v1/pages?path=/soon", "/v1/pages?parent=/soon", "/v1/articles?tag=soon&include=html",
    "/v1/pages?title__contains=quaxolot&total=true", "/v1/pages/links?include=outgoing,incoming,sidebar",
)  # fmt: skip


def test_who_names_a_draft_says_nothing_of_it(site: Callable[..., Site]) -> None:
    here = made(site, {**PUBLIC, **NAMING, **BEHIND})
    assert leaks(here) == {}
    assert [target for target in GUESSES if canaries(here.get(target))] == []


def test_a_draft_cannot_be_told_from_what_is_not_there(site: Callable[..., Site]) -> None:
    """But by the diagnostics of its own folder, which are private."""
    with_drafts, without = made(site, {**PUBLIC, **NAMING, **BEHIND}), made(site, {**PUBLIC, **NAMING})
    for target in (*GUESSES, "/v1/diagnostics?limit=100", "/v1/redirects", "/v1/navigation", "/v1/tags", "/v1/status"):
        one, other = with_drafts.get(target), without.get(target)
        if target == "/v1/status":
            assert {**one.json(), "last_sync": 0} == {**other.json(), "last_sync": 0}
        else:
            assert (one.status, one.body, one.headers) == (other.status, other.body, other.headers), target


# -- whatever it was before -------------------------------------------------------------------------------------------

SHOWN = "---\ntitle: Shown\npermalink: /soon\ntags: [shown]\n---\nShown.\n"
UNREADABLE = f"---\ndraft: true\ntitle: {CANARY}\n{CANARY}: [\n---\n{BODY}"
DRAFT = draft("draft: true")
PUBLISHED = draft("draft: false")

#: What becomes of one file, or of two, step by step; after each, whether the canary is to be found, and whether what was
#: shown at first still is (the last good version of what cannot be read).
BECOMING: dict[str, list[tuple[Files, bool, bool]]] = {
    "a page becomes a draft": [({"a.md": PUBLISHED}, True, False), ({"a.md": DRAFT}, False, False)],
    "and is published again": [
        ({"a.md": PUBLISHED}, True, False), ({"a.md": DRAFT}, False, False), ({"a.md": PUBLISHED}, True, False),
    ],
    "a draft becomes a page": [({"a.md": DRAFT}, False, False), ({"a.md": PUBLISHED}, True, False)],
    "a page becomes a draft that cannot be read": [({"a.md": SHOWN}, False, True), ({"a.md": UNREADABLE}, False, True)],
    "and then one that can": [
        ({"a.md": SHOWN}, False, True), ({"a.md": UNREADABLE}, False, True), ({"a.md": DRAFT}, False, False),
    ],
    "a draft becomes one that cannot be read": [({"a.md": DRAFT}, False, False), ({"a.md": UNREADABLE}, False, False)],
    "a page goes among the drafts": [
        ({"a.md": PUBLISHED}, True, False), ({"a.md": None, "_drafts/a.md": PUBLISHED}, False, False),
    ],
    "a draft leaves them": [
        ({"_drafts/a.md": PUBLISHED}, False, False), ({"_drafts/a.md": None, "a.md": PUBLISHED}, True, False),
    ],
    "a page is dated in the future": [
        ({"a.md": PUBLISHED}, True, False), ({"a.md": draft("date: 2999-01-01")}, False, False),
    ],
    "a page is saved in another encoding": [({"a.md": SHOWN}, False, True), ({"a.md": DRAFT.encode("utf-16")}, False, True)],
    "a page grows too large": [({"a.md": SHOWN}, False, True), ({"a.md": DRAFT + "x" * 3_000_000}, False, True)],
    "a page loses its front matter": [({"a.md": SHOWN}, False, True), ({"a.md": f"{CANARY}\n"}, False, False)],
    "a text becomes a draft": [({"a.txt": f"{CANARY}\n"}, True, False), ({"a.txt": DRAFT}, False, False)],
    "a text becomes a draft that cannot be read": [
        ({"a.txt": f"{CANARY}\n"}, True, False), ({"a.txt": UNREADABLE}, False, False),
        ({"a.txt": f"{CANARY}\n"}, True, False),
    ],
    "a page is renamed to a draft's name": [
        ({"a.md": PUBLISHED, "b.md": DRAFT}, True, False), ({"a.md": None, "b.md": DRAFT}, False, False),
    ],
    "a draft takes the address of a page": [({"a.md": SHOWN, "b.md": draft("draft: true\npermalink: /soon")}, False, True)],
}  # fmt: skip


@pytest.mark.parametrize("steps", BECOMING.values(), ids=BECOMING)
def test_nothing_is_left_of_what_is_no_longer_published(site: Callable[..., Site], steps: list) -> None:
    (first, *_), *_ = steps
    here = made(site, {**PUBLIC, **first})
    for number, (files, found, shown) in enumerate(steps):
        if number:
            here.change(files)
        assert bool(leaks(here, brief=True)) is found
        assert (here.get("/v1/pages/soon").status == 200) is shown


def test_a_text_is_not_served_as_a_draft_before_that_is_noticed(site: Callable[..., Site]) -> None:
    """What is served as it is comes from the folder, which is ahead of the index for a moment."""
    here = made(site, {**PUBLIC, "a.txt": "Text.\n"})
    assert here.get("/v1/assets/a.txt").body == b"Text.\n"
    (here.settings.folder / "a.txt").write_text(DRAFT)
    assert CANARY not in here.get("/v1/assets/a.txt?").text
    here.change({"a.txt": "A text on drafts, and what is published.\n"})
    assert here.get("/v1/assets/a.txt").status == 200
