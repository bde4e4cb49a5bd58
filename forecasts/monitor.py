"""Did something happen that nobody announced: a spike, or an outage?

A one-sided cumulative sum over the intervals of a queue,

    z = (actual - forecast) / sqrt(phi forecast),    C = max(0, C + z - k),

signals when C > h and begins again at 0. A signal starts at the interval after the last C = 0
and is as large as the sum of actual - forecast since then. The same sum over -z finds outages
and broken imports. With k = 0.5, h = 5 and residuals that are independent and normal, a false
alarm comes every 930 intervals on each side; a lasting shift of one sigma is found after 10.4 on
average, one of two after 4.0.

Forecasts err for hours on end, which that does not allow for. With the parts of the error known
(`forecasts.dispersion`), z is what an interval says beyond all earlier ones of its day,

    z = L^-1 r,    r = actual / forecast - 1,    L L' = S + diag(1 / forecast + within),

the innovations of the running reforecast, which are uncorrelated with variance 1.

Source: Page 1954; run lengths by Siegmund 1985, equation 2.57 in the form of Montgomery,
Introduction to Statistical Quality Control, section 9.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, events, frames
from forecasts.dispersion import Dispersion
from forecasts.errors import BadInput

ALLOWANCE = 0.5  # k, sigmas; half the smallest lasting shift worth finding
LIMIT = 5.0  # h, sigmas
COLUMNS = ["queue", "direction", "start", "signal", "contacts", "intervals", "event"]


def dispersion(forecast: Any, actuals: pd.DataFrame) -> dict[Any, float]:
    """Return phi by queue: how much larger than Poisson's the residuals of past intervals are.

    1.5^2 x the squared median of |actual - forecast| / sqrt(forecast), at least 1: the robust
    scale of the residuals, which one spike among them does not widen. Intervals with fewer than
    one expected contact are left out; a queue without others gets 1.

    Examples
    --------
    >>> start = pd.date_range("2026-03-02", periods=4, freq="h", tz="UTC")
    >>> frame = pd.DataFrame({"queue": "voice", "start": start, "volume": 100.0, "dispersion": 0.1})
    >>> came = frame.assign(offered=[80.0, 120.0, 120.0, 900.0])
    >>> round(dispersion(frame, came)["voice"], 2)
    8.79
    """
    frame = frames.checked(forecast)
    volume = frame["volume"].to_numpy(np.float64)
    offered = frames.matched(frame, actuals)
    found = {}
    for queue, rows in frame.groupby("queue", sort=False).indices.items():
        used = rows[(volume[rows] >= 1) & ~np.isnan(offered[rows])]
        off = np.abs(offered[used] - volume[used]) / np.sqrt(volume[used])
        found[queue] = max((1.4826 * float(np.median(off))) ** 2, 1.0) if len(used) else 1.0
    return found


def watch(
    forecast: Any,
    actuals: pd.DataFrame,
    *,
    phi: float | dict[Any, float] = 1.0,
    parts: Dispersion | Mapping[Any, Dispersion] | None = None,
    register: pd.DataFrame | None = None,
    allowance: float = ALLOWANCE,
    limit: float = LIMIT,
) -> pd.DataFrame:
    """Return the signals of every queue, in order of time.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        Intervals watched; campaigns that are known should be in it.
    actuals : DataFrame
        queue, start, offered. An interval without an actual leaves the sums as they are; so does
        one with no expected contacts.
    phi : float or dict
        Dispersion of past residuals, >= 1, see `dispersion`; by queue, or one for all.
    parts : Dispersion or mapping of queue to Dispersion, optional
        How the forecast errs, from `forecasts.dispersion.measured`. Queues with it are watched by
        their innovations instead, without phi; a signal whose contacts lie on the other side of
        the forecast is the end of an earlier deviation and is left out.
    register : DataFrame, optional
        Known events, see `forecasts.events.check`; a signal whose start falls into one is linked.
    allowance, limit : float
        k > 0 and h > 0, in sigmas.

    Returns
    -------
    DataFrame
        queue, direction (``"spike"`` or ``"outage"``), start, signal (starts of the first
        interval of the deviation and of the one that gave the alarm), contacts (sum of
        actual - forecast between), intervals, event (name of the linked one, None for an
        unregistered deviation).

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.date_range("2026-03-02 09:00", periods=6, freq="30min", tz="UTC")
    >>> frame = pd.DataFrame({"queue": "voice", "start": start, "volume": 100.0, "dispersion": 0.0})
    >>> came = frame.assign(offered=[104, 96, 118, 125, 131, 122])
    >>> found = watch(frame, came, phi=1.5)
    >>> found["contacts"].tolist(), found["intervals"].tolist(), found["start"].dt.hour.tolist()
    ([96.0], [4], [10])
    """
    for name, value in (("allowance", allowance), ("limit", limit)):
        if not isinstance(value, (int, float)) or not 0 < value < np.inf:
            raise BadInput(f"{name}: expected a number of sigmas > 0, got {value!r}")
    frame = frames.checked(forecast).reset_index(drop=True)
    offered = frames.matched(frame, actuals)
    volume = frame["volume"].to_numpy(np.float64)
    signals = []
    for queue, rows in frame.groupby("queue", sort=False).indices.items():
        own = np.asarray(rows)[np.argsort(clock.utc_ns(frame["start"].iloc[rows]), kind="stable")]
        own = own[(volume[own] > 0) & ~np.isnan(offered[own])]
        off = offered[own] - volume[own]
        known = parts.get(queue) if isinstance(parts, Mapping) else parts
        if known is None:
            z = off / np.sqrt(_phi(phi, queue) * volume[own])
        else:
            z = _innovations(off / volume[own], volume[own], frame["start"].iloc[own], known)
        for direction, sign in (("spike", 1.0), ("outage", -1.0)):
            for first, last in _signals(sign * z, allowance, limit):
                if sign * off[first : last + 1].sum() <= 0:
                    continue
                signals.append((
                    queue, direction, frame["start"].iloc[own[first]],
                    frame["start"].iloc[own[last]], float(off[first : last + 1].sum()),
                    last - first + 1,
                ))  # fmt: skip
    found = pd.DataFrame(signals, columns=COLUMNS[:-1])
    found = found.astype({"queue": frame["queue"].dtype})
    for column in ("start", "signal"):
        found[column] = pd.DatetimeIndex(found[column]).tz_convert("UTC") if len(found) else []
        found[column] = found[column].astype(frame["start"].dtype)
    found["event"] = pd.Series(_linked(found, register), dtype=object, index=found.index)
    return found.sort_values(["signal", "direction"], ignore_index=True, kind="stable")


def _phi(phi: float | dict[Any, float], queue: Any) -> float:
    value = phi.get(queue) if isinstance(phi, dict) else phi
    if not isinstance(value, (int, float)) or not 1 <= value < np.inf:
        raise BadInput(
            f"phi: expected a number >= 1 for queue {queue!r}, got {value!r}; "
            "take it from monitor.dispersion(past forecast, past actuals)"
        )
    return float(value)


def _innovations(
    off: np.ndarray, volume: np.ndarray, start: pd.Series, parts: Dispersion
) -> np.ndarray:
    """Return what each interval says beyond the earlier ones of its local day, in sigmas."""
    hours = clock.utc_ns(start) / (60 * clock.NS_A_MINUTE)
    day = clock.day_numbers(start)
    z = np.zeros(len(off))
    for one in np.unique(day):
        own = day == one
        noise = np.diag(1 / volume[own] + parts.within)
        root = np.linalg.cholesky(parts.covariance(hours[own]) + noise)
        z[own] = np.linalg.solve(root, off[own])
    return z


def _signals(z: np.ndarray, allowance: float, limit: float) -> list[tuple[int, int]]:
    found, total, first = [], 0.0, 0
    for at, value in enumerate(z.tolist()):
        total = max(0.0, total + value - allowance)
        if total == 0.0:
            first = at + 1
        elif total > limit:
            found.append((first, at))
            total, first = 0.0, at + 1
    return found


def _linked(found: pd.DataFrame, register: pd.DataFrame | None) -> list[str | None]:
    known = events.check(register)
    if known is None or not len(found):
        return [None] * len(found)
    first = clock.day_numbers(found["start"])
    last = clock.day_numbers(found["signal"])
    names: list[str | None] = []
    for queue, begin, end in zip(found["queue"], first, last, strict=True):
        covers = events.named(known, queue, np.arange(begin, end + 1))
        names.append(next((name for name, days in covers.items() if days.any()), None))
    return names


def run_length(shift: float, *, allowance: float = ALLOWANCE, limit: float = LIMIT) -> float:
    """Return the mean number of intervals until a one-sided signal, from a sum of 0.

    (exp(-2 D b) + 2 D b - 1) / (2 D^2) with D = shift - allowance and b = limit + 1.166.

    Parameters
    ----------
    shift : float
        Lasting shift of the residuals, in sigmas; 0 for the time between false alarms.
    allowance, limit : float
        k and h of `watch`, in sigmas.

    Source: Siegmund 1985. Residuals are taken as independent and normal; few contacts an
    interval, or errors that last a day, bring false alarms sooner.

    Examples
    --------
    >>> [round(run_length(shift), 1) for shift in (0.0, 0.5, 1.0, 2.0, 3.0)]
    [938.2, 38.0, 10.3, 3.9, 2.4]
    """
    drift, reach = shift - allowance, limit + 1.166
    if abs(drift) < 1e-6:  # the formula loses its digits here
        return reach**2
    return float((np.exp(-2 * drift * reach) + 2 * drift * reach - 1) / (2 * drift**2))
