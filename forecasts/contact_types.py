"""How long will a contact take when the mix of contact types is known?

For type y and interval of the day k, with n contacts and s seconds of handling, old ones decayed,

    m_y  = (s_y + 100 m) / (n_y + 100),               the type's mean, m being the queue's;
    f_k  = (s_k + 100 m) / (sum_y n_yk m_y + 100 m),  the hour's factor, the mix allowed for;
    a_yk = (s_yk + 100 m_y f_k) / (n_yk + 100).

Each prior weighs 100 contacts, so a type or an hour with few contacts keeps the value of what it
belongs to. The handle time of an interval is the sum over types of share x a_yk.

Source: Bühlmann's credibility estimator (1967) with k = 100 contacts, in three steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, frames
from forecasts.aht import HALF_LIFE, PRIOR_CONTACTS
from forecasts.clock import Interval
from forecasts.errors import BadInput

CLOSE_TO_ONE = 1e-6  # shares are typed or exported with a few digits
ROUNDS = 500  # of fitting; a handful do, unless a type is to vanish


@dataclass(frozen=True)
class TypeTimes:
    """Handle times of one queue by contact type.

    Attributes
    ----------
    queue : object
    types : tuple
        The contact types, in order of first appearance.
    interval : Interval
    aht_s : float array, shape (Y, K)
        Expected handle time of each type in each interval of the local day, seconds.
    mean_s : float array, shape (Y,)
        Expected handle time of each type, seconds.
    contacts : float array, shape (Y,)
        Contacts they rest on, old ones decayed.
    share : float array, shape (Y, K)
        Usual share of each type in each interval of the day, shrunk as the times are.
    """

    queue: Any
    types: tuple[Any, ...]
    interval: Interval
    aht_s: np.ndarray
    mean_s: np.ndarray
    contacts: np.ndarray
    share: np.ndarray


def learn(history: pd.DataFrame, *, freq: Any) -> dict[Any, TypeTimes]:
    """Return by queue the handle times of its contact types.

    Parameters
    ----------
    history : DataFrame
        queue, type, start (timezone-aware), handled (contacts) and aht_s (seconds; NaN where
        nothing was handled). One row per queue, type and interval.
    freq : str
        Pandas alias of the interval length.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.to_datetime(["2026-03-02 09:00", "2026-03-02 09:00"]).tz_localize("UTC")
    >>> table = pd.DataFrame({"queue": "voice", "type": ["order", "fault"], "start": start,
    ...                       "handled": [900.0, 100.0], "aht_s": [200.0, 700.0]})
    >>> found = learn(table, freq="h")["voice"]
    >>> found.types, found.mean_s.tolist()
    (('order', 'fault'), [205.0, 475.0])
    """
    interval = clock.interval_of(freq)
    handled, aht_s = _checked(history)
    tz = clock.zone_of(history["start"])
    day, of_day = clock.wall(clock.utc_ns(history["start"]), tz, interval)
    known = (handled > 0) & ~np.isnan(aht_s)
    found = {}
    for queue, rows in history.groupby("queue", sort=False).indices.items():
        own = np.asarray(rows)[known[rows]]
        code, types = pd.factorize(history["type"].iloc[own])
        if not len(own):
            raise BadInput(
                f"history: no handle time of queue {queue!r} is known; leave the queue out"
            )
        weight = handled[own] * 0.5 ** ((day[own].max() - day[own]) / HALF_LIFE)
        contacts = np.zeros((len(types), interval.per_day))
        seconds = np.zeros(contacts.shape)
        np.add.at(contacts, (code, of_day[own]), weight)
        np.add.at(seconds, (code, of_day[own]), weight * aht_s[own])
        found[queue] = _times(queue, tuple(types), interval, contacts, seconds)
    return found


def _checked(history: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(history, pd.DataFrame):
        raise BadInput(f"history: expected a DataFrame, got {type(history).__name__}")
    needed = ("queue", "type", "start", "handled", "aht_s")
    missing = [name for name in needed if name not in history.columns]
    if missing:
        got = list(map(str, history.columns))[:20]
        raise BadInput(f"history: missing columns {missing}; got {got}")
    if not isinstance(history["start"].dtype, pd.DatetimeTZDtype):
        raise BadInput(
            f"history: column 'start' must be timezone-aware times of one zone, got "
            f"{history['start'].dtype}; localise it"
        )
    absent = history[["queue", "type", "start"]].isna().any(axis=1).to_numpy()
    if absent.any():
        raise BadInput(
            f"history: {int(absent.sum())} rows have no queue, type or start (first: row "
            f"{int(absent.argmax())}); name the type 'other' where it is unknown"
        )
    twice = history.duplicated(["queue", "type", "start"]).to_numpy()
    if twice.any():
        raise BadInput(
            f"history: {int(twice.sum())} rows repeat a queue, type and start (first: "
            f"{frames.where(history, twice)}); sum them to one row each"
        )
    handled = frames.counts(history, "handled", "history", unknown=True)
    aht_s = frames.counts(history, "aht_s", "history", unknown=True)
    zero = (handled > 0) & (aht_s == 0)
    if zero.any():
        raise BadInput(
            f"history: {int(zero.sum())} rows have aht_s 0 with contacts (first: "
            f"{frames.where(history, zero)}); write NaN where it is unknown"
        )
    return handled, aht_s


def _times(
    queue: Any,
    types: tuple[Any, ...],
    interval: Interval,
    contacts: np.ndarray,
    seconds: np.ndarray,
) -> TypeTimes:
    prior = PRIOR_CONTACTS
    mean = seconds.sum() / contacts.sum()
    by_type = (seconds.sum(axis=1) + prior * mean) / (contacts.sum(axis=1) + prior)
    by_interval = (seconds.sum(axis=0) + prior * mean) / (by_type @ contacts + prior * mean)
    usual = by_type[:, None] * by_interval
    mix = contacts.sum(axis=1) / contacts.sum()
    return TypeTimes(
        queue, types, interval, (seconds + prior * usual) / (contacts + prior), by_type,
        contacts.sum(axis=1), (contacts + prior * mix[:, None]) / (contacts.sum(axis=0) + prior),
    )  # fmt: skip


def apply(
    forecast: Any, times: Mapping[Any, TypeTimes], *, mix: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the forecast's frame with aht_s by contact type.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        Queues without `times` keep their aht_s.
    times : mapping of queue to TypeTimes
        From `learn`.
    mix : DataFrame, optional
        queue, type, share; the shares of a queue sum to 1 and hold for all its contacts together:
        the usual mix of each interval of the day is tilted until they do (a type of the evening
        stays one). With a column start the shares hold for that interval and are taken as they
        are; starts that are not named keep their usual mix.

    Raises
    ------
    BadInput
        If a type is unknown, or shares do not sum to 1.
    """
    frame = frames.checked(forecast)
    changed = frame.copy()
    aht_s = np.full(len(frame), np.nan)
    if "aht_s" in frame.columns:
        aht_s = frame["aht_s"].to_numpy(np.float64, na_value=np.nan).copy()
    tz = clock.zone_of(frame["start"])
    for queue, rows in frame.groupby("queue", sort=False).indices.items():
        if queue not in times:
            continue
        own = times[queue]
        of_day = clock.wall(clock.utc_ns(frame["start"].iloc[rows]), tz, own.interval)[1]
        share = _shares(mix, own, frame.iloc[rows], own.share[:, of_day].T)
        aht_s[rows] = (share * own.aht_s[:, of_day].T).sum(axis=1) / share.sum(axis=1)
    changed["aht_s"] = aht_s
    return changed


