"""Labour rules as data: presets with their sources, changes laid over them, nonsense refused."""

from __future__ import annotations

import dataclasses

import pytest

from wfm.adapters.scenario_file import read_scenario, write_scenario
from wfm.errors import BadInput
from wfm.labour import LabourRules, ShiftLimit, preset_notes, presets

from .builders import agents, scenario


def test_the_european_preset_is_the_default_but_for_the_average_and_the_break():
    # The default holds 48 h in every week, which keeps every average, and asks for no breaks.
    eu, default = LabourRules.preset("eu"), LabourRules()
    apart = {f.name for f in dataclasses.fields(eu)
             if getattr(eu, f.name) != getattr(default, f.name)}  # fmt: skip
    assert apart == {"max_week_h", "average_week_h", "most_without_break_h", "source"}


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        # Directive 2003/88/EC art. 3, 5, 6; Labour Law of the PRC art. 36, 38; 29 U.S.C. 207(a)(1).
        # 168 h less a day of 24 h and six times 11 h are 78 h.
        (
            "eu",
            {
                "daily_rest_h": 11,
                "weekly_rest_h": 35,
                "max_week_h": 168 - 24 - 6 * 11,
                "average_week_h": 48,
                "average_weeks": 17,
                "most_without_break_h": 6,
            },
        ),
        ("cn", {"max_daily_h": 8, "max_week_h": 44, "weekly_rest_h": 24, "overtime_after_h": 40}),
        ("us", {"overtime_after_h": 40, "daily_rest_h": 0, "weekly_rest_h": 0, "max_week_h": 168}),
    ],
)
def test_a_preset_has_the_numbers_of_its_law(name, numbers):
    rules = LabourRules.preset(name)
    assert {field: getattr(rules, field) for field in numbers} == numbers


@pytest.mark.parametrize("name", presets())
def test_every_number_of_a_preset_says_where_it_is_written(name):
    rules = LabourRules.preset(name)
    apart = {
        field.name for field in dataclasses.fields(rules)
        if getattr(rules, field.name) != field.default
    } - {"source"}  # fmt: skip
    assert apart <= set(preset_notes(name))
    assert set(preset_notes(name)) <= {field.name for field in dataclasses.fields(rules)}


def test_what_is_changed_in_a_preset_is_told_beside_its_source():
    rules = LabourRules.preset("eu", max_week_h=40.0)
    assert (rules.max_week_h, rules.daily_rest_h) == (40.0, 11.0)
    assert rules.source.endswith("changed: max_week_h")


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: LabourRules.preset("mars"), "there are 'eu', 'cn', 'us'"),
        (lambda: LabourRules.preset("eu", max_weak_h=1), "max_weak_h"),
        (lambda: LabourRules(min_consecutive_days=7), "above max_consecutive_days"),
        (lambda: LabourRules(max_weekends=5), "at most weekends_of"),
        (lambda: LabourRules(max_daily_h=25), "max_daily_h is 0 to 24"),
        (lambda: LabourRules(night_from="25:00"), "25:00"),
        (lambda: ShiftLimit(()), "no shifts"),
        (lambda: ShiftLimit(("N",), most=2, least=3), "least <= most"),
        (lambda: scenario(people=agents(1), rules=LabourRules(
            forbidden_successions=(("D", "X"),))), "'X'"),
        (lambda: scenario(people=agents(1), rules=LabourRules(
            shift_limits=(ShiftLimit(("Y",)),))), "'Y'"),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(make, part):
    with pytest.raises(BadInput, match=part):
        make()


def test_rules_at_their_default_leave_the_id_of_a_scenario_alone():
    plain = scenario(people=agents(1), rules=LabourRules())
    other = scenario(people=agents(1), rules=LabourRules(whole_weekends=True))
    assert plain.id == "ad38fb700194"
    assert other.id != plain.id


HEAD = 'name = "n"\ntimezone = "UTC"\n'
QUEUE = '[[queues]]\nname = "voice"\n[queues.target]\nservice_level = 0.8\n'


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f'{HEAD}rules = "cn"\n{QUEUE}', LabourRules.preset("cn")),
        (f'{HEAD}[rules]\npreset = "eu"\nmax_week_h = 40.0\ndays_off_together = 2\n{QUEUE}',
         LabourRules.preset("eu", max_week_h=40.0, days_off_together=2)),
        (f"{HEAD}[rules]\nwhole_weekends = true\n{QUEUE}", LabourRules(whole_weekends=True)),
    ],
)  # fmt: skip
def test_a_scenario_file_names_a_preset_and_what_differs(tmp_path, text, rules):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    assert read_scenario(path)[0].rules == rules


def test_an_unknown_preset_in_a_file_is_refused_with_the_file(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(f'{HEAD}rules = "mars"\n{QUEUE}', encoding="utf-8")
    with pytest.raises(BadInput, match=r"plan\.toml: rules: no preset 'mars'"):
        read_scenario(path)


def test_all_rules_survive_writing_and_reading(tmp_path):
    plan = scenario(people=agents(2), rules=LabourRules(
        forbidden_successions=(("D", "D"),), shift_limits=(ShiftLimit(("D",), 3, 1),),
        max_weekends=2, average_week_h=40.0, night_from="22:00", overtime_after_h=38.0,
    ))  # fmt: skip
    path, _ = write_scenario(tmp_path / "plan.toml", plan)
    assert read_scenario(path)[0] == plan
