from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.web.client import SHIPPED, Site, write

Files = Mapping[str, str | bytes | None]


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service over the content that is shipped."""
    with Site(SHIPPED, tmp_path_factory.mktemp("shipped") / "index.db") as site:
        yield site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """The service over a folder that holds these files."""
    with ExitStack() as stack:

        def make(files: Files, **options: object) -> Site:
            number = len(list(tmp_path.iterdir()))
            folder = tmp_path / f"{number}" / "content"
            folder.mkdir(parents=True)
            write(folder, files)
            return stack.enter_context(Site(folder, folder.parent / "index.db", **options))  # type: ignore[arg-type]

        yield make
