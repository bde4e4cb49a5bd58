"""Does a cycle move only as the method allows, and is nothing lost on the way?"""

import dataclasses
import datetime as dt

import pytest

from tests.pdca.centre import (
    ANA,
    BEGINS,
    BEN,
    at,
    history,
    locked,
    past,
    proposal,
    signed,
    target,
    until,
)
from wfm import pdca
from wfm.errors import BadInput
from wfm.kpi.targets import Facts
from wfm.scenario import Queue, Scenario, Target


@pytest.fixture(scope="module")
def improved():
    return history(0.04, seed=1)


@pytest.fixture(scope="module")
def at_act(improved):
    return signed(improved)


def test_the_steps_come_in_order_with_who_when_what(at_act):
    whats = [entry.what for entry in at_act.history]
    assert whats == ["opened", "planned", "locked", "checked: confirmed", "signed off"]
    assert [entry.who for entry in at_act.history][-1] == "Ben"
    assert at_act.step is pdca.Step.ACT


def test_every_transition_leaves_the_cycle_it_came_from_as_it_was(improved):
    cycle = locked(improved)
    before = pdca.to_json(cycle)
    cycle.logged("event", "power cut", by=ANA, at=at("2026-03-10"))
    assert pdca.to_json(cycle) == before


def test_a_locked_plan_cannot_be_changed(improved):
    with pytest.raises(BadInput, match="belongs to step plan"):
        locked(improved).planned(proposal(), by=ANA, at=at("2026-03-05"))


def test_a_plan_is_locked_before_the_change_begins(improved):
    plan = proposal()
    cycle = pdca.open_cycle("breaks", by=ANA, at=at("2026-03-01"))
    cycle = cycle.planned(plan, by=ANA, at=at("2026-03-01"))
    test = pdca.design(past(improved), plan)
    with pytest.raises(BadInput, match="proves nothing"):
        cycle.locked(test, by=ANA, at=at("2026-03-04"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hypothesis": " "}, "write the hypothesis"),
        ({"actions": ()}, "list at least one action"),
        ({"doubts": (pdca.Doubt("F1"),)}, "pre-mortem: judge F2, F3, F4, F5, F6, F7 too"),
        ({"doubts": tuple(pdca.Doubt(c, likely=True) for c in pdca.Cause)}, "done against F1"),
        ({"counter_definition": None}, "definition of the counter-metric"),
        ({"target": target(owner="")}, "V3 .refused.: name an owner"),
        ({"target": target(signed=("team",))}, "V9"),
        ({"target": target(deadline=BEGINS + dt.timedelta(days=10))}, "V8"),
    ],
)
def test_what_is_missing_keeps_a_plan_from_being_locked(improved, change, says):
    plan = proposal(**change)
    cycle = pdca.open_cycle("breaks", by=ANA, at=at("2026-03-01"))
    cycle = cycle.planned(plan, by=ANA, at=at("2026-03-01"))
    with pytest.raises(BadInput, match=says):
        cycle.locked(pdca.design(past(improved), plan), by=ANA, at=at("2026-03-02"))


def test_an_effect_of_just_the_target_is_refused_with_the_reason():
    gaps = proposal(expected=0.775, target=target(gain=0.015)).gaps
    assert any("39 times in 40" in gap for gap in gaps)


def test_an_unstable_baseline_is_refused_unless_it_is_explained(improved):
    wobbly = past(improved).copy()
    early = wobbly["start"].dt.date < BEGINS - dt.timedelta(weeks=15)
    lost = (0.16 * wobbly["answered"]).astype(int) * (early & (wobbly["team"] == "A"))
    wobbly["answered"] -= lost
    wobbly["abandoned"] += lost
    for reason, accepted in (("", False), ("a second site was closed", True)):
        plan = proposal(instability=reason)
        cycle = pdca.open_cycle("breaks", by=ANA, at=at("2026-03-01"))
        cycle = cycle.planned(plan, by=ANA, at=at("2026-03-01"))
        review = cycle.review(pdca.design(wobbly, plan), Facts())
        assert review.accepted is accepted
        assert review.by_rule("V4")


@pytest.mark.parametrize(("role", "may"), [("agent", False), ("viewer", False), ("lead", True)])
def test_agents_and_viewers_read_only(role, may):
    who = pdca.Actor("Kim", role)
    if may:
        assert pdca.open_cycle("x", by=who, at=at("2026-03-01")).owner == "Kim"
        return
    with pytest.raises(BadInput, match="may not open a cycle"):
        pdca.open_cycle("x", by=who, at=at("2026-03-01"))


def test_an_analyst_plans_and_may_not_lock(improved):
    cycle = pdca.open_cycle("breaks", by=BEN, at=at("2026-03-01"))
    plan = proposal()
    cycle = cycle.planned(plan, by=BEN, at=at("2026-03-01"))
    with pytest.raises(BadInput, match="an analyst may not lock"):
        cycle.locked(pdca.design(past(improved), plan), by=BEN, at=at("2026-03-02"))


