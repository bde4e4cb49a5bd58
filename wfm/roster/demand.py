"""How many agents are wanted on each queue at each grid step?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.roster.duties import Case

MOST_AGENTS = 100_000


@dataclass(frozen=True)
class Demand:
    """What is wanted, on the grid.

    Attributes
    ----------
    step_min : int
    queues : tuple of str
    wanted : ndarray of int, shape (queues, steps)
        Agents wanted on duty and not on a break; 0 where the requirement has no row.
    rows : DataFrame
        queue, start, scheduled of the requirement's rows inside the planned weeks, sorted.
    first : ndarray of int, shape (rows,)
        First grid step of each row.
    width : int
        Grid steps an interval.
    """

    step_min: int
    queues: tuple[str, ...]
    wanted: np.ndarray
    rows: pd.DataFrame
    first: np.ndarray
    width: int

    @property
    def steps(self) -> int:
        """Number of grid steps in the planned weeks."""
        return self.wanted.shape[1]

    @property
    def step_h(self) -> float:
        """Length of a grid step in hours."""
        return self.step_min / 60


def demand_of(requirement: Any, case: Case, step_min: int) -> Demand:
    """Return the requirement's `scheduled` on the grid of the planned weeks.

    Raises
    ------
    BadInput
        If the table breaks its contract, names an unknown queue, is off the grid, has a count that
        is no whole number >= 0, or has no row inside the planned weeks.
    """
    frame = frames.check("requirement", table_of(requirement))
    scenario, horizon = case.scenario, case.horizon
    names = tuple(queue.name for queue in scenario.queues)
    unknown = ~frame["queue"].isin(names)
    if unknown.any():
        raise BadInput(
            f"requirement: {int(unknown.sum())} rows name an unknown queue (first: "
            f"{frame.loc[unknown.to_numpy(), 'queue'].iloc[0]!r}); the scenario has "
            f"{', '.join(map(repr, names))}"
        )
    _check_counts(frame)
    minutes = horizon.minutes(frame["start"], "requirement")
    inside = (minutes >= 0) & (minutes < horizon.end)
    if not inside.any():
        raise BadInput(
            f"requirement: none of its {len(frame)} rows lies in the planned weeks from "
            f"{horizon.monday} to {horizon.date(horizon.days - 1)}; size a forecast of those weeks "
            "or set Scenario.start"
        )
    rows = frame.loc[inside, ["queue", "start", "scheduled"]].copy()
    rows["start"] = rows["start"].dt.tz_convert(scenario.timezone)
    rows["minute"] = minutes[inside]
    rows["rank"] = rows["queue"].map({name: at for at, name in enumerate(names)})
    rows = rows.sort_values(["rank", "minute"], kind="stable").reset_index(drop=True)
    _check_grid(rows, scenario.interval_min, step_min)
    width = scenario.interval_min // step_min
    wanted = np.zeros((len(names), horizon.end // step_min), dtype=np.int64)
    first = rows["minute"].to_numpy() // step_min
    count = rows["scheduled"].to_numpy().round().astype(np.int64)
    for part in range(width):
        at = first + part
        here = at < wanted.shape[1]
        wanted[rows["rank"].to_numpy()[here], at[here]] = count[here]
    rows = rows[["queue", "start", "scheduled"]].assign(scheduled=count)
    return Demand(step_min, names, wanted, rows, first, width)


def table_of(requirement: Any) -> Any:
    """Return the table of a requirement, which may be the table itself."""
    return getattr(requirement, "frame", requirement)


def _check_counts(frame: pd.DataFrame) -> None:
    count = pd.to_numeric(frame["scheduled"]).to_numpy(dtype=float)
    whole = np.isfinite(count) & (count >= 0) & (count == np.round(count)) & (count <= MOST_AGENTS)
    if not whole.all():
        row = frame.iloc[int((~whole).argmax())]
        raise BadInput(
            f"requirement: {int((~whole).sum())} rows have a scheduled that is no whole number "
            f"from 0 to {MOST_AGENTS} (first: queue {row['queue']!r}, {row['start']}, got "
            f"{row['scheduled']}); round up after shrinkage, and leave closed intervals out"
        )


def _check_grid(rows: pd.DataFrame, interval_min: int, step_min: int) -> None:
    off = (rows["minute"] % step_min != 0).to_numpy()
    near = ((rows["rank"].diff() == 0) & (rows["minute"].diff() < interval_min)).to_numpy()
    for wrong, what in ((off, f"are not on the grid of {step_min} min from local midnight"),
                        (near, f"begin within {interval_min} min of the one before")):  # fmt: skip
        if wrong.any():
            row = rows.iloc[int(wrong.argmax())]
            raise BadInput(
                f"requirement: {int(wrong.sum())} rows {what} (first: queue {row['queue']!r}, "
                f"{row['start']}); size the forecast at the scenario's interval_min "
                f"{interval_min}"
            )
