"""How many contacts will each queue get in each coming interval, and how sure is that?"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from forecasts import accuracy, aht, calendars, clock, dormancy, marks, models
from forecasts import coverage as opening
from forecasts import events as register
from forecasts import quantiles as bands
from forecasts.champions import BOARD, Contest, contest
from forecasts.errors import BadInput
from forecasts.history import SHORTEST_DAYS, check
from forecasts.hours import week_of
from forecasts.past import Past, split
from forecasts.young import borrowing

HELD_BACK_DAYS = (14, 7)  # the longest that leaves SHORTEST_DAYS to learn from
LONGEST_DAYS = 1100
DOUBT = 1.1  # the default model's replayed error over the weekday mean's, from which it is tested


@dataclass(frozen=True)
class Forecast:
    """What is expected.

    Attributes
    ----------
    frame : DataFrame
        One row per queue and coming interval: queue, start, volume (expected contacts), aht_s
        (expected handle time, seconds, NaN if the history has none) and the quantiles p2_5, p10,
        p50, p90, p97_5 of the count.
    model : dict
        Name of the model used, by queue.
    notes : tuple of str
        What was decided without being asked, one line each.
    leaderboard : DataFrame
        How the models did where ``"auto"`` doubted the default one and replayed the past: queue,
        model, wape, bias, won (origins), origins and champion (bool). Empty where it had no
        doubt; `forecasts.backtest` compares them all.
    """

    frame: pd.DataFrame
    model: dict[Any, str]
    notes: tuple[str, ...]
    leaderboard: pd.DataFrame
    _score: Callable[[], list[dict[str, Any]]] = field(repr=False, compare=False)

    @cached_property
    def score(self) -> pd.DataFrame:
        """How the same model did on the last weeks when they were held back, one row per queue.

        Columns queue, model, first, last (local dates held back), wape, bias, coverage80,
        coverage95, noise_floor (WAPE of a perfect forecast) and seasonal_naive (WAPE of "same as
        last week"). NaN where the history is too short to hold anything back. It takes as long
        as the forecast and is made when first read, from a copy of the counts.
        """
        return pd.DataFrame(self._score())

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: the score, not the history behind it."""
        made = {"frame": self.frame, "model": self.model, "notes": self.notes,
                "leaderboard": self.leaderboard}  # fmt: skip
        return made | {"score": self.score, "_score": list}


@dataclass(frozen=True)
class Work:
    """One queue's share of a forecast: everything a worker needs."""

    past: Past
    model: models.Model
    horizon: int
    calendar: models.Calendar
    hours: np.ndarray | None
    scored: bool = False
    contested: bool = False


@dataclass(frozen=True)
class Done:
    """One queue's forecast; the columns of its rows as arrays, its score if that was asked for."""

    future: models.Future
    prediction: models.Prediction
    aht_s: np.ndarray
    bands: np.ndarray
    work: Work
    contest: Contest | None
    score: dict[str, Any] | None


def forecast(
    history: pd.DataFrame,
    horizon: int,
    *,
    freq: Any,
    events: pd.DataFrame | None = None,
    holidays: Any = None,
    model: str = "auto",
    hours: Any = None,
    analogues: Mapping[Any, Any] | None = None,
    map: Callable[..., Any] = map,  # noqa: A002 - the engine replaces the builtin by name
) -> Forecast:
    """Forecast contacts and handle time of every queue in `history`.

    Parameters
    ----------
    history : DataFrame
        See `forecasts.history.check`: queue, start, offered, and where known aht_s.
    horizon : int
        Number of intervals after each queue's last start, closed ones included.
    freq : str
        Pandas alias of the interval length, for example ``"30min"``, ``"h"`` or ``"D"``.
    events : DataFrame, optional
        Known events, see `forecasts.events.check`.
    holidays : DatetimeIndex, Series or str, optional
        See `forecasts.calendars.resolve`. A holiday on which the queue used to be closed is
        forecast as closed.
    model : str
        A name in `forecasts.models.MODELS`, or ``"auto"``: the default model, ``"profile"``,
        unless its own replay is worse than a weekday's mean; then the past is forecast
        from several origins by all models, and a simpler one is taken if it was clearly better.
    hours : DataFrame or mapping, optional
        Opening hours, see `forecasts.hours.week_of`; inferred from the history if absent.
    analogues : mapping, optional
        From a queue with less than two weeks of history to the older one whose weekdays, day
        profile and calendar it borrows; chosen by `forecasts.analogues` if absent.
    map : callable
        Runs one work item per queue; the built-in, a pool's `map` or a cluster's.

    Returns
    -------
    Forecast

    Raises
    ------
    BadInput
        If an argument cannot be used; the text says what to do.

    Examples
    --------
    >>> start = pd.date_range("2026-01-05", periods=42, freq="D", tz="UTC")
    >>> counts = [520, 480, 470, 460, 500, 120, 0] * 6
    >>> history = pd.DataFrame({"queue": "voice", "start": start, "offered": counts})
    >>> forecast(history, 7, freq="D").frame["volume"].round(-1).tolist()
    [520.0, 480.0, 470.0, 460.0, 500.0, 120.0, 0.0]
    """
    chosen = models.named(model)
    borrows = chosen.name == models.DEFAULT
    interval = check(history, freq, shortest_days=1 if borrows else SHORTEST_DAYS)
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)) or horizon < 1:
        raise BadInput(f"horizon: expected a whole number of intervals >= 1, got {horizon!r}")
    if horizon > LONGEST_DAYS * interval.per_day:
        raise BadInput(
            f"horizon: {horizon} intervals of {interval} are more than {LONGEST_DAYS} days; "
            "forecast fewer, or use freq='D' for capacity planning"
        )
    checked = register.check(events)
    pasts = split(history, interval)
    known = calendars.between(holidays, pasts, ahead_days=-(-int(horizon) // interval.per_day))
    calendar = models.Calendar(known, checked)
    weeks = [week_of(hours, past.queue, interval) for past in pasts]
    young = borrowing(pasts, weeks, analogues, channels=_channels(history)) if borrows else {}
    # Workers of a caller's own score at once, as they may be gone when the score is read.
    scored = map is not builtins.map
    work = [
        Work(past, young.get(past.queue, chosen), int(horizon), calendar, week, scored,
             contested=model == "auto" and past.queue not in young)
        for past, week in zip(pasts, weeks, strict=True)
    ]  # fmt: skip
    done = list(map(run, work))
    queues = pd.Series([item.past.queue for item in work]).astype(history["queue"].dtype)
    frame = pd.DataFrame({
        "queue": queues.repeat([len(part.aht_s) for part in done]).array,
        "start": clock.instants(
            np.concatenate([part.future.ns for part in done]), clock.zone_of(history["start"])
        ),
        "volume": np.concatenate([part.prediction.volume for part in done]),
        "aht_s": np.concatenate([part.aht_s for part in done]),
    })  # fmt: skip
    frame[list(bands.LEVELS)] = np.concatenate([part.bands for part in done])
    frame = frame.astype({"start": history["start"].dtype})
    work = [part.work for part in done]
    boards = [part.contest.board for part in done if part.contest is not None]
    scores = [part.score for part in done if part.score is not None]
    return Forecast(
        frame, {item.past.queue: item.model.name for item in work}, _notes(work, done),
        pd.concat(boards, ignore_index=True) if boards else pd.DataFrame(columns=list(BOARD)),
        (lambda: scores) if scores else (lambda: [score(item) for item in work]),
    )  # fmt: skip


def _channels(history: pd.DataFrame) -> dict[Any, Any]:
    """Return the channel of each queue, where the history names them."""
    if "channel" not in history.columns:
        return {}
    first = history.drop_duplicates("queue")
    return dict(zip(first["queue"], first["channel"], strict=True))


def _notes(work: list[Work], done: list[Done]) -> tuple[str, ...]:
    """Return what was decided without being asked, in the order of the queues."""
    newest = max(int(item.past.days[-1]) for item in work)
    lines = []
    for item, part in zip(work, done, strict=True):
        past, found = item.past, list(part.prediction.notes)
        behind = newest - int(past.days[-1])
        if behind > 0:
            last = clock.dates(past.days[-1:])[0].date()
            found.append(f"ends on {last}, {behind} days before the newest row; it is forecast "
                         "from there - leave it out if it was closed")  # fmt: skip
        lines += [f"queue {past.queue!r}: {line}" for line in found]
    return tuple(lines)


def run(work: Work) -> Done:
    """Forecast one queue."""
    past = work.past
    cover = opening.cover(past, work.hours)
    future = models.Future.after(past, work.horizon)
    prediction = work.model.predict(past, cover, future, work.calendar)
    held = None
    if work.contested and prediction.against_mean > DOUBT:
        held = contest(past, cover, work.calendar, hours=work.hours)
        if held is not None and held.champion.name != work.model.name:
            work = replace(work, model=held.champion)
            prediction = held.champion.predict(past, cover, future, work.calendar)
            prediction = replace(prediction, notes=(*prediction.notes, held.note))
    aht_s = np.full(len(future.ns), np.nan)
    if past.handled.any():
        aht_s = aht.expected(past)[clock.weekday(future.days), future.of_day]
    band = bands.quantiles(prediction.volume, prediction.dispersion, tail=bands.HEAVY_TAIL)
    return Done(future, prediction, aht_s, band, work, held, score(work) if work.scored else None)


def score(work: Work) -> dict[str, Any]:
    """Return how one queue's model did on the last weeks when they were held back."""
    past = work.past
    found: dict[str, Any] = {
        "queue": past.queue, "model": work.model.name, "first": pd.NaT, "last": pd.NaT,
        "wape": np.nan, "bias": np.nan, "coverage80": np.nan, "coverage95": np.nan,
        "noise_floor": np.nan, "seasonal_naive": np.nan,
    }  # fmt: skip
    held = next((n for n in HELD_BACK_DAYS if len(past.days) - n >= SHORTEST_DAYS), None)
    if held is None:
        return found
    cover = opening.cover(past, work.hours)
    before = past.until(int(past.days[-held]))
    known_then = opening.cover(before, work.hours)
    cells = np.flatnonzero((past.exists[-held:] > 0).ravel())
    days, of_day = past.days[-held:][cells // past.interval.per_day], cells % past.interval.per_day
    future = models.Future(np.zeros(0, np.int64), days, of_day)
    whole = marks.recorded(past, cover, special=work.calendar.special(past))
    faulty = (np.isnan(whole) & ~np.isnan(opening.actuals(past, cover))).any(axis=1)
    if dormancy.hides(faulty, len(faulty) - held):
        return found
    actual = whole[-held:].ravel()[cells]
    count = past.exists[-held:].ravel()[cells]
    prediction = work.model.predict(before, known_then, future, work.calendar)
    naive = models.SEASONAL_NAIVE.expected(before, known_then, future)
    mean = prediction.volume * count
    band = bands.quantiles(mean, prediction.dispersion, tail=bands.HEAVY_TAIL)
    counted = ~np.isnan(actual) & (mean + np.nan_to_num(actual) > 0)
    dates = clock.dates(past.days[[-held, -1]])
    found.update(
        first=dates[0], last=dates[1],
        wape=accuracy.wape(actual, mean), bias=accuracy.bias(actual, mean),
        seasonal_naive=accuracy.wape(actual, naive * count),
        noise_floor=accuracy.noise_floor(mean[~np.isnan(actual)]),
        coverage80=accuracy.coverage(actual[counted], band[counted, 1], band[counted, 3]),
        coverage95=accuracy.coverage(actual[counted], band[counted, 0], band[counted, 4]),
    )  # fmt: skip
    return found
