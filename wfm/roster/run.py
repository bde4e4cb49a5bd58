"""What does a search of the engine know, and who may end it?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from wfm.roster._kernels_tables import Book, Room
from wfm.roster.book import book_of, room_of
from wfm.roster.tours import Tours

PARTS = 2
"""Lots of people and days annealed side by side. Whatever the number of workers, so that the
roster does not depend on it; more lots leave each too few days."""


@dataclass
class Run:
    """One search: the problem, its best roster so far, and who may end it.

    Attributes
    ----------
    whole : bool
        Whether the objective only takes values a whole number apart, so that a bound rounds up.
    window : int, optional
        Most days of a tour that is looked for at once; all of them by default.
    """

    tours: Tours
    seconds: float
    workers: int = 1
    seed: int = 0
    whole: bool = False
    progress: Callable[[float, float, float], object] | None = None
    window: int | None = None
    bound: float = -np.inf
    cost: float = np.inf
    kind: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int16))
    pause: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0), np.int16))
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    stopped: bool = False
    cut_by_clock: bool = False
    late: bool = False

    def __post_init__(self) -> None:
        self.begun = time.monotonic()
        self.book: Book = book_of(self.tours)
        self.begin_anew()

    def begin_anew(self, stage: int = 0) -> None:
        """Set all random numbers as if nothing had been drawn yet in this stage."""
        self.rng = np.random.default_rng((self.seed, stage) if stage else self.seed)
        self.rooms: list[Room] = [
            room_of(self.tours, self.book, 1 + (self.seed + 977 * stage) * 64 + at,
                    window=self.window)
            for at in range(max(self.workers, PARTS))
        ]  # fmt: skip

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.begun

    @property
    def proven(self) -> bool:
        """Whether nothing better than the roster at hand can exist."""
        step = 1.0 - 1e-4 if self.whole else 1e-6 * max(1.0, abs(self.cost))
        return self.cost - self.bound < step

    def over(self) -> bool:
        """Return whether the search must end now."""
        if self.elapsed >= self.seconds:
            self.cut_by_clock = True
        return self.stopped or self.cut_by_clock

    def keep(self, kind: np.ndarray, pause: np.ndarray, cost: float) -> None:
        """Keep a roster if it is the best so far."""
        if cost < self.cost - 1e-9:
            self.kind, self.pause, self.cost = kind.copy(), pause.copy(), cost
            self.trace.append((self.elapsed, self.cost, self.bound))

    def tell(self) -> None:
        """Report; an answer of False stops the search."""
        if self.progress is not None and (
            self.progress(min(1.0, self.elapsed / self.seconds), self.cost, self.bound) is False
        ):
            self.stopped = True
