"""Tables that kramdown knows and GitHub does not."""

from __future__ import annotations

import pytest

from contentapi.ingest.kramdown.dialect import Dialect
from tests.ingest.kramdown.rendered import html

TABLES = {
    "without a head": (
        "| a | *b* |\n| `c|d` | e \\| f |\ng",
        (
            "<table>\n<tbody>\n<tr>\n<td>a</td>\n<td><em>b</em></td>\n</tr>\n<tr>\n<td><code>c|d</code></td>\n"
            "<td>e | f</td>\n</tr>\n</tbody>\n</table>\n<p>g</p>"
        ),
    ),
    "with rules above, between and below": (
        "|-----\n| a | b\n|---|---\n| c | d\n|===\n| e | f\n|----|----|",
        (
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n"
            "</tr>\n<tr>\n<td>e</td>\n<td>f</td>\n</tr>\n</tbody>\n</table>"
        ),
    ),
    "a cell that says nothing is no rule": (
        "| a |\n|---|\n| - |",
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>-</td>\n</tr>\n</tbody>\n</table>",
    ),
    "one cell is no table": ("| a |", "<p>| a |</p>"),
    "nor is a line without a bar at both ends": ("| a | b", "<p>| a | b</p>"),
}


@pytest.mark.parametrize(("text", "expected"), TABLES.values(), ids=TABLES)
def test_tables_on_a_jekyll_site(text: str, expected: str) -> None:
    assert html(text, Dialect.KRAMDOWN) == expected


def test_elsewhere_tables_are_those_of_github() -> None:
    assert html("| a | b |\n| c | d |") == "<p>| a | b |\n| c | d |</p>"
