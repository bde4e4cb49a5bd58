"""Do the benchmarks' checkers agree with published rosters, and see every broken rule?"""

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "benchmarks" / "rostering"


def load(name):
    if str(HOME) not in sys.path:
        sys.path.insert(0, str(HOME))
    return importlib.import_module(name)


def shared(folder):
    for parent in ROOT.parents:
        found = parent / "shared" / "data" / "rostering" / folder
        if found.is_dir():
            return found
    return pytest.skip("the shared rostering data is not beside the project")


@pytest.mark.parametrize(
    "name", ["1_607", "2_828", "3_1001", "4_1716", "6_2192", "8_2734", "10_4761"]
)
def test_a_published_roster_is_legal_and_costs_what_its_authors_say(name):
    case_of, home = load("curtois_case"), shared("curtois")
    number, cost = name.split("_")
    case = case_of.read(home / f"Instance{number}.txt")
    roster = case_of.read_roster(home / "known" / f"Instance{name}.csv")
    assert case_of.broken(case, roster) == []
    assert case_of.cost_of(case, roster) == int(cost)


def test_each_kind_of_breach_of_a_published_roster_is_seen():
    case_of, home = load("curtois_case"), shared("curtois")
    case = case_of.read(home / "Instance3.txt")
    good = case_of.read_roster(home / "known" / "Instance3_1001.csv")
    everybody = {**good, **{("A", day): "E" for day in range(14)}}
    texts = " ".join(case_of.broken(case, everybody))
    for part in ("fixed day off", "minutes", "days on", "weekends"):
        assert part in texts
    late_then_early = {**good, ("B", 0): "L", ("B", 1): "E"}
    assert any("E after L" in text for text in case_of.broken(case, late_then_early))
    assert any("shifts L" in text for text in case_of.broken(case, {**good, ("A", 3): "L"}))
    assert any("unknown" in text for text in case_of.broken(case, {**good, ("Z", 3): "L"}))


CENTRE = {
    "name": "tiny", "interval_minutes": 15, "intervals_per_day": 40, "days": 7,
    "queues": ["a", "b"], "weights": {"under": 10, "over": 1},
    "rules": {"min_rest_minutes": 660, "max_consecutive_days": 5, "max_weekends_worked": 1,
              "start_grid_minutes": 30},
    "contracts": {"C": {"shifts": [{"presence_intervals": 16, "paid_hours": 4, "breaks": [
        {"intervals": 1, "earliest_offset": 5, "latest_offset": 10}]}],
        "weekly_paid_hours": [8, 20]}},
    "agents": [{"id": "x", "skills": [0], "contract": "C"},
               {"id": "y", "skills": [0, 1], "contract": "C"}],
    "time_off": [["x", 3]],
    "requirements": [[[1] * 40 for _ in range(7)], [[0] * 40 for _ in range(7)]],
}  # fmt: skip


def test_the_cost_of_a_tiny_centre_is_the_one_counted_by_hand():
    case_of = load("centre_case")
    # x and y both on day 0, 16 intervals each; y's break falls where x works.
    rows = [("x", 0, 0, 16, (5,)), ("y", 0, 0, 16, (6,))]
    # On seat 30 agent-intervals; intervals 5 and 6 have one agent, 14 have two: over 14.
    # Wanted 280: short where nobody is: 280 - 16 = 264.
    assert case_of.cost_of(CENTRE, rows) == (10 * 264 + 14, 264, 14)


@pytest.mark.parametrize(("rows", "text"), [
    ([("x", 3, 0, 16, (5,))], "time off"),
    ([("x", 0, 1, 16, (5,))], "off the grid"),
    ([("x", 0, 26, 16, (5,))], "outside opening"),
    ([("x", 0, 0, 16, (4,))], "no shift of the contract"),
    ([("x", 0, 0, 16, ())], "no shift of the contract"),
    ([("x", 0, 0, 16, (5,)), ("x", 0, 20, 16, (5,))], "two shifts a day"),
    ([("x", 0, 0, 16, (5,))], "4.0 paid hours"),
    ([("x", d, 0, 16, (5,)) for d in (0, 1, 2, 4, 5, 6)], "24.0 paid hours"),
    ([("y", d, 0, 16, (5,)) for d in range(6)], "5 days in a row"),
    ([("z", 0, 0, 16, (5,))], "unknown agent"),
])  # fmt: skip
def test_each_breach_of_a_centre_roster_is_seen(rows, text):
    assert any(text in found for found in load("centre_case").broken(CENTRE, rows))


def test_rest_is_measured_across_midnight():
    case_of = load("centre_case")
    near = {**CENTRE, "rules": {**CENTRE["rules"], "min_rest_minutes": 20 * 60}}
    rows = [("y", 0, 24, 16, (5,)), ("y", 1, 0, 16, (5,))]
    assert any("rest 840 min" in text for text in case_of.broken(near, rows))


@pytest.mark.parametrize("agents", [30])
def test_a_generated_centre_gets_a_legal_roster_whose_file_costs_what_the_engine_says(
    agents, tmp_path
):
    case_of, make = load("centre_case"), load("make_centre")
    from wfm.roster import engine

    case = make.instance(agents, 7, 3)
    tours, shapes = case_of.tours_of(case)
    answer = engine.solve(tours, seconds=1.0, seed=2, whole=True)
    path = tmp_path / "roster.csv"
    case_of.write(case_of.rows_of(case, answer.kind, answer.pause, shapes, tours), path)
    rows = case_of.read_roster(path)
    assert case_of.broken(case, rows) == []
    assert case_of.cost_of(case, rows)[0] == round(answer.cost)


def test_a_small_published_instance_is_solved_to_its_optimum(tmp_path):
    path = shared("curtois") / "Instance4.txt"
    row = load("curtois").run(str(path), 30, 0, 1, str(tmp_path / "roster.csv"))
    assert row["violations"] == 0
    assert row["cost"] == 1716  # best known, and the bound proves it
    assert row["bound"] == 1716


def test_an_instance_stated_as_a_plan_is_solved_within_its_own_rules_at_the_cost_of_the_plan():
    case_of, make, stated = load("centre_case"), load("make_centre"), load("as_plan")
    from wfm import roster

    case = make.instance(12, 14, 3)
    table, plan = stated.plan_of(case)
    made = roster.solve(table, plan, time_limit_s=3)
    rows = stated.rows_of(case, made)
    assert len(rows) > 12 * 2 * 3
    assert case_of.broken(case, rows) == []
    assert case_of.cost_of(case, rows)[0] == pytest.approx(4 * made.objective)
