"""Does every KPI of the catalogue give what a person counts by hand?"""

import math

import numpy as np
import pandas as pd
import pytest

from tests.kpi import tables as t
from wfm import kpi
from wfm.errors import BadInput
from wfm.kpi import tally
from wfm.kpi.measures import all_measures

EXACT = 1e-12  # sums and one division
NONE = math.nan
DAY = tally.intervals(t.CONTACTS)

# key, table, choices, numerator, denominator, value; counted by hand from tests/kpi/tables.py.
HAND = [
    # Ten contacts: 7 answered, 5 of them within 20 s; 3 abandoned, 1 within 20 s and short.
    ("service_level", DAY, {}, 5, 9, 5 / 9),
    ("service_level", DAY, {"rule": "SL1"}, 6, 10, 0.6),
    ("service_level", DAY, {"rule": "SL2"}, 5, 7, 5 / 7),
    ("service_level", DAY, {"rule": "SL3"}, 5, 10, 0.5),
    ("service_level", DAY, {"rule": "SL5"}, 6, 10, 0.6),
    ("service_level", DAY, {"rule": "SL6"}, 5, 9, 5 / 9),
    # Levels 8/9, 5/10, undefined, undefined (2 - 2 in the denominator).
    ("intervals_in_band", t.INTERVALS, {"low": 0.8, "high": 0.95}, 1, 2, 0.5),
    ("intervals_in_band", t.INTERVALS, {"low": 0.8, "high": 1, "weight": "offered"}, 10, 20, 0.5),
    ("intervals_in_band", t.INTERVALS, {"low": 0.4, "high": 0.6}, 1, 2, 0.5),
    ("answer_rate", DAY, {}, 7, 10, 0.7),
    ("answer_rate", t.INTERVALS, {"basis": "ivr"}, 36, 50, 0.72),
    ("abandonment", DAY, {}, 3, 10, 0.3),
    ("abandonment", DAY, {"short": "left_out"}, 2, 9, 2 / 9),
    ("asa_s", DAY, {}, 140, 7, 20.0),
    ("mean_time_to_abandon_s", DAY, {}, 134, 3, 134 / 3),
    ("patience_s", DAY, {}, 274, 3, 274 / 3),
    ("longest_wait_s", DAY, {}, 90, NONE, 90),
    # Sorted 0 4 5 10 15 20 30 40 60 90: rank 0.9 x 9 = 8.1, so 60 + 0.1 x 30.
    ("wait_p90_s", t.CONTACTS, {}, NONE, NONE, 63.0),
    ("blockage", t.INTERVALS, {}, 5, 27, 5 / 27),
    # Due by noon of the 5th: four; replied in time: the first and, to the second, the fourth.
    ("response_in_target", t.CASES, {"at": t.NOON}, 2, 4, 0.5),
    ("response_in_target", t.CASES, {}, 2, 5, 0.4),
    ("backlog", t.CASES, {"at": t.NOON}, 2, NONE, 2),
    # Open: since the 3rd 09:00 (51 h) and the 5th 10:00 (2 h).
    ("backlog_age_h", t.CASES, {"at": t.NOON}, NONE, NONE, 26.5),
    ("backlog_age_h", t.CASES, {"at": t.NOON, "statistic": "max"}, 51, NONE, 51),
    ("chat_concurrency", t.INTERVALS, {}, 1500, 750, 2.0),
    ("aht_s", DAY, {}, 1300 + 60 + 280, 7, 1640 / 7),
    ("talk_time_s", DAY, {}, 1300, 7, 1300 / 7),
    ("hold_time_s", DAY, {}, 60, 7, 60 / 7),
    ("acw_s", DAY, {}, 280, 7, 40.0),
    ("transfer_rate", DAY, {}, 2, 7, 2 / 7),
    ("escalation_rate", DAY, {}, 1, 7, 1 / 7),
    # Talk 34000, hold 1800, after-work 6200, available 14000.
    ("occupancy", t.AGENTS, {}, 42000, 56000, 0.75),
    ("utilisation", t.AGENTS, {}, 56000, 115200, 56000 / 115200),
    ("utilisation", t.AGENTS, {"idle": False}, 42000, 115200, 42000 / 115200),
    ("utilisation", t.AGENTS, {"offphone": True}, 59600, 115200, 59600 / 115200),
    ("adherence", t.AGENTS, {}, 91500, 100800, 91500 / 100800),
    ("conformance", t.AGENTS, {}, 98200, 100800, 98200 / 100800),
    ("shrinkage", t.AGENTS, {}, 26200, 115200, 26200 / 115200),
    ("shrinkage", t.AGENTS, {"part": "internal", "base": "scheduled"}, 10800, 100800, 3 / 28),
    ("absenteeism", t.AGENTS, {}, 3400, 100800, 3400 / 100800),
    ("attendance", t.AGENTS, {}, 4, 5, 0.8),
    ("lateness", t.AGENTS, {}, 2, 4, 0.5),
    # 3 leavers on 90 head-months = 7.5 head-years.
    ("attrition_annual", t.MONTHS, {}, 3, 7.5, 0.4),
    ("attrition_annual", t.MONTHS, {"annual": False}, 3, 90, 1 / 30),
    ("attrition_annual", t.MONTHS, {"heads": "ever_employed"}, 3, 7.75, 3 / 7.75),
    # Scheduled - required: 1, -1, 1, 0; required 12.
    ("schedule_efficiency", t.INTERVALS, {}, 3, 12, 0.75),
    ("overstaffing", t.INTERVALS, {}, 2, 12, 1 / 6),
    ("understaffing", t.INTERVALS, {}, 1, 12, 1 / 12),
    ("staffing_gap", t.INTERVALS, {}, 1, 4, 0.25),
    ("staffing_gap", t.INTERVALS, {"unit": "agent_h"}, 0.5, NONE, 0.5),
    # Forecast - actual: -2, 2, 1, 1; actual 22.
    ("wape", t.INTERVALS, {}, 6, 22, 6 / 22),
    ("wape", t.INTERVALS, {"at": "day"}, 2, 22, 1 / 11),
    ("forecast_bias", t.INTERVALS, {}, 2, 22, 1 / 11),
    # Room 0.2 x actual: 2, 2, 0, 0.4.
    ("interval_hit_rate", t.INTERVALS, {"delta": 0.2}, 2, 4, 0.5),
    # Room 1.5/sqrt(f) x actual: 5.3, 4.3, 0, 1.7.
    ("interval_hit_rate", t.INTERVALS, {"noise_z": 1.5}, 3, 4, 0.75),
    # 9 x -10 + 8 x 20 + 1 x 200 = 270 of 9 x 210 + 8 x 210 + 200.
    ("aht_forecast_error", t.INTERVALS, {}, 270, 3770, 270 / 3770),
    ("band_coverage", t.INTERVALS, {}, 3, 4, 0.75),
    # Issues before 18 March: a, b voice, b chat, c bill, c move, d, d again; only a is repeated.
    ("fcr", t.VISITS, {}, 6, 7, 6 / 7),
    # Within 14 days d is one issue with two contacts; final are those up to 11 March.
    ("fcr", t.VISITS, {"window_h": 336}, 4, 6, 4 / 6),
    ("fcr", t.VISITS, {"method": "survey"}, 4, 5, 0.8),
    ("fcr", t.VISITS, {"method": "tick"}, 8, 9, 8 / 9),
    # Over channels b is one issue of two contacts.
    ("ocr", t.VISITS, {}, 4, 6, 4 / 6),
    ("repeat_rate", t.VISITS, {}, 2, 9, 2 / 9),
    ("repeat_rate", t.VISITS, {"window_h": 240}, 3, 9, 1 / 3),
    ("csat", t.SURVEYS, {}, 4, 7, 4 / 7),
    ("csat", t.SURVEYS, {"top": "one"}, 2, 7, 2 / 7),
    ("survey_response", t.SURVEYS, {}, 7, 10, 0.7),
    ("nps", t.SURVEYS, {}, 1, 7, 100 / 7),
    ("ces", t.SURVEYS, {}, 25, 5, 5.0),
    ("ces", t.SURVEYS, {"measure": "agree"}, 3, 5, 0.6),
    # 1 + 3, 0 + 3, 1 + 1.5 of 12.
    ("qa_score", t.CHECKS, {}, 9.5, 12, 9.5 / 12),
    ("critical_error_accuracy", pd.DataFrame({"qa_critical": [0, 0, 1, 0, 2]}), {}, 3, 5, 0.6),
    # Observed 14/20, chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5.
    ("qa_agreement", t.TWICE, {}, 0.2, 0.5, 0.4),
    ("complaint_rate", t.MONTHS, {}, 9, 3000, 3.0),
    ("complaint_rate", t.MONTHS, {"which": "valid"}, 5, 3000, 5 / 3),
    # Due by noon of the 5th: the first was opened again, the second late, the third open.
    ("complaint_on_time", t.CASES, {"at": t.NOON}, 1, 4, 0.25),
    ("complaint_follow_up", t.CASES, {"at": t.NOON}, 1, 3, 1 / 3),
    ("complaint_follow_up", t.CASES, {}, 2, 3, 2 / 3),
    ("promise_kept", t.CALLBACKS, {}, 2, 4, 0.5),
    ("callback_success", t.CALLBACKS, {}, 3, 4, 0.75),
    ("callback_success", t.CALLBACKS, {"attempt": "first"}, 2, 4, 0.5),
    ("containment", t.MACHINE, {}, 1, 3, 1 / 3),
    ("containment", t.MACHINE, {"window_h": 1}, 2, 3, 2 / 3),
    ("containment", t.MACHINE, {"window_h": 72}, 0, 3, 0.0),
    ("cost_per_contact", t.MONTHS, {}, 15000, 3000, 5.0),
    ("cost_per_contact", t.MONTHS, {"per": "resolved"}, 15000, 2500, 6.0),
    ("contact_rate", t.MONTHS, {}, 4000, 20000, 0.2),
    ("contacts_per_hour", t.AGENTS, {}, 175, 72000, 8.75),
    ("connect_rate", t.AGENTS, {}, 140, 360, 140 / 360),
    ("right_party_rate", t.AGENTS, {}, 75, 140, 75 / 140),
    ("conversion", t.AGENTS, {}, 15, 75, 0.2),
    ("conversion", t.AGENTS, {"per": "dials"}, 15, 360, 15 / 360),
    ("list_penetration", t.LISTS, {}, 400, 1000, 0.4),
    ("dials_per_hour", t.AGENTS, {}, 360, 72000, 18.0),
    # Notice of 19, 2, 0 (none) and 0 (too late) days.
    ("notice_days", t.CAMPAIGNS, {}, NONE, NONE, 1.0),
    ("spikes_explained", t.SPIKES, {}, 2, 3, 2 / 3),
    ("schedule_satisfaction", t.WISHES, {}, 2, 3, 2 / 3),
    ("schedule_satisfaction", t.WISHES, {"method": "survey"}, 9, 3, 3.0),
    # Nights 2, 1, 0: sum of |differences| over ordered pairs 8, Gini 8 / (2 x 3 x 3).
    ("roster_fairness", t.DUTIES, {}, 4 / 3, 3, 4 / 9),
    ("roster_fairness", t.DUTIES, {"index": "cv"}, math.sqrt(2 / 3), 1, math.sqrt(2 / 3)),
    ("roster_fairness", t.DUTIES, {"burden": "weekend"}, 2 / 3, 1, 2 / 3),
    # Late: ann 2, bob 1 (the night), eva 1.
    ("roster_fairness", t.DUTIES, {"burden": "late"}, 2 / 3, 4, 1 / 6),
    ("overtime_h", t.AGENTS, {}, 7200, NONE, 2.0),
    ("overtime_h", t.AGENTS, {"per": "paid"}, 7200, 115200, 0.0625),
    ("enps", t.SURVEYS, {}, 0, 5, 0.0),
    # 40, 50 and 10 days.
    ("pdca_cycle_days", t.CYCLES, {}, NONE, NONE, 40.0),
    ("pdca_preregistered", t.CYCLES, {}, 2, 4, 0.5),
    ("pdca_confirmed", t.CYCLES, {}, 2, 3, 2 / 3),
    ("pdca_sustained", t.CYCLES, {"at": t.at("2026-07-01")[0]}, 1, 2, 0.5),
    ("pdca_sustained", t.CYCLES, {"at": t.at("2026-05-10")[0]}, 1, 1, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "table", "choices", "numerator", "denominator", "value"), HAND,
    ids=[f"{row[0]}-{'-'.join(map(str, row[2].values())) or 'default'}" for row in HAND],
)  # fmt: skip
def test_the_kpi_is_what_a_person_counts(key, table, choices, numerator, denominator, value):  # noqa: PLR0917
    before = table.copy()
    got = kpi.compute(key, table, **choices).iloc[0]
    found = (got["numerator"], got["denominator"], got["value"])
    assert found == pytest.approx((numerator, denominator, value), rel=EXACT, nan_ok=True)
    assert not got["lo"] > got["value"]
    assert not got["hi"] < got["value"]
    assert got["definition"] == str(kpi.definition(key, **choices))
    pd.testing.assert_frame_equal(table, before)


