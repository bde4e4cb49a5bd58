"""What is each part of the default model worth?

    python -m benchmarks.forecasting.ablations [--origins 12]

Each part is taken out alone, everything else staying as it is; the table shows the WAPE of the
whole model over that without the part (below 1: the part helps), by set and as geometric means.
Writes `benchmarks/results/forecast_ablations.csv`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from unittest import mock

import numpy as np
import pandas as pd

from benchmarks.forecasting.replays import Replay, replays
from benchmarks.forecasting.run import RESULTS, calendar
from benchmarks.forecasting.sets import Set, load
from forecasts import (
    accuracy,
    anniversary,
    calendars,
    daily,
    daytypes,
    level,
    marks,
    models,
    profile,
)

NEVER = 10**6
TINY = 1e-3  # a prior this narrow removes an effect

Part = Callable[[], AbstractContextManager[object]]


def put(module: object, **values: object) -> Part:
    """Return a context in which the module's constants are others."""

    def opened() -> AbstractContextManager[object]:
        stack = ExitStack()
        for name, value in values.items():
            stack.enter_context(mock.patch.object(module, name, value))
        return stack

    return opened


def one_half_life() -> AbstractContextManager[object]:
    """One decayed mean of eight weeks instead of experts at several speeds."""
    made = (np.array([3]), np.array([3]), np.array([0.0]))
    stack = ExitStack()
    stack.enter_context(mock.patch.object(level, "HALF_LIVES", np.array([7.0, 14.0, 28.0, 56.0])))
    stack.enter_context(mock.patch.object(level, "experts", return_value=made))
    owners = np.array([[0.0], [0.0], [0.0], [1.0]])
    stack.enter_context(mock.patch.object(level, "_owners", return_value=(owners, owners)))
    stack.enter_context(mock.patch.object(level, "_kept", lambda leads: np.zeros((1, leads + 1))))
    return stack


PARTS: dict[str, Part] = {
    "holiday names": put(daytypes, SD_NAMED_HOLIDAY=TINY),
    "days beside holidays": put(daytypes, SD_BESIDE_HOLIDAY=TINY, SD_LIKE_BUSIEST=TINY),
    "turn of the month": put(daytypes, SD_TURN_OF_MONTH=TINY),
    "day of the month": put(daytypes, SD_DAY_OF_MONTH=TINY),
    "holidays like quiet weekdays": put(daytypes, LIKE_QUIETEST=0.0),
    "year": put(daytypes, YEARLY_DAYS=NEVER),
    "same date of earlier years": put(anniversary, FEWEST_DAYS=NEVER),
    "shrinkage of effects": put(daytypes, SD_WEEKDAY=5.0, SD_HOLIDAY=5.0, SD_NAMED_HOLIDAY=5.0,
                                SD_UNDONE_WEEKDAY=5.0, SD_BESIDE_HOLIDAY=5.0, SD_LIKE_BUSIEST=5.0,
                                SD_TURN_OF_MONTH=5.0, SD_DAY_OF_MONTH=5.0,
                                SD_EVENT=5.0, SD_YEARLY=5.0),
    "robust weights": put(daily, HUBER=1e9),
    "experts for the level": one_half_life,
    "averaging the experts": put(level, SHARPNESS=1e6),
    "averaging the year": put(daily, SHARPNESS=1e6),
    "smoothing the profile": put(profile, WIDTHS=(0.0,)),
    "fading of the profile": put(profile, HALF_LIFE=1e6),
    "masks of faults and outliers": put(marks, mask=lambda past, cover, **_: cover.seen),
}  # fmt: skip


def wape(given: Set, seen: list[Replay], *, holidays: bool = True, events: bool = True) -> float:
    """Return the WAPE of the default model over the replays of a set."""
    volumes = []
    for replay in seen:
        known = calendar(given, replay)
        if not holidays:
            known = replace(known, holidays=calendars.resolve(None, 0, 1))
        if not events:
            known = replace(known, events=None)
        daytypes._built.clear()
        volumes.append(models.named("profile").predict(
            replay.before, replay.coverage, replay.future, known).volume)  # fmt: skip
    actual = np.concatenate([replay.actual for replay in seen])
    return accuracy.wape(actual, np.concatenate(volumes))


def main() -> None:
    """Run the ablations."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--origins", type=int, default=12)
    origins = asked.parse_args().origins
    rows = {}
    # Seven regions of one service would outweigh everything else.
    for given in load():
        if given.name.startswith("ambulance") and "Trust" not in given.name:
            continue
        if given.name == "bank 5min":
            continue
        seen = replays(given, origins)
        whole = wape(given, seen)
        row = {"holidays": whole / wape(given, seen, holidays=False),
               "events": whole / wape(given, seen, events=False)}  # fmt: skip
        for name, part in PARTS.items():
            with part():
                row[name] = whole / wape(given, seen)
        rows[given.name] = row
    table = pd.DataFrame(rows)
    table.insert(0, "all", np.exp(np.log(table).mean(axis=1)))
    table.index.name = "part"
    table.round(4).to_csv(RESULTS / "forecast_ablations.csv")
    print(table.sort_values("all").round(3).to_string())


if __name__ == "__main__":
    main()
