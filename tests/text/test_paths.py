"""Spelling of paths: tables of cases, and what must hold for any text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contentapi.text import paths
from contentapi.text.paths import Url

#: A machine that is busy with other things fails no test.
unhurried = settings(deadline=None)
NFD = unicodedata.normalize("NFD", "/fast/lauréats")

#: Texts that look like paths far more often than chance would make them.
PATHS = st.lists(
    st.sampled_from(
        ["/", "..", ".", "index", ".html", ".htm", "%", "%2", "25", "41", "%2F", "%C3", "%A9", "é", "\u0301"]
    )
    | st.text(max_size=3)
    | st.characters(categories=["Cs"])
).map("".join)


class TestKey:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/", "/"),
            ("", "/"),
            ("///", "/"),
            ("a", "/a"),
            ("/approche/", "/approche"),
            ("//approche///construction//", "/approche/construction"),
            ("/home.html", "/home"),
            ("/home.htm", "/home"),
            ("/home.html/", "/home"),
            ("/index.html", "/"),
            ("/index", "/"),
            ("index", "/"),
            ("/a/index.htm", "/a"),
            ("/a/index/", "/a"),
            ("/a/index/b", "/a/index/b"),
            ("/indexes", "/indexes"),
            ("/a/.html", "/a/.html"),
            ("/a/..html", "/a/..html"),
            ("/startups/1000.jours.html", "/startups/1000.jours"),
            ("/startups/data.gouv.fr", "/startups/data.gouv.fr"),
            ("/home.HTML", "/home.HTML"),
            ("/Approche", "/Approche"),
            ("/fast/laur%C3%A9ats", "/fast/lauréats"),
            ("/fast/laure%CC%81ats", "/fast/lauréats"),
            (NFD, "/fast/lauréats"),
            ("/a%20b c", "/a b c"),
            ("/a%2Fb", "/a/b"),
            ("/%2e%2e/a", "/a"),
            ("/100%", "/100%"),
            ("/100%25", "/100%"),
            ("/a%zz", "/a%zz"),
            ("/%ff%C3", "/%FF%C3"),
            ("/%2541", "/A"),
            ("/%2%35%34%31", "/A"),
            ("/a/./b/../c", "/a/c"),
            ("/../../etc/passwd", "/etc/passwd"),
            ("/..", "/"),
            ("/a+b", "/a+b"),
        ],
    )
    def test_spellings_of_one_path_meet(self, path: str, expected: str) -> None:
        assert paths.key(path) == expected

    @unhurried
    @given(PATHS)
    @example("/a.html.html")
    @example("/index/index")
    @example("/...html")
    @example("/%2541")
    @example("/%ca\u0301")
    @example("\udce9")
    def test_a_key_is_its_own_key(self, path: str) -> None:
        found = paths.key(path)
        assert paths.key(found) == found

    @unhurried
    @given(PATHS)
    @example("%41")
    @example("/é?#'\"<>")
    @example("/\ud800")
    def test_a_path_and_its_encoded_spelling_have_one_key(self, path: str) -> None:
        assert paths.key(paths.encode(path)) == paths.key(path)

    @unhurried
    @given(PATHS)
    def test_a_key_is_normal_and_stays_below_the_root(self, path: str) -> None:
        found = paths.key(path)
        assert found.startswith("/")
        assert unicodedata.is_normalized("NFC", found)
        assert found == "/" or not {"", ".", ".."} & set(found[1:].split("/"))
        found.encode()

    @pytest.mark.parametrize(
        "path", ["%25" * 20_000, "%" + "25" * 20_000 + "41", "%2" + "%3" * 20_000 + "5", "../" * 20_000]
    )
    def test_no_path_takes_long(self, path: str) -> None:
        start = time.perf_counter()
        paths.key(path)
        assert time.perf_counter() - start < 2


class TestPublish:
    @pytest.mark.parametrize(
        ("permalink", "expected"),
        [
            ("/", "/"),
            ("///", "/"),
            ("/approche/construction", "/approche/construction"),
            ("/approche/", "/approche/"),
            ("approche", "/approche"),
            ("  /apropos/\n", "/apropos/"),
            ("/home.html", "/home.html"),
            ("/a/index.html", "/a/"),
            ("/index.html", "/"),
            ("index.html", "/"),
            ("/a/myindex.html", "/a/myindex.html"),
            ("/a/index", "/a/index"),
            ("/a//b///c/", "/a/b/c/"),
            ("/a/./b/.", "/a/b/"),
            ("/fast/lauréats", "/fast/lauréats"),
            (NFD, "/fast/lauréats"),
            ("/fast/laur%C3%A9ats", "/fast/lauréats"),
            ("/en/About us", "/en/About us"),
            ("/a%20b", "/a b"),
            ("/a%2Fb", "/a/b"),
            ("/%2Fevil.example", "/evil.example"),
            ("/a%3Fb", "/a?b"),
            ("/100%", "/100%"),
            ("/100%25", "/100%"),
            ("/%FF", "/%FF"),
            ("/startups/1000.jours.html", "/startups/1000.jours.html"),
            ("/a..b/c", "/a..b/c"),
            ("/projet:beta", "/projet:beta"),
            ("/~jean@home/*", "/~jean@home/*"),
        ],
    )
    def test_cleans_what_the_author_wrote(self, permalink: str, expected: str) -> None:
        assert paths.publish(permalink) == expected

    @pytest.mark.parametrize(
        "permalink",
        [
            "",
            "   ",
            "https://beta.gouv.fr/approche",
            "HTTP://x",
            "mailto:contact@beta.gouv.fr",
            "javascript:alert(1)",
            "//beta.gouv.fr/approche",
            "///beta.gouv.fr",
            "/a\\b",
            "/a%5Cb",
            "/a\nb",
            "/a\x00",
            "/a%00b",
            "/a%0Ab",
            "/a\x7fb",
            "/a\u2028b",
            "/a\ud800b",
            "/../etc/passwd",
            "/a/../b",
            "..",
            "/a/%2e%2e/b",
            "/a?b",
            "/a#b",
        ],
    )
    def test_refuses_what_is_no_path_of_a_site(self, permalink: str) -> None:
        assert paths.publish(permalink) is None

    @unhurried
    @given(PATHS)
    def test_what_is_published_is_normal_and_can_be_asked_for(self, permalink: str) -> None:
        path = paths.publish(permalink)
        if path is not None:
            assert path.startswith("/")
            assert "//" not in path
            assert unicodedata.is_normalized("NFC", path)
            assert paths.key(path) == paths.key(paths.encode(path))
            path.encode()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "index"),
        ("", "index"),
        ("/approche/construction", "construction"),
        ("/approche/", "approche"),
        ("/home.html", "home"),
        ("/startups/1000.jours.html", "1000.jours"),
        ("/startups/data.gouv.fr", "data.gouv.fr"),
        ("/fast/lauréats/Jean Moulin.html", "Jean Moulin"),
        ("/a/.html", ".html"),
    ],
)
def test_the_slug_is_the_last_segment(path: str, expected: str) -> None:
    assert paths.last_segment(path) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("laur%C3%A9ats", "lauréats"),
        ("a%2Fb%20c", "a/b c"),
        ("%2541", "%41"),
        ("100%", "100%"),
        ("%zz%C3(", "%zz%C3("),
        ("", ""),
    ],
)
def test_decoding_happens_once_and_keeps_what_is_no_escape(text: str, expected: str) -> None:
    assert paths.decode(text) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/approche/construction", "/approche/construction"),
        ("/fast/lauréats/", "/fast/laur%C3%A9ats/"),
        ("/a b", "/a%20b"),
        ("/100%?#", "/100%25%3F%23"),
        ("/-._~!$&()*+,;=:@", "/-._~!$&()*+,;=:@"),
        ("/'\"<>\\^`{|}[]", "/%27%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D"),
        ("/\x00\n", "/%00%0A"),
        ("/🚀", "/%F0%9F%9A%80"),
        ("/\ud800", "/%ED%A0%80"),
    ],
)
def test_encoding_is_that_of_rfc_3986_and_safe_in_html(path: str, expected: str) -> None:
    assert paths.encode(path) == expected


@unhurried
@given(st.text())
def test_decoding_undoes_encoding(path: str) -> None:
    encoded = paths.encode(path)
    assert encoded.isascii()
    assert paths.decode(encoded) == path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", []),
        ("", []),
        ("/a", ["/"]),
        ("/index.html", []),
        ("/approche/formation/mooc.html", ["/approche/formation", "/approche", "/"]),
        ("/a/b/", ["/a", "/"]),
        ("/fast/laur%C3%A9ats/x", ["/fast/lauréats", "/fast", "/"]),
        ("/index/a", ["/"]),
        ("/a.html/b", ["/a", "/"]),
    ],
)
def test_parents_are_keys_from_the_nearest_to_the_root(path: str, expected: list[str]) -> None:
    assert paths.parents(path) == expected


@unhurried
@given(PATHS)
def test_every_parent_is_a_key(path: str) -> None:
    found = paths.parents(path)
    assert [paths.key(one) for one in found] == found
    assert found[-1:] == (["/"] if paths.key(path) != "/" else [])


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("/a/b", "c", "/a/b/c"),
        ("/a/b/", "c.md", "/a/b/c.md"),
        ("/a/b", "../c", "/a/c"),
        ("/a/b", "./c/", "/a/b/c/"),
        ("/a/b", "..", "/a/"),
        ("/a/b", ".", "/a/b/"),
        ("/a/b", "", "/a/b/"),
        ("/a", "../../../etc/passwd", "/etc/passwd"),
        ("/a", "../..", "/"),
        ("/a/b", "/c/../d", "/d"),
        ("/", "/", "/"),
        ("", "x", "/x"),
        ("content/_posts", "../img/a b.png", "/content/img/a b.png"),
        ("/a", "b//c", "/a/b/c"),
    ],
)
def test_relative_links_stay_below_the_root(base: str, target: str, expected: str) -> None:
    assert paths.relative(base, target) == expected


class TestSplitUrl:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("", Url(None, None, "")),
            ("/approche/", Url(None, None, "/approche/")),
            ("a%20b.md?x=1#y", Url(None, None, "a%20b.md", "?x=1#y")),
            ("#ancre", Url(None, None, "", "#ancre")),
            ("?q=//x", Url(None, None, "", "?q=//x")),
            ("/a#b?c#d", Url(None, None, "/a", "#b?c#d")),
            ("https://Beta.Gouv.FR/A?b", Url("https", "beta.gouv.fr", "/A", "?b")),
            ("HTTPS://beta.gouv.fr", Url("https", "beta.gouv.fr", "")),
            ("https://beta.gouv.fr?x", Url("https", "beta.gouv.fr", "", "?x")),
            ("//beta.gouv.fr/x", Url(None, "beta.gouv.fr", "/x")),
            ("///beta.gouv.fr/x", Url(None, "beta.gouv.fr", "/x")),
            ("https:///beta.gouv.fr/x", Url("https", "beta.gouv.fr", "/x")),
            ("/\\beta.gouv.fr\\x", Url(None, "beta.gouv.fr", "/x")),
            ("img\\a.png", Url(None, None, "img/a.png")),
            ("https://x:443/", Url("https", "x", "/")),
            ("http://x:80/", Url("http", "x", "/")),
            ("http://x:/", Url("http", "x", "/")),
            ("http://localhost:8000/", Url("http", "localhost:8000", "/")),
            ("https://beta.gouv.fr@evil.example/", Url("https", "evil.example", "/")),
            ("https://[::1]:8000/x", Url("https", "[::1]:8000", "/x")),
            ("https://été.example/", Url("https", "été.example", "/")),
            ("mailto:a@b.fr?subject=x", Url("mailto", None, "a@b.fr", "?subject=x")),
            (" java\nscript:alert(1)", Url("javascript", None, "alert(1)")),
            ("data:text/html,<b>", Url("data", None, "text/html,<b>")),
            ("file:///etc/passwd", Url("file", None, "/etc/passwd")),
            ("//", Url(None, None, "")),
            ("  /a\t", Url(None, None, "/a")),
            ("1:2", Url(None, None, "1:2")),
            (":", Url(None, None, ":")),
        ],
    )
    def test_tells_the_parts_apart_as_browsers_do(self, url: str, expected: Url) -> None:
        assert paths.split_url(url) == expected

    @pytest.mark.parametrize(
        "url", ["http://[", "http://[::1", "https://a b/", "https://x:y/", "//:80/", "//a<b>/", "//%/"]
    )
    def test_garbage_has_no_path(self, url: str) -> None:
        found = paths.split_url(url)
        assert found.path is None
        assert found.host is None

    @unhurried
    @given(st.text() | st.text(alphabet="htps:/\\[]@?#.%: \n", max_size=20))
    def test_never_raises(self, url: str) -> None:
        found = paths.split_url(url)
        assert found.host == (found.host.lower() if found.host else None)


class TestSlugify:
    @pytest.mark.parametrize(
        ("text", "default", "pretty"),
        [
            ("", "", ""),
            ("Hello, World!", "hello-world", "hello,-world!"),
            ("The _config.yml file", "the-config-yml-file", "the-_config.yml-file"),
            ("1000.jours", "1000-jours", "1000.jours"),
            ("Été à l’École", "été-à-l-école", "été-à-l-école"),
            (unicodedata.normalize("NFD", "Été"), "été", "été"),
            ("  a -- b  ", "a-b", "a-b"),
            ("-a-", "a", "a"),
            ("c++", "c", "c++"),
            ("100 %", "100", "100"),
            ("a/b\\c", "a-b-c", "a-b-c"),
            ("R&D (2020)", "r-d-2020", "r&d-(2020)"),
            ("½ Ⅳ ①", "", ""),
            ("漢字 हिन्दी ٣", "漢字-हिन्दी-٣", "漢字-हिन्दी-٣"),
            ("🚀 go", "go", "go"),
            ("—", "", ""),
            ("\u00a0x", "x", "x"),
        ],
    )
    def test_as_jekyll_makes_slugs(self, text: str, default: str, pretty: str) -> None:
        assert paths.slugify(text) == default
        assert paths.slugify(text, "pretty") == pretty

    def test_keeps_capitals_when_told(self) -> None:
        assert paths.slugify("Jean Moulin", "pretty", cased=True) == "Jean-Moulin"

    @unhurried
    @given(st.text())
    def test_keeps_letters_marks_and_digits_only(self, text: str) -> None:
        slug = paths.slugify(text)
        assert {unicodedata.category(sign)[0] for sign in slug} <= {"L", "M", "N", "P"}
        assert "--" not in slug
        assert slug == slug.strip("-")


class TestTermSlug:
    @pytest.mark.parametrize(
        ("label", "expected"),
        [
            ("matti.schneider", "matti.schneider"),
            ("data.gouv.fr", "data.gouv.fr"),
            ("Matti Schneider", "matti-schneider"),
            ("Pôle emploi", "pôle-emploi"),
            (unicodedata.normalize("NFD", "Pôle emploi"), "pôle-emploi"),
            ("L’État, plate-forme !", "l-état-plate-forme"),
            ("  « général »  ", "général"),
            ("Jean_Dupont", "jean_dupont"),
            (".net", "net"),
            ("R&D", "r-d"),
            ("C#", "c"),
            ("a/b", "a-b"),
            ("½", "½"),
            ("2020", "2020"),
            ("\u0301a\u0300", "à"),
            ("🚀", ""),
            ("...", ""),
            ("", ""),
        ],
    )
    def test_keeps_dots_and_accents(self, label: str, expected: str) -> None:
        assert paths.term_slug(label) == expected

    @pytest.mark.parametrize(
        ("label", "other", "expected"),
        [
            ("C", "C++", True),
            ("C#", "C++", True),
            (".NET", "net", True),
            ("A/B", "a b", True),
            ("Open data", "open-data", False),
            ("l'été", "L’E\u0301té", False),
            ("un  mot", "un\xa0mot", False),
            ("C", "C", False),
            ("Ada Lovelace", "ada", False),  # no conflict of labels: someone wrote its slug
        ],
    )
    def test_two_labels_of_one_slug_are_two_terms_when_signs_tell_them_apart(
        self, label: str, other: str, expected: bool
    ) -> None:
        assert paths.two_terms(label, other) is paths.two_terms(other, label) is expected

    @unhurried
    @given(st.text())
    def test_is_its_own_slug_and_empty_only_for_signs(self, label: str) -> None:
        slug = paths.term_slug(label)
        assert paths.term_slug(slug) == slug
        assert bool(slug) == any(unicodedata.category(sign)[0] in "LN" for sign in label)
        assert "/" not in slug
