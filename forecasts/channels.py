"""What if contacts move to another channel, or are solved before they reach anybody?

`shift` moves a share of a queue's contacts to another queue, where each may take longer and some
are contained; `contain` lets self-service solve a share. `totals` adds queues up to groups from
the bottom, so that parts and sums agree to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, frames, spread
from forecasts.errors import BadInput


def shift(
    forecast: Any,
    *,
    source: Any,
    target: Any,
    share: float,
    contacts_each: float = 1.0,
    aht_s: float | None = None,
    share_sd: float = 0.0,
) -> pd.DataFrame:
    """Return the forecast when `share` of `source` goes to `target` instead.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        Holds both queues.
    source, target : object
        Names of the queues.
    share : float
        Share of each interval's contacts that moves, 0 to 1.
    contacts_each : float
        Contacts in `target` for one that moved: below 1 if some are solved on the way, above 1
        if some call as well.
    aht_s : float, optional
        Handle time of a moved contact in `target`, seconds; that queue's own if absent.
    share_sd : float
        Standard deviation of `share`, common to all intervals; it widens both bands.

    Returns
    -------
    DataFrame
        The forecast's rows and columns, and dispersion. Contacts that move in an interval in
        which `target` expects none (it is closed) come in the next one in which it does; after
        its last one, in that.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.to_datetime(["2026-03-02 09:00"] * 2).tz_localize("UTC")
    >>> frame = pd.DataFrame({"queue": ["voice", "chat"], "start": start, "volume": [100.0, 40.0],
    ...                       "aht_s": [300.0, 600.0], "dispersion": 0.0})
    >>> moved = shift(frame, source="voice", target="chat", share=0.2, aht_s=450.0)
    >>> moved["volume"].tolist(), moved["aht_s"].tolist()
    ([80.0, 60.0], [300.0, 550.0])
    """
    frame = frames.checked(forecast)
    _fraction(share, "share")
    _positive(contacts_each, "contacts_each", zero=True)
    _positive(share_sd, "share_sd", zero=True)
    if aht_s is not None:
        _positive(aht_s, "aht_s")
    if source == target:
        raise BadInput(f"shift: source and target are both {source!r}; name two queues")
    rows = {name: _rows(frame, name, "shift") for name in (source, target)}
    volume = frame["volume"].to_numpy(np.float64)
    squared = spread.implied(frame) * volume**2
    changed, spreads = volume.copy(), squared.copy()
    leaving = volume[rows[source]] * share
    changed[rows[source]] -= leaving
    spreads[rows[source]] = (
        squared[rows[source]] * (1 - share) ** 2 + (share_sd * volume[rows[source]]) ** 2
    )
    route = _route(frame, volume, rows[source], rows[target])
    coming = np.zeros(len(frame))
    np.add.at(coming, route, leaving * contacts_each)
    sd = np.zeros(len(frame))
    own_sd = np.sqrt(squared[rows[source]] * share**2 + (share_sd * volume[rows[source]]) ** 2)
    np.add.at(sd, route, own_sd * contacts_each)
    changed += coming
    spreads += sd**2
    result = spread.rebanded(frame, changed, spread.relative(spreads, changed))
    if aht_s is not None and "aht_s" in frame.columns:
        own = frame["aht_s"].to_numpy(np.float64, na_value=np.nan)
        seconds = np.where(volume > 0, own * volume, 0.0) + aht_s * coming
        mixed = np.divide(seconds, changed, out=own.copy(), where=(coming > 0) & (changed > 0))
        result["aht_s"] = mixed
    return result


def contain(
    forecast: Any,
    *,
    queue: Any,
    share: float,
    share_sd: float = 0.0,
    aht_factor: float = 1.0,
) -> pd.DataFrame:
    """Return the forecast when self-service solves `share` of a queue's contacts.

    Parameters
    ----------
    forecast : Forecast or DataFrame
    queue : object
    share : float
        Containment: share of the contacts that no longer reach an agent, 0 to 1.
    share_sd : float
        Its standard deviation; it widens the band.
    aht_factor : float
        Handle time of the contacts that remain over the present mean; above 1 when the easy ones
        go, as they do.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.to_datetime(["2026-03-02 09:00"]).tz_localize("UTC")
    >>> frame = pd.DataFrame({"queue": "voice", "start": start, "volume": [100.0],
    ...                       "aht_s": [300.0], "dispersion": 0.0})
    >>> left = contain(frame, queue="voice", share=0.1, aht_factor=1.05)
    >>> left["volume"].tolist(), left["aht_s"].tolist()
    ([90.0], [315.0])
    """
    frame = frames.checked(forecast)
    _fraction(share, "share")
    _positive(share_sd, "share_sd", zero=True)
    _positive(aht_factor, "aht_factor")
    rows = _rows(frame, queue, "contain")
    volume = frame["volume"].to_numpy(np.float64)
    changed, squared = volume.copy(), spread.implied(frame) * volume**2
    changed[rows] *= 1 - share
    squared[rows] = squared[rows] * (1 - share) ** 2 + (share_sd * volume[rows]) ** 2
    result = spread.rebanded(frame, changed, spread.relative(squared, changed))
    if "aht_s" in frame.columns:
        aht_s = frame["aht_s"].to_numpy(np.float64, na_value=np.nan).copy()
        aht_s[rows] *= aht_factor
        result["aht_s"] = aht_s
    return result


def _rows(frame: pd.DataFrame, queue: Any, name: str) -> np.ndarray:
    rows = np.flatnonzero(frame["queue"].to_numpy(object) == queue)
    if not len(rows):
        got = list(map(str, frame["queue"].unique()))[:20]
        raise BadInput(f"{name}: queue {queue!r} is not in the forecast; it has {got}")
    return rows


def _route(
    frame: pd.DataFrame, volume: np.ndarray, source: np.ndarray, target: np.ndarray
) -> np.ndarray:
    """Return for each row of `source` the row of `target` that takes its contacts.

    The same interval or the next one in which the target is open; after its last, the last.
    """
    starts = clock.utc_ns(frame["start"])
    target = target[np.argsort(starts[target], kind="stable")]
    is_open = target[volume[target] > 0]
    if not len(is_open):
        is_open = target
    at = np.searchsorted(starts[is_open], starts[source])
    return np.asarray(is_open[np.minimum(at, len(is_open) - 1)])


def _fraction(value: Any, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise BadInput(
            f"{name}: expected a fraction from 0 to 1, got {value!r} - was a percent passed?"
        )


def _positive(value: Any, name: str, *, zero: bool = False) -> None:
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not good or not (0 <= value < math.inf if zero else 0 < value < math.inf):
        raise BadInput(f"{name}: expected a number {'>=' if zero else '>'} 0, got {value!r}")


def totals(
    forecast: Any, groups: Mapping[Any, Iterable[Any]], *, together: float = 0.0
) -> pd.DataFrame:
    """Return the forecasts of groups of queues, each the sum of its queues.

    Parameters
    ----------
    forecast : Forecast or DataFrame
    groups : mapping of group to queues
        For example ``{"centre": ["voice", "chat"]}``; a queue may stand in several groups.
    together : float
        Correlation of the queues' errors, 0 (independent) to 1 (all too high or all too low).
        Nobody states it: errors that are one wrong weekday effect go together.

    Returns
    -------
    DataFrame
        queue (the group), start, volume (the exactly rounded sum, so that the order of the queues
        does not matter), aht_s (weighted by volume), quantiles and dispersion.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.to_datetime(["2026-03-02 09:00"] * 3).tz_localize("UTC")
    >>> frame = pd.DataFrame({"queue": ["a", "b", "c"], "start": start, "volume": [0.1, 0.2, 0.3],
    ...                       "dispersion": 0.0})
    >>> totals(frame, {"centre": ["c", "a", "b"]})["volume"].tolist()
    [0.6]
    """
    frame = frames.checked(forecast)
    _fraction(together, "together")
    if not isinstance(groups, Mapping) or not groups:
        raise BadInput(f"groups: expected a mapping of group to its queues, got {groups!r}")
    volume = frame["volume"].to_numpy(np.float64)
    sd = np.sqrt(spread.implied(frame)) * volume
    parts = []
    for group, queues in groups.items():
        names = list(queues)
        if isinstance(queues, str) or not names or len(set(names)) < len(names):
            raise BadInput(f"groups: {group!r} needs a list of different queues, got {queues!r}")
        rows = np.concatenate([_rows(frame, name, f"groups: {group!r}") for name in names])
        rows = rows[np.argsort(clock.utc_ns(frame["start"].iloc[rows]), kind="stable")]
        parts.append(_sum(frame.iloc[rows], volume[rows], sd[rows], group=group, together=together))
    return pd.concat(parts, ignore_index=True)


def _sum(
    frame: pd.DataFrame, volume: np.ndarray, sd: np.ndarray, *, group: Any, together: float
) -> pd.DataFrame:
    start = frame["start"]
    found, at = np.unique(clock.utc_ns(start), return_inverse=True)
    edges = np.concatenate([np.flatnonzero(np.diff(at, prepend=-1)), [len(at)]])
    pairs = list(pairwise(edges))
    total = np.array([math.fsum(volume[low:high]) for low, high in pairs])
    alone, all_at_once = np.bincount(at, sd**2), np.bincount(at, sd) ** 2
    dispersion = spread.relative((1 - together) * alone + together * all_at_once, total)
    table = pd.DataFrame({
        "queue": group, "start": clock.instants(found, clock.zone_of(start)), "volume": total,
    })  # fmt: skip
    if "aht_s" in frame.columns:
        aht_s = frame["aht_s"].to_numpy(np.float64, na_value=np.nan)
        known = ~np.isnan(aht_s)
        seconds = np.bincount(at, np.where(known, aht_s, 0.0) * volume, len(total))
        basis = np.bincount(at, np.where(known, volume, 0.0), len(total))
        table["aht_s"] = np.divide(seconds, basis, out=np.full(len(total), np.nan), where=basis > 0)
    table[frames.QUANTILES] = spread.banded(total, dispersion)
    table["dispersion"] = dispersion
    return table
