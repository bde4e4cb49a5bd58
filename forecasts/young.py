"""What will a queue get that has been open for less than two weeks?

Only its level is its own. The calendar's effects, the weekdays and the profile are borrowed from
an analogue, an older queue (`forecasts.analogues`), and corrected by the young queue's own counts
as far as they go beyond chance:

    volume = level * effect * weekday * share,

effect and share being the analogue's; a weekday's factor and an interval's are ratios of own
counts to what the analogue would expect, shrunk towards 1. Without an analogue the effects are 1
and the share is flat over the intervals seen open, the factors are shrunk less and the bands say
so. What is not known yet widens the bands: days seen, weekdays not seen, the lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecasts import analogues as similar
from forecasts import clock, fitted
from forecasts import coverage as opening
from forecasts.analogues import Queue
from forecasts.coverage import Coverage
from forecasts.past import Past
from forecasts.predicting import Calendar, Future, Prediction

SD_WEEKDAY, SD_WEEKDAY_ALONE = 0.2, 0.5  # log by which a weekday differs from the analogue's
SD_INTERVAL, SD_INTERVAL_ALONE = 0.25, 1.0  # the same of an interval's share
DAY_DISPERSION = 0.03  # squared relative error of a day, at least
GROWTH_A_DAY, GROWTH_ALONE = 0.004, 0.006  # of the level's, a day ahead: young queues move
WEEKEND = 5
LEAST_SHARE = 0.01  # of an even share, where the analogue was closed and the young queue is not


@dataclass(frozen=True)
class Borrowing:
    """The model of a young queue.

    Attributes
    ----------
    lender : Queue or None
        The analogue.
    hours_known : bool
        Opening hours were given, so that they need not be guessed for weekdays not seen.
    name : str
    """

    lender: Queue | None
    hours_known: bool = False
    name: str = "borrowed"

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` and the analogue."""
        last = max(int(future.days[-1]), int(past.days[-1]) + 1)
        base = self._base(past, coverage, last, calendar)
        seen, weekday = coverage.seen, past.weekday
        counts = np.where((seen > 0) & base.open_week[weekday], past.offered, 0.0)
        if not counts.sum() > 0:
            nothing = np.zeros(len(future.days))
            return Prediction(nothing, nothing, ("no contacts so far; 0 is forecast",))
        share, known = _shares(base, counts, seen, weekday)
        effect = base.effect[past.days - base.first]
        unit = effect * (share[weekday] * seen).sum(axis=1)
        factor, spread, level = _weekdays(base, counts.sum(axis=1), unit, weekday)
        at, ahead = future.days - base.first, clock.weekday(future.days)
        volume = np.where(base.closed[at], 0.0, level * base.effect[at] * factor[ahead])
        lead = np.maximum(future.days - past.days[-1], 1)
        days = max((unit > 0).sum(), 1)
        dispersion = (
            1 / counts.sum() + base.day_dispersion / days + spread[ahead]
            + base.growth * lead + base.within + known[future.of_day]
        )  # fmt: skip
        return Prediction(
            volume * share[ahead, future.of_day], dispersion, self._notes(int(days), base.lent)
        )

    def _base(self, past: Past, coverage: Coverage, last: int, calendar: Calendar) -> Base:
        made = None
        if self.lender is not None:
            old, cover = self.lender.past, self.lender.coverage
            reach = max(last, int(old.days[-1]) + 1)
            made = fitted.fit(old, cover, reach, calendar)
        lent = None if self.lender is None else self.lender.coverage.open_week
        holiday = calendar.names(past.days).code >= 0
        open_week = coverage.open_week
        if not self.hours_known:
            open_week = _hours(past, coverage, lent, holiday=holiday)
        flat = open_week / np.maximum(open_week.sum(axis=1, keepdims=True), 1.0)
        if made is None or made.first > past.days[0]:
            days = last - int(past.days[0]) + 1
            return Base(
                int(past.days[0]), np.ones(days), np.zeros(days, bool), open_week, flat,
                DAY_DISPERSION, 0.0, GROWTH_ALONE, SD_WEEKDAY_ALONE, SD_INTERVAL_ALONE, False,
            )  # fmt: skip
        share = np.maximum(made.share, LEAST_SHARE * flat) * open_week
        share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
        return Base(
            made.first, made.effect, made.closed, open_week, share,
            max(made.day_dispersion, DAY_DISPERSION), made.within,
            GROWTH_A_DAY + made.level.variance_a_day, SD_WEEKDAY, SD_INTERVAL, True,
        )  # fmt: skip

    def _notes(self, days: int, lent: bool) -> tuple[str, ...]:
        span = f"{days} days with contacts" if days > 1 else "1 day with contacts"
        if self.lender is None or not lent:
            return (
                f"{span} and no analogue: weekdays and intervals not seen are taken as those "
                "seen; name an older queue in analogues= if one is alike",
            )
        return (
            f"{span}: weekdays, day profile and calendar borrowed from queue "
            f"{self.lender.past.queue!r}; name another in analogues= if it is more alike",
        )


