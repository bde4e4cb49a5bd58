"""What turns the rows of a table into one KPI: the parts that every measure is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput

__all__ = [
    "REQUIRED", "Choice", "Groups", "Measure", "Options", "Rows", "RowsOf", "Summarise", "Summary",
    "column", "instant", "linear", "terms", "times",
]  # fmt: skip

Floats = NDArray[Any]  # float64, or true and false counted as 1 and 0
Options = Mapping[str, Any]
REQUIRED = object()


@dataclass(frozen=True)
class Choice:
    """One part of a definition that can be switched.

    Attributes
    ----------
    name : str
    default : object
        `REQUIRED` where there is no sensible default.
    meaning : str
    allowed : tuple
        Values it may take; empty for a free one.
    """

    name: str
    default: Any
    meaning: str
    allowed: tuple[Any, ...] = ()


@dataclass(frozen=True, eq=False)
class Rows:
    """A KPI before it is summed: one row a row of the caller's table.

    Attributes
    ----------
    frame : DataFrame
        Where group columns and the time are read.
    numerator, denominator : float64 array, shape (rows,)
        Rows that do not count have 0 in both, so that their group stays, undefined.
    extra : float64 array or None
        A third column, for measures that need one.
    """

    frame: pd.DataFrame
    numerator: Floats
    denominator: Floats
    extra: Floats | None = None


@dataclass(frozen=True, eq=False)
class Summary:
    """A KPI by group; every array has shape (groups,)."""

    numerator: Floats
    denominator: Floats
    value: Floats
    lo: Floats
    hi: Floats
    n: Floats


Groups = NDArray[np.int64]
RowsOf = Callable[[pd.DataFrame, Options], Rows]
Summarise = Callable[[Rows, Groups, int, float, Options], Summary]


@dataclass(frozen=True)
class Measure:
    """How a KPI is computed.

    Attributes
    ----------
    key : str
    rows : callable
        (frame, options) -> Rows.
    summarise : callable
        (rows, group numbers, groups, confidence, options) -> Summary.
    needs : callable
        options -> columns the frame must have.
    choices : tuple of Choice
    time : str
        Column that says when a row counts.
    version : int
        Raised when the formula changes, so that old values are not held against new ones.
    """

    key: str
    rows: RowsOf
    summarise: Summarise
    needs: Callable[[Options], tuple[str, ...]]
    choices: tuple[Choice, ...] = field(default=())
    time: str = "start"
    version: int = 1


def terms(expression: str) -> list[tuple[float, str]]:
    """Return the signed columns of a sum.

    >>> terms("answered + abandoned - abandoned_in_awt")
    [(1.0, 'answered'), (1.0, 'abandoned'), (-1.0, 'abandoned_in_awt')]
    """
    out, sign = [], 1.0
    for word in expression.split():
        if word in "+-":
            sign = 1.0 if word == "+" else -1.0
        else:
            out.append((sign, word))
            sign = 1.0
    return out


def linear(frame: pd.DataFrame, expression: str) -> Floats:
    """Return a sum of columns, such as ``"talk_s + hold_s + acw_s"``; ``"1"`` counts rows."""
    total = np.zeros(len(frame))
    for sign, name in terms(expression):
        total += sign * (1.0 if name == "1" else column(frame, name))
    return total


def column(frame: pd.DataFrame, name: str, *, missing: bool = False, low: float = 0.0) -> Floats:
    """Return a number column as float64; refuse text, negatives, infinite and missing values.

    With `missing` NaN stands for "no answer" and stays.
    """
    values = frame[name]
    if not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values)):
        raise BadInput(
            f"kpi: column {name!r} must be numbers, got {values.dtype}; convert it first"
        )
    out: Floats = values.to_numpy(np.float64, na_value=np.nan)
    bad = (out < low) | np.isinf(out) | (np.isnan(out) & (not missing))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise BadInput(
            f"kpi: column {name!r} has {int(bad.sum())} values that are missing or below {low:g} "
            f"(first: row {first}, got {out[first]:g}); "
            "leave out rows that were not measured, and give 0 where nothing happened"
        )
    return out


def times(frame: pd.DataFrame, name: str, *, missing: bool = False) -> pd.Series:
    """Return a column of times; refuse text and, unless `missing`, gaps."""
    values = frame[name]
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        if values.isna().all() and missing:
            return pd.Series(pd.DatetimeIndex([pd.NaT] * len(frame)), index=frame.index)
        raise BadInput(f"kpi: column {name!r} must be times, got {values.dtype}; parse it first")
    if not missing and values.isna().any():
        raise BadInput(f"kpi: column {name!r} has {int(values.isna().sum())} missing times")
    return values


def instant(value: Any, like: pd.Series) -> pd.Timestamp:
    """Return `value` as an instant that can be held against the times `like`."""
    try:
        when = pd.Timestamp(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"kpi: expected an instant, got {value!r}") from error
    if when is pd.NaT or (when.tz is None) != (like.dt.tz is None):
        raise BadInput(
            f"kpi: the instant {value!r} and the table's times must both have a time zone, or "
            "neither"
        )
    return when
