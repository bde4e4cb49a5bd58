"""The demo centre's intervals: how many came, how many agents were there, how long people waited.

Waits follow Erlang A with the agents on seat of each interval, and scatter around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm import frames, requirement
from wfm.plan import Plan
from wfm.queueing import erlang
from wfm.scenario import Queue

if TYPE_CHECKING:
    from wfm.adapters.demo_actuals import DemoTruth

Floats = NDArray[np.float64]

# Reason: share of the queue's contacts and mean handle time, seconds.
REASONS = {
    "voice": {"billing": (0.40, 190.0), "account": (0.35, 180.0), "technical": (0.25, 284.0)},
    "chat": {"billing": (0.40, 500.0), "account": (0.35, 520.0), "technical": (0.25, 664.0)},
    "email": {"billing": (0.50, 310.0), "account": (0.30, 330.0), "technical": (0.20, 380.0)},
}
_WARM_UP_WEEKS = 4
_ALIKE = 60.0  # contacts of one interval fare alike: concentration of the beta draws
_SHRINKAGE, _ADHERENCE, _ABSENT = 0.105, 0.98, 0.03


def mix(queue: str, days: pd.DatetimeIndex, truth: DemoTruth) -> Floats:
    """Return the share of each reason, shape (days, reasons)."""
    shares = np.tile([share for share, _ in REASONS[queue].values()], (len(days), 1))
    if queue == truth.mix_queue:
        late = np.asarray(days.date) >= truth.mix_from
        moved = list(REASONS[queue]).index(truth.mix_reason)
        rest = shares[0].sum() - shares[0][moved]
        shares[late] *= 1 - truth.mix_shift / rest
        shares[late, moved] = shares[~late][0][moved] + truth.mix_shift if (~late).any() else 0.0
        shares /= shares.sum(axis=1, keepdims=True)
    return shares


def intervals(plan: Plan, truth: DemoTruth, random: np.random.Generator) -> pd.DataFrame:
    """Return the interval actuals, handle times apart: those come from the people."""
    begin = plan.forecast["start"].min()
    before = _before(plan, begin, truth, random)
    during = _during(plan, truth, random)
    table = pd.concat([before, during], ignore_index=True)
    parts = [
        _served(queue, table[table["queue"] == queue.name].reset_index(drop=True), plan, truth,
                random)
        for queue in plan.scenario.queues
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _before(
    plan: Plan, begin: pd.Timestamp, truth: DemoTruth, random: np.random.Generator
) -> pd.DataFrame:
    """The weeks before the plan: contacts of the history, forecast from the four weeks before."""
    parts = []
    for queue in plan.scenario.queues:
        own = plan.history[plan.history["queue"] == queue.name].sort_values("start")
        own = own[own["start"] < begin]
        local = own["start"].dt.tz_convert(plan.scenario.timezone)
        offered = random.binomial(own["offered"].to_numpy(np.int64), queue.share).astype(float)
        cell = local.dt.day_of_week * 1440 + local.dt.hour * 60 + local.dt.minute
        past = pd.Series(offered, index=own.index).groupby(cell)
        volume = past.transform(lambda x: x.shift().rolling(_WARM_UP_WEEKS, min_periods=2).mean())
        part = pd.DataFrame({"queue": queue.name, "start": local, "offered": offered})
        part["forecast_volume"] = volume
        part["forecast_aht_s"] = sum(share * s for share, s in REASONS[queue.name].values())
        spread = np.sqrt(volume + (0.08 * volume) ** 2)
        part["lo"] = np.maximum(0.0, np.floor(volume - 1.2816 * spread))
        part["hi"] = np.ceil(volume + 1.2816 * spread)
        parts.append(part[local.dt.date.ge(truth.first) & volume.gt(0)])
    table = pd.concat(parts, ignore_index=True)
    sized = table.rename(columns={"forecast_volume": "volume", "forecast_aht_s": "aht_s"})
    share = sized["queue"].map({queue.name: queue.share for queue in plan.scenario.queues})
    sized["volume"] /= share
    for name in frames.BANDS:
        sized[name] = sized["volume"]
    need = requirement.size(sized[["queue", "start", "volume", "aht_s", *frames.BANDS]],
                            plan.scenario).frame  # fmt: skip
    table = table.merge(_need(need, plan), on=["queue", "start"], how="left")
    # Whole shifts never fit a curve exactly.
    table["scheduled"] = np.maximum(
        1.0, np.round(table["wanted"] + random.normal(0.4, 1.0, len(table)))
    )
    return table


def _during(plan: Plan, truth: DemoTruth, random: np.random.Generator) -> pd.DataFrame:
    """The plan's first week: its forecast with an error, its roster, and the campaign."""
    until = plan.forecast["start"].min() + pd.DateOffset(days=7)
    table = plan.forecast[plan.forecast["start"] < until].copy()
    share = table["queue"].map({queue.name: queue.share for queue in plan.scenario.queues})
    table["forecast_volume"] = table["volume"] * share
    given = table["queue"].map({queue.name: queue.aht_s for queue in plan.scenario.queues})
    table["forecast_aht_s"] = table["aht_s"].fillna(given.astype(float))
    table["lo"], table["hi"] = np.floor(table["p10"] * share), np.ceil(table["p90"] * share)
    table = table[table["forecast_volume"] > 0].reset_index(drop=True)
    local = table["start"].dt.tz_convert(plan.scenario.timezone)
    day = local.dt.day_of_week.to_numpy()
    error = random.normal(0.0, 0.03, 7)[day]
    mean = table["forecast_volume"].to_numpy() * (1 + error) * _campaign(table, local, truth)
    table["offered"] = random.poisson(mean).astype(float)
    table = table.merge(_need(plan.requirement, plan), on=["queue", "start"], how="left")
    table["scheduled"] = table["wanted"]
    if plan.roster is not None:
        seat = plan.roster.coverage.set_index(["queue", "start"])["on_seat"]
        found = seat.reindex(pd.MultiIndex.from_frame(table[["queue", "start"]])).to_numpy()
        table["scheduled"] = np.where(np.isnan(found), table["wanted"], found)
    names = ["queue", "start", "offered", "forecast_volume", "forecast_aht_s", "lo", "hi",
             "required", "wanted", "scheduled"]  # fmt: skip
    return table[names].assign(start=local)


