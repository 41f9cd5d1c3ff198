"""Answers that stay finished over a change are those that would be made anew: after random edits, of all kinds."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from contentapi.index.reader import Index
from contentapi.web.app import create_app
from tests.web.client import Client, Got, Site
from tests.web.everywhere import Walk

WORDS = (
    "ancre",
    "brise",
    "cap",
    "digue",
    "estran",
    "flot",
    "grève",
    "houle",
    "jetée",
    "lagune",
    "marée",
    "phare",
    "rade",
)

Files = dict[str, str | None]
Edit = Callable[[random.Random, dict[str, str]], Files]


def document(fields: str, body: str = "Du texte.") -> str:
    return f"---\n{fields}\n---\n{body}\n"


CONTENT: dict[str, str] = {
    "contentapi.toml": '[site]\norigin = "https://site.example"\n'
    '[collections.ports]\ndirectory = "ports"\npermalink = "/ports/:slug"\noutput = true\n',
    "index.md": document("title: Accueil", "Vers [la côte](/cote)."),
    "cote.md": document("title: Côte\npermalink: /cote\nsidebar: main", "Une grève et un phare."),
    "cote/nord.md": document("title: Nord\npermalink: /cote/nord", "Le phare du nord.\n\n[Sud](/cote/sud)"),
    "cote/sud.md": document("title: Sud\npermalink: /cote/sud\ntags: [mer]", "La grève du sud."),
    "cote/est.md": document("title: Est\npermalink: /cote/est", "Voyez [un billet](/marees)."),
    "_posts/2020-01-02-marees.md": document("title: Marées\nauthor: ada\ntags: [mer, vent]", "Le flot, la houle."),
    "_posts/2021-03-04-vents.md": document("title: Vents\nauthor: ada\ncategories: [ciel]", "La brise du large."),
    "_posts/2022-05-06-sables.md": document("title: Sables\ntags: [mer]", "Le sable de la grève."),
    "_authors/ada.md": document("title: Ada", "Elle écrit."),
    "ports/brest.md": document("title: Brest\nsize: 3", "Une rade."),
    "ports/calais.md": document("title: Calais\nsize: 2", "Un quai."),
    "_phases/investigation.md": document("title: Investigation\nposition: 1", "On cherche."),
    "_phases/construction.md": document("title: Construction\nposition: 2", "On bâtit."),
    "construction.md": document("title: Bâtir\npermalink: /construction", "La construction dure six mois."),
    "_data/main.yml": "- label: Nord\n  target: /cote/nord\n- target: /cote/sud\n- target: /marees\n",
    "_redirects": "/vieux /cote 301\n",
}


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _document(rng: random.Random, now: dict[str, str]) -> str:
    return rng.choice(sorted(name for name in now if name.endswith(".md")))


def retitled(rng: random.Random, now: dict[str, str]) -> Files:
    name = _document(rng, now)
    lines = _lines(now[name])
    title = next(number for number, line in enumerate(lines) if line.startswith("title:"))
    lines[title] = f"title: {rng.choice(WORDS).capitalize()} {rng.randrange(100)}"
    return {name: "\n".join(lines)}


def retitled_slightly(rng: random.Random, now: dict[str, str]) -> Files:
    name = _document(rng, now)
    lines = _lines(now[name])
    title = next(number for number, line in enumerate(lines) if line.startswith("title:"))
    lines[title] += rng.choice("abc")
    return {name: "\n".join(lines)}


def reworded(rng: random.Random, now: dict[str, str]) -> Files:
    name = _document(rng, now)
    return {name: now[name] + f"\n## {rng.choice(WORDS)}\n\n{' '.join(rng.choices(WORDS, k=9))}\n"}


def described(rng: random.Random, now: dict[str, str]) -> Files:
    name = _document(rng, now)
    front = f"description: {rng.choice(WORDS)} {rng.randrange(9)}"
    kept = [line for line in _lines(now[name]) if not line.startswith("description:")]
    return {name: "\n".join([kept[0], front, *kept[1:]])}


def fronted(rng: random.Random, now: dict[str, str]) -> Files:
    """Another value of what may mean anything: what orders, dates, hides, names or withdraws."""
    name = _document(rng, now)
    word, number = rng.choice(WORDS), rng.randrange(5)
    front = rng.choice([
        f"order: {number}", f"date: 202{number}-01-01", "hidden: true", f"tags: [mer, {word}]", f"weight: {number}",
        f"phase: {rng.choice(['construction', 'investigation'])}", f"redirect_from: /{word}", "draft: true",
        f"position: {number}", f"lang: {rng.choice(['en', 'fr'])}", f"author: {word}", f"subtitle: {word}",
        f"image: /{word}.png", f"sidebar: {rng.choice(['main', 'none'])}", f"updated: 202{number}-02-02",
    ])  # fmt: skip
    key = front.partition(":")[0]
    kept = [line for line in _lines(now[name]) if not line.startswith(f"{key}:")]
    return {name: "\n".join([kept[0], front, *kept[1:]])}


def linked(rng: random.Random, now: dict[str, str]) -> Files:
    name = _document(rng, now)
    to = rng.choice(["/cote/nord", "/cote/sud", "/vieux", "/nulle-part", "/ports/brest", "https://example.org/"])
    return {name: now[name] + f"\n[{rng.choice(WORDS)}]({to})\n"}


def several(rng: random.Random, now: dict[str, str]) -> Files:
    return {**retitled(rng, now), **retitled(rng, now), **reworded(rng, now)}


def come_or_gone(rng: random.Random, now: dict[str, str]) -> Files:
    name = _document(rng, now)
    if rng.random() < 0.5 and name not in {"index.md", "_phases/construction.md"}:
        return {name: None}
    word = rng.choice(WORDS)
    return {f"cote/{word}.md": document(f"title: {word}\npermalink: /cote/{word}")}


def rearranged(rng: random.Random, now: dict[str, str]) -> Files:
    if rng.random() < 0.5:
        return {"_redirects": now["_redirects"] + f"/ex-{rng.choice(WORDS)} /cote/nord 302\n"}
    return {"_data/main.yml": now["_data/main.yml"] + f"- label: {rng.choice(WORDS)}\n  target: /cote\n"}


#: The most frequent ones are those that leave answers as they are.
EDITS: tuple[Edit, ...] = (
    retitled, retitled, retitled_slightly, retitled_slightly, reworded, reworded, described, described, fronted, fronted,
    linked, several, come_or_gone, rearranged,
)  # fmt: skip


def everything(site: Site, rng: random.Random) -> list[tuple[str, str]]:
    """Some of all that can be asked, each operation in each form; the rest is for the other seeds."""
    targets = Walk(site).targets()
    return rng.sample(targets, min(len(targets), 150))


def fresh(site: Site, asked: list[tuple[str, str]]) -> dict[tuple[str, str], Got]:
    """What a service answers that has never answered before."""
    index = Index(site.settings.index, site.settings.site)
    client = Client(create_app(site.settings, index=index, ready=lambda: True))
    try:
        return {one: client.get(one[0], accept=one[1]) for one in asked}
    finally:
        index.close()
        client.close()


@pytest.mark.parametrize("seed", range(6))
def test_every_kept_answer_is_the_one_that_would_be_made(site, seed):
    rng = random.Random(seed)
    now = dict(CONTENT)
    made: Site = site(now)
    asked = everything(made, rng)
    for one in asked:
        made.get(one[0], accept=one[1])
    for _ in range(6):
        edit = rng.choice(EDITS)
        files = edit(rng, now)
        made.change(files)
        for name, text in files.items():
            if text is None:
                del now[name]
            else:
                now[name] = text
        expected = fresh(made, asked)
        for one in asked:
            got = made.get(one[0], accept=one[1])
            if got.headers["cache-control"] != "no-store":  # what a process counts is its own
                assert got == expected[one], (seed, edit.__name__, files, one)


#: One change each: a file, what stands in it, what stands there afterwards. No name comes or goes with any of them.
TURNS: tuple[tuple[str, str, str], ...] = (
    ("cote/sud.md", "title: Sud", "title: Aber"),  # passes others in the order of the tree
    ("cote/sud.md", "title: Sud", "title: Sud-Est"),
    ("_posts/2021-03-04-vents.md", "title: Vents", "title: Alizés"),
    ("_posts/2020-01-02-marees.md", "title: Marées", "title: Grandes marées"),  # in a menu, and linked from a page
    ("_posts/2020-01-02-marees.md", "[mer, vent]", "[mer, Vent]"),
    ("_posts/2020-01-02-marees.md", "[mer, vent]", "[mer, large]"),
    ("_posts/2021-03-04-vents.md", "author: ada", "author: bob"),
    ("_posts/2021-03-04-vents.md", "La brise", "Le phare, la grève, le sud, le nord"),
    ("_authors/ada.md", "title: Ada", "title: Ada L."),
    ("_authors/ada.md", "Elle écrit.", "Elle lit."),
    ("ports/brest.md", "size: 3", "size: 1"),
    ("ports/brest.md", "title: Brest", "title: Zeebruges"),
    ("_phases/investigation.md", "title: Investigation", "title: Enquête"),
    ("_phases/investigation.md", "position: 1", "position: 9"),
    ("construction.md", "title: Bâtir", "title: Construire"),
    ("construction.md", "six mois", "neuf mois"),
    ("cote/nord.md", "(/cote/sud)", "(/cote/est)"),
    ("cote/nord.md", "permalink: /cote/nord", "permalink: /cote/septentrion"),
    ("cote.md", "sidebar: main", "sidebar: none"),
    ("index.md", "title: Accueil", "title: Bienvenue"),
    ("_data/main.yml", "label: Nord", "label: Là-haut"),
    ("_redirects", "/vieux /cote", "/vieux /cote/sud"),
)


@pytest.mark.parametrize(("name", "old", "new"), TURNS, ids=[f"{name}: {new}" for name, _, new in TURNS])
def test_each_kind_of_change_reaches_every_answer_that_shows_it(site, name, old, new):
    made: Site = site(CONTENT)
    asked = [one for one in Walk(made, brief=True).targets() if one[1] == "*/*"]
    for one in asked:
        made.get(one[0], accept=one[1])
    assert old in CONTENT[name]
    made.change({name: CONTENT[name].replace(old, new)})
    for one, expected in fresh(made, asked).items():
        if expected.headers["cache-control"] != "no-store":
            assert made.get(one[0], accept=one[1]) == expected, one


# -- what stays finished ----------------------------------------------------------------------------------------------


def finished(site: Site, target: str) -> object:
    """The finished answer of an address, as the service holds it."""
    path, _, query = target.encode().partition(b"?")
    return site.app._desk.store.get((path, query), b"*/*")


@pytest.mark.parametrize(
    ("change", "goes", "stays"),
    [
        (
            {"ports/brest.md": document("title: Brest-même\nsize: 3", "Une rade.")},
            ["/v1/collections/ports", "/v1/collections/ports/brest", "/", "/v1/search?q=rade"],
            [
                "/v1/pages/cote",
                "/v1/articles",
                "/v1/navigation",
                "/v1/tags",
                "/v1/collections/ports/calais?fields=title",
            ],
        ),
        (
            {"cote/nord.md": document("title: Nord exact\npermalink: /cote/nord", "Le phare.\n\n[Sud](/cote/sud)")},
            ["/v1/pages", "/v1/navigation", "/v1/pages/cote/nord", "/v1/pages/cote", "/v1/pages/cote/est"],
            ["/v1/articles", "/v1/collections/ports", "/v1/pages/cote/sud?fields=title", "/v1/redirects"],
        ),
        (
            {"_posts/2020-01-02-marees.md": document("title: Marées\nauthor: ada\ntags: [mer]", "Le flot, la houle.")},
            ["/v1/articles", "/v1/tags", "/v1/pages/cote", "/v1/collections/ports"],
            [],
        ),
    ],
    ids=["a title in a collection", "a title of a page", "a tag: everything"],
)
def test_what_a_change_does_not_reach_stays_finished(site, change, goes, stays):
    made: Site = site(CONTENT)
    before = {}
    for target in (*goes, *stays):
        assert made.get(target, accept="*/*").status == 200, target
        before[target] = finished(made, target)
        assert before[target] is not None, target
    revision = made.change(change)
    assert made.get("/livez").headers["x-content-revision"] == revision
    assert [target for target in (*goes, *stays) if finished(made, target) is before[target]] == stays
    for target in stays:
        assert made.get(target, accept="*/*").headers["x-content-revision"] == revision
