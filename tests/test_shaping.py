"""Rotations and hiring for a plan, as use cases and as commands."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.test_plan import history, scenario
from wfm import cli, wiring
from wfm import plan as planning
from wfm.errors import BadInput


@pytest.fixture(scope="module")
def app():
    return wiring.app()


@pytest.fixture(scope="module")
def place(app, tmp_path_factory):
    plan = planning.make_plan(scenario(people=4), history(), time_limit_s=2)
    folder = tmp_path_factory.mktemp("plan")
    app.ports.save_plan(plan, folder, exports=app.ports.exports(plan))
    return folder


@pytest.fixture
def wfm(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["wfm", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out = capsys.readouterr()
        return stop.value.code or 0, out.out, out.err

    return run


def alike(plan):
    """People of the plan with one contract and the same skills, and never a weekday off."""
    first = plan.scenario.people[0]
    return [
        p.id
        for p in plan.scenario.people
        if (p.contract, p.skills, p.weekdays_off) == (first.contract, first.skills, ())
    ]


def test_the_rotation_command_tells_every_week_and_who_begins_there(app, place, wfm, tmp_path):
    agents = alike(app.open_plan(place))
    options = [part for agent in agents for part in ("--agent", agent)]
    out = tmp_path / "rotation.csv"
    code, text, _ = wfm("rotation", place, *options, "--seconds", 2, "--json", "--out", out)
    assert code == 0
    told = json.loads(text)
    assert told["weeks"] == len(agents) == len(told["rows"])
    assert [row["begins"] for row in told["rows"]] == agents
    assert told["bound"] <= told["objective"] + 1e-6
    table = pd.read_csv(out)
    assert list(table.columns[1:8]) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    code, text, _ = wfm("rotation", place, *options, "--seconds", 2)
    assert f"{len(agents)} weeks: " in text


def test_the_hire_command_tells_heads_cost_and_what_a_roster_of_them_costs(app, place, wfm):
    plan = app.open_plan(place)
    person = plan.scenario.people[0]
    offer = f"{person.contract}:{'+'.join(person.skills)}:20"
    code, text, _ = wfm("hire", place, "--offer", offer, "--short-cost", 60, "--check", 2, "--json")
    assert code == 0
    told = json.loads(text)
    assert told["mix"][0]["heads"] > 0
    assert told["bound"] <= told["cost"] + 1e-3
    assert told["roster"]["cost"] >= told["cost"] * (1 - 1e-3)
    _, text, _ = wfm("hire", place, "--offer", f"{offer}:0:1:1", "--short-cost", 60)
    assert "no roster of any mix is below" in text


@pytest.mark.parametrize(("command", "part"), [
    (("rotation", "--off", "2-4"), "expected LEAST:MOST"),
    (("hire", "--offer", "full", "--short-cost", "9"), "expected CONTRACT:QUEUE"),
    (("hire", "--offer", "full:voice:x", "--short-cost", "9"), "expected CONTRACT:QUEUE"),
])  # fmt: skip
def test_an_option_that_cannot_be_read_is_a_usage_error(place, wfm, command, part):
    code, _, text = wfm(command[0], place, *command[1:])
    assert code == 2
    assert part in " ".join(text.replace("│", " ").split())


def test_a_team_nobody_is_in_is_refused(app, place):
    with pytest.raises(BadInput, match="nobody is in team 'moon'"):
        app.shaping.rotation(app.open_plan(place), team="moon")


YEAR = "week,hours\n2003-03-03,60\n2003-03-10,60\n2003-03-17,80\n2003-03-24,80\n"
TERMS = (
    "agent,year_h,min_week_h,max_week_h,most_banked_h,most_owed_h\n"
    "ann,140,24,44,20,20\nbob,140,24,44,,\n"
)


def files(tmp_path, **texts):
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return [tmp_path / f"{name}.csv" for name in texts]


def test_the_annual_command_follows_the_hours_wanted_and_comes_out_at_the_years_hours(
    wfm, tmp_path
):
    out = tmp_path / "hours.csv"
    code, text, _ = wfm("annual", *files(tmp_path, wanted=YEAR, terms=TERMS), "--out", out)
    assert code == 0
    assert "280.0 h wanted, 280.0 h planned; 0.0 h short and 0.0 h beyond demand" in text
    table = pd.read_csv(out)
    assert table.groupby("agent")["hours"].sum().to_dict() == {"ann": 140.0, "bob": 140.0}
    assert table.groupby("week")["hours"].sum().tolist() == [60.0, 60.0, 80.0, 80.0]


def test_the_annual_command_takes_leave_closed_weeks_and_weeks_that_are_over(wfm, tmp_path):
    wanted, terms, leave, worked = files(
        tmp_path, wanted=YEAR + "2003-03-31,50\n", terms=TERMS,
        leave="agent,week\nbob,2003-03-24\n",
        worked="agent,week,hours\nann,2003-03-03,36.25\nbob,2003-03-03,44\n",
    )  # fmt: skip
    terms.write_text(TERMS.replace("140,24", "120,12"), encoding="utf-8")
    code, text, _ = wfm("annual", wanted, terms, "--leave", leave, "--worked", worked,
                        "--closed", "2003-03-31", "--step", "0.25", "--json")  # fmt: skip
    told = json.loads(text)
    assert code == 0
    hours = {(row["agent"], row["week"]): row["hours"] for row in told["hours"]}
    assert (hours["ann", "2003-03-03"], hours["bob", "2003-03-03"]) == (36.25, 44)
    assert hours["bob", "2003-03-24"] == 0
    assert hours["ann", "2003-03-31"] == hours["bob", "2003-03-31"] == 0
    assert sum(told["weeks"][n]["planned_h"] for n in range(5)) == pytest.approx(240.0)
    assert told["bound"] <= told["price"] + 1e-6


def test_the_annual_command_says_who_cannot_work_the_years_hours_and_why(wfm, tmp_path):
    wanted, terms = files(tmp_path, wanted=YEAR, terms=TERMS.replace("bob,140", "bob,200"))
    code, _, error = wfm("annual", wanted, terms)
    assert code == 3
    assert "'bob' owes 200 h, 4 open weeks allow 96 to 176 h" in error
    terms.write_text(TERMS.replace("ann,140,24,44,20,20", "ann,140,24,35,0,5"), encoding="utf-8")
    worked = tmp_path / "worked.csv"
    worked.write_text("agent,week,hours\nann,2003-03-03,24\nbob,2003-03-03,30\n", encoding="utf-8")
    code, _, error = wfm("annual", wanted, terms, "--worked", worked)
    assert code == 3
    assert "'ann'" in error
    code, _, error = wfm("annual", wanted, tmp_path / "none.csv")
    assert code == 1
    assert "no such file" in error
    code, _, error = wfm("annual", wanted, terms, "--out", wanted)
    assert code == 1
    assert "--out" in error
