"""Settings: who wins, what each file may say, and the words in which a wrong one is refused."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from contentapi import settings
from contentapi.errors import FolderError, SettingsError
from contentapi.model import Attribution, Collection, License
from contentapi.settings import jekyll
from contentapi.text import yaml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "content"
    root.mkdir()
    return root


def load(folder, *, toml=None, jekyll=None, environ=None, **options):
    if toml is not None:
        (folder / "contentapi.toml").write_text(toml)
    if jekyll is not None:
        (folder / "_config.yml").write_text(jekyll)
    return settings.load(folder, environ={"HOME": str(folder.parent), **(environ or {})}, **options)


def refusal(folder, **written) -> str:
    with pytest.raises(SettingsError) as told:
        load(folder, **written)
    return str(told.value)


# -- which folder, which file -----------------------------------------------------------------------------------------


def test_the_folder_is_the_one_named_else_the_variable_else_content(tmp_path, monkeypatch):
    for name in ("content", "named", "variable"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    home = {"HOME": str(tmp_path)}
    assert settings.load(environ=home).folder == tmp_path / "content"
    assert settings.load(environ={**home, "CONTENTAPI_FOLDER": "variable"}).folder == tmp_path / "variable"
    assert settings.load("named", environ={**home, "CONTENTAPI_FOLDER": "variable"}).folder == tmp_path / "named"


@pytest.mark.parametrize("name", ["nothing", "file"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match="is no folder"):
        settings.load(tmp_path / name, environ={})


def test_a_settings_file_may_lie_elsewhere(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text("[site]\ntitle = 'Elsewhere'\n")
    assert load(folder, toml="[site]\ntitle = 'Here'\n").site.title == "Here"
    assert load(folder, config=elsewhere).site.title == "Elsewhere"
    assert load(folder, environ={"CONTENTAPI_CONFIG": str(elsewhere)}).site.title == "Elsewhere"
    assert "no file" in refusal(folder, config=tmp_path / "nothing.toml")


# -- who wins ---------------------------------------------------------------------------------------------------------


def test_a_flag_wins_over_a_variable_over_the_file_over_the_default(folder):
    assert load(folder).port == 8000
    assert load(folder, toml="[serve]\nport = 1\n").port == 1
    assert load(folder, environ={"CONTENTAPI_PORT": "2"}).port == 2
    assert load(folder, environ={"CONTENTAPI_PORT": "2"}, flags={"port": 3}).port == 3
    assert load(folder, environ={"CONTENTAPI_PORT": "2"}, flags={"port": None}).port == 2
    assert load(folder, environ={"CONTENTAPI_PORT": ""}).port == 1


def test_a_variable_wins_over_the_files_for_what_differs_from_place_to_place(folder):
    files = {"toml": "[site]\norigin = 'https://file.example'\n", "jekyll": "url: https://jekyll.example\n"}
    variables = {"CONTENTAPI_ORIGIN": "https://variable.example/", "CONTENTAPI_API": "https://api.example/v"}
    found = load(folder, **files, environ=variables).site
    assert (found.origin, found.api) == ("https://variable.example", "https://api.example/v")
    assert load(folder, environ={"CONTENTAPI_ORIGIN": " "}).site.origin == "https://file.example"
    assert "CONTENTAPI_ORIGIN is 'nonsense'" in refusal(folder, environ={"CONTENTAPI_ORIGIN": "nonsense"})


def test_contentapi_toml_wins_over_jekyll(folder):
    jekyll = "title: J\ndescription: D\nurl: https://jekyll.example\nlang: de\nfuture: true\n"
    found = load(folder, jekyll=jekyll, toml="[site]\ntitle = 'T'\nlang = 'en'\nfuture = false\n").site
    assert (found.title, found.description, found.origin, found.lang, found.future) == (
        "T", "D", "https://jekyll.example", "en", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("CONTENTAPI_HOST", "::1", "::1"),
        ("CONTENTAPI_PORT", "0", 0),
        ("CONTENTAPI_WORKERS", "64", 64),
        ("CONTENTAPI_WATCH", "no", False),
        ("CONTENTAPI_WATCH", "TRUE", True),
    ],
)
def test_variables_are_read_by_their_kind(folder, name, written, value):
    found = load(folder, environ={name: written})
    assert getattr(found, name.removeprefix("CONTENTAPI_").lower()) == value


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("CONTENTAPI_PORT", "80a", "use a whole number"),
        ("CONTENTAPI_PORT", "+80", "use a whole number"),
        ("CONTENTAPI_PORT", "８０", "use a whole number"),
        ("CONTENTAPI_PORT", "9" * 5000, "use a whole number"),
        ("CONTENTAPI_PORT", "65536", "from 0 to 65535"),
        ("CONTENTAPI_WORKERS", "0", "from 1 to 64"),
        ("CONTENTAPI_WORKERS", "65", "from 1 to 64"),
        ("CONTENTAPI_WATCH", "perhaps", "use true or false"),
    ],
)
def test_wrong_variables_are_refused(folder, name, written, told):
    assert told in refusal(folder, environ={name: written})


# -- where the index lies ---------------------------------------------------------------------------------------------


def test_the_index_lies_in_the_cache_of_the_user_one_for_each_folder(folder, tmp_path):
    other = tmp_path / "deep" / "content"
    other.mkdir(parents=True)
    one, two = (load(root, environ={"HOME": str(tmp_path)}).index for root in (folder, other))
    assert one.parent == two.parent == tmp_path / ".cache" / "contentapi"
    assert one != two
    assert one.name.startswith("content-")
    assert load(folder, environ={"XDG_CACHE_HOME": str(tmp_path / "c")}).index.parent == tmp_path / "c" / "contentapi"


def test_the_index_never_lies_in_the_content_folder(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    for place in (folder / "index.db", folder / "a" / ".." / "index.db", tmp_path / "link" / "index.db"):
        assert "lies in the content folder" in refusal(folder, flags={"index": place})
    assert load(folder, flags={"index": folder.parent / "content.db"}).index == folder.parent / "content.db"


def test_without_a_home_a_place_must_be_named(folder, monkeypatch, tmp_path):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(SettingsError, match="--index"):
        settings.load(folder, environ={})
    named = settings.load(folder, environ={}, flags={"index": tmp_path / "i.db"})
    assert named.index == tmp_path / "i.db"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("site.example", "http://site.example:8000"),
    ],
)
def test_the_address_a_server_is_reached_at(folder, host, address):
    assert load(folder, flags={"host": host}).listening == address


# -- contentapi.toml --------------------------------------------------------------------------------------------------

FULL = """
[site]
title = "Titre"
description = "Une description"
lang = "fr"
timezone = "Europe/Paris"
origin = "https://site.example/"
base = "base/"
api = "https://api.example/v/"
license = { id = "etalab-2.0", name = "Licence Ouverte", url = "https://licence.example/?v=2#texte" }
attribution = { name = "Nous", url = "https://site.example" }
edit = "https://git.example/edit/{path}"
future = true
iframe_hosts = ["Video.Example"]
tag = "site.example,2019-03"

