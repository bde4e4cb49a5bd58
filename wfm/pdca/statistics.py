"""Does the improving itself go well: which cycles are confirmed, which hold, why do others fail?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from wfm import kpi
from wfm.pdca.causes import Cause, Step
from wfm.pdca.cycle import Cycle
from wfm.pdca.verdict import Verdict

__all__ = ["Share", "Statistics", "statistics", "table"]

HOLD_DAYS = 90


@dataclass(frozen=True)
class Share:
    """A share with its counts and Wilson limits; None where nothing is counted."""

    count: int
    of: int
    value: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True)
class Statistics:
    """What came of the cycles.

    Attributes
    ----------
    cycles, open, closed : int
    verdicts : tuple of (Verdict, count)
        Last verdict of each cycle that was checked.
    confirmed : Share
        Of those checked. 1.00 means that only safe bets are tried.
    sustained : Share
        Of those confirmed more than 90 days ago and followed as long: no opposite signal since.
    not_followed : int
        Confirmed more than 90 days ago and not followed so long: left out of `sustained`.
    preregistered : Share
        Locked before Do, of those that reached Do.
    causes : tuple of (Cause, count)
        Of those stopped, most frequent first.
    feared : tuple of (Cause, times feared, times come true)
        Pre-mortem ticks against causes of failure.
    cycle_days : float or None
        Median of closed cycles.
    """

    cycles: int
    open: int
    closed: int
    verdicts: tuple[tuple[Verdict, int], ...]
    confirmed: Share
    sustained: Share
    not_followed: int
    preregistered: Share
    causes: tuple[tuple[Cause, int], ...]
    feared: tuple[tuple[Cause, int, int], ...]
    cycle_days: float | None


def table(cycles: Sequence[Cycle]) -> pd.DataFrame:
    """Return one row a cycle with the columns that the PDCA measures of `wfm.kpi` are made of."""
    rows = [
        {
            "id": c.id, "title": c.title, "owner": c.owner, "step": str(c.step),
            "opened_at": c.opened_at, "locked_at": c.locked_at,
            "do_at": _do_at(c), "checked_at": c.checked_at, "closed_at": c.closed_at,
            "verdict": None if c.verdict is None else str(c.verdict),
            "opposite_signal_at": None if c.opposite_at is None or c.checked_at is None else
            dt.datetime.combine(c.opposite_at, dt.time(), c.checked_at.tzinfo),
            "outcome": c.outcome, "cause": None if c.cause is None else str(c.cause),
        }
        for c in cycles
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    for name in frame.columns:
        if name.endswith("_at"):
            frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def statistics(cycles: Sequence[Cycle], at: dt.datetime) -> Statistics:
    """Return what came of the cycles up to `at`.

    Examples
    --------
    >>> statistics([], dt.datetime(2026, 3, 2, tzinfo=dt.UTC)).confirmed.value is None
    True
    """
    checked = [c for c in cycles if c.verdict is not None]
    closed = [c for c in cycles if c.step is Step.CLOSED]
    old = [c for c in checked if c.verdict is Verdict.CONFIRMED and _older(c, at)]
    known = [c for c in old if c.opposite_at is not None or _followed(c)]
    held = [c for c in known if c.opposite_at is None or _days(c, c.opposite_at) > HOLD_DAYS]
    reached = [c for c in cycles if c.locked_at is not None]
    before = [c for c in reached if _do_at(c) is not None and c.locked_at <= _do_at(c)]  # type: ignore[operator]
    stopped = [c.cause for c in cycles if c.cause is not None]
    days = None
    if closed:
        days = float(kpi.compute("pdca_cycle_days", table(closed))["value"].iloc[0])
    return Statistics(
        cycles=len(cycles), open=len(cycles) - len(closed), closed=len(closed),
        verdicts=tuple((v, sum(c.verdict is v for c in checked)) for v in Verdict),
        confirmed=_share(sum(c.verdict is Verdict.CONFIRMED for c in checked), len(checked)),
        sustained=_share(len(held), len(known)), not_followed=len(old) - len(known),
        preregistered=_share(len(before), len(reached)),
        causes=tuple(sorted(((k, stopped.count(k)) for k in Cause if k in stopped),
                            key=lambda pair: -pair[1])),
        feared=tuple(_feared(k, cycles) for k in Cause), cycle_days=days,
    )  # fmt: skip


def _do_at(cycle: Cycle) -> dt.datetime | None:
    """Return the moment the change began: the start of its first local day."""
    if cycle.locked_at is None or cycle.proposal is None:
        return None
    return dt.datetime.combine(cycle.proposal.begins, dt.time(), cycle.locked_at.tzinfo)


def _days(cycle: Cycle, day: dt.date) -> int:
    assert cycle.checked_at is not None
    return (day - cycle.checked_at.date()).days


def _older(cycle: Cycle, at: dt.datetime) -> bool:
    assert cycle.checked_at is not None
    return (at - cycle.checked_at).days > HOLD_DAYS


def _followed(cycle: Cycle) -> bool:
    return cycle.followed_until is not None and _days(cycle, cycle.followed_until) >= HOLD_DAYS


def _feared(cause: Cause, cycles: Sequence[Cycle]) -> tuple[Cause, int, int]:
    ticked = [
        c for c in cycles
        if c.proposal is not None and any(d.cause is cause and d.likely for d in c.proposal.doubts)
    ]  # fmt: skip
    return cause, len(ticked), sum(c.cause is cause for c in ticked)


def _share(count: int, of: int) -> Share:
    from wfm.confidence import wilson

    if not of:
        return Share(count, of, None, None, None)
    got = wilson(float(count), float(of))
    return Share(count, of, count / of, float(got.lo), float(got.hi))