def test_do_keeps_actions_feedback_deviations_and_events(improved):
    cycle = locked(improved).done(1, by=ANA, at=at("2026-03-05"))
    for kind in ("feedback", "deviation", "event"):
        cycle = cycle.logged(kind, f"a {kind}", by=ANA, at=at("2026-03-06"))
    assert [action.done_at is not None for action in cycle.work.actions] == [False, True]
    assert [note.kind for note in cycle.work.notes] == ["feedback", "deviation", "event"]
    with pytest.raises(BadInput, match="actions are 0 to 1"):
        cycle.done(2, by=ANA, at=at("2026-03-07"))


def test_entries_are_in_order_of_time(improved):
    with pytest.raises(BadInput, match="before the last entry"):
        locked(improved).logged("event", "late", by=ANA, at=at("2026-02-01"))


def test_times_without_a_zone_are_refused():
    with pytest.raises(BadInput, match="a zone"):
        pdca.open_cycle("x", by=ANA, at=dt.datetime(2026, 3, 1))


def test_the_owner_cannot_sign_and_all_three_questions_are_answered(improved):
    cycle = locked(improved)
    cycle = cycle.checked(cycle.check(improved), by=ANA, at=at("2026-12-01"))
    answers = {"goal_reached": "yes", "problems": "none", "new_phenomena": "none"}
    owner_again = pdca.Actor(" ana", "analyst")
    with pytest.raises(BadInput, match="owner cannot sign"):
        cycle.signed(by=owner_again, at=at("2026-12-02"), **answers)
    with pytest.raises(BadInput, match="answer all three"):
        cycle.signed(by=BEN, at=at("2026-12-02"), **(answers | {"problems": " "}))


def test_a_new_report_needs_a_new_signature(improved):
    cycle = locked(improved)
    cycle = cycle.checked(cycle.check(until(improved, 9)), by=ANA, at=at("2026-05-10"))
    assert cycle.verdict is pdca.Verdict.PROMISING
    cycle = cycle.checked(cycle.check(improved), by=ANA, at=at("2026-12-01"))
    assert cycle.verdict is pdca.Verdict.CONFIRMED
    assert len(cycle.reports) == 2
    assert cycle.sign_off is None


def standard(**changes):
    fields = {"kind": "flow", "what": "breaks", "before": "noon", "after": "14:00", "owner": "Ana",
              "review": dt.date(2027, 6, 1)} | changes  # fmt: skip
    return pdca.Standard(**fields)


def test_a_confirmed_change_becomes_a_standard_and_opens_the_next_cycle(at_act):
    done = at_act.standardised(standard(), by=ANA, at=at("2026-12-03"))
    assert (done.step, done.outcome) == (pdca.Step.CLOSED, "standardised")
    child = done.next_cycle("team B too", by=ANA, at=at("2026-12-04"))
    assert child.parent == done.id
    assert child.origin.kind == "cycle"
    with pytest.raises(BadInput, match="close this cycle first"):
        at_act.next_cycle("too early", by=ANA, at=at("2026-12-04"))


def test_a_standard_has_a_review_to_come(at_act):
    with pytest.raises(BadInput, match="review"):
        at_act.standardised(standard(review=dt.date(2026, 1, 1)), by=ANA, at=at("2026-12-03"))


def test_a_scenario_is_revised_with_the_cycle_as_its_reason(at_act):
    base = Scenario("base", "UTC", (Queue("voice", Target(0.8)),))
    got = pdca.revise_scenario(at_act, base, by=ANA, at=at("2026-12-03"), owner="Ana",
                               review=dt.date(2027, 6, 1), weeks=2)  # fmt: skip
    assert got.scenario.parent == base.id
    assert at_act.id in got.scenario.reason
    assert got.cycle.standards[0].reference == got.scenario.id


def test_what_is_not_confirmed_is_corrected_or_stopped_never_standardised():
    flat = history(0.0, seed=2)
    cycle = signed(flat)
    assert cycle.verdict is pdca.Verdict.NO_EVIDENCE
    with pytest.raises(BadInput, match="only a confirmed change becomes a standard"):
        cycle.standardised(standard(), by=ANA, at=at("2026-12-03"))
    assert cycle.corrected("breaks in pairs", by=ANA, at=at("2026-12-03")).outcome == "corrected"
    stopped = cycle.stopped("F2", "the link was wrong", by=ANA, at=at("2026-12-03"))
    assert (stopped.cause, stopped.outcome) == (pdca.Cause.F2, "stopped")
    with pytest.raises(BadInput, match="cause is one of F1"):
        cycle.stopped("F8", "?", by=ANA, at=at("2026-12-03"))


def test_json_gives_back_an_equal_cycle(at_act):
    for cycle in (at_act, at_act.standardised(standard(), by=ANA, at=at("2026-12-03"))):
        again = pdca.from_json(pdca.to_json(cycle))
        assert again == cycle
        assert pdca.to_json(again) == pdca.to_json(cycle)
    odd = dataclasses.replace(at_act, proposal=dataclasses.replace(
        at_act.proposal, expected=float("inf")))  # fmt: skip
    assert pdca.from_json(pdca.to_json(odd)) == odd


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2, "id": "x", "cycle": {}}'])
def test_damaged_json_is_refused(text):
    with pytest.raises(BadInput, match="pdca"):
        pdca.from_json(text)


def test_json_of_another_cycle_under_this_id_is_refused(at_act):
    with pytest.raises(BadInput, match="and holds"):
        pdca.from_json(pdca.to_json(at_act).replace('"title": "breaks"', '"title": "others"'))
