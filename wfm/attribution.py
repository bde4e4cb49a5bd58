"""Why did a KPI change between two spans: another mix of contacts, or another way of working?

Shares and ratios are split exactly into mix and rate by type; workload into volume and handle time
(LMDI), which add up exactly too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm.actuals import Actuals
from wfm.errors import BadInput
from wfm.evidence import compare
from wfm.kpi import catalogue

__all__ = ["Attribution", "Span", "Workload", "change", "workload"]

Span = tuple[dt.date | str, dt.date | str]  # first and last day, both included


@dataclass(frozen=True, eq=False)
class Attribution:
    """A change of a KPI, split exactly.

    Attributes
    ----------
    key : str
    definition : str
        Both spans are measured by it.
    before, after, total : float
        Values, and after - before.
    mix, rate : float
        Parts due to the mix of types, and to the figures within types; they add up to `total`.
    frame : DataFrame
        A type a row, the largest part first: the columns of `by`, value_before, value_after,
        share_before, share_after, mix, rate, part (mix + rate).
    """

    key: str
    definition: str
    before: float
    after: float
    total: float
    mix: float
    rate: float
    frame: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Workload:
    """A change of the daily workload, split exactly.

    Attributes
    ----------
    before, after, total : float
        Agent hours of work an open day.
    volume, aht : float
        Parts due to contacts and to handle time; they add up to `total`.
    frame : DataFrame
        A queue a row: queue, volume_before, volume_after (handled a day), aht_before_s,
        aht_after_s, volume, aht, part (hours a day).
    """

    before: float
    after: float
    total: float
    volume: float
    aht: float
    frame: pd.DataFrame


def change(
    actuals: Actuals,
    key: str,
    *,
    before: Span,
    after: Span,
    by: Sequence[str] = ("reason",),
    where: Mapping[str, Any] | None = None,
    **choices: Any,
) -> Attribution:
    """Return the change of a KPI from one span to another, split by type.

    sum (w1 - w0) mean r + sum mean w (r1 - r0), w the share of a type in the denominator.

    Parameters
    ----------
    actuals : Actuals
    key : str
        A KPI that is a sum over a sum.
    before, after : (first day, last day)
    by : sequence of str
        What a type is: reason, queue, team, ...
    where : mapping of column to value, optional
        Only these rows.

    Raises
    ------
    BadInput
        No table with those columns, an empty span, or a KPI without numerator and denominator.
    """
    chosen = dict(where or {})
    names = [by] if isinstance(by, str) else list(by)
    name = actuals.for_kpi(key, [*chosen, *names], **choices)
    table = actuals.tables[name]
    for column, value in chosen.items():
        table = table[table[column] == value]
    # Types are slices of one unit, so the level of the KPI is the unit's.
    parts = [_parts(Actuals({name: table}), key, span, names, choices) for span in (before, after)]
    both = parts[0].merge(parts[1], on=names, how="outer", suffixes=("_0", "_1"))
    figures = ["numerator_0", "denominator_0", "numerator_1", "denominator_1"]
    x0, n0, x1, n1 = (both[figure].fillna(0.0).to_numpy(np.float64) for figure in figures)
    factor = _factor(parts[1])
    split = compare.split((x0 * factor, n0), (x1 * factor, n1))
    frame = both[names].assign(
        value_before=both["value_0"], value_after=both["value_1"], share_before=n0 / n0.sum(),
        share_after=n1 / n1.sum(), mix=split.mix_by_type, rate=split.rate_by_type,
        part=split.mix_by_type + split.rate_by_type,
    )  # fmt: skip
    order = frame["part"].abs().sort_values(ascending=False).index
    return Attribution(
        key, str(parts[0]["definition"].iloc[0]), split.before, split.after, split.total,
        split.mix, split.rate, frame.loc[order].reset_index(drop=True),
    )  # fmt: skip


def _parts(
    actuals: Actuals, key: str, span: Span, names: list[str], choices: dict[str, Any]
) -> pd.DataFrame:
    own = actuals.between(*span)
    if not len(next(iter(own.tables.values()))):
        raise BadInput(f"kpi {key}: nothing between {span[0]} and {span[1]}; choose other days")
    got = own.compute(key, names, **choices)
    if got["denominator"].isna().all() or not (got["denominator"] > 0).any():
        raise BadInput(
            f"kpi {key}: is no sum over a sum ({catalogue.find(key).formula}); only such a change "
            "can be split into mix and rate"
        )
    return got


def _factor(got: pd.DataFrame) -> float:
    """Return what the quotient is multiplied by: 1000 for complaints per 1000 contacts."""
    known = got[(got["numerator"] > 0) & (got["denominator"] > 0)]
    if known.empty:
        return 1.0
    return float((known["value"] * known["denominator"] / known["numerator"]).median())


def workload(actuals: Actuals, *, before: Span, after: Span) -> Workload:
    """Return the change of the daily workload, handled contacts x handle time, by queue.

    Parameters
    ----------
    actuals : Actuals
        interval_actuals with handled, talk_s, hold_s and acw_s.
    before, after : (first day, last day)

    Raises
    ------
    BadInput
    """
    sides = [_load(actuals, span) for span in (before, after)]
    both = sides[0].merge(sides[1], on="queue", how="outer", suffixes=("_before", "_after"))
    volume = both[["volume_before", "volume_after"]].fillna(0.0).to_numpy(np.float64).T
    aht = both[["aht_before", "aht_after"]].to_numpy(np.float64)
    # A queue of one span alone keeps its handle time: all of it counts as volume.
    aht = np.where(np.isnan(aht), aht[:, ::-1], aht).T
    split = compare.lmdi([volume[0], aht[0] / 3600], [volume[1], aht[1] / 3600])
    frame = pd.DataFrame({
        "queue": both["queue"], "volume_before": volume[0], "volume_after": volume[1],
        "aht_before_s": aht[0], "aht_after_s": aht[1], "volume": split.by_row[0],
        "aht": split.by_row[1], "part": split.by_row.sum(axis=0),
    })  # fmt: skip
    first = float((volume[0] * aht[0]).sum() / 3600)
    return Workload(first, first + split.total, split.total, float(split.parts[0]),
                    float(split.parts[1]), frame)  # fmt: skip


def _load(actuals: Actuals, span: Span) -> pd.DataFrame:
    table = actuals.between(*span).intervals
    missing = [n for n in ("handled", "talk_s", "hold_s", "acw_s") if n not in table.columns]
    if missing or table.empty:
        raise BadInput(
            f"workload: interval_actuals lack {missing}" if missing else
            f"workload: nothing between {span[0]} and {span[1]}; choose other days"
        )  # fmt: skip
    busy = table["talk_s"] + table["hold_s"] + table["acw_s"]
    sums = table.assign(busy=busy).groupby("queue")[["handled", "busy"]].sum()
    days = table["start"].dt.normalize().groupby(table["queue"]).nunique()
    return pd.DataFrame({
        "queue": sums.index, "volume": (sums["handled"] / days).to_numpy(),
        "aht": (sums["busy"] / sums["handled"]).to_numpy(),
    })  # fmt: skip
