"""Equal content gives equal bytes, whatever the process, the hash seed, the clock, the time zone or the times of files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.web.client import REPOSITORY, SHIPPED

TARGETS = [
    "/", "/v1/openapi.json", "/v1/pages?include=html,toc,sidebar,surround,children,sections,text,outgoing,incoming",
    "/v1/pages/approche", "/v1/pages/approche.md", "/v1/phases?include=statements", "/v1/articles?sort=title&limit=2",
    "/v1/articles?category=methode&category=construire&fields=title,slug", "/v1/authors", "/v1/tags", "/v1/categories",
    "/v1/navigation?depth=20", "/v1/collections", "/v1/redirects", "/v1/redirects?format=nginx", "/v1/diagnostics",
    "/v1/articles?nothing=1", "/v1/articles?limit=0", "/v1/pages/programme", "/v1/nothing", "/v1/assets/img/cycle.svg",
    "/v1/export.ndjson?include=html,toc,markdown,text,sections,outgoing,authors", "/v1/export.json", "/v1/export.csv",
    "/embed", "/embed.js", "/embed/phases", "/embed/phases.svg", "/embed/phases/construction?resize&theme=none",
    "/embed/pages/approche.html?fragment&classes=dsfr", "/oembed?url=/embed/pages/approche&maxwidth=321&format=xml",
]  # fmt: skip

ASK = """
import hashlib, sys
from pathlib import Path
from tests.web.client import Site
folder, index, *targets = sys.argv[1:]
with Site(Path(folder), Path(index)) as site:
    for target in targets:
        for coding in ("identity", "br"):
            got = site.get(target, accept_encoding=coding)
            digest = hashlib.sha256(got.body).hexdigest()
            print(target, coding, got.status, digest, sorted(got.headers.items()))
"""


def asked(folder: Path, index: Path, **environ: str) -> list[str]:
    index.parent.mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASK, str(folder), str(index), *TARGETS],
        env={**os.environ, **environ},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2 * len(TARGETS)
    return done.stdout.splitlines()


def test_another_process_sends_the_same_bytes(tmp_path):
    copy = tmp_path / "copy"
    # Other inodes, other times, another order in the directory.
    for file in sorted(SHIPPED.rglob("*"), reverse=True):
        if file.is_file():
            place = copy / file.relative_to(SHIPPED)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
            os.utime(place, (1_000_000_000, 1_000_000_000))
    first = asked(SHIPPED, tmp_path / "one" / "index.db", PYTHONHASHSEED="1", TZ="UTC")
    second = asked(copy, tmp_path / "two" / "index.db", PYTHONHASHSEED="2", TZ="America/Lima", LC_ALL="C")
    for one, other in zip(first, second, strict=True):
        assert one == other
