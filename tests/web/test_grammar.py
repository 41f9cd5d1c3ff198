"""The grammar of requests: filters, orders, cursors, fields and include, on every list."""

from __future__ import annotations

import re
import time
from urllib.parse import quote

import pytest

from contentapi.web import grammar, params
from tests.web.client import Site, write


def article(title: str, date: str, **front: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in front.items())
    return f"---\ntitle: {title}\ndate: {date}\n{lines}---\n## One\n\nText of {title}.\n"


def startup(title: str, **front: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in front.items())
    return f"---\ntitle: {title}\n{lines}---\nText.\n"


FOLDER = {
    "_config.yml": "timezone: Europe/Paris\npermalink: /:year/:month/:day/:title.html\ninclude: [_redirects]\n"
    "collections:\n  startups:\n    output: true\n  authors:\n",
    "_posts/2023-01-01-a.md": article("Étude", "2023-01-01", categories="presse", tags="[un, deux]", authors="[jo]"),
    "_posts/2023-06-15-b.md": article(
        "étage", "2023-06-15 10:00:00 +0200", categories="[presse, vie]", authors="[max, jo]"
    ),
    "_posts/2024-03-31-c.md": article("Œuvre", "2024-03-31 23:30:00", categories="vie", description="A l’œuvre, 100 %"),
    "_posts/2024-04-01-d.md": article("ouvre", "2024-04-01 00:30:00", tags="deux"),
    "_posts/2024-12-31-e.md": article(
        "Zèbre", "2024-12-31", categories="[Vie de l’équipe]", lang="en", description="''"
    ),
    "_startups/pix.md": startup("Pix", incubator="justice", members="12", since="2019-01-01", open="true"),
    "_startups/aplus.md": startup(
        "A plus", incubator="anct", members="9", phases="\n  - name: construction\n  - name: exit"
    ),
    "_startups/cls.md": startup(
        "CLS", incubator="justice", members="100", contact="", phases="\n  - name: construction"
    ),
    "_startups/e10.md": startup("étape 10", members="2.5"),
    "_startups/e9.md": startup("Étape 9", members="0", note='"its 100%_"'),
    "_authors/jo.md": "---\ntitle: Jo\n---\n",
    "home.md": "---\ntitle: Home\npermalink: /\nlayout: wide\n---\n",
    "guide.md": "---\ntitle: Guide\npermalink: /guide/\nsubtitle: Sub\n---\n",
    "deep.md": "---\ntitle: Deep\npermalink: /guide/deep\n---\n",
    "_redirects": "/x /guide/\n/y / 410\n",
}


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    place = tmp_path_factory.mktemp("grammar")
    write(place / "content", FOLDER)
    with Site(place / "content", place / "index.db") as site:
        yield site


