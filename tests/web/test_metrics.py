"""What a scrape reads."""

from __future__ import annotations

import re

from contentapi.web import metrics
from contentapi.web.app import OPERATIONS
from contentapi.web.metrics import Facts, Meter
from tests.web.client import Site

SAMPLE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?P<labels>(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\})? (?P<value>[0-9.e+-]+)')


def samples(text: str) -> dict[tuple[str, str], float]:
    """Every sample of a text in Prometheus' format, whose lines are looked at one by one."""
    found: dict[tuple[str, str], float] = {}
    family, kind = "", ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            continue
        if line.startswith("# TYPE "):
            assert line.split(" ")[2] == family
            kind = line.split(" ")[3]
            continue
        match = SAMPLE.fullmatch(line)
        assert match is not None, line
        ending = match["name"].removeprefix(family)
        assert ending in ({"_bucket", "_sum", "_count"} if kind == "histogram" else {""})
        key = match["name"], match["labels"] or ""
        assert key not in found
        found[key] = float(match["value"])
    assert text.endswith("\n")
    return found


def test_requests_are_counted_by_operation_and_class_of_status(site):
    made: Site = site({"a.md": "---\ntitle: A\npermalink: /a\n---\n"})
    tag = made.get("/v1/pages/a").headers["etag"]
    for _ in range(3):
        made.get("/v1/pages/a")
    made.head("/v1/pages/a")
    made.get("/v1/pages/a", if_none_match=tag)
    made.get("/v1/pages/a/")
    made.get("/v1/pages/b")
    made.get("/v1/pages/a?x=1")
    made.request("DELETE", "/v1/pages/a")
    made.get("/nothing/at/all")
    made.request("OPTIONS", "/v1/pages/a")
    got = made.get("/metrics")
    assert got.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(got.text)

    def count(operation: str, status: str) -> float:
        return found["contentapi_requests_total", f'operation="{operation}",status="{status}"']

    assert count("getPage", "2xx") == 5
    assert count("getPage", "3xx") == 2
    assert count("getPage", "4xx") == 3
    assert count("elsewhere", "4xx") == 1
    assert count("preflight", "2xx") == 1
    assert found["contentapi_request_duration_seconds_count", 'operation="getPage"'] == 10
    assert found["contentapi_request_duration_seconds_bucket", 'operation="getPage",le="+Inf"'] == 10
    assert found["contentapi_documents", 'collection="pages"'] == 1
    assert found["contentapi_ready", ""] == 1
    assert found["contentapi_finished_answers", ""] >= 1
    assert found["contentapi_finished_bytes", ""] > 0
    revision = made.get("/v1/status").json()["revision"]
    assert any(f'revision="{revision}"' in labels for name, labels in found if name == "contentapi_info")


def test_labels_are_bounded_whatever_is_asked(site):
    made: Site = site({})
    for number in range(50):
        made.request(f"M{number}", f"/v1/x{number}?y{number}")
        made.get(f"/v1/pages/p{number}?q{number}")
    text = made.get("/metrics").text
    operations = set(re.findall(r'operation="([^"]+)"', text))
    assert operations <= {*(one.name for one in OPERATIONS), "preflight", "elsewhere"}
    assert "p7" not in text
    assert "M7" not in text


def test_a_histogram_counts_what_is_at_most_each_bound():
    meter = Meter()
    for seconds in (0.0, 0.0001, 0.00011, 0.003, 100.0):
        meter.note(200, seconds)
    facts = Facts("1", "r", ready=True, documents={}, kept=(0, 0))
    found = samples(metrics.render({"x": meter, "silent": Meter()}, facts))
    bounds = [
        found["contentapi_request_duration_seconds_bucket", f'operation="x",le="{bound!r}"']
        for bound in metrics.BUCKETS
    ]
    assert bounds == sorted(bounds)
    assert bounds[0] == 2
    assert bounds[-1] == 4
    assert found["contentapi_request_duration_seconds_bucket", 'operation="x",le="+Inf"'] == 5
    assert found["contentapi_request_duration_seconds_sum", 'operation="x"'] == 100.00321
    assert not any("silent" in labels for _, labels in found)


def test_names_from_settings_cannot_break_a_line():
    facts = Facts("1", 'r"\n', ready=False, documents={'a"}\\\nb': 1}, kept=(0, 0))
    found = samples(metrics.render({}, facts))
    assert found["contentapi_documents", 'collection="a\\"}\\\\\\nb"'] == 1


def test_the_help_says_whose_counts_they_are(shipped: Site):
    helps = [line for line in shipped.get("/metrics").text.splitlines() if line.startswith("# HELP contentapi_request")]
    assert all("worker process" in line for line in helps)
