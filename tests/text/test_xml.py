"""XML that is well-formed whatever stands in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from contentapi.text import xml
from contentapi.text.xml import Xml, block, element


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (element("a"), "<a/>"),
        (element("a", "x < y & z > w"), "<a>x &lt; y &amp; z &gt; w</a>"),
        (element("a", element("b", "1"), None, "2"), "<a><b>1</b>2</a>"),
        (element("a", attributes={"b": 'say "<&>"', "c": None}), '<a b="say &quot;&lt;&amp;&gt;&quot;"/>'),
        (element("a", attributes={"b": "one\ttwo\nthree\r\nfour"}), '<a b="one&#9;two&#10;three&#10;four"/>'),
        (element("a", "one\r\ntwo\rthree\n"), "<a>one\ntwo\nthree\n</a>"),
        (element("a", "\0\x08\x0b\x0c\x1f\x7f\ud800\ufffe\uffff\U0001f600"), "<a>\x7f\U0001f600</a>"),
        (block("a", element("b"), None, element("c"), attributes={"d": "e"}), '<a d="e">\n<b/>\n<c/>\n</a>'),
    ],
)
def test_what_is_written(made, expected):
    assert made == expected


def test_a_document_says_what_it_is():
    assert xml.document(element("a", "é")) == '<?xml version="1.0" encoding="utf-8"?>\n<a>é</a>\n'.encode()


def test_a_text_is_never_taken_for_markup():
    assert element("a", "<b/>") == "<a>&lt;b/&gt;</a>"
    assert element("a", Xml("<b/>")) == "<a><b/></a>"


@given(st.text(st.characters()))
def test_a_parser_reads_what_was_meant(written):
    made = etree.fromstring(xml.document(element("a", written, attributes={"b": written})))
    assert (made.text or "") == xml.text(written)
    assert made.get("b") == xml.text(written)
