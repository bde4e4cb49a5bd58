"""How many contacts per planning interval, from rows of finer intervals or of single contacts?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import STATED, counted
from wfm.adapters.acd_table import TextTable
from wfm.errors import BadInput
from wfm.timegrid import MINUTES_A_DAY

SUMS = ("offered", "answered", "abandoned", "wait_answered_s", "wait_abandoned_s")
_NS_A_MINUTE = 60_000_000_000
# A day with this many rows, this share of them equally far apart, shows its interval.
_ROWS_THAT_SHOW = 8
_EVEN_SHARE = 0.8


def local_midnight(instants: pd.DatetimeIndex) -> np.ndarray:
    """Return the local midnight before each instant, nanoseconds UTC; a day is cut from there."""
    days = instants.tz_localize(None).normalize()
    codes, unique = pd.factorize(days)
    midnights = pd.DatetimeIndex(unique).tz_localize(
        instants.tz, ambiguous=np.ones(len(unique), dtype=bool), nonexistent="shift_forward"
    )
    return midnights.as_unit("ns").asi8[codes]


class DailyCounts(BadInput):
    """The file counts by day, and intervals were asked for."""


def file_interval(
    table: TextTable,
    rows: pd.DataFrame,
    *,
    stated: int | None,
    usual: int | None = None,
    notes: list[str],
) -> int:
    """Return the minutes a row covers: as stated, or the usual spacing within a day.

    A file with too few rows to show it counts by `usual`.

    Raises
    ------
    BadInput
        Daily counts, a single row without `usual`, or rows on different grids.
    """
    order = rows.sort_values(["queue", "wall"], kind="stable")
    wall = order["wall"].to_numpy().astype("datetime64[s]")
    same_queue = order["queue"].to_numpy()[1:] == order["queue"].to_numpy()[:-1]
    days = wall.astype("datetime64[D]")
    steps = np.diff(wall).astype(np.int64) // 60
    within = same_queue & (days[1:] == days[:-1]) & (steps > 0)
    step = stated
    if step is None:
        if not within.any() and usual is not None:
            return _taken_as(table, order, usual, notes)
        if not within.any():
            if len(np.unique(days)) > 1:
                raise daily_counts(table)
            raise BadInput(
                f"{table.name}: too few rows ({len(rows)}) to show how long an interval is; say it "
                f"{STATED}file_interval_min = 30"
            )
        step = int(np.bincount(np.minimum(steps[within], MINUTES_A_DAY)).argmax())
    minute = (wall - days.astype("datetime64[s]")).astype(np.int64) / 60
    off = minute % step != 0
    coarse = np.zeros(len(order), dtype=bool)
    if stated is None:
        day = np.cumsum(np.concatenate([[True], ~(same_queue & (days[1:] == days[:-1]))])) - 1
        coarse = _coarser_days(day, steps, within)[day] > step
    bad = off | coarse
    if bad.any():
        line = order["line"].to_numpy()[bad].min()
        raise BadInput(
            f"{table.name}: mixed intervals: most rows are {step} min apart, but "
            f"{counted(bad, 'row does', 'rows do')} not fit (first: line {line}); export all in "
            f"one interval length that starts on the hour, or say it {STATED}file_interval_min = "
            f"{step}"
        )
    return step


def _taken_as(table: TextTable, rows: pd.DataFrame, usual: int, notes: list[str]) -> int:
    """Return `usual` if the few `rows` begin where intervals of that length do."""
    minute = rows["wall"].dt.hour * 60 + rows["wall"].dt.minute
    off = (minute % usual != 0).to_numpy()
    if off.any():
        raise BadInput(
            f"{table.name}: too few rows ({len(rows)}) to show how long an interval is, and "
            f"{rows['wall'][off].iloc[0]:%H:%M} begins no interval of {usual} min; export by "
            f"{usual} min from the start of the day on"
        )
    notes.append(
        f"{counted(len(rows), 'row')}, too few to show how long an interval is: taken as {usual} "
        "min."
    )
    return usual


def _coarser_days(day: np.ndarray, steps: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Return the spacing of each queue-day that plainly has one, 0 for the others.

    A quiet queue whose file leaves out empty intervals has rows far apart too, but not evenly.
    """
    number = day[-1] + 1
    least = np.full(number, np.iinfo(np.int64).max)
    np.minimum.at(least, day[1:][within], steps[within])
    even = within & (steps == least[day[1:]])
    share = np.bincount(day[1:][even], minlength=number) / np.maximum(
        np.bincount(day[1:][within], minlength=number), 1
    )
    plain = (np.bincount(day, minlength=number) >= _ROWS_THAT_SHOW) & (share >= _EVEN_SHARE)
    return np.where(plain, least, 0)


