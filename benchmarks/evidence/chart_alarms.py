"""How often does each chart cry wolf, and how soon does it see a change?

Each row simulates centres with a known truth: `base` calm points set the limits, `watch` points
follow, without a change (false alarms) or with one from their first point on (detection). A signal
counts when its pattern ends in the watched points. Run lengths with known limits are in the rows
`known`. Run with `python benchmarks/evidence/chart_alarms.py`; writes chart_alarms.csv beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.evidence import charts
from wfm.evidence.seasonal import adjust

OUT = Path(__file__).with_suffix(".csv")
BASE, WATCH, REPEATS, SEED = 24, 24, 1000, 2026
DAYS = pd.date_range("2026-01-05", periods=56)
WEEK = np.array([-2.0, -0.5, 0.0, 0.0, 0.5, 1.0, 1.0])
DEFAULT, SIGMA = charts.DEFAULT_RULES, ("3sigma",)
NELSON4 = ("3sigma", "nelson2", "nelson3", "nelson4")

Draw = Callable[[np.random.Generator, float], tuple]
Watch = Callable[[tuple, int], list[int]]


def normal(rng, shift, base=BASE, watch=WATCH):
    x = rng.normal(size=base + watch)
    x[base:] += shift
    return (x,)


def autocorrelated(rng, shift):
    x = rng.normal(size=BASE + WATCH)
    for i in range(1, len(x)):
        x[i] = 0.5 * x[i - 1] + np.sqrt(0.75) * x[i]
    x[BASE:] += shift
    return (x,)


def binomial(size, spread):
    """Return draws of shares about 0.8; `spread` is the points' own standard deviation."""

    def draw(rng, shift):
        n = rng.integers(int(size * 0.8), int(size * 1.2), BASE + WATCH)
        step = np.sqrt(0.16 / size + spread**2)
        p = 0.8 + spread * rng.normal(size=len(n))
        p[BASE:] += shift * step
        return rng.binomial(n, np.clip(p, 0, 1)), n

    return draw


def poisson(mean, spread):
    def draw(rng, shift):
        n = rng.uniform(0.8, 1.2, BASE + WATCH)
        rate = mean * (1 + spread * rng.normal(size=len(n)))
        rate[BASE:] += shift * np.sqrt(mean + (spread * mean) ** 2)
        return rng.poisson(np.maximum(rate, 0) * n), n

    return draw


def weekdays(rng, shift):
    (x,) = normal(rng, shift, 28, 28)
    return (x + np.tile(WEEK, 8),)


def shewhart(chart, rules):
    def watch(data, base):
        made = chart(*data, baseline=base, rules=rules)
        return [signal.last - base for signal in made.signals if signal.last >= base]

    return watch


def adjusted(data, base):
    got = adjust(data[0], DAYS, baseline=base)
    made = charts.xmr(got.values, baseline=base, widen=got.widen)
    return [signal.last - base for signal in made.signals if signal.last >= base]


def adjusted_narrow(data, base):
    x = adjust(data[0], DAYS, baseline=base).values  # noqa: PD011
    return shewhart(charts.xmr, DEFAULT)((x,), base)


def cusum(h):
    def watch(data, base):
        x = data[0]
        calm = charts.xmr(x, baseline=base)
        made = charts.cusum(x[base:], mean=calm.centre, sigma=float(calm.sigma[0]), h=h)
        return np.flatnonzero(made.signals).tolist()

    return watch


def ewma(data, base):
    x = data[0]
    calm = charts.xmr(x, baseline=base)
    made = charts.ewma(x[base:], mean=calm.centre, sigma=float(calm.sigma[0]))
    return np.flatnonzero(made.outside).tolist()


