"""Documents by the thousand, as ingest would give them: for tests of queries and for measurements, without parsing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import apsw

from contentapi.index import owners, rows, store
from contentapi.index.owners import Touched
from contentapi.model import Body, Document, Heading, Ingested, Redirect, Reference, Searchable, Section, Term

_WORDS = (
    "service",
    "public",
    "usager",
    "équipe",
    "produit",
    "impact",
    "mesure",
    "terrain",
    "besoin",
    "phase",
    "comité",
)


def documents(count: int, *, words: int = 20, seed: int = 1) -> Iterator[Document]:
    """So many documents of so many words: six in ten are articles, three pages three levels deep, one is a job."""
    chance = random.Random(seed)
    for number in range(count):
        kind = "page" if number < 220 else chance.choices(("article", "page", "jobs"), (6, 3, 1))[0]
        yield _document(number, kind, words, chance)


def _document(number: int, kind: str, words: int, chance: random.Random) -> Document:
    folder = {"article": "_posts", "page": "_pages", "jobs": "_jobs"}[kind]
    path = {
        "article": f"/blog/a{number}",
        "page": _nested(number),
        "jobs": f"/jobs/{number}",
    }[kind]
    text = " ".join(chance.choices(_WORDS, k=words))
    links = tuple(
        Reference(
            "link", f"/blog/a{chance.randrange(1000)}", None, f"/blog/a{chance.randrange(1000)}", text="lien", line=9
        )
        for _ in range(3)
    )
    epoch = 1.5e9 + 86_400.0 * chance.randrange(3000)
    return Document(
        source=f"{folder}/{number}.md",
        digest=f"{number:064x}",
        collection={"article": "articles", "page": "pages", "jobs": "jobs"}[kind],
        type=kind,
        id=f"{folder}/{number}.md",
        path=path,
        slug=path.rpartition("/")[2],
        title=" ".join(chance.choices(_WORDS, k=5)),
        description=text[:150],
        excerpt=text[:300],
        lang="fr",
        updated=None,
        updated_epoch=None,
        date="2020-01-01" if kind == "article" else None,
        epoch=epoch if kind == "article" else None,
        order=None,
        hidden=number % 50 == 49,
        gone=False,
        layout=kind,
        subtitle=None,
        sidebar=None,
        breadcrumbs=None,
        image=None,
        license=None,
        terms=tuple(Term("tag", word, word) for word in chance.sample(_WORDS, 2)) if kind == "article" else (),
        fields={"incubator": chance.choice(_WORDS), "stage": number % 7},
        phase=None,
        body=Body(
            markdown=text,
            html=f"<p>{text}</p>",
            text=text,
            headings=(Heading(2, "a", "A"), Heading(2, "b", "B")),
            sections=(Section(2, "a", "A", text), Section(2, "b", "B", text)),
            references=links,
            anchors=("a", "b"),
        ),
        redirects=(Redirect(f"/old/{number}", path, 301, f"{folder}/{number}.md"),) if number % 10 == 0 else (),
        statements=(),
    )


def _nested(number: int) -> str:
    top = f"/s{number % 20}"
    if number < 20:
        return top
    return f"{top}/t{number % 200}" if number < 220 else f"{top}/t{number % 200}/p{number}"


def fill(
    connection: apsw.Connection,
    every: Iterator[Document],
    words: Callable[[Document], Searchable | None] = lambda _: None,
) -> None:
    """Writes documents as one sync would, in one transaction; ``words`` says what each is found by."""
    touched = Touched()
    with connection:
        for document in every:
            known = store.SourceRow(document.source, 1, 1, 1, 1, document.digest, "document", document.digest, None)
            store.put_states(connection, [known])
            made = rows.of(Ingested(document.source, document.digest, document=document), words(document))
            rows.put_found_by(connection, rows.put(connection, [made], touched))
        owners.settle(connection, touched)
        store.set_meta(connection, "revision", "r")