def daily_counts(table: TextTable) -> DailyCounts:
    """Return the error for a file of daily counts."""
    return DailyCounts(
        f"{table.name}: its times are days without a time of day; agents are planned by interval, "
        "and daily counts do not say when contacts come - export by 15, 30 or 60 min (wfm "
        "forecast, backtest and clean take day totals as they are)"
    )


def check_intervals(table: TextTable, step: int, interval_min: int) -> None:
    """Raise BadInput unless intervals of `step` minutes fill intervals of `interval_min`."""
    if step > interval_min:
        raise BadInput(
            f"{table.name}: the file counts by {step} min, the plan by {interval_min} min; finer "
            f"than the file is not possible - set interval_min = {step} in the scenario (or "
            f"--interval {step})"
        )
    if interval_min % step:
        raise BadInput(
            f"{table.name}: the file counts by {step} min, which does not divide interval_min = "
            f"{interval_min}; set interval_min to a multiple of {step}"
        )


def refuse_duplicates(table: TextTable, rows: pd.DataFrame) -> None:
    """Raise BadInput if a queue and start stand twice."""
    twice = rows.duplicated(["queue", "start"]).to_numpy()
    if twice.any():
        row = rows.iloc[int(twice.argmax())]
        same = (rows["queue"] == row["queue"]) & (rows["start"] == row["start"])
        lines = " and ".join(map(str, rows.loc[same, "line"].sort_values().head(2)))
        raise BadInput(
            f"{table.name}: a queue and start stand again in {counted(twice, 'row')} (first: "
            f"queue {row['queue']!r}, {row['start']:%Y-%m-%d %H:%M}, lines {lines}); a queue has "
            "one row an interval - was a span exported twice, or is a queue column missing?"
        )


