"""Dates as people write them in front matter: read strictly, spelled as ISO 8601.

YAML's own timestamps are not used (they turn ``12:30:45`` into a number and mix types); a date stays a string until here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_WRITTEN = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"(?:[Tt\s]\s*(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a date with a time.

    ``iso`` is ISO 8601: a day (``2020-11-18``) when no time was written, else with seconds and offset.
    ``epoch`` orders both kinds: seconds since 1970, a day counting from its first instant in the site's zone.
    """

    iso: str
    epoch: float


@lru_cache(maxsize=16)
def zone(name: str) -> tzinfo:
    """The time zone of that IANA name. Raises ValueError when there is none."""
    if name.upper() in {"UTC", "GMT", "ETC/UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{name!r} is no time zone; use an IANA name such as Europe/Paris"
        raise ValueError(message) from error


def parse(written: str, site_zone: tzinfo) -> Moment | None:
    """The moment that a written date means, or None when it is no date of the calendar."""
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        return None
    part = match.groupdict()
    try:
        if part["h"] is None:
            day = datetime(int(part["y"]), int(part["m"]), int(part["d"]), tzinfo=site_zone)
            return Moment(day.date().isoformat(), day.timestamp())
        moment = datetime(
            int(part["y"]),
            int(part["m"]),
            int(part["d"]),
            int(part["h"]),
            int(part["min"]),
            int(part["s"] or 0),
            tzinfo=_offset(part["zone"], site_zone),
        )
        return Moment(_whole_minutes(moment).isoformat(), moment.timestamp())
    except (ValueError, OverflowError):
        return None


def instant(iso: str, site_zone: tzinfo) -> str:
    """The date-time (RFC 3339) that a :class:`Moment`'s ``iso`` means: of a day, its first instant in the site's zone."""
    if "T" in iso:
        return iso
    day = datetime.fromisoformat(iso).replace(tzinfo=site_zone)
    try:
        return _whole_minutes(day).isoformat()
    except OverflowError:  # the first of all days, where clocks are ahead
        return f"{iso}T00:00:00+00:00"


def _whole_minutes(moment: datetime) -> datetime:
    """The moment in a zone that ISO 8601 can spell: before 1911 clocks in Paris were 9 minutes and 21 seconds ahead."""
    offset = moment.utcoffset() or timedelta()
    return moment.astimezone(UTC) if offset % timedelta(minutes=1) else moment


def _offset(written: str | None, site_zone: tzinfo) -> tzinfo:
    if written is None:
        return site_zone
    if written.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    sign = -1 if written[0] == "-" else 1
    digits = written[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
