"""What the table of rivals compares with is stated rightly."""

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


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    path = tmp_path_factory.mktemp("rivals") / "case.txt"
    path.write_text(load("make_curtois").instance(5, 14, 2, 3)[0], encoding="utf-8")
    return load("curtois_case").read(path)


def test_the_compact_model_has_every_rule_and_the_whole_objective(case):
    case_of = load("curtois_case")
    roster, bound = load("rivals").compact(case, 20.0, 1)
    assert case_of.broken(case, roster) == []
    assert case_of.cost_of(case, roster) == round(bound), "proven to be the optimum"
    tours, fixed = case_of.tours_of(case)
    found = engine.solve(tours, seconds=2.0, workers=1, seed=0, whole=True)
    assert found.bound + fixed <= bound + 1e-6 <= found.cost + fixed + 2e-6


def test_pyworkforce_is_told_days_off_successions_and_cover(case):
    told = load("rivals").arguments(case)
    assert told["num_days"] == case.days
    banned = {(item["resource"], item["day"]) for item in told["banned_shifts"]}
    assert {(name, day) for name, staff in case.staff.items() for day in staff.days_off} <= banned
    pairs = {(item["origin"], item["destination"]) for item in told["non_sequential_shifts"]}
    assert pairs == {(s, later) for s, after in case.not_after.items() for later in after}
    for (day, shift), (need, *_) in case.cover.items():
        assert told["required_resources"][shift][day] == need
