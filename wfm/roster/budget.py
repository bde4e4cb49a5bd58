"""When does the search stop? By its own measure of work first, by the clock only as a safety."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Progress = Callable[[float, str], object]

WORK_A_SECOND = 0.3
"""CP-SAT's deterministic time allowed for each second of the time limit. A search passes about 0.5
of it a second on two free cores, model building included, so that work runs out before time does;
with both cores shared by others it was 0.2 to 0.35."""

_FOR_SEARCH = 0.97
_AFTER_SEARCH = 0.99  # share told as done


@dataclass
class Budget:
    """Work and time left, and whoever may end the search.

    Attributes
    ----------
    seconds : float
        Wall-clock limit.
    progress : callable or None
        Told the share done and what is going on; may return False to stop.
    incumbent : callable or None
        Returns the objective of the roster at hand, in weighted agent-hours; set once there is one.
    bound : float
        What no roster can be below; NaN where it is not known.
    late : bool
        Whether a part of the search had to follow the clock instead of its work.
    kept : float
        Seconds kept back for what comes after the search.
    """

    seconds: float
    progress: Progress | None = None
    incumbent: Callable[[], float] | None = None
    bound: float = math.nan
    spent: float = 0.0
    stopped: bool = False
    cut_by_clock: bool = False
    late: bool = False
    kept: float = 0.0
    _begun: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._begun

    @property
    def left(self) -> float:
        """Seconds left for the search; a little is kept back for putting the result together."""
        return _FOR_SEARCH * self.seconds - self.kept - self.elapsed

    @property
    def work(self) -> float:
        """All the work allowed."""
        return self.seconds * WORK_A_SECOND

    @property
    def work_left(self) -> float:
        """Work left."""
        return self.work - self.spent

    @property
    def reproducible(self) -> bool:
        """Whether neither the clock nor the caller has ended anything."""
        return not (self.stopped or self.cut_by_clock or self.late)

    @contextmanager
    def stood_still(self) -> Iterator[None]:
        """Leave what is done inside out of the clock."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._begun += time.monotonic() - begun

    def spend(self, work: float) -> None:
        """Book some work."""
        self.spent += work

    def over(self) -> bool:
        """Return whether the search must end now."""
        if self.left <= 0 and self.work_left > 0:
            self.cut_by_clock = True
        return self.stopped or self.left <= 0 or self.work_left <= 0

    def keep(self, share: float) -> None:
        """Keep a share of all the time back for what comes after the search."""
        self.kept = share * self.seconds

    def hurried(self, text: str) -> bool:
        """Tell what goes on after the search; return whether the first answer must do.

        What was kept back counts as time left.
        """
        self.kept = 0.0
        self.tell(_AFTER_SEARCH, text)
        self.late = self.late or self.left <= 0
        return self.stopped or self.left <= 0

    def tell(self, share: float, text: str) -> None:
        """Report progress; an answer of False stops the search."""
        if self.progress is None:
            return
        if self.progress(min(max(share, 0.0), 1.0), text + self._state()) is False:
            self.stopped = True

    def _state(self) -> str:
        """Return the roster at hand, the bound and the gap in words."""
        if self.incumbent is None:
            return ""
        cost = self.incumbent()
        if math.isnan(self.bound):
            return f": {cost:.1f} weighted agent-hours, bound not known"
        low = min(self.bound, cost)
        gap = (cost - low) / cost if cost > 0 else 0.0
        return f": {cost:.1f} weighted agent-hours, bound {low:.1f}, gap {100 * gap:.1f} %"
