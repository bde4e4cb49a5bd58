"""Write an instance of any size in the Curtois & Qu format, for which a legal roster is known.

``python benchmarks/rostering/make_curtois.py --staff 150 --days 364 --shifts 32 --seed 1 --out
large.txt [--known roster.csv]``

Everybody's limits are drawn first and a legal row of shifts for them second; days off, hours,
requests and cover are taken from these rows, so that the instance can be solved, and cover is
blurred, so that its best roster is not known. Format: README of ``data/rostering/curtois``.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass

import numpy as np

FAMILIES = ("E", "D", "L", "N")  # of which a later one is not followed by an earlier one
SHORT_AND_OVER = (100, 1)


@dataclass(frozen=True)
class Limits:
    """What one employee may do."""

    most_run: int
    least_run: int
    least_off: int
    most_weekends: int
    can: np.ndarray


def shifts_of(many: int) -> list[tuple[str, int, int]]:
    """Return name, minutes and rank of the family of each shift."""
    lengths = (480, 540, 600, 360)
    return [
        (f"{FAMILIES[at % 4]}{at // 4 or ''}", lengths[(at // 4 + at) % 4], at % 4)
        for at in range(many)
    ]


def row_of(days: int, limits: Limits, rank: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a legal row: the shift of each day, -1 for none."""
    row, weekends = np.full(days, -1), 0
    day = int(rng.integers(0, limits.least_off + 1))
    last = -1
    while day < days:
        run = int(rng.integers(limits.least_run, limits.most_run + 1))
        stop = min(day + run, days)
        worked = len({(d + 2) // 7 for d in range(day, stop) if d % 7 >= 5})
        # The weekend a run ends in may go on with the next run only if it is free by then.
        if weekends + worked > limits.most_weekends * min(1.0, (stop + 28) / days):
            day += 1
            continue
        weekends += worked
        last = -1
        for d in range(day, stop):
            fits = np.flatnonzero(limits.can & (rank >= (rank[last] if last >= 0 else 0)))
            low = fits[rank[fits] == rank[fits].min()]
            last = int(rng.choice(low if rng.random() < 0.8 else fits))
            row[d] = last
        day = stop + limits.least_off + int(rng.integers(0, 2))
    return row


def instance(staff: int, days: int, shifts: int, seed: int) -> tuple[str, list[tuple]]:
    """Return the text of the instance, and the rows (employee, day, shift) it was made from."""
    rng = np.random.default_rng(seed)
    kinds = shifts_of(shifts)
    rank = np.array([family for *_, family in kinds])
    minutes = np.array([length for _, length, _ in kinds])
    text = ["SECTION_HORIZON", str(days), "", "SECTION_SHIFTS"]
    for name, length, family in kinds:
        text.append(f"{name},{length},{'|'.join(n for n, _, f in kinds if f < family)}")
    people, off, on_wishes, off_wishes, known = [], [], [], [], []
    cover = np.zeros((days, shifts), dtype=int)
    for at in range(staff):
        can = rng.random(shifts) < 0.5
        can[rng.integers(shifts)] = True
        limits = Limits(int(rng.integers(5, 7)), 2, int(rng.integers(2, 4)),
                        max(1, round(days / 7 * 0.6)), can)  # fmt: skip
        row = row_of(days, limits, rank, rng)
        name = f"P{at:03d}"
        count = np.bincount(row[row >= 0], minlength=shifts)
        cap = np.where(can, np.maximum(np.ceil(days * 0.2).astype(int), count), 0)
        worked = int(minutes[row[row >= 0]].sum())
        margin = 60 * max(4, days // 7)
        most = "|".join(f"{kinds[k][0]}={int(cap[k])}" for k in range(shifts))
        people.append(f"{name},{most},{worked + margin},{max(0, worked - margin)},"
                      f"{limits.most_run},{limits.least_run},{limits.least_off},"
                      f"{limits.most_weekends}")  # fmt: skip
        free = np.flatnonzero(row < 0)
        fixed = sorted(rng.choice(free, min(len(free), days // 14), replace=False).tolist())
        off.append(",".join([name, *map(str, fixed)]))
        for day in range(days):
            if row[day] >= 0:
                cover[day, row[day]] += 1
                known.append((name, day, kinds[row[day]][0]))
            wish = int(rng.integers(1, 4))
            if rng.random() < 0.04:
                on_wishes.append(f"{name},{day},{kinds[int(rng.choice(np.flatnonzero(can)))][0]},"
                                 f"{wish}")  # fmt: skip
            elif rng.random() < 0.04:
                off_wishes.append(f"{name},{day},{kinds[int(rng.integers(shifts))][0]},{wish}")
    cover = np.maximum(0, cover + rng.integers(-1, 2, cover.shape))
    text += ["", "SECTION_STAFF", *people, "", "SECTION_DAYS_OFF", *off]
    text += ["", "SECTION_SHIFT_ON_REQUESTS", *on_wishes]
    text += ["", "SECTION_SHIFT_OFF_REQUESTS", *off_wishes, "", "SECTION_COVER"]
    under, over = SHORT_AND_OVER
    text += [f"{day},{kinds[k][0]},{cover[day, k]},{under},{over}"
             for day in range(days) for k in range(shifts)]  # fmt: skip
    return "\n".join(text) + "\n", known


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--staff", type=int, default=150)
    parser.add_argument("--days", type=int, default=364)
    parser.add_argument("--shifts", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    parser.add_argument("--known", help="csv of the roster it was made from")
    args = parser.parse_args()
    text, known = instance(args.staff, args.days, args.shifts, args.seed)
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(text)
    if args.known:
        with open(args.known, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("employee", "day", "shift"), *known])


if __name__ == "__main__":
    main()
