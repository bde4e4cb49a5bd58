"""Does the engine sum before it divides, keep definitions apart and refuse what misleads?"""

import numpy as np
import pandas as pd
import pytest

from tests.kpi import tables as t
from wfm import kpi
from wfm.errors import BadInput
from wfm.kpi import tally, timesheet

COUNTS = {"abandoned": 0, "abandoned_in_awt": 0}


def test_a_ratio_of_sums_is_not_the_mean_of_ratios():
    day = pd.DataFrame({"answered": [10, 200], "answered_in_awt": [10, 140]}).assign(**COUNTS)
    assert kpi.compute("service_level", day)["value"][0] == pytest.approx(0.714285714285714)


def test_six_definitions_of_one_day():
    day = pd.DataFrame({
        "answered": [1000], "abandoned": [60], "answered_in_awt": [860], "abandoned_in_awt": [20],
        "abandoned_short": [10],
    })  # fmt: skip
    got = kpi.variants("service_level", day, "rule")
    assert got["variant"].tolist() == ["SL1", "SL2", "SL3", "SL4", "SL5", "SL6"]
    assert got["value"].tolist() == pytest.approx([
        0.830188679245283, 0.86, 0.811320754716981, 0.826923076923077, 0.820754716981132,
        0.819047619047619,
    ], rel=1e-12)  # fmt: skip
    assert got["definition"].nunique() == 6


def test_adherence_is_not_conformance():
    plan = pd.DataFrame({
        "agent": ["a"], "start": t.at("2026-03-02 09:00"), "end": t.at("2026-03-02 10:00"),
        "activity": ["work"],
    })  # fmt: skip
    done = pd.DataFrame({
        "agent": ["a", "a"], "start": t.at("2026-03-02 09:15", "2026-03-02 09:40"),
        "end": t.at("2026-03-02 09:40", "2026-03-02 10:15"), "state": ["ready", "talk"],
    })  # fmt: skip
    seconds = timesheet.adherence_seconds(plan, done, mapping={"ready": "work", "talk": "work"})
    assert kpi.compute("adherence", seconds, by=["agent"])["value"].tolist() == [0.75]
    assert kpi.compute("conformance", seconds, by=["agent"])["value"].tolist() == [1.0]


def test_grace_forgives_a_late_start_and_the_threshold_is_kept_with_the_count():
    plan = pd.DataFrame({
        "agent": ["a"], "start": t.at("2026-03-02 09:00"), "end": t.at("2026-03-02 10:00"),
        "activity": ["work"],
    })  # fmt: skip
    late = plan.rename(columns={"activity": "state"}).assign(start=t.at("2026-03-02 09:02"))
    strict = timesheet.adherence_seconds(plan, late)
    mild = timesheet.adherence_seconds(plan, late, grace_s=120)
    assert strict["in_adherence_s"].tolist() == [3480]
    assert mild["in_adherence_s"].tolist() == [3600]
    with pytest.raises(BadInput, match="grace_s = 120"):
        kpi.compute("adherence", mild)
    assert kpi.compute("adherence", mild, grace_s=120)["value"].tolist() == [1.0]


@pytest.mark.parametrize("bad", [
    lambda f: f.drop(columns="activity"),
    lambda f: f.assign(end=f["start"] - pd.Timedelta("1h")),
    lambda f: pd.concat([f, f]),
    lambda f: f.assign(start=f["start"].dt.tz_localize(None)),
])  # fmt: skip
def test_time_sheets_that_make_no_sense_are_refused(bad):
    plan = pd.DataFrame({
        "agent": ["a"], "start": t.at("2026-03-02 09:00"), "end": t.at("2026-03-02 10:00"),
        "activity": ["work"],
    })  # fmt: skip
    with pytest.raises(BadInput):
        timesheet.adherence_seconds(bad(plan), plan.rename(columns={"activity": "state"}))


def test_attrition_of_one_month_by_two_definitions_cannot_be_subtracted():
    month = pd.DataFrame({"leavers": [17], "headcount": [48], "ever_employed": [63]})
    one = kpi.compute("attrition_annual", month, annual=False)
    other = kpi.compute("attrition_annual", month, annual=False, heads="ever_employed")
    assert one["value"][0] == pytest.approx(0.354166666666667)
    assert other["value"][0] == pytest.approx(0.26984126984127)
    assert kpi.compute("attrition_annual", month)["value"][0] == pytest.approx(12 * 17 / 48)
    with pytest.raises(BadInput, match="different definition"):
        kpi.difference(one, other)
    assert kpi.difference(one, one)["difference"].tolist() == [0.0]


