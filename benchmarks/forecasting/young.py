"""How well is a queue forecast that is only a few days old?

    python -m benchmarks.forecasting.young [--origins 8]

Every shared history is cut to its last 3, 7, 10 or 14 days before each origin and forecast as far
ahead as always: with an analogue chosen among all the other sets of the same interval length,
without one, and from two weeks on by the default model; beside them the whole history (`days` 0).
A set of other years is moved by whole weeks until it ends on the eve of the origin; holidays and
events count only where it need not be moved. Writes `benchmarks/results/forecast_young.csv`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.forecasting.replays import Replay, replays
from benchmarks.forecasting.run import RESULTS, calendar
from benchmarks.forecasting.sets import Set, load
from forecasts import accuracy, calendars, coverage, models
from forecasts import quantiles as bands
from forecasts.analogues import LEAST_DAYS, Queue, choose
from forecasts.history import check
from forecasts.past import Past, split
from forecasts.young import Borrowing

KNOWN_DAYS = (1, 3, 7, 10, 14)
ARRAYS = ("days", "offered", "exists", "seen", "aht_s", "handled")


def youngest(past: Past, days: int) -> Past:
    """Return the last `days` days of a history."""
    return replace(past, **{name: getattr(past, name)[-days:] for name in ARRAYS})


def lenders(own: str, before: Past, pasts: dict[str, Past]) -> Iterator[tuple[Queue, bool]]:
    """Return the other queues as known at the end of `before`, and whether they were moved."""
    end = int(before.days[-1])
    for name, past in pasts.items():
        if name == own or past.offered.shape[1] != before.offered.shape[1]:
            continue
        if past.days[0] <= end - LEAST_DAYS and past.days[-1] >= end:
            old, moved = past.until(end + 1), False
        else:
            weeks = (end - int(past.days[-1])) // 7
            old = replace(past, queue=name, days=past.days + 7 * weeks)
            moved = True
        old = replace(old, queue=name)
        if len(old.days) >= LEAST_DAYS:
            yield Queue(old, coverage.cover(old)), moved


def predictions(
    given: Set, replay: Replay, pasts: dict[str, Past]
) -> Iterator[tuple[int, str, models.Prediction, str]]:
    """Return days known, way, forecast and analogue of one origin."""
    known = calendar(given, replay)
    nothing = models.Calendar(calendars.resolve(None, 0, 1), None)
    default = models.named("profile")
    yield 0, "whole history", default.predict(replay.before, replay.coverage, replay.future,
                                              known), ""  # fmt: skip
    others = list(lenders(given.name, replay.before, pasts))
    for days in KNOWN_DAYS:
        past = youngest(replay.before, days)
        cover = coverage.cover(past)
        if days >= 7:
            yield days, "profile", default.predict(past, cover, replay.future, known), ""
        lender = choose(Queue(past, cover), [queue for queue, _ in others])
        moved = any(moved for queue, moved in others if queue is lender)
        yield days, "alone", Borrowing(None).predict(past, cover, replay.future, known), ""
        name = "" if lender is None else str(lender.past.queue)
        yield days, "borrowed", Borrowing(lender).predict(
            past, cover, replay.future, nothing if moved else known), name  # fmt: skip


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--origins", type=int, default=8)
    origins = asked.parse_args().origins
    sets = [given for given in load() if given.freq != "5min"]
    pasts = {}
    for given in sets:
        [pasts[given.name]] = split(given.history, check(given.history, given.freq))
    hourly = [given for given in sets if given.freq == "30min"]
    for given in hourly:  # so that the only hourly set has others to borrow from
        start = given.history["start"].dt.tz_convert("UTC").dt.floor("h").dt.tz_convert(given.zone)
        hours = given.history.assign(start=start).groupby(["queue", "start"], as_index=False).sum()
        [pasts[f"{given.name} by the hour"]] = split(hours, check(hours, "h"))
    rows = []
    for given in sets:
        if given.name.startswith("ambulance") and "Trust" not in given.name:
            continue  # seven regions of one service would outweigh everything else
        made: dict[tuple[int, str], list[tuple[models.Prediction, str]]] = {}
        seen = replays(given, origins)
        for replay in seen:
            for days, way, prediction, lender in predictions(given, replay, pasts):
                made.setdefault((days, way), []).append((prediction, lender))
        actual, best = (np.concatenate([getattr(replay, part) for replay in seen])
                        for part in ("actual", "oracle"))  # fmt: skip
        for (days, way), found in made.items():
            volume = np.concatenate([prediction.volume for prediction, _ in found])
            dispersion = np.concatenate([prediction.dispersion for prediction, _ in found])
            band = bands.quantiles(volume, dispersion, tail=bands.HEAVY_TAIL)
            busy = ~np.isnan(actual) & ((actual > 0) | (volume > 0))
            wape = accuracy.wape(actual, volume)
            names = [lender for _, lender in found if lender]
            rows.append({
                "set": given.name, "days": days, "way": way, "origins": len(found), "wape": wape,
                "xs": np.nan if given.daily else wape / accuracy.wape(actual, best),
                "bias": accuracy.bias(actual, volume),
                "coverage80": accuracy.coverage(actual[busy], band[busy, 1], band[busy, 3]),
                "coverage95": accuracy.coverage(actual[busy], band[busy, 0], band[busy, 4]),
                "analogue": max(set(names), key=names.count) if names else "",
            })  # fmt: skip
    table = pd.DataFrame(rows)
    table.round(4).to_csv(RESULTS / "forecast_young.csv", index=False)
    whole = table[table["days"] == 0].set_index("set")["wape"]
    table["ratio"] = table["wape"] / table["set"].map(whole)
    print(table.round(3).to_string(index=False))
    shown = table.assign(log=np.log(table["ratio"])).groupby(["days", "way"])
    print(shown[["xs", "coverage80", "coverage95"]].mean()
          .assign(ratio=np.exp(shown["log"].mean())).round(3).to_string())  # fmt: skip


if __name__ == "__main__":
    main()
