"""How sure is the mean behind a forecast's bands, and what are the bands of a changed forecast?

A forecast frame shows a mean and quantiles. What-ifs, campaigns, overrides and the reforecast of
a running day change the mean; to draw the new bands they need the dispersion d, the squared
relative error of the mean beyond Poisson noise. A frame that carries a column ``dispersion``
says it; else it is read back from the width of the bands.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasts import quantiles as bands
from forecasts.frames import QUANTILES, counts, local_days

NEARLY_POISSON = 1e-6  # d below which bands cannot show it
LARGEST = 25.0  # five times the mean either way; wider bands say that nothing is known
REACH = 8.0  # how far off the guess is allowed to be before the whole range is searched
HALVINGS = 12  # of log d, to 0.1 % of d


def implied(frame: pd.DataFrame) -> np.ndarray:
    """Return the dispersion d of each row of a checked forecast frame.

    Read from a column ``dispersion`` if there is one. Else one d for each queue and local day:
    that under which the bands p2_5-p97_5 and p10-p90 of the day's intervals, drawn as
    `forecasts.forecast` draws them, are together as wide as those given. Counts are whole, so d
    of a day whose bands are only a few contacts wide is rough.

    Examples
    --------
    >>> start = pd.date_range("2026-03-02", periods=3, freq="h", tz="UTC")
    >>> frame = pd.DataFrame({"queue": "voice", "start": start, "volume": [100.0, 200.0, 90.0]})
    >>> frame[QUANTILES] = banded(frame["volume"].to_numpy(), np.full(3, 0.04))
    >>> implied(frame).round(2).tolist()
    [0.04, 0.04, 0.04]
    """
    if "dispersion" in frame.columns:
        return counts(frame, "dispersion", "forecast")
    volume = frame["volume"].to_numpy(np.float64)
    given = frame[QUANTILES].to_numpy(np.float64)
    day = local_days(frame)
    group = frame.groupby([frame["queue"].to_numpy(), day], sort=False).ngroup().to_numpy()
    number = int(group.max()) + 1
    used = volume > bands.NEGLIGIBLE
    wanted = np.bincount(group, np.where(used, _width(given), 0.0), number)
    mean, own = volume[used], group[used]

    def width(dispersion: np.ndarray) -> np.ndarray:
        return np.bincount(own, _width(banded(mean, dispersion[own])), number)

    guess = np.clip(_guess(given, volume, group), NEARLY_POISSON, LARGEST)
    low = np.maximum(guess / REACH, NEARLY_POISSON)
    high = np.minimum(guess * REACH, LARGEST)
    low = np.where(width(low) >= wanted, NEARLY_POISSON, low)
    high = np.where(width(high) < wanted, LARGEST, high)
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        narrow = width(middle) < wanted
        low, high = np.where(narrow, middle, low), np.where(narrow, high, middle)
    found = np.where(low <= NEARLY_POISSON, 0.0, np.sqrt(low * high))
    return found[group]


def _guess(given: np.ndarray, volume: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return d of each group if counts were normal: a p2_5-p97_5 band of 3.92 sd."""
    squared = np.bincount(group, ((given[:, 4] - given[:, 0]) / 3.92) ** 2 - volume)
    basis = np.bincount(group, volume**2)
    return np.divide(squared, basis, out=np.zeros(len(basis)), where=basis > 0)


def _width(quantiles: np.ndarray) -> np.ndarray:
    return np.asarray(quantiles[:, 4] - quantiles[:, 0] + quantiles[:, 3] - quantiles[:, 1])


def banded(volume: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Return the quantiles of the counts as `forecasts.forecast` draws them, (n, 5)."""
    return bands.quantiles(volume, dispersion, tail=bands.HEAVY_TAIL)


def rebanded(frame: pd.DataFrame, volume: np.ndarray, dispersion: np.ndarray) -> pd.DataFrame:
    """Return a copy of `frame` with this mean and dispersion, and the bands that follow."""
    changed = frame.copy()
    changed["volume"] = volume
    changed[QUANTILES] = banded(volume, dispersion)
    changed["dispersion"] = dispersion
    return changed


def relative(squared: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Return squared errors over squared means; 0 where (nearly) nothing is expected."""
    return np.divide(squared, volume**2, out=np.zeros(len(volume)), where=volume > bands.NEGLIGIBLE)