N, B, O, P = "normal", "share of 300", "share of 20000, days vary", "20 events a point"  # noqa: E741
CASES: list[tuple[str, str, str, int, Draw, Watch]] = [
    ("xmr", "3 sigma", N, BASE, normal, shewhart(charts.xmr, SIGMA)),
    ("xmr", "3 sigma + Anhoej", N, BASE, normal, shewhart(charts.xmr, DEFAULT)),
    ("xmr", "Nelson 1-4", N, BASE, normal, shewhart(charts.xmr, NELSON4)),
    ("cusum", "k 0.5, h 4", N, BASE, normal, cusum(4.0)),
    ("cusum", "k 0.5, h 5", N, BASE, normal, cusum(5.0)),
    ("ewma", "weight 0.2, L 3", N, BASE, normal, ewma),
    ("p", "3 sigma + Anhoej", B, BASE, binomial(300, 0.0), shewhart(charts.p, DEFAULT)),
    ("laney_p", "3 sigma + Anhoej", B, BASE, binomial(300, 0.0), shewhart(charts.laney_p, DEFAULT)),
    ("p", "3 sigma + Anhoej", O, BASE, binomial(20000, 0.01), shewhart(charts.p, DEFAULT)),
    ("laney_p", "3 sigma + Anhoej", O, BASE, binomial(20000, 0.01),
     shewhart(charts.laney_p, DEFAULT)),
    ("share", "chooses", O, BASE, binomial(20000, 0.01), shewhart(charts.share, DEFAULT)),
    ("u", "3 sigma + Anhoej", P, BASE, poisson(20, 0.0), shewhart(charts.u, DEFAULT)),
    ("laney_u", "3 sigma + Anhoej", P, BASE, poisson(20, 0.0), shewhart(charts.laney_u, DEFAULT)),
    ("u", "3 sigma + Anhoej", "2000 events, days vary", BASE, poisson(2000, 0.08),
     shewhart(charts.u, DEFAULT)),
    ("laney_u", "3 sigma + Anhoej", "2000 events, days vary", BASE, poisson(2000, 0.08),
     shewhart(charts.laney_u, DEFAULT)),
    ("xmr", "3 sigma + Anhoej", "weekday pattern, raw", 28, weekdays,
     shewhart(charts.xmr, DEFAULT)),
    ("xmr", "3 sigma + Anhoej", "weekday pattern, adjusted", 28, weekdays, adjusted),
    ("xmr", "3 sigma + Anhoej", "weekday pattern, adjusted, not widened", 28, weekdays,
     adjusted_narrow),
    ("xmr", "3 sigma + Anhoej", "autocorrelation 0.5", BASE, autocorrelated,
     shewhart(charts.xmr, DEFAULT)),
]  # fmt: skip


def table(repeats: int = REPEATS) -> pd.DataFrame:
    """Return the share of charts that signal without a change and with changes of 1 and 2 sigma."""
    rows = []
    for chart, rules, data, base, draw, watch in CASES:
        row: dict[str, object] = {"chart": chart, "rules": rules, "data": data, "base": base,
                                  "repeats": repeats}  # fmt: skip
        for name, shift in (("false_alarm", 0.0), ("sees_1_sigma", 1.0), ("sees_2_sigma", 2.0)):
            rng = np.random.default_rng(SEED)
            found = [watch(draw(rng, shift), base) for _ in range(repeats)]
            row[name] = round(float(np.mean([bool(points) for points in found])), 3)
            if shift == 2.0:
                first = [min(points) + 1 for points in found if points]
                row["median_points_to_2_sigma"] = float(np.median(first)) if first else np.nan
        rows.append(row)
    return pd.DataFrame(rows + known(repeats))


def known(repeats: int) -> list[dict[str, object]]:
    """Return points between false alarms with known limits, signals restarting the chart."""
    x = np.random.default_rng(SEED).normal(size=400 * repeats)
    beyond = float(np.mean(np.abs(x) > 3))
    rows = [("3 sigma", beyond, 370.4)]
    for h, printed in ((4.0, 167.7), (5.0, 465.4)):
        made = charts.cusum(x, mean=0.0, sigma=1.0, h=h, restart=True)
        rows.append((f"cusum k 0.5, h {h:g}", float(np.mean(made.signals)), printed))
    return [
        {"chart": "known limits", "rules": name, "data": N, "repeats": len(x),
         "points_a_false_alarm": round(1 / share, 1) if share else np.nan,
         "worked_example_T31": printed}
        for name, share, printed in rows
    ]  # fmt: skip


if __name__ == "__main__":
    made = table(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
    made.to_csv(OUT, index=False)
    print(made.to_string(index=False))
