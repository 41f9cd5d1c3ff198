"""Work in steps: who takes the first one, takes it before anyone takes the second."""

from __future__ import annotations

import pytest

from contentapi.ingest.steps import Steps, made, together


def spoken(name: str, count: int, heard: list[str]) -> Steps[str]:
    """Says its name before each step, and gives it back in the end."""
    for number in range(count):
        heard.append(f"{name}{number}")
        yield
    return name


def test_all_take_one_step_before_any_takes_the_next():
    heard: list[str] = []
    assert together(spoken(name, count, heard) for name, count in (("a", 3), ("b", 0), ("c", 2))) == ["a", "b", "c"]
    assert heard == ["a0", "c0", "a1", "c1", "a2"]


def test_one_alone_takes_its_steps_one_after_the_other():
    heard: list[str] = []
    assert made(spoken("a", 2, heard)) == "a"
    assert heard == ["a0", "a1"]


def test_none_make_nothing():
    assert together([]) == []


def test_what_one_raises_is_raised_and_the_others_go_no_further():
    def failing() -> Steps[str]:
        yield
        raise KeyError("lost")

    heard: list[str] = []
    with pytest.raises(KeyError, match="lost"):
        together([failing(), spoken("a", 3, heard)])
    assert heard == ["a0"]
