"""Is the verdict the one of the table, from evidence that nobody could bend?"""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from tests.pdca.centre import (
    ANA,
    BEGINS,
    at,
    history,
    locked,
    past,
    proposal,
    signed,
    target,
    until,
)
from wfm import kpi, pdca
from wfm.errors import BadInput
from wfm.kpi.tree import Movement
from wfm.pdca import series, testing
from wfm.pdca.verdict import decide

# Sums of a few thousand counts.
EXACT = 1e-12


@pytest.fixture(scope="module")
def improved():
    return history(0.04, seed=1)


@pytest.fixture(scope="module")
def report(improved):
    return locked(improved).check(improved)


def test_the_verdict_table_is_followed_in_every_case():
    for states in itertools.product(("holds", "fails", "open"), repeat=6):
        one, two, three, four, five, six = states
        got = str(decide([pdca.Rule(i, s, "") for i, s in enumerate(states, 1)]))
        if one != "holds" or two != "holds":
            expected = "not testable"
        elif three == "fails" or five == "fails":
            expected = "harmful"
        elif three == "holds" and five == "holds":
            expected = "confirmed" if four == six == "holds" else "promising"
        else:
            expected = "no evidence"
        assert got == expected, states


def test_the_verdicts_are_those_that_the_kpis_count():
    from wfm.kpi.improvement import VERDICTS

    assert tuple(map(str, pdca.Verdict)) == VERDICTS


def test_a_true_improvement_is_confirmed_and_its_size_lies_in_the_limits(report):
    assert report.verdict is pdca.Verdict.CONFIRMED
    goal = report.result.changes[0]
    assert goal.lo < 0.04 < goal.hi
    assert report.method == "did"


def test_four_blocks_stand_in_every_report(improved):
    for weeks in (3, 9, 40):
        got = locked(improved).check(until(improved, weeks))
        first, second, third, fourth = got.blocks
        assert first.key == "answer_rate"
        assert {"goal", "time", "cost", "quality", "counter"} == {c.kind for c in second.changes}
        assert [line.name for line in third][-1] == "cycle days so far"
        assert fourth is not None
        assert [rule.number for rule in got.rules] == [1, 2, 3, 4, 5, 6]


def test_before_the_locked_weeks_nothing_is_tested_and_n_is_named(improved):
    got = locked(improved).check(until(improved, 5))
    assert got.verdict is pdca.Verdict.NOT_TESTABLE
    assert got.result.changes[0].value is None
    assert f"needed {got.needed_n:,}" in got.rules[1].text


def test_looking_again_later_judges_the_same_weeks(improved, report):
    cycle = locked(improved)
    seen = [cycle.check(until(improved, weeks)) for weeks in range(12, 40, 5)]
    assert {r.window_weeks for r in seen} == {report.window_weeks}
    assert {r.result.changes[0].value for r in seen} == {report.result.changes[0].value}


def test_sustained_waits_for_four_weeks(improved, report):
    weeks = report.window_weeks
    cycle = locked(improved)
    assert cycle.check(until(improved, weeks + 3)).verdict is pdca.Verdict.PROMISING
    assert cycle.check(until(improved, weeks + 4)).verdict is pdca.Verdict.CONFIRMED


def test_a_change_that_falls_back_is_not_confirmed():
    plan = history(0.04, seed=1, reversal=0.06, falls_at=9)
    cycle = locked(plan)
    assert cycle.design.weeks == 8
    got = cycle.check(plan)
    assert got.rules[5].state == "fails"
    assert got.verdict is pdca.Verdict.PROMISING
    assert got.opposite_at >= BEGINS


def test_a_guard_that_suffers_makes_the_change_harmful():
    slower = history(0.04, seed=1, slower_s=15.0)
    got = locked(slower).check(slower)
    assert got.rules[4].state == "fails"
    assert got.verdict is pdca.Verdict.HARMFUL


def test_a_change_for_the_worse_is_harmful():
    worse = history(-0.04, seed=1)
    assert locked(worse).check(worse).verdict is pdca.Verdict.HARMFUL


