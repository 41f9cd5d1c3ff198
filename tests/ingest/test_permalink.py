"""Public paths of files. The expectations marked as Jekyll's were compared with what Jekyll 4.3 publishes."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contentapi.ingest import permalink
from contentapi.ingest.permalink import Derived, PostName
from contentapi.model import Collection, Site, Vocabulary

#: A machine that is busy with other things fails no test.
unhurried = settings(deadline=None)
VOCABULARY = Vocabulary((), {}, {}, (), (), ())
PAGES = Collection("pages", "page", None, output=True)
POSTS = Collection("articles", "article", "_posts", output=True)
JEKYLL = Site(VOCABULARY, jekyll=True, include=("_pages",), collections=(PAGES, POSTS))
PLAIN = Site(VOCABULARY, collections=(PAGES, POSTS))


def collection(name: str, pattern: str | None = None, directory: str | None = None) -> Collection:
    return Collection(name, name, directory or f"_{name}", output=True, permalink=pattern)


def derive(site: Site, of: Collection, source: str, permalink_: str | None = None, **given_: object) -> Derived:
    folder = f"{of.directory}/" if of.directory else ""
    return permalink.derive(
        site=site,
        collection=of,
        source=source,
        relative=source.removeprefix(folder),
        front_permalink=permalink_,
        **given_,  # type: ignore[arg-type]
    )


def path(site: Site, of: Collection, source: str, permalink_: str | None = None, **given_: object) -> str | None:
    found = derive(site, of, source, permalink_, **given_)
    assert found.problem is None
    return found.path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2018-03-05-hello.md", PostName("2018-03-05", "hello", ".md")),
        ("content/fr/_posts/sub/2018-3-5-Hello World.markdown", PostName("2018-03-05", "Hello World", ".markdown")),
        ("18-03-05-court.md", PostName("2018-03-05", "court", ".md")),
        ("70-01-02-court.md", PostName("1970-01-02", "court", ".md")),
        ("2018-03-05-1000.jours.md", PostName("2018-03-05", "1000.jours", ".md")),
        ("2018-03-05-été-à-l-école.md", PostName("2018-03-05", "été-à-l-école", ".md")),
        ("2018-03-05-points...md", PostName("2018-03-05", "points", ".md")),
        ("2016-02-29-bissextile.md", PostName("2016-02-29", "bissextile", ".md")),
        ("2018-02-30-jamais.md", None),
        ("2018-13-01-jamais.md", None),
        ("0000-01-01-jamais.md", None),
        ("_drafts/brouillon.md", PostName(None, "brouillon", ".md")),
        ("brouillon.fr.md", PostName(None, "brouillon.fr", ".md")),
        ("jean.dupont", PostName(None, "jean.dupont", "")),
        ("sans-extension", PostName(None, "sans-extension", "")),
        ("2018-03-05-sans-extension", PostName(None, "2018-03-05-sans-extension", "")),
        ("2018-03-05.md", PostName(None, "2018-03-05", ".md")),
        ("٢٠١٨-03-05-x.md", PostName(None, "٢٠١٨-03-05-x", ".md")),
        ("", None),
        ("a/", None),
    ],
)
def test_a_file_name_tells_day_and_slug(name: str, expected: PostName | None) -> None:
    assert permalink.post_name(name) == expected


@pytest.mark.parametrize(
    ("source", "collections_dir", "expected"),
    [
        ("_posts/2018-03-05-x.md", "", ()),
        ("content/_posts/2018-03-05-x.md", "content", ()),
        ("content/_posts/2018-03-05-x.md", "", ("content",)),
        ("content/fr/Presse écrite/_posts/sub/2018-03-05-x.md", "content", ("fr", "Presse écrite")),
        ("fr/_drafts/x.md", "", ("fr",)),
        ("fr/x.md", "", ()),
        ("x.md", "", ()),
    ],
)
def test_folders_above_posts_are_categories(source: str, collections_dir: str, expected: tuple[str, ...]) -> None:
    assert permalink.folder_categories(source, collections_dir) == expected


class TestPermalinkOfTheAuthor:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("/approche/construction", "/approche/construction"),
            ("/home.html", "/home.html"),
            ("/fast/éligibilité", "/fast/éligibilité"),
            (unicodedata.normalize("NFD", "/fast/comité"), "/fast/comité"),
            ("/fast/laur%C3%A9ats", "/fast/lauréats"),
            ("/devenir-intrapreneur/decouvrir-le-role-d-intrapreneur",) * 2,
            ("/a/index.html", "/a/"),
            ("apropos", "/apropos"),
            ("/categorie//presse/", "/categorie/presse/"),
            ("/:basename/x", "/contact/x"),
            ("/x/:path/:basename:output_ext", "/x/_pages/contact.html"),
            ("/foo:bar/", "/foo:bar/"),
            ("/a..b/", "/a/b/"),
        ],
    )
    def test_wins_and_is_published_as_jekyll_does(self, written: str, expected: str) -> None:
        assert path(JEKYLL, PAGES, "_pages/contact.md", written) == expected

    @pytest.mark.parametrize(
        "written", ["https://beta.gouv.fr/x", "//host/x", "/a/../b", "/a?b", "/a#b", "/a\\b", "/a\x00"]
    )
    @pytest.mark.parametrize("site", [JEKYLL, PLAIN])
    def test_is_refused_when_it_is_no_path(self, site: Site, written: str) -> None:
        found = derive(site, PAGES, "contact.md", written)
        assert found.path is None
        assert found.problem == f"{written!r} is no path of a site."

    @pytest.mark.parametrize("blank", [None, "", "  "])
    def test_says_nothing_when_blank(self, blank: str | None) -> None:
        assert path(JEKYLL, PAGES, "contact.md", blank) == "/contact.html"

    def test_may_hold_placeholders(self) -> None:
        written = "article-:title/:year/:slug/:name/:i_day-:i_month/:categories/:collection/:path:output_ext"
        found = path(JEKYLL, POSTS, "fr/_posts/2020-02-04-Mon.Billet.md", written, categories=["Général"])
        expected = "Mon.Billet/2020/mon-billet/2020-02-04-mon-billet/4-2/fr/général/posts/fr/2020-02-04-Mon.Billet.html"
        assert found == f"/article-{expected}"

    def test_of_a_page_keeps_what_jekyll_does_not_replace_and_says_so(self) -> None:
        found = derive(JEKYLL, PAGES, "contact.md", "/:title/:year/")
        assert found.path == "/:title/:year/"
        assert found.problem == "The permalink '/:title/:year/' of a page is published with :title, :year as written."

    def test_of_a_page_knows_more_words_without_jekyll(self) -> None:
        assert path(PLAIN, PAGES, "aide/contact.md", "/:folder/x/:title", slug="Nous écrire") == "/aide/x/Nous-écrire"


class TestPages:
    @pytest.mark.parametrize(
        ("style", "source", "expected"),
        [
            ("date", "index.md", "/"),
            ("date", "about.md", "/about.html"),
            ("date", "_pages/fast/index.md", "/_pages/fast/"),
            ("date", "_pages/fast/comité.md", "/_pages/fast/comité.html"),
            ("date", "_pages/équipe/Nous tous.md", "/_pages/équipe/Nous tous.html"),
            ("date", "1000.jours.md", "/1000.jours.html"),
            ("date", "points...md", "/points.html"),
            ("date", "a..b/c.md", "/a/b/c.html"),
            ("date", "100%25.md", "/100%25.html"),
            ("date", "x?y#z.md", "/x?y#z.html"),
            ("date", "a:b.md", "/a:b.html"),
            ("date", "feed.xml", "/feed.xml"),
            ("date", "raw.htm", "/raw.htm"),
            ("date", "sans-extension", "/sans-extension"),
            ("date", "index.xml", "/index.xml"),
            ("pretty", "about.md", "/about/"),
            ("pretty", "sub/index.html", "/sub/"),
            ("pretty", "raw.html", "/raw/"),
            ("pretty", "feed.xml", "/feed.xml"),
            ("ordinal", "about.md", "/about.html"),
            ("none", "about.md", "/about.html"),
            ("weekdate", "about.md", "/about"),
            ("/:categories/:title/", "about.md", "/about/"),
            ("/:categories/:title", "about.md", "/about"),
            ("/:title.html", "about.md", "/about"),
            ("/blog/:title:output_ext", "about.md", "/about.html"),
        ],
    )
    def test_keep_their_place_in_jekyll(self, style: str, source: str, expected: str) -> None:
        assert path(replace(JEKYLL, permalink=style), PAGES, source) == expected

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("index.md", "/"),
            ("about.md", "/about"),
            ("_pages/contact.md", "/contact"),
            ("_pages/index.md", "/"),
            ("_pages/fast/_autres/comité.md", "/fast/comité"),
            ("programme/index.md", "/programme/"),
            ("programme/Construction.html", "/programme/Construction"),
            ("1000.jours.md", "/1000.jours"),
        ],
    )
    def test_have_plain_addresses_without_jekyll(self, source: str, expected: str) -> None:
        assert path(PLAIN, PAGES, source) == expected

    def test_with_a_control_character_in_their_name_have_no_path(self) -> None:
        assert derive(PLAIN, PAGES, "a\nb.md").path is None
        assert derive(JEKYLL, PAGES, "a\nb.md").problem is not None

    def test_in_a_folder_that_jekyll_does_not_take_for_posts_stay_pages(self) -> None:
        assert path(JEKYLL, POSTS, "posts/2020-01-02-a.md") == "/posts/2020-01-02-a.html"


class TestPosts:
    @pytest.mark.parametrize(
        ("style", "expected"),
        [
            ("date", "/fr/2018/03/05/Mon.Billet.html"),
            ("pretty", "/fr/2018/03/05/Mon.Billet/"),
            ("ordinal", "/fr/2018/064/Mon.Billet.html"),
            ("weekdate", "/fr/2018/W10/Mon/Mon.Billet.html"),
            ("none", "/fr/Mon.Billet.html"),
            ("/actualites/:year/:month/:day/:title/", "/actualites/2018/03/05/Mon.Billet/"),
            ("blog/:slug", "/blog/mon-billet"),
            (":categories/:title.html", "/fr/Mon.Billet.html"),
        ],
    )
    def test_follow_the_style_of_a_jekyll_site(self, style: str, expected: str) -> None:
        assert path(replace(JEKYLL, permalink=style), POSTS, "fr/_posts/2018-03-05-Mon.Billet.md") == expected

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("2020-12-31-Été à l_École.v2!.md", "/Été-à-l_École.v2!.html"),
            (unicodedata.normalize("NFD", "2020-12-31-été.md"), "/été.html"),
            ("2020-01-01-c++.md", "/c++.html"),
            ("2016-02-29-100%.md", "/100.html"),
            ("2020-05-05-html.html", "/html.html"),
            ("2020-05-05-texte.txt", "/texte.txt"),
        ],
    )
    def test_have_odd_names(self, name: str, expected: str) -> None:
        assert path(replace(JEKYLL, permalink="none"), POSTS, f"_posts/{name}") == expected

    def test_take_front_matter_before_the_file_name(self) -> None:
        found = path(JEKYLL, POSTS, "_posts/2020-02-02-a.md", slug="Mon Slug/é", date="2021-03-04")
        assert found == "/2021/03/04/Mon-Slug-é.html"

    def test_have_every_category_once_in_lower_case(self) -> None:
        site = replace(JEKYLL, permalink="/:categories/:slugified_categories/:title", collections_dir="content")
        found = path(site, POSTS, "content/fr/_posts/2020-02-02-a.md", categories=["fr", "Lab MI", "lab mi", "R&D"])
        assert found == "/fr/lab mi/r&d/fr/lab-mi/r-d/a"

    def test_have_the_day_of_the_site_s_own_clock(self) -> None:
        site = replace(JEKYLL, permalink="/:year/:month/:day/:hour::minute::second", timezone="Europe/Paris")
        assert path(site, POSTS, "_posts/2020-02-02-a.md", date="2021-12-31T23:30:05+00:00") == "/2022/01/01/00:30:05"

    def test_have_a_path_of_their_own_in_their_collection_s_pattern(self) -> None:
        assert path(JEKYLL, replace(POSTS, permalink="/b/:title"), "_posts/2020-02-02-a.md") == "/b/a"

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("_posts/2020-02-02-Bonjour.md", "/Bonjour"),
            ("blog/_posts/2020-02-02-bonjour.md", "/blog/bonjour"),
            ("articles/bonjour à tous.md", "/articles/bonjour-à-tous"),
            ("articles/index.md", "/articles/"),
            ("articles/jean.dupont", "/articles/jean.dupont"),
        ],
    )
    def test_have_plain_addresses_without_jekyll(self, source: str, expected: str) -> None:
        assert path(PLAIN, POSTS, source) == expected

    @pytest.mark.parametrize("date", [None, "hier", "2020-02-30"])
    def test_without_a_day_have_no_dated_address(self, date: str | None) -> None:
        found = derive(JEKYLL, POSTS, "_drafts/a.md", date=date)
        assert found.path is None
        assert "asks for :year, and the document has no date" in (found.problem or "")

    def test_without_a_day_have_an_undated_address(self) -> None:
        assert path(replace(JEKYLL, permalink="none"), POSTS, "_drafts/a.md") == "/a.html"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2005-01-01", "2005/05/01/1/Jan/January/01/1/001/2004/53/6/Sat/Saturday"),
        ("2008-12-29", "2008/08/12/12/Dec/December/29/29/364/2009/01/1/Mon/Monday"),
        ("2024-02-29", "2024/24/02/2/Feb/February/29/29/060/2024/09/4/Thu/Thursday"),
        ("0099-05-03", "0099/99/05/5/May/May/03/3/123/0099/18/7/Sun/Sunday"),
    ],
)
def test_dates_are_spelled_as_jekyll_spells_them(date: str, expected: str) -> None:
    pattern = (
        ":year/:short_year/:month/:i_month/:short_month/:long_month/:day/:i_day/:y_day/:w_year/:week/:w_day"
        "/:short_day/:long_day"
    )
    assert path(JEKYLL, POSTS, "_posts/2020-01-01-a.md", pattern, date=date) == f"/{expected}"


class TestCollections:
    @pytest.mark.parametrize(
        ("pattern", "source", "expected"),
        [
            ("/startups/:title.html", "_startups/1000.jours.md", "/startups/1000.jours.html"),
            ("/startups/:title.html", "_startups/data.gouv.fr.md", "/startups/data.gouv.fr.html"),
            ("/fast/lauréats/:title.html", "_startups/Acceslibre.md", "/fast/lauréats/Acceslibre.html"),
            ("/jobs/:year/:month/:day/:title.html", "_startups/2020-01-02-dev.md", "/jobs/2020/01/02/dev.html"),
            ("/:collection/:path/", "_startups/sub/b c.md", "/startups/sub/b c/"),
            ("/:name/:slug/:title", "_startups/2020-01-02-É.B.md", "/2020-01-02-é-b/é-b/É.B"),
            ("/:short_year_:month", "_startups/2020-01-02-a.md", "/20_01"),
            ("/x/:categories", "_startups/a.md", "/x/"),
            (None, "_startups/a.md", "/startups/a.html"),
            (None, "_startups/sub/index.md", "/startups/sub/"),
            (None, "_startups/2020-01-02-a.md", "/startups/2020-01-02-a.html"),
            (None, "_startups/jean.dupont", "/startups/jean.dupont"),
            (None, "_startups/sans-extension", "/startups/sans-extension"),
            (None, "_startups/données.csv", "/startups/données.csv"),
        ],
    )
    def test_follow_their_pattern_in_jekyll(self, pattern: str | None, source: str, expected: str) -> None:
        assert path(JEKYLL, collection("startups", pattern), source) == expected

    @pytest.mark.parametrize(
        ("style", "expected"),
        [("pretty", "/docs/a/"), ("none", "/docs/a.html"), ("weekdate", "/docs/a"), ("/:title/", "/docs/a/")],
    )
    def test_end_as_the_site_s_style_does(self, style: str, expected: str) -> None:
        assert path(replace(JEKYLL, permalink=style), collection("docs"), "_docs/a.md") == expected

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("_docs/a.md", "/docs/a"),
            ("_docs/sub/Été.md", "/docs/Été"),
            ("_docs/2020-01-02-a.md", "/docs/a"),
            ("_docs/index.md", "/docs/"),
        ],
    )
    def test_have_plain_addresses_without_jekyll(self, source: str, expected: str) -> None:
        assert path(PLAIN, collection("docs"), source) == expected

    def test_without_output_have_no_path_whatever_the_author_wrote(self) -> None:
        silent = replace(collection("authors"), output=False)
        assert derive(JEKYLL, silent, "_authors/a.md", "/a/") == Derived(None)
        assert derive(PLAIN, silent, "_authors/a.md") == Derived(None)

    def test_that_jekyll_does_not_know_are_pages_to_it_unless_they_have_a_pattern(self) -> None:
        assert path(JEKYLL, collection("terms", None, "glossaire"), "glossaire/a.md") == "/glossaire/a.html"
        assert path(JEKYLL, collection("terms", "/mots/:title", "glossaire"), "glossaire/a.md") == "/mots/a"

    def test_of_pages_are_documents_to_jekyll_unless_it_is_told_to_include_the_folder(self) -> None:
        declared = replace(PAGES, directory="_pages")
        assert path(replace(JEKYLL, include=()), declared, "_pages/a.md") == "/pages/a.html"
        assert path(JEKYLL, declared, "_pages/a.md") == "/_pages/a.html"


class TestProblems:
    def test_an_unknown_placeholder_is_named_and_its_segment_dropped(self) -> None:
        found = derive(JEKYLL, collection("docs", "/d/:kind-:titre/:title"), "_docs/a.md")
        assert found.path == "/d/a"
        assert found.problem == "The address pattern '/d/:kind-:titre/:title' names what nobody knows: :kind, :titre."

    def test_documents_do_not_share_the_address_that_is_left(self) -> None:
        assert derive(JEKYLL, collection("docs", "/d/:titles"), "_docs/a.md").path is None
        assert derive(JEKYLL, collection("docs"), "_docs/a.md", "/d/:titles").path == "/d"

    def test_a_slug_without_letter_or_digit_gives_no_address(self) -> None:
        found = derive(JEKYLL, collection("docs", "/d/:title.html"), "_docs/—.md")
        assert found.path is None
        assert "asks for :title" in (found.problem or "")

    def test_a_pattern_that_is_no_path_is_told(self) -> None:
        assert derive(JEKYLL, collection("docs", "https://x/:title"), "_docs/a.md").problem is not None


@unhurried
@given(
    source=st.text(),
    written=st.none() | st.text() | st.text(alphabet=":/_%.titleyar2F", max_size=20),
    slug=st.none() | st.text(),
    date=st.none() | st.dates().map(str) | st.text(max_size=8),
    categories=st.lists(st.text(max_size=5), max_size=3),
    jekyll=st.booleans(),
    of=st.sampled_from([PAGES, POSTS, collection("docs"), collection("docs", "/:categories/:title/:year")]),
)
def test_whatever_a_file_is_called_its_path_is_one_or_a_problem_is_told(
    *,
    source: str,
    written: str | None,
    slug: str | None,
    date: str | None,
    categories: list[str],
    jekyll: bool,
    of: Collection,
) -> None:
    site = replace(PLAIN, jekyll=jekyll)
    found = derive(site, of, source, written, slug=slug, date=date, categories=categories)
    if found.path is None:
        assert found.problem
    else:
        assert found.path.startswith("/")
        assert "//" not in found.path
        assert ".." not in found.path.split("/")
        assert unicodedata.is_normalized("NFC", found.path)