[content]
include = ["_pages"]
exclude = ["old"]
data_dir = "/_donnees/"
menus = ["nav"]
permalink = "pretty"
excerpt_separator = "<!--fin-->"
max_file_size = 1000

[collections.jobs]
type = "jobs"
directory = "_offres"
output = true
permalink = "/recrutement/:title"

[serve]
host = "0.0.0.0"
port = 9000
workers = 2
watch = false
poll = true
index = "/var/lib/contentapi/index.db"
"""


def test_every_key_is_read(folder):
    found = load(folder, toml=FULL)
    site = found.site
    assert (site.title, site.description, site.lang, site.timezone) == (
        "Titre",
        "Une description",
        "fr",
        "Europe/Paris",
    )
    assert (site.origin, site.base, site.api) == ("https://site.example", "/base", "https://api.example/v")
    assert site.license == License("etalab-2.0", "Licence Ouverte", "https://licence.example/?v=2#texte")
    assert site.attribution == Attribution("Nous", "https://site.example")
    assert (site.edit, site.future, site.iframe_hosts) == ("https://git.example/edit/{path}", True, ("video.example",))
    assert site.tag == "site.example,2019-03"
    assert (site.include, site.exclude, site.data_dir, site.menus) == (("_pages",), ("old",), "_donnees", ("nav",))
    assert (site.permalink, site.excerpt_separator, site.max_file_size) == ("pretty", "<!--fin-->", 1000)
    assert site.collection("jobs") == Collection(
        "jobs", "jobs", "_offres", output=True, permalink="/recrutement/:title"
    )
    assert (found.host, found.port, found.workers, found.watch, found.poll) == ("0.0.0.0", 9000, 2, False, True)
    assert found.index == Path("/var/lib/contentapi/index.db")


def test_an_empty_file_and_one_with_a_byte_order_mark_are_read(folder):
    assert load(folder, toml="").site == load(folder).site
    (folder / "contentapi.toml").write_bytes(b"\xef\xbb\xbf[site]\ntitle = 'T'\n")
    assert load(folder).site.title == "T"


WRONG = [
    # contentapi.toml, and words of the refusal
    ("[site", "cannot be read"),
    ("a = " + "[" * 20_000 + "]" * 20_000, "cannot be read"),
    ("sight = 1", "sight is not known; did you mean site? Allowed: site, content"),
    ("zzz = 1", "zzz is not known. Allowed: site"),
    ("site = 1", "site must be a table, written [site]"),
    ("[site]\ntilte = 'T'", "site.tilte is not known; did you mean title?"),
    ("[site]\ntitle = 1", "site.title is 1; write a text"),
    ("[site]\nfuture = 'yes'", "site.future is 'yes'; write true or false"),
    *(
        (f"[site]\ntag = '{tag}'", f"site.tag is '{tag}'; write a host and a year, such as example.org,2019")
        for tag in ("example.org", "example.org,19", "Example.org,2019", "a b,2019", "example.org,2019-30", "-a,2019")
    ),
    ("[site]\niframe_hosts = 'x'", "site.iframe_hosts is 'x'; write a list of texts"),
    ("[site]\niframe_hosts = [1]", "site.iframe_hosts must be a list of texts"),
    ("[site]\ntimezone = 'Mars/Olympus'", "site.timezone: 'Mars/Olympus' is no time zone"),
    ("[site]\norigin = 'site.example'", "site.origin is 'site.example'; write an address"),
    ("[site]\norigin = 'ftp://site.example'", "write an address"),
    ("[site]\norigin = 'https://'", "write an address"),
    ("[site]\norigin = 'https://site.example?x'", "write an address"),
    ("[site]\norigin = 'https://me@site.example'", "write an address"),
    ("[site]\norigin = 'https://site.example\"><x'", "write an address"),
    ("[site]\norigin = 'https://site.example/path'", "which goes into site.base"),
    ("[site]\napi = '/v1'", "site.api is '/v1'; write an address"),
    ("[site]\nlicense = 'MIT'", "site.license is 'MIT'; write a table"),
    ("[site.license]\nid = 'x'", "site.license needs an id and a name"),
    ("[site.license]\nid = 'x'\nname = 'X'\nspdx = 'x'", "site.license.spdx is not known"),
    ("[site.attribution]\nurl = 'https://x.example'", "site.attribution needs a name"),
    ("[site]\nbase = 'https://x.example/y'", "site.base is 'https://x.example/y'; write the path alone, such as /blog"),
    ("[site]\nbase = '/y?z#k'", "site.base is '/y?z#k'; write the path alone"),
    ("[site]\niframe_hosts = ['https://v.example']", "site.iframe_hosts holds 'https://v.example'; write a host alone"),
    ("[site]\niframe_hosts = ['v.example/embed']", "site.iframe_hosts holds 'v.example/embed'; write a host alone"),
    (
        "[site]\nedit = 'https://git.example/edit/'",
        "site.edit is 'https://git.example/edit/'; write an address that holds",
    ),
    ("[content]\nmax_file_size = '1 MB'", "content.max_file_size is '1 MB'; write a whole number"),
    ("[content]\nmax_file_size = true", "content.max_file_size is True; write a whole number"),
    ("[content]\nmax_file_size = 0", "content.max_file_size is 0; write a number of bytes"),
    ("[content]\ndata_dir = '/'", "content.data_dir is '/'; write the name of a folder"),
    ("[collections]\njobs = 1", "jobs must be a table"),
    (
        "[collections.jobs]\ntype = 'pages'",
        "collections.jobs.type is 'pages'; allowed: page, phase, article, author, jobs",
    ),
    ("[collections.jobs]\nouput = true", "collections.jobs.ouput is not known; did you mean output?"),
    ("[serve]\nport = 70000", "port is 70000"),
    ("[serve]\nport = '80'", "serve.port is '80'; write a whole number"),
    ("[[phases]]\nslug = 1", "contentapi.toml:"),
    ("[durations]\nunits = 1", "contentapi.toml:"),
]


@pytest.mark.parametrize(("toml", "told"), WRONG, ids=[toml[:40] for toml, _ in WRONG])
def test_what_is_wrong_is_refused_by_name(folder, toml, told):
    message = refusal(folder, toml=toml)
    assert told in message
    assert "\n" not in message


def test_a_file_that_is_not_text_is_refused(folder):
    (folder / "contentapi.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in refusal(folder)
    (folder / "contentapi.toml").unlink()
    (folder / "_config.yml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in refusal(folder)


def test_a_collection_may_be_made_what_the_service_knows(folder):
    toml = "[collections.etapes]\ntype = 'phase'\ndirectory = '/etapes/'\n[collections.posts]\npermalink = '/blog/:title'\n"
    site = load(folder, jekyll="collections: [etapes, phases]\n", toml=toml).site
    assert site.collection("etapes") == Collection("etapes", "phase", "etapes", output=False)
    # The posts of Jekyll are the articles of this service, and keep their place.
    assert site.collection("articles") == Collection(
        "articles", "article", "_posts", output=True, permalink="/blog/:title"
    )
    assert [one.name for one in site.collections] == ["pages", "etapes", "phases", "articles"]


def test_a_collection_that_nobody_declared_is_added(folder):
    site = load(folder, jekyll="", toml="[collections.phases]\noutput = true\n").site
    assert site.collection("phases") == Collection("phases", "phase", "_phases", output=True)


# -- _config.yml ------------------------------------------------------------------------------------------------------

ADDRESSES = [
    # url, baseurl, and the origin and base they make
    ("https://site.example", "", "https://site.example", ""),
    ("https://site.example/", "/", "https://site.example", ""),
    ("https://site.example", "blog", "https://site.example", "/blog"),
    ("https://site.example", "/blog/", "https://site.example", "/blog"),
    ("https://site.example/deep/", "/blog", "https://site.example", "/deep/blog"),
    ("http://localhost:4000", "", "http://localhost:4000", ""),
    ("site.example", "", None, ""),
    ("", "/blog", None, "/blog"),
    ("null", "null", None, ""),
    ("[1]", "{a: b}", None, ""),
]


@pytest.mark.parametrize(("url", "base", "origin", "path"), ADDRESSES)
def test_the_address_of_a_jekyll_site(folder, url, base, origin, path):
    site = load(folder, jekyll=f"url: {url}\nbaseurl: {base}\n").site
    assert (site.origin, site.base) == (origin, path)


def test_what_jekyll_says_is_understood(folder):
    site = load(
        folder,
        jekyll="""
