"""The JSON-LD of every phase, page and article as TypeScript, typed by the vocabulary of schema.org: tsc says what is none.

python tests/clients/linked_data.py http://127.0.0.1:8000 > linked_data.ts
"""

from __future__ import annotations

import json
import sys
from urllib.request import Request, urlopen


def read(address: str, accept: str = "application/json") -> dict:
    with urlopen(Request(address, headers={"Accept": accept}), timeout=30) as answer:
        return json.load(answer)


def main(base: str) -> None:
    types = "Article, HowTo, HowToSection, HowToStep, WebPage, WithContext"
    sys.stdout.write(f'import type {{ {types} }} from "schema-dts";\n')
    found = []
    for plural in ("phases", "pages", "articles"):
        for one in read(f"{base}/v1/{plural}?fields=title&limit=100")["items"]:
            address = one["links"]["self"]
            found.append(read(address if "://" in address else base + address, "application/ld+json"))
    with urlopen(f"{base}/embed/phases", timeout=30) as answer:
        inside = answer.read().decode().partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    found.append(json.loads(inside))
    for place, data in enumerate(found):
        sys.stdout.write(f"export const data{place}: WithContext<{data['@type']}> = {json.dumps(data)};\n")
    sys.stderr.write(f"{len(found)} documents of linked data\n")


main(sys.argv[1].rstrip("/"))
