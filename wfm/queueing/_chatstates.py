"""In which states are agents who hold several chats, and how many chats wait behind them?"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from wfm.errors import BadInput

Floats = NDArray[np.float64]

# Ways to spread chats over agents that are still solved exactly.
_MOST_STATES = 20_000
_MOST_WAITING = 1_000_000


def ways_to_spread(rate: float, duration: Floats, n: int) -> tuple[Floats, Floats]:
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


def line_weights(rate: float, leave: float, theta: float, awt_s: float) -> tuple[Floats, float]:
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
