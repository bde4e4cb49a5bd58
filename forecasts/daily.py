"""How many contacts come in a whole day?

Day totals T_d are fitted by penalised quasi-likelihood with log link,

    E T_d = c_d exp(level_d + effects_d),   Var T_d = mu + s mu^2,

c_d being the share of the day that was recorded. Effects (weekday, holiday by name, beside a
holiday, day of the month, event, year) are shrunk by a ridge towards what is expected of them;
the level is a piecewise linear path whose only job here is to keep trends out of the effects;
beside terms of the year its knots stand half a year apart, or they would keep the year out as
well. Residuals beyond 2 standard deviations lose weight. The level that a forecast starts from
comes from `forecasts.level`.

Terms of the year are none, two or six harmonics. Each candidate forecasts four held-out spans of
28 days; their log factors are averaged with weights that fall with the error made.

Source: McCullagh and Nelder, Generalized Linear Models, 1989, chapter 9 (quasi-likelihood);
Huber 1964 (weights).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasts.daytypes import Effects

KNOT_DAYS = 42
KNOT_DAYS_BESIDE_YEAR = 182  # closer knots would take for a level what comes every year
LONGEST_MEMORY = 4 * 366  # older days would weigh next to nothing
SD_LEVEL_STEP = 0.07  # log distance of the level's knots from its mean
MEMORY_DAYS = 180.0  # half-life of a day's weight in the effects
HUBER = 2.0
ROUNDS = 3
TRIALS = 4  # held-out spans on which the candidates for the year are compared
TRIAL_DAYS = 28
TRIAL_LEVEL_DAYS = 28.0  # half-life of the level from which a trial starts
SHARPNESS = 10.0  # a candidate 10 % worse than the best gets 1/e of its weight


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
    yearly : float array
        Weight of each candidate for the year, the first being none.
    """

    effect: np.ndarray
    mean: np.ndarray
    dispersion: float
    yearly: np.ndarray


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
    from forecasts import _kernels_days

    knot_days = KNOT_DAYS_BESIDE_YEAR if len(effects.sizes) > 1 else KNOT_DAYS
    effect, mean, dispersion, yearly = _kernels_days.day_effects(
        totals, covered, effects.ptr, effects.col, effects.val, effects.year, effects.expected,
        effects.sd, MEMORY_DAYS, knot_days, SD_LEVEL_STEP, HUBER, ROUNDS, effects.sizes, TRIALS,
        TRIAL_DAYS, TRIAL_LEVEL_DAYS, SHARPNESS,
    )  # fmt: skip
    return DayFit(effect, mean, float(dispersion), yearly)
