"""What did past campaigns really bring, and what does that say about the next of their kind?

What came is compared with the forecast without the campaign. With y_j the log of realised over
planned contacts of campaign j of a kind and s_j its measuring error,

    y_j ~ N(mu, tau^2 + s_j^2),    mu ~ N(0, (1 - OWN) v),

v being the squared log width of the planner's own range, OWN v the prior guess of tau^2. No past
campaign: the planner's range stands. Many: it is replaced by what happened.

Source: normal-normal shrinkage (Efron and Morris 1975).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from forecasts import campaigns as known
from forecasts import frames, spread, uplift
from forecasts.campaigns import Campaign
from forecasts.errors import BadInput

Z_P90 = 1.2815515655446004  # standard normal quantile at 0.9
OWN = 0.5  # of a planner's squared log range: differences between campaigns, not his own error
PRIOR_CAMPAIGNS = 4.0  # weight of that guess against the scatter of past campaigns
LEAST_LOG_SD = 0.1  # a planner who gives one number is not believed beyond 10 %
LEAST_SHARE = 0.05  # of the plan: less than this realised is taken as this much


@dataclass(frozen=True)
class Realised:
    """What a campaign brought.

    Attributes
    ----------
    campaign : Campaign
    extra : float
        Contacts beyond the forecast without the campaign; negative if fewer came.
    sd : float
        Standard deviation of `extra` as a measurement.
    by_day : float array, shape (T,)
        The same on each of ``campaign.days``.
    lag : float array, shape (T,)
        by_day as shares, those below 0 taken as 0; what came on the first open day after closed
        ones is spread evenly over them all, so that a lag profile carries no weekend of its own.
    ratio : float
        extra over the campaign's mean.
    known : float
        Share of the campaign's planned contacts that fell on intervals with an actual; `extra`
        has been divided by it.
    """

    campaign: Campaign
    extra: float
    sd: float
    by_day: np.ndarray
    lag: np.ndarray
    ratio: float
    known: float


def realised(campaign: Campaign, forecast: Any, actuals: pd.DataFrame) -> Realised:
    """Return what `campaign` brought: the sum of actual - forecast over its days and queues.

    Parameters
    ----------
    campaign : Campaign
        One that has ended.
    forecast : Forecast or DataFrame
        Locked before it, without it.
    actuals : DataFrame
        queue, start, offered; NaN or no row where nothing was recorded.

    Raises
    ------
    BadInput
        If no actual falls on its days.
    """
    [campaign] = known.register([campaign])
    frame = frames.checked(forecast)
    own = frame[frame["queue"].isin(list(campaign.split))]
    day = frames.local_days(own) if len(own) else np.zeros(0, np.int64)
    inside = (day >= campaign.days[0]) & (day <= campaign.days[-1])
    own, day = own[inside], day[inside]
    offered = frames.matched(own, actuals)
    counted = ~np.isnan(offered)
    if not counted.any():
        raise BadInput(
            f"campaign {campaign.name!r}: no actual between {campaign.start} and "
            f"{campaign.last_contact} matches the forecast; pass both for those days"
        )
    plan = uplift.add(own, [campaign]).frame["volume"].to_numpy() - own["volume"].to_numpy()
    share = plan[counted].sum() / campaign.mean if campaign.mean > 0 else float(counted.mean())
    volume = own["volume"].to_numpy(np.float64)
    over = np.where(counted, offered - volume, 0.0)
    by_day = np.bincount(day - campaign.days[0], over, len(campaign.days))
    # The level's error is common to all these days, so it does not average out.
    level = np.sqrt(np.median(spread.implied(own))) * volume[counted].sum()
    noise = float(np.nansum(offered)) + level**2
    share = max(float(share), LEAST_SHARE)
    extra = float(over.sum()) / share
    ratio = extra / campaign.mean if campaign.mean > 0 else float("nan")
    is_open = np.bincount(day - campaign.days[0], volume, len(campaign.days)) > 0
    return Realised(campaign, extra, float(np.sqrt(noise)) / share, by_day,
                    _unfolded(by_day, is_open), ratio, float(share))  # fmt: skip


def _unfolded(by_day: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    came = np.maximum(by_day, 0.0)
    group = np.cumsum(is_open[::-1])[::-1]  # an open day and the closed ones before it
    size, total = np.bincount(group), np.bincount(group, came)
    lag = (total / np.maximum(size, 1))[group]
    return np.asarray(lag / lag.sum()) if lag.sum() > 0 else np.zeros(len(lag))


@dataclass(frozen=True)
class Learned:
    """What past campaigns of one kind say about the next.

    Attributes
    ----------
    kind : str
    campaigns : int
        How many it rests on.
    factor : float
        Median of realised over planned contacts, shrunk towards 1.
    log_sd : float
        Standard deviation of the log of that ratio for the next campaign.
    lag : tuple of float
        Lag profile, the planned one pooled with those seen.
    """

    kind: str
    campaigns: int
    factor: float
    log_sd: float
    lag: tuple[float, ...]


def learn(planned: Campaign, past: Iterable[Realised]) -> Learned:
    """Return what past campaigns of the same kind say about `planned`.

    Those of another kind, and those that had not ended when `planned` starts, are left out.

    Examples
    --------
    >>> import datetime as dt
    >>> def mailing(name, day):
    ...     return Campaign(name, "mailing", day, 1, (500.0, 1e3, 2e3), (0.6, 0.4), {"voice": 1})
    >>> first = mailing("first", dt.date(2026, 3, 2))
    >>> came = first.mean * np.array([0.9, 0.6])
    >>> seen = Realised(first, came.sum(), 50.0, came, came / came.sum(), 1.5, 1.0)
    >>> found = learn(mailing("second", dt.date(2026, 4, 6)), [seen])
    >>> 1 < found.factor < 1.5
    True
    """
    used = [
        item for item in past
        if item.campaign.kind == planned.kind and item.campaign.last_contact < planned.start
        and item.campaign.mean > 0
    ]  # fmt: skip
    width = _log_sd(planned)
    tau2, prior = OWN * width**2, (1 - OWN) * width**2
    mean, variance = 0.0, prior
    if used:
        y = np.log([max(item.ratio, LEAST_SHARE) for item in used])
        s2 = np.array([(item.sd / (max(item.ratio, LEAST_SHARE) * item.campaign.mean)) ** 2
                       for item in used])  # fmt: skip
        weight = 1 / (tau2 + s2)
        centre = (weight @ y) / (weight.sum() + 1 / prior)
        seen = np.maximum((y - centre) ** 2 - s2, 0.0).sum()
        tau2 = (PRIOR_CAMPAIGNS * tau2 + seen) / (PRIOR_CAMPAIGNS + len(used))
        weight = 1 / (tau2 + s2)
        mean = float((weight @ y) / (weight.sum() + 1 / prior))
        variance = float(1 / (weight.sum() + 1 / prior))
    return Learned(planned.kind, len(used), float(np.exp(mean)), float(np.sqrt(variance + tau2)),
                   _lag(planned, used))  # fmt: skip


def _log_sd(campaign: Campaign) -> float:
    low, mid, high = campaign.contacts
    if mid <= 0:
        return LEAST_LOG_SD
    return max(float(np.log(high / max(low, LEAST_SHARE * mid)) / (2 * Z_P90)), LEAST_LOG_SD)


def _lag(planned: Campaign, used: list[Realised]) -> tuple[float, ...]:
    """Return the planned lag profile pooled with those seen, each weighing one campaign."""
    alike = [item for item in used if len(item.campaign.days) == len(item.campaign.lag)]
    shares = [np.array(planned.lag)] + [item.lag for item in alike if item.lag.any()]
    pooled = np.zeros(max(map(len, shares)))
    for share in shares:
        pooled[: len(share)] += share / len(shares)
    return tuple((pooled / pooled.sum()).tolist())


def expect(planned: Campaign, learned: Learned | Mapping[str, Learned]) -> Campaign:
    """Return `planned` with response and lag profile as past campaigns of its kind suggest.

    Its range keeps the planner's asymmetry on a log scale; its width becomes that of `learned`.
    """
    found = learned.get(planned.kind) if isinstance(learned, Mapping) else learned
    if found is None or not found.campaigns:
        return planned
    low, mid, high = map(float, planned.response)
    centre, scale = mid * found.factor, found.log_sd / _log_sd(planned)
    if not high > low:
        half = np.exp(Z_P90 * found.log_sd)
        return replace(planned, response=(centre / half, centre, centre * half), lag=found.lag)
    down = (max(low, LEAST_SHARE * mid) / mid) ** scale
    up = (high / mid) ** scale
    return replace(planned, response=(centre * down, centre, centre * up), lag=found.lag)
