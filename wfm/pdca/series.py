"""What does a KPI look like in whole weeks before and after a change?

Weeks are counted from the first day of the change, so that each holds every weekday once: a weekday
pattern cannot look like an effect, and a day's echo in the next stays within its week.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm import kpi
from wfm.actuals import known_rows
from wfm.errors import BadInput
from wfm.kpi.definitions import Definition
from wfm.kpi.measure import times
from wfm.kpi.measures import measure

__all__ = ["SEASON", "Actuals", "Weeks", "seasonal", "table_of", "weekly"]

Floats = NDArray[np.float64]
Actuals = pd.DataFrame | Mapping[str, pd.DataFrame]
SEASON = 365.25 / 7
_CLOSE = 1e-9
# What one definition's value is multiplied with does not depend on the data.
_FACTORS: dict[Definition, float] = {}


@dataclass(frozen=True, eq=False)
class Weeks:
    """A KPI by week.

    Attributes
    ----------
    begins : date
        First day of week 0.
    number : int64 array, shape (weeks,)
        Without gaps; below 0 before the change.
    above, below : float64 array, shape (weeks,)
        Sums of numerator and denominator.
    factor : float
        value = factor x above / below, for rates.
    share : bool
        Whether single contacts are counted as yes or no.
    """

    begins: dt.date
    number: NDArray[np.int64]
    above: Floats
    below: Floats
    factor: float = 1.0
    share: bool = False

    @property
    def value(self) -> Floats:
        """The KPI of each week, NaN where nothing is counted."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.below > 0, self.factor * self.above / self.below, np.nan)

    def cut(self, first: int, last: int) -> Weeks:
        """Return the weeks from number `first` to before `last`."""
        on = (self.number >= first) & (self.number < last)
        return Weeks(self.begins, self.number[on], self.above[on], self.below[on],
                     self.factor, self.share)  # fmt: skip

    @property
    def before(self) -> Weeks:
        """The weeks before the change."""
        return self.cut(int(self.number[0]), 0)

    def since(self, first: int) -> Weeks:
        """Return the weeks from number `first` on."""
        return self.cut(first, int(self.number[-1]) + 1)

    @property
    def pooled(self) -> float:
        """Ratio of the sums; NaN where nothing is counted."""
        total = float(self.below.sum())
        return self.factor * float(self.above.sum()) / total if total > 0 else float("nan")

    @property
    def residuals(self) -> Floats:
        """What each week adds to the departure of the pooled ratio from its mean."""
        total = float(self.below.sum())
        return (self.factor * self.above - self.pooled * self.below) / total

    def day(self, number: int) -> dt.date:
        """Return the first day of a week."""
        return self.begins + dt.timedelta(days=7 * number)


def table_of(actuals: Actuals, definition: Definition, column: str = "") -> pd.DataFrame | None:
    """Return the table that a KPI and its group are read from; None where no table has them.

    A mapping may name tables by KPI, or by anything: the first that has the columns is taken. So is
    `wfm.actuals.Actuals`, by its tables.
    """
    tables = getattr(actuals, "tables", actuals)
    if isinstance(tables, pd.DataFrame):
        return tables
    if definition.key in tables:
        return tables[definition.key]
    how = measure(definition.key)
    needed = {*how.needs(dict(definition.choices)), how.time, *([column] if column else [])}
    return next((t for t in tables.values() if needed <= set(t.columns)), None)


