"""Is the improving itself going well: notice of campaigns, spikes, PDCA cycles?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.kpi import summaries
from wfm.kpi.measure import REQUIRED, Choice, Measure, Options, Rows, instant, times

__all__ = ["MEASURES"]

VERDICTS = ("confirmed", "promising", "no evidence", "harmful", "not testable")


def _notice(frame: pd.DataFrame, options: Options) -> Rows:
    """Days from notice to start; without notice, or with one that came too late, 0."""
    start, told = times(frame, "start"), times(frame, "notice_date", missing=True)
    days = (_days(start) - _days(told)).dt.days
    return Rows(frame, np.maximum(days.fillna(0).to_numpy(float), 0.0), np.ones(len(frame)))


def _days(when: pd.Series) -> pd.Series:
    return (when.dt.tz_localize(None) if when.dt.tz is not None else when).dt.normalize()


def _explained(frame: pd.DataFrame, options: Options) -> Rows:
    spike, event = frame["spike"], frame["event"]
    counted = spike.notna() & (spike.ne(0) if spike.dtype != object else True)
    known = counted & event.notna() & event.ne("")
    return Rows(frame, known.to_numpy(float), np.asarray(counted, np.float64))


def _cycle_days(frame: pd.DataFrame, options: Options) -> Rows:
    opened, closed = times(frame, "opened_at"), times(frame, "closed_at", missing=True)
    done = closed.notna().to_numpy()
    days = ((closed - opened).dt.total_seconds() / 86400).fillna(0.0).to_numpy(float)
    if (days < 0).any():
        wrong = int((days < 0).sum())
        raise BadInput(f"kpi pdca_cycle_days: {wrong} cycles close before they open")
    return Rows(frame, days, done.astype(float))


def _preregistered(frame: pd.DataFrame, options: Options) -> Rows:
    """Locked no later than Do began and before anybody looked at results."""
    locked, begun = times(frame, "locked_at", missing=True), times(frame, "do_at", missing=True)
    good = locked.notna() & ~(locked > begun)
    if "looked_at" in frame.columns:
        good &= ~(locked >= times(frame, "looked_at", missing=True))
    return Rows(frame, good.to_numpy(float), np.ones(len(frame)))


def _verdicts(frame: pd.DataFrame) -> pd.Series:
    verdict = frame["verdict"]
    unknown = sorted({*verdict.dropna()} - {*VERDICTS})
    if unknown:
        raise BadInput(f"kpi: verdicts are {', '.join(VERDICTS)}; got {unknown[:5]}")
    return verdict


def _confirmed(frame: pd.DataFrame, options: Options) -> Rows:
    verdict = _verdicts(frame)
    return Rows(frame, verdict.eq("confirmed").to_numpy(float), verdict.notna().to_numpy(float))


def _sustained(frame: pd.DataFrame, options: Options) -> Rows:
    """Confirmed cycles older than the window, and those of them without an opposite signal."""
    checked = times(frame, "checked_at", missing=True)
    signal = times(frame, "opposite_signal_at", missing=True)
    window = pd.Timedelta(days=float(options["days"]))
    old = (checked + window) <= instant(options["at"], checked)
    counted = _verdicts(frame).eq("confirmed") & old
    lost = (signal > checked) & (signal <= checked + window)
    return Rows(frame, (counted & ~lost).to_numpy(float), counted.to_numpy(float))


MEASURES = (
    Measure("notice_days", _notice, summaries.quantile(0.5), lambda o: ("start", "notice_date")),
    Measure("spikes_explained", _explained, summaries.share, lambda o: ("spike", "event"), (
        Choice("k", 0.5, "slack of the detector"),
        Choice("h", 5.0, "limit of the detector that found the spikes"),
    )),
    Measure("pdca_cycle_days", _cycle_days, summaries.quantile(0.5),
            lambda o: ("opened_at", "closed_at"), time="closed_at"),
    Measure("pdca_preregistered", _preregistered, summaries.share,
            lambda o: ("locked_at", "do_at"), time="opened_at"),
    Measure("pdca_confirmed", _confirmed, summaries.share, lambda o: ("verdict",),
            time="checked_at"),
    Measure("pdca_sustained", _sustained, summaries.share,
            lambda o: ("verdict", "checked_at", "opposite_signal_at"), (
        Choice("at", REQUIRED, "instant of the count, with a time zone if the table has one"),
        Choice("days", 90.0, "days to hold"),
    ), "checked_at"),
)  # fmt: skip
