"""What does the staffing of a rotation's week cover, and what does that cost?"""

from __future__ import annotations

import numpy as np

from wfm.roster.rotation_walk import Walks
from wfm.roster.typical import TypicalWeek, covering
from wfm.scenario import Scenario


class Coverage:
    """What a staffing of the typical week costs, in weighted agent-hours."""

    def __init__(
        self, scenario: Scenario, week: TypicalWeek, kinds: list[tuple[str, int]], *,
        wanted: np.ndarray, heads: int,
    ) -> None:  # fmt: skip
        types = {shift.code: shift for shift in scenario.shifts}
        self.wanted, self.hours = wanted, week.step_min / 60
        self.under, self.over = scenario.weights.under, scenario.weights.over
        self.seats = np.zeros((7, len(kinds), len(wanted)))
        for weekday in range(7):
            for rank, (code, start) in enumerate(kinds):
                steps, share = covering(week, types[code], weekday, start)
                np.add.at(self.seats[weekday, rank], steps, heads * share)
        self._flat = self.seats.reshape(-1, len(wanted))

    def short_over(self, counts: np.ndarray) -> tuple[float, float]:
        """Return agent-hours short and beyond demand."""
        gap = (self.wanted - counts.ravel() @ self._flat) * self.hours
        return float(np.maximum(gap, 0).sum()), float(np.maximum(-gap, 0).sum())

    def cost(self, counts: np.ndarray) -> float:
        """Return the objective."""
        short, over = self.short_over(counts)
        return self.under * short + self.over * over

    def more(self, counts: np.ndarray) -> np.ndarray:
        """Return how the objective changes with one more of each shift."""
        gap = self.wanted - counts.ravel() @ self._flat
        then = gap - self._flat
        cost = self.under * np.maximum(then, 0) + self.over * np.maximum(-then, 0)
        now = self.under * np.maximum(gap, 0) + self.over * np.maximum(-gap, 0)
        return ((cost.sum(axis=1) - now.sum()) * self.hours).reshape(counts.shape)

    def post(self, walks: Walks) -> None:
        """Price the flow of a rotation."""
        model, heads = walks.model, float(self.seats.max()) * walks.weeks
        counts = []
        for weekday, rank in np.ndindex(self.seats.shape[:2]):
            counts.append(model.column(walks.weeks))
            on = walks.on.get((weekday, rank), [])
            model.row([counts[-1], *on], [-1.0, *[1.0] * len(on)], 0, 0)
        for step, need in enumerate(self.wanted.tolist()):
            here = np.flatnonzero(self._flat[:, step])
            if need or len(here):
                short = model.column(need, cost=self.under * self.hours, whole=False)
                spare = model.column(7 * heads, cost=self.over * self.hours, whole=False)
                model.row([short, spare, *(counts[at] for at in here)],
                          [1, -1, *self._flat[here, step]], need, need)  # fmt: skip
