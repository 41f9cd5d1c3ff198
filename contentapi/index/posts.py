"""How ``post_url`` names a post: by folder, date and slug, whatever its extension and wherever its ``_posts`` lies.

``ingest`` knows one file only, and takes ``{% post_url fr/2024-01-02-a %}`` for ``_posts/fr/2024-01-02-a.md``; Jekyll finds
``fr/_posts/2024-01-02-a.markdown`` by it as well. Only the index knows which of them there is.
"""

from __future__ import annotations

import re
from typing import Final

from contentapi.text import media

_POST: Final = re.compile(
    r"(?P<above>(?:.*/)?)_posts/(?P<below>(?:.*/)?)(?P<name>\d+-\d+-\d+-[^/]+)\.(?P<ending>[^./]+)"
)
_ENDINGS: Final = ("md", *sorted((media.MARKDOWN | media.HTML) - {"md"}))


def files(named: str) -> list[str]:
    """The files that may be meant by the one that ``ingest`` takes a name for, but for that one; none when it is no post."""
    match = _POST.fullmatch(named)
    if match is None or match["ending"] != "md":
        return []
    above, below, name = match["above"], match["below"], match["name"]
    folders = dict.fromkeys((f"{above}_posts/{below}", f"{above}{below}_posts/"))
    return [file for folder in folders for ending in _ENDINGS if (file := f"{folder}{name}.{ending}") != named]


def names(file: str, collections_dir: str) -> list[str]:
    """The files by which ``ingest`` may name a post, but for the file itself: the other way round."""
    match = _POST.fullmatch(file)
    if match is None:
        return []
    above, below, name = match["above"], match["below"], match["name"]
    base = f"{collections_dir}/" if collections_dir and above.startswith(f"{collections_dir}/") else ""
    inner = above.removeprefix(base)
    found = dict.fromkeys((f"{above}_posts/{below}{name}.md", f"{base}_posts/{inner}{below}{name}.md"))
    return [one for one in found if one != file]
