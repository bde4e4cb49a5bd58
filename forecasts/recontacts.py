"""How many of the coming contacts come back, in the same channel or another?

    V_q,t = new_q,t + sum over queues p and days d = 0..N of rho_pq,d V_p,t-d

rho_pq,d is the share of contacts in p after which the same customer is in touch again in q, d
days later. A contact has at most one follower: the customer's next one, if within N days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, frames, spread
from forecasts.errors import BadInput

WINDOW_DAYS = 7  # the common window of repeat rates; a choice, to be stated with the rate


@dataclass(frozen=True)
class Recontacts:
    """How contacts follow contacts.

    Attributes
    ----------
    queues : tuple
    rho : float array, shape (Q, Q, N + 1)
        rho[p, q, d]: share of contacts in queue p followed by one in q, d local days later.
    window_days : int
        N.
    contacts : int array, shape (Q,)
        Contacts the shares of each queue rest on: those whose window had passed at the end.
    """

    queues: tuple[Any, ...]
    rho: np.ndarray
    window_days: int
    contacts: np.ndarray

    @property
    def frame(self) -> pd.DataFrame:
        """Columns queue, contacts, repeat_rate (any queue), same (its own) and hops (others)."""
        by_pair = self.rho.sum(axis=2)
        same = np.diag(by_pair)
        return pd.DataFrame({
            "queue": list(self.queues), "contacts": self.contacts,
            "repeat_rate": by_pair.sum(axis=1), "same": same, "hops": by_pair.sum(axis=1) - same,
        })  # fmt: skip

    def scaled(self, factor: float, *, source: Any = None, target: Any = None) -> Recontacts:
        """Return the shares times `factor`, those from `source` and to `target` if given.

        Raises
        ------
        BadInput
            If a queue is unknown or a queue's shares would exceed 1.
        """
        for name in (source, target):
            if name is not None and name not in self.queues:
                raise BadInput(f"recontacts: no queue {name!r}; known are {list(self.queues)[:20]}")
        if isinstance(factor, bool) or not isinstance(factor, (int, float)) or not factor >= 0:
            raise BadInput(f"factor: expected a number >= 0, got {factor!r}")
        rho = self.rho.copy()
        from_ = slice(None) if source is None else [self.queues.index(source)]
        to = slice(None) if target is None else [self.queues.index(target)]
        rows = np.arange(len(self.queues))[from_]
        columns = np.arange(len(self.queues))[to]
        rho[np.ix_(rows, columns)] *= factor
        if rho.sum(axis=(1, 2)).max() >= 1:
            raise BadInput(
                f"factor: {factor} lets {rho.sum(axis=(1, 2)).max():.3g} contacts follow each "
                "contact; below 1 they die out"
            )
        return Recontacts(self.queues, rho, self.window_days, self.contacts)


def measured(contacts: pd.DataFrame, *, window_days: int = WINDOW_DAYS) -> Recontacts:
    """Return how contacts follow contacts in a list of them.

    Parameters
    ----------
    contacts : DataFrame
        One row per contact: customer (any key; rows without one are left out), queue, start
        (timezone-aware). The last `window_days` lead nowhere yet: they count as followers only.
    window_days : int
        N >= 0, local calendar days.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.to_datetime(["2026-03-02 09:00", "2026-03-03 10:00", "2026-03-02 11:00",
    ...                         "2026-03-20 09:00"]).tz_localize("UTC")
    >>> table = pd.DataFrame({"customer": ["a", "a", "b", "c"],
    ...                       "queue": ["voice", "chat", "voice", "chat"], "start": start})
    >>> measured(table).frame.round(2).values.tolist()
    [['voice', 2, 0.5, 0.0, 0.5], ['chat', 1, 0.0, 0.0, 0.0]]
    """
    if isinstance(window_days, bool) or not isinstance(window_days, int) or window_days < 0:
        raise BadInput(f"window_days: expected a whole number of days >= 0, got {window_days!r}")
    if not isinstance(contacts, pd.DataFrame):
        raise BadInput(f"contacts: expected a DataFrame, got {type(contacts).__name__}")
    missing = [name for name in ("customer", "queue", "start") if name not in contacts.columns]
    if missing:
        got = list(map(str, contacts.columns))[:20]
        raise BadInput(f"contacts: missing columns {missing}; got {got}")
    if not isinstance(contacts["start"].dtype, pd.DatetimeTZDtype):
        raise BadInput(
            f"contacts: column 'start' must be timezone-aware times of one zone, got "
            f"{contacts['start'].dtype}; localise it"
        )
    known = contacts.dropna(subset=["customer", "queue", "start"])
    if not len(known):
        raise BadInput(
            f"contacts: none of {len(contacts)} rows has customer, queue and start; repeats need "
            "to know who called"
        )
    code, queues = pd.factorize(known["queue"])
    who = pd.factorize(known["customer"])[0]
    ns = clock.utc_ns(known["start"])
    order = np.lexsort((np.arange(len(ns)), ns, who))
    code, who, day = code[order], who[order], frames.local_days(known)[order]
    gap = np.diff(day, append=day[-1:])
    follows = np.append(who[1:] == who[:-1], False) & (gap <= window_days)
    counted = day <= day.max() - window_days
    shape = (len(queues), len(queues), window_days + 1)
    rho = np.zeros(shape)
    used = np.flatnonzero(follows & counted)
    np.add.at(rho, (code[used], code[used + 1], gap[used]), 1.0)
    number = np.bincount(code[counted], minlength=len(queues))
    rho /= np.maximum(number, 1)[:, None, None]
    return Recontacts(tuple(queues), rho, window_days, number)


@dataclass(frozen=True)
class Parts:
    """A forecast taken apart.

    Attributes
    ----------
    frame : DataFrame
        queue, day (local date), new, same (repeats from the own queue), hops (from other queues)
        and volume, which they add up to. new is negative where the shares claim more than came.
    """

    frame: pd.DataFrame


def parts(forecast: Any, recontacts: Recontacts, *, before: pd.DataFrame | None = None) -> Parts:
    """Return each day's expected contacts as new ones, repeats and hops.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        Queues that `recontacts` does not know are left out.
    recontacts : Recontacts
    before : DataFrame, optional
        queue, start, offered of the days before; without them the forecast's first days stand in
        (each weekday's first).
    """
    volume, days = _by_day(frames.checked(forecast), recontacts)
    lagged = _lagged(volume, _earlier(volume, days, recontacts, before), recontacts)
    return Parts(_table(volume, lagged, days, recontacts))


def what_if(
    forecast: Any, now: Recontacts, then: Recontacts, *, before: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the forecast when contacts are followed as `then` says instead of `now`.

    New contacts stay what `now` makes of the forecast; repeats and hops are worked out anew, day
    by day, repeats of repeats included. Each day's intervals keep their profile and dispersion.

    Raises
    ------
    BadInput
        If the two do not know the same queues.
    """
    if now.queues != then.queues:
        raise BadInput(
            f"recontacts: expected the same queues, got {list(now.queues)[:10]} and "
            f"{list(then.queues)[:10]}; derive one from the other with scaled()"
        )
    frame = frames.checked(forecast)
    volume, days = _by_day(frame, now)
    earlier = _earlier(volume, days, now, before)
    new = volume - _lagged(volume, earlier, now).sum(axis=0)
    changed = _recursion(new, earlier, then)
    factor = np.divide(changed, volume, out=np.ones(volume.shape), where=volume > 0)
    code = pd.Index(now.queues).get_indexer(frame["queue"])
    at = frames.local_days(frame) - days[0]
    each = np.where(code >= 0, factor[code, at], 1.0)
    return spread.rebanded(frame, frame["volume"].to_numpy() * each, spread.implied(frame))


def _by_day(frame: pd.DataFrame, recontacts: Recontacts) -> tuple[np.ndarray, np.ndarray]:
    code = pd.Index(recontacts.queues).get_indexer(frame["queue"])
    if not (code >= 0).any():
        raise BadInput(
            f"recontacts: none of its queues {list(recontacts.queues)[:10]} is in the forecast"
        )
    day = frames.local_days(frame)
    days = np.arange(day.min(), day.max() + 1)
    volume = np.zeros((len(recontacts.queues), len(days)))
    used = code >= 0
    np.add.at(volume, (code[used], day[used] - days[0]), frame["volume"].to_numpy()[used])
    return volume, days


def _earlier(
    volume: np.ndarray, days: np.ndarray, recontacts: Recontacts, before: pd.DataFrame | None
) -> np.ndarray:
    """Return the contacts of the `window_days` days before the forecast, (Q, N)."""
    reach = recontacts.window_days
    wanted = np.arange(-reach, 0)
    stand_in = volume[:, np.minimum(wanted % 7, len(days) - 1)]
    if before is None or not len(before):
        return stand_in
    missing = [name for name in ("queue", "start", "offered") if name not in before.columns]
    if missing:
        raise BadInput(f"before: missing columns {missing}; got {list(map(str, before.columns))}")
    frames.keys(before, "before")
    offered = frames.counts(before, "offered", "before", unknown=True)
    code = pd.Index(recontacts.queues).get_indexer(before["queue"])
    at = frames.local_days(before) - days[0] + reach
    used = (code >= 0) & (at >= 0) & (at < reach) & ~np.isnan(offered)
    found = np.zeros((len(recontacts.queues), reach))
    seen = np.zeros(found.shape, bool)
    np.add.at(found, (code[used], at[used]), offered[used])
    seen[code[used], at[used]] = True
    return np.where(seen, found, stand_in)


def _lagged(volume: np.ndarray, earlier: np.ndarray, recontacts: Recontacts) -> np.ndarray:
    """Return the followers in queue q on day t of contacts in p, (P, Q, T)."""
    reach = recontacts.window_days
    whole = np.concatenate([earlier, volume], axis=1)
    days = volume.shape[1]
    return sum(
        recontacts.rho[:, :, lag, None] * whole[:, None, reach - lag : reach - lag + days]
        for lag in range(reach + 1)
    )


def _recursion(new: np.ndarray, earlier: np.ndarray, then: Recontacts) -> np.ndarray:
    reach = then.window_days
    if earlier.shape[1] < reach:
        earlier = np.pad(earlier, ((0, 0), (reach - earlier.shape[1], 0)), mode="edge")
    whole = np.concatenate([earlier[:, earlier.shape[1] - reach :], np.zeros(new.shape)], axis=1)
    # Followers of the same day follow each other: V = new + late + rho_0' V.
    same_day = np.eye(len(new)) - then.rho[:, :, 0].T
    for day in range(new.shape[1]):
        late = sum(then.rho[:, :, lag].T @ whole[:, reach + day - lag]
                   for lag in range(1, reach + 1))  # fmt: skip
        whole[:, reach + day] = np.maximum(np.linalg.solve(same_day, new[:, day] + late), 0.0)
    return np.asarray(whole[:, reach:])


def _table(
    volume: np.ndarray, lagged: np.ndarray, days: np.ndarray, recontacts: Recontacts
) -> pd.DataFrame:
    same = np.stack([lagged[at, at] for at in range(len(volume))])
    hops = lagged.sum(axis=0) - same
    return pd.DataFrame({
        "queue": np.repeat(np.array(recontacts.queues, object), len(days)),
        "day": np.tile(clock.dates(days), len(volume)),
        "new": (volume - same - hops).ravel(), "same": same.ravel(), "hops": hops.ravel(),
        "volume": volume.ravel(),
    })  # fmt: skip
