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
    before = wiring.app().plan_stamp("out")
    code, out, _ = wfm(*CHANGE, "--try")
    assert code == 0
    assert "(+50.0%), by Ana: price letter" in out
    assert wiring.app().plan_stamp("out") == before
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
    assert "one of --percent and --contacts" in err


def write(frame, name="calls.csv"):
    frame.to_csv(name, index=False)


def days_only():
    """The same contacts as day totals."""
    table = calls().assign(start=lambda f: f["start"].str.slice(0, 10))
    return table.groupby("start", as_index=False)["offered"].sum()


@pytest.mark.parametrize("command", ["forecast", "backtest", "clean"])
def test_day_totals_are_taken_as_they_are(place, wfm, command):
    write(days_only())
    more = ("--origins", "1", "--weeks", "2") if command == "backtest" else ()
    code, out, err = wfm(command, *HISTORY, *more)
    assert code == 0, err
    if command == "forecast":
        assert "day totals" in out.splitlines()[0]


def test_a_plan_still_refuses_day_totals_and_says_who_takes_them(place, wfm):
    write(days_only())
    code, _, err = wfm("plan", "--history", "calls.csv", "--scenario", "scenario.toml")
    assert code == cli.BAD_INPUT
    assert "wfm forecast, backtest and clean take day totals" in err


def test_a_wide_file_is_read_without_a_scenario(place, wfm):
    table = days_only().rename(columns={"offered": "voice"})
    write(table.assign(walk_in=7))
    code, _, err = wfm("forecast", *HISTORY)
    assert (code, "--layout wide" in err) == (cli.BAD_INPUT, True)
    values = json.loads(wfm("forecast", *HISTORY, "--layout", "wide", "--json")[1])
    assert {row["queue"] for row in values["rows"]} == {"voice", "walk_in"}


def test_headers_of_ones_own_are_named_in_a_scenario(place, wfm):
    write(calls().rename(columns={"start": "When", "offered": "In"}))
    code, _, err = wfm("forecast", *HISTORY)
    assert (code, "[history] of a scenario file (--scenario)" in err) == (cli.BAD_INPUT, True)
    named = SCENARIO + '[history]\ncolumns = {start = "When", offered = "In"}\n'
    (place / "named.toml").write_text(named, encoding="utf-8")
    code, out, _ = wfm("forecast", "--history", "calls.csv", "--scenario", "named.toml")
    assert code == 0
    assert "Column 'When' is the start." in out


def test_without_a_zone_it_is_asked_for(place, wfm):
    code, _, err = wfm("forecast", "--history", "calls.csv")
    assert (code, "--timezone ZONE" in err) == (cli.BAD_INPUT, True)


def test_rows_of_the_future_are_refused_unless_now_is_later(place, wfm):
    ahead = calls().assign(start=lambda f: f["start"].str.replace("2026", "2062"))
    write(ahead)
    for command in ("forecast", "backtest", "clean"):
        code, _, err = wfm(command, *HISTORY)
        assert (code, "start after now" in err) == (cli.BAD_INPUT, True)
    assert wfm("forecast", *HISTORY, "--now", "2062-04-10")[0] == 0


def test_a_plan_tells_of_rows_of_the_future(place, wfm):
    write(calls().assign(start=lambda f: f["start"].str.replace("2026", "2029")))
    assert wfm(*PLAN, "--out", "out")[0] == 0
    assert "rows start after now" in wfm("show", "--plan", "out")[1]


def test_the_running_day_is_left_out_of_day_totals(place, wfm):
    write(days_only())
    last = "2026-04-03"
    out = wfm("forecast", *HISTORY, "--now", f"{last} 11:00")[1]
    assert "Forecast of Fri 03 Apr 2026" in out
    assert "1 rows left out (first: 2026-04-03 00:00)" in out
    assert "Forecast of Sat 04 Apr" in wfm("forecast", *HISTORY, "--now", "2026-04-04 00:30")[1]


def two_queues(stop="2026-02-20"):
    """Voice goes on; the fax line stops."""
    fax = calls(rate=20).assign(queue="fax")
    return pd.concat([calls(), fax[fax["start"] < stop]])


def test_a_queue_that_ended_is_not_forecast_unasked(place, wfm):
    write(two_queues())
    code, _, err = wfm("forecast", *HISTORY)
    assert code == cli.BAD_INPUT
    assert "queue 'fax', no contact after 2026-02-19" in err
    left = json.loads(wfm("forecast", *HISTORY, "--leave-out", "fax", "--json")[1])
    assert {row["queue"] for row in left["rows"]} == {"voice"}
    kept = json.loads(wfm("forecast", *HISTORY, "--keep", "fax", "--json")[1])
    assert {row["queue"] for row in kept["rows"]} == {"voice", "fax"}
    assert any("queue 'fax' has no contact after" in note for note in kept["notes"])


def test_a_queue_that_stopped_two_weeks_ago_is_noted(place, wfm):
    write(two_queues(stop="2026-03-20"))
    code, out, _ = wfm("forecast", *HISTORY)
    assert code == 0
    assert "queue 'fax' has no contact after 2026-03-19, 15 days before" in out


def test_a_queue_that_cannot_be_used_yet_stops_no_other(place, wfm):
    young = calls().assign(queue="chat").tail(40)  # two days
    write(pd.concat([calls(), young]))
    replayed = ("backtest", *HISTORY, "--origins", "1", "--weeks", "1")
    code, _, err = wfm(*replayed)
    assert code == cli.BAD_INPUT
    assert '--leave-out "chat"' in err
    assert wfm(*replayed, "--leave-out", "chat")[0] == 0


