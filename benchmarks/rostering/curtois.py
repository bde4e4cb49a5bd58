"""How near to the best known does the engine come on a Curtois & Qu instance?

``python benchmarks/rostering/curtois.py INSTANCE.txt --seconds 60 --seed 0 --out roster.csv``

The roster is checked against the instance by a reader that knows nothing of the engine, written as
csv ``employee,day,shift``, and the course of the search is printed. What a machine must compile
once is compiled before the seconds begin.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import curtois_case  # noqa: E402
import report  # noqa: E402

from wfm.roster import engine  # noqa: E402
from wfm.roster.compiling import compile_kernels  # noqa: E402


def run(path: str, seconds: float, seed: int, workers: int, out: str) -> dict:
    """Solve an instance, write the roster, check the file, and return the figures."""
    compile_kernels()
    begun, cpu = time.monotonic(), report.cpu_s()
    case = curtois_case.read(path)
    tours, fixed = curtois_case.tours_of(case)
    answer = engine.solve(
        tours, seconds=seconds - (time.monotonic() - begun), workers=workers, seed=seed, whole=True
    )
    curtois_case.write(curtois_case.roster_of(case, answer.kind), out)
    roster = curtois_case.read_roster(out)
    cost = curtois_case.cost_of(case, roster)
    assert round(answer.cost + fixed) == cost, "the engine counts otherwise than the check"
    return report.figures(
        Path(path).stem, answer, cost=cost, broken=curtois_case.broken(case, roster), fixed=fixed,
        begun=begun, cpu=cpu,
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(report.main(run, __doc__))
