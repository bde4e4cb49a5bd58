"""Plan every intraday history under ../shared/data/contacts end to end; print and keep a table.

    python3 dev.py run python benchmarks/plan_histories.py [--seconds 20]

Each file gets a starter scenario, as `wfm plan` without --scenario makes it. Times are wall-clock
seconds of one run on this machine after one warm-up plan, solving time bounded by --seconds.
"""

import argparse
import csv
import os
import tempfile
import time
from pathlib import Path

os.environ["WFM_DATABASE_URL"] = "folders:"  # nothing here belongs into the user's store

from wfm import wiring

ROOT = Path(__file__).resolve().parents[1]
CONTACTS = ROOT.parent / "shared" / "data" / "contacts"
OUT = ROOT / "benchmarks" / "results" / "plan_histories.csv"
FILES = {
    "bank_voice_5min.csv.gz": {"timezone": "America/New_York", "country": "US"},
    "israel_bank_1999_jan_call_level.csv.gz": {"timezone": "Asia/Jerusalem"},
    "emergency_ems_30min.csv.gz": {"timezone": "America/New_York", "country": "US"},
    "itsm_phone_tickets_30min.csv.gz": {"timezone": "America/Sao_Paulo", "country": "BR"},
    "county_voice_hourly.csv": {"timezone": "America/Denver", "country": "US"},
}
COLUMNS = (
    "file", "queues", "rows", "interval_min", "people", "wape_14d", "bias_14d", "noise_floor",
    "last_week_repeated", "peak_agents", "gap_hours", "required_hours", "violations", "seconds",
)  # fmt: skip


def plan(name: str, choices: dict[str, str], *, seconds: float, folder: Path) -> dict[str, object]:
    app = wiring.app()
    started = time.perf_counter()
    file = app.starter_scenario(CONTACTS / name, folder / name / "scenario.toml", **choices)
    made = app.plan_files(CONTACTS / name, file.path, folder / name, time_limit_s=seconds)
    facts = made.summary
    return dict(zip(COLUMNS, (
        name, len(facts.queues), len(made.history), made.scenario.interval_min, facts.people,
        round(facts.wape, 4), round(facts.bias, 4), round(facts.noise_floor, 4),
        round(facts.naive_wape, 4), facts.peak_agents, round(facts.gap_hours, 1),
        round(facts.required_hours, 1), facts.violations, round(time.perf_counter() - started, 1),
    ), strict=True))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    if not CONTACTS.is_dir():
        raise SystemExit(f"{CONTACTS} is absent; nothing to plan")
    with tempfile.TemporaryDirectory() as place:
        wiring.app().make_demo(Path(place) / "warm-up", time_limit_s=2)
        table = []
        for name, choices in FILES.items():
            table.append(plan(name, choices, seconds=seconds, folder=Path(place)))
            print(table[-1], flush=True)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


if __name__ == "__main__":
    main()
