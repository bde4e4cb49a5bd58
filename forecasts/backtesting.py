"""Which model would have forecast each queue best?

The past is replayed from several origins; each model sees only what was known then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import accuracy, calendars, clock, marks, models, oracle
from forecasts import coverage as opening
from forecasts import events as register
from forecasts import quantiles as bands
from forecasts.coverage import actuals
from forecasts.errors import BadInput
from forecasts.forecasting import LONGEST_DAYS
from forecasts.history import SHORTEST_DAYS, check
from forecasts.hours import week_of
from forecasts.past import Past, split
from forecasts.predicting import Calendar

# Upper ends in days of the lead buckets, and what they are called.
LEADS = {"1": 1, "2-7": 7, "8-14": 14, "15-28": 28, "29+": LONGEST_DAYS + 1}
ALL = "all"
ORIGIN_STEP_DAYS = 7
SIMPLE = ("weekday_mean", "seasonal_naive")  # always in the table: what a planner does by hand


@dataclass(frozen=True)
class Leaderboard:
    """How the models did.

    Attributes
    ----------
    frame : DataFrame
        One row per queue, model and lead bucket (days after the origin: ``"1"``, ``"2-7"``,
        ``"8-14"``, ``"15-28"``, ``"29+"``, and ``"all"``): queue, model, lead, wape, bias, mase
        (season: a week), deviance (Poisson, of the intervals in which what came was possible),
        impossible (share of contacts that came where 0 was forecast), pinball (mean over the five
        quantiles), coverage80, coverage95, noise_floor (WAPE of a forecast that knows each mean;
        here with the model's own means), xs (WAPE over that of `forecasts.oracle`, NaN for whole
        days) and intervals (how many were compared). Best model of each queue first; the losers
        stay.
    champion : dict
        Model with the lowest WAPE over all leads, by queue; None where no contact came.
    notes : tuple of str
        What was not compared, because a recording fault wrote it.
    """

    frame: pd.DataFrame
    champion: dict[Any, str | None]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replay:
    """One queue at one origin, for several models."""

    past: Past
    models: tuple[str, ...]
    origin: int
    horizon: int
    holidays: Any
    events: pd.DataFrame | None
    hours: np.ndarray | None
    actual: np.ndarray
    attainable: np.ndarray


def backtest(
    history: pd.DataFrame,
    *,
    models: Sequence[str] = ("profile", *SIMPLE),
    origins: Any = 4,
    horizon: int,
    freq: Any,
    events: pd.DataFrame | None = None,
    holidays: Any = None,
    hours: Any = None,
    map: Callable[..., Any] = map,  # noqa: A002 - the engine replaces the builtin by name
) -> Leaderboard:
    """Replay the past from several origins and rank the models for each queue.

    Parameters
    ----------
    history : DataFrame
        See `forecasts.history.check`.
    models : sequence of str
        Names in `forecasts.models.MODELS`, or ``"auto"``; the simple ones are always added.
    origins : int or DatetimeIndex
        Local dates on whose eve the forecasts are made; or how many, a week apart, counted back
        from the last full `horizon` of each queue.
    horizon : int
        Number of intervals from each origin.
    freq, events, holidays, hours, map
        As for `forecasts.forecast`; one work item per queue and origin.

    Returns
    -------
    Leaderboard

    Raises
    ------
    BadInput
        If an argument cannot be used, or an origin leaves less than two weeks to learn from or
        nothing to compare with.

    Examples
    --------
    >>> start = pd.date_range("2026-01-05", periods=56, freq="D", tz="UTC")
    >>> counts = [520, 480, 470, 460, 500, 120, 0] * 8
    >>> history = pd.DataFrame({"queue": "voice", "start": start, "offered": counts})
    >>> board = backtest(history, models=["seasonal_naive"], origins=2, horizon=7, freq="D")
    >>> board.frame.query("lead == 'all' and model == 'seasonal_naive'")["wape"].item()
    0.0
    """
    interval = check(history, freq)
    names = _model_names(models)
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)) or horizon < 1:
        raise BadInput(f"horizon: expected a whole number of intervals >= 1, got {horizon!r}")
    checked = register.check(events)
    pasts = split(history, interval)
    known = calendars.between(holidays, pasts, ahead_days=-(-int(horizon) // interval.per_day))
    work, notes = [], []
    for past in pasts:
        days = _origin_days(past, origins, -(-int(horizon) // interval.per_day))
        week = week_of(hours, past.queue, interval)
        cover = opening.cover(past, week)
        actual = marks.recorded(past, cover, special=Calendar(known, checked).special(past))
        best = oracle.attainable(actual, past.weekday)
        notes += _not_compared(past, actuals(past, cover), actual, int(days[0]))
        work += [
            Replay(past, names, int(day), int(horizon), known, checked, week, actual, best)
            for day in days
        ]
    errors = pd.concat(list(map(replay, work)), ignore_index=True)
    frame = _measure(errors)
    overall = frame[frame["lead"] == ALL]
    rank = overall.set_index(["queue", "model"])["wape"]
    champion: dict[Any, str | None] = {}
    for queue, own in overall.groupby("queue", sort=False):
        wape = own["wape"].to_numpy()
        counted = not np.isnan(wape).all()
        champion[queue] = own["model"].iloc[int(np.nanargmin(wape))] if counted else None
    frame = frame.assign(
        rank=rank.reindex(pd.MultiIndex.from_frame(frame[["queue", "model"]])).to_numpy(),
        order=pd.Categorical(frame["queue"], categories=list(dict.fromkeys(frame["queue"]))),
    )
    frame = frame.sort_values(["order", "rank"], kind="stable").drop(columns=["rank", "order"])
    return Leaderboard(frame.reset_index(drop=True), champion, tuple(notes))


def _not_compared(past: Past, given: np.ndarray, actual: np.ndarray, first: int) -> list[str]:
    """Return a note on the intervals from `first` on that a recording fault wrote."""
    wrong = (~np.isnan(given) & np.isnan(actual))[past.days >= first]
    if not wrong.any():
        return []
    return [
        f"queue {past.queue!r}: {int(wrong.sum())} intervals on {int(wrong.any(axis=1).sum())} "
        f"days taken for recording faults and not compared; {marks.WHICH}"
    ]


def _model_names(given: Any) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise BadInput(
            f"models: expected a list of names among {sorted(models.MODELS)}, got {given!r}"
        )
    return tuple(dict.fromkeys(models.named(name).name for name in [*given, *SIMPLE]))


def _origin_days(past: Past, origins: Any, horizon_days: int) -> np.ndarray:
    first, last = int(past.days[0]) + SHORTEST_DAYS, int(past.days[-1])
    if isinstance(origins, pd.DatetimeIndex):
        days = np.unique(clock.day_numbers(origins))
        bad = (days < first) | (days > last)
        if bad.any() or not len(days):
            raise BadInput(
                f"origins: {int(bad.sum())} of {len(days)} dates are outside what queue "
                f"{past.queue!r} allows, {clock.dates(np.array([first]))[0].date()} (two weeks "
                f"of history) to {clock.dates(np.array([last]))[0].date()} (its last day)"
            )
        return np.asarray(days)
    if isinstance(origins, bool) or not isinstance(origins, (int, np.integer)) or origins < 1:
        raise BadInput(f"origins: expected a number >= 1 or a DatetimeIndex, got {origins!r}")
    newest = last + 1 - horizon_days
    days = newest - ORIGIN_STEP_DAYS * np.arange(origins)[::-1]
    if newest < first:
        raise BadInput(
            f"origins: queue {past.queue!r} has {len(past.days)} days, too few for one origin: "
            f"{SHORTEST_DAYS} to learn from and {horizon_days} to compare with; ask for a shorter "
            "horizon"
        )
    if days[0] < first:
        possible = (newest - first) // ORIGIN_STEP_DAYS + 1
        raise BadInput(
            f"origins: queue {past.queue!r} has {len(past.days)} days, enough for {possible} "
            f"origin{'s' if possible > 1 else ''} of {horizon_days} days each, got {origins}; "
            "ask for fewer origins or a shorter horizon"
        )
    return np.asarray(days)


def replay(work: Replay) -> pd.DataFrame:
    """Return actuals and forecasts of one queue from one origin, one row per model and interval."""
    before = work.past.until(work.origin)
    cover = opening.cover(before, work.hours)
    future = models.Future.after(before, work.horizon)
    calendar = Calendar(work.holidays, work.events)
    at = future.days - work.past.days[0]
    inside = at < len(work.past.days)
    actual, best = np.full(len(at), np.nan), np.full(len(at), np.nan)
    count = np.ones(len(at))
    cells = (at[inside], future.of_day[inside])
    # A cell that holds two intervals (repeated clock hour) has one actual: share it out.
    count[inside] = np.maximum(work.past.exists[cells], 1.0)
    there = work.past.exists[cells] > 0
    actual[inside] = np.where(there, work.actual[cells] / count[inside], np.nan)
    best[inside] = work.attainable[cells] / count[inside]
    usual = _usual_step(before)
    lead = future.days - before.days[-1]
    bucket = np.array(list(LEADS), object)[np.searchsorted(list(LEADS.values()), lead)]
    parts = []
    for name in work.models:
        prediction = models.named(name).predict(before, cover, future, calendar)
        part = pd.DataFrame({"queue": work.past.queue, "model": name, "lead": bucket,
                             "actual": actual, "best": best, "usual_step": usual,
                             "volume": prediction.volume})  # fmt: skip
        part[list(bands.LEVELS)] = bands.quantiles(
            prediction.volume, prediction.dispersion, tail=bands.HEAVY_TAIL
        )
        parts.append(part[~np.isnan(actual)])
    return pd.concat(parts, ignore_index=True)


def _usual_step(past: Past) -> float:
    """Return the mean change of an interval from one week to the next, the unit of MASE."""
    known = past.seen > 0
    both = known[7:] & known[:-7]
    steps = np.abs(past.offered[7:] - past.offered[:-7])[both]
    return float(steps.mean()) if len(steps) else float("nan")


def _measure(errors: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (queue, model), own in errors.groupby(["queue", "model"], sort=False):
        for label in [*LEADS, ALL]:
            part = own if label == ALL else own[own["lead"] == label]
            if not len(part):
                continue
            actual, volume = part["actual"].to_numpy(), part["volume"].to_numpy()
            # Intervals that are closed and silent are right by definition; they prove nothing.
            busy = part[(actual > 0) | (volume > 0)]
            wape, best = accuracy.wape(actual, volume), accuracy.wape(actual, part["best"])
            step = part["usual_step"].to_numpy()
            scaled = np.abs(actual - volume)[step > 0] / step[step > 0]
            rows.append({
                "queue": queue, "model": model, "lead": label,
                "wape": wape, "bias": accuracy.bias(actual, volume),
                "mase": float(np.nanmean(scaled)) if np.isfinite(scaled).any() else np.nan,
                "deviance": accuracy.possible_deviance(actual, volume),
                "impossible": accuracy.impossible(actual, volume),
                "pinball": float(np.mean([accuracy.pinball(actual, part[name], probability)
                                          for name, probability in bands.LEVELS.items()])),
                "coverage80": accuracy.coverage(busy["actual"], busy["p10"], busy["p90"]),
                "coverage95": accuracy.coverage(busy["actual"], busy["p2_5"], busy["p97_5"]),
                "noise_floor": accuracy.noise_floor(volume),
                "xs": wape / best if best > 0 else np.nan, "intervals": len(part),
            })  # fmt: skip
    return pd.DataFrame(rows)
