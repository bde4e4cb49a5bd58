"""What does a rotating-workforce instance say, and what does a rotation for it break?

Format: README of ``data/rostering/rotating``. The check below knows nothing of the solver: it reads
the instance and rows of codes only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

OFF = "-"


@dataclass
class Case:
    """One instance: shifts as (name, start, length, least run, most run)."""

    weeks: int
    staffing: list[list[int]]
    shifts: list[tuple[str, int, int, int, int]]
    off: tuple[int, int]
    work: tuple[int, int]
    forbidden: list[tuple[str, ...]]


def read(path: str | Path) -> Case:
    """Return the instance."""
    lines = [line.split() for line in Path(path).read_text(encoding="utf-8").splitlines()
             if line.strip() and not line.startswith("#")]  # fmt: skip
    days, weeks, kinds = (int(lines[at][0]) for at in range(3))
    if days != 7:
        raise ValueError(f"{path}: a cycle of {days} days; only weeks are read")
    staffing = [list(map(int, row)) for row in lines[3 : 3 + kinds]]
    shifts = [(row[0], *map(int, row[1:5])) for row in lines[3 + kinds : 3 + 2 * kinds]]
    off, work, _ = (tuple(map(int, row)) for row in lines[3 + 2 * kinds : 6 + 2 * kinds])
    forbidden = [tuple(row) for row in lines[6 + 2 * kinds :]]
    return Case(weeks, staffing, shifts, off, work, forbidden)


def broken(case: Case, rows: list[list[str]]) -> list[str]:
    """Return every rule that the rotation breaks, in words; the row is endless."""
    found = []
    names = [name for name, *_ in case.shifts]
    if len(rows) != case.weeks or any(len(row) != 7 for row in rows):
        return [f"{len(rows)} rows instead of {case.weeks} weeks"]
    for name, wanted in zip(names, case.staffing, strict=True):
        for day in range(7):
            got = sum(row[day] == name for row in rows)
            if got != wanted[day]:
                found.append(f"day {day}: {got} on {name}, wanted {wanted[day]}")
    flat = [code for row in rows for code in row]
    found += [f"unknown code {code}" for code in set(flat) - {*names, OFF}]
    found += [f"work: {size} days" for size in _blocks(flat, lambda c: c != OFF)
              if not case.work[0] <= size <= case.work[1]]  # fmt: skip
    found += [f"off: {size} days" for size in _blocks(flat, lambda c: c == OFF)
              if not case.off[0] <= size <= case.off[1]]  # fmt: skip
    for name, _, _, least, most in case.shifts:
        found += [f"{name}: {size} days" for size in _blocks(flat, lambda c, n=name: c == n)
                  if not least <= size <= most]  # fmt: skip
    for row in case.forbidden:
        endless = flat + flat[: len(row) - 1]
        for at in range(len(flat)):
            if tuple(endless[at : at + len(row)]) == row:
                found.append(f"day {at}: {' '.join(row)}")
    return found


def _blocks(flat: list[str], of: Callable[[str], bool]) -> list[int]:
    """Return the lengths of the blocks of an endless row for which `of` holds."""
    marks = [of(code) for code in flat]
    if all(marks):
        return [10**9]  # it never ends
    begin = marks.index(False)
    turned = marks[begin:] + marks[:begin]
    return [len(list(block)) for mark, block in groupby(turned) if mark]
