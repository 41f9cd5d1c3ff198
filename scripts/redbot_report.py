"""Runs REDbot on one address of each kind and prints what it finds bad or doubtful. Exit code 1 when there is any."""

from __future__ import annotations

import json
import subprocess
import sys

PATHS = (
    "/", "/v1/pages", "/v1/pages/approche/construction", "/v1/pages/approche/construction.md", "/v1/pages/index",
    "/v1/pages/approche/", "/v1/pages/programme", "/v1/pages/concours-2019", "/v1/pages/nope", "/v1/pages?nope=1",
    "/v1/phases", "/v1/phases/construction", "/v1/phases/transfer", "/v1/articles", "/v1/articles?fields=title&limit=2",
    "/v1/articles/mesurer-l-impact", "/v1/authors", "/v1/tags", "/v1/categories", "/v1/navigation", "/v1/navigation/nav",
    "/v1/collections", "/v1/collections/articles", "/v1/resolve?path=/approche", "/v1/redirects",
    "/v1/redirects?format=netlify", "/v1/redirects?format=csv", "/v1/diagnostics", "/v1/assets/img/cycle.svg",
    "/v1/search?q=impact", "/v1/search/suggest?q=con", "/v1/search?q=", "/embed", "/embed/phases",
    "/embed/phases/construction",
    "/feed.json", "/feed.atom?limit=1", "/sitemap.xml", "/sitemaps/9.xml", "/robots.txt", "/llms.txt", "/llms-full.txt",
    "/v1/authors/groupe-impact.md",
    "/embed/phases.svg", "/embed.js", "/embed/phases/construction.html?fragment", "/embed/articles/mesurer-l-impact",
    "/oembed?url=https://beta.gouv.fr/approche/construction", "/oembed?url=https://example.org/",
    "/v1/status", "/livez", "/readyz", "/metrics", "/v1/openapi.json", "/docs", "/nowhere",
)  # fmt: skip
#: Notes that say what is meant to be, each with its reason.
ACCEPTED = {
    # CONTRACT: `Cache-Control: public`. REDbot finds it superfluous beside max-age; caches in front that hold back what
    # bears an Authorization or a Set-Cookie of somebody else's need it.
    "STORE_PUBLIC_UNNECESSARY",
    # These addresses are asked for the problem document they answer.
    "STATUS_BAD_REQUEST",
}


def main() -> int:
    """Prints a line for each note above INFO, then the counts."""
    redbot, base = sys.argv[1:3]
    found = [note for path in PATHS for note in _notes(redbot, base, path)]
    for path, level, summary in found:
        print(f"{level:5} {path}: {summary}")
    levels = [level for _, level, _ in found]
    print(f"{len(PATHS)} addresses: {levels.count('BAD')} BAD, {levels.count('WARN')} WARN")
    return 1 if found else 0


def _notes(redbot: str, base: str, path: str) -> list[tuple[str, str, str]]:
    run = subprocess.run([redbot, "-o", "har", base + path], capture_output=True, text=True, timeout=60, check=False)
    try:
        entries = json.loads(run.stdout)["log"]["entries"]
    except (json.JSONDecodeError, KeyError):
        return [(path, "BAD", f"REDbot gave no report: {(run.stderr or run.stdout)[-200:]!r}")]
    return [
        (path, note["level"], note["summary"])
        for entry in entries
        for note in entry.get("_red_messages", [])
        if note["level"] in {"BAD", "WARN"} and note["note_id"] not in ACCEPTED
    ]


if __name__ == "__main__":
    sys.exit(main())
