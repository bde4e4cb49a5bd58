import dataclasses
import datetime as dt
import math
import re
from pathlib import Path

import pytest

from wfm.adapters.acd import HistorySource
from wfm.adapters.demo import demo_scenario
from wfm.adapters.scenario_file import (
    read_people,
    read_scenario,
    scenario_from_json,
    scenario_to_json,
    write_scenario,
)
from wfm.errors import BadInput
from wfm.scenario import (
    BreakRule,
    CallBack,
    Contract,
    LabourRules,
    Meeting,
    OnCallStaff,
    Outreach,
    Pattern,
    Person,
    Queue,
    Request,
    RosterWeights,
    Scenario,
    ShiftType,
    Target,
    Tier,
)
from wfm.workforce import split_shifts

SMALL = """
name = "Small"
timezone = "Europe/Berlin"
people_file = "people.csv"

[[queues]]
name = "voice"
aht_s = 240
patience_s = inf
[queues.target]
service_level = 0.8
awt_s = 20

[[shifts]]
code = "E"
earliest_start = "08:00"
latest_start = "10:00"
length_min = 480

[[contracts]]
name = "full"
min_week_h = 32
max_week_h = 40
shifts = ["E"]
"""
PEOPLE = (
    "id,contract,skills,name,time_off,weekdays_off\na1,full,voice,Ä. Öz,2026-03-02;2026-03-03,5;6\n"
)


