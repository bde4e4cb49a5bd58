"""How long do chats wait when a chat lasts the longer the more of them its agent holds?

`channels.chat_agents` takes every chat to last as long as at full concurrency. Here each agent
works at the pace of the chats held at the moment.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from wfm.errors import BadInput
from wfm.queueing import _line, channels, erlang
from wfm.queueing._arguments import numbers, queue_arguments, refuse
from wfm.queueing._checks import one_number, whole_agents
from wfm.scenario import Target

__all__ = ["Chats", "fewest_agents", "performance"]

Floats = NDArray[np.float64]

# Ways to spread chats over agents that are still solved exactly.
_MOST_STATES = 20_000
_MOST_WAITING = 1_000_000


@dataclass(frozen=True)
class Chats:
    """What chats meet, as fractions of one offered chat.

    Attributes
    ----------
    p_wait : float
        Share that finds every agent holding as many chats as allowed.
    p_abandon : float
        Share that leaves the queue unanswered.
    mean_wait_s : float
        Mean wait of all offered chats, seconds; infinite where the queue has no bound.
    p_answered_in_awt, p_abandoned_in_awt : float
        Shares answered, and abandoned, within `awt_s`.
    chats_per_agent : float
        Mean number of chats an agent holds.
    occupancy : float
        Share of agents' time with at least one chat.
    mean_aht_s : float
        Mean duration of an answered chat, seconds.
    """

    p_wait: float
    p_abandon: float
    mean_wait_s: float
    p_answered_in_awt: float
    p_abandoned_in_awt: float
    chats_per_agent: float
    occupancy: float
    mean_aht_s: float

    @property
    def p_answered_within(self) -> float:
        """Service level by rule SL4: answered in time over all but those who left in time."""
        among = 1.0 - self.p_abandoned_in_awt
        return self.p_answered_in_awt / among if among > 0 else 0.0


def performance(
    volume: float,
    aht_s: ArrayLike,
    agents: int,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
    awt_s: float = 20.0,
) -> Chats:
    """Return what chats meet when pace depends on how many chats an agent holds.

    The Markov chain over (agents holding 0, 1, ... c chats): a chat goes to an agent with the
    fewest, an agent with h chats finishes them at rate h/aht_s[h - 1]; when all hold c, the rest
    waits first come, first served.

    Parameters
    ----------
    volume : float
        Chats offered in the interval, > 0.
    aht_s : array_like, shape (c,)
        Duration of a chat while its agent holds 1, 2, ... c chats, seconds; c is the concurrency.
    agents : int
        Agents on seat, >= 1.
    interval_s, patience_s, awt_s : float
        Seconds.

    Returns
    -------
    Chats

    Raises
    ------
    BadInput
        For bad values, and where agents and concurrency make more than 20,000 states (about 45
        agents at concurrency 3): use `channels.chat_performance` there.

    Notes
    -----
    Exact for Poisson arrivals and exponential durations and patience. Chats are not moved between
    agents. Source: the chain is solved as it stands; Tezcan and Zhang, "Routing and staffing in
    customer service chat systems with impatient customers", Operations Research 62 (2014), treat
    large systems.

    Examples
    --------
    >>> p = performance(1, [300, 360, 480], 4, interval_s=60, patience_s=180)
    >>> round(p.p_wait, 7)
    0.0426777
    """
    duration = _durations(aht_s)
    named = queue_arguments(volume=volume, aht_s=1.0, interval_s=interval_s, patience_s=patience_s)
    named |= numbers(awt_s=awt_s)
    for name, value in named.items():
        one_number(name, value)
    refuse("volume", named["volume"], named["volume"] > 0, "a finite number > 0")
    refuse("awt_s", named["awt_s"], named["awt_s"] >= 0, "seconds >= 0")
    n, most = int(whole_agents(agents, least=1)), duration.size
    rate = float(named["volume"]) / float(named["interval_s"])
    ways, weight = _spread(rate, duration, n)
    theta, leave = 1 / float(patience_s), n * most / float(duration[-1])
    if theta == 0 and rate >= leave:
        return Chats(1.0, 0.0, math.inf, 0.0, 0.0, float(most), 1.0, float(duration[-1]))
    line, scale = _waiting(rate, leave, theta, float(awt_s))
    line, weight = line * weight[-1], weight * scale
    ahead = np.arange(line.size, dtype=np.float64)
    beyond = float(line[-1]) * rate / (leave - rate) if theta == 0 else 0.0
    total = float(weight[:-1].sum() + line.sum()) + beyond
    waiting = float((ahead * line).sum())
    if theta == 0:
        waiting += beyond * (line.size - 1 + leave / (leave - rate))
    held = np.append(weight[:-1], line.sum() + beyond)
    number = held @ (ways @ np.arange(most + 1)) / total
    lost = theta * waiting / (rate * total)
    answered = float(weight[:-1].sum() + line @ _line.answered(ahead, leave, theta, float(awt_s)))
    left = float(line @ _line.abandoned(ahead, leave, theta, float(awt_s)))
    return Chats(
        p_wait=float(line.sum() + beyond) / total,
        p_abandon=lost,
        mean_wait_s=waiting / total / rate,
        p_answered_in_awt=answered / total,
        p_abandoned_in_awt=left / total,
        chats_per_agent=float(number) / n,
        occupancy=1.0 - float(held @ ways[:, 0]) / total / n,
        mean_aht_s=float(number) / (rate * (1 - lost)),
    )


def fewest_agents(
    volume: float,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
) -> int:
    """Return the fewest agents that meet the target.

    Parameters
    ----------
    volume, aht_s, interval_s, patience_s
        As in `performance`; a volume of 0 needs nobody.
    target : Target
        service_level by rule SL1, SL3 or SL4, and abandonment; all that is given must hold.

    Returns
    -------
    int

    Raises
    ------
    BadInput
        As `performance`; for other limits and rules, and targets that no number of agents meets.

    Examples
    --------
    >>> fewest_agents(120, [480, 620, 780], Target(0.90, awt_s=30), interval_s=3600)
    11
    """
    for name in ("asa_s", "occupancy", "blocking"):
        if getattr(target, name) is not None:
            raise BadInput(f"target: {name} is not known here; set service_level or abandonment")
    if target.rule not in ("SL1", "SL3", "SL4"):
        raise BadInput(f"target: expected rule SL1, SL3 or SL4, got {target.rule}")
    # Refuses, in its own words, what no number of agents can meet.
    erlang.fewest_agents(1.0, 1.0, target, patience_s=patience_s)
    if np.ndim(volume) == 0 and volume == 0:
        return 0
    wanted, lost = target.service_level, target.abandonment

    def meets(n: int) -> bool:
        got = performance(
            volume, aht_s, n, interval_s=interval_s, patience_s=patience_s, awt_s=target.awt_s
        )
        level = {
            "SL1": got.p_answered_in_awt + got.p_abandoned_in_awt,
            "SL3": got.p_answered_in_awt,
            "SL4": got.p_answered_within,
        }[str(target.rule)]
        good = wanted is None or level >= wanted - erlang.TOLERANCE
        good &= lost is None or got.p_abandon <= lost * (1 + erlang.TOLERANCE)
        return good and math.isfinite(got.mean_wait_s)

    # Places with the duration at full concurrency are a good first number.
    slowest = _durations(aht_s)
    n = int(
        channels.chat_agents(
            volume, slowest[-1], target, concurrency=slowest.size,
            interval_s=interval_s, patience_s=patience_s,
        )
    )  # fmt: skip
    while not meets(n):
        n += 1
    while n > 1 and meets(n - 1):
        n -= 1
    return n


def _durations(aht_s: ArrayLike) -> Floats:
    duration = numbers(aht_s=aht_s)["aht_s"]
    refuse("aht_s", duration, (duration > 0) & (duration < math.inf), "finite seconds > 0")
    if duration.ndim != 1 or duration.size == 0:
        raise BadInput(
            "aht_s: expected a list, one duration for each number of chats an agent holds; got "
            f"shape {duration.shape}"
        )
    return duration


def _spread(rate: float, duration: Floats, n: int) -> tuple[Floats, Floats]:
    """Ways to spread chats over agents, full last, and their weights where nobody can wait.

    The line hangs on the full state alone, so it changes no weight relative to another.
    """
    most = duration.size
    states = math.comb(n + most, most)
    if states > _MOST_STATES:
        raise BadInput(
            f"agents: {n} with {most} chats each make {states:,} states, more than "
            f"{_MOST_STATES:,}; use channels.chat_performance"
        )
    bars = itertools.combinations(range(n + most), most)
    cut = np.array([(-1, *bar, n + most) for bar in bars])
    ways = np.diff(cut, axis=1) - 1  # agents holding 0, 1, ... most chats
    key = ways @ (n + 1) ** np.arange(most + 1)
    order = np.argsort(key)
    entries: list[tuple[NDArray[np.intp], NDArray[np.intp], Floats]] = []
    step = (n + 1) ** np.arange(most + 1)

    def move(who: NDArray[np.bool_], old: int, new: int, at: Floats) -> None:
        start = np.flatnonzero(who)
        end = order[np.searchsorted(key[order], key[start] - step[old] + step[new])]
        entries.append((start, end, at[start]))

    fewest = np.argmax(ways > 0, axis=1)
    for held in range(most):
        move(fewest == held, held, held + 1, np.full(len(ways), rate))
        busy = ways[:, held + 1] * (held + 1) / duration[held]
        move(ways[:, held + 1] > 0, held + 1, held, busy)
    start, end, flow = (np.concatenate(part) for part in zip(*entries, strict=True))
    size = len(ways)
    matrix = sparse.coo_matrix((flow, (end, start)), shape=(size, size)).tocsc()
    matrix -= sparse.diags(np.asarray(matrix.sum(axis=0)).ravel())
    # Relative to a likely state: a rare one would leave the equations nearly singular.
    likely = order[np.searchsorted(key[order], _even(rate, duration, n) @ step)]
    rest = np.flatnonzero(np.arange(size) != likely)
    weight = np.ones(size)
    right = -matrix[rest][:, [likely]].toarray().ravel()
    weight[rest] = np.maximum(spsolve(matrix[rest][:, rest], right), 0.0)
    last = np.argsort(ways[:, -1] == n, kind="stable")
    return ways[last].astype(np.float64), weight[last]


def _even(rate: float, duration: Floats, n: int) -> NDArray[np.int64]:
    """The way of the likeliest number of chats if they were always spread evenly."""
    most = duration.size
    chats = np.arange(1, n * most + 1)
    each, more = np.divmod(chats, n)
    pace = np.concatenate([[0.0], np.arange(1, most + 1) / duration, [0.0]])
    out = (n - more) * pace[each] + more * pace[each + 1]
    number = int(np.argmax(np.concatenate([[0.0], np.cumsum(np.log(rate / out))])))
    held, extra = divmod(number, n)
    way = np.zeros(most + 2, dtype=np.int64)
    way[held], way[held + 1] = n - extra, extra
    return way[: most + 1]


def _waiting(rate: float, leave: float, theta: float, awt_s: float) -> tuple[Floats, float]:
    """Weights of 0, 1, 2 ... waiting while all are full, the largest 1; and that of the first."""
    reach = rate / theta if theta > 0 else leave * min(awt_s, 1e300)
    size = 2 * reach + 12 * math.sqrt(reach + 1) + 60
    if not size < _MOST_WAITING:
        if theta > 0:
            raise BadInput(f"volume: more than {_MOST_WAITING:,} chats wait; lower patience_s")
        size = _MOST_WAITING
    ahead = np.arange(1, math.ceil(size))
    logs = np.concatenate([[0.0], np.cumsum(np.log(rate / (leave + ahead * theta)))])
    weight = np.exp(logs - logs.max())
    return weight, float(weight[0])