def to_intervals(
    rows: pd.DataFrame, *, step: int, interval_min: int, partial_last: str, notes: list[str]
) -> pd.DataFrame:
    """Return sums over `interval_min`, mean handle time weighted by handled contacts.

    Parameters
    ----------
    rows : DataFrame
        queue, start, `SUMS` where known, and aht_s; one row a queue and `step` minutes.
    """
    work = rows.reset_index(drop=True)
    instants = pd.DatetimeIndex(work["start"])
    midnight = local_midnight(instants)
    since = instants.as_unit("ns").asi8 - midnight
    number = since // (interval_min * _NS_A_MINUTE)
    work["bin"] = midnight + number * interval_min * _NS_A_MINUTE
    work["part"] = (since - number * interval_min * _NS_A_MINUTE) // (step * _NS_A_MINUTE)
    if "aht_s" in work:
        weight = work["answered"] if "answered" in work else work["offered"]
        weight = weight.where(work["aht_s"].notna(), 0.0)
        work["weight"] = weight
        work["handle_s"] = (work["aht_s"].fillna(0.0) * weight).astype(float)
    known = [name for name in SUMS if name in work]
    extra = ["handle_s", "weight"] if "aht_s" in work else []
    groups = work.groupby(["queue", "bin"], sort=True, observed=True)
    frame = groups[[*known, *extra]].sum()
    frame["parts"] = groups.size()
    frame["last_part"] = groups["part"].max()
    frame = frame.reset_index()
    if "aht_s" in work:
        handled = frame["weight"].to_numpy(float)
        total = frame["handle_s"].to_numpy(float)
        frame["aht_s"] = np.divide(
            total, handled, out=np.full(len(frame), np.nan), where=handled > 0
        )
    frame["start"] = (
        pd.to_datetime(frame["bin"], unit="ns", utc=True)
        .dt.tz_convert(instants.tz)
        .dt.as_unit("ns")
    )
    if interval_min > step:
        notes.append(f"The file counts by {step} min; summed to {interval_min} min.")
        keep = _whole(frame, interval_min // step, rows, partial_last, notes)
        frame = frame.loc[keep]
    columns = ["queue", "start", "offered", "aht_s", *known[1:]]
    return frame[[name for name in columns if name in frame]].reset_index(drop=True)


def _whole(
    frame: pd.DataFrame, parts: int, rows: pd.DataFrame, partial_last: str, notes: list[str]
) -> np.ndarray:
    """Return which intervals to keep; a count over a part of one is falsely low."""
    start = pd.DatetimeIndex(frame["start"])
    part = (frame["parts"] < parts).to_numpy()
    keep = np.ones(len(frame), dtype=bool)
    if not part.any():
        return keep
    day = start.tz_localize(None).normalize()
    queue = frame["queue"].to_numpy()
    end_of_day = np.ones(len(frame), dtype=bool)
    end_of_day[:-1] = (queue[1:] != queue[:-1]) | (day[1:] != day[:-1])
    clock = start.strftime("%H:%M").to_numpy()
    closing = part & end_of_day & _usual_end(frame, queue, start, clock, end_of_day)
    if closing.any() and partial_last == "drop":
        keep &= ~closing
        clocks = ", ".join(sorted(set(clock[closing]))[:3])
        notes.append(
            f"Dropped {counted(closing, 'last interval')} of a day (at {clocks}): closing time "
            f"falls inside, and {_contacts(frame, closing)} contacts would stand for the whole "
            'interval; partial_last = "keep" keeps them.'
        )
    cut = part & keep & ~closing & np.asarray(start == start.max())
    if cut.any():
        keep &= ~cut
        notes.append(
            f"Dropped {counted(cut, 'interval')} at {start.max():%Y-%m-%d %H:%M}: the file ends "
            "inside."
        )
    rest = part & keep & ~closing
    if rest.any():
        first = start[rest][0].strftime("%Y-%m-%d %H:%M")
        if (rows["offered"] == 0).any():
            # A file that writes zeros leaves out only what it did not record.
            keep &= ~rest
            notes.append(
                f"Dropped {counted(rest, 'interval')} of which some rows are missing (first: "
                f"{first})."
            )
        else:
            notes.append(
                f"{counted(rest, 'interval')} with fewer rows than {parts} (first: {first}); "
                "the file never writes 0, so an absent row counts as no contacts."
            )
    return keep


def _usual_end(
    frame: pd.DataFrame, queue: np.ndarray, start: pd.DatetimeIndex, clock: np.ndarray,
    end_of_day: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return where a day ends as its queue usually does on that weekday, and never later.

    A quiet queue whose file leaves out empty intervals ends anywhere; a closing time repeats.
    """
    last = frame["last_part"].to_numpy()
    day = pd.DataFrame({"queue": queue, "weekday": start.day_of_week, "clock": clock, "part": last})
    ends = day[end_of_day]
    kind = ["queue", "weekday"]
    here = ends.groupby([*kind, "clock", "part"])["clock"].transform("size")
    often = here >= 0.5 * ends.groupby(kind)["clock"].transform("size")
    repeated = ends.groupby(["queue", "clock", "part"])["clock"].transform("size") >= 2
    usual = np.zeros(len(day), dtype=bool)
    usual[end_of_day] = (often & repeated).to_numpy()
    latest = day.groupby([*kind, "clock"])["part"].transform("max").to_numpy()
    return usual & (last == latest)


def _contacts(frame: pd.DataFrame, rows: np.ndarray) -> str:
    return f"{frame.loc[rows, 'offered'].sum():,.0f}"