def _campaign(table: pd.DataFrame, local: pd.Series, truth: DemoTruth) -> Floats:
    zone = local.dt.tz
    first, last = (pd.Timestamp(t, tz=zone) for t in (truth.spike_from, truth.spike_until))
    running = (table["queue"] == truth.spike_queue) & (local >= first) & (local < last)
    later = local.dt.date > truth.spike_from.date()
    lift = np.where(later, truth.spike_lift / 3, truth.spike_lift)
    return np.where(running, 1 + lift, 1.0)


def _need(requirement_table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return agents needed on duty: `required` real-valued, `wanted` as the roster was asked."""
    need = requirement_table[["queue", "start", "agents", "scheduled"]]
    lost = need["queue"].map({q.name: q.shrinkage for q in plan.scenario.queues}).astype(float)
    return pd.DataFrame({
        "queue": need["queue"], "start": need["start"],
        "required": need["agents"] / (1 - lost), "wanted": need["scheduled"].astype(float),
    })  # fmt: skip


def _served(
    queue: Queue, table: pd.DataFrame, plan: Plan, truth: DemoTruth, random: np.random.Generator
) -> pd.DataFrame:
    count = len(table)
    local = pd.DatetimeIndex(table["start"])
    day = pd.factorize(local.normalize())[0]
    days = int(day.max()) + 1 if count else 0
    absent = random.beta(60 * _ABSENT, 60 * (1 - _ABSENT), days)[day]
    came = np.maximum(table["scheduled"] - random.poisson(table["scheduled"] * absent), 1.0)
    shrinkage = np.clip(
        _SHRINKAGE + random.normal(0, 0.008, days)[day] + random.normal(0, 0.012, count), 0, 0.4
    )
    adherence = np.clip(_ADHERENCE + random.normal(0, 0.008, count), 0.8, 1.0)
    table = table.assign(heads=came, shrinkage=shrinkage, adherence=adherence)
    table["on_seat"] = came * (1 - shrinkage) * adherence
    shares = mix(queue.name, local, truth)
    seconds = shares @ np.array([s for _, s in REASONS[queue.name].values()])
    wait = _email if queue.channel == "email" else _live
    table = wait(queue, table, seconds, plan.scenario.interval_min * 60.0, random)
    table["awt_s"] = float(queue.target.awt_s)
    table["blocked"] = random.binomial(1, 0.02, count) * random.poisson(1.5, count) * (
        queue.channel == "voice"
    )  # fmt: skip
    table["blocked"] = table["blocked"].astype(float)
    table["attempts"] = table["offered"] + table["blocked"]
    table["handled"] = table["answered"]
    return table.drop(columns="wanted")


def _live(
    queue: Queue, table: pd.DataFrame, aht_s: Floats, interval_s: float, random: np.random.Generator
) -> pd.DataFrame:
    chats = queue.concurrency if queue.channel == "chat" else 1
    awt_s = float(queue.target.awt_s)
    seen = erlang.performance(
        table["offered"].to_numpy(), aht_s, table["on_seat"].to_numpy() * chats,
        interval_s=interval_s, patience_s=queue.patience_s or np.inf, awt_s=awt_s,
    )  # fmt: skip
    offered = table["offered"].to_numpy(np.int64)
    left = random.binomial(offered, _beta(seen.p_abandon, random))
    answered = offered - left
    soon = random.binomial(answered, _beta(_part(seen.p_answered_in_awt, seen.p_answered), random))
    left_soon = random.binomial(left, np.clip(_part(seen.p_abandoned_in_awt, seen.p_abandon), 0, 1))
    short = random.binomial(
        left_soon, np.clip(_part(seen.p_abandoned_short, seen.p_abandoned_in_awt), 0, 1)
    )
    late = answered - soon
    mean_late = _part(seen.asa_s * seen.p_answered, seen.p_answered - seen.p_answered_in_awt)
    wait = soon * 0.25 * np.minimum(awt_s, seen.asa_s * 2)
    wait = wait + late * np.maximum(awt_s, np.minimum(mean_late, 900.0))
    wait_left = left_soon * awt_s * 0.4 + (left - left_soon) * (awt_s + 0.35 * seen.asa_s + 20)
    longest = np.where(late > 0, awt_s + np.maximum(mean_late - awt_s, 5) * np.log(late + 1.0),
                       np.where(soon > 0, awt_s * 0.6, 0.0))  # fmt: skip
    return table.assign(
        answered=answered.astype(float), abandoned=left.astype(float),
        answered_in_awt=soon.astype(float), abandoned_in_awt=left_soon.astype(float),
        abandoned_short=short.astype(float), wait_answered_s=np.round(wait, 1),
        wait_abandoned_s=np.round(wait_left, 1), longest_wait_s=np.round(np.minimum(longest, 3600)),
    )  # fmt: skip


def _email(
    queue: Queue, table: pd.DataFrame, aht_s: Floats, interval_s: float, random: np.random.Generator
) -> pd.DataFrame:
    """E-mail is answered in time unless the work of the hours around it exceeds the agents."""
    offered = table["offered"].to_numpy(np.int64)
    work = pd.Series(offered * aht_s / interval_s).rolling(8, min_periods=1).mean()
    seats = table["on_seat"].rolling(8, min_periods=1).mean()
    over = (work / seats - 0.9).to_numpy(np.float64)
    late = np.clip(0.02 + 0.6 * np.maximum(over, 0.0), 0, 0.9)
    soon = random.binomial(offered, 1 - late)
    mean = np.where(offered > 0, float(queue.target.awt_s) * (0.3 + late), 0.0)
    zero = np.zeros(len(table))
    return table.assign(
        answered=offered.astype(float), abandoned=zero, answered_in_awt=soon.astype(float),
        abandoned_in_awt=zero, abandoned_short=zero, wait_answered_s=np.round(offered * mean, 1),
        wait_abandoned_s=zero, longest_wait_s=np.round(mean * 1.8),
    )  # fmt: skip


def _part(part: Floats, whole: Floats) -> Floats:
    out: Floats = np.divide(part, whole, out=np.zeros(len(part)), where=np.asarray(whole) > 1e-12)
    return out


def _beta(p: Floats, random: np.random.Generator) -> Floats:
    sure = np.clip(p, 1e-6, 1 - 1e-6)
    return random.beta(_ALIKE * sure, _ALIKE * (1 - sure))
