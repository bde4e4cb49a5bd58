"""Can this history be used?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.clock import Interval
from forecasts.errors import BadInput
from forecasts.grid import SHORTEST_DAYS, Rows, check_grid, of_queues, row

REQUIRED = ("queue", "start", "offered")
COUNTS = ("answered", "abandoned", "wait_answered_s", "wait_abandoned_s")
MOST = 1e9  # contacts an interval; more is another column, and whole numbers stay exact


def check(
    history: pd.DataFrame, freq: Any, *, shortest_days: int = SHORTEST_DAYS, now: Any = None
) -> Interval:
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
    shortest_days : int
        Local days that each queue must span.
    now : timezone-aware Timestamp, optional
        No row may start after it; an export that pads the rest of the month is not a history.

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
    queues = _check_keys(history)
    _check_numbers(history)
    if now is not None:
        late = (history["start"] > pd.Timestamp(now)).to_numpy(bool)
        _refuse(history, late, "start", f"start after {now}", "drop rows of the future")
    return check_grid(history, queues, interval, shortest_days=shortest_days)


def _check_keys(history: pd.DataFrame) -> Rows:
    queue, start = history["queue"], history["start"]
    queues = of_queues(queue)
    if any(pd.isna(name) is True for name, _ in queues):
        raise BadInput(
            f"history: {int(queue.isna().sum())} rows have no queue "
            f"(first: row {int(queue.isna().to_numpy().argmax())}); name the queue of every row"
        )
    if not isinstance(start.dtype, pd.DatetimeTZDtype):
        _refuse_mixed(start)
        raise BadInput(
            f"history: column 'start' must be timezone-aware times of one zone, got {start.dtype}; "
            "parse and localise it, for example "
            "pd.to_datetime(start).dt.tz_localize('America/New_York')"
        )
    try:
        ns = clock.utc_ns(start)
    except pd.errors.OutOfBoundsDatetime as error:
        raise BadInput(
            f"history: starts run from {start.min()} to {start.max()}; expected years 1678 to "
            "2261 - check the date format"
        ) from error
    if ns.min() == pd.NaT.value:
        raise BadInput(
            f"history: {int(start.isna().sum())} rows have no start "
            f"(first: row {int(start.isna().to_numpy().argmax())}); repair or drop them"
        )
    return queues


def _refuse_mixed(start: pd.Series) -> None:
    if pd.api.types.is_object_dtype(start.dtype):
        zones = {str(value.tzinfo) for value in start if isinstance(value, datetime)}
        if len(zones) > 1:
            raise BadInput(
                f"history: column 'start' mixes {len(zones)} time zones ({sorted(zones)[:4]}); "
                "bring it to the zone of the site, for example "
                "pd.to_datetime(start, utc=True).dt.tz_convert('America/New_York')"
            )


def _check_numbers(history: pd.DataFrame) -> None:
    offered = numbers(history, "offered")
    if not _sound(offered):
        _refuse_offered(history, offered)
    for name in COUNTS:
        if name in history.columns:
            values = numbers(history, name)
            _refuse(history, ~(np.isnan(values) | (values >= 0)) | np.isinf(values), name,
                    f"have negative or infinite {name}", "check the export")  # fmt: skip
    if "aht_s" in history.columns:
        aht_s = numbers(history, "aht_s")
        if _sound(aht_s) and aht_s.min() > 0:
            return
        _refuse(history, np.isinf(aht_s) | (aht_s < 0), "aht_s",
                "have negative or infinite aht_s", "write NaN where it is unknown")  # fmt: skip
        contacts = offered if "answered" not in history.columns else numbers(history, "answered")
        _refuse(history, (aht_s == 0) & (contacts > 0), "aht_s", "have aht_s 0 with contacts",
                "write the mean handle time in seconds, or NaN where it is unknown")  # fmt: skip


def _sound(values: np.ndarray) -> bool:
    """Return whether all are between 0 and `MOST`: two passes, as tables can be long."""
    return bool(values.min() >= 0 and values.max() <= MOST)  # NaN compares false


def _refuse_offered(history: pd.DataFrame, offered: np.ndarray) -> None:
    _refuse(history, np.isnan(offered), "offered", "have no offered",
            "drop rows that were not recorded and write 0 where nobody came")  # fmt: skip
    _refuse(history, np.isinf(offered), "offered", "have infinite offered", "repair the export")
    _refuse(history, offered < 0, "offered", "have negative offered",
            "counts cannot be negative - check the export")  # fmt: skip
    _refuse(history, offered > MOST, "offered", f"have more than {MOST:.0e} contacts",
            "no queue has that many - was another column read as offered?")  # fmt: skip


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
    return np.ascontiguousarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


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


def _refuse(history: pd.DataFrame, bad: np.ndarray, name: str, what: str, advice: str) -> None:
    if bad.any():
        got = history[name].iloc[int(bad.argmax())]
        raise BadInput(
            f"history: {int(bad.sum())} rows {what} (first: {row(history, bad)}, got {got}); "
            f"{advice}"
        )
