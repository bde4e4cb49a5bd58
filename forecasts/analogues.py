"""Which older queue is most like a queue that is too young to know its own week?

Each older queue is judged by how likely it makes the young one's counts: the young total is
spread over the young one's recorded intervals by the older one's usual week (multinomial
likelihood, no more contacts counting than a few hundred, as two queues differ by more than chance
anyway). Queues of a similar size are preferred, those of another channel are left out where the
history names channels. A queue that explains the young one's days worse than its own other days
do is no analogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from forecasts.coverage import Coverage
from forecasts.errors import BadInput
from forecasts.grid import SHORTEST_DAYS
from forecasts.past import Past

LEAST_DAYS = 28  # of an analogue chosen by itself; a given one needs two weeks
USUAL_WEEKS = 8
SD_SIZE = 1.5  # log by which the sizes of two alike queues differ
MOST_CONTACTS = 300.0  # of the young queue that count in the likelihood
FLAT_CONTACTS = 1.0  # a day, spread evenly, so that nothing is impossible


@dataclass(frozen=True)
class Queue:
    """A queue to borrow from, or one that borrows.

    Attributes
    ----------
    past : Past
    coverage : Coverage
    channel : object
        None where the history names none.
    """

    past: Past
    coverage: Coverage
    channel: Any = None

    @cached_property
    def week(self) -> np.ndarray:
        """Usual contacts by weekday and interval, shape (7, K)."""
        from forecasts import _kernels_profile

        return np.asarray(_kernels_profile.recent_means(
            self.past.offered, self.coverage.seen, self.past.weekday, USUAL_WEEKS
        ))  # fmt: skip


def is_young(past: Past) -> bool:
    """Return whether a queue has too few days of its own for the default model."""
    return len(past.days) < SHORTEST_DAYS


def choose(young: Queue, others: Sequence[Queue]) -> Queue | None:
    """Return the one of `others` that is most like `young`, None if none is.

    Examples
    --------
    See `forecasts.forecast`.
    """
    begun = young.past.days[0]
    old = [other for other in others
           if len(other.past.days) >= LEAST_DAYS and other.past.days[0] <= begun]  # fmt: skip
    alike = [other for other in old if other.channel == young.channel]
    if young.channel is not None and alike:
        old = alike
    seen = young.coverage.seen
    counts = np.where(seen > 0, young.past.offered, 0.0)
    total = counts.sum()
    if not old or total <= 0:
        return None
    alone = _likelihood(counts, _other_days(counts) * seen)
    found = [_alike(young, other, counts) for other in old]
    best = int(np.argmax(found))
    return old[best] if found[best] > alone else None


def _alike(young: Queue, other: Queue, counts: np.ndarray) -> float:
    seen, weekday = young.coverage.seen, young.past.weekday
    flat = FLAT_CONTACTS / counts.shape[1]
    mean = (other.week + flat)[weekday] * seen
    size = np.log(counts.sum() / max(mean.sum(), 1e-9)) / SD_SIZE
    return _likelihood(counts, mean) - 0.5 * float(size**2)


def _other_days(counts: np.ndarray) -> np.ndarray:
    """Return each day as the mean of the other days, all of one total, shape (D, K)."""
    flat = FLAT_CONTACTS / counts.shape[1]
    others = counts.sum(axis=0) - counts + flat
    return np.asarray(others / others.sum(axis=1, keepdims=True))


def _likelihood(counts: np.ndarray, mean: np.ndarray) -> float:
    """Return the log likelihood of how the total is spread, of at most `MOST_CONTACTS`."""
    total, used = counts.sum(), counts > 0
    logs = np.log(mean[used] / mean.sum())
    return float((counts[used] * logs).sum() / total * min(total, MOST_CONTACTS))


def given(analogues: Any, pasts: Sequence[Past]) -> dict[Any, Any]:
    """Return the analogues that a caller named, by young queue; raise BadInput if they cannot be.

    Raises
    ------
    BadInput
        If a queue is unknown, or the one to borrow from has less than two weeks itself.
    """
    if analogues is None:
        return {}
    if not isinstance(analogues, Mapping):
        raise BadInput(
            f"analogues: expected a mapping from young to older queue, got "
            f"{type(analogues).__name__}; for example {{'new': 'old'}}"
        )
    known = {past.queue: past for past in pasts}
    unknown = [name for pair in analogues.items() for name in pair if name not in known]
    if unknown:
        raise BadInput(
            f"analogues: {len(unknown)} names are not queues of the history (first: "
            f"{unknown[0]!r}); it has {list(known)[:10]} - put both into one history"
        )
    late = [old for new, old in analogues.items() if known[old].days[0] > known[new].days[0]]
    if late:
        raise BadInput(
            f"analogues: {len(late)} queues to borrow from begin later than the one that borrows "
            f"(first: {late[0]!r}); name an older one"
        )
    short = [old for old in analogues.values() if is_young(known[old])]
    if short:
        raise BadInput(
            f"analogues: {len(short)} queues to borrow from have less than {SHORTEST_DAYS} days "
            f"(first: {short[0]!r}, {len(known[short[0]].days)} days); name an older one"
        )
    return dict(analogues)
