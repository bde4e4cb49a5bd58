"""Which meetings and trainings are to be placed in the plan?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wfm.errors import BadInput
from wfm.timegrid import minutes

RESERVED = ("work", "break", "lunch", "gap", "on call", "off")
"""Activities of a roster that a meeting may not be called by."""


@dataclass(frozen=True)
class Meeting:
    """A meeting or training inside people's shifts: off the phone, but paid.

    Attributes
    ----------
    name : str
        Unique; stands in the roster's `activity`.
    length_min : int
    first, last : date
        Local days on one of which it is held.
    people, teams : tuple of str
        Ids of people, and teams all of whose people attend.
    start, end : str
        Local clock times ``"HH:MM"`` between which it lies.
    together : bool
        True: all at the same time. False: each person at their own best time.
    """

    name: str
    length_min: int
    first: dt.date
    last: dt.date
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    start: str = "00:00"
    end: str = "24:00"
    together: bool = True

    def __post_init__(self) -> None:
        where = f"meeting {self.name!r}"
        if not self.name.strip() or self.name in RESERVED:
            raise BadInput(
                f"{where}: the name stands in the roster's activity; it is not empty and none of "
                f"{', '.join(RESERVED)}"
            )
        room = minutes(self.end) - minutes(self.start)
        if not 0 < self.length_min <= room:
            raise BadInput(
                f"{where}: expected 0 < length_min <= the {room} min from {self.start} to "
                f"{self.end}, got {self.length_min}"
            )
        if self.last < self.first:
            raise BadInput(f"{where}: the last day {self.last} is before the first, {self.first}")
        if not self.people and not self.teams:
            raise BadInput(f"{where}: nobody attends; list `people` or `teams`")
