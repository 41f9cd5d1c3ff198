"""What a document is found by: the words of its title, of its headings, of its text, as the index keeps them.

Pure, of one document alone. Everything that a reader is given counts, front matter's sentences among it; addresses do not.
"""

from __future__ import annotations

from itertools import chain

from contentapi.model import Document, Searchable
from contentapi.text import analysis, prose

#: So much text (in characters) of one document is looked at: more than any book's chapter, and bounded.
_LONGEST = 1_000_000


def of(document: Document) -> Searchable | None:
    """The words of a document, stemmed in its language; None of one that no list shows."""
    if document.hidden or document.gone:
        return None
    language = analysis.language(document.lang)
    columns = [analysis.pieces(text[:_LONGEST]) for text in (document.title, _headings(document), _body(document))]
    title, heading, body = (analysis.stems(pieces, language) for pieces in columns)
    # Whether a word is in the document is all that is asked of it, so that each piece is looked at once.
    return Searchable(title, heading, body, analysis.spelled(dict.fromkeys(chain.from_iterable(columns))))


def _headings(document: Document) -> str:
    """What says in few words what the document is about."""
    labels = [term.label for term in document.terms]
    headings = [heading.text for heading in document.body.headings]
    return "\n".join(filter(None, [document.subtitle, document.description, *headings, *labels, document.slug]))


def _body(document: Document) -> str:
    texts = [section.text for section in document.body.sections]
    return "\n".join([*texts, *prose.sentences(document.fields)])
