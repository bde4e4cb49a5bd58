"""A year of shifts is filled legally, whatever the pace of its fortnights runs into."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from wfm.roster import engine

HOME = Path(__file__).resolve().parents[2] / "benchmarks" / "rostering"


def load(name):
    if str(HOME) not in sys.path:
        sys.path.insert(0, str(HOME))
    return importlib.import_module(name)


def made(path, staff, days, shifts, seed):
    text, known = load("make_curtois").instance(staff, days, shifts, seed)
    path.write_text(text, encoding="utf-8")
    case = load("curtois_case").read(path)
    return case, {(name, day): shift for name, day, shift in known}


@pytest.mark.parametrize("seed", range(4))
def test_a_generated_instance_has_a_legal_roster(tmp_path, seed):
    case, known = made(tmp_path / "case.txt", 12, 98, 8, seed)
    assert load("curtois_case").broken(case, known) == []


def test_every_kind_of_limit_of_a_generated_instance_can_be_broken(tmp_path):
    case_of = load("curtois_case")
    case, known = made(tmp_path / "case.txt", 12, 98, 8, 1)
    shifts = list(case.minutes)
    always = {**known, **{("P000", day): shifts[0] for day in range(98)}}
    texts = " ".join(case_of.broken(case, always))
    for part in ("fixed day off", "minutes", "days on", "weekends", f"shifts {shifts[0]}"):
        assert part in texts


@pytest.mark.parametrize("seed", range(3))
def test_a_year_with_tight_hours_and_weekends_is_filled_legally(tmp_path, seed):
    case_of = load("curtois_case")
    case, _ = made(tmp_path / "case.txt", 25, 364, 12, seed)
    tours, fixed = case_of.tours_of(case)
    answer = engine.solve(tours, seconds=2.0, workers=1, seed=seed, whole=True)
    roster = case_of.roster_of(case, answer.kind)
    assert case_of.broken(case, roster) == []
    assert case_of.cost_of(case, roster) == round(answer.cost + fixed)
