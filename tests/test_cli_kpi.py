"""Do the commands about what happened answer people and programs?"""

import json

import pytest
from typer.testing import CliRunner

from wfm.adapters import actuals_folder, folder
from wfm.cli import cli
from wfm.errors import BadInput


@pytest.fixture(scope="module")
def place(tmp_path_factory, demo_plan, demo_actuals):
    found = tmp_path_factory.mktemp("plan")
    folder.save_plan(demo_plan, found)
    actuals_folder.save_actuals(demo_actuals, found)
    return str(found)


def run(*args):
    done = CliRunner().invoke(cli, list(args))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_a_key_alone_is_shown_with_limits_and_definition(place):
    told = run("kpi", "answer_rate", "--plan", place, "--by", "queue")
    assert "voice" in told
    assert "95 % limits" in told
    assert "Definition: answer_rate/1(basis=queue)" in told


def test_json_is_a_list_of_groups_without_nan(place):
    rows = json.loads(run("kpi", "service_level", "--plan", place, "--where", "queue=voice",
                          "--by", "month", "--variant", "rule=SL2", "--json"))  # fmt: skip
    assert len(rows) == 7
    assert all("rule=SL2" in row["definition"] for row in rows)
    assert all(0 < row["value"] < 1 for row in rows)


def test_a_table_goes_to_csv(place, tmp_path):
    run("kpi", "aht_s", "--plan", place, "--by", "team", "--out", str(tmp_path / "t.csv"))
    assert len((tmp_path / "t.csv").read_text("utf-8-sig").splitlines()) == 5


def test_the_catalogue_says_what_has_data(place):
    assert len(run("kpi", "list").splitlines()) == 72
    rows = {row["key"]: row["data"] for row in json.loads(run("kpi", "list", "--plan", place,
                                                              "--json"))}  # fmt: skip
    assert rows["fcr"]
    assert not rows["conversion"]


def test_alerts_name_the_spike_and_the_improvement(place):
    told = run("kpi", "alerts", "--plan", place)
    assert "in no register" in told
    assert "[fcr@team_1@2003-08-04]" in told
    found = json.loads(run("kpi", "alerts", "--plan", place, "--json"))
    assert found["spikes"][0]["queue"] == "voice"


def test_a_change_is_told_in_two_parts(place):
    spans = ("--before", "2003-08-04..2003-09-13", "--after", "2003-09-15..2003-10-25")
    told = run("kpi", "change", "aht_s", "--plan", place, "--where", "queue=voice", *spans)
    assert "mix of contacts +9" in told
    assert "technical" in told


def test_cards_and_comparisons_hide_who_it_is_when_asked(place):
    told = run("kpi", "scorecard", "A001", "--plan", place, "--mask", "s")
    assert "A001" not in told
    assert "rank anywhere from" in told
    rows = json.loads(run("kpi", "compare", "aht_s", "--plan", place, "--mask", "s", "--json"))
    assert not any(row["agent"].startswith("A0") for row in rows["frame"])


def test_the_tree_is_indented(place):
    told = run("kpi", "tree", "--plan", place).splitlines()
    assert told[0] == "Service level and cost-effectiveness"
    assert any(line.startswith("      Right place") for line in told)


def test_own_files_are_taken(place, tmp_path):
    path = tmp_path / "wishes.csv"
    path.write_text("agent,team,start,preference,roster\nZ1,red,2026-03-02,early,late\n", "utf-8")
    told = run("actuals", str(path), "--table", "wishes", "--plan", str(tmp_path / "new"),
               "--timezone", "Europe/Berlin")  # fmt: skip
    assert "1 rows of wishes" in told


@pytest.mark.parametrize(("args", "said"), [
    (["service_leve"], "did you mean service_level"),
    (["aht_s", "--where", "voice"], "name=value"),
    (["aht_s", "--variant", "rule=SL2"], "unknown choices"),
    (["change", "aht_s", "--before", "x", "--after", "y"], "a span such as"),
    (["scorecard", "nobody"], "nobody called"),
    (["compare", "occupancy"], "no measure of a person"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(place, args, said):
    with pytest.raises(BadInput, match=said):
        run("kpi", *args, "--plan", place)