def test_every_kpi_of_the_catalogue_is_counted_by_hand():
    keys = [item.key for item in kpi.kpis()]
    assert {row[0] for row in HAND} == set(keys) == set(all_measures())
    assert len(keys) == 72


@pytest.mark.parametrize("key", sorted(all_measures()))
def test_an_empty_table_is_undefined_and_no_zero(key):
    table, choices = next((row[1], row[2]) for row in HAND if row[0] == key)
    got = kpi.compute(key, table.iloc[:0], **choices)
    assert len(got) == 1
    assert np.isnan(got["value"][0])
    assert got["n"][0] == 0


@pytest.mark.parametrize("key", sorted(all_measures()))
def test_a_table_without_its_columns_is_refused_by_name(key):
    choices = next(row[2] for row in HAND if row[0] == key)
    with pytest.raises(BadInput, match="missing columns"):
        kpi.compute(key, pd.DataFrame({"other": [1]}), **choices)


COLUMNS = {"A": ("agent",), "T": ("team",), "Q": ("queue", "channel"), "C": ("site", "centre")}
WORDS = ("interval", "hour", "day", "week", "month", "quarter", "year", "weekday")


@pytest.mark.parametrize("item", kpi.kpis(), ids=lambda item: item.key)
def test_every_level_it_lists_and_every_span_of_time_can_be_asked_for(item):
    table, choices = next((row[1], row[2]) for row in HAND if row[0] == item.key)
    whole = kpi.compute(item.key, table, **choices)["value"][0]
    for level in item.levels:
        for name in COLUMNS[level]:
            if item.key == "roster_fairness" or name == "channel":
                own = table.assign(**{name: table.get(name, "x")})
            else:
                own = table.assign(**{name: "x"})
            got = kpi.compute(item.key, own, by=[name], **choices)
            if len(set(own[name])) == 1:
                assert got["value"].tolist() == [pytest.approx(whole, rel=EXACT)], name
    time = all_measures()[item.key].time
    if time not in table.columns and time != "at":
        table = table.assign(**{time: t.at("2026-03-02 09:00")[0]})
    table = table[table[time].notna()] if time in table.columns else table
    for word in WORDS:
        got = kpi.compute(item.key, table.assign(unit="x"), by=["unit", word], **choices)
        assert len(got) >= 1
        assert list(got.columns[:2]) == ["unit", word]
    total = kpi.compute(item.key, table, by=["year"], **choices)
    assert total["value"].tolist() == [pytest.approx(whole, rel=EXACT)]


