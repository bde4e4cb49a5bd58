"""How do a person's calendars of several rosters become one?"""

from __future__ import annotations

from collections.abc import Iterable

import icalendar


def joined(calendars: Iterable[bytes]) -> bytes:
    """Return one calendar with the events of all, each zone told once; empty where there is none.

    Examples
    --------
    >>> b"BEGIN:VCALENDAR" in joined([])
    True
    """
    parts = [icalendar.Calendar.from_ical(content) for content in calendars]
    if not parts:
        empty = icalendar.Calendar()
        empty.add("prodid", "-//wfm//roster//EN")
        empty.add("version", "2.0")
        return bytes(empty.to_ical())
    whole = parts[0]
    zones = {str(part["tzid"]) for part in whole.walk("VTIMEZONE")}
    for calendar in parts[1:]:
        for part in calendar.walk("VTIMEZONE"):
            if str(part["tzid"]) not in zones:
                zones.add(str(part["tzid"]))
                whole.add_component(part)
        for event in calendar.walk("VEVENT"):
            whole.add_component(event)
    return bytes(whole.to_ical())
