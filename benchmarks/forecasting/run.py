"""How accurate is every model on every shared history, and what does it cost?

    python -m benchmarks.forecasting.run [--origins 30] [--rivals PYTHON] [--rival-origins 3]

Writes `benchmarks/results/forecast_accuracy.csv` (all origins, own models) and, with `--rivals`,
`forecast_rivals.csv` (fewer origins, the same for everybody; seconds are CPU seconds a forecast,
each warmed before).
"""

from __future__ import annotations

import argparse
import pickle
import platform
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.forecasting.replays import Replay, replays
from benchmarks.forecasting.sets import ROOT, Set, load
from forecasts import accuracy, calendars, clock, models
from forecasts import events as register
from forecasts import quantiles as bands
from forecasts.coverage import actuals

RESULTS = ROOT / "benchmarks" / "results"
OWN = ("profile", "weekday_mean", "seasonal_naive")
WEEKS = ((1, 7), (8, 14), (15, 28))
TOO_FINE_MIN = 30  # rivals that fit whole grids would need hours at 5 minutes


def calendar(given: Set, replay: Replay) -> models.Calendar:
    """Return what was known in advance."""
    first, last = int(replay.before.days[0]), int(replay.future.days[-1])
    last += calendars.BEYOND_DAYS
    return models.Calendar(calendars.resolve(given.holidays, first, last),
                           register.check(given.events))  # fmt: skip


def own(given: Set, seen: list[Replay], name: str) -> dict[str, object]:
    """Return the row of one of the project's models."""
    volumes, dispersions, seconds = [], [], 0.0
    for replay in seen:
        begun = time.process_time()
        made = models.named(name).predict(replay.before, replay.coverage, replay.future,
                                          calendar(given, replay))  # fmt: skip
        seconds += time.process_time() - begun
        volumes.append(made.volume)
        dispersions.append(made.dispersion)
    row = measured(given, seen, name, np.concatenate(volumes))
    volume, actual = np.concatenate(volumes), np.concatenate([replay.actual for replay in seen])
    band = bands.quantiles(volume, np.concatenate(dispersions), tail=bands.HEAVY_TAIL)
    busy = ~np.isnan(actual) & ((actual > 0) | (volume > 0))
    pinballs = [accuracy.pinball(actual, band[:, at], level)
                for at, level in enumerate(bands.LEVELS.values())]  # fmt: skip
    return row | {
        "pinball": np.mean(pinballs),
        "coverage80": accuracy.coverage(actual[busy], band[busy, 1], band[busy, 3]),
        "coverage95": accuracy.coverage(actual[busy], band[busy, 0], band[busy, 4]),
        "sound": bool(np.isfinite(band).all() and (band >= 0).all() and (volume >= 0).all()),
        "cpu_ms": 1e3 * seconds / len(seen),
    }


def measured(given: Set, seen: list[Replay], name: str, volume: np.ndarray) -> dict[str, object]:
    """Return accuracy over all replays of a set."""
    actual, best, lead = (np.concatenate([getattr(replay, part) for replay in seen])
                          for part in ("actual", "oracle", "lead"))  # fmt: skip
    past = seen[-1].before
    known = past.seen > 0
    both = known[7:] & known[:-7]
    step = np.abs(past.offered[7:] - past.offered[:-7])[both].mean()
    floor = accuracy.wape(actual, best) if not given.daily else np.nan
    wape = accuracy.wape(actual, volume)
    row = {"set": given.name, "model": name, "origins": len(seen), "wape": wape,
           "xs": wape / floor, "bias": accuracy.bias(actual, volume),
           "mase": np.nanmean(np.abs(actual - volume)) / step,
           "deviance": accuracy.possible_deviance(actual, volume),
           "impossible": accuracy.impossible(actual, volume),
           "noise_floor": accuracy.noise_floor(best), "oracle_wape": floor}  # fmt: skip
    for low, high in WEEKS:
        part = (lead >= low) & (lead <= high)
        row[f"wape_days_{low}_{high}"] = accuracy.wape(actual[part], volume[part])
        row[f"xs_days_{low}_{high}"] = (
            row[f"wape_days_{low}_{high}"] / accuracy.wape(actual[part], best[part])
            if not given.daily and part.any() else np.nan
        )  # fmt: skip
    return row


