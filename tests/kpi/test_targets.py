"""Does each rule of the validator refuse what it must, and accept a sound target?"""

import dataclasses
import datetime as dt

import pytest

from wfm import kpi
from wfm.errors import BadInput
from wfm.evidence import effect
from wfm.kpi.targets import Facts, KpiTarget, Severity, check, validate

SOUND = KpiTarget(
    "service_level", 0.80, "up", kpi.definition("service_level"), baseline=0.74,
    baseline_until=dt.date(2026, 3, 1), deadline=dt.date(2026, 6, 1), review_days=30, owner="Li",
    source="ACD", role="planner", counter="cost_per_contact", counter_margin=0.1, parent="service",
    signed=("centre", "team"),
)  # fmt: skip
FACTS = Facts(
    baseline_points=20, baseline_stable=True, required_fte=28.0, budget_fte=30.0, volume=100,
    aht_s=180, needed_n=500, expected_n=20_000,
)  # fmt: skip


def changed(**changes):
    return dataclasses.replace(SOUND, **changes)


def facts(**changes):
    return dataclasses.replace(FACTS, **changes)


def test_a_sound_target_has_no_findings():
    assert validate(SOUND, FACTS).findings == ()
    assert check(SOUND, FACTS) is SOUND


@pytest.mark.parametrize(("rule", "changes"), [
    ("V1", {"value": None}),
    ("V1", {"value": 80}),
    ("V1", {"direction": ""}),
    ("V1", {"direction": "down"}),
    ("V1", {"definition": None}),
    ("V1", {"definition": kpi.definition("aht_s")}),
    ("V2", {"deadline": None}),
    ("V2", {"review_days": None}),
    ("V2", {"baseline": None}),
    ("V2", {"deadline": dt.date(2026, 3, 1)}),
    ("V3", {"owner": ""}),
    ("V3", {"source": ""}),
    ("V7", {"counter": None}),
    ("V7", {"counter_margin": None}),
    ("V7", {"counter": "service_level"}),
    ("V9", {"role": ""}),
    ("V9", {"parent": None}),
    ("V9", {"signed": ("centre",)}),
])  # fmt: skip
def test_a_target_that_lacks_something_breaks_exactly_that_rule(rule, changes):
    review = validate(changed(**changes), FACTS)
    assert {f.rule for f in review.findings} == {rule}
    assert not review.accepted
    with pytest.raises(BadInput, match=rule):
        check(changed(**changes), FACTS)


@pytest.mark.parametrize(("rule", "severity", "changes"), [
    ("V4", Severity.OPEN, {"baseline_points": None}),
    ("V4", Severity.REFUSED, {"baseline_points": 7}),
    ("V4", Severity.WARNING, {"baseline_points": 8}),
    ("V4", Severity.REFUSED, {"baseline_stable": False}),
    ("V4", Severity.WARNING, {"baseline_stable": False, "instability": "storm in week 6"}),
    ("V5", Severity.OPEN, {"budget_fte": None}),
    ("V5", Severity.REFUSED, {"required_fte": 30.1}),
    ("V8", Severity.OPEN, {"needed_n": None}),
    ("V8", Severity.REFUSED, {"needed_n": 20_001}),
])  # fmt: skip
def test_facts_that_speak_against_it(rule, severity, changes):
    review = validate(SOUND, facts(**changes))
    assert [(f.rule, f.severity) for f in review.findings] == [(rule, severity)]
    assert review.accepted == (severity is Severity.WARNING)


def test_a_wape_below_its_noise_floor_is_refused():
    wape = changed(
        key="wape", value=0.10, direction="down", definition=kpi.definition("wape"),
        counter="forecast_bias",
    )  # fmt: skip
    assert validate(wape, facts(noise_floor=0.113)).by_rule("V5")[0].severity is Severity.REFUSED
    assert validate(wape, facts(noise_floor=0.05)).findings == ()
    assert validate(wape, FACTS).by_rule("V5")[0].severity is Severity.OPEN


def test_eighty_twenty_and_occupancy_of_eighty_cannot_both_hold():
    busy = changed(key="occupancy", value=0.80, definition=kpi.definition("occupancy"))
    found = validate(SOUND, FACTS, [busy]).by_rule("V6")
    assert "14 agents" in found[0].text
    assert "0.714" in found[0].text
    assert validate(dataclasses.replace(busy, direction="up"), FACTS, [SOUND]).by_rule("V6")
    mild = dataclasses.replace(busy, value=0.70)
    assert not validate(SOUND, FACTS, [mild]).by_rule("V6")
    cap = dataclasses.replace(busy, direction="down")
    assert not validate(SOUND, FACTS, [cap]).by_rule("V6"), "more agents always keep a cap"
    assert not validate(SOUND, facts(volume=2000), [busy]).by_rule("V6"), "big groups are busy"


def test_two_targets_of_one_kpi_and_role_are_refused():
    assert validate(SOUND, FACTS, [changed(value=0.9)]).by_rule("V6")


def test_an_effect_too_small_to_be_seen_is_refused():
    needed = effect.sample_size(0.72, 0.75).exact
    fcr = changed(key="fcr", value=0.75, definition=kpi.definition("fcr"), counter="aht_s")
    text = validate(fcr, facts(needed_n=needed, expected_n=2000)).by_rule("V8")[0].text
    assert "3,395" in text
    assert not validate(fcr, facts(needed_n=needed, expected_n=3400)).by_rule("V8")


def test_the_eighth_kpi_of_a_role_is_refused():
    keys = ["asa_s", "abandonment", "fcr", "csat", "wape", "occupancy"]
    six = [changed(key=key, definition=kpi.definition(key)) for key in keys]
    assert not validate(SOUND, FACTS, six).by_rule("V9")
    eight = [*six, changed(key="adherence", definition=kpi.definition("adherence"))]
    assert validate(SOUND, FACTS, eight).by_rule("V9")
    others = [dataclasses.replace(item, role="lead") for item in eight]
    assert not validate(SOUND, FACTS, others).by_rule("V9")
