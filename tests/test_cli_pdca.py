"""Does a whole cycle run from the command line, and does the page it prints hold together?"""

import json
import re
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.own_store import forget_store
from tests.pdca.centre import history
from wfm.cli import cli

PLAN = """
hypothesis = "breaks at calmer times leave fewer callers <waiting>"
begins = 2026-03-04
expected = 0.80

[target]
key = "answer_rate"
value = 0.775
direction = "up"
deadline = 2026-12-01
review_days = 7
owner = "Ana"
source = "ACD"
role = "lead"
counter = "aht_s"
counter_margin = 8.0
parent = "service"
signed = ["centre", "team"]

[group]
column = "team"
treated = ["A"]
comparison = ["B"]

[[actions]]
text = "move breaks"
kind = "process"
owner = "Ana"

""" + "".join(f'[[doubts]]\ncause = "F{i}"\n' for i in range(1, 8))


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WFM_DATA_FOLDER", str(tmp_path / "data"))
    forget_store()
    history(0.04, seed=1).to_csv("intervals.csv", index=False)
    history(0.0, seed=2).to_csv("flat.csv", index=False)
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    yield tmp_path
    forget_store()


def wfm(*words, code=0):
    result = CliRunner().invoke(cli, ["pdca", *map(str, words)], standalone_mode=False)
    if code:
        assert result.exception is not None
        return str(result.exception)
    assert result.exception is None, result.exception
    return result.output


def who(name, role, day):
    return "--by", name, "--role", role, "--at", f"{day} 09:00"


def begun(table="intervals.csv"):
    out = wfm("new", "Breaks", *who("Ana", "lead", "2026-03-01"), "--json")
    name = json.loads(out)["id"]
    wfm("plan", name, "--file", "plan.toml", *who("Ana", "lead", "2026-03-01"))
    wfm("lock", name, "--actuals", table, *who("Ana", "lead", "2026-03-02"))
    return name


def test_a_whole_cycle_runs_from_an_alert_to_the_next_cycle(place):
    out = wfm("new", "Answer more", "--alert", "answer_rate", "--group", "team=A", "--actuals",
              "intervals.csv", *who("Ana", "lead", "2026-07-01"), "--json")  # fmt: skip
    assert json.loads(out)["origin"]["kind"] == "alert"
    name = begun()
    wfm("log", name, "0", "--kind", "done", *who("Ana", "lead", "2026-03-05"))
    wfm("log", name, "agents like it", *who("Eva", "scheduler", "2026-03-09"))
    out = wfm("check", name, "--actuals", "intervals.csv", "--html", "out/report.html",
              *who("Eva", "analyst", "2026-12-01"))  # fmt: skip
    assert "Verdict: confirmed" in out
    for block in ("1 Against target", "2 Goal reached", "3 Management", "4 Overall"):
        assert block in out
    wfm("sign", name, "--goal-reached", "yes", "--problems", "none", "--new-phenomena", "none",
        *who("Ben", "analyst", "2026-12-02"))  # fmt: skip
    out = wfm("act", name, "--standardise", "roster rule", "--what", "breaks", "--after", "14:00",
              "--owner", "Ana", "--review", "2027-06-01", "--next", "Team B too",
              *who("Ana", "lead", "2026-12-03"), "--json")  # fmt: skip
    assert json.loads(out)["parent"] == name
    shown = json.loads(wfm("show", name, "--json"))
    assert (shown["step"], shown["outcome"], shown["verdict"]) == (
        "closed", "standardised", "confirmed")  # fmt: skip
    assert all("[entered 20" in entry["reason"] for entry in shown["history"][1:])
    stats = json.loads(wfm("stats", "--json"))
    assert (stats["cycles"], stats["confirmed"]["count"]) == (3, 1)
    assert len(wfm("list").splitlines()) == 3


def test_a_check_dated_back_does_not_see_what_came_later(place):
    name = begun()
    out = wfm("check", name, "--actuals", "intervals.csv", *who("Ana", "lead", "2026-03-20"))
    assert "not testable" in out