def test_differences_meet_by_group():
    before = kpi.compute("aht_s", t.AGENTS, by=["agent"])
    after = kpi.compute("aht_s", t.AGENTS.assign(acw_s=0), by=["agent"])
    got = kpi.difference(before, after.iloc[::-1]).set_index("agent")
    assert got.loc["ann", "difference"] == pytest.approx(-29.0)
    assert got.loc["bob", "difference"] == pytest.approx(-3300 / 75)
    with pytest.raises(BadInput, match="groups differ"):
        kpi.difference(before, kpi.compute("aht_s", t.AGENTS))


def test_wape_and_bias_of_the_worked_example():
    week = pd.DataFrame({"forecast_volume": [100] * 4, "offered": [90, 105, 100, 110]})
    assert kpi.compute("wape", week)["value"][0] == pytest.approx(0.0617283950617284)
    assert kpi.compute("forecast_bias", week)["value"][0] == pytest.approx(-0.0123456790123457)


def test_nps_and_its_error():
    answers = pd.DataFrame({"nps": [9] * 90 + [7] * 60 + [6] * 50})
    got = kpi.compute("nps", answers).iloc[0]
    assert got["value"] == 20.0
    assert (got["hi"] - got["lo"]) / 2 == pytest.approx(1.95996398454 * 5.7445626465)


def test_five_of_five_good_checks_may_still_mean_fifty_seven_percent():
    got = kpi.compute("critical_error_accuracy", pd.DataFrame({"qa_critical": [0] * 5})).iloc[0]
    assert (got["value"], got["n"]) == (1.0, 5)
    assert got["lo"] == pytest.approx(0.565517535217)


def test_patience_from_censored_waits():
    day = pd.DataFrame({"wait_answered_s": [11000], "wait_abandoned_s": [1000], "abandoned": [60]})
    assert kpi.compute("patience_s", day)["value"].tolist() == [200.0]


def test_no_contacts_is_undefined_neither_zero_nor_one():
    got = kpi.compute("service_level", t.INTERVALS, by=["interval"])
    assert got["value"].tolist() == pytest.approx([8 / 9, 0.5, np.nan, np.nan], nan_ok=True)
    assert got["lo"].isna().tolist() == [False, False, True, True]


def test_calendar_words_group_in_local_time():
    start = t.at("2026-03-01 23:30", "2026-03-02 00:00", "2026-03-08 12:00", "2026-04-01 00:00")
    day = pd.DataFrame({"start": start, "answered": 1, "abandoned": 0})
    assert kpi.compute("answer_rate", day, by=["day"])["n"].tolist() == [1, 1, 1, 1]
    week = kpi.compute("answer_rate", day, by=["week"])
    assert week["week"].dt.strftime("%m-%d").tolist() == ["02-23", "03-02", "03-30"]
    assert week["n"].tolist() == [1, 2, 1]
    for word, counts in [("month", [3, 1]), ("quarter", [3, 1]), ("year", [4]), ("hour", [1] * 4)]:
        assert kpi.compute("answer_rate", day, by=[word])["n"].tolist() == counts
    assert kpi.compute("answer_rate", day, by=["weekday"])["weekday"].tolist() == [0, 2, 6]


def test_the_hour_that_comes_twice_stays_two_hours():
    start = pd.date_range("2026-10-25 00:00", periods=4, freq="30min", tz="UTC")
    local = start.tz_convert("Europe/Berlin")  # 02:00, 02:30, then 02:00 and 02:30 again
    day = pd.DataFrame({"start": local, "answered": [1, 2, 4, 8], "abandoned": 0})
    assert kpi.compute("answer_rate", day, by=["hour"])["n"].tolist() == [3, 12]
    assert kpi.compute("answer_rate", day, by=["day"])["n"].tolist() == [15]
    contacts = pd.DataFrame({"queue": "v", "contact_at": local, "wait_s": 1.0, "answered": 1})
    assert len(tally.intervals(contacts)) == 4


def test_counts_from_contacts_follow_the_threshold():
    wide = tally.intervals(t.CONTACTS, awt_s=40)
    assert wide["answered_in_awt"].sum() == 6
    assert wide["abandoned_in_awt"].sum() == 2
    with pytest.raises(BadInput, match="awt_s = 40"):
        kpi.compute("service_level", wide)
    got = kpi.compute("service_level", wide, awt_s=40)
    assert (got["numerator"][0], got["denominator"][0]) == (6, 8)
    assert tally.intervals(t.CONTACTS)["offered"].tolist() == [7, 3]


def test_abandoned_at_the_short_limit_is_not_short_and_answered_at_awt_is_in_time():
    two = pd.DataFrame({
        "queue": "v", "contact_at": t.at("2026-03-02 09:00", "2026-03-02 09:00"),
        "wait_s": [5.0, 20.0], "answered": [0, 1],
    })  # fmt: skip
    got = tally.intervals(two).iloc[0]
    assert (got["abandoned_short"], got["answered_in_awt"]) == (0, 1)


