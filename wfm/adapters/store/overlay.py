"""What do a plan's tables of actuals say once the rows of its site stand in them?

A row that came by an import or over REST says more than a table that was kept with the plan: where
it knows a figure, that figure counts; where it does not, the table's stays.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

_OWN = "_own"
# Of several rows in one interval: people are not added up, a longest wait is the longest.
_MEANS = ("required", "scheduled", "heads", "on_seat")
# Quantiles of a longer interval are no sums of those of its parts.
_UNSUMMED = ("lo", "hi")
_WEIGHTED = {"aht_s": ("handled", "answered", "offered"), "forecast_aht_s": ("forecast_volume",)}
_COUNTS = ("offered", "answered", "abandoned")


def intervals(
    own: pd.DataFrame | None,
    rows: pd.DataFrame,
    more: pd.DataFrame | None,
    *,
    interval_min: int | None,
    awt_s: Mapping[str, float],
) -> pd.DataFrame:
    """Return the table ``interval_actuals`` with the rows of the site in it.

    Parameters
    ----------
    own : DataFrame, optional
        The table kept with the plan.
    rows : DataFrame
        queue, start (aware) and figures; finer rows are added up to the plan's interval. Where a
        part of such an interval is absent and `own` has it, `own` stays. A row does not say how
        long it is: none may be longer than the plan's interval.
    more : DataFrame, optional
        queue, start and columns that rows have no place for; counts only where there is a row.
    interval_min : int, optional
        The plan's interval in minutes; without it rows stay as they are.
    awt_s : mapping
        Acceptable waiting time by queue, s: what counts of a new interval were made with where
        nothing says so.
    """
    if own is not None:
        rows = _in_zone_of(own, rows)
    if interval_min is not None:
        rows = _coarse(rows, interval_min, own)
    out = _laid(own, rows, more, unit="queue")
    for name in _COUNTS:
        if name not in out:
            out[name] = np.nan
    if "awt_s" in out or "answered_in_awt" in out:
        known = out["awt_s"] if "awt_s" in out else pd.Series(np.nan, out.index)
        out["awt_s"] = _carried(known, out["queue"]).fillna(out["queue"].map(dict(awt_s)))
    return out


def days(
    own: pd.DataFrame | None,
    rows: pd.DataFrame,
    more: pd.DataFrame | None,
    *,
    timezone: str,
    teams: Mapping[str, str],
) -> pd.DataFrame:
    """Return the table ``agent_actuals``, a local day a row, with the rows of the site in it.

    Parameters
    ----------
    own, rows, more
        As in `intervals`, by agent.
    timezone : str
        Days are counted in it.
    teams : mapping
        Team by agent, where `own` does not say.
    """
    rows = _dated(rows, timezone)
    if more is not None:
        more = _dated(more, timezone).drop_duplicates(["agent", "start"], keep="last")
    if rows.duplicated(["agent", "start"]).any():
        figures = [name for name in rows if name not in ("agent", "start")]
        rows = rows.groupby(["agent", "start"], sort=True)[figures].sum(min_count=1).reset_index()
    if own is not None:
        rows = _in_zone_of(own, rows)
    out = _laid(own, rows, more, unit="agent")
    if teams or "team" in out:
        named = out["team"] if "team" in out else pd.Series("", out.index, dtype="str")
        unsaid = named.isna() | (named == "")
        out["team"] = named.where(
            ~unsaid, out["agent"].map(dict(teams)).astype("object").fillna("")
        ).astype("str")
    return out


def _dated(rows: pd.DataFrame, timezone: str) -> pd.DataFrame:
    return rows.assign(start=rows["start"].dt.tz_convert(timezone).dt.normalize())


def _in_zone_of(own: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(start=rows["start"].dt.tz_convert(own["start"].dt.tz).dt.as_unit("ns"))


def _laid(
    own: pd.DataFrame | None, rows: pd.DataFrame, more: pd.DataFrame | None, *, unit: str
) -> pd.DataFrame:
    """Return `own` with `rows` in it, sorted; what a unit's rows say in words goes on."""
    key = [unit, "start"]
    if more is not None and len(rows):
        more = _in_zone_of(rows, more)
        rows = rows.merge(more[[*key, *more.columns.difference(rows.columns)]], on=key, how="left")
    if own is None:
        out = rows
    else:
        merged = rows.merge(own, on=key, how="left", suffixes=("", _OWN))
        for name in [name for name in rows if name not in key and name in own]:
            merged[name] = merged[name].where(merged[name].notna(), merged[f"{name}{_OWN}"])
            del merged[f"{name}{_OWN}"]
        there = pd.MultiIndex.from_frame(own[key]).isin(pd.MultiIndex.from_frame(rows[key]))
        parts = [part for part in (own[~there], merged) if len(part)]
        out = pd.concat(parts, ignore_index=True) if parts else own
        out = out[[*own.columns, *(name for name in out if name not in own)]]
    out = out.sort_values(["start", unit], ignore_index=True)
    for name in out.columns.difference(key):
        if not pd.api.types.is_numeric_dtype(out[name].dtype) and out[name].isna().any():
            out[name] = _carried(out[name], out[unit])
            if not isinstance(out[name].dtype, pd.DatetimeTZDtype):
                out[name] = out[name].fillna("")
    return out


