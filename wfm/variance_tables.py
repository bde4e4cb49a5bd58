"""Which planned interval belongs to which actual one, and what does each say of the drivers?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.coalitions import DRIVERS
from wfm.errors import BadInput
from wfm.kpi.measures import measure
from wfm.plan import Plan
from wfm.scenario import Scenario
from wfm.targets import SlRule, Target

__all__ = ["matched", "measured", "planned"]

Floats = NDArray[np.float64]
KEY = ["queue", "start"]
NEEDED = ("volume", "aht_s", "heads", "shrinkage", "adherence")
SETTINGS = ("interval_s", "patience_s", "lines", "concurrency", "awt_s", "short_s", "rule", "fits")


def planned(
    plan: Plan | pd.DataFrame,
    *,
    target: Target | None,
    interval_s: float | None,
    patience_s: float | None,
) -> pd.DataFrame:
    """Return the plan's drivers and settings, an interval a row.

    Parameters are those of `wfm.variance.explain`.

    Returns
    -------
    DataFrame
        queue, start, the drivers (`wanted` where the roster's shape is known) and `SETTINGS`.

    Raises
    ------
    BadInput
        For settings beside a plan that has its own, missing columns, or repeated keys.
    """
    if isinstance(plan, Plan):
        if not (target is None and interval_s is None and patience_s is None):
            raise BadInput(
                "variance: a plan has its own targets, intervals and patience; leave target, "
                "interval_s and patience_s out, or pass a table instead of the plan"
            )
        return _of_plan(plan)
    table = _keyed("the plan", plan)
    _need("the plan", table, NEEDED)
    limits = target or Target()
    if "scheduled" in table.columns:
        table["wanted"] = table["scheduled"]
    return table.assign(
        interval_s=1800.0 if interval_s is None else float(interval_s),
        patience_s=math.inf if patience_s is None else float(patience_s),
        lines=math.inf, concurrency=1.0, awt_s=limits.awt_s, short_s=limits.short_s,
        rule=str(limits.rule), fits=True,
    )  # fmt: skip


def matched(
    plan: pd.DataFrame, actuals: pd.DataFrame, *, costs: bool, as_planned: Sequence[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return planned and actual drivers side by side, with notes on what has no partner.

    Parameters
    ----------
    plan : DataFrame
        Of `planned`.
    actuals : DataFrame
    costs : bool
        Whether `cost_per_hour` is needed.
    as_planned : sequence of str
        Drivers the actuals do not tell.

    Returns
    -------
    table : DataFrame
        One row an interval of both: queue, start, ``<driver>_plan`` and ``<driver>``, `SETTINGS`,
        and what else the actuals hold; sorted by queue and start.
    notes : tuple of str

    Raises
    ------
    BadInput
        For missing columns, values out of range, repeated keys, or no common interval.
    """
    came = _named(_keyed("the actuals", actuals))
    zone = plan["start"].dt.tz
    came["start"] = came["start"].dt.tz_convert(zone).dt.as_unit("ns")
    unknown = sorted(set(as_planned) - set(NEEDED))
    if unknown:
        raise BadInput(f"variance: as_planned names drivers of {', '.join(NEEDED)}; got {unknown}")
    told = [name for name in NEEDED if name not in as_planned]
    _need("the actuals", came, told, hint=" (or name it in as_planned)")
    if costs and "cost_per_hour" not in plan.columns:
        raise BadInput(
            "variance: the plan has no cost_per_hour; set Queue.cost_per_hour in the scenario, or "
            "give the table that column"
        )
    shaped = ["roster"] if "wanted" in plan.columns else []
    names = [d for d in DRIVERS if d in plan.columns and d != "roster"]
    left = plan[[*KEY, *SETTINGS, *names]].rename(columns={d: f"{d}_plan" for d in names})
    if shaped:
        left = left.assign(roster_plan=plan["wanted"], roster_actual=plan["heads"])
    kept = [c for c in came.columns if c not in (*SETTINGS, "roster")]
    both = left.merge(came[kept], on=KEY, how="inner", validate="one_to_one")
    if both.empty:
        raise BadInput(
            f"variance: plan ({_span(plan)}) and actuals ({_span(came)}) have no interval of a "
            "queue in common; check queue names, dates and zones"
        )
    notes = []
    staffing = [name for name in told if name != "aht_s"]
    untold = both[staffing].isna().any(axis=1)
    if untold.any() and not untold.all():
        both = both[~untold]
        notes.append(f"{untold.sum()} intervals do not tell {', '.join(staffing)}; left out")
    for what, rows in (("planned", len(plan)), ("actual", len(came))):
        if rows > len(both):
            notes.append(f"{rows - len(both)} of {rows} {what} intervals have no partner; left out")
    both = both.sort_values(KEY, kind="stable").reset_index(drop=True)
    both, silent = _filled(both.rename(columns={"roster_actual": "roster"}), as_planned)
    return _checked(both), (*notes, *silent)


def measured(table: pd.DataFrame, of: str) -> tuple[Floats, tuple[str, ...]]:
    """Return the counted numerator and denominator of each interval, and why there are none.

    Shape (2, rows of `table`), NaN where unknown; `of` as in `wfm.variance.explain`.
    """
    out = np.full((2, len(table)), np.nan)
    if of != "service_level":
        if "cost" not in table.columns:
            return out, ("the actuals have no column cost, so there is no residual",)
        handled = next((n for n in ("handled", "answered") if n in table.columns), None)
        out[0] = table["cost"].to_numpy(float)
        if of == "cost":
            out[1] = 1.0
        elif handled is not None:
            out[1] = table[handled].to_numpy(float)
        return out, ()
    how = measure("service_level")
    missing: set[str] = set()
    for (rule, awt_s, short_s), part in table.groupby(["rule", "awt_s", "short_s"], sort=False):
        options = {"rule": rule, "awt_s": awt_s, "short_s": short_s}
        absent = set() if rule == SlRule.VIRTUAL else set(how.needs(options)) - set(table.columns)
        if rule == SlRule.VIRTUAL or absent:
            missing |= absent or {"the wait of every contact"}
            continue
        known = part[part[[*how.needs(options)]].notna().all(axis=1)]
        rows = how.rows(known.reset_index(drop=True), options)
        out[:, known.index] = rows.numerator, rows.denominator
    if missing:
        return out, (
            f"the actuals lack {', '.join(sorted(missing))}, so the service level is not measured "
            "and there is no residual",
        )
    return out, ()


def _of_plan(plan: Plan) -> pd.DataFrame:
    scenario = plan.scenario
    table = plan.forecast[[*KEY, "volume", "aht_s"]].merge(
        plan.requirement[[*KEY, "scheduled"]], on=KEY, how="left"
    )
    table["start"] = table["start"].dt.tz_convert(scenario.timezone).dt.as_unit("ns")
    table["heads"] = table["scheduled"].fillna(0).astype(float)
    if plan.roster is not None:
        seated = plan.roster.coverage[[*KEY, "on_seat"]]
        seated = seated.assign(
            start=seated["start"].dt.tz_convert(scenario.timezone).dt.as_unit("ns")
        )
        table["wanted"] = table["heads"]
        table["heads"] = table[KEY].merge(seated, on=KEY, how="left")["on_seat"].fillna(0.0)
    choices = pd.DataFrame(
        [_settings(scenario, name) for name in table["queue"]], index=table.index
    )
    table = table.drop(columns="scheduled").join(choices).assign(adherence=1.0)
    table["aht_s"] = table["aht_s"].fillna(table.pop("usual_s"))
    table["volume"] = table["volume"] * table.pop("share")
    return table if table["cost_per_hour"].notna().all() else table.drop(columns="cost_per_hour")


def _settings(scenario: Scenario, name: str) -> dict[str, object]:
    queue = scenario.queue(name)
    return {
        "share": queue.share,
        "usual_s": math.nan if queue.aht_s is None else queue.aht_s,
        "shrinkage": queue.shrinkage,
        "interval_s": scenario.interval_min * 60.0,
        "patience_s": queue.patience_s,
        "lines": math.inf if queue.lines is None else float(queue.lines),
        "concurrency": float(queue.concurrency),
        "awt_s": queue.target.awt_s,
        "short_s": queue.target.short_s,
        "rule": str(queue.target.rule),
        "cost_per_hour": math.nan if queue.cost_per_hour is None else queue.cost_per_hour,
        "fits": queue.channel in ("voice", "chat") and not queue.tiers,
    }


def _keyed(what: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy with aware starts and one row a key."""
    if not isinstance(frame, pd.DataFrame):
        raise BadInput(f"variance: {what}: expected a DataFrame, got {type(frame).__name__}")
    _need(what, frame, KEY)
    if not isinstance(frame["start"].dtype, pd.DatetimeTZDtype):
        raise BadInput(
            f"variance: {what}: column 'start' must be timezone-aware times, got "
            f"{frame['start'].dtype}; localise it first"
        )
    twice = frame.duplicated(KEY)
    if twice.any():
        first = frame.loc[twice.to_numpy(), KEY].iloc[0]
        raise BadInput(
            f"variance: {what}: {int(twice.sum())} rows repeat a queue and start (first: queue "
            f"{first['queue']!r}, {first['start']}); sum them to one row an interval"
        )
    return frame.assign(start=frame["start"].dt.as_unit("ns")).reset_index(drop=True)


def _named(came: pd.DataFrame) -> pd.DataFrame:
    """Return the actuals with volume and aht_s, from the counts where they are not given."""
    if "volume" not in came.columns and "offered" in came.columns:
        came["volume"] = came["offered"]
    parts = ["talk_s", "hold_s", "acw_s"]
    if "aht_s" not in came.columns and {"handled", *parts} <= set(came.columns):
        busy, handled = came[parts].sum(axis=1), came["handled"].to_numpy(float)
        came["aht_s"] = np.where(handled > 0, busy / np.where(handled > 0, handled, 1), np.nan)
    return came


def _need(what: str, frame: pd.DataFrame, names: Sequence[str], hint: str = "") -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise BadInput(
            f"variance: {what}: missing columns {missing}{hint}; got "
            f"{list(map(str, frame.columns))[:20]}"
        )


def _filled(both: pd.DataFrame, as_planned: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return `both` with drivers that nobody tells taken as planned."""
    notes = []
    for name in as_planned:
        both[name] = both[f"{name}_plan"]
        notes.append(f"{name}: taken as planned; what it did is in the residual")
    if "cost_per_hour_plan" in both.columns and "cost_per_hour" not in both.columns:
        both["cost_per_hour"] = both["cost_per_hour_plan"]
    idle = both["aht_s"].isna() & both["aht_s_plan"].notna()
    if idle.any():
        both.loc[idle, "aht_s"] = both.loc[idle, "aht_s_plan"]
        notes.append(f"aht_s: {int(idle.sum())} intervals handled nothing; taken as planned there")
    unplanned = both["aht_s_plan"].isna() & both["aht_s"].notna()
    if unplanned.any():
        both.loc[unplanned, "aht_s_plan"] = both.loc[unplanned, "aht_s"]
        notes.append(f"aht_s: {int(unplanned.sum())} intervals have none planned; taken as it came")
    silent = both["volume"].eq(0) & both["volume_plan"].eq(0)
    both.loc[silent, ["aht_s", "aht_s_plan"]] = both.loc[silent, ["aht_s", "aht_s_plan"]].fillna(0)
    return both, notes


def _checked(both: pd.DataFrame) -> pd.DataFrame:
    limits = {"volume": (0, math.inf), "aht_s": (0, math.inf), "shrinkage": (0, 1),
              "heads": (0, math.inf), "roster": (0, math.inf), "adherence": (0, math.inf),
              "cost_per_hour": (0, math.inf)}  # fmt: skip
    for name, (low, high) in limits.items():
        for column, what in ((f"{name}_plan", "the plan"), (name, "the actuals")):
            if column not in both.columns:
                continue
            values = pd.to_numeric(both[column], errors="coerce").to_numpy(float)
            bad = ~((values >= low) & (values <= high) & np.isfinite(values))
            if bad.any():
                _refuse(both, bad, name, values=values, what=what, good=f"{low} to {high:g}")
    for end, what in (("_plan", "the plan"), ("", "the actuals")):
        void = (both[f"aht_s{end}"] <= 0) & (both["volume"] + both["volume_plan"] > 0)
        if void.any():
            values = both[f"aht_s{end}"].to_numpy(float)
            good = "above 0 where contacts come"
            _refuse(both, void.to_numpy(), "aht_s", values=values, what=what, good=good)
    return both


def _refuse(
    both: pd.DataFrame, bad: NDArray[np.bool_], name: str, *, values: Floats, what: str, good: str
) -> None:
    first = both.loc[bad, KEY].iloc[0]
    hint = "; it is a fraction - was a percent passed?" if name == "shrinkage" else ""
    raise BadInput(
        f"variance: {what}: {int(bad.sum())} rows have {name} not {good} (first: queue "
        f"{first['queue']!r}, {first['start']}, got {values[bad][0]:g}){hint}"
    )


def _span(frame: pd.DataFrame) -> str:
    names = ", ".join(map(str, sorted(frame["queue"].unique())[:5]))
    return f"{names}: {frame['start'].min()} to {frame['start'].max()}"
