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
