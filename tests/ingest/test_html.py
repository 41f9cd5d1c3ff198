"""HTML of all kinds and what is left of it: what executes is gone, references are numbers, problems are told."""

from __future__ import annotations

import re

import pytest

from contentapi.ingest import html, markdown
from contentapi.ingest.html import Place
from contentapi.model import Severity

PLACE = Place("_pages/a.md", "/_pages/", "/guide/a", base="/base", iframe_hosts=("video.example",))


def clean(raw: str) -> html.Cleaned:
    return html.clean(markdown.mark(raw, 1), PLACE)


def kept(raw: str) -> str:
    """The HTML, with ``{n}`` for references."""
    return re.sub("\x1f(\\d+)\x1f", r"{\1}", clean(raw).html)


def told(raw: str) -> list[tuple[int | None, str, str]]:
    return [(one.line, one.code, one.message) for one in clean(raw).diagnostics]


KEPT = {
    "structure": '<section class="a"><h2 id="b">c</h2><p lang="fr" dir="ltr" title="d">e</p></section>',
    "what assistive technology reads": '<div role="group" aria-label="a" aria-describedby="b" tabindex="0">c</div>',
    "disclosure": '<details open=""><summary>a</summary>b</details>',
    "a button that opens something": '<button type="button" aria-expanded="false" aria-controls="a">b</button>',
    "a figure": '<figure><img alt="a" width="1" height="2" loading="lazy"><figcaption>b</figcaption></figure>',
    "a table": (
        '<table><caption>a</caption><colgroup><col span="2"></colgroup><thead><tr><th scope="col" colspan="2">b</th></tr>'
        '</thead><tbody><tr><td align="right" rowspan="2" headers="c">d</td></tr></tbody></table>'
    ),
    "lists": '<ol start="3" reversed="" type="a"><li value="4">a</li></ol><dl><dt>b</dt><dd>c</dd></dl>',
    "words": '<abbr title="a">b</abbr> <time datetime="2020">c</time> <q>d</q> <mark>e</mark> <kbd>f</kbd> H<sub>2</sub>O',
    "a frame of an allowed host": (
        '<iframe src="https://video.example/1" title="a" width="1" height="2" allowfullscreen="" loading="lazy"></iframe>'
    ),
    "a frame without protocol": '<iframe src="//video.example/1"></iframe>',
    "an anchor by its old name": '<a name="a">b</a>',
    "a box": '<input type="checkbox" checked="" disabled=""> <label for="a">b</label>',
    "addresses of people": '<a href="mailto:a@b.example">c</a> <a href="tel:+33">d</a>',
    "characters": "a &amp; b &lt; c &gt; d \" ' é&nbsp;🚀",
    "blanks of code": "<pre><code>a\n  b\n\nc</code></pre>",
}


@pytest.mark.parametrize("raw", KEPT.values(), ids=KEPT)
def test_what_says_something_is_kept(raw: str) -> None:
    assert kept(raw) == raw
    assert told(raw) == [] or "loading" in raw


