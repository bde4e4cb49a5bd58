"""Who finds the fewest agents in ``erlang_speed.py``, and how is each called?

Every contender is a function of many loads (erlangs) that returns their fewest agents, 80 % in
20 s, contacts of 300 s. Whoever imports this has the project root on its path.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np

from wfm.queueing import _kernels_kummer, _kernels_quick_c, erlang
from wfm.scenario import Target

LEVEL, AWT_S, AHT_S, INTERVAL_S, PATIENCE_S = 0.80, 20.0, 300.0, 1800.0, 120.0
TARGET = Target(service_level=LEVEL, awt_s=AWT_S)
PACKAGES = ("pyworkforce", "mod-turbotab", "call-center-tools")
FLAGS = "-O3 -march=native -ffp-contract=fast -fno-math-errno -fno-trapping-math -shared -fPIC"


def ours(model, load):
    patience_s = math.inf if model == "C" else PATIENCE_S
    volume = load * (INTERVAL_S / AHT_S)
    return erlang.fewest_agents(volume, AHT_S, TARGET, interval_s=INTERVAL_S, patience_s=patience_s)


def with_threads(threads, call):
    def run(load):
        os.environ["WFM_THREADS"] = str(threads)
        return call(load)

    return run


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

    tables = [_kernels_quick_c.START_TABLE, _kernels_quick_c.START_SERIES]
    if model == "A":
        k = _kernels_kummer
        tables = [np.array(c) for c in (k.C0, k.C1, k.C2, k.ERFCX)]

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
