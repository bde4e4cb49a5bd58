"""The command line as a person uses it, in one process: exit codes, words, files."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm import cli, wiring
from wfm.adapters.jobs import job as folder_job

ROOT = Path(__file__).resolve().parents[1]

SCENARIO = """
name = "Small"
timezone = "Europe/Berlin"

[[queues]]
name = "voice"
aht_s = 240
[queues.target]
service_level = 0.8

[[shifts]]
code = "E"
earliest_start = "08:00"
latest_start = "09:30"
length_min = 510

[[contracts]]
name = "full"
min_week_h = 16
max_week_h = 43
shifts = ["E"]

[[people]]
id = "p1"
contract = "full"
skills = ["voice"]

[[people]]
id = "p2"
contract = "full"
skills = ["voice"]
"""


def calls(weeks=5, freq="30min"):
    days = pd.date_range("2026-01-05", periods=7 * weeks, freq="D")
    clock = pd.timedelta_range("8h", "17h30min", freq=freq)
    start = pd.DatetimeIndex([d + c for d in days[days.day_of_week < 5] for c in clock])
    offered = np.random.default_rng(1).poisson(6, len(start))
    return pd.DataFrame({"start": start.strftime("%Y-%m-%d %H:%M"), "calls": offered})


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    calls().to_csv("calls.csv", index=False)
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def run(monkeypatch, capsys, *arguments, may_fail=False):
    """Return exit code, stdout and stderr of `wfm arguments`."""
    monkeypatch.setattr("sys.argv", ["wfm", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out = capsys.readouterr()
    assert stop.value.code != cli.DEFECT or may_fail, out.err
    return stop.value.code or 0, out.out, out.err


def stamp(folder):
    """Return which plan stands under `folder`."""
    return wiring.app().plan_stamp(folder)


@pytest.fixture
def wfm(monkeypatch, capsys):
    return lambda *arguments, **more: run(monkeypatch, capsys, *arguments, **more)


PLAN = ("plan", "--history", "calls.csv", "--scenario", "scenario.toml", "--seconds", "5")


def test_own_files_become_a_plan_with_exports(place, wfm):
    code, out, _ = wfm(*PLAN, "--out", "out")
    assert code == 0
    assert "rules violated    0" in out
    assert stamp("out")
    for name in ("roster.xlsx", "roster.csv", "shifts.csv", "coverage.csv"):
        assert (place / "out" / name).is_file(), name
    assert len(list((place / "out" / "calendars").glob("*.ics"))) == 2


def test_json_is_json_and_nothing_else(place, wfm):
    code, out, _ = wfm(*PLAN, "--out", "out", "--json")
    values = json.loads(out)
    assert code == 0
    assert values["violations"] == 0
    again = json.loads(wfm("show", "--plan", "out", "--json")[1])
    assert again["plan"] == values["plan"]
    assert again["gap_hours"] == pytest.approx(values["gap_hours"])


def test_without_a_scenario_a_starter_is_written_and_used(place, wfm):
    code, out, _ = wfm(
        "plan", "--history", "calls.csv", "--timezone", "Europe/Berlin", "--out", "out",
        "--seconds", "5",
    )  # fmt: skip
    assert code == 0
    assert "It assumes" in out
    assert (place / "out" / "scenario.toml").is_file()
    assert (place / "out" / "scenario_people.csv").is_file()


def test_a_new_roster_and_new_exports_can_be_asked_for(place, wfm):
    wfm(*PLAN, "--out", "out")
    shutil.rmtree(place / "out" / "calendars")
    code, out, _ = wfm("roster", "--plan", "out", "--seconds", "3", "--seed", "9")
    assert (code, "rules violated    0" in out) == (0, True)
    assert (place / "out" / "calendars").is_dir()
    code, out, _ = wfm("export", "--plan", "out", "--out", "elsewhere")
    assert code == 0
    assert "roster.xlsx" in out
    assert (place / "elsewhere" / "roster.xlsx").is_file()


FORECAST = """queue,start,volume,aht_s
voice,2026-03-02 10:00,100,180
voice,2026-03-02 10:30,0,
"""


def test_a_forecast_file_is_sized_without_a_history(place, wfm):
    (place / "forecast.csv").write_text(FORECAST, encoding="utf-8")
    asked = ("size", "forecast.csv", "--scenario", "scenario.toml")
    code, out, _ = wfm(*asked)
    assert code == 0
    assert re.search(r"Mon 02 Mar 10:00 +100.0 +180 +10.00 +14 +14 +88.8%", out)  # T6
    code, out, _ = wfm(*asked, "--json", "--out", "why.csv")
    row = json.loads(out)["intervals"][0]
    assert (row["agents_rounded"], row["met"], row["met_less"]) == (14, True, False)
    assert row["cost"] is None
    assert pd.read_csv(place / "why.csv")["agents_rounded"].tolist() == [14, 0]


def test_one_interval_is_told_in_sentences(place, wfm):
    (place / "forecast.csv").write_text(FORECAST, encoding="utf-8")
    asked = ("size", "forecast.csv", "--scenario", "scenario.toml", "--queue", "voice", "--at")
    code, out, _ = wfm(*asked, "2026-03-02 10:00")
    assert code == 0
    assert "14 on seat: 88.8% served in time; 79.6% with one agent less" in out
    for when, words in (("2026-03-02 10:07", "nothing is sized"), ("noon", "--at expects")):
        code, _, err = wfm(*asked, when)
        assert (code, words in err) == (1, True), err


def test_a_plan_is_sized_again_by_other_choices(place, wfm):
    wfm(*PLAN, "--out", "out")
    (place / "safe.toml").write_text(
        SCENARIO.replace("aht_s = 240", "aht_s = 240\nchance = 0.9\ncost_per_hour = 20.0"),
        encoding="utf-8",
    )
    hours = {}
    for name, more in (("own", ()), ("safe", ("--scenario", "safe.toml"))):
        code, out, _ = wfm("size", "out", *more, "--json")
        assert code == 0
        hours[name] = json.loads(out)["effort"]["voice"]["scheduled_hours"]
    assert hours["safe"] > hours["own"] > 0
    zone = re.search(r'timezone = "(.*)"', SCENARIO).group(1)
    (place / "far.toml").write_text(SCENARIO.replace(zone, "Asia/Kolkata"), encoding="utf-8")
    code, _, err = wfm("size", "out", "--scenario", "far.toml")
    assert (code, "Use one zone" in err) == (1, True), err


def test_a_table_is_never_written_over_what_it_was_made_from(place, wfm):
    (place / "forecast.csv").write_text(FORECAST, encoding="utf-8")
    asked = ("size", "forecast.csv", "--scenario", "scenario.toml", "--out")
    for kept in ("forecast.csv", "scenario.toml"):
        before = (place / kept).read_bytes()
        code, _, err = wfm(*asked, kept)
        assert (code, "is an input of this command" in err) == (1, True), err
        assert (place / kept).read_bytes() == before


def test_sizing_a_file_needs_a_scenario(place, wfm):
    code, _, err = wfm("size", "calls.csv")
    assert (code, "give --scenario FILE" in err) == (1, True)


def test_doctor_finds_this_installation_well(place, wfm):
    code, out, _ = wfm("doctor")
    assert code == 0
    assert "14 agents" in out


def write(name, data):
    def change(place):
        path = place / name
        if isinstance(data, bytes):
            path.write_bytes(data)
        elif isinstance(data, str):
            path.write_text(data, encoding="utf-8")
        else:
            data(calls()).to_csv(path, index=False)

    return change


def rows(edit):
    return write("calls.csv", edit)


def scenario(old, new):
    assert old in SCENARIO
    return write("scenario.toml", SCENARIO.replace(old, new))


BROKEN = {
    "no such history": (lambda p: (p / "calls.csv").unlink(), "calls.csv"),
    "the history is a folder": (
        lambda p: ((p / "calls.csv").unlink(), (p / "calls.csv").mkdir()), "calls.csv"),
    "an empty file": (write("calls.csv", ""), "empty"),
    "a header only": (write("calls.csv", "start,calls\n"), "row"),
    "binary rubbish": (write("calls.csv", bytes(range(256)) * 40), "calls.csv"),
    "a broken gzip file": (
        lambda p: (p / "calls.csv").write_bytes(gzip.compress(b"start,calls\n")[:-9]), "calls.csv"),
    "no time column": (rows(lambda f: f.rename(columns={"start": "colour"})), "time"),
    "no count column": (rows(lambda f: f.rename(columns={"calls": "colour"})), "count"),
    "a date that is none": (rows(lambda f: f.assign(start=["2026-02-30 08:00", *f.start[1:]])),
                            "2026-02-30"),
    "text for a count": (rows(lambda f: f.assign(calls=["many", *f.calls[1:]])), "many"),
    "an endless cell": (rows(lambda f: f.assign(start=["0" * 500_000, *f.start[1:]])), "500,000"),
    "a negative count": (rows(lambda f: f.assign(calls=[-4, *f.calls[1:]])), "-4"),
    "a blank count": (rows(lambda f: f.assign(calls=[None, *f.calls[1:]])), "line 2"),
    "an infinite count": (rows(lambda f: f.assign(calls=["inf", *f.calls[1:]])), "inf"),
    "an absurd count": (rows(lambda f: f.assign(calls=[10**12, *f.calls[1:]])), "1000000000000"),
    "a row twice": (rows(lambda f: pd.concat([f, f.tail(1)])), "2026-02-06 17:30"),
    "mixed intervals": (
        rows(lambda f: f.assign(start=["2026-01-05 08:10", *f.start[1:]])), "mixed.*line 2"),
    "hours for half hours": (
        write("calls.csv", lambda f: calls(freq="60min")), "interval_min = 60"),
    "daily counts": (
        rows(lambda f: f.assign(start=f.start.str[:10]).groupby("start", as_index=False).sum()),
        "da"),
    "a week of history": (rows(lambda f: f.head(100)), "day|week"),
    "no contacts at all": (rows(lambda f: f.assign(calls=0)), "contact|zero"),
    "no such scenario": (lambda p: (p / "scenario.toml").unlink(), "no such file"),
    "a scenario that is not TOML": (write("scenario.toml", "name = "), "not valid TOML"),
    "an unknown field": (scenario("aht_s", "aht"), "unknown field"),
    "a percent for a fraction": (scenario("0.8", "80"), "percent"),
    "an unknown zone": (scenario("Europe/Berlin", "Berlin"), "IANA"),
    "a queue without history": (scenario('name = "voice"', 'name = "fax"'), "fax"),
    "a person with an unknown skill": (scenario('["voice"]', '["chess"]'), "chess"),
    "no handle time": (scenario("aht_s = 240", ""), "aht_s"),
    "a target nobody meets": (scenario("0.8", "1.0"), "service_level|service level"),
    "more hours than a week": (scenario("max_week_h = 43", "max_week_h = 400"), "max_week_h"),
    "a start on a Wednesday": (
        write("scenario.toml", 'start = 2026-02-11\n' + SCENARIO), "Monday"),
    "a start in the past": (
        write("scenario.toml", 'start = 2026-01-05\n' + SCENARIO), "past the first planned day"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_broken_input_gives_one_clear_error_and_no_traceback(case, place, wfm):
    change, words = BROKEN[case]
    change(place)
    code, out, err = wfm(*PLAN, "--out", "out")
    assert code == cli.BAD_INPUT, err
    assert "Traceback" not in out + err
    assert err.startswith("wfm: ")
    assert len(err.strip().splitlines()) == 1
    assert len(err) < 800, "an error is a sentence or two"
    assert re.search(words, err), err
    assert not stamp("out")


def test_a_file_in_the_place_of_the_folder_is_named(place, wfm):
    (place / "taken").write_text("mine", encoding="utf-8")
    code, _, err = wfm(*PLAN, "--out", "taken")
    assert code == cli.BAD_INPUT
    assert "is a file" in err
    assert (place / "taken").read_text() == "mine"


def test_a_plan_that_fails_leaves_the_old_one(place, wfm):
    wfm(*PLAN, "--out", "out")
    before = stamp("out")
    (place / "calls.csv").write_text("", encoding="utf-8")
    assert wfm(*PLAN, "--out", "out")[0] == cli.BAD_INPUT
    assert stamp("out") == before


def test_there_are_more_than_twenty_kinds_of_broken_input():
    assert len(BROKEN) > 20


@pytest.mark.parametrize("command", [("show",), ("roster",), ("export",)])
def test_a_folder_without_a_plan_says_how_to_make_one(command, place, wfm):
    code, _, err = wfm(*command, "--plan", "nowhere")
    assert code == cli.BAD_INPUT
    assert "wfm demo" in err


@pytest.mark.parametrize("arguments", [("fly",), ("plan",), ("demo", "--weeks", "9")])
def test_wrong_usage_exits_2(arguments, place, wfm):
    assert wfm(*arguments)[0] == cli.USAGE


def test_a_history_without_scenario_and_zone_says_what_to_give(place, wfm):
    code, _, err = wfm("plan", "--history", "calls.csv")
    assert code == cli.USAGE
    assert "--timezone" in err


def test_rules_that_clash_exit_3(place, wfm, monkeypatch):
    from wfm import roster
    from wfm.errors import Infeasible

    def clash(*_, **__):
        raise Infeasible("week hours of p1 in the week of 2026-02-09")

    monkeypatch.setattr(roster, "solve", clash)
    code, _, err = wfm(*PLAN, "--out", "out")
    assert code == cli.INFEASIBLE
    assert "p1" in err


def test_a_defect_of_ours_says_so_and_exits_70(place, wfm, monkeypatch):
    from wfm import roster

    monkeypatch.setattr(roster, "solve", lambda *_, **__: 1 / 0)
    code, _, err = wfm(*PLAN, "--out", "out", may_fail=True)
    assert code == cli.DEFECT
    assert "a defect in wfm" in err


@pytest.mark.parametrize("behind", [KeyboardInterrupt(), ImportError("initialization failed")])
def test_control_c_says_that_nothing_was_changed(place, wfm, monkeypatch, behind):
    from wfm import roster

    def stopped(*_, **__):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise behind from None

    monkeypatch.setattr(roster, "solve", stopped)
    code, _, err = wfm(*PLAN, "--out", "out")
    assert code == cli.STOPPED
    assert "stopped" in err
    assert not stamp("out")


def test_the_next_weeks_begin_where_the_previous_plan_ends(place, wfm):
    wfm(*PLAN, "--out", "one")
    code, out, err = wfm(*PLAN, "--out", "two", "--previous", "one", "--json")
    assert code == 0, err
    assert wiring.app().open_plan("one").scenario.start.isoformat() == "2026-02-09"
    assert json.loads(out)["first_day"] == "2026-02-16"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_control_c_in_the_middle_of_the_search_keeps_the_old_plan(tmp_path):
    run_cli = [sys.executable, "-m", "wfm.cli"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    first = [*run_cli, "demo", "--seconds", "1", "--out", "out"]
    subprocess.run(first, cwd=tmp_path, env=env, check=True, capture_output=True)
    before = stamp(tmp_path / "out")
    # The job tells its progress in a file: interrupt once the search is under way.
    job = [*run_cli, "job", "roster", "out", "--seconds", "60"]
    process = subprocess.Popen(job, cwd=tmp_path, env=env, stderr=subprocess.PIPE)
    end = time.monotonic() + 90
    while folder_job(tmp_path / "out").fraction < 0.3:
        assert process.poll() is None
        assert time.monotonic() < end
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=60)
    assert process.returncode == cli.STOPPED
    assert b"stopped" in words
    assert stamp(tmp_path / "out") == before
