"""How many agents meet the target in each interval when waiting customers may be called back?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import _slack
from wfm.queueing._arguments import broadcast, numbers, queue_arguments, refuse
from wfm.queueing.callback import interval
from wfm.scenario import CallBack, Target

__all__ = ["CallBackDay", "fewest_agents", "performance"]

Floats = NDArray[np.float64]

_MOST_AGENTS = 2**20


@dataclass(frozen=True, eq=False)
class CallBackDay:
    """Consecutive intervals with call-backs; all arrays of shape (T,).

    Attributes
    ----------
    agents : array
        Whole agents on seat.
    p_answered_in_awt, p_answered_in_awt_less, p_answered_in_awt_more : array
        Share of those who come or are called back, accepted ones left out, answered within the
        target's time: with these agents, with one fewer and with one more in this interval alone.
    occupancy : array
    call_backs : array
        Made in the interval, from earlier ones.
    beyond : array, shape (number of delays,)
        Call-backs that are due in the first, second ... interval after the last one.
    """

    agents: NDArray[np.int64]
    p_answered_in_awt: Floats
    p_answered_in_awt_less: Floats
    p_answered_in_awt_more: Floats
    occupancy: Floats
    call_backs: Floats
    beyond: Floats


def fewest_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    offer: CallBack,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
    due: ArrayLike = (),
) -> CallBackDay:
    """Return the fewest agents of each interval, the earlier ones being as they are.

    Parameters
    ----------
    volume, aht_s : array_like, shape (T,)
        Contacts of consecutive intervals, >= 0, and their handle time, seconds.
    target : Target
        service_level and awt_s; nothing else is known here.
    offer : CallBack
    interval_s, patience_s : float
        Seconds.
    due : array_like
        Call-backs that are due in the first, second ... interval already.

    Returns
    -------
    CallBackDay
        n meets the target and n - 1 does not, in each interval with contacts or call-backs.

    Raises
    ------
    BadInput
        For bad values, and without a service level.

    Notes
    -----
    Delays count in the intervals given: leave closed ones out. Forward in time: fewer agents now
    push more call-backs into later intervals, which then need more; it is not the least sum over
    the day. Model and source as in `callback.plan`.

    Examples
    --------
    >>> offer = CallBack(threshold_s=60, p_accept=0.5)
    >>> fewest_agents([60, 110, 60], [180] * 3, Target(0.80), offer).agents.tolist()
    [8, 14, 8]
    """
    goal = target.service_level
    if goal is None:
        raise BadInput("target: call-backs are sized by service_level; set it")

    def choose(answered: _Answered, guess: int) -> int:
        n = max(1, guess)

        def good(n: int) -> bool:
            return bool(_slack.meets(target, mean_wait_s=0.0, service_level=answered(n)[0]))

        step = 1
        while not good(n):
            n, step = n + step, 2 * step
            if n > _MOST_AGENTS:
                raise BadInput("target: service_level cannot be met by any number of agents")
        low = 0 if step == 1 else n - step // 2
        while n - low > 1:
            middle = (low + n) // 2
            low, n = (low, middle) if good(middle) else (middle, n)
        return n

    return _walk(volume, aht_s, target, offer, choose, interval_s, patience_s, due)


def performance(
    volume: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    target: Target,
    offer: CallBack,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
    due: ArrayLike = (),
) -> CallBackDay:
    """Return what `agents`, shape (T,), give; other arguments as in `fewest_agents`.

    Examples
    --------
    >>> day = performance([60, 110], [180] * 2, [9, 14], Target(0.80), CallBack(60, 0.5))
    >>> [round(float(p), 3) for p in day.p_answered_in_awt]
    [0.898, 0.859]
    """
    staff = numbers(agents=agents)["agents"]
    whole = (staff >= 0) & (staff == np.floor(staff)) & (staff < _MOST_AGENTS)
    refuse("agents", staff, whole, "a whole number >= 0")
    given = iter(np.broadcast_to(staff, np.shape(volume)).astype(np.int64).tolist())
    return _walk(
        volume, aht_s, target, offer, lambda answered, guess: next(given), interval_s, patience_s,
        due,
    )  # fmt: skip


class _Answered:
    """Share answered in time and share abandoned in one interval, by agents; each worked once."""

    def __init__(self, total: float, mean_s: float, taken: float, more: dict[str, float]) -> None:
        self.total, self.mean_s, self.taken, self.more = total, mean_s, taken, more
        self.known: dict[int, tuple[float, float, float]] = {}

    def __call__(self, n: int) -> tuple[float, float, float]:
        """Return shares answered in time, abandoning, and offered a call-back."""
        if n not in self.known:
            offered, _, in_time, lost = interval(
                self.total, self.mean_s, float(n), self.taken, **self.more
            )
            self.known[n] = (in_time, lost, offered)
        return self.known[n]


def _walk(  # noqa: PLR0917 - the arguments of `fewest_agents`, in its order
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    offer: CallBack,
    choose: Callable[[_Answered, int], int],
    interval_s: float,
    patience_s: float,
    first: ArrayLike,
) -> CallBackDay:
    named = queue_arguments(
        volume=volume, aht_s=aht_s, interval_s=interval_s, patience_s=patience_s
    )
    arrays = broadcast({name: named[name] for name in ("volume", "aht_s")})
    came, handle = arrays["volume"], arrays["aht_s"]
    if came.ndim != 1 or came.size == 0:
        raise BadInput(f"volume: expected a list of consecutive intervals, got shape {came.shape}")
    shares = np.asarray(offer.delay, dtype=np.float64)
    early = numbers(due=first)["due"].ravel()
    refuse("due", early, (early >= 0) & (early < math.inf), "a number of call-backs >= 0")
    due = np.zeros(came.size + max(shares.size, early.size))
    due[: early.size] = early
    out = np.zeros((5, came.size))
    agents = np.zeros(came.size, dtype=np.int64)
    more = {"threshold_s": offer.threshold_s, "patience_s": patience_s, "awt_s": target.awt_s}
    guess = 1
    for i in range(came.size):
        total = came[i] + due[i]
        if total <= 0:
            choose(_Answered(0.0, 1.0, 0.0, more), 0)
            continue
        back_s = handle[i] if offer.aht_s is None else offer.aht_s
        mean_s = (came[i] * handle[i] + due[i] * back_s) / total
        taken = offer.p_accept * came[i] / total
        answered = _Answered(total / interval_s, mean_s, taken, more)
        if guess == 1:
            guess = math.ceil(total * mean_s / interval_s) + 1
        agents[i] = n = guess = choose(answered, guess)
        in_time, lost, offered = answered(n)
        accepted = offer.p_accept * came[i] * offered
        due[i + 1 : i + 1 + shares.size] += accepted * offer.p_reached * shares
        load = ((came[i] - accepted) * handle[i] + due[i] * back_s) / interval_s
        busy = min(load * (1 - lost) / n, 1.0) if n else 1.0
        less = answered(n - 1)[0] if n else 0.0
        out[:, i] = in_time, less, answered(n + 1)[0], busy, due[i]
    return CallBackDay(agents, out[0], out[1], out[2], out[3], out[4], beyond=due[came.size :])