def weekly(
    actuals: pd.DataFrame,
    definition: Definition,
    begins: dt.date,
    *,
    column: str = "",
    values: Sequence[str] = (),
) -> Weeks:
    """Return a KPI in whole weeks about `begins`; part weeks at both ends are left out.

    Parameters
    ----------
    actuals : DataFrame
        The table the KPI is made of.
    definition : Definition
    begins : date
        Local first day of the change.
    column, values : str, sequence of str
        Only rows with one of these values; empty: all.

    Raises
    ------
    BadInput
        For missing columns or values, a KPI that is no ratio of sums, or no whole week.
    """
    how, options = measure(definition.key), dict(definition.choices)
    _need(definition.key, actuals, (*how.needs(options), how.time, *([column] if column else [])))
    if actuals.empty:
        raise BadInput(f"pdca: the table that {definition.key} is made of has no rows yet")
    actuals = known_rows(definition.key, actuals, options)
    day = _days(times(actuals, how.time))
    zero = np.datetime64(begins, "D")
    number = (day - zero).astype(np.int64) // 7
    first = -(int((zero - day.min()).astype(np.int64)) // 7)
    last = (int((day.max() - zero).astype(np.int64)) + 1) // 7
    if last <= first:
        raise BadInput(
            f"pdca: {definition.key}: no whole week between {day.min()} and "
            f"{day.max()}, counted from {begins}"
        )
    on = (number >= first) & (number < last)
    if column:
        labels = actuals[column]
        labels = labels if isinstance(labels.dtype, pd.StringDtype) else labels.astype(str)
        named = labels.isin([str(v) for v in values]).to_numpy()
        if not (on & named).any():
            known = ", ".join(map(str, actuals[column].dropna().unique()[:8]))
            raise BadInput(f"pdca: no rows with {column} {', '.join(values)}; it has {known}")
        on = on & named
    part = actuals[on].reset_index(drop=True)
    rows = how.rows(part, options)
    # `rows.frame` may hold fewer rows than the table (kept in its order) or new ones.
    index = (_days(times(rows.frame, how.time)) - zero).astype(np.int64) // 7 - first
    size = last - first
    above = np.bincount(index, np.asarray(rows.numerator, float), size).astype(np.float64)
    below = np.bincount(index, np.asarray(rows.denominator, float), size).astype(np.float64)
    return Weeks(begins, np.arange(first, last), above, below,
                 _factor(part, definition, above, below), _is_share(definition.key))  # fmt: skip


def _days(when: pd.Series) -> NDArray[np.datetime64]:
    """Return local dates."""
    local = when.dt.tz_localize(None) if when.dt.tz is not None else when
    return local.to_numpy().astype("datetime64[D]")


def seasonal(number: NDArray[np.int64], harmonics: int) -> Floats:
    """Return the columns sin, cos (2 pi j week / season), shape (weeks, 2 x harmonics)."""
    turns = 2 * np.pi * number[:, None] * np.arange(1, harmonics + 1) / SEASON
    return np.hstack([np.sin(turns), np.cos(turns)])


def _factor(frame: pd.DataFrame, definition: Definition, above: Floats, below: Floats) -> float:
    """Return value / (sum above / sum below); refuse medians, maxima and other non-ratios."""
    if _is_share(definition.key) or definition in _FACTORS:
        return _FACTORS.get(definition, 1.0)
    got = kpi.compute(definition.key, _alone(frame, definition), **dict(definition.choices))
    value, total = float(got["value"].iloc[0]), float(below.sum())
    if total <= 0 or above.sum() == 0:
        return 1.0
    factor = value / (float(above.sum()) / total)
    if not any(abs(factor / power - 1) < _CLOSE for power in (1.0, 100.0, 1000.0, 1e-3)):
        raise BadInput(
            f"pdca: {definition.key} is no ratio of sums (a median, a maximum or a yearly figure), "
            "so a change of it has no test here; choose a KPI whose sums add up over weeks"
        )
    _FACTORS[definition] = factor
    return factor


def _alone(frame: pd.DataFrame, definition: Definition) -> pd.DataFrame:
    """Return `frame` as one queue's and one team's, which the group has made it."""
    needed = measure(definition.key).needs(dict(definition.choices))
    units = [c for c in ("agent", "team", "queue") if c in frame.columns and c not in needed]
    return frame.drop(columns=units)


def _is_share(key: str) -> bool:
    from wfm.kpi import summaries

    return measure(key).summarise is summaries.share


def _need(key: str, frame: pd.DataFrame, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise BadInput(
            f"pdca: {key}: missing columns {missing}; got {list(map(str, frame.columns))[:20]}"
        )
