"""Which forecast was in force when, who changed it and why, and was the change any good?

A locked version never changes; an override makes a new one that remembers its parent. What
overrides were worth says `forecasts.value_added`. Keeping versions on disk is the caller's work:
everything here is a value.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, frames, spread
from forecasts.errors import BadInput


@dataclass(frozen=True)
class Override:
    """One change of a forecast by a person.

    Attributes
    ----------
    queue : object
    start, end : Timestamp
        Start of the first interval changed, and end of the last one.
    change : float or None
        Fraction by which volumes changed, 0.1 for +10 %.
    value : float or None
        Or the contacts that the rows add up to since.
    reason, by : str
    at : datetime
        When, timezone-aware.
    rows : int
        Intervals changed.
    before, after : float
        Expected contacts of these rows.
    """

    queue: Any
    start: pd.Timestamp
    end: pd.Timestamp
    change: float | None
    value: float | None
    reason: str
    by: str
    at: dt.datetime
    rows: int
    before: float
    after: float


@dataclass(frozen=True)
class Version:
    """A locked forecast.

    Attributes
    ----------
    name : str
    by : str
        Who locked or changed it.
    at : datetime
        When, timezone-aware.
    note : str
    parent : Version or None
        The version that this one overrides.
    override : Override or None
        What was changed in it.
    digest : str
        SHA-256 of its rows; equal forecasts have equal digests.
    """

    name: str
    by: str
    at: dt.datetime
    note: str
    parent: Version | None
    override: Override | None
    digest: str
    _frame: pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """A copy of its rows; changing it leaves the version as it is."""
        return self._frame.copy(deep=True)

    @property
    def lineage(self) -> list[Version]:
        """This version and those it came from, the locked statistical forecast first."""
        return list(_back(self))[::-1]

    @property
    def overrides(self) -> pd.DataFrame:
        """The history of overrides, oldest first, one row each."""
        columns = list(Override.__dataclass_fields__)
        made = [item.override for item in self.lineage if item.override is not None]
        rows = [[getattr(item, name) for name in columns] for item in made]
        return pd.DataFrame(rows, columns=columns)


def _back(version: Version | None) -> Iterator[Version]:
    while version is not None:
        yield version
        version = version.parent


def lock(forecast: Any, *, name: str, by: str, at: dt.datetime, note: str = "") -> Version:
    """Return `forecast` as a version that nothing changes any more.

    Parameters
    ----------
    forecast : Forecast or DataFrame
    name, by : str
        Of the version, and of who locks it.
    at : datetime
        When, timezone-aware; given, so that the same inputs make the same version.
    note : str

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.date_range("2026-03-02", periods=2, freq="D", tz="UTC")
    >>> frame = pd.DataFrame({"queue": "voice", "start": start, "volume": 100.0,
    ...                       "dispersion": 0.01})
    >>> now = dt.datetime(2026, 2, 24, 10, tzinfo=dt.timezone.utc)
    >>> first = lock(frame, name="week 10", by="Ana", at=now)
    >>> second = override(first, queue="voice", start="2026-03-02", end="2026-03-03", change=0.2,
    ...                   reason="price letter", by="Ben", at=now)
    >>> second.frame["volume"].tolist(), second.overrides["reason"].tolist()
    ([120.0, 100.0], ['price letter'])
    """
    frame = frames.checked(forecast).reset_index(drop=True).copy(deep=True)
    _texts(name=name, by=by)
    return Version(name, by, _moment(at), note, None, None, _digest(frame), frame)


def _texts(**given: Any) -> None:
    for label, text in given.items():
        if not isinstance(text, str) or not text.strip():
            raise BadInput(f"{label}: expected a text, got {text!r}; say it for whoever asks later")


def _moment(at: Any) -> dt.datetime:
    if not isinstance(at, dt.datetime) or at.tzinfo is None:
        raise BadInput(
            f"at: expected a timezone-aware datetime, got {at!r}; for example "
            "datetime.now(timezone.utc)"
        )
    return at


def _digest(frame: pd.DataFrame) -> str:
    found = hashlib.sha256()
    for name in sorted(map(str, frame.columns)):
        column = frame[name]
        found.update(name.encode())
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            found.update(clock.utc_ns(column).tobytes())
        elif pd.api.types.is_numeric_dtype(column.dtype):
            found.update((column.to_numpy(np.float64, na_value=np.nan) + 0.0).tobytes())
        else:
            found.update("\x1f".join(map(repr, column.astype(object))).encode())
    return found.hexdigest()


def override(
    version: Version,
    *,
    queue: Any,
    start: Any,
    end: Any,
    reason: str,
    by: str,
    at: dt.datetime,
    change: float | None = None,
    value: float | None = None,
    name: str | None = None,
) -> Version:
    """Return a new version in which a person has changed some volumes.

    Parameters
    ----------
    version : Version
    queue : object
    start, end : Timestamp or str
        Rows with start <= their start < end; a text without zone is read as local time.
    reason, by : str
        Why and who; neither may be empty.
    at : datetime
        When, timezone-aware, not before the version.
    change : float, optional
        Fraction by which every row changes, > -1: 0.1 for +10 %.
    value : float, optional
        Or contacts >= 0 that the rows are to add up to, shared out as they were before (evenly
        where nothing was expected). Exactly one of the two.
    name : str, optional
        Of the new version; ``"<name> +1"`` if absent.

    Raises
    ------
    BadInput
    """
    _texts(reason=reason, by=by)
    if _moment(at) < version.at:
        raise BadInput(f"at: {at} lies before the version it changes ({version.at})")
    _check_size(change, value)
    frame = version.frame
    tz = clock.zone_of(frame["start"])
    first, last = _local(start, tz, "start"), _local(end, tz, "end")
    inside = (frame["start"] >= first) & (frame["start"] < last)
    rows = np.flatnonzero(inside & (frame["queue"] == queue))
    if not len(rows):
        queues = list(map(str, frame["queue"].unique()))[:10]
        raise BadInput(
            f"override: no interval of queue {queue!r} from {first} to {last}; the version has "
            f"{queues} from {frame['start'].min()} to {frame['start'].max()}"
        )
    volume = frame["volume"].to_numpy(np.float64).copy()
    before = float(volume[rows].sum())
    if change is not None:
        volume[rows] *= 1 + change
    else:
        share = volume[rows] / before if before > 0 else np.full(len(rows), 1 / len(rows))
        volume[rows] = share * float(value or 0.0)
    first, last = _changed(frame, rows, first=first, last=last)
    changed = spread.rebanded(frame, volume, spread.implied(frame))
    # Other rows keep the bands they had, to the digit.
    kept = np.setdiff1d(np.arange(len(frame)), rows)
    if all(column in frame.columns for column in frames.QUANTILES):
        changed.loc[kept, frames.QUANTILES] = frame.loc[kept, frames.QUANTILES]
    if "dispersion" not in frame.columns:
        changed = changed.drop(columns="dispersion")
    made = Override(queue, first, last, change, value, reason, by, at, len(rows), before,
                    float(volume[rows].sum()))  # fmt: skip
    count = sum(item.override is not None for item in version.lineage) + 1
    name = name or f"{version.lineage[0].name} +{count}"
    return Version(name, by, at, reason, version, made, _digest(changed), changed)


def _changed(
    frame: pd.DataFrame, rows: np.ndarray, *, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return from when to when `rows` are, where that is less than was asked."""
    start = frame["start"]
    own = np.sort(clock.utc_ns(start[frame["queue"] == frame["queue"].iloc[rows[0]]]))
    begin, newest = start.iloc[rows].min(), start.iloc[rows].max()
    if len(own) < 2:
        return begin, last
    end = clock.instants(clock.ends(own, clock.zone_of(start)), clock.zone_of(start))
    return max(first, begin), pd.Timestamp(end[np.searchsorted(own, newest.as_unit("ns").value)])


