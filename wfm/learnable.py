"""Which queues of a history can a forecast learn from, and what in it has not happened yet?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from forecasts import history as contract
from wfm.errors import BadInput

# A queue without a contact for longer than this, while others go on, has probably ended.
ENDED_DAYS = 28
# From here on its silence is worth a sentence.
SILENT_DAYS = 7
# A history older than this is said to be old: it may be the wrong file.
OLD_DAYS = 31
# So long without a row is worth a sentence; a year or so is probably a wrong one.
TORN_DAYS, _A_YEAR = 60, 300
_DAY = pd.Timedelta(days=1)
_SHOWN = 5


def chosen(
    history: pd.DataFrame, *, queue: str | None = None, leave_out: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the rows of `queue` (of all if None), without the queues in `leave_out`.

    Raises
    ------
    BadInput
        A queue that the history does not have, or none is left.
    """
    names = list(map(str, history["queue"].unique()))
    for name in filter(None, (queue, *leave_out)):
        if name not in names:
            raise BadInput(f"history: no queue {name!r}; it has {', '.join(map(repr, names))}")
    wanted = [name for name in names if queue in (None, name) and name not in leave_out]
    if not wanted:
        raise BadInput("history: every queue is left out; keep at least one")
    return history[history["queue"].isin(wanted)].reset_index(drop=True)


def as_of(history: pd.DataFrame, *, now: dt.datetime) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows that had started at `now`, and a sentence on the others.

    Raises
    ------
    BadInput
        There are none.
    """
    moment = pd.Timestamp(now).tz_convert(history["start"].dt.tz)
    late = history["start"] > moment
    if late.all():
        raise BadInput(
            f"history: nothing had happened at {moment:%Y-%m-%d %H:%M}; it begins "
            f"{history['start'].min():%Y-%m-%d %H:%M}"
        )
    told = f"history: {int(late.sum())} rows start after {moment:%Y-%m-%d %H:%M} and are left out."
    return history[~late].reset_index(drop=True), (told,) if late.any() else ()


def happened(
    history: pd.DataFrame, *, now: dt.datetime, interval_min: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the intervals that were over at `now`, and what to say of the running one.

    Raises
    ------
    BadInput
        Rows start after `now`.
    """
    moment = pd.Timestamp(now).tz_convert(history["start"].dt.tz)
    told = future(history, now=now)
    if told:
        raise BadInput(
            f"{told[0]} Take these rows out, or say as of when it counts (--now "
            f"{history['start'].max() + _DAY:%Y-%m-%d} takes all of them for the past)"
        )
    # Days are local: the running one is the one that began at the last midnight.
    running = (
        history["start"] >= moment.normalize()
        if interval_min == _DAY // pd.Timedelta(minutes=1)
        else history["start"] + pd.Timedelta(minutes=interval_min) > moment
    )
    if not running.any():
        return history, ()
    if running.all():
        raise BadInput(f"history: no interval was over at {moment:%Y-%m-%d %H:%M}")
    first = history.loc[running, "start"].iloc[0]
    return history[~running].reset_index(drop=True), (
        f"history: {int(running.sum())} rows left out (first: {first:%Y-%m-%d %H:%M}): at "
        f"{moment:%H:%M} they were not over, and a part would be taken for the whole.",
    )


def future(history: pd.DataFrame, *, now: dt.datetime) -> tuple[str, ...]:
    """Return a sentence on rows that start after `now`; nothing if there are none."""
    moment = pd.Timestamp(now).tz_convert(history["start"].dt.tz)
    late = (history["start"] > moment).to_numpy()
    if not late.any():
        return ()
    first = history[late].iloc[0]
    return (
        f"history: {int(late.sum())} of {len(late)} rows start after now "
        f"({moment:%Y-%m-%d %H:%M}; first: queue {first['queue']!r}, "
        f"{first['start']:%Y-%m-%d %H:%M}): is the year wrong, or does the export pad days to "
        "come?",
    )


def old(history: pd.DataFrame, *, now: dt.datetime) -> tuple[str, ...]:
    """Return a sentence if the history ends long before `now`."""
    last = history["start"].max()
    days = (pd.Timestamp(now).tz_convert(last.tz).date() - last.date()).days
    if days <= OLD_DAYS:
        return ()
    return (
        f"history: it ends {last:%Y-%m-%d}, {days:,} days ago; what follows is about the time "
        "after that.",
    )


