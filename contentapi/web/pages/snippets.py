"""Pieces of code to copy: each is complete, holds real addresses, and works when pasted. Plain text, not HTML."""

from __future__ import annotations

import html
import shlex

from contentapi.web.answers import encode


def javascript(address: str) -> str:
    """Reads a list with ``fetch``."""
    return f"""\
const answer = await fetch({_literal(address)});
const {{ items }} = await answer.json();
for (const item of items) console.log(item.title);"""


def python(address: str) -> str:
    """Reads a list with nothing but the standard library."""
    return f"""\
import json
from urllib.request import urlopen

with urlopen({_literal(address)}) as answer:
    for item in json.load(answer)["items"]:
        print(item["title"])"""


def curl(address: str) -> str:
    """Reads a list, and once more only if it changed."""
    quoted = shlex.quote(address)
    return f"""\
curl {quoted} --etag-save titles.etag
curl {quoted} --etag-compare titles.etag"""


def embed(address: str, name: str, title: str, public: str, credit: str) -> str:
    """Shows the text of one resource in any page: a link, replaced by the text where scripts may run."""
    return f"""\
<div id="{html.escape(name)}"></div>
<p><a href="{html.escape(public)}">{html.escape(title)}</a> · {html.escape(credit)}</p>
<script type="module">
  const answer = await fetch({_literal(address)});
  const {{ html }} = await answer.json();
  document.getElementById({_literal(name)}).innerHTML = html;
</script>"""


def _literal(text: str) -> str:
    """A string literal for JavaScript and Python alike, safe in a script element."""
    return encode(text).decode()
