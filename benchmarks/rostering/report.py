"""What does one run of the engine say, on the screen and in a table?"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable

AT_S = (1, 2, 5, 10, 20, 30, 60, 120, 300)


def figures(name: str, answer, *, cost: int, broken: list[str], fixed: float, begun: float,
            cpu: float) -> dict:  # fmt: skip
    """Return the figures of a run whose roster file has been read and checked again."""
    for text in broken[:20]:
        print("BROKEN", text)
    first = answer.trace[0]
    row = {
        "instance": name, "cost": cost, "bound": round(answer.bound + fixed, 2),
        "violations": len(broken), "first_legal_s": round(first[0], 2),
        "first_cost": round(first[1] + fixed), "seconds": round(time.monotonic() - begun, 1),
        "cpu_s": round(cpu_s() - cpu, 1), "peak_mb": peak_mb(),
    }  # fmt: skip
    for at in AT_S:
        known = [t for t in answer.trace if t[0] <= at]
        row[f"at_{at}_s"] = round(known[-1][1] + fixed) if known else ""
    return row


def cpu_s() -> float:
    """Return CPU-seconds so far, those of ended processes for linear problems included."""
    return sum(os.times()[:4])


def peak_mb() -> int:
    """Return the most memory this process and its largest child can have held together."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(who).ru_maxrss for who in both) // 1024


def main(run: Callable[..., dict], doc: str) -> int:
    """Read the command line, run, and print; 1 if a rule is broken."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("instance")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    row = run(args.instance, args.seconds, args.seed, args.workers, args.out)
    for key, value in row.items():
        print(f"{key:14} {value}")
    return 1 if row["violations"] else 0