@pytest.mark.parametrize(("key", "by"), [
    ("occupancy", ["agent"]),
    ("service_level", ["agent"]),
    ("nps", ["agent"]),
    ("nps", ["queue"]),
    ("attendance", ["queue"]),
])  # fmt: skip
def test_levels_a_kpi_does_not_have_are_refused(key, by):
    table = {"occupancy": t.AGENTS, "attendance": t.AGENTS.assign(queue="v"), "nps": t.SURVEYS}
    with pytest.raises(BadInput, match="not a measure of"):
        kpi.compute(key, table.get(key, t.INTERVALS.assign(agent="a")), by=by)


def test_a_queue_measure_is_not_pooled_over_queues_by_accident():
    two = pd.concat([t.INTERVALS, t.INTERVALS.assign(queue="chat")])
    with pytest.raises(BadInput, match="by=\\['queue'\\]"):
        kpi.compute("staffing_gap", two)
    assert kpi.compute("staffing_gap", two, by=["queue"])["value"].tolist() == [0.25, 0.25]


def test_a_gap_at_noon_is_not_repaired_by_a_surplus_at_night():
    two = pd.DataFrame({"scheduled": [0.0, 4.0], "required": [2.0, 2.0]})
    assert kpi.compute("schedule_efficiency", two)["value"].tolist() == [0.0]


def test_few_answers_about_the_employer_are_withheld():
    got = kpi.compute("enps", pd.DataFrame({"enps": [10, 10, 0, 5]})).iloc[0]
    assert got["n"] == 4
    assert got[["value", "lo", "hi", "numerator", "denominator"]].isna().all()


def test_fairness_compares_one_contract_at_a_time():
    mixed = t.DUTIES.assign(contract=["full"] * 4 + ["part"] * 2)
    with pytest.raises(BadInput, match="one contract"):
        kpi.compute("roster_fairness", mixed)
    got = kpi.compute("roster_fairness", mixed, by=["contract"])
    assert got["value"].tolist() == pytest.approx([1 / 6, np.nan], nan_ok=True)


def test_kinds_of_critical_error_stay_apart():
    rows = pd.DataFrame({"qa_critical": [0, 1, 0, 0], "qa_kind": ["customer", "business"] * 2})
    with pytest.raises(BadInput, match="kept apart"):
        kpi.compute("critical_error_accuracy", rows)
    assert kpi.compute("critical_error_accuracy", rows, kind="business")["value"][0] == 0.5
    assert kpi.compute("critical_error_accuracy", rows, by=["qa_kind"])["n"].tolist() == [2, 2]


def test_backlog_at_several_instants_is_not_added_up():
    instants = [t.NOON - pd.Timedelta(days=1), t.NOON]
    with pytest.raises(BadInput, match="several instants"):
        kpi.compute("backlog", t.CASES, at=instants)
    got = kpi.compute("backlog", t.CASES, by=["at"], at=instants)
    assert got["value"].tolist() == [2, 2], "cases 3 and 4, then 3 and 5"


def test_an_overdue_open_case_is_a_failure_not_a_gap():
    late = t.CASES.iloc[[2]]
    assert kpi.compute("response_in_target", late, at=t.NOON)["value"].tolist() == [0.0]
    before = t.at("2026-03-03 12:00")[0]
    assert np.isnan(kpi.compute("response_in_target", late, at=before)["value"][0])


def test_a_case_opened_again_later_was_still_closed_in_time_then():
    then = t.at("2026-03-03 12:00")[0]
    got = kpi.compute("complaint_on_time", t.CASES, at=then)
    assert (got["numerator"][0], got["denominator"][0]) == (1, 2)


def test_a_hit_on_the_limit_itself_does_not_fail_by_rounding():
    edge = pd.DataFrame({"forecast_volume": [0.7], "offered": [1]})
    assert kpi.compute("interval_hit_rate", edge, delta=0.3)["value"].tolist() == [1.0]


def test_coarser_columns_may_stand_beside_a_level_the_kpi_has():
    calls = kpi.compute("connect_rate", t.AGENTS, by=["team", "agent"])
    assert calls["numerator"].tolist() == [90, 50]
    gaps = kpi.compute("staffing_gap", t.INTERVALS.assign(site="x"), by=["site", "queue"])
    assert gaps["value"].tolist() == [0.25]


def test_notice_given_after_the_start_is_no_notice():
    late = t.CAMPAIGNS.iloc[[3]]
    assert kpi.compute("notice_days", late)["value"].tolist() == [0.0]


def test_a_signal_after_the_window_does_not_undo_a_sustained_effect():
    cycle = t.CYCLES.iloc[[1]].assign(opposite_signal_at=t.at("2026-06-01"))
    at = t.at("2026-07-01")[0]
    assert kpi.compute("pdca_sustained", cycle, at=at)["value"].tolist() == [1.0]
    assert kpi.compute("pdca_sustained", cycle, at=at, days=120)["value"].tolist() == [0.0]