def _carried(values: pd.Series, unit: pd.Series) -> pd.Series:
    """Return `values`, gaps filled with the unit's last one, else its next."""
    grouped = unit.to_numpy()
    before = values.groupby(grouped).ffill()
    return before.where(before.notna(), before.groupby(grouped).bfill())


def _coarse(rows: pd.DataFrame, interval_min: int, own: pd.DataFrame | None) -> pd.DataFrame:
    """Return rows that are finer than the plan's interval added up to it."""
    start = _floor(rows["start"], interval_min)
    if start.equals(rows["start"]):
        return rows
    past = ((rows["start"] - start).dt.total_seconds() // 60).astype(int)
    step = past.groupby(rows["queue"]).transform(lambda of: np.gcd.reduce(of, initial=interval_min))
    work = rows.assign(start=start, parts=1.0, step=step)
    grouped = work.groupby(["queue", "start"], sort=True, observed=True)
    parts = grouped["parts"].sum()
    figures = [name for name in rows if name not in ("queue", "start")]
    out = grouped[figures].sum(min_count=1)
    for name in figures:
        if name in _MEANS:
            out[name] = grouped[name].mean()
        elif name == "longest_wait_s":
            out[name] = grouped[name].max()
        elif name in _UNSUMMED:
            out[name] = out[name].where(parts == 1)
        elif name in _WEIGHTED:
            out[name] = _weighted(work, name, grouped.ngroup().to_numpy(), len(out))
    if own is not None:
        partial = parts < interval_min / grouped["step"].min()
        known = out.index.isin(pd.MultiIndex.from_frame(own[["queue", "start"]]))
        out = out[~(partial.to_numpy() & known)]
    return out.reset_index()


def _weighted(work: pd.DataFrame, name: str, group: np.ndarray, groups: int) -> np.ndarray:
    """Return a mean of `name` a group, weighted by the contacts it is a mean of."""
    value = work[name].to_numpy(float)
    weight = np.full(len(work), np.nan)
    for column in _WEIGHTED[name]:
        if column in work:
            weight = np.where(np.isnan(weight), work[column].to_numpy(float), weight)
    counted = ~np.isnan(value) & (weight > 0)
    total = np.bincount(group[counted], weight[counted], groups)
    load = np.bincount(group[counted], (weight * value)[counted], groups)
    return np.where(total > 0, load / np.where(total > 0, total, 1.0), np.nan)


def _floor(starts: pd.Series, minutes: float) -> pd.Series:
    """Return the starts of the local intervals that the instants fall into."""
    local = starts.dt.tz_localize(None)
    return starts - (local - local.dt.floor(f"{int(minutes)}min"))
