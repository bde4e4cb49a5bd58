"""The demo centre's people: who worked which day, what each handled, how the time went.

What they handle adds up to the intervals' answered contacts, and its seconds to the intervals'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.adapters.demo_intervals import REASONS, mix
from wfm.plan import Plan
from wfm.scenario import Person, Queue

if TYPE_CHECKING:
    from wfm.adapters.demo_actuals import DemoTruth

Floats = NDArray[np.float64]

_SPREAD = 0.9  # coefficient of variation of one handle time
_LEAVE, _ABSENT = 0.05, 0.03
_PARTS = {"talk_s": 0.72, "hold_s": 0.08, "acw_s": 0.20}


@dataclass(frozen=True, eq=False)
class Worked:
    """The tables so far, and what drew them.

    Attributes
    ----------
    tables : dict of str to DataFrame
    days : DatetimeIndex
        Local days with contacts.
    people : tuple of Person
    present : bool array, shape (people, days)
    """

    tables: dict[str, pd.DataFrame]
    days: pd.DatetimeIndex
    people: tuple[Person, ...]
    present: NDArray[np.bool_]


def work(
    plan: Plan, truth: DemoTruth, intervals: pd.DataFrame, random: np.random.Generator
) -> Worked:
    """Return interval actuals with seconds, agent contacts, agent actuals and duties."""
    people = plan.scenario.people
    local = intervals["start"].dt.normalize()
    days = pd.DatetimeIndex(np.sort(local.unique()))
    hours = _hours(people, plan)
    rota = _rota(people, days, plan, random)
    leave = rota & (random.random(rota.shape) < _LEAVE)
    ill = random.beta(40 * _ABSENT, 40 * (1 - _ABSENT), len(people))[:, None]
    absent = rota & ~leave & (random.random(rota.shape) < ill)
    present = rota & ~leave & ~absent
    factor = np.exp(random.normal(0, 0.09, len(people)))
    contacts = pd.concat([
        _contacts(queue, intervals, days, people, present, hours, factor, truth, random)
        for queue in plan.scenario.queues
    ], ignore_index=True)  # fmt: skip
    table = _with_seconds(intervals, contacts, random)
    spent = _spent(plan, people, days, (rota, leave, absent, present), hours, contacts, random)
    duties = _duties(plan, people, days, present, hours, random)
    tables = {"interval_actuals": table, "agent_contacts": contacts, "agent_actuals": spent,
              "duties": duties}  # fmt: skip
    return Worked(tables, days, people, present)


def _hours(people: tuple[Person, ...], plan: Plan) -> Floats:
    """Return the paid hours of each person's shift."""
    part = {c.name for c in plan.scenario.contracts if c.max_week_h < 30}
    return np.array([4.5 if person.contract in part else 8.0 for person in people])


def _rota(
    people: tuple[Person, ...], days: pd.DatetimeIndex, plan: Plan, random: np.random.Generator
) -> NDArray[np.bool_]:
    """Return who has a shift: five or four weekdays before the plan, its roster from then on."""
    weekday = np.asarray(days.day_of_week)
    short = {c.name for c in plan.scenario.contracts if c.max_days_per_week < 5}
    free = np.array([
        person.weekdays_off[0] if person.weekdays_off else int(random.integers(0, 5))
        if person.contract in short else -1
        for person in people
    ])  # fmt: skip
    rota = (weekday[None, :] < 5) & (weekday[None, :] != free[:, None])
    # One in six works Saturdays, for the queues that are open.
    saturday = np.arange(len(people)) % 6 == 0
    rota |= saturday[:, None] & (weekday[None, :] == 5)
    begin = plan.forecast["start"].min()
    if plan.roster is not None:
        frame = plan.roster.frame
        at = frame["start"].dt.tz_convert(plan.scenario.timezone).dt.normalize()
        worked = set(zip(frame["agent"], at, strict=True))
        for column, day in enumerate(days):
            if day >= begin:
                rota[:, column] = [(person.id, day) in worked for person in people]
    return rota


