"""Can this history be used?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.clock import Interval
from forecasts.errors import BadInput

REQUIRED = ("queue", "start", "offered")
COUNTS = ("answered", "abandoned", "wait_answered_s", "wait_abandoned_s")
SHORTEST_DAYS = 14
LONGEST_DAYS = 366 * 40
FEWEST_GAPS = 20


def check(history: pd.DataFrame, freq: Any) -> Interval:
    """Return the interval of `history` if it keeps the contract; raise BadInput otherwise.

    Parameters
    ----------
    history : DataFrame
        Columns queue, start (timezone-aware interval starts, ascending within a queue), offered
        (contacts, >= 0), and where known aht_s (seconds, > 0 where there were contacts, else
        NaN), answered, abandoned, wait_answered_s and wait_abandoned_s. One row per queue and
        start. Other columns are ignored.
    freq : str
        Pandas alias of the interval length, for example ``"30min"`` or ``"D"``.

    Raises
    ------
    BadInput
        Says what was expected, what came, where, how many rows, and what to do.
    """
    interval = clock.interval_of(freq)
    if not isinstance(history, pd.DataFrame):
        raise BadInput(f"history: expected a DataFrame, got {type(history).__name__}")
    twice = history.columns[history.columns.duplicated()]
    if len(twice):
        raise BadInput(f"history: column {twice[0]!r} stands twice; keep one")
    missing = [name for name in REQUIRED if name not in history.columns]
    if missing:
        got = list(map(str, history.columns))[:20]
        raise BadInput(f"history: missing columns {missing}; got {got} - rename the export's own")
    if not len(history):
        raise BadInput("history: no rows; expected at least two weeks of intervals")
    _check_keys(history)
    _check_numbers(history)
    return _check_grid(history, interval)


def _check_keys(history: pd.DataFrame) -> None:
    queue, start = history["queue"], history["start"]
    if queue.isna().any():
        raise BadInput(
            f"history: {int(queue.isna().sum())} rows have no queue "
            f"(first: row {int(queue.isna().to_numpy().argmax())}); name the queue of every row"
        )
    if not isinstance(start.dtype, pd.DatetimeTZDtype):
        raise BadInput(
            f"history: column 'start' must be timezone-aware times of one zone, got {start.dtype}; "
            "parse and localise it, for example "
            "pd.to_datetime(start).dt.tz_localize('America/New_York')"
        )
    if start.isna().any():
        raise BadInput(
            f"history: {int(start.isna().sum())} rows have no start "
            f"(first: row {int(start.isna().to_numpy().argmax())}); repair or drop them"
        )
    try:
        clock.utc_ns(start)
    except pd.errors.OutOfBoundsDatetime as error:
        raise BadInput(
            f"history: starts run from {start.min()} to {start.max()}; expected years 1678 to "
            "2261 - check the date format"
        ) from error


def _check_numbers(history: pd.DataFrame) -> None:
    offered = numbers(history, "offered")
    _refuse(history, np.isnan(offered), "offered", "have no offered",
            "drop rows that were not recorded and write 0 where nobody came")  # fmt: skip
    _refuse(history, np.isinf(offered), "offered", "have infinite offered", "repair the export")
    _refuse(history, offered < 0, "offered", "have negative offered",
            "counts cannot be negative - check the export")  # fmt: skip
    for name in COUNTS:
        if name in history.columns:
            values = numbers(history, name)
            _refuse(history, ~(np.isnan(values) | (values >= 0)) | np.isinf(values), name,
                    f"have negative or infinite {name}", "check the export")  # fmt: skip
    if "aht_s" in history.columns:
        aht_s = numbers(history, "aht_s")
        _refuse(history, np.isinf(aht_s) | (aht_s < 0), "aht_s",
                "have negative or infinite aht_s", "write NaN where it is unknown")  # fmt: skip
        contacts = offered if "answered" not in history.columns else numbers(history, "answered")
        _refuse(history, (aht_s == 0) & (contacts > 0), "aht_s", "have aht_s 0 with contacts",
                "write the mean handle time in seconds, or NaN where it is unknown")  # fmt: skip


def numbers(history: pd.DataFrame, name: str) -> np.ndarray:
    """Return column `name` as float64, NaN where missing; raise BadInput for text and bools."""
    column = history[name]
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype) or pd.api.types.is_string_dtype(kind):
        _refuse_text(history, name)
    if pd.api.types.is_object_dtype(kind):
        _refuse_text(history, name)
    refused = pd.api.types.is_bool_dtype(kind) or pd.api.types.is_complex_dtype(kind)
    if refused or not pd.api.types.is_numeric_dtype(kind):
        raise BadInput(f"history: column {name!r} must be numbers, got {kind}; convert it first")
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _refuse_text(history: pd.DataFrame, name: str) -> None:
    column = history[name].astype(object)
    odd = column.map(lambda value: not isinstance(value, (int, float)) or value is True)
    bad = (odd & column.notna()).to_numpy(bool)
    if not bad.any():
        raise BadInput(
            f"history: column {name!r} must be numbers, got {history[name].dtype}; convert it, "
            f"for example history[{name!r}].astype('float64')"
        )
    first = column.iloc[int(bad.argmax())]
    raise BadInput(
        f"history: {int(bad.sum())} rows of column {name!r} are not numbers (first: "
        f"{row(history, bad)}, got {first!r}); parse them first, for example with pd.to_numeric"
    )


def _check_grid(history: pd.DataFrame, interval: Interval) -> Interval:
    ns = clock.utc_ns(history["start"])
    tz = clock.zone_of(history["start"])
    code = pd.factorize(history["queue"])[0]
    span_days = (ns.max() - ns.min()) / clock.NS_A_DAY
    if span_days > LONGEST_DAYS:
        raise BadInput(
            f"history: starts run from {history['start'].min()} to {history['start'].max()}, "
            f"{span_days / 365.25:.0f} years; check the date format and drop placeholder dates"
        )
    twice = history.duplicated(["queue", "start"]).to_numpy()
    if twice.any():
        raise BadInput(
            f"history: {int(twice.sum())} rows repeat a queue and start (first: "
            f"{row(history, twice)}); keep one row each - sum them if they are parts, drop them if "
            "the import ran twice"
        )
    order = np.argsort(code, kind="stable")
    back = np.zeros(len(ns), bool)
    same = code[order][1:] == code[order][:-1]
    gaps = np.diff(ns[order])
    back[order[1:]] = same & (gaps < 0)
    if back.any():
        raise BadInput(
            f"history: {int(back.sum())} rows come before the row above them (first: "
            f"{row(history, back)}); sort it: history.sort_values(['queue', 'start'])"
        )
    interval = _grid(history, ns, interval, tz=tz)
    for number, name in enumerate(pd.factorize(history["queue"])[1]):
        own = gaps[same & (code[order][1:] == number)]
        step = int(np.gcd.reduce(own)) if len(own) else interval.ns
        if not interval.daily and step > interval.ns and len(own) >= FEWEST_GAPS:
            raise BadInput(
                f"history: queue {name!r} has starts only every {step // clock.NS_A_MINUTE} min, "
                f"but freq is {interval}; pass the freq of the data"
            )
        first, last = ns[code == number].min(), ns[code == number].max()
        days = clock.wall(np.array([first, last]), tz, interval)[0]
        if days[1] - days[0] + 1 < SHORTEST_DAYS:
            raise BadInput(
                f"history: queue {name!r} spans {int(days[1] - days[0] + 1)} days; at least "
                f"{SHORTEST_DAYS} are needed (two of each weekday), four weeks or more are better; "
                "leave the queue out until then"
            )
    return interval


def _grid(history: pd.DataFrame, ns: np.ndarray, interval: Interval, *, tz: Any) -> Interval:
    """Return the interval with its grid: elapsed time, or the wall clock.

    A UTC export of a centre at +05:30 is on the first only; intervals that the change of the
    clock cuts (two hours; hours in Lord Howe) are on one or the other.
    """
    if interval.daily:
        by_wall, wanted = interval, "local midnight"
    else:
        phase = _most_common(clock.local_ns(ns, tz) % interval.ns)
        by_wall, wanted = replace(interval, by_wall=True, phase_ns=phase), f"one grid of {interval}"
        elapsed = ns % interval.ns
        if (elapsed == elapsed[0]).all() and interval.minutes <= 60:
            return interval
    off = ns != clock.floor(ns, tz, by_wall)
    if off.any() and not interval.daily and (elapsed == elapsed[0]).all():
        return interval
    if off.any():
        raise BadInput(
            f"history: {int(off.sum())} of {len(ns)} starts are not on {wanted} (first: "
            f"{row(history, off)}); pass the freq of the data, or bring the rows to one interval"
        )
    return by_wall


def _most_common(values: np.ndarray) -> int:
    found, counts = np.unique(values, return_counts=True)
    return int(found[counts.argmax()])


def _refuse(history: pd.DataFrame, bad: np.ndarray, name: str, what: str, advice: str) -> None:
    if bad.any():
        got = history[name].iloc[int(bad.argmax())]
        raise BadInput(
            f"history: {int(bad.sum())} rows {what} (first: {row(history, bad)}, got {got}); "
            f"{advice}"
        )


def row(history: pd.DataFrame, bad: np.ndarray) -> str:
    """Return queue and start of the first row marked in `bad`, for a message."""
    at = int(bad.argmax())
    return f"queue {history['queue'].iloc[at]!r}, {history['start'].iloc[at]}"