REMOVED = {
    "a script": ("a<script>canary()</script>b", "ab"),
    "a script of elsewhere": ('<script src="//x/canary.js"></script>', ""),
    "a script never closed": ("a<script>canary()", "a"),
    "a style": ("<style>.canary{}</style>a", "a"),
    "styles and handlers": ('<p style="a" onclick="b" ONMOUSEOVER=c data-d="e" xmlns="f">g</p>', "<p>g</p>"),
    "a handler on a broken picture": ('<img src="x" onerror="a" alt="">', '<img src="{0}" alt="">'),
    "drawings and formulas": ("<svg><a href=x>canary</a></svg><math><mi>canary</mi></math>a", "a"),
    "plugins": ("<object data=canary>canary</object><embed src=canary><applet>canary</applet>a", "a"),
    "one in another": (
        "<object><object><a href=x>canary</a></object></object><noscript><b>canary</b></noscript>a",
        "a",
    ),
    "templates and titles": ("<template>canary</template><title>canary</title>a", "a"),
    "fields": (
        (
            '<form action="/canary"><input name=canary><input type=password><input type=CheckBox>'
            "<textarea>canary</textarea><select><option>canary</select>a</form>"
        ),
        '<input type="checkbox">a',
    ),
    "a button that sends": (
        '<button type="submit" formaction="javascript:a">b</button>',
        '<button type="button">b</button>',
    ),
    "frames": ("<iframe src=https://canary.example/></iframe><iframe srcdoc=canary></iframe><frameset>a", "a"),
    "a frame with the host in its path": ('<iframe src="https://canary.example/video.example"></iframe>', ""),
    "a frame that is no https": ("<iframe src=http://video.example/canary></iframe>", ""),
    "a frame on another port": ("<iframe src=https://video.example:8443/canary></iframe>", ""),
    "a frame with a user": ("<iframe src=https://video.example@canary.example/></iframe>", ""),
    "what a frame holds": (
        "<iframe src=https://video.example/1><script>canary()</script></iframe>a",
        '<iframe src="https://video.example/1"></iframe>a',
    ),
    "an allowed frame with more": (
        '<iframe src="https://video.example/1" srcdoc="canary" onload="canary()" name="canary"></iframe>',
        '<iframe src="https://video.example/1"></iframe>',
    ),
    "where a quotation is from": ("<blockquote cite=canary>a</blockquote><q cite=javascript:canary>b</q>", None),
    "comments": ("a<!-- canary --><!--[if IE]>canary<![endif]-->b<?canary ?><!canary>", "ab"),
    "the rest of a page": ("<html><head><base href=canary><meta a><link b></head><body onload=c>d</body></html>", "d"),
    "unknown elements": ("<x-a b><marquee>c</marquee></x-a><font color=red>d</font>", "cd"),
    "a cell without table": ("<td>a</td>", "a"),
    "the name of a window": (
        '<a href="#a" target="canary">b</a><a target="\\_blank">c</a>',
        '<a href="#a">b</a><a target="_blank">c</a>',
    ),
    "pictures of other kinds": ("<picture><source srcset=a.webp><img src=b.png alt srcset=c></picture>", None),
}


@pytest.mark.parametrize(("raw", "expected"), REMOVED.values(), ids=REMOVED)
def test_what_executes_sends_or_styles_is_gone_with_its_text(raw: str, expected: str | None) -> None:
    found = clean(raw)
    assert "canary" not in repr((found.html, found.text, found.headings, found.references, found.anchors))
    if expected is not None:
        assert kept(raw) == expected


