"""Which scenario should a newcomer start from, who has only a history?

Every figure the history cannot tell (targets, contracts, shifts, shrinkage) is an assumption, said
as such in `assumptions`, and the number of people is sized so that the plan is roughly staffed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from wfm import frames, requirement
from wfm.errors import BadInput
from wfm.scenario import (
    BreakRule,
    Contract,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)

_DAY_MIN = 1440
_FULL_MIN, _PART_MIN = 510, 270
_RECENT_WEEKS = 4
_LEAST_DAYS = 14
_PART_TIME_SHARE = 0.25
# A roster for more people takes longer than a first look should.
_MOST_PEOPLE = 500
# Paid hours beyond the bare need: whole shifts never fit a curve exactly.
_SPARE = 1.08


@dataclass(frozen=True)
class Starter:
    """A scenario to start from and what was assumed in it, in plain sentences."""

    scenario: Scenario
    assumptions: tuple[str, ...]


def starter(
    history: pd.DataFrame,
    *,
    timezone: str,
    interval_min: int = 30,
    weeks: int = 1,
    country: str | None = None,
    aht_s: float = 240.0,
    shrinkage: float = 0.15,
) -> Starter:
    """Return a scenario sized for `history`: 80/20 by Erlang C, everybody skilled for all queues.

    Parameters
    ----------
    history : DataFrame
        The history table of `wfm.frames`.
    timezone : str
        IANA name of the site's zone.
    aht_s : float
        Handle time assumed for queues whose history has none, seconds.
    shrinkage : float
        Fraction of duty time lost, breaks not counted.

    Raises
    ------
    BadInput
        The history is empty or breaks its contract.
    """
    frames.check("history", history)
    if history.empty:
        raise BadInput("starter: the history is empty")
    history, thin = _without_thin_queues(history)
    names = tuple(map(str, history["queue"].unique()))
    known = set(_mean_aht(history).dropna().index)
    queues = tuple(
        Queue(name, Target(0.80, awt_s=20.0), aht_s=None if name in known else aht_s,
              shrinkage=shrinkage)
        for name in names
    )  # fmt: skip
    bare = Scenario("Starter", timezone, queues, interval_min=interval_min, weeks=weeks,
                    country=country)  # fmt: skip
    local = history.assign(start=history["start"].dt.tz_convert(timezone))
    shifts = _shifts(local, interval_min)
    hours = _hours_a_week(local, bare)
    crowd = _heads(hours)
    share = 1.0
    if crowd > _MOST_PEOPLE:
        share = _MOST_PEOPLE / crowd
        bare = replace(bare, queues=tuple(replace(queue, share=share) for queue in queues))
        hours = _hours_a_week(local, bare)
    people = _people(hours, names)
    contracts = (
        Contract("full 40", 32, 40, tuple(s.code for s in shifts)),
        Contract("part 20", 8, 24, tuple(s.code for s in shifts)),
    )
    assumed = [
        "target 80 % within 20 s for every queue, no abandonment (Erlang C)",
        f"shrinkage {shrinkage:g} beyond breaks and lunch",
        f"{len(people)} invented people with every skill, for about {hours:.0f} agent-hours a week",
        f"shifts of {', '.join(f'{s.length_min / 60:g} h ({s.code})' for s in shifts)}",
    ]
    if thin:
        assumed.append(
            f"left out for want of {_LEAST_DAYS} days of recent history: {', '.join(thin)}"
        )
    if share < 1:
        assumed.append(
            f"all contacts would need about {crowd:,} people; the starter plans a share of "
            f"{share:.2%} of them (field `share` of each queue)"
        )
    unknown = [name for name in names if name not in known]
    if unknown:
        assumed.insert(0, f"handle time {aht_s:g} s, not in the history, for {', '.join(unknown)}")
    made = replace(bare, shifts=shifts, contracts=contracts, people=people)
    return Starter(made, tuple(assumed))


def _without_thin_queues(history: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Leave out queues that cannot be forecast: too short, or silent for the last weeks."""
    span = history.groupby("queue")["start"].agg(["min", "max"])
    days = (span["max"] - span["min"]).dt.total_seconds() / 86_400
    recent = _recent(history).groupby("queue")["offered"].sum().reindex(span.index, fill_value=0)
    if not recent.any():
        raise BadInput("starter: the last four weeks of the history have no contacts at all")
    kept = span.index[(days > _LEAST_DAYS) & (recent > 0)]
    if kept.empty:
        raise BadInput(
            f"starter: no queue has more than {_LEAST_DAYS} days of history; import more"
        )
    thin = sorted(str(name) for name in span.index.difference(kept))
    return history[history["queue"].isin(kept)], thin


