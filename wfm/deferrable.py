"""How many agents does a queue need whose work may wait, such as e-mail?

Work comes at any hour and is done in opening hours; deadlines count in opening time. What comes
while closed waits for the next open interval. What comes after the last opening of the plan is
taken to be like what waits when it begins: each week hands on as much as it was handed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wfm.errors import BadInput
from wfm.queueing import backlog, channels


@dataclass(frozen=True)
class Deferred:
    """Sizing of one queue, an interval an element.

    Attributes
    ----------
    agents : float64 array
        Real-valued agents on seat.
    whole, scheduled : int64 array
        Whole agents on seat, and on duty so that after shrinkage as much work is done.
    on_time : float64 array
        Share of the work that comes in the interval which is done by its deadline.
    occupancy : float64 array
        Share of the time of `whole` that goes into work; never above the cap.
    """

    agents: np.ndarray
    whole: np.ndarray
    scheduled: np.ndarray
    on_time: np.ndarray
    occupancy: np.ndarray


def size(
    load: np.ndarray,
    working: np.ndarray,
    *,
    awt_s: float,
    interval_s: float,
    occupancy: float = 1.0,
    shrinkage: float = 0.0,
    name: str = "",
) -> Deferred:
    """Return agents for work that comes as `load` and is done where `working`.

    Parameters
    ----------
    load : array, shape (T,)
        Work coming in each interval, erlangs (agent-intervals).
    working : bool array, shape (T,)
        Intervals in which agents work.
    awt_s : float
        Deadline after arrival, seconds of opening time; not shorter than an interval.
    interval_s : float
    occupancy : float
        Largest share of on-seat time spent on work, above 0 and at most 1.
    shrinkage : float
        Share of duty time lost, 0 <= s < 1.
    name : str
        Of the queue, for errors.

    Raises
    ------
    BadInput
        Work comes but no interval is open, or the deadline is shorter than an interval.

    Examples
    --------
    >>> closed_at_night = np.array([False, True, True, False])
    >>> size(np.array([1.0, 1.0, 1.0, 1.0]), closed_at_night, awt_s=3600, interval_s=1800).whole
    array([0, 2, 2, 0])
    """
    count = len(load)
    sized = Deferred(*(np.zeros(count, kind) for kind in (float, np.int64, np.int64, float, float)))
    if not load.any():
        return sized
    if not working.any():
        raise BadInput(
            f"requirement: queue {name!r} has work in the plan but no interval is open; give it "
            "opening hours inside the planned weeks"
        )
    open_at = np.flatnonzero(working)
    # Each interval's work is done from the next open interval on; the end wraps to the beginning.
    taken_up = np.searchsorted(open_at, np.arange(count)) % len(open_at)
    come = np.bincount(taken_up, weights=load, minlength=len(open_at))
    intervals = backlog.lag(awt_s, interval_s)
    handle_s = np.full(len(come), interval_s)  # agent-intervals, as contacts of that length
    planned = channels.deferrable_profile(come, handle_s, awt_s, interval_s=interval_s)
    share = occupancy * (1 - shrinkage)
    scheduled = backlog.whole_agents(planned, come, intervals=intervals, share=share)
    whole = backlog.whole_agents(
        planned, come, intervals=intervals, share=occupancy, most=scheduled
    )
    done = backlog.work_done(whole * occupancy, come)
    sized.agents[open_at] = planned / occupancy
    sized.whole[open_at] = whole
    sized.scheduled[open_at] = scheduled
    on_time = backlog.on_time(whole * occupancy, come, intervals=intervals)
    sized.on_time[:] = on_time[taken_up]
    sized.occupancy[open_at] = np.divide(done, whole, out=np.zeros(len(come)), where=whole > 0)
    return sized


def on_time_with_one_less(
    load: np.ndarray,
    working: np.ndarray,
    whole: np.ndarray,
    *,
    awt_s: float,
    interval_s: float,
    occupancy: float = 1.0,
) -> np.ndarray:
    """Return the worst share of work on time if one interval alone had one agent less.

    Parameters
    ----------
    load, working, awt_s, interval_s, occupancy
        As in `size`.
    whole : int array, shape (T,)
        Whole agents on seat.

    Returns
    -------
    float64 array, shape (T,)
        For each interval, the smallest share done by its deadline among the work of any interval;
        NaN where nobody is on seat.

    Examples
    --------
    >>> closed_at_night = np.array([False, True, True, False])
    >>> load, staff = np.array([0.0, 2.0, 0.0, 0.0]), np.array([0, 2, 0, 0])
    >>> on_time_with_one_less(load, closed_at_night, staff, awt_s=1800, interval_s=1800)
    array([nan, 0.5, nan, nan])
    """
    out = np.full(len(load), np.nan)
    open_at = np.flatnonzero(working)
    if not load.any() or not open_at.size:
        return out
    taken_up = np.searchsorted(open_at, np.arange(len(load))) % len(open_at)
    come = np.bincount(taken_up, weights=load, minlength=len(open_at))
    staffed = np.flatnonzero(whole[open_at] > 0)
    less = np.tile(whole[open_at].astype(float), (staffed.size, 1))
    less[np.arange(staffed.size), staffed] -= 1
    shares = backlog.on_time(less * occupancy, come, intervals=backlog.lag(awt_s, interval_s))
    out[open_at[staffed]] = shares.min(axis=-1)
    return out
