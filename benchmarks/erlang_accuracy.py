"""How far are the Erlang figures from 50 digits, and is every least headcount exact?

Run from the project root: ``python benchmarks/erlang_accuracy.py [cases a cell] [seed]``. Random
queues of each model, load range and patience range are compared with the two oracles of
``tests/oracles.py``; the worst errors and the counts of exact least headcounts go to
``benchmarks/results/erlang_accuracy.csv``. The certificate of a headcount n: by the oracle n meets
the target and n - 1 does not. Minutes, for the oracles are slow.
"""

from __future__ import annotations

import csv
import math
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np
from mpmath import mpf
from oracles import chain, erlang_b, integral

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.scenario import SlRule, Target

INF = math.inf
RESULTS = Path(__file__).with_name("results") / "erlang_accuracy.csv"
LOADS = [(0.01, 1), (1, 100), (100, 5000), (5000, 100_000)]
PATIENCES = [(1, 100), (100, 10_000), (10_000, 1_000_000)]
MODELS = {  # patience, lines
    "Erlang B": (False, True), "Erlang C": (False, False), "Erlang A": (True, False),
    "M/M/n/K": (False, True), "M/M/n/K+M": (True, True),
}  # fmt: skip
FIGURES = (
    "p_block", "p_wait", "p_abandon", "p_answered", "mean_wait_s", "asa_s", "occupancy",
    "mean_queue", "p_answered_in_awt", "p_abandoned_in_awt", "p_later", "p_virtual",
)  # fmt: skip
NOTHING = 1e-13  # an absolute error up to this counts as none
EDGE = mpf(10) ** -11  # a target is met when missed by less: ten times the product's tolerance
CHAIN_LOAD = 2000.0  # above it, without limit on lines, the sum over states takes seconds


def main(cases: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = []
    for model, (patient, limited) in MODELS.items():
        for loads in LOADS:
            for patience in PATIENCES if patient else [None]:
                start = time.perf_counter()
                row = cell(rng, model, loads=loads, patience=patience, limited=limited, cases=cases)
                rows.append(row)
                took = time.perf_counter() - start
                print("  ".join(f"{k}={v}" for k, v in row.items()), f"({took:.0f} s)", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def cell(rng, model, *, loads, patience, limited, cases):
    worst, figure, exact, asked = 0.0, "", 0, 0
    for _ in range(cases):
        queue = random_queue(rng, model, loads, patience, limited)
        error, name = figures_error(queue) if model != "Erlang B" else blocking_error(queue)
        if error >= worst:
            worst, figure = error, name
        answer = headcount(rng, queue) if model != "Erlang B" else line_count(rng, queue)
        asked += answer is not None
        exact += answer is True
    return {
        "model": model, "load": "{:g}-{:g}".format(*loads),
        "patience_s": "infinite" if patience is None else "{:g}-{:g}".format(*patience),
        "cases": cases, "worst_relative_error": f"{worst:.1e}", "of": figure,
        "least_counts": asked, "exact": exact,
    }  # fmt: skip


def random_queue(rng, model, loads, patience, limited):
    aht_s = float(10 ** rng.uniform(1, 3.5))
    volume = log_uniform(rng, *loads) * 1800.0 / aht_s
    load = volume * aht_s / 1800.0
    patience_s = INF if patience is None else log_uniform(rng, *patience)
    spread = math.sqrt(load)
    low = -2.0 if patience is not None or limited else 0.02
    agents = load + spread * rng.uniform(low, 3)
    agents = float(max(1.0, math.ceil(agents)))
    if not limited and patience is None:
        agents = max(agents, math.floor(load) + 1.0)
    places = math.floor(rng.uniform(0, 5) * spread) + int(rng.integers(0, 4))
    lines = agents + places if limited else INF
    awt_s = float(rng.choice([0.0, 5.0, 20.0, 60.0, 300.0]))
    return volume, aht_s, agents, 1800.0, patience_s, lines, awt_s


def log_uniform(rng, low, high):
    return float(low * (high / low) ** rng.random())


def oracle(queue):
    limited = queue[5] < INF
    by_states = limited or queue[0] * queue[1] / queue[3] < CHAIN_LOAD
    return (chain if by_states else integral)(*queue)


def figures_error(queue):
    volume, aht_s, agents, interval_s, patience_s, lines, awt_s = queue
    mine = erlang.performance(
        volume, aht_s, agents, interval_s=interval_s, patience_s=patience_s, lines=lines,
        awt_s=awt_s,
    )  # fmt: skip
    truth = oracle(queue)
    return max((relative(getattr(mine, f), getattr(truth, f)), f) for f in FIGURES)


def relative(mine, truth):
    gap = abs(mpf(float(mine)) - truth)
    return 0.0 if gap <= NOTHING else float(gap / abs(truth))


def headcount(rng, queue):
    """Whether the least headcount is certified; None where the target has no answer."""
    volume, aht_s, _, interval_s, patience_s, lines, awt_s = queue
    level = f"{rng.choice([0.5, 0.7, 0.8, 0.9, 0.95]):g}"
    rule = str(rng.choice([str(r) for r in SlRule if str(r) not in ("SL5", "SL6")]))
    options = {"interval_s": interval_s, "patience_s": patience_s}
    # Half of the queues with lines get more than they could use, so that there is an answer.
    lines = lines if lines == INF or rng.random() < 0.5 else math.ceil(2 * lines + 50)
    try:
        n = float(
            erlang.fewest_agents(
                volume, aht_s, Target(float(level), awt_s=awt_s, rule=rule), lines=lines, **options
            )
        )
    except BadInput:
        return None

    def meets(agents):
        if agents < 1:
            return False
        load = mpf(volume) * mpf(aht_s) / mpf(interval_s)
        if patience_s == INF and lines == INF and agents <= load:
            return False
        figures = oracle((volume, aht_s, agents, interval_s, patience_s, lines, awt_s))
        return figures.service_level(rule, figures) >= mpf(level) - EDGE

    return meets(n) and not meets(n - 1)


def blocking_error(queue):
    volume, aht_s, agents, interval_s = queue[:4]
    load = volume * aht_s / interval_s
    return relative(erlang.erlang_b(load, agents), erlang_b(agents, load)), "erlang_b"


def line_count(rng, queue):
    volume, aht_s, _, interval_s = queue[:4]
    load = volume * aht_s / interval_s
    block = f"{rng.choice([0.001, 0.01, 0.05, 0.3]):g}"
    n = int(erlang.fewest_lines(load, float(block)))
    within = mpf(block) * (1 + EDGE)
    return erlang_b(n, load) <= within and (n == 0 or erlang_b(n - 1, load) > within)


if __name__ == "__main__":
    main(*(int(x) for x in (sys.argv[1:] + ["6", "1"][len(sys.argv) - 1 :])))
