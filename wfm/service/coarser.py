"""How do actuals of a finer interval become a history by the planning interval?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import BadInput


def to_interval(frame: pd.DataFrame, interval_min: int) -> pd.DataFrame:
    """Return counts summed and handle times weighted by `interval_min`.

    An interval of which a part is absent is left out: it would count too little. Where a queue's
    own rows are as long as the interval already, they stay as they are.

    Parameters
    ----------
    frame : DataFrame
        queue, start (aware), offered, aht_s and perhaps answered, abandoned.
    interval_min : int
        Minutes; a multiple of what the rows cover.
    """
    step = _step(frame)
    if step is None or step == interval_min:
        return frame
    if interval_min % step:
        raise BadInput(
            f"actuals: rows cover {step:g} minutes, the plan has intervals of {interval_min}; "
            "choose an interval_min that is a multiple"
        )
    counts = [name for name in ("offered", "answered", "abandoned") if name in frame]
    weight = frame["answered"].fillna(frame["offered"]) if "answered" in frame else frame["offered"]
    known = frame["aht_s"].notna()
    work = frame.assign(
        start=_floor(frame["start"], interval_min),
        weight=np.where(known, weight, 0.0), load=(weight * frame["aht_s"]).where(known, 0.0),
    )  # fmt: skip
    grouped = work.groupby(["queue", "start"], sort=True, observed=True)
    summed = grouped[counts].sum(min_count=1)
    parts = grouped[["weight", "load"]].sum()
    summed["aht_s"] = (parts["load"] / parts["weight"].where(parts["weight"] > 0)).to_numpy()
    whole = grouped.size().to_numpy() == interval_min // step
    table = summed.loc[whole].reset_index()
    return table[["queue", "start", "offered", "aht_s", *counts[1:]]]


def _step(frame: pd.DataFrame) -> float | None:
    """Return the shortest distance of two starts of a queue in minutes; None if there is none."""
    ordered = frame.sort_values(["queue", "start"])
    gaps = ordered["start"].dt.tz_convert("UTC").groupby(ordered["queue"].to_numpy()).diff()
    gaps = gaps[gaps > pd.Timedelta(0)]
    return None if gaps.empty else gaps.min() / pd.Timedelta(minutes=1)


def _floor(starts: pd.Series, interval_min: int) -> pd.Series:
    """Return the starts of the local intervals that the instants fall into."""
    local = starts.dt.tz_localize(None)
    past = local - local.dt.floor(f"{interval_min}min")
    return starts - past
