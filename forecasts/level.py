"""Where does the volume stand at the origin, and how fast does that knowledge fade?

A level is a ratio of decayed sums, contacts over what the day effects alone would give. An expert
starts at a fast one and returns to a slow one:

    level(h) = slow + (fast - slow) * 0.5 ** (h / carry),   h = lead in days.

The past is replayed day by day; the experts are averaged with weights that fall with the error
they made in it, the faster the longer the history. The errors of the average in that replay, less
Poisson noise, give the day-level variance by lead. Until a queue has seen a year its level may move
with one that the replay does not show; that adds a little, the more the further ahead.

Source: Vovk 1990 (exponential weights for experts).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from forecasts.daytypes import YEARLY_DAYS

SLOW = (7.0, 14.0, 28.0, 56.0)  # half-lives in days
FAST = (3.0,)
CARRY = (4.0, 14.0, 42.0)  # days until half of the fast level's lead is gone
SHARPNESS = 2.0  # for each horizon that fits into the replayed days
EXTRA = 0.5  # contacts at the mean ratio added to each decayed sum
REPLAYED_DAYS = 365
LONGEST_LEAD = 42
ENOUGH_ORIGINS = 100  # replayed origins that show the variance; more are thinned out
CLIP_SD = 4.0
COMPANY_SD = 3.0  # a far day beside one this far off the same way shows a new level
RIVAL_WEEKS, RIVAL_DAYS = 4, 42  # what the experts are compared with, and over which last days
OPTIMISM = 1.2  # squared error of new days over that of replayed ones, in long histories
UNSEEN_YEAR = 0.03  # relative error that the year adds in 28 days to a queue that knows none yet
SHORT_OPTIMISM = 4.0  # added to it where the replay holds one horizon; fades with its square

HALF_LIVES = np.array(sorted({*SLOW, *FAST}))


@dataclass(frozen=True)
class Level:
    """Level at the origin and its uncertainty.

    Attributes
    ----------
    paths : float array, shape (H,)
        Contacts per unit of day effect, one for each half-life.
    weights : float array, shape (E,)
        Of the experts, in the order of `experts`; they sum to 1.
    variance_now, variance_a_day : float
        Squared relative error of a day's mean beyond Poisson noise: at lead 0, and its growth.
    against_mean : float
        Absolute error in the replay over that of the mean of the last `RIVAL_WEEKS` same weekdays,
        over the last `RIVAL_DAYS`.
    """

    paths: np.ndarray
    weights: np.ndarray
    variance_now: float
    variance_a_day: float
    against_mean: float = 0.0

    def at(self, lead: np.ndarray) -> np.ndarray:
        """Return the level `lead` whole days after the origin."""
        lead = np.asarray(lead, np.int64)
        return np.asarray((self.paths @ _parts(self.weights, int(lead.max(initial=0))))[lead])

    def variance(self, lead: np.ndarray) -> np.ndarray:
        """Return the squared relative error of a day's mean `lead` days after the origin."""
        return np.asarray(self.variance_now + self.variance_a_day * np.asarray(lead))


@cache
def experts() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return slow and fast half-life (indices into `HALF_LIVES`) and carry of each expert."""
    at = {half_life: number for number, half_life in enumerate(HALF_LIVES)}
    plain = [(at[slow], at[slow], 0.0) for slow in SLOW]
    mixed = [(at[s], at[f], carry) for s in SLOW for f in FAST if f < s for carry in CARRY]
    slow, fast, carry = zip(*plain, *mixed, strict=True)
    return np.array(slow), np.array(fast), np.array(carry)


@lru_cache(maxsize=16)
def _kept(leads: int) -> np.ndarray:
    """Return how much of the fast level's lead is left at leads 0 to `leads`, (experts, leads)."""
    carry = experts()[2][:, None]
    lead = np.arange(leads + 1.0)
    return np.where(carry > 0, 0.5 ** (lead / np.maximum(carry, 1e-9)), 0.0)


