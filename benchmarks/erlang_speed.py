"""How fast are the fewest agents found, beside the best that C does on this machine?

Run from the project root: ``python benchmarks/erlang_speed.py --rivals PYTHON``, where PYTHON is
an interpreter that has ``pip install pyworkforce mod-turbotab call-center-tools``; without it they
are looked for here. It builds ``erlang_rival.c`` in a temporary folder, measures everything in one
run with rivals and ours taking turns, prints a table and writes
``benchmarks/results/erlang_speed.csv``. Times are the best of the rounds, for a busy machine only
adds to them: processor time with one thread, the clock on the wall with two.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# Compile time is measured too: kernels of earlier runs must not be found.
os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="erlang-speed-")

import numba
import numpy as np

from wfm.queueing import _kernels_quick, _threads, erlang
from wfm.scenario import Target

QUEUES, ROUNDS, SLOW_QUEUES = 1_000_000, 9, 300
LEVEL, AWT_S, AHT_S, INTERVAL_S, PATIENCE_S = 0.80, 20.0, 300.0, 1800.0, 120.0
TARGET = Target(service_level=LEVEL, awt_s=AWT_S)
RESULTS = Path(__file__).with_name("results") / "erlang_speed.csv"
PACKAGES = ("pyworkforce", "mod-turbotab", "call-center-tools")
FIELDS = ["model", "measured", "loads", "queues", "threads", "ns_per_queue", "ratio", "note"]
FLAGS = "-O3 -march=native -ffp-contract=fast -fno-math-errno -fno-trapping-math -shared -fPIC"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rivals", default=sys.executable, help="interpreter with the rivals")
    python = parser.parse_args().rivals
    rows = [{"measured": "machine", "note": machine()}]
    rows += compile_times()
    log_uniform = np.exp(np.random.default_rng(1).uniform(0, math.log(2000), QUEUES))
    with tempfile.TemporaryDirectory() as folder:
        library = build(Path(folder))
        for model in ("C", "A"):
            rows += against_rivals(model, log_uniform, library, python)
        for model in ("C", "A"):
            rows += growth(model)
    rows += other_targets(log_uniform)
    rows += scalar_calls()
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print("  ".join(f"{name}={row[name]}" for name in FIELDS if row.get(name, "") != ""))


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


def ours(model, load):
    patience_s = math.inf if model == "C" else PATIENCE_S
    volume = load * (INTERVAL_S / AHT_S)
    return erlang.fewest_agents(volume, AHT_S, TARGET, interval_s=INTERVAL_S, patience_s=patience_s)


def with_threads(threads, call):
    def run(load):
        os.environ["WFM_THREADS"] = str(threads)
        return call(load)

    return run


# --- rivals --------------------------------------------------------------------------------------


def build(folder):
    """Return the compiled rival, or None with the reason printed."""
    if shutil.which("gcc") is None:
        print("skipped: the rivals in C (there is no gcc)")
        return None
    target = folder / "erlang_rival.so"
    source = Path(__file__).with_name("erlang_rival.c")
    subprocess.run(["gcc", *FLAGS.split(), "-o", target, source, "-lm"], check=True)
    return ctypes.CDLL(str(target))


def rival_in_c(library, model):
    def address(array):
        return array.ctypes.data_as(ctypes.c_void_p)

    kernels = _kernels_quick
    tables = [kernels.START_TABLE, kernels.START_SERIES]
    if model == "A":
        tables = [np.array(c) for c in (kernels.C0, kernels.C1, kernels.C2, kernels.ERFCX)]

    def run(load):
        volume = load * (INTERVAL_S / AHT_S)
        answer = np.empty(load.size, dtype=np.int64)
        arrays = [volume, np.full(load.size, AHT_S)]
        if model == "A":
            arrays.append(np.full(load.size, PATIENCE_S))
        numbers = [ctypes.c_double(x) for x in (INTERVAL_S, AWT_S, LEVEL)]
        call = library.rival_c if model == "C" else library.rival_a
        call(
            ctypes.c_long(load.size), *map(address, arrays), *numbers, *map(address, tables),
            address(answer),
        )  # fmt: skip
        return answer

    return run


def in_two_threads(call):
    pool = ThreadPoolExecutor(2)
    return lambda load: np.concatenate(list(pool.map(call, np.array_split(load, 2))))


@numba.njit
def one_pass(load, rate, level):
    """Erlang C as most write it: Erlang B from 0 lines on, until the target is met."""
    answer = np.empty(load.size, np.int64)
    for i in range(load.size):
        a, b, n = load[i], 1.0, 0
        while True:
            n += 1
            b = a * b / (n + a * b)
            if n > a and 1.0 - n * b / (n - a * (1.0 - b)) * math.exp(-(n - a) * rate) >= level:
                break
        answer[i] = n
    return answer


def libraries(python):
    """Erlang C by each library: name, function of many loads that times itself.

    They run in an interpreter of their own (``--rivals``), for they need not install beside ours.
    """
    for name in PACKAGES:
        worker = Worker(python, name)
        if worker.version is None:
            yield {"model": "C", "measured": name, "note": f"skipped: {worker.reason}"}
        else:
            yield worker


class Worker:
    """`erlang_rivals.py` in the interpreter `python`, answering for one library."""

    def __init__(self, python, name):
        script = Path(__file__).with_name("erlang_rivals.py")
        self.process = subprocess.Popen(
            [python, str(script), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        hello = json.loads(self.process.stdout.readline() or '{"error": "did not start"}')
        self.name, self.version, self.reason = name, hello.get("version"), hello.get("error")

    def __call__(self, load):
        queues = {
            "load": load.tolist(), "level": LEVEL, "awt_s": AWT_S, "aht_s": AHT_S,
            "interval_s": INTERVAL_S,
        }  # fmt: skip
        self.process.stdin.write(json.dumps(queues) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        self.seconds = reply["seconds"]
        return np.array(reply["answer"])

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


# --- measurements --------------------------------------------------------------------------------


def against_rivals(model, load, library, python):
    runs = {"wfm": (1, load, with_threads(1, lambda x: ours(model, x)))}
    if _threads.cores() > 1:
        runs["wfm, threads"] = (2, load, with_threads(2, lambda x: ours(model, x)))
    if library is not None:
        rival = rival_in_c(library, model)
        runs["hand-vectorised C"] = (1, load, rival)
        if _threads.cores() > 1:  # what two threads can gain on this machine now
            runs["hand-vectorised C, threads"] = (2, load, in_two_threads(rival))
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
            yield {
                "model": model, "measured": name, "loads": "log-uniform 1-2000",
                "queues": loads.size, "threads": threads,
                "note": f"{faster:.2f} times as fast as its one thread on the wall clock",
            }  # fmt: skip
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
