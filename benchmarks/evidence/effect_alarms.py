"""How often does each test of an effect see one that is not there, and one that is?

Each row draws `repeats` data sets with a known truth and counts how often the 95 % limits exclude
no effect: nominal 0.05 without an effect, the planned power with one. Run with
`python benchmarks/evidence/effect_alarms.py`; writes effect_alarms.csv beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.evidence import compare, effect
from wfm.evidence.seasonal import adjust

OUT = Path(__file__).with_suffix(".csv")
REPEATS, SEED = 1000, 2026
WEEK = np.array([-0.03, -0.01, 0.0, 0.0, 0.01, 0.015, 0.015])


def noise(rng, n, link):
    x = rng.normal(size=n)
    for i in range(1, n):
        x[i] = link * x[i - 1] + np.sqrt(1 - link**2) * x[i]
    return x


def its(link=0.0, *, season=0.0, harmonics=0, slope=False, points=48, trend=0.0, errors="default"):
    """Return a test of a level change of `shift` standard deviations at the middle."""

    def run(rng, shift):
        t = np.arange(points)
        y = noise(rng, points, link) + trend * t + season * np.sin(2 * np.pi * (t + 5) / 12)
        y[points // 2 :] += shift
        got = effect.its(y, change=points // 2, slope=slope, harmonics=harmonics, errors=errors)
        return got.level.clear

    return run


def its_counts(spread, errors="default"):
    def run(rng, shift):
        exposure = rng.uniform(800, 1200, 48)
        rate = 0.05 * np.exp(np.where(np.arange(48) >= 24, shift, 0.0))
        extra = rng.gamma(1 / spread, spread, 48) if spread else 1.0
        y = rng.poisson(exposure * rate * extra)
        got = effect.its(
            y, change=24, exposure=exposure, model="poisson", slope=False, errors=errors
        )
        return got.level.clear

    return run


def weekday(adjusted, harmonics=0):
    """Return a test on 8 weeks of days that begins on a Thursday, with a weekday pattern."""
    days = pd.date_range("2026-01-01", periods=56)

    def run(rng, shift):
        y = 0.8 + WEEK[days.day_of_week] + 0.01 * rng.normal(size=56)
        y[28:] += 0.01 * shift
        if adjusted:
            y = adjust(y, days, baseline=28).values  # noqa: PD011
        got = effect.its(y, change=28, slope=False, harmonics=harmonics, season=7)
        return got.level.clear

    return run


def did(rng, shift):
    shares = (0.72, 0.74 + shift, 0.72, 0.74)
    return effect.did(*((rng.binomial(1000, p), 1000) for p in shares)).clear


def units(number):
    def run(rng, shift):
        treated = np.arange(number) < number // 2
        before = rng.normal(0, 1, number)
        after = before + rng.normal(0, 1, number) + shift * treated
        return effect.did_units(before, after, treated).effect.clear

    return run


def shares(rng, shift):
    n = effect.sample_size(0.72, 0.75).per_group
    pair = [(rng.binomial(n, p), n) for p in (0.72, 0.72 + shift)]
    return effect.shares(*pair).clear


def rates(rng, shift):
    return effect.rates((rng.poisson(60), 1.0), (rng.poisson(60 * np.exp(shift)), 1.0)).clear


def funnel(rng, shift):
    n = rng.integers(40, 400, 50)
    p = np.full(50, 0.85)
    p[0] -= shift
    n[0] = 300
    got = compare.funnel(rng.binomial(n, p), n)
    return bool(got.outside[0]) if shift else bool(got.outside.any())


# test, data, run, effect and its meaning, what is expected without and with it.
CASES = [
    ("its linear, Newey-West", "24 + 24 points, independent", its(), 1.0, "1 sigma"),
    ("its linear, errors large_sample", "24 + 24 points, independent", its(errors="large_sample"),
     1.0, "1 sigma"),
    ("its linear, Newey-West", "24 + 24 points, slope too", its(slope=True), 1.0, "1 sigma"),
    ("its linear, Newey-West", "autocorrelation 0.3", its(0.3), 1.0, "1 sigma"),
    ("its linear, Newey-West", "autocorrelation 0.6", its(0.6), 1.0, "1 sigma"),
    ("its linear, Newey-West", "trend only", its(trend=0.1), 1.0, "1 sigma"),
    ("its linear, Newey-West", "season, not modelled", its(season=1.5, points=44), 1.0, "1 sigma"),
    ("its linear, Newey-West", "season, 1 harmonic", its(season=1.5, harmonics=1, points=44), 1.0,
     "1 sigma"),
    ("its linear, Newey-West", "days, weekday pattern raw", weekday(adjusted=False), 1.0,
     "1 sigma"),
    ("its linear, Newey-West", "days, weekdays adjusted", weekday(adjusted=True), 1.0, "1 sigma"),
    ("its linear, Newey-West", "days, 3 harmonics of 7", weekday(adjusted=False, harmonics=3), 1.0,
     "1 sigma"),
    ("its counts, quasi-Poisson", "Poisson", its_counts(0.0), 0.2, "rate x 1.22"),
    ("its counts, quasi-Poisson", "over-dispersed (phi 3.5)", its_counts(0.05), 0.2, "rate x 1.22"),
    ("its counts, plain Poisson", "over-dispersed (phi 3.5)", its_counts(0.05, "classical"), 0.2,
     "rate x 1.22"),
    ("did of shares", "1000 a cell", did, 0.08, "8 points"),
    ("did of units, permutation", "4 + 4 teams", units(8), 2.0, "2 sigma"),
    ("did of units, cluster", "10 + 10 teams", units(20), 1.5, "1.5 sigma"),
    ("two shares", "n from sample_size(.72, .75)", shares, 0.03, "3 points, power 0.80 planned"),
    ("two rates", "60 events a side", rates, 0.5, "rate x 1.65"),
    ("funnel 99.8 %, any of 50 units", "equal units of 40 to 400", funnel, 0.12,
     "one unit of 300, 12 points lower: found"),
]  # fmt: skip


def table(repeats: int = REPEATS) -> pd.DataFrame:
    """Return shares of data sets in which the effect was called clear."""
    rows = []
    for test, data, run, size, meaning in CASES:
        found = []
        for shift in (0.0, size):
            rng = np.random.default_rng(SEED)
            found.append(round(float(np.mean([run(rng, shift) for _ in range(repeats)])), 3))
        rows.append({"test": test, "data": data, "repeats": repeats, "false_alarm": found[0],
                     "effect": meaning, "sees_it": found[1]})  # fmt: skip
    return pd.DataFrame(rows)


if __name__ == "__main__":
    made = table(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
    made.to_csv(OUT, index=False)
    print(made.to_string(index=False))
