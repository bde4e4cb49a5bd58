"""Is this a forecast frame, and which actual belongs to each of its rows?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts import quantiles as bands
from forecasts.errors import BadInput

QUANTILES = list(bands.LEVELS)


def checked(forecast: Any, *, name: str = "forecast") -> pd.DataFrame:
    """Return the frame of `forecast` (a `Forecast`, or its frame) if it keeps the contract.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        Columns queue, start (timezone-aware), volume (contacts >= 0) and the quantiles p2_5, p10,
        p50, p90, p97_5, or volume and dispersion.
    name : str
        What to call it in a message.

    Raises
    ------
    BadInput
    """
    frame = getattr(forecast, "frame", forecast)
    if not isinstance(frame, pd.DataFrame):
        raise BadInput(f"{name}: expected a forecast or its frame, got {type(forecast).__name__}")
    missing = [column for column in ("queue", "start", "volume") if column not in frame.columns]
    if "dispersion" not in frame.columns:
        missing += [column for column in QUANTILES if column not in frame.columns]
    if missing:
        got = list(map(str, frame.columns))[:20]
        raise BadInput(f"{name}: missing columns {missing}; got {got} - pass forecast(...).frame")
    if not len(frame):
        raise BadInput(f"{name}: no rows; expected one for each queue and interval")
    keys(frame, name)
    for column in ("volume", *(c for c in QUANTILES if c in frame.columns)):
        counts(frame, column, name)
    return frame


def keys(frame: pd.DataFrame, name: str) -> None:
    """Raise BadInput unless queue and start are there, timezone-aware and unique."""
    if not isinstance(frame["start"].dtype, pd.DatetimeTZDtype):
        raise BadInput(
            f"{name}: column 'start' must be timezone-aware times of one zone, got "
            f"{frame['start'].dtype}; localise it, for example start.dt.tz_localize('Europe/Paris')"
        )
    absent = (frame["queue"].isna() | frame["start"].isna()).to_numpy()
    if absent.any():
        raise BadInput(
            f"{name}: {int(absent.sum())} rows have no queue or no start (first: row "
            f"{int(absent.argmax())}); repair or drop them"
        )
    twice = frame.duplicated(["queue", "start"]).to_numpy()
    if twice.any():
        raise BadInput(
            f"{name}: {int(twice.sum())} rows repeat a queue and start (first: "
            f"{where(frame, twice)}); keep one row each"
        )


def counts(frame: pd.DataFrame, column: str, name: str, *, unknown: bool = False) -> np.ndarray:
    """Return a column of finite numbers >= 0 as float64; NaN is allowed where `unknown`."""
    kind = frame[column].dtype
    if pd.api.types.is_bool_dtype(kind) or not pd.api.types.is_numeric_dtype(kind):
        raise BadInput(f"{name}: column {column!r} must be numbers, got {kind}; convert it first")
    values = frame[column].to_numpy(np.float64, na_value=np.nan)
    bad = ~(np.isfinite(values) & (values >= 0))
    if unknown:
        bad &= ~np.isnan(values)
    if bad.any():
        got = frame[column].iloc[int(bad.argmax())]
        raise BadInput(
            f"{name}: {int(bad.sum())} rows have negative, missing or infinite {column} (first: "
            f"{where(frame, bad)}, got {got}); expected finite numbers >= 0"
        )
    return values


def where(frame: pd.DataFrame, bad: np.ndarray) -> str:
    """Return queue and start of the first row marked in `bad`, for a message."""
    at = int(np.argmax(bad))
    return f"queue {frame['queue'].iloc[at]!r}, {frame['start'].iloc[at]}"


def local_days(frame: pd.DataFrame) -> np.ndarray:
    """Return the local day of each row, days since 1970."""
    start = frame["start"]
    return clock.local_ns(clock.utc_ns(start), clock.zone_of(start)) // clock.NS_A_DAY


def matched(frame: pd.DataFrame, actuals: pd.DataFrame) -> np.ndarray:
    """Return the offered contacts of each row of `frame`, NaN where there is no actual."""
    if not isinstance(actuals, pd.DataFrame):
        raise BadInput(f"actuals: expected a DataFrame, got {type(actuals).__name__}")
    missing = [name for name in ("queue", "start", "offered") if name not in actuals.columns]
    if missing:
        got = list(map(str, actuals.columns))[:20]
        raise BadInput(f"actuals: missing columns {missing}; got {got}")
    if not len(actuals):
        return np.full(len(frame), np.nan)
    keys(actuals, "actuals")
    offered = counts(actuals, "offered", "actuals", unknown=True)
    index = pd.MultiIndex.from_arrays([actuals["queue"], clock.utc_ns(actuals["start"])])
    wanted = pd.MultiIndex.from_arrays([frame["queue"], clock.utc_ns(frame["start"])])
    return np.asarray(pd.Series(offered, index=index).reindex(wanted).to_numpy(np.float64))