title: Titre
timezone: Europe/Paris
future: true
permalink: pretty
collections_dir: /content/
data_dir: donnees/
include: _pages
exclude: [old, null, 1]
excerpt_separator: <!--more-->
plugins: [jekyll-feed, jekyll-sitemap, other]
collections:
  authors:
  jobs: {output: true, permalink: /jobs/:title}
  posts: {permalink: /blog/:title}
defaults:
- {scope: {path: _pages, type: pages}, values: {layout: page}}
- {values: {lang: en}}
- {scope: {type: post}, values: {layout: post}}
- {scope: {path: x}}
- nonsense
""",
    ).site
    assert (site.jekyll, site.title, site.timezone, site.future, site.permalink) == (
        True, "Titre", "Europe/Paris", True, "pretty",
    )  # fmt: skip
    assert (site.collections_dir, site.data_dir) == ("content", "donnees")
    assert (site.include, site.exclude) == (("_pages",), ("old", "1"))
    assert site.generated == ("/feed.xml", "/sitemap.xml")
    assert site.collections == (
        Collection("pages", "page", None, output=True),
        Collection("authors", "author", "content/_authors", output=False),
        Collection("jobs", "jobs", "content/_jobs", output=True, permalink="/jobs/:title"),
        Collection("articles", "article", "content/_posts", output=True, permalink="/blog/:title"),
    )
    assert [(one.path, one.type, dict(one.values)) for one in site.defaults] == [
        ("_pages", "pages", {"layout": "page"}),
        ("", None, {"lang": "en"}),
        ("", "posts", {"layout": "post"}),
    ]


@pytest.mark.parametrize(
    ("jekyll", "lang"),
    [("lang: en\nlocale: de", "en"), ("locale: de\nlanguage: it", "de"), ("language: it", "it"), ("title: A", "fr")],
)
def test_the_language_of_a_jekyll_site_has_three_names(folder, jekyll, lang):
    assert load(folder, jekyll=jekyll).site.lang == lang


@pytest.mark.parametrize(
    ("jekyll", "within"),
    [
        ("kramdown: {parse_block_html: true}", True),
        ("kramdown: {input: GFM}", False),
        ("kramdown:", False),
        ("", False),
    ],
)
def test_a_jekyll_site_may_have_markdown_in_its_html(folder, jekyll, within):
    assert load(folder, jekyll=jekyll).site.markdown_in_html is within


def test_what_a_page_of_a_jekyll_site_may_print(folder):
    site = load(folder, jekyll="email: a@b.c\nlegal: {name: A, open: true, list: [1], deep: {n: 1.5}}\nnone:\n").site
    assert site.variables == {
        "email": "a@b.c",
        "legal.name": "A",
        "legal.open": "true",
        "legal.deep.n": "1.5",
        "none": "",
    }


GENERATED = {
    "no plugin": ("paginate: 5\njekyll-archives: {enabled: [tags]}", ()),
    "a feed elsewhere": ("plugins: [jekyll-feed]\nfeed: {path: atom.xml}", ("/atom.xml",)),
    "feeds of categories": (
        "gems: [jekyll-feed]\nfeed: {categories: [news]}",
        ("/feed.xml", "/feed/:name.xml", "/feed/**/:name.xml"),
    ),
    "archives": (
        "plugins: [jekyll-archives]\njekyll-archives: {enabled: [tags, year], permalinks: {tag: '/tags/:name/'}}",
        ("/:year/", "/tags/:name/"),
    ),
    "all archives": (
        "plugins: [jekyll-archives]\njekyll-archives: {enabled: all}",
        ("/:year/", "/:year/:month/", "/:year/:month/:day/", "/tag/:name/", "/category/:name/"),
    ),
    "pages of a list": ("plugins: [jekyll-paginate]\npaginate: 5", ("/page:num",)),
    "pages of a list elsewhere": (
        "plugins: [jekyll-paginate]\npaginate: 5\npaginate_path: blog/page/:num/",
        ("/blog/page/:num/",),
    ),
    "pages of any list": ("plugins: [jekyll-paginate-v2]\npagination: {enabled: true}", ("/**/page/:num/",)),
}


@pytest.mark.parametrize(("jekyll", "expected"), GENERATED.values(), ids=GENERATED)
def test_the_addresses_that_plugins_publish_without_a_file(folder, jekyll, expected):
    assert load(folder, jekyll=jekyll).site.generated == expected


def test_collections_with_the_names_of_this_service_are_one_each(folder):
    site = load(folder, jekyll="collections:\n  pages: {output: true}\n  articles: {output: true}\n").site
    assert [(one.name, one.type) for one in site.collections] == [
        ("pages", "page"),
        ("articles", "articles"),
        ("posts", "article"),
    ]


@pytest.mark.parametrize(
    ("jekyll", "told"),
    [
        ("a: [", "_config.yml:"),
        ("- a\n", "must hold `key: value` lines"),
        ("timezone: Mars/Olympus\n", "timezone: 'Mars/Olympus' is no time zone"),
    ],
)
def test_a_jekyll_file_that_cannot_be_read_is_refused(folder, jekyll, told):
    assert told in refusal(folder, jekyll=jekyll)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("a/_:. é", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abp/", max_size=3), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("url", "baseurl", "collections", "collections_dir", "data_dir", "defaults", "include", "exclude", "permalink",
        "plugins", "title", "lang", "future", "excerpt_separator")  # fmt: skip


@hypothesis(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(config=st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_jekyll_file_makes_more_than_a_refusal(config):
    """It is written by others, for another program; whatever it holds, a site comes of it."""
    site = jekyll.site(config)
    assert len({one.name for one in site.collections}) == len(site.collections)
    assert not site.base.endswith("/")
    assert site.data_dir.strip("/") == site.data_dir != ""


# -- no configuration at all ------------------------------------------------------------------------------------------


def test_without_configuration_the_collections_are_the_folders_that_bear_their_names(folder):
    (folder / "phases").mkdir()
    (folder / "_authors").mkdir()
    (folder / "authors").mkdir()
    found = {one.name: (one.type, one.directory) for one in load(folder).site.collections}
    assert found == {
        "pages": ("page", None),
        "articles": ("article", "_posts"),
        "phases": ("phase", "phases"),
        "authors": ("author", "_authors"),
    }


# -- read again -------------------------------------------------------------------------------------------------------


def test_settings_are_stale_when_what_they_were_read_from_changes(folder):
    read = load(folder)
    assert not read.stale()
    for change in (
        lambda: (folder / "contentapi.toml").write_text("[site]\ntitle = 'T'\n"),
        lambda: (folder / "_config.yml").write_text("title: J\n"),
        lambda: (folder / "_config.yml").write_text("title: K\n"),
        (folder / "_config.yml").unlink,
        (folder / "posts").mkdir,
    ):
        change()
        assert read.stale()
        read = load(folder)
        assert not read.stale()
    (folder / "a.md").write_text("no settings")
    assert not read.stale()


def test_settings_read_again_keep_their_flags(folder, tmp_path):
    read = load(
        folder, toml="[site]\ntitle = 'Old'\n[serve]\nport = 1\n", flags={"port": 9000, "index": tmp_path / "i.db"}
    )
    (folder / "contentapi.toml").write_text("[site]\ntitle = 'New'\n[serve]\nworkers = 3\n")
    fresh = read.renewed()
    assert (fresh.site.title, fresh.port, fresh.workers, fresh.index) == ("New", 9000, 3, tmp_path / "i.db")
    assert not fresh.stale()
    assert fresh != read


def test_settings_that_say_the_same_are_equal_whatever_they_were_read_from(folder, tmp_path):
    read = load(folder, toml="[site]\ntitle = 'T'\n", flags={"index": tmp_path / "i.db"})
    (folder / "contentapi.toml").write_text("# the same\n[site]\ntitle = 'T'\n")
    assert read.stale()
    assert read.renewed() == read


def test_settings_made_by_hand_are_never_stale(folder):
    made = replace(load(folder), reading=None)
    assert not made.stale()
    assert made.renewed() is made


def test_settings_can_be_handed_to_another_process(folder):
    read = load(folder, toml=FULL, jekyll="collections: [jobs]\n")
    assert pickle.loads(pickle.dumps(read)) == read


def test_the_yaml_of_a_site_has_the_limits_of_every_yaml(folder):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
    )
    with pytest.raises(yaml.YamlError):
        yaml.load(bomb)
    assert "_config.yml" in refusal(folder, jekyll=bomb)