def test_a_target_locked_after_the_first_look_does_not_count():
    looked = t.CYCLES.assign(looked_at=t.at("2026-01-04", "2026-02-01", "2026-02-09", ""))
    assert kpi.compute("pdca_preregistered", looked)["numerator"].tolist() == [1]


def test_time_in_an_activity_that_was_not_scheduled_is_not_worked():
    plan = pd.DataFrame({
        "agent": ["a"], "start": t.at("2026-03-02 09:00"), "end": t.at("2026-03-02 10:00"),
        "activity": ["work"],
    })  # fmt: skip
    done = pd.DataFrame({
        "agent": "a", "start": t.at("2026-03-02 09:00", "2026-03-02 09:30"),
        "end": t.at("2026-03-02 09:30", "2026-03-02 10:00"), "state": ["work", "chatting"],
    })  # fmt: skip
    got = timesheet.adherence_seconds(plan, done).iloc[0]
    assert (got["worked_s"], got["in_adherence_s"], got["scheduled_s"]) == (1800, 1800, 3600)


def test_a_repeat_just_inside_the_window_counts_and_just_outside_does_not():
    at = t.at("2026-03-02 09:00", "2026-03-04 09:00", "2026-03-06 09:01", "2026-04-01 09:00")
    visits = pd.DataFrame({"customer_key": "a", "reason": "bill", "contact_at": at})
    got = kpi.compute("fcr", visits, window_h=48)
    assert (got["numerator"][0], got["denominator"][0]) == (1, 2)


def test_an_issue_belongs_to_the_agent_of_its_first_contact():
    got = kpi.compute("fcr", t.VISITS, by=["agent"]).set_index("agent")
    assert got.loc["ann", "denominator"] == 5
    assert got.loc["bob", "denominator"] == 2


@pytest.mark.parametrize("bad", [
    lambda: kpi.compute("servce_level", t.INTERVALS),
    lambda: kpi.compute("service_level", t.INTERVALS, rule="SL9"),
    lambda: kpi.compute("service_level", t.INTERVALS, window=3),
    lambda: kpi.compute("service_level", t.INTERVALS, by=["colour"]),
    lambda: kpi.compute("service_level", t.INTERVALS, by=["queue", "queue"]),
    lambda: kpi.compute("service_level", t.INTERVALS, by=["value"]),
    lambda: kpi.compute("service_level", t.INTERVALS.assign(answered=-1)),
    lambda: kpi.compute("service_level", t.INTERVALS.assign(answered_in_awt=99)),
    lambda: kpi.compute("service_level", t.INTERVALS.assign(answered="9")),
    lambda: kpi.compute("service_level", t.INTERVALS, confidence=95),
    lambda: kpi.compute("service_level", t.INTERVALS.drop(columns="start"), by=["day"]),
    lambda: kpi.compute("service_level", t.INTERVALS.assign(queue=None), by=["queue"]),
    lambda: kpi.compute("service_level", [1, 2]),
    lambda: kpi.compute("intervals_in_band", t.INTERVALS),
    lambda: kpi.compute("csat", pd.DataFrame({"csat": [7]})),
    lambda: kpi.compute("nps", pd.DataFrame({"nps": [8.5]})),
    lambda: kpi.compute("survey_response", t.SURVEYS.assign(invitations=0)),
    lambda: kpi.compute("backlog", t.CASES, at="2026-03-05 12:00"),
    lambda: kpi.compute("qa_agreement", pd.concat([t.TWICE, t.TWICE.assign(qa_scorer="max")])),
    lambda: kpi.compute("pdca_confirmed", pd.DataFrame({"verdict": ["great"]})),
    lambda: kpi.variants("aht_s", t.AGENTS, "rule"),
])  # fmt: skip
def test_what_cannot_be_measured_is_refused(bad):
    with pytest.raises(BadInput):
        bad()


def test_a_year_of_half_hours_of_many_queues_is_one_pass():
    n, queues = 17520, 5
    start = pd.date_range("2025-01-01", periods=n, freq="30min", tz="UTC")
    year = pd.DataFrame({"queue": np.repeat(np.arange(queues).astype(str), n),
                         "start": np.tile(start, queues)})  # fmt: skip
    rng = np.random.default_rng(0)
    year["answered"], year["abandoned"] = rng.poisson(20, n * queues), 0
    year["answered_in_awt"], year["abandoned_in_awt"] = year["answered"] // 2, 0
    got = kpi.compute("service_level", year, by=["queue", "month"])
    assert len(got) == 60
    part = year[(year["queue"] == "3") & (year["start"].dt.month == 7)]
    july = got[(got["queue"] == "3") & (got["month"].dt.month == 7)].iloc[0]
    assert july["numerator"] == part["answered_in_awt"].sum()
