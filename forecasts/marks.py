"""Which counts of a queue should a forecast not learn from?

What recording faults wrote (`forecasts.outages`), then outliers among the rest
(`forecasts.outliers`). A model calls `mask`; `forecasts.clean` shows the same to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasts import events as register
from forecasts import outages, outliers
from forecasts.coverage import Coverage, actuals
from forecasts.past import Past
from forecasts.usual import Overview, overview

KEPT, OUTAGE, FROZEN, COPIED, OUTLIER, OUTLIER_DAY, GAP = range(7)
WHATS = ("kept", "outage", "frozen", "copied", "outlier", "outlier day", "gap")
LEFT_OUT = (OUTAGE, FROZEN, COPIED)


WHICH = "forecasts.clean says which and why"
"""How a note on counts left out ends; who shows the log itself can leave such notes out."""


@dataclass(frozen=True)
class Marks:
    """What is wrong with the counts of one queue.

    Attributes
    ----------
    kind : int8 array, shape (D, K)
        Index into `WHATS`; `KEPT` where nothing is.
    usual : float array, shape (D, K)
        Contacts usual in cells marked as outliers, NaN elsewhere.
    """

    kind: np.ndarray
    usual: np.ndarray

    @property
    def notes(self) -> tuple[str, ...]:
        """One line a kind, for a person: how many intervals on how many days."""
        lines = []
        for number in (OUTAGE, FROZEN, COPIED, OUTLIER, OUTLIER_DAY):
            cells = self.kind == number
            if cells.any():
                days = int(cells.any(axis=1).sum())
                lines.append(
                    f"{int(cells.sum())} intervals on {days} days left out as {WHATS[number]}; "
                    f"{WHICH}"
                )
        return tuple(lines)


def special(past: Past, holidays: pd.Series, events: pd.DataFrame | None) -> np.ndarray:
    """Return which days of `past` are known to be unlike others, bool array (D,).

    Parameters
    ----------
    holidays : Series
        Names by day since 1970, as `forecasts.calendars.resolve` returns them.
    events : DataFrame or None
        A register as `forecasts.events.check` returns it.
    """
    found = np.isin(past.days, holidays.index.to_numpy())
    for covers in register.named(events, past.queue, past.days).values():
        found |= covers
    beside = found.copy()
    beside[1:] |= found[:-1]
    beside[:-1] |= found[1:]
    return beside


def mark(past: Past, coverage: Coverage, *, special: np.ndarray | None = None) -> Marks:
    """Return what is wrong with the counts of one queue: recording faults, then outliers.

    Parameters
    ----------
    past : Past
    coverage : Coverage
        Of the same days.
    special : bool array, shape (D,), optional
        See `special`; without it whole days are not judged.

    Examples
    --------
    See `clean`.
    """
    kind, seen, found = _judged(past, coverage, special)
    usual = np.full(past.offered.shape, np.nan)
    for day, mean in zip(found.days, found.days_usual, strict=True):
        cells = seen[day] > 0
        total = past.offered[day, cells].sum()
        if total > 0:
            usual[day, cells] = past.offered[day, cells] * mean / total
    usual[found.at] = found.at_usual
    return Marks(kind, usual)


def mask(past: Past, coverage: Coverage, *, special: np.ndarray | None = None) -> np.ndarray:
    """Return `coverage.seen` with 0 in every cell that should not be learned from, (D, K)."""
    kind, seen, found = _judged(past, coverage, special)
    changed = seen is not coverage.seen or len(found.days) or len(found.at_usual)
    return np.where(kind, 0.0, coverage.seen) if changed else coverage.seen


def recorded(past: Past, coverage: Coverage, *, special: np.ndarray) -> np.ndarray:
    """Return what each cell should be judged against, (D, K): what a fault wrote is NaN.

    Otherwise as `forecasts.coverage.actuals`. Outliers stay: they happened, and a forecast that
    missed them was wrong.
    """
    faults = outages.find(past.offered, coverage.seen, past.weekday)
    wrong = (faults.zero & ~special[:, None]) | faults.dormant | faults.frozen | faults.copied
    return np.where(wrong, np.nan, actuals(past, coverage))


def _judged(
    past: Past, coverage: Coverage, special: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, outliers.Outliers]:
    """Return the kind of each cell, what is seen apart from recording faults, and the outliers."""
    offered, seen, weekday = past.offered, coverage.seen, past.weekday
    looked: Overview | None = overview(offered, seen, weekday)
    faults = outages.find(offered, seen, weekday, looked=looked)
    kind = np.zeros(offered.shape, np.int8)
    silent = faults.zero
    if special is not None and silent.any():
        # Silence on a holiday is news about the holiday, not about the recording.
        silent = silent & ~special[:, None]
    for number, cells in (
        (OUTAGE, silent), (OUTAGE, faults.dormant), (FROZEN, faults.frozen),
        (COPIED, faults.copied),
    ):  # fmt: skip
        if not cells.any():
            continue
        kind[cells] = number
        seen, looked = np.where(kind, 0.0, coverage.seen), None
    found = outliers.find(offered, seen, past.days, special=special, looked=looked)
    for day in found.days:
        kind[day, seen[day] > 0] = OUTLIER_DAY
    kind[found.at] = OUTLIER
    return kind, seen, found
