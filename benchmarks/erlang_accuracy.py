"""How far are the Erlang figures from 50 digits and more, and is every least headcount exact?

Run from the project root: ``python benchmarks/erlang_accuracy.py [cases a cell] [seed]``. Random
queues of each model, load range and patience range are compared with an oracle: closed geometric
sums where nobody leaves (``tests/oracle_geometric.py``), else the states of the chain in
whole-number arithmetic (``tests/oracle_states.py``), else, where those are too many and lines do
not end, the integral of the wait in 30 digits (``tests/oracles.py``). Queues with lines and
patience and too many states are drawn again; column ``redrawn`` counts them. The worst errors and
the counts of exact answers go to ``benchmarks/results/erlang_accuracy.csv``. An error is relative
to the true figure, but one up to 1e-13 in itself (a probability, a second, an erlang) counts as 0:
tiny figures are only checked that far.

Targets are random sets of limits on service level (all rules), mean wait, abandonment, occupancy
and blocking. The certificate of a headcount n: by the oracle n meets the target and n - 1 does not;
of fractional agents x: a billionth more meets it and a billionth less does not; of "cannot be met":
not even agents = lines meet it. Minutes, for the oracles are slow.
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
import oracle_states
from mpmath import mp, mpf
from oracle_geometric import geometric
from oracle_states import TooManyStatesError, service_level, states
from oracles import erlang_b, integral

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
    "load", "p_block", "p_wait", "p_abandon", "p_answered", "mean_wait_s", "asa_s", "occupancy",
    "mean_queue", "p_answered_in_awt", "p_abandoned_in_awt", "p_later", "p_virtual",
)  # fmt: skip
LIMITS = {  # share of targets that have it, decimals to draw from
    "service_level": (0.6, (".2", ".5", ".7", ".8", ".9", ".95", ".99")),
    "asa_s": (0.25, (".5", "2", "5", "10", "60", "300")),
    "abandonment": (0.25, (".01", ".03", ".05", ".2", ".5")),
    "occupancy": (0.25, (".5", ".8", ".85", ".9", ".95", "1")),
    "blocking": (0.25, (".01", ".05", ".2", ".5")),
}
FIELD = {
    "asa_s": "asa_s", "abandonment": "p_abandon", "occupancy": "occupancy", "blocking": "p_block",
}  # fmt: skip
NOTHING = 1e-13  # an absolute error up to this counts as none
EDGE = mpf(10) ** -11  # a target is met when missed by less: ten times the product's tolerance
NEAR = 1e-9  # relative: how closely fractional agents are certified
SMALLEST = 0.01  # fewer fractional agents than this are not certified: the oracle is too slow
oracle_states.MOST_STATES = 200_000  # a queue with more is left to the integral, or drawn again
INTEGRAL_DIGITS = 30


def main(cases: int, seed: int) -> None:
    mp.dps = 60
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
    worst, figure = 0.0, ""
    count = dict.fromkeys(
        ("cases", "least_counts", "exact", "fractional", "exact_fractional", "refused",
         "rightly_refused"), 0,
    )  # fmt: skip
    redrawn = 0
    while count["cases"] < cases:
        queue = random_queue(rng, model, loads, patience, limited)
        short_s = float(rng.choice([0.0, 5.0, queue[6]]))
        try:
            error, name = (
                blocking_error(queue) if model == "Erlang B" else figures_error(queue, short_s)
            )
            found = line_count(rng, queue) if model == "Erlang B" else headcount(rng, queue)
        except TooManyStatesError:
            redrawn += 1
            continue
        count["cases"] += 1
        if error >= worst:
            worst, figure = error, name
        for key, value in found.items():
            count[key] += value
    return {
        "model": model, "load": "{:g}-{:g}".format(*loads),
        "patience_s": "infinite" if patience is None else "{:g}-{:g}".format(*patience),
        "cases": count.pop("cases"), "redrawn": redrawn, "worst_relative_error": f"{worst:.1e}",
        "of": figure if worst else "", **count,
    }  # fmt: skip


def random_queue(rng, model, loads, patience, limited):
    aht_s = float(10 ** rng.uniform(0, 3.5))
    interval_s = float(rng.choice([900.0, 1800.0, 3600.0, rng.integers(1, 5000)]))
    volume = log_uniform(rng, *loads) * interval_s / aht_s
    load = volume * aht_s / interval_s
    patience_s = INF if patience is None else log_uniform(rng, *patience)
    spread = math.sqrt(load)
    low = -2.0 if patience is not None or limited else 0.02
    agents = (
        load + spread * rng.uniform(low, 3),
        load * rng.uniform(0.1, 1),  # overload, where something bounds the queue
        load * rng.uniform(1, 5),
        load + rng.integers(-1, 2),  # nearly critical
    )[rng.integers(4)]
    whole = rng.random() < 0.7 or model == "Erlang B"
    # A sixty-fourth is exact in binary, so that agents + places is.
    agents = float(max(1.0, math.ceil(agents))) if whole else max(1, round(64 * agents)) / 64
    if not limited and patience is None and agents <= load:
        agents = math.floor(load) + 1.0
    places = (0, 1, math.floor(rng.uniform(0, 5) * spread), int(log_uniform(rng, 1, 1e5)))
    lines = agents + places[rng.integers(4)] if limited else INF
    awt_s = float(rng.choice([0.0, 5.0, 20.0, 60.0, 300.0, log_uniform(rng, 0.1, 1e4)]))
    return volume, aht_s, agents, interval_s, patience_s, lines, awt_s


def log_uniform(rng, low, high):
    return float(low * (high / low) ** rng.random())


def figures_error(queue, short_s):
    volume, aht_s, agents, interval_s, patience_s, lines, awt_s = queue
    mine = erlang.performance(
        volume, aht_s, agents, interval_s=interval_s, patience_s=patience_s, lines=lines,
        awt_s=awt_s, short_s=short_s,
    )  # fmt: skip
    truth, short = oracle(*queue), oracle(*queue[:-1], short_s)
    errors = [(relative(getattr(mine, f), getattr(truth, f)), f) for f in FIGURES]
    errors += [
        (relative(mine.p_answered_within(rule), service_level(rule, truth, short)), str(rule))
        for rule in SlRule
    ]
    return max(errors)


def oracle(*queue):
    patience_s, lines = queue[4:6]
    if patience_s == INF:
        return geometric(*queue)
    try:
        return states(*queue)
    except TooManyStatesError:
        if lines < INF:
            raise
        return integral(*queue, digits=INTEGRAL_DIGITS)


def relative(mine, truth):
    """Return the error relative to the truth; 0 where it is at most NOTHING in itself."""
    gap = abs(mpf(float(mine)) - truth)
    return 0.0 if gap <= NOTHING else float(gap / abs(truth))


def headcount(rng, queue):
    """Count the answers asked for and those that are certified."""
    volume, aht_s, _, interval_s, patience_s, lines, awt_s = queue
    rule, given = str(rng.choice([str(r) for r in SlRule])), {}
    while not given:
        given = {
            name: str(rng.choice(decimals))
            for name, (share, decimals) in LIMITS.items()
            if rng.random() < share and (name != "blocking" or lines < INF)
        }
    short_s = min(5.0, awt_s)
    target = Target(
        rule=rule, awt_s=awt_s, short_s=short_s, **{k: float(v) for k, v in given.items()}
    )
    if lines < INF:  # half of the queues with lines get enough for any answer
        enough = 2 * max(lines, volume * aht_s / interval_s) + 50
        lines = float(math.ceil(lines if rng.random() < 0.5 else enough))
    options = {"interval_s": interval_s, "patience_s": patience_s, "lines": lines}

    def meets(agents, edge=EDGE):
        if agents <= 0:
            return False
        load = mpf(volume) * mpf(aht_s) / mpf(interval_s)
        if patience_s == INF and lines == INF and agents <= load:
            return False
        case = (volume, aht_s, agents, interval_s, patience_s, lines)
        truth, short = oracle(*case, awt_s), oracle(*case, short_s)
        return all(
            service_level(rule, truth, short) >= mpf(limit) - edge
            if name == "service_level"
            else getattr(truth, FIELD[name]) <= mpf(limit) * (1 + edge)
            for name, limit in given.items()
        )

    try:
        n = float(erlang.fewest_agents(volume, aht_s, target, **options))
    except BadInput:
        return {"refused": 1, "rightly_refused": lines < INF and not meets(lines, 0)}
    out = {"least_counts": 1, "exact": meets(n) and (n == 1 or not meets(n - 1))}
    if lines == INF:  # with lines, places are not whole where agents are not
        x = float(erlang.fractional_agents(volume, aht_s, target, **options))
        if x > SMALLEST:
            sharp = meets(x * (1 + NEAR)) and not meets(x * (1 - NEAR), -EDGE)
            out |= {"fractional": 1, "exact_fractional": sharp}
    return out


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
    exact = erlang_b(n, load) <= within and (n == 0 or erlang_b(n - 1, load) > within)
    return {"least_counts": 1, "exact": exact}


if __name__ == "__main__":
    main(*(int(x) for x in (sys.argv[1:] + ["25", "1"][len(sys.argv) - 1 :])))
