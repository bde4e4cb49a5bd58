"""What does a contact-centre instance say, and what does a roster for it break and cost?

Format, rules and cost: README of ``data/rostering/contact_centre``. The check below knows nothing
of the engine: it reads the instance and the roster file only.
"""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path

import numpy as np

from wfm.roster.tours import Tours, Worker

Row = tuple[str, int, int, int, tuple[int, ...]]
"""Agent, day, start interval, length in intervals, break starts after the shift's start."""


def read(path: str | Path) -> dict:
    """Return the instance."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def tours_of(case: dict) -> tuple[Tours, list[tuple[int, int]]]:
    """Return the instance in the engine's shape, and start and length of each kind."""
    days, width = case["days"], case["intervals_per_day"]
    grid = case["rules"]["start_grid_minutes"] // case["interval_minutes"]
    rest = case["rules"]["min_rest_minutes"] / case["interval_minutes"]
    a_day = 24 * 60 // case["interval_minutes"]
    known: dict[tuple, int] = {}
    breaks, paid, of_contract = [], [], {}
    for name, contract in case["contracts"].items():
        of_contract[name] = []
        for shift in contract["shifts"]:
            pauses = tuple(
                (b["intervals"], b["earliest_offset"], b["latest_offset"]) for b in shift["breaks"]
            )
            for start in range(0, width - shift["presence_intervals"] + 1, grid):
                key = (start, shift["presence_intervals"], shift["paid_hours"], pauses)
                if key not in known:
                    known[key] = len(known)
                    breaks.append(pauses)
                    paid.append(round(60 * shift["paid_hours"]))
                of_contract[name].append(known[key])
    starts = np.array([key[0] for key in known])
    length = np.array([key[1] for key in known])
    ends = starts + length
    next_day = (starts[None, :] + a_day - ends[:, None] >= rest)[None]
    away = {(agent, day) for agent, day in case["time_off"]}
    queues = range(len(case["queues"]))
    groups = sorted({tuple(sorted(a["skills"])) for a in case["agents"]})
    sets = [s for n in queues for s in itertools.combinations(queues, n + 1)]
    needs = np.array(case["requirements"]).reshape(len(case["queues"]), days * width)
    weeks = (days + 6) // 7
    workers = []
    for agent in case["agents"]:
        contract = case["contracts"][agent["contract"]]
        can = np.zeros((days, len(known)), dtype=bool)
        for day in range(days):
            can[day, of_contract[agent["contract"]]] = (agent["id"], day) not in away
        low, high = (round(60 * h) for h in contract["weekly_paid_hours"])
        workers.append(
            Worker(
                group=groups.index(tuple(sorted(agent["skills"]))), allowed=can,
                least=(low,) * weeks, most=(high,) * weeks,
                most_run=case["rules"]["max_consecutive_days"],
                most_weekends=case["rules"]["max_weekends_worked"],
            )
        )  # fmt: skip
    tours = Tours(
        first=np.arange(days)[:, None] * width + starts[None, :], length=length,
        breaks=tuple(breaks), paid=np.array(paid), next_day=next_day,
        variant=np.zeros(days, dtype=int), block=np.arange(days) // 7,
        weekend=np.array([{5: 1, 6: 2}.get(day % 7, 0) for day in range(days)]),
        workers=tuple(workers), need=np.array([needs[list(s)].sum(axis=0) for s in sets]),
        cuts=np.array([[bool(set(s) & set(g)) for g in groups] for s in sets]),
        islands=(slice(0, len(sets)),), wanted=needs.sum(axis=0),
        under=np.full(days * width, float(case["weights"]["under"])),
        over=np.full(days * width, float(case["weights"]["over"])),
    )  # fmt: skip
    return tours, list(zip(starts.tolist(), length.tolist(), strict=True))


def rows_of(case: dict, kind: np.ndarray, pause: np.ndarray, shapes: list, tours: Tours,
            ) -> list[Row]:  # fmt: skip
    """Return the roster's rows."""
    return [
        (case["agents"][at]["id"], day, *shapes[k],
         tuple(int(v) for v in pause[at, day, : len(tours.breaks[k])]))
        for at in range(kind.shape[0]) for day in range(kind.shape[1])
        if (k := int(kind[at, day])) >= 0
    ]  # fmt: skip


