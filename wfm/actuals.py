"""What happened in a centre, and which table of it does a KPI read?

A KPI is computed from the first table that has its columns and those it is grouped by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm import kpi
from wfm.actual_tables import TABLES, check, time_of
from wfm.errors import BadInput
from wfm.kpi import calendar, catalogue
from wfm.kpi.definitions import resolve
from wfm.kpi.measures import measure

__all__ = ["TABLES", "Actuals", "check", "time_of"]

# KPIs whose columns several tables have; the PDCA ones come from the cycles.
_HOMES = {
    "complaint_on_time": ("complaints",), "complaint_follow_up": ("complaints",),
    "response_in_target": ("cases",), "backlog": ("cases",), "backlog_age_h": ("cases",),
    "callback_success": ("callbacks",), "promise_kept": ("callbacks",),
    "pdca_cycle_days": (), "pdca_preregistered": (), "pdca_confirmed": (), "pdca_sustained": (),
    "notice_days": ("campaigns",), "roster_fairness": ("duties",),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Actuals:
    """What happened in one centre.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        Keys of `TABLES`; those that are not known are missing.
    notes : tuple of str
        What is real, what is generated, in plain sentences.
    """

    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...] = ()

    @property
    def intervals(self) -> pd.DataFrame:
        """The table interval_actuals."""
        return self.table("interval_actuals")

    @property
    def agents(self) -> pd.DataFrame:
        """The table agent_actuals."""
        return self.table("agent_actuals")

    def table(self, name: str) -> pd.DataFrame:
        """Return one table; BadInput names those that are there."""
        if name not in self.tables:
            raise BadInput(
                f"actuals: there is no table {name!r}; got {sorted(self.tables)}. Import it with "
                "'wfm actuals', docs/actuals.md lists its columns"
            )
        return self.tables[name]

    def for_kpi(self, key: str, by: Sequence[str] = (), **choices: Any) -> str:
        """Return the name of the table that KPI `key` by `by` is computed from.

        Parameters
        ----------
        key : str
        by : sequence of str
            As in `kpi.compute`; calendar words need no column.
        **choices
            Parts of the definition.

        Raises
        ------
        BadInput
            No table has the columns.
        """
        catalogue.find(key)
        how = measure(key)
        needs = how.needs(dict(resolve(how, choices).choices))
        columns = {*needs, *(name for name in by if name not in calendar.WORDS)}
        if set(by) & set(calendar.WORDS) and how.time != "at":
            columns.add(how.time)
        allowed = _HOMES.get(key, tuple(TABLES))
        for name in allowed:
            if name in self.tables and columns <= set(self.tables[name].columns):
                return name
        homes = [name for name in allowed if columns <= {c.name for c in TABLES[name].columns}]
        hint = f"import {' or '.join(homes)}" if homes else "no table of actuals holds them all"
        raise BadInput(
            f"kpi {key}: no table of these actuals has the columns {sorted(columns)}; {hint} "
            "('wfm actuals', docs/actuals.md)"
        )

    def has(self, key: str, by: Sequence[str] = (), **choices: Any) -> bool:
        """Return whether KPI `key` can be computed from these tables."""
        try:
            self.for_kpi(key, by, **choices)
        except BadInput:
            return False
        return True

    def between(self, first: Any = None, last: Any = None) -> Actuals:
        """Return the actuals from day `first` to day `last`, both included; None leaves open.

        Tables without a time column of their own stay whole.
        """
        return Actuals({n: _between(n, t, first, last) for n, t in self.tables.items()}, self.notes)

    def compute(
        self, key: str, by: Sequence[str] = (), *, confidence: float = 0.95, **choices: Any
    ) -> pd.DataFrame:
        """Return `kpi.compute` on the table that has the columns.

        Raises
        ------
        BadInput
        """
        table = self.tables[self.for_kpi(key, by, **choices)]
        return kpi.compute(key, table, by, confidence=confidence, **choices)


def _between(name: str, table: pd.DataFrame, first: Any, last: Any) -> pd.DataFrame:
    time = time_of(name)
    if time not in table.columns or (first is None and last is None):
        return table
    at = table[time]
    keep = pd.Series(True, index=table.index)
    if first is not None:
        keep &= at >= _day(first, at)
    if last is not None:
        keep &= at < _day(last, at) + pd.DateOffset(days=1)
    return table[keep]


def _day(day: Any, like: pd.Series) -> pd.Timestamp:
    try:
        stamp = pd.Timestamp(day)
    except (TypeError, ValueError) as error:
        raise BadInput(f"actuals: expected a day such as 2026-03-02, got {day!r}") from error
    return stamp if stamp.tz is not None else stamp.tz_localize(like.dt.tz)