def torn(history: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each queue that has long been without rows and then has them again.

    Raises
    ------
    BadInput
        If a year or so is missing and too little came after it to forecast from: then the year of
        those rows is probably wrong.
    """
    told = []
    for name, rows in history.groupby("queue", sort=False):
        if len(rows) < 2:
            continue
        start = rows["start"].sort_values()
        gaps = start.diff().dt.total_seconds().to_numpy() / 86_400
        at = int(np.nanargmax(gaps))
        if gaps[at] <= TORN_DAYS:
            continue
        before, after = start.iloc[at - 1], start.iloc[at]
        since = (start.iloc[-1].normalize() - after.normalize()).days + 1
        said = (
            f"history: queue {str(name)!r} has no rows for {round(gaps[at]):,} days, after "
            f"{before:%Y-%m-%d} and before {after:%Y-%m-%d}: is a year wrong?"
        )
        if gaps[at] >= _A_YEAR and since < contract.SHORTEST_DAYS:
            raise BadInput(
                f"{said} Only {since} {'day lies' if since == 1 else 'days lie'} after it, too "
                f"few to forecast from. Correct the year or take those rows out (--now "
                f"{before + _DAY:%Y-%m-%d} leaves them out)"
            )
        told.append(f"{said} If not, what came before it says little now.")
    return tuple(told)


def silent(history: pd.DataFrame) -> pd.DataFrame:
    """Return the queues whose contacts stopped more than a week before those of the others.

    Returns
    -------
    DataFrame
        queue, last (start of the last interval with a contact), days (before the newest queue's)
        and ended: longer than `ENDED_DAYS`, and longer than it ever was silent before.
    """
    came = history[history["offered"] > 0]
    last = came.groupby("queue", sort=False)["start"].max()
    newest = last.max()
    rows = []
    for name, at in last.items():
        days = (newest.date() - at.date()).days
        if days > SILENT_DAYS:
            before = came.loc[came["queue"] == name, "start"].diff().max() / _DAY
            usual = 0.0 if pd.isna(before) else float(before)
            rows.append((name, at, days, days > max(ENDED_DAYS, usual)))
    return pd.DataFrame(rows, columns=["queue", "last", "days", "ended"])


def told_silent(history: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each queue that stopped before the others."""
    return tuple(
        f"history: queue {row['queue']!r} has no contact after {row['last']:%Y-%m-%d}, "
        f"{row['days']} days before the newest queue; it is forecast as it was until then. If it "
        "has ended, leave it out."
        for row in silent(history).to_dict("records")
    )


def refuse_ended(history: pd.DataFrame, *, keep: Collection[str] = ()) -> None:
    """Raise BadInput if a queue seems to have ended and is not in `keep`."""
    names = list(map(str, history["queue"].unique()))
    strange = [name for name in keep if name not in names]
    if strange:
        raise BadInput(
            f"--keep: no queue {strange[0]!r}; the history has {', '.join(map(repr, names))}"
        )
    found = silent(history)
    found = found[found["ended"].astype(bool) & ~found["queue"].isin(list(keep))]
    if found.empty:
        return
    first = found.iloc[0]
    raise BadInput(
        f"history: {len(found)} of {len(names)} queues seem to have ended (first: queue "
        f"{first['queue']!r}, no contact after {first['last']:%Y-%m-%d}, {first['days']} days "
        "before the newest queue); they would be forecast at full volume. Leave them out "
        f"({_options('--leave-out', found['queue'])}), or forecast them all the same "
        f"({_options('--keep', found['queue'])})"
    )


def unfit(error: BadInput, history: pd.DataFrame, *, interval_min: int) -> BadInput:
    """Return `error`, or one that names every queue to leave out so that the others can be used.

    Parameters
    ----------
    error : BadInput
        What a forecast of all of them said.
    """
    said = {}
    groups = history.groupby("queue", sort=False)
    for name, rows in groups:
        try:
            contract.check(rows, f"{interval_min}min")
        except BadInput as own:
            said[str(name)] = str(own)
    if not said or len(said) == len(groups):
        return error
    first = next(iter(said.values())).removeprefix("history: ")
    return BadInput(
        f"history: {len(said)} of {len(groups)} queues cannot be used yet (first: {first}). The "
        f"others can: {_options('--leave-out', said)}"
    )


def _options(option: str, queues: Collection[str]) -> str:
    shown = " ".join(f'{option} "{name}"' for name in list(queues)[:_SHOWN])
    return shown + (f" and {len(queues) - _SHOWN} more" if len(queues) > _SHOWN else "")
