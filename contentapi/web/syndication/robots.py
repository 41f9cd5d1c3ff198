"""What crawlers may read of this service (RFC 9309).

They may read nearly everything: who shows this content in a page of their own needs crawlers to fetch it, and so do pictures
and the Markdown that ``/llms.txt`` leads to. What is served here says for itself, by its canonical addresses, where the site
is. Only the answers of the search have no end.
"""

from __future__ import annotations

from contentapi.model import Site

MEDIA_TYPE = "text/plain; charset=utf-8"


def write(site: Site, sitemap: str | None) -> str:
    """The file; ``sitemap`` is the full address of the sitemap, if there is one."""
    where = f": {site.origin}{site.base}/" if site.origin is not None else ""
    lines = [
        f"# The content of a site for programs; the site itself is elsewhere{where}",
        "User-agent: *",
        "Disallow: /v1/search",
        "Allow: /",
        *(["", f"Sitemap: {sitemap}"] if sitemap is not None else []),
    ]
    return "\n".join(lines) + "\n"
