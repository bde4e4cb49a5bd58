"""How many paid hours did each person work on each day, for whoever pays them?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from wfm.adapters.export_csv import csv_bytes
from wfm.adapters.export_shifts import Shift, shifts_of
from wfm.scenario import Scenario

COLUMNS = ("agent", "name", "team", "contract", "date", "shift", "start", "end", "elapsed_h",
           "unpaid_h", "paid_h")  # fmt: skip


def payroll_table(roster: Any, scenario: Scenario) -> pd.DataFrame:
    """Return paid hours, a shift and local day a row.

    A shift over midnight makes two rows; its unpaid breaks lower the day they lie in. Hours are
    those that pass, so that a night on which the clock goes back has one more.

    Parameters
    ----------
    roster : object with `frame`
    scenario : Scenario

    Returns
    -------
    DataFrame
        agent, name, team, contract, date (ISO), shift, start and end (ISO with offset, of the part
        of the shift on that day), elapsed_h, unpaid_h, paid_h (hours).
    """
    people = {person.id: person for person in scenario.people}
    rows = []
    for shift in shifts_of(roster, scenario):
        person = people.get(shift.agent)
        known = ("", "", "") if person is None else (person.name, person.team, person.contract)
        parts = _days(shift)
        unpaid = [_unpaid_h(shift, start, end) for start, end in parts]
        for (start, end), lost in zip(parts, unpaid, strict=True):
            elapsed = (end - start).total_seconds() / 3600
            rows.append((
                shift.agent, *known, start.date().isoformat(), shift.code, start.isoformat(),
                end.isoformat(), round(elapsed, 4), round(lost, 4), round(elapsed - lost, 4),
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def payroll_bytes(roster: Any, scenario: Scenario) -> bytes:
    """Return `payroll_table` as CSV that spreadsheets open and never run."""
    return csv_bytes(payroll_table(roster, scenario))


def _days(shift: Shift) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the shift cut at local midnights."""
    parts, start = [], shift.start
    while start < shift.end:
        following = start.date() + dt.timedelta(days=1)
        midnight = pd.Timestamp(following).tz_localize(start.tz, nonexistent="shift_forward",
                                                       ambiguous=True)  # fmt: skip
        parts.append((start, min(midnight, shift.end)))
        start = parts[-1][1]
    return parts


def _unpaid_h(shift: Shift, start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the hours of unpaid pauses from start to end."""
    inside = [(min(p.end, end) - max(p.start, start)).total_seconds() for p in shift.unpaid]
    return sum(max(length, 0.0) for length in inside) / 3600