def task(given: Set, replay: Replay) -> dict[str, object]:
    """Return a replay as plain arrays, for an interpreter without the project."""
    past, future = replay.before, replay.future
    coming = np.unique(future.days)
    names = calendar(given, replay).holidays
    return {"counts": actuals(past, replay.coverage), "days": past.days, "weekday": past.weekday,
            "coming": coming, "coming_weekday": clock.weekday(coming),
            "open": replay.coverage.open_week, "holidays": dict(names)}  # fmt: skip


def rival_rows(sets: list[Set], interpreter: str, origins: int) -> list[dict[str, object]]:
    """Return the rows of the other libraries, and of the own models on the same origins."""
    used = [(given, replays(given, origins)) for given in sets
            if given.daily or 1440 // given.steps_a_day >= TOO_FINE_MIN]  # fmt: skip
    tasks = [task(given, replay) for given, seen in used for replay in seen]
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "tasks.pickle", Path(folder) / "answers.pickle"
        question.write_bytes(pickle.dumps(tasks))
        subprocess.run([interpreter, str(Path(__file__).with_name("rivals.py")), str(question),
                        str(answer)], check=True)  # fmt: skip
        answers = pickle.loads(answer.read_bytes())
    names = list(dict.fromkeys(name for _, name in answers))
    rows, number = [], 0
    for given, seen in used:
        mine = [own(given, seen, name) for name in OWN]
        rows += mine
        for name in names:
            made = [answers[number + at, name] for at in range(len(seen))]
            volume = np.concatenate([
                grid[np.searchsorted(np.unique(replay.future.days), replay.future.days),
                     replay.future.of_day]
                for (grid, _), replay in zip(made, seen, strict=True)
            ])  # fmt: skip
            row = measured(given, seen, name, volume)
            row["cpu_ms"] = 1e3 * float(np.mean([seconds for _, seconds in made]))
            rows.append(row)
        for row in rows[-len(names) - len(mine) :]:
            row["time_ratio"] = row["cpu_ms"] / mine[0]["cpu_ms"]
        number += len(seen)
    return rows


def save(rows: list[dict[str, object]], name: str) -> pd.DataFrame:
    """Write and print a table."""
    frame = pd.DataFrame(rows)
    frame.round(5).to_csv(RESULTS / name, index=False)
    shown = ["set", "model", "wape", "xs", "bias", "coverage80", "coverage95", "cpu_ms"]
    print(frame[[column for column in shown if column in frame]].round(4).to_string(index=False))
    intraday = frame[frame["xs"].notna()]
    mean = intraday.assign(abs_bias=intraday["bias"].abs()).groupby("model")[["xs", "abs_bias"]]
    mean = mean.mean()
    print(mean.sort_values("xs").round(4).to_string())
    return frame


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--origins", type=int, default=30, help="0: only the rivals")
    asked.add_argument("--rivals", help="python interpreter that has the other libraries")
    asked.add_argument("--rival-origins", type=int, default=3)
    given = asked.parse_args()
    sets = load()
    print(f"python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}, "
          f"{platform.machine()}")  # fmt: skip
    models.named("profile").predict(*_warm(sets[-1]))
    if given.origins:
        seen = {each.name: replays(each, given.origins) for each in sets}
        save([own(each, seen[each.name], name) for each in sets for name in OWN],
             "forecast_accuracy.csv")  # fmt: skip
    if given.rivals:
        save(rival_rows(sets, given.rivals, given.rival_origins), "forecast_rivals.csv")


def _warm(given: Set) -> tuple[object, ...]:
    [replay] = replays(given, 1)
    return replay.before, replay.coverage, replay.future, calendar(given, replay)


if __name__ == "__main__":
    main()
