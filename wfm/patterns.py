"""Which shifts does a person or a team work week by week: fixed patterns and rotations?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wfm.errors import BadInput

OFF, OPEN = "-", "*"


@dataclass(frozen=True)
class Pattern:
    """A row of weeks that repeats, and the teams that follow it. Binding.

    Attributes
    ----------
    name : str
        Unique; a person follows it by `Person.pattern`, a team by `teams`.
    weeks : tuple of str
        One text a week, seven cells parted by blanks, Monday first. A cell is ``-`` no shift
        starts, ``*`` anything, ``E`` a shift E starts, ``E/M`` one of them, ``E?`` E or none.
        On approved leave and weekdays never worked no cell asks for a shift.
    monday : date
        A Monday on which `weeks` begins; it repeats before and after.
    teams : tuple of (str, int)
        `Person.team`, and the week of the pattern, from 0, in which the team is at `monday`.
    """

    name: str
    weeks: tuple[str, ...]
    monday: dt.date
    teams: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        where = f"pattern {self.name!r}"
        if not self.name or not self.weeks:
            raise BadInput(f"{where}: expected a name and at least one week")
        if self.monday.weekday() != 0:
            raise BadInput(f"{where}: monday {self.monday} is a {self.monday:%A}")
        for number, week in enumerate(self.weeks, start=1):
            cells = week.split()
            if len(cells) != 7:
                raise BadInput(
                    f"{where}: week {number} has {len(cells)} cells, expected seven parted by "
                    f"blanks, Monday to Sunday, such as 'E E E E E - -'; got {week!r}"
                )
            bad = [c for c in cells if c not in (OFF, OPEN) and not all(_codes(c))]
            if bad:
                raise BadInput(
                    f"{where}: week {number} has the cell {bad[0]!r}; a cell is '-', '*', 'E', "
                    "'E/M' or 'E?'"
                )
        for team, first in self.teams:
            if not team or not 0 <= first < len(self.weeks):
                raise BadInput(
                    f"{where}: team {team!r} begins in week {first}; weeks are 0 to "
                    f"{len(self.weeks) - 1}"
                )

    @property
    def shift_codes(self) -> tuple[str, ...]:
        """Every shift code that it names."""
        cells = [cell for week in self.weeks for cell in week.split()]
        return tuple(c for cell in cells if cell not in (OFF, OPEN) for c in _codes(cell))

    def cell(self, day: dt.date, first: int) -> Cell:
        """Return what is asked of a day of somebody who was in week `first` at `monday`."""
        passed = (day - self.monday).days // 7
        text = self.weeks[(first + passed) % len(self.weeks)].split()[day.weekday()]
        if text == OPEN:
            return Cell(text, None, False)
        if text == OFF:
            return Cell(text, frozenset(), False)
        return Cell(text, frozenset(_codes(text)), not text.endswith("?"))


@dataclass(frozen=True)
class Cell:
    """What a pattern asks of one day.

    Attributes
    ----------
    text : str
        As it is written.
    shifts : frozenset of str or None
        Codes that may be worked; None: any.
    must : bool
        Whether one of them must be.
    """

    text: str
    shifts: frozenset[str] | None
    must: bool


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(cell.removesuffix("?").split("/"))
