"""What a text becomes."""

from __future__ import annotations

import re

from contentapi.ingest import markdown
from contentapi.ingest.kramdown.dialect import Dialect


def html(text: str, dialect: Dialect = Dialect.COMMONMARK) -> str:
    """The HTML without the lines."""
    return re.sub(r' data-line="\d+"', "", markdown.render(text, dialect=dialect).html).strip()