def borrowing(
    pasts: list[Past],
    weeks: list[Any],
    analogues: Mapping[Any, Any] | None,
    *,
    channels: dict[Any, Any],
) -> dict[Any, Borrowing]:
    """Return the models of the queues too young for the default one, by queue.

    Parameters
    ----------
    pasts : list of Past
        Every queue of the history.
    weeks : list
        Opening hours given for each, as `forecasts.hours.week_of` returns them, or None.
    analogues : mapping, optional
        From young to older queue, as named by the caller.
    channels : dict
        Channel of each queue, where the history names them.

    Raises
    ------
    BadInput
        If `analogues` names queues that cannot be.
    """
    named = similar.given(analogues, pasts)
    if not any(similar.is_young(past) for past in pasts):
        return {}
    queues = {
        past.queue: similar.Queue(past, opening.cover(past, week), channels.get(past.queue))
        for past, week in zip(pasts, weeks, strict=True)
    }
    found: dict[Any, Borrowing] = {}
    for (name, queue), week in zip(queues.items(), weeks, strict=True):
        if similar.is_young(queue.past):
            lender = queues[named[name]] if name in named else None
            lender = lender or similar.choose(queue, list(queues.values()))
            found[name] = Borrowing(lender, hours_known=week is not None)
    return found


@dataclass(frozen=True)
class Base:
    """What a young queue starts from, before its own counts correct it."""

    first: int
    effect: np.ndarray
    closed: np.ndarray
    open_week: np.ndarray
    share: np.ndarray
    day_dispersion: float
    within: float
    growth: float
    sd_weekday: float
    sd_interval: float
    lent: bool


def _shares(
    base: Base, counts: np.ndarray, seen: np.ndarray, weekday: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of each interval of the week, and how unsure it is, squared, (K,)."""
    part = base.share[weekday] * seen
    inside = part.sum(axis=1, keepdims=True)
    total = counts.sum(axis=1, keepdims=True)
    expected = np.divide(part * total, inside, out=np.zeros(part.shape), where=inside > 0)
    prior = 1 / base.sd_interval**2
    came, wanted = counts.sum(axis=0), expected.sum(axis=0)
    share = base.share * (came + prior) / (wanted + prior)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
    alone = counts.shape[1] == 1
    return share, np.zeros(1) if alone else 1 / (wanted + prior)


def _weekdays(
    base: Base, totals: np.ndarray, unit: np.ndarray, weekday: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return each weekday's factor, how unsure it is (squared), and the level."""
    known = unit > 0
    days = np.bincount(weekday[known], minlength=7)
    came = np.bincount(weekday[known], totals[known], 7)
    units = np.bincount(weekday[known], unit[known], 7)
    level, prior = came.sum() / units.sum(), base.sd_weekday**2
    for _ in range(2):  # the level and the weekdays seen settle each other
        mean = np.maximum(level * units, 1e-9)
        noise = 1 / mean + base.day_dispersion / np.maximum(days, 1)
        kept = np.where(days > 0, prior / (prior + noise), 0.0)
        factor = 1 + kept * (came / mean - 1)
        level = came.sum() / (units * factor).sum()
    return factor, prior * (1 - kept), float(level)


def _hours(
    past: Past, coverage: Coverage, lent: np.ndarray | None, *, holiday: np.ndarray
) -> np.ndarray:
    """Return the intervals of the week expected to be open, shape (7, K).

    A recorded weekday without a contact is closed, others are open where they had contacts, or
    where most recorded days of their kind had, working days or weekends. A weekday not recorded,
    or only as a `holiday` (D,), is open if the analogue's is, at the times of its kind, or else
    the analogue's.
    """
    shape = coverage.open_week.shape
    usual = ~holiday[:, None]
    contacts, there = np.zeros(shape), np.zeros(shape)
    np.add.at(contacts, past.weekday, past.offered * usual)
    np.add.at(there, past.weekday, (past.exists > 0) & usual)
    busy: np.ndarray = contacts > 0
    recorded = np.asarray(there.any(axis=1))
    used = np.asarray(busy.any(axis=1)) & recorded
    found = busy | (coverage.open_week & used[:, None])
    for days in (range(WEEKEND), range(WEEKEND, 7)):
        times = 2 * busy[days].sum(axis=0) > used[days].sum()
        for at in days:
            if recorded[at]:
                found[at] |= times & used[at]
            elif lent is not None:
                found[at] = (times if times.any() else lent[at]) & lent[at].any()
            else:
                found[at] = times if recorded[days].any() else busy.any(axis=0)
    return found
