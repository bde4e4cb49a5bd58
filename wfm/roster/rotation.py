"""Is there a rotation that staffs every weekday exactly, and which?

A rotation (cyclic schedule) of n weeks is one row of 7 n days; n people, or n groups, each begin it
a week later than the one before and start again after the last week. So everybody bears the same,
and every week is staffed alike.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from wfm.errors import BadInput
from wfm.roster.rotation_graph import OFF, RotationRules, RotationShift

__all__ = ["OFF", "Rotation", "RotationRules", "RotationShift", "rotate"]


@dataclass(frozen=True)
class Rotation:
    """A rotation, or the proof that there is none.

    Attributes
    ----------
    status : str
        ``"found"``; ``"impossible"``, proven; or ``"open"``: not settled in time.
    rows : tuple of tuple of str
        Of each week the codes of Monday to Sunday, `OFF` for a day off; empty without a rotation.
    seconds : float
        Wall-clock time used.
    """

    status: str
    rows: tuple[tuple[str, ...], ...]
    seconds: float

    def week_of(self, person: int, week: int) -> tuple[str, ...]:
        """Return the codes of a week for who began with row `person`; weeks count from 0."""
        return self.rows[(person + week) % len(self.rows)]


def rotate(
    rules: RotationRules, staffing: Sequence[Sequence[int]], weeks: int, *, free_weekends: int = 0,
    time_limit_s: float = 60.0, workers: int = 1, seed: int = 0,
) -> Rotation:  # fmt: skip
    """Return a rotation of `weeks` weeks with exactly this staffing.

    Parameters
    ----------
    rules : RotationRules
    staffing : sequence of sequences of int, shape (shifts, 7)
        People on each shift on Monday to Sunday.
    weeks : int
        Length of the rotation, which is also the number of people.
    free_weekends : int
        How many weekends of the rotation must be wholly free at least.
    time_limit_s : float
        Wall-clock seconds.
    workers, seed : int
        Threads and the start of the search's random choices.

    Returns
    -------
    Rotation

    Raises
    ------
    BadInput
        The staffing does not fit the shifts, or asks for more people than there are.

    Examples
    --------
    >>> day = RotationShift("D", 480, 480)
    >>> rules = RotationRules((day,), work=(2, 6), off=(2, 3))
    >>> made = rotate(rules, [[2, 2, 2, 2, 2, 1, 1]], 3)
    >>> made.status, sum(row.count("D") for row in made.rows)
    ('found', 12)
    >>> rotate(rules, [[2, 2, 2, 2, 2, 2, 2]], 2).status  # nobody would ever be free
    'impossible'
    """
    from wfm.roster.rotation_walk import Walks, walk

    table = [list(row) for row in staffing]
    if len(table) != len(rules.shifts) or any(len(row) != 7 for row in table):
        raise BadInput(
            f"rotation: staffing has a row of seven days for each of the {len(rules.shifts)} "
            f"shifts, got {len(table)} rows of {sorted({len(row) for row in table})} days"
        )
    if weeks < 1 or any(count < 0 for row in table for count in row):
        raise BadInput(f"rotation: weeks is at least 1 and staffing at least 0, got {weeks} weeks")
    wanted = [sum(day) for day in zip(*table, strict=True)]
    if max(wanted) > weeks:
        at = wanted.index(max(wanted))
        raise BadInput(
            f"rotation: weekday {at} (Monday is 0) wants {wanted[at]} people, a rotation of "
            f"{weeks} weeks has {weeks}; lower the staffing or lengthen the rotation"
        )
    begun = time.monotonic()
    walks = Walks(rules, weeks)
    for kind, row in enumerate(table):
        for weekday, count in enumerate(row):
            walks.staff(weekday, kind, count)
    if free_weekends:
        walks.free_weekends(free_weekends)
    made = walk(walks, seconds=time_limit_s, workers=workers, seed=seed)
    status = {"optimal": "found", "feasible": "found"}.get(made.status, made.status)
    return Rotation(status, made.rows, time.monotonic() - begun)
