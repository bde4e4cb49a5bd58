"""How does each person get the own shifts into a calendar?"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections import defaultdict
from pathlib import Path
from typing import Any

import icalendar
import pandas as pd

from wfm.adapters.export_csv import zip_bytes
from wfm.adapters.export_shifts import Shift, shifts_of
from wfm.scenario import Scenario
from wfm.timegrid import instant, zone

# Any fixed value makes UIDs stable; this one was drawn once and must never change.
_NAMESPACE = uuid.UUID("5f0c2a0e-6a53-4b0e-9d0b-0b6a52f7c1d4")
# Windows refuses these as file names, whatever the extension.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


def write_ics(
    folder: str | Path,
    roster: Any,
    scenario: Scenario,
    *,
    sequence: int = 0,
    stamp: dt.datetime | None = None,
) -> tuple[Path, ...]:
    """Write one calendar a person with shifts into `folder` and return the paths.

    Parameters
    ----------
    folder : path
        Made if absent; files of the same names are replaced.
    roster : object with `frame`
        The roster table.
    scenario : Scenario
    sequence : int
        Version number of the published roster, 0 and up. A calendar takes a later export over an
        earlier one by it: the UID of a shift is the same in every export of that agent, local day
        and ordinal. Shifts that no longer exist are not withdrawn.
    stamp : datetime, optional
        When the export was made (DTSTAMP), with a zone; without one the start of the plan, so that
        the same roster gives the same bytes.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in calendars(roster, scenario, sequence=sequence, stamp=stamp).items():
        (target / name).write_bytes(content)
        paths.append(target / name)
    return tuple(paths)


def ics_zip_bytes(
    roster: Any, scenario: Scenario, *, sequence: int = 0, stamp: dt.datetime | None = None
) -> bytes:
    """Return the files of `write_ics` as one zip archive."""
    return zip_bytes(calendars(roster, scenario, sequence=sequence, stamp=stamp))


def calendars(
    roster: Any, scenario: Scenario, *, sequence: int = 0, stamp: dt.datetime | None = None
) -> dict[str, bytes]:
    """Return file name to calendar, one a person with shifts, by agent."""
    shifts = shifts_of(roster, scenario)
    if not shifts:
        return {}
    mine: dict[str, list[Shift]] = defaultdict(list)
    for shift in shifts:
        mine[shift.agent].append(shift)
    names = _file_names(list(mine))
    people = {person.id: person.name for person in scenario.people}
    made = stamp or _plan_start(roster, scenario, shifts)
    zone_part = vtimezone(
        scenario.timezone, min(s.start for s in shifts).year, max(s.end for s in shifts).year
    )
    found = {}
    for agent in sorted(mine):
        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//wfm//roster//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        # As text, or a line break in a name would begin a property of its own.
        title = icalendar.vText(f"Shifts {people.get(agent) or agent}")
        calendar.add("x-wr-calname", title)
        calendar.add_component(zone_part)
        for shift in mine[agent]:
            calendar.add_component(_event(shift, sequence, made))
        found[names[agent]] = calendar.to_ical()
    return found


def _plan_start(roster: Any, scenario: Scenario, shifts: tuple[Shift, ...]) -> dt.datetime:
    day = scenario.start or getattr(roster, "start", None) or min(s.day for s in shifts)
    return instant(day, 0, scenario.timezone).tz_convert("UTC").to_pydatetime()


def _event(shift: Shift, sequence: int, stamp: dt.datetime) -> icalendar.Event:
    event = icalendar.Event()
    key = f"{shift.agent}\n{shift.day.isoformat()}\n{shift.ordinal}"
    event.add("uid", f"{uuid.uuid5(_NAMESPACE, key)}@wfm")
    event.add("dtstamp", stamp.astimezone(dt.UTC))
    event.add("sequence", sequence)
    event.add("summary", shift.text)
    event.add("dtstart", _written(shift.start))
    event.add("dtend", _written(shift.end))
    lines = [f"Queues: {shift.queue}", f"Paid: {shift.paid_h:g} h"]
    lines += [f"{p.activity.capitalize()}: {p.start:%H:%M}-{p.end:%H:%M}" for p in shift.pauses]
    event.add("description", "\n".join(lines))
    event.add("transp", "OPAQUE")
    return event


def _written(moment: pd.Timestamp) -> dt.datetime:
    """Return the time with its zone; the second of a repeated hour, which a local time cannot name,
    in UTC."""
    local = moment.to_pydatetime()
    return local.astimezone(dt.UTC) if local.fold else local


def vtimezone(name: str, first_year: int, last_year: int) -> icalendar.Timezone:
    """Return the VTIMEZONE of `name` over some years.

    Built here and not by icalendar, whose onsets of summer time (7.3.0) are written in the new
    offset: RFC 5545, section 3.6.5, wants the local time before the change.
    """
    here = zone(name)
    part = icalendar.Timezone()
    part.add("tzid", name)
    at = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC) - dt.timedelta(days=1)
    end = dt.datetime(last_year + 1, 1, 2, tzinfo=dt.UTC)
    part.add_component(_observance(at, at, here))
    step = dt.timedelta(hours=6)
    while at < end:
        low, high = at, at + step
        if low.astimezone(here).utcoffset() != high.astimezone(here).utcoffset():
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(here).utcoffset() == low.astimezone(here).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            part.add_component(_observance(low, high.replace(microsecond=0), here))
        at += step
    return part


def _observance(before: dt.datetime, onset: dt.datetime, here: dt.tzinfo) -> icalendar.Component:
    old, new = before.astimezone(here), onset.astimezone(here)
    summer = bool(new.dst())
    rule = icalendar.TimezoneDaylight() if summer else icalendar.TimezoneStandard()
    offset = old.utcoffset() or dt.timedelta()
    rule.add("dtstart", (onset + offset).replace(tzinfo=None))
    rule.add("tzoffsetfrom", offset)
    rule.add("tzoffsetto", new.utcoffset() or dt.timedelta())
    rule.add("tzname", new.tzname() or "")
    return rule


def _file_names(agents: list[str]) -> dict[str, str]:
    """Return a safe file name an agent; where it differs from the id, a hash keeps it unique."""
    found = {agent: re.sub(r"[^\w.-]+", "_", agent).strip("._")[:60] for agent in agents}
    taken: dict[str, int] = defaultdict(int)
    for name in found.values():
        taken[name.casefold()] += 1
    for agent, name in found.items():
        stem = name.casefold().split(".")[0]
        if name != agent or taken[name.casefold()] > 1 or stem in _RESERVED:
            tag = hashlib.sha256(agent.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            found[agent] = f"{name or 'person'}-{tag}" if stem not in _RESERVED else f"person-{tag}"
    return {agent: f"{name}.ics" for agent, name in found.items()}