def twice(table, column):
    """Return the table of unit x, and half of it again of unit y with customers of its own."""
    other = table.iloc[: max(1, len(table) // 2)]
    own = {name: other[name].astype(str) + " of y" for name in ("customer_key", "agent", "contact")
           if name in table.columns and name != column}  # fmt: skip
    both = [table.assign(**{column: "x"}), other.assign(**{**own, column: "y"})]
    return pd.concat(both, ignore_index=True)


@pytest.mark.parametrize("item", kpi.kpis(), ids=lambda item: item.key)
def test_units_side_by_side_are_counted_apart_at_every_level_it_lists(item):
    table, choices = next((row[1], row[2]) for row in HAND if row[0] == item.key)
    if "until" not in choices and item.key in ("fcr", "ocr") and "contact_at" in table.columns:
        choices = {**choices, "until": table["contact_at"].max()}
    for level in item.levels:
        column = COLUMNS[level][0]
        both = twice(table, column)
        got = kpi.compute(item.key, both, by=[column], **choices).set_index(column)
        assert got.index.tolist() == ["x", "y"]
        for unit in ("x", "y"):
            alone = kpi.compute(item.key, both[both[column] == unit], by=[column], **choices)
            for name in ("numerator", "denominator", "value", "lo", "hi", "n"):
                assert got.loc[unit, name] == pytest.approx(
                    alone[name][0], rel=EXACT, nan_ok=True
                ), (column, unit, name)
