"""How many contacts do campaigns add to a forecast?

Extra contacts are spread over days by the lag profile and over intervals by the queue's own (or
the campaign's) profile, and added to the forecast. Campaigns add up and err independently; within
one campaign all intervals err together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import campaigns as known
from forecasts import frames, spread
from forecasts.campaigns import Campaign
from forecasts.errors import BadInput


@dataclass(frozen=True)
class Added:
    """A forecast with campaigns.

    Attributes
    ----------
    frame : DataFrame
        The forecast with volume, aht_s, bands and a column dispersion changed.
    extra : DataFrame
        One row per campaign, queue and interval it touches: campaign, queue, start, extra
        (expected contacts) and sd.
    outside : DataFrame
        campaign, contacts: expected contacts on days that the forecast does not cover, or after
        which none of its intervals is open. With `extra` they add up to the campaign's mean.
    """

    frame: pd.DataFrame
    extra: pd.DataFrame
    outside: pd.DataFrame


def add(forecast: Any, campaigns: Iterable[Campaign]) -> Added:
    """Return `forecast` with the contacts that `campaigns` add.

    A day on which a queue has no expected contacts (closed) passes its share on to the next day
    that has: customers call when somebody answers.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        Made without these campaigns.
    campaigns : iterable of Campaign
        Each queue of their splits must be in the forecast.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> import datetime as dt
    >>> start = pd.date_range("2026-03-02", periods=4, freq="D", tz="UTC")
    >>> usual = pd.DataFrame({"queue": "voice", "start": start, "volume": 1000.0,
    ...                       "aht_s": 240.0, "dispersion": 0.01})
    >>> bills = Campaign("bills", "mailing", dt.date(2026, 3, 2), audience=120_000,
    ...     response=(0.04, 0.04, 0.04), contact_share=0.25, lag=(0.45, 0.30, 0.15, 0.10),
    ...     split={"voice": 1.0})
    >>> add(usual, [bills]).frame["volume"].tolist()
    [1540.0, 1360.0, 1180.0, 1120.0]
    """
    frame = frames.checked(forecast)
    register = known.register(campaigns)
    volume = frame["volume"].to_numpy(np.float64)
    queue, day = frame["queue"].to_numpy(object), frames.local_days(frame)
    hour = frame["start"].dt.hour.to_numpy()
    extra, variance, seconds = np.zeros(len(frame)), np.zeros(len(frame)), np.zeros(len(frame))
    parts, outside = [], []
    for campaign in register:
        _refuse_strangers(campaign, set(queue))
        placed = 0.0
        for name, share in campaign.split.items():
            rows = np.flatnonzero(queue == name)
            # Day totals have no hours to be spread over.
            hourly = len(rows) > len(np.unique(day[rows]))
            weight = _weights(campaign, hour[rows], volume[rows], hourly=hourly)
            where = _placed(campaign, day[rows], weight) * share
            came = campaign.mean * where
            extra[rows] += came
            variance[rows] += (campaign.sd * where) ** 2
            seconds[rows] += came * campaign.aht_factor
            placed += float(where.sum())
            touched = rows[where > 0]
            parts.append(pd.DataFrame({
                "campaign": campaign.name, "queue": name,
                "start": frame["start"].iloc[touched].array,
                "extra": came[where > 0], "sd": campaign.sd * where[where > 0],
            }))  # fmt: skip
        outside.append((campaign.name, max(campaign.mean * (1 - placed), 0.0)))
    total = volume + extra
    squared = spread.implied(frame) * volume**2 + variance
    changed = spread.rebanded(frame, total, spread.relative(squared, total))
    if "aht_s" in frame.columns:
        factor = np.divide(volume + seconds, total, out=np.ones(len(total)), where=total > 0)
        changed["aht_s"] = frame["aht_s"] * factor
    columns = ["campaign", "queue", "start", "extra", "sd"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return Added(changed, table, pd.DataFrame(outside, columns=["campaign", "contacts"]))


def _refuse_strangers(campaign: Campaign, queues: set[Any]) -> None:
    strange = [name for name in campaign.split if name not in queues]
    if strange:
        raise BadInput(
            f"campaign {campaign.name!r}: {len(strange)} queues of its split are not in the "
            f"forecast (first: {strange[0]!r}); it has {sorted(map(str, queues))[:10]}"
        )


def _weights(
    campaign: Campaign, hour: np.ndarray, volume: np.ndarray, *, hourly: bool
) -> np.ndarray:
    if campaign.profile is None or not hourly:
        return volume
    wanted = np.array([campaign.profile.get(clock_hour, 0.0) for clock_hour in range(24)])
    return np.where(volume > 0, wanted[hour], 0.0)


def _placed(campaign: Campaign, day: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the share of the campaign's contacts in each interval of a queue."""
    first = int(day.min())
    usual = np.bincount(day - first, weight)
    due = np.zeros(len(usual))
    coming = (campaign.days >= first) & (campaign.days < first + len(usual))
    due[campaign.days[coming] - first] = campaign.shares[coming]
    carried = 0.0
    for at in range(len(due)):
        if usual[at] > 0:
            due[at], carried = due[at] + carried, 0.0
        else:
            due[at], carried = 0.0, carried + due[at]
    rate = np.divide(due, usual, out=np.zeros(len(due)), where=usual > 0)
    return weight * rate[day - first]