def slugs(site: Site, target: str) -> str:
    return " ".join(item["slug"] for item in site.walk(target))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "e d c b a"),
        # equality: any of several values, and every one of several fields
        ("category=presse", "b a"),
        ("category=presse&category=vie", "c b a"),
        ("category=presse&category=presse", "b a"),
        ("category=presse&tag=un", "a"),
        ("category=Vie de l’équipe", "e"),
        ("category=vie-de-l-équipe", "e"),
        ("category=nothing", ""),
        ("tag=deux", "d a"),
        ("author=jo", "b a"),
        ("author=max", "b"),
        ("slug=a&slug=e", "e a"),
        ("title=Étude", "a"),
        ("title=étude", ""),
        ("lang=en", "e"),
        ("lang=fr", "d c b a"),
        ("path=/2023/01/01/a.html", "a"),
        ("path=/2023/01/01/a&path=2023/01/01/%61/", "a"),
        # not
        ("category__not=presse", "e d c"),
        ("category__not=presse&category__not=vie", "e d"),
        ("slug__not=a&slug__not=b", "e d c"),
        ("description__not=x", "e d c b a"),
        ("title__not=Étude", "e d c b"),
        ("date__not=2023-01-01", "e d c b"),
        # before and after: days are those of the site, whatever the clock does in their night
        ("date=2024-03-31", "c"),
        ("date=2024-04-01", "d"),
        ("date=2023-01-01&date=2024-12-31", "e a"),
        ("date__gte=2024-04-01", "e d"),
        ("date__gt=2024-03-31", "e d"),
        ("date__gt=2024-04-01", "e"),
        ("date__lt=2024-04-01", "c b a"),
        ("date__lte=2024-03-31", "c b a"),
        ("date__gte=2023-06-15&date__lt=2024-04-01", "c b"),
        ("date=2023-06-15T08:00:00Z", "b"),
        ("date=2023-06-15T10:00:00", "b"),
        ("date=2023-06-15T10:00:00%2B02:00", "b"),
        ("date__gte=2023-06-15T10:00:01", "e d c"),
        ("date__lte=2023-06-15T08:00Z", "b a"),
        # contains: capitals, accents and ligatures ignored
        ("title__contains=ET", "b a"),
        ("title__contains=oeuv", "c"),
        ("title__contains=OUVRE", "d"),
        ("description__contains=100 %25", "c"),
        ("description__contains=100%25", ""),
        ("description__contains=l'oeuvre", "c"),
        ("title__contains=_", ""),
        ("title__contains=", "e d c b a"),
        # missing
        ("tag__missing=true", "e c b"),
        ("tag__missing=false", "d a"),
        ("category__missing=true", "d"),
        ("author__missing=false&category__missing=false", "b a"),
        ("date__missing=true", ""),
        ("updated__missing=true", "e d c b a"),
        # orders: French, numbers by size, ties by path
        ("sort=title", "b a c d e"),
        ("sort=-title", "e d c a b"),
        ("sort=date", "a b c d e"),
        ("sort=lang,-date", "e d c b a"),
        ("sort=-lang,date", "a b c d e"),
        ("sort=path", "a b c d e"),
        ("sort=-path", "e d c b a"),
        ("sort=slug", "a b c d e"),
        ("total=false", "e d c b a"),
    ],
)
def test_articles_are_filtered_and_sorted(one: Site, query, expected):
    for limit in ("", "limit=2"):
        asked = "&".join(part for part in (query, limit) if part)
        target = f"/v1/articles?{quote(asked, safe='=&%:')}"
        assert slugs(one, target) == expected
        got = one.get(target).json()
        assert got["meta"]["total"] == (None if "total=false" in query else len(expected.split()))
    assert slugs(one, target.replace("/v1/articles", "/v1/collections/articles")) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "aplus cls e10 e9 pix"),
        ("sort=title", "aplus cls e9 e10 pix"),
        ("sort=-title", "pix e10 e9 cls aplus"),
        ("fields.incubator=justice", "cls pix"),
        ("fields.incubator=justice&fields.incubator=anct", "aplus cls pix"),
        ("fields.incubator__not=justice", "aplus e10 e9"),
        ("fields.incubator__missing=true", "e10 e9"),
        ("fields.phases.name=construction", "aplus cls"),
        ("fields.phases.name=exit", "aplus"),
        ("fields.phases.name__not=exit", "cls e10 e9 pix"),
        ("fields.members=12", "pix"),
        ("fields.members__gte=12", "cls pix"),
        ("fields.members__lt=9", "e10 e9"),
        ("fields.members__lte=2.5", "e10 e9"),
        ("fields.members__gt=0", "aplus cls e10 pix"),
        ("fields.members__gt=-3", "aplus cls e10 e9 pix"),
        ("fields.since__gte=2018-12", "pix"),
        ("fields.open=true", "pix"),
        ("fields.note__contains=100%25_", "e9"),
        ("fields.note__contains=IT", "e9"),
        ("sort=fields.members", "e9 e10 aplus pix cls"),
        ("sort=-fields.incubator,title", None),
        ("sort=fields.incubator,-title", "aplus pix cls e10 e9"),
    ],
)
def test_front_matter_is_filtered_and_sorted(one: Site, query, expected):
    found = slugs(one, f"/v1/collections/startups?{query}&limit=2")
    if expected is None:
        expected = found
        assert set(found.split()) == {"aplus", "cls", "e10", "e9", "pix"}
    assert found == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v1/pages?sort=-title", "index guide deep"),
        ("/v1/pages?parent=/guide", "deep"),
        ("/v1/pages?parent=/", "guide"),
        ("/v1/pages?layout=wide", "index"),
        ("/v1/pages?subtitle__missing=false", "guide"),
        ("/v1/pages?path=/guide/deep/&path=/", "index deep"),
        ("/v1/pages?path__not=/guide", "index deep"),
        ("/v1/authors", "jo max"),
        ("/v1/authors?count__gt=1", "jo"),
        ("/v1/authors?sort=-count", "jo max"),
        ("/v1/authors?sort=count", "max jo"),
        ("/v1/authors?title__contains=MA", "max"),
        ("/v1/tags?count=2", "deux"),
        ("/v1/tags?slug__not=un", "deux"),
        ("/v1/categories?sort=-count,title", "presse vie vie-de-l-équipe"),
        ("/v1/categories?count__lte=1", "vie-de-l-équipe"),
    ],
)
@pytest.mark.parametrize("limit", ["", "&limit=1"])
def test_every_other_list_has_the_same_grammar(one: Site, target, expected, limit):
    asked = f"{target}{limit}" if "?" in target else f"{target}?{limit[1:]}"
    assert slugs(one, asked) == expected


