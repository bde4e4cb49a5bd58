"""What does a Curtois & Qu instance say, and what does a roster for it break and cost?

Format, rules and objective: README of ``data/rostering/curtois``. The check below knows nothing of
the engine: it reads the instance and the roster file only.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np

from wfm.roster.tours import Tours, Worker


@dataclass
class Staff:
    """One employee: limits of section STAFF, fixed days off and requests."""

    most_of: dict[str, int]
    most_min: int
    least_min: int
    most_run: int
    least_run: int
    least_off: int
    most_weekends: int
    days_off: set[int] = field(default_factory=set)
    wishes_on: dict[tuple[int, str], int] = field(default_factory=dict)
    wishes_off: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass
class Case:
    """One instance."""

    days: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    not_after: dict[str, set[str]] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    cover: dict[tuple[int, str], tuple[int, int, int]] = field(default_factory=dict)


def read(path: str | Path) -> Case:
    """Return the instance."""
    case, section = Case(), ""
    for raw in Path(path).read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            section = line
            continue
        f = [part.strip() for part in line.split(",")]
        if section == "SECTION_HORIZON":
            case.days = int(f[0])
        elif section == "SECTION_SHIFTS":
            case.minutes[f[0]] = int(f[1])
            case.not_after[f[0]] = {s for s in f[2].split("|") if s} if len(f) > 2 else set()
        elif section == "SECTION_STAFF":
            most = dict(item.split("=") for item in f[1].split("|"))
            case.staff[f[0]] = Staff({k: int(v) for k, v in most.items()}, *map(int, f[2:8]))
        elif section == "SECTION_DAYS_OFF":
            case.staff[f[0]].days_off |= {int(day) for day in f[1:] if day}
        elif section == "SECTION_SHIFT_ON_REQUESTS":
            case.staff[f[0]].wishes_on[int(f[1]), f[2]] = int(f[3])
        elif section == "SECTION_SHIFT_OFF_REQUESTS":
            case.staff[f[0]].wishes_off[int(f[1]), f[2]] = int(f[3])
        elif section == "SECTION_COVER":
            case.cover[int(f[0]), f[1]] = (int(f[2]), int(f[3]), int(f[4]))
    return case


def tours_of(case: Case) -> tuple[Tours, float]:
    """Return the instance in the engine's shape, and the part of the cost that never changes."""
    shifts, days = list(case.minutes), case.days
    rank = {shift: at for at, shift in enumerate(shifts)}
    kinds = len(shifts)
    next_day = np.ones((1, kinds, kinds), dtype=bool)
    for shift, later in case.not_after.items():
        for other in later:
            next_day[0, rank[shift], rank[other]] = False
    workers, fixed = [], 0.0
    for staff in case.staff.values():
        can = np.array([[staff.most_of.get(s, days) > 0 for s in shifts]] * days)
        can[list(staff.days_off)] = False
        extra = np.zeros((days, kinds))
        for (day, shift), weight in staff.wishes_on.items():
            extra[day, rank[shift]] -= weight
            fixed += weight
        for (day, shift), weight in staff.wishes_off.items():
            extra[day, rank[shift]] += weight
        workers.append(
            Worker(
                group=0, allowed=can, extra=extra, least=(staff.least_min,),
                most=(staff.most_min,), most_run=staff.most_run, least_run=staff.least_run,
                least_off=staff.least_off, most_weekends=staff.most_weekends,
                most_of=tuple((frozenset({rank[s]}), n) for s, n in staff.most_of.items() if n > 0),
            )
        )  # fmt: skip
    need, under, over = (np.zeros(days * kinds, dtype=int) for _ in range(3))
    for (day, shift), values in case.cover.items():
        at = day * kinds + rank[shift]
        need[at], under[at], over[at] = values
    tours = Tours(
        first=np.arange(days * kinds).reshape(days, kinds), length=np.ones(kinds, dtype=int),
        breaks=((),) * kinds, paid=np.array(list(case.minutes.values())), next_day=next_day,
        variant=np.zeros(days, dtype=int), block=np.zeros(days, dtype=int),
        weekend=np.array([{5: 1, 6: 2}.get(day % 7, 0) for day in range(days)]),
        workers=tuple(workers), need=need[None], cuts=np.ones((1, 1), dtype=bool),
        islands=(slice(0, 1),), wanted=need, under=under.astype(float), over=over.astype(float),
    )  # fmt: skip
    return tours, fixed


def roster_of(case: Case, kind: np.ndarray) -> dict[tuple[str, int], str]:
    """Return (employee, day) to shift."""
    shifts = list(case.minutes)
    return {
        (name, day): shifts[k]
        for at, name in enumerate(case.staff) for day in range(case.days)
        if (k := int(kind[at, day])) >= 0
    }  # fmt: skip


def write(roster: dict[tuple[str, int], str], path: str | Path) -> None:
    """Write the roster file."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("employee", "day", "shift"))
        out.writerows((*key, shift) for key, shift in roster.items())


def read_roster(path: str | Path) -> dict[tuple[str, int], str]:
    """Return the shifts of a roster file; a second shift on a day is an error."""
    found: dict[tuple[str, int], str] = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = (row["employee"], int(row["day"]))
            if key in found:
                raise ValueError(f"{path}: {key} has two shifts")
            found[key] = row["shift"]
    return found


def broken(case: Case, roster: dict[tuple[str, int], str]) -> list[str]:
    """Return every hard rule that the roster breaks, in words."""
    found = []
    for (name, day), shift in roster.items():
        if name not in case.staff or not 0 <= day < case.days or shift not in case.minutes:
            found.append(f"{name} day {day}: unknown employee, day or shift {shift}")
    for name, staff in case.staff.items():
        row = [roster.get((name, day)) for day in range(case.days)]
        found += [f"{name} day {day}: fixed day off" for day in sorted(staff.days_off) if row[day]]
        found += [
            f"{name}: {row.count(shift)} shifts {shift}"
            for shift in case.minutes
            if row.count(shift) > staff.most_of.get(shift, case.days)
        ]
        worked = sum(case.minutes[shift] for shift in row if shift)
        if not staff.least_min <= worked <= staff.most_min:
            found.append(f"{name}: {worked} minutes")
        found += [
            f"{name} day {day + 1}: {row[day + 1]} after {row[day]}"
            for day in range(case.days - 1)
            if row[day] and row[day + 1] in case.not_after[row[day]]
        ]
        begin = 0
        for works, days in groupby(row, key=bool):
            size = len(list(days))
            edge = begin == 0 or begin + size == case.days
            least = staff.least_run if works else staff.least_off
            if (works and size > staff.most_run) or (size < least and not edge):
                found.append(f"{name} day {begin}: {size} days {'on' if works else 'off'}")
            begin += size
        weekends = sum(bool(row[day] or row[day + 1]) for day in range(5, case.days - 1, 7))
        if weekends > staff.most_weekends:
            found.append(f"{name}: {weekends} weekends")
    return found


def cost_of(case: Case, roster: dict[tuple[str, int], str]) -> int:
    """Return the objective."""
    total = 0
    for name, staff in case.staff.items():
        for (day, shift), weight in staff.wishes_on.items():
            total += weight * (roster.get((name, day)) != shift)
        for (day, shift), weight in staff.wishes_off.items():
            total += weight * (roster.get((name, day)) == shift)
    have: dict[tuple[int, str], int] = {}
    for (_, day), shift in roster.items():
        have[day, shift] = have.get((day, shift), 0) + 1
    for key, (need, under, over) in case.cover.items():
        got = have.get(key, 0)
        total += under * max(0, need - got) + over * max(0, got - need)
    return total
