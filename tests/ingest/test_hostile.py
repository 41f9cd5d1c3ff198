"""Bodies made at random of everything that means something: nothing raises, nothing unsafe or forged comes out."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from contentapi.ingest import html
from contentapi.ingest.document import ingest
from contentapi.model import Document, SourceFile
from tests.ingest.test_cases import SITE

BITS = """\
<a href=x>|</a>|<b>|</b>|<p>|</p>|<div>|</div>|<div class=a id=b>|<table>|<tr>|<td>|</table>|<h2>|</h2>|<h3 id=a>
</h3>|<script>|</script>|<style>|</style>|<svg>|</svg>|<math>|</math>|<mi>|<mtext>
<annotation-xml encoding='text/html'>|<foreignObject>|<desc>|<title>|</title>|<textarea>|</textarea>|<select>
<option>|</select>|<iframe src='https://video.example/1'>|<iframe src=//evil.example>|</iframe>|<noscript>
</noscript>|<template>|</template>|<img src=a.png>|<img src=x onerror=alert(1)>|<!--|-->|<![CDATA[|]]>|<?php|?>
<input type=checkbox>|<input>|<button>|<form>|</form>|<object>|<embed>|<plaintext>|<xmp>|</xmp>|<br>|<pre>|</pre>
<marquee>|<x-a>|</x-a>|<a name=q>|<span title='<b>'>|</span>|<details>|<summary>|<li>|<ul>|<dd>|<caption>|<col>
<frameset>|<body onload=x>|<html>|<head>|<base href=x>|<link>|<meta>|<a href='java&#10;script:x'>
<a href='&#1;javascript:x'>|<video src=a poster=b>|<source src=c>|<picture>|<nobr>|<font>|<center>
<q cite=javascript:x>|<a href=x target=y>| style=x | onclick=y | data-line=5 |{: data-line="9"}|{: onclick="x" .y}
{: .c}|{#id}|}|# |## a|* |- [ ] |1. |> |    |`|~~|**|_|[|](|]: |!|)|[^1]|[^1]: |{:|{::comment}|{:/}|{:toc}|{%|%}|{{
}}|{% raw %}|{% endraw %}|{% comment %}|{% endcomment %}|{% link _pages/a.md %}|{{ site.url }}|{{ page.title }}
&#31;|&#x1f;|&#0;|&#1;|&nbsp;|&amp;|&lt;|&#60;script&#62;|&shy;|javascript:alert(1)|data:text/html,x
http://a.example/|//host/x|/base/x.md|a.md#b|#b|mailto:a@b.c|<!--more-->|é|'|"|=|a|b |<|&|\\|6 mois
"""
SIGNS = ["|", "|-|\n", "\n", "\n\n", "```\n", "\t", "\x1f0\x1f", "\x1e0\x1e", "\x01", "\x7f", "\x85", "\ufdd0", "\ufdd1",
         "\ufffe", "\u00a0", "\u200b", "\u2028"]  # fmt: skip
BODIES = st.lists(
    st.sampled_from(BITS.strip("\n").replace("\n", "|").split("|") + SIGNS) | st.text(max_size=3), max_size=25
).map("".join)
PLACE = re.compile("\x1f([0-9]+)\x1f")
IN_ATTRIBUTE = re.compile('\\s(?:href|src|poster)="\x1f([0-9]+)\x1f"')
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
UNSAFE = re.compile(
    r"<(?:script|style|svg|math|object|embed|form|textarea|select|template|link|meta|base)\b|<[^>]*\s(?:on\w+|style)="
)


@given(BODIES, st.sampled_from(["_pages/a.md", "a.html"]))
@settings(deadline=None, max_examples=100)
def test_whatever_an_author_writes(body: str, path: str) -> None:
    # A file that holds a NUL is rejected as it is.
    content = f"---\ntitle: T\n---\n{body}".replace("\0", "").encode(errors="replace")
    found = ingest(SourceFile(path, content, "digest"), SITE, 1_700_000_000.0).document
    assert found is not None
    check_html(found)
    check_words(found)


def check_html(found: Document) -> None:
    written = found.body.html
    assert html.sanitise(written, iframe_hosts=SITE.iframe_hosts) == written
    assert UNSAFE.search(written) is None
    assert re.search(r'="[\s\x00-\x20]*(?:javascript|vbscript|data):', written, re.IGNORECASE) is None
    assert all(one.startswith("https://video.example/") for one in re.findall(r'<iframe [^>]*src="([^"]*)', written))
    places = PLACE.findall(written)
    assert places == IN_ATTRIBUTE.findall(written)
    assert all(int(one) < len(found.body.references) for one in places)
    assert CONTROL.search(PLACE.sub("", written)) is None


def check_words(found: Document) -> None:
    body = found.body
    words = (
        body.text,
        found.excerpt or "",
        *body.anchors,
        *(text for one in body.headings for text in (one.id, one.text)),
    )
    assert all(CONTROL.search(one) is None for one in words)
    names = [one.id for one in body.headings]
    assert all(names)
    assert len(set(names)) == len(names)
    assert set(names) <= set(body.anchors)
    assert [(one.level, one.id, one.title) for one in body.sections if one.level] == [
        (one.level, one.id, one.text) for one in body.headings
    ]