def test_no_change_gives_no_evidence():
    flat = history(0.0, seed=2)
    assert locked(flat).check(flat).verdict is pdca.Verdict.NO_EVIDENCE


def test_a_report_needs_the_whole_baseline_again(improved):
    recent = improved[improved["start"] > pd.Timestamp("2026-01-15", tz="UTC")]
    got = locked(improved).check(recent)
    assert got.verdict is pdca.Verdict.NOT_TESTABLE
    assert "weeks of the baseline" in got.rules[0].text


def test_the_level_is_the_ratio_of_sums_of_the_treated_group(improved, report):
    first = pd.Timestamp(BEGINS, tz="UTC")
    last = first + pd.Timedelta(weeks=report.window_weeks)
    own = improved[improved["team"] == "A"]
    inside = own[(own["start"] >= first) & (own["start"] < last)]
    expected = inside["answered"].sum() / (inside["answered"] + inside["abandoned"]).sum()
    assert report.against_target.value == pytest.approx(expected, abs=EXACT)
    assert report.against_target.lo < expected < report.against_target.hi


def test_the_effect_is_the_difference_in_differences_of_the_sums(improved, report):
    def ratio(team, after):
        side = improved["start"] >= pd.Timestamp(BEGINS, tz="UTC")
        last = pd.Timestamp(BEGINS, tz="UTC") + pd.Timedelta(weeks=report.window_weeks)
        on = (improved["team"] == team) & (side == after) & (improved["start"] < last)
        part = improved[on]
        return part["answered"].sum() / (part["answered"] + part["abandoned"]).sum()

    expected = ratio("A", True) - ratio("A", False) - (ratio("B", True) - ratio("B", False))
    assert report.result.changes[0].value == pytest.approx(expected, abs=EXACT)


def test_with_equal_weeks_the_error_is_that_of_a_welch_test():
    rng = np.random.default_rng(4)
    number = np.arange(-12, 9)
    weeks = [series.Weeks(BEGINS, number, rng.normal(50, 3, 21), np.full(21, 100.0))
             for _ in range(2)]  # fmt: skip
    got = testing.test("did", *weeks, 0, 9)
    gap = (weeks[0].above - weeks[1].above) / 100
    from scipy.stats import ttest_ind

    expected = ttest_ind(gap[12:], gap[:12], equal_var=False)
    assert got.value == pytest.approx(gap[12:].mean() - gap[:12].mean(), abs=EXACT)
    assert got.p_value == pytest.approx(expected.pvalue, rel=1e-9)


def test_an_interrupted_series_is_tested_without_a_comparison():
    alone = history(0.05, seed=3)
    plan = proposal(0.81, group=pdca.Group("team", ("A",)), season=False,
                    season_reason="none in ten years", instability="a quiet autumn")  # fmt: skip
    cycle = locked(alone, plan)
    assert cycle.design.method == "its"
    assert cycle.check(alone).verdict is pdca.Verdict.CONFIRMED


def test_without_a_year_or_a_comparison_a_season_keeps_the_test_from_being_locked(improved):
    plan = proposal(group=pdca.Group("team", ("A",)))
    with pytest.raises(BadInput, match="a yearly season would look like an effect"):
        pdca.design(past(improved), plan)


def test_an_effect_that_no_year_shows_is_refused(improved):
    plan = proposal(0.7625, target=target(gain=0.001))
    with pytest.raises(BadInput, match="even 52 weeks would not confirm"):
        pdca.design(past(improved), plan)


def test_the_design_looks_at_nothing_after_the_change(improved):
    assert pdca.design(improved, proposal()) == pdca.design(past(improved), proposal())


def test_needed_contacts_are_at_least_those_of_the_arcsine_formula(improved):
    got = pdca.design(past(improved), proposal())
    from wfm.evidence import effect

    assert got.needed_n >= effect.sample_size(got.baseline, 0.80).per_group
    assert sum(risk for _, risk in got.risks) <= 0.20