@pytest.mark.parametrize(
    "address",
    [
        "javascript:canary()",
        "JaVaScRiPt:canary()",
        " \n javascript:canary()",
        "java\nscript:canary()",
        "java&#10;script:canary()",
        "java&Tab;script:canary()",
        "&#106;avascript&colon;canary()",
        "\x01javascript:canary()",
        "&#1;javascript:canary()",
        "vbscript:canary",
        "data:text/html,canary",
        "data:image/svg+xml,canary",
        "data:image/png;base64,canary",
        "blob:canary",
        "file:///canary",
        "ftp://canary.example",
        "view-source:canary",
        "canary:1",
        "http://[canary",
        "https:///?canary",
    ],
)
@pytest.mark.parametrize("element", ['<a href="{}">b</a>', '<img src="{}" alt="">', '<video poster="{}"></video>'])
def test_an_address_that_is_none_is_taken_out_and_told(address: str, element: str) -> None:
    found = clean(element.format(address))
    if "\x01" in address or "&#1;" in address:
        assert "script:" not in found.html.lower() or found.references[0].url.startswith("\ufffd")
        return
    assert "canary" not in found.html
    assert found.references == ()
    assert [one.code for one in found.diagnostics] == ["link-unsafe"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            "\n<script>1</script>\n<script>2</script>",
            [(2, "html-removed", "<script> was taken out with its content: it is not allowed in content.")],
        ),
        (
            "<svg><title>a</title><style>b</style></svg>",
            [(1, "html-removed", "<svg> was taken out with its content: it is not allowed in content.")],
        ),
        (
            "<form>\n<input>\n</form>",
            [
                (1, "html-removed", "<form> was taken out; what it holds was kept: it is not allowed in content."),
                (2, "html-removed", "<input> was taken out: it is not allowed in content."),
            ],
        ),
        (
            "\n\n<iframe src=https://Other.Example/a></iframe>\n<iframe></iframe>",
            [
                (3, "iframe-removed", "A frame of other.example was taken out: the site does not allow that host."),
                (4, "iframe-removed", "A frame of an unnamed host was taken out: the site does not allow that host."),
            ],
        ),
        (
            f"<a\nhref='x:{'y' * 100}'>z</a>",
            [
                (
                    1,
                    "link-unsafe",
                    f"The address 'x:{'y' * 77}…' was taken out: addresses of that kind are not allowed.",
                )
            ],
        ),
        ("<p>\n<img src=a.png></p>", [(2, "image-alt-missing", "The picture 'a.png' has no alternative text.")]),
        ("<img src=a.png alt><img src=b.png alt='c'>", []),
        (
            "<h2 id=a>b</h2>\n<h3 id=a>c</h3>",
            [(2, "duplicate-id", "The id 'a' is already used in this document; the heading got another.")],
        ),
        (
            "<h2> </h2>",
            [
                (
                    1,
                    "heading-empty",
                    "The heading is empty: it is in no table of contents, and screen readers stop at it.",
                )
            ],
        ),
        ("<h2><img src=a alt=b></h2>", []),
        (
            "<a href=#b>c</a>\n<a href=#b>d</a><a href='#%C3%A9'>e</a><i id=é>f</i>",
            [(1, "anchor-missing", "The link to #b leads to no heading or id of this document.")],
        ),
        ("<a href=#>a</a><a href=#top>b</a><a href='#:~:text=c'>d</a><a name=e></a><a href=#e>f</a>", []),
    ],
)
def test_problems_are_told_with_their_line(raw: str, expected: list[tuple[int, str, str]]) -> None:
    assert told(raw) == expected
    assert all(one.severity is Severity.WARNING and one.path == "_pages/a.md" for one in clean(raw).diagnostics)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            "<picture>\n<source srcset='a.webp'>\n<img src=a.png srcset='b.png 2x' alt></picture>\n<img src=c srcset=d alt>",
            [(2, "info", "The `srcset` of a picture was taken out: the picture in `src` is shown at every size.")],
        ),
        (
            "<img srcset=a alt>\n<img srcset=b src alt>",
            [
                (1, "warning", "The picture is not shown: its `srcset` was taken out, and it has no `src`."),
                (2, "warning", "The picture is not shown: its `srcset` was taken out, and it has no `src`."),
            ],
        ),
        ("<img src=a.png srcset alt><video src=b srcset=c></video>", []),
    ],
)
def test_the_sizes_of_a_picture_that_are_taken_out_are_told(raw: str, expected: list[tuple[int, str, str]]) -> None:
    found = clean(raw)
    assert [(one.line, one.severity.value, one.message) for one in found.diagnostics] == expected
    assert {one.code for one in found.diagnostics} <= {"html-removed"}
    assert "srcset" not in found.html


REFERENCES = {
    # As an author writes it, then: its key, its suffix, the file it may name, its host.
    "b": ("/guide/b", "", "_pages/b", None),
    "./b/": ("/guide/b", "", "_pages/b/", None),
    "../b.md?c#d": ("/b.md", "?c#d", "b.md", None),
    "../../../b": ("/b", "", "b", None),
    "b%20c/%C3%A9.html": ("/guide/b c/é", "", "_pages/b c/é.html", None),
    "e%CC%81.md": ("/guide/é.md", "", "_pages/é.md", None),
    "/": ("/", "", "", None),
    "/b/index.html": ("/b", "", "b/index.html", None),
    "/_pages/b.md": ("/_pages/b.md", "", "_pages/b.md", None),
    "/base": ("/", "", "", None),
    "/base/b": ("/b", "", "b", None),
    "/based/b": ("/based/b", "", "based/b", None),
    "https://Site.Example/base/b.html#c": ("/b", "#c", None, "site.example"),
    "HTTP://site.example:80": ("/", "", None, "site.example"),
    "//cdn.example/b?c": ("/b", "?c", None, "cdn.example"),
    "http:\\\\site.example\\b": ("/b", "", None, "site.example"),
}


