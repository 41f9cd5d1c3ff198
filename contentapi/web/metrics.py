"""``/metrics``: what one worker process has answered, in the text format of Prometheus (version 0.0.4).

Labels are bounded: the names of operations, classes of status, collections of the site. No part of a request is one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Upper bounds of the histogram of durations, in seconds.
BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
_WORKER = "Each worker process counts its own; a scrape reaches one of them."


class Meter:
    """Counts the answers of one operation."""

    __slots__ = ("buckets", "seconds", "statuses")

    def __init__(self) -> None:
        self.statuses = [0] * len(_CLASSES)
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def note(self, status: int, seconds: float) -> None:
        """Counts one answer."""
        self.statuses[status // 100 - 1] += 1
        self.buckets[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


#: Where what nobody asks for is counted.
UNCOUNTED = Meter()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told beside the counts: ``documents`` by collection, ``kept`` the finished answers, in number and in bytes."""

    version: str
    revision: str
    ready: bool
    documents: Mapping[str, int]
    kept: tuple[int, int]


#: One line of a family: what is added to its name, its labels, its value.
Sample = tuple[str, str, float]


def render(meters: Mapping[str, Meter], facts: Facts) -> str:
    """Everything, as a scrape takes it."""
    named = f'version="{_label(facts.version)}",revision="{_label(facts.revision)}"'
    documents = [("", f'collection="{_label(name)}"', count) for name, count in sorted(facts.documents.items())]
    number, size = facts.kept
    return "".join(
        (
            _family("info", "gauge", "Version and revision of the content served.", [("", named, 1)]),
            _family("ready", "gauge", "Whether /readyz answers 200.", [("", "", int(facts.ready))]),
            _family("documents", "gauge", "Documents listed, by collection.", documents),
            _family("finished_answers", "gauge", f"Answers kept ready to send. {_WORKER}", [("", "", number)]),
            _family("finished_bytes", "gauge", f"Bytes of the answers kept ready. {_WORKER}", [("", "", size)]),
            _family(
                "requests_total", "counter", f"Answers, by operation and class of status. {_WORKER}", _requests(meters)
            ),
            _family("request_duration_seconds", "histogram", f"Seconds an answer took. {_WORKER}", _durations(meters)),
        )
    )


def _family(name: str, kind: str, help_text: str, samples: Iterable[Sample]) -> str:
    name = f"contentapi_{name}"
    lines = [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
    lines += [
        f"{name}{suffix}{{{labels}}} {value!r}" if labels else f"{name} {value!r}" for suffix, labels, value in samples
    ]
    return "\n".join(lines) + "\n"


def _requests(meters: Mapping[str, Meter]) -> Iterator[Sample]:
    for name, meter in meters.items():
        for status, count in zip(_CLASSES, meter.statuses, strict=True):
            if count:
                yield "", f'operation="{_label(name)}",status="{status}"', count


def _durations(meters: Mapping[str, Meter]) -> Iterator[Sample]:
    for name, meter in meters.items():
        total = sum(meter.buckets)
        if total:
            operation = f'operation="{_label(name)}"'
            for bound, below in zip(BUCKETS, accumulate(meter.buckets), strict=False):
                yield "_bucket", f'{operation},le="{bound!r}"', below
            yield "_bucket", f'{operation},le="+Inf"', total
            yield "_sum", operation, meter.seconds
            yield "_count", operation, total


def _label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