def write(rows: list[Row], path: str | Path) -> None:
    """Write the roster file."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("agent", "day", "start", "length", "breaks"))
        out.writerows((*row[:4], ";".join(map(str, row[4]))) for row in rows)


def read_roster(path: str | Path) -> list[Row]:
    """Return the rows of a roster file."""
    with open(path, newline="", encoding="utf-8") as file:
        return [
            (r["agent"], int(r["day"]), int(r["start"]), int(r["length"]),
             tuple(int(b) for b in r["breaks"].split(";") if b != ""))
            for r in csv.DictReader(file)
        ]  # fmt: skip


def broken(case: dict, rows: list[Row]) -> list[str]:  # noqa: PLR0912 - one branch a rule
    """Return every rule that the roster breaks, in words."""
    found, rules = [], case["rules"]
    minutes, width = case["interval_minutes"], case["intervals_per_day"]
    agents = {a["id"]: a for a in case["agents"]}
    away = {(agent, day) for agent, day in case["time_off"]}
    mine: dict[str, list[Row]] = {a: [] for a in agents}
    for row in sorted(rows, key=lambda r: (r[0], r[1])):
        agent, day, start, length, breaks = row
        where = f"{agent} day {day}"
        if agent not in agents or not 0 <= day < case["days"]:
            found.append(f"{where}: unknown agent or day")
            continue
        mine[agent].append(row)
        if (agent, day) in away:
            found.append(f"{where}: time off")
        if start * minutes % rules["start_grid_minutes"]:
            found.append(f"{where}: start {start} off the grid")
        if start < 0 or start + length > width:
            found.append(f"{where}: outside opening hours")
        shift = _shift_of(case, agents[agent], length, breaks)
        if shift is None:
            found.append(f"{where}: no shift of the contract has length {length}, breaks {breaks}")
    for agent, shifts in mine.items():
        contract = case["contracts"][agents[agent]["contract"]]
        by_day = [row[1] for row in shifts]
        if len(set(by_day)) < len(by_day):
            found.append(f"{agent}: two shifts a day")
        for first, second in itertools.pairwise(shifts):
            gap = (second[1] - first[1]) * 24 * 60 + (second[2] - first[2] - first[3]) * minutes
            if gap < rules["min_rest_minutes"]:
                found.append(f"{agent} day {second[1]}: rest {gap} min")
        most = rules["max_consecutive_days"]
        found += [
            f"{agent} day {day}: more than {most} days in a row"
            for day in range(case["days"] - most)
            if all(d in by_day for d in range(day, day + most + 1))
        ]
        weekends = {day // 7 for day in by_day if day % 7 >= 5}
        if len(weekends) > rules["max_weekends_worked"]:
            found.append(f"{agent}: {len(weekends)} weekends")
        low, high = contract["weekly_paid_hours"]
        for week in range((case["days"] + 6) // 7):
            hours = 0.0
            for row in shifts:
                shift = _shift_of(case, agents[agent], row[3], row[4])
                hours += shift["paid_hours"] if shift and row[1] // 7 == week else 0
            if not low - 1e-9 <= hours <= high + 1e-9:
                found.append(f"{agent} week {week}: {hours} paid hours, not {low} to {high}")
    return found


def _shift_of(case: dict, agent: dict, length: int, breaks: tuple[int, ...]) -> dict | None:
    for shift in case["contracts"][agent["contract"]]["shifts"]:
        rules = shift["breaks"]
        if shift["presence_intervals"] != length or len(rules) != len(breaks):
            continue
        inside = all(
            r["earliest_offset"] <= at <= r["latest_offset"]
            for r, at in zip(rules, breaks, strict=True)
        )
        taken = [c for r, at in zip(rules, breaks, strict=True)
                 for c in range(at, at + r["intervals"])]  # fmt: skip
        if inside and len(set(taken)) == len(taken):
            return shift
    return None


def cost_of(case: dict, rows: list[Row]) -> tuple[int, int, int]:
    """Return cost, agents short and agents beyond demand, summed over intervals."""
    days, width, queues = case["days"], case["intervals_per_day"], len(case["queues"])
    agents = {a["id"]: a for a in case["agents"]}
    on_duty = np.zeros((1 << queues, days * width), dtype=int)
    for agent, day, start, length, breaks in rows:
        shift = _shift_of(case, agents[agent], length, breaks)
        skill = sum(1 << q for q in agents[agent]["skills"])
        at = day * width + start
        on_duty[skill, at : at + length] += 1
        for rule, offset in zip(shift["breaks"], breaks, strict=True):
            on_duty[skill, at + offset : at + offset + rule["intervals"]] -= 1
    need = np.array(case["requirements"]).reshape(queues, days * width)
    under = np.zeros(days * width, dtype=int)
    for chosen in range(1, 1 << queues):
        wanted = sum(need[q] for q in range(queues) if chosen >> q & 1)
        have = sum(on_duty[skill] for skill in range(1 << queues) if skill & chosen)
        under = np.maximum(under, wanted - have)
    over = on_duty.sum(axis=0) - (need.sum(axis=0) - under)
    weights = case["weights"]
    cost = weights["under"] * under.sum() + weights["over"] * over.sum()
    return int(cost), int(under.sum()), int(over.sum())
