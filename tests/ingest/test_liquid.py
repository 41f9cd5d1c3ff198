"""Bodies with Liquid and what becomes of each tag: understood, kept as it is, or taken out and told."""

from __future__ import annotations

import pytest

from contentapi.ingest import liquid
from contentapi.model import Collection, Json, Site
from contentapi.text import vocabulary

SITE = Site(
    vocabulary.default(),
    title="Le site",
    origin="https://site.example",
    base="/base",
    variables={
        "email": "a@site.example",
        "legal.name": "Le site <SA>",
        "legal.siren": "",
        "note": "{{ x }}",
        "url": "/no",
    },
    collections_dir="contenu",
    collections=(
        Collection("articles", "article", "contenu/_posts", output=True),
        Collection("tools", "tools", "contenu/_tools", output=True),
    ),
)


VALUES: dict[str, Json] = {
    "root": "..", "year": 2024, "open": True, "none": None, "hero": {"image": "/a.png"}, "list": [1], "date": "2024-01-02",
    "lines": "a\n  b", "paragraphs": "a\n\nb", "title": "not this one",
}  # fmt: skip


def resolve(text: str, site: Site = SITE) -> tuple[str, list[tuple[int | None, int | None, str]]]:
    written, told = liquid.resolve(text, site=site, path="a.md", title="Le titre", first_line=1, values=VALUES)
    assert {one.code for one in told} <= {"liquid-removed"}
    return written, [
        (
            one.line,
            one.column,
            one.message.removeprefix("The Liquid tag ").partition(" was taken out")[0],
        )
        for one in told
    ]


