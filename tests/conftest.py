"""What the tests of several rooms ask for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.index.shelf import Shelf

# A busy machine is no failure: what is slow shows in the benchmarks, and a test that hangs in its own bound.
settings.register_profile("contentapi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("contentapi")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """An empty content folder and its index."""
    one = Shelf(tmp_path / "shelf")
    yield one
    one.close()


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Callable[[], Shelf]]:
    """As many of them as a test asks for."""
    made: list[Shelf] = []

    def another() -> Shelf:
        made.append(Shelf(tmp_path / f"shelf-{len(made)}"))
        return made[-1]

    yield another
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real content that is no part of this repository; without it the test is skipped."""
    named = os.environ.get("CONTENTAPI_SHARED")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared"
    if not (folder / "seeds").is_dir():
        pytest.skip("there is no real content: CONTENTAPI_SHARED names no folder, and none lies beside the repository")
    return folder