@pytest.mark.parametrize("written", REFERENCES)
def test_a_reference_is_what_its_address_means(written: str) -> None:
    key, suffix, source, host = REFERENCES[written]
    link, picture = clean(f"<p>\n<a href='{written}'>a\n b</a>\n<img src='{written}' alt='c'>").references
    assert (link.kind, link.url, link.text, link.line) == ("link", written, "a b", 2)
    assert (picture.kind, picture.url, picture.text, picture.line) == ("image", written, "c", 4)
    for one in (link, picture):
        assert (one.key, one.suffix, one.source, one.host) == (key, suffix, source, host)


@pytest.mark.parametrize("written", ["", "#b", "?b=c", "mailto:b@c.example", "tel:1", "sms:1"])
def test_what_leads_to_no_path_stays_as_it_is(written: str) -> None:
    found = clean(f'<a href="{written}">a</a>')
    assert found.references == ()
    assert found.html == f'<a href="{written}">a</a>'


def test_without_a_public_path_the_file_is_where_links_start() -> None:
    found = html.clean('<a href="b.md">c</a>', Place("x/a.md", "/x/", None)).references[0]
    assert (found.key, found.source) == ("/x/b.md", "x/b.md")


def test_every_element_that_shows_a_file_has_its_reference() -> None:
    raw = '<video src="a" poster="b"><source src="c"><track src="d"></video><audio src="e"></audio><img src="f" alt="">'
    assert kept(raw) == (
        '<video src="{0}" poster="{1}"><source src="{2}"><track src="{3}"></video><audio src="{4}"></audio>'
        '<img src="{5}" alt="">'
    )
    assert [one.url for one in clean(raw).references] == list("abcdef")


def test_an_element_that_is_two_things_is_counted_once() -> None:
    assert len(clean('<a id="a" href="b">c</a><h2 id="d"><a href="e">f</a></h2>').references) == 2


def test_a_link_around_a_picture_says_what_the_picture_shows() -> None:
    assert [one.text for one in clean('<a href="a"><img src="b" alt=" c  d "></a>').references] == ["c d", "c d"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<a href=x>a<a href=y>b</a>c</a>", '<a href="{0}">a</a><a href="{1}">b</a>c'),
        ("<p>a<div>b</div>c</p>", "<p>a</p><div>b</div>c<p></p>"),
        ("<table><p>a</p><tr><td>b</table>", "<p>a</p><table><tbody><tr><td>b</td></tr></tbody></table>"),
        ("<b><p>a</b>b</p>", "<b></b><p><b>a</b>b</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("a</div></p>b", "a<p></p>b"),
        ("<h2>a<h3>b</h3></h2>", '<h2 id="a">a</h2><h3 id="b">b</h3>'),
        ("<IMG SRC=a ALT=b>", '<img src="{0}" alt="b">'),
    ],
)
def test_html_that_is_not_well_formed_is_read_as_browsers_read_it(raw: str, expected: str) -> None:
    assert kept(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "<p><a href=x><marquee></p>\n",
        "<p><x-a><p>a",
        "<table><x-b><a href=c>d",
        "<a href=x><form><p>a</form><a href=y>b",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<select><xmp><script>alert(1)</script></xmp></select>",
        "<pre>\n\na</pre><pre>\nb</pre>",
        "<nobr><nobr><b><b><b><b>a<p>b",
        "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
    ],
)
def test_sanitising_twice_changes_nothing(raw: str) -> None:
    found = clean(raw).html
    assert html.sanitise(found, iframe_hosts=PLACE.iframe_hosts) == found
    assert "onerror=" not in re.sub('"[^"]*"', "", found)


