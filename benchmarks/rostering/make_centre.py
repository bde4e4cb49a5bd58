"""Write a contact-centre instance of any size, in the format of ``data/rostering/contact_centre``.

``python benchmarks/rostering/make_centre.py --agents 1000 --days 28 --seed 1 --out cc.json``

Four queues with two humps a day, weekends at three quarters; demand in all is what the contracts
put on seat at most, so that every shift in the wrong place costs. `CONTRACTS` holds shares in
percent and quarters of an hour on seat a week.
"""

from __future__ import annotations

import argparse
import json

import numpy as np

SKILLS = (((0,), 22), ((1,), 14), ((2,), 12), ((3,), 9), ((0, 1), 14), ((0, 2), 12), ((1, 2), 8),
          ((0, 2, 3), 7), ((2, 3), 2))  # fmt: skip
CONTRACTS = (("FT40", 64, 150), ("PT30", 24, 110), ("PT20", 12, 76))
SHARES = (0.44, 0.25, 0.18, 0.13)


def instance(agents: int, days: int, seed: int) -> dict:
    rng = np.random.default_rng(seed)
    skills = [s for s, _ in SKILLS]
    weight = np.array([w for _, w in SKILLS], dtype=float)
    picked = rng.choice(len(skills), agents, p=weight / weight.sum())
    names = [name for name, _, _ in CONTRACTS]
    kind = rng.choice(3, agents, p=np.array([c[1] for c in CONTRACTS]) / 100)
    width, weeks = 68, (days + 6) // 7
    clock = 6 + np.arange(width) / 4
    level = (
        0.15 + np.exp(-(((clock - 10.5) / 2.4) ** 2)) + 0.8 * np.exp(-(((clock - 16) / 3.0) ** 2))
    )
    week = np.array([1.1, 1.02, 0.98, 0.97, 1.0, 0.78, 0.67])
    by_day = np.array([week[d % 7] for d in range(days)])
    total = sum(CONTRACTS[k][2] for k in kind) * weeks
    shape = by_day[:, None] * level[None, :]
    shape *= total / shape.sum()
    needs = [rng.poisson(np.maximum(shape * share, 0.0) * 40) / 40 for share in SHARES]
    # At most one day off a fortnight: more could make forty hours on free weekends impossible.
    off = [[f"A{at:04d}", begin + int(rng.integers(min(14, days - begin)))]
           for at in range(agents) for begin in range(0, days, 14)
           if rng.random() < 0.14]  # fmt: skip
    return {
        "name": f"cc_{agents}x{days}", "interval_minutes": 15, "open_interval": 24,
        "intervals_per_day": width, "days": days, "first_day": "Monday",
        "queues": ["voice_a", "voice_b", "chat", "email"], "weights": {"under": 10, "over": 1},
        "rules": {"min_rest_minutes": 660, "max_consecutive_days": 5,
                  "max_weekends_worked": 2 if days > 7 else 1, "start_grid_minutes": 30},
        "contracts": contracts(),
        "agents": [{"id": f"A{at:04d}", "skills": list(skills[picked[at]]),
                    "contract": names[kind[at]]} for at in range(agents)],
        "time_off": off,
        "requirements": [np.round(need).astype(int).tolist() for need in needs],
    }  # fmt: skip


def contracts() -> dict:
    def shift(cells: int, paid: int, *breaks: tuple[int, int, int]) -> dict:
        return {"presence_intervals": cells, "paid_hours": paid, "breaks": [
            {"intervals": n, "earliest_offset": lo, "latest_offset": hi} for n, lo, hi in breaks
        ]}  # fmt: skip

    return {
        "FT40": {"shifts": [shift(34, 8, (1, 4, 11), (2, 12, 20), (1, 24, 31))],
                 "weekly_paid_hours": [40, 40]},
        "PT30": {"shifts": [shift(24, 6, (1, 4, 9), (1, 14, 19))], "weekly_paid_hours": [24, 30]},
        "PT20": {"shifts": [shift(16, 4, (1, 5, 10)), shift(20, 5, (1, 6, 13))],
                 "weekly_paid_hours": [16, 20]},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump(instance(args.agents, args.days, args.seed), file)


if __name__ == "__main__":
    main()
