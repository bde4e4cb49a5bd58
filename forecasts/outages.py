"""Which zeros are a recording outage (or an unannounced closure) and not a quiet hour?"""

from __future__ import annotations

import numpy as np

IMPROBABLE = 12.0  # contacts expected in an unbroken run of zeros; Poisson chance exp(-12)
LONGEST_DAYS = 14  # a longer silence is how things are now


def known(offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return `seen` without the runs of zeros that no quiet hour explains.

    A run counts as an outage if the mean rates of its intervals of the week add up to more than
    `IMPROBABLE` contacts and it lasts at most `LONGEST_DAYS`.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
    weekday : int array, shape (D,)

    Examples
    --------
    >>> offered = np.full((14, 1), 30.0)
    >>> offered[9] = 0
    >>> known(offered, np.ones((14, 1)), np.arange(14) % 7).ravel()[8:11].tolist()
    [1.0, 0.0, 1.0]
    """
    rows, contacts = np.zeros((7, seen.shape[1])), np.zeros((7, seen.shape[1]))
    np.add.at(rows, weekday, seen)
    np.add.at(contacts, weekday, np.where(seen > 0, offered, 0.0))
    rate = np.divide(contacts, rows, out=np.zeros(rows.shape), where=rows > 0)
    there = np.flatnonzero(seen.ravel() > 0)
    zero = offered.ravel()[there] == 0
    if not zero.any():
        return seen
    expected = (rate[weekday] * seen).ravel()[there]
    run = np.cumsum(np.concatenate([[True], zero[1:] != zero[:-1]])) - 1
    total = np.bincount(run, weights=np.where(zero, expected, 0.0))
    day = there // seen.shape[1]
    ends = np.flatnonzero(np.diff(run, append=run[-1] + 1))
    starts = np.concatenate([[0], ends[:-1] + 1])
    outage = (total > IMPROBABLE) & (day[ends] - day[starts] < LONGEST_DAYS)
    kept = seen.ravel().copy()
    kept[there[outage[run]]] = 0.0
    return kept.reshape(seen.shape)