def _mean_aht(history: pd.DataFrame) -> pd.Series:
    """Return the mean handle time of each queue, weighted by contacts; NaN where none is known."""
    if "aht_s" not in history:
        return pd.Series(np.nan, index=history["queue"].unique())
    known = history[history["aht_s"] > 0]
    seconds = (known["aht_s"] * known["offered"]).groupby(known["queue"]).sum()
    contacts = known.groupby("queue")["offered"].sum()
    return (seconds / contacts.where(contacts > 0)).reindex(history["queue"].unique())


def _recent(local: pd.DataFrame) -> pd.DataFrame:
    last = local["start"].max()
    return local[local["start"] > last - pd.Timedelta(weeks=_RECENT_WEEKS)]


def _shifts(local: pd.DataFrame, interval_min: int) -> tuple[ShiftType, ...]:
    """Return shifts that fit the regular opening hours of the last weeks."""
    recent = _recent(local)
    busy = recent[recent["offered"] > 0]
    minute = busy["start"].dt.hour * 60 + busy["start"].dt.minute
    days = max(1, busy["start"].dt.normalize().nunique())
    regular = minute.groupby(minute).size()
    regular = regular[regular >= 0.3 * min(days, regular.max())].index
    first, last = int(regular.min()), int(regular.max()) + interval_min
    step = max(60, interval_min)
    if last - first > _DAY_MIN - 180:
        return _round_the_clock(step)
    length = min(_FULL_MIN, last - first)
    starts = sorted({first, max(first, last - length)})
    shifts = [_shift("F", starts[0], starts[-1], length, step)]
    if last - first > _PART_MIN:
        shifts.append(_shift("P", first, last - _PART_MIN, _PART_MIN, step))
    return tuple(shifts)


def _round_the_clock(step: int) -> tuple[ShiftType, ...]:
    return (
        _shift("E", 5 * 60, 10 * 60, _FULL_MIN, step),
        _shift("L", 11 * 60, 16 * 60, _FULL_MIN, step),
        _shift("N", 20 * 60, 23 * 60, _FULL_MIN, step),
        _shift("P", 6 * 60, 19 * 60, _PART_MIN, step),
    )


def _shift(code: str, first: int, last: int, length: int, step: int) -> ShiftType:
    breaks: tuple[BreakRule, ...] = ()
    if length >= 6 * 60:
        lunch_from = length // 2 - 75
        breaks = (BreakRule("lunch", 30, lunch_from, lunch_from + 120, paid=False),)
    if length >= _FULL_MIN:
        breaks = (BreakRule("break", 15, 75, 150), *breaks, BreakRule("break", 15, 345, 435))
    # The last start must lie on the grid, or the closing hour would stay empty.
    gap = last - first
    fits = next((s for s in (step, 30, 15, 10, 5, 1) if gap % s == 0 and s <= step), 1)
    return ShiftType(code, _clock(first), _clock(last), length, fits, breaks)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _hours_a_week(local: pd.DataFrame, scenario: Scenario) -> float:
    """Return the duty hours of a typical week of the last weeks, breaks not counted."""
    recent = _recent(local)
    days = (recent["start"].max() - recent["start"].min()) / pd.Timedelta(days=1)
    weeks = max(1.0, round(days / 7))
    week = recent.assign(
        start=pd.Timestamp("2024-01-01", tz="UTC")
        + pd.to_timedelta(recent["start"].dt.day_of_week, unit="D")
        + pd.to_timedelta(recent["start"].dt.hour * 60 + recent["start"].dt.minute, unit="min")
    )
    typical = week.groupby(["queue", "start"], as_index=False).agg(volume=("offered", "sum"))
    typical["volume"] /= weeks
    typical["aht_s"] = typical["queue"].map(_mean_aht(local))
    for band in frames.BANDS:
        typical[band] = typical["volume"]
    return requirement.size(typical, scenario).effort().scheduled_hours


def _full_and_part(hours: float) -> tuple[int, int]:
    paid = hours * _SPARE * _FULL_MIN / (_FULL_MIN - 60)
    part = math.ceil(paid * _PART_TIME_SHARE / 20)
    return max(2, math.ceil((paid - 20 * part) / 40)), part


def _heads(hours: float) -> int:
    return sum(_full_and_part(hours))


def _people(hours: float, names: tuple[str, ...]) -> tuple[Person, ...]:
    """Return enough people with every skill for `hours` on duty a week."""
    full, part = _full_and_part(hours)
    contracts = ["full 40"] * full + ["part 20"] * part
    return tuple(Person(f"P{i:03d}", name, names) for i, name in enumerate(contracts, start=1))