def test_a_queue_of_two_days_borrows_and_says_from_whom(place, wfm):
    write(pd.concat([calls(), calls().assign(queue="chat").tail(40)]))
    code, out, _ = wfm("forecast", *HISTORY)
    assert code == 0
    assert "queue 'chat'" in out
    assert "borrow" in out
    assert wfm("clean", *HISTORY)[0] == 0


def test_models_left_empty_are_asked_for_by_the_option(place, wfm):
    code, _, err = wfm("backtest", *HISTORY, "--models", ",")
    assert (code, "--models: expected names" in err) == (cli.BAD_INPUT, True)


@pytest.mark.parametrize("command", ["backtest", "clean"])
def test_what_was_summed_is_said_by_every_command(place, wfm, command):
    fine = pd.concat([
        calls().assign(start=lambda f, m=m: pd.to_datetime(f["start"]) + pd.Timedelta(minutes=m))
        for m in (0, 15)
    ])  # fmt: skip
    write(fine.sort_values("start"))
    more = ("--origins", "1", "--weeks", "1") if command == "backtest" else ()
    code, out, _ = wfm(command, *HISTORY, *more)
    assert (code, "counts by 15 min; summed to 30 min" in out) == (0, True)


def test_a_late_announcement_and_a_wrong_year_are_told(place, wfm):
    late = CAMPAIGNS.replace("all", "voice=1").replace("2026-03-20", "2026-05-27")
    wrong = "old,mailing,2025-04-07,10000,0.02,0.02,0.02,0.5;0.5,voice=1,2025-03-20\n"
    (place / "campaigns.csv").write_text(late + wrong, encoding="utf-8")
    out = wfm("forecast", *HISTORY, "--campaigns", "campaigns.csv")[1]
    assert "announced 50 days after its start" in out
    assert "campaign 'old' (2025-04-07 to 2025-04-08) lies before the history begins" in out


def test_one_interval_is_enough_to_reforecast(planned, wfm):
    morning(60.0, until="08:30").to_csv("today.csv", index=False)
    values = json.loads(wfm("reforecast", "out", "--actuals", "today.csv", "--json")[1])
    assert values["at"].startswith("2026-04-07T08:30")
    assert values["days"][0]["so_far"] == 60
    assert any("taken as 30 min" in note for note in values["notes"])


def test_at_the_end_of_the_day_nothing_is_still_to_come(planned, wfm):
    morning(60.0).to_csv("today.csv", index=False)
    arguments = ("reforecast", "out", "--actuals", "today.csv", "--at", "23:59")
    values = json.loads(wfm(*arguments, "--json")[1])
    day = values["days"][0]
    assert (day["rest"], day["masked"] > 100) == (0, True)
    assert day["so_far"] + day["masked"] == pytest.approx(day["volume"])
    assert any("no usable count" in note for note in values["notes"])


def test_actuals_of_other_queues_alone_are_refused(planned, wfm):
    morning().assign(queue="fax").to_csv("today.csv", index=False)
    code, _, err = wfm("reforecast", "out", "--actuals", "today.csv")
    assert (code, "no queue of the plan" in err) == (cli.BAD_INPUT, True)


def test_an_override_is_taken_back(planned, wfm):
    before = pd.read_csv(planned / "out" / "coverage.csv", encoding="utf-8-sig")
    assert wfm(*CHANGE)[0] == 0
    code, out, _ = wfm("take-back", "out")
    assert code == 0
    assert "Ana changed queue 'voice' from 2026-04-08 00:00 to 2026-04-09 00:00" in out
    assert "0 overrides left" in out
    after = pd.read_csv(planned / "out" / "coverage.csv", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(before, after)
    code, _, err = wfm("take-back", "out")
    assert (code, "nothing to take back" in err) == (cli.BAD_INPUT, True)


@pytest.mark.parametrize("percent", ["-100", "-150"])
def test_a_percentage_that_leaves_nobody_names_the_option(planned, wfm, percent):
    code, _, err = wfm(*[a.replace("+50", percent) for a in CHANGE])
    assert (code, "--percent expects more than -100" in err) == (cli.BAD_INPUT, True)


@pytest.mark.parametrize("out", ["calls.csv", "./calls.csv", "fc.xlsx", "."])
def test_an_input_is_not_written_over_and_csv_is_csv(place, wfm, out):
    before = (place / "calls.csv").read_bytes()
    for command in ("forecast", "backtest", "clean"):
        code, _, err = wfm(command, *HISTORY, "--out", out)
        assert (code, "--out: " in err) == (cli.BAD_INPUT, True)
    assert (place / "calls.csv").read_bytes() == before
    assert not (place / "fc.xlsx").exists()


def test_log_and_cleaned_history_are_two_files(place, wfm):
    code, _, err = wfm("clean", *HISTORY, "--out", "x.csv", "--cleaned", "x.csv")
    assert (code, "--out: x.csv is another file of this command" in err) == (cli.BAD_INPUT, True)


def test_a_forecast_as_of_a_past_day_does_not_know_the_later_ones(place, wfm):
    whole = calls()
    asked = ("--now", "2026-03-16", "--json")
    known = json.loads(wfm("forecast", *HISTORY, *asked)[1])
    assert any("rows start after 2026-03-16 00:00 and are left out" in n for n in known["notes"])
    write(whole[whole["start"] < "2026-03-16"])
    assert json.loads(wfm("forecast", *HISTORY, *asked)[1])["rows"] == known["rows"]


def test_an_unknown_country_is_answered_in_words_of_the_option(place, wfm):
    code, _, err = wfm("forecast", *HISTORY, "--country", "XX")
    assert (code, "give a country code such as 'US'" in err) == (cli.BAD_INPUT, True)
