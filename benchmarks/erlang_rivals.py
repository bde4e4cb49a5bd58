"""How do other open libraries answer, and how long do they take? Started by ``erlang_speed.py``.

Runs in an interpreter that has the library; needs nothing else. The first line out is the version
or why there is none; then each line in is a list of queues, each line out answers and seconds.
"""

import importlib.metadata
import json
import sys
import time


def pyworkforce(load, level, awt_s, aht_s, interval_s):
    from pyworkforce.queuing import ErlangC

    queue = ErlangC(
        transactions=load * interval_s / aht_s, aht=aht_s / 60, asa=awt_s / 60,
        interval=interval_s / 60, shrinkage=0.0,
    )  # fmt: skip
    return queue.required_positions(service_level=level)["raw_positions"]


def mod_turbotab(load, level, awt_s, aht_s, interval_s):
    from mod_turbotab.agents.capacity import agents_required

    return agents_required(level, awt_s, load * interval_s / aht_s, aht_s, interval=interval_s)


def call_center_tools(load, level, awt_s, aht_s, interval_s):
    from call_center_tools import calc_staffing

    return calc_staffing(
        calls_per_hour=load * 3600 / aht_s, aht=aht_s, max_occupancy=1.0,
        target_answer_time=awt_s, target_service_level=level,
    ).agents  # fmt: skip


CALLS = {
    "pyworkforce": pyworkforce,
    "mod-turbotab": mod_turbotab,
    "call-center-tools": call_center_tools,
}


def main():
    name = sys.argv[1]
    try:
        version = importlib.metadata.version(name)
        CALLS[name](10.5, 0.8, 20.0, 300.0, 1800.0)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        return
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        queues = json.loads(line)
        load, answer = queues.pop("load"), []
        start = time.process_time()
        for one in load:
            try:
                answer.append(CALLS[name](one, **queues))
            except Exception:
                answer.append(-1)  # refused or failed: counts as an answer that differs
        print(json.dumps({"answer": answer, "seconds": time.process_time() - start}), flush=True)


if __name__ == "__main__":
    main()
