"""How cheap a roster does the engine find for a contact-centre instance?

``python benchmarks/rostering/contact_centre.py INSTANCE.json --seconds 60 --seed 0 --out roster.csv``

The roster is checked against the instance by a reader that knows nothing of the engine, written as
csv ``agent,day,start,length,breaks``, and the course of the search is printed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import centre_case  # noqa: E402

from wfm.roster import engine  # noqa: E402


def main() -> int:
    begun = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instance")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    case = centre_case.read(args.instance)
    tours, shapes = centre_case.tours_of(case)
    answer = engine.solve(
        tours, seconds=args.seconds - (time.monotonic() - begun), workers=args.workers,
        seed=args.seed, whole=True,
    )  # fmt: skip
    rows = centre_case.rows_of(case, answer.kind, answer.pause, shapes, tours)
    centre_case.write(rows, args.out)
    again = centre_case.read_roster(args.out)
    broken = centre_case.broken(case, again)
    cost, under, over = centre_case.cost_of(case, again)
    for at, text in enumerate(broken):
        if at < 20:
            print("BROKEN", text)
    first = answer.trace[0]
    use = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{case['name']}: cost {cost} (under {under}, over {over}), bound {answer.bound:.1f}, "
        f"{len(broken)} violations; first legal {first[1]:.0f} after {first[0]:.1f} s; "
        f"{time.monotonic() - begun:.1f} s, {use.ru_utime + use.ru_stime:.1f} CPU-s, "
        f"{use.ru_maxrss / 1024:.0f} MB"
    )
    for at in (1, 2, 5, 10, 20, 30, 60, 120, 300):
        known = [t for t in answer.trace if t[0] <= at]
        if known and at <= args.seconds:
            print(f"  {at:4d} s  {known[-1][1]:.0f}")
    if round(answer.cost) != cost:
        print(f"BROKEN the engine counts {answer.cost}")
        return 1
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