def _contacts(  # noqa: PLR0917
    queue: Queue, intervals: pd.DataFrame, days: pd.DatetimeIndex, people: tuple[Person, ...],
    present: NDArray[np.bool_], hours: Floats, factor: Floats, truth: DemoTruth,
    random: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Return the queue's contacts by person, day and reason, with their seconds."""
    own = intervals[intervals["queue"] == queue.name]
    day = days.get_indexer(own["start"].dt.normalize())
    total = np.bincount(day, own["answered"].to_numpy(), len(days)).astype(np.int64)
    skill = np.array([(queue.name in p.skills) / max(1, len(p.skills)) for p in people])
    weight = (skill * hours)[:, None] * present
    weight = np.where(weight.sum(axis=0) > 0, weight, (skill * hours)[:, None]).T
    share = weight / weight.sum(axis=1, keepdims=True)
    handled = random.multinomial(total, share)
    reasons = list(REASONS[queue.name])
    by_reason = random.multinomial(handled, mix(queue.name, days, truth)[:, None, :])
    at, who, why = np.nonzero(by_reason)
    count = by_reason[at, who, why]
    mean = np.array([seconds for _, seconds in REASONS[queue.name].values()])[why] * factor[who]
    team = np.array([person.team for person in people])
    coached = (team[who] == truth.improved_team) & (
        np.asarray(days.date)[at] >= truth.improved_from
    )
    mean = mean + coached * truth.aht_cost_s
    seconds = random.gamma(count / _SPREAD**2, mean * _SPREAD**2)
    table = pd.DataFrame({
        "agent": np.array([person.id for person in people])[who], "team": team[who],
        "start": days[at], "queue": queue.name, "reason": np.array(reasons)[why],
        **{name: np.round(seconds * part, 1) for name, part in _PARTS.items()},
        "handled": count.astype(float),
    })  # fmt: skip
    table["transferred"] = random.binomial(count, 0.08).astype(float)
    table["escalated"] = random.binomial(count, 0.02).astype(float)
    return table


def _with_seconds(
    intervals: pd.DataFrame, contacts: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    """Spread each day's seconds over its intervals by their contacts."""
    table = intervals.copy()
    day = table["start"].dt.normalize()
    sums = contacts.groupby(["queue", "start"])[[*_PARTS, "transferred", "escalated"]].sum()
    handled = table["handled"].to_numpy(np.int64)
    weight = np.where(handled > 0, random.gamma(np.maximum(handled, 1) / _SPREAD**2), 0.0)
    whole = pd.Series(weight).groupby([table["queue"], day]).transform("sum").to_numpy()
    part = np.divide(weight, whole, out=np.zeros(len(table)), where=whole > 0)
    keys = pd.MultiIndex.from_arrays([table["queue"], day])
    found = sums.reindex(keys).fillna(0.0)
    for name in _PARTS:
        table[name] = np.round(found[name].to_numpy() * part, 1)
    for name in ("transferred", "escalated"):
        chance = found[name].to_numpy() / np.maximum(
            table["handled"].groupby([table["queue"], day]).transform("sum").to_numpy(), 1
        )
        table[name] = random.binomial(handled, np.clip(chance, 0, 1)).astype(float)
    busy = table[list(_PARTS)].sum(axis=1)
    table["aht_s"] = np.round(busy / table["handled"].where(table["handled"] > 0), 1)
    return table


def _spent(  # noqa: PLR0917
    plan: Plan, people: tuple[Person, ...], days: pd.DatetimeIndex,
    turns: tuple[NDArray[np.bool_], ...], hours: Floats, contacts: pd.DataFrame,
    random: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    rota, leave, absent, present = (turn.T for turn in turns)  # shape (days, people)
    at, who = np.nonzero(rota)
    count = len(at)
    paid = hours[who] * 3600.0
    gone, away, here = leave[at, who], absent[at, who], present[at, who]
    faithful = random.beta(120, 9, len(people))[who]
    late = here & (random.random(count) < random.beta(2, 30, len(people))[who])
    keeping = np.clip(faithful + random.normal(0, 0.025, count) - 0.02 * late, 0.5, 1.0)
    training = np.where(here, paid * np.clip(random.normal(0.07, 0.02, count), 0, 0.3), 0.0)
    scheduled = np.where(gone, 0.0, paid)
    table = pd.DataFrame({
        "agent": np.array([person.id for person in people])[who],
        "team": np.array([person.team for person in people])[who], "start": days[at],
        "paid_s": paid, "scheduled_s": scheduled,
        "in_adherence_s": np.where(here, scheduled * keeping, 0.0),
        "worked_s": np.where(here, scheduled * np.clip(random.normal(0.99, 0.015, count), 0.8, 1.1),
                             0.0),
        "planned_offphone_s": training * 0.6, "unplanned_absent_s": np.where(away, scheduled, 0.0),
        "shrink_internal_s": training, "shrink_external_s": np.where(gone | away, paid, 0.0),
        "overtime_s": np.where(here & (random.random(count) < 0.05),
                               random.choice([1800.0, 3600.0], count), 0.0),
        "late_starts": late.astype(float), "shifts_attended": here.astype(float),
        "shifts_scheduled": (~gone).astype(float),
    })  # fmt: skip
    return _busy(table, plan, contacts, training, random)


def _busy(
    table: pd.DataFrame, plan: Plan, contacts: pd.DataFrame, training: Floats,
    random: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Add what the contacts took of each day; of chats at once only the clock counts."""
    at_once = {q.name: max(1.0, 0.85 * q.concurrency) if q.channel == "chat" else 1.0
               for q in plan.scenario.queues}  # fmt: skip
    share = contacts["queue"].map(at_once).astype(float)
    chat = contacts["queue"].map({q.name: q.channel == "chat" for q in plan.scenario.queues})
    long = contacts[list(_PARTS)].sum(axis=1)
    spent = contacts[["agent", "start", "handled", "transferred", "escalated"]].assign(
        **{name: contacts[name] / share for name in _PARTS},
        chat_s=long.where(chat, 0.0), chat_busy_s=(long / share).where(chat, 0.0),
    )  # fmt: skip
    sums = spent.groupby(["agent", "start"]).sum()
    found = sums.reindex(pd.MultiIndex.from_frame(table[["agent", "start"]])).fillna(0.0)
    out = table.assign(**{name: found[name].to_numpy() for name in sums.columns})
    busy = out[list(_PARTS)].sum(axis=1)
    there = (out["scheduled_s"] - training - out["unplanned_absent_s"]) * random.uniform(
        0.95, 0.99, len(out)
    )
    there = there.where(out["shifts_attended"] > 0, 0.0)
    out["signed_in_s"] = np.maximum(there, busy)
    out["available_s"] = out["signed_in_s"] - busy
    seconds = [name for name in out.columns if name.endswith("_s")]
    out[seconds] = out[seconds].round(1)
    return out.sort_values(["start", "agent"], ignore_index=True)


def _duties(  # noqa: PLR0917
    plan: Plan, people: tuple[Person, ...], days: pd.DatetimeIndex, present: NDArray[np.bool_],
    hours: Floats, random: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Return the shifts of the last eight weeks: begins drift from person to person."""
    late = days[-1] - pd.DateOffset(weeks=8)
    at, who = np.nonzero((present & np.asarray(days > late)[None, :]).T)
    often_late = random.random(len(people)) * 0.6
    begin = np.where(random.random(len(at)) < often_late[who], 12.0, 8.0)
    minute = pd.to_timedelta((begin * 60).astype(np.int64), unit="min")
    clock = (days[at].tz_localize(None) + minute).tz_localize(plan.scenario.timezone)
    return pd.DataFrame({
        "agent": np.array([person.id for person in people])[who],
        "team": np.array([person.team for person in people])[who], "start": clock,
        "end": clock + pd.to_timedelta((hours[who] * 60 + 30).astype(np.int64), unit="min"),
    })  # fmt: skip
