"""From rosters and agent states to seconds worked and seconds in adherence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from wfm.errors import BadInput
from wfm.kpi.measure import times

__all__ = ["adherence_seconds"]


def adherence_seconds(
    schedule: pd.DataFrame,
    states: pd.DataFrame,
    *,
    mapping: Mapping[str, str] | None = None,
    grace_s: float = 0.0,
) -> pd.DataFrame:
    """Return scheduled_s, in_adherence_s and worked_s of each agent and day.

    Parameters
    ----------
    schedule : DataFrame
        agent, start, end, activity: what was planned, zone-aware; a roster as it is.
    states : DataFrame
        agent, start, end, state: what was done.
    mapping : dict, optional
        State to activity, for example ``{"ready": "work", "acw": "work"}``; states not named stand
        for the activity of the same name.
    grace_s : float
        A stretch may begin that much late and end that much early.

    Returns
    -------
    DataFrame
        agent, start (local midnight of the day the stretch begins), scheduled_s, in_adherence_s,
        worked_s (in an activity scheduled for that agent, at any time of the same day), grace_s.

    Raises
    ------
    BadInput
        For missing columns, stretches that end before they begin, or overlap.

    Examples
    --------
    >>> t = pd.to_datetime(["2026-03-02 09:00", "2026-03-02 10:00"]).tz_localize("UTC")
    >>> plan = pd.DataFrame({"agent": ["a"], "start": t[:1], "end": t[1:], "activity": ["work"]})
    >>> done = plan.rename(columns={"activity": "state"})
    >>> late = done.assign(start=done["start"] + pd.Timedelta("15min"),
    ...                    end=done["end"] + pd.Timedelta("15min"))
    >>> adherence_seconds(plan, late)[["scheduled_s", "in_adherence_s", "worked_s"]].values.tolist()
    [[3600.0, 2700.0, 3600.0]]
    """
    if not grace_s >= 0:
        raise BadInput(f"adherence: grace_s >= 0 seconds expected, got {grace_s!r}")
    plan = _stretches("schedule", schedule, "activity")
    done = _stretches("states", states, "state")
    names = dict(mapping or {})
    done["activity"] = [names.get(state, state) for state in done["state"]]
    for frame in (plan, done):
        frame["day"] = frame["start"].dt.normalize()
    plan["scheduled_s"] = (plan["end"] - plan["start"]).dt.total_seconds()
    plan["in_adherence_s"] = _kept(plan, done, grace_s)
    kinds = plan[["agent", "day", "activity"]].drop_duplicates()
    worked = done.merge(kinds, on=["agent", "day", "activity"])
    worked["worked_s"] = (worked["end"] - worked["start"]).dt.total_seconds()
    keys = ["agent", "day"]
    out = plan.groupby(keys, sort=True)[["scheduled_s", "in_adherence_s"]].sum()
    out["worked_s"] = worked.groupby(keys)["worked_s"].sum()
    out = out.fillna({"worked_s": 0.0}).reset_index().rename(columns={"day": "start"})
    return out.assign(grace_s=float(grace_s))


def _kept(plan: pd.DataFrame, done: pd.DataFrame, grace_s: float) -> list[float]:
    """Return for each planned stretch its seconds in the planned activity, grace included."""
    own = dict(list(done.groupby(["agent", "activity"], sort=False)))
    out = []
    keys = zip(plan["agent"], plan["activity"], strict=True)
    for key, start, end in zip(keys, plan["start"], plan["end"], strict=True):
        part = own.get(key)
        if part is None:
            out.append(0.0)
            continue
        low, high = part["start"].clip(lower=start), part["end"].clip(upper=end)
        inside = low < high
        if not inside.any():
            out.append(0.0)
            continue
        low, high = low[inside], high[inside]
        kept = float((high - low).dt.total_seconds().sum())
        early, late = (low.min() - start).total_seconds(), (end - high.max()).total_seconds()
        kept += sum(gap for gap in (early, late) if 0 < gap <= grace_s)
        out.append(kept)
    return out


def _stretches(name: str, frame: pd.DataFrame, label: str) -> pd.DataFrame:
    needed = ["agent", "start", "end", label]
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise BadInput(f"adherence: {name} lacks columns {missing}")
    out = frame[needed].assign(start=times(frame, "start"), end=times(frame, "end"))
    if out["start"].dt.tz is None or out["end"].dt.tz is None:
        raise BadInput(f"adherence: times of {name} must be zone-aware; localise them first")
    wrong = out["end"] < out["start"]
    if wrong.any():
        raise BadInput(f"adherence: {int(wrong.sum())} stretches of {name} end before they begin")
    out = out.sort_values(["agent", "start"]).reset_index(drop=True)
    same = out["agent"].eq(out["agent"].shift())
    over = same & (out["start"] < out["end"].shift())
    if over.any():
        raise BadInput(
            f"adherence: {int(over.sum())} stretches of {name} overlap (first: agent "
            f"{out['agent'][over].iloc[0]!r}, {out['start'][over].iloc[0]})"
        )
    return out
