"""Do the use cases about what happened ask the right table by the right definition?"""

import datetime as dt

import pytest

from tests import measured
from wfm import kpi, scoretree
from wfm.actuals import Actuals
from wfm.errors import BadInput
from wfm.kpi import targets
from wfm.wiring import app

USE = app().measuring


@pytest.fixture(scope="module")
def actuals(demo_actuals):
    return demo_actuals


def test_queues_of_different_waiting_times_are_told_apart_each_by_its_own(actuals):
    made = USE.kpi(actuals, "service_level", by=["queue"])
    own = dict(zip(made["queue"], made["definition"], strict=True))
    assert "awt_s=20" in own["voice"]
    assert "awt_s=30" in own["chat"]
    assert "awt_s=14400" in own["email"]
    with pytest.raises(BadInput, match="counted with awt_s"):
        USE.kpi(actuals, "service_level")


def test_a_span_and_a_part_narrow_the_rows(actuals):
    table = actuals.intervals
    day = table[(table["queue"] == "voice") & (table["start"].dt.date == dt.date(2003, 10, 22))]
    made = USE.kpi(actuals, "answer_rate", where={"queue": "voice"}, first="2003-10-22",
                   last="2003-10-22")  # fmt: skip
    assert made["numerator"][0] == day["answered"].sum()
    assert made["denominator"][0] == day["offered"].sum()
    with pytest.raises(BadInput, match="no rows of queue fax"):
        USE.kpi(actuals, "answer_rate", where={"queue": "fax"})


def test_the_rules_side_by_side_come_from_the_same_counts(actuals):
    made = USE.spread(actuals, "service_level", "rule", where={"queue": "voice"})
    assert made["variant"].tolist() == ["SL1", "SL2", "SL3", "SL4", "SL5", "SL6"]
    alone = USE.kpi(actuals, "service_level", where={"queue": "voice"}, rule="SL2")
    assert made.loc[1, "value"] == alone["value"][0]


def test_the_tree_reads_the_last_four_weeks_against_the_first_twelve(actuals):
    rows = {row.node.id: row for row in USE.tree(actuals)}
    assert rows["strategy"].depth == 0
    assert rows["strategy"].parts == ()
    (part,) = rows["fcr"].parts
    last = actuals.tables["surveys"]["contact_at"].dt.date.max()
    since = last - dt.timedelta(days=27)
    now = USE.kpi(actuals, "fcr", method="survey", first=since, last=last)
    assert part.value == now["value"][0]
    assert [p.label for p in rows["agent_adherence"].parts] == [f"team {i}" for i in range(1, 5)]
    assert rows["service_level"].parts[0].label == "voice"
    assert all(row.parts for row in rows.values() if row.node.kpi)


def test_teams_of_another_mix_are_held_at_one_before_they_stand_side_by_side(actuals):
    row = next(row for row in USE.tree(actuals) if row.node.id == "agent_aht")
    raw = USE.kpi(actuals, "aht_s", by=["team"], first="2003-10-06")["value"]
    level = [part.value for part in row.parts]
    assert max(level) - min(level) < raw.max() - raw.min()
    assert "one mix" in row.definition


def test_a_node_without_data_says_why():
    (row,) = [r for r in scoretree.read(measured.handled([1.0] * 9)) if r.node.id == "fcr"]
    assert row.parts == ()
    assert "surveys" in row.why


def target(**changed):
    fields = {
        "key": "fcr", "value": 0.75, "direction": "up", "baseline": 0.70,
        "definition": kpi.definition("fcr", method="survey"),
        "baseline_until": dt.date(2003, 7, 20), "deadline": dt.date(2004, 1, 31), "owner": "Ana",
        "review_days": 30, "source": "surveys", "role": "lead", "counter": "aht_s",
        "counter_margin": 5.0, "parent": "service", "signed": ("centre", "team"),
    }  # fmt: skip
    return targets.KpiTarget(**{**fields, **changed})


def test_a_target_too_small_to_prove_in_time_is_refused_by_the_contacts_there_are(actuals):
    where = {"team": "team 2"}
    small = USE.review_target(actuals, target(value=0.71), where=where)
    assert [f.severity for f in small.by_rule("V8")] == [targets.Severity.REFUSED]
    large = USE.review_target(actuals, target(value=0.85), where=where)
    assert large.by_rule("V8") == ()


def test_a_forecast_target_below_its_noise_floor_is_refused(actuals):
    wanted = target(key="wape", value=0.001, direction="down", definition=kpi.definition("wape"),
                    baseline=0.10, counter="forecast_bias")  # fmt: skip
    review = USE.review_target(actuals, wanted, where={"queue": "voice"})
    assert [f.severity for f in review.by_rule("V5")] == [targets.Severity.REFUSED]


def test_what_is_brought_is_kept_and_a_wrong_file_is_not(tmp_path):
    (tmp_path / "mine.csv").write_text(
        "agent,team,start,scheduled_s,in_adherence_s\na,red,2026-03-02,3600,3000\n", "utf-8"
    )
    got = USE.bring(tmp_path / "mine.csv", "agent_actuals", tmp_path, timezone="Asia/Shanghai")
    assert (got.table, got.rows, got.now) == ("agent_actuals", 1, 1)
    made = USE.kpi(USE.actuals(tmp_path), "adherence", by=["agent"])
    assert made["value"].tolist() == [3000 / 3600]
    (tmp_path / "bad.csv").write_text("agent,start\na,soon\n", "utf-8")
    with pytest.raises(BadInput, match="line 2"):
        USE.bring(tmp_path / "bad.csv", "agent_actuals", tmp_path, timezone="Asia/Shanghai")
    assert len(USE.actuals(tmp_path).agents) == 1


def test_holidays_come_from_the_plans_country(actuals, demo_plan):
    off = USE.holidays(demo_plan, actuals)
    assert dt.date(2003, 9, 1) in off
    assert USE.holidays(demo_plan, Actuals({})) == ()
