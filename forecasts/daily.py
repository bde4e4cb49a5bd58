"""How many contacts come in a whole day?

Day totals T_d are fitted by penalised quasi-likelihood with log link,

    E T_d = c_d exp(level_d + effects_d),   Var T_d = mu + s mu^2,

c_d being the share of the day that was recorded. Effects (weekday, holiday by name, beside a
holiday, turn of the month, event, and the year if two years are known and it helps) are shrunk
by a ridge; the level is a piecewise linear path whose only job here is to keep trends out of
the effects. Residuals beyond 3 standard deviations lose weight. The level that a forecast
starts from comes from `forecasts.level`.

Source: McCullagh and Nelder, Generalized Linear Models, 1989, chapter 9 (quasi-likelihood);
Huber 1964 (weights).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasts.daytypes import Effects

KNOT_DAYS = 28
LONGEST_MEMORY = 4 * 366  # older days would weigh less than a sixteenth
SD_LEVEL_STEP = 0.07  # log change of the level between knots
MEMORY_DAYS = 365.0  # half-life of a day's weight in the effects
HUBER = 3.0
ROUNDS = 8
CLOSE_ENOUGH = 1e-3  # log change of any day's mean between rounds
LARGEST_STEP = 2.0
LEAST_DISPERSION = 1e-4


@dataclass(frozen=True)
class DayFit:
    """Fitted day effects.

    Attributes
    ----------
    effect : float array, shape (n,)
        Factor of each day of the effect columns, past and coming, level not included.
    mean : float array, shape (D,)
        Fitted totals of the past days, level and recorded share included.
    dispersion : float
        s, the squared relative error of a day beyond Poisson noise.
    """

    effect: np.ndarray
    mean: np.ndarray
    dispersion: float


def fit(totals: np.ndarray, covered: np.ndarray, effects: Effects) -> DayFit:
    """Return the day effects that the past days show.

    Parameters
    ----------
    totals : float array, shape (D,)
        Contacts recorded each day.
    covered : float array, shape (D,)
        Share of the day that was recorded, 0 for an idle day.
    effects : Effects
        At least D rows, the first D being the past days.
    """
    past = len(totals)
    level = _level_columns(past)
    columns = np.column_stack([level, effects.columns[:past]])
    sd = np.concatenate([[10.0], np.full(level.shape[1] - 1, SD_LEVEL_STEP), effects.sd])
    used = covered > 0
    design, counts, share = columns[used], totals[used], covered[used]
    memory = 0.5 ** ((past - 1 - np.flatnonzero(used)) / MEMORY_DAYS)
    ridge = np.diag(1 / sd**2)
    # A day's log total varies by about 0.3 before anything is explained.
    start = np.log((counts + 0.5) / share)
    beta = _solve(design, start - start.mean(), memory * share / 0.3**2, ridge)
    beta[0] += start.mean()
    dispersion = 0.1**2
    for _ in range(ROUNDS):
        mean = share * np.exp(np.clip(design @ beta, -20.0, 20.0))
        off = (counts - mean) / mean
        dispersion = _dispersion(off, mean)
        scale = np.sqrt(1 / mean + dispersion)
        robust = np.minimum(1.0, HUBER / np.maximum(np.abs(off) / scale, 1e-12))
        target = np.log(mean / share) + np.minimum(off, LARGEST_STEP)
        before, beta = beta, _solve(design, target, memory * robust / scale**2, ridge)
        if np.abs(design @ (beta - before)).max() < CLOSE_ENOUGH:
            break
    body = np.clip(columns @ beta, -20.0, 20.0)
    first = level.shape[1]
    effect = np.exp(np.clip(effects.columns @ beta[first:], -5.0, 5.0))
    return DayFit(effect, covered * np.exp(body), dispersion)


def _level_columns(past: int) -> np.ndarray:
    """Return an intercept and one ramp of length KNOT_DAYS per knot, counted from the end."""
    age = np.arange(past)[::-1]
    knots = np.arange(0, max(past - KNOT_DAYS // 2, 1), KNOT_DAYS)
    ramps = np.clip(1 - (age[:, None] - knots) / KNOT_DAYS, 0.0, 1.0)
    return np.column_stack([np.ones(past), ramps])


def _solve(
    design: np.ndarray, target: np.ndarray, weight: np.ndarray, ridge: np.ndarray
) -> np.ndarray:
    weighted = design * weight[:, None]
    return np.linalg.solve(weighted.T @ design + ridge, weighted.T @ target)


def _dispersion(off: np.ndarray, mean: np.ndarray) -> float:
    spread = 1.4826 * np.median(np.abs(off))
    return float(max(spread**2 - np.median(1 / mean), LEAST_DISPERSION))