def test_what_never_settles_is_given_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_MAX_ROUNDS", 0)
    assert clean("<p>a <b>&lt;b&gt;</b></p><p>c</p>").html == "a &lt;b&gt;\nc"
    assert html.sanitise("<p>a</p>", raw=False) == "<p>a</p>"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\x1f0\x1f<a href='\x1f5\x1f'>a</a>", '0<a href="{0}">a</a>'),
        ("&#31;0&#31; &#x1F;1&#X0001f;", "\ufffd0\ufffd \ufffd1\ufffd"),
        ("<a title='&#31;0&#31;' href=b>c</a>", '<a title="\ufffd0\ufffd" href="{0}">c</a>'),
        ("&#&#31;31;0", "&amp;#\ufffd31;0"),
        ("a\x00b\x01c\x0bd\x0ce\x1ef\x7fg\x85h", "abcdefgh"),
        ("&#0;&#1;&#8;&#11;&#127;&#129;&#x9d;", "\ufffd" * 7),
        ("&#9;a&#10;b&#146;&#128;&#160;&#x1F680;&#;&#x;", "a\nb’€&nbsp;🚀&amp;#;&amp;#x;"),
        (f"&#{'9' * 6000};", "\ufffd"),
        (f"&#x{'0' * 6000}1f;", "\ufffd"),
    ],
)
def test_no_author_can_write_a_control_character(raw: str, expected: str) -> None:
    assert kept(raw) == expected


@pytest.mark.parametrize("frame", ["<iframe src=https://video.example/1>", "<iframe src=https://video.example/1 />"])
def test_a_frame_never_closed_swallows_nothing(frame: str) -> None:
    closed = '<iframe src="https://video.example/1"></iframe>'
    assert kept(f"{frame}\n<p>a</p>{frame}</iframe><p>b</p>") == f"{closed}\n<p>a</p>{closed}<p>b</p>"
    assert kept("<IFRAME src=//other.example>a") == "a"


@pytest.mark.parametrize("line", ["7", "-1", "x", "9" * 5000, "²", ""])
def test_an_author_cannot_move_a_line(line: str) -> None:
    written = f'<p data-line="{line}"><a data-line="{line}" href="a">b</a><img src="c" data-line="{line}" alt="">'
    assert [one.line for one in clean(f"\n{written}").references] == [2, 2]
    assert "data-line" not in clean(written).html
    assert all(one.line in {7, None} for one in html.clean(written, PLACE).references)


def test_depth_is_bounded_and_told() -> None:
    raw = "<div>" * 5000 + "a" + "</div>" * 5000 + "<p>b</p>"
    found = clean(raw)
    assert found.html.count("<div>") == 200
    assert found.text == "a\nb"
    assert [(one.code, one.severity) for one in found.diagnostics] == [("nesting-too-deep", Severity.ERROR)]
    assert clean("<ul><li>" * 150 + "a").diagnostics == ()
    assert clean("<p>" * 5000 + "a").diagnostics == ()


def test_elements_that_are_opened_again_in_every_block_are_few() -> None:
    raw = "".join(f"<b class='c{number}'>" for number in range(500)) + "<p>a" * 2000
    found = clean(raw)
    assert len(found.html) < 2_000_000
    assert found.text == "\n".join("a" * 2000)


@pytest.mark.parametrize(
    "text",
    [
        "Plain.",
        "*a* **b** `c < d` & « e »",
        "- a\n- b\n\n  c",
        "- [x] done",
        "> a\n\n---\n\n```sh\nls > a\n```",
        "a|b\n-|:-\n1|2",
    ],
)
def test_what_holds_nothing_to_name_is_the_same_without_a_look_for_it(text: str) -> None:
    rendered = markdown.render(text).html
    assert html.clean(rendered, PLACE, raw=False) == html.clean(rendered, PLACE, raw=True)
