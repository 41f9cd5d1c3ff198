"""``/v1/phases``: the phases of the programme in journey order; an alias leads to its phase."""

from __future__ import annotations

from contentapi.errors import NotFound
from contentapi.index import phases
from contentapi.index.reader import Reader
from contentapi.web import call as calls
from contentapi.web import present
from contentapi.web.answers import Answer, moved
from contentapi.web.call import Call, Many, One, Operation, Segment, Segments
from contentapi.web.resources import fields, single


def list_phases(call: Call) -> Answer:
    """All phases: the steps of the journey, then lasting statuses, then exits."""
    every = [present.of_phase(call.reader, call.addresses, one) for one in phases.phases(call.reader)]
    return calls.subjects(call, every, present.PHASE, depends="phases")


def get_phase(call: Call) -> Answer:
    """One phase by its slug."""
    name, suffix = call.segments["slug"], ""
    found = phases.phase(call.reader, name)
    stem = single.unsuffixed(name)
    if found is None and stem is not None:
        found, suffix = phases.phase(call.reader, stem), single.SUFFIX
    if found is None:
        raise NotFound("phase", name)
    subject = present.of_phase(call.reader, call.addresses, found)
    if found.slug + suffix != name:
        return moved(subject.address + suffix + (f"?{call.query}" if call.query else ""), keys=("phases",))
    return single.negotiated(call, subject, present.PHASE, suffix=suffix)


def slugs(reader: Reader, _: Segments) -> list[str]:
    """Those of all phases."""
    return [one.slug for one in phases.phases(reader)]


def names(reader: Reader, _: Segments) -> list[str]:
    """What all phases are called in addresses: their slugs, and the aliases that lead to them."""
    every = phases.phases(reader)
    return list(dict.fromkeys((*(one.slug for one in every), *(alias for one in every for alias in one.aliases))))


SLUG = Segment("slug", "The phase's slug.", slugs, closed=True, every=names)

OPERATIONS = (
    Operation(
        "/v1/phases",
        "listPhases",
        "The phases of the programme, in journey order",
        list_phases,
        "Phases",
        answer=Many(present.PHASE),
        fields=fields.phases,
    ),
    Operation(
        "/v1/phases/{slug}",
        "getPhase",
        "One phase",
        get_phase,
        "Phases",
        answer=One(present.PHASE),
        segments=(SLUG,),
        offers=single.OFFERS,
        endings=(single.SUFFIX,),
    ),
)
