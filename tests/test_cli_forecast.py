"""The commands about forecasts as a person uses them: exit codes, words, files."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from tests.test_cli import PLAN, SCENARIO, run
from wfm import cli, wiring
from wfm.app import App

NOW = dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC)
ZONE = ("--timezone", "Europe/Berlin")
HISTORY = ("--history", "calls.csv", *ZONE)
CAMPAIGNS = (
    "name,kind,start,audience,response_low,response_mid,response_high,lag,split,registered_on\n"
    "bills,mailing,2026-04-07,10000,0.02,0.02,0.02,0.5;0.5,all,2026-03-20\n"
)


def calls(weeks=13, rate=40):
    days = pd.date_range("2026-01-05", periods=7 * weeks, freq="D")
    clock = pd.timedelta_range("8h", "17h30min", freq="30min")
    start = pd.DatetimeIndex([d + c for d in days[days.day_of_week < 5] for c in clock])
    draw = np.random.default_rng(1)
    of_day = np.repeat(draw.gamma(50, 1 / 50, len(start) // 20), 20)  # days differ by 14 %
    offered = draw.poisson(rate * of_day)
    offered[start.strftime("%m-%d %H") == "02-03 10"] *= 10
    return pd.DataFrame(
        {"queue": "voice", "start": start.strftime("%Y-%m-%d %H:%M"), "offered": offered,
         "aht_s": 240}
    )  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    calls().to_csv("calls.csv", index=False)
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "campaigns.csv").write_text(CAMPAIGNS.replace("all", "voice=1"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def wfm(monkeypatch, capsys):
    stopped = App(dataclasses.replace(wiring.app().ports, now=lambda: NOW))
    monkeypatch.setattr(wiring, "app", lambda: stopped)
    return lambda *arguments, **more: run(monkeypatch, capsys, *arguments, **more)


def test_a_forecast_covers_the_weeks_asked_and_can_be_sized(place, wfm):
    code, out, _ = wfm("forecast", *HISTORY, "--weeks", "2", "--out", "fc.csv")
    assert code == 0
    assert "Forecast of Sat 04 Apr 2026 to Fri 17 Apr 2026" in out
    frame = pd.read_csv("fc.csv", encoding="utf-8-sig")
    assert len(frame) == 14 * 48
    code, out, _ = wfm("size", "fc.csv", "--scenario", "scenario.toml")
    assert code == 0
    assert "voice: Erlang C" in out


def test_campaigns_add_their_contacts_to_a_forecast(place, wfm):
    volumes = []
    for more in ((), ("--campaigns", "campaigns.csv")):
        values = json.loads(wfm("forecast", *HISTORY, "--json", *more)[1])
        volumes.append(sum(row["volume"] for row in values["rows"]))
    assert volumes[1] - volumes[0] == pytest.approx(200.0)


def test_a_backtest_ranks_the_models_and_keeps_the_losers(place, wfm):
    code, out, _ = wfm("backtest", *HISTORY, "--origins", "2", "--weeks", "2", "--out", "board.csv")
    assert code == 0
    lines = [line.split()[0] for line in out.splitlines() if line.startswith("  ")]
    lines = [word for word in lines if word != "note"]
    assert lines[1:] == pd.read_csv("board.csv").query("lead == 'all'")["model"].tolist()
    assert {"weekday_mean", "seasonal_naive"} < set(lines)
    values = json.loads(wfm("backtest", *HISTORY, "--origins", "1", "--weeks", "1", "--json")[1])
    assert values["champion"]["voice"] in lines


def test_an_unknown_model_is_bad_input(place, wfm):
    code, _, err = wfm("backtest", *HISTORY, "--models", "crystal_ball")
    assert code == cli.BAD_INPUT
    assert "crystal_ball" in err


def test_cleaning_says_what_and_why_and_writes_both_tables(place, wfm):
    code, out, _ = wfm("clean", *HISTORY, "--out", "log.csv", "--cleaned", "clean.csv")
    assert code == 0
    assert "voice: outlier 2026-02-03 10:00 to 2026-02-03 11:00" in out
    log = pd.read_csv("log.csv", encoding="utf-8-sig")
    assert log["what"].tolist() == ["outlier"]
    cleaned = pd.read_csv("clean.csv", encoding="utf-8-sig")
    assert cleaned["offered"].max() < 150 < calls()["offered"].max()


def test_a_clean_history_says_so(place, wfm):
    calls().assign(offered=lambda f: f["offered"].clip(upper=80)).to_csv("calls.csv", index=False)
    assert "Nothing to clean" in wfm("clean", *HISTORY)[1]


def test_a_queue_that_is_not_there_is_named(place, wfm):
    code, _, err = wfm("forecast", *HISTORY, "--queue", "fax")
    assert code == cli.BAD_INPUT
    assert "no queue 'fax'" in err
    assert "'voice'" in err


@pytest.fixture
def planned(place, wfm):
    assert wfm(*PLAN, "--out", "out", "--campaigns", "campaigns.csv")[0] == 0
    return place


def morning(rate=60.0, until="12:00"):
    start = pd.date_range("2026-04-07 08:00", f"2026-04-07 {until}", freq="30min", inclusive="left")
    return pd.DataFrame({"queue": "voice", "start": start, "offered": rate})


def test_a_plan_keeps_campaigns_and_what_was_cleaned(planned, wfm):
    out = wfm("show", "--plan", "out")[1]
    assert "campaign 'bills': 200 of its 200 contacts" in out
    assert "history: outlier, 1 in all" in out
    log = pd.read_csv(planned / "out" / "cleaning.csv", encoding="utf-8-sig")
    assert log["what"].tolist() == ["outlier"]


def test_a_busy_morning_raises_the_rest_of_the_day(planned, wfm):
    morning(90.0).to_csv("today.csv", index=False)
    code, out, _ = wfm("reforecast", "out", "--actuals", "today.csv", "--out", "re.csv")
    assert code == 0
    assert "At Tue 07 Apr 2026 12:00" in out
    assert "no campaign" not in out  # the day is one of the register's
    values = json.loads(wfm("reforecast", "out", "--actuals", "today.csv", "--json")[1])
    assert values["days"][0]["so_far"] == 8 * 90
    assert values["days"][0]["factor"] > 1
    assert {row["event"] for row in values["signals"]} <= {"bills"}
    frame = pd.read_csv("re.csv", encoding="utf-8-sig")
    assert frame["status"].value_counts()["known"] == 8


def test_an_earlier_time_hides_what_came_after_it(planned, wfm):
    morning().to_csv("today.csv", index=False)
    arguments = ("reforecast", "out", "--actuals", "today.csv", "--at", "2026-04-07 10:00")
    values = json.loads(wfm(*arguments, "--json")[1])
    assert values["days"][0]["so_far"] == 4 * 60


def test_a_day_that_is_not_planned_is_refused(planned, wfm):
    late = morning().assign(start=lambda f: f["start"] + pd.Timedelta(days=300))
    late.to_csv("today.csv", index=False)
    code, _, err = wfm("reforecast", "out", "--actuals", "today.csv")
    assert code == cli.BAD_INPUT
    assert "no day of the forecast" in err


CHANGE = ("override", "out", "--queue", "voice", "--from", "2026-04-08", "--to", "2026-04-09",
          "--percent", "+50", "--reason", "price letter", "--by", "Ana")  # fmt: skip


def test_an_override_is_tried_before_it_is_made(planned, wfm):
    before = (planned / "out" / "plan.json").read_bytes()
    code, out, _ = wfm(*CHANGE, "--try")
    assert code == 0
    assert "(+50.0%), by Ana: price letter" in out
    assert (planned / "out" / "plan.json").read_bytes() == before
    code, out, _ = wfm(*CHANGE)
    assert code == 0
    assert "1 override in all" in out
    assert "Ana changed queue 'voice'" in wfm("show", "--plan", "out")[1]
    rows = pd.read_csv(planned / "out" / "shifts.csv", encoding="utf-8-sig")
    assert len(rows)


def test_an_override_lowers_too_and_its_worth_is_told_later(planned, wfm):
    first = json.loads(wfm(*[a.replace("+50", "-50") for a in CHANGE], "--json")[1])
    assert first["contacts"][1] == pytest.approx(first["contacts"][0] / 2)
    came = morning(round(first["contacts"][1] / 20), until="18:00")
    came.assign(start=came["start"] + pd.Timedelta(days=1)).to_csv("came.csv", index=False)
    code, out, _ = wfm("value-added", "out", "--actuals", "came.csv")
    assert code == 0
    assert "by Ana (price letter)" in out
    assert "better on 1 and worse on 0 days: undecided" in out


def test_worth_needs_an_override(planned, wfm):
    morning().to_csv("came.csv", index=False)
    code, _, err = wfm("value-added", "out", "--actuals", "came.csv")
    assert code == cli.BAD_INPUT
    assert "nobody changed the forecast" in err


@pytest.mark.parametrize("wrong", [("--percent", "+10", "--contacts", "5"), ()])
def test_an_override_takes_percent_or_contacts(planned, wfm, wrong):
    base = [a for a in CHANGE if a not in ("--percent", "+50")]
    code, _, err = wfm(*base, *wrong)
    assert code == cli.BAD_INPUT
    assert "either change or value" in err
