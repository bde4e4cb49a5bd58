"""Where does the volume stand at the origin, and how fast does that knowledge fade?

The level is a ratio of decayed sums, contacts over what the day effects alone would give, at
two speeds. The forecast starts at the fast one and returns to the slow one:

    level(h) = slow * (fast / slow) ** (0.5 ** (h / carry)),   h = lead in days.

Both half-lives and `carry` are those with the smallest absolute error when the past is replayed
day by day; the errors of that replay, less Poisson noise, give the day-level variance by lead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SLOW = (28.0, 56.0, 112.0)  # half-lives in days
FAST = (3.0, 7.0, 14.0)
CARRY = (0.0, 4.0, 14.0, 42.0)  # days until half of the fast level's lead is gone; 0: none
REPLAYED_DAYS = 365
LONGEST_LEAD = 42
CLIP_SD = 4.0


@dataclass(frozen=True)
class Level:
    """Level at the origin and its uncertainty.

    Attributes
    ----------
    slow, fast : float
        Contacts per unit of day effect, by the two half-lives.
    carry : float
        Days until half of the difference between them is gone.
    variance_now, variance_a_day : float
        Squared relative error of a day's mean beyond Poisson noise: at lead 0, and its growth.
    """

    slow: float
    fast: float
    carry: float
    variance_now: float
    variance_a_day: float

    def at(self, lead: np.ndarray) -> np.ndarray:
        """Return the level `lead` days after the origin."""
        if self.slow <= 0 or self.fast <= 0:
            return np.full(np.shape(lead), self.slow)
        return np.asarray(self.slow * (self.fast / self.slow) ** _kept(self.carry, lead))

    def variance(self, lead: np.ndarray) -> np.ndarray:
        """Return the squared relative error of a day's mean `lead` days after the origin."""
        return np.asarray(self.variance_now + self.variance_a_day * np.asarray(lead))


def fit(
    totals: np.ndarray,
    unit: np.ndarray,
    fitted: np.ndarray,
    *,
    dispersion: float,
    leads: int,
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
    """
    used = unit > 0
    if not (used & (totals > 0)).any():
        return Level(0.0, 0.0, 0.0, 0.0, 0.0)
    reach = CLIP_SD * np.sqrt(fitted + dispersion * fitted**2)
    clipped = np.clip(totals, fitted - reach, fitted + reach)
    weight = np.where(used, 1 / (1 + dispersion * fitted), 0.0)
    paths = {
        half_life: _path(clipped * weight, unit * weight, half_life)
        for half_life in sorted({*SLOW, *FAST})
    }
    days = len(totals)
    leads = int(np.clip(leads, 1, min(LONGEST_LEAD, max(1, days // 3))))
    origins = np.arange(max(days // 3, min(days - 1, 7), days - REPLAYED_DAYS), days - 1)
    if not len(origins):
        level = paths[SLOW[0]][-1]
        return Level(level, level, 0.0, dispersion, 0.0)
    ahead = origins[:, None] + np.arange(1, leads + 1)
    known = (ahead < days) & used[np.minimum(ahead, days - 1)]
    ahead = np.minimum(ahead, days - 1)
    actual, target_unit = totals[ahead], unit[ahead]
    best, chosen, replayed = np.inf, (SLOW[0], FAST[0], 0.0), np.zeros(ahead.shape)
    for slow in SLOW:
        base = paths[slow][origins][:, None]
        for fast in FAST:
            ratio = np.log(paths[fast][origins] / paths[slow][origins])[:, None]
            for carry in CARRY:
                if carry == 0 and fast != FAST[0]:
                    continue
                tried = target_unit * base
                if carry:
                    tried = tried * np.exp(ratio * _kept(carry, np.arange(1, leads + 1)))
                loss = np.abs(np.where(known, tried - actual, 0.0)).sum()
                if loss < best:
                    best, chosen, replayed = loss, (slow, fast, carry), tried
    now, a_day = _variance(actual, replayed, known, dispersion=dispersion)
    slow, fast, carry = chosen
    # Weekday and other effects were fitted to the same days; each rests on about this many.
    optimism = 1 + 7 / max(int(used.sum()), 7)
    return Level(float(paths[slow][-1]), float(paths[fast][-1]), carry,
                 now * optimism, a_day * optimism)  # fmt: skip


def _kept(carry: float, lead: np.ndarray) -> np.ndarray:
    return 0.5 ** (np.asarray(lead) / carry) if carry > 0 else np.zeros(np.shape(lead))


def _path(contacts: np.ndarray, unit: np.ndarray, half_life: float) -> np.ndarray:
    """Return the decayed ratio after each day, half a contact at the mean ratio added."""
    mean = contacts.sum() / unit.sum()
    frame = pd.DataFrame({"contacts": contacts, "unit": unit})
    sums = frame.ewm(halflife=half_life).mean()
    decay = 0.5 ** (1 / half_life)
    weights = (1 - decay ** np.arange(1, len(unit) + 1)) / (1 - decay)
    extra = 0.5 / weights
    return ((sums["contacts"] + extra) / (sums["unit"] + extra / mean)).to_numpy()


def _variance(
    actual: np.ndarray, replayed: np.ndarray, known: np.ndarray, *, dispersion: float
) -> tuple[float, float]:
    """Return squared relative error beyond Poisson at lead 0 and its growth a day, both >= 0."""
    squared = (actual - replayed) ** 2
    usual = max(dispersion, 1e-4)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(known & (replayed > 0), np.abs(actual - replayed) / replayed, np.nan)
    if np.isfinite(relative).any():
        usual = max(usual, (1.4826 * float(np.nanmedian(relative))) ** 2)
    squared = np.minimum(squared, CLIP_SD**2 * (replayed + usual * replayed**2))
    excess = np.where(known, squared - replayed, 0.0).sum(axis=0)
    basis = np.where(known, replayed**2, 0.0).sum(axis=0)
    by_lead = np.divide(excess, basis, out=np.zeros(len(basis)), where=basis > 0)
    lead, weight = np.arange(1, len(basis) + 1), basis / max(basis.sum(), 1e-300)
    centre, middle = (weight * by_lead).sum(), (weight * lead).sum()
    spread = (weight * (lead - middle) ** 2).sum()
    growth = (weight * (lead - middle) * by_lead).sum() / spread if spread > 0 else 0.0
    growth = min(max(growth, 0.0), max(centre, 0.0) / max(middle, 1.0))
    return float(max(centre - growth * middle, 0.0)), float(growth)
