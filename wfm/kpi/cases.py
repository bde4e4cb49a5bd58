"""Are promises and deadlines kept: replies, backlog, complaints, call-backs?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.kpi import summaries
from wfm.kpi.measure import (
    REQUIRED,
    Choice,
    Groups,
    Measure,
    Options,
    Rows,
    RowsOf,
    Summary,
    column,
    instant,
    times,
)

__all__ = ["MEASURES"]

AT = Choice(
    "at", None, "instant of the count: later deadlines are not due yet, later answers not seen; "
    "None takes every row as due",
)  # fmt: skip
NOW = Choice("at", REQUIRED, "instant or list of instants of the count, zone-aware")


def _kept(due: str, done: str) -> RowsOf:
    """Return rows of cases due, by due date, that were done in time; overdue open ones failed."""

    def rows(frame: pd.DataFrame, options: Options) -> Rows:
        limit, ready = times(frame, due), times(frame, done, missing=True)
        counted, seen = _due(limit, ready, options)
        return Rows(frame, _number(counted & seen & (ready <= limit)), _number(counted))

    return rows


def _due(limit: pd.Series, ready: pd.Series, options: Options) -> tuple[pd.Series, pd.Series]:
    at = options["at"]
    if at is None:
        return limit.notna(), ready.notna()
    now = instant(at, limit)
    return limit <= now, ready <= now


def _closed_on_time(frame: pd.DataFrame, options: Options) -> Rows:
    """As `_kept`, but a case opened again after it was closed counts as open."""
    limit, ready = times(frame, "due_at"), times(frame, "closed_at", missing=True)
    counted, seen = _due(limit, ready, options)
    if "reopened_at" in frame.columns:
        again = times(frame, "reopened_at", missing=True)
        seen &= (
            ~(again >= ready)
            if options["at"] is None
            else ~((again >= ready) & (again <= instant(options["at"], limit)))
        )
    return Rows(frame, _number(counted & seen & (ready <= limit)), _number(counted))


def _followed_up(frame: pd.DataFrame, options: Options) -> Rows:
    closed = times(frame, "closed_at", missing=True)
    done = times(frame, "follow_up_at", missing=True)
    counted, seen = _due(closed, done, options)
    return Rows(frame, _number(counted & seen), _number(counted))


def _reached(frame: pd.DataFrame, options: Options) -> Rows:
    limit, ready = times(frame, "callback_due_at"), times(frame, "reached_at", missing=True)
    counted, seen = _due(limit, ready, options)
    if options["attempt"] == "first":
        seen &= column(frame, "attempts", low=0.0) == 1
    return Rows(frame, _number(counted & seen), _number(counted))


def _open(frame: pd.DataFrame, options: Options) -> Rows:
    """Return one row a case and instant: age in hours where open, weight 1 where open."""
    instants = options["at"]
    many = isinstance(instants, list | tuple | pd.DatetimeIndex | np.ndarray | pd.Series)
    parts = []
    opened, closed = times(frame, "opened_at"), times(frame, "closed_at", missing=True)
    for moment in instants if many else [instants]:
        now = instant(moment, opened)
        waiting = (opened <= now) & ~(closed <= now)
        age = (now - opened).dt.total_seconds() / 3600
        parts.append(frame.assign(at=now, _age=age.where(waiting, 0.0), _open=_number(waiting)))
    table = pd.concat(parts, ignore_index=True)
    return Rows(table, table["_age"].to_numpy(np.float64), table["_open"].to_numpy(np.float64))


def _backlog(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
    instants = pd.Series(rows.frame["at"]).groupby(group).nunique()
    _oneinstant("backlog", instants)
    counted = Rows(rows.frame, rows.denominator, rows.denominator)
    got = summaries.total()(counted, group, count, level, options)
    return Summary(got.numerator, got.denominator, got.value, got.lo, got.hi, got.numerator)


def _age(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
    _oneinstant("backlog_age_h", pd.Series(rows.frame["at"]).groupby(group).nunique())
    if options["statistic"] == "median":
        return summaries.quantile(0.5)(rows, group, count, level, options)
    number = np.bincount(group, rows.denominator, count)
    top = summaries.maximum(rows, group, count, level, options)
    value = np.where(number > 0, top.value, np.nan)
    return Summary(value, top.denominator, value, top.lo, top.hi, number)


def _oneinstant(key: str, instants: Any) -> None:
    if len(instants) and instants.max() > 1:
        raise BadInput(f"kpi {key}: several instants would be added up; pass by=['at', ...]")


def _number(mask: Any) -> Any:
    return np.asarray(mask, np.float64)


MEASURES = (
    Measure("response_in_target", _kept("due_at", "first_reply_at"), summaries.share,
            lambda o: ("due_at", "first_reply_at"), (AT,), "due_at"),
    Measure("backlog", _open, _backlog, lambda o: ("opened_at", "closed_at"), (NOW,), "at"),
    Measure("backlog_age_h", _open, _age, lambda o: ("opened_at", "closed_at"), (
        NOW, Choice("statistic", "median", "median or maximum age", ("median", "max")),
    ), "at"),
    Measure("complaint_on_time", _closed_on_time, summaries.share,
            lambda o: ("due_at", "closed_at"), (AT,), "due_at"),
    Measure("complaint_follow_up", _followed_up, summaries.share,
            lambda o: ("closed_at", "follow_up_at"), (AT,), "closed_at"),
    Measure("promise_kept", _kept("promised_at", "fulfilled_at"), summaries.share,
            lambda o: ("promised_at", "fulfilled_at"), (AT,), "promised_at"),
    Measure("callback_success", _reached, summaries.share,
            lambda o: ("callback_due_at", "reached_at",
                       *(("attempts",) if o["attempt"] == "first" else ())), (
        Choice("attempt", "any", "reached at all, or at the first attempt", ("any", "first")), AT,
    ), "callback_due_at"),
)  # fmt: skip
