"""Why did the day miss its service level, or cost more: volume, AHT, people, absence, adherence?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm import coalitions, variance_tables
from wfm.errors import BadInput
from wfm.evidence import compare
from wfm.plan import Plan
from wfm.targets import Target

__all__ = ["DRIVERS", "MEASURES", "Variance", "explain"]

Floats = NDArray[np.float64]
DRIVERS = coalitions.DRIVERS
MEASURES = ("service_level", "cost", "cost_per_contact")
GROUPS = ("queue", "start", "day", "week", "weekday")


@dataclass(frozen=True, eq=False)
class Variance:
    """A difference between plan and actuals, split over its drivers.

    Attributes
    ----------
    of : str
        ``"service_level"``, ``"cost"`` or ``"cost_per_contact"``.
    drivers : tuple of str
        Members of `DRIVERS`, in their order; ``"roster"`` only where the plan says what was wanted
        and what the roster gave, ``"cost_per_hour"`` only for the costs.
    frame : DataFrame
        The matched intervals: queue, start (zone of the plan), and of every driver what was planned
        and what came (``volume_plan``, ``volume`` ...).
    above, below : float64 array, shape (2 ** drivers, intervals)
        Numerator and denominator that the model gives each interval when the drivers in a set are
        at their actual values; row number = sum of 2 ** i over the drivers i of the set.
    measured : float64 array, shape (2, intervals)
        Numerator and denominator as counted; NaN where the actuals do not hold them.
    notes : tuple of str
        What was left out or taken as planned, in plain sentences.
    """

    of: str
    drivers: tuple[str, ...]
    frame: pd.DataFrame
    above: Floats
    below: Floats
    measured: Floats
    notes: tuple[str, ...] = ()

    def by(self, *groups: str) -> pd.DataFrame:
        """Return the split by group; without a group, of everything together.

        Counts are summed over the group's intervals before they are divided, so the parts of each
        row add up exactly: planned + sum of parts = modelled, and modelled + residual = measured.
        The parts of a day are its own, not the mean of its intervals' parts.

        Parameters
        ----------
        *groups : str
            ``"queue"``, ``"start"`` (the interval), ``"day"``, ``"week"`` (its Monday) or
            ``"weekday"``, all local.

        Returns
        -------
        DataFrame
            The groups, intervals, planned, a column a driver, modelled, measured, residual. NaN
            where a group has no contacts.

        Raises
        ------
        BadInput
            For an unknown group.
        """
        number, labels = _grouping(self.frame, groups)
        size = len(labels)
        above = np.array([np.bincount(number, row, size) for row in self.above])
        below = np.array([np.bincount(number, row, size) for row in self.below])
        with np.errstate(invalid="ignore", divide="ignore"):
            game = above if self.of == "cost" else np.where(below > 0, above / below, np.nan)
        parts = coalitions.shapley(game)
        top, bottom = (np.bincount(number, row, size) for row in self.measured)
        with np.errstate(invalid="ignore", divide="ignore"):
            measured = top if self.of == "cost" else np.where(bottom > 0, top / bottom, np.nan)
        table = labels.assign(intervals=np.bincount(number, minlength=size), planned=game[0])
        for name, part in zip(self.drivers, parts, strict=True):
            table[name] = part
        return table.assign(modelled=game[-1], measured=measured, residual=measured - game[-1])

    @property
    def total(self) -> pd.Series:
        """The split of everything together, as one row of `by`."""
        return self.by().iloc[0]

    @property
    def largest(self) -> str:
        """The driver with the largest part for the worse; the largest at all where none is."""
        row = self.total[list(self.drivers)].astype(float)
        worse = row if self.of != "service_level" else -row
        return str((worse if (worse > 0).any() else row.abs()).idxmax())

    def workload(self, *groups: str) -> pd.DataFrame:
        """Return the change of workload, volume x aht_s in seconds, split by LMDI.

        Returns
        -------
        DataFrame
            The groups, planned_s, volume_s, aht_s_s (the parts), actual_s; parts of intervals add
            up to those of groups.
        """
        number, labels = _grouping(self.frame, groups)
        before = self.frame[["volume_plan", "aht_s_plan"]].to_numpy(float).T
        after = self.frame[["volume", "aht_s"]].to_numpy(float).T
        split = compare.lmdi(np.nan_to_num(before), np.nan_to_num(after))
        size = len(labels)
        columns = {
            "planned_s": np.nan_to_num(before).prod(axis=0),
            "volume_s": split.by_row[0],
            "aht_s_s": split.by_row[1],
            "actual_s": np.nan_to_num(after).prod(axis=0),
        }
        return labels.assign(
            **{name: np.bincount(number, row, size) for name, row in columns.items()}
        )


def explain(
    plan: Plan | pd.DataFrame,
    actuals: pd.DataFrame,
    *,
    of: str = "service_level",
    target: Target | None = None,
    interval_s: float | None = None,
    patience_s: float | None = None,
    as_planned: Sequence[str] = (),
) -> Variance:
    """Return what made the actuals differ from the plan: Shapley parts that add up exactly.

    f(S) is the figure of the model with the drivers in S at their actual values and the others at
    plan; part of driver i = sum over S without i of s! (d - 1 - s)! / d! [f(S + i) - f(S)], d
    drivers, s of them in S. Agents on seat = heads x (1 - shrinkage) x adherence, real-valued: the
    counts lie on the straight line between those of the two whole numbers beside it, and nobody is
    served in time where nobody leaves and agents on seat do not exceed the load.

    Parameters
    ----------
    plan : Plan or DataFrame
        A plan, or a table queue, start, volume, aht_s, heads, shrinkage, adherence and, for the
        part of the roster's shape, `scheduled`: the agents wanted on duty, where `heads` is what
        the roster gives. For costs `cost_per_hour` too. Of a plan: the forecast this centre serves,
        the roster's coverage (without a roster the agents wanted), the queue's shrinkage,
        adherence 1.
    actuals : DataFrame
        queue, start, volume (or offered), aht_s (or handled, talk_s, hold_s, acw_s), heads (people
        on the roster of the interval as it stood that morning, breaks apart), shrinkage (share of
        them that was absent or off the phone), adherence (share of the rest that was where it
        should be). The counts `answered`, `abandoned`, `answered_in_awt` ... of the rule, or `cost`
        in money, give the measured value and the residual.
    of : str
        ``"service_level"``; ``"cost"``, money for the heads; ``"cost_per_contact"``, that over the
        contacts which the model says are answered.
    target : Target, optional
        `awt_s`, `rule` and `short_s` for plain tables; of a plan each queue has its own.
    interval_s, patience_s : float, optional
        For plain tables: 1800 and infinite (Erlang C) by default.
    as_planned : sequence of str
        Drivers the actuals do not tell: their part is 0 and what they did is in the residual.

    Returns
    -------
    Variance

    Raises
    ------
    BadInput
        For missing columns, values out of range, repeated keys, or no common interval.

    Notes
    -----
    Shapley (1953). Unlike changing one driver after the other, the answer does not depend on an
    order. Queues the stationary model does not fit (e-mail, outbound, tiers) are left out of the
    service level, with a note; the model does not know work carried over from one interval to the
    next: that is in the residual. `Variance.workload` splits the
    workload by LMDI (Ang 2005).

    Examples
    --------
    >>> start = pd.DatetimeIndex(["2026-03-02 09:00+00:00"])
    >>> planned = pd.DataFrame({"queue": "voice", "start": start, "volume": 100.0, "aht_s": 180.0,
    ...                         "heads": 20.0, "shrinkage": 0.30, "adherence": 1.0})
    >>> came = planned.assign(volume=108.0, aht_s=189.0, shrinkage=0.33, adherence=0.97)
    >>> parts = explain(planned, came).total
    >>> [round(float(parts[name]), 6) for name in ("volume", "aht_s", "shrinkage", "adherence")]
    [-0.123463, -0.082793, -0.080431, -0.05592]
    >>> round(float(parts["modelled"] - parts["planned"]), 6)
    -0.342607
    """
    if of not in MEASURES:
        raise BadInput(f"variance: of is one of {', '.join(MEASURES)}; got {of!r}")
    given = variance_tables.planned(
        plan, target=target, interval_s=interval_s, patience_s=patience_s
    )
    table, notes = variance_tables.matched(
        given, actuals, costs=of != "service_level", as_planned=tuple(as_planned)
    )
    drivers = tuple(name for name in DRIVERS if f"{name}_plan" in table.columns)
    if of == "service_level":
        drivers = tuple(name for name in drivers if name != "cost_per_hour")
        fits = table["fits"].to_numpy(bool)
        if not fits.all():
            left = sorted(table.loc[~fits, "queue"].unique())
            notes += (
                f"queues {', '.join(left)}: no stationary model (deferrable, outbound or tiers), "
                "so they are left out of the service level",
            )
            table = table[fits].reset_index(drop=True)
        if table.empty:
            raise BadInput("variance: no queue that a stationary model fits; explain of='cost'")
    above, below = coalitions.counts(table, drivers, of)
    measured, more = variance_tables.measured(table, of)
    shown = ["queue", "start", *(f"{d}{end}" for d in drivers for end in ("_plan", ""))]
    return Variance(of, drivers, table[shown], above, below, measured, notes + more)


def _grouping(frame: pd.DataFrame, groups: Sequence[str]) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return each interval's group number and the groups' labels."""
    unknown = sorted(set(groups) - set(GROUPS))
    if unknown or len(set(groups)) < len(groups):
        raise BadInput(f"variance: group by any of {', '.join(GROUPS)}, once; got {groups}")
    if not groups:
        return np.zeros(len(frame), np.int64), pd.DataFrame(index=range(1))
    keys = frame[["queue", "start"]].copy()
    day = keys["start"].dt.tz_localize(None).dt.normalize()
    keys["day"] = day.dt.date
    keys["week"] = (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).dt.date
    keys["weekday"] = day.dt.day_of_week
    grouped = keys.groupby(list(groups), sort=True, observed=True)
    labels = grouped.size().reset_index()[list(groups)]
    return np.asarray(grouped.ngroup(), np.int64), labels