@cache
def _owners() -> tuple[np.ndarray, np.ndarray]:
    """Return which half-life is the slow, and which the fast one of each expert, (H, E)."""
    slow, fast, _ = experts()
    number = np.arange(len(HALF_LIVES))[:, None]
    return (slow == number).astype(float), (fast == number).astype(float)


def _parts(weights: np.ndarray, leads: int) -> np.ndarray:
    """Return the weight of each half-life's path at leads 0 to `leads`, shape (H, leads + 1)."""
    slow, fast = _owners()
    return np.asarray((fast - slow) @ (weights[:, None] * _kept(leads)) + (slow @ weights)[:, None])


def fit(
    totals: np.ndarray,
    unit: np.ndarray,
    fitted: np.ndarray,
    *,
    dispersion: float,
    leads: int,
    covered: np.ndarray | None = None,
) -> Level:
    """Return the level at the end of the past days.

    Parameters
    ----------
    totals : float array, shape (D,)
        Contacts recorded each day.
    unit : float array, shape (D,)
        Day effect times the share of the day that was recorded; 0 for an idle day.
    fitted : float array, shape (D,)
        Mean of each day around which outliers are clipped.
    dispersion : float
        Squared relative error of a day beyond Poisson noise.
    leads : int
        Days ahead that matter to the caller.
    covered : float array, shape (D,), optional
        Share of each day that was recorded, needed for `against_mean`.
    """
    from forecasts import _kernels

    slow, fast, _ = experts()
    even = np.full(len(slow), 1 / len(slow))
    used = unit > 0
    if not (used & (totals > 0)).any():
        return Level(np.zeros(len(HALF_LIVES)), even, 0.0, 0.0)
    contacts, units = _kernels.level_parts(totals, unit, fitted, dispersion, CLIP_SD, COMPANY_SD)
    paths = _kernels.level_paths(contacts, units, HALF_LIVES, EXTRA)
    days = len(totals)
    leads = max(1, min(leads, LONGEST_LEAD, days // 3))
    first = max(days // 3, min(days - 1, 7), days - REPLAYED_DAYS)
    if first >= days - 1:
        return Level(paths[:, -1], even, dispersion, 0.0)
    loss = _kernels.replay_losses(totals, unit, paths, slow, fast, _kept(leads)[:, 1:], first)
    horizons = (days - 1 - first) / leads
    weights = np.exp(-SHARPNESS * horizons * (loss / max(loss.min(), 1e-12) - 1))
    weights /= weights.sum()
    step = 1 + (days - first) // ENOUGH_ORIGINS
    replayed, actual = _kernels.replay_errors(
        totals, unit, paths, _parts(weights, leads)[:, 1:], first, step
    )
    now, a_day = _variance(*_kernels.excess_by_lead(actual, replayed, dispersion, CLIP_SD))
    # The effects were fitted to the replayed days and the experts weighted by them: new days err
    # more, much more where the replay held few horizons.
    optimism = OPTIMISM + SHORT_OPTIMISM / horizons**2
    a_year = 0.0 if days >= YEARLY_DAYS else UNSEEN_YEAR**2 / 28
    against = 0.0
    if covered is not None:
        against = float(_kernels.error_against_mean(
            totals, covered, replayed, actual, first, step, RIVAL_WEEKS, days - RIVAL_DAYS
        ))  # fmt: skip
    return Level(paths[:, -1], weights, now * optimism, a_day * optimism + a_year, against)


def _variance(excess: np.ndarray, basis: np.ndarray) -> tuple[float, float]:
    """Return squared relative error beyond Poisson at lead 0 and its growth a day, both >= 0."""
    by_lead = np.divide(excess, basis, out=np.zeros(len(basis)), where=basis > 0)
    lead, weight = np.arange(1, len(basis) + 1), basis / max(basis.sum(), 1e-300)
    centre, middle = weight @ by_lead, weight @ lead
    spread = weight @ (lead - middle) ** 2
    growth = weight @ ((lead - middle) * by_lead) / spread if spread > 0 else 0.0
    growth = min(max(growth, 0.0), max(centre, 0.0) / max(middle, 1.0))
    return float(max(centre - growth * middle, 0.0)), float(growth)
