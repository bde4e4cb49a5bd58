"""Which campaigns are known, when were they announced, and whom will they make call?

Extra contacts on day t after the start:

    U_t = audience x response x contact_share x g_t,    sum of g = 1,

g being the lag profile. A campaign that goes out over several days starts one lag profile on
each, with an equal share of its audience. The register is a list of `Campaign`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from forecasts.errors import BadInput

CLOSE_TO_ONE = 1e-9  # shares are typed as decimals; their sum may miss 1 by rounding only
WEIGHTS = (0.3, 0.4, 0.3)  # of P10, P50 and P90 in a mean
DUE_NOTICE_DAYS = 14  # published case of an agreement with marketing; a starting value
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Campaign:
    """Something that will make customers get in touch.

    Attributes
    ----------
    name : str
        Its own name, unique in the register.
    kind : str
        Type of campaign, for example ``"mailing"``; campaigns of one kind learn from each other.
    start : date
        First day on which it goes out.
    audience : float
        People addressed, >= 0. Where nobody can count them: 1, with contacts as `response`.
    response : (float, float, float)
        Share of the audience that responds: low, mid and high, its P10, P50 and P90.
    lag : tuple of float
        Share of the contacts on the day it goes out, the day after, ...; sums to 1.
    split : mapping of queue to float
        Share of the contacts in each queue; sums to 1.
    end : date, optional
        Last day on which it goes out; its start if absent.
    contact_share : float
        Share of the responders that get in touch.
    aht_factor : float
        Handle time of its contacts over the queue's usual one.
    profile : mapping of clock hour to float, optional
        Weight of each local hour, 0 to 23; the queue's own profile if absent.
    registered_on : date, optional
        When the planners were told; None if they never were.
    owner, department, source : str
        Who runs it, and where the numbers come from.

    Raises
    ------
    BadInput
        If a field cannot be used.

    Examples
    --------
    >>> bills = Campaign("March bills", "mailing", dt.date(2026, 3, 2), audience=120_000,
    ...     response=(0.03, 0.04, 0.05), contact_share=0.25, lag=(0.45, 0.30, 0.15, 0.10),
    ...     split={"voice": 1.0}, registered_on=dt.date(2026, 2, 12))
    >>> bills.by_day().tolist(), bills.notice_days
    ([540.0, 360.0, 180.0, 120.0], 18)
    """

    name: str
    kind: str
    start: dt.date
    audience: float
    response: tuple[float, float, float]
    lag: tuple[float, ...]
    split: Mapping[Any, float]
    end: dt.date | None = None
    contact_share: float = 1.0
    aht_factor: float = 1.0
    profile: Mapping[int, float] | None = None
    registered_on: dt.date | None = None
    owner: str = ""
    department: str = ""
    source: str = ""
    contacts: tuple[float, float, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self)
        scale = float(self.audience) * float(self.contact_share)
        low, mid, high = (scale * float(share) for share in self.response)
        object.__setattr__(self, "contacts", (low, mid, high))
        object.__setattr__(self, "lag", tuple(map(float, self.lag)))
        object.__setattr__(self, "split", dict(self.split))

    @property
    def mean(self) -> float:
        """Expected extra contacts: 0.3 low + 0.4 mid + 0.3 high.

        Source: Swanson's rule (Hurst, Brown and Swanson 2000), the 30-40-30 weights of P10, P50
        and P90.
        """
        return float(np.dot(WEIGHTS, self.contacts))

    @property
    def sd(self) -> float:
        """Standard deviation of the extra contacts, by the same three points and weights."""
        return float(np.sqrt(np.dot(WEIGHTS, (np.array(self.contacts) - self.mean) ** 2)))

    @property
    def last_contact(self) -> dt.date:
        """Last day on which it makes anybody get in touch."""
        return (self.end or self.start) + dt.timedelta(days=len(self.lag) - 1)

    @property
    def days(self) -> np.ndarray:
        """Days since 1970 from `start` to `last_contact`, shape (T,)."""
        first = (self.start - EPOCH).days
        return np.arange(first, (self.last_contact - EPOCH).days + 1)

    @property
    def shares(self) -> np.ndarray:
        """Share of its contacts on each of `days`, shape (T,), sum 1."""
        waves = len(self.days) - len(self.lag) + 1
        return np.convolve(np.full(waves, 1 / waves), self.lag)

    def by_day(self) -> np.ndarray:
        """Return the expected extra contacts on each of `days`, all queues together."""
        return np.asarray(self.mean * self.shares)

    def status(self, today: dt.date) -> str:
        """Return ``"planned"``, ``"running"``, ``"done"``, or ``"not announced"`` if nobody did."""
        if self.registered_on is None:
            return "not announced"
        if today < self.start:
            return "planned"
        return "running" if today <= self.last_contact else "done"

    @property
    def notice_days(self) -> int:
        """Days between being told and the start; 0 if never told, negative if told late."""
        return (self.start - self.registered_on).days if self.registered_on else 0


def _check(given: Campaign) -> None:
    for label in ("name", "kind"):
        text = getattr(given, label)
        if not isinstance(text, str) or not text.strip():
            raise BadInput(f"campaign: expected a text as {label}, got {text!r}")
    at = f"campaign {given.name!r}"
    for label in ("start", "end", "registered_on"):
        day = getattr(given, label)
        if day is None and label != "start":
            continue
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            raise BadInput(
                f"{at}: {label} must be a date such as datetime.date(2026, 3, 2), got {day!r}"
            )
    if given.end is not None and given.end < given.start:
        raise BadInput(f"{at}: ends {given.end}, before its start {given.start}; swap them")
    _check_size(given, at)
    _shares(list(given.lag), f"{at}: lag")
    if not isinstance(given.split, Mapping):
        raise BadInput(f"{at}: split must map queues to shares, got {given.split!r}")
    _shares(list(given.split.values()), f"{at}: split")
    if given.profile is not None:
        _check_profile(given.profile, at)


def _check_size(given: Campaign, at: str) -> None:
    if not _number(given.audience) or given.audience < 0:
        raise BadInput(f"{at}: audience must be a number of people >= 0, got {given.audience!r}")
    response = given.response
    if not isinstance(response, (tuple, list)) or len(response) != 3:
        raise BadInput(f"{at}: response must be (low, mid, high), got {response!r}")
    if not all(map(_number, response)) or not 0 <= response[0] <= response[1] <= response[2]:
        raise BadInput(f"{at}: response must rise, 0 <= low <= mid <= high, got {response!r}")
    if response[2] > 1 and given.audience > 1:
        raise BadInput(
            f"{at}: response {response!r} of an audience of {given.audience:,.0f} is more than "
            "everybody - was a percent passed (3 % is 0.03)? Where nobody can count the audience, "
            "give 1 and contacts as response"
        )
    if not _number(given.contact_share) or not 0 <= given.contact_share <= 1:
        raise BadInput(
            f"{at}: contact_share is a fraction from 0 to 1, got {given.contact_share!r} "
            "- was a percent passed?"
        )
    if not _number(given.aht_factor) or given.aht_factor <= 0:
        raise BadInput(f"{at}: aht_factor must be > 0 (1 is the usual), got {given.aht_factor!r}")


def _check_profile(profile: Any, at: str) -> None:
    hours = isinstance(profile, Mapping) and all(
        isinstance(hour, int) and 0 <= hour <= 23 and _number(weight) and weight >= 0
        for hour, weight in profile.items()
    )
    if not hours or not sum(profile.values()) > 0:
        raise BadInput(
            f"{at}: profile must map clock hours 0 to 23 to weights >= 0, got {profile!r}"
        )


def _shares(shares: Sequence[Any], what: str) -> None:
    if not shares or not all(_number(share) and share >= 0 for share in shares):
        raise BadInput(f"{what}: expected shares >= 0, got {shares[:20]!r}")
    if abs(math.fsum(shares) - 1) > CLOSE_TO_ONE:
        raise BadInput(
            f"{what}: {len(shares)} shares sum to {math.fsum(shares):.6g}, expected 1; "
            "divide each by that sum"
        )


def _number(value: Any) -> bool:
    good = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return good and math.isfinite(value)


def register(campaigns: Iterable[Campaign]) -> list[Campaign]:
    """Return the campaigns as a list if each is one and no name stands twice; else BadInput."""
    if isinstance(campaigns, Campaign) or not isinstance(campaigns, Iterable):
        raise BadInput(f"campaigns: expected a list of Campaign, got {type(campaigns).__name__}")
    found = list(campaigns)
    odd = [item for item in found if not isinstance(item, Campaign)]
    if odd:
        raise BadInput(f"campaigns: {len(odd)} of {len(found)} are no Campaign (first: {odd[0]!r})")
    names = [item.name for item in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(
            f"campaigns: {len(twice)} names stand twice (first: {twice[0]!r}); overlapping ones "
            "add up, so name each wave or drop the copy"
        )
    return found


@dataclass(frozen=True)
class Notice:
    """How early planners were told.

    Attributes
    ----------
    frame : DataFrame
        One row per campaign: name, kind, owner, department, start, registered_on, notice_days.
    median_days : float
        KPI ``notice_days``; NaN without campaigns. Unregistered ones count with 0.
    in_time : float
        Share with at least the days that are due.
    unregistered : int
        Campaigns nobody announced.
    """

    frame: pd.DataFrame
    median_days: float
    in_time: float
    unregistered: int


def notice(campaigns: Iterable[Campaign], *, due_days: int = DUE_NOTICE_DAYS) -> Notice:
    """Return the notice KPI of a register.

    Examples
    --------
    >>> notice([]).unregistered
    0
    """
    found = register(campaigns)
    columns = ["name", "kind", "owner", "department", "start", "registered_on", "notice_days"]
    rows = [[getattr(item, column) for column in columns] for item in found]
    days = np.array([item.notice_days for item in found], float)
    return Notice(
        pd.DataFrame(rows, columns=columns),
        float(np.median(days)) if len(days) else float("nan"),
        float(np.mean(days >= due_days)) if len(days) else float("nan"),
        sum(item.registered_on is None for item in found),
    )


def as_events(campaigns: Iterable[Campaign]) -> pd.DataFrame:
    """Return the days that campaigns touch as `events` for `forecasts.forecast`.

    Given for the past ones only, they keep past campaigns out of the level and the weekday
    factors. Each name is its own event, so nothing is carried to the days ahead, where
    `forecasts.uplift.add` adds campaigns by their own numbers.
    """
    rows = [
        (pd.Timestamp(item.start), pd.Timestamp(item.last_contact), item.name, queue)
        for item in register(campaigns)
        for queue in item.split
    ]
    return pd.DataFrame(rows, columns=["start", "end", "name", "queue"])