@pytest.mark.parametrize(
    ("target", "key", "expected"),
    [
        ("/v1/collections?sort=-count", "name", ["articles", "startups", "pages", "authors"]),
        ("/v1/collections?count__gte=5&sort=name", "name", ["articles", "startups"]),
        ("/v1/collections?type=page", "name", ["pages"]),
        ("/v1/redirects?sort=-from", "from", ["/y", "/x"]),
        ("/v1/redirects?status=410", "from", ["/y"]),
        ("/v1/redirects?to=/guide/", "from", ["/x"]),
        ("/v1/redirects?to__missing=true", "from", ["/y"]),
        ("/v1/diagnostics?severity=error", "code", []),
    ],
)
def test_plain_lists_are_filtered_and_sorted(one: Site, target, key, expected):
    assert [item[key] for item in one.walk(f"{target}&limit=1")] == expected


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "parameter", "meant"),
    [
        # parameters
        ("/v1/articles?categry=presse", "categry", "category"),
        ("/v1/articles?datte__gte=2024-01-01", "datte__gte", "date__gte"),
        ("/v1/articles?date__gtee=2024-01-01", "date__gtee", "date__gte"),
        ("/v1/articles?category__gte=a", "category__gte", "category__not"),
        ("/v1/articles?category__contains=a", "category__contains", "category__not"),
        ("/v1/articles?Limit=3", "Limit", "limit"),
        ("/v1/articles?page=2", "page", None),
        ("/v1/articles?=x", "", None),
        ("/v1/articles?__not=x", "__not", None),
        ("/v1/articles?title__not__not=x", "title__not__not", "title__not"),
        ("/v1/articles?fields.incubator=x", "fields.incubator", None),
        ("/v1/collections/startups?fields.incubators=x", "fields.incubators", "fields.incubator"),
        ("/v1/collections/startups?fields.phases=x", "fields.phases", "fields.phases.name"),
        ("/v1/articles/a?limit=1", "limit", None),
        ("/v1/articles/a?sort=title", "sort", None),
        ("/v1/status?x=1", "x", None),
        ("/v1/openapi.json?x=1", "x", None),
        ("/v1/assets/img/none.png?v=1", "v", None),
        ("/v1/navigation?dept=1", "dept", "depth"),
        ("/v1/resolve?path=/&x=1", "x", None),
        ("/v1/resolve", "path", None),
        # whole numbers
        *((f"/v1/articles?limit={value}", "limit", None) for value in (
            "0", "101", "-1", "1_0", "%D9%A1", "%2B5", "+5", "%205", "5%20", "5.0", "1e1", "0x5", "05", "", "five",
            "99999999999999999999", "%EF%BC%95", "%00", "5%0A",
        )),
        ("/v1/navigation?depth=0", "depth", None),
        ("/v1/navigation?depth=21", "depth", None),
        *((f"/v1/tags?count__gte={value}", "count__gte", None) for value in (
            "1_0", "%D9%A1", "%2B5", "%205", "", "1e3", "NaN",
        )),
        # flags
        *((f"/v1/articles?total={value}", "total", None) for value in ("1", "yes", "", "0")),
        ("/v1/articles?total=True", "total", "true"),
        ("/v1/articles?total=fals", "total", "false"),
        ("/v1/articles?tag__missing=1", "tag__missing", None),
        ("/v1/articles?tag__missing=ture", "tag__missing", "true"),
        ("/v1/phases?derived=1", "derived", None),
        # dates
        *((f"/v1/articles?date__gte={value}", "date__gte", None) for value in (
            "2024", "2024-1-5", "2024-02-30", "2024-13-01", "20240101", "%202024-01-01", "2024-01-01%20", "2024-01-01T25:00",
            "2024-01-01 10:00", "2024-01-01T10:00:00+02:00", "yesterday", "", "0000-01-01", "%D9%A2024-01-01",
        )),
        # words
        ("/v1/articles?sort=titel", "sort", "title"),
        ("/v1/articles?sort=-daet", "sort", "-date"),
        ("/v1/articles?sort=--date", "sort", "-date"),
        ("/v1/articles?sort=title,-title", "sort", None),
        ("/v1/articles?sort=category", "sort", None),
        ("/v1/articles?sort=", "sort", None),
        ("/v1/articles?fields=titel", "fields", "title"),
        ("/v1/articles?fields=title,", "fields", None),
        ("/v1/articles?fields=", "fields", None),
        ("/v1/articles?include=htm", "include", "html"),
        ("/v1/articles?include=sidebar", "include", None),
        ("/v1/articles/a?include=everything", "include", None),
        ("/v1/phases?kind=jorney", "kind", "journey"),
        ("/v1/diagnostics?severity=warn", "severity", "warning"),
        ("/v1/redirects?format=xml", "format", None),
        ("/v1/redirects?format=ngin", "format", "nginx"),
        ("/v1/redirects?format=csv&limit=3", "limit", None),
        ("/v1/redirects?format=nginx&sort=from", "sort", None),
        # once is enough
        ("/v1/articles?limit=1&limit=1", "limit", None),
        ("/v1/articles?total=true&total=true", "total", None),
        ("/v1/articles?sort=title&sort=date", "sort", None),
        ("/v1/articles?date__gte=2024-01-01&date__gte=2024-01-02", "date__gte", None),
        ("/v1/articles?title__contains=a&title__contains=b", "title__contains", None),
        ("/v1/articles?tag__missing=true&tag__missing=false", "tag__missing", None),
        ("/v1/navigation?current=/a&current=/b", "current", None),
        # cursors
        ("/v1/articles?cursor=", "cursor", None),
        ("/v1/articles?cursor=x", "cursor", None),
        ("/v1/articles?cursor=%C3%A9", "cursor", None),
        ("/v1/articles?cursor=W10", "cursor", None),
        ("/v1/articles?cursor=bnVsbA", "cursor", None),
        ("/v1/articles?cursor=eyJhIjoxfQ", "cursor", None),
        ("/v1/tags?cursor=x", "cursor", None),
        # what cannot be read, and what is too much
        ("/v1/articles?title=%FF", "query", None),
        ("/v1/articles?title=%00", "title", None),
        ("/v1/articles?" + "&".join(f"category={n}" for n in range(101)), "query", None),
        ("/v1/articles?" + "&".join(f"category={n}" for n in range(51)), "category", None),
        ("/v1/articles?title=" + "x" * 1001, "title", None),
        ("/v1/resolve?path=" + "x" * 2001, "path", None),
        ("/v1/articles?" + "y" * 300 + "=1", "y" * 100, None),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_by_name(one: Site, target, parameter, meant):
    got = one.get(target)
    assert got.status == 400
    (error,) = got.json()["errors"]
    assert error["parameter"] == parameter
    assert error["did_you_mean"] == meant
    assert error["detail"] == got.json()["detail"]
    assert len(error["detail"]) < 3000
    if meant is not None:
        assert f"Did you mean '{meant}'?" in error["detail"]


def test_what_is_allowed_is_told(one: Site):
    def allowed(target: str) -> list[str]:
        return one.get(target).json()["errors"][0]["allowed"]

    assert allowed("/v1/articles/a?limit=1") == ["fields", "include"]
    assert allowed("/v1/articles?date__x=1") == [
        "date", "date__not", "date__gte", "date__gt", "date__lte", "date__lt", "date__missing",
    ]  # fmt: skip
    assert allowed("/v1/articles?x=1")[:6] == ["cursor", "fields", "include", "limit", "sort", "total"]
    assert {"category", "tag", "author", "date"} <= set(allowed("/v1/articles?x=1"))
    assert "fields.phases.name" in allowed("/v1/collections/startups?x=1")
    assert allowed("/v1/articles?sort=x")[:7] == ["id", "path", "slug", "title", "lang", "updated", "date"]
    assert allowed("/v1/articles?limit=0") == ["1 to 100"]
    assert allowed("/v1/articles?total=1") == ["true", "false"]
    assert allowed("/v1/phases?kind=x") == ["journey", "status", "exit"]
    assert "html" in allowed("/v1/articles?include=x")


@pytest.mark.parametrize("target", ["/?x=1&limit=0", "/livez?x", "/readyz?x=%FF", "/metrics?x=1", "/docs?x=1", "/?%FF"])
def test_what_standards_leave_open_ignores_what_it_does_not_know(one: Site, target):
    assert one.get(target).status == 200


# -- cursors ----------------------------------------------------------------------------------------------------------

LISTS = (
    "/v1/articles?",
    "/v1/articles?sort=title&",
    "/v1/articles?sort=-lang,title&category__missing=false&",
    "/v1/pages?",
    "/v1/collections/startups?sort=fields.members&",
    "/v1/collections?",
    "/v1/tags?",
    "/v1/authors?sort=-count&",
    "/v1/categories?",
)


@pytest.mark.parametrize("target", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_list_is_walked_both_ways(one: Site, target, limit):
    whole = one.get(f"{target}limit=100").json()
    assert whole["links"]["next"] is whole["links"]["prev"] is None
    pages, following = [], f"{target}limit={limit}"
    while following:
        got = one.get(following).json()
        assert got["meta"] == {"total": len(whole["items"]), "limit": limit}
        assert one.get(got["links"]["self"]).json() == got
        pages.append(got["items"])
        last, following = got, got["links"]["next"]
    assert [item for page in pages for item in page] == whole["items"]
    back = [last["items"]]
    while last["links"]["prev"]:
        last = one.get(last["links"]["prev"]).json()
        back.append(last["items"])
    assert [item for page in reversed(back) for item in page] == whole["items"]


def test_a_cursor_belongs_to_its_list(one: Site):
    following = one.get("/v1/articles?limit=2").json()["links"]["next"]
    cursor = following.partition("cursor=")[2]
    assert one.get(f"/v1/articles?limit=3&cursor={cursor}").status == 200  # how many it shows is no part of the list
    for other in (
        "/v1/articles?sort=title&limit=2",
        "/v1/articles?category=presse&limit=2",
        "/v1/collections/startups?limit=2",
        "/v1/pages?limit=2",
        "/v1/tags?limit=1",
    ):
        got = one.get(f"{other}&cursor={cursor}")
        assert got.status == 400, other
        assert got.json()["errors"][0]["parameter"] == "cursor"
    cursor = one.get("/v1/tags?limit=1").json()["links"]["next"].partition("cursor=")[2]
    for other in (
        "/v1/categories?limit=1",
        "/v1/tags?limit=1&sort=-title",
        "/v1/tags?limit=1&count__gt=0",
        "/v1/articles?limit=1",
    ):
        assert one.get(f"{other}&cursor={cursor}").status == 400, other


@pytest.mark.parametrize("target", ["/v1/articles?limit=2", "/v1/tags?limit=2", "/v1/collections/things?limit=2"])
def test_a_walk_while_content_changes_neither_repeats_nor_skips(site, target):
    def post(number: int, title: str = "T") -> dict[str, str]:
        day = f"2024-01-{number:02}"
        front = f"---\ntitle: {title}\ndate: {day}\ntags: [tag-{number:02}]\n---\n"
        return {f"_posts/{day}-p{number:02}.md": front, f"_things/p{number:02}.md": front}

    start = {name: text for number in range(10, 21) for name, text in post(number).items()}
    made = site({**start, "_config.yml": "collections:\n  things:\n"})
    before = {item["slug"] for item in made.walk(target)}
    seen, following, step = [], target, 0
    changes = [
        post(25), post(5), dict.fromkeys(post(15)), post(12, "Other"), dict.fromkeys(post(20)),
        post(16, "New"),
    ]  # fmt: skip
    while following:
        got = made.get(following)
        assert got.status == 200, got.text
        seen += [item["slug"] for item in got.json()["items"]]
        following = got.json()["links"]["next"]
        if step < len(changes):
            made.change(changes[step])
        step += 1
    assert len(seen) == len(set(seen))
    after = {item["slug"] for item in made.walk(target)}
    assert before & after <= set(seen)


def test_an_old_cursor_works_or_says_why_not(site):
    made = site(
        {f"{name}.md": f"---\ntitle: {name}\ntags: {name}\nlayout: post\ndate: 2024-01-01\n---\n" for name in "abcdef"}
    )
    for target in ("/v1/articles", "/v1/tags"):
        following = made.get(f"{target}?limit=2").json()["links"]["next"]
        made.change({"c.md": None, "d.md": None, "e.md": None, "f.md": None})
        got = made.get(following)
        if got.status == 400:
            assert "start again" in got.json()["detail"]
        else:
            assert (got.status, got.json()["items"]) == (200, [])
            assert made.get(got.json()["links"]["prev"]).json()["items"] == made.get(target).json()["items"]
        made.change(
            {
                f"{name}.md": f"---\ntitle: {name}\ntags: {name}\nlayout: post\ndate: 2024-01-01\n---\n"
                for name in "cdef"
            }
        )


# -- fields and include -----------------------------------------------------------------------------------------------

SINGLE = ("/v1/articles/a", "/v1/pages/guide", "/v1/collections/startups/pix", "/v1/tags/un", "/v1/authors/jo")
MANY = ("/v1/articles", "/v1/pages", "/v1/collections/startups", "/v1/tags", "/v1/authors", "/v1/categories")
ON_REQUEST = {"markdown", "text", "sections", "outgoing", "incoming", "related", "reading_time"}
NOT_LISTED = ON_REQUEST | {"html", "toc", "sidebar", "surround", "children", "statements"}


def keys_of(site: Site, target: str) -> list[str]:
    got = site.get(target)
    assert got.status == 200, got.text
    value = got.json()
    return list(value["items"][0] if "items" in value and "meta" in value else value)


def known(site: Site, target: str) -> list[str]:
    return site.get(f"{target}?fields=nothing").json()["errors"][0]["allowed"]


@pytest.mark.parametrize("target", SINGLE)
def test_a_single_resource_carries_all_but_what_must_be_asked_for(one: Site, target):
    every = known(one, target)
    assert keys_of(one, target) == [name for name in every if name not in ON_REQUEST]


@pytest.mark.parametrize("target", MANY)
def test_an_item_of_a_list_carries_less(one: Site, target):
    every = known(one, target)
    assert keys_of(one, target) == [name for name in every if name not in NOT_LISTED]


@pytest.mark.parametrize("target", [*SINGLE, *MANY])
def test_fields_and_include_compose(one: Site, target):
    every = known(one, target)
    usual = keys_of(one, target)
    for name in every:
        ordered = [one for one in every if one in {"type", "links", name}]
        assert keys_of(one, f"{target}?fields={name}") == ordered
        assert keys_of(one, f"{target}?include={name}") == [one for one in every if one in {*usual, name}]
        assert keys_of(one, f"{target}?fields=slug&include={name}") == [
            one for one in every if one in {"type", "links", "slug", name}
        ]
    assert keys_of(one, f"{target}?fields={','.join(reversed(every))}") == every
    assert keys_of(one, f"{target}?include={','.join(every)}") == every
    assert keys_of(one, f"{target}?include=html&include=text,html") == keys_of(one, f"{target}?include=html,text")
    assert keys_of(one, f"{target}?fields=id&fields=slug") == keys_of(one, f"{target}?fields=slug,id,slug")


def test_a_value_is_the_same_wherever_it_is_asked_for(one: Site):
    for target in MANY:
        every = ",".join(known(one, target))
        for item in one.walk(f"{target}?fields={every}&limit=3"):
            assert one.get(f"{item['links']['self']}?fields={every}").json() == item


def test_parameters_have_no_order(one: Site):
    pairs = [
        "category=presse",
        "category=vie",
        "limit=2",
        "sort=title",
        "fields=title,slug",
        "include=html",
        "total=false",
    ]
    first = one.get(f"/v1/articles?{'&'.join(pairs)}")
    again = one.get(f"/v1/articles?{'&'.join(reversed(pairs))}")
    assert first.status == 200
    assert first == again
    wrong = ["limit=0", "sort=x", "nothing=1", "fields=y", "category__x=1"]
    assert one.get(f"/v1/articles?{'&'.join(wrong)}") == one.get(f"/v1/articles?{'&'.join(reversed(wrong))}")


def test_the_order_of_a_list_is_french(site):
    titles = ["abord", "Abord", "à bord", "côté", "Côte", "coté", "cote", "Élan", "été", "Etre", "œil", "oeuf", "officiel",
              "page 2", "page 10", "zone"]  # fmt: skip
    made = site({f"p{number}.md": f"---\ntitle: {title}\n---\n" for number, title in enumerate(reversed(titles))})
    found = [item["title"] for item in made.walk("/v1/pages?sort=title&limit=5")]
    assert sorted(found) == sorted(titles)
    folded = [title.lower() for title in found]
    for before, after in [("cote", "été"), ("élan", "etre"), ("etre", "œil"), ("œil", "oeuf"), ("oeuf", "officiel"),
                          ("page 2", "page 10"), ("été", "page 2"), ("officiel", "page 2")]:  # fmt: skip
        if {before, after} <= set(folded):
            assert folded.index(before) < folded.index(after), (before, after)


# -- limits of time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"title__not={'x' * 70}{n}" for n in range(50)),
        "&".join(f"unknown{n}={n}" for n in range(100)),
        "fields=" + ",".join(["title"] * 1000),
        "sort=" + "-" * 5000,
        "include=" + "x" * 6000,
        "title__contains=" + quote("é") * 160,
        "cursor=" + "A" * 1900,
        "a" * 7000,
        "%41" * 2500 + "=1",
    ],
)
def test_no_query_takes_long(one: Site, query):
    started = time.process_time()
    assert one.get(f"/v1/articles?{query}").status in {200, 400}
    assert time.process_time() - started < 0.5


def test_every_filter_that_is_named_is_taken(one: Site):
    names = one.get("/v1/articles?x=1").json()["errors"][0]["allowed"]
    for name in set(names) - {"cursor", "fields", "include", "limit", "sort", "total"}:
        got = one.get(f"/v1/articles?{name}__missing=false")
        assert got.status == 200, got.text


def test_the_names_of_filters_are_those_of_the_grammar():
    from contentapi.index import filters

    assert grammar.parameters(filters.PAGE)[:4] == ["id", "id__not", "id__contains", "id__missing"]
    assert all(re.fullmatch(r"[a-z_]+", name) for name in grammar.parameters(filters.ARTICLE))
    assert "title" in grammar.sortable(filters.PAGE)
    assert params.nearest("Titel", ["title", "slug"]) == "title"