def _shares(
    mix: pd.DataFrame | None, times: TypeTimes, rows: pd.DataFrame, usual: np.ndarray
) -> np.ndarray:
    """Return the share of each type (columns) in each row of the forecast."""
    if mix is None:
        return usual
    missing = [name for name in ("queue", "type", "share") if name not in mix.columns]
    if missing:
        raise BadInput(f"mix: missing columns {missing}; got {list(map(str, mix.columns))[:20]}")
    own = mix[mix["queue"] == times.queue]
    if not len(own):
        return usual
    strange = [name for name in own["type"].unique() if name not in times.types]
    if strange:
        raise BadInput(
            f"mix: queue {times.queue!r} has {len(strange)} types without a handle time (first: "
            f"{strange[0]!r}); known are {list(times.types)[:20]}"
        )
    frames.counts(own.assign(start=own.get("start", "every start")), "share", "mix")
    keys = ["start"] if "start" in own.columns else []
    twice = own.duplicated(["type", *keys])
    if twice.any():
        raise BadInput(f"mix: {int(twice.sum())} rows repeat a type of queue {times.queue!r}")
    total = own.groupby(keys)["share"].sum() if keys else pd.Series([own["share"].sum()])
    off = (total - 1).abs() > CLOSE_TO_ONE
    if off.any():
        raise BadInput(
            f"mix: the shares of queue {times.queue!r} sum to {total[off].iloc[0]:.6g} instead of 1"
            f" ({int(off.sum())} of {len(total)} mixes); divide each by its sum"
        )
    if not keys:
        share = own.set_index("type")["share"].reindex(times.types).fillna(0.0).to_numpy()
        return _tilted(usual, share, rows["volume"].to_numpy(np.float64))
    table = own.pivot_table(index="start", columns="type", values="share", aggfunc="sum")
    table = table.reindex(columns=list(times.types)).fillna(0.0)
    given = table.reindex(pd.Index(rows["start"])).to_numpy(np.float64)
    return np.where(np.isnan(given), usual, given)


def _tilted(usual: np.ndarray, wanted: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Return `usual` mixes (n, Y) tilted so that all contacts together have shares `wanted`.

    Iterative proportional fitting (Deming and Stephan 1940).
    """
    weight = volume / volume.sum() if volume.sum() > 0 else np.full(len(volume), 1 / len(volume))
    share = usual.copy()
    for _ in range(ROUNDS):
        total = weight @ share
        if np.abs(total - wanted).max() < CLOSE_TO_ONE:
            break
        share = share * np.divide(wanted, total, out=np.zeros(len(total)), where=total > 0)
        share /= share.sum(axis=1, keepdims=True)
    return share
