"""What the tests of the export share: its forms, a small site, and how each form is read back."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.web.client import Got

FORMS = ("/v1/export.ndjson", "/v1/export.json", "/v1/export.csv")
EVERYTHING = "include=html,toc,markdown,text,sections,outgoing,authors"

#: A site of everything there is, with what no list shows.
SMALL: dict[str, str] = {
    "contentapi.toml": 'site.origin = "https://example.org"\n'
    '[site.license]\nid = "etalab-2.0"\nname = "Licence Ouverte 2.0"\n'
    '[collections.ports]\ndirectory = "ports"\npermalink = "/ports/:slug"\noutput = true\n',
    "index.md": "---\ntitle: Accueil\n---\nVers [la côte](/cote).\n",
    "cote.md": "---\ntitle: =1+1\npermalink: /cote\ndescription: '<b> & \"x\", y'\n---\n## Un\n\n- a\n- b\n",
    "cote/sud.md": "---\ntitle: Sud\npermalink: /cote/sud\nsubtitle: '-3'\n---\nTexte.\n",
    "_posts/2020-01-02-marees.md": "---\ntitle: Marées\nauthors: [ada, bob]\ntags: ['mer|lac', vent]\n---\nLe flot.\n",
    "_authors/ada.md": "---\ntitle: Ada\n---\nElle écrit.\n",
    "_phases/construction.md": "---\ntitle: Construction\nposition: 2\nduration: 6 mois\nobjectives: [a|b, c]\n---\nOui.\n",
    "ports/brest.md": "---\ntitle: Brest\nsize: -3\nopen: true\nevents: [{name: a}, {name: b}]\n---\n",
    "hidden.md": "---\ntitle: Caché\nhidden: true\n---\n",
    "draft.md": "---\ntitle: Brouillon\ndraft: true\n---\n",
    "twin.md": "---\ntitle: Deux\npermalink: /cote/sud\n---\n",
}


def lines(got: Got) -> list[Any]:
    assert got.status == 200, got.text
    assert got.body.endswith(b"\n") or not got.body
    return got.values()


def rows(got: Got) -> list[list[str]]:
    assert got.status == 200, got.text
    assert got.text.endswith("\r\n")
    return list(csv.reader(io.StringIO(got.text.removeprefix("\ufeff"), newline="")))


def cells(got: Got) -> list[dict[str, str]]:
    head, *others = rows(got)
    return [dict(zip(head, one, strict=True)) for one in others]
