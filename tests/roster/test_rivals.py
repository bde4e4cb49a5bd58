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


EXAMPLE = """
def solve_shift_scheduling(params, output_proto):
    num_employees = 8
    num_weeks: int = 3
    shifts = ["O", "M"]
    fixed_assignments = [(0, 0, 0)]
    requests = []
    shift_constraints = []
    weekly_sum_constraints = [(0, 1, 2, 7, 2, 3, 4)]
    penalized_transitions = []
    weekly_cover_demands = [(2,)] * 7
    excess_cover_penalties = (2,)
    off = {(e, d) for e, _, d in fixed_assignments}
    print("  - status          : FEASIBLE", params)
    for e in range(num_employees):
        row = ["O" if (e, d) in off else shifts[1] for d in range(7 * num_weeks)]
        print(f"worker {e}:", *row)
"""


def test_the_example_of_a_script_solves_the_data_of_the_instance(case, tmp_path):
    path = tmp_path / "example.py"
    path.write_text(EXAMPLE, encoding="utf-8")
    roster, told = load("shift_example").run(path, case, 3.0, 2)
    first = next(iter(case.minutes))
    wanted = {(name, day): first for name, staff in case.staff.items() for day in range(case.days)
              if day not in staff.days_off}  # fmt: skip
    assert roster == wanted
    assert "max_time_in_seconds:3.0 num_workers:2" in told["status"]


def test_a_script_without_the_examples_data_is_refused(case, tmp_path):
    path = tmp_path / "other.py"
    path.write_text(EXAMPLE.replace("requests =", "wishes ="), encoding="utf-8")
    with pytest.raises(RuntimeError, match="sets no .*requests"):
        load("shift_example").run(path, case, 3.0, 2)


def test_the_example_is_told_requests_with_their_sign_and_the_least_cover(case):
    told = load("shift_example").data_of(case)
    people, shifts = list(case.staff), ["O", *case.minutes]
    asked = {(people[e], day, shifts[s]): w for e, s, day, w in told["requests"]}
    for name, staff in case.staff.items():
        for (day, shift), weight in staff.wishes_on.items():
            assert asked[name, day, shift] == -weight
        for (day, shift), weight in staff.wishes_off.items():
            assert asked[name, day, shift] == weight
    for weekday, row in enumerate(told["weekly_cover_demands"]):
        for shift, need in zip(case.minutes, row, strict=True):
            days = range(weekday, case.days, 7)
            assert need == min(case.cover.get((d, shift), (0, 0, 0))[0] for d in days)
