"""Is a queue better forecast by something simpler than the default model?

The past is forecast from several origins by the default model and by the simple ones, each seeing
only what was known then. A rival wins only by a clear margin over all origins and in most of them,
as the best of several by a hair is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import accuracy, dormancy, models, outages
from forecasts import coverage as opening
from forecasts.coverage import Coverage
from forecasts.grid import SHORTEST_DAYS
from forecasts.past import Past
from forecasts.predicting import Calendar, Future, Model

ORIGINS, STEP_DAYS, AHEAD_DAYS = 4, 7, 14
FEWEST_ORIGINS = 3
MARGIN = 0.05  # of the default model's error
BOARD = ("queue", "model", "wape", "bias", "won", "origins", "champion")


@dataclass(frozen=True)
class Contest:
    """What a comparison of models on one queue's past showed.

    Attributes
    ----------
    champion : Model
    board : DataFrame
        One row a model, the champion first: queue, model, wape, bias, won (origins from which
        it beat the default model), origins and champion (bool).
    note : str
        For a person.
    """

    champion: Model
    board: pd.DataFrame
    note: str


def contest(
    past: Past, coverage: Coverage, calendar: Calendar, *, hours: Any = None
) -> Contest | None:
    """Return the champion of a queue and the losers; None if its past is too short to tell.

    Parameters
    ----------
    past : Past
    coverage : Coverage
        Of `past`.
    calendar : Calendar
    hours : array, optional
        What `forecasts.hours.week_of` returned of given opening hours.
    """
    ends = len(past.days) - AHEAD_DAYS - STEP_DAYS * np.arange(ORIGINS)
    ends = ends[ends >= SHORTEST_DAYS]
    dormant = outages.find(past.offered, coverage.seen, past.weekday).dormant
    closed = np.count_nonzero(dormant, axis=1) > 0
    ends = ends[[not dormancy.hides(closed, int(end)) for end in ends]]
    if len(ends) < FEWEST_ORIGINS:
        return None
    actual = opening.actuals(past, coverage)
    errors = [_errors(past, actual, calendar, int(end), hours) for end in ends]
    wapes = {name: _wape([each[name] for each in errors]) for name in models.MODELS}
    own = [accuracy.wape(*each[models.DEFAULT]) for each in errors]
    won = {
        name: sum(accuracy.wape(*each[name]) < mine for each, mine in zip(errors, own, strict=True))
        for name in models.MODELS
    }
    best = min(wapes, key=lambda name: wapes[name])
    clear = wapes[best] < (1 - MARGIN) * wapes[models.DEFAULT] and 4 * won[best] >= 3 * len(ends)
    champion = best if clear else models.DEFAULT
    rows = [
        {"queue": past.queue, "model": name, "wape": wapes[name],
         "bias": accuracy.bias(*_joined([each[name] for each in errors])), "won": won[name],
         "origins": len(ends), "champion": name == champion}
        for name in sorted(wapes, key=lambda name: (name != champion, wapes[name]))
    ]  # fmt: skip
    note = (
        f"forecast by {champion!r}: over {len(ends)} origins its error was {wapes[champion]:.1%} "
        f"of the contacts, that of the default model {wapes[models.DEFAULT]:.1%}; "
        "see `leaderboard`"
    )
    return Contest(models.MODELS[champion], pd.DataFrame(rows, columns=list(BOARD)), note)


Pair = tuple[np.ndarray, np.ndarray]


def _errors(
    past: Past, actual: np.ndarray, calendar: Calendar, end: int, hours: Any
) -> dict[str, Pair]:
    """Return actual and forecast of the days after row `end`, by model."""
    before = past.until(int(past.days[end]))
    known = opening.cover(before, hours)
    steps = past.offered.shape[1]
    day, of_day = np.divmod(np.arange(AHEAD_DAYS * steps), steps)
    future = Future(np.zeros(0, np.int64), past.days[end] + day, of_day)
    cells = (end + day, of_day)
    return {
        name: (actual[cells], model.predict(before, known, future, calendar).volume
               * past.exists[cells])
        for name, model in models.MODELS.items()
    }  # fmt: skip


def _joined(pairs: list[Pair]) -> Pair:
    return np.concatenate([real for real, _ in pairs]), np.concatenate([mean for _, mean in pairs])


def _wape(pairs: list[Pair]) -> float:
    found = accuracy.wape(*_joined(pairs))
    return found if np.isfinite(found) else np.inf