def test_weeks_are_whole_and_counted_from_the_first_day_of_the_change(improved):
    part = improved[improved["team"] == "A"].iloc[3:-2]
    got = series.weekly(part, kpi.definition("answer_rate"), BEGINS)
    assert got.number[0] == -15
    assert got.number[-1] == 38
    first = part[part["start"].dt.date >= got.day(-15)].iloc[:7]
    assert got.above[0] == first["answered"].sum()


def test_days_are_local(improved):
    shifted = improved.assign(start=improved["start"].dt.tz_convert("Asia/Tokyo")
                              + pd.Timedelta(hours=11))  # fmt: skip
    there = series.weekly(shifted, kpi.definition("answer_rate"), BEGINS)
    here = series.weekly(shifted.assign(start=shifted["start"].dt.tz_convert("UTC")),
                         kpi.definition("answer_rate"), BEGINS)  # fmt: skip
    assert there.above.tolist() != here.above.tolist()


def test_a_median_is_no_ratio_and_is_refused():
    frame = pd.DataFrame({
        "start": pd.date_range("2026-01-01", periods=70, tz="UTC"),
        "notice_date": pd.date_range("2025-12-20", periods=70, tz="UTC"),
    })  # fmt: skip
    frame.loc[::3, "notice_date"] -= pd.Timedelta(days=9)
    with pytest.raises(BadInput, match="no ratio of sums"):
        series.weekly(frame, kpi.definition("notice_days"), BEGINS)


def test_the_overall_block_weighs_the_tree_and_caps_each_node(improved):
    moved = {"service_level": Movement(0.7, 0.8, 0.95), "cost_per_contact": Movement(5, 4, 4.5)}
    got = locked(improved).check(improved, moved=moved).overall
    # By the weights of the default tree: 0.5 x 0.4 of service, 0.5 x 0.4 of cost; 1.5 is capped.
    assert dict(got.nodes) == {"service_level": 1.0, "cost_per_contact": 0.5}
    assert got.score == pytest.approx(0.75)
    assert got.known == pytest.approx(0.4)
    alone = locked(improved).check(improved).overall
    assert alone.known == 1.0  # answer_rate is no node of the default tree: judged by itself


def test_management_figures_stand_in_block_three(improved):
    got = locked(improved).check(improved, management=pdca.Management(12, 15, 3, 9))
    assert (got.management[0].before, got.management[0].after) == (15, 12)


def test_a_followed_cycle_notes_the_first_signal_for_the_worse():
    # The change is undone in week 12, after the four weeks that rule 6 waits for.
    plan = history(0.04, seed=1, reversal=0.05)
    cycle = locked(plan)
    assert cycle.design.weeks == 8
    cycle = cycle.checked(cycle.check(until(plan, 12)), by=ANA, at=at("2026-06-01"))
    assert cycle.verdict is pdca.Verdict.CONFIRMED
    held = cycle.followed(until(plan, 12), by=ANA, at=at("2026-06-02"))
    assert held.opposite_at is None
    fell = held.followed(plan, by=ANA, at=at("2026-12-02"))
    assert fell.opposite_at >= BEGINS
    assert fell.followed_until > held.followed_until


def test_statistics_count_what_came_of_the_cycles():
    good, flat = signed(history(0.04, seed=1)), signed(history(0.0, seed=2))
    stopped = flat.stopped("F3", "too early", by=ANA, at=at("2026-12-03"))
    got = pdca.statistics([good, stopped], at("2027-06-01"))
    assert (got.cycles, got.open, got.closed) == (2, 1, 1)
    assert (got.confirmed.count, got.confirmed.of) == (1, 2)
    assert got.causes == ((pdca.Cause.F3, 1),)
    assert got.not_followed == 1
    assert got.cycle_days == pytest.approx(277.0)
    followed = dataclasses.replace(good, followed_until=at("2027-05-01").date())
    assert pdca.statistics([followed], at("2027-06-01")).sustained.count == 1