UNDERSTOOD = {
    "the site": ("{{ site.url }} {{site.baseurl}}/a {{ site.title }}", "https://site.example /base/a Le site"),
    "the page": ("{{ page.title }}", "Le titre"),
    "what _config.yml says": ("{{ site.email }} {{site.legal.name}}{{ site.legal.siren }}", "a@site.example Le site <SA>"),
    "what front matter says": ("{{ page.root }}/a {{ page.year }} {{page.open}}{{ page.none }}", "../a 2024 true"),
    "several lines, as one": ("{{ page.lines }}\nc", "a b\nc"),
    "deeper, and as an address": ("{{ page.hero.image | prepend: site.baseurl | escape }}", "/base/a.png"),
    "blanks taken away": ("a {{- page.title -}} b", "a Le titre b"),
    "an address": ("{{ '/a' | relative_url }} {{ \"/b\" | absolute_url }}", "/base/a /base/b"),
    "an address that has no base": (
        "{{ 'a' | relative_url }} {{ 'https://a.example' | relative_url }} {{ '#a' | relative_url }} {{ '/a' | escape }}",
        "/base/a https://a.example #a /a",
    ),
    "more filters": ("{{ '/a' | prepend: site.baseurl | prepend: site.url | escape | uri_escape }}", "/base/a"),
    "a text": ("{{ 'a' }}{{ \"\" }}", "a"),
    "a link": ("[a]({% link _pages/a.md %}) [b]({%link /b.html%}#c)", "[a](/_pages/a.md) [b](/b.html#c)"),
    "a link to a collection": ("[a]({% link _tools/a.md %}) ![b]({% link _posts/b.md %})",
                               "[a](/contenu/_tools/a.md) ![b](/contenu/_posts/b.md)"),
    "a post": ("[a]({% post_url 2020-01-02-a %}) [b]({% post_url sub/2020-01-02-b %})",
               "[a](/contenu/_posts/2020-01-02-a.md) [b](/contenu/_posts/sub/2020-01-02-b.md)"),
    "a link that begins with the site": ("[a]({{ site.url }}{{ site.baseurl }}{% link a.md %})", "[a](https://site.example/base/a.md)"),
    "a link over lines": ("[a](\n  {% link a.md %} 'b')", "[a](\n  /a.md 'b')"),
    "a link between brackets": ("[a](<{% link a.md %}>) <{{ site.url }}{% link a.md %}>", "[a](</a.md>) <https://site.example/a.md>"),
    "a link in HTML": ("<a href=\"{% link a.md %}\"><a href='{% link a.md %}'><a href={% link a.md %}>",
                       "<a href=\"/a.md\"><a href='/a.md'><a href=/a.md>"),
    "a link that is defined": ("a [b]\n\n [b]: {% link b.md %}\n[c]:{% link c.md %} 'c'",
                               "a [b]\n\n [b]: /b.md\n[c]:/c.md 'c'"),
    "raw": ("{% raw %}{{ a }} {% b %}{% endraw %}", "{{ a }} {% b %}"),
    "raw with an opening": ("{% raw %}{{ a {% endraw %}{{ site.title }} }}", "{{ a Le site }}"),
    "raw twice": ("{%- raw -%}{{ a }}{%- endraw -%}-{% raw %}{{ b }}{% endraw %}", "{{ a }}-{{ b }}"),
    "a comment": ("a{% comment %} {{ b }} {% c %} {% endcomment %}d", "ad"),
    "a comment in the line": ("a{% # b %}c", "ac"),
    "a highlight": ("{% highlight ruby %}\na = 1\n{% endhighlight %}", "````ruby\na = 1\n````"),
    "a highlight with options": ("{% highlight js linenos %}\na\n{% endhighlight %}\n", "````js\na\n````\n"),
    "a highlight in the line": ("a {% highlight js %}b{% endhighlight %} c", "a \n````js\nb\n````\n c"),
    "no Liquid": ("a { % b % } { { c } } {d} {{}", "a { % b % } { { c } } {d} {{}"),
    "what never closes": ("{{ a {% b", "{{ a {% b"),
    "an opening as a text": ("{{ '{{' }}", "{{"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_what_is_understood(text: str, expected: str) -> None:
    assert resolve(text) == (expected, [])


REMOVED = {
    "an unknown variable": ("a {{ site.b }}", "a ", [(1, 3, "{{ site.b }}")]),
    "no text": (
        "{{ page.list }}{{ page.hero }}{{ page.hero.image.width }}{{ site.legal }}",
        "",
        [
            (1, 1, "{{ page.list }}"),
            (1, 16, "{{ page.hero }}"),
            (1, 31, "{{ page.hero.image.width }}"),
            (1, 58, "{{ site.legal }}"),
        ],
    ),
    "what is printed otherwise than it is written": (
        "{{ page.date }}{{ page.paragraphs }}{{ site.note }}",
        "",
        [(1, 1, "{{ page.date }}"), (1, 16, "{{ page.paragraphs }}"), (1, 37, "{{ site.note }}")],
    ),
    "an unknown filter": ("{{ '/a' | asset_path }}", "", [(1, 1, "{{ '/a' | asset_path }}")]),
    "a statement": ("{% include a.html b=c %}", "", [(1, 1, "{% include a.html b=c %}")]),
    "a loop, with what it would print for each": (
        "a\n{% for a in b %}\n- [{{ a }}]()\n{%- endfor -%}\nc {{ d }}",
        "a\n\n\n\nc ",
        [(2, 1, "{% for a in b %}"), (5, 3, "{{ d }}")],
    ),
    "a loop in a loop": (
        "{% for a in b %}{% tablerow c in a %}{{ c }}{% endtablerow %}{% endfor %}d",
        "d",
        [(1, 1, "{% for a in b %}")],
    ),
    "a loop without end": (
        "{% for a in b %}{{ a }}{% for c in d %}",
        "",
        [(1, 1, "{% for a in b %}"), (1, 17, "{{ a }}"), (1, 24, "{% for c in d %}")],
    ),
    "the rest of a block is told with its start": (
        "{% if a %}b{% elsif c %}d{% else %}e{% endif %}{% capture f %}g{% endcapture %}",
        "bdeg",
        [(1, 1, "{% if a %}"), (1, 48, "{% capture f %}")],
    ),
    "the rest of nothing": ("{% else %}a{% endif %}", "a", [(1, 1, "{% else %}"), (1, 12, "{% endif %}")]),
    "over lines": ("{%\n  if a\n%}b\n{% endif %}", "\n\nb\n", [(1, 1, "{% if a %}")]),
    "after others": (
        "{% raw %}\n{{ a }}\n{% endraw %}\n{% comment %}\n\n{% endcomment %}\n{{ b }} {{\nc }}\n {{ d }}",
        "\n{{ a }}\n\n\n\n\n \n\n ",
        [(7, 1, "{{ b }}"), (7, 9, "{{ c }}"), (9, 2, "{{ d }}")],
    ),
    "after code": (
        "{% highlight ruby %}\na\n{% endhighlight %}\n{{ b }}",
        "````ruby\na\n````\n",
        [(4, 1, "{{ b }}")],
    ),
    "raw without end": ("{% raw %}a {{ b }}", "a ", [(1, 1, "{% raw %}"), (1, 12, "{{ b }}")]),
    "an end without start": ("a{% endraw %}", "a", [(1, 2, "{% endraw %}")]),
    "a link that is a text": (
        "See {% link a.md %}: [a](/a) {% post_url b %}\n{% link c.md %}",
        "See : [a](/a) \n",
        [(1, 5, "{% link a.md %}"), (1, 30, "{% post_url b %}"), (2, 1, "{% link c.md %}")],
    ),
    "empty": ("{{ }}{% %}", "", [(1, 1, "{{ }}"), (1, 6, "{% %}")]),
    "long": (f"{{{{ {'a' * 200} }}}}", "", [(1, 1, f"{{{{ {'a' * 77}")]),
    "page in the name of an output": (
        "{% page.title %}{{ raw }}",
        "",
        [(1, 1, "{% page.title %}"), (1, 17, "{{ raw }}")],
    ),
}


@pytest.mark.parametrize(("text", "expected", "told"), REMOVED.values(), ids=REMOVED)
def test_what_is_taken_out_and_told(text: str, expected: str, told: list[tuple[int, int, str]]) -> None:
    assert resolve(text) == (expected, told)


@pytest.mark.parametrize("text", [case[0] for case in (*UNDERSTOOD.values(), *REMOVED.values())])
def test_every_line_keeps_its_number(text: str) -> None:
    if "highlight" not in text or "\n" in text:
        assert resolve(text)[0].count("\n") == text.count("\n")


def test_a_line_is_that_of_the_file() -> None:
    told = liquid.resolve("a\n{{ b }}", site=SITE, path="c.md", title="", first_line=10)[1][0]
    assert (told.path, told.line, told.column, told.severity.value) == ("c.md", 11, 1, "warning")


def test_what_the_site_does_not_say_is_empty() -> None:
    assert resolve("[{{ site.url }}{{ site.title }}]", Site(vocabulary.default())) == ("[]", [])
    written = resolve("[a]({% link _pages/a.md %})[b]({% post_url b %})", Site(vocabulary.default()))[0]
    assert written == "[a](/_pages/a.md)[b](/_posts/b.md)"


@pytest.mark.parametrize(
    ("tag", "hint"),
    [
        ("{% include a %}", "Write what it prints, or wrap an example in {% raw %} … {% endraw %}."),
        ("{% link a.md %}", "Make it the address of a link: [text]({% link a.md %})."),
        ("{%  post_url\n2020-01-02-a %}", "Make it the address of a link: [text]({% post_url 2020-01-02-a %})."),
    ],
)
def test_what_to_write_instead_is_told(tag: str, hint: str) -> None:
    assert liquid.resolve(tag, site=SITE, path="a.md", title="", first_line=1)[1][0].hint == hint


def test_no_text_can_forge_what_was_kept() -> None:
    assert resolve("\x1e0\x1e{% raw %}a{% endraw %}\x1e7\x1e") == ("\x1e0\x1ea\x1e7\x1e", [])
