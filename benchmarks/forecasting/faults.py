"""How much do faults in a history spoil the forecast, with cleaning and without?

    python3 dev.py run python -m benchmarks.forecasting.faults [--origins 4] [--draws 2]

Every set is forecast from several origins with the default model. Before each origin the history
gets one kind of fault, on average one in three weeks of open days and always one in the last
week; what comes after the origin is as it was. WAPE is against the true counts. `none` has no
cleaning at all, `faults` leaves out what recording faults wrote, `all` outliers too (the default).
The same draw of faults serves all three.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from unittest import mock

import numpy as np
import pandas as pd

from benchmarks.forecasting import sets
from forecasts import accuracy, forecast, marks, outliers
from forecasts.coverage import Coverage
from forecasts.past import Past

OUT = sets.ROOT / "benchmarks" / "results" / "forecast_faults.csv"
DAYS_A_FAULT = 21
SEED = 11
NOBODY = np.zeros(0, np.int64)
NO_OUTLIERS = outliers.Outliers(NOBODY, np.zeros(0), (NOBODY, NOBODY), np.zeros(0))
MASK = marks.mask


def without_outliers(past: Past, coverage: Coverage, *, special: np.ndarray) -> np.ndarray:
    """What recording faults wrote is left out, and nothing else."""
    with mock.patch.object(outliers, "find", return_value=NO_OUTLIERS):
        return MASK(past, coverage, special=special)


ARMS: dict[str, Callable[..., np.ndarray]] = {
    "none": lambda past, coverage, **_: coverage.seen,
    "faults": without_outliers,
    "all": MASK,
}
COLUMNS = ("set", "fault", "forecasts", *ARMS, "changed")


def day_lost(rows: list[np.ndarray], offered: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Rows of the days are absent."""
    return np.setdiff1d(np.arange(len(offered)), np.concatenate(rows))


def half_day_zero(
    rows: list[np.ndarray], offered: np.ndarray, _: np.random.Generator
) -> np.ndarray:
    """The second half of the days was written as zeros; of daily totals all of it."""
    for own in rows:
        offered[own[len(own) // 2 :]] = 0.0
    return np.arange(len(offered))


def spike(rows: list[np.ndarray], offered: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One interval of the days holds ten times its count."""
    for own in rows:
        offered[rng.choice(own)] *= 10
    return np.arange(len(offered))


def hour_twice(rows: list[np.ndarray], offered: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An hour of the days was imported twice and summed; of daily totals the day."""
    for own in rows:
        at = int(rng.integers(len(own)))
        offered[own[at : at + max(1, len(own) // 12)]] *= 2
    return np.arange(len(offered))


def frozen(rows: list[np.ndarray], offered: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """From some interval on the days repeat one count; of daily totals the day before."""
    for own in rows:
        at = int(rng.integers(1, max(2, len(own) // 2)))
        held = own[at - 1] if len(own) > 1 else max(int(own[0]) - 1, 0)
        offered[own[at if len(own) > 1 else 0 :]] = offered[held]
    return np.arange(len(offered))


def untouched(rows: list[np.ndarray], offered: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """No fault."""
    return np.arange(len(offered))


FAULTS = (untouched, day_lost, half_day_zero, spike, hour_twice, frozen)


def struck(history: pd.DataFrame, fault: Callable[..., np.ndarray], seed: int) -> pd.DataFrame:
    """Return `history` with `fault` on some of its busy days, one of them in the last week."""
    rng = np.random.default_rng(seed)
    date = history["start"].dt.tz_localize(None).dt.normalize().to_numpy()
    offered = history["offered"].to_numpy(float).copy()
    total = pd.Series(offered).groupby(date).sum()
    busy = total.index[total > 0].to_numpy()
    last = busy[busy > busy[-1] - np.timedelta64(7, "D")]
    days = np.union1d(
        rng.choice(busy, len(busy) // DAYS_A_FAULT, replace=False), rng.choice(last, 1)
    )
    rows = [np.flatnonzero((date == day) & (offered > 0)) for day in days]
    keep = fault(rows, offered, rng)
    return history.assign(offered=offered).iloc[keep].reset_index(drop=True)


def errors(given: sets.Set, fault: Callable[..., np.ndarray], *, origins: int, draws: int
           ) -> dict[str, list[float]]:  # fmt: skip
    """Return the WAPE of each arm, one an origin and draw."""
    found: dict[str, list[float]] = {arm: [] for arm in ARMS}
    local = given.history["start"].dt.tz_localize(None)
    truth = given.history.set_index("start")["offered"]
    for number, origin in enumerate(given.origins(origins)):
        before = given.history[local < origin]
        for draw in range(draws if fault is not untouched else 1):
            made = struck(before, fault, SEED + 1000 * number + draw)
            for arm, mask in ARMS.items():
                with mock.patch.object(marks, "mask", mask):
                    frame = forecast(
                        made, given.ahead_days * given.steps_a_day, freq=given.freq,
                        holidays=given.holidays, events=given.events, model="profile",
                    ).frame  # fmt: skip
                actual = truth.reindex(frame["start"]).to_numpy()
                found[arm].append(accuracy.wape(actual, frame["volume"].to_numpy()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--origins", type=int, default=4)
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--only", default="", help="sets whose name holds one of these, by comma")
    given = parser.parse_args()
    table = []
    for one in sets.load():
        if not any(part in one.name for part in given.only.split(",")):
            continue
        for fault in FAULTS:
            by_arm = errors(one, fault, origins=given.origins, draws=given.draws)
            means = {arm: float(np.mean(values)) for arm, values in by_arm.items()}
            changed = float(np.mean(np.array(by_arm["all"]) != np.array(by_arm["none"])))
            errors_ = [round(value, 4) for value in means.values()]
            row = (one.name, fault.__name__, len(by_arm["all"]), *errors_, round(changed, 2))
            print(*row, flush=True)
            table.append(row)
    if not given.only:
        with OUT.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(table)


if __name__ == "__main__":
    main()
