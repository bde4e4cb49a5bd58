"""How fast are the fewest agents found, beside the best that C does on this machine?

Run from the project root: ``python benchmarks/erlang_speed.py --rivals PYTHON``, where PYTHON is
an interpreter that has ``pip install pyworkforce mod-turbotab call-center-tools``; without it they
are looked for here. It builds ``erlang_rival.c`` in a temporary folder, measures everything in one
run with rivals and ours taking turns, prints a table and writes
``benchmarks/results/erlang_speed.csv``. Times are the best of the rounds, for a busy machine only
adds to them: processor time with one thread, the clock on the wall with two. What a second thread
gains shows only on a quiet machine: ``--threads-only`` replaces those rows alone, in a minute.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# Compile time is measured too: kernels of earlier runs must not be found.
os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="erlang-speed-")

import numba
import numpy as np
from erlang_contenders import (
    AHT_S,
    AWT_S,
    FLAGS,
    INTERVAL_S,
    LEVEL,
    PATIENCE_S,
    TARGET,
    Worker,
    build,
    in_two_threads,
    libraries,
    one_pass,
    ours,
    rival_in_c,
    with_threads,
)

from wfm.queueing import _threads, erlang
from wfm.scenario import Target

QUEUES, ROUNDS, SLOW_QUEUES = 1_000_000, 9, 300
RESULTS = Path(__file__).with_name("results") / "erlang_speed.csv"
FIELDS = ["model", "measured", "loads", "queues", "threads", "ns_per_queue", "ratio", "note"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rivals", default=sys.executable, help="interpreter with the rivals")
    parser.add_argument("--threads-only", action="store_true", help="only what two threads gain")
    asked = parser.parse_args()
    rows = threads_again() if asked.threads_only else everything(asked.rivals)
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print("  ".join(f"{name}={row[name]}" for name in FIELDS if row.get(name, "") != ""))


def everything(python):
    rows = [{"measured": "machine", "note": machine()}]
    rows += compile_times()
    load = log_uniform()
    with tempfile.TemporaryDirectory() as folder:
        library = build(Path(folder))
        for model in ("C", "A"):
            rows += against_rivals(model, load, library, python)
        for model in ("C", "A"):
            rows += growth(model)
    rows += other_targets(load)
    rows += scalar_calls()
    return rows


def threads_again():
    """Return the rows of the last run, those of two threads measured anew."""
    if _threads.cores() < 2:
        sys.exit("threads: this machine has one core (or WFM_THREADS says so); nothing is measured")
    with RESULTS.open(newline="", encoding="utf-8") as file:
        rows = {(row["model"], row["measured"], row["loads"]): row for row in csv.DictReader(file)}
    load, busy = log_uniform(), f"; load average {os.getloadavg()[0]:.1f}, measured by itself"
    with tempfile.TemporaryDirectory() as folder:
        library = build(Path(folder))
        for model in ("C", "A"):
            runs = single_and_threads(model, load, library)
            for name, (threads, loads, call) in runs.items():
                if threads > 1:
                    one = runs[name.removesuffix(", threads")][2]
                    row = threads_row(model, name, loads, gain(one, call, loads), busy)
                    rows[model, name, row["loads"]] = row
    return list(rows.values())


def log_uniform():
    return np.exp(np.random.default_rng(1).uniform(0, math.log(2000), QUEUES))


def machine() -> str:
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [s for s in cpuinfo.read_text().splitlines() if s.startswith("model name")]
        name = lines[0].split(":")[1].strip() if lines else name
    busy = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{name}, {_threads.cores()} cores{busy}; Python {platform.python_version()}, "
        f"numpy {np.__version__}, numba {numba.__version__}; gcc {FLAGS}"
    )


def compile_times():
    """The first call of each, before anything is compiled."""
    firsts = {
        "first fewest_agents, C": lambda: ours("C", np.array([10.0])),
        "first fewest_agents, A": lambda: ours("A", np.array([10.0])),
        "first performance": lambda: erlang.performance(100, 180, 14),
        "first exact fewest_agents (abandonment limit)": lambda: erlang.fewest_agents(
            100, 180, Target(abandonment=0.05), patience_s=PATIENCE_S
        ),
    }
    for name, call in firsts.items():
        start = time.thread_time()
        call()
        seconds = time.thread_time() - start
        yield {"measured": name, "queues": 1, "note": f"{seconds:.2f} s with compilation"}


def single_and_threads(model, load, library):
    """Name: threads, loads and the call, of ours and of the rival in C."""
    runs = {"wfm": (1, load, with_threads(1, lambda x: ours(model, x)))}
    if _threads.cores() > 1:
        runs["wfm, threads"] = (2, load, with_threads(2, lambda x: ours(model, x)))
    if library is not None:
        rival = rival_in_c(library, model)
        runs["hand-vectorised C"] = (1, load, rival)
        if _threads.cores() > 1:  # what two threads can gain on this machine now
            runs["hand-vectorised C, threads"] = (2, load, in_two_threads(rival))
    return runs


def against_rivals(model, load, library, python):
    runs = single_and_threads(model, load, library)
    if model == "C":
        rate = AWT_S / AHT_S
        runs["one-pass numba"] = (1, load[: QUEUES // 10], lambda x: one_pass(x, rate, LEVEL))
        for worker in libraries(python):
            if isinstance(worker, dict):
                yield worker
            else:
                name = f"{worker.name} {worker.version}"
                runs[name] = (1, load[:SLOW_QUEUES], worker)
    seconds = interleave(runs)
    truth = ours(model, load)
    base = "hand-vectorised C" if library is not None else "wfm"
    for name, (threads, loads, call) in runs.items():
        differ = int((call(loads) != truth[: loads.size]).sum())
        each = min(seconds[name]) / loads.size
        against = min(seconds[base]) / runs[base][1].size
        note = f"ratio to {base}; {differ} answers differ from wfm"
        if threads > 1:
            # Not beside processor time: what else runs here slows the clock on the wall.
            faster = gain(runs[name.removesuffix(", threads")][2], call, loads)
            yield threads_row(model, name, loads, faster)
            continue
        yield {
            "model": model, "measured": name, "loads": "log-uniform 1-2000",
            "queues": loads.size, "threads": threads,
            "ns_per_queue": f"{each * 1e9:.1f}", "ratio": f"{each / against:.2f}", "note": note,
        }  # fmt: skip


def interleave(runs, rounds=ROUNDS):
    failed = set()
    for name, (_, load, call) in runs.items():
        try:
            call(load[:100_000])  # compile and warm up
        except Exception as error:
            print(f"skipped: {name} (fails with {type(error).__name__}: {error})")
            failed.add(name)
    for name in failed:
        del runs[name]
    seconds = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (threads, load, call) in runs.items():
            clock = time.thread_time if threads == 1 else time.perf_counter
            start = clock()
            call(load)
            took = clock() - start
            seconds[name].append(call.seconds if isinstance(call, Worker) else took)
    return seconds


def gain(one, two, load):
    """How many times as fast two threads are, by the clock on the wall, best of the rounds."""
    best = [math.inf, math.inf]
    for _ in range(ROUNDS):
        for i, call in enumerate((one, two)):
            start = time.perf_counter()
            call(load)
            best[i] = min(best[i], time.perf_counter() - start)
    return best[0] / best[1]


def threads_row(model, name, loads, faster, busy=""):
    return {
        "model": model, "measured": name, "loads": "log-uniform 1-2000", "queues": loads.size,
        "threads": 2,
        "note": f"{faster:.2f} times as fast as its one thread on the wall clock{busy}",
    }  # fmt: skip


def growth(model):
    """The same number of queues, all of about one load."""
    rng = np.random.default_rng(2)
    runs = {}
    for load in (10, 100, 1000, 10_000, 100_000):
        loads = load * rng.uniform(0.9, 1.1, QUEUES // 10)
        runs[load] = (1, loads, with_threads(1, lambda x: ours(model, x)))
    seconds = interleave(runs)
    for load in runs:
        yield {
            "model": model, "measured": "wfm, growth", "loads": f"{load} +- 10 %",
            "queues": QUEUES // 10, "threads": 1,
            "ns_per_queue": f"{min(seconds[load]) / (QUEUES // 10) * 1e9:.1f}",
            "ratio": f"{min(seconds[load]) / min(seconds[10]):.2f}",
            "note": "ratio to load 10",
        }  # fmt: skip


def other_targets(load):
    """Limits that only the exact kernel knows, and real numbers of agents."""
    few, agents = load[:2_000], erlang.fewest_agents
    tight = {"lines": np.ceil(few + 3 * np.sqrt(few) + 5)}
    cases = {
        ("C", "mean wait 20 s"): (agents, Target(asa_s=20), {}),
        ("A", "mean wait 20 s"): (agents, Target(asa_s=20), {}),
        ("A", "abandonment 3 %"): (agents, Target(abandonment=0.03), {}),
        ("A", "80/20 and abandonment 3 %"): (agents, Target(LEVEL, abandonment=0.03), {}),
        ("A", "80/20 by SL5"): (agents, Target(LEVEL, rule="SL5"), {}),
        ("A", "80/20 by SL6"): (agents, Target(LEVEL, rule="SL6"), {}),
        ("A", "80/20, lines 1.5 times load"): (agents, TARGET, {"lines": np.ceil(1.5 * few + 9)}),
        ("A", "80/20 and blocking 1 %, few lines"): (agents, Target(LEVEL, blocking=0.01), tight),
        ("C", "80/20, fractional"): (erlang.fractional_agents, TARGET, {}),
        ("A", "80/20, fractional"): (erlang.fractional_agents, TARGET, {}),
        ("A", "mean wait 20 s, fractional"): (erlang.fractional_agents, Target(asa_s=20), {}),
    }
    runs = {}
    for (model, name), (call, target, more) in cases.items():
        patience_s = math.inf if model == "C" else PATIENCE_S
        options = {"interval_s": INTERVAL_S, "patience_s": patience_s, **more}

        def run(loads, call=call, target=target, options=options):
            return call(loads * (INTERVAL_S / AHT_S), AHT_S, target, **options)

        runs[model, name] = (1, few, with_threads(1, run))
    seconds = interleave(runs, rounds=3)
    for model, name in runs:
        yield {
            "model": model, "measured": name, "loads": "log-uniform 1-2000", "queues": few.size,
            "threads": 1, "ns_per_queue": f"{min(seconds[model, name]) / few.size * 1e9:.0f}",
            "note": "exact kernel",
        }  # fmt: skip


def scalar_calls():
    calls = {
        ("C", "performance, one call"): lambda: erlang.performance(100, 180, 14),
        ("A", "performance, one call"): lambda: erlang.performance(
            100, 180, 14, patience_s=PATIENCE_S
        ),
        ("C", "fewest_agents, one call"): lambda: erlang.fewest_agents(100, 180, TARGET),
        ("A", "fewest_agents, one call"): lambda: erlang.fewest_agents(
            100, 180, TARGET, patience_s=PATIENCE_S
        ),
    }
    for (model, name), call in calls.items():
        call()
        times = []
        for _ in range(ROUNDS):
            start = time.thread_time()
            for _ in range(500):
                call()
            times.append((time.thread_time() - start) / 500)
        yield {
            "model": model, "measured": name, "queues": 1, "threads": 1,
            "ns_per_queue": f"{min(times) * 1e9:.0f}",
        }  # fmt: skip


if __name__ == "__main__":
    main()
