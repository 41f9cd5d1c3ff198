"""Dates as people write them, and as ISO 8601 spells them."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contentapi.text import dates

PARIS = dates.zone("Europe/Paris")


@pytest.mark.parametrize(
    ("written", "iso", "epoch"),
    [
        ("2020-11-18", "2020-11-18", 1605654000.0),
        ("2020-07-01", "2020-07-01", 1593554400.0),
        ("2020-1-8", "2020-01-08", 1578438000.0),
        (" 2020-11-18 ", "2020-11-18", 1605654000.0),
        ("2020-11-18 10:30", "2020-11-18T10:30:00+01:00", 1605691800.0),
        ("2020-11-18T10:30", "2020-11-18T10:30:00+01:00", 1605691800.0),
        ("2020-11-18t9:30:15", "2020-11-18T09:30:15+01:00", 1605688215.0),
        ("2020-11-18 10:30:15.250", "2020-11-18T10:30:15+01:00", 1605691815.0),
        ("2020-11-18 10:30:15,2 Z", "2020-11-18T10:30:15+00:00", 1605695415.0),
        ("2020-11-18T10:30:15Z", "2020-11-18T10:30:15+00:00", 1605695415.0),
        ("2020-11-18 10:30:15 UTC", "2020-11-18T10:30:15+00:00", 1605695415.0),
        ("2020-11-18 10:30 +0200", "2020-11-18T10:30:00+02:00", 1605688200.0),
        ("2020-11-18 10:30 -05:30", "2020-11-18T10:30:00-05:30", 1605715200.0),
        ("1969-12-31 23:00", "1969-12-31T23:00:00+01:00", -7200.0),
        ("2024-02-29", "2024-02-29", 1709161200.0),
        ("1900-01-01 00:09:21", "1900-01-01T00:00:00+00:00", -2208988800.0),
    ],
)
def test_a_date_is_read_strictly(written: str, iso: str, epoch: float) -> None:
    assert dates.parse(written, PARIS) == dates.Moment(iso, epoch)


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "2020", "2020-11", "20-11-18", "2020/11/18", "18-11-2020", "2020-13-01", "2020-02-30", "2023-02-29",
        "0000-01-01",
        "2020-11-18 10", "2020-11-18 25:00", "2020-11-18 10:60", "2020-11-18 10:30:61", "2020-11-18 10:30 +25:00",
        "2020-11-18 10:30 CET", "2020-11-18x", "x2020-11-18", "٢٠٢٠-11-18", "2020-11-18\n2020-11-19", "hier",
    ],
)  # fmt: skip
def test_what_is_no_date_of_the_calendar_is_none(written: str) -> None:
    assert dates.parse(written, PARIS) is None


def test_days_and_times_are_of_one_order() -> None:
    written = ["2020-11-18", "2020-11-18 00:00:01", "2020-11-18 12:00Z", "2020-11-19"]
    moments = [dates.parse(one, PARIS) for one in written]
    epochs = [one.epoch for one in moments if one]
    assert epochs == sorted(epochs)
    assert len(epochs) == len(written)


@pytest.mark.parametrize("name", ["UTC", "utc", "GMT", "Etc/UTC"])
def test_utc_has_many_names(name: str) -> None:
    assert dates.zone(name) is UTC


@pytest.mark.parametrize("name", ["Paris", "", "../etc/passwd", "Europe/", "\0"])
def test_what_is_no_zone_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        dates.zone(name)


@given(st.text(alphabet="0123456789-:T .+Z", max_size=30) | st.text(max_size=20) | st.datetimes().map(str))
def test_nothing_raises_and_what_is_read_reads_the_same_again(written: str) -> None:
    found = dates.parse(written, PARIS)
    if found is not None:
        assert dates.parse(found.iso, PARIS) == found


@pytest.mark.parametrize(
    ("iso", "zone", "instant"),
    [
        ("2020-11-18", "UTC", "2020-11-18T00:00:00+00:00"),
        ("2020-11-18", "Europe/Paris", "2020-11-18T00:00:00+01:00"),
        ("2020-07-18", "Europe/Paris", "2020-07-18T00:00:00+02:00"),
        ("2020-11-18T12:30:00+01:00", "UTC", "2020-11-18T12:30:00+01:00"),
        # Clocks in Paris were 9 minutes and 21 seconds ahead, which no offset can spell.
        ("1850-01-01", "Europe/Paris", "1849-12-31T23:50:39+00:00"),
        ("0001-01-01", "Europe/Paris", "0001-01-01T00:00:00+00:00"),
        ("9999-12-31", "America/New_York", "9999-12-31T00:00:00-05:00"),
    ],
)
def test_a_day_begins_at_an_instant(iso: str, zone: str, instant: str) -> None:
    assert dates.instant(iso, dates.zone(zone)) == instant
