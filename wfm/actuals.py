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
from wfm.timegrid import zone

__all__ = ["TABLES", "Actuals", "check", "known_rows", "time_of"]

# KPIs whose columns several tables have; the PDCA ones come from the cycles.
_HOMES = {
    "complaint_on_time": ("complaints",), "complaint_follow_up": ("complaints",),
    "response_in_target": ("cases",), "backlog": ("cases",), "backlog_age_h": ("cases",),
    "callback_success": ("callbacks",), "promise_kept": ("callbacks",),
    "pdca_cycle_days": (), "pdca_preregistered": (), "pdca_confirmed": (), "pdca_sustained": (),
    "notice_days": ("campaigns",), "roster_fairness": ("duties",),
}  # fmt: skip


# Figures of a queue's interval or a person's day; there a gap means that nobody measured it.
_FIGURES = frozenset(
    column.name
    for name in ("interval_actuals", "agent_actuals")
    for column in TABLES[name].columns
    if column.kind == "number"
)


def known_rows(key: str, table: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of `table` in which every figure that KPI `key` is made of is known.

    Rows come from several sources, and not each tells everything. Where no row knows a figure the
    table is returned as it is. Answers of people (surveys, checks) are no such figures: there a gap
    is an answer that was not given.

    Parameters
    ----------
    key : str
    table : DataFrame
    choices : mapping
        Parts of the KPI's definition.
    """
    how = measure(key)
    needs = how.needs(dict(resolve(how, dict(choices)).choices))
    gaps = [
        name for name in needs
        if name in _FIGURES and name in table.columns and table[name].isna().any()
    ]  # fmt: skip
    known = table[table[gaps].notna().all(axis=1)] if gaps else table
    return known if len(known) else table


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

    def put(self, name: str, rows: pd.DataFrame) -> Actuals:
        """Return these actuals with `rows` in table `name`: a key that is there is replaced.

        Raises
        ------
        BadInput
            The table would break its contract.
        """
        merged = rows
        if name in self.tables:
            key = list(TABLES[name].key)
            both = pd.concat([self.tables[name], rows], ignore_index=True)
            merged = both.drop_duplicates(key, keep="last").sort_values(
                key[::-1], ignore_index=True
            )
        return Actuals({**self.tables, name: check(name, merged)}, self.notes)

    def in_zone(self, timezone: str) -> Actuals:
        """Return these actuals with every instant told in `timezone`."""
        local = zone(timezone)
        tables = {}
        for name, table in self.tables.items():
            times = table.select_dtypes("datetimetz").columns
            tables[name] = table.assign(**{c: table[c].dt.tz_convert(local) for c in times})
        return Actuals(tables, self.notes)

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
        """Return `kpi.compute` on the table that has the columns, of rows that know them all.

        Raises
        ------
        BadInput
            No table has the columns, or what `kpi.compute` refuses.
        """
        table = known_rows(key, self.tables[self.for_kpi(key, by, **choices)], choices)
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