def test_the_page_is_self_contained_escaped_and_well_formed(place):
    name = begun()
    wfm("check", name, "--actuals", "intervals.csv", "--html", "report.html",
        *who("Eva", "analyst", "2026-12-31"))  # fmt: skip
    page = (place / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=|https?://|<script", page)
    assert "@media print" in page
    assert "&lt;waiting&gt;" in page
    assert "<waiting>" not in page
    drawings = re.findall(r"<svg.*?</svg>", page, re.S)
    assert len(drawings) == 2
    for drawing in drawings:
        assert len(ET.fromstring(drawing).findall(".//circle")) == 56
    for block in ("1 Against target", "2 Goal reached", "3 Management", "4 Overall"):
        assert block in page


def test_no_effect_ends_without_a_standard_and_may_be_stopped(place):
    name = begun("flat.csv")
    out = wfm("check", name, "--actuals", "flat.csv", *who("Eva", "analyst", "2026-12-01"))
    assert "Verdict: no evidence" in out
    wfm("sign", name, "--goal-reached", "no", "--problems", "none", "--new-phenomena", "none",
        *who("Ben", "analyst", "2026-12-02"))  # fmt: skip
    standard = ("--standardise", "flow", "--what", "x", "--after", "y", "--owner", "Ana",
                "--review", "2027-06-01")  # fmt: skip
    refused = wfm("act", name, *standard, *who("Ana", "lead", "2026-12-03"), code=1)
    assert "only a confirmed change" in refused
    out = wfm("act", name, "--stop", "F2", "--reason", "wrong link",
              *who("Ana", "lead", "2026-12-03"))  # fmt: skip
    assert "stopped (F2)" in out


def test_a_plan_says_its_test_and_what_speaks_against_it_without_locking(place):
    wfm("new", "Breaks", *who("Ana", "lead", "2026-03-01"))
    name = json.loads(wfm("list", "--json"))[0]["id"]
    (place / "plan.toml").write_text(PLAN.replace("review_days = 7\n", ""), encoding="utf-8")
    out = wfm("plan", name, "--file", "plan.toml", "--actuals", "intervals.csv",
              *who("Ana", "lead", "2026-03-01"))  # fmt: skip
    assert "V2 (refused)" in out
    assert "Cannot be locked yet." in out


def test_unknown_words_in_a_plan_are_named(place):
    wfm("new", "Breaks", *who("Ana", "lead", "2026-03-01"))
    name = json.loads(wfm("list", "--json"))[0]["id"]
    (place / "plan.toml").write_text(PLAN.replace("expected", "expekted"), encoding="utf-8")
    assert "unknown words ['expekted']" in wfm("plan", name, "--file", "plan.toml", code=1)


def test_the_variance_of_a_plan_is_shown_by_day(place, tmp_path):
    from wfm.adapters import folder
    from wfm.adapters.demo import demo_history, demo_scenario
    from wfm.plan import make_plan

    past, notes = demo_history()
    made = make_plan(demo_scenario().revise("size only", people=()), past, notes=notes)
    folder.save_plan(made, "plan")
    came = made.forecast.merge(made.requirement[["queue", "start", "scheduled"]])
    came = came.assign(volume=came["volume"] * 1.1, heads=came["scheduled"])
    came.to_csv("actuals.csv", index=False)
    result = CliRunner().invoke(cli, [
        "variance", "plan", "--actuals", "actuals.csv", "--by", "day,queue", "--as-planned",
        "shrinkage,adherence", "--out", "split.csv", "--json"], standalone_mode=False)  # fmt: skip
    assert result.exception is None, result.exception
    got = json.loads(result.output)
    assert got["largest"] == "volume"
    row = next(r for r in got["rows"] if r["queue"] == "voice")
    parts = sum(row[d] for d in ("volume", "aht_s", "heads", "shrinkage", "adherence"))
    assert row["planned"] + parts == pytest.approx(row["modelled"], abs=1e-12)
    assert len(pd.read_csv("split.csv")) == len(got["rows"])


@pytest.mark.parametrize("driver", ["clear answer", "clear answer,0.4,3.6", "a,0.4,3.6,high"])
def test_a_driver_that_cannot_be_read_is_asked_for_by_example(place, driver):
    assert "such as 'clear answer,0.4,3.6,4.2'" in wfm("new", "x", "--driver", driver, code=1)
