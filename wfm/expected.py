"""What do these weeks expect, with their campaigns, and what was the history cleaned of?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

import forecasts
from forecasts import Campaign, campaigns, marks, uplift
from forecasts.history import SHORTEST_DAYS, check
from wfm import frames, learnable
from wfm.queues import OpeningHours
from wfm.timegrid import inside

EXTRA = ("campaign", "queue", "start", "extra", "sd")
CLEANING = ("queue", "start", "end", "what", "was", "used", "why")


@dataclass(frozen=True)
class Expected:
    """A forecast of some weeks and where it came from.

    Attributes
    ----------
    frame : DataFrame
        Table ``forecast`` of `wfm.frames`, campaigns included.
    score : DataFrame
        As in `forecasts.Forecast`.
    extra : DataFrame
        campaign, queue, start, extra (expected contacts) and sd of the campaigns in `frame`.
    cleaning : DataFrame
        What the history was cleaned of, see `forecasts.Cleaned.log`.
    notes : tuple of str
        What the forecast says of itself, queues that stopped early, the cleaning (a sentence a
        kind of fault) and the campaigns.
    """

    frame: pd.DataFrame
    score: pd.DataFrame
    extra: pd.DataFrame
    cleaning: pd.DataFrame
    notes: tuple[str, ...]


def expect(
    history: pd.DataFrame,
    *,
    begin: pd.Timestamp,
    end: pd.Timestamp,
    interval_min: int,
    country: str | None = None,
    events: pd.DataFrame | None = None,
    register: Iterable[Campaign] = (),
    hours: Mapping[str, Sequence[OpeningHours]] | None = None,
    map: Callable[..., Any] = map,  # noqa: A002 - as everywhere in the public contract
) -> Expected:
    """Forecast every queue of `history` from `begin` to `end`.

    Days of campaigns that the history has seen are kept out of what is learned; the days ahead get
    what `forecasts.uplift.add` adds.

    Parameters
    ----------
    history : DataFrame
        The history table of `wfm.frames`.
    begin, end : Timestamp
        First interval start wanted, and the first one that is not.
    interval_min : int
    country : str, optional
        Country code of public holidays.
    events : DataFrame, optional
        Columns start, end, name.
    register : iterable of Campaign
    hours : mapping of queue to opening hours, optional
        Outside them nothing is expected.
    map : callable
        How independent queues are worked off.

    Raises
    ------
    BadInput
        The history or a campaign cannot be used.
    """
    known = campaigns.register(register)
    freq = f"{interval_min}min"
    newest = history["start"].max()
    learned = past_events(events, known, newest)
    horizon = math.ceil((end - history.groupby("queue")["start"].max().min())
                        / pd.Timedelta(minutes=interval_min))  # fmt: skip
    days = history.groupby("queue")["start"].agg(lambda at: (at.max() - at.min()).days + 1)
    if days.max() < SHORTEST_DAYS:
        check(history, freq)  # nobody is old enough to lend to the others, and it says so
    made = forecasts.forecast(
        history, horizon, freq=freq, events=learned, holidays=country, map=map
    )
    frame = made.frame
    for name, open_hours in (hours or {}).items():
        shut = (frame["queue"] == name).to_numpy() & ~inside(frame["start"], tuple(open_hours))
        frame.loc[shut, ["volume", *frames.BANDS]] = 0.0
    ahead = [item for item in known if item.last_contact > newest.date()]
    extra = pd.DataFrame(columns=list(EXTRA))
    if ahead:
        added = uplift.add(frame, ahead)
        frame, extra = added.frame, _between(added.extra, begin, end)
    log = forecasts.clean(history, freq, events=learned, holidays=country).log
    return Expected(
        frame=_between(frame, begin, end), score=made.score, extra=extra, cleaning=log,
        notes=(
            # `cleaned` says more of what was left out.
            *(note for note in made.notes if not note.endswith(marks.WHICH)),
            *learnable.told_silent(history),
            *cleaned(log),
            *_told(ahead, extra),
            *_unused(known, history["start"].min(), end),
        ),
    )  # fmt: skip


def past_events(
    events: pd.DataFrame | None, known: Iterable[Campaign], newest: pd.Timestamp
) -> pd.DataFrame | None:
    """Return `events` and the days up to `newest` that campaigns touched; None for neither."""
    days = campaigns.as_events(known)
    last = pd.Timestamp(newest.date())
    days = days[days["start"] <= last]
    if not len(days):
        return events
    days = days.assign(end=days["end"].where(days["end"] <= last, last))
    return days if events is None else pd.concat([events, days], ignore_index=True)


def cleaned(log: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each kind of entry in a cleaning log."""
    told = []
    for what, rows in log.groupby("what", sort=False):
        first = rows.iloc[0]
        told.append(
            f"history: {what}, {len(rows)} in all (first: queue {first['queue']!r}, "
            f"{first['start']:%Y-%m-%d %H:%M}: {first['why']})"
        )
    return tuple(told)


def _between(frame: pd.DataFrame, begin: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    return frame[(frame["start"] >= begin) & (frame["start"] < end)].reset_index(drop=True)


def _told(ahead: Iterable[Campaign], extra: pd.DataFrame) -> tuple[str, ...]:
    here = extra.groupby("campaign")["extra"].sum()
    return tuple(
        f"campaign {item.name!r}: {float(here.get(item.name, 0.0)):,.0f} of its "
        f"{item.mean:,.0f} contacts come in these weeks; " + _announced(item)
        for item in ahead
    )


def _announced(item: Campaign) -> str:
    if item.registered_on is None:
        return "not announced"
    if item.notice_days < 0:
        return (
            f"announced {-item.notice_days} days after its start, too late to plan for: if "
            f"{item.registered_on} is right, ask {item.owner or 'its owner'} for notice before"
        )
    return f"announced {item.notice_days} days before"


def _unused(known: Iterable[Campaign], first: pd.Timestamp, end: pd.Timestamp) -> tuple[str, ...]:
    """Say which campaigns touch neither the history nor the weeks ahead."""
    begin, over = first.date(), end.date()
    return tuple(
        f"campaign {item.name!r} ({item.start} to {item.last_contact}) lies "
        + ("before the history begins" if item.last_contact < begin else "after these weeks")
        + " and changes nothing here; is its year right?"
        for item in known
        if item.last_contact < begin or item.start >= over
    )
