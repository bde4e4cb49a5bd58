"""The audit finds every planted violation in a roster table, and nothing in a legal one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.rulebook import RULES
from wfm.scenario import BreakRule, LabourRules, Person, Scenario, ShiftLimit, ShiftType

from .builders import DST_AUTUMN, MONDAY, NEW_YORK, contract, office_hours, requirement, scenario

LUNCH = BreakRule("lunch", 30, 180, 270, False)
DAY = ShiftType("D", "08:00", "10:00", 480, 60, (LUNCH,))
NIGHT = ShiftType("N", "22:00", "22:00", 480)


def plan_of(**changes) -> Scenario:
    ann = Person("ann", "week", ("voice",), time_off=(MONDAY + dt.timedelta(days=4),),
                 weekdays_off=(6,))  # fmt: skip
    return scenario(
        people=(ann, Person("bob", "none", ("voice", "chat"))), shifts=(DAY, NIGHT),
        contracts=(contract("week", 15, 30, shifts=("D", "N"), days=4),
                   contract("none", 0, 40, shifts=("D",))),
        queues=("voice", "chat"), rules=LabourRules(11, 35, 3, 28), **changes,
    )  # fmt: skip


def shift(agent: str, start: str, *, code: str = "D", hours: float = 8.0, queue: str = "voice",
          lunch_after_h: float | None = 3.0, zone: str = "UTC") -> list[dict]:  # fmt: skip
    begin = pd.Timestamp(start, tz=zone)
    cuts = [(begin, begin + pd.Timedelta(hours=hours), "work")]
    if lunch_after_h is not None and code == "D":
        off, on = (begin + pd.Timedelta(hours=h) for h in (lunch_after_h, lunch_after_h + 0.5))
        cuts = [(begin, off, "work"), (off, on, "lunch"), (on, cuts[0][1], "work")]
    return [{"agent": agent, "start": a, "end": b, "activity": what, "queue": queue, "shift": code}
            for a, b, what in cuts]  # fmt: skip


def legal_rows() -> list[dict]:
    return [*shift("ann", "2003-03-03 08:00"), *shift("ann", "2003-03-05 10:00"),
            *shift("bob", "2003-03-04 09:00", queue="voice+chat")]  # fmt: skip


def found(rows: list[dict], plan: Scenario | None = None, **options) -> list[tuple[str, str, str]]:
    result = roster.audit(pd.DataFrame(rows), plan or plan_of(), **options)
    return [(v.rule, v.agent, str(v.day)) for v in result]


def test_a_legal_roster_has_no_violation():
    assert found(legal_rows()) == []


PLANTED = {
    "known agent": (shift("zoe", "2003-03-03 08:00"), ("zoe", "2003-03-03")),
    "planned weeks": (shift("ann", "2003-03-10 08:00"), ("ann", "2003-03-10")),
    "allowed shift": (shift("bob", "2003-03-06 22:00", code="N", queue="voice+chat"),
                      ("bob", "2003-03-06")),
    "allowed start": (shift("bob", "2003-03-06 08:30", queue="voice+chat"), ("bob", "2003-03-06")),
    "skills": (shift("bob", "2003-03-06 09:00"), ("bob", "2003-03-06")),
    "time off": (shift("ann", "2003-03-07 08:00"), ("ann", "2003-03-07")),
    "weekdays off": (shift("ann", "2003-03-09 08:00"), ("ann", "2003-03-09")),
    "breaks": (shift("bob", "2003-03-06 09:00", queue="voice+chat", lunch_after_h=5),
               ("bob", "2003-03-06")),
    "one shift a day": (shift("ann", "2003-03-03 22:00", code="N"), ("ann", "2003-03-03")),
    "daily rest": (shift("ann", "2003-03-04 22:00", code="N"), ("ann", "2003-03-05")),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_shift_is_found_with_rule_agent_and_day(name):
    rows, (agent, day) = PLANTED[name]
    assert (name, agent, day) in found([*legal_rows(), *rows])


def bobs_week(days: list[int], starts: str = "09:00") -> list[dict]:
    rows = legal_rows()[:6]
    for day in days:
        rows += shift("bob", f"2003-03-{day:02d} {starts}", queue="voice+chat")
    return rows


@pytest.mark.parametrize(
    ("name", "days", "plan", "day"),
    [
        ("max consecutive days", [3, 4, 5, 6], plan_of(), "2003-03-06"),
        ("legal week hours", [3, 4, 6, 8], plan_of(), "2003-03-03"),
        ("max days per week", [3, 4, 5, 7, 8, 9], plan_of(), "2003-03-03"),
        ("max week hours", [3, 4, 5, 7, 8, 9], plan_of(), "2003-03-03"),
        ("weekly rest", [3, 4, 5, 6, 7, 8, 9], plan_of(), "2003-03-03"),
    ],
)
def test_a_planted_week_is_found(name, days, plan, day):
    assert (name, "bob", day) in found(bobs_week(days), plan)


def test_hours_that_are_owed_and_not_given_are_found():
    rows = [row for row in legal_rows() if row["agent"] == "bob"]
    assert ("min week hours", "ann", "2003-03-03") in found(rows)


FREE = LabourRules(0, 0, 28, 168, "none")
BIG = contract("big", 0, 168, shifts=("D", "N"), days=7)
# Rule, what is asked, Ann's shifts (days of March 2003; "n" is a night), the day it is found.
PATTERNS = [
    ("max daily hours", {"max_daily_h": 7.0}, "3", "2003-03-03"),
    ("forbidden succession", {"forbidden_successions": (("N", "D"),)}, "3n 4", "2003-03-04"),
    ("stable start", {"max_start_spread_h": 13.0}, "3 5n", "2003-03-03"),
    ("rest after nights", {"rest_after_nights_h": 48.0}, "3n 5", "2003-03-05"),
    ("max nights in a row", {"max_nights_in_a_row": 2}, "3n 4n 5n", "2003-03-05"),
    ("min consecutive days", {"min_consecutive_days": 2}, "4 6 7", "2003-03-04"),
    ("min consecutive off", {"min_consecutive_off": 2}, "4 6", "2003-03-05"),
    ("days off together", {"days_off_together": 3}, "3 5n 8", "2003-03-03"),
    ("max weekends", {"max_weekends": 0}, "9", "2003-03-08"),
    ("whole weekends", {"whole_weekends": True}, "9", "2003-03-08"),
    ("average week hours", {"average_week_h": 14.0}, "3 4", "2003-03-03"),
    ("most shifts of a type", {"shift_limits": (ShiftLimit(("N",), 1),)}, "3n 5n", "2003-03-03"),
    ("least shifts of a type", {"shift_limits": (ShiftLimit(("N",), 7, 2),)}, "3n", "2003-03-03"),
]


@pytest.mark.parametrize(("name", "asked", "days", "day"), PATTERNS, ids=[p[0] for p in PATTERNS])
def test_a_planted_pattern_is_found_and_without_the_rule_is_legal(name, asked, days, day):
    ann = Person("ann", "big", ("voice",))
    rows = []
    for item in days.split():
        date, night = item.removesuffix("n"), item.endswith("n")
        clock, code = ("22:00", "N") if night else ("08:00", "D")
        rows += shift("ann", f"2003-03-{int(date):02d} {clock}", code=code)
    plan = scenario(people=(ann,), shifts=(DAY, NIGHT), contracts=(BIG,), rules=FREE)
    assert found(rows, plan) == []
    assert found(rows, replace(plan, rules=replace(FREE, **asked))) == [(name, "ann", day)]


def test_leave_that_cuts_a_row_or_a_weekend_short_is_no_violation():
    ann = Person("ann", "big", ("voice",), time_off=(dt.date(2003, 3, 5), dt.date(2003, 3, 8)))
    rows = [*shift("ann", "2003-03-04 08:00"), *shift("ann", "2003-03-06 08:00"),
            *shift("ann", "2003-03-07 08:00"), *shift("ann", "2003-03-09 08:00")]  # fmt: skip
    law = replace(FREE, min_consecutive_days=2, min_consecutive_off=2, whole_weekends=True)
    plan = scenario(people=(ann,), shifts=(DAY, NIGHT), contracts=(BIG,), rules=law)
    assert found(rows, plan) == []
    at_work = replace(plan, people=(replace(ann, time_off=()),))
    assert {rule for rule, _, _ in found(rows, at_work)} == {
        "min consecutive days", "min consecutive off", "whole weekends",
    }  # fmt: skip


def test_weekends_and_averages_count_the_weeks_before():
    ann = Person("ann", "big", ("voice",))
    before = pd.DataFrame([*shift("ann", "2003-02-17 08:00"), *shift("ann", "2003-03-01 08:00")])
    law = replace(FREE, max_weekends=1, weekends_of=2, average_week_h=10.0, average_weeks=3)
    plan = scenario(people=(ann,), shifts=(DAY, NIGHT), contracts=(BIG,), rules=law)
    rows = [*shift("ann", "2003-03-05 08:00"), *shift("ann", "2003-03-08 08:00")]
    broken = [("average week hours", "ann", "2003-03-03"), ("max weekends", "ann", "2003-03-08")]
    assert found(rows, plan, previous=before) == broken[1:]
    assert found([*rows, *shift("ann", "2003-03-06 08:00")], plan, previous=before) == broken


def test_every_rule_is_planted_somewhere_above():
    planted = {*PLANTED, "max consecutive days", "legal week hours", "max days per week",
               "max week hours", "weekly rest", "min week hours"}  # fmt: skip
    planted |= {name for name, *_ in PATTERNS}
    # What later chapters ask for is planted in their own tests, beside the solver's face of it.
    planted |= {"break spacing", "pattern shift", "pattern day", "room for meetings",
                "min period hours", "max period hours"}  # fmt: skip
    assert planted == {rule.name for rule in RULES}


def test_hours_are_those_of_the_shift_as_it_stands_not_of_its_type():
    rows = [row for day in range(3, 8)
            for row in shift("ann", f"2003-03-0{day} 09:00", hours=12.0)]  # fmt: skip
    plan = replace(plan_of(), rules=LabourRules.preset("cn"))
    told = {name for name, agent, _ in found(rows, plan) if agent == "ann"}
    assert {"allowed shift", "max daily hours", "legal week hours", "max week hours"} <= told


def test_the_text_says_what_was_expected_and_what_came():
    (violation,) = roster.audit(
        pd.DataFrame([*legal_rows(), *shift("bob", "2003-03-06 08:30", queue="voice+chat")]),
        plan_of(),
    )
    assert str(violation) == (
        "allowed start: agent 'bob', 2003-03-06: shift 'D' starts between 08:00 and 10:00 every "
        "60 min, got 08:30"
    )


def test_rest_from_the_weeks_before_is_audited():
    before = pd.DataFrame(shift("ann", "2003-03-02 22:00", code="N"))
    assert ("daily rest", "ann", "2003-03-03") in found(legal_rows(), previous=before)


def test_a_roster_is_audited_with_the_weeks_before_that_it_carries():
    before = pd.DataFrame(shift("ann", "2003-03-02 22:00", code="N"))
    plan = plan_of()
    made = roster.solve(requirement(plan, {"voice": office_hours(1)}), plan, time_limit_s=1)
    carried = replace(made, frame=pd.DataFrame(legal_rows()), previous=before)
    assert [v.rule for v in roster.audit(carried, plan)] == ["daily rest"]
    assert roster.audit(replace(carried, previous=None), plan) == ()
    other = pd.DataFrame(shift("ann", "2003-03-02 08:00"))
    assert roster.audit(carried, plan, previous=other) == (), "what is given goes before it"


def test_a_missing_piece_of_a_shift_is_found():
    rows = legal_rows()
    del rows[1]  # Ann's lunch on Monday: two stumps are left
    rules = {rule for rule, agent, day in found(rows) if (agent, day) == ("ann", "2003-03-03")}
    assert {"one shift a day", "allowed shift", "breaks", "daily rest"} <= rules


def test_a_night_over_the_end_of_summer_time_is_legal_at_its_length():
    plan = plan_of(start=DST_AUTUMN, timezone=NEW_YORK)
    plan = replace(plan, people=(Person("ann", "week", ("voice",)),))
    rows = [*shift("ann", "2003-10-20 08:00", zone=NEW_YORK),
            *shift("ann", "2003-10-25 22:00", code="N", zone=NEW_YORK)]  # fmt: skip
    assert rows[-1]["end"].hour == 5, "eight hours from 22:00, one of them twice on the clock"
    assert found(rows, plan) == []
    short = [*rows[:-1], {**rows[-1], "end": rows[-1]["end"] + pd.Timedelta(hours=1)}]
    assert ("allowed shift", "ann", "2003-10-25") in found(short, plan)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda f: f.drop(columns="shift"), "missing columns"),
        (lambda f: f.assign(start=f["start"].dt.tz_localize(None)), "timezone-aware"),
        (lambda f: f.assign(end=f["start"]), "do not end after they start"),
        (lambda f: f.assign(start=f["start"] + pd.Timedelta(seconds=20)), "not whole minutes"),
    ],
)
def test_tables_that_cannot_be_read_are_refused(change, part):
    with pytest.raises(BadInput, match=part):
        roster.audit(change(pd.DataFrame(legal_rows())), plan_of())


def test_an_empty_table_without_a_date_is_refused():
    empty = pd.DataFrame(legal_rows()).iloc[:0]
    with pytest.raises(BadInput, match=r"set Scenario\.start"):
        roster.audit(empty, replace(plan_of(), start=None))
