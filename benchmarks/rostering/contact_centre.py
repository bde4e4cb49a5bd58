"""How cheap a roster does the engine find for a contact-centre instance?

``python benchmarks/rostering/contact_centre.py INSTANCE.json --seconds 60 --seed 0 --out r.csv``

The roster is checked against the instance by a reader that knows nothing of the engine, written as
csv ``agent,day,start,length,breaks``, and the course of the search is printed. What a machine must
compile once, about half a minute, is compiled before the seconds begin.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import centre_case  # noqa: E402
import report  # noqa: E402

from wfm.roster import engine  # noqa: E402
from wfm.roster.compiling import compile_kernels  # noqa: E402


def run(path: str, seconds: float, seed: int, workers: int, out: str) -> dict:
    """Solve an instance, write the roster, check the file, and return the figures."""
    compile_kernels()
    begun, cpu = time.monotonic(), report.cpu_s()
    case = centre_case.read(path)
    tours, shapes = centre_case.tours_of(case)
    answer = engine.solve(
        tours, seconds=seconds - (time.monotonic() - begun), workers=workers, seed=seed, whole=True,
    )  # fmt: skip
    centre_case.write(centre_case.rows_of(case, answer.kind, answer.pause, shapes, tours), out)
    rows = centre_case.read_roster(out)
    cost, under, over = centre_case.cost_of(case, rows)
    assert round(answer.cost) == cost, "the engine counts otherwise than the check"
    row = report.figures(
        case["name"], answer, cost=cost, broken=centre_case.broken(case, rows), fixed=0.0,
        begun=begun, cpu=cpu,
    )  # fmt: skip
    return {**row, "under": under, "over": over}


if __name__ == "__main__":
    raise SystemExit(report.main(run, __doc__))