@pytest.fixture
def small(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    path = tmp_path / "scenario.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_file_becomes_a_scenario(small):
    scenario, source = read_scenario(small)
    assert scenario.queues[0].target.service_level == 0.8
    assert scenario.queues[0].patience_s == math.inf
    person = scenario.people[0]
    assert (person.id, person.name, person.weekdays_off) == ("a1", "Ä. Öz", (5, 6))
    assert [day.isoformat() for day in person.time_off] == ["2026-03-02", "2026-03-03"]
    assert source == HistorySource()


def test_writing_and_reading_gives_the_same_scenario(tmp_path):
    scenario = demo_scenario(weeks=2)
    path, people = write_scenario(tmp_path / "demo.toml", scenario, HistorySource(queue="voice"))
    again, source = read_scenario(path)
    assert again == scenario
    assert again.id == scenario.id
    assert source == HistorySource(queue="voice")
    assert people.read_bytes().startswith(b"\xef\xbb\xbf")


def test_every_choice_of_a_queue_survives_the_file(tmp_path):
    gold = (Tier("VIP", 0.2, Target(0.95, awt_s=10)), Tier("all", 0.8, Target()))
    goal = Target(0.8)
    offer = CallBack(60, 0.5, delay=(0.25, 0.75), p_reached=0.9, aht_s=150)
    way = Outreach(0.35, 0.6, 0.12, dial_s=25, connect_s=20, right_party_s=150, success_s=90)
    queues = (
        Queue("a", goal, lines=60, chance=0.9, cost_per_hour=24.5),
        Queue("b", goal, p_retry=0.5, patience_s=90),
        Queue("c", Target(), tiers=gold),
        Queue("d", goal, arrivals="offered_load"),
        Queue("e", goal, call_back=offer),
        Queue("f", goal, reserve=0),
        Queue("g", Target(occupancy=0.9), channel="outbound", outreach=way),
    )
    scenario = Scenario("all", "UTC", queues, currency="EUR")
    path, _ = write_scenario(tmp_path / "all.toml", scenario)
    assert read_scenario(path)[0] == scenario
    assert scenario_from_json(scenario_to_json(scenario)) == scenario


def test_the_scenario_in_the_command_document_can_be_read(tmp_path):
    text = (Path(__file__).resolve().parents[2] / "docs/commands.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    path = tmp_path / "scenario.toml"
    path.write_text('name = "doc"\ntimezone = "UTC"\n' + block, encoding="utf-8")
    voice, service = read_scenario(path)[0].queues
    assert (voice.lines, voice.chance) == (60, 0.9)
    assert [tier.share for tier in service.tiers] == [0.2, 0.8]


def test_a_byte_order_mark_and_windows_line_ends_are_read(small):
    data = small.read_bytes()
    small.write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    assert read_scenario(small)[0].name == "Small"


def test_json_keeps_the_id():
    scenario = demo_scenario()
    assert scenario_from_json(scenario_to_json(scenario)) == scenario


BROKEN = {
    "not TOML": (lambda text: text + "\nqueues = [", "not valid TOML"),
    "an unknown field": (
        lambda text: text.replace("awt_s", "asa"),
        r"queues.1.target.asa: unknown",
    ),
    "a decimal comma": (lambda text: text.replace("0.8", "0,8"), "not valid TOML.*with a point"),
    "a decimal comma in quotes": (
        lambda text: text.replace("0.8", '"0,8"'),
        "service_level.*got '0,8'; write the number",
    ),
    "an unknown field of a tier": (
        lambda text: text.replace(
            "[[shifts]]",
            "[[queues.tiers]]\nname = 'a'\nshare = 1.0\n"
            "weight = 2\n[queues.tiers.target]\n[[shifts]]",
            1,
        ),
        "tiers.1.weight: unknown field",
    ),
    "an unknown top field": (lambda text: "horizon = 3\n" + text, "horizon: unknown field"),
    "a missing field": (lambda text: text.replace('name = "Small"', ""), "name: missing"),
    "a percent": (lambda text: text.replace("0.8", "80"), "was a percent passed"),
    "text for a number": (lambda text: text.replace("240", '"four minutes"'), r"queues.1.aht_s"),
    "a truth value for a number": (lambda text: text.replace("240", "true"), "queues.1.aht_s"),
    "a number in text": (lambda text: text.replace("240", '"240"'), "queues.1.aht_s"),
    "a fraction of a minute": (lambda text: text.replace("480", "480.5"), "shifts.1.length_min"),
    "a second count for a date": (lambda text: "start = 1772409600\n" + text, "start"),
    "an unknown shift": (lambda text: text.replace('["E"]', '["X"]'), "unknown shift"),
    "a wrong clock": (lambda text: text.replace("10:00", "10 o'clock"), "HH:MM"),
    "an unknown zone": (lambda text: text.replace("Europe/Berlin", "Berlin/Mitte"), "IANA name"),
    "no people file": (lambda text: text.replace("people.csv", "staff.csv"), "no such file"),
    "people twice": (lambda text: "people = []\n" + text, "people or people_file"),
    "wrong history settings": (lambda text: text + "\n[history]\ncolour = 1\n", "colour: unknown"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_scenario_file_is_explained(case, small):
    change, words = BROKEN[case]
    small.write_text(change(SMALL), encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        read_scenario(small)


BROKEN_PEOPLE = {
    "empty": ("", "the file is empty"),
    "no skills column": ("id,contract\na,full\n", r"missing columns \['skills'\]"),
    "an unknown column": (
        "id,contract,skills,shoe\na,full,voice,43\n",
        r"unknown columns \['shoe'\]",
    ),
    "a short row": ("id,contract,skills\na,full\n", "line 2: expected 3 cells, got 2"),
    "a wrong date": ("id,contract,skills,time_off\na,full,voice,2.3.2026\n", "line 2: time_off"),
    "a wrong weekday": (
        "id,contract,skills,weekdays_off\na,full,voice,Mon\n",
        "line 2: weekdays_off",
    ),
}


@pytest.mark.parametrize("case", BROKEN_PEOPLE)
def test_a_broken_people_file_is_explained(case, tmp_path):
    text, words = BROKEN_PEOPLE[case]
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        read_people(path)


def test_a_file_in_another_encoding_is_named(small):
    small.write_bytes(SMALL.replace("Small", "Größe").encode("cp1252"))
    with pytest.raises(BadInput, match="not UTF-8"):
        read_scenario(small)


def test_an_empty_person_id_is_refused_through_the_file(small):
    (small.parent / "people.csv").write_text("id,contract,skills\n,full,voice\n", encoding="utf-8")
    with pytest.raises(BadInput, match="id is empty"):
        read_scenario(small)


def test_every_field_of_a_scenario_survives_the_file(tmp_path):
    scenario = demo_scenario().revise("other rules", weeks=3)
    again, _ = read_scenario(write_scenario(tmp_path / "s.toml", scenario)[0])
    for field in dataclasses.fields(scenario):
        assert getattr(again, field.name) == getattr(scenario, field.name), field.name


def test_a_scenario_somebody_may_have_edited_is_never_written_over(tmp_path):
    path, _ = write_scenario(tmp_path / "s.toml", demo_scenario())
    before = path.read_bytes()
    with pytest.raises(BadInput, match="not written over"):
        write_scenario(path, demo_scenario(weeks=2))
    assert path.read_bytes() == before


def test_a_half_written_scenario_is_never_left_behind(tmp_path):
    (tmp_path / "s_people.csv").write_text("theirs", encoding="utf-8")
    with pytest.raises(BadInput, match="s_people.csv exists"):
        write_scenario(tmp_path / "s.toml", demo_scenario())
    assert not (tmp_path / "s.toml").exists()


def test_names_that_look_like_formulas_are_escaped_and_come_back(tmp_path):
    scenario = demo_scenario()
    person = dataclasses.replace(scenario.people[0], name='=HYPERLINK("http://x")', team="+1")
    scenario = scenario.revise("names", people=(person,))
    path, people = write_scenario(tmp_path / "s.toml", scenario)
    assert "'=HYPERLINK" in people.read_text(encoding="utf-8-sig")
    assert read_scenario(path)[0].people == (person,)


def test_everything_asked_of_a_roster_survives_writing_and_reading(tmp_path):
    monday = dt.date(2026, 3, 2)
    lunch = BreakRule("lunch", 30, 120, 240, paid=False)
    plan = Scenario(
        "all", "Europe/Berlin", (Queue("voice", Target(service_level=0.8)),),
        people=(
            Person("ann", "full", ("voice",), team="red"),
            Person("bob", "full", ("voice",), pattern="own", pattern_week=1),
        ),
        contracts=(Contract("full", 0, 40, ("D", "C", "S120"), period_weeks=4, min_period_h=100.0,
                            max_period_h=150.0, overtime_h=8.0, overtime_factor=2.0,
                            cost_per_hour=21.5),),
        shifts=(
            ShiftType("D", "08:00", "10:00", 480, 30, (lunch,), "day", 60, 300, 90),
            ShiftType("C", "18:00", "18:00", 840, on_call=True, paid_share=0.25, rest_share=0.5),
            *split_shifts("S", ("08:00", "08:00"), 240, 240, (120,)),
        ),
        rules=LabourRules(weekly_rest_h=36.0, weekly_rest_short_h=24.0, most_without_break_h=6.0),
        weights=RosterWeights(overtime=2.0, on_call=50.0), start=monday,
        requests=(Request("ann", monday, "shift", 2.5, ("D",)),
                  Request("bob", monday + dt.timedelta(days=1), "off")),
        meetings=(Meeting("team talk", 60, monday, monday + dt.timedelta(days=4), ("bob",),
                          ("red",), "09:00", "12:00", together=False),),
        patterns=(Pattern("own", ("D D? - * D/C - -", "- - - - D D D"), monday, (("red", 1),)),),
        on_call_staff=(OnCallStaff("C", 1, (5, 6)),),
    )  # fmt: skip
    path, _ = write_scenario(tmp_path / "plan.toml", plan)
    assert read_scenario(path)[0] == plan
    assert scenario_from_json(scenario_to_json(plan)) == plan
    assert read_scenario(path)[0].id == plan.id


@pytest.mark.parametrize(("table", "part"), [
    ('[[requests]]\nagent = "a1"\nday = 2026-03-02\nkind = "maybe"\n', "kind is one of off, on"),
    ('[[requests]]\nagent = "zoe"\nday = 2026-03-02\nkind = "off"\n', "unknown person"),
    ('[[meetings]]\nname = "m"\nlength_min = 60\nfirst = 2026-03-02\nlast = 2026-03-01\n'
     'people = ["a1"]\n', "before the first"),
    ('[[patterns]]\nname = "p"\nweeks = ["E E"]\nmonday = 2026-03-02\n', "2 cells"),
    ('[[on_call_staff]]\nshift = "E"\n', "unknown on-call shift"),
    ('[[meetings]]\nname = "m"\nlengthmin = 60\n', "unknown field"),
])  # fmt: skip
def test_impossible_tables_are_refused_in_words(small, table, part):
    small.write_text(SMALL + table, encoding="utf-8")
    with pytest.raises(BadInput, match=part):
        read_scenario(small)


def test_a_people_file_says_whose_pattern_begins_where(small):
    rows = "id,contract,skills,pattern,pattern_week\na1,full,voice,own,1\na2,full,voice,,\n"
    (small.parent / "people.csv").write_text(rows, encoding="utf-8")
    weeks = 'weeks = ["E E E E E - -", "- - E E E E E"]'
    table = f'[[patterns]]\nname = "own"\n{weeks}\nmonday = 2026-03-02\n'
    small.write_text(SMALL + table, encoding="utf-8")
    ann, bob = read_scenario(small)[0].people
    assert (ann.pattern, ann.pattern_week) == ("own", 1)
    assert (bob.pattern, bob.pattern_week) == ("", 0)
    (small.parent / "people.csv").write_text(rows.replace("own,1", "own,x"), encoding="utf-8")
    with pytest.raises(BadInput, match="line 2: pattern_week expects a number"):
        read_scenario(small)
