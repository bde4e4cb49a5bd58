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

LARGEST = 25.0  # five times the mean either way; wider bands say that nothing is known
HALVINGS = 26  # of the search interval for d, to a relative 1e-7 of LARGEST


def implied(frame: pd.DataFrame) -> np.ndarray:
    """Return the dispersion d of each row of a checked forecast frame.

    Read from a column ``dispersion`` if there is one. Else one d for each queue and local day:
    that under which the negative binomial bands p2_5-p97_5 and p10-p90 of the day's intervals are
    together as wide as those given. Counts are whole, so d of a day whose bands are only a few
    contacts wide is rough.

    Examples
    --------
    >>> start = pd.date_range("2026-03-02", periods=3, freq="h", tz="UTC")
    >>> frame = pd.DataFrame({"queue": "voice", "start": start, "volume": [100.0, 200.0, 90.0]})
    >>> frame[QUANTILES] = bands.quantiles(frame["volume"].to_numpy(), np.full(3, 0.04))
    >>> implied(frame).round(2).tolist()
    [0.04, 0.04, 0.04]
    """
    if "dispersion" in frame.columns:
        return counts(frame, "dispersion", "forecast")
    from scipy.stats import nbinom

    volume = frame["volume"].to_numpy(np.float64)
    given = frame[QUANTILES].to_numpy(np.float64)
    day = local_days(frame)
    group = frame.groupby([frame["queue"].to_numpy(), day], sort=False).ngroup().to_numpy()
    number = int(group.max()) + 1
    used = volume > bands.NEGLIGIBLE
    wanted = np.bincount(group, np.where(used, _width(given), 0.0), number)
    mean, own = volume[used, None], group[used]
    levels = np.array(list(bands.LEVELS.values()))
    low, high = np.full(number, bands.NEARLY_POISSON), np.full(number, LARGEST)
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        size = 1 / middle[own, None]
        tried = nbinom.ppf(levels[[0, 1, 3, 4]], size, size / (size + mean))
        wide = np.bincount(own, tried[:, 3] - tried[:, 0] + tried[:, 2] - tried[:, 1], number)
        low, high = np.where(wide < wanted, middle, low), np.where(wide < wanted, high, middle)
    found = np.where(high <= bands.NEARLY_POISSON * 1.01, 0.0, np.sqrt(low * high))
    return found[group]


def _width(quantiles: np.ndarray) -> np.ndarray:
    return np.asarray(quantiles[:, 4] - quantiles[:, 0] + quantiles[:, 3] - quantiles[:, 1])


def rebanded(frame: pd.DataFrame, volume: np.ndarray, dispersion: np.ndarray) -> pd.DataFrame:
    """Return a copy of `frame` with this mean and dispersion, and the bands that follow."""
    changed = frame.copy()
    changed["volume"] = volume
    changed[QUANTILES] = bands.quantiles(volume, dispersion)
    changed["dispersion"] = dispersion
    return changed


def relative(squared: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Return squared errors over squared means; 0 where (nearly) nothing is expected."""
    return np.divide(squared, volume**2, out=np.zeros(len(volume)), where=volume > bands.NEGLIGIBLE)