def _check_size(change: Any, value: Any) -> None:
    if (change is None) == (value is None):
        raise BadInput(
            f"override: expected either change or value, got change={change!r}, value={value!r}"
        )
    given = value if change is None else change
    good = isinstance(given, (int, float)) and not isinstance(given, bool) and np.isfinite(given)
    if change is not None and not (good and change > -1):
        raise BadInput(
            f"change: expected a fraction > -1 (0.1 is +10 %), got {change!r}; "
            "for nothing at all use value=0"
        )
    if value is not None and not (good and value >= 0):
        raise BadInput(f"value: expected contacts >= 0, got {value!r}")


def _local(moment: Any, tz: Any, name: str) -> pd.Timestamp:
    try:
        found = pd.Timestamp(moment)
        found = found.tz_localize(tz) if found.tz is None else found.tz_convert(tz)
    except (ValueError, TypeError) as error:
        raise BadInput(f"{name}: expected a time, got {moment!r} ({error})") from error
    if found is pd.NaT:
        raise BadInput(f"{name}: expected a time, got {moment!r}")
    return found


def compare(before: Version, after: Version) -> pd.DataFrame:
    """Return the intervals in which two versions differ, and by how much.

    Returns
    -------
    DataFrame
        queue, start, before, after (expected contacts; NaN where a version has no such row),
        difference (after - before) and change (the same over before; NaN where that is 0).
    """
    columns = ["queue", "start", "volume"]
    both = before.frame[columns].merge(
        after.frame[columns], on=["queue", "start"], how="outer", suffixes=("_before", "_after")
    )
    table = pd.DataFrame({
        "queue": both["queue"], "start": both["start"], "before": both["volume_before"],
        "after": both["volume_after"],
    })  # fmt: skip
    table["difference"] = table["after"] - table["before"]
    table["change"] = (table["difference"] / table["before"]).where(table["before"] > 0)
    return table[table["before"] != table["after"]].reset_index(drop=True)
