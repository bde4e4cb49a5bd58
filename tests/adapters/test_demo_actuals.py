"""Are the demo's actuals whole, the same each time, and do they hold the truth they promise?"""

import numpy as np
import pandas as pd
import pytest

from wfm import actuals as contract
from wfm import kpi
from wfm.adapters import demo_actuals as generator
from wfm.evidence import effect

TRUTH = generator.demo_truth()
ROUNDING = 0.06  # seconds are kept to a tenth, an interval's sum of three
SURE = 0.998  # three teams without an effect, of one generated half year


@pytest.fixture(scope="module")
def made(demo_actuals):
    return demo_actuals


def before_after(surveys, column, day, team):
    """Return good and answered before and from `day`, of the team."""
    own = surveys[(surveys["team"] == team) & surveys[column].notna()]
    good = own[column] if column == "survey" else (own[column] >= 4).astype(float)
    late = own["contact_at"].dt.date >= day
    return (good[~late].sum(), (~late).sum()), (good[late].sum(), late.sum())


@pytest.mark.parametrize("name", sorted(contract.TABLES))
def test_every_table_is_there_and_keeps_its_contract(made, name):
    table = contract.check(name, made.table(name))
    assert len(table) > 0
    promised = {column.name for column in contract.TABLES[name].columns}
    assert promised - set(table.columns) <= {"team"}


def test_the_same_plan_and_seed_give_the_same_actuals_another_seed_others(made, demo_plan):
    again = generator.demo_actuals(demo_plan)
    for name, table in made.tables.items():
        pd.testing.assert_frame_equal(table, again.table(name))
    other = generator.demo_actuals(demo_plan, seed=1)
    assert not other.intervals["answered"].equals(made.intervals["answered"])


def test_contacts_before_the_plan_are_those_of_its_history(made, demo_plan):
    plan = demo_plan
    own = made.intervals[made.intervals["queue"] == "chat"]
    own = own[own["start"] < plan.forecast["start"].min()]
    history = plan.history[plan.history["queue"] == "chat"].set_index("start")["offered"]
    assert (own["offered"].to_numpy() == history.reindex(own["start"]).to_numpy()).all()


def test_everybody_who_came_is_answered_or_gone_and_in_one_place(made):
    table = made.intervals
    assert (table["offered"] == table["answered"] + table["abandoned"]).all()
    assert (table["answered_in_awt"] <= table["answered"]).all()
    assert (table["abandoned_short"] <= table["abandoned_in_awt"]).all()
    assert (table["abandoned_in_awt"] <= table["abandoned"]).all()
    people = made.table("agent_contacts")
    days = table["start"].dt.normalize()
    by_day = table.groupby(["queue", days])["answered"].sum()
    told = people.groupby(["queue", "start"])["handled"].sum().reindex(by_day.index).fillna(0)
    assert (told == by_day).all()
    seconds = table.groupby(["queue", days])["talk_s"].sum()
    theirs = people.groupby(["queue", "start"])["talk_s"].sum().reindex(seconds.index).fillna(0)
    assert np.abs(seconds - theirs).max() < ROUNDING * 60
    assert np.allclose(
        table["on_seat"], table["heads"] * (1 - table["shrinkage"]) * table["adherence"]
    )


def test_the_coached_team_solves_more_and_the_others_do_not(made):
    surveys = made.table("surveys")
    fair = {}
    for team in ("team 1", "team 2", "team 3", "team 4"):
        was, now = before_after(surveys, "survey", TRUTH.improved_from, team)
        fair[team] = effect.shares(was, now, confidence=SURE)
    truth = fair["team 1"]
    assert truth.clear
    assert truth.lo <= TRUTH.fcr_gain <= truth.hi
    assert not any(found.clear for team, found in fair.items() if team != "team 1")


def test_the_false_change_looks_better_by_the_month_and_not_beside_the_others(made):
    surveys = made.table("surveys")
    month = surveys["contact_at"].dt.date
    first = TRUTH.false_from
    near = surveys[
        (month >= first - pd.Timedelta(days=28)) & (month < first + pd.Timedelta(days=28))
    ]
    was, now = before_after(near, "csat", first, TRUTH.false_team)
    assert now[0] / now[1] > was[0] / was[1] + 0.02
    others = near[near["team"].isin(["team 2", "team 4"])]
    one = others.assign(team="others")
    before, after = before_after(one, "csat", first, "others")
    assert not effect.did(was, now, before, after).clear


def test_more_technical_questions_lengthen_calls_that_nobody_handles_slower(made):
    voice = made.table("agent_contacts").query("queue == 'voice' and team != 'team 1'")
    late = voice["start"].dt.date >= TRUTH.mix_from
    mean = kpi.compute("aht_s", voice.assign(late=late), by=["late"])["value"]
    assert mean[1] - mean[0] > 5
    by_reason = kpi.compute("aht_s", voice.assign(late=late), by=["reason", "late"])
    change = by_reason.set_index(["reason", "late"])["value"]
    assert (change.xs(True, level=1) - change.xs(False, level=1)).abs().max() < 5


def test_the_campaign_is_in_the_counts_and_in_no_register(made):
    table = made.intervals
    zone = table["start"].dt.tz
    first = pd.Timestamp(TRUTH.spike_from, tz=zone)
    day = table[(table["queue"] == TRUTH.spike_queue) & (table["start"] >= first)
                & (table["start"].dt.date == TRUTH.spike_from.date())]  # fmt: skip
    lift = day["offered"].sum() / day["forecast_volume"].sum()
    assert 1 + TRUTH.spike_lift - 0.1 < lift < 1 + TRUTH.spike_lift + 0.1
    registered = made.table("campaigns")["start"].dt.date
    assert not registered.between(TRUTH.spike_from.date(), TRUTH.spike_until.date()).any()


def test_the_document_lists_the_tables():
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs/actuals.md").read_text(encoding="utf-8")
    from wfm import actual_tables

    assert text.endswith(actual_tables.as_markdown())
